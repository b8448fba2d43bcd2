//! `--home DIR` on somebody else's home, or a disk that was mounted: nothing in it is run, nothing out of
//! it is followed, whatever its owner has put there.

use std::os::unix::fs::{chown, lchown};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;

use adieu_testkit::{Adieu, Home, Tree};

use crate::support::adieu;

/// Whoever owns the home, where this test may give it away.
const OWNER: u32 = 4001;

/// Places of catalogued tools, of clouds, of an AI tool, and of one that nobody knows.
const PLACES: [&str; 9] = [
    ".config/gh/hosts.yml",
    ".docker/config.json",
    ".npmrc",
    ".netrc",
    ".aws/credentials",
    ".kube/config",
    ".codex/auth.json",
    ".config/netlify/config.json",
    ".unheard-of/auth.json",
];

/// Everything below a directory belongs to that person, links themselves too.
fn give_away(directory: &Path) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        lchown(&path, Some(OWNER), Some(OWNER)).unwrap();
        if path.is_dir() && !path.is_symlink() {
            give_away(&path);
        }
    }
    chown(directory, Some(OWNER), Some(OWNER)).unwrap();
}

/// The program as whoever runs these tests, on somebody else's home if that can be.
fn on(own: &Home, other: &Home, words: &str) -> Adieu {
    if std::os::unix::fs::MetadataExt::uid(&std::fs::metadata(own.root()).unwrap()) == 0 {
        give_away(&other.path());
    }
    let home = other.path().display().to_string();
    adieu(own)
        .env("PATH", format!("{home}/bin:/usr/bin:/bin"))
        .args(words.split(' '))
        .args(["--home", &home])
}

/// A secret outside of the home, which its owner cannot read.
fn outside(home: &Home) -> String {
    let secret = "{\"access_token\": \"FAKE-outside-1a2b3c4d5e6f\", \"auths\": {\"h.example\": {\"auth\": \"FAKE-outside\"}}}";
    home.write_with_mode("root-only", secret, 0o600);
    home.join("root-only").display().to_string()
}

#[test]
fn links_out_of_another_home_are_not_followed() {
    let (own, other) = (Home::new(), Home::new());
    let target = outside(&own);
    for place in PLACES {
        let directory = Path::new(place).parent().unwrap();
        if !directory.as_os_str().is_empty() {
            other.directory(directory);
        }
        other.link(place, &target);
    }
    // Whole directories too.
    own.write(
        "root-directory/auth.json",
        "{\"access_token\": \"FAKE-outside-1a2b3c4d5e6f\"}",
    );
    other.link(".azure", own.join("root-directory"));
    other.link(".config/gcloud", own.join("root-directory"));
    let before = Tree::of(own.root());
    for words in [
        "status -o json",
        "status --check",
        "list",
        "logout --all --force --no-revoke",
    ] {
        let output = on(&own, &other, words).run();
        for text in [&output.stdout, &output.stderr] {
            assert!(!text.contains("FAKE-outside"), "{words}: {output}");
            assert!(!text.contains("h.example"), "{words}: {output}");
        }
        before.assert_same(&Tree::of(own.root()));
        if words == "status --check" {
            assert!(!output.stdout.contains("Clean"), "{output}");
        }
    }
}

#[test]
fn nothing_of_another_home_is_run() {
    let (own, other) = (Home::new(), Home::new());
    let mark = other.join("RAN").display().to_string();
    let script = format!("#!/bin/sh\n/usr/bin/touch {mark}\n");
    for program in [
        "bin/claude",
        "bin/gh",
        "bin/docker-credential-evil",
        "bin/aws",
        "bin/gcloud",
        "bin/az",
        "bin/sf",
        "bin/git-credential-evil",
        ".local/bin/claude",
        ".claude/local/claude",
        "bin/evil",
    ] {
        other.write_with_mode(program, &script, 0o755);
    }
    let evil = other.join("bin/evil").display().to_string();
    other
        .write(".docker/config.json", "{\"auths\": {\"h.example\": {}}, \"credsStore\": \"evil\"}")
        .write(".aws/config", format!("[profile x]\ncredential_process = {evil}\n"))
        .write(".gitconfig", format!("[credential]\n\thelper = !{evil}\n"))
        .write(
            ".kube/config",
            format!("users:\n- name: x\n  user:\n    exec:\n      command: {evil}\n"),
        )
        .write(
            ".claude/.credentials.json",
            "{\"claudeAiOauth\": {\"accessToken\": \"FAKE-a\", \"refreshToken\": \"FAKE-r\", \"expiresAt\": 4102444800000}}",
        )
        .write(".claude/settings.json", format!("{{\"apiKeyHelper\": \"{evil}\"}}"));
    for words in [
        "status -o json",
        "status claude",
        "logout --all --force --dry-run",
        "logout --all --force --timeout 1",
        "logout --all --incident --force --timeout 1",
    ] {
        let output = on(&own, &other, words)
            .env("HTTPS_PROXY", "http://127.0.0.1:9")
            .run();
        assert!(!Path::new(&mark).exists(), "{words}: {output}");
    }
}

#[test]
fn pipes_and_sockets_in_the_place_of_files_stop_nobody() {
    let (own, other) = (Home::new(), Home::new());
    let mut sockets = Vec::new();
    for (at, place) in PLACES.iter().enumerate() {
        let directory = Path::new(place).parent().unwrap();
        if !directory.as_os_str().is_empty() {
            other.directory(directory);
        }
        let path = other.join(place);
        if at % 2 == 0 {
            let made = Command::new("/usr/bin/mkfifo").arg(&path).status().unwrap();
            assert!(made.success());
        } else {
            sockets.push(UnixListener::bind(&path).unwrap());
        }
    }
    for socket in &sockets {
        socket.set_nonblocking(true).unwrap();
    }
    for words in ["status", "logout --all --force --no-revoke"] {
        // A run that waits for somebody at the other end is stopped by the test kit, and fails.
        let output = on(&own, &other, words).run();
        assert!(!output.stdout.contains("Clean"), "{words}: {output}");
        for socket in &sockets {
            assert!(socket.accept().is_err(), "{words}: {output}");
        }
        for place in PLACES {
            assert!(other.has(place), "{place}: {output}");
        }
    }
}
