//! Where Salesforce CLI keeps things, in the order in which one explains the next.

use std::path::Path;

use serde_json::Value;

use super::aliases::{self, Aliases};
use super::auth_file::{
    AuthFile, AuthFileError, NameKind, classify_file_name, has_encrypted_values,
};
use super::key::{self, FILE_MODE, KeyFile};
use super::orgs::{BrokenFile, FoundKey, Org, OrgUsers, Orgs, Sandbox, SettingsFound};
use super::settings::{self, Spelling};
use super::{
    FILE_LIMIT, PROJECT_FILE, SETTINGS_DIRECTORY, STATE_DIRECTORY, describe, parse_object,
};
use crate::inventory::{Location, Place, Problem, Unread};
use crate::io::files::FileError;
use crate::io::keyring::{Content, Entry, Naming, Query, StoreId};
use crate::path::ConfinedPath;
use crate::secret::Secret;
use crate::systems::System;
use crate::systems::discovery::{DirectoryEntry, DiscoveryContext, InventoryBuilder, Lookup};
use crate::world::OperatingSystem;

/// Everything, described as artefacts. Nothing of this is looked at where S is missing.
pub(in crate::systems) fn list_lookups<'a>(discovery: &DiscoveryContext<'a>) -> Vec<Lookup<'a>> {
    let discovery = *discovery;
    let mut lookups = list_reading_lookups(&discovery, true);
    lookups.push(Lookup::say(move |findings| {
        describe::describe_sign_ins(&discovery, findings);
    }));
    lookups
}

/// Everything, only read. The key store is asked if `thorough`, or if there is something that only
/// it can explain.
pub(crate) fn list_reading_lookups<'a>(
    discovery: &DiscoveryContext<'a>,
    thorough: bool,
) -> Vec<Lookup<'a>> {
    let discovery = *discovery;
    let Some(state) = discovery.in_home(STATE_DIRECTORY) else {
        return Vec::new();
    };
    let state = Lookup::listed(state, None, move |directory, entries| {
        let there = directory.clone();
        let mut lookups = vec![Lookup::say(move |findings| {
            findings.notes.salesforce.directory = Some(there.clone());
        })];
        lookups.extend(
            entries
                .iter()
                .flat_map(|entry| known_file(directory, entry)),
        );
        lookups
    });
    let rest = Lookup::next(move |findings| {
        if findings.notes.salesforce.directory.is_none() {
            return Vec::new();
        }
        let mut lookups = settings_of(&discovery, discovery.world.home.as_path(), false);
        lookups.extend(list_project_lookups(&discovery));
        lookups.push(Lookup::next(move |findings| {
            project_settings(&discovery, findings)
        }));
        lookups.push(Lookup::next(move |findings| {
            let orgs = &findings.notes.salesforce;
            if thorough || !can_read_everything(orgs) {
                key_store(&discovery)
            } else {
                Vec::new()
            }
        }));
        lookups.extend(list_pending_lookups(&discovery));
        lookups
    });
    vec![state, rest]
}

/// What to read of one entry of S.
fn known_file<'a>(directory: &ConfinedPath, entry: &DirectoryEntry) -> Vec<Lookup<'a>> {
    let Some(file) = entry.path_in(directory).filter(|_| !entry.is_directory) else {
        return Vec::new();
    };
    match entry.name.as_str() {
        key::FILE => return key_file(file),
        aliases::FILE => return vec![naming_file(file, alias_file)],
        settings::LEGACY_FILE => return settings_file(file, Spelling::Legacy, false),
        _ => {}
    }
    match classify_file_name(&entry.name) {
        NameKind::Auth { username, .. } => {
            let username = username.to_owned();
            let name = entry.name.clone();
            let probed = file.clone();
            vec![
                Lookup::attempt(file, move |file, bytes, findings| {
                    auth_file(file, &name, &username, bytes, findings);
                }),
                Lookup::probe(probed, |file, probe, findings| {
                    let mut found = findings.notes.salesforce.found.iter_mut();
                    if let Some(org) = found.rfind(|org| org.file == *file) {
                        org.modified = probe.and_then(|probe| probe.modified);
                    }
                }),
            ]
        }
        NameKind::OrgUsers { org_id } => {
            let org_id = org_id.to_owned();
            vec![naming_file(file, move |file, bytes, findings| {
                if let Some(usernames) = parse_usernames(bytes) {
                    findings.notes.salesforce.users.push(OrgUsers {
                        file: file.clone(),
                        org_id: org_id.clone(),
                        usernames,
                    });
                }
            })]
        }
        NameKind::Sandbox { org_id } => {
            let org_id = org_id.to_owned();
            vec![naming_file(file, move |file, bytes, findings| {
                let document = parse_object(bytes).unwrap_or_default();
                let parent = document.get("prodOrgUsername").and_then(Value::as_str);
                findings.notes.salesforce.sandboxes.push(Sandbox {
                    file: file.clone(),
                    org_id: org_id.clone(),
                    parent: parent.map(str::to_owned),
                });
            })]
        }
        NameKind::Other => Vec::new(),
    }
}

