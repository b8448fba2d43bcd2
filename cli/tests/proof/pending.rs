//! What is remembered of sessions that their servers did not end.

use adieu_testkit::{Adieu, Home, Tree};

use crate::revocation_kind::RevocationKind;
use crate::seeds::{Place, seed};
use crate::table::{Seed, Situation, Storage};

const FILE: &str = ".local/state/adieu/pending.json";

fn codex(situation: Situation) -> (Seed, Place) {
    let place = Place::of(RevocationKind::OpenAi, situation).unwrap();
    let made = seed(RevocationKind::OpenAi, Storage::File, situation, &place);
    (made.unwrap(), place)
}

#[test]
fn a_later_run_that_ends_the_same_token_drops_the_entry() {
    let (refused, _server) = codex(Situation::Refused);
    let login = refused.home.read(".codex/auth.json");
    refused.run(&refused.words);
    assert!(refused.home.has(FILE));
    refused.run("status --check").code(1);
    // The same login comes back, from a backup, and this time the server answers.
    let (ended, _server) = codex(Situation::Ended);
    refused.home.write(".codex/auth.json", login);
    let ended = Seed {
        home: refused.home,
        ..ended
    };
    ended.run(&ended.words).success();
    assert!(!ended.home.has(FILE));
    ended.run("status --check").success();
}

#[test]
fn a_person_can_list_and_forget_what_was_ended_elsewhere() {
    let (seed, _server) = codex(Situation::ServerError);
    seed.run(&seed.words);
    let listed = seed.run("revoke --pending").success();
    for said in ["login of ada", "chatgpt.com", "revoke --forget ada"] {
        assert!(listed.stdout.contains(said), "{listed}");
    }
    let document = seed.run("revoke --pending -o json").success().json();
    assert_eq!(document["pending"][0]["state"], "not-ended", "{document}");
    let unknown = seed.run("revoke --forget nobody").code(2);
    assert!(unknown.stderr.contains("codex:ada"), "{unknown}");
    seed.run("status --check").code(1);
    seed.run("revoke --forget codex:ada").success();
    let recorded = seed.run("audit show -o json").success().json();
    let records = recorded["records"].as_array().unwrap();
    assert_eq!(records[records.len() - 1]["steps"][0]["action"], "forget");
    seed.run("audit verify").success();
    assert!(!seed.home.has(FILE));
    seed.run("status --check").success();
}

#[test]
fn a_look_and_a_preview_remember_nothing() {
    let (seed, _server) = codex(Situation::Refused);
    let before = Tree::of(seed.home.path());
    seed.run(&format!("{} --dry-run", seed.words));
    seed.run("status");
    seed.run("revoke --pending");
    before.assert_same(&Tree::of(seed.home.path()));
}

#[test]
fn the_file_is_private_and_what_is_broken_in_it_is_said() {
    use std::os::unix::fs::PermissionsExt as _;
    let (seed, _server) = codex(Situation::Refused);
    seed.run(&seed.words);
    let mode = seed
        .home
        .join(FILE)
        .metadata()
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    for garbage in [
        "",
        "{",
        "[]",
        "{\"schema_version\":1,\"key\":\"x\",\"entries\":[]}",
    ] {
        seed.home.write(FILE, garbage);
        let output = seed.run("status --check").code(3);
        assert!(output.stderr.contains("pending.json"), "{output}");
    }
    // The next one that has something to remember writes a new one.
    let (again, _other) = codex(Situation::Refused);
    let again = Seed {
        home: seed.home,
        ..again
    };
    let login = codex(Situation::Refused).0.home.read(".codex/auth.json");
    again.home.write(".codex/auth.json", login);
    again.run(&again.words);
    again.run("status --check").code(1);
}

#[test]
fn revoke_that_keeps_the_login_never_calls_it_gone() {
    let (seed, _server) = codex(Situation::Ended);
    // Nobody agrees to what else would end.
    let output = seed.run("revoke codex").code(1);
    assert!(seed.home.has(".codex/auth.json"), "{output}");
    assert!(!output.stdout.contains("Nobody was signed in"), "{output}");
    assert!(
        output.stdout.contains("--force ends it all the same"),
        "{output}"
    );
    assert!(output.stdout.contains("https://chatgpt.com"), "{output}");
    let output = seed.run("logout codex");
    assert!(!seed.home.has(".codex/auth.json"), "{output}");
    assert!(!output.stdout.contains("--force"), "{output}");
    assert!(
        output.stdout.contains("finish at https://chatgpt.com"),
        "{output}"
    );
}

/// What is remembered of another home lies in that home, and is said of it alone.
#[test]
fn sessions_of_another_home_are_remembered_there() {
    let (seed, _server) = codex(Situation::Refused);
    let own = Home::new();
    let run = |words: &str| {
        let mut command = Adieu::new(env!("CARGO_BIN_EXE_adieu"))
            .home(&own)
            .env("LC_ALL", "C.UTF-8")
            .env("PATH", "/nonexistent");
        for (name, value) in &seed.environment {
            command = command.env(name, value);
        }
        let home = format!("--home={}", seed.home.path().display());
        command.args(words.split(' ')).arg(home).run()
    };
    run("logout codex --force");
    assert!(!seed.home.has(".codex/auth.json"));
    assert!(seed.home.has(FILE), "not remembered in that home");
    assert!(!own.has(FILE), "remembered in the wrong home");
    let output = run("status --check").code(1);
    assert!(output.stdout.contains("Not ended at"), "{output}");
    seed.run("status --check").code(1);
    let output = Adieu::new(env!("CARGO_BIN_EXE_adieu"))
        .home(&own)
        .args(["status", "--check"])
        .run()
        .success();
    assert!(!output.stdout.contains("Not ended at"), "{output}");
    run("revoke --forget codex:ada").success();
    run("status --check").success();
}
