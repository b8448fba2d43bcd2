//! Certificates that the person trusts besides the platform's: those of a proxy that looks into TLS,
//! above all.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use reqwest::Certificate;

use crate::world::World;

/// Variables that name a file of certificates, each for another program: what one may trust here, the
/// servers of all are reached with.
const VARIABLES: [&str; 5] = [
    "SSL_CERT_FILE",
    "AWS_CA_BUNDLE",
    "NODE_EXTRA_CA_CERTS",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
];

/// Most bytes of such a file that are read; the web's whole list of authorities has 300,000.
const LIMIT: u64 = 4 << 20;

/// The files with certificates, and who names each.
#[derive(Clone, Debug, Default)]
pub(super) struct Trust {
    directory: PathBuf,
    named: Vec<(&'static str, PathBuf)>,
}

impl Trust {
    pub(super) fn of(world: &World) -> Self {
        let mut trust = Self {
            directory: world.working_directory.clone(),
            named: Vec::new(),
        };
        for name in VARIABLES {
            if let Some(file) = world.environment.get(name) {
                trust.add(name, file);
            }
        }
        trust
    }

    pub(super) fn add(&mut self, named_by: &'static str, file: &str) {
        self.named.push((named_by, self.directory.join(file)));
    }

    /// The certificates, and who names a file without any.
    pub(super) fn read(&self) -> (Vec<Certificate>, Vec<&'static str>) {
        let mut certificates = Vec::new();
        let mut useless = Vec::new();
        for (name, file) in &self.named {
            match read_certificates(file) {
                Some(found) if !found.is_empty() => certificates.extend(found),
                _ => useless.push(*name),
            }
        }
        (certificates, useless)
    }
}

fn read_certificates(file: &Path) -> Option<Vec<Certificate>> {
    // Opening a pipe would wait for whoever writes to it.
    if !fs::metadata(file).ok()?.is_file() {
        return None;
    }
    let mut bytes = Vec::new();
    let opened = File::open(file).ok()?;
    opened.take(LIMIT).read_to_end(&mut bytes).ok()?;
    Certificate::from_pem_bundle(&bytes).ok()
}
