//! Keys and files that are not as they should be: said, kept until they are given up, never "nothing found".

use adieu_testkit::salesforce::Salesforce;
use adieu_testkit::{Home, Tree};

use crate::support::{auth_files, home, names, org};

const WRONG_KEY: &str =
    r#"{"account":"local","key":"00000000000000000000000000000000","service":"sfdx"}"#;

/// Without `-p` everything is kept as where Salesforce does not answer; with it everything goes.
fn all_is_kept_until_given_up(home: &Home, salesforce: &Salesforce, said: &str) {
    let had_key = home.has(".sfdx/key.json");
    let files = auth_files(home);
    let listed = crate::support::adieu(home)
        .args(["status", "salesforce"])
        .run()
        .success();
    assert!(
        listed.to_string().contains(&files[0].replace(".json", "")),
        "{listed}"
    );
    let output = org(home, "logout --all --json").run().code(1);
    assert_eq!(names(&output), Vec::<String>::new(), "{output}");
    assert!(
        output.json()["warnings"].to_string().contains(said),
        "{said}: {output}"
    );
    assert_eq!(
        output.json()["name"],
        "UnableToRevokeTokenError",
        "{output}"
    );
    assert_eq!(auth_files(home), files);
    crate::support::adieu(home)
        .args(["status", "--check"])
        .run()
        .code(3);
    let output = org(home, "logout --all -p --json").run().success();
    assert_eq!(names(&output).len(), files.len(), "{output}");
    let warnings = output.json()["warnings"].to_string();
    assert!(warnings.contains(said), "{said}: {output}");
    assert_eq!(auth_files(home), Vec::<String>::new());
    assert_eq!(salesforce.requests().len(), 0);
    assert_eq!(home.has(".sfdx/key.json"), had_key, "no key is made");
}

#[test]
fn wrong_key_is_said_and_the_orgs_are_kept() {
    let salesforce = Salesforce::start();
    let home = home("basic-v1", &salesforce);
    home.write(".sfdx/key.json", WRONG_KEY);
    all_is_kept_until_given_up(&home, &salesforce, "no key here fits");
}

#[test]
fn missing_key_is_said_and_none_is_made() {
    let salesforce = Salesforce::start();
    let home = home("basic-v2", &salesforce);
    std::fs::remove_file(home.join(".sfdx/key.json")).unwrap();
    all_is_kept_until_given_up(&home, &salesforce, "there is no key");
}

#[test]
fn key_in_a_key_store_out_of_reach_is_said() {
    let salesforce = Salesforce::start();
    let home = home("secret-service-v1", &salesforce);
    all_is_kept_until_given_up(&home, &salesforce, "key store");
}

#[test]
fn loose_mode_of_the_key_is_said_and_does_not_hide_the_orgs() {
    let salesforce = Salesforce::start();
    let home = home("basic-v1", &salesforce);
    let key = home.read(".sfdx/key.json");
    home.write_with_mode(".sfdx/key.json", key, 0o644);
    let output = org(&home, "logout --all --json").run().success();
    assert_eq!(names(&output).len(), 3);
    let warnings = output.json()["warnings"].to_string();
    assert!(
        warnings.contains("its mode is 0644") && warnings.contains("chmod 600"),
        "{output}"
    );
    assert_eq!(salesforce.revoked().len(), 3);
}

#[test]
fn broken_files_are_orgs_too() {
    for content in [
        "{}",
        "",
        "{\"username\": \"alpha@fixture.example\", \"acce",
        "[1]",
    ] {
        let salesforce = Salesforce::start();
        let home = home("basic-v1", &salesforce);
        home.write(".sfdx/alpha@fixture.example.json", content);
        org(&home, "logout -o alpha-prod --json").run().code(1);
        assert!(home.has(".sfdx/alpha@fixture.example.json"));
        let output = org(&home, "logout -o alpha-prod -p --json").run().success();
        assert_eq!(names(&output), ["alpha@fixture.example"], "{output}");
        assert_eq!(output.json()["orgs"][0]["revocation"], "impossible");
        assert!(!home.has(".sfdx/alpha@fixture.example.json"));
        assert!(!home.read(".sfdx/alias.json").contains("alpha-prod"));
        assert_eq!(salesforce.requests().len(), 0);
    }
}

