//! A home that cannot be looked into.
#![cfg(target_os = "linux")]

use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};

use adieu_testkit::{Adieu, Home};

use crate::support::scan;

#[test]
fn one_cause_is_said_once_and_json_has_every_place() {
    let home = Home::new();
    home.write(".bashrc", "export OPENAI_API_KEY=FAKE-one\n");
    if std::fs::metadata(home.path()).unwrap().uid() == 0 {
        eprintln!("LEFT OUT: nothing is closed to the superuser");
        return;
    }
    let mode = |mode| std::fs::Permissions::from_mode(mode);
    std::fs::set_permissions(home.path(), mode(0o000)).unwrap();
    let said = scan(&home, "").run();
    let document = scan(&home, "-o json").run();
    std::fs::set_permissions(home.path(), mode(0o700)).unwrap();
    let said = said.code(3);
    assert_eq!(said.stderr.matches("warning:").count(), 1, "{said}");
    let document = document.code(3).json();
    assert!(document["problems"].as_array().unwrap().len() > 10);
}

/// What is linked out of the home by a package, and what says that there is nothing.
#[test]
fn start_up_file_linked_to_a_systems_own_is_read_and_a_masked_one_is_none() {
    let home = Home::new();
    home.write(".config/systemd/user/.keep", "");
    let link = |target: &str, name: &str| {
        std::os::unix::fs::symlink(target, home.path().join(name)).unwrap();
    };
    link("/etc/os-release", ".bashrc");
    link("/dev/null", ".config/systemd/user/agent.service");
    let status = Adieu::new(env!("CARGO_BIN_EXE_adieu"))
        .home(&home)
        .args(["status", "--check"])
        .run();
    assert_eq!(status.status, Some(0), "{status}");
    assert!(!status.stderr.contains("not followed"), "{status}");
}
