//! Helpers that keep passwords for a tool: what they keep is followed where it lies in a file or in the
//! key store, and else said to be out of reach. No helper is run.
//!
//! Sources: Docker CLI `cli/config/configfile` (`getConfiguredCredentialStore`); gitcredentials(7),
//! git-credential-store(1), git-credential-cache(1).

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::System;
use super::discovery::{DiscoveryContext, DiscoveryScope, InventoryBuilder, Lookup, json_object};
use crate::inventory::{Location, Override, OverrideKind, Problem};
use crate::io::files::{ConfinedPath, EntryKind};
use crate::world::OperatingSystem;

/// Everything to look at.
pub(super) fn lookups<'a>(discovery: &DiscoveryContext<'a>) -> Vec<Lookup<'a>> {
    if discovery.reach != DiscoveryScope::Machine {
        return Vec::new();
    }
    let discovery = *discovery;
    let registries = registry_files(&discovery)
        .into_iter()
        .map(|(file, logout)| registry_helpers(discovery, file, logout));
    let git = git_files(&discovery)
        .into_iter()
        .flat_map(|file| git_settings(discovery, file, 0));
    registries.chain(git).collect()
}

/// The directory that a variable names, else one in the home.
fn directory(discovery: &DiscoveryContext<'_>, variable: &str, usual: &str) -> ConfinedPath {
    let named = discovery.world.environment.get(variable);
    let named = named.filter(|named| !named.is_empty());
    let path = named.map_or_else(
        || discovery.world.home.join(usual),
        |named| discovery.world.working_directory.join(named),
    );
    discovery.below(&path)
}

/// Files in the form of Docker's configuration, with the command that signs out.
fn registry_files(discovery: &DiscoveryContext<'_>) -> Vec<(ConfinedPath, &'static str)> {
    let docker = directory(discovery, "DOCKER_CONFIG", ".docker").join("config.json");
    let config = directory(discovery, "XDG_CONFIG_HOME", ".config");
    let helm = config.descend("helm/registry/config.json");
    let podman = config.descend("containers/auth.json");
    let runtime = discovery.world.environment.get("XDG_RUNTIME_DIR");
    let runtime = runtime.and_then(|named| {
        discovery
            .in_project(Path::new(named))
            .descend("containers/auth.json")
    });
    [
        (docker, "docker logout"),
        (helm, "helm registry logout"),
        (podman, "podman logout"),
        (runtime, "podman logout"),
    ]
    .into_iter()
    .filter_map(|(file, logout)| Some((file?, logout)))
    .collect()
}

/// Says which registries' passwords are with a helper that is not looked at.
fn registry_helpers<'a>(
    discovery: DiscoveryContext<'a>,
    file: ConfinedPath,
    logout: &'static str,
) -> Lookup<'a> {
    Lookup::small(
        file,
        super::discovery::READ_LIMIT,
        move |file, bytes, findings| {
            let Some(object) = json_object(bytes) else {
                return;
            };
            let Some(Value::Object(registries)) = object.get("auths") else {
                return;
            };
            let mut kept: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
            for (host, entry) in registries {
                if let Some(helper) = registry_helper(&object, host, entry)
                    && !is_key_store(&discovery, helper)
                {
                    kept.entry(helper).or_default().push(host);
                }
            }
            let Some(first) = kept
                .values()
                .next()
                .and_then(|hosts| hosts.first().copied())
            else {
                return;
            };
            let kept = kept.iter().map(|(helper, hosts)| {
                format!(
                    "for {} with the credential helper `{helper}`",
                    hosts.join(", ")
                )
            });
            let kept: Vec<String> = kept.collect();
            out_of_reach(
                file,
                format!(
                    "the password is kept {}, which is not asked",
                    kept.join(", and ")
                ),
                format!("sign out with: {logout} {first}"),
                findings,
            );
        },
    )
}

/// The program that keeps a registry's password, where the entry itself does not.
pub(super) fn registry_helper<'a>(
    file: &'a Map<String, Value>,
    host: &str,
    entry: &Value,
) -> Option<&'a str> {
    let holds = |key: &str| {
        let text = entry.get(key).and_then(Value::as_str);
        text.is_some_and(|text| !text.is_empty())
    };
    if holds("auth") || holds("identitytoken") || holds("registrytoken") {
        return None;
    }
    let of_host = file
        .get("credHelpers")
        .and_then(|helpers| helpers.get(host));
    let helper = of_host.or_else(|| file.get("credsStore"))?.as_str()?;
    (!helper.is_empty()).then_some(helper)
}

