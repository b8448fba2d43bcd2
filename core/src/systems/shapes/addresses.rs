//! Secrets inside of addresses.

use super::placeholders::is_placeholder;
use super::values::{SHORTEST, Weight, is_credential_text, is_reference, is_surely_random};
use crate::names::is_surely_secret;

/// Whether a text is an address with user and password, `https://user:password@host`, or with a token
/// where the user stands.
pub(in crate::systems) fn has_password_in_address(text: &str) -> bool {
    let mut addresses = text.split_whitespace();
    addresses.any(|word| {
        let Some((_, rest)) = word.split_once("://") else {
            return false;
        };
        let authority = rest
            .split(['/', '?', '#', '"', '\''])
            .next()
            .unwrap_or_default();
        let Some((user, _)) = authority.rsplit_once('@') else {
            return false;
        };
        match user.split_once(':') {
            Some((_, password)) => {
                password.len() >= 6 && !is_placeholder(password) && !is_reference(password)
            }
            None => user.len() >= 20 && is_credential_text(user, Weight::Little),
        }
    })
}

/// Names in what an address asks for that mean a secret there.
const NAMES_IN_QUERIES: [&str; 6] = ["key", "auth", "sig", "signature", "code", "pat"];

/// Parts of an address's path that a secret stands behind: conda's channels, hooks of chats, bots.
const PARTS_BEFORE_SECRETS: [&str; 8] = [
    "t", "s", "token", "tokens", "secret", "hooks", "webhook", "webhooks",
];

/// Hosts whose addresses are secrets as a whole.
const HOSTS_OF_HOOKS: [&str; 3] = ["hooks.", "webhook.", "webhooks."];

/// Whether a text is an address with a secret in it: among what it asks for (`?api_key=…`), or in its
/// path (`/t/TOKEN/channel`, `/webhooks/1/TOKEN`, `/bot1:TOKEN/`).
pub(super) fn has_secret_in_address(text: &str) -> bool {
    let Some((_, rest)) = text.split_once("://") else {
        return false;
    };
    let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
    let mut pairs = query
        .split(['&', '#'])
        .filter_map(|pair| pair.split_once('='));
    let is_named = |name: &str| is_surely_secret(name) || NAMES_IN_QUERIES.contains(&name);
    if pairs.any(|(name, value)| is_named(name) && is_credential_text(value, Weight::Little)) {
        return true;
    }
    let mut parts = place.split('/');
    let host = parts.next().unwrap_or_default();
    let mut is_behind = HOSTS_OF_HOOKS.iter().any(|begin| host.starts_with(begin));
    parts.any(|part| {
        let bot = part
            .strip_prefix("bot")
            .and_then(|rest| rest.split_once(':'));
        let token = bot.map_or(part, |(_, token)| token);
        // A title is words with dashes between them.
        let is_title = token.contains('-') && !is_surely_random(token);
        let is_secret = (is_behind || bot.is_some())
            && token.len() >= SHORTEST
            && !is_title
            && is_credential_text(token, Weight::Little);
        is_behind |= PARTS_BEFORE_SECRETS.contains(&part);
        is_secret
    })
}
