//! What has a secret's name is in no output, and what only tells of a secret is.

use std::fmt::Write as _;

use adieu_testkit::Home;

use crate::support::adieu;

/// Names as configurations write them, at every nesting.
const SECRET: &str = "password passphrase credential cookie pat access_key access_key_id secret_access_key session \
    token api_key apiKey accessToken client-secret Authorization private_key refresh_token id_token bearer jwt \
    otp signing_key connectionString webhook_url";
const OPEN: &str =
    "token_file_path key_file session_duration client_id password_env token_endpoint";

/// A provider and an identity with all of them: below themselves, in `spec`, in lists and in `env`.
fn everywhere() -> String {
    let mut number = 0;
    let mut members = |indent: &str| {
        let mut text = String::new();
        for name in SECRET.split_whitespace() {
            number += 1;
            writeln!(text, "{indent}{name}: FAKE-hide-{number}").unwrap();
        }
        for name in OPEN.split_whitespace() {
            writeln!(text, "{indent}{name}: shown-{name}").unwrap();
        }
        text
    };
    let mut text = "auth:\n  realm: acme\n  providers:\n    p:\n      kind: mock\n".to_owned();
    text += &members("      ");
    text += "      spec:\n";
    text += &members("        ");
    text += "        deep:\n          list:\n            - more:\n";
    text += &members("                ");
    text +=
        "        secrets:\n          plain: FAKE-hide-below\n          list: [FAKE-hide-item]\n";
    text += "  identities:\n    i:\n      kind: aws/user\n      default: true\n      nonsense: [\"a\", 'b']\n      credentials:\n";
    text += &members("        ");
    text += "        region: eu-west-3\n      session: { duration: 90m }\n      env:\n";
    for name in SECRET.split_whitespace() {
        let name = name.replace('-', "_");
        writeln!(text, "        - {{ key: {name}, value: FAKE-hide-{name} }}").unwrap();
    }
    // Something to complain of beside each of them, so that snippets are shown.
    text += "    broken:\n      kind: aws/assume-role\n      via: { provider: nobody }\n";
    text += &members("      ");
    text
}

#[test]
fn no_renderer_shows_what_has_a_secrets_name() {
    let home = Home::new();
    home.atmos_yaml(&everywhere());
    for words in [
        "auth list -f json",
        "auth list -f yaml",
        "auth list -f tree",
        "auth list -f table",
        "auth list -f markdown",
        "auth list -f graphviz",
        "auth list -f mermaid",
        "list -o json",
        "status",
        "status -o json",
        "whoami --offline -i i",
        "whoami --offline -i i -o json",
        "validate",
        "validate --verbose",
        "validate -o json",
        "logout --all --dry-run",
        "logout i --dry-run -o json",
        "env -i i",
    ] {
        let output = adieu(&home).args(words.split(' ')).run();
        let told = format!("{}{}", output.stdout, output.stderr);
        assert!(!told.contains("FAKE-hide"), "{words}: {output}");
        assert!(!told.is_empty(), "{words}");
    }
    for format in ["json", "yaml"] {
        let output = adieu(&home)
            .args(["auth", "list", "-f", format])
            .run()
            .success();
        for name in OPEN.split_whitespace() {
            assert!(
                output.stdout.contains(&format!("shown-{name}")),
                "{name}: {output}"
            );
        }
        assert!(output.stdout.contains("90m"), "{output}");
        assert!(output.stdout.contains("eu-west-3"), "{output}");
    }
}

