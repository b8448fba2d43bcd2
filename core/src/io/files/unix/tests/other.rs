//! Reading, listing, creating, removing, appending.
#![expect(
    clippy::disallowed_methods,
    reason = "the tests set up what the door then meets"
)]

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use super::LIMIT;
use crate::io::files::testing::Home;
use crate::io::files::{
    Change, ConfinedPath, DirectoryRemoval, EntryKind, FileError, LockRule, Removal,
};

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
    let nowhere = ConfinedPath::new(home.directory.path().join("no"), Path::new("x")).unwrap();
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
    assert!(
        home.names("d").is_empty(),
        "nor is there a lock file of ours"
    );
}

#[test]
fn lock_file_that_others_made_stays_and_one_of_ours_stays_as_long_as_its_file() {
    let home = Home::new();
    home.put("theirs/file", "x");
    home.put("theirs/file.lock", "");
    let (theirs, ours) = (home.path("theirs/file"), home.path("ours/file"));
    home.files.remove_file(&theirs, LockRule::Sibling).unwrap();
    assert_eq!(home.names("theirs"), ["file.lock"]);
    home.put("ours/file", "x");
    let keep = &mut |_: &[u8]| Ok(Change::Replace(b"y".to_vec()));
    home.files
        .edit(&ours, LockRule::Sibling, LIMIT, keep)
        .unwrap();
    assert_eq!(home.names("ours"), ["file", "file.lock"]);
}

#[test]
fn lock_file_that_was_replaced_meanwhile_is_left_to_whoever_did_that() {
    let home = Home::new();
    home.put("d/file", "x");
    let lock = home.directory.path().join("d/file.lock");
    let change = &mut |_: &[u8]| {
        fs::remove_file(&lock).unwrap();
        fs::write(&lock, "").unwrap();
        Ok(Change::Remove)
    };
    home.files
        .edit(&home.path("d/file"), LockRule::Sibling, LIMIT, change)
        .unwrap();
    assert_eq!(home.names("d"), ["file.lock"]);
}

#[test]
fn temporary_files_of_a_killed_run_are_no_strangers_and_go_with_their_directory() {
    let home = Home::new();
    // This process, but not this run of it; and the first process, which lives.
    let left = format!(
        ".config.{}-0000000000000001-0.adieu-tmp",
        std::process::id()
    );
    let working = ".config.1-0000000000000001-0.adieu-tmp";
    home.put(&format!("d/{left}"), "FAKE-secret");
    home.put(&format!("d/{working}"), "FAKE-secret");
    home.put("d/.config.swp", "theirs");
    let listed = home
        .files
        .list_along(
            &mut crate::io::files::DirectoryHandles::default(),
            &home.path("d"),
        )
        .unwrap()
        .unwrap();
    let listed: Vec<_> = listed.into_iter().map(|entry| entry.name).collect();
    assert_eq!(listed, [".config.swp"]);
    let remove = || home.files.remove_directory(&home.path("d"), &[]).unwrap();
    let in_the_way = [".config.swp", working].map(str::to_owned).to_vec();
    let mut met = match remove() {
        DirectoryRemoval::NotEmpty(met) => met,
        other => panic!("{other:?}"),
    };
    met.sort();
    let mut expected = in_the_way;
    expected.sort();
    assert_eq!(met, expected);
    for name in [".config.swp", working] {
        fs::remove_file(home.directory.path().join("d").join(name)).unwrap();
    }
    assert_eq!(remove(), DirectoryRemoval::Removed);
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
            .remove_directory(&ConfinedPath::root(home.directory.path()), &[]),
        Err(FileError::Root { .. })
    ));
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
        .probe(&ConfinedPath::root(home.directory.path()))
        .unwrap()
        .unwrap();
    assert_eq!(root.kind, EntryKind::Directory);
}

#[test]
fn append_line_shows_the_last_line_and_repairs_a_cut_off_one() {
    let home = Home::new();
    let path = ConfinedPath::new(
        home.directory.path().join("new/root"),
        Path::new("a/handles"),
    )
    .unwrap();
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
fn append_line_takes_empty_lines_for_none() {
    let home = Home::new();
    let path = home.path("handles");
    let far = format!("one\n{}", "\n".repeat(20_000));
    let cases = [
        ("\n", None, "\nnew\n"),
        ("\n\n", None, "\n\nnew\n"),
        ("one\n\n", Some("one"), "one\n\nnew\n"),
        ("one\n\ntwo\n\n\n", Some("two"), "one\n\ntwo\n\n\nnew\n"),
        ("one\n\ntwo", Some("two"), "one\n\ntwo\nnew\n"),
        (&far, Some("one"), &format!("{far}new\n")),
    ];
    for (before, expected, after) in cases {
        home.put("handles", before);
        let mut seen = None;
        home.files
            .append_line(&path, &mut |last| {
                seen = last.map(|last| String::from_utf8(last.to_vec()).unwrap());
                Ok(b"new".to_vec())
            })
            .unwrap();
        assert_eq!(seen.as_deref(), expected, "{before:.20?}");
        assert_eq!(home.get("handles"), after);
    }
}

#[test]
fn append_line_from_many_threads_loses_none_and_sees_each_in_turn() {
    let home = Home::new();
    std::thread::scope(|scope| {
        for _ in 0..20 {
            scope.spawn(|| {
                home.files
                    .append_line(&home.path("handles"), &mut |last| {
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
        .get("handles")
        .lines()
        .map(|line| line.parse().unwrap())
        .collect();
    assert_eq!(lines, (1..=20).collect::<Vec<_>>());
}