/// A file that says something of all orgs, and is changed when one goes: where it cannot be read, none
/// can go whole.
fn naming_file<'a>(
    file: ConfinedPath,
    read: impl Fn(&ConfinedPath, &[u8], &mut InventoryBuilder<'_>) + 'a,
) -> Lookup<'a> {
    Lookup::attempt(file, move |file, bytes, findings| match bytes {
        Ok(bytes) => read(file, bytes, findings),
        Err(_) => cannot_go_whole(file, findings),
    })
}

/// Nobody knows which orgs a file names, and nobody can take them out of it.
fn cannot_go_whole(file: &ConfinedPath, findings: &mut InventoryBuilder<'_>) {
    findings.unread(&Location::of(file), Unread::All(System::SALESFORCE));
}

/// `None` if it is no list of users, whatever its name.
fn parse_usernames(bytes: &[u8]) -> Option<Vec<String>> {
    let document = parse_object(bytes).ok()?;
    let users = document.get("usernames").and_then(Value::as_array)?;
    let names = users.iter().filter_map(Value::as_str);
    Some(names.map(str::to_owned).collect())
}

/// One sign-in; a file that stands where one does and cannot be understood is one too, for it may
/// still hold a token.
fn auth_file(
    file: &ConfinedPath,
    name: &str,
    username: &str,
    bytes: Result<&[u8], &FileError>,
    findings: &mut InventoryBuilder<'_>,
) {
    let parsed = match bytes {
        Err(
            FileError::Symlink { .. } | FileError::ForeignOwner { .. } | FileError::NotAFile { .. },
        ) => Err(AuthFileError::Immovable),
        Err(_) => Err(AuthFileError::Unreadable),
        Ok(bytes) if too_large(file, bytes, findings) => Err(AuthFileError::NotASignIn),
        Ok(bytes) => AuthFile::parse(name, bytes),
    };
    let orgs = &mut findings.notes.salesforce;
    match parsed {
        Ok(auth) => orgs.found.push(Org {
            file: file.clone(),
            auth,
            is_seen_by_real_client: matches!(
                classify_file_name(name),
                NameKind::Auth {
                    is_seen_by_real_client: true,
                    ..
                }
            ),
            modified: None,
        }),
        // Without an @ it is some other tool's file.
        Err(why) if username.contains('@') => orgs.broken.push(BrokenFile {
            file: file.clone(),
            username: username.to_owned(),
            why,
        }),
        Err(_) => {}
    }
}

fn too_large(file: &ConfinedPath, bytes: &[u8], findings: &mut InventoryBuilder<'_>) -> bool {
    let is_too_large = u64::try_from(bytes.len()).is_ok_and(|length| length > FILE_LIMIT);
    if is_too_large {
        findings.problem(build_problem(
            file,
            "it is too large to be one of Salesforce CLI's",
            None,
        ));
    }
    is_too_large
}

fn build_problem(file: &ConfinedPath, message: impl Into<String>, hint: Option<&str>) -> Problem {
    Problem {
        location: Location::of(file),
        message: message.into(),
        hint: hint.map(str::to_owned),
        hides: false,
    }
}

fn alias_file(file: &ConfinedPath, bytes: &[u8], findings: &mut InventoryBuilder<'_>) {
    findings.notes.salesforce.alias_file = Some(file.clone());
    // The real client makes an empty file while it holds the lock.
    if bytes.trim_ascii().is_empty() {
        return;
    }
    if too_large(file, bytes, findings) {
        return cannot_go_whole(file, findings);
    }
    match Aliases::parse(bytes) {
        Ok(aliases) => findings.notes.salesforce.aliases = aliases,
        Err(error) => {
            cannot_go_whole(file, findings);
            findings.problem(build_problem(
                file,
                format!("{error}, so aliases are not known"),
                Some("name orgs by their user names; repair or remove the file"),
            ));
        }
    }
}

