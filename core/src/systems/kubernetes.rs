//! Cluster entries that integrations wrote into a kubeconfig, and the kubeconfigs of emulators.
//!
//! An entry belongs to an integration when its user is named `atmos-eks-<name>-<region>` (and so on
//! for AKS and GKE). So a cluster of the same name in another region keeps its entries. One whose
//! command names an identity is that identity's alone, and a cluster of another account than the
//! identity's own is somebody else's of the same name.
//!
//! Source: Atmos `pkg/auth/cloud/kube`.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;

use super::discovery::{
    DiscoveryContext, DiscoveryScope, InventoryBuilder, Lookup, RemoveIfEmpty, build_artefact,
    in_realm, whole_file,
};
use super::{System, is_result_of_function};
use crate::atmos::config::{Integration, IntegrationKind};
use crate::formats::{Format, MemberPath, Node};
use crate::inventory::{Artefact, Location, Owner, Place, Problem, State};
use crate::io::files::{ConfinedPath, EditError, is_plain_component};

/// Everything of Kubernetes that a logout should look at.
pub(super) fn list_lookups<'a>(discovery: &DiscoveryContext<'a>) -> Vec<Lookup<'a>> {
    let mut lookups = list_kubeconfig_lookups(discovery);
    lookups.extend(list_emulator_lookups(discovery));
    lookups
}

/// A cluster entry of an integration.
#[derive(Clone)]
struct Linked {
    user: UserName,
    owner: Owner,
    /// The AWS account that the entry's cluster would be in, if it is known.
    account: Option<String>,
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

fn list_kubeconfig_lookups<'a>(discovery: &DiscoveryContext<'a>) -> Vec<Lookup<'a>> {
    let mut files: Vec<(ConfinedPath, Vec<Linked>)> = Vec::new();
    let mut problems = Vec::new();
    for integration in &discovery.configuration.auth.integrations {
        let Some(user) = user_name(integration) else {
            continue;
        };
        let Some(owner) = super::find_linked_owner(discovery, &integration.via) else {
            continue;
        };
        let file = match resolve_kubeconfig_path(discovery, integration) {
            Ok(file) => file,
            Err(why) => {
                problems.push(build_unusable_path_lookup(integration, why));
                continue;
            }
        };
        let linked = Linked {
            user,
            account: find_account(discovery, &owner),
            owner,
        };
        match files.iter_mut().find(|(known, _)| *known == file) {
            Some((_, entries)) => entries.push(linked),
            None => files.push((file, vec![linked])),
        }
    }
    let lookups = files
        .into_iter()
        .map(|(file, entries)| kubeconfig_lookup(*discovery, file, entries));
    lookups.chain(problems).collect()
}

/// The AWS account of an identity: of its permission set, or of the role that it assumes.
fn find_account(discovery: &DiscoveryContext<'_>, owner: &Owner) -> Option<String> {
    let key = owner.as_identity()?;
    let mut identities = discovery.configuration.auth.identities.iter();
    let identity = identities.find(|identity| identity.name.key == *key)?;
    let of_role = || account_in(identity.assume_role()?);
    let account = identity.account_id().or_else(of_role)?;
    Some(account.to_owned())
}

/// The account in an ARN: `arn:aws:eks:us-east-1:111122223333:cluster/main`.
fn account_in(arn: &str) -> Option<&str> {
    let mut parts = arn.strip_prefix("arn:")?.split(':');
    parts.nth(3).filter(|account| !account.is_empty())
}

/// `spec.cluster.kubeconfig.path`, else `{base}/kube/config`. `Err` is why it cannot be looked at.
fn resolve_kubeconfig_path(
    discovery: &DiscoveryContext<'_>,
    integration: &Integration,
) -> Result<ConfinedPath, &'static str> {
    let node = integration
        .settings
        .at(&["spec", "cluster", "kubeconfig", "path"]);
    if node.is_some_and(is_result_of_function) {
        return Err("is what a function gives that is not evaluated");
    }
    let path = match integration.kubeconfig_path() {
        Some(text) => {
            let path: PathBuf = discovery.world.expand_tilde(text);
            discovery.rooted(&discovery.world.working_directory.join(path))
        }
        None => discovery
            .below(&discovery.world.atmos_config_root())
            .descend("kube/config"),
    };
    // Where such a path leads depends on links on the way.
    path.ok_or("has `..` in it, or no path can have its characters")
}

