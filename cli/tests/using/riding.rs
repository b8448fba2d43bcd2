//! What rides on a sign-in to AWS: keys of users in the key store, profiles that call adieu, registries,
//! clusters.

use adieu_testkit::server::{Answer, Server};
use adieu_testkit::{Adieu, AwsSession, Client, Home};
use serde_json::{Value, json};

use crate::support::adieu;

const YAML: &str = "auth:
  realm: meridian
  keyring: { type: file }
  providers:
    sso: { kind: aws/iam-identity-center, start_url: https://meridian.awsapps.com/start, region: eu-central-1 }
  identities:
    dev:
      kind: aws/permission-set
      default: true
      via: { provider: sso }
      principal: { name: Dev, account: { id: '210000000001' } }
    painter:
      kind: aws/user
      credentials: { region: eu-central-1 }
  integrations:
    registry:
      kind: aws/ecr
      via: { identity: dev }
      spec: { registry: { account_id: '210000000002', region: eu-west-1 } }
    crane:
      kind: aws/eks
      via: { identity: dev }
      spec: { cluster: { name: crane, region: eu-central-1, alias: crane } }
";

const ARN: &str = "arn:aws:eks:eu-central-1:210000000001:cluster/crane";

fn home() -> Home {
    let home = Home::new();
    home.atmos_yaml(YAML);
    home.aws_session(&AwsSession::new("meridian", "sso", "dev").region("eu-central-1"));
    home
}

fn server() -> Server {
    let server = Server::start();
    server.on_call("POST", "/", |request| {
        if let Some(target) = request.header("x-amz-target") {
            let token = json!({"authorizationToken": "QVdTOkZBS0UtcGFzc3dvcmQ="});
            let data = if target.starts_with("Spencer") {
                token
            } else {
                json!([token])
            };
            return Answer::json(200, &json!({"authorizationData": data}));
        }
        let form: std::collections::BTreeMap<_, _> = request.form().into_iter().collect();
        let action = &form["Action"];
        if form.get("TokenCode").is_some_and(|code| code == "000000") {
            return Answer::status(403).header("Content-Type", "text/xml").body(
                "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>\
                 MultiFactorAuthentication failed with invalid MFA one time pass code. \
                 </Message></Error></ErrorResponse>",
            );
        }
        Answer::status(200).header("Content-Type", "text/xml").body(format!(
            "<{action}Response><{action}Result><Credentials><AccessKeyId>ASIApainter</AccessKeyId>\
             <SecretAccessKey>FAKE</SecretAccessKey><SessionToken>FAKE-session</SessionToken>\
             <Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></{action}Result></{action}Response>"
        ))
    });
    let cluster = json!({"cluster": {
        "arn": ARN,
        "endpoint": "https://crane.eks.example",
        "certificateAuthority": {"data": "RkFLRQ=="},
    }});
    server.on("GET", "/clusters/crane", Answer::json(200, &cluster));
    server
}

fn run(home: &Home, server: &Server, words: &str) -> Adieu {
    adieu(home, words)
        .env("AWS_ENDPOINT_URL", server.url())
        .env("ATMOS_KEYRING_PASSWORD", "FAKE-password")
}

#[test]
fn key_of_a_user_goes_into_the_key_store_and_signs_in_with_codes_of_its_device() {
    let (home, server) = (home(), server());
    let created = json!({"AccessKey": {
        "UserName": "painter",
        "AccessKeyId": "FAKEPAINTER",
        "SecretAccessKey": "FAKE-secret-of-painter",
    }});
    for (words, input) in [
        ("auth user configure --stdin", created.to_string()),
        (
            "auth user configure -i painter --stdin --totp --session-duration 8h --mfa-arn \
             arn:aws:iam::210000000001:mfa/ana",
            "FAKEPAINTER\nFAKE-secret-of-painter\nGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\n".to_owned(),
        ),
    ] {
        let output = run(&home, &server, words).stdin(input).run().success();
        assert_eq!(output.stdout, "Saved credentials to keyring: painter\n");
        assert!(!output.to_string().contains("FAKE-secret-of-painter"));
    }
    run(&home, &server, "auth login painter").run().success();
    let sent = server.requests();
    let form: std::collections::BTreeMap<_, _> = sent.last().unwrap().form().into_iter().collect();
    assert_eq!(form["Action"], "GetSessionToken");
    assert_eq!(form["SerialNumber"], "arn:aws:iam::210000000001:mfa/ana");
    assert_eq!(form["DurationSeconds"], "28800");
    assert_eq!(form["TokenCode"].len(), 6);
    for (words, input, said) in [
        (
            "auth user configure dev --stdin",
            "a\nb\n",
            "is of kind aws/permission-set",
        ),
        ("auth user configure", "", "the key has to be typed"),
        (
            "auth user configure --stdin",
            "FAKEONLY\n",
            "brings no access key",
        ),
        (
            "auth user configure --stdin --totp",
            "FAKEA\nFAKE-b\nno seed\n",
            "no seed of an MFA device",
        ),
    ] {
        let output = run(&home, &server, words).stdin(input).run().code(2);
        assert!(output.stderr.contains(said), "{output}");
    }
}

/// A run at a terminal: each question is waited for and answered. What is shown, and the exit status.
#[cfg(unix)]
fn type_answers(run: Adieu, answers: &[(&str, &str)]) -> (String, i32) {
    use expectrl::process::unix::WaitStatus;
    use expectrl::session::OsSession;
    use expectrl::{Eof, Expect as _};

    let mut session = OsSession::spawn(run.env("TERM", "xterm").command()).unwrap();
    session.set_expect_timeout(Some(std::time::Duration::from_secs(30)));
    let mut shown = String::new();
    for (question, answer) in answers {
        let found = session.expect(*question).unwrap();
        shown.push_str(&String::from_utf8_lossy(found.as_bytes()));
        session.send(answer).unwrap();
    }
    let rest = session.expect(Eof).unwrap();
    shown.push_str(&String::from_utf8_lossy(rest.as_bytes()));
    match session.get_process().wait().unwrap() {
        WaitStatus::Exited(_, status) => (shown, status),
        other => panic!("{other:?}: {shown}"),
    }
}

#[cfg(unix)]
#[test]
fn key_of_a_user_is_typed_and_not_shown_and_half_of_one_is_none() {
    let (home, server) = (home(), server());
    let words = "auth user configure painter --totp --mfa-arn arn:aws:iam::210000000001:mfa/ana";
    for (answers, said) in [
        (&[("Access key ID", "\r")][..], "nothing was typed"),
        (&[("Access key ID", "\u{1b}")], "nothing was typed"),
        (
            &[
                ("Access key ID", "FAKEPAINTER\r"),
                ("Secret access key", "\r"),
            ],
            "nothing was typed",
        ),
        (
            &[
                ("Access key ID", "FAKEPAINTER\r"),
                ("Secret access key", "FAKE-secret-of-painter\r"),
                ("Seed of the MFA device", "\r"),
            ],
            "nothing was typed",
        ),
    ] {
        let (shown, status) = type_answers(run(&home, &server, words), answers);
        assert_eq!(status, 2, "{shown}");
        assert!(shown.contains(said), "{shown}");
    }
    run(&home, &server, "auth login painter").run().code(1);

    let (shown, status) = type_answers(
        run(&home, &server, words),
        &[
            ("Access key ID", "FAKEPAINTER\r"),
            ("Secret access key", "FAKE-secret-of-painter\r"),
            (
                "Seed of the MFA device",
                "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\r",
            ),
        ],
    );
    assert_eq!(status, 0, "{shown}");
    assert!(
        shown.contains("Saved credentials to keyring: painter"),
        "{shown}"
    );
    for typed in ["FAKE-secret-of-painter", "GEZDGNBV", "FAKEPAINTER"] {
        assert!(!shown.contains(typed), "{shown}");
    }
    run(&home, &server, "auth login painter").run().success();
}

#[test]
fn profiles_are_written_and_taken_out_and_every_other_byte_stays() {
    let (home, server) = (home(), server());
    let mine = "# mine\n[profile other]\nregion = eu-west-1\n\n[profile painter]\nregion = x\n";
    home.write(".aws/config", mine);
    let output = run(&home, &server, "aws profiles").run().success();
    assert!(
        output
            .stdout
            .contains("[profile dev]\ncredential_process = "),
        "{output}"
    );
    assert_eq!(home.read(".aws/config"), mine);
    for _ in 0..2 {
        let output = run(&home, &server, "aws profiles --write").run().success();
        assert_eq!(output.stdout, "Wrote profile dev\n");
        assert!(
            output.stderr.contains("\"painter\" is not adieu's"),
            "{output}"
        );
        let written = home.read(".aws/config");
        let rest = written.strip_prefix(mine).unwrap();
        assert!(
            rest.starts_with("\n[profile dev]\ncredential_process = "),
            "{rest}"
        );
        assert!(
            rest.ends_with(" credential-process dev\nregion = eu-central-1\n"),
            "{rest}"
        );
    }
    if let Some(python) = Client::find("python3") {
        let program =
            "import boto3; print(boto3.Session(profile_name='dev').get_credentials().access_key)";
        let output = python
            .in_home(&home)
            .cwd("/")
            .args(["-c", program])
            .run()
            .success();
        assert_eq!(output.stdout, "FAKE-key-dev\n");
    }
    run(&home, &server, "aws profiles --remove").run().success();
    assert_eq!(home.read(".aws/config").trim_end(), mine.trim_end());
    let output = run(&home, &server, "aws profiles --remove other")
        .run()
        .code(1);
    assert!(
        output.stderr.contains("\"other\" is not adieu's"),
        "{output}"
    );
}

#[test]
fn docker_is_signed_in_as_docker_does_it() {
    let (home, server) = (home(), server());
    let before = "{\n\t\"auths\": {\n\t\t\"other.example\": {\"auth\": \"FAKE\"}\n\t},\n\t\"psFormat\": \"x\"\n}\n";
    home.write(".docker/config.json", before);
    run(&home, &server, "aws ecr login registry")
        .run()
        .success();
    run(&home, &server, "aws ecr login --public")
        .run()
        .success();
    let words = "aws ecr login -r https://210000000003.dkr.ecr.cn-north-1.amazonaws.com.cn/x";
    run(&home, &server, words).run().success();
    let config: Value = serde_json::from_str(&home.read(".docker/config.json")).unwrap();
    for host in [
        "210000000002.dkr.ecr.eu-west-1.amazonaws.com",
        "public.ecr.aws",
        "210000000003.dkr.ecr.cn-north-1.amazonaws.com.cn",
    ] {
        assert_eq!(config["auths"][host]["auth"], "QVdTOkZBS0UtcGFzc3dvcmQ=");
    }
    assert_eq!(config["auths"]["other.example"]["auth"], "FAKE");
    assert!(
        home.read(".docker/config.json")
            .contains("\t\"psFormat\": \"x\"\n}\n")
    );
    let sent = server.requests();
    let signature = sent[0].header("authorization").unwrap();
    assert!(
        signature.contains("Credential=FAKE-key-dev/"),
        "{signature}"
    );
    assert!(
        signature.contains("/eu-west-1/ecr/aws4_request"),
        "{signature}"
    );
    // A helper gets the password over a pipe, and the file has none.
    home.write_with_mode(
        "bin/docker-credential-fake",
        "#!/bin/sh\ncat > \"$HOME/handed.json\"\n",
        0o755,
    );
    home.write(".docker/config.json", "{\"credsStore\": \"fake\"}\n");
    run(&home, &server, "aws ecr login registry")
        .env(
            "PATH",
            format!("{}:/usr/bin:/bin", home.join("bin").display()),
        )
        .run()
        .success();
    let handed: Value = serde_json::from_str(&home.read("handed.json")).unwrap();
    assert_eq!(handed["Secret"], "FAKE-password");
    assert!(!home.read(".docker/config.json").contains("QVdT"));
    let output = run(&home, &server, "aws ecr login registry").run().code(1);
    assert!(
        output
            .stderr
            .contains("docker-credential-fake is not in PATH"),
        "{output}"
    );
    let output = run(&home, &server, "aws ecr login -r evil.example")
        .run()
        .code(2);
    assert!(output.stderr.contains("is no registry of ECR"), "{output}");
}

#[test]
fn kubeconfig_asks_adieu_for_tokens() {
    let (home, server) = (home(), server());
    let mine = "apiVersion: v1\n# mine\nclusters:\n- cluster: {server: https://a.example}\n  name: a\ncontexts: []\nusers:\n- name: a\n  user: {token: FAKE}\ncurrent-context: a\n";
    home.write(".kube/config", mine);
    let words = "aws eks update-kubeconfig -i dev --name crane --alias crane";
    for _ in 0..2 {
        run(&home, &server, words).run().success();
    }
    let written = home.read(".kube/config");
    for kept in [
        "# mine\n",
        "- cluster: {server: https://a.example}\n  name: a\n",
        "- name: a\n  user: {token: FAKE}\n",
    ] {
        assert!(written.contains(kept), "{written}");
    }
    assert_eq!(
        written.matches("atmos-eks-crane-eu-central-1").count(),
        2,
        "{written}"
    );
    assert!(
        written.contains("current-context: \"crane\"\n"),
        "{written}"
    );
    run(&home, &server, "auth eks-kubeconfig crane")
        .run()
        .success();
    assert!(home.read(".config/atmos/kube/config").contains(ARN));
    let words = "aws eks token --cluster-name crane --region eu-central-1 --identity=dev";
    let token = run(&home, &server, words).run().success().json();
    assert_eq!(token["kind"], "ExecCredential");
    let text = token["status"]["token"].as_str().unwrap();
    assert!(
        text.starts_with("k8s-aws-v1.aHR0cHM6Ly9zdHMuZXUtY2VudHJhbC0xLmFtYXpvbmF3cy5jb20v"),
        "{text}"
    );
    // The real client runs the entry.
    let Some(kubectl) = Client::find_any("kubectl") else {
        return;
    };
    let output = kubectl
        .in_home(&home)
        .args(["config", "get-contexts", "-o", "name"])
        .run()
        .success();
    assert_eq!(output.stdout, "crane\n");
}
