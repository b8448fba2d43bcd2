//! Calls to servers as data: how a service ends a token, or says whether it is good, in one request.
//!
//! A service is described here by values; `net` sends them. What one request cannot do (renewing a
//! session first, asking two hosts) is code of that vendor.

use std::borrow::Cow;

use serde::Deserialize;

/// Text that is known when the program is built, or read from data.
pub type Text = Cow<'static, str>;

/// A service that ends a token in one request.
#[derive(Debug, PartialEq, Eq)]
pub struct HttpService {
    /// The vendor's own address, without a final `/`: the token may always go there.
    pub address: Text,
    /// The request that ends a token, if there is one.
    pub end: Option<HttpCall>,
    /// The request that asks whether a token is good, if there is one.
    pub ask: Option<HttpCall>,
    /// Whether the answer to the first only promises: then what counts is that the second is refused.
    pub is_confirmed_by_asking: bool,
    /// Why nothing is asked where there is no token to ask with: then only an access token can be
    /// asked about, not the token itself.
    pub needs_access_token: Option<&'static str>,
    /// What ends, such as `authorization`.
    pub what: &'static str,
    /// What the request does, for people.
    pub effect: &'static str,
    /// The page where a person can end it.
    pub page: Option<&'static str>,
    /// Whether the token is no more than itself: no session that others share ends with it.
    pub is_own: bool,
}

/// A request with a token, and which answers mean what.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct HttpCall {
    /// The method.
    pub method: Method,
    /// The path below the service's address, with the query. A name in braces stands for a text that is
    /// recorded with the token and is no secret; the token itself is never in it.
    pub path: Text,
    /// Where the token stands, unless in the body.
    #[serde(default)]
    pub authorization: Authorization,
    /// The body.
    #[serde(default)]
    pub body: Body,
    /// More headers.
    #[serde(default)]
    pub headers: Cow<'static, [(Text, Text)]>,
    /// Answers that say yes: it has ended, or it is accepted.
    pub yes: Cow<'static, [Answers]>,
    /// Answers that say that the service does not know the token any more.
    #[serde(default)]
    pub unknown: Cow<'static, [Answers]>,
}

/// The methods that services use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// `GET`.
    Get,
    /// `POST`.
    Post,
    /// `DELETE`.
    Delete,
}

/// Where a token stands in the headers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Authorization {
    /// Nowhere.
    #[default]
    None,
    /// `Authorization: Bearer`.
    Bearer,
    /// `Authorization: Basic`, as the password of this user, or of the one whose name in braces is recorded
    /// with the token.
    Basic(Text),
    /// In this header, by itself.
    Header(Text),
    /// `Authorization:` with this word before it.
    Scheme(Text),
    /// In the cookie of this name.
    Cookie(Text),
}

/// The names and values of a body: `{token}` stands for the token, and another name in braces for a text
/// that is recorded with it, such as `{client_id}` for the client that it was issued to.
pub type Fields = Cow<'static, [(Text, Text)]>;

/// A body.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Body {
    /// None.
    #[default]
    None,
    /// `application/x-www-form-urlencoded`.
    Form(Fields),
    /// One JSON object.
    Json(Fields),
    /// A JSON document in which texts such as `{token}` are filled in.
    Document(Text),
}

/// Answers that mean the same. A page for people is never one of them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answers {
    /// The HTTP status.
    pub status: u16,
    /// What must stand in the body.
    pub body: Content,
}

/// What the body of a service's own answer holds. What stands between may answer with any status.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Content {
    /// Anything.
    Anything,
    /// Nothing: no byte, `{}` or `null`.
    Nothing,
    /// Nothing, `true`, or an object that names no error.
    Agreement,
    /// An object.
    Object,
    /// An object or a list.
    Document,
    /// One of these errors, in the service's own form: by its code, else by its words.
    Errors(Cow<'static, [Text]>),
    /// A document with this in it.
    Member(Member),
    /// Nothing but this text.
    Text(Text),
}

/// What stands in a JSON document.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// Keys with dots between; in a list, each element is meant.
    pub path: Text,
    /// The value is one of these, in which `*` stands for any text; numbers and truth values as JSON writes
    /// them.
    pub is: Cow<'static, [Text]>,
}

impl Member {
    /// Whether a value is one of those that are meant.
    pub fn is_one(&self, value: &str) -> bool {
        self.is.iter().any(|like| is_like(like, value))
    }
}

/// Whether a text is like another one, in which `*` stands for any text.
fn is_like(like: &str, text: &str) -> bool {
    let Some((first, rest)) = like.split_once('*') else {
        return like == text;
    };
    let Some(mut text) = text.strip_prefix(first) else {
        return false;
    };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        let Some((_, after)) = text.split_once(part) else {
            return false;
        };
        text = after;
    }
    text.ends_with(last)
}

impl Answers {
    /// Answers with this status and body.
    pub const fn new(status: u16, body: Content) -> Self {
        Self { status, body }
    }
}

impl HttpCall {
    /// A request without a body.
    pub const fn plain(
        method: Method,
        path: &'static str,
        authorization: Authorization,
        yes: &'static [Answers],
        unknown: &'static [Answers],
    ) -> Self {
        Self {
            method,
            path: Cow::Borrowed(path),
            authorization,
            body: Body::None,
            headers: Cow::Borrowed(&[]),
            yes: Cow::Borrowed(yes),
            unknown: Cow::Borrowed(unknown),
        }
    }

    /// A token revocation of OAuth 2.0 without client credentials: who holds the token may end it.
    ///
    /// Source: RFC 7009, 2.1 and 2.2: what counts is the status, but what stands between may answer 200
    /// as well.
    pub const fn revocation(path: &'static str, body: Body) -> Self {
        Self {
            method: Method::Post,
            path: Cow::Borrowed(path),
            authorization: Authorization::None,
            body,
            headers: Cow::Borrowed(&[]),
            yes: Cow::Borrowed(Self::AGREED),
            unknown: Cow::Borrowed(Self::NO_SUCH_TOKEN),
        }
    }

    /// That an authorization server does not know a token. `unsupported_token_type` is nothing that it
    /// could have given out as one.
    pub const NO_SUCH_TOKEN: &'static [Answers] = &[Answers::new(
        400,
        Content::Errors(Cow::Borrowed(&[
            Cow::Borrowed("invalid_token"),
            Cow::Borrowed("unsupported_token_type"),
        ])),
    )];

    /// That an authorization server did what it was asked.
    pub const AGREED: &'static [Answers] = &[Answers::new(200, Content::Agreement)];
}

impl Body {
    /// The form with the token and nothing else.
    pub const TOKEN: Self = Self::Form(Cow::Borrowed(&[(
        Cow::Borrowed("token"),
        Cow::Borrowed("{token}"),
    )]));
}

#[cfg(test)]
mod tests {
    use super::is_like;

    #[test]
    fn star_stands_for_any_text() {
        for (like, text, expected) in [
            ("a", "a", true),
            ("a", "ab", false),
            ("*", "", true),
            ("a*", "ab", true),
            ("*a*b*", "xaxbx", true),
            ("*a*b*", "xbxax", false),
            ("a*a", "a", false),
            ("a*a", "aa", true),
        ] {
            assert_eq!(is_like(like, text), expected, "{like} {text}");
        }
    }
}
