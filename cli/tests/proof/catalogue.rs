//! Every call of the catalogue in every situation: what the server did not say, nobody claims.

use std::path::Path;

use adieu::catalogue::{Tool, ToolService, list_tools};
use adieu::remote::call::{Answers, Content, HttpCall};
use adieu_testkit::Home;
use adieu_testkit::server::{Answer, Server};
use adieu_testkit::vendor::Vendor;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::seeds::key_store;
use crate::table::{Proof, Seed, Situation, check, check_document};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    row: Vec<Row>,
}

/// A credential of a tool, as it keeps it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    tool: String,
    service: String,
    host: String,
    #[serde(default = "token")]
    what: String,
    #[serde(default)]
    words: String,
    path: Option<String>,
    /// The attributes of its entry in the key store, if it is in no file.
    entry: Option<Vec<(String, String)>>,
    text: String,
    #[serde(default)]
    variables: Vec<(String, String)>,
}

fn token() -> String {
    "token".to_owned()
}

fn rows() -> Vec<Row> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/proof/catalogue.toml");
    let text = std::fs::read_to_string(file).unwrap();
    toml_edit::de::from_str::<Table>(&text).unwrap().row
}

impl Row {
    fn tool(&self) -> &'static Tool {
        let mut tools = list_tools().iter();
        tools.find(|tool| tool.system.id() == self.tool).unwrap()
    }

    fn service(&self) -> &'static ToolService {
        let mut services = self.tool().services.iter();
        services
            .find(|service| service.name == self.service)
            .unwrap()
    }

    /// A home with the credential in it, and the way to the server that plays its vendor's; `None` if
    /// there can be no key store here.
    fn seed(&self, server: &Server, words: &str) -> Option<Seed> {
        let home = Home::new();
        let vendor = Vendor::playing(&self.host, server);
        let mut environment = vendor.environment(&home).to_vec();
        environment.extend(self.variables.iter().cloned());
        let mut bus = None;
        if let Some(path) = &self.path {
            home.write(path, &self.text);
        }
        if let Some(attributes) = &self.entry {
            let attributes = attributes.iter();
            let attributes: Vec<(&str, &str)> = attributes
                .map(|(name, value)| (name.as_str(), value.as_str()))
                .collect();
            bus = Some(key_store(
                Situation::Ended,
                &attributes,
                &self.text,
                &mut environment,
            )?);
        }
        Some(Seed {
            beside: None,
            home,
            environment,
            words: words.to_owned(),
            system: self.tool().system.id(),
            what: self.what.clone().leak(),
            host: Some(self.host.clone()),
            has_page: self.tool().system.info().account_page.is_some(),
            bus,
            vendor: Some(vendor),
        })
    }
}

/// An answer that means what is described.
fn answer(meant: &Answers) -> Answer {
    let text = |like: &str| like.replace('*', "x");
    match &meant.body {
        Content::Anything | Content::Nothing | Content::Agreement => Answer::status(meant.status),
        Content::Object => Answer::json(meant.status, &json!({"x": 1})),
        Content::Document => Answer::json(meant.status, &json!([])),
        Content::Errors(errors) => Answer::json(meant.status, &json!({"error": &*errors[0]})),
        Content::Text(text) => Answer::status(meant.status).body(text.to_string()),
        Content::Member(member) => {
            let value = text(&member.is[0]);
            let value = serde_json::from_str(&value).unwrap_or(Value::String(value));
            let keys = member.path.rsplit('.');
            let body = keys.fold(value, |inner, key| json!({ key: inner }));
            Answer::json(meant.status, &body)
        }
    }
}

const PAGE: &str = "<!doctype html><title>Sign in</title>";

/// The answer to a call in a situation; `None` if there is none for it.
fn answer_in(call: &HttpCall, situation: Situation) -> Option<Answer> {
    Some(match situation {
        Situation::Ended | Situation::NotAsked => answer(&call.yes[0]),
        Situation::AlreadyUnknown => answer(call.unknown.first()?),
        Situation::Refused => Answer::json(403, &json!({"error": "access_denied"})),
        Situation::ServerError => Answer::status(500),
        Situation::Silent => Answer::hang(),
        // A page that stands between, with the status of a yes.
        Situation::ErrorInGoodAnswer => Answer::status(match call.yes[0].status {
            // An answer without a body has no page in it.
            204 => 200,
            status => status,
        })
        .header("Content-Type", "text/html")
        .body(PAGE),
        // A server of somebody else's, which knows nothing of the token.
        Situation::Unreadable => Answer::json(401, &json!({"x": "who are you"})),
        _ => return None,
    })
}

fn server(service: &ToolService, situation: Situation) -> Option<Server> {
    let end = service.http.end.as_ref()?;
    let ended = answer_in(end, situation)?;
    let asked = service.http.ask.as_ref().map(|ask| {
        // What was ended is refused from then on.
        let unknown = ask.unknown.first().map(answer);
        (ask.path.to_string(), unknown.unwrap_or(Answer::status(500)))
    });
    let end = end.path.to_string();
    let server = Server::start();
    server.otherwise(move |request| match &asked {
        Some((path, refused)) if request.path == *path && request.path != end => refused.clone(),
        _ => ended.clone(),
    });
    Some(server)
}

