//! Tokens, how servers end them, and what servers say of them.

use std::path::PathBuf;

use jiff::Timestamp;

use super::Owner;
use crate::remote::{Endpoint, EndpointSource, HttpService, TrustedHost};
use crate::secret::Secret;
use crate::system::System;

/// A token that a server could end. The same token in several places is one entry.
#[derive(Clone, Debug)]
pub struct Token {
    /// Its value.
    pub secret: Secret,
    /// How a server can end it.
    pub revocation: Revocation,
    /// How other servers can, which are recorded with other copies of it: only one of them issued it.
    pub elsewhere: Vec<Revocation>,
    /// When it ends by itself.
    pub expires_at: Option<Timestamp>,
    /// Whose it is: the union of the subjects of its copies.
    pub providers: Vec<String>,
    /// The account it is of, if it is one's.
    pub account: Option<String>,
    /// Why ending it would end more than the sign-in here, so that it is asked about first.
    pub shared: Option<&'static str>,
    /// What else of the same sign-in its server wants: to ask with, where there is no call that asks about
    /// this one (Google: the access token beside a refresh token); to sign with (AWS Sign-In: the keys).
    pub asked_with: Option<Secret>,
    /// Whether its end has passed by this machine's clock, in all of its copies. Its server's clock may
    /// say otherwise.
    pub is_over: bool,
    /// What can make a new one of it.
    pub renewal: Renewability,
    /// The family of sign-ins.
    pub system: System,
}

impl Token {
    /// Whose it is.
    pub fn owner(&self) -> Owner {
        match &self.account {
            Some(account) => Owner::account(account),
            None => Owner::providers(&self.providers),
        }
    }

    /// When its session ends by itself; not known while something can renew it.
    pub fn session_ends_at(&self) -> Option<Timestamp> {
        self.expires_at
            .filter(|_| !self.renewal.outlives_its_token())
    }

    /// Wipes its value out of memory, and what would renew it or is asked with beside it.
    pub fn forget_secret(&mut self) {
        self.secret = Secret::empty();
        self.asked_with = None;
        if let Renewability::With(renewal) = &mut self.renewal {
            renewal.refresh_token = Secret::empty();
            renewal.client_secret = Secret::empty();
        }
    }

    /// Takes over what another copy of it tells of its server.
    pub fn learn(&mut self, other: Revocation) {
        if !self.revocation.can_end() && other.can_end() {
            self.revocation = other;
            return;
        }
        let is_another = |known| other.can_end() && other.is_another_servers(known);
        if self.revocations().all(is_another) {
            self.elsewhere.push(other);
        } else {
            self.revocation.learn(other);
        }
    }

    /// Every way to end it that is recorded, the likeliest first.
    pub fn revocations(&self) -> impl Iterator<Item = &Revocation> {
        std::iter::once(&self.revocation).chain(&self.elsewhere)
    }

    /// Whether a provider signs in with it, by key.
    pub fn serves(&self, provider: &str) -> bool {
        self.providers.iter().any(|served| served == provider)
    }
}

