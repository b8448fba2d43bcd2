//! Names and values as each shell and file format takes them, so that no value can be anything but
//! a value.
//!
//! Names are checked before ([`adieu::systems::is_variable_name`]). Values may hold anything; no
//! control character is ever printed raw, so that the lines are harmless on a terminal too.

use std::fmt::Write as _;

use adieu::shell::{is_bare, quote_word};

use crate::args::EnvFormat;
use crate::ui::plain::is_odd;

/// A value that a format has no form for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NotExpressible {
    name: String,
    /// The format; `None` if no other one has a form for it either.
    format: Option<&'static str>,
    /// Whether a shell would act on it, and the format has no quotes.
    is_active: bool,
}

impl NotExpressible {
    /// Whether another format can express it.
    pub(super) const fn depends_on_format(&self) -> bool {
        self.format.is_some()
    }
}

impl std::fmt::Display for NotExpressible {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = &self.name;
        match self.format {
            Some(format) if self.is_active => write!(
                formatter,
                "the value of {name} has characters that a shell would act on, and the format {format} \
                 has no quotes"
            ),
            Some(format) => write!(
                formatter,
                "the value of {name} has control characters, which the format {format} cannot express"
            ),
            None => write!(
                formatter,
                "the value of {name} has a NUL character, which no variable can hold"
            ),
        }
    }
}

/// The end of a value of several lines, which nobody can guess.
pub(super) struct Delimiter(String);

impl Delimiter {
    /// From random bytes.
    pub(super) fn new(random: [u8; 32]) -> Self {
        let mut text = "ADIEU_".to_owned();
        for byte in &random[..16] {
            let _ = write!(text, "{byte:02x}");
        }
        Self(text)
    }
}

/// The line (for some formats: lines) that sets a variable.
pub(super) fn format_assignment(
    format: EnvFormat,
    name: &str,
    value: &str,
    delimiter: &Delimiter,
) -> Result<String, NotExpressible> {
    let refused = |format| NotExpressible {
        name: name.to_owned(),
        format: Some(format),
        is_active: false,
    };
    // No environment can hold it, whatever the format.
    if value.contains('\0') {
        return Err(NotExpressible {
            name: name.to_owned(),
            format: None,
            is_active: false,
        });
    }
    Ok(match format {
        EnvFormat::Bash => format!("export {name}={}", quote_for_bash(value)),
        EnvFormat::Fish => format!("set -gx {name} {}", quote_for_fish(value)),
        EnvFormat::Powershell => format!("$Env:{name} = {}", quote_for_powershell(value)),
        EnvFormat::Dotenv => {
            let value = quote_for_dotenv(value).ok_or_else(|| refused("dotenv"))?;
            format!("{name}={value}")
        }
        EnvFormat::Env if value.contains(is_odd) => return Err(refused("env")),
        // These lines have no quotes, and people do evaluate them.
        EnvFormat::Env if !is_bare(value) && !value.is_empty() => {
            return Err(NotExpressible {
                is_active: true,
                ..refused("env")
            });
        }
        EnvFormat::Env => format!("{name}={value}"),
        EnvFormat::WindowsCmd => {
            let value = check_for_cmd(value).ok_or_else(|| refused("windows-cmd"))?;
            format!("set \"{name}={value}\"")
        }
        EnvFormat::Github => {
            format_for_github(name, value, delimiter).ok_or_else(|| refused("github"))?
        }
        // Documents are written as a whole, never by lines.
        EnvFormat::Json => return Err(refused("json")),
        EnvFormat::Process => return Err(refused("process")),
    })
}

/// The line that takes a variable away.
pub(super) fn format_removal(format: EnvFormat, name: &str) -> String {
    match format {
        EnvFormat::Bash => format!("unset {name}"),
        EnvFormat::Fish => format!("set -e {name}"),
        EnvFormat::Powershell => format!("Remove-Item Env:{name} -ErrorAction SilentlyContinue"),
        EnvFormat::WindowsCmd => format!("set \"{name}=\""),
        EnvFormat::Dotenv
        | EnvFormat::Env
        | EnvFormat::Github
        | EnvFormat::Json
        | EnvFormat::Process => format!("{name}="),
    }
}

/// For bash, zsh, ksh: bare, `'…'`, or `$'…'` for odd characters.
pub(crate) fn quote_for_bash(value: &str) -> String {
    if !value.contains(is_odd) {
        return quote_word(value);
    }
    let mut quoted = "$'".to_owned();
    for character in value.chars() {
        match character {
            '\n' => quoted.push_str("\\n"),
            '\'' | '\\' => quoted.extend(['\\', character]),
            _ if is_odd(character) => {
                // Bytes, because `\u` depends on the shell's locale. Two digits always: a third is
                // never read.
                for byte in character.encode_utf8(&mut [0; 4]).bytes() {
                    let _ = write!(quoted, "\\x{byte:02x}");
                }
            }
            _ => quoted.push(character),
        }
    }
    quoted.push('\'');
    quoted
}

/// For fish: bare or `'…'`; odd characters stand outside of the quotes.
fn quote_for_fish(value: &str) -> String {
    if is_bare(value) {
        return value.to_owned();
    }
    let mut quoted = "'".to_owned();
    for character in value.chars() {
        match character {
            '\'' | '\\' => quoted.extend(['\\', character]),
            '\n' => quoted.push_str("'\\n'"),
            _ if is_odd(character) => {
                let _ = write!(quoted, "'\\u{:04x}'", u32::from(character));
            }
            _ => quoted.push(character),
        }
    }
    quoted.push('\'');
    quoted
}

