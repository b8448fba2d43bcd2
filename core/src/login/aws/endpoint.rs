//! Where the servers that sign in to AWS answer, and who says so.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use aws_sdk_iam::config::endpoint as iam;
use aws_sdk_signin::config::endpoint as signin;
use aws_sdk_sso::config::endpoint as sso;
use aws_sdk_ssooidc::config::endpoint as oidc;
use aws_sdk_sts::config::endpoint as sts;

use super::aws_config::AwsConfig;
use crate::io::net::{Address, CallError};
use crate::remote::{Endpoint, EndpointSource, TrustedHost};
use crate::systems::aws::endpoint::is_region;
use crate::world::World;

/// A service of AWS that signing in needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// SSO OIDC: registrations and tokens of portals.
    Oidc,
    /// The portal of IAM Identity Center: accounts and keys of roles.
    Portal,
    /// STS: roles, sessions, who one is.
    Sts,
    /// IAM: users and roles.
    Iam,
    /// AWS Sign-In: `aws login`.
    SignIn,
    /// ECR: passwords of container registries.
    Ecr,
    /// The same of the public registry.
    EcrPublic,
    /// EKS: Kubernetes clusters.
    Eks,
}

/// Which of a region's hosts are meant.
///
/// Source: AWS SDKs and Tools Reference Guide, "Dual-stack and FIPS endpoints".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Variant {
    pub(super) is_dual_stack: bool,
    pub(super) is_fips: bool,
}

impl Variant {
    /// The kind that the person's environment and settings wish.
    pub(super) fn of(world: &World, config: &AwsConfig) -> Self {
        let is_on = |variable: &str, key: &str| match world.environment.get(variable) {
            Some(value) => value.trim().eq_ignore_ascii_case("true"),
            None => config.is_on(key),
        };
        Self {
            is_dual_stack: is_on("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint"),
            is_fips: is_on("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint"),
        }
    }

    /// The kind for a portal: a code for a dual-stack portal that was asked for elsewhere leads to a
    /// page of the wrong family.
    pub(super) fn for_portal(self, start_url: &str) -> Self {
        let host = url::Url::parse(start_url.trim()).ok();
        let host = host.and_then(|url| url.host_str().map(str::to_owned));
        let is_dual_stack = host.is_some_and(|host| host.ends_with(".app.aws"));
        Self {
            is_dual_stack: self.is_dual_stack || is_dual_stack,
            ..self
        }
    }

    const ALL: [Self; 4] = [
        Self::new(false, false),
        Self::new(true, false),
        Self::new(false, true),
        Self::new(true, true),
    ];

    const fn new(is_dual_stack: bool, is_fips: bool) -> Self {
        Self {
            is_dual_stack,
            is_fips,
        }
    }
}

/// Asks the endpoint rules of one SDK.
macro_rules! resolve {
    ($sdk:ident, $region:expr, $variant:expr) => {{
        use $sdk::ResolveEndpoint as _;
        let place = $sdk::Params::builder()
            .region($region)
            .use_dual_stack($variant.is_dual_stack)
            .use_fips($variant.is_fips)
            .build()
            .ok()?;
        let rules = $sdk::DefaultResolver::new();
        let future = pin!(rules.resolve_endpoint(&place));
        // The rules are a function: the future is ready from the start.
        let Poll::Ready(resolved) = future.poll(&mut Context::from_waker(Waker::noop())) else {
            return None;
        };
        resolved.ok()?.url().to_owned()
    }};
}

