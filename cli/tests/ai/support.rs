//! The recorded homes, and how the tests run the program in them.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use adieu_testkit::{Adieu, Home, Output};
use serde_json::Value;

/// Who is signed in, in all of them.
pub(crate) const ADA: &str = "ada@example.invalid";

/// What may change in a home besides a logout: adieu's own trail.
pub(crate) const TRAIL: &str = ".local/state/**";

/// The directories of the trail, where there was none.
pub(crate) const TRAIL_ROOTS: [&str; 3] = [TRAIL, ".local", ".local/state"];

/// A copy of a recorded home.
pub(crate) fn home(name: &str) -> Home {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/ai/fixtures")
        .join(name);
    Home::from_fixture(folder)
}

/// The program in a home, with no key store of the machine in reach and no client in `PATH`.
pub(crate) fn adieu(home: &Home, words: &str) -> Adieu {
    Adieu::new(env!("CARGO_BIN_EXE_adieu"))
        .home(home)
        .env("LC_ALL", "C.UTF-8")
        .env("PATH", "/nonexistent")
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
        .args(words.split_whitespace())
}

/// `adieu status -o json` of one tool.
pub(crate) fn status(home: &Home, tool: &str) -> Value {
    let output = adieu(home, &format!("status {tool} -o json")).run();
    assert_no_secret(&output);
    output.success().json()
}

/// Name and state of every session, in order.
pub(crate) fn sessions(status: &Value) -> Vec<(String, String)> {
    let text = |session: &Value, key: &str| session[key].as_str().unwrap_or_default().to_owned();
    status["sessions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|session| (text(session, "identity"), text(session, "state")))
        .collect()
}

/// The names of overrides with their kinds.
pub(crate) fn overrides(document: &Value) -> Vec<(String, String)> {
    let text = |found: &Value, key: &str| found[key].as_str().unwrap_or_default().to_owned();
    let mut found: Vec<_> = document["overrides"]
        .as_array()
        .unwrap()
        .iter()
        .map(|found| (text(found, "kind"), text(found, "name")))
        .collect();
    found.sort();
    found
}

/// No value of a recorded home may ever be said.
#[track_caller]
pub(crate) fn assert_no_secret(output: &Output) {
    for text in [&output.stdout, &output.stderr] {
        // Names of providers and clients in the homes begin like this too, but are no values.
        assert!(!text.contains("FAKE-"), "a secret was said:\n{text}");
        assert!(
            !text.contains("ghijklmnopqrstuvwxyz"),
            "the ending of a key was said:\n{text}"
        );
    }
}

/// A program in the home's `bin` directory; its `PATH`.
pub(crate) fn program(home: &Home, name: &str, script: &str) -> String {
    let path = PathBuf::from("bin").join(name);
    home.write_with_mode(&path, format!("#!/bin/sh\n{script}\n"), 0o755);
    let directory = home.join("bin");
    std::fs::set_permissions(home.join(&path), std::fs::Permissions::from_mode(0o755)).unwrap();
    format!("{}:/usr/bin:/bin", directory.display())
}

/// Replaces the tokens of the recorded Codex login by ones with the recorded claims: an id token
/// that says who it is, an access token that names the client.
pub(crate) fn sign_codex_tokens(home: &Home) {
    let recorded: Value = serde_json::from_str(&home.read("claims.json")).unwrap();
    let client = serde_json::json!({"exp": 4_102_444_800_i64, "client_id": "client-of-the-token"});
    let login = serde_json::json!({
        "auth_mode": "chatgpt",
        "OPENAI_API_KEY": null,
        "tokens": {
            "id_token": token(&recorded["payload"]),
            "access_token": token(&client),
            "refresh_token": "FAKE-codex-refresh",
            "account_id": "acct-FAKE",
        },
        "last_refresh": "2026-01-02T03:04:05Z",
    });
    home.write(".codex/auth.json", login.to_string());
}

/// A web token without a signature.
fn token(claims: &Value) -> String {
    let part = |value: &Value| base64_url(value.to_string().as_bytes());
    let header = serde_json::json!({"alg": "none", "typ": "JWT"});
    format!("{}.{}.FAKE-signature", part(&header), part(claims))
}

fn base64_url(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let number = chunk
            .iter()
            .chain(&[0, 0])
            .take(3)
            .fold(0_usize, |number, byte| number << 8 | usize::from(*byte));
        for at in 0..=chunk.len() {
            text.push(char::from(ALPHABET[number >> (18 - 6 * at) & 63]));
        }
    }
    text
}

/// Says that a test is left out; fails where that is not allowed.
pub(crate) fn left_out(why: &str) {
    let required = std::env::var_os("ADIEU_REAL_PARTS").is_some_and(|value| value == "required");
    assert!(!required, "may not be left out: {why}");
    eprintln!("LEFT OUT: {why}");
}
