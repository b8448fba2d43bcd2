//! What lies beside a sign-in of Atmos: lock files, lists, strangers' files, other realms, and what
//! could not be looked at.

use adieu_testkit::server::Server;
use adieu_testkit::{AwsSession, Home, PortalSession, Tree};
use serde_json::json;

use crate::support::{adieu, auth, keyring_entry, logouts, page, with_portal};

const AZURE: &str = "\
auth:
  realm: boreal
  providers:
    boreal-device: { kind: azure/device-code, spec: { tenant_id: tenant-1 } }
    boreal-az: { kind: azure/cli, spec: { tenant_id: tenant-1 } }
    sundial: { kind: gcp/adc, spec: {} }
  identities:
    tundra: { kind: azure/subscription, via: { provider: boreal-device }, principal: { subscription_id: sub-1 } }
    skerry: { kind: azure/subscription, via: { provider: boreal-az }, principal: { subscription_id: sub-2 } }
    holm: { kind: azure/subscription, via: { provider: boreal-az }, principal: { subscription_id: sub-3 } }
    almanac: { kind: gcp/service-account, via: { provider: sundial }, principal: { service_account_email: a@p.iam.gserviceaccount.com } }
    gnomon: { kind: gcp/project, via: { provider: sundial }, principal: { project_id: p } }
";

fn azure(subscription: &str, provider: &str, end: &str, graph_end: &str) -> Home {
    let home = Home::new();
    home.atmos_yaml(AZURE);
    let directory = format!(".azure/atmos/boreal/{provider}");
    let credentials = json!({
        "access_token": "FAKE-arm", "token_type": "Bearer", "expiration": end,
        "graph_api_token": "FAKE-graph", "graph_api_expiration": graph_end,
        "subscription_id": subscription, "tenant_id": "tenant-1",
    });
    home.write(
        format!("{directory}/credentials.json"),
        credentials.to_string(),
    )
    .write(format!("{directory}/credentials.json.lock"), "");
    home
}

const LATER: &str = "2099-01-01T00:00:00Z";
const BEFORE: &str = "2026-11-21T08:00:00Z";

#[test]
fn azure_identity_is_live_as_long_as_any_of_its_tokens() {
    for (end, graph_end, expected) in [
        (LATER, BEFORE, "live"),
        (BEFORE, LATER, "live"),
        (BEFORE, BEFORE, "expired"),
    ] {
        let home = azure("SUB-2", "boreal-az", end, graph_end);
        let status = auth(&home, "status -o json").run().success().json();
        for identity in ["skerry", "holm"] {
            let sessions = status["sessions"].as_array().unwrap();
            let session = sessions.iter().find(|found| found["identity"] == identity);
            assert_eq!(session.unwrap()["state"], expected, "{identity}");
        }
        let code = i32::from(expected == "live");
        auth(&home, "status skerry --check").run().code(code);
        auth(&home, "whoami --offline -i holm").run().code(1 - code);
    }
}

#[test]
fn azure_file_goes_with_who_it_was_written_for_and_stays_for_others() {
    let home = azure("sub-2", "boreal-az", LATER, LATER);
    let preview = auth(&home, "logout skerry --dry-run").run().success();
    assert!(preview.stdout.contains("Would remove from"), "{preview}");
    assert!(preview.stdout.contains("boreal-az/"), "{preview}");
    let other = auth(&home, "logout holm").run().success();
    assert!(home.has(".azure/atmos/boreal/boreal-az/credentials.json"));
    assert!(other.to_string().contains("it is skerry's"), "{other}");
    assert!(!other.stdout.contains("already logged out"), "{other}");
    let preview = auth(&home, "logout holm --dry-run").run().success();
    assert!(!preview.stdout.contains("Would remove"), "{preview}");
    assert!(
        preview.stdout.contains("Nothing would be removed"),
        "{preview}"
    );
    auth(&home, "logout skerry").run().success();
    assert!(
        !home.has(".azure/atmos"),
        "{}",
        Tree::of(home.path()).listing()
    );
    auth(&home, "status --check").run().success();
}

