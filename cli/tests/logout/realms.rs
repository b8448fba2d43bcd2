//! What Atmos writes for each kind of identity, in each form of realm, with links on the way and
//! without: it is found, is the right identity's, goes with it, and the neighbours stay as they are.

use std::fmt::Write as _;
use std::path::PathBuf;

use adieu_testkit::{Adieu, AwsSession, Home, Tree, derived_realm};
use serde_json::{Value, json};

use crate::support::adieu;

const CONFIGURATION: &str = "  providers:
    sso: { kind: aws/iam-identity-center, region: eu-west-1, start_url: https://acme.awsapps.com/start }
    saml: { kind: aws/saml, region: eu-west-1, url: https://idp.example.test/app }
    gha: { kind: github/oidc, region: eu-west-1, spec: { audience: sts.amazonaws.com } }
    az-cli: { kind: azure/cli, spec: { tenant_id: tenant-1 } }
    az-device: { kind: azure/device-code, spec: { tenant_id: tenant-2 } }
    google: { kind: gcp/adc, spec: { project_id: acme } }
    puppet: { kind: mock }
    puppet-aws: { kind: mock/aws }
  identities:
    dev: { kind: aws/permission-set, via: { provider: sso }, principal: { name: Dev, account: { id: \"111111111111\" } } }
    dev-role: { kind: aws/assume-role, via: { identity: dev }, principal: { assume_role: \"arn:aws:iam::1:role/dev\" } }
    okta-dev: { kind: aws/assume-role, via: { provider: saml }, principal: { assume_role: \"arn:aws:iam::1:role/okta\" } }
    smelter: { kind: aws/assume-role, via: { provider: gha }, principal: { assume_role: \"arn:aws:iam::1:role/ci\" } }
    painter: { kind: aws/user, credentials: { region: eu-west-1 } }
    brush: { kind: aws/assume-role, via: { identity: painter }, principal: { assume_role: \"arn:aws:iam::1:role/a\" } }
    brush2: { kind: aws/assume-role, via: { identity: brush }, principal: { assume_role: \"arn:aws:iam::1:role/b\" } }
    vault: { kind: aws/assume-root, via: { identity: painter }, principal: { target_principal: \"111111111111\", task_policy_arn: \"arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy\" } }
    team/artist: { kind: aws/user, credentials: { region: eu-west-1 } }
    pencil: { kind: aws/assume-role, via: { identity: team/artist }, principal: { assume_role: \"arn:aws:iam::1:role/c\" } }
    amb: { kind: aws/ambient }
    amb-role: { kind: aws/assume-role, via: { identity: amb }, principal: { assume_role: \"arn:aws:iam::1:role/d\" } }
    skerry: { kind: azure/subscription, via: { provider: az-cli }, principal: { subscription_id: SUB-1 } }
    holm: { kind: azure/subscription, via: { provider: az-cli }, principal: { subscription_id: sub-2 } }
    tundra: { kind: azure/subscription, via: { provider: az-device }, principal: { subscription_id: sub-3 } }
    robot: { kind: gcp/service-account, via: { provider: google }, principal: { service_account_email: robot@acme.iam.gserviceaccount.com } }
    robot2: { kind: gcp/service-account, via: { provider: google }, principal: { service_account_email: robot2@acme.iam.gserviceaccount.com } }
    toy: { kind: kubernetes/emulator, emulator: k3s-toy }
    marionette: { kind: mock, via: { provider: puppet } }
    glove: { kind: mock/aws, via: { provider: puppet-aws } }
";

/// Identities whose credentials are sections of the files in a folder of this name.
const IN_AWS_FILES: [(&str, &str); 12] = [
    ("dev", "sso"),
    ("dev-role", "sso"),
    ("okta-dev", "saml"),
    ("smelter", "gha"),
    ("painter", "aws-user"),
    ("brush", "painter"),
    ("brush2", "painter"),
    ("vault", "painter"),
    ("team/artist", "aws-user"),
    ("pencil", "team/artist"),
    ("amb-role", "amb"),
    ("glove", "puppet-aws"),
];

/// Identities that have files of their own.
const IN_OTHER_FILES: [&str; 6] = ["skerry", "tundra", "robot", "robot2", "toy", "marionette"];

fn everybody() -> impl Iterator<Item = &'static str> {
    let in_aws = IN_AWS_FILES.iter().map(|(identity, _)| *identity);
    in_aws.chain(IN_OTHER_FILES)
}

/// Where the realm comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Realm {
    /// `auth.realm`.
    Set,
    /// `ATMOS_AUTH_REALM`.
    Variable,
    /// The directory as the shell calls it.
    Logical,
    /// The directory without links on the way, which an Atmos without `PWD` takes.
    Physical,
    /// None: earlier releases, and runs without a configuration.
    Named(&'static str),
}

/// How the program comes to its configuration.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    Plain,
    LinkedDirectory,
    BelowLink,
    ConfigPath,
    Chdir,
    LinkedHome,
    BasePath,
}

const FORMS: [(Realm, Way); 14] = [
    (Realm::Set, Way::Plain),
    (Realm::Set, Way::LinkedHome),
    (Realm::Variable, Way::LinkedDirectory),
    (Realm::Logical, Way::Plain),
    (Realm::Logical, Way::LinkedDirectory),
    (Realm::Physical, Way::LinkedDirectory),
    (Realm::Logical, Way::BelowLink),
    (Realm::Logical, Way::ConfigPath),
    (Realm::Logical, Way::Chdir),
    (Realm::Logical, Way::LinkedHome),
    (Realm::Physical, Way::LinkedHome),
    (Realm::Logical, Way::BasePath),
    (Realm::Named("default"), Way::Plain),
    (Realm::Named(""), Way::LinkedDirectory),
];

struct Scene {
    home: Home,
    way: Way,
    realm: Realm,
    name: String,
}

impl Scene {
    /// Everybody signed in, in one realm; the same names in another configuration's realm, and other
    /// programs' files.
    fn new(realm: Realm, way: Way) -> Self {
        let home = Home::new();
        let set = if realm == Realm::Set {
            "  realm: acme\n"
        } else {
            ""
        };
        let text = format!("auth:\n{set}{CONFIGURATION}");
        if way == Way::LinkedHome {
            home.write("infra/atmos.yaml", text);
        } else {
            home.atmos_yaml(&text);
            std::fs::create_dir(home.work().join("below")).unwrap();
        }
        let link = |target: &str, name: &str| {
            std::os::unix::fs::symlink(home.root().join(target), home.root().join(name)).unwrap();
        };
        link("work", "way");
        link("home", "people");
        let (logical, physical) = match way {
            Way::Plain | Way::BasePath => ("work", "work"),
            Way::LinkedHome => ("people/infra", "home/infra"),
            _ => ("way", "work"),
        };
        let name = match realm {
            Realm::Set | Realm::Variable => "acme".to_owned(),
            Realm::Logical => derived_realm(&home.root().join(logical)),
            Realm::Physical => derived_realm(&home.root().join(physical)),
            Realm::Named(name) => name.to_owned(),
        };
        write_state(&home, &name, "own");
        home.aws_session(&AwsSession::new("elsewhere", "sso", "dev"))
            .write(
                ".aws/credentials",
                "[default]\naws_access_key_id = FAKE-stranger\n",
            )
            .write(".azure/msal_token_cache.json", "{\"AccessToken\": {}}\n")
            .write(".config/gcloud/access_token", "FAKE-stranger\n");
        Self {
            home,
            way,
            realm,
            name,
        }
    }

    fn adieu(&self, words: &[&str]) -> Adieu {
        let root = self.home.root();
        let at = |command: Adieu, directory: &str| {
            let directory = root.join(directory);
            command.cwd(directory.clone()).env("PWD", directory)
        };
        let command = adieu(&self.home);
        let command = match self.way {
            Way::Plain => command,
            Way::LinkedDirectory => at(command, "way"),
            Way::BelowLink => at(command, "way/below"),
            Way::ConfigPath => at(command, "tmp").env("ATMOS_CLI_CONFIG_PATH", root.join("way")),
            Way::Chdir => at(command, "tmp").args(["--chdir", "../way"]),
            Way::LinkedHome => at(command, "people/infra").env("HOME", root.join("people")),
            Way::BasePath => command.env("ATMOS_BASE_PATH", root.join("way")),
        };
        let command = match self.realm {
            Realm::Variable => command.env("ATMOS_AUTH_REALM", "acme"),
            _ => command,
        };
        command.args(words.iter().copied())
    }

    /// What tells the credentials of an identity, and where it stands.
    fn marks(&self, identity: &str) -> Vec<PathBuf> {
        let tree = Tree::of(self.home.root());
        let marks = [
            format!("FAKE-secret-{identity}\n"),
            format!("[profile {identity}]"),
            format!("FAKE-own-{identity}."),
        ];
        let files = marks.iter().flat_map(|mark| tree.files_with(mark));
        let is_own = |file: &&std::path::Path| !file.starts_with("home/.config/atmos/elsewhere");
        files.filter(is_own).map(PathBuf::from).collect()
    }
}

fn write_state(home: &Home, realm: &str, mark: &str) {
    let below = |root: &str, path: &str| match realm {
        "" => format!("{root}/{path}"),
        realm => format!("{root}/{realm}/{path}"),
    };
    for (identity, folder) in IN_AWS_FILES {
        home.aws_session(&AwsSession::new(realm, folder, identity));
    }
    let end = "2099-01-01T00:00:00Z";
    home.write(
        format!(".cache/atmos/aws-webflow/painter-{realm}/refresh.json"),
        json!({"refreshToken": format!("FAKE-{mark}-painter."), "expiresAt": end}).to_string(),
    );
    for (provider, subscription, identity, method) in [
        ("az-cli", "sub-1", "skerry", "cli"),
        ("az-device", "sub-3", "tundra", "device_code"),
    ] {
        let directory = below(".azure/atmos", provider);
        let credentials = json!({
            "access_token": format!("FAKE-{mark}-{identity}."), "token_type": "Bearer",
            "expiration": end, "subscription_id": subscription, "auth_method": method,
        });
        let text = serde_json::to_string_pretty(&credentials).unwrap();
        home.write(format!("{directory}/credentials.json"), text)
            .write(format!("{directory}/credentials.json.lock"), "");
    }
    for identity in ["robot", "robot2"] {
        let directory = below(".config/atmos", "gcp/google");
        let token = format!("FAKE-{mark}-{identity}.");
        home.write(
            format!("{directory}/adc/{identity}/application_default_credentials.json"),
            json!({"type": "authorized_user", "access_token": token, "token_expiry": end})
                .to_string(),
        )
        .write(
            format!("{directory}/adc/{identity}/access_token"),
            format!("{token}\n{end}\n"),
        )
        .write(
            format!("{directory}/config/{identity}/properties"),
            "[core]\nproject = acme\n",
        )
        .write(format!("{directory}/{identity}.identity.lock"), "");
    }
    home.write(
        below(".config/atmos", "emulator/k3s-toy.kubeconfig"),
        format!("# FAKE-{mark}-toy.\n"),
    );
    std::fs::write(
        home.temporary().join("atmos-mock-marionette.json"),
        json!({"SecretAccessKey": format!("FAKE-{mark}-marionette."), "Expiration": end})
            .to_string(),
    )
    .unwrap();
}

fn state_of(document: &Value, identity: &str) -> String {
    let sessions = document["sessions"].as_array().unwrap();
    let session = sessions
        .iter()
        .find(|session| session["identity"] == identity);
    session.unwrap_or_else(|| panic!("{identity} is not listed"))["state"].to_string()
}

#[test]
fn logout_of_each_kind_takes_its_own_from_every_realm_and_nothing_else() {
    for (realm, way) in FORMS {
        for identity in everybody() {
            let scene = Scene::new(realm, way);
            let marked: Vec<_> = everybody().map(|other| scene.marks(other)).collect();
            let output = scene.adieu(&["auth", "logout", identity]).run();
            let context = format!("{identity}, {realm:?}, {way:?}\n{output}");
            assert_eq!(output.status, Some(0), "{context}");
            for (other, before) in everybody().zip(marked) {
                assert!(!before.is_empty(), "{other} is not signed in: {context}");
                let expected = if other == identity {
                    Vec::new()
                } else {
                    before
                };
                assert_eq!(scene.marks(other), expected, "{other}: {context}");
            }
            let left = Tree::of(scene.home.root());
            let other = "home/.config/atmos/elsewhere/aws/sso/credentials";
            assert!(left.has(other), "{context}");
            assert_eq!(left.files_with("FAKE-stranger").len(), 2, "{context}");
        }
    }
}

#[test]
fn everybody_is_live_before_and_gone_after_a_logout_of_all() {
    for (realm, way) in FORMS {
        let scene = Scene::new(realm, way);
        let status = scene.adieu(&["auth", "status", "-o", "json"]).run();
        let context = format!("{realm:?}, {way:?}");
        for identity in everybody().chain(["holm"]) {
            let state = state_of(&status.json(), identity);
            assert_eq!(state, "\"live\"", "{identity}, {context}");
            let checked = ["auth", "status", identity, "--check"];
            scene.adieu(&checked).run().code(1);
        }
        let said = "'dev' is signed in here, in the realm 'elsewhere'";
        assert_eq!(status.stdout.matches(said).count(), 1, "{status}");
        let output = scene.adieu(&["auth", "logout", "--all"]).run().success();
        let left: String = everybody().fold(String::new(), |mut text, identity| {
            for path in scene.marks(identity) {
                let _ = writeln!(text, "{identity}: {}", path.display());
            }
            text
        });
        assert_eq!(left, "", "{context}\n{output}");
        let tree = Tree::of(scene.home.path());
        for directory in [".config/atmos", ".azure/atmos"] {
            let own = match scene.name.as_str() {
                "" => format!("{directory}/aws"),
                name => format!("{directory}/{name}"),
            };
            assert!(!tree.has(&own), "{own}, {context}\n{}", tree.listing());
        }
        assert!(!tree.has(".azure/atmos"), "{context}\n{}", tree.listing());
        assert!(tree.has(".config/atmos/elsewhere/aws/sso/credentials.lock"));
        // Who else is signed in under these names is said, though something was found here too.
        assert_eq!(output.stderr.matches(said).count(), 1, "{output}");
        scene.adieu(&["auth", "status", "--check"]).run().success();
    }
}

#[test]
fn without_a_configuration_everybody_is_found_by_the_name_on_disk() {
    for realm in ["acme", "", "926574b4279e7131"] {
        let home = Home::new();
        write_state(&home, realm, "own");
        std::fs::remove_file(home.temporary().join("atmos-mock-marionette.json")).unwrap();
        adieu(&home).args(["status", "--check"]).run().code(1);
        for (identity, _) in IN_AWS_FILES {
            let mark = format!("FAKE-secret-{identity}\n");
            assert_eq!(Tree::of(home.path()).files_with(&mark).len(), 1);
            let command = adieu(&home).args(["logout", identity, "--force"]);
            let output = command.run().success();
            let left = Tree::of(home.path());
            assert!(left.files_with(&mark).is_empty(), "{realm:?}\n{output}");
        }
        // Of a name with `/` in it nobody without a configuration knows whose the settings are.
        let below = home.join(".config/atmos").join(realm).join("aws/team");
        std::fs::remove_dir_all(below).unwrap();
        let output = adieu(&home)
            .args(["logout", "--all", "--force"])
            .run()
            .success();
        let left = Tree::of(home.path());
        assert!(left.files_with("FAKE-").is_empty(), "{realm:?}\n{output}");
        let directories = [".config/atmos/aws", ".config/atmos/acme", ".azure/atmos"];
        for gone in directories {
            assert!(!left.has(gone), "{gone}, {realm:?}\n{}", left.listing());
        }
        adieu(&home).args(["status", "--check"]).run().success();
    }
}

#[test]
fn variables_lead_to_the_realm_that_atmos_derives() {
    for way in [
        Way::Plain,
        Way::LinkedDirectory,
        Way::BelowLink,
        Way::Chdir,
        Way::LinkedHome,
    ] {
        let scene = Scene::new(Realm::Logical, way);
        let output = scene.adieu(&["auth", "env", "-i", "brush"]).run().success();
        let path = format!("/atmos/{}/aws/painter/credentials", scene.name);
        assert!(output.stdout.contains(&path), "{way:?}\n{output}");
    }
    // A `PWD` that is another directory's is nobody's word for this one.
    let scene = Scene::new(Realm::Logical, Way::Plain);
    let lie = scene.adieu(&["auth", "env", "-i", "dev"]).env("PWD", "/");
    let path = format!("/atmos/{}/aws/sso/credentials", scene.name);
    assert!(lie.run().success().stdout.contains(&path));
    // With `--config` Atmos derives it from the text that was typed.
    let scene = Scene::new(Realm::Logical, Way::Plain);
    for (typed, text) in [("atmos.yaml", "."), ("../work/atmos.yaml", "../work")] {
        let words = ["--config", typed, "auth", "env", "-i", "dev"];
        let output = scene.adieu(&words).run().success();
        let realm = derived_realm(std::path::Path::new(text));
        let path = format!("/atmos/{realm}/aws/sso/credentials");
        assert!(output.stdout.contains(&path), "{output}");
    }
}
