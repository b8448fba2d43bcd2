//! What several files of these tests share.

use std::path::{Path, PathBuf};

use adieu_testkit::{Adieu, Home, Output};

/// The recorded home with 105 assignments.
pub(crate) fn recorded() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../core/tests/fixtures/shell-profiles")
}

/// A copy of it.
pub(crate) fn fixture() -> Home {
    Home::from_fixture(recorded())
}

/// `adieu scan`, looking at that home alone: not at the machine's own `/etc`.
pub(crate) fn scan(home: &Home, words: &str) -> Adieu {
    Adieu::new(env!("CARGO_BIN_EXE_adieu"))
        .home(home)
        .arg("scan")
        .arg("--home")
        .arg(home.path())
        .args(words.split_whitespace())
}

/// The same for everything in the home.
pub(crate) fn scan_all(home: &Home, words: &str) -> Adieu {
    scan(home, words).arg(home.path())
}

/// Every made-up secret in the recorded home, decoded or not.
pub(crate) fn secrets() -> Vec<String> {
    let mut secrets = Vec::new();
    let mut waiting = vec![recorded()];
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            let entries = std::fs::read_dir(path).unwrap();
            waiting.extend(entries.map(|entry| entry.unwrap().path()));
            continue;
        }
        let bytes = std::fs::read(path).unwrap();
        let plain = bytes.iter().filter(|byte| **byte != 0);
        let text: String = plain.map(|byte| char::from(*byte)).collect();
        secrets.extend(
            text.split(|c: char| c.is_whitespace() || "\"'=:;<>@,\\`".contains(c))
                .filter(|word| word.contains("FAKE"))
                .map(str::to_owned),
        );
    }
    assert!(secrets.len() > 90);
    secrets
}

/// Fails if a secret of the recorded home is in what was said.
#[track_caller]
pub(crate) fn assert_says_no_secret(output: &Output) {
    let said = format!("{}\n{}", output.stdout, output.stderr);
    assert!(!said.contains("FAKE"), "{output}");
    for secret in secrets() {
        assert!(!said.contains(&secret), "{secret} is said:\n{output}");
    }
}

/// Says that a test is left out; fails where that is not allowed.
#[cfg(unix)]
pub(crate) fn left_out(why: &str) {
    let required = std::env::var_os("ADIEU_REAL_PARTS").is_some_and(|value| value == "required");
    assert!(!required, "may not be left out: {why}");
    eprintln!("LEFT OUT: {why}");
}
