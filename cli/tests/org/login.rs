//! Signing in in every way, against a Salesforce on loopback, and out again.

use std::os::unix::fs::PermissionsExt as _;

use adieu_testkit::browser::{browse, query_of, visit};
use adieu_testkit::salesforce::Salesforce;
use adieu_testkit::{Adieu, Home, Output, Tree};
use serde_json::{Value, json};

use crate::running::{Ended, Running};
use crate::support::{TRAIL, auth_files, document, home, names, org, private_key, project};

const ALPHA: &str = "alpha@fixture.example";
const TOKEN: &str = "/services/oauth2/token";

fn web(home: &Home, salesforce: &Salesforce, words: &str) -> Adieu {
    org(home, &format!("login web --no-browser {words}"))
        .args(["--instance-url", &salesforce.url()])
}

/// Signs in as the person whom the server takes for the next one.
#[track_caller]
fn in_browser(adieu: &Adieu) -> Ended {
    let mut running = Running::start(adieu);
    let visited = browse(&running.url());
    assert_eq!(visited.last().unwrap().1, 200, "{visited:?}");
    let ended = running.end();
    assert_eq!(ended.status, Some(0), "{ended:?}");
    ended
}

fn is_without_secrets(text: &str) {
    for secret in [
        "FIXTURE.ACCESS",
        "FIXTURE.REFRESH",
        "FIXTURECODE",
        "FAKE-secret",
    ] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
}

fn status_of(home: &Home, username: &str) -> Option<Value> {
    let output = org(home, "list --json").run().success();
    is_without_secrets(&output.to_string());
    let document = output.json();
    let orgs = document["result"]["nonScratchOrgs"].as_array().unwrap();
    let found = orgs.iter().find(|org| org["username"] == username);
    found.map(|org| org["connectedStatus"].clone())
}

/// Listed, shown, logged out, not there any more; what was revoked.
#[track_caller]
fn lives_and_ends(home: &Home, salesforce: &Salesforce, username: &str, alias: &str, token: &str) {
    assert_eq!(status_of(home, username), Some(json!("Connected")));
    let shown = org(home, &format!("display -o {alias} --json"))
        .run()
        .success();
    assert_eq!(shown.json()["result"]["username"], username);
    let output = org(home, &format!("logout --target-org {alias} --json"))
        .run()
        .success();
    assert_eq!(names(&output), [username]);
    assert_eq!(salesforce.revoked().last().map(String::as_str), Some(token));
    assert!(!salesforce.knows(token));
    assert_eq!(status_of(home, username), None);
    let gone = org(home, &format!("display --target-org {alias} --json"))
        .run()
        .code(2);
    assert_eq!(gone.json()["name"], "NamedOrgNotFoundError");
    let again = org(home, &format!("logout --target-org {alias} --json"))
        .run()
        .code(1);
    assert_eq!(again.json()["name"], "NoAuthFoundForTargetOrgError");
}

