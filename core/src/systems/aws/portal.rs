//! Sessions of AWS IAM Identity Center portals: Atmos's session files and the AWS CLI's.
//!
//! Sources: Atmos `pkg/auth/providers/aws/sso_session.go`; AWS CLI `awscli/customizations/sso`.

use serde_json::Value;
use sha1::{Digest as _, Sha1};

use super::endpoint::portal_endpoint;
use crate::files::RootedPath;
use crate::inventory::{Artefact, Class, Problem, Revocation, Sealed, State, Subject, Tie};
use crate::roster::Portal;
use crate::secret::Secret;
use crate::systems::System;
use crate::systems::survey::{
    ClientRegistration, Findings, Lookup, Reach, Survey, Tidy, json_object, timestamp, whole_file,
};

pub(super) fn lookups<'a>(survey: &Survey<'a>) -> Vec<Lookup<'a>> {
    let cache = survey.below(&survey.world.atmos_cache_root());
    let mut lookups: Vec<Lookup<'a>> = cache
        .join("aws-sso")
        .map(|directory| session_directories(*survey, directory))
        .into_iter()
        .collect();
    lookups.extend(
        cache
            .join("auth")
            .map(|directory| provisioned(*survey, directory)),
    );
    lookups.extend(
        survey
            .in_home(".aws/sso/cache")
            .map(|directory| cli_tokens(*survey, directory)),
    );
    lookups
}

