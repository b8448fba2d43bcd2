//! A proxy that plays a vendor's own host: it opens no tunnel, but answers for the host itself, over TLS
//! and with a certificate of the tests' own authority.
//!
//! Some tokens go to their vendor's own host and to no other, so that a server on loopback never gets them.
#![expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "part of tests only: it panics when it cannot do what a test set up"
)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::Home;
use crate::server::Server;

/// The hosts that are played: of vendors whose tokens go nowhere else, and of clients that sign in at
/// no other.
const HOSTS: [&str; 6] = [
    "oauth2.googleapis.com",
    "api.github.com",
    "ghe.example.test",
    "login.microsoftonline.com",
    "management.azure.com",
    "cluster.example.test",
];

/// Longest wait for the rest of a request.
const PATIENCE: Duration = Duration::from_secs(10);

/// A proxy for `https`, behind which every host is a server on loopback.
#[derive(Debug)]
pub struct Vendor {
    address: SocketAddr,
    /// The authority's certificate, as PEM.
    authority: String,
    has_ended: Arc<AtomicBool>,
    acceptor: Option<JoinHandle<()>>,
}

impl Vendor {
    /// A proxy in front of that server, with a certificate of the hosts that clients and tokens of the
    /// tests know.
    pub fn before(server: &Server) -> Self {
        Self::of_hosts(&HOSTS, server)
    }

    /// A proxy in front of that server, with the certificate of that host.
    pub fn playing(host: &str, server: &Server) -> Self {
        Self::of_hosts(&[host], server)
    }

    fn of_hosts(hosts: &[&str], server: &Server) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let address = listener.local_addr().expect("its address");
        let behind = SocketAddr::from((Ipv4Addr::LOCALHOST, server.port()));
        let (authority, settings) = certified_settings(hosts);
        let settings = Arc::new(settings);
        let has_ended = Arc::new(AtomicBool::new(false));
        let ended = Arc::clone(&has_ended);
        let acceptor = std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if ended.load(Ordering::SeqCst) {
                    return;
                }
                let settings = Arc::clone(&settings);
                // Whoever hangs up in between has seen enough.
                std::thread::spawn(move || drop(serve(stream, settings, behind)));
            }
        });
        Self {
            address,
            authority,
            has_ended,
            acceptor: Some(acceptor),
        }
    }

    /// The variables that lead a program in that home here, and make it trust the certificate.
    pub fn environment(&self, home: &Home) -> [(String, String); 2] {
        let file = home.temporary().join("authority.pem");
        std::fs::write(&file, &self.authority).expect("a file");
        [
            ("HTTPS_PROXY".to_owned(), format!("http://{}", self.address)),
            ("SSL_CERT_FILE".to_owned(), path(file)),
        ]
    }
}

impl Drop for Vendor {
    fn drop(&mut self) {
        self.has_ended.store(true, Ordering::SeqCst);
        // Wakes the acceptor; if that fails, it has ended already.
        let _woken = TcpStream::connect(self.address);
        if let Some(acceptor) = self.acceptor.take() {
            let _ended = acceptor.join();
        }
    }
}

fn path(file: PathBuf) -> String {
    file.into_os_string()
        .into_string()
        .expect("a path in UTF-8")
}

/// An authority that is made for this once, as PEM, and TLS with a certificate of it for those hosts.
fn certified_settings(hosts: &[&str]) -> (String, ServerConfig) {
    let mut parameters = CertificateParams::default();
    parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    // Of another name than what it signs, which OpenSSL would else take for signed by itself.
    let name = "authority of the tests";
    parameters.distinguished_name.push(DnType::CommonName, name);
    let key = KeyPair::generate().expect("a key");
    let authority = parameters.self_signed(&key).expect("an authority").pem();
    let issuer = Issuer::new(parameters, key);
    let key = KeyPair::generate().expect("a key");
    let hosts: Vec<String> = hosts.iter().map(|host| (*host).to_owned()).collect();
    let parameters = CertificateParams::new(hosts).expect("names of hosts");
    let certificate = parameters.signed_by(&key, &issuer).expect("a certificate");
    let key = PrivatePkcs8KeyDer::from(key.serialize_der());
    let settings = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions of TLS")
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key.into())
        .expect("a certificate and its key");
    (authority, settings)
}

/// Answers one request: the tunnel is granted, and ends here.
fn serve(
    mut stream: TcpStream,
    settings: Arc<ServerConfig>,
    behind: SocketAddr,
) -> std::io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut asked = Vec::new();
    while !asked.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte)?;
        asked.extend(byte);
    }
    stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")?;
    let connection = ServerConnection::new(settings).map_err(std::io::Error::other)?;
    let mut inside = BufReader::new(StreamOwned::new(connection, stream));
    let mut request = Vec::new();
    let mut length = 0;
    loop {
        let mut line = Vec::new();
        inside.read_until(b'\n', &mut line)?;
        let text = String::from_utf8_lossy(&line).to_ascii_lowercase();
        if let Some(number) = text.strip_prefix("content-length:") {
            length = number.trim().parse().unwrap_or_default();
        }
        request.extend_from_slice(&line);
        if line.is_empty() || line == b"\r\n" {
            break;
        }
    }
    inside.by_ref().take(length).read_to_end(&mut request)?;
    let mut server = TcpStream::connect(behind)?;
    server.write_all(&request)?;
    // It answers what it has got, and hangs up.
    server.shutdown(Shutdown::Write)?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer)?;
    let inside = inside.get_mut();
    inside.write_all(&answer)?;
    inside.conn.send_close_notify();
    inside.flush()
}
