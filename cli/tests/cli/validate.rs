//! `adieu validate`.

use adieu_testkit::{Home, Tree};
use insta::assert_snapshot;

use crate::support::{adieu, home_with};

fn shown(name: &str) -> String {
    let home = home_with(name);
    let before = Tree::of(home.root());
    let output = adieu(&home).arg("validate").run();
    assert_eq!(before, Tree::of(home.root()));
    output.to_string()
}

#[test]
fn validate_every_valid_fixture_succeeds() {
    for name in [
        "01-sso-chain.yaml",
        "02-shared-portal-names.yaml",
        "03-aws-user-saml-root.yaml",
        "04-azure.yaml",
        "05-gcp.yaml",
        "06-ci-oidc-pro.yaml",
        "07-mock-file-keyring.yaml",
    ] {
        let output = adieu(&home_with(name)).arg("validate").run().success();
        assert_eq!(
            (output.stdout.as_str(), output.stderr.as_str()),
            ("✅ Authentication configuration is valid\n", ""),
            "{name}"
        );
    }
}

#[test]
fn validate_cycle_shows_the_ring() {
    assert_snapshot!(shown("20-invalid-cycle.yaml"), @r#"
    $ adieu validate
    exit 2
    --- stdout
    error[cycle]: the identities get their credentials from each other: head → tail → body → head
      --> $WORK/atmos.yaml:15:24
       |
    15 |       via: { identity: tail }
       |                        ^^^^ identity 'head'
       |
      ::: $WORK/atmos.yaml:23:24
       |
    23 |       via: { identity: body }
       |                        ---- 'tail' goes on here
       |
      ::: $WORK/atmos.yaml:19:24
       |
    19 |       via: { identity: head }
       |                        ---- 'body' goes on here
       |
       = help: one of them must get its credentials from a provider

    ❌ Authentication configuration validation failed: 1 error
    --- stderr
    "#);
}

#[test]
fn validate_missing_links_shows_each() {
    assert_snapshot!(shown("21-invalid-missing-links.yaml"), @r#"
    $ adieu validate
    exit 2
    --- stdout
    error[missing-provider]: referenced provider 'phantom-sso' does not exist
      --> $WORK/atmos.yaml:12:24
       |
    12 |       via: { provider: phantom-sso }
       |                        ^^^^^^^^^^^ identity 'lost-provider'
       |
       = help: define it, or correct the name

    error[missing-identity]: referenced identity 'nobody' does not exist
      --> $WORK/atmos.yaml:16:24
       |
    16 |       via: { identity: nobody }
       |                        ^^^^^^ identity 'lost-identity'
       |
       = help: define it, or correct the name

    ❌ Authentication configuration validation failed: 2 errors
    --- stderr
    "#);
}

#[test]
fn validate_base_paths_shows_each_without_its_control_characters() {
    assert_snapshot!(shown("22-invalid-base-path.yaml"), @r#"
    $ adieu validate
    exit 2
    --- stdout
    error[base-path]: `spec.files.base_path` contains invalid characters
     --> $WORK/atmos.yaml:8:35
      |
    8 |       spec: { files: { base_path: "~/store\n/creds" } }
      |                                   ^^^^^^^^^^^^^^^^^ provider 'newline-sso'
      |
      = help: write an absolute path or one that starts with `~/`

    error[base-path]: `spec.files.base_path` cannot be empty or whitespace
      --> $WORK/atmos.yaml:13:35
       |
    13 |       spec: { files: { base_path: "   " } }
       |                                   ^^^^^ provider 'blank-sso'
       |
       = help: write an absolute path or one that starts with `~/`

    error[base-path]: `spec.files.base_path` contains invalid characters
      --> $WORK/atmos.yaml:18:35
       |
    18 |       spec: { files: { base_path: "/srv/\0creds" } }
       |                                   ^^^^^^^^^^^^^^ provider 'nul-saml'
       |
       = help: write an absolute path or one that starts with `~/`

    ❌ Authentication configuration validation failed: 3 errors
    --- stderr
    "#);
}

#[test]
fn validate_unknown_kinds_shows_each_with_the_nearest() {
    assert_snapshot!(shown("23-invalid-unknown-kind.yaml"), @r#"
    $ adieu validate
    exit 2
    --- stdout
    error[kind]: unsupported provider kind `okta/device-code`
     --> $WORK/atmos.yaml:6:13
      |
    6 |       kind: okta/device-code
      |             ^^^^^^^^^^^^^^^^ provider 'future-okta'
      |
      = help: did you mean `azure/device-code`?

    error[kind]: unsupported provider kind `gcp/oidc`
     --> $WORK/atmos.yaml:9:13
      |
    9 |       kind: gcp/oidc
      |             ^^^^^^^^ provider 'future-gcp'
      |
      = help: did you mean `gcp/adc`?

    error[kind]: unsupported identity kind `aws/process`
      --> $WORK/atmos.yaml:13:13
       |
    13 |       kind: aws/process
       |             ^^^^^^^^^^^ identity 'time-traveller'
       |
       = help: did you mean `aws/user`?

    error[kind]: identity kind is required
      --> $WORK/atmos.yaml:15:5
       |
    15 |     no-kind:
       |     ^^^^^^^ identity 'no-kind'

    ❌ Authentication configuration validation failed: 4 errors
    --- stderr
    "#);
}

#[test]
fn validate_required_fields_shows_each() {
    assert_snapshot!(shown("24-invalid-required-fields.yaml"), @r#"
    $ adieu validate
    exit 2
    --- stdout
    error[required]: `start_url` is empty
     --> $WORK/atmos.yaml:7:18
      |
    7 |       start_url: ""
      |                  ^^ provider 'blank-portal'

    error[required]: `region` is required
     --> $WORK/atmos.yaml:9:5
      |
    9 |     no-region:
      |     ^^^^^^^^^ provider 'no-region'

    error[required]: `spec.audience` is required
      --> $WORK/atmos.yaml:12:5
       |
    12 |     no-audience:
       |     ^^^^^^^^^^^ provider 'no-audience'

    error[required]: `spec.tenant_id` is required
      --> $WORK/atmos.yaml:14:5
       |
    14 |     no-tenant:
       |     ^^^^^^^^^ provider 'no-tenant'

    error[required]: `spec` is required
      --> $WORK/atmos.yaml:17:5
       |
    17 |     no-spec-adc:
       |     ^^^^^^^^^^^ provider 'no-spec-adc'
       |
       = help: write `spec: {}` if there is nothing to say

    error[cloud]: unknown `spec.cloud_environment`: `atlantis`
      --> $WORK/atmos.yaml:21:83
       |
    21 |       spec: { tenant_id: 11111111-aaaa-4aaa-8aaa-0000000000ff, cloud_environment: atlantis }
       |                                                                                   ^^^^^^^^ provider 'odd-cloud'
       |
       = help: use one of: public, usgovernment, china

    error[required]: `principal.account.id` or `principal.account.name` is required
      --> $WORK/atmos.yaml:23:5
       |
    23 |     no-account:
       |     ^^^^^^^^^^ identity 'no-account'

    error[email]: `principal.service_account_email` must end with .iam.gserviceaccount.com
      --> $WORK/atmos.yaml:30:43
       |
    30 |       principal: { service_account_email: someone@example.com }
       |                                           ^^^^^^^^^^^^^^^^^^^ identity 'bad-email'

    error[account]: `principal.target_principal` must be 12 digits
      --> $WORK/atmos.yaml:35:27
       |
    35 |         target_principal: "12345"
       |                           ^^^^^^^ identity 'bad-root'

    error[task-policy]: `principal.task_policy_arn` must start with arn:aws:iam::aws:policy/root-task/
      --> $WORK/atmos.yaml:36:26
       |
    36 |         task_policy_arn: arn:aws:iam::aws:policy/AdministratorAccess
       |                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ identity 'bad-root'
       |
       = help: there are IAMAuditRootUserCredentials, IAMCreateRootUserPassword, IAMDeleteRootUserCredentials, S3UnlockBucketPolicy and SQSUnlockQueuePolicy

    error[via]: `via` is not allowed for kind `ambient`
      --> $WORK/atmos.yaml:39:12
       |
    39 |       via: { provider: no-region }
       |            ^ identity 'ambient-with-via'

    ❌ Authentication configuration validation failed: 11 errors
    --- stderr
    "#);
}

#[test]
fn validate_realm_logs_and_keyring_shows_each() {
    assert_snapshot!(shown("26-invalid-realm-logs-keyring.yaml"), @r#"
    $ adieu validate
    exit 2
    --- stdout
    error[realm]: invalid realm "Client/A--1": it cannot contain path separators or `..`
     --> $WORK/atmos.yaml:3:10
      |
    3 |   realm: "Client/A--1"
      |          ^^^^^^^^^^^^^
      |
      = help: use 1 to 64 of a-z, 0-9, `-` and `_`, none of the last two at an end or doubled

    error[log-level]: invalid log level `verbose`
     --> $WORK/atmos.yaml:5:12
      |
    5 |     level: verbose
      |            ^^^^^^^
      |
      = help: use one of: Debug, Info, Warn, Error

    warning[keyring-type]: unknown keyring type `floppy`
     --> $WORK/atmos.yaml:7:11
      |
    7 |     type: floppy
      |           ^^^^^^
      |
      = help: use `system`, `file` or `memory`; until then it is `system`

    warning[defaults]: 2 identities are marked as default: 'marionette', 'second-default'
      --> $WORK/atmos.yaml:18:16
       |
    18 |       default: true
       |                ^^^^ identity 'second-default'
       |
      ::: $WORK/atmos.yaml:14:16
       |
    14 |       default: true
       |                ---- the first one
       |
       = help: keep `default: true` on one of them

    ❌ Authentication configuration validation failed: 2 errors, 2 warnings
    --- stderr
    "#);
}

#[test]
fn validate_verbose_tells_what_was_read() {
    let output = adieu(&home_with("01-sso-chain.yaml"))
        .args(["auth", "validate", "-v"])
        .run();
    assert_snapshot!(output, @r#"
    $ adieu auth validate -v
    exit 0
    --- stdout
    Read, from weak to strong:
      • $WORK/atmos.yaml
    Realm: meridian (config)
    Found: 1 provider, 3 identities, 0 integrations
      ✓ Chain: meridian-sso → ledger-admin
      ✓ Chain: meridian-sso → ledger-readonly
      ✓ Chain: meridian-sso → ledger-admin → ledger-deployer

    ✅ Authentication configuration is valid
    --- stderr
    "#);
}

#[test]
fn validate_json_has_places_and_absolute_paths() {
    let home = home_with("21-invalid-missing-links.yaml");
    let output = adieu(&home).args(["validate", "-o", "json"]).run().code(2);
    assert_snapshot!(output, @r#"
    $ adieu validate -o json
    exit 2
    --- stdout
    {
      "schema_version": 1,
      "valid": false,
      "files": [
        "$WORK/atmos.yaml"
      ],
      "problems": [
        {
          "severity": "error",
          "code": "missing-provider",
          "message": "referenced provider 'phantom-sso' does not exist",
          "file": "$WORK/atmos.yaml",
          "line": 12,
          "column": 24,
          "subject": "identity 'lost-provider'",
          "hint": "define it, or correct the name",
          "related": []
        },
        {
          "severity": "error",
          "code": "missing-identity",
          "message": "referenced identity 'nobody' does not exist",
          "file": "$WORK/atmos.yaml",
          "line": 16,
          "column": 24,
          "subject": "identity 'lost-identity'",
          "hint": "define it, or correct the name",
          "related": []
        }
      ]
    }
    --- stderr
    "#);
}

#[test]
fn validate_json_of_a_valid_file_says_so() {
    let output = adieu(&home_with("05-gcp.yaml"))
        .args(["validate", "-o", "json"])
        .run()
        .success();
    assert_snapshot!(output.stdout, @r#"
    {
      "schema_version": 1,
      "valid": true,
      "files": [
        "$WORK/atmos.yaml"
      ],
      "problems": []
    }
    "#);
}

#[test]
fn validate_without_configuration_names_the_places() {
    assert_snapshot!(adieu(&Home::new()).arg("validate").run(), @r#"
    $ adieu validate
    exit 2
    --- stdout
    --- stderr
    Error: no configuration was found

    Searched for atmos.yaml and atmos.yml:
      • $WORK and above
      • ~/.atmos
      • /usr/local/etc/atmos

    Change into the directory of the configuration, or name it with --config FILE.
    "#);
}

#[test]
fn validate_broken_yaml_shows_where_it_breaks_off() {
    let home = Home::new();
    home.atmos_yaml("auth:\n  providers:\n    sso: [\n  identities: {}\n");
    assert_snapshot!(adieu(&home).arg("validate").run(), @r#"
    $ adieu validate
    exit 2
    --- stdout
    error[syntax]: this is not YAML: unclosed bracket '['
     --> $WORK/atmos.yaml:3:10
      |
    3 |     sso: [
      |          ^
      |
      = help: what stands before it is used, what follows is not read

    ❌ Authentication configuration validation failed: 1 error
    --- stderr
    "#);
}

#[test]
fn validate_never_shows_a_secret_beside_a_problem() {
    let home = Home::new();
    home.atmos_yaml(
        "auth:\n  providers:\n    saml:\n      password: FAKE-hunter2\n      kind: aws/samml\n      \
         url: https://x.example\n  identities:\n    user:\n      credentials:\n        \
         secret_access_key: FAKE-secret\n        mfa_arn: [1]\n      kind: aws/user\n      via: 3\n",
    );
    for arguments in [vec!["validate"], vec!["validate", "-o", "json"]] {
        let output = adieu(&home).args(arguments).run().code(2).to_string();
        assert!(!output.contains("FAKE-"), "{output}");
    }
}

#[test]
fn validate_hostile_names_reach_no_terminal_raw() {
    let home = Home::new();
    home.atmos_yaml(
        "auth:\n  providers:\n    \"a\\e[2J\\u009b\\u202eb\\n\": { kind: \"x\\e]0;y\\a\" }\n    \
         \u{202e}odd: { kind: y }\n",
    );
    for arguments in [
        vec!["validate", "-v"],
        vec!["validate", "-o", "json"],
        vec!["list"],
        vec!["list", "--format", "table"],
        vec!["list", "-o", "json"],
        vec!["auth", "list", "--format", "json"],
        vec!["auth", "list", "--format", "yaml"],
        vec!["list", "--format", "dot"],
        vec!["list", "--format", "md"],
    ] {
        let output = adieu(&home).args(&arguments).run();
        let text = format!("{}{}", output.stdout, output.stderr);
        let odd = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
        assert!(!text.contains(odd), "{arguments:?}: {text:?}");
    }
}

/// A repository chooses the variable, and it may hold a secret.
#[test]
fn validate_never_shows_what_a_variable_holds() {
    let home = Home::new();
    home.atmos_yaml(
        "auth:\n  realm: !env GITHUB_TOKEN\n  providers:\n    a: { kind: !env GITHUB_TOKEN }\n\
         logs: { level: !env GITHUB_TOKEN }\n",
    );
    for words in [&["validate"][..], &["validate", "-o", "json"], &["status"]] {
        let command = adieu(&home).args(words.iter().copied());
        let output = command.env("GITHUB_TOKEN", "FAKE/../token of mine").run();
        let text = output.to_string();
        assert!(!text.contains("FAKE"), "{text}");
    }
    let command = adieu(&home).arg("validate");
    let output = command.env("GITHUB_TOKEN", "FAKE/../token of mine").run();
    assert!(output.stdout.contains("$GITHUB_TOKEN"), "{output}");
}

#[test]
fn validate_names_functions_that_are_not_evaluated_as_errors() {
    let home = Home::new();
    home.atmos_yaml(
        "auth:\n  providers:\n    a:\n      kind: aws/iam-identity-center\n      region: us-east-1\n      \
         start_url: !exec echo https://x.awsapps.com/start\n",
    );
    let output = adieu(&home).arg("validate").run().code(2);
    assert!(
        output.stdout.contains("error[function]: `!exec`"),
        "{output}"
    );
}
