//! Nothing is called ended that may still be good.

use std::os::unix::fs::PermissionsExt as _;

use adieu_testkit::server::{Answer, Server, unauthorized};
use adieu_testkit::{AwsSession, Home, PortalSession, Tree};

use crate::support::{adieu, auth, logouts, page, portal, with_portal};

const TOKEN: &str = "not-an-access-token-00002";

#[test]
fn system_name_covers_sessions_that_no_configuration_knows() {
    let home = Home::new();
    home.aws_session(&AwsSession::new("acme", "sso", "dev"));
    let before = Tree::of(home.path());
    let output = adieu(&home)
        .args(["logout", "--provider", "aws"])
        .run()
        .code(2);
    assert!(output.stderr.contains("dev"), "{output}");
    before.assert_same(&Tree::of(home.path()));
    let output = adieu(&home)
        .args(["logout", "--provider", "aws", "--force"])
        .run()
        .success();
    assert!(output.stdout.contains("Successfully"), "{output}");
    assert!(Tree::of(home.path()).files_with("FAKE-key-dev").is_empty());
    // The configuration's own scope is as narrow as before.
    let home = Home::new();
    home.aws_session(&AwsSession::new("acme", "sso", "dev"));
    let before = Tree::of(home.path());
    auth(&home, "logout --provider aws --force").run().success();
    before.assert_only(&Tree::of(home.path()), &[".local/**", ".local"]);
}

#[test]
fn what_could_not_be_read_is_not_called_logged_out() {
    let home = page();
    home.rename(".config", "../elsewhere")
        .link(".config", "../elsewhere");
    std::fs::remove_dir_all(home.join(".cache")).unwrap();
    std::fs::remove_dir_all(home.work().join("keyring")).unwrap();
    for words in [
        "logout dev-admin",
        "logout --all",
        "logout --all --no-revoke",
    ] {
        let output = auth(&home, words).run().code(3);
        assert!(!output.stdout.contains("already logged out"), "{output}");
        assert!(
            output.stdout.contains("not everything could be read"),
            "{output}"
        );
    }
}

#[test]
fn session_that_no_server_was_asked_to_end_is_still_live() {
    let (home, server) = (page(), Server::aws_portal());
    let words = "logout --provider aws-sso --no-revoke";
    let output = with_portal(auth(&home, words), &server).run().success();
    assert!(server.requests().is_empty());
    let (_, live) = output.stdout.split_once("May still be valid:").unwrap();
    assert!(live.contains("portal session of aws-sso"), "{output}");
}

/// A token that nobody could use here any more is not thrown away unended.
#[test]
fn session_that_only_the_aws_cli_keeps_is_ended_with_one_identity() {
    let only_copy = || {
        let home = page();
        let other = PortalSession::new(
            "https://mycompany.awsapps.com/start",
            "eu-central-1",
            "FAKE-only-copy",
        );
        home.aws_cli_portal_session(&other, None);
        (home, Server::aws_portal())
    };
    let (home, server) = only_copy();
    let output = with_portal(auth(&home, "logout dev-admin"), &server)
        .run()
        .success();
    assert_eq!(logouts(&server), 1, "{output}");
    assert!(
        output.stdout.contains("✓ portal session of aws-sso"),
        "{output}"
    );
    assert!(!output.stdout.contains("also served"), "{output}");
    adieu(&home).args(["revoke", "--pending"]).run().success();
    // The session that the others use goes on.
    assert!(!Tree::of(home.path()).files_with(TOKEN).is_empty());
    let (home, server) = only_copy();
    let output = with_portal(auth(&home, "logout dev-admin --no-revoke"), &server)
        .run()
        .success();
    assert_eq!(logouts(&server), 0, "{output}");
    let (_, live) = output.stdout.split_once("May still be valid:").unwrap();
    assert!(live.contains("portal session of aws-sso"), "{output}");
    // What cannot be read may hold the same session, which the others would lose.
    let (home, server) = only_copy();
    let output = with_portal(auth(&home, "logout dev-admin"), &server)
        .env_remove("ATMOS_KEYRING_PASSWORD")
        .run();
    assert_eq!(logouts(&server), 0, "{output}");
    let said = "may keep it for others, so it was not ended";
    let (_, live) = output.stdout.split_once("May still be valid:").unwrap();
    assert!(live.contains(said), "{output}");
}

