//! What it takes to sign in again after a logout: the tools' own commands.

use std::collections::BTreeSet;

use super::Report;
use crate::catalogue::tool_of;
use crate::inventory::State;
use crate::plan::Step;
use crate::systems::System;

/// The command that signs in to a system again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginAgain {
    /// The system.
    pub system: System,
    /// The command, as it is typed; of a client without one what to do in it.
    pub command: String,
}

impl Report {
    /// The commands that sign in again to what is logged out of, each once, by system.
    pub fn login_again(&self) -> Vec<LoginAgain> {
        let is_sign_in =
            |step: &&Step| step.acts() && step.place().is_some() && step.state != State::Residue;
        let mut commands: BTreeSet<(System, String)> = BTreeSet::new();
        for step in self.plan.steps.iter().filter(is_sign_in) {
            if let Some(command) = command_of(step) {
                commands.insert((step.system, command));
            }
        }
        let commands = commands.into_iter();
        commands
            .map(|(system, command)| LoginAgain { system, command })
            .collect()
    }
}

/// The commands of systems that are no entries of the catalogue.
const OWN_COMMANDS: [(System, &str); 6] = [
    (System::SALESFORCE, "sf org login web"),
    (System::AWS, "aws sso login"),
    (System::AZURE, "az login"),
    (System::GCP, "gcloud auth login"),
    (System::DOCKER, "docker login"),
    (System::GITHUB, "gh auth login"),
];

fn command_of(step: &Step) -> Option<String> {
    if step.owner.is_configured() {
        return Some("atmos auth login".to_owned());
    }
    if let Some(tool) = tool_of(step.system).filter(|tool| !tool.login.is_empty()) {
        return Some(tool.login.join(" "));
    }
    let known = OWN_COMMANDS
        .iter()
        .find(|(system, _)| *system == step.system);
    let known = known.map(|(_, command)| *command);
    known
        .map(str::to_owned)
        .or_else(|| match step.system.info().vendor_login {
            Ok(login) => {
                let words = login.programs.iter().take(1).chain(login.arguments);
                Some(words.copied().collect::<Vec<_>>().join(" "))
            }
            Err(_) => None,
        })
}
