//! The real client, and a Salesforce on https for it.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use adieu_testkit::salesforce::Salesforce;
use adieu_testkit::{Adieu, Home};

use crate::support::{left_out, org};

/// The real client.
pub(crate) struct RealClient {
    programs: PathBuf,
}

/// The real client; `None` if it is not installed, which is said.
pub(crate) fn real_client() -> Option<RealClient> {
    let build = Path::new(env!("CARGO_BIN_EXE_adieu")).parent().unwrap();
    let parts = build.parent().unwrap().join("real-parts/salesforce");
    let programs = parts.join("node_modules/.bin");
    if programs.join("sf").exists() && programs.join("node").exists() {
        return Some(RealClient { programs });
    }
    left_out("Salesforce CLI is not installed (cargo xtask setup --with salesforce)");
    None
}

impl RealClient {
    /// `sf …` in a home, asking nobody but loopback.
    pub(crate) fn sf(&self, home: &Home, words: &str) -> Adieu {
        Adieu::new(self.programs.join("sf"))
            .home(home)
            .env("PATH", format!("{}:/usr/bin:/bin", self.programs.display()))
            .env("LC_ALL", "C.UTF-8")
            .env("SF_USE_GENERIC_UNIX_KEYCHAIN", "true")
            .env("SF_DISABLE_TELEMETRY", "true")
            // One stops the update, the other the program that would look for one.
            .env("SF_AUTOUPDATE_DISABLE", "true")
            .env("SF_DISABLE_AUTOUPDATE", "true")
            .env("SF_DISABLE_LOG_FILE", "true")
            .env("SF_SKIP_NEW_VERSION_CHECK", "true")
            .args(words.split_whitespace())
    }

    /// The Node that it runs on.
    fn node(&self) -> PathBuf {
        self.programs.join("node")
    }
}

/// A Salesforce that answers over https, with a certificate that clients have to be told of.
pub(crate) struct Https {
    proxy: Child,
    pub(crate) port: u16,
    pub(crate) authority: PathBuf,
}

impl Drop for Https {
    fn drop(&mut self) {
        let _ = self.proxy.kill();
        let _ = self.proxy.wait();
    }
}

impl Https {
    pub(crate) fn start(client: &RealClient, home: &Home, salesforce: &Salesforce) -> Self {
        let directory = home.temporary();
        certificates(&directory);
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/org/real/tls.mjs");
        let mut proxy = Command::new(client.node())
            .arg(script)
            .args([directory.join("server.pem"), directory.join("server.key")])
            .arg(salesforce.server().port().to_string())
            .env_clear()
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut port = String::new();
        let output = proxy.stdout.take().unwrap();
        BufReader::new(output).read_line(&mut port).unwrap();
        Self {
            proxy,
            port: port.trim().parse().unwrap(),
            authority: directory.join("authority.pem"),
        }
    }

    /// The auth URL of an org, on https.
    pub(crate) fn auth_url(&self, salesforce: &Salesforce, key: &str) -> String {
        let token = salesforce.refresh_token(key);
        format!("force://PlatformCLI::{token}@localhost:{}", self.port)
    }
}

/// An authority of the test's own, and a certificate for `localhost` by it.
fn certificates(directory: &Path) {
    let openssl = |words: &str| {
        let output = Command::new("openssl")
            .args(words.split_whitespace())
            .current_dir(directory)
            .output()
            .unwrap();
        assert!(output.status.success(), "{words}: {output:?}");
    };
    let new = "-newkey rsa:2048 -nodes";
    openssl(&format!(
        "req -x509 {new} -keyout authority.key -out authority.pem -days 2 -subj /CN=tests"
    ));
    openssl(&format!(
        "req {new} -keyout server.key -out server.csr -subj /CN=localhost"
    ));
    std::fs::write(directory.join("names"), "subjectAltName=DNS:localhost\n").unwrap();
    openssl(
        "x509 -req -in server.csr -CA authority.pem -CAkey authority.key -CAcreateserial -out \
         server.pem -days 2 -extfile names",
    );
}

/// Signs in with adieu by a private key in the working directory.
pub(crate) fn jwt(home: &Home, salesforce: &Salesforce) -> Adieu {
    org(
        home,
        "login jwt -o delta@fixture.example -f server.key -i FAKE.consumer -a ci",
    )
    .args(["--instance-url", &salesforce.url()])
}
