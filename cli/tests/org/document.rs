//! `alias sf=adieu`: every command and script of the page "Log Out of an Org", unchanged, in bash.

use adieu_testkit::browser::browse;
use adieu_testkit::salesforce::Salesforce;
use adieu_testkit::{Adieu, Home, Output};
use serde_json::json;

use crate::running::Running;
use crate::support::{adieu, auth_files, document, org, private_key, project};

/// A real client that only notes what it is asked to do: adieu has no `sf project`.
const REAL_CLIENT: &str = "#!/bin/sh\necho \"$@\" >> \"$HOME/real-client\"\n";

const SCRIPT: &str = r"#!/bin/bash
# Authenticate
sf org login jwt --username user@example.com --jwt-key-file server.key --client-id $CLIENT_ID --alias TempOrg
# Perform operations
sf project deploy start --target-org TempOrg
# Log out when done
sf org logout --target-org TempOrg
";

const CLEANUP: &str = "\
# View all authenticated orgs
sf org list
# Log out from unused orgs
sf org logout --target-org UnusedOrg1
sf org logout --target-org UnusedOrg2
";

/// A machine with four orgs: the page's names for them are their aliases.
struct Page {
    salesforce: Salesforce,
    home: Home,
}

impl Page {
    fn new() -> Self {
        let (salesforce, home) = (Salesforce::start(), Home::new());
        home.write_with_mode("bin/sf", REAL_CLIENT, 0o755);
        std::fs::write(home.work().join("server.key"), private_key()).unwrap();
        project(&home);
        for (key, username) in [
            ("mine", "username@example.com"),
            ("user", "user@example.com"),
        ] {
            salesforce.add(key, username);
        }
        let page = Self { salesforce, home };
        for (key, alias) in [
            ("mine", "MyOrgAlias"),
            ("beta", "UnusedOrg1"),
            ("gamma", "UnusedOrg2"),
        ] {
            page.signed_in(key, alias);
        }
        page
    }

    fn signed_in(&self, key: &str, alias: &str) {
        org(&self.home, &format!("login access-token --alias {alias}"))
            .args(["--instance-url", &self.salesforce.url()])
            .env("SF_ACCESS_TOKEN", self.salesforce.access_token(key))
            .run()
            .success();
    }

    /// What is typed, in a shell that has the alias; only the environment says where Salesforce is.
    fn bash(&self, typed: &str) -> Adieu {
        let program = adieu(&self.home).command();
        let path = format!("{}:/usr/bin:/bin", self.home.join("bin").display());
        Adieu::new("/bin/bash")
            .home(&self.home)
            .env("LC_ALL", "C.UTF-8")
            .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
            .env("SF_USE_GENERIC_UNIX_KEYCHAIN", "true")
            .env("SF_ORG_INSTANCE_URL", self.salesforce.url())
            .env("CLIENT_ID", "FAKE.consumer")
            .env("ADIEU", program.get_program())
            .env("PATH", path)
            .args(["-c", &format!("sf() {{ \"$ADIEU\" \"$@\"; }}\n{typed}")])
    }

    #[track_caller]
    fn types(&self, typed: &str) -> Output {
        self.bash(typed).run()
    }

    fn usernames(&self) -> Vec<String> {
        let files = auth_files(&self.home).into_iter();
        files.map(|name| name.replace(".json", "")).collect()
    }
}

#[test]
fn logout_by_alias_by_user_name_and_with_force() {
    for typed in [
        "sf org logout --target-org MyOrgAlias",
        "sf org logout --target-org username@example.com",
        "# Force logout (will remove local credentials even if server revocation fails)\n\
         sf org logout --target-org MyOrgAlias --no-prompt",
    ] {
        let page = Page::new();
        let token = page.salesforce.access_token("mine");
        let output = page.types(typed).success();
        assert!(
            output
                .stdout
                .contains("Successfully logged out of orgs: username@example.com"),
            "{output}"
        );
        assert_eq!(page.salesforce.revoked(), [token]);
        assert_eq!(
            page.usernames(),
            ["beta@fixture.example", "gamma@fixture.example"]
        );
        // Verifying: not listed, and access is an error.
        let listed = page
            .types("# List all authenticated orgs\nsf org list")
            .success();
        assert!(!listed.stdout.contains("username@example.com"), "{listed}");
        assert!(listed.stdout.contains("UnusedOrg1"), "{listed}");
        let shown = page
            .types(
                "# Attempt to display org info (will fail if logged out)\n\
                 sf org display --target-org MyOrgAlias",
            )
            .code(2);
        assert!(shown.stderr.contains("NamedOrgNotFoundError"), "{shown}");
    }
}

#[test]
fn force_logout_removes_what_the_server_cannot_be_told_of() {
    let page = Page::new();
    page.salesforce.down();
    let kept = page.types("sf org logout --target-org MyOrgAlias").code(1);
    assert!(kept.stderr.contains("Unable to revoke"), "{kept}");
    assert_eq!(page.usernames().len(), 3);
    page.types("sf org logout --target-org MyOrgAlias --no-prompt")
        .success();
    assert_eq!(page.usernames().len(), 2);
}

#[test]
fn logout_of_all_orgs_at_the_end_of_a_session() {
    let page = Page::new();
    let output = page.types("sf org logout --all").success();
    assert_eq!(page.usernames(), Vec::<String>::new(), "{output}");
    assert_eq!(page.salesforce.revoked().len(), 3);
    assert_eq!(
        document(&page.home, ".sfdx/alias.json"),
        json!({"orgs": {}})
    );
    let listed = page.types("sf org list").success();
    assert!(listed.stdout.starts_with("No Orgs found."), "{listed}");
}

#[test]
fn regular_cleanup_ends_the_unused_orgs() {
    let page = Page::new();
    let output = page.types(CLEANUP).success();
    for text in [
        "UnusedOrg1",
        "orgs: beta@fixture.example",
        "orgs: gamma@fixture.example",
    ] {
        assert!(output.stdout.contains(text), "{text}: {output}");
    }
    assert_eq!(page.usernames(), ["username@example.com"]);
}

#[test]
fn script_of_a_pipeline_signs_in_works_and_signs_out() {
    let page = Page::new();
    let before = page.usernames();
    let output = page.types(SCRIPT).success();
    assert!(
        output
            .stdout
            .contains("Successfully authorized user@example.com")
            && output
                .stdout
                .contains("Successfully logged out of orgs: user@example.com"),
        "{output}"
    );
    let passed = page.home.read("real-client");
    assert_eq!(passed, "project deploy start --target-org TempOrg\n");
    assert_eq!(page.usernames(), before);
    assert_eq!(
        page.salesforce.revoked(),
        [page.salesforce.access_token("user")]
    );
    // And again, as the next run of the pipeline does.
    page.types(SCRIPT).success();
}

#[test]
fn signing_in_again_after_a_logout() {
    let page = Page::new();
    page.types("sf org logout --all").success();
    let jwt = "# JWT-based authentication\n\
               sf org login jwt --username user@example.com --jwt-key-file server.key --client-id \
               $CLIENT_ID --alias MyOrgAlias";
    page.types(jwt).success();
    page.types("sf org display --target-org MyOrgAlias")
        .success();
    page.salesforce.person("mine");
    let web = "# Web-based authentication\nsf org login web --alias MyOrgAlias";
    let mut running = Running::start(&page.bash(web));
    browse(&running.url());
    let ended = running.end();
    assert_eq!(ended.status, Some(0), "{ended:?}");
    let shown = page
        .types("sf org display --target-org MyOrgAlias --json")
        .success();
    assert_eq!(shown.json()["result"]["username"], "username@example.com");
}
