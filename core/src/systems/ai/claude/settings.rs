//! What stands before the login: variables, and the settings of user, project and machine.
//!
//! Source: the vendor's documentation, "Authentication" and "Settings"; which of a project's
//! variables are taken was observed.

use std::path::Path;

use serde_json::{Map, Value};

use super::{BEFORE_LOGIN, Directory, SYSTEM, account_of, name_of};
use crate::inventory::{Artefact, Override, OverrideKind};
use crate::io::files::ConfinedPath;
use crate::names::is_secret;
use crate::systems::ai::common::{
    AccountArtefacts, add_variables, build_member_place, mcp_servers, read_object,
};
use crate::systems::discovery::{DiscoveryContext, InventoryBuilder, Lookup};
use crate::world::OperatingSystem;

/// How many directories upwards a repository's root is looked for.
const UPWARDS: usize = 16;

/// Switches to another provider; on only when their value says so.
const SWITCH: &str = "CLAUDE_CODE_USE_";

/// Variables that sign nobody in, but say where the login is sent, or what with.
const NOTICES: [&str; 3] = [
    "ANTHROPIC_BASE_URL",
    "ANTHROPIC_CUSTOM_HEADERS",
    "DISABLE_LOGOUT_COMMAND",
];

/// Settings that run a program for credentials of somebody else.
const HELPERS: [&str; 4] = [
    "awsAuthRefresh",
    "awsCredentialExport",
    "gcpAuthRefresh",
    "otelHeadersHelper",
];

/// Whose settings they are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    User,
    Project,
    Machine,
}

pub(super) fn list_lookups(discovery: DiscoveryContext<'_>) -> Vec<Lookup<'_>> {
    let mut lookups = vec![Lookup::say(move |findings| {
        add_environment_variables(&discovery, findings);
    })];
    let home = &discovery.world.home;
    let project = discovery.in_project(&discovery.world.working_directory);
    lookups.extend(of_project(&project, home));
    // Below a repository's root its settings count too.
    let above = discovery.world.working_directory.ancestors();
    let above = above.take(UPWARDS).filter(|path| path.parent().is_some());
    lookups.extend(above.filter_map(|path| {
        let root = discovery.in_project(path);
        let mark = root.join(".git")?;
        Some(Lookup::probe(mark, move |_, probe, findings| {
            if probe.is_some() {
                let nearest = &mut findings.notes.ai.claude_repository;
                nearest.get_or_insert_with(|| root.clone());
            }
        }))
    }));
    lookups.push(Lookup::next(move |findings| {
        let root = findings.notes.ai.claude_repository.take();
        let root = root.filter(|root| *root != project);
        let lookups = root.map(|root| of_project(&root, &discovery.world.home));
        lookups.unwrap_or_default()
    }));
    lookups.extend(list_machine_lookups(discovery));
    lookups
}

/// The settings of a project. In the home directory those that are shared are the user's.
fn of_project<'a>(project: &ConfinedPath, home: &Path) -> Vec<Lookup<'a>> {
    let is_home = project.to_path() == home;
    let shared = Some(".claude/settings.json").filter(|_| !is_home);
    let names = shared.into_iter().chain([".claude/settings.local.json"]);
    let files = names.filter_map(|name| project.descend(name));
    let mut lookups: Vec<Lookup<'a>> = files
        .map(|file| build_settings_lookup(file, Whose::Project))
        .collect();
    lookups.extend(project.join(".mcp.json").map(project_servers));
    lookups
}

/// The user's settings, in a configuration directory.
pub(super) fn build_user_lookup<'a>(
    discovery: DiscoveryContext<'a>,
    directory: &Directory,
    file: ConfinedPath,
) -> Lookup<'a> {
    let directory = directory.clone();
    Lookup::shared(file, move |file, bytes, findings| {
        let Some(settings) = read_object(SYSTEM, file, bytes, findings) else {
            return;
        };
        describe_settings(file, Whose::User, &settings, findings);
        let name = name_of(discovery, &directory, findings);
        let owner = AccountArtefacts {
            system: SYSTEM,
            name: &name,
        };
        let kept: Vec<Artefact> = secret_variables(&settings)
            .map(|name| {
                owner.configured(
                    build_member_place(file, ["env", name]),
                    "secret in the settings",
                )
            })
            .collect();
        if !kept.is_empty() {
            findings.account(account_of(discovery, &directory, &name));
        }
        for secret in kept {
            findings.artefact(secret);
        }
    })
}

/// Names of variables in settings that hold secrets of other services; what stands before the login is an
/// override.
fn secret_variables(settings: &Map<String, Value>) -> impl Iterator<Item = &str> {
    let variables = settings.get("env").and_then(Value::as_object);
    let variables = variables.into_iter().flatten();
    variables.filter_map(|(name, value)| {
        let is_set = value.as_str().is_some_and(|value| !value.trim().is_empty());
        let is_other = !BEFORE_LOGIN.contains(&name.as_str()) && !NOTICES.contains(&name.as_str());
        (is_set && is_other && is_secret(name)).then_some(name.as_str())
    })
}

fn add_environment_variables(
    discovery: &DiscoveryContext<'_>,
    findings: &mut InventoryBuilder<'_>,
) {
    let environment = &discovery.world.environment;
    let is_on = |name: &&str| {
        let value = environment.get(name);
        match *name {
            switch if switch.starts_with(SWITCH) => value.is_some_and(says_yes),
            // A profile that is named counts when it is there: see `profiles`.
            "ANTHROPIC_PROFILE" => false,
            "ANTHROPIC_FEDERATION_RULE_ID" => {
                value.is_some() && environment.get("ANTHROPIC_ORGANIZATION_ID").is_some()
            }
            _ => value.is_some(),
        }
    };
    let sources: Vec<(&str, OverrideKind)> = BEFORE_LOGIN
        .into_iter()
        .filter(is_on)
        .map(|name| (name, OverrideKind::Environment))
        .chain(NOTICES.map(|name| (name, OverrideKind::Notice)))
        .collect();
    add_variables(discovery, SYSTEM, &sources, findings);
}

