//! The AWS CLI reads the profiles that remain.

use std::path::Path;
use std::process::Command;

use adieu_testkit::Home;
use adieu_testkit::server::Server;

use crate::support::{adieu, auth, page, portal, with_portal};

/// Debian's client; a shim of the same name may stand before it in the path.
const PROGRAMS: [&str; 2] = ["/usr/bin/aws", "/usr/local/bin/aws"];

fn program() -> Option<&'static str> {
    let found = PROGRAMS.into_iter().find(|path| Path::new(path).exists());
    let required = std::env::var("ADIEU_REAL_PARTS").is_ok_and(|value| value == "required");
    assert!(
        found.is_some() || !required,
        "the AWS CLI is not installed (package awscli)"
    );
    if found.is_none() {
        eprintln!("left out: no AWS CLI (package awscli)");
    }
    found
}

fn aws(program: &str, home: &Home, arguments: &[&str]) -> (bool, String) {
    let files = home.join(".config/atmos/acme/aws/aws-sso");
    let output = Command::new(program)
        .args(arguments)
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("HOME", home.path())
        .env("LC_ALL", "C.UTF-8")
        .env("AWS_SHARED_CREDENTIALS_FILE", files.join("credentials"))
        .env("AWS_CONFIG_FILE", files.join("config"))
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .output()
        .unwrap();
    (
        output.status.success(),
        String::from_utf8(output.stdout).unwrap(),
    )
}

#[test]
fn remaining_profiles_are_read_by_the_real_client() {
    let Some(program) = program() else { return };
    let home = page();
    let (_, before) = aws(program, &home, &["configure", "list-profiles"]);
    assert!(before.contains("dev-admin"), "{before}");
    auth(&home, "logout dev-admin").run().success();
    let (_, profiles) = aws(program, &home, &["configure", "list-profiles"]);
    let mut profiles: Vec<&str> = profiles.lines().collect();
    profiles.sort_unstable();
    assert_eq!(profiles, ["dev-readonly", "prod-admin"]);
    for profile in profiles {
        let export = ["configure", "export-credentials", "--profile", profile];
        let (good, exported) = aws(program, &home, &export);
        assert!(
            good && exported.contains(&format!("FAKE-key-{profile}")),
            "{exported}"
        );
    }
    let (good, exported) = aws(
        program,
        &home,
        &["configure", "export-credentials", "--profile", "dev-admin"],
    );
    assert!(!good && exported.is_empty(), "{exported}");
}

/// What `adieu status --online` asks is what the real client asks, and both hear the same.
#[test]
fn real_client_and_status_online_agree_on_a_token() {
    let Some(program) = program() else { return };
    let (home, server) = (Home::new(), Server::aws_portal());
    let listed = || {
        let url = server.url();
        let words = "sso list-accounts --max-items 1 --region eu-central-1 --no-cli-pager \
                     --access-token not-an-access-token-00002 --endpoint-url";
        let words: Vec<&str> = words.split_whitespace().chain([url.as_str()]).collect();
        aws(program, &home, &words)
    };
    let answer = || {
        home.aws_cli_portal_session(&portal(), None);
        let command = adieu(&home).args("status --online aws -o json".split_whitespace());
        let output = with_portal(command, &server).run().success();
        output.json()["sessions"][0]["server"]["answer"].clone()
    };
    assert_eq!(answer(), "accepted");
    let (good, text) = listed();
    assert!(good && text.contains("210000000001"), "{text}");
    let everything = adieu(&home).args(["logout", "--all", "--force"]);
    with_portal(everything, &server).run().success();
    assert!(!listed().0);
    // The file has a refresh token, of which a no to the access token says nothing.
    assert_eq!(answer(), "unknown");
    let asked: Vec<String> = server.requests().into_iter().map(|r| r.path).collect();
    let accounts = "/assignment/accounts";
    assert_eq!(asked, [accounts, accounts, "/logout", accounts, accounts]);
}