/// `{cache}/aws-sso`: `sessions/<sha1>.json`, and `<provider>/token.json` of earlier releases.
fn session_directories(survey: Survey<'_>, directory: RootedPath) -> Lookup<'_> {
    Lookup::each(directory, Tidy::default(), move |entry, path| {
        entry
            .may_be_directory()
            .then(|| session_files(survey, path))
    })
}

fn session_files(survey: Survey<'_>, directory: RootedPath) -> Lookup<'_> {
    Lookup::each(directory, Tidy::default(), move |entry, file| {
        entry.is_json_file().then(|| {
            Lookup::read(file, move |file, bytes, findings| {
                session_file(&survey, file, bytes, findings);
            })
        })
    })
}

/// The name of a portal's session file.
pub(super) fn session_file_name(portal: &Portal) -> String {
    let digest = Sha1::digest(format!("{}|{}", portal.start_url, portal.region));
    format!("{}.json", hex(&digest))
}

pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

fn session_file(survey: &Survey<'_>, file: &RootedPath, bytes: &[u8], findings: &mut Findings<'_>) {
    let session = Session::parse(bytes);
    let subject = subject(survey, session.as_ref(), file);
    if subject.orphan.is_some() && survey.reach == Reach::Configured {
        return;
    }
    report_session(
        survey,
        file,
        session,
        subject,
        Tie::Own,
        "portal session",
        findings,
    );
}

/// Whose a session is: the providers of its portal. A broken file is known by its name.
fn subject(survey: &Survey<'_>, session: Option<&Session>, file: &RootedPath) -> Subject {
    let by_content = session
        .and_then(|session| Some((session.start_url.as_deref()?, session.region.as_deref()?)))
        .map(|(start_url, region)| survey.roster.providers_at(start_url, Some(region)))
        .unwrap_or_default();
    let providers = if by_content.is_empty() {
        by_name(survey, file)
    } else {
        by_content
    };
    if providers.is_empty() {
        let name = session.and_then(|session| session.start_url.clone());
        return Subject::orphan(name.unwrap_or_else(|| "unknown portal".to_owned()));
    }
    Subject::providers(providers)
}

fn by_name(survey: &Survey<'_>, file: &RootedPath) -> Vec<String> {
    let name = file.file_name().unwrap_or_default();
    let parent = file
        .parent()
        .and_then(|parent| parent.file_name().map(str::to_lowercase));
    survey
        .roster
        .providers()
        .iter()
        .filter(|provider| {
            let portal = provider.portal.as_ref();
            portal.is_some_and(|portal| session_file_name(portal) == name)
                || (name == "token.json" && parent.as_ref() == Some(&provider.key))
        })
        .map(|provider| provider.key.clone())
        .collect()
}

/// What a session file of Atmos or the AWS CLI says; the keys are the AWS SDK's.
struct Session {
    access_token: Option<Secret>,
    has_client_secret: bool,
    has_refresh_token: bool,
    start_url: Option<String>,
    region: Option<String>,
    client_id: Option<String>,
    expires_at: Option<jiff::Timestamp>,
}

impl Session {
    fn parse(bytes: &[u8]) -> Option<Self> {
        let mut object = json_object(bytes)?;
        let mut text = |key: &str| match object.remove(key) {
            Some(Value::String(text)) if !text.is_empty() => Some(text),
            _ => None,
        };
        Some(Self {
            access_token: text("accessToken").map(Secret::new),
            has_client_secret: text("clientSecret").map(Secret::new).is_some(),
            has_refresh_token: text("refreshToken").map(Secret::new).is_some(),
            start_url: text("startUrl"),
            region: text("region"),
            client_id: text("clientId"),
            expires_at: text("expiresAt").and_then(|text| timestamp(&text)),
        })
    }
}

fn report_session(
    survey: &Survey<'_>,
    file: &RootedPath,
    session: Option<Session>,
    subject: Subject,
    tie: Tie,
    what: &'static str,
    findings: &mut Findings<'_>,
) {
    let base = Artefact {
        tie,
        ..whole_file(System::Aws, file, subject, what)
    };
    let Some(session) = session else {
        findings.artefact(Artefact {
            state: State::Unknown,
            ..base
        });
        return;
    };
    let state = survey.state_at(session.expires_at);
    let renewable = session.has_refresh_token && session.has_client_secret;
    let token = session.access_token.and_then(|secret| {
        let region = session.region.clone()?;
        let revocation = revocation(
            survey,
            &base.subject,
            session.start_url.as_deref(),
            &region,
            false,
        )?;
        let providers = &base.subject.providers;
        Some(findings.token(
            secret,
            System::Aws,
            revocation,
            session.expires_at,
            providers,
        ))
    });
    if let Some(client) = session.client_id {
        let known = findings.notes.client_ids.entry(client).or_default();
        known.extend(base.subject.providers.iter().cloned());
    }
    findings.artefact(Artefact {
        // A refresh token makes a new access token long after the old one has ended.
        state: if renewable && state == State::Expired {
            State::Live
        } else {
            state
        },
        expires_at: session
            .expires_at
            .filter(|_| !(renewable && state == State::Expired)),
        class: Class::Session,
        sealed: (token.is_none() || state != State::Live)
            .then_some(Sealed::NoToken)
            .filter(|_| renewable || state == State::Live),
        token: token.filter(|_| state == State::Live),
        ..base
    });
}

/// How a portal's session is ended. The token's own region decides the host.
pub(in crate::systems) fn revocation(
    survey: &Survey<'_>,
    subject: &Subject,
    start_url: Option<&str>,
    region: &str,
    is_region_guessed: bool,
) -> Option<Revocation> {
    let configured = subject
        .providers
        .iter()
        .find_map(|key| survey.configuration.auth.provider(key)?.endpoint_url());
    let (endpoint, instead) = portal_endpoint(survey.world, configured, region)?;
    Some(Revocation::SsoPortal {
        endpoint,
        instead,
        region: region.to_owned(),
        is_region_guessed,
        start_url: start_url.map(str::to_owned),
    })
}

/// `{cache}/auth/<provider>/provisioned-identities.yaml`.
fn provisioned(survey: Survey<'_>, directory: RootedPath) -> Lookup<'_> {
    Lookup::each(directory, Tidy::default(), move |entry, path| {
        let subject = survey.owner(&entry.name.to_lowercase())?;
        entry
            .may_be_directory()
            .then(|| provisioned_of(path, subject))
    })
}

fn provisioned_of<'a>(directory: RootedPath, subject: Subject) -> Lookup<'a> {
    const NAMES: &[&str] = &["provisioned-identities.yaml"];
    let tidy = Tidy::of(subject.clone());
    Lookup::named(directory, tidy, NAMES, move |_, file| {
        Lookup::found(Artefact {
            state: State::Residue,
            ..whole_file(
                System::Aws,
                &file,
                subject.clone(),
                "provisioned identities",
            )
        })
    })
}

/// `~/.aws/sso/cache`: tokens of the AWS CLI and of other tools, and their client registrations.
fn cli_tokens(survey: Survey<'_>, directory: RootedPath) -> Lookup<'_> {
    Lookup::listed(directory, None, move |directory, entries| {
        let tokens = entries.iter().filter(|entry| entry.is_json_file());
        tokens
            .filter_map(|entry| directory.join(&entry.name))
            .map(|file| {
                Lookup::read(file, move |file, bytes, findings| {
                    cli_token(&survey, file, bytes, findings);
                })
            })
            // Only when all tokens are known is it known whose the registrations are.
            .chain([Lookup::say(move |findings| {
                for registration in std::mem::take(&mut findings.notes.registrations) {
                    client_registration(&survey, &registration, findings);
                }
            })])
            .collect()
    })
}

fn cli_token(survey: &Survey<'_>, file: &RootedPath, bytes: &[u8], findings: &mut Findings<'_>) {
    let Some(session) = Session::parse(bytes) else {
        findings.problem(Problem {
            location: file.to_path().display().to_string(),
            message: "it is not a JSON object, so whose token it holds is not known".to_owned(),
            hint: None,
            hides: survey.reach == Reach::Machine,
        });
        return;
    };
    if session.access_token.is_none() {
        if session.has_client_secret {
            findings.notes.registrations.push(ClientRegistration {
                file: file.clone(),
                client_id: session.client_id,
                start_url: session.start_url,
                expires_at: session.expires_at,
            });
        }
        return;
    }
    let providers = session
        .start_url
        .as_deref()
        .map(|url| survey.roster.providers_at(url, session.region.as_deref()))
        .unwrap_or_default();
    let Some(subject) = whose(survey, providers, || {
        session
            .start_url
            .clone()
            .unwrap_or_else(|| "unknown portal".to_owned())
    }) else {
        return;
    };
    let what = "AWS CLI portal token";
    report_session(
        survey,
        file,
        Some(session),
        subject,
        Tie::ForeignCopy,
        what,
        findings,
    );
}

/// The providers, else an orphan if the whole machine is looked at.
fn whose(
    survey: &Survey<'_>,
    providers: Vec<String>,
    orphan: impl FnOnce() -> String,
) -> Option<Subject> {
    if !providers.is_empty() {
        return Some(Subject::providers(providers));
    }
    (survey.reach == Reach::Machine).then(|| Subject::orphan(orphan()))
}

/// A client registration is worthless by itself, but it renews tokens: it goes with its portal's.
fn client_registration(
    survey: &Survey<'_>,
    registration: &ClientRegistration,
    findings: &mut Findings<'_>,
) {
    let by_page = registration
        .start_url
        .as_deref()
        .map(|url| survey.roster.providers_at(url, None));
    let by_client = registration
        .client_id
        .as_ref()
        .and_then(|id| findings.notes.client_ids.get(id));
    let providers = by_page
        .filter(|providers| !providers.is_empty())
        .or_else(|| by_client.cloned())
        .unwrap_or_default();
    let what = "AWS CLI client registration";
    let Some(subject) = whose(survey, providers, || what.to_owned()) else {
        return;
    };
    findings.artefact(Artefact {
        state: State::Residue,
        expires_at: registration.expires_at,
        tie: Tie::ForeignCopy,
        ..whole_file(System::Aws, &registration.file, subject, what)
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn session_file_names_are_what_a_running_atmos_wrote() {
        let portal = |start_url: &str, region: &str| Portal {
            start_url: start_url.to_owned(),
            region: region.to_owned(),
        };
        assert_eq!(
            session_file_name(&portal(
                "https://meridian.awsapps.com/start",
                "eu-central-1"
            )),
            "9a97e268d778e022b3df9ed3d603030292662474.json"
        );
        assert_eq!(
            session_file_name(&portal("https://harbor.awsapps.com/start", "us-west-2")),
            "5e262d397ef2808f5ef482720c9ab1cc24cc3980.json"
        );
    }
}
