//! What every command starts from: the machine, and what was asked of every command.

use std::path::{Path, PathBuf};

use adieu::atmos::config::{self, Configuration, ConfigurationRequest, Severity, UNKNOWN_PROFILE};
use adieu::io::process::{ProcessOptions, logical_directory};
use adieu::printable::printable_path;
use adieu::session::Adieu;
use adieu::world::World;

use crate::args::Global;
use crate::ui::log::{Level, Log};
use crate::ui::{Failure, Printer, format_count, to_plain_text};

/// What every command starts from.
pub(crate) struct Context {
    pub(crate) adieu: Adieu,
    pub(crate) global: Global,
    pub(crate) level: Level,
    /// What stands before the name of a command, as it was typed: `adieu`, `adieu auth`.
    pub(crate) prefix: String,
    /// The name of the command.
    pub(crate) command: &'static str,
}

impl Context {
    /// Reads the configuration. It never fails as a whole: what is broken is left out, and said.
    pub(crate) fn new(world: World, global: &Global, interactive: bool) -> Result<Self, Failure> {
        let request = build_request(&world, global)?;
        let mut adieu = Adieu::open(world, &request, interactive);
        if global.no_links {
            adieu = adieu.without_links(interactive);
        }
        let level = resolve_log_level(&adieu.world, global, &adieu.configuration)?;
        let global = global.clone();
        Ok(Self {
            adieu,
            global,
            level,
            prefix: "adieu".to_owned(),
            command: "logout",
        })
    }

    /// A command of the same scope and program as the one that was typed: `adieu auth logout`.
    pub(crate) fn command_called(&self, name: &str) -> String {
        format!("{} {name}", self.prefix)
    }

    pub(crate) fn log(&self) -> Log<'_> {
        let flag = self.global.terminal.logs_file.as_deref();
        let variable = self.adieu.world.environment.get("ATMOS_LOGS_FILE");
        Log {
            level: self.level,
            world: &self.adieu.world,
            files: &self.adieu.files,
            file: flag.or(variable.filter(|path| !path.is_empty()).map(Path::new)),
        }
    }

    /// A profile that was asked for and does not exist is a mistake in what was typed: without it
    /// others would be meant.
    pub(crate) fn require_profiles(&self) -> Result<(), Failure> {
        let mut diagnostics = self.adieu.configuration.diagnostics.iter();
        let unknown = diagnostics.find(|diagnostic| diagnostic.code == UNKNOWN_PROFILE);
        match unknown.filter(|_| !self.global.profile.is_empty()) {
            None => Ok(()),
            Some(diagnostic) => {
                let failure = Failure::usage(diagnostic.message.clone());
                Err(match &diagnostic.hint {
                    Some(hint) => failure.hint(hint.clone()),
                    None => failure,
                })
            }
        }
    }

    /// Names the files that were found and are not used, because they may be somebody else's.
    pub(crate) fn warn_of_left_out(&self, printer: &mut Printer) {
        for left in &self.adieu.configuration.left_out {
            let path = left.path.display().to_string();
            let message = format!(
                "{} is left out: {}",
                to_plain_text(&path),
                to_plain_text(&left.why)
            );
            printer.warning(&message, Some(&to_plain_text(&left.remedy)));
        }
    }

    /// Broken parts of the configuration do not stop a logout, but they are said.
    pub(crate) fn warn_of_configuration(&self, printer: &mut Printer) {
        let errors = config::validate_configuration(&self.adieu.world, &self.adieu.configuration)
            .into_iter()
            .filter(|diagnostic| diagnostic.severity == Severity::Error)
            .count();
        if errors > 0 {
            let problems = format_count(errors, "problem", "problems");
            let message = format!("the configuration has {problems}; the healthy parts are used");
            printer.warning(&message, Some("see them all with: adieu validate"));
        }
    }
}

/// Which configuration is meant.
///
/// # Errors
///
/// A file or directory that was named and does not exist.
pub(super) fn build_request(
    world: &World,
    global: &Global,
) -> Result<ConfigurationRequest, Failure> {
    let own_home = global.home.is_none();
    let request = ConfigurationRequest {
        logical_directory: logical_directory(&ProcessOptions {
            home: None,
            directory: global.chdir.as_deref(),
        }),
        // As they were typed: a realm is derived from that text.
        files: global.config.clone(),
        directories: global.config_path.clone(),
        base_path: global
            .base_path
            .as_ref()
            .map(|path| world.working_directory.join(path)),
        profiles: global.profile.clone(),
        system_directory: own_home.then(|| PathBuf::from("/usr/local/etc/atmos")),
    };
    for path in request.files.iter().chain(&request.directories) {
        let path = world.working_directory.join(path);
        if !path.exists() {
            let message = format!("{} does not exist", printable_path(&path));
            return Err(Failure::usage(message).hint("check --config and --config-path"));
        }
    }
    Ok(request)
}

fn resolve_log_level(
    world: &World,
    global: &Global,
    configuration: &Configuration,
) -> Result<Level, Failure> {
    if let Some(text) = &global.logs_level {
        return Level::parse(text).ok_or_else(|| {
            Failure::usage(format!("{text:?} is no log level"))
                .hint("use Trace, Debug, Info, Warning or Off")
        });
    }
    let from_environment = world
        .environment
        .get("ATMOS_LOGS_LEVEL")
        .and_then(Level::parse);
    let configured = configuration
        .auth
        .log_level
        .as_ref()
        .and_then(|l| Level::parse(&l.value));
    Ok(from_environment.or(configured).unwrap_or(Level::Warning))
}
