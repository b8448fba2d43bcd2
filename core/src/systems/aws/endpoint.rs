//! Where the servers of IAM Identity Center answer, and who says so.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use aws_sdk_sso::config::endpoint::{DefaultResolver, Params, ResolveEndpoint as _};

use crate::remote::{Endpoint, EndpointSource};
use crate::world::World;

/// Where to end a portal session of a region, and where to end it instead as long as nobody allowed
/// that place: `spec.endpoint_url` of the configuration, else `AWS_ENDPOINT_URL_SSO`, else
/// `AWS_ENDPOINT_URL`, else the region's own host.
pub fn portal_endpoint(
    world: &World,
    configured: Option<&str>,
    region: &str,
) -> Option<(Endpoint, Option<Endpoint>)> {
    let vendor = portal_of(world, region)?;
    let own = own_endpoint(world, "AWS_ENDPOINT_URL_SSO");
    Some(choose_endpoint(configured, own, vendor))
}

/// Where to renew a session of a region, by the same rule: Atmos sends its sign-ins to
/// `spec.endpoint_url` too.
pub(super) fn oidc_endpoint(
    world: &World,
    configured: Option<&str>,
    region: &str,
) -> Option<(Endpoint, Option<Endpoint>)> {
    let vendor = oidc_beside(&portal_of(world, region)?)?;
    let own = own_endpoint(world, "AWS_ENDPOINT_URL_SSO_OIDC");
    Some(choose_endpoint(configured, own, vendor))
}

/// The endpoint that counts, and the person's own where a file names another one.
fn choose_endpoint(
    configured: Option<&str>,
    own: Option<Endpoint>,
    vendor: String,
) -> (Endpoint, Option<Endpoint>) {
    let vendor = Endpoint {
        url: vendor,
        named_by: EndpointSource::Vendor,
    };
    let Some(url) = configured.map(trim_url).filter(|url| !url.is_empty()) else {
        return (own.unwrap_or(vendor), None);
    };
    match own {
        Some(own) if own.url == url => (own, None),
        _ if vendor.url == url => (vendor, None),
        own => {
            let named_by = EndpointSource::Configuration;
            (Endpoint { url, named_by }, own)
        }
    }
}

/// The endpoint that the person's environment names for a service.
fn own_endpoint(world: &World, variable: &str) -> Option<Endpoint> {
    let get = |name: &str| world.environment.get(name);
    let is_ignored = get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")
        .is_some_and(|value| value.eq_ignore_ascii_case("true"));
    [variable, "AWS_ENDPOINT_URL"]
        .into_iter()
        .filter(|_| !is_ignored)
        .filter_map(get)
        .map(trim_url)
        .find(|url| !url.is_empty())
        .map(|url| Endpoint {
            url,
            named_by: EndpointSource::Environment,
        })
}

fn trim_url(url: &str) -> String {
    url.trim().trim_end_matches('/').to_owned()
}

/// Which of a region's hosts are meant.
///
/// Source: AWS SDKs and Tools Reference Guide, "Dual-stack and FIPS endpoints".
#[derive(Clone, Copy, Default)]
struct Variant {
    is_dual_stack: bool,
    is_fips: bool,
}

impl Variant {
    fn of(world: &World) -> Self {
        let is_on = |name: &str| {
            let value = world.environment.get(name);
            value.is_some_and(|value| value.trim().eq_ignore_ascii_case("true"))
        };
        Self {
            is_dual_stack: is_on("AWS_USE_DUALSTACK_ENDPOINT"),
            is_fips: is_on("AWS_USE_FIPS_ENDPOINT"),
        }
    }

    /// The portal of IAM Identity Center in a region, by AWS's own rules for partitions, without a
    /// final `/`. `None` if the text does not look like a region, so that one from a file can never
    /// become another host, or the region's partition has no such host.
    ///
    /// Source: the endpoint rules in `aws-sdk-sso`.
    fn portal(self, region: &str) -> Option<String> {
        if !is_region(region) {
            return None;
        }
        let place = Params::builder()
            .region(region)
            .use_dual_stack(self.is_dual_stack)
            .use_fips(self.is_fips)
            .build()
            .ok()?;
        let rules = DefaultResolver::new();
        let future = pin!(rules.resolve_endpoint(&place));
        // The rules are a function: the future is ready from the start.
        let Poll::Ready(resolved) = future.poll(&mut Context::from_waker(Waker::noop())) else {
            return None;
        };
        Some(resolved.ok()?.url().trim_end_matches('/').to_owned())
    }
}

/// The server of SSO OIDC beside a portal of AWS's own, in every partition and kind of host.
///
/// Source: the endpoint rules of the AWS CLI 2.36.7.
fn oidc_beside(portal: &str) -> Option<String> {
    let rest = portal.strip_prefix("https://portal.sso")?;
    Some(format!("https://oidc{rest}"))
}

/// The portal of a region that the person's environment means, where the partition has one of that kind.
fn portal_of(world: &World, region: &str) -> Option<String> {
    let standard = || Variant::default().portal(region);
    Variant::of(world).portal(region).or_else(standard)
}

/// Whether AWS has a portal in a region.
pub(super) fn has_portal(region: &str) -> bool {
    Variant::default().portal(region).is_some()
}

/// All of AWS's own portals of a region: tokens of it may go there.
pub(super) fn vendor_portals(region: &str) -> Vec<String> {
    let kinds = [(false, false), (true, false), (false, true), (true, true)];
    let portals = kinds.into_iter().filter_map(|(is_dual_stack, is_fips)| {
        let variant = Variant {
            is_dual_stack,
            is_fips,
        };
        variant.portal(region)
    });
    portals.collect()
}

