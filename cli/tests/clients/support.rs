//! A home in which real clients sign in, and what is asked about it.

use adieu_testkit::server::{Answer, Server};
use adieu_testkit::session_bus::SessionBus;
use adieu_testkit::{Adieu, Client, Home, Output, Tree};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// What adieu itself writes.
pub(crate) const TRAIL: [&str; 3] = [".local/state/adieu/**", ".local/state", ".local"];

/// The command that takes every sign-in away, stored keys too.
pub(crate) const EVERYTHING: &str = "logout --all --force --keychain --no-revoke";

/// A home, and the variables that the clients in it are started with.
pub(crate) struct Place {
    pub(crate) home: Home,
    variables: Vec<(String, String)>,
    names: Vec<(String, &'static str)>,
}

impl Place {
    /// An empty home with a runtime directory, where no key store is reached.
    pub(crate) fn new() -> Self {
        let home = Home::new();
        home.directory("run");
        let runtime = home.join("run").display().to_string();
        Self {
            home,
            variables: vec![("XDG_RUNTIME_DIR".to_owned(), runtime)],
            names: Vec::new(),
        }
    }

    /// The same with that key store.
    pub(crate) fn with_key_store(bus: &SessionBus) -> Self {
        Self::new().with("DBUS_SESSION_BUS_ADDRESS", bus.address())
    }

    /// With one more variable for every client. adieu does not get it.
    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.variables.push((name.to_owned(), value.into()));
        self
    }

    /// Lets a server's port appear as `PORT`.
    pub(crate) fn with_server(mut self, server: &Server) -> Self {
        self.names.push((format!(":{}", server.port()), ":PORT"));
        self
    }

    /// A run of a client here.
    pub(crate) fn client(&self, client: &Client, words: &str) -> Adieu {
        let run = client.in_home(&self.home).args(words.split_whitespace());
        self.prepared(run)
    }

    fn prepared(&self, run: Adieu) -> Adieu {
        let run = self
            .variables
            .iter()
            .fold(run, |run, (name, value)| run.env(name, value));
        let names = self.names.iter();
        names.fold(run, |run, (text, name)| run.named(text, name))
    }

    /// A run of adieu here, which sees the person's directories and key store.
    pub(crate) fn adieu(&self, words: &str) -> Output {
        self.adieu_with(&words.split_whitespace().collect::<Vec<_>>())
    }

    /// The same with words that hold spaces.
    pub(crate) fn adieu_with(&self, words: &[&str]) -> Output {
        let run = Adieu::new(env!("CARGO_BIN_EXE_adieu"))
            .home(&self.home)
            .args(words.iter().copied());
        let seen = ["XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS"];
        let variables = self.variables.iter();
        let seen = variables.filter(|(name, _)| seen.contains(&name.as_str()));
        let run = seen.fold(run, |run, (name, value)| run.env(name, value));
        let names = self.names.iter();
        names
            .fold(run, |run, (text, name)| run.named(text, name))
            .run()
    }

    /// Logs out of these.
    pub(crate) fn log_out(&self, words: &str) -> Output {
        self.adieu(&format!("logout --force --no-revoke {words}"))
            .success()
    }

    /// What `adieu status` finds: system, identity, class and place of each artefact.
    pub(crate) fn found(&self) -> Vec<String> {
        let status = self.adieu("status -o json").json();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let mut found = Vec::new();
        for session in status["sessions"].as_array().unwrap() {
            for artefact in session["artefacts"].as_array().unwrap() {
                found.push(format!(
                    "{} | {} | {} | {}",
                    text(&session["system"]),
                    text(&session["identity"]),
                    text(&artefact["class"]),
                    text(&artefact["location"]).replace("$HOME", "~"),
                ));
            }
        }
        found.sort();
        found
    }

    /// Everything in the home but what adieu writes about itself.
    pub(crate) fn tree(&self) -> Tree {
        Tree::of(self.home.path())
    }

    /// The files in which a made-up secret is, in whatever form.
    pub(crate) fn files_with_secrets(&self) -> Vec<String> {
        let tree = self.tree();
        // What a base64 text of a made-up secret holds, wherever in it the word begins.
        let encoded = ["FAKE-", ":FAKE-", "x:FAKE-"].map(|text| STANDARD.encode(text));
        let texts = encoded
            .iter()
            .map(|text| &text[text.len().min(2)..text.len() - 3])
            .chain(["FAKE-"]);
        let mut files: Vec<String> = texts
            .flat_map(|text| tree.files_with(text))
            .map(|file| file.display().to_string())
            .collect();
        files.sort();
        files.dedup();
        files
    }

    /// Takes everything away, and shows that nothing is left: no secret in any file, nothing found, and
    /// a verdict of clean.
    #[track_caller]
    pub(crate) fn log_out_of_everything(&self) {
        self.take_everything();
        let verdict = self.adieu("status --check").success();
        assert!(verdict.stdout.contains("Clean"), "{verdict}");
    }

    /// Takes everything away that is on this machine, and shows that no secret is left in any file and
    /// nothing is found.
    #[track_caller]
    pub(crate) fn take_everything(&self) {
        self.adieu(EVERYTHING).success();
        assert_eq!(self.files_with_secrets(), Vec::<String>::new());
        assert_eq!(self.found(), Vec::<String>::new());
    }

    /// That only these files of the home are others than before.
    #[track_caller]
    pub(crate) fn assert_only(&self, before: &Tree, files: &[&str]) {
        let allowed: Vec<&str> = TRAIL.iter().chain(files).copied().collect();
        before.assert_only(&self.tree(), &allowed);
    }
}

/// The sorted lines of an expectation.
pub(crate) fn lines<const N: usize>(lines: [&str; N]) -> Vec<String> {
    let mut lines = lines.map(str::to_owned).to_vec();
    lines.sort();
    lines
}

/// A server that asks for a password as a container registry does: `alice` and `bob` have
/// `FAKE-alice` and `FAKE-bob`.
pub(crate) fn registry() -> Server {
    let server = Server::start();
    server.on_call("GET", "/v2/", |request| {
        let known = ["alice", "bob"].map(|name| {
            let pair = STANDARD.encode(format!("{name}:FAKE-{name}"));
            format!("Basic {pair}")
        });
        let given = request.header("Authorization").unwrap_or_default();
        if known.iter().any(|known| known == given) {
            return Answer::json(200, &json!({}));
        }
        Answer::json(401, &json!({})).header("WWW-Authenticate", "Basic realm=\"test\"")
    });
    server
}

/// The credential in a header of a request, without its scheme.
pub(crate) fn bearer(request: &adieu_testkit::server::Request) -> Option<String> {
    let header = request.header("Authorization")?;
    let token = header.split_once(' ').map_or(header, |(_, token)| token);
    (!token.is_empty()).then(|| token.to_owned())
}
