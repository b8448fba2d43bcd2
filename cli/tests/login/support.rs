//! What several files of these tests share.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::Stdio;

use adieu_testkit::server::{Request, Server};
use adieu_testkit::{Adieu, Home};

/// The start page of the portal in these tests.
pub(crate) const PAGE: &str = "https://meridian.awsapps.com/start";

/// Where the AWS CLI keeps the session `meridian`, and where Atmos keeps the portal's.
pub(crate) const CLI_TOKEN: &str = ".aws/sso/cache/bf02e956fc0cbc79affd292388841018d047b8cf.json";
pub(crate) const ATMOS_SESSION: &str =
    ".cache/atmos/aws-sso/sessions/9a97e268d778e022b3df9ed3d603030292662474.json";

/// `adieu` that reaches one server only.
pub(crate) fn adieu(home: &Home, server: &Server, words: &str) -> Adieu {
    Adieu::new(env!("CARGO_BIN_EXE_adieu"))
        .home(home)
        .env("PATH", "/usr/bin:/bin")
        .env("LC_ALL", "C.UTF-8")
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
        .env("AWS_ENDPOINT_URL", server.url())
        .named(server.url(), "$SERVER")
        .args(words.split_whitespace())
}

/// A home with a portal in `atmos.yaml` and, under the name `meridian`, in the AWS CLI's settings.
pub(crate) fn home() -> Home {
    let home = Home::new();
    home.atmos_yaml(
        "auth:
  realm: meridian
  providers:
    meridian-sso:
      kind: aws/iam-identity-center
      start_url: https://meridian.awsapps.com/start
      region: eu-central-1
  identities:
    admin:
      kind: aws/permission-set
      default: true
      tags: [work]
      via: { provider: meridian-sso }
      principal: { name: Admin, account: { id: '210000000001' } }
    viewer:
      kind: aws/permission-set
      tags: [work]
      via: { provider: meridian-sso }
      principal: { name: ViewOnly, account: { name: ledger } }
",
    );
    home.write(
        ".aws/config",
        "[sso-session meridian]
sso_start_url = https://meridian.awsapps.com/start
sso_region = eu-central-1
sso_registration_scopes = sso:account:access
",
    );
    home
}

/// Method and path of what was asked.
pub(crate) fn asked(server: &Server) -> Vec<String> {
    let describe = |request: &Request| format!("{} {}", request.method, request.path);
    server.requests().iter().map(describe).collect()
}

/// A session file of the AWS CLI or Atmos with this access token.
pub(crate) fn session(token: &str, expires: &str, registration_expires: &str) -> String {
    format!(
        r#"{{"startUrl": "{PAGE}", "region": "eu-central-1", "accessToken": "{token}", "expiresAt": "{expires}", "clientId": "FAKE-client", "clientSecret": "FAKE-client-secret", "registrationExpiresAt": "{registration_expires}", "refreshToken": "FAKE-refresh-{token}"}}"#
    )
}

/// Starts a sign-in in a browser, hands its address to `person`, and waits for the end: the exit
/// status and what was said.
pub(crate) fn with_person(adieu: &Adieu, person: impl FnOnce(&str)) -> (i32, String) {
    let mut command = adieu.command();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap());
    let mut said = String::new();
    let url = loop {
        let mut line = String::new();
        assert_ne!(lines.read_line(&mut line).unwrap(), 0, "no address: {said}");
        said.push_str(&line);
        if line.starts_with("http") {
            break line.trim().to_owned();
        }
    };
    person(&url);
    lines.read_to_string(&mut said).unwrap();
    let mut out = String::new();
    child
        .stdout
        .take()
        .unwrap()
        .read_to_string(&mut out)
        .unwrap();
    let status = child.wait().unwrap();
    (status.code().unwrap_or(-1), said + &out)
}