/// A file that is not looked at may have entries, so it is said.
fn build_unusable_path_lookup<'a>(integration: &Integration, why: &'static str) -> Lookup<'a> {
    let location = Location::named(format!("integration {:?}", integration.name.written));
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

fn kubeconfig_lookup(
    discovery: DiscoveryContext<'_>,
    file: ConfinedPath,
    entries: Vec<Linked>,
) -> Lookup<'_> {
    Lookup::read(file, move |file, bytes, findings| {
        match cluster_entries(&discovery, bytes, &entries) {
            Ok(owned) => add_cluster_entries(file, owned, findings),
            Err(error) => findings.problem(Problem {
                location: Location::of(file),
                message: format!("it is not a kubeconfig that can be edited: {error}"),
                hint: Some("remove the entries with: kubectl config delete-context".to_owned()),
                hides: true,
            }),
        }
    })
}

/// Items of a kubeconfig, by list and name, with all who use them.
type Owned = BTreeMap<(&'static str, String), Vec<Owner>>;

fn add_cluster_entries(file: &ConfinedPath, owned: Owned, findings: &mut InventoryBuilder<'_>) {
    for ((list, name), users) in owned {
        for owner in super::of_all(users) {
            let place = Place::Member {
                format: Format::Yaml,
                file: file.clone(),
                path: MemberPath::of_keys([list]).element([("name", &name)]),
            };
            findings.artefact(Artefact {
                // The entry calls a command for a token; by itself it opens nothing.
                state: State::Residue,
                ..build_artefact(System::KUBERNETES, place, owner, "cluster entry")
            });
        }
    }
}

/// Who uses the users, or the clusters, of a kubeconfig in its contexts.
#[derive(Default)]
struct Uses {
    own: BTreeMap<String, Vec<Owner>>,
    by_others: BTreeSet<String>,
}

impl Uses {
    fn note(&mut self, name: &str, owners: &[Owner]) {
        if owners.is_empty() {
            self.by_others.insert(name.to_owned());
        } else {
            let own = self.own.entry(name.to_owned()).or_default();
            own.extend_from_slice(owners);
        }
    }

    /// Whose it is, if no context but theirs uses it.
    fn only(&self, name: &str) -> Vec<Owner> {
        let own = self.own.get(name);
        own.filter(|_| !self.by_others.contains(name))
            .cloned()
            .unwrap_or_default()
    }

    fn is_used(&self, name: &str) -> bool {
        self.own.contains_key(name) || self.by_others.contains(name)
    }
}

/// The users, the contexts that use them, and the clusters that nothing else uses.
fn cluster_entries(
    discovery: &DiscoveryContext<'_>,
    bytes: &[u8],
    entries: &[Linked],
) -> Result<Owned, EditError> {
    let document = Format::Yaml.read(bytes)?;
    let items = |list: &str| -> Vec<(&str, &Node)> {
        let items = document.root().get(list).map_or(&[][..], Node::elements);
        items
            .iter()
            .filter_map(|item| Some((find_text(item, &["name"])?, item)))
            .collect()
    };
    let (users, contexts, clusters) = (items("users"), items("contexts"), items("clusters"));
    let named: HashMap<&str, String> = users
        .iter()
        .filter_map(|(name, user)| Some((*name, identity_in(user)?)))
        .collect();
    let find_owners = |user: &str, cluster: &str| -> Vec<Owner> {
        let named = named.get(user);
        let own = entries.iter().filter(|entry| {
            entry.user.is(user)
                && named.is_none_or(|named| may_be_named(discovery, &entry.owner, named))
                && is_in_account(entry, cluster)
        });
        own.map(|entry| entry.owner.clone()).collect()
    };
    let mut owned = Owned::new();
    let mut own = |list, name: &str, owners: Vec<Owner>| {
        if !owners.is_empty() {
            owned.insert((list, name.to_owned()), owners);
        }
    };
    let (mut of_users, mut of_clusters) = (Uses::default(), Uses::default());
    for (name, context) in &contexts {
        let told = |key| find_text(context, &["context", key]).unwrap_or_default();
        let owners = find_owners(told("user"), told("cluster"));
        of_users.note(told("user"), &owners);
        of_clusters.note(told("cluster"), &owners);
        own("contexts", name, owners);
    }
    for (user, _) in users {
        let owners = if of_users.is_used(user) {
            of_users.only(user)
        } else {
            find_owners(user, "")
        };
        own("users", user, owners);
    }
    for (cluster, _) in clusters {
        own("clusters", cluster, of_clusters.only(cluster));
    }
    Ok(owned)
}

/// The text at these keys.
fn find_text<'n>(node: &'n Node, keys: &[&str]) -> Option<&'n str> {
    keys.iter()
        .try_fold(node, |node, key| node.get(key))?
        .scalar()
}

