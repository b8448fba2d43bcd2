//! Atmos's `credentials` and `config` files: one directory per realm and provider.
//!
//! Source: Atmos `pkg/auth/cloud/aws/files.go`; layouts of older releases and of the command's page.

mod named;

use std::collections::BTreeMap;

use crate::atmos::identity_graph::IdentityGraph;
use crate::formats::{Format, IniDialect, MemberPath, Node, ini};
use crate::inventory::{
    Artefact, Class, Contents, Location, Owner, Place, Problem, State, TokenUnavailable,
};
use crate::io::files::ConfinedPath;
use crate::systems::System;
use crate::systems::aws::folder::{PSEUDO_PROVIDERS, is_folder_of};
use crate::systems::discovery::{
    DirectoryEntry, DiscoveryContext, DiscoveryScope, InventoryBuilder, Lookup, RemoveIfEmpty,
    build_artefact, whole_file,
};
use crate::world::OperatingSystem;

use self::named::{named_directories, unusable_names};

/// How the profiles are written: by Go's library, and read by the AWS tools, too.
const PROFILES: Format = Format::Ini(IniDialect::Go);

const LOCKS: [&str; 2] = ["config.lock", "credentials.lock"];

/// Where a provider directory lies decides how much in it may be taken for Atmos's.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Layout {
    /// Below Atmos's own configuration directory: both files go as a whole, unless a person wrote into
    /// them.
    Own,
    /// Below a `base_path` that a file names, which can be any directory: only sections of
    /// configured identities, or with Atmos's own expiry comment, are Atmos's.
    Named,
}

pub(super) fn list_lookups<'a>(discovery: &DiscoveryContext<'a>) -> Vec<Lookup<'a>> {
    let mut lookups = in_realms(discovery);
    let discovery = *discovery;
    lookups.extend(
        discovery
            .in_home(".aws/atmos")
            .map(|old| build_providers_lookup(discovery, old.without_links_below(), None)),
    );
    lookups.extend(named_directories(&discovery));
    lookups.extend(unusable_names(&discovery));
    lookups
}

/// What lies in Atmos's own directories, realm by realm.
pub(super) fn in_realms<'a>(discovery: &DiscoveryContext<'a>) -> Vec<Lookup<'a>> {
    let discovery = *discovery;
    let roots = own_roots(&discovery).into_iter();
    let realms = roots.flat_map(|root| {
        discovery.each_realm(root, "aws", move |root, realm| {
            one_realm(discovery, root, realm)
        })
    });
    realms.collect()
}

/// Atmos's configuration directory, and on macOS the one of its earlier builds.
fn own_roots(discovery: &DiscoveryContext<'_>) -> Vec<ConfinedPath> {
    let mut roots = vec![discovery.below(&discovery.world.atmos_config_root())];
    if discovery.world.operating_system == OperatingSystem::MacOs {
        roots.extend(discovery.in_home("Library/Application Support/atmos"));
    }
    roots
}

/// `{root}/{realm}/aws`.
fn one_realm<'a>(
    discovery: DiscoveryContext<'a>,
    root: &ConfinedPath,
    realm: &str,
) -> Option<Lookup<'a>> {
    if realm.is_empty() {
        return Some(build_providers_lookup(
            discovery,
            root.join("aws")?,
            Some(String::new()),
        ));
    }
    let realm = Some(realm.to_owned());
    let directory = root.join(realm.as_deref()?)?;
    let tidy = RemoveIfEmpty {
        by_entry: REALM_ENTRIES,
        ..RemoveIfEmpty::in_realm(System::AWS, realm.clone())
    };
    // Not only if it is a directory: a link is refused, and said.
    Some(Lookup::named(directory, tidy, &["aws"], move |_, aws| {
        build_providers_lookup(discovery, aws, realm.clone())
    }))
}

/// Which system what Atmos keeps in a realm's directory belongs to.
const REALM_ENTRIES: &[(&str, System)] = &[
    ("aws", System::AWS),
    ("gcp", System::GCP),
    ("emulator", System::KUBERNETES),
];

