//! Rules of validation that no fixture has.

use super::super::{RealmSource, candidate_realms, resolve_realm, validate_configuration};
use super::*;

fn of(text: &str) -> Vec<String> {
    lines(&read(text).1)
}

#[track_caller]
fn one(text: &str, expected: &str) {
    assert_eq!(of(text), [expected], "{text}");
}

#[track_caller]
fn provider(entry: &str, expected: &str) {
    one(
        &format!("auth:\n  providers:\n    p: {{{entry}}}\n"),
        &format!("3 {expected}").replacen(": ", " provider 'p': ", 1),
    );
}

#[track_caller]
fn identity(entry: &str, expected: &str) {
    one(
        &format!("auth:\n  providers:\n    p: {{kind: mock}}\n  identities:\n    i: {{{entry}}}\n"),
        &format!("5 {expected}").replacen(": ", " identity 'i': ", 1),
    );
}

#[track_caller]
fn integration(entry: &str, expected: &str) {
    one(
        &format!(
            "auth:\n  providers:\n    p: {{kind: mock}}\n  integrations:\n    i: {{{entry}}}\n"
        ),
        &format!("5 {expected}").replacen(": ", " integration 'i': ", 1),
    );
}

#[test]
fn validate_providers_need_their_fields() {
    provider(
        "kind: aws/saml, region: r, url: 'no address'",
        "url: `url` is not an address such as https://host/path",
    );
    provider(
        "kind: azure/oidc, spec: {tenant_id: t}",
        "required: `spec.client_id` is required",
    );
    provider(
        "kind: atmos/pro",
        "required: `spec.workspace_id` is not set, so ATMOS_PRO_WORKSPACE_ID has to be set at sign-in",
    );
    provider(
        "kind: gcp/workload-identity-federation, spec: {project_number: '1', workload_identity_pool: x}",
        "required: `spec.workload_identity_provider_id` or `spec.workload_identity_provider` is required",
    );
    provider(
        "kind: gcp/adc, spec: text",
        "mapping: `spec` must be a mapping",
    );
    assert_eq!(
        of("auth: {providers: {p: {kind: gcp/adc, spec: {}}}}"),
        Vec::<String>::new()
    );
    let (_, problems) = read_with(
        "auth: {providers: {p: {kind: atmos/pro}}}",
        &[("ATMOS_PRO_WORKSPACE_ID", "ws_1")],
    );
    assert_eq!(lines(&problems), Vec::<String>::new());
}

#[test]
fn validate_base_path_tilde_must_expand_and_empty_is_an_error() {
    let entry = |path: &str| format!("kind: mock, spec: {{files: {{base_path: {path}}}}}");
    provider(
        &entry("''"),
        "base-path: `spec.files.base_path` cannot be empty or whitespace",
    );
    provider(
        &entry("~bob/x"),
        "base-path: `spec.files.base_path` starts with `~name`, but only your own `~` can be expanded",
    );
    for path in ["~/../x", "..", "/abs/../x"] {
        provider(
            &entry(path),
            "base-path: `spec.files.base_path` has `..` in it, so nothing there is looked at",
        );
    }
    provider(
        &entry("[x]"),
        "text: `spec.files.base_path` must be a text, not a list",
    );
    let (configuration, _) = read(format!("auth: {{providers: {{p: {{{}}}}}}}", entry("~bob")));
    let world = world(Path::new("/h"), Path::new("/w"), &[]);
    assert_eq!(configuration.auth.providers[0].base_directory(&world), None);
    let (configuration, _) = read(format!("auth: {{providers: {{p: {{{}}}}}}}", entry("~/x")));
    let directory = configuration.auth.providers[0].base_directory(&world);
    assert_eq!(directory, Some("/h/x".into()));
    for good in ["~/x", "'~'", "./x", "/abs", "x"] {
        let text = format!("auth: {{providers: {{p: {{{}}}}}}}", entry(good));
        assert_eq!(of(&text), Vec::<String>::new(), "{good}");
    }
}

