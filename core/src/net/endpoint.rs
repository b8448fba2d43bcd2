//! Where a token may go.
//!
//! The rule: to the vendor's own host for what is recorded with the token, to an address that the
//! person's environment names, or to a host that the person allowed; this machine's own address is
//! no exception. https only, except on loopback. An address with user information, a query or a fragment is refused: no
//! such part has a meaning here, and each can make an address look like another.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use aws_sdk_sso::config::endpoint::{DefaultResolver, Params, ResolveEndpoint as _};
use url::{Host, Url};

use super::EndResult;
use super::salesforce::{Addresses, OrgError, Origin};
use crate::inventory::{Endpoint, NamedBy, Renewal, Revocation, TrustedHost};

/// GitHub's own REST endpoint.
pub const GITHUB_API: &str = "https://api.github.com";

/// Google's own OAuth endpoint.
pub const GOOGLE_OAUTH: &str = "https://oauth2.googleapis.com";

/// OpenAI's authorization server, without a final `/`.
pub const OPENAI_OAUTH: &str = "https://auth.openai.com";

/// A place that a token may go to.
#[derive(Debug)]
pub(super) enum Target {
    Portal(PortalPlace),
    Github {
        url: String,
        direct: bool,
    },
    Salesforce(Addresses),
    Google {
        url: String,
        direct: bool,
    },
    OpenAi {
        url: String,
        direct: bool,
        client_id: String,
    },
}

/// A checked address; `direct` means loopback: no proxy.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) url: String,
    pub(super) direct: bool,
}

impl Place {
    /// Where a refresh token may go, or why nowhere.
    pub(super) fn of_oidc(renewal: &Renewal, allowed: &[TrustedHost]) -> Result<Self, EndResult> {
        let vendor = default_oidc_endpoint(&renewal.region);
        let endpoint = renewal.settled(allowed);
        if vendor.is_none() {
            return Err(not_allowed(endpoint, "the region is not one of AWS").into());
        }
        let (url, direct) = check(endpoint, vendor.as_deref(), allowed)?;
        let url = text(&url);
        Ok(Self { url, direct })
    }
}

/// A portal that a token may go to.
#[derive(Debug)]
pub(super) struct PortalPlace {
    pub(super) region: String,
    pub(super) is_region_guessed: bool,
    pub(super) url: String,
    pub(super) direct: bool,
}

impl Target {
    /// The place that a revocation leads to, or why the token may not go there. `direct` means
    /// loopback: no proxy.
    pub(super) fn of(revocation: &Revocation, allowed: &[TrustedHost]) -> Result<Self, EndResult> {
        match revocation {
            Revocation::SsoPortal {
                region,
                is_region_guessed,
                endpoint,
                ..
            } => {
                let vendor = default_portal_endpoint(region);
                let (url, direct) = check(endpoint, vendor.as_deref(), allowed)?;
                if vendor.is_none() {
                    return Err(not_allowed(endpoint, "the region is not one of AWS").into());
                }
                Ok(Self::Portal(PortalPlace {
                    region: region.clone(),
                    is_region_guessed: *is_region_guessed,
                    url: text(&url),
                    direct,
                }))
            }
            Revocation::GithubInstallation { endpoint } => {
                let (url, direct) = check(endpoint, Some(GITHUB_API), allowed)?;
                Ok(Self::Github {
                    url: text(&url),
                    direct,
                })
            }
            Revocation::Salesforce { endpoint, second } => {
                let org = recorded(endpoint, allowed);
                let login = second
                    .as_ref()
                    .and_then(|login| recorded(login, allowed).ok());
                match (org, login) {
                    (Err(error), None) => Err(error.into()),
                    (org, login) => Ok(Self::Salesforce(Addresses { org, login })),
                }
            }
            Revocation::Google { endpoint } => {
                let (url, direct) = check(endpoint, Some(GOOGLE_OAUTH), allowed)?;
                Ok(Self::Google {
                    url: text(&url),
                    direct,
                })
            }
            Revocation::OpenAi {
                endpoint,
                client_id,
            } => {
                let (url, direct) = check(endpoint, Some(OPENAI_OAUTH), allowed)?;
                Ok(Self::OpenAi {
                    url: text(&url),
                    direct,
                    client_id: client_id.clone(),
                })
            }
            Revocation::Client { endpoint, .. } => Err(EndResult::NotAllowed {
                host: endpoint.host(),
                why: "only the vendor's own client may send it",
            }),
        }
    }
}

