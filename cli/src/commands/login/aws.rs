//! `adieu login` and `adieu auth login`: signing in to AWS.

use std::time::Duration;

use adieu::atmos::config::{Identity, IdentityKind, Provider, ProviderKind};
use adieu::io::net::Cancel;
use adieu::login::aws::{PortalTarget, SignIn, SignInError, Wishes};
use adieu::report::{AwsSignIn, AwsSignInDocument, FailedSignIn};

use super::document::{
    describe_identity, describe_portal, describe_profile, format_line, print_block,
};
use super::person::TerminalPerson;
use crate::args::{LoginArgs, Output};
use crate::commands::context::Context;
use crate::commands::{Scope, identity, profile, trusted};
use crate::ui::plain::to_json;
use crate::ui::{Failure, Printer, prompt, to_plain_text};

/// Whom or where to sign in.
enum Target<'a> {
    Identities(Vec<&'a Identity>),
    Providers(Vec<&'a Provider>),
    /// A session or a profile of the AWS CLI.
    Portal(String),
    /// A profile of the AWS CLI that is signed in in a browser, as by `aws login`.
    Login(String),
    /// A profile of the AWS CLI with keys of a role, or of another source.
    Profile(String),
}

/// Runs the command; the exit status.
pub(super) fn run(
    context: &Context,
    arguments: &LoginArgs,
    scope: Scope,
    cancel: &Cancel,
    printer: &mut Printer,
) -> Result<u8, Failure> {
    // Keys and `state` are made of it: better none than one that can be guessed.
    if !crate::process::has_random_source() {
        return Err(Failure::failed(
            "the operating system gives no random numbers",
        ));
    }
    if !arguments.words.is_empty() {
        return Err(Failure::usage(
            "words after `--` are for a tool's own login command",
        ));
    }
    let target = find_target(context, arguments, scope, printer)?;
    let allowed = trusted::parse_hosts(&arguments.way.allow_endpoint)?;
    let is_document = context.global.output == Output::Json;
    cancel.begin_work();
    let mut signed_in: Vec<AwsSignIn> = Vec::new();
    let mut failed: Vec<(String, SignInError)> = Vec::new();
    let mut provisioned: Vec<String> = Vec::new();
    {
        let person = TerminalPerson::new(&context.adieu.world, &arguments.way, cancel, printer);
        let mut sign_in = context.adieu.sign_in(&person, &allowed, cancel);
        sign_in.force = arguments.force;
        sign_in.wishes = Wishes {
            callback_port: arguments.way.callback_port,
            patience: arguments.way.timeout.map(Duration::from_secs_f64),
            prefers_browser: arguments.way.webflow,
        };
        match target {
            Target::Identities(identities) => {
                let results = sign_in.keys_of_all(&identities);
                for (identity, result) in identities.iter().zip(results) {
                    match result {
                        Ok(keys) => signed_in.push(describe_identity(context, identity, &keys)),
                        Err(error) => failed.push((identity.name.written.clone(), error)),
                    }
                }
                if failed.is_empty() {
                    provision_roots(context, &sign_in, &identities, &mut provisioned);
                }
            }
            Target::Providers(providers) => {
                for provider in providers {
                    let portal = sign_in.portal_of_provider(provider);
                    match portal.and_then(|portal| sign_in_at(&sign_in, portal)) {
                        Ok((portal, signed)) => {
                            signed_in.push(signed);
                            provision(&sign_in, provider, &portal, &mut provisioned);
                        }
                        Err(error) => failed.push((provider.name.written.clone(), error)),
                    }
                }
            }
            Target::Login(name) => match sign_in.sign_in_profile(&name) {
                Ok(keys) => signed_in.push(describe_profile(&name, &keys)),
                Err(error) => failed.push((name, error)),
            },
            Target::Profile(name) => match sign_in.keys_of_profile(&name) {
                Ok(keys) => signed_in.push(describe_profile(&name, &keys)),
                Err(error) => failed.push((name, error)),
            },
            Target::Portal(name) => {
                let portal = sign_in.portal_of_aws_config(&name);
                let portal = portal.and_then(|portal| {
                    portal.ok_or_else(|| SignInError::Configuration {
                        entry: format!("\"{name}\""),
                        problem: "nothing in ~/.aws/config has this name".to_owned(),
                    })
                });
                match portal.and_then(|portal| sign_in_at(&sign_in, portal)) {
                    Ok((_, signed)) => signed_in.push(signed),
                    Err(error) => failed.push((name, error)),
                }
            }
        }
    }
    cancel.end_work();
    if is_document {
        let failures = failed.iter().map(|(name, error)| FailedSignIn {
            name: name.clone(),
            why: explain(error),
        });
        let document = AwsSignInDocument::new(signed_in, failures.collect());
        if failed.is_empty() || !document.is_empty() {
            printer.raw(&to_json(&document)?)?;
        }
    } else {
        print_results(context, &signed_in, printer)?;
        if !provisioned.is_empty() {
            printer.talk("")?;
        }
        for line in &provisioned {
            printer.talk(line)?;
        }
    }
    conclude(failed)
}

fn print_results(
    context: &Context,
    signed_in: &[AwsSignIn],
    printer: &mut Printer,
) -> Result<(), Failure> {
    if let [one] = signed_in
        && !printer.is_quiet()
    {
        return print_block(context, one, printer);
    }
    for signed in signed_in {
        printer.data(&format_line(context, signed))?;
    }
    Ok(())
}

/// The end of the run: success, or why not.
fn conclude(failed: Vec<(String, SignInError)>) -> Result<u8, Failure> {
    if failed.iter().any(|(_, error)| error.is_interrupted()) {
        return Err(Failure::interrupted());
    }
    let mut failed = failed.into_iter();
    let Some((name, error)) = failed.next() else {
        return Ok(0);
    };
    let name = to_plain_text(&name).into_owned();
    let mut failure = Failure::failed(format!("signing in to \"{name}\" failed")).because(&error);
    let hint = error.hint();
    for (name, error) in failed {
        failure = failure.detail(format!(
            "  • {}: {}",
            to_plain_text(&name),
            to_plain_text(&explain(&error))
        ));
    }
    if let Some(hint) = hint {
        failure = failure.hint(to_plain_text(&hint).into_owned());
    }
    Err(failure)
}

/// An error with its causes, in one line.
fn explain(error: &SignInError) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(next) = cause {
        text.push_str(": ");
        text.push_str(&next.to_string());
        cause = next.source();
    }
    text
}

