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
    word(
        "/logout",
        "log out of what is marked, or of what is named",
        true,
    ),
    word(
        "/status",
        "look again; with a name, everything about it",
        true,
    ),
    word("/login", "sign in with the vendor's own client", true),
    word(
        "/switch",
        "log out, sign in as somebody else, and check",
        true,
    ),
    word(
        "/scan",
        "find secrets in shell profiles and dotfiles",
        false,
    ),
    word(
        "/audit",
        "what was logged out, when, and how it ended",
        false,
    ),
    word("/help", "the keys and these commands", false),
    word("/quit", "leave", false),
];

const fn word(name: &'static str, help: &'static str, takes_names: bool) -> Word {
    Word {
        name,
        help,
        takes_names,
    }
}

/// What the typed text could become, in the order in which it is offered: commands, then names.
pub(super) fn completions(typed: &str, names: &[String]) -> Vec<String> {
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
    let (before, begun) = rest.rsplit_once(' ').map_or(("", rest), |(a, b)| (a, b));
    let begun = begun.to_lowercase();
    let names = names
        .iter()
        .filter(|name| name.to_lowercase().starts_with(&begun));
    names
        .map(|name| match before {
            "" => format!("{command} {name}"),
            _ => format!("{command} {before} {name}"),
        })
        .collect()
}

/// The longest text that all completions begin with, so that Tab goes on as far as it is certain.
pub(super) fn common(completions: &[String]) -> Option<String> {
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
        assert_eq!(completions("/lo", &names()), ["/logout", "/login"]);
        assert_eq!(
            completions("/logout DEV", &names()),
            ["/logout dev-admin", "/logout dev-read"]
        );
        assert_eq!(
            completions("/logout dev-read cl", &names()),
            ["/logout dev-read claude:ada@example.invalid"]
        );
        assert!(completions("/quit d", &names()).is_empty());
        assert!(completions("/nonsense", &names()).is_empty());
    }

    #[test]
    fn tab_goes_as_far_as_it_is_certain() {
        let common = |typed: &str| common(&completions(typed, &names()));
        assert_eq!(common("/lo").as_deref(), Some("/log"));
        assert_eq!(common("/logout d").as_deref(), Some("/logout dev-"));
        assert_eq!(common("/x"), None);
    }
}
