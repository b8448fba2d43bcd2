//! Links of the person's own inside the home, and those that only look like it.
#![expect(
    clippy::disallowed_methods,
    reason = "the tests set up what the door then meets"
)]

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use super::{LIMIT, fail_if_called, replace_with};
use crate::io::files::testing::Home;
use crate::io::files::{
    Change, ConfinedPath, DirectoryHandles, DirectoryRemoval, Edited, EntryKind, FileError,
    FollowedLink, LinkFault, LockRule, Removal,
};

/// A path of the home on which links are followed.
fn own(home: &Home, relative: &str) -> ConfinedPath {
    home.path(relative).following_links()
}

fn link(home: &Home, name: &str, target: impl AsRef<std::path::Path>) {
    let name = home.directory.path().join(name);
    fs::create_dir_all(name.parent().unwrap()).unwrap();
    symlink(target, name).unwrap();
}

fn fault(home: &Home, path: &str) -> LinkFault {
    match home.files.read(&own(home, path), LIMIT).unwrap_err() {
        FileError::Symlink { fault, .. } => fault,
        other => panic!("{path}: {other:?}"),
    }
}

#[test]
fn every_spelling_of_a_link_inside_the_home_is_followed() {
    let home = Home::new();
    let base = home.directory.path().to_owned();
    home.put("dotfiles/aws/credentials", "x");
    home.put("d/e/keep", "");
    link(&home, ".absolute", base.join("dotfiles/aws"));
    link(&home, ".relative", "dotfiles/aws");
    link(&home, ".dots", "./d/e/../../dotfiles/./aws/");
    link(&home, ".config/deep", "../dotfiles/aws");
    link(&home, ".chain", ".relative");
    link(&home, ".whole", "dotfiles");
    link(&home, ".file/credentials", "../dotfiles/aws/credentials");
    let mut handles = DirectoryHandles::default();
    for path in [
        ".absolute/credentials",
        ".relative/credentials",
        ".dots/credentials",
        ".config/deep/credentials",
        ".chain/credentials",
        ".whole/aws/credentials",
        ".file/credentials",
    ] {
        let path = own(&home, path);
        let read = home.files.read(&path, LIMIT).unwrap();
        assert_eq!(read.as_deref(), Some(&b"x"[..]), "{path:?}");
        let along = home.files.look_along(&mut handles, &path, LIMIT).unwrap();
        assert_eq!(along.as_deref(), Some(&b"x"[..]), "{path:?}");
        let probe = home.files.probe(&path).unwrap().unwrap();
        assert_eq!(probe.kind, EntryKind::File, "{path:?}");
        let strict = home.path(path.relative().to_str().unwrap());
        assert!(home.files.read(&strict, LIMIT).is_err(), "{path:?}");
    }
    let listed = home.files.list(&own(&home, ".file")).unwrap().unwrap();
    assert_eq!(listed[0].kind, EntryKind::File);
    let followed = home.files.followed_links();
    let expected = FollowedLink {
        link: base.join(".config/deep"),
        target: base.join("dotfiles/aws"),
    };
    assert!(followed.contains(&expected), "{followed:?}");
    let absent = own(&home, ".relative/none");
    assert_eq!(home.files.read(&absent, LIMIT).unwrap(), None);
}

