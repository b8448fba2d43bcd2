//! From the words of a command line to what they mean.

use std::ffi::OsString;

use clap::{Args as _, FromArgMatches as _, Parser as _, Subcommand as _};

use super::other_grammar::command_at;
use super::{Cli, Command, Global};

/// Reads a command line.
///
/// Only the command that is typed is described to clap first: it gives every command each of the
/// global flags, and to do that for twenty commands costs more than everything else that a small
/// command does.
///
/// # Errors
///
/// clap's, with all commands in view: what is wrong with the words, or the help that they ask for.
pub fn parse_command_line(arguments: &[OsString]) -> Result<Cli, clap::Error> {
    if let [_, word] = arguments
        && (word == "--version" || word == "-V")
    {
        // Which commands there are changes nothing in the answer.
        let matches = build_bare_command().try_get_matches_from(arguments)?;
        return Cli::from_arg_matches(&matches);
    }
    let read = typed_alone(arguments).and_then(|command| {
        let mut matches = command.try_get_matches_from(arguments).ok()?;
        Cli::from_arg_matches_mut(&mut matches).ok()
    });
    // Help, and suggestions for what was mistyped, speak of the other commands too.
    read.map_or_else(|| parse_among_all(arguments), Ok)
}

/// Reads a command line with all commands in view. The global options stand once, in the help of the
/// program; that of a command says where.
fn parse_among_all(arguments: &[OsString]) -> Result<Cli, clap::Error> {
    let words = arguments.iter().skip(1);
    let words: Vec<&str> = words.map_while(|word| word.to_str()).collect();
    let is_help = |word: &&str| matches!(*word, "--help" | "-h" | "help");
    let is_name = |word: &&str| !word.starts_with('-') && *word != "help";
    if !(words.iter().any(is_help) && words.iter().any(is_name)) {
        return Cli::try_parse_from(arguments);
    }
    let hidden = |argument: clap::Arg| {
        let hides = argument.is_global_set();
        if hides { argument.hide(true) } else { argument }
    };
    let matches = super::build_command()
        .mut_args(hidden)
        .try_get_matches_from(arguments)?;
    Cli::from_arg_matches(&matches)
}

/// The command line as clap would know it if there were no other command than the one that is typed;
/// `None` if that is not plain to see.
fn typed_alone(arguments: &[OsString]) -> Option<clap::Command> {
    let name = arguments.get(command_at(arguments, 1)?)?.to_str()?;
    let all = Command::augment_subcommands(clap::Command::new("all"));
    let typed = all.get_subcommands().find(|one| one.get_name() == name)?;
    Some(Global::augment_args(build_bare_command()).subcommand(typed.clone()))
}

/// The program without its commands and options.
fn build_bare_command() -> clap::Command {
    clap::Command::new("adieu")
        .version(env!("CARGO_PKG_VERSION"))
        .propagate_version(true)
        .disable_help_subcommand(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<OsString> {
        let words = line.split_whitespace().map(OsString::from);
        [OsString::from("adieu")].into_iter().chain(words).collect()
    }

    #[test]
    fn a_command_described_alone_is_read_as_among_the_others() {
        for line in [
            "logout dev-admin --dry-run",
            "-q logout --all --force",
            "logout -i",
            "logout -q -o json dev-admin",
            "--config a.yaml --config=b.yaml -C work auth logout --all",
            "auth -o json list --format table",
            "--interactive=false --force-color status",
            "revoke --timeout 2 x",
            "org logout -o alpha --json",
            "org list auth --json",
            "org login web --alias x",
            "org data query --flag",
            "env -i x --format fish",
            "scan --fix remove --name X",
            "audit verify",
            "completions bash",
            "schema logout",
            "man",
        ] {
            let words = words(line);
            assert!(typed_alone(&words).is_some(), "{line}");
            let read = |result: Result<Cli, clap::Error>| match result {
                Ok(cli) => format!("{cli:?}"),
                Err(error) => error.render().to_string(),
            };
            let among_all = read(parse_among_all(&words));
            assert_eq!(read(parse_command_line(&words)), among_all, "{line}");
        }
    }

    #[test]
    fn what_is_mistyped_or_asked_for_is_answered_with_all_commands_in_view() {
        for line in [
            "",
            "--help",
            "--version",
            "help logout",
            "logout --help",
            "logout --version",
            "logot",
            "logout --fix",
            "--fix logout",
            "auth login",
            "-o logout",
            "--home",
        ] {
            let words = words(line);
            let said = |result: Result<Cli, clap::Error>| match result {
                Ok(cli) => format!("{cli:?}"),
                Err(error) => error.render().to_string(),
            };
            let expected = said(parse_among_all(&words));
            assert_eq!(said(parse_command_line(&words)), expected, "{line}");
        }
    }
}
