//! Files that a tool's own file names as its keys or tokens: they are said, and go with nothing.
//!
//! A file's text decides where they are, so no logout deletes one: a person does.

use std::path::Path;

use crate::inventory::{Account, Artefact, Class, CredentialKind, Fact, Owner, Place, State};
use crate::io::files::{ConfinedPath, EntryKind};
use crate::systems::discovery::{DiscoveryContext, Lookup, NamedCredential, build_artefact};

/// Looks whether the files are there that were named so far.
pub(super) fn build_lookup(discovery: DiscoveryContext<'_>) -> Lookup<'_> {
    Lookup::next(move |findings| {
        let named = std::mem::take(&mut findings.notes.named_credentials);
        let looked = named.into_iter().filter_map(|named| {
            let file = confine(&discovery, &named.path)?;
            Some(look_at(discovery, file, named))
        });
        looked.collect()
    })
}

/// The path as one that may be looked at: in the home, or below a directory that is trusted as it is.
fn confine(discovery: &DiscoveryContext<'_>, path: &Path) -> Option<ConfinedPath> {
    let name = path.file_name()?.to_str()?;
    discovery.below(path.parent()?).join(name)
}

fn look_at(
    discovery: DiscoveryContext<'_>,
    file: ConfinedPath,
    named: NamedCredential,
) -> Lookup<'_> {
    Lookup::probe(file, move |file, probe, findings| {
        // What belongs to others is a machine's, not this person's.
        let is_own = |owner: Option<u32>| owner.is_none() || owner == discovery.world.user.id;
        let is_there =
            probe.is_some_and(|probe| probe.kind == EntryKind::File && is_own(probe.owner));
        if !is_there || findings.has_credential_in(file) {
            return;
        }
        findings.account(Account {
            system: named.system,
            name: named.account.clone(),
            aliases: Vec::new(),
            provider: Some(named.system.title().to_owned()),
            facts: vec![
                Fact::new("method", named.what),
                Fact::new("source", discovery.world.shorten(&file.to_path())),
            ],
        });
        let place = Place::File { file: file.clone() };
        let owner = Owner::account(&named.account);
        findings.artefact(Artefact {
            class: Class::Stored,
            kind: CredentialKind::PrivateKey,
            state: State::Live,
            ..build_artefact(named.system, place, owner, named.what)
        });
    })
}
