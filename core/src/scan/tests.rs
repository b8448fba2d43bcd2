//! A scan of made-up homes.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use adieu_testkit::Home;
use jiff::Timestamp;
use serde_json::Value as Json;

use super::parse::{Event, parse};
use super::*;
use crate::world::{Entropy, FixedClock, OperatingSystem, User};

#[derive(Debug)]
struct Zero;
impl Entropy for Zero {
    fn bytes(&self) -> [u8; 32] {
        [0; 32]
    }
}

fn world(home: &Path, environment: &[(&str, &str)]) -> World {
    World {
        home: home.to_owned(),
        working_directory: home.to_owned(),
        temporary_directory: "/tmp".into(),
        environment: environment.iter().copied().collect(),
        operating_system: OperatingSystem::Linux,
        user: User {
            name: "ada".to_owned(),
            id: None,
        },
        host: "desk".to_owned(),
        clock: Arc::new(FixedClock(Timestamp::UNIX_EPOCH)),
        entropy: Arc::new(Zero),
    }
}

fn fixture() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/shell-profiles")
}

fn scanned(home: &Home, request: &ScanRequest) -> Scan {
    let world = world(&home.path(), &[]);
    scan(&Files::new(&world), &world, request)
}

fn whole(home: &Home) -> Scan {
    let request = ScanRequest {
        paths: vec![home.path()],
        ..ScanRequest::default()
    };
    scanned(home, &request)
}

/// One line for each finding, with everything that `expected.json` says.
fn shown(home: &Path, finding: &Finding) -> String {
    let relative = |path: &Path| path.strip_prefix(home).unwrap().display().to_string();
    let via: Vec<String> = finding.via.iter().map(|path| relative(path)).collect();
    let kind = match finding.known.kind {
        NameKind::Switch(_) | NameKind::UrlWithPassword | NameKind::BearerHeader => {
            finding.known.kind.word()
        }
        _ => "",
    };
    format!(
        "{}:{}+{} {} {} {} {} {} {via:?} {kind}",
        relative(finding.file.as_deref().unwrap()),
        finding.line,
        finding.lines,
        finding.shell.word(),
        finding.name.as_deref().unwrap_or("-"),
        finding.form.word(),
        finding.state.word(),
        finding.value.word(),
    )
}

fn expected() -> (BTreeSet<String>, Vec<Json>) {
    let text = std::fs::read_to_string(fixture().join("expected.json")).unwrap();
    let document: Json = serde_json::from_str(&text).unwrap();
    let findings = document["findings"].as_array().unwrap().clone();
    let lines = findings
        .iter()
        .map(|finding| {
            let text = |name: &str| finding[name].as_str().unwrap_or_default().to_owned();
            let via: Vec<&str> = finding["via"]
                .as_array()
                .into_iter()
                .flatten()
                .map(|path| path.as_str().unwrap())
                .collect();
            let name = finding["name"].as_str().filter(|name| !name.is_empty());
            let name = name.unwrap_or("-");
            format!(
                "{}:{}+{} {} {name} {} {} {} {via:?} {}",
                text("file"),
                finding["line"],
                finding["lines"].as_u64().unwrap_or(1),
                text("shell"),
                text("form"),
                text("state"),
                text("value_kind"),
                text("kind"),
            )
        })
        .collect();
    (lines, findings)
}

#[test]
fn fixture_has_the_105_findings_and_no_others() {
    let home = Home::from_fixture(fixture());
    let found = whole(&home);
    let lines: BTreeSet<String> = found
        .findings
        .iter()
        .map(|finding| shown(&home.path(), finding))
        .collect();
    let (expected, all) = expected();
    let missing: Vec<_> = expected.difference(&lines).collect();
    let others: Vec<_> = lines.difference(&expected).collect();
    assert!(
        missing.is_empty() && others.is_empty(),
        "missing: {missing:#?}\nothers: {others:#?}"
    );
    assert_eq!((found.findings.len(), all.len()), (105, 105));
}

/// The values that the fixture says, and every made-up secret in its files.
fn secrets() -> Vec<String> {
    let mut values = Vec::new();
    let mut waiting = vec![fixture()];
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            let entries = std::fs::read_dir(path).unwrap();
            waiting.extend(entries.map(|entry| entry.unwrap().path()));
            continue;
        }
        let bytes: Vec<u8> = std::fs::read(path).unwrap();
        let text: String = bytes
            .iter()
            .filter(|byte| **byte != 0)
            .map(|byte| char::from(*byte))
            .collect();
        values.extend(
            text.split(|c: char| c.is_whitespace() || "\"'=:;<>@,".contains(c))
                .filter(|word| word.contains("FAKE"))
                .map(str::to_owned),
        );
    }
    values
}

#[test]
fn no_finding_says_a_value() {
    let home = Home::from_fixture(fixture());
    let shown = format!("{:?}", whole(&home));
    for secret in secrets() {
        assert!(!shown.contains(&secret), "{secret}");
    }
}

#[test]
fn values_are_unquoted_as_the_fixture_says() {
    let home = Home::from_fixture(fixture());
    let (_, all) = expected();
    let mut checked = 0;
    for finding in all {
        let Some(value) = finding["value"].as_str() else {
            continue;
        };
        let path = home.join(finding["file"].as_str().unwrap());
        let syntax = places::kind(&path).unwrap().syntax;
        let text = Text::decode(std::fs::read(&path).unwrap()).ok().unwrap();
        let found = parse(text.bytes(), syntax, None)
            .into_iter()
            .find_map(|event| match event {
                Event::Assign(found) if found.name.as_deref() == finding["name"].as_str() => {
                    Some(String::from_utf8(found.value.text.to_vec()).unwrap())
                }
                _ => None,
            });
        assert_eq!(found.as_deref(), Some(value), "{finding}");
        checked += 1;
    }
    assert_eq!(checked, 11);
}
