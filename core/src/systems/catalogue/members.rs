//! What stands in a tool's file, as findings.

mod rows;
mod told;

pub(super) use self::rows::link_parts_of_accounts;

use std::collections::BTreeSet;
use std::path::PathBuf;

use jiff::Timestamp;

use super::calls::{Tellable, note_token};
use super::naming::Surroundings;
use super::{FoundFile, not_understood};
use crate::catalogue::{Tool, ToolClass, ToolCredential};
use crate::formats::{Format, Node, Pattern, is_like};
use crate::inventory::{
    Account, Artefact, Category, Class, CredentialKind, Fact, Location, Owner, Place, Problem,
    State, Unread,
};
use crate::io::files::{ConfinedPath, FileError, Probe};
use crate::secret::Secret;
use crate::systems::ai::decode_claims;
use crate::systems::discovery::{
    DiscoveryContext, InventoryBuilder, Lookup, PartOfAccount, build_artefact, parse_timestamp,
};
use crate::systems::shapes::is_no_key;

/// Reads a file that one or several tools keep sign-ins in.
pub(super) fn list_lookups(
    discovery: DiscoveryContext<'_>,
    path: ConfinedPath,
    mut found: Vec<FoundFile>,
) -> Vec<Lookup<'_>> {
    // Who keeps something in another tool's file knows better whose it is.
    found.sort_by_key(|found| !found.file.is_shared);
    let described: Vec<(PathBuf, Option<Format>)> = found
        .iter()
        .map(|found| (path.to_path(), found.file.format))
        .collect();
    let (databases, readers): (Vec<FoundFile>, Vec<FoundFile>) = found
        .into_iter()
        .partition(|found| found.file.table.is_some());
    let databases = databases
        .into_iter()
        .filter_map(|found| rows::build_rows_lookup(discovery, path.clone(), found));
    let mut lookups: Vec<Lookup<'_>> = databases.collect();
    lookups.extend([
        Lookup::say(move |findings| {
            let files = &mut findings.notes.described_files;
            files.extend(described.iter().cloned());
        }),
        Lookup::attempt(path.clone(), move |path, bytes, findings| {
            for found in &readers {
                read_file(&discovery, path, bytes, found, findings);
            }
        }),
        Lookup::probe(path, |path, probe, findings| {
            warn_of_readers(path, probe, findings);
        }),
    ]);
    lookups
}

fn read_file(
    discovery: &DiscoveryContext<'_>,
    path: &ConfinedPath,
    bytes: Result<&[u8], &FileError>,
    found: &FoundFile,
    findings: &mut InventoryBuilder<'_>,
) {
    let tool = found.tool;
    let location = || Location::of(path);
    let Ok(bytes) = bytes else {
        // That it cannot be read has been said.
        if !found.file.is_shared {
            findings.unread(&location(), Unread::All(tool.system));
        }
        return;
    };
    // A file that a logout has emptied holds nothing.
    if bytes.trim_ascii().is_empty() {
        return;
    }
    let reading = Reading {
        discovery,
        tool,
        path,
        found,
        access_token: None,
    };
    let Some(format) = found.file.format else {
        return reading.whole_file(bytes, findings);
    };
    match format.read(bytes) {
        Ok(document) => reading.members(format, &document, findings),
        Err(_) if found.file.is_shared => {}
        Err(_) => {
            findings.unread(&location(), Unread::All(tool.system));
            findings.problem(not_understood(tool, path));
        }
    }
}

/// One file, read for one tool.
#[derive(Clone, Copy)]
struct Reading<'r> {
    discovery: &'r DiscoveryContext<'r>,
    tool: &'static Tool,
    path: &'r ConfinedPath,
    found: &'r FoundFile,
    /// The access token of a row, as long as it is good.
    access_token: Option<&'r Secret>,
}

