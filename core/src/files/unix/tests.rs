#![expect(
    clippy::disallowed_methods,
    reason = "the tests set up what the door then meets"
)]

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::Path;
use std::sync::Barrier;
use std::time::{Duration, Instant};

use crate::files::testing::Home;
use crate::files::{
    Change, DirectoryRemoval, EditError, Edited, EntryKind, FileError, Files, LockRule, Removal,
    RootedPath,
};

const LIMIT: u64 = 1 << 20;

fn replace_with(text: &str) -> impl FnMut(&[u8]) -> Result<Change, EditError> {
    let bytes = text.as_bytes().to_vec();
    move |_| Ok(Change::Replace(bytes.clone()))
}

fn fail_if_called(_: &[u8]) -> Result<Change, EditError> {
    Err(EditError::Refused("the editor was called".to_owned()))
}

#[test]
fn read_returns_content_and_none_for_what_is_absent() {
    let home = Home::new();
    home.put(".aws/config", "[default]\n");
    assert_eq!(
        home.files
            .read(&home.path(".aws/config"), LIMIT)
            .unwrap()
            .unwrap(),
        b"[default]\n"
    );
    for absent in [".aws/credentials", ".azure/x/y", ".aws/config/below"] {
        assert_eq!(
            home.files.read(&home.path(absent), LIMIT).unwrap(),
            None,
            "{absent}"
        );
    }
    let nowhere = RootedPath::new(home.directory.path().join("no"), Path::new("x")).unwrap();
    assert_eq!(home.files.read(&nowhere, LIMIT).unwrap(), None);
}

#[test]
fn read_of_a_file_over_the_limit_is_an_error() {
    let home = Home::new();
    home.put("big", "12345");
    assert_eq!(
        home.files.read(&home.path("big"), 5).unwrap().unwrap(),
        b"12345"
    );
    let error = home.files.read(&home.path("big"), 4).unwrap_err();
    assert!(
        matches!(error, FileError::TooLarge { limit: 4, .. }),
        "{error}"
    );
}

#[test]
fn a_root_that_is_a_link_is_followed() {
    let home = Home::new();
    home.put("real/file", "x");
    symlink(
        home.directory.path().join("real"),
        home.directory.path().join("root"),
    )
    .unwrap();
    let file = RootedPath::new(home.directory.path().join("root"), Path::new("file")).unwrap();
    assert_eq!(home.files.read(&file, LIMIT).unwrap().unwrap(), b"x");
}

/// Every operation on a path, so that a hostile thing at it can be shown to each.
fn every_operation(files: &Files, path: &RootedPath) -> Vec<FileError> {
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
                matches!(&error, FileError::Symlink { path } if path.ends_with("link")),
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
            matches!(&error, FileError::Symlink { path } if path.ends_with("file.lock")),
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
        .append_line(&home.path("a/trail"), &mut |_| Ok(b"x".to_vec()))
        .unwrap();
    files
        .edit(
            &home.path("a/b/file"),
            LockRule::Sibling,
            LIMIT,
            &mut replace_with("y"),
        )
        .unwrap();
    for name in ["a", "a/b", "a/b/file", "a/trail", "a/b/file.lock"] {
        let metadata = fs::metadata(home.directory.path().join(name)).unwrap();
        assert_eq!(metadata.uid(), 12345, "{name}");
    }
}

#[test]
fn edit_replaces_atomically_and_keeps_the_mode() {
    let home = Home::new();
    home.put("file", "old");
    let path = home.directory.path().join("file");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let inode = fs::metadata(&path).unwrap().ino();
    let edited = home
        .files
        .edit(
            &home.path("file"),
            LockRule::Sibling,
            LIMIT,
            &mut replace_with("new"),
        )
        .unwrap();
    assert_eq!(edited, Edited::Replaced);
    assert_eq!(home.get("file"), "new");
    assert_eq!(home.names(""), ["file", "file.lock"]);
    let metadata = fs::metadata(&path).unwrap();
    assert_eq!(metadata.permissions().mode() & 0o777, 0o640);
    assert_ne!(metadata.ino(), inode);
    let counters = home.files.counters();
    assert_eq!(
        (
            counters.opens,
            counters.reads,
            counters.writes,
            counters.renames
        ),
        (1, 1, 1, 1)
    );
    assert_eq!((counters.locks, counters.removals), (1, 0));
}

