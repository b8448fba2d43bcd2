//! Cargo, signed in at two registries on loopback.

use adieu_testkit::server::{Answer, Server};
use adieu_testkit::{Client, Output};
use serde_json::json;

use crate::support::{Place, lines};

const REGISTRIES: [&str; 2] = ["one", "two"];

/// Two registries with an index each, whose owners may be asked for with any token.
fn registries() -> Server {
    let server = Server::start();
    let url = server.url();
    server.otherwise(move |request| {
        if let Some(registry) = request.path.strip_suffix("/config.json") {
            let configuration =
                json!({"dl": format!("{url}/dl"), "api": format!("{url}{registry}")});
            return Answer::json(200, &configuration);
        }
        match request.header("Authorization") {
            Some(token) => {
                let owner = json!({"id": 1, "login": format!("owner with {token}")});
                Answer::json(200, &json!({"users": [owner]}))
            }
            None => Answer::json(403, &json!({"errors": [{"detail": "no token"}]})),
        }
    });
    server
}

struct Cargo {
    client: Client,
    place: Place,
}

impl Cargo {
    fn run(&self, words: &str, input: &str) -> Output {
        let run = self.place.client(&self.client, words);
        run.stdin(input).run()
    }

    fn owner(&self, registry: &str) -> Output {
        self.run(&format!("owner --list x --registry {registry}"), "")
    }
}

fn signed_in(client: &Client, server: &Server) -> Cargo {
    // A toolchain manager's shim needs to know where its toolchains are.
    let home = std::env::var("HOME").unwrap_or_default();
    let toolchains = std::env::var("RUSTUP_HOME").unwrap_or_else(|_| format!("{home}/.rustup"));
    let place = Place::new().with("RUSTUP_HOME", toolchains);
    let directory = place.home.join(".cargo").display().to_string();
    let place = place.with("CARGO_HOME", directory);
    let tables = REGISTRIES.map(|name| {
        let url = server.url();
        format!("[registries.{name}]\nindex = \"sparse+{url}/{name}/\"\n")
    });
    place.home.write(".cargo/config.toml", tables.concat());
    let cargo = Cargo {
        client: client.clone(),
        place,
    };
    for name in REGISTRIES {
        let words = format!("login --registry {name}");
        cargo.run(&words, &format!("FAKE-{name}\n")).success();
    }
    cargo
}

#[test]
fn cargo_is_logged_out_of_one_registry_in_its_own_eyes() {
    let Some(client) = Client::find("cargo") else {
        return;
    };
    let server = registries();
    let cargo = signed_in(&client, &server);
    let place = &cargo.place;
    let expected = lines([
        "cargo | one | session | ~/.cargo/credentials.toml#registries/one/token",
        "cargo | two | session | ~/.cargo/credentials.toml#registries/two/token",
    ]);
    assert_eq!(place.found(), expected);
    assert!(cargo.owner("one").success().stdout.contains("FAKE-one"));
    let before = place.tree();
    place.log_out("cargo:one");
    place.assert_only(&before, &[".cargo/credentials.toml"]);
    let refused = cargo.owner("one").code(101);
    assert!(refused.stderr.contains("no token found"), "{refused}");
    assert!(cargo.owner("two").success().stdout.contains("FAKE-two"));
    let theirs = signed_in(&client, &server);
    theirs.run("logout --registry one", "").success();
    assert_eq!(place.found(), theirs.place.found());
    assert_eq!(
        place.files_with_secrets(),
        theirs.place.files_with_secrets()
    );
    place.log_out_of_everything();
    cargo.owner("two").code(101);
}
