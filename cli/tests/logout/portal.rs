//! Every way in which a portal's session can stand, at every kind of server: what is sent where, what is
//! left, what is said.

use std::net::TcpListener;
use std::sync::Mutex;

use adieu_testkit::server::{Answer, Server, unauthorized};
use adieu_testkit::{Home, Output, PortalSession, Tree};
use serde_json::{Value, json};

use crate::support::{adieu, with_portal};

const PAGE: &str = "https://harbour.awsapps.com/start";
const ACCESS: &str = "FAKE-access-of-the-file";
const REFRESH: &str = "FAKE-refresh-of-the-file";
const RENEWED: &str = "FAKE-access-renewed";
const SHA1_OF_PAGE: &str = "91fa29ba205587092b1ac84138ddc6b1acd53ab8.json";

#[derive(Clone, Copy, Debug, PartialEq)]
enum Keeper {
    Configured,
    Native,
    Orphan,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Access {
    Live,
    Expired,
    Garbage,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Refresh {
    Good,
    OldRegistration,
    NoSecret,
    None,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Says {
    Ends,
    Unknown,
    Forbidden,
    Broken,
    Nothing,
    Closed,
    Page,
    Elsewhere,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Flag {
    None,
    NoRevoke,
    Keep,
    NoRefresh,
}

impl Flag {
    fn word(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::NoRevoke => Some("--no-revoke"),
            Self::Keep => Some("--keep-unrevoked"),
            Self::NoRefresh => Some("--no-refresh"),
        }
    }
}

#[derive(Clone, Copy, Debug)]
struct Case {
    keeper: Keeper,
    access: Access,
    refresh: Refresh,
    says: Says,
    flag: Flag,
}

/// What has to come of a case.
#[derive(Debug, PartialEq)]
struct Expected {
    requests: Vec<&'static str>,
    outcome: Option<&'static str>,
    is_left: bool,
    is_still_live: bool,
    status: i32,
}

impl Case {
    fn expected(self) -> Expected {
        let outlives = self.refresh != Refresh::None;
        let renews = self.refresh == Refresh::Good && self.flag != Flag::NoRefresh;
        let is_worthless = self.access == Access::Expired && !outlives;
        if self.flag == Flag::NoRevoke {
            return Expected {
                requests: Vec::new(),
                outcome: (!is_worthless).then_some("kept"),
                is_left: false,
                is_still_live: !is_worthless,
                status: 0,
            };
        }
        let is_over = self.access == Access::Expired && outlives;
        let (requests, is_ended) = match self.says {
            Says::Closed => (vec![], false),
            Says::Nothing if is_over && renews => (vec!["/token"], false),
            Says::Nothing => (vec!["/logout"], false),
            Says::Ends | Says::Unknown if is_over && renews => (vec!["/token", "/logout"], true),
            Says::Ends => (vec!["/logout"], !is_over),
            Says::Unknown if is_over => (vec!["/logout"], false),
            // That the portal does not know the access token says nothing of the refresh token.
            Says::Unknown if renews => (vec!["/logout", "/token"], true),
            Says::Unknown => (vec!["/logout"], !outlives),
            // Who is busy is asked to end a session once more, and once only for new tokens.
            Says::Broken if is_over && renews => (vec!["/token", "/logout", "/logout"], false),
            Says::Broken => (vec!["/logout", "/logout"], false),
            _ if is_over && renews => (vec!["/token", "/logout"], false),
            _ => (vec!["/logout"], false),
        };
        let is_left = self.flag == Flag::Keep && !is_ended;
        Expected {
            requests,
            outcome: Some(if is_ended { "revoked" } else { "failed" }),
            is_left,
            // A file's word for an end is none of the server's.
            is_still_live: !is_ended,
            status: i32::from(is_left),
        }
    }

    fn contents(self) -> String {
        let mut file = json!({"startUrl": PAGE, "region": "eu-central-1", "accessToken": ACCESS});
        file["expiresAt"] = match self.access {
            Access::Live => json!("2099-01-01T00:00:00Z"),
            Access::Expired => json!("2020-01-01T00:00:00Z"),
            Access::Garbage => json!("the day after tomorrow"),
        };
        if self.refresh != Refresh::None {
            file["refreshToken"] = json!(REFRESH);
            file["clientId"] = json!("FAKE-client");
            file["registrationExpiresAt"] = match self.refresh {
                Refresh::OldRegistration => json!("2020-01-01T00:00:00Z"),
                _ => json!("2099-01-01T00:00:00Z"),
            };
            if self.refresh != Refresh::NoSecret {
                file["clientSecret"] = json!("FAKE-client-secret");
            }
        }
        file.to_string()
    }

    fn home(self) -> (Home, String) {
        let home = Home::new();
        let name = PortalSession::new(PAGE, "eu-central-1", "x").atmos_file_name();
        let file = match self.keeper {
            Keeper::Native => format!(".aws/sso/cache/{SHA1_OF_PAGE}"),
            Keeper::Configured | Keeper::Orphan => format!(".cache/atmos/aws-sso/sessions/{name}"),
        };
        home.write(&file, self.contents());
        if self.keeper == Keeper::Configured {
            home.atmos_yaml(&format!(
                "auth:\n  realm: acme\n  providers:\n    sso: {{kind: aws/iam-identity-center, \
                 start_url: \"{PAGE}\", region: eu-central-1}}\n"
            ));
        }
        (home, file)
    }

    fn server(self, thief: &Server) -> Server {
        let server = Server::start();
        let both = |answer: Answer| {
            server.on("POST", "/logout", answer.clone());
            server.on("POST", "/token", answer);
        };
        match self.says {
            Says::Ends | Says::Closed => {
                let knows_old = self.access != Access::Expired;
                server.on_call("POST", "/logout", move |request| {
                    match request.header("x-amz-sso_bearer_token") {
                        Some(RENEWED) => Answer::status(200),
                        Some(ACCESS) if knows_old => Answer::status(200),
                        _ => unauthorized(),
                    }
                });
                let tokens = json!({"accessToken": RENEWED, "expiresIn": 3600});
                server.on("POST", "/token", Answer::json(200, &tokens));
            }
            Says::Unknown => {
                server.on("POST", "/logout", unauthorized());
                let refusal = json!({"error": "invalid_grant"});
                server.on("POST", "/token", Answer::json(400, &refusal));
            }
            Says::Forbidden => both(Answer::json(403, &json!({"message": "No access"}))),
            Says::Broken => both(Answer::status(503).header("Retry-After", "0")),
            Says::Nothing => both(Answer::hang()),
            Says::Page => both(
                Answer::status(200)
                    .header("Content-Type", "text/html")
                    .body("<html><body>Welcome to the hotel's network</body></html>"),
            ),
            Says::Elsewhere => {
                let there = format!("{}/logout", thief.url());
                both(Answer::status(307).header("Location", &there));
            }
        }
        server
    }

    fn check(self, thief: &Server) {
        let (home, file) = self.home();
        let server = self.server(thief);
        let words = match self.keeper {
            Keeper::Configured => "auth logout --all -o json",
            Keeper::Native | Keeper::Orphan => "logout --all --force -o json",
        };
        let mut command = adieu(&home).args(words.split(' ')).args(self.flag.word());
        if self.says == Says::Nothing {
            command = command.args(["--timeout", "1"]);
        }
        command = with_portal(command, &server);
        if self.says == Says::Closed {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let url = format!("http://{}", listener.local_addr().unwrap());
            drop(listener);
            command = command
                .env("AWS_ENDPOINT_URL_SSO", &url)
                .env("AWS_ENDPOINT_URL_SSO_OIDC", &url);
        }
        let output = command.run();
        let report = output.json();
        let steps = report["steps"].as_array().unwrap();
        let revoke = steps.iter().find(|step| step["action"] == "revoke");
        let requests = server.requests();
        let live = report["verified"]["still_live"].as_array();
        let found = Expected {
            requests: requests
                .iter()
                .map(|request| shown(&request.path))
                .collect(),
            outcome: revoke.and_then(|step| step["outcome"].as_str()).map(shown),
            is_left: home.has(&file),
            is_still_live: live.is_some_and(|live| !live.is_empty()),
            status: output.status.unwrap(),
        };
        let mut expected = self.expected();
        if self.says == Says::Nothing && found.requests.is_empty() {
            // On a busy machine the time is over before anything was sent.
            expected.requests.clear();
        }
        assert_eq!(found, expected, "{self:?}\n{output}");
        assert!(!output.to_string().contains("FAKE-"), "{self:?}\n{output}");
        let trail = home.read(".local/state/adieu/audit.jsonl");
        assert!(!trail.contains("FAKE-"), "{self:?}\n{trail}");
        if !found.is_left {
            let tree = Tree::of(home.path());
            let left = tree.files_with("FAKE-");
            assert!(left.is_empty(), "{self:?}: {left:?}");
        }
        if found.outcome == Some("failed") {
            let hint = revoke.unwrap()["hint"].as_str().unwrap_or_default();
            assert!(
                hint.contains(PAGE),
                "{self:?}: the page is not named\n{output}"
            );
        }
    }
}

/// The few texts that are compared, as constants.
fn shown(text: &str) -> &'static str {
    const KNOWN: [&str; 5] = ["/token", "/logout", "revoked", "failed", "kept"];
    let known = KNOWN.iter().find(|known| **known == text);
    known.copied().unwrap_or("something else")
}

fn cases() -> Vec<Case> {
    use Access::{Expired, Garbage, Live};
    use Refresh::{Good, NoSecret, OldRegistration};
    let mut cases = Vec::new();
    for keeper in [Keeper::Configured, Keeper::Native, Keeper::Orphan] {
        for access in [Live, Expired, Garbage] {
            for refresh in [Good, OldRegistration, NoSecret, Refresh::None] {
                for says in [
                    Says::Ends,
                    Says::Unknown,
                    Says::Forbidden,
                    Says::Broken,
                    Says::Nothing,
                    Says::Closed,
                    Says::Page,
                    Says::Elsewhere,
                ] {
                    for flag in [Flag::None, Flag::NoRevoke, Flag::Keep, Flag::NoRefresh] {
                        // The others differ in where they are found, which one flag shows.
                        let is_wanted = keeper == Keeper::Native
                            || flag == Flag::None
                            || (flag == Flag::Keep && says == Says::Broken);
                        let is_slow = says == Says::Nothing && flag != Flag::None;
                        if is_wanted && !is_slow {
                            cases.push(Case {
                                keeper,
                                access,
                                refresh,
                                says,
                                flag,
                            });
                        }
                    }
                }
            }
        }
    }
    cases
}

#[test]
fn portal_session_is_ended_or_said_to_go_on_however_it_stands() {
    let thief = Server::start();
    let waiting = Mutex::new(cases());
    assert!(waiting.lock().unwrap().len() > 500);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    let next = waiting.lock().unwrap().pop();
                    let Some(case) = next else { return };
                    case.check(&thief);
                }
            });
        }
    });
    assert!(thief.requests().is_empty(), "{:?}", thief.requests());
}

