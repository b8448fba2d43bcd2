//! Reads files together with what they import.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use crate::world::World;

use super::budget::NodeBudget;
use super::diagnostic::{Diagnostic, Problems};
use super::node::{Location, Node, merge_nodes};
use super::pattern::Budget;
use super::read::ReadError;
use super::trust::Trust;
use super::{Gap, LeftOut, Source, parse, pattern, read, schema};

/// The deepest nesting of imports.
const NESTING_LIMIT: usize = 10;
/// The most gaps that are noted; one is enough for doubt.
const GAP_LIMIT: usize = 16;
/// The most files that are read for one configuration.
const FILE_LIMIT: usize = 2000;
/// The most bytes that are read for one configuration.
pub(super) const TEXT_LIMIT: u64 = 16 * 1024 * 1024;

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

/// The way in which a file came to be read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Found {
    /// It was looked for at a place that everybody knows.
    Searched,
    /// Another file names it.
    Imported,
}

/// Reads files and remembers them for snippets.
pub(super) struct Reader<'a> {
    world: &'a World,
    /// Judges whose files they are.
    pub(super) trust: Rc<Trust>,
    /// Files that are not used because of whose they are.
    pub(super) left_out: Vec<LeftOut>,
    /// The directory whose files may be shown: that of the file that all others are imported by.
    project: PathBuf,
    pub(super) sources: Vec<Source>,
    pub(super) problems: Problems,
    /// The places that were not read.
    pub(super) gaps: Vec<Gap>,
    /// The amount that searches may still look at.
    pub(super) budget: Budget,
    /// The number of values that may still be kept.
    nodes: NodeBudget,
    /// The number of bytes that may still be read.
    bytes_left: u64,
    is_full: bool,
}

/// One item of `import`.
struct Item<'a> {
    /// The path that is meant; a variable may have given it.
    text: &'a str,
    /// The part of it that may be shown.
    shown: &'a str,
    location: Location,
}

/// The file whose imports are being read.
#[derive(Default)]
struct Imports {
    /// The files that import each other right now.
    active: Vec<PathBuf>,
    /// The files that were imported already: twice gives nothing new, and could take forever.
    seen: HashSet<PathBuf>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(world: &'a World) -> Self {
        let trust = Rc::new(Trust::new(world));
        Self {
            world,
            left_out: Vec::new(),
            project: PathBuf::new(),
            nodes: NodeBudget::new(),
            bytes_left: TEXT_LIMIT,
            sources: Vec::new(),
            problems: Problems::default(),
            gaps: Vec::new(),
            budget: Budget::new(Rc::clone(&trust)),
            trust,
            is_full: false,
        }
    }

    /// The file itself over what it imports.
    pub(super) fn main(&mut self, path: &Path, imports: bool) -> Option<Node> {
        self.set_project(path.parent());
        if imports {
            self.with_imports(path, Found::Searched, &mut Imports::default())
        } else {
            self.one(path, Found::Searched)
        }
    }

    fn set_project(&mut self, directory: Option<&Path>) {
        self.project = directory.map(identity_of).unwrap_or_default();
    }

    /// Whether a file that was searched for may be used; if not, that is noted.
    pub(super) fn is_trusted(&mut self, path: &Path) -> bool {
        match self.trust.check(path) {
            Ok(()) => true,
            Err(refusal) => {
                self.leave_out(path, &refusal.to_string(), Found::Searched);
                false
            }
        }
    }

    /// Notes a file that is somebody else's, or may be changed by others.
    fn leave_out(&mut self, path: &Path, why: &str, found: Found) {
        if self.left_out.iter().any(|left| left.path == path) {
            return;
        }
        let remedy = match found {
            Found::Searched => format!("if you trust it, name it: --config {}", path.display()),
            Found::Imported => {
                "if you trust it, make it yours: change its owner, and let nobody else write \
                 there (chmod go-w)"
                    .to_owned()
            }
        };
        let message = format!("{} is left out: {why}", path.display());
        let problem = Diagnostic::warning("untrusted", message);
        self.problems.push(problem.hint(remedy.clone()));
        if self.left_out.len() < GAP_LIMIT {
            self.left_out.push(LeftOut {
                path: path.to_path_buf(),
                why: why.to_owned(),
                remedy,
            });
        }
        // What lies above the working directory says nothing of the rest of the machine.
        let is_here = found == Found::Imported
            || path.parent() == Some(self.world.working_directory.as_path());
        let why = "it is left out, because it may be somebody else's";
        self.gap(&path.display().to_string(), why, is_here);
    }

    /// The fragments beside a configuration: every YAML file below `atmos.d` and `.atmos.d`.
    pub(super) fn fragments(&mut self, directory: &Path) -> Node {
        let mut root = Node::null(Location::default());
        self.set_project(Some(directory));
        for name in ["atmos.d", ".atmos.d"] {
            let place = directory.join(name);
            if !self.trust.is_directory(&place) {
                continue;
            }
            for file in pattern::find_files(&place, "**/*", &mut self.budget) {
                if let Some(node) =
                    self.with_imports(&file, Found::Searched, &mut Imports::default())
                {
                    merge_nodes(&mut root, node);
                }
            }
        }
        root
    }

