//! Everything in a directory, remembered, so that a test can say what changed.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

/// A snapshot of a directory: type, mode and bytes of everything in it. Symbolic links are
/// recorded, not followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tree(BTreeMap<PathBuf, Entry>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    mode: u32,
    kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Directory,
    File(Vec<u8>),
    Link(PathBuf),
    Other,
}

impl Tree {
    /// What is below the directory now; paths are relative to it.
    pub fn of(directory: impl AsRef<Path>) -> Self {
        let mut entries = BTreeMap::new();
        collect(directory.as_ref(), Path::new(""), &mut entries);
        Self(entries)
    }

    /// Whether there is something at that path.
    pub fn has(&self, path: impl AsRef<Path>) -> bool {
        self.0.contains_key(path.as_ref())
    }

    /// All paths, sorted.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.0.keys().map(PathBuf::as_path)
    }

    /// The path, mode, and size of every entry, one a line.
    pub fn listing(&self) -> String {
        self.0.iter().fold(String::new(), |text, (path, entry)| {
            text + &format!("{entry} {}\n", path.display())
        })
    }

    /// The paths of files in which the text occurs.
    pub fn files_with(&self, text: &str) -> Vec<&Path> {
        let holds = |entry: &Entry| match &entry.kind {
            Kind::File(bytes) => bytes
                .windows(text.len())
                .any(|window| window == text.as_bytes()),
            _ => false,
        };
        self.0
            .iter()
            .filter(|(_, entry)| holds(entry))
            .map(|(path, _)| path.as_path())
            .collect()
    }

    /// What is different in `later`.
    pub fn changes(&self, later: &Self) -> Changes {
        let mut changes = BTreeMap::new();
        for (path, before) in &self.0 {
            match later.0.get(path) {
                None => drop(changes.insert(path.clone(), Change::Removed(before.clone()))),
                Some(after) if after != before => {
                    changes.insert(path.clone(), Change::Edited(before.clone(), after.clone()));
                }
                Some(_) => {}
            }
        }
        for (path, after) in later.0.iter().filter(|(path, _)| !self.has(path)) {
            changes.insert(path.clone(), Change::Added(after.clone()));
        }
        Changes(changes)
    }

    /// Fails unless `later` is the same, with the differences as the message.
    #[track_caller]
    pub fn assert_same(&self, later: &Self) {
        self.assert_only(later, &[]);
    }

    /// Fails if `later` differs anywhere else than at the given paths; a path that ends in `/**`
    /// stands for the directory and everything below it.
    #[track_caller]
    pub fn assert_only(&self, later: &Self, allowed: &[&str]) {
        let changes = self.changes(later).except(allowed);
        assert!(
            changes.is_empty(),
            "changed although it must not:\n{changes}"
        );
    }
}

fn collect(root: &Path, relative: &Path, entries: &mut BTreeMap<PathBuf, Entry>) {
    for entry in fs::read_dir(root.join(relative)).unwrap() {
        let path = relative.join(entry.unwrap().file_name());
        let absolute = root.join(&path);
        let metadata = absolute.symlink_metadata().unwrap();
        let kind = if metadata.is_dir() {
            collect(root, &path, entries);
            Kind::Directory
        } else if metadata.is_file() {
            Kind::File(fs::read(&absolute).unwrap())
        } else if metadata.is_symlink() {
            Kind::Link(fs::read_link(&absolute).unwrap())
        } else {
            Kind::Other
        };
        entries.insert(
            path,
            Entry {
                mode: mode(&metadata),
                kind,
            },
        );
    }
}

#[cfg(unix)]
fn mode(metadata: &fs::Metadata) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    metadata.permissions().mode() & 0o7777
}

#[cfg(not(unix))]
fn mode(_: &fs::Metadata) -> u32 {
    0
}

impl fmt::Display for Entry {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:04o} ", self.mode)?;
        match &self.kind {
            Kind::Directory => formatter.write_str("directory"),
            Kind::File(bytes) => write!(formatter, "file of {} bytes", bytes.len()),
            Kind::Link(target) => write!(formatter, "link to {}", target.display()),
            Kind::Other => formatter.write_str("something else"),
        }
    }
}

/// The differences between two snapshots, to be read by people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changes(BTreeMap<PathBuf, Change>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Change {
    Added(Entry),
    Removed(Entry),
    Edited(Entry, Entry),
}