fn native(contents: &Value) -> (Home, String) {
    let home = Home::new();
    let file = format!(".aws/sso/cache/{SHA1_OF_PAGE}");
    home.write(&file, contents.to_string());
    (home, file)
}

fn renewable() -> Value {
    json!({
        "startUrl": PAGE,
        "region": "eu-central-1",
        "accessToken": ACCESS,
        "expiresAt": "2020-01-01T00:00:00Z",
        "clientId": "FAKE-client",
        "clientSecret": "FAKE-client-secret",
        "registrationExpiresAt": "2099-01-01T00:00:00Z",
        "refreshToken": REFRESH,
    })
}

fn run(home: &Home, portal: &Server, words: &str) -> Output {
    with_portal(adieu(home).args(words.split(' ')), portal).run()
}

/// What only the refresh token makes good has no access token that could be sent.
#[test]
fn session_without_an_access_token_is_renewed_to_be_ended() {
    let mut contents = renewable();
    contents.as_object_mut().unwrap().remove("accessToken");
    let (home, file) = native(&contents);
    let portal = Server::aws_portal();
    let status = run(&home, &portal, "status --check").code(1);
    assert!(status.stdout.contains(PAGE), "{status}");
    run(&home, &portal, "logout --all --force").success();
    let requests = portal.requests();
    let paths: Vec<&str> = requests
        .iter()
        .map(|request| request.path.as_str())
        .collect();
    assert_eq!(paths, ["/token", "/logout"]);
    let body: Value = serde_json::from_slice(&requests[0].body).unwrap();
    assert_eq!(
        body,
        json!({
            "grantType": "refresh_token",
            "clientId": "FAKE-client",
            "clientSecret": "FAKE-client-secret",
            "refreshToken": REFRESH,
        })
    );
    assert_eq!(
        requests[1].header("x-amz-sso_bearer_token"),
        Some("FAKE-access-token-1")
    );
    assert!(!home.has(file));
}