#[test]
fn session_that_others_keep_goes_on_and_they_are_named() {
    let (home, server) = (page(), Server::aws_portal());
    home.aws_cli_portal_session(&portal(), None);
    let output = with_portal(auth(&home, "logout dev-admin"), &server).run();
    assert_eq!(logouts(&server), 0, "{output}");
    assert!(!output.stdout.contains("portal session"), "{output}");
    let kept = "Keyring: aws-sso (also used by dev-readonly and prod-admin)";
    assert!(output.stdout.contains(kept), "{output}");
    assert!(!Tree::of(home.path()).files_with(TOKEN).is_empty());
}

/// Another configuration's Atmos signs in with it.
#[test]
fn session_that_another_realm_keeps_goes_on_and_it_is_named() {
    let (home, server) = (page(), Server::aws_portal());
    std::fs::rename(
        home.work().join("keyring/atmos_acme_aws-sso"),
        home.work().join("keyring/atmos_harbor_aws-sso"),
    )
    .unwrap();
    let sessions = home.join(".cache/atmos/aws-sso");
    std::fs::remove_dir_all(sessions).unwrap();
    home.aws_cli_portal_session(&portal(), None);
    let output = with_portal(auth(&home, "logout dev-admin"), &server).run();
    assert_eq!(logouts(&server), 0, "{output}");
    let said = "atmos_harbor_aws-sso, another configuration's, keeps it, so it was not ended";
    assert!(output.stdout.contains(said), "{output}");
    // No file of that realm is there, and no silence either.
    let said = "'aws-sso' is signed in here, in the realm 'harbor'";
    let output = with_portal(auth(&home, "status"), &server).run();
    assert!(output.stderr.contains(said), "{output}");
    let output = auth(&home, "status backup-admin").run();
    assert!(!output.to_string().contains("harbor"), "{output}");
    let said = said.replace("is signed", "may be signed");
    let output = auth(&home, "status").run();
    assert!(output.stderr.contains(&said), "{output}");
}

/// The session goes on at the portal, and no copy here is good enough to end it.
#[test]
fn portal_session_that_can_only_be_renewed_is_said_to_go_on() {
    let (home, server) = (page(), Server::aws_portal());
    let file = home.atmos_portal_session(&portal().expires("2020-01-01T00:00:00Z"));
    let text = home.read(&file);
    let renewable = text.replacen(
        '{',
        "{\"refreshToken\": \"FAKE-refresh\", \"clientSecret\": \"FAKE-secret\", ",
        1,
    );
    home.write(&file, renewable);
    std::fs::remove_dir_all(home.work().join("keyring")).unwrap();
    server.on("POST", "/logout", unauthorized());
    let words = "logout --provider aws-sso --no-refresh";
    let output = with_portal(auth(&home, words), &server).run().success();
    let page = "sign out at https://mycompany.awsapps.com/start";
    assert!(output.stderr.contains(page), "{output}");
    let (_, live) = output.stdout.split_once("May still be valid:").unwrap();
    assert!(live.contains("✗ portal session of aws-sso"), "{output}");
    assert!(!home.has(file));
}

#[test]
fn logout_of_all_says_that_nothing_is_configured() {
    let home = Home::new();
    home.aws_session(&AwsSession::new("acme", "sso", "dev"));
    let output = auth(&home, "logout --all").run().success();
    assert!(
        output.stderr.contains("no atmos.yaml was found here"),
        "{output}"
    );
}

