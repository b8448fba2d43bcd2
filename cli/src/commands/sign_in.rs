//! Making sure that an identity is signed in before it is used.

use adieu::atmos::config::{Identity, IdentityKind, ProviderKind};
use adieu::discover::discover_sign_ins;
use adieu::io::net::Cancel;
use adieu::login::aws::{NoPerson, RoleKeys, SignIn, SignInError};
use adieu::login::cloud::{CloudSession, needs_files};
use adieu::report::{SessionState, build_status};
use adieu::shell::{format_option, quote_word};
use adieu::systems::discovery::DiscoveryScope;
use jiff::Timestamp;

use super::context::Context;
use super::identity;
use super::login::person::TerminalPerson;
use crate::args::WayArgs;
use crate::ui::{Failure, Printer, to_plain_text};

/// The sign-in that is used.
pub(super) struct SignedIn {
    /// When it ends, if that is known.
    pub(super) expires_at: Option<Timestamp>,
}

/// Makes sure that an identity is signed in: it is used if it is, signed in if that needs nobody or
/// somebody is there, and else it is said what to do.
pub(super) fn ensure_signed_in(
    context: &Context,
    identity: &Identity,
    printer: &mut Printer,
) -> Result<SignedIn, Failure> {
    if needs_files(&identity.kind) && !is_of_azure_cli(context, identity) {
        let session = cloud_session_of(context, identity, printer.can_prompt(), printer)?;
        return Ok(SignedIn {
            expires_at: Some(session.expires_at),
        });
    }
    if keeps_nothing(context, identity) {
        return Ok(SignedIn { expires_at: None });
    }
    if is_of_aws(identity) {
        let keys = keys_of(context, identity, printer.can_prompt(), printer)?;
        return Ok(SignedIn {
            expires_at: keys.expires_at,
        });
    }
    let inventory = discover_sign_ins(&context.adieu.sources(), DiscoveryScope::Configured);
    let found = build_status(&inventory, &context.adieu.identity_graph, true);
    let session = found.sessions.iter().find(|session| {
        session.configured && session.identity.as_deref() == Some(&identity.name.written)
    });
    let expires_at = session.and_then(|session| session.expires_at);
    match session.map_or(SessionState::SignedOut, |session| session.state) {
        SessionState::Live | SessionState::Unknown => Ok(SignedIn { expires_at }),
        SessionState::Expired | SessionState::SignedOut => Err(not_signed_in(context, identity)),
    }
}

/// The keys of an AWS identity, signed in anew where they end soon. `may_ask`: whether the person may be
/// asked.
pub(super) fn keys_of(
    context: &Context,
    identity: &Identity,
    may_ask: bool,
    printer: &mut Printer,
) -> Result<RoleKeys, Failure> {
    with_sign_in(context, may_ask, printer, |sign_in| {
        sign_in.keys_of(identity)
    })
    .map_err(|error| to_failure(context, identity, &error))
}

/// The session of an identity of another cloud, signed in anew where it ends soon.
pub(super) fn cloud_session_of(
    context: &Context,
    identity: &Identity,
    may_ask: bool,
    printer: &mut Printer,
) -> Result<CloudSession, Failure> {
    with_sign_in(context, may_ask, printer, |sign_in| {
        sign_in.cloud_session_of(identity)
    })
    .map_err(|error| to_failure(context, identity, &error))
}

/// Signs in with the person at the terminal, or with nobody.
fn with_sign_in<T>(
    context: &Context,
    may_ask: bool,
    printer: &mut Printer,
    work: impl FnOnce(&SignIn<'_>) -> Result<T, SignInError>,
) -> Result<T, SignInError> {
    let cancel = Cancel::new();
    if may_ask {
        let way = WayArgs::default();
        let person = TerminalPerson::new(&context.adieu.world, &way, &cancel, printer);
        work(&context.adieu.sign_in(&person, &[], &cancel))
    } else {
        let mut sign_in = context.adieu.sign_in(&NoPerson, &[], &cancel);
        sign_in.may_ask = false;
        work(&sign_in)
    }
}

/// Whether an identity's keys are AWS's.
pub(super) const fn is_of_aws(identity: &Identity) -> bool {
    matches!(
        identity.kind,
        IdentityKind::AwsPermissionSet
            | IdentityKind::AwsAssumeRole
            | IdentityKind::AwsAssumeRoot
            | IdentityKind::AwsUser
    )
}

/// Whether an identity uses what the Azure CLI has signed in to, each time anew.
fn is_of_azure_cli(context: &Context, identity: &Identity) -> bool {
    let graph = &context.adieu.identity_graph;
    let root = graph.root_provider(&identity.name.key);
    let providers = &context.adieu.configuration.auth;
    root.and_then(|root| providers.provider(&root.key))
        .is_some_and(|provider| provider.kind == ProviderKind::AzureCli)
}

/// Whether an identity has no sign-in of its own: what it uses is in the environment each time, or made
/// up.
fn keeps_nothing(context: &Context, identity: &Identity) -> bool {
    let is_made_up = matches!(identity.kind, IdentityKind::Mock | IdentityKind::MockAws);
    let is_of_environment = identity::is_ambient(context, identity) && !is_of_aws(identity);
    is_made_up || is_of_environment
}

/// Why a sign-in did not come about, and what to do.
pub(super) fn to_failure(context: &Context, identity: &Identity, error: &SignInError) -> Failure {
    if error.is_interrupted() {
        return Failure::stopped(error.to_string());
    }
    let name = to_plain_text(&identity.name.written);
    let failure = match error {
        SignInError::NeedsPerson { .. } => return not_signed_in(context, identity),
        SignInError::Chain(_) | SignInError::Files(_) | SignInError::Configuration { .. } => {
            Failure::usage(format!("identity \"{name}\" cannot be signed in")).because(error)
        }
        _ => Failure::failed(format!("identity \"{name}\" cannot be signed in")).because(error),
    };
    match error.hint() {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}

/// Nobody is signed in as the identity, and nobody can be asked.
fn not_signed_in(context: &Context, identity: &Identity) -> Failure {
    let name = to_plain_text(&identity.name.written);
    Failure::failed(format!("identity \"{name}\" is not signed in")).hint(format!(
        "sign in first: {}",
        login_command(context, identity)
    ))
}

/// The command that signs in, with what says which configuration is meant.
pub(super) fn login_command(context: &Context, identity: &Identity) -> String {
    let words = context.global.words();
    let words = words.iter().map(|word| quote_word(&word.to_string_lossy()));
    let mut command = vec![context.prefix.clone()];
    command.extend(words);
    command.push("login".to_owned());
    let name = &identity.name.written;
    // Only the grammar of Atmos has the flag.
    command.push(if context.prefix.ends_with("auth") {
        format_option("-i", name)
    } else {
        quote_word(name)
    });
    command.join(" ")
}
