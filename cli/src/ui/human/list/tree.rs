//! The list as a tree: providers with the identities behind them.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write as _;

use adieu::atmos::config::{Identity, Node, Value};
use adieu::atmos::identity_graph::Via;
use adieu::report::{Session, SessionState};
use adieu::systems::System;
use adieu::world::World;
use jiff::Timestamp;

use super::{choose_standing_colour, describe_kind, describe_state, standing_of};
use crate::commands::list::{ListedIdentity, ListedProvider, Listing, redact_scalar};
use crate::ui::printer::STRONG;
use crate::ui::to_plain_text;

/// How many links of a chain are shown below each other, and how deep settings may lie.
const DEEPEST: usize = 24;

/// One line of the tree with what hangs on it.
struct Branch {
    text: String,
    children: Vec<Self>,
}

impl Branch {
    fn new(text: impl Into<String>) -> Self {
        Self::with(text, Vec::new())
    }

    fn with(text: impl Into<String>, children: Vec<Self>) -> Self {
        Self {
            text: text.into(),
            children,
        }
    }

    fn draw(&self, margin: &str, is_last: bool, lines: &mut Vec<String>) {
        let (arm, below) = if is_last {
            ("└──", "   ")
        } else {
            ("├──", "│  ")
        };
        lines.push(format!("{margin}{arm}{}", self.text));
        draw_all(&self.children, &format!("{margin}{below}"), lines);
    }
}

fn draw_all(branches: &[Branch], margin: &str, lines: &mut Vec<String>) {
    for (at, branch) in branches.iter().enumerate() {
        branch.draw(margin, at + 1 == branches.len(), lines);
    }
}

/// Providers with the identities behind them, then identities without a provider, then broken
/// chains, then what no configuration knows.
pub(crate) fn format_tree(world: &World, listing: &Listing<'_>) -> Vec<String> {
    let forest = Forest::new(world, listing);
    let mut branches: Vec<Branch> = listing
        .providers
        .iter()
        .map(|provider| forest.provider(provider))
        .collect();
    let mut roots = |title: &str, wanted: &dyn Fn(&ListedIdentity<'_>) -> bool| {
        let found: Vec<Branch> = listing
            .identities
            .iter()
            .filter(|listed| wanted(listed))
            .map(|listed| forest.identity(listed, 0))
            .collect();
        if !found.is_empty() {
            branches.push(Branch::with(title, found));
        }
    };
    roots("Standalone Identities", &|listed| {
        listing
            .identity_graph
            .root_identity(&listed.entry.name.key)
            .is_some_and(|root| root.key == listed.entry.name.key)
    });
    roots("Broken Chains", &|listed| {
        let key = &listed.entry.name.key;
        listing.identity_graph.root_provider(key).is_none()
            && listing.identity_graph.root_identity(key).is_none()
    });
    if !listing.others.is_empty() {
        let mut systems: BTreeMap<System, Vec<Branch>> = BTreeMap::new();
        for other in &listing.others {
            let of_system = systems.entry(other.system).or_default();
            of_system.push(forest.other(other));
        }
        let systems = systems.into_iter();
        let systems = systems.map(|(system, others)| Branch::with(system.title(), others));
        branches.push(Branch::with("Not configured", systems.collect()));
    }
    let mut lines = vec![format!("{STRONG}Authentication Configuration{STRONG:#}")];
    if branches.is_empty() {
        branches.push(Branch::new("nothing to list"));
    }
    draw_all(&branches, "", &mut lines);
    lines
}

/// What the tree is made from.
struct Forest<'a> {
    now: Timestamp,
    listing: &'a Listing<'a>,
    /// Identities directly behind a provider or identity, by its key.
    behind_provider: HashMap<&'a str, Vec<&'a ListedIdentity<'a>>>,
    behind_identity: HashMap<&'a str, Vec<&'a ListedIdentity<'a>>>,
    broken: HashSet<&'a str>,
}

impl<'a> Forest<'a> {
    fn new(world: &World, listing: &'a Listing<'a>) -> Self {
        let mut forest = Self {
            now: world.now(),
            listing,
            behind_provider: HashMap::new(),
            behind_identity: HashMap::new(),
            broken: HashSet::new(),
        };
        for listed in &listing.identities {
            let key = listed.entry.name.key.as_str();
            let Some(entry) = listing.identity_graph.identity(key) else {
                continue;
            };
            if listing.identity_graph.root_provider(key).is_none()
                && listing.identity_graph.root_identity(key).is_none()
            {
                forest.broken.insert(key);
                continue;
            }
            match &entry.via {
                Via::Provider(from) => forest.behind_provider.entry(from).or_default().push(listed),
                Via::Identity(from) => forest.behind_identity.entry(from).or_default().push(listed),
                Via::Nothing => {}
            }
        }
        forest
    }

