//! Secrets that are left in shell profiles, environment files and the like: found by name and place,
//! never shown.
//!
//! A stage of its own beside discovery. It only reads, through the door [`crate::io::files`]; it never
//! executes anything to learn a value, and no value leaves it.
//!
//! [`find_secrets`] looks at the profiles of a home, or at what it is told to; [`home_profiles`] is the
//! cheap part of it that `status` needs.

mod chain;
mod effect;
mod finding;
pub mod fix;
mod parse;
mod pattern;
mod places;
mod reader;
mod remedy;
#[cfg(test)]
mod tests;
mod text;

use std::path::{Path, PathBuf};

pub(crate) use finding::Span;
pub use finding::{Finding, Form, Syntax, ValueKind};
pub(crate) use reader::{LIMIT, confine_path};
pub use remedy::{Remedy, Shell};
pub(crate) use text::{Text, line_end, line_start};

use chain::Scanner;
use reader::{Read, Reader};

use crate::inventory::Problem;
use crate::inventory::{AssignmentState, Location};
use crate::io::files::{EntryKind, Files};
use crate::names::{Known, classify_name};
use crate::secret::FingerprintKey;
use crate::world::World;

/// Directories deeper than this below a path are not entered.
const DEPTH: usize = 32;

/// The most files that one walk looks at.
const FILES: usize = 200_000;

/// A request: what to look at.
#[derive(Clone, Debug, Default)]
pub struct ScanRequest {
    /// Files and directories, absolute; none: the profiles of the home.
    pub paths: Vec<PathBuf>,
    /// Whether the profiles of the whole machine (`/etc`) are looked at too, when no path is given.
    pub system: bool,
    /// Whether the environment of the world counts too.
    pub environment: bool,
}

/// The findings of a scan.
#[derive(Clone, Debug, Default)]
pub struct Scan {
    /// In the order of files and lines.
    pub findings: Vec<Finding>,
    /// Places that could not be read or were not looked at. Only where `hides` is true could there
    /// be more to find.
    pub problems: Vec<Problem>,
    /// The number of files that were read.
    pub files_read: usize,
}

/// Files of a home directory that a shell, a session or a tool reads by itself.
pub(crate) fn profile_files() -> impl Iterator<Item = &'static str> {
    let files = places::FILES.into_iter().filter(|file| !is_history(file));
    files.chain(places::DIRECTORIES)
}

/// Histories of shells in a home directory.
pub(crate) fn history_files() -> impl Iterator<Item = &'static str> {
    places::FILES.into_iter().filter(|file| is_history(file))
}

fn is_history(file: &str) -> bool {
    places::find_kind(Path::new(file)).is_some_and(|kind| kind.syntax == Syntax::History)
}

/// The names that get a value in a `.env` file.
pub(crate) fn dotenv_names(text: &[u8]) -> Vec<String> {
    parse::dotenv_names(text)
}

/// Looks for secrets. Nothing is changed, and nothing is executed.
pub fn find_secrets(files: &Files, world: &World, request: &ScanRequest) -> Scan {
    let mut scanner = Scanner::new(Reader::new(files, world));
    if request.paths.is_empty() {
        read_all(&mut scanner, list_profiles(world, true, request.system));
    }
    for path in &request.paths {
        scan_path(&mut scanner, path);
    }
    let (mut findings, problems, files_read) = scanner.finish();
    if request.environment {
        findings.splice(0..0, find_in_environment(world));
    }
    Scan {
        findings,
        problems,
        files_read,
    }
}

/// Tells what the profiles of the home, and with `system` those of the machine, hold: what they set
/// for every new shell or session outlives a logout. Histories are left out: they set nothing.
///
/// With a key each finding has the fingerprints of the secrets in it.
pub fn home_profiles(
    files: &Files,
    world: &World,
    system: bool,
    key: Option<&FingerprintKey>,
) -> Scan {
    let mut scanner = Scanner::new(Reader::new(files, world));
    scanner.key = key.cloned();
    read_all(&mut scanner, list_profiles(world, false, system));
    let (findings, problems, files_read) = scanner.finish();
    Scan {
        findings,
        problems,
        files_read,
    }
}

/// The texts of those start-up files of the home that can be read; what cannot be is said by
/// [`home_profiles`].
pub(crate) fn read_start_up_files(files: &Files, world: &World, names: &[&str]) -> Vec<String> {
    let reader = Reader::new(files, world);
    let texts = names.iter().filter_map(|name| {
        let Read::Text { text, .. } = reader.read(&world.home.join(name)) else {
            return None;
        };
        Some(String::from_utf8_lossy(text.bytes()).into_owned())
    });
    texts.collect()
}

