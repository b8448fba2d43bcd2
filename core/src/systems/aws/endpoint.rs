//! Where the SSO portal of a region answers, and who says so.

use crate::inventory::{Endpoint, NamedBy};
use crate::net::default_portal_endpoint;
use crate::world::World;

/// Where to end a portal session of a region: `spec.endpoint_url` of the configuration, else
/// `AWS_ENDPOINT_URL_SSO`, else `AWS_ENDPOINT_URL`, else the region's own host.
pub fn portal_endpoint(world: &World, configured: Option<&str>, region: &str) -> Option<Endpoint> {
    let vendor = default_portal_endpoint(region);
    let trimmed = |url: &str| url.trim().trim_end_matches('/').to_owned();
    if let Some(url) = configured.map(trimmed).filter(|url| !url.is_empty()) {
        let named_by = if vendor.as_deref() == Some(url.as_str()) {
            NamedBy::Vendor
        } else if is_loopback(&url) {
            NamedBy::Loopback
        } else {
            NamedBy::Configuration
        };
        return Some(Endpoint { url, named_by });
    }
    ["AWS_ENDPOINT_URL_SSO", "AWS_ENDPOINT_URL"]
        .iter()
        .filter(|_| world.environment.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") != Some("true"))
        .find_map(|name| world.environment.get(name))
        .map(|url| Endpoint {
            url: trimmed(url),
            named_by: NamedBy::Environment,
        })
        .or_else(|| {
            vendor.map(|url| Endpoint {
                url,
                named_by: NamedBy::Vendor,
            })
        })
}

/// Whether a URL's host is this machine itself.
fn is_loopback(url: &str) -> bool {
    let Ok(url) = url::Url::parse(url) else {
        return false;
    };
    match url.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_is_an_address_not_a_look_alike() {
        for url in [
            "http://127.0.0.1:18080",
            "http://localhost",
            "http://[::1]:1",
        ] {
            assert!(is_loopback(url), "{url}");
        }
        for url in [
            "http://127.0.0.1.evil.example",
            "http://localhost.evil.example",
            "nonsense",
        ] {
            assert!(!is_loopback(url), "{url}");
        }
    }
}