const SITUATIONS: [Situation; 8] = [
    Situation::Ended,
    Situation::AlreadyUnknown,
    Situation::Refused,
    Situation::ServerError,
    Situation::Silent,
    Situation::ErrorInGoodAnswer,
    Situation::Unreadable,
    Situation::NotAsked,
];

/// The rows of one part of the table, of several that run beside each other.
fn check_part(part: usize, parts: usize) {
    let ending = rows()
        .into_iter()
        .filter(|row| row.service().http.end.is_some());
    let mine = ending.enumerate().filter(|(at, _)| at % parts == part);
    for (row, situation) in mine.flat_map(|(_, row)| {
        let row = std::rc::Rc::new(row);
        SITUATIONS.map(|situation| (row.clone(), situation))
    }) {
        let Some(server) = server(row.service(), situation) else {
            continue;
        };
        let mut words = format!("logout {} --force {}", row.tool, row.words);
        match situation {
            Situation::Silent => words.push_str(" --timeout 0.5"),
            Situation::NotAsked => words.push_str(" --no-revoke"),
            _ => {}
        }
        let words = words.trim().to_owned();
        if row.seed(&server, &words).is_none() {
            continue;
        }
        let label = format!("{} {}, {situation:?}", row.tool, row.service);
        let proof = match situation {
            Situation::Ended | Situation::AlreadyUnknown => Proof::Ended,
            _ => Proof::NotEnded,
        };
        match situation {
            // In every rendering, as for the systems that have code.
            Situation::Ended | Situation::Refused => {
                check(&label, proof, || row.seed(&server, &words).unwrap());
            }
            _ => check_document(&label, proof, &row.seed(&server, &words).unwrap()),
        }
        if situation == Situation::NotAsked {
            assert!(server.requests().is_empty(), "{label}: a server was asked");
        }
    }
}

#[test]
fn calls_of_the_catalogue_are_proven_in_part_one() {
    check_part(0, 4);
}

#[test]
fn calls_of_the_catalogue_are_proven_in_part_two() {
    check_part(1, 4);
}

#[test]
fn calls_of_the_catalogue_are_proven_in_part_three() {
    check_part(2, 4);
}

#[test]
fn calls_of_the_catalogue_are_proven_in_part_four() {
    check_part(3, 4);
}

/// The answers of the sessions of a system when its server is asked.
fn answers(row: &Row, seed: &Seed, is_silent: bool) -> Vec<(String, String)> {
    let limit = if is_silent { "0.5" } else { "10" };
    let mut words = format!("status --online -o json --timeout {limit}");
    if let Some((_, hosts)) = row.words.split_once("--allow-endpoint") {
        words = format!("{words} --allow-endpoint{hosts}");
    }
    let document = seed.run(&words).json();
    let sessions = document["sessions"].as_array().unwrap().iter();
    let mine = sessions.filter(|session| session["system"] == *row.tool);
    mine.filter_map(|session| {
        let text = |key: &str| {
            session["server"][key]
                .as_str()
                .unwrap_or_default()
                .to_owned()
        };
        (!session["server"].is_null()).then(|| (text("answer"), text("reason")))
    })
    .collect()
}

#[test]
fn only_the_vendors_own_words_say_that_a_token_is_good_or_not() {
    for row in rows() {
        let service = row.service();
        let Some(ask) = &service.http.ask else {
            continue;
        };
        for situation in SITUATIONS {
            let Some(answer) = answer_in(ask, situation) else {
                continue;
            };
            let server = Server::start();
            server.otherwise(move |_| answer.clone());
            let Some(seed) = row.seed(&server, "") else {
                continue;
            };
            let expected = match situation {
                Situation::Ended | Situation::NotAsked => "accepted",
                // What was asked with an access token says nothing of the refresh token.
                Situation::AlreadyUnknown if service.check_with.is_some() => "unknown",
                Situation::AlreadyUnknown => "refused",
                _ => "unknown",
            };
            let label = format!("{} {}, {situation:?}", row.tool, row.service);
            let answers = answers(&row, &seed, situation == Situation::Silent);
            let first = answers.first().map(|(answer, _)| answer.as_str());
            assert_eq!(first, Some(expected), "{label}: {answers:?}");
            let is_asked = situation == Situation::Silent || !server.requests().is_empty();
            assert!(is_asked, "{label}");
        }
    }
}

#[test]
fn every_service_of_the_catalogue_has_its_row() {
    let rows = rows();
    for tool in list_tools() {
        for service in tool.services {
            let mut rows = rows.iter();
            let has_row =
                rows.any(|row| row.tool == tool.system.id() && row.service == service.name);
            assert!(has_row, "{} {} has no row", tool.system.id(), service.name);
            let is_page = service.documentation.starts_with("https://");
            let is_source = service.documentation.starts_with("source of ");
            assert!(is_page || is_source, "{}", service.documentation);
        }
    }
}
