//! Access tokens of identities of Azure and Google Cloud: as they are, as kubectl reads them, and as Google's
//! libraries read them of a program. Nobody is asked.
//!
//! Sources: Kubernetes, "client-go credential plugins"; Google, "AIP-4117 External accounts", "Executable-sourced
//! credentials".

use adieu::atmos::config::{Identity, IdentityKind};
use adieu::io::net::Cancel;
use adieu::login::aws::{NoPerson, SignIn, SignInError};
use adieu::login::cloud::{CloudToken, is_of_cloud};
use adieu::report::TokenDocument;
use adieu::systems::System;
use serde_json::json;

use super::aws::{CLUSTER_API, exec_credential};
use super::context::Context;
use super::credential_process::refuse_terminal;
use super::exec::require_own_home;
use super::sign_in::to_failure;
use super::{identity, trusted};
use crate::args::{KubeCredentialArgs, Output, TokenArgs};
use crate::ui::plain::{Exact, to_json};
use crate::ui::{Failure, Printer, to_plain_text};

/// The version of kubectl's interface that it asked for, where it did.
const EXEC_INFO: &str = "KUBERNETES_EXEC_INFO";

/// The form since it is stable.
const STABLE_API: &str = "client.authentication.k8s.io/v1";

/// Prints a token; the exit status.
pub(super) fn print(
    context: &Context,
    arguments: &TokenArgs,
    printer: &mut Printer,
) -> Result<u8, Failure> {
    let found = find_identity(context, arguments.name.as_deref(), printer).and_then(|identity| {
        let scopes = list_scopes(identity, arguments)?;
        ask(context, identity, &arguments.allow_endpoint, |sign_in| {
            sign_in.cloud_token_of(identity, &scopes)
        })
    });
    if arguments.google_executable {
        return print_for_google(found, printer);
    }
    let token = found?;
    if context.global.output == Output::Json {
        let document = TokenDocument::new(token.secret.expose(), token.expires_at);
        printer.raw(&to_json(&document)?)?;
    } else {
        printer.raw(&Exact::quoted(token.secret.expose()))?;
    }
    Ok(0)
}

/// Prints a token for a cluster as kubectl reads it; the exit status.
pub(crate) fn print_cluster_token(
    context: &Context,
    arguments: &KubeCredentialArgs,
    printer: &mut Printer,
) -> Result<u8, Failure> {
    require_own_home(&context.global, "kube-credential")?;
    refuse_terminal(arguments.print)?;
    let identity = find_identity(context, arguments.name.as_deref(), printer)?;
    let token = ask(context, identity, &arguments.allow_endpoint, |sign_in| {
        sign_in.cluster_token_of(identity)
    })?;
    let asked = context.adieu.world.environment.get(EXEC_INFO);
    let asked = asked.and_then(|text| serde_json::from_str::<serde_json::Value>(text).ok());
    let is_stable = asked.is_some_and(|info| info["apiVersion"] == STABLE_API);
    let api = if is_stable { STABLE_API } else { CLUSTER_API };
    let document = exec_credential(api, token.secret.expose(), token.expires_at);
    printer.raw(&to_json(&document)?)?;
    Ok(0)
}