#[test]
fn directories_belong_to_the_system_that_they_were_found_for() {
    let azure = azure("sub-1", "boreal-device", LATER, LATER);
    let google = Home::new();
    google.atmos_yaml(AZURE).write(
        ".config/atmos/boreal/gcp/sundial/adc/almanac/access_token",
        format!("FAKE-token\n{LATER}\n"),
    );
    for (home, provider, system) in [
        (azure, "boreal-device", "azure"),
        (google, "sundial", "gcp"),
    ] {
        let words = format!("logout --provider {provider} --dry-run -o json");
        let report = auth(&home, &words).run().success().json();
        let steps = report["steps"].as_array().unwrap();
        assert!(steps.len() > 3, "{report:#}");
        for step in steps {
            assert_eq!(step["system"], system, "{step:#}");
        }
    }
}

#[test]
fn strangers_files_in_directories_of_a_provider_are_kept_and_named() {
    let azure = azure("sub-1", "boreal-device", LATER, LATER);
    let google = Home::new();
    google.atmos_yaml(AZURE).write(
        ".config/atmos/boreal/gcp/sundial/adc/almanac/access_token",
        format!("FAKE-token\n{LATER}\n"),
    );
    for (home, directory, words) in [
        (
            &azure,
            ".azure/atmos/boreal/boreal-device",
            "logout --provider boreal-device",
        ),
        (
            &google,
            ".config/atmos/boreal/gcp/sundial",
            "logout --provider sundial",
        ),
        (
            &google,
            ".config/atmos/boreal/gcp/sundial/adc/almanac",
            "logout almanac",
        ),
    ] {
        let mine = format!("{directory}/mine.txt");
        home.write(&mine, "FAKE-stranger\n");
        let output = auth(home, words).run().success();
        assert!(home.has(&mine), "{output}");
        let said = "mine.txt in it is not Atmos's";
        assert!(output.to_string().contains(said), "{output}");
    }
}

#[test]
fn azure_clis_own_tokens_stay_when_atmos_only_asked_it_for_one() {
    let home = azure("sub-2", "boreal-az", LATER, LATER);
    let cache = json!({"AccessToken": {"a": {
        "secret": "FAKE-arm", "home_account_id": "ana.tenant-1", "realm": "tenant-1",
    }}});
    home.write(".azure/msal_token_cache.json", cache.to_string());
    let before = home.read(".azure/msal_token_cache.json");
    auth(&home, "logout --all").run().success();
    assert_eq!(home.read(".azure/msal_token_cache.json"), before);
    assert!(!home.has(".azure/atmos"));
}

#[test]
fn list_of_provisioned_identities_goes_only_with_its_provider() {
    let list = ".cache/atmos/auth/sso/provisioned-identities.yaml";
    let home = || {
        let home = Home::new();
        home.atmos_yaml(
            "auth:\n  realm: acme\n  providers:\n    sso: { kind: aws/iam-identity-center, region: us-east-1, \
             start_url: https://acme.awsapps.com/start }\n",
        );
        home.write(
            list,
            "auth:\n  identities:\n    prod/Admin:\n      kind: aws/permission-set\n      \
             via: { provider: sso }\n      principal: { name: Admin, account: { id: \"444455556666\" } }\n",
        );
        home.aws_session(&AwsSession::new("acme", "sso", "prod/Admin"));
        home
    };
    let one = home();
    let output = auth(&one, "logout prod/Admin").run().success();
    assert!(one.has(list) && !one.has(".config/atmos/acme"), "{output}");
    assert!(!output.to_string().contains("provisioned"), "{output}");
    let again = auth(&one, "logout prod/Admin").run().success();
    assert!(again.stdout.contains("already logged out"), "{again}");
    for words in ["logout --provider sso", "logout --all"] {
        let all = home();
        auth(&all, words).run().success();
        assert!(!all.has(".cache/atmos/auth"), "{words}");
    }
}

#[test]
fn keyring_below_a_tilde_is_searched_where_people_and_where_atmos_mean_it() {
    let home = Home::new();
    home.atmos_yaml(
        "auth:\n  realm: acme\n  keyring: { type: file, spec: { path: ~/keys } }\n  providers:\n    \
         sso: { kind: aws/iam-identity-center, region: us-east-1, start_url: https://acme.awsapps.com/start }\n",
    );
    keyring_entry(&home, "atmos_acme_sso");
    let entry = std::fs::read(home.work().join("keyring/atmos_acme_sso")).unwrap();
    home.write("keys/atmos_acme_sso", &entry);
    let literal = home.work().join("~/keys");
    std::fs::create_dir_all(&literal).unwrap();
    std::fs::write(literal.join("atmos_acme_sso"), &entry).unwrap();
    let output = auth(&home, "logout --all --keychain --force --no-revoke").run();
    output.clone().success();
    assert!(!home.has("keys/atmos_acme_sso"), "{output}");
    assert!(!literal.join("atmos_acme_sso").exists(), "{output}");
}