impl Service {
    /// The variable that names another server, its name in `services`.
    const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Oidc => ("AWS_ENDPOINT_URL_SSO_OIDC", "sso_oidc"),
            Self::Portal => ("AWS_ENDPOINT_URL_SSO", "sso"),
            Self::Sts => ("AWS_ENDPOINT_URL_STS", "sts"),
            Self::Iam => ("AWS_ENDPOINT_URL_IAM", "iam"),
            Self::SignIn => ("AWS_ENDPOINT_URL_SIGNIN", "signin"),
            Self::Ecr => ("AWS_ENDPOINT_URL_ECR", "ecr"),
            Self::EcrPublic => ("AWS_ENDPOINT_URL_ECR_PUBLIC", "ecr_public"),
            Self::Eks => ("AWS_ENDPOINT_URL_EKS", "eks"),
        }
    }

    /// AWS's own server of a region, by AWS's own rules for partitions, without a final `/`. `None` if
    /// the text does not look like a region, so that one from a file can never become another host.
    ///
    /// Source: the endpoint rules in the SDKs.
    fn vendor(self, region: &str, variant: Variant) -> Option<String> {
        if !is_region(region) {
            return None;
        }
        let url = match self {
            Self::Oidc => resolve!(oidc, region, variant),
            Self::Portal => resolve!(sso, region, variant),
            Self::Sts => resolve!(sts, region, variant),
            Self::Iam => resolve!(iam, region, variant),
            Self::SignIn => resolve!(signin, region, variant),
            // No SDK of theirs is linked; a region's hosts differ in the service's name only.
            Self::Ecr | Self::EcrPublic | Self::Eks => {
                let name = match self {
                    Self::Ecr => "api.ecr",
                    Self::EcrPublic => "api.ecr-public",
                    _ => "eks",
                };
                let of_sts = resolve!(sts, region, Variant::default());
                let domain = of_sts.strip_prefix("https://sts.")?.to_owned();
                format!("https://{name}.{domain}")
            }
        };
        Some(url.trim_end_matches('/').to_owned())
    }

    /// AWS's own server of a region, whatever the person's environment names.
    pub(super) fn vendor_of(self, region: &str) -> Option<String> {
        self.vendor(region, Variant::default())
    }

    /// The server to ask: what the configuration names, else the person's environment, else their
    /// settings, else AWS's own. What only a configuration names has to be allowed; where it is not, the
    /// person's own counts.
    ///
    /// # Errors
    ///
    /// [`CallError::NotAllowed`].
    pub(super) fn address(
        self,
        world: &World,
        config: &AwsConfig,
        configured: Option<&str>,
        region: &str,
        variant: Variant,
        allowed: &[TrustedHost],
    ) -> Result<Address, CallError> {
        let own = self.own_endpoint(world, config);
        let standard = || self.vendor(region, Variant::default());
        let vendor = self.vendor(region, variant).or_else(standard);
        let configured = configured.map(trim_url).filter(|url| !url.is_empty());
        let kinds = Variant::ALL.into_iter();
        let vendors: Vec<String> = kinds.filter_map(|kind| self.vendor(region, kind)).collect();
        let check = |endpoint: &Endpoint| {
            let vendors = vendors.iter().map(String::as_str);
            Address::check(endpoint, vendors, allowed)
        };
        if let Some(url) = configured.filter(|url| own.as_deref() != Some(url)) {
            let named_by = EndpointSource::Configuration;
            let checked = check(&Endpoint { url, named_by });
            if checked.is_ok() || own.is_none() {
                return checked;
            }
        }
        if let Some(url) = own {
            let named_by = EndpointSource::Environment;
            return check(&Endpoint { url, named_by });
        }
        let Some(url) = vendor else {
            return Err(CallError::NotAllowed {
                host: String::new(),
                why: "the region is not one of AWS",
            });
        };
        let named_by = EndpointSource::Vendor;
        check(&Endpoint { url, named_by })
    }

    /// The server that the person's environment or settings name.
    pub(super) fn own_endpoint(self, world: &World, config: &AwsConfig) -> Option<String> {
        let get = |name: &str| world.environment.get(name);
        let is_ignored = match get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") {
            Some(value) => value.eq_ignore_ascii_case("true"),
            None => config.is_on("ignore_configured_endpoint_urls"),
        };
        if is_ignored {
            return None;
        }
        let (variable, name) = self.names();
        let of_variables = [variable, "AWS_ENDPOINT_URL"].into_iter().filter_map(get);
        of_variables
            .map(trim_url)
            .find(|url| !url.is_empty())
            .or_else(|| config.endpoint_url(name).as_deref().map(trim_url))
    }
}

fn trim_url(url: &str) -> String {
    url.trim().trim_end_matches('/').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_follow_the_partitions_and_kinds_of_aws() {
        let plain = Variant::default();
        let (dual, fips) = (Variant::new(true, false), Variant::new(false, true));
        for (service, region, variant, host) in [
            (
                Service::Oidc,
                "eu-central-1",
                plain,
                "oidc.eu-central-1.amazonaws.com",
            ),
            (
                Service::Oidc,
                "eu-central-1",
                dual,
                "oidc.eu-central-1.api.aws",
            ),
            (
                Service::Oidc,
                "us-east-1",
                fips,
                "oidc-fips.us-east-1.amazonaws.com",
            ),
            (
                Service::Oidc,
                "cn-north-1",
                plain,
                "oidc.cn-north-1.amazonaws.com.cn",
            ),
            (
                Service::Oidc,
                "eusc-de-east-1",
                plain,
                "oidc.eusc-de-east-1.amazonaws.eu",
            ),
            (
                Service::Oidc,
                "us-gov-west-1",
                plain,
                "oidc.us-gov-west-1.amazonaws.com",
            ),
            (
                Service::Portal,
                "eu-west-1",
                dual,
                "portal.sso.eu-west-1.api.aws",
            ),
            (
                Service::Sts,
                "eu-west-1",
                plain,
                "sts.eu-west-1.amazonaws.com",
            ),
            (
                Service::Sts,
                "us-gov-west-1",
                plain,
                "sts.us-gov-west-1.amazonaws.com",
            ),
            (
                Service::Sts,
                "cn-north-1",
                plain,
                "sts.cn-north-1.amazonaws.com.cn",
            ),
            (
                Service::Eks,
                "cn-north-1",
                plain,
                "eks.cn-north-1.amazonaws.com.cn",
            ),
            (
                Service::Ecr,
                "eu-west-1",
                plain,
                "api.ecr.eu-west-1.amazonaws.com",
            ),
            (
                Service::SignIn,
                "eu-west-1",
                plain,
                "eu-west-1.signin.aws.amazon.com",
            ),
            (
                Service::SignIn,
                "us-gov-west-1",
                plain,
                "us-gov-west-1.signin.amazonaws-us-gov.com",
            ),
        ] {
            let url = service.vendor(region, variant);
            assert_eq!(url, Some(format!("https://{host}")), "{service:?} {region}");
        }
        for hostile in ["", "evil.example/", "eu-central-1@evil", "EU-west-1"] {
            assert_eq!(Service::Sts.vendor(hostile, plain), None, "{hostile}");
        }
    }

    #[test]
    fn family_of_a_portal_is_told_by_its_start_page() {
        let kind = |page| Variant::default().for_portal(page).is_dual_stack;
        assert!(kind("https://ssoins-1.portal.eu-west-1.app.aws"));
        assert!(!kind("https://corp.awsapps.com/start"));
        assert!(!kind("https://app.aws.evil.example"));
    }
}
