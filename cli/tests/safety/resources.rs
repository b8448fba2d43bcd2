//! What a machine can lack: room, rights, a keyring, a configuration.

use std::os::unix::net::UnixListener;
use std::time::{Duration, Instant};

use adieu_testkit::session_bus::SessionBus;
use adieu_testkit::{Adieu, AwsSession, Home, Output};

use crate::support::{
    PROGRAM, TRAIL, adieu, all_said, assert_said, has, one_portal, portal_token, run, signed_in,
    tree, valuables,
};

const CREDENTIALS: &str = ".config/atmos/acme/aws/sso/credentials";

/// The program in a mount namespace of its own, after a script that mounts things.
fn mounted(home: &Home, script: &str, words: &str) -> Output {
    let script = format!(
        "{script}\n{PROGRAM} {words}\ncode=$?\n[ -z \"$AFTER\" ] || eval \"$AFTER\"\nexit $code"
    );
    Adieu::new("/usr/bin/unshare")
        .home(home)
        .env("LANG", "C.UTF-8")
        .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
        .env("AFTER", "cp -a \"$HOME/.config/atmos\" \"$TMPDIR/after\"")
        .args(["-m", "sh", "-euc"])
        .arg(
            script
                .replace("sh -eu", "sh")
                .replace(PROGRAM, &format!("set +e; {PROGRAM}")),
        )
        .run()
}

fn can_mount() -> bool {
    has("unshare", &["-m", "mount", "-t", "tmpfs", "none", "/mnt"])
}

#[test]
fn directory_that_cannot_be_written_is_named_and_the_rest_is_done() {
    if !can_mount() {
        return;
    }
    let home = Home::new();
    home.atmos_yaml(&one_portal("sso", &["dev", "ops"], ""));
    signed_in(&home, "sso");
    home.aws_session(&AwsSession::new("acme", "sso", "ops"));
    for words in ["auth logout --all --no-revoke", "logout dev --no-revoke"] {
        let before = home.read(CREDENTIALS);
        let output = mounted(
            &home,
            "d=\"$HOME/.config/atmos/acme/aws/sso\"; mount --bind \"$d\" \"$d\"; mount -o remount,ro,bind \"$d\"; \
             rm -rf \"$TMPDIR/after\"",
            words,
        );
        assert_eq!(home.read(CREDENTIALS), before);
        assert_said(&output, CREDENTIALS);
        assert!(
            !home.has(".cache/atmos/aws-sso/sessions") || words.contains("dev"),
            "{output}"
        );
        assert!(
            output.status == Some(0) || words.contains("dev"),
            "{output}"
        );
    }
    // Only unwritable things are left: that is a failure, not a partial success.
    let output = mounted(
        &home,
        "d=\"$HOME/.config/atmos/acme/aws/sso\"; mount --bind \"$d\" \"$d\"; mount -o remount,ro,bind \"$d\"; \
         rm -rf \"$TMPDIR/after\"",
        "auth logout --all --no-revoke",
    );
    assert_eq!(output.status, Some(1), "{output}");
}

#[test]
fn full_disk_leaves_the_old_file_and_says_so() {
    if !can_mount() {
        return;
    }
    let home = Home::new();
    home.atmos_yaml(&one_portal("sso", &["dev", "ops"], ""));
    signed_in(&home, "sso");
    home.aws_session(&AwsSession::new("acme", "sso", "ops"));
    let before = home.read(CREDENTIALS);
    let output = mounted(
        &home,
        "cp -a \"$HOME/.config/atmos\" \"$TMPDIR/saved\"\n\
         mount -t tmpfs -o size=64k,mode=700 none \"$HOME/.config/atmos\"\n\
         cp -a \"$TMPDIR/saved/.\" \"$HOME/.config/atmos\"\n\
         cat /dev/zero > \"$HOME/.config/atmos/filler\" 2>/dev/null || true",
        "logout dev --no-revoke",
    );
    let after =
        std::fs::read_to_string(home.temporary().join("after/acme/aws/sso/credentials")).unwrap();
    assert_eq!(after, before);
    assert_said(&output, CREDENTIALS);
    let left = std::fs::read_dir(home.temporary().join("after/acme/aws/sso")).unwrap();
    for entry in left {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(!name.contains("tmp"), "{name} is left\n{output}");
    }
    // Removing whole files needs no room.
    let output = mounted(
        &home,
        "rm -rf \"$TMPDIR/after\"\n\
         mount -t tmpfs -o size=64k,mode=700 none \"$HOME/.config/atmos\"\n\
         cp -a \"$TMPDIR/saved/.\" \"$HOME/.config/atmos\"\n\
         cat /dev/zero > \"$HOME/.config/atmos/filler\" 2>/dev/null || true",
        "auth logout --all --no-revoke",
    );
    assert_eq!(output.status, Some(0), "{output}");
    assert!(
        !home
            .temporary()
            .join("after/acme/aws/sso/credentials")
            .exists(),
        "{output}"
    );
}

