//! The chains as a graph for Graphviz or Mermaid.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

use adieu::atmos::identity_graph::Via;

use super::Listing;
use crate::ui::to_plain_text;

/// A node of the graph.
struct Node<'a> {
    /// A provider, or an identity.
    is_provider: bool,
    key: &'a str,
    name: &'a str,
    kind: &'a str,
    is_default: bool,
    /// The node that it is obtained from, if that is listed.
    from: Option<usize>,
}

fn list_nodes<'a>(listing: &'a Listing<'_>) -> Vec<Node<'a>> {
    let mut nodes: Vec<Node<'a>> = listing
        .providers
        .iter()
        .map(|listed| Node {
            is_provider: true,
            key: &listed.entry.name.key,
            name: &listed.entry.name.written,
            kind: listed.entry.kind.id(),
            is_default: listed.entry.is_default,
            from: None,
        })
        .collect();
    let providers: HashMap<&str, usize> = index_nodes(&nodes);
    let first = nodes.len();
    nodes.extend(listing.identities.iter().map(|listed| Node {
        is_provider: false,
        key: &listed.entry.name.key,
        name: &listed.entry.name.written,
        kind: listed.entry.kind.id(),
        is_default: listed.entry.is_default,
        from: None,
    }));
    let identities: HashMap<&str, usize> = index_nodes(&nodes[first..]);
    for node in &mut nodes[first..] {
        node.from = match listing
            .identity_graph
            .identity(node.key)
            .map(|entry| &entry.via)
        {
            Some(Via::Provider(key)) => providers.get(key.as_str()).copied(),
            Some(Via::Identity(key)) => identities.get(key.as_str()).map(|at| at + first),
            _ => None,
        };
    }
    nodes
}

fn index_nodes<'a>(nodes: &[Node<'a>]) -> HashMap<&'a str, usize> {
    nodes
        .iter()
        .enumerate()
        .map(|(at, node)| (node.key, at))
        .collect()
}

/// For Graphviz. An identity that is called like a provider gets its kind in front of its name.
pub(super) fn to_graphviz(listing: &Listing<'_>) -> String {
    let nodes = list_nodes(listing);
    let providers: HashSet<&str> = nodes
        .iter()
        .filter(|node| node.is_provider)
        .map(|node| node.key)
        .collect();
    let id = |node: &Node<'_>| {
        if !node.is_provider && providers.contains(node.key) {
            escape_for_graphviz(&format!("identity {}", node.name))
        } else {
            escape_for_graphviz(node.name)
        }
    };
    let mut out =
        "digraph AuthConfig {\n  rankdir=LR;\n  node [shape=box, style=rounded];\n\n".to_owned();
    let mut is_first_identity = true;
    for node in &nodes {
        if !node.is_provider && std::mem::take(&mut is_first_identity) && !providers.is_empty() {
            out.push('\n');
        }
        let style = if node.is_default && !node.is_provider {
            ", style=\"rounded,filled\", fillcolor=lightgreen"
        } else {
            ""
        };
        let (name, kind) = (
            escape_for_graphviz(node.name),
            escape_for_graphviz(node.kind),
        );
        let _ = writeln!(
            out,
            "  \"{}\" [label=\"{name}\\n({kind})\"{style}];",
            id(node)
        );
        if let Some(from) = node.from.and_then(|from| nodes.get(from)) {
            let _ = writeln!(out, "  \"{}\" -> \"{}\";", id(from), id(node));
        }
    }
    out.push('}');
    out
}

/// Text inside of the double quotes of Graphviz.
fn escape_for_graphviz(text: &str) -> String {
    to_plain_text(text)
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
}

/// For Mermaid.
pub(super) fn to_mermaid(listing: &Listing<'_>) -> String {
    let nodes = list_nodes(listing);
    let ids = mermaid_ids(&nodes);
    let mut out = "graph LR\n".to_owned();
    for (node, id) in nodes.iter().zip(&ids) {
        let (name, kind) = (escape_for_mermaid(node.name), escape_for_mermaid(node.kind));
        let _ = writeln!(out, "  {id}[\"{name}<br/>{kind}\"]");
    }
    for (node, id) in nodes.iter().zip(&ids) {
        if let Some(from) = node.from.and_then(|from| ids.get(from)) {
            let _ = writeln!(out, "  {from} --> {id}");
        }
    }
    out.push_str(
        "\n  classDef provider fill:#e3f2fd,stroke:#1976d2,stroke-width:2px\n  \
         classDef identity fill:#e8f5e9,stroke:#388e3c,stroke-width:2px\n  \
         classDef default stroke:#ff9800,stroke-width:3px\n\n\n",
    );
    for (node, id) in nodes.iter().zip(&ids) {
        let class = if node.is_provider {
            "provider"
        } else {
            "identity"
        };
        let _ = writeln!(out, "  class {id} {class}");
    }
    for (node, id) in nodes.iter().zip(&ids) {
        if node.is_default {
            let _ = writeln!(out, "  class {id} default");
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// A Markdown page with the graph in it.
pub(super) fn to_markdown(listing: &Listing<'_>) -> String {
    format!(
        "# Authentication Configuration\n\n```mermaid\n{}\n```",
        to_mermaid(listing)
    )
}

/// Names of letters, digits and underscores; those that would be the same are numbered.
fn mermaid_ids(nodes: &[Node<'_>]) -> Vec<String> {
    // Words with a meaning of their own in a graph.
    let reserved = [
        "end", "graph", "subgraph", "class", "style", "click", "default",
    ];
    let mut taken: HashSet<String> = reserved.iter().map(|word| (*word).to_owned()).collect();
    let mut next: HashMap<String, usize> = HashMap::new();
    nodes
        .iter()
        .map(|node| {
            let name: String = node
                .name
                .chars()
                .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
                .collect();
            let mut id = name.clone();
            while !taken.insert(id.clone()) {
                let number = next.entry(name.clone()).or_insert(1);
                *number += 1;
                id = format!("{name}_{number}");
            }
            id
        })
        .collect()
}

/// Text inside of a Mermaid label, which may be read as HTML and may lie in a Markdown fence.
fn escape_for_mermaid(text: &str) -> String {
    let mut shown = String::new();
    for character in to_plain_text(text).chars() {
        match character {
            '"' | '#' | '&' | '<' | '>' | '`' | ';' | '\\' => {
                let _ = write!(shown, "#{};", u32::from(character));
            }
            _ => shown.push(character),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_names_stay_inside_of_their_quotes() {
        assert_eq!(escape_for_graphviz("a\"b\\\n"), "a\\\"b\\\\\\\\u{a}");
        assert_eq!(
            escape_for_mermaid("a\"]<b>`#\n"),
            "a#34;]#60;b#62;#96;#35;#92;u{a}"
        );
    }
}
