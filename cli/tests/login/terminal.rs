//! With a real pseudo-terminal: codes that the person types, and the keys that are heard while a browser is
//! waited for.

use std::time::Duration;

use adieu_testkit::server::{Answer, Server};
use adieu_testkit::{Adieu, Home};
use expectrl::process::unix::WaitStatus;
use expectrl::session::OsSession;
use expectrl::{Eof, Expect as _};
use serde_json::json;

use crate::support::{ATMOS_SESSION, CLI_TOKEN, adieu, home, session};

fn on_terminal(run: Adieu) -> OsSession {
    let run = run.env("TERM", "xterm");
    let mut session = OsSession::spawn(run.command()).unwrap();
    session.set_expect_timeout(Some(Duration::from_secs(30)));
    session
}

/// The rest of the output, and the exit status.
fn end(mut session: OsSession) -> (String, i32) {
    let rest = session.expect(Eof).unwrap();
    let text = String::from_utf8_lossy(rest.as_bytes()).into_owned();
    match session.get_process().wait().unwrap() {
        WaitStatus::Exited(_, status) => (text, status),
        other => panic!("{other:?}: {text}"),
    }
}

/// An STS that takes one code of the device only.
fn sts(right: &'static str) -> Server {
    let server = Server::start();
    server.on_call("POST", "/", move |request| {
        let form = request.form();
        let code = form.iter().find(|(name, _)| name == "TokenCode");
        let answer = Answer::status(403).header("Content-Type", "text/xml");
        if code.is_none_or(|(_, code)| code != right) {
            return answer.body(
                "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>\
                 MultiFactorAuthentication failed with invalid MFA one time pass code. \
                 </Message></Error></ErrorResponse>",
            );
        }
        Answer::status(200).header("Content-Type", "text/xml").body(
            "<GetSessionTokenResponse><GetSessionTokenResult><Credentials>\
             <AccessKeyId>ASIApainter</AccessKeyId><SecretAccessKey>FAKE</SecretAccessKey>\
             <SessionToken>FAKE-session</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>\
             </Credentials></GetSessionTokenResult></GetSessionTokenResponse>",
        )
    });
    server
}

fn with_device() -> Home {
    let home = Home::new();
    home.atmos_yaml(
        "auth:
  realm: meridian
  identities:
    painter:
      kind: aws/user
      credentials:
        region: eu-central-1
        access_key_id: FAKEPAINTER
        secret_access_key: FAKE-secret
        mfa_arn: arn:aws:iam::210000000001:mfa/ana
",
    );
    home
}

#[test]
fn mistyped_code_is_said_and_asked_for_again_and_none_is_shown() {
    for (typed, status) in [
        (&["777771", "123456"][..], 0),
        (&["777771", "777772", "777773"], 1),
    ] {
        let (home, server) = (with_device(), sts("123456"));
        let mut session = on_terminal(adieu(&home, &server, "auth login painter"));
        let mut seen = String::new();
        for code in typed {
            let before = session
                .expect("MFA code of arn:aws:iam::210000000001:mfa/ana")
                .unwrap();
            seen.push_str(&String::from_utf8_lossy(before.as_bytes()));
            session.send(format!("{code}\r")).unwrap();
        }
        let (text, ended) = end(session);
        seen.push_str(&text);
        assert_eq!(ended, status, "{seen}");
        assert!(seen.contains("did not take this code"), "{seen}");
        assert_eq!(
            seen.contains("the MFA code was mistyped or used before"),
            status == 1,
            "{seen}"
        );
        for code in typed {
            assert!(!seen.contains(code), "{seen}");
        }
    }
}

/// A machine with a browser, which writes down where it was sent.
fn with_browser(home: &Home, server: &Server, words: &str) -> Adieu {
    let script = "#!/bin/sh\necho \"$1\" >> \"$HOME/visited\"\n";
    home.write_with_mode("browser", script, 0o755);
    adieu(home, server, words)
        .env("DISPLAY", ":0")
        .env("BROWSER", home.join("browser"))
}

#[test]
fn keys_open_the_browser_again_or_choose_a_code() {
    let (home, server) = (home(), Server::aws_portal());
    let mut session = on_terminal(with_browser(&home, &server, "auth login admin"));
    session.expect("d and Enter").unwrap();
    session.send("\r").unwrap();
    std::thread::sleep(Duration::from_secs(3));
    session.send("d\r").unwrap();
    session.expect("confirm the code ABCD-EFGH").unwrap();
    let (text, status) = end(session);
    assert_eq!(status, 0, "{text}");
    let visited = home.read("visited");
    let authorized = visited.lines().filter(|line| line.contains("/authorize?"));
    assert_eq!(authorized.count(), 2, "{visited}");
    let kinds: Vec<String> = server
        .requests()
        .iter()
        .filter(|request| request.path == "/client/register")
        .map(|request| String::from_utf8_lossy(&request.body).into_owned())
        .collect();
    assert_eq!(kinds.len(), 2, "each way has a client of its own");
    assert!(kinds[1].contains("device_code"), "{kinds:?}");
}

