//! The real shells agree: what we call active is what they export, and no more.
#![expect(
    clippy::disallowed_methods,
    reason = "real shells are started by the tests themselves"
)]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Stdio};

use adieu_testkit::Home;

use crate::support::{fixture, left_out, scan_all};

/// The names of the recorded home that a shell has in its environment after its start-up files.
fn exported(home: &Home, program: &str, arguments: &[&str]) -> Option<BTreeSet<String>> {
    let Some(path) = ["/usr/bin", "/bin", "/usr/local/bin"]
        .iter()
        .map(|directory| Path::new(directory).join(program))
        .find(|path| path.exists())
    else {
        left_out(&format!("{program} is not installed"));
        return None;
    };
    let output = Command::new(path)
        .args(arguments)
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("HOME", home.path())
        .env("LC_ALL", "C.UTF-8")
        .current_dir(home.path())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let names = text
        .lines()
        .filter_map(|line| line.split_once('='))
        .map(|(name, _)| name.to_owned());
    Some(names.collect())
}

/// The names of interest that the scan calls active in these files, by the files that lead there.
fn active(home: &Home, files: &[&str]) -> BTreeSet<String> {
    let document = scan_all(home, "-o json").run().code(1).json();
    let findings = document["findings"].as_array().unwrap().clone();
    findings
        .iter()
        .filter(|finding| finding["state"] == "active" && finding["form"] != "alias")
        .filter(|finding| {
            let first = finding["via"].get(0).unwrap_or(&finding["file"]);
            let first = first.as_str().unwrap_or_default();
            files.iter().any(|file| first == format!("$HOME/{file}"))
        })
        .map(|finding| finding["name"].as_str().unwrap().to_owned())
        .collect()
}

/// All names that the scan found anywhere.
fn known(home: &Home) -> BTreeSet<String> {
    let document = scan_all(home, "-o json").run().code(1).json();
    let findings = document["findings"].as_array().unwrap().clone();
    findings
        .iter()
        .filter_map(|finding| finding["name"].as_str().map(str::to_owned))
        .collect()
}

#[track_caller]
fn assert_agrees(program: &str, arguments: &[&str], files: &[&str]) {
    let home = fixture();
    let known = known(&home);
    let expected = active(&home, files);
    let Some(all) = exported(&home, program, arguments) else {
        return;
    };
    let found: BTreeSet<String> = all.intersection(&known).cloned().collect();
    assert_eq!(found, expected, "{program}");
    assert!(!found.is_empty());
}

#[test]
fn bash_exports_what_is_active() {
    // A variable that depends on the machine is set, so that the branch is not taken.
    assert_agrees(
        "bash",
        &["--norc", "-c", "CI=1; . ~/.bashrc >/dev/null 2>&1; env"],
        &[".bashrc"],
    );
}

#[test]
fn bash_exports_what_a_login_adds() {
    assert_agrees(
        "bash",
        &[
            "--norc",
            "-c",
            "CI=1; . ~/.bash_profile >/dev/null 2>&1; env",
        ],
        &[".bashrc", ".bash_profile"],
    );
}

#[test]
fn zsh_exports_what_is_active() {
    assert_agrees(
        "zsh",
        &[
            "-f",
            "-c",
            ". ~/.zshenv 2>/dev/null; . ~/.zshrc 2>/dev/null; env",
        ],
        &[".zshenv", ".zshrc"],
    );
}

#[test]
fn fish_exports_what_is_active() {
    assert_agrees(
        "fish",
        &["-c", "env"],
        &[
            ".config/fish/config.fish",
            ".config/fish/conf.d/10-keys.fish",
            ".config/fish/fish_variables",
        ],
    );
}

#[test]
fn csh_exports_what_is_active() {
    assert_agrees("tcsh", &["-c", "env"], &[".cshrc"]);
}

/// After a removal the shells read their files without a complaint, and export nothing any more.
#[test]
fn shells_read_what_a_removal_leaves() {
    for (program, arguments) in [
        (
            "bash",
            &[
                "--norc",
                "-c",
                "set -e; bash -n ~/.bashrc; CI=1; set +e; . ~/.bashrc >/dev/null 2>&1; env",
            ][..],
        ),
        (
            "zsh",
            &["-f", "-c", ". ~/.zshenv; . ~/.zshrc 2>/dev/null; env"],
        ),
        ("fish", &["-c", "env"]),
        ("tcsh", &["-c", "env"]),
    ] {
        let home = fixture();
        let known = known(&home);
        let names: Vec<&str> = known.iter().map(String::as_str).collect();
        let words = format!("--fix remove --force --name {}", names.join(","));
        scan_all(&home, &words).run().code(1);
        let Some(all) = exported(&home, program, arguments) else {
            continue;
        };
        assert!(all.contains("HOME"), "{program} ran to its end");
        let left: Vec<_> = all.intersection(&known).collect();
        assert!(left.is_empty(), "{program}: {left:?}");
    }
}

#[test]
fn the_lines_to_evaluate_work_in_real_shells() {
    let home = Home::new();
    for (shell, program, script) in [
        ("bash", "bash", "eval \"$LINES_\"; env"),
        ("zsh", "zsh", "eval \"$LINES_\"; env"),
        ("fish", "fish", "eval $LINES_; env"),
        ("csh", "tcsh", "eval \"$LINES_:q\"; env"),
    ] {
        let lines = adieu_testkit::Adieu::new(env!("CARGO_BIN_EXE_adieu"))
            .home(&home)
            .env("OPENAI_API_KEY", "FAKE-one")
            .args(["scan", "--format", "eval", "--shell", shell])
            .run()
            .success()
            .stdout;
        let path = Path::new("/usr/bin").join(program);
        if !path.exists() {
            left_out(&format!("{program} is not installed"));
            continue;
        }
        let output = Command::new(path)
            .args(["-c", script])
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("HOME", home.path())
            .env("OPENAI_API_KEY", "FAKE-one")
            .env("LINES_", lines.trim_end())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(text.contains("HOME="), "{shell}: {text}");
        let is_set = text.lines().any(|line| line.starts_with("OPENAI_API_KEY="));
        assert!(!is_set, "{shell}: {text}");
    }
}
