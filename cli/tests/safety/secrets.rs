//! No secret is ever said, written down or passed on.

use adieu_testkit::server::{Answer, Server};
use adieu_testkit::{AwsSession, Home};

use crate::support::{PROGRAM, adieu, at, has, one_portal, signed_in, valuables};

/// Everything in here that must not be said begins with one of these: as it is, and in base64.
const SECRETS: [&str; 3] = ["FAKE-", "RkFLRT", "RkFLRS"];

fn home_full_of_secrets() -> Home {
    let home = Home::new();
    valuables(&home);
    signed_in(&home, "sso");
    let mut text = one_portal("sso", &["dev", "ops"], "");
    text += "    keys:\n      kind: aws/user\n      credentials: { region: us-east-1, \
             access_key_id: FAKE-configured-key, secret_access_key: FAKE-configured-secret }\n";
    home.atmos_yaml(&text)
        .aws_session(&AwsSession::new("acme", "sso", "ops").expires("2020-01-01T00:00:00Z"))
        .aws_session(&AwsSession::new("old", "gone", "lost"))
        .docker_config(&["000000000000.dkr.ecr.us-east-1.amazonaws.com"])
        .kubeconfig(".kube/config", "dev", &[("harbour", "us-east-1")])
        .write(
            ".cache/atmos/aws-webflow/keys-acme/refresh.json",
            "{\"refreshToken\":\"FAKE-refresh\"}",
        )
        .write(
            ".aws/saml2aws/storageState.json",
            "{\"cookies\":\"FAKE-cookie\"}",
        )
        // Broken in ways that tempt an error message to quote them.
        .write(
            ".aws/sso/cache/broken.json",
            "{\"accessToken\": FAKE-broken-json",
        )
        .write(
            ".config/atmos/acme/aws/aws-user/credentials",
            "[keys\nFAKE-broken-ini\n= FAKE-no-key\n",
        );
    home
}

fn assert_nothing_said(what: &str, text: &str) {
    for secret in SECRETS {
        assert!(
            !text.contains(secret),
            "a secret ({secret}…) is in {what}:\n{text}"
        );
    }
}

const COMMANDS: [&str; 12] = [
    "status",
    "auth status",
    "logout --all --force --dry-run",
    "auth logout --all --dry-run",
    "logout dev --dry-run",
    "auth logout --provider sso --timeout 1",
    "logout dev",
    "logout nobody",
    "auth logout --all --keychain --force",
    "logout --all --force",
    "audit show",
    "audit verify",
];

#[test]
fn no_command_says_or_records_a_secret() {
    let portal = Server::start();
    // A server that repeats what it was told.
    portal.on_call("POST", "/logout", |request| {
        let token = request
            .header("x-amz-sso_bearer_token")
            .unwrap_or_default()
            .to_owned();
        Answer::json(
            400,
            &serde_json::json!({ "message": format!("bad token {token}") }),
        )
        // Without a type, nobody would read the message.
        .header("x-amzn-ErrorType", "InvalidRequestException")
    });
    for form in [&["-o", "human"], &["-o", "json"]] {
        let home = home_full_of_secrets();
        for command in COMMANDS {
            let output = at(&portal, adieu(&home))
                .args(command.split(' '))
                .args(form.iter().copied())
                .env("ATMOS_LOGS_LEVEL", "Debug")
                .env("AWS_SECRET_ACCESS_KEY", "FAKE-in-the-environment")
                .env("AWS_ACCESS_KEY_ID", "FAKE-key-in-the-environment")
                .env("GITHUB_TOKEN", "FAKE-github")
                .env("ATMOS_KEYRING_PASSWORD", "FAKE-password")
                .run();
            assert_nothing_said(command, &output.stdout);
            assert_nothing_said(command, &output.stderr);
        }
        assert_nothing_said("the trail", &home.read(".local/state/adieu/audit.jsonl"));
        assert!(!portal.requests().is_empty(), "the portal was never asked");
    }
}

#[test]
fn no_secret_is_in_the_arguments_of_any_process() {
    if !has("strace", &["-f", "-o", "/dev/null", "true"]) {
        return;
    }
    let portal = Server::aws_portal();
    let home = home_full_of_secrets();
    let record = home.temporary().join("record");
    let output = at(&portal, adieu_testkit::Adieu::new("/usr/bin/strace"))
        .home(&home)
        .args(["-f", "-qq", "-s", "10000", "-e", "trace=execve", "-o"])
        .arg(&record)
        .arg(PROGRAM)
        .args(["logout", "--all", "--keychain", "--force"])
        .run();
    let text = std::fs::read_to_string(record).unwrap();
    assert!(text.contains("execve("), "{output}");
    assert_nothing_said("the arguments of a process", &text);
}