#[test]
fn edit_that_changes_nothing_writes_nothing() {
    let home = Home::new();
    home.put("file", "same");
    let path = home.path("file");
    let edited = home
        .files
        .edit(&path, LockRule::None, LIMIT, &mut replace_with("same"))
        .unwrap();
    assert_eq!(edited, Edited::Unchanged);
    let edited = home
        .files
        .edit(&home.path("file"), LockRule::None, LIMIT, &mut |_| {
            Ok(Change::Keep)
        })
        .unwrap();
    assert_eq!(edited, Edited::Unchanged);
    assert_eq!(home.files.counters().writes, 0);
    assert_eq!(home.names(""), ["file"]);
}

#[test]
fn edit_of_an_absent_file_leaves_no_lock_file() {
    let home = Home::new();
    for path in ["file", "no/directory/file"] {
        let edited = home
            .files
            .edit(
                &home.path(path),
                LockRule::Sibling,
                LIMIT,
                &mut fail_if_called,
            )
            .unwrap();
        assert_eq!(edited, Edited::Absent);
    }
    assert_eq!(home.names(""), [""; 0]);
}

#[test]
fn edit_that_is_refused_leaves_the_file_and_says_why() {
    let home = Home::new();
    home.put("file", "old");
    let error = home
        .files
        .edit(
            &home.path("file"),
            LockRule::None,
            LIMIT,
            &mut fail_if_called,
        )
        .unwrap_err();
    assert!(matches!(error, FileError::Edit { .. }), "{error:?}");
    assert!(error.to_string().contains("file") && error.hint().is_some());
    assert_eq!(home.get("file"), "old");
}

#[test]
fn edit_can_remove_the_file() {
    let home = Home::new();
    home.put("file", "old");
    let edited = home
        .files
        .edit(&home.path("file"), LockRule::None, LIMIT, &mut |_| {
            Ok(Change::Remove)
        })
        .unwrap();
    assert_eq!(edited, Edited::Removed);
    assert_eq!(home.names(""), [""; 0]);
    assert_eq!(home.files.counters().removals, 1);
}

#[test]
fn edit_tries_once_more_when_the_file_changes_under_it() {
    let home = Home::new();
    home.put("file", "old");
    let path = home.directory.path().join("file");
    let mut calls = 0;
    let edited = home
        .files
        .edit(&home.path("file"), LockRule::None, LIMIT, &mut |bytes| {
            calls += 1;
            if calls == 1 {
                fs::write(&path, "written by somebody else").unwrap();
            }
            Ok(Change::Replace([bytes, b"+"].concat()))
        })
        .unwrap();
    assert_eq!((edited, calls), (Edited::Replaced, 2));
    assert_eq!(home.get("file"), "written by somebody else+");

    let mut calls = 0;
    let error = home
        .files
        .edit(&home.path("file"), LockRule::None, LIMIT, &mut |_| {
            calls += 1;
            fs::write(&path, format!("{calls}: somebody else")).unwrap();
            Ok(Change::Remove)
        })
        .unwrap_err();
    assert!(matches!(error, FileError::Changed { .. }), "{error:?}");
    assert_eq!(home.get("file"), "2: somebody else");
    assert_eq!(home.names(""), ["file"]);
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
fn twenty_threads_edit_one_file_and_none_is_lost() {
    for rule in [
        LockRule::None,
        LockRule::Sibling,
        LockRule::Exclusive {
            suffix: ".lockfile",
        },
        LockRule::Directory,
    ] {
        let home = Home::new();
        home.put("file", "");
        let barrier = Barrier::new(20);
        std::thread::scope(|scope| {
            for number in 0..20 {
                let (home, barrier) = (&home, &barrier);
                scope.spawn(move || {
                    barrier.wait();
                    home.files
                        .edit(&home.path("file"), rule, LIMIT, &mut |bytes| {
                            let line = format!("{number}\n");
                            Ok(Change::Replace([bytes, line.as_bytes()].concat()))
                        })
                        .unwrap();
                });
            }
        });
        let content = home.get("file");
        let mut numbers: Vec<u32> = content.lines().map(|line| line.parse().unwrap()).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, (0..20).collect::<Vec<_>>(), "{rule:?}");
        let leftovers = if rule == LockRule::Sibling { 2 } else { 1 };
        assert_eq!(
            home.names("").len(),
            leftovers,
            "{rule:?}: {:?}",
            home.names("")
        );
    }
}

