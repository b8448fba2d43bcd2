//! All of a provider goes, or nothing of it: a file that cannot be read keeps the rest.

use adieu_testkit::server::Server;
use adieu_testkit::{Home, Tree};
use serde_json::json;

use crate::support::{auth, logouts, page, with_portal};

const AZURE: &str = "auth:
  realm: acme
  providers:
    entra: {kind: azure/device-code, spec: {tenant_id: tenant-of-acme, client_id: client-of-acme}}
    ci: {kind: azure/oidc, spec: {tenant_id: tenant-of-ci, client_id: client-of-ci}}
";

const CACHE: &str = ".azure/msal_token_cache.json";
const PRINCIPALS: &str = ".azure/service_principal_entries.json";

/// Signed in to Azure: Atmos's own file, and its copies in the Azure CLI's.
fn azure() -> Home {
    let home = Home::new();
    home.atmos_yaml(AZURE);
    let entry = json!({"secret": "FAKE-azure", "home_account_id": "ana.tenant-of-acme", "realm": "tenant-of-acme"});
    let credentials = json!({
        "access_token": "FAKE-azure", "tenant_id": "tenant-of-acme",
        "expiration": "2099-01-01T00:00:00Z",
    });
    home.write(
        ".azure/atmos/acme/entra/credentials.json",
        credentials.to_string(),
    )
    .write(CACHE, json!({"AccessToken": {"a": entry}}).to_string())
    .write(
        PRINCIPALS,
        json!([{"client_id": "client-of-ci", "tenant": "tenant-of-ci", "client_assertion": "FAKE-azure-ci"}])
            .to_string(),
    );
    home
}

#[test]
fn azure_stays_whole_while_the_azure_clis_files_cannot_be_read() {
    for (file, own, secret) in [
        (CACHE, "logout --provider entra", "FAKE-azure\""),
        (PRINCIPALS, "logout --provider ci", "FAKE-azure-ci"),
    ] {
        for how in ["cut", "linked", "forbidden"] {
            for words in [own, "logout --all"] {
                let home = azure();
                let whole = home.read(file);
                match how {
                    "cut" => {
                        home.write(file, &whole[..whole.len() / 2]);
                    }
                    "linked" => {
                        home.rename(file, "../elsewhere")
                            .link(file, "../../elsewhere");
                    }
                    _ => {
                        home.mode(file, 0o000);
                    }
                }
                let before = Tree::of(home.path());
                let Some(run) = auth(&home, words).unprivileged() else {
                    continue;
                };
                let output = run.run();
                let case = format!("{file} {how}, {words}: {output}");
                let is_whole = file == CACHE || words == own;
                assert!(!is_whole || matches!(output.status, Some(1 | 3)), "{case}");
                assert!(
                    !is_whole || !output.stdout.contains("Successfully"),
                    "{case}"
                );
                let name = file.rsplit('/').next().unwrap();
                assert!(output.to_string().contains(name), "{case}");
                if is_whole {
                    before.assert_only(&Tree::of(home.path()), &[".local/**", ".local"]);
                } else {
                    // Whose part is in another file is out.
                    assert!(!home.has(".azure/atmos"), "{case}");
                }
                for path in [file, "../elsewhere"] {
                    let _ = std::fs::remove_file(home.join(path));
                }
                home.write(file, whole);
                auth(&home, words).run().success();
                let tree = Tree::of(home.path());
                let left = tree.files_with(secret);
                assert!(left.is_empty(), "{case}: {left:?}");
            }
        }
    }
}

#[test]
fn force_gives_up_what_is_in_the_azure_clis_files() {
    let home = azure();
    home.write(CACHE, "{");
    auth(&home, "logout --provider entra --force").run();
    assert!(!home.has(".azure/atmos/acme/entra/credentials.json"));
}

/// What is in it nobody can tell: role keys, of every provider.
#[test]
fn providers_stay_whole_while_atmoss_own_directory_cannot_be_read() {
    for directory in [
        ".config/atmos",
        ".config/atmos/acme",
        ".config/atmos/acme/aws",
        ".config/atmos/acme/aws/aws-sso",
    ] {
        for words in [
            "logout --provider aws-sso",
            "logout --all",
            "logout prod-admin",
        ] {
            let (home, server) = (page(), Server::aws_portal());
            let before = Tree::of(home.root());
            home.mode(directory, 0o000);
            let command = with_portal(auth(&home, words), &server);
            let Some(run) = command.unprivileged() else {
                return;
            };
            let output = run.run();
            home.mode(directory, 0o700);
            let case = format!("{directory}, {words}: {output}");
            assert!(!output.stdout.contains("Successfully"), "{case}");
            let says = |what: &str| output.to_string().contains(what);
            assert!(
                says("cannot be read") || says("not everything could be read"),
                "{case}"
            );
            if directory.ends_with("aws-sso") && words == "logout --all" {
                // The other provider is out.
                assert_eq!(logouts(&server), 0, "{case}");
                assert!(
                    !home.has(".config/atmos/acme/aws/backup-provider"),
                    "{case}"
                );
                continue;
            }
            assert!(matches!(output.status, Some(1 | 3)), "{case}");
            assert_eq!(logouts(&server), 0, "{case}");
            before.assert_only(&Tree::of(home.root()), &["home/.local/**", "home/.local"]);
            with_portal(auth(&home, words), &server).run().success();
        }
    }
}
