//! The page's own story: its samples, told by the real program.

use adieu_testkit::Tree;
use adieu_testkit::server::Server;
use insta::assert_snapshot;

use crate::support::{TRAIL, auth, logouts, page, with_portal};

#[test]
fn identity_logout_takes_its_profile_and_leaves_the_others() {
    let home = page();
    let before = Tree::of(home.root());
    let output = auth(&home, "logout dev-admin").run();
    assert_snapshot!(output, @r###"
    $ adieu auth logout dev-admin
    exit 0
    --- stdout
    Logging out from identity: dev-admin

    Building authentication chain...
      ✓ Chain: aws-sso → dev-org-admin → dev-admin

    Removing credentials...
      ✓ Files: ~/.config/atmos/acme/aws/aws-sso/config (profile dev-admin)
      ✓ Files: ~/.config/atmos/acme/aws/aws-sso/credentials (profile dev-admin)

    Kept:
      • Keyring: aws-sso (also used by dev-readonly and prod-admin)
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
    before.assert_only(
        &Tree::of(home.root()),
        &[
            TRAIL,
            "home/.local",
            "home/.config/atmos/acme/aws/aws-sso/credentials",
            "home/.config/atmos/acme/aws/aws-sso/config",
        ],
    );
    for file in ["credentials", "config"] {
        let text = home.read(format!(".config/atmos/acme/aws/aws-sso/{file}"));
        assert!(!text.contains("dev-admin"), "{text}");
        assert!(
            text.contains("prod-admin") && text.contains("dev-readonly"),
            "{text}"
        );
    }
}

#[test]
fn life_of_a_logout_from_status_to_proof() {
    let home = page();
    let portal = Server::aws_portal();
    let run = |words: &str| with_portal(auth(&home, words), &portal).run();
    assert_snapshot!(run("status"), @r###"
    $ adieu auth status
    exit 0
    --- stdout
    AWS
      ● aws-sso                              live, expires in 7 h 36 min   keyring and 1 more (plain file, encrypted file)
      ● aws-sso → dev-org-admin → dev-admin  live, expires in over a year  ~/.config/atmos/acme/aws/aws-sso/credentials (plain file)
      ● aws-sso → prod-admin                 live, expires in over a year  ~/.config/atmos/acme/aws/aws-sso/credentials (plain file)
      ● aws-sso → dev-readonly               live, expires in over a year  ~/.config/atmos/acme/aws/aws-sso/credentials (plain file)
      ● backup-provider → backup-admin       live, expires in over a year  ~/.config/atmos/acme/aws/backup-provider/credentials (plain file)

    Signed out: backup-provider, dev-org-admin

    ● Signed in: 5 live sessions
    --- stderr
    hint: see what a logout would remove: adieu auth logout --all --dry-run
    "###);
    let before = Tree::of(home.root());
    assert_snapshot!(run("logout --all --dry-run"), @r###"
    $ adieu auth logout --all --dry-run
    exit 0
    --- stdout
    Dry run mode: No credentials will be removed

    Would end at the server:
      • portal session of aws-sso at $PORTAL

    Would remove:
      • Keyring: aws-sso
      • Files: ~/.cache/atmos/aws-sso/sessions/
      • Files: ~/.config/atmos/acme/aws/aws-sso/ (XDG-compliant)
      • Files: ~/.config/atmos/acme/aws/backup-provider/ (XDG-compliant)

    Would stay valid:
      • AWS credentials of aws-sso (a copy would stay good until 2099-01-01T00:00:00Z)
      • AWS credentials of backup-provider (a copy would stay good until 2099-01-01T00:00:00Z)

    5 identities would be logged out
    --- stderr
    "###);
    before.assert_same(&Tree::of(home.root()));
    assert_eq!(logouts(&portal), 0);
    assert_snapshot!(run("logout --all"), @r###"
    $ adieu auth logout --all
    exit 0
    --- stdout
    Logging out from all identities...

    Ending sessions at the server...
      ✓ portal session of aws-sso at $PORTAL

    Removing all credentials...
      ✓ Keyring: aws-sso
      ✓ Files: ~/.cache/atmos/aws-sso/sessions/
      ✓ Files: ~/.config/atmos/acme/aws/aws-sso/ (XDG-compliant)
      ✓ Files: ~/.config/atmos/acme/aws/backup-provider/ (XDG-compliant)

    May still be valid:
      • AWS credentials of aws-sso (a copy would stay good until 2099-01-01T00:00:00Z)
      • AWS credentials of backup-provider (a copy would stay good until 2099-01-01T00:00:00Z)

    Successfully logged out from 5 identities

    ⚠️  Note: Your browser session may still be active. Visit your identity
       provider to end your browser session.
       https://mycompany.awsapps.com/start
    --- stderr
    "###);
    assert_eq!(logouts(&portal), 1);
    before.assert_only(
        &Tree::of(home.root()),
        &[
            TRAIL,
            "home/.local",
            "home/.config/atmos/acme",
            "home/.config/atmos/acme/**",
            "home/.cache/atmos/aws-sso",
            "home/.cache/atmos/aws-sso/**",
            "work/keyring/atmos_acme_aws-sso",
        ],
    );
    assert!(
        !home.has(".config/atmos/acme"),
        "the realm's directory is left"
    );
    assert!(
        !home.has(".cache/atmos/aws-sso"),
        "the sessions' directory is left"
    );
    assert_snapshot!(run("logout --all"), @r###"
    $ adieu auth logout --all
    exit 0
    --- stdout
    All identities are already logged out.
    No credentials found in keyring or file storage.
    --- stderr
    "###);
    assert_eq!(logouts(&portal), 1);
    assert_snapshot!(run("status --check"), @r###"
    $ adieu auth status --check
    exit 0
    --- stdout
    Signed out: aws-sso, backup-provider, dev-org-admin, dev-admin, prod-admin, dev-readonly, backup-admin

    4 credentials removed here may be good at their servers until they expire (the last one expires in over a year): adieu revoke --pending

    ● Clean: nobody is signed in with what atmos.yaml configures
    --- stderr
    "###);
}

#[test]
fn provider_logout_is_the_complete_clean_up() {
    let home = page();
    let portal = Server::aws_portal();
    let output = with_portal(auth(&home, "logout --provider aws-sso"), &portal).run();
    assert_snapshot!(output, @r###"
    $ adieu auth logout --provider aws-sso
    exit 0
    --- stdout
    Logging out from provider: aws-sso

    Ending sessions at the server...
      ✓ portal session of aws-sso at $PORTAL

    Removing all credentials for provider...
      ✓ Keyring: aws-sso
      ✓ Files: ~/.cache/atmos/aws-sso/sessions/
      ✓ Files: ~/.config/atmos/acme/aws/aws-sso/ (XDG-compliant)

    May still be valid:
      • AWS credentials of aws-sso (a copy would stay good until 2099-01-01T00:00:00Z)

    Successfully logged out from 4 identities

    ⚠️  Note: Your browser session may still be active. Visit your identity
       provider to end your browser session.
       https://mycompany.awsapps.com/start
    --- stderr
    "###);
    assert_eq!(logouts(&portal), 1);
    assert!(!home.has(".config/atmos/acme/aws/aws-sso"));
    assert!(home.has(".config/atmos/acme/aws/backup-provider/credentials"));
}

#[test]
fn system_name_means_all_of_its_providers() {
    let home = page();
    let portal = Server::aws_portal();
    let output = with_portal(auth(&home, "logout --provider AWS"), &portal).run();
    assert_snapshot!(output, @r###"
    $ adieu auth logout --provider AWS
    exit 0
    --- stdout
    Logging out from provider: aws

    Ending sessions at the server...
      ✓ portal session of aws-sso at $PORTAL

    Removing all credentials for provider...
      ✓ Keyring: aws-sso
      ✓ Files: ~/.cache/atmos/aws-sso/sessions/
      ✓ Files: ~/.config/atmos/acme/aws/aws-sso/ (XDG-compliant)
      ✓ Files: ~/.config/atmos/acme/aws/backup-provider/ (XDG-compliant)

    May still be valid:
      • AWS credentials of aws-sso (a copy would stay good until 2099-01-01T00:00:00Z)
      • AWS credentials of backup-provider (a copy would stay good until 2099-01-01T00:00:00Z)

    Successfully logged out from 5 identities

    ⚠️  Note: Your browser session may still be active. Visit your identity
       provider to end your browser session.
       https://mycompany.awsapps.com/start
    --- stderr
    "###);
    assert!(!home.has(".config/atmos/acme"));
}

#[test]
fn quiet_forms_are_the_announcements() {
    for (words, expected) in [
        (
            "logout -q dev-admin",
            "✓ Successfully logged out of identity 'dev-admin'\n",
        ),
        (
            "logout -q --provider aws",
            "✓ Successfully logged out of 4 AWS identities\n",
        ),
        (
            "logout -q --provider aws-sso",
            "✓ Successfully logged out of 3 identities of provider 'aws-sso'\n",
        ),
        (
            "logout -q --all",
            "✓ Successfully logged out of 4 identities across 2 providers\n",
        ),
    ] {
        let portal = Server::aws_portal();
        let output = with_portal(auth(&page(), words), &portal).run().success();
        assert_eq!(output.stdout, expected, "{output}");
    }
}

#[test]
fn dry_run_of_one_identity_names_its_places_only() {
    let home = page();
    let before = Tree::of(home.root());
    let portal = Server::aws_portal();
    let run = |words: &str| with_portal(auth(&home, words), &portal).run();
    assert_snapshot!(run("logout dev-admin --dry-run"), @r###"
    $ adieu auth logout dev-admin --dry-run
    exit 0
    --- stdout
    Dry run mode: No credentials will be removed

    Would remove from identity: dev-admin
      • Files: ~/.config/atmos/acme/aws/aws-sso/config (profile dev-admin)
      • Files: ~/.config/atmos/acme/aws/aws-sso/credentials (profile dev-admin)

    Would keep:
      • Keyring: aws-sso (also used by dev-readonly and prod-admin)
      • Files: ~/.cache/atmos/aws-sso/sessions/f3692e71d605856310e08558355fcf649d7c30f8.json (also used by dev-readonly and prod-admin)

    Would stay valid:
      • AWS credentials of dev-admin (a copy would stay good until 2099-01-01T00:00:00Z)

    1 identity would be logged out
    --- stderr
    "###);
    assert_snapshot!(run("logout --provider aws-sso --dry-run"), @r###"
    $ adieu auth logout --provider aws-sso --dry-run
    exit 0
    --- stdout
    Dry run mode: No credentials will be removed

    Would end at the server:
      • portal session of aws-sso at $PORTAL

    Would remove from provider: aws-sso
      • Keyring: aws-sso
      • Files: ~/.cache/atmos/aws-sso/sessions/
      • Files: ~/.config/atmos/acme/aws/aws-sso/ (XDG-compliant)

    Would stay valid:
      • AWS credentials of aws-sso (a copy would stay good until 2099-01-01T00:00:00Z)

    4 identities would be logged out
    --- stderr
    "###);
    assert_snapshot!(run("logout prod-admin --keychain --dry-run"), @r###"
    $ adieu auth logout prod-admin --keychain --dry-run
    exit 0
    --- stdout
    Dry run mode: No credentials will be removed

    Would remove from identity: prod-admin
      • Files: ~/.config/atmos/acme/aws/aws-sso/config (profile prod-admin)
      • Files: ~/.config/atmos/acme/aws/aws-sso/credentials (profile prod-admin)

    Would keep:
      • Keyring: aws-sso (also used by dev-admin, dev-org-admin and dev-readonly)
      • Files: ~/.cache/atmos/aws-sso/sessions/f3692e71d605856310e08558355fcf649d7c30f8.json (also used by dev-admin, dev-org-admin and dev-readonly)

    Would stay valid:
      • AWS credentials of prod-admin (a copy would stay good until 2099-01-01T00:00:00Z)

    1 identity would be logged out
    --- stderr
    "###);
    before.assert_same(&Tree::of(home.root()));
}

#[test]
fn keychain_without_a_terminal_is_an_error_and_nothing_is_touched() {
    let home = page();
    let before = Tree::of(home.root());
    let portal = Server::aws_portal();
    let output = with_portal(auth(&home, "logout --all --keychain"), &portal).run();
    assert_snapshot!(output, @r###"
    $ adieu auth logout --all --keychain
    exit 2
    --- stdout
    --- stderr
    Error: keychain deletion requires interactive confirmation or --force flag

    Nothing was changed. Use --force to delete keychain in non-interactive mode.
    "###);
    before.assert_same(&Tree::of(home.root()));
    assert_eq!(logouts(&portal), 0);
}

#[test]
fn keychain_with_force_deletes_entries_of_the_scope() {
    let home = page();
    crate::support::keyring_entry(&home, "atmos_acme_dev-admin");
    crate::support::keyring_entry(&home, "stranger");
    let portal = Server::aws_portal();
    let run = |words: &str| with_portal(auth(&home, words), &portal).run();
    assert_snapshot!(run("logout dev-admin --keychain --force"), @r###"
    $ adieu auth logout dev-admin --keychain --force
    exit 0
    --- stdout
    Logging out from identity: dev-admin

    Building authentication chain...
      ✓ Chain: aws-sso → dev-org-admin → dev-admin

    Removing credentials...
      ✓ Keyring: dev-admin
      ✓ Files: ~/.config/atmos/acme/aws/aws-sso/config (profile dev-admin)
      ✓ Files: ~/.config/atmos/acme/aws/aws-sso/credentials (profile dev-admin)

    Kept:
      • Keyring: aws-sso (also used by dev-readonly and prod-admin)
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
    let left = |name: &str| home.work().join("keyring").join(name).exists();
    assert!(!left("atmos_acme_dev-admin") && left("atmos_acme_aws-sso"));
    assert_snapshot!(run("logout --provider aws-sso --keychain --force"), @r###"
    $ adieu auth logout --provider aws-sso --keychain --force
    exit 0
    --- stdout
    Logging out from provider: aws-sso

    Ending sessions at the server...
      ✓ portal session of aws-sso at $PORTAL

    Removing all credentials for provider...
      ✓ Keyring: aws-sso
      ✓ Files: ~/.cache/atmos/aws-sso/sessions/
      ✓ Files: ~/.config/atmos/acme/aws/aws-sso/ (XDG-compliant)

    May still be valid:
      • AWS credentials of aws-sso (a copy would stay good until 2099-01-01T00:00:00Z)

    Successfully logged out from 3 identities

    ⚠️  Note: Your browser session may still be active. Visit your identity
       provider to end your browser session.
       https://mycompany.awsapps.com/start
    --- stderr
    "###);
    assert!(!left("atmos_acme_aws-sso") && left("stranger"));
}

#[test]
fn already_logged_out_is_no_error() {
    let home = page();
    auth(&home, "logout dev-admin").run().success();
    let before = Tree::of(home.root());
    let output = auth(&home, "logout dev-admin").run();
    assert_snapshot!(output, @r###"
    $ adieu auth logout dev-admin
    exit 0
    --- stdout
    Identity 'dev-admin' is already logged out.

    Kept:
      • Keyring: aws-sso (also used by dev-readonly and prod-admin)
      • Files: ~/.cache/atmos/aws-sso/sessions/f3692e71d605856310e08558355fcf649d7c30f8.json (also used by dev-readonly and prod-admin)
        hint: adieu logout --provider aws-sso ends it for all of them

    --- stderr
    "###);
    before.assert_only(&Tree::of(home.root()), &[TRAIL]);
    let empty = adieu_testkit::Home::new();
    empty.atmos_yaml(&std::fs::read_to_string(home.work().join("atmos.yaml")).unwrap());
    assert_snapshot!(auth(&empty, "logout dev-admin").run(), @r###"
    $ adieu auth logout dev-admin
    exit 0
    --- stdout
    Identity 'dev-admin' is already logged out.
    No credentials found in keyring or file storage.
    --- stderr
    "###);
}

#[test]
fn place_that_is_refused_is_named_and_its_provider_is_kept_whole() {
    let home = page();
    let portal = Server::aws_portal();
    // A link is refused whoever runs the test; modes do not stop root.
    let provider = home.join(".config/atmos/acme/aws/aws-sso");
    let refused = provider.join("credentials");
    std::fs::rename(&refused, home.join("moved")).unwrap();
    std::os::unix::fs::symlink(home.join("moved"), &refused).unwrap();
    let run = |words: &str| with_portal(auth(&home, words), &portal).run();
    let before = Tree::of(home.path());
    for words in [
        "logout --provider aws-sso",
        "logout dev-admin",
        "logout --provider aws-sso --strict",
    ] {
        let output = run(words).code(1);
        let line = "✗ Files: ~/.config/atmos/acme/aws/aws-sso/credentials\n";
        assert!(output.stdout.contains(line), "{output}");
        assert!(output.stderr.contains("is a symbolic link"), "{output}");
        assert!(output.stdout.contains("Logout failed (0/1"), "{output}");
        assert!(output.stdout.contains("stays with the rest"), "{output}");
    }
    before.assert_only(
        &Tree::of(home.path()),
        &[".local", ".local/state", ".local/state/**"],
    );
    assert!(portal.requests().is_empty());
    // The same command works once the cause is gone.
    std::fs::remove_file(&refused).unwrap();
    std::fs::rename(home.join("moved"), &refused).unwrap();
    run("logout --provider aws-sso").success();
    assert!(!provider.exists());
    assert_eq!(portal.requests().len(), 1);
}

#[test]
fn credential_that_is_not_in_the_key_store_is_said() {
    let home = page();
    let portal = Server::aws_portal();
    let run = |words: &str| with_portal(auth(&home, words), &portal).run();
    let output = run("logout dev-admin --keychain --force").success();
    for line in [
        "  ✗ Keyring: dev-admin (not found - already logged out)",
        "Logged out with warnings (2/3 successful)",
    ] {
        assert!(output.stdout.contains(line), "{output}");
    }
    let errors = "Errors encountered:\n  • dev-admin: credential not found in keyring\n";
    assert!(output.stderr.contains(errors), "{output}");
    let preview = run("logout prod-admin --keychain --dry-run").success();
    assert!(!preview.stdout.contains("not found"), "{preview}");
    // Without anything there it is no warning, and without --keychain nobody asked for the entry.
    let again = run("logout dev-admin --keychain --force").success();
    assert!(again.stdout.contains("already logged out."), "{again}");
    let other = run("logout prod-admin").success();
    assert!(
        other
            .stdout
            .contains("Successfully logged out from 1 identity"),
        "{other}"
    );
}
