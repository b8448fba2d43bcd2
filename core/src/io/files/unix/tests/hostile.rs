//! Links, other owners, and things that are not files.
#![expect(
    clippy::disallowed_methods,
    reason = "the tests set up what the door then meets"
)]

use std::fs;
use std::os::unix::fs::{MetadataExt as _, symlink};
use std::path::Path;

use super::{LIMIT, fail_if_called, replace_with};
use crate::io::files::testing::Home;
use crate::io::files::{Change, ConfinedPath, DirectoryRemoval, FileError, Files, LockRule};

#[test]
fn a_root_that_is_a_link_is_followed() {
    let home = Home::new();
    home.put("real/file", "x");
    symlink(
        home.directory.path().join("real"),
        home.directory.path().join("root"),
    )
    .unwrap();
    let file = ConfinedPath::new(home.directory.path().join("root"), Path::new("file")).unwrap();
    assert_eq!(home.files.read(&file, LIMIT).unwrap().unwrap(), b"x");
}

/// Every operation on a path, so that a hostile thing at it can be shown to each.
fn every_operation(files: &Files, path: &ConfinedPath) -> Vec<FileError> {
    vec![
        files.read(path, LIMIT).unwrap_err(),
        files
            .edit(path, LockRule::None, LIMIT, &mut fail_if_called)
            .unwrap_err(),
        files
            .edit_or_create(path, LockRule::None, LIMIT, &mut |_| Ok(Change::Remove))
            .unwrap_err(),
        files.remove_file(path, LockRule::None).unwrap_err(),
        files
            .append_line(path, &mut |_| Ok(b"line".to_vec()))
            .unwrap_err(),
    ]
}

#[test]
fn a_symlink_as_the_file_is_refused_by_every_operation() {
    let home = Home::new();
    home.put("stranger", "keep me");
    home.put("d/other", "");
    symlink("../stranger", home.directory.path().join("d/file")).unwrap();
    symlink("../nothing", home.directory.path().join("d/dangling")).unwrap();
    for name in ["d/file", "d/dangling"] {
        for error in every_operation(&home.files, &home.path(name)) {
            assert!(matches!(error, FileError::Symlink { .. }), "{error:?}");
        }
        assert!(matches!(
            home.files.create(&home.path(name), b"x"),
            Err(FileError::Exists { .. })
        ));
    }
    assert_eq!(home.get("stranger"), "keep me");
    assert_eq!(home.names("d"), ["dangling", "file", "other"]);
}

#[test]
fn a_symlink_as_a_directory_on_the_way_is_refused_by_every_operation() {
    let home = Home::new();
    home.put("real/inner/file", "keep me");
    symlink("real", home.directory.path().join("link")).unwrap();
    for path in ["link/inner/file", "link/inner/absent"] {
        for error in every_operation(&home.files, &home.path(path)) {
            assert!(
                matches!(&error, FileError::Symlink { path, .. } if path.ends_with("link")),
                "{error:?}"
            );
        }
        assert!(matches!(
            home.files.probe(&home.path(path)),
            Err(FileError::Symlink { .. })
        ));
    }
    assert!(matches!(
        home.files.list(&home.path("link")),
        Err(FileError::Symlink { .. })
    ));
    assert!(matches!(
        home.files.remove_directory(&home.path("link"), &["inner"]),
        Err(FileError::Symlink { .. })
    ));
    assert_eq!(home.get("real/inner/file"), "keep me");
}

#[test]
fn a_symlink_as_the_lock_file_is_refused() {
    let home = Home::new();
    home.put("stranger", "keep me");
    home.put("file", "old");
    symlink("stranger", home.directory.path().join("file.lock")).unwrap();
    for rule in [
        LockRule::Sibling,
        LockRule::Exclusive { suffix: ".lock" },
        LockRule::Directory,
    ] {
        let error = home
            .files
            .edit(&home.path("file"), rule, LIMIT, &mut fail_if_called)
            .unwrap_err();
        assert!(
            matches!(&error, FileError::Symlink { path, .. } if path.ends_with("file.lock")),
            "{error:?}"
        );
    }
    assert_eq!(home.get("file"), "old");
    assert_eq!(home.get("stranger"), "keep me");
}

#[test]
fn a_fifo_a_socket_and_a_directory_are_refused_without_hanging() {
    let home = Home::new();
    let fifo = home.directory.path().join("fifo");
    rustix::fs::mknodat(
        rustix::fs::CWD,
        &fifo,
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR,
        0,
    )
    .unwrap();
    let _socket =
        std::os::unix::net::UnixListener::bind(home.directory.path().join("socket")).unwrap();
    fs::create_dir(home.directory.path().join("directory")).unwrap();
    for name in ["fifo", "socket", "directory"] {
        for error in every_operation(&home.files, &home.path(name)) {
            assert!(
                matches!(error, FileError::NotAFile { .. }),
                "{name}: {error:?}"
            );
        }
    }
    assert_eq!(home.names(""), ["directory", "fifo", "socket"]);
}

