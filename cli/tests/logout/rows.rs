//! Every place where Atmos leaves something, by the rows of the reference's table: one home that has
//! them all in every layout, with a stranger's things beside each.

use adieu_testkit::server::{Answer, Server};
use adieu_testkit::{AwsSession, Home, Output, PortalSession, Tree};
use serde_json::json;

use crate::support::{adieu, auth, keyring_entry, with_portal};

const START: &str = "https://corp-start.example.test/start";
const TENANT: &str = "11111111-aaaa-4aaa-8aaa-000000000001";
const CI_TENANT: &str = "11111111-aaaa-4aaa-8aaa-000000000002";
const SUBSCRIPTION: &str = "22222222-bbbb-4bbb-8bbb-000000000001";
const CI_CLIENT: &str = "33333333-cccc-4ccc-8ccc-000000000002";

const CONFIGURATION: &str = "\
auth:
  realm: acme
  keyring:
    type: file
    spec: { path: ./keyring }
  providers:
    sso:
      kind: aws/iam-identity-center
      region: us-east-1
      start_url: https://corp-start.example.test/start
      spec: { files: { base_path: ~/creds } }
    okta:
      kind: aws/saml
      region: us-east-1
      url: https://okta.example.test/app
    azure:
      kind: azure/device-code
      spec:
        tenant_id: 11111111-aaaa-4aaa-8aaa-000000000001
        subscription_id: 22222222-bbbb-4bbb-8bbb-000000000001
    azure-ci:
      kind: azure/oidc
      spec:
        tenant_id: 11111111-aaaa-4aaa-8aaa-000000000002
        client_id: 33333333-cccc-4ccc-8ccc-000000000002
        token_file_path: ./jwt
    google:
      kind: gcp/adc
    pro:
      kind: atmos/pro
      spec: { workspace_id: ws-1 }
    puppet:
      kind: mock
  identities:
    dev:
      kind: aws/permission-set
      via: { provider: sso }
      principal: { name: Developer, account: { id: \"111122223333\" } }
    okta-dev:
      kind: aws/assume-role
      via: { provider: okta }
      principal: { assume_role: arn:aws:iam::111122223333:role/dev }
    keys:
      kind: aws/user
      credentials: { region: us-east-1 }
    team/keys:
      kind: aws/user
      credentials: { region: us-east-1 }
    azdev:
      kind: azure/subscription
      via: { provider: azure }
      principal: { subscription_id: 22222222-bbbb-4bbb-8bbb-000000000001 }
    robot:
      kind: gcp/service-account
      via: { provider: google }
      principal: { service_account_email: robot@example.test }
    toy:
      kind: kubernetes/emulator
      emulator: k3s-toy
    marionette:
      kind: mock
      via: { provider: puppet }
  integrations:
    cluster:
      kind: aws/eks
      via: { identity: dev }
      spec: { cluster: { name: main, region: us-east-1 } }
    registry:
      kind: aws/ecr
      via: { identity: dev }
      spec: { registry: { account_id: \"111122223333\", region: us-east-1 } }
    repos:
      kind: github/sts
      via: { provider: pro }
";

fn session(token: &str) -> PortalSession {
    PortalSession::new(START, "us-east-1", token)
}

/// The home. What is Atmos's is marked `FAKE-row-NN`, what is not `FAKE-stranger`.
pub(crate) fn home() -> Home {
    let home = Home::new();
    home.atmos_yaml(CONFIGURATION);
    keyring(&home);
    aws(&home);
    aws_cli(&home);
    azure(&home);
    others(&home);
    home
}

/// Rows 1 to 4: three schemes of names, all realms.
fn keyring(home: &Home) {
    let derived = home.derived_realm();
    for realm in ["acme", "default", &derived] {
        for name in ["sso", "keys", "puppet"] {
            keyring_entry(home, &format!("atmos_{realm}_{name}"));
        }
    }
    for name in [
        "atmos_sso",
        "atmos_keys",
        "sso",
        "keys",
        "stranger",
        "atmos_elsewhere_sso2",
    ] {
        keyring_entry(home, name);
    }
}

fn row(session: &AwsSession, row: &str) -> (String, String) {
    let mark = |text: String| text.replace("FAKE-session-token", &format!("FAKE-{row}-session"));
    (
        mark(session.credentials_section()),
        session.config_section(),
    )
}

fn aws_files(home: &Home, directory: &str, session: &AwsSession) {
    let (credentials, config) = row(session, "row-05");
    home.write(format!("{directory}/credentials"), credentials)
        .write(format!("{directory}/config"), config)
        .write(format!("{directory}/credentials.lock"), "")
        .write(format!("{directory}/config.lock"), "");
}

/// Rows 5 to 11.
fn aws(home: &Home) {
    let derived = home.derived_realm();
    let dev = AwsSession::new("", "sso", "dev");
    for realm in ["acme/", "default/", "", &format!("{derived}/")] {
        aws_files(home, &format!(".config/atmos/{realm}aws/sso"), &dev);
    }
    for directory in [
        ".aws/atmos/sso",
        "creds/sso",
        "creds/aws/sso",
        "creds/acme/aws/sso",
        "creds/default/aws/sso",
    ] {
        aws_files(home, directory, &dev);
    }
    let saml = AwsSession::new("", "okta", "okta-dev");
    aws_files(home, ".config/atmos/acme/aws/okta", &saml);
    let keys = AwsSession::new("", "aws-user", "keys");
    aws_files(home, ".config/atmos/acme/aws/aws-user", &keys);
    // Row 8, and the layout of earlier releases.
    home.atmos_portal_session(&session("FAKE-row-08"));
    home.write(
        ".cache/atmos/aws-sso/sso/token.json",
        session("FAKE-row-08-old").contents().to_string(),
    );
    // Row 9.
    home.write(
        ".cache/atmos/auth/sso/provisioned-identities.yaml",
        "# FAKE-row-09\nauth:\n  identities:\n    prod/Admin:\n      kind: aws/permission-set\n      \
         via: { provider: sso }\n      principal: { name: Admin, account: { id: \"444455556666\" } }\n",
    );
    home.write(
        "creds/acme/aws/somebody/credentials",
        "[dev]\nkey = FAKE-stranger\n",
    );
    let credentials = home.read(".config/atmos/acme/aws/sso/credentials");
    let provisioned = AwsSession::new("", "sso", "prod/Admin");
    let more = row(&provisioned, "row-09").0;
    home.write(
        ".config/atmos/acme/aws/sso/credentials",
        format!("{credentials}\n{more}"),
    );
    keyring_entry(home, "atmos_acme_prod%2FAdmin");
    // Rows 10 and 11.
    let refresh = json!({"refreshToken": "FAKE-row-10", "expiresAt": "2099-01-01T00:00:00Z"});
    for name in [
        "keys-acme",
        "team/keys-acme",
        "keys-default",
        &format!("keys-{derived}"),
    ] {
        home.write(
            format!(".cache/atmos/aws-webflow/{name}/refresh.json"),
            refresh.to_string(),
        );
    }
    home.write(
        ".cache/atmos/aws-webflow/someone-elsewhere/refresh.json",
        json!({"refreshToken": "FAKE-stranger"}).to_string(),
    )
    .write(
        ".aws/saml2aws/storageState.json",
        "{\"cookies\":\"FAKE-row-11\"}",
    );
}

/// Row 12: the portal's token, its registration and role credentials; a stranger's beside them.
fn aws_cli(home: &Home) {
    home.write(
        ".aws/config",
        format!(
            "[sso-session corp]\nsso_start_url = {START}\nsso_region = us-east-1\n# FAKE-stranger\n"
        ),
    );
    home.aws_cli_portal_session(&session("FAKE-row-12-token"), Some("corp"));
    home.write(
        ".aws/sso/cache/botocore-client-id-us-east-1.json",
        json!({"clientId": "FAKE-client", "clientSecret": "FAKE-stranger-registration"})
            .to_string(),
    )
    .write(
        ".aws/sso/cache/0123456789abcdef0123456789abcdef01234567.json",
        json!({"clientId": "x", "clientSecret": "FAKE-row-12-registration", "startUrl": START,
               "expiresAt": "2099-01-01T00:00:00Z"})
        .to_string(),
    );
    let stranger = PortalSession::new(
        "https://other.example.test/start",
        "us-east-1",
        "FAKE-stranger",
    );
    home.aws_cli_portal_session(&stranger, Some("other"));
    let role = |mark: &str| {
        json!({"Credentials": {"AccessKeyId": "FAKE", "SecretAccessKey": mark, "SessionToken": "FAKE",
               "Expiration": "2099-01-01T00:00:00Z"}})
        .to_string()
    };
    // The name that a real AWS CLI gave to account 111122223333, role Developer, session corp.
    home.write(
        ".aws/cli/cache/6b17aaa4b7ddc1fd491e01d5f64d4b66d9e2b04c.json",
        role("FAKE-row-12-role"),
    )
    .write(
        ".aws/cli/cache/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.json",
        role("FAKE-stranger"),
    );
}

/// Rows 13 to 18.
fn azure(home: &Home) {
    let credentials = json!({
        "access_token": "FAKE-row-13", "tenant_id": TENANT, "expiration": "2099-01-01T00:00:00Z",
    });
    for directory in [".azure/atmos/acme/azure", ".azure/atmos/azure"] {
        home.write(
            format!("{directory}/credentials.json"),
            credentials.to_string(),
        );
    }
    let entry = |secret: &str, account: &str, tenant: &str| json!({"secret": secret, "home_account_id": account, "realm": tenant});
    let (atmos, own) = (format!("ana.{TENANT}"), "bob.tenant-of-bob");
    home.write(
        ".azure/atmos/acme/msal_token_cache.json",
        json!({
            "AccessToken": {"a": entry("FAKE-row-14-access", &atmos, TENANT)},
            "RefreshToken": {"r": entry("FAKE-row-14-refresh", &atmos, "")},
        })
        .to_string(),
    )
    .write(
        ".azure/msal_token_cache.json",
        serde_json::to_string_pretty(&json!({
            "AccessToken": {
                "a": entry("FAKE-row-14-access", &atmos, TENANT),
                "b": entry("FAKE-stranger", own, "tenant-of-bob"),
            },
            "RefreshToken": {
                "r": entry("FAKE-row-14-refresh", &atmos, ""),
                "s": entry("FAKE-stranger-refresh", own, ""),
            },
            "Account": {
                "x": {"home_account_id": atmos, "username": "FAKE-row-15"},
                "y": {"home_account_id": own, "username": "FAKE-stranger-account"},
            },
            "AppMetadata": {"m": {"client_id": "FAKE-stranger-app"}},
        }))
        .unwrap(),
    )
    .write(
        ".azure/azureProfile.json",
        format!(
            "\u{feff}{}",
            json!({"installationId": "FAKE-stranger", "subscriptions": [
                {"id": SUBSCRIPTION, "name": "FAKE-row-16", "tenantId": TENANT, "isDefault": true},
                {"id": SUBSCRIPTION, "name": "FAKE-stranger-1", "tenantId": "tenant-of-bob"},
                {"id": "another", "name": "FAKE-stranger-2", "tenantId": TENANT},
            ]})
        ),
    )
    .write(
        ".azure/service_principal_entries.json",
        serde_json::to_string_pretty(&json!([
            {"client_id": "other", "tenant": "tenant-of-bob", "client_secret": "FAKE-stranger"},
            {"client_id": CI_CLIENT, "tenant": CI_TENANT, "client_assertion": "FAKE-row-17"},
        ]))
        .unwrap(),
    )
    .write(
        ".cache/atmos/azure-device-code/azure/token.json",
        "{\"t\":\"FAKE-row-18\"}",
    );
}

/// Rows 19 to 26.
fn others(home: &Home) {
    for base in [".config/atmos/acme/gcp/google", ".config/atmos/gcp/google"] {
        home.write(
            format!("{base}/adc/robot/application_default_credentials.json"),
            json!({"type": "authorized_user", "access_token": "FAKE-row-19",
                   "token_expiry": "2099-01-01T00:00:00Z"})
            .to_string(),
        )
        .write(
            format!("{base}/adc/robot/access_token"),
            "FAKE-row-19\n2099-01-01T00:00:00Z\n",
        )
        .write(
            format!("{base}/config/robot/properties"),
            "[core]\nproject = FAKE-row-20\n",
        )
        .write(format!("{base}/robot.identity.lock"), "");
    }
    home.write(
        ".config/gcloud/application_default_credentials.json",
        "{\"t\":\"FAKE-stranger\"}",
    )
    .write(
        ".config/atmos/acme/emulator/k3s-toy.kubeconfig",
        "# FAKE-row-21\n",
    )
    .write(
        ".config/atmos/emulator/k3s-toy.kubeconfig",
        "# FAKE-row-21\n",
    )
    .kubeconfig(
        ".config/atmos/kube/config",
        "dev",
        &[("main", "us-east-1"), ("main", "eu-west-1")],
    )
    .docker_config(&["111122223333.dkr.ecr.us-east-1.amazonaws.com"])
    .write(
        ".local/share/atmos/auth/github-sts/acme/repos/state.json",
        json!({"tokens": [
            {"token": "FAKE-row-24-a", "expires_at": "2099-01-01T00:00:00Z"},
            {"token": "FAKE-row-24-b", "expires_at": "2099-01-01T00:00:00Z"},
        ]})
        .to_string(),
    )
    .write(
        ".local/share/atmos/auth/github-sts/acme/repos/git.config",
        "# FAKE-row-24\n",
    )
    .write(
        ".local/share/atmos/auth/github-sts/elsewhere/theirs/state.json",
        "{\"token\":\"FAKE-stranger\"}",
    )
    // The first digits of the SHA-256 of `acme/dev`.
    .write(
        format!(".local/share/atmos/console/sessions/{BROWSER}/Cookies"),
        "FAKE-stranger",
    );
    std::fs::write(
        home.temporary().join("atmos-mock-marionette.json"),
        "{\"SecretAccessKey\":\"FAKE-row-26\",\"Expiration\":\"2099-12-31T23:59:59Z\"}",
    )
    .unwrap();
}

const BROWSER: &str = "6fb62d6da5140953";

struct Run {
    home: Home,
    before: Tree,
    output: Output,
    portal: Server,
}

fn run(words: &str) -> Run {
    let (home, portal) = (home(), Server::aws_portal());
    portal.on("DELETE", "/installation/token", Answer::status(204));
    let before = Tree::of(home.root());
    let command = with_portal(auth(&home, words), &portal);
    let output = command.env("GITHUB_API_URL", portal.url()).run();
    Run {
        home,
        before,
        output,
        portal,
    }
}

fn marked(tree: &Tree, text: &str) -> Vec<String> {
    tree.files_with(text)
        .into_iter()
        .map(|path| path.display().to_string())
        .collect()
}

impl Run {
    fn after(&self) -> Tree {
        Tree::of(self.home.root())
    }

    /// Of these rows nothing is left; all others are as they were.
    #[track_caller]
    fn assert_gone(&self, rows: &[&str]) {
        let after = self.after();
        for number in 5..=26 {
            let mark = format!("FAKE-row-{number:02}");
            let (had, left) = (marked(&self.before, &mark), marked(&after, &mark));
            if rows.contains(&mark.trim_start_matches("FAKE-row-")) {
                assert!(!had.is_empty(), "{mark} is not in the home");
                assert_eq!(left, Vec::<String>::new(), "{mark}\n{}", self.output);
            } else {
                assert_eq!(had, left, "{mark}\n{}", self.output);
            }
        }
        assert_eq!(
            marked(&self.before, "FAKE-stranger"),
            marked(&after, "FAKE-stranger"),
            "{}",
            self.output
        );
    }

    fn entries(&self) -> Vec<String> {
        let directory = std::fs::read_dir(self.home.work().join("keyring")).unwrap();
        let mut names: Vec<String> = directory
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

/// All rows that hold something of Atmos's.
const ALL: [&str; 17] = [
    "05", "08", "09", "10", "11", "12", "13", "14", "15", "16", "17", "18", "19", "20", "21", "24",
    "26",
];

#[test]
fn everything_goes_with_all_and_strangers_stay() {
    let run = run("logout --all --keychain --force");
    assert_eq!(run.output.status, Some(0), "{}", run.output);
    run.assert_gone(&ALL);
    // All entries hold one token: in another configuration's realm what is left of it would keep Atmos
    // from signing in.
    assert_eq!(run.entries(), ["stranger"], "{}", run.output);
    // No directory or lock file of Atmos's is left, in no layout.
    let after = run.after();
    for gone in [
        ".config/atmos/acme",
        ".config/atmos/default",
        ".config/atmos/aws",
        ".config/atmos/gcp",
        ".config/atmos/emulator",
        ".aws/atmos",
        ".aws/saml2aws",
        "creds/sso",
        "creds/aws",
        "creds/default",
        "creds/acme/aws/sso",
        ".cache/atmos/aws-sso",
        ".cache/atmos/auth",
        ".cache/atmos/azure-device-code",
        ".azure/atmos",
        ".local/share/atmos/auth/github-sts/acme",
    ] {
        assert!(!after.has(format!("home/{gone}")), "{gone}\n{}", run.output);
    }
    let kube = run.home.read(".config/atmos/kube/config");
    assert!(!kube.contains("us-east-1") && kube.contains("eu-west-1") && kube.contains("kind-lab"));
    let docker = run.home.read(".docker/config.json");
    assert!(!docker.contains("111122223333"), "{docker}");
    for kept in [
        "credsStore",
        "credHelpers",
        "HttpHeaders",
        "registry.example.test",
    ] {
        assert!(docker.contains(kept), "{docker}");
    }
    // Row 25 is named.
    assert!(
        run.output
            .stdout
            .contains("sign out in that browser, close it, then delete the directory"),
        "{}",
        run.output
    );
    let revoked = run.portal.requests();
    assert_eq!(
        revoked.iter().filter(|r| r.path == "/logout").count(),
        4,
        "{}",
        run.output
    );
    assert_eq!(revoked.iter().filter(|r| r.method == "DELETE").count(), 2);
}

#[test]
fn provider_logout_takes_its_rows_only() {
    let sso = run("logout --provider sso");
    let after = sso.after();
    for mark in ["FAKE-row-08", "FAKE-row-09", "FAKE-row-12"] {
        assert_eq!(
            marked(&after, mark),
            Vec::<String>::new(),
            "{mark}\n{}",
            sso.output
        );
    }
    for mark in [
        "FAKE-row-10",
        "FAKE-row-11",
        "FAKE-row-13",
        "FAKE-row-19",
        "FAKE-row-24",
        "FAKE-row-26",
    ] {
        assert_eq!(marked(&sso.before, mark), marked(&after, mark), "{mark}");
    }
    assert_eq!(
        marked(&sso.before, "FAKE-stranger"),
        marked(&after, "FAKE-stranger")
    );
    assert!(
        !after.has("home/creds/sso") && after.has("home/.config/atmos/acme/aws/okta/credentials")
    );
    // The identities' names were read before the list of them went.
    let credentials = ".config/atmos/acme/aws/sso";
    assert!(!sso.home.has(credentials), "{}", sso.output);

    run("logout --provider okta").assert_gone_partly("FAKE-row-11");
    run("logout --provider google").assert_gone(&["19", "20"]);
    run("logout --provider azure").assert_gone(&["13", "14", "15", "16", "18"]);
    run("logout --provider azure-ci").assert_gone(&["17"]);
    run("logout --provider pro").assert_gone(&["24"]);
    run("logout --provider puppet").assert_gone(&["26"]);
}

impl Run {
    #[track_caller]
    fn assert_gone_partly(&self, mark: &str) {
        assert_eq!(
            marked(&self.after(), mark),
            Vec::<String>::new(),
            "{}",
            self.output
        );
    }
}

#[test]
fn identity_logout_takes_its_rows_only() {
    run("logout robot").assert_gone_partly("FAKE-row-19");
    run("logout marionette").assert_gone_partly("FAKE-row-26");
    run("logout toy").assert_gone(&["21"]);
    let keys = run("logout keys");
    let left = marked(&keys.after(), "FAKE-row-10");
    assert_eq!(
        left,
        ["home/.cache/atmos/aws-webflow/team/keys-acme/refresh.json"],
        "{}",
        keys.output
    );
    let team = run("logout team/keys");
    let left = marked(&team.after(), "FAKE-row-10").len();
    assert_eq!(
        left,
        marked(&team.before, "FAKE-row-10").len() - 1,
        "{}",
        team.output
    );
    let dev = run("logout dev");
    let after = dev.after();
    let own = "FAKE-row-05-session-dev\n";
    assert_eq!(marked(&after, own), Vec::<String>::new(), "{}", dev.output);
    assert!(
        !marked(&after, "FAKE-row-09-session-prod/Admin").is_empty(),
        "{}",
        dev.output
    );
    assert_eq!(
        marked(&after, "FAKE-row-12"),
        Vec::<String>::new(),
        "{}",
        dev.output
    );
    assert_eq!(
        marked(&dev.before, "FAKE-row-08"),
        marked(&after, "FAKE-row-08")
    );
    assert!(
        !dev.home
            .read(".docker/config.json")
            .contains("111122223333")
    );
}

#[test]
fn azure_cli_session_in_the_same_tenant_keeps_its_subscription() {
    let (home, portal) = (home(), Server::aws_portal());
    let cache = home.read(".azure/msal_token_cache.json");
    let own = cache.replace("tenant-of-bob", TENANT);
    home.write(".azure/msal_token_cache.json", own);
    with_portal(auth(&home, "logout --provider azure"), &portal)
        .run()
        .success();
    assert!(
        home.read(".azure/azureProfile.json")
            .contains("FAKE-row-16")
    );
    assert!(
        !home
            .read(".azure/msal_token_cache.json")
            .contains("FAKE-row-14")
    );
}

#[test]
fn machine_logout_takes_orphans_too() {
    let (home, portal) = (home(), Server::aws_portal());
    let all = |words: &[&str]| {
        let command = adieu(&home).arg("logout").args(words.iter().copied());
        with_portal(command, &portal)
            .env("GITHUB_API_URL", portal.url())
            .run()
    };
    let refused = all(&["--all"]).code(2);
    assert!(refused.stderr.contains("not from atmos.yaml"), "{refused}");
    all(&["--all", "--force", "--no-revoke"]).success();
    assert!(!home.has(".cache/atmos/aws-webflow"));
}
