//! What stands in a tool's file, as findings.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::naming::Surroundings;
use super::{FoundFile, not_understood};
use crate::catalogue::{Tool, ToolClass, ToolCredential};
use crate::formats::{Format, MemberPath, Node, Pattern, is_like};
use crate::inventory::{
    Account, Artefact, Category, Class, CredentialKind, Fact, Owner, Place, Problem, State, Unread,
};
use crate::io::files::{ConfinedPath, FileError, Probe};
use crate::systems::ai::claims;
use crate::systems::discovery::{DiscoveryContext, InventoryBuilder, Lookup, artefact, timestamp};

/// Reads a file that one or several tools keep sign-ins in.
pub(super) fn lookups(
    discovery: DiscoveryContext<'_>,
    path: ConfinedPath,
    readers: Vec<FoundFile>,
) -> Vec<Lookup<'_>> {
    vec![
        Lookup::attempt(path.clone(), move |path, bytes, findings| {
            for found in &readers {
                read(&discovery, path, bytes, found, findings);
            }
        }),
        Lookup::probe(path, |path, probe, findings| {
            warn_of_readers(path, probe, findings);
        }),
    ]
}

fn read(
    discovery: &DiscoveryContext<'_>,
    path: &ConfinedPath,
    bytes: Result<&[u8], &FileError>,
    found: &FoundFile,
    findings: &mut InventoryBuilder<'_>,
) {
    let tool = found.tool;
    let location = || path.to_path().display().to_string();
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
    };
    let Some(format) = found.file.format else {
        return reading.whole_file(findings);
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
struct Reading<'r> {
    discovery: &'r DiscoveryContext<'r>,
    tool: &'static Tool,
    path: &'r ConfinedPath,
    found: &'r FoundFile,
}

impl Reading<'_> {
    fn whole_file(&self, findings: &mut InventoryBuilder<'_>) {
        let surroundings = Surroundings {
            document: None,
            member: None,
            path_captures: &self.found.captures,
        };
        for credential in self.found.file.credentials {
            let place = Place::File {
                file: self.path.clone(),
            };
            self.add(credential, place, &surroundings, None, findings);
        }
    }

    fn members(
        &self,
        format: Format,
        document: &crate::formats::Document,
        findings: &mut InventoryBuilder<'_>,
    ) {
        // Systems with code of their own, and the entries before, have said whose these are.
        let mut known: BTreeSet<MemberPath> = findings.members_of(self.path);
        for credential in self.found.file.credentials {
            // Patterns are checked by a test.
            let Ok(pattern) = credential.select.parse::<Pattern>() else {
                continue;
            };
            for member in document.select(&pattern) {
                let is_known = member.path.ancestors().any(|above| known.contains(&above));
                if is_known || !holds_credential(member.value, credential.ignore) {
                    continue;
                }
                known.insert(member.path.clone());
                let place = Place::Member {
                    format,
                    file: self.path.clone(),
                    path: member.path.clone(),
                };
                let surroundings = Surroundings {
                    document: Some(document),
                    member: Some(&member),
                    path_captures: &self.found.captures,
                };
                let ends = Self::end_of(credential, &surroundings);
                self.add(credential, place, &surroundings, ends, findings);
            }
        }
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
                let seconds = claims(token)?.get("exp")?.as_i64()?;
                Timestamp::from_second(seconds).ok()
            }
            key => time_of(surroundings.node_at(key)?.scalar()?),
        }
    }

    fn add(
        &self,
        credential: &ToolCredential,
        place: Place,
        surroundings: &Surroundings<'_>,
        ends: Option<Timestamp>,
        findings: &mut InventoryBuilder<'_>,
    ) {
        let system = self.tool.system;
        let name = surroundings
            .fill_first(credential.identity)
            .unwrap_or_else(|| "default".to_owned());
        if credential.except.contains(&name.as_str()) {
            return;
        }
        let provider = surroundings
            .fill_first(credential.provider)
            .unwrap_or_else(|| self.tool.name.to_owned());
        let file = self.path.to_path();
        findings.account(Account {
            system,
            name: name.clone(),
            aliases: Vec::new(),
            provider: Some(provider),
            facts: vec![
                Fact::new("method", credential.what),
                Fact::new("source", self.discovery.world.shorten(&file)),
            ],
        });
        findings.home_of(system, &name, file);
        findings.artefact(Artefact {
            class: match credential.class {
                ToolClass::Session | ToolClass::Linked | ToolClass::Footprint => Class::Session,
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
                ToolClass::Session | ToolClass::Stored | ToolClass::Key => Category::SignIn,
            },
            state: match credential.class {
                ToolClass::Footprint => State::Residue,
                _ if credential.is_unknown => State::Unknown,
                _ => self.discovery.state_at(ends),
            },
            expires_at: ends,
            ..artefact(system, place, Owner::account(&name), credential.what)
        });
    }
}

/// Whether a value is a credential: text that is no reference to somewhere else, or a group with
/// such a text in it.
fn holds_credential(value: &Node, ignored: &[&str]) -> bool {
    if let Some(text) = value.scalar() {
        let text = text.trim();
        return !text.is_empty()
            && !is_reference(text)
            && !ignored.iter().any(|pattern| is_like(pattern, text));
    }
    let mut members = value.members().map(|(_, member)| member);
    members.any(|member| holds_credential(member, ignored))
        || value
            .elements()
            .iter()
            .any(|element| holds_credential(element, ignored))
}

/// Whether a text only says where the credential is: a variable, a marker of a key store.
fn is_reference(text: &str) -> bool {
    let is_name = |name: &str| {
        !name.is_empty()
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"_.:-?".contains(&byte))
    };
    let inner = [("${", "}"), ("{{", "}}"), ("%", "%"), ("$", "")]
        .into_iter()
        .find_map(|(begin, end)| text.strip_prefix(begin)?.strip_suffix(end));
    inner.is_some_and(|inner| is_name(inner.trim()))
}

/// A time as tools write it: RFC 3339, or seconds or milliseconds since 1970.
fn time_of(text: &str) -> Option<Timestamp> {
    /// Seconds since 1970 are below this for the next three thousand years.
    const SECONDS: f64 = 1e11;
    let Ok(number) = text.trim().parse::<f64>() else {
        return timestamp(text);
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
    let location = path.to_path().display().to_string();
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
