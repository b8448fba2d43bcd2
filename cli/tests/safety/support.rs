//! What the tests of this folder start from.

use std::fmt::Write as _;
use std::process::{Command, Stdio};

use adieu_testkit::server::Server;
use adieu_testkit::{Adieu, AwsSession, Home, Output, PortalSession, Tree};

/// The program under test.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_adieu");

/// The page of the one portal in these tests.
pub(crate) const PORTAL: &str = "https://harbour.awsapps.com/start";

/// The audit trail, which every logout extends.
pub(crate) const TRAIL: &str = "home/.local/**";

/// The program in a home, with nothing else in its environment.
pub(crate) fn adieu(home: &Home) -> Adieu {
    Adieu::new(PROGRAM).home(home).env("LANG", "C.UTF-8")
}

/// The program in a home, with these words.
pub(crate) fn run(home: &Home, words: &[&str]) -> Output {
    adieu(home).args(words.iter().copied()).run()
}

/// Everything of the home, its working directory and its temporary files.
pub(crate) fn tree(home: &Home) -> Tree {
    Tree::of(home.root())
}

/// The same at a portal that the person's environment names.
pub(crate) fn run_at(portal: &Server, home: &Home, words: &[&str]) -> Output {
    at(portal, adieu(home)).args(words.iter().copied()).run()
}

/// A run at a portal that the person's environment names.
pub(crate) fn at(portal: &Server, run: Adieu) -> Adieu {
    run.env("AWS_ENDPOINT_URL", portal.url())
}

/// The configuration of one portal with these identities, all in the realm `acme`.
pub(crate) fn one_portal(provider: &str, identities: &[&str], more: &str) -> String {
    let mut text = format!(
        "auth:\n  realm: acme\n  providers:\n    {provider}:\n      \
         kind: aws/iam-identity-center\n      start_url: {PORTAL}\n      region: us-east-1\n{more}  \
         identities:\n"
    );
    for identity in identities {
        let _ = write!(
            text,
            "    {identity}:\n      kind: aws/permission-set\n      via: {{ provider: {provider} }}\n      \
             principal: {{ name: ViewOnly, account: {{ id: \"210000000001\" }} }}\n"
        );
    }
    text
}

/// Files that are nobody's sign-in of Atmos, and must survive everything byte for byte.
pub(crate) fn valuables(home: &Home) {
    home.write(".ssh/config", "Host *\n  ForwardAgent no\n")
        .write(".ssh/id_ed25519", "FAKE-private-key\n")
        .write(
            ".aws/credentials",
            "[default]\naws_access_key_id = FAKE-own\naws_secret_access_key = FAKE-own-secret\n\n\
             [dev]\naws_access_key_id = FAKE-dev\n",
        )
        .write(
            ".aws/config",
            "[default]\nregion = eu-west-1\n\n[profile dev]\nregion = us-east-1\n",
        )
        .write("Documents/letter.txt", "Dear reader\n")
        .write("Documents/credentials", "not an INI file at all\n");
}

/// A session of `dev` at the portal: profile, Atmos's session file, the AWS CLI's token.
pub(crate) fn signed_in(home: &Home, provider: &str) {
    home.aws_session(&AwsSession::new("acme", provider, "dev"));
    portal_token(home);
}

/// The portal's token where Atmos and the AWS CLI keep it.
pub(crate) fn portal_token(home: &Home) {
    let session = PortalSession::new(PORTAL, "us-east-1", "FAKE-portal-token");
    home.atmos_portal_session(&session);
    home.aws_cli_portal_session(&session, None);
}

/// Whether a program can be started here. If not, the test is left out, visibly; where real parts
/// are required it fails instead.
pub(crate) fn has(program: &str, arguments: &[&str]) -> bool {
    let status = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    let works = status.is_ok_and(|status| status.success());
    if !works {
        left_out(&format!(
            "`{program} {}` does not work here",
            arguments.join(" ")
        ));
    }
    works
}

/// Says that a test is left out; fails where that is not allowed.
pub(crate) fn left_out(why: &str) {
    let required = std::env::var_os("ADIEU_REAL_PARTS").is_some_and(|value| value == "required");
    assert!(!required, "may not be left out: {why}");
    eprintln!("LEFT OUT: {why}");
}

/// Both streams of a run as one text.
pub(crate) fn all_said(output: &Output) -> String {
    format!("{}\n{}", output.stdout, output.stderr)
}

/// Fails unless the run said this somewhere.
#[track_caller]
pub(crate) fn assert_said(output: &Output, what: &str) {
    assert!(
        all_said(output).contains(what),
        "{what:?} is not said:\n{output}"
    );
}
