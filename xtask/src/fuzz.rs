//! The fuzz targets, built with the stable compiler and run for a while each: `cargo xtask fuzz`.
//!
//! `cargo fuzz` does the same with a nightly compiler and the address sanitizer. There is no `unsafe`
//! here for that sanitizer to watch, so the coverage that guides libFuzzer is all that is needed, and
//! any compiler can put it in.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Failure;
use crate::process::{cargo, run};

/// What to fuzz, and for how long.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Only these targets: names of files in fuzz/fuzz_targets.
    targets: Vec<String>,
    /// How long each target runs.
    #[arg(long, default_value_t = 60, value_name = "SECONDS")]
    seconds: u32,
}

/// The compiler's coverage for libFuzzer: counters and comparisons.
///
/// Source: LLVM documentation, "SanitizerCoverage"; what `cargo fuzz` passes.
const COVERAGE: [&str; 7] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Cdebug-assertions",
    "-Ccodegen-units=1",
];

/// The longest input: a few pages of a database, a large file of settings.
const LONGEST: &str = "-max_len=65536";
/// The most memory that a target may take, in MiB.
const MEMORY: &str = "-rss_limit_mb=1024";

/// Where recorded files are that a target begins with.
const SEEDS: [(&str, &str); 10] = [
    ("members_of_json", "fuzz/seeds/members_of_json"),
    ("members_of_yaml", "fuzz/seeds/members_of_yaml"),
    ("database", "fuzz/seeds/database"),
    ("keys_of_ini", "fuzz/seeds/keys_of_ini"),
    ("masking", "fuzz/seeds/masking"),
    ("masking", "core/tests/fixtures"),
    ("configuration", "core/tests/fixtures"),
    ("members_of_yaml", "core/tests/fixtures"),
    ("members_of_json", "cli/tests/ai/fixtures"),
    ("salesforce", "core/tests/fixtures/salesforce"),
];

pub(crate) fn run_all(root: &Path, arguments: &Arguments) -> Result<(), Failure> {
    let folder = root.join("fuzz");
    let known = targets(&folder)?;
    if let Some(unknown) = arguments.targets.iter().find(|name| !known.contains(name)) {
        return Err(format!("no target {unknown}; there are {}", known.join(", ")).into());
    }
    let chosen = if arguments.targets.is_empty() {
        &known
    } else {
        &arguments.targets
    };
    let target_directory = target_directory(root);
    let host = host_triple()?;
    let mut build = cargo(&folder);
    // Named, so that the flags are not for build scripts and macros, which have no fuzzer in them.
    build
        .args(["build", "--release", "--locked", "--target", &host])
        .env("CARGO_TARGET_DIR", &target_directory)
        .env("CARGO_ENCODED_RUSTFLAGS", COVERAGE.join("\u{1f}"));
    for name in chosen {
        build.args(["--bin", name]);
    }
    run(&mut build)?;
    let programs = target_directory.join(host).join("release");
    for name in chosen {
        fuzz(
            root,
            &target_directory,
            &programs.join(name),
            name,
            arguments.seconds,
        )?;
    }
    Ok(())
}

/// One campaign; a crash is a failure, and its input is kept.
fn fuzz(
    root: &Path,
    target_directory: &Path,
    program: &Path,
    name: &str,
    seconds: u32,
) -> Result<(), Failure> {
    let corpus = target_directory.join("corpus").join(name);
    let artifacts = target_directory.join("artifacts").join(name);
    fs::create_dir_all(&corpus)?;
    fs::create_dir_all(&artifacts)?;
    println!("fuzz: {name}, {seconds} s");
    let mut command = Command::new(program);
    command
        .current_dir(target_directory)
        .arg(&corpus)
        .args(seeds(root, name))
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-artifact_prefix={}/", artifacts.display()))
        .args([
            LONGEST,
            MEMORY,
            "-timeout=10",
            "-print_final_stats=1",
            "-verbosity=0",
        ]);
    run(&mut command)
        .map_err(|failure| format!("{failure}\nthe input is in {}", artifacts.display()).into())
}

/// Directories of recorded files; libFuzzer reads them, and writes only to the first corpus.
fn seeds(root: &Path, name: &str) -> Vec<PathBuf> {
    SEEDS
        .iter()
        .filter(|(target, _)| *target == name)
        .map(|(_, folder)| root.join(folder))
        .filter(|folder| folder.is_dir())
        .collect()
}

/// The targets, by the names of their files.
fn targets(folder: &Path) -> Result<Vec<String>, Failure> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder.join("fuzz_targets"))? {
        let path = entry?.path();
        if let Some(name) = path.file_stem().and_then(|name| name.to_str()) {
            names.push(name.to_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// Beside the other builds, never in the checkout's tracked part.
fn target_directory(root: &Path) -> PathBuf {
    env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| root.join("target"), PathBuf::from)
        .join("fuzz")
}

/// The triple of the compiler's own host.
fn host_triple() -> Result<String, Failure> {
    let output = Command::new("rustc").arg("-vV").output()?;
    let text = String::from_utf8(output.stdout)?;
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.ok_or("rustc names no host")?.to_owned())
}
