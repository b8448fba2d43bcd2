//! Names in a hostile `atmos.yaml`: none becomes a path that it must not become.

use adieu_testkit::server::Server;
use adieu_testkit::{AwsSession, Home, Output};

use crate::support::{
    TRAIL, adieu, all_said, assert_said, at, one_portal, portal_token, run, run_at, signed_in,
    tree, valuables,
};

/// Every form of logout that may touch the provider.
fn forms(provider: &str) -> Vec<Vec<String>> {
    let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<String>>();
    let mut forms = vec![
        words("logout --all --force"),
        words("logout dev --force"),
        words("auth logout --all --force"),
        words("auth logout --all --keychain --force"),
    ];
    // No program can be given an argument with a NUL in it.
    if !provider.contains('\0') {
        let mut form = words("logout --force --provider");
        form.push(provider.to_owned());
        forms.push(form);
    }
    forms
}

/// Runs every form in a fresh home that `prepare` made; nothing but the given paths may change.
fn every_form(
    provider: &str,
    allowed: &[&str],
    prepare: impl Fn(&Home),
    check: impl Fn(&Home, &Output),
) {
    for form in forms(provider) {
        let home = Home::new();
        valuables(&home);
        prepare(&home);
        let before = tree(&home);
        let output = adieu(&home).args(form).run();
        let allowed: Vec<&str> = allowed.iter().copied().chain([TRAIL]).collect();
        before.assert_only(&tree(&home), &allowed);
        check(&home, &output);
    }
}

/// The name in double quotes, as YAML and Rust's `Debug` both write it.
fn quoted(name: &str) -> String {
    serde_json::to_string(name).unwrap()
}

#[test]
fn provider_with_a_name_that_is_no_component_touches_nothing_and_is_named() {
    let long = "x".repeat(300);
    let names = [
        "../../x",
        "a/b",
        "a\0b",
        "a\u{1b}[2Jb",
        "a\nb",
        "..",
        long.as_str(),
    ];
    for name in names {
        every_form(
            name,
            &[],
            |home| {
                // Where `../../x` and `a/b` would lead. To a configuration that knows no `a/b` what lies
                // there is what Atmos has left of a root identity of that name.
                if name == "a/b" {
                    home.aws_session(&AwsSession::new("", "a/b", "dev"))
                        .aws_session(&AwsSession::new("acme", "a/b", "dev"));
                }
                home.atmos_yaml(&one_portal(&quoted(name), &["dev"], ""))
                    .write(".config/x/credentials", "[dev]\naws_access_key_id = FAKE\n")
                    .write(
                        ".config/atmos/x/credentials",
                        "[dev]\naws_access_key_id = FAKE\n",
                    );
            },
            |_, output| {
                let shown = format!("{name:?}");
                assert_said(output, &shown[1..shown.len() - 1]);
                let said = all_said(output);
                assert!(!said.contains('\u{1b}') && !said.contains('\0'), "{output}");
            },
        );
    }
}

#[test]
fn provider_named_like_a_settings_directory_loses_nothing_below_home() {
    for name in [".ssh", ".aws", "Documents"] {
        every_form(
            name,
            &[],
            |home| {
                let more = "      spec: { files: { base_path: \"~\" } }\n";
                home.atmos_yaml(&one_portal(name, &["other"], more))
                    .atmos_yaml(&one_portal(name, &["dev"], more));
            },
            |_, _| {},
        );
    }
}

#[test]
fn hidden_name_is_said_not_to_be_a_directory_of_atmos() {
    let more = "      spec: { files: { base_path: \"~\" } }\n";
    every_form(
        ".ssh",
        &[],
        |home| {
            home.atmos_yaml(&one_portal(".ssh", &["dev"], more));
        },
        |_, output| assert_said(output, "\".ssh\""),
    );
}

#[test]
fn identity_with_a_hostile_name_never_becomes_a_path() {
    for name in ["../../../.ssh", "a/b", "a\nb"] {
        let home = Home::new();
        valuables(&home);
        home.atmos_yaml(&one_portal("sso", &[&quoted(name)], ""))
            .write(".cache/atmos/.ssh/refresh.json", "{}")
            .write(".cache/.ssh/refresh.json", "{}");
        let before = tree(&home);
        for words in [
            vec!["logout", "--all", "--force"],
            vec!["logout", name, "--force"],
            vec!["auth", "logout", "--all", "--keychain", "--force"],
        ] {
            run(&home, &words);
        }
        before.assert_only(&tree(&home), &[TRAIL]);
    }
}

#[test]
fn realm_with_a_path_in_it_leads_nowhere() {
    for realm in ["../../..", "a/../../..", "/", "~"] {
        let home = Home::new();
        valuables(&home);
        let text = one_portal("sso", &["dev"], "");
        home.atmos_yaml(&text.replace("realm: acme", &format!("realm: {}", quoted(realm))))
            .write("aws/sso/credentials", "[dev]\naws_access_key_id = FAKE\n")
            .write("aws/sso/config", "[profile dev]\nregion = x\n");
        let before = tree(&home);
        run(&home, &["logout", "--all", "--force"]);
        run(&home, &["auth", "logout", "--all", "--force"]);
        run(&home, &["logout", "dev", "--force"]);
        before.assert_only(&tree(&home), &[TRAIL]);
    }
}

