//! The fuzz targets, built with the stable compiler and run for a while each: `cargo xtask fuzz`.
//!
//! `cargo fuzz` does the same with a nightly compiler and the address sanitizer. There is no `unsafe`
//! here for that sanitizer to watch, so the coverage that guides libFuzzer is all that is needed, and
//! any compiler can put it in. Only the crates of this workspace get it: all others are the ones that
//! the tests use, so that a machine that has run the tests builds two crates and links one program.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::thread;

use adieu_fuzz::{TARGETS, Target, target};

use crate::Failure;
use crate::process::{build_directory, cargo, run};

/// What to fuzz, and for how long.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Only these targets.
    targets: Vec<String>,
    /// How long each target runs; as many at a time as there are processors.
    #[arg(long, default_value_t = 60, value_name = "SECONDS")]
    seconds: u32,
    /// Where chance begins; the same number tries the same inputs, as far as the time reaches.
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u32>,
}

/// The longest input: a few pages of a database, a large file of settings.
const LONGEST: &str = "-max_len=65536";
/// The most memory that a target may take, in MiB.
const MEMORY: &str = "-rss_limit_mb=1024";
/// The longest that one input may take, in seconds.
const TIME: &str = "-timeout=10";

pub(crate) fn run_all(root: &Path, arguments: &Arguments) -> Result<(), Failure> {
    let chosen = choose(&arguments.targets)?;
    let directory = build_directory()?;
    run(cargo(root)
        .args(["build", "--workspace", "--locked", "--bin", "adieu-fuzz"])
        .args(["--features", "adieu-fuzz/libfuzzer"])
        .env("CARGO_INCREMENTAL", "0")
        .env(
            "RUSTC_WORKSPACE_WRAPPER",
            root.join("fuzz/rustc-with-coverage"),
        ))?;
    let (queue, failures) = (Mutex::new(chosen.into_iter()), Mutex::new(Vec::new()));
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(target) = next() {
                    if let Err(failure) = fuzz(root, &directory, target, arguments) {
                        let failure = format!("{}: {failure}", target.name);
                        let mut failures = failures.lock().unwrap_or_else(PoisonError::into_inner);
                        failures.push(failure);
                    }
                }
            });
        }
    });
    let failures = failures
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    if failures.is_empty() {
        Ok(())
    } else {
        Err(failures.join("\n").into())
    }
}

/// The targets of these names; all of them without names.
fn choose(names: &[String]) -> Result<Vec<&'static Target>, Failure> {
    if names.is_empty() {
        return Ok(TARGETS.iter().collect());
    }
    let find = |name: &String| {
        target(name).ok_or_else(|| {
            let known: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
            format!("no target {name}; there are {}", known.join(", ")).into()
        })
    };
    names.iter().map(find).collect()
}

/// One campaign; a crash is a failure, and its input is kept.
fn fuzz(
    root: &Path,
    directory: &Path,
    target: &Target,
    arguments: &Arguments,
) -> Result<(), Failure> {
    let own = directory.join("fuzz").join(target.name);
    let (corpus, artifacts) = (own.join("corpus"), own.join("artifacts"));
    fs::create_dir_all(&corpus)?;
    fs::create_dir_all(&artifacts)?;
    let output = Command::new(directory.join("adieu-fuzz"))
        .current_dir(&own)
        .env("ADIEU_FUZZ_TARGET", target.name)
        .arg(&corpus)
        .args(recorded(root, target))
        .arg(format!("-max_total_time={}", arguments.seconds))
        .args(arguments.seed.map(|seed| format!("-seed={seed}")))
        .arg(format!("-artifact_prefix={}/", artifacts.display()))
        .args([
            LONGEST,
            MEMORY,
            TIME,
            "-print_final_stats=1",
            "-verbosity=0",
        ])
        .output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    if output.status.success() {
        let tried = said
            .lines()
            .find_map(|line| line.strip_prefix("stat::number_of_executed_units:"));
        println!(
            "fuzz: {}: {} inputs",
            target.name,
            tried.unwrap_or("?").trim()
        );
        return Ok(());
    }
    let folder = artifacts.display();
    Err(format!("{}\n{said}\nthe input is in {folder}", output.status).into())
}

/// Directories of recorded inputs; libFuzzer reads them, and writes only to the first corpus.
fn recorded(root: &Path, target: &Target) -> Vec<PathBuf> {
    let own = root.join("fuzz/seeds").join(target.name);
    let recorded = target.recorded.iter().map(|folder| root.join(folder));
    recorded.chain(own.is_dir().then_some(own)).collect()
}
