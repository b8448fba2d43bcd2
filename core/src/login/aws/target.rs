//! Which portal is meant: by a provider of `atmos.yaml`, or by a session or profile of the AWS CLI.

use super::SignInError;
use super::aws_config::{AwsConfig, Section};
use super::session_files::Session;
use crate::atmos::config::{Provider, ProviderKind};

/// The permission that a client asks for where nothing else is configured.
const SCOPE: &str = "sso:account:access";

/// A portal to sign in at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortalTarget {
    /// What people call it: a provider, a session or a profile.
    pub name: String,
    /// The start page, exactly as configured.
    pub start_url: String,
    /// The portal's own region.
    pub region: String,
    /// The name of its session in `~/.aws/config`, if it has one there.
    pub session_name: Option<String>,
    /// The scopes that are asked for.
    pub scopes: Vec<String>,
    /// The server that the configuration names instead of AWS's own.
    pub endpoint_url: Option<String>,
    /// Whether Atmos signs in there too, and looks for the session in its own cache.
    pub is_of_atmos: bool,
}

impl PortalTarget {
    /// The portal of a provider of `atmos.yaml`.
    pub(super) fn of_provider(
        provider: &Provider,
        config: &AwsConfig,
    ) -> Result<Self, SignInError> {
        let name = provider.name.written.clone();
        let lacks = |key: &str| SignInError::Configuration {
            entry: format!("provider \"{name}\""),
            problem: format!("`{key}` is missing"),
        };
        if provider.kind != ProviderKind::AwsIdentityCenter {
            return Err(SignInError::NotAws {
                identity: name,
                kind: provider.kind.id().to_owned(),
            });
        }
        let start_url = provider
            .portal_address()
            .ok_or_else(|| lacks("start_url"))?;
        let region = provider.region().ok_or_else(|| lacks("region"))?;
        let mut sessions = config.sessions();
        let session = sessions.find(|(_, section)| {
            let page = section.text("sso_start_url").unwrap_or_default();
            is_same_page(&page, start_url) && section.text("sso_region").as_deref() == Some(region)
        });
        let (session_name, scopes) = match session {
            Some((session, section)) => (Some(session.to_owned()), read_scopes(section)),
            None => (None, vec![SCOPE.to_owned()]),
        };
        Ok(Self {
            name,
            start_url: start_url.to_owned(),
            region: region.to_owned(),
            session_name,
            scopes,
            endpoint_url: provider.endpoint_url().map(str::to_owned),
            is_of_atmos: true,
        })
    }

    /// The portal of a session or a profile of `~/.aws/config`.
    pub(super) fn of_aws_config(
        name: &str,
        config: &AwsConfig,
    ) -> Option<Result<Self, SignInError>> {
        match config.session(name) {
            Some(session) => Some(Self::of_section(name, Some(name), session)),
            None => Self::of_profile(name, config),
        }
    }

    /// The portal of a profile of `~/.aws/config`: of the session that it names, else its own.
    pub(super) fn of_profile(name: &str, config: &AwsConfig) -> Option<Result<Self, SignInError>> {
        let profile = config.profile(name)?;
        let Some(session) = profile.text("sso_session") else {
            return Some(Self::of_section(name, None, profile));
        };
        let broken = |problem: String| {
            Some(Err(SignInError::Configuration {
                entry: format!("profile \"{name}\" in ~/.aws/config"),
                problem,
            }))
        };
        let Some(section) = config.session(&session) else {
            return broken(format!("there is no `[sso-session {session}]`"));
        };
        // The AWS CLI refuses what contradicts itself.
        for key in ["sso_start_url", "sso_region"] {
            let (own, of_session) = (profile.text(key), section.text(key));
            if own.is_some() && own != of_session {
                return broken(format!("its `{key}` is not that of its session"));
            }
        }
        Some(Self::of_section(name, Some(&session), section))
    }

    fn of_section(
        name: &str,
        session_name: Option<&str>,
        section: Section<'_>,
    ) -> Result<Self, SignInError> {
        let read = |key: &str| {
            section.text(key).ok_or_else(|| SignInError::Configuration {
                entry: format!("\"{name}\" in ~/.aws/config"),
                problem: format!("it has no `{key}`"),
            })
        };
        Ok(Self {
            name: name.to_owned(),
            start_url: read("sso_start_url")?,
            region: read("sso_region")?,
            session_name: session_name.map(str::to_owned),
            scopes: read_scopes(section),
            endpoint_url: None,
            is_of_atmos: false,
        })
    }

    /// Whether a session is this portal's.
    pub(super) fn is_of(&self, session: &Session) -> bool {
        is_same_page(&session.start_url, &self.start_url) && session.region == self.region
    }
}

fn read_scopes(section: Section<'_>) -> Vec<String> {
    let scopes = section.text("sso_registration_scopes").unwrap_or_default();
    let scopes = scopes.split(',').map(str::trim);
    let scopes: Vec<String> = scopes
        .filter(|scope| !scope.is_empty())
        .map(str::to_owned)
        .collect();
    if scopes.is_empty() {
        return vec![SCOPE.to_owned()];
    }
    scopes
}

/// A start page is one portal's, however its end and its case are written.
fn is_same_page(one: &str, other: &str) -> bool {
    let normalize = |page: &str| {
        page.trim()
            .trim_end_matches(['/', '#'])
            .to_ascii_lowercase()
    };
    normalize(one) == normalize(other)
}
