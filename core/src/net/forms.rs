//! OAuth 2.0 token revocation: Google as a form, OpenAI as JSON; and what Google says of a token.
//!
//! Sources: RFC 7009; Google Identity, "Using OAuth 2.0 for Installed Applications". Neither wants
//! client credentials: who holds the token may end it.

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{RequestBuilder, Response};
use zeroize::Zeroizing;

use super::client::{LazyClient, header, is_page, names_an_error, whole, wiped_body};
use super::proxy::{ProxySettings, UNUSABLE};
use super::{EndResult, innermost, printable, unreachable};
use crate::inventory::ServerAnswer;
use crate::secret::Secret;

/// What forms are sent as.
const FORM: &str = "application/x-www-form-urlencoded";

/// Posts forms.
pub(super) struct Forms {
    client: LazyClient,
}

impl Forms {
    pub(super) const fn new(proxy: ProxySettings) -> Self {
        Self {
            client: LazyClient::new(proxy),
        }
    }

    /// Ends a token at Google: 400 `invalid_token` means that it had ended.
    pub(super) async fn google(&self, token: &Secret, url: &str, direct: bool) -> EndResult {
        self.post(token, &format!("{url}/revoke"), direct).await
    }

    /// Whether Google accepts an access token: 400 `invalid_token` means that it does not. Asked as
    /// the vendor's library for Node asks, which keeps the token out of the address.
    ///
    /// Source: Google Identity, "Validating access tokens"; `google-auth-library`, `getTokenInfo`.
    pub(super) async fn ask_google(&self, token: &Secret, url: &str, direct: bool) -> ServerAnswer {
        let Some(client) = self.client.get(direct) else {
            return unreachable(UNUSABLE).into();
        };
        let bearer = Zeroizing::new(format!("Bearer {}", token.expose()));
        let Ok(mut authorization) = HeaderValue::from_str(&bearer) else {
            return unreachable("the token has characters that no token has").into();
        };
        authorization.set_sensitive(true);
        let request = client
            .post(format!("{url}/tokeninfo"))
            .header(CONTENT_TYPE, FORM)
            .header(AUTHORIZATION, authorization);
        match answered(request, token).await {
            EndResult::Revoked => ServerAnswer::Accepted,
            other => other.into(),
        }
    }

    /// Ends a token at OpenAI, which wants JSON and the client that the token was issued to.
    pub(super) async fn openai(
        &self,
        token: &Secret,
        client_id: &str,
        url: &str,
        direct: bool,
    ) -> EndResult {
        #[derive(serde::Serialize)]
        struct Body<'a> {
            token: &'a str,
            token_type_hint: &'a str,
            client_id: &'a str,
        }
        let body = Body {
            token: token.expose(),
            token_type_hint: "refresh_token",
            client_id,
        };
        let Ok(body) = serde_json::to_vec(&body).map(Zeroizing::new) else {
            return unreachable("the request could not be written");
        };
        let url = format!("{url}/oauth/revoke");
        self.send(token, &url, direct, "application/json", &body)
            .await
    }

    async fn post(&self, token: &Secret, url: &str, direct: bool) -> EndResult {
        let body = Zeroizing::new(format!("token={}", percent_encoded(token).as_str()));
        self.send(token, url, direct, FORM, body.as_bytes()).await
    }

    async fn send(
        &self,
        token: &Secret,
        url: &str,
        direct: bool,
        content_type: &'static str,
        body: &[u8],
    ) -> EndResult {
        let Some(client) = self.client.get(direct) else {
            return unreachable(UNUSABLE);
        };
        let request = client
            .post(url)
            .header(CONTENT_TYPE, content_type)
            .body(wiped_body(Zeroizing::new(body.to_vec())));
        answered(request, token).await
    }
}

async fn answered(request: RequestBuilder, token: &Secret) -> EndResult {
    match request.send().await {
        Ok(response) => judge(response, token).await,
        Err(error) => EndResult::Unreachable {
            why: printable(&innermost(&error), Some(token)),
        },
    }
}

fn percent_encoded(token: &Secret) -> Zeroizing<String> {
    let bytes = token.expose().as_bytes();
    Zeroizing::new(url::form_urlencoded::byte_serialize(bytes).collect())
}

async fn judge(response: Response, token: &Secret) -> EndResult {
    let status = response.status().as_u16();
    let content_type = header(&response, CONTENT_TYPE.as_str());
    let body = whole(response).await;
    let refused = |message: &str| EndResult::Refused {
        status,
        message: message.to_owned(),
    };
    if body
        .as_ref()
        .is_some_and(|body| is_page(&content_type, body))
    {
        return refused("a page for people, not for programs");
    }
    match body.as_ref().filter(|_| status == 200) {
        Some(body) if names_an_error(body) => {}
        Some(body) if is_yes(body) => return EndResult::Revoked,
        Some(_) => return refused("its answer is not that of the vendor's server"),
        None if status == 200 => return refused("its answer was cut off"),
        None => {}
    }
    let (error, description) = problem(&body.unwrap_or_default());
    // `unsupported_token_type`: nothing that this server could have given out as a token.
    let is_unknown = ["invalid_token", "unsupported_token_type"].contains(&error.as_str());
    if status == 400 && is_unknown {
        return EndResult::AlreadyEnded;
    }
    let message = if description.is_empty() {
        error
    } else {
        description
    };
    EndResult::Refused {
        status,
        message: printable(&message, Some(token)),
    }
}

/// Whether the body of a 200 is one that these servers give: none, or JSON.
///
/// Source: RFC 7009, 2.2: what counts is the status; but what stands between may answer 200 as well.
fn is_yes(body: &[u8]) -> bool {
    if body.trim_ascii().is_empty() {
        return true;
    }
    match serde_json::from_slice(body) {
        Ok(serde_json::Value::Object(_) | serde_json::Value::Null) => true,
        Ok(serde_json::Value::Bool(is_done)) => is_done,
        _ => false,
    }
}

/// The error and its description, as JSON or as a form. Bare text is neither, and is nothing to
/// show.
fn problem(body: &[u8]) -> (String, String) {
    let mut error = String::new();
    let mut description = String::new();
    if let Ok(serde_json::Value::Object(object)) = serde_json::from_slice(body) {
        let text = |key: &str| object.get(key).and_then(serde_json::Value::as_str);
        text("error").unwrap_or_default().clone_into(&mut error);
        text("error_description")
            .unwrap_or_default()
            .clone_into(&mut description);
        return (error, description);
    }
    for (name, value) in url::form_urlencoded::parse(body) {
        match name.as_ref() {
            "error" => error = value.into_owned(),
            "error_description" => description = value.into_owned(),
            _ => {}
        }
    }
    (error, description)
}

#[cfg(test)]
mod tests {
    use super::problem;

    #[test]
    fn problem_is_read_as_a_form_and_as_json_and_not_from_a_page() {
        let both = ("invalid_token".to_owned(), "no such token".to_owned());
        assert_eq!(
            problem(b"error=invalid_token&error_description=no%20such%20token"),
            both
        );
        assert_eq!(
            problem(br#"{"error":"invalid_token","error_description":"no such token"}"#),
            both
        );
        assert_eq!(problem(b"<html><body>down</body></html>").0, "");
    }
}
