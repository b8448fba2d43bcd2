//! `--fix` in scripts: what stays is a script for the real shells, and does what it did.
#![expect(
    clippy::disallowed_methods,
    reason = "real shells are started by the tests themselves"
)]

use std::path::Path;
use std::process::{Command, Output, Stdio};

use adieu_testkit::Home;

use crate::support::{left_out, scan};

/// A file, what a removal makes of it, and what a comment does.
struct Case {
    file: &'static str,
    text: &'static str,
    removed: &'static str,
    commented: &'static str,
}

const fn bash(text: &'static str, removed: &'static str, commented: &'static str) -> Case {
    Case {
        file: ".bashrc",
        text,
        removed,
        commented,
    }
}

const fn zsh(text: &'static str, removed: &'static str, commented: &'static str) -> Case {
    Case {
        file: ".zshrc",
        text,
        removed,
        commented,
    }
}

const CASES: [Case; 26] = [
    bash(
        ": \"${GITHUB_TOKEN:=FAKE-one}\"\necho ran\n",
        "echo ran\n",
        "# : \"${GITHUB_TOKEN:=FAKE-one}\"\necho ran\n",
    ),
    bash(
        ": \"${GITHUB_TOKEN:=FAKE-one}\" \"${B:=1}\"\necho ran\n",
        ": \"${B:=1}\"\necho ran\n",
        "# \"${GITHUB_TOKEN:=FAKE-one}\"\n: \"${B:=1}\"\necho ran\n",
    ),
    bash(
        "function g {\nexport GITHUB_TOKEN=FAKE-one\n}\ng\necho ran\n",
        "function g {\n:\n}\ng\necho ran\n",
        "function g {\n:\n# export GITHUB_TOKEN=FAKE-one\n}\ng\necho ran\n",
    ),
    bash(
        "function h { export GITHUB_TOKEN=FAKE-one; }\nh\necho ran\n",
        "function h { :; }\nh\necho ran\n",
        "# export GITHUB_TOKEN=FAKE-one\nfunction h { :; }\nh\necho ran\n",
    ),
    bash(
        "function h () {\n  export GITHUB_TOKEN=FAKE-one; }\nh\necho ran\n",
        "function h () {\n  :; }\nh\necho ran\n",
        "function h () {\n  # export GITHUB_TOKEN=FAKE-one\n  :; }\nh\necho ran\n",
    ),
    bash(
        "case a in\na)\nexport GITHUB_TOKEN=FAKE-one\n;;\nesac\necho ran\n",
        "case a in\na)\n:\n;;\nesac\necho ran\n",
        "case a in\na)\n:\n# export GITHUB_TOKEN=FAKE-one\n;;\nesac\necho ran\n",
    ),
    bash(
        "(\nexport GITHUB_TOKEN=FAKE-one\n)\necho ran\n",
        "(\n:\n)\necho ran\n",
        "(\n:\n# export GITHUB_TOKEN=FAKE-one\n)\necho ran\n",
    ),
    bash(
        "select x in a; do\nexport GITHUB_TOKEN=FAKE-one\ndone </dev/null\necho ran\n",
        "select x in a; do\n:\ndone </dev/null\necho ran\n",
        "select x in a; do\n:\n# export GITHUB_TOKEN=FAKE-one\ndone </dev/null\necho ran\n",
    ),
    bash(
        "true &&\n  export GITHUB_TOKEN=FAKE-one\necho ran\n",
        "true &&\n  :\necho ran\n",
        "true &&\n  :\n#   export GITHUB_TOKEN=FAKE-one\necho ran\n",
    ),
    bash(
        "export \"GITHUB_TOKEN\"=FAKE-one\necho ran\n",
        "echo ran\n",
        "# export \"GITHUB_TOKEN\"=FAKE-one\necho ran\n",
    ),
    bash(
        "export 'GITHUB_TOKEN=FAKE-one' A=1\necho ran\n",
        "export A=1\necho ran\n",
        "# export 'GITHUB_TOKEN=FAKE-one'\nexport A=1\necho ran\n",
    ),
    bash(
        "\\export GITHUB_TOKEN+=FAKE-one\necho ran\n",
        "echo ran\n",
        "# \\export GITHUB_TOKEN+=FAKE-one\necho ran\n",
    ),
    bash(
        "export GITHUB_TOKEN=FAKE-one \\\n  A=1\necho ran\n",
        "export \\\n  A=1\necho ran\n",
        "# export GITHUB_TOKEN=FAKE-one\nexport \\\n  A=1\necho ran\n",
    ),
    bash(
        "printf -v GITHUB_TOKEN %s FAKE-one\nexport GITHUB_TOKEN\necho ran\n",
        "export GITHUB_TOKEN\necho ran\n",
        "# printf -v GITHUB_TOKEN %s FAKE-one\nexport GITHUB_TOKEN\necho ran\n",
    ),
    bash(
        "eval 'export GITHUB_TOKEN=FAKE-one; A=1'\necho ran\n",
        "eval ':; A=1'\necho ran\n",
        "# export GITHUB_TOKEN=FAKE-one\neval ':; A=1'\necho ran\n",
    ),
    bash(
        "a() { env -u B \"GITHUB_TOKEN=FAKE-one\" true \"$@\"; }\na\necho ran\n",
        "a() { env -u B true \"$@\"; }\na\necho ran\n",
        "# \"GITHUB_TOKEN=FAKE-one\"\na() { env -u B true \"$@\"; }\na\necho ran\n",
    ),
    zsh(
        "foo() { export HF_TOKEN=FAKE-one }\nfoo\necho ran\n",
        "foo() { : }\nfoo\necho ran\n",
        "# export HF_TOKEN=FAKE-one\nfoo() { : }\nfoo\necho ran\n",
    ),
    zsh(
        "foo() { true; export HF_TOKEN=FAKE-one A=1 }\nfoo\necho ran\n",
        "foo() { true; export A=1 }\nfoo\necho ran\n",
        "# export HF_TOKEN=FAKE-one\nfoo() { true; export A=1 }\nfoo\necho ran\n",
    ),
    zsh(
        "function h { export HF_TOKEN=FAKE-one }\nh\necho ran\n",
        "function h { : }\nh\necho ran\n",
        "# export HF_TOKEN=FAKE-one\nfunction h { : }\nh\necho ran\n",
    ),
    zsh(
        "() {\n  export HF_TOKEN=FAKE-one\n}\necho ran\n",
        "() {\n  :\n}\necho ran\n",
        "() {\n  :\n#   export HF_TOKEN=FAKE-one\n}\necho ran\n",
    ),
    zsh(
        "if [[ -n $HOME ]] { export HF_TOKEN=FAKE-one }\necho ran\n",
        "if [[ -n $HOME ]] { : }\necho ran\n",
        "# export HF_TOKEN=FAKE-one\nif [[ -n $HOME ]] { : }\necho ran\n",
    ),
    zsh(
        "bar()\nexport HF_TOKEN=FAKE-one\nbar\necho ran\n",
        "bar()\n:\nbar\necho ran\n",
        "bar()\n:\n# export HF_TOKEN=FAKE-one\nbar\necho ran\n",
    ),
    zsh(
        "for x (a b)\n  export HF_TOKEN=FAKE-one\necho ran\n",
        "for x (a b)\n  :\necho ran\n",
        "for x (a b)\n  :\n#   export HF_TOKEN=FAKE-one\necho ran\n",
    ),
    zsh(
        "repeat 1 { export HF_TOKEN=FAKE-one }\necho ran\n",
        "repeat 1 { : }\necho ran\n",
        "# export HF_TOKEN=FAKE-one\nrepeat 1 { : }\necho ran\n",
    ),
    zsh(
        "{ true } always {\nexport HF_TOKEN=FAKE-one\n}\necho ran\n",
        "{ true } always {\n:\n}\necho ran\n",
        "{ true } always {\n:\n# export HF_TOKEN=FAKE-one\n}\necho ran\n",
    ),
    zsh(
        "function { export HF_TOKEN=FAKE-one }\necho ran\n",
        "function { : }\necho ran\n",
        "# export HF_TOKEN=FAKE-one\nfunction { : }\necho ran\n",
    ),
];

