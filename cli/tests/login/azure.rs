//! Identities of Azure: with a code and in a browser, renewal, the files of Atmos and of the Azure CLI.

use adieu_testkit::browser::{query_of, visit};
use adieu_testkit::server::{Answer, Request, Server};
use adieu_testkit::{Adieu, Home};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::support::{asked, with_person};

pub(crate) const TENANT: &str = "11111111-aaaa-4aaa-8aaa-000000000001";
const SUBSCRIPTION: &str = "22222222-bbbb-4bbb-8bbb-000000000001";
pub(crate) const CACHE: &str = ".azure/atmos/boreal/msal_token_cache.json";
pub(crate) const CLI_CACHE: &str = ".azure/msal_token_cache.json";
const PROFILE: &str = ".azure/azureProfile.json";

pub(crate) fn credentials(provider: &str) -> String {
    format!(".azure/atmos/boreal/{provider}/credentials.json")
}

pub(crate) fn adieu(home: &Home, server: &Server, words: &str) -> Adieu {
    Adieu::new(env!("CARGO_BIN_EXE_adieu"))
        .home(home)
        .env("PATH", "/usr/bin:/bin")
        .env("LC_ALL", "C.UTF-8")
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
        .env("AZURE_AUTHORITY_HOST", server.url())
        .named(server.url(), "$SERVER")
        .args(words.split_whitespace())
}

pub(crate) fn home() -> Home {
    let home = Home::new();
    home.atmos_yaml(&format!(
        "auth:
  realm: boreal
  providers:
    device:
      kind: azure/device-code
      spec: {{ tenant_id: {TENANT}, location: northeurope }}
    browser:
      kind: azure/interactive
      spec: {{ tenant_id: {TENANT} }}
    ci:
      kind: azure/oidc
      spec: {{ tenant_id: {TENANT}, client_id: 33333333-cccc-4ccc-8ccc-000000000002, token_file_path: ./federated.jwt }}
  identities:
    tundra:
      kind: azure/subscription
      default: true
      via: {{ provider: device }}
      principal: {{ subscription_id: {SUBSCRIPTION}, location: northeurope }}
    steppe:
      kind: azure/subscription
      via: {{ provider: device }}
      principal: {{ subscription_id: 22222222-bbbb-4bbb-8bbb-000000000002 }}
    taiga:
      kind: azure/subscription
      via: {{ provider: browser }}
      principal: {{ subscription_id: {SUBSCRIPTION} }}
    icefield:
      kind: azure/subscription
      via: {{ provider: ci }}
      principal: {{ subscription_id: {SUBSCRIPTION} }}
"
    ));
    home
}

pub(crate) fn encode(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// What Entra answers to whoever may have tokens: each of them is a new one.
pub(crate) fn granted(request: &Request, tenant: &str) -> Answer {
    let form = request.form();
    let field = |name: &str| {
        let mut fields = form.iter();
        fields
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.clone())
    };
    let scope = field("scope").unwrap_or_default();
    let service = scope.split("/.default").next().unwrap_or_default();
    let service = service.rsplit('/').next().unwrap_or_default();
    let claims = encode(
        &json!({"tid": tenant, "oid": "FAKE-user", "upn": "ana@example.test", "for": service}),
    );
    let mut answer = json!({
        "token_type": "Bearer",
        "expires_in": 4800,
        "access_token": format!("FAKE.{claims}.access"),
    });
    if field("grant_type").as_deref() != Some("client_credentials") {
        answer["refresh_token"] = json!(format!(
            "FAKE-refresh-{}",
            field("grant_type").unwrap_or_default().len()
        ));
        answer["id_token"] = json!(format!("FAKE.{claims}.id"));
        answer["client_info"] = json!(encode(&json!({"uid": "FAKE-user", "utid": tenant})));
    }
    Answer::json(200, &answer)
}

pub(crate) fn entra() -> Server {
    let server = Server::start();
    let base = server.url();
    server.on_call("POST", &format!("/{TENANT}/oauth2/v2.0/devicecode"), move |_| {
        Answer::json(
            200,
            &json!({"user_code": "FAKE-CODE", "device_code": "FAKE-device", "verification_uri": format!("{base}/devicelogin"), "expires_in": 900, "interval": 1}),
        )
    });
    server.on_call("POST", &format!("/{TENANT}/oauth2/v2.0/token"), |request| {
        granted(request, TENANT)
    });
    server
}

