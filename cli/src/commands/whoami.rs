//! `adieu whoami`: one identity, and whether it is signed in: what is on disk, and what AWS says of it.

use std::collections::BTreeMap;
use std::error::Error as _;
use std::path::PathBuf;
use std::time::Duration;

use adieu::atmos::config::{self, Configuration, Identity, IdentityKind, RealmSource};
use adieu::atmos::identity_graph::IdentityGraph;
use adieu::discover::discover_sign_ins;
use adieu::inventory::{Artefact, Place, State};
use adieu::io::net::Cancel;
use adieu::login::aws::{Caller, NoPerson, SignInError};
use adieu::names::is_hidden;
use adieu::remote::TokenStatus;
use adieu::report::{
    SCHEMA_VERSION, Session, SessionState, WhoamiCaller, WhoamiDocument, WhoamiPath, build_status,
};
use adieu::systems::discovery::DiscoveryScope;
use adieu::systems::{System, VariableValue, collect_variables, find_google_project, find_region};

use super::context::Context;
use super::profile::{self, Whom, resolve_whom};
use super::sign_in::{is_of_aws, login_command};
use super::{identity, trusted, whoami_cloud, whoami_profile};
use crate::args::{Output, WhoamiArgs};
use crate::ui::plain::to_json;
use crate::ui::{Failure, Printer, human, to_plain_text};

/// What stands in the place of a secret.
pub(super) const REDACTED: &str = "***REDACTED***";

/// Runs the command: 0 signed in, 1 not signed in, 3 if it could not be told.
pub(crate) fn run(
    context: &Context,
    arguments: &WhoamiArgs,
    printer: &mut Printer,
) -> Result<u8, Failure> {
    let chosen = arguments.named.as_deref();
    let chosen = chosen.or(arguments.identity.chosen.as_deref());
    let identity = match resolve_whom(context, chosen, printer)? {
        Whom::Identity(identity) => identity,
        Whom::Profile(name) => {
            let (document, state, answer) = whoami_profile::describe(context, &name, arguments)?;
            let login = profile::login_command(context, &name);
            return print(context, &document, state, answer.as_ref(), &login, printer);
        }
    };
    let inventory = discover_sign_ins(&context.adieu.sources(), DiscoveryScope::Configured);
    let found = build_status(&inventory, &context.adieu.identity_graph, true);
    let session = found.sessions.iter().find(|session| {
        session.configured && session.identity.as_deref() == Some(&identity.name.written)
    });
    let state = judge_state(context, identity, session, &inventory.problems);
    let asked = ask_aws(context, identity, arguments)?;
    let of_cloud = whoami_cloud::ask(context, identity, arguments)?;
    let answer = asked.as_ref().map(|asked| &asked.answer);
    let state = match answer.or(of_cloud.answer.as_ref()) {
        Some(TokenStatus::Accepted) => SessionState::Live,
        Some(TokenStatus::Refused) if state != SessionState::Expired => SessionState::SignedOut,
        _ => state,
    };
    let mut document = build_document(context, identity, session, state);
    if let Some(Asked { answer, caller }) = &asked {
        document.server = Some(answer.into());
        if let Some(caller) = caller {
            warn_of_other_account(identity, caller, printer);
            document.account = Some(caller.account.clone());
            document.caller = Some(WhoamiCaller {
                arn: Some(caller.arn.clone()),
                user: None,
                user_id: caller.user_id.clone(),
            });
        }
    }
    if let Some(answer) = &of_cloud.answer {
        document.server = Some(answer.into());
    }
    if let Some(caller) = of_cloud.caller {
        document.caller = Some(caller);
    }
    let login = login_command(context, identity);
    let answer = asked.as_ref().map(|asked| &asked.answer);
    let answer = answer.or(of_cloud.answer.as_ref());
    print(context, &document, state, answer, &login, printer)
}

/// Prints what is known; the exit status.
fn print(
    context: &Context,
    document: &WhoamiDocument,
    state: SessionState,
    answer: Option<&TokenStatus>,
    login: &str,
    printer: &mut Printer,
) -> Result<u8, Failure> {
    // As for Atmos; what was typed comes first.
    let by_variable = context
        .adieu
        .world
        .environment
        .get("ATMOS_AUTH_WHOAMI_OUTPUT")
        == Some("json");
    if context.global.output == Output::Json || by_variable {
        printer.raw(&to_json(document)?)?;
    } else {
        let world = &context.adieu.world;
        human::print_identity(world, document, state, answer, login, printer)?;
    }
    Ok(match state {
        SessionState::Live => 0,
        SessionState::Expired | SessionState::SignedOut => 1,
        SessionState::Unknown => 3,
    })
}

