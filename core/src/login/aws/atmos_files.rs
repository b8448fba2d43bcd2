//! The `credentials` and `config` files of Atmos, one directory per realm and provider: read and
//! written as Atmos does, so that it uses what is signed in here.
//!
//! Source: Atmos `pkg/auth/cloud/aws/files.go`; recorded state of a running Atmos.

use std::path::Path;

use jiff::Timestamp;
use jiff::fmt::temporal::DateTimePrinter;

use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::{RoleKeys, SignIn, SignInError};
use crate::atmos::config::{Identity, Node};
use crate::formats::{Format, IniDialect, MemberPath, MemberRemoval, ini};
use crate::io::files::{Change, ConfinedPath, EditError, FileError, LockRule};
use crate::secret::Secret;
use crate::systems::discovery::READ_LIMIT;
use crate::systems::{VariablesError, find_aws_directory, find_region};
use crate::world::World;

const PROFILES: Format = Format::Ini(IniDialect::Go);

/// A path of the person's own, as it is opened: component by component below the home, else below the root.
pub fn place(world: &World, path: &Path) -> Option<ConfinedPath> {
    if let Ok(relative) = path.strip_prefix(&world.home) {
        let place = ConfinedPath::new(world.home.as_path(), relative);
        return place.map(ConfinedPath::following_links);
    }
    let root = path.ancestors().last()?;
    let place = ConfinedPath::new(root, path.strip_prefix(root).ok()?);
    place.map(ConfinedPath::following_links)
}