    fn provider(&self, listed: &ListedProvider<'_>) -> Branch {
        let provider = listed.entry;
        let mut text = format!(
            "{} ({})",
            to_plain_text(&provider.name.written),
            to_plain_text(describe_kind(provider.kind.id()))
        );
        if provider.is_default {
            text.push_str(" [DEFAULT]");
        }
        if listed.standing.state != SessionState::SignedOut {
            let (style, words) = (
                choose_standing_colour(listed.standing, self.now),
                describe_state(listed.standing, self.now),
            );
            let _ = write!(text, " {style}●{style:#} {words}");
        }
        let mut children = Vec::new();
        for (title, key) in [
            ("Region", "region"),
            ("Start URL", "start_url"),
            ("URL", "url"),
            ("Username", "username"),
        ] {
            if let Some(value) = provider.text(&[key]) {
                children.push(Branch::new(format!(
                    "{title}: {}",
                    to_plain_text(&redact_scalar(key, value))
                )));
            }
        }
        if let Some(duration) = provider.text(&["session", "duration"]) {
            let duration = Branch::new(format!("Duration: {}", to_plain_text(duration)));
            children.push(Branch::with("Session", vec![duration]));
        }
        let behind = self.behind_provider.get(provider.name.key.as_str());
        let identities: Vec<Branch> = behind
            .into_iter()
            .flatten()
            .map(|listed| self.identity(listed, 0))
            .collect();
        if !identities.is_empty() {
            children.push(Branch::with("Identities", identities));
        }
        Branch::with(text, children)
    }

    fn identity(&self, listed: &ListedIdentity<'_>, depth: usize) -> Branch {
        let identity = listed.entry;
        let key = identity.name.key.as_str();
        let dot = choose_standing_colour(listed.standing, self.now);
        let mut text = format!(
            "{dot}●{dot:#} {} ({})",
            to_plain_text(&identity.name.written),
            to_plain_text(describe_kind(identity.kind.id()))
        );
        if identity.is_default {
            text.push_str(" [DEFAULT]");
        }
        let _ = write!(text, " {}", describe_state(listed.standing, self.now));
        let mut children = Vec::new();
        if self.broken.contains(key) {
            children.extend(self.broken_link(identity));
        }
        if let Some(alias) = &identity.alias {
            children.push(Branch::new(format!("Alias: {}", to_plain_text(alias))));
        }
        let principal = identity.settings.get("principal");
        let principal = principal
            .map(|node| list_settings(node, 0))
            .unwrap_or_default();
        if !principal.is_empty() {
            children.push(Branch::with("Principal", principal));
        }
        let behind = self.behind_identity.get(key).into_iter().flatten();
        if depth < DEEPEST {
            children.extend(behind.map(|listed| self.identity(listed, depth + 1)));
        } else if behind.count() > 0 {
            children.push(Branch::new("… the chain goes on; see --format table"));
        }
        Branch::with(text, children)
    }

    /// What an identity names and does not get.
    fn broken_link(&self, identity: &Identity) -> Option<Branch> {
        let identity_graph = self.listing.identity_graph;
        let text = match (identity.via.provider(), identity.via.identity()) {
            (Some(from), _) => format!("Via provider: {} (missing)", to_plain_text(&from.key)),
            (_, Some(from)) if identity_graph.identity(&from.key).is_none() => {
                format!("Via identity: {} (missing)", to_plain_text(&from.key))
            }
            (_, Some(from)) => {
                format!(
                    "Via identity: {}",
                    to_plain_text(identity_graph.written(&from.key))
                )
            }
            (None, None) => return None,
        };
        Some(Branch::new(text))
    }

    fn other(&self, session: &Session) -> Branch {
        let standing = standing_of(session);
        let dot = choose_standing_colour(standing, self.now);
        let name = session.chain.join(" → ");
        let name = if name.is_empty() {
            session.system.title()
        } else {
            &name
        };
        let mut text = format!(
            "{dot}●{dot:#} {} ({})",
            to_plain_text(name),
            session.system.id()
        );
        if let Some(realm) = session.realm.as_deref().filter(|realm| !realm.is_empty()) {
            let _ = write!(text, " in realm {}", to_plain_text(realm));
        }
        let _ = write!(text, " {}", describe_state(standing, self.now));
        Branch::new(text)
    }
}

/// A mapping's members, sorted by key as Atmos does.
fn list_settings(node: &Node, depth: usize) -> Vec<Branch> {
    let Some(mapping) = node.as_mapping().filter(|_| depth < DEEPEST) else {
        return Vec::new();
    };
    let mut entries: Vec<_> = mapping.iter().collect();
    entries.sort_by(|a, b| a.key.cmp(&b.key));
    entries
        .into_iter()
        .filter_map(|entry| {
            let key = to_plain_text(&entry.key);
            match &entry.value.value {
                Value::Unset(_) => None,
                Value::Variable(variable) => Some(Branch::new(format!(
                    "{key}: {}",
                    to_plain_text(variable.shown())
                ))),
                Value::Scalar(text) => {
                    let text = redact_scalar(&entry.key, text);
                    Some(Branch::new(format!("{key}: {}", to_plain_text(&text))))
                }
                Value::Sequence(_) | Value::Append(_) => {
                    let items = entry.value.texts();
                    let items: Vec<String> = items
                        .iter()
                        .map(|item| redact_scalar(&entry.key, item))
                        .collect();
                    Some(Branch::new(format!(
                        "{key}: [{}]",
                        to_plain_text(&items.join(", "))
                    )))
                }
                Value::Mapping(_) => {
                    Some(Branch::with(key, list_settings(&entry.value, depth + 1)))
                }
            }
        })
        .collect()
}
