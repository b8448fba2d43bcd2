//! uv, Poetry and Twine.

use adieu_testkit::server::{Answer, Server};
use adieu_testkit::{Client, Output};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::support::{Place, bearer, lines};

const UV_FILE: &str = ".local/share/uv/credentials/credentials.toml";

const POETRY_FILE: &str = ".config/pypoetry/auth.toml";

struct Uv<'u> {
    client: &'u Client,
    place: Place,
}

impl<'u> Uv<'u> {
    const USERS: [(&'static str, &'static str); 2] = [
        ("alice", "https://one.example.test"),
        ("bob", "https://two.example.test"),
    ];

    fn signed_in(client: &'u Client) -> Self {
        let place = Place::new();
        let uv = Self { client, place };
        for (user, service) in Self::USERS {
            let words = format!("auth login {service} --username {user} --password -");
            let login = uv.place.client(client, &words);
            login.stdin(format!("FAKE-{user}\n")).run().success();
        }
        uv
    }

    fn token(&self, (user, service): (&str, &str)) -> Output {
        let words = format!("auth token {service} --username {user}");
        self.place.client(self.client, &words).run()
    }
}

#[test]
fn uv_is_logged_out_of_one_service_in_its_own_eyes() {
    let Some(client) = Client::find("uv") else {
        return;
    };
    let uv = Uv::signed_in(&client);
    let place = &uv.place;
    let at = |service: &str| format!("~/{UV_FILE}#credential/{service}");
    let expected = [
        format!(
            "uv | alice@https://one.example.test/ | session | {}",
            at("https://one.example.test/")
        ),
        format!(
            "uv | bob@https://two.example.test/ | session | {}",
            at("https://two.example.test/")
        ),
    ];
    assert_eq!(place.found(), expected);
    uv.token(Uv::USERS[0]).success();
    let before = place.tree();
    place.log_out("uv:alice@https://one.example.test/");
    place.assert_only(&before, &[UV_FILE]);
    uv.token(Uv::USERS[0]).code(2);
    assert_eq!(uv.token(Uv::USERS[1]).success().stdout.trim(), "FAKE-bob");
    let theirs = Uv::signed_in(&client);
    let words = "auth logout https://one.example.test --username alice";
    theirs.place.client(&client, words).run().success();
    assert_eq!(
        place.home.read(UV_FILE).trim(),
        theirs.place.home.read(UV_FILE).trim()
    );
    place.log_out_of_everything();
    uv.token(Uv::USERS[1]).code(2);
}

#[test]
fn poetry_is_logged_out_of_one_repository_in_its_own_eyes() {
    let (Some(poetry), Some(python)) = (Client::find("poetry"), Client::find("python")) else {
        return;
    };
    let signed_in = || {
        // Without a key store it writes a file.
        let place = Place::new().with("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring");
        for words in [
            "config http-basic.one alice FAKE-alice",
            "config http-basic.two bob FAKE-bob",
            "config pypi-token.three FAKE-three",
        ] {
            place.client(&poetry, words).run().success();
        }
        place
    };
    let place = signed_in();
    let expected = [
        format!("poetry | alice@one | session | ~/{POETRY_FILE}#http-basic/one"),
        format!("poetry | bob@two | session | ~/{POETRY_FILE}#http-basic/two"),
        format!("poetry | three | session | ~/{POETRY_FILE}#pypi-token/three"),
    ];
    assert_eq!(place.found(), expected);
    let before = place.tree();
    place.log_out("poetry:alice@one");
    place.assert_only(&before, &[POETRY_FILE]);
    // No command of it says what it has; what it asks itself before it publishes does.
    let ask = |name: &str| {
        let script = format!(
            "from poetry.config.config import Config\n\
             from poetry.utils.password_manager import PasswordManager\n\
             print(PasswordManager(Config.create()).get_http_auth('{name}'))"
        );
        let run = place.client(&python, "-c").arg(script);
        run.run().success().stdout
    };
    assert!(!ask("one").contains("FAKE-alice"));
    assert!(ask("two").contains("FAKE-bob"));
    let theirs = signed_in();
    theirs
        .client(&poetry, "config --unset http-basic.one")
        .run()
        .success();
    assert_eq!(place.found(), theirs.found());
    place.log_out_of_everything();
    assert!(!ask("two").contains("FAKE-bob"));
}

/// A repository that takes uploads from whoever has a password of the form `FAKE-NAME`.
fn repository() -> Server {
    let server = Server::start();
    server.otherwise(|request| {
        let given = bearer(request).and_then(|pair| STANDARD.decode(pair).ok());
        let given = given.and_then(|pair| String::from_utf8(pair).ok());
        let is_known = given.is_some_and(|pair| pair.contains(":FAKE-"));
        Answer::status(if is_known { 200 } else { 403 })
    });
    server
}

#[test]
fn twine_has_no_password_left_to_upload_with() {
    let (Some(twine), Some(tar)) = (Client::find("twine"), Client::find_any("tar")) else {
        return;
    };
    let server = repository();
    let place = Place::new().with("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring");
    let section = |name: &str, user: &str| {
        let url = server.url();
        format!("[{name}]\nrepository = {url}/{name}/\nusername = {user}\npassword = FAKE-{user}\n")
    };
    let text = format!(
        "[distutils]\nindex-servers =\n    one\n    two\n{}{}",
        section("one", "alice"),
        section("two", "bob")
    );
    place.home.write(".pypirc", &text);
    place.home.write(
        "x-1.0/PKG-INFO",
        "Metadata-Version: 2.1\nName: x\nVersion: 1.0\n",
    );
    let home = place.home.path().display().to_string();
    let words = format!("-C {home} -czf {home}/x-1.0.tar.gz x-1.0");
    place.client(&tar, &words).run().success();
    let upload = |name: &str| {
        let words = format!(
            "upload --non-interactive --disable-progress-bar -r {name} {home}/x-1.0.tar.gz"
        );
        place.client(&twine, &words).run()
    };
    let expected = lines([
        "twine | alice (one) | stored | ~/.pypirc#one/password",
        "twine | bob (two) | stored | ~/.pypirc#two/password",
    ]);
    assert_eq!(place.found(), expected);
    upload("one").success();
    // A person wrote them: they stay where nobody says that they may go.
    let before = place.tree();
    place.log_out("--all");
    place.assert_only(&before, &[]);
    place.adieu("status --check").code(1);
    let words = [
        "logout",
        "--force",
        "--no-revoke",
        "--keychain",
        "twine:alice (one)",
    ];
    place.adieu_with(&words).success();
    assert_eq!(
        place.home.read(".pypirc"),
        text.replace("password = FAKE-alice\n", "")
    );
    upload("one").code(1);
    upload("two").success();
    place.log_out_of_everything();
    upload("two").code(1);
}
