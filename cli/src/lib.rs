//! The command line of adieu: how it talks. What it knows how to do is the library `adieu`.
//!
//! `process` reads the process into a `World`; `args` is what can be typed; `commands` has one file
//! per command; `questions` is what can be asked before something is destroyed; `ui` is how things are
//! said.

pub mod args;
mod commands;
mod process;
pub mod questions;
mod ui;

pub use commands::generated::list_schemas;

use std::ffi::OsString;
use std::process::ExitCode;

use crate::args::{Cli, Command, Deferred, Global, OrgCommand, Output, UserCommand};
use crate::commands::context::Context;
use crate::commands::{
    Scope, audit, aws, catalogue, cloud_token, console, credential_process, dashboard, env, exec,
    generated, list, login, logout, misuse, org, pending, scan, shell, status, switch, token,
    trusted, user, validate, whoami,
};
use crate::process::Screen;
use crate::ui::plain::{Exact, is_shown, to_json};
use crate::ui::{Failure, Manner, Printer, Surroundings};
use adieu::io::net::Cancel;
use adieu::report::DoneDocument;
use adieu::world::World;

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    process::forbid_dumps();
    let arguments = args::as_salesforce_reads_it(process::read_arguments());
    let arguments = match process::with_flags_of_directory(args::as_adieu_reads_it(arguments)) {
        Ok(arguments) => arguments,
        Err(failure) => {
            let mut printer = Printer::of_process(Manner::PLAIN, Surroundings::of_process());
            return finish_run(Err(failure), Output::Human, &mut printer);
        }
    };
    let cli = match args::parse_command_line(&arguments) {
        Ok(cli) => cli,
        Err(error) => {
            return print_misuse(&arguments, &error);
        }
    };
    let command = trusted::redact_arguments(arguments.get(1..).unwrap_or_default());
    let world = process::read_world(cli.global.home.as_deref(), cli.global.chdir.as_deref());
    let redirected = redirect_standard_error(&cli.global);
    let mut printer = Printer::of_process(resolve_manner(&cli.global), Surroundings::of_process());
    let output = cli.global.output;
    let status = redirected
        .and(world)
        .and_then(|world| run_command(cli, world, &command, &mut printer));
    finish_run(status, output, &mut printer)
}

/// How the flags and variables want it to speak; the flags come first.
fn resolve_manner(global: &Global) -> Manner {
    let flags = &global.terminal;
    let says_yes = |name| process::says_yes(name) == Some(true);
    Manner {
        quiet: global.quiet,
        is_verbose: flags.verbose,
        is_document: global.output == Output::Json,
        no_color: global.no_color || (!flags.force_color && says_yes("ATMOS_NO_COLOR")),
        force_color: flags.force_color || says_yes("ATMOS_FORCE_COLOR"),
        asks: flags.interactive && process::says_yes("ATMOS_INTERACTIVE") != Some(false),
    }
}

/// Sends standard error where the flag or the variable wants it.
fn redirect_standard_error(global: &Global) -> Result<(), Failure> {
    let flag = global.terminal.redirect_stderr.clone();
    match flag.or_else(|| process::path_of("ATMOS_REDIRECT_STDERR")) {
        Some(path) => process::redirect_errors(&path),
        None => Ok(()),
    }
}

/// Says what is wrong with the words of a command line, or the help that they ask for.
fn print_misuse(arguments: &[OsString], error: &clap::Error) -> ExitCode {
    let print = |text: &Exact| {
        let mut printer = Printer::of_process(Manner::PLAIN, Surroundings::of_process());
        // A reader that went away early is no failure of ours.
        let _ = printer.raw(text);
        let _ = printer.finish();
    };
    if let Some(text) = org::misuse_as_json(arguments, error) {
        print(&text);
    } else {
        if let Some(text) = misuse::as_json(arguments, error) {
            print(&text);
        }
        print_complaint(error);
    }
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}

/// Prints a complaint about words, or the help that was asked for. What was typed is repeated in it, and
/// may come from elsewhere.
fn print_complaint(error: &clap::Error) {
    let text = error.render().to_string();
    if text.lines().all(is_shown) {
        // Help and version are no failures; clap knows which stream is theirs.
        drop(error.print());
        return;
    }
    let mut printer = Printer::of_process(Manner::PLAIN, Surroundings::of_process());
    for line in text.lines() {
        printer.note(line);
    }
    let _ = printer.finish();
}

/// One exit status from what happened. Who asked for JSON gets a document in any case.
fn finish_run(status: Result<u8, Failure>, output: Output, printer: &mut Printer) -> ExitCode {
    let status = match status {
        Ok(status) => {
            if output == Output::Json && !printer.has_data() {
                let _ =
                    to_json(&DoneDocument::new(status)).and_then(|text| Ok(printer.raw(&text)?));
            }
            status
        }
        Err(failure) => {
            // What it quotes is written out already: a line end is one of ours.
            for line in failure.to_string().split('\n') {
                printer.note(line);
            }
            let status = failure.exit_status();
            if output == Output::Json && !printer.has_data() {
                let _ = to_json(&failure.document()).and_then(|text| Ok(printer.raw(&text)?));
            }
            status
        }
    };
    let _ = printer.finish();
    ExitCode::from(status)
}

