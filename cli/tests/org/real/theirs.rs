//! The real client signs in; adieu lists, shows and logs out, at Salesforce too.

use adieu_testkit::browser::browse;
use adieu_testkit::salesforce::Salesforce;
use adieu_testkit::{Adieu, Home, Tree};
use serde_json::{Value, json};

use super::support::{Https, RealClient, real_client};
use crate::running::Running;
use crate::support::{TRAIL, auth_files, document, names, org, private_key, project};

/// A browser that only notes the address, and does so after its program has ended: the client hears
/// the answer to a sign-in only from then on.
const BROWSER: &str = "#!/bin/sh\nfor url; do :; done\n(sleep 1; printf %s \"$url\" > \
                       \"$HOME/opened.new\"; mv \"$HOME/opened.new\" \"$HOME/opened\") \
                       > /dev/null 2>&1 &\n";

fn in_browser(client: &RealClient, home: &Home, salesforce: &Salesforce, version: &str) {
    home.write_with_mode("bin/google-chrome", BROWSER, 0o755);
    let login = client
        .sf(
            home,
            "org login web --browser chrome --alias prod --set-default",
        )
        .args(["--instance-url", &salesforce.url()])
        .env("SF_CRYPTO_V2", version);
    let path = login.command();
    let path = path
        .get_envs()
        .find(|(name, _)| *name == "PATH")
        .and_then(|(_, value)| value)
        .unwrap()
        .to_str()
        .unwrap()
        .to_owned();
    let running =
        Running::start(&login.env("PATH", format!("{}:{path}", home.join("bin").display())));
    let end = std::time::Instant::now() + std::time::Duration::from_mins(1);
    while !home.has("opened") && std::time::Instant::now() < end {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    browse(&home.read("opened").replace("localhost", "127.0.0.1"));
    let ended = running.end();
    assert_eq!(ended.status, Some(0), "{ended:?}");
}

fn sign_everybody_in(client: &RealClient, home: &Home, salesforce: &Salesforce, version: &str) {
    let url = salesforce.url();
    std::fs::write(home.work().join("server.key"), private_key()).unwrap();
    let sf = |words: &str| -> Adieu { client.sf(home, words).env("SF_CRYPTO_V2", version) };
    salesforce.person("alpha");
    project(home);
    in_browser(client, home, salesforce, version);
    sf("org login jwt -o delta@fixture.example -f server.key -i FAKE.consumer -a ci -d")
        .args(["--instance-url", &url])
        .run()
        .success();
    sf("org login access-token --no-prompt")
        .args(["--instance-url", &url])
        .env("SF_ACCESS_TOKEN", salesforce.access_token("gamma"))
        .run()
        .success();
    let https = Https::start(client, home, salesforce);
    // By a file: the client stops waiting for its standard input before a busy machine has given it.
    let auth_url = home.work().join("auth-url.txt");
    std::fs::write(&auth_url, https.auth_url(salesforce, "beta")).unwrap();
    sf("org login sfdx-url --alias beta-dev --sfdx-url-file auth-url.txt")
        .env("NODE_EXTRA_CA_CERTS", &https.authority)
        .run()
        .success();
    std::fs::remove_file(auth_url).unwrap();
    let file = ".sfdx/beta@fixture.example.json";
    let text = home.read(file);
    home.write(
        file,
        text.replace(&format!("https://localhost:{}", https.port), &url),
    );
}

fn statuses(home: &Home) -> Value {
    let output = org(home, "list --json").run().success();
    let document = output.json();
    let orgs = document["result"]["nonScratchOrgs"]
        .as_array()
        .unwrap()
        .iter();
    orgs.map(|org| {
        let username = org["username"].as_str().unwrap().to_owned();
        (username, org["connectedStatus"].clone())
    })
    .collect()
}

#[test]
fn adieu_lists_renews_and_ends_what_the_real_client_signed_in() {
    let Some(client) = real_client() else { return };
    for version in ["false", "true"] {
        let (salesforce, home) = (Salesforce::start(), Home::new());
        sign_everybody_in(&client, &home, &salesforce, version);
        for key in ["alpha", "beta", "delta"] {
            salesforce.expire(key);
        }
        assert_eq!(
            statuses(&home),
            json!({
                "alpha@fixture.example": "Connected", "beta@fixture.example": "Connected",
                "delta@fixture.example": "Connected", "gamma@fixture.example": "Connected",
            })
        );
        let shown = org(&home, "display --json").run().success();
        assert_eq!(shown.json()["result"]["username"], "alpha@fixture.example");
        assert_eq!(shown.json()["result"]["alias"], "prod");

        let live = ["alpha", "beta"].map(|key| salesforce.refresh_token(key));
        let sessions = ["gamma", "delta"].map(|key| salesforce.access_token(key));
        let output = org(&home, "logout -o prod -o ci --json").run().success();
        assert_eq!(
            names(&output),
            ["alpha@fixture.example", "delta@fixture.example"]
        );
        let mut revoked = salesforce.revoked();
        revoked.sort();
        assert_eq!(revoked, [sessions[1].clone(), live[0].clone()]);
        let output = org(&home, "logout --all --json").run().success();
        assert_eq!(
            names(&output),
            ["beta@fixture.example", "gamma@fixture.example"]
        );
        for token in live.iter().chain(&sessions) {
            assert!(!salesforce.knows(token), "{token} still works");
        }
        assert_eq!(auth_files(&home), Vec::<String>::new());
        assert_eq!(document(&home, ".sfdx/alias.json"), json!({"orgs": {}}));
        for file in [".sf/config.json", ".sfdx/sfdx-config.json"] {
            let local = std::fs::read_to_string(home.work().join(file)).unwrap();
            assert_eq!(local, "{}", "{file}");
        }
        let theirs = client.sf(&home, "org list auth --json").run().success();
        assert_eq!(theirs.json()["result"], json!([]));
        let theirs = client.sf(&home, "org display -o prod --json").run().code(2);
        assert_eq!(theirs.json()["name"], "NamedOrgNotFoundError");
    }
}

#[test]
fn logout_of_one_leaves_the_others_to_the_real_client() {
    let Some(client) = real_client() else { return };
    let salesforce = Salesforce::start();
    let home = crate::support::home("basic-v2", &salesforce);
    let before = Tree::of(home.root());
    org(&home, "logout -o alpha-prod -p").run().success();
    before.assert_only(
        &Tree::of(home.root()),
        &[
            TRAIL,
            "home/.local",
            "home/.sfdx",
            "home/.sfdx/alpha@fixture.example.json",
            "home/.sfdx/alias.json",
            "home/.sfdx/sfdx-config.json",
            "home/.sf/config.json",
        ],
    );
    let theirs = client
        .sf(&home, "org display -o beta-dev --json")
        .run()
        .success();
    assert_eq!(theirs.json()["result"]["connectedStatus"], "Connected");
    let theirs = client.sf(&home, "org list auth --json").run().success();
    assert_eq!(theirs.json()["result"].as_array().unwrap().len(), 2);
}
