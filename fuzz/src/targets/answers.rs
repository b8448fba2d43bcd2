//! Whatever a server answers, ending a token ends without a panic, the answer never makes the token
//! show, and only a good or a knowing answer counts as its end. The first bytes choose the server and
//! the status, the rest is the body.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::{Mutex, OnceLock};
use std::time::Duration;

use crate::support::world;
use adieu::inventory::Revocation;
use adieu::io::net::{Cancel, Ended};
use adieu::remote::{Endpoint, EndpointSource};
use adieu::secret::Secret;
use adieu::servers::{Lapse, RevocationClient, TokenRequest};
use adieu::systems::SERVICES;

const TOKEN: &str = "FAKE-token-0123456789abcdef";
const STATUSES: [u16; 8] = [200, 204, 302, 400, 401, 403, 429, 503];

static ANSWER: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// A server that gives the answer of the moment to everybody.
fn port() -> u16 {
    static PORT: OnceLock<u16> = OnceLock::new();
    *PORT.get_or_init(|| {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { continue };
                let _ = stream.set_read_timeout(Some(Duration::from_millis(200)));
                let mut request = [0; 16 * 1024];
                let _ = stream.read(&mut request);
                let answer = ANSWER.lock().expect("an answer").clone();
                let _ = stream.write_all(&answer);
            }
        });
        port
    })
}

pub(crate) fn run(bytes: &[u8]) {
    let [kind, status, body @ ..] = bytes else {
        return;
    };
    let status = STATUSES[usize::from(*status) % STATUSES.len()];
    // What is put in for `$` is what a server could echo.
    let body: Vec<u8> = body
        .iter()
        .flat_map(|byte| {
            if *byte == b'$' {
                TOKEN.as_bytes()
            } else {
                std::slice::from_ref(byte)
            }
        })
        .copied()
        .collect();
    let mut answer = format!(
        "HTTP/1.1 {status} X\r\nconnection: close\r\nretry-after: 3600\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let mut whole = std::mem::take(&mut answer).into_bytes();
    whole.extend_from_slice(&body);
    *ANSWER.lock().expect("an answer") = whole;
    let host = format!("127.0.0.1:{}", port());
    let endpoint = Endpoint {
        url: format!("http://{host}"),
        named_by: EndpointSource::Environment,
    };
    let revocation = match kind % 5 {
        0 => Revocation::SsoPortal {
            region: "us-east-1".to_owned(),
            is_region_guessed: false,
            start_url: None,
            endpoint,
            instead: None,
        },
        1 => Revocation::Salesforce {
            endpoint,
            second: None,
        },
        kind => Revocation::Http {
            service: SERVICES[usize::from(kind - 2)],
            endpoint,
            recorded: vec![("client_id".to_owned(), "app".to_owned())],
        },
    };
    let request = TokenRequest {
        id: (),
        secret: Secret::new(TOKEN.to_owned()),
        beside: None,
        revocation,
        lapse: Lapse::default(),
    };
    let caller = RevocationClient::new(&world());
    for ((), result) in caller.end_all(vec![request], Duration::from_secs(2), 1, &Cancel::new()) {
        assert!(!format!("{result:?}").contains(TOKEN), "the token is shown");
        match result {
            Ok(Ended::Now) => assert!((200..300).contains(&status), "{status}"),
            Ok(Ended::Before) => assert!((400..500).contains(&status), "{status}"),
            _ => {}
        }
    }
}
