//! The fixtures: valid ones have no problem, each invalid one exactly its own.

use std::path::{Path, PathBuf};

use super::super::{
    Link, ProviderKind, Via, candidate_realms, resolve_chain, resolve_realm, validate_configuration,
};
use super::*;

fn fixture(name: &str) -> (Configuration, Vec<Diagnostic>) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/atmos")
        .join(name);
    let world = world(Path::new("/nonexistent/home"), path.parent().unwrap(), &[]);
    let request = ConfigurationRequest {
        files: vec![path],
        ..Default::default()
    };
    let configuration = load_configuration(&world, &request);
    let problems = validate_configuration(&world, &configuration);
    (configuration, problems)
}

fn problems(name: &str) -> Vec<String> {
    lines(&fixture(name).1)
}

fn all() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/atmos");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
}

#[test]
fn validate_every_fixture_says_whether_it_is_valid() {
    let files = all();
    assert_eq!(files.len(), 13);
    for file in files {
        let name = file.file_name().unwrap().to_str().unwrap();
        let found = problems(name);
        assert_eq!(
            found.is_empty(),
            name.starts_with('0'),
            "{name}: {found:#?}"
        );
    }
}

#[test]
fn load_sso_chain_reads_every_field() {
    let (configuration, _) = fixture("01-sso-chain.yaml");
    let auth = &configuration.auth;
    let provider = auth.provider("MERIDIAN-sso").unwrap();
    assert_eq!(provider.kind, ProviderKind::AwsIdentityCenter);
    assert_eq!(
        provider.start_url(),
        Some("https://meridian.awsapps.com/start")
    );
    assert_eq!(provider.region(), Some("eu-central-1"));
    assert_eq!(provider.endpoint_url(), Some("http://127.0.0.1:18080"));
    assert_eq!(provider.session_seconds(), Some(28_800));
    assert_eq!(provider.tags, ["corp", "prod"]);
    let readonly = auth.identity("ledger-readonly").unwrap();
    assert_eq!(readonly.account_name(), Some("ledger-staging"));
    assert_eq!(readonly.principal_region(), Some("eu-west-3"));
    let [(name, value)] = readonly.env.as_slice() else {
        panic!("one variable");
    };
    assert_eq!(
        (name.as_str(), value.text()),
        ("TF_VAR_stage", Some("staging"))
    );
    assert!(auth.identity("ledger-admin").unwrap().is_default);
    assert_eq!(
        resolve_chain(auth, "ledger-deployer")
            .unwrap()
            .describe(auth),
        "meridian-sso → ledger-admin → ledger-deployer"
    );
    assert_eq!(auth.log_level.as_ref().unwrap().value, "Info");
}

#[test]
fn load_awkward_names_keeps_them_and_finds_them() {
    let (configuration, _) = fixture("02-shared-portal-names.yaml");
    let auth = &configuration.auth;
    let names: Vec<_> = auth
        .identities
        .iter()
        .map(|identity| identity.name.key.as_str())
        .collect();
    assert_eq!(
        names,
        [
            "harbor/crane-operator",
            "dock.seven/readonly",
            "buoy_one",
            "default"
        ]
    );
    let identity = auth.identity("Harbor/CRANE-operator").unwrap();
    assert_eq!(identity.name.written, "harbor/Crane-Operator");
    assert_eq!(identity.permission_set(), Some("Crane"));
    assert!(auth.provider("port-blue").unwrap().provisions_identities());
}

#[test]
fn load_user_saml_root_reads_legacy_endpoints_and_standalone_roots() {
    let (configuration, _) = fixture("03-aws-user-saml-root.yaml");
    let auth = &configuration.auth;
    let user = auth.identity("easel-keys").unwrap();
    assert_eq!(user.endpoint_url(), Some("http://127.0.0.1:18083"));
    assert_eq!(user.access_key_id(), None);
    assert_eq!(user.credentials_region(), Some("us-east-2"));
    let links = resolve_chain(auth, "vault-root").unwrap().links;
    assert_eq!(
        links,
        [
            Link::Identity("easel-keys".to_owned()),
            Link::Identity("vault-root".to_owned())
        ]
    );
    assert_eq!(
        auth.identity("vault-root").unwrap().target_principal(),
        Some("440000000003")
    );
}

#[test]
fn load_integration_and_keyring_read_their_settings() {
    let (configuration, _) = fixture("06-ci-oidc-pro.yaml");
    let integration = &configuration.auth.integrations[0];
    assert!(matches!(&integration.via, Via::Provider(name) if name.key == "foundry-pro"));
    assert_eq!(integration.git_config_mode(), Some("file"));
    let (configuration, _) = fixture("07-mock-file-keyring.yaml");
    let keyring = &configuration.auth.keyring;
    assert_eq!(keyring.kind, super::super::KeyringKind::File);
    assert!(
        keyring
            .path
            .as_ref()
            .unwrap()
            .ends_with("fixtures/atmos/run/keyring")
    );
    assert_eq!(
        keyring.password_env.as_deref(),
        Some("PUPPET_KEYRING_PASSWORD")
    );
}

