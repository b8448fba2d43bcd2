//! Places that a hostile `atmos.yaml` or a hostile directory names: links, strangers, other owners.

use std::os::unix::fs::chown;

use adieu_testkit::{AwsSession, Home, Output, Tree};

use crate::support::{
    TRAIL, assert_said, left_out, one_portal, portal_token, run, signed_in, tree, valuables,
};

const FORMS: [&str; 5] = [
    "logout --all --force",
    "logout --provider sso --force",
    "logout dev --force",
    "auth logout --all --force",
    "auth logout --all --keychain --force",
];

fn with_base_path(path: &str) -> String {
    let more = format!("      spec: {{ files: {{ base_path: \"{path}\" }} }}\n");
    one_portal("sso", &["dev"], &more)
}

/// Runs every form in a fresh home; only the given paths may change.
fn every_form(allowed: &[&str], prepare: impl Fn(&Home), check: impl Fn(&Home, &Tree, &Output)) {
    for form in FORMS {
        let home = Home::new();
        valuables(&home);
        prepare(&home);
        let before = tree(&home);
        let output = run(&home, &form.split(' ').collect::<Vec<_>>());
        let after = tree(&home);
        let allowed: Vec<&str> = allowed.iter().copied().chain([TRAIL]).collect();
        before.assert_only(&after, &allowed);
        check(&home, &after, &output);
    }
}

pub(crate) fn is_root() -> bool {
    let is_root = rustix::process::geteuid().is_root();
    if !is_root {
        left_out("files of another user can only be made by root");
    }
    is_root
}

#[test]
fn base_path_of_home_or_root_takes_only_the_configured_sections() {
    for path in ["~", "~/", "~/.", "/"] {
        every_form(
            &["home/sso/**"],
            |home| {
                home.atmos_yaml(&with_base_path(path))
                    .write("sso/notes.txt", "mine\n")
                    .write(
                        "sso/credentials",
                        "[mine]\naws_access_key_id = FAKE-mine\n[dev]\naws_access_key_id = FAKE-1\naws_session_token = FAKE-2\n",
                    );
            },
            |home, _, _| {
                assert_eq!(home.read("sso/notes.txt"), "mine\n");
                assert!(
                    home.read("sso/credentials")
                        .contains("[mine]\naws_access_key_id = FAKE-mine\n")
                );
                assert_eq!(home.read("sso/credentials").contains("[dev]"), path == "/");
            },
        );
    }
}

/// What Atmos signs in for has a session token; a key without one was typed by a person.
#[test]
fn base_path_to_a_persons_own_keys_leaves_them() {
    for words in [
        vec!["auth", "logout", "--all"],
        vec!["auth", "logout", "dev"],
    ] {
        let home = Home::new();
        home.atmos_yaml(&with_base_path("~"))
            .write("sso/credentials", "[dev]\naws_access_key_id = FAKE-own\n");
        let output = run(&home, &words);
        assert!(
            home.read("sso/credentials").contains("FAKE-own"),
            "{output}"
        );
    }
}

#[test]
fn base_path_above_another_programs_settings_takes_none_of_its_sections() {
    let git = "[user]\n\tname = Ana\n[core]\n\tautocrlf = input\n";
    let tokens = "[user]\ntoken = FAKE-mine\n";
    let yaml = one_portal(
        "git",
        &["user", "core"],
        "      spec: { files: { base_path: ~/.config } }\n",
    );
    for form in ["auth logout --all", "logout user", "logout --provider git"] {
        let home = Home::new();
        home.atmos_yaml(&yaml)
            .write(".config/git/config", git)
            .write(".config/git/credentials", tokens);
        let words: Vec<&str> = form.split(' ').chain(["--force"]).collect();
        let output = run(&home, &words);
        assert_eq!(home.read(".config/git/config"), git, "{form}: {output}");
        assert_eq!(
            home.read(".config/git/credentials"),
            tokens,
            "{form}: {output}"
        );
    }
}

