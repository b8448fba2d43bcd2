//! The real AWS CLI, boto3 and adieu share one sign-in at a portal, whoever made it, and none of them has
//! it when adieu has ended it.

use adieu_testkit::{Adieu, Client, Clouds, Home, Output};

/// A portal, two of its permission sets, and a role behind one of them.
const CONFIGURATION: &str = "auth:
  providers:
    corp:
      kind: aws/iam-identity-center
      start_url: https://corp.awsapps.com/start
      region: eu-central-1
  identities:
    build-admin:
      kind: aws/permission-set
      via: {provider: corp}
      principal: {name: Admin, account: {id: \"111122223333\"}}
    prod-reader:
      kind: aws/permission-set
      via: {provider: corp}
      principal: {name: ReadOnly, account: {name: prod}}
    deployer:
      kind: aws/assume-role
      via: {identity: build-admin}
      principal: {assume_role: \"arn:aws:iam::444455556666:role/deployer\"}
";

/// The same portal in the AWS CLI's own words.
const PROFILE: &str = "[profile build]
sso_start_url = https://corp.awsapps.com/start
sso_region = eu-central-1
sso_account_id = 111122223333
sso_role_name = Admin
region = eu-central-1
";

const ADMIN: &str =
    "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_FAKE/alice@example.test";

const WHO: &str = "sts get-caller-identity --query Arn --output text --profile";

const BOTO: &str = "import boto3, sys\n\
    sts = boto3.Session(profile_name=sys.argv[1]).client('sts')\n\
    print(sts.get_caller_identity()['Arn'])\n";

/// A home in which clients and adieu talk to the same servers, at the machine's own time.
struct Desk {
    home: Home,
    clouds: Clouds,
    aws: Client,
    python: Client,
}

impl Desk {
    fn new() -> Option<Self> {
        let desk = Self {
            home: Home::new(),
            clouds: Clouds::start()?,
            aws: Client::find("aws")?,
            python: Client::find("python3")?,
        };
        desk.home.atmos_yaml(CONFIGURATION);
        desk.home.write(".aws/config", PROFILE);
        Some(desk)
    }

    fn prepared(&self, run: Adieu) -> Adieu {
        let variables = self.clouds.environment();
        let run = run.env("AWS_EC2_METADATA_DISABLED", "true");
        variables
            .into_iter()
            .fold(run, |run, (name, value)| run.env(name, value))
    }

    fn adieu(&self, words: &str) -> Output {
        let run = Adieu::new(env!("CARGO_BIN_EXE_adieu"))
            .home(&self.home)
            .env("PATH", "/usr/bin:/bin")
            .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
            .env_remove("ADIEU_TEST_CLOCK")
            .args(words.split_whitespace());
        self.prepared(run).run()
    }

    fn aws(&self, words: &str) -> Output {
        let run = self.aws.in_home(&self.home).args(words.split_whitespace());
        self.prepared(run).run()
    }

    fn boto(&self, profile: &str) -> Output {
        let run = self.python.in_home(&self.home).args(["-c", BOTO, profile]);
        self.prepared(run).run()
    }

    /// Whose keys the real clients have, each in its own words.
    fn assert_both_work(&self) {
        let cli = self.aws(&format!("{WHO} build")).success();
        assert_eq!(cli.stdout.trim(), ADMIN);
        let boto = self.boto("build").success();
        assert_eq!(boto.stdout.trim(), ADMIN);
    }

    /// That both ask for a sign-in, and that the server takes nothing.
    fn assert_nobody_works(&self) {
        let cli = self.aws(&format!("{WHO} build"));
        assert_ne!(cli.status, Some(0), "{cli}");
        assert!(cli.stderr.contains("SSO Token"), "{cli}");
        let boto = self.boto("build");
        assert_ne!(boto.status, Some(0), "{boto}");
        for kind in ["sso-access", "sso-refresh"] {
            assert_eq!(self.clouds.live_tokens(kind), Vec::<String>::new());
        }
        self.adieu("status --check").success();
    }

    fn count(&self, request: &str) -> usize {
        let requests = self.clouds.requests();
        requests.iter().filter(|known| *known == request).count()
    }
}

#[test]
fn what_adieu_signed_in_serves_the_real_clients_until_adieu_ends_it() {
    let Some(desk) = Desk::new() else {
        return;
    };
    desk.adieu("auth login -i build-admin --device").success();
    desk.adieu("auth login -i prod-reader").success();
    desk.assert_both_work();
    let exec = format!(
        "auth exec -i deployer -- {} sts get-caller-identity --query Arn --output text",
        desk.aws.path().display()
    );
    let role = desk.adieu(&exec).success();
    assert!(role.stdout.contains("assumed-role/deployer/"), "{role}");
    // One person at one browser, whoever asked.
    assert_eq!(
        desk.count("POST oidc.eu-central-1.amazonaws.com/device_authorization"),
        1
    );
    desk.adieu("logout --all --force").success();
    assert_eq!(
        desk.count("POST portal.sso.eu-central-1.amazonaws.com/logout"),
        1
    );
    desk.assert_nobody_works();
    // And again: what a logout leaves does not stand in the way of a sign-in.
    desk.adieu("auth login -i build-admin --device").success();
    desk.assert_both_work();
    desk.adieu("logout build-admin --force").success();
    let cli = desk.aws(&format!("{WHO} build"));
    assert_ne!(cli.status, Some(0), "{cli}");
    // The portal's session is the other identities' too: it is kept, and said to be live.
    let status = desk.adieu("status --check").code(1);
    assert!(status.stdout.contains("corp"), "{status}");
    desk.adieu("logout --provider corp --force").success();
    desk.assert_nobody_works();
}

#[test]
fn what_the_real_client_signed_in_serves_adieu_and_ends_with_it() {
    let Some(desk) = Desk::new() else {
        return;
    };
    desk.aws("sso login --profile build").success();
    desk.assert_both_work();
    let before = desk.clouds.requests().len();
    // No browser: the AWS CLI's session is taken.
    desk.adieu("auth login -i prod-reader").success();
    let since = desk.clouds.requests();
    let asked = |part: &str| since[before..].iter().any(|request| request.contains(part));
    assert!(!asked("/device_authorization"), "{since:?}");
    desk.adieu("logout --all --force --online").success();
    desk.assert_nobody_works();
    // The other way round: after the client's own logout nothing of it is live for adieu either.
    desk.aws("sso login --profile build").success();
    desk.adieu("auth login -i build-admin").success();
    desk.aws("sso logout").success();
    let status = desk.adieu("status --online").success();
    assert!(status.stdout.contains("refused by its server"), "{status}");
    desk.adieu("logout --all --force").success();
    desk.assert_nobody_works();
}