impl Reading<'_> {
    fn whole_file(&self, bytes: &[u8], findings: &mut InventoryBuilder<'_>) {
        let text = std::str::from_utf8(bytes).ok();
        // What a server is told may be a member of it all the same.
        let mut credentials = self.found.file.credentials.iter();
        let has_service = credentials.any(|credential| !credential.services.is_empty());
        let document = has_service.then(|| Format::Json.read(bytes).ok()).flatten();
        let surroundings = Surroundings {
            document: document.as_ref(),
            member: None,
            path_captures: &self.found.captures,
            names: &[],
        };
        for credential in self.found.file.credentials {
            let place = Place::File {
                file: self.path.clone(),
            };
            self.add(credential, place, &surroundings, text, None, findings);
        }
    }

    fn members(
        &self,
        format: Format,
        document: &crate::formats::Document,
        findings: &mut InventoryBuilder<'_>,
    ) {
        // Systems with code of their own, and the entries before, have said whose these are. They may
        // have got there by another way, so nodes are compared.
        let address = |node: &Node| std::ptr::from_ref(node).addr();
        let mut known: BTreeSet<usize> = findings
            .members_of(self.path)
            .iter()
            .filter_map(|path| document.get(path))
            .map(address)
            .collect();
        for credential in self.found.file.credentials {
            // Patterns are checked by a test.
            let Ok(pattern) = credential.select.parse::<Pattern>() else {
                continue;
            };
            for member in document.select(&pattern) {
                let mut way = member.path.ancestors();
                let is_known = way.any(|above| {
                    let node = document.get(&above);
                    node.is_some_and(|node| known.contains(&address(node)))
                });
                if is_known {
                    continue;
                }
                if !holds_credential(member.value, credential.ignore) {
                    // The net below takes it for none, either.
                    let passed_over = &mut findings.notes.passed_over;
                    passed_over.push((self.path.to_path(), member.path.clone()));
                    continue;
                }
                known.insert(address(member.value));
                let place = Place::Member {
                    format,
                    file: self.path.clone(),
                    path: member.path.clone(),
                };
                let surroundings = Surroundings {
                    document: Some(document),
                    member: Some(&member),
                    path_captures: &self.found.captures,
                    names: &[],
                };
                let ends = Self::end_of(credential, &surroundings);
                let secret = member.value.scalar();
                self.add(credential, place, &surroundings, secret, ends, findings);
            }
        }
        self.note_markers(document, findings);
        self.note_references(document, findings);
    }

    /// When a credential ends by itself; what can be renewed has no end that is known.
    fn end_of(credential: &ToolCredential, surroundings: &Surroundings<'_>) -> Option<Timestamp> {
        let renewal = credential
            .renewed_by
            .and_then(|key| surroundings.node_at(key));
        if renewal.is_some_and(|node| holds_credential(node, &[])) {
            return None;
        }
        match credential.expires? {
            "jwt" => {
                let token = surroundings.member?.value.scalar()?;
                let seconds = decode_claims(token)?.get("exp")?.as_i64()?;
                Timestamp::from_second(seconds).ok()
            }
            key => time_of(surroundings.node_at(key)?.scalar()?),
        }
    }

    /// Whether the file holds something of this account that stays unless it is asked for.
    fn has_stored(&self, account: &Account, findings: &InventoryBuilder<'_>) -> bool {
        findings.has_stored_in(self.path, account.system, &account.name)
    }

    fn add(
        &self,
        credential: &ToolCredential,
        place: Place,
        surroundings: &Surroundings<'_>,
        secret: Option<&str>,
        ends: Option<Timestamp>,
        findings: &mut InventoryBuilder<'_>,
    ) {
        let name = surroundings.fill_first(credential.identity);
        let provider = surroundings.fill_first(credential.provider);
        let found = Found {
            tool: self.tool,
            credential,
            name: name.unwrap_or_else(|| "default".to_owned()),
            provider,
            ends,
        };
        // A variable may lead to the usual place too.
        if credential.except.contains(&found.name.as_str()) {
            // The net below takes it for none, either.
            if let Place::Member { path, .. } = place {
                let passed_over = &mut findings.notes.passed_over;
                passed_over.push((self.path.to_path(), path));
            }
            return;
        }
        if findings.has_place(&place) {
            return;
        }
        let account = found.account(self.discovery, self.path);
        findings.account(account.clone());
        findings.home_of(self.tool.system, &account.name, self.path.to_path());
        let told = Tellable {
            tool: self.tool,
            services: credential.services,
            secret,
            is_made_by_hand: credential.is_key || credential.class == ToolClass::Stored,
            is_unvouched: self.found.is_unvouched,
            ends,
        };
        let token = note_token(self.discovery, &told, surroundings, &account, findings);
        if credential.ends_with_account && token.is_none() {
            findings.notes.parts_of_accounts.push(PartOfAccount {
                system: self.tool.system,
                account: account.name.clone(),
                place: place.clone(),
                access_token: self.access_token.cloned(),
            });
        }
        let artefact = found.artefact(self.discovery, place);
        let class = match credential.class {
            // What only goes along stays with what stays.
            ToolClass::Along if self.has_stored(&account, findings) => Class::Stored,
            _ => artefact.class,
        };
        findings.artefact(Artefact {
            class,
            token,
            ..artefact
        });
    }
}

/// A credential that was found, and whose it is.
struct Found<'f> {
    tool: &'static Tool,
    credential: &'f ToolCredential,
    name: String,
    provider: Option<String>,
    ends: Option<Timestamp>,
}

