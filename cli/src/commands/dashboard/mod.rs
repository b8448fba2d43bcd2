//! `adieu` on a terminal: who is signed in, and a prompt for what to do about it.
//!
//! `state` is what is shown and how keys change it, `view` draws it, `prompt_commands` completes what is
//! typed.
//! What is done is done by the commands themselves, run as on the command line: plan, confirmation
//! and report are theirs.

mod prompt_commands;
mod state;
mod view;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use adieu::discover::{DiscoverySources, add_profiles, discover_sign_ins, note_files};
use adieu::io::files::Files;
use adieu::io::net::Cancel;
use adieu::report::{Status, build_status};
use adieu::systems::discovery::DiscoveryScope;
use ratatui::crossterm::event::{self, Event, KeyEventKind};

use self::state::{Action, Console};
use super::Scope;
use super::context::Context;
use super::pending::add_pending;
use crate::process;
use crate::questions::Confirmation;
use crate::ui::printer::FAINT;
use crate::ui::prompt::Wording;
use crate::ui::{Failure, Printer, prompt};

/// How long the screen may stand still while nothing is typed: sessions run out meanwhile.
const TICK: Duration = Duration::from_secs(30);

/// Shows the dashboard until the person leaves it.
pub(crate) fn run(
    context: &Context,
    cancel: &Cancel,
    printer: &mut Printer,
) -> Result<u8, Failure> {
    if !printer.can_draw() {
        return Err(Failure::usage("the dashboard needs a terminal")
            .hint("`adieu status` shows the same without one"));
    }
    let mut console = Console::new(look_at_machine(context));
    let mut terminal = ratatui::try_init().map_err(|error| to_terminal_failure(&error))?;
    let result = run_dashboard(context, cancel, printer, &mut console, &mut terminal);
    ratatui::restore();
    result
}

/// Looks at the machine with doors of its own, which remember what they read: all of it is forgotten
/// again with them. What stays are names, places and fingerprints, no secret.
fn look_at_machine(context: &Context) -> Status {
    let files = Files::new(&context.adieu.world);
    let files = Arc::new(if context.global.no_links {
        files.without_links()
    } else {
        files
    });
    let settings = &context.adieu.configuration.auth.keyring;
    let keyrings = adieu::atmos::key_stores(&context.adieu.world, &files, settings, true);
    let sources = DiscoverySources {
        files: &files,
        keyrings: &keyrings,
        ..context.adieu.sources()
    };
    let mut inventory = discover_sign_ins(&sources, DiscoveryScope::Machine);
    add_profiles(&sources, DiscoveryScope::Machine, &mut inventory);
    note_files(&sources, &mut inventory);
    let mut found = build_status(&inventory, &context.adieu.identity_graph, false);
    add_pending(context, Scope::Machine, &inventory, &mut found);
    found
}

fn run_dashboard(
    context: &Context,
    cancel: &Cancel,
    printer: &mut Printer,
    console: &mut Console,
    terminal: &mut ratatui::DefaultTerminal,
) -> Result<u8, Failure> {
    loop {
        terminal
            .draw(|frame| {
                view::draw_console(frame, console, &context.adieu.world, printer.has_colour());
            })
            .map_err(|error| to_terminal_failure(&error))?;
        let Some(action) = next_key(console).map_err(|error| to_terminal_failure(&error))? else {
            continue;
        };
        match action {
            Action::Nothing => {}
            Action::Look => console.show(look_at_machine(context)),
            Action::Leave => return Ok(0),
            Action::Run(commands) => {
                ratatui::restore();
                let said = perform_commands(context, &commands, cancel, printer);
                if cancel.is_set() {
                    return Ok(130);
                }
                *terminal = ratatui::try_init().map_err(|error| to_terminal_failure(&error))?;
                console.show(look_at_machine(context));
                console.say(said?);
            }
        }
    }
}

/// The next key's meaning; `None` when the screen only has to be drawn again.
fn next_key(console: &mut Console) -> io::Result<Option<Action>> {
    if !event::poll(TICK)? {
        return Ok(Some(Action::Look));
    }
    match event::read()? {
        Event::Key(key) if key.kind != KeyEventKind::Release => Ok(Some(console.key(key))),
        Event::Paste(text) => {
            console.paste(&text);
            Ok(None)
        }
        _ => Ok(None),
    }
}

/// Runs commands one after the other on the ordinary screen, and waits until their report was read.
/// The text says how it went.
fn perform_commands(
    context: &Context,
    commands: &[Vec<String>],
    cancel: &Cancel,
    printer: &mut Printer,
) -> Result<String, Failure> {
    let said = if commands.iter().any(|command| is_removal(command)) {
        preview_and_run(context, commands, cancel, printer)
    } else {
        run_all(context, commands, cancel, printer)
    }?;
    if cancel.is_set() {
        return Ok(said);
    }
    printer.note("");
    prompt::forget_what_was_typed()?;
    printer.note("Press Enter to go back.");
    process::wait_for_line();
    Ok(said)
}

/// Whether a command would remove something without asking.
fn is_removal(command: &[String]) -> bool {
    let is_logout = command.first().is_some_and(|word| word == "logout");
    is_logout && !command.iter().any(|word| word == "--dry-run")
}

/// The plan of each command, a question, and then the commands.
fn preview_and_run(
    context: &Context,
    commands: &[Vec<String>],
    cancel: &Cancel,
    printer: &mut Printer,
) -> Result<String, Failure> {
    for command in commands {
        let mut preview = command.clone();
        preview.insert(1, "--dry-run".to_owned());
        let status = run_one(context, &preview, cancel, printer)?;
        if status != 0 {
            return Ok(format!("nothing was changed: exit status {status}"));
        }
    }
    printer.note("");
    let wording = Wording::of(Confirmation::DashboardLogout, "Proceed?");
    match prompt::ask_for_confirmation(&wording, printer) {
        Ok(true) => run_all(context, commands, cancel, printer),
        Ok(false) => Ok("nothing was changed".to_owned()),
        Err(failure) if failure.exit_status() == 130 => Ok("nothing was changed".to_owned()),
        Err(failure) => Err(failure),
    }
}

fn run_all(
    context: &Context,
    commands: &[Vec<String>],
    cancel: &Cancel,
    printer: &mut Printer,
) -> Result<String, Failure> {
    let mut worst = 0;
    for command in commands {
        // A server that did not end a session is no success here.
        let mut strict = command.clone();
        if is_removal(command) {
            strict.insert(1, "--strict".to_owned());
        }
        worst = worst.max(run_one(context, &strict, cancel, printer)?);
        if worst == 130 {
            break;
        }
    }
    Ok(match (commands, worst) {
        (_, 3) if commands.iter().all(|command| is_removal(command)) => {
            "failed in part: not everything was ended; /audit shows what".to_owned()
        }
        ([one], 0) => format!("adieu {}: done", one.join(" ")),
        (several, 0) => format!("{} commands: done", several.len()),
        (_, 130) => "interrupted".to_owned(),
        (_, status) => format!("failed with exit status {status}"),
    })
}

fn run_one(
    context: &Context,
    command: &[String],
    cancel: &Cancel,
    printer: &mut Printer,
) -> Result<i32, Failure> {
    printer.note("");
    printer.note(&format!("{FAINT}$ adieu {}{FAINT:#}", command.join(" ")));
    process::run_self(&context.global, command, cancel)
        .map_err(|error| Failure::failed("the command could not be run").because(&error))
}

fn to_terminal_failure(error: &io::Error) -> Failure {
    Failure::failed("the terminal cannot be used")
        .because(error)
        .hint("`adieu status` needs no terminal")
}