#[test]
fn profile_of_another_configuration_survives_the_only_identity_of_a_provider() {
    let home = Home::new();
    let file = ".config/atmos/acme/aws/sso/credentials";
    home.atmos_yaml(&one_portal("sso", &["dev"], "")).write(
        file,
        "[dev]\naws_access_key_id = FAKE-1\n[prod]\naws_access_key_id = FAKE-2\n[dev]\nx = 1\n",
    );
    let output = run(&home, &["logout", "dev"]).success();
    assert_eq!(
        home.read(file),
        "[prod]\naws_access_key_id = FAKE-2\n",
        "{output}"
    );
    assert!(!output.stderr.contains("Errors encountered"), "{output}");
}

#[test]
fn same_names_in_the_realm_of_another_configuration_are_asked_about() {
    for file in [
        ".config/atmos/elsewhere/gcp/sso/adc/dev/access_token",
        ".azure/atmos/elsewhere/sso/credentials.json",
        ".config/atmos/elsewhere/aws/sso/credentials",
    ] {
        let home = Home::new();
        home.atmos_yaml(&one_portal("sso", &["dev"], ""))
            .write(file, "[dev]\naws_access_key_id = FAKE-1\n");
        let output = run(&home, &["logout", "--all"]).code(2);
        assert!(output.stderr.contains("not from atmos.yaml"), "{output}");
        assert!(home.has(file), "{file}");
    }
}

#[test]
fn base_path_that_is_a_link_is_not_followed() {
    every_form(
        &[],
        |home| {
            home.atmos_yaml(&with_base_path("~/linked"))
                .aws_session_below("elsewhere", &AwsSession::new("acme", "sso", "dev"))
                .aws_session_below("elsewhere", &AwsSession::new("", "sso", "dev"))
                .write(
                    "elsewhere/sso/credentials",
                    "[dev]\naws_access_key_id = FAKE\n",
                )
                .link("linked", "elsewhere");
        },
        |_, _, output| assert_said(output, "linked"),
    );
}

#[test]
fn base_path_of_another_user_is_refused_by_name() {
    if !is_root() {
        return;
    }
    every_form(
        &[],
        |home| {
            home.write(
                "../stranger/sso/credentials",
                "[dev]\naws_access_key_id = FAKE\n",
            );
            for part in ["stranger/sso/credentials", "stranger/sso", "stranger"] {
                chown(home.root().join(part), Some(12345), Some(12345)).unwrap();
            }
            home.atmos_yaml(&with_base_path(
                home.root().join("stranger").to_str().unwrap(),
            ));
        },
        |_, _, output| assert_said(output, "stranger"),
    );
}

#[test]
fn file_of_another_user_in_the_own_directory_is_refused_by_name() {
    if !is_root() {
        return;
    }
    every_form(
        &[
            "home/.config/atmos/acme/aws/sso/config",
            "home/.config/atmos/acme/aws/sso/config.lock",
        ],
        |home| {
            home.atmos_yaml(&one_portal("sso", &["dev"], ""))
                .aws_session(&AwsSession::new("acme", "sso", "dev"));
            let file = home.join(".config/atmos/acme/aws/sso/credentials");
            chown(file, Some(12345), Some(12345)).unwrap();
        },
        |_, _, output| assert_said(output, ".config/atmos/acme/aws/sso/credentials"),
    );
}

#[test]
fn base_path_that_is_a_file_is_left_alone() {
    every_form(
        &[],
        |home| {
            home.write("notes", "mine\n")
                .atmos_yaml(&with_base_path("~/notes"));
        },
        |_, _, _| {},
    );
}

#[test]
fn credentials_file_that_is_a_link_is_kept_and_named() {
    every_form(
        &[
            "home/.config/atmos/acme/aws/sso/config",
            "home/.config/atmos/acme/aws/sso/config.lock",
        ],
        |home| {
            home.atmos_yaml(&one_portal("sso", &["dev"], ""))
                .write(
                    ".config/atmos/acme/aws/sso/config",
                    "[profile dev]\nregion = x\n",
                )
                .link(
                    ".config/atmos/acme/aws/sso/credentials",
                    home.join(".aws/credentials"),
                );
        },
        |_, _, output| assert_said(output, ".config/atmos/acme/aws/sso/credentials"),
    );
}

