//! The realm: the name space that keeps the credentials of two configurations apart.
//!
//! Atmos has two views of it: commands derive a realm from the configuration's directory when none
//! is set, while older releases and some code paths use the empty one. So state may be spread over
//! several, and a logout must look into all of them.
//!
//! Source: Atmos `pkg/auth/realm/realm.go`, `pkg/config/auth_realm.go`.

use std::path::Path;

use sha2::{Digest as _, Sha256};

use crate::world::{OperatingSystem, World};

use super::Configuration;
use super::diagnostic::Diagnostic;

/// The variable that sets the realm.
pub(super) const VARIABLE: &str = "ATMOS_AUTH_REALM";
/// The realm when no directory is known to derive one from.
const DEFAULT: &str = "default";

/// The realm that counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Realm {
    /// Its name; always one plain path component.
    pub value: String,
    /// The source.
    pub source: RealmSource,
}

/// The source of a realm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RealmSource {
    /// `ATMOS_AUTH_REALM`.
    Environment,
    /// `auth.realm`.
    Configuration,
    /// The hash of the configuration's directory.
    Derived,
    /// No configuration was found.
    Default,
}

impl RealmSource {
    /// The word that Atmos prints for it.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Environment => "env",
            Self::Configuration => "config",
            Self::Derived => "derived",
            Self::Default => "default",
        }
    }
}

/// The realm that counts: the variable's, else the configured one, else the derived one. A realm
/// against the rules is passed over, so it never becomes a path; [`super::validate_configuration`] reports it.
pub fn resolve_realm(world: &World, configuration: &Configuration) -> Realm {
    let explicit = [
        (
            configuration.variable(world, VARIABLE),
            RealmSource::Environment,
        ),
        (find_configured(configuration), RealmSource::Configuration),
    ];
    for (value, source) in explicit {
        if let Some(value) = value.filter(|value| find_fault(value).is_none()) {
            return Realm {
                value: value.to_owned(),
                source,
            };
        }
    }
    let text = configuration.realm_text.as_ref();
    match text.or(configuration.directory.as_ref()) {
        Some(directory) => Realm {
            value: derive_realm(world.operating_system, directory),
            source: RealmSource::Derived,
        },
        None => Realm {
            value: DEFAULT.to_owned(),
            source: RealmSource::Default,
        },
    }
}

/// Every realm in which this configuration's credentials may be: the one that counts, the
/// configured, the derived, `default`, and the empty one, without repetition.
pub fn candidate_realms(world: &World, configuration: &Configuration) -> Vec<String> {
    let mut realms = vec![resolve_realm(world, configuration).value];
    let explicit = [
        configuration.variable(world, VARIABLE),
        find_configured(configuration),
    ];
    realms.extend(
        explicit
            .into_iter()
            .flatten()
            .filter(|value| find_fault(value).is_none())
            .map(str::to_owned),
    );
    let directories = configuration
        .directory
        .iter()
        .chain(&configuration.realm_text)
        .chain(&configuration.other_directories);
    realms.extend(directories.map(|directory| derive_realm(world.operating_system, directory)));
    realms.extend([DEFAULT.to_owned(), String::new()]);
    let mut seen = std::collections::HashSet::new();
    realms.retain(|realm| seen.insert(realm.clone()));
    realms
}

fn find_configured(configuration: &Configuration) -> Option<&str> {
    let realm = configuration.auth.realm.as_ref()?;
    Some(realm.value.as_str()).filter(|value| !value.is_empty())
}