/// The variables of interest that are set in the environment of this process.
pub fn find_in_environment(world: &World) -> Vec<Finding> {
    // An agent's socket is no stored secret, and every desktop has one.
    const HARMLESS: [&str; 2] = ["SSH_AUTH_SOCK", "GIT_ASKPASS"];
    let mut findings = Vec::new();
    for (name, value) in world.environment.iter() {
        let Some((name, known)) = name
            .to_str()
            .filter(|name| !HARMLESS.contains(name))
            .and_then(|name| Some((name, classify_name(name)?)))
        else {
            continue;
        };
        let value = if value.is_empty() {
            ValueKind::Empty
        } else {
            ValueKind::Literal
        };
        let shell = Syntax::Environment;
        let (form, state) = (Form::Environment, AssignmentState::Active);
        findings.push(Finding {
            file: None,
            line: 0,
            lines: 0,
            remedy: Remedy::of_environment(name, known, value),
            name: Some(name.to_owned()),
            known,
            shell,
            form,
            state,
            value,
            via: Vec::new(),
            secrets: Vec::new(),
            span: Span::default(),
        });
    }
    findings
}

/// The language that a finding's file was read in: a `.env` file that a shell reads is read as a
/// shell's.
pub(crate) const fn reading_syntax(finding: &Finding) -> Syntax {
    match (finding.shell, finding.form) {
        (Syntax::Dotenv, Form::Dotenv | Form::SystemdEnvironmentFile) => Syntax::Dotenv,
        (Syntax::Dotenv, _) => Syntax::Sh,
        (other, _) => other,
    }
}

/// Every assignment of interest in a text, where its item begins, and whether it has effect.
pub(crate) fn outline_assignments(text: &[u8], syntax: Syntax) -> Vec<(String, usize, bool)> {
    let mut outline = Vec::new();
    for event in parse::parse_events(text, syntax, None) {
        if let parse::Event::Assign(found) = event {
            let is_live = !matches!(
                found.standing,
                parse::Standing::Fixed(
                    AssignmentState::Commented | AssignmentState::Inert | AssignmentState::History
                )
            );
            outline.push((
                found.name.unwrap_or_default(),
                found.span.item.start,
                is_live,
            ));
        }
    }
    outline
}

/// A file that may be there, in its language.
type Place = (PathBuf, Option<Syntax>);

/// The profiles of the home, and of the machine.
fn list_profiles(world: &World, with_histories: bool, with_system: bool) -> Vec<(PathBuf, bool)> {
    let home = |path: &&str| (world.home.join(path), false);
    let mut all: Vec<(PathBuf, bool)> = places::FILES.iter().map(home).collect();
    if let Some(directory) = world.environment.get("ZDOTDIR") {
        let directory = Path::new(directory);
        for name in [".zshenv", ".zprofile", ".zshrc", ".zlogin"] {
            all.push((directory.join(name), false));
        }
    }
    if !with_histories {
        all.retain(|(path, _)| {
            places::find_kind(path).is_some_and(|kind| kind.syntax != Syntax::History)
        });
    }
    let directories = places::DIRECTORIES.iter();
    all.extend(directories.map(|path| (world.home.join(path), true)));
    if with_system {
        let root = Path::new("/");
        all.extend(
            places::SYSTEM_FILES
                .iter()
                .map(|path| (root.join(path), false)),
        );
        let directories = places::SYSTEM_DIRECTORIES.iter();
        all.extend(directories.map(|path| (root.join(path), true)));
    }
    all
}

fn read_all(scanner: &mut Scanner<'_>, all: Vec<(PathBuf, bool)>) {
    let mut found: Vec<Place> = Vec::new();
    for (path, is_directory) in all {
        if is_directory {
            // Drop-in directories of units are one level down.
            let kind_of = |path: &Path| places::find_kind(path).map(|kind| Some(kind.syntax));
            collect_places(scanner, &path, 1, &kind_of, &mut found);
        } else {
            let syntax = places::find_kind(&path).map(|kind| kind.syntax);
            found.push((path, syntax));
        }
    }
    found.retain(|(path, _)| places::find_kind(path).is_some_and(|kind| kind.is_entry));
    scanner
        .entries
        .extend(found.iter().map(|(path, _)| path.clone()));
    for (path, syntax) in found {
        scanner.root(&path, syntax);
    }
}

