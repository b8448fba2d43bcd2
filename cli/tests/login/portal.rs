//! Portals of AWS IAM Identity Center: one sign-in for Atmos and the AWS CLI.

use adieu_testkit::browser::{query_of, visit};
use adieu_testkit::server::{Answer, Server};
use serde_json::{Value, json};

use crate::support::{ATMOS_SESSION, CLI_TOKEN, PAGE, adieu, asked, home, session, with_person};

const FAR: &str = "2026-12-30T00:00:00Z";
const SOON: &str = "2026-11-21T08:40:00Z";
const PAST: &str = "2026-11-21T08:00:00Z";

#[test]
fn device_code_signs_in_and_leaves_the_files_of_both_programs() {
    let (home, server) = (home(), Server::aws_portal());
    let output = adieu(&home, &server, "auth login admin").run().success();
    assert_eq!(
        output.stdout,
        "✓ Authentication successful!\n\n  Realm     meridian (config)\n  Provider  meridian-sso\n  \
         Identity  admin\n  Account   210000000001\n  Region    eu-central-1\n  \
         Expires   2100-01-01 00:00:00 UTC (over a year)\n"
    );
    assert_eq!(
        output.stderr,
        "Sign in at \"meridian-sso\" in any browser:\n$SERVER/device?user_code=ABCD-EFGH\nand \
         confirm the code ABCD-EFGH, or type it at\n$SERVER/device\n"
    );
    assert_eq!(
        asked(&server),
        [
            "POST /client/register",
            "POST /device_authorization",
            "POST /token",
            "GET /federation/credentials"
        ]
    );
    // As the AWS CLI writes it, byte for byte.
    assert_eq!(
        home.read(CLI_TOKEN),
        format!(
            r#"{{"startUrl": "{PAGE}", "region": "eu-central-1", "accessToken": "FAKE-access-token-1", "expiresAt": "2026-11-21T16:30:00Z", "clientId": "FAKE-client", "clientSecret": "FAKE-client-secret", "registrationExpiresAt": "2100-01-01T00:00:00Z", "refreshToken": "FAKE-refresh-token-1"}}"#
        )
    );
    assert_eq!(
        home.read(ATMOS_SESSION),
        format!(
            "{{\n  \"accessToken\": \"FAKE-access-token-1\",\n  \"expiresAt\": \"2026-11-21T16:30:00Z\",\n  \
             \"region\": \"eu-central-1\",\n  \"startUrl\": \"{PAGE}\",\n  \"refreshToken\": \
             \"FAKE-refresh-token-1\",\n  \"clientId\": \"FAKE-client\",\n  \"clientSecret\": \
             \"FAKE-client-secret\",\n  \"registrationExpiresAt\": \"2100-01-01T00:00:00Z\"\n}}"
        )
    );
    let directory = ".config/atmos/meridian/aws/meridian-sso";
    let credentials = home.read(format!("{directory}/credentials"));
    let (marks, as_atmos): (Vec<&str>, Vec<&str>) = credentials
        .split_inclusive('\n')
        .partition(|line| line.starts_with("; adieu: for="));
    assert_eq!(marks.len(), 1);
    assert_eq!(
        as_atmos.concat(),
        "; atmos: expiration=2100-01-01T00:00:00Z\n[admin]\naws_access_key_id     = ASIAfake00001\n\
         aws_secret_access_key = FAKE-secret\naws_session_token     = FAKE-session-token\n"
    );
    assert_eq!(
        home.read(format!("{directory}/config")),
        "[profile admin]\nregion = eu-central-1\n"
    );
}

#[test]
fn what_is_live_is_used_without_a_word_to_any_server() {
    let (home, server) = (home(), Server::aws_portal());
    adieu(&home, &server, "auth login").run().success();
    let before = asked(&server).len();
    for words in [
        "auth login",
        "auth login admin",
        "auth login -i admin",
        "auth login --provider meridian-sso",
        "login meridian",
        "login admin -q",
        "login -o json",
    ] {
        let output = adieu(&home, &server, words).run().success();
        assert_eq!(output.stderr, "", "{words}");
    }
    assert_eq!(asked(&server).len(), before);
}