/// All of AWS's own servers that renew sessions of a region.
pub(super) fn vendor_oidc(region: &str) -> Vec<String> {
    let portals = vendor_portals(region);
    portals
        .iter()
        .filter_map(|portal| oidc_beside(portal))
        .collect()
}

/// Where to end a sign-in of `aws login` of a region: `AWS_ENDPOINT_URL_SIGNIN`, else `AWS_ENDPOINT_URL`,
/// else the region's own host.
pub(super) fn sign_in_endpoint(world: &World, region: &str) -> Option<Endpoint> {
    let vendor = vendor_sign_in(region)?;
    let vendor = || Endpoint {
        url: vendor,
        named_by: EndpointSource::Vendor,
    };
    Some(own_endpoint(world, "AWS_ENDPOINT_URL_SIGNIN").unwrap_or_else(vendor))
}

/// AWS's own server that ends sign-ins of `aws login` of a region, without a final `/`. `None` where the
/// partition has none.
///
/// Source: the endpoint rules in `aws-sdk-signin`.
pub(super) fn vendor_sign_in(region: &str) -> Option<String> {
    use aws_sdk_signin::config::endpoint::{DefaultResolver, Params, ResolveEndpoint as _};
    if !is_region(region) {
        return None;
    }
    let place = Params::builder()
        .region(region)
        .is_o_auth_endpoint(true)
        .build()
        .ok()?;
    let rules = DefaultResolver::new();
    let future = pin!(rules.resolve_endpoint(&place));
    // The rules are a function: the future is ready from the start.
    let Poll::Ready(resolved) = future.poll(&mut Context::from_waker(Waker::noop())) else {
        return None;
    };
    Some(resolved.ok()?.url().trim_end_matches('/').to_owned())
}

/// Whether the text has the form of a region: `eu-central-1`, `us-gov-west-1`.
pub(crate) fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [first, middle @ .., last] = parts.as_slice() else {
        return false;
    };
    let is_word = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase());
    text.len() <= 32
        && is_word(first)
        && (2..=4).contains(&first.len())
        && !middle.is_empty()
        && middle.iter().all(is_word)
        && last.len() == 1
        && last.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    const VENDOR: &str = "https://portal.sso.eu-central-1.amazonaws.com";
    const OWN: &str = "http://127.0.0.1:1";

    fn chosen(
        configured: Option<&str>,
        own: Option<&str>,
    ) -> (String, EndpointSource, Option<String>) {
        let own = own.map(|url| Endpoint {
            url: url.to_owned(),
            named_by: EndpointSource::Environment,
        });
        let (endpoint, instead) = choose_endpoint(configured, own, VENDOR.to_owned());
        (endpoint.url, endpoint.named_by, instead.map(|own| own.url))
    }

    #[test]
    fn who_names_an_endpoint_is_kept() {
        let other = "http://localhost:2/";
        for (configured, own, url, named_by, instead) in [
            (None, None, VENDOR, EndpointSource::Vendor, None),
            (None, Some(OWN), OWN, EndpointSource::Environment, None),
            (Some(VENDOR), None, VENDOR, EndpointSource::Vendor, None),
            (Some(OWN), Some(OWN), OWN, EndpointSource::Environment, None),
            (Some(OWN), None, OWN, EndpointSource::Configuration, None),
            (
                Some(other),
                Some(OWN),
                "http://localhost:2",
                EndpointSource::Configuration,
                Some(OWN.to_owned()),
            ),
            (Some(" "), Some(OWN), OWN, EndpointSource::Environment, None),
        ] {
            let expected = (url.to_owned(), named_by, instead);
            assert_eq!(chosen(configured, own), expected, "{configured:?} {own:?}");
        }
    }

    #[test]
    fn portals_follow_the_partitions_of_aws() {
        for (region, host) in [
            (
                "eu-central-1",
                "https://portal.sso.eu-central-1.amazonaws.com",
            ),
            (
                "cn-north-1",
                "https://portal.sso.cn-north-1.amazonaws.com.cn",
            ),
            (
                "us-gov-west-1",
                "https://portal.sso.us-gov-west-1.amazonaws.com",
            ),
            (
                "eusc-de-east-1",
                "https://portal.sso.eusc-de-east-1.amazonaws.eu",
            ),
        ] {
            assert_eq!(Variant::default().portal(region).as_deref(), Some(host));
        }
    }

    #[test]
    fn a_hostile_region_never_becomes_a_host() {
        for region in [
            "",
            "evil.com/#",
            "eu-central-1.evil.com",
            "eu-central-1@evil.com",
            "EU-central-1",
            "eu-central-12",
            "eu--1",
            "eu-1",
            "-a-1",
            "eu-central-1\n",
            "éu-central-1",
            "aws-global",
            "eu-central-1/",
        ] {
            assert_eq!(vendor_portals(region), Vec::<String>::new(), "{region:?}");
        }
    }

    #[test]
    fn hosts_of_each_kind_are_the_vendors_own() {
        assert_eq!(
            vendor_portals("us-east-1"),
            [
                "https://portal.sso.us-east-1.amazonaws.com",
                "https://portal.sso.us-east-1.api.aws",
                "https://portal.sso-fips.us-east-1.amazonaws.com",
                "https://portal.sso-fips.us-east-1.api.aws",
            ]
        );
        assert_eq!(
            vendor_oidc("us-east-1"),
            [
                "https://oidc.us-east-1.amazonaws.com",
                "https://oidc.us-east-1.api.aws",
                "https://oidc-fips.us-east-1.amazonaws.com",
                "https://oidc-fips.us-east-1.api.aws",
            ]
        );
        assert!(
            vendor_oidc("us-gov-west-1")
                .contains(&"https://oidc.us-gov-west-1.amazonaws.com".to_owned())
        );
    }
}
