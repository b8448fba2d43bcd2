//! This machine's half: aliases, both spellings of settings, projects, locks, relatives.

use std::time::Duration;

use adieu_testkit::Home;
use adieu_testkit::salesforce::Salesforce;
use expectrl::Expect as _;
use serde_json::json;

use crate::support::{document, home, names, org};

#[test]
fn default_goes_from_every_file_that_names_it_and_from_no_other() {
    for (present, legacy) in [
        (json!({"target-org": "alpha-prod"}), json!({})),
        (
            json!({}),
            json!({"defaultusername": "alpha@fixture.example"}),
        ),
        (
            json!({"target-org": "alpha@fixture.example", "org-api-version": "67.0"}),
            json!({"defaultusername": "beta-dev", "defaultdevhubusername": "alpha-prod"}),
        ),
    ] {
        let salesforce = Salesforce::start();
        let home = home("basic-v1", &salesforce);
        home.write(".sf/config.json", present.to_string());
        home.write(".sfdx/sfdx-config.json", legacy.to_string());
        let project = home.work();
        std::fs::write(project.join("sfdx-project.json"), "{}").unwrap();
        for (folder, name, text) in [
            (
                ".sf",
                "config.json",
                json!({"target-org": "alpha-prod", "x": 1}),
            ),
            (
                ".sfdx",
                "sfdx-config.json",
                json!({"defaultusername": "alpha-prod"}),
            ),
        ] {
            std::fs::create_dir_all(project.join(folder)).unwrap();
            std::fs::write(project.join(folder).join(name), text.to_string()).unwrap();
        }
        std::fs::create_dir_all(project.join("deep/er")).unwrap();
        org(&home, "logout -o alpha-prod")
            .cwd(project.join("deep/er"))
            .run()
            .success();
        for file in [".sf/config.json", ".sfdx/sfdx-config.json"] {
            let text = home.read(file);
            assert!(!text.contains("alpha"), "{file}: {text}");
        }
        assert_eq!(
            home.read(".sfdx/sfdx-config.json").contains("beta-dev"),
            legacy.to_string().contains("beta-dev")
        );
        let local = std::fs::read_to_string(project.join(".sf/config.json")).unwrap();
        assert_eq!(local.replace(' ', ""), r#"{"x":1}"#);
        let local = std::fs::read_to_string(project.join(".sfdx/sfdx-config.json")).unwrap();
        assert_eq!(local, "{}");
    }
}

#[test]
fn variable_names_the_org_and_the_settings_stay() {
    let salesforce = Salesforce::start();
    let home = home("basic-v1", &salesforce);
    let output = org(&home, "logout -p --json")
        .env("SF_TARGET_ORG", "beta-dev")
        .run()
        .success();
    assert_eq!(names(&output), ["beta@fixture.example"]);
    assert_eq!(
        document(&home, ".sf/config.json"),
        json!({"target-org": "alpha-prod"})
    );
}

#[test]
fn variable_with_a_token_is_said_to_keep_salesforce_signed_in() {
    let salesforce = Salesforce::start();
    let home = home("basic-v1", &salesforce);
    let output = org(&home, "logout --all --json")
        .env("SF_ACCESS_TOKEN", "FAKE-token")
        .run()
        .success();
    let warnings = output.json()["warnings"].to_string();
    assert!(warnings.contains("SF_ACCESS_TOKEN"), "{output}");
    assert!(!output.to_string().contains("FAKE-token"));
}

#[test]
fn every_alias_of_a_user_goes() {
    let salesforce = Salesforce::start();
    let home = home("basic-v1", &salesforce);
    home.write(
        ".sfdx/alias.json",
        r#"{"orgs":{"one":"alpha@fixture.example","b":"beta@fixture.example","two":"alpha@fixture.example"},"other":{"k":1}}"#,
    );
    org(&home, "logout -o two").run().success();
    assert_eq!(
        home.read(".sfdx/alias.json"),
        r#"{"orgs":{"b":"beta@fixture.example"},"other":{"k":1}}"#
    );
}

#[test]
fn users_of_one_org_leave_its_list_and_the_last_takes_it_along() {
    let salesforce = Salesforce::start();
    let home = home("full-v1", &salesforce);
    let zeta = document(&home, ".sfdx/zeta@fixture.example.json");
    let mut second = zeta;
    second["username"] = "second@fixture.example".into();
    second["userId"] = "005FX0000000099AAA".into();
    // A sign-in of its own: who shares a token goes together.
    second["refreshToken"] = "FAKE.REFRESH.second".into();
    home.write(".sfdx/second@fixture.example.json", second.to_string());
    let list = ".sfdx/00DFX0000000006AAA.json";
    home.write(
        list,
        r#"{"usernames":["zeta@fixture.example","second@fixture.example"]}"#,
    );
    let output = org(&home, "logout -o second@fixture.example")
        .run()
        .success();
    assert!(
        output
            .stderr
            .contains("zeta@fixture.example of the same org"),
        "{output}"
    );
    assert_eq!(
        document(&home, list),
        json!({"usernames": ["zeta@fixture.example"]})
    );
    assert!(home.has(".sfdx/00DFX0000000006AAA.sandbox.json"));
    org(&home, "logout -o zeta-sbx").run().success();
    assert!(!home.has(list));
    assert!(!home.has(".sfdx/00DFX0000000006AAA.sandbox.json"));
}

#[test]
fn children_and_private_keys_that_stay_are_named() {
    let salesforce = Salesforce::start();
    let home = home("full-v1", &salesforce);
    let output = org(&home, "logout -o alpha-prod -o delta-ci --json")
        .run()
        .success();
    let warnings = output.json()["warnings"].to_string();
    for text in [
        "epsilon@fixture.example was made from alpha@fixture.example and stays signed in",
        "zeta@fixture.example was made from alpha@fixture.example",
        "private key /opt/fixture/keys/delta-jwt.key, which stays",
    ] {
        assert!(warnings.contains(text), "{text}: {output}");
    }
    let steps = output.json()["report"]["steps"].to_string();
    assert!(steps.contains("stay signed in, made from it"), "{steps}");
    let scratch = org(&home, "logout -o eps-scratch --json").run().success();
    assert!(
        scratch
            .stdout
            .contains("without having access to its password")
    );
}

#[test]
fn what_was_made_from_an_org_is_taken_along_when_asked_for() {
    let salesforce = Salesforce::start();
    let home = home("full-v1", &salesforce);
    let preview = org(
        &home,
        "logout -o alpha-prod --with-children --dry-run --json",
    )
    .run()
    .success();
    assert_eq!(names(&preview).len(), 3, "{preview}");
    let output = org(&home, "logout -o alpha-prod --with-children --json")
        .run()
        .success();
    assert_eq!(
        names(&output),
        [
            "alpha@fixture.example",
            "epsilon@fixture.example",
            "zeta@fixture.example"
        ]
    );
    assert!(!home.has(".sfdx/00DFX0000000006AAA.sandbox.json"));
    assert!(!output.stdout.contains("stays signed in"), "{output}");
}

/// A lock whose owner is alive: it is touched again and again, as the real client does.
struct Held {
    lock: std::path::PathBuf,
    owner: Option<std::thread::JoinHandle<()>>,
    is_over: std::sync::Arc<std::sync::atomic::AtomicBool>,
}

impl Held {
    fn new(lock: std::path::PathBuf) -> Self {
        std::fs::create_dir(&lock).unwrap();
        let is_over = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
        let (watched, directory) = (std::sync::Arc::clone(&is_over), lock.clone());
        let owner = std::thread::spawn(move || {
            while !watched.load(std::sync::atomic::Ordering::SeqCst) {
                let handle = std::fs::File::open(&directory).unwrap();
                handle.set_modified(std::time::SystemTime::now()).unwrap();
                std::thread::sleep(Duration::from_millis(300));
            }
        });
        Self {
            lock,
            owner: Some(owner),
            is_over,
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.is_over
            .store(true, std::sync::atomic::Ordering::SeqCst);
        let _ended = self.owner.take().map(std::thread::JoinHandle::join);
        let _removed = std::fs::remove_dir(&self.lock);
    }
}

#[test]
fn held_lock_ends_the_wait_and_a_stale_one_is_taken_over() {
    let salesforce = Salesforce::start();
    let home = home("basic-v1", &salesforce);
    let lock = home.join(".sfdx/alias.json.lock");
    std::fs::create_dir(&lock).unwrap();
    let old = std::time::SystemTime::now() - Duration::from_hours(1);
    let handle = std::fs::File::open(&lock).unwrap();
    handle.set_modified(old).unwrap();
    // The time of the tests stands still, so it is the lock that has to be older.
    let clock = jiff::Timestamp::now().to_string();
    org(&home, "logout -o beta-dev -p")
        .env("ADIEU_TEST_CLOCK", clock.clone())
        .run()
        .success();
    assert!(!home.read(".sfdx/alias.json").contains("beta-dev"));
    assert!(!lock.exists());

    let _held = Held::new(lock);
    let start = std::time::Instant::now();
    let output = org(&home, "logout -o alpha-prod -p --json")
        .env("ADIEU_TEST_CLOCK", clock)
        .run();
    let waited = start.elapsed();
    assert!(waited < Duration::from_secs(30), "{waited:?}");
    assert_eq!(output.status, Some(1), "{output}");
    assert!(
        output.stdout.contains("is held by another program"),
        "{output}"
    );
    assert!(output.stdout.contains("By hand:"), "{output}");
    assert!(home.read(".sfdx/alias.json").contains("alpha-prod"));
}

#[test]
fn key_goes_with_the_last_org_and_only_when_asked_for() {
    let salesforce = Salesforce::start();
    let home = home("basic-v1", &salesforce);
    let one = org(&home, "logout -o beta-dev -p --keychain --json")
        .run()
        .success();
    assert!(home.has(".sfdx/key.json"), "{one}");
    org(&home, "logout --all -p --keychain --json")
        .run()
        .success();
    assert!(!home.has(".sfdx/key.json"));
}

/// Also where orgs wait for their server, and with a word where it stays.
#[test]
fn key_goes_with_orgs_that_their_server_has_ended_and_its_stay_is_said() {
    let salesforce = Salesforce::start();
    let home = home("basic-v1", &salesforce);
    let mut session = crate::terminal::on_terminal(org(&home, "logout --all --keychain"));
    for (question, answer) in [
        ("Select the orgs", "\r"),
        ("log out of all your orgs?", "y\r"),
        ("Delete the encryption key of Salesforce CLI?", ""),
        ("--no-prompt answers this", "y\r"),
    ] {
        session.expect(question).unwrap();
        session.send(answer).unwrap();
    }
    let (text, status) = crate::terminal::end(session);
    assert_eq!(status, 0, "{text}");
    assert!(!home.has(".sfdx/key.json"), "{text}");
    let salesforce = Salesforce::start();
    let home = crate::support::home("basic-v1", &salesforce);
    let output = org(&home, "logout -o beta-dev --keychain --force")
        .run()
        .success();
    assert!(home.has(".sfdx/key.json"), "{output}");
    assert!(
        output.stderr.contains("The encryption key stays"),
        "{output}"
    );
    let unasked = org(&home, "logout --all --keychain --json").run();
    assert!(unasked.stdout.contains("--no-prompt"), "{unasked}");
}

#[test]
fn key_stays_as_long_as_a_setting_needs_it() {
    let salesforce = Salesforce::start();
    let home = home("basic-v1", &salesforce);
    let alpha = document(&home, ".sfdx/alpha@fixture.example.json");
    home.write(
        ".sf/config.json",
        json!({"org-isv-debugger-sid": alpha["accessToken"]}).to_string(),
    );
    org(&home, "logout --all -p --keychain --json")
        .run()
        .success();
    assert!(home.has(".sfdx/key.json"));
    assert!(
        home.read(".sf/config.json")
            .contains("org-isv-debugger-sid")
    );
}

#[test]
fn modes_of_edited_files_stay() {
    use std::os::unix::fs::PermissionsExt as _;
    let salesforce = Salesforce::start();
    let home = home("basic-v1", &salesforce);
    let text = home.read(".sfdx/alias.json");
    home.write_with_mode(".sfdx/alias.json", text, 0o644);
    org(&home, "logout -o alpha-prod").run().success();
    let mode = home
        .join(".sfdx/alias.json")
        .metadata()
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o644);
}

#[test]
fn nothing_of_salesforce_is_looked_at_where_it_was_never_used() {
    let home = Home::new();
    let output = crate::support::adieu(&home)
        .args(["status", "--check"])
        .run();
    assert_eq!(output.status, Some(0), "{output}");
}

/// While its alias cannot be taken away, an org stays, so that the next run finds both.
#[test]
fn org_whose_alias_is_locked_stays_for_the_next_run() {
    let salesforce = Salesforce::start();
    let home = home("basic-v1", &salesforce);
    let held = Held::new(home.join(".sfdx/alias.json.lock"));
    let clock = jiff::Timestamp::now().to_string();
    for words in ["logout -o beta-dev --json", "logout -o beta-dev --json -p"] {
        let output = org(&home, words)
            .env("ADIEU_TEST_CLOCK", &clock)
            .run()
            .code(1);
        assert!(home.has(".sfdx/beta@fixture.example.json"), "{output}");
    }
    drop(held);
    org(&home, "logout -o beta-dev").run().success();
    assert!(!home.has(".sfdx/beta@fixture.example.json"));
    assert!(!home.read(".sfdx/alias.json").contains("beta-dev"));
}

/// A list may name the users of files that could not be read; one that is no list is nobody's.
#[test]
fn list_of_users_is_stale_only_if_every_sign_in_was_read() {
    let salesforce = Salesforce::start();
    let home = home("full-v1", &salesforce);
    let list = ".sfdx/00DFX0000000009AAA.json";
    home.write(list, r#"{"usernames":["hidden@fixture.example"]}"#);
    home.write(".sfdx/00DFX0000000008AAA.json", "no list\n");
    home.link(".sfdx/hidden@fixture.example.json", "/dev/null");
    crate::support::adieu(&home)
        .args(["logout", "salesforce", "--force", "--no-revoke"])
        .run();
    assert!(home.has(list));
    assert!(home.has(".sfdx/00DFX0000000008AAA.json"));
    std::fs::remove_file(home.join(".sfdx/hidden@fixture.example.json")).unwrap();
    crate::support::adieu(&home)
        .args(["logout", "salesforce", "--force", "--no-revoke"])
        .run();
    assert!(!home.has(list));
}

/// A cause's name, and what makes it so.
type Closing = (&'static str, fn(&Home));

/// What keeps a file of alpha's sign-in from being changed.
const CLOSED: [Closing; 4] = [
    ("state directory", |home| close(home, ".sfdx")),
    ("settings directory", |home| close(home, ".sf")),
    ("lock of a living program", |_| {}),
    ("lock that is a file", |home| {
        home.write(".sfdx/alias.json.lock", "");
    }),
];

fn close(home: &Home, directory: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = std::fs::Permissions::from_mode(0o500);
    std::fs::set_permissions(home.join(directory), mode).unwrap();
}

/// The program without an administrator's rights, to whom nothing is closed.
fn unprivileged(home: &Home, words: &str) -> adieu_testkit::Adieu {
    adieu_testkit::Adieu::new("setpriv")
        .home(home)
        .env("PATH", "/usr/bin:/bin")
        .env("LC_ALL", "C.UTF-8")
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
        .env("SF_USE_GENERIC_UNIX_KEYCHAIN", "true")
        .args(["--bounding-set=-all", env!("CARGO_BIN_EXE_adieu"), "org"])
        .args(words.split_whitespace())
}

#[test]
fn no_server_is_told_of_an_org_that_cannot_go_whole() {
    for (cause, make) in CLOSED {
        if !std::path::Path::new("/usr/bin/setpriv").exists() {
            return;
        }
        let salesforce = Salesforce::start();
        let home = home("basic-v1", &salesforce);
        let clock = jiff::Timestamp::now().to_string();
        make(&home);
        let lock = home.join(".sfdx/alias.json.lock");
        let _held = cause.contains("living").then(|| Held::new(lock));
        let before = adieu_testkit::Tree::of(home.root());
        let output = unprivileged(&home, "logout -o alpha-prod --json")
            .env("ADIEU_TEST_CLOCK", clock)
            .run()
            .code(1);
        assert_eq!(salesforce.requests().len(), 0, "{cause}: {output}");
        before.assert_only(
            &adieu_testkit::Tree::of(home.root()),
            &["home/.local/**", "home/.local"],
        );
        assert!(
            output.stdout.contains("its server was not told"),
            "{output}"
        );
    }
}

/// As managers of dotfiles have it: a directory, or one sign-in, that is a link inside the home.
#[test]
fn sign_ins_behind_links_inside_the_home_are_listed_and_go() {
    for place in [".sfdx", ".sfdx/beta@fixture.example.json"] {
        let salesforce = Salesforce::start();
        let home = home("basic-v1", &salesforce);
        let target = format!(
            "dotfiles/{}",
            place.trim_start_matches('.').replace('/', "-")
        );
        home.rename(place, &target).link(place, home.join(&target));
        let listed = org(&home, "list").run().success();
        assert!(listed.stdout.contains("beta@fixture.example"), "{listed}");
        org(&home, "logout -o beta-dev").run().success();
        let left = adieu_testkit::Tree::of(home.path());
        let of_beta = left
            .paths()
            .find(|path| path.to_string_lossy().contains("beta@"));
        assert!(of_beta.is_none(), "{place}: {of_beta:?}");
        assert!(
            !home.read(".sfdx/alias.json").contains("beta-dev"),
            "{place}"
        );
        assert_eq!(home.join(".sfdx").is_symlink(), place == ".sfdx");
    }
}
