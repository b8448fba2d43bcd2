//! `adieu exec`: a command that is run as an identity.
//!
//! Its environment names the identity's files; no key is in it, nor on any command line. What would be
//! taken in place of the identity is taken away.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};

use adieu::atmos::config::Identity;
use adieu::path::ConfinedPath;
use adieu::systems::{ChildEnvironment, derive_child_environment};
use jiff::Timestamp;

use super::context::Context;
use super::env;
use super::profile::{self, Whom, resolve_whom};
use super::sign_in::{SignedIn, ensure_signed_in};
use crate::args::{ExecArgs, Global};
use crate::process::{Child, status_of_error};
use crate::ui::{Failure, Printer, to_plain_text};

/// The longest access token that is taken from a file, in bytes.
const LONGEST_TOKEN: u64 = 64 << 10;

/// Runs the command, on Unix in the place of this process; the exit status.
pub(crate) fn run(
    context: &Context,
    arguments: &ExecArgs,
    printer: &mut Printer,
) -> Result<u8, Failure> {
    let Some((program, words)) = arguments.words.split_first() else {
        let command = context.command_called("exec");
        return Err(Failure::usage("no command is given")
            .hint(format!("put it behind --: {command} -i NAME -- COMMAND")));
    };
    require_own_home(&context.global, "exec")?;
    let whom = resolve_whom(context, arguments.identity.chosen.as_deref(), printer)?;
    let child = Child {
        program: program.clone(),
        arguments: words.to_vec(),
        environment: prepare_environment(context, &whom, printer)?,
        directory: find_directory(context),
    };
    printer.finish()?;
    #[cfg(unix)]
    let error = child.replace_process();
    #[cfg(not(unix))]
    let error = match child.attend(&adieu::io::net::Cancel::new()) {
        Ok(status) => {
            printer.hand_over();
            return Ok(status);
        }
        Err(error) => error,
    };
    Err(not_started(program, &error))
}

/// What cannot be started is said as shells do, with their exit status.
pub(super) fn not_started(program: &OsStr, error: &std::io::Error) -> Failure {
    let shown = program.to_string_lossy();
    let message = format!("{} cannot be started", to_plain_text(&shown));
    Failure::failed(message)
        .because(error)
        .with_status(status_of_error(error))
}

/// Somebody else's sign-ins are looked at, and never used.
pub(super) fn require_own_home(global: &Global, command: &str) -> Result<(), Failure> {
    if global.home.is_none() {
        return Ok(());
    }
    Err(
        Failure::usage(format!("{command} uses sign-ins of one's own only"))
            .hint("leave --home out"),
    )
}

/// Where the command starts, if another directory than this one was asked for.
pub(super) fn find_directory(context: &Context) -> Option<std::path::PathBuf> {
    let world = &context.adieu.world;
    let is_asked = context.global.chdir.is_some() || world.environment.get("ATMOS_CHDIR").is_some();
    is_asked.then(|| world.working_directory.clone())
}

/// Makes sure that it is signed in, and collects all variables of a command.
pub(super) fn prepare_environment(
    context: &Context,
    whom: &Whom<'_>,
    printer: &mut Printer,
) -> Result<Vec<(OsString, OsString)>, Failure> {
    match whom {
        Whom::Identity(identity) => {
            let signed_in = ensure_signed_in(context, identity, printer)?;
            build_environment(context, identity, &signed_in)
        }
        Whom::Profile(name) => {
            let keys = profile::keys_of(context, name, printer.can_prompt(), printer)?;
            profile::build_environment(context, name, &keys)
        }
    }
}

/// All variables of a command that is run as an identity.
fn build_environment(
    context: &Context,
    identity: &Identity,
    signed_in: &SignedIn,
) -> Result<Vec<(OsString, OsString)>, Failure> {
    let adieu = &context.adieu;
    let derived = derive_child_environment(
        &adieu.world,
        &adieu.configuration,
        &adieu.identity_graph,
        identity,
    )
    .map_err(|error| env::not_derived(identity, &error))?;
    Ok(apply_environment(context, derived, signed_in.expires_at))
}

/// The environment of this process with what is set in it for a command and what is taken away.
pub(super) fn apply_environment(
    context: &Context,
    derived: ChildEnvironment,
    expires_at: Option<Timestamp>,
) -> Vec<(OsString, OsString)> {
    let adieu = &context.adieu;
    let ChildEnvironment {
        set,
        removed,
        token,
    } = derived;
    let own = adieu.world.environment.iter();
    let mut variables: BTreeMap<OsString, OsString> = own
        .filter(|(name, _)| !removed.iter().any(|removed| is_name(name, removed)))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    if set.contains_key("AWS_PROFILE")
        && let Some(at) = expires_at
    {
        variables.insert("AWS_CREDENTIAL_EXPIRATION".into(), format_time(at).into());
    }
    for (name, value) in set {
        variables.insert(name.into(), value.into());
    }
    if let Some((name, file)) = token
        && let Some(token) = read_first_line(context, &file)
    {
        variables.insert(name.into(), token.into());
    }
    variables.into_iter().collect()
}

/// Whether a variable has that name; on Windows in any case.
fn is_name(name: &OsStr, known: &str) -> bool {
    if cfg!(windows) {
        name.eq_ignore_ascii_case(known)
    } else {
        name == known
    }
}

/// The time as AWS's tools write it.
pub(super) fn format_time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The first line of a file that Atmos wrote.
fn read_first_line(context: &Context, file: &std::path::Path) -> Option<String> {
    let root = context.adieu.world.atmos_config_root();
    let below = file.strip_prefix(&root).ok()?;
    let file = ConfinedPath::new(root, below)?;
    let read = context.adieu.files.read(&file, LONGEST_TOKEN).ok()??;
    let text = std::str::from_utf8(&read).ok()?;
    let line = text.lines().next()?.trim();
    (!line.is_empty()).then(|| line.to_owned())
}
