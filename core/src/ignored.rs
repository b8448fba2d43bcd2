//! Possible sign-ins that a person has said are none, once.
//!
//! `$XDG_CONFIG_HOME/adieu/ignored.toml` (mode 0600) has their paths, and the kinds of members that made
//! each look like a sign-in: with a new kind in it, a file is shown again. An entry of the operating
//! system's key store stands there as [`name_entry`] calls it. Edits keep every other byte.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::catalogue::own::refusal;
use crate::formats::{Edited, Format, MemberPath, MemberRemoval};
use crate::inventory::{Location, Problem};
use crate::io::files::{Change, ConfinedPath, EditError, FileError, Files, LockRule};
use crate::world::World;

/// How the name of an entry of the key store begins; no absolute path does.
const ENTRY: &str = "keyring:";

/// The largest file that is read, in bytes.
const LIMIT: u64 = 256 << 10;

/// What is ignored.
#[derive(Debug, Default)]
pub struct Ignored {
    /// The files, in the order in which they were named.
    pub files: Vec<IgnoredFile>,
    /// Why nothing is ignored, if the list cannot be used.
    pub problem: Option<Problem>,
}

/// A file, or an entry of the key store, that is no sign-in, whatever it looks like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IgnoredFile {
    /// Its path, absolute, or what [`name_entry`] calls it.
    pub path: PathBuf,
    /// The kinds of members that made it look like one.
    pub members: BTreeSet<String>,
}

#[derive(Deserialize)]
struct Stored {
    #[serde(default)]
    ignored: Vec<StoredFile>,
}

#[derive(Deserialize)]
struct StoredFile {
    path: String,
    #[serde(default)]
    members: BTreeSet<String>,
}

impl Ignored {
    /// Reads the list, if there is one that only the person can write to.
    pub fn load(world: &World, files: &Files) -> Self {
        let place = file(world);
        let unusable = |why: String| Self {
            files: Vec::new(),
            problem: Some(Problem {
                location: Location::of(&place),
                message: format!("{why}; so nothing is ignored"),
                hint: Some("look at it, and remove it if nothing in it is needed".to_owned()),
                hides: false,
            }),
        };
        match files.probe(&place) {
            Ok(None) => return Self::default(),
            Ok(Some(_)) => {}
            Err(error) => return unusable(error.to_string()),
        }
        for place in [&world.configuration_directory(), &place] {
            if let Some(why) = refusal(world, files, place) {
                return unusable(why);
            }
        }
        let bytes = match files.read_shared(&place, LIMIT) {
            Ok(bytes) => bytes.unwrap_or_default(),
            Err(error) => return unusable(error.to_string()),
        };
        let stored = String::from_utf8(bytes).ok();
        let stored = stored.and_then(|text| toml_edit::de::from_str::<Stored>(&text).ok());
        let Some(stored) = stored else {
            return unusable("it is not in the form that adieu writes".to_owned());
        };
        let found = stored.ignored.into_iter().map(|stored| IgnoredFile {
            path: absolute(world, &stored.path),
            members: stored.members,
        });
        Self {
            files: found.collect(),
            problem: None,
        }
    }

    /// Whether a file is ignored that now has these kinds of members.
    pub fn covers(&self, path: &Path, members: impl FnOnce() -> BTreeSet<String>) -> bool {
        let mut files = self.files.iter();
        let found = files.find(|ignored| ignored.path == path);
        found.is_some_and(|ignored| members().is_subset(&ignored.members))
    }
}

/// What an entry of the operating system's key store is called beside the paths of files:
/// `keyring:SERVICE/ACCOUNT`, and without the last part where there is no account.
pub fn name_entry(service: &str, account: &str) -> PathBuf {
    let account = match account {
        "" => String::new(),
        account => format!("/{account}"),
    };
    PathBuf::from(format!("{ENTRY}{service}{account}"))
}

/// Whether a text names an entry of the key store.
pub fn is_entry(text: &Path) -> bool {
    let text = text.to_str();
    text.is_some_and(|text| text.starts_with(ENTRY))
}

/// Where the list is.
pub fn file(world: &World) -> ConfinedPath {
    let directory = world.configuration_directory();
    directory.join("ignored.toml").unwrap_or(directory)
}

/// The path as it is written in the list: from the home, where it lies in there.
fn written(world: &World, path: &Path) -> String {
    match path.strip_prefix(&world.home) {
        Ok(relative) => format!("~/{}", relative.display()),
        Err(_) => path.display().to_string(),
    }
}

fn absolute(world: &World, written: &str) -> PathBuf {
    match written.strip_prefix("~/") {
        Some(relative) => world.home.join(relative),
        None => PathBuf::from(written),
    }
}

/// Ignores a file as long as it has no other kinds of members than these.
///
/// # Errors
///
/// If the list cannot be written, or is not in the form that adieu writes.
pub fn add(
    world: &World,
    files: &Files,
    path: &Path,
    members: &BTreeSet<String>,
) -> Result<(), FileError> {
    let path = written(world, path);
    let entry = entry(&path, members);
    files.edit_or_create(&file(world), LockRule::None, LIMIT, &mut |bytes| {
        let mut bytes = without(bytes.unwrap_or_default(), &path)?.bytes;
        if !bytes.is_empty() {
            let is_line = bytes.ends_with(b"\n");
            bytes.extend_from_slice(if is_line { b"\n" } else { b"\n\n" });
        }
        bytes.extend_from_slice(entry.as_bytes());
        Ok(Change::Replace(bytes))
    })?;
    Ok(())
}

/// Shows a file again; whether it was ignored.
///
/// # Errors
///
/// As of [`add`].
pub fn remove(world: &World, files: &Files, path: &Path) -> Result<bool, FileError> {
    if files.probe(&file(world))?.is_none() {
        return Ok(false);
    }
    let path = written(world, path);
    let mut was_there = false;
    files.edit_or_create(&file(world), LockRule::None, LIMIT, &mut |bytes| {
        let bytes = bytes.unwrap_or_default();
        let mut edited = without(bytes, &path)?;
        was_there = edited.outcomes.first() == Some(&MemberRemoval::Removed);
        if !was_there {
            return Ok(Change::Keep);
        }
        // The blank line that came before it is its own.
        if edited.bytes.ends_with(b"\n\n") && !bytes.ends_with(b"\n\n") {
            edited.bytes.pop();
        }
        Ok(Change::Replace(edited.bytes))
    })?;
    Ok(was_there)
}

/// An entry of the list. A text in JSON is one in TOML.
fn entry(path: &str, members: &BTreeSet<String>) -> String {
    let text = |text: &str| serde_json::Value::from(text).to_string();
    let members: Vec<String> = members.iter().map(|member| text(member)).collect();
    format!(
        "[[ignored]]\npath = {}\nmembers = [{}]\n",
        text(path),
        members.join(", ")
    )
}

/// The list without a path.
fn without(bytes: &[u8], path: &str) -> Result<Edited, EditError> {
    let list = MemberPath::of_keys(["ignored"]);
    Format::Toml.remove(bytes, &[list.element([("path", path)])])
}
