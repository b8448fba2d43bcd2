//! Items of the macOS Keychain: `Claude Code-credentials` (the login) and `Claude Code` (a Console
//! key), with eight hexadecimal digits behind for a further configuration directory.
//!
//! They are listed by their attributes alone, so that nobody is asked. Other systems have none.
//!
//! Source: reports by others and the client's own error messages; the vendor documents the
//! Keychain, but not the names.

use super::{Directory, SYSTEM, account_of, name_of};
use crate::inventory::{CredentialKind, Fact};
use crate::io::keyring::{Naming, Query};
use crate::systems::ai::common::{AccountArtefacts, keyring_entries};
use crate::systems::discovery::{DiscoveryContext, Lookup};
use crate::world::OperatingSystem;

pub(super) fn list_lookups<'a>(
    discovery: DiscoveryContext<'a>,
    directory: &Directory,
) -> Vec<Lookup<'a>> {
    if discovery.world.operating_system != OperatingSystem::MacOs {
        return Vec::new();
    }
    let suffix = directory.variable.as_deref().map(build_service_suffix);
    [
        ("Claude Code-credentials", CredentialKind::Login, "login"),
        ("Claude Code", CredentialKind::ApiKey, "Console API key"),
    ]
    .into_iter()
    .map(|(service, kind, what)| {
        let service = suffix.as_ref().map_or_else(
            || service.to_owned(),
            |digits| format!("{service}-{digits}"),
        );
        build_item_lookup(discovery, directory.clone(), service, kind, what)
    })
    .collect()
}

fn build_item_lookup<'a>(
    discovery: DiscoveryContext<'a>,
    directory: Directory,
    service: String,
    kind: CredentialKind,
    what: &'static str,
) -> Lookup<'a> {
    let query = Query::service(service, Naming::ServiceAccount);
    Lookup::keyring(query, move |entries, findings| {
        if entries.is_empty() {
            return;
        }
        let name = name_of(discovery, &directory, findings);
        let mut account = account_of(discovery, &directory, &name);
        account.facts.push(Fact::new("source", "Keychain"));
        let note = "no: the names of the Keychain items are not documented";
        account.facts.push(Fact::new("confirmed", note));
        findings.account(account);
        let owner = AccountArtefacts {
            system: SYSTEM,
            name: &name,
        };
        keyring_entries(owner, entries, kind, what, findings);
    })
}

/// The first eight hexadecimal digits of SHA-256 over the text of `CLAUDE_CONFIG_DIR`, exactly as it
/// was given.
pub(super) fn build_service_suffix(variable: &str) -> String {
    use sha2::{Digest as _, Sha256};
    let hash = Sha256::digest(variable.as_bytes());
    hash.iter().take(4).fold(String::new(), |mut text, byte| {
        use std::fmt::Write as _;
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::build_service_suffix;

    #[test]
    fn digits_are_those_that_were_seen() {
        assert_eq!(build_service_suffix("/Users/test/.claude-work"), "03abf0ee");
        assert_eq!(
            build_service_suffix("/Users/test/.claude-work/"),
            "8bd6f0f5"
        );
    }
}
