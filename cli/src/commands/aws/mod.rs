//! `adieu aws …`: what rides on a sign-in to AWS. Profiles that call adieu, registries, clusters.

mod ecr;
mod eks;
mod profiles;

pub(super) use self::eks::{API as CLUSTER_API, exec_credential};

use std::path::PathBuf;

use adieu::atmos::config::{Integration, IntegrationKind};
use adieu::login::aws::{RoleKeys, place};
use adieu::path::ConfinedPath;

use super::context::Context;
use super::profile::{self, Whom, resolve_whom};
use super::sign_in::{self, is_of_aws};
use crate::args::{AwsCommand, EcrCommand, EksCommand};
use crate::process;
use crate::ui::{Failure, Printer, to_plain_text};

/// The largest file of others that is edited, in bytes.
const FILE_LIMIT: u64 = 8 << 20;

/// Runs the command; the exit status.
pub(crate) fn run(
    context: &Context,
    command: &AwsCommand,
    printer: &mut Printer,
) -> Result<u8, Failure> {
    match command {
        AwsCommand::Profiles(arguments) => profiles::run(context, arguments, printer),
        AwsCommand::Ecr(ecr) => match &ecr.command {
            EcrCommand::Login(arguments) => ecr::run(context, arguments, printer),
        },
        AwsCommand::Eks(eks) => match &eks.command {
            EksCommand::UpdateKubeconfig(arguments) => eks::update(context, arguments, printer),
            EksCommand::Token(arguments) => eks::print_token(context, arguments, printer),
        },
    }
}

/// The keys of whom is meant, and the name that signs in.
fn keys_of(
    context: &Context,
    chosen: Option<&str>,
    may_ask: bool,
    printer: &mut Printer,
) -> Result<(String, RoleKeys), Failure> {
    Ok(match resolve_whom(context, chosen, printer)? {
        Whom::Identity(identity) => {
            let name = identity.name.written.clone();
            if !is_of_aws(identity) {
                let shown = to_plain_text(&name).into_owned();
                return Err(Failure::usage(format!(
                    "identity \"{shown}\" is not one of AWS"
                )));
            }
            let keys = sign_in::keys_of(context, identity, may_ask, printer)?;
            (name, keys)
        }
        Whom::Profile(name) => {
            let keys = profile::keys_of(context, &name, may_ask, printer)?;
            (name, keys)
        }
    })
}

/// The integration of that name, of that kind.
fn find_integration<'a>(
    context: &'a Context,
    name: &str,
    kinds: &[IntegrationKind],
) -> Result<&'a Integration, Failure> {
    let integrations = || {
        let all = context.adieu.configuration.auth.integrations.iter();
        all.filter(|integration| kinds.contains(&integration.kind))
    };
    let found = integrations().find(|integration| integration.name.key == name.to_lowercase());
    found.ok_or_else(|| {
        let names: Vec<&str> = integrations()
            .map(|integration| integration.name.written.as_str())
            .collect();
        let message = format!(
            "integration \"{}\" not found in configuration",
            to_plain_text(name)
        );
        let failure = Failure::usage(message);
        if names.is_empty() {
            failure.hint("see what is configured: adieu validate --verbose")
        } else {
            failure.hint(format!("use one of {}", to_plain_text(&names.join(", "))))
        }
    })
}

/// Whom an integration is for, unless somebody else is named.
fn identity_of<'a>(
    integration: Option<&'a Integration>,
    chosen: Option<&'a str>,
) -> Option<&'a str> {
    let own = || integration?.via.identity().map(|name| name.key.as_str());
    chosen.or_else(own)
}

/// A file of the person's own, or an error that names it.
fn find_place(context: &Context, path: &std::path::Path) -> Result<ConfinedPath, Failure> {
    let world = &context.adieu.world;
    let path: PathBuf = world.working_directory.join(path);
    place(world, &path).ok_or_else(|| {
        let shown = world.shorten(&path);
        Failure::usage(format!("{} cannot be a file", to_plain_text(&shown)))
    })
}

/// The words by which other programs call this one from anywhere: the program, the directory in which the
/// configuration is found, and what was typed to choose it.
fn own_words(context: &Context) -> Vec<String> {
    let program = std::env::current_exe().ok();
    let program = program
        .and_then(|path| path.to_str().map(str::to_owned))
        .unwrap_or_else(|| process::program_name().to_owned());
    let mut words = vec![program];
    let typed = context.global.words();
    if context.global.chdir.is_none() {
        words.push("--chdir".to_owned());
        let directory = &context.adieu.world.working_directory;
        words.push(directory.to_string_lossy().into_owned());
    }
    words.extend(typed.iter().map(|word| word.to_string_lossy().into_owned()));
    words
}
