//! What a real Atmos gets wrong on its own recorded states, done right: the nine things of the
//! fixtures' README, by number.

use adieu_testkit::server::Server;
use adieu_testkit::{Adieu, Home, Tree};
use insta::assert_snapshot;

use crate::support::{self, PASSWORD, TRAIL, fixture, logouts};

/// The states were recorded with a portal at that address.
const RECORDED: &str = "http://127.0.0.1:18080";

/// Lets the recorded configuration name this portal instead, as the person's environment does too.
pub(crate) fn point_at(home: &Home, portal: &Server) {
    let file = home.work().join("atmos.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace(RECORDED, &portal.url())).unwrap();
}

fn signed_in(portal: &Server) -> Home {
    let home = Home::from_fixture(fixture("sso-file-keyring"));
    point_at(&home, portal);
    home
}

/// The program with these words, at the portal that the configuration names: in the person's
/// environment, because a file alone is not trusted with a token.
pub(crate) fn auth(home: &Home, words: &str) -> Adieu {
    let text = std::fs::read_to_string(home.work().join("atmos.yaml")).unwrap();
    let named = text
        .lines()
        .find_map(|line| line.trim().strip_prefix("endpoint_url: "));
    let command = support::auth(home, words);
    let Some(url) = named else { return command };
    let host = url.trim_start_matches("http://");
    command
        .env("AWS_ENDPOINT_URL", url)
        .named(format!("at {host}"), "at $PORTAL")
}

fn unlocked(command: Adieu) -> Adieu {
    command.env("ATMOS_KEYRING_PASSWORD", PASSWORD)
}

const FILES: &str = ".config/atmos/meridian/aws/meridian-sso";

/// 1: a permission set and a role behind it are really logged out.
#[test]
fn identity_logout_takes_profiles_of_permission_sets_and_roles() {
    let portal = Server::aws_portal();
    let home = signed_in(&portal);
    let before = Tree::of(home.root());
    assert_snapshot!(unlocked(auth(&home, "logout ledger-deployer")).run(), @r###"
    $ adieu auth logout ledger-deployer
    exit 0
    --- stdout
    Logging out from identity: ledger-deployer

    Building authentication chain...
      ✓ Chain: meridian-sso → ledger-admin → ledger-deployer

    Removing credentials...
      ✓ Files: ~/.config/atmos/meridian/aws/meridian-sso/config (profile ledger-deployer)
      ✓ Files: ~/.config/atmos/meridian/aws/meridian-sso/credentials (profile ledger-deployer)

    Kept:
      • Keyring: meridian-sso (also used by ledger-admin and ledger-readonly)
      • Files: ~/.cache/atmos/aws-sso/sessions/9a97e268d778e022b3df9ed3d603030292662474.json (also used by ledger-admin and ledger-readonly)
        hint: adieu logout --provider meridian-sso ends it for all of them

    May still be valid:
      • AWS credentials of ledger-deployer (a copy would stay good until 2026-11-21T09:06:13Z)

    Successfully logged out from 1 identity

    ⚠️  Note: This only removes local credentials. Your browser session
       may still be active. Visit your identity provider to end your
       browser session.
    --- stderr
    "###);
    let edited = [
        TRAIL,
        "home/.local",
        "home/.config/atmos/meridian/aws/meridian-sso/credentials",
        "home/.config/atmos/meridian/aws/meridian-sso/config",
    ];
    before.assert_only(&Tree::of(home.root()), &edited);
    let credentials = home.read(format!("{FILES}/credentials"));
    assert!(!credentials.contains("[ledger-deployer]"), "{credentials}");
    assert!(credentials.contains("[ledger-admin]") && credentials.contains("[ledger-readonly]"));
    assert_snapshot!(unlocked(auth(&home, "logout ledger-admin")).run(), @r###"
    $ adieu auth logout ledger-admin
    exit 0
    --- stdout
    Logging out from identity: ledger-admin

    Building authentication chain...
      ✓ Chain: meridian-sso → ledger-admin

    Removing credentials...
      ✓ Files: ~/.config/atmos/meridian/aws/meridian-sso/config (profile ledger-admin)
      ✓ Files: ~/.config/atmos/meridian/aws/meridian-sso/credentials (profile ledger-admin)

    Kept:
      • Keyring: meridian-sso (also used by ledger-deployer and ledger-readonly)
      • Files: ~/.cache/atmos/aws-sso/sessions/9a97e268d778e022b3df9ed3d603030292662474.json (also used by ledger-deployer and ledger-readonly)
        hint: adieu logout --provider meridian-sso ends it for all of them

    May still be valid:
      • AWS credentials of ledger-admin (a copy would stay good until 2026-11-21T09:06:11Z)

    Successfully logged out from 1 identity

    ⚠️  Note: This only removes local credentials. Your browser session
       may still be active. Visit your identity provider to end your
       browser session.
    --- stderr
    "###);
    before.assert_only(&Tree::of(home.root()), &edited);
    let credentials = home.read(format!("{FILES}/credentials"));
    assert!(!credentials.contains("[ledger-admin]") && credentials.contains("[ledger-readonly]"));
    assert_eq!(logouts(&portal), 0, "others use the portal's session");
    // The last one takes the portal's session along.
    assert_snapshot!(unlocked(auth(&home, "logout ledger-readonly")).run(), @r###"
    $ adieu auth logout ledger-readonly
    exit 0
    --- stdout
    Logging out from identity: ledger-readonly

    Building authentication chain...
      ✓ Chain: meridian-sso → ledger-readonly

    Removing credentials...
      ✓ Files: ~/.config/atmos/meridian/aws/meridian-sso/ (XDG-compliant)

    Kept:
      • Keyring: meridian-sso (also used by ledger-admin and ledger-deployer)
      • Files: ~/.cache/atmos/aws-sso/sessions/9a97e268d778e022b3df9ed3d603030292662474.json (also used by ledger-admin and ledger-deployer)
        hint: adieu logout --provider meridian-sso ends it for all of them

    May still be valid:
      • AWS credentials of ledger-readonly (a copy would stay good until 2026-11-21T09:06:12Z)

    Successfully logged out from 1 identity

    ⚠️  Note: This only removes local credentials. Your browser session
       may still be active. Visit your identity provider to end your
       browser session.
    --- stderr
    "###);
}

/// 2: after a provider's logout the portal's token is ended, and gone from the keyring.
#[test]
fn provider_logout_ends_the_portal_session_so_that_nobody_is_signed_in_again() {
    for words in [
        "logout --provider meridian-sso",
        "logout --all",
        "logout --all-realms --force",
    ] {
        let portal = Server::aws_portal();
        let home = signed_in(&portal);
        let output = unlocked(auth(&home, words)).run().success();
        assert_eq!(logouts(&portal), 1, "{output}");
        let token = "not-an-access-token-00002";
        let request = &portal.requests()[0];
        assert_eq!(request.header("x-amz-sso_bearer_token"), Some(token));
        assert!(
            !home
                .work()
                .join("run/keyring/atmos_meridian_meridian-sso")
                .exists()
        );
        assert_eq!(
            Tree::of(home.root()).files_with(token),
            Vec::<&std::path::Path>::new()
        );
        let status = unlocked(auth(&home, "status --check")).run().success();
        assert!(status.stdout.contains("Clean"), "{status}");
    }
}

/// 2, without the keyring's password: the session file still holds the token.
#[test]
fn encrypted_entry_is_reported_and_deletable_without_the_password() {
    let portal = Server::aws_portal();
    let home = signed_in(&portal);
    let before = Tree::of(home.root());
    assert_snapshot!(auth(&home, "logout --all").run(), @r###"
    $ adieu auth logout --all
    exit 0
    --- stdout
    Logging out from all identities...

    Ending sessions at the server...
      ✓ portal session of meridian-sso at $PORTAL

    Removing all credentials...
      ✓ Keyring: meridian-sso
      ✓ Files: ~/.cache/atmos/aws-sso/sessions/
      ✓ Files: ~/.config/atmos/meridian/aws/meridian-sso/ (XDG-compliant)

    May still be valid:
      • AWS credentials of meridian-sso (a copy would stay good until 2026-11-21T09:06:13Z)
      • token in an unread key store entry of meridian-sso (if it is another one than the token that was found beside it)

    Successfully logged out from 4 identities

    ⚠️  Note: Your browser session may still be active. Visit your identity
       provider to end your browser session.
       https://meridian.awsapps.com/start
    --- stderr
    "###);
    assert_eq!(logouts(&portal), 1);
    let entry = home.work().join("run/keyring/atmos_meridian_meridian-sso");
    assert!(!entry.exists());
    auth(&home, "status --check").run().success();
    assert!(before.has("work/run/keyring/atmos_meridian_meridian-sso"));

    // Alone, nobody can tell its server; it goes all the same, unless it is to be kept.
    let home = signed_in(&portal);
    for directory in [".config/atmos/meridian", ".cache/atmos"] {
        std::fs::remove_dir_all(home.join(directory)).unwrap();
    }
    let entry = home.work().join("run/keyring/atmos_meridian_meridian-sso");
    let status = auth(&home, "status --check").run().code(3);
    assert!(status.stdout.contains("Could not tell"), "{status}");
    auth(&home, "logout --all --keep-unrevoked").run();
    assert!(entry.exists());
    assert_snapshot!(auth(&home, "logout --all").run(), @r###"
    $ adieu auth logout --all
    exit 0
    --- stdout
    Logging out from all identities...

    Removing all credentials...
      ✓ Keyring: meridian-sso

    May still be valid:
      • portal session of meridian-sso (its server was not told: its token could not be read)
        hint: finish at https://meridian.awsapps.com/start

    Successfully logged out from 1 identity

    ⚠️  Note: This only removes local credentials. Your browser session
       may still be active. Visit your identity provider to end your
       browser session.
    --- stderr
    "###);
    assert!(!entry.exists());
    // Whether its session goes on, nobody knows.
    auth(&home, "status --check").run().code(3);
}

/// 3: the preview names real paths, and of one identity only its own.
#[test]
fn preview_names_places_that_exist() {
    let portal = Server::aws_portal();
    let home = signed_in(&portal);
    for form in ["ledger-admin", "--all", "--provider meridian-sso"] {
        let words = format!("logout {form} --dry-run -o json");
        let output = unlocked(auth(&home, &words)).run().success();
        for step in output.json()["steps"].as_array().unwrap() {
            let location = step["location"].as_str().unwrap();
            let kind = step["kind"].as_str().unwrap();
            if !matches!(kind, "server" | "keyring") {
                let path = location.split('#').next().unwrap().replace("$HOME", "");
                assert!(
                    home.path().join(path.trim_start_matches('/')).exists(),
                    "{location}"
                );
            }
            if form == "ledger-admin" && kind == "ini-section" {
                assert!(location.ends_with("ledger-admin"), "{location}");
            }
        }
    }
    let human = unlocked(auth(&home, "logout ledger-admin --dry-run")).run();
    assert_snapshot!(human, @r###"
    $ adieu auth logout ledger-admin --dry-run
    exit 0
    --- stdout
    Dry run mode: No credentials will be removed

    Would remove from identity: ledger-admin
      • Files: ~/.config/atmos/meridian/aws/meridian-sso/config (profile ledger-admin)
      • Files: ~/.config/atmos/meridian/aws/meridian-sso/credentials (profile ledger-admin)

    Would keep:
      • Keyring: meridian-sso (also used by ledger-deployer and ledger-readonly)
      • Files: ~/.cache/atmos/aws-sso/sessions/9a97e268d778e022b3df9ed3d603030292662474.json (also used by ledger-deployer and ledger-readonly)

    Would stay valid:
      • AWS credentials of ledger-admin (a copy would stay good until 2026-11-21T09:06:11Z)

    1 identity would be logged out
    --- stderr
    "###);
}

/// 4: `-i` without a value asks, a system is a provider, lists are sorted.
#[test]
fn system_names_work_and_lists_do_not_change_from_run_to_run() {
    let portal = Server::aws_portal();
    let home = signed_in(&portal);
    let first = auth(&home, "logout nobody").run().code(2);
    assert_eq!(first, auth(&home, "logout nobody").run());
    assert!(
        first
            .stderr
            .contains("  • ledger-admin\n  • ledger-deployer\n  • ledger-readonly\n")
    );
    let output = unlocked(auth(&home, "logout --provider aws"))
        .run()
        .success();
    assert!(
        output.stdout.contains("Logging out from provider: aws"),
        "{output}"
    );
    assert!(!home.has(".config/atmos/meridian"));
}

/// 5: nothing stays of what `--all-realms` leaves there: session file, directories, locks.
#[test]
fn all_realms_leaves_neither_session_nor_empty_directories_nor_locks() {
    let portal = Server::aws_portal();
    let home = signed_in(&portal);
    unlocked(auth(&home, "logout --all-realms --force"))
        .run()
        .success();
    let left: Vec<String> = Tree::of(home.path())
        .paths()
        .map(|path| path.display().to_string())
        .filter(|path| !path.starts_with(".local"))
        .collect();
    assert_eq!(
        left,
        [
            ".cache",
            ".cache/atmos",
            ".cache/atmos/cache.yaml",
            ".cache/atmos/cache.yaml.lock",
            ".config",
            ".config/atmos"
        ]
    );
}

/// 6: the mock kinds' AWS files go too, and nothing is made.
#[test]
fn mock_credentials_go_and_nothing_is_created() {
    let home = Home::from_fixture(fixture("mock-file-keyring"));
    let before = Tree::of(home.root());
    let unlocked = |words: &str| auth(&home, words).env("PUPPET_KEYRING_PASSWORD", PASSWORD);
    assert_snapshot!(unlocked("logout glove").run(), @r###"
    $ adieu auth logout glove
    exit 0
    --- stdout
    Logging out from identity: glove

    Building authentication chain...
      ✓ Chain: puppet-aws → glove

    Removing credentials...
      ✓ Files: $TMPDIR/atmos-mock-glove.json
      ✓ Files: ~/.config/atmos/sandbox-7/aws/puppet-aws/ (XDG-compliant)

    May still be valid:
      • AWS credentials of glove (a copy would stay good until 2099-12-31T23:59:59Z)

    Successfully logged out from 1 identity

    ⚠️  Note: This only removes local credentials. Your browser session
       may still be active. Visit your identity provider to end your
       browser session.
    --- stderr
    "###);
    assert_snapshot!(unlocked("logout --all --keychain --force").run(), @r###"
    $ adieu auth logout --all --keychain --force
    exit 0
    --- stdout
    Logging out from all identities...

    Removing all credentials...
      ✓ Keyring: puppet
      ✓ Keyring: marionette
      ✓ Files: $TMPDIR/atmos-mock-marionette.json

    Successfully logged out from 2 identities

    ⚠️  Note: This only removes local credentials. Your browser session
       may still be active. Visit your identity provider to end your
       browser session.
    --- stderr
    "###);
    let changes = before
        .changes(&Tree::of(home.root()))
        .except(&[TRAIL, "home/.local"]);
    assert_snapshot!(changes.summary(), @r###"
    - home/.config/atmos/sandbox-7
    - home/.config/atmos/sandbox-7/aws
    - home/.config/atmos/sandbox-7/aws/puppet-aws
    - home/.config/atmos/sandbox-7/aws/puppet-aws/config
    - home/.config/atmos/sandbox-7/aws/puppet-aws/config.lock
    - home/.config/atmos/sandbox-7/aws/puppet-aws/credentials
    - home/.config/atmos/sandbox-7/aws/puppet-aws/credentials.lock
    - tmp/atmos-mock-glove.json
    - tmp/atmos-mock-marionette.json
    - work/run/keyring/atmos_sandbox-7_marionette
    - work/run/keyring/atmos_sandbox-7_puppet
    "###);
}

/// 7: one broken provider stops nobody.
#[test]
fn broken_provider_beside_healthy_ones_does_not_stop_the_logout() {
    let portal = Server::aws_portal();
    let home = signed_in(&portal);
    let file = home.work().join("atmos.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    let broken = "  providers:\n    broken:\n      kind: aws/iam-identity-center\n      \
                  region: eu-west-1\n      start_url: \"\"\n";
    std::fs::write(&file, text.replacen("  providers:\n", broken, 1)).unwrap();
    let output = unlocked(auth(&home, "logout --all")).run().success();
    assert!(
        output.stderr.contains("the configuration has 1 problem"),
        "{output}"
    );
    assert_eq!(logouts(&portal), 1);
    assert!(!home.has(".config/atmos/meridian"));
}

/// 8: a link below a `base_path` is not followed.
#[test]
fn link_below_a_base_path_is_not_followed() {
    let portal = Server::aws_portal();
    let home = signed_in(&portal);
    let file = home.work().join("atmos.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    let with_base = "      spec:\n        files: { base_path: ~/creds }\n";
    std::fs::write(&file, text.replacen("      spec:\n", with_base, 1)).unwrap();
    home.write(
        "elsewhere/aws/meridian-sso/credentials",
        "[ledger-admin]\nkey = FAKE\n",
    )
    .write("elsewhere/aws/meridian-sso/letters.txt", "a stranger's\n")
    .link("creds/meridian", home.join("elsewhere"));
    let before = Tree::of(home.join("elsewhere"));
    let output = unlocked(auth(&home, "logout --all")).run();
    before.assert_same(&Tree::of(home.join("elsewhere")));
    assert!(home.join("creds/meridian").is_symlink());
    assert!(output.stderr.contains("creds/meridian"), "{output}");
    assert!(!home.has(".config/atmos/meridian"));
}

/// 9: both the `base_path` and the directory that the login really wrote to are cleaned.
#[test]
fn base_path_and_default_are_both_cleaned() {
    let portal = Server::aws_portal();
    let home = signed_in(&portal);
    let file = home.work().join("atmos.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    let with_base = "      spec:\n        files: { base_path: ~/creds }\n";
    std::fs::write(&file, text.replacen("      spec:\n", with_base, 1)).unwrap();
    for directory in ["creds/meridian-sso", "creds/meridian/aws/meridian-sso"] {
        for name in ["credentials", "config"] {
            home.write(
                format!("{directory}/{name}"),
                home.read(format!("{FILES}/{name}")),
            );
        }
    }
    unlocked(auth(&home, "logout --provider meridian-sso"))
        .run()
        .success();
    assert!(!home.has(".config/atmos/meridian"));
    let left: Vec<_> = Tree::of(home.path())
        .files_with("ledger-admin")
        .into_iter()
        .map(std::path::Path::to_owned)
        .filter(|path| !path.starts_with(".local"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
    assert!(!home.has("creds/meridian-sso") && !home.has("creds/meridian/aws/meridian-sso"));
}

/// A `base_path` can be the home itself: empty directories in it are the person's own.
#[test]
fn empty_directories_of_the_person_below_a_base_path_stay() {
    let portal = Server::aws_portal();
    let home = signed_in(&portal);
    let file = home.work().join("atmos.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    let with_base = "      spec:\n        files: { base_path: ~ }\n";
    std::fs::write(&file, text.replacen("      spec:\n", with_base, 1)).unwrap();
    for name in ["aws", "default", "meridian", "meridian-sso"] {
        home.directory(name);
    }
    unlocked(auth(&home, "logout --all")).run().success();
    for name in ["aws", "default", "meridian", "meridian-sso"] {
        assert!(home.has(name), "{name}");
    }
}