#[test]
fn links_that_others_have_a_say_in_or_that_lead_elsewhere_are_refused() {
    let home = Home::new();
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("file"), "keep me").unwrap();
    home.put("real/file", "keep me");
    home.put("open/file", "keep me");
    home.put("open-way/real/file", "keep me");
    home.put("open-holder/other", "");
    let mode = |path: &str, mode| {
        let path = home.directory.path().join(path);
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    let up = "../".repeat(64);
    link(&home, ".out/file", outside.path().join("file"));
    link(&home, ".far/file", format!("{up}etc/passwd"));
    link(
        &home,
        ".back/file",
        format!("..{}", home.directory.path().display()),
    );
    link(&home, ".up", "..");
    link(&home, ".none/file", "../nothing");
    link(&home, ".loop/file", "../.loop/file");
    link(&home, ".a", ".b");
    link(&home, ".b", ".a");
    link(&home, ".open/file", "../open/file");
    link(&home, ".way/file", "../open-way/real/file");
    link(&home, "open-holder/file", "../real/file");
    for open in ["open", "open-way", "open-holder"] {
        mode(open, 0o777);
    }
    for path in [".out/file", ".far/file", ".up/file", ".back/file"] {
        let found = fault(&home, path);
        let leads_out = matches!(found, LinkFault::LeadsOut | LinkFault::Dangling);
        assert!(leads_out, "{path}: {found:?}");
    }
    assert_eq!(fault(&home, ".none/file"), LinkFault::Dangling);
    for path in [".loop/file", ".a/file"] {
        assert_eq!(fault(&home, path), LinkFault::Circle, "{path}");
    }
    for path in [".open/file", ".way/file", "open-holder/file"] {
        let found = fault(&home, path);
        assert!(
            matches!(found, LinkFault::Writable { .. }),
            "{path}: {found:?}"
        );
        let path = own(&home, path);
        let edit = home
            .files
            .edit(&path, LockRule::None, LIMIT, &mut fail_if_called);
        assert!(matches!(edit, Err(FileError::Symlink { .. })), "{edit:?}");
        let removal = home.files.remove_file(&path, LockRule::None);
        assert!(
            matches!(removal, Err(FileError::Symlink { .. })),
            "{removal:?}"
        );
    }
    let strict = home.later(0).without_links();
    link(&home, ".good/file", "../real/file");
    let read = strict.read(&own(&home, ".good/file"), LIMIT);
    assert!(matches!(read, Err(FileError::Symlink { .. })), "{read:?}");
}

#[test]
fn what_a_link_leads_to_must_be_the_persons_own() {
    if !Home::is_root() {
        println!("skipped: only root can give files away");
        return;
    }
    let home = Home::new();
    home.put("real/file", "keep me");
    home.put("theirs/file", "keep me");
    link(&home, ".file/file", "../real/file");
    link(&home, ".directory/file", "../theirs/file");
    link(&home, ".link/file", "../real/other");
    home.put("real/other", "keep me");
    let give = |path: &str| {
        let path = home.directory.path().join(path);
        std::os::unix::fs::lchown(path, Some(12345), None).unwrap();
    };
    give("real/file");
    give("theirs");
    give(".link/file");
    for path in [".file/file", ".directory/file", ".link/file"] {
        let found = fault(&home, path);
        assert!(
            matches!(found, LinkFault::Foreign { owner: 12345, .. }),
            "{path}: {found:?}"
        );
    }
}

#[test]
fn home_of_another_is_never_left() {
    // A home that is looked at from outside: what its links say of the whole machine means nothing.
    let home = Home::new();
    let mounted = Home::new();
    home.put("secret", "of this machine");
    link(
        &mounted,
        ".aws/credentials",
        home.directory.path().join("secret"),
    );
    assert_eq!(fault(&mounted, ".aws/credentials"), LinkFault::LeadsOut);
}

