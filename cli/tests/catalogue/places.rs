//! Where tools keep things that variables move, and what only looks like a sign-in.

use std::os::unix::fs::MetadataExt as _;

use adieu_testkit::{Home, Tree};

use crate::support::{EVERYTHING, found, run, run_words};

fn variables(pairs: &[(&str, String)]) -> Vec<(String, String)> {
    let pairs = pairs.iter();
    pairs
        .map(|(name, value)| ((*name).to_owned(), value.clone()))
        .collect()
}

fn root(home: &Home) -> String {
    home.path().display().to_string()
}

#[test]
fn variable_that_names_no_file_takes_none() {
    for value in [
        "KEYRING:persistent:1000",
        "KCM:1000",
        "DIR:/nowhere",
        "API:x",
    ] {
        let home = Home::new();
        for name in ["persistent", "1000", "KEYRING", "x"] {
            home.write(name, "mine\n")
                .write(format!("../work/{name}"), "mine\n");
        }
        let before = Tree::of(home.root());
        run(
            &home,
            EVERYTHING,
            &variables(&[("KRB5CCNAME", value.to_owned())]),
        );
        let after = Tree::of(home.root());
        before.assert_only(&after, &["home/.local/**", "home/.local"]);
    }
}

#[test]
fn one_file_is_one_path_and_a_list_is_several() {
    let home = Home::new();
    let config = |name: &str| format!("users:\n- name: {name}\n  user:\n    token: FAKE-{name}\n");
    home.write("a", config("one")).write("b", config("two"));
    home.write("token", "mine\n");
    let root = root(&home);
    let list = variables(&[("KUBECONFIG", format!("{root}/a:{root}/b"))]);
    let names = found(&home, &list);
    assert_eq!(names.len(), 2, "{names:?}");
    // `HF_TOKEN_PATH` is one path, whatever is in it.
    let one = variables(&[("HF_TOKEN_PATH", format!("{root}/none:{root}/token"))]);
    assert_eq!(found(&home, &one), Vec::<String>::new());
}

#[test]
fn variable_that_leads_to_the_usual_place_finds_nothing_twice() {
    let home = Home::new();
    home.write(
        ".config/gcloud/legacy_credentials/ana/adc.json",
        "{\"FAKE\": 1}\n",
    );
    home.write(
        ".aws/credentials",
        "[ci]\naws_secret_access_key = FAKE-key\n",
    );
    let root = root(&home);
    let usual = found(&home, &[]);
    let moved = variables(&[
        ("CLOUDSDK_CONFIG", format!("{root}/.config/gcloud")),
        (
            "AWS_SHARED_CREDENTIALS_FILE",
            format!("{root}/.aws/credentials"),
        ),
        ("XDG_CONFIG_HOME", format!("{root}/.config")),
    ]);
    assert_eq!(usual.len(), 2, "{usual:?}");
    assert_eq!(found(&home, &moved), usual);
}

#[test]
fn tickets_are_found_where_nothing_says_where_they_are() {
    let home = Home::new();
    let user = home.path().metadata().unwrap().uid();
    home.write(format!("../tmp/krb5cc_{user}"), "FAKE-ticket\n")
        .write(format!("../tmp/krb5cc_{user}_x1"), "FAKE-ticket\n")
        .write(format!("../tmp/krb5cc_{user}9"), "another user's\n");
    let names = found(&home, &[]);
    assert_eq!(names.len(), 2, "{names:?}");
    run(&home, EVERYTHING, &[]);
    assert!(!home.has(format!("../tmp/krb5cc_{user}")));
    assert!(home.has(format!("../tmp/krb5cc_{user}9")));
}

#[test]
fn password_that_begins_like_a_variable_is_one() {
    let home = Home::new();
    let entry = |password: &str| {
        format!("[one]\nrepository = https://a.example.test\npassword = {password}\n")
    };
    for password in ["$ecret-FAKE-1", "$2b$FAKE", "$FAKE1"] {
        home.write(".pypirc", entry(password));
        assert_eq!(found(&home, &[]).len(), 1, "{password}");
    }
    for reference in ["$PYPI_TOKEN", "${PYPI_TOKEN}", "%PYPI_TOKEN%"] {
        home.write(".pypirc", entry(reference));
        assert_eq!(found(&home, &[]), Vec::<String>::new(), "{reference}");
    }
}

const OF_AN_UNKNOWN_TOOL: &str = "{\"access_token\": \"FAKE0opaque1token2\"}\n";

