//! Symbolic links inside a person's own home, as managers of dotfiles make them, and links that are
//! none of these.

use std::os::unix::fs::symlink;
use std::path::Path;

use adieu_testkit::server::Server;
use adieu_testkit::{Home, PortalSession, Tree};
use rusqlite::Connection;

use crate::hostile_places::is_root;
use crate::killed::killed_everywhere;
use crate::support::{PORTAL, TRAIL, adieu, run, tree};

const DATABASE: &str = ".local/share/opencode/opencode.db";
const WORDS: [&str; 4] = ["logout", "--all", "--force", "--no-revoke"];

/// A home with a sign-in of each kind of place, and what must stay beside it.
fn signed_in() -> Home {
    let home = Home::new();
    let session = PortalSession::new(PORTAL, "us-east-1", "FAKE-portal-token");
    home.aws_cli_portal_session(&session, None);
    home.write(
        ".claude/.credentials.json",
        "{\"claudeAiOauth\":{\"accessToken\":\"FAKE-access\",\"refreshToken\":\"FAKE-refresh\",\
             \"expiresAt\":4102444800000},\"mcpOAuth\":{\"x\":{\"accessToken\":\"FAKE-mcp\"}}}",
    )
    .write(
        ".claude.json",
        "{\"oauthAccount\":{\"emailAddress\":\"ana@example.test\"},\"theme\":\"dark\"}",
    )
    .write(
        ".codex/auth.json",
        "{\"auth_mode\":\"apikey\",\"OPENAI_API_KEY\":\"FAKE-key-of-codex\"}",
    )
    .directory(".local/share/opencode");
    let connection = Connection::open(home.join(DATABASE)).unwrap();
    connection
        .execute_batch(
            "CREATE TABLE account (id TEXT PRIMARY KEY, email TEXT, url TEXT, token TEXT);
             CREATE TABLE message (id TEXT PRIMARY KEY, text TEXT);
             INSERT INTO message VALUES ('1', 'a letter to keep');
             INSERT INTO account VALUES ('one', 'ana@example.test', 'https://one.test', 'FAKE-of-ana');",
        )
        .unwrap();
    home
}

/// Moves a place to where a manager of dotfiles keeps it.
fn manage(home: &Home, place: &str, target: &str, is_absolute: bool) {
    let (from, to) = (home.join(place), home.join(target));
    std::fs::create_dir_all(to.parent().unwrap()).unwrap();
    std::fs::rename(&from, &to).unwrap();
    let text = if is_absolute {
        to
    } else {
        let depth = Path::new(place).components().count() - 1;
        Path::new(&"../".repeat(depth)).join(target)
    };
    symlink(text, from).unwrap();
}

/// Places, where they are kept, and whether the link goes with the file that it led to.
const MANAGED: [(&str, &str, bool); 10] = [
    (".aws", "dotfiles/aws", false),
    (".aws/sso", "dotfiles/sso", false),
    (".aws/sso/cache", "dotfiles/cache", false),
    (".claude", "dotfiles/claude", false),
    (
        ".claude/.credentials.json",
        "dotfiles/credentials.json",
        false,
    ),
    (".claude.json", "dotfiles/claude.json", false),
    (".codex", "dotfiles/codex", false),
    (".codex/auth.json", "dotfiles/codex.json", true),
    (".local/share/opencode", "dotfiles/opencode", false),
    (DATABASE, "dotfiles/opencode.db", false),
];