#[test]
fn a_held_lock_ends_in_an_error_within_the_time_limit() {
    let home = Home::new();
    home.put("file", "old");
    let lock = fs::File::create(home.directory.path().join("file.lock")).unwrap();
    lock.lock().unwrap();
    let impatient = home.later(0);
    let start = Instant::now();
    let error = impatient
        .edit(
            &home.path("file"),
            LockRule::Sibling,
            LIMIT,
            &mut fail_if_called,
        )
        .unwrap_err();
    assert!(matches!(&error, FileError::LockTimeout { path, .. } if path.ends_with("file.lock")));
    assert!(start.elapsed() < Duration::from_secs(5));
    assert!(error.to_string().contains("file.lock"), "{error}");
    let error = impatient
        .remove_file(&home.path("file"), LockRule::Sibling)
        .unwrap_err();
    assert!(matches!(error, FileError::LockTimeout { .. }), "{error:?}");
    drop(lock);
    assert_eq!(
        impatient
            .remove_file(&home.path("file"), LockRule::Sibling)
            .unwrap(),
        Removal::Removed
    );
}

#[test]
fn a_directory_lock_is_honoured_while_fresh_and_taken_over_when_left() {
    let home = Home::new();
    home.put("file", "old");
    fs::create_dir(home.directory.path().join("file.lock")).unwrap();
    let edit = |files: &Files| {
        files.edit(
            &home.path("file"),
            LockRule::Directory,
            LIMIT,
            &mut replace_with("new"),
        )
    };
    assert!(matches!(
        edit(&home.later(0)),
        Err(FileError::LockTimeout { .. })
    ));
    assert_eq!(home.get("file"), "old");
    assert_eq!(edit(&home.later(60)).unwrap(), Edited::Replaced);
    assert_eq!(home.names(""), ["file"]);
}

#[test]
fn temporary_files_of_a_killed_run_are_cleared_and_others_kept() {
    let home = Home::new();
    home.put("file", "old");
    let dead = {
        // A process that has ended: its id is free, or at least not this one's.
        #[expect(
            clippy::disallowed_methods,
            reason = "the test needs the id of a dead process"
        )]
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let id = child.id();
        child.wait().unwrap();
        id
    };
    let own = std::process::id();
    let leftovers = [
        format!(".file.{dead}-0000000000000001-0.adieu-tmp"),
        format!(".file.{own}-0000000000000001-7.adieu-tmp"),
    ];
    let strangers = [
        ".file.swp".to_owned(),
        ".file.x-1-0.adieu-tmp".to_owned(),
        format!(".other.{dead}-0000000000000001-0.adieu-tmp"),
        // Process 1 lives for as long as the machine.
        ".file.1-0000000000000001-0.adieu-tmp".to_owned(),
    ];
    for name in leftovers.iter().chain(&strangers) {
        home.put(name, "FAKE-secret");
    }
    home.files
        .edit(
            &home.path("file"),
            LockRule::None,
            LIMIT,
            &mut replace_with("new"),
        )
        .unwrap();
    let names = home.names("");
    for name in &leftovers {
        assert!(!names.contains(name), "{name}");
    }
    for name in &strangers {
        assert!(names.contains(name), "{name}");
    }
    home.later(7200)
        .edit(
            &home.path("file"),
            LockRule::None,
            LIMIT,
            &mut replace_with("newer"),
        )
        .unwrap();
    assert!(
        !home.names("").contains(&strangers[3]),
        "too old to be in use"
    );
}