/// The key file, and whether the real client would accept its mode.
fn key_file<'a>(file: ConfinedPath) -> Vec<Lookup<'a>> {
    let probed = file.clone();
    vec![
        Lookup::read(file, |file, bytes, findings| {
            let place = Place::File { file: file.clone() };
            let key = KeyFile::parse(bytes);
            if let Err(error) = &key {
                findings.problem(build_problem(
                    file,
                    format!("{error}, so what was encrypted with it cannot be read"),
                    Some("put the right key back, or sign in again"),
                ));
            }
            let key = key.ok();
            findings.notes.salesforce.keys.push(FoundKey { place, key });
        }),
        Lookup::probe(probed, |file, probe, findings| {
            // Where there are no modes, none is wrong.
            let mode = probe.map_or(FILE_MODE, |probe| probe.mode & 0o777);
            if probe.is_some_and(|probe| probe.owner.is_some()) && mode != FILE_MODE {
                let path = file.to_path().display().to_string();
                findings.problem(build_problem(
                    file,
                    format!(
                        "its mode is {mode:04o}: others may read the key, and Salesforce CLI \
                         refuses it and says that there are no orgs"
                    ),
                    Some(&format!("chmod 600 {path}")),
                ));
            }
        }),
    ]
}

/// The two files of one level, below a directory.
fn settings_of<'a>(
    discovery: &DiscoveryContext<'a>,
    directory: &Path,
    is_local: bool,
) -> Vec<Lookup<'a>> {
    let directory = if is_local {
        discovery.in_project(directory)
    } else {
        discovery.below(directory)
    };
    let file = |folder: &str, name: &str| directory.join(folder)?.join(name);
    let present = file(SETTINGS_DIRECTORY, settings::PRESENT_FILE);
    let mut lookups: Vec<Lookup<'a>> = present
        .into_iter()
        .flat_map(|file| settings_file(file, Spelling::Present, is_local))
        .collect();
    // The home directory's older file lies in S, which was listed.
    let legacy = file(STATE_DIRECTORY, settings::LEGACY_FILE).filter(|_| is_local);
    lookups.extend(
        legacy
            .into_iter()
            .flat_map(|file| settings_file(file, Spelling::Legacy, is_local)),
    );
    lookups
}

type SettingsRead<'a> = Box<dyn Fn(&ConfinedPath, &[u8], &mut InventoryBuilder<'_>) + 'a>;

fn settings_file<'a>(file: ConfinedPath, spelling: Spelling, is_local: bool) -> Vec<Lookup<'a>> {
    let probed = file.clone();
    let look = |file, read: SettingsRead<'a>| {
        if !is_local {
            return naming_file(file, read);
        }
        Lookup::attempt(file, move |file, bytes, findings| match bytes {
            Ok(bytes) => read(file, bytes, findings),
            // A project may be somebody else's, who keeps its settings.
            Err(FileError::ForeignOwner { .. }) => {}
            Err(_) => cannot_go_whole(file, findings),
        })
    };
    vec![
        look(
            file,
            Box::new(move |file, bytes, findings| {
                if too_large(file, bytes, findings) {
                    return cannot_go_whole(file, findings);
                }
                if !bytes.trim_ascii().is_empty()
                    && let Err(error) = parse_object(bytes)
                {
                    cannot_go_whole(file, findings);
                    findings.problem(build_problem(
                        file,
                        format!("{error}, so defaults in it are not known"),
                        Some("repair or remove it"),
                    ));
                    return;
                }
                findings.notes.salesforce.settings.push(SettingsFound {
                    file: file.clone(),
                    spelling,
                    is_local,
                    bytes: bytes.to_vec(),
                    modified: None,
                });
            }),
        ),
        Lookup::probe(probed, |file, probe, findings| {
            let mut files = findings.notes.salesforce.settings.iter_mut();
            if let Some(found) = files.rfind(|found| found.file == *file) {
                found.modified = probe.and_then(|probe| probe.modified);
            }
        }),
    ]
}