pub(crate) fn read(home: &Home, path: &str) -> Value {
    let text = home.read(path);
    serde_json::from_str(text.trim_start_matches('\u{feff}')).unwrap()
}

#[test]
fn device_code_signs_in_and_leaves_the_files_of_atmos_and_the_azure_cli() {
    let (home, server) = (home(), entra());
    let output = adieu(&home, &server, "auth login -i tundra")
        .run()
        .success();
    assert_eq!(
        output.stderr,
        "Sign in at \"device\" in any browser:\n$SERVER/devicelogin\nand confirm the code FAKE-CODE, or \
         type it at\n$SERVER/devicelogin\n"
    );
    assert!(output.stdout.contains(SUBSCRIPTION), "{}", output.stdout);
    let requests = server.requests();
    assert_eq!(requests.len(), 5);
    let asked_for = requests[0].form();
    let scope = "https://management.azure.com/.default offline_access openid profile";
    assert!(asked_for.contains(&("scope".to_owned(), scope.to_owned())));
    let file = read(&home, &credentials("device"));
    for (key, value) in [
        ("token_type", "Bearer"),
        ("tenant_id", TENANT),
        ("subscription_id", SUBSCRIPTION),
        ("location", "northeurope"),
        ("client_id", "04b07795-8ddb-461a-bbee-02f9e1bf7b46"),
        ("cloud_environment", "public"),
        ("auth_method", "device-code"),
    ] {
        assert_eq!(file[key], value, "{key}");
    }
    for key in [
        "access_token",
        "graph_api_token",
        "key_vault_token",
        "aks_token",
    ] {
        assert!(file[key].as_str().unwrap().starts_with("FAKE."), "{key}");
    }
    for path in [CACHE, CLI_CACHE] {
        let cache = read(&home, path);
        assert_eq!(cache["AccessToken"].as_object().unwrap().len(), 4, "{path}");
        assert_eq!(
            cache["RefreshToken"].as_object().unwrap().len(),
            1,
            "{path}"
        );
        let accounts = cache["Account"].as_object().unwrap();
        let account = accounts.values().next().unwrap();
        assert_eq!(account["username"], "ana@example.test", "{path}");
        assert_eq!(
            account["home_account_id"],
            format!("FAKE-user.{TENANT}"),
            "{path}"
        );
    }
    let profile = read(&home, PROFILE);
    let subscription = &profile["subscriptions"][0];
    assert_eq!(subscription["id"], SUBSCRIPTION);
    assert_eq!(subscription["isDefault"], true);
    assert_eq!(
        subscription["user"],
        json!({"name": "ana@example.test", "type": "user"})
    );
}

#[test]
fn what_lasts_is_used_and_another_subscription_of_the_provider_needs_no_server() {
    let (home, server) = (home(), entra());
    adieu(&home, &server, "auth login -i tundra")
        .run()
        .success();
    let before = asked(&server).len();
    adieu(&home, &server, "auth login -i tundra")
        .run()
        .success();
    adieu(&home, &server, "auth login -i steppe")
        .run()
        .success();
    assert_eq!(asked(&server).len(), before);
    let steppe = "22222222-bbbb-4bbb-8bbb-000000000002";
    assert_eq!(
        read(&home, &credentials("device"))["subscription_id"],
        steppe
    );
    let profile = read(&home, PROFILE);
    let defaults: Vec<&Value> = profile["subscriptions"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|entry| entry["isDefault"] == true)
        .collect();
    assert_eq!(defaults.len(), 1);
    assert_eq!(defaults[0]["id"], steppe);
}

