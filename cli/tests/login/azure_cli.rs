//! `azure/cli`: the Azure CLI's own program is asked for a token each time, and nothing is kept.

use adieu_testkit::{Adieu, Home, Tree};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

const TENANT: &str = "11111111-aaaa-4aaa-8aaa-000000000001";
const SUBSCRIPTION: &str = "22222222-bbbb-4bbb-8bbb-000000000001";

/// A home in which `az` prints this, notes what it was asked, and ends with this status.
fn home(printed: &str, status: u8) -> Home {
    let home = Home::new();
    home.atmos_yaml(&format!(
        "auth:
  realm: boreal
  providers:
    mine: {{ kind: azure/cli, spec: {{ tenant_id: {TENANT} }} }}
  identities:
    tundra:
      kind: azure/subscription
      default: true
      via: {{ provider: mine }}
      principal: {{ subscription_id: {SUBSCRIPTION} }}
"
    ));
    home.write("printed.json", printed);
    let directory = home.path().display().to_string();
    let asked = home.temporary().join("asked").display().to_string();
    home.write(
        "bin/az",
        format!("#!/bin/sh\necho \"$*\" >> {asked}\ncat {directory}/printed.json\necho 'ERROR: Please run az login' >&2\nexit {status}\n"),
    );
    home.mode("bin/az", 0o755);
    home
}

fn printed(tenant: &str) -> String {
    let claims = json!({"tid": tenant, "upn": "ana@example.test", "exp": 1_795_257_000});
    let claims = URL_SAFE_NO_PAD.encode(claims.to_string());
    json!({"accessToken": format!("FAKE.{claims}.access"), "expiresOn": "2026-11-21 10:00:00.000000", "subscription": SUBSCRIPTION, "tenant": tenant, "tokenType": "Bearer"}).to_string()
}

fn adieu(home: &Home, words: &str) -> Adieu {
    Adieu::new(env!("CARGO_BIN_EXE_adieu"))
        .home(home)
        .env(
            "PATH",
            format!("{}:/usr/bin:/bin", home.join("bin").display()),
        )
        .env("LC_ALL", "C.UTF-8")
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
        .args(words.split_whitespace())
}

#[test]
fn az_is_asked_for_a_token_and_nothing_is_kept() {
    let home = home(&printed(TENANT), 0);
    let before = Tree::of(home.path());
    for words in [
        "login tundra",
        "token azure",
        "token tundra --resource https://vault.azure.net",
        "kube-credential tundra",
    ] {
        let output = adieu(&home, words).run().success();
        assert_eq!(
            output.stdout.contains("FAKE."),
            !words.starts_with("login"),
            "{output}"
        );
    }
    let asked = std::fs::read_to_string(home.temporary().join("asked")).unwrap();
    let lines: Vec<&str> = asked.lines().collect();
    let start =
        format!("account get-access-token --output json --subscription {SUBSCRIPTION} --scope");
    assert_eq!(
        lines,
        [
            format!("{start} https://management.azure.com/.default"),
            format!("{start} https://management.azure.com/.default"),
            format!("{start} https://vault.azure.net/.default"),
            format!("{start} 6dae42f8-4368-4678-94ff-3960e28e3630/.default"),
        ]
    );
    before.assert_same(&Tree::of(home.path()));
}

#[test]
fn who_is_not_signed_in_and_who_is_elsewhere_is_said() {
    let home_of = |printed: String, status| home(&printed, status);
    let output = adieu(&home_of(String::new(), 1), "token azure")
        .run()
        .code(1);
    let hint = format!("az login --tenant {TENANT}");
    assert!(output.stderr.contains(&hint), "{output}");
    assert_eq!(output.stdout, "");
    let other = printed("33333333-cccc-4ccc-8ccc-000000000009");
    let output = adieu(&home_of(other, 0), "token azure").run().code(1);
    assert!(output.stderr.contains("atmos.yaml says"), "{output}");
    let output = adieu(&home_of("no JSON".to_owned(), 0), "token azure")
        .run()
        .code(1);
    assert!(output.stderr.contains("prints no token"), "{output}");
    let output = adieu(&home_of(printed(TENANT), 0), "token azure")
        .env("PATH", "/nonexistent")
        .run()
        .code(1);
    assert!(output.stderr.contains("not in PATH"), "{output}");
}