#[test]
fn sign_in_with_a_browser_lives_and_ends_and_comes_again() {
    let (salesforce, home) = (Salesforce::start(), Home::new());
    let port = project(&home);
    salesforce.person("alpha");
    for _ in 0..2 {
        let mut running = Running::start(&web(&home, &salesforce, "--alias prod --set-default"));
        let url = running.url();
        let query = query_of(&url);
        assert_eq!(query["scope"], "refresh_token api web");
        assert_eq!(query["client_id"], "PlatformCLI");
        assert_eq!(query["prompt"], "login");
        let back = format!("http://localhost:{port}/OauthRedirect");
        assert_eq!(query["redirect_uri"], back);
        assert!(query["state"].len() >= 12 && query["code_challenge"].len() == 43);
        let visited = browse(&url);
        assert_eq!(visited.last().unwrap().1, 200, "{visited:?}");
        let ended = running.end();
        assert_eq!(
            ended.stdout,
            "Successfully authorized alpha@fixture.example with org ID 00DFX0000000001AAA\n"
        );
        assert!(ended.stderr.contains("prod is its alias"), "{ended:?}");
        assert!(ended.stderr.contains("target-org is prod in this project"));
        is_without_secrets(&format!("{ended:?}"));
        for file in [".sfdx/key.json".to_owned(), format!(".sfdx/{ALPHA}.json")] {
            let mode = home.join(&file).metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o7777, 0o600, "{file}");
        }
        let local = std::fs::read_to_string(home.work().join(".sf/config.json")).unwrap();
        assert!(local.contains("\"target-org\": \"prod\""), "{local}");
        assert!(!home.has(".sf/config.json"));
        // Renewed on the way, with a refresh token that replaces the one that was handed out.
        salesforce.rotating().expire("alpha");
        let shown = org(&home, "display --json").run().success();
        assert_eq!(shown.json()["result"]["connectedStatus"], "Connected");
        let token = salesforce.refresh_token("alpha");
        lives_and_ends(&home, &salesforce, ALPHA, "prod", &token);
        let local = std::fs::read_to_string(home.work().join(".sf/config.json")).unwrap();
        assert_eq!(local, "{}");
    }
}

fn jwt(home: &Home, salesforce: &Salesforce, words: &str) -> Adieu {
    std::fs::write(home.work().join("server.key"), private_key()).unwrap();
    org(
        home,
        &format!(
            "login jwt --username delta@fixture.example --jwt-key-file server.key --client-id \
             FAKE.consumer {words}"
        ),
    )
    .args(["-r", &salesforce.url()])
}

#[test]
fn sign_in_with_a_private_key_lives_and_ends_and_comes_again() {
    let (salesforce, home) = (Salesforce::start(), Home::new());
    for _ in 0..2 {
        let output = jwt(&home, &salesforce, "-a ci -s -d --json")
            .run()
            .success();
        is_without_secrets(&output.to_string());
        let answer = output.json();
        assert_eq!(answer["status"], 0);
        assert_eq!(answer["warnings"], json!([]));
        let result = &answer["result"];
        assert_eq!(result["username"], "delta@fixture.example");
        assert_eq!(result["orgId"], "00DFX0000000004AAA");
        assert_eq!(result["clientId"], "FAKE.consumer");
        assert!(
            result["privateKey"]
                .as_str()
                .unwrap()
                .ends_with("/server.key")
        );
        assert_eq!(result.get("accessToken"), None);
        assert_eq!(
            document(&home, ".sf/config.json"),
            json!({"target-org": "ci", "target-dev-hub": "ci"})
        );
        let token = salesforce.access_token("delta");
        lives_and_ends(&home, &salesforce, "delta@fixture.example", "ci", &token);
        assert_eq!(document(&home, ".sf/config.json"), json!({}));
        assert_eq!(document(&home, ".sfdx/sfdx-config.json"), json!({}));
        assert!(
            home.work().join("server.key").exists(),
            "the key is not ours"
        );
    }
}

#[test]
fn private_key_that_is_none_and_a_refused_one_are_said() {
    let (salesforce, home) = (Salesforce::start(), Home::new());
    let before = Tree::of(home.root().join("home"));
    salesforce.audience("https://elsewhere.example");
    let output = jwt(&home, &salesforce, "--json").run().code(1);
    assert_eq!(output.json()["name"], "JwtGrantError");
    assert_eq!(output.json()["commandName"], "LoginJwt");
    assert!(
        output.json()["actions"][0]
            .as_str()
            .unwrap()
            .contains("SF_AUDIENCE_URL")
    );
    std::fs::write(home.work().join("none.key"), "FAKE-secret").unwrap();
    for file in ["none.key", "missing.key"] {
        let output = org(
            &home,
            &format!("login jwt -o a@b.example -f {file} -i FAKE --json"),
        )
        .args(["-r", &salesforce.url()])
        .run()
        .code(1);
        assert_eq!(output.json()["name"], "JwtKeyFileError", "{output}");
        is_without_secrets(&output.to_string());
    }
    before.assert_same(&Tree::of(home.root().join("home")));
}

