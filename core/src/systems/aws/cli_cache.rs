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

use super::portal::to_hexadecimal;
use crate::formats::{Format, IniDialect, Node};
use crate::inventory::{Override, OverrideKind, Owner};
use crate::io::files::ConfinedPath;
use crate::systems::discovery::{
    DiscoveryContext, DiscoveryScope, InventoryBuilder, LoginProfile, Lookup, SsoRole, json_object,
    parse_timestamp, whole_file,
};
use crate::systems::{System, of_all};

/// How the AWS CLI reads its profiles.
pub(super) const PROFILES: Format = Format::Ini(IniDialect::Python);

/// The sections of a file, with their names.
type Sections<'d> = Vec<(&'d str, &'d Node)>;

pub(super) fn list_lookups<'a>(discovery: &DiscoveryContext<'a>) -> Vec<Lookup<'a>> {
    let discovery = *discovery;
    let config = discovery
        .world
        .environment
        .get("AWS_CONFIG_FILE")
        .map_or_else(
            || discovery.in_home(".aws/config"),
            |path| {
                let named = discovery.rooted(&discovery.world.expand_path(path));
                named.map(ConfinedPath::following_links)
            },
        );
    let mut lookups: Vec<Lookup<'a>> = Vec::new();
    lookups.extend(config.map(|file| Lookup::read(file, note_profiles)));
    lookups.extend(
        discovery
            .in_home(".aws/cli/cache")
            .map(|directory| build_cache_lookup(discovery, directory)),
    );
    lookups
}

/// Which roles the CLI's own profiles sign in to, and at which portal.
fn note_profiles(file: &ConfinedPath, bytes: &[u8], findings: &mut InventoryBuilder<'_>) {
    let Ok(document) = PROFILES.read(bytes) else {
        return;
    };
    let sections: Sections<'_> = document.root().members().collect();
    note_helpers(file, &sections, findings);
    for (name, section) in &sections {
        if let Some(name) = name.strip_prefix("sso-session ")
            && let Some(url) = find_value(section, "sso_start_url")
        {
            findings.portal_name(name.trim(), &url);
            findings
                .notes
                .sso_sessions
                .insert(name.trim().to_owned(), url);
        }
    }
    let mut portals: HashMap<&str, String> = HashMap::new();
    for (name, section) in &sections {
        if let Some(session) = find_value(section, "login_session") {
            findings.notes.login_profiles.push(LoginProfile {
                name: parse_profile_name(name).to_owned(),
                session: session.trim().to_owned(),
                region: find_value(section, "region"),
            });
        }
        let page = find_value(section, "sso_session")
            .and_then(|session| findings.notes.sso_sessions.get(&session).cloned())
            .or_else(|| find_value(section, "sso_start_url"));
        if let Some(page) = page.filter(|_| !name.starts_with("sso-session ")) {
            findings.portal_name(parse_profile_name(name), &page);
        }
        let role = find_value(section, "sso_account_id").zip(find_value(section, "sso_role_name"));
        let Some((account, role)) = role else {
            continue;
        };
        let by_session = find_value(section, "sso_session").and_then(|session| {
            let url = findings.notes.sso_sessions.get(&session)?.clone();
            Some((session, url))
        });
        let by_page = || find_value(section, "sso_start_url").map(|url| (url.clone(), url));
        if let Some((session, start_url)) = by_session.or_else(by_page) {
            portals.insert(parse_profile_name(name), start_url.clone());
            let name = file_name(&account, &role, &session, &start_url);
            findings.notes.sso_roles.push(SsoRole { name, start_url });
        }
    }
    for (name, section) in &sections {
        let Some(start_url) = portal_behind(section, &sections, &portals) else {
            continue;
        };
        findings.portal_name(parse_profile_name(name), &start_url);
        if let Some(name) = assumed_file_name(section) {
            findings.notes.sso_roles.push(SsoRole { name, start_url });
        }
    }
}

