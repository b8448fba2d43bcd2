//! What answers make of an inventory.

use adieu_testkit::server::{Answer, Server};
use serde_json::json;

use super::*;
use crate::inventory::{Artefact, Owner, Place};
use crate::path::ConfinedPath;
use crate::remote::{Endpoint, EndpointSource};
use crate::secret::{FingerprintKey, Secret};
use crate::systems::discovery::build_artefact;

fn world() -> World {
    World::fixed("/nowhere", jiff::Timestamp::UNIX_EPOCH)
}

/// A sign-in of one file at Google, asked about with this access token.
fn at_google(server: &Server, state: State, asked_with: Option<&str>) -> (Inventory, Fingerprint) {
    let secret = Secret::new("FAKE-refresh-token".to_owned());
    let fingerprint = secret.fingerprint(&FingerprintKey::new([7; 32]));
    let token = Token {
        secret,
        revocation: Revocation::Http {
            service: &crate::systems::GOOGLE,
            recorded: Vec::new(),
            endpoint: Endpoint {
                url: server.url(),
                named_by: EndpointSource::Environment,
            },
        },
        elsewhere: Vec::new(),
        expires_at: None,
        providers: Vec::new(),
        account: Some("ana@acme.example".to_owned()),
        shared: None,
        asked_with: asked_with.map(|text| Secret::new(text.to_owned())),
        is_over: false,
        renewal: crate::inventory::Renewability::No,
        system: System::GEMINI,
    };
    let file = ConfinedPath::root(std::path::Path::new("/nowhere"))
        .descend("creds")
        .unwrap();
    let artefact = Artefact {
        state,
        token: Some(fingerprint),
        ..build_artefact(
            System::GEMINI,
            Place::File { file },
            Owner::account("ana@acme.example"),
            "login",
        )
    };
    let inventory = Inventory {
        artefacts: vec![artefact],
        tokens: BTreeMap::from([(fingerprint, token)]),
        ..Inventory::default()
    };
    (inventory, fingerprint)
}

/// The state and the answer after the server was asked.
fn asked(server: &Server, state: State, asked_with: Option<&str>) -> (State, TokenStatus) {
    let (mut inventory, fingerprint) = at_google(server, state, asked_with);
    let world = world();
    let asker = TokenChecker {
        world: &world,
        files: &Files::new(&world),
        time_limit: Duration::from_secs(5),
        allowed_hosts: &[],
        cancel: &Cancel::new(),
    };
    let wanted = BTreeSet::from([fingerprint]);
    let not_stored = asker.ask(&mut inventory, &Orgs::default(), &wanted);
    assert!(not_stored.is_empty());
    let answer = inventory.answers.unwrap()[&fingerprint].clone();
    (inventory.artefacts[0].state, answer)
}

#[test]
fn refused_access_token_says_little_of_the_refresh_token() {
    let server = Server::start();
    let refused = Answer::json(400, &json!({"error": "invalid_token"}));
    server.on("POST", "/tokeninfo", refused);
    let (state, answer) = asked(&server, State::Live, Some("FAKE-access-token"));
    assert_eq!((state, answer.word()), (State::Live, "unknown"));
    // The token itself was asked about.
    let (state, answer) = asked(&server, State::Live, Some("FAKE-refresh-token"));
    assert_eq!((state, answer.word()), (State::Expired, "refused"));
}

#[test]
fn accepted_token_is_live_although_its_end_could_not_be_read() {
    let server = Server::start();
    server.on("POST", "/tokeninfo", Answer::json(200, &json!({})));
    let (state, answer) = asked(&server, State::Unknown, Some("FAKE-access-token"));
    assert_eq!((state, answer.word()), (State::Live, "accepted"));
}

#[test]
fn without_a_token_to_ask_with_no_server_is_asked() {
    let server = Server::start();
    let (state, answer) = asked(&server, State::Live, None);
    assert_eq!((state, answer.word()), (State::Live, "not-asked"));
    assert!(server.requests().is_empty());
}

#[test]
fn only_words_about_the_sign_in_itself_count_as_refused() {
    let failed = |code: &str| {
        let error = CallError::Refused {
            host: "acme.example".to_owned(),
            status: 400,
            code: code.to_owned(),
            description: String::new(),
        };
        TokenStatus::from(&ConnectedStatus::RefreshFailed(error)).word()
    };
    assert_eq!(failed("invalid_grant"), "refused");
    assert_eq!(failed("invalid_client_id"), "unknown");
    let otherwise = ConnectedStatus::Otherwise("REQUEST_LIMIT_EXCEEDED".to_owned());
    assert_eq!(TokenStatus::from(&otherwise).word(), "unknown");
    assert_eq!(
        TokenStatus::from(&ConnectedStatus::Maintenance).word(),
        "unknown"
    );
}