fn sign_in_at(
    sign_in: &SignIn<'_>,
    portal: PortalTarget,
) -> Result<(PortalTarget, AwsSignIn), SignInError> {
    let end = sign_in.sign_in_at(&portal)?;
    let signed = describe_portal(&portal, end);
    Ok((portal, signed))
}

/// What the portals behind these identities offer, where that is wanted.
fn provision_roots(
    context: &Context,
    sign_in: &SignIn<'_>,
    identities: &[&Identity],
    lines: &mut Vec<String>,
) {
    let mut seen: Vec<&str> = Vec::new();
    for identity in identities {
        let graph = &context.adieu.identity_graph;
        let Some(root) = graph.root_provider(&identity.name.key) else {
            continue;
        };
        let auth = &context.adieu.configuration.auth;
        let Some(provider) = auth.provider(&root.key) else {
            continue;
        };
        if seen.contains(&root.key.as_str()) || !provider.provisions_identities() {
            continue;
        }
        seen.push(&root.key);
        // What was live needed no portal, and nothing new is known of it.
        if let Ok(portal) = sign_in.portal_of_provider(provider)
            && sign_in.has_asked(&portal)
        {
            provision(sign_in, provider, &portal, lines);
        }
    }
}

/// A portal that does not say what it offers spoils no sign-in.
fn provision(
    sign_in: &SignIn<'_>,
    provider: &Provider,
    portal: &PortalTarget,
    lines: &mut Vec<String>,
) {
    match sign_in.provision(provider, portal) {
        Ok(None) => {}
        Ok(Some(number)) => {
            lines.push(format!(
                "Provisioned {} from \"{}\"",
                crate::ui::format_count(number, "identity", "identities"),
                to_plain_text(&provider.name.written)
            ));
        }
        Err(error) => sign_in.person.note(&format!(
            "the identities of \"{}\" could not be provisioned: {}",
            to_plain_text(&provider.name.written),
            to_plain_text(&explain(&error))
        )),
    }
}

