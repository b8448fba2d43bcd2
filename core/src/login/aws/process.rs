//! Keys that a program prints: `credential_process` of a profile in the person's own settings.
//!
//! Source: AWS SDKs and Tools Reference Guide, "Process credential provider"; botocore `credentials.py`,
//! `ProcessProvider`.

use std::ffi::OsString;
use std::time::Duration;

use serde::Deserialize;
use zeroize::Zeroizing;

use super::{RoleKeys, SignIn, SignInError};
use crate::io::programs::{self, Ended, Program};
use crate::systems::discovery::parse_timestamp;

/// How long the program may take, as in Go's SDK.
const PATIENCE: Duration = Duration::from_mins(1);

/// Set for the program, so that one that asks adieu for the same profile does not begin anew for ever.
const GUARD: &str = "ADIEU_CREDENTIAL_PROCESS";

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Printed {
    version: u32,
    access_key_id: String,
    secret_access_key: String,
    session_token: Option<String>,
    expiration: Option<String>,
    account_id: Option<String>,
}

impl SignIn<'_> {
    /// Runs the program of a profile.
    pub(super) fn keys_of_process(
        &self,
        name: &str,
        command: &str,
    ) -> Result<RoleKeys, SignInError> {
        let unusable = |why: String| SignInError::Unusable {
            what: format!("`credential_process` of profile \"{name}\""),
            why,
        };
        if self.variable(GUARD) == Some(name) {
            return Err(unusable("it asks for the same profile again".to_owned()));
        }
        let mut words = split_words(command)
            .ok_or_else(|| unusable("a quote in it does not end".to_owned()))?
            .into_iter();
        let program = words
            .next()
            .ok_or_else(|| unusable("it is empty".to_owned()))?;
        let path = if program.contains('/') {
            Some(self.world.working_directory.join(&program))
        } else {
            programs::find_in_path(self.world, &program)
        };
        let path = path.ok_or_else(|| unusable(format!("{program} is not in PATH")))?;
        let own = self.world.environment.iter();
        let program = Program {
            path,
            arguments: words.map(OsString::from).collect(),
            environment: own
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .chain([(GUARD.into(), name.into())])
                .collect(),
            directory: self.world.working_directory.clone(),
        };
        let said = programs::converse(&program, &[], PATIENCE, self.network.cancel());
        let said = match said.ended {
            Ended::Exited(0) => said.output,
            Ended::Exited(status) => {
                return Err(unusable(format!(
                    "it ended with status {status}: {}",
                    said.errors.trim()
                )));
            }
            Ended::Interrupted => return Err(SignInError::Interrupted),
            Ended::TimedOut => return Err(unusable("it did not end within a minute".to_owned())),
            Ended::Killed => return Err(unusable("a signal ended it".to_owned())),
            Ended::NotStarted(why) => return Err(unusable(why)),
        };
        read_printed(&said).ok_or_else(|| unusable("it prints no keys".to_owned()))
    }
}

fn read_printed(bytes: &Zeroizing<Vec<u8>>) -> Option<RoleKeys> {
    let printed: Printed = serde_json::from_slice(bytes).ok()?;
    let end = match &printed.expiration {
        Some(end) => Some(parse_timestamp(end)?),
        None => None,
    };
    let keys = RoleKeys::of_answer(
        &printed.access_key_id,
        &printed.secret_access_key,
        printed.session_token.as_deref(),
        end,
    );
    Some(RoleKeys {
        account_id: printed.account_id,
        ..keys.filter(|_| printed.version == 1)?
    })
}

/// The words of a command as a POSIX shell parts them, without any of its other meanings; `None` if a
/// quote does not end.
fn split_words(command: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut letters = command.chars().peekable();
    while let Some(letter) = letters.next() {
        match (quote, letter) {
            (None, ' ' | '\t' | '\n' | '\r') => words.extend(word.take()),
            (None, '\'' | '"') => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            (Some(mark), letter) if letter == mark => quote = None,
            (None, '\\') => word.get_or_insert_default().push(letters.next()?),
            (Some('"'), '\\') => {
                let taken = letters.next_if(|next| matches!(next, '"' | '\\' | '$' | '`'));
                word.get_or_insert_default().push(taken.unwrap_or('\\'));
            }
            (_, letter) => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    quote.is_none().then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_parted_as_by_a_shell_that_does_nothing_else() {
        for (command, words) in [
            ("a  b", Some(vec!["a", "b"])),
            ("'a b' \"c $d\" e\\ f", Some(vec!["a b", "c $d", "e f"])),
            ("a '' \"x\\\"y\\z\"", Some(vec!["a", "", "x\"y\\z"])),
            ("a;b $(c) | d", Some(vec!["a;b", "$(c)", "|", "d"])),
            ("a 'b", None),
            ("", Some(vec![])),
        ] {
            let words = words.map(|words| words.into_iter().map(str::to_owned).collect());
            assert_eq!(split_words(command), words, "{command}");
        }
    }
}
