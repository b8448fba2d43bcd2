//! Which identity is meant by commands about one identity.

use adieu::atmos::config::{Identity, IdentityKind};

use super::context::Context;
use super::select::{add_known_names, build_ambiguity_failure, find_nearest_name};
use crate::args::ASK;
use crate::ui::{Failure, Printer, prompt, to_plain_text};

/// The identity of `-i`, else of `ATMOS_IDENTITY`, else of `IDENTITY`, else the default one. If that
/// leaves none or several, a menu, and without a terminal an error that names `-i`.
pub(super) fn resolve_choice<'a>(
    context: &'a Context,
    flag: Option<&str>,
    printer: &Printer,
) -> Result<&'a Identity, Failure> {
    let environment = &context.adieu.world.environment;
    let name = flag
        .or_else(|| environment.get("ATMOS_IDENTITY"))
        .or_else(|| environment.get("IDENTITY"));
    match name {
        Some(ASK) => choose_from_menu(
            context,
            "Select an identity:",
            list_identities(context),
            printer,
        ),
        Some(name) => find_by_name(context, name),
        None => default(context, printer),
    }
}

/// The identity of that name or alias.
pub(super) fn find_by_name<'a>(context: &'a Context, name: &str) -> Result<&'a Identity, Failure> {
    let auth = &context.adieu.configuration.auth;
    let meant = context.adieu.identity_graph.identities_called(name).found;
    let meant: Vec<&Identity> = meant
        .iter()
        .filter_map(|entry| auth.identity(&entry.key))
        .collect();
    match meant.as_slice() {
        [one] => return Ok(one),
        [] => {}
        several => {
            return Err(build_ambiguity_failure(
                name,
                list_names(several).into_iter(),
            ));
        }
    }
    let message = format!(
        "identity \"{}\" not found in configuration",
        to_plain_text(name)
    );
    let names = list_names(&list_identities(context));
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let failure = add_known_names(
        context,
        Failure::usage(message),
        "Available identities:",
        &names,
    );
    Err(match find_nearest_name(name, &names) {
        Some(nearest) => failure.hint(format!("Did you mean '{nearest}'?")),
        None => failure,
    })
}

fn default<'a>(context: &'a Context, printer: &Printer) -> Result<&'a Identity, Failure> {
    let defaults: Vec<&Identity> = context
        .adieu
        .configuration
        .auth
        .default_identities()
        .collect();
    match defaults.as_slice() {
        [one] => Ok(one),
        [] => choose_from_menu(
            context,
            "No default identity configured. Please choose an identity:",
            list_identities(context),
            printer,
        ),
        _ => choose_from_menu(
            context,
            "Multiple default identities found. Please choose one:",
            defaults,
            printer,
        ),
    }
}

fn choose_from_menu<'a>(
    context: &Context,
    title: &str,
    mut identities: Vec<&'a Identity>,
    printer: &Printer,
) -> Result<&'a Identity, Failure> {
    identities.sort_by(|a, b| a.name.written.cmp(&b.name.written));
    let names = list_names(&identities);
    if identities.is_empty() || !printer.can_prompt() {
        let message = if context
            .adieu
            .configuration
            .auth
            .default_identities()
            .count()
            > 1
        {
            "several identities are marked as default"
        } else {
            "no identity given"
        };
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let failure = add_known_names(
            context,
            Failure::usage(format!("{message}, and {}", printer.why_unasked())),
            "Available identities:",
            &names,
        );
        return Err(failure.hint("Name one with -i NAME, or set ATMOS_IDENTITY."));
    }
    prompt::choose_option(title, names, &[])?
        .and_then(|index| identities.get(index).copied())
        .ok_or_else(Failure::interrupted)
}

fn list_identities(context: &Context) -> Vec<&Identity> {
    let mut all: Vec<&Identity> = context.adieu.configuration.auth.identities.iter().collect();
    all.sort_by(|a, b| a.name.written.cmp(&b.name.written));
    all
}

fn list_names(identities: &[&Identity]) -> Vec<String> {
    identities
        .iter()
        .map(|identity| to_plain_text(&identity.name.written).into_owned())
        .collect()
}

/// Whether an identity takes its credentials from the environment each time and keeps nothing, so
/// that nothing on disk tells whether it is signed in.
pub(super) fn is_ambient(context: &Context, identity: &Identity) -> bool {
    matches!(
        identity.kind,
        IdentityKind::Ambient | IdentityKind::AwsAmbient
    ) || identity.kind.is_emulator()
        || context
            .adieu
            .identity_graph
            .root_provider(&identity.name.key)
            .is_some_and(|provider| provider.ambient)
}
