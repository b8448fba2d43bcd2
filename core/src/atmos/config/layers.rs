//! Finds the files of all layers and merges them.
//!
//! From weak to strong: provisioned identities, the machine's file, `~/.atmos`, the nearest
//! directory above, the Git root, the working directory, `ATMOS_CLI_CONFIG_PATH`, profiles. Around
//! each file, from weak to strong: fragments (`atmos.d`), imports, the file itself. `--config` and
//! `--config-path` replace the search.
//!
//! Atmos reads identities a second time and replaces each as a whole, in the order in which files
//! were tracked, so an import can win over the file that imports it. That is an accident of its
//! library; here identities are merged like everything else, by the order of the layers.
//!
//! Source: Atmos `pkg/config/load.go`.

use std::path::{Path, PathBuf};

use crate::io::files::is_plain_component;
use crate::world::{World, clean_path};

use super::diagnostic::{Diagnostic, UNKNOWN_PROFILE};
use super::import::Reader;
use super::node::{Location, Node, Value, fold_key, merge_nodes, underlay_mapping};
use super::{Configuration, ConfigurationRequest, pattern, read, schema};

/// Names of the main file, the preferred one first.
const NAMES: [&str; 2] = ["atmos.yaml", "atmos.yml"];
/// Names that count in `--config-path`.
const ALL_NAMES: [&str; 4] = ["atmos.yaml", "atmos.yml", ".atmos.yaml", ".atmos.yml"];
/// Files that end the search in the directories above without being read themselves.
const HIDDEN_NAME: &str = ".atmos.yaml";
/// Directories that make the working directory one with a configuration of its own, even without a
/// main file: then nothing above it is searched.
const OWN: [&str; 4] = [HIDDEN_NAME, ".atmos", ".atmos.d", "atmos.d"];

/// Reads the configuration of all layers. It never fails as a whole: what is wrong is in
/// [`Configuration::diagnostics`].
pub fn load_configuration(world: &World, request: &ConfigurationRequest) -> Configuration {
    let mut loader = Loader {
        world,
        request,
        reader: Reader::new(world),
        realm_text: None,
        other: Vec::new(),
    };
    if let Some(directory) = &request.logical_directory {
        loader.reader.trust.stand_in(directory);
    }
    let mut root = Node::null(Location::default());
    let mains = loader.mains();
    let directory = loader.read_mains(mains, &mut root);
    loader.note_other_names(directory.as_deref());
    let mut configuration = Configuration {
        directory,
        realm_text: loader.realm_text.take(),
        other_directories: std::mem::take(&mut loader.other),
        variables: schema::atmos_variables(&root),
        ..Configuration::default()
    };
    loader.profiles(&mut configuration, &mut root);
    configuration.variables = schema::atmos_variables(&root);
    configuration.found = !loader.reader.sources.is_empty();
    configuration.base_path = loader.base_path(&configuration, &root);
    let provisioned = loader.provisioned(&mut root);
    loader.reader.say_unreadable();
    let mut problems = std::mem::take(&mut loader.reader.problems);
    configuration.auth = schema::read_auth(world, root, provisioned, &mut problems);
    configuration.gaps = loader.reader.gaps;
    configuration.left_out = loader.reader.left_out;
    configuration.sources = loader.reader.sources;
    configuration.diagnostics = problems.into_vec();
    configuration
}

/// A file that starts a layer.
struct Main {
    path: PathBuf,
    /// Whether imports and fragments belong to it; the machine's file has none.
    imports: bool,
    /// Whether the fragments of the Git root lie below it.
    is_project: bool,
}

impl Main {
    const fn project(path: PathBuf) -> Self {
        Self {
            path,
            imports: true,
            is_project: true,
        }
    }
}

struct Loader<'a> {
    world: &'a World,
    request: &'a ConfigurationRequest,
    reader: Reader<'a>,
    /// The text that Atmos derives the realm from, where that is not a directory's absolute path.
    realm_text: Option<PathBuf>,
    /// Other texts that releases of Atmos hash for the realm.
    other: Vec<PathBuf>,
}