/// Whether something of the AWS CLI is called so; what cannot be read may be.
pub(super) fn is_name_of_cli(context: &Context, name: &str) -> bool {
    find_name_of_cli(context, name).unwrap_or(true)
}

fn find_name_of_cli(context: &Context, name: &str) -> Result<bool, Failure> {
    let names = list_names_of_cli(context)?;
    Ok(names.iter().any(|known| known == name)
        || is_login_profile(context, name)?
        || is_role_profile(context, name)?
        || profile::find_profile(context, name)?.is_some())
}

/// What is meant by the words of the command line.
fn find_target<'a>(
    context: &'a Context,
    arguments: &LoginArgs,
    scope: Scope,
    printer: &Printer,
) -> Result<Target<'a>, Failure> {
    let auth = &context.adieu.configuration.auth;
    if arguments.all {
        return find_all(context);
    }
    if let Some(name) = &arguments.provider {
        let provider = auth
            .provider(name)
            .ok_or_else(|| unknown_provider(context, name))?;
        return Ok(Target::Providers(vec![provider]));
    }
    if !arguments.tags.is_empty() {
        let has_tag = |identity: &&Identity| {
            let mut tags = identity.tags.iter();
            tags.any(|tag| arguments.tags.contains(tag))
        };
        let tagged: Vec<&Identity> = auth.identities.iter().filter(has_tag).collect();
        if tagged.is_empty() {
            let tags = to_plain_text(&arguments.tags.join(", ")).into_owned();
            return Err(Failure::usage(format!(
                "no identity has any of the tags {tags}"
            )));
        }
        return Ok(Target::Identities(tagged));
    }
    if let Some(name) = &arguments.name {
        return find_named(context, name, scope, arguments.way.webflow);
    }
    let has_identities = !auth.identities.is_empty();
    if arguments.chosen.is_some() || has_identities {
        let chosen = arguments.chosen.as_deref();
        let identity = identity::resolve_choice(context, chosen, printer)?;
        return Ok(Target::Identities(vec![identity]));
    }
    choose_place(context, scope, printer)
}

/// Everybody of AWS; where there is no identity, every provider.
fn find_all(context: &Context) -> Result<Target<'_>, Failure> {
    let auth = &context.adieu.configuration.auth;
    let is_of_aws = |identity: &&Identity| {
        matches!(
            identity.kind,
            IdentityKind::AwsPermissionSet | IdentityKind::AwsAssumeRole | IdentityKind::AwsUser
        )
    };
    let identities: Vec<&Identity> = auth.identities.iter().filter(is_of_aws).collect();
    if !identities.is_empty() {
        return Ok(Target::Identities(identities));
    }
    let providers = list_portals(context);
    if providers.is_empty() {
        return Err(nothing_configured());
    }
    Ok(Target::Providers(providers))
}

fn list_portals(context: &Context) -> Vec<&Provider> {
    let providers = context.adieu.configuration.auth.providers.iter();
    providers
        .filter(|provider| provider.kind == ProviderKind::AwsIdentityCenter)
        .collect()
}

fn nothing_configured() -> Failure {
    Failure::usage("nothing to sign in to is configured").hint(
        "configure `auth` in atmos.yaml, or `[sso-session NAME]` in ~/.aws/config; or name a tool: \
         adieu login claude",
    )
}

