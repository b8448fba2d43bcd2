//! What several files of these tests share.

use std::collections::BTreeMap;
use std::path::Path;

use adieu_testkit::{Adieu, AwsSession, Home, Output};

/// `adieu`, with no key store of the machine in reach, and the usual programs in `PATH`.
pub(crate) fn adieu(home: &Home, words: &str) -> Adieu {
    Adieu::new(env!("CARGO_BIN_EXE_adieu"))
        .home(home)
        .env("PATH", "/usr/bin:/bin")
        .env("LC_ALL", "C.UTF-8")
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
        .args(words.split_whitespace())
}

/// A home with one of the library's configurations.
pub(crate) fn home_with(name: &str) -> Home {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../core/tests/fixtures/atmos");
    let home = Home::new();
    home.atmos_yaml(&std::fs::read_to_string(folder.join(name)).unwrap());
    home
}

/// Somebody is signed in as `ledger-admin` and `ledger-deployer` of `01-sso-chain.yaml`, with
/// hours left, and was as `ledger-readonly`.
pub(crate) fn signed_in() -> Home {
    let home = home_with("01-sso-chain.yaml");
    for (identity, expires) in [
        ("ledger-admin", "2026-11-21T12:06:11Z"),
        ("ledger-deployer", "2026-11-21T11:40:00Z"),
        ("ledger-readonly", "2026-11-21T08:00:00Z"),
    ] {
        let session = AwsSession::new("meridian", "meridian-sso", identity)
            .expires(expires)
            .region("eu-central-1");
        home.aws_session(&session);
    }
    home
}

/// The variables that `env` printed, without those of the tests.
pub(crate) fn variables(output: &Output) -> BTreeMap<String, String> {
    let pairs = output
        .stdout
        .lines()
        .filter_map(|line| line.split_once('='));
    pairs
        .filter(|(name, _)| !name.starts_with("ADIEU_TEST_"))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}
