//! Atmos's `credentials` and `config` files: one directory per realm and provider.
//!
//! Source: Atmos `pkg/auth/cloud/aws/files.go`; layouts of older releases and of the command's page.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;

use crate::config::Provider;
use crate::files::{RootedPath, is_plain_component};
use crate::formats::{Format, IniDialect, MemberPath, Node, ini};
use crate::inventory::{Artefact, Class, Contents, Owner, Place, Problem, State};
use crate::roster::Roster;
use crate::systems::aws::folder::{PSEUDO_PROVIDERS, is_folder_of};
use crate::systems::survey::{
    DirectoryEntry, Findings, Lookup, Reach, Survey, Tidy, artefact, whole_file,
};
use crate::systems::{System, is_result_of_function};
use crate::world::OperatingSystem;

/// How the profiles are written: by Go's library, and read by the AWS tools, too.
const PROFILES: Format = Format::Ini(IniDialect::Go);

const LOCKS: [&str; 2] = ["config.lock", "credentials.lock"];

/// Where a provider directory lies decides how much in it may be taken for Atmos's.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Layout {
    /// Below Atmos's own configuration directory: both files go as a whole.
    Own,
    /// Below a `base_path` that a file names, which can be any directory: only sections of
    /// configured identities, or with Atmos's own expiry comment, are Atmos's.
    Named,
}

pub(super) fn lookups<'a>(survey: &Survey<'a>) -> Vec<Lookup<'a>> {
    let mut lookups = in_realms(survey);
    let survey = *survey;
    lookups.extend(
        survey
            .in_home(".aws/atmos")
            .map(|old| providers(survey, old, None)),
    );
    lookups.extend(named_directories(&survey));
    lookups.extend(unusable_names(&survey));
    lookups
}

/// What lies in Atmos's own directories, realm by realm.
pub(super) fn in_realms<'a>(survey: &Survey<'a>) -> Vec<Lookup<'a>> {
    let survey = *survey;
    let roots = own_roots(&survey).into_iter();
    let realms = roots.flat_map(|root| {
        survey.each_realm(root, "aws", move |root, realm| {
            one_realm(survey, root, realm)
        })
    });
    realms.collect()
}

/// Atmos's configuration directory, and on macOS the one of its earlier builds.
fn own_roots(survey: &Survey<'_>) -> Vec<RootedPath> {
    let mut roots = vec![survey.below(&survey.world.atmos_config_root())];
    if survey.world.operating_system == OperatingSystem::MacOs {
        roots.extend(survey.in_home("Library/Application Support/atmos"));
    }
    roots
}

/// `{root}/{realm}/aws`.
fn one_realm<'a>(survey: Survey<'a>, root: &RootedPath, realm: &str) -> Option<Lookup<'a>> {
    if realm.is_empty() {
        return Some(providers(survey, root.join("aws")?, Some(String::new())));
    }
    let realm = Some(realm.to_owned());
    let directory = root.join(realm.as_deref()?)?;
    let tidy = Tidy {
        by_entry: REALM_ENTRIES,
        ..Tidy::in_realm(System::AWS, realm.clone())
    };
    // Not only if it is a directory: a link is refused, and said.
    Some(Lookup::named(directory, tidy, &["aws"], move |_, aws| {
        providers(survey, aws, realm.clone())
    }))
}

/// Which system what Atmos keeps in a realm's directory belongs to.
const REALM_ENTRIES: &[(&str, System)] = &[
    ("aws", System::AWS),
    ("gcp", System::GCP),
    ("emulator", System::KUBERNETES),
];