/// The portal of IAM Identity Center in a region, by AWS's own rules for partitions, without a
/// final `/`. `None` if the text does not look like a region, so that one from a file can never
/// become another host.
///
/// Source: the endpoint rules in `aws-sdk-sso`.
pub fn default_portal_endpoint(region: &str) -> Option<String> {
    if !is_region(region) {
        return None;
    }
    let place = Params::builder().region(region).build().ok()?;
    let rules = DefaultResolver::new();
    let future = pin!(rules.resolve_endpoint(&place));
    // The rules are a function: the future is ready from the start.
    let Poll::Ready(resolved) = future.poll(&mut Context::from_waker(Waker::noop())) else {
        return None;
    };
    Some(resolved.ok()?.url().trim_end_matches('/').to_owned())
}

/// The server of SSO OIDC in a region, without a final `/`: beside the region's portal in every
/// partition. `None` if the text does not look like a region.
///
/// Source: the endpoint rules of the AWS CLI 2.36.7.
pub fn default_oidc_endpoint(region: &str) -> Option<String> {
    let portal = default_portal_endpoint(region)?;
    let domain = portal.strip_prefix("https://portal.sso.")?;
    Some(format!("https://oidc.{domain}"))
}

/// Whether the text has the form of a region: `eu-central-1`, `us-gov-west-1`.
fn is_region(text: &str) -> bool {
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

fn check(
    endpoint: &Endpoint,
    vendor: Option<&str>,
    allowed: &[TrustedHost],
) -> Result<(Url, bool), NotAllowed> {
    let unreadable = || NotAllowed {
        host: String::new(),
        why: "the address cannot be understood",
    };
    let mut url = Url::parse(&endpoint.url).map_err(|_| unreadable())?;
    if !url.has_host() {
        return Err(unreadable());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(not_allowed(endpoint, "the address has user information"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(not_allowed(
            endpoint,
            "the address has a query or a fragment",
        ));
    }
    let is_loopback = is_loopback(&url);
    match url.scheme() {
        "https" => {}
        "http" if is_loopback => pin_to_loopback(&mut url),
        _ => {
            return Err(not_allowed(
                endpoint,
                "only https is allowed outside of this machine",
            ));
        }
    }
    // The whole origin: another port of the vendor's host is not the vendor.
    let is_vendor = vendor
        .and_then(|vendor| Url::parse(vendor).ok())
        .is_some_and(|vendor| vendor.origin() == url.origin());
    let is_named = endpoint.named_by == NamedBy::Environment;
    if is_vendor || is_named || endpoint.is_allowed(allowed) {
        return Ok((url, is_loopback));
    }
    let why = match endpoint.named_by {
        NamedBy::Vendor => "it is not the vendor's own host",
        NamedBy::Environment | NamedBy::Configuration => "only a configuration file names it",
    };
    Err(not_allowed(endpoint, why))
}

/// The host that is recorded with the token itself: the vendor's own for this token, in the
/// vendor's state file of the same user.
fn recorded(endpoint: &Endpoint, allowed: &[TrustedHost]) -> Result<Origin, OrgError> {
    let vendor = (endpoint.named_by == NamedBy::Vendor).then_some(endpoint.url.as_str());
    let (url, _) = check(endpoint, vendor, allowed)?;
    Origin::parse(url.as_str())
}

/// Why a token may not go somewhere.
struct NotAllowed {
    host: String,
    why: &'static str,
}

impl From<NotAllowed> for EndResult {
    fn from(NotAllowed { host, why }: NotAllowed) -> Self {
        Self::NotAllowed { host, why }
    }
}

impl From<NotAllowed> for OrgError {
    fn from(NotAllowed { host, why }: NotAllowed) -> Self {
        Self::NotAllowed { host, why }
    }
}

fn not_allowed(endpoint: &Endpoint, why: &'static str) -> NotAllowed {
    NotAllowed {
        host: endpoint.host(),
        why,
    }
}

pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// In the clear, `localhost` must not depend on who answers for that name.
pub(super) fn pin_to_loopback(url: &mut Url) {
    if url.host_str() == Some("localhost") {
        // Cannot fail for http; if it did, the name stays.
        let _pinned = url.set_host(Some("127.0.0.1"));
    }
}

fn text(url: &Url) -> String {
    url.as_str().trim_end_matches('/').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn portal(url: &str, named_by: NamedBy) -> Revocation {
        Revocation::SsoPortal {
            region: "eu-central-1".to_owned(),
            is_region_guessed: false,
            start_url: None,
            endpoint: Endpoint {
                url: url.to_owned(),
                named_by,
            },
            instead: None,
        }
    }

    fn url_of(revocation: &Revocation, allowed: &[&str]) -> Result<String, EndResult> {
        let hosts = allowed.iter().filter_map(|host| TrustedHost::parse(host));
        let allowed: Vec<_> = hosts.collect();
        Target::of(revocation, &allowed).map(|target| match target {
            Target::Portal(PortalPlace { url, .. })
            | Target::Github { url, .. }
            | Target::Google { url, .. }
            | Target::OpenAi { url, .. } => url,
            Target::Salesforce(addresses) => format!("{addresses:?}"),
        })
    }

    fn is_allowed(url: &str, named_by: NamedBy) -> bool {
        url_of(&portal(url, named_by), &[]).is_ok()
    }

    #[test]
    fn a_host_is_allowed_with_its_port_or_without() {
        let asked = portal("https://own.example:8443", NamedBy::Configuration);
        for (allowed, is_allowed) in [
            ("own.example", true),
            ("own.example:8443", true),
            ("own.example:8444", false),
            ("other.example", false),
        ] {
            assert_eq!(url_of(&asked, &[allowed]).is_ok(), is_allowed, "{allowed}");
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
            assert_eq!(default_portal_endpoint(region).as_deref(), Some(host));
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
            assert_eq!(default_portal_endpoint(region), None, "{region:?}");
        }
        let hostile = Revocation::SsoPortal {
            region: "evil.com/#".to_owned(),
            is_region_guessed: false,
            start_url: None,
            endpoint: Endpoint {
                url: "https://portal.sso.evil.com/#.amazonaws.com".to_owned(),
                named_by: NamedBy::Vendor,
            },
            instead: None,
        };
        assert!(matches!(
            url_of(&hostile, &[]),
            Err(EndResult::NotAllowed { .. })
        ));
    }

    #[test]
    fn plain_http_goes_to_loopback_only() {
        for url in [
            "http://127.0.0.1:1",
            "http://127.9.9.9",
            "http://[::1]:1",
            "http://localhost:1",
        ] {
            assert!(is_allowed(url, NamedBy::Environment), "{url}");
            assert!(
                !is_allowed(url, NamedBy::Configuration),
                "{url}: anybody can listen there"
            );
            let asked = portal(url, NamedBy::Configuration);
            let host = asked.endpoint().host();
            assert!(url_of(&asked, &[host.as_str()]).is_ok(), "{url}");
        }
        for url in [
            "http://10.0.0.1",
            "http://localhost.evil.com",
            "http://portal.sso.eu-central-1.amazonaws.com",
            "ftp://127.0.0.1",
            "http://[::ffff:127.0.0.1]",
        ] {
            assert!(!is_allowed(url, NamedBy::Environment), "{url}");
        }
        let pinned = url_of(&portal("http://localhost:81/", NamedBy::Environment), &[]);
        assert_eq!(pinned.as_deref(), Ok("http://127.0.0.1:81"));
    }

    #[test]
    fn who_names_a_host_decides() {
        let vendor = "https://portal.sso.eu-central-1.amazonaws.com";
        assert!(is_allowed(vendor, NamedBy::Vendor) && is_allowed(vendor, NamedBy::Configuration));
        assert!(is_allowed(
            "https://portal.corp.example",
            NamedBy::Environment
        ));
        for url in [
            "https://portal.sso.eu-west-1.amazonaws.com",
            "https://portal.sso.eu-central-1.amazonaws.com:8443",
            "https://portal.sso.eu-central-1.amazonaws.com.evil.com",
        ] {
            assert!(!is_allowed(url, NamedBy::Vendor), "{url}");
            assert!(!is_allowed(url, NamedBy::Configuration), "{url}");
        }
        let asked = portal("https://Portal.corp.example:8443/x", NamedBy::Configuration);
        assert_eq!(
            url_of(&asked, &[]),
            Err(EndResult::NotAllowed {
                host: "portal.corp.example:8443".to_owned(),
                why: "only a configuration file names it"
            })
        );
        assert!(url_of(&asked, &["portal.corp.example"]).is_ok());
    }

    #[test]
    fn addresses_with_misleading_parts_are_refused() {
        for url in [
            "https://portal.sso.eu-central-1.amazonaws.com@evil.com",
            "https://user@127.0.0.1",
            "https://127.0.0.1/?x",
            "https://127.0.0.1/#x",
            "not an address",
            "data:x",
        ] {
            assert!(!is_allowed(url, NamedBy::Environment), "{url}");
        }
    }

    #[test]
    fn github_goes_to_github_unless_the_person_says_otherwise() {
        let github = |url: &str, named_by| Revocation::GithubInstallation {
            endpoint: Endpoint {
                url: url.to_owned(),
                named_by,
            },
        };
        assert!(url_of(&github(GITHUB_API, NamedBy::Vendor), &[]).is_ok());
        assert!(url_of(&github("https://evil.com", NamedBy::Vendor), &[]).is_err());
        let enterprise = github("https://git.corp.example/api/v3/", NamedBy::Environment);
        assert_eq!(
            url_of(&enterprise, &[]).as_deref(),
            Ok("https://git.corp.example/api/v3")
        );
    }
}
