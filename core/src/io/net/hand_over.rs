//! Handing an address to a browser that may not be on any command line: whoever may look at the
//! machine's processes would see it there. The browser is told an address of this machine, and is led on
//! from there, once.

use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use super::Cancel;
use crate::secret::Secret;

/// Most bytes of a request that are read.
const REQUEST_LIMIT: usize = 16 << 10;

/// The time that a browser may take to send a request: it opens connections that it does not use.
const PATIENCE: Duration = Duration::from_millis(500);

/// The pause between two looks whether somebody came.
const PAUSE: Duration = Duration::from_millis(20);

/// A server that leads one browser on.
#[derive(Debug)]
pub struct HandOver {
    listener: TcpListener,
    port: u16,
    path: String,
    target: Secret,
}

impl HandOver {
    /// Listens on a free port of this machine. `random`: what nobody can guess.
    ///
    /// # Errors
    ///
    /// The system's reason why nothing can be listened for.
    pub fn bind(random: [u8; 32], target: Secret) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let port = listener.local_addr()?.port();
        let digits = random.iter().map(|byte| format!("{byte:02x}"));
        Ok(Self {
            listener,
            port,
            path: format!("/{}", digits.collect::<String>()),
            target,
        })
    }

    /// The address that the browser is told.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}{}", self.port, self.path)
    }

    /// Waits until the browser of that user came, and leads it on; whether it came.
    pub fn wait(self, user: Option<u32>, limit: Duration, cancel: &Cancel) -> bool {
        let deadline = Instant::now() + limit;
        while Instant::now() < deadline && !cancel.is_set() {
            match self.listener.accept() {
                Ok((stream, peer)) => {
                    let is_own = is_of_user(peer, self.port, user);
                    if is_own && self.answer(stream).is_ok_and(|is_led| is_led) {
                        return true;
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => thread::sleep(PAUSE),
                // Out of descriptors, perhaps: not a reason to spin.
                Err(_) => thread::sleep(PAUSE),
            }
        }
        false
    }

    /// Answers one request; whether it was the browser's.
    fn answer(&self, mut stream: TcpStream) -> io::Result<bool> {
        stream.set_nonblocking(false)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        let mut head = Zeroizing::new(Vec::with_capacity(REQUEST_LIMIT));
        let mut part = [0; 2048];
        while !head.windows(4).any(|end| end == b"\r\n\r\n") {
            let read = stream.read(&mut part)?;
            if read == 0 || head.len() + read > REQUEST_LIMIT {
                return Ok(false);
            }
            head.extend_from_slice(&part[..read]);
        }
        let head = String::from_utf8_lossy(&head).into_owned();
        let mut lines = head.split("\r\n");
        let is_meant = lines.next() == Some(&format!("GET {} HTTP/1.1", self.path));
        let own_host = format!("127.0.0.1:{}", self.port);
        // A page elsewhere whose name leads to this machine has another one.
        let is_here = lines.any(|line| {
            let header = line.split_once(':');
            header.is_some_and(|(name, value)| {
                name.eq_ignore_ascii_case("host") && value.trim() == own_host
            })
        });
        let (status, location) = if is_meant && is_here {
            let target = self.target.expose();
            (
                "303 See Other",
                Zeroizing::new(format!("Location: {target}\r\n")),
            )
        } else {
            ("404 Not Found", Zeroizing::new(String::new()))
        };
        let text = Zeroizing::new(format!(
            "HTTP/1.1 {status}\r\n{}Content-Length: 0\r\nCache-Control: no-store\r\n\
             Referrer-Policy: no-referrer\r\nConnection: close\r\n\r\n",
            location.as_str()
        ));
        stream.write_all(text.as_bytes())?;
        Ok(is_meant && is_here)
    }
}

/// Whether a connection on this machine is that user's, or the system's own. Only Linux tells; what is
/// not told is believed.
///
/// Source: proc_pid_net(5), `tcp`.
fn is_of_user(peer: SocketAddr, port: u16, user: Option<u32>) -> bool {
    let (Some(user), SocketAddr::V4(peer)) = (user, peer) else {
        return true;
    };
    let Ok(table) = std::fs::read_to_string("/proc/self/net/tcp") else {
        return true;
    };
    let shown = |address: Ipv4Addr, port: u16| {
        format!("{:08X}:{port:04X}", u32::from_ne_bytes(address.octets()))
    };
    let (from, to) = (
        shown(*peer.ip(), peer.port()),
        shown(Ipv4Addr::LOCALHOST, port),
    );
    let owner = table.lines().find_map(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let is_it = fields.get(1) == Some(&from.as_str()) && fields.get(2) == Some(&to.as_str());
        is_it.then(|| fields.get(7)?.parse::<u32>().ok()).flatten()
    });
    owner.is_some_and(|owner| owner == user || owner == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(port: u16, request: &str) -> String {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer);
        answer
    }

    #[test]
    fn only_the_one_request_is_led_on_and_only_once() {
        let target = "https://console.example/?token=FAKE";
        let server = HandOver::bind([7; 32], Secret::new(target.to_owned())).unwrap();
        let (port, url) = (server.port, server.url());
        let path = url.split_once(&port.to_string()).unwrap().1.to_owned();
        let waiting =
            thread::spawn(move || server.wait(None, Duration::from_secs(20), &Cancel::new()));
        let host = format!("Host: 127.0.0.1:{port}");
        for wrong in [
            format!("GET / HTTP/1.1\r\n{host}\r\n\r\n"),
            format!("GET {path}x HTTP/1.1\r\n{host}\r\n\r\n"),
            format!("POST {path} HTTP/1.1\r\n{host}\r\n\r\n"),
            format!("GET {path} HTTP/1.1\r\nHost: evil.example\r\n\r\n"),
            format!("GET {path} HTTP/1.1\r\n\r\n"),
        ] {
            assert!(!ask(port, &wrong).contains("FAKE"), "{wrong}");
        }
        // One that says nothing holds nobody up for long.
        let _silent = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
        let answer = ask(
            port,
            &format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\n\r\n"),
        );
        assert!(
            answer.starts_with("HTTP/1.1 303") && answer.contains(target),
            "{answer}"
        );
        assert!(waiting.join().unwrap());
        assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err());
    }

    #[test]
    fn somebody_elses_connection_is_known() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let _stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
        let (_served, peer) = listener.accept().unwrap();
        assert!(is_of_user(peer, port, None));
        if std::path::Path::new("/proc/self/net/tcp").exists() {
            let mut other = peer;
            other.set_port(1);
            assert!(!is_of_user(other, port, Some(1)));
        }
    }
}
