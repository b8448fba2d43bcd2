//! adieu signs in; the real client lists, shows, uses and logs out.

use adieu_testkit::browser::browse;
use adieu_testkit::salesforce::Salesforce;
use adieu_testkit::{Adieu, Home, Output};
use serde_json::{Value, json};

use super::support::{Https, RealClient, jwt, real_client};
use crate::key_store::{ATTRIBUTES, bus, on};
use crate::running::Running;
use crate::support::{auth_files, document, org, private_key, project};

/// Everybody, each in another way: alpha with a browser, beta with an auth URL, gamma with a token,
/// delta with a key.
fn sign_everybody_in(client: &RealClient, home: &Home, salesforce: &Salesforce, version: &str) {
    let in_version = |command: Adieu| command.env("SF_CRYPTO_V2", version);
    let url = salesforce.url();
    std::fs::write(home.work().join("server.key"), private_key()).unwrap();
    in_version(jwt(home, salesforce)).arg("-s").run().success();
    project(home);
    salesforce.person("alpha");
    let web = org(home, "login web --no-browser -a prod -d").args(["-r", &url]);
    let mut running = Running::start(&in_version(web));
    browse(&running.url());
    assert_eq!(running.end().status, Some(0));
    in_version(org(home, "login access-token"))
        .args(["-r", &url])
        .env("SF_ACCESS_TOKEN", salesforce.access_token("gamma"))
        .run()
        .success();
    let https = Https::start(client, home, salesforce);
    let login = in_version(org(home, "login sfdx-url --sfdx-url-stdin -a beta-dev"));
    let output = login
        .env("SSL_CERT_FILE", &https.authority)
        .stdin(https.auth_url(salesforce, "beta"))
        .run()
        .success();
    assert!(
        output.stderr.contains("whoever else has the URL"),
        "{output}"
    );
    // Only for the sign-in: what follows is asked at the address that the server hands out, and
    // renewals go to the host of the URL.
    let file = ".sfdx/beta@fixture.example.json";
    let text = home.read(file);
    assert!(
        text.contains(&format!("https://localhost:{}", https.port)),
        "{text}"
    );
    home.write(
        file,
        text.replace(&format!("https://localhost:{}", https.port), &url),
    );
}

fn result(output: &Output) -> Value {
    output.json()["result"].clone()
}

/// User name to whatever is under that key, sorted.
fn each(orgs: &Value, key: &str) -> Value {
    let orgs = orgs.as_array().unwrap().iter();
    orgs.map(|org| {
        (
            org["username"].as_str().unwrap().to_owned(),
            org[key].clone(),
        )
    })
    .collect()
}

