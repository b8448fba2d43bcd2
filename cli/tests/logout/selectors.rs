//! Every way to say what to log out of.

use adieu_testkit::{Adieu, Tree};
use insta::assert_snapshot;

use crate::support::{TRAIL, adieu, auth, page};

/// Each form logs out of `dev-admin` and of nobody else.
#[test]
fn every_form_means_the_same_identity() {
    type With = fn(Adieu) -> Adieu;
    let plain: With = |command| command;
    let forms: [(&str, With); 12] = [
        ("logout dev-admin", plain),
        ("logout -i dev-admin", plain),
        ("logout -i=dev-admin", plain),
        ("logout -idev-admin", plain),
        ("logout --identity dev-admin", plain),
        ("logout --identity=dev-admin", plain),
        ("logout DEV-Admin", plain),
        ("logout -i DEV-ADMIN", plain),
        ("logout", |command| {
            command.env("ATMOS_IDENTITY", "dev-admin")
        }),
        ("logout", |command| command.env("IDENTITY", "Dev-Admin")),
        ("logout", |command| {
            command
                .env("ATMOS_IDENTITY", "dev-admin")
                .env("IDENTITY", "prod-admin")
        }),
        ("logout dev-admin", |command| {
            command.env("ATMOS_IDENTITY", "prod-admin")
        }),
    ];
    let mut first: Option<String> = None;
    for (words, with) in forms {
        let home = page();
        let before = Tree::of(home.root());
        let output = with(auth(&home, words)).run().success();
        let shown = output.stdout;
        assert_eq!(
            first.get_or_insert_with(|| shown.clone()),
            &shown,
            "{words}"
        );
        let changes = before
            .changes(&Tree::of(home.root()))
            .except(&[TRAIL, "home/.local"]);
        assert_eq!(
            changes.summary(),
            "~ home/.config/atmos/acme/aws/aws-sso/config\n\
             ~ home/.config/atmos/acme/aws/aws-sso/credentials\n",
            "{words}"
        );
        assert!(!changes.to_string().contains("FAKE-key-prod"), "{changes}");
    }
}

#[test]
fn unknown_names_are_errors_with_the_list_and_the_nearest() {
    let home = page();
    let before = Tree::of(home.root());
    assert_snapshot!(auth(&home, "logout dev-admn").run(), @r###"
    $ adieu auth logout dev-admn
    exit 2
    --- stdout
    --- stderr
    Error: identity "dev-admn" not found in configuration

    Available identities:
      • backup-admin
      • dev-admin
      • dev-org-admin
      • dev-readonly
      • prod-admin

    Did you mean 'dev-admin'?
    Run 'atmos auth logout' without arguments for interactive selection.
    "###);
    assert_snapshot!(auth(&home, "logout myidentity").run(), @r###"
    $ adieu auth logout myidentity
    exit 2
    --- stdout
    --- stderr
    Error: identity "myidentity" not found in configuration

    Available identities:
      • backup-admin
      • dev-admin
      • dev-org-admin
      • dev-readonly
      • prod-admin

    Run 'atmos auth logout' without arguments for interactive selection.
    "###);
    assert_snapshot!(auth(&home, "logout --provider aws-ss").run(), @r###"
    $ adieu auth logout --provider aws-ss
    exit 2
    --- stdout
    --- stderr
    Error: provider "aws-ss" not found in configuration

    Available providers:
      • aws-sso
      • backup-provider

    Did you mean 'aws-sso'?
    A system works too: aws, azure, gcp, github, kubernetes, docker, atmos-pro, mock
    "###);
    assert_snapshot!(auth(&home, "logout aws-sso").run(), @r###"
    $ adieu auth logout aws-sso
    exit 2
    --- stdout
    --- stderr
    Error: identity "aws-sso" not found in configuration

    Available identities:
      • backup-admin
      • dev-admin
      • dev-org-admin
      • dev-readonly
      • prod-admin

    'aws-sso' is no identity; try --provider aws-sso
    Run 'atmos auth logout' without arguments for interactive selection.
    "###);
    before.assert_same(&Tree::of(home.root()));
}

#[test]
fn nobody_to_ask_is_an_error() {
    let home = page();
    let before = Tree::of(home.root());
    assert_snapshot!(auth(&home, "logout -i").run(), @r###"
    $ adieu auth logout -i
    exit 2
    --- stdout
    --- stderr
    Error: no identity given, and stdin is not a terminal

    Available identities:
      • backup-admin
      • dev-admin
      • dev-org-admin
      • dev-readonly
      • prod-admin

    Name one, or use --provider NAME or --all.
    "###);
    let plain = auth(&home, "logout").run().code(2);
    assert!(plain.stderr.contains("stdin is not a terminal"), "{plain}");
    before.assert_same(&Tree::of(home.root()));
}

#[test]
fn contradictions_are_wrong_usage() {
    let home = page();
    let before = Tree::of(home.root());
    for words in [
        "logout dev-admin --all",
        "logout dev-admin -i prod-admin",
        "logout --provider aws-sso --all",
        "logout -i dev-admin --provider aws-sso",
        "logout --all --no-revoke --keep-unrevoked",
        "logout --all --timeout 0",
    ] {
        auth(&home, words).run().code(2);
    }
    before.assert_same(&Tree::of(home.root()));
}

/// `IDENTITY` may be a variable of any program: a whole provider or system has to be typed.
#[test]
fn variable_means_no_more_than_an_identity() {
    let home = page();
    let before = Tree::of(home.root());
    for name in ["aws-sso", "aws", "claude"] {
        for variable in ["ATMOS_IDENTITY", "IDENTITY"] {
            let command = adieu(&home)
                .args("logout --force".split_whitespace())
                .env(variable, name);
            let output = command.run().code(2);
            assert!(output.stderr.contains("not found"), "{output}");
        }
    }
    before.assert_same(&Tree::of(home.root()));
    // Typed, a provider's name means the provider.
    let typed = adieu(&home)
        .args("logout aws-sso --dry-run".split_whitespace())
        .run()
        .success();
    let flag = adieu(&home)
        .args("logout --provider aws-sso --dry-run".split_whitespace())
        .run();
    assert_eq!(typed.stdout, flag.stdout);
}