#[test]
fn sign_in_that_ends_is_renewed_without_the_person() {
    let (home, server) = (home(), entra());
    adieu(&home, &server, "auth login -i tundra")
        .run()
        .success();
    let path = credentials("device");
    let mut file = read(&home, &path);
    file["expiration"] = json!("2026-11-21T08:00:00Z");
    home.write(&path, file.to_string());
    let before = server.requests().len();
    let output = adieu(&home, &server, "exec -i tundra -- /bin/true")
        .run()
        .success();
    assert_eq!(output.stderr, "");
    let renewal = &server.requests()[before];
    assert!(
        renewal
            .form()
            .contains(&("grant_type".to_owned(), "refresh_token".to_owned()))
    );
    let device_grant = "urn:ietf:params:oauth:grant-type:device_code";
    let old = format!("FAKE-refresh-{}", device_grant.len());
    assert!(
        renewal
            .form()
            .contains(&("refresh_token".to_owned(), old.clone()))
    );
    let new = format!("FAKE-refresh-{}", "refresh_token".len());
    for path in [CACHE, CLI_CACHE] {
        let text = home.read(path);
        assert!(
            text.contains(&new) && !text.contains(&old),
            "{path}: {text}"
        );
    }
}

#[test]
fn browser_comes_back_with_a_code_that_is_exchanged() {
    let (home, server) = (home(), entra());
    let adieu = adieu(&home, &server, "auth login -i taiga --no-browser");
    let (status, said) = with_person(&adieu, |url| {
        let query = query_of(url);
        let field = |name: &str| query[name].clone();
        assert!(url.contains(&format!("/{TENANT}/oauth2/v2.0/authorize")));
        assert_eq!(field("code_challenge_method"), "S256");
        let to = field("redirect_uri");
        assert!(!to.ends_with('/'), "{to}");
        visit(
            "GET",
            &format!("{to}/?code=FAKE-code&state={}", field("state")),
        );
    });
    assert_eq!(status, 0, "{said}");
    let exchange = server.requests()[0].form();
    assert!(exchange.contains(&("grant_type".to_owned(), "authorization_code".to_owned())));
    assert_eq!(
        read(&home, &credentials("browser"))["auth_method"],
        "interactive"
    );
}

#[test]
fn workload_is_signed_in_with_its_token_and_nothing_else_is_sent() {
    let (home, server) = (home(), entra());
    home.write(home.work().join("federated.jwt"), "FAKE-not-a-token");
    let output = adieu(&home, &server, "auth login -i icefield")
        .run()
        .code(1);
    assert!(
        output.stderr.contains("no JSON Web Token"),
        "{}",
        output.stderr
    );
    assert!(asked(&server).is_empty());
    let assertion = format!("FAKE.{}.workload", encode(&json!({"sub": "repo"})));
    home.write(home.work().join("federated.jwt"), format!("{assertion}\n"));
    adieu(&home, &server, "auth login -i icefield")
        .run()
        .success();
    let form = server.requests()[0].form();
    assert!(form.contains(&("client_assertion".to_owned(), assertion.clone())));
    assert_eq!(
        read(&home, &credentials("ci"))["is_service_principal"],
        true
    );
    let entries = read(&home, ".azure/service_principal_entries.json");
    assert_eq!(entries[0]["client_assertion"], assertion);
}

#[test]
fn own_session_of_the_azure_cli_stays_through_sign_in_and_logout() {
    let (home, server) = (home(), entra());
    let client = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";
    let account = format!("FAKE-user.{TENANT}");
    let key = format!("{account}-login.microsoftonline.com-refreshtoken-{client}--https://management.azure.com/.default").to_lowercase();
    let own = json!({
        "RefreshToken": {key.clone(): {"credential_type": "RefreshToken", "secret": "FAKE-own", "home_account_id": account, "environment": "login.microsoftonline.com", "client_id": client, "target": ""}},
        "Account": {},
    });
    home.write(CLI_CACHE, own.to_string());
    adieu(&home, &server, "auth login -i tundra")
        .run()
        .success();
    assert_eq!(
        read(&home, CLI_CACHE)["RefreshToken"][&key]["secret"],
        "FAKE-own"
    );
    adieu(&home, &server, "auth logout tundra --force").run();
    let text = home.read(CLI_CACHE);
    assert!(text.contains("FAKE-own"), "{text}");
    assert!(!text.contains("FAKE-refresh"), "{text}");
    assert!(!text.contains(".access"), "{text}");
}

