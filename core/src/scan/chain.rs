//! Files that read other files, and what is met on the way; what that comes to is told by
//! [`super::effect`].

mod targets;

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::effect::{Chain, Deed, Found, Reading, merge_findings};
use super::finding::{Finding, Form, Span, Syntax};
use super::parse::{ANY, Assignment, Event, Follow, How, parse_events};
use super::places;
use super::reader::{Read, Reader};
use super::remedy::Remedy;
use super::text::Lines;
use crate::inventory::Problem;
use crate::inventory::{AssignmentState, Location};
use crate::secret::{Fingerprint, FingerprintKey};
use crate::values::words_of;

/// Files that are read through more than this many others are not read.
const DEPTH: usize = 8;

/// The most that is done again for files that are read by several others.
const REPEATS: usize = 100_000;

/// A file where it really is, and how it is read: the language, and the form that this gives its
/// assignments.
type Key = (PathBuf, Syntax, Option<Form>);

/// The findings and readings of all files so far.
pub(super) struct Scanner<'a> {
    pub(super) reader: Reader<'a>,
    pub(super) problems: Vec<Problem>,
    /// Files that are read by themselves: nobody else's chain leads to them.
    pub(super) entries: HashSet<PathBuf>,
    /// What the secrets in findings are told by; nothing without it.
    pub(super) key: Option<FingerprintKey>,
    found: Vec<Found>,
    readings: Vec<Reading>,
    /// The position among all readings.
    known: HashMap<Key, usize>,
    /// The real paths of files that were read.
    visited: HashSet<PathBuf>,
    /// The amount of work that was done again.
    repeats: usize,
}

/// One reading of a file.
#[derive(Clone, Copy)]
struct Manner {
    /// The language that reads it.
    syntax: Syntax,
    /// The path that it is called by.
    label: Syntax,
    form: Option<Form>,
    /// Whether it is only read under a condition.
    conditional: bool,
}

/// A file that is being read.
#[derive(Clone, Copy)]
struct Here<'a> {
    path: &'a Path,
    text: &'a [u8],
    lines: &'a Lines,
    manner: Manner,
    via: &'a [PathBuf],
    reading: usize,
}

