//! Credentials in files that a person names for a scan, beside the start-up files that it reads by
//! itself.

use std::path::{Path, PathBuf};

use crate::io::files::Files;
use crate::names::{Known, NameKind, classify_name};
use crate::scan::{Form, Scan, build_credential_finding, list_other_files};
use crate::systems::{CredentialPlace, find_credentials, is_called_like_credential};
use crate::world::World;

/// The largest file that is looked into, in bytes.
const LIMIT: u64 = 1 << 20;

/// Adds what the named files hold, and files below the named directories that are called like
/// credentials.
pub fn add_credential_files(files: &Files, world: &World, paths: &[PathBuf], scan: &mut Scan) {
    for file in list_other_files(files, world, paths, &is_called_like_credential) {
        let name = file.file_name().and_then(|name| name.to_str());
        // What is not there, or no file, has been said by the scan.
        let Ok(Some(bytes)) = files.read_named(&file, LIMIT) else {
            continue;
        };
        // The same line may have been read as a start-up file's.
        let is_known = |line: usize| {
            let mut findings = scan.findings.iter();
            findings.any(|found| found.file.as_deref() == Some(&file) && found.line == line)
        };
        let found = find_credentials(name.unwrap_or_default(), &bytes).into_iter();
        let found: Vec<_> = found.filter(|found| !is_known(found.line)).collect();
        let findings = found
            .into_iter()
            .map(|found| build_finding(&file, found.line, found.place));
        scan.findings.extend(findings);
    }
    scan.findings
        .sort_by(|one, other| (&one.file, one.line).cmp(&(&other.file, other.line)));
}

fn build_finding(file: &Path, line: usize, place: CredentialPlace) -> crate::scan::Finding {
    let unknown = Known {
        provider: None,
        kind: NameKind::Probable,
    };
    let (name, form, known) = match place {
        CredentialPlace::Member { path, name } => {
            let known = classify_name(&name.to_ascii_uppercase());
            (path, Form::Member, known.unwrap_or(unknown))
        }
        CredentialPlace::Line => ("a line".to_owned(), Form::Line, unknown),
        CredentialPlace::File(why) => (why.to_owned(), Form::WholeFile, unknown),
    };
    build_credential_finding(file, line, name, form, known)
}