#[test]
fn code_and_address_are_copied_on_request() {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    let (home, server) = (home(), Server::aws_portal());
    let run = with_browser(&home, &server, "auth login admin").env("NO_COLOR", "1");
    let mut session = on_terminal(run);
    session.expect("c and Enter copies the address").unwrap();
    session.send("c\r").unwrap();
    let copied = session
        .expect("handed to the terminal's clipboard")
        .unwrap();
    let before = String::from_utf8_lossy(copied.before()).into_owned();
    let encoded = before.split("\u{1b}]52;c;").nth(1).unwrap();
    let encoded = encoded.split('\u{7}').next().unwrap();
    let address = String::from_utf8(STANDARD.decode(encoded).unwrap()).unwrap();
    assert!(address.contains("/authorize?"), "{address}");
    session.send("d\r").unwrap();
    session.expect("c and Enter copies the code").unwrap();
    session.send("c\r").unwrap();
    let (text, status) = end(session);
    assert_eq!(status, 0, "{text}");
    let visited = home.read("visited");
    let authorized = visited.lines().filter(|line| line.contains("/authorize?"));
    assert_eq!(authorized.count(), 1, "copying opens nothing: {visited}");
}

#[test]
fn setting_of_the_aws_cli_and_ci_choose_the_code() {
    for (variable, value) in [("CI", "1"), ("SSH_CONNECTION", "a 1 b 2")] {
        let (home, server) = (home(), Server::aws_portal());
        let output = with_browser(&home, &server, "auth login admin")
            .env(variable, value)
            .run()
            .success();
        assert!(output.stderr.contains("ABCD-EFGH"), "{output}");
    }
    let (home, server) = (home(), Server::aws_portal());
    let config = home.read(".aws/config") + "[default]\nsso_use_device_code = true\n";
    home.write(".aws/config", config);
    let output = with_browser(&home, &server, "auth login admin")
        .run()
        .success();
    assert!(output.stderr.contains("ABCD-EFGH"), "{output}");
}

#[test]
fn interrupt_at_each_step_leaves_files_whole_and_no_half_of_a_sign_in() {
    // Each answer in turn does not come.
    for (method, path) in [
        ("POST", "/client/register"),
        ("POST", "/device_authorization"),
        ("POST", "/token"),
        ("GET", "/federation/credentials"),
    ] {
        for signal in ["INT", "TERM"] {
            let (home, server) = (home(), Server::aws_portal());
            server.on(method, path, Answer::hang());
            let run = adieu(&home, &server, "auth login admin");
            let mut child = run
                .command()
                .stderr(std::process::Stdio::null())
                .spawn()
                .unwrap();
            let is_there = || server.requests().iter().any(|request| request.path == path);
            for _ in 0..400 {
                if is_there() {
                    break;
                }
                std::thread::sleep(Duration::from_millis(25));
            }
            assert!(is_there(), "{path}");
            let id = child.id().to_string();
            let killed = Adieu::new("/bin/kill").args(["-s", signal, &id]).run();
            assert_eq!(killed.status, Some(0), "{killed}");
            let status = child.wait().unwrap();
            assert_eq!(status.code(), Some(130), "{path} {signal}");
            assert!(
                !home.has(".config/atmos"),
                "{path}: no keys were handed out"
            );
            // What is there can be read, and the next run goes on from it.
            let server = Server::aws_portal();
            adieu(&home, &server, "auth login admin").run().success();
            for entry in std::fs::read_dir(home.join(".aws/sso/cache")).unwrap() {
                let name = entry.unwrap().file_name().into_string().unwrap();
                let is_whole = serde_json::from_str::<serde_json::Value>(
                    &home.read(format!(".aws/sso/cache/{name}")),
                );
                assert!(is_whole.is_ok() || name.contains(".lock"), "{name}");
                assert!(!name.contains("tmp"), "{name}");
            }
        }
    }
}

#[test]
fn place_that_cannot_be_written_is_said_and_nothing_is_left_half() {
    // A home that nobody may write to.
    let (home, server) = (home(), Server::aws_portal());
    home.directory(".aws/sso/cache")
        .mode(".aws/sso/cache", 0o500);
    if let Some(run) = adieu(&home, &server, "auth login admin").unprivileged() {
        let output = run.run().code(1);
        assert!(output.stderr.contains(".aws/sso/cache"), "{output}");
        assert!(!home.has(".config/atmos"));
    }
    home.mode(".aws/sso/cache", 0o700);
    // A disk that is full.
    let (home, server) = (crate::support::home(), Server::aws_portal());
    let run = Adieu::new("/bin/sh")
        .home(&home)
        .env("PATH", "/usr/bin:/bin")
        .env("AWS_ENDPOINT_URL", server.url())
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
        .args([
            "-c",
            "trap '' XFSZ; ulimit -f 0; exec \"$0\" auth login admin",
        ])
        .arg(env!("CARGO_BIN_EXE_adieu"));
    let output = run.run();
    assert_ne!(output.status, Some(0), "{output}");
    assert!(output.stderr.contains("could not be stored"), "{output}");
    for entry in std::fs::read_dir(home.join(".aws/sso/cache"))
        .into_iter()
        .flatten()
    {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(name.contains(".lock"), "{name}");
    }
}

