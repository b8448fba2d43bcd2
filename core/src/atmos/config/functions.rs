//! The YAML functions of Atmos (`!env`, `!exec`, …).
//!
//! Only `!env` is evaluated, from the snapshot of the environment. The others could run commands
//! or read files, and a repository's configuration is not trusted that far: they count as not set.

use granit_parser::Tag;

use crate::world::Environment;

use super::node::Unset;

/// The result of a function's call.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Evaluated {
    /// A text that the file has itself.
    Text(String),
    /// A variable of the environment: name and value.
    Variable(String, String),
    /// No value.
    Unset(Unset),
    /// No value, because the call is wrong in this way.
    Wrong(&'static str),
}

/// The name of a tag that is neither YAML's own nor the mark `!` alone; a tag may be written in full,
/// as in `!<!env>`.
pub(super) fn function_name(tag: &Tag) -> Option<&str> {
    let name = match tag.handle() {
        "!" => tag.suffix(),
        "" => tag.suffix().strip_prefix('!')?,
        _ => return None,
    };
    (!name.is_empty()).then_some(name)
}

/// A function's name for a message, however long a file makes it.
pub(super) fn shorten_name(name: &str) -> String {
    name.chars()
        .filter(|character| !character.is_control())
        .take(40)
        .collect()
}

/// `!env VARIABLE [default]`; the default may be quoted.
pub(super) fn environment_variable(call: &str, environment: &Environment) -> Evaluated {
    let Some(words) = split_words(call) else {
        return Evaluated::Wrong("has a quotation mark that is not closed");
    };
    match words.as_slice() {
        [name] if is_variable(name) => resolve_variable(name, None, environment),
        [name, default] if is_variable(name) => resolve_variable(name, Some(default), environment),
        [] => Evaluated::Wrong("needs the name of a variable"),
        [_] | [_, _] => Evaluated::Wrong("has no valid name of a variable"),
        _ => Evaluated::Wrong("takes a name and one default; quote a default with spaces"),
    }
}

fn resolve_variable(name: &str, default: Option<&str>, environment: &Environment) -> Evaluated {
    match (environment.get(name), default) {
        (Some(value), _) => Evaluated::Variable(name.to_owned(), value.to_owned()),
        // Set to nothing is set: Atmos does not fall back to the default then.
        (None, _) if environment.contains(name) => Evaluated::Text(String::new()),
        (None, Some(default)) => Evaluated::Text(default.to_owned()),
        (None, None) => Evaluated::Unset(Unset::Variable(name.into())),
    }
}

fn is_variable(name: &str) -> bool {
    !name.is_empty() && !name.contains(['=', '\0'])
}

/// Splits at blanks; quotation marks hold words together. `None` if one is not closed.
fn split_words(call: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut characters = call.trim().chars().peekable();
    while let Some(&first) = characters.peek() {
        if first.is_whitespace() {
            characters.next();
            continue;
        }
        let mut word = String::new();
        while let Some(&character) = characters.peek() {
            if character.is_whitespace() {
                break;
            }
            characters.next();
            if matches!(character, '"' | '\'') && (word.is_empty() || character == '"') {
                loop {
                    match characters.next()? {
                        next if next == character => break,
                        next => word.push(next),
                    }
                }
            } else {
                word.push(character);
            }
        }
        words.push(word);
    }
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evaluate(call: &str) -> Evaluated {
        let environment = [("SET", "value"), ("EMPTY", "")].into_iter().collect();
        environment_variable(call, &environment)
    }

    fn text(text: &str) -> Evaluated {
        Evaluated::Text(text.to_owned())
    }

    #[test]
    fn env_set_variable_wins_over_the_default() {
        let set = || Evaluated::Variable("SET".to_owned(), "value".to_owned());
        assert_eq!(evaluate("SET"), set());
        assert_eq!(evaluate("SET other"), set());
        assert_eq!(evaluate("EMPTY other"), text(""));
    }

    #[test]
    fn env_missing_variable_takes_the_default_quoted_or_not() {
        assert_eq!(
            evaluate("NONE http://127.0.0.1:1"),
            text("http://127.0.0.1:1")
        );
        assert_eq!(evaluate("NONE \"two words\""), text("two words"));
        assert_eq!(evaluate("  NONE   'it is'  "), text("it is"));
        assert_eq!(evaluate("NONE \"\""), text(""));
        assert_eq!(
            evaluate("NONE"),
            Evaluated::Unset(Unset::Variable("NONE".into()))
        );
    }

    #[test]
    fn env_wrong_calls_are_said_to_be_wrong() {
        for call in ["", "  ", "NONE one two", "NONE \"open", "A=B"] {
            assert!(matches!(evaluate(call), Evaluated::Wrong(_)), "{call:?}");
        }
    }
}
