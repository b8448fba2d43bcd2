//! Takes found assignments out of files again, and leaves every other byte as it is.
//!
//! [`plan_edits`] reads the files, makes the new texts in memory, and looks at them with the eyes of the
//! scan: unless what was meant is gone and everything else is still there, the file is left alone.
//! [`apply_edit`] writes what was planned, through the door [`crate::io::files`], if the file is still the one
//! that was read. Links are never followed.

mod check;
mod shape;
mod text;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::inventory::AssignmentState;
use crate::io::files::{Change, EditError, FileError, Files, LockRule};
use crate::scan::{self, Finding, Syntax, Text};
use crate::world::World;

/// The most assignments that are taken out of one file: no profile has as many.
const MOST: usize = 5000;

/// The change that is made to an assignment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fix {
    /// It becomes a comment. The secret stays in the file.
    Comment,
    /// It goes.
    Remove,
}

/// A plan of changes: what is to be changed, and what is not.
#[derive(Debug, Default)]
pub struct FixPlan {
    /// The files that change.
    pub files: Vec<FileEdit>,
    /// Findings that stay as they are, with the reason.
    pub left: Vec<Left>,
}

/// The change of one file.
pub struct FileEdit {
    /// The file, absolute.
    pub path: PathBuf,
    /// The changes in it, in the order of the lines.
    pub edits: Vec<Edit>,
    before: Zeroizing<Vec<u8>>,
    after: Zeroizing<Vec<u8>>,
}

/// Without the texts, which hold secrets.
impl fmt::Debug for FileEdit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("FileEdit")
            .field("path", &self.path)
            .field("edits", &self.edits)
            .finish_non_exhaustive()
    }
}

/// The change of one assignment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The first line, counted from 1.
    pub line: usize,
    /// The number of lines that the assignment has.
    pub lines: usize,
    /// The variable; `None` for a header.
    pub name: Option<String>,
    /// Whether other assignments of the same command stay.
    pub is_part: bool,
}

/// An assignment that stays as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// The file, absolute; `None` for the environment.
    pub file: Option<PathBuf>,
    /// The line, counted from 1.
    pub line: usize,
    /// The variable.
    pub name: Option<String>,
    /// The reason, without a final period.
    pub reason: String,
    /// Advice: what to do about it.
    pub hint: Option<String>,
}

impl Left {
    fn new(finding: &Finding, reason: impl Into<String>, hint: Option<&str>) -> Self {
        Self {
            file: finding.file.clone(),
            line: finding.line,
            name: finding.name.clone(),
            reason: reason.into(),
            hint: hint.map(str::to_owned),
        }
    }
}

/// Makes the changes that take these findings out. Files are read, nothing is written.
pub fn plan_edits<'a>(
    files: &Files,
    world: &World,
    findings: impl IntoIterator<Item = &'a Finding>,
    fix: Fix,
) -> FixPlan {
    let mut fix_plan = FixPlan::default();
    let mut by_file: BTreeMap<&Path, Vec<&Finding>> = BTreeMap::new();
    for finding in findings {
        match (&finding.file, explain_impossible(finding, fix)) {
            (None, _) => fix_plan.left.push(Left::new(
                finding,
                "it is set in this shell",
                Some("see `adieu scan --format eval`"),
            )),
            (Some(_), Some((reason, hint))) => {
                fix_plan.left.push(Left::new(finding, reason, Some(hint)));
            }
            (Some(file), None) => by_file.entry(file).or_default().push(finding),
        }
    }
    for (path, findings) in by_file {
        match plan_file_edit(files, world, path, &findings, fix) {
            Ok((edit, left)) => {
                fix_plan.files.extend(edit);
                fix_plan.left.extend(left);
            }
            Err(why) => {
                let left = findings
                    .iter()
                    .map(|finding| Left::new(finding, why.reason.clone(), why.hint));
                fix_plan.left.extend(left);
            }
        }
    }
    fix_plan
}

