//! Keys that the machine hands out: in variables, by the profile in effect, of a container, of an instance.
//!
//! Sources: AWS SDKs and Tools Reference Guide, "Container credential provider", "IMDS credential
//! provider"; Atmos `pkg/auth/identities/aws/ambient.go`.

use std::time::Duration;

use serde::Deserialize;

use super::{RoleKeys, SignIn, SignInError};
use crate::atmos::config::Identity;
use crate::io::net::{Address, CallError, Http};
use crate::secret::Secret;
use crate::systems::discovery::parse_timestamp;

/// How long the machine's own services may take: elsewhere nobody answers at their addresses.
const PATIENCE: Duration = Duration::from_secs(2);

/// Where an instance's keys are, and a container's.
const INSTANCE: &str = "http://169.254.169.254";
const CONTAINER: &str = "http://169.254.170.2";

/// What both services answer.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Issued {
    access_key_id: String,
    secret_access_key: String,
    token: String,
    expiration: String,
}

impl SignIn<'_> {
    /// The keys that the environment has for an identity: of variables, else of the profile in effect,
    /// else of the container or the instance.
    pub(super) fn ambient_keys(&self, identity: &Identity) -> Result<RoleKeys, SignInError> {
        let keys = self.find_ambient_keys()?;
        Ok(RoleKeys {
            region: self.region_of(identity).map(str::to_owned),
            ..keys
        })
    }

    fn find_ambient_keys(&self) -> Result<RoleKeys, SignInError> {
        if let Ok(keys) = self.keys_of_variables() {
            return Ok(keys);
        }
        let named = self
            .variable("AWS_PROFILE")
            .or_else(|| self.variable("AWS_DEFAULT_PROFILE"));
        let profile = named.unwrap_or("default");
        if named.is_some() || self.has_profile(profile)? {
            match self.keys_of_profile(profile) {
                // Settings without keys are no source.
                Err(SignInError::Configuration { .. }) if named.is_none() => {}
                result => return result,
            }
        }
        let is_in_container = [
            "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
            "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        ]
        .iter()
        .any(|name| self.variable(name).is_some());
        if is_in_container {
            return self.keys_of_container();
        }
        self.keys_of_instance().map_err(|_| SignInError::Unusable {
            what: "the environment".to_owned(),
            why: "it has no AWS keys: neither variables, nor a profile in ~/.aws, nor a container or \
                  an instance with a role"
                .to_owned(),
        })
    }

    /// The keys in the environment's variables.
    pub(super) fn keys_of_variables(&self) -> Result<RoleKeys, SignInError> {
        let of_variables = || {
            RoleKeys::of_answer(
                self.variable("AWS_ACCESS_KEY_ID")?,
                self.variable("AWS_SECRET_ACCESS_KEY")?,
                self.variable("AWS_SESSION_TOKEN"),
                self.variable("AWS_CREDENTIAL_EXPIRATION")
                    .and_then(|end| end.parse().ok()),
            )
        };
        of_variables().ok_or_else(|| SignInError::Unusable {
            what: "the environment".to_owned(),
            why: "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set".to_owned(),
        })
    }

    /// The keys of this container's role. Where they are asked for is said by variables only.
    pub(super) fn keys_of_container(&self) -> Result<RoleKeys, SignInError> {
        let what = "asking this container's service for keys";
        let whole = match self.variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") {
            Some(path) => Some(format!("{CONTAINER}{path}")),
            None => self
                .variable("AWS_CONTAINER_CREDENTIALS_FULL_URI")
                .map(str::to_owned),
        };
        let whole = whole.ok_or_else(|| SignInError::Unusable {
            what: "this container".to_owned(),
            why: "no variable names a service with keys".to_owned(),
        })?;
        let token = match self.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") {
            Some(file) => Some(self.read_token(self.world.working_directory.join(file).as_path())?),
            None => self
                .variable("AWS_CONTAINER_AUTHORIZATION_TOKEN")
                .map(|token| Secret::new(token.to_owned())),
        };
        let answer = Address::parse_local_service(&whole).and_then(|(address, path)| {
            let network = self.network.clone().with_limit(PATIENCE);
            network.run(address.host(), async |http| {
                let token = token.iter().map(|token| ("Authorization", token));
                let headers: Vec<_> = token.collect();
                let answer = http.ask_local_service(false, &address, &path, &headers);
                let answer = answer.await?;
                to_keys(&address, &answer.document()?)
            })
        });
        answer.map_err(|source| failure(what, source))
    }

    /// The keys of this machine's instance.
    pub(super) fn keys_of_instance(&self) -> Result<RoleKeys, SignInError> {
        let what = "asking this instance's service for keys";
        let is_off = self
            .variable("AWS_EC2_METADATA_DISABLED")
            .is_some_and(|value| value.eq_ignore_ascii_case("true"));
        if is_off {
            return Err(SignInError::Unusable {
                what: "this instance".to_owned(),
                why: "AWS_EC2_METADATA_DISABLED is set".to_owned(),
            });
        }
        let own = self.aws_config()?.setting("ec2_metadata_service_endpoint");
        let named = self
            .variable("AWS_EC2_METADATA_SERVICE_ENDPOINT")
            .map(str::to_owned)
            .or(own);
        let whole = named.unwrap_or_else(|| INSTANCE.to_owned());
        let answer = Address::parse_local_service(&whole).and_then(|(address, _)| {
            let network = self.network.clone().with_limit(PATIENCE);
            network.run(address.host(), async |http| {
                ask_instance(http, &address).await
            })
        });
        answer.map_err(|source| failure(what, source))
    }
}

/// The second release of the service: a token first, which only a program on this machine gets.
async fn ask_instance(http: &Http, address: &Address) -> Result<RoleKeys, CallError> {
    const ROLES: &str = "/latest/meta-data/iam/security-credentials/";
    let life = Secret::new("60".to_owned());
    let headers = [("X-aws-ec2-metadata-token-ttl-seconds", &life)];
    let answer = http.ask_local_service(true, address, "/latest/api/token", &headers);
    let answer = answer.await?;
    let not_understood = |problem| CallError::NotUnderstood {
        host: address.host().to_owned(),
        status: 200,
        problem,
    };
    let token = String::from_utf8(answer.body.to_vec())
        .map(Secret::new)
        .map_err(|_| not_understood("there is no token in it"))?;
    let headers = [("X-aws-ec2-metadata-token", &token)];
    let get = async |path: &str| {
        let answer = http.ask_local_service(false, address, path, &headers);
        answer.await
    };
    let roles = get(ROLES).await?;
    let roles = String::from_utf8_lossy(&roles.body).into_owned();
    let is_of_role = |c: char| c.is_ascii_alphanumeric() || "+=,.@_-".contains(c);
    let role = roles.lines().next().map(str::trim).unwrap_or_default();
    if role.is_empty() || !role.chars().all(is_of_role) {
        return Err(not_understood("it names no role"));
    }
    let keys = get(&format!("{ROLES}{role}")).await?;
    to_keys(address, &keys.document()?)
}

fn to_keys(address: &Address, issued: &Issued) -> Result<RoleKeys, CallError> {
    let keys = RoleKeys::of_answer(
        &issued.access_key_id,
        &issued.secret_access_key,
        Some(&issued.token),
        parse_timestamp(&issued.expiration),
    );
    keys.ok_or_else(|| CallError::NotUnderstood {
        host: address.host().to_owned(),
        status: 200,
        problem: "there are no keys in it",
    })
}

fn failure(what: &str, source: CallError) -> SignInError {
    SignInError::Call {
        what: what.to_owned(),
        source: Box::new(source),
        hint: None,
    }
}
