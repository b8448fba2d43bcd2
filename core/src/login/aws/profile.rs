//! Keys of the AWS CLI's profiles: by the same sources, in the same order and with the same files as the AWS
//! CLI itself, so that each uses what the other has signed in.
//!
//! Source: botocore `credentials.py`; AWS CLI User Guide, "Using an IAM role in the AWS CLI".

use std::path::Path;

use super::atmos_files::place;
use super::cli_roles::CachedRole;
use super::endpoint::Service;
use super::profiles::{ProfilePortal, ProfileRole, Profiles, Source, With};
use super::roles::{AccountName, PermissionSet};
use super::sts::{RoleRequest, Upstream, default_region};
use super::{RoleKeys, SHORT_SPARE, SPARE, SignIn, SignInError};
use crate::io::net::Network;
use crate::secret::Secret;
use crate::systems::discovery::READ_LIMIT;

/// What a profile's settings say of its keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileFacts {
    /// The region that the profile names.
    pub region: Option<String>,
    /// From whom its keys come, the last first: profiles, and the portal or session at the end.
    pub chain: Vec<String>,
    /// Whether only some programs can get its keys by themselves: a person is asked for a code, or the
    /// keys come from a sign-in that older releases do not know.
    pub needs_help: bool,
    /// The account that its keys are of, if its settings say it.
    pub account: Option<String>,
    /// The role that its keys are of, if its settings name one.
    pub role: Option<String>,
}