impl Changes {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The changed paths, sorted.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.0.keys().map(PathBuf::as_path)
    }

    /// One line for each: `+`, `-` or `~` and the path, without contents.
    pub fn summary(&self) -> String {
        let sign = |change: &Change| match change {
            Change::Added(_) => '+',
            Change::Removed(_) => '-',
            Change::Edited(..) => '~',
        };
        self.0.iter().fold(String::new(), |text, (path, change)| {
            text + &format!("{} {}\n", sign(change), path.display())
        })
    }

    /// Those that are not at the given paths; see [`Tree::assert_only`].
    #[must_use]
    pub fn except(mut self, allowed: &[&str]) -> Self {
        let is_allowed = |path: &Path| {
            allowed
                .iter()
                .any(|allowed| match allowed.strip_suffix("/**") {
                    Some(directory) => path.starts_with(directory),
                    None => path == Path::new(allowed),
                })
        };
        self.0.retain(|path, _| !is_allowed(path));
        self
    }
}

impl fmt::Display for Changes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (path, change) in &self.0 {
            let path = path.display();
            match change {
                Change::Added(after) => writeln!(formatter, "+ {path} ({after})")?,
                Change::Removed(before) => writeln!(formatter, "- {path} ({before})")?,
                Change::Edited(before, after) => {
                    writeln!(formatter, "~ {path} ({before}; now {after})")?;
                    write_lines(formatter, &before.kind, &after.kind)?;
                }
            }
        }
        Ok(())
    }
}

/// The lines that differ: what two texts have in common at their beginning and end is left out.
fn write_lines(formatter: &mut fmt::Formatter<'_>, before: &Kind, after: &Kind) -> fmt::Result {
    let (Kind::File(before), Kind::File(after)) = (before, after) else {
        return Ok(());
    };
    let (Ok(before), Ok(after)) = (std::str::from_utf8(before), std::str::from_utf8(after)) else {
        return Ok(());
    };
    let before: Vec<&str> = before.split_inclusive('\n').collect();
    let after: Vec<&str> = after.split_inclusive('\n').collect();
    let head = before
        .iter()
        .zip(&after)
        .take_while(|(a, b)| a == b)
        .count();
    let rest = before.len().min(after.len()) - head;
    let tail = before.iter().rev().zip(after.iter().rev()).take(rest);
    let tail = tail.take_while(|(a, b)| a == b).count();
    for line in &before[head..before.len() - tail] {
        writeln!(formatter, "    - {}", line.escape_debug())?;
    }
    for line in &after[head..after.len() - tail] {
        writeln!(formatter, "    + {}", line.escape_debug())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Home;

    #[test]
    fn changes_name_every_kind_of_difference() {
        let home = Home::new();
        home.write("edited", "one\ntwo\nthree\n")
            .write("removed", "x")
            .write("same", "y");
        let before = Tree::of(home.path());
        fs::remove_file(home.join("removed")).unwrap();
        home.write("edited", "one\nthree\n").directory("added");
        let changes = before.changes(&Tree::of(home.path()));
        assert_eq!(changes.summary(), "+ added\n~ edited\n- removed\n");
        assert!(changes.to_string().contains("    - two\\n\n"), "{changes}");
    }

    #[test]
    #[cfg(unix)]
    fn a_mode_or_a_link_that_changes_is_a_change() {
        let home = Home::new();
        home.write("file", "x").link("link", "a");
        let before = Tree::of(home.path());
        home.write_with_mode("file", "x", 0o644);
        fs::remove_file(home.join("link")).unwrap();
        home.link("link", "b");
        let changes = before.changes(&Tree::of(home.path()));
        assert_eq!(changes.summary(), "~ file\n~ link\n");
    }

    #[test]
    fn allowed_paths_may_change_and_others_may_not() {
        let home = Home::new();
        let before = Tree::of(home.path());
        home.write("state/adieu/audit.jsonl", "{}")
            .write("stranger", "x");
        let changes = before.changes(&Tree::of(home.path())).except(&["state/**"]);
        assert_eq!(changes.summary(), "+ stranger\n");
    }

    #[test]
    #[should_panic(expected = "+ stranger")]
    fn assert_same_fails_with_the_difference() {
        let home = Home::new();
        let before = Tree::of(home.path());
        home.write("stranger", "x");
        before.assert_same(&Tree::of(home.path()));
    }

    #[test]
    fn files_with_a_text_are_found() {
        let home = Home::new();
        home.write("a", "token FAKE-1").write("b", "nothing");
        assert_eq!(Tree::of(home.path()).files_with("FAKE-1"), [Path::new("a")]);
    }
}