/// What `!env` reads is in no output, however it is written.
#[test]
fn no_renderer_shows_what_a_variable_gave() {
    const FORMS: [&str; 7] = [
        "x: &a !env SECRET\nauth:\n  providers: {*a : {kind: mock}}\n  identities: {i: {kind: mock, default: true, via: {provider: *a}}}",
        "import: [!env &b SECRET]\nauth: {identities: {i: {kind: mock, via: {provider: p}}}}",
        "auth:\n  realm: acme\n  providers: {p: {kind: aws/iam-identity-center, region: us-east-1, start_url: !env SECRET, spec: {endpoint_url: !env SECRET, files: {base_path: !env SECRET}}}}\n  identities:\n    i: {kind: aws/permission-set, via: {provider: p}, alias: !env\n      SECRET, principal: {name: !env SECRET, account: {id: !env SECRET}}}",
        "auth: {keyring: {type: file, spec: {path: !env SECRET, password_env: !env SECRET}}, identities: {i: {kind: !env SECRET}}}",
        "auth: {realm: !env SECRET, logs: {level: !env SECRET}, identities: {i: {kind: aws/assume-role, via: {provider: !env SECRET}, tags: [!env SECRET]}}}",
        "base_path: !env SECRET\nprofiles: {default: !env SECRET}\nenv: {ATMOS_AUTH_REALM: !env SECRET}\nauth: {identities: {i: {kind: mock}}}",
        "auth: {providers: {p: {kind: azure/cli, spec: {tenant_id: !<!env> SECRET, cloud_environment: !env SECRET}}}, identities: {i: {kind: azure/subscription, via: {provider: p}, principal: {location: !env SECRET}}}}",
    ];
    for form in FORMS {
        let home = Home::new();
        home.atmos_yaml(form);
        let commands = [
            "status",
            "status -o json",
            "list",
            "list -o json",
            "auth list",
            "auth list -f json",
            "auth list -f yaml",
            "auth list -f tree",
            "whoami --offline -i i",
            "whoami --offline -i i -o json",
            "validate",
            "validate --verbose",
            "validate -o json",
            "logout --all --dry-run",
            "logout i --dry-run -o json",
            "logout --all --force --no-revoke",
            "logout --provider nobody",
            "audit show",
            "logout x",
        ];
        for words in commands {
            let command = adieu(&home)
                .env("SECRET", "FAKE-S3cr3t")
                .args(words.split(' '));
            let output = command.env("ATMOS_LOGS_LEVEL", "Trace").run();
            let told = format!("{}{}", output.stdout, output.stderr);
            assert!(
                !told.contains("S3cr3t") && !told.contains("s3cr3t"),
                "{form}\n{words}: {output}"
            );
        }
        let trail = home.join(".local/state/adieu/audit.jsonl");
        let trail = std::fs::read_to_string(trail).unwrap_or_default();
        assert!(!trail.to_lowercase().contains("s3cr3t"), "{form}: {trail}");
    }
}

/// Secrets under names that nobody thought of are told by their form.
#[test]
fn no_renderer_shows_what_looks_like_a_secret() {
    // Made here, so that no real token's form stands in this file.
    let drawn: String = "q7Zk2Xw9Lm4Rt6Vb".repeat(2);
    let values = [
        drawn.clone(),
        format!("fake_{drawn}"),
        format!("Endpoint=https://x.example;AccountKey={drawn}"),
        format!("https://hooks.example/services/T0/{drawn}"),
        format!("https://ana:{drawn}@host.example/x"),
        format!("https://blob.example/x?y={drawn}"),
        format!("ana:{drawn}"),
        format!("-----BEGIN FAKE KEY----- {drawn} -----END FAKE KEY-----"),
        format!("eyJ{drawn}.eyJ{drawn}.{drawn}"),
    ];
    for value in values {
        let home = Home::new();
        home.atmos_yaml(&format!(
            "auth:\n  realm: acme\n  providers:\n    p:\n      kind: mock\n      note: \"{value}\"\n      \
             spec:\n        deep: [{{ x: \"{value}\" }}]\n  identities:\n    i:\n      kind: mock\n      \
             default: true\n      via: {{ provider: p }}\n      env: [{{ key: NOTE, value: \"{value}\" }}]\n    \
             broken:\n      kind: aws/assume-role\n      via: {{ provider: nobody }}\n      note: \"{value}\"\n"
        ));
        for words in [
            "auth list -f json",
            "auth list -f yaml",
            "auth list -f tree",
            "list -o json",
            "whoami --offline -i i",
            "whoami --offline -i i -o json",
            "validate",
            "validate -o json",
        ] {
            let output = adieu(&home).args(words.split(' ')).run();
            let told = format!("{}{}", output.stdout, output.stderr);
            assert!(!told.contains(&drawn), "{value}, {words}: {output}");
            assert!(!told.is_empty(), "{words}");
        }
    }
}
