//! Google Cloud: what Atmos writes for impersonated service accounts.
//!
//! Source: Atmos `pkg/auth/cloud/gcp/files.go`.

use super::System;
use super::survey::{Lookup, Reach, Survey, Tidy, in_realm, json_object, timestamp, whole_file};
use crate::files::RootedPath;
use crate::inventory::{Artefact, State, Subject};

/// Where a person ends the sessions of a Google account.
pub(super) const SIGN_OUT_PAGE: &str = "https://myaccount.google.com/connections";

/// Everything of Google Cloud that a logout should look at.
pub(super) fn lookups<'a>(survey: &Survey<'a>) -> Vec<Lookup<'a>> {
    let survey = *survey;
    let root = survey.below(&survey.world.atmos_config_root());
    survey.each_realm(root, "gcp", move |root, name| realm(survey, root, name))
}

/// `{base}/{realm}/gcp/<provider>`.
fn realm<'a>(survey: Survey<'a>, root: &RootedPath, realm: &str) -> Option<Lookup<'a>> {
    let directory = in_realm(root, realm, "gcp")?;
    let realm = Some(realm.to_owned());
    let tidy = Tidy::in_realm(realm.clone());
    Some(Lookup::each(directory, tidy, move |entry, path| {
        let is_looked_at = entry.may_be_directory()
            && (survey.reach == Reach::Machine || survey.roster.provider(&entry.name).is_some());
        is_looked_at.then(|| provider(survey, path, &entry.name, realm.clone()))
    }))
}

fn provider<'a>(
    survey: Survey<'a>,
    directory: RootedPath,
    name: &str,
    realm: Option<String>,
) -> Lookup<'a> {
    let context = Context {
        survey,
        provider: name.to_lowercase(),
        realm: realm.clone(),
    };
    let subject = match context.configured_provider() {
        Some(provider) => Subject::providers([provider]),
        None => Subject::default(),
    };
    let tidy = Tidy {
        realm,
        ..Tidy::of(subject)
    };
    Lookup::each(directory, tidy, move |entry, path| {
        match entry.name.as_str() {
            "adc" => Some(context.identities(path, &[CREDENTIALS, ACCESS_TOKEN])),
            "config" => Some(context.identities(path, &[PROPERTIES])),
            name => context.lock(&path, name),
        }
    })
}

// What Atmos writes for an identity.
const CREDENTIALS: &str = "application_default_credentials.json";
const ACCESS_TOKEN: &str = "access_token";
const PROPERTIES: &str = "properties";

#[derive(Clone)]
struct Context<'a> {
    survey: Survey<'a>,
    provider: String,
    realm: Option<String>,
}

impl<'a> Context<'a> {
    fn configured_provider(&self) -> Option<&'a str> {
        let is_own = self.survey.is_own_realm(self.realm.as_deref());
        let provider = self.survey.roster.provider(&self.provider)?;
        is_own.then_some(provider.key.as_str())
    }

    fn subject(&self, identity: &str) -> Option<Subject> {
        let provider = self.configured_provider();
        let is_own = self.survey.is_own_realm(self.realm.as_deref());
        match self.survey.roster.identity(identity).filter(|_| is_own) {
            Some(entry) => Some(Subject::identity(&entry.key, provider)),
            None if provider.is_some() || self.survey.reach == Reach::Machine => Some(Subject {
                providers: provider.map(str::to_owned).into_iter().collect(),
                ..Subject::orphan(identity)
            }),
            None => None,
        }
    }

    /// One directory per identity.
    fn identities(&self, directory: RootedPath, files: &'static [&'static str]) -> Lookup<'a> {
        let context = self.clone();
        let tidy = Tidy::in_realm(self.realm.clone());
        Lookup::each(directory, tidy, move |entry, path| {
            let subject = context.subject(&entry.name)?;
            entry
                .may_be_directory()
                .then(|| context.files(path, subject, files))
        })
    }

    fn files(
        &self,
        directory: RootedPath,
        subject: Subject,
        files: &'static [&'static str],
    ) -> Lookup<'a> {
        let context = self.clone();
        let tidy = Tidy::in_realm(self.realm.clone());
        Lookup::named(directory, tidy, files, move |name, file| {
            context.file(name, file, subject.clone())
        })
    }

    fn file(&self, name: &str, file: RootedPath, subject: Subject) -> Lookup<'a> {
        let found = |what| Artefact {
            realm: self.realm.clone(),
            ..whole_file(System::Gcp, &file, subject, what)
        };
        let credential = match name {
            PROPERTIES => {
                return Lookup::found(Artefact {
                    state: State::Residue,
                    ..found("gcloud settings")
                });
            }
            ACCESS_TOKEN => found("Google access token"),
            _ => found("Google credentials"),
        };
        Lookup::expiring(self.survey, file, credential, expiry)
    }

    /// `<identity>.identity.lock`.
    fn lock(&self, file: &RootedPath, name: &str) -> Option<Lookup<'a>> {
        let subject = self.subject(name.strip_suffix(".identity.lock")?)?;
        Some(Lookup::found(Artefact {
            state: State::Residue,
            realm: self.realm.clone(),
            ..whole_file(System::Gcp, file, subject, "lock file")
        }))
    }
}

/// The end of an access token: `token_expiry` of the JSON form, or the second line of the other.
fn expiry(bytes: &[u8]) -> Option<jiff::Timestamp> {
    if let Some(object) = json_object(bytes) {
        return timestamp(object.get("token_expiry")?.as_str()?);
    }
    timestamp(std::str::from_utf8(bytes).ok()?.lines().nth(1)?)
}
