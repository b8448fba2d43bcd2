//! Finds files by patterns: `*`, `?`, `[a-z]`, `[!a]`, `{a,b}` within one component and `**` for
//! any number of directories. Every walk is bounded and follows no linked directory.

use std::collections::HashSet;
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;

use super::read::ReadError;
use super::trust::Trust;

/// The most directory entries that all searches of one load look at together.
const ENTRY_LIMIT: usize = 50_000;
/// The longest pattern; a longer one matches nothing.
const LENGTH_LIMIT: usize = 4096;
/// The depth to which a search goes below its start.
const DEPTH_LIMIT: usize = 32;
/// The most patterns that braces expand to.
const ALTERNATIVE_LIMIT: usize = 64;

/// The amount that may still be looked at, and what could not be.
#[derive(Debug)]
pub(super) struct Budget {
    /// The judge of what may be looked at.
    trust: Rc<Trust>,
    left: usize,
    /// Directories that could not be looked into, with the reason.
    pub(super) unreadable: Vec<(PathBuf, ReadError)>,
}

impl Budget {
    /// Makes the budget of one load.
    pub(super) const fn new(trust: Rc<Trust>) -> Self {
        Self {
            trust,
            left: ENTRY_LIMIT,
            unreadable: Vec::new(),
        }
    }

    /// Whether searches may have been cut short.
    pub(super) const fn is_used_up(&self) -> bool {
        self.left == 0
    }

    fn spend(&mut self, entries: usize) {
        self.left = self.left.saturating_sub(entries);
    }
}

/// The YAML files that a pattern means, below `base` unless it is absolute.
///
/// As in Atmos: a pattern without `.yaml` or `.yml` stands for both; of `x.yaml` and `x.yml` the
/// former is used; `atmos.yaml` comes first, then sorted by depth, then by name.
pub(super) fn find_files(base: &Path, pattern: &str, budget: &mut Budget) -> Vec<PathBuf> {
    if pattern.len() > LENGTH_LIMIT {
        return Vec::new();
    }
    let patterns: Vec<String> = if is_yaml(pattern) {
        vec![pattern.to_owned()]
    } else {
        vec![format!("{pattern}.yaml"), format!("{pattern}.yml")]
    };
    let mut search = Search {
        budget,
        seen: HashSet::new(),
        found: Vec::new(),
    };
    for pattern in patterns {
        for alternative in expand_braces(&pattern) {
            search.run(base, &alternative);
        }
    }
    sort_files(search.found)
}

pub(super) fn is_yaml(name: impl AsRef<Path>) -> bool {
    let extension = name.as_ref().extension();
    extension.is_some_and(|e| e.eq_ignore_ascii_case("yaml") || e.eq_ignore_ascii_case("yml"))
}

/// Removes what is found twice and every `.yml` beside its `.yaml`, and sorts.
fn sort_files(found: Vec<PathBuf>) -> Vec<PathBuf> {
    let all: HashSet<PathBuf> = found.into_iter().collect();
    let mut kept: Vec<PathBuf> = all
        .iter()
        .filter(|path| {
            path.extension()
                .is_none_or(|e| !e.eq_ignore_ascii_case("yml"))
                || !all.contains(&path.with_extension("yaml"))
        })
        .cloned()
        .collect();
    kept.sort_by_cached_key(|path| {
        let is_main = path.file_stem().is_some_and(|stem| stem == "atmos");
        (!is_main, path.components().count(), path.clone())
    });
    kept
}

struct Search<'a> {
    budget: &'a mut Budget,
    seen: HashSet<(PathBuf, usize)>,
    found: Vec<PathBuf>,
}