#[test]
fn possible_sign_in_is_never_clean_and_goes_only_when_it_is_named() {
    let home = Home::new();
    home.write(".unheard/deep/auth.json", OF_AN_UNKNOWN_TOOL)
        .write(".unheard/settings.json", "{\"theme\": \"dark\"}\n");
    run(&home, "status --check", &[]).code(3);
    run(&home, EVERYTHING, &[]);
    assert!(home.has(".unheard/deep/auth.json"), "it was not asked for");
    let unknown = run(&home, "logout --possible unherd --force", &[]).code(2);
    assert!(unknown.stderr.contains("unheard"), "{unknown}");
    run(&home, "logout --possible", &[]).code(2);
    assert!(home.has(".unheard/deep/auth.json"), "nobody could be asked");
    run(&home, "logout --possible UNHEARD --force", &[]).success();
    assert!(!home.has(".unheard/deep/auth.json"));
    assert!(home.has(".unheard/settings.json"));
    run(&home, "status --check", &[]).success();
}

#[test]
fn what_was_not_looked_into_is_not_called_clean() {
    // A link out of the home: nobody knows what it leads to.
    let home = Home::new();
    home.write("../outside/auth.json", OF_AN_UNKNOWN_TOOL)
        .directory(".unheard")
        .link(".unheard/auth.json", "../../outside/auth.json");
    run(&home, "status --check", &[]).code(3);
    // More files than are read.
    let home = Home::new();
    for number in 0..8001 {
        home.write(format!(".unheard/token-{number}"), "no\n");
    }
    run(&home, "status --check", &[]).code(3);
    // The last of many, in a directory with many others.
    let home = Home::new();
    for number in 0..400 {
        home.write(format!(".unheard/a{number}.txt"), "no\n");
    }
    home.write(".unheard/z-auth.json", OF_AN_UNKNOWN_TOOL);
    run(&home, "status --check", &[]).code(3);
}

/// An entry describes files, and not the directory that they are in.
#[test]
fn files_beside_those_that_are_described_are_looked_into() {
    let text = "{\"apiKey\": \"FAKE1a2b3c4d5e6f\"}\n";
    for file in [
        ".config/Code/User/settings.json",
        ".docker/hub/config.json",
        ".aws/credentials.json.bak",
        ".codeium/credentials.json",
        ".config/gcloud/credentials-copy.json",
        ".deno/credentials.json",
        ".local/share/unheard.json",
        ".config/unheard/a/b/c/credentials.json",
    ] {
        let home = Home::new();
        home.write(file, text);
        run(&home, "status --check", &[]).code(3);
        run(&home, EVERYTHING, &[]);
        assert_eq!(home.read(file), text, "it was not asked for");
    }
}

/// A file that is described may hold what its entry does not know.
#[test]
fn members_that_nobody_describes_are_possible_sign_ins_and_go_alone() {
    let home = Home::new();
    home.write(
        ".docker/config.json",
        "{\n  \"auths\": {},\n  \"plugins\": {\"apiToken\": \"FAKE1a2b3c4d5e6f\"},\n  \"credStore\": \"\"\n}\n",
    );
    run(&home, "status --check", &[]).code(3);
    run(&home, "logout --possible docker --force", &[]).success();
    assert_eq!(
        home.read(".docker/config.json"),
        "{\n  \"auths\": {},\n  \"plugins\": {},\n  \"credStore\": \"\"\n}\n"
    );
    run(&home, "status --check", &[]).success();
}

#[test]
fn credentials_that_a_file_names_are_said_and_stay() {
    let home = Home::new();
    home.write(
        ".kube/config",
        "users:\n- name: alice\n  user: {client-key: pki/alice.key, client-certificate: pki/alice.crt}\n\
         - name: bob\n  user: {tokenFile: /nonexistent/token}\n",
    );
    home.write(".kube/pki/alice.key", "FAKE-key\n");
    home.write(
        ".oci/config",
        "[DEFAULT]\nuser=ocid1.user.FAKE\nkey_file=~/keys/oci_key\n",
    );
    home.write("keys/oci_key", "FAKE-oci\n");
    let found = found(&home, &[]);
    assert!(
        found
            .iter()
            .any(|line| line == "kubernetes | alice | stored | ~/.kube/pki/alice.key"),
        "{found:?}"
    );
    assert!(
        found
            .iter()
            .any(|line| line == "oci | DEFAULT | stored | ~/keys/oci_key"),
        "{found:?}"
    );
    assert_eq!(run(&home, "status --check", &[]).status, Some(1));
    run(&home, EVERYTHING, &[]);
    assert!(home.has(".kube/pki/alice.key") && home.has("keys/oci_key"));
    assert_eq!(run(&home, "status --check", &[]).status, Some(1));
}