fn started(home: &Home, program: &str, arguments: &[&str]) -> Option<Output> {
    let places = ["/usr/bin", "/bin", "/usr/local/bin"];
    let mut places = places.iter().map(|place| Path::new(place).join(program));
    let Some(path) = places.find(|path| path.exists()) else {
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
    Some(output)
}

/// The file is read without a complaint, runs to its end, prints nothing else, and exports nothing.
#[track_caller]
fn assert_harmless(home: &Home, case: &Case) {
    let (program, quiet) = match case.file {
        ".bashrc" => ("bash", "--norc"),
        _ => ("zsh", "-f"),
    };
    let script = format!(". ~/{}; env | grep TOKEN; :", case.file);
    let Some(output) = started(home, program, &[quiet, "-c", &script]) else {
        return;
    };
    let said = String::from_utf8_lossy(&output.stdout);
    let complaints = String::from_utf8_lossy(&output.stderr);
    // The menu of `select` is said on the error stream.
    let complaints = complaints.trim_start_matches("1) a\n").replace("#? ", "");
    assert_eq!(
        (said.trim(), complaints.trim()),
        ("ran", ""),
        "{}",
        case.text
    );
}

#[test]
fn a_removal_leaves_a_script_that_runs() {
    for case in &CASES {
        let home = Home::new();
        home.write(case.file, case.text);
        let output = scan(&home, "--fix remove --force").run();
        assert_eq!(home.read(case.file), case.removed, "{}{output}", case.text);
        assert_harmless(&home, case);
    }
}

#[test]
fn a_comment_leaves_a_script_that_runs() {
    for case in &CASES {
        let home = Home::new();
        home.write(case.file, case.text);
        let output = scan(&home, "--fix comment --force").run();
        assert_eq!(
            home.read(case.file),
            case.commented,
            "{}{output}",
            case.text
        );
        assert_harmless(&home, case);
    }
}

#[test]
fn what_would_print_the_environment_or_is_quoted_text_stays() {
    for text in [
        "export GITHUB_TOKEN=FAKE-one $MORE\n",
        "export GITHUB_TOKEN=FAKE-one \"$@\"\n",
        "eval export GITHUB_TOKEN=FAKE-one\n",
        "awk '\nexport GITHUB_TOKEN=FAKE-one\n'\n",
        "cat <<E\nexport GITHUB_TOKEN=FAKE-one\nE\n",
        "sudo GITHUB_TOKEN=FAKE-one true\n",
        "systemctl --user set-environment GITHUB_TOKEN=FAKE-one\n",
    ] {
        let home = Home::new();
        home.write(".bashrc", text);
        let output = scan(&home, "--fix remove --force").run().code(1);
        assert_eq!(home.read(".bashrc"), text);
        assert!(output.stderr.contains("edit the file yourself"), "{output}");
        assert!(output.stderr.contains("GITHUB_TOKEN stays"), "{output}");
    }
}
