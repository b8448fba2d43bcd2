//! The audit trail and the log lines of the page.

use adieu_testkit::Home;
use adieu_testkit::server::Server;
use insta::assert_snapshot;
use serde_json::Value;

use crate::support::{adieu, auth, page, with_portal};

const TRAIL: &str = ".local/state/adieu/audit.jsonl";
const HEAD: &str = ".local/state/adieu/audit.head.json";

fn records(home: &Home) -> Vec<Value> {
    home.read(TRAIL)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn record_says_who_did_what_and_how_each_step_ended() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = page();
    auth(&home, "logout dev-admin").run().success();
    let mut records = records(&home);
    assert!(records[0]["uid"].is_u64());
    records[0]["uid"] = Value::from(1000);
    let shown = serde_json::to_string_pretty(&records[0]).unwrap();
    let shown = shown.replace(home.path().to_str().unwrap(), "$HOME");
    assert_snapshot!(shown, @r###"
    {
      "schema_version": 1,
      "sequence": 1,
      "time": "2026-11-21T08:30:00Z",
      "user": "ana",
      "uid": 1000,
      "host": "desk",
      "home": "$HOME",
      "command": [
        "auth",
        "logout",
        "dev-admin"
      ],
      "began": "2026-11-21T08:30:00Z",
      "steps": [
        {
          "action": "revoke",
          "kind": "server",
          "location": "",
          "identity": "dev-admin",
          "provider": "aws-sso",
          "system": "aws",
          "outcome": "unsupported",
          "reason": "a copy would stay good until 2099-01-01T00:00:00Z"
        },
        {
          "action": "remove",
          "kind": "keyring",
          "location": "atmos_acme_aws-sso",
          "provider": "aws-sso",
          "system": "aws",
          "outcome": "kept",
          "reason": "also used by dev-readonly and prod-admin"
        },
        {
          "action": "edit",
          "kind": "ini-section",
          "location": "$HOME/.config/atmos/acme/aws/aws-sso/config#profile dev-admin",
          "identity": "dev-admin",
          "provider": "aws-sso",
          "system": "aws",
          "outcome": "removed"
        },
        {
          "action": "edit",
          "kind": "ini-section",
          "location": "$HOME/.config/atmos/acme/aws/aws-sso/credentials#dev-admin",
          "identity": "dev-admin",
          "provider": "aws-sso",
          "system": "aws",
          "outcome": "removed"
        },
        {
          "action": "remove",
          "kind": "file",
          "location": "$HOME/.cache/atmos/aws-sso/sessions/f3692e71d605856310e08558355fcf649d7c30f8.json",
          "provider": "aws-sso",
          "system": "aws",
          "outcome": "kept",
          "reason": "also used by dev-readonly and prod-admin"
        }
      ],
      "still_live": [
        "atmos_acme_aws-sso",
        "$HOME/.cache/atmos/aws-sso/sessions/f3692e71d605856310e08558355fcf649d7c30f8.json"
      ],
      "exit_status": 0,
      "previous": "0000000000000000000000000000000000000000000000000000000000000000"
    }
    "###);
    let mode = home.join(TRAIL).metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o600);
}

#[test]
fn no_secret_is_in_trail_or_output() {
    let (home, portal) = (page(), Server::aws_portal());
    let mut shown = String::new();
    for words in [
        "status",
        "logout --all --dry-run -o json",
        "logout --all",
        "logout --all -o json",
    ] {
        let command = with_portal(auth(&home, words), &portal).env("ATMOS_LOGS_LEVEL", "Trace");
        shown.push_str(&command.run().to_string());
    }
    shown.push_str(&home.read(TRAIL));
    for secret in [
        "FAKE-secret",
        "FAKE-session-token",
        "FAKE-key",
        "not-an-access-token",
    ] {
        assert!(!shown.contains(secret), "{secret}");
    }
}