#[test]
fn change_behind_a_link_is_made_beside_its_target_under_both_locks() {
    for rule in [
        LockRule::None,
        LockRule::Sibling,
        LockRule::Exclusive { suffix: ".lock" },
        LockRule::Directory,
        LockRule::NamedDirectory {
            name: ".write.lock",
        },
    ] {
        let home = Home::new();
        home.put("dotfiles/real", "old");
        home.put(".tool/other", "");
        link(&home, ".tool/file", "../dotfiles/real");
        let path = own(&home, ".tool/file");
        home.files.read(&path, LIMIT).unwrap();
        let base = home.directory.path().to_owned();
        let names = |place: &str| fs::read_dir(base.join(place)).unwrap().count();
        let edited = home.files.edit(&path, rule, LIMIT, &mut |_| {
            if !matches!(rule, LockRule::None) {
                let name = match rule {
                    LockRule::NamedDirectory { name } => name,
                    _ => "file.lock",
                };
                assert!(base.join(".tool").join(name).exists(), "{rule:?}");
                assert!(names("dotfiles") > 1, "{rule:?}");
            }
            Ok(Change::Replace(b"new".to_vec()))
        });
        assert_eq!(edited.unwrap(), Edited::Replaced, "{rule:?}");
        assert_eq!(home.get("dotfiles/real"), "new");
        assert!(base.join(".tool/file").is_symlink());
        home.files.require_changeable(&path, rule).unwrap();
        let removal = home.files.remove_file_as_seen(&path, rule);
        // It was written since it was looked at, by ourselves.
        assert!(
            matches!(removal, Err(FileError::Changed { .. })),
            "{removal:?}"
        );
        home.files.read(&path, LIMIT).unwrap();
        let removal = home.files.remove_file_as_seen(&path, rule).unwrap();
        assert_eq!(removal, Removal::Removed, "{rule:?}");
        assert!(!base.join(".tool/file").is_symlink(), "{rule:?}");
        let mut left = home.names(".tool");
        left.extend(home.names("dotfiles"));
        // Where the lock file had to be made to change the file, it has stayed.
        left.retain(|name| rule != LockRule::Sibling || !name.contains(".lock"));
        assert_eq!(left, ["other"], "{rule:?}");
    }
}

#[test]
fn file_that_an_edit_removes_goes_with_the_link_to_it() {
    let home = Home::new();
    home.put("dotfiles/real", "old");
    link(&home, ".tool/file", "../dotfiles/real");
    let path = own(&home, ".tool/file");
    home.files.read(&path, LIMIT).unwrap();
    let edited = home
        .files
        .edit(&path, LockRule::None, LIMIT, &mut |_| Ok(Change::Remove));
    assert_eq!(edited.unwrap(), Edited::Removed);
    assert!(home.names("dotfiles").is_empty() && home.names(".tool").is_empty());
}

#[test]
fn change_goes_only_where_the_look_went() {
    let home = Home::new();
    home.put("dotfiles/real", "old");
    home.put("other/real", "keep me");
    home.put(".tool/plain", "old");
    link(&home, ".tool/file", "../dotfiles/real");
    let base = home.directory.path().to_owned();
    let (file, plain) = (own(&home, ".tool/file"), own(&home, ".tool/plain"));
    home.files.read(&file, LIMIT).unwrap();
    home.files.read(&plain, LIMIT).unwrap();
    fs::remove_file(base.join(".tool/file")).unwrap();
    fs::remove_file(base.join(".tool/plain")).unwrap();
    link(&home, ".tool/file", "../other/real");
    link(&home, ".tool/plain", "../other/real");
    for path in [&file, &plain] {
        let edit = home
            .files
            .edit(path, LockRule::None, LIMIT, &mut replace_with("new"));
        assert!(edit.is_err(), "{path:?}: {edit:?}");
        let removal = home.files.remove_file(path, LockRule::None);
        assert!(removal.is_err(), "{path:?}: {removal:?}");
    }
    // A link that is swapped in while the file is edited.
    let home = Home::new();
    home.put("dotfiles/real", "old");
    home.put("other/real", "keep me");
    link(&home, ".tool", "dotfiles");
    let base = home.directory.path().to_owned();
    let path = own(&home, ".tool/real");
    home.files.read(&path, LIMIT).unwrap();
    let edit = home.files.edit(&path, LockRule::None, LIMIT, &mut |_| {
        fs::remove_file(base.join("dotfiles/real")).unwrap();
        symlink("../other/real", base.join("dotfiles/real")).unwrap();
        Ok(Change::Replace(b"new".to_vec()))
    });
    assert!(matches!(edit, Err(FileError::Symlink { .. })), "{edit:?}");
    assert_eq!(home.get("other/real"), "keep me");
}

