//! Every question that destroys or sends, at a real pseudo-terminal: the list is the program's own, so
//! a question without its rows here does not compile.

use std::path::{Path, PathBuf};
use std::time::Duration;

use adieu_cli::questions::Confirmation;
use adieu_testkit::keys::private_key;
use adieu_testkit::salesforce::Salesforce;
use adieu_testkit::server::{Answer, Server};
use adieu_testkit::{Adieu, AwsSession, Home, Tree};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use clap::ValueEnum as _;
use expectrl::process::unix::WaitStatus;
use expectrl::session::OsSession;
use expectrl::{Eof, Expect as _};

use crate::support::{adieu, auth, keyring_entry, page, with_portal};

/// What backs out of every question: nothing at all may change.
const BACKING_OUT: [&str; 12] = [
    "\r",
    "\x1b",
    "\x03",
    "\x04",
    "q",
    "kxz",
    "maybe\r",
    "\x1b[B\r",
    // The beginnings of other words, pasted or typed for something else.
    "yellow",
    "yy",
    "y n\r",
    "\x1b[200~y\x1b[201~",
];

/// A no: of a question that only concerns a part, the rest is still done.
const NO: [&str; 3] = ["n", "N", "n\r"];

const YES: [&str; 4] = ["y", "Y", "yes\r", "\x1b[A\x1b[A\r"];

/// How a question comes about.
struct Case {
    home: Home,
    command: Adieu,
    /// What is waited for and typed before it.
    before: Vec<(&'static str, &'static str)>,
    question: &'static str,
    /// What is waited for and typed after the answer.
    after: Vec<(&'static str, &'static str)>,
    /// Whether what the question is about is untouched.
    is_spared: Box<dyn Fn(&Home) -> bool>,
    /// What a run without a terminal ends with, where it has to be refused.
    refused: Option<i32>,
    portal: Server,
    salesforce: Option<Salesforce>,
}

impl Case {
    fn new(home: Home, command: Adieu, portal: Server, question: &'static str) -> Self {
        Self {
            home,
            command,
            before: Vec::new(),
            question,
            after: Vec::new(),
            is_spared: Box::new(|_| true),
            refused: None,
            portal,
            salesforce: None,
        }
    }

    fn spares(mut self, file: &'static str) -> Self {
        self.is_spared = Box::new(move |home| home.has(file));
        self
    }

    fn refuses(mut self) -> Self {
        self.refused = Some(2);
        self
    }

    /// A session in which the question has just appeared.
    fn asked(&self, typed_ahead: &str) -> OsSession {
        let command = self.command.clone().env("TERM", "xterm");
        let mut session = OsSession::spawn(command.command()).unwrap();
        session.set_expect_timeout(Some(Duration::from_mins(2)));
        // Only what draws the whole screen needs more of it: a change of size that comes together with a
        // key can swallow the key.
        if !self.after.is_empty() {
            session.get_process_mut().set_window_size(120, 40).unwrap();
        }
        session.send(typed_ahead).unwrap();
        for (text, keys) in &self.before {
            session.expect(text).unwrap();
            session.send(keys).unwrap();
        }
        let asked = session.expect(self.question);
        assert!(asked.is_ok(), "{} was not asked", self.question);
        session
    }

    /// Answers, and goes on to the end; what was shown.
    fn answer(&self, mut session: OsSession, keys: &str) -> String {
        session.send(keys).unwrap();
        for (text, keys) in &self.after {
            session.expect(text).unwrap();
            session.send(keys).unwrap();
        }
        let rest = session.expect(Eof);
        let rest = rest.unwrap_or_else(|error| panic!("{}, {keys:?}: {error}", self.question));
        let text = String::from_utf8_lossy(rest.as_bytes()).into_owned();
        match session.get_process().wait().unwrap() {
            WaitStatus::Exited(..) => text,
            other => panic!("{other:?}: {text}"),
        }
    }
}

fn recorded(folder: &str) -> Home {
    Home::from_fixture(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder))
}

