//! What holds for any bytes, one function for each target.
//!
//! `cargo xtask fuzz` gives them to libFuzzer; the test beside this gives them what is recorded in
//! `seeds` and elsewhere, so that what a campaign once found stays mended.
#![expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    clippy::disallowed_methods,
    reason = "a panic is how a target says that something does not hold; it writes the files that it has read"
)]

mod removal;
mod support;
mod targets;

use adieu::formats::Format;
use adieu::io::keyring::StoredValue;
use adieu::secret::Secret;

use removal::remove_some;
pub use support::directory;

/// A statement about any bytes.
#[derive(Debug)]
pub struct Target {
    /// Its name, for `cargo xtask fuzz NAME`.
    pub name: &'static str,
    /// Panics when the statement does not hold for these bytes.
    pub run: fn(&[u8]),
    /// Directories of recorded inputs below the workspace, besides `fuzz/seeds/NAME`.
    pub recorded: &'static [&'static str],
}

const FIXTURES: &str = "core/tests/fixtures";

/// All targets, by name.
pub static TARGETS: [Target; 19] = [
    Target::new("answers", targets::answers::run),
    Target::new("audit", targets::audit::run),
    Target::new("configuration", targets::configuration::run).with(&[FIXTURES]),
    Target::new("database", targets::database::run),
    Target::new("file_keyring", targets::file_keyring::run),
    Target::new("keys_of_ini", targets::keys_of_ini::run),
    Target::new("lines", targets::lines::run),
    Target::new("masking", targets::masking::run).with(&[FIXTURES]),
    Target::new("members_of_json", |bytes| remove_some(Format::Json, bytes))
        .with(&["cli/tests/ai/fixtures"]),
    Target::new("members_of_toml", |bytes| remove_some(Format::Toml, bytes)),
    Target::new("members_of_xml", |bytes| remove_some(Format::Xml, bytes)),
    Target::new("members_of_yaml", |bytes| remove_some(Format::Yaml, bytes)).with(&[FIXTURES]),
    Target::new("netrc", |bytes| remove_some(Format::Netrc, bytes)),
    Target::new("pattern", targets::pattern::run),
    Target::new("pem", |bytes| remove_some(Format::Pem, bytes)),
    Target::new("profile", targets::profile::run),
    Target::new("properties", |bytes| remove_some(Format::Properties, bytes)),
    Target::new("salesforce", targets::salesforce::run).with(&["core/tests/fixtures/salesforce"]),
    Target::new("stored_value", read_stored_value),
];

impl Target {
    const fn new(name: &'static str, run: fn(&[u8])) -> Self {
        Self {
            name,
            run,
            recorded: &[],
        }
    }

    const fn with(self, recorded: &'static [&'static str]) -> Self {
        Self { recorded, ..self }
    }
}

/// The target of this name.
pub fn target(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}

/// Reading the content of a keyring entry never panics.
fn read_stored_value(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = StoredValue::parse(&Secret::new(text.to_owned())).expires_at();
    }
}
