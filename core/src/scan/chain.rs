//! What files come to together: which assignment is exported, which is taken back, and which file
//! reads which.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::finding::{Finding, Form, State, Syntax};
use super::parse::{
    ANY, Assignment, CONFIGURATION, Event, Follow, HERE, HOME, How, Standing, ZDOTDIR, parse,
};
use super::places;
use super::reader::{Read, Reader, normal};
use super::remedy::Remedy;
use super::text::Lines;
use crate::inventory::Problem;
use crate::world::World;

/// Files that are read through more than this many others are not read.
const DEPTH: usize = 8;

/// The most files that one pattern stands for.
const MATCHES: usize = 256;

/// What is gathered over all files.
pub(super) struct Scanner<'a> {
    pub(super) reader: Reader<'a>,
    pub(super) findings: Vec<Finding>,
    pub(super) problems: Vec<Problem>,
    pub(super) files_read: usize,
    /// Where files that were read really are.
    visited: HashSet<PathBuf>,
    /// Files that are read by themselves: nobody else's chain leads to them.
    pub(super) entries: HashSet<PathBuf>,
}

/// What one chain of files has done so far.
#[derive(Default)]
struct Chain {
    assigned: HashMap<String, Vec<Assigned>>,
    exported: HashSet<String>,
    exports_all: bool,
}

/// An assignment that can still be exported or taken back.
struct Assigned {
    finding: usize,
    conditional: bool,
}

/// How a file is read.
#[derive(Clone, Copy)]
struct Manner {
    /// The language that reads it.
    syntax: Syntax,
    /// What it is called.
    label: Syntax,
    form: Option<Form>,
    /// Whether it is only read under a condition.
    conditional: bool,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(reader: Reader<'a>) -> Self {
        Self {
            reader,
            findings: Vec::new(),
            problems: Vec::new(),
            files_read: 0,
            visited: HashSet::new(),
            entries: HashSet::new(),
        }
    }

    /// Reads a file and what it leads to. Without a syntax its first line decides. Whether the
    /// file is there.
    pub(super) fn root(&mut self, path: &Path, syntax: Option<Syntax>) -> bool {
        let (text, real) = match self.reader.read(path) {
            Read::Text { text, path } => (text, path),
            Read::Absent | Read::Directory => return false,
            Read::Unread(problem) => {
                self.problems.push(problem);
                return true;
            }
        };
        if !self.visited.insert(real) {
            return true;
        }
        let syntax = syntax
            .or_else(|| places::of_first_line(text.bytes()))
            .unwrap_or(Syntax::Sh);
        let manner = Manner {
            syntax,
            label: syntax,
            form: None,
            conditional: false,
        };
        self.text(path, text.bytes(), manner, &[], &mut Chain::default());
        true
    }

    fn text(
        &mut self,
        path: &Path,
        text: &[u8],
        manner: Manner,
        via: &[PathBuf],
        chain: &mut Chain,
    ) {
        self.files_read += 1;
        let events = parse(text, manner.syntax, manner.form);
        // Most files have nothing to tell; their lines need not be counted.
        let lines = if events.is_empty() {
            return;
        } else {
            Lines::of(text)
        };
        for event in events {
            match event {
                Event::Assign(assignment) => {
                    self.assign(path, &lines, assignment, manner, via, chain);
                }
                Event::Export { name } => self.export(name, chain),
                Event::Unset { name } => self.unset(&name, chain),
                Event::ExportAll(on) => chain.exports_all = on,
                Event::Follow(follow) => self.follow(path, &lines, &follow, manner, via, chain),
                Event::Opaque { tool, at } => {
                    let place = self.place(path, lines.number(at));
                    let what = if tool.is_empty() {
                        "the output of a command".to_owned()
                    } else {
                        format!("the output of {tool}")
                    };
                    self.note(place, format!("runs {what}, which is not looked at"));
                }
            }
        }
    }

    fn place(&self, path: &Path, line: usize) -> String {
        format!("{}:{line}", self.reader.world.shorten(path))
    }

    fn note(&mut self, location: String, message: String) {
        self.problems.push(Problem {
            location,
            message,
            hint: None,
            hides: false,
        });
    }