#[test]
fn session_that_the_aws_cli_made_serves_atmos_and_the_other_way_round() {
    for (place, other) in [(CLI_TOKEN, ATMOS_SESSION), (ATMOS_SESSION, CLI_TOKEN)] {
        let (home, server) = (home(), Server::aws_portal());
        home.write(place, session("FAKE-token", FAR, FAR));
        adieu(&home, &server, "auth login admin").run().success();
        assert_eq!(asked(&server), ["GET /federation/credentials"], "{place}");
        let copy: Value = serde_json::from_str(&home.read(other)).unwrap();
        assert_eq!(copy["accessToken"], "FAKE-token");
    }
}

#[test]
fn session_that_ends_soon_is_renewed_and_keeps_what_the_answer_does_not_replace() {
    for (expires, answer, refresh) in [
        (
            PAST,
            json!({"accessToken": "FAKE-new", "expiresIn": 3600, "refreshToken": "FAKE-next"}),
            "FAKE-next",
        ),
        (
            SOON,
            json!({"accessToken": "FAKE-new", "expiresIn": 3600}),
            "FAKE-refresh-FAKE-old",
        ),
    ] {
        let (home, server) = (home(), Server::aws_portal());
        server.on("POST", "/token", Answer::json(200, &answer));
        home.write(CLI_TOKEN, session("FAKE-old", expires, FAR));
        home.write(ATMOS_SESSION, session("FAKE-old", expires, FAR));
        adieu(&home, &server, "auth login admin").run().success();
        assert_eq!(
            asked(&server),
            ["POST /token", "GET /federation/credentials"]
        );
        for place in [CLI_TOKEN, ATMOS_SESSION] {
            let file: Value = serde_json::from_str(&home.read(place)).unwrap();
            assert_eq!(file["accessToken"], "FAKE-new", "{place}");
            assert_eq!(file["refreshToken"], refresh, "{place}");
            assert_eq!(file["clientSecret"], "FAKE-client-secret", "{place}");
        }
    }
}

#[test]
fn session_that_cannot_be_renewed_is_asked_for_or_used_to_its_end() {
    let refused = Answer::json(400, &json!({"error": "invalid_grant"}))
        .header("x-amzn-ErrorType", "InvalidGrantException");
    for (expires, asks) in [(SOON, false), (PAST, true)] {
        let (home, server) = (home(), Server::aws_portal());
        let tokens = refused.clone();
        server.on_call("POST", "/token", move |request| {
            let body = String::from_utf8_lossy(&request.body).into_owned();
            if body.contains("\"refresh_token\"") {
                return tokens.clone();
            }
            Answer::json(200, &json!({"accessToken": "FAKE-new", "expiresIn": 3600}))
        });
        home.write(CLI_TOKEN, session("FAKE-old", expires, FAR));
        adieu(&home, &server, "auth login admin").run().success();
        let is_asked = asked(&server).contains(&"POST /device_authorization".to_owned());
        assert_eq!(is_asked, asks, "{expires}");
    }
}

#[test]
fn token_that_its_portal_has_forgotten_is_renewed_once() {
    let (home, server) = (home(), Server::aws_portal());
    home.write(CLI_TOKEN, session("FAKE-dead", FAR, FAR));
    let role = json!({"roleCredentials": {"accessKeyId": "ASIAfake1", "secretAccessKey": "FAKE",
        "sessionToken": "FAKE", "expiration": 4_102_444_800_000_u64}});
    server.on_call(
        "GET",
        "/federation/credentials",
        move |request| match request.header("x-amz-sso_bearer_token") {
            Some("FAKE-dead") => adieu_testkit::server::unauthorized(),
            _ => Answer::json(200, &role),
        },
    );
    adieu(&home, &server, "auth login admin").run().success();
    assert_eq!(
        asked(&server),
        [
            "GET /federation/credentials",
            "POST /token",
            "GET /federation/credentials"
        ]
    );
}

