//! Cluster entries that integrations wrote into a kubeconfig, and the kubeconfigs of emulators.
//!
//! An entry belongs to an integration when its user is named `atmos-eks-<name>-<region>` (and so on
//! for AKS and GKE). So a cluster of the same name in another region keeps its entries.
//!
//! Source: Atmos `pkg/auth/cloud/kube`.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::survey::{Findings, Lookup, Survey, Tidy, artefact, in_realm, whole_file};
use super::{System, is_result_of_function};
use crate::config::{Integration, IntegrationKind};
use crate::files::{EditError, RootedPath, is_plain_component, yaml};
use crate::inventory::{Artefact, Place, Problem, State, Subject};

/// Everything of Kubernetes that a logout should look at.
pub(super) fn lookups<'a>(survey: &Survey<'a>) -> Vec<Lookup<'a>> {
    let mut lookups = kubeconfigs(survey);
    lookups.extend(emulators(survey));
    lookups
}

/// A cluster entry of an integration.
#[derive(Clone)]
struct Linked {
    user: UserName,
    subject: Subject,
}

/// The name of an integration's user entry.
#[derive(Clone)]
enum UserName {
    Whole(String),
    /// A subscription follows that is not configured, but was asked for when the entry was written.
    Beginning(String),
}

impl UserName {
    fn is(&self, name: &str) -> bool {
        match self {
            Self::Whole(whole) => whole == name,
            Self::Beginning(beginning) => name
                .strip_prefix(beginning.as_str())
                .is_some_and(is_subscription),
        }
    }
}

/// Azure's subscription ids are UUIDs; nothing else may follow, or `a-b` would be taken for `a`.
fn is_subscription(text: &str) -> bool {
    let has_dash = |at: usize| [8, 13, 18, 23].contains(&at);
    text.is_empty()
        || text.len() == 36
            && text.bytes().enumerate().all(|(at, byte)| {
                if has_dash(at) {
                    byte == b'-'
                } else {
                    byte.is_ascii_hexdigit()
                }
            })
}

fn kubeconfigs<'a>(survey: &Survey<'a>) -> Vec<Lookup<'a>> {
    let mut files: Vec<(RootedPath, Vec<Linked>)> = Vec::new();
    let mut problems = Vec::new();
    for integration in &survey.configuration.auth.integrations {
        let Some(user) = user_name(integration) else {
            continue;
        };
        let Some(subject) = super::linked(survey, &integration.via) else {
            continue;
        };
        let file = match kubeconfig(survey, integration) {
            Ok(file) => file,
            Err(why) => {
                problems.push(unusable(integration, why));
                continue;
            }
        };
        let linked = Linked { user, subject };
        match files.iter_mut().find(|(known, _)| *known == file) {
            Some((_, entries)) => entries.push(linked),
            None => files.push((file, vec![linked])),
        }
    }
    let lookups = files
        .into_iter()
        .map(|(file, entries)| kubeconfig_lookup(file, entries));
    lookups.chain(problems).collect()
}

/// `spec.cluster.kubeconfig.path`, else `{base}/kube/config`. `Err` is why it cannot be looked at.
fn kubeconfig(survey: &Survey<'_>, integration: &Integration) -> Result<RootedPath, &'static str> {
    let node = integration
        .settings
        .at(&["spec", "cluster", "kubeconfig", "path"]);
    if node.is_some_and(is_result_of_function) {
        return Err("is what a function gives that is not evaluated");
    }
    let path = match integration.kubeconfig_path() {
        Some(text) => {
            let path: PathBuf = survey.world.expand_tilde(text);
            survey.rooted(&survey.world.working_directory.join(path))
        }
        None => survey
            .below(&survey.world.atmos_config_root())
            .descend("kube/config"),
    };
    // Where such a path leads depends on links on the way.
    path.ok_or("has `..` in it, or no path can have its characters")
}

/// A file that is not looked at may have entries, so it is said.
fn unusable<'a>(integration: &Integration, why: &'static str) -> Lookup<'a> {
    let location = format!("integration {:?}", integration.name.written);
    Lookup::say(move |findings| {
        findings.problem(Problem {
            location: location.clone(),
            // The path is not shown: it may be what a variable gave.
            message: format!(
                "`spec.cluster.kubeconfig.path` {why}, so cluster entries in it are not known"
            ),
            hint: Some("write an absolute path or one that starts with `~/`".to_owned()),
            hides: true,
        });
    })
}

