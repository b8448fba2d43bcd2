//! The server half: what is asked, how often, where, and what happens when the server does not
//! answer.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use adieu_testkit::server::{Answer, Server, unauthorized};
use adieu_testkit::{Home, PortalSession, Tree};
use insta::assert_snapshot;

use crate::support::{auth, keyring_entry, logouts, page, portal, with_portal};

const ENTRY: &str = "keyring/atmos_acme_aws-sso";
const TOKEN: &str = "not-an-access-token-00002";

/// The same token in keyring, session file and the AWS CLI's cache.
fn with_copies() -> Home {
    let home = page();
    home.aws_cli_portal_session(&portal(), None);
    home.aws_cli_portal_session(&portal(), Some("corp"));
    keyring_entry(&home, "atmos_aws-sso");
    home
}

fn bearers(server: &Server) -> Vec<String> {
    let mut bearers: Vec<String> = server
        .requests()
        .iter()
        .filter(|request| request.path == "/logout")
        .filter_map(|request| request.header("x-amz-sso_bearer_token").map(str::to_owned))
        .collect();
    bearers.sort();
    bearers
}

fn holders(home: &Home, token: &str) -> usize {
    Tree::of(home.path()).files_with(token).len()
}

#[test]
fn token_is_ended_once_whatever_the_number_of_copies() {
    for words in ["logout --provider aws-sso", "logout --all"] {
        let (home, server) = (with_copies(), Server::aws_portal());
        with_portal(auth(&home, words), &server).run().success();
        assert_eq!(bearers(&server), [TOKEN], "{words}");
        assert_eq!(holders(&home, TOKEN), 0, "{words}");
        assert!(!home.work().join(ENTRY).exists());
    }
}

#[test]
fn different_tokens_are_ended_once_each() {
    let (home, server) = (page(), Server::aws_portal());
    let backup = "https://backup.awsapps.com/start";
    home.atmos_portal_session(&PortalSession::new(backup, "us-east-1", "FAKE-backup-1"));
    home.aws_cli_portal_session(
        &PortalSession::new(backup, "us-east-1", "FAKE-backup-2"),
        None,
    );
    let elsewhere =
        PortalSession::new("https://other.awsapps.com/start", "us-east-1", "FAKE-other");
    let strangers = home.aws_cli_portal_session(&elsewhere, None);
    with_portal(auth(&home, "logout --all"), &server)
        .run()
        .success();
    assert_eq!(bearers(&server), ["FAKE-backup-1", "FAKE-backup-2", TOKEN]);
    assert!(home.has(strangers));
}