/// The nearest directory above the working directory with a project file.
fn list_project_lookups<'a>(discovery: &DiscoveryContext<'a>) -> Vec<Lookup<'a>> {
    let discovery = *discovery;
    let ancestors = discovery.world.working_directory.ancestors();
    ancestors
        .filter_map(|directory| discovery.in_project(directory).join(PROJECT_FILE))
        .map(|file| {
            Lookup::probe(file, |file, probe, findings| {
                let orgs = &mut findings.notes.salesforce;
                if probe.is_some() && orgs.project.is_none() {
                    orgs.project = file.parent();
                }
            })
        })
        .collect()
}

fn project_settings<'a>(
    discovery: &DiscoveryContext<'a>,
    findings: &mut InventoryBuilder<'_>,
) -> Vec<Lookup<'a>> {
    let project = findings.notes.salesforce.project.as_ref();
    let path = project.map(ConfinedPath::to_path);
    // The home directory itself can be a project; its settings have been read.
    path.filter(|path| *path != discovery.world.home)
        .map(|path| settings_of(discovery, &path, true))
        .unwrap_or_default()
}

/// Whether the keys that are known decrypt every token.
fn can_read_everything(orgs: &Orgs) -> bool {
    orgs.found.iter().all(|org| {
        [&org.auth.refresh_token, &org.auth.access_token]
            .into_iter()
            .flatten()
            .all(|stored| orgs.reveal(stored).is_ok())
    })
}

/// The key's entry in the operating system's key store.
fn key_store<'a>(discovery: &DiscoveryContext<'a>) -> Vec<Lookup<'a>> {
    let naming = match discovery.world.operating_system {
        OperatingSystem::Linux => Naming::DomainUser,
        OperatingSystem::MacOs => Naming::ServiceAccount,
        // There the key is in the key file.
        OperatingSystem::Windows => return Vec::new(),
    };
    let mut query = Query::service(key::SERVICE, naming).with_secrets();
    query.account = Some(key::ACCOUNT.to_owned());
    vec![Lookup::keyring(query, |entries, findings| {
        for entry in entries {
            key_entry(entry, findings);
        }
    })]
}

fn key_entry(entry: Entry, findings: &mut InventoryBuilder<'_>) {
    let place = Place::KeyringEntry {
        store: StoreId::System,
        service: entry.key.service,
        account: entry.key.account,
        naming: entry.key.naming,
    };
    let key = match entry.content {
        Content::Known(text) => key_in(&text, findings),
        Content::Unread | Content::Locked | Content::Encrypted | Content::Damaged => {
            findings.problem(Problem {
                location: Location::key_store_of(System::SALESFORCE),
                message: "the key of Salesforce CLI is in it, and it is locked".to_owned(),
                hint: Some("unlock it and run this again".to_owned()),
                hides: false,
            });
            findings.notes.salesforce.is_key_locked = true;
            None
        }
        Content::Broken(why) => {
            findings.problem(Problem {
                location: Location::key_store_of(System::SALESFORCE),
                message: format!("the key of Salesforce CLI in it cannot be read: {why}"),
                hint: None,
                hides: false,
            });
            None
        }
    };
    findings.notes.salesforce.keys.push(FoundKey { place, key });
}

fn key_in(
    text: &Secret,
    findings: &mut InventoryBuilder<'_>,
) -> Option<super::crypto::EncryptionKey> {
    let key = super::crypto::EncryptionKey::parse(text);
    if let Err(error) = &key {
        findings.problem(Problem {
            location: Location::key_store_of(System::SALESFORCE),
            message: format!("the key of Salesforce CLI in it is none: {error}"),
            hint: Some("sign in again".to_owned()),
            hides: false,
        });
    }
    key.ok()
}

/// Pending orgs, whose files may hold a secret that needs the key.
fn list_pending_lookups<'a>(discovery: &DiscoveryContext<'a>) -> Vec<Lookup<'a>> {
    let directory = discovery.in_home(SETTINGS_DIRECTORY);
    let file = directory.and_then(|directory| directory.join("scratch-create-cache.json"));
    file.map(|file| {
        Lookup::read(file, |file, bytes, findings| {
            if parse_object(bytes).is_ok_and(|document| has_encrypted_values(&document)) {
                findings.notes.salesforce.pending.push(file.clone());
            }
        })
    })
    .into_iter()
    .collect()
}