#[test]
fn edit_or_create_makes_a_private_file_in_private_directories() {
    let home = Home::new();
    let path = home.path("a/b/file");
    let mut write = |old: Option<&[u8]>| {
        let mut bytes = old.unwrap_or_default().to_vec();
        bytes.push(b'x');
        Ok(Change::Replace(bytes))
    };
    let first = home
        .files
        .edit_or_create(&path, LockRule::Sibling, LIMIT, &mut write)
        .unwrap();
    let second = home
        .files
        .edit_or_create(&path, LockRule::Sibling, LIMIT, &mut write)
        .unwrap();
    assert_eq!((first, second), (Edited::Created, Edited::Replaced));
    assert_eq!(home.get("a/b/file"), "xx");
    for (name, mode) in [("a", 0o700), ("a/b", 0o700), ("a/b/file", 0o600)] {
        let metadata = fs::metadata(home.directory.path().join(name)).unwrap();
        assert_eq!(metadata.permissions().mode() & 0o777, mode, "{name}");
    }
}

#[test]
fn create_does_not_replace_what_is_there() {
    let home = Home::new();
    home.files.create(&home.path("new/file"), b"first").unwrap();
    let error = home
        .files
        .create(&home.path("new/file"), b"second")
        .unwrap_err();
    assert!(matches!(error, FileError::Exists { .. }), "{error:?}");
    assert_eq!(home.get("new/file"), "first");
    assert_eq!(home.names("new"), ["file"]);
}

#[test]
fn remove_file_removes_once_and_then_finds_nothing() {
    let home = Home::new();
    home.put("d/file", "x");
    let path = home.path("d/file");
    assert_eq!(
        home.files.remove_file(&path, LockRule::Sibling).unwrap(),
        Removal::Removed
    );
    assert_eq!(
        home.files.remove_file(&path, LockRule::Sibling).unwrap(),
        Removal::Absent
    );
    assert_eq!(home.names("d"), ["file.lock"]);
}

