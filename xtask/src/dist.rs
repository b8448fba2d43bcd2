//! What a release has, made of this checkout: `cargo xtask dist`.
//!
//! One tree (program, manual pages, completions, licences, bill of materials) is packed three times: as an
//! archive, as a `.deb` and as an `.rpm`, by the systems' own `tar`, `dpkg-deb` and `rpmbuild`. The
//! same commit gives the same bytes: times are `SOURCE_DATE_EPOCH` (else that of the commit), owners are
//! root, names are sorted, and no path of this machine is in the program.

mod bill;
mod hardening;
mod packages;
mod sums;
mod templates;
mod tree;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Failure;
use crate::process::{cargo, run};

/// What to make of it, and where.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Pack this program instead of building one.
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
    /// Where the artefacts go; `dist` in the target directory if not given.
    #[arg(long, value_name = "DIRECTORY")]
    output: Option<PathBuf>,
    /// Where cargo builds, as `cargo build --target-dir`.
    #[arg(long, value_name = "DIRECTORY")]
    target_dir: Option<PathBuf>,
    /// Only the archive, no packages for Debian and Fedora.
    #[arg(long)]
    archive_only: bool,
}

/// What is packed: the version, for which machine, and when it was committed.
pub(crate) struct Release {
    version: String,
    /// As the compiler names it: `x86_64-unknown-linux-gnu`.
    target: String,
    /// Seconds since 1970.
    time: String,
}

impl Release {
    /// The archive's name, and that of the one directory in it.
    fn name(&self) -> String {
        format!("adieu-{}-{}", self.version, self.target)
    }

    /// The machine as `uname -m` names it.
    fn machine(&self) -> &str {
        self.target.split('-').next().unwrap_or_default()
    }
}

pub(crate) fn run_all(root: &Path, arguments: &Arguments) -> Result<(), Failure> {
    if !cfg!(target_os = "linux") {
        return Err("`cargo xtask dist` makes what is for Linux, on Linux".into());
    }
    let places = Places::find(root, arguments)?;
    let release = Release {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        target: host()?,
        time: commit_time(root)?,
    };
    let program = match &arguments.program {
        Some(program) => program.clone(),
        None => build(root, &release, &places)?,
    };
    let facts = hardening::check(&program, &places.secret())?;
    println!("{facts}");

    let output = &places.output;
    if output.exists() {
        fs::remove_dir_all(output)?;
    }
    fs::create_dir_all(output)?;
    let bill = bill::Bill::read(root, &release.target)?;
    fs::write(output.join("adieu.cdx.json"), bill.as_cyclonedx()?)?;
    let licences = bill.licence_texts()?;
    let tree = tree::Tree::collect(root, &program, &licences, &output.join("adieu.cdx.json"))?;
    let archive = packages::archive(&tree, &release, output)?;
    if !arguments.archive_only {
        packages::debian(&tree, &release, &facts, output)?;
        packages::fedora(&tree, &release, output)?;
    }
    templates::fill(root, &release, &sums::of_file(&archive)?, output)?;
    for line in sums::write(output)?.lines() {
        println!("{line}");
    }
    println!("in {}", output.display());
    Ok(())
}

/// Directories of this machine, none of which may be named in the program.
struct Places {
    root: PathBuf,
    cargo_home: PathBuf,
    system_root: PathBuf,
    target: PathBuf,
    output: PathBuf,
}

impl Places {
    fn find(root: &Path, arguments: &Arguments) -> Result<Self, Failure> {
        let root = root.canonicalize()?;
        let cargo_home = match (env::var_os("CARGO_HOME"), env::var_os("HOME")) {
            (Some(directory), _) => PathBuf::from(directory),
            (None, Some(home)) => Path::new(&home).join(".cargo"),
            (None, None) => return Err("neither CARGO_HOME nor HOME says where crates are".into()),
        };
        let target = arguments
            .target_dir
            .clone()
            .or_else(|| env::var_os("CARGO_TARGET_DIR").map(PathBuf::from))
            .map_or_else(|| root.join("target"), |directory| root.join(directory));
        let output = arguments
            .output
            .clone()
            .unwrap_or_else(|| target.join("dist"));
        Ok(Self {
            system_root: answer(Command::new("rustc").args(["--print", "sysroot"]))?.into(),
            output: std::path::absolute(output)?,
            cargo_home,
            target,
            root,
        })
    }

    /// The directories, and what stands for each in the program; the longest first wins with neither
    /// compiler, so those inside others come last.
    fn remapped(&self) -> [(&Path, &'static str); 4] {
        [
            (&self.system_root, "/toolchain"),
            (&self.cargo_home, "/cargo"),
            (&self.root, "/adieu"),
            (&self.target, "/adieu/target"),
        ]
    }

    fn secret(&self) -> Vec<&Path> {
        self.remapped().into_iter().map(|(path, _)| path).collect()
    }

    fn flags(&self, option: &str) -> String {
        let flags: Vec<String> = self
            .remapped()
            .iter()
            .map(|(from, to)| format!("{option}={}={to}", from.display()))
            .collect();
        flags.join(" ")
    }
}

/// The program as it is shipped. Rust's code comes position-independent and with its tables read-only; C's
/// gets a stack protector.
fn build(root: &Path, release: &Release, places: &Places) -> Result<PathBuf, Failure> {
    run(cargo(root)
        .args(["build", "--release", "--locked", "--package", "adieu-cli"])
        .args(["--bin", "adieu", "--target", &release.target])
        .arg("--target-dir")
        .arg(&places.target)
        .env("SOURCE_DATE_EPOCH", &release.time)
        .env("RUSTFLAGS", places.flags("--remap-path-prefix"))
        .env(
            "CFLAGS",
            format!(
                "-fstack-protector-strong {}",
                places.flags("-ffile-prefix-map")
            ),
        ))?;
    Ok(places
        .target
        .join(&release.target)
        .join("release")
        .join("adieu"))
}

fn host() -> Result<String, Failure> {
    let text = answer(Command::new("rustc").arg("-vV"))?;
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.ok_or("rustc -vV names no host")?.to_owned())
}

fn commit_time(root: &Path) -> Result<String, Failure> {
    if let Ok(time) = env::var("SOURCE_DATE_EPOCH") {
        return Ok(time);
    }
    let mut git = Command::new("git");
    answer(git.current_dir(root).args(["log", "-1", "--format=%ct"]))
}

/// What a program prints, without the last line break.
fn answer(command: &mut Command) -> Result<String, Failure> {
    let shown = crate::process::shown(command);
    let output = command
        .output()
        .map_err(|error| format!("cannot start {shown}: {error}"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{shown} ended with {}: {}", output.status, said.trim()).into());
    }
    Ok(String::from_utf8(output.stdout)?.trim_end().to_owned())
}
