//! Google's servers, and which of them the environment replaces: with gcloud's own variables.
//!
//! Source: `gcloud topic configurations`, `auth/token_host`, `api_endpoint_overrides`.

use crate::io::net::oauth::{Paths, Server};
use crate::io::net::{Address, CallError};
use crate::login::aws::SignIn;
use crate::remote::{Endpoint, EndpointSource};

/// A server of Google's.
#[derive(Clone, Copy, Debug)]
pub(super) enum Service {
    /// Tokens of people and keys.
    Tokens,
    /// Tokens of workloads.
    Sts,
    /// Tokens of service accounts.
    IamCredentials,
    /// Service accounts and their keys.
    Iam,
    /// What an access token is.
    TokenInfo,
}

impl Service {
    const fn vendor(self) -> &'static str {
        match self {
            Self::Tokens => "https://oauth2.googleapis.com/token",
            Self::Sts => "https://sts.googleapis.com",
            Self::IamCredentials => "https://iamcredentials.googleapis.com",
            Self::Iam => "https://iam.googleapis.com",
            Self::TokenInfo => "https://oauth2.googleapis.com",
        }
    }

    /// The variable that replaces it; gcloud has none for the last.
    const fn variable(self) -> Option<&'static str> {
        Some(match self {
            Self::Tokens => "CLOUDSDK_AUTH_TOKEN_HOST",
            Self::Sts => "CLOUDSDK_API_ENDPOINT_OVERRIDES_STS",
            Self::IamCredentials => "CLOUDSDK_API_ENDPOINT_OVERRIDES_IAMCREDENTIALS",
            Self::Iam => "CLOUDSDK_API_ENDPOINT_OVERRIDES_IAM",
            Self::TokenInfo => return None,
        })
    }
}

impl SignIn<'_> {
    /// Where a service answers. `recorded`: what the tool noted beside its tokens.
    pub(super) fn google_address(
        &self,
        service: Service,
        recorded: Option<&str>,
    ) -> Result<Address, CallError> {
        let variable = service.variable();
        let named = variable.and_then(|name| self.world.environment.get(name));
        let named = named.map(str::trim).filter(|named| !named.is_empty());
        let (url, named_by) = match (named, recorded) {
            (Some(named), _) => (named, EndpointSource::Environment),
            // The same place by its older names.
            (None, Some(recorded)) if !is_own(recorded) => (recorded, EndpointSource::Recorded),
            _ => (service.vendor(), EndpointSource::Vendor),
        };
        let endpoint = Endpoint {
            url: url.trim_end_matches('/').to_owned(),
            named_by,
        };
        Address::check(&endpoint, [service.vendor()], self.allowed)
    }

    /// The server of tokens as a server of OAuth.
    pub(super) fn google_tokens(&self, recorded: Option<&str>) -> Result<Server, CallError> {
        let address = self.google_address(Service::Tokens, recorded)?;
        Ok(standard(address))
    }
}

/// A server whose address is that of its tokens.
pub(super) const fn standard(address: Address) -> Server {
    Server::standard(
        address,
        Paths {
            authorize: "",
            token: "",
            device: "",
        },
    )
}

fn is_own(recorded: &str) -> bool {
    [
        "https://oauth2.googleapis.com/token",
        "https://accounts.google.com/o/oauth2/token",
        "https://www.googleapis.com/oauth2/v4/token",
        "https://www.googleapis.com/oauth2/v3/token",
    ]
    .contains(&recorded)
}