#[test]
fn remove_directory_takes_lock_files_along_and_nothing_else() {
    let home = Home::new();
    home.put("d/file.lock", "");
    home.put("d/mine", "keep me");
    let remove = || {
        home.files
            .remove_directory(&home.path("d"), &["file.lock", "config.lock"])
    };
    assert_eq!(
        remove().unwrap(),
        DirectoryRemoval::NotEmpty(vec!["mine".to_owned()])
    );
    assert_eq!(home.names("d"), ["file.lock", "mine"]);
    fs::remove_file(home.directory.path().join("d/mine")).unwrap();
    let lock = fs::File::open(home.directory.path().join("d/file.lock")).unwrap();
    lock.lock().unwrap();
    assert_eq!(
        remove().unwrap(),
        DirectoryRemoval::NotEmpty(vec!["file.lock".to_owned()])
    );
    drop(lock);
    assert_eq!(remove().unwrap(), DirectoryRemoval::Removed);
    assert_eq!(remove().unwrap(), DirectoryRemoval::Absent);
    assert!(matches!(
        home.files
            .remove_directory(&RootedPath::root(home.directory.path()), &[]),
        Err(FileError::Root { .. })
    ));
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

#[test]
fn list_is_sorted_and_reports_names_that_are_not_unicode() {
    use std::os::unix::ffi::OsStrExt as _;
    let home = Home::new();
    home.put("d/b", "");
    home.put("d/a/x", "");
    symlink("b", home.directory.path().join("d/c")).unwrap();
    fs::write(
        home.directory
            .path()
            .join("d")
            .join(std::ffi::OsStr::from_bytes(b"z\xff")),
        "",
    )
    .unwrap();
    let entries = home.files.list(&home.path("d")).unwrap().unwrap();
    let shown: Vec<_> = entries
        .iter()
        .map(|entry| (entry.name.as_str(), entry.kind, entry.is_lossy))
        .collect();
    assert_eq!(
        shown,
        [
            ("a", EntryKind::Directory, false),
            ("b", EntryKind::File, false),
            ("c", EntryKind::Symlink, false),
            ("z\u{fffd}", EntryKind::File, true),
        ]
    );
    assert_eq!(home.files.list(&home.path("none")).unwrap(), None);
    assert!(matches!(
        home.files.list(&home.path("d/b")),
        Err(FileError::NotADirectory { .. })
    ));
}

#[test]
fn probe_tells_kind_size_and_mode_without_following() {
    let home = Home::new();
    home.put("file", "12345");
    symlink("file", home.directory.path().join("link")).unwrap();
    let probe = home.files.probe(&home.path("file")).unwrap().unwrap();
    assert_eq!((probe.kind, probe.size), (EntryKind::File, 5));
    assert!(probe.modified.is_some() && probe.owner.is_some());
    let probe = home.files.probe(&home.path("link")).unwrap().unwrap();
    assert_eq!(probe.kind, EntryKind::Symlink);
    assert_eq!(home.files.probe(&home.path("none/x")).unwrap(), None);
    let root = home
        .files
        .probe(&RootedPath::root(home.directory.path()))
        .unwrap()
        .unwrap();
    assert_eq!(root.kind, EntryKind::Directory);
}

#[test]
fn append_line_shows_the_last_line_and_repairs_a_cut_off_one() {
    let home = Home::new();
    let path =
        RootedPath::new(home.directory.path().join("new/root"), Path::new("a/trail")).unwrap();
    let append = |line: &str| {
        let mut seen = None;
        let appended = home
            .files
            .append_line(&path, &mut |last| {
                seen = last.map(|last| String::from_utf8(last.to_vec()).unwrap());
                Ok(line.as_bytes().to_vec())
            })
            .unwrap();
        (appended.is_new, appended.was_cut_off, seen)
    };
    assert_eq!(append("one"), (true, false, None));
    assert_eq!(append("two"), (false, false, Some("one".to_owned())));
    fs::write(path.to_path(), "one\ntwo\nthr").unwrap();
    assert_eq!(append("four"), (false, true, Some("thr".to_owned())));
    assert_eq!(
        fs::read_to_string(path.to_path()).unwrap(),
        "one\ntwo\nthr\nfour\n"
    );
    let long = "x".repeat(20_000);
    append(&long);
    assert_eq!(append("end"), (false, false, Some(long)));
    assert_eq!(
        append("empty line before"),
        (false, false, Some("end".to_owned()))
    );
    let metadata = fs::metadata(path.to_path()).unwrap();
    assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
    let error = home
        .files
        .append_line(&path, &mut |_| Ok(b"two\nlines".to_vec()))
        .unwrap_err();
    assert!(matches!(error, FileError::Edit { .. }), "{error:?}");
}

#[test]
fn append_line_from_many_threads_loses_none_and_sees_each_in_turn() {
    let home = Home::new();
    std::thread::scope(|scope| {
        for _ in 0..20 {
            scope.spawn(|| {
                home.files
                    .append_line(&home.path("trail"), &mut |last| {
                        let last = last.map_or(0, |last| {
                            std::str::from_utf8(last).unwrap().parse::<u32>().unwrap()
                        });
                        Ok((last + 1).to_string().into_bytes())
                    })
                    .unwrap();
            });
        }
    });
    let lines: Vec<u32> = home
        .get("trail")
        .lines()
        .map(|line| line.parse().unwrap())
        .collect();
    assert_eq!(lines, (1..=20).collect::<Vec<_>>());
}