#[test]
fn account_of_another_tenant_and_refusals_are_said_with_what_to_do() {
    let refused = |error: &str, text: &str| {
        Answer::json(400, &json!({"error": error, "error_description": text}))
    };
    for (answer, expected) in [
        (
            refused("invalid_grant", "AADSTS53003: Access has been blocked"),
            "conditional access policy",
        ),
        (
            refused("expired_token", "AADSTS70020: expired"),
            "nobody signed in before the code ended",
        ),
        (
            refused("authorization_declined", "AADSTS70018: declined"),
            "the sign-in was refused",
        ),
        (
            refused("unauthorized_client", "AADSTS700016: no app"),
            "check `spec.client_id`",
        ),
    ] {
        let (home, server) = (home(), entra());
        server.on("POST", &format!("/{TENANT}/oauth2/v2.0/token"), answer);
        let output = adieu(&home, &server, "auth login -i tundra").run().code(1);
        assert!(output.stderr.contains(expected), "{}", output.stderr);
        assert!(!home.path().join(credentials("device")).exists());
    }
    let (home, server) = (home(), entra());
    server.on_call("POST", &format!("/{TENANT}/oauth2/v2.0/token"), |request| {
        granted(request, "99999999-aaaa-4aaa-8aaa-000000000009")
    });
    let output = adieu(&home, &server, "auth login -i tundra").run().code(1);
    assert!(
        output
            .stderr
            .contains("the account signed in to tenant 99999999"),
        "{}",
        output.stderr
    );
}

/// What the Azure CLI keeps when it has used a refresh token: new ones of the same account.
fn used_by_the_azure_cli(home: &Home) {
    let mut cache = read(home, CLI_CACHE);
    for section in ["AccessToken", "RefreshToken"] {
        let entries = cache[section].as_object_mut().unwrap();
        let (key, mut entry) = entries
            .iter()
            .next()
            .map(|(key, entry)| (key.clone(), entry.clone()))
            .unwrap();
        entry["secret"] = json!(format!("FAKE-derived-{section}"));
        entries.insert(format!("{key}-of-az"), entry);
    }
    home.write(CLI_CACHE, cache.to_string());
}

#[test]
fn what_the_azure_cli_got_with_a_sign_in_goes_with_it() {
    let (home, server) = (home(), entra());
    adieu(&home, &server, "auth login -i tundra")
        .run()
        .success();
    used_by_the_azure_cli(&home);
    // A renewal in between forgets nothing.
    adieu(&home, &server, "login tundra --force").run();
    adieu(&home, &server, "auth logout --provider device --force")
        .run()
        .success();
    let text = home.read(CLI_CACHE);
    assert!(!text.contains("FAKE-"), "{text}");
    assert!(!text.contains("ana@example.test"), "{text}");
}

#[test]
fn who_has_signed_in_with_the_azure_cli_too_stays_signed_in_there() {
    let (home, server) = (home(), entra());
    adieu(&home, &server, "auth login -i tundra")
        .run()
        .success();
    used_by_the_azure_cli(&home);
    // Its own sign-in lists subscriptions by their names.
    let mut profile = read(&home, PROFILE);
    let mut own = profile["subscriptions"][0].clone();
    own["id"] = json!("22222222-bbbb-4bbb-8bbb-000000000009");
    own["name"] = json!("Tundra, the person's own");
    profile["subscriptions"].as_array_mut().unwrap().push(own);
    home.write(PROFILE, profile.to_string());
    adieu(&home, &server, "auth logout --provider device --force")
        .run()
        .success();
    let text = home.read(CLI_CACHE);
    assert!(text.contains("FAKE-derived-RefreshToken"), "{text}");
    assert!(home.read(PROFILE).contains("the person's own"));
}

#[test]
fn nothing_is_taken_from_the_azure_cli_while_its_own_list_cannot_be_understood() {
    let (home, server) = (home(), entra());
    adieu(&home, &server, "auth login -i tundra")
        .run()
        .success();
    used_by_the_azure_cli(&home);
    home.write(PROFILE, "{\"subscriptions\": [{");
    let logout = adieu(&home, &server, "auth logout --provider device --force").run();
    let text = home.read(CLI_CACHE);
    assert!(text.contains("FAKE-derived-RefreshToken"), "{logout}");
    assert_eq!(home.read(PROFILE), "{\"subscriptions\": [{");
}