#[test]
fn settings_behind_a_link_in_the_home_are_used_and_one_that_leads_out_is_said() {
    let (home, server) = (home(), Server::aws_portal());
    home.rename(".aws", "dotfiles");
    home.link(".aws", "dotfiles");
    adieu(&home, &server, "auth login admin").run().success();
    assert!(home.has("dotfiles/sso/cache"));
    let (home, server) = (crate::support::home(), Server::aws_portal());
    let outside = home.root().join("outside");
    std::fs::create_dir(&outside).unwrap();
    home.rename(".aws", "kept");
    home.link(".aws", &outside);
    let output = adieu(&home, &server, "auth login admin").run();
    assert_ne!(output.status, Some(0), "{output}");
    assert!(output.stderr.contains(".aws"), "{output}");
    assert_eq!(std::fs::read_dir(&outside).unwrap().count(), 0);
}

#[test]
fn fifty_roles_of_a_portal_cost_one_consent_and_few_rounds() {
    use adieu_testkit::server::Gate;
    let mut yaml = String::from(
        "auth:
  realm: meridian
  providers:
    sso: { kind: aws/iam-identity-center, start_url: https://meridian.awsapps.com/start, region: eu-central-1 }
  identities:
",
    );
    yaml.extend((0..50).map(|number| {
        format!(
            "    r{number}: {{ kind: aws/permission-set, via: {{ provider: sso }}, principal: {{ name: R{number}, account: {{ id: '210000000001' }} }} }}\n"
        )
    }));
    let home = Home::new();
    home.atmos_yaml(&yaml);
    let server = Server::aws_portal();
    let gate = Gate::new(16, 50);
    let role = json!({"roleCredentials": {
        "accessKeyId": "ASIAfake00001",
        "secretAccessKey": "FAKE-secret",
        "sessionToken": "FAKE-session-token",
        "expiration": 4_102_444_800_000_u64,
    }});
    server.on(
        "GET",
        "/federation/credentials",
        Answer::json(200, &role).through(&gate),
    );
    adieu(&home, &server, "auth login --all").run().success();
    assert!(gate.rounds() <= 4, "{}", gate.rounds());
    let asked = server.requests();
    let of_path = |path: &str| asked.iter().filter(|request| request.path == path).count();
    assert_eq!(of_path("/device_authorization"), 1);
    assert_eq!(of_path("/federation/credentials"), 50);
}

#[test]
fn two_processes_renew_one_session_two_hundred_times_and_lose_nothing() {
    use std::sync::{Arc, Mutex};
    let (home, server) = (home(), Server::aws_portal());
    let state = Arc::new(Mutex::new((0_usize, "FAKE-refresh-FAKE-old".to_owned())));
    let known = Arc::clone(&state);
    server.on_call("POST", "/token", move |request| {
        let body: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
        let mut state = known.lock().unwrap();
        if body["refreshToken"] != state.1.as_str() {
            return Answer::json(400, &json!({"error": "invalid_grant"}))
                .header("x-amzn-ErrorType", "InvalidGrantException");
        }
        state.0 += 1;
        state.1 = format!("FAKE-refresh-{}", state.0);
        // It ends so soon that the next run renews it again.
        Answer::json(
            200,
            &json!({"accessToken": format!("FAKE-{}", state.0), "expiresIn": 1, "refreshToken": state.1}),
        )
    });
    let first = session("FAKE-old", "2026-11-21T08:00:00Z", "2026-12-30T00:00:00Z");
    home.write(CLI_TOKEN, &first).write(ATMOS_SESSION, &first);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                for _ in 0..100 {
                    let words = "auth login --provider meridian-sso";
                    adieu(&home, &server, words).run().success();
                }
            });
        }
    });
    let (number, last) = state.lock().unwrap().clone();
    assert_eq!(
        number, 200,
        "each run renewed it once, and nobody was asked"
    );
    assert!(home.read(CLI_TOKEN).contains(&format!("\"{last}\"")));
    // Copies follow after the lock; by the clock of this test, which stands still, none is the newer one.
    let copy: serde_json::Value = serde_json::from_str(&home.read(ATMOS_SESSION)).unwrap();
    assert!(
        copy["refreshToken"]
            .as_str()
            .unwrap()
            .starts_with("FAKE-refresh-")
    );
    let refused = server
        .requests()
        .iter()
        .filter(|request| request.path != "/token")
        .count();
    assert_eq!(refused, 0);
}
