//! Roles and root sessions: STS, with what stands before them in the chain.
//!
//! Source: AWS STS API Reference; Atmos `pkg/auth/identities/aws`.

use aws_sdk_sts::types::{PolicyDescriptorType, Tag};

use super::client::build_sts;
use super::endpoint::Service;
use super::sts::{RoleRequest, Upstream, default_region, read_answer};
use super::{RoleKeys, SignIn, SignInError};
use crate::atmos::config::{
    Identity, IdentityKind, Node, Provider, ProviderKind, duration_seconds,
};
use crate::io::net::{Address, sdk_failure};

/// The longest root session, in seconds.
const LONGEST_ROOT: u64 = 900;

impl SignIn<'_> {
    /// The keys of an assumed role.
    pub(super) fn assume_role(&self, identity: &Identity) -> Result<RoleKeys, SignInError> {
        let arn = identity
            .compared(&["principal", "assume_role"])
            .ok_or_else(|| lacks(identity, "`principal.assume_role` is missing"))?;
        let upstream = self.upstream_of(identity, arn)?;
        let region = self.sts_region(identity, arn);
        let address = self.sts_address(identity, &region)?;
        let text = |key: &str| identity.compared(&["principal", key]).map(str::to_owned);
        let role = RoleRequest {
            name: identity.name.written.clone(),
            arn: arn.to_owned(),
            session_name: self.session_name(identity),
            seconds: text("duration").as_deref().and_then(duration_seconds),
            external_id: text("external_id"),
            source_identity: text("source_identity"),
            tags: read_tags(identity)?,
            mfa_serial: text("mfa_serial"),
        };
        let handed = self.assume(&role, &upstream, &address, &region)?;
        Ok(RoleKeys {
            region: Some(region),
            account_id: arn.split(':').nth(4).map(str::to_owned),
            arn: handed.arn,
            ..handed.keys
        })
    }

    /// The keys of a root session on a member account.
    pub(super) fn assume_root(&self, identity: &Identity) -> Result<RoleKeys, SignInError> {
        let text = |key: &str| identity.compared(&["principal", key]);
        let target = text("target_principal")
            .ok_or_else(|| lacks(identity, "`principal.target_principal` is missing"))?;
        let policy = text("task_policy_arn")
            .ok_or_else(|| lacks(identity, "`principal.task_policy_arn` is missing"))?;
        let Upstream::Keys(keys, _) = self.upstream_of(identity, policy)? else {
            return Err(lacks(identity, "a root session needs keys of an identity"));
        };
        let region = self.sts_region(identity, policy);
        let address = self.sts_address(identity, &region)?;
        let seconds = text("duration").and_then(duration_seconds);
        let seconds = seconds.unwrap_or(LONGEST_ROOT).min(LONGEST_ROOT);
        let answer = self.network.run(address.host(), async |http| {
            let client = build_sts(http, &address, &region, Some(&keys));
            let policy = PolicyDescriptorType::builder().arn(policy).build();
            let call = client
                .assume_root()
                .target_principal(target)
                .task_policy_arn(policy)
                .set_duration_seconds(i32::try_from(seconds).ok());
            let answer = call.send().await;
            let answer = answer.map_err(|error| sdk_failure(&address, &error, &keys.secrets()))?;
            read_answer(&address, answer.credentials(), None)
        });
        let handed = answer.map_err(|source| {
            let what = format!("starting a root session of account {target}");
            self.sts_failure(what, source, &region, None)
        })?;
        Ok(RoleKeys {
            region: Some(region),
            account_id: Some(target.to_owned()),
            arn: Some(format!("arn:aws:iam::{target}:root")),
            ..handed.keys
        })
    }

    /// What stands before an identity in its chain.
    fn upstream_of(&self, identity: &Identity, arn: &str) -> Result<Upstream, SignInError> {
        let auth = &self.configuration.auth;
        if let Some(name) = identity.via.provider() {
            let provider = auth
                .provider(&name.key)
                .ok_or_else(|| lacks(identity, "`via.provider` names no provider"))?;
            return match provider.kind {
                ProviderKind::GithubOidc => Ok(Upstream::WebToken(self.github_token(provider)?)),
                ProviderKind::AwsSaml => Ok(Upstream::Saml(self.saml_answer(provider, arn)?)),
                _ => Err(lacks(
                    identity,
                    "its provider has no keys for it: put a permission set between them",
                )),
            };
        }
        let before = identity
            .via
            .identity()
            .and_then(|name| auth.identity(&name.key));
        let before = before.ok_or_else(|| lacks(identity, "`via` names nobody"))?;
        let is_of_role = matches!(
            before.kind,
            IdentityKind::AwsPermissionSet | IdentityKind::AwsAssumeRole
        );
        let live = self.live_keys(before)?;
        // What is only on the way is in no file.
        let keys = live.map_or_else(|| self.sign_in(before), Ok)?;
        Ok(Upstream::Keys(keys, is_of_role))
    }

    /// Where STS answers for an identity.
    pub(super) fn sts_address(
        &self,
        identity: &Identity,
        region: &str,
    ) -> Result<Address, SignInError> {
        let provider = || {
            let root = self.identity_graph.root_provider(&identity.name.key)?;
            let provider: &Provider = self.configuration.auth.provider(&root.key)?;
            provider.endpoint_url()
        };
        let configured = identity.endpoint_url().or_else(provider);
        self.address_of(Service::Sts, configured, region)
    }

    /// The region to ask in: the configured one, else one of the ARN's partition.
    pub(super) fn sts_region(&self, identity: &Identity, arn: &str) -> String {
        let configured = self.region_of(identity).map(str::to_owned);
        configured.unwrap_or_else(|| default_region(arn).to_owned())
    }

    /// The name of a role's session: the configured one, else as Atmos makes it, in the letters that
    /// AWS takes.
    fn session_name(&self, identity: &Identity) -> String {
        let own = identity.compared(&["principal", "session_name"]);
        let name = own.map_or_else(
            || {
                format!(
                    "atmos-{}-{}",
                    identity.name.key,
                    self.world.now().as_second()
                )
            },
            str::to_owned,
        );
        let is_taken = |c: char| c.is_ascii_alphanumeric() || "+=,.@-_".contains(c);
        let name: String = name
            .chars()
            .map(|c| if is_taken(c) { c } else { '-' })
            .take(64)
            .collect();
        match name.trim_end_matches('-') {
            "" => "atmos-session".to_owned(),
            name => name.to_owned(),
        }
    }
}

/// The session tags of an identity's configuration.
fn read_tags(identity: &Identity) -> Result<Option<Vec<Tag>>, SignInError> {
    let node = identity.settings.at(&["principal", "tags"]);
    let Some(mapping) = node.and_then(Node::as_mapping) else {
        return Ok(None);
    };
    let tags = mapping.iter().map(|entry| {
        let value = entry.value.expose().unwrap_or_default();
        Tag::builder().key(&*entry.key).value(value).build()
    });
    let tags: Result<Vec<Tag>, _> = tags.collect();
    tags.map(Some)
        .map_err(|_| lacks(identity, "`principal.tags` has a tag without a name"))
}

fn lacks(identity: &Identity, problem: &str) -> SignInError {
    SignInError::Configuration {
        entry: format!("identity \"{}\"", identity.name.written),
        problem: problem.to_owned(),
    }
}
