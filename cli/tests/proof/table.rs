//! What a row says, and how it is checked in every rendering.

use adieu_testkit::session_bus::SessionBus;
use adieu_testkit::vendor::Vendor;
use adieu_testkit::{Adieu, Home, Output};
use serde_json::Value;

/// No part of a secret of these tests may ever be said.
const SECRET: &str = "FAKE-proof";

/// How the server, or the lack of one, behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Situation {
    /// It ends the token.
    Ended,
    /// It does not know the token any more.
    AlreadyUnknown,
    /// It refuses.
    Refused,
    /// It is under repair.
    ServerError,
    /// It says in a good answer that it did not.
    ErrorInGoodAnswer,
    /// It takes the request and says nothing.
    Silent,
    /// Nobody listens.
    Closed,
    /// `--no-revoke`.
    NotAsked,
    /// The token is in a key store that is locked.
    Locked,
    /// What holds the token cannot be understood or decrypted.
    Unreadable,
    /// The token's own end has passed.
    Expired,
    /// The token's own end has passed by this machine's clock, and nobody listens who would know better.
    ExpiredUnheard,
    /// Where its server is, or who it was given to, is not written down.
    NoAddress,
    /// The address is one that a token may not go to.
    NotAllowed,
}

impl Situation {
    pub(crate) const ALL: [Self; 14] = [
        Self::Ended,
        Self::AlreadyUnknown,
        Self::Refused,
        Self::ServerError,
        Self::ErrorInGoodAnswer,
        Self::Silent,
        Self::Closed,
        Self::NotAsked,
        Self::Locked,
        Self::Unreadable,
        Self::Expired,
        Self::ExpiredUnheard,
        Self::NoAddress,
        Self::NotAllowed,
    ];
}

/// Where the credential is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Storage {
    File,
    KeyStore,
}

/// What the report must say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Proof {
    /// Its server ended it, and is named.
    Ended,
    /// It goes on at its server, which has a call for it; named with its page.
    NotEnded,
    /// The same of something that could not be read, so that nobody knows whether it is a session.
    NeverRead,
    /// No call can end it; named with its page, if there is one.
    NoServerCall,
    /// It stays here, and is named as still live.
    Kept,
}

/// A home with one credential in it, and how it is logged out.
pub(crate) struct Seed {
    pub(crate) home: Home,
    pub(crate) environment: Vec<(String, String)>,
    pub(crate) words: String,
    /// The credential's system, and what it is.
    pub(crate) system: &'static str,
    pub(crate) what: &'static str,
    /// What else of the sign-in goes on to its own end, which no server changes.
    pub(crate) beside: Option<&'static str>,
    /// The host that must be named as having ended it.
    pub(crate) host: Option<String>,
    /// Whether there is a page where a person can end it.
    pub(crate) has_page: bool,
    /// The key store that it is in, as long as the home is used.
    pub(crate) bus: Option<SessionBus>,
    /// What plays the vendor's own host, as long as the home is used.
    pub(crate) vendor: Option<Vendor>,
}

impl Seed {
    pub(crate) fn run(&self, words: &str) -> Output {
        let mut command = Adieu::new(env!("CARGO_BIN_EXE_adieu"))
            .home(&self.home)
            .env("LC_ALL", "C.UTF-8")
            .env("PATH", "/nonexistent")
            .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus");
        for (name, value) in &self.environment {
            command = command.env(name, value);
        }
        let output = command.args(words.split_whitespace()).run();
        for text in [&output.stdout, &output.stderr] {
            assert!(!text.contains(SECRET), "a secret was said:\n{text}");
        }
        output
    }

    fn state_file(&self, name: &str) -> Option<String> {
        let file = format!(".local/state/adieu/{name}");
        self.home.has(&file).then(|| self.home.read(file))
    }
}

/// Checks one row: `make` gives the same seed each time.
pub(crate) fn check(label: &str, proof: Proof, make: impl Fn() -> Seed) {
    let seed = make();
    let human = seed.run(&seed.words);
    check_human(label, proof, &seed, &human);
    check_audit(label, proof, &seed);
    let seed = make();
    let output = seed.run(&format!("{} -o json", seed.words));
    check_json(label, proof, &seed, &output.json());
    check_memory(label, proof, &seed);
}

/// Checks the document of one row only.
pub(crate) fn check_document(label: &str, proof: Proof, seed: &Seed) {
    let output = seed.run(&format!("{} -o json", seed.words));
    check_json(label, proof, seed, &output.json());
}

fn check_human(label: &str, proof: Proof, seed: &Seed, output: &Output) {
    let all = format!("{}{}", output.stdout, output.stderr);
    let says = |text: &str| all.contains(text);
    let context = format!("{label}\n{output}");
    match proof {
        Proof::Ended => {
            assert!(says("Ending sessions at the server..."), "{context}");
            let open = all.split("May still be valid:").nth(1).unwrap_or_default();
            let is_beside = |what: &str| open.contains(what) && !open.contains(seed.what);
            assert!(
                open.is_empty() || seed.beside.is_some_and(is_beside),
                "{context}"
            );
        }
        Proof::NotEnded | Proof::NeverRead => {
            assert!(says("May still be valid:"), "{context}");
            assert!(!says("Ending sessions"), "{context}");
        }
        Proof::NoServerCall => assert!(says("May still be valid:"), "{context}"),
        Proof::Kept => {
            assert!(says("Kept:") && says("hint:"), "{context}");
            assert!(!says("Successfully"), "{context}");
        }
    }
    let is_open = !matches!(proof, Proof::Ended | Proof::Kept);
    if is_open && seed.has_page {
        assert!(says("https://") || says("http://"), "{context}");
    }
    assert!(!says("Nobody was signed in"), "{context}");
}

