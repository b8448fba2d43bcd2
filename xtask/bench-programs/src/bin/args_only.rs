//! The least that a command can do: parse two arguments and end.

use clap::Parser;

/// Parses two arguments.
#[derive(Parser)]
struct Arguments {
    /// Whom to log out.
    identity: Option<String>,
    /// Change nothing.
    #[arg(long)]
    dry_run: bool,
}

fn main() -> std::process::ExitCode {
    let arguments = Arguments::parse();
    // The answer depends on the arguments, so that none of the parsing is left out.
    let is_usual = arguments.dry_run == arguments.identity.is_some();
    std::process::ExitCode::from(u8::from(!is_usual))
}