/// A shell hands over what is no file: `<(…)`, `/dev/stdin`.
#[test]
fn private_key_from_a_pipe_signs_in_and_is_said_not_to_stay() {
    for path in ["-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"] {
        let (salesforce, home) = (Salesforce::start(), Home::new());
        let words =
            format!("login jwt --username delta@fixture.example -f {path} -i FAKE.consumer --json");
        let output = org(&home, &words)
            .args(["-r", &salesforce.url()])
            .stdin(private_key())
            .run()
            .success();
        is_without_secrets(&output.to_string());
        let warnings = output.json()["warnings"].to_string();
        assert!(warnings.contains("came through a pipe"), "{output}");
        org(&home, "logout -o delta@fixture.example -p")
            .run()
            .success();
    }
}

fn by_token(home: &Home, salesforce: &Salesforce, words: &str) -> Adieu {
    org(home, &format!("login access-token {words}")).args(["--instance-url", &salesforce.url()])
}

#[test]
fn sign_in_with_an_access_token_takes_it_from_a_variable_or_a_pipe() {
    let salesforce = Salesforce::start();
    let token = salesforce.access_token("gamma");
    let ways: [fn(Adieu, &str) -> Adieu; 2] = [
        |adieu, token| adieu.env("SF_ACCESS_TOKEN", token).arg("--no-prompt"),
        |adieu, token| adieu.stdin(format!("{token}\n")),
    ];
    for way in ways {
        let home = Home::new();
        let output = way(by_token(&home, &salesforce, "-a gamma"), &token)
            .run()
            .success();
        assert!(
            output
                .stdout
                .starts_with("Successfully authorized gamma@fixture.example"),
            "{output}"
        );
        is_without_secrets(&output.to_string());
        assert_eq!(
            status_of(&home, "gamma@fixture.example"),
            Some(json!("Connected"))
        );
    }
    let home = Home::new();
    by_token(&home, &salesforce, "-a gamma")
        .stdin(token.clone())
        .run()
        .success();
    lives_and_ends(&home, &salesforce, "gamma@fixture.example", "gamma", &token);
    let dead = by_token(&home, &salesforce, "--json")
        .stdin(token)
        .run()
        .code(1);
    assert_eq!(
        dead.json()["name"],
        "AuthCodeUsernameRetrievalError",
        "{dead}"
    );
    is_without_secrets(&dead.to_string());
}

#[test]
fn access_token_that_is_none_and_none_at_all_are_said() {
    let (salesforce, home) = (Salesforce::start(), Home::new());
    let before = Tree::of(home.root());
    let output = by_token(&home, &salesforce, "--json")
        .stdin("FAKE-secret")
        .run()
        .code(1);
    assert_eq!(output.json()["name"], "InvalidAccessTokenError");
    is_without_secrets(&output.to_string());
    let output = by_token(&home, &salesforce, "--json").run().code(1);
    assert_eq!(output.json()["name"], "NoInputError");
    let output = by_token(&home, &salesforce, "--no-prompt --json")
        .stdin("x")
        .run()
        .code(1);
    assert_eq!(output.json()["name"], "NoAccessTokenError");
    let plain = org(&home, "login access-token --json -r http://org.example")
        .stdin("00DFX0000000001!FAKE-secret")
        .run()
        .code(1);
    assert!(plain.stdout.contains("nothing was sent"), "{plain}");
    before.assert_same(&Tree::of(home.root()));
    assert_eq!(salesforce.requests().len(), 0);
}