#[test]
fn what_is_behind_a_link_goes_as_it_goes_without_one() {
    let plain = signed_in();
    let check = run(&plain, &WORDS);
    let expected = Tree::of(plain.path());
    let secrets = |home: &Home| {
        let tree = Tree::of(home.path());
        let secrets = ["FAKE-portal", "FAKE-access", "FAKE-key-of", "FAKE-of-ana"];
        secrets.map(|secret| tree.files_with(secret).len())
    };
    let left = secrets(&plain);
    for (place, target, goes) in MANAGED {
        for is_absolute in [false, true] {
            let home = signed_in();
            manage(&home, place, target, is_absolute);
            let case = format!("{place} {is_absolute}");
            let (link, real) = (format!("$HOME/{place}"), format!("$HOME/{target}"));
            for words in [
                &["status", "-o", "json"][..],
                &["logout", "--all", "--dry-run", "-o", "json"],
            ] {
                let output = run(&home, words);
                let links = output.json()["links"].clone();
                let named = serde_json::json!({"link": link, "target": real});
                assert!(
                    links.as_array().unwrap().contains(&named),
                    "{case} {words:?}: {links}"
                );
            }
            let said = run(&home, &["logout", "--all", "--dry-run"]);
            let sentence = format!("~/{place} is a link to ~/{target}, and is followed");
            assert!(said.stdout.contains(&sentence), "{case}: {said}");
            let output = run(&home, &WORDS);
            assert_eq!(output.status, check.status, "{case}: {output}");
            assert!(output.stdout.contains(&sentence), "{case}: {output}");
            assert_eq!(secrets(&home), left, "{case}: {output}");
            assert_eq!(home.join(place).is_symlink(), !goes, "{case}: {output}");
            // Put back under its name, it is what it would have been.
            if home.join(place).is_symlink() {
                std::fs::remove_file(home.join(place)).unwrap();
                std::fs::rename(home.join(target), home.join(place)).unwrap();
            }
            let changes = expected.changes(&Tree::of(home.path()));
            let changes = changes.except(&[".local/state/**", "dotfiles", "dotfiles/**"]);
            let text = changes.to_string();
            let only_database = changes.paths().all(|path| path.ends_with("opencode.db"));
            assert!(changes.is_empty() || only_database, "{case}: {text}");
            let after = run(&home, &["status", "--check"]);
            assert_eq!(
                after.status,
                run(&plain, &["status", "--check"]).status,
                "{case}: {after}"
            );
        }
    }
}

#[test]
fn strict_way_follows_no_link() {
    for (place, target, _) in MANAGED {
        let home = signed_in();
        manage(&home, place, target, false);
        let before = tree(&home);
        let words = [&WORDS[..], &["--no-links"]].concat();
        let output = run(&home, &words);
        assert!(
            output.to_string().contains("symbolic link"),
            "{place}: {output}"
        );
        let real = format!("home/{target}");
        let changes = before.changes(&tree(&home));
        let touched = changes.paths().find(|path| path.starts_with(&real));
        assert!(touched.is_none(), "{place}: {touched:?}");
        assert!(home.join(place).is_symlink());
        assert_eq!(
            run(&home, &["--no-links", "status", "--check"]).status,
            Some(1),
            "{place}"
        );
    }
}

/// How a link is made that is not to be followed, and what is said of it.
type Hostile = (&'static str, fn(&Home), &'static str);

const HOSTILE: [Hostile; 8] = [
    (
        "out of the home",
        |home| {
            std::fs::rename(home.join(".codex"), home.root().join("codex")).unwrap();
            home.link(".codex", home.root().join("codex"));
        },
        "out of the home directory",
    ),
    (
        "out by dots",
        |home| {
            std::fs::rename(home.join(".codex"), home.root().join("codex")).unwrap();
            home.link(".codex", "../codex");
        },
        "out of the home directory",
    ),
    (
        "a file out of the home",
        |home| {
            std::fs::rename(home.join(".codex/auth.json"), home.root().join("codex")).unwrap();
            home.link(".codex/auth.json", home.root().join("codex"));
        },
        "symbolic link",
    ),
    (
        "nothing there",
        |home| {
            home.rename(".codex", "moved").link(".codex", "nothing");
        },
        "is not there",
    ),
    (
        "a loop",
        |home| {
            home.rename(".codex", "moved")
                .link(".codex", "loop")
                .link("loop", ".codex");
        },
        "in a circle",
    ),
    (
        "a place open to others",
        |home| {
            home.rename(".codex", "open/codex-of-mine")
                .link(".codex", "open/codex-of-mine");
            home.mode("open", 0o777);
        },
        "others can write",
    ),
    (
        "a directory open to others holds the link",
        |home| {
            home.rename(".codex/auth.json", "mine.json")
                .link(".codex/auth.json", "../mine.json");
            home.mode(".codex", 0o777);
        },
        "symbolic link",
    ),
    (
        "by way of another place",
        |home| {
            home.rename(".codex", "mine")
                .link("way", home.root().join("elsewhere"));
            symlink("home/mine", home.root().join("elsewhere")).unwrap();
            home.link(".codex", "way");
        },
        "out of the home directory",
    ),
];