/// Tells what is wrong with the realms that are set.
pub(super) fn list_problems(world: &World, configuration: &Configuration) -> Vec<Diagnostic> {
    let rule = "use 1 to 64 of a-z, 0-9, `-` and `_`, none of the last two at an end or doubled";
    let mut found = Vec::new();
    if let Some(value) = configuration.variable(world, VARIABLE)
        && let Some(why) = find_fault(value)
    {
        let own = world.environment.get(VARIABLE);
        let shown = own.or_else(|| configuration.own_variable(VARIABLE)?.text());
        let shown = shown.unwrap_or_default();
        found.push(
            Diagnostic::error("realm", format!("invalid realm {shown:?}: {why}"))
                .about(format!("variable {VARIABLE}"))
                .hint(rule),
        );
    }
    if let Some(realm) = &configuration.auth.realm
        && !realm.value.is_empty()
        && let Some(why) = find_fault(&realm.value)
    {
        found.push(
            Diagnostic::error("realm", format!("invalid realm {:?}: {why}", realm.value))
                .at(realm.location)
                .hint(rule),
        );
    }
    found
}

/// Tells why a name cannot be a realm.
pub(super) fn find_fault(realm: &str) -> Option<&'static str> {
    let edge = |character: char| matches!(character, '-' | '_');
    if realm.is_empty() {
        Some("it is empty")
    } else if realm.contains(['/', '\\']) || realm.contains("..") {
        Some("it cannot contain path separators or `..`")
    } else if realm.len() > 64 {
        Some("it is longer than 64 characters")
    } else if !realm
        .chars()
        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || edge(c))
    {
        Some("it contains invalid characters")
    } else if realm.starts_with(edge) {
        Some("it cannot start with hyphen or underscore")
    } else if realm.ends_with(edge) {
        Some("it cannot end with hyphen or underscore")
    } else if realm.contains("--") || realm.contains("__") {
        Some("it cannot contain doubled hyphens or underscores")
    } else {
        None
    }
}

/// The realm derived from a directory: the first 8 bytes of the SHA-256 of its cleaned path in
/// lower case (with `/` as separator on Windows), as 16 hexadecimal digits.
pub fn derive_realm(operating_system: OperatingSystem, directory: &Path) -> String {
    let path = directory.to_string_lossy();
    let path = if operating_system == OperatingSystem::Windows {
        path.replace('\\', "/")
    } else {
        path.into_owned()
    };
    let digest = Sha256::digest(clean_path(&path).to_lowercase().as_bytes());
    let mut first = [0; 8];
    first.copy_from_slice(&digest[..8]);
    format!("{:016x}", u64::from_be_bytes(first))
}

/// The shortest path that means the same, without asking the disk.
fn clean_path(path: &str) -> String {
    let is_absolute = path.starts_with('/');
    let mut kept: Vec<&str> = Vec::new();
    for component in path.split('/') {
        match component {
            "" | "." => {}
            ".." if kept.last().is_some_and(|last| *last != "..") => {
                kept.pop();
            }
            ".." if is_absolute => {}
            name => kept.push(name),
        }
    }
    let joined = kept.join("/");
    match (is_absolute, joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".to_owned(),
        (false, false) => joined,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derived_realm_known_vectors() {
        let on = |system, path| derive_realm(system, Path::new(path));
        assert_eq!(on(OperatingSystem::Linux, "/srv/demo"), "926574b4279e7131");
        assert_eq!(
            on(OperatingSystem::Linux, "/srv/x/.././demo/"),
            "926574b4279e7131"
        );
        assert_eq!(
            on(OperatingSystem::MacOs, "/Users/Ana/Work/Infra"),
            "d770fb1fd0b5fae4"
        );
        assert_eq!(
            on(OperatingSystem::Windows, "C:\\Repos\\Infra"),
            "6d6430ac94a4895f"
        );
    }

    #[test]
    fn fault_tells_realms_from_other_names() {
        for good in ["a", "meridian", "sandbox-7", "a_b-c", &"x".repeat(64)] {
            assert_eq!(find_fault(good), None, "{good}");
        }
        for bad in [
            "",
            "A",
            "a/b",
            "a\\b",
            "..",
            "a..b",
            "-a",
            "a-",
            "_a",
            "a_",
            "a--b",
            "a__b",
            "ä",
            "a b",
            "a\0",
            &"x".repeat(65),
        ] {
            assert!(find_fault(bad).is_some(), "{bad:?}");
        }
    }
}
