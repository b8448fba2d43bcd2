//! The global flags of Atmos about its terminal and its own errands, so that scripts that give them to
//! `atmos auth …` can give them to adieu.

use std::path::PathBuf;

use clap::{ArgAction, Args};

/// Global flags of Atmos. What is hidden from the help is accepted and has no effect.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Global options")]
pub struct TerminalFlags {
    /// Ask questions where somebody can answer; `--interactive=false` never asks [env:
    /// ATMOS_INTERACTIVE]
    #[arg(
        long,
        global = true,
        value_name = "BOOL",
        action = ArgAction::Set,
        num_args = 0..=1,
        require_equals = true,
        default_value = "true",
        default_missing_value = "true",
        hide_default_value = true,
        value_parser = clap::builder::BoolishValueParser::new()
    )]
    pub interactive: bool,
    /// Print with colour, wherever it goes [env: ATMOS_FORCE_COLOR]
    #[arg(
        long,
        global = true,
        value_name = "BOOL",
        action = ArgAction::Set,
        num_args = 0..=1,
        require_equals = true,
        default_value = "false",
        default_missing_value = "true",
        hide_default_value = true,
        value_parser = clap::builder::BoolishValueParser::new()
    )]
    pub force_color: bool,
    /// Append the log lines to this file [env: ATMOS_LOGS_FILE]
    #[arg(long, global = true, value_name = "FILE")]
    pub logs_file: Option<PathBuf>,
    /// Append everything that is not data to this file [env: ATMOS_REDIRECT_STDERR]
    #[arg(long, global = true, value_name = "FILE")]
    pub redirect_stderr: Option<PathBuf>,
    /// Without effect: what is no terminal is never taken for one
    #[arg(long, global = true, hide = true, value_name = "BOOL", num_args = 0..=1, require_equals = true)]
    pub force_tty: Option<Option<String>>,
    /// Without effect: secrets are never shown
    #[arg(long, global = true, hide = true, value_name = "BOOL", num_args = 0..=1, require_equals = true)]
    pub mask: Option<Option<String>>,
    /// Without effect: nothing is shown in a pager
    #[arg(long, global = true, hide = true, value_name = "PAGER", num_args = 0..=1, require_equals = true)]
    pub pager: Option<Option<String>>,
    /// Tell more: long lists whole; errors are always told with their causes
    #[arg(long, global = true)]
    pub verbose: bool,
    /// Without effect: this is the only version
    #[arg(long, global = true, hide = true, value_name = "VERSION")]
    pub use_version: Option<String>,
    /// Without effect: nothing is profiled
    #[arg(long, global = true, hide = true, value_name = "BOOL", num_args = 0..=1, require_equals = true)]
    pub profiler_enabled: Option<Option<String>>,
    /// Without effect: nothing is profiled
    #[arg(long, global = true, hide = true, value_name = "HOST")]
    pub profiler_host: Option<String>,
    /// Without effect: nothing is profiled
    #[arg(long, global = true, hide = true, value_name = "PORT")]
    pub profiler_port: Option<String>,
    /// Without effect: nothing is profiled
    #[arg(long, global = true, hide = true, value_name = "FILE")]
    pub profile_file: Option<PathBuf>,
    /// Without effect: nothing is profiled
    #[arg(long, global = true, hide = true, value_name = "TYPE")]
    pub profile_type: Option<String>,
    /// Without effect: nothing is profiled
    #[arg(long, global = true, hide = true, value_name = "BOOL", num_args = 0..=1, require_equals = true)]
    pub heatmap: Option<Option<String>>,
    /// Without effect: nothing is profiled
    #[arg(long, global = true, hide = true, value_name = "MODE")]
    pub heatmap_mode: Option<String>,
}

impl Default for TerminalFlags {
    fn default() -> Self {
        Self {
            interactive: true,
            force_color: false,
            logs_file: None,
            redirect_stderr: None,
            force_tty: None,
            mask: None,
            pager: None,
            verbose: false,
            use_version: None,
            profiler_enabled: None,
            profiler_host: None,
            profiler_port: None,
            profile_file: None,
            profile_type: None,
            heatmap: None,
            heatmap_mode: None,
        }
    }
}
