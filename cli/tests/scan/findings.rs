//! What is found, and how it is said.

use std::collections::BTreeSet;

use adieu_testkit::{Home, Tree};
use insta::assert_snapshot;
use serde_json::Value;

use crate::support::{assert_says_no_secret, fixture, recorded, scan, scan_all};

/// File, line and name of every finding of a document.
fn places(document: &Value, home: &str) -> BTreeSet<(String, u64, String, String)> {
    let findings = document["findings"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    findings
        .iter()
        .map(|finding| {
            let file = text(&finding["file"]);
            let file = file.strip_prefix(home).unwrap_or(&file);
            (
                file.trim_start_matches('/').to_owned(),
                finding["line"].as_u64().unwrap(),
                text(&finding["name"]),
                text(&finding["state"]),
            )
        })
        .collect()
}

#[test]
fn the_recorded_home_has_its_105_findings_and_no_others() {
    let home = fixture();
    let before = Tree::of(home.root());
    let output = scan_all(&home, "--format json").run().code(1);
    before.assert_same(&Tree::of(home.root()));
    assert_says_no_secret(&output);
    let found = output.json();
    let text = std::fs::read_to_string(recorded().join("expected.json")).unwrap();
    let expected: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(places(&found, "$HOME"), places(&expected, ""));
    assert_eq!(found["findings"].as_array().unwrap().len(), 105);
    assert_eq!(
        (&found["schema_version"], &found["exit_status"]),
        (&1.into(), &1.into())
    );
}

#[test]
fn without_a_path_the_profiles_of_the_home_are_read() {
    let home = fixture();
    let found = scan(&home, "-o json").run().code(1).json();
    let all = scan_all(&home, "-o json").run().code(1).json();
    let elsewhere = |file: &str| file.starts_with("repo/") || file.starts_with("windows/");
    let mut expected = places(&all, "$HOME");
    expected.retain(|(file, ..)| !elsewhere(file));
    assert_eq!(places(&found, "$HOME"), expected);
}

#[test]
fn people_read_places_and_what_to_do() {
    let home = Home::new();
    home.write(
        ".bashrc",
        "# mine\nexport OPENAI_API_KEY=FAKE-one\n. ~/.more.sh\n",
    );
    home.write(
        ".more.sh",
        "export ACME_TOKEN=$(pass acme)\nexport AWS_PROFILE=work\n",
    );
    let output = scan(&home, "").run().code(1);
    assert_says_no_secret(&output);
    assert_snapshot!(output.stdout, @r#"
    ~/.bashrc
      ●    2  OPENAI_API_KEY  openai    active

    ~/.more.sh  (read by ~/.bashrc)
      ●    1  ACME_TOKEN      probably  active, from a command
      ●    2  AWS_PROFILE     aws       active

    What to do
      this shell  eval "$(adieu scan --format eval)"; shells and programs that run already keep their copy
      the files   adieu scan --fix remove, or --fix comment, which leaves the secrets in them
      revoke      OPENAI_API_KEY: https://platform.openai.com/api-keys

    ● Found: 2 secrets and 1 variable that changes or names a credential in 2 places
    "#);
    assert_eq!(output.stderr, "");
}

#[test]
fn a_clean_home_is_clean_and_quiet_says_nothing() {
    let home = Home::new();
    home.write(".bashrc", "export PATH=$HOME/bin:$PATH EDITOR=vim\n");
    let output = scan(&home, "").run().success();
    assert!(output.stdout.contains("● Clean"), "{output}");
    let output = scan(&home, "--quiet").run().success();
    assert_eq!((output.stdout.as_str(), output.stderr.as_str()), ("", ""));
}

#[test]
fn quiet_is_one_line_when_there_is_something() {
    let output = scan(&fixture(), "--quiet").run().code(1);
    assert_eq!(output.stdout.lines().count(), 1, "{output}");
    assert_eq!(output.stderr, "");
    assert_says_no_secret(&output);
}

#[test]
fn what_cannot_be_read_is_status_3() {
    let home = Home::new();
    home.write(".bashrc", "x\0y");
    let output = scan(&home, "").run().code(3);
    assert!(output.stdout.contains("Could not tell"), "{output}");
    assert!(output.stderr.contains("NUL bytes"), "{output}");
    let output = scan(&home, "no-such-place").run().code(3);
    assert!(output.stderr.contains("no such file"), "{output}");
}

#[cfg(unix)]
#[test]
fn a_fifo_does_not_hang_the_scan() {
    let home = Home::new();
    let made = std::process::Command::new("mkfifo")
        .arg(home.join(".env"))
        .status()
        .unwrap();
    assert!(made.success());
    let output = scan(&home, "").run().code(3);
    assert!(output.stderr.contains("not a regular file"), "{output}");
}

#[test]
fn only_named_variables_are_shown() {
    let output = scan_all(&fixture(), "-o json --name HF_TOKEN,GH_TOKEN")
        .run()
        .code(1)
        .json();
    let names: BTreeSet<_> = places(&output, "")
        .into_iter()
        .map(|place| place.2)
        .collect();
    assert_eq!(
        names.into_iter().collect::<Vec<_>>(),
        ["GH_TOKEN", "HF_TOKEN"]
    );
}

#[test]
fn names_of_files_do_nothing_to_the_terminal() {
    let home = Home::new();
    home.write("a\u{1b}[2J.env", "HF_TOKEN=FAKE-one\n");
    for words in ["", "-o json", "--format sarif"] {
        let output = scan_all(&home, words).run().code(1);
        let is_odd = |c: char| c.is_control() && c != '\n';
        assert!(!output.stdout.contains(is_odd), "{output}");
    }
}

/// Files that tools keep credentials in, with the lines that a scan tells of.
const CREDENTIAL_FILES: [(&str, &str, &[u64]); 9] = [
    (
        ".aws/credentials",
        "[default]\naws_access_key_id = FAKEKEY0000000000000\naws_secret_access_key = FAKEsecret0000000000000000000001\n",
        &[3],
    ),
    (
        "adc.json",
        "{\n  \"client_id\": \"FAKE-client\",\n  \"client_secret\": \"FAKE0client1secret2\",\n  \"refresh_token\": \"FAKE0refresh1token2\",\n  \"type\": \"authorized_user\"\n}\n",
        &[3, 4],
    ),
    (
        "service-account.json",
        "{\n  \"type\": \"service_account\",\n  \"private_key\": \"-----BEGIN PRIVATE KEY-----\\nFAKE\\n-----END PRIVATE KEY-----\\n\"\n}\n",
        &[1],
    ),
    (
        "deploy_key",
        "-----BEGIN OPENSSH PRIVATE KEY-----\nFAKE\n-----END OPENSSH PRIVATE KEY-----\n",
        &[1],
    ),
    (
        ".netrc",
        "machine git.example.test\nlogin alice\npassword FAKE0netrc1password2\n",
        &[3],
    ),
    (
        ".npmrc",
        "registry=https://registry.example.test/\n//registry.example.test/:_authToken=FAKE0npm1token2\n",
        &[2],
    ),
    ("token.txt", "FAKE0bare1token2opaque3\n", &[1]),
    (
        ".pgpass",
        "# mine\ndb.example.test:5432:app:alice:FAKE0pg1password2\n",
        &[2],
    ),
    (
        "kubeconfig.yaml",
        "users:\n- name: dev\n  user:\n    token: FAKE0kube1token2\n",
        &[4],
    ),
];

#[test]
fn file_that_a_tool_keeps_credentials_in_is_no_clean_one() {
    for (name, text, lines) in CREDENTIAL_FILES {
        let home = Home::new();
        home.write(name, text);
        let path = home.path().join(name);
        let run = |words: &str| scan(&home, words).arg(&path).run();
        let document = run("-o json").code(1).json();
        let findings = document["findings"].as_array().unwrap();
        let found: Vec<u64> = findings
            .iter()
            .map(|finding| finding["line"].as_u64().unwrap())
            .collect();
        assert_eq!(found, lines, "{name}: {document}");
        assert!(!document.to_string().contains("FAKE"), "{name}");
        let said = run("").code(1);
        assert!(!said.stdout.contains("FAKE"), "{said}");
        // No edit of a line takes it out.
        run("--fix remove --force").code(1);
        assert_eq!(home.read(name), text, "{name}");
    }
    // Among many, those count that are called so.
    let home = Home::new();
    for (name, text, _) in CREDENTIAL_FILES {
        home.write(format!("repo/{name}"), text);
    }
    let document = scan(&home, "-o json")
        .arg(home.path().join("repo"))
        .run()
        .code(1)
        .json();
    let findings = document["findings"].as_array().unwrap();
    let files: BTreeSet<&str> = findings
        .iter()
        .map(|finding| {
            finding["file"]
                .as_str()
                .unwrap()
                .rsplit('/')
                .next()
                .unwrap()
        })
        .collect();
    assert!(
        files.contains("credentials") && files.contains("token.txt"),
        "{files:?}"
    );
}

#[test]
fn settings_and_documents_hold_no_credential() {
    for (name, text) in [
        ("settings.json", "{\"theme\": \"dark\", \"token\": \"\"}\n"),
        ("README.md", "# Keys\n\nSet `api_key: YOUR-API-KEY`.\n"),
        (
            "id_ed25519.pub",
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFAKE alice@desk\n",
        ),
        ("main.rs", "fn main() { let token = read_token(); }\n"),
    ] {
        let home = Home::new();
        home.write(name, text);
        let status = scan(&home, "").arg(home.path().join(name)).run();
        assert_eq!(status.status, Some(0), "{name}: {status}");
    }
}