/// Looks at a file, or at every file of interest in a directory: first what is read by itself, with
/// all it leads to, then the rest.
fn scan_path(scanner: &mut Scanner<'_>, path: &Path) {
    let path = reader::clean_path(path);
    let syntax = places::find_kind(&path).map(|kind| kind.syntax);
    let is_file = scanner.root(&path, syntax);
    if is_file {
        return;
    }
    let mut found = Vec::new();
    let kind_of = |path: &Path| places::find_kind(path).map(|kind| Some(kind.syntax));
    if !collect_places(scanner, &path, DEPTH, &kind_of, &mut found) {
        scanner.problems.push(Problem {
            location: Location::shortened(scanner.reader.world, &path),
            message: "there is no such file or directory".to_owned(),
            hint: None,
            hides: true,
        });
    }
    let is_entry = |(path, _): &&Place| places::find_kind(path).is_some_and(|kind| kind.is_entry);
    let entries = found.iter().filter(is_entry).map(|(path, _)| path.clone());
    scanner.entries.extend(entries);
    for (path, syntax) in found.iter().filter(is_entry) {
        scanner.root(path, *syntax);
    }
    for (path, syntax) in found.iter().filter(|place| !is_entry(place)) {
        scanner.root(path, *syntax);
    }
}

/// The files at the named paths and below them that are called so and are no start-up files, which
/// [`find_secrets`] reads. What cannot be listed is said there.
pub(crate) fn list_other_files(
    files: &Files,
    world: &World,
    paths: &[PathBuf],
    is_called: &dyn Fn(&str) -> bool,
) -> Vec<PathBuf> {
    let mut scanner = Scanner::new(Reader::new(files, world));
    let mut found = Vec::new();
    let kind_of = |path: &Path| {
        let name = path.file_name()?.to_str()?;
        (is_called(name) && places::find_kind(path).is_none()).then_some(None)
    };
    for path in paths {
        let path = reader::clean_path(path);
        if matches!(scanner.reader.list(&path), Ok(Some(_))) {
            collect_places(&mut scanner, &path, DEPTH, &kind_of, &mut found);
        } else if places::find_kind(&path).is_none() {
            found.push((path, None));
        }
    }
    found.into_iter().map(|(path, _)| path).collect()
}

/// A secret in a file that is no start-up file: nobody can take it out by an edit of a line.
pub(crate) fn build_credential_finding(
    file: &Path,
    line: usize,
    name: String,
    form: Form,
    known: Known,
) -> Finding {
    Finding {
        file: Some(file.to_owned()),
        line,
        lines: 1,
        name: Some(name),
        known,
        shell: Syntax::Credentials,
        form,
        state: AssignmentState::Active,
        value: ValueKind::Literal,
        via: Vec::new(),
        remedy: Remedy::of_credential(known),
        secrets: Vec::new(),
        span: Span::fixed(0..0),
    }
}

/// Gathers the files of interest in a directory and below it, by what their paths tell; whether it is
/// there. No link to a directory is followed below it.
fn collect_places(
    scanner: &mut Scanner<'_>,
    top: &Path,
    depth: usize,
    kind_of: &dyn Fn(&Path) -> Option<Option<Syntax>>,
    found: &mut Vec<Place>,
) -> bool {
    let mut waiting = vec![(top.to_owned(), 0)];
    let mut is_there = false;
    while let Some((directory, level)) = waiting.pop() {
        let (entries, real) = match scanner.reader.list(&directory) {
            Ok(Some(list)) => list,
            Ok(None) => continue,
            Err(problem) => {
                is_there = true;
                scanner.problems.push(problem);
                continue;
            }
        };
        is_there = true;
        for entry in entries {
            let path = real.join(&entry.name);
            if entry.is_lossy {
                let is_directory = entry.kind == EntryKind::Directory;
                if (is_directory && level < depth) || kind_of(&path).is_some() {
                    scanner.unnamed(&path);
                }
                continue;
            }
            match entry.kind {
                EntryKind::Directory if level < depth => {
                    if !places::SKIPPED.contains(&entry.name.as_str()) {
                        waiting.push((path, level + 1));
                    }
                }
                EntryKind::File | EntryKind::Symlink | EntryKind::Other => {
                    if let Some(syntax) = kind_of(&path) {
                        found.push((path, syntax));
                    }
                }
                EntryKind::Directory => {}
            }
        }
        if found.len() > FILES {
            scanner.problems.push(Problem {
                location: Location::shortened(scanner.reader.world, top),
                message: format!("more than {FILES} files; the rest was not looked at"),
                hint: Some("name the directories one by one".to_owned()),
                hides: true,
            });
            break;
        }
    }
    found.sort();
    is_there
}
