//! What a variable gave is not shown.

use super::Place;
use crate::config::{Identity, Provider};

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
    let environment = VARIABLES.into_iter().collect();
    let shown = configuration.shown(&environment).unwrap();
    let provider = |name| -> &Provider { shown.auth.provider(name).unwrap() };
    let identity = |name| -> &Identity { shown.auth.identity(name).unwrap() };
    let known = provider("known");
    assert_eq!(known.kind.id(), "aws/iam-identity-center");
    // It is written there, and by chance in a variable too.
    assert_eq!(known.region(), Some("eu-west-1"));
    assert_eq!(known.start_url(), Some("https://default.example"));
    assert_eq!(known.tags, ["$TOKEN", "plain"]);
    assert!(known.provisions_identities());
    let odd = provider("odd");
    assert_eq!((odd.kind.id(), odd.region()), ("$TOKEN", Some("$REGION")));
    assert_eq!(odd.url(), Some("FAKE-token"), "it is written there");
    let items = odd.settings.at(&["spec", "deep", "list"]).unwrap();
    assert_eq!(items.items()[0].text_at(&["value"]), Some("$TOKEN"));
    let one = identity("one");
    assert_eq!(one.via.provider().unwrap().written, "known");
    assert_eq!(one.alias.as_deref(), Some("$TOKEN"));
    assert_eq!(one.permission_set(), Some("$TOKEN"));
    assert_eq!(one.account_name(), Some("$TOKEN"));
    assert_eq!(one.account_id(), Some("$TOKEN"));
    let lost = identity("lost");
    assert_eq!(lost.via.identity().unwrap().written, "$TOKEN");
    assert_eq!(lost.env, [("NAME".to_owned(), "$TOKEN".to_owned())]);
}

#[test]
fn configuration_without_variables_is_shown_as_it_is() {
    let text = "auth: {providers: {a: {kind: mock, region: 'eu-west-1', url: !env URL x}}}\n";
    let place = Place::new().with("work/atmos.yaml", text);
    let variables = [("AWS_REGION", "eu-west-1"), ("KIND", "mock")];
    let configuration = place.load(&variables);
    assert!(
        configuration
            .shown(&variables.into_iter().collect())
            .is_none()
    );
}
