//! Working as a profile of the AWS CLI, as its own settings say.

use std::ffi::OsString;

use adieu::io::net::Cancel;
use adieu::login::aws::{NoPerson, ProfileFacts, RoleKeys, SignInError};
use adieu::shell::quote_word;
use adieu::systems::derive_profile_environment;

use super::context::Context;
use super::exec::{apply_environment, format_time};
use super::identity;
use super::login::person::TerminalPerson;
use crate::args::WayArgs;
use crate::ui::{Failure, Printer, to_plain_text};

/// Whom a command works as.
pub(super) enum Whom<'a> {
    /// An identity of `atmos.yaml`.
    Identity(&'a adieu::atmos::config::Identity),
    /// A profile of the AWS CLI.
    Profile(String),
}

/// The identity that is meant, else the profile of the AWS CLI that has the name. In the grammar of
/// Atmos there are identities only.
pub(super) fn resolve_whom<'a>(
    context: &'a Context,
    typed: Option<&str>,
    printer: &Printer,
) -> Result<Whom<'a>, Failure> {
    let environment = &context.adieu.world.environment;
    let auth = &context.adieu.configuration.auth;
    let named = typed
        .or_else(|| environment.get("ATMOS_IDENTITY"))
        .or_else(|| environment.get("IDENTITY"));
    // Where nobody is configured, the profile in effect is whom everybody else works as.
    let in_effect = || {
        let profile = environment
            .get("AWS_PROFILE")
            .or_else(|| environment.get("AWS_DEFAULT_PROFILE"));
        profile.filter(|_| auth.identities.is_empty())
    };
    if !context.prefix.ends_with(" auth")
        && let Some(name) = named.or_else(in_effect)
        && let Some(profile) = find_profile(context, name)?
    {
        return Ok(Whom::Profile(profile));
    }
    identity::resolve_choice(context, typed, printer).map(Whom::Identity)
}

/// The profile of that name, or `aws:` and its name, if no identity has it.
pub(super) fn find_profile(context: &Context, name: &str) -> Result<Option<String>, Failure> {
    let graph = &context.adieu.identity_graph;
    let is_identity = !graph.identities_called(name).found.is_empty();
    if is_identity || name.is_empty() {
        return Ok(None);
    }
    let (nobody, cancel) = (NoPerson, Cancel::new());
    let sign_in = context.adieu.sign_in(&nobody, &[], &cancel);
    for name in [Some(name), name.strip_prefix("aws:")]
        .into_iter()
        .flatten()
    {
        if sign_in.has_profile(name).map_err(|error| unread(&error))? {
            return Ok(Some(name.to_owned()));
        }
    }
    Ok(None)
}

fn unread(error: &SignInError) -> Failure {
    Failure::failed("the profiles of the AWS CLI cannot be read").because(error)
}

/// The keys of a profile, signed in anew where they end soon. `may_ask`: whether the person may be
/// asked.
pub(super) fn keys_of(
    context: &Context,
    name: &str,
    may_ask: bool,
    printer: &mut Printer,
) -> Result<RoleKeys, Failure> {
    let cancel = Cancel::new();
    let keys = if may_ask {
        let way = WayArgs::default();
        let person = TerminalPerson::new(&context.adieu.world, &way, &cancel, printer);
        let sign_in = context.adieu.sign_in(&person, &[], &cancel);
        sign_in.keys_of_profile(name)
    } else {
        let mut sign_in = context.adieu.sign_in(&NoPerson, &[], &cancel);
        sign_in.may_ask = false;
        sign_in.keys_of_profile(name)
    };
    keys.map_err(|error| to_failure(context, name, &error))
}

/// What the settings say of a profile.
pub(super) fn facts_of(context: &Context, name: &str) -> Result<ProfileFacts, Failure> {
    let (nobody, cancel) = (NoPerson, Cancel::new());
    let sign_in = context.adieu.sign_in(&nobody, &[], &cancel);
    let facts = sign_in.profile_facts(name);
    facts.map_err(|error| to_failure(context, name, &error))
}

/// Why a sign-in did not come about, and what to do.
pub(super) fn to_failure(context: &Context, name: &str, error: &SignInError) -> Failure {
    if error.is_interrupted() {
        return Failure::stopped(error.to_string());
    }
    let shown = to_plain_text(name);
    let login = || format!("sign in first: {}", login_command(context, name));
    let failure = match error {
        SignInError::NeedsPerson { .. } => {
            return Failure::failed(format!("profile \"{shown}\" is not signed in")).hint(login());
        }
        SignInError::Configuration { .. } => {
            return Failure::usage(format!("profile \"{shown}\" cannot be used"))
                .because(error)
                .hint("see what it says in ~/.aws/config");
        }
        _ => Failure::failed(format!("profile \"{shown}\" cannot be signed in")).because(error),
    };
    match error.hint() {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}

/// The command that signs in as a profile.
pub(super) fn login_command(context: &Context, name: &str) -> String {
    let words = context.global.words();
    let words = words.iter().map(|word| quote_word(&word.to_string_lossy()));
    let mut command = vec![context.prefix.clone()];
    command.extend(words);
    command.extend(["login".to_owned(), quote_word(name)]);
    command.join(" ")
}

/// All variables of a command that is run as a profile. The command finds its keys by the profile's name;
/// they are in its environment only where many programs could not get them by themselves.
pub(super) fn build_environment(
    context: &Context,
    name: &str,
    keys: &RoleKeys,
) -> Result<Vec<(OsString, OsString)>, Failure> {
    let facts = facts_of(context, name)?;
    let mut child = derive_profile_environment(name, keys.region.as_deref());
    if facts.needs_help {
        child.set.remove("AWS_PROFILE");
        child.removed.push("AWS_PROFILE");
        let secret = keys.secret_access_key.expose();
        let token = keys
            .session_token
            .as_ref()
            .map(adieu::secret::Secret::expose);
        for (variable, value) in [
            ("AWS_ACCESS_KEY_ID", Some(keys.access_key_id.as_str())),
            ("AWS_SECRET_ACCESS_KEY", Some(secret)),
            ("AWS_SESSION_TOKEN", token),
        ] {
            if let Some(value) = value {
                child.set.insert(variable.to_owned(), value.to_owned());
            }
        }
        if let Some(end) = keys.expires_at {
            let end = format_time(end);
            child
                .set
                .insert("AWS_CREDENTIAL_EXPIRATION".to_owned(), end);
        }
    }
    Ok(apply_environment(context, child, None))
}
