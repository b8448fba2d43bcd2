//! What can be typed at the dashboard's prompt, and how it is completed.

/// A command of the prompt.
pub(super) struct Word {
    /// What is typed.
    pub(super) name: &'static str,
    /// What it does, in a few words.
    pub(super) help: &'static str,
    /// Whether names of sessions may follow.
    pub(super) takes_names: bool,
}

/// Every command of the prompt, in the order in which they are shown.
pub(super) const WORDS: [Word; 8] = [
    build_word(
        "/logout",
        "log out of what is marked, or of what is named",
        true,
    ),
    build_word(
        "/status",
        "look again; with a name, everything about it",
        true,
    ),
    build_word("/login", "sign in with the vendor's own client", true),
    build_word(
        "/switch",
        "log out, sign in as somebody else, and check",
        true,
    ),
    build_word(
        "/scan",
        "find secrets in shell profiles and dotfiles",
        false,
    ),
    build_word(
        "/audit",
        "what was logged out, when, and how it ended",
        false,
    ),
    build_word("/help", "the keys and these commands", false),
    build_word("/quit", "leave", false),
];

const fn build_word(name: &'static str, help: &'static str, takes_names: bool) -> Word {
    Word {
        name,
        help,
        takes_names,
    }
}

/// What the typed text could become, in the order in which it is offered: commands, then names.
pub(super) fn list_completions(typed: &str, names: &[String]) -> Vec<String> {
    let Some((command, rest)) = typed.split_once(' ') else {
        let begun = |word: &&Word| word.name.starts_with(typed);
        return WORDS
            .iter()
            .filter(begun)
            .map(|word| word.name.to_owned())
            .collect();
    };
    if !WORDS
        .iter()
        .any(|word| word.name == command && word.takes_names)
    {
        return Vec::new();
    }
    // A name with blanks in it is quoted, and begins at its quote.
    let is_open = rest.matches('\'').count() % 2 == 1;
    let at = if is_open {
        rest.rfind('\'')
    } else {
        rest.rfind(' ').map(|at| at + 1)
    };
    let (before, begun) = rest.split_at(at.unwrap_or(0));
    let before = before.trim_end();
    let begun = begun.trim_start_matches('\'').to_lowercase();
    let is_begun = |name: &&String| {
        name.trim_start_matches('\'')
            .to_lowercase()
            .starts_with(&begun)
    };
    let names = names.iter().filter(is_begun);
    names
        .map(|name| match before {
            "" => format!("{command} {name}"),
            _ => format!("{command} {before} {name}"),
        })
        .collect()
}

/// The words of what was typed, as a shell takes them: what stands between single quotes is one.
pub(super) fn split_words(typed: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let (mut is_quoted, mut is_begun, mut is_escaped) = (false, false, false);
    for character in typed.chars() {
        match character {
            _ if is_escaped => {
                word.push(character);
                is_escaped = false;
            }
            '\\' if !is_quoted => {
                is_escaped = true;
                is_begun = true;
            }
            '\'' => {
                is_quoted = !is_quoted;
                is_begun = true;
            }
            _ if character.is_whitespace() && !is_quoted => {
                if is_begun {
                    words.push(std::mem::take(&mut word));
                }
                is_begun = false;
            }
            _ => {
                word.push(character);
                is_begun = true;
            }
        }
    }
    if is_begun {
        words.push(word);
    }
    words
}

/// The longest text that all completions begin with, so that Tab goes on as far as it is certain.
pub(super) fn find_common_start(completions: &[String]) -> Option<String> {
    let (first, rest) = completions.split_first()?;
    let mut end = first.len();
    for other in rest {
        let same = first
            .char_indices()
            .zip(other.chars())
            .find(|((_, a), b)| a != b)
            .map_or(first.len().min(other.len()), |((at, _), _)| at);
        end = end.min(same);
    }
    first.get(..end).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Vec<String> {
        ["dev-admin", "dev-read", "claude:ada@example.invalid"]
            .map(str::to_owned)
            .to_vec()
    }

    #[test]
    fn commands_and_names_are_completed() {
        assert_eq!(list_completions("/lo", &names()), ["/logout", "/login"]);
        assert_eq!(
            list_completions("/logout DEV", &names()),
            ["/logout dev-admin", "/logout dev-read"]
        );
        assert_eq!(
            list_completions("/logout dev-read cl", &names()),
            ["/logout dev-read claude:ada@example.invalid"]
        );
        assert!(list_completions("/quit d", &names()).is_empty());
        assert!(list_completions("/nonsense", &names()).is_empty());
    }

    #[test]
    fn words_are_those_of_a_shell() {
        for (typed, expected) in [
            ("/logout a  b", vec!["/logout", "a", "b"]),
            ("/logout 'a b' c", vec!["/logout", "a b", "c"]),
            (r"/logout 'it'\''s'", vec!["/logout", "it's"]),
            ("/logout ''", vec!["/logout", ""]),
            ("", vec![]),
        ] {
            assert_eq!(split_words(typed), expected, "{typed}");
        }
    }

    #[test]
    fn tab_goes_as_far_as_it_is_certain() {
        let common = |typed: &str| find_common_start(&list_completions(typed, &names()));
        assert_eq!(common("/lo").as_deref(), Some("/log"));
        assert_eq!(common("/logout d").as_deref(), Some("/logout dev-"));
        assert_eq!(common("/x"), None);
    }
}
