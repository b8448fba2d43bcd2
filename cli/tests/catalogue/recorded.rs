//! States that real tools wrote: found under the right names, taken without a trace, and nothing else
//! is touched.

use std::collections::BTreeMap;
use std::path::Path;

use adieu_testkit::{Home, Tree};
use serde_json::Value;

use crate::support::{EVERYTHING, entries, folder, found, run};

/// Secrets that stay, and why: tool, name of the secret, reason.
const STAYING: &[(&str, &str, &str)] = &[
    ("composer", "proj", "a project's own file is the project's"),
    (
        "redis",
        "ev",
        "nothing tells an argument of a script from a password",
    ),
    (
        "snowflake-cli",
        "tok",
        "a file of any name, which the configuration only names",
    ),
];

/// What adieu itself writes.
const TRAIL: [&str; 3] = [".local/state/**", ".local", ".local/state"];

fn json(folder: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(folder.join("expected.json")).unwrap()).unwrap()
}

fn home(folder: &Path) -> Home {
    let home = Home::from_fixture(folder);
    for (path, mode) in json(folder)["modes"].as_object().unwrap() {
        if home.has(path) {
            home.mode(
                path,
                u32::from_str_radix(mode.as_str().unwrap(), 8).unwrap(),
            );
        }
    }
    home
}

fn name(folder: &Path) -> &str {
    folder.file_name().unwrap().to_str().unwrap()
}

/// Files that credentials are in, by their class.
fn files(expected: &Value) -> BTreeMap<&str, &str> {
    let credentials = expected["credentials"].as_array().unwrap();
    let places = credentials.iter();
    places
        .filter_map(|found| Some((found["file"].as_str()?, found["class"].as_str()?)))
        .collect()
}

#[test]
fn every_recorded_sign_in_is_found_under_its_name() {
    for folder in entries(&folder("recorded")) {
        let home = home(&folder);
        let expected = std::fs::read_to_string(folder.join("found.txt")).unwrap_or_default();
        let found = found(&home, &[]).join("\n");
        assert_eq!(found.trim(), expected.trim(), "{}", name(&folder));
    }
}

#[test]
fn every_recorded_sign_in_goes_and_its_neighbours_stay() {
    for folder in entries(&folder("recorded")) {
        let home = home(&folder);
        let (expected, tool) = (json(&folder), name(&folder));
        let before = Tree::of(home.path());
        let was_found = found(&home, &[]);
        run(&home, EVERYTHING, &[]);
        let after = Tree::of(home.path());
        let mut allowed: Vec<&str> = files(&expected).into_keys().collect();
        // Where something was found something goes; and adieu's own trail is written.
        let places = was_found.iter().filter_map(|line| {
            let place = line.rsplit(" | ").next()?.strip_prefix("~/")?;
            place.split('#').next()
        });
        allowed.extend(places);
        allowed.extend(TRAIL);
        // Client registrations go with the sign-ins that they were made for.
        allowed.push(".aws/sso/cache/**");
        // When a role's credentials end says that they are in the key store, and goes with them.
        allowed.push(".config/aws-sso/cache.json");
        // The list of an account's subscriptions goes with the account.
        allowed.push(".azure/azureProfile.json");
        before.assert_only(&after, &allowed);
        for (secret, value) in expected["secrets"].as_object().unwrap() {
            let stays = STAYING
                .iter()
                .any(|(of, name, _)| *of == tool && name == secret);
            let value = value.as_str().unwrap();
            let left = after.files_with(value);
            // What is not found on purpose was not there before either.
            let was_there = !before.files_with(value).is_empty();
            assert!(
                left.is_empty() || stays || !was_there,
                "{tool}: {secret} is still in {left:?}"
            );
        }
        let left = found(&home, &[]);
        let is_key = |line: &&String| line.contains("key") || line.contains("master");
        assert!(
            left.iter()
                .all(|line| is_key(&line) && was_found.contains(line)),
            "{tool}: {left:?}"
        );
        let again = run(&home, EVERYTHING, &[]);
        Tree::of(home.path()).assert_only(&after, &TRAIL);
        assert!(again.status != Some(2), "{tool}");
    }
}

/// What was typed and logged of a sign-in goes with it, when that is asked for.
#[test]
fn no_removed_secret_is_left_in_any_byte() {
    for tool in [
        "cargo", "docker", "gh", "heroku", "netrc", "npm", "podman", "vercel",
    ] {
        let folder = folder("recorded").join(tool);
        let home = home(&folder);
        let expected = json(&folder);
        let secrets = expected["secrets"].as_object().unwrap();
        // Shorter ones are met by chance.
        let secrets = secrets.values().filter_map(Value::as_str);
        let secrets: Vec<&str> = secrets.filter(|secret| secret.len() >= 12).collect();
        let before = Tree::of(home.path());
        let typed: Vec<String> = secrets
            .iter()
            .map(|secret| format!("export T='{secret}'\n"))
            .collect();
        home.write(".bash_history", format!("ls\n{}cd\n", typed.concat()));
        home.write(".npm/_logs/debug.log", typed.concat());
        run(&home, &format!("{EVERYTHING} --residue"), &[]);
        let after = Tree::of(home.path());
        for secret in secrets {
            if !before.files_with(secret).is_empty() {
                let left = after.files_with(secret);
                assert!(left.is_empty(), "{tool}: {secret} is still in {left:?}");
            }
        }
        assert!(home.read(".bash_history").starts_with("ls\n"), "{tool}");
        assert!(home.read(".bash_history").ends_with("cd\n"), "{tool}");
    }
}
