//! Wrong words with `--json`: whoever asked for JSON reads the error as JSON too.

use std::ffi::OsString;

use super::super::misuse::extract_reason;
use super::reply::{ClientError, Reply};
use crate::ui::plain::{Exact, to_json as written};

/// The real client's error object, if these are words of `adieu org … --json`; `None` if people are
/// to be told in words.
pub(crate) fn as_json(arguments: &[OsString], error: &clap::Error) -> Option<Exact> {
    let words: Vec<&str> = arguments
        .iter()
        .skip(1)
        .map_while(|word| word.to_str().filter(|word| *word != "--"))
        .collect();
    let names: Vec<&str> = words
        .iter()
        .copied()
        .filter(|word| !word.starts_with('-'))
        .collect();
    // Help was asked for, and is no error.
    if !error.use_stderr() || !words.contains(&"--json") || names.first() != Some(&"org") {
        return None;
    }
    let reply = Reply::in_json(find_command_name(names.get(1..).unwrap_or_default()));
    let error = ClientError::usage(format!(
        "{}\nSee more help with --help",
        extract_reason(error)
    ));
    written(&reply.document(error)).ok()
}

/// What the real client calls a command in its errors.
fn find_command_name(names: &[&str]) -> &'static str {
    match names {
        ["list", "auth", ..] => "ListAuth",
        ["list", ..] => "OrgListCommand",
        ["display", ..] => "OrgDisplayCommand",
        ["logout", ..] => "Logout",
        ["login", "web", ..] => "LoginWeb",
        ["login", "jwt", ..] => "LoginJwt",
        ["login", "access-token", ..] => "LoginAccessToken",
        ["login", "sfdx-url", ..] => "LoginSfdxUrl",
        ["login", "device", ..] => "LoginDevice",
        _ => "Org",
    }
}
