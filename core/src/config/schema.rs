//! From the merged tree to [`Auth`]: values are moved, not copied.

use std::collections::HashMap;
use std::path::PathBuf;

use crate::world::World;

use super::Integration;
use super::diagnostic::{Diagnostic, Problems};
use super::kinds::{IdentityKind, IntegrationKind, ProviderKind};
use super::model::{Auth, Identity, KeyringKind, KeyringSettings, Name, Provider, Via};
use super::node::{Entry, Location, Node, Spanned, Value};

/// Reads the `auth` section. Sources from `provisioned` on were written by Atmos itself.
pub(super) fn auth(
    world: &World,
    mut root: Node,
    provisioned: u32,
    problems: &mut Problems,
) -> Auth {
    let Some(mut section) = root.take("auth") else {
        return Auth::default();
    };
    if section.as_mapping().is_none() && section.is_set() {
        problems.push(not_a_mapping("`auth`", &section, section.location));
        return Auth::default();
    }
    let [providers, identities, integrations] =
        NAMED.map(|(key, what)| entries(&mut section, key, what, problems));
    let providers: Vec<Provider> = providers.into_iter().map(provider).collect();
    let identities: Vec<Identity> = identities
        .into_iter()
        .map(|entry| identity(entry, provisioned))
        .collect();
    let integrations = integrations.into_iter().map(integration).collect();
    Auth {
        realm: spanned(&section, &["realm"]),
        keyring: keyring(world, &section, problems),
        log_level: spanned(&section, &["logs", "level"]),
        log_file: spanned(&section, &["logs", "file"]),
        provider_index: index(providers.iter().map(|provider| &provider.name)),
        identity_index: index(identities.iter().map(|identity| &identity.name)),
        providers,
        identities,
        integrations,
    }
}

fn index<'a>(names: impl Iterator<Item = &'a Name>) -> HashMap<String, usize> {
    names
        .enumerate()
        .map(|(at, name)| (name.key.clone(), at))
        .collect()
}

fn not_a_mapping(what: &str, node: &Node, location: Location) -> Diagnostic {
    Diagnostic::error(
        "mapping",
        format!("{what} must be a mapping, not {}", node.kind()),
    )
    .at(location)
}

/// An entry with its name.
pub(super) struct Named {
    pub(super) name: Name,
    pub(super) location: Location,
    pub(super) settings: Node,
}

/// The mappings of names, and what a name in each stands for.
const NAMED: [(&str, &str); 3] = [
    ("providers", "provider"),
    ("identities", "identity"),
    ("integrations", "integration"),
];

/// Of names in one file that are one name to Atmos, keeps the last, and says so. Files are laid over
/// each other by the same rule, and there it is meant.
pub(super) fn settle_names(root: &mut Node, problems: &mut Problems) {
    let Some(auth) = root.get_mut("auth") else {
        return;
    };
    for (section, what) in NAMED {
        let mapping = auth.get_mut(section).and_then(Node::as_mapping_mut);
        let Some(mapping) = mapping else {
            continue;
        };
        mapping.keep_last(|first, again| {
            problems.push(
                Diagnostic::error(
                    "duplicate-name",
                    format!(
                        "'{}' and '{}' are one name to Atmos, which ignores case; the last one \
                         counts",
                        first.key, again.key
                    ),
                )
                .at(again.location)
                .and_at(first.location, "first written here")
                .about(format!("{what} '{}'", again.key)),
            );
        });
    }
}

fn entries(section: &mut Node, key: &str, what: &str, problems: &mut Problems) -> Vec<Named> {
    let Some(node) = section.take(key) else {
        return Vec::new();
    };
    let (location, is_set) = (node.location, node.is_set());
    let Value::Mapping(mapping) = node.value else {
        if is_set {
            problems.push(not_a_mapping(&format!("`auth.{key}`"), &node, location));
        }
        return Vec::new();
    };
    let mut named = Vec::new();
    for Entry {
        key,
        location,
        value,
    } in mapping.into_entries()
    {
        let name = Name::new(String::from(key));
        if value.is_set() && value.as_mapping().is_none() {
            let subject = format!("{what} '{name}'");
            problems.push(not_a_mapping("its entry", &value, location).about(subject));
        }
        named.push(Named {
            name,
            location,
            settings: value,
        });
    }
    named
}

pub(super) fn provider(
    Named {
        name,
        location,
        settings,
    }: Named,
) -> Provider {
    Provider {
        kind: ProviderKind::parse(settings.text_at(&["kind"])),
        is_default: is_true(&settings, "default"),
        tags: tags(&settings),
        name,
        location,
        settings,
    }
}