/// The provider directories in an `aws` directory.
fn providers(survey: Survey<'_>, aws: RootedPath, realm: Option<String>) -> Lookup<'_> {
    let tidy = Tidy::in_realm(System::AWS, realm.clone());
    Lookup::each(aws, tidy, move |entry, directory| {
        let name = entry.name.to_lowercase();
        let is_looked_at = !entry.name.starts_with('.')
            && (survey.reach == Reach::Machine || is_meant(&survey, &name));
        is_looked_at.then(|| {
            let layout = Layout::Own;
            provider_directory(survey, directory, name, realm.clone(), layout)
        })
    })
}

/// Whether a directory name is one that this configuration's chains use, or the beginning of one.
fn is_meant(survey: &Survey<'_>, name: &str) -> bool {
    let roster = survey.roster;
    roster.provider(name).is_some()
        || roster.standalone(name).is_some()
        || roster.begins_a_name(name)
        || PSEUDO_PROVIDERS.contains(&name)
        || roster.is_missing_provider(name)
}

fn provider_directory(
    survey: Survey<'_>,
    directory: RootedPath,
    provider: String,
    realm: Option<String>,
    layout: Layout,
) -> Lookup<'_> {
    let context = Context {
        survey,
        provider,
        realm: realm.clone(),
        layout,
    };
    let tidy = Tidy {
        locks: LOCKS.to_vec(),
        realm,
        is_named: layout == Layout::Named,
        names_strangers: true,
        ..Tidy::of(System::AWS, context.directory_owner().unwrap_or_default())
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

/// What the sections of one directory's files are read with.
#[derive(Clone)]
struct Context<'a> {
    survey: Survey<'a>,
    provider: String,
    realm: Option<String>,
    layout: Layout,
}

impl<'a> Context<'a> {
    /// A directory inside: Atmos makes one of every part of a name with `/` in it. The parts come from
    /// the disk, never from a file. Where no configuration knows the name, a stranger may have made the
    /// directory, so only what has Atmos's own comment is Atmos's.
    fn inner(&self, directory: &RootedPath, entry: &DirectoryEntry) -> Option<Lookup<'a>> {
        const MOST_PARTS: usize = 5;
        let provider = format!("{}/{}", self.provider, entry.name.to_lowercase());
        let is_inside = self.layout == Layout::Own || self.provider.contains('/');
        let layout = if self.layout == Layout::Own && is_meant(&self.survey, &provider) {
            Layout::Own
        } else if self.survey.reach == Reach::Machine && is_inside && entry.is_directory {
            Layout::Named
        } else {
            return None;
        };
        if entry.name.starts_with('.') || provider.split('/').count() > MOST_PARTS {
            return None;
        }
        // The name of a provider that is not one plain component never leads to a directory; it is said.
        if self.survey.roster.provider(&provider).is_some() {
            return None;
        }
        let directory = directory.join(&entry.name)?;
        let realm = self.realm.clone();
        Some(provider_directory(
            self.survey,
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
        let root = self.survey.roster.standalone(&self.provider)?;
        self.is_own_realm().then(|| Owner::root(&root.key))
    }

    fn file(&self, name: &str, file: RootedPath) -> Lookup<'a> {
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

    fn credentials(&self, file: &RootedPath, bytes: &[u8], findings: &mut Findings<'_>) {
        let sections = ini::headings(bytes);
        findings.contents(file.clone(), Contents::Sections(sections.len()));
        let with_keys = self.sections_with_keys(bytes);
        for section in &sections {
            let expires_at = section.atmos_expiration;
            let keys = with_keys.get(&section.name);
            if self.layout == Layout::Named && expires_at.is_none() && keys.is_none() {
                continue;
            }
            let Some(owner) = self.entry_owner(&section.name, expires_at.is_some()) else {
                continue;
            };
            let found = self.section(file, &section.name, owner, "AWS credentials");
            let found = match keys {
                Some(Class::Stored) if expires_at.is_none() => Artefact {
                    class: Class::Stored,
                    what: "long-lived AWS keys",
                    ..found
                },
                _ => found,
            };
            findings.artefact(self.survey.until(found, expires_at));
        }
        self.whole_file(file, findings);
    }

    /// Sections that hold an AWS key, and of which class it is: what Atmos signs in for has a session
    /// token. Below a `base_path` other programs may keep `[name]` sections in a file called
    /// `credentials` too, and a person their own keys; in Atmos's own directory the question does not
    /// arise.
    fn sections_with_keys(&self, bytes: &[u8]) -> BTreeMap<String, Class> {
        if self.layout == Layout::Own {
            return BTreeMap::new();
        }
        let class = |section: &Node| match section.get("aws_session_token") {
            Some(_) => Class::Session,
            None => Class::Stored,
        };
        let Ok(document) = PROFILES.read(bytes) else {
            return BTreeMap::new();
        };
        let sections = document.root().members();
        let with_key = sections.filter(|(_, section)| section.get("aws_access_key_id").is_some());
        with_key
            .map(|(name, section)| (name.to_owned(), class(section)))
            .collect()
    }

    fn config(&self, file: &RootedPath, bytes: &[u8], findings: &mut Findings<'_>) {
        let sections = ini::headings(bytes);
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
        match self.survey.roster.identity(name) {
            Some(identity)
                if self.is_own_realm()
                    && is_folder_of(self.survey.roster, &identity.key, &self.provider) =>
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
        self.survey.is_own_realm(self.realm.as_deref())
    }

    fn configured_provider(&self) -> Option<&'a str> {
        let provider = self.survey.roster.provider(&self.provider)?;
        self.is_own_realm().then_some(provider.key.as_str())
    }

    fn section(
        &self,
        file: &RootedPath,
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
            ..artefact(System::AWS, place, owner, what)
        }
    }

    /// In Atmos's own directory a provider's file goes as a whole, whatever is in it.
    fn whole_file(&self, file: &RootedPath, findings: &mut Findings<'_>) {
        let roster = self.survey.roster;
        let owner = match self.directory_owner() {
            // A provider and an identity of one name share the directory: each takes its own.
            Some(_) if is_shared(roster, &self.provider) => return,
            Some(owner) => owner,
            None if self.survey.reach == Reach::Machine => Owner::orphan(&self.provider),
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
fn is_shared(roster: &Roster, name: &str) -> bool {
    roster.provider(name).is_some() && roster.standalone(name).is_some()
}

/// The directories below every `base_path`: with realm, without, and as the command's page has it.
fn named_directories<'a>(survey: &Survey<'a>) -> Vec<Lookup<'a>> {
    let mut seen = BTreeSet::new();
    let mut lookups = Vec::new();
    for provider in &survey.configuration.auth.providers {
        let key = &provider.name.key;
        if unusable(key).is_some() {
            continue;
        }
        let base = match base(survey, provider) {
            Ok(Some(base)) => base,
            Ok(None) => continue,
            Err(why) => {
                lookups.push(unusable_base(provider, why));
                continue;
            }
        };
        let mut candidates: Vec<(Vec<&str>, Option<String>)> =
            vec![(vec![key], None), (vec!["aws", key], None)];
        for realm in survey.realms.iter().filter(|realm| !realm.is_empty()) {
            candidates.push((vec![realm, "aws", key], Some(realm.clone())));
        }
        for (path, realm) in candidates {
            let directory = path.iter().try_fold(base.clone(), |at, name| at.join(name));
            let Some(directory) = directory else { continue };
            if !is_own(survey, &directory) && seen.insert((directory.clone(), key.clone())) {
                let above = &path[..path.len() - 1];
                lookups.extend(named_directory(*survey, &base, above, key, realm));
            }
        }
    }
    lookups
}

/// A provider's directory below a `base_path`, inside those that Atmos makes on the way to it.
fn named_directory<'a>(
    survey: Survey<'a>,
    base: &RootedPath,
    above: &[&str],
    provider: &str,
    realm: Option<String>,
) -> Option<Lookup<'a>> {
    let Some((first, rest)) = above.split_first() else {
        let directory = base.join(provider)?;
        return Some(provider_directory(
            survey,
            directory,
            provider.to_owned(),
            realm,
            Layout::Named,
        ));
    };
    let directory = base.join(first)?;
    let rest: Vec<String> = rest.iter().map(|name| (*name).to_owned()).collect();
    let provider = provider.to_owned();
    let tidy = Tidy {
        is_named: true,
        ..Tidy::in_realm(System::AWS, realm.clone())
    };
    Some(Lookup::listed(directory, tidy, move |directory, _| {
        let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
        let next = named_directory(survey, directory, &rest, &provider, realm.clone());
        next.into_iter().collect()
    }))
}