    fn assign(
        &mut self,
        path: &Path,
        lines: &Lines,
        found: Assignment,
        manner: Manner,
        via: &[PathBuf],
        chain: &mut Chain,
    ) {
        let mut form = found.form;
        let (state, conditional) = match found.standing {
            Standing::Fixed(state) => (state, None),
            Standing::Exported { conditional } => {
                let conditional = conditional || manner.conditional;
                (effective(conditional), Some(conditional))
            }
            Standing::Assigned { conditional } => {
                let conditional = conditional || manner.conditional;
                let is_exported = found
                    .name
                    .as_ref()
                    .is_some_and(|name| chain.exported.contains(name));
                if form == Form::Assign && chain.exports_all {
                    form = Form::Allexport;
                } else if form == Form::Assign && is_exported {
                    form = Form::AssignThenExport;
                }
                let state = if is_exported || chain.exports_all {
                    effective(conditional)
                } else {
                    State::ShellOnly
                };
                (state, Some(conditional))
            }
        };
        if let (Some(conditional), Some(name)) = (conditional, &found.name) {
            if matches!(found.standing, Standing::Exported { .. }) {
                chain.exported.insert(name.clone());
            }
            chain
                .assigned
                .entry(name.clone())
                .or_default()
                .push(Assigned {
                    finding: self.findings.len(),
                    conditional,
                });
        }
        let (line, count) = lines.range(&found.shown);
        self.findings.push(Finding {
            file: Some(path.to_owned()),
            line,
            lines: count,
            name: found.name,
            known: found.known,
            shell: manner.label,
            form,
            state,
            value: found.value.kind,
            via: via.to_vec(),
            remedy: Remedy::default(),
            span: found.span,
        });
    }

    fn export(&mut self, name: String, chain: &mut Chain) {
        let last = chain.assigned.get(&name).and_then(|all| all.last());
        if let Some(last) = last {
            let finding = &mut self.findings[last.finding];
            if finding.state == State::ShellOnly {
                finding.state = effective(last.conditional);
                if finding.form == Form::Assign {
                    finding.form = Form::AssignThenExport;
                }
            }
        }
        chain.exported.insert(name);
    }

    fn unset(&mut self, name: &str, chain: &mut Chain) {
        chain.exported.remove(name);
        for assigned in chain.assigned.remove(name).unwrap_or_default() {
            let finding = &mut self.findings[assigned.finding];
            if matches!(finding.state, State::Active | State::ShellOnly) {
                finding.state = State::Cancelled;
            }
        }
    }

    fn follow(
        &mut self,
        path: &Path,
        lines: &Lines,
        follow: &Follow,
        manner: Manner,
        via: &[PathBuf],
        chain: &mut Chain,
    ) {
        let place = self.place(path, lines.number(follow.at));
        let Some(target) = &follow.target else {
            let what = "reads a file whose name is not known before it runs";
            self.note(place, what.to_owned());
            return;
        };
        if via.len() >= DEPTH {
            let message = format!("reads files through more than {DEPTH} others; not followed");
            self.note(place, message);
            return;
        }
        let Some(targets) = self.targets(path, target, follow.how, manner.syntax) else {
            let what = "reads a file whose name this system does not have";
            self.note(place, what.to_owned());
            return;
        };
        let mut is_there = false;
        for target in targets {
            is_there |= self.follow_one(path, &target, follow, manner, via, chain);
            if is_there && !target_has_pattern(follow) {
                break;
            }
        }
        if !is_there && !follow.optional && !target_has_pattern(follow) {
            self.note(place, "reads a file that is not there".to_owned());
        }
    }

    /// Reads one target; whether it is there.
    fn follow_one(
        &mut self,
        path: &Path,
        target: &Path,
        follow: &Follow,
        manner: Manner,
        via: &[PathBuf],
        chain: &mut Chain,
    ) -> bool {
        if self.entries.contains(target) {
            return true;
        }
        let mut target = target.to_owned();
        let mut read = self.reader.read(&target);
        if matches!(read, Read::Directory) && manner.syntax == Syntax::Direnv {
            target.push(".envrc");
            read = self.reader.read(&target);
        }
        let (text, resolved) = match read {
            Read::Text { text, path } => (text, path),
            Read::Absent | Read::Directory => return false,
            Read::Unread(problem) => {
                self.problems.push(problem);
                return true;
            }
        };
        if self.entries.contains(&resolved) || !self.visited.insert(resolved) {
            return true;
        }
        let via: Vec<PathBuf> = via.iter().cloned().chain([path.to_owned()]).collect();
        let inner = Manner {
            conditional: manner.conditional || follow.conditional,
            ..match follow.how {
                How::Source => Manner {
                    label: places::label(&target, manner.label),
                    ..manner
                },
                How::Dotenv => Manner {
                    syntax: Syntax::Dotenv,
                    label: Syntax::Dotenv,
                    form: Some(Form::Dotenv),
                    conditional: false,
                },
                How::EnvironmentFile => Manner {
                    syntax: Syntax::Dotenv,
                    label: Syntax::Dotenv,
                    form: Some(Form::SystemdEnvironmentFile),
                    conditional: false,
                },
            }
        };
        self.text(&target, text.bytes(), inner, &via, chain);
        true
    }

