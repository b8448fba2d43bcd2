//! World and configuration to inventory. Only reads: nothing is unlocked, nobody is prompted, no
//! server is asked.
//!
//! Systems say what to look at ([`crate::systems::list_lookups`]); here it is looked at, each file once.

mod copies;
mod credential_files;
mod files;
mod key_stores;
mod profiles;
mod start_up;

pub use credential_files::add_credential_files;
pub use files::note_files;
pub use profiles::add_profiles;

use std::ffi::OsString;
use std::path::PathBuf;

use self::start_up::StartUpFiles;
use crate::atmos::config::{self, Configuration};
use crate::atmos::identity_graph::IdentityGraph;
use crate::catalogue;
use crate::catalogue::own::OwnCatalogue;
use crate::ignored::Ignored;
use crate::inventory::{
    Artefact, Contents, Exclusivity, Inventory, Location, Owner, Place, Problem, State,
};
use crate::io::files::{ConfinedPath, DirectoryHandles, FileError, Files, LinkFault};
use crate::io::keyring::Keyring;
use crate::io::programs;
use crate::secret::FingerprintKey;
use crate::systems::discovery::{
    DirectoryEntry, DiscoveryContext, DiscoveryScope, InventoryBuilder, Lookup, Notes, READ_LIMIT,
    Refusals, RemoveIfEmpty, Rows, build_artefact,
};
use crate::systems::salesforce::orgs::Orgs;
use crate::systems::{self, System};
use crate::world::World;
use zeroize::Zeroizing;

/// What discovery works with.
pub struct DiscoverySources<'a> {
    /// The machine.
    pub world: &'a World,
    /// The door to the disk.
    pub files: &'a Files,
    /// The key stores to search.
    pub keyrings: &'a [Box<dyn Keyring>],
    /// What is configured.
    pub configuration: &'a Configuration,
    /// Who is configured.
    pub identity_graph: &'a IdentityGraph,
    /// What the person added to the catalogue.
    pub own_catalogue: &'a OwnCatalogue,
    /// Files that look like sign-ins and that the person said are none.
    pub ignored: &'a Ignored,
}

/// How many directories may lie in each other below a place that is looked at.
const DEEPEST: usize = 16;

/// Looks at everything within reach.
pub fn discover_sign_ins(sources: &DiscoverySources<'_>, reach: DiscoveryScope) -> Inventory {
    let own_tools = &sources.own_catalogue.tools;
    let start_up = (reach == DiscoveryScope::Machine).then(|| {
        let tools = catalogue::list_tools()
            .iter()
            .chain(own_tools.iter().copied());
        StartUpFiles::read(sources.world, sources.files, tools)
    });
    // A place that only the next shell is told of is looked at beside the usual ones, never instead of them.
    let told_world = start_up.as_ref().and_then(|found| {
        (!found.places.is_empty()).then(|| {
            let known = sources.world.environment.iter();
            let known = known.map(|(name, value)| (name.to_owned(), value.to_owned()));
            let told = found.places.iter();
            let told = told.map(|(name, value)| (OsString::from(name), OsString::from(value)));
            World {
                environment: known.chain(told).collect(),
                ..sources.world.clone()
            }
        })
    });
    let world = sources.world;
    let realms = config::candidate_realms(world, sources.configuration);
    let discovery = DiscoveryContext {
        world,
        configuration: sources.configuration,
        identity_graph: sources.identity_graph,
        own_tools,
        ignored: sources.ignored,
        realms: &realms,
        reach,
    };
    let told = DiscoveryContext {
        world: told_world.as_ref().unwrap_or(world),
        ..discovery
    };
    let key = FingerprintKey::new(sources.world.entropy.bytes());
    let mut inventory = Inventory {
        covers: list_covered_systems(reach),
        fingerprint_key: Some(key.clone()),
        ..Inventory::default()
    };
    // Whoever cannot look in here knows nothing of what Atmos keeps.
    let root = world.atmos_config_root();
    inventory.shared_directories.insert(root, System::ATMOS);
    let of_own = sources.own_catalogue.problems.iter();
    let of_catalogue = of_own.chain(&sources.ignored.problem).cloned();
    let of_catalogue = of_catalogue.filter(|_| reach == DiscoveryScope::Machine);
    for gap in list_gaps(sources.configuration, reach).chain(of_catalogue) {
        // It is nobody's in particular, but no account of a system that keeps its own.
        let file = PathBuf::from(gap.location.as_str());
        inventory.directories.insert(file, Owner::Nobody);
        inventory.problems.push(gap);
    }
    let mut explorer = Explorer {
        world: sources.world,
        files: sources.files,
        keyrings: sources.keyrings,
        key,
        inventory,
        notes: Notes::default(),
        handles: DirectoryHandles::default(),
    };
    explorer.notes.ai.named = start_up.map(|found| found.directories).unwrap_or_default();
    for keyring in sources.keyrings {
        explorer.look_into_key_store(&discovery, keyring.as_ref());
    }
    for lookup in systems::list_lookups(&discovery, &told) {
        explorer.look(lookup, 0);
    }
    for place in systems::places_of_abandoned(&discovery) {
        sources.files.also_tidy(&place);
    }
    if reach == DiscoveryScope::Machine {
        let copies = sources.files.abandoned();
        let left = systems::describe_abandoned(copies, &explorer.inventory.artefacts);
        explorer.inventory.artefacts.extend(left);
    }
    // What a killed run has left there is no credential, but goes with the next logout too.
    sources.files.also_tidy(&sources.world.state_directory());
    explorer
        .inventory
        .artefacts
        .sort_by(|a, b| a.place.cmp(&b.place));
    copies::note_variables(sources.world, &mut explorer.inventory);
    explorer.inventory.links = sources.files.followed_links();
    explorer.inventory
}