/// For PowerShell: `'…'`, odd characters added by their code. It takes typographic quotes for
/// quotes too; any of them doubled is one of them.
fn quote_for_powershell(value: &str) -> String {
    let mut quoted = "'".to_owned();
    for character in value.chars() {
        match character {
            '\'' | '\u{2018}'..='\u{201b}' => quoted.extend([character, character]),
            _ if is_odd(character) => {
                let _ = write!(quoted, "' + [char]0x{:04x} + '", u32::from(character));
            }
            _ => quoted.push(character),
        }
    }
    quoted.push('\'');
    quoted
}

/// For cmd.exe, between quotes, where only `%`, `!` and quotes themselves mean more than they are; there is
/// no way to write these that holds at the prompt and in a file of commands alike.
fn check_for_cmd(value: &str) -> Option<&str> {
    let is_active = |character: char| matches!(character, '%' | '!' | '"') || is_odd(character);
    (!value.contains(is_active)).then_some(value)
}

/// For `.env` files, which shells and many libraries read: bare; `'…'` as in a shell; or, for line
/// ends, `"…"` with `\n`, which a library reads as a line end and a shell as two characters, and
/// nobody as a new line of the file.
fn quote_for_dotenv(value: &str) -> Option<String> {
    if is_bare(value) || value.is_empty() {
        return Some(value.to_owned());
    }
    if !value.contains(is_odd) {
        return Some(format!("'{}'", value.replace('\'', r"'\''")));
    }
    let mut quoted = "\"".to_owned();
    for character in value.chars() {
        match character {
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '"' | '\\' | '$' | '`' => quoted.extend(['\\', character]),
            _ if is_odd(character) => return None,
            _ => quoted.push(character),
        }
    }
    quoted.push('"');
    Some(quoted)
}

/// For the file of `GITHUB_ENV`: one line, or a block that ends at the delimiter.
///
/// Source: GitHub Actions, "Workflow commands", "Multiline strings".
fn format_for_github(name: &str, value: &str, delimiter: &Delimiter) -> Option<String> {
    let is_line = |character: char| matches!(character, '\n' | '\r' | '\t');
    if value.contains(|character| is_odd(character) && !is_line(character)) {
        return None;
    }
    if value.contains(is_line) {
        let Delimiter(end) = delimiter;
        return Some(format!("{name}<<{end}\n{value}\n{end}"));
    }
    Some(format!("{name}={value}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOSTILE: &str = "a'b\\c $(touch x) `y` \"z\" ‘q’\n\u{1b}1\u{9b}\u{202e};!*~=";

    fn one(format: EnvFormat, value: &str) -> String {
        format_assignment(format, "X", value, &Delimiter::new([0xab; 32])).unwrap()
    }

    #[test]
    fn plain_values_stay_bare() {
        let path = "/home/ana/.config/atmos/acme/aws/sso/config";
        assert_eq!(one(EnvFormat::Bash, path), format!("export X={path}"));
        assert_eq!(one(EnvFormat::Fish, path), format!("set -gx X {path}"));
        assert_eq!(one(EnvFormat::Dotenv, path), format!("X={path}"));
        assert_eq!(one(EnvFormat::Bash, ""), "export X=''");
        assert_eq!(one(EnvFormat::Bash, "~"), "export X='~'");
        assert_eq!(one(EnvFormat::Bash, "=ls"), "export X='=ls'");
    }

    #[test]
    fn hostile_values_are_quoted_for_each_shell() {
        assert_eq!(
            one(EnvFormat::Bash, HOSTILE),
            "export X=$'a\\'b\\\\c $(touch x) `y` \"z\" ‘q’\\n\\x1b1\\xc2\\x9b\\xe2\\x80\\xae;!*~='"
        );
        assert_eq!(
            one(EnvFormat::Fish, HOSTILE),
            "set -gx X 'a\\'b\\\\c $(touch x) `y` \"z\" ‘q’'\\n''\\u001b'1'\\u009b''\\u202e';!*~='"
        );
        assert_eq!(
            one(EnvFormat::Powershell, HOSTILE),
            "$Env:X = 'a''b\\c $(touch x) `y` \"z\" ‘‘q’’' + [char]0x000a + '' + [char]0x001b + \
             '1' + [char]0x009b + '' + [char]0x202e + ';!*~='"
        );
        assert_eq!(
            one(EnvFormat::WindowsCmd, r"C:\Program Files\a&b^c"),
            r#"set "X=C:\Program Files\a&b^c""#
        );
        assert_eq!(one(EnvFormat::Dotenv, "a b'c"), "X='a b'\\''c'");
        assert_eq!(one(EnvFormat::Dotenv, "a$\n\"`"), "X=\"a\\$\\n\\\"\\`\"");
    }

    #[test]
    fn github_blocks_end_at_a_random_delimiter() {
        assert_eq!(one(EnvFormat::Github, "a b"), "X=a b");
        let end = format!("ADIEU_{}", "ab".repeat(16));
        assert_eq!(
            one(EnvFormat::Github, "a\nEOF\nPATH=/x"),
            format!("X<<{end}\na\nEOF\nPATH=/x\n{end}")
        );
    }

    #[test]
    fn values_without_a_form_are_refused() {
        let refused = |format, value| {
            format_assignment(format, "X", value, &Delimiter::new([0; 32])).is_err()
        };
        assert!(refused(EnvFormat::Env, "a\nPATH=/x"));
        assert!(refused(EnvFormat::Dotenv, "a\u{1b}"));
        assert!(refused(EnvFormat::Github, "a\u{1b}"));
        for value in ["%PATH%", "a\"&calc", "!x!", "a\nb"] {
            assert!(refused(EnvFormat::WindowsCmd, value), "{value:?}");
        }
        assert!(refused(EnvFormat::Bash, "a\0b"));
    }
}
