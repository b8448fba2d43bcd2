//! Homes with one credential of each kind of revocation, kept in each way, in each situation.

use std::net::TcpListener;
use std::path::Path;

use crate::revocation_kind::RevocationKind;
use adieu_testkit::server::{Answer, Server, unauthorized};
use adieu_testkit::session_bus::SessionBus;
use adieu_testkit::vendor::Vendor;
use adieu_testkit::{Home, PortalSession};
use serde_json::json;

use crate::table::{Seed, Situation, Storage};

/// The claims `{"client_id":"client-of-the-token","exp":4102444800}` in a token without a signature.
const ACCESS: &str = "eyJhbGciOiJub25lIn0.eyJjbGllbnRfaWQiOiJjbGllbnQtb2YtdGhlLXRva2VuIiwiZXhwIjo0MTAyNDQ0ODAwfQ.FAKE-proof";

/// A server in a situation, and its address; `None` in the one where nobody listens.
pub(crate) struct Place {
    pub(crate) server: Option<Server>,
    pub(crate) url: String,
}

impl Place {
    pub(crate) fn of(kind: RevocationKind, situation: Situation) -> Option<Self> {
        if situation == Situation::NotAllowed {
            return Some(Self {
                server: None,
                url: "http://192.0.2.7:9".to_owned(),
            });
        }
        if matches!(situation, Situation::Closed | Situation::ExpiredUnheard) {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let url = format!("http://{}", listener.local_addr().unwrap());
            return Some(Self { server: None, url });
        }
        let answer = answer(kind, situation)?;
        let server = Server::start();
        server.otherwise(move |_| answer.clone());
        let url = server.url();
        Some(Self {
            server: Some(server),
            url,
        })
    }

    fn host(&self) -> String {
        self.url.trim_start_matches("http://").to_owned()
    }
}

/// What the server answers; `None` if the situation is none of this kind's.
fn answer(kind: RevocationKind, situation: Situation) -> Option<Answer> {
    let error = |word: &str| json!({ "error": word });
    Some(match situation {
        Situation::AlreadyUnknown => match kind {
            RevocationKind::SsoPortal => unauthorized(),
            RevocationKind::GithubInstallation => {
                Answer::json(401, &json!({"message": "Bad credentials"}))
            }
            _ => Answer::json(400, &error("invalid_token")),
        },
        Situation::Refused => Answer::json(403, &error("access_denied")),
        Situation::ServerError => Answer::status(503),
        // A portal's answer is read by AWS's own library.
        Situation::ErrorInGoodAnswer if kind == RevocationKind::SsoPortal => return None,
        Situation::ErrorInGoodAnswer => Answer::json(200, &error("temporarily_unavailable")),
        Situation::Silent => Answer::hang(),
        // Where nobody asks, or may ask, a good answer would be a wrong one.
        Situation::Ended
        | Situation::NotAsked
        | Situation::Closed
        | Situation::Locked
        | Situation::Unreadable
        | Situation::Expired
        | Situation::ExpiredUnheard
        | Situation::NoAddress
        | Situation::NotAllowed => match kind {
            RevocationKind::GithubInstallation => Answer::status(204),
            // It says yes to everything, so what counts is what it says when it is asked.
            RevocationKind::AwsSignIn => Answer::json(200, &json!({"active": false})),
            _ => Answer::status(200),
        },
    })
}

/// The home of a row; `None` if there is no such row.
pub(crate) fn seed(
    kind: RevocationKind,
    storage: Storage,
    situation: Situation,
    place: &Place,
) -> Option<Seed> {
    let seed = match (kind, storage) {
        (RevocationKind::SsoPortal, Storage::File) => portal(situation, place)?,
        (RevocationKind::SsoPortal, Storage::KeyStore) => portal_entry(situation, place)?,
        (RevocationKind::AwsSignIn, Storage::File) => sign_in(situation, place)?,
        (RevocationKind::GithubInstallation, Storage::File) => github(situation, place)?,
        (RevocationKind::Salesforce, Storage::File) => salesforce(situation, place)?,
        (RevocationKind::Google, storage) => google(situation, storage, place)?,
        (RevocationKind::OpenAi, storage) => openai(situation, storage, place)?,
        (RevocationKind::Client, Storage::File) => client(situation)?,
        // Kept in files only.
        (
            RevocationKind::AwsSignIn
            | RevocationKind::GithubInstallation
            | RevocationKind::Salesforce
            | RevocationKind::Client,
            Storage::KeyStore,
        ) => return None,
    };
    let words = match situation {
        Situation::NotAsked => format!("{} --no-revoke", seed.words),
        Situation::Silent => format!("{} --timeout 0.5", seed.words),
        _ => seed.words.clone(),
    };
    Some(Seed { words, ..seed })
}

