//! The walls of the house: which stage may reach what.
#![expect(
    clippy::unwrap_used,
    reason = "a source that cannot be read is a failure of the test"
)]

use std::fs;
use std::path::{Path, PathBuf};

/// The sources of a stage, tests left out.
fn sources(stage: &str) -> Vec<(PathBuf, String)> {
    let found = sources_below(stage);
    assert!(!found.is_empty(), "no sources of {stage}");
    found
}

fn sources_below(stage: &str) -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("src")
        .join(stage);
    let mut waiting = vec![root];
    let mut found = Vec::new();
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            let entries = fs::read_dir(&path).unwrap();
            waiting.extend(entries.map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|ext| ext == "rs")
            && !path.ends_with("tests.rs")
            && !path.components().any(|part| part.as_os_str() == "tests")
        {
            found.push((path.clone(), fs::read_to_string(&path).unwrap()));
        }
    }
    found
}

/// Lines of code that name something, comments and test modules left out.
fn naming<'a>(text: &'a str, forbidden: &[&str]) -> Vec<&'a str> {
    text.split("#[cfg(test)]")
        .next()
        .unwrap_or_default()
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .filter(|line| forbidden.iter().any(|name| line.contains(name)))
        .collect()
}

fn assert_unreachable(stage: &str, forbidden: &[&str]) {
    for (path, text) in sources(stage) {
        let lines = naming(&text, forbidden);
        assert!(
            lines.is_empty(),
            "{} reaches out: {lines:#?}",
            path.display()
        );
    }
}

const DOORS: [&str; 8] = [
    "crate::programs",
    "crate::files",
    "crate::keyring",
    "crate::net",
    "crate::discover",
    "crate::execute",
    "std::fs",
    "std::net",
];

#[test]
fn plan_and_report_cannot_reach_files_keyring_or_network() {
    for stage in ["plan", "report", "approve.rs", "roster.rs"] {
        assert_unreachable(stage, &DOORS);
    }
}

#[test]
fn systems_describe_and_do_not_act() {
    let forbidden = [
        "crate::discover",
        "crate::execute",
        "crate::net::Caller",
        "crate::programs",
        "std::fs",
        "Files::",
    ];
    assert_unreachable("systems", &forbidden);
}

#[test]
fn formats_are_functions_from_bytes_to_bytes() {
    let forbidden = [
        "Files::",
        "RootedPath",
        "crate::keyring",
        "crate::net",
        "crate::programs",
        "crate::inventory",
        "crate::systems",
        "crate::discover",
        "crate::plan",
        "crate::execute",
        "std::fs",
        "std::net",
    ];
    assert_unreachable("formats", &forbidden);
}

#[test]
fn discovery_never_reaches_a_server() {
    assert_unreachable(
        "discover",
        &[
            "crate::net",
            "std::net",
            "reqwest",
            "aws_sdk",
            "programs::run",
            "programs::attend",
        ],
    );
}

#[test]
fn scan_reads_through_the_door_and_nothing_else() {
    let forbidden = [
        "crate::net",
        "crate::keyring",
        "crate::discover",
        "crate::execute",
        "crate::mend",
        "std::fs",
        "std::net",
        "std::process",
        ".edit(",
        ".edit_or_create(",
        ".create(",
        ".remove_file(",
        "reqwest",
    ];
    assert_unreachable("scan", &forbidden);
    assert_unreachable(
        "mend",
        &["crate::net", "crate::keyring", "std::fs", "reqwest"],
    );
    assert_unreachable(
        "mend.rs",
        &["crate::net", "crate::keyring", "std::fs", "reqwest"],
    );
}

#[test]
fn nobody_but_the_doors_touches_disk_process_or_network() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let forbidden = [
        "std::env::",
        "std::process::",
        "std::net::Tcp",
        "std::fs::",
        "use std::fs",
    ];
    for entry in fs::read_dir(&root).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if ["files", "keyring", "net", "programs", "config"].contains(&name.as_str()) {
            continue;
        }
        // A folder beside a file of the same name may hold nothing but its tests.
        let is_beside_its_file = root.join(format!("{name}.rs")).is_file();
        if !(is_beside_its_file && sources_below(&name).is_empty()) {
            assert_unreachable(&name, &forbidden);
        }
    }
}
