//! `adieu token` and `adieu kube-credential`: access tokens of identities of Azure and Google Cloud, for other
//! programs. From the cache as long as they last, and nobody is asked.

use adieu_testkit::Tree;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::azure::{CACHE, CLI_CACHE, credentials, read};
use crate::support::asked;
use crate::{azure, google};

const VAULT: &str = "https://vault.azure.net";

/// What a token of the made-up Entra is for.
fn service_of(token: &str) -> String {
    let claims = token.trim().split('.').nth(1).unwrap();
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
    claims["for"].as_str().unwrap().to_owned()
}

#[test]
fn tokens_of_azure_come_from_the_cache_without_a_network() {
    let (home, server) = (azure::home(), azure::entra());
    azure::adieu(&home, &server, "auth login -i tundra")
        .run()
        .success();
    let before = (Tree::of(home.path()), asked(&server).len());
    for (words, service) in [
        // The first token names no service.
        ("token azure", ""),
        ("token tundra", ""),
        ("token", ""),
        (
            "token tundra --resource https://vault.azure.net",
            "vault.azure.net",
        ),
        (
            "token tundra --scopes https://graph.microsoft.com/.default",
            "graph.microsoft.com",
        ),
    ] {
        let output = azure::adieu(&home, &server, words).run().success();
        assert_eq!(service_of(&output.stdout), service, "{words}");
        assert_eq!(output.stderr, "", "{words}");
        assert_eq!(output.stdout.lines().count(), 1, "{words}");
    }
    before.0.assert_same(&Tree::of(home.path()));
    assert_eq!(asked(&server).len(), before.1);
    let output = azure::adieu(&home, &server, "token tundra -o json").run();
    let document = output.success().json();
    assert_eq!(
        document["access_token"],
        read(&home, &credentials("device"))["access_token"]
    );
    assert!(document["expires_at"].is_string());
}

#[test]
fn token_for_another_service_is_asked_for_once_and_goes_with_a_logout() {
    let (home, server) = (azure::home(), azure::entra());
    azure::adieu(&home, &server, "auth login -i tundra")
        .run()
        .success();
    let before = asked(&server).len();
    let words = "token tundra --resource https://database.windows.net";
    let first = azure::adieu(&home, &server, words).run().success();
    assert_eq!(service_of(&first.stdout), "database.windows.net");
    let second = azure::adieu(&home, &server, words).run().success();
    assert_eq!(first.stdout, second.stdout);
    assert_eq!(asked(&server).len(), before + 1);
    let form = server.requests().last().unwrap().form();
    let scope = "https://database.windows.net/.default".to_owned();
    assert!(form.contains(&("scope".to_owned(), scope)), "{form:?}");
    azure::adieu(&home, &server, "auth logout tundra --force").run();
    azure::adieu(&home, &server, "auth logout --provider device --force").run();
    for path in [CACHE, CLI_CACHE] {
        if home.has(path) {
            assert!(
                !home.read(path).contains("FAKE."),
                "{path}: {}",
                home.read(path)
            );
        }
    }
}

#[test]
fn nobody_is_asked_and_who_is_not_signed_in_gets_nothing() {
    let (home, server) = (azure::home(), azure::entra());
    for words in [
        "token azure",
        "kube-credential tundra",
        "token tundra --resource https://vault.azure.net",
    ] {
        let output = azure::adieu(&home, &server, words).run().code(1);
        assert_eq!(output.stdout, "", "{words}");
        assert!(output.stderr.contains("login tundra"), "{words}: {output}");
    }
    assert_eq!(asked(&server), [""; 0]);
    for words in ["token gcp", "token tundra --resource a,b --scopes c"] {
        azure::adieu(&home, &server, words).run().code(2);
    }
}

#[test]
fn kubectl_gets_a_token_for_clusters() {
    let (home, server) = (azure::home(), azure::entra());
    azure::adieu(&home, &server, "auth login -i tundra")
        .run()
        .success();
    let output = azure::adieu(&home, &server, "kube-credential tundra")
        .run()
        .success();
    let document = output.json();
    assert_eq!(document["kind"], "ExecCredential");
    assert_eq!(
        document["apiVersion"],
        "client.authentication.k8s.io/v1beta1"
    );
    let token = document["status"]["token"].as_str().unwrap();
    assert_eq!(service_of(token), "6dae42f8-4368-4678-94ff-3960e28e3630");
    let end = document["status"]["expirationTimestamp"].as_str().unwrap();
    assert!(end.ends_with('Z'), "{end}");
    let info = json!({"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "spec": {}});
    let output = azure::adieu(&home, &server, "kube-credential azure")
        .env("KUBERNETES_EXEC_INFO", info.to_string())
        .run()
        .success();
    assert_eq!(
        output.json()["apiVersion"],
        "client.authentication.k8s.io/v1"
    );
    let (home, server) = (google::home(), google::google());
    let output = google::adieu(&home, &server, "kube-credential almanac")
        .run()
        .success();
    let token = format!("FAKE-of-{}", google::ACCOUNT);
    assert_eq!(output.json()["status"]["token"], token);
}

#[test]
fn google_exchanges_the_token_of_an_azure_identity() {
    let (home, server) = (azure::home(), azure::entra());
    let words = "token tundra --resource api://FAKE-app --google-executable";
    let output = azure::adieu(&home, &server, words).run().code(1);
    let document = output.json();
    assert_eq!(document["version"], 1);
    assert_eq!(document["success"], false);
    assert!(
        document["message"]
            .as_str()
            .unwrap()
            .contains("not signed in")
    );
    azure::adieu(&home, &server, "auth login -i tundra")
        .run()
        .success();
    let document = azure::adieu(&home, &server, words).run().success().json();
    assert_eq!(document["success"], true);
    assert_eq!(
        document["token_type"],
        "urn:ietf:params:oauth:token-type:jwt"
    );
    assert_eq!(
        service_of(document["id_token"].as_str().unwrap()),
        "FAKE-app"
    );
    assert!(document["expiration_time"].is_i64());
}

#[test]
fn tokens_of_google_have_the_permissions_that_are_asked_for() {
    let (home, server) = (google::home(), google::google());
    let output = google::adieu(&home, &server, "token almanac")
        .run()
        .success();
    assert_eq!(output.stdout, format!("FAKE-of-{}\n", google::ACCOUNT));
    let before = asked(&server).len();
    let again = google::adieu(&home, &server, "token almanac")
        .run()
        .success();
    assert_eq!(again.stdout, output.stdout);
    assert_eq!(asked(&server).len(), before);
    let scope = "https://www.googleapis.com/auth/devstorage.read_only";
    google::adieu(&home, &server, &format!("token almanac --scopes {scope}"))
        .run()
        .success();
    let requests = server.requests();
    let body: Value = serde_json::from_slice(&requests.last().unwrap().body).unwrap();
    assert_eq!(body["scope"], json!([scope]));
    // What was asked for once is not what is kept.
    let output = google::adieu(&home, &server, "token almanac")
        .run()
        .success();
    assert_eq!(output.stdout, again.stdout);
    google::adieu(&home, &server, &format!("token gnomon --scopes {scope}"))
        .run()
        .success();
    let form = server.requests().last().unwrap().form();
    assert!(
        form.contains(&("scope".to_owned(), scope.to_owned())),
        "{form:?}"
    );
    let words = format!("token gcp --resource {VAULT}");
    google::adieu(&home, &server, &words).run().code(2);
}
