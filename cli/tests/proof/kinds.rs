//! Every kind of revocation in every situation.

use crate::revocation_kind::RevocationKind;

use crate::seeds::{Place, seed};
use crate::table::{Proof, Situation, Storage, check};

/// What the report must say of a kind in a situation.
fn proof(kind: RevocationKind, situation: Situation) -> Proof {
    match (kind, situation) {
        // The end in a file may be wrong, so the server is asked.
        (_, Situation::Ended | Situation::AlreadyUnknown | Situation::Expired) => Proof::Ended,
        (_, Situation::Locked) => Proof::Kept,
        (RevocationKind::SsoPortal, Situation::Unreadable) => Proof::NeverRead,
        // No call is known for what cannot be understood, nor for a token of an unknown client.
        (
            RevocationKind::OpenAi | RevocationKind::Google,
            Situation::Unreadable | Situation::NoAddress,
        ) => Proof::NoServerCall,
        (
            _,
            Situation::Refused
            | Situation::ServerError
            | Situation::ErrorInGoodAnswer
            | Situation::Silent
            | Situation::Closed
            | Situation::ExpiredUnheard
            | Situation::NotAsked
            | Situation::Unreadable
            | Situation::NoAddress
            | Situation::NotAllowed,
        ) => Proof::NotEnded,
    }
}

fn rows(kind: RevocationKind) {
    let mut checked = 0;
    for storage in [Storage::File, Storage::KeyStore] {
        for situation in Situation::ALL {
            let Some(place) = Place::of(kind, situation) else {
                continue;
            };
            if seed(kind, storage, situation, &place).is_none() {
                continue;
            }
            let label = format!("{kind:?}, {storage:?}, {situation:?}");
            check(&label, proof(kind, situation), || {
                seed(kind, storage, situation, &place).unwrap()
            });
            checked += 1;
            let is_told = matches!(situation, Situation::NotAsked | Situation::NotAllowed);
            if let Some(server) = place.server.as_ref().filter(|_| is_told) {
                assert!(server.requests().is_empty(), "{label}: a server was asked");
            }
        }
    }
    assert!(checked > 3, "{kind:?} has {checked} rows");
}

#[test]
fn portal_session_is_proven() {
    rows(RevocationKind::SsoPortal);
}

#[test]
fn browser_sign_in_to_aws_is_proven() {
    rows(RevocationKind::AwsSignIn);
}

#[test]
fn github_token_is_proven() {
    rows(RevocationKind::GithubInstallation);
}

#[test]
fn salesforce_authorization_is_proven() {
    rows(RevocationKind::Salesforce);
}

#[test]
fn google_authorization_is_proven() {
    rows(RevocationKind::Google);
}

#[test]
fn openai_authorization_is_proven() {
    rows(RevocationKind::OpenAi);
}

#[test]
fn login_that_the_vendors_client_ends_is_proven() {
    rows(RevocationKind::Client);
}
