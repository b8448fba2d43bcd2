//! One token in the files of several orgs: they are signed in, and signed out, together.

use adieu_testkit::server::{Answer, Server};
use adieu_testkit::{Home, Tree};

use crate::support::{TRAIL, adieu, auth_files, names, org};

const REVOKE: &str = "/services/oauth2/revoke";
const TOKEN: &str = "FAKE-shared";

/// A server that makes this of every token.
fn server(kind: &str) -> Server {
    let server = Server::start();
    server.on(
        "POST",
        REVOKE,
        match kind {
            "ends" => Answer::status(200),
            "knows none" => Answer::status(400)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .body("error=invalid_token"),
            "is down" => Answer::status(503).body("x"),
            _ => Answer::hang(),
        },
    );
    server
}

fn sign_in(home: &Home, user: &str, token: &str, server: &Server) {
    let url = server.url();
    home.write_with_mode(
        format!(".sfdx/{user}@x.example.json"),
        format!(
            r#"{{"username": "{user}@x.example", "orgId": "00DFX000000000{user}", "accessToken": "FAKE-{user}",
                "refreshToken": "{token}", "clientId": "PlatformCLI", "instanceUrl": "{url}", "loginUrl": "{url}"}}"#
        ),
        0o600,
    );
}

/// What the servers of a's and of b's file do, and what has to be said of their token.
const SERVERS: [(&str, &str, bool); 9] = [
    ("ends", "ends", true),
    ("ends", "knows none", true),
    ("knows none", "ends", true),
    ("knows none", "knows none", true),
    ("ends", "is down", true),
    ("is down", "ends", true),
    ("knows none", "is down", false),
    ("is down", "knows none", false),
    ("is silent", "knows none", false),
];

#[test]
fn every_server_that_is_recorded_with_a_token_is_asked() {
    for (of_a, of_b, is_ended) in SERVERS {
        let (a, b) = (server(of_a), server(of_b));
        let home = Home::new();
        sign_in(&home, "a", TOKEN, &a);
        sign_in(&home, "b", TOKEN, &b);
        let output = org(&home, "logout --all --timeout 1 --json").run();
        let case = format!("{of_a}, {of_b}: {output}");
        for server in [&a, &b] {
            let requests = server.requests();
            assert_eq!(requests.len(), 1, "{case}");
            let form = requests[0].form();
            assert_eq!(form, [("token".to_owned(), TOKEN.to_owned())], "{case}");
        }
        assert_eq!(output.status, Some(i32::from(!is_ended)), "{case}");
        assert_eq!(auth_files(&home).is_empty(), is_ended, "{case}");
        let check = adieu(&home).args(["status", "--check"]).run();
        assert_eq!(check.status, Some(i32::from(!is_ended)), "{case}{check}");
    }
}

#[test]
fn whoever_shares_the_token_of_an_org_goes_with_it_and_that_is_said() {
    for (words, is_json) in [
        ("logout -o a@x.example", false),
        ("logout -o a@x.example --json", true),
        ("logout -o b@x.example -p", false),
    ] {
        let server = server("ends");
        let home = Home::new();
        sign_in(&home, "a", TOKEN, &server);
        sign_in(&home, "b", TOKEN, &server);
        sign_in(&home, "c", "FAKE-other", &server);
        home.write(
            ".sfdx/alias.json",
            r#"{"orgs": {"one": "a@x.example", "two": "b@x.example", "three": "c@x.example"}}"#,
        );
        let before = Tree::of(home.root());
        let preview = org(&home, &format!("{words} --dry-run")).run().success();
        before.assert_only(&Tree::of(home.root()), &[TRAIL, "home/.local"]);
        let output = org(&home, words).run().success();
        for said in [&preview, &output] {
            assert!(
                said.to_string()
                    .contains("is signed in with the same secret as"),
                "{words}: {said}"
            );
        }
        assert_eq!(server.requests().len(), 1, "{output}");
        assert_eq!(auth_files(&home), ["c@x.example.json"], "{output}");
        let aliases = home.read(".sfdx/alias.json");
        assert!(
            !aliases.contains("two") && !aliases.contains("one"),
            "{aliases}"
        );
        if is_json {
            assert_eq!(names(&output), ["a@x.example", "b@x.example"], "{output}");
            for org in output.json()["orgs"].as_array().unwrap() {
                assert_eq!(org["revocation"], "revoked", "{org}");
            }
        }
    }
}

#[test]
fn orgs_of_one_token_stay_together_where_it_was_not_ended() {
    let server = server("is down");
    let home = Home::new();
    sign_in(&home, "a", TOKEN, &server);
    sign_in(&home, "b", TOKEN, &server);
    let before = Tree::of(home.root());
    org(&home, "logout -o a@x.example").run().code(1);
    before.assert_only(&Tree::of(home.root()), &[TRAIL, "home/.local"]);
}

/// A scratch org whose day has passed: its server may still know the token.
#[test]
fn server_of_an_org_that_should_have_ended_is_asked_all_the_same() {
    let expire = |home: &Home| {
        let file = ".sfdx/a@x.example.json";
        let mut org = crate::support::document(home, file);
        org["expirationDate"] = "2020-01-01".into();
        org["devHubUsername"] = "hub@x.example".into();
        home.write_with_mode(file, org.to_string(), 0o600);
    };
    for (kind, is_ended) in [("ends", true), ("knows none", true), ("is down", false)] {
        let server = server(kind);
        let home = Home::new();
        sign_in(&home, "a", TOKEN, &server);
        expire(&home);
        let output = org(&home, "logout --all --timeout 1").run();
        assert_eq!(server.requests().len(), 1, "{kind}: {output}");
        assert!(!home.has(".sfdx/a@x.example.json"), "{kind}: {output}");
        let says_so = output.to_string().contains("Unable to revoke the token");
        assert_eq!(says_so, !is_ended, "{kind}: {output}");
    }
    let server = server("ends");
    let home = Home::new();
    sign_in(&home, "a", TOKEN, &server);
    expire(&home);
    adieu(&home)
        .args(["status", "--online", "--timeout", "1"])
        .run();
    assert!(!server.requests().is_empty(), "asked with --online");
}
