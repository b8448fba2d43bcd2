//! What is made from the program itself, so that it cannot disagree with it: the reference and the
//! JSON schemas, which are checked in; man pages and completions, which a package ships; and the table
//! of secret variables, which is made from data.

mod reference;
mod tools;
mod variables;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use clap::Command;
use clap_complete::Shell;
use serde_json::Value;

use crate::Failure;

/// The directories whose whole content is generated.
const OWNED: [&str; 2] = ["docs/reference", "schema"];

/// The data about secret variables, and the source that is made of it.
const VARIABLES_DATA: &str = "core/data/secret-variables.toml";
const VARIABLES: &str = "core/src/names/table.rs";

/// How to generate.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Change nothing; fail if a file differs from what would be written.
    #[arg(long)]
    check: bool,
    /// Write the man pages and completions of a package into this directory, and nothing else.
    #[arg(long, value_name = "DIRECTORY", conflicts_with = "check")]
    package: Option<PathBuf>,
}

/// What everything is made from.
pub(crate) struct Source {
    /// The program's arguments.
    pub(crate) command: Command,
    /// The JSON schemas, by the name of what they describe.
    pub(crate) schemas: Vec<(String, Value)>,
}

/// The program itself. This is the one place that names it.
pub(crate) fn source() -> Source {
    Source {
        command: adieu_cli::args::build_command(),
        schemas: adieu_cli::list_schemas(),
    }
}

pub(crate) fn run(root: &Path, arguments: &Arguments, source: Source) -> Result<(), Failure> {
    if let Some(directory) = &arguments.package {
        return write(directory, shipped_files(source)?);
    }
    let mut wanted = checked_in_files(source)?;
    if let Ok(data) = fs::read_to_string(root.join(VARIABLES_DATA)) {
        wanted.insert(VARIABLES.into(), variables::table(&data)?.into_bytes());
    }
    let stale = stale(root, &wanted)?;
    if arguments.check {
        return check(root, &wanted, &stale);
    }
    for path in &stale {
        fs::remove_file(root.join(path))?;
        println!("removed {}", path.display());
    }
    write(root, wanted)
}

/// Writes files below a directory, and leaves those alone that are as they should be.
fn write(directory: &Path, files: BTreeMap<PathBuf, Vec<u8>>) -> Result<(), Failure> {
    for (path, contents) in files {
        let file = directory.join(&path);
        if fs::read(&file).is_ok_and(|present| present == contents) {
            continue;
        }
        fs::create_dir_all(file.parent().unwrap_or(directory))?;
        fs::write(&file, contents)?;
        println!("wrote {}", path.display());
    }
    Ok(())
}

fn check(
    root: &Path,
    wanted: &BTreeMap<PathBuf, Vec<u8>>,
    stale: &BTreeSet<PathBuf>,
) -> Result<(), Failure> {
    let differs = |path: &&PathBuf| {
        fs::read(root.join(path)).map_or(true, |present| present != wanted[*path])
    };
    let wrong: Vec<String> = wanted
        .keys()
        .filter(differs)
        .chain(stale)
        .map(|path| path.display().to_string())
        .collect();
    if wrong.is_empty() {
        println!("{} generated files are as they should be", wanted.len());
        Ok(())
    } else {
        Err(format!(
            "out of date: {}; run `cargo xtask generate`",
            wrong.join(", ")
        )
        .into())
    }
}

/// The command line as pages describe it.
fn described(command: Command) -> Command {
    let mut command = command.disable_help_subcommand(true);
    command.build();
    command
}

/// The man page of every visible command, by its file's name.
pub(crate) fn manual_pages(source: Source) -> Result<BTreeMap<String, Vec<u8>>, Failure> {
    let mut pages = BTreeMap::new();
    man_pages(&described(source.command), &mut pages)?;
    Ok(pages)
}

/// Every man page and completion script, by its path in a package.
fn shipped_files(source: Source) -> Result<BTreeMap<PathBuf, Vec<u8>>, Failure> {
    let mut files = BTreeMap::new();
    for (name, text) in manual_pages(source)? {
        files.insert(Path::new("man").join(name), text);
    }
    for shell in [
        Shell::Bash,
        Shell::Elvish,
        Shell::Fish,
        Shell::PowerShell,
        Shell::Zsh,
    ] {
        use clap_complete::Generator as _;
        let name = shell.file_name("adieu");
        let text = adieu_cli::args::build_completions(shell);
        files.insert(Path::new("completions").join(name), text);
    }
    Ok(files)
}

