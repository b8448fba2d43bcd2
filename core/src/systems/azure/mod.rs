//! Azure: what Atmos keeps below `~/.azure/atmos`, and what it copied into the Azure CLI's files.
//!
//! Source: Atmos `pkg/auth/cloud/azure`; MSAL's unified cache format.

use serde_json::Value;

mod cli;

use super::System;
use super::survey::{
    Findings, Lookup, Reach, Survey, Tidy, artefact, json_object, timestamp, whole_file,
};
use crate::files::RootedPath;
use crate::inventory::{Artefact, State, Subject};
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
    Lookup::each(directory, Tidy::default(), move |entry, path| {
        if !entry.may_be_directory() {
            return None;
        }
        let known_realm = survey.realms.contains(&entry.name);
        if is_azure(&survey, &entry.name) && !known_realm {
            return Some(provider(survey, path, &entry.name, ""));
        }
        (known_realm || survey.reach == Reach::Machine)
            .then(|| realm(survey, path, entry.name.clone()))
    })
}

fn is_azure(survey: &Survey<'_>, name: &str) -> bool {
    survey
        .roster
        .provider(name)
        .is_some_and(|provider| provider.system == System::Azure)
}

/// The file in which Azure's libraries keep tokens, Atmos's copy of it included.
pub(super) const TOKEN_CACHE: &str = "msal_token_cache.json";

fn realm(survey: Survey<'_>, directory: RootedPath, realm: String) -> Lookup<'_> {
    let tidy = Tidy::in_realm(realm.clone());
    Lookup::each(directory, tidy, move |entry, path| {
        if entry.name == TOKEN_CACHE {
            return Some(msal_cache(survey, path, &realm));
        }
        let is_looked_at = entry.may_be_directory()
            && (is_azure(&survey, &entry.name) || survey.reach == Reach::Machine);
        is_looked_at.then(|| provider(survey, path, &entry.name, &realm))
    })
}

fn provider<'a>(survey: Survey<'a>, directory: RootedPath, name: &str, realm: &str) -> Lookup<'a> {
    let is_own = survey.is_own_realm(Some(realm));
    let subject = match survey.roster.provider(name).filter(|_| is_own) {
        Some(provider) => Subject::providers([&provider.key]),
        None => Subject::orphan(name),
    };
    let realm = Some(realm.to_owned());
    let tidy = Tidy {
        realm: realm.clone(),
        ..Tidy::of(subject.clone())
    };
    Lookup::named(directory, tidy, &["credentials.json"], move |_, file| {
        let base = Artefact {
            realm: realm.clone(),
            ..whole_file(System::Azure, &file, subject.clone(), "Azure tokens")
        };
        Lookup::read(file, move |_, bytes, findings| {
            credentials(&survey, bytes, base.clone(), findings);
        })
    })
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
    findings.artefact(survey.until(base, expires_at));
}

/// Atmos's own MSAL cache of a realm: all device-code and browser providers share it.
fn msal_cache<'a>(survey: Survey<'a>, file: RootedPath, realm: &str) -> Lookup<'a> {
    let subject = whose(&survey)
        .filter(|_| survey.is_own_realm(Some(realm)))
        .unwrap_or_else(|| Subject::orphan("Azure token cache"));
    let found = Artefact {
        realm: Some(realm.to_owned()),
        ..whole_file(System::Azure, &file, subject, "Azure token cache")
    };
    Lookup::read(file, move |_, bytes, findings| {
        for secret in json_object(bytes).into_iter().flat_map(secrets) {
            let secret = findings.fingerprint(&secret);
            let known = findings.notes.azure_secrets.entry(secret);
            known.or_insert_with(|| found.subject.clone());
        }
        findings.artefact(found.clone());
    })
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
    Lookup::each(directory, Tidy::default(), move |entry, directory| {
        let subject = survey.owner(&entry.name)?;
        entry.may_be_directory().then(|| {
            let tidy = Tidy::of(subject.clone());
            Lookup::named(directory, tidy, &["token.json"], move |_, file| {
                let subject = subject.clone();
                Lookup::found(whole_file(System::Azure, &file, subject, "Azure tokens"))
            })
        })
    })
}
