//! `adieu credential-process`: an identity's keys for AWS's SDKs, which call it in place of a person.
//!
//! Nobody is asked, and nothing is waited for but a server. Keys come from the identity's file while
//! they last; then nothing but that file and the configuration is read.
//!
//! Source: AWS SDKs and Tools Reference Guide, "Process credential provider"; botocore
//! `credentials.py`, `ProcessProvider`.

use std::io::{self, IsTerminal as _};

use adieu::atmos::build_identity_graph;
use adieu::atmos::config::{Configuration, Identity, load_configuration};
use adieu::atmos::identity_graph::IdentityEntry;
use adieu::io::files::Files;
use adieu::io::net::{Cancel, Network};
use adieu::login::aws::{Memory, NoPerson, RoleKeys, SignIn, Wishes};
use adieu::world::World;
use serde::Serialize;

use super::context::{Context, build_request};
use super::exec::{format_time, require_own_home};
use super::identity::find_by_name;
use super::profile;
use super::sign_in::to_failure;
use crate::args::{CredentialProcessArgs, Global};
use crate::ui::plain::{Exact, to_json};
use crate::ui::{Failure, Printer};

/// What the SDKs read.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ProcessCredentials<'a> {
    version: u32,
    access_key_id: &'a str,
    secret_access_key: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expiration: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_id: Option<&'a str>,
}

impl<'a> ProcessCredentials<'a> {
    /// The keys as they are read.
    pub(super) fn of(keys: &'a RoleKeys) -> Self {
        let token = keys.session_token.as_ref();
        Self {
            version: 1,
            access_key_id: &keys.access_key_id,
            secret_access_key: keys.secret_access_key.expose(),
            session_token: token.map(adieu::secret::Secret::expose),
            expiration: keys.expires_at.map(format_time),
            account_id: keys.account_id.as_deref(),
        }
    }

    /// The document.
    pub(super) fn text(&self) -> Result<Exact, Failure> {
        to_json(self)
    }
}

/// Runs the command; the exit status.
pub(crate) fn run(
    world: World,
    global: &Global,
    arguments: &CredentialProcessArgs,
    printer: &mut Printer,
) -> Result<u8, Failure> {
    refuse_terminal(arguments.print)?;
    let name = arguments.identity.as_str();
    require_own_home(global, "credential-process")?;
    let keys = match find_cached(&world, global, name) {
        Some(keys) => keys,
        None => sign_in_silently(world, global, name, printer)?,
    };
    printer.raw(&ProcessCredentials::of(&keys).text()?)?;
    Ok(0)
}

/// Keys are for programs: on a terminal they would stay in its history.
pub(super) fn refuse_terminal(is_wished: bool) -> Result<(), Failure> {
    if is_wished || !io::stdout().is_terminal() {
        return Ok(());
    }
    Err(
        Failure::usage("it would be shown on this terminal, and is a secret")
            .hint("let a program read it, or say --print"),
    )
}

/// The keys that are there and last, by the shortest way; `None` where it takes more than that, to sign
/// in or to say what is wrong.
fn find_cached(world: &World, global: &Global, name: &str) -> Option<RoleKeys> {
    let request = build_request(world, global).ok()?;
    let configuration = load_configuration(world, &request);
    let identity_graph = build_identity_graph(&configuration.auth);
    let found = identity_graph.identities_called(name).found;
    let is_profile = found.is_empty();
    let identity = only_one(&configuration, found);
    if identity.is_none() && !is_profile {
        return None;
    }
    let mut files = Files::new(world);
    if global.no_links {
        files = files.without_links();
    }
    let sign_in = SignIn {
        world,
        files: &files,
        configuration: &configuration,
        identity_graph: &identity_graph,
        keyrings: &[],
        network: Network::new(world),
        allowed: &[],
        person: &NoPerson,
        may_ask: false,
        force: false,
        wishes: Wishes::default(),
        memory: Memory::default(),
        profile: None,
    };
    match identity {
        Some(identity) => sign_in.cached_keys_of(identity).ok()?,
        None => sign_in.cached_profile_keys(name).ok()?,
    }
}

/// The identity, if the name means one.
fn only_one<'a>(
    configuration: &'a Configuration,
    mut found: Vec<&IdentityEntry>,
) -> Option<&'a Identity> {
    let entry = found.pop().filter(|_| found.is_empty())?;
    configuration.auth.identity(&entry.key)
}

/// The keys, signed in anew where that needs nobody.
fn sign_in_silently(
    world: World,
    global: &Global,
    name: &str,
    printer: &mut Printer,
) -> Result<RoleKeys, Failure> {
    let context = Context::new(world, global, false)?;
    context.warn_of_left_out(printer);
    if let Some(profile) = profile::find_profile(&context, name)? {
        return profile::keys_of(&context, &profile, false, printer);
    }
    let identity = find_by_name(&context, name)?;
    let cancel = Cancel::new();
    let mut sign_in = context.adieu.sign_in(&NoPerson, &[], &cancel);
    sign_in.may_ask = false;
    let keys = sign_in.keys_of(identity);
    keys.map_err(|error| to_failure(&context, identity, &error))
}
