//! Role credentials that the AWS CLI caches under `~/.aws/cli/cache` after a portal sign-in.
//!
//! A file does not say whose it is; its name is a hash of account, role and session. So the names
//! that the configured identities and the CLI's own profiles would get are worked out. Keys of a role
//! that is no configured identity's are a person's own: they go with their portal's session, not with
//! an identity beside them.
//!
//! Source: botocore `credentials.py`, `SSOCredentialFetcher._create_cache_key`.

use std::collections::HashMap;

use serde_json::{Value, json};
use sha1::{Digest as _, Sha1};

use super::portal::hex;
use crate::files::{RootedPath, ini};
use crate::inventory::Subject;
use crate::systems::survey::{
    Findings, Lookup, Reach, SsoRole, Survey, json_object, timestamp, whole_file,
};
use crate::systems::{System, of_all};

pub(super) fn lookups<'a>(survey: &Survey<'a>) -> Vec<Lookup<'a>> {
    let survey = *survey;
    let config = survey.world.environment.get("AWS_CONFIG_FILE").map_or_else(
        || survey.in_home(".aws/config"),
        |path| survey.rooted(&survey.world.expand_tilde(path)),
    );
    let mut lookups: Vec<Lookup<'a>> = Vec::new();
    lookups.extend(config.map(|file| Lookup::read(file, note_profiles)));
    lookups.extend(
        survey
            .in_home(".aws/cli/cache")
            .map(|directory| cache(survey, directory)),
    );
    lookups
}

/// Which roles the CLI's own profiles sign in to, and at which portal.
fn note_profiles(_file: &RootedPath, bytes: &[u8], findings: &mut Findings<'_>) {
    let sections = ini::sections(bytes);
    let value =
        |section: &ini::Section, key: &str| section.get(key).map(|value| value.expose().to_owned());
    for section in &sections {
        if let Some(name) = section.name.strip_prefix("sso-session ")
            && let Some(url) = value(section, "sso_start_url")
        {
            findings
                .notes
                .sso_sessions
                .insert(name.trim().to_owned(), url);
        }
    }
    for section in &sections {
        let role = value(section, "sso_account_id").zip(value(section, "sso_role_name"));
        let Some((account, role)) = role else {
            continue;
        };
        let by_session = value(section, "sso_session").and_then(|session| {
            let url = findings.notes.sso_sessions.get(&session)?.clone();
            Some((session, url))
        });
        let by_page = || value(section, "sso_start_url").map(|url| (url.clone(), url));
        if let Some((session, start_url)) = by_session.or_else(by_page) {
            findings.notes.sso_roles.push(SsoRole {
                account,
                role,
                session,
                start_url,
            });
        }
    }
}

fn cache(survey: Survey<'_>, directory: RootedPath) -> Lookup<'_> {
    Lookup::listed(directory, None, move |directory, entries| {
        let files: Vec<_> = entries
            .iter()
            .filter(|entry| entry.is_json_file())
            .collect();
        if files.is_empty() {
            return Vec::new();
        }
        let credentials = files.into_iter().filter_map(|entry| {
            let (file, name) = (entry.path_in(directory)?, entry.name.clone());
            Some(Lookup::read(file, move |file, bytes, findings| {
                role_credentials(&survey, file, &name, bytes, findings);
            }))
        });
        [Lookup::say(move |findings| {
            findings.notes.role_names = known_names(&survey, findings);
        })]
        .into_iter()
        .chain(credentials)
        .collect()
    })
}

/// File names of role credentials, with whose they are.
fn known_names(survey: &Survey<'_>, findings: &Findings<'_>) -> HashMap<String, Vec<Subject>> {
    let mut names: HashMap<String, Vec<Subject>> = HashMap::new();
    for role in &findings.notes.sso_roles {
        let providers = survey.roster.providers_at(&role.start_url, None);
        if !providers.is_empty() {
            let name = file_name(&role.account, &role.role, &role.session, &role.start_url);
            names.insert(name, vec![Subject::providers(providers)]);
        }
    }
    let mut of_identities: HashMap<String, Vec<Subject>> = HashMap::new();
    let mut sessions: HashMap<String, Vec<&str>> = HashMap::new();
    for (session, url) in &findings.notes.sso_sessions {
        for provider in survey.roster.providers_at(url, None) {
            sessions.entry(provider).or_default().push(session);
        }
    }
    for identity in &survey.configuration.auth.identities {
        let account = identity.compared(&["principal", "account", "id"]);
        let role = identity.compared(&["principal", "name"]);
        let Some((account, role)) = account.zip(role) else {
            continue;
        };
        let provider = survey.roster.root_provider(&identity.name.key);
        let Some((provider, portal)) =
            provider.and_then(|provider| Some((provider, provider.portal.as_ref()?)))
        else {
            continue;
        };
        let subject = Subject::identity(&identity.name.key, Some(&provider.key));
        let own = sessions.get(&provider.key).into_iter().flatten().copied();
        for session in own.chain([portal.start_url.as_str()]) {
            let name = file_name(account, role, session, &portal.start_url);
            let users = of_identities.entry(name).or_default();
            users.push(subject.clone());
        }
    }
    let of_identities = of_identities.into_iter();
    names.extend(of_identities.map(|(name, users)| (name, of_all(users))));
    names
}

/// The cache file of a role: SHA-1 of a compact JSON object with sorted keys.
fn file_name(account: &str, role: &str, session: &str, start_url: &str) -> String {
    let mut key = serde_json::Map::new();
    key.insert("accountId".to_owned(), json!(account));
    key.insert("roleName".to_owned(), json!(role));
    let member = if session == start_url {
        "startUrl"
    } else {
        "sessionName"
    };
    key.insert(member.to_owned(), json!(session));
    let text = Value::Object(key).to_string();
    format!("{}.json", hex(&Sha1::digest(text)))
}

fn role_credentials(
    survey: &Survey<'_>,
    file: &RootedPath,
    name: &str,
    bytes: &[u8],
    findings: &mut Findings<'_>,
) {
    let subjects = match findings.notes.role_names.get(name) {
        Some(subjects) => subjects.clone(),
        None if survey.reach == Reach::Machine => vec![Subject::orphan("AWS CLI role session")],
        None => return,
    };
    let expires_at = json_object(bytes)
        .and_then(|object| timestamp(object.get("Credentials")?.get("Expiration")?.as_str()?));
    for subject in subjects {
        let found = whole_file(System::Aws, file, subject, "AWS CLI role credentials");
        findings.artefact(survey.until(found, expires_at));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_are_what_the_real_client_wrote() {
        // Both names stand in the recorded home of the AWS CLI 2.36.7.
        assert_eq!(
            file_name(
                "111122223333",
                "Developer",
                "corp",
                "https://corp-start.example.test/start"
            ),
            "6b17aaa4b7ddc1fd491e01d5f64d4b66d9e2b04c.json"
        );
    }
}
