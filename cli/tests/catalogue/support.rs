//! What the tests of this folder start from.

use std::path::{Path, PathBuf};

use adieu_testkit::{Adieu, Home, Output};

/// The program under test.
const PROGRAM: &str = env!("CARGO_BIN_EXE_adieu");

/// A folder beside these tests.
pub(crate) fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/catalogue")
        .join(name)
}

/// The entries of a folder, sorted.
pub(crate) fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    found.sort();
    found
}

/// Runs the program in a home where no key store is reachable.
pub(crate) fn run(home: &Home, words: &str, variables: &[(String, String)]) -> Output {
    let words: Vec<&str> = words.split_whitespace().collect();
    run_words(home, &words, variables)
}

/// The same with words that may have blanks in them.
pub(crate) fn run_words(home: &Home, words: &[&str], variables: &[(String, String)]) -> Output {
    let mut adieu = Adieu::new(PROGRAM)
        .home(home)
        .args(words)
        .env("XDG_RUNTIME_DIR", home.join("run"));
    for (name, value) in variables {
        adieu = adieu.env(name, value);
    }
    adieu.run()
}

/// What `adieu status` finds: system, identity, class and place of each artefact, sorted.
pub(crate) fn found(home: &Home, variables: &[(String, String)]) -> Vec<String> {
    let status = run(home, "status -o json", variables).json();
    let mut found = Vec::new();
    for session in status["sessions"].as_array().unwrap() {
        for artefact in session["artefacts"].as_array().unwrap() {
            let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
            let location = text(&artefact["location"]);
            found.push(format!(
                "{} | {} | {} | {}",
                text(&session["system"]),
                text(&session["identity"]),
                text(&artefact["class"]),
                location.replace("$HOME", "~"),
            ));
        }
    }
    found.sort();
    found
}

/// Who is signed in by the word of a file alone, as far as `adieu status` can tell: system, identity.
pub(crate) fn marked(home: &Home, variables: &[(String, String)]) -> Vec<String> {
    let status = run(home, "status -o json", variables).json();
    let sessions = status["sessions"].as_array().unwrap().iter();
    let marked = sessions.filter(|session| {
        session["artefacts"].as_array().unwrap().is_empty() && session["state"] == "unknown"
    });
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let mut names: Vec<String> = marked
        .map(|session| {
            format!(
                "{} | {}",
                text(&session["system"]),
                text(&session["identity"])
            )
        })
        .collect();
    names.sort();
    names
}

/// The command that takes everything away that adieu takes at all.
pub(crate) const EVERYTHING: &str = "logout --all --force --keychain --no-revoke";