impl SignIn<'_> {
    /// The keys of an identity that are on disk, whether they have ended or not.
    pub(super) fn stored_keys(&self, identity: &Identity) -> Result<Option<RoleKeys>, SignInError> {
        let directory = self.directory_of(identity)?;
        let Some(file) = directory.and_then(|directory| directory.join("credentials")) else {
            return Ok(None);
        };
        let Some(bytes) = self.files.read(&file, READ_LIMIT)? else {
            return Ok(None);
        };
        let Ok(document) = PROFILES.read(&bytes) else {
            return Ok(None);
        };
        let name = section_name(identity);
        let mut headings = ini::list_headings(&bytes).into_iter();
        let heading = headings.find(|heading| heading.name == name);
        let Some(section) = document.root().get(name) else {
            return Ok(None);
        };
        let noted = heading
            .as_ref()
            .and_then(|heading| read_mark(&bytes, heading.line));
        if noted.is_some_and(|noted| noted != self.mark_of(identity)) {
            // They are those of another role: the configuration was another one when they were signed in.
            return Ok(None);
        }
        let text = |key: &str| section.get(key)?.text().map(Secret::expose);
        let id = text("aws_access_key_id").filter(|text| !text.is_empty());
        let secret = text("aws_secret_access_key").filter(|text| !text.is_empty());
        let Some((id, secret)) = id.zip(secret) else {
            return Ok(None);
        };
        let token = text("aws_session_token").filter(|text| !text.is_empty());
        Ok(Some(RoleKeys {
            access_key_id: id.to_owned(),
            secret_access_key: Secret::new(secret.to_owned()),
            session_token: token.map(|token| Secret::new(token.to_owned())),
            // A session whose end nobody noted may have ended.
            expires_at: match heading.and_then(|heading| heading.atmos_expiration) {
                None if token.is_some() => Some(Timestamp::UNIX_EPOCH),
                end => end,
            },
            region: self.region_of(identity).map(str::to_owned),
            account_id: identity
                .compared(&["principal", "account", "id"])
                .map(str::to_owned),
            arn: None,
        }))
    }

    /// Writes the keys of identities and the profiles that go with them, each file once; those that
    /// could not be written.
    pub(super) fn store_all<'i>(
        &self,
        all: &[(&'i Identity, &RoleKeys)],
    ) -> Vec<(&'i Identity, SignInError)> {
        let mut groups: Vec<(ConfinedPath, Vec<usize>)> = Vec::new();
        let mut failures = Vec::new();
        for (at, (identity, _)) in all.iter().enumerate() {
            let directory = match self.directory_of(identity) {
                Ok(Some(directory)) => directory,
                Ok(None) => continue,
                Err(error) => {
                    failures.push((*identity, error.into()));
                    continue;
                }
            };
            match groups.iter_mut().find(|(known, _)| *known == directory) {
                Some((_, group)) => group.push(at),
                None => groups.push((directory, vec![at])),
            }
        }
        for (directory, group) in groups {
            let of_group = || group.iter().map(|&at| all[at]);
            let credentials = of_group()
                .map(|(identity, keys)| render_keys(identity, keys, &self.mark_of(identity)));
            let profiles = of_group().map(|(identity, keys)| render_profile(identity, keys));
            let written = self
                .put_sections(
                    directory.join("credentials"),
                    &credentials.collect::<Vec<_>>(),
                )
                .and_then(|()| {
                    self.put_sections(directory.join("config"), &profiles.collect::<Vec<_>>())
                });
            if let Err(error) = written {
                let mut error = Some(error);
                failures.extend(of_group().map(|(identity, _)| {
                    let again = || SignInError::NotStored {
                        identity: identity.name.written.clone(),
                    };
                    (identity, error.take().map_or_else(again, SignInError::File))
                }));
            }
        }
        failures
    }

    fn put_sections(
        &self,
        file: Option<ConfinedPath>,
        sections: &[Section],
    ) -> Result<(), FileError> {
        let Some(file) = file else { return Ok(()) };
        let edit = &mut |bytes: Option<&[u8]>| {
            let mut present = Zeroizing::new(bytes.unwrap_or_default().to_vec());
            for section in sections {
                present = replace_section(&present, section)?;
            }
            Ok(Change::Replace(present.to_vec()))
        };
        self.files
            .edit_or_create(&file, LockRule::Sibling, READ_LIMIT, edit)?;
        Ok(())
    }

    fn directory_of(&self, identity: &Identity) -> Result<Option<ConfinedPath>, VariablesError> {
        let directory = find_aws_directory(
            self.world,
            self.configuration,
            self.identity_graph,
            identity,
        )?;
        Ok(place(self.world, &directory))
    }

    /// Tells what an identity's keys stand for from what they would stand for after a change of the
    /// configuration: the account, the role, and everything before it in the chain.
    fn mark_of(&self, identity: &Identity) -> String {
        let auth = &self.configuration.auth;
        let mut hash = Sha256::new();
        for link in self.identity_graph.chain(&identity.name.key) {
            hash.update(link.as_bytes());
            hash.update([0]);
            let of_identity = auth.identity(&link).into_iter().flat_map(|identity| {
                let settings = &identity.settings;
                [settings.get("kind"), settings.get("principal")]
            });
            let of_provider = auth.provider(&link).into_iter().flat_map(|provider| {
                let settings = &provider.settings;
                [settings.get("kind"), settings.get("start_url")]
            });
            for node in of_identity.chain(of_provider).flatten() {
                add_to_hash(node, &mut hash);
            }
        }
        let digest = hash.finalize();
        let digits = digest.iter().take(8).map(|byte| format!("{byte:02x}"));
        digits.collect()
    }

    /// The region that an identity works in.
    pub(super) fn region_of<'b>(&'b self, identity: &'b Identity) -> Option<&'b str> {
        find_region(self.configuration, self.identity_graph, identity)
    }
}

/// The name of an identity's section: its key, as Atmos has it.
fn section_name(identity: &Identity) -> &str {
    &identity.name.key
}

/// `2026-11-21T09:06:11Z`.
pub(super) fn format_end(end: Timestamp) -> String {
    let printer = DateTimePrinter::new().precision(Some(0));
    printer.timestamp_to_string(&end)
}

/// What begins the line behind a header that says what the keys were signed in for. To every reader of such
/// files it is a comment, and it goes with its section.
const MARK: &str = "; adieu: for=";

/// What the section whose header is in this line was signed in for, if that is noted.
fn read_mark(bytes: &[u8], header: usize) -> Option<String> {
    let line = bytes.split(|byte| *byte == b'\n').nth(header)?;
    let mark = std::str::from_utf8(line).ok()?.strip_prefix(MARK)?;
    Some(mark.trim().to_owned())
}

