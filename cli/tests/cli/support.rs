//! What several files of these tests share.
#![expect(
    clippy::disallowed_methods,
    reason = "tests read fixtures and start shells themselves"
)]

use std::path::Path;
use std::process::{Command, Stdio};

use adieu_testkit::{Adieu, AwsSession, Home, PortalSession};

/// The program in a home.
pub(crate) fn adieu(home: &Home) -> Adieu {
    Adieu::new(env!("CARGO_BIN_EXE_adieu")).home(home)
}

/// The text of one of the library's configurations.
pub(crate) fn fixture(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../core/tests/fixtures/atmos");
    std::fs::read_to_string(folder.join(name)).unwrap()
}

/// A home with one of the library's configurations.
pub(crate) fn home_with(name: &str) -> Home {
    let home = Home::new();
    home.atmos_yaml(&fixture(name));
    home
}

/// Somebody is signed in to the chain of `01-sso-chain.yaml`: one identity with half an hour left,
/// one with ten minutes, one expired.
pub(crate) fn signed_in() -> Home {
    let home = home_with("01-sso-chain.yaml");
    for (identity, expires) in [
        ("ledger-admin", "2026-11-21T09:06:11Z"),
        ("ledger-deployer", "2026-11-21T08:40:00Z"),
        ("ledger-readonly", "2026-11-21T08:00:00Z"),
    ] {
        let session = AwsSession::new("meridian", "meridian-sso", identity)
            .expires(expires)
            .region("eu-central-1");
        home.aws_session(&session);
    }
    home.atmos_portal_session(
        &PortalSession::new(
            "https://meridian.awsapps.com/start",
            "eu-central-1",
            "FAKE-portal-token",
        )
        .expires("2026-11-21T16:15:00Z"),
    );
    home
}

/// What a shell prints for a script, or `None` if that shell is not installed.
pub(crate) fn shell(program: &str, script: &str) -> Option<String> {
    let output = Command::new(program)
        .args(["-c", script])
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("HOME", "/nonexistent")
        .env("LC_ALL", "C.UTF-8")
        .stdin(Stdio::null())
        .output()
        .ok()?;
    assert!(
        output.status.success(),
        "{program}: {}\n{script}",
        String::from_utf8_lossy(&output.stderr)
    );
    Some(String::from_utf8(output.stdout).unwrap())
}

/// Makes a named pipe, which nobody can read like a file.
pub(crate) fn pipe(path: &Path) {
    let made = Command::new("mkfifo").arg(path).status().unwrap();
    assert!(made.success());
}
