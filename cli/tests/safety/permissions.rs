//! Rights that a person does not have: what the command's page shows under "Permission Denied" and
//! "Files Not Removed".

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use adieu_testkit::{Adieu, Home, Output};

use crate::support::{PROGRAM, TRAIL, assert_said, has, one_portal, signed_in, tree};

/// An entry that a real Atmos encrypted; its name is what counts here.
const ENTRY: &str =
    include_str!("../../../core/tests/fixtures/keyring/atmos_meridian_meridian-sso");

const DIRECTORY: &str = ".config/atmos/acme/aws/sso";

/// The program without the rights that the superuser has over others' permission bits, so that
/// they count in a container too.
fn without_privileges(home: &Home, words: &str) -> Output {
    Adieu::new("setpriv")
        .home(home)
        .env("LANG", "C.UTF-8")
        .env("PATH", "/usr/bin:/bin")
        .args(["--bounding-set=-all", PROGRAM])
        .args(words.split(' '))
        .run()
}

fn set_mode(home: &Home, path: &str, mode: u32) {
    fs::set_permissions(home.path().join(path), fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn files_that_may_not_be_removed_are_named_with_the_pages_words() {
    if !has("setpriv", &["--bounding-set=-all", "true"]) {
        return;
    }
    let home = Home::new();
    home.atmos_yaml(&one_portal("sso", &["dev"], ""));
    signed_in(&home, "sso");
    set_mode(&home, DIRECTORY, 0o500);
    let before = home.read(format!("{DIRECTORY}/credentials"));
    let output = without_privileges(&home, "auth logout dev --no-revoke");
    assert_eq!(home.read(format!("{DIRECTORY}/credentials")), before);
    assert_said(
        &output,
        "✗ Files: ~/.config/atmos/acme/aws/sso/credentials (profile dev; permission denied)",
    );
    assert_said(&output, "check owner and mode with `ls -ld`");
    assert_said(&output, "still");
    set_mode(&home, DIRECTORY, 0o700);
    without_privileges(&home, "auth logout dev --no-revoke").success();
    assert!(!home.has(DIRECTORY));
}

#[test]
fn keyring_that_may_not_be_written_is_named_with_the_pages_words() {
    if !has("setpriv", &["--bounding-set=-all", "true"]) {
        return;
    }
    let home = Home::new();
    let keyring = "  keyring: { type: file }\n";
    let yaml = one_portal("sso", &["dev"], "").replacen(
        "  realm: acme\n",
        &format!("  realm: acme\n{keyring}"),
        1,
    );
    home.atmos_yaml(&yaml);
    signed_in(&home, "sso");
    let entries = ".local/share/atmos/keyring";
    home.write(format!("{entries}/atmos_acme_dev"), ENTRY);
    set_mode(&home, entries, 0o500);
    let before = tree(&home);
    let output = without_privileges(&home, "auth logout dev --no-revoke --keychain --force");
    assert_said(
        &output,
        "failed to delete credentials from keyring: access denied",
    );
    assert!(!home.has(DIRECTORY), "the rest is done: {output}");
    before.assert_only(
        &tree(&home),
        &["home/.config/**", "home/.cache/**", "home/.aws/**", TRAIL],
    );
    set_mode(&home, entries, 0o700);
}