impl Search<'_> {
    fn run(&mut self, base: &Path, pattern: &str) {
        self.seen.clear();
        let mut start = base.to_path_buf();
        let mut parts: Vec<&str> = Vec::new();
        for component in Path::new(pattern).components() {
            match component {
                Component::Normal(name) => {
                    let Some(name) = name.to_str() else { return };
                    if parts.is_empty() && !is_pattern(name) {
                        start.push(name);
                    } else if !(name == "**" && parts.last() == Some(&"**")) {
                        parts.push(name);
                    }
                }
                Component::CurDir => {}
                Component::ParentDir if !parts.is_empty() => return,
                other => start.push(other),
            }
        }
        if parts.is_empty() {
            if !self.budget.is_used_up() && self.budget.trust.is_file(&start) {
                self.found.push(start);
            }
            self.budget.spend(1);
            return;
        }
        self.walk(&start, &parts, 0);
    }

    /// Looks in `directory` for the first of `parts`; `depth` bounds the recursion.
    fn walk(&mut self, directory: &Path, parts: &[&str], depth: usize) {
        let Some((part, rest)) = parts.split_first() else {
            return;
        };
        if depth > DEPTH_LIMIT
            || self.budget.is_used_up()
            || !self.seen.insert((directory.to_path_buf(), parts.len()))
        {
            return;
        }
        let crosses = *part == "**";
        if crosses && !rest.is_empty() {
            self.walk(directory, rest, depth + 1);
        }
        let entries = match self.budget.trust.directory(directory, self.budget.left) {
            Ok(entries) => entries,
            Err(error) => {
                let directory = directory.to_path_buf();
                self.budget.unreadable.push((directory, error));
                Vec::new()
            }
        };
        // An empty directory costs a look, too.
        self.budget.spend(entries.len() + 1);
        for entry in entries {
            let Some(name) = entry.name.to_str() else {
                continue;
            };
            let path = directory.join(name);
            if crosses {
                if entry.is_directory {
                    self.walk(&path, parts, depth + 1);
                } else if rest.is_empty() && is_yaml(name) && self.budget.trust.is_file(&path) {
                    self.found.push(path);
                }
            } else if is_pattern_match(part, name) {
                if !rest.is_empty() {
                    if entry.is_directory {
                        self.walk(&path, rest, depth + 1);
                    }
                } else if !entry.is_directory && self.budget.trust.is_file(&path) {
                    self.found.push(path);
                }
            }
        }
    }
}

fn is_pattern(part: &str) -> bool {
    part.contains(['*', '?', '['])
}

/// The patterns that braces stand for, at most [`ALTERNATIVE_LIMIT`]; braces that are not closed
/// stand for themselves.
fn expand_braces(pattern: &str) -> Vec<String> {
    let mut done = Vec::new();
    let mut open = vec![pattern.to_owned()];
    while let Some(pattern) = open.pop() {
        if done.len() + open.len() >= ALTERNATIVE_LIMIT {
            break;
        }
        match expand_first_braces(&pattern) {
            Some(parts) => open.extend(parts.into_iter().rev().take(ALTERNATIVE_LIMIT)),
            None => done.push(pattern),
        }
    }
    done
}

/// The pattern with its first innermost braces replaced by each of their alternatives.
fn expand_first_braces(pattern: &str) -> Option<Vec<String>> {
    let end = pattern.find('}')?;
    let start = pattern[..end].rfind('{')?;
    let (before, after) = (&pattern[..start], &pattern[end + 1..]);
    let parts = pattern[start + 1..end].split(',');
    Some(parts.map(|part| format!("{before}{part}{after}")).collect())
}

/// Whether a name matches one component of a pattern. A star is retried from the next character
/// only, so the time is at most the product of both lengths.
pub(super) fn is_pattern_match(pattern: &str, name: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let name: Vec<char> = name.chars().collect();
    let (mut at, mut read) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while read < name.len() {
        let next = match pattern.get(at) {
            Some('*') => {
                star = Some((at, read));
                at += 1;
                continue;
            }
            Some('?') => Some(at + 1),
            Some('[') => match match_class(&pattern[at..], name[read]) {
                Some((length, is_in)) => is_in.then_some(at + length),
                None => (name[read] == '[').then_some(at + 1),
            },
            Some(&literal) => (literal == name[read]).then_some(at + 1),
            None => None,
        };
        match (next, &mut star) {
            (Some(next), _) => {
                at = next;
                read += 1;
            }
            (None, Some((star_at, star_read))) => {
                *star_read += 1;
                at = *star_at + 1;
                read = *star_read;
            }
            (None, None) => return false,
        }
    }
    pattern[at..].iter().all(|&character| character == '*')
}