/// What a name means: an identity, else a provider, else something of the AWS CLI.
fn find_named<'a>(
    context: &'a Context,
    name: &str,
    scope: Scope,
    webflow: bool,
) -> Result<Target<'a>, Failure> {
    let auth = &context.adieu.configuration.auth;
    let known = &context.adieu.identity_graph.identities_called(name).found;
    if known.is_empty() {
        if let Some(provider) = auth.provider(name) {
            return Ok(Target::Providers(vec![provider]));
        }
        if scope == Scope::Machine && (webflow || is_login_profile(context, name)?) {
            return Ok(Target::Login(name.to_owned()));
        }
        if scope == Scope::Machine && is_role_profile(context, name)? {
            return Ok(Target::Profile(name.to_owned()));
        }
        if scope == Scope::Machine
            && list_names_of_cli(context)?
                .iter()
                .any(|known| known == name)
        {
            return Ok(Target::Portal(name.to_owned()));
        }
        if scope == Scope::Machine
            && let Some(name) = profile::find_profile(context, name)?
        {
            return Ok(Target::Profile(name));
        }
    }
    if scope == Scope::Machine && known.is_empty() && auth.identities.is_empty() {
        let names = list_names_of_cli(context)?;
        let shown = to_plain_text(name).into_owned();
        let failure = Failure::usage(format!("unknown tool, identity or profile \"{shown}\""));
        let failure = match names.as_slice() {
            [] => failure,
            names => failure.detail(format!(
                "In ~/.aws/config: {}",
                to_plain_text(&names.join(", "))
            )),
        };
        return Err(failure.hint(
            "tools are claude, codex, copilot, cursor, opencode and those of `adieu catalogue list`; see: \
             adieu login --help",
        ));
    }
    identity::find_by_name(context, name).map(|identity| Target::Identities(vec![identity]))
}

/// Whether a profile of the AWS CLI is one of `aws login`.
fn is_login_profile(context: &Context, name: &str) -> Result<bool, Failure> {
    let (nobody, cancel) = (adieu::login::aws::NoPerson, Cancel::new());
    let sign_in = context.adieu.sign_in(&nobody, &[], &cancel);
    sign_in
        .is_login_profile(name)
        .map_err(|error| Failure::failed("~/.aws/config cannot be read").because(&error))
}

/// Whether a profile of the AWS CLI works as a role.
fn is_role_profile(context: &Context, name: &str) -> Result<bool, Failure> {
    let (nobody, cancel) = (adieu::login::aws::NoPerson, Cancel::new());
    let sign_in = context.adieu.sign_in(&nobody, &[], &cancel);
    sign_in
        .is_role_profile(name)
        .map_err(|error| Failure::failed("~/.aws/config cannot be read").because(&error))
}

fn list_names_of_cli(context: &Context) -> Result<Vec<String>, Failure> {
    let (nobody, cancel) = (adieu::login::aws::NoPerson, Cancel::new());
    let sign_in = context.adieu.sign_in(&nobody, &[], &cancel);
    sign_in
        .portal_names()
        .map_err(|error| Failure::failed("~/.aws/config cannot be read").because(&error))
}

/// Where nobody is configured: the one provider, the one portal of the AWS CLI, or a menu.
fn choose_place<'a>(
    context: &'a Context,
    scope: Scope,
    printer: &Printer,
) -> Result<Target<'a>, Failure> {
    let providers = list_portals(context);
    let mut names: Vec<String> = providers
        .iter()
        .map(|provider| provider.name.written.clone())
        .collect();
    if scope == Scope::Machine && providers.is_empty() {
        names = list_names_of_cli(context)?;
    }
    let at = match names.len() {
        0 => return Err(nothing_configured()),
        1 => 0,
        _ if printer.can_prompt() => {
            let shown = names.iter().map(|name| to_plain_text(name).into_owned());
            let chosen = prompt::choose_option("Select where to sign in:", shown.collect(), &[])?;
            chosen.ok_or_else(Failure::interrupted)?
        }
        _ => {
            let known = to_plain_text(&names.join(", ")).into_owned();
            let why = printer.why_unasked();
            return Err(
                Failure::usage(format!("no place to sign in is named, and {why}"))
                    .hint(format!("name one of {known}")),
            );
        }
    };
    Ok(match providers.get(at) {
        Some(provider) => Target::Providers(vec![provider]),
        None => Target::Portal(names.swap_remove(at)),
    })
}

fn unknown_provider(context: &Context, name: &str) -> Failure {
    let providers = context.adieu.configuration.auth.providers.iter();
    let names: Vec<&str> = providers
        .map(|provider| provider.name.written.as_str())
        .collect();
    let failure = Failure::usage(format!(
        "provider \"{}\" not found in configuration",
        to_plain_text(name)
    ));
    match names.as_slice() {
        [] => failure.hint("See what is configured: adieu auth list"),
        names => failure.hint(format!("use one of {}", to_plain_text(&names.join(", ")))),
    }
}
