//! Sends what an [`HttpCall`] describes, and says what the answer means.

use std::borrow::Cow;
use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use reqwest::header::{AUTHORIZATION, CONTENT_LENGTH, COOKIE};
use serde_json::Value;
use zeroize::Zeroizing;

use super::http::{Answer, Http, secret_header, with_body, with_form};
use super::{Address, CallError};
use crate::remote::TokenStatus;
use crate::remote::call::{self, Answers, Authorization, Body, Content, HttpCall, Member, Text};
use crate::secret::Secret;

/// The meaning of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The service did it, or accepts the token.
    Yes,
    /// The service does not know the token.
    Unknown,
}

/// That a token has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The server ended it.
    Now,
    /// Another server of the token's ended it than the one that was asked first.
    Elsewhere {
        /// The host that answered.
        host: String,
    },
    /// The server does not know it any more, which is as good.
    Before,
}

/// The result of a request to end a token, from a server or the lack of one.
pub type RevocationResult = Result<Ended, CallError>;

impl From<Verdict> for Ended {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Yes => Self::Now,
            Verdict::Unknown => Self::Before,
        }
    }
}

impl Verdict {
    /// Tells what a server says of a token that it was asked about.
    pub(crate) fn answer(result: Result<Self, CallError>) -> TokenStatus {
        match result {
            Ok(Self::Yes) => TokenStatus::Accepted,
            Ok(Self::Unknown) => TokenStatus::Refused,
            Err(error) => error.into(),
        }
    }
}

/// The means that a call is made with.
#[derive(Clone, Copy)]
pub(crate) struct Parameters<'a> {
    pub(crate) token: &'a Secret,
    /// What is recorded with it, by name; no secret.
    pub(crate) recorded: &'a [(String, String)],
}

impl<'a> Parameters<'a> {
    /// The fields of a body with what they stand for.
    fn fill(&self, fields: &'a [(Text, Text)]) -> Vec<(&'a str, &'a str)> {
        let fields = fields.iter();
        fields.map(|(name, of)| (&**name, self.value(of))).collect()
    }

    /// What a text stands for: the token, something recorded, or itself.
    fn value(&self, text: &'a str) -> &'a str {
        let name = text
            .strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'));
        name.map_or(text, |name| self.named(name).unwrap_or_default())
    }

    fn named(&self, name: &str) -> Option<&'a str> {
        if name == "token" {
            return Some(self.token.expose());
        }
        let mut recorded = self.recorded.iter();
        let (_, text) = recorded.find(|(known, _)| known == name)?;
        Some(text)
    }

    /// The path with what is recorded filled in. Anything but an identifier could lead elsewhere.
    fn path<'p>(&self, path: &'p str, host: &str) -> Result<Cow<'p, str>, CallError> {
        if !path.contains('{') {
            return Ok(Cow::Borrowed(path));
        }
        let mut filled = String::new();
        let mut rest = path;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            let text = self.identifier(name).ok_or_else(|| CallError::NotAllowed {
                host: host.to_owned(),
                why: "what is recorded with it is no identifier",
            })?;
            filled.push_str(before);
            filled.push_str(text);
            rest = after;
        }
        filled.push_str(rest);
        Ok(Cow::Owned(filled))
    }

    /// Something recorded that may stand in an address. The token never does.
    fn identifier(&self, name: &str) -> Option<&'a str> {
        let is_of_one = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~:".contains(&byte);
        let text = self.named(name).filter(|_| name != "token")?;
        let is_one = !text.is_empty() && text.bytes().all(is_of_one) && !text.starts_with('.');
        is_one.then_some(text)
    }

    /// A JSON document with its texts filled in.
    fn document(&self, template: &str) -> Zeroizing<Vec<u8>> {
        // Room for all at once, so that growing leaves no copy behind.
        let room = template.len() + 6 * self.token.expose().len() + 1024;
        let mut filled = Zeroizing::new(Vec::with_capacity(room));
        let mut rest = template;
        while let Some((before, after)) = rest.split_once("\"{") {
            filled.extend_from_slice(before.as_bytes());
            let named = after.split_once("}\"");
            if let Some((value, after)) =
                named.and_then(|(name, after)| Some((self.named(name)?, after)))
            {
                // Texts can always be written.
                let _written = serde_json::to_writer(&mut *filled, value);
                rest = after;
            } else {
                filled.extend_from_slice(b"\"{");
                rest = after;
            }
        }
        filled.extend_from_slice(rest.as_bytes());
        filled
    }
}

