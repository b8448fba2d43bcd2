//! The local half: keyring entries in one batch per store, edits in one pass per file.

use std::collections::{BTreeMap, BTreeSet};

use super::Tools;
use super::members::{MemberOutcomes, change_members};
use crate::formats::MemberRemoval;
use crate::inventory::Place;
use crate::io::files::{ConfinedPath, DirectoryRemoval, Edited, FileError, LockRule, Removal};
use crate::io::keyring::{Deletion, EntryKey, KeyringError, StoreId};
use crate::plan::{Plan, Step};
use crate::report::{Outcome, OutcomeWord};
use crate::systems::discovery::READ_LIMIT;
use crate::systems::{FileRules, System, file_rules};

/// Accounts that a file names whose lock another program holds.
pub(super) type StillNamed = BTreeSet<(System, String)>;

/// Takes the steps at these positions, and notes how each ended; also whose names could not be taken
/// out of other files, for the steps that come later.
pub(super) fn take_steps(
    plan: &Plan,
    steps: &[usize],
    tools: &Tools<'_>,
    outcomes: &mut [Option<Outcome>],
    locked: &mut StillNamed,
) {
    let mut entries: BTreeMap<&StoreId, Vec<(usize, EntryKey)>> = BTreeMap::new();
    let mut files: BTreeMap<&ConfinedPath, Vec<usize>> = BTreeMap::new();
    let mut trees: Vec<(usize, &ConfinedPath)> = Vec::new();
    for &at in steps {
        match plan.steps[at].place() {
            Some(Place::KeyringEntry {
                store,
                service,
                account,
                naming,
            }) => {
                let key = EntryKey::new(service, account).named(*naming);
                entries.entry(store).or_default().push((at, key));
            }
            Some(Place::Tree { directory }) => trees.push((at, directory)),
            Some(place) => {
                if let Some(file) = place.file() {
                    files.entry(file).or_default().push(at);
                }
            }
            None => {}
        }
    }
    for (store, keys) in entries {
        delete_entries(store, keys, tools, outcomes);
    }
    // Files that go as a whole come last: a run that is stopped leaves what the next one finds the
    // rest by.
    let is_whole = |steps: &[usize]| {
        let place = |&at: &usize| plan.steps[at].place();
        steps
            .iter()
            .filter_map(place)
            .any(|place| matches!(place, Place::File { .. }))
    };
    let (whole, mut edited): (Vec<_>, Vec<_>) =
        files.into_iter().partition(|(_, steps)| is_whole(steps));
    edited.sort_by_key(|(_, steps)| rules_of(plan, steps).explains_others);
    for (file, steps) in edited {
        let is_free = edit_file(plan, file, &steps, tools, outcomes);
        if !is_free && rules_of(plan, &steps).names_accounts {
            locked.extend(steps.iter().filter_map(|&at| find_account(&plan.steps[at])));
        }
    }
    for (file, steps) in whole {
        let is_named = |&at: &usize| {
            find_account(&plan.steps[at]).is_some_and(|account| locked.contains(&account))
        };
        if steps.iter().any(is_named) {
            for &at in &steps {
                outcomes[at] = Some(still_named());
            }
            continue;
        }
        edit_file(plan, file, &steps, tools, outcomes);
    }
    for (at, directory) in trees {
        outcomes[at] = Some(match tools.files.remove_tree(directory) {
            Ok(DirectoryRemoval::Removed) => Outcome::plain(OutcomeWord::Removed),
            Ok(DirectoryRemoval::Absent) => build_absent_outcome(),
            Ok(DirectoryRemoval::NotEmpty(left)) => Outcome::because(
                OutcomeWord::Failed,
                format!("{} could not be removed", left.join(", ")),
            ),
            Err(error) => file_failure(&error),
        });
    }
}

/// Tells whose a step is, among the accounts of its system.
fn find_account(step: &Step) -> Option<(System, String)> {
    Some((step.system, step.identity.clone()?))
}

/// Tells how the file of these steps is changed.
pub(super) fn rules_of(plan: &Plan, steps: &[usize]) -> FileRules {
    let first = steps.first().map(|&at| &plan.steps[at]);
    first
        .and_then(|step| Some(file_rules(step.system, step.place()?)))
        .unwrap_or(FileRules::locked(LockRule::None))
}

fn still_named() -> Outcome {
    Outcome::because(
        OutcomeWord::Failed,
        "another program holds the lock of a file that names it",
    )
    .with_hint("wait for the other program, or remove the lock if none is running, and run again")
}

fn delete_entries(
    store: &StoreId,
    keys: Vec<(usize, EntryKey)>,
    tools: &Tools<'_>,
    outcomes: &mut [Option<Outcome>],
) {
    let Some(keyring) = tools.keyrings.iter().find(|keyring| keyring.id() == *store) else {
        return;
    };
    let (positions, keys): (Vec<usize>, Vec<EntryKey>) = keys.into_iter().unzip();
    for (at, result) in positions.into_iter().zip(keyring.delete(&keys)) {
        outcomes[at] = Some(match result {
            Ok(Deletion::Deleted(_)) => Outcome::plain(OutcomeWord::Removed),
            Ok(Deletion::Absent) => build_absent_outcome(),
            Err(error) => keyring_failure(&error),
        });
    }
}

fn build_absent_outcome() -> Outcome {
    Outcome::because(OutcomeWord::Absent, "not found - already logged out")
}

