//! Sends what an [`HttpCall`] describes, and says what the answer means.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use reqwest::header::{AUTHORIZATION, CONTENT_LENGTH};
use serde_json::Value;
use zeroize::Zeroizing;

use super::http::{Answer, Http, secret_header, with_body, with_form};
use super::{Address, CallError};
use crate::remote::TokenStatus;
use crate::remote::call::{self, Answers, Authorization, Body, Content, HttpCall, Text};
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
    /// The client that the token was issued to.
    pub(crate) client_id: Option<&'a str>,
}

impl<'a> Parameters<'a> {
    /// The fields of a body with what they stand for.
    fn fill(&self, fields: &'a [(Text, Text)]) -> Vec<(&'a str, &'a str)> {
        let value = |value: &'a str| match value {
            "{token}" => self.token.expose(),
            "{client_id}" => self.client_id.unwrap_or_default(),
            other => other,
        };
        let fields = fields.iter();
        fields.map(|(name, of)| (&**name, value(of))).collect()
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
        let mut request = self.request(method, address, &call.path)?;
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
                let pair = Zeroizing::new(format!("{user}:{}", with.token.expose()));
                let pair = Secret::new(STANDARD.encode(pair.as_bytes()));
                request.header(AUTHORIZATION, secret_header(address, "Basic ", &pair)?)
            }
            Authorization::Header(name) => {
                request.header(&**name, secret_header(address, "", with.token)?)
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
        if self.yes.cover(answer) && !names_an_error {
            return Ok(Verdict::Yes);
        }
        if self.unknown.cover(answer) {
            return Ok(Verdict::Unknown);
        }
        let is_of_service = match answer.status {
            status if status == self.yes.status => names_an_error,
            status if status == self.unknown.status => answer.reason().is_some(),
            _ => true,
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
                Content::Errors(errors) => {
                    let named = answer.error_name();
                    errors.iter().any(|error| *error == named)
                }
            }
    }
}

fn is_word(text: &str) -> bool {
    text.len() <= 40 && text.bytes().all(|b| b.is_ascii_alphabetic() || b == b'_')
}