/// Whoever else is configured is not known then, so silence would be a claim.
#[test]
fn configuration_that_breaks_off_is_not_taken_for_one_that_names_nobody() {
    let home = Home::new();
    home.aws_session(&AwsSession::new("acme", "sso", "dev"));
    home.atmos_yaml("auth:\n  realm: acme: x\n  identities: {}\n");
    for words in ["logout --all", "logout --all --strict", "logout --all -q"] {
        let output = auth(&home, words).run().code(3);
        assert!(!output.stdout.contains("already logged out"), "{output}");
        assert!(
            output.stderr.contains("could not be read to its end"),
            "{output}"
        );
        assert!(
            !output.stderr.contains("no atmos.yaml was found"),
            "{output}"
        );
    }
    let report = auth(&home, "logout --all -o json").run().code(3).json();
    assert_eq!(report["problems"].as_array().unwrap().len(), 1, "{report}");
    let output = auth(&home, "logout dev").run().code(2);
    assert!(
        output.stderr.contains("could not be read to its end"),
        "{output}"
    );
    assert!(!output.stderr.contains("Nothing is configured"), "{output}");
    // The accounts of other tools are no business of atmos.yaml.
    adieu(&home).args(["logout", "claude"]).run().success();
}

#[test]
fn configuration_that_breaks_off_makes_a_clean_machine_doubtful() {
    let home = Home::new();
    home.atmos_yaml("auth:\n  realm: acme\n");
    adieu(&home).args(["status", "--check"]).run().success();
    home.atmos_yaml("auth:\n  realm: acme: x\n");
    adieu(&home).args(["status", "--check"]).run().code(3);
}

/// A place that hides something is a line of its own, and no success.
#[test]
fn place_that_could_not_be_read_is_counted_as_not_done() {
    let home = page();
    let file = home.join(".config/atmos/acme/aws/aws-sso/credentials");
    std::fs::remove_file(&file).unwrap();
    std::os::unix::fs::symlink("/dev/null", &file).unwrap();
    let output = auth(&home, "logout dev-admin --no-revoke").run();
    let line = "✗ Files: ~/.config/atmos/acme/aws/aws-sso/credentials\n";
    assert!(output.stdout.contains(line), "{output}");
    assert!(output.stderr.contains("is a symbolic link"), "{output}");
    assert!(!output.stdout.contains("Successfully"), "{output}");
    let output = auth(&home, "logout prod-admin --no-revoke -q").run();
    assert!(!output.stdout.contains("Successfully"), "{output}");
    // What is another provider's hides nothing of this one.
    let output = auth(&home, "logout backup-admin --no-revoke")
        .run()
        .success();
    assert!(output.stdout.contains("Successfully"), "{output}");
    assert!(!output.stdout.contains("✗"), "{output}");
}

#[test]
fn interrupted_and_failed_logouts_say_what_is_left() {
    let home = page();
    let directory = home.join(".config/atmos/acme/aws/aws-sso");
    // The lock of the credentials cannot be taken, that of the settings can.
    let lock = directory.join("credentials.lock");
    std::fs::remove_file(&lock).unwrap();
    std::os::unix::fs::symlink("/dev/null", lock).unwrap();
    let output = auth(&home, "logout dev-admin --no-revoke").run().code(1);
    assert!(
        output.stdout.contains("Logout failed (1/2 successful)"),
        "{output}"
    );
}

/// A directory that cannot be entered is not the same as an empty one.
#[test]
fn store_that_may_not_be_read_is_not_called_empty() {
    if rustix_is_root() {
        return;
    }
    let home = page();
    let mode = std::fs::Permissions::from_mode(0o000);
    std::fs::set_permissions(home.join(".config/atmos"), mode).unwrap();
    auth(&home, "logout dev-admin").run().code(3);
    let mode = std::fs::Permissions::from_mode(0o700);
    std::fs::set_permissions(home.join(".config/atmos"), mode).unwrap();
}

/// Root may read everything.
fn rustix_is_root() -> bool {
    std::fs::read("/etc/shadow").is_ok()
}