/// The old refresh token is used up, so what came stands in the file that is kept.
#[test]
fn renewed_tokens_are_written_only_where_the_session_is_kept() {
    for (words, is_kept) in [
        ("logout --all --force", false),
        ("logout --all --force --keep-unrevoked", true),
    ] {
        let (home, file) = native(&renewable());
        let portal = Server::aws_portal();
        portal.on("POST", "/logout", Answer::status(503));
        run(&home, &portal, words);
        assert_eq!(home.has(&file), is_kept);
        if !is_kept {
            assert!(Tree::of(home.path()).files_with("FAKE-").is_empty());
            continue;
        }
        let kept: Value = serde_json::from_str(&home.read(&file)).unwrap();
        let mut expected = renewable();
        expected["accessToken"] = json!("FAKE-access-token-1");
        expected["refreshToken"] = json!("FAKE-refresh-token-1");
        expected["expiresAt"] = json!("2026-11-21T16:30:00Z");
        assert_eq!(kept, expected);
        portal.on("POST", "/logout", Answer::status(200));
        run(&home, &portal, words).success();
        assert!(!home.has(&file));
    }
}

/// Whenever its access token ends, and whatever the clocks say: what a portal does not know may still be
/// renewed.
#[test]
fn no_to_an_access_token_is_none_to_a_session_with_a_refresh_token() {
    for expires_at in ["2026-11-21T12:00:00Z", "2099-01-01T00:00:00Z"] {
        let mut contents = renewable();
        contents["expiresAt"] = json!(expires_at);
        let portal_of = || {
            let portal = Server::aws_portal();
            portal.on_call("POST", "/logout", move |request| {
                match request.header("x-amz-sso_bearer_token") {
                    Some(ACCESS) => unauthorized(),
                    _ => Answer::status(200),
                }
            });
            portal.on("GET", "/assignment/accounts", unauthorized());
            portal
        };
        let (home, portal) = (native(&contents).0, portal_of());
        let status = run(&home, &portal, "status --check --online").code(1);
        assert!(status.stdout.contains("may still be good"), "{status}");
        let output = run(&home, &portal, "logout --all --force").success();
        assert!(!output.stdout.contains("no longer knew it"), "{output}");
        let requests = portal.requests();
        let posts = requests.iter().filter(|request| request.method == "POST");
        let posts: Vec<&str> = posts.map(|request| request.path.as_str()).collect();
        assert_eq!(posts, ["/logout", "/token", "/logout"], "{expires_at}");
        // Where it may not be renewed, nothing is known.
        let (home, portal) = (native(&contents).0, portal_of());
        let output = run(&home, &portal, "logout --all --force --no-refresh").success();
        assert!(output.stdout.contains("May still be valid:"), "{output}");
    }
}

