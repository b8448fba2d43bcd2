//! A server on this machine to which a browser brings back what it was given at a sign-in.
//!
//! It listens on 127.0.0.1 and, where there is such a thing, on `::1`, before anybody is told the
//! address. Only a request with the right `state` ends the waiting: any page that is open in the
//! browser can send others. What comes from the browser is never repeated on a page.

use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use url::{Url, form_urlencoded};
use zeroize::Zeroizing;

use super::cancel::{Cancel, Raced, wait_for_first};
use super::sanitize_message;
use crate::secret::Secret;

/// Most bytes of a request that are read.
const REQUEST_LIMIT: usize = 16 << 10;

/// The time that a browser may take to send a request, or to ask for the page after it.
const PATIENCE: Duration = Duration::from_secs(10);

/// The time for which the page after a good answer is served.
const FAREWELL: Duration = Duration::from_millis(250);

/// Most connections at once; browsers open some without using them.
const CONNECTIONS: usize = 32;

/// Shortest code that is one.
const SHORTEST_CODE: usize = 5;

const DONE_PATH: &str = "/OauthSuccess";
const FAILED_PATH: &str = "/OauthError";

/// Waiting for a browser did not bring a code.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CallbackError {
    /// Another program listens there.
    #[error("port {port} is used by another program")]
    PortInUse {
        /// The port.
        port: u16,
    },
    /// The system does not let us listen.
    #[error("cannot listen on port {port}: {why}")]
    CannotListen {
        /// The port.
        port: u16,
        /// The reason.
        why: String,
    },
    /// The server sent the browser back with an error.
    #[error("the sign-in was refused: {code} ({description})")]
    Declined {
        /// The error's code, such as `access_denied`.
        code: String,
        /// The server's words, fit for a terminal.
        description: String,
    },
    /// Nobody signed in in time.
    #[error("nobody signed in within {} s", after.as_secs())]
    TimedOut {
        /// The time that was waited.
        after: Duration,
    },
    /// The person wishes to sign in without a browser on this machine.
    #[error("the person chose another way")]
    OtherWay,
    /// The person stopped the waiting.
    #[error("interrupted before anybody signed in")]
    Interrupted,
}

/// The reason why what was typed, instead of being brought by the browser, is of no use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PasteError {
    /// It is not an address that the browser was sent to.
    #[error("this is not the address that the browser was sent to: it has no code in it")]
    NotARedirect,
    /// It belongs to another sign-in.
    #[error("this address belongs to another sign-in: its state is not the one of this one")]
    OtherSignIn,
    /// Nobody waits any more.
    #[error("the sign-in has ended already")]
    TooLate,
}

type Brought = Result<Secret, CallbackError>;

/// Takes what a person pastes: the address at which the browser, perhaps on another machine, could
/// not find anything. May be used from any thread.
#[derive(Clone, Debug)]
pub struct PasteBack {
    expected: Arc<Expected>,
    sender: mpsc::UnboundedSender<Brought>,
}

impl PasteBack {
    /// Ends the waiting if the address is of this sign-in.
    ///
    /// # Errors
    ///
    /// [`PasteError`]; the waiting goes on then.
    pub fn offer(&self, address: &str) -> Result<(), PasteError> {
        let url = Url::parse(address.trim()).map_err(|_| PasteError::NotARedirect)?;
        let brought = match self.expected.judge(url.query().unwrap_or_default()) {
            Judged::Brought(brought) => brought,
            Judged::OtherSignIn => return Err(PasteError::OtherSignIn),
            Judged::NotARedirect => return Err(PasteError::NotARedirect),
        };
        self.sender.send(brought).map_err(|_| PasteError::TooLate)
    }

    /// Ends the waiting because the person wishes to sign in another way.
    pub fn choose_other_way(&self) {
        // Who waits no more needs no other way.
        let _too_late = self.sender.send(Err(CallbackError::OtherWay));
    }
}

/// The form of a good request.
#[derive(Debug)]
struct Expected {
    port: u16,
    path: String,
    state: Secret,
}

enum Judged {
    Brought(Brought),
    OtherSignIn,
    NotARedirect,
}

impl Expected {
    /// Whether a request names this machine: a page whose own name leads here, by a trick of its name
    /// server, is another site's (DNS rebinding).
    fn is_host(&self, host: &str) -> bool {
        let name = host.strip_suffix(&format!(":{}", self.port));
        name.is_some_and(|name| {
            ["127.0.0.1", "[::1]"].contains(&name) || name.eq_ignore_ascii_case("localhost")
        })
    }

    fn judge(&self, query: &str) -> Judged {
        let field = |name: &str| {
            form_urlencoded::parse(query.as_bytes())
                .find(|(found, _)| found == name)
                .map(|(_, value)| Zeroizing::new(value.into_owned()))
        };
        let (code, error) = (field("code"), field("error"));
        if code.is_none() && error.is_none() {
            return Judged::NotARedirect;
        }
        let is_ours = field("state").is_some_and(|state| is_same(&state, self.state.expose()));
        if !is_ours {
            return Judged::OtherSignIn;
        }
        if let Some(error) = error {
            let description = field("error_description").unwrap_or_default();
            return Judged::Brought(Err(CallbackError::Declined {
                code: sanitize_message(&error, &[]),
                description: sanitize_message(&description, &[]),
            }));
        }
        match code.filter(|code| code.len() >= SHORTEST_CODE) {
            Some(code) => Judged::Brought(Ok(Secret::new(code.to_string()))),
            None => Judged::NotARedirect,
        }
    }
}