    fn with_imports(&mut self, path: &Path, found: Found, imports: &mut Imports) -> Option<Node> {
        let mut node = self.one(path, found)?;
        let list = node.take("import").filter(Node::is_set);
        let Some(list) = list else { return Some(node) };
        let base = node
            .expose_at(&["base_path"])
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
            let text = item.expose().map(str::trim).filter(|text| !text.is_empty());
            let Some((text, shown)) = text.zip(item.text()) else {
                continue;
            };
            let item = Item {
                text,
                shown,
                location: item.location,
            };
            for file in self.imported(path, base.as_deref(), &item) {
                if let Some(imported) = self.import(&file, item.location, imports) {
                    merge_nodes(&mut below, imported);
                }
            }
        }
        imports.active.pop();
        merge_nodes(&mut below, node);
        Some(below)
    }

    /// The files that one item of `import` means: seen from the importing file, else from the base
    /// path.
    fn imported(&mut self, from: &Path, base: Option<&Path>, item: &Item<'_>) -> Vec<PathBuf> {
        let Item {
            text,
            shown,
            location,
        } = *item;
        if text.contains("://") || REMOTE.iter().any(|start| text.starts_with(start)) {
            let why = format!("`{}` is not fetched", redact_source(shown));
            self.not_imported(from, why, location, false);
            return Vec::new();
        }
        let directory = from.parent().unwrap_or(from);
        let expanded = self.world.expand_tilde(text);
        let Some(pattern) = expanded.to_str() else {
            return Vec::new();
        };
        let mut files = pattern::find_files(directory, pattern, &mut self.budget);
        if files.is_empty()
            && let Some(base) = base
        {
            files = pattern::find_files(&directory.join(base), pattern, &mut self.budget);
        }
        if files.is_empty() {
            let why = format!("`{shown}` matches no file");
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
        self.with_imports(file, Found::Imported, imports)
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

    /// Reports what searches for files could not look into.
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
    fn one(&mut self, path: &Path, found: Found) -> Option<Node> {
        if self.sources.len() >= FILE_LIMIT {
            let why = "the configuration has too many files; the rest is not read";
            self.full(why, path);
            return None;
        }
        let trust = Rc::clone(&self.trust);
        let judge = |opened: &_| trust.judge(path, opened, found == Found::Searched);
        let bytes = match read::read_file(path, self.bytes_left, judge) {
            Ok(bytes) => bytes,
            Err(ReadError::Untrusted(refusal)) => {
                self.leave_out(path, &refusal.to_string(), found);
                return None;
            }
            Err(error) => {
                self.problems.push(Diagnostic::error(
                    "file",
                    format!("could not read {}: {error}", path.display()),
                ));
                self.breaks_off(path);
                return None;
            }
        };
        self.bytes_left = self.bytes_left.saturating_sub(bytes.len() as u64);
        let is_shown = self.may_be_shown(path);
        let known = self.problems.len();
        let text = self.decoded(bytes);
        let number = u32::try_from(self.sources.len()).unwrap_or(u32::MAX);
        let environment = &self.world.environment;
        let parsed = parse::parse_document(
            number,
            &text,
            environment,
            &mut self.nodes,
            &mut self.problems,
        );
        if parsed.is_broken {
            self.breaks_off(path);
        }
        if !is_shown && self.problems.len() > known {
            // What is wrong may quote what it holds, and that may be anybody's token.
            self.problems.truncate(known);
            let message = format!("{} is no configuration as Atmos writes it", path.display());
            self.problems.push(
                Diagnostic::error("foreign-file", message)
                    .hint("it lies outside of the project, so nothing of it is shown"),
            );
        }
        self.sources.push(Source {
            path: path.to_path_buf(),
            text: text.into(),
            hidden: parsed.hidden,
            is_shown,
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
        if !schema::settle_names(&mut root, &mut self.problems) {
            self.breaks_off(path);
        }
        Some(root)
    }

    /// Whether a file's text may be quoted: it is YAML by its name and lies where the configuration
    /// does, whatever link or import leads to it. A repository can name any file of the person's.
    fn may_be_shown(&self, path: &Path) -> bool {
        let real = identity_of(path);
        pattern::is_yaml(&real) && real.starts_with(&self.project)
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

/// Returns what tells files apart for cycles: the real path where it can be had.
fn identity_of(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_path_buf())
}

/// A remote source without a password or query that may be in it.
fn redact_source(source: &str) -> String {
    let source = source.split('?').next().unwrap_or_default();
    match (source.find("://"), source.rfind('@')) {
        (Some(scheme), Some(at)) if at > scheme => {
            format!("{}://…@{}", &source[..scheme], &source[at + 1..])
        }
        _ => source.to_owned(),
    }
}