#[test]
fn sign_in_on_a_device_shows_the_code_and_waits() {
    let (salesforce, home) = (Salesforce::start(), Home::new());
    salesforce.person("beta").pending(1);
    let output = org(&home, "login device --client-id FAKE.app --alias beta-dev")
        .args(["-r", &salesforce.url()])
        .env("SFDX_CLIENT_SECRET", "FAKE-secret")
        .run()
        .success();
    assert!(output.stderr.contains("ABCD1234"), "{output}");
    assert!(output.stderr.contains("/setup/connect"), "{output}");
    is_without_secrets(&output.to_string());
    let token = salesforce.refresh_token("beta");
    lives_and_ends(
        &home,
        &salesforce,
        "beta@fixture.example",
        "beta-dev",
        &token,
    );
}

fn error(output: &Output) -> Value {
    output.json()["name"].clone()
}

#[test]
fn auth_url_that_cannot_be_used_is_said_and_never_repeated() {
    let home = Home::new();
    let before = Tree::of(home.root().join("home"));
    let closed = crate::support::free_port();
    let url = format!("force://FAKE.app:FAKE-secret:FAKE-secret@localhost:{closed}");
    let json = json!({"result": {"sfdxAuthUrl": url}}).to_string();
    std::fs::write(home.work().join("auth.json"), &json).unwrap();
    std::fs::write(home.work().join("auth.txt"), &url).unwrap();
    std::fs::write(home.work().join("bad.txt"), "force://FAKE-secret").unwrap();
    let login = |words: &str, input: &str| {
        let output = org(&home, &format!("login sfdx-url --json {words}"))
            .stdin(input)
            .run();
        is_without_secrets(&output.to_string());
        output
    };
    for (words, input) in [
        ("-f auth.json", ""),
        ("--sfdx-url-file auth.txt", ""),
        ("--sfdx-url-stdin --alias x", url.as_str()),
        ("-u -", &json),
    ] {
        let output = login(words, input).code(1);
        assert_eq!(error(&output), "RefreshTokenAuthError", "{output}");
        assert!(output.stdout.contains("localhost"), "{output}");
    }
    assert_eq!(
        error(&login("-f bad.txt", "").code(1)),
        "INVALID_SFDX_AUTH_URL"
    );
    assert_eq!(
        error(&login("-f none.txt", "").code(1)),
        "InvalidSfdxUrlFileError"
    );
    assert_eq!(error(&login("-u", "").code(1)), "NoInputError");
    // Others on the machine see arguments.
    let typed = org(&home, "login sfdx-url --json -u")
        .arg(&url)
        .run()
        .code(2);
    is_without_secrets(&typed.stdout);
    before.assert_same(&Tree::of(home.root().join("home")));
}

/// However a shell or an editor wrote it: a pipe, a byte order mark, UTF-16.
#[test]
fn auth_url_is_read_from_pipes_and_in_every_encoding() {
    let home = Home::new();
    let closed = crate::support::free_port();
    let url = format!("force://FAKE.app:FAKE-secret:FAKE-secret@localhost:{closed}\r\n");
    let json = json!({"result": {"sfdxAuthUrl": url.trim()}}).to_string();
    let utf16 = |text: &str, unit: fn(u16) -> [u8; 2]| {
        text.encode_utf16().flat_map(unit).collect::<Vec<u8>>()
    };
    let texts = [
        url.clone().into_bytes(),
        json.clone().into_bytes(),
        [b"\xef\xbb\xbf", url.as_bytes()].concat(),
        [b"\xff\xfe".to_vec(), utf16(&url, u16::to_le_bytes)].concat(),
        [b"\xfe\xff".to_vec(), utf16(&json, u16::to_be_bytes)].concat(),
        utf16(&url, u16::to_le_bytes),
    ];
    for text in &texts {
        std::fs::write(home.work().join("auth.txt"), text).unwrap();
        for path in ["auth.txt", "-", "/dev/stdin", "/dev/fd/0"] {
            let output = org(&home, &format!("login sfdx-url --json -f {path}"))
                .stdin(text.clone())
                .run()
                .code(1);
            is_without_secrets(&output.to_string());
            assert_eq!(error(&output), "RefreshTokenAuthError", "{path} {output}");
        }
    }
    for (text, said) in [
        (b"\xff\xfe\x00".to_vec(), "begins like UTF-16"),
        (b"\xc3\x28 force://".to_vec(), "neither UTF-8 nor UTF-16"),
        (Vec::new(), "no text"),
    ] {
        std::fs::write(home.work().join("auth.txt"), &text).unwrap();
        let output = org(&home, "login sfdx-url --json -f auth.txt")
            .run()
            .code(1);
        assert_eq!(error(&output), "InvalidSfdxUrlFileError", "{output}");
        assert!(output.stdout.contains(said), "{output}");
    }
    let long = org(&home, "login sfdx-url -f -")
        .stdin(vec![b'x'; 100_000])
        .run();
    assert!(long.code(1).stderr.contains("more than 65536 bytes"));
}

