//! A portal on loopback that ends sessions: the server that the demonstration logs out at.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use crate::Failure;

/// The header in which the SSO portal takes its token.
///
/// Source: AWS SSO Portal API Reference, `Logout`.
const TOKEN_HEADER: &str = "x-amz-sso_bearer_token";

/// Longer than any request that the portal knows.
const REQUEST_LIMIT: u64 = 64 * 1024;

/// A running portal. It listens until the process ends.
pub(crate) struct Portal {
    /// Its address, as `http://127.0.0.1:PORT`.
    pub(crate) url: String,
    ended: Arc<Mutex<Vec<String>>>,
}

impl Portal {
    /// Starts to listen on a free port.
    pub(crate) fn start() -> Result<Self, Failure> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let url = format!("http://{}", listener.local_addr()?);
        let ended = Arc::new(Mutex::new(Vec::new()));
        let tokens = Arc::clone(&ended);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let tokens = Arc::clone(&tokens);
                // A client that goes away in the middle is its own affair.
                thread::spawn(move || serve(stream, &tokens).ok());
            }
        });
        Ok(Self { url, ended })
    }

    /// The tokens whose sessions were ended, in the order of the requests.
    pub(crate) fn ended(&self) -> Vec<String> {
        self.ended
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

/// Answers one request: 200 to `POST /logout` with a token that still had a session, 401 if its
/// session has ended before, 404 to all else.
fn serve(mut stream: TcpStream, ended: &Mutex<Vec<String>>) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let mut reader = BufReader::new(stream.try_clone()?.take(REQUEST_LIMIT));
    let (mut line, mut length, mut token) = (String::new(), 0, None);
    reader.read_line(&mut line)?;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header)?;
        let Some((name, value)) = header.trim_end().split_once(':') else {
            break;
        };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.trim().parse().unwrap_or(0),
            TOKEN_HEADER => token = Some(value.trim().to_owned()),
            _ => {}
        }
    }
    std::io::copy(&mut reader.take(length), &mut std::io::sink())?;
    let status = match token {
        Some(token) if line.starts_with("POST /logout ") => {
            let mut ended = ended.lock().unwrap_or_else(PoisonError::into_inner);
            if ended.contains(&token) {
                "401 Unauthorized"
            } else {
                ended.push(token);
                "200 OK"
            }
        }
        _ => "404 Not Found",
    };
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(portal: &Portal, request: &str) -> String {
        let mut stream = TcpStream::connect(portal.url.trim_start_matches("http://")).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer.lines().next().unwrap().to_owned()
    }

    #[test]
    fn a_session_ends_once() {
        let portal = Portal::start().unwrap();
        let logout =
            format!("POST /logout HTTP/1.1\r\n{TOKEN_HEADER}: FAKE-a\r\ncontent-length: 0\r\n\r\n");
        assert_eq!(ask(&portal, &logout), "HTTP/1.1 200 OK");
        assert_eq!(ask(&portal, &logout), "HTTP/1.1 401 Unauthorized");
        assert_eq!(portal.ended(), ["FAKE-a"]);
    }

    #[test]
    fn other_requests_end_nothing() {
        let portal = Portal::start().unwrap();
        assert_eq!(
            ask(&portal, "POST /logout HTTP/1.1\r\n\r\n"),
            "HTTP/1.1 404 Not Found"
        );
        assert_eq!(
            ask(
                &portal,
                &format!("GET /logout HTTP/1.1\r\n{TOKEN_HEADER}: FAKE-a\r\n\r\n")
            ),
            "HTTP/1.1 404 Not Found"
        );
        assert!(portal.ended().is_empty());
    }
}
