//! What adieu has no command for is the real client's: whose program that may be.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;

use adieu_testkit::Home;

use crate::support::org;

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