pub(super) fn identity(
    Named {
        name,
        location,
        settings,
    }: Named,
    provisioned: u32,
) -> Identity {
    Identity {
        kind: IdentityKind::parse(settings.text_at(&["kind"])),
        via: via(&settings),
        is_default: is_true(&settings, "default"),
        required: is_true(&settings, "required"),
        alias: settings.text_at(&["alias"]).map(str::to_owned),
        env: variables(&settings),
        tags: tags(&settings),
        provisioned: location.source >= provisioned,
        name,
        location,
        settings,
    }
}

fn integration(
    Named {
        name,
        location,
        settings,
    }: Named,
) -> Integration {
    Integration {
        kind: IntegrationKind::parse(settings.text_at(&["kind"])),
        via: via(&settings),
        name,
        location,
        settings,
    }
}

fn via(settings: &Node) -> Via {
    let name = |key| settings.text_at(&["via", key]).map(Name::new);
    match (name("provider"), name("identity")) {
        (None, None) => Via::None,
        (Some(provider), None) => Via::Provider(provider),
        (None, Some(identity)) => Via::Identity(identity),
        (Some(provider), Some(identity)) => Via::Both { provider, identity },
    }
}

fn is_true(settings: &Node, key: &str) -> bool {
    settings.get(key).and_then(Node::truth) == Some(true)
}

fn tags(settings: &Node) -> Vec<String> {
    settings
        .get("tags")
        .map(|node| node.texts().into_iter().map(str::to_owned).collect())
        .unwrap_or_default()
}

/// `env` is a list of `{key, value}`, so that names keep their case; a plain mapping is understood
/// too.
fn variables(settings: &Node) -> Vec<(String, String)> {
    let Some(node) = settings.get("env") else {
        return Vec::new();
    };
    if let Some(mapping) = node.as_mapping() {
        return mapping
            .iter()
            .filter_map(|entry| Some((entry.key.to_string(), entry.value.text()?.to_owned())))
            .collect();
    }
    node.items()
        .iter()
        .filter_map(|item| {
            let value = item.get("value").and_then(Node::text).unwrap_or_default();
            Some((item.text_at(&["key"])?.to_owned(), value.to_owned()))
        })
        .collect()
}

fn spanned(node: &Node, path: &[&str]) -> Option<Spanned<String>> {
    let node = node.at(path)?;
    node.text().map(|text| Spanned {
        value: text.to_owned(),
        location: node.location,
    })
}

/// The variables `ATMOS_KEYRING_TYPE` and `ATMOS_KEYRING_PASSWORD_ENV` beat the file;
/// `ATMOS_KEYRING_FILE_PATH` counts only if the file names no path.
fn keyring(world: &World, section: &Node, problems: &mut Problems) -> KeyringSettings {
    let known = "use `system`, `file` or `memory`; until then it is `system`";
    let written = section
        .at(&["keyring", "type"])
        .and_then(|node| Some((node, node.text()?)));
    let configured = written
        .filter(|(_, text)| !text.is_empty())
        .and_then(|(node, text)| {
            let kind = KeyringKind::parse(text);
            if kind.is_none() {
                problems.push(
                    Diagnostic::warning("keyring-type", format!("unknown keyring type `{text}`"))
                        .at(node.location)
                        .hint(known),
                );
            }
            kind
        });
    let overridden = world
        .environment
        .get("ATMOS_KEYRING_TYPE")
        .and_then(|text| {
            let kind = KeyringKind::parse(text);
            if kind.is_none() {
                problems.push(
                    Diagnostic::warning("keyring-type", format!("unknown keyring type `{text}`"))
                        .about("variable ATMOS_KEYRING_TYPE")
                        .hint(known),
                );
            }
            kind
        });
    let text = |path: &[&str]| section.text_at(path).map(str::to_owned);
    let variable = |name| world.environment.get(name).map(str::to_owned);
    let in_file = text(&["keyring", "spec", "path"]);
    let in_environment = variable("ATMOS_KEYRING_FILE_PATH");
    // To Atmos the `~` is a name like any other.
    let is_literal = |path: &&String| path.starts_with('~');
    let literal = in_file.iter().chain(&in_environment).filter(is_literal);
    let literal_paths = literal
        .map(|path| world.working_directory.join(path).components().collect())
        .collect();
    KeyringSettings {
        kind: overridden.or(configured).unwrap_or_default(),
        literal_paths,
        path: in_file
            .or(in_environment)
            .map(|path| absolute(world, &path)),
        password_env: variable("ATMOS_KEYRING_PASSWORD_ENV")
            .or_else(|| text(&["keyring", "spec", "password_env"])),
    }
}

/// A path as a person writes it: `~` is the home directory, a relative one starts at the working
/// directory.
pub(super) fn absolute(world: &World, path: &str) -> PathBuf {
    let path = world.expand_tilde(path);
    // Joined by components, so that `./x` does not stay in the result.
    world.working_directory.join(path).components().collect()
}