fn text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_default().to_owned()
}

fn list(value: &Value, key: &str) -> Vec<Value> {
    value[key].as_array().cloned().unwrap_or_default()
}

fn check_json(label: &str, proof: Proof, seed: &Seed, document: &Value) {
    let context = format!("{label}\n{document:#}");
    let credentials = list(document, "credentials");
    let of_seed =
        |found: &&Value| text(found, "system") == seed.system && text(found, "what") == seed.what;
    let found: Vec<&Value> = credentials.iter().filter(of_seed).collect();
    assert!(!found.is_empty(), "not in the list: {context}");
    let word = match proof {
        Proof::Ended => "ended",
        Proof::NotEnded | Proof::NeverRead => "not-ended",
        Proof::NoServerCall => "no-server-call",
        Proof::Kept => "kept",
    };
    for credential in &found {
        assert_eq!(text(credential, "end"), word, "{context}");
        if proof == Proof::Ended {
            assert_eq!(
                credential["server"].as_str(),
                seed.host.as_deref(),
                "{context}"
            );
        }
        if proof == Proof::NotEnded {
            assert!(!text(credential, "reason").is_empty(), "{context}");
        }
        let is_open = matches!(
            proof,
            Proof::NotEnded | Proof::NeverRead | Proof::NoServerCall
        );
        if is_open && seed.has_page {
            assert!(!text(credential, "page").is_empty(), "{context}");
        }
    }
    let still_live = list(&document["verified"], "still_live");
    check_live(&context, proof, &still_live);
    let steps = list(document, "steps");
    check_steps(&context, proof, &steps);
}

/// Every rendering has the server's half as a step of its own.
fn check_steps(context: &str, proof: Proof, steps: &[Value]) {
    let servers = steps.iter().filter(|step| text(step, "action") == "revoke");
    let outcomes: Vec<String> = servers.map(|step| text(step, "outcome")).collect();
    let has = |wanted: &[&str]| outcomes.iter().any(|word| wanted.contains(&word.as_str()));
    match proof {
        Proof::Ended => {
            assert!(has(&["revoked"]), "{context}");
            assert!(!has(&["failed", "kept"]), "{context}");
        }
        Proof::NotEnded | Proof::NeverRead => {
            assert!(has(&["failed", "kept", "unsupported"]), "{context}");
            assert!(!has(&["revoked"]), "{context}");
        }
        Proof::NoServerCall => {
            assert!(has(&["unsupported"]), "{context}");
            assert!(!has(&["revoked"]), "{context}");
        }
        Proof::Kept => assert!(!has(&["revoked"]), "{context}"),
    }
}

fn check_audit(label: &str, proof: Proof, seed: &Seed) {
    let trail = seed.state_file("audit.jsonl").unwrap();
    assert!(!trail.contains(SECRET), "{label}: a secret is in the trail");
    let records = trail.lines();
    let mut records = records.filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let record = records
        .rfind(|record| !list(record, "steps").is_empty())
        .unwrap();
    let context = format!("{label}\n{record:#}");
    check_steps(&context, proof, &list(&record, "steps"));
    check_live(&context, proof, &list(&record, "still_live"));
}

fn check_live(context: &str, proof: Proof, still_live: &[Value]) {
    match proof {
        Proof::Ended => assert!(still_live.is_empty(), "{context}"),
        Proof::NotEnded | Proof::NeverRead | Proof::Kept => {
            assert!(!still_live.is_empty(), "{context}");
        }
        // It has a step of its own; what else the tool keeps may be listed.
        Proof::NoServerCall => {}
    }
}

/// What the next `status` knows of it, and its exit status.
fn check_memory(label: &str, proof: Proof, seed: &Seed) {
    let remembered = seed.state_file("pending.json");
    let is_said = remembered
        .as_ref()
        .is_some_and(|text| text.contains(SECRET));
    assert!(!is_said, "{label}: a secret is remembered");
    let output = seed.run("status --check -o json");
    let document = output.json();
    let context = format!("{label}: exit {:?}\n{document:#}", output.status);
    let pending = list(&document, "pending");
    let is_beside = |found: &Value| seed.beside.is_some_and(|what| text(found, "what") == what);
    let of_seed = |found: &&Value| text(found, "system") == seed.system && !is_beside(found);
    let states: Vec<String> = pending
        .iter()
        .filter(of_seed)
        .map(|found| text(found, "state"))
        .collect();
    match proof {
        Proof::Ended | Proof::Kept => {
            assert!(states.is_empty(), "{context}");
        }
        Proof::NotEnded => {
            assert!(states.iter().any(|state| state == "not-ended"), "{context}");
            assert_ne!(text(&document, "verdict"), "clean", "{context}");
            assert_eq!(output.status, Some(1), "{context}");
        }
        Proof::NeverRead => assert_eq!(states, ["unread"], "{context}"),
        Proof::NoServerCall => {
            assert!(
                states.iter().any(|state| state == "no-server-call"),
                "{context}"
            );
        }
    }
    let human = seed.run("status");
    let group = "Not ended at their servers";
    // What has no page, and no call, nobody can end: it is only listed.
    let mut known = pending.iter().filter(of_seed);
    let is_shown =
        known.any(|found| text(found, "state") == "not-ended" || !text(found, "page").is_empty());
    assert_eq!(human.stdout.contains(group), is_shown, "{context}\n{human}");
    let all = seed.run("revoke --pending");
    assert_eq!(
        all.stdout.contains(group),
        !pending.is_empty(),
        "{context}\n{all}"
    );
}
