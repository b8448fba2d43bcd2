//! Where the SSO portal of a region answers, and who says so.

use crate::inventory::{Endpoint, NamedBy};
use crate::world::World;

/// The portal's own host in a region, or `None` if the text is no region: a region from a file must
/// never build another host name.
///
/// Source: AWS SSO Portal endpoint rules, `https://portal.sso.{region}.{dns suffix}`.
pub fn default_portal_endpoint(region: &str) -> Option<String> {
    let suffix = match region.split('-').next()? {
        "cn" => "amazonaws.com.cn",
        "eusc" => "amazonaws.eu",
        _ => "amazonaws.com",
    };
    is_region(region).then(|| format!("https://portal.sso.{region}.{suffix}"))
}

/// Whether a text has the form of a region: `eu-central-1`, `us-gov-west-1`.
fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let Some((number, words)) = parts.split_last() else { return false };
    (3..=5).contains(&parts.len())
        && text.len() <= 32
        && number.len() <= 2
        && !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit())
        && words
            .iter()
            .all(|word| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase()))
}

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
        .map(|url| Endpoint { url: trimmed(url), named_by: NamedBy::Environment })
        .or_else(|| vendor.map(|url| Endpoint { url, named_by: NamedBy::Vendor }))
}

/// Whether a URL's host is this machine itself.
pub fn is_loopback(url: &str) -> bool {
    let Ok(url) = url::Url::parse(url) else { return false };
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
    fn a_region_never_builds_another_host() {
        assert_eq!(
            default_portal_endpoint("eu-central-1").unwrap(),
            "https://portal.sso.eu-central-1.amazonaws.com"
        );
        assert_eq!(
            default_portal_endpoint("cn-north-1").unwrap(),
            "https://portal.sso.cn-north-1.amazonaws.com.cn"
        );
        assert!(default_portal_endpoint("us-gov-west-1").is_some());
        for hostile in ["evil.example/#", "eu-central-1.evil", "", "-", "eu--1", "EU-CENTRAL-1", "a-b"] {
            assert!(default_portal_endpoint(hostile).is_none(), "{hostile:?}");
        }
    }

    #[test]
    fn loopback_is_an_address_not_a_look_alike() {
        for url in ["http://127.0.0.1:18080", "http://localhost", "http://[::1]:1"] {
            assert!(is_loopback(url), "{url}");
        }
        for url in ["http://127.0.0.1.evil.example", "http://localhost.evil.example", "nonsense"] {
            assert!(!is_loopback(url), "{url}");
        }
    }
}