#[test]
fn helpers_of_aws_profiles_keep_a_machine_signed_in() {
    let home = Home::new();
    home.write(
        ".aws/config",
        "[profile work]\ncredential_process = /opt/vault/bin/helper work\n\
         [profile own]\ncredential_process = adieu credential-process own\n",
    );
    let status = run(&home, "status --check", &[]);
    assert_eq!(status.status, Some(1), "{}", status.stdout);
    assert!(status.stdout.contains("profile work") && !status.stdout.contains("profile own"));
}

#[test]
fn path_of_a_variable_is_read_as_its_tool_reads_it() {
    let home = Home::new();
    home.write(
        "keys/aws",
        "[default]\naws_access_key_id = AKIAFAKE\naws_secret_access_key = FAKE-secret\n",
    );
    for written in ["$HOME/keys/aws", "~/keys/aws", "${HOME}/keys/aws"] {
        let name = "AWS_SHARED_CREDENTIALS_FILE".to_owned();
        let status = run(&home, "status --check", &[(name, written.to_owned())]);
        assert_eq!(status.status, Some(1), "{written}: {}", status.stdout);
    }
}

#[test]
fn links_and_sockets_of_running_programs_are_nothing() {
    let home = Home::new();
    home.write(".config/Slack/settings.json", "{}\n");
    for (link, target) in [
        (".config/Slack/SingletonLock", "laptop-1234"),
        (".config/Slack/SingletonCookie", "123456789"),
        (
            ".config/Slack/SingletonSocket",
            "/nonexistent/SingletonSocket",
        ),
        (".config/zorg/current", "/usr/share"),
        (".config/zorg/token", "gone"),
    ] {
        let link = home.join(link);
        std::fs::create_dir_all(link.parent().unwrap()).unwrap();
        std::os::unix::fs::symlink(target, link).unwrap();
    }
    let status = run(&home, "status --check", &[]);
    assert_eq!(status.status, Some(0), "{}{}", status.stdout, status.stderr);
}

/// What is written as lines, or broken, is still read as a text.
#[test]
fn lines_that_nobody_knows_in_described_files_are_said_and_stay() {
    for (file, text) in [
        (
            ".hgrc",
            "[ui]\nusername = alice\n[zz]\naccess_token = FAKE1a2b3c4d5e6f7a8b\n",
        ),
        (
            ".config/Code/User/settings.json",
            "{\n  \"acme.apiKey\": \"FAKE1a2b3c4d5e6f7a8b\",\n  \"editor\": \n",
        ),
    ] {
        let home = Home::new();
        home.write(file, text);
        run(&home, "status --check", &[]).code(3);
        run(&home, EVERYTHING, &[]);
        assert_eq!(home.read(file), text);
    }
}

/// What tools leave where nobody is signed in: the file, its text.
const FIRST_RUNS: [(&str, &str); 14] = [
    (
        ".config/Code/User/settings.json",
        "{\"terminal.integrated.env.linux\": {\"GITHUB_TOKEN\": \"${env:GITHUB_TOKEN}\"}}\n",
    ),
    (
        ".config/pip/pip.conf",
        "[global]\nindex-url = https://${USER}:${PIP_TOKEN}@pkgs.example.test/simple\n",
    ),
    (
        ".docker/.token_seed",
        "{\"registry.example.test\": {\"Seed\": \"FAKE0seed1of2a3client4==\"}}\n",
    ),
    (
        ".config/.jira/.config.yml",
        "login: alice@example.test\nserver: https://jira.example.test\n",
    ),
    (
        ".config/pdm/config.toml",
        "[repository.acme]\nusername = \"alice\"\n",
    ),
    (
        ".android/debug.keystore",
        "FAKE0keystore1of2a3debug4build\n",
    ),
    (
        ".dotnet/corefx/cryptography/x509stores/my/FAKE.pfx",
        "FAKE0certificate1of2this3machine\n",
    ),
    (
        ".vagrant.d/insecure_private_keys/vagrant.key.rsa",
        "-----BEGIN RSA PRIVATE KEY-----\nFAKE\n-----END RSA PRIVATE KEY-----\n",
    ),
    (
        ".config/transmission-daemon/settings.json",
        "{\"rpc-username\": \"alice\", \"rpc-password\": \"{7fc1a0b2c3d4e5f60718293a4b5c6d7e8f901234Ab0Cd1\"}\n",
    ),
    (
        ".config/qBittorrent/qBittorrent.conf",
        "[Preferences]\nWebUI\\Password_PBKDF2=\"@ByteArray(FAKE0hash1of2a3password4==:FAKE==)\"\n",
    ),
    (
        ".local/state/opencode/locks/0a1b.lock/meta.json",
        "{\"token\": \"0f8fad5b-d9cb-469f-a165-70867728950e\", \"pid\": 28642}\n",
    ),
    (
        ".local/share/jupyter/runtime/jupyter_cookie_secret",
        "FAKE0123456789abcdef0123456789abcdef0123456789abcdef==\n",
    ),
    (
        ".config/blip/locale.de.json",
        "{\"apiKey\": \"API-Schluessel1\", \"password\": \"Passwort\"}\n",
    ),
    (
        ".config/blip/config.json",
        "{\"analytics\": {\"writeKey\": \"0123456789abcdef0123456789abcdef\"}}\n",
    ),
];

