//! `aws login`: a sign-in in a browser at AWS itself, and its end at the server.

use adieu_testkit::{Adieu, Clouds, Home, Output, Tree};
use serde_json::json;

const REVOKED: &str = "POST eu-west-1.oauth.signin.aws/v1/revoke";
const ASKED: &str = "POST eu-west-1.oauth.signin.aws/v1/introspect";
const PROFILES: &str = "[profile con]\nregion = eu-west-1\n\n[profile other]\nregion = eu-west-1\n";

/// A home in which the servers answer, at the machine's own time.
struct Desk {
    home: Home,
    clouds: Clouds,
}

impl Desk {
    fn new() -> Option<Self> {
        let (home, clouds) = (Home::new(), Clouds::start()?);
        home.write(".aws/config", PROFILES);
        Some(Self { home, clouds })
    }

    fn adieu(&self, words: &str) -> Output {
        let run = Adieu::new(env!("CARGO_BIN_EXE_adieu"))
            .home(&self.home)
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
            .env("DISPLAY", ":0")
            .env("BROWSER", self.clouds.browser(&self.home))
            .env_remove("ADIEU_TEST_CLOCK")
            .args(words.split_whitespace());
        let variables = self.clouds.environment();
        let run = variables
            .into_iter()
            .fold(run, |run, (name, value)| run.env(name, value));
        run.run()
    }

    fn was_asked(&self, request: &str) -> bool {
        let requests = self.clouds.requests();
        requests.iter().any(|known| known == request)
    }

    fn assert_no_secret_is_left(&self) {
        let tree = Tree::of(self.home.path());
        let files = tree.files_with("ASOR");
        assert!(files.is_empty(), "{files:?}");
    }
}

#[test]
fn browser_sign_in_is_ended_at_aws_and_said_to_be_only_when_aws_says_so() {
    let Some(desk) = Desk::new() else {
        return;
    };
    desk.adieu("login con --webflow").success();
    let status = desk.adieu("status --online").success();
    assert!(status.stdout.contains("profile con"), "{status}");
    assert!(status.stdout.contains("accepted by its server"), "{status}");
    let preview = desk.adieu("logout --all --force --dry-run").success();
    assert!(
        preview.stdout.contains("eu-west-1.oauth.signin.aws"),
        "{preview}"
    );
    assert!(!desk.was_asked(REVOKED));

    let logout = desk.adieu("logout aws:profile_con --force");
    assert_eq!(
        logout.status,
        Some(2),
        "a name with another sign is none: {logout}"
    );
    let logout = desk.adieu("logout --all --force").success();
    assert!(desk.was_asked(REVOKED) && desk.was_asked(ASKED), "{logout}");
    assert!(logout.stdout.contains("browser sign-in"), "{logout}");
    assert!(
        desk.clouds.live_tokens("signin-refresh").is_empty(),
        "{logout}"
    );
    desk.assert_no_secret_is_left();
    assert_eq!(
        desk.home.read(".aws/config").lines().next(),
        Some("[profile con]")
    );
    // The keys of the moment go on to their end, and that is said.
    assert!(logout.stdout.contains("May still be valid"), "{logout}");
    desk.adieu("status --check").success();
    desk.adieu("login con --webflow").success();
}

#[test]
fn server_that_says_yes_and_means_no_is_not_believed() {
    let Some(desk) = Desk::new() else {
        return;
    };
    desk.adieu("login con --webflow").success();
    desk.clouds
        .set(&json!({"fail": [{"path": "/v1/revoke", "status": 200, "body": "{}"}]}));
    let logout = desk.adieu("logout --all --force");
    assert!(logout.to_string().contains("still accepts it"), "{logout}");
    assert_eq!(desk.clouds.live_tokens("signin-refresh").len(), 1);
    let pending = desk.adieu("status");
    assert!(pending.stdout.contains("Not ended"), "{pending}");
    desk.assert_no_secret_is_left();
}

#[test]
fn keys_that_have_ended_sign_nothing_and_it_is_said() {
    let Some(desk) = Desk::new() else {
        return;
    };
    desk.clouds.set(&json!({"token_life": 1}));
    desk.adieu("login con --webflow").success();
    std::thread::sleep(std::time::Duration::from_millis(1500));
    let status = desk.adieu("status --check").code(1);
    assert!(
        status.stdout.contains("profile con"),
        "it can be renewed: {status}"
    );
    let logout = desk.adieu("logout --all --force");
    assert!(!desk.was_asked(REVOKED), "{logout}");
    assert!(
        logout
            .stdout
            .contains("the token has expired, but the session can be renewed"),
        "{logout}"
    );
    desk.assert_no_secret_is_left();
}