/// A command that reads a file: where it stands.
#[derive(Clone, Copy)]
struct From<'a> {
    path: &'a Path,
    line: usize,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(reader: Reader<'a>) -> Self {
        Self {
            reader,
            problems: Vec::new(),
            entries: HashSet::new(),
            key: None,
            found: Vec::new(),
            readings: Vec::new(),
            known: HashMap::new(),
            visited: HashSet::new(),
            repeats: 0,
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
        // Whoever reads a file by itself does so whatever others do after it.
        let is_entry = || places::find_kind(path).is_some_and(|kind| kind.is_entry);
        if self.visited.contains(&real) && !is_entry() {
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
        let mut chain = Chain::default();
        let from = From { path, line: 0 };
        self.enter(path, real, text.bytes(), manner, &[], from, &mut chain);
        chain.settle(&mut self.found);
        true
    }

    /// Reads a file, or does again what it did when it was read before. Which reading it is; `None`
    /// if too many files lead to it.
    #[expect(
        clippy::too_many_arguments,
        reason = "a file, how it is read, and the way to it: each is used once"
    )]
    fn enter(
        &mut self,
        path: &Path,
        real: PathBuf,
        text: &[u8],
        manner: Manner,
        via: &[PathBuf],
        from: From<'_>,
        chain: &mut Chain,
    ) -> Option<usize> {
        let key = (real, to_dialect(manner.syntax), manner.form);
        if let Some(&reading) = self.known.get(&key) {
            self.repeat(reading, manner.conditional, from, chain);
            return Some(reading);
        }
        if self.is_too_deep(from, chain) {
            return None;
        }
        let reading = self.readings.len();
        self.readings.push(Reading {
            path: path.to_owned(),
            real: key.0.clone(),
            deeds: Vec::new(),
        });
        self.visited.insert(key.0.clone());
        self.known.insert(key, reading);
        chain.open.push(reading);
        self.text(path, text, manner, via, reading, chain);
        chain.open.pop();
        Some(reading)
    }

    /// Does again what a file did when it was read before.
    fn repeat(&mut self, reading: usize, conditional: bool, from: From<'_>, chain: &mut Chain) {
        // A file that reads itself ends nowhere; whoever wrote it has a way out.
        if chain.open.contains(&reading) || self.is_too_deep(from, chain) {
            return;
        }
        chain.open.push(reading);
        // Nothing that is open is repeated, so nobody misses them meanwhile.
        let deeds = std::mem::take(&mut self.readings[reading].deeds);
        let path = self.readings[reading].path.clone();
        for deed in &deeds {
            self.repeats += 1;
            if self.repeats > REPEATS {
                self.problems.push(Problem {
                    location: Location::shortened(self.reader.world, &path),
                    message: "read by too many others; not followed for all of them".to_owned(),
                    hint: None,
                    hides: true,
                });
                break;
            }
            chain.perform(deed, conditional);
            if let Deed::Read {
                reading,
                conditional: inner,
                line,
            } = deed
            {
                let from = From {
                    path: &path,
                    line: *line,
                };
                self.repeat(*reading, conditional || *inner, from, chain);
            }
        }
        self.readings[reading].deeds = deeds;
        chain.open.pop();
    }

    /// Whether too many files lead to the next one; that is said.
    fn is_too_deep(&mut self, from: From<'_>, chain: &Chain) -> bool {
        let is_too_deep = chain.open.len() > DEPTH;
        if is_too_deep {
            self.problems.push(Problem {
                location: self.place(from.path, from.line),
                message: format!("reads files through more than {DEPTH} others; not followed"),
                hint: Some("name the file that it reads as an argument of adieu scan".to_owned()),
                hides: true,
            });
        }
        is_too_deep
    }

    fn text(
        &mut self,
        path: &Path,
        text: &[u8],
        manner: Manner,
        via: &[PathBuf],
        reading: usize,
        chain: &mut Chain,
    ) {
        let events = parse_events(text, manner.syntax, manner.form);
        // Most files have nothing to tell; their lines need not be counted.
        if events.is_empty() {
            return;
        }
        let lines = Lines::of(text);
        let here = Here {
            path,
            text,
            lines: &lines,
            manner,
            via,
            reading,
        };
        for event in events {
            let deed = match event {
                Event::Assign(assignment) => self.assign(here, assignment),
                Event::Export { name } => Deed::Export(name),
                Event::Unset { name } => Deed::Unset(name),
                Event::ExportAll(on) => Deed::ExportAll(on),
                Event::Follow(follow) => {
                    self.follow(here, &follow, chain);
                    continue;
                }
                Event::Opaque { tool, at } => {
                    let place = self.place(path, lines.number(at));
                    let what = if tool.is_empty() {
                        "the output of a command".to_owned()
                    } else {
                        format!("the output of {tool}")
                    };
                    self.note(place, format!("runs {what}, which is not looked at"));
                    continue;
                }
            };
            chain.perform(&deed, manner.conditional);
            self.readings[reading].deeds.push(deed);
        }
    }

    fn place(&self, path: &Path, line: usize) -> Location {
        Location::line(self.reader.world, path, line)
    }

    fn note(&mut self, location: Location, message: String) {
        self.problems.push(Problem {
            location,
            message,
            hint: None,
            hides: false,
        });
    }

    fn assign(&mut self, here: Here<'_>, met: Assignment) -> Deed {
        let (line, count) = here.lines.range(&met.shown);
        let deed = Deed::Assign {
            finding: self.found.len(),
            name: met.name.clone(),
            form: met.form,
            standing: met.standing,
        };
        let finding = Finding {
            file: Some(here.path.to_owned()),
            line,
            lines: count,
            name: met.name,
            known: met.known,
            shell: here.manner.label,
            form: met.form,
            // Until the chain is at its end.
            state: AssignmentState::Inert,
            value: met.value.kind,
            via: here.via.to_vec(),
            remedy: Remedy::default(),
            secrets: self.secrets_in(here.text, &met.span),
            span: met.span,
        };
        self.found.push(Found {
            finding,
            reading: here.reading,
            is_settled: false,
        });
        deed
    }

    /// The fingerprints of what stands in an assignment.
    fn secrets_in(&self, text: &[u8], span: &Span) -> Vec<Fingerprint> {
        let (Some(key), Some(item)) = (&self.key, text.get(span.item.clone())) else {
            return Vec::new();
        };
        let words = words_of(&String::from_utf8_lossy(item));
        words.iter().map(|word| word.fingerprint(key)).collect()
    }

    fn follow(&mut self, here: Here<'_>, follow: &Follow, chain: &mut Chain) {
        let line = here.lines.number(follow.at);
        let place = self.place(here.path, line);
        let Some(target) = &follow.target else {
            let what = "reads a file whose name is not known before it runs";
            self.note(place, what.to_owned());
            return;
        };
        let syntax = here.manner.syntax;
        let Some(targets) = self.targets(here.path, target, follow.how, syntax) else {
            let what = "reads a file whose name this system does not have";
            self.note(place, what.to_owned());
            return;
        };
        let has_pattern = target.contains(&ANY);
        let mut is_there = false;
        for target in targets {
            is_there |= self.follow_one(here, line, &target, follow, chain);
            if is_there && !has_pattern {
                break;
            }
        }
        if !is_there && !follow.optional && !has_pattern {
            self.note(place, "reads a file that is not there".to_owned());
        }
    }

    /// Reads one target; whether it is there.
    fn follow_one(
        &mut self,
        here: Here<'_>,
        line: usize,
        target: &Path,
        follow: &Follow,
        chain: &mut Chain,
    ) -> bool {
        if self.entries.contains(target) {
            return true;
        }
        let manner = here.manner;
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
        if self.entries.contains(&resolved) {
            return true;
        }
        let inner = manner.inner(&target, follow);
        let via: Vec<PathBuf> = here
            .via
            .iter()
            .cloned()
            .chain([here.path.to_owned()])
            .collect();
        let from = From {
            path: here.path,
            line,
        };
        let reading = self.enter(&target, resolved, text.bytes(), inner, &via, from, chain);
        if let Some(reading) = reading {
            self.readings[here.reading].deeds.push(Deed::Read {
                reading,
                conditional: follow.conditional,
                line,
            });
        }
        true
    }

    /// Notes a file or directory whose name is not UTF-8: it is not looked at.
    pub(super) fn unnamed(&mut self, path: &Path) {
        self.problems.push(Problem {
            location: Location::shortened(self.reader.world, path),
            message: "not looked at: the name is not UTF-8".to_owned(),
            hint: Some("name it as an argument, or rename it".to_owned()),
            hides: true,
        });
    }

    /// The findings in the order of their places, each with what to do; the problems, each once; and
    /// how many files were read.
    pub(super) fn finish(mut self) -> (Vec<Finding>, Vec<Problem>, usize) {
        let mut findings = merge_findings(self.found, &self.readings);
        for finding in &mut findings {
            finding.remedy = Remedy::new(
                finding.name.as_deref(),
                finding.known,
                finding.shell,
                finding.form,
                finding.state,
                finding.value,
            );
        }
        findings.sort_by(|one, other| (&one.file, one.line).cmp(&(&other.file, other.line)));
        let mut said = HashSet::new();
        self.problems
            .retain(|problem| said.insert((problem.location.clone(), problem.message.clone())));
        (findings, self.problems, self.visited.len())
    }
}

impl Manner {
    /// Tells how a file is read that this one reads.
    fn inner(self, target: &Path, follow: &Follow) -> Self {
        let dotenv = |form| Self {
            syntax: Syntax::Dotenv,
            label: Syntax::Dotenv,
            form: Some(form),
            conditional: false,
        };
        Self {
            conditional: self.conditional || follow.conditional,
            ..match follow.how {
                How::Source => Self {
                    label: places::find_label(target, self.label),
                    ..self
                },
                How::Dotenv => dotenv(Form::Dotenv),
                How::EnvironmentFile => dotenv(Form::SystemdEnvironmentFile),
            }
        }
    }
}

/// The language as the readers tell it from others.
const fn to_dialect(syntax: Syntax) -> Syntax {
    match syntax {
        Syntax::Bash | Syntax::Ksh => Syntax::Sh,
        other => other,
    }
}