fn base(home: Home, words: &str, system: &'static str, what: &'static str) -> Seed {
    Seed {
        home,
        environment: Vec::new(),
        words: words.to_owned(),
        system,
        what,
        beside: None,
        host: None,
        has_page: true,
        bus: None,
        vendor: None,
    }
}

/// A key store of its own with one entry in it, and the way to it; `None` if there can be none here.
pub(crate) fn key_store(
    situation: Situation,
    attributes: &[(&str, &str)],
    secret: &str,
    environment: &mut Vec<(String, String)>,
) -> Option<SessionBus> {
    let bus = SessionBus::start()?;
    bus.store_with("a login", attributes, secret);
    if situation == Situation::Locked {
        bus.lock();
    }
    let runtime = bus.runtime_directory().display().to_string();
    environment.push((
        "DBUS_SESSION_BUS_ADDRESS".to_owned(),
        bus.address().to_owned(),
    ));
    environment.push(("XDG_RUNTIME_DIR".to_owned(), runtime));
    Some(bus)
}

fn portal(situation: Situation, place: &Place) -> Option<Seed> {
    if !matches!(
        situation,
        Situation::Ended
            | Situation::AlreadyUnknown
            | Situation::Refused
            | Situation::ServerError
            | Situation::Silent
            | Situation::Closed
            | Situation::NotAsked
            | Situation::Expired
            | Situation::ExpiredUnheard
            | Situation::NoAddress
            | Situation::NotAllowed
    ) {
        return None;
    }
    let home = Home::new();
    let mut session = portal_session(situation).contents();
    let members = session.as_object_mut().unwrap();
    // What could be renewed is not over; that is among the cases of `cli/tests/logout/portal.rs`.
    members
        .retain(|name, _| !["refreshToken", "clientId", "clientSecret"].contains(&name.as_str()));
    if situation == Situation::NoAddress {
        members.remove("region");
    }
    home.write(
        ".aws/sso/cache/0123456789abcdef0123456789abcdef01234567.json",
        session.to_string(),
    );
    let mut seed = base(home, "logout --all --force", "aws", "AWS CLI portal token");
    seed.host = Some(place.host());
    seed.environment
        .push(("AWS_ENDPOINT_URL_SSO".to_owned(), place.url.clone()));
    Some(seed)
}

fn sign_in(situation: Situation, place: &Place) -> Option<Seed> {
    if !matches!(
        situation,
        Situation::Ended
            | Situation::Refused
            | Situation::ServerError
            | Situation::ErrorInGoodAnswer
            | Situation::Silent
            | Situation::Closed
            | Situation::NotAsked
            | Situation::NoAddress
            | Situation::NotAllowed
    ) {
        return None;
    }
    let home = Home::new();
    let keys = json!({
        "accessKeyId": "FAKE-proof-1", "secretAccessKey": "FAKE-proof-2",
        "sessionToken": "FAKE-proof-3", "expiresAt": "2099-01-01T00:00:00Z",
    });
    let login = json!({
        "accessToken": keys, "tokenType": "aws_sigv4", "refreshToken": "ASORFAKE-proof-4",
    });
    // The name is the hash of the ARN.
    let name = "5778c30d3fe8c123cb2ab0d5a82c81b6fdcedfb868a6625f6f5bf6f05a7f129b";
    home.write(format!(".aws/login/cache/{name}.json"), login.to_string());
    let region = match situation {
        Situation::NoAddress => "",
        _ => "region = eu-west-1\n",
    };
    home.write(
        ".aws/config",
        format!("[profile con]\nlogin_session = arn:aws:iam::111122223333:user/alice\n{region}"),
    );
    let mut seed = base(home, "logout aws --force", "aws", "browser sign-in");
    // The keys of the moment.
    seed.beside = Some("AWS credentials");
    seed.host = Some(place.host());
    seed.has_page = false;
    seed.environment
        .push(("AWS_ENDPOINT_URL_SIGNIN".to_owned(), place.url.clone()));
    Some(seed)
}

fn portal_session(situation: Situation) -> PortalSession {
    let session = PortalSession::new(
        "https://acme.awsapps.com/start",
        "eu-central-1",
        "FAKE-proof-1",
    );
    session.expires(match situation {
        Situation::Expired | Situation::ExpiredUnheard => "2020-01-01T00:00:00Z",
        _ => "2099-01-01T00:00:00Z",
    })
}