/// Whether the session of a token can be renewed.
#[derive(Clone, Debug, Default)]
pub enum Renewability {
    /// There is nothing to renew it with.
    #[default]
    No,
    /// There is a refresh token, but it cannot be used; why, as the end of a sentence.
    Not(&'static str),
    /// With this.
    With(Box<Renewal>),
}

impl Renewability {
    /// Whether the session may go on although its access token has ended.
    pub const fn outlives_its_token(&self) -> bool {
        !matches!(self, Self::No)
    }
}

/// What renews a portal's session: SSO OIDC `CreateToken` with a refresh token.
///
/// Source: AWS SSO OIDC API Reference, `CreateToken`.
#[derive(Clone, Debug)]
pub struct Renewal {
    /// The refresh token.
    pub refresh_token: Secret,
    /// The registered client.
    pub client_id: String,
    /// Its secret.
    pub client_secret: Secret,
    /// The region of the server.
    pub region: String,
    /// Where to send it.
    pub endpoint: Endpoint,
    /// Where to send it instead as long as nobody allowed the endpoint.
    pub instead: Option<Endpoint>,
}

impl Renewal {
    /// Where it would go.
    pub fn settled(&self, allowed: &[TrustedHost]) -> &Endpoint {
        self.instead
            .as_ref()
            .filter(|_| !self.endpoint.is_allowed(allowed))
            .unwrap_or(&self.endpoint)
    }
}

/// How a server can end a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Revocation {
    /// AWS IAM Identity Center: `POST /logout` of the SSO portal in this region.
    ///
    /// Source: AWS SSO Portal API Reference, `Logout`.
    SsoPortal {
        /// The portal's region.
        region: String,
        /// Whether the region is only what is configured now, not what is recorded with the token: then
        /// that the portal does not know the token proves nothing.
        is_region_guessed: bool,
        /// The portal's start page, where a person can end the browser session.
        start_url: Option<String>,
        /// Where to send it.
        endpoint: Endpoint,
        /// Where to send it instead as long as nobody allowed the endpoint, which a configuration file
        /// names: the one that the person's environment names.
        instead: Option<Endpoint>,
    },
    /// AWS Sign-In, for `aws login`: `RevokeOAuth2TokenWithIAM`, signed with the keys that came with the
    /// refresh token.
    ///
    /// Source: AWS Sign-In API Reference, `RevokeOAuth2TokenWithIAM`.
    AwsSignIn {
        /// The region of the server.
        region: String,
        /// Where to send it.
        endpoint: Endpoint,
    },
    /// One request, as the service describes it.
    Http {
        /// The service.
        service: &'static HttpService,
        /// Where to send it.
        endpoint: Endpoint,
        /// What is recorded with the token and its calls name, such as the client that it was issued to.
        recorded: Vec<(String, String)>,
    },
    /// Salesforce: `POST /services/oauth2/revoke` at the org's host, else at its login host.
    ///
    /// Source: Salesforce Help, "Revoke OAuth Tokens".
    Salesforce {
        /// Where to send it: the org's own host, and where to ask next.
        endpoint: Endpoint,
        /// The login host, if it is another one.
        second: Option<Endpoint>,
    },
    /// The vendor's own client, run on a copy of the sign-in, where the vendor documents no call.
    Client {
        /// The program, absolute.
        program: PathBuf,
        /// Which client it is.
        client: VendorClient,
        /// The vendor's server, for people; the client knows where to send what.
        endpoint: Endpoint,
    },
}

/// A vendor's client that can end a sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VendorClient {
    /// `claude auth logout`; the token's text is a credential file with one login in it.
    Claude,
}

impl VendorClient {
    /// The family of sign-ins.
    pub const fn system(self) -> System {
        match self {
            Self::Claude => System::CLAUDE,
        }
    }

    /// The command as people type it.
    pub const fn command(self) -> &'static str {
        match self {
            Self::Claude => "claude auth logout",
        }
    }
}

/// Whether text is the address of a page that may be shown as it is. A start page can be what a
/// configuration has a variable give, and an address can carry a password or a token.
pub fn is_page(text: &str) -> bool {
    url::Url::parse(text).is_ok_and(|url| {
        matches!(url.scheme(), "https" | "http")
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
    })
}

impl Revocation {
    /// Where a person can end the sign-ins of an org, by its address.
    pub fn org_page(org: &str) -> String {
        let org = org.trim_end_matches('/');
        format!("{org}/setup/own/_ui/core/user/oauth/OAuthUserConnectedApps")
    }

    /// Where a person can end it, if the server did not.
    pub fn page(&self) -> Option<String> {
        match self {
            Self::SsoPortal { start_url, .. } => start_url.clone().filter(|page| is_page(page)),
            Self::AwsSignIn { .. } => None,
            Self::Http { service, .. } => service.page.map(str::to_owned),
            Self::Salesforce { endpoint, .. } => Some(Self::org_page(&endpoint.shown())),
            Self::Client { client, .. } => client.system().info().account_page.map(str::to_owned),
        }
    }

    /// Whether there is a call that ends it; else its server can only be asked.
    pub const fn can_end(&self) -> bool {
        match self {
            Self::Http { service, .. } => service.end.is_some(),
            Self::SsoPortal { .. }
            | Self::AwsSignIn { .. }
            | Self::Salesforce { .. }
            | Self::Client { .. } => true,
        }
    }

