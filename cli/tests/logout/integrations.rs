//! Clusters and registries of Azure and Google Cloud that integrations signed in to. Those of AWS are
//! among the rows.

use adieu_testkit::Home;

use crate::support::auth;

const SUBSCRIPTION: &str = "00000000-0000-4000-8000-000000000001";

const CONFIGURATION: &str = "auth:
  realm: acme
  providers:
    entra:
      kind: azure/cli
      spec: { tenant_id: tenant-of-acme }
    google:
      kind: gcp/adc
  identities:
    az-dev:
      kind: azure/subscription
      via: { provider: entra }
      principal: { subscription_id: \"00000000-0000-4000-8000-000000000001\" }
    g-dev:
      kind: gcp/project
      via: { provider: google }
      principal: { project_id: acme-dev }
  integrations:
    aks:
      kind: azure/aks
      via: { identity: az-dev }
      spec: { cluster: { name: blue, resource_group: rg-one } }
    acr:
      kind: azure/acr
      via: { identity: az-dev }
      spec: { registry: { name: acmeimages } }
    gke:
      kind: gcp/gke
      via: { identity: g-dev }
      spec: { cluster: { name: green, project_id: acme-dev, location: europe-west1 } }
";

/// A cluster with one context and one user.
fn entry(cluster: &str, user: &str) -> [String; 3] {
    [
        format!("- name: {cluster}\n  cluster: {{server: https://{cluster}.example.test}}\n"),
        format!("- name: {cluster}\n  context: {{cluster: {cluster}, user: {user}}}\n"),
        format!("- name: {user}\n  user: {{exec: {{command: atmos}}}}\n"),
    ]
}

fn home() -> Home {
    let aks = format!("atmos-aks-blue-rg-one-{SUBSCRIPTION}");
    // Of another resource group, whose name begins alike.
    let alike = format!("atmos-aks-blue-rg-one-more-{SUBSCRIPTION}");
    let entries = [
        entry("blue", &aks),
        entry("alike", &alike),
        entry("green", "atmos-gke-green-acme-dev-europe-west1"),
        entry("green-us", "atmos-gke-green-acme-dev-us-east1"),
        entry("kind", "kind-lab"),
    ];
    let part = |at: usize| {
        entries
            .iter()
            .map(|parts| parts[at].as_str())
            .collect::<String>()
    };
    let text = format!(
        "apiVersion: v1\nkind: Config\nclusters:\n{}contexts:\n{}users:\n{}",
        part(0),
        part(1),
        part(2)
    );
    let home = Home::new();
    home.atmos_yaml(CONFIGURATION);
    home.write(".config/atmos/kube/config", text);
    home.docker_config(&["acmeimages.azurecr.io", "others.azurecr.io"]);
    home
}

/// Lines of the kubeconfig that name a cluster's entry.
fn names(home: &Home) -> Vec<String> {
    let text = home.read(".config/atmos/kube/config");
    let names = text
        .lines()
        .filter_map(|line| line.strip_prefix("- name: "));
    names.map(str::to_owned).collect()
}

#[test]
fn azure_logout_takes_its_cluster_and_registry_and_no_namesake() {
    let home = home();
    auth(&home, "logout az-dev --no-revoke").run().success();
    let left = names(&home);
    assert!(!left.contains(&"blue".to_owned()), "{left:?}");
    assert!(!left.contains(&format!("atmos-aks-blue-rg-one-{SUBSCRIPTION}")));
    assert_eq!(
        left.len(),
        12,
        "four clusters with context and user: {left:?}"
    );
    let docker = home.read(".docker/config.json");
    assert!(!docker.contains("acmeimages.azurecr.io"), "{docker}");
    assert!(docker.contains("others.azurecr.io") && docker.contains("credsStore"));
}

#[test]
fn google_logout_takes_its_cluster_in_its_own_location_only() {
    let home = home();
    auth(&home, "logout g-dev --no-revoke").run().success();
    let left = names(&home);
    assert!(!left.contains(&"green".to_owned()), "{left:?}");
    assert!(left.contains(&"green-us".to_owned()), "{left:?}");
    assert_eq!(left.len(), 12, "{left:?}");
    assert!(
        home.read(".docker/config.json")
            .contains("acmeimages.azurecr.io")
    );
}

#[test]
fn password_that_a_credential_helper_keeps_is_said_to_stay() {
    let home = home();
    let registry = "acmeimages.azurecr.io";
    home.write(
        ".docker/config.json",
        format!("{{\"auths\": {{\"{registry}\": {{}}}}, \"credsStore\": \"secretservice\"}}"),
    );
    let output = auth(&home, "logout az-dev --no-revoke").run().success();
    assert!(!home.read(".docker/config.json").contains(registry));
    for said in [
        "credential helper `secretservice`",
        "docker logout acmeimages.azurecr.io",
    ] {
        assert!(output.stderr.contains(said), "{said}\n{output}");
    }
}

#[test]
fn kubeconfig_that_cannot_be_edited_is_left_with_the_reason() {
    let home = home();
    let user = format!("atmos-aks-blue-rg-one-{SUBSCRIPTION}");
    let text = format!(
        "contexts:\n- &x {{name: blue, context: {{cluster: blue, user: {user}}}}}\n\
         clusters:\n- &y {{name: blue, cluster: {{}}}}\nusers:\n- &z {{name: {user}, user: {{}}}}\n\
         extensions: [*x, *y, *z]\n"
    );
    home.write(".config/atmos/kube/config", &text);
    let output = auth(&home, "logout az-dev --no-revoke").run();
    assert_eq!(home.read(".config/atmos/kube/config"), text);
    assert!(output.stderr.contains("carries an anchor"), "{output}");
}

#[test]
fn kubeconfig_entries_go_beside_one_that_cannot() {
    let home = home();
    let user = format!("atmos-aks-blue-rg-one-{SUBSCRIPTION}");
    let text = |contexts: &str, clusters: &str, users: &str| {
        format!("contexts: {contexts}\nclusters:{clusters}\nusers: {users}\nextensions: [*y]\n")
    };
    let cluster = "\n- &y {name: blue, cluster: {}}";
    home.write(
        ".config/atmos/kube/config",
        text(
            &format!("[{{name: blue, context: {{cluster: blue, user: {user}}}}}, {{name: x}}]"),
            cluster,
            &format!("[{{name: {user}, user: {{}}}}]"),
        ),
    );
    let output = auth(&home, "logout az-dev --no-revoke").run();
    let left = text("[{name: x}]", cluster, "[]");
    assert_eq!(home.read(".config/atmos/kube/config"), left);
    assert!(output.stderr.contains("carries an anchor"), "{output}");
}
