//! What stands before the login: variables, and the settings of user, project and machine.
//!
//! Source: the vendor's documentation, "Authentication" and "Settings"; which of a project's
//! variables are taken was observed.

use serde_json::{Map, Value};

use super::{BEFORE_LOGIN, SYSTEM};
use crate::inventory::{Override, OverrideKind};
use crate::io::files::ConfinedPath;
use crate::systems::ai::common::{AccountArtefacts, mcp_servers, object, variables};
use crate::systems::discovery::{DiscoveryContext, InventoryBuilder, Lookup};
use crate::world::OperatingSystem;

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

pub(super) fn lookups(discovery: DiscoveryContext<'_>) -> Vec<Lookup<'_>> {
    let mut lookups = vec![Lookup::say(move |findings| {
        environment(&discovery, findings);
    })];
    let project = discovery.in_project(&discovery.world.working_directory);
    // In the home directory the project's file is the user's.
    if discovery.world.working_directory != discovery.world.home {
        for name in [".claude/settings.json", ".claude/settings.local.json"] {
            lookups.extend(
                project
                    .descend(name)
                    .map(|file| settings(file, Whose::Project)),
            );
        }
        lookups.extend(project.join(".mcp.json").map(project_servers));
    }
    lookups.extend(machine(discovery));
    lookups
}

/// The user's settings.
pub(super) fn user<'a>(file: ConfinedPath) -> Lookup<'a> {
    settings(file, Whose::User)
}

fn environment(discovery: &DiscoveryContext<'_>, findings: &mut InventoryBuilder<'_>) {
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
    variables(discovery, SYSTEM, &sources, findings);
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
fn machine(discovery: DiscoveryContext<'_>) -> Vec<Lookup<'_>> {
    let root = match discovery.world.operating_system {
        OperatingSystem::Linux => "/etc/claude-code",
        OperatingSystem::MacOs => "/Library/Application Support/ClaudeCode",
        OperatingSystem::Windows => r"C:\Program Files\ClaudeCode",
    };
    let Some(directory) = discovery.rooted(std::path::Path::new(root)) else {
        return Vec::new();
    };
    vec![Lookup::listed(directory, None, |directory, entries| {
        let is_there = |name: &str| entries.iter().any(|entry| entry.name == name);
        let mut lookups = Vec::new();
        if is_there("managed-settings.json") {
            let file = directory.join("managed-settings.json");
            lookups.extend(file.map(|file| settings(file, Whose::Machine)));
        }
        if is_there("managed-settings.d") {
            lookups.extend(directory.join("managed-settings.d").map(|directory| {
                Lookup::each(directory, None, |entry, path| {
                    entry.is_json_file().then(|| settings(path, Whose::Machine))
                })
            }));
        }
        lookups
    })]
}

fn settings<'a>(file: ConfinedPath, whose: Whose) -> Lookup<'a> {
    Lookup::shared(file, move |file, bytes, findings| {
        if let Some(settings) = object(SYSTEM, file, bytes, findings) {
            read(file, whose, &settings, findings);
        }
    })
}

fn read(
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
        let Some(content) = object(SYSTEM, file, bytes, findings) else {
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
