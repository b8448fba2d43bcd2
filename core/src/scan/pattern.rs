//! The files that a pattern stands for.

use std::path::{Component, Path, PathBuf};

use super::chain::Scanner;
use super::parse::ANY;
use crate::inventory::{Location, Problem};

/// The most files or directories that one pattern stands for.
const MATCHES: usize = 256;

impl Scanner<'_> {
    /// The files that a pattern stands for, in the order of their names; what of it could not be
    /// looked at is a problem.
    pub(super) fn matching(&mut self, pattern: &Path) -> Vec<PathBuf> {
        let mut found = vec![PathBuf::new()];
        for component in pattern.components() {
            let name = component.as_os_str();
            let has_pattern = name.as_encoded_bytes().contains(&ANY);
            if !has_pattern || !matches!(component, Component::Normal(_)) {
                for path in &mut found {
                    path.push(name);
                }
                continue;
            }
            let Some(name) = name.to_str() else {
                self.unnamed(&as_written(pattern));
                return Vec::new();
            };
            let directories = std::mem::take(&mut found);
            for directory in directories {
                self.matching_in(&directory, name, &mut found);
            }
            if found.len() > MATCHES {
                found.truncate(MATCHES);
                self.problems.push(Problem {
                    location: Location::shortened(self.reader.world, &as_written(pattern)),
                    message: format!(
                        "the pattern stands for more than {MATCHES} files; the rest was not looked at"
                    ),
                    hint: Some("name the directory as an argument of adieu scan".to_owned()),
                    hides: true,
                });
            }
        }
        found
    }

    /// The entries of a directory that a name with a pattern stands for.
    fn matching_in(&mut self, directory: &Path, name: &str, found: &mut Vec<PathBuf>) {
        let entries = match self.reader.list(directory) {
            Ok(Some((entries, _))) => entries,
            Ok(None) => return,
            Err(problem) => {
                self.problems.push(problem);
                return;
            }
        };
        let mut names = Vec::new();
        for entry in entries {
            if !is_pattern_match(&entry.name, name) {
                continue;
            }
            if entry.is_lossy {
                self.unnamed(&directory.join(&entry.name));
            } else {
                names.push(entry.name);
            }
        }
        // One more than the limit tells that there are more.
        let room = (MATCHES + 1).saturating_sub(found.len());
        let paths = names.iter().map(|name| directory.join(name));
        found.extend(paths.take(room));
    }
}

/// The pattern as somebody would write it.
fn as_written(pattern: &Path) -> PathBuf {
    let text = pattern.to_string_lossy();
    PathBuf::from(text.replace(char::from(ANY), "*"))
}

/// Whether a name is what a pattern with one or more `*` stands for; hidden files are not, unless
/// the pattern begins with a dot.
fn is_pattern_match(name: &str, pattern: &str) -> bool {
    if name.starts_with('.') != pattern.starts_with('.') {
        return false;
    }
    let mut parts = pattern.split(char::from(ANY));
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else {
        return false;
    };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else {
        return rest.is_empty();
    };
    for part in middle {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}