#[test]
fn validate_names_that_cannot_be_paths_are_warned_about() {
    let text = "auth: {providers: {../x: {kind: mock}}}";
    one(
        text,
        "1 name provider '../x': the name cannot be a directory's name",
    );
    let text =
        "auth: {providers: {p: {kind: mock}}, identities: {a/b: {kind: mock, via: {provider: p}}}}";
    one(
        text,
        "1 name identity 'a/b': the name cannot be a file's name",
    );
}

#[test]
fn validate_identities_need_their_via() {
    let exactly = "via: exactly one of `via.provider` or `via.identity` must be set";
    identity("kind: gcp/project, principal: {project_id: x}", exactly);
    identity("kind: mock", exactly);
    identity(
        "kind: aws/permission-set, principal: {name: n, account: {id: '1'}}",
        "via: `via.provider` is required",
    );
    identity(
        "kind: mock, via: {provider: p, identity: i}",
        "via: `via.provider` and `via.identity` are mutually exclusive; only one can be set",
    );
    identity(
        "kind: aws/user, via: {provider: p}",
        "via: `via` has no effect for kind `aws/user`",
    );
    identity(
        "kind: aws/ambient, via: {identity: i}",
        "via: `via` is not allowed for kind `aws/ambient`",
    );
    identity("kind: gcp/emulator", "required: `emulator` is required");
    identity(
        "kind: aws/permission-set, principal: {name: n, account: {id: '1'}}, via: {provider: q}",
        "missing-provider: referenced provider 'q' does not exist",
    );
    identity(
        "kind: mock, via: {provider: !env NAME}",
        "variable: `via.provider` needs the variable NAME, which is not set",
    );
}

#[test]
fn validate_subscription_behind_an_identity_is_an_error() {
    one(
        "auth: {identities: {u: {kind: aws/user}, i: {kind: azure/subscription, \
         principal: {subscription_id: s}, via: {identity: u}}}}",
        "1 via identity 'i': kind `azure/subscription` needs `via.provider`, not `via.identity`",
    );
}

#[test]
fn validate_kind_of_another_section_says_so() {
    let (_, problems) = read("auth: {providers: {p: {kind: aws/user}, q: {kind: AWS/SAML}}}");
    let hints: Vec<_> = problems
        .iter()
        .filter_map(|problem| problem.hint.as_deref())
        .collect();
    assert_eq!(
        hints,
        [
            "`aws/user` is a kind of identity",
            "did you mean `aws/saml`?"
        ]
    );
}

#[test]
fn validate_durations_must_parse_and_fit() {
    let user = |text: &str| format!("kind: aws/user, session: {{duration: {text}}}");
    identity(
        &user("soon"),
        "duration: `session.duration` is no duration: `soon`",
    );
    identity(
        &user("1d"),
        "duration: `session.duration` is 86400 seconds, but the service takes 900 to 43200",
    );
    let text = "auth: {identities: {i: {kind: aws/user, session: {duration: 1d}, \
                credentials: {mfa_arn: 'arn:aws:iam::440000000001:mfa/x'}}}}";
    assert_eq!(of(text), Vec::<String>::new());
}

#[test]
fn validate_integrations_need_via_and_spec() {
    integration(
        "kind: aws/ecr, spec: {registry: {account_id: '1', region: r}}",
        "via: exactly one of `via.provider` or `via.identity` must be set",
    );
    integration(
        "kind: aws/eks, via: {provider: p}, spec: {cluster: {name: c}}",
        "required: `spec.cluster.region` is required",
    );
    integration(
        "kind: azure/aks, via: {provider: p}, spec: {cluster: {name: c}}",
        "required: `spec.cluster.resource_group` is required",
    );
    integration(
        "kind: gcp/gke, via: {provider: p}, spec: {cluster: {name: c, project_id: x}}",
        "required: `spec.cluster.location` is required",
    );
    integration(
        "kind: aws/ecr-public, via: {provider: p}, spec: {registry: {region: eu-west-1}}",
        "region: unknown `spec.registry.region`: `eu-west-1`",
    );
    integration(
        "kind: github/sts, via: {provider: p}",
        "via: kind `github/sts` needs a provider of kind `atmos/pro`, not `mock`",
    );
    integration(
        "kind: aws/eks, via: {identity: nobody}, spec: {cluster: {name: c, region: r}}",
        "missing-identity: referenced identity 'nobody' does not exist",
    );
    integration(
        "kind: docker, via: {provider: p}",
        "kind: unsupported integration kind `docker`",
    );
}

