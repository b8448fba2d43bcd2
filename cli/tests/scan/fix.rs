//! `--fix`: asked for, previewed, byte for byte.

use adieu_testkit::{Home, Tree};

use crate::support::{assert_says_no_secret, fixture, scan, scan_all};

#[test]
fn without_a_terminal_and_force_nothing_changes() {
    let home = fixture();
    let before = Tree::of(home.root());
    for words in ["--fix remove", "--fix comment", "--fix remove -o json"] {
        let output = scan_all(&home, words).run().code(2);
        assert!(output.stderr.contains("--force"), "{output}");
        assert_says_no_secret(&output);
    }
    for words in ["--fix remove --dry-run", "--fix comment --dry-run -o json"] {
        assert_says_no_secret(&scan_all(&home, words).run().code(1));
    }
    before.assert_same(&Tree::of(home.root()));
}

#[test]
fn force_and_dry_run_belong_to_fix() {
    for words in [
        "--force",
        "--dry-run",
        "--fix remove --format eval --shell bash",
    ] {
        scan(&Home::new(), words).run().code(2);
    }
}

#[test]
fn removal_takes_out_what_was_previewed_and_says_what_is_left() {
    let home = Home::new();
    home.write(
        ".bashrc",
        "a=1\r\nexport A=1 OPENAI_API_KEY=FAKE-one B=2\r\nexport ACME_TOKEN=FAKE-two\r\n",
    );
    home.write_with_mode(".zshrc", "export HF_TOKEN='FAKE\nthree'\n", 0o640);
    let planned = scan(&home, "--fix remove --dry-run -o json")
        .run()
        .code(1)
        .json();
    let output = scan(&home, "--fix remove --force -o json").run().code(1);
    assert_says_no_secret(&output);
    let done = output.json();
    let names = |document: &serde_json::Value, outcome: &str| -> Vec<String> {
        let edits = document["edits"].as_array().unwrap().iter();
        edits
            .inspect(|edit| assert_eq!(edit["outcome"], outcome))
            .map(|edit| edit["name"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names(&planned, "planned"), names(&done, "done"));
    assert_eq!(names(&done, "done"), ["OPENAI_API_KEY", "HF_TOKEN"]);
    // A name that only looks like a secret's is not acted on unless it is named.
    assert_eq!(
        home.read(".bashrc"),
        "a=1\r\nexport A=1 B=2\r\nexport ACME_TOKEN=FAKE-two\r\n"
    );
    assert_eq!(home.read(".zshrc"), "");
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let metadata = std::fs::metadata(home.join(".zshrc")).unwrap();
        assert_eq!(metadata.mode() & 0o7777, 0o640);
    }
    assert_eq!(done["findings"].as_array().unwrap().len(), 1);
    scan(&home, "--fix remove --force --name ACME_TOKEN")
        .run()
        .success();
    assert_eq!(home.read(".bashrc"), "a=1\r\nexport A=1 B=2\r\n");
    scan(&home, "").run().success();
}

#[test]
fn a_comment_says_that_the_secret_stays() {
    let home = Home::new();
    home.write(".bashrc", "export OPENAI_API_KEY=FAKE-one\n");
    let output = scan(&home, "--fix comment --force").run().code(1);
    assert_says_no_secret(&output);
    assert!(output.stderr.contains("keeps the secret"), "{output}");
    assert_eq!(home.read(".bashrc"), "# export OPENAI_API_KEY=FAKE-one\n");
    assert!(output.stdout.contains("in a comment"), "{output}");
    // Twice is once.
    scan(&home, "--fix comment --force").run().code(1);
    assert_eq!(home.read(".bashrc"), "# export OPENAI_API_KEY=FAKE-one\n");
}

#[test]
fn only_files_with_findings_change() {
    let home = fixture();
    let before = Tree::of(home.root());
    let output = scan_all(&home, "--fix remove --force").run().code(1);
    assert_says_no_secret(&output);
    let after = Tree::of(home.root());
    assert_eq!(
        home.read(".zprofile"),
        "# nothing secret here\nexport LANG=C.UTF-8\n"
    );
    assert!(!before.changes(&after).is_empty());
    let left = after.files_with("FAKE-anthropic-01");
    assert!(left.is_empty(), "{left:?}");
}

#[cfg(unix)]
#[test]
fn links_stay_and_so_do_their_targets() {
    let home = Home::new();
    home.write("dotfiles/bashrc", "export OPENAI_API_KEY=FAKE-one\n");
    std::os::unix::fs::symlink("dotfiles/bashrc", home.join(".bashrc")).unwrap();
    let before = Tree::of(home.root());
    let output = scan(&home, "--fix remove --force").run().code(1);
    assert!(output.stderr.contains("symbolic link"), "{output}");
    before.assert_same(&Tree::of(home.root()));
}
