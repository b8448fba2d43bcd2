//! Git and its helpers, asked for what they have.

use adieu_testkit::session_bus::SessionBus;
use adieu_testkit::{Client, Output};

use crate::support::{Place, lines};

/// What a person has typed into Git, once for each.
const GIVEN: [(&str, &str); 3] = [
    ("one.example.test", "alice"),
    ("two.example.test", "bob"),
    // Last: libsecret takes what it is given without a port for the one with it, and replaces that.
    ("two.example.test:8443", "bob"),
];

fn credential(place: &Place, git: &Client, what: &str, host: &str, more: &str) -> Output {
    let input = format!("protocol=https\nhost={host}\n{more}\n");
    let run = place.client(git, &format!("credential {what}"));
    run.env("GIT_TERMINAL_PROMPT", "0").stdin(input).run()
}

fn with_helper(place: Place, git: &Client, helper: &str) -> Place {
    let words = format!("config --global credential.helper {helper}");
    place.client(git, &words).run().success();
    for (host, user) in GIVEN {
        let more = format!("username={user}\npassword=FAKE-{user}-at-{host}\n");
        credential(&place, git, "approve", host, &more).success();
    }
    place
}

/// The password that Git would use there.
fn password(place: &Place, git: &Client, host: &str) -> Option<String> {
    let filled = credential(place, git, "fill", host, "");
    let mut lines = filled.stdout.lines();
    let line = lines.find_map(|line| line.strip_prefix("password="))?;
    Some(line.to_owned())
}

#[track_caller]
fn assert_goes(place: &Place, git: &Client, expected: &[String], files: &[&str]) {
    assert_eq!(place.found(), expected);
    let before = place.tree();
    place.log_out("git:bob@two.example.test:8443");
    place.assert_only(&before, files);
    assert_eq!(password(place, git, "two.example.test:8443"), None);
    for (host, user) in [GIVEN[0], GIVEN[1]] {
        let password = password(place, git, host);
        assert_eq!(password, Some(format!("FAKE-{user}-at-{host}")));
    }
    place.log_out_of_everything();
    for (host, _) in GIVEN {
        assert_eq!(password(place, git, host), None, "{host}");
    }
}

#[test]
fn git_forgets_one_host_of_its_store() {
    let Some(git) = Client::find("git") else {
        return;
    };
    let place = with_helper(Place::new(), &git, "store");
    let expected = lines([
        "git | alice@one.example.test | session | ~/.git-credentials#one.example.test",
        "git | bob@two.example.test | session | ~/.git-credentials#two.example.test",
        "git | bob@two.example.test:8443 | session | ~/.git-credentials#two.example.test:8443",
    ]);
    assert_goes(&place, &git, &expected, &[".git-credentials"]);
    // What Git itself forgets, beside it.
    let theirs = with_helper(Place::new(), &git, "store");
    for (host, _) in GIVEN {
        credential(&theirs, &git, "reject", host, "").success();
    }
    assert_eq!(theirs.found(), Vec::<String>::new());
}

#[test]
fn git_forgets_one_host_of_the_key_store() {
    let (Some(git), Some(helper)) = (
        Client::find("git"),
        Client::find("git-credential-libsecret"),
    ) else {
        return;
    };
    let Some(bus) = SessionBus::start() else {
        return;
    };
    let helper = helper.path().display().to_string();
    let place = with_helper(Place::with_key_store(&bus), &git, &helper);
    let expected = lines([
        "git | alice@one.example.test | session | https://one.example.test",
        "git | bob@two.example.test | session | https://two.example.test",
        "git | bob@two.example.test:8443 | session | https://two.example.test:8443",
    ]);
    assert_goes(&place, &git, &expected, &[]);
}

/// What the cache holds is in its own memory: it is said, with the command that ends it.
#[test]
fn git_with_a_cache_that_runs_is_not_called_clean() {
    let Some(git) = Client::find("git") else {
        return;
    };
    let place = with_helper(Place::new(), &git, "cache");
    let verdict = place.adieu("status --check").code(1);
    let hint = "git credential-cache exit";
    assert!(verdict.to_string().contains(hint), "{verdict}");
    place.client(&git, "credential-cache exit").run().success();
    assert_eq!(password(&place, &git, GIVEN[0].0), None);
    place.adieu("status --check").success();
}

#[test]
fn git_forgets_one_host_of_a_store_that_its_configuration_names() {
    let Some(git) = Client::find("git") else {
        return;
    };
    let place = Place::new();
    place.home.directory("mine");
    let file = place.home.join("mine/passwords").display().to_string();
    let words = ["config", "--global", "credential.helper"];
    let run = place.client(&git, "").args(words);
    run.arg(format!("store --file {file}")).run().success();
    for (host, user) in GIVEN {
        let more = format!("username={user}\npassword=FAKE-{user}-at-{host}\n");
        credential(&place, &git, "approve", host, &more).success();
    }
    let expected = lines([
        "git | alice@one.example.test | session | ~/mine/passwords#one.example.test",
        "git | bob@two.example.test | session | ~/mine/passwords#two.example.test",
        "git | bob@two.example.test:8443 | session | ~/mine/passwords#two.example.test:8443",
    ]);
    assert_goes(&place, &git, &expected, &["mine/passwords"]);
}