/// In a time that does not tell how much was right.
fn is_same(one: &str, other: &str) -> bool {
    let differences = one
        .bytes()
        .zip(other.bytes())
        .fold(0, |seen, (one, other)| seen | (one ^ other));
    one.len() == other.len() && differences == 0
}

/// A server that waits for a browser. It listens from the start.
#[derive(Debug)]
pub struct Callback {
    listeners: Vec<TcpListener>,
    port: u16,
    expected: Arc<Expected>,
    sender: mpsc::UnboundedSender<Brought>,
    receiver: mpsc::UnboundedReceiver<Brought>,
}

impl Callback {
    /// Listens on a port of this machine (0: any that is free) for requests to `path` with this
    /// `state`.
    ///
    /// # Errors
    ///
    /// [`CallbackError::PortInUse`], [`CallbackError::CannotListen`].
    pub fn bind(port: u16, path: &str, state: Secret) -> Result<Self, CallbackError> {
        let (listeners, port) = open_listeners(port)?;
        let (sender, receiver) = mpsc::unbounded_channel();
        Ok(Self {
            listeners,
            port,
            expected: Arc::new(Expected {
                port,
                path: path.to_owned(),
                state,
            }),
            sender,
            receiver,
        })
    }

    /// Finds where the browser must be sent.
    pub fn redirect_uri(&self) -> String {
        format!("http://localhost:{}{}", self.port, self.expected.path)
    }

    /// The same by number: for servers that know no name for this machine (RFC 8252, 7.3).
    pub fn redirect_uri_by_address(&self) -> String {
        format!("http://127.0.0.1:{}{}", self.port, self.expected.path)
    }

    /// The other way in, for browsers that cannot reach this machine.
    pub fn paste_back(&self) -> PasteBack {
        PasteBack {
            expected: Arc::clone(&self.expected),
            sender: self.sender.clone(),
        }
    }

    /// Waits for the code.
    ///
    /// # Errors
    ///
    /// [`CallbackError`].
    pub fn wait(self, limit: Duration, cancel: &Cancel) -> Result<Secret, CallbackError> {
        self.wait_telling(limit, cancel, &|_| ())
    }

    /// The same, which tells each second how long it is still waited.
    ///
    /// # Errors
    ///
    /// [`CallbackError`].
    pub fn wait_telling(
        self,
        limit: Duration,
        cancel: &Cancel,
        tell: &dyn Fn(Duration),
    ) -> Result<Secret, CallbackError> {
        let port = self.port;
        let cannot = |error: &std::io::Error| CallbackError::CannotListen {
            port,
            why: error.to_string(),
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| cannot(&error))?;
        runtime.block_on(async {
            let serving = tokio::time::timeout(limit, self.serve());
            let telling = tell_each_second(limit, tell);
            let stopped = wait_for_first(cancel.wait(), telling);
            match wait_for_first(serving, stopped).await {
                Raced::First(Ok(Ok(brought))) => brought,
                Raced::First(Ok(Err(error))) => Err(cannot(&error)),
                Raced::First(Err(_)) => Err(CallbackError::TimedOut { after: limit }),
                Raced::Second(_) => Err(CallbackError::Interrupted),
            }
        })
    }

    async fn serve(self) -> std::io::Result<Brought> {
        let Self {
            listeners,
            expected,
            sender,
            mut receiver,
            ..
        } = self;
        let mut serving = JoinSet::new();
        for listener in listeners {
            let listener = tokio::net::TcpListener::from_std(listener)?;
            serving.spawn(accept_connections(
                listener,
                Arc::clone(&expected),
                sender.clone(),
            ));
        }
        // There is a sender here, so that this ends with what was brought only.
        let brought = receiver.recv().await;
        let brought = brought.unwrap_or(Err(CallbackError::Interrupted));
        Ok(brought)
    }
}

/// Never ends by itself.
async fn tell_each_second(limit: Duration, tell: &dyn Fn(Duration)) {
    let mut left = limit;
    loop {
        tell(left);
        tokio::time::sleep(Duration::from_secs(1)).await;
        left = left.saturating_sub(Duration::from_secs(1));
    }
}

/// IPv4 must be there; IPv6 may not be, but nobody else may listen on it.
fn open_listeners(port: u16) -> Result<(Vec<TcpListener>, u16), CallbackError> {
    let failure = |port, error: &std::io::Error| match error.kind() {
        ErrorKind::AddrInUse => CallbackError::PortInUse { port },
        _ => CallbackError::CannotListen {
            port,
            why: error.to_string(),
        },
    };
    let listen = |address: IpAddr, port| {
        let listener = TcpListener::bind(SocketAddr::new(address, port))?;
        listener.set_nonblocking(true)?;
        Ok(listener)
    };
    let first = listen(Ipv4Addr::LOCALHOST.into(), port).map_err(|error| failure(port, &error))?;
    let address = first.local_addr().map_err(|error| failure(port, &error))?;
    let port = address.port();
    match listen(Ipv6Addr::LOCALHOST.into(), port) {
        Ok(second) => Ok((vec![first, second], port)),
        Err(error) if error.kind() == ErrorKind::AddrInUse => Err(failure(port, &error)),
        Err(_) => Ok((vec![first], port)),
    }
}

