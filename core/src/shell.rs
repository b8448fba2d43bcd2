//! Text in commands that people copy into a shell.

/// One word that means these characters and nothing else to a POSIX shell, bash, zsh and ksh: bare if
/// no shell sees more in it, else in single quotes. Names come from files, so without this a hint
/// could carry somebody else's command.
///
/// Source: POSIX.1-2024, Shell Command Language, 2.2 "Quoting".
pub fn quote_word(text: &str) -> String {
    if is_bare(text) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

/// An option with its value: `--provider sso`, and `--provider=-sso` where the value would be taken
/// for an option itself.
pub fn format_option(name: &str, value: &str) -> String {
    let between = if value.starts_with('-') { '=' } else { ' ' };
    format!("{name}{between}{}", quote_word(value))
}

/// Whether no shell sees more in it than its characters. `~` and `=` are left out because zsh
/// expands them at the start of words and after colons.
pub fn is_bare(text: &str) -> bool {
    let is_safe = |byte: u8| byte.is_ascii_alphanumeric() || b"_./:@%+,-".contains(&byte);
    !text.is_empty() && text.bytes().all(is_safe)
}

#[cfg(test)]
mod tests {
    use super::{format_option, quote_word};

    #[test]
    fn values_of_options_are_no_options() {
        assert_eq!(format_option("--provider", "my sso"), "--provider 'my sso'");
        assert_eq!(format_option("--provider", "-x"), "--provider=-x");
    }

    #[test]
    fn words_mean_their_characters() {
        for (text, expected) in [
            ("sso", "sso"),
            ("sso/dev-1", "sso/dev-1"),
            ("", "''"),
            ("my sso", "'my sso'"),
            ("a;touch x", "'a;touch x'"),
            ("it's", r"'it'\''s'"),
            ("$(x)", "'$(x)'"),
            ("~", "'~'"),
        ] {
            assert_eq!(quote_word(text), expected);
        }
    }
}
