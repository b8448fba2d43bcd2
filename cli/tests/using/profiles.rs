//! Profiles of the AWS CLI: adieu works as they say, in the AWS CLI's own order and with its own files.

use std::collections::BTreeMap;

use adieu_testkit::server::{Answer, Request, Server};
use adieu_testkit::{Adieu, Client, Home};
use serde_json::json;

use crate::support::{adieu, variables};

/// Where the AWS CLI keeps the session `corp`, and the role of the profile `deploy`.
const CORP_TOKEN: &str = ".aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json";
const DEPLOY_ROLE: &str = ".aws/cli/cache/36c7d393cf27fa7aa5e80b005ae3ae5a11562a4e.json";
const DEVELOPER_ROLE: &str = ".aws/cli/cache/6b17aaa4b7ddc1fd491e01d5f64d4b66d9e2b04c.json";

const CONFIG: &str = "[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
sso_region = eu-central-1
[profile dev]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = Developer
region = eu-central-1
[profile deploy]
role_arn = arn:aws:iam::111122223333:role/deploy
source_profile = dev
region = eu-central-1
[profile of-keys]
role_arn = arn:aws:iam::111122223333:role/of-keys
source_profile = keys
external_id = quay-77
duration_seconds = 7200
region = eu-central-1
[profile itself]
role_arn = arn:aws:iam::111122223333:role/itself
source_profile = itself
[profile guarded]
role_arn = arn:aws:iam::111122223333:role/guarded
source_profile = keys
mfa_serial = arn:aws:iam::111122223333:mfa/ana
[profile of-environment]
role_arn = arn:aws:iam::111122223333:role/of-environment
credential_source = Environment
[profile of-container]
role_arn = arn:aws:iam::111122223333:role/of-container
credential_source = EcsContainer
[profile of-instance]
role_arn = arn:aws:iam::111122223333:role/of-instance
credential_source = Ec2InstanceMetadata
[profile of-token]
role_arn = arn:aws:iam::111122223333:role/of-token
web_identity_token_file = ~/token.jwt
[profile of-process]
credential_process = sh -c 'cat \"$HOME/printed.json\"'
[profile \"two words\"]
region = eu-west-1
aws_access_key_id = FAKEWORDS
aws_secret_access_key = FAKE-words
[profile a]
role_arn = arn:aws:iam::111122223333:role/a
source_profile = b
[profile b]
role_arn = arn:aws:iam::111122223333:role/b
source_profile = a
[profile neither]
role_arn = arn:aws:iam::111122223333:role/neither
[profile empty]
region = eu-central-1
[profile contradicts]
sso_session = corp
sso_region = us-east-1
sso_account_id = 111122223333
sso_role_name = Developer
";

const CREDENTIALS: &str = "[keys]
aws_access_key_id = FAKEKEYS
aws_secret_access_key = FAKE-keys
[itself]
aws_access_key_id = FAKEITSELF
aws_secret_access_key = FAKE-itself
";

fn home() -> Home {
    let home = Home::new();
    home.write(".aws/config", CONFIG);
    home.write(".aws/credentials", CREDENTIALS);
    home.write("token.jwt", "FAKE-web-token\n");
    let printed = json!({
        "Version": 1,
        "AccessKeyId": "FAKEPRINTED",
        "SecretAccessKey": "FAKE-printed",
        "SessionToken": "FAKE-session",
        "Expiration": "2099-01-01T00:00:00Z",
    });
    home.write("printed.json", printed.to_string());
    home
}

/// A portal where somebody is signed in, an STS that names keys after roles, and the services of a
/// container and an instance.
fn server(home: &Home) -> Server {
    let server = Server::aws_portal();
    let token = json!({
        "startUrl": "https://corp.awsapps.com/start",
        "region": "eu-central-1",
        "accessToken": "FAKE-access-token",
        "expiresAt": "2099-01-01T00:00:00Z",
    });
    home.write(CORP_TOKEN, token.to_string());
    server.on_call("POST", "/", |request| {
        let form = fields(request);
        let action = &form["Action"];
        if action == "GetCallerIdentity" {
            let arn = format!("arn:aws:sts::111122223333:assumed-role/{}", key_of(request));
            return Answer::status(200).header("Content-Type", "text/xml").body(format!(
                "<{action}Response><{action}Result><Arn>{arn}</Arn><UserId>A:x</UserId>\
                 <Account>111122223333</Account></{action}Result></{action}Response>"
            ));
        }
        let name = form["RoleArn"].rsplit('/').next().unwrap();
        Answer::status(200).header("Content-Type", "text/xml").body(format!(
            "<{action}Response><{action}Result><Credentials><AccessKeyId>ASIA{name}</AccessKeyId>\
             <SecretAccessKey>FAKE</SecretAccessKey><SessionToken>FAKE-{name}</SessionToken>\
             <Expiration>2099-01-01T00:00:00Z</Expiration></Credentials><AssumedRoleUser>\
             <Arn>arn:aws:sts::111122223333:assumed-role/{name}/x</Arn>\
             <AssumedRoleId>A:x</AssumedRoleId></AssumedRoleUser></{action}Result></{action}Response>"
        ))
    });
    let issued = |name: &str| {
        Answer::json(
            200,
            &json!({
                "Code": "Success",
                "AccessKeyId": name,
                "SecretAccessKey": "FAKE",
                "Token": "FAKE-token",
                "Expiration": "2099-01-01T00:00:00Z",
            }),
        )
    };
    server.on("GET", "/container", issued("ASIAcontainer"));
    server.on(
        "PUT",
        "/latest/api/token",
        Answer::status(200).body("FAKE-imds"),
    );
    let roles = "/latest/meta-data/iam/security-credentials/";
    server.on("GET", roles, Answer::status(200).body("worker"));
    server.on("GET", &format!("{roles}worker"), issued("ASIAinstance"));
    server
}

fn fields(request: &Request) -> BTreeMap<String, String> {
    request.form().into_iter().collect()
}

/// The key that a request is signed with.
fn key_of(request: &Request) -> String {
    let signature = request.header("authorization").unwrap_or_default();
    let key = signature.split("Credential=").nth(1).unwrap_or_default();
    key.split('/').next().unwrap_or_default().to_owned()
}

fn run(home: &Home, server: &Server, words: &str) -> Adieu {
    adieu(home, words)
        .env("AWS_ENDPOINT_URL", server.url())
        .env("AWS_EC2_METADATA_SERVICE_ENDPOINT", server.url())
        .env(
            "AWS_CONTAINER_CREDENTIALS_FULL_URI",
            format!("{}/container", server.url()),
        )
        .env("AWS_CONTAINER_AUTHORIZATION_TOKEN", "FAKE-container")
}

#[test]
fn keys_come_from_the_source_that_the_aws_cli_takes() {
    for (profile, key, signed_with) in [
        ("dev", "ASIAfake00001", None),
        ("deploy", "ASIAdeploy", Some("ASIAfake00001")),
        ("of-keys", "ASIAof-keys", Some("FAKEKEYS")),
        ("itself", "ASIAitself", Some("FAKEITSELF")),
        ("keys", "FAKEKEYS", None),
        ("two words", "FAKEWORDS", None),
        (
            "of-environment",
            "ASIAof-environment",
            Some("FAKEENVIRONMENT"),
        ),
        ("of-container", "ASIAof-container", Some("ASIAcontainer")),
        ("of-instance", "ASIAof-instance", Some("ASIAinstance")),
        ("of-token", "ASIAof-token", Some("")),
        ("of-process", "FAKEPRINTED", None),
        ("aws:keys", "FAKEKEYS", None),
    ] {
        let home = home();
        let server = server(&home);
        let output = run(&home, &server, "credential-process")
            .arg(profile)
            .env("AWS_ACCESS_KEY_ID", "FAKEENVIRONMENT")
            .env("AWS_SECRET_ACCESS_KEY", "FAKE-environment")
            .run()
            .success();
        assert_eq!(output.json()["AccessKeyId"], key, "{profile}");
        let requests = server.requests();
        let asked = requests.iter().find(|request| request.path == "/");
        assert_eq!(asked.map(key_of).as_deref(), signed_with, "{profile}");
        if let Some(asked) = asked.filter(|_| profile == "of-keys") {
            let form = fields(asked);
            assert_eq!(form["ExternalId"], "quay-77");
            assert_eq!(form["DurationSeconds"], "7200");
        }
    }
}

#[test]
fn role_is_shared_with_the_aws_cli_by_its_own_cache() {
    let home = home();
    let server = server(&home);
    run(&home, &server, "login deploy").run().success();
    assert!(
        home.read(DEPLOY_ROLE)
            .starts_with("{\"Credentials\": {\"AccessKeyId\": \"ASIAdeploy\"")
    );
    assert!(
        home.read(DEVELOPER_ROLE)
            .starts_with("{\"ProviderType\": \"sso\", \"Credentials\"")
    );
    let before = server.requests().len();
    for words in [
        "login deploy",
        "credential-process deploy",
        "credential-process dev",
    ] {
        run(&home, &server, words).run().success();
    }
    assert_eq!(
        server.requests().len(),
        before,
        "what is live is not asked for again"
    );
    run(&home, &server, "login deploy --force").run().success();
    assert!(server.requests().len() > before);
    // The logout of the portal takes what came from it.
    run(&home, &server, "logout deploy").run().success();
    for file in [DEPLOY_ROLE, DEVELOPER_ROLE, CORP_TOKEN] {
        assert!(!home.has(file), "{file}");
    }
    let output = run(&home, &server, "credential-process deploy")
        .run()
        .code(1);
    assert!(
        output.stderr.contains("sign in first: adieu login deploy"),
        "{output}"
    );
}

#[test]
fn what_is_wrong_with_a_profile_is_said() {
    for (profile, status, said) in [
        ("a", 2, "lead in a ring"),
        (
            "neither",
            2,
            "neither `source_profile` nor `credential_source`",
        ),
        ("empty", 2, "it has no keys, and says of nobody who has"),
        (
            "contradicts",
            2,
            "its `sso_region` is not that of its session",
        ),
        ("guarded", 1, "profile \"guarded\" is not signed in"),
        ("nobody", 2, "identity \"nobody\" not found"),
    ] {
        let home = home();
        let server = server(&home);
        let output = run(&home, &server, "credential-process").arg(profile).run();
        let output = output.code(status);
        assert!(output.stderr.contains(said), "{said}: {output}");
        assert!(server.requests().is_empty(), "{profile}");
    }
}

#[test]
fn commands_find_the_profile_and_nothing_that_would_win() {
    let home = home();
    let server = server(&home);
    let found = |words: &str| {
        let run = run(&home, &server, words)
            .args(["--", "/usr/bin/env"])
            .env("AWS_ACCESS_KEY_ID", "FAKEOTHER")
            .env("AWS_SECRET_ACCESS_KEY", "FAKE-other")
            .env("AWS_DEFAULT_PROFILE", "other");
        variables(&run.run().success())
    };
    let of_deploy = found("exec -i deploy");
    assert_eq!(of_deploy["AWS_PROFILE"], "deploy");
    assert_eq!(of_deploy["AWS_DEFAULT_REGION"], "eu-central-1");
    for name in [
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_DEFAULT_PROFILE",
        "AWS_CONFIG_FILE",
    ] {
        assert!(!of_deploy.contains_key(name), "{name}");
    }
    let output = run(&home, &server, "env -i deploy").run().success();
    assert!(
        output.stdout.contains("export AWS_PROFILE=deploy\n"),
        "{output}"
    );
    // Where nobody is configured, the profile in effect is meant.
    let output = run(&home, &server, "exec -- printenv AWS_PROFILE")
        .env("AWS_PROFILE", "deploy")
        .run()
        .success();
    assert_eq!(output.stdout, "deploy\n");
    let output = run(&home, &server, "auth exec -i deploy -- true")
        .run()
        .code(2);
    assert!(
        output.stderr.contains("not found in configuration"),
        "{output}"
    );
}

#[test]
fn whoami_asks_aws_whose_the_keys_of_a_profile_are() {
    let home = home();
    let server = server(&home);
    let output = run(&home, &server, "whoami deploy -o json").run().success();
    let document = output.json();
    assert_eq!(
        document["arn"],
        "arn:aws:sts::111122223333:assumed-role/ASIAdeploy"
    );
    assert_eq!(document["chain"], json!(["corp", "dev", "deploy"]));
    assert_eq!(document["server"]["answer"], "accepted");
    let output = run(&home, &server, "whoami guarded").run().code(1);
    assert!(
        output.stderr.contains("sign in with: adieu login guarded"),
        "{output}"
    );
    let before = server.requests().len();
    run(&home, &server, "whoami deploy --offline")
        .run()
        .success();
    assert_eq!(server.requests().len(), before);
}

#[test]
fn process_that_asks_adieu_for_the_same_profile_ends() {
    let home = home();
    let server = server(&home);
    let program = env!("CARGO_BIN_EXE_adieu");
    home.write(
        ".aws/config",
        format!("[profile loop]\ncredential_process = {program} credential-process loop\n"),
    );
    let output = run(&home, &server, "credential-process loop").run().code(1);
    assert!(
        output.stderr.contains("asks for the same profile again"),
        "{output}"
    );
}

#[test]
fn real_aws_cli_and_boto3_use_what_adieu_signed_in() {
    let (Some(aws), Some(python)) = (Client::find("aws"), Client::find("python3")) else {
        return;
    };
    let home = home();
    let server = server(&home);
    run(&home, &server, "login deploy").run().success();
    let url = server.url();
    let words = [
        "sts",
        "get-caller-identity",
        "--query",
        "Arn",
        "--output",
        "text",
    ];
    let output = aws
        .in_home(&home)
        .args(words)
        // Releases before 2.13 know no variable for the server.
        .args(["--profile", "deploy", "--endpoint-url", &url])
        .run()
        .success();
    assert_eq!(
        output.stdout.trim(),
        "arn:aws:sts::111122223333:assumed-role/ASIAdeploy"
    );
    let program = "import boto3; print(boto3.client('sts').get_caller_identity()['Arn'])";
    for profile in ["dev", "of-keys", "two words"] {
        let output = run(&home, &server, "exec -i")
            .args([profile, "--"])
            .arg(python.path())
            .args(["-c", program])
            .run()
            .success();
        let key = match profile {
            "dev" => "ASIAfake00001",
            "of-keys" => "ASIAof-keys",
            _ => "FAKEWORDS",
        };
        assert!(output.stdout.trim().ends_with(key), "{output}");
    }
}
