//! `adieu whoami`: one identity, and whether it is signed in. Nobody is asked, no server either.

use std::collections::BTreeMap;
use std::path::PathBuf;

use adieu::atmos::config::{self, Configuration, Identity, RealmSource};
use adieu::atmos::identity_graph::IdentityGraph;
use adieu::discover::discover_sign_ins;
use adieu::inventory::{Artefact, Place, State};
use adieu::names::is_hidden;
use adieu::report::{
    SCHEMA_VERSION, Session, SessionState, WhoamiDocument, WhoamiPath, build_status,
};
use adieu::systems::discovery::DiscoveryScope;
use adieu::systems::{System, VariableValue, collect_variables, find_google_project, find_region};

use super::context::Context;
use super::identity;
use crate::args::{Output, WhoamiArgs};
use crate::ui::plain::to_json;
use crate::ui::{Failure, Printer, human};

/// What stands in the place of a secret.
pub(super) const REDACTED: &str = "***REDACTED***";

/// Runs the command: 0 signed in, 1 not signed in, 3 if it could not be told.
pub(crate) fn run(
    context: &Context,
    arguments: &WhoamiArgs,
    printer: &mut Printer,
) -> Result<u8, Failure> {
    let identity = identity::resolve_choice(context, arguments.chosen.as_deref(), printer)?;
    let inventory = discover_sign_ins(&context.adieu.sources(), DiscoveryScope::Configured);
    let found = build_status(&inventory, &context.adieu.identity_graph, true);
    let session = found.sessions.iter().find(|session| {
        session.configured && session.identity.as_deref() == Some(&identity.name.written)
    });
    let state = judge_state(context, identity, session, &inventory.problems);
    let document = build_document(context, identity, session, state);
    // As for Atmos; what was typed comes first.
    let by_variable = context
        .adieu
        .world
        .environment
        .get("ATMOS_AUTH_WHOAMI_OUTPUT")
        == Some("json");
    if context.global.output == Output::Json || by_variable {
        printer.raw(&to_json(&document)?)?;
    } else {
        human::print_identity(&context.adieu.world, &document, state, printer)?;
    }
    Ok(match state {
        SessionState::Live => 0,
        SessionState::Expired | SessionState::SignedOut => 1,
        SessionState::Unknown => 3,
    })
}

/// An identity that takes its credentials from the environment each time leaves no trace to judge
/// by, and a store that cannot be read may hide a session.
fn judge_state(
    context: &Context,
    identity: &Identity,
    session: Option<&Session>,
    problems: &[adieu::inventory::Problem],
) -> SessionState {
    let state = session.map_or(SessionState::SignedOut, |session| session.state);
    if state != SessionState::SignedOut {
        return state;
    }
    let is_ambient = identity::is_ambient(context, identity);
    if is_ambient || problems.iter().any(|problem| problem.hides) {
        SessionState::Unknown
    } else {
        SessionState::SignedOut
    }
}

fn build_document(
    context: &Context,
    identity: &Identity,
    session: Option<&Session>,
    state: SessionState,
) -> WhoamiDocument {
    let identity_graph = &context.adieu.identity_graph;
    let key = &identity.name.key;
    let realm = config::resolve_realm(&context.adieu.world, &context.adieu.configuration);
    let configuration = &context.adieu.configuration;
    let environment = collect_variables(
        &context.adieu.world,
        configuration,
        identity_graph,
        identity,
    )
    .map(|variables| {
        let mut all = variables.unasked;
        all.extend(variables.values);
        all
    })
    .unwrap_or_default();
    let chain = identity_graph.chain(key);
    let shown_realm = Realm {
        variable: context
            .adieu
            .configuration
            .realm_variable()
            .filter(|_| realm.source == RealmSource::Configuration),
        value: &realm.value,
    };
    WhoamiDocument {
        schema_version: SCHEMA_VERSION,
        valid: state == SessionState::Live,
        state: state.word(),
        realm: shown_realm.hidden_in(&realm.value),
        realm_source: realm.source.id(),
        provider: identity_graph
            .root_provider(key)
            .map(|provider| provider.written.clone())
            .unwrap_or_default(),
        identity: identity.name.written.clone(),
        chain: chain
            .iter()
            .map(|link| identity_graph.written(link).to_owned())
            .collect(),
        principal: find_principal(identity).unwrap_or_default().to_owned(),
        account: find_account(configuration, identity_graph, identity),
        region: find_region(configuration, identity_graph, identity).map(str::to_owned),
        expiration: session
            .and_then(|session| session.expires_at)
            .map(|at| at.to_string()),
        paths: session
            .map(|session| list_paths(session, &shown_realm))
            .unwrap_or_default(),
        environment: redact_variables(environment, &shown_realm),
        credentials_ref: key.clone(),
        last_updated: session.and_then(|session| last_updated(context, session)),
    }
}