#[test]
fn expired_token_is_asked_about_online() {
    let mut contents = renewable();
    for key in ["refreshToken", "clientId", "clientSecret"] {
        contents.as_object_mut().unwrap().remove(key);
    }
    let (home, _) = native(&contents);
    let portal = Server::aws_portal();
    run(&home, &portal, "status --check").code(0);
    let output = run(&home, &portal, "status --check --online").code(1);
    assert_eq!(portal.requests().len(), 1, "{output}");
    portal.on("GET", "/assignment/accounts", unauthorized());
    run(&home, &portal, "status --check --online").code(0);
    // A refresh token outlives it, and to use that would change something.
    let (home, _) = native(&renewable());
    let output = run(&home, &portal, "status --check --online").code(1);
    assert!(
        output
            .stdout
            .contains("its refresh token may still be good"),
        "{output}"
    );
    let paths = portal.requests();
    assert!(
        paths
            .iter()
            .all(|request| request.path == "/assignment/accounts")
    );
}

#[test]
fn session_whose_portal_cannot_be_found_is_said_to_go_on() {
    for (region, said) in [
        (Value::Null, "no region is recorded with its token"),
        (json!("evil.example/#"), "none of AWS"),
        (json!(""), "no region is recorded with its token"),
        (json!("EU-central-1"), "none of AWS"),
        (json!(7), "no region is recorded with its token"),
    ] {
        let mut contents = renewable();
        contents["region"] = region.clone();
        contents["expiresAt"] = json!("2099-01-01T00:00:00Z");
        let (home, file) = native(&contents);
        let portal = Server::aws_portal();
        let output = run(&home, &portal, "logout --all --force").success();
        assert!(portal.requests().is_empty(), "{region}");
        assert!(output.stdout.contains(said), "{region}\n{output}");
        let (_, live) = output.stdout.split_once("May still be valid:").unwrap();
        assert!(live.contains(PAGE), "{region}\n{output}");
        assert!(!home.has(&file));
        let (home, file) = native(&contents);
        run(&home, &portal, "logout --all --force --keep-unrevoked");
        assert!(home.has(&file), "{region}");
    }
}