#[test]
fn lock_file_that_is_a_link_is_not_opened() {
    every_form(
        &[
            "home/.config/atmos/acme/aws/sso/config",
            "home/.config/atmos/acme/aws/sso/config.lock",
        ],
        |home| {
            home.atmos_yaml(&one_portal("sso", &["dev"], ""))
                .aws_session(&AwsSession::new("acme", "sso", "dev"));
            let lock = home.join(".config/atmos/acme/aws/sso/credentials.lock");
            std::fs::remove_file(&lock).unwrap();
            std::os::unix::fs::symlink(home.join("created-by-a-link"), lock).unwrap();
        },
        |_, _, output| assert_said(output, "credentials.lock"),
    );
}

#[test]
fn provider_directory_that_is_a_link_is_kept_and_named() {
    every_form(
        &[],
        |home| {
            home.atmos_yaml(&one_portal("sso", &["dev"], ""))
                .directory(".config/atmos/acme/aws")
                .link(".config/atmos/acme/aws/sso", home.join(".aws"));
        },
        |_, _, output| assert_said(output, ".config/atmos/acme/aws/sso"),
    );
}

/// The eighth thing that a real Atmos gets wrong.
#[test]
fn realm_directory_that_is_a_link_is_kept_and_named() {
    let stranger = |home: &Home| {
        home.write(
            "stranger/aws/sso/credentials",
            "[dev]\naws_access_key_id = FAKE\n",
        )
        .write("stranger/aws/sso/thesis.txt", "years of work\n");
    };
    every_form(
        &[],
        |home| {
            stranger(home);
            home.atmos_yaml(&one_portal("sso", &["dev"], ""))
                .directory(".config/atmos")
                .link(".config/atmos/acme", home.join("stranger"));
        },
        |_, _, output| assert_said(output, ".config/atmos/acme"),
    );
    every_form(
        &[],
        |home| {
            stranger(home);
            home.atmos_yaml(&with_base_path("~/base"))
                .directory("base")
                .link("base/acme", home.join("stranger"));
        },
        |_, _, output| assert_said(output, "base/acme"),
    );
}

#[test]
fn cache_directories_that_are_links_are_not_followed() {
    every_form(
        &[],
        |home| {
            portal_token(home);
            home.atmos_yaml(&one_portal("sso", &["dev"], ""))
                .rename(".cache/atmos/aws-sso", "../elsewhere/aws-sso")
                .rename(".aws/sso/cache", "../elsewhere/cache")
                .link(".cache/atmos/aws-sso", home.join("../elsewhere/aws-sso"))
                .link(".aws/sso/cache", home.join("../elsewhere/cache"));
        },
        |_, _, output| {
            assert_said(output, "aws-sso");
            assert_said(output, ".aws/sso/cache");
        },
    );
}

#[test]
fn strangers_file_in_a_provider_directory_stays_and_ours_go() {
    let directory = ".config/atmos/acme/aws/sso";
    let ours = ["credentials", "config", "credentials.lock", "config.lock"]
        .map(|name| format!("home/{directory}/{name}"));
    let mut allowed: Vec<&str> = ours.iter().map(String::as_str).collect();
    allowed.extend(["home/.cache/**", "home/.aws/sso/**"]);
    every_form(
        &allowed,
        |home| {
            home.atmos_yaml(&one_portal("sso", &["dev"], ""))
                .write(format!("{directory}/thesis.txt"), "years of work\n");
            signed_in(home, "sso");
        },
        |home, after, output| {
            assert_eq!(
                home.read(format!("{directory}/thesis.txt")),
                "years of work\n"
            );
            assert!(!home.has(format!("{directory}/credentials")), "{output}");
            assert!(after.files_with("FAKE-session-token").is_empty());
            // Logging out of one identity says nothing of what else is in a directory.
            if !output.to_string().contains("logout dev") {
                assert_said(output, "thesis.txt");
            }
        },
    );
}

#[test]
fn fifo_in_the_place_of_a_file_does_not_hang() {
    every_form(
        &[],
        |home| {
            home.atmos_yaml(&one_portal("sso", &["dev"], ""))
                .directory(".config/atmos/acme/aws/sso");
            let fifo = home.join(".config/atmos/acme/aws/sso/credentials");
            rustix::fs::mknodat(
                rustix::fs::CWD,
                &fifo,
                rustix::fs::FileType::Fifo,
                rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR,
                0,
            )
            .unwrap();
        },
        |_, _, output| assert_said(output, "credentials"),
    );
}