/// Adds a value of the configuration to what is hashed; names and values end with a byte that neither has.
fn add_to_hash(node: &Node, hash: &mut Sha256) {
    if let Some(mapping) = node.as_mapping() {
        for entry in mapping.iter() {
            hash.update(entry.key.as_bytes());
            hash.update([1]);
            add_to_hash(&entry.value, hash);
        }
    } else {
        for item in node.items() {
            add_to_hash(item, hash);
        }
        hash.update(node.expose().unwrap_or_default());
    }
    hash.update([2]);
}

/// A section that is to be written.
struct Section {
    name: String,
    text: Zeroizing<String>,
}

fn render_keys(identity: &Identity, keys: &RoleKeys, mark: &str) -> Section {
    let name = section_name(identity);
    let end = keys.expires_at.map(format_end);
    let mut lines = vec![
        format!("[{name}]"),
        format!("{MARK}{mark}"),
        format!("aws_access_key_id     = {}", keys.access_key_id),
        format!(
            "aws_secret_access_key = {}",
            keys.secret_access_key.expose()
        ),
    ];
    if let Some(end) = end {
        lines.insert(0, format!("; atmos: expiration={end}"));
    }
    if let Some(token) = &keys.session_token {
        lines.push(format!("aws_session_token     = {}", token.expose()));
    }
    lines.push(String::new());
    Section {
        name: name.to_owned(),
        text: Zeroizing::new(lines.join("\n")),
    }
}

fn render_profile(identity: &Identity, keys: &RoleKeys) -> Section {
    let region = keys.region.as_deref().unwrap_or("us-east-1");
    let name = match section_name(identity) {
        "default" => "default".to_owned(),
        name => format!("profile {name}"),
    };
    Section {
        text: Zeroizing::new(format!("[{name}]\nregion = {region}\n")),
        name,
    }
}

/// The file with this section in place of the one of that name, every other byte as it was.
fn replace_section(bytes: &[u8], section: &Section) -> Result<Zeroizing<Vec<u8>>, EditError> {
    let name = &section.name;
    if name.contains([']', '\n', '\r']) {
        return Err(EditError::Refused(
            "the name cannot be that of a section".to_owned(),
        ));
    }
    let headings = ini::list_headings(bytes);
    let mut new = if headings.iter().any(|heading| heading.name == *name) {
        let mut edited = PROFILES.remove(bytes, &[MemberPath::of_section(name)])?;
        if let Some(MemberRemoval::Refused(error)) = edited.outcomes.pop() {
            return Err(error);
        }
        Zeroizing::new(edited.bytes)
    } else {
        Zeroizing::new(bytes.to_vec())
    };
    while new.ends_with(b"\n\n") {
        new.pop();
    }
    if !new.is_empty() {
        let ends_line = new.ends_with(b"\n");
        new.extend_from_slice(if ends_line { b"\n" } else { b"\n\n" });
    }
    new.extend_from_slice(section.text.as_bytes());
    Ok(new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_is_put_in_place_of_the_old_one_and_every_other_byte_stays() {
        let put = |before: &str, section: &str| {
            let section = Section {
                name: "b".to_owned(),
                text: Zeroizing::new(section.to_owned()),
            };
            let bytes = replace_section(before.as_bytes(), &section).unwrap();
            String::from_utf8(bytes.to_vec()).unwrap()
        };
        for (before, after) in [
            ("", "[b]\nx = 1\n"),
            ("[a]\ny = 1\n", "[a]\ny = 1\n\n[b]\nx = 1\n"),
            ("[a]\ny = 1", "[a]\ny = 1\n\n[b]\nx = 1\n"),
            (
                "; atmos: expiration=2026-11-21T09:06:11Z\n[b]\nx = 0\n\n# mine\n[a]\ny = 1\n",
                "# mine\n[a]\ny = 1\n\n[b]\nx = 1\n",
            ),
            ("[a]\ny = 1\n\n[b]\nx = 0\n", "[a]\ny = 1\n\n[b]\nx = 1\n"),
        ] {
            assert_eq!(put(before, "[b]\nx = 1\n"), after, "{before:?}");
        }
        let hostile = Section {
            name: "b]\n[c".to_owned(),
            text: Zeroizing::default(),
        };
        assert!(replace_section(b"", &hostile).is_err());
    }
}