#[test]
fn sign_ins_of_other_products_are_shown_and_neither_sent_nor_removed() {
    let kiro = json!({
        "accessToken": "FAKE-kiro-access",
        "refreshToken": "FAKE-kiro-refresh",
        "expiresAt": "2099-01-01T00:00:00Z",
        "authMethod": "IdC",
        "provider": "BuilderId",
        "region": "us-east-1",
        "clientIdHash": "0123456789012345678901234567890123456789",
    });
    let registration = json!({"clientId": "FAKE-kiro-client", "clientSecret": "FAKE-kiro-secret",
        "expiresAt": "2099-01-01T00:00:00Z"});
    let unknown = json!({"accessToken": "FAKE-unknown", "region": "us-east-1"});
    let bad_page =
        json!({"accessToken": "FAKE-page", "startUrl": "not a page", "region": "us-east-1"});
    let files = [
        ("q-auth-token.json", &kiro),
        (
            "0123456789012345678901234567890123456789.json",
            &registration,
        ),
        ("aws-toolkit-vscode-client-id-us-east-1.json", &registration),
        ("5555555555555555555555555555555555555555.json", &unknown),
        ("6666666666666666666666666666666666666666.json", &bad_page),
    ];
    let (home, portal) = (Home::new(), Server::aws_portal());
    for (name, contents) in files {
        home.write(format!(".aws/sso/cache/{name}"), contents.to_string());
    }
    let before = Tree::of(home.join(".aws"));
    let status = run(&home, &portal, "status --online --check").code(1);
    assert!(status.stdout.contains("AWS Toolkit"), "{status}");
    for words in [
        "logout --all --force",
        "logout --provider aws --force",
        "logout --all --force --keychain --complete",
    ] {
        let output = run(&home, &portal, words);
        assert!(portal.requests().is_empty(), "{output}");
        before.assert_same(&Tree::of(home.join(".aws")));
        if words.contains("--all") {
            let (_, live) = output.stdout.split_once("Kept:").unwrap();
            assert!(live.contains("q-auth-token.json"), "{output}");
        }
    }
    // The AWS CLI's own registration goes as before.
    home.write(
        ".aws/sso/cache/botocore-client-id-us-east-1.json",
        registration.to_string(),
    );
    run(&home, &portal, "logout --all --force");
    before.assert_same(&Tree::of(home.join(".aws")));
}