/// A provider of one system may sign in to another.
#[test]
fn system_of_a_providers_tokens_covers_them_within_the_configuration() {
    let (home, server) = (Home::new(), Server::start());
    server.on("DELETE", "/installation/token", Answer::status(204));
    home.atmos_yaml(
        "auth:\n  realm: acme\n  providers:\n    pro: {kind: atmos/pro, spec: {workspace_id: ws-1}}\n  \
         integrations:\n    repos: {kind: github/sts, via: {provider: pro}}\n",
    );
    let file = ".local/share/atmos/auth/github-sts/acme/repos/state.json";
    home.write(
        file,
        r#"{"tokens": [{"token": "FAKE-github", "expires_at": "2099-01-01T00:00:00Z"}]}"#,
    );
    let output = auth(&home, "logout --provider github")
        .env("GITHUB_API_URL", server.url())
        .run()
        .success();
    assert_eq!(server.requests().len(), 1, "{output}");
    assert!(!home.has(file));
}

#[test]
fn system_within_the_configuration_asks_nothing_about_strangers() {
    let home = page();
    home.aws_session(&AwsSession::new("acme", "aws-sso", "stranger"));
    auth(&home, "logout --provider aws --no-revoke")
        .run()
        .success();
    assert!(
        Tree::of(home.path())
            .files_with("FAKE-key-dev-admin")
            .is_empty()
    );
}

/// The chain is broken, but the files of its provider are there.
#[test]
fn identity_of_a_provider_that_is_not_configured_is_logged_out() {
    for words in ["logout dev", "logout --all"] {
        let home = Home::new();
        home.aws_session(&AwsSession::new("acme", "gone", "dev"));
        home.aws_session(&AwsSession::new("acme", "other", "mine"));
        home.atmos_yaml(
            "auth:\n  realm: acme\n  identities:\n    dev: {kind: aws/permission-set, via: {provider: gone}}\n",
        );
        auth(&home, words).run().success();
        assert!(
            Tree::of(home.path()).files_with("FAKE-key-dev").is_empty(),
            "{words}"
        );
        assert!(
            !Tree::of(home.path()).files_with("FAKE-key-mine").is_empty(),
            "{words}"
        );
    }
}

#[test]
fn import_that_is_not_read_leaves_doubt() {
    for import in ["https://config.example.test/auth.yaml", "./missing.yaml"] {
        let home = Home::new();
        home.aws_session(&AwsSession::new("acme", "sso", "dev"));
        home.atmos_yaml(&format!("import: [\"{import}\"]\nauth: {{realm: acme}}\n"));
        let output = auth(&home, "logout --all").run().code(3);
        assert!(output.stderr.contains(import), "{output}");
        auth(&home, "logout dev").run().code(2);
    }
    // No files are no mistake where a pattern stands.
    let home = Home::new();
    home.atmos_yaml("import: [\"./more/*.yaml\"]\nauth: {realm: acme}\n");
    auth(&home, "logout --all").run().success();
}

/// A repository may have any variable named in what is not read.
#[test]
fn doubt_about_a_configuration_shows_no_value_of_a_variable() {
    let home = Home::new();
    home.atmos_yaml(
        "import:\n  - !env GITHUB_TOKEN\nprofiles: {default: !env GITHUB_TOKEN}\nauth: {realm: acme}\n",
    );
    for words in [
        "auth logout --all",
        "auth logout --all -o json",
        "auth logout dev",
        "status",
        "status -o json",
        "list",
    ] {
        let output = adieu(&home)
            .env("GITHUB_TOKEN", "FAKE-secret-value")
            .args(words.split(' '))
            .run()
            .to_string();
        assert!(!output.contains("FAKE-secret-value"), "{output}");
        assert!(
            output.contains("GITHUB_TOKEN") || words == "list",
            "{output}"
        );
    }
}

#[test]
fn start_page_that_is_no_page_is_not_shown() {
    for page in [
        "FAKE-secret-value",
        "https://ana:FAKE-secret-value@idp.example.test/start",
    ] {
        let (home, server) = (page_by_variable(), Server::aws_portal());
        server.on("POST", "/logout", Answer::status(500));
        for words in [
            "logout --provider aws-sso --dry-run",
            "logout --provider aws-sso",
        ] {
            let output = with_portal(auth(&home, words), &server)
                .env("GITHUB_TOKEN", page)
                .run()
                .to_string();
            assert!(!output.contains("FAKE-secret-value"), "{output}");
        }
    }
}

