//! `adieu shell`: a shell in which an identity is used, and which can log out of it when it ends.

use std::ffi::OsString;

use adieu::atmos::config::Identity;
use adieu::io::net::Cancel;
use adieu::io::programs::find_in_path;

use super::context::Context;
use super::exec::{build_environment, find_directory, not_started, require_own_home};
use super::sign_in::ensure_signed_in;
use super::{Scope, identity, logout};
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
    let identity =
        identity::resolve_choice(context, arguments.identity.chosen.as_deref(), printer)?;
    let program = find_shell(context, arguments)?;
    let signed_in = ensure_signed_in(context, identity, printer)?;
    let mut environment = build_environment(context, identity, &signed_in)?;
    environment.retain(|(name, _)| name != DEPTH && name != "ATMOS_IDENTITY");
    let depth = context.adieu.world.environment.get(DEPTH);
    let depth = depth.and_then(|depth| depth.parse::<u32>().ok());
    let depth = depth.unwrap_or_default().saturating_add(1);
    environment.push((DEPTH.into(), depth.to_string().into()));
    environment.push(("ATMOS_IDENTITY".into(), identity.name.key.clone().into()));
    let child = Child {
        program,
        arguments: arguments.words.clone(),
        environment,
        directory: find_directory(context),
    };
    let name = to_plain_text(&identity.name.written).into_owned();
    if !printer.is_quiet() {
        let provider = find_provider(context, identity);
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
    let left = log_out(context, identity, typed, cancel, printer)?;
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

/// Logs out of the identity, as `adieu auth logout` does; its exit status.
fn log_out(
    context: &Context,
    identity: &Identity,
    typed: &[String],
    cancel: &Cancel,
    printer: &mut Printer,
) -> Result<u8, Failure> {
    let arguments = LogoutArgs {
        target: TargetArgs {
            identities: vec![identity.name.written.clone()],
            ..TargetArgs::default()
        },
        server: ServerArgs {
            timeout: 5.0,
            ..ServerArgs::default()
        },
        ..LogoutArgs::default()
    };
    let scope = Scope::Configured;
    let report = logout::attempt_logout(context, &arguments, scope, typed, false, cancel, printer)?;
    Ok(report.map_or(0, |report| report.exit_status))
}
