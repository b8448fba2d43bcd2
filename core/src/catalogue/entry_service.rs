//! The part of an entry about servers: which call ends a credential, and which one only asks.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::default_to_token;
use crate::remote::call::{Authorization, Body, Content, HttpCall};

/// A server that ends credentials in one request, or tells in one whether they are good.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Service {
    /// Its name, by which credentials of this entry refer to it.
    pub name: String,
    /// What ends, in a few words.
    #[serde(default = "default_to_token")]
    pub what: String,
    /// The page that describes the calls, or how else they are known.
    pub documentation: String,
    /// The vendor's own address, without a final `/`.
    pub address: Option<String>,
    /// How to find the address where the tool recorded it with the credential, by the templates of
    /// `identity`; the first one that can be filled in counts.
    #[serde(default)]
    pub recorded: Vec<String>,
    /// Variables that name the address. A person has to let tokens go there first.
    #[serde(default)]
    pub variables: Vec<String>,
    /// The key beside the credential with the text that the service is told, if that is not the
    /// credential itself: its password, or the refresh token whose end is its end too.
    pub secret: Option<String>,
    /// Forms of that text, with `*` for any text; none means all.
    #[serde(default)]
    pub tokens: Vec<String>,
    /// Members, by the places of `identity`, that have one of these texts where they are there: else the
    /// token is somebody else's, and is told to nobody.
    #[serde(default)]
    pub only_with: BTreeMap<String, Vec<String>>,
    /// What the calls name besides the token, by the templates of `identity`. Nothing secret.
    #[serde(default)]
    pub values: BTreeMap<String, Vec<String>>,
    /// Why ending it would end more than the sign-in here, so that it is asked about first.
    pub shared: Option<String>,
    /// Whether the tool's own login made it for this machine, though it is of a kind that people make.
    #[serde(default)]
    pub made_by_login: bool,
    /// The request that ends a token.
    pub end: Option<HttpCall>,
    /// The request that only tells whether a token is good.
    pub check: Option<HttpCall>,
    /// Whether the answer to the first only promises, and the second tells whether it has been done.
    #[serde(default)]
    pub confirm: bool,
    /// The key beside the credential with the access token that the second request is made with, where
    /// the credential itself cannot be asked about.
    pub check_with: Option<String>,
}

impl Service {
    pub(super) fn check(&self) -> Result<(), String> {
        let wrong = |what: &str| Err(format!("the service `{}` {what}", self.name));
        if self.address.is_none() && self.recorded.is_empty() && self.variables.is_empty() {
            return wrong("has no `address`, and nothing that records one");
        }
        if let Some(address) = &self.address {
            let rest = address.strip_prefix("https://").unwrap_or_default();
            let is_host = |byte: u8| {
                byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':' | b'/')
            };
            if rest.is_empty() || rest.ends_with('/') || !rest.bytes().all(is_host) {
                return wrong("has an `address` that is not `https://` and a host");
            }
        }
        if self.end.is_none() && self.check.is_none() {
            return wrong("has neither an `end` nor a `check`");
        }
        if self.confirm && (self.end.is_none() || self.check.is_none()) {
            return wrong("can only `confirm` what has an `end` and a `check`");
        }
        for call in self.end.iter().chain(&self.check) {
            self.check_call(call)?;
        }
        Ok(())
    }

    fn check_call(&self, call: &HttpCall) -> Result<(), String> {
        let wrong = |what: &str| Err(format!("the service `{}` {what}", self.name));
        if !call.path.starts_with('/') || call.path.contains("{token}") {
            return wrong("has a call whose `path` does not begin with `/`, or names the token");
        }
        if call.yes.is_empty() {
            return wrong("has a call without an answer that says yes");
        }
        for answer in call.yes.iter() {
            // What stands between may answer so as well; only its own words tell the vendor's server.
            let says_nothing = matches!(answer.body, Content::Anything);
            if !(200..300).contains(&answer.status) || (says_nothing && answer.status != 204) {
                return wrong(
                    "takes an answer for a yes that says nothing: only 204 may have any body",
                );
            }
        }
        for answer in call.unknown.iter() {
            let says_nothing = matches!(answer.body, Content::Anything | Content::Nothing);
            if says_nothing {
                return wrong("takes an answer for \"unknown\" that does not say so in its body");
            }
        }
        let is_sent = call.authorization != Authorization::None
            || match &call.body {
                Body::None => false,
                Body::Form(fields) | Body::Json(fields) => {
                    fields.iter().any(|(_, value)| value == "{token}")
                }
                Body::Document(text) => text.contains("\"{token}\""),
            };
        if !is_sent {
            return wrong("has a call that does not say where the token stands");
        }
        for name in names_in(&call.path) {
            if !self.values.contains_key(name) {
                return wrong(&format!(
                    "names `{{{name}}}` in a path, which is none of its values"
                ));
            }
        }
        Ok(())
    }
}

/// The names in braces of a text.
fn names_in(text: &str) -> impl Iterator<Item = &str> {
    text.split('{')
        .skip(1)
        .filter_map(|part| Some(part.split_once('}')?.0))
}