#[test]
fn login_of_kiro_goes_by_its_own_name_and_is_sent_to_nobody() {
    let token = json!({
        "accessToken": "FAKE-kiro-access",
        "refreshToken": "FAKE-kiro-refresh",
        "expiresAt": "2099-01-01T00:00:00Z",
        "authMethod": "social",
        "provider": "Google",
    });
    for words in ["logout kiro --force", "logout --all --force"] {
        let (home, portal) = (Home::new(), Server::aws_portal());
        let file = ".aws/sso/cache/kiro-auth-token.json";
        home.write(file, token.to_string());
        run(&home, &portal, "status --check").code(1);
        let output = run(&home, &portal, words).success();
        assert!(portal.requests().is_empty(), "{output}");
        assert!(!home.read(file).contains("FAKE"), "{output}");
    }
}

const CONFIG: &str = "\
[sso-session harbour]
sso_start_url = https://harbour.awsapps.com/start/
sso_region = eu-central-1
[profile dev]
sso_session = harbour
sso_account_id = 111122223333
sso_role_name = Developer
[profile deploy]
role_arn = arn:aws:iam::111122223333:role/deploy
source_profile = dev
[profile elsewhere]
sso_start_url = https://other.awsapps.com/start
sso_region = us-east-1
sso_account_id = 444455556666
sso_role_name = ReadOnly
";

/// Where the AWS CLI caches the keys of a role: by the SHA-1 of what names it.
fn role_file(sha1: &str) -> String {
    format!(".aws/cli/cache/{sha1}.json")
}

#[test]
fn role_keys_of_a_portal_go_with_its_session() {
    let (home, _) = native(&renewable());
    let portal = Server::aws_portal();
    home.write(".aws/config", CONFIG);
    let role = |provider: &str| {
        json!({"ProviderType": provider, "Credentials": {"AccessKeyId": "FAKE-key",
            "Expiration": "2099-01-01T00:00:00Z"}})
        .to_string()
    };
    let of_session = role_file("42a1cf6c7e16296fa170dd9b75beaea45b3320e2");
    let assumed = role_file("36c7d393cf27fa7aa5e80b005ae3ae5a11562a4e");
    let elsewhere = role_file("de9f4847c81d20d25c0b88f0bb26f0a8d8f6e4e5");
    let nobodys = role_file("7777777777777777777777777777777777777777");
    for file in [&of_session, &elsewhere, &nobodys] {
        home.write(file, role("sso"));
    }
    home.write(&assumed, role("assume-role"));
    let output = run(&home, &portal, &format!("logout {PAGE}")).success();
    assert!(!home.has(&of_session) && !home.has(&assumed), "{output}");
    assert!(home.has(&elsewhere) && home.has(&nobodys), "{output}");
    assert!(output.stdout.contains("7777777777777777"), "{output}");
    assert!(
        output
            .stdout
            .contains("stays good until 2099-01-01T00:00:00Z"),
        "{output}"
    );
}