#[test]
fn dry_run_status_and_errors_leave_no_record() {
    let home = page();
    for words in [
        "status",
        "logout --all --dry-run",
        "logout nobody",
        "logout --all --keychain",
    ] {
        auth(&home, words).run();
    }
    assert!(!home.has(TRAIL));
    assert_snapshot!(adieu(&home).args(["audit", "show"]).run(), @r###"
    $ adieu audit show
    exit 0
    --- stdout
    No logout has been recorded yet.
    --- stderr
    "###);
    assert_snapshot!(adieu(&home).args(["audit", "verify"]).run(), @r###"
    $ adieu audit verify
    exit 0
    --- stdout
    ✓ The chain of 0 records in ~/.local/state/adieu/audit.jsonl is whole
    --- stderr
    "###);
}

#[test]
fn tampering_is_found() {
    let home = page();
    for words in ["logout dev-admin", "logout dev-admin"] {
        auth(&home, words).run().success();
    }
    let head = home.read(HEAD);
    auth(&home, "logout --all --no-revoke").run().success();
    let audit = |words: &[&str]| adieu(&home).arg("audit").args(words).run();
    assert_snapshot!(audit(&["show"]), @r###"
    $ adieu audit show
    exit 0
    --- stdout
    2026-11-21T08:30:00Z  ana@desk  auth logout dev-admin  2 removed, 2 kept, 1 unsupported  exit 0
    2026-11-21T08:30:00Z  ana@desk  auth logout dev-admin  2 kept  exit 0
    2026-11-21T08:30:00Z  ana@desk  auth logout --all --no-revoke  18 removed, 1 kept, 3 unsupported  exit 0
    --- stderr
    "###);
    assert_eq!(audit(&["show", "-n", "1"]).stdout.lines().count(), 1);
    let document = audit(&["show", "-o", "json"]).json();
    let trail = home.read(TRAIL);
    let trail = trail.replace(home.path().to_str().unwrap(), "$HOME");
    let lines = trail.lines().map(serde_json::from_str::<Value>);
    let lines: Vec<Value> = lines.map(Result::unwrap).collect();
    assert_eq!(document["records"], Value::Array(lines));
    let last = audit(&["show", "-n", "1", "-o", "json"]).json();
    assert_eq!(last["records"][0]["sequence"], 3);
    assert_snapshot!(audit(&["verify"]), @r###"
    $ adieu audit verify
    exit 0
    --- stdout
    ✓ The chain of 3 records in ~/.local/state/adieu/audit.jsonl is whole
    --- stderr
    "###);
    let whole = home.read(TRAIL);
    home.write(TRAIL, whole.replacen("dev-admin", "someone-x", 1));
    assert_snapshot!(audit(&["verify"]), @r###"
    $ adieu audit verify
    exit 1
    --- stdout
    ✗ The chain of 3 records in ~/.local/state/adieu/audit.jsonl is broken
      line 2: it does not carry the hash of the line before it
    --- stderr
    "###);
    let missing: String = whole
        .split_inclusive('\n')
        .enumerate()
        .filter(|(at, _)| *at != 1)
        .map(|(_, line)| line)
        .collect();
    home.write(TRAIL, missing);
    audit(&["verify"]).code(1);
    let check = audit(&["verify", "-o", "json"]).code(1).json();
    assert_eq!(check["faults"][0]["line"], 2);
    // A machine that stopped while it wrote: the next logout goes on, and the chain is whole.
    home.write(TRAIL, &whole[..whole.len() - 20]);
    home.write(HEAD, head);
    auth(&home, "logout prod-admin").run().success();
    let check = audit(&["verify"]).success();
    assert!(check.stdout.contains("cut off"), "{check}");
}

#[test]
fn trail_that_cannot_be_written_is_said_and_the_logout_is_done() {
    let home = page();
    home.write(".local/state/adieu/audit.jsonl/in-the-way", "");
    let output = auth(&home, "logout --all --no-revoke").run().code(3);
    assert!(output.stderr.contains("audit trail"), "{output}");
    assert!(!home.has(".config/atmos/acme"));
}

#[test]
fn debug_lines_are_those_of_the_page() {
    let home = Home::new();
    home.atmos_yaml(
        "auth:\n  realm: acme\n  keyring: { type: file, spec: { path: ./keyring } }\n  providers:\n    \
         aws-sso:\n      kind: aws/iam-identity-center\n      region: eu-central-1\n      \
         start_url: https://mycompany.awsapps.com/start\n  identities:\n    dev-org-admin:\n      \
         kind: aws/permission-set\n      via: { provider: aws-sso }\n      \
         principal: { name: A, account: { id: \"1\" } }\n    dev-admin:\n      \
         kind: aws/assume-role\n      via: { identity: dev-org-admin }\n      \
         principal: { assume_role: arn }\n",
    );
    for name in ["aws-sso", "dev-org-admin", "dev-admin"] {
        crate::support::keyring_entry(&home, &format!("atmos_acme_{name}"));
    }
    let log = |level: &str| {
        let command = auth(&home, "logout dev-admin --keychain --force --no-revoke");
        command
            .env("ATMOS_LOGS_LEVEL", level)
            .run()
            .success()
            .stderr
    };
    assert_snapshot!(log("Debug"), @r###"
    2026-11-21T08:30:00Z DEBUG Starting logout identity=dev-admin
    2026-11-21T08:30:00Z DEBUG Authentication chain built chain=[aws-sso dev-org-admin dev-admin]
    2026-11-21T08:30:00Z DEBUG Removing keyring entry alias=aws-sso
    2026-11-21T08:30:00Z DEBUG Removing keyring entry alias=dev-org-admin
    2026-11-21T08:30:00Z DEBUG Removing keyring entry alias=dev-admin
    2026-11-21T08:30:00Z INFO Logout completed identity=dev-admin removed=3
    "###);
    assert_eq!(log("Warning"), "");
}