#[test]
fn validate_cycle_lists_the_ring_once_and_the_healthy_rest_works() {
    let (configuration, found) = fixture("20-invalid-cycle.yaml");
    assert_eq!(
        lines(&found),
        [
            "15 cycle identity 'head': the identities get their credentials from each other: \
          head → tail → body → head"
        ]
    );
    assert!(resolve_chain(&configuration.auth, "healthy").is_ok());
    let error = resolve_chain(&configuration.auth, "body")
        .unwrap_err()
        .to_string();
    assert_eq!(
        error,
        "identity 'body' has no root: body → head → tail → body"
    );
}

#[test]
fn validate_missing_links_lists_both_and_ignores_case() {
    let (configuration, found) = fixture("21-invalid-missing-links.yaml");
    assert_eq!(
        lines(&found),
        [
            "12 missing-provider identity 'lost-provider': \
             referenced provider 'phantom-sso' does not exist",
            "16 missing-identity identity 'lost-identity': \
             referenced identity 'nobody' does not exist",
        ]
    );
    let chain = resolve_chain(&configuration.auth, "case-trap").unwrap();
    assert_eq!(chain.provider(), Some("real-sso"));
    assert_eq!(chain.describe(&configuration.auth), "Real-SSO → case-trap");
}

#[test]
fn validate_base_path_one_line_for_each_provider() {
    assert_eq!(
        problems("22-invalid-base-path.yaml"),
        [
            "8 base-path provider 'newline-sso': `spec.files.base_path` contains invalid characters",
            "13 base-path provider 'blank-sso': `spec.files.base_path` cannot be empty or whitespace",
            "18 base-path provider 'nul-saml': `spec.files.base_path` contains invalid characters",
        ]
    );
}

#[test]
fn validate_unknown_kinds_name_the_nearest() {
    let (_, found) = fixture("23-invalid-unknown-kind.yaml");
    assert_eq!(
        lines(&found),
        [
            "6 kind provider 'future-okta': unsupported provider kind `okta/device-code`",
            "9 kind provider 'future-gcp': unsupported provider kind `gcp/oidc`",
            "13 kind identity 'time-traveller': unsupported identity kind `aws/process`",
            "15 kind identity 'no-kind': identity kind is required",
        ]
    );
    let hints: Vec<_> = found
        .iter()
        .filter_map(|problem| problem.hint.as_deref())
        .collect();
    assert_eq!(
        hints[..2],
        [
            "did you mean `azure/device-code`?",
            "did you mean `gcp/adc`?"
        ]
    );
    assert!(hints[2].starts_with("did you mean `aws/"), "{hints:?}");
}

#[test]
fn validate_required_fields_lists_all_and_healthy_identity_is_there() {
    let (configuration, found) = fixture("24-invalid-required-fields.yaml");
    assert_eq!(
        lines(&found),
        [
            "7 required provider 'blank-portal': `start_url` is empty",
            "9 required provider 'no-region': `region` is required",
            "12 required provider 'no-audience': `spec.audience` is required",
            "14 required provider 'no-tenant': `spec.tenant_id` is required",
            "17 required provider 'no-spec-adc': `spec` is required",
            "21 cloud provider 'odd-cloud': unknown `spec.cloud_environment`: `atlantis`",
            "23 required identity 'no-account': \
             `principal.account.id` or `principal.account.name` is required",
            "30 email identity 'bad-email': \
             `principal.service_account_email` must end with .iam.gserviceaccount.com",
            "35 account identity 'bad-root': `principal.target_principal` must be 12 digits",
            "36 task-policy identity 'bad-root': `principal.task_policy_arn` must start with \
             arn:aws:iam::aws:policy/root-task/",
            "39 via identity 'ambient-with-via': `via` is not allowed for kind `ambient`",
        ]
    );
    assert!(resolve_chain(&configuration.auth, "fine-user").is_ok());
}

#[test]
fn validate_realm_logs_keyring_and_defaults_reports_all_four() {
    let (configuration, found) = fixture("26-invalid-realm-logs-keyring.yaml");
    assert_eq!(
        lines(&found),
        [
            "3 realm -: invalid realm \"Client/A--1\": it cannot contain path separators or `..`",
            "5 log-level -: invalid log level `verbose`",
            "7 keyring-type -: unknown keyring type `floppy`",
            "18 defaults identity 'second-default': \
             2 identities are marked as default: 'marionette', 'second-default'",
        ]
    );
    let world = world(Path::new("/nonexistent"), Path::new("/nonexistent"), &[]);
    let own = resolve_realm(&world, &configuration);
    assert_eq!(own.source, super::super::RealmSource::Derived);
    assert_eq!(own.value.len(), 16);
    assert!(!candidate_realms(&world, &configuration).contains(&"Client/A--1".to_owned()));
}