/// The provider directories in an `aws` directory.
fn build_providers_lookup(
    discovery: DiscoveryContext<'_>,
    aws: ConfinedPath,
    realm: Option<String>,
) -> Lookup<'_> {
    let tidy = RemoveIfEmpty::in_realm(System::AWS, realm.clone());
    Lookup::each(aws, tidy, move |entry, directory| {
        let name = entry.name.to_lowercase();
        let is_looked_at = !entry.name.starts_with('.')
            && (discovery.reach == DiscoveryScope::Machine || is_meant(&discovery, &name));
        is_looked_at.then(|| {
            let layout = Layout::Own;
            provider_directory(discovery, directory, name, realm.clone(), layout)
        })
    })
}

/// Whether a directory name is one that this configuration's chains use, or the beginning of one.
fn is_meant(discovery: &DiscoveryContext<'_>, name: &str) -> bool {
    let identity_graph = discovery.identity_graph;
    identity_graph.provider(name).is_some()
        || identity_graph.standalone(name).is_some()
        || identity_graph.begins_a_name(name)
        || PSEUDO_PROVIDERS.contains(&name)
        || identity_graph.is_missing_provider(name)
}

fn provider_directory(
    discovery: DiscoveryContext<'_>,
    directory: ConfinedPath,
    provider: String,
    realm: Option<String>,
    layout: Layout,
) -> Lookup<'_> {
    let context = Context {
        discovery,
        provider,
        realm: realm.clone(),
        layout,
    };
    let tidy = RemoveIfEmpty {
        locks: LOCKS.to_vec(),
        realm,
        is_named: layout == Layout::Named,
        names_strangers: true,
        ..RemoveIfEmpty::of(System::AWS, context.directory_owner().unwrap_or_default())
    };
    Lookup::listed(directory, tidy, move |directory, entries| {
        let is_there = |name: &&str| entries.iter().any(|entry| entry.name == **name);
        let files = ["credentials", "config"].into_iter().filter(is_there);
        let mut lookups: Vec<Lookup<'_>> = files
            .filter_map(|name| Some(context.file(name, directory.join(name)?)))
            .collect();
        let inner = entries.iter().filter(|entry| entry.may_be_directory());
        lookups.extend(inner.filter_map(|entry| context.inner(directory, entry)));
        lookups
    })
}

/// Settings by which a profile signs in without keys of its own; Atmos writes none of them.
///
/// Source: AWS SDKs and Tools Reference Guide, "Settings reference".
const SIGN_IN_SETTINGS: [&str; 5] = [
    "credential_process",
    "role_arn",
    "web_identity_token_file",
    "sso_session",
    "sso_start_url",
];

/// What a section is, if a person wrote it.
#[derive(Clone, Copy, Default)]
struct ByHand {
    has_key: bool,
    what: Option<&'static str>,
}

/// What the sections of one directory's files are read with.
#[derive(Clone)]
struct Context<'a> {
    discovery: DiscoveryContext<'a>,
    provider: String,
    realm: Option<String>,
    layout: Layout,
}

