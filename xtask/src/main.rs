//! What a developer of adieu runs: `cargo xtask …`.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a tool for developers: it talks, starts programs and writes generated pages"
)]

#[cfg(unix)]
mod bench;
mod demo;
mod dist;
mod fuzz;
mod generate;
mod portal;
mod process;
mod setup;
mod tests;

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// What went wrong, in words.
type Failure = Box<dyn Error>;

/// What a developer of adieu runs.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Show the whole life of a logout in a copy of the made-up home of examples/home.
    Demo,
    /// Run every test, with the real parts: key store, session bus, AWS CLI.
    Test(tests::Arguments),
    /// Install the real parts that the tests use, from the system's package manager.
    Setup(setup::Arguments),
    /// Measure the program: growth with the number of identities, start-up, memory, file operations.
    #[cfg(unix)]
    Bench(bench::Arguments),
    /// Make what a release has: an archive, packages for Debian and Fedora, sums, descriptions for others.
    Dist(dist::Arguments),
    /// Build the fuzz targets and run each for a while; a crash fails.
    Fuzz(fuzz::Arguments),
    /// Write what is made from the program itself: reference, schemas; man pages and completions for a
    /// package.
    Generate(generate::Arguments),
}

fn main() -> ExitCode {
    let root = workspace();
    let done = match Arguments::parse().task {
        Task::Demo => demo::run(&root),
        Task::Test(arguments) => tests::run_all(&root, &arguments),
        Task::Setup(arguments) => setup::run(&arguments),
        #[cfg(unix)]
        Task::Bench(arguments) => bench::run(&root, &arguments),
        Task::Dist(arguments) => dist::run_all(&root, &arguments),
        Task::Fuzz(arguments) => fuzz::run_all(&root, &arguments),
        Task::Generate(arguments) => generate::run(&root, &arguments, generate::source()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// The directory of the workspace. Asked at run time first: a shared target directory may hold an
/// `xtask` that was built in another checkout.
fn workspace() -> PathBuf {
    let package = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    package.parent().map_or(package.clone(), PathBuf::from)
}

#[cfg(test)]
mod argument_tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_arguments_are_consistent() {
        super::Arguments::command().debug_assert();
    }
}