#[test]
fn what_tools_leave_where_nobody_is_signed_in_is_no_sign_in() {
    for (file, text) in FIRST_RUNS {
        let home = Home::new();
        home.write(file, text);
        let status = run(&home, "status --check", &[]);
        assert_eq!(status.status, Some(0), "{file}: {status}");
    }
}

#[test]
fn account_is_meant_by_a_part_of_its_name_that_is_only_its_own() {
    let home = Home::new();
    home.write(
        ".config/gh/hosts.yml",
        "github.com:\n    oauth_token: FAKE-gh\n    user: alice\n",
    );
    home.write(
        ".git-credentials",
        "https://bob:FAKE-git@git.example.test\n",
    );
    home.write(
        ".aws/credentials",
        "[my profile]\naws_access_key_id = FAKE\naws_secret_access_key = FAKE-aws\n",
    );
    home.write(
        ".zorg/auth.json",
        "{\"access_token\": \"FAKE-zorg-token-1\"}\n",
    );
    let dry_run = |name: &str| {
        let words = ["logout", "--dry-run", "--keychain", name];
        run_words(&home, &words, &[])
    };
    for (name, file) in [
        ("alice", "hosts.yml"),
        ("github.com", "hosts.yml"),
        ("gh:alice", "hosts.yml"),
        ("bob", ".git-credentials"),
        ("git.example.test", ".git-credentials"),
        ("my profile", ".aws/credentials"),
        ("aws:my profile", ".aws/credentials"),
    ] {
        let output = dry_run(name).success();
        assert!(output.stdout.contains(file), "{name}: {output}");
        let others = ["hosts.yml", ".git-credentials", ".aws/credentials"];
        for other in others.iter().filter(|other| **other != file) {
            assert!(!output.stdout.contains(other), "{name}: {output}");
        }
    }
    for name in ["aws:alice", "carol"] {
        assert_ne!(dry_run(name).status, Some(0), "{name}");
    }
    let output = dry_run("zorg").code(2);
    assert!(output.stderr.contains("logout --possible zorg"), "{output}");
    // Two of them: none is meant.
    home.write(
        ".netrc",
        "machine git.example.test login alice password FAKE-netrc\n",
    );
    let output = dry_run("alice").code(2);
    assert!(output.stderr.contains("may mean any of these"), "{output}");
}

/// Files with a token where the user stands.
const TOKENS_OF_USERS: [(&str, &str); 6] = [
    (
        ".git-credentials",
        "https://FAKE0token1opaque2value3:x-oauth-basic@git.example.test\n",
    ),
    (
        ".netrc",
        "machine git.example.test login FAKE0token1opaque2value3 password x-oauth-basic\n",
    ),
    (
        ".config/pip/pip.conf",
        "[global]\nindex-url = https://FAKE0token1opaque2value3:@pkgs.example.test/simple\n",
    ),
    (
        ".gitconfig",
        "[url \"https://FAKE0token1opaque2value3:x-oauth-basic@git.example.test/\"]\n\tinsteadOf = https://git.example.test/\n",
    ),
    (
        ".config/weechat/irc.conf",
        "[server_default]\nsasl_password = \"FAKE0token1opaque2value3\"\n",
    ),
    (
        ".docker/config.json",
        "{\"auths\": {\"https://FAKE0token1opaque2value3@r.example.test\": {\"auth\": \"YTpi\"}}}\n",
    ),
];

#[test]
fn token_in_the_place_of_a_user_is_never_shown() {
    for (file, text) in TOKENS_OF_USERS {
        let home = Home::new();
        home.write(file, text);
        for words in [
            "status",
            "status -o json",
            "list -o json",
            "logout --all --keychain --force --no-revoke --dry-run",
            "logout --all --keychain --force --no-revoke -o json",
            "status",
            "revoke --pending",
            "audit show",
        ] {
            let output = run(&home, words, &[]);
            let said = format!("{}{}", output.stdout, output.stderr);
            assert!(!said.contains("FAKE0"), "{file}: {words}: {output}");
        }
        assert!(
            !home
                .read(".local/state/adieu/audit.jsonl")
                .contains("FAKE0"),
            "{file}"
        );
    }
}
