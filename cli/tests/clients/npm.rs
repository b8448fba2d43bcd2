//! npm, signed in at two registries on loopback by its browser flow without a browser.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use adieu_testkit::server::{Answer, Server};
use adieu_testkit::{Client, Output};
use serde_json::json;

use crate::support::{Place, bearer, lines};

/// Two registries, `/` and `/two/`: each gives a token to whoever asks, knows it, and forgets it when it
/// is told so.
fn registries() -> Server {
    let server = Server::start();
    let url = server.url();
    let ended: Arc<Mutex<BTreeSet<String>>> = Arc::default();
    server.otherwise(move |request| {
        let path = request.path.as_str();
        let (registry, call) = path.split_once("/-/").unwrap_or((path, ""));
        if call == "v1/login" {
            let urls = json!({
                "loginUrl": format!("{url}{registry}/-/page"),
                "doneUrl": format!("{url}{registry}/-/done"),
            });
            return Answer::json(200, &urls);
        }
        if call == "done" {
            let token = format!("FAKE-of{}", registry.replace('/', "-"));
            return Answer::json(200, &json!({"token": token}));
        }
        if let Some(token) = call.strip_prefix("user/token/") {
            ended.lock().unwrap().insert(token.to_owned());
            return Answer::json(200, &json!({}));
        }
        match bearer(request) {
            Some(token) if call == "whoami" && !ended.lock().unwrap().contains(&token) => {
                Answer::json(200, &json!({"username": format!("holder of {token}")}))
            }
            _ => Answer::json(401, &json!({})),
        }
    });
    server
}

struct Npm<'n> {
    client: &'n Client,
    server: &'n Server,
    place: Place,
}

impl<'n> Npm<'n> {
    fn signed_in(client: &'n Client, server: &'n Server) -> Self {
        let place = Place::new().with_server(server);
        place.home.write(".npmrc", "; mine\nfund=false\n");
        // What npm keeps of its runs is no part of the home.
        let cache = place.home.temporary().join("npm").display().to_string();
        let place = place
            .with("npm_config_cache", cache)
            .with("npm_config_browser", "false")
            .with("npm_config_update_notifier", "false");
        let npm = Self {
            client,
            server,
            place,
        };
        npm.run("login", "/").success();
        npm.run("login", "/two/").success();
        npm
    }

    fn run(&self, command: &str, registry: &str) -> Output {
        let words = format!("{command} --registry {}{registry}", self.server.url());
        self.place.client(self.client, &words).run()
    }
}

#[test]
fn npm_is_logged_out_of_one_registry_in_its_own_eyes() {
    let Some(client) = Client::find("npm") else {
        return;
    };
    let server = registries();
    let npm = Npm::signed_in(&client, &server);
    let place = &npm.place;
    let expected = lines([
        "npm | 127.0.0.1:PORT | session | ~/.npmrc#//127.0.0.1:PORT/:_authToken",
        "npm | 127.0.0.1:PORT/two | session | ~/.npmrc#//127.0.0.1:PORT/two/:_authToken",
    ]);
    assert_eq!(place.found(), expected);
    assert_eq!(
        npm.run("whoami", "/").success().stdout.trim(),
        "holder of FAKE-of"
    );
    let before = place.tree();
    let text = place.home.read(".npmrc");
    place.log_out(&format!("npm:127.0.0.1:{}", server.port()));
    place.assert_only(&before, &[".npmrc"]);
    let own = format!("//127.0.0.1:{}/:_authToken=FAKE-of\n", server.port());
    assert!(text.contains(&own), "{text}");
    assert_eq!(place.home.read(".npmrc"), text.replace(&own, ""));
    let refused = npm.run("whoami", "/").code(1);
    assert!(refused.stderr.contains("ENEEDAUTH"), "{refused}");
    let other = npm.run("whoami", "/two/").success();
    assert_eq!(other.stdout.trim(), "holder of FAKE-of-two");
    // What its own logout takes, which tells the registry too.
    let theirs = Npm::signed_in(&client, &server);
    theirs.run("logout", "/").success();
    assert_eq!(place.found(), theirs.place.found());
    assert_eq!(
        place.files_with_secrets(),
        theirs.place.files_with_secrets()
    );
    place.log_out_of_everything();
    npm.run("whoami", "/two/").code(1);
}
