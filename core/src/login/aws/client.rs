//! The AWS SDKs' clients, each for one checked server and through the one HTTP client.

use aws_credential_types::Credentials;

use super::aws_config::AwsConfig;
use super::endpoint::{Service, Variant};
use super::{RoleKeys, SignIn, SignInError};
use crate::io::net::{Address, CallError, Http, configure_sdk};

/// How often a call that may be repeated is made.
const ATTEMPTS: u32 = 3;

/// Keys as the SDKs take them.
pub(super) fn to_credentials(keys: &RoleKeys) -> Credentials {
    Credentials::new(
        keys.access_key_id.as_str(),
        keys.secret_access_key.expose(),
        keys.session_token
            .as_ref()
            .map(|token| token.expose().to_owned()),
        None,
        "adieu",
    )
}

/// A client of SSO OIDC.
pub(super) fn build_oidc(http: &Http, address: &Address, region: &str) -> aws_sdk_ssooidc::Client {
    let config = configure_sdk!(aws_sdk_ssooidc, http, address, region, 1);
    aws_sdk_ssooidc::Client::from_conf(config.build())
}

/// A client of a portal.
pub(super) fn build_portal(http: &Http, address: &Address, region: &str) -> aws_sdk_sso::Client {
    let config = configure_sdk!(aws_sdk_sso, http, address, region, ATTEMPTS);
    aws_sdk_sso::Client::from_conf(config.build())
}

/// A client of STS that signs with these keys.
pub(crate) fn build_sts(
    http: &Http,
    address: &Address,
    region: &str,
    keys: Option<&RoleKeys>,
) -> aws_sdk_sts::Client {
    let mut config = configure_sdk!(aws_sdk_sts, http, address, region, ATTEMPTS);
    if let Some(keys) = keys {
        config = config.credentials_provider(to_credentials(keys));
    }
    aws_sdk_sts::Client::from_conf(config.build())
}

/// A client of IAM that signs with these keys.
pub(crate) fn build_iam(
    http: &Http,
    address: &Address,
    region: &str,
    keys: &RoleKeys,
) -> aws_sdk_iam::Client {
    let config = configure_sdk!(aws_sdk_iam, http, address, region, ATTEMPTS);
    let config = config.credentials_provider(to_credentials(keys));
    aws_sdk_iam::Client::from_conf(config.build())
}

/// A client of AWS Sign-In.
pub(crate) fn build_signin(
    http: &Http,
    address: &Address,
    region: &str,
    keys: Option<&RoleKeys>,
) -> aws_sdk_signin::Client {
    let mut config = configure_sdk!(aws_sdk_signin, http, address, region, 1);
    if let Some(keys) = keys {
        config = config.credentials_provider(to_credentials(keys));
    }
    aws_sdk_signin::Client::from_conf(config.build())
}

impl SignIn<'_> {
    /// Where a service answers in a region.
    pub(crate) fn address_of(
        &self,
        service: Service,
        configured: Option<&str>,
        region: &str,
    ) -> Result<Address, SignInError> {
        let config = self.aws_config()?;
        let variant = Variant::of(self.world, &config);
        self.checked_address(service, &config, configured, region, variant)
    }

    /// The same where the settings are read already.
    pub(super) fn checked_address(
        &self,
        service: Service,
        config: &AwsConfig,
        configured: Option<&str>,
        region: &str,
        variant: Variant,
    ) -> Result<Address, SignInError> {
        let address = service.address(
            self.world,
            config,
            configured,
            region,
            variant,
            self.allowed,
        );
        address.map_err(|source| {
            let hint = match &source {
                CallError::NotAllowed { host, .. } if !host.is_empty() => Some(format!(
                    "if it is right, allow it with --allow-endpoint {host}"
                )),
                _ => None,
            };
            SignInError::Call {
                what: format!("signing in to AWS in {region:?}"),
                source: Box::new(source),
                hint,
            }
        })
    }
}