/// A recorded home with orgs, all at a Salesforce on loopback.
fn orgs(set: &str, words: &str, question: &'static str) -> Case {
    let salesforce = Salesforce::start();
    let home = recorded(&format!("../core/tests/fixtures/salesforce/{set}"));
    let files: Vec<PathBuf> = std::fs::read_dir(home.join(".sfdx"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    for file in files.iter().filter(|file| file.is_file()) {
        let Ok(text) = std::fs::read_to_string(file) else {
            continue;
        };
        let text = text
            .replace("http://127.0.0.1:17170", &salesforce.url())
            .replace("https://localhost:17443", &salesforce.url());
        std::fs::write(file, text).unwrap();
    }
    let command = adieu(&home)
        .env("SF_USE_GENERIC_UNIX_KEYCHAIN", "true")
        .arg("org")
        .args(words.split_whitespace());
    Case {
        salesforce: Some(salesforce),
        ..Case::new(home, command, Server::start(), question)
    }
}

/// A Codex login whose end may be felt on other machines.
fn codex() -> Home {
    let home = recorded("tests/ai/fixtures/codex-chatgpt");
    let recorded: serde_json::Value = serde_json::from_str(&home.read("claims.json")).unwrap();
    let token = |claims: &serde_json::Value| {
        let part = |value: &serde_json::Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        let header = serde_json::json!({"alg": "none", "typ": "JWT"});
        format!("{}.{}.FAKE-signature", part(&header), part(claims))
    };
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
    home
}

/// How each question comes about.
/// A user and a role, and an AWS that does what it is told; it is spared as long as it was only asked.
fn iam(words: &str, question: &'static str, portal: Server) -> Case {
    let home = Home::new();
    home.atmos_yaml(
        "auth:\n  realm: acme\n  identities:\n    ci:\n      kind: aws/user\n      credentials: {access_key_id: \
         FAKE-KEY, secret_access_key: FAKE-secret}\n    deployer:\n      kind: aws/assume-role\n      via: {identity: \
         ci}\n      principal: {assume_role: 'arn:aws:iam::210000000001:role/deployer'}\n",
    );
    home.aws_session(&AwsSession::new("acme", "ci", "deployer"));
    let aws = Server::start();
    aws.otherwise(|request| {
        let form = request.form();
        let action = form.iter().find(|(name, _)| name == "Action");
        let action = action.map_or("", |(_, action)| action.as_str());
        let result = "<Arn>arn:aws:iam::210000000001:user/ci</Arn><Account>210000000001</Account>";
        Answer::status(200)
            .header("Content-Type", "text/xml")
            .body(format!(
                "<{action}Response><{action}Result>{result}</{action}Result></{action}Response>"
            ))
    });
    let command = adieu(&home)
        .arg("revoke")
        .args(words.split(' '))
        .env("AWS_ENDPOINT_URL", aws.url());
    let mut case = Case::new(home, command, portal, question).refuses();
    case.is_spared = Box::new(move |_| {
        let changes = ["UpdateAccessKey", "DeleteAccessKey", "PutRolePolicy"];
        let requests = aws.requests();
        !requests.iter().any(|request| {
            let form = request.form();
            form.iter()
                .any(|(_, value)| changes.contains(&value.as_str()))
        })
    });
    case
}

fn case(question: Confirmation) -> Case {
    let portal = Server::aws_portal();
    match question {
        Confirmation::Incident => {
            let home = page();
            keyring_entry(&home, "atmos_acme_dev-admin");
            let words = ["logout", "--all", "--incident"];
            let command = with_portal(adieu(&home).args(words), &portal);
            Case::new(home, command, portal, "End and delete all of it?")
                .spares(".config/atmos/acme/aws/aws-sso/credentials")
                .refuses()
        }
        Confirmation::KeychainDeletion => {
            let home = page();
            keyring_entry(&home, "atmos_acme_dev-admin");
            let command = with_portal(auth(&home, "logout dev-admin --keychain"), &portal);
            Case::new(home, command, portal, "No, keep credentials").refuses()
        }
        Confirmation::UnconfiguredSessions => {
            let home = Home::new();
            home.aws_session(&AwsSession::new("acme", "sso", "dev"));
            let command = adieu(&home).args(["logout", "--all"]);
            Case::new(home, command, portal, "End these too?").refuses()
        }
        Confirmation::DataPurge => {
            let home = recorded("tests/ai/fixtures/claude-file");
            let command = adieu(&home).args(["logout", "claude", "--purge-data"]);
            let command = command.env("PATH", "/nonexistent");
            Case::new(home, command, portal, "Delete them?")
                .spares(".claude/history.jsonl")
                .refuses()
        }
        Confirmation::PossibleDeletion => {
            let home = Home::new();
            home.write(
                ".unheard/auth.json",
                r#"{"access_token": "FAKE0opaque1token2"}"#,
            );
            let command = adieu(&home).args(["logout", "--possible"]);
            Case::new(home, command, portal, "Delete these files?")
                .spares(".unheard/auth.json")
                .refuses()
        }
        Confirmation::SharedSignIn => {
            let question = "Log out of alpha@fixture.example too?";
            let case = orgs("basic-v1", "logout -o beta-dev", question);
            let org = |user: &str| -> serde_json::Value {
                let text = case.home.read(format!(".sfdx/{user}@fixture.example.json"));
                serde_json::from_str(&text).unwrap()
            };
            let mut alpha = org("alpha");
            alpha["refreshToken"] = org("beta")["refreshToken"].clone();
            let file = ".sfdx/alpha@fixture.example.json";
            case.home.write(file, alpha.to_string());
            Case {
                before: vec![("log out of beta@fixture.example?", "y")],
                ..case
            }
        }
        Confirmation::ResidueRemoval => {
            let home = Home::new();
            home.write(
                ".npmrc",
                "//registry.example/:_authToken=FAKE-token-of-ana-1\n",
            )
            .write(".bash_history", "export T=FAKE-token-of-ana-1\n");
            let command = adieu(&home).args(["logout", "npm", "--residue", "--no-revoke"]);
            Case::new(home, command, portal, "Remove it there too?")
                .spares(".npmrc")
                .refuses()
        }
        Confirmation::CopyRemoval => {
            let home = Home::new();
            home.write(
                ".config/gh/hosts.yml",
                "github.com:\n    user: ana\n    oauth_token: FAKE-token-of-ana-1\n",
            )
            .write(
                ".git-credentials",
                "https://ana:FAKE-token-of-ana-1@github.com\n",
            );
            let command = adieu(&home).args(["logout", "gh", "--no-revoke"]);
            Case::new(home, command, portal, "Remove it there too?").spares(".git-credentials")
        }
        Confirmation::SharedToken => {
            let home = codex();
            // Nothing leaves this machine: the proxy is the server of this test.
            let command = adieu(&home)
                .args(["logout", "codex", "--timeout", "2"])
                .env("PATH", "/nonexistent")
                .env("HTTPS_PROXY", portal.url());
            Case::new(home, command, portal, "End it at the server?")
        }
        Confirmation::ForeignEndpoint => {
            let home = page();
            let yaml = std::fs::read_to_string(home.work().join("atmos.yaml")).unwrap();
            let stranger = "      spec: { endpoint_url: \"https://stranger.example\" }\n";
            let start = "      start_url: https://mycompany.awsapps.com/start\n";
            home.atmos_yaml(&yaml.replace(start, &format!("{start}{stranger}")));
            let command = auth(&home, "logout --provider aws-sso --timeout 2")
                .env("HTTPS_PROXY", portal.url());
            Case::new(home, command, portal, "Send it?")
        }
        Confirmation::KeyDeactivation => iam(
            "ci --deactivate-keys",
            "Deactivate this key at AWS?",
            portal,
        ),
        Confirmation::EndEverywhere => {
            let home = Home::new();
            home.write(
                ".azure/msal_token_cache.json",
                r#"{"Account": {"a": {"home_account_id": "FAKE-user.FAKE-tenant", "environment": "login.microsoftonline.com", "username": "ana@example.test"}},
                "RefreshToken": {"r": {"home_account_id": "FAKE-user.FAKE-tenant", "environment": "login.microsoftonline.com", "client_id": "FAKE-client", "secret": "FAKE-refresh"}}}"#,
            );
            let entra = Server::start();
            let command = adieu(&home)
                .args(["revoke", "azure:ana@example.test", "--everywhere"])
                .env("AZURE_AUTHORITY_HOST", entra.url());
            let question = "End all sign-ins of this person, on all devices?";
            let mut case = Case::new(home, command, portal, question).refuses();
            case.is_spared = Box::new(move |_| entra.requests().is_empty());
            case
        }
        Confirmation::GoogleKeyDisabling => {
            let home = Home::new();
            let robot = "robot@sundial-ci.iam.gserviceaccount.com";
            let key = serde_json::json!({"type": "service_account", "client_email": robot, "private_key_id": "FAKE0001", "private_key": private_key()});
            home.write(
                ".config/gcloud/application_default_credentials.json",
                key.to_string(),
            );
            let google = Server::start();
            let token = serde_json::json!({"access_token": "FAKE-access", "expires_in": 3599});
            google.on("POST", "/token", Answer::json(200, &token));
            let command = adieu(&home)
                .args(["revoke", robot, "--deactivate-keys"])
                .env(
                    "CLOUDSDK_AUTH_TOKEN_HOST",
                    format!("{}/token", google.url()),
                )
                .env("CLOUDSDK_API_ENDPOINT_OVERRIDES_IAM", google.url());
            let mut case =
                Case::new(home, command, portal, "Disable this key at Google?").refuses();
            case.is_spared = Box::new(move |_| {
                let requests = google.requests();
                requests.iter().all(|request| request.path == "/token")
            });
            case
        }
        Confirmation::KeyDeletion => iam("ci --delete-keys", "Delete this key at AWS?", portal),
        Confirmation::RoleDenial => iam(
            "deployer --revoke-role-sessions",
            "Deny everything to these sessions?",
            portal,
        ),
        Confirmation::FileChanges => {
            let home = Home::new();
            home.write(".bashrc", "export OPENAI_API_KEY=FAKE-one\nx\n");
            let command = adieu(&home).args(["scan", "--fix", "remove"]);
            let command = command.env("SHELL", "/bin/bash");
            Case::new(home, command, portal, "Change 1 file?").refuses()
        }
        Confirmation::DashboardLogout => {
            let home = page();
            let command = with_portal(adieu(&home), &portal);
            Case {
                before: vec![("dev-admin", "/logout dev-admin\r")],
                after: vec![("Press Enter to go back.", "\r"), ("quit", "q")],
                ..Case::new(home, command, portal, "Proceed?")
            }
        }
        Confirmation::MenuChoice => {
            let home = page();
            let command = with_portal(auth(&home, "logout"), &portal);
            Case {
                before: vec![("complete logout", "\r")],
                ..Case::new(home, command, portal, "Log out? Identity: backup-admin")
            }
        }
        Confirmation::OrgLogout => orgs(
            "basic-v1",
            "logout -o beta-dev",
            "log out of beta@fixture.example?",
        ),
        Confirmation::OrgChildren => Case {
            before: vec![("log out of alpha@fixture.example?", "y")],
            ..orgs("full-v1", "logout -o alpha-prod", "made from it?")
        }
        .spares(".sfdx/epsilon@fixture.example.json"),
        Confirmation::OrgRemoval => {
            let case = orgs("basic-v1", "logout -o beta-dev", "anyway?");
            let down = Answer::status(503).body("<html>down</html>");
            let salesforce = case.salesforce.as_ref().unwrap();
            salesforce
                .server()
                .on("POST", "/services/oauth2/revoke", down);
            Case {
                before: vec![("log out of beta@fixture.example?", "y")],
                ..case
            }
        }
    }
}

/// Answers each key of a list in a home of its own, and looks what changed after the question.
fn each(question: Confirmation, answers: &[&str], check: impl Fn(&Case, bool, &str)) {
    for keys in answers {
        let case = case(question);
        let session = case.asked("");
        let before = Tree::of(case.home.root());
        let requests = case.portal.requests().len();
        let text = case.answer(session, keys);
        let is_same = before.changes(&Tree::of(case.home.root())).is_empty()
            && case.portal.requests().len() == requests;
        check(
            &case,
            is_same,
            &format!("{question:?}, answered {keys:?}: {text}"),
        );
    }
}

#[test]
fn only_a_yes_changes_anything() {
    // A few at a time: each is a program that draws at its own terminal.
    std::thread::scope(|scope| {
        for questions in Confirmation::value_variants().chunks(4) {
            scope.spawn(move || {
                for question in questions {
                    each(*question, &BACKING_OUT, |_, is_same, text| {
                        assert!(is_same, "{text}");
                    });
                    each(*question, &NO, |case, is_same, text| {
                        assert!((case.is_spared)(&case.home), "{text}");
                        assert!(case.portal.requests().is_empty(), "{text}");
                        assert!(is_same || question.is_partial(), "{text}");
                    });
                    each(*question, &YES, |_, is_same, text| {
                        assert!(!is_same, "{text}");
                    });
                }
            });
        }
    });
}

#[test]
fn what_was_typed_before_a_question_answers_nothing() {
    for question in Confirmation::value_variants() {
        let case = case(*question);
        if !case.before.is_empty() {
            continue;
        }
        let session = case.asked("y\ry\ryes\ryyy");
        let before = Tree::of(case.home.root());
        let text = case.answer(session, "\x1b");
        let changes = before.changes(&Tree::of(case.home.root()));
        assert!(changes.is_empty(), "{question:?}: {text}");
    }
}

#[test]
fn without_a_terminal_nothing_counts_as_yes() {
    for question in Confirmation::value_variants() {
        let case = case(*question);
        let before = Tree::of(case.home.root());
        let piped = case.command.clone().stdin("y\nyes\ny\n");
        if let Some(status) = case.refused {
            let output = piped.run().code(status);
            assert!(output.stderr.contains("othing was changed"), "{output}");
            before.assert_same(&Tree::of(case.home.root()));
        } else if question.is_partial() && case.before.is_empty() {
            piped.run();
            assert!(case.portal.requests().is_empty(), "{question:?}");
        }
    }
}
