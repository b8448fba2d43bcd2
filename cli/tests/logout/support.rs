//! The home of the command's page, and how the tests run the program in it.

use std::path::{Path, PathBuf};

use adieu_testkit::server::Server;
use adieu_testkit::{Adieu, AwsSession, Home, Output, PortalSession};
use serde_json::Value;

/// The password of the recorded file keyrings.
pub(crate) const PASSWORD: &str = "password-for-tests";

/// The page's configuration, with a second portal.
const PAGE: &str = "\
auth:
  realm: acme
  keyring:
    type: file
    spec: { path: ./keyring }
  providers:
    aws-sso:
      kind: aws/iam-identity-center
      region: eu-central-1
      start_url: https://mycompany.awsapps.com/start
    backup-provider:
      kind: aws/iam-identity-center
      region: us-east-1
      start_url: https://backup.awsapps.com/start
  identities:
    dev-org-admin:
      kind: aws/permission-set
      via: { provider: aws-sso }
      principal: { name: OrgAdmin, account: { id: \"000000000001\" } }
    dev-admin:
      kind: aws/assume-role
      via: { identity: dev-org-admin }
      principal: { assume_role: arn:aws:iam::000000000002:role/admin }
    prod-admin:
      kind: aws/permission-set
      via: { provider: aws-sso }
      principal: { name: AdminAccess, account: { id: \"000000000003\" } }
    dev-readonly:
      kind: aws/permission-set
      via: { provider: aws-sso }
      principal: { name: ReadOnly, account: { id: \"000000000002\" } }
    backup-admin:
      kind: aws/permission-set
      via: { provider: backup-provider }
      principal: { name: AdminAccess, account: { id: \"000000000004\" } }
";

/// The folder of a recorded state.
pub(crate) fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../core/tests/fixtures/atmos-state")
        .join(name)
        .join("before")
}

/// The program in a home, with no key store of the machine in reach.
pub(crate) fn adieu(home: &Home) -> Adieu {
    Adieu::new(env!("CARGO_BIN_EXE_adieu"))
        .home(home)
        .env("LC_ALL", "C.UTF-8")
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
}

/// `adieu auth …` with words as they would be typed.
pub(crate) fn auth(home: &Home, words: &str) -> Adieu {
    adieu(home).arg("auth").args(words.split_whitespace())
}

/// The portal's session on the page's home; the keyring entry holds the same token.
pub(crate) fn portal() -> PortalSession {
    PortalSession::new(
        "https://mycompany.awsapps.com/start",
        "eu-central-1",
        "not-an-access-token-00002",
    )
    .expires("2026-11-21T16:06:11Z")
}

/// Signed in as on the page: three identities behind `aws-sso`, one behind `backup-provider`,
/// and a stranger's files beside them.
pub(crate) fn page() -> Home {
    let home = Home::new();
    home.atmos_yaml(PAGE);
    for identity in ["dev-admin", "prod-admin", "dev-readonly"] {
        home.aws_session(&AwsSession::new("acme", "aws-sso", identity));
    }
    home.aws_session(&AwsSession::new("acme", "backup-provider", "backup-admin"));
    home.atmos_portal_session(&portal());
    keyring_entry(&home, "atmos_acme_aws-sso");
    home.write(
        ".aws/credentials",
        "[default]\naws_access_key_id = FAKE-own\n",
    )
    .write(".aws/config", "[default]\nregion = eu-west-1\n")
    .write(".config/other/token", "FAKE-stranger\n");
    home
}

/// Puts the recorded entry of a portal's token into the keyring of the working directory.
pub(crate) fn keyring_entry(home: &Home, name: &str) {
    let recorded = fixture("sso-file-keyring").join("work/run/keyring/atmos_meridian_meridian-sso");
    let directory = home.work().join("keyring");
    std::fs::create_dir_all(&directory).unwrap();
    std::fs::copy(recorded, directory.join(name)).unwrap();
}

/// A portal on loopback, and the program told by variable to ask it, with the keyring's password.
pub(crate) fn with_portal(command: Adieu, portal: &Server) -> Adieu {
    command
        .env("AWS_ENDPOINT_URL_SSO", portal.url())
        .env("AWS_ENDPOINT_URL_SSO_OIDC", portal.url())
        .env("ATMOS_KEYRING_PASSWORD", PASSWORD)
        .named(format!("at 127.0.0.1:{}", portal.port()), "at $PORTAL")
}

/// How many sessions the portal was asked to end.
pub(crate) fn logouts(portal: &Server) -> usize {
    portal
        .requests()
        .iter()
        .filter(|request| request.path == "/logout")
        .count()
}

/// The steps of a JSON report as `action kind location`, with the outcome if it is told.
pub(crate) fn steps(output: &Output) -> Vec<(String, Option<String>)> {
    let text = |step: &Value, key: &str| step[key].as_str().unwrap_or_default().to_owned();
    output.json()["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| {
            let what = [
                text(step, "action"),
                text(step, "kind"),
                text(step, "location"),
            ];
            (what.join(" "), step["outcome"].as_str().map(str::to_owned))
        })
        .collect()
}

/// What may change in a home besides the logout: adieu's own trail.
pub(crate) const TRAIL: &str = "home/.local/**";
