//! Variables that are called and made like credentials, of whatever tool: whoever reads one is signed in.

use adieu_testkit::Home;

use crate::support::run;

fn variables(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    let pairs = pairs.iter();
    pairs
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

#[test]
fn credential_in_the_environment_is_never_clean() {
    let home = Home::new();
    for pair in [
        ("OPENAI_API_KEY", "FAKE-1"),
        ("OPENROUTER_API_KEY", "FAKE-2"),
        ("SLACK_BOT_TOKEN", "FAKE-3"),
        ("TF_TOKEN_app_example_test", "FAKE-1122334455"),
        (
            "DATABASE_URL",
            "postgres://alice:FAKE-12345678@db.example.test/x",
        ),
        ("ZORG_API_KEY", "FAKE00112233445566778899"),
    ] {
        let status = run(&home, "status --check", &variables(&[pair]));
        assert_eq!(status.status, Some(1), "{pair:?}: {}", status.stdout);
        assert!(status.stdout.contains(pair.0), "{}", status.stdout);
        assert!(!status.stdout.contains("FAKE"), "{}", status.stdout);
    }
}

#[test]
fn variable_that_holds_no_credential_is_none() {
    let home = Home::new();
    for pair in [
        ("DATABASE_URL", "postgres://db.example.test/x"),
        ("ZORG_API_KEY", "your-api-key"),
        ("ZORG_SECRET", "${OTHER}"),
        ("OPENAI_API_KEY", ""),
        ("TOKENIZERS_PARALLELISM", "false"),
        ("XDG_SESSION_ID", "c2"),
        ("ZORG_TOKEN_URL", "https://x.example.test/oauth/token"),
    ] {
        let status = run(&home, "status --check", &variables(&[pair]));
        assert_eq!(status.status, Some(0), "{pair:?}: {}", status.stdout);
    }
}

#[test]
fn credential_that_a_start_up_file_sets_is_never_clean() {
    for (file, text) in [
        (".bashrc", "export OPENAI_API_KEY=FAKE-1\n"),
        (".zshenv", "export ZORG_API_KEY=FAKE00112233445566778899\n"),
    ] {
        let home = Home::new();
        home.write(file, text);
        let status = run(&home, "status --check", &[]);
        assert_eq!(status.status, Some(1), "{file}: {}", status.stdout);
    }
}

/// A tool's file moved by a variable that only a start-up file sets: its text, where the file is.
const MOVED: [(&str, &str, &str); 6] = [
    (
        ".bashrc",
        "export GH_CONFIG_DIR=\"$HOME/work/gh\"\n",
        "work/gh/hosts.yml",
    ),
    (
        ".zshenv",
        "export XDG_CONFIG_HOME=${HOME}/etc # mine\n",
        "etc/gh/hosts.yml",
    ),
    (
        ".config/fish/config.fish",
        "set -gx GH_CONFIG_DIR ~/work/gh\n",
        "work/gh/hosts.yml",
    ),
    (
        ".pam_environment",
        "GH_CONFIG_DIR DEFAULT=@{HOME}/work/gh\n",
        "work/gh/hosts.yml",
    ),
    (
        ".profile",
        "GH_CONFIG_DIR=~/old/gh; export GH_CONFIG_DIR\nGH_CONFIG_DIR=~/work/gh\nexport GH_CONFIG_DIR\n",
        "work/gh/hosts.yml",
    ),
    // The usual place is looked at all the same.
    (
        ".profile",
        "export GH_CONFIG_DIR=~/nowhere\n",
        ".config/gh/hosts.yml",
    ),
];

#[test]
fn place_that_only_a_start_up_file_names_is_looked_at() {
    const HOSTS: &str = "gh.example.test:\n    oauth_token: FAKE-moved-token\n    user: alice\n";
    for (file, text, hosts) in MOVED {
        let home = Home::new();
        home.write(file, text);
        home.write(hosts, HOSTS);
        let status = run(&home, "status --check", &[]);
        assert_eq!(status.status, Some(1), "{text}: {status}");
        assert!(status.stdout.contains("alice@gh.example.test"), "{status}");
        run(&home, "logout gh --force --no-revoke", &[]).success();
        assert!(!home.read(hosts).contains("FAKE"), "{text}");
        let status = run(&home, "status --check", &[]);
        assert_eq!(status.status, Some(0), "{text}: {status}");
        assert_eq!(home.read(file), text);
    }
    // For one command alone it is no place of the next shell.
    let home = Home::new();
    home.write(".bashrc", "GH_CONFIG_DIR=~/elsewhere make\n");
    home.write("elsewhere/hosts.yml", HOSTS);
    let status = run(&home, "status --check", &[]);
    assert_eq!(status.status, Some(0), "{status}");
}

/// A line of a start-up file that names another place hides nothing at the usual one.
#[test]
fn usual_place_is_looked_at_whatever_a_start_up_file_names() {
    for (line, file, text, status) in [
        (
            "AWS_CONFIG_FILE",
            ".aws/config",
            "[default]\ncredential_process = /bin/x\n",
            1,
        ),
        (
            "DOCKER_CONFIG",
            ".docker/config.json",
            "{\"auths\": {\"r.example.test\": {}}, \"credsStore\": \"x\"}",
            3,
        ),
        (
            "XDG_CONFIG_HOME",
            ".config/atmos/aws/p/credentials",
            "[dev]\naws_access_key_id=FAKE\naws_secret_access_key=FAKE\naws_session_token=FAKE\n",
            1,
        ),
        (
            "ATMOS_XDG_CONFIG_HOME",
            ".config/atmos/aws/p/credentials",
            "[dev]\naws_access_key_id=FAKE\naws_secret_access_key=FAKE\naws_session_token=FAKE\n",
            1,
        ),
    ] {
        let home = Home::new();
        home.write(file, text);
        home.write(".bashrc", format!("export {line}=~/nowhere\n"));
        let found = run(&home, "status --check", &[]);
        assert_eq!(found.status, Some(status), "{line}: {found}");
    }
}
