//! Reads files together with what they import.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use crate::world::World;

use super::diagnostic::{Diagnostic, Problems};
use super::node::{Location, Node, merge};
use super::pattern::Budget;
use super::{Gap, Source, parse, pattern, read, schema};

/// How deep imports may be nested.
const NESTING_LIMIT: usize = 10;
/// The most gaps that are noted; one is enough for doubt.
const GAP_LIMIT: usize = 16;
/// The most files that are read for one configuration.
const FILE_LIMIT: usize = 2000;
/// The most bytes that are read for one configuration.
const TEXT_LIMIT: usize = 64 * 1024 * 1024;

/// Beginnings of sources that would have to be fetched.
const REMOTE: [&str; 10] = [
    "git::",
    "hg::",
    "s3::",
    "gcs::",
    "http::",
    "https::",
    "oci::",
    "git@",
    "github.com/",
    "bitbucket.org/",
];

/// Reads files and remembers them for snippets.
pub(super) struct Reader<'a> {
    world: &'a World,
    pub(super) sources: Vec<Source>,
    pub(super) problems: Problems,
    /// What was not read.
    pub(super) gaps: Vec<Gap>,
    /// How much searches may still look at.
    pub(super) budget: Budget,
    bytes: usize,
    is_full: bool,
}

/// What is being imported.
#[derive(Default)]
struct Imports {
    /// The files that import each other right now.
    active: Vec<PathBuf>,
    /// The files that were imported already: twice gives nothing new, and could take forever.
    seen: HashSet<PathBuf>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(world: &'a World) -> Self {
        Self {
            world,
            sources: Vec::new(),
            problems: Problems::default(),
            gaps: Vec::new(),
            budget: Budget::new(),
            bytes: 0,
            is_full: false,
        }
    }

    /// The file itself over what it imports.
    pub(super) fn main(&mut self, path: &Path, imports: bool) -> Option<Node> {
        if imports {
            self.with_imports(path, &mut Imports::default())
        } else {
            self.one(path)
        }
    }

    /// The fragments beside a configuration: every YAML file below `atmos.d` and `.atmos.d`.
    pub(super) fn fragments(&mut self, directory: &Path) -> Node {
        let mut root = Node::null(Location::default());
        for name in ["atmos.d", ".atmos.d"] {
            let place = directory.join(name);
            if !read::is_directory(&place) {
                continue;
            }
            for file in pattern::find(&place, "**/*", &mut self.budget) {
                if let Some(node) = self.with_imports(&file, &mut Imports::default()) {
                    merge(&mut root, node);
                }
            }
        }
        root
    }

    fn with_imports(&mut self, path: &Path, imports: &mut Imports) -> Option<Node> {
        let mut node = self.one(path)?;
        let list = node.take("import").filter(Node::is_set);
        let Some(list) = list else { return Some(node) };
        let base = node
            .text_at(&["base_path"])
            .map(|base| self.world.expand_tilde(base));
        imports.active.push(identity_of(path));
        let mut below = Node::null(Location::default());
        let single = std::slice::from_ref(&list);
        let items = if list.text().is_some() {
            single
        } else {
            list.items()
        };
        for item in items {
            if self.budget.is_used_up() {
                let why = "the imports and fragments are too many to look at; the rest is not read";
                self.full(why, path);
                break;
            }
            let Some(text) = item.text().map(str::trim).filter(|text| !text.is_empty()) else {
                continue;
            };
            for file in self.imported(path, base.as_deref(), text, item.location) {
                if let Some(imported) = self.import(&file, item.location, imports) {
                    merge(&mut below, imported);
                }
            }
        }
        imports.active.pop();
        merge(&mut below, node);
        Some(below)
    }

    /// The files that one item of `import` means: seen from the importing file, else from the base
    /// path.
    fn imported(
        &mut self,
        from: &Path,
        base: Option<&Path>,
        text: &str,
        location: Location,
    ) -> Vec<PathBuf> {
        if text.contains("://") || REMOTE.iter().any(|start| text.starts_with(start)) {
            let why = format!("`{}` is not fetched", redacted(text));
            self.not_imported(from, why, location, false);
            return Vec::new();
        }
        let directory = from.parent().unwrap_or(from);
        let expanded = self.world.expand_tilde(text);
        let Some(pattern) = expanded.to_str() else {
            return Vec::new();
        };
        let mut files = pattern::find(directory, pattern, &mut self.budget);
        if files.is_empty()
            && let Some(base) = base
        {
            files = pattern::find(&directory.join(base), pattern, &mut self.budget);
        }
        if files.is_empty() {
            let why = format!("`{text}` matches no file");
            if text.contains(['*', '?', '[', '{']) {
                // There may be none on purpose.
                self.warn(why, location);
            } else {
                self.not_imported(from, why, location, true);
            }
        }
        files
    }

