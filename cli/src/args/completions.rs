//! Completion scripts, with help texts that no shell reads as code.

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Arg, Command};
use clap_complete::Shell;

/// The completion script of a shell.
///
/// Help texts stand inside quotes that the shells evaluate, each in its own way. The generators
/// escape some of what is evaluated and not all of it, so nothing that could be is left in a text.
pub fn build_completions(shell: Shell) -> Vec<u8> {
    let mut command = super::build_command();
    // Described here, so that commands that are described late have their texts too.
    command.build();
    let mut command = in_plain_words(command);
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, "adieu", &mut script);
    script
}

fn in_plain_words(command: Command) -> Command {
    let about = command
        .get_about()
        .map(|text| plain_words(&text.to_string()));
    let command = command
        .mut_args(without_code)
        .mut_subcommands(in_plain_words);
    match about {
        Some(about) => command.about(about),
        None => command,
    }
}

fn without_code(argument: Arg) -> Arg {
    let help = argument
        .get_help()
        .map(|text| plain_words(&text.to_string()));
    let values: Vec<PossibleValue> = argument
        .get_possible_values()
        .iter()
        .map(|value| match value.get_help() {
            Some(help) => value.clone().help(plain_words(&help.to_string())),
            None => value.clone(),
        })
        .collect();
    let argument = match help {
        Some(help) => argument.help(help),
        None => argument,
    };
    if values.is_empty() {
        argument
    } else {
        argument.value_parser(PossibleValuesParser::new(values))
    }
}

/// The text with nothing in it that a shell evaluates, ends a quote with, or takes for a separator.
fn plain_words(text: &str) -> String {
    let text = text.replace(": ", ", ");
    let kept = text.chars().map(|character| match character {
        letter if letter.is_alphanumeric() => letter,
        ',' | '.' | ';' | '-' | '_' | '/' | '(' | ')' | '=' | '+' | '%' => character,
        space if space.is_whitespace() => ' ',
        _ => '\0',
    });
    let kept: String = kept.filter(|character| *character != '\0').collect();
    let words: Vec<&str> = kept.split_whitespace().collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_and_code_goes() {
        assert_eq!(
            plain_words("Lines: eval \"$(adieu scan)\"; one's `own`\n  $HOME [a\\b] {x} <y> * ?"),
            "Lines, eval (adieu scan); ones own HOME ab x y"
        );
    }
}
