//! The flags of every command.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::TerminalFlags;

/// Flags that every command takes.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// Use this configuration file instead of searching (repeatable, the later the stronger)
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Vec<PathBuf>,
    /// Use the configuration of this directory instead of searching (repeatable)
    #[arg(long, global = true, value_name = "DIR")]
    pub config_path: Vec<PathBuf>,
    /// Where stacks and imports start
    #[arg(long, global = true, value_name = "DIR")]
    pub base_path: Option<PathBuf>,
    /// Apply these configuration profiles (comma list, repeatable)
    #[arg(long, global = true, value_name = "NAME")]
    pub profile: Vec<String>,
    /// Work in this directory
    #[arg(short = 'C', long, global = true, value_name = "DIR")]
    pub chdir: Option<PathBuf>,
    /// Look at this home directory instead of one's own, without this shell's variables
    #[arg(long, global = true, value_name = "DIR")]
    pub home: Option<PathBuf>,
    /// Follow no symbolic link, not even one of your own to a place in your home
    #[arg(long, global = true)]
    pub no_links: bool,
    /// How to print
    #[arg(short, long, global = true, value_enum, default_value_t = Output::Human)]
    pub output: Output,
    /// Print one line only, or only the data
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// What to log on standard error: Trace, Debug, Info, Warning or Off
    #[arg(long, global = true, value_name = "LEVEL")]
    pub logs_level: Option<String>,
    /// Print without colour
    #[arg(long, global = true)]
    pub no_color: bool,
    /// What Atmos takes too.
    #[command(flatten)]
    pub terminal: TerminalFlags,
}

impl Global {
    /// The flags again, as words of a command line; without those of the output's form.
    pub(crate) fn words(&self) -> Vec<OsString> {
        let mut words: Vec<OsString> = Vec::new();
        let mut add = |flag: &str, value: &OsStr| words.extend([flag.into(), value.to_owned()]);
        for file in &self.config {
            add("--config", file.as_os_str());
        }
        for directory in &self.config_path {
            add("--config-path", directory.as_os_str());
        }
        for profile in &self.profile {
            add("--profile", OsStr::new(profile));
        }
        let paths = [
            ("--base-path", &self.base_path),
            ("--chdir", &self.chdir),
            ("--home", &self.home),
        ];
        for (flag, path) in paths {
            if let Some(path) = path {
                add(flag, path.as_os_str());
            }
        }
        if let Some(level) = &self.logs_level {
            add("--logs-level", OsStr::new(level));
        }
        if self.no_links {
            words.push("--no-links".into());
        }
        if self.no_color {
            words.push("--no-color".into());
        }
        if self.terminal.force_color {
            words.push("--force-color".into());
        }
        if let Some(file) = &self.terminal.logs_file {
            words.extend(["--logs-file".into(), file.as_os_str().to_owned()]);
        }
        words
    }
}

/// How to print.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// For people
    #[default]
    Human,
    /// For programs; see `adieu schema`
    Json,
}