/// Whether a helper keeps in the key store, which is listed, what it is given.
fn is_key_store(discovery: &DiscoveryContext<'_>, helper: &str) -> bool {
    match discovery.world.operating_system {
        OperatingSystem::Linux => helper == "secretservice",
        OperatingSystem::MacOs => helper == "osxkeychain",
        OperatingSystem::Windows => helper == "wincred",
    }
}

/// Says that something is kept where nobody looks, so that the machine is not called clean.
fn out_of_reach(
    file: &ConfinedPath,
    message: String,
    hint: String,
    findings: &mut InventoryBuilder<'_>,
) {
    let location = Location::of(file);
    if findings.has_problem_at(&location) {
        return;
    }
    findings.nobodys(file.to_path());
    findings.problem(Problem {
        location,
        message,
        hint: Some(hint),
        hides: true,
    });
}

/// Git's own settings of a person.
fn git_files(discovery: &DiscoveryContext<'_>) -> Vec<ConfinedPath> {
    let config = directory(discovery, "XDG_CONFIG_HOME", ".config").descend("git/config");
    discovery
        .in_home(".gitconfig")
        .map(ConfinedPath::following_links)
        .into_iter()
        .chain(config)
        .collect()
}

/// How many files of Git's settings may include each other.
const INCLUDED: usize = 4;

/// Looks after the helpers that Git's settings name, and those that they include.
fn git_settings(
    discovery: DiscoveryContext<'_>,
    file: ConfinedPath,
    depth: usize,
) -> [Lookup<'_>; 2] {
    let read = Lookup::small(
        file,
        super::discovery::READ_LIMIT,
        move |file, bytes, findings| {
            let text = String::from_utf8_lossy(bytes);
            let settings = GitSettings::parse(&text);
            for helper in &settings.helpers {
                note_git_helper(&discovery, file, helper, findings);
            }
            let directory = file.to_path();
            let directory = directory.parent().unwrap_or(&directory);
            let included = settings.included.iter();
            let included = included.map(|path| directory.join(discovery.world.expand_tilde(path)));
            findings.notes.git_included.extend(included);
        },
    );
    let next = Lookup::next(move |findings| {
        let sockets = std::mem::take(&mut findings.notes.git_sockets);
        let sockets = sockets
            .into_iter()
            .map(|path| look_at_socket(discovery, &path));
        let included = std::mem::take(&mut findings.notes.git_included);
        let mut lookups: Vec<Lookup<'_>> = sockets.collect();
        for path in included {
            let is_new = findings.notes.git_settings.insert(path.clone());
            if is_new && depth < INCLUDED {
                lookups.extend(git_settings(discovery, discovery.below(&path), depth + 1));
            }
        }
        lookups
    });
    [read, next]
}

/// What Git's settings say of helpers and of further settings.
#[derive(Debug, Default, PartialEq, Eq)]
struct GitSettings {
    /// The values of `credential.helper` and `credential.URL.helper`, in their order. An empty one
    /// takes those before it away.
    helpers: Vec<String>,
    /// The values of `include.path` and `includeIf.CONDITION.path`.
    included: Vec<String>,
}

impl GitSettings {
    fn parse(text: &str) -> Self {
        let mut found = Self::default();
        let mut section = String::new();
        for line in text.lines().map(str::trim) {
            if let Some(begin) = line.strip_prefix('[') {
                let name = begin.split([']', ' ', '"', '.']).next();
                section = name.unwrap_or_default().to_ascii_lowercase();
                continue;
            }
            let Some((key, value)) = line.split_once('=') else {
                continue;
            };
            let value = value.trim().trim_matches('"').to_owned();
            match (section.as_str(), key.trim().to_ascii_lowercase().as_str()) {
                ("credential", "helper") => found.helpers.push(value),
                ("include" | "includeif", "path") if !value.is_empty() => {
                    found.included.push(value);
                }
                _ => {}
            }
        }
        found
    }
}

/// Whether a helper is a line for a shell that has the password in itself.
fn holds_password(helper: &str) -> bool {
    let written = helper.strip_prefix('!').and_then(|line| {
        let (_, rest) = line.split_once("password=")?;
        rest.split([';', '"', '\'', ' ', ')']).next()
    });
    written.is_some_and(|text| !text.is_empty() && !text.starts_with(['$', '`', '%', '\\']))
}

/// The file after `--file` in the words of `store`, or of `--socket` in those of `cache`.
fn option_of<'h>(words: &[&'h str], option: &str) -> Option<&'h str> {
    let at = words.iter().position(|word| word.starts_with(option))?;
    match words[at].strip_prefix(option)? {
        "" => words.get(at + 1).copied(),
        rest => rest.strip_prefix('='),
    }
}

