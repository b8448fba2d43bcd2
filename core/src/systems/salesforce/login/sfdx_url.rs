//! Signing in with an SFDX auth URL: `force://<client id>:<secret>:<refresh token>@<host>`.

use serde_json::Value;
use thiserror::Error;

use crate::io::net::Address;
use crate::io::net::oauth::{ClientApp, Grant, RefreshRequest};
use crate::secret::Secret;
use crate::systems::salesforce::api::{build_server, org_address};

use super::session::{Granted, Means, complete_sign_in};
use super::{LoginContext, LoginError, Remember, SignedIn};

/// A text is not an SFDX auth URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("it does not have the form force://<client id>:<client secret>:<refresh token>@<host>")]
pub struct NotAnAuthUrl;

/// What an SFDX auth URL says. All of it is a secret.
#[derive(Clone, Debug)]
pub struct SfdxAuthUrl {
    /// The connected app.
    pub app: ClientApp,
    /// The refresh token.
    pub refresh_token: Secret,
    /// Where tokens are asked for.
    pub login: Address,
}

impl SfdxAuthUrl {
    /// The URL in a text. What follows the host counts for nothing, as for the real client.
    ///
    /// # Errors
    ///
    /// [`NotAnAuthUrl`].
    pub fn parse(text: &Secret) -> Result<Self, NotAnAuthUrl> {
        let rest = text
            .expose()
            .trim()
            .strip_prefix("force://")
            .ok_or(NotAnAuthUrl)?;
        let (front, host) = rest.split_once('@').ok_or(NotAnAuthUrl)?;
        let mut parts = front.split(':');
        let (Some(id), Some(secret), Some(token), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(NotAnAuthUrl);
        };
        if id.is_empty() || token.is_empty() || ![id, secret, token].into_iter().all(is_part) {
            return Err(NotAnAuthUrl);
        }
        let is_of_host = |c: char| c.is_ascii_alphanumeric() || "._-:".contains(c);
        let end = host.find(|c| !is_of_host(c)).unwrap_or(host.len());
        let login = org_address(&format!("https://{}", &host[..end])).map_err(|_| NotAnAuthUrl)?;
        Ok(Self {
            app: ClientApp {
                id: id.to_owned(),
                secret: (!secret.is_empty()).then(|| Secret::new(secret.to_owned())),
            },
            refresh_token: Secret::new(token.to_owned()),
            login,
        })
    }

    /// The URL in a file: a JSON file's `result.sfdxAuthUrl` or `sfdxAuthUrl`, another file's whole
    /// text.
    ///
    /// # Errors
    ///
    /// [`NotAnAuthUrl`].
    pub fn from_file(name: &str, text: &Secret) -> Result<Self, NotAnAuthUrl> {
        let is_json = std::path::Path::new(name)
            .extension()
            .is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
        if !is_json {
            return Self::parse(text);
        }
        let document: Value = serde_json::from_str(text.expose()).map_err(|_| NotAnAuthUrl)?;
        let url = document["result"]["sfdxAuthUrl"]
            .as_str()
            .or_else(|| document["sfdxAuthUrl"].as_str())
            .ok_or(NotAnAuthUrl)?;
        Self::parse(&Secret::new(url.to_owned()))
    }

    /// The URL of a sign-in; `None` for one without an app, because nothing could read it.
    /// `instance_url` is the org's own address.
    pub fn render(app: &ClientApp, refresh_token: &Secret, instance_url: &str) -> Option<Secret> {
        let origin = org_address(instance_url).ok()?;
        let host = origin.text().split_once("://")?.1.to_owned();
        let secret = app.secret.as_ref().map_or("", Secret::expose);
        (!app.id.is_empty()).then(|| {
            Secret::new(format!(
                "force://{}:{secret}:{}@{host}",
                app.id,
                refresh_token.expose()
            ))
        })
    }
}

/// Letters, digits, `.`, `_`, `-`, then at most two `=`.
fn is_part(text: &str) -> bool {
    let front = text.trim_end_matches('=');
    text.len() - front.len() <= 2
        && front
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
}

/// Signs in with an SFDX auth URL. Whoever else has the URL shares the sign-in: ending it here ends
/// it there.
///
/// # Errors
///
/// [`LoginError`].
pub fn sfdx_url(
    context: &LoginContext<'_>,
    url: SfdxAuthUrl,
    remember: &Remember,
) -> Result<SignedIn, LoginError> {
    let request = RefreshRequest {
        server: build_server(url.login),
        app: url.app,
        refresh_token: url.refresh_token,
    };
    let grant = context.network.refresh(&request)?;
    let granted = Granted {
        grant: Grant {
            // A new one replaces the one in the URL, which is dead then.
            refresh_token: Some(grant.refresh_token.unwrap_or(request.refresh_token)),
            ..grant
        },
        login_url: request.server.tokens.text().to_owned(),
        login: request.server.tokens,
        means: Means::App(request.app),
        expected: None,
        notes: vec![
            "this sign-in is shared with whoever else has the URL: a logout here ends it there too"
                .to_owned(),
        ],
    };
    complete_sign_in(context, granted, remember)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<SfdxAuthUrl, NotAnAuthUrl> {
        SfdxAuthUrl::parse(&Secret::new(text.to_owned()))
    }

    #[test]
    fn auth_urls_are_read_like_the_real_client_reads_them() {
        let url = parse("force://PlatformCLI::FAKE.token_1==@acme.my.salesforce.com\n").unwrap();
        assert_eq!(url.app.id, "PlatformCLI");
        assert!(url.app.secret.is_none());
        assert_eq!(url.refresh_token.expose(), "FAKE.token_1==");
        assert_eq!(url.login.text(), "https://acme.my.salesforce.com");
        let url = parse("force://id:FAKE-secret:FAKE@acme.example:8443/path?x").unwrap();
        assert_eq!(url.app.secret.unwrap().expose(), "FAKE-secret");
        assert_eq!(url.login.text(), "https://acme.example:8443");
        for text in [
            "",
            "force://",
            "force://a:b@host",
            "force://:b:c@host",
            "force://a:b:@host",
            "force://a:b:c@",
            "force://a:b:c:d@host",
            "force://a:b:c===@host",
            "force://a:b:c d@host",
            "https://a:b:c@host",
        ] {
            assert_eq!(parse(text).unwrap_err(), NotAnAuthUrl, "{text}");
        }
    }

    #[test]
    fn auth_urls_are_found_in_files() {
        let read =
            |name: &str, text: &str| SfdxAuthUrl::from_file(name, &Secret::new(text.to_owned()));
        let url = "force://a::b@host.example";
        assert!(read("x.txt", url).is_ok());
        assert!(read("x.json", &format!(r#"{{"sfdxAuthUrl":"{url}"}}"#)).is_ok());
        assert!(
            read(
                "x.JSON",
                &format!(r#"{{"result":{{"sfdxAuthUrl":"{url}"}}}}"#)
            )
            .is_ok()
        );
        assert!(read("x.json", url).is_err());
    }

    #[test]
    fn an_auth_url_is_written_as_it_is_read() {
        let url = parse("force://id:FAKE-secret:FAKE@acme.example:8443").unwrap();
        let again = SfdxAuthUrl::render(&url.app, &url.refresh_token, "https://acme.example:8443/");
        assert_eq!(
            again.unwrap().expose(),
            "force://id:FAKE-secret:FAKE@acme.example:8443"
        );
    }
}
