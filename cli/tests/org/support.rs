//! The homes of the real client, pointed at a Salesforce on loopback.

pub(crate) use adieu_testkit::keys::private_key;
use std::path::{Path, PathBuf};

use adieu_testkit::salesforce::Salesforce;
use adieu_testkit::{Adieu, Home, Output};
use serde_json::Value;

/// What may change besides the logout: adieu's own trail.
pub(crate) const TRAIL: &str = "home/.local/**";

/// Where the recorded states are.
pub(crate) fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../core/tests/fixtures/salesforce")
}

/// A recorded state whose orgs are all at this server.
pub(crate) fn home(set: &str, salesforce: &Salesforce) -> Home {
    let home = Home::from_fixture(fixtures().join(set));
    point_at(&home, &salesforce.url());
    home
}

/// Replaces every recorded address in the auth files.
pub(crate) fn point_at(home: &Home, url: &str) {
    for name in auth_files(home) {
        let text = home.read(format!(".sfdx/{name}"));
        let text = text
            .replace("http://127.0.0.1:17170", url)
            .replace("https://localhost:17443", url);
        home.write(format!(".sfdx/{name}"), text);
    }
}

/// The names of the auth files, sorted.
pub(crate) fn auth_files(home: &Home) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(home.join(".sfdx"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains('@') && !name.contains(".lock"))
        .collect();
    names.sort();
    names
}

/// `adieu org …`, with no key store of the machine in reach.
pub(crate) fn org(home: &Home, words: &str) -> Adieu {
    adieu(home).arg("org").args(words.split_whitespace())
}

/// The program in a home, with no key store of the machine in reach.
pub(crate) fn adieu(home: &Home) -> Adieu {
    Adieu::new(env!("CARGO_BIN_EXE_adieu"))
        .home(home)
        .env("LC_ALL", "C.UTF-8")
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
        .env("SF_USE_GENERIC_UNIX_KEYCHAIN", "true")
}

/// A file as JSON.
pub(crate) fn document(home: &Home, file: &str) -> Value {
    serde_json::from_str(&home.read(file)).unwrap()
}

/// `result` as a sorted list of names.
pub(crate) fn names(output: &Output) -> Vec<String> {
    let document = output.json();
    let mut names: Vec<String> = document["result"]
        .as_array()
        .unwrap()
        .iter()
        .map(|name| name.as_str().unwrap().to_owned())
        .collect();
    names.sort();
    names
}

/// The refresh token that an org of the recorded states has.
pub(crate) fn refresh(key: &str) -> String {
    format!("5Aep861FIXTURE.REFRESH.{key}.0001")
}

/// What `agentapp` is linked with in [`with_own_app_token`].
pub(crate) const APP_TOKEN: &str = "FAKE.REFRESH.agentapp";

/// Gives the linked app of alpha a token of its own: in the recording it has alpha's. What does not
/// look encrypted is taken as plain text, by the real client too.
pub(crate) fn with_own_app_token(home: &Home) {
    let file = ".sfdx/alpha@fixture.example.json";
    let mut alpha = document(home, file);
    alpha["clientApps"]["agentapp"]["refreshToken"] = APP_TOKEN.into();
    home.write(file, alpha.to_string());
}

/// A port that is free now.
pub(crate) fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    listener.local_addr().unwrap().port()
}

/// Makes the working directory a project whose browser sign-ins come back to a port of their own.
pub(crate) fn project(home: &Home) -> u16 {
    let port = free_port();
    let text = format!(r#"{{"oauthLocalPort": {port}}}"#);
    std::fs::write(home.work().join("sfdx-project.json"), text).unwrap();
    port
}

/// Says that a test is left out; fails where that is not allowed.
pub(crate) fn left_out(why: &str) {
    let required = std::env::var_os("ADIEU_REAL_PARTS").is_some_and(|value| value == "required");
    assert!(!required, "may not be left out: {why}");
    eprintln!("LEFT OUT: {why}");
}