impl Http {
    /// Makes a call; the answer is [judged](HttpCall::judge) apart.
    pub(crate) async fn call(
        &self,
        call: &HttpCall,
        address: &Address,
        with: Parameters<'_>,
    ) -> Result<Answer, CallError> {
        let method = match call.method {
            call::Method::Get => Method::GET,
            call::Method::Post => Method::POST,
            call::Method::Delete => Method::DELETE,
        };
        let path = with.path(&call.path, address.host())?;
        let mut request = self.request(method, address, &path)?;
        for (name, value) in call.headers.iter() {
            request = request.header(&**name, &**value);
        }
        request = match &call.authorization {
            Authorization::None => request,
            Authorization::Bearer => {
                let value = secret_header(address, "Bearer ", with.token)?;
                request.header(AUTHORIZATION, value)
            }
            Authorization::Basic(user) => {
                let user = with.value(user);
                let pair = Zeroizing::new(format!("{user}:{}", with.token.expose()));
                let pair = Secret::new(STANDARD.encode(pair.as_bytes()));
                request.header(AUTHORIZATION, secret_header(address, "Basic ", &pair)?)
            }
            Authorization::Header(name) => {
                request.header(&**name, secret_header(address, "", with.token)?)
            }
            Authorization::Scheme(word) => {
                let value = secret_header(address, &format!("{word} "), with.token)?;
                request.header(AUTHORIZATION, value)
            }
            Authorization::Cookie(name) => {
                let value = secret_header(address, &format!("{name}="), with.token)?;
                request.header(COOKIE, value)
            }
        };
        request = match &call.body {
            Body::None if call.method == call::Method::Get => request,
            Body::None => request.header(CONTENT_LENGTH, 0),
            Body::Form(fields) => with_form(request, &with.fill(fields)),
            Body::Json(fields) => {
                let fields: BTreeMap<_, _> = with.fill(fields).into_iter().collect();
                // Texts alone can always be written.
                let body = serde_json::to_vec(&fields).unwrap_or_default();
                with_body(request, "application/json", Zeroizing::new(body))
            }
            Body::Document(template) => {
                with_body(request, "application/json", with.document(template))
            }
        };
        self.send_again(address, request, &[with.token]).await
    }

    /// Makes a call and judges the answer.
    pub(crate) async fn verdict(
        &self,
        call: &HttpCall,
        address: &Address,
        with: Parameters<'_>,
    ) -> Result<Verdict, CallError> {
        let answer = self.call(call, address, with).await?;
        call.judge(&answer, with.token)
    }
}

impl HttpCall {
    /// Tells what an answer means. Nothing but the service's own yes is a yes.
    pub(crate) fn judge(&self, answer: &Answer, token: &Secret) -> Result<Verdict, CallError> {
        let error = answer.refusal(&[token]);
        if answer.is_page() {
            return Err(error);
        }
        let names_an_error = answer.names_an_error();
        let covers = |meant: &Answers| meant.cover(answer);
        let has_status = |meant: &Answers| meant.status == answer.status;
        if self.yes.iter().any(covers) && !names_an_error {
            return Ok(Verdict::Yes);
        }
        if self.unknown.iter().any(covers) {
            return Ok(Verdict::Unknown);
        }
        let is_of_service = if self.yes.iter().any(has_status) {
            names_an_error
        } else if self.unknown.iter().any(has_status) {
            answer.reason().is_some()
        } else {
            true
        };
        if !is_of_service {
            return Err(answer.not_understood("its answer is not that of the vendor's server"));
        }
        Err(match error {
            // Bare text that is more than a word such as `Bad_Id` may repeat whatever was sent there,
            // other tokens of this run included.
            CallError::Refused {
                host,
                status,
                code,
                description,
            } if answer.reason().is_none() && !is_word(&description) => CallError::Refused {
                host,
                status,
                code,
                description: String::new(),
            },
            error => error,
        })
    }
}

impl Answers {
    fn cover(&self, answer: &Answer) -> bool {
        let body = answer.body.trim_ascii();
        let document = || serde_json::from_slice::<Value>(body).ok();
        let is_object = || document().is_some_and(|document| document.is_object());
        answer.status == self.status
            && match &self.body {
                Content::Anything => true,
                Content::Nothing => matches!(body, b"" | b"{}" | b"null"),
                Content::Agreement => {
                    body.is_empty()
                        || document().is_some_and(|document| {
                            matches!(document, Value::Object(_) | Value::Null | Value::Bool(true))
                        })
                }
                Content::Object => is_object(),
                Content::Document => {
                    document().is_some_and(|document| document.is_object() || document.is_array())
                }
                Content::Errors(errors) => {
                    let named = answer.error_name();
                    errors.iter().any(|error| *error == named)
                }
                Content::Member(member) => {
                    document().is_some_and(|document| stands_in(member, &document, &member.path))
                }
                Content::Text(text) => body == text.trim().as_bytes(),
            }
    }
}

/// Whether a member stands at this path of a value; of a list, in any of its elements.
fn stands_in(member: &Member, value: &Value, path: &str) -> bool {
    if let Value::Array(items) = value {
        return items.iter().any(|item| stands_in(member, item, path));
    }
    if let Some((key, rest)) = path.split_once('.') {
        let inner = value.get(key);
        return inner.is_some_and(|inner| stands_in(member, inner, rest));
    }
    let value = match path {
        "" => Some(value),
        key => value.get(key),
    };
    match value {
        Some(Value::Array(items)) => items.iter().any(|item| stands_in(member, item, "")),
        Some(Value::String(text)) => member.is_one(text),
        Some(value @ (Value::Bool(_) | Value::Number(_))) => member.is_one(&value.to_string()),
        _ => false,
    }
}

fn is_word(text: &str) -> bool {
    text.len() <= 40 && text.bytes().all(|b| b.is_ascii_alphabetic() || b == b'_')
}
