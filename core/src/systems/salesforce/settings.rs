//! Settings: two levels (global and of a project), each a pair of files that spell the same
//! settings differently.
//!
//! A level is the *union* of its two files; where both have a setting, the file with the strictly
//! newer time counts, and the present spelling on a tie. So a default is gone only when it is gone
//! from both.
//!
//! Source: sfdx-core `src/config/config.ts`, `src/config/lwwMap.ts`.

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::{NotAnObject, format_document, parse_object};
use crate::world::Environment;

/// The present file, below `.sf`.
pub const PRESENT_FILE: &str = "config.json";

/// The older file, below `.sfdx`.
pub const LEGACY_FILE: &str = "sfdx-config.json";

/// The default org.
pub const TARGET_ORG: &str = "target-org";

/// The default Dev Hub.
pub const TARGET_DEV_HUB: &str = "target-dev-hub";

/// Where to sign in when nothing else says.
pub const INSTANCE_URL: &str = "org-instance-url";

/// Present and older names.
const NAMES: [(&str, &str); 10] = [
    (TARGET_ORG, "defaultusername"),
    (TARGET_DEV_HUB, "defaultdevhubusername"),
    (INSTANCE_URL, "instanceUrl"),
    ("org-api-version", "apiVersion"),
    ("org-isv-debugger-sid", "isvDebuggerSid"),
    ("org-isv-debugger-url", "isvDebuggerUrl"),
    ("org-max-query-limit", "maxQueryLimit"),
    (
        "org-custom-metadata-templates",
        "customOrgMetadataTemplates",
    ),
    ("disable-telemetry", "disableTelemetry"),
    ("org-metadata-rest-deploy", "restDeploy"),
];

/// How a file spells settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spelling {
    /// `.sf/config.json`.
    Present,
    /// `.sfdx/sfdx-config.json`.
    Legacy,
}

impl Spelling {
    /// A setting's name in this spelling.
    pub fn name(self, present: &str) -> &str {
        match self {
            Self::Present => present,
            Self::Legacy => NAMES
                .iter()
                .find(|(name, _)| *name == present)
                .map_or(present, |(_, legacy)| legacy),
        }
    }

    /// The present name of what this spelling calls so.
    pub fn present_name(self, name: &str) -> &str {
        match self {
            Self::Present => name,
            Self::Legacy => NAMES
                .iter()
                .find(|(_, legacy)| *legacy == name)
                .map_or(name, |(present, _)| present),
        }
    }
}

/// Whether a setting's value names an org (a user name or an alias), by its name in either
/// spelling.
pub fn names_an_org(name: &str) -> bool {
    let present = Spelling::Legacy.present_name(name);
    present == TARGET_ORG || present == TARGET_DEV_HUB
}

/// One of the two files of a level.
#[derive(Clone, Copy, Debug)]
pub struct SettingsFile<'a> {
    /// Its content.
    pub bytes: &'a [u8],
    /// When it was changed last.
    pub modified: Option<Timestamp>,
}

/// The settings of one level, by their present names.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings(Map<String, Value>);

impl Settings {
    /// The union of the two files of a level.
    ///
    /// # Errors
    ///
    /// [`NotAnObject`] if one of them is not understood. An empty file is an empty object.
    pub fn merge(
        present: Option<SettingsFile<'_>>,
        legacy: Option<SettingsFile<'_>>,
    ) -> Result<Self, NotAnObject> {
        let newer_legacy = match (present, legacy) {
            (Some(present), Some(legacy)) => legacy.modified > present.modified,
            _ => false,
        };
        let mut settings = read_entries(present, Spelling::Present)?;
        for (name, value) in read_entries(legacy, Spelling::Legacy)? {
            if newer_legacy || !settings.contains_key(&name) {
                settings.insert(name, value);
            }
        }
        Ok(Self(settings))
    }

    /// A setting's text, by its present name.
    pub fn get(&self, name: &str) -> Option<&str> {
        let value = self.0.get(name)?.as_str()?;
        Some(value).filter(|value| !value.is_empty())
    }

    /// With one setting changed.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.0.insert(name.to_owned(), value.into());
        self
    }

    /// The content of a file of that spelling.
    pub fn render(&self, spelling: Spelling) -> Vec<u8> {
        let renamed = self.0.iter();
        format_document(
            &renamed
                .map(|(name, value)| (spelling.name(name).to_owned(), value.clone()))
                .collect(),
        )
    }
}

fn read_entries(
    file: Option<SettingsFile<'_>>,
    spelling: Spelling,
) -> Result<Map<String, Value>, NotAnObject> {
    let Some(file) = file.filter(|file| !file.bytes.trim_ascii().is_empty()) else {
        return Ok(Map::new());
    };
    let document = parse_object(file.bytes)?;
    let renamed = document.into_iter();
    Ok(renamed
        .map(|(name, value)| (spelling.present_name(&name).to_owned(), value))
        .collect())
}

/// Whether the older files count (`SF_SFDX_INTEROPERABILITY`, unless it says `false`).
pub fn uses_legacy_files(environment: &Environment) -> bool {
    let value = environment.get("SF_SFDX_INTEROPERABILITY");
    !value.is_some_and(|value| value.eq_ignore_ascii_case("false") || value == "0")
}

/// Who says which org is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// This environment variable.
    Environment(&'static str),
    /// The project's settings.
    Local,
    /// The home directory's settings.
    Global,
}

/// A default org: an alias or a user name, and who says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DefaultOrg {
    /// An alias or a user name.
    pub value: String,
    /// Who says so.
    pub source: Source,
}

/// Which default is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DefaultKind {
    /// The default org.
    Org,
    /// The default Dev Hub.
    DevHub,
}

