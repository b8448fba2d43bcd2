//! Places that only a configuration knows, and places that nobody could look into: neither is "clean".

use adieu_testkit::{Home, Output};

use crate::support::adieu;

const KEYS: &str = "[dev]\naws_access_key_id = FAKE-1\naws_secret_access_key = FAKE-2\n\
    aws_session_token = FAKE-3\n";

fn configuration(base_path: &str, more: &str) -> String {
    format!(
        "auth:\n  realm: acme\n  providers:\n    sso:\n      kind: aws/iam-identity-center\n      \
         start_url: https://harbour.awsapps.com/start\n      region: us-east-1\n      \
         spec: {{ files: {{ base_path: {base_path} }} }}\n  identities:\n    dev:\n      \
         kind: aws/permission-set\n      via: {{ provider: sso }}\n      \
         principal: {{ name: ViewOnly, account: {{ id: \"210000000001\" }} }}\n{more}"
    )
}

fn check(home: &Home) -> Output {
    adieu(home).args(["status", "--check"]).run()
}

#[test]
fn base_path_in_the_directory_of_atmos_is_looked_at() {
    let custom = ".config/atmos/custom";
    for (base_path, directory) in [
        ("~/.config/atmos/custom", format!("{custom}/acme/aws/sso")),
        ("~/.config/atmos/custom", format!("{custom}/aws/sso")),
        ("~/.config/atmos/custom", format!("{custom}/sso")),
        (
            "~/.config/atmos/aws",
            ".config/atmos/aws/acme/aws/sso".to_owned(),
        ),
        ("~/.config/atmos", ".config/atmos/acme/aws/sso".to_owned()),
        ("~/.config/atmos", ".config/atmos/sso".to_owned()),
    ] {
        // Without a realm it looks like a realm called `custom`, which nobody has: found all the same.
        let is_foreign = directory == ".config/atmos/custom/aws/sso";
        for words in ["logout dev", "auth logout --all", "logout --all"] {
            if is_foreign && words == "logout --all" {
                continue;
            }
            let home = Home::new();
            let file = format!("{directory}/credentials");
            home.atmos_yaml(&configuration(base_path, ""))
                .write(&file, KEYS);
            check(&home).code(1);
            let output = adieu(&home).args(words.split(' ')).run().success();
            assert!(!home.has(&file), "{directory}: {output}");
            check(&home).success();
            assert!(!home.has(&directory), "{directory}: {output}");
        }
    }
}

#[test]
fn base_path_that_leads_nowhere_is_said_and_nothing_is_called_clean() {
    for (base_path, why) in [
        ("../elsewhere", "has `..` in it"),
        ("~/../elsewhere", "has `..` in it"),
        ("\"/srv/a\\tb\"", "has control characters in it"),
        (
            "!exec pwd",
            "is what a function gives that is not evaluated",
        ),
    ] {
        let home = Home::new();
        home.atmos_yaml(&configuration(base_path, ""));
        let output = check(&home).code(3);
        let said = format!("`spec.files.base_path` {why}, so nothing below it was looked at");
        assert!(output.to_string().contains(&said), "{output}");
    }
    for base_path in ["\"\"", "~", "!env NOT_SET"] {
        let home = Home::new();
        home.atmos_yaml(&configuration(base_path, ""));
        check(&home).success();
    }
}

#[test]
fn kubeconfig_that_cannot_be_looked_at_is_said_and_nothing_is_called_clean() {
    for (path, why) in [
        ("../kube", "has `..` in it"),
        (
            "!store kube",
            "is what a function gives that is not evaluated",
        ),
    ] {
        let home = Home::new();
        let more = format!(
            "  integrations:\n    cluster:\n      kind: aws/eks\n      via: {{ identity: dev }}\n      \
             spec: {{ cluster: {{ name: one, region: us-east-1, kubeconfig: {{ path: {path} }} }} }}\n"
        );
        home.atmos_yaml(&configuration("", &more));
        let output = check(&home).code(3);
        let said = format!("`spec.cluster.kubeconfig.path` {why}");
        assert!(output.to_string().contains(&said), "{output}");
        assert!(
            output.to_string().contains("integration \"cluster\""),
            "{output}"
        );
    }
}

/// No session bus runs in these tests.
#[test]
fn keyrings_on_disk_without_a_key_store_are_not_clean() {
    for (data_home, file) in [
        (None, ".local/share/keyrings/login.keyring"),
        (None, ".local/share/kwalletd/kdewallet.kwl"),
        (Some("data"), "data/keyrings/login.keyring"),
        (Some("data"), "data/kwalletd/kdewallet.kwl"),
        (Some("data"), ".local/share/keyrings/login.keyring"),
    ] {
        let home = Home::new();
        home.write(file, "FAKE")
            .write(".local/share/kwalletd/notes.txt", "");
        let mut command = adieu(&home).args(["status", "--check"]);
        if let Some(data_home) = data_home {
            command = command.env("XDG_DATA_HOME", home.join(data_home));
        }
        let output = command.run().code(3);
        assert!(
            output.to_string().contains("but keyrings are on disk"),
            "{output}"
        );
    }
    let home = Home::new();
    home.write(".local/share/kwalletd/notes.txt", "")
        .write(".local/share/keyrings/user.keystore", "");
    check(&home).success();
}

/// A link out of the home is not followed, so what is behind it is not known.
#[test]
fn directory_of_keyrings_that_cannot_be_listed_is_not_clean() {
    let home = Home::new();
    home.directory("../elsewhere").directory(".local/share");
    home.link(".local/share/keyrings", home.root().join("elsewhere"));
    let output = check(&home).code(3);
    assert!(
        output.to_string().contains("its files cannot be listed"),
        "{output}"
    );
}