    /// What ends, for people.
    pub const fn what(&self) -> &'static str {
        match self {
            Self::SsoPortal { .. } => "portal session",
            Self::AwsSignIn { .. } => "browser sign-in",
            Self::Http { service, .. } => service.what,
            Self::Salesforce { .. } | Self::Client { .. } => "authorization",
        }
    }

    /// What the request does, for people.
    pub fn effect(&self) -> String {
        match self {
            Self::SsoPortal {
                region, endpoint, ..
            } => format!("ends the portal session in {region} at {}", endpoint.host()),
            Self::AwsSignIn { endpoint, .. } => {
                format!("ends what renews the sign-in at {}", endpoint.host())
            }
            Self::Http { service, .. } => service.effect.to_owned(),
            Self::Salesforce { endpoint, .. } => {
                format!("ends the authorization at {}", endpoint.host())
            }
            Self::Client { client, .. } => {
                format!("`{}` asks the server, on a copy", client.command())
            }
        }
    }

    /// Whether the token is no more than itself: no session that others share ends with it.
    pub const fn is_own(&self) -> bool {
        matches!(self, Self::Http { service, .. } if service.is_own)
    }

    /// The same with one place to go to: what the person's environment names comes before what only a
    /// configuration file names, and after a host that the person allowed.
    #[must_use]
    pub fn settled(mut self, allowed: &[TrustedHost]) -> Self {
        if let Self::SsoPortal {
            endpoint, instead, ..
        } = &mut self
            && let Some(own) = instead.take()
            && !endpoint.is_allowed(allowed)
        {
            *endpoint = own;
        }
        self
    }

    /// Whether it is recorded as another server's than a copy of the same token. Where the vendor has one
    /// for all, or the server is only guessed, it is not.
    fn is_another_servers(&self, known: &Self) -> bool {
        match (self, known) {
            (Self::Salesforce { .. }, Self::Salesforce { .. }) => self != known,
            (
                Self::Http { endpoint, .. },
                Self::Http {
                    endpoint: other, ..
                },
            ) => endpoint.url != other.url,
            (
                Self::SsoPortal {
                    region,
                    is_region_guessed: false,
                    endpoint,
                    ..
                },
                Self::SsoPortal {
                    region: known_region,
                    is_region_guessed: false,
                    endpoint: known_endpoint,
                    ..
                },
            ) => region != known_region && endpoint.url != known_endpoint.url,
            _ => false,
        }
    }

    /// Takes over what another copy of the same token tells. A copy that no configured provider owns
    /// leads to the vendor's own host; a provider's leads where the provider is said to be, and what
    /// may be sent there is decided like for every other token.
    pub fn learn(&mut self, other: Self) {
        let (
            Self::SsoPortal {
                region,
                is_region_guessed,
                start_url,
                endpoint,
                instead,
            },
            Self::SsoPortal {
                region: other_region,
                is_region_guessed: is_other_guessed,
                start_url: other_url,
                endpoint: other_endpoint,
                instead: other_instead,
            },
        ) = (self, other)
        else {
            return;
        };
        if start_url.is_none() {
            *start_url = other_url;
        }
        let is_configured =
            |endpoint: &Endpoint| endpoint.named_by == EndpointSource::Configuration;
        let is_recorded = *is_region_guessed && !is_other_guessed;
        if is_recorded {
            *region = other_region;
            *is_region_guessed = false;
        }
        let leads_better = is_configured(&other_endpoint) || is_recorded;
        if !is_configured(endpoint) && leads_better {
            *endpoint = other_endpoint;
            *instead = other_instead;
        }
    }

    /// Where the request would go.
    pub const fn endpoint(&self) -> &Endpoint {
        match self {
            Self::SsoPortal { endpoint, .. }
            | Self::AwsSignIn { endpoint, .. }
            | Self::Http { endpoint, .. }
            | Self::Salesforce { endpoint, .. }
            | Self::Client { endpoint, .. } => endpoint,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint() -> Endpoint {
        Endpoint {
            url: "https://portal.example".to_owned(),
            named_by: EndpointSource::Vendor,
        }
    }

    #[test]
    fn nothing_of_a_forgotten_token_is_left_and_its_session_still_counts_as_renewable() {
        let secret = || Secret::new("FAKE-token".to_owned());
        let mut token = Token {
            secret: secret(),
            revocation: Revocation::SsoPortal {
                region: "eu-central-1".to_owned(),
                is_region_guessed: false,
                start_url: None,
                endpoint: endpoint(),
                instead: None,
            },
            elsewhere: Vec::new(),
            expires_at: None,
            providers: Vec::new(),
            account: None,
            shared: None,
            asked_with: Some(secret()),
            is_over: true,
            renewal: Renewability::With(Box::new(Renewal {
                refresh_token: secret(),
                client_id: "client".to_owned(),
                client_secret: secret(),
                region: "eu-central-1".to_owned(),
                endpoint: endpoint(),
                instead: None,
            })),
            system: System::AWS,
        };
        token.forget_secret();
        assert_eq!(token.secret.expose(), "");
        assert!(token.asked_with.is_none() && token.renewal.outlives_its_token());
        let Renewability::With(renewal) = &token.renewal else {
            panic!("{:?}", token.renewal);
        };
        assert_eq!(renewal.refresh_token.expose(), "");
        assert_eq!(renewal.client_secret.expose(), "");
    }
}