impl<'a> Context<'a> {
    /// A directory inside: Atmos makes one of every part of a name with `/` in it. The parts come from
    /// the disk, never from a file. Where no configuration knows the name, a stranger may have made the
    /// directory, so only what has Atmos's own comment is Atmos's.
    fn inner(&self, directory: &ConfinedPath, entry: &DirectoryEntry) -> Option<Lookup<'a>> {
        const MOST_PARTS: usize = 5;
        let provider = format!("{}/{}", self.provider, entry.name.to_lowercase());
        let is_inside = self.layout == Layout::Own || self.provider.contains('/');
        let layout = if self.layout == Layout::Own && is_meant(&self.discovery, &provider) {
            Layout::Own
        } else if self.discovery.reach == DiscoveryScope::Machine && is_inside && entry.is_directory
        {
            Layout::Named
        } else {
            return None;
        };
        if entry.name.starts_with('.') || provider.split('/').count() > MOST_PARTS {
            return None;
        }
        // The name of a provider that is not one plain component never leads to a directory; it is said.
        if self.discovery.identity_graph.provider(&provider).is_some() {
            return None;
        }
        let directory = directory.join(&entry.name)?;
        let realm = self.realm.clone();
        Some(provider_directory(
            self.discovery,
            directory,
            provider,
            realm,
            layout,
        ))
    }

    /// Whose the directory is in the configuration: a provider's, or that of the chains that start at
    /// an identity.
    fn directory_owner(&self) -> Option<Owner> {
        if let Some(provider) = self.configured_provider() {
            return Some(Owner::providers([provider]));
        }
        let root = self.discovery.identity_graph.standalone(&self.provider)?;
        self.is_own_realm().then(|| Owner::root(&root.key))
    }

    fn file(&self, name: &str, file: ConfinedPath) -> Lookup<'a> {
        let context = self.clone();
        if name == "credentials" {
            return Lookup::read(file, move |file, bytes, findings| {
                context.credentials(file, bytes, findings);
            });
        }
        Lookup::read(file, move |file, bytes, findings| {
            context.config(file, bytes, findings);
        })
    }

    fn credentials(&self, file: &ConfinedPath, bytes: &[u8], findings: &mut InventoryBuilder<'_>) {
        let sections = ini::list_headings(bytes);
        let document = PROFILES.read(bytes).ok();
        let is_damaged = document.is_none() || ini::is_damaged(bytes);
        if !is_damaged || !sections.is_empty() {
            // What cannot be understood is left when all of its sections are gone.
            let total = sections.len() + usize::from(is_damaged);
            findings.contents(file.clone(), Contents::Sections(total));
        }
        let by_hand = document.map(|document| self.written_by_hand(document.root()));
        let by_hand = by_hand.unwrap_or_default();
        let mut has_stored = false;
        for section in &sections {
            let expires_at = section.atmos_expiration;
            let written = by_hand.get(&section.name).copied().unwrap_or_default();
            if self.layout == Layout::Named && expires_at.is_none() && !written.has_key {
                continue;
            }
            let Some(owner) = self.entry_owner(&section.name, expires_at.is_some()) else {
                continue;
            };
            let found = self.section(file, &section.name, owner, "AWS credentials");
            let found = match written.what {
                Some(what) if expires_at.is_none() => {
                    has_stored = true;
                    Artefact {
                        class: Class::Stored,
                        what,
                        ..found
                    }
                }
                _ => found,
            };
            findings.artefact(self.discovery.until(found, expires_at));
        }
        if is_damaged {
            self.damaged(file, findings);
        } else if !has_stored {
            self.whole_file(file, findings);
        }
    }

    /// Of each section, whether it holds an AWS key, and what it is if a person wrote it: what Atmos
    /// signs in for has a session token, or Atmos's comment about its end. In Atmos's own directory
    /// settings are a person's too; below a `base_path` they may be another program's.
    fn written_by_hand(&self, document: &Node) -> BTreeMap<String, ByHand> {
        let is_own = self.layout == Layout::Own;
        let of_section = |(name, section): (&str, &Node)| {
            // The tools that read it take keys in any case.
            let has = |key: &str| {
                let mut members = section.members();
                members.any(|(name, _)| name.eq_ignore_ascii_case(key))
            };
            let has_key = has("aws_access_key_id");
            let what = if has("aws_session_token") {
                None
            } else if has_key && (!is_own || has("aws_secret_access_key")) {
                Some("long-lived AWS keys")
            } else {
                let signs_in = is_own && SIGN_IN_SETTINGS.iter().any(|setting| has(setting));
                signs_in.then_some("AWS profile written by hand")
            };
            (name.to_owned(), ByHand { has_key, what })
        };
        document.members().map(of_section).collect()
    }

    /// A file of which nobody can say whose keys it holds: the tools that read it refuse it, but whoever
    /// opens it can use them.
    fn damaged(&self, file: &ConfinedPath, findings: &mut InventoryBuilder<'_>) {
        let owner = match self.directory_owner() {
            Some(owner) => owner,
            None if self.discovery.reach == DiscoveryScope::Machine => {
                Owner::orphan(&self.provider)
            }
            None => return,
        };
        if self.layout == Layout::Own {
            findings.artefact(Artefact {
                state: State::Unknown,
                sealed: Some(TokenUnavailable::Damaged),
                signs_in_everybody: true,
                realm: self.realm.clone(),
                ..whole_file(System::AWS, file, owner, "damaged AWS credentials")
            });
            return;
        }
        findings.problem(Problem {
            location: Location::of(file),
            message: "damaged, so it is unknown whose keys it holds".to_owned(),
            hint: Some("look at it, and mend or remove it".to_owned()),
            hides: true,
        });
    }

    fn config(&self, file: &ConfinedPath, bytes: &[u8], findings: &mut InventoryBuilder<'_>) {
        let sections = ini::list_headings(bytes);
        findings.contents(file.clone(), Contents::Sections(sections.len()));
        for section in &sections {
            let named = section.name.strip_prefix("profile ");
            // Below a `base_path` a `config` may be another program's, whose sections are called
            // like identities (`[user]` of Git).
            if self.layout == Layout::Named && named.is_none() && section.name != "default" {
                continue;
            }
            let profile = named.unwrap_or(&section.name).trim();
            let Some(owner) = self.entry_owner(profile, false) else {
                continue;
            };
            findings.artefact(Artefact {
                state: State::Residue,
                ..self.section(file, &section.name, owner, "AWS profile")
            });
        }
        self.whole_file(file, findings);
    }

    /// Whose a section is; `None` if it may be a stranger's. What lies in the realm of another
    /// configuration is that configuration's, whatever it is called.
    fn entry_owner(&self, name: &str, marked: bool) -> Option<Owner> {
        let provider = self.configured_provider();
        match self.discovery.identity_graph.identity(name) {
            Some(identity)
                if self.is_own_realm()
                    && is_folder_of(
                        self.discovery.identity_graph,
                        &identity.key,
                        &self.provider,
                    ) =>
            {
                Some(Owner::identity(&identity.key, provider))
            }
            _ if self.layout == Layout::Own || marked => {
                Some(self.directory_owner().unwrap_or_default().into_orphan(name))
            }
            _ => None,
        }
    }

    fn is_own_realm(&self) -> bool {
        self.discovery.is_own_realm(self.realm.as_deref())
    }

    fn configured_provider(&self) -> Option<&'a str> {
        let provider = self.discovery.identity_graph.provider(&self.provider)?;
        self.is_own_realm().then_some(provider.key.as_str())
    }

    fn section(
        &self,
        file: &ConfinedPath,
        section: &str,
        owner: Owner,
        what: &'static str,
    ) -> Artefact {
        let place = Place::Member {
            format: PROFILES,
            file: file.clone(),
            path: MemberPath::of_section(section),
        };
        Artefact {
            realm: self.realm.clone(),
            ..build_artefact(System::AWS, place, owner, what)
        }
    }

    /// In Atmos's own directory a provider's file goes as a whole, if nobody else wrote into it.
    fn whole_file(&self, file: &ConfinedPath, findings: &mut InventoryBuilder<'_>) {
        let identity_graph = self.discovery.identity_graph;
        let owner = match self.directory_owner() {
            // A provider and an identity of one name share the directory: each takes its own.
            Some(_) if is_shared(identity_graph, &self.provider) => return,
            Some(owner) => owner,
            None if self.discovery.reach == DiscoveryScope::Machine => {
                Owner::orphan(&self.provider)
            }
            None => return,
        };
        if self.layout == Layout::Own {
            findings.artefact(Artefact {
                state: State::Residue,
                realm: self.realm.clone(),
                ..whole_file(System::AWS, file, owner, "AWS files")
            });
        }
    }
}

/// Whether chains of a provider and of an identity write into a directory of this name.
fn is_shared(identity_graph: &IdentityGraph, name: &str) -> bool {
    identity_graph.provider(name).is_some() && identity_graph.standalone(name).is_some()
}