    fn import(&mut self, file: &Path, location: Location, imports: &mut Imports) -> Option<Node> {
        let id = identity_of(file);
        if imports.active.contains(&id) {
            self.warn(
                format!("{} imports itself in a circle", file.display()),
                location,
            );
            return None;
        }
        if imports.active.len() > NESTING_LIMIT {
            self.breaks_off(file);
            self.warn(
                format!("imports are nested more than {NESTING_LIMIT} deep"),
                location,
            );
            return None;
        }
        if !imports.seen.insert(id) {
            return None;
        }
        self.with_imports(file, imports)
    }

    fn warn(&mut self, why: String, location: Location) {
        self.problems
            .push(Diagnostic::warning("import", why).at(location));
    }

    /// Says once that a limit was reached.
    fn full(&mut self, why: &str, path: &Path) {
        if !std::mem::replace(&mut self.is_full, true) {
            self.problems.push(Diagnostic::error("limit", why));
            self.breaks_off(path);
        }
    }

    /// What searches for files could not look into.
    pub(super) fn say_unreadable(&mut self) {
        for (directory, error) in std::mem::take(&mut self.budget.unreadable) {
            let why = format!("could not look into {}: {error}", directory.display());
            self.problems.push(Diagnostic::error("file", why));
            self.breaks_off(&directory);
        }
    }

    fn breaks_off(&mut self, path: &Path) {
        let place = path.display().to_string();
        self.gap(&place, "it could not be read to its end", true);
    }

    /// Notes what was not read.
    pub(super) fn gap(&mut self, place: &str, why: &str, is_here: bool) {
        if self.gaps.len() < GAP_LIMIT {
            self.gaps.push(Gap {
                place: place.to_owned(),
                why: why.to_owned(),
                is_here,
            });
        }
    }

    /// An import of which nothing is known.
    fn not_imported(&mut self, from: &Path, why: String, location: Location, is_here: bool) {
        let place = from.display().to_string();
        self.gap(&place, &format!("the import {why}"), is_here);
        self.warn(why, location);
    }

    /// One file alone.
    pub(super) fn one(&mut self, path: &Path) -> Option<Node> {
        if self.sources.len() >= FILE_LIMIT || self.bytes > TEXT_LIMIT {
            let why = "the configuration has too many files; the rest is not read";
            self.full(why, path);
            return None;
        }
        let bytes = match read::file(path) {
            Ok(bytes) => bytes,
            Err(error) => {
                self.problems.push(Diagnostic::error(
                    "file",
                    format!("could not read {}: {error}", path.display()),
                ));
                self.breaks_off(path);
                return None;
            }
        };
        self.bytes += bytes.len();
        let text = self.decoded(bytes);
        let number = u32::try_from(self.sources.len()).unwrap_or(u32::MAX);
        let parsed = parse::parse(number, &text, &self.world.environment, &mut self.problems);
        if parsed.is_broken {
            self.breaks_off(path);
        }
        self.sources.push(Source {
            path: path.to_path_buf(),
            text: text.into(),
            hidden: parsed.hidden,
        });
        let mut root = parsed.root?;
        if root.as_mapping().is_none() {
            if root.is_set() {
                self.breaks_off(path);
                self.problems.push(
                    Diagnostic::error(
                        "mapping",
                        format!("the file must be a mapping, not {}", root.kind()),
                    )
                    .at(root.location),
                );
            }
            return None;
        }
        schema::settle_names(&mut root, &mut self.problems);
        Some(root)
    }

    /// The text, with bytes that are not UTF-8 replaced, and reported.
    fn decoded(&mut self, bytes: Vec<u8>) -> String {
        String::from_utf8(bytes).unwrap_or_else(|error| {
            let valid = error.utf8_error().valid_up_to();
            let bytes = error.into_bytes();
            let before = String::from_utf8_lossy(&bytes[..valid]);
            let line_start = before.rfind('\n').map_or(0, |at| at + 1);
            let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
            let location = Location {
                source: number(self.sources.len()),
                line: number(before.matches('\n').count() + 1),
                column: number(before[line_start..].chars().count() + 1),
                start: number(valid),
                end: number(valid + '\u{fffd}'.len_utf8()),
            };
            self.problems.push(
                Diagnostic::error("encoding", "the file is not UTF-8")
                    .at(location)
                    .hint("Atmos refuses the whole file"),
            );
            String::from_utf8_lossy(&bytes).into_owned()
        })
    }
}

/// What tells files apart for cycles: the real path where it can be had.
fn identity_of(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_path_buf())
}

/// A remote source without a password or query that may be in it.
fn redacted(source: &str) -> String {
    let source = source.split('?').next().unwrap_or_default();
    match (source.find("://"), source.rfind('@')) {
        (Some(scheme), Some(at)) if at > scheme => {
            format!("{}://…@{}", &source[..scheme], &source[at + 1..])
        }
        _ => source.to_owned(),
    }
}
