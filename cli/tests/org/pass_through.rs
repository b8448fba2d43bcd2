//! What adieu has no command for is the real client's: whose program that may be.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;

use adieu_testkit::salesforce::Salesforce;
use adieu_testkit::{Adieu, Home};

use crate::support::{auth_files, home, org};

/// What is called so says what it was told.
const STAND_IN: &str = "#!/bin/sh\necho \"real client: $*\"\nexit 7\n";

#[test]
fn unknown_words_are_the_real_clients_with_its_exit_status() {
    let home = Home::new();
    home.write_with_mode("bin/sf", STAND_IN, 0o755);
    let path = format!("{}:/usr/bin:/bin", home.join("bin").display());
    let output = org(&home, "create scratch --json")
        .env("PATH", path)
        .run()
        .code(7);
    assert_eq!(output.stdout, "real client: org create scratch --json\n");
}

#[test]
fn program_of_the_directory_one_stands_in_is_never_the_real_client() {
    let home = Home::new();
    let here = home.work().join("sf");
    std::fs::write(&here, STAND_IN).unwrap();
    std::fs::set_permissions(&here, Permissions::from_mode(0o755)).unwrap();
    for path in [".:/usr/bin:/bin", ":/usr/bin:/bin"] {
        let output = org(&home, "create scratch").env("PATH", path).run().code(2);
        assert_eq!(output.stdout, "", "{path}");
        assert!(
            output.stderr.contains("Salesforce CLI is not installed"),
            "{output}"
        );
    }
}

const PROGRAM: &str = env!("CARGO_BIN_EXE_adieu");

/// A home with a link called `sf` that leads to adieu, and the real client behind it in `PATH`.
fn with_link(home: &Home, name: &str) -> Adieu {
    home.write_with_mode("real/sf", STAND_IN, 0o755);
    if !home.has("hop") {
        home.link("hop", PROGRAM);
    }
    if !home.has(format!("alias/{name}")) {
        home.link(format!("alias/{name}"), "../hop");
    }
    let path = ["alias", "real"].map(|folder| home.join(folder).display().to_string());
    Adieu::new(home.join(format!("alias/{name}")))
        .home(home)
        .env("PATH", format!("{}:/usr/bin:/bin", path.join(":")))
        .env("SF_USE_GENERIC_UNIX_KEYCHAIN", "true")
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
}

#[test]
fn link_called_sf_hands_on_what_adieu_has_not_and_never_to_itself() {
    let home = Home::new();
    for name in ["sf", "sfdx"] {
        for words in [
            "data query -q x --json",
            "apex run",
            "alias list",
            "config get target-org",
            "plugins",
            "doctor",
            "version",
            "--version",
            "org list metadata --json",
            "org display user",
            "org:open",
            "project deploy start --help",
            "schema generate tab",
            "status",
        ] {
            let output = with_link(&home, name)
                .args(words.split_whitespace())
                .run()
                .code(7);
            assert_eq!(output.stdout, format!("real client: {words}\n"), "{words}");
        }
    }
    // The same words where a shell calls adieu `sf`.
    for words in ["data query", "org list metadata", "org:open", "version"] {
        let path = format!("{}:/usr/bin:/bin", home.join("real").display());
        let output = Adieu::new(PROGRAM)
            .home(&home)
            .env("PATH", path)
            .args(words.split_whitespace())
            .run()
            .code(7);
        assert_eq!(output.stdout, format!("real client: {words}\n"), "{words}");
    }
}

#[test]
fn old_names_and_names_with_colons_are_adieus_own_commands() {
    for words in [
        "org:logout --target-org beta-dev -p",
        "force:auth:logout -u beta-dev --noprompt",
        "auth:logout -u beta-dev -p",
        "force auth logout -o beta-dev -p",
    ] {
        let salesforce = Salesforce::start();
        let home = home("basic-v1", &salesforce);
        let listed = with_link(&home, "sf")
            .args(["force:auth:list", "--json"])
            .run()
            .success();
        assert!(listed.stdout.contains("beta@fixture.example"), "{listed}");
        with_link(&home, "sf")
            .args(words.split_whitespace())
            .run()
            .success();
        assert!(
            !auth_files(&home).contains(&"beta@fixture.example.json".to_owned()),
            "{words}"
        );
    }
}

#[test]
fn flags_of_a_directory_are_read() {
    let salesforce = Salesforce::start();
    let home = home("basic-v1", &salesforce);
    let flags = home.work().join("flags");
    std::fs::create_dir(&flags).unwrap();
    std::fs::write(flags.join("target-org"), "beta-dev\n").unwrap();
    std::fs::write(flags.join("no-prompt"), "").unwrap();
    org(&home, "logout --flags-dir flags --json")
        .run()
        .success();
    assert!(!auth_files(&home).contains(&"beta@fixture.example.json".to_owned()));
    let output = org(&home, "logout --flags-dir none").run().code(2);
    assert!(output.stderr.contains("--flags-dir"), "{output}");
}

#[test]
fn script_that_leads_back_to_adieu_is_passed_by_and_makes_no_circle() {
    let home = Home::new();
    home.write_with_mode("real/sf", STAND_IN, 0o755)
        .write_with_mode(
            "alias/sf",
            format!("#!/bin/sh\nexec {PROGRAM} \"$@\"\n"),
            0o755,
        );
    let output = with_link(&home, "sf").args(["data", "query"]).run().code(7);
    assert_eq!(output.stdout, "real client: data query\n");
    let circle = format!("#!/bin/sh\n{PROGRAM} \"$@\"\nexit $?\n");
    home.write_with_mode("alias/sf", circle, 0o755);
    let output = Adieu::new(PROGRAM)
        .home(&home)
        .env(
            "PATH",
            format!("{}:/usr/bin:/bin", home.join("alias").display()),
        )
        .args(["data", "query"])
        .run()
        .code(2);
    assert!(output.stderr.contains("not installed"), "{output}");
}
