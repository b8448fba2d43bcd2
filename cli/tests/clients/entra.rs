//! The real Azure CLI and adieu at one Entra, both ways: what one signs in to the other uses, and after a logout
//! neither works, no byte of a token is left, and the server takes none where all sign-ins were ended.

use std::path::Path;

use adieu_testkit::clouds::Clouds;
use adieu_testkit::{Adieu, Client, Home, Output};

const TENANT: &str = "aaaaaaaa-0000-4000-8000-00000000000a";
const SUBSCRIPTION: &str = "10000000-0000-4000-8000-000000000001";
const PERSON: &str = "alice@example.test";

const CONFIGURATION: &str = "auth:
  realm: boreal
  providers:
    entra:
      kind: azure/device-code
      spec: { tenant_id: aaaaaaaa-0000-4000-8000-00000000000a }
  identities:
    tundra:
      kind: azure/subscription
      default: true
      via: { provider: entra }
      principal: { subscription_id: 10000000-0000-4000-8000-000000000001 }
";

/// A home in which both talk to the same servers, at the machine's own time.
struct Desk {
    home: Home,
    clouds: Clouds,
    az: Client,
}

impl Desk {
    fn new() -> Option<Self> {
        Some(Self {
            home: Home::new(),
            az: Client::find("az")?,
            clouds: Clouds::start()?,
        })
    }

    fn prepared(&self, run: Adieu) -> Adieu {
        let variables = self.clouds.environment();
        variables
            .into_iter()
            .fold(run, |run, (name, value)| run.env(name, value))
    }

    fn adieu(&self, words: &str) -> Output {
        let run = Adieu::new(env!("CARGO_BIN_EXE_adieu"))
            .home(&self.home)
            .env("PATH", "/usr/bin:/bin")
            .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
            .env_remove("ADIEU_TEST_CLOCK")
            .args(words.split_whitespace());
        self.prepared(run).run()
    }

    fn az(&self, words: &str) -> Output {
        let run = self
            .az
            .in_home(&self.home)
            .env("AZURE_CORE_COLLECT_TELEMETRY", "false")
            .env("AZURE_CORE_ONLY_SHOW_ERRORS", "true")
            .env("AZURE_CORE_LOGIN_EXPERIENCE_V2", "off")
            .args(words.split_whitespace());
        self.prepared(run).run()
    }

    fn token_of_az(&self) -> Output {
        self.az("account get-access-token --query accessToken -o tsv")
    }

    /// The tokens that the servers have handed out, in any state.
    fn assert_no_token_is_left(&self) {
        let kinds = ["entra-access", "entra-refresh"];
        let tokens: Vec<String> = kinds
            .into_iter()
            .flat_map(|kind| self.clouds.tokens(kind))
            .collect();
        assert!(!tokens.is_empty());
        each_file(&self.home.path(), &mut |path, bytes| {
            let text = String::from_utf8_lossy(bytes);
            for token in &tokens {
                assert!(!text.contains(token), "{}", path.display());
            }
        });
    }
}

fn each_file(directory: &Path, look: &mut dyn FnMut(&Path, &[u8])) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let kind = path.symlink_metadata().unwrap().file_type();
        if kind.is_dir() {
            each_file(&path, look);
        } else if kind.is_file() {
            look(&path, &std::fs::read(&path).unwrap());
        }
    }
}

#[test]
fn azure_cli_uses_what_adieu_signed_in_and_neither_works_after_a_logout() {
    let Some(desk) = Desk::new() else {
        return;
    };
    desk.home.atmos_yaml(CONFIGURATION);
    desk.adieu("auth login -i tundra").success();
    let list = desk.az("account list --query [].id -o tsv").success();
    assert_eq!(list.stdout.trim(), SUBSCRIPTION);
    desk.token_of_az().success();
    desk.adieu("token azure").success();
    // A service that nobody has asked for yet: each with the refresh token.
    let vault = "account get-access-token --scope https://storage.azure.com/.default -o none";
    desk.az(vault).success();
    desk.adieu("token tundra --resource https://database.windows.net")
        .success();
    desk.adieu("auth logout --provider entra --force").success();
    let refused = desk.token_of_az();
    assert_ne!(refused.status, Some(0), "{refused}");
    desk.adieu("token azure").code(1);
    desk.assert_no_token_is_left();
}

#[test]
fn person_of_the_azure_cli_is_signed_out_everywhere_and_then_here() {
    let Some(desk) = Desk::new() else {
        return;
    };
    desk.az("login --use-device-code -o none").success();
    desk.token_of_az().success();
    let words = format!("revoke azure:{PERSON} --everywhere --force -o json");
    let document = desk.adieu(&words).success().json();
    assert_eq!(document["people"][0]["proof"], "refused", "{document}");
    assert_eq!(desk.clouds.live_tokens("entra-refresh"), [""; 0]);
    let end = "POST graph.microsoft.com/v1.0/me/revokeSignInSessions";
    let requests = desk.clouds.requests();
    assert_eq!(requests.iter().filter(|known| *known == end).count(), 1);
    // az has its files still, and its server takes its refresh token no more.
    let anew = format!(
        "account get-access-token --tenant {TENANT} --scope https://storage.azure.com/.default -o none"
    );
    let refused = desk.az(&anew);
    assert_ne!(refused.status, Some(0), "{refused}");
    let output = desk.adieu("logout azure --force -o json");
    let document = output.json();
    let steps = document["steps"].as_array().unwrap();
    let mut servers = steps.iter().filter(|step| step["action"] == "revoke");
    // Entra ends no single sign-in: that is said, with the page.
    assert!(
        servers.any(|step| step["outcome"] == "unsupported"),
        "{output}"
    );
    let refused = desk.token_of_az();
    assert!(refused.stderr.contains("az login"), "{refused}");
    desk.assert_no_token_is_left();
}
