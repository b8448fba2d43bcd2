//! `adieu whoami`.

use std::fs::File;
use std::time::{Duration, UNIX_EPOCH};

use adieu_testkit::{Home, Tree};
use insta::assert_snapshot;

use crate::support::{adieu, home_with, signed_in};

/// The chain, with files that were written at 08:15:28.
fn home() -> Home {
    let home = signed_in();
    for name in ["credentials", "config"] {
        let path = home
            .join(".config/atmos/meridian/aws/meridian-sso")
            .join(name);
        let file = File::options().append(true).open(path).unwrap();
        let written = UNIX_EPOCH + Duration::from_secs(1_795_248_928);
        file.set_modified(written).unwrap();
    }
    home
}

#[test]
fn whoami_signed_in_shows_what_is_known() {
    let home = home();
    let before = Tree::of(home.root());
    let output = adieu(&home).args(["whoami", "--offline"]).run().success();
    assert_eq!(before, Tree::of(home.root()));
    assert_snapshot!(output, @r#"
    $ adieu whoami --offline
    exit 0
    --- stdout
    ✓ Current Authentication Status

      Realm         meridian (config)
      Provider      meridian-sso
      Identity      ledger-admin
      Principal     AdministratorAccess
      Account       210000000001
      Region        eu-central-1
      Expires       2026-11-21 09:06:11 UTC (expires in 36 min)
      Last Updated  2026-11-21 08:15:28 UTC
    --- stderr
    "#);
}

#[test]
fn whoami_behind_a_role_names_the_root_provider() {
    let output = adieu(&home())
        .args(["auth", "whoami", "--offline", "-i", "LEDGER-deployer"])
        .run();
    assert_snapshot!(output, @r#"
    $ adieu auth whoami --offline -i LEDGER-deployer
    exit 0
    --- stdout
    ✓ Current Authentication Status

      Realm         meridian (config)
      Provider      meridian-sso
      Identity      ledger-deployer
      Principal     arn:aws:iam::210000000002:role/deployer
      Account       210000000002
      Region        eu-central-1
      Expires       2026-11-21 08:40:00 UTC (expires in 10 min)
      Last Updated  2026-11-21 08:15:28 UTC
    --- stderr
    "#);
}

#[test]
fn whoami_expired_fails_with_the_way_to_sign_in() {
    let output = adieu(&home())
        .args(["whoami", "--offline", "-i", "ledger-readonly"])
        .run()
        .code(1);
    assert_snapshot!(output, @r#"
    $ adieu whoami --offline -i ledger-readonly
    exit 1
    --- stdout
    ✗ Current Authentication Status

      Realm         meridian (config)
      Provider      meridian-sso
      Identity      ledger-readonly
      Principal     ViewOnly
      Account       ledger-staging
      Region        eu-west-3
      Expires       2026-11-21 08:00:00 UTC (expired)
      Last Updated  2026-11-21 08:15:28 UTC
    --- stderr

    warning: ledger-readonly: the session has expired
      hint: sign in with: adieu login ledger-readonly
    "#);
}

#[test]
fn whoami_signed_out_fails() {
    let output = adieu(&home_with("01-sso-chain.yaml"))
        .args(["whoami", "--offline"])
        .run();
    assert_snapshot!(output, @r#"
    $ adieu whoami --offline
    exit 1
    --- stdout
    ✗ Current Authentication Status

      Realm         meridian (config)
      Provider      meridian-sso
      Identity      ledger-admin
      Principal     AdministratorAccess
      Account       210000000001
      Region        eu-central-1
    --- stderr

    warning: ledger-admin: signed out
      hint: sign in with: adieu login ledger-admin
    "#);
}

#[test]
fn whoami_from_the_environment_cannot_be_told() {
    let output = adieu(&home_with("07-mock-file-keyring.yaml"))
        .args(["whoami", "--offline", "-i", "passthrough-aws"])
        .run()
        .code(3);
    assert_snapshot!(output, @r#"
    $ adieu whoami --offline -i passthrough-aws
    exit 3
    --- stdout
    ✗ Current Authentication Status

      Realm         sandbox-7 (config)
      Identity      passthrough-aws
      Region        ca-central-1
    --- stderr

    warning: passthrough-aws: whether it is signed in could not be told
      hint: nothing of it is kept here, or a store cannot be read: adieu status
    "#);
}

#[test]
fn whoami_json_has_absolute_paths_and_a_verdict() {
    let output = adieu(&home())
        .args(["whoami", "--offline", "-i", "ledger-deployer", "-o", "json"])
        .run()
        .success();
    assert_snapshot!(output.stdout, @r#"
    {
      "schema_version": 1,
      "valid": true,
      "state": "live",
      "realm": "meridian",
      "realm_source": "config",
      "provider": "meridian-sso",
      "identity": "ledger-deployer",
      "chain": [
        "meridian-sso",
        "ledger-admin",
        "ledger-deployer"
      ],
      "principal": "arn:aws:iam::210000000002:role/deployer",
      "account": "210000000002",
      "region": "eu-central-1",
      "expiration": "2026-11-21T08:40:00Z",
      "environment": {
        "AWS_CONFIG_FILE": "$HOME/.config/atmos/meridian/aws/meridian-sso/config",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_PROFILE": "ledger-deployer",
        "AWS_REGION": "eu-central-1",
        "AWS_SHARED_CREDENTIALS_FILE": "$HOME/.config/atmos/meridian/aws/meridian-sso/credentials"
      },
      "paths": [
        {
          "location": "$HOME/.config/atmos/meridian/aws/meridian-sso/credentials",
          "type": "file",
          "required": true,
          "purpose": "AWS credentials"
        }
      ],
      "credentials_ref": "ledger-deployer",
      "last_updated": "2026-11-21T08:15:28Z"
    }
    "#);
}

#[test]
fn whoami_json_hides_secrets_of_the_env_list() {
    let home = Home::new();
    home.atmos_yaml(
        "auth:\n  providers: { p: { kind: mock } }\n  identities:\n    m:\n      kind: mock\n      \
         via: { provider: p }\n      env:\n        - { key: DB_PASSWORD, value: FAKE-word }\n        \
         - { key: DB_HOST, value: db.example }\n",
    );
    let json = adieu(&home)
        .args(["whoami", "--offline", "-i", "m", "-o", "json"])
        .run()
        .code(1)
        .json();
    assert_eq!(json["environment"]["DB_PASSWORD"], "***REDACTED***");
    assert_eq!(json["environment"]["DB_HOST"], "db.example");
    assert_eq!(json["valid"], false);
    assert_eq!(json["last_updated"], serde_json::Value::Null);
}

#[test]
fn whoami_takes_the_name_from_the_environment_and_the_flag_wins() {
    let home = home();
    let name = |adieu: adieu_testkit::Adieu| {
        let output = adieu.args(["whoami", "--offline", "-o", "json"]).run();
        output.json()["identity"].as_str().unwrap().to_owned()
    };
    let with = |name: &str| adieu(&home).env(name, "ledger-readonly");
    assert_eq!(name(with("ATMOS_IDENTITY")), "ledger-readonly");
    assert_eq!(name(with("IDENTITY")), "ledger-readonly");
    let both = with("IDENTITY").env("ATMOS_IDENTITY", "ledger-deployer");
    assert_eq!(name(both), "ledger-deployer");
    let flag = with("ATMOS_IDENTITY").args(["whoami", "--offline"]).args([
        "-i",
        "ledger-admin",
        "-o",
        "json",
    ]);
    assert_eq!(flag.run().json()["identity"], "ledger-admin");
}

#[test]
fn whoami_without_terminal_and_several_defaults_names_the_flag() {
    let output = adieu(&home_with("26-invalid-realm-logs-keyring.yaml"))
        .args(["whoami", "--offline"])
        .run()
        .code(2);
    assert_snapshot!(output, @r#"
    $ adieu whoami --offline
    exit 2
    --- stdout
    --- stderr
    Error: several identities are marked as default, and stdin is not a terminal

    Available identities:
      • marionette
      • second-default

    Name one with -i NAME, or set ATMOS_IDENTITY.
    "#);
}

#[test]
fn whoami_flag_without_value_and_without_terminal_names_the_flag() {
    let output = adieu(&signed_in())
        .args(["whoami", "--offline", "-i"])
        .run()
        .code(2);
    assert_snapshot!(output, @r#"
    $ adieu whoami --offline -i
    exit 2
    --- stdout
    --- stderr
    Error: no identity given, and stdin is not a terminal

    Available identities:
      • ledger-admin
      • ledger-deployer
      • ledger-readonly

    Name one with -i NAME, or set ATMOS_IDENTITY.
    "#);
}

#[test]
fn whoami_unknown_identity_names_the_nearest() {
    let output = adieu(&signed_in())
        .args(["whoami", "--offline", "-i", "ledger-admn"])
        .run()
        .code(2);
    assert_snapshot!(output, @r#"
    $ adieu whoami --offline -i ledger-admn
    exit 2
    --- stdout
    --- stderr
    Error: identity "ledger-admn" not found in configuration

    Available identities:
      • ledger-admin
      • ledger-deployer
      • ledger-readonly

    Did you mean 'ledger-admin'?
    "#);
}

#[test]
fn whoami_hostile_name_breaks_out_of_nothing() {
    let home = Home::new();
    home.atmos_yaml(
        "auth:\n  providers: { p: { kind: mock } }\n  identities:\n    \"a'; touch x\\e[2J\\n\": { kind: \
         mock, default: true, via: { provider: p } }\n",
    );
    let shown = adieu(&home)
        .args(["whoami", "--offline"])
        .env("ATMOS_AUTH_REALM", "acme")
        .run()
        .code(1);
    assert_snapshot!(shown, @r#"
    $ adieu whoami --offline
    exit 1
    --- stdout
    ✗ Current Authentication Status

      Realm         acme (env)
      Provider      p
      Identity      a'; touch x\u{1b}[2J\u{a}
    --- stderr

    warning: a'; touch x\u{1b}[2J\u{a}: signed out
      hint: sign in with: adieu login 'a'\''; touch x\u{1b}[2J\u{a}'
    "#);
    let unknown = adieu(&home)
        .args(["whoami", "--offline"])
        .env("ATMOS_IDENTITY", "\u{1b}]0;x\u{7}")
        .run()
        .code(2);
    assert!(!unknown.stderr.contains(['\u{1b}', '\u{7}']), "{unknown}");
}