/// The realm, which is a directory's name, too.
struct Realm<'a> {
    /// The variable that gave it. A repository chooses it, and it may hold a secret.
    variable: Option<&'a str>,
    value: &'a str,
}

impl Realm<'_> {
    /// A path, or the realm itself, with the variable's name in the place of what it gave.
    fn hidden_in(&self, path: &str) -> String {
        let Some(name) = self.variable else {
            return path.to_owned();
        };
        let shown = format!("${name}");
        let is_realm = |part: &&str| *part == self.value;
        let parts = path.split('/');
        let parts = parts.map(|part| if is_realm(&part) { &shown } else { part });
        parts.collect::<Vec<_>>().join("/")
    }
}

/// Who the identity is to its provider, as far as the configuration says.
fn find_principal(identity: &Identity) -> Option<&str> {
    identity
        .assume_role()
        .or_else(|| identity.service_account_email())
        .or_else(|| identity.task_policy_arn())
        .or_else(|| identity.permission_set())
}

/// The account (Azure: subscription, Google: project) of an identity.
fn find_account(
    configuration: &Configuration,
    identity_graph: &IdentityGraph,
    identity: &Identity,
) -> Option<String> {
    let own = identity
        .account_id()
        .or_else(|| identity.target_principal())
        .or_else(|| identity.subscription_id())
        .or_else(|| identity.assume_role().and_then(account_of_arn))
        .or_else(|| identity.account_name());
    match identity.kind.system() {
        Some(system) if system == System::GCP => {
            own.or_else(|| find_google_project(configuration, identity_graph, identity))
        }
        _ => own,
    }
    .map(str::to_owned)
}

/// `arn:aws:iam::210000000002:role/deployer` names the account in its fifth part.
fn account_of_arn(arn: &str) -> Option<&str> {
    let account = arn.split(':').nth(4)?;
    let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    is_account.then_some(account)
}

fn list_paths(session: &Session, realm: &Realm<'_>) -> Vec<WhoamiPath> {
    let mut found: BTreeMap<PathBuf, WhoamiPath> = BTreeMap::new();
    for artefact in &session.artefacts {
        let Some(path) = artefact.place.path() else {
            continue;
        };
        let shown = WhoamiPath {
            location: realm.hidden_in(&path.display().to_string()),
            kind: match artefact.place {
                Place::Directory { .. } => "directory",
                _ => "file",
            },
            required: artefact.state != State::Residue,
            purpose: artefact.what,
        };
        found.entry(path).or_insert(shown);
    }
    found.into_values().collect()
}

/// When the newest place that makes the session was written.
fn last_updated(context: &Context, session: &Session) -> Option<String> {
    let written = |artefact: &Artefact| {
        let probe = context.adieu.files.probe(artefact.place.file()?).ok()??;
        probe.modified
    };
    let newest = session.artefacts.iter().filter_map(written).max()?;
    Some(newest.to_string())
}

/// Hides what may be a secret, by the names that Atmos hides.
fn redact_variables(
    variables: BTreeMap<String, VariableValue>,
    realm: &Realm<'_>,
) -> BTreeMap<String, String> {
    variables
        .into_iter()
        .map(|(name, value)| {
            let value = if is_hidden(&name, value.shown()) {
                REDACTED.to_owned()
            } else {
                realm.hidden_in(value.shown())
            };
            (name, value)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn account_is_read_from_the_arn_of_a_role_only() {
        assert_eq!(
            account_of_arn("arn:aws:iam::210000000002:role/deployer"),
            Some("210000000002")
        );
        for other in ["", "arn:aws:iam::aws:policy/x", "role/deployer", ":::::"] {
            assert_eq!(account_of_arn(other), None, "{other:?}");
        }
    }
}
