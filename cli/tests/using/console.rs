//! `adieu console`: who gets the keys, and what opens the browser.

use std::time::{Duration, Instant};

use adieu_testkit::server::{Answer, Server};
use adieu_testkit::{Adieu, Home};
use serde_json::{Value, json};

use crate::support::{adieu, home_with, signed_in};

/// The federation of AWS Sign-In, which takes no length where `refuses_length` says so.
fn federation(refuses_length: bool) -> Server {
    let server = Server::start();
    server.on_call("POST", "/federation", move |request| {
        let form = request.form();
        let has = |name: &str| form.iter().any(|(field, _)| field == name);
        if has("SessionDuration") && refuses_length {
            return Answer::status(400).body("bad duration");
        }
        Answer::json(200, &json!({ "SigninToken": "FAKE-signin-token" }))
    });
    server
}

fn console(home: &Home, server: &Server, words: &str) -> Adieu {
    adieu(home, words)
        .env("AWS_ENDPOINT_URL_SIGNIN", server.url())
        .named(server.url(), "$SERVER")
}

const PAGE: &str = "https%3A%2F%2Fconsole.aws.amazon.com%2F%3Fregion%3Deu-central-1";

#[test]
fn address_is_printed_and_keys_are_in_a_body_only() {
    let home = signed_in();
    for (words, destination, issuer) in [
        ("console ledger-admin --print-only", PAGE, "adieu"),
        ("console -i ledger-admin --no-open", PAGE, "adieu"),
        ("auth console --print-only --issuer acme", PAGE, "acme"),
        (
            "console ledger-admin --print-only --destination s3",
            "https%3A%2F%2Fconsole.aws.amazon.com%2Fs3%2Fhome%3Fregion%3Deu-central-1",
            "adieu",
        ),
    ] {
        let server = federation(false);
        let output = console(&home, &server, words).run().success();
        assert_eq!(
            output.stdout,
            format!(
                "$SERVER/federation?Action=login&Issuer={issuer}&Destination={destination}\
                 &SigninToken=FAKE-signin-token\n"
            ),
            "{words}"
        );
        assert!(
            output.stderr.contains("whoever opens it is ledger-admin"),
            "{output}"
        );
        let requests = server.requests();
        assert_eq!(requests.len(), 1);
        assert_eq!(requests[0].query, "");
        let form = requests[0].form();
        let session = form.iter().find(|(name, _)| name == "Session").unwrap();
        let session: Value = serde_json::from_str(&session.1).unwrap();
        assert_eq!(session["sessionKey"], "FAKE-secret-ledger-admin");
        assert_eq!(session["sessionToken"], "FAKE-session-token-ledger-admin");
    }
}

#[test]
fn length_is_asked_for_and_given_up_where_aws_decides() {
    let home = signed_in();
    for (words, refuses, lengths, is_said) in [
        (
            "console ledger-admin --duration 1h",
            false,
            vec![Some("3600")],
            false,
        ),
        // Of the provider: console.session_duration.
        ("console ledger-admin", false, vec![Some("14400")], false),
        (
            "console ledger-deployer --duration 90m",
            true,
            vec![Some("5400"), None],
            true,
        ),
        (
            "console ledger-deployer",
            true,
            vec![Some("14400"), None],
            false,
        ),
    ] {
        let server = federation(refuses);
        let output = console(&home, &server, words)
            .arg("--print-only")
            .run()
            .success();
        let asked: Vec<Option<String>> = server
            .requests()
            .iter()
            .map(|request| {
                let form = request.form();
                let mut found = form
                    .into_iter()
                    .filter(|(name, _)| name == "SessionDuration");
                found.next().map(|(_, value)| value)
            })
            .collect();
        let asked: Vec<Option<&str>> = asked.iter().map(Option::as_deref).collect();
        assert_eq!(asked, lengths, "{words}");
        assert_eq!(
            output.stderr.contains("does not let these keys choose"),
            is_said,
            "{output}"
        );
    }
}

