//! The calls of STS that hand out keys, with a code of an MFA device where they need one.
//!
//! Source: AWS STS API Reference.

use aws_sdk_sts::types::{AssumedRoleUser, Credentials, Tag};
use jiff::Timestamp;

use super::client::build_sts;
use super::person::Question;
use super::saml::SamlAnswer;
use super::{RoleKeys, SignIn, SignInError};
use crate::io::net::{Address, CallError, sdk_failure};
use crate::secret::Secret;

/// The longest session of a role whose keys come from a role, in seconds.
const LONGEST_CHAINED: u64 = 3600;

/// The bounds of a role's session, in seconds.
const ROLE: (u64, u64) = (900, 43_200);

/// How often a code is asked for that was typed wrong.
const CODES: usize = 3;

/// What a role is assumed with.
pub(super) enum Upstream {
    /// Keys, and whether they are a role's.
    Keys(RoleKeys, bool),
    WebToken(Secret),
    Saml(SamlAnswer),
}

/// A role, and how its session shall be.
pub(super) struct RoleRequest {
    /// Who wants it, for people.
    pub(super) name: String,
    pub(super) arn: String,
    pub(super) session_name: String,
    pub(super) seconds: Option<u64>,
    pub(super) external_id: Option<String>,
    pub(super) source_identity: Option<String>,
    pub(super) tags: Option<Vec<Tag>>,
    /// The device that a code is needed of.
    pub(super) mfa_serial: Option<String>,
}

/// What STS handed out.
pub(super) struct Handed {
    pub(super) keys: RoleKeys,
    /// Who they are: the ARN and the id.
    pub(super) arn: Option<String>,
    pub(super) user_id: Option<String>,
}

/// A device with a code of it.
type Code<'c> = Option<(&'c str, &'c Secret)>;

