//! Roles and root sessions: STS, with what stands before them in the chain.
//!
//! Source: AWS STS API Reference; Atmos `pkg/auth/identities/aws`.

use aws_sdk_sts::types::{Credentials, PolicyDescriptorType, Tag};
use jiff::Timestamp;

use super::client::build_sts;
use super::endpoint::Service;
use super::person::Question;
use super::saml::SamlAnswer;
use super::{RoleKeys, SignIn, SignInError};
use crate::atmos::config::{
    Identity, IdentityKind, Node, Provider, ProviderKind, duration_seconds,
};
use crate::io::net::{Address, CallError, sdk_failure};
use crate::secret::Secret;

/// The longest session of a role whose keys come from a role, in seconds.
const LONGEST_CHAINED: u64 = 3600;

/// The longest root session, in seconds.
const LONGEST_ROOT: u64 = 900;

/// The bounds of a role's session, in seconds.
const ROLE: (u64, u64) = (900, 43_200);

/// What a role is assumed with.
enum Upstream {
    /// Keys, and whether they are a role's.
    Keys(RoleKeys, bool),
    WebToken(Secret),
    Saml(SamlAnswer),
}

/// What STS handed out.
struct Handed {
    keys: RoleKeys,
    arn: Option<String>,
}

impl SignIn<'_> {
    /// The keys of an assumed role.
    pub(super) fn assume_role(&self, identity: &Identity) -> Result<RoleKeys, SignInError> {
        let arn = identity
            .compared(&["principal", "assume_role"])
            .ok_or_else(|| lacks(identity, "`principal.assume_role` is missing"))?;
        let upstream = self.upstream_of(identity, arn)?;
        let region = self.sts_region(identity, arn);
        let address = self.sts_address(identity, &region)?;
        let wanted = identity
            .compared(&["principal", "duration"])
            .and_then(duration_seconds);
        let wanted = wanted.map(|wanted| wanted.clamp(ROLE.0, ROLE.1));
        let (wanted, is_cut) = match (&upstream, wanted) {
            // AWS refuses more, whatever the role allows.
            (Upstream::Keys(_, true), Some(wanted)) if wanted > LONGEST_CHAINED => {
                (Some(LONGEST_CHAINED), true)
            }
            (_, wanted) => (wanted, false),
        };
        if is_cut {
            self.person.note(&format!(
                "a role that is assumed with a role's keys lasts an hour at most: \"{}\"",
                identity.name.written
            ));
        }
        let handed = match self
            .call_assume_role(identity, arn, &upstream, &address, &region, wanted)
        {
            Err(error)
                if wanted.is_some_and(|wanted| wanted > 3600) && is_about_duration(&error) =>
            {
                self.person.note(&format!(
                    "the role of \"{}\" does not allow sessions of {} s; it was assumed for an hour",
                    identity.name.written,
                    wanted.unwrap_or_default()
                ));
                self.call_assume_role(identity, arn, &upstream, &address, &region, Some(3600))?
            }
            result => result?,
        };
        Ok(RoleKeys {
            region: Some(region),
            account_id: arn.split(':').nth(4).map(str::to_owned),
            arn: handed.arn,
            ..handed.keys
        })
    }

    fn call_assume_role(
        &self,
        identity: &Identity,
        arn: &str,
        upstream: &Upstream,
        address: &Address,
        region: &str,
        seconds: Option<u64>,
    ) -> Result<Handed, SignInError> {
        let what = || format!("assuming {arn} for \"{}\"", identity.name.written);
        let seconds = seconds.and_then(|seconds| i32::try_from(seconds).ok());
        let session = self.session_name(identity);
        let answer = match upstream {
            Upstream::Keys(keys, _) => {
                let mfa = self.mfa_of(identity, &["principal", "mfa_serial"])?;
                let tags = read_tags(identity)?;
                let text = |key: &str| identity.compared(&["principal", key]).map(str::to_owned);
                self.network.run(address.host(), async |http| {
                    let client = build_sts(http, address, region, Some(keys));
                    let mut call = client
                        .assume_role()
                        .role_arn(arn)
                        .role_session_name(&session)
                        .set_duration_seconds(seconds)
                        .set_external_id(text("external_id"))
                        .set_source_identity(text("source_identity"))
                        .set_tags(tags);
                    if let Some((serial, code)) = &mfa {
                        call = call.serial_number(serial).token_code(code.expose().trim());
                    }
                    let answer = call.send().await;
                    let answer =
                        answer.map_err(|error| sdk_failure(address, &error, &keys.secrets()))?;
                    let arn = answer.assumed_role_user().map(|user| user.arn().to_owned());
                    read_answer(address, answer.credentials(), arn)
                })
            }
            Upstream::WebToken(token) => self.network.run(address.host(), async |http| {
                let client = build_sts(http, address, region, None);
                let call = client
                    .assume_role_with_web_identity()
                    .role_arn(arn)
                    .role_session_name(&session)
                    .web_identity_token(token.expose())
                    .set_duration_seconds(seconds);
                let answer = call.send().await;
                let answer = answer.map_err(|error| sdk_failure(address, &error, &[token]))?;
                let arn = answer.assumed_role_user().map(|user| user.arn().to_owned());
                read_answer(address, answer.credentials(), arn)
            }),
            Upstream::Saml(saml) => self.network.run(address.host(), async |http| {
                let client = build_sts(http, address, region, None);
                let call = client
                    .assume_role_with_saml()
                    .role_arn(arn)
                    .principal_arn(&saml.provider)
                    .saml_assertion(saml.assertion.expose())
                    .set_duration_seconds(seconds.or(saml.seconds));
                let answer = call.send().await;
                let secrets = [&saml.assertion];
                let answer = answer.map_err(|error| sdk_failure(address, &error, &secrets))?;
                let arn = answer.assumed_role_user().map(|user| user.arn().to_owned());
                read_answer(address, answer.credentials(), arn)
            }),
        };
        answer.map_err(|source| self.sts_failure(what(), source, region, Some(arn)))
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

    /// A session of an IAM user's own keys.
    pub(super) fn session_of_user(
        &self,
        identity: &Identity,
        keys: &RoleKeys,
        serial: Option<&str>,
        seconds: u64,
    ) -> Result<RoleKeys, SignInError> {
        let region = self.sts_region(identity, "");
        let address = self.sts_address(identity, &region)?;
        let code = match serial {
            Some(device) => Some(self.ask_for_code(identity, device)?),
            None => None,
        };
        let answer = self.network.run(address.host(), async |http| {
            let client = build_sts(http, &address, &region, Some(keys));
            let mut call = client
                .get_session_token()
                .set_duration_seconds(i32::try_from(seconds).ok());
            if let Some((serial, code)) = serial.zip(code.as_ref()) {
                call = call.serial_number(serial).token_code(code.expose().trim());
            }
            let answer = call.send().await;
            let answer = answer.map_err(|error| sdk_failure(&address, &error, &keys.secrets()))?;
            read_answer(&address, answer.credentials(), None)
        });
        let handed = answer.map_err(|source| {
            let what = format!("getting a session for \"{}\"", identity.name.written);
            self.sts_failure(what, source, &region, None)
        })?;
        Ok(RoleKeys {
            region: self.region_of(identity).map(str::to_owned).or(Some(region)),
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

    /// The device and a code of it, where an identity's configuration names a device.
    fn mfa_of(
        &self,
        identity: &Identity,
        path: &[&str],
    ) -> Result<Option<(String, Secret)>, SignInError> {
        let Some(serial) = identity.compared(path) else {
            return Ok(None);
        };
        let code = self.ask_for_code(identity, serial)?;
        Ok(Some((serial.to_owned(), code)))
    }

    /// Asks the person for a code of their device.
    fn ask_for_code(&self, identity: &Identity, device: &str) -> Result<Secret, SignInError> {
        let what = || format!("an MFA code for \"{}\"", identity.name.written);
        if !self.may_ask {
            return Err(SignInError::NeedsPerson { what: what() });
        }
        let question = Question::MfaCode {
            identity: &identity.name.written,
            device,
        };
        let code = self.person.ask(question);
        let code = code.map_err(|why| SignInError::Unanswered { what: what(), why })?;
        let is_code = |text: &str| text.len() == 6 && text.bytes().all(|b| b.is_ascii_digit());
        if !is_code(code.expose().trim()) {
            return Err(SignInError::Unusable {
                what: what(),
                why: "it has six digits".to_owned(),
            });
        }
        Ok(code)
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

    /// A failure of STS, with what is known to be behind it.
    pub(super) fn sts_failure(
        &self,
        what: String,
        source: CallError,
        region: &str,
        arn: Option<&str>,
    ) -> SignInError {
        let partition = || {
            let arn = arn?;
            let own = arn.split(':').nth(1).unwrap_or_default();
            let other = partition_of(region);
            (own != other).then(|| {
                format!(
                    "the role is in partition {own}, and {region} is a region of {other}: set \
                     `principal.region`"
                )
            })
        };
        let code = match &source {
            CallError::Refused { code, .. } => code.as_str(),
            _ => "",
        };
        let by_code = match code {
            "AccessDenied" => Some(
                "the role's trust policy has to let this identity in; check external id and MFA \
                 too",
            ),
            "InvalidClientTokenId" | "UnrecognizedClientException" => {
                Some("AWS does not know these keys: they were deleted, or are another partition's")
            }
            "ExpiredToken" | "ExpiredTokenException" => {
                Some("what it is assumed with has ended: sign in anew with --force")
            }
            "RegionDisabledException" => {
                Some("STS is switched off in this region; choose another one in `principal.region`")
            }
            "IDPRejectedClaim" | "InvalidIdentityToken" => {
                Some("the identity provider's answer is not accepted, or has ended: get a new one")
            }
            _ => None,
        };
        let hint = self
            .explain_clock()
            .or_else(partition)
            .or_else(|| by_code.map(str::to_owned));
        SignInError::Call {
            what,
            source: Box::new(source),
            hint,
        }
    }
}

/// The keys in an answer of STS.
fn read_answer(
    address: &Address,
    credentials: Option<&Credentials>,
    arn: Option<String>,
) -> Result<Handed, CallError> {
    let keys = credentials.and_then(|keys| {
        RoleKeys::of_answer(
            keys.access_key_id(),
            keys.secret_access_key(),
            Some(keys.session_token()),
            Timestamp::from_second(keys.expiration().secs()).ok(),
        )
    });
    let keys = keys.ok_or_else(|| CallError::NotUnderstood {
        host: address.host().to_owned(),
        status: 200,
        problem: "there are no keys in it",
    })?;
    Ok(Handed { keys, arn })
}

/// Whether a failure is about how long a session was wished to be.
fn is_about_duration(error: &SignInError) -> bool {
    let SignInError::Call { source, .. } = error else {
        return false;
    };
    matches!(&**source, CallError::Refused { code, description, .. }
        if code == "ValidationError" && description.contains("DurationSeconds"))
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

/// A region of an ARN's partition.
fn default_region(arn: &str) -> &'static str {
    match arn.split(':').nth(1) {
        Some("aws-cn") => "cn-north-1",
        Some("aws-us-gov") => "us-gov-west-1",
        Some("aws-eusc") => "eusc-de-east-1",
        _ => "us-east-1",
    }
}

/// The partition of a region.
fn partition_of(region: &str) -> &'static str {
    match region.split('-').next() {
        Some("cn") => "aws-cn",
        Some("eusc") => "aws-eusc",
        Some("us") if region.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    }
}
