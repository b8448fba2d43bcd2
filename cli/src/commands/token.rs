//! `adieu token`: an access token for programs that want it as it is, of an identity of Azure or Google Cloud,
//! or with `--sso` of a portal's session. It is renewed where it ends soon; nobody is asked.

use adieu::io::net::Cancel;
use adieu::login::aws::{NoPerson, PortalTarget, SignIn, SignInError};
use adieu::report::TokenDocument;
use adieu::shell::quote_word;

use super::cloud_token;
use super::context::Context;
use super::credential_process::refuse_terminal;
use super::exec::require_own_home;
use super::{identity, trusted};
use crate::args::{Output, TokenArgs};
use crate::ui::plain::{Exact, to_json};
use crate::ui::{Failure, Printer, to_plain_text};

/// Runs the command; the exit status.
pub(crate) fn run(
    context: &Context,
    arguments: &TokenArgs,
    printer: &mut Printer,
) -> Result<u8, Failure> {
    require_own_home(&context.global, "token")?;
    refuse_terminal(arguments.print)?;
    if !arguments.sso {
        return cloud_token::print(context, arguments, printer);
    }
    let allowed = trusted::parse_hosts(&arguments.allow_endpoint)?;
    let cancel = Cancel::new();
    let mut sign_in = context.adieu.sign_in(&NoPerson, &allowed, &cancel);
    sign_in.may_ask = false;
    let (name, portal) = find_portal(context, &sign_in, arguments, printer)?;
    let (token, end) = sign_in.portal_token(&portal).map_err(|error| {
        let shown = to_plain_text(&name);
        match &error {
            SignInError::NeedsPerson { .. } => {
                Failure::failed(format!("\"{shown}\" is not signed in"))
            }
            _ => Failure::failed(format!("\"{shown}\" has no token")).because(&error),
        }
        .hint(
            error
                .hint()
                .filter(|_| !needs_person(&error))
                .unwrap_or_else(|| {
                    let flag = if portal.is_of_atmos {
                        "--provider "
                    } else {
                        ""
                    };
                    format!("sign in first: adieu login {flag}{}", quote_word(&name))
                }),
        )
    })?;
    if context.global.output == Output::Json {
        let document = TokenDocument::new(token.expose(), end);
        printer.raw(&to_json(&document)?)?;
    } else {
        printer.raw(&Exact::quoted(token.expose()))?;
    }
    Ok(0)
}

const fn needs_person(error: &SignInError) -> bool {
    matches!(error, SignInError::NeedsPerson { .. })
}

/// The portal that is meant, with the name that signs in to it.
fn find_portal(
    context: &Context,
    sign_in: &SignIn<'_>,
    arguments: &TokenArgs,
    printer: &Printer,
) -> Result<(String, PortalTarget), Failure> {
    let broken = |error: SignInError| {
        let failure = Failure::usage("the portal is not known").because(&error);
        match error.hint() {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    };
    let auth = &context.adieu.configuration.auth;
    let graph = &context.adieu.identity_graph;
    if let Some(name) = &arguments.name {
        let key = name.to_lowercase();
        if let Some(provider) = auth.provider(&key) {
            let portal = sign_in.portal_of_provider(provider).map_err(broken)?;
            return Ok((provider.name.written.clone(), portal));
        }
        let is_identity = !graph.identities_called(name).found.is_empty();
        if !is_identity && let Some(portal) = sign_in.portal_of_aws_config(name).map_err(broken)? {
            return Ok((name.clone(), portal));
        }
    }
    let identity = identity::resolve_choice(context, arguments.name.as_deref(), printer)?;
    let root = graph.root_provider(&identity.name.key);
    let provider = root
        .and_then(|root| auth.provider(&root.key))
        .ok_or_else(|| {
            let shown = to_plain_text(&identity.name.written);
            Failure::usage(format!("identity \"{shown}\" comes from no portal"))
                .hint("name a provider of kind aws/iam-identity-center")
        })?;
    let portal = sign_in.portal_of_provider(provider).map_err(broken)?;
    Ok((provider.name.written.clone(), portal))
}