async fn accept_connections(
    listener: tokio::net::TcpListener,
    expected: Arc<Expected>,
    sender: mpsc::UnboundedSender<Brought>,
) {
    let mut connections = JoinSet::new();
    loop {
        if connections.len() >= CONNECTIONS {
            let _one_ended = connections.join_next().await;
        }
        let Ok((stream, _)) = listener.accept().await else {
            // Out of descriptors, perhaps: not a reason to spin.
            tokio::time::sleep(FAREWELL).await;
            continue;
        };
        let (expected, sender) = (Arc::clone(&expected), sender.clone());
        connections.spawn(async move {
            // A browser that sends nothing is left alone.
            let _too_late =
                tokio::time::timeout(PATIENCE, answer_request(stream, &expected, &sender)).await;
        });
        while connections.try_join_next().is_some() {}
    }
}

/// Answers one request.
async fn answer_request(
    mut stream: TcpStream,
    expected: &Expected,
    sender: &mpsc::UnboundedSender<Brought>,
) {
    let Some(Head {
        method,
        target,
        host,
    }) = read_request(&mut stream).await
    else {
        return;
    };
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let page = |status, words| Page {
        status,
        words,
        to: None,
    };
    let page = match (method.as_str(), path) {
        _ if !expected.is_host(&host) => page(421, "This page is of another machine."),
        // A preflight for requests from a public page to this machine.
        ("OPTIONS", _) => page(204, ""),
        ("GET", DONE_PATH) => page(
            200,
            "You can close this page: the terminal says how the sign-in ended.",
        ),
        ("GET", FAILED_PATH) => page(200, "The sign-in was refused: the terminal says why."),
        ("GET", path) if path == expected.path => match expected.judge(query) {
            Judged::Brought(brought) => {
                let to = if brought.is_ok() {
                    DONE_PATH
                } else {
                    FAILED_PATH
                };
                let page = Page {
                    status: 303,
                    words: "",
                    to: Some(to),
                };
                // The page after this one is asked for on a connection of its own.
                write_page(&mut stream, &page).await;
                tokio::time::sleep(FAREWELL).await;
                let _somebody_was_first = sender.send(brought);
                return;
            }
            Judged::OtherSignIn => page(400, "This page belongs to another sign-in."),
            Judged::NotARedirect => page(400, "This page has no code in its address."),
        },
        ("GET", _) => page(404, "There is nothing here."),
        _ => page(405, "There is nothing to send here."),
    };
    write_page(&mut stream, &page).await;
}

struct Page {
    status: u16,
    words: &'static str,
    to: Option<&'static str>,
}

async fn write_page(stream: &mut TcpStream, page: &Page) {
    let body = match page.words {
        "" => String::new(),
        words => format!("<!DOCTYPE html><title>adieu</title><p>{words}</p>\n"),
    };
    let location = page
        .to
        .map_or_else(String::new, |to| format!("Location: {to}\r\n"));
    let text = format!(
        "HTTP/1.1 {} Answer\r\n{location}Content-Type: text/html; charset=utf-8\r\n\
         Content-Length: {}\r\nCache-Control: no-store\r\nReferrer-Policy: no-referrer\r\n\
         Content-Security-Policy: default-src 'none'\r\nConnection: close\r\n\r\n{body}",
        page.status,
        body.len(),
    );
    // A browser that has gone does not need the page.
    let _gone = stream.write_all(text.as_bytes()).await;
    let _gone = stream.shutdown().await;
}

/// What of a request matters.
struct Head {
    method: String,
    target: Zeroizing<String>,
    /// The one `Host` header; empty if there is none, or more than one.
    host: String,
}

async fn read_request(stream: &mut TcpStream) -> Option<Head> {
    let mut head = Zeroizing::new(Vec::with_capacity(REQUEST_LIMIT));
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        if head.len() >= REQUEST_LIMIT || stream.read_buf(&mut *head).await.ok()? == 0 {
            return None;
        }
    }
    let text = std::str::from_utf8(&head).ok()?;
    let mut lines = text.split("\r\n");
    let mut words = lines.next()?.split(' ');
    let (method, target) = (words.next()?, words.next()?);
    let mut hosts = lines
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_once(':'))
        .filter(|(name, _)| name.eq_ignore_ascii_case("host"))
        .map(|(_, host)| host.trim());
    let host = match (hosts.next(), hosts.next()) {
        (Some(host), None) => host,
        _ => "",
    };
    Some(Head {
        method: method.to_owned(),
        target: Zeroizing::new(target.to_owned()),
        host: host.to_owned(),
    })
}

#[cfg(test)]
mod tests;
