//! Residue in a report: what can still be used is still live, whatever kind of file it is in.

use super::{StillLive, Verified};
use crate::inventory::{Place, Residue, ResidueFate, ResidueKind, ResidueSearch, State};
use crate::plan::{Action, Decision, KeepReason, Plan, Step};

impl Verified {
    /// Takes over what a search for removed secrets found after a plan.
    pub fn note_residue(&mut self, plan: &Plan, search: ResidueSearch) {
        let usable = search.found.iter().filter(|found| found.can_be_used());
        let live = usable.filter_map(|found| {
            let step = plan.steps.get(found.step)?;
            Some(StillLive {
                remedy: remedy(found),
                step: Step {
                    deed: Action::Remove(Place::File {
                        file: found.file.clone(),
                    }),
                    decision: Decision::Keep(KeepReason::Residue),
                    state: State::Live,
                    what: found.kind.what(),
                    reason: found.whereabouts(),
                    ..step.clone()
                },
            })
        });
        self.still_live.extend(live);
        self.residue = search;
    }
}

impl Residue {
    /// Where in the file it is, and why it is still there where it was to go.
    pub fn whereabouts(&self) -> String {
        let place = match (self.line, self.kind) {
            (Some(line), _) => format!("line {line}"),
            (None, ResidueKind::Database) => "inside the database".to_owned(),
            (None, _) => "in its bytes".to_owned(),
        };
        let times = if self.times > 1 {
            format!(", {} times", self.times)
        } else {
            String::new()
        };
        match &self.fate {
            ResidueFate::Failed(why) => format!("{place}{times}; not removed: {why}"),
            ResidueFate::Left | ResidueFate::Removed => format!("{place}{times}"),
        }
    }
}

fn remedy(found: &Residue) -> String {
    match (&found.fate, found.kind) {
        (_, ResidueKind::Profile) => "adieu scan --fix remove".to_owned(),
        (ResidueFate::Failed(_), _) => {
            "see why it could not be removed, and delete it there".to_owned()
        }
        _ => "delete it there; with --residue a logout does it".to_owned(),
    }
}
