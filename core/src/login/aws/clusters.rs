//! What rides on AWS keys: sign-ins to container registries, and tokens for Kubernetes clusters.
//!
//! Sources: AWS, "Amazon ECR API Reference" (`GetAuthorizationToken`), "Amazon EKS API Reference"
//! (`DescribeCluster`); AWS CLI `awscli/customizations/eks/get_token.py`.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;
use zeroize::Zeroizing;

use super::endpoint::Service;
use super::signed::Unsigned;
use super::{RoleKeys, SignIn, SignInError};
use crate::io::net::CallError;
use crate::io::net::oauth::SecretText;
use crate::secret::Secret;

/// The public registry, and the only region that signs in to it.
pub const PUBLIC_REGISTRY: &str = "public.ecr.aws";
const PUBLIC_REGION: &str = "us-east-1";

/// How long a cluster takes a token, less a minute for clocks.
const TOKEN_LIFE: SignedDuration = SignedDuration::from_mins(14);

/// A sign-in to a registry.
#[derive(Debug)]
pub struct RegistryLogin {
    /// The registry's host.
    pub host: String,
    /// `AWS`.
    pub user: String,
    /// The password, for twelve hours.
    pub password: Secret,
}

impl RegistryLogin {
    /// User and password as Docker's settings keep them.
    pub fn docker_auth(&self) -> Secret {
        let pair = Zeroizing::new(format!("{}:{}", self.user, self.password.expose()));
        Secret::new(STANDARD.encode(pair.as_bytes()))
    }
}

/// A cluster as a kubeconfig has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cluster {
    /// Its ARN.
    pub arn: String,
    /// Its address.
    pub server: String,
    /// The certificate of its authority: PEM in Base64.
    pub authority: String,
}

/// A token for a cluster.
#[derive(Debug)]
pub struct ClusterToken {
    /// The token.
    pub token: Secret,
    /// When it has to be made anew.
    pub expires_at: Timestamp,
}

/// The answer of a registry's service; the public one has no list.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Authorized<T> {
    authorization_data: T,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Authorization {
    authorization_token: SecretText,
}

impl SignIn<'_> {
    /// Gets a password for a registry: `None` for the public one, else its account and region.
    ///
    /// # Errors
    ///
    /// [`SignInError::Call`].
    pub fn sign_in_to_registry(
        &self,
        keys: &RoleKeys,
        registry: Option<(&str, &str)>,
    ) -> Result<RegistryLogin, SignInError> {
        let region = registry.map_or(PUBLIC_REGION, |(_, region)| region);
        let (service, name, target, body) = match registry {
            Some((account, _)) => (
                Service::Ecr,
                "ecr",
                "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken",
                json!({"registryIds": [account]}),
            ),
            None => (
                Service::EcrPublic,
                "ecr-public",
                "SpencerFrontendService.GetAuthorizationToken",
                json!({}),
            ),
        };
        let address = self.address_of(service, None, region)?;
        let host = match registry {
            Some((account, region)) => {
                let suffix = domain_of(region);
                format!("{account}.dkr.ecr.{region}.{suffix}")
            }
            None => PUBLIC_REGISTRY.to_owned(),
        };
        let failed = |source| SignInError::Call {
            what: format!("signing in to {host}"),
            source: Box::new(source),
            hint: None,
        };
        let body = body.to_string();
        let request = Unsigned {
            service: name,
            region,
            method: "POST",
            url: address.below("/"),
            headers: &[
                ("content-type", "application/x-amz-json-1.1"),
                ("x-amz-target", target),
            ],
            body: &body,
        };
        let answer = self.send_signed(keys, &address, &request).map_err(failed)?;
        let token = match registry {
            Some(_) => {
                let answer: Authorized<Vec<Authorization>> = answer.document().map_err(failed)?;
                answer.authorization_data.into_iter().next()
            }
            None => {
                let answer: Authorized<Authorization> = answer.document().map_err(failed)?;
                Some(answer.authorization_data)
            }
        };
        let login = token.and_then(|token| {
            let bytes = STANDARD.decode(token.authorization_token.0.expose()).ok()?;
            let text = Secret::from_text(bytes).ok()?;
            let (user, password) = text.expose().split_once(':')?;
            let is_plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic());
            (is_plain(user) && is_plain(password)).then(|| RegistryLogin {
                host: host.clone(),
                user: user.to_owned(),
                password: Secret::new(password.to_owned()),
            })
        });
        login.ok_or_else(|| {
            failed(CallError::NotUnderstood {
                host: address.host().to_owned(),
                status: 200,
                problem: "there is no password in it",
            })
        })
    }

    /// Asks for a cluster's address and certificate.
    ///
    /// # Errors
    ///
    /// [`SignInError::Call`].
    pub fn describe_cluster(
        &self,
        keys: &RoleKeys,
        name: &str,
        region: &str,
    ) -> Result<Cluster, SignInError> {
        let failed = |source| SignInError::Call {
            what: format!("asking for the cluster {name}"),
            source: Box::new(source),
            hint: None,
        };
        let address = self.address_of(Service::Eks, None, region)?;
        let mut url = address.below("/clusters");
        // A name with `/` is one part of the path.
        if let Ok(mut path) = url.path_segments_mut() {
            path.push(name);
        }
        let request = Unsigned {
            service: "eks",
            region,
            method: "GET",
            url,
            headers: &[],
            body: "",
        };
        let answer = self.send_signed(keys, &address, &request).map_err(failed)?;
        let document: Value = answer.document().map_err(failed)?;
        let text = |path: &str| document.pointer(path).and_then(Value::as_str);
        let is_plain =
            |text: &&str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        let cluster = || {
            let server = text("/cluster/endpoint").filter(is_plain)?;
            let url = Url::parse(server).ok()?;
            let authority = text("/cluster/certificateAuthority/data").filter(is_plain)?;
            (url.scheme() == "https").then_some(Cluster {
                arn: text("/cluster/arn").filter(is_plain)?.to_owned(),
                server: server.to_owned(),
                authority: authority.to_owned(),
            })
        };
        cluster().ok_or_else(|| {
            failed(CallError::NotUnderstood {
                host: address.host().to_owned(),
                status: 200,
                problem: "there is no cluster in it",
            })
        })
    }

    /// A cluster's token: a signed request for who one is, which the cluster sends itself. `None` if it
    /// cannot be signed. Nobody is asked.
    pub fn cluster_token(&self, keys: &RoleKeys, name: &str, region: &str) -> Option<ClusterToken> {
        let base = Service::Sts.vendor_of(region)?;
        let url = format!("{base}/?Action=GetCallerIdentity&Version=2011-06-15");
        let request = Unsigned {
            service: "sts",
            region,
            method: "GET",
            url: Url::parse(&url).ok()?,
            headers: &[("x-k8s-aws-id", name)],
            body: "",
        };
        let url = self.presign(keys, &request, Duration::from_secs(60))?;
        let text = URL_SAFE_NO_PAD.encode(url.expose());
        Some(ClusterToken {
            token: Secret::new(format!("k8s-aws-v1.{text}")),
            expires_at: self.world.now() + TOKEN_LIFE,
        })
    }
}

/// What the registries of a region's partition end with.
fn domain_of(region: &str) -> &'static str {
    match region.split('-').next() {
        Some("cn") => "amazonaws.com.cn",
        Some("eusc") => "amazonaws.eu",
        _ => "amazonaws.com",
    }
}