fn ask(
    context: &Context,
    identity: &Identity,
    allowed: &[String],
    work: impl FnOnce(&SignIn<'_>) -> Result<CloudToken, SignInError>,
) -> Result<CloudToken, Failure> {
    let allowed = trusted::parse_hosts(allowed)?;
    let cancel = Cancel::new();
    let mut sign_in = context.adieu.sign_in(&NoPerson, &allowed, &cancel);
    sign_in.may_ask = false;
    work(&sign_in).map_err(|error| to_failure(context, identity, &error))
}

/// The identity of this name; a system's name means the one identity that it has.
fn find_identity<'a>(
    context: &'a Context,
    name: Option<&str>,
    printer: &Printer,
) -> Result<&'a Identity, Failure> {
    let is_known = |name: &str| {
        let graph = &context.adieu.identity_graph;
        !graph.identities_called(name).found.is_empty()
    };
    let system = name.filter(|name| !is_known(name)).and_then(System::parse);
    let system = system.filter(|system| [System::AZURE, System::GCP].contains(system));
    let identity = match system {
        Some(system) => find_only(context, system)?,
        None => identity::resolve_choice(context, name, printer)
            .map_err(|failure| failure.hint("for a portal's token: adieu token --sso"))?,
    };
    if is_of_cloud(&identity.kind) {
        return Ok(identity);
    }
    let shown = to_plain_text(&identity.name.written);
    let kind = to_plain_text(identity.kind.id());
    Err(Failure::usage(format!(
        "identity \"{shown}\" is of kind {kind}, which has no access token of Azure or Google Cloud"
    ))
    .hint("for a portal's token: adieu token --sso; for a cluster of EKS: adieu aws eks token"))
}

/// The default identity of a cloud, else the only one.
fn find_only(context: &Context, system: System) -> Result<&Identity, Failure> {
    let auth = &context.adieu.configuration.auth;
    let is_its = |identity: &&Identity| {
        identity.kind.system() == Some(system) && is_of_cloud(&identity.kind)
    };
    let all: Vec<&Identity> = auth.identities.iter().filter(is_its).collect();
    let defaults: Vec<&Identity> = auth.default_identities().filter(is_its).collect();
    match (defaults.as_slice(), all.as_slice()) {
        ([one], _) | ([], [one]) => Ok(one),
        (_, []) => Err(Failure::usage(format!(
            "no identity of {} is configured",
            system.info().title
        ))
        .hint("see who is: adieu list")),
        (_, several) => {
            let names: Vec<&str> = several
                .iter()
                .map(|identity| identity.name.written.as_str())
                .collect();
            Err(Failure::usage(format!(
                "{} has several identities: {}",
                system.info().title,
                to_plain_text(&names.join(", "))
            ))
            .hint("name one of them"))
        }
    }
}

/// The permissions that are asked for.
fn list_scopes(identity: &Identity, arguments: &TokenArgs) -> Result<Vec<String>, Failure> {
    let is_azure = identity.kind == IdentityKind::AzureSubscription;
    let scopes = match &arguments.resource {
        Some(_) if !is_azure => {
            return Err(
                Failure::usage("Google's tokens are for permissions, not for a resource")
                    .hint("say --scopes https://www.googleapis.com/auth/…"),
            );
        }
        Some(resource) => vec![format!("{resource}/.default")],
        None => arguments.scopes.clone(),
    };
    let is_plain =
        |scope: &String| !scope.is_empty() && scope.bytes().all(|byte| byte.is_ascii_graphic());
    if !scopes.iter().all(is_plain) {
        return Err(
            Failure::usage("a permission is one word of plain characters")
                .hint("put commas between several"),
        );
    }
    if arguments.google_executable && (!is_azure || scopes.is_empty()) {
        return Err(Failure::usage(
            "what Google exchanges is the token of an Azure identity for an app of yours",
        )
        .hint("name one, and the app: --resource api://APP"));
    }
    Ok(scopes)
}

/// Prints what Google's libraries read, an error too; the exit status.
fn print_for_google(
    found: Result<CloudToken, Failure>,
    printer: &mut Printer,
) -> Result<u8, Failure> {
    let (document, status) = match found {
        Ok(token) => {
            let document = json!({
                "version": 1,
                "success": true,
                "token_type": "urn:ietf:params:oauth:token-type:jwt",
                "id_token": token.secret.expose(),
                "expiration_time": token.expires_at.as_second(),
            });
            (document, None)
        }
        Err(failure) => {
            let document = json!({
                "version": 1,
                "success": false,
                "code": "adieu",
                "message": failure.text(),
            });
            (document, Some(failure))
        }
    };
    printer.raw(&to_json(&document)?)?;
    status.map_or(Ok(0), Err)
}