#[test]
fn link_that_is_not_the_persons_own_inside_the_home_is_refused_and_said() {
    for (name, make, said) in HOSTILE {
        let home = Home::new();
        home.write(
            ".codex/auth.json",
            "{\"auth_mode\":\"apikey\",\"OPENAI_API_KEY\":\"FAKE-key-of-codex\"}",
        )
        .directory("open");
        make(&home);
        let before = tree(&home);
        let status = run(&home, &["status", "--check"]);
        assert_eq!(status.status, Some(3), "{name}: {status}");
        assert!(status.stderr.contains(said), "{name}: {status}");
        let output = run(&home, &WORDS);
        assert_ne!(output.status, Some(0), "{name}: {output}");
        before.assert_only(&tree(&home), &[TRAIL, "home/.local"]);
    }
}

#[test]
fn link_to_what_is_another_users_is_refused() {
    if !is_root() {
        return;
    }
    for theirs in [
        "dotfiles/codex/auth.json",
        "dotfiles/codex",
        "dotfiles",
        ".codex",
    ] {
        let home = signed_in();
        manage(&home, ".codex", "dotfiles/codex", false);
        std::os::unix::fs::lchown(home.join(theirs), Some(12345), Some(12345)).unwrap();
        let before = tree(&home);
        let output = run(&home, &["logout", "codex", "--no-revoke"]);
        assert!(matches!(output.status, Some(1 | 3)), "{theirs}: {output}");
        assert!(
            output.stderr.contains("user id 12345"),
            "{theirs}: {output}"
        );
        before.assert_only(&tree(&home), &[TRAIL, "home/.local"]);
    }
}

/// A home that is looked at from outside: nothing of this machine is touched through it.
#[test]
fn links_in_another_home_never_lead_out_of_it() {
    let own = signed_in();
    for text in [own.join(".codex"), "../".repeat(40).into(), "/".into()] {
        let mounted = Home::new();
        mounted.link(".codex", &text);
        let before = Tree::of(own.root());
        let home = mounted.path();
        let output = adieu(&own)
            .args(["logout", "codex", "--no-revoke", "--home"])
            .arg(home)
            .run();
        assert!(matches!(output.status, Some(1 | 3)), "{output}");
        before.assert_same(&Tree::of(own.root()));
    }
    let mounted = signed_in();
    manage(&mounted, ".codex", "dotfiles/codex", false);
    let output = adieu(&own)
        .args(["logout", "codex", "--no-revoke", "--home"])
        .arg(mounted.path())
        .run();
    output.success();
    assert!(!mounted.has("dotfiles/codex/auth.json") && own.has(".codex/auth.json"));
}

/// A repository's links are not the person's, wherever it was cloned to.
#[test]
fn links_in_a_repository_are_not_followed() {
    let home = signed_in();
    let repository = home.join("src/repository");
    home.directory("src/repository/.claude").link(
        "src/repository/.claude/settings.local.json",
        "../../../.claude.json",
    );
    let claude = home.read(".claude.json");
    let output = adieu(&home)
        .cwd(&repository)
        .args(["status", "-o", "json"])
        .run();
    let text = output.json().to_string();
    assert!(text.contains("settings.local.json"), "{output}");
    assert!(
        output.json()["links"].as_array().unwrap().is_empty(),
        "{output}"
    );
    adieu(&home).cwd(&repository).args(WORDS).run();
    assert!(
        home.join("src/repository/.claude/settings.local.json")
            .is_symlink()
    );
    assert_eq!(
        home.read(".claude.json").contains("theme"),
        claude.contains("theme")
    );
}

fn managed(_: &Server) -> Home {
    let home = signed_in();
    for (place, target) in [
        (".claude", "dotfiles/claude"),
        (".claude.json", "dotfiles/claude.json"),
        (".codex/auth.json", "dotfiles/codex.json"),
        (DATABASE, "dotfiles/opencode.db"),
        (".aws", "dotfiles/aws"),
    ] {
        manage(&home, place, target, false);
    }
    home
}

#[test]
fn logout_through_links_killed_at_every_write_is_finished_later() {
    let kills = killed_everywhere(managed, &["logout", "--all", "--force", "--no-revoke"]);
    for file in ["dotfiles/codex.json", "dotfiles/claude"] {
        let is_made = |made: &String| made.contains(file.rsplit('/').next().unwrap());
        assert!(
            kills.is_empty() || kills.iter().any(is_made),
            "{file}: {kills:#?}"
        );
    }
}