#[test]
fn several_identities_need_one_consent() {
    for words in ["auth login --all", "auth login --tags work", "login --all"] {
        let (home, server) = (home(), Server::aws_portal());
        let output = adieu(&home, &server, words).run().success();
        assert_eq!(output.stdout.lines().count(), 2, "{}", output.stdout);
        let asked = asked(&server);
        let count = |what: &str| asked.iter().filter(|asked| *asked == what).count();
        assert_eq!(count("POST /device_authorization"), 1, "{words}");
        assert_eq!(count("GET /federation/credentials"), 2, "{words}");
    }
}

#[test]
fn a_new_session_is_asked_for_by_force_and_the_old_one_is_ended() {
    let (home, server) = (home(), Server::aws_portal());
    home.write(CLI_TOKEN, session("FAKE-old", FAR, FAR));
    adieu(&home, &server, "auth login admin --force")
        .run()
        .success();
    let ended = server.requests();
    let ended: Vec<_> = ended.iter().filter(|sent| sent.path == "/logout").collect();
    assert_eq!(ended.len(), 1);
    assert_eq!(ended[0].header("x-amz-sso_bearer_token"), Some("FAKE-old"));
    assert!(home.read(CLI_TOKEN).contains("FAKE-access-token-1"));
}

#[test]
fn browser_brings_a_code_that_is_exchanged_with_its_proof() {
    let (home, server) = (home(), Server::aws_portal());
    let adieu = adieu(
        &home,
        &server,
        "auth login --provider meridian-sso --no-browser",
    );
    let (status, said) = with_person(&adieu, |url| {
        let query = query_of(url);
        assert_eq!(query["scopes"], "sso:account:access");
        assert_eq!(query["code_challenge_method"], "S256");
        assert_eq!(query["code_challenge"].len(), 43);
        let back = &query["redirect_uri"];
        assert!(back.starts_with("http://127.0.0.1:"), "{back}");
        // Whoever does not know the state ends nothing.
        for intruder in [
            "error=access_denied&state=x",
            "code=FAKE-other&state=x",
            "error=x",
        ] {
            visit("GET", &format!("{back}?{intruder}"));
        }
        visit(
            "GET",
            &format!("{back}?code=FAKE-code&state={}", query["state"]),
        );
    });
    assert_eq!(status, 0, "{said}");
    let requests = server.requests();
    let token = requests.iter().find(|sent| sent.path == "/token").unwrap();
    let token: Value = serde_json::from_slice(&token.body).unwrap();
    assert_eq!(token["grantType"], "authorization_code");
    assert_eq!(token["code"], "FAKE-code");
    assert!(token["codeVerifier"].as_str().unwrap().len() >= 43);
    let registration: Value = serde_json::from_slice(&requests[0].body).unwrap();
    assert_eq!(
        registration["redirectUris"],
        json!(["http://127.0.0.1/oauth/callback"])
    );
    assert_eq!(registration["issuerUrl"], PAGE);
}

#[test]
fn registration_is_used_again_but_not_for_the_other_way() {
    let (home, server) = (home(), Server::aws_portal());
    for _ in 0..2 {
        adieu(&home, &server, "auth login admin --force")
            .run()
            .success();
    }
    let registered = |server: &Server| {
        let asked = asked(server);
        asked
            .iter()
            .filter(|asked| *asked == "POST /client/register")
            .count()
    };
    assert_eq!(registered(&server), 1);
    let browser = adieu(&home, &server, "auth login admin --force --no-browser");
    with_person(&browser, |url| {
        let query = query_of(url);
        let back = &query["redirect_uri"];
        visit(
            "GET",
            &format!("{back}?code=FAKE-code&state={}", query["state"]),
        );
    });
    assert_eq!(registered(&server), 2);
}

