//! The servers of AWS IAM Identity Center, which end and renew portal sessions, and of AWS Sign-In.

mod oidc;
mod portal;
mod session;
mod sign_in;

pub(crate) use portal::Portal;
pub use session::Lapse;
pub(crate) use session::{ask_token_status, end_session};
pub(crate) use sign_in::{SignInServer, is_revocable};

use super::endpoint::vendor_oidc;
use crate::inventory::Renewal;
use crate::io::net::{Address, CallError};
use crate::remote::{Endpoint, TrustedHost};

/// Where a refresh token may go.
fn oidc_address(renewal: &Renewal, allowed: &[TrustedHost]) -> Result<Address, CallError> {
    check_endpoint(
        renewal.settled(allowed),
        &vendor_oidc(&renewal.region),
        allowed,
    )
}

/// Where a token of a region may go; `vendor` is empty if the text does not look like one.
fn check_endpoint(
    endpoint: &Endpoint,
    vendor: &[String],
    allowed: &[TrustedHost],
) -> Result<Address, CallError> {
    if vendor.is_empty() {
        return Err(CallError::NotAllowed {
            host: endpoint.host(),
            why: "the region is not one of AWS",
        });
    }
    Address::check(endpoint, vendor.iter().map(String::as_str), allowed)
}
