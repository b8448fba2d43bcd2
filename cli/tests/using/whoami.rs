//! `adieu whoami` asks AWS, and says what it heard.

use adieu_testkit::server::Answer;
use adieu_testkit::{Adieu, AwsSession, Home};
use insta::assert_snapshot;

use crate::aws::Aws;
use crate::support::{adieu, home_with, signed_in};

const ARN: &str = "arn:aws:sts::210000000001:assumed-role/AWSReservedSSO_Administrator/ana";

fn whoami(home: &Home, aws: &Aws, words: &str) -> Adieu {
    adieu(home, words)
        .env("AWS_ENDPOINT_URL", aws.server.url())
        .named(format!(":{}", aws.server.port()), ":PORT")
}

#[test]
fn aws_says_who_it_is() {
    let (home, aws) = (signed_in(), Aws::start());
    aws.knows("FAKE-key-ledger-admin", ARN);
    let output = whoami(&home, &aws, "whoami").run().success();
    let shown: Vec<&str> = output
        .stdout
        .lines()
        .filter(|line| !line.contains("Last Updated"))
        .collect();
    assert_snapshot!(shown.join("\n"), @r#"
    ✓ Current Authentication Status

      Realm         meridian (config)
      Provider      meridian-sso
      Identity      ledger-admin
      Principal     AdministratorAccess
      Account       210000000001
      ARN           arn:aws:sts::210000000001:assumed-role/AWSReservedSSO_Administrator/ana
      User ID       FAKEUSERID
      Region        eu-central-1
      Expires       2026-11-21 12:06:11 UTC (expires in 3 h 36 min)
    "#);
    assert_eq!(output.stderr, "");
    let document = whoami(&home, &aws, "auth whoami -o json")
        .run()
        .success()
        .json();
    assert_eq!(document["valid"], true);
    assert_eq!(document["arn"], ARN);
    assert_eq!(document["user_id"], "FAKEUSERID");
    assert_eq!(document["server"]["answer"], "accepted");
    assert!(
        aws.calls()
            .iter()
            .all(|(action, _)| action == "GetCallerIdentity")
    );
    let request = &aws.server.requests()[0];
    assert_eq!(
        request.header("x-amz-security-token"),
        Some("FAKE-session-token-ledger-admin")
    );
    assert!(!String::from_utf8_lossy(&request.body).contains("FAKE-secret"));
}

#[test]
fn keys_that_aws_does_not_take_are_no_sign_in() {
    let (home, aws) = (signed_in(), Aws::start());
    let output = whoami(&home, &aws, "whoami").run().code(1);
    assert!(
        output.stdout.starts_with("✗ Current Authentication Status"),
        "{output}"
    );
    assert!(
        output
            .stderr
            .contains("ledger-admin: AWS does not take its keys"),
        "{output}"
    );
    let document = whoami(&home, &aws, "whoami -o json").run().code(1).json();
    assert_eq!(document["valid"], false);
    assert_eq!(document["state"], "signed-out");
    assert_eq!(document["server"]["answer"], "refused");
    assert_eq!(document.get("arn"), None);
    let quiet = whoami(&home, &aws, "whoami -q").run().code(1);
    assert_eq!(quiet.stdout.lines().count(), 1, "{quiet}");
}

#[test]
fn nobody_is_asked_offline_or_about_nothing() {
    for (words, home, status) in [
        ("whoami --offline", signed_in(), 0),
        ("whoami", home_with("01-sso-chain.yaml"), 1),
        ("whoami -i tundra", home_with("04-azure.yaml"), 1),
    ] {
        let aws = Aws::start();
        let output = whoami(&home, &aws, words).run().code(status);
        assert_eq!(aws.calls(), [], "{output}");
        let document = whoami(&home, &aws, words).args(["-o", "json"]).run().json();
        assert_eq!(document.get("server"), None, "{words}");
    }
}

/// What AWS did not say is not known: it stays what the disk says, with the reason.
#[test]
fn answers_that_say_nothing_leave_what_the_disk_says() {
    let page = Answer::status(200)
        .header("Content-Type", "text/html")
        .body("<html>Sign in to the wifi</html>");
    for (answer, reason) in [
        (page, "a page for people"),
        (Answer::status(500), "500"),
        (Answer::status(403).body(
            "<ErrorResponse><Error><Code>SignatureDoesNotMatch</Code><Message>Signature expired</Message></Error></ErrorResponse>",
        ), "Signature expired"),
        (Answer::status(403).body(
            "<ErrorResponse><Error><Code>AccessDenied</Code><Message>with an explicit deny</Message></Error></ErrorResponse>",
        ), "explicit deny"),
    ] {
        let (home, aws) = (signed_in(), Aws::start());
        aws.server.on("POST", "/", answer);
        let output = whoami(&home, &aws, "whoami").run().success();
        assert!(output.stderr.contains("AWS was not heard, so this is from disk"), "{output}");
        assert!(output.stderr.contains(reason), "{reason}: {output}");
        let document = whoami(&home, &aws, "whoami -o json").run().success().json();
        assert_eq!(document["server"]["answer"], "unknown");
        assert_eq!(document["valid"], true);
    }
}

/// The clock here may be wrong; whose keys are taken is signed in.
#[test]
fn keys_that_have_ended_by_the_clock_here_are_asked_about() {
    let home = home_with("01-sso-chain.yaml");
    let ended =
        AwsSession::new("meridian", "meridian-sso", "ledger-admin").expires("2026-11-21T08:29:00Z");
    home.aws_session(&ended);
    let aws = Aws::start();
    whoami(&home, &aws, "whoami").run().code(1);
    aws.knows("FAKE-key-ledger-admin", ARN);
    whoami(&home, &aws, "whoami").run().success();
}

#[test]
fn keys_of_another_account_are_named() {
    let (home, aws) = (signed_in(), Aws::start());
    aws.knows(
        "FAKE-key-ledger-admin",
        "arn:aws:iam::999999999999:user/eve",
    );
    let output = whoami(&home, &aws, "whoami").run().success();
    assert!(
        output
            .stderr
            .contains("its keys are of account 999999999999, and atmos.yaml says 210000000001"),
        "{output}"
    );
}

/// Only a configuration names this server: nothing is sent to it before somebody allows it.
#[test]
fn server_of_a_configuration_is_asked_only_if_it_is_allowed() {
    let (home, aws) = (Home::new(), Aws::start());
    aws.knows("FAKE-key-dev", ARN);
    home.atmos_yaml(&format!(
        "auth:\n  realm: acme\n  providers:\n    sso:\n      kind: aws/iam-identity-center\n      \
         start_url: https://acme.awsapps.com/start\n      region: eu-central-1\n  identities:\n    dev:\n      \
         kind: aws/assume-role\n      via: {{provider: sso}}\n      principal: {{assume_role: \
         'arn:aws:iam::210000000001:role/dev'}}\n      spec: {{endpoint_url: '{}'}}\n",
        aws.server.url()
    ));
    home.aws_session(&AwsSession::new("acme", "sso", "dev"));
    let output = adieu(&home, "whoami -i dev").run().success();
    assert!(output.stderr.contains("AWS was not heard"), "{output}");
    assert_eq!(aws.calls(), []);
    let host = format!("127.0.0.1:{}", aws.server.port());
    let output = adieu(&home, "whoami -i dev --allow-endpoint")
        .arg(host)
        .run()
        .success();
    assert!(output.stdout.contains(ARN), "{output}");
}
