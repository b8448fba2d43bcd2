//! What stays although a logout removed or could have removed it: keys that a person wrote by hand, what
//! nobody can read, sessions that something renews. Nothing of it is lost, and none of it is "clean".

use adieu_testkit::{Home, Output};
use serde_json::{Value, json};

use crate::support::{adieu, auth, keyring_entry};

const ACME: &str = "\
auth:
  realm: acme
  providers:
    corp: {kind: aws/iam-identity-center, start_url: \"https://corp.awsapps.com/start\", region: eu-west-1}
  identities:
    dev: {kind: aws/permission-set, via: {provider: corp}, principal: {name: A, account: {id: \"1\"}}}
    painter: {kind: aws/user}
";

/// What Atmos writes: a comment above, and a session token.
const OF_ATMOS: &str = "; atmos: expiration=2099-01-01T00:00:00Z\n[dev]\naws_access_key_id = FAKE-1\n\
                        aws_secret_access_key = FAKE-2\naws_session_token = FAKE-3\n\n";

/// What a person writes.
const BY_HAND: &str =
    "# keep me\n[hand]\naws_access_key_id = FAKE-hand\naws_secret_access_key = FAKE-by-hand\n";

fn home() -> Home {
    let home = Home::new();
    home.atmos_yaml(ACME);
    home
}

fn run(home: &Home, words: &str) -> Output {
    match words.strip_prefix("auth ") {
        Some(words) => auth(home, words).run(),
        None => adieu(home).args(words.split(' ')).run(),
    }
}

#[test]
fn keys_that_a_person_wrote_into_atmoss_directories_are_kept_and_named() {
    let all = [
        "logout --all --force",
        "logout --all --force --no-revoke",
        "logout hand --force",
    ];
    let of_provider = ["auth logout --all", "auth logout --provider corp --force"];
    for (place, commands) in [
        ("acme/aws/corp", [&all[..], &of_provider].concat()),
        ("acme/aws/gone", all.to_vec()),
        ("acme/aws/aws-user", all.to_vec()),
        ("zeta/aws/corp", all.to_vec()),
    ] {
        let file = format!(".config/atmos/{place}/credentials");
        for command in commands {
            for before in [OF_ATMOS, ""] {
                let home = home();
                home.write(&file, format!("{before}{BY_HAND}"));
                let output = run(&home, command);
                assert!(home.has(&file), "{place}, {command}: {output}");
                let left = home.read(&file);
                assert!(left.contains(BY_HAND), "{place}, {command}: {left}");
                let is_gone = !left.contains("FAKE-3");
                assert!(is_gone || command.contains("hand"), "{command}: {left}");
                assert!(output.stdout.contains("long-lived"), "{command}: {output}");
                let status = run(&home, "status --check -o json").code(1);
                let stored = status.json()["sessions"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .flat_map(|session| session["artefacts"].as_array().unwrap().clone())
                    .any(|artefact| artefact["class"] == "stored");
                assert!(stored, "{status}");
            }
        }
        let home = home();
        home.write(&file, format!("{OF_ATMOS}{BY_HAND}"));
        run(&home, "logout --all --force --keychain");
        let is_left = home.has(&file) && home.read(&file).contains("FAKE-");
        assert!(!is_left, "{place}: --keychain takes it");
    }
}

/// Files that no reader understands, each with a key in it somewhere.
fn damaged() -> Vec<Vec<u8>> {
    let keys =
        "aws_access_key_id = FAKE-1\naws_secret_access_key = FAKE-2\naws_session_token = FAKE-3\n";
    let utf16 = |text: &str| {
        text.encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect::<Vec<u8>>()
    };
    vec![
        format!("[dev\n{keys}").into_bytes(),
        keys.as_bytes().to_vec(),
        format!("\0[dev]\n{keys}").into_bytes(),
        utf16(&format!("\u{feff}[dev]\n{keys}")),
        b"{\"Credentials\": {\"AccessKeyId\": \"FAKE-1\"}}".to_vec(),
    ]
}

#[test]
fn damaged_credentials_are_not_known_to_be_clean_and_go_only_by_force() {
    let file = ".config/atmos/acme/aws/corp/credentials";
    for contents in damaged() {
        for (scope, force) in [("auth ", "--force"), ("", "")] {
            let home = home();
            home.write(file, &contents);
            let status = run(&home, &format!("{scope}status --check")).code(3);
            assert!(status.stdout.contains("Could not tell"), "{status}");
            for words in [
                "auth logout dev",
                "auth logout --all",
                "auth logout --provider corp",
                "auth logout --all --keychain --no-revoke --dry-run",
            ] {
                let output = run(&home, words);
                assert!(home.has(file), "{words}: {output}");
                assert!(!output.stdout.contains("left behind"), "{words}: {output}");
            }
            if !force.is_empty() {
                run(&home, "auth logout --all --force");
                assert!(!home.has(file), "--force takes it");
            }
        }
    }
}

#[test]
fn damaged_entries_of_the_key_store_are_not_known_to_be_clean_and_go_only_by_force() {
    let home = Home::new();
    home.atmos_yaml("auth: {realm: acme}\n");
    keyring_entry(&home, "whole");
    let whole = std::fs::read_to_string(home.work().join("keyring/whole")).unwrap();
    let cut = &whole[..60];
    let late = &whole[..whole.len() / 2];
    for contents in [
        cut,
        late,
        "",
        "{\"type\":\"aws\",\"data\":{\"access_key_id\":\"FAKE\"}}",
        "eyJ",
    ] {
        let home = Home::new();
        home.atmos_yaml(&ACME.replace("  realm: acme", "  realm: acme\n  keyring: {type: file}"));
        let file = ".local/share/atmos/keyring/atmos_acme_corp";
        home.write(file, contents);
        home.write(".local/share/atmos/keyring/notes", "mine");
        run(&home, "auth status --check").code(3);
        run(&home, "status --check").code(3);
        for words in ["auth logout --all", "auth logout --all --no-revoke"] {
            let output = run(&home, words);
            assert!(home.has(file), "{contents:?}, {words}: {output}");
        }
        run(&home, "auth logout --all --force");
        assert!(!home.has(file), "{contents:?}");
        assert!(home.has(".local/share/atmos/keyring/notes"));
    }
}

fn portal_token(expires_at: &str, has_refresh_token: bool) -> Value {
    let mut token = json!({"startUrl": "https://corp.awsapps.com/start", "region": "eu-west-1",
        "accessToken": "FAKE-access", "expiresAt": expires_at});
    if has_refresh_token {
        token["refreshToken"] = json!("FAKE-refresh");
        token["clientId"] = json!("FAKE-client");
        token["clientSecret"] = json!("FAKE-client-secret");
        token["registrationExpiresAt"] = json!("2099-01-01T00:00:00Z");
    }
    token
}

/// The end of an access token is not the end of its session.
#[test]
fn session_that_something_renews_is_remembered_longer_than_its_access_token() {
    let earlier = "2026-11-21T08:00:00Z";
    let later = "2026-11-21T09:00:00Z";
    for (expires_at, is_renewable, is_remembered) in [
        (earlier, true, true),
        (later, true, true),
        (later, false, false),
    ] {
        for (file, words) in [
            (
                ".aws/sso/cache/0f3f2b5d1c5b9b6e2b1d5a9e0a4f0e1c1a2b3c4d.json",
                "logout --all --force",
            ),
            (
                ".cache/atmos/aws-sso/sessions/325981f1f415d932b3a269fdd6e60863834ad52b.json",
                "auth logout --all",
            ),
        ] {
            let home = home();
            home.write(file, portal_token(expires_at, is_renewable).to_string());
            let output = run(&home, &format!("{words} --no-revoke"));
            assert!(!home.has(file), "{output}");
            if is_renewable {
                assert!(!output.to_string().contains("good until"), "{output}");
            }
            let status = adieu(&home)
                .env("ADIEU_TEST_CLOCK", "2026-11-22T08:30:00Z")
                .args(["status", "--check", "-o", "json"])
                .run();
            let pending = status.json()["pending"].as_array().unwrap().len();
            assert_eq!(pending, usize::from(is_remembered), "{words}: {status}");
            status.code(i32::from(is_remembered));
        }
    }
}

/// A refresh token whose end is known to nobody, and that its server was not told of.
#[test]
fn refresh_token_that_was_not_ended_keeps_the_verdict_at_signed_in() {
    let home = Home::new();
    home.atmos_yaml(
        "auth:\n  realm: acme\n  providers:\n    g: {kind: gcp/adc, spec: {project_id: p}}\n  identities:\n    \
         sa: {kind: gcp/service-account, via: {provider: g}, principal: {service_account_email: a@b.example}}\n",
    );
    let file = ".config/atmos/acme/gcp/g/adc/sa/application_default_credentials.json";
    let credentials = json!({"type": "authorized_user", "client_id": "FAKE-client",
        "client_secret": "FAKE-client-secret", "refresh_token": "FAKE-refresh",
        "access_token": "FAKE-access", "token_expiry": "2020-01-01T00:00:00Z"});
    home.write(file, credentials.to_string());
    let status = run(&home, "auth status --check").code(1);
    assert!(status.stdout.contains("no expiry known"), "{status}");
    let output = run(&home, "auth logout --all --no-revoke");
    assert!(
        output.stdout.contains("https://myaccount.google.com"),
        "{output}"
    );
    assert!(!home.has(file));
    for words in ["auth status --check", "status --check"] {
        let status = run(&home, words).code(1);
        assert!(status.stdout.contains("not ended"), "{status}");
    }
    run(&home, "revoke --forget g").success();
    run(&home, "status --check").code(0);
    // Without a refresh token it ends by itself.
    let mut over = credentials;
    over["refresh_token"] = json!("");
    home.write(file, over.to_string());
    run(&home, "auth status --check").code(0);
    // A key that a person put there is long-lived.
    home.write(
        file,
        json!({"type": "service_account", "private_key": "FAKE-key"}).to_string(),
    );
    run(&home, "auth logout --all");
    assert!(home.has(file));
}

#[test]
fn verdict_is_open_while_it_is_not_known_whether_a_session_goes_on() {
    let home = home();
    home.atmos_yaml(&ACME.replace(
        "  realm: acme",
        "  realm: acme\n  keyring: {type: file, spec: {path: ./keyring}}",
    ));
    keyring_entry(&home, "atmos_acme_corp");
    run(&home, "auth logout --all --no-revoke");
    let status = run(&home, "auth status --check -o json").code(3);
    assert_eq!(status.json()["verdict"], "unknown", "{status}");
    assert_eq!(status.json()["pending"][0]["state"], "unread", "{status}");
}

#[test]
fn sign_ins_are_named_where_there_is_no_configuration() {
    let home = Home::new();
    for realm in ["acme", "zeta"] {
        home.write(
            format!(".config/atmos/{realm}/aws/corp/credentials"),
            OF_ATMOS,
        );
    }
    let status = run(&home, "auth status --check");
    assert!(
        status.stderr.contains("'dev' is signed in here"),
        "{status}"
    );
    assert!(status.stderr.contains("'dev' in 'zeta'"), "{status}");
    assert!(status.stderr.contains("adieu logout --all"), "{status}");
}

/// Each variable alone keeps somebody signed in.
#[test]
fn every_variable_with_a_credential_is_an_override() {
    for (system, names) in [
        (
            "aws",
            "AWS_ACCESS_KEY_ID AWS_SESSION_TOKEN AWS_CONTAINER_CREDENTIALS_RELATIVE_URI AWS_CREDENTIAL_FILE \
             AWS_BEARER_TOKEN_BEDROCK AWS_BEARER_TOKEN_S3",
        ),
        (
            "azure",
            "AZURE_PASSWORD ARM_ACCESS_KEY ARM_SAS_TOKEN ARM_OIDC_TOKEN ARM_CLIENT_CERTIFICATE_PATH \
             AZURE_STORAGE_KEY AZURE_STORAGE_CONNECTION_STRING AZURE_STORAGE_SAS_TOKEN AZURE_DEVOPS_EXT_PAT \
             IDENTITY_ENDPOINT",
        ),
        (
            "gcp",
            "GOOGLE_CREDENTIALS CLOUDSDK_AUTH_ACCESS_TOKEN_FILE CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE",
        ),
        ("github", "GH_ENTERPRISE_TOKEN GITHUB_ENTERPRISE_TOKEN"),
    ] {
        for name in names.split_whitespace() {
            let home = Home::new();
            let run = |value: &str| {
                adieu(&home)
                    .env(name, value)
                    .args(["status", "--check", "-o", "json"])
                    .run()
            };
            let status = run("FAKE").code(1);
            assert_eq!(status.json()["verdict"], "overridden", "{name}: {status}");
            assert_eq!(
                status.json()["overrides"][0]["system"],
                system,
                "{name}: {status}"
            );
            run("").code(0);
        }
    }
    let home = Home::new();
    adieu(&home)
        .env("AWS_BEARER_TOKEN_", "FAKE")
        .args(["status", "--check"])
        .run()
        .code(0);
}

#[test]
fn verdict_names_what_it_covers_and_never_says_safe() {
    let home = home();
    for (words, systems) in [
        ("status", vec!["aws", "salesforce", "claude"]),
        ("auth status", vec!["aws", "azure", "gcp"]),
        ("status claude", vec!["claude"]),
        ("status aws azure", vec!["aws", "azure"]),
    ] {
        let output = run(&home, words).success();
        assert!(!output.stdout.contains("safe"), "{output}");
        for line in output.stdout.lines().take(2) {
            assert!(line.chars().count() <= 80, "{line}");
        }
        let document = run(&home, &format!("{words} -o json")).json();
        let covers = document["covers"].as_array().unwrap();
        for system in &systems {
            assert!(covers.contains(&json!(system)), "{words}: {covers:?}");
        }
        let is_whole = words == "status";
        assert_eq!(
            covers.contains(&json!("salesforce")),
            is_whole,
            "{words}: {covers:?}"
        );
        assert_eq!(
            output.stdout.contains("not looked at: "),
            is_whole,
            "{output}"
        );
    }
}

/// What is previewed is what is done.
#[test]
fn dry_run_says_that_a_token_would_not_be_sent() {
    let home = Home::new();
    home.atmos_yaml(&ACME.replace(
        "region: eu-west-1}",
        "region: eu-west-1, spec: {endpoint_url: \"http://127.0.0.1:9\"}}",
    ));
    let file = ".cache/atmos/aws-sso/sessions/325981f1f415d932b3a269fdd6e60863834ad52b.json";
    home.write(
        file,
        portal_token("2099-01-01T00:00:00Z", false).to_string(),
    );
    let output = run(&home, "auth logout --all --dry-run").success();
    assert!(output.stdout.contains("Would stay valid:"), "{output}");
    assert!(
        output
            .stdout
            .contains("127.0.0.1:9: only a configuration file names it"),
        "{output}"
    );
    let allowed = run(
        &home,
        "auth logout --all --dry-run --allow-endpoint 127.0.0.1:9",
    )
    .success();
    assert!(
        allowed
            .stdout
            .contains("Would end at the server:\n  • portal session of corp at 127.0.0.1:9"),
        "{allowed}"
    );
    let kept = run(
        &home,
        "auth logout --all --dry-run --keep-unrevoked -o json",
    )
    .success();
    let steps = kept.json()["steps"].as_array().unwrap().clone();
    let of_file = steps.iter().find(|step| step["kind"] == "file").unwrap();
    assert_eq!(of_file["outcome"], "kept", "{kept}");
}

#[test]
fn azure_cache_that_another_provider_uses_is_named() {
    let home = Home::new();
    let yaml = "auth:\n  realm: acme\n  providers:\n    skerry: {kind: azure/device-code, spec: {tenant_id: t}}\n    \
                rock: {kind: azure/device-code, spec: {tenant_id: t}}\n";
    home.atmos_yaml(yaml);
    let cache = ".azure/atmos/acme/msal_token_cache.json";
    let tokens =
        json!({"RefreshToken": {"a": {"secret": "FAKE-refresh", "home_account_id": "u.t"}}});
    home.write(cache, tokens.to_string());
    for words in [
        "auth logout --provider skerry --dry-run",
        "auth logout --provider skerry",
    ] {
        let output = run(&home, words);
        assert!(output.stdout.contains("it also served rock"), "{output}");
    }
    // What a provider of an earlier kind left is this configuration's, in the status and in the logout.
    home.atmos_yaml(&yaml.replace("device-code", "cli"));
    home.write(cache, tokens.to_string());
    run(&home, "auth status --check").code(1);
    run(&home, "auth logout --all");
    assert!(!home.has(cache));
}

#[test]
fn realm_and_name_lead_out_of_the_configuration_under_auth_too() {
    let home = home();
    home.write(".config/atmos/zeta/aws/corp/credentials", OF_ATMOS);
    run(&home, "auth logout zeta/nobody").code(2);
    run(&home, "auth logout zeta/dev").success();
    assert!(!home.has(".config/atmos/zeta/aws/corp/credentials"));
}

#[test]
fn lists_without_anything_in_them_say_what_they_are() {
    let home = home();
    let output = run(&home, "auth list --tags x").code(2);
    assert!(
        !output.stderr.contains("no atmos.yaml was found"),
        "{output}"
    );
    home.atmos_yaml("base_path: .\n");
    let list = run(&home, "auth list --format json").success();
    assert_eq!(list.json()["schema_version"], 1, "{list}");
}
