//! The scripts of the guide's page of recipes, run as they stand there.

use std::path::Path;

use adieu_testkit::{Adieu, Home, Output};

use crate::support::{assert_no_secret, home};

/// The script below a heading of the page.
fn recipe(heading: &str) -> String {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/guide/recipes.md");
    let page = std::fs::read_to_string(page).unwrap();
    let (_, below) = page
        .split_once(&format!("\n## {heading}\n"))
        .unwrap_or_else(|| panic!("there is no heading {heading}"));
    let (_, script) = below.split_once("```shell\n").unwrap();
    script.split_once("```").unwrap().0.to_owned()
}

/// A home in which much was done: a login with logins to other services, a key in a profile.
fn lived_in() -> Home {
    let home = home("claude-file");
    home.write(
        ".bashrc",
        "export EDITOR=vi\nexport ANTHROPIC_API_KEY=FAKE-key\n",
    )
    .write(
        ".codex/auth.json",
        crate::support::home("codex-api-key").read(".codex/auth.json"),
    );
    home
}

fn run(home: &Home, script: &str) -> Output {
    let directory = Path::new(env!("CARGO_BIN_EXE_adieu")).parent().unwrap();
    let output = Adieu::new("/bin/sh")
        .home(home)
        .env("LC_ALL", "C.UTF-8")
        .env("SHELL", "/bin/sh")
        .env("PATH", format!("{}:/usr/bin:/bin", directory.display()))
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
        .args(["-c", script])
        .run();
    assert_no_secret(&output);
    output
}

#[test]
fn end_of_day_ends_the_sessions_and_says_what_would_sign_in_again() {
    let home = lived_in();
    // Nobody is there to be asked.
    let script = recipe("End of day").replace("logout --all", "logout --all --force --no-revoke");
    let script =
        format!("export ANTHROPIC_API_KEY=FAKE-key\n{script}\necho \"[$ANTHROPIC_API_KEY]\"");
    let output = run(&home, &script).success();
    assert!(output.stdout.contains("~/.bashrc:2"), "{output}");
    // The shell itself has the key no more.
    assert!(output.stdout.ends_with("[]\n"), "{output}");
    assert!(home.read(".claude/.credentials.json").contains("FAKE-mcp"));
}

#[test]
fn shared_computer_is_left_without_a_trace() {
    let home = lived_in();
    run(&home, &recipe("A shared computer")).success();
    assert_eq!(home.read(".bashrc"), "export EDITOR=vi\n");
    assert!(!home.has(".claude/.credentials.json") && !home.has(".codex/auth.json"));
    assert!(home.has(".claude/history.jsonl"));
}

#[test]
fn ci_job_fails_while_a_secret_is_left_behind() {
    let home = lived_in();
    home.write("work/.env", "HF_TOKEN=FAKE-hf\n");
    let script = recipe("The last step of a CI job");
    let output = run(&home, &format!("set -e\ncd ~/work\n{script}")).code(1);
    // The key of the profile, that of the project, and the files that hold the sign-ins.
    assert!(output.stdout.contains("Found: "), "{output}");
    std::fs::remove_file(home.join("work/.env")).unwrap();
    home.write(".bashrc", "");
    run(&home, "adieu logout claude --mcp --force; true");
    run(&home, &format!("set -e\ncd ~/work\n{script}")).success();
}

#[test]
fn handed_over_server_has_no_home_with_anything_in_it() {
    let (one, other, operator) = (lived_in(), lived_in(), Home::new());
    let homes = format!("{} {}", one.path().display(), other.path().display());
    let script = recipe("A server that is handed over");
    assert!(script.contains("/root /home/*"));
    let output = run(&operator, &script.replace("/root /home/*", &homes));
    assert!(!output.stderr.contains("look again"), "{output}");
    output.success();
    for home in [one, other] {
        assert!(!home.has(".claude/history.jsonl"));
        assert_eq!(home.read(".bashrc"), "export EDITOR=vi\n");
    }
}
