use super::*;

fn provider(key: &str) -> ProviderEntry {
    ProviderEntry {
        key: key.to_lowercase(),
        written: key.to_owned(),
        kind: "aws/iam-identity-center".to_owned(),
        system: System::AWS,
        ambient: false,
        portal: None,
        sign_out_page: None,
    }
}

fn identity(key: &str, via: Via) -> IdentityEntry {
    IdentityEntry {
        key: key.to_lowercase(),
        written: key.to_owned(),
        kind: "aws/permission-set".to_owned(),
        system: System::AWS,
        via,
        alias: None,
        provisioned: false,
    }
}

fn via_provider(key: &str) -> Via {
    Via::Provider(key.to_owned())
}

fn via_identity(key: &str) -> Via {
    Via::Identity(key.to_owned())
}

/// The page's example: `aws-sso → dev-org-admin → dev-admin`, and `aws-sso → prod-admin`.
fn page(prod: bool) -> IdentityGraph {
    let mut identities = vec![
        identity("dev-org-admin", via_provider("aws-sso")),
        identity("Dev-Admin", via_identity("dev-org-admin")),
    ];
    if prod {
        identities.push(identity("prod-admin", via_provider("aws-sso")));
    }
    IdentityGraph::new(vec![provider("aws-sso")], identities)
}

fn nobody(_: &str) -> bool {
    false
}

#[test]
fn scope_leaves_a_link_in_between_that_has_a_session_of_its_own() {
    let scope = page(false).scope_of_identity("dev-admin", |key| key == "dev-org-admin");
    assert_eq!(scope.identities.iter().collect::<Vec<_>>(), ["dev-admin"]);
    assert!(scope.providers.is_empty());
    let shared: Vec<_> = scope.shared.iter().map(|link| link.key.as_str()).collect();
    assert_eq!(shared, ["dev-org-admin", "aws-sso"]);
    assert_eq!(scope.shared[0].sharers, Vec::<String>::new());
    assert_eq!(scope.shared[1].sharers, ["dev-org-admin"]);
}

#[test]
fn chain_is_root_first_and_ignores_case() {
    assert_eq!(
        page(true).chain("DEV-ADMIN"),
        ["aws-sso", "dev-org-admin", "dev-admin"]
    );
    assert_eq!(
        page(true).root_provider("dev-admin").unwrap().key,
        "aws-sso"
    );
}

#[test]
fn chain_of_thousands_is_cut_and_keeps_its_ends() {
    let length = 8_000;
    let link = |at: usize| match at {
        0 => identity("link0", via_provider("aws-sso")),
        _ => identity(
            &format!("link{at}"),
            via_identity(&format!("link{}", at - 1)),
        ),
    };
    let identity_graph =
        IdentityGraph::new(vec![provider("aws-sso")], (0..length).map(link).collect());
    let told: usize = identity_graph
        .identities()
        .iter()
        .map(|identity| identity_graph.chain(&identity.key).len())
        .sum();
    assert!(told <= length * (CHAIN_LENGTH + 2), "{told}");
    let chain = identity_graph.chain("link7999");
    assert_eq!(chain[..3], ["aws-sso", LEFT_OUT, "link7984"]);
    assert_eq!(chain.last().unwrap(), "link7999");
    let scope = identity_graph.scope_of_identity("link4000", nobody);
    assert_eq!(scope.shared.len(), CHAIN_LENGTH);
}

#[test]
fn scope_takes_links_that_nobody_else_uses() {
    let scope = page(false).scope_of_identity("dev-admin", nobody);
    assert_eq!(scope.identities.len(), 2);
    assert!(scope.providers.contains("aws-sso") && scope.shared.is_empty());
}

#[test]
fn scope_leaves_shared_links_and_names_the_sharers() {
    let scope = page(true).scope_of_identity("dev-admin", nobody);
    assert_eq!(
        scope.identities.iter().collect::<Vec<_>>(),
        ["dev-admin", "dev-org-admin"]
    );
    assert!(scope.providers.is_empty());
    assert_eq!(scope.shared.len(), 1);
    assert_eq!(scope.shared[0].key, "aws-sso");
    assert_eq!(scope.shared[0].sharers, ["prod-admin"]);
}

#[test]
fn scope_of_a_link_in_between_does_not_take_those_behind_it() {
    let scope = page(false).scope_of_identity("dev-org-admin", nobody);
    assert_eq!(
        scope.identities.iter().collect::<Vec<_>>(),
        ["dev-org-admin"]
    );
    assert!(
        scope.providers.is_empty(),
        "Dev-Admin reaches the provider through it"
    );
    assert_eq!(scope.shared[0].sharers, ["Dev-Admin"]);
}

#[test]
fn rings_and_missing_links_have_no_root_and_end() {
    let ring = IdentityGraph::new(
        vec![],
        vec![
            identity("head", via_identity("tail")),
            identity("tail", via_identity("head")),
            identity("lost", via_provider("phantom")),
        ],
    );
    assert!(ring.root_provider("head").is_none());
    assert_eq!(ring.chain("head"), ["tail", "head"]);
    assert_eq!(ring.chain("lost"), ["lost"]);
    assert_eq!(ring.scope_of_identity("head", nobody).identities.len(), 1);
}