#[test]
fn real_client_lists_uses_and_ends_what_adieu_signed_in() {
    let Some(client) = real_client() else { return };
    for (version, length) in [("false", 32), ("true", 64)] {
        let (salesforce, home) = (Salesforce::start(), Home::new());
        sign_everybody_in(&client, &home, &salesforce, version);
        let key = document(&home, ".sfdx/key.json")["key"]
            .as_str()
            .unwrap()
            .len();
        assert_eq!(key, length);
        let sf = |words: &str| client.sf(&home, words).run().success();

        let listed = result(&sf("org list --json"));
        assert_eq!(
            each(&listed["nonScratchOrgs"], "connectedStatus"),
            json!({
                "alpha@fixture.example": "Connected", "beta@fixture.example": "Connected",
                "delta@fixture.example": "Connected", "gamma@fixture.example": "Connected",
            })
        );
        let auths = result(&sf("org list auth --json"));
        assert_eq!(
            each(&auths, "oauthMethod"),
            json!({
                "alpha@fixture.example": "web", "beta@fixture.example": "web",
                "delta@fixture.example": "jwt", "gamma@fixture.example": "token",
            })
        );
        assert_eq!(
            each(&auths, "alias"),
            json!({
                "alpha@fixture.example": "prod", "beta@fixture.example": "beta-dev",
                "delta@fixture.example": "ci", "gamma@fixture.example": "",
            })
        );
        // The default org of the home directory; renewed with what adieu stored.
        for (words, key) in [
            ("org display --json", "delta"),
            ("org display -o prod --json", "alpha"),
            ("org display -o beta-dev --json", "beta"),
        ] {
            salesforce.expire(key);
            let shown = result(&sf(words));
            assert_eq!(shown["connectedStatus"], "Connected", "{words}: {shown}");
            assert_eq!(shown["username"], format!("{key}@fixture.example"));
            let word = format!("org auth show-access-token -o {key}@fixture.example --json");
            assert_eq!(
                result(&sf(&word))["accessToken"],
                salesforce.access_token(key)
            );
        }
        // A refresh token that adieu stored in place of another one.
        salesforce.rotating().expire("alpha");
        org(&home, "display -o prod").run().success();
        let url = result(&sf("org auth show-sfdx-auth-url -o prod --json"))["sfdxAuthUrl"].clone();
        let token = salesforce.refresh_token("alpha");
        assert!(
            token.ends_with(".0002") && url.as_str().unwrap().contains(&token),
            "{url}"
        );

        let out = sf("org logout -o prod --no-prompt --json");
        assert_eq!(result(&out), json!(["alpha@fixture.example"]));
        assert_eq!(auth_files(&home).len(), 3);
        assert!(!home.read(".sfdx/alias.json").contains("prod"));
        sf("org logout --all --no-prompt");
        assert_eq!(auth_files(&home), Vec::<String>::new());
        let listed = org(&home, "list auth --json").run().success();
        assert_eq!(result(&listed), json!([]));
        assert_eq!(document(&home, ".sf/config.json"), json!({}));
    }
}

#[test]
fn real_client_finds_the_key_that_adieu_made_in_the_key_store() {
    let Some(client) = real_client() else { return };
    let Some(bus) = bus() else { return };
    let (salesforce, home) = (Salesforce::start(), Home::new());
    on(&bus, org(&home, "login access-token -a gamma"))
        .args(["-r", &salesforce.url()])
        .env("SF_ACCESS_TOKEN", salesforce.access_token("gamma"))
        .run()
        .success();
    let key = bus.lookup_with(&ATTRIBUTES);
    assert!(key.is_some() && !home.has(".sfdx/key.json"));
    let shown = on(
        &bus,
        client.sf(&home, "org auth show-access-token -o gamma --json"),
    )
    .run()
    .success();
    assert_eq!(
        result(&shown)["accessToken"],
        salesforce.access_token("gamma")
    );
    assert_eq!(bus.lookup_with(&ATTRIBUTES), key, "it makes no other one");
}

#[test]
fn both_clients_at_once_lose_nothing_of_each_other() {
    let Some(client) = real_client() else { return };
    let salesforce = Salesforce::start();
    let home = crate::support::home("full-v1", &salesforce);
    // Locks are told apart by their age: the time of the tests stands still.
    let clock = jiff::Timestamp::now().to_string();
    let theirs = Running::start(&client.sf(&home, "org logout -o beta-dev --no-prompt"));
    let mut ours = Vec::new();
    for alias in ["alpha-prod", "delta-ci", "eps-scratch"] {
        let logout = org(&home, &format!("logout -p -o {alias}"));
        ours.push(logout.env("ADIEU_TEST_CLOCK", &clock).run());
        std::thread::sleep(std::time::Duration::from_millis(300));
    }
    let theirs = theirs.end();
    assert_eq!(theirs.status, Some(0), "{theirs:?}");
    for output in ours {
        output.success();
    }
    assert_eq!(
        auth_files(&home),
        ["gamma@fixture.example.json", "zeta@fixture.example.json"]
    );
    assert_eq!(
        document(&home, ".sfdx/alias.json"),
        json!({"orgs": {"zeta-sbx": "zeta@fixture.example"}})
    );
    assert_eq!(document(&home, ".sf/config.json"), json!({}));
}
