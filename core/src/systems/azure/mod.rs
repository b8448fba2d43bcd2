//! Azure: what Atmos keeps below `~/.azure/atmos`, and what it copied into the Azure CLI's files.
//!
//! Source: Atmos `pkg/auth/cloud/azure`; MSAL's unified cache format.

use serde_json::Value;

mod cli;

use super::System;
use super::survey::{Findings, Lookup, Reach, Survey, Tidy, artefact, json_object, timestamp};
use crate::files::RootedPath;
use crate::inventory::{Artefact, Place, State, Subject};
use crate::secret::Secret;

/// Where a person ends the sessions of a Microsoft account.
pub(super) const SIGN_OUT_PAGE: &str = "https://mysignins.microsoft.com/security-info";

/// Everything of Azure that a logout should look at.
pub(super) fn lookups<'a>(survey: &Survey<'a>) -> Vec<Lookup<'a>> {
    let survey = *survey;
    let mut lookups = Vec::new();
    lookups.extend(
        survey
            .in_home(".azure/atmos")
            .map(|directory| realms(survey, directory)),
    );
    let cache = survey.below(&survey.world.atmos_cache_root());
    lookups.extend(
        cache
            .join("azure-device-code")
            .map(|directory| old_tokens(survey, directory)),
    );
    // After Atmos's own files: they say which secrets in the CLI's cache are Atmos's copies.
    lookups.extend(cli::lookups(survey));
    lookups
}

/// `~/.azure/atmos/{realm}/<provider>/credentials.json`; without a realm one directory less.
fn realms(survey: Survey<'_>, directory: RootedPath) -> Lookup<'_> {
    let base = directory.clone();
    Lookup::Directory {
        directory,
        tidy: Some(Tidy::default()),
        then: Box::new(move |entries| {
            entries
                .iter()
                .filter(|entry| entry.may_be_directory())
                .filter_map(|entry| {
                    let path = base.join(&entry.name)?;
                    let known_provider = is_azure(&survey, &entry.name);
                    let known_realm = survey.realms.contains(&entry.name);
                    if known_provider && !known_realm {
                        return Some(provider(survey, path, &entry.name, ""));
                    }
                    (known_realm || survey.reach == Reach::Machine)
                        .then(|| realm(survey, path, entry.name.clone()))
                })
                .collect()
        }),
    }
}

fn is_azure(survey: &Survey<'_>, name: &str) -> bool {
    survey
        .roster
        .provider(name)
        .is_some_and(|provider| provider.system == System::Azure)
}

fn realm(survey: Survey<'_>, directory: RootedPath, realm: String) -> Lookup<'_> {
    let base = directory.clone();
    let tidy = Tidy {
        realm: Some(realm.clone()),
        ..Tidy::default()
    };
    Lookup::Directory {
        directory,
        tidy: Some(tidy),
        then: Box::new(move |entries| {
            let mut lookups = Vec::new();
            for entry in entries {
                let Some(path) = base.join(&entry.name) else {
                    continue;
                };
                if entry.name == "msal_token_cache.json" {
                    lookups.push(msal_cache(survey, path, &realm));
                } else if entry.may_be_directory()
                    && (is_azure(&survey, &entry.name) || survey.reach == Reach::Machine)
                {
                    lookups.push(provider(survey, path, &entry.name, &realm));
                }
            }
            lookups
        }),
    }
}

fn provider<'a>(survey: Survey<'a>, directory: RootedPath, name: &str, realm: &str) -> Lookup<'a> {
    const NAME: &str = "credentials.json";
    let is_own = survey.is_own_realm(Some(realm));
    let subject = match survey.roster.provider(name).filter(|_| is_own) {
        Some(provider) => Subject::providers([&provider.key]),
        None => Subject::orphan(name),
    };
    let realm = Some(realm.to_owned());
    let base = directory.clone();
    let tidy = Tidy {
        subject: subject.clone(),
        realm: realm.clone(),
        ..Tidy::default()
    };
    Lookup::Directory {
        directory,
        tidy: Some(tidy),
        then: Box::new(move |entries| {
            let Some(file) = base.join(NAME) else {
                return Vec::new();
            };
            if !entries.iter().any(|entry| entry.name == NAME) {
                return Vec::new();
            }
            let (place, subject, realm) = (file.clone(), subject.clone(), realm.clone());
            vec![Lookup::File {
                file,
                read: Box::new(move |bytes, findings| {
                    let base = Artefact {
                        realm: realm.clone(),
                        ..whole(&place, subject.clone(), "Azure tokens")
                    };
                    credentials(&survey, bytes, base, findings);
                }),
            }]
        }),
    }
}

