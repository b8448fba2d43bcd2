//! What can be typed after `adieu login` and `adieu switch`.

use clap::Args;

use super::parse_seconds;

/// Where to sign in, and how.
#[derive(Clone, Debug, Args)]
pub struct LoginArgs {
    /// The tool: claude, codex, copilot, cursor, opencode or amp
    #[arg(value_name = "TOOL")]
    pub tool: String,
    /// Sign in although a variable or setting comes before the login
    #[arg(long)]
    pub force: bool,
    /// Words for the tool's own login command
    #[arg(last = true, value_name = "WORD")]
    pub words: Vec<String>,
}

/// Whose account to change, and how.
#[derive(Clone, Debug, Args)]
pub struct SwitchArgs {
    /// The tool, or `tool:account` where it has several
    #[arg(value_name = "TOOL")]
    pub tool: String,
    /// Fail unless this is signed in afterwards
    #[arg(long, value_name = "EMAIL")]
    pub expect: Option<String>,
    /// Switch although a variable or setting comes before the login
    #[arg(long)]
    pub force: bool,
    /// Do not ask any server to end the old session
    #[arg(long)]
    pub no_revoke: bool,
    /// How long to wait for the server, in seconds
    #[arg(long, value_name = "SECONDS", default_value = "5", value_parser = parse_seconds)]
    pub timeout: f64,
    /// Words for the tool's own login command
    #[arg(last = true, value_name = "WORD")]
    pub words: Vec<String>,
}