impl SignIn<'_> {
    /// The keys of a role; for an hour, where it allows no session as long as is wished.
    pub(super) fn assume(
        &self,
        role: &RoleRequest,
        upstream: &Upstream,
        address: &Address,
        region: &str,
    ) -> Result<Handed, SignInError> {
        let wanted = role.seconds.map(|wanted| wanted.clamp(ROLE.0, ROLE.1));
        let (wanted, is_cut) = match (upstream, wanted) {
            // AWS refuses more, whatever the role allows.
            (Upstream::Keys(_, true), Some(wanted)) if wanted > LONGEST_CHAINED => {
                (Some(LONGEST_CHAINED), true)
            }
            (_, wanted) => (wanted, false),
        };
        if is_cut {
            self.person.note(&format!(
                "a role that is assumed with a role's keys lasts an hour at most: \"{}\"",
                role.name
            ));
        }
        self.with_code(&role.name, role.mfa_serial.as_deref(), &|code| {
            let call = |seconds| {
                let answer = self.call_assume_role(role, upstream, address, region, seconds, code);
                answer.map_err(|source| {
                    let what = format!("assuming {} for \"{}\"", role.arn, role.name);
                    self.sts_failure(what, source, region, Some(&role.arn))
                })
            };
            match call(wanted) {
                Err(error)
                    if wanted.is_some_and(|wanted| wanted > 3600) && is_about_duration(&error) =>
                {
                    self.person.note(&format!(
                        "the role of \"{}\" does not allow sessions of {} s; it was assumed for an \
                         hour",
                        role.name,
                        wanted.unwrap_or_default()
                    ));
                    call(Some(3600))
                }
                result => result,
            }
        })
    }

    fn call_assume_role(
        &self,
        role: &RoleRequest,
        upstream: &Upstream,
        address: &Address,
        region: &str,
        seconds: Option<u64>,
        code: Code<'_>,
    ) -> Result<Handed, CallError> {
        let seconds = seconds.and_then(|seconds| i32::try_from(seconds).ok());
        let RoleRequest {
            arn, session_name, ..
        } = role;
        match upstream {
            Upstream::Keys(keys, _) => self.network.run(address.host(), async |http| {
                let client = build_sts(http, address, region, Some(keys));
                let mut call = client
                    .assume_role()
                    .role_arn(arn)
                    .role_session_name(session_name)
                    .set_duration_seconds(seconds)
                    .set_external_id(role.external_id.clone())
                    .set_source_identity(role.source_identity.clone())
                    .set_tags(role.tags.clone());
                if let Some((serial, code)) = code {
                    call = call.serial_number(serial).token_code(code.expose().trim());
                }
                let answer = call.send().await;
                let answer =
                    answer.map_err(|error| sdk_failure(address, &error, &keys.secrets()))?;
                read_answer(address, answer.credentials(), answer.assumed_role_user())
            }),
            Upstream::WebToken(token) => self.network.run(address.host(), async |http| {
                let client = build_sts(http, address, region, None);
                let call = client
                    .assume_role_with_web_identity()
                    .role_arn(arn)
                    .role_session_name(session_name)
                    .web_identity_token(token.expose())
                    .set_duration_seconds(seconds);
                let answer = call.send().await;
                let answer = answer.map_err(|error| sdk_failure(address, &error, &[token]))?;
                read_answer(address, answer.credentials(), answer.assumed_role_user())
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
                read_answer(address, answer.credentials(), answer.assumed_role_user())
            }),
        }
    }

    /// A session of an IAM user's own keys.
    pub(super) fn session_of_keys(
        &self,
        name: &str,
        keys: &RoleKeys,
        serial: Option<&str>,
        seconds: u64,
        address: &Address,
        region: &str,
    ) -> Result<RoleKeys, SignInError> {
        self.with_code(name, serial, &|code| {
            let answer = self.network.run(address.host(), async |http| {
                let client = build_sts(http, address, region, Some(keys));
                let mut call = client
                    .get_session_token()
                    .set_duration_seconds(i32::try_from(seconds).ok());
                if let Some((serial, code)) = code {
                    call = call.serial_number(serial).token_code(code.expose().trim());
                }
                let answer = call.send().await;
                let answer =
                    answer.map_err(|error| sdk_failure(address, &error, &keys.secrets()))?;
                read_answer(address, answer.credentials(), None)
            });
            let handed = answer.map_err(|source| {
                let what = format!("getting a session for \"{name}\"");
                self.sts_failure(what, source, region, None)
            })?;
            Ok(handed.keys)
        })
    }

    /// Makes a call with a code of a device, where one is named. A code that was typed wrong is asked
    /// for again.
    fn with_code<T>(
        &self,
        name: &str,
        serial: Option<&str>,
        call: &dyn Fn(Code<'_>) -> Result<T, SignInError>,
    ) -> Result<T, SignInError> {
        let Some(serial) = serial else {
            return call(None);
        };
        for _ in 1..CODES {
            let (code, is_typed) = self.code_of(name, serial)?;
            match call(Some((serial, &code))) {
                Err(error) if is_typed && is_about_code(&error) => self.person.note(&format!(
                    "AWS did not take this code of {serial}: it was mistyped, or used before"
                )),
                result => return result,
            }
        }
        let (code, _) = self.code_of(name, serial)?;
        call(Some((serial, &code)))
    }

    /// A code of a device: made of its seed where that is kept, else asked for; whether the person
    /// typed it.
    fn code_of(&self, name: &str, device: &str) -> Result<(Secret, bool), SignInError> {
        if let Some(seed) = self.memory.seed(device) {
            return Ok((seed.code_at(self.server_now()), false));
        }
        let what = || format!("an MFA code for \"{name}\"");
        if !self.may_ask {
            return Err(SignInError::NeedsPerson { what: what() });
        }
        let question = Question::MfaCode {
            identity: name,
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
        Ok((code, true))
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
        let is_mfa = |words: &str| match &source {
            CallError::Refused { description, .. } => {
                description.contains(&format!("MultiFactorAuthentication {words}"))
            }
            _ => false,
        };
        let by_code = match code {
            "AccessDenied" if is_mfa("failed with invalid MFA one time pass code") => Some(
                "the MFA code was mistyped or used before: take the next one; if it is always so, check \
                 the clock",
            ),
            "AccessDenied" if is_mfa("failed") => {
                Some("check the serial number of the MFA device, and whose it is")
            }
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
pub(super) fn read_answer(
    address: &Address,
    credentials: Option<&Credentials>,
    user: Option<&AssumedRoleUser>,
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
    Ok(Handed {
        keys,
        arn: user.map(|user| user.arn().to_owned()),
        user_id: user.map(|user| user.assumed_role_id().to_owned()),
    })
}

/// Whether a failure is about how long a session was wished to be.
fn is_about_duration(error: &SignInError) -> bool {
    let SignInError::Call { source, .. } = error else {
        return false;
    };
    matches!(&**source, CallError::Refused { code, description, .. }
        if code == "ValidationError" && description.contains("DurationSeconds"))
}

/// Whether a failure is about the code of an MFA device.
fn is_about_code(error: &SignInError) -> bool {
    let SignInError::Call { source, .. } = error else {
        return false;
    };
    matches!(&**source, CallError::Refused { description, .. }
        if description.contains("invalid MFA one time pass code"))
}

/// A region of an ARN's partition.
pub(super) fn default_region(arn: &str) -> &'static str {
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
