//! What a variable gave is not shown.

use super::{Place, lines, read_with};
use crate::atmos::config::{Identity, Provider, validate_configuration};

const TEXT: &str = "\
auth:
  providers:
    known:
      kind: !env KIND
      region: eu-west-1
      start_url: !env URL https://default.example
      tags: [!env TOKEN, plain]
      auto_provision_identities: !env TRUTH
    odd:
      kind: !env TOKEN
      region: !env REGION
      url: 'FAKE-token'
      spec: { deep: { list: [{ key: X, value: !env TOKEN }] } }
  identities:
    one:
      kind: aws/permission-set
      via: { provider: !env PROVIDER }
      alias: !env \"TO\\x4bEN\"
      principal: { name: &name !env TOKEN, account: { name: *name, id: !%65nv TOKEN } }
    lost:
      kind: aws/permission-set
      via: { identity: !env TOKEN }
      env: [{ key: NAME, value: !env TOKEN }]
";

const VARIABLES: [(&str, &str); 5] = [
    ("KIND", "aws/iam-identity-center"),
    ("PROVIDER", "known"),
    ("REGION", "eu-west-1"),
    ("TOKEN", "FAKE-token"),
    ("TRUTH", "true"),
];

#[test]
fn what_a_variable_gave_is_shown_by_the_variables_name() {
    let place = Place::new().with("work/atmos.yaml", TEXT);
    let configuration = place.load(&VARIABLES);
    let provider = |name| -> &Provider { configuration.auth.provider(name).unwrap() };
    let identity = |name| -> &Identity { configuration.auth.identity(name).unwrap() };
    let known = provider("known");
    assert_eq!(known.kind.id(), "aws/iam-identity-center");
    assert_eq!(known.region(), Some("eu-west-1"));
    assert_eq!(known.start_url(), Some("https://default.example"));
    assert_eq!(known.tags, ["$TOKEN", "plain"]);
    assert!(known.provisions_identities());
    let odd = provider("odd");
    // A region is no secret, and decides which server is asked.
    assert_eq!((odd.kind.id(), odd.region()), ("$TOKEN", Some("eu-west-1")));
    assert_eq!(odd.url(), Some("FAKE-token"), "it is written there");
    let items = odd.settings.at(&["spec", "deep", "list"]).unwrap();
    assert_eq!(items.items()[0].text_at(&["value"]), Some("$TOKEN"));
    let one = identity("one");
    assert_eq!(one.via.provider().unwrap().written, "known");
    assert_eq!(one.alias.as_deref(), Some("$TOKEN"));
    assert_eq!(one.permission_set(), Some("$TOKEN"));
    assert_eq!(one.account_name(), Some("$TOKEN"));
    assert_eq!(one.account_id(), Some("$TOKEN"));
    assert_eq!(one.compared(&["principal", "name"]), Some("FAKE-token"));
    let lost = identity("lost");
    assert_eq!(lost.via.identity().unwrap().written, "$TOKEN");
    assert_eq!(lost.env[0].0, "NAME");
    assert_eq!(lost.env[0].1.text(), Some("$TOKEN"));
    assert_eq!(lost.env[0].1.expose(), Some("FAKE-token"));
}

/// Every form in which YAML can write a value or a key that `!env` gives, below `auth`.
const FORMS: [&str; 16] = [
    "x: &a !env SECRET\nauth: {providers: {*a : {kind: mock}}}",
    "import: [!env &b SECRET]\nauth: {}",
    "import: [&b !env SECRET]\nauth: {}",
    "import: !env SECRET\nauth: {realm: !env SECRET}",
    "auth:\n  realm: !env\n    SECRET\n",
    "auth: {realm: !<!env> SECRET, keyring: {type: !env SECRET, spec: {path: !env SECRET}}}",
    "x: &m {kind: !env SECRET, region: !env SECRET}\nauth: {providers: {p: {<<: *m, start_url: !env SECRET}}}",
    "auth: {providers: {p: {kind: mock, tags: [&t !env SECRET, *t]}}}",
    "auth: {providers: {p: {kind: aws/saml, url: !env SECRET, region: x, session: {duration: !env SECRET}}}}",
    "auth: {identities: {i: {kind: aws/assume-role, via: {provider: !env SECRET, identity: !env SECRET}, principal: {assume_role: !env SECRET}}}}",
    "auth: {identities: {i: {kind: !env 'SECRET default', alias: !env \"SECRET\"}}}",
    "auth: {logs: {level: !env SECRET, file: !env SECRET}, identities: {? !env SECRET : {kind: mock}}}",
    "base_path: !env SECRET\nprofiles: {default: [!env SECRET], base_path: !env SECRET}\nauth: {}",
    "env: {ATMOS_AUTH_REALM: !env SECRET, ATMOS_PROFILE: !env SECRET}\nauth: {}",
    "auth: {providers: {p: {kind: azure/cli, spec: {tenant_id: !env SECRET, cloud_environment: !env SECRET, endpoint_url: !env SECRET, files: {base_path: !env SECRET}}}}}",
    "auth: {integrations: {n: {kind: !env SECRET, via: {identity: !env SECRET}, spec: {cluster: {name: !env SECRET}}}}}",
];

#[test]
fn no_form_of_a_variable_is_in_any_text_that_is_made_of_the_configuration() {
    let value = "FAKE-S3cr3t";
    for text in FORMS {
        let (configuration, problems) = read_with(text, &[("SECRET", value)]);
        let told = format!("{configuration:?} {problems:?} {:?}", lines(&problems));
        assert!(!told.contains(value), "{text}: {told}");
        for gap in &configuration.gaps {
            assert!(!gap.to_string().contains(value), "{text}: {gap}");
        }
        for provider in &configuration.auth.providers {
            let told = [
                Some(provider.name.written.as_str()),
                provider.start_url(),
                provider.url(),
                provider.region(),
                provider.endpoint_url(),
                provider.base_path(),
                Some(provider.kind.id()),
            ];
            assert!(!told.contains(&Some(value)), "{text}: {told:?}");
        }
        assert!(configuration.auth.keyring.path.is_none(), "{text}");
        let realm = configuration
            .auth
            .realm
            .as_ref()
            .map(|realm| realm.value.as_str());
        assert_ne!(realm, Some(value), "{text}");
    }
}

#[test]
fn what_an_import_that_leads_out_of_the_project_holds_is_not_quoted() {
    let place = Place::new()
        .with(
            "home/.config/gh/hosts.yml",
            "github.example:\n  oauth: FAKE-gh\n  oauth: FAKE-gh\n",
        )
        .with(
            "home/token.txt",
            "FAKE-line: [\nauth: {providers: {a: FAKE-x}}\n",
        )
        .with("work/own.yaml", "auth: {providers: {a: shown, a: twice}}\n");
    #[cfg(unix)]
    std::os::unix::fs::symlink(place.path("home/token.txt"), place.path("work/link.yaml")).unwrap();
    let place = place.with(
        "work/atmos.yaml",
        "import: [own.yaml, link.yaml, ../home/.config/gh/hosts.yml]\n",
    );
    let world = place.world(&[]);
    let configuration = place.load(&[]);
    let problems = validate_configuration(&world, &configuration);
    let told = format!("{problems:?}");
    assert!(!told.contains("FAKE"), "{told}");
    let shown: String = configuration
        .sources
        .iter()
        .map(crate::atmos::config::Source::shown)
        .collect();
    assert!(
        shown.contains("twice") && !shown.contains("FAKE"),
        "{shown}"
    );
}
