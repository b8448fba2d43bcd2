//! What can be typed after `adieu scan`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Where to look for secrets, and what to do with them.
#[derive(Clone, Debug, Default, Args)]
pub struct ScanArgs {
    /// Files and directories to look at [default: the profiles of the home directory and of /etc]
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// How to print; `eval` prints the lines that take what is set here out of the calling shell
    #[arg(short, long, value_enum)]
    pub format: Option<ScanFormat>,
    /// The shell that `--format eval` prints for [default: that of $SHELL]
    #[arg(long, value_enum)]
    pub shell: Option<ScanShell>,
    /// Only these variables (comma list, repeatable)
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub name: Vec<String>,
    /// Also look at the environment of this shell
    #[arg(long)]
    pub environment: bool,
    /// Take what was found out of the files; shows what would change, and asks first
    #[arg(long, value_enum)]
    pub fix: Option<ScanFix>,
    /// With `--fix`: answer the question with yes
    #[arg(long, visible_alias = "yes", requires = "fix")]
    pub force: bool,
    /// With `--fix`: show what would change, and change nothing
    #[arg(long, requires = "fix")]
    pub dry_run: bool,
}

/// The forms of what was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ScanFormat {
    /// For people
    Human,
    /// For programs; see `adieu schema scan`
    Json,
    /// For code scanning: SARIF 2.1.0
    Sarif,
    /// Lines that the calling shell is to evaluate
    Eval,
}

/// The shells that lines can be printed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ScanShell {
    /// bash, sh, ksh
    Bash,
    /// Z shell
    Zsh,
    /// fish
    Fish,
    /// csh, tcsh
    Csh,
    /// PowerShell
    Powershell,
    /// The Windows command prompt
    Cmd,
    /// Nushell
    Nushell,
}

/// What becomes of what was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ScanFix {
    /// It becomes a comment; the secret stays in the file
    Comment,
    /// It goes
    Remove,
}
