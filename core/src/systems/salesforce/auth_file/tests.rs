//! Auth files that the real client wrote, and such as it would not.

use std::path::PathBuf;

use serde_json::json;

use super::*;
use crate::systems::salesforce::crypto::{DecryptError, EncryptionKey};

fn fixture(set: &str, name: &str) -> Vec<u8> {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/salesforce")
        .join(set)
        .join("home/.sfdx")
        .join(name);
    std::fs::read(file).unwrap()
}

fn read(set: &str, user: &str) -> AuthFile {
    let name = format!("{user}@fixture.example.json");
    AuthFile::parse(&name, &fixture(set, &name)).unwrap()
}

fn key(set: &str) -> EncryptionKey {
    let bytes = fixture(set, "key.json");
    super::super::key::KeyFile::parse(&bytes).unwrap()
}

#[test]
fn every_kind_of_sign_in_of_the_real_client_is_read() {
    let key = key("full-v1");
    for (user, kind, is_scratch) in [
        ("alpha", LoginKind::Web, false),
        ("beta", LoginKind::Web, false),
        ("gamma", LoginKind::Token, false),
        ("delta", LoginKind::Jwt, false),
        ("epsilon", LoginKind::Web, true),
        ("zeta", LoginKind::Web, false),
    ] {
        let file = read("full-v1", user);
        assert_eq!(
            (file.kind(), file.is_scratch()),
            (kind, is_scratch),
            "{user}"
        );
        assert_eq!(file.username, format!("{user}@fixture.example"));
        let token = file.access_token.unwrap().reveal(Some(&key)).unwrap();
        assert!(token.expose().contains("FIXTURE.ACCESS"), "{user}");
    }
    let alpha = read("full-v1", "alpha");
    assert!(alpha.is_dev_hub);
    assert!(!alpha.may_share_its_refresh_token());
    assert!(read("full-v1", "beta").may_share_its_refresh_token());
    let app = &alpha.client_apps[0];
    assert_eq!(app.name, "agentapp");
    let secret = app.client_secret.as_ref().unwrap();
    assert!(secret.reveal(Some(&key)).is_ok());
    assert_eq!(
        read("full-v1", "delta").private_key.as_deref(),
        Some("/opt/fixture/keys/delta-jwt.key")
    );
}

#[test]
fn without_the_right_key_only_plain_text_is_revealed() {
    let beta = read("basic-v1", "beta");
    let token = beta.refresh_token.unwrap();
    assert_eq!(token.reveal(None).unwrap_err(), RevealError::NoKey);
    let other = EncryptionKey::generate(CryptoVersion::V1, [9; 32]);
    let wrong = token.reveal(Some(&other)).unwrap_err();
    assert_eq!(wrong, RevealError::Decrypt(DecryptError::WrongKey));
    let keys = [other, key("basic-v1")];
    assert!(token.reveal_with_any(&keys).is_ok());
    let plain = br#"{"username":"a@b.example","refreshToken":"FAKE-plain"}"#;
    let file = AuthFile::parse("a@b.example.json", plain).unwrap();
    let revealed = file.refresh_token.unwrap().reveal(None).unwrap();
    assert_eq!(revealed.expose(), "FAKE-plain");
}

#[test]
fn files_that_are_no_sign_ins_are_told_apart() {
    let parse = |text: &str| AuthFile::parse("a@b.example.json", text.as_bytes()).map(|_| ());
    assert_eq!(parse("{}"), Err(AuthFileError::NotASignIn));
    assert_eq!(
        parse(r#"{"username":"a@b.example"}"#),
        Err(AuthFileError::NotASignIn)
    );
    for broken in [
        "",
        "[]",
        r#"{"username":"a@b.ex"#,
        "null",
        &"[".repeat(5000),
    ] {
        assert!(matches!(parse(broken), Err(AuthFileError::NotAnObject(_))));
    }
    assert_eq!(parse(r#"{"orgId":"00D","clientApps":{}}"#), Ok(()));
}

#[test]
fn names_in_the_state_directory_are_classified() {
    let seen = |name| match classify_file_name(name) {
        NameKind::Auth {
            is_seen_by_real_client,
            ..
        } => Some(is_seen_by_real_client),
        _ => None,
    };
    for (name, expected) in [
        ("a@b.example.json", Some(true)),
        ("a.b@c.d.example.json", Some(true)),
        ("me@localhost.json", Some(false)),
        (".x@y.example.json", Some(false)),
        ("a@b..json", Some(false)),
        ("alias.json", None),
        ("key.json", None),
        ("sfdx-config.json", None),
        ("sfdx.log", None),
        (".json", None),
        ("00DFX0000000006AAA.json", None),
        ("00DFX0000000006AAA.sandbox.json", None),
    ] {
        assert_eq!(seen(name), expected, "{name}");
    }
    assert_eq!(
        classify_file_name("00DFX0000000006AAA.sandbox.json"),
        NameKind::Sandbox {
            org_id: "00DFX0000000006AAA"
        }
    );
}

#[test]
fn a_user_name_that_could_lead_elsewhere_is_refused() {
    for safe in ["a@b.example", "a.b+c@d", "ü@b.example", "me@localhost"] {
        assert_eq!(check_username(safe), Ok(()), "{safe}");
    }
    for unsafe_name in [
        "",
        "../../x@y.z",
        "a/b@c.d",
        "a\\b@c.d",
        "a\0b@c.d",
        "a\nb@c.d",
        ".x@y.z",
        "no-at",
        "a@b:stream",
        " a@b.c",
        &format!("{}@b.c", "x".repeat(250)),
    ] {
        assert!(check_username(unsafe_name).is_err(), "{unsafe_name:?}");
    }
}

#[test]
fn a_repeated_sign_in_replaces_credentials_and_keeps_the_rest() {
    let earlier = json!({
        "accessToken": "FAKE-old", "refreshToken": "FAKE-old", "orgId": "00DFX0000000001AAA",
        "clientApps": {"app": {}}, "isDevHub": true, "strange": [1],
    });
    let members = Members::default()
        .with("accessToken", "FAKE-new")
        .with("orgId", "00DFX0000000001AAA")
        .with("privateKey", "/k");
    let bytes = signed_in_again(Some(earlier.to_string().as_bytes()), &members);
    let document: Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(
        document,
        json!({
            "accessToken": "FAKE-new", "orgId": "00DFX0000000001AAA", "privateKey": "/k",
            "clientApps": {"app": {}}, "isDevHub": true, "strange": [1],
        })
    );
    assert!(bytes.starts_with(b"{\n  \"accessToken\"") && bytes.ends_with(b"}"));
    let elsewhere = members.with("orgId", "00DFX0000000002AAA");
    let bytes = signed_in_again(Some(earlier.to_string().as_bytes()), &elsewhere);
    assert!(!String::from_utf8(bytes).unwrap().contains("strange"));
    assert!(signed_in_again(Some(b"not json"), &elsewhere).starts_with(b"{"));
}

#[test]
fn an_update_keeps_unknown_members() {
    let bytes = fixture("basic-v1", "alpha@fixture.example.json");
    let members = Members::default().with("accessToken", "FAKE-new");
    let updated = update_members(&bytes, &members).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let old = read("basic-v1", "alpha").document()["accessToken"].clone();
    let expected = text.replace(old.as_str().unwrap(), "FAKE-new");
    assert_eq!(String::from_utf8(updated).unwrap(), expected);
}

#[test]
fn debug_shows_no_credential() {
    let shown = format!("{:?}", read("full-v1", "alpha"));
    assert!(
        shown.contains("alpha@") && !shown.contains("674"),
        "{shown}"
    );
}