/// The entry of a provider, where Atmos keeps the same token as in its file.
fn portal_entry(situation: Situation, place: &Place) -> Option<Seed> {
    if matches!(
        situation,
        Situation::ErrorInGoodAnswer | Situation::NoAddress
    ) {
        return None;
    }
    let home = Home::new();
    home.atmos_yaml(
        "auth:\n  realm: acme\n  providers:\n    sso: {kind: aws/iam-identity-center, region: \
         eu-central-1, start_url: 'https://acme.awsapps.com/start'}\n",
    );
    let text = match situation {
        Situation::Unreadable => "FAKE-proof-of-nothing".to_owned(),
        _ => portal_session(situation).keyring_value(),
    };
    let attributes = [("service", "atmos_acme_sso"), ("username", "atmos-auth")];
    let words = match situation {
        Situation::Locked => "logout --all",
        _ => "logout --all --force",
    };
    let what = match situation {
        Situation::Locked | Situation::Unreadable => "keyring entry",
        _ => "portal token",
    };
    let mut seed = base(home, words, "aws", what);
    seed.host = Some(place.host());
    seed.environment
        .push(("AWS_ENDPOINT_URL_SSO".to_owned(), place.url.clone()));
    seed.bus = Some(key_store(
        situation,
        &attributes,
        &text,
        &mut seed.environment,
    )?);
    Some(seed)
}

fn github(situation: Situation, place: &Place) -> Option<Seed> {
    if matches!(
        situation,
        Situation::Locked | Situation::Unreadable | Situation::NoAddress
    ) {
        return None;
    }
    let home = Home::new();
    home.atmos_yaml(
        "auth:\n  realm: acme\n  providers:\n    pro: {kind: atmos/pro, spec: {workspace_id: ws-1}}\n  \
         integrations:\n    repos: {kind: github/sts, via: {provider: pro}}\n",
    );
    let end = match situation {
        Situation::Expired | Situation::ExpiredUnheard => "2020-01-01T00:00:00Z",
        _ => "2099-01-01T00:00:00Z",
    };
    let state = json!({"tokens": [{"token": "FAKE-proof-1", "expires_at": end}]});
    let file = ".local/share/atmos/auth/github-sts/acme/repos/state.json";
    home.write(file, state.to_string());
    let mut seed = base(home, "logout --all --force", "github", "GitHub tokens");
    seed.host = Some(place.host());
    seed.has_page = false;
    seed.environment
        .push(("GITHUB_API_URL".to_owned(), place.url.clone()));
    Some(seed)
}

fn salesforce(situation: Situation, place: &Place) -> Option<Seed> {
    if matches!(
        situation,
        Situation::Locked | Situation::Expired | Situation::ExpiredUnheard | Situation::NoAddress
    ) {
        return None;
    }
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../core/tests/fixtures/salesforce");
    let home = Home::from_fixture(fixtures.join("basic-v1"));
    let file = ".sfdx/alpha@fixture.example.json";
    let text = home.read(file);
    let text = text
        .replace("http://127.0.0.1:17170", &place.url)
        .replace("https://localhost:17443", &place.url);
    home.write(file, text);
    for other in ["beta", "gamma"] {
        std::fs::remove_file(home.join(format!(".sfdx/{other}@fixture.example.json"))).unwrap();
    }
    let mut seed = base(
        home,
        "logout salesforce --force",
        "salesforce",
        "org sign-in",
    );
    if situation == Situation::Unreadable {
        std::fs::remove_file(seed.home.join(".sfdx/key.json")).unwrap();
        seed.has_page = false;
    }
    seed.host = Some(place.host());
    let generic = ("SF_USE_GENERIC_UNIX_KEYCHAIN".to_owned(), "true".to_owned());
    seed.environment.push(generic);
    Some(seed)
}

