//! The sign-in servers of AWS, Microsoft and Google on loopback, behind their own host names.
//!
//! A program in Python (`testkit/servers/clouds.py`), at which the real `aws`, `az` and `gcloud` have signed
//! in, worked and signed out. It checks what the vendors' servers check, and remembers which token is
//! dead.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::{Home, browser};

/// How long it may take to start: it makes its certificates first.
const START: Duration = Duration::from_secs(30);

/// The servers; they end with the value.
#[derive(Debug)]
pub struct Clouds {
    process: Child,
    directory: TempDir,
    port: u16,
}

impl Clouds {
    /// Starts them. `None` where Python or OpenSSL is not installed.
    ///
    /// # Panics
    ///
    /// If one is not installed while the environment says `ADIEU_REAL_PARTS=required`, and if they do not
    /// start.
    pub fn start() -> Option<Self> {
        let missing = ["python3", "openssl"]
            .into_iter()
            .find(|program| !Self::is_installed(program));
        if let Some(program) = missing {
            let required = std::env::var("ADIEU_REAL_PARTS").is_ok_and(|value| value == "required");
            assert!(!required, "not installed: {program}");
            return None;
        }
        let program = concat!(env!("CARGO_MANIFEST_DIR"), "/servers/clouds.py");
        let directory = TempDir::new().unwrap();
        let process = Command::new("python3")
            .args([program, "--port", "0", "--state"])
            .arg(directory.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let mut clouds = Self {
            process,
            directory,
            port: 0,
        };
        let start = Instant::now();
        while clouds.port == 0 {
            assert!(
                start.elapsed() < START && clouds.process.try_wait().unwrap().is_none(),
                "the clouds do not start"
            );
            std::thread::sleep(Duration::from_millis(20));
            let port = std::fs::read_to_string(clouds.directory.path().join("port"));
            clouds.port = port.ok().and_then(|text| text.parse().ok()).unwrap_or(0);
        }
        Some(clouds)
    }

    fn is_installed(program: &str) -> bool {
        let path = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&path).any(|directory| directory.join(program).is_file())
    }

    /// The variables that lead clients here, each by the names that it knows, and make them trust the
    /// certificates. Nothing else is reached.
    pub fn environment(&self) -> Vec<(String, String)> {
        let proxy = format!("http://127.0.0.1:{}", self.port);
        let authority = self.authority().display().to_string();
        let certificates = [
            "SSL_CERT_FILE",
            "AWS_CA_BUNDLE",
            "REQUESTS_CA_BUNDLE",
            "CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE",
        ];
        std::iter::once(("HTTPS_PROXY".to_owned(), proxy))
            .chain(certificates.map(|name| (name.to_owned(), authority.clone())))
            .collect()
    }

    /// The certificate of the servers' authority.
    pub fn authority(&self) -> PathBuf {
        self.directory.path().join("ca.pem")
    }

    /// A program that plays a person at a browser who agrees to everything, for `$BROWSER`.
    pub fn browser(&self, home: &Home) -> PathBuf {
        let program = concat!(env!("CARGO_MANIFEST_DIR"), "/servers/person.py");
        let script = format!("#!/bin/sh\nexec python3 '{program}' \"$1\"\n");
        home.write_with_mode("person", script, 0o755);
        home.join("person")
    }

    /// Changes how the servers answer, as the program's own page says.
    pub fn set(&self, settings: &Value) {
        let body = settings.to_string();
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).unwrap();
        let request = format!(
            "POST /_/set HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }

    /// What was asked of the servers so far: `POST portal.sso.us-east-1.amazonaws.com/logout`, with the path
    /// alone.
    pub fn requests(&self) -> Vec<String> {
        let requests = self.ask("requests");
        let text = |value: &Value, key: &str| value[key].as_str().unwrap_or_default().to_owned();
        let requests = requests.as_array().unwrap().iter().map(|request| {
            let path = text(request, "path");
            let path = path.split('?').next().unwrap_or_default();
            format!(
                "{} {}{path}",
                text(request, "method"),
                text(request, "host")
            )
        });
        requests.collect()
    }

    /// The tokens of this kind, such as `sso-access`, that the servers still take.
    pub fn live_tokens(&self, kind: &str) -> Vec<String> {
        let state = self.ask("state");
        let tokens = state["tokens"].as_object().unwrap().iter();
        let live = tokens.filter(|(_, token)| token["what"] == kind && token["dead"] == false);
        live.map(|(token, _)| token.clone()).collect()
    }

    /// All tokens of this kind that the servers have handed out, dead ones too.
    pub fn tokens(&self, kind: &str) -> Vec<String> {
        let state = self.ask("state");
        let tokens = state["tokens"].as_object().unwrap().iter();
        let meant = tokens.filter(|(_, token)| token["what"] == kind);
        meant.map(|(token, _)| token.clone()).collect()
    }

    fn ask(&self, what: &str) -> Value {
        let (status, _, body) =
            browser::visit("GET", &format!("http://127.0.0.1:{}/_/{what}", self.port));
        assert_eq!(status, 200, "{body}");
        serde_json::from_str(&body).unwrap()
    }
}

impl Drop for Clouds {
    fn drop(&mut self) {
        // One that has ended by itself is ended.
        let _ended = self.process.kill();
        let _reaped = self.process.wait();
    }
}