#[test]
fn another_page_in_the_browser_does_not_end_the_sign_in() {
    let (salesforce, home) = (Salesforce::start(), Home::new());
    let port = project(&home);
    salesforce.person("beta");
    let mut running = Running::start(&web(&home, &salesforce, "--json"));
    let url = running.url();
    let back = format!("http://localhost:{port}").replace("localhost", "127.0.0.1");
    for wrong in [
        "/OauthRedirect?code=FAKE-code&state=wrong",
        "/OauthRedirect",
        "/x",
    ] {
        let (status, _, page) = visit("GET", &format!("{back}{wrong}"));
        assert!((400..500).contains(&status), "{wrong}: {status}");
        assert!(!page.contains("FAKE-code"), "{page}");
    }
    browse(&url);
    let ended = running.end();
    assert_eq!(ended.status, Some(0), "{ended:?}");
    assert_eq!(ended.json()["result"]["username"], "beta@fixture.example");
    is_without_secrets(&format!("{ended:?}"));
}

#[test]
fn refused_late_and_interrupted_sign_ins_leave_nothing() {
    let (salesforce, home) = (Salesforce::start(), Home::new());
    let port = project(&home);
    let before = Tree::of(home.root());
    let mut running = Running::start(&web(&home, &salesforce, "--json"));
    let state = query_of(&running.url())["state"].clone();
    let denied = format!(
        "http://127.0.0.1:{port}/OauthRedirect?error=access_denied&error_description=end-user%20denied&state={state}"
    );
    visit("GET", &denied);
    let ended = running.end();
    assert_eq!(ended.status, Some(1), "{ended:?}");
    assert_eq!(ended.json()["name"], "access_denied");
    assert!(
        ended.json()["message"]
            .as_str()
            .unwrap()
            .contains("end-user denied")
    );

    let late = web(&home, &salesforce, "--json").env("SF_WEB_OAUTH_SERVER_TIMEOUT", "300");
    assert_eq!(error(&late.run().code(1)), "AuthTimeoutError");

    let mut running = Running::start(&web(&home, &salesforce, ""));
    running.url();
    let id = running.id().to_string();
    std::process::Command::new("kill")
        .args(["-INT", &id])
        .status()
        .unwrap();
    assert_eq!(running.end().status, Some(130));

    let _other = std::net::TcpListener::bind(("127.0.0.1", port)).unwrap();
    let busy = web(&home, &salesforce, "--json").run().code(1);
    assert_eq!(error(&busy), "PortInUseError");
    assert!(
        busy.stdout.contains(&format!("port {port} is used")),
        "{busy}"
    );
    before.assert_same(&Tree::of(home.root()));
}