/// The length of a class such as `[a-z]` and whether a character is in it; `None` if it is not
/// closed.
fn match_class(pattern: &[char], character: char) -> Option<(usize, bool)> {
    let negated = matches!(pattern.get(1), Some('!' | '^'));
    let first = if negated { 2 } else { 1 };
    // A `]` right at the start is a member.
    let end = (first + 1..pattern.len()).find(|&at| pattern[at] == ']')?;
    let mut members = &pattern[first..end];
    let mut is_in = false;
    while let Some((&low, rest)) = members.split_first() {
        if let ['-', high, after @ ..] = rest {
            is_in |= (low..=*high).contains(&character);
            members = after;
        } else {
            is_in |= low == character;
            members = rest;
        }
    }
    Some((end + 1, is_in != negated))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_knows_stars_questions_and_classes() {
        for (pattern, name) in [
            ("*", "anything"),
            ("*.yaml", "a.yaml"),
            ("a*b*c", "a-b-b-c"),
            ("?.yaml", "ä.yaml"),
            ("[a-c]x", "bx"),
            ("[!a]x", "bx"),
            ("[]]", "]"),
            ("[open", "[open"),
            ("", ""),
        ] {
            assert!(is_pattern_match(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [
            ("*.yaml", "a.yml"),
            ("[a-c]x", "dx"),
            ("[!a]x", "ax"),
            ("?", ""),
            ("a", "ab"),
        ] {
            assert!(!is_pattern_match(pattern, name), "{pattern} {name}");
        }
    }

    #[test]
    fn matches_hostile_pattern_ends_quickly() {
        assert!(!is_pattern_match(
            &format!("{}b", "*a".repeat(100)),
            &"a".repeat(255)
        ));
    }

    #[test]
    fn expand_braces_nested_and_bounded() {
        assert_eq!(expand_braces("a.{yaml,yml}"), ["a.yaml", "a.yml"]);
        assert_eq!(expand_braces("{a,b}{c,d}").len(), 4);
        assert_eq!(expand_braces("{a,{b,c}}").len(), 4);
        assert_eq!(expand_braces("{open"), ["{open"]);
        assert!(expand_braces(&"{a,b}".repeat(40)).len() <= ALTERNATIVE_LIMIT);
    }

    #[test]
    fn find_sorts_by_depth_and_prefers_yaml() {
        let directory = tempfile::tempdir().unwrap();
        for file in [
            "z.yaml",
            "z.yml",
            "b.yml",
            "sub/a.yaml",
            "atmos.yaml",
            "note.txt",
        ] {
            let path = directory.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::File::create(path).unwrap();
        }
        let world = crate::atmos::config::tests::world(directory.path(), directory.path(), &[]);
        let trust = || Rc::new(Trust::new(&world));
        let names = |pattern| -> Vec<String> {
            find_files(directory.path(), pattern, &mut Budget::new(trust()))
                .iter()
                .map(|path| {
                    path.strip_prefix(directory.path())
                        .unwrap()
                        .display()
                        .to_string()
                })
                .collect()
        };
        assert_eq!(
            names("**/*"),
            ["atmos.yaml", "b.yml", "z.yaml", "sub/a.yaml"]
        );
        assert_eq!(names("./z"), ["z.yaml"]);
        assert_eq!(names("*.yml"), ["b.yml", "z.yml"]);
        assert_eq!(names("sub/../../../etc/*"), Vec::<String>::new());
    }
}