impl DefaultKind {
    /// The setting that holds it.
    pub const fn setting(self) -> &'static str {
        match self {
            Self::Org => TARGET_ORG,
            Self::DevHub => TARGET_DEV_HUB,
        }
    }

    /// The variables that hold it, the first that is set counts.
    pub const fn variables(self) -> [&'static str; 2] {
        match self {
            Self::Org => ["SF_TARGET_ORG", "SFDX_DEFAULTUSERNAME"],
            Self::DevHub => ["SF_TARGET_DEV_HUB", "SFDX_DEFAULTDEVHUBUSERNAME"],
        }
    }
}

/// The default that counts: environment, then project, then home.
pub fn resolve_default(
    kind: DefaultKind,
    environment: &Environment,
    local: Option<&Settings>,
    global: Option<&Settings>,
) -> Option<DefaultOrg> {
    let variable = kind
        .variables()
        .into_iter()
        .find_map(|name| Some((environment.get(name)?, Source::Environment(name))));
    let level = |settings: Option<&'_ Settings>, source| {
        let value = settings?.get(kind.setting())?;
        Some((value.to_owned(), source))
    };
    let (value, source) = variable
        .map(|(value, source)| (value.to_owned(), source))
        .or_else(|| level(local, Source::Local))
        .or_else(|| level(global, Source::Global))?;
    Some(DefaultOrg { value, source })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str, seconds: i64) -> SettingsFile<'_> {
        SettingsFile {
            bytes: text.as_bytes(),
            modified: Timestamp::from_second(seconds).ok(),
        }
    }

    fn target(
        present: Option<SettingsFile<'_>>,
        legacy: Option<SettingsFile<'_>>,
    ) -> Option<String> {
        let settings = Settings::merge(present, legacy).unwrap();
        settings.get(TARGET_ORG).map(str::to_owned)
    }

    #[test]
    fn a_level_is_the_union_of_its_files_and_the_newer_one_wins() {
        let present = r#"{"target-org":"new","org-api-version":"67.0"}"#;
        let legacy = r#"{"defaultusername":"old","maxQueryLimit":"1"}"#;
        assert_eq!(target(Some(file(present, 1)), None).as_deref(), Some("new"));
        assert_eq!(target(None, Some(file(legacy, 1))).as_deref(), Some("old"));
        assert_eq!(
            target(Some(file(present, 2)), Some(file(legacy, 1))).as_deref(),
            Some("new")
        );
        assert_eq!(
            target(Some(file(present, 1)), Some(file(legacy, 1))).as_deref(),
            Some("new")
        );
        assert_eq!(
            target(Some(file(present, 1)), Some(file(legacy, 2))).as_deref(),
            Some("old")
        );
        assert_eq!(
            target(Some(file("{}", 9)), Some(file(legacy, 2))).as_deref(),
            Some("old")
        );
        let settings = Settings::merge(Some(file(present, 2)), Some(file(legacy, 1))).unwrap();
        assert_eq!(settings.get("org-max-query-limit"), Some("1"));
        assert_eq!(settings.get("org-api-version"), Some("67.0"));
        assert!(Settings::merge(Some(file("{", 1)), None).is_err());
    }

    #[test]
    fn both_spellings_are_written_like_the_real_client_writes_them() {
        let settings = Settings::merge(Some(file("", 1)), None).unwrap();
        let settings = settings.with(TARGET_ORG, "alpha-prod").with("own", "x");
        let text = |spelling| String::from_utf8(settings.render(spelling)).unwrap();
        assert_eq!(
            text(Spelling::Present),
            "{\n  \"target-org\": \"alpha-prod\",\n  \"own\": \"x\"\n}"
        );
        assert_eq!(
            text(Spelling::Legacy),
            "{\n  \"defaultusername\": \"alpha-prod\",\n  \"own\": \"x\"\n}"
        );
    }

    #[test]
    fn the_default_comes_from_environment_project_or_home() {
        let level = |value| Settings::default().with(TARGET_ORG, value);
        let (local, global) = (level("local"), level("global"));
        let resolved = |variables: &[(&str, &str)], local| {
            let environment = variables.iter().copied().collect();
            resolve_default(DefaultKind::Org, &environment, local, Some(&global))
                .map(|default| (default.value, default.source))
        };
        assert_eq!(
            resolved(&[], None),
            Some(("global".to_owned(), Source::Global))
        );
        assert_eq!(
            resolved(&[], Some(&local)),
            Some(("local".to_owned(), Source::Local))
        );
        assert_eq!(
            resolved(&[("SFDX_DEFAULTUSERNAME", "env")], Some(&local)),
            Some((
                "env".to_owned(),
                Source::Environment("SFDX_DEFAULTUSERNAME")
            ))
        );
        let none = resolve_default(
            DefaultKind::DevHub,
            &Environment::default(),
            None,
            Some(&global),
        );
        assert_eq!(none, None);
    }

    #[test]
    fn settings_that_name_an_org_are_known_in_both_spellings() {
        for name in [
            TARGET_ORG,
            TARGET_DEV_HUB,
            "defaultusername",
            "defaultdevhubusername",
        ] {
            assert!(names_an_org(name), "{name}");
        }
        assert!(!names_an_org("org-api-version") && !names_an_org("instanceUrl"));
    }

    #[test]
    fn interoperability_can_be_switched_off() {
        let with = |value: &str| [("SF_SFDX_INTEROPERABILITY", value)].into_iter().collect();
        assert!(uses_legacy_files(&Environment::default()));
        assert!(uses_legacy_files(&with("true")));
        assert!(!uses_legacy_files(&with("False")));
    }
}