#[test]
fn broken_files_that_name_orgs_keep_them_whole_until_they_are_given_up() {
    for (file, content) in [
        (".sfdx/alias.json", "{\"orgs\":"),
        (".sf/config.json", "nonsense"),
        (".sf/config.json", "[]"),
        (".sfdx/sfdx-config.json", "{\"defaultusername\": \"be"),
        (".sfdx/sfdx-config.json", "[]"),
        ("work/.sf/config.json", "[]"),
    ] {
        let salesforce = Salesforce::start();
        let home = home("basic-v1", &salesforce);
        std::fs::write(home.work().join("sfdx-project.json"), "{}").unwrap();
        match file.strip_prefix("work/") {
            Some(file) => {
                std::fs::create_dir_all(home.work().join(".sf")).unwrap();
                std::fs::write(home.work().join(file), content).unwrap();
            }
            None => drop(home.write(file, content)),
        }
        let before = Tree::of(home.root());
        let output = org(&home, "logout -o beta@fixture.example --json")
            .run()
            .code(1);
        assert!(
            output.json().to_string().contains("cannot be read"),
            "{file}: {output}"
        );
        assert_eq!(
            output.json()["orgs"][0]["revocation"],
            "not-asked",
            "{file}: {output}"
        );
        before.assert_only(&Tree::of(home.root()), &["home/.local/**", "home/.local"]);
        assert_eq!(salesforce.requests().len(), 0, "{file}: {output}");
        let output = org(&home, "logout --all -p --json").run().success();
        assert_eq!(names(&output).len(), 3, "{file}: {output}");
        let warnings = output.json()["warnings"].to_string();
        assert!(
            warnings.contains(file.rsplit('/').next().unwrap()),
            "{output}"
        );
    }
}

#[test]
fn linked_settings_of_a_project_keep_the_org() {
    let salesforce = Salesforce::start();
    let home = home("basic-v1", &salesforce);
    std::fs::write(home.work().join("sfdx-project.json"), "{}").unwrap();
    std::fs::create_dir_all(home.work().join(".sf")).unwrap();
    std::fs::write(
        home.root().join("linked.json"),
        "{\"target-org\": \"beta-dev\"}",
    )
    .unwrap();
    let link = home.work().join(".sf/config.json");
    std::os::unix::fs::symlink(home.root().join("linked.json"), link).unwrap();
    org(&home, "logout -o beta-dev").run().code(1);
    assert_eq!(salesforce.requests().len(), 0);
    org(&home, "logout -o beta-dev -p").run().success();
    assert!(!home.has(".sfdx/beta@fixture.example.json"));
}

#[test]
fn unreadable_directory_is_an_error_and_not_nothing_found() {
    let salesforce = Salesforce::start();
    let home = Home::new();
    home.link(".sfdx", "/nonexistent");
    let output = org(&home, "logout --all -p --json").run().code(1);
    assert_eq!(output.json()["name"], "OrgsUnreadableError", "{output}");
    drop(salesforce);
}

#[test]
fn nothing_there_is_said_and_nothing_is_made() {
    let home = Home::new();
    let before = Tree::of(home.root());
    let output = org(&home, "logout --all -p").run().success();
    assert_eq!(output.stdout, "No orgs found to log out of.\n");
    before.assert_same(&Tree::of(home.root()));
}

#[test]
fn names_that_would_leave_the_directory_stay_in_it() {
    let salesforce = Salesforce::start();
    let home = home("basic-v1", &salesforce);
    let beta = home.read(".sfdx/beta@fixture.example.json");
    home.write("x@y.example.json", "FAKE-outside");
    for name in [".x@y.example", "me@localhost"] {
        home.write(
            format!(".sfdx/{name}.json"),
            beta.replace("beta@fixture.example", "../x@y.example"),
        );
    }
    for typed in ["../x@y.example", "../../x@y.example", "a/b@c.d"] {
        org(&home, &format!("logout -p -o {typed}")).run().code(1);
    }
    let output = org(&home, "logout --all -p --json").run().success();
    assert_eq!(names(&output).len(), 5, "{output}");
    assert_eq!(auth_files(&home), Vec::<String>::new(), "{output}");
    assert_eq!(home.read("x@y.example.json"), "FAKE-outside");
}

#[test]
fn linked_sign_in_is_not_said_to_be_out() {
    let salesforce = Salesforce::start();
    let home = home("basic-v1", &salesforce);
    let file = ".sfdx/beta@fixture.example.json";
    home.write("../elsewhere.json", home.read(file));
    std::fs::remove_file(home.join(file)).unwrap();
    home.link(file, "../../elsewhere.json");
    let output = org(&home, "logout --all").run().code(1);
    assert!(output.stderr.contains("symbolic link"), "{output}");
    assert!(
        output.stderr.contains("Not everything could be removed"),
        "{output}"
    );
    assert!(home.has("../elsewhere.json"));
    let output = org(&home, "logout -o beta-dev").run().code(1);
    assert!(
        !output.stderr.contains("Did you mean \"beta-dev\""),
        "{output}"
    );
}
