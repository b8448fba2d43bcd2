//! Plan and answers to approved plan: the only way to get something that can be executed.

use crate::inventory::Place;
use crate::plan::{Decision, KeepReason, Plan, Question};
use crate::remote::TrustedHost;
use crate::secret::Fingerprint;

/// A plan that a flag or a person has agreed to. Only [`approve_plan`] makes one.
#[derive(Clone, Debug)]
pub struct Approved<T> {
    value: T,
    allowed_hosts: Vec<TrustedHost>,
    declined: Vec<Fingerprint>,
}

impl<T> Approved<T> {
    /// What was agreed to.
    pub const fn get(&self) -> &T {
        &self.value
    }

    /// Hosts named only by configuration that tokens may be sent to all the same.
    pub fn allowed_hosts(&self) -> &[TrustedHost] {
        &self.allowed_hosts
    }

    /// Whether nobody agreed to ending this token, whose end would be felt elsewhere too.
    pub fn is_declined(&self, token: &Fingerprint) -> bool {
        self.declined.contains(token)
    }

    /// Gives the plan back, no longer executable.
    pub fn into_inner(self) -> T {
        self.value
    }
}

/// What was answered.
#[derive(Clone, Debug, Default)]
pub struct Answers {
    /// `--force`: agrees to deleting stored credentials and to ending sessions that `atmos.yaml`
    /// does not configure; never to sending a token to a host that only a file names.
    pub force: bool,
    /// Questions that a person said yes to.
    pub agreed: Vec<Question>,
}

/// Questions that nobody answered: nothing may be touched.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not agreed to: nothing was changed")]
pub struct Unanswered {
    /// The open questions.
    pub questions: Vec<Question>,
}

/// Agrees to a plan, if every question that needs a yes has one.
///
/// A host that nobody allowed does not stop the plan: only the revocation that wanted it fails, and
/// says why.
pub fn approve_plan(mut plan: Plan, answers: &Answers) -> Result<Approved<Plan>, Unanswered> {
    let is_open = |question: &&Question| match question {
        Question::Incident { .. }
        | Question::DeleteKeychain { .. }
        | Question::Unconfigured { .. }
        | Question::PossibleSignIns { .. }
        | Question::ClearResidue
        | Question::PurgeData { .. } => !answers.force && !answers.agreed.contains(question),
        Question::Endpoint { .. }
        | Question::Copies { .. }
        | Question::SharedToken { .. }
        | Question::SharedSignIn { .. } => false,
    };
    let questions: Vec<Question> = plan.questions.iter().filter(is_open).cloned().collect();
    if !questions.is_empty() {
        return Err(Unanswered { questions });
    }
    let agreed: Vec<&Place> = plan
        .questions
        .iter()
        .filter(|question| answers.agreed.contains(question))
        .flat_map(|question| match question {
            Question::Copies { places, .. } => places.as_slice(),
            _ => &[],
        })
        .collect();
    for step in &mut plan.steps {
        let is_copy = step.decision == Decision::Keep(KeepReason::SameSecret);
        if is_copy && step.place().is_some_and(|place| agreed.contains(&place)) {
            step.decision = Decision::Go;
        }
    }
    let mut allowed_hosts = plan.request.allow_endpoints.clone();
    allowed_hosts.extend(answers.agreed.iter().filter_map(|question| match question {
        Question::Endpoint { host } => TrustedHost::parse(host),
        _ => None,
    }));
    let declined = plan.questions.iter().filter_map(|question| match question {
        Question::SharedToken { token, .. }
            if !answers.force && !answers.agreed.contains(question) =>
        {
            Some(*token)
        }
        _ => None,
    });
    Ok(Approved {
        declined: declined.collect(),
        value: plan,
        allowed_hosts,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::atmos::identity_graph::Scope;
    use crate::plan::{Request, Target};

    fn plan(questions: Vec<Question>) -> Plan {
        Plan {
            request: Request::new(Target::Configured),
            scope: Scope::default(),
            subject: String::new(),
            chain: Vec::new(),
            steps: Vec::new(),
            questions,
            unread: Vec::new(),
            missing: Vec::new(),
            links: Vec::new(),
        }
    }

    fn keychain() -> Question {
        Question::DeleteKeychain {
            subject: "dev".to_owned(),
            entries: vec!["dev".to_owned()],
        }
    }

    #[test]
    fn keychain_needs_a_yes_or_force() {
        assert!(approve_plan(plan(vec![keychain()]), &Answers::default()).is_err());
        let force = Answers {
            force: true,
            agreed: vec![],
        };
        assert!(approve_plan(plan(vec![keychain()]), &force).is_ok());
        let yes = Answers {
            force: false,
            agreed: vec![keychain()],
        };
        assert!(approve_plan(plan(vec![keychain()]), &yes).is_ok());
    }

    #[test]
    fn force_never_allows_a_host() {
        let host = Question::Endpoint {
            host: "evil.example".to_owned(),
        };
        let force = Answers {
            force: true,
            agreed: vec![],
        };
        let approved = approve_plan(plan(vec![host.clone()]), &force).unwrap();
        assert!(approved.allowed_hosts().is_empty());
        let yes = Answers {
            force: false,
            agreed: vec![host.clone()],
        };
        let approved = approve_plan(plan(vec![host]), &yes).unwrap();
        let hosts: Vec<String> = approved
            .allowed_hosts()
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(hosts, ["evil.example"]);
    }
}