#[test]
fn identity_logout_never_ends_a_session_that_others_use() {
    let (home, server) = (with_copies(), Server::aws_portal());
    let output = with_portal(auth(&home, "logout dev-admin"), &server)
        .run()
        .success();
    assert!(bearers(&server).is_empty());
    assert!(home.work().join(ENTRY).exists());
    assert!(home.has(format!(
        ".cache/atmos/aws-sso/sessions/{}",
        portal().atmos_file_name()
    )));
    // The page clears the portal's tokens of the AWS CLI all the same.
    assert!(
        !home.has(".aws/sso/cache") || Tree::of(home.join(".aws/sso/cache")).paths().count() == 0
    );
    assert_snapshot!(output, @r###"
    $ adieu auth logout dev-admin
    exit 0
    --- stdout
    Logging out from identity: dev-admin

    Building authentication chain...
      ✓ Chain: aws-sso → dev-org-admin → dev-admin

    Removing credentials...
      ✓ Files: ~/.aws/sso/cache/8e291c501aaee706d29e4fad5a143e7ea99be2e4.json
      ✓ Files: ~/.aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json
      ✓ Files: ~/.config/atmos/acme/aws/aws-sso/config (profile dev-admin)
      ✓ Files: ~/.config/atmos/acme/aws/aws-sso/credentials (profile dev-admin)

    Kept:
      • Keyring: aws-sso ×2 (also used by dev-readonly and prod-admin)
      • Files: ~/.cache/atmos/aws-sso/sessions/f3692e71d605856310e08558355fcf649d7c30f8.json (also used by dev-readonly and prod-admin)
        hint: adieu logout --provider aws-sso ends it for all of them

    May still be valid:
      • AWS credentials of dev-admin (a copy would stay good until 2099-01-01T00:00:00Z)

    Successfully logged out from 1 identity

    ⚠️  Note: This only removes local credentials. Your browser session
       may still be active. Visit your identity provider to end your
       browser session.
    --- stderr
    "###);
}

#[test]
fn last_identity_of_a_provider_takes_the_session_along() {
    let (home, server) = (page(), Server::aws_portal());
    let backup = PortalSession::new(
        "https://backup.awsapps.com/start",
        "us-east-1",
        "FAKE-backup",
    );
    home.atmos_portal_session(&backup);
    with_portal(auth(&home, "logout backup-admin"), &server)
        .run()
        .success();
    assert_eq!(bearers(&server), ["FAKE-backup"]);
    assert!(!home.has(".config/atmos/acme/aws/backup-provider"));
}

#[test]
fn token_that_the_server_no_longer_knows_counts_as_ended() {
    let (home, server) = (with_copies(), Server::aws_portal());
    server.on("POST", "/logout", unauthorized());
    let output = with_portal(auth(&home, "logout --all --strict"), &server)
        .run()
        .success();
    assert!(!output.stderr.contains("Errors"), "{output}");
    assert!(!home.work().join(ENTRY).exists());
}

/// The local half is done, key store included; the session is named as still live, with its page.
fn assert_local_half(home: &Home, words: &str, with: impl Fn(&str) -> adieu_testkit::Output) {
    let output = with(words).code(0);
    assert!(!home.has(".config/atmos/acme"), "{output}");
    assert_eq!(holders(home, TOKEN), 0, "{output}");
    assert!(!home.work().join(ENTRY).exists(), "{output}");
    let live = output.stdout.split_once("May still be valid:");
    assert!(
        live.is_some_and(|(_, live)| live.contains("portal session of aws-sso")),
        "{output}"
    );
    assert!(
        output
            .stderr
            .contains("sign out at https://mycompany.awsapps.com/start"),
        "{output}"
    );
    assert!(
        output.stdout.contains("Logged out with warnings"),
        "{output}"
    );
}

#[test]
fn server_that_fails_leaves_the_local_half_done_and_the_rest_named() {
    let failing = Server::aws_portal();
    failing.on("POST", "/logout", Answer::status(500));
    let home = page();
    assert_local_half(&home, "logout --all", |words| {
        with_portal(auth(&home, words), &failing).run()
    });
    let shown = page();
    assert_snapshot!(with_portal(auth(&shown, "logout --all --strict"), &failing).run(), @r###"
    $ adieu auth logout --all --strict
    exit 3
    --- stdout
    Logging out from all identities...

    Removing all credentials...
      ✓ Keyring: aws-sso
      ✓ Files: ~/.cache/atmos/aws-sso/sessions/
      ✓ Files: ~/.config/atmos/acme/aws/aws-sso/ (XDG-compliant)
      ✓ Files: ~/.config/atmos/acme/aws/backup-provider/ (XDG-compliant)

    May still be valid:
      ✗ portal session of aws-sso
      • AWS credentials of aws-sso (a copy would stay good until 2099-01-01T00:00:00Z)
      • AWS credentials of backup-provider (a copy would stay good until 2099-01-01T00:00:00Z)

    Logged out with warnings (4/5 successful)

    ⚠️  Note: This only removes local credentials. Your browser session
       may still be active. Visit your identity provider to end your
       browser session.
    --- stderr

    Errors encountered:
      • aws-sso: the server refused (500)
        hint: sign out at https://mycompany.awsapps.com/start
    "###);
    // What was kept is ended once the server answers again.
    let home = page();
    let keeping = "logout --all --keep-unrevoked";
    with_portal(auth(&home, keeping), &failing).run().success();
    assert!(home.work().join(ENTRY).exists());
    let server = Server::aws_portal();
    with_portal(auth(&home, "logout --all"), &server)
        .run()
        .success();
    assert_eq!(bearers(&server), [TOKEN]);
    assert!(!home.work().join(ENTRY).exists());
}

#[test]
fn closed_port_is_said_and_the_local_half_is_done() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let home = page();
    let unused = Server::aws_portal();
    assert_local_half(&home, "logout --all", |words| {
        with_portal(auth(&home, words), &unused)
            .env("AWS_ENDPOINT_URL_SSO", &url)
            .run()
    });
    assert_eq!(logouts(&unused), 0);
}

#[test]
fn server_that_hangs_costs_its_time_limit_and_no_more() {
    let server = Server::aws_portal();
    server.on("POST", "/logout", Answer::hang());
    let home = page();
    let start = Instant::now();
    assert_local_half(&home, "logout --all --timeout 1", |words| {
        with_portal(auth(&home, words), &server).run()
    });
    assert!(
        start.elapsed() < Duration::from_secs(20),
        "{:?}",
        start.elapsed()
    );
}

#[test]
fn keep_unrevoked_keeps_every_copy_of_a_token_that_is_still_good() {
    let server = Server::aws_portal();
    server.on("POST", "/logout", Answer::status(503));
    let home = with_copies();
    let before = holders(&home, TOKEN);
    with_portal(auth(&home, "logout --all --keep-unrevoked"), &server).run();
    assert_eq!(holders(&home, TOKEN), before);
    assert!(
        !home.has(".config/atmos/acme/aws/aws-sso"),
        "the profiles go all the same"
    );
    let server = Server::aws_portal();
    with_portal(auth(&home, "logout --all --keep-unrevoked"), &server)
        .run()
        .success();
    assert_eq!((holders(&home, TOKEN), bearers(&server).len()), (0, 1));
}

#[test]
fn revoke_keeps_what_could_not_be_ended() {
    let server = Server::aws_portal();
    server.on("POST", "/logout", Answer::status(503));
    let home = page();
    let revoke = crate::support::adieu(&home).args(["revoke", "--provider", "aws-sso"]);
    with_portal(revoke, &server).run();
    assert_eq!(holders(&home, TOKEN), 1);
}

#[test]
fn without_revoking_no_server_is_asked() {
    let (home, server) = (page(), Server::aws_portal());
    let output = with_portal(auth(&home, "logout --all --no-revoke"), &server)
        .run()
        .success();
    assert!(server.requests().is_empty());
    assert!(!home.work().join(ENTRY).exists());
    let live = output.stdout.split_once("May still be valid:");
    assert!(
        live.is_some_and(|(_, live)| live.contains("portal session of aws-sso")),
        "{output}"
    );
}

/// The session goes on behind a token that has ended: a refresh token makes a new one.
#[test]
fn session_of_an_expired_token_is_renewed_and_ended() {
    let (home, server) = (page(), Server::aws_portal());
    let later = "2026-11-22T00:00:00Z";
    with_portal(auth(&home, "logout --all"), &server)
        .env("ADIEU_TEST_CLOCK", later)
        .run()
        .success();
    assert_eq!(bearers(&server), ["FAKE-access-token-1"]);
    assert!(!home.work().join(ENTRY).exists() && !home.has(".cache/atmos/aws-sso"));
}

#[test]
fn endpoint_is_the_allowed_one_then_the_more_special_variable() {
    let servers: Vec<Server> = (0..3).map(|_| Server::aws_portal()).collect();
    let asked = |configured: bool, allowed: bool, special: bool, general: bool| {
        let home = page();
        if configured {
            let file = home.work().join("atmos.yaml");
            let text = std::fs::read_to_string(&file).unwrap();
            let spec = format!(
                "  providers:\n    aws-sso:\n      spec: {{ endpoint_url: {} }}\n",
                servers[0].url()
            );
            std::fs::write(
                &file,
                text.replacen("  providers:\n    aws-sso:\n", &spec, 1),
            )
            .unwrap();
        }
        let before: Vec<usize> = servers.iter().map(logouts).collect();
        // Each server knows the token only once, and a renewal would ask twice.
        let mut command = auth(&home, "logout --provider aws-sso --no-refresh");
        if allowed {
            command = command.args(["--allow-endpoint".to_owned(), servers[0].url()]);
        }
        if special {
            command = command.env("AWS_ENDPOINT_URL_SSO", servers[1].url());
        }
        if general {
            command = command.env("AWS_ENDPOINT_URL", format!("{}/", servers[2].url()));
        }
        command.run().success();
        let after = servers.iter().map(logouts).zip(before);
        after
            .map(|(after, before)| after - before)
            .collect::<Vec<_>>()
    };
    assert_eq!(asked(true, true, true, true), [1, 0, 0]);
    assert_eq!(asked(true, false, true, true), [0, 1, 0]);
    assert_eq!(asked(true, false, false, false), [0, 0, 0]);
    assert_eq!(asked(false, true, true, true), [0, 1, 0]);
    assert_eq!(asked(false, false, false, true), [0, 0, 1]);
}

const STS: &str = "\
auth:
  realm: acme
  providers:
    pro:
      kind: atmos/pro
      spec: { workspace_id: ws-1 }
  integrations:
    repos:
      kind: github/sts
      via: { provider: pro }
";

/// Two tokens in one state file.
fn with_github_tokens() -> Home {
    let home = Home::new();
    home.atmos_yaml(STS);
    let state = serde_json::json!({"tokens": [
        {"token": "FAKE-github-1", "expires_at": "2099-01-01T00:00:00Z"},
        {"token": "FAKE-github-2", "expires_at": "2099-01-01T00:00:00Z"},
    ]});
    home.write(
        ".local/share/atmos/auth/github-sts/acme/repos/state.json",
        state.to_string(),
    )
    .write(
        ".local/share/atmos/auth/github-sts/acme/repos/git.config",
        "[http]\n\textraheader = FAKE-github-1\n",
    );
    home
}

#[test]
fn github_tokens_are_ended_each_where_the_environment_says() {
    let (home, server) = (with_github_tokens(), Server::start());
    server.on("DELETE", "/installation/token", Answer::status(204));
    let output = auth(&home, "logout --all")
        .env("GITHUB_API_URL", server.url())
        .run();
    assert_snapshot!(output, @r###"
    $ adieu auth logout --all
    exit 0
    --- stdout
    Logging out from all identities...

    Ending sessions at the server...
      ✓ GitHub token of pro ×2

    Removing all credentials...
      ✓ Files: ~/.local/share/atmos/auth/github-sts/acme/repos/

    Successfully logged out from 1 identity

    ⚠️  Note: Your browser session may still be active. Visit your identity
       provider to end your browser session.
    --- stderr
    "###);
    let mut tokens: Vec<String> = server
        .requests()
        .iter()
        .filter_map(|request| request.header("authorization").map(str::to_owned))
        .collect();
    tokens.sort();
    assert_eq!(tokens, ["Bearer FAKE-github-1", "Bearer FAKE-github-2"]);
    assert!(!home.has(".local/share/atmos/auth/github-sts/acme"));
}

#[test]
fn file_with_one_unended_token_of_two_is_kept_when_asked() {
    let (home, server) = (with_github_tokens(), Server::start());
    server.on_call("DELETE", "/installation/token", |request| {
        let first = request.header("authorization") == Some("Bearer FAKE-github-1");
        Answer::status(if first { 204 } else { 500 })
    });
    auth(&home, "logout --all --keep-unrevoked")
        .env("GITHUB_API_URL", server.url())
        .run();
    assert!(home.has(".local/share/atmos/auth/github-sts/acme/repos/state.json"));
}

/// That a token has expired is only its file's word: its server is told all the same.
#[test]
fn file_with_an_expired_token_and_an_unended_one_is_kept_when_asked() {
    let (home, server) = (with_github_tokens(), Server::start());
    server.on("DELETE", "/installation/token", Answer::status(500));
    let file = ".local/share/atmos/auth/github-sts/acme/repos/state.json";
    let text = home.read(file);
    let expired = text.replacen("2099", "2020", 1);
    assert_ne!(text, expired);
    home.write(file, expired);
    auth(&home, "logout --all --keep-unrevoked")
        .env("GITHUB_API_URL", server.url())
        .run();
    assert_eq!(server.requests().len(), 2);
    assert!(home.has(file));
}

#[test]
fn session_that_the_server_did_not_end_is_live_although_no_copy_is_left() {
    let (home, server) = (with_github_tokens(), Server::start());
    server.on("DELETE", "/installation/token", Answer::status(500));
    let output = auth(&home, "logout --all -o json")
        .env("GITHUB_API_URL", server.url())
        .run();
    let report = output.json();
    let live = report["verified"]["still_live"].as_array().unwrap();
    assert_eq!(live.len(), 2, "{output}");
    assert!(
        live.iter().all(|found| found["kind"] == "server"),
        "{output}"
    );
    assert_eq!(holders(&home, "FAKE-github-1"), 0);
}

/// Another program renews the session while the portal is asked: what it wrote is no copy of what
/// was ended, and the next run can end it.
#[test]
fn sign_in_during_a_logout_is_not_removed_unended() {
    let (home, server) = (with_copies(), Server::aws_portal());
    let file = format!(
        ".cache/atmos/aws-sso/sessions/{}",
        portal().atmos_file_name()
    );
    let renewed = home.read(&file).replace(TOKEN, "FAKE-renewed");
    let (target, text) = (home.join(&file), renewed.clone());
    server.on_call("POST", "/logout", move |_| {
        let new = target.with_extension("new");
        std::fs::write(&new, &text).unwrap();
        std::fs::rename(&new, &target).unwrap();
        Answer::status(200)
    });
    let output = with_portal(auth(&home, "logout --provider aws-sso"), &server)
        .run()
        .success();
    assert_eq!(home.read(&file), renewed, "{output}");
    assert!(
        output.stderr.contains("a new token may be in it"),
        "{output}"
    );
    assert!(output.stderr.contains("run the logout again"), "{output}");
    assert_eq!(holders(&home, TOKEN), 0, "{output}");

    server.on("POST", "/logout", Answer::status(200));
    with_portal(auth(&home, "logout --provider aws-sso"), &server)
        .run()
        .success();
    assert!(!home.has(&file));
    assert!(bearers(&server).contains(&"FAKE-renewed".to_owned()));
}

/// Providers on one portal share its session file, so each may have a copy of the token.
#[test]
fn copies_of_an_ended_token_go_with_it_whoever_keeps_them() {
    let (home, server) = (page(), Server::aws_portal());
    let provider = "{kind: aws/iam-identity-center, region: eu-central-1, start_url: https://mycompany.awsapps.com/start}";
    home.atmos_yaml(&format!(
        "auth:\n  realm: acme\n  keyring: {{type: file, spec: {{path: ./keyring}}}}\n  \
         providers:\n    aws-sso: {provider}\n    second: {provider}\n"
    ));
    keyring_entry(&home, "atmos_acme_second");
    let output = with_portal(auth(&home, "logout --provider aws-sso"), &server)
        .run()
        .success();
    assert_eq!(bearers(&server), [TOKEN], "{output}");
    let left = std::fs::read_dir(home.work().join("keyring"))
        .unwrap()
        .count();
    assert_eq!(left, 0, "{output}");
}

#[test]
fn session_that_is_kept_for_others_is_not_counted() {
    let (home, server) = (Home::new(), Server::aws_portal());
    let portal = PortalSession::new("https://acme.awsapps.com/start", "us-east-1", "FAKE-shared");
    home.atmos_portal_session(&portal);
    home.aws_cli_portal_session(&portal, None);
    home.aws_session(&adieu_testkit::AwsSession::new("acme", "one", "dev"));
    let provider = "{kind: aws/iam-identity-center, region: us-east-1, start_url: https://acme.awsapps.com/start}";
    let identity = |via: &str| {
        format!(
            "{{kind: aws/permission-set, via: {{provider: {via}}}, principal: {{name: X, account: {{id: \"111111111111\"}}}}}}"
        )
    };
    home.atmos_yaml(&format!(
        "auth:\n  realm: acme\n  providers:\n    one: {provider}\n    two: {provider}\n  \
         identities:\n    dev: {}\n    ops: {}\n",
        identity("one"),
        identity("two")
    ));
    let output = with_portal(auth(&home, "logout dev"), &server)
        .run()
        .success();
    assert!(server.requests().is_empty());
    assert!(
        output
            .stdout
            .contains("Successfully logged out from 1 identity\n"),
        "{output}"
    );
}

/// A start page is one portal's, in whatever region it is used.
#[test]
fn token_of_the_portal_from_another_region_is_ended_too() {
    let (home, server) = (page(), Server::aws_portal());
    let url = &portal().start_url;
    let elsewhere = PortalSession::new(url, "ap-southeast-2", "FAKE-elsewhere");
    let file = home.aws_cli_portal_session(&elsewhere, None);
    with_portal(auth(&home, "logout --provider aws-sso"), &server)
        .run()
        .success();
    assert_eq!(bearers(&server), ["FAKE-elsewhere", TOKEN]);
    assert!(!home.has(file));
}

#[test]
fn provider_whose_session_ends_with_anothers_is_named() {
    let (home, server) = (Home::new(), Server::aws_portal());
    let portal = PortalSession::new("https://acme.awsapps.com/start", "us-east-1", "FAKE-shared");
    home.atmos_portal_session(&portal);
    let provider = "{kind: aws/iam-identity-center, region: us-east-1, start_url: https://acme.awsapps.com/start}";
    home.atmos_yaml(&format!(
        "auth:\n  realm: acme\n  providers:\n    one: {provider}\n    Two: {provider}\n"
    ));
    let preview = with_portal(auth(&home, "logout --provider one --dry-run"), &server).run();
    let output = with_portal(auth(&home, "logout --provider one"), &server)
        .run()
        .success();
    assert_eq!(bearers(&server), ["FAKE-shared"]);
    for output in [preview, output] {
        assert!(output.stdout.contains("it also served Two"), "{output}");
    }
}