/// The identity that an entry's command is told, in lower case.
fn identity_in(user: &Node) -> Option<String> {
    let exec = user.get("user")?.get("exec")?;
    let elements = |key| exec.get(key).map_or(&[][..], Node::elements).iter();
    let arguments: Vec<&str> = elements("args").filter_map(Node::scalar).collect();
    let after = |option: &str| {
        let at = arguments.iter().position(|argument| *argument == option)?;
        arguments.get(at + 1).copied()
    };
    let mut all = arguments.iter();
    let told = all.find_map(|argument| argument.strip_prefix("--identity="));
    let told = told.or_else(|| after("--identity")).or_else(|| after("-i"));
    let by_variable = || {
        let mut variables = elements("env");
        let variable = variables.find(|it| find_text(it, &["name"]) == Some("ATMOS_IDENTITY"))?;
        find_text(variable, &["value"])
    };
    let name = told.or_else(by_variable)?;
    (!name.is_empty()).then(|| name.to_lowercase())
}

/// Whether an entry for this identity can be from an integration of `owner`.
fn may_be_named(discovery: &DiscoveryContext<'_>, owner: &Owner, identity: &str) -> bool {
    match owner.as_identity() {
        Some(own) => own == identity,
        None => discovery
            .identity_graph
            .root_provider(identity)
            .is_some_and(|root| owner.as_providers().contains(&root.key)),
    }
}

/// Whether a cluster is not known to be in another account than the identity.
fn is_in_account(entry: &Linked, cluster: &str) -> bool {
    let both = entry.account.as_deref().zip(account_in(cluster));
    both.is_none_or(|(own, its)| own == its)
}

/// `{base}/{realm}/emulator/<component>.kubeconfig`.
fn list_emulator_lookups<'a>(discovery: &DiscoveryContext<'a>) -> Vec<Lookup<'a>> {
    let discovery = *discovery;
    let root = discovery.below(&discovery.world.atmos_config_root());
    let root = root.without_links_below();
    let files: Vec<(String, Owner)> = discovery
        .configuration
        .auth
        .identities
        .iter()
        .filter_map(|identity| {
            let component = identity
                .emulator()
                .filter(|name| is_plain_component(name))?;
            let owner = Owner::identity(&identity.name.key, None);
            Some((format!("{component}.kubeconfig"), owner))
        })
        .collect();
    if files.is_empty() && discovery.reach == DiscoveryScope::Configured {
        return Vec::new();
    }
    discovery.each_realm(root, "emulator", move |root, realm| {
        let directory = in_realm(root, realm, "emulator")?;
        let files = files.clone();
        Some(emulator_directory(
            discovery,
            directory,
            realm.to_owned(),
            files,
        ))
    })
}

fn emulator_directory(
    discovery: DiscoveryContext<'_>,
    directory: ConfinedPath,
    realm: String,
    files: Vec<(String, Owner)>,
) -> Lookup<'_> {
    let tidy = RemoveIfEmpty::in_realm(System::KUBERNETES, realm.clone());
    let is_own_realm = discovery.is_own_realm(Some(&realm));
    Lookup::each(directory, tidy, move |entry, file| {
        let own = files.iter().filter(|(name, _)| *name == entry.name);
        let own = own.filter(|_| is_own_realm);
        let mut owners: Vec<Owner> = own.map(|(_, owner)| owner.clone()).collect();
        let component = entry.name.strip_suffix(".kubeconfig");
        if let Some(component) = component.filter(|_| owners.is_empty())
            && discovery.reach == DiscoveryScope::Machine
        {
            owners.push(Owner::orphan(component));
        }
        let found = owners.into_iter().map(|owner| {
            Lookup::found(Artefact {
                realm: Some(realm.clone()),
                ..whole_file(System::KUBERNETES, &file, owner, "emulator kubeconfig")
            })
        });
        found.collect::<Vec<_>>()
    })
}
