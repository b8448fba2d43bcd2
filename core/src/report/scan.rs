//! What a scan found, as JSON and as SARIF. No value is in a finding, so none can be here.

use std::collections::BTreeMap;
use std::path::Path;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use super::SCHEMA_VERSION;
use super::json::{ProblemJson, to_problem_json};
use crate::inventory::AssignmentState;
use crate::names::NameKind;
use crate::scan::fix::{FileEdit, Left};
use crate::scan::{Finding, Scan};

/// `adieu scan -o json`.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "scan")]
pub struct ScanDocument {
    schema_version: u32,
    /// With `--fix`, what is still there afterwards.
    findings: Vec<FindingJson>,
    problems: Vec<ProblemJson>,
    /// How many files were read.
    files_read: usize,
    /// What `--fix` took out, or would take out.
    edits: Vec<EditJson>,
    /// What `--fix` does not take out.
    left: Vec<LeftJson>,
    exit_status: u8,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "finding")]
struct FindingJson {
    /// Absolute; `null` for the environment of this process.
    file: Option<String>,
    /// The first line, counted from 1; 0 in the environment.
    line: usize,
    lines: usize,
    /// `null` for a bearer token in a header.
    name: Option<String>,
    /// `null` if the name only looks like a secret's.
    provider: Option<&'static str>,
    /// `token`, `api-key`, `session`, `pointer-to-file`, `url-with-password`, `bearer-header`,
    /// `probable`, or for what is no secret `provider-switch`, `endpoint`, `profile`.
    kind: &'static str,
    /// The language of the file.
    shell: &'static str,
    form: &'static str,
    /// `active`, `cancelled`, `commented`, `inert`, `conditional`, `command-only`, `shell-only` or
    /// `history`.
    state: &'static str,
    /// `literal`, `empty`, `variable`, `command` or `file`.
    value: &'static str,
    /// The files that lead to this one, absolute.
    via: Vec<String>,
    /// What to do, as one sentence.
    remedy: String,
    /// The line that takes it out of a running shell of that language.
    unset: Option<String>,
    /// The command that takes it out of a store beside the file.
    store: Option<String>,
    /// Where to revoke it.
    revoke: Option<&'static str>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "edit")]
struct EditJson {
    file: String,
    line: usize,
    name: Option<String>,
    /// `done`, `planned` or `failed`.
    outcome: &'static str,
    /// Why it failed.
    reason: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "left")]
struct LeftJson {
    file: Option<String>,
    line: usize,
    name: Option<String>,
    reason: String,
    hint: Option<String>,
}

/// The exit status of a scan: 1 with findings; 3 if there may be some that could not be seen.
pub fn scan_status(scan: &Scan) -> u8 {
    if !scan.findings.is_empty() {
        1
    } else if scan.problems.iter().any(|problem| problem.hides) {
        3
    } else {
        0
    }
}

impl ScanDocument {
    /// The document of a scan.
    pub fn new(scan: &Scan) -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            findings: scan.findings.iter().map(finding_json).collect(),
            problems: scan.problems.iter().map(to_problem_json).collect(),
            files_read: scan.files_read,
            edits: Vec::new(),
            left: Vec::new(),
            exit_status: scan_status(scan),
        }
    }

    /// With the changes of one file: `None` while they are only planned.
    pub fn add_edits(&mut self, edit: &FileEdit, outcome: Option<&Result<(), String>>) {
        let (word, reason) = match outcome {
            None => ("planned", None),
            Some(Ok(())) => ("done", None),
            Some(Err(reason)) => ("failed", Some(reason.clone())),
        };
        self.edits.extend(edit.edits.iter().map(|one| EditJson {
            file: format_path(&edit.path),
            line: one.line,
            name: one.name.clone(),
            outcome: word,
            reason: reason.clone(),
        }));
    }

    /// With what is not changed.
    pub fn add_left(&mut self, left: &[Left]) {
        self.left.extend(left.iter().map(|left| LeftJson {
            file: left.file.as_deref().map(format_path),
            line: left.line,
            name: left.name.clone(),
            reason: left.reason.clone(),
            hint: left.hint.clone(),
        }));
    }
}

fn format_path(path: &Path) -> String {
    path.display().to_string()
}