fn run_command(
    cli: Cli,
    world: World,
    typed: &[String],
    printer: &mut Printer,
) -> Result<u8, Failure> {
    let draws = printer.can_draw() && cli.global.output == Output::Human && !cli.global.quiet;
    let command = match cli.command {
        None if draws => Command::Dashboard,
        // A document of what the dashboard shows is the status.
        Some(Command::Dashboard) if cli.global.output == Output::Json => {
            Command::Status(Deferred::default())
        }
        command => command.unwrap_or_else(|| Command::Status(Deferred::default())),
    };
    let output = cli.global.output;
    let (command, scope) = match command {
        Command::Auth(auth) => (auth.0.command.into_command(), Scope::Configured),
        other => (other, Scope::Machine),
    };
    match &command {
        Command::Completions { shell } => {
            return generated::print_completions(*shell, output, printer);
        }
        Command::Man { command } => return generated::print_manual(command, output, printer),
        Command::Schema { document } => return generated::print_schema(*document, printer),
        // Needs no configuration.
        Command::Scan(arguments) => return scan::run(&world, &cli.global, arguments, printer),
        // Reads as little as it can.
        Command::CredentialProcess(arguments) => {
            return credential_process::run(world, &cli.global, arguments, printer);
        }
        _ => {}
    }
    let mut context = Context::new(world, &cli.global, printer.can_prompt())?;
    if scope == Scope::Configured {
        context.prefix = format!("{} auth", process::program_name());
    }
    if matches!(command, Command::Revoke(_)) {
        context.command = "revoke";
    }
    let context = context;
    // The others have nothing to do with what is configured, or say it themselves.
    if !matches!(
        command,
        Command::Validate(_)
            | Command::Audit(_)
            | Command::Catalogue(_)
            | Command::Org(_)
            | Command::Salesforce { .. }
    ) {
        context.warn_of_left_out(printer);
    }
    let cancel = Cancel::new();
    if can_be_stopped(&command) {
        if !asks_first(&command) {
            cancel.begin_work();
        }
        let screen = match command {
            Command::Dashboard => Screen::Drawn,
            _ => Screen::Ordinary,
        };
        process::on_interrupt(&cancel, screen)?;
    }
    match &command {
        Command::Logout(arguments) => {
            logout::run(&context, arguments, scope, typed, &cancel, printer)
        }
        Command::Login(arguments) => login::run(&context, arguments, scope, &cancel, printer),
        Command::Switch(arguments) => switch::run(&context, arguments, typed, &cancel, printer),
        Command::Revoke(arguments) => {
            pending::run(&context, arguments, scope, typed, &cancel, printer)
        }
        Command::Status(arguments) => status::run(&context, arguments, scope, &cancel, printer),
        Command::List(arguments) => list::run(&context, arguments, scope, printer),
        Command::Whoami(arguments) => whoami::run(&context, arguments, printer),
        Command::Validate(arguments) => validate::run(&context, arguments, printer),
        Command::Env(arguments) => env::run(&context, arguments, printer),
        Command::Exec(arguments) => exec::run(&context, arguments, printer),
        Command::Shell(arguments) => shell::run(&context, arguments, typed, &cancel, printer),
        Command::Console(arguments) => console::run(&context, arguments, &cancel, printer),
        Command::Token(arguments) => token::run(&context, arguments, printer),
        Command::KubeCredential(arguments) => {
            cloud_token::print_cluster_token(&context, arguments, printer)
        }
        Command::User(user) => {
            let UserCommand::Configure(arguments) = &user.command;
            user::configure(&context, arguments, &cancel, printer)
        }
        Command::Aws(aws) => aws::run(&context, &aws.command, printer),
        Command::Dashboard => dashboard::run(&context, &cancel, printer),
        Command::Audit(audit) => audit::run(&context, &audit.command, printer),
        Command::Catalogue(words) => catalogue::run(&context, &words.command, printer),
        Command::Org(org) => org::run(&context, &org.command, typed, &cancel, printer),
        Command::Salesforce { words } => {
            printer.hand_over();
            org::pass_on(&context.adieu.world, words, &cancel)
        }
        Command::Auth(_)
        | Command::Completions { .. }
        | Command::Man { .. }
        | Command::Schema { .. }
        | Command::CredentialProcess(_)
        | Command::Scan(_) => Ok(0),
    }
}

/// Whether a command waits for others in a way that the person can stop (Ctrl-C) and still get a
/// report. For all others the system's own way of ending it is right.
fn can_be_stopped(command: &Command) -> bool {
    match command {
        Command::Logout(arguments) => !arguments.server.dry_run,
        Command::Status(arguments) => arguments.online,
        Command::Login(_)
        | Command::Switch(_)
        | Command::Revoke(_)
        | Command::Console(_)
        | Command::Dashboard
        | Command::Salesforce { .. } => true,
        Command::Org(org) => match &org.command {
            OrgCommand::Logout(arguments) => !arguments.dry_run,
            OrgCommand::Login { .. } | OrgCommand::Other(_) => true,
            _ => false,
        },
        _ => false,
    }
}

/// Whether a command may ask before it does anything; it says itself when it begins.
fn asks_first(command: &Command) -> bool {
    match command {
        Command::Login(_)
        | Command::Logout(_)
        | Command::Revoke(_)
        | Command::Console(_)
        | Command::Dashboard => true,
        Command::Org(org) => matches!(&org.command, OrgCommand::Logout(_)),
        _ => false,
    }
}
