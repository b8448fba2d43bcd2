//! A person in a browser, as far as sign-ins need one.

use std::collections::HashMap;
use std::io::{ErrorKind, Read as _, Result, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use crate::server::decode_form;

/// How long an answer is waited for before the page is loaded again: a real client answers only when
/// it has signed in, and takes its time on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// How often a page is loaded. The real Salesforce client loses a request that comes before it has
/// seen its browser's program end: it listens for connections earlier than for requests.
const LOADS: usize = 4;

/// Status, headers and body.
type Answer = (u16, HashMap<String, String>, String);

/// Sends one request as a browser would, and gives back status, headers and body. A page that does
/// not come is loaded again.
pub fn visit(method: &str, url: &str) -> Answer {
    for _ in 1..LOADS {
        match load(method, url) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            answer => return answer.unwrap(),
        }
    }
    load(method, url).unwrap()
}

fn load(method: &str, url: &str) -> Result<Answer> {
    let rest = url.strip_prefix("http://").unwrap();
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let mut stream = TcpStream::connect(authority)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let request =
        format!("{method} /{path} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    read_answer(&mut stream)
}

/// The answer up to the length that it announces.
fn read_answer(stream: &mut TcpStream) -> Result<Answer> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let headers: HashMap<String, String> = head
                .lines()
                .skip(1)
                .filter_map(|line| line.split_once(": "))
                .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
                .collect();
            let length = headers
                .get("content-length")
                .and_then(|text| text.parse().ok());
            if length.is_none_or(|length: usize| body.len() >= length) {
                let status = head.split(' ').nth(1).and_then(|text| text.parse().ok());
                return Ok((status.unwrap(), headers, body.to_owned()));
            }
        }
        let read = stream.read(&mut buffer)?;
        assert!(read > 0, "cut off: {text}");
        bytes.extend_from_slice(&buffer[..read]);
    }
}

/// Signs in as a person in a browser would: opens the address and goes where it is sent, until a
/// page comes. The addresses that were visited, with their statuses.
pub fn browse(url: &str) -> Vec<(String, u16)> {
    let mut visited = Vec::new();
    let mut next = url.to_owned();
    for _ in 0..6 {
        let (status, headers, _) = visit("GET", &next);
        visited.push((next.clone(), status));
        let Some(location) = headers
            .get("location")
            .filter(|_| (300..400).contains(&status))
        else {
            break;
        };
        next = if location.starts_with('/') {
            let authority = next.split('/').nth(2).unwrap();
            format!("http://{authority}{location}")
        } else {
            location.clone()
        };
    }
    visited
}

/// The fields in the query of an address, decoded.
pub fn query_of(url: &str) -> HashMap<String, String> {
    let query = url.split_once('?').map(|(_, query)| query);
    decode_form(query.unwrap_or_default()).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_decoded() {
        let fields = decode_form("token=a%21b+c%&x&=y");
        let expected = [("token", "a!b c%"), ("x", ""), ("", "y")];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(fields, expected);
    }
}
