//! Azure CLI, signed in as two applications, and AWS CLI, with two people's keys.

use adieu_testkit::server::{Answer, Server};
use adieu_testkit::vendor::Vendor;
use adieu_testkit::{Client, Output};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use crate::support::{Place, bearer};

/// Entra and Azure, where each tenant has one subscription of the same name.
fn azure() -> Server {
    let server = Server::start();
    server.otherwise(|request| {
        let tenant = request.path.split('/').nth(1).unwrap_or_default();
        let base = format!("https://login.microsoftonline.com/{tenant}");
        if request.path.ends_with("/.well-known/openid-configuration") {
            let configuration = json!({
                "issuer": format!("{base}/v2.0"),
                "authorization_endpoint": format!("{base}/oauth2/v2.0/authorize"),
                "token_endpoint": format!("{base}/oauth2/v2.0/token"),
            });
            return Answer::json(200, &configuration);
        }
        if request.path.ends_with("/oauth2/v2.0/token") {
            let claims = json!({"tid": tenant, "oid": "o", "appid": "a"});
            let [header, claims] = [json!({"alg": "none"}), claims]
                .map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
            let token = json!({
                "token_type": "Bearer",
                "expires_in": 86_400,
                "access_token": format!("{header}.{claims}.FAKE-{tenant}"),
            });
            return Answer::json(200, &token);
        }
        if request.path == "/common/discovery/instance" {
            let host = "login.microsoftonline.com";
            let names =
                json!({"preferred_network": host, "preferred_cache": host, "aliases": [host]});
            return Answer::json(200, &json!({"metadata": [names]}));
        }
        let token = bearer(request).unwrap_or_default();
        let tenant = token.split_once("FAKE-").map(|(_, tenant)| tenant);
        match (request.path.as_str(), tenant) {
            ("/subscriptions", Some(tenant)) => {
                let subscription = json!({
                    "id": format!("/subscriptions/{tenant}"),
                    "subscriptionId": tenant,
                    "displayName": "one",
                    "state": "Enabled",
                    "tenantId": tenant,
                    "subscriptionPolicies": {},
                });
                Answer::json(200, &json!({"value": [subscription]}))
            }
            _ => Answer::json(404, &json!({})),
        }
    });
    server
}

fn application(number: u8) -> String {
    format!("10000000-0000-0000-0000-00000000000{number}")
}

fn tenant(number: u8) -> String {
    format!("00000000-0000-0000-0000-00000000000{number}")
}

struct Azure<'a> {
    client: &'a Client,
    place: Place,
}

impl<'a> Azure<'a> {
    fn signed_in(client: &'a Client, vendor: &Vendor) -> Self {
        let mut place = Place::new()
            .with("AZURE_CORE_COLLECT_TELEMETRY", "false")
            .with("AZURE_CORE_ONLY_SHOW_ERRORS", "true");
        for (name, value) in vendor.environment(&place.home) {
            if name == "SSL_CERT_FILE" {
                place = place.with("REQUESTS_CA_BUNDLE", value.clone());
            }
            place = place.with(&name, value);
        }
        let azure = Self { client, place };
        for number in [1, 2] {
            let (application, tenant) = (application(number), tenant(number));
            let words = format!(
                "login --service-principal -u {application} -p FAKE-{number} --tenant {tenant} -o none"
            );
            azure.run(&words).success();
        }
        azure
    }

    fn run(&self, words: &str) -> Output {
        self.place.client(self.client, words).run()
    }

    fn subscriptions(&self) -> String {
        self.run("account list --query [].id -o tsv")
            .success()
            .stdout
    }

    fn token(&self, number: u8) -> Output {
        let tenant = tenant(number);
        self.run(&format!(
            "account get-access-token --subscription {tenant} -o tsv"
        ))
    }
}

#[test]
fn azure_cli_is_logged_out_as_one_application_in_its_own_eyes() {
    let Some(client) = Client::find("az") else {
        return;
    };
    let server = azure();
    let vendor = Vendor::before(&server);
    let azure = Azure::signed_in(&client, &vendor);
    let place = &azure.place;
    let names: Vec<String> = place
        .found()
        .iter()
        .map(|line| line.split(" | ").take(3).collect::<Vec<_>>().join(" | "))
        .collect();
    let both = [application(1), application(2)];
    // A token and the secret for the next one.
    let expected: Vec<String> = both
        .iter()
        .flat_map(|name| vec![format!("azure | {name} | session"); 2])
        .collect();
    assert_eq!(names, expected);
    assert_eq!(
        azure.subscriptions(),
        format!("{}\n{}\n", tenant(1), tenant(2))
    );
    let before = place.tree();
    place.log_out(&format!("azure:{}", application(1)));
    place.assert_only(
        &before,
        &[
            ".azure/azureProfile.json",
            ".azure/msal_token_cache.json",
            ".azure/service_principal_entries.json",
        ],
    );
    assert_eq!(azure.subscriptions(), format!("{}\n", tenant(2)));
    azure.token(1).code(1);
    assert!(azure.token(2).success().stdout.contains(&tenant(2)));
    // Its own logout, beside ours.
    let theirs = Azure::signed_in(&client, &vendor);
    theirs
        .run(&format!("logout --username {}", application(1)))
        .success();
    assert_eq!(place.found(), theirs.place.found());
    place.take_everything();
    // Nobody told Entra, whose tokens go on for a day: that is said until it is forgotten.
    let verdict = place.adieu("status --check").code(1);
    assert!(verdict.stdout.contains("no session here"), "{verdict}");
    for number in [1, 2] {
        let words = format!("revoke --forget {}", application(number));
        place.adieu(&words).success();
    }
    place.adieu("status --check").success();
    assert_eq!(azure.subscriptions(), "");
    azure.token(2).code(1);
}

#[test]
fn aws_cli_has_no_keys_of_one_profile_left_in_its_own_eyes() {
    // Debian's own: a version manager's wrapper of the name may have no client behind it.
    let Some(aws) = Client::find("aws") else {
        return;
    };
    let place = Place::new().with("AWS_EC2_METADATA_DISABLED", "true");
    let run = |words: &str| place.client(&aws, words).run();
    for profile in ["default", "ci"] {
        for (key, value) in [
            ("aws_access_key_id", "FAKEID"),
            ("aws_secret_access_key", "FAKE-key"),
            ("region", "eu-central-1"),
        ] {
            run(&format!(
                "configure set {key} {value}-{profile} --profile {profile}"
            ))
            .success();
        }
    }
    let expected = [
        "aws | profile ci | stored | ~/.aws/credentials#ci",
        "aws | profile default | stored | ~/.aws/credentials#default",
    ];
    assert_eq!(place.found(), expected);
    let before = place.tree();
    // Keys that a person typed stay, and are still live.
    place.log_out("--all");
    place.assert_only(&before, &[]);
    place.adieu("status --check").code(1);
    let words = [
        "logout",
        "--force",
        "--no-revoke",
        "--keychain",
        "aws:profile ci",
    ];
    place.adieu_with(&words).success();
    place.assert_only(&before, &[".aws/credentials"]);
    let export = |profile: &str| run(&format!("configure export-credentials --profile {profile}"));
    assert_ne!(export("ci").status, Some(0));
    assert!(
        export("default")
            .success()
            .stdout
            .contains("FAKE-key-default")
    );
    place.log_out_of_everything();
    assert_ne!(export("default").status, Some(0));
    let region = run("configure get region --profile ci").success();
    assert_eq!(region.stdout, "eu-central-1-ci\n");
}
