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
    Run 'adieu auth logout' without arguments for interactive selection.
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

    Run 'adieu auth logout' without arguments for interactive selection.
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
    Run 'adieu auth logout' without arguments for interactive selection.
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

/// Sign-ins of the AWS CLI: two portals, a session and profiles of one of them.
fn aws_cli() -> adieu_testkit::Home {
    let home = page();
    for (start, token) in [
        ("https://corp.awsapps.com/start", "FAKE-corp"),
        ("https://fjord.awsapps.com/start", "FAKE-fjord"),
    ] {
        let session = adieu_testkit::PortalSession::new(start, "eu-central-1", token);
        home.aws_cli_portal_session(&session, None);
    }
    home.write(
        ".aws/config",
        "[sso-session work]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-central-1\n\
         [profile ops]\nsso_session = work\nsso_account_id = 000000000001\nsso_role_name = Ops\n\
         [profile chained]\nrole_arn = arn:aws:iam::000000000001:role/x\nsource_profile = ops\n\
         [profile old]\nsso_start_url = https://fjord.awsapps.com/start\nsso_region = eu-west-1\n",
    );
    home
}

/// What people call a portal means the same to every command.
#[test]
fn portals_are_found_by_host_session_and_profile() {
    let portal = adieu_testkit::server::Server::aws_portal();
    for (name, page) in [
        ("corp", "https://corp.awsapps.com/start"),
        ("corp.awsapps.com", "https://corp.awsapps.com/start"),
        ("work", "https://corp.awsapps.com/start"),
        ("ops", "https://corp.awsapps.com/start"),
        ("Chained", "https://corp.awsapps.com/start"),
        ("aws:old", "https://fjord.awsapps.com/start"),
        ("fjord", "https://fjord.awsapps.com/start"),
    ] {
        let home = aws_cli();
        let run = |words: &[&str]| {
            crate::support::with_portal(adieu(&home).args(words.iter().copied()), &portal).run()
        };
        let status = run(&["status", name]).success();
        assert!(status.stdout.contains(page), "{name}: {status}");
        assert_eq!(status.stdout.matches('●').count(), 2, "{name}: {status}");
        let list = run(&["list", name]).success();
        assert!(list.stdout.contains(page), "{name}: {list}");
        let logout = run(&["logout", name]).success();
        let ended = format!("✓ portal session of {page}");
        assert!(logout.stdout.contains(&ended), "{name}: {logout}");
        assert_eq!(logout.stdout.matches("✓ portal").count(), 1, "{logout}");
    }
    // The page's own provider by the host of its portal.
    let home = aws_cli();
    let output = adieu(&home)
        .args(["logout", "mycompany", "--dry-run"])
        .run()
        .success();
    assert!(
        output
            .stdout
            .contains("Would remove from provider: aws-sso"),
        "{output}"
    );
}

#[test]
fn several_are_logged_out_together_if_all_are_known() {
    let portal = adieu_testkit::server::Server::aws_portal();
    let home = aws_cli();
    let run = |words: &[&str]| {
        crate::support::with_portal(adieu(&home).args(words.iter().copied()), &portal).run()
    };
    let before = Tree::of(home.root());
    let output = run(&["logout", "dev-admin", "backup-admn"]).code(2);
    assert!(
        output.stderr.contains("Did you mean 'backup-admin'?"),
        "{output}"
    );
    before.assert_same(&Tree::of(home.root()));
    let preview = run(&["logout", "dev-admin", "corp", "backup-admin", "--dry-run"]).success();
    before.assert_same(&Tree::of(home.root()));
    let title = "Would remove from: dev-admin, https://corp.awsapps.com/start, backup-admin";
    assert!(preview.stdout.contains(title), "{preview}");
    let summary = "3 identities would be logged out";
    assert_eq!(preview.stdout.matches(summary).count(), 1, "{preview}");
    assert_eq!(preview.stdout.matches("would be logged out").count(), 1);
    let output = run(&[
        "logout",
        "dev-admin",
        "corp",
        "Dev-Admin",
        "backup-admin",
        "-o",
        "json",
    ])
    .success();
    let document = output.json();
    let mut out: Vec<&str> = document["steps"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|step| step["outcome"] == "removed")
        .filter_map(|step| step["identity"].as_str())
        .collect();
    out.sort_unstable();
    out.dedup();
    assert_eq!(
        out,
        [
            "backup-admin",
            "dev-admin",
            "https://corp.awsapps.com/start"
        ]
    );
    assert_eq!(document["summary"]["identities"], 3, "{output}");
    let status = run(&["status"]).success();
    assert!(status.stdout.contains("prod-admin"), "{status}");
    assert!(!status.stdout.contains("corp.awsapps.com"), "{status}");
}

/// A hint names the command that was typed, and no other scope.
#[test]
fn hints_name_the_command_that_was_typed() {
    let home = page();
    for (words, command) in [
        ("logout dev-amin", "'adieu logout' without arguments"),
        (
            "auth logout dev-amin",
            "'adieu auth logout' without arguments",
        ),
        ("revoke dev-amin", "'adieu revoke' without arguments"),
        ("status", "adieu logout --all --dry-run"),
        ("status dev-admin", "adieu logout dev-admin --dry-run"),
        ("auth status", "adieu auth logout --all --dry-run"),
        (
            "auth status dev-admin",
            "adieu auth logout dev-admin --dry-run",
        ),
    ] {
        let output = adieu(&home).args(words.split(' ')).run();
        assert!(output.stderr.contains(command), "{words}: {output}");
    }
    for words in [
        "logout dev-amin",
        "auth logout dev-amin",
        "revoke dev-amin",
        "status dev-amin",
        "auth status dev-amin",
        "list dev-amin",
        "whoami -i dev-amin",
        "logout --provider aws-so",
    ] {
        let output = adieu(&home).args(words.split(' ')).run().code(2);
        assert!(output.stderr.contains("Did you mean"), "{words}: {output}");
    }
}
