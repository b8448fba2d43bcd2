//! Global flags and variables of Atmos, as scripts use them.
#![expect(
    clippy::disallowed_methods,
    reason = "tests take away the files that they made"
)]

use adieu_testkit::{Home, Tree};

use crate::support::{adieu, signed_in};

#[test]
fn flags_of_atmos_are_accepted_before_and_after_the_command() {
    let home = signed_in();
    let expected = adieu(&home).args(["auth", "list"]).run().success().stdout;
    for flags in [
        "--interactive",
        "--interactive=false",
        "--interactive=true",
        "--force-tty",
        "--force-tty=true",
        "--force-color=false",
        "--mask",
        "--mask=false",
        "--pager",
        "--pager=false",
        "--pager=less",
        "--verbose",
        "--use-version 1.200.0",
        "--logs-file /dev/stderr",
        "--redirect-stderr /dev/null",
        "--profiler-enabled=false --profiler-host localhost --profiler-port 6060",
        "--profile-file out --profile-type cpu",
        "--heatmap --heatmap-mode bar",
    ] {
        let before = Tree::of(home.root());
        let flags: Vec<&str> = flags.split(' ').collect();
        let first = [&flags[..], &["auth", "list"]].concat();
        let last = [&["auth", "list"][..], &flags].concat();
        for words in [first, last] {
            let output = adieu(&home).args(words).run().success();
            assert_eq!(output.stdout, expected, "{output}");
        }
        before.assert_same(&Tree::of(home.root()));
    }
}

#[test]
fn colour_can_be_forced_and_taken_away_again() {
    let home = signed_in();
    let shows = |words: &[&str], variables: &[(&str, &str)]| {
        let mut command = adieu(&home)
            .args(["auth", "list"])
            .args(words.iter().copied());
        for (name, value) in variables {
            command = command.env(*name, *value);
        }
        command.run().success().stdout.contains("\u{1b}[32m")
    };
    assert!(!shows(&[], &[]));
    assert!(shows(&["--force-color"], &[]));
    assert!(shows(&[], &[("ATMOS_FORCE_COLOR", "true")]));
    assert!(!shows(&["--no-color"], &[("ATMOS_FORCE_COLOR", "true")]));
    assert!(!shows(&["--force-color", "--no-color"], &[]));
}

#[test]
fn log_lines_go_to_the_file_that_is_named() {
    let home = signed_in();
    let logout = |words: &[&str]| {
        let command = adieu(&home).args(["auth", "logout", "ledger-readonly", "--no-revoke"]);
        let command = command
            .args(words.iter().copied())
            .env("ATMOS_LOGS_LEVEL", "Debug");
        command.run().success()
    };
    home.write("log", "first\n");
    let path = home.join("log").display().to_string();
    let output = logout(&["--logs-file", &path]);
    assert!(!output.stderr.contains("DEBUG"), "{output}");
    let written = home.read("log");
    assert!(written.starts_with("first\n"), "{written}");
    assert!(
        written.contains("DEBUG Starting logout identity=ledger-readonly\n"),
        "{written}"
    );
    // A link is not followed, and the line is not lost.
    home.link("linked", home.join("log"));
    let linked = home.join("linked").display().to_string();
    let output = logout(&["--logs-file", &linked]);
    assert!(output.stderr.contains("DEBUG"), "{output}");
    assert_eq!(home.read("log"), written);
    assert!(
        !logout(&["--logs-file", "/dev/null"])
            .stderr
            .contains("DEBUG")
    );
}

#[cfg(unix)]
#[test]
fn everything_that_is_not_data_goes_where_it_is_redirected() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = signed_in();
    let path = home.join("errors");
    let run = |path: &std::path::Path| {
        let command = adieu(&home).args(["auth", "whoami", "-i", "nobody", "--redirect-stderr"]);
        command.arg(path).run()
    };
    let output = run(&path).code(2);
    assert_eq!(output.stderr, "");
    assert!(home.read("errors").contains("not found in configuration"));
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    home.link("linked", &path);
    let before = home.read("errors");
    let refused = run(&home.join("linked")).code(2);
    assert!(refused.stderr.contains("--redirect-stderr"), "{refused}");
    assert_eq!(home.read("errors"), before);
}

#[test]
fn variables_of_atmos_stand_in_for_the_flags_of_env_and_whoami() {
    let home = signed_in();
    let env = |words: &[&str], variables: &[(&str, &str)]| {
        let mut command = adieu(&home).args(["auth", "env", "-i", "ledger-admin"]);
        command = command.args(words.iter().copied());
        for (name, value) in variables {
            command = command.env(*name, *value);
        }
        command.run()
    };
    let dotenv = env(&["--format", "dotenv"], &[]).success().stdout;
    assert_eq!(
        env(&[], &[("ATMOS_AUTH_ENV_FORMAT", "dotenv")])
            .success()
            .stdout,
        dotenv
    );
    let by_flag = env(&["-f", "bash"], &[("ATMOS_AUTH_ENV_FORMAT", "dotenv")])
        .success()
        .stdout;
    assert!(by_flag.starts_with("export "), "{by_flag}");
    let wrong = env(&[], &[("ATMOS_AUTH_ENV_FORMAT", "xml")]).code(2);
    assert!(wrong.stderr.contains("unsupported format: xml"), "{wrong}");
    for (words, variables) in [
        (&["-f", "dotenv", "-o", "vars"][..], &[][..]),
        (&["-f", "dotenv", "-ovars"], &[]),
        (&["-f", "dotenv", "--output-file", "vars"], &[]),
        (&["-f", "dotenv"], &[("ATMOS_AUTH_ENV_OUTPUT_FILE", "vars")]),
    ] {
        let output = env(words, variables).success();
        assert_eq!(output.stdout, "");
        let file = home.work().join("vars");
        let written = std::fs::read_to_string(&file).unwrap();
        let written = written.replace(home.path().to_str().unwrap(), "$HOME");
        assert_eq!(written, dotenv, "{output}");
        std::fs::remove_file(file).unwrap();
    }
    assert!(env(&["-o", "json"], &[]).success().stdout.starts_with('{'));
    let whoami = adieu(&home).args(["auth", "whoami", "--offline", "-i", "ledger-admin"]);
    let whoami = whoami.env("ATMOS_AUTH_WHOAMI_OUTPUT", "json").run();
    assert_eq!(whoami.json()["identity"], "ledger-admin");
}

#[test]
fn configuration_without_auth_has_nobody_and_is_no_error() {
    let home = Home::new();
    home.atmos_yaml("base_path: ./\n");
    let run = |words: &str| adieu(&home).args(words.split(' ')).run().success();
    let said = "No providers or identities configured\n";
    for words in ["auth list", "auth list --format table", "auth logout"] {
        assert_eq!(run(words).stdout, said, "{words}");
    }
    let empty = serde_json::json!({"schema_version": 1, "identities": {}, "providers": {}});
    assert_eq!(run("auth list --format json").json(), empty);
    assert_eq!(run("auth list -o json").json()["verdict"], "clean");
    run("auth list --format yaml");
    run("auth status");
    run("auth logout --all");
    run("auth validate");
    // What could not be read is no empty list.
    home.atmos_yaml("auth: [\n");
    adieu(&home).args(["auth", "list"]).run().code(2);
}