fn whole(file: &RootedPath, subject: Subject, what: &'static str) -> Artefact {
    artefact(
        System::Azure,
        Place::File { file: file.clone() },
        subject,
        what,
    )
}

fn credentials(survey: &Survey<'_>, bytes: &[u8], base: Artefact, findings: &mut Findings<'_>) {
    const TOKENS: [&str; 4] = [
        "access_token",
        "graph_api_token",
        "key_vault_token",
        "aks_token",
    ];
    let Some(mut object) = json_object(bytes) else {
        findings.artefact(Artefact {
            state: State::Unknown,
            ..base
        });
        return;
    };
    for key in TOKENS {
        if let Some(Value::String(text)) = object.remove(key) {
            let secret = findings.fingerprint(&Secret::new(text));
            findings
                .notes
                .azure_secrets
                .insert(secret, base.subject.clone());
        }
    }
    let expires_at = object
        .get("expiration")
        .and_then(Value::as_str)
        .and_then(timestamp);
    findings.artefact(Artefact {
        state: survey.state_at(expires_at),
        expires_at,
        ..base
    });
}

/// Atmos's own MSAL cache of a realm: all device-code and browser providers share it.
fn msal_cache<'a>(survey: Survey<'a>, file: RootedPath, realm: &str) -> Lookup<'a> {
    let subject = whose(&survey)
        .filter(|_| survey.is_own_realm(Some(realm)))
        .unwrap_or_else(|| Subject::orphan("Azure token cache"));
    let realm = realm.to_owned();
    let place = file.clone();
    Lookup::File {
        file,
        read: Box::new(move |bytes, findings| {
            if let Some(cache) = json_object(bytes) {
                for secret in secrets(cache) {
                    let secret = findings.fingerprint(&secret);
                    let owner = || subject.clone();
                    findings
                        .notes
                        .azure_secrets
                        .entry(secret)
                        .or_insert_with(owner);
                }
            }
            findings.artefact(Artefact {
                realm: Some(realm.clone()),
                ..whole(&place, subject.clone(), "Azure token cache")
            });
        }),
    }
}

/// The providers that share Atmos's MSAL cache.
fn whose(survey: &Survey<'_>) -> Option<Subject> {
    let providers: Vec<&str> = survey
        .roster
        .providers()
        .iter()
        .filter(|p| matches!(p.kind.as_str(), "azure/device-code" | "azure/interactive"))
        .map(|provider| provider.key.as_str())
        .collect();
    (!providers.is_empty()).then(|| Subject::providers(providers))
}

/// Every secret in an MSAL cache.
fn secrets(cache: serde_json::Map<String, Value>) -> Vec<Secret> {
    cli::entries(cache)
        .into_iter()
        .map(|entry| entry.secret)
        .collect()
}

/// `{cache}/azure-device-code/<provider>/token.json` of earlier releases.
fn old_tokens(survey: Survey<'_>, directory: RootedPath) -> Lookup<'_> {
    const NAME: &str = "token.json";
    let base = directory.clone();
    Lookup::Directory {
        directory,
        tidy: Some(Tidy::default()),
        then: Box::new(move |entries| {
            entries
                .iter()
                .filter(|entry| entry.may_be_directory())
                .filter_map(|entry| {
                    let subject = match survey.roster.provider(&entry.name) {
                        Some(provider) => Subject::providers([&provider.key]),
                        None if survey.reach == Reach::Machine => Subject::orphan(&entry.name),
                        None => return None,
                    };
                    let directory = base.join(&entry.name)?;
                    let file = directory.join(NAME)?;
                    Some(Lookup::Directory {
                        directory,
                        tidy: Some(Tidy {
                            subject: subject.clone(),
                            ..Tidy::default()
                        }),
                        then: Box::new(move |entries| {
                            if !entries.iter().any(|entry| entry.name == NAME) {
                                return Vec::new();
                            }
                            let (file, subject) = (file.clone(), subject.clone());
                            vec![Lookup::Known(Box::new(move |findings| {
                                findings.artefact(whole(&file, subject.clone(), "Azure tokens"));
                            }))]
                        }),
                    })
                })
                .collect()
        }),
    }
}