/// The systems whose sign-ins are looked for.
fn list_covered_systems(reach: DiscoveryScope) -> Vec<System> {
    let all = System::all();
    // Mock kinds are nobody's sign-in.
    all.filter(|system| *system != System::MOCK)
        .filter(|system| reach == DiscoveryScope::Machine || system.info().is_configurable)
        .collect()
}

/// Who is signed in under the configuration's names in realms that are not its own: only what has a
/// realm of its own is looked at, and no key store.
pub fn in_other_realms(sources: &DiscoverySources<'_>) -> Vec<Artefact> {
    let realms = config::candidate_realms(sources.world, sources.configuration);
    let discovery = DiscoveryContext {
        world: sources.world,
        configuration: sources.configuration,
        identity_graph: sources.identity_graph,
        own_tools: &sources.own_catalogue.tools,
        ignored: sources.ignored,
        realms: &realms,
        reach: DiscoveryScope::OtherRealms,
    };
    let mut explorer = Explorer {
        world: sources.world,
        files: sources.files,
        keyrings: &[],
        key: FingerprintKey::new(sources.world.entropy.bytes()),
        inventory: Inventory::default(),
        notes: Notes::default(),
        handles: DirectoryHandles::default(),
    };
    for lookup in systems::lookups_in_other_realms(&discovery) {
        explorer.look(lookup, 0);
    }
    explorer.inventory.artefacts
}

/// What was not read of the configuration leaves unknown who else is meant. On the whole machine
/// everybody is, and only what a file of it would have named is not known.
fn list_gaps(
    configuration: &Configuration,
    reach: DiscoveryScope,
) -> impl Iterator<Item = Problem> {
    let gaps = configuration.gaps.iter();
    gaps.filter(move |gap| gap.is_here || reach == DiscoveryScope::Configured)
        .map(|gap| Problem {
            location: Location::named(gap.place.clone()),
            message: format!("{}, so who else is configured is not known", gap.why),
            hint: Some("see what is wrong with it: adieu validate".to_owned()),
            hides: true,
        })
}

/// Looks at the sign-ins of Salesforce CLI only: what its files hold, and what could not be looked
/// at. The key store is asked only where no key in a file fits.
pub fn find_orgs(sources: &DiscoverySources<'_>) -> (Orgs, Vec<Problem>) {
    let discovery = DiscoveryContext {
        world: sources.world,
        configuration: sources.configuration,
        identity_graph: sources.identity_graph,
        own_tools: &sources.own_catalogue.tools,
        ignored: sources.ignored,
        realms: &[],
        reach: DiscoveryScope::Machine,
    };
    let mut explorer = Explorer {
        world: sources.world,
        files: sources.files,
        keyrings: sources.keyrings,
        key: FingerprintKey::new(sources.world.entropy.bytes()),
        inventory: Inventory::default(),
        notes: Notes::default(),
        handles: DirectoryHandles::default(),
    };
    for lookup in systems::salesforce::list_reading_lookups(&discovery, false) {
        explorer.look(lookup, 0);
    }
    (explorer.notes.salesforce, explorer.inventory.problems)
}

