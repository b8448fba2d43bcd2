//! The AWS CLI reads the profiles that remain.

use std::path::Path;
use std::process::Command;

use adieu_testkit::Home;

use crate::support::{auth, page};

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
