//! Every test with one command.

use std::path::Path;

use crate::Failure;
use crate::process::{cargo, run};
use crate::setup;

/// How to run the tests.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Only the tests that need nothing but this workspace.
    #[arg(long)]
    fast: bool,
    /// Passed on to `cargo test`: part of a test's name, or `-- --nocapture`.
    #[arg(last = true)]
    rest: Vec<String>,
}

pub(crate) fn run_all(root: &Path, arguments: &Arguments) -> Result<(), Failure> {
    let mut command = cargo(root);
    // Unit tests, integration tests and the examples in the documentation.
    command
        .args(["test", "--workspace", "--locked"])
        .args(&arguments.rest);
    if arguments.fast {
        command.env_remove("ADIEU_REAL_PARTS");
    } else {
        setup::run(&setup::Arguments::of_tests())?;
        // A test whose real part is missing fails instead of being passed over.
        command.env("ADIEU_REAL_PARTS", "required");
    }
    run(&mut command)
}
