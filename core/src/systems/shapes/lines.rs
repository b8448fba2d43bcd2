//! Secrets inside of longer texts: the arguments of a program, and the settings of a connection.

use super::addresses::{has_password_in_address, has_secret_in_address};
use super::values::{Weight, is_credential_text, weigh_name};
use crate::names::is_surely_secret;

/// Names of settings of a connection that are secrets, in small letters and without signs.
const SECRETS_OF_CONNECTIONS: [&str; 10] = [
    "password",
    "pwd",
    "passwd",
    "accountkey",
    "accesskey",
    "sharedaccesskey",
    "sharedsecretkey",
    "sharedaccesssignature",
    "clientsecret",
    "apikey",
];

/// Programs that take `user:password` behind this argument.
const PROGRAMS_WITH_USERS: [&str; 4] = ["curl", "http", "https", "xh"];

/// Names of members whose text is a line that a shell runs.
const COMMANDS: [&str; 9] = [
    "command",
    "cmd",
    "exec",
    "run",
    "script",
    "tryexec",
    "start",
    "execstart",
    "shell",
];

/// Whether arguments of a program hold a secret: `--api-key SECRET`, `--api-key=SECRET`,
/// `Authorization: Bearer SECRET`, an address with one.
pub(super) fn has_secret_argument(arguments: &[&str]) -> bool {
    let is_named = |name: &str| is_surely_secret(name.trim().trim_start_matches('-'));
    arguments.iter().enumerate().any(|(at, argument)| {
        if has_password_in_address(argument) || has_secret_in_address(argument) {
            return true;
        }
        let parted = argument
            .split_once('=')
            .or_else(|| argument.split_once(": "));
        if let Some((name, value)) = parted {
            return is_named(name) && is_credential_text(value, weigh_name(name));
        }
        let next = arguments.get(at + 1);
        argument.starts_with('-')
            && is_named(argument)
            && next.is_some_and(|next| {
                !next.starts_with('-') && is_credential_text(next, weigh_name(argument))
            })
    })
}

/// Whether a text under this name is a line that is run, with a secret among its words.
pub(super) fn has_secret_in_command(name: &str, text: &str) -> bool {
    let bare = name.to_ascii_lowercase();
    let mut words: Vec<&str> = text
        .split_whitespace()
        .map(|word| word.trim_matches(['"', '\'']))
        .collect();
    let Some(program) = words.first().copied() else {
        return false;
    };
    let program = program.rsplit('/').next().unwrap_or(program);
    let has_users = PROGRAMS_WITH_USERS.contains(&program);
    if words.len() < 2 || !(has_users || program == "env" || COMMANDS.contains(&bare.as_str())) {
        return false;
    }
    let is_user = |pair: &[&str]| {
        let password = match pair {
            ["-u" | "--user" | "-a" | "--auth", user] => user.split_once(':'),
            _ => None,
        };
        password.is_some_and(|(_, text)| is_credential_text(text, Weight::Password))
    };
    if has_users && words.windows(2).any(is_user) {
        return true;
    }
    // A placeholder of a desktop's starter: `%U`.
    words.retain(|word| !word.starts_with('%'));
    has_secret_argument(&words)
}

/// Whether a text is the settings of a connection with a secret among them:
/// `Server=x;User Id=alice;Password=…`, `host=x user=alice password=…`.
pub(super) fn has_secret_in_connection(text: &str) -> bool {
    let pairs = |parts: &mut dyn Iterator<Item = &str>| {
        let mut has_secret = false;
        let mut count = 0;
        for part in parts.filter(|part| !part.trim().is_empty()) {
            let Some((name, value)) = part.split_once('=') else {
                return false;
            };
            let name = name.trim();
            let is_name = |c: char| c.is_ascii_alphanumeric() || " _-.".contains(c);
            if name.is_empty() || name.len() > 40 || !name.chars().all(is_name) {
                return false;
            }
            count += 1;
            let bare: String = name
                .chars()
                .filter(char::is_ascii_alphanumeric)
                .map(|c| c.to_ascii_lowercase())
                .collect();
            has_secret |= SECRETS_OF_CONNECTIONS.contains(&bare.as_str())
                && is_credential_text(value.trim().trim_matches(['"', '\'']), Weight::Password);
        }
        has_secret && count > 1
    };
    // An address stands before the settings of some: `jdbc:sqlserver://host;user=x;password=…`.
    let text = text.trim();
    let settings = match text.split_once(';') {
        Some((address, rest)) if address.contains("://") && !address.contains('=') => rest,
        _ => text,
    };
    pairs(&mut settings.split(';')) || pairs(&mut settings.split_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_and_commands_hold_secrets_where_one_is_set() {
        for text in [
            "Server=x;User Id=alice;Password=FAKEpw8812;",
            "DefaultEndpointsProtocol=https;AccountName=x;AccountKey=FAKE8812abcd==",
            "Endpoint=sb://x.example.test/;SharedAccessKeyName=a;SharedAccessKey=FAKE8812=",
            "host=db.example.test user=alice password='FAKEpw8812'",
            "jdbc:sqlserver://db.example.test:1433;user=alice;password=FAKEpw8812",
        ] {
            assert!(has_secret_in_connection(text), "{text}");
        }
        for text in [
            "Server=x;Integrated Security=true",
            "Server=x;User Id=alice;Password=${DB_PASSWORD}",
            "Password=FAKEpw8812",
            "set name=alice and password=FAKEpw8812 in it",
            "host=x user=alice password=",
            "a=1;b=2",
        ] {
            assert!(!has_secret_in_connection(text), "{text}");
        }
        for (name, text) in [
            ("command", "curl -u alice:FAKEpw8812 https://a.example.test"),
            ("Exec", "env THING_TOKEN=FAKE8812abcdefgh9 thing %U"),
            ("cmd", "thing --api-key FAKE8812abcdefgh9 serve"),
            ("x", "/usr/bin/curl -s --user 'alice:FAKEpw8812' https://x"),
        ] {
            assert!(has_secret_in_command(name, text), "{text}");
        }
        for (name, text) in [
            ("command", "curl -u alice https://a.example.test"),
            ("Exec", "thing --token %u --password-file /x"),
            ("description", "run it with --api-key FAKE8812abcdefgh9"),
            ("command", "thing --token $THING_TOKEN"),
            ("command", "thing"),
        ] {
            assert!(!has_secret_in_command(name, text), "{text}");
        }
    }
}