#[test]
fn keyring_path_that_leads_elsewhere_deletes_nothing() {
    // Outside both directories, inside the home at somebody's files, and through a link.
    for (path, told) in [
        ("/ROOT/outside", true),
        ("../outside", true),
        ("~/.ssh", false),
        ("./linked", true),
    ] {
        let home = Home::new();
        valuables(&home);
        home.write("../outside/atmos_acme_dev", "FAKE")
            .write("../outside/notes", "mine")
            .link("../work/linked", "../outside");
        let path = path.replace("/ROOT", home.root().to_str().unwrap());
        let text = one_portal("sso", &["dev"], "");
        let keyring =
            format!("  realm: acme\n  keyring: {{ type: file, spec: {{ path: \"{path}\" }} }}");
        home.atmos_yaml(&text.replace("  realm: acme", &keyring));
        let before = tree(&home);
        // The whole machine's logout takes a person's own AWS keys too, where they ask for stored ones.
        for words in [
            "auth logout --all --keychain --force",
            "logout dev --keychain --force",
        ] {
            let output = run(&home, &words.split(' ').collect::<Vec<_>>());
            if told {
                let name = if path.contains("linked") {
                    "linked"
                } else {
                    "outside"
                };
                assert_said(&output, name);
            }
        }
        before.assert_only(&tree(&home), &[TRAIL]);
    }
}

/// What may go when `dev` is logged out of the portal.
const SESSION: [&str; 3] = ["home/.config/**", "home/.cache/**", "home/.aws/sso/**"];

/// A listener for everything that would leave this machine.
fn with_proxy(home: &Home, proxy: &Server, words: &[&str]) -> Output {
    adieu(home)
        .env("HTTPS_PROXY", proxy.url())
        .env("HTTP_PROXY", proxy.url())
        .env("ALL_PROXY", proxy.url())
        .args(words.iter().copied())
        .run()
}

#[test]
fn foreign_endpoint_of_a_file_gets_no_token_and_is_named() {
    let more = "      spec: { endpoint_url: \"https://portal.evil.example\" }\n";
    for words in [
        vec!["auth", "logout", "--all"],
        vec!["logout", "--all", "--force"],
        vec!["logout", "--provider", "sso", "--force"],
        vec!["logout", "dev", "--force"],
    ] {
        let (home, proxy) = (Home::new(), Server::start());
        valuables(&home);
        signed_in(&home, "sso");
        home.atmos_yaml(&one_portal("sso", &["dev"], more));
        let before = tree(&home);
        let output = with_proxy(&home, &proxy, &words);
        assert!(proxy.requests().is_empty(), "{:?}", proxy.requests());
        assert_said(&output, "portal.evil.example");
        assert_said(&output, "sign out at ");
        assert_said(&output, "--allow-endpoint portal.evil.example");
        let after = tree(&home);
        let allowed: Vec<&str> = SESSION.into_iter().chain([TRAIL]).collect();
        before.assert_only(&after, &allowed);
        assert!(
            after.files_with("FAKE-portal-token").is_empty(),
            "{}",
            after.listing()
        );
        assert!(!home.has(".config/atmos/acme/aws/sso/credentials"));
        assert_eq!(output.status, Some(0), "{output}");
    }
}

#[test]
fn foreign_endpoint_is_asked_once_it_is_allowed() {
    let more = "      spec: { endpoint_url: \"https://portal.evil.example\" }\n";
    let (home, proxy) = (Home::new(), Server::start());
    signed_in(&home, "sso");
    home.atmos_yaml(&one_portal("sso", &["dev"], more));
    with_proxy(
        &home,
        &proxy,
        &[
            "auth",
            "logout",
            "--all",
            "--allow-endpoint",
            "portal.evil.example",
        ],
    );
    assert_eq!(proxy.requests()[0].method, "CONNECT");
}

#[test]
fn look_alikes_of_the_vendor_and_of_loopback_get_no_token() {
    for url in [
        "https://portal.sso.us-east-1.amazonaws.com.evil.example",
        "https://portal.sso.us-east-1.amazonaws.com@evil.example",
        "http://127.0.0.1.evil.example",
        "http://localhost.evil.example",
        "https://user:password@portal.sso.us-east-1.amazonaws.com:8443.evil.example",
        "file:///etc/passwd",
        "https://portal.sso.us-east-1.amazonaws.com\\\\@evil.example",
    ] {
        let (home, proxy) = (Home::new(), Server::start());
        portal_token(&home);
        let more = format!("      spec: {{ endpoint_url: \"{url}\" }}\n");
        home.atmos_yaml(&one_portal("sso", &["dev"], &more));
        let output = with_proxy(&home, &proxy, &["auth", "logout", "--all", "--force"]);
        // Written like this, some of them do name the vendor's own host, and may be asked.
        for request in proxy.requests() {
            assert_eq!(
                request.path, "portal.sso.us-east-1.amazonaws.com:443",
                "{url}"
            );
        }
        assert!(
            tree(&home).files_with("FAKE-portal-token").is_empty(),
            "{url}\n{output}"
        );
        // No consent lets a token go without encryption.
        if !url.starts_with("https:") {
            assert_said(&output, "the token was not sent");
            assert!(!output.stderr.contains("--allow-endpoint"), "{output}");
        }
    }
}

