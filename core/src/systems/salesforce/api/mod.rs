//! Salesforce orgs: getting, checking and ending tokens.
//!
//! Everything that a server says is bounded in size and time; no redirect is followed; tokens go to https
//! and to this machine only.
//!
//! Sources: Salesforce Help, "OAuth Authorization Flows" and "Revoke OAuth Tokens"; what the real
//! client sends and the service answers, recorded in `tests/fixtures/salesforce/http`.

mod error;
mod hosts;
mod jwt;
mod probe;
mod revoke;
#[cfg(test)]
mod tests;
mod user;

pub use error::find_hint;
pub use hosts::{PRODUCTION, SANDBOX, is_salesforce, org_address};
pub use jwt::JwtRequest;
pub(crate) use jwt::jwt_bearer;
pub use probe::{ConnectedStatus, ProbeRequest, Renewal, probe_all};
pub(crate) use revoke::{Addresses, end_token};
pub use user::{OrgDetails, Organization, User};

use crate::io::net::oauth::{ClientApp, DeviceGrant, Grant, Paths, Server};
use crate::io::net::{Address, CallError, Network};
use crate::secret::Secret;

/// The connected app of the real client, which has no secret.
pub const DEFAULT_CLIENT_ID: &str = "PlatformCLI";

/// What is asked for when nothing else is said.
pub const DEFAULT_SCOPES: &str = "refresh_token api web";

/// The real client's connected app.
pub fn default_app() -> ClientApp {
    ClientApp {
        id: DEFAULT_CLIENT_ID.to_owned(),
        secret: None,
    }
}

/// The authorization server of a login host. It knows SHA-256 only and is not told so, and its device
/// grant is older than RFC 8628.
pub fn build_server(login: Address) -> Server {
    const TOKEN: &str = "/services/oauth2/token";
    Server {
        query: &[("prompt", "login")],
        names_challenge_method: false,
        device: DeviceGrant {
            begin: &[("response_type", "device_code")],
            grant_type: "device",
            code: "code",
        },
        ..Server::standard(
            login,
            Paths {
                authorize: "/services/oauth2/authorize",
                token: TOKEN,
                device: TOKEN,
            },
        )
    }
}

/// An access token for a private key.
///
/// # Errors
///
/// [`CallError`].
pub fn sign_in_with_key(network: &Network, request: &JwtRequest) -> Result<Grant, CallError> {
    network.run(request.login.host(), async |http| {
        jwt_bearer(http, request).await
    })
}

/// Who an access token belongs to.
///
/// # Errors
///
/// [`CallError`].
pub fn find_user(network: &Network, instance: &Address, token: &Secret) -> Result<User, CallError> {
    network.run(instance.host(), async |http| {
        user::fetch_user(http, instance, token).await
    })
}

/// What an org says of itself; what it does not say in time stays unknown.
pub fn find_details(network: &Network, instance: &Address, token: &Secret) -> OrgDetails {
    let details = network.run(instance.host(), async |http| {
        Ok(user::fetch_details(http, instance, token).await)
    });
    details.unwrap_or_default()
}
