//! `adieu aws ecr login`: Docker is signed in to registries of ECR, as `docker login` does it.
//!
//! Source: Docker CLI, `cli/config/configfile`; "Docker Engine", credential helper protocol.

use std::path::Path;
use std::time::Duration;

use adieu::atmos::config::{IntegrationKind, is_region};
use adieu::formats::json;
use adieu::io::files::{Change, LockRule};
use adieu::io::net::Cancel;
use adieu::io::programs::{self, Ended, Program};
use adieu::login::aws::{NoPerson, RegistryLogin};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::{FILE_LIMIT, find_integration, find_place, identity_of, keys_of};
use crate::args::EcrLoginArgs;
use crate::commands::context::Context;
use crate::commands::exec::require_own_home;
use crate::ui::{Failure, Printer, to_plain_text};

/// How long a helper may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A registry: account and region, or the public one.
type Registry = Option<(String, String)>;

/// Runs the command; the exit status.
pub(super) fn run(
    context: &Context,
    arguments: &EcrLoginArgs,
    printer: &mut Printer,
) -> Result<u8, Failure> {
    require_own_home(&context.global, "aws ecr login")?;
    let kinds = [IntegrationKind::AwsEcr, IntegrationKind::AwsEcrPublic];
    let integration = arguments.integration.as_deref();
    let integration = integration.map(|name| find_integration(context, name, &kinds));
    let integration = integration.transpose()?;
    let mut registries: Vec<Registry> = Vec::new();
    for host in &arguments.registries {
        registries.push(read_host(host)?);
    }
    if arguments.public {
        registries.push(None);
    }
    match integration {
        Some(own) if own.kind == IntegrationKind::AwsEcrPublic => registries.push(None),
        Some(own) => {
            let registry = own.registry_account().zip(own.registry_region());
            let (account, region) = registry.ok_or_else(|| {
                Failure::usage("the integration lacks `spec.registry.account_id` or `region`")
                    .hint("see what is wrong with the configuration: adieu validate")
            })?;
            check_registry(account, region)?;
            registries.push(Some((account.to_owned(), region.to_owned())));
        }
        None => {}
    }
    let chosen = identity_of(integration, arguments.identity.chosen.as_deref());
    let (_, keys) = keys_of(context, chosen, printer.can_prompt(), printer)?;
    let cancel = Cancel::new();
    let sign_in = context.adieu.sign_in(&NoPerson, &[], &cancel);
    if registries.is_empty() {
        let account = match &keys.account_id {
            Some(account) => Some(account.clone()),
            None => sign_in
                .find_caller(&keys, None)
                .ok()
                .map(|caller| caller.account),
        };
        let (account, region) = account.zip(keys.region.clone()).ok_or_else(|| {
            Failure::usage("no registry is named, and the identity has no region")
                .hint("name one: --registry ACCOUNT.dkr.ecr.REGION.amazonaws.com")
        })?;
        check_registry(&account, &region)?;
        registries.push(Some((account, region)));
    }
    for registry in &registries {
        let place = registry
            .as_ref()
            .map(|(account, region)| (account.as_str(), region.as_str()));
        let login = sign_in.sign_in_to_registry(&keys, place).map_err(|error| {
            let failure = Failure::failed("Docker was not signed in").because(&error);
            match error.hint() {
                Some(hint) => failure.hint(hint),
                None => failure,
            }
        })?;
        let where_to = store(context, &login, &cancel)?;
        printer.data(&format!("Signed in to {} ({where_to})", login.host))?;
    }
    Ok(0)
}

/// What of a registry's name goes into addresses.
fn check_registry(account: &str, region: &str) -> Result<(), Failure> {
    let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    if is_account && is_region(region) {
        return Ok(());
    }
    let shown = format!("{account} in {region}");
    Err(Failure::usage(format!(
        "\"{}\" is no account with a region",
        to_plain_text(&shown)
    )))
}

