//! What every system knows while it describes what discovery shall look at.

use super::lookup::Lookup;
use std::path::Path;

use jiff::Timestamp;

use crate::atmos::config::Configuration;
use crate::atmos::identity_graph::IdentityGraph;
use crate::catalogue::{self, Tool};
use crate::ignored::Ignored;
use crate::inventory::{Artefact, Owner, State};
use crate::io::files::{ConfinedPath, is_plain_component};
use crate::world::World;

/// What a system may look at to say where it keeps things.
#[derive(Clone, Copy)]
pub struct DiscoveryContext<'a> {
    /// The machine.
    pub world: &'a World,
    /// What is configured.
    pub configuration: &'a Configuration,
    /// Who is configured.
    pub identity_graph: &'a IdentityGraph,
    /// The realms that this configuration can have written to, the effective one first.
    pub realms: &'a [String],
    /// Tools that the person added to the catalogue.
    pub own_tools: &'a [&'static Tool],
    /// Files that look like sign-ins and that a person said are none.
    pub ignored: &'a Ignored,
    /// How far to look.
    pub reach: DiscoveryScope,
}

/// How far discovery looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DiscoveryScope {
    /// At what the configuration names.
    Configured,
    /// At everything, other realms and other people's leftovers included.
    Machine,
    /// At what is called as the configuration names it, in the realms that are not its own.
    OtherRealms,
}

impl DiscoveryContext<'_> {
    /// The tools of the catalogue, those that the person added last.
    pub fn tools(&self) -> impl Iterator<Item = &'static Tool> {
        catalogue::list_tools()
            .iter()
            .chain(self.own_tools.iter().copied())
    }

    /// The path as a [`ConfinedPath`]: below the home directory if it is in there, else below the
    /// file system's root, so that no symbolic link is followed on the way either.
    pub fn rooted(&self, path: &Path) -> Option<ConfinedPath> {
        if let Ok(relative) = path.strip_prefix(&self.world.home) {
            return ConfinedPath::new(self.world.home.as_path(), relative);
        }
        let root = path.ancestors().last()?;
        ConfinedPath::new(root, path.strip_prefix(root).ok()?)
    }

    /// The place that a variable names, and the usual one: what lies there is no less good. One place once.
    pub fn at_both(&self, variable: &str, usual: Option<ConfinedPath>) -> Vec<ConfinedPath> {
        let named = self.world.environment.get(variable);
        let named = named
            .filter(|path| !path.is_empty())
            .map(|path| self.world.expand_path(path))
            .and_then(|path| self.rooted(&self.world.working_directory.join(path)));
        let is_another = |usual: &ConfinedPath| {
            named
                .as_ref()
                .is_none_or(|named| named.to_path() != usual.to_path())
        };
        let usual = usual.filter(is_another);
        named.into_iter().chain(usual).collect()
    }

    /// A path below a directory that the person chose: the directory is trusted as it is, and links
    /// of the person's own in it are followed if it is in the home directory.
    pub fn below(&self, root: &Path) -> ConfinedPath {
        self.in_project(root).following_links()
    }

    /// A path below a directory that a repository may be in, whose links are not the person's: none is
    /// followed.
    pub fn in_project(&self, root: &Path) -> ConfinedPath {
        if let Ok(relative) = root.strip_prefix(&self.world.home)
            && let Some(path) = ConfinedPath::new(self.world.home.as_path(), relative)
        {
            return path;
        }
        ConfinedPath::root(root)
    }

    /// A path in the home directory.
    pub fn in_home(&self, relative: &str) -> Option<ConfinedPath> {
        self.world.home_directory().descend(relative)
    }

    /// Whether this configuration can have written to a realm; what lies in another one is another
    /// configuration's, whatever it is called.
    pub fn is_own_realm(&self, realm: Option<&str>) -> bool {
        realm.is_none_or(|realm| self.realms.iter().any(|own| own == realm))
    }

    /// Whether a moment has passed, and so the state of what ends then.
    pub fn state_at(&self, expires_at: Option<Timestamp>) -> State {
        match expires_at {
            Some(at) if at <= self.world.now() => State::Expired,
            _ => State::Live,
        }
    }

    /// The artefact with the state that its end, if it has one, gives it now.
    pub fn until(&self, artefact: Artefact, expires_at: Option<Timestamp>) -> Artefact {
        Artefact {
            state: self.state_at(expires_at),
            expires_at,
            ..artefact
        }
    }

    /// Whose a directory with a provider's name is: that provider's, else an orphan if the whole
    /// machine is looked at, else nobody's who matters.
    pub fn owner(&self, provider: &str) -> Option<Owner> {
        match self.identity_graph.provider(provider) {
            Some(entry) => Some(Owner::providers([&entry.key])),
            None => (self.reach == DiscoveryScope::Machine).then(|| Owner::orphan(provider)),
        }
    }
}

impl<'a> DiscoveryContext<'a> {
    /// What `describe` says of every realm below `root`, by `root` and the realm's name: of the
    /// known realms, or of all that have a directory if the whole machine is looked at.
    ///
    /// The empty realm has no directory of its own but `folder`, which is thus no realm's name.
    pub fn each_realm(
        self,
        root: ConfinedPath,
        folder: &'static str,
        describe: impl Fn(&ConfinedPath, &str) -> Option<Lookup<'a>> + 'a,
    ) -> Vec<Lookup<'a>> {
        // What is called as a configuration says is no place to which a person leads it.
        let root = root.without_links_below();
        if self.reach == DiscoveryScope::Configured {
            let realms = self.realms.iter();
            return realms.filter_map(|realm| describe(&root, realm)).collect();
        }
        vec![Lookup::listed(root, None, move |root, entries| {
            let is_meant = |realm: &str| {
                self.reach == DiscoveryScope::Machine || !self.realms.iter().any(|own| own == realm)
            };
            let others = entries
                .iter()
                .filter(|entry| entry.name != folder && is_meant(&entry.name))
                // What stands in the place of a known realm is looked at, whatever it is: a link
                // is refused, and said.
                .filter(|entry| entry.is_directory || self.realms.contains(&entry.name))
                .map(|entry| entry.name.as_str());
            let others: Vec<&str> = others.collect();
            let odd = others.iter().filter(|name| !is_plain_component(name));
            let odd: Vec<Lookup<'a>> = odd
                .map(|name| Lookup::unnameable(&root.to_path().join(name)))
                .collect();
            std::iter::once("")
                .filter(|realm| is_meant(realm))
                .chain(others)
                .filter_map(|realm| describe(root, realm))
                .chain(odd)
                .collect()
        })]
    }
}

/// `{root}/{realm}/{folder}`; without a realm one directory less. `None` if a name is not one plain
/// path component.
pub fn in_realm(root: &ConfinedPath, realm: &str, folder: &str) -> Option<ConfinedPath> {
    if realm.is_empty() {
        return root.join(folder);
    }
    root.join(realm)?.join(folder)
}
