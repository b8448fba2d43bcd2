//! The effect of a chain of files: which assignment is exported, which is taken back.
//!
//! A file may be read by several others. What it does is kept as [`Deed`]s, and done again for each
//! of its readers: one may take back what another leaves in effect.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;

use super::finding::{Finding, Form};
use super::parse::Standing;
use crate::inventory::AssignmentState;

/// One thing that a file does when it is read.
pub(super) enum Deed {
    /// Assigns a variable.
    Assign {
        /// The position among all findings.
        finding: usize,
        name: Option<String>,
        form: Form,
        standing: Standing,
    },
    /// Exports a variable.
    Export(String),
    /// Takes a variable away.
    Unset(String),
    /// From here on every assignment is exported, or no longer.
    ExportAll(bool),
    /// Reads a file.
    Read {
        /// The position among all readings.
        reading: usize,
        conditional: bool,
        line: usize,
    },
}

/// A file as it was read in one language.
pub(super) struct Reading {
    /// As it was called.
    pub(super) path: PathBuf,
    /// The real path.
    pub(super) real: PathBuf,
    pub(super) deeds: Vec<Deed>,
}

/// A finding, and where it comes from.
pub(super) struct Found {
    pub(super) finding: Finding,
    /// The reading that met it.
    pub(super) reading: usize,
    /// Whether a chain has said what becomes of it.
    pub(super) is_settled: bool,
}

/// The effect of one chain of files so far.
#[derive(Default)]
pub(super) struct Chain {
    /// The readings from the first file to the one that is being read.
    pub(super) open: Vec<usize>,
    assigned: HashMap<String, Vec<Assigned>>,
    exported: HashSet<String>,
    exports_all: bool,
    /// The state of each finding.
    effects: BTreeMap<usize, Effect>,
}

/// An assignment that can still be exported or taken back.
struct Assigned {
    finding: usize,
    conditional: bool,
}

struct Effect {
    form: Form,
    state: AssignmentState,
}

impl Chain {
    /// Does what a file does; `is_conditional`: the file is only read under a condition.
    pub(super) fn perform(&mut self, deed: &Deed, is_conditional: bool) {
        match deed {
            Deed::Assign {
                finding,
                name,
                form,
                standing,
            } => self.assign(*finding, name.as_deref(), *form, *standing, is_conditional),
            Deed::Export(name) => self.export(name),
            Deed::Unset(name) => self.unset(name),
            Deed::ExportAll(on) => self.exports_all = *on,
            Deed::Read { .. } => {}
        }
    }

    fn assign(
        &mut self,
        finding: usize,
        name: Option<&str>,
        mut form: Form,
        standing: Standing,
        is_conditional: bool,
    ) {
        let (state, conditional) = match standing {
            Standing::Fixed(state) => (state, None),
            Standing::Exported { conditional } => {
                let conditional = conditional || is_conditional;
                (to_assignment_state(conditional), Some(conditional))
            }
            Standing::Assigned { conditional } => {
                let conditional = conditional || is_conditional;
                let is_exported = name.is_some_and(|name| self.exported.contains(name));
                if form == Form::Assign && self.exports_all {
                    form = Form::Allexport;
                } else if form == Form::Assign && is_exported {
                    form = Form::AssignThenExport;
                }
                let state = if is_exported || self.exports_all {
                    to_assignment_state(conditional)
                } else {
                    AssignmentState::ShellOnly
                };
                (state, Some(conditional))
            }
        };
        if let (Some(conditional), Some(name)) = (conditional, name) {
            if matches!(standing, Standing::Exported { .. }) {
                self.exported.insert(name.to_owned());
            }
            let assigned = self.assigned.entry(name.to_owned()).or_default();
            assigned.push(Assigned {
                finding,
                conditional,
            });
        }
        let effect = self
            .effects
            .entry(finding)
            .or_insert(Effect { form, state });
        // The same line again, which may have been taken back in between.
        if rank_state(state) > rank_state(effect.state) {
            *effect = Effect { form, state };
        }
    }

    fn export(&mut self, name: &str) {
        let last = self.assigned.get(name).and_then(|all| all.last());
        if let Some(last) = last
            && let Some(effect) = self.effects.get_mut(&last.finding)
            && effect.state == AssignmentState::ShellOnly
        {
            effect.state = to_assignment_state(last.conditional);
            if effect.form == Form::Assign {
                effect.form = Form::AssignThenExport;
            }
        }
        self.exported.insert(name.to_owned());
    }

    fn unset(&mut self, name: &str) {
        self.exported.remove(name);
        for assigned in self.assigned.remove(name).unwrap_or_default() {
            let effect = self.effects.get_mut(&assigned.finding);
            if let Some(effect) = effect
                && matches!(
                    effect.state,
                    AssignmentState::Active | AssignmentState::ShellOnly
                )
            {
                effect.state = AssignmentState::Cancelled;
            }
        }
    }

    /// The chain is at its end: of what several chains make of a line, the strongest counts.
    pub(super) fn settle(self, all: &mut [Found]) {
        for (at, effect) in self.effects {
            let Some(found) = all.get_mut(at) else {
                continue;
            };
            let finding = &mut found.finding;
            if !found.is_settled || rank_state(effect.state) > rank_state(finding.state) {
                (finding.form, finding.state) = (effect.form, effect.state);
            }
            found.is_settled = true;
        }
    }
}

/// Each place once: of a file that was read in several languages, as the reading has it in which it
/// has most effect.
pub(super) fn merge_findings(all: Vec<Found>, readings: &[Reading]) -> Vec<Finding> {
    let key = |found: &Found| {
        let real = readings.get(found.reading).map(|reading| &reading.real);
        (real, found.finding.line, found.finding.name.clone())
    };
    let mut best: HashMap<_, (usize, (bool, u8))> = HashMap::new();
    for found in &all {
        let finding = &found.finding;
        let rank = (finding.reaches_tools(), rank_state(finding.state));
        let known = best.entry(key(found)).or_insert((found.reading, rank));
        if rank > known.1 {
            *known = (found.reading, rank);
        }
    }
    let is_best = |found: &Found| {
        let known = best.get(&key(found));
        known.is_none_or(|(reading, _)| *reading == found.reading)
    };
    let kept: Vec<bool> = all.iter().map(is_best).collect();
    let kept = all.into_iter().zip(kept).filter(|(_, is_best)| *is_best);
    kept.map(|(found, _)| found.finding).collect()
}

const fn to_assignment_state(conditional: bool) -> AssignmentState {
    if conditional {
        AssignmentState::Conditional
    } else {
        AssignmentState::Active
    }
}

/// Tells how much an assignment in that state has to say, most last.
const fn rank_state(state: AssignmentState) -> u8 {
    match state {
        AssignmentState::Commented | AssignmentState::Inert | AssignmentState::History => 0,
        AssignmentState::Cancelled => 1,
        AssignmentState::ShellOnly => 2,
        AssignmentState::CommandOnly => 3,
        AssignmentState::Conditional => 4,
        AssignmentState::Active => 5,
    }
}
