//! The questions that a person has to answer first.

use std::collections::BTreeSet;

use super::build::Planner;
use super::sharing::question_about_copies;
use super::{Action, Question, Step, Target};
use crate::inventory::{Place, Revocation, State};
use crate::systems::System;

impl Planner<'_> {
    pub(super) fn questions(&self, steps: &[Step]) -> Vec<Question> {
        let mut questions = Vec::new();
        let acts = steps.iter().any(Step::acts);
        if self.request.incident {
            // Where a token would go that only a file names, it does not go: that is no question here.
            let question = acts.then(|| Self::incident(steps));
            return question.into_iter().collect();
        }
        if self.request.keychain && acts {
            let entries: BTreeSet<&str> = steps
                .iter()
                .filter(|step| step.acts())
                .filter(|step| matches!(step.place(), Some(Place::KeyringEntry { .. })))
                .map(Step::subject)
                .collect();
            questions.push(Question::DeleteKeychain {
                subject: self.subject(),
                entries: entries.into_iter().map(str::to_owned).collect(),
            });
        }
        let is_beyond = |part: &Target| {
            matches!(
                part,
                Target::Machine
                    | Target::System {
                        everywhere: true,
                        ..
                    }
            )
        };
        let beyond: Vec<&Target> = self
            .request
            .target
            .parts()
            .iter()
            .filter(|part| is_beyond(part))
            .collect();
        let is_machine = beyond.contains(&&Target::Machine);
        if !beyond.is_empty() {
            let asked_for: BTreeSet<System> = self.request.target.systems().collect();
            let names: BTreeSet<&str> = steps
                .iter()
                .filter(|step| step.acts() && step.state != State::Residue)
                .filter(|step| beyond.iter().any(|part| part.is_everywhere(step.system)))
                .filter_map(|step| match step.owner.is_native() {
                    // A system that keeps accounts was named; they are not in atmos.yaml anyway.
                    true if !is_machine && asked_for.contains(&step.system) => None,
                    true => step.identity.as_deref(),
                    false => step.orphan.as_deref(),
                })
                .collect();
            if !names.is_empty() {
                let names = names.into_iter().map(str::to_owned).collect();
                questions.push(Question::Unconfigured { names });
            }
        }
        if self.request.possible && acts {
            let files = steps.iter().filter(|step| step.acts());
            let files: BTreeSet<String> = files
                .filter_map(|step| Some(step.place()?.path()?.display().to_string()))
                .collect();
            questions.push(Question::PossibleSignIns {
                files: files.into_iter().collect(),
            });
        }
        if self.request.purge_data && acts {
            questions.push(Question::PurgeData {
                subject: self.subject(),
            });
        }
        if self.request.residue && acts {
            questions.push(Question::ClearResidue);
        }
        if !self.along.is_empty() && acts {
            let with: BTreeSet<&String> = self.along.values().collect();
            questions.push(Question::SharedSignIn {
                names: self.along.keys().map(|(_, name)| name.clone()).collect(),
                with: with.into_iter().cloned().collect(),
            });
        }
        questions.extend(question_about_copies(steps, self.request));
        questions.extend(self.shared_token_questions(steps));
        questions.extend(self.endpoint_questions(steps));
        questions
    }

    /// What would go from a machine that is no longer trusted, and what a person has to replace.
    fn incident(steps: &[Step]) -> Question {
        let goes =
            |step: &&Step| step.acts() && step.place().is_some() && step.state != State::Residue;
        let unended = steps.iter().filter(|step| match &step.deed {
            Action::Unsupported { .. } => true,
            Action::Revoke { .. } => step.stays(),
            Action::Remove(_) => step.stays() && step.state != State::Residue,
        });
        let rotate: BTreeSet<String> = unended
            .map(|step| {
                let text = format!(
                    "{} of {} ({})",
                    step.what,
                    step.subject(),
                    step.system.title()
                );
                match &step.deed {
                    Action::Unsupported { page: Some(page) } => format!("{text}: {page}"),
                    _ => text,
                }
            })
            .collect();
        Question::Incident {
            number: steps.iter().filter(goes).count(),
            rotate: rotate.into_iter().collect(),
        }
    }

    /// Tokens whose end would be felt elsewhere too.
    fn shared_token_questions(&self, steps: &[Step]) -> Vec<Question> {
        steps
            .iter()
            .filter(|step| !step.stays())
            .filter_map(|step| {
                let Action::Revoke { token, .. } = &step.deed else {
                    return None;
                };
                let why = self.inventory.tokens.get(token)?.shared?;
                Some(Question::SharedToken {
                    token: *token,
                    subject: format!("{} {}", step.system.title(), step.subject()),
                    why,
                })
            })
            .collect()
    }

    fn endpoint_questions(&self, steps: &[Step]) -> Vec<Question> {
        let hosts: BTreeSet<String> = steps
            .iter()
            .filter(|step| !step.stays())
            .flat_map(|step| match &step.deed {
                Action::Revoke {
                    token, revocation, ..
                } => {
                    let token = self.inventory.tokens.get(token);
                    let elsewhere = token.map(|token| token.elsewhere.as_slice());
                    std::iter::once(revocation)
                        .chain(elsewhere.unwrap_or_default())
                        .map(Revocation::endpoint)
                        .collect()
                }
                _ => Vec::new(),
            })
            .filter(|endpoint| endpoint.needs_consent())
            .filter(|endpoint| !endpoint.is_allowed(&self.request.allow_endpoints))
            .map(crate::remote::Endpoint::host)
            .collect();
        hosts
            .into_iter()
            .map(|host| Question::Endpoint { host })
            .collect()
    }

    /// Who is meant, as people say it.
    pub(super) fn subject(&self) -> String {
        let parts = self.request.target.parts().iter();
        let names: Vec<String> = parts.map(|part| self.name_of(part)).collect();
        names.join(", ")
    }

    fn name_of(&self, target: &Target) -> String {
        match target {
            Target::Several(parts) => {
                let names: Vec<String> = parts.iter().map(|part| self.name_of(part)).collect();
                names.join(", ")
            }
            Target::Identity(key) => self.identity_graph.written(key).to_owned(),
            Target::Found(found) => found.name.clone(),
            Target::Providers { label, .. } | Target::Accounts { label, .. } => label.clone(),
            Target::System { system, .. } => system.id().to_owned(),
            Target::Configured | Target::Machine => "all identities".to_owned(),
        }
    }
}