#[test]
fn new_files_are_made_where_links_lead() {
    let home = Home::new();
    home.put("dotfiles/sfdx/x", "");
    link(&home, ".sfdx", "dotfiles/sfdx");
    home.files.create(&own(&home, ".sfdx/new"), b"x").unwrap();
    let path = own(&home, ".sfdx/alias.json");
    let made = home
        .files
        .edit_or_create(&path, LockRule::Directory, LIMIT, &mut |_| {
            Ok(Change::Replace(b"{}".to_vec()))
        });
    assert_eq!(made.unwrap(), Edited::Created);
    assert_eq!(home.names("dotfiles/sfdx"), ["alias.json", "new", "x"]);
    assert!(home.directory.path().join(".sfdx").is_symlink());
}

#[test]
fn directories_behind_links_go_and_directories_that_are_links_stay() {
    let home = Home::new();
    home.put("dotfiles/tool/cache/a.lock", "");
    home.put("dotfiles/tool/tree/deep/file", "x");
    home.put("documents/thesis", "keep me");
    link(&home, ".tool", "dotfiles/tool");
    link(&home, "dotfiles/tool/linked", "../../documents");
    for path in [".tool/cache", ".tool/tree", ".tool/linked"] {
        home.files.list(&own(&home, path)).unwrap().unwrap();
    }
    let empty = home
        .files
        .remove_directory(&own(&home, ".tool/cache"), &["a.lock"]);
    assert_eq!(empty.unwrap(), DirectoryRemoval::Removed);
    let tree = home.files.remove_tree(&own(&home, ".tool/tree"));
    assert_eq!(tree.unwrap(), DirectoryRemoval::Removed);
    let linked = home.files.remove_tree(&own(&home, ".tool/linked"));
    assert!(
        matches!(linked, Err(FileError::Symlink { .. })),
        "{linked:?}"
    );
    let linked = home
        .files
        .remove_directory(&own(&home, ".tool/linked"), &["thesis"]);
    assert!(
        matches!(linked, Err(FileError::Symlink { .. })),
        "{linked:?}"
    );
    assert_eq!(home.get("documents/thesis"), "keep me");
    assert_eq!(home.names("dotfiles/tool"), ["linked"]);
}

#[cfg(feature = "sqlite")]
#[test]
fn rows_go_from_a_database_behind_a_link_of_either_kind() {
    for (name, target, path) in [
        (".gcloud", "dotfiles/gcloud", ".gcloud/c.db"),
        (".gcloud/c.db", "../dotfiles/gcloud/c.db", ".gcloud/c.db"),
    ] {
        let home = Home::new();
        home.put("dotfiles/gcloud/keep", "");
        let real = home.directory.path().join("dotfiles/gcloud/c.db");
        let connection = rusqlite::Connection::open(&real).unwrap();
        connection
            .execute_batch(
                "CREATE TABLE credentials (account_id TEXT PRIMARY KEY, value BLOB);
                 INSERT INTO credentials VALUES ('ana', 'FAKE-of-ana-and-nobody-else');
                 INSERT INTO credentials VALUES ('bob', 'FAKE-of-bob-and-nobody-else');",
            )
            .unwrap();
        drop(connection);
        link(&home, name, target);
        let path = own(&home, path);
        let rows = || {
            let rows = home.files.rows(&path, "credentials", &["account_id"]);
            rows.unwrap().unwrap().len()
        };
        assert_eq!(rows(), 2, "{name}");
        let deleted = home
            .files
            .delete_rows(&path, "credentials", "account_id", &["ana"]);
        assert!(deleted.unwrap().unwrap().is_traceless, "{name}");
        assert_eq!(rows(), 1, "{name}");
        assert!(home.directory.path().join(name).is_symlink());
    }
}