/// A path as a person writes it in Git's settings.
fn path_of(discovery: &DiscoveryContext<'_>, written: &str) -> PathBuf {
    let home = &discovery.world.home;
    match written.strip_prefix("~/") {
        Some(relative) => home.join(relative),
        None => home.join(written),
    }
}

fn note_git_helper(
    discovery: &DiscoveryContext<'_>,
    file: &ConfinedPath,
    helper: &str,
    findings: &mut InventoryBuilder<'_>,
) {
    let words: Vec<&str> = helper.split_whitespace().collect();
    let Some(program) = words.first() else {
        return;
    };
    if holds_password(helper) {
        findings.overriding(Override {
            kind: OverrideKind::Helper,
            name: "credential.helper".to_owned(),
            location: discovery.world.shorten(&file.to_path()),
            system: git(),
            remedy: "take the line with the password out of the file".to_owned(),
        });
        return;
    }
    let name = program.rsplit('/').next().unwrap_or(program);
    let name = name.strip_prefix("git-credential-").unwrap_or(name);
    match name {
        // Read with the files of the catalogue's entry, or with those that are named here.
        "store" => {
            if let Some(named) = option_of(&words, "--file") {
                findings.notes.git_stores.insert(path_of(discovery, named));
            }
        }
        "cache" => {
            let named = option_of(&words, "--socket");
            let usual = [
                ".cache/git/credential/socket",
                ".git-credential-cache/socket",
            ];
            let sockets: BTreeSet<PathBuf> = match named {
                Some(named) => BTreeSet::from([path_of(discovery, named)]),
                None => usual.map(|path| path_of(discovery, path)).into(),
            };
            findings.notes.git_sockets.extend(sockets);
        }
        // These have entries of their own in the key store, or are other tools that are looked at.
        "libsecret" | "gnome-keyring" | "osxkeychain" | "wincred" | "manager" | "manager-core"
        | "oauth" => {}
        _ if helper.contains("auth git-credential") || helper.contains("git:credentials") => {}
        _ => findings.overriding(Override {
            kind: OverrideKind::Notice,
            name: "credential.helper".to_owned(),
            location: discovery.world.shorten(&file.to_path()),
            system: git(),
            remedy:
                "what this helper keeps is not looked at; see it with: git config --show-origin \
                     --get-all credential.helper"
                    .to_owned(),
        }),
    }
}

/// Whether Git's daemon runs, which has passwords in its memory.
fn look_at_socket<'a>(discovery: DiscoveryContext<'a>, path: &Path) -> Lookup<'a> {
    Lookup::probe(discovery.below(path), move |path, probe, findings| {
        if probe.is_some_and(|probe| probe.kind == EntryKind::Other) {
            findings.overriding(Override {
                kind: OverrideKind::Helper,
                name: "credential.helper=cache".to_owned(),
                location: discovery.world.shorten(&path.to_path()),
                system: git(),
                remedy: "git credential-cache exit".to_owned(),
            });
        }
    })
}

/// The family of what Git itself keeps.
fn git() -> System {
    System::parse("git").unwrap_or(System::GITHUB)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn helpers_of_git_are_read_from_its_settings() {
        let text = "[user]\n\thelper = none\n[credential]\n\thelper = store --file ~/x\n[credential \
                    \"https://h.example\"]\n\thelper = \n\thelper = !/usr/bin/gh auth git-credential\n\
                    [Credential]\nHELPER=\"cache --timeout 9\"\n";
        assert_eq!(
            GitSettings::parse(text).helpers,
            [
                "store --file ~/x",
                "",
                "!/usr/bin/gh auth git-credential",
                "cache --timeout 9"
            ]
        );
        let text = "[include]\npath = a\n[IncludeIf \"gitdir:~/work/\"]\n\tPath=\"~/b\"\n[other]\n\
                    path = c\n";
        assert_eq!(GitSettings::parse(text).included, ["a", "~/b"]);
        assert_eq!(option_of(&["store", "--file", "a"], "--file"), Some("a"));
        assert_eq!(option_of(&["store", "--file=a"], "--file"), Some("a"));
        assert_eq!(option_of(&["store"], "--file"), None);
    }

    #[test]
    fn line_for_a_shell_with_a_password_in_it_is_one() {
        for line in [
            "!f() { echo username=alice; echo password=FAKE-pw; }; f",
            "!printf 'password=FAKE-pw\\n'",
            "!echo \"password=FAKE\"",
        ] {
            assert!(holds_password(line), "{line}");
        }
        for line in [
            "!f() { echo \"password=$(pass git)\"; }; f",
            "!echo password=${TOKEN}",
            "!gh auth git-credential",
            "store --file ~/password=x",
        ] {
            assert!(!holds_password(line), "{line}");
        }
    }
}