/// The name of the user entry; the cluster's name and what tells it from its namesakes.
fn user_name(integration: &Integration) -> Option<UserName> {
    let name = integration.cluster_name()?;
    match integration.kind {
        IntegrationKind::AwsEks => {
            let region = integration.cluster_region()?;
            Some(UserName::Whole(format!("atmos-eks-{name}-{region}")))
        }
        IntegrationKind::AzureAks => {
            let group = integration.cluster_resource_group()?;
            let beginning = format!("atmos-aks-{name}-{group}-");
            Some(match integration.cluster_subscription() {
                Some(subscription) => UserName::Whole(format!("{beginning}{subscription}")),
                None => UserName::Beginning(beginning),
            })
        }
        IntegrationKind::GcpGke => {
            let (project, location) = integration
                .cluster_project()
                .zip(integration.cluster_location())?;
            let name = format!("atmos-gke-{name}-{project}-{location}");
            Some(UserName::Whole(name))
        }
        _ => None,
    }
}

fn kubeconfig_lookup<'a>(file: RootedPath, entries: Vec<Linked>) -> Lookup<'a> {
    Lookup::read(file, move |file, bytes, findings| {
        if let Err(error) = cluster_entries(file, bytes, &entries, findings) {
            findings.problem(Problem {
                location: file.to_path().display().to_string(),
                message: format!("it is not a kubeconfig that can be edited: {error}"),
                hint: Some("remove the entries with: kubectl config delete-context".to_owned()),
                hides: true,
            });
        }
    })
}

/// The user, the contexts that use it, and the clusters that nothing else uses.
fn cluster_entries(
    file: &RootedPath,
    bytes: &[u8],
    entries: &[Linked],
    findings: &mut Findings<'_>,
) -> Result<(), EditError> {
    let users = yaml::items(bytes, "users")?;
    let contexts = yaml::items(bytes, "contexts")?;
    let clusters = yaml::items(bytes, "clusters")?;
    let used = |item: &yaml::Item, key: &str| {
        item.get(&["context", key])
            .map(|value| value.expose().to_owned())
    };
    for entry in entries {
        let mut place = |list: &str, name: &str| {
            let place = Place::YamlItem {
                file: file.clone(),
                list: list.to_owned(),
                name: name.to_owned(),
            };
            findings.artefact(Artefact {
                // The entry calls a command for a token; by itself it opens nothing.
                state: State::Residue,
                ..artefact(
                    System::Kubernetes,
                    place,
                    entry.subject.clone(),
                    "cluster entry",
                )
            });
        };
        for user in users.iter().filter(|user| entry.user.is(&user.name)) {
            place("users", &user.name);
        }
        let (own, others): (Vec<&yaml::Item>, Vec<&yaml::Item>) = contexts
            .iter()
            .partition(|context| used(context, "user").is_some_and(|user| entry.user.is(&user)));
        let still_used: BTreeSet<String> = others
            .iter()
            .filter_map(|context| used(context, "cluster"))
            .collect();
        for context in &own {
            place("contexts", &context.name);
        }
        let own_clusters: BTreeSet<String> = own
            .iter()
            .filter_map(|context| used(context, "cluster"))
            .collect();
        for cluster in clusters.iter().map(|cluster| &cluster.name) {
            if own_clusters.contains(cluster) && !still_used.contains(cluster) {
                place("clusters", cluster);
            }
        }
    }
    Ok(())
}

/// `{base}/{realm}/emulator/<component>.kubeconfig`.
fn emulators<'a>(survey: &Survey<'a>) -> Vec<Lookup<'a>> {
    let survey = *survey;
    let root = survey.below(&survey.world.atmos_config_root());
    let files: Vec<(String, Subject)> = survey
        .configuration
        .auth
        .identities
        .iter()
        .filter_map(|identity| {
            let component = identity
                .emulator()
                .filter(|name| is_plain_component(name))?;
            let subject = Subject::identity(&identity.name.key, None);
            Some((format!("{component}.kubeconfig"), subject))
        })
        .collect();
    if files.is_empty() {
        return Vec::new();
    }
    survey
        .realms
        .iter()
        .filter_map(|realm| {
            let directory = in_realm(&root, realm, "emulator")?;
            Some(emulator_directory(directory, realm.clone(), files.clone()))
        })
        .collect()
}

fn emulator_directory<'a>(
    directory: RootedPath,
    realm: String,
    files: Vec<(String, Subject)>,
) -> Lookup<'a> {
    let tidy = Tidy::in_realm(realm.clone());
    Lookup::each(directory, tidy, move |entry, file| {
        let own = files.iter().filter(|(name, _)| *name == entry.name);
        own.map(|(_, subject)| {
            Lookup::found(Artefact {
                realm: Some(realm.clone()),
                ..whole_file(
                    System::Kubernetes,
                    &file,
                    subject.clone(),
                    "emulator kubeconfig",
                )
            })
        })
        .collect::<Vec<_>>()
    })
}
