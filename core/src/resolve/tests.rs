use super::*;
use crate::atmos::identity_graph::{Portal, Via};
use crate::inventory::{Owner, Place};
use crate::path::ConfinedPath;
use crate::systems::discovery::build_artefact;

fn provider(name: &str, system: System, page: Option<&str>) -> ProviderEntry {
    ProviderEntry {
        key: name.to_owned(),
        written: name.to_owned(),
        kind: String::new(),
        system,
        ambient: false,
        portal: page.map(|page| Portal {
            start_url: page.to_owned(),
            region: "eu-central-1".to_owned(),
        }),
        sign_out_page: None,
    }
}

fn identity_graph() -> IdentityGraph {
    let identity = IdentityEntry {
        key: "dev".to_owned(),
        written: "dev".to_owned(),
        kind: String::new(),
        system: System::AWS,
        via: Via::Provider("harbor-sso".to_owned()),
        alias: None,
        provisioned: false,
    };
    IdentityGraph::new(
        vec![
            provider(
                "harbor-sso",
                System::AWS,
                Some("https://harbor.awsapps.example/start"),
            ),
            provider("skerry", System::AZURE, None),
        ],
        vec![identity],
    )
}

fn inventory() -> Inventory {
    let place = |name: &str| Place::File {
        file: ConfinedPath::root(std::path::Path::new("/home/ana"))
            .join(name)
            .unwrap(),
    };
    let orphan = |file: &str, name: &str| {
        build_artefact(
            System::AWS,
            place(file),
            Owner::orphan(name),
            "portal session",
        )
    };
    Inventory {
        artefacts: vec![
            orphan("a.json", "https://corp.awsapps.example/start"),
            orphan("b.json", "crane-operator"),
            orphan("c.json", "https://fjord.awsapps.example/start"),
        ],
        accounts: vec![
            Account {
                system: System::CLAUDE,
                name: "ana@acme.example".to_owned(),
                aliases: Vec::new(),
                provider: None,
                facts: Vec::new(),
            },
            // An org that is called as a portal's host begins, and one as a provider is called.
            Account {
                system: System::SALESFORCE,
                name: "ana@fjord.example".to_owned(),
                aliases: vec!["fjord".to_owned(), "skerry".to_owned()],
                provider: None,
                facts: Vec::new(),
            },
        ],
        portal_names: BTreeMap::from([
            (
                "work".to_owned(),
                pages(&["https://corp.awsapps.example/start/"]),
            ),
            (
                "ops".to_owned(),
                pages(&["https://harbor.awsapps.example/start"]),
            ),
            (
                "both".to_owned(),
                pages(&[
                    "https://harbor.awsapps.example/start",
                    "https://corp.awsapps.example/start",
                ]),
            ),
            (
                "dev".to_owned(),
                pages(&["https://corp.awsapps.example/start"]),
            ),
            (
                "gone".to_owned(),
                pages(&["https://gone.awsapps.example/start"]),
            ),
        ]),
        ..Inventory::default()
    }
}

fn pages(pages: &[&str]) -> BTreeSet<String> {
    pages.iter().map(|page| (*page).to_owned()).collect()
}

/// What a name means, in one word and the name of what is meant.
fn resolve(typed: &str, is_whole_machine: bool) -> String {
    let realms = ["acme".to_owned()];
    let target = match resolve_configured(typed, &identity_graph(), &realms, is_whole_machine) {
        Ok(Some(target)) => Ok(target),
        Ok(None) => resolve_found(typed, &identity_graph(), &inventory()),
        Err(unresolved) => Err(unresolved),
    };
    match target {
        Ok(Target::Identity(key)) => format!("identity {key}"),
        Ok(Target::Providers { label, .. }) => format!("provider {label}"),
        Ok(Target::System { system, keys, .. }) => format!("system {} {keys:?}", system.id()),
        Ok(Target::Accounts { accounts, .. }) => format!("account {}", accounts.len()),
        Ok(Target::Found(found)) => format!("found {}", found.name),
        Ok(Target::Configured | Target::Machine | Target::Several(_)) => "everything".to_owned(),
        Err(Unresolved::Unknown { .. }) => "unknown".to_owned(),
        Err(Unresolved::Ambiguous { .. }) => "ambiguous".to_owned(),
    }
}

#[test]
fn names_mean_what_a_person_would_think() {
    let corp = "found https://corp.awsapps.example/start";
    let expected = [
        ("dev", "identity dev"),
        ("DEV", "identity dev"),
        ("aws:dev", "identity dev"),
        ("acme/dev", "identity dev"),
        ("azure:dev", "unknown"),
        ("harbor-sso", "provider harbor-sso"),
        ("aws:harbor-sso", "provider harbor-sso"),
        ("azure:harbor-sso", "unknown"),
        ("harbor.awsapps.example", "provider harbor-sso"),
        ("harbor", "provider harbor-sso"),
        ("corp.awsapps.example", corp),
        ("corp", corp),
        ("CORP", corp),
        ("aws:corp", corp),
        ("work", corp),
        ("ops", "provider harbor-sso"),
        ("both", "ambiguous"),
        ("gone", "unknown"),
        ("crane-operator", "found crane-operator"),
        ("aws:crane-operator", "found crane-operator"),
        ("ana@acme.example", "account 1"),
        ("claude:ana@acme.example", "account 1"),
        ("fjord", "account 1"),
        ("skerry", "account 1"),
        ("azure:skerry", "provider skerry"),
        ("claude", "system claude []"),
        ("aws", "system aws [\"harbor-sso\"]"),
        ("atmos", "unknown"),
        ("awsapps", "unknown"),
        ("example", "unknown"),
    ];
    for (typed, meant) in expected {
        assert_eq!(resolve(typed, true), meant, "{typed}");
    }
}

#[test]
fn the_configuration_alone_has_identities_only() {
    let expected = [
        ("dev", "identity dev"),
        ("aws:dev", "identity dev"),
        ("harbor-sso", "unknown"),
        ("corp", "unknown"),
        ("claude", "unknown"),
        ("aws", "unknown"),
    ];
    for (typed, meant) in expected {
        assert_eq!(resolve(typed, false), meant, "{typed}");
    }
}