#[test]
fn what_is_signed_in_here_is_logged_out_of_at_its_server() {
    let (home, server) = (home(), Server::aws_portal());
    adieu(&home, &server, "auth login --all").run().success();
    adieu(&home, &server, "auth logout --all --force")
        .run()
        .success();
    assert!(asked(&server).contains(&"POST /logout".to_owned()));
    for place in [
        CLI_TOKEN,
        ATMOS_SESSION,
        ".config/atmos/meridian/aws/meridian-sso/credentials",
    ] {
        assert!(!home.has(place), "{place}");
    }
    let refused = Answer::json(400, &json!({"error": "access_denied"}))
        .header("x-amzn-ErrorType", "AccessDeniedException");
    server.on("POST", "/token", refused);
    adieu(&home, &server, "auth login admin").run().code(1);
}

#[test]
fn everything_that_a_portal_offers_becomes_an_identity_if_that_is_wanted() {
    let (home, server) = (home(), Server::aws_portal());
    let yaml = home.read("../work/atmos.yaml").replace(
        "region: eu-central-1\n",
        "region: eu-central-1\n      auto_provision_identities: true\n",
    );
    home.atmos_yaml(&yaml);
    let accounts = |from: usize, next: Option<&str>| {
        let list: Vec<Value> = (from..from + 2)
            .map(|at| json!({"accountId": format!("{at:012}"), "accountName": format!("a{at}")}))
            .collect();
        Answer::json(200, &json!({"accountList": list, "nextToken": next}))
    };
    server.on_call("GET", "/assignment/accounts", move |request| {
        let is_second = request.query.contains("next_token=more");
        if is_second {
            accounts(3, None)
        } else {
            accounts(1, Some("more"))
        }
    });
    let output = adieu(&home, &server, "auth login --provider meridian-sso")
        .run()
        .success();
    assert!(
        output
            .stdout
            .ends_with("Provisioned 4 identities from \"meridian-sso\"\n")
    );
    adieu(&home, &server, "auth login a3/ViewOnly")
        .run()
        .success();
}

#[test]
fn keys_of_another_role_are_not_used_when_the_configuration_has_changed() {
    let (home, server) = (home(), Server::aws_portal());
    adieu(&home, &server, "auth login admin").run().success();
    let before = asked(&server).len();
    let yaml = home.read("../work/atmos.yaml");
    home.atmos_yaml(&yaml.replace("210000000001", "210000000007"));
    adieu(&home, &server, "auth login admin").run().success();
    assert_eq!(asked(&server)[before..], ["GET /federation/credentials"]);
    assert!(
        server
            .requests()
            .last()
            .unwrap()
            .query
            .contains("210000000007")
    );
    // Keys that Atmos wrote say nothing of it, and are used.
    let file = ".config/atmos/meridian/aws/meridian-sso/credentials";
    let text = home.read(file);
    let lines = text.split_inclusive('\n');
    let plain: String = lines.filter(|line| !line.contains("adieu")).collect();
    home.write(file, plain);
    home.atmos_yaml(&yaml);
    adieu(&home, &server, "auth login admin").run().success();
    assert_eq!(asked(&server).len(), before + 1);
}

#[test]
fn processes_that_renew_at_once_use_a_refresh_token_once() {
    let (home, server) = (home(), Server::aws_portal());
    let used = std::sync::Mutex::new(std::collections::HashSet::new());
    server.on_call("POST", "/token", move |request| {
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        let token = body["refreshToken"].as_str().unwrap_or_default().to_owned();
        if !used.lock().unwrap().insert(token) {
            return Answer::json(400, &json!({"error": "invalid_grant"}))
                .header("x-amzn-ErrorType", "InvalidGrantException");
        }
        let tokens =
            json!({"accessToken": "FAKE-new", "expiresIn": 28800, "refreshToken": "FAKE-next"});
        Answer::json(200, &tokens).after(std::time::Duration::from_millis(200))
    });
    home.write(CLI_TOKEN, session("FAKE-old", PAST, FAR));
    home.write(ATMOS_SESSION, session("FAKE-old", PAST, FAR));
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let words = "auth login --provider meridian-sso";
                adieu(&home, &server, words).run().success();
            });
        }
    });
    assert_eq!(asked(&server), ["POST /token"]);
    for place in [CLI_TOKEN, ATMOS_SESSION] {
        assert!(home.read(place).contains("FAKE-next"), "{place}");
    }
}
