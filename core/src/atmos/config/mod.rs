//! Reads `atmos.yaml` as Atmos does, but tolerantly: a broken part is reported and left out, and
//! everything else is there.
//!
//! Configuration is untrusted input. No YAML function but `!env` is evaluated, nothing is fetched,
//! every read, walk and expansion has a limit, and no name becomes a path here.
//!
//! - [`load_configuration`] finds the files of all layers, merges them and makes [`Auth`] of them.
//! - [`resolve_chain`] follows `via` from an identity to its root; [`resolve_realm`] tells the name space.
//! - [`validate_configuration`] lists all problems at once, each with its place.

mod budget;
mod chain;
mod diagnostic;
mod duration;
mod entries;
mod functions;
mod identity;
mod import;
mod integration;
mod kinds;
mod layers;
mod mask;
mod model;
mod node;
mod parse;
mod pattern;
mod provider;
mod public_text;
mod read;
mod realm;
mod schema;
#[cfg(test)]
mod tests;
mod trust;
mod validate;
mod variable;

use std::fmt;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use crate::world::World;

pub use chain::{Chain, ChainError, Link, resolve_chain};
pub use diagnostic::{Diagnostic, Related, Severity, UNKNOWN_PROFILE};
pub use duration::parse_seconds as duration_seconds;
pub use identity::Identity;
pub use integration::Integration;
pub use kinds::{IdentityKind, IntegrationKind, ProviderKind};
pub use layers::load_configuration;
pub use model::{Auth, KeyringKind, KeyringSettings, Name, Via};
pub use node::{Entry, Location, Mapping, Node, Spanned, Unset, Value};
pub use provider::Provider;
pub use public_text::is_region;
pub use realm::{
    Realm, RealmSource, candidate_realms, derive_realm as derived_realm, resolve_realm,
};
pub use validate::validate_configuration;
pub use variable::Variable;

/// The wishes of the command line; what is empty is taken from the variables
/// `ATMOS_CONFIG`, `ATMOS_CONFIG_PATH`, `ATMOS_BASE_PATH` and `ATMOS_PROFILE`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConfigurationRequest {
    /// The working directory as the shell calls it, which may lead through symbolic links; `None` is
    /// [`World::working_directory`]. The search starts there, and the realm is derived from that name.
    pub logical_directory: Option<PathBuf>,
    /// `--config`: files, the later the stronger, as typed. They replace the search.
    pub files: Vec<PathBuf>,
    /// `--config-path`: directories, stronger than the files, as typed. They replace the search.
    pub directories: Vec<PathBuf>,
    /// `--base-path`.
    pub base_path: Option<PathBuf>,
    /// `--profile`: names of profiles, each may be a comma list, the later the stronger.
    pub profiles: Vec<String>,
    /// The machine's directory of configuration (`/usr/local/etc/atmos`), if it shall be read.
    pub system_directory: Option<PathBuf>,
}

/// Something that belongs to the configuration and was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The file, directory or variable that it is about.
    pub place: String,
    /// The reason, as a sentence about the place without a full stop.
    pub why: String,
    /// Whether a file of this machine is concerned; a source elsewhere is never read.
    pub is_here: bool,
}

impl fmt::Display for Gap {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.place, self.why)
    }
}

/// A file that would be the configuration, and is not used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// The file.
    pub path: PathBuf,
    /// The reason, as a clause without a full stop.
    pub why: String,
    /// The remedy that would make it used.
    pub remedy: String,
}

/// The configuration that all layers together make.
#[derive(Default)]
pub struct Configuration {
    /// The files that were read, for snippets.
    pub sources: Vec<Source>,
    /// The directory of the strongest configuration file, absolute; the realm is derived from it.
    pub directory: Option<PathBuf>,
    /// `base_path`: where stacks and imports start; absolute.
    pub base_path: Option<PathBuf>,
    /// The profiles that were asked for.
    pub profiles: Vec<String>,
    /// The `auth` section.
    pub auth: Auth,
    /// Problems that were met while reading. [`validate_configuration`] repeats these among all others.
    pub diagnostics: Vec<Diagnostic>,
    /// Whether any configuration was found.
    pub found: bool,
    /// The text that Atmos derives the realm from, if it is another one than the directory's.
    pub(crate) realm_text: Option<PathBuf>,
    /// Other directories that a release of Atmos may have derived the realm from.
    pub(crate) other_directories: Vec<PathBuf>,
    /// The `ATMOS_` variables of the top-level `env` mapping.
    pub(crate) variables: Vec<(String, Node)>,
    /// Files that were found and are not used, because they may be somebody else's.
    pub left_out: Vec<LeftOut>,
    /// Places that were not read, so that entries may be missing; the first few.
    pub gaps: Vec<Gap>,
}

/// Without the variables of the `env` mapping: their values may be secrets.
impl fmt::Debug for Configuration {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Configuration")
            .field("sources", &self.sources)
            .field("directory", &self.directory)
            .field("profiles", &self.profiles)
            .field("auth", &self.auth)
            .field("diagnostics", &self.diagnostics)
            .finish_non_exhaustive()
    }
}

impl Configuration {
    /// The value of an `ATMOS_` variable: the environment's, else that of the top-level `env`
    /// mapping. Nothing but the realm and the profiles may be taken from here: a repository must
    /// not move the places where credentials are looked for.
    pub(crate) fn variable<'a>(&'a self, world: &'a World, name: &str) -> Option<&'a str> {
        let own = || self.own_variable(name)?.expose();
        world.environment.get(name).or_else(own)
    }

    /// A variable of the top-level `env` mapping, if it is not empty.
    pub(crate) fn own_variable(&self, name: &str) -> Option<&Node> {
        let own = self.variables.iter().rev().find(|(key, _)| key == name);
        own.map(|(_, node)| node)
            .filter(|node| node.expose().is_some_and(|value| !value.is_empty()))
    }

    /// The variable that gave `auth.realm`, if one did. The realm is the name of a directory, too.
    pub fn realm_variable(&self) -> Option<&str> {
        self.auth.realm_variable.as_deref()
    }

    /// The source that a location is in.
    pub fn source(&self, location: Location) -> Option<&Source> {
        self.sources.get(location.source as usize)
    }
}

/// A file that was read.
#[derive(Clone)]
pub struct Source {
    /// Its path, absolute.
    pub path: PathBuf,
    /// Its text. It may contain secrets: show [`Source::shown`] instead.
    pub text: Arc<str>,
    /// The places of values that must not be shown.
    pub(crate) hidden: Vec<Range<usize>>,
    /// Whether anything of it may be quoted.
    pub(crate) is_shown: bool,
}

impl Source {
    /// Whether a snippet of it may be shown: not if it lies outside of the project that imports it.
    pub const fn may_be_shown(&self) -> bool {
        self.is_shown
    }

    /// The text for snippets: what may be a secret is replaced by asterisks, byte for byte.
    pub fn shown(&self) -> String {
        if !self.is_shown {
            return String::new();
        }
        mask::hide_secrets(&self.text, &self.hidden)
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Source")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}