/// Every generated file of the workspace, by its path there.
fn checked_in_files(source: Source) -> Result<BTreeMap<PathBuf, Vec<u8>>, Failure> {
    let command = described(source.command);
    let mut files = BTreeMap::new();
    files.insert(
        "docs/reference/commands.md".into(),
        reference::commands(&command).into_bytes(),
    );
    files.insert(
        "docs/reference/tools.md".into(),
        tools::page()?.into_bytes(),
    );
    for (name, value) in source.schemas {
        let mut text = serde_json::to_string_pretty(&value)?;
        text.push('\n');
        files.insert(
            Path::new("schema").join(format!("{name}.schema.json")),
            text.into_bytes(),
        );
    }
    Ok(files)
}

/// A page for the command and for each visible command below it.
fn man_pages(command: &Command, files: &mut BTreeMap<String, Vec<u8>>) -> Result<(), Failure> {
    for inner in command
        .get_subcommands()
        .filter(|inner| !inner.is_hide_set())
    {
        man_pages(inner, files)?;
    }
    let name = clap_mangen::Man::new(command.clone()).get_filename();
    let text = adieu_cli::args::build_manual(command)?;
    files.insert(name, text);
    Ok(())
}

/// Files in the generated directories that are not generated any more.
fn stale(root: &Path, wanted: &BTreeMap<PathBuf, Vec<u8>>) -> Result<BTreeSet<PathBuf>, Failure> {
    let mut stale = BTreeSet::new();
    for folder in OWNED {
        if !root.join(folder).is_dir() {
            continue;
        }
        for entry in fs::read_dir(root.join(folder))? {
            let path = Path::new(folder).join(entry?.file_name());
            if !wanted.contains_key(&path) {
                stale.insert(path);
            }
        }
    }
    Ok(stale)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source() -> Source {
        let logout = Command::new("logout")
            .about("Log out")
            .arg(clap::arg!(--all "Everything"));
        Source {
            command: Command::new("adieu").subcommand(logout),
            schemas: adieu_cli::list_schemas(),
        }
    }

    fn generate(check: bool) -> Arguments {
        Arguments {
            check,
            package: None,
        }
    }

    #[test]
    fn check_fails_before_and_succeeds_after_generating() {
        let root = tempfile::tempdir().unwrap();
        let failure = run(root.path(), &generate(true), source()).unwrap_err();
        let failure = failure.to_string();
        assert!(failure.contains("docs/reference/commands.md"), "{failure}");
        run(root.path(), &generate(false), source()).unwrap();
        run(root.path(), &generate(true), source()).unwrap();
    }

    #[test]
    fn check_notices_an_edit_and_a_file_that_is_no_longer_generated() {
        let root = tempfile::tempdir().unwrap();
        run(root.path(), &generate(false), source()).unwrap();
        fs::write(root.path().join("schema/old.schema.json"), "").unwrap();
        fs::write(root.path().join("docs/reference/commands.md"), "edited").unwrap();
        let failure = run(root.path(), &generate(true), source()).unwrap_err();
        assert_eq!(
            failure.to_string(),
            "out of date: docs/reference/commands.md, schema/old.schema.json; \
             run `cargo xtask generate`"
        );
        run(root.path(), &generate(false), source()).unwrap();
        run(root.path(), &generate(true), source()).unwrap();
    }

    #[test]
    fn a_package_gets_a_page_for_each_command_and_a_script_for_each_shell() {
        let root = tempfile::tempdir().unwrap();
        let package = Arguments {
            check: false,
            package: Some(root.path().to_owned()),
        };
        run(Path::new("nowhere"), &package, source()).unwrap();
        for name in ["man/adieu.1", "man/adieu-logout.1", "completions/_adieu"] {
            assert!(root.path().join(name).is_file(), "{name}");
        }
        assert!(!root.path().join("schema").exists());
    }

    #[test]
    fn every_page_has_the_sections_that_people_look_for() {
        let pages = manual_pages(super::source()).unwrap();
        assert!(pages.len() > 40, "{}", pages.len());
        for (name, page) in pages {
            let page = String::from_utf8(page).unwrap();
            let titles: Vec<&str> = page
                .lines()
                .filter_map(|line| line.strip_prefix(".SH "))
                .map(|title| title.trim_matches('"'))
                .collect();
            for title in ["NAME", "SYNOPSIS", "EXIT STATUS", "FILES", "ENVIRONMENT"] {
                let times = titles.iter().filter(|one| **one == title).count();
                assert_eq!(times, 1, "{title} of {name}: {titles:?}");
            }
            // A command inside another may have its examples there.
            if name.matches('-').count() < 2 {
                assert!(titles.contains(&"EXAMPLES"), "{name}: {titles:?}");
            }
            assert!(!page.contains("\nExamples:"), "{name}: {page}");
        }
    }
}
