//! Google Cloud: what Atmos writes for impersonated service accounts.
//!
//! Source: Atmos `pkg/auth/cloud/gcp/files.go`.

use super::System;
use super::survey::{Findings, Lookup, Reach, Survey, Tidy, artefact, json_object, timestamp};
use crate::files::RootedPath;
use crate::inventory::{Artefact, Place, State, Subject};

/// Where a person ends the sessions of a Google account.
pub(super) const SIGN_OUT_PAGE: &str = "https://myaccount.google.com/connections";

/// Everything of Google Cloud that a logout should look at.
pub(super) fn lookups<'a>(survey: &Survey<'a>) -> Vec<Lookup<'a>> {
    let survey = *survey;
    let root = survey.below(&survey.world.atmos_config_root());
    if survey.reach == Reach::Machine {
        let base = root.clone();
        return vec![Lookup::Directory {
            directory: root,
            tidy: None,
            then: Box::new(move |entries| {
                let mut found: Vec<_> = realm(survey, &base, "").into_iter().collect();
                found.extend(
                    entries
                        .iter()
                        .filter(|entry| entry.name != "gcp")
                        .filter(|entry| entry.is_directory || survey.realms.contains(&entry.name))
                        .filter_map(|entry| realm(survey, &base, &entry.name)),
                );
                found
            }),
        }];
    }
    survey
        .realms
        .iter()
        .filter_map(|name| realm(survey, &root, name))
        .collect()
}

/// `{base}/{realm}/gcp/<provider>`.
fn realm<'a>(survey: Survey<'a>, root: &RootedPath, realm: &str) -> Option<Lookup<'a>> {
    let directory = if realm.is_empty() {
        root.join("gcp")?
    } else {
        root.join(realm)?.join("gcp")?
    };
    let realm = Some(realm.to_owned());
    let base = directory.clone();
    Some(Lookup::Directory {
        directory,
        tidy: Some(Tidy {
            realm: realm.clone(),
            ..Tidy::default()
        }),
        then: Box::new(move |entries| {
            entries
                .iter()
                .filter(|entry| entry.may_be_directory())
                .filter(|entry| {
                    survey.reach == Reach::Machine || survey.roster.provider(&entry.name).is_some()
                })
                .filter_map(|entry| {
                    Some(provider(
                        survey,
                        base.join(&entry.name)?,
                        &entry.name,
                        realm.clone(),
                    ))
                })
                .collect()
        }),
    })
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
    let base = directory.clone();
    Lookup::Directory {
        directory,
        tidy: Some(Tidy {
            subject,
            realm,
            ..Tidy::default()
        }),
        then: Box::new(move |entries| {
            let mut lookups = Vec::new();
            for entry in entries {
                let Some(path) = base.join(&entry.name) else {
                    continue;
                };
                match entry.name.as_str() {
                    "adc" => lookups.push(context.identities(path, &ADC)),
                    "config" => lookups.push(context.identities(path, &CONFIG)),
                    name => lookups.extend(context.lock(path, name)),
                }
            }
            lookups
        }),
    }
}

/// A file that Atmos writes for an identity.
struct Written {
    name: &'static str,
    what: &'static str,
    is_credential: bool,
}

const ADC: [Written; 2] = [
    Written {
        name: "application_default_credentials.json",
        what: "Google credentials",
        is_credential: true,
    },
    Written {
        name: "access_token",
        what: "Google access token",
        is_credential: true,
    },
];
const CONFIG: [Written; 1] = [Written {
    name: "properties",
    what: "gcloud settings",
    is_credential: false,
}];

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
    fn identities(&self, directory: RootedPath, written: &'static [Written]) -> Lookup<'a> {
        let context = self.clone();
        let base = directory.clone();
        Lookup::Directory {
            directory,
            tidy: Some(Tidy {
                realm: self.realm.clone(),
                ..Tidy::default()
            }),
            then: Box::new(move |entries| {
                entries
                    .iter()
                    .filter(|entry| entry.may_be_directory())
                    .filter_map(|entry| {
                        let subject = context.subject(&entry.name)?;
                        Some(context.files(base.join(&entry.name)?, &subject, written))
                    })
                    .collect()
            }),
        }
    }

    fn files(
        &self,
        directory: RootedPath,
        subject: &Subject,
        written: &'static [Written],
    ) -> Lookup<'a> {
        let context = self.clone();
        let (base, subject) = (directory.clone(), subject.clone());
        Lookup::Directory {
            directory,
            tidy: Some(Tidy {
                realm: self.realm.clone(),
                ..Tidy::default()
            }),
            then: Box::new(move |entries| {
                written
                    .iter()
                    .filter(|file| entries.iter().any(|entry| entry.name == file.name))
                    .filter_map(|file| {
                        Some(context.file(base.join(file.name)?, subject.clone(), file))
                    })
                    .collect()
            }),
        }
    }

    fn file(&self, file: RootedPath, subject: Subject, written: &'static Written) -> Lookup<'a> {
        let place = Place::File { file: file.clone() };
        let base = Artefact {
            realm: self.realm.clone(),
            ..artefact(System::Gcp, place, subject, written.what)
        };
        if !written.is_credential {
            return Lookup::Known(Box::new(move |findings| {
                findings.artefact(Artefact {
                    state: State::Residue,
                    ..base.clone()
                });
            }));
        }
        let survey = self.survey;
        Lookup::File {
            file,
            read: Box::new(move |bytes: &[u8], findings: &mut Findings<'_>| {
                let expires_at = expiry(bytes);
                findings.artefact(Artefact {
                    state: survey.state_at(expires_at),
                    expires_at,
                    ..base.clone()
                });
            }),
        }
    }

    /// `<identity>.identity.lock`.
    fn lock(&self, file: RootedPath, name: &str) -> Option<Lookup<'a>> {
        let subject = self.subject(name.strip_suffix(".identity.lock")?)?;
        let place = Place::File { file };
        let lock = Artefact {
            state: State::Residue,
            realm: self.realm.clone(),
            ..artefact(System::Gcp, place, subject, "lock file")
        };
        Some(Lookup::Known(Box::new(move |findings| {
            findings.artefact(lock.clone());
        })))
    }
}

/// The end of an access token: `token_expiry` of the JSON form, or the second line of the other.
fn expiry(bytes: &[u8]) -> Option<jiff::Timestamp> {
    if let Some(object) = json_object(bytes) {
        return timestamp(object.get("token_expiry")?.as_str()?);
    }
    timestamp(std::str::from_utf8(bytes).ok()?.lines().nth(1)?)
}
