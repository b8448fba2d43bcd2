//! States that were written down from the tools' sources and documentation, one file for each entry.

use std::path::Path;

use adieu_testkit::Home;
use serde::Deserialize;

use crate::support::{EVERYTHING, entries, folder, found, marked, run};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct State {
    found: Vec<String>,
    #[serde(default)]
    variables: std::collections::BTreeMap<String, String>,
    /// Who is signed in with a secret in the key store, which is out of reach here.
    #[serde(default)]
    marked: Vec<String>,
    /// Secrets that stay on purpose.
    #[serde(default)]
    keeps: Vec<String>,
    file: Vec<StateFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StateFile {
    path: String,
    text: String,
    /// What is left of it.
    after: Option<String>,
    #[serde(default)]
    goes: bool,
    #[serde(default)]
    stays: bool,
}

fn state(file: &Path) -> State {
    let text = std::fs::read_to_string(file).unwrap();
    toml_edit::de::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// The made-up secrets in a text.
fn secrets(text: &str) -> Vec<&str> {
    text.match_indices("FAKE-")
        .map(|(at, _)| {
            let rest = &text[at..];
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_');
            &rest[..end.unwrap_or(rest.len())]
        })
        .collect()
}

#[test]
fn every_state_is_found_taken_and_left_as_it_says() {
    let states = entries(&folder("states"));
    let failures: Vec<String> = std::thread::scope(|scope| {
        let workers: Vec<_> = states
            .chunks(states.len().div_ceil(WORKERS))
            .map(|states| {
                scope.spawn(|| states.iter().filter_map(|file| try_state(file)).collect())
            })
            .collect();
        let failures = workers.into_iter().map(|worker| worker.join().unwrap());
        failures
            .flat_map(|failures: Vec<String>| failures)
            .collect()
    });
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// How many states are tried at once.
const WORKERS: usize = 4;

/// What is wrong with a state, if anything is.
fn try_state(file: &Path) -> Option<String> {
    let tried = std::panic::catch_unwind(|| assert_state(file));
    let failure = tried.err()?;
    let text = failure.downcast_ref::<String>().cloned();
    Some(text.unwrap_or_else(|| file.display().to_string()))
}

fn assert_state(file: &Path) {
    let (state, name) = (state(file), file.display());
    let home = Home::new();
    for file in &state.file {
        home.write(&file.path, &file.text);
    }
    let root = home.path().display().to_string();
    let variables: Vec<(String, String)> = state
        .variables
        .iter()
        .map(|(name, value)| (name.clone(), value.replace("$HOME", &root)))
        .collect();
    let mut expected = state.found.clone();
    expected.sort();
    assert_eq!(found(&home, &variables), expected, "{name}");
    assert_eq!(marked(&home, &variables), state.marked, "{name}");
    run(&home, EVERYTHING, &variables);
    for file in &state.file {
        let now = home.has(&file.path).then(|| home.read(&file.path));
        let left = match (file.goes, file.stays) {
            (true, _) => None,
            (_, true) => Some(&file.text),
            _ => Some(file.after.as_ref().unwrap()),
        };
        assert_eq!(now.as_ref(), left, "{name}: {}", file.path);
        if !file.stays {
            let now = now.unwrap_or_default();
            let mut left = secrets(&file.text).into_iter();
            let stays = left.find(|secret| {
                secrets(&now).contains(secret) && !state.keeps.iter().any(|kept| kept == secret)
            });
            assert_eq!(stays, None, "{name}: {}", file.path);
        }
    }
}

/// Entries without a file have nothing to be tried on; those of the recorded states have theirs.
#[test]
fn every_entry_has_a_state() {
    let mut known: Vec<String> = entries(&folder("states"))
        .iter()
        .map(|file| file.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    for folder in entries(&folder("recorded")) {
        let found = std::fs::read_to_string(folder.join("found.txt")).unwrap_or_default();
        known.extend(
            found
                .lines()
                .filter_map(|line| Some(line.split_once(" | ")?.0.to_owned())),
        );
    }
    let missing: Vec<&str> = adieu::catalogue::list_tools()
        .iter()
        .filter(|tool| !tool.files.is_empty())
        .map(|tool| tool.system.id())
        .filter(|id| !known.iter().any(|known| known == id))
        .collect();
    assert!(missing.is_empty(), "no state for {missing:?}");
}