#[test]
fn trail_that_cannot_be_written_does_not_stop_the_logout() {
    if !can_mount() {
        return;
    }
    let home = Home::new();
    home.atmos_yaml(&one_portal("sso", &["dev"], ""))
        .directory(".local/state");
    signed_in(&home, "sso");
    let output = mounted(
        &home,
        "mount -t tmpfs -o size=16k,mode=700 none \"$HOME/.local/state\"\n\
         cat /dev/zero > \"$HOME/.local/state/filler\" 2>/dev/null || true",
        "auth logout --all --no-revoke",
    );
    assert_eq!(output.status, Some(3), "{output}");
    assert_said(&output, "the logout itself is not affected");
    assert!(!home.has(".config/atmos/acme"), "{output}");
}

#[test]
fn trail_behind_a_link_is_not_written() {
    let home = Home::new();
    valuables(&home);
    home.atmos_yaml(&one_portal("sso", &["dev"], ""))
        .link(".local/state/adieu/audit.jsonl", home.join(".ssh/config"));
    signed_in(&home, "sso");
    let before = tree(&home);
    let output = run(&home, &["auth", "logout", "--all", "--no-revoke"]).code(3);
    let allowed = [
        "home/.config/**",
        "home/.cache/**",
        "home/.aws/sso/**",
        "home/.local/state/adieu/pending.json",
    ];
    before.assert_only(&tree(&home), &allowed);
    assert_said(&output, "audit");
    assert!(!home.has(".config/atmos/acme"), "{output}");
}

#[test]
fn hard_linked_credentials_are_kept_and_named() {
    for words in [
        vec!["auth", "logout", "--all"],
        vec!["logout", "dev"],
        vec!["logout", "--all", "--force"],
    ] {
        let home = Home::new();
        home.atmos_yaml(&one_portal("sso", &["dev", "ops"], ""))
            .aws_session(&AwsSession::new("acme", "sso", "dev"))
            .aws_session(&AwsSession::new("acme", "sso", "ops"));
        std::fs::hard_link(home.join(CREDENTIALS), home.join("copy")).unwrap();
        let before = home.read(CREDENTIALS);
        let output = run(&home, &words);
        assert_eq!(home.read(CREDENTIALS), before);
        assert_eq!(home.read("copy"), before);
        assert_said(&output, CREDENTIALS);
    }
}

/// A session bus on which everybody is silent.
#[test]
fn silent_bus_costs_a_bounded_time_and_the_rest_is_done() {
    let home = Home::new();
    home.atmos_yaml(&one_portal("sso", &["dev"], ""));
    signed_in(&home, "sso");
    let socket = home.temporary().join("bus");
    let listener = UnixListener::bind(&socket).unwrap();
    let held = std::thread::spawn(move || {
        let mut connections = Vec::new();
        // Ends when the socket is gone, with the test's process at the latest.
        while let Ok((connection, _)) = listener.accept() {
            connections.push(connection);
        }
    });
    for words in [
        "auth logout --all --no-revoke",
        "auth logout --all --keychain --force",
    ] {
        let start = Instant::now();
        let output = adieu(&home)
            .env(
                "DBUS_SESSION_BUS_ADDRESS",
                format!("unix:path={}", socket.display()),
            )
            .args(words.split(' '))
            .run();
        assert!(
            start.elapsed() < Duration::from_secs(10),
            "{words}: {:?}",
            start.elapsed()
        );
        assert!(!home.has(".config/atmos/acme"), "{output}");
        assert!(
            all_said(&output).to_lowercase().contains("keyring"),
            "{output}"
        );
    }
    drop(held);
}

fn on_bus(home: &Home, bus: &SessionBus, words: &str) -> Output {
    adieu(home)
        .env("DBUS_SESSION_BUS_ADDRESS", bus.address())
        .env("XDG_RUNTIME_DIR", bus.runtime_directory())
        .args(words.split(' '))
        .run()
}

#[test]
fn bus_without_a_keyring_is_no_hindrance() {
    let Some(bus) = SessionBus::without_service() else {
        return left_out_bus();
    };
    let home = Home::new();
    home.atmos_yaml(&one_portal("sso", &["dev"], ""));
    signed_in(&home, "sso");
    on_bus(&home, &bus, "auth logout --all --no-revoke").success();
    assert!(!home.has(".config/atmos/acme"));
    on_bus(&home, &bus, "auth logout --all --keychain --force").success();
}

#[test]
fn locked_keyring_is_said_and_the_rest_is_done() {
    let Some(mut bus) = SessionBus::start() else {
        return left_out_bus();
    };
    let home = Home::new();
    home.atmos_yaml(&one_portal("sso", &["dev"], ""));
    signed_in(&home, "sso");
    bus.store("atmos_acme_dev", "atmos-auth", "FAKE-value");
    bus.restart_locked();
    let output = on_bus(&home, &bus, "auth logout --all --no-revoke");
    assert!(!home.has(".config/atmos/acme"), "{output}");
    assert_said(&output, "locked");
    // The session at the portal goes on, which is known; once it has ended, the entry is what is not.
    let check = on_bus(&home, &bus, "status --check");
    assert_eq!(check.status, Some(1), "{check}");
    on_bus(&home, &bus, "revoke --forget sso").success();
    let check = on_bus(&home, &bus, "status --check");
    assert_eq!(check.status, Some(3), "{check}");
}