    /// The paths that a target may stand for; `None` if nothing can be called so.
    fn targets(
        &mut self,
        path: &Path,
        target: &[u8],
        how: How,
        syntax: Syntax,
    ) -> Option<Vec<PathBuf>> {
        let world = self.reader.world;
        let here = path.parent().unwrap_or(path).to_owned();
        let directory = |marker: u8| match marker {
            HOME => Some(world.home.clone()),
            ZDOTDIR => Some(configured(world, "ZDOTDIR", "")),
            CONFIGURATION => Some(configured(world, "XDG_CONFIG_HOME", ".config")),
            HERE => Some(here.clone()),
            _ => None,
        };
        let (base, rest) = match target.split_first() {
            Some((marker, rest)) => match directory(*marker) {
                Some(base) => (Some(base), rest),
                None => (None, target),
            },
            None => return None,
        };
        if rest.iter().any(|byte| *byte < 32 && *byte != ANY) {
            return None;
        }
        let bases = match base {
            Some(base) => vec![base],
            None if rest.starts_with(b"/") => vec![PathBuf::from("/")],
            // A profile is read by a shell that starts in the home directory; a file of a
            // directory, in that directory.
            None if how == How::Source && syntax != Syntax::Direnv => {
                vec![world.home.clone(), here]
            }
            None => vec![here],
        };
        let has_pattern = rest.contains(&ANY);
        let blanks = rest.iter().take_while(|byte| **byte == b'/').count();
        let rest = named(&rest[blanks..])?;
        let joined = bases.iter().map(|base| normal(&base.join(&rest)));
        if has_pattern {
            let patterns: Vec<PathBuf> = joined.collect();
            let found = patterns.iter().flat_map(|pattern| self.matching(pattern));
            return Some(found.collect());
        }
        Some(joined.collect())
    }

    /// The files that a pattern in the last part of a path stands for.
    fn matching(&mut self, pattern: &Path) -> Vec<PathBuf> {
        let (Some(directory), Some(name)) = (pattern.parent(), pattern.file_name()) else {
            return Vec::new();
        };
        let has_pattern = |text: &str| text.bytes().any(|byte| byte == ANY);
        let (Some(name), false) = (name.to_str(), directory.to_str().is_none_or(has_pattern))
        else {
            return Vec::new();
        };
        let Ok(Some((entries, _))) = self.reader.list(directory) else {
            return Vec::new();
        };
        let (unnamed, found): (Vec<_>, Vec<_>) = entries
            .iter()
            .filter(|entry| matches(&entry.name, name))
            .take(MATCHES)
            .map(|entry| (entry.is_lossy, directory.join(&entry.name)))
            .partition(|(is_lossy, _)| *is_lossy);
        for (_, path) in unnamed {
            self.unnamed(&path);
        }
        found.into_iter().map(|(_, path)| path).collect()
    }

    /// Notes a file or directory whose name is not UTF-8: it is not looked at.
    pub(super) fn unnamed(&mut self, path: &Path) {
        self.problems.push(Problem {
            location: self.reader.world.shorten(path),
            message: "not looked at: the name is not UTF-8".to_owned(),
            hint: Some("name it as an argument, or rename it".to_owned()),
            hides: true,
        });
    }

    /// The findings in the order of their places, each with what to do.
    pub(super) fn finish(mut self) -> (Vec<Finding>, Vec<Problem>, usize) {
        for finding in &mut self.findings {
            finding.remedy = Remedy::new(
                finding.name.as_deref(),
                finding.known,
                finding.shell,
                finding.form,
                finding.state,
                finding.value,
            );
        }
        self.findings
            .sort_by(|one, other| (&one.file, one.line).cmp(&(&other.file, other.line)));
        (self.findings, self.problems, self.files_read)
    }
}

/// A path of bytes, as far as the system has such names.
#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "other systems have names of text")]
fn named(bytes: &[u8]) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStrExt as _;
    Some(PathBuf::from(std::ffi::OsStr::from_bytes(bytes)))
}

#[cfg(not(unix))]
fn named(bytes: &[u8]) -> Option<PathBuf> {
    std::str::from_utf8(bytes).ok().map(PathBuf::from)
}

/// The directory that a variable names, or another one in the home.
fn configured(world: &World, variable: &str, fallback: &str) -> PathBuf {
    world
        .environment
        .get(variable)
        .map(PathBuf::from)
        .filter(|path| path.is_absolute())
        .unwrap_or_else(|| world.home.join(fallback))
}

const fn effective(conditional: bool) -> State {
    if conditional {
        State::Conditional
    } else {
        State::Active
    }
}

fn target_has_pattern(follow: &Follow) -> bool {
    follow
        .target
        .as_ref()
        .is_some_and(|target| target.contains(&ANY))
}

/// Whether a name is what a pattern with one or more `*` stands for; hidden files are not, unless
/// the pattern begins with a dot.
fn matches(name: &str, pattern: &str) -> bool {
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