#[test]
fn other_realms_are_mentioned_in_one_line_whatever_was_found_here() {
    let home = page();
    for realm in ["beta", "gamma"] {
        home.aws_session(&AwsSession::new(realm, "aws-sso", "dev-admin"));
    }
    home.aws_session(&AwsSession::new("beta", "aws-sso", "prod-admin"));
    let before = Tree::of(home.path());
    let one = auth(&home, "logout dev-admin --no-revoke").run().success();
    assert!(one.stdout.contains("Successfully logged out"), "{one}");
    let said = "'dev-admin' is signed in here, in the realm 'beta', which is another \
                configuration's; so is 'dev-admin' in 'gamma'";
    assert_eq!(one.stderr.matches(said).count(), 1, "{one}");
    assert!(!one.stderr.contains("prod-admin' in"), "{one}");
    let document = auth(&home, "logout --all --dry-run -o json")
        .run()
        .success();
    assert!(
        document.stdout.contains("in the realm 'beta'"),
        "{document}"
    );
    let other = ".config/atmos/beta/**";
    let own = [".config/atmos/acme/**", ".local/**", ".local"];
    before.assert_only(&Tree::of(home.path()), &own);
    assert!(home.has(other.trim_end_matches("/**")));
}

#[test]
fn identities_of_an_unreadable_provider_directory_are_unknown() {
    let home = page();
    home.rename(".config/atmos/acme/aws/aws-sso", "moved")
        .link(".config/atmos/acme/aws/aws-sso", "../../../../moved");
    let status = auth(&home, "status -o json").run().json();
    let state = |name: &str| {
        let sessions = status["sessions"].as_array().unwrap();
        let found = sessions.iter().find(|session| session["identity"] == name);
        found.unwrap()["state"].as_str().unwrap().to_owned()
    };
    for name in ["dev-admin", "prod-admin", "dev-org-admin"] {
        assert_eq!(state(name), "unknown", "{name}");
    }
    assert_eq!(state("backup-admin"), "live");
    auth(&home, "status dev-admin --check").run().code(3);
    auth(&home, "logout --provider backup-provider")
        .run()
        .success();
    let status = auth(&home, "status backup-admin -o json").run().json();
    assert_eq!(status["sessions"][0]["state"], "signed-out");
}

#[test]
fn token_that_is_also_kept_for_nobody_is_ended_where_its_provider_says() {
    let (home, portal) = (Home::new(), Server::aws_portal());
    let session = PortalSession::new("https://acme.awsapps.com/start", "us-east-1", "FAKE-token");
    home.atmos_yaml(&format!(
        "auth:\n  realm: acme\n  providers:\n    sso: {{ kind: aws/iam-identity-center, region: us-east-1, \
         start_url: https://acme.awsapps.com/start, spec: {{ endpoint_url: \"{}\" }} }}\n",
        portal.url()
    ));
    home.atmos_portal_session(&session);
    // The same token, kept by another tool under a start page that nobody configured; its name comes
    // first.
    let mut copy = session.contents();
    copy["startUrl"] = json!("https://another.awsapps.com/start");
    home.write(".aws/sso/cache/0000.json", copy.to_string())
        .write(".cache/atmos/aws-sso/sessions/0000.json", copy.to_string());
    let host = portal.url().replace("http://", "");
    let words = ["logout", "--all", "--force", "--allow-endpoint", &host];
    let output = adieu(&home).args(words).run();
    assert_eq!(logouts(&portal), 1, "{output}");
    output.success();
}

#[test]
fn link_of_a_chain_that_stays_for_its_own_sake_is_not_shared_with_itself() {
    let (home, portal) = (page(), Server::aws_portal());
    home.aws_session(&AwsSession::new("acme", "aws-sso", "dev-org-admin"));
    keyring_entry(&home, "atmos_acme_dev-org-admin");
    let output = with_portal(auth(&home, "logout dev-admin"), &portal).run();
    assert!(
        !output.to_string().contains("used by dev-org-admin)"),
        "{output}"
    );
    assert!(output.to_string().contains("for its own sake"), "{output}");
}