#[test]
fn frozen_keyring_costs_a_bounded_time_and_the_rest_is_done() {
    let Some(bus) = SessionBus::start() else {
        return left_out_bus();
    };
    let home = Home::new();
    home.atmos_yaml(&one_portal("sso", &["dev"], ""));
    signed_in(&home, "sso");
    bus.freeze();
    let start = Instant::now();
    let output = on_bus(&home, &bus, "auth logout --all --no-revoke");
    assert!(
        start.elapsed() < Duration::from_secs(10),
        "{:?}",
        start.elapsed()
    );
    assert!(!home.has(".config/atmos/acme"), "{output}");
    assert!(
        all_said(&output).to_lowercase().contains("keyring"),
        "{output}"
    );
}

fn left_out_bus() {
    crate::support::left_out("dbus and gnome-keyring are not installed");
}

const HALF_BROKEN: &str = "auth:
  realm: acme
  providers:
    blank:
      kind: aws/iam-identity-center
      start_url: \"\"
      region: us-east-1
    strange:
      kind: moon/base
    sso:
      kind: aws/iam-identity-center
      start_url: https://harbour.awsapps.com/start
      region: us-east-1
  identities:
    ring-a: { kind: aws/assume-role, via: { identity: ring-b } }
    ring-b: { kind: aws/assume-role, via: { identity: ring-a } }
    nowhere: { kind: aws/permission-set, via: { provider: absent } }
    fine-user: { kind: aws/user }
    dev:
      kind: aws/permission-set
      via: { provider: sso }
      principal: { name: View, account: { id: \"210000000001\" } }
";

#[test]
fn broken_parts_of_a_configuration_do_not_keep_the_healthy_ones_signed_in() {
    for words in [
        "auth logout --all --no-revoke",
        "logout --provider sso --no-revoke",
        "logout --all --force --no-revoke",
    ] {
        let home = Home::new();
        home.atmos_yaml(HALF_BROKEN);
        signed_in(&home, "sso");
        home.aws_session(&AwsSession::new("acme", "aws-user", "fine-user"));
        let output = run(&home, &words.split(' ').collect::<Vec<_>>()).success();
        assert!(!home.has(CREDENTIALS), "{output}");
        assert!(tree(&home).files_with("FAKE-portal-token").is_empty());
        if words.contains("--all") {
            assert!(
                tree(&home).files_with("FAKE-session-token").is_empty(),
                "{output}"
            );
        }
        assert_said(&output, "the healthy parts are used");
    }
    let home = Home::new();
    home.atmos_yaml(HALF_BROKEN);
    signed_in(&home, "sso");
    home.aws_session(&AwsSession::new("acme", "aws-user", "fine-user"));
    run(&home, &["logout", "fine-user"]).success();
    assert!(
        tree(&home)
            .files_with("FAKE-session-token-fine-user")
            .is_empty()
    );
    assert!(home.has(CREDENTIALS));
}

#[test]
fn unreadable_yaml_is_said_and_what_is_on_disk_still_goes() {
    for text in [
        "auth: [\n",
        "auth:\n  providers: {a: *nobody}\n",
        "\0\0\0",
        "auth: &a [*a]\n",
        "- 1\n",
    ] {
        let home = Home::new();
        valuables(&home);
        home.atmos_yaml(text);
        signed_in(&home, "sso");
        let before = tree(&home);
        let output = run(&home, &["logout", "--all", "--force", "--no-revoke"]).success();
        let allowed = [
            TRAIL,
            "home/.config/**",
            "home/.cache/**",
            "home/.aws/sso/**",
        ];
        before.assert_only(&tree(&home), &allowed);
        assert!(!home.has(CREDENTIALS), "{text:?}: {output}");
        assert!(
            tree(&home).files_with("FAKE-portal-token").is_empty(),
            "{text:?}: {output}"
        );
    }
}

#[test]
fn without_a_configuration_everything_found_can_be_logged_out() {
    let home = Home::new();
    valuables(&home);
    home.aws_session(&AwsSession::new("acme", "sso", "dev"));
    portal_token(&home);
    let refused = run(&home, &["logout", "--all", "--no-revoke"]);
    assert_eq!(refused.status, Some(2), "{refused}");
    assert!(home.has(CREDENTIALS));
    run(&home, &["logout", "--all", "--force", "--no-revoke"]).success();
    assert!(!home.has(".config/atmos/acme"));
    assert!(tree(&home).files_with("FAKE-portal-token").is_empty());
    let nothing = run(&home, &["auth", "logout", "--all"]);
    assert!(
        nothing.status == Some(0) || nothing.status == Some(2),
        "{nothing}"
    );
}
