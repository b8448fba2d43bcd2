//! Commands of Salesforce CLI that adieu has none of: the real client runs them, so that
//! `alias sf=adieu`, or a link called `sf`, takes nothing away.

use std::ffi::OsString;
use std::path::PathBuf;

use adieu::io::net::Cancel;
use adieu::io::programs::{self, Ended, Program};
use adieu::world::World;

use crate::process;
use crate::ui::Failure;

/// Set for the real client, with the process that started it and what was started so far: a script
/// that is called `sf` and starts this program again is not the real client.
const PASSED_ON: &str = "ADIEU_PASSED_ON";

/// How often one run may be handed on: more often is a circle of scripts.
const MOST: usize = 8;

/// What the real client is called.
const NAMES: [&str; 2] = ["sf", "sfdx"];

/// Runs `sf WORDS…`; its exit status.
pub(crate) fn run(world: &World, words: &[OsString], cancel: &Cancel) -> Result<u8, Failure> {
    let (parent, tried) = passed_on(world);
    // Whoever was started for this very run, and leads back here, is not started again. A client that
    // calls `sf` for a command of its own is another matter.
    let is_called_back = parent.is_some_and(process::is_parent);
    let own = process::own_program();
    let leads_back = |path: &PathBuf| is_called_back && tried.contains(path);
    let is_real = |path: &PathBuf| {
        let is_own = programs::is_same_file(path, own.as_deref());
        !is_own && !leads_back(path)
    };
    let mut found = NAMES
        .iter()
        .flat_map(|name| programs::find_all(world, name))
        .filter(is_real);
    let Some(path) = found.next().filter(|_| tried.len() < MOST) else {
        let shown: Vec<_> = words.iter().map(|word| word.to_string_lossy()).collect();
        return Err(Failure::usage(format!(
            "`{}` is no command of adieu, and Salesforce CLI is not installed to run it",
            shown.join(" ")
        ))
        .hint("See what adieu has with: adieu org --help"));
    };
    let mark = build_call_mark(&tried, &path);
    let variables = world.environment.iter();
    let program = Program {
        path,
        arguments: words.to_vec(),
        environment: variables
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .chain([(PASSED_ON.into(), mark)])
            .collect(),
        directory: world.working_directory.clone(),
    };
    match programs::attend(&program, false, cancel) {
        Ended::Exited(status) => Ok(u8::try_from(status).unwrap_or(1)),
        Ended::NotStarted(why) => Err(Failure::failed(format!("`sf` cannot be run: {why}"))),
        Ended::Killed | Ended::TimedOut | Ended::Interrupted => Ok(130),
    }
}

/// The process that handed this run on, and what it and those before it started.
fn passed_on(world: &World) -> (Option<u32>, Vec<PathBuf>) {
    let Some((parent, tried)) = world
        .environment
        .get(PASSED_ON)
        .and_then(|text| text.split_once(' '))
    else {
        return (None, Vec::new());
    };
    (parent.parse().ok(), std::env::split_paths(tried).collect())
}

fn build_call_mark(tried: &[PathBuf], path: &PathBuf) -> OsString {
    let mut mark = OsString::from(format!("{} ", std::process::id()));
    // A path of `PATH` has no separator of it.
    let all = std::env::join_paths(tried.iter().chain([path]));
    mark.push(all.unwrap_or_default());
    mark
}
