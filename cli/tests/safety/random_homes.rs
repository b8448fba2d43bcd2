//! Many made-up homes: nothing of the configured sessions is left, nothing of anybody else's is lost.

use std::fmt::Write as _;
use std::path::PathBuf;

use adieu_testkit::{AwsSession, Home, PortalSession};

use crate::support::{TRAIL, run, tree, valuables};

/// Numbers that are the same in every run (Knuth's MMIX generator).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    fn one_in(&mut self, chances: u64) -> bool {
        self.below(chances) == 0
    }
}

/// A made-up home, and what in it is somebody else's.
struct Case {
    home: Home,
    strangers: Vec<(PathBuf, String)>,
}

impl Case {
    fn stranger(&mut self, path: impl Into<PathBuf>, contents: &str) {
        let path = path.into();
        self.home.write(&path, contents);
        self.strangers.push((path, contents.to_owned()));
    }
}

const NAMES: [&str; 6] = ["sso", "Harbour", "dock.seven", "a b", "ünder", "x-1"];

fn made_up(seed: u64) -> Case {
    let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) + 1);
    let mut case = Case {
        home: Home::new(),
        strangers: Vec::new(),
    };
    valuables(&case.home);
    let realm = ["acme", "", "Client-1"][usize::try_from(dice.below(3)).unwrap()];
    let effective = if realm.is_empty() {
        case.home.derived_realm()
    } else {
        realm.to_lowercase()
    };
    let mut text = "auth:\n".to_owned();
    if !realm.is_empty() {
        let _ = writeln!(text, "  realm: {effective}");
    }
    text += "  providers:\n";
    let mut identities = "  identities:\n".to_owned();
    let providers = 1 + usize::try_from(dice.below(4)).unwrap();
    for (number, provider) in NAMES.iter().take(providers).enumerate() {
        let page = format!("https://d-{number}.awsapps.com/start");
        let _ = write!(
            text,
            "    {provider:?}:\n      kind: aws/iam-identity-center\n      start_url: {page}\n      \
             region: us-east-1\n"
        );
        let directory = provider.to_lowercase();
        for identity in 0..dice.below(5) {
            let name = format!("{}-{identity}", directory.replace(' ', "_"));
            let _ = write!(
                identities,
                "    {name:?}:\n      kind: aws/permission-set\n      via: {{ provider: {provider:?} }}\n      \
                 principal: {{ name: View, account: {{ id: \"210000000001\" }} }}\n"
            );
            for realm in [effective.as_str(), ""] {
                if !dice.one_in(3) {
                    let session = AwsSession::new(realm, &directory, &name);
                    let end = if dice.one_in(3) {
                        "2020-01-01T00:00:00Z"
                    } else {
                        "2099-01-01T00:00:00Z"
                    };
                    case.home.aws_session(&session.expires(end));
                }
            }
        }
        let session = PortalSession::new(&page, "us-east-1", &format!("FAKE-token-{number}"));
        if dice.one_in(2) {
            case.home.atmos_portal_session(&session);
        }
        if dice.one_in(2) {
            case.home
                .aws_cli_portal_session(&session, dice.one_in(2).then_some("corp"));
        }
        if dice.one_in(3) {
            let path = format!(".config/atmos/{effective}/aws/{directory}/notes-{seed}.txt");
            case.stranger(path, "mine\n");
        }
    }
    case.stranger(
        ".config/atmos/elsewhere/aws/gone/credentials",
        "[x]\naws_access_key_id = FAKE-x\n",
    );
    case.stranger(
        ".aws/sso/cache/other.json",
        "{\"accessToken\":\"FAKE-other\",\"startUrl\":\"https://o.example\"}",
    );
    case.stranger(".config/atmos/atmos.yaml.bak", "kept: true\n");
    if dice.one_in(2) {
        case.stranger(".config/atmos/cache.yaml", "version: 1\n");
    }
    case.home.atmos_yaml(&(text + &identities));
    case
}

#[test]
fn made_up_homes_lose_every_configured_session_and_nothing_else() {
    for seed in 0..30 {
        let case = made_up(seed);
        let first = run(&case.home, &["auth", "logout", "--all", "--no-revoke"]);
        assert_eq!(first.status, Some(0), "home {seed}: {first}");
        let after = tree(&case.home);
        for secret in ["FAKE-token-", "FAKE-session-token-", "FAKE-secret-"] {
            let left = after.files_with(secret);
            assert!(left.is_empty(), "home {seed}: {left:?}\n{first}");
        }
        for (path, contents) in &case.strangers {
            assert_eq!(
                &case.home.read(path),
                contents,
                "home {seed}: {}",
                path.display()
            );
        }
        let again = run(&case.home, &["auth", "logout", "--all", "--no-revoke"]).success();
        assert!(
            again.stdout.contains("already logged out"),
            "home {seed}: {again}"
        );
        let changes = after.changes(&tree(&case.home)).except(&[TRAIL]);
        assert!(
            changes.is_empty(),
            "home {seed}: the second run changed:\n{changes}"
        );
    }
}
