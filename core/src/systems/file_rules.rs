//! How the owners of files change them, and what hangs on their entries: what the stage that edits
//! must know of each system, and does not know itself.

use crate::inventory::Place;
use crate::io::files::{ConfinedPath, LockRule};

use super::System;

/// How one file is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileRules {
    /// The lock that the owner takes.
    pub lock: LockRule,
    /// It goes as a whole when an edit leaves nothing in it, or only groups with nothing in them.
    pub goes_when_empty: bool,
    /// Groups in it that go when an edit leaves nothing in them.
    pub groups: &'static [&'static str],
    /// A text at the top that names an element of a list, and the list: it becomes empty when that
    /// element goes.
    pub choice: Option<(&'static str, &'static str)>,
    /// Other files mean something only together with its entries, so it is edited after them: a run
    /// that is stopped leaves what the next one understands the rest by.
    pub explains_others: bool,
    /// Accounts are found by files of their own, which must stay as long as an entry here names them.
    pub names_accounts: bool,
}

impl FileRules {
    /// The rules of a file that its owner changes under this lock.
    pub const fn locked(lock: LockRule) -> Self {
        Self {
            lock,
            goes_when_empty: false,
            groups: &[],
            choice: None,
            explains_others: false,
            names_accounts: false,
        }
    }
}

/// The rules for the file of a place.
pub fn file_rules(system: System, place: &Place) -> FileRules {
    let name = place
        .file()
        .and_then(ConfinedPath::file_name)
        .unwrap_or_default();
    match system {
        _ if system == System::SALESFORCE => super::salesforce::file_rules(name, place),
        _ if system.info().is_tool => FileRules {
            goes_when_empty: place
                .file()
                .is_some_and(|file| super::catalogue::goes_when_empty(system, file)),
            ..FileRules::locked(LockRule::None)
        },
        _ if system.info().is_ai => super::ai::file_rules(system, name),
        _ => FileRules {
            // A profile of the AWS tools is all that their files are for.
            goes_when_empty: place.section().is_some(),
            choice: (system == System::KUBERNETES).then_some(("current-context", "contexts")),
            ..FileRules::locked(lock_of(system, name, place))
        },
    }
}

/// The locks of Atmos, of `kubectl`, and of the Azure tools.
fn lock_of(system: System, name: &str, place: &Place) -> LockRule {
    match place {
        Place::Member { .. } if system == System::KUBERNETES => {
            LockRule::Exclusive { suffix: ".lock" }
        }
        Place::Member { .. } if name == super::azure::TOKEN_CACHE => LockRule::Exclusive {
            suffix: ".lockfile",
        },
        // The AWS tools take no lock, and a person's own directory is no place for one of ours.
        Place::Member { file, .. } | Place::File { file }
            if matches!(name, "credentials" | "config")
                && file.parent().as_ref().and_then(ConfinedPath::file_name) != Some(".aws") =>
        {
            LockRule::Sibling
        }
        _ => LockRule::None,
    }
}
