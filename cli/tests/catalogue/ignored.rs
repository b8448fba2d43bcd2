//! Possible sign-ins that a person says are none.

use std::os::unix::fs::PermissionsExt as _;

use adieu_testkit::Home;

use crate::support::run;

const FILE: &str = ".unheard/auth.json";
const LIST: &str = ".config/adieu/ignored.toml";

fn home() -> Home {
    let home = Home::new();
    home.write(FILE, "{\"access_token\": \"FAKE0opaque1token2\"}\n");
    home.directory(".config");
    home.mode(".config", 0o700);
    home
}

fn ignore(home: &Home, words: &str) -> adieu_testkit::Output {
    let file = home.join(FILE).display().to_string();
    run(home, &format!("catalogue ignore {words} {file}"), &[])
}

#[test]
fn ignored_file_is_counted_and_shown_again_when_its_shape_changes() {
    let home = home();
    run(&home, "status --check", &[]).code(3);
    ignore(&home, "").success();
    let mode = home.join(LIST).metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(!home.read(LIST).contains("FAKE"), "{}", home.read(LIST));
    let output = run(&home, "status --check", &[]).success();
    assert!(
        output.stdout.contains("1 possible sign-in is ignored"),
        "{output}"
    );
    let document = run(&home, "status -o json", &[]).json();
    assert_eq!(document["ignored"], 1);
    let listed = run(&home, "catalogue ignore", &[]).success();
    assert!(
        listed.stdout.contains("auth.json  (access_token)"),
        "{listed}"
    );
    let document = run(&home, "catalogue ignore -o json", &[]).json();
    assert_eq!(document["ignored"][0]["members"][0], "access_token");
    // Another value is no other shape.
    home.write(FILE, "{\"access_token\": \"FAKE0another1token3\"}\n");
    run(&home, "status --check", &[]).success();
    home.write(FILE, "{\"refresh_token\": \"FAKE0opaque1token2\"}\n");
    let output = run(&home, "status --check", &[]).code(3);
    assert!(!output.stdout.contains("ignored"), "{output}");
}

#[test]
fn ignoring_can_be_undone_and_keeps_every_other_byte_of_the_list() {
    let home = home();
    let own = "# mine\n\n[[ignored]]\npath = \"~/.other/x.json\" # stays\nmembers = []\n";
    home.write(LIST, own);
    home.mode(".config/adieu", 0o700);
    home.mode(LIST, 0o600);
    ignore(&home, "").success();
    assert!(home.read(LIST).starts_with(own), "{}", home.read(LIST));
    ignore(&home, "--remove").success();
    assert_eq!(home.read(LIST), own);
    run(&home, "status --check", &[]).code(3);
    ignore(&home, "--remove").code(2);
}

#[test]
fn only_what_the_shape_net_found_can_be_ignored() {
    let home = home();
    home.write(".netrc", "machine h.example login ana password FAKE-1\n")
        .write(".unheard/notes.txt", "nothing\n");
    for other in [".netrc", ".unheard/notes.txt", ".unheard/none.json"] {
        let file = home.join(other).display().to_string();
        let output = run(&home, &format!("catalogue ignore {file}"), &[]).code(2);
        assert!(output.stderr.contains("no possible sign-in"), "{output}");
    }
    assert!(!home.has(LIST));
}

#[test]
fn list_that_others_can_write_ignores_nothing() {
    let home = home();
    ignore(&home, "").success();
    home.mode(LIST, 0o606);
    let output = run(&home, "status --check", &[]).code(3);
    assert!(
        output.to_string().contains("others can write to it"),
        "{output}"
    );
    home.mode(LIST, 0o600);
    home.write(LIST, "[[ignored\n");
    run(&home, "status --check", &[]).code(3);
}