/// `111122223333.dkr.ecr.eu-central-1.amazonaws.com`, or the public registry.
fn read_host(typed: &str) -> Result<Registry, Failure> {
    let host = typed.trim_start_matches("https://");
    let host = host.split('/').next().unwrap_or_default();
    if host == adieu::login::aws::PUBLIC_REGISTRY {
        return Ok(None);
    }
    let mut parts = host.splitn(5, '.');
    let parts: [Option<&str>; 5] = std::array::from_fn(|_| parts.next());
    if let [
        Some(account),
        Some("dkr"),
        Some("ecr"),
        Some(region),
        Some(domain),
    ] = parts
        && domain.starts_with("amazonaws.")
        && check_registry(account, region).is_ok()
    {
        return Ok(Some((account.to_owned(), region.to_owned())));
    }
    Err(Failure::usage(format!(
        "\"{}\" is no registry of ECR",
        to_plain_text(typed)
    ))
    .hint("such as 111122223333.dkr.ecr.eu-central-1.amazonaws.com"))
}

/// Hands a password to Docker: to its credential helper where one is set up, else into its file; where to,
/// for people.
fn store(context: &Context, login: &RegistryLogin, cancel: &Cancel) -> Result<String, Failure> {
    let world = &context.adieu.world;
    let directory = world
        .environment
        .get("DOCKER_CONFIG")
        .unwrap_or("~/.docker");
    let path = world.expand_tilde(directory).join("config.json");
    let file = find_place(context, &path)?;
    let files = &context.adieu.files;
    let unread = |error: &dyn std::error::Error| {
        Failure::failed("Docker's settings were not changed").because(error)
    };
    let bytes = files
        .read(&file, FILE_LIMIT)
        .map_err(|error| unread(&error))?;
    let settings =
        json::parse(bytes.as_deref().unwrap_or(b"{}")).map_err(|error| unread(&error))?;
    let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
    let of_host = settings.get("credHelpers");
    let helper = text(of_host.and_then(|helpers| helpers.get(&login.host)))
        .or_else(|| text(settings.get("credsStore")))
        .filter(|helper| !helper.is_empty());
    let auth = match &helper {
        Some(helper) => {
            hand_to_helper(context, helper, login, cancel)?;
            None
        }
        None => Some(login.docker_auth()),
    };
    let host = login.host.as_str();
    let change = &mut |bytes: Option<&[u8]>| {
        let member = auth.as_ref().map(|auth| ("auth", auth.expose()));
        let bytes = json::set_member(bytes.unwrap_or(b"{}\n"), &["auths", host], member)?;
        Ok(Change::Replace(bytes))
    };
    files
        .edit_or_create(&file, LockRule::None, FILE_LIMIT, change)
        .map_err(|error| unread(&error))?;
    Ok(match helper {
        Some(helper) => format!("docker-credential-{}", to_plain_text(&helper)),
        None => to_plain_text(&world.shorten(Path::new(&file.to_path()))).into_owned(),
    })
}

/// The password goes over a pipe, and is on no command line.
fn hand_to_helper(
    context: &Context,
    helper: &str,
    login: &RegistryLogin,
    cancel: &Cancel,
) -> Result<(), Failure> {
    let world = &context.adieu.world;
    let name = format!("docker-credential-{helper}");
    let shown = to_plain_text(&name).into_owned();
    let is_name = !helper.contains(['/', '\\']);
    let path = programs::find_in_path(world, &name).filter(|_| is_name);
    let path = path.ok_or_else(|| {
        Failure::failed(format!("{shown} is not in PATH"))
            .hint("Docker's settings name it; install it, or take it out of ~/.docker/config.json")
    })?;
    let program = Program {
        path,
        arguments: vec!["store".into()],
        environment: world
            .environment
            .iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        directory: world.home.clone(),
    };
    let input = json!({
        "ServerURL": login.host,
        "Username": login.user,
        "Secret": login.password.expose(),
    });
    let input = Zeroizing::new(input.to_string());
    let said = programs::converse(&program, input.as_bytes(), PATIENCE, cancel);
    if said.ended == Ended::Exited(0) {
        return Ok(());
    }
    // It says on standard output why not; only its own words are repeated.
    let words = String::from_utf8_lossy(&said.output).into_owned() + &said.errors;
    let words = if words.contains(login.password.expose()) {
        String::new()
    } else {
        words.trim().to_owned()
    };
    Err(
        Failure::failed(format!("{shown} did not take the password"))
            .detail(format!("  because: {}", to_plain_text(&words))),
    )
}