/// What AWS said of keys.
pub(super) struct Asked {
    pub(super) answer: TokenStatus,
    pub(super) caller: Option<Caller>,
}

/// How long AWS may take to say who somebody is.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// Asks AWS whose the keys of an identity are; `None` if that is not wished, or if there are none.
fn ask_aws(
    context: &Context,
    identity: &Identity,
    arguments: &WhoamiArgs,
) -> Result<Option<Asked>, Failure> {
    let allowed = trusted::parse_hosts(&arguments.allow_endpoint)?;
    // Keys in another's home are not one's own to use.
    if arguments.offline || context.global.home.is_some() || !is_of_aws(identity) {
        return Ok(None);
    }
    let cancel = Cancel::new();
    let mut sign_in = context.adieu.sign_in(&NoPerson, &allowed, &cancel);
    sign_in.network = sign_in.network.with_limit(PATIENCE);
    // What cannot be read or named is judged from the other findings.
    let Some(keys) = sign_in.keys_on_disk(identity).ok().flatten() else {
        return Ok(None);
    };
    let answer = sign_in.find_caller(&keys, sts_endpoint(context, identity));
    Ok(Some(judge_answer(answer)))
}

/// What an answer says of the keys.
pub(super) fn judge_answer(answer: Result<Caller, SignInError>) -> Asked {
    match answer {
        Ok(caller) => Asked {
            answer: TokenStatus::Accepted,
            caller: Some(caller),
        },
        Err(error) if error.refuses_keys() => Asked {
            answer: TokenStatus::Refused,
            caller: None,
        },
        Err(error) => {
            let reason = error.source().map(ToString::to_string);
            let why = reason.unwrap_or_else(|| error.to_string());
            Asked {
                answer: TokenStatus::Unknown { why },
                caller: None,
            }
        }
    }
}

/// The server that the configuration names for STS: the identity's, else its provider's. A permission
/// set's own is that of the portal.
pub(super) fn sts_endpoint<'a>(context: &'a Context, identity: &'a Identity) -> Option<&'a str> {
    if identity.kind == IdentityKind::AwsPermissionSet {
        return None;
    }
    let provider = || {
        let graph = &context.adieu.identity_graph;
        let root = graph.root_provider(&identity.name.key)?;
        let auth = &context.adieu.configuration.auth;
        auth.provider(&root.key)?.endpoint_url()
    };
    identity.endpoint_url().or_else(provider)
}

/// Keys of another account than the configured one are somebody else's, or a file was copied.
fn warn_of_other_account(identity: &Identity, caller: &Caller, printer: &mut Printer) {
    let Some(configured) = identity.account_id() else {
        return;
    };
    if configured != caller.account {
        let message = format!(
            "{}: its keys are of account {}, and atmos.yaml says {}",
            to_plain_text(&identity.name.written),
            to_plain_text(&caller.account),
            to_plain_text(configured)
        );
        printer.warning(&message, None);
    }
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
        caller: None,
        server: None,
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
    let own = find_own_account(identity);
    match identity.kind.system() {
        Some(system) if system == System::GCP => {
            own.or_else(|| find_google_project(configuration, identity_graph, identity))
        }
        _ => own,
    }
    .map(str::to_owned)
}

/// The account that an identity's own entry names: by its number, else by its name.
pub(crate) fn find_own_account(identity: &Identity) -> Option<&str> {
    identity
        .account_id()
        .or_else(|| identity.target_principal())
        .or_else(|| identity.subscription_id())
        .or_else(|| identity.assume_role().and_then(account_of_arn))
        .or_else(|| identity.account_name())
}

/// The role that an identity works in: of a permission set its name, of an ARN what follows `role/`.
pub(crate) fn find_role(identity: &Identity) -> Option<&str> {
    let assumed = || {
        let arn = identity.assume_role()?;
        let (_, role) = arn.split_once(":role/")?;
        role.rsplit('/').next()
    };
    let task = || identity.task_policy_arn()?.rsplit('/').next();
    identity.permission_set().or_else(assumed).or_else(task)
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