#[test]
fn server_that_hangs_is_down_or_sends_elsewhere_ends_the_sign_in_in_time() {
    let bad: [fn(&Salesforce); 3] = [
        |salesforce| {
            salesforce.hang("POST", TOKEN);
        },
        |salesforce| {
            salesforce.down();
        },
        |salesforce| {
            salesforce.redirect("POST", TOKEN, "http://127.0.0.1:1/");
        },
    ];
    for bad in bad {
        let (salesforce, home) = (Salesforce::start(), Home::new());
        project(&home);
        let before = Tree::of(home.root());
        let mut running = Running::start(&web(&home, &salesforce, "--json --timeout 1"));
        let url = running.url();
        let query = query_of(&url);
        bad(&salesforce);
        let start = std::time::Instant::now();
        let back = format!(
            "{}?code=FAKE-code&state={}",
            query["redirect_uri"], query["state"]
        );
        visit("GET", &back.replace("localhost", "127.0.0.1"));
        let ended = running.end();
        assert_eq!(ended.status, Some(1), "{ended:?}");
        assert_eq!(ended.json()["name"], "AuthCodeExchangeError", "{ended:?}");
        assert!(start.elapsed() < std::time::Duration::from_secs(10));
        is_without_secrets(&format!("{ended:?}"));
        before.assert_same(&Tree::of(home.root()));
    }
}

#[test]
fn signing_in_again_leaves_every_neighbour_as_it_was() {
    let (salesforce, home) = (Salesforce::start(), home("full-v1", &Salesforce::start()));
    let project_port = project(&home);
    assert!(project_port > 0);
    salesforce.person("beta");
    let before = Tree::of(home.root());
    let aliases = home.read(".sfdx/alias.json");
    in_browser(&web(&home, &salesforce, ""));
    before.assert_only(
        &Tree::of(home.root()),
        &["home/.sfdx/beta@fixture.example.json", TRAIL],
    );
    // What others wrote into the file stays, and so do its names.
    assert_eq!(home.read(".sfdx/alias.json"), aliases);
    let beta = document(&home, ".sfdx/beta@fixture.example.json");
    assert_eq!(beta["instanceUrl"], salesforce.url());
    assert_eq!(auth_files(&home).len(), 6);
}

#[test]
fn name_that_a_server_chose_becomes_no_path() {
    for name in ["../../x@y.example", "a/b@c.example", ".x@y.example"] {
        let (salesforce, home) = (Salesforce::start(), Home::new());
        salesforce.add("evil", name);
        let before = Tree::of(home.root());
        let output = by_token(&home, &salesforce, "--json -a x -s")
            .env("SF_ACCESS_TOKEN", salesforce.access_token("evil"))
            .run()
            .code(1);
        assert!(output.stdout.contains("refused"), "{output}");
        before.assert_same(&Tree::of(home.root()));
    }
}

#[test]
fn browser_is_opened_where_there_is_one() {
    let (salesforce, home) = (Salesforce::start(), Home::new());
    project(&home);
    salesforce.person("alpha");
    home.write_with_mode(
        "bin/firefox",
        "#!/bin/sh\nprintf %s \"$1\" > \"$HOME/opened.new\" && mv \"$HOME/opened.new\" \"$HOME/opened\"\n",
        0o755,
    );
    let path = format!("{}:/usr/bin:/bin", home.join("bin").display());
    let login = org(&home, "login web --browser firefox")
        .args(["-r", &salesforce.url()])
        .env("PATH", path);
    let mut running = Running::start(&login);
    let url = running.url();
    let end = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while !home.has("opened") && std::time::Instant::now() < end {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    assert_eq!(home.read("opened"), url);
    browse(&url);
    assert_eq!(running.end().status, Some(0));
    // Without one the address is enough.
    let mut running = Running::start(
        &org(&home, "login web")
            .args(["-r", &salesforce.url()])
            .env("PATH", "/nonexistent"),
    );
    let url = running.url();
    running.line("No browser was opened");
    browse(&url);
    assert_eq!(running.end().status, Some(0));
}