/// Tells why a finding cannot be taken out at all, and what to do instead.
fn explain_impossible(finding: &Finding, fix: Fix) -> Option<(&'static str, &'static str)> {
    const BY_HAND: &str = "edit the file yourself";
    const REMOVE: &str = "use --fix remove";
    match (fix, finding.state, finding.shell) {
        (_, _, Syntax::Credentials) => Some((
            "it is a tool's own",
            "sign out of the tool: `adieu status`, `adieu logout`",
        )),
        _ if finding.span.is_fixed => Some(("it is part of another text", BY_HAND)),
        (Fix::Comment, AssignmentState::History, _) => Some(("a history has no comments", REMOVE)),
        (Fix::Comment, AssignmentState::Commented, _) => Some(("it is a comment already", REMOVE)),
        (Fix::Comment, _, Syntax::Launchd) => {
            Some(("a property list has no comments that launchd keeps", REMOVE))
        }
        (Fix::Comment, _, Syntax::FishUniversal) => {
            Some(("fish writes this file anew, without comments", REMOVE))
        }
        _ => None,
    }
}

/// The reason why a file stays as it is.
struct Untouched {
    reason: String,
    hint: Option<&'static str>,
}

impl From<FileError> for Untouched {
    fn from(error: FileError) -> Self {
        Self {
            reason: error.to_string(),
            hint: error.hint(),
        }
    }
}

type Planned = (Option<FileEdit>, Vec<Left>);

fn plan_file_edit(
    files: &Files,
    world: &World,
    path: &Path,
    findings: &[&Finding],
    fix: Fix,
) -> Result<Planned, Untouched> {
    let changed = || Untouched {
        reason: "the file is not what it was".to_owned(),
        hint: Some("run again"),
    };
    let rooted = scan::confine_path(world, path).ok_or_else(changed)?;
    let before = files
        .read(&rooted, scan::LIMIT)?
        .map(Zeroizing::new)
        .ok_or_else(changed)?;
    let text = Text::decode(before.to_vec()).map_err(|_| changed())?;
    if findings.len() > MOST {
        return Err(Untouched {
            reason: format!("more than {MOST} assignments are in it"),
            hint: Some("edit the file yourself"),
        });
    }
    let made = text::remove_findings(text.bytes(), findings, fix);
    let edits: Vec<Edit> = made
        .done
        .iter()
        .map(|(finding, is_part)| Edit {
            line: finding.line,
            lines: finding.lines,
            name: finding.name.clone(),
            is_part: *is_part,
        })
        .collect();
    let left = made
        .left
        .iter()
        .map(|finding| {
            let reason = "it shares its line with other text";
            Left::new(
                finding,
                reason,
                Some("use --fix remove, or edit the file yourself"),
            )
        })
        .collect();
    if edits.is_empty() {
        return Ok((None, left));
    }
    let taken: Vec<&Finding> = made.done.iter().map(|(finding, _)| *finding).collect();
    if !check::keeps_shape(text.bytes(), &made, fix) {
        return Err(Untouched {
            reason:
                "without the assignment the shell would read the rest of the file in another way"
                    .to_owned(),
            hint: Some("edit the file yourself"),
        });
    }
    if !check::is_as_meant(text.bytes(), &made.text, &taken, fix) {
        return Err(Untouched {
            reason: "the assignment cannot be told from the text around it".to_owned(),
            hint: Some("edit the file yourself"),
        });
    }
    let after = Zeroizing::new(text.encode(&made.text));
    let edit = FileEdit {
        path: path.to_owned(),
        edits,
        before,
        after,
    };
    Ok((Some(edit), left))
}

/// Writes one planned change: atomically, with the mode and owner of the old file. If the file is
/// not the one that was planned for, nothing happens.
pub fn apply_edit(files: &Files, world: &World, edit: &FileEdit) -> Result<(), FileError> {
    let refused = |reason: &str| EditError::Refused(reason.to_owned());
    let Some(rooted) = scan::confine_path(world, &edit.path) else {
        return Err(FileError::Edit {
            path: edit.path.clone(),
            source: refused("its path leads elsewhere"),
        });
    };
    files.edit(&rooted, LockRule::None, scan::LIMIT, &mut |bytes| {
        if bytes == edit.before.as_slice() {
            Ok(Change::Replace(edit.after.to_vec()))
        } else {
            Err(refused("it was changed meanwhile; run again"))
        }
    })?;
    Ok(())
}