fn keyring_failure(error: &KeyringError) -> Outcome {
    let outcome = Outcome::because(
        OutcomeWord::Failed,
        format!("failed to delete credentials from keyring: {error}"),
    );
    match error.hint() {
        Some(hint) => outcome.with_hint(hint),
        None => outcome,
    }
}

pub(super) fn file_failure(error: &FileError) -> Outcome {
    let why = match error {
        // The command's page says it so; the line names the place already.
        FileError::Denied { .. } => "permission denied".to_owned(),
        other => with_causes(other),
    };
    let outcome = Outcome::because(OutcomeWord::Failed, why);
    match error.hint() {
        Some(hint) => outcome.with_hint(hint),
        None => outcome,
    }
}

/// An error with what it came from: `cannot edit FILE: line 3: …`.
fn with_causes(error: &FileError) -> String {
    let mut text = error.to_string();
    let mut next = std::error::Error::source(error);
    while let Some(cause) = next {
        let cause_text = cause.to_string();
        // Some say their cause themselves.
        if !text.contains(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        next = cause.source();
    }
    text
}

/// All steps of one file: removed as a whole, or edited in one pass. `false` if another program held
/// the lock.
fn edit_file(
    plan: &Plan,
    file: &ConfinedPath,
    steps: &[usize],
    tools: &Tools<'_>,
    outcomes: &mut [Option<Outcome>],
) -> bool {
    let places = || {
        steps
            .iter()
            .filter_map(|&at| Some((at, plan.steps[at].place()?)))
    };
    let rules = rules_of(plan, steps);
    if places().any(|(_, place)| matches!(place, Place::File { .. })) {
        // What waited for a server may have been replaced meanwhile, by a token that nobody ended.
        let waited = steps.iter().any(|&at| plan.steps[at].decision.waits());
        let removal = if waited {
            tools.files.remove_file_as_seen(file, rules.lock)
        } else {
            tools.files.remove_file(file, rules.lock)
        };
        let outcome = match removal {
            Ok(Removal::Removed) => Outcome::plain(OutcomeWord::Removed),
            Ok(Removal::Absent) => build_absent_outcome(),
            Err(FileError::Changed { .. }) if waited => Outcome::because(
                OutcomeWord::Failed,
                "it was written while the server was asked: a new token may be in it",
            )
            .with_hint("run the logout again"),
            Err(error) => file_failure(&error),
        };
        for &at in steps {
            outcomes[at] = Some(outcome.clone());
        }
        return true;
    }
    if places().any(|(_, place)| matches!(place, Place::SqliteRow { .. })) {
        for (at, place) in places() {
            outcomes[at] = Some(delete_row(tools, place));
        }
        return true;
    }
    let mut members = MemberOutcomes::new();
    let result = tools
        .files
        .edit(file, rules.lock, READ_LIMIT, &mut |bytes| {
            let change;
            (change, members) = change_members(bytes, places(), &rules)?;
            Ok(change)
        });
    for &at in steps {
        outcomes[at] = Some(match (&result, members.remove(&at)) {
            (Err(error), _) => file_failure(error),
            (Ok(Edited::Absent), _) | (_, Some(MemberRemoval::Absent) | None) => {
                build_absent_outcome()
            }
            (_, Some(MemberRemoval::Removed)) => Outcome::plain(OutcomeWord::Removed),
            (_, Some(MemberRemoval::Refused(source))) => file_failure(&FileError::Edit {
                path: file.to_path(),
                source,
            }),
        });
    }
    !matches!(result, Err(FileError::LockTimeout { .. }))
}

/// Deletes one row; its bytes must be gone from the file as well.
#[cfg(feature = "sqlite")]
fn delete_row(tools: &Tools<'_>, place: &Place) -> Outcome {
    let Place::SqliteRow {
        file,
        table,
        column,
        value,
    } = place
    else {
        return build_absent_outcome();
    };
    match tools.files.delete_rows(file, table, column, &[value]) {
        Ok(Some(deleted)) if deleted.rows > 0 && deleted.is_traceless => {
            Outcome::plain(OutcomeWord::Removed)
        }
        Ok(Some(deleted)) if deleted.rows > 0 => Outcome::because(
            OutcomeWord::Failed,
            "the row is gone, but its bytes are still in the database",
        ),
        Ok(_) => build_absent_outcome(),
        Err(error) => file_failure(&error),
    }
}

#[cfg(not(feature = "sqlite"))]
fn delete_row(_tools: &Tools<'_>, _place: &Place) -> Outcome {
    Outcome::because(OutcomeWord::Unsupported, "this build cannot edit databases")
}

/// Removes the directories that the plan expected to be empty by now, in the plan's order.
pub(super) fn remove_directories(plan: &Plan, tools: &Tools<'_>, outcomes: &mut [Option<Outcome>]) {
    for (at, step) in plan.steps.iter().enumerate() {
        let Some(Place::Directory { directory, locks }) = step.place() else {
            continue;
        };
        if step.stays() {
            continue;
        }
        outcomes[at] = Some(match tools.files.remove_directory(directory, locks) {
            Ok(DirectoryRemoval::Removed) => Outcome::plain(OutcomeWord::Removed),
            Ok(DirectoryRemoval::Absent) => Outcome::plain(OutcomeWord::Absent),
            Ok(DirectoryRemoval::NotEmpty(left)) => Outcome::because(
                OutcomeWord::Kept,
                match left.as_slice() {
                    [one] => format!("{one} is still in it"),
                    several => format!("{} are still in it", several.join(", ")),
                },
            ),
            Err(error) => file_failure(&error),
        });
    }
}