#[test]
fn validate_references_name_the_nearest() {
    let (_, problems) = read(
        "auth: {providers: {corp-sso: {kind: mock}}, identities: {i: {kind: mock, via: {provider: corp-sos}}}}",
    );
    assert_eq!(
        problems[0].hint.as_deref(),
        Some("did you mean 'corp-sso'?")
    );
}

#[test]
fn validate_permission_set_behind_another_kind_is_warned_about() {
    let (_, problems) = read(
        "auth: {providers: {p: {kind: azure/cli, spec: {tenant_id: t}}}, identities: \
         {i: {kind: aws/permission-set, via: {provider: p}, principal: {name: n, account: {id: '1'}}}}}",
    );
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(problems[0].message.contains("aws/iam-identity-center"));
}

#[test]
fn validate_ring_seen_from_outside_is_reported_once() {
    let entry =
        |name: &str, via: &str| format!("    {name}: {{kind: mock, via: {{identity: {via}}}}}\n");
    let text = format!(
        "auth:\n  identities:\n{}{}{}{}",
        entry("outside", "a"),
        entry("a", "b"),
        entry("b", "a"),
        entry("self", "Self"),
    );
    assert_eq!(
        of(&text),
        [
            "4 cycle identity 'a': the identities get their credentials from each other: a → b → a",
            "6 cycle identity 'self': the identities get their credentials from each other: self → self",
        ]
    );
}

#[test]
fn realm_explicit_beats_derived_and_all_are_candidates() {
    let place = Place::new().with("work/atmos.yaml", "auth: {realm: own}\n");
    let world = place.world(&[("ATMOS_AUTH_REALM", "outer")]);
    let configuration = load_configuration(&world, &ConfigurationRequest::default());
    let effective = resolve_realm(&world, &configuration);
    assert_eq!(
        (effective.value.as_str(), effective.source),
        ("outer", RealmSource::Environment)
    );
    let hash = super::super::derived_realm(world.operating_system, &place.path("work"));
    assert_eq!(
        candidate_realms(&world, &configuration),
        ["outer", "own", hash.as_str(), "default", ""]
    );
    let world = place.world(&[("ATMOS_AUTH_REALM", "../up")]);
    assert_eq!(resolve_realm(&world, &configuration).value, "own");
    let problems = validate_configuration(&world, &configuration);
    assert_eq!(
        problems[0].subject.as_deref(),
        Some("variable ATMOS_AUTH_REALM")
    );
    let nothing = Configuration::default();
    let none = place.world(&[]);
    assert_eq!(resolve_realm(&none, &nothing).source, RealmSource::Default);
    assert_eq!(candidate_realms(&none, &nothing), ["default", ""]);
}

#[test]
fn keyring_variables_beat_the_file() {
    let text = "auth: {keyring: {type: file, spec: {path: ~/k, password_env: OWN}}}";
    let (configuration, _) = read_with(
        text,
        &[
            ("ATMOS_KEYRING_TYPE", "memory"),
            ("ATMOS_KEYRING_FILE_PATH", "/other"),
            ("ATMOS_KEYRING_PASSWORD_ENV", "OUTER"),
        ],
    );
    let keyring = configuration.auth.keyring;
    assert_eq!(keyring.kind, super::super::KeyringKind::Memory);
    assert!(keyring.path.unwrap().ends_with("home/k"));
    assert_eq!(keyring.password_env.as_deref(), Some("OUTER"));
    let (_, problems) = read_with("auth: {}", &[("ATMOS_KEYRING_TYPE", "tape")]);
    assert_eq!(
        problems[0].subject.as_deref(),
        Some("variable ATMOS_KEYRING_TYPE")
    );
}