fn finding_json(finding: &Finding) -> FindingJson {
    FindingJson {
        file: finding.file.as_deref().map(format_path),
        line: finding.line,
        lines: finding.lines,
        name: finding.name.clone(),
        provider: finding.known.provider,
        kind: finding.known.kind.word(),
        shell: finding.shell.word(),
        form: finding.form.word(),
        state: finding.state.word(),
        value: finding.value.word(),
        via: finding.via.iter().map(|via| format_path(via)).collect(),
        remedy: finding.remedy.sentence(),
        unset: finding.remedy.shell.clone(),
        store: finding.remedy.store.clone(),
        revoke: finding.remedy.revoke,
    }
}

/// The scan in the Static Analysis Results Interchange Format, version 2.1.0 (OASIS).
///
/// One rule for each kind of name. A secret that is in effect is an error, one at rest a warning,
/// what is no secret or has no literal value a note.
pub fn to_sarif(scan: &Scan, version: &str) -> Value {
    let mut rules: BTreeMap<&str, Value> = BTreeMap::new();
    let mut results = Vec::new();
    for finding in &scan.findings {
        let kind = finding.known.kind;
        rules.entry(kind.word()).or_insert_with(|| build_rule(kind));
        results.push(build_result(finding));
    }
    let index: Vec<&str> = rules.keys().copied().collect();
    for result in &mut results {
        let at = index
            .iter()
            .position(|id| result["ruleId"].as_str() == Some(id));
        if let Some(at) = at {
            result["ruleIndex"] = at.into();
        }
    }
    let notifications: Vec<Value> = scan
        .problems
        .iter()
        .map(|problem| {
            json!({
                "level": if problem.hides { "error" } else { "note" },
                "message": { "text": format!("{}: {}", problem.location, problem.message) },
            })
        })
        .collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "adieu",
                "version": version,
                "rules": rules.into_values().collect::<Vec<Value>>(),
            } },
            "invocations": [{
                "executionSuccessful": !scan.problems.iter().any(|problem| problem.hides),
                "toolExecutionNotifications": notifications,
            }],
            "results": results,
        }],
    })
}

fn build_rule(kind: NameKind) -> Value {
    let text = match kind {
        NameKind::Token => "A token is kept in a file or the environment",
        NameKind::ApiKey => "An API key is kept in a file or the environment",
        NameKind::Session => "A session token is kept in a file or the environment",
        NameKind::PointerToFile => "A variable names a file with a credential",
        NameKind::UrlWithPassword => "A URL with a password is kept in a file or the environment",
        NameKind::BearerHeader => "A bearer token is kept in a file",
        NameKind::Switch(_) => "A variable changes which credential is used",
        NameKind::Probable => "A variable whose name looks like a secret's",
    };
    json!({ "id": kind.word(), "shortDescription": { "text": text } })
}

fn build_result(finding: &Finding) -> Value {
    let name = finding.name.as_deref().unwrap_or("a bearer token");
    let level = match finding.state {
        AssignmentState::Active | AssignmentState::Conditional if finding.holds_secret() => "error",
        _ if finding.holds_secret() => "warning",
        _ => "note",
    };
    let mut result = json!({
        "ruleId": finding.known.kind.word(),
        "level": level,
        "message": { "text": format!(
            "{name} ({}, {}): {}",
            finding.form.word(), finding.state.word(), finding.remedy.sentence()
        ) },
        "properties": {
            "name": finding.name,
            "provider": finding.known.provider,
            "state": finding.state.word(),
            "form": finding.form.word(),
        },
    });
    if let Some(file) = &finding.file {
        result["locations"] = json!([{
            "physicalLocation": {
                "artifactLocation": { "uri": to_uri(file) },
                "region": {
                    "startLine": finding.line,
                    "endLine": finding.line + finding.lines - 1,
                },
            },
        }]);
    }
    result
}

/// The path as a URI: what is not unreserved is escaped, byte by byte.
fn to_uri(path: &Path) -> String {
    use std::fmt::Write as _;
    let text = path.display().to_string().replace('\\', "/");
    let mut uri = String::from(if text.starts_with('/') {
        "file://"
    } else {
        "file:///"
    });
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~:".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            write!(uri, "%{byte:02X}").ok();
        }
    }
    uri
}
