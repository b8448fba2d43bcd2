//! From the merged tree to [`Auth`]: values are moved, not copied.

use std::collections::HashMap;
use std::path::PathBuf;

use crate::world::World;

use super::diagnostic::{Diagnostic, Problems};
use super::identity::Identity;
use super::kinds::{IdentityKind, IntegrationKind, ProviderKind};
use super::model::{Auth, KeyringKind, KeyringSettings, Name, Via};
use super::node::{Entry, Location, Node, Spanned, Value};
use super::provider::Provider;
use super::public_text::find_public_text;
use super::{Integration, realm};

/// The values of `logs.level`.
pub(super) const LOG_LEVELS: [&str; 4] = ["Debug", "Info", "Warn", "Error"];

/// Reads the `auth` section. Sources from `provisioned` on were written by Atmos itself.
pub(super) fn read_auth(
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
        NAMED.map(|(key, what)| read_entries(&mut section, key, what, problems));
    let providers: Vec<Provider> = providers.into_iter().map(read_provider).collect();
    let identities: Vec<Identity> = identities
        .into_iter()
        .map(|entry| read_identity(entry, provisioned))
        .collect();
    let integrations = integrations.into_iter().map(read_integration).collect();
    let realm_node = section.get("realm");
    let mut auth = Auth {
        realm: realm_node.and_then(|node| {
            let value =
                find_public_text(node, |realm| realm::find_fault(realm).is_none())?.to_owned();
            let location = node.location;
            Some(Spanned { value, location })
        }),
        realm_variable: realm_node
            .and_then(Node::variable)
            .map(|variable| variable.name().to_owned()),
        keyring: read_keyring(world, &section, problems),
        console_isolated: section.at(&["console", "isolated"]).and_then(Node::truth) == Some(true),
        log_level: log_level(&section),
        log_file: read_spanned_text(&section, &["logs", "file"]),
        provider_index: index_names(providers.iter().map(|provider| &provider.name)),
        identity_index: index_names(identities.iter().map(|identity| &identity.name)),
        providers,
        identities,
        integrations,
    };
    resolve_variables(&mut auth);
    auth
}

/// Follows `via` where a variable gives the name: if it is the name of somebody, that is no secret.
fn resolve_variables(auth: &mut Auth) {
    let exists = [&auth.provider_index, &auth.identity_index];
    let resolve = |settings: &Node, via: &mut Via| {
        let value = |key| {
            let node = settings.at(&["via", key]);
            node.filter(|node| node.variable().is_some())?.expose()
        };
        let (provider, identity) = match via {
            Via::None => return,
            Via::Provider(provider) => (Some(provider), None),
            Via::Identity(identity) => (None, Some(identity)),
            Via::Both { provider, identity } => (Some(provider), Some(identity)),
        };
        for (name, key, index) in [
            (provider, "provider", exists[0]),
            (identity, "identity", exists[1]),
        ] {
            let named = value(key).map(Name::new);
            if let (Some(name), Some(named)) = (name, named.filter(|n| index.contains_key(&n.key)))
            {
                *name = named;
            }
        }
    };
    for identity in &mut auth.identities {
        resolve(&identity.settings, &mut identity.via);
    }
    for integration in &mut auth.integrations {
        resolve(&integration.settings, &mut integration.via);
    }
}

/// The kind as written, or a known one that a variable gave.
fn read_kind<'a>(settings: &'a Node, known: &[&str]) -> Option<&'a str> {
    let node = settings.get("kind")?;
    find_public_text(node, |kind| known.contains(&kind)).filter(|text| !text.trim().is_empty())
}