/// Notes what hands out credentials to a profile whatever a logout removes: a program, or a token's file
/// that a service keeps fresh.
///
/// Source: AWS CLI User Guide, "Sourcing credentials with an external process", "Assume role with web
/// identity".
fn note_helpers(file: &ConfinedPath, sections: &Sections<'_>, findings: &mut InventoryBuilder<'_>) {
    for (section, settings) in sections {
        let profile = parse_profile_name(section);
        for key in ["credential_process", "web_identity_token_file"] {
            let value = find_value(settings, key);
            let Some(value) = value.filter(|value| !value.trim().is_empty()) else {
                continue;
            };
            // Ours hands out what is signed in here, and nothing after the logout.
            let program = value.split_whitespace().next().unwrap_or_default();
            if key == "credential_process" && program.rsplit('/').next() == Some("adieu") {
                continue;
            }
            findings.overriding(Override {
                kind: OverrideKind::Helper,
                name: format!("{key} of profile {profile}"),
                location: file.to_path().display().to_string(),
                system: System::AWS,
                remedy: format!("take {key} out of the profile if it is not wanted"),
            });
        }
    }
}

pub(super) fn find_value(section: &Node, key: &str) -> Option<String> {
    Some(section.get(key)?.text()?.expose().to_owned())
}

fn parse_profile_name(section: &str) -> &str {
    let name = section.strip_prefix("profile ");
    name.unwrap_or(section).trim()
}

/// The portal that a role of a profile is assumed from, along its `source_profile`s.
fn portal_behind(
    section: &Node,
    sections: &Sections<'_>,
    portals: &HashMap<&str, String>,
) -> Option<String> {
    /// More links than anybody has; a ring ends here.
    const LONGEST: usize = 16;
    section.get("role_arn")?;
    let mut source = find_value(section, "source_profile")?;
    for _ in 0..LONGEST {
        if let Some(portal) = portals.get(source.as_str()) {
            return Some(portal.clone());
        }
        let (_, next) = sections
            .iter()
            .find(|(name, _)| parse_profile_name(name) == source)?;
        source = find_value(next, "source_profile")?;
    }
    None
}

/// The cache file of an assumed role: SHA-1 of a JSON object with sorted keys, as Python writes it.
///
/// Source: botocore `credentials.py`, `AssumeRoleCredentialFetcher._create_cache_key`.
fn assumed_file_name(section: &Node) -> Option<String> {
    let text = |key: &str| Some(Value::from(find_value(section, key)?));
    let seconds = find_value(section, "duration_seconds").and_then(|text| text.parse::<u64>().ok());
    let members = [
        ("DurationSeconds", seconds.map(Value::from)),
        ("ExternalId", text("external_id")),
        ("RoleArn", text("role_arn")),
        ("RoleSessionName", text("role_session_name")),
        ("SerialNumber", text("mfa_serial")),
    ];
    let written: Vec<String> = members
        .into_iter()
        .filter_map(|(key, value)| Some(format!("\"{key}\": {}", value?)))
        .collect();
    section.get("role_arn")?;
    let key = format!("{{{}}}", written.join(", "));
    Some(format!("{}.json", to_hexadecimal(&Sha1::digest(key))))
}

fn build_cache_lookup(discovery: DiscoveryContext<'_>, directory: ConfinedPath) -> Lookup<'_> {
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
                role_credentials(&discovery, file, &name, bytes, findings);
            }))
        });
        [Lookup::say(move |findings| {
            findings.notes.role_names = known_names(&discovery, findings);
        })]
        .into_iter()
        .chain(credentials)
        .collect()
    })
}