/// A provider whose start page a variable gives, with a token in the keyring.
fn page_by_variable() -> Home {
    let home = Home::new();
    home.atmos_yaml(
        "auth:\n  realm: acme\n  keyring: {type: file, spec: {path: ./keyring}}\n  providers:\n    \
         aws-sso: {kind: aws/iam-identity-center, region: eu-central-1, start_url: !env GITHUB_TOKEN}\n",
    );
    crate::support::keyring_entry(&home, "atmos_acme_aws-sso");
    home
}

#[test]
fn profile_that_does_not_exist_is_a_mistake_in_what_was_typed() {
    let home = page();
    let before = Tree::of(home.path());
    let output = auth(&home, "logout --all --profile wrok").run().code(2);
    assert!(
        output.stderr.contains("there is no profile 'wrok'"),
        "{output}"
    );
    before.assert_same(&Tree::of(home.path()));
}

#[test]
fn same_names_in_another_realm_are_mentioned() {
    let home = page();
    home.atmos_yaml(
        "auth:\n  realm: beta\n  providers:\n    aws-sso: {kind: aws/iam-identity-center, region: eu-central-1, \
         start_url: https://elsewhere.awsapps.com/start}\n  identities:\n    \
         dev-admin: {kind: aws/permission-set, via: {provider: aws-sso}}\n",
    );
    for words in [
        "logout dev-admin",
        "logout --all",
        "logout --provider aws-sso",
    ] {
        let output = auth(&home, words).run().success();
        assert!(!output.stdout.contains("No credentials found"), "{output}");
        assert!(
            output
                .stderr
                .contains("'dev-admin' is signed in here, in the realm 'acme'"),
            "{output}"
        );
    }
    let preview = auth(&home, "logout dev-admin --dry-run").run().success();
    assert!(
        !preview.stdout.contains("no credentials found"),
        "{preview}"
    );
}

/// A name comes from a file, and a hint is copied into a shell.
#[test]
fn names_in_hints_are_one_word() {
    let home = Home::new();
    let portal = PortalSession::new("https://acme.awsapps.com/start", "us-east-1", "FAKE-token");
    home.atmos_portal_session(&portal);
    home.aws_session(&AwsSession::new("acme", "a;touch x", "dev"));
    home.atmos_yaml(
        "auth:\n  realm: acme\n  providers:\n    \"a;touch x\": {kind: aws/iam-identity-center, region: us-east-1, \
         start_url: https://acme.awsapps.com/start}\n  identities:\n    \
         dev: {kind: aws/permission-set, via: {provider: \"a;touch x\"}}\n    \
         ops: {kind: aws/permission-set, via: {provider: \"a;touch x\"}}\n",
    );
    let output = auth(&home, "logout dev").run().success();
    assert!(
        output.stdout.contains("--provider 'a;touch x' ends it"),
        "{output}"
    );
}

#[test]
fn copy_of_a_session_that_was_not_ended_is_kept_when_asked() {
    let (home, server) = (page(), Server::aws_portal());
    let other = PortalSession::new(
        "https://mycompany.awsapps.com/start",
        "eu-central-1",
        "FAKE-only-copy",
    );
    let file = home.aws_cli_portal_session(&other, None);
    server.on("POST", "/logout", Answer::status(503));
    with_portal(auth(&home, "logout dev-admin --keep-unrevoked"), &server).run();
    assert!(home.has(&file));
    let output = with_portal(auth(&home, "logout prod-admin"), &server).run();
    assert!(!home.has(&file));
    let (_, live) = output.stdout.split_once("May still be valid:").unwrap();
    assert!(live.contains("✗ portal session of aws-sso"), "{output}");
}

#[test]
fn leftovers_alone_are_no_logout() {
    let home = page();
    std::fs::remove_file(home.join(".config/atmos/acme/aws/aws-sso/credentials")).unwrap();
    for (words, expected) in [
        (
            "logout dev-admin --no-revoke",
            "Nobody was signed in any more",
        ),
        (
            "logout prod-admin --no-revoke -q",
            "✓ Nobody was signed in any more",
        ),
    ] {
        let output = auth(&home, words).run().success();
        assert!(output.stdout.contains(expected), "{output}");
    }
}
