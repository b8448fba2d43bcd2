//! SHA-256 sums, in the form that `sha256sum --check` reads.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use sha2::{Digest as _, Sha256};

use crate::Failure;

/// The sum of a file, in small hexadecimal digits.
pub(crate) fn of_file(file: &Path) -> Result<String, Failure> {
    let mut text = String::new();
    for byte in Sha256::digest(fs::read(file)?) {
        write!(text, "{byte:02x}")?;
    }
    Ok(text)
}

/// Writes `SHA256SUMS` of what is in a directory, and returns its text.
pub(crate) fn write(directory: &Path) -> Result<String, Failure> {
    let mut names: Vec<String> = fs::read_dir(directory)?
        .filter_map(Result::ok)
        .filter(|entry| entry.path().is_file())
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| name != "SHA256SUMS")
        .collect();
    names.sort();
    let mut text = String::new();
    for name in names {
        writeln!(text, "{}  {name}", of_file(&directory.join(&name))?)?;
    }
    fs::write(directory.join("SHA256SUMS"), &text)?;
    Ok(text)
}