/// File names of role credentials, with whose they are.
fn known_names(
    discovery: &DiscoveryContext<'_>,
    findings: &InventoryBuilder<'_>,
) -> HashMap<String, Vec<Owner>> {
    let mut names: HashMap<String, Vec<Owner>> = HashMap::new();
    for role in &findings.notes.sso_roles {
        let providers = discovery.identity_graph.providers_at(&role.start_url, None);
        let owner = if providers.is_empty() {
            // The same name as that of the portal's own sign-in, however its start page is written.
            let same = |page: &&String| start_page(page) == start_page(&role.start_url);
            let page = findings.notes.portal_pages.iter().find(same);
            Owner::orphan(page.unwrap_or(&role.start_url))
        } else {
            Owner::providers(providers)
        };
        names.insert(role.name.clone(), vec![owner]);
    }
    let mut of_identities: HashMap<String, Vec<Owner>> = HashMap::new();
    let mut sessions: HashMap<String, Vec<&str>> = HashMap::new();
    for (session, url) in &findings.notes.sso_sessions {
        for provider in discovery.identity_graph.providers_at(url, None) {
            sessions.entry(provider).or_default().push(session);
        }
    }
    for identity in &discovery.configuration.auth.identities {
        let account = identity.compared(&["principal", "account", "id"]);
        let role = identity.compared(&["principal", "name"]);
        let Some((account, role)) = account.zip(role) else {
            continue;
        };
        let provider = discovery.identity_graph.root_provider(&identity.name.key);
        let Some((provider, portal)) =
            provider.and_then(|provider| Some((provider, provider.portal.as_ref()?)))
        else {
            continue;
        };
        let owner = Owner::identity(&identity.name.key, Some(&provider.key));
        let own = sessions.get(&provider.key).into_iter().flatten().copied();
        for session in own.chain([portal.start_url.as_str()]) {
            let name = file_name(account, role, session, &portal.start_url);
            let users = of_identities.entry(name).or_default();
            users.push(owner.clone());
        }
    }
    let of_identities = of_identities.into_iter();
    names.extend(of_identities.map(|(name, users)| (name, of_all(users))));
    names
}

/// A start page as it is compared.
fn start_page(url: &str) -> String {
    url.trim().trim_end_matches(['/', '#']).to_ascii_lowercase()
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
    format!("{}.json", to_hexadecimal(&Sha1::digest(text)))
}

fn role_credentials(
    discovery: &DiscoveryContext<'_>,
    file: &ConfinedPath,
    name: &str,
    bytes: &[u8],
    findings: &mut InventoryBuilder<'_>,
) {
    let object = json_object(bytes);
    let text = |path: &[&str]| {
        let mut value = object.as_ref()?.get(*path.first()?)?;
        for key in &path[1..] {
            value = value.get(*key)?;
        }
        value.as_str()
    };
    let expires_at = text(&["Credentials", "Expiration"]).and_then(parse_timestamp);
    let known = findings.notes.role_names.get(name).cloned();
    let is_beyond = |owner: &Owner| owner.as_orphan().is_some();
    let owners = match known {
        Some(owners) if discovery.reach == DiscoveryScope::Configured => {
            let owners = owners.into_iter().filter(|owner| !is_beyond(owner));
            owners.collect()
        }
        Some(owners) => owners,
        None => {
            let owner = Owner::orphan("AWS CLI role session");
            let found = whole_file(System::AWS, file, owner, "AWS CLI role credentials");
            let found = discovery.until(found, expires_at);
            if text(&["ProviderType"]) == Some("sso") {
                findings.portless_role(found.clone());
            }
            if discovery.reach == DiscoveryScope::Machine {
                findings.artefact(found);
            }
            return;
        }
    };
    for owner in owners {
        let found = whole_file(System::AWS, file, owner, "AWS CLI role credentials");
        findings.artefact(discovery.until(found, expires_at));
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
        let page = "https://old.awsapps.com/start";
        assert_eq!(
            file_name("444455556666", "ReadOnly", page, page),
            "24b3003455e455c6e1552ce11e96bc9e859c11a4.json"
        );
        let profile = b"[profile deploy]\nrole_arn = arn:aws:iam::111122223333:role/deploy\n";
        let profile = PROFILES.read(profile).unwrap();
        assert_eq!(
            assumed_file_name(profile.root().get("profile deploy").unwrap()).as_deref(),
            Some("36c7d393cf27fa7aa5e80b005ae3ae5a11562a4e.json")
        );
    }
}