/// What a variable does when a shell profile sets it. A profile of `ant` that it names counts when it
/// is there, and a federation rule together with other variables: that cannot be told from one name.
pub(in crate::systems::ai) fn kind_of_variable(name: &str) -> Option<OverrideKind> {
    match name {
        "ANTHROPIC_PROFILE" | "ANTHROPIC_FEDERATION_RULE_ID" => Some(OverrideKind::Notice),
        name if BEFORE_LOGIN.contains(&name) => Some(OverrideKind::Environment),
        name if NOTICES.contains(&name) => Some(OverrideKind::Notice),
        _ => None,
    }
}

fn says_yes(value: &str) -> bool {
    let value = value.trim();
    ["1", "true", "yes", "on"]
        .iter()
        .any(|yes| value.eq_ignore_ascii_case(yes))
}

/// Settings of the machine. They are only ever read.
fn list_machine_lookups(discovery: DiscoveryContext<'_>) -> Vec<Lookup<'_>> {
    let root = match discovery.world.operating_system {
        OperatingSystem::Linux => "/etc/claude-code",
        OperatingSystem::MacOs => "/Library/Application Support/ClaudeCode",
        OperatingSystem::Windows => r"C:\Program Files\ClaudeCode",
    };
    let Some(directory) = discovery.rooted(Path::new(root)) else {
        return Vec::new();
    };
    vec![Lookup::listed(directory, None, |directory, entries| {
        let is_there = |name: &str| entries.iter().any(|entry| entry.name == name);
        let mut lookups = Vec::new();
        if is_there("managed-settings.json") {
            let file = directory.join("managed-settings.json");
            lookups.extend(file.map(|file| build_settings_lookup(file, Whose::Machine)));
        }
        if is_there("managed-settings.d") {
            lookups.extend(directory.join("managed-settings.d").map(|directory| {
                Lookup::each(directory, None, |entry, path| {
                    entry
                        .is_json_file()
                        .then(|| build_settings_lookup(path, Whose::Machine))
                })
            }));
        }
        lookups
    })]
}

fn build_settings_lookup<'a>(file: ConfinedPath, whose: Whose) -> Lookup<'a> {
    Lookup::shared(file, move |file, bytes, findings| {
        if let Some(settings) = read_object(SYSTEM, file, bytes, findings) {
            describe_settings(file, whose, &settings, findings);
        }
    })
}

fn describe_settings(
    file: &ConfinedPath,
    whose: Whose,
    settings: &Map<String, Value>,
    findings: &mut InventoryBuilder<'_>,
) {
    let path = file.to_path().display().to_string();
    let mut add = |kind, name: &str, key: String| {
        let remedy = match whose {
            Whose::Machine => "ask who manages this machine".to_owned(),
            _ => format!("remove {key} from the file"),
        };
        findings.overriding(Override {
            kind,
            name: name.to_owned(),
            location: path.clone(),
            system: SYSTEM,
            remedy,
        });
    };
    if let Some(Value::Object(variables)) = settings.get("env") {
        for name in BEFORE_LOGIN.iter().chain(&NOTICES) {
            let value = variables.get(*name).and_then(text_of);
            let Some(value) = value.filter(|value| !value.is_empty()) else {
                continue;
            };
            if name.starts_with(SWITCH) && !says_yes(&value) {
                continue;
            }
            // The client does not take these from a project's settings.
            let is_ignored = whose == Whose::Project
                && matches!(*name, "ANTHROPIC_API_KEY" | "ANTHROPIC_AUTH_TOKEN");
            let kind = if is_ignored || NOTICES.contains(name) {
                OverrideKind::Notice
            } else {
                OverrideKind::Settings
            };
            add(kind, name, format!("env.{name}"));
        }
    }
    // An empty one runs nothing.
    let is_set = |key: &str| {
        let value = settings.get(key).and_then(Value::as_str);
        value.is_some_and(|value| !value.trim().is_empty())
    };
    if is_set("apiKeyHelper") {
        add(
            OverrideKind::Helper,
            "apiKeyHelper",
            "apiKeyHelper".to_owned(),
        );
    }
    for helper in HELPERS {
        if is_set(helper) {
            add(OverrideKind::Notice, helper, helper.to_owned());
        }
    }
}

fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

/// Secrets of MCP servers in a project's file: named, never touched.
fn project_servers<'a>(file: ConfinedPath) -> Lookup<'a> {
    Lookup::shared(file, |file, bytes, findings| {
        let Some(content) = read_object(SYSTEM, file, bytes, findings) else {
            return;
        };
        let owner = AccountArtefacts {
            system: SYSTEM,
            name: "",
        };
        let found = mcp_servers(owner, file, &["mcpServers"], content.get("mcpServers"));
        for artefact in found {
            let place = artefact.place.location();
            let key = place.rsplit_once('#').map_or("", |(_, key)| key);
            findings.overriding(Override {
                kind: OverrideKind::Notice,
                name: format!("secret at {key}"),
                location: file.to_path().display().to_string(),
                system: SYSTEM,
                remedy: "replace it by a variable, and end it at its server".to_owned(),
            });
        }
    })
}