#[test]
fn what_cannot_be_opened_is_said() {
    for (words, status, message) in [
        (
            "console ledger-readonly --print-only",
            1,
            "is not signed in",
        ),
        (
            "console ledger-admin --print-only --destination https://evil.example/",
            1,
            "no page of the AWS console",
        ),
        (
            "console ledger-admin --print-only --duration 5m",
            1,
            "between 15m and 12h",
        ),
        (
            "console ledger-admin --print-only --duration soon",
            2,
            "a time such as 1h",
        ),
        (
            "console nobody --print-only",
            2,
            "not found in configuration",
        ),
        (
            "console ledger-admin -i ledger-admin",
            2,
            "cannot be used with",
        ),
        (
            "console ledger-admin --isolated",
            1,
            "no browser that can have a profile of its own",
        ),
        ("console ledger-admin", 1, "no browser was opened"),
    ] {
        let home = signed_in();
        let server = federation(false);
        let run = console(&home, &server, words).env("PATH", home.join("none"));
        let output = run.run().code(status);
        assert!(output.stderr.contains(message), "{words}: {output}");
        assert!(!output.stderr.contains("FAKE-"), "{output}");
        assert_eq!(output.stdout, "");
    }
    let home = home_with("07-mock-file-keyring.yaml");
    let output = console(&home, &federation(false), "console marionette --print-only")
        .run()
        .code(2);
    assert!(
        output.stderr.contains("which opens no AWS console"),
        "{output}"
    );
}

#[test]
fn refusal_of_aws_is_said_without_a_secret() {
    let home = signed_in();
    let server = Server::start();
    server.on(
        "POST",
        "/federation",
        Answer::status(403).body("no FAKE-session-token-ledger-admin"),
    );
    let output = console(&home, &server, "console ledger-admin --print-only")
        .run()
        .code(1);
    assert!(
        output.stderr.contains("opening the AWS console failed"),
        "{output}"
    );
    assert!(!output.stderr.contains("FAKE-session-token"), "{output}");
}

/// A browser that writes down what it was told, and fetches it with what this machine has.
#[test]
#[cfg(target_os = "linux")]
fn browser_is_led_on_and_its_command_line_tells_nothing() {
    let curl = "/usr/bin/curl";
    if !std::path::Path::new(curl).exists() {
        eprintln!("left out: no curl");
        return;
    }
    for (words, program) in [
        ("console ledger-admin", "xdg-open"),
        ("console ledger-admin --isolated", "chromium"),
    ] {
        let home = signed_in();
        let server = federation(false);
        let told = home.temporary().join("told");
        let led = home.temporary().join("led");
        let script = format!(
            "#!/bin/sh\necho \"$@\" > {told}\nfor last; do :; done\n\
             {curl} -s -o /dev/null -w '%{{redirect_url}}' \"$last\" > {led}.part\nmv {led}.part {led}\n",
            told = told.display(),
            led = led.display(),
        );
        home.write_with_mode(format!("bin/{program}"), script, 0o755);
        let path = format!("{}:/usr/bin:/bin", home.join("bin").display());
        let run = console(&home, &server, words).env("PATH", path);
        let output = run.run().success();
        assert_eq!(output.stdout, "Opened the AWS console as ledger-admin.\n");
        let deadline = Instant::now() + Duration::from_secs(10);
        while !led.exists() && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(20));
        }
        let (told, led) = (
            std::fs::read_to_string(told).unwrap(),
            std::fs::read_to_string(led).unwrap(),
        );
        assert!(
            !told.contains("FAKE") && told.contains("http://127.0.0.1:"),
            "{told}"
        );
        assert!(led.contains("SigninToken=FAKE-signin-token"), "{led}");
        let profile = ".local/share/atmos/console/sessions";
        assert_eq!(home.has(profile), program == "chromium");
        if program == "chromium" {
            assert!(told.contains("--user-data-dir="), "{told}");
            // What was made is known, and named at the logout.
            let status = adieu(&home, "status ledger-admin -o json").run();
            assert!(status.stdout.contains("console/sessions"), "{status}");
        }
    }
}
