//! What `adieu status` does to the machine, by its system calls: it reads a bounded number of files,
//! and nothing else.

use adieu_testkit::{Adieu, Home};

use crate::support::{adieu, home, left_out};

/// A home in which several tools were used.
fn lived_in() -> Home {
    let all = home("claude-file");
    for name in ["codex-chatgpt", "gemini-google", "copilot-plaintext", "amp"] {
        let one = home(name);
        for path in [
            ".codex/auth.json",
            ".codex/config.toml",
            ".gemini/oauth_creds.json",
            ".gemini/settings.json",
            ".copilot/config.json",
            ".config/gh/hosts.yml",
            ".local/share/amp/secrets.json",
        ] {
            if one.has(path) {
                all.write(path, one.read(path));
            }
        }
    }
    all.write(".bashrc", "export HF_TOKEN=FAKE-hf\n. ~/.keys\n")
        .write(".keys", "export ANTHROPIC_API_KEY=FAKE-key\n");
    all
}

/// The lines of `strace` for a run.
fn calls(home: &Home, words: &str) -> Vec<String> {
    let record = home.temporary().join("record");
    // The program's environment, so that nothing of this machine's is in reach.
    let plain: std::process::Command = adieu(home, words).command();
    let mut traced = Adieu::new("/usr/bin/strace")
        .home(home)
        .args(["-f", "-qq", "-s", "200"])
        .args(["-e", "trace=%file,%network,%process,write"])
        .arg("-o")
        .arg(&record)
        .arg(plain.get_program())
        .args(plain.get_args().map(std::ffi::OsStr::to_owned));
    for (name, value) in plain.get_envs() {
        if let Some(value) = value {
            traced = traced.env(name, value);
        }
    }
    traced.run().success();
    let text = std::fs::read_to_string(record).unwrap();
    text.lines().map(str::to_owned).collect()
}

#[test]
fn status_opens_nothing_for_writing_connects_to_nobody_and_starts_nothing() {
    if !std::path::Path::new("/usr/bin/strace").exists() {
        left_out("strace is not there");
        return;
    }
    let home = lived_in();
    for words in [
        "status",
        "status claude -o json",
        "status --check codex gemini",
    ] {
        let words = words.replace("--check ", "");
        let calls = calls(&home, &words);
        let is_call = |line: &str, call: &str| line.contains(&format!(" {call}("));
        let starts = calls.iter().filter(|line| is_call(line, "execve")).count();
        assert_eq!(starts, 1, "{words}: a program was started");
        for line in &calls {
            // The key store is asked through the session bus, a socket of this machine.
            let reaches_out = is_call(line, "socket") && !line.contains("AF_UNIX");
            assert!(!reaches_out, "{words}: {line}");
            let is_open = is_call(line, "openat") || is_call(line, "open");
            let writes = ["O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC"];
            let is_write = is_open && writes.iter().any(|flag| line.contains(flag));
            assert!(!is_write, "{words}: {line}");
            for call in [
                "unlink",
                "unlinkat",
                "rename",
                "renameat",
                "renameat2",
                "mkdir",
                "mkdirat",
                "link",
                "linkat",
                "symlinkat",
                "chmod",
                "fchmodat",
                "fchownat",
                "truncate",
                "utimensat",
            ] {
                assert!(!is_call(line, call), "{words}: {line}");
            }
        }
    }
}

#[test]
fn status_reads_no_more_files_where_there_are_more() {
    if !std::path::Path::new("/usr/bin/strace").exists() {
        left_out("strace is not there");
        return;
    }
    let home = lived_in();
    let opens = |home: &Home| {
        let calls = calls(home, "status");
        calls.iter().filter(|line| line.contains("openat(")).count()
    };
    let before = opens(&home);
    for number in 0..300 {
        home.write(format!(".other-{number}rc"), "export HF_TOKEN=FAKE-hf\n")
            .write(format!("work/{number}/.env"), "HF_TOKEN=FAKE-hf\n")
            .write(format!(".claude/projects/{number}/x.jsonl"), "{}\n");
    }
    // A file of an unknown tool is looked into once if it may hold a sign-in, and 8,000 at most.
    let after = opens(&home);
    assert!(after <= before + 300, "{after} after {before}");
    for number in 300..8400 {
        home.write(format!(".other-{number}rc"), "export HF_TOKEN=FAKE-hf\n");
    }
    let after = opens(&home);
    assert!(after <= before + 8000, "{after} after {before}");
    assert!(before < 700, "{before} files and directories were opened");
}
