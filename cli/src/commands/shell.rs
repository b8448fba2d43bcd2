//! `adieu shell`: a shell in which an identity is used, and which can log out of it when it ends.

use std::ffi::OsString;

use adieu::atmos::config::Identity;
use adieu::io::net::Cancel;
use adieu::io::programs::find_in_path;

use super::context::Context;
use super::exec::{find_directory, not_started, prepare_environment, require_own_home};
use super::profile::{Whom, resolve_whom};
use super::{Scope, logout};
use crate::args::{LogoutArgs, ServerArgs, ShellArgs, TargetArgs};
use crate::process::Child;
use crate::ui::{Failure, Printer, to_plain_text};

/// Names the depth of shells in shells, as for Atmos.
const DEPTH: &str = "ATMOS_SHLVL";

/// Runs the command; the shell's exit status.
pub(crate) fn run(
    context: &Context,
    arguments: &ShellArgs,
    typed: &[String],
    cancel: &Cancel,
    printer: &mut Printer,
) -> Result<u8, Failure> {
    require_own_home(&context.global, "shell")?;
    let whom = resolve_whom(context, arguments.identity.chosen.as_deref(), printer)?;
    let program = find_shell(context, arguments)?;
    let mut environment = prepare_environment(context, &whom, printer)?;
    environment.retain(|(name, _)| name != DEPTH && name != "ATMOS_IDENTITY");
    let depth = context.adieu.world.environment.get(DEPTH);
    let depth = depth.and_then(|depth| depth.parse::<u32>().ok());
    let depth = depth.unwrap_or_default().saturating_add(1);
    environment.push((DEPTH.into(), depth.to_string().into()));
    // A profile is no identity, so that a command in the shell finds it by its own variable.
    if let Whom::Identity(identity) = &whom {
        environment.push(("ATMOS_IDENTITY".into(), identity.name.key.clone().into()));
    }
    let child = Child {
        program,
        arguments: arguments.words.clone(),
        environment,
        directory: find_directory(context),
    };
    let typed_name = match &whom {
        Whom::Identity(identity) => &identity.name.written,
        Whom::Profile(name) => name,
    };
    let name = to_plain_text(typed_name).into_owned();
    if !printer.is_quiet() {
        let provider = match &whom {
            Whom::Identity(identity) => find_provider(context, identity),
            Whom::Profile(_) => "profile of the AWS CLI".to_owned(),
        };
        printer.note(&format!(
            "→ Entering Atmos shell with identity: {name} ({provider})"
        ));
    }
    printer.finish()?;
    let status = child
        .attend(cancel)
        .map_err(|error| not_started(&child.program, &error))?;
    // What is on standard output is the shell's.
    printer.hand_over();
    if !printer.is_quiet() {
        printer.note(&format!("← Exited Atmos shell for identity: {name}"));
    }
    if !arguments.logout_on_exit {
        return Ok(status);
    }
    let left = log_out(context, &whom, typed_name, typed, cancel, printer)?;
    Ok(if status == 0 { left } else { status })
}

/// The shell that is meant: of the flag, of the variables, else bash, else sh.
fn find_shell(context: &Context, arguments: &ShellArgs) -> Result<OsString, Failure> {
    if let Some(shell) = &arguments.shell {
        return Ok(shell.clone());
    }
    let world = &context.adieu.world;
    let named = ["ATMOS_SHELL", "SHELL"];
    let named = named.iter().find_map(|name| world.environment.get(name));
    if let Some(shell) = named {
        return Ok(shell.into());
    }
    if cfg!(windows) {
        let shell = world.environment.get("COMSPEC").unwrap_or("cmd.exe");
        return Ok(shell.into());
    }
    let found = ["bash", "sh"]
        .iter()
        .find_map(|name| find_in_path(world, name));
    found.map(OsString::from).ok_or_else(|| {
        Failure::failed("no shell was found in PATH").hint("name one: --shell PROGRAM")
    })
}

/// Where the identity comes from, as it is shown.
fn find_provider(context: &Context, identity: &Identity) -> String {
    let provider = context
        .adieu
        .identity_graph
        .root_provider(&identity.name.key);
    let name = provider.map_or(identity.kind.id(), |provider| &provider.written);
    to_plain_text(name).into_owned()
}

/// Logs out of whom the shell was, as `adieu logout` does; its exit status.
fn log_out(
    context: &Context,
    whom: &Whom<'_>,
    name: &str,
    typed: &[String],
    cancel: &Cancel,
    printer: &mut Printer,
) -> Result<u8, Failure> {
    let arguments = LogoutArgs {
        target: TargetArgs {
            identities: vec![name.to_owned()],
            ..TargetArgs::default()
        },
        server: ServerArgs {
            timeout: 5.0,
            ..ServerArgs::default()
        },
        ..LogoutArgs::default()
    };
    let scope = match whom {
        Whom::Identity(_) => Scope::Configured,
        Whom::Profile(_) => Scope::Machine,
    };
    let report = logout::attempt_logout(context, &arguments, scope, typed, false, cancel, printer)?;
    Ok(report.map_or(0, |report| report.exit_status))
}