impl Found<'_> {
    fn account(&self, discovery: &DiscoveryContext<'_>, path: &ConfinedPath) -> Account {
        let provider = self.provider.as_deref().unwrap_or(self.tool.name);
        Account {
            system: self.tool.system,
            name: self.name.clone(),
            aliases: Vec::new(),
            provider: Some(provider.to_owned()),
            facts: vec![
                Fact::new("method", self.credential.what),
                Fact::new("source", discovery.world.shorten(&path.to_path())),
            ],
        }
    }

    fn artefact(&self, discovery: &DiscoveryContext<'_>, place: Place) -> Artefact {
        let credential = self.credential;
        let owner = Owner::account(&self.name);
        Artefact {
            class: match credential.class {
                ToolClass::Session
                | ToolClass::Linked
                | ToolClass::Along
                | ToolClass::Footprint => Class::Session,
                ToolClass::Stored | ToolClass::Key => Class::Stored,
            },
            kind: match credential.class {
                ToolClass::Key => CredentialKind::PrivateKey,
                _ if credential.is_key => CredentialKind::ApiKey,
                _ => CredentialKind::Login,
            },
            tier: match credential.class {
                ToolClass::Linked => Category::Attached,
                ToolClass::Footprint => Category::Footprint,
                ToolClass::Session | ToolClass::Stored | ToolClass::Key | ToolClass::Along => {
                    Category::SignIn
                }
            },
            state: match credential.class {
                ToolClass::Along | ToolClass::Footprint => State::Residue,
                _ if credential.is_unknown => State::Unknown,
                _ => discovery.state_at(self.ends),
            },
            expires_at: self.ends,
            ..build_artefact(self.tool.system, place, owner, credential.what)
        }
    }
}

/// Whether a value is a credential: text that is no reference to somewhere else, or a group with
/// such a text in it.
pub(super) fn holds_credential(value: &Node, ignored: &[&str]) -> bool {
    if let Some(text) = value.scalar() {
        let text = text.trim();
        return !text.is_empty()
            && !is_reference(text)
            && !is_no_key(text)
            && !has_reference_for_password(text)
            && !ignored.iter().any(|pattern| is_like(pattern, text));
    }
    let mut members = value.members().map(|(_, member)| member);
    members.any(|member| holds_credential(member, ignored))
        || value
            .elements()
            .iter()
            .any(|element| holds_credential(element, ignored))
}

/// Whether a text is an address whose password is kept elsewhere: `https://${USER}:${TOKEN}@host`.
fn has_reference_for_password(text: &str) -> bool {
    let Some((_, rest)) = text.split_once("://") else {
        return false;
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let user = authority.rsplit_once('@').map(|(user, _)| user);
    user.is_some_and(|user| {
        let secret = user.split_once(':').map_or(user, |(_, password)| password);
        is_reference(secret)
    })
}

/// Whether a text only says where the credential is: a variable, a marker of a key store.
fn is_reference(text: &str) -> bool {
    let is_name = |name: &str| {
        !name.is_empty()
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"_.:-?".contains(&byte))
    };
    let inner = [("${", "}"), ("{{", "}}"), ("%", "%")]
        .into_iter()
        .find_map(|(begin, end)| text.strip_prefix(begin)?.strip_suffix(end));
    // A password may begin with the sign, too; a variable's name is in capitals.
    let bare = text.strip_prefix('$').is_some_and(|name| {
        let is_of_name = |byte: u8| byte.is_ascii_uppercase() || byte == b'_';
        name.len() > 1 && name.bytes().all(is_of_name)
    });
    bare || inner.is_some_and(|inner| is_name(inner.trim()))
}

/// A time as tools write it: RFC 3339, or seconds or milliseconds since 1970.
fn time_of(text: &str) -> Option<Timestamp> {
    /// Seconds since 1970 are below this for the next three thousand years.
    const SECONDS: f64 = 1e11;
    let Ok(number) = text.trim().parse::<f64>() else {
        // Without a zone it is UTC, as Python's libraries write it.
        return parse_timestamp(text).or_else(|| parse_timestamp(&format!("{}Z", text.trim())));
    };
    if number <= 0.0 {
        return None;
    }
    let seconds = if number < SECONDS {
        number
    } else {
        number / 1000.0
    };
    #[expect(
        clippy::cast_possible_truncation,
        reason = "times beyond the range of timestamps are refused by them"
    )]
    Timestamp::from_second(seconds as i64).ok()
}

/// Warns where others may read a file in which something was found.
fn warn_of_readers(
    path: &ConfinedPath,
    probe: Option<&Probe>,
    findings: &mut InventoryBuilder<'_>,
) {
    let Some(mode) = probe.map(|probe| probe.mode & 0o7777) else {
        return;
    };
    let is_private = mode.trailing_zeros() >= 6;
    if is_private || !findings.has_credential_in(path) {
        return;
    }
    let location = Location::of(path);
    if findings.has_problem_at(&location) {
        return;
    }
    findings.problem(Problem {
        message: format!("others on this machine can read it (mode {mode:04o})"),
        hint: Some(format!("chmod 600 {location}")),
        location,
        hides: false,
    });
}
