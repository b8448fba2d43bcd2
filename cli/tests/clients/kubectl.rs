//! kubectl, with two people's tokens and a client key.

use adieu_testkit::server::{Answer, Server};
use adieu_testkit::vendor::Vendor;
use adieu_testkit::{Client, Output};
use serde_json::json;

use crate::support::{Place, bearer, lines};

/// An API server that tells the holder of a token who that is.
fn cluster() -> Server {
    let server = Server::start();
    server.otherwise(|request| match bearer(request) {
        Some(token) => {
            let version =
                json!({"major": "1", "minor": "0", "gitVersion": token.replace("FAKE-", "seen-")});
            Answer::json(200, &version)
        }
        None => Answer::json(
            401,
            &json!({"kind": "Status", "apiVersion": "v1", "code": 401}),
        ),
    });
    server
}

struct Kubectl<'k> {
    client: &'k Client,
    place: Place,
}

impl<'k> Kubectl<'k> {
    fn signed_in(client: &'k Client, vendor: &Vendor) -> Self {
        let mut place = Place::new();
        for (name, value) in vendor.environment(&place.home) {
            place = place.with(&name, value);
        }
        let kubectl = Self { client, place };
        for user in ["alice", "bob"] {
            for words in [
                format!("config set-credentials {user} --token=FAKE-{user}"),
                // A token goes nowhere without TLS.
                format!("config set-cluster of-{user} --server=https://cluster.example.test"),
                format!("config set-context {user} --cluster=of-{user} --user={user}"),
            ] {
                kubectl.run(&words).success();
            }
        }
        kubectl
    }

    fn run(&self, words: &str) -> Output {
        self.place.client(self.client, words).run()
    }

    fn ask(&self, context: &str) -> Output {
        self.run(&format!("--context {context} get --raw /version"))
    }
}

#[test]
fn kubectl_is_logged_out_as_one_person_in_its_own_eyes() {
    let Some(client) = Client::find("kubectl") else {
        return;
    };
    let server = cluster();
    let vendor = Vendor::before(&server);
    let kubectl = Kubectl::signed_in(&client, &vendor);
    let place = &kubectl.place;
    let expected = lines([
        "kubernetes | alice | session | ~/.kube/config#users/alice/user/token",
        "kubernetes | bob | session | ~/.kube/config#users/bob/user/token",
    ]);
    assert_eq!(place.found(), expected);
    assert!(kubectl.ask("alice").success().stdout.contains("seen-alice"));
    let before = place.tree();
    place.log_out("kubernetes:alice");
    place.assert_only(&before, &[".kube/config"]);
    kubectl.ask("alice").code(1);
    assert!(kubectl.ask("bob").success().stdout.contains("seen-bob"));
    let view = kubectl.run("config view --raw").success();
    assert!(view.stdout.contains("FAKE-bob") && !view.stdout.contains("FAKE-alice"));
    let contexts = kubectl.run("config get-contexts -o name").success();
    assert_eq!(contexts.stdout, "alice\nbob\n");
    let theirs = Kubectl::signed_in(&client, &vendor);
    theirs.run("config delete-user alice").success();
    assert_eq!(place.found(), theirs.place.found());
    place.log_out_of_everything();
    kubectl.ask("bob").code(1);
    assert!(
        !kubectl
            .run("config view --raw")
            .success()
            .stdout
            .contains("FAKE")
    );
}