struct Explorer<'a> {
    world: &'a World,
    files: &'a Files,
    keyrings: &'a [Box<dyn Keyring>],
    key: FingerprintKey,
    inventory: Inventory,
    notes: Notes,
    /// Places of one system lie together.
    handles: DirectoryHandles,
}

impl Explorer<'_> {
    fn findings(&mut self) -> InventoryBuilder<'_> {
        InventoryBuilder::new(&mut self.inventory, &self.key, &mut self.notes)
    }

    fn look(&mut self, lookup: Lookup<'_>, depth: usize) {
        self.inventory.checked += 1;
        let before = self.inventory.artefacts.len();
        match lookup {
            Lookup::Known(say) => {
                self.inventory.checked -= 1;
                say(&mut self.findings());
            }
            Lookup::Probe { path, seen } => {
                self.inventory.checked -= 1;
                let probe = self
                    .files
                    .probe_along(&mut self.handles, &path)
                    .ok()
                    .flatten();
                seen(probe.as_ref(), &mut self.findings());
            }
            Lookup::Keyring { query, found } => self.search_entries(&query, &found),
            Lookup::Rows {
                database,
                table,
                columns,
                found,
            } => self.rows(&database, table, columns, &found),
            #[cfg(feature = "sqlite")]
            Lookup::Tables { database, found } => {
                if let Some(tables) = self.files.tables(&database).transpose() {
                    found(tables, &mut self.findings());
                }
            }
            Lookup::Process { id, found } => {
                found(programs::is_running(id), &mut self.findings());
            }
            Lookup::Program { name, found } => {
                if let Some(path) = programs::find_in_path(self.world, name) {
                    found(path, &mut self.findings());
                }
            }
            Lookup::Next(next) => {
                self.inventory.checked -= 1;
                // Only directories lie in each other.
                for lookup in next(&mut self.findings()) {
                    self.look(lookup, depth);
                }
            }
            Lookup::File { file, read } => {
                match self.files.look_along(&mut self.handles, &file, READ_LIMIT) {
                    Ok(Some(bytes)) => {
                        let bytes = Zeroizing::new(bytes);
                        read(&bytes, &mut self.findings());
                        self.note_secrets(before, &file, &bytes);
                    }
                    Ok(None) => {}
                    Err(error) => self.problem(&file, &error),
                }
            }
            Lookup::Small {
                file,
                limit,
                read,
                refusals,
            } => match self.files.look_along(&mut self.handles, &file, limit) {
                Ok(Some(bytes)) => {
                    let bytes = Zeroizing::new(bytes);
                    read(&bytes, &mut self.findings());
                    self.note_secrets(before, &file, &bytes);
                }
                Err(error) if self.is_worth_saying(&file, &error, refusals) => {
                    self.problem(&file, &error);
                }
                Ok(None) | Err(_) => {}
            },
            Lookup::Attempt { file, read } => {
                match self.files.look_along(&mut self.handles, &file, READ_LIMIT) {
                    Ok(Some(bytes)) => {
                        let bytes = Zeroizing::new(bytes);
                        read(Ok(&bytes), &mut self.findings());
                        self.note_secrets(before, &file, &bytes);
                    }
                    Ok(None) => {}
                    Err(error) => {
                        self.problem(&file, &error);
                        read(Err(&error), &mut self.findings());
                    }
                }
            }
            Lookup::Shared { file, read } => {
                match self
                    .files
                    .look_shared_along(&mut self.handles, &file, READ_LIMIT)
                {
                    Ok(Some(bytes)) => {
                        let bytes = Zeroizing::new(bytes);
                        read(&bytes, &mut self.findings());
                        self.note_secrets(before, &file, &bytes);
                    }
                    Ok(None) => {}
                    Err(error) => self.problem(&file, &error),
                }
            }
            Lookup::Directory {
                directory,
                tidy,
                then,
            } => {
                self.directory(directory, tidy, then.as_ref(), depth);
            }
        }
    }

    /// Whether it is said that a file was not read which is only looked into if that can be.
    fn is_worth_saying(&self, file: &ConfinedPath, error: &FileError, refusals: Refusals) -> bool {
        match error {
            FileError::TooLarge { .. } => refusals == Refusals::OwnFilesAndSize,
            // A link that leads nowhere holds nothing: programs mark with such that they run.
            FileError::Symlink {
                fault: LinkFault::Dangling | LinkFault::Circle,
                ..
            } => false,
            // What else is out of the home is a package's or a system's.
            FileError::Symlink { .. } => {
                refusals == Refusals::EveryLink
                    || self.files.leads_to_place_of(file, self.world.user.id)
            }
            FileError::NotAFile { .. } => refusals == Refusals::EveryLink,
            _ => true,
        }
    }

    #[cfg(feature = "sqlite")]
    fn rows(&mut self, database: &ConfinedPath, table: &str, columns: &[&str], found: &Rows<'_>) {
        match self.files.rows(database, table, columns) {
            Ok(Some(rows)) => found(rows, &mut self.findings()),
            Ok(None) => {}
            Err(error) => self.problem(database, &error),
        }
    }

    #[cfg(not(feature = "sqlite"))]
    fn rows(&mut self, database: &ConfinedPath, _: &str, _: &[&str], _: &Rows<'_>) {
        self.inventory.problems.push(Problem {
            location: Location::of(database),
            message: "this build cannot read databases".to_owned(),
            hint: None,
            hides: true,
        });
    }

    fn directory<'l>(
        &mut self,
        directory: ConfinedPath,
        tidy: Option<RemoveIfEmpty>,
        then: &(dyn Fn(&[DirectoryEntry]) -> Vec<Lookup<'l>> + 'l),
        depth: usize,
    ) {
        if depth > DEEPEST {
            self.inventory.problems.push(Problem {
                location: Location::of(&directory),
                message: format!("it lies more than {DEEPEST} directories deep"),
                hint: Some("look into it by hand".to_owned()),
                hides: true,
            });
            return;
        }
        if let Some(tidy) = &tidy {
            let (path, owner) = (directory.to_path(), &tidy.owner);
            if owner.is_configured() {
                self.inventory.directories.insert(path, owner.clone());
            } else if tidy.realm.is_some() && !tidy.is_named {
                let system = tidy.system;
                self.inventory.shared_directories.insert(path, system);
            }
        }
        let listed = match self.files.list_along(&mut self.handles, &directory) {
            Ok(Some(listed)) => listed,
            Ok(None) => return,
            Err(error) => return self.problem(&directory, &error),
        };
        let entries: Vec<DirectoryEntry> = listed.into_iter().map(DirectoryEntry::of).collect();
        let next = then(&entries);
        let tidy = tidy.map(|tidy| {
            let system = tidy.system_by(&entries);
            RemoveIfEmpty { system, ..tidy }
        });
        let names = entries.into_iter().map(|entry| entry.name).collect();
        self.inventory
            .contents
            .insert(directory.clone(), Contents::Entries(names));
        // Where a person's own link leads, the person wants a directory, empty or not.
        if let Some(tidy) = tidy
            && !self.files.is_followed_link(&directory)
        {
            self.inventory
                .artefacts
                .push(build_directory_artefact(directory, tidy));
        }
        for lookup in next {
            self.look(lookup, depth + 1);
        }
    }

    fn problem(&mut self, path: &ConfinedPath, error: &FileError) {
        let message = match error {
            // The place is said beside it.
            FileError::Denied { path: denied, .. } if *denied == path.to_path() => {
                "permission denied".to_owned()
            }
            other => other.to_string(),
        };
        self.findings().problem(Problem {
            location: Location::of(path),
            message,
            hint: error.hint().map(str::to_owned),
            hides: true,
        });
    }
}

fn build_directory_artefact(directory: ConfinedPath, tidy: RemoveIfEmpty) -> Artefact {
    let place = Place::Directory {
        directory,
        locks: tidy.locks,
    };
    Artefact {
        state: State::Residue,
        realm: tidy.realm,
        names_strangers: tidy.names_strangers,
        tie: if tidy.is_named {
            Exclusivity::ForeignCopy
        } else {
            tidy.tie
        },
        ..build_artefact(tidy.system, place, tidy.owner, "empty directory")
    }
}