impl Loader<'_> {
    /// The main files, the weakest first, each once.
    fn mains(&mut self) -> Vec<Main> {
        let files = self.paths(&self.request.files, "ATMOS_CONFIG");
        let directories = self.paths(&self.request.directories, "ATMOS_CONFIG_PATH");
        let mut mains = if files.is_empty() && directories.is_empty() {
            self.searched()
        } else {
            self.requested(&files, &directories)
        };
        let mut seen = std::collections::HashSet::new();
        mains.reverse();
        mains.retain(|main| seen.insert(main.path.clone()));
        mains.reverse();
        mains
    }

    fn paths(&self, given: &[PathBuf], variable: &str) -> Vec<PathBuf> {
        if !given.is_empty() {
            return given.to_vec();
        }
        let list = self.world.environment.get(variable).unwrap_or_default();
        list.split(',')
            .map(str::trim)
            .filter(|path| !path.is_empty())
            .map(PathBuf::from)
            .collect()
    }

    fn requested(&mut self, files: &[PathBuf], directories: &[PathBuf]) -> Vec<Main> {
        let mut mains = Vec::new();
        let mut texts: Vec<PathBuf> = Vec::new();
        for file in files {
            let path = self.absolute(file);
            let parent = file.parent().map(Path::to_path_buf).unwrap_or_default();
            self.other.push(clean_path(&self.start().join(&parent)));
            texts.push(parent);
            if read::is_directory(&path) {
                self.missing(format!(
                    "`--config` needs a file: {} is a directory",
                    path.display()
                ));
            } else if read::is_present(&path) {
                self.reader.trust.name(&path);
                mains.push(Main::project(path.clone()));
            } else {
                self.missing(format!(
                    "the configuration file {} does not exist",
                    path.display()
                ));
            }
            self.other.extend([path, file.clone()]);
        }
        for directory in directories {
            let path = self.absolute(directory);
            self.other.push(clean_path(&self.start().join(directory)));
            texts.push(directory.clone());
            match self.config_in(&path, &ALL_NAMES) {
                Some(main) => {
                    self.reader.trust.name(&main);
                    mains.push(Main::project(main));
                }
                None => self.missing(format!("there is no atmos.yaml in {}", path.display())),
            }
            self.other.extend([path, directory.clone()]);
        }
        // Atmos derives the realm from what was typed, relative or not; from several joined.
        self.realm_text = if let [one] = texts.as_slice() {
            Some(one.clone())
        } else {
            let all = files.iter().chain(directories);
            let all: Vec<String> = all.map(|path| path.display().to_string()).collect();
            self.other.push(PathBuf::from(all.join(";") + ";"));
            let given = texts.iter().filter(|text| !text.as_os_str().is_empty());
            let given: Vec<String> = given.map(|text| text.display().to_string()).collect();
            Some(PathBuf::from(given.join(";") + ";"))
        };
        mains
    }

    fn missing(&mut self, message: String) {
        self.reader.problems.push(
            Diagnostic::error("file", message)
                .hint("check `--config`, `--config-path`, ATMOS_CONFIG and ATMOS_CONFIG_PATH"),
        );
    }

    fn searched(&mut self) -> Vec<Main> {
        let world = self.world;
        let mut mains = Vec::new();
        if let Some(directory) = &self.request.system_directory {
            let main = self.config_in(directory, &NAMES);
            mains.extend(main.map(|path| Main {
                path,
                imports: false,
                is_project: false,
            }));
        }
        let home = self.config_in(&world.home.join(".atmos"), &NAMES);
        mains.extend(home.map(|path| Main {
            path,
            imports: true,
            is_project: false,
        }));
        let named = world
            .environment
            .get("ATMOS_CLI_CONFIG_PATH")
            .map(PathBuf::from);
        let is_there = |name: &&str| read::is_present(&self.start().join(name));
        if let Some(own) = self.config_in(self.start(), &NAMES) {
            mains.push(Main::project(own));
        } else if named.is_none() && !OWN.iter().any(is_there) {
            mains.extend(self.above().map(Main::project));
            mains.extend(self.at_git_root().map(Main::project));
        }
        if let Some(directory) = named {
            let directory = clean_path(&self.start().join(directory));
            match self.config_in(&directory, &NAMES) {
                Some(main) => {
                    self.reader.trust.name(&main);
                    mains.push(Main::project(main));
                }
                None => self.reader.problems.push(
                    Diagnostic::warning(
                        "file",
                        format!("there is no atmos.yaml in {}", directory.display()),
                    )
                    .about("variable ATMOS_CLI_CONFIG_PATH"),
                ),
            }
        }
        mains
    }

    /// The working directory by its name, without `.` and `..` in it.
    fn start(&self) -> &Path {
        let logical = self.request.logical_directory.as_deref();
        logical.unwrap_or(&self.world.working_directory)
    }

    /// The main file of the nearest directory above that has one which may be used: what is somebody
    /// else's is passed over, as if it were not there, and said. A hidden one ends the search, though
    /// Atmos does not read it.
    fn above(&mut self) -> Option<PathBuf> {
        let directories: Vec<PathBuf> = self
            .start()
            .ancestors()
            .skip(1)
            .map(Path::to_path_buf)
            .collect();
        for directory in directories {
            let main = self.config_in(&directory, &NAMES);
            let is_main = main.is_some();
            let found = main.or_else(|| self.config_in(&directory, &[HIDDEN_NAME]));
            if let Some(path) = found.filter(|path| self.reader.is_trusted(path)) {
                return is_main.then_some(path);
            }
        }
        None
    }

    /// Other names of the directory that the realm may have been derived from: without the symbolic
    /// links on the way, and by way of a home directory that is one. Which of them Atmos took depends
    /// on how its shell had come there.
    fn note_other_names(&mut self, directory: Option<&Path>) {
        let Some(real) = directory.and_then(read::canonicalize_path) else {
            return;
        };
        let home = &self.world.home;
        let below_home = read::canonicalize_path(home)
            .and_then(|home| real.strip_prefix(home).ok().map(Path::to_path_buf));
        self.other
            .extend(below_home.map(|below| home.join(below).components().collect()));
        self.other.push(real);
    }

    fn at_git_root(&mut self) -> Option<PathBuf> {
        let off = self.world.environment.get("ATMOS_GIT_ROOT_BASEPATH");
        if off.is_some_and(|value| value.eq_ignore_ascii_case("false") || value == "0") {
            return None;
        }
        let found = self.config_in(&self.git_root()?, &NAMES)?;
        self.reader.is_trusted(&found).then_some(found)
    }

    /// The preferred one of these names in a directory.
    fn config_in(&self, directory: &Path, names: &[&str]) -> Option<PathBuf> {
        names
            .iter()
            .map(|name| directory.join(name))
            .find(|path| self.reader.trust.is_file(path))
    }

    fn git_root(&self) -> Option<PathBuf> {
        let mut directories = self.start().ancestors();
        directories
            .find(|directory| read::is_present(&directory.join(".git")))
            .map(Path::to_path_buf)
    }

    /// Merges the main files with what belongs to them; the directory of the last is the
    /// configuration's.
    fn read_mains(&mut self, mains: Vec<Main>, root: &mut Node) -> Option<PathBuf> {
        let git_root = self.git_root();
        let mut needs_root = git_root.as_deref();
        if mains.is_empty() {
            // Without any file Atmos still reads the fragments at the Git root.
            if let Some(node) = needs_root.map(|directory| self.reader.fragments(directory)) {
                merge_nodes(root, node);
            }
        }
        let mut last = None;
        for main in mains {
            let directory = main.path.parent().map(Path::to_path_buf);
            let mut node = Node::null(Location::default());
            if main.imports {
                let own = directory.as_deref();
                if main.is_project
                    && let Some(root) = needs_root.take().filter(|root| Some(*root) != own)
                {
                    merge_nodes(&mut node, self.reader.fragments(root));
                }
                if let Some(own) = own {
                    merge_nodes(&mut node, self.reader.fragments(own));
                }
            }
            if let Some(read) = self.reader.main(&main.path, main.imports) {
                merge_nodes(&mut node, read);
                last = directory;
            }
            merge_nodes(root, node);
        }
        last
    }

    /// Lays the chosen profiles over the configuration.
    fn profiles(&mut self, configuration: &mut Configuration, root: &mut Node) {
        let names = self.profile_names(configuration, root);
        if names.is_empty() {
            return;
        }
        let start = configuration.directory.as_deref().unwrap_or(self.start());
        let mut places = Vec::new();
        if let Some(path) = root.expose_at(&["profiles", "base_path"]) {
            places.push(start.join(self.world.expand_tilde(path)));
        }
        places.push(start.join(".atmos").join("profiles"));
        places.push(self.world.atmos_config_root().join("profiles"));
        places.push(start.join("profiles"));
        for (name, shown) in &names {
            let place = places.iter().map(|place| place.join(name));
            let found = is_plain_component(name)
                .then(|| {
                    place
                        .into_iter()
                        .find(|place| self.reader.trust.is_directory(place))
                })
                .flatten();
            let Some(place) = found else {
                self.unknown_profile(shown, &places, root);
                configuration.profiles.push(shown.clone());
                continue;
            };
            // A name that is a directory's is no secret.
            configuration.profiles.push(name.clone());
            for file in pattern::find_files(&place, "**/*", &mut self.reader.budget) {
                if let Some(node) = self.reader.main(&file, true) {
                    merge_nodes(root, node);
                }
            }
        }
    }

    /// The names of the profiles, each with what is shown of it.
    fn profile_names(&self, configuration: &Configuration, root: &Node) -> Vec<(String, String)> {
        let split = |text: &str| -> Vec<(String, String)> {
            text.split(',')
                .map(|name| name.trim().to_owned())
                .filter(|n| !n.is_empty())
                .map(|name| (name.clone(), name))
                .collect()
        };
        let of_node = |node: &Node| match (node.variable(), node.expose()) {
            (Some(variable), Some(value)) => {
                let names = split(value).into_iter();
                names
                    .map(|(name, _)| (name, variable.shown().to_owned()))
                    .collect()
            }
            (_, text) => text.map(split).unwrap_or_default(),
        };
        let asked: Vec<(String, String)> = self
            .request
            .profiles
            .iter()
            .flat_map(|text| split(text))
            .collect();
        if !asked.is_empty() {
            return asked;
        }
        if let Some(text) = self.world.environment.get("ATMOS_PROFILE") {
            return split(text);
        }
        if let Some(node) = configuration.own_variable("ATMOS_PROFILE") {
            return of_node(node);
        }
        let Some(node) = root.at(&["profiles", "default"]) else {
            return Vec::new();
        };
        if node.expose().is_some() {
            return of_node(node);
        }
        node.items().iter().flat_map(of_node).collect()
    }

    fn unknown_profile(&mut self, name: &str, places: &[PathBuf], root: &Node) {
        let mut known: Vec<String> = places
            .iter()
            .flat_map(|place| self.reader.trust.directory(place, 100).unwrap_or_default())
            .filter(|entry| entry.is_directory)
            .filter_map(|entry| entry.name.into_string().ok())
            .collect();
        known.sort();
        known.dedup();
        let hint = if root.at(&["auth", "identities", name]).is_some() {
            format!("'{name}' is an identity: use `--identity` or ATMOS_IDENTITY")
        } else if known.is_empty() {
            "a profile is a directory of YAML files, for example .atmos/profiles/NAME".to_owned()
        } else {
            format!("there are: {}", known.join(", "))
        };
        let why = format!("there is no profile '{name}'");
        self.reader.gap("profiles", &why, true);
        self.reader
            .problems
            .push(Diagnostic::error(UNKNOWN_PROFILE, why).hint(hint));
    }

    /// Lays the identities that Atmos provisioned below everything else, and returns the index of
    /// the first source that is such a file.
    fn provisioned(&mut self, root: &mut Node) -> u32 {
        let first = u32::try_from(self.reader.sources.len()).unwrap_or(u32::MAX);
        let cache = self.world.atmos_cache_root().join("auth");
        let providers: Vec<String> = root
            .at(&["auth", "providers"])
            .and_then(Node::as_mapping)
            .map(|mapping| mapping.iter().map(|entry| fold_key(&entry.key)).collect())
            .unwrap_or_default();
        for provider in providers
            .iter()
            .filter(|provider| is_plain_component(provider))
        {
            let path = cache.join(provider).join("provisioned-identities.yaml");
            if !self.reader.trust.is_file(&path) {
                continue;
            }
            // Nothing but identities is taken from there.
            let identities = self
                .reader
                .main(&path, false)
                .and_then(|mut node| node.take("auth"))
                .and_then(|mut auth| auth.take("identities"));
            if let Some(identities) = identities
                && matches!(identities.value, Value::Mapping(_))
            {
                underlay_mapping(root, "auth", "identities", identities);
            }
        }
        first
    }

    fn base_path(&self, configuration: &Configuration, root: &Node) -> Option<PathBuf> {
        if let Some(path) = &self.request.base_path {
            return Some(self.absolute(path));
        }
        if let Some(path) = self.world.environment.get("ATMOS_BASE_PATH") {
            return Some(schema::resolve_absolute_path(self.world, path));
        }
        let start = configuration.directory.as_deref().unwrap_or(self.start());
        let path = self.world.expand_tilde(root.expose_at(&["base_path"])?);
        Some(start.join(path).components().collect())
    }

    fn absolute(&self, path: &Path) -> PathBuf {
        self.world
            .working_directory
            .join(path)
            .components()
            .collect()
    }
}