#[test]
fn what_belongs_to_somebody_else_is_refused() {
    if !Home::is_root() {
        println!("skipped: only root can give files away");
        return;
    }
    let home = Home::new();
    home.put("file", "keep me");
    home.put("dir/file", "keep me");
    home.put("locked", "old");
    home.put("locked.lock", "");
    for name in ["file", "dir", "locked.lock"] {
        std::os::unix::fs::chown(home.directory.path().join(name), Some(12345), None).unwrap();
    }
    for path in ["file", "dir/file", "dir/absent"] {
        for error in every_operation(&home.files, &home.path(path)) {
            assert!(
                matches!(error, FileError::ForeignOwner { owner: 12345, .. }),
                "{error:?}"
            );
        }
    }
    let error = home
        .files
        .edit(
            &home.path("locked"),
            LockRule::Sibling,
            LIMIT,
            &mut fail_if_called,
        )
        .unwrap_err();
    assert!(matches!(error, FileError::ForeignOwner { .. }), "{error:?}");
    assert!(
        home.files
            .remove_directory(&home.path("dir"), &["file"])
            .is_err()
    );
    assert_eq!(home.get("file"), "keep me");
    assert_eq!(home.get("dir/file"), "keep me");
}

#[test]
fn an_administrator_gives_new_files_to_the_owner_of_the_home() {
    if !Home::is_root() {
        println!("skipped: only root can give files away");
        return;
    }
    let home = Home::new();
    std::os::unix::fs::chown(home.directory.path(), Some(12345), None).unwrap();
    let files = home.later(0);
    files.create(&home.path("a/b/file"), b"x").unwrap();
    files
        .append_line(&home.path("a/handles"), &mut |_| Ok(b"x".to_vec()))
        .unwrap();
    files
        .edit(
            &home.path("a/b/file"),
            LockRule::Sibling,
            LIMIT,
            &mut replace_with("y"),
        )
        .unwrap();
    for name in ["a", "a/b", "a/b/file", "a/handles", "a/b/file.lock"] {
        let metadata = fs::metadata(home.directory.path().join(name)).unwrap();
        assert_eq!(metadata.uid(), 12345, "{name}");
    }
}

#[test]
fn edit_of_a_file_swapped_for_a_link_does_not_follow_it() {
    let home = Home::new();
    home.put("stranger", "keep me");
    home.put("file", "old");
    let path = home.directory.path().join("file");
    let error = home
        .files
        .edit(&home.path("file"), LockRule::None, LIMIT, &mut |_| {
            fs::remove_file(&path).unwrap();
            symlink("stranger", &path).unwrap();
            Ok(Change::Replace(b"new".to_vec()))
        })
        .unwrap_err();
    assert!(matches!(error, FileError::Symlink { .. }), "{error:?}");
    assert_eq!(home.get("stranger"), "keep me");
}

#[test]
fn edit_in_a_directory_swapped_for_a_link_stays_in_the_opened_one() {
    let home = Home::new();
    home.put("dir/file", "old");
    home.put("elsewhere/file", "keep me");
    let base = home.directory.path().to_owned();
    home.files
        .edit(&home.path("dir/file"), LockRule::None, LIMIT, &mut |_| {
            fs::rename(base.join("dir"), base.join("moved")).unwrap();
            symlink("elsewhere", base.join("dir")).unwrap();
            Ok(Change::Replace(b"new".to_vec()))
        })
        .unwrap();
    assert_eq!(home.get("moved/file"), "new");
    assert_eq!(home.get("elsewhere/file"), "keep me");
}

#[test]
fn a_file_with_several_names_is_not_changed() {
    let home = Home::new();
    home.put("file", "old");
    fs::hard_link(
        home.directory.path().join("file"),
        home.directory.path().join("other"),
    )
    .unwrap();
    let path = home.path("file");
    let edit = home
        .files
        .edit(&path, LockRule::None, LIMIT, &mut replace_with("new"));
    assert!(
        matches!(edit, Err(FileError::HardLinked { names: 2, .. })),
        "{edit:?}"
    );
    let removal = home.files.remove_file(&path, LockRule::None);
    assert!(
        matches!(removal, Err(FileError::HardLinked { .. })),
        "{removal:?}"
    );
    assert_eq!(home.names(""), ["file", "other"]);
    assert_eq!(home.get("other"), "old");
}

#[test]
fn remove_directory_keeps_links_and_directories_named_like_lock_files() {
    let home = Home::new();
    home.put("stranger", "keep me");
    fs::create_dir_all(home.directory.path().join("d/a.lock")).unwrap();
    symlink("../stranger", home.directory.path().join("d/b.lock")).unwrap();
    let removal = home
        .files
        .remove_directory(&home.path("d"), &["a.lock", "b.lock"])
        .unwrap();
    let names = vec!["a.lock".to_owned(), "b.lock".to_owned()];
    assert_eq!(removal, DirectoryRemoval::NotEmpty(names));
    assert_eq!(home.get("stranger"), "keep me");
}