/// Google's own host is the only one that such a token goes to: behind a proxy, it is played.
fn google(situation: Situation, storage: Storage, place: &Place) -> Option<Seed> {
    let home = Home::new();
    let mut bus = None;
    let vendor = place.server.as_ref().map(Vendor::before);
    let mut environment = match &vendor {
        Some(vendor) => vendor.environment(&home).to_vec(),
        None => vec![("HTTPS_PROXY".to_owned(), place.url.clone())],
    };
    match (situation, storage) {
        (
            Situation::Ended
            | Situation::AlreadyUnknown
            | Situation::Refused
            | Situation::ErrorInGoodAnswer
            | Situation::ServerError
            | Situation::Silent
            | Situation::Closed
            | Situation::NotAsked,
            Storage::File,
        ) => {
            let login = json!({"access_token": "FAKE-proof-1", "refresh_token": "FAKE-proof-2"});
            home.write(".gemini/oauth_creds.json", login.to_string());
        }
        (
            Situation::Ended
            | Situation::AlreadyUnknown
            | Situation::Refused
            | Situation::ErrorInGoodAnswer
            | Situation::ServerError
            | Situation::Silent
            | Situation::Closed
            | Situation::NotAsked
            | Situation::Locked
            | Situation::Unreadable,
            Storage::KeyStore,
        ) => {
            let login = json!({
                "serverName": "main-account",
                "token": {"accessToken": "FAKE-proof-1", "refreshToken": "FAKE-proof-2"},
            });
            let text = match situation {
                Situation::Unreadable => "FAKE-proof-of-nothing".to_owned(),
                _ => login.to_string(),
            };
            let attributes = [("service", "gemini-cli-oauth"), ("account", "main-account")];
            bus = Some(key_store(situation, &attributes, &text, &mut environment)?);
        }
        _ => return None,
    }
    let words = match situation {
        Situation::Locked => "logout gemini",
        _ => "logout gemini --force",
    };
    let mut seed = base(home, words, "gemini", "login");
    seed.environment = environment;
    seed.host = Some("oauth2.googleapis.com".to_owned());
    seed.bus = bus;
    seed.vendor = vendor;
    Some(seed)
}

fn openai(situation: Situation, storage: Storage, place: &Place) -> Option<Seed> {
    let access = match situation {
        Situation::NoAddress => "FAKE-proof-3",
        _ => ACCESS,
    };
    let login = match situation {
        // What is written there is renewed, so no end of it is known.
        Situation::Expired | Situation::ExpiredUnheard => return None,
        Situation::Unreadable => json!({"agent_identity": "FAKE-proof-1"}),
        _ => json!({
            "auth_mode": "chatgpt",
            "tokens": {"access_token": access, "refresh_token": "FAKE-proof-2", "account_id": "ada"},
        }),
    };
    let home = Home::new();
    let mut bus = None;
    let variable = "CODEX_REVOKE_TOKEN_URL_OVERRIDE".to_owned();
    let mut environment = vec![(variable, format!("{}/oauth/revoke", place.url))];
    match (storage, situation) {
        (Storage::File, Situation::Locked) => return None,
        (Storage::File, _) => {
            home.write(".codex/auth.json", login.to_string());
        }
        (Storage::KeyStore, _) => {
            let attributes = [
                ("service", "Codex Auth"),
                ("username", "cli|0123456789abcdef"),
            ];
            let login = login.to_string();
            bus = Some(key_store(situation, &attributes, &login, &mut environment)?);
        }
    }
    let words = match situation {
        Situation::Locked => "logout codex",
        _ => "logout codex --force",
    };
    let what = match (situation, storage) {
        (Situation::Unreadable, Storage::File) => "login of an unknown form",
        _ => "login",
    };
    let mut seed = base(home, words, "codex", what);
    seed.environment = environment;
    seed.bus = bus;
    seed.host = Some(place.host());
    Some(seed)
}

/// Claude Code's own client, played by a script.
fn client(situation: Situation) -> Option<Seed> {
    const VERSION: &str = "[ \"$1\" = --version ] && { echo '2.1.329 (Claude Code)'; exit 0; };";
    const TAKE: &str = "rm \"$CLAUDE_CONFIG_DIR/.credentials.json\";";
    let script = match situation {
        Situation::Ended | Situation::NotAsked => format!("{VERSION} {TAKE} echo 'Logged out.'"),
        Situation::Refused => format!("{VERSION} {TAKE} exit 1"),
        Situation::ServerError => {
            format!("{VERSION} {TAKE} echo 'Logged out here; the server did not confirm.'")
        }
        Situation::Silent => "sleep 20".to_owned(),
        Situation::Closed => "exit 127".to_owned(),
        Situation::AlreadyUnknown
        | Situation::ErrorInGoodAnswer
        | Situation::Locked
        | Situation::Unreadable
        | Situation::Expired
        | Situation::ExpiredUnheard
        | Situation::NoAddress
        | Situation::NotAllowed => return None,
    };
    let home = Home::new();
    let login = json!({"claudeAiOauth": {
        "accessToken": "FAKE-proof-1", "refreshToken": "FAKE-proof-2",
        "expiresAt": 4_102_444_800_000_u64, "scopes": ["user:inference"],
    }});
    home.write(".claude/.credentials.json", login.to_string());
    home.write_with_mode("bin/claude", format!("#!/bin/sh\n{script}\n"), 0o755);
    let path = format!("{}:/usr/bin:/bin", home.join("bin").display());
    let mut seed = base(home, "logout claude --force", "claude", "login");
    seed.environment.push(("PATH".to_owned(), path));
    seed.host = Some("claude auth logout".to_owned());
    Some(seed)
}