/// Whether a directory below a `base_path` is one of Atmos's own, which is looked at anyway. Only
/// what has exactly its layout is: anything else may lie in Atmos's directory too.
fn is_own(survey: &Survey<'_>, directory: &RootedPath) -> bool {
    let path = directory.to_path();
    let is_reached = |realm: &OsStr| {
        survey.reach == Reach::Machine || survey.realms.iter().any(|own| realm == own.as_str())
    };
    own_roots(survey).iter().any(|root| {
        let below = path.strip_prefix(root.to_path());
        let names: Vec<&OsStr> = below.iter().flat_map(|below| below.iter()).collect();
        match names.as_slice() {
            [folder, _] => *folder == "aws",
            [realm, folder, _] => *folder == "aws" && *realm != "aws" && is_reached(realm),
            _ => false,
        }
    })
}

/// A `base_path` as configured: `~` is the home directory, a relative one starts at the working
/// directory. `Err` is why it leads nowhere that can be looked at.
fn base(survey: &Survey<'_>, provider: &Provider) -> Result<Option<RootedPath>, &'static str> {
    let node = provider.settings.at(&["spec", "files", "base_path"]);
    if node.is_some_and(is_result_of_function) {
        return Err("is what a function gives that is not evaluated");
    }
    // To Atmos a blank one is none.
    let Some(text) = provider.base_path().filter(|text| !text.trim().is_empty()) else {
        return Ok(None);
    };
    if text.chars().any(char::is_control) {
        return Err("has control characters in it");
    }
    let expanded = survey.world.expand_tilde(text);
    let path = survey.rooted(&survey.world.working_directory.join(expanded));
    // Where such a path leads depends on links on the way.
    path.map(Some).ok_or("has `..` in it")
}

/// What lies below such a `base_path` is not seen, so nobody may take silence for cleanliness.
fn unusable_base<'a>(provider: &Provider, why: &'static str) -> Lookup<'a> {
    let location = format!("provider {:?}", provider.name.written);
    Lookup::say(move |findings| {
        findings.problem(Problem {
            location: location.clone(),
            // The path is not shown: it may be what a variable gave.
            message: format!("`spec.files.base_path` {why}, so nothing below it was looked at"),
            hint: Some("write an absolute path or one that starts with `~/`".to_owned()),
            hides: true,
        });
    })
}

/// Why a provider's name never becomes a path.
fn unusable(key: &str) -> Option<&'static str> {
    if !is_plain_component(key) {
        return Some("its name is not one plain path component");
    }
    // A directory that hides itself is somebody's settings, never a provider of Atmos.
    key.starts_with('.')
        .then_some("its name begins with a dot, as settings of other programs do")
}

/// Names that never become a path are said, so that nobody takes silence for cleanliness.
fn unusable_names<'a>(survey: &Survey<'a>) -> Vec<Lookup<'a>> {
    survey
        .roster
        .providers()
        .iter()
        .filter(|provider| provider.system == System::AWS)
        .filter_map(|provider| Some((provider, unusable(&provider.key)?)))
        .map(|(provider, why)| {
            let name = provider.written.clone();
            Lookup::say(move |findings| {
                findings.problem(Problem {
                    location: format!("provider {name:?}"),
                    message: format!("{why}, so no file was looked for under it"),
                    hint: Some("rename it in atmos.yaml".to_owned()),
                    hides: false,
                });
            })
        })
        .collect()
}
