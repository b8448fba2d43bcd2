//! Podman and Docker, signed in at two registries on loopback.

use adieu_testkit::Client;
use adieu_testkit::server::Server;
use adieu_testkit::session_bus::SessionBus;

use crate::support::{Place, lines, registry};

const USERS: [(&str, &str); 2] = [("alice", "127.0.0.1"), ("bob", "localhost")];

fn sign_in(place: &Place, client: &Client, server: &Server, options: &str) {
    for (user, host) in USERS {
        let port = server.port();
        let words = format!("login {options} -u {user} --password-stdin {host}:{port}");
        let login = place.client(client, &words).stdin(format!("FAKE-{user}"));
        login.run().success();
    }
}

#[test]
fn podman_is_logged_out_of_one_registry_in_its_own_eyes() {
    let Some(podman) = Client::find("podman") else {
        return;
    };
    let server = registry();
    let place = Place::new().with_server(&server);
    place.home.write(".config/containers/registries.conf", "");
    sign_in(&place, &podman, &server, "--tls-verify=false");
    let expected = lines([
        "podman | alice@127.0.0.1:PORT | session | ~/run/containers/auth.json#/auths/127.0.0.1:PORT/auth",
        "podman | bob@localhost:PORT | session | ~/run/containers/auth.json#/auths/localhost:PORT/auth",
    ]);
    assert_eq!(place.found(), expected);
    let who = |host: &str| {
        let words = format!("login --get-login {host}:{}", server.port());
        place.client(&podman, &words).run()
    };
    assert_eq!(who("127.0.0.1").success().stdout, "alice\n");
    let before = place.tree();
    place.log_out(&format!("podman:alice@127.0.0.1:{}", server.port()));
    place.assert_only(&before, &["run/containers/auth.json"]);
    who("127.0.0.1").code(125);
    assert_eq!(who("localhost").success().stdout, "bob\n");
    // What its own logout leaves beside ours.
    let theirs = Place::new().with_server(&server);
    sign_in(&theirs, &podman, &server, "--tls-verify=false");
    let words = format!("logout 127.0.0.1:{}", server.port());
    theirs.client(&podman, &words).run().success();
    assert_eq!(place.found(), theirs.found());
    place.log_out_of_everything();
    who("localhost").code(125);
    theirs.client(&podman, "logout --all").run().success();
    assert_eq!(theirs.found(), Vec::<String>::new());
}

/// Docker takes a helper by itself where one is in its search path.
fn docker_alone(place: Place) -> Place {
    place.with("PATH", "/nowhere")
}

#[test]
fn docker_is_logged_out_of_one_registry_in_its_own_eyes() {
    // Debian's package brings an engine along, which nobody needs for this.
    let Some(docker) = Client::find_any("docker") else {
        return;
    };
    let server = registry();
    let place = docker_alone(Place::new().with_server(&server));
    sign_in(&place, &docker, &server, "");
    let expected = lines([
        "docker | alice@127.0.0.1:PORT | session | ~/.docker/config.json#/auths/127.0.0.1:PORT/auth",
        "docker | bob@localhost:PORT | session | ~/.docker/config.json#/auths/localhost:PORT/auth",
    ]);
    assert_eq!(place.found(), expected);
    let before = place.tree();
    place.log_out(&format!("docker:bob@localhost:{}", server.port()));
    place.assert_only(&before, &[".docker/config.json"]);
    assert_eq!(place.found(), &expected[..1]);
    let theirs = docker_alone(Place::new().with_server(&server));
    sign_in(&theirs, &docker, &server, "");
    let words = format!("logout localhost:{}", server.port());
    theirs.client(&docker, &words).run().success();
    assert_eq!(place.found(), theirs.found());
    place.log_out_of_everything();
}

#[test]
fn docker_with_a_helper_is_logged_out_of_one_registry() {
    let (Some(docker), Some(helper)) = (
        Client::find_any("docker"),
        Client::find("docker-credential-secretservice"),
    ) else {
        return;
    };
    let Some(bus) = SessionBus::start() else {
        return;
    };
    let server = registry();
    let place = Place::with_key_store(&bus).with_server(&server);
    sign_in(&place, &docker, &server, "");
    let expected = lines([
        "docker | alice@127.0.0.1:PORT | session | 127.0.0.1:PORT",
        "docker | bob@localhost:PORT | session | localhost:PORT",
    ]);
    assert_eq!(place.found(), expected);
    let get = |host: &str| {
        let run = place.client(&helper, "get");
        run.stdin(format!("{host}:{}", server.port())).run()
    };
    get("127.0.0.1").success();
    place.log_out(&format!("docker:alice@127.0.0.1:{}", server.port()));
    get("127.0.0.1").code(1);
    assert!(get("localhost").success().stdout.contains("FAKE-bob"));
    place.log_out_of_everything();
    let list = place.client(&helper, "list").run().success();
    assert_eq!(list.stdout.trim(), "{}");
}