fn index_names<'a>(names: impl Iterator<Item = &'a Name>) -> HashMap<String, usize> {
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
struct Named {
    name: Name,
    location: Location,
    settings: Node,
}

/// The mappings of names, and what a name in each stands for.
const NAMED: [(&str, &str); 3] = [
    ("providers", "provider"),
    ("identities", "identity"),
    ("integrations", "integration"),
];

/// The longest name of a provider, identity or integration, in bytes. It is written again for each
/// place where somebody may be signed in.
const NAME_LIMIT: usize = 1024;

/// Of names in one file that are one name to Atmos, keeps the last, and says so. Files are laid over
/// each other by the same rule, and there it is meant. Tells whether an entry was left out because
/// its name is too long.
pub(super) fn settle_names(root: &mut Node, problems: &mut Problems) -> bool {
    let mut is_complete = true;
    let Some(auth) = root.get_mut("auth") else {
        return is_complete;
    };
    for (section, what) in NAMED {
        let mapping = auth.get_mut(section).and_then(Node::as_mapping_mut);
        let Some(mapping) = mapping else {
            continue;
        };
        mapping.drop_long_keys(NAME_LIMIT, |entry| {
            is_complete = false;
            problems.push(
                Diagnostic::error(
                    "limit",
                    format!("the name of a {what} is longer than {NAME_LIMIT} bytes"),
                )
                .at(entry.location)
                .hint("the entry is left out"),
            );
        });
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
    is_complete
}

fn read_entries(section: &mut Node, key: &str, what: &str, problems: &mut Problems) -> Vec<Named> {
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

fn read_provider(
    Named {
        name,
        location,
        settings,
    }: Named,
) -> Provider {
    Provider {
        kind: ProviderKind::parse(read_kind(&settings, ProviderKind::KNOWN)),
        is_default: is_true(&settings, "default"),
        tags: read_tags(&settings),
        name,
        location,
        settings,
    }
}

fn read_identity(
    Named {
        name,
        location,
        settings,
    }: Named,
    provisioned: u32,
) -> Identity {
    Identity {
        kind: IdentityKind::parse(read_kind(&settings, IdentityKind::KNOWN)),
        via: read_via(&settings),
        is_default: is_true(&settings, "default"),
        required: is_true(&settings, "required"),
        alias: settings.text_at(&["alias"]).map(str::to_owned),
        env: read_variables(&settings),
        tags: read_tags(&settings),
        provisioned: location.source >= provisioned,
        name,
        location,
        settings,
    }
}

fn read_integration(
    Named {
        name,
        location,
        settings,
    }: Named,
) -> Integration {
    Integration {
        kind: IntegrationKind::parse(read_kind(&settings, IntegrationKind::KNOWN)),
        via: read_via(&settings),
        name,
        location,
        settings,
    }
}

fn read_via(settings: &Node) -> Via {
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

fn read_tags(settings: &Node) -> Vec<String> {
    settings
        .get("tags")
        .map(|node| node.texts().into_iter().map(str::to_owned).collect())
        .unwrap_or_default()
}

/// `env` is a list of `{key, value}`, so that names keep their case; a plain mapping is understood
/// too.
fn read_variables(settings: &Node) -> Vec<(String, Node)> {
    let Some(node) = settings.get("env") else {
        return Vec::new();
    };
    if let Some(mapping) = node.as_mapping() {
        return mapping
            .iter()
            .filter(|entry| entry.value.text().is_some())
            .map(|entry| (entry.key.to_string(), entry.value.clone()))
            .collect();
    }
    node.items()
        .iter()
        .filter_map(|item| {
            let value = item.get("value").filter(|value| value.text().is_some());
            let empty = || Node {
                value: Value::Scalar("".into()),
                location: item.location,
            };
            let value = value.cloned().unwrap_or_else(empty);
            Some((item.text_at(&["key"])?.to_owned(), value))
        })
        .collect()
}

/// `logs.level`: a variable may give one of the words.
fn log_level(section: &Node) -> Option<Spanned<String>> {
    let node = section.at(&["logs", "level"])?;
    let value = find_public_text(node, |level| LOG_LEVELS.contains(&level))?.to_owned();
    let location = node.location;
    Some(Spanned { value, location })
}

fn read_spanned_text(node: &Node, path: &[&str]) -> Option<Spanned<String>> {
    let node = node.at(path)?;
    node.text().map(|text| Spanned {
        value: text.to_owned(),
        location: node.location,
    })
}

/// The variables `ATMOS_KEYRING_TYPE` and `ATMOS_KEYRING_PASSWORD_ENV` beat the file;
/// `ATMOS_KEYRING_FILE_PATH` counts only if the file names no path.
fn read_keyring(world: &World, section: &Node, problems: &mut Problems) -> KeyringSettings {
    let known = "use `system`, `file` or `memory`; until then it is `system`";
    let written = section.at(&["keyring", "type"]).and_then(|node| {
        Some((
            node,
            find_public_text(node, |kind| KeyringKind::parse(kind).is_some())?,
        ))
    });
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
    let in_file = section
        .at(&["keyring", "spec", "path"])
        .and_then(|node| keyring_path(world, node, problems));
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
            .map(|path| resolve_absolute_path(world, &path)),
        password_env: variable("ATMOS_KEYRING_PASSWORD_ENV")
            .or_else(|| text(&["keyring", "spec", "password_env"])),
    }
}

/// The directory of the file store. What a variable gave counts only if there is such a directory:
/// then it is a path, and its name may be shown.
fn keyring_path(world: &World, node: &Node, problems: &mut Problems) -> Option<String> {
    let is_there = |path: &str| {
        let path = world.expand_tilde(path);
        path.is_absolute() && path.is_dir()
    };
    let path = find_public_text(node, is_there)?;
    if node
        .variable()
        .is_some_and(|variable| variable.shown() == path)
    {
        problems.push(
            Diagnostic::warning(
                "keyring-path",
                format!("`keyring.spec.path` is that of {path}, where no directory is"),
            )
            .at(node.location)
            .hint("no file key store is looked for there; write an absolute path"),
        );
        return None;
    }
    Some(path.to_owned()).filter(|path| !path.trim().is_empty())
}

/// The `ATMOS_` variables of the top-level `env` mapping; no others are ever taken from a file.
pub(super) fn atmos_variables(root: &Node) -> Vec<(String, Node)> {
    let Some(mapping) = root.get("env").and_then(Node::as_mapping) else {
        return Vec::new();
    };
    mapping
        .iter()
        .filter(|entry| entry.value.expose().is_some())
        .map(|entry| (entry.key.to_ascii_uppercase(), entry.value.clone()))
        .filter(|(name, _)| name.starts_with("ATMOS_"))
        .collect()
}

/// A path as a person writes it: `~` is the home directory, a relative one starts at the working
/// directory.
pub(super) fn resolve_absolute_path(world: &World, path: &str) -> PathBuf {
    let path = world.expand_tilde(path);
    // Joined by components, so that `./x` does not stay in the result.
    world.working_directory.join(path).components().collect()
}