impl SignIn<'_> {
    /// The same sign-in with the settings of a profile: its servers and its certificates.
    #[must_use]
    pub fn for_profile(&self, name: &str) -> Self {
        let mut sign_in = self.clone();
        sign_in.profile = Some(name.to_owned());
        let bundle = sign_in.aws_config().ok();
        let bundle = bundle.and_then(|config| config.setting("ca_bundle"));
        if let Some(bundle) = bundle.filter(|_| self.variable("AWS_CA_BUNDLE").is_none()) {
            let network: Network = sign_in.network.clone();
            sign_in.network = network.trusting("ca_bundle of the AWS profile", &bundle);
        }
        sign_in
    }

    /// The names of the AWS CLI's profiles.
    ///
    /// # Errors
    ///
    /// [`SignInError::File`].
    pub fn profile_names(&self) -> Result<Vec<String>, SignInError> {
        Ok(Profiles::read(self.world, self.files)?.names())
    }

    /// Whether there is such a profile, in the settings or with its keys.
    ///
    /// # Errors
    ///
    /// [`SignInError::File`].
    pub fn has_profile(&self, name: &str) -> Result<bool, SignInError> {
        Ok(Profiles::read(self.world, self.files)?.has(name))
    }

    /// Whether a profile's keys are an assumed role's.
    ///
    /// # Errors
    ///
    /// [`SignInError::File`].
    pub fn is_role_profile(&self, name: &str) -> Result<bool, SignInError> {
        let profiles = Profiles::read(self.world, self.files)?;
        Ok(profiles.text(name, "role_arn").is_some())
    }

    /// What a profile's settings say of its keys; nobody is asked.
    ///
    /// # Errors
    ///
    /// [`SignInError::Configuration`] for a profile that has none, or whose chain is broken.
    pub fn profile_facts(&self, name: &str) -> Result<ProfileFacts, SignInError> {
        let profiles = Profiles::read(self.world, self.files)?;
        let mut facts = ProfileFacts {
            region: profiles.text(name, "region"),
            chain: Vec::new(),
            needs_help: false,
            account: None,
            role: None,
        };
        let (mut next, mut has_role) = (name.to_owned(), true);
        loop {
            if facts.chain.contains(&next) && has_role {
                return Err(is_a_ring(name));
            }
            facts.chain.push(next.clone());
            match profiles.source_of(self.world, &next, has_role)? {
                Source::Role(role, with) => {
                    let of_arn = |at: usize| role.arn.splitn(6, ':').nth(at).map(str::to_owned);
                    if facts.role.is_none() {
                        facts.account = of_arn(4);
                        facts.role = of_arn(5)
                            .map(|path| path.rsplit('/').next().unwrap_or_default().to_owned());
                    }
                    facts.needs_help |= role.mfa_serial.is_some();
                    match with {
                        With::Profile(source) => {
                            has_role = counts_as_role(&profiles, &next, &source);
                            if source == next {
                                facts.chain.pop();
                            }
                            next = source;
                        }
                        _ => break,
                    }
                }
                Source::Portal(found) => {
                    if facts.role.is_none() {
                        facts.account = Some(found.account);
                        facts.role = Some(found.role);
                    }
                    let session = found.portal.session_name;
                    facts.chain.push(session.unwrap_or(found.portal.start_url));
                    break;
                }
                Source::Login => {
                    facts.needs_help = true;
                    break;
                }
                Source::Keys(_) | Source::Process(_) => break,
            }
        }
        Ok(facts)
    }

    /// Makes sure that a profile is signed in, and hands out its keys.
    ///
    /// # Errors
    ///
    /// [`SignInError`]; [`SignInError::NeedsPerson`] where only a person can go on and
    /// [`SignIn::may_ask`] is not set.
    pub fn keys_of_profile(&self, name: &str) -> Result<RoleKeys, SignInError> {
        let sign_in = self.for_profile(name);
        let profiles = Profiles::read(self.world, self.files)?;
        let found = sign_in.profile_keys(&profiles, name, true, &mut Vec::new());
        found.map(|(keys, _)| keys)
    }

    /// The keys of a profile that are on disk and last; nothing is asked of anybody.
    ///
    /// # Errors
    ///
    /// [`SignInError`] if the settings are broken or a file cannot be read.
    pub fn cached_profile_keys(&self, name: &str) -> Result<Option<RoleKeys>, SignInError> {
        let profiles = Profiles::read(self.world, self.files)?;
        let region = self.profile_region(&profiles, name);
        let source = profiles.source_of(self.world, name, true)?;
        let is_login = matches!(source, Source::Login);
        let keys = match source {
            Source::Role(role, _) => self.cached_role(&CachedRole::assumed(&role))?,
            Source::Portal(found) => self.cached_role(&of_portal(&found))?,
            Source::Keys(keys) => Some(keys),
            Source::Login => self.kept_login_keys(name)?,
            Source::Process(_) => None,
        };
        // What a browser brings never lasts longer.
        let spare = if is_login { SHORT_SPARE } else { SPARE };
        Ok(keys
            .filter(|keys| keys.lasts(self.world.now(), spare))
            .map(|keys| RoleKeys { region, ..keys }))
    }

    /// The keys of a profile, and whether they are a role's.
    fn profile_keys(
        &self,
        profiles: &Profiles,
        name: &str,
        has_role: bool,
        visited: &mut Vec<String>,
    ) -> Result<(RoleKeys, bool), SignInError> {
        let region = self.profile_region(profiles, name);
        let source = profiles.source_of(self.world, name, has_role)?;
        let is_of_role = matches!(source, Source::Role(..) | Source::Portal(_));
        let keys = match source {
            Source::Keys(keys) => keys,
            Source::Login => self.sign_in_profile(name)?,
            Source::Process(command) => self.keys_of_process(name, &command)?,
            Source::Portal(found) => self.keys_of_profile_portal(name, &found, region.clone())?,
            Source::Role(role, with) => {
                if visited.iter().any(|known| known == name) {
                    return Err(is_a_ring(name));
                }
                visited.push(name.to_owned());
                let file = CachedRole::assumed(&role);
                match self.cached_role(&file)?.filter(|_| !self.force) {
                    Some(keys) if keys.lasts(self.world.now(), SPARE) => keys,
                    _ => {
                        let upstream = match with {
                            With::Profile(source) => {
                                let counts = counts_as_role(profiles, name, &source);
                                let (keys, is_of_role) =
                                    self.profile_keys(profiles, &source, counts, visited)?;
                                Upstream::Keys(keys, is_of_role)
                            }
                            With::Environment => Upstream::Keys(self.keys_of_variables()?, false),
                            With::Instance => Upstream::Keys(self.keys_of_instance()?, true),
                            With::Container => Upstream::Keys(self.keys_of_container()?, true),
                            With::TokenFile(file) => Upstream::WebToken(self.read_token(&file)?),
                        };
                        self.assume_for_profile(name, &role, &upstream, region.as_deref(), &file)?
                    }
                }
            }
        };
        let region = region.or(keys.region);
        Ok((RoleKeys { region, ..keys }, is_of_role))
    }

    /// The region to work in: of the variables, else of the profile.
    fn profile_region(&self, profiles: &Profiles, name: &str) -> Option<String> {
        let own = || profiles.text(name, "region");
        self.region_of_variables().or_else(own)
    }

    fn assume_for_profile(
        &self,
        name: &str,
        role: &ProfileRole,
        upstream: &Upstream,
        region: Option<&str>,
        file: &CachedRole,
    ) -> Result<RoleKeys, SignInError> {
        let region = region.unwrap_or_else(|| default_region(&role.arn));
        let address = self.address_of(Service::Sts, None, region)?;
        let session_name = role
            .session_name
            .clone()
            .unwrap_or_else(|| format!("adieu-session-{}", self.world.now().as_second()));
        let request = RoleRequest {
            name: name.to_owned(),
            arn: role.arn.clone(),
            session_name,
            seconds: role.seconds,
            external_id: role.external_id.clone(),
            source_identity: None,
            tags: None,
            mfa_serial: role.mfa_serial.clone(),
        };
        let handed = self.assume(&request, upstream, &address, region)?;
        let keys = RoleKeys {
            account_id: role.arn.split(':').nth(4).map(str::to_owned),
            arn: handed.arn,
            ..handed.keys
        };
        self.keep_role(file, &keys, handed.user_id.as_deref())?;
        Ok(keys)
    }

    fn keys_of_profile_portal(
        &self,
        name: &str,
        found: &ProfilePortal,
        region: Option<String>,
    ) -> Result<RoleKeys, SignInError> {
        let file = of_portal(found);
        let cached = self.cached_role(&file)?.filter(|_| !self.force);
        if let Some(keys) = cached.filter(|keys| keys.lasts(self.world.now(), SPARE)) {
            return Ok(RoleKeys { region, ..keys });
        }
        let set = PermissionSet {
            name: name.to_owned(),
            portal: found.portal.clone(),
            role: found.role.clone(),
            account: AccountName::Id(found.account.clone()),
            endpoint_url: None,
            region,
        };
        let mut keys = self.keys_of_permission_sets(&[set]);
        let keys = keys.pop().unwrap_or(Err(SignInError::Interrupted))?;
        self.keep_role(&file, &keys, None)?;
        Ok(keys)
    }

    /// The token that a service keeps fresh in a file.
    pub(super) fn read_token(&self, path: &Path) -> Result<Secret, SignInError> {
        let bytes = match place(self.world, path) {
            Some(file) => self.files.read(&file, READ_LIMIT)?,
            None => None,
        };
        let text = bytes.and_then(|bytes| Secret::from_text(bytes).ok());
        let token = text.map(|text| Secret::new(text.expose().trim().to_owned()));
        token
            .filter(|token| !token.expose().is_empty())
            .ok_or_else(|| SignInError::Unusable {
                what: format!("the token in {}", self.world.shorten(path)),
                why: "there is none".to_owned(),
            })
    }

    /// The value of a variable, if it is not empty.
    pub(super) fn variable(&self, name: &str) -> Option<&str> {
        let value = self.world.environment.get(name);
        value.filter(|value| !value.is_empty())
    }
}

/// Whether a profile's own role counts where another role is assumed with its keys: not if it has keys
/// too.
fn counts_as_role(profiles: &Profiles, name: &str, source: &str) -> bool {
    let has_keys = profiles.text(source, "aws_access_key_id").is_some();
    !has_keys && source != name
}

fn of_portal(found: &ProfilePortal) -> CachedRole {
    let portal = &found.portal;
    CachedRole::of_portal(
        &found.account,
        &found.role,
        portal.session_name.as_deref(),
        &portal.start_url,
    )
}

fn is_a_ring(name: &str) -> SignInError {
    SignInError::Configuration {
        entry: format!("profile \"{name}\" in ~/.aws/config"),
        problem: "its `source_profile`s lead in a ring".to_owned(),
    }
}