/// On a machine that people share, anybody can listen there.
#[test]
fn loopback_endpoint_of_a_file_gets_no_token_until_it_is_allowed() {
    let signed_in_at = |portal: &Server, host: &str| {
        let home = Home::new();
        signed_in(&home, "sso");
        let address = format!("http://{host}:{}", portal.port());
        let more = format!("      spec: {{ endpoint_url: \"{address}\" }}\n");
        home.atmos_yaml(&one_portal("sso", &["dev"], &more));
        (home, format!("{host}:{}", portal.port()))
    };
    for host in ["127.0.0.1", "localhost", "[::1]", "127.9.9.9"] {
        let stranger = Server::aws_portal();
        for words in [
            vec!["auth", "logout", "--all"],
            vec!["logout", "--all", "--force"],
            vec!["logout", "--provider", "sso", "--online"],
            vec!["revoke", "--provider", "sso"],
        ] {
            let (home, named) = signed_in_at(&stranger, host);
            let status = run(&home, &["status", "--online"]);
            assert_said(
                &status,
                &format!("not sent to {named}: only a configuration file"),
            );
            let output = run(&home, &words);
            assert!(stranger.requests().is_empty(), "{:?}", stranger.requests());
            assert_said(&output, &format!("--allow-endpoint {named}"));
            assert_said(&output, &format!("was not sent to {named}"));
            assert!(
                home.has(".cache/atmos/aws-sso") == (words[0] == "revoke"),
                "{output}"
            );
        }
    }
    let (portal, stranger) = (Server::aws_portal(), Server::aws_portal());
    let (home, named) = signed_in_at(&portal, "127.0.0.1");
    let words = ["auth", "logout", "--all", "--allow-endpoint", &named];
    // A variable that names another one does not come before what is allowed by name.
    let output = at(&stranger, adieu(&home)).args(words).run().success();
    let requests = portal.requests();
    assert_eq!(requests.len(), 1, "{requests:?}");
    assert_eq!(requests[0].path, "/logout");
    assert_eq!(
        requests[0].header("x-amz-sso_bearer_token"),
        Some("FAKE-portal-token")
    );
    assert_said(&output, &format!(" at {named}"));
    assert!(stranger.requests().is_empty());
    let trail = home.read(".local/state/adieu/audit.jsonl");
    assert!(trail.contains(&named), "{trail}");
}

#[test]
fn allowed_host_is_recorded_without_a_password() {
    let (home, portal) = (Home::new(), Server::aws_portal());
    signed_in(&home, "sso");
    let more = format!("      spec: {{ endpoint_url: \"{}\" }}\n", portal.url());
    home.atmos_yaml(&one_portal("sso", &["dev"], &more));
    let typed = format!("http://ana:FAKE-password@127.0.0.1:{}", portal.port());
    let output = run(
        &home,
        &["auth", "logout", "--all", "--allow-endpoint", &typed],
    )
    .success();
    assert_eq!(portal.requests().len(), 1, "{output}");
    let trail = home.read(".local/state/adieu/audit.jsonl");
    for text in [&output.stdout, &output.stderr, &trail] {
        assert!(!text.contains("FAKE-password"), "{text}");
    }
    let output = run(
        &home,
        &[
            "logout",
            "--all",
            "--allow-endpoint",
            "ftp://ana:FAKE-password@h",
        ],
    )
    .code(2);
    assert!(!output.stderr.contains("FAKE-password"), "{output}");
    assert_said(&output, "is not a host");
}

#[test]
fn redirect_of_the_server_is_not_followed() {
    let (home, portal, thief) = (Home::new(), Server::start(), Server::start());
    let there = format!("{}/logout", thief.url());
    portal.on(
        "POST",
        "/logout",
        adieu_testkit::server::Answer::status(307).header("Location", &there),
    );
    portal_token(&home);
    home.atmos_yaml(&one_portal("sso", &["dev"], ""));
    let output = run_at(&portal, &home, &["auth", "logout", "--all"]);
    assert!(thief.requests().is_empty(), "{:?}", thief.requests());
    assert!(!portal.requests().is_empty());
    assert!(tree(&home).files_with("FAKE-portal-token").is_empty());
    assert_said(&output, "refused");
}
