//! A small HTTP/1.1 server on loopback with scripted answers, which may also be wrong: slow, cut
//! off, of the wrong length, or never sent.
//!
//! It remembers every request. One thread for each connection; all end with the server.
#![expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "part of tests only: it panics when it cannot do what a test set up"
)]

use std::collections::{HashMap, HashSet};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::json;

/// The header with the portal's token.
const BEARER: &str = "x-amz-sso_bearer_token";

/// Longest wait for the rest of a request, and largest body.
const PATIENCE: Duration = Duration::from_secs(10);
const LARGEST_BODY: u64 = 1 << 20;

/// What the server answers to a request.
#[derive(Clone, Debug)]
pub struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    delay: Duration,
    fault: Option<Fault>,
    gate: Option<Gate>,
}

/// How an answer is wrong.
#[derive(Clone, Copy, Debug)]
enum Fault {
    /// Nothing is sent, and the connection stays open.
    Hang,
    /// The connection ends after this many bytes of the whole answer.
    CutOff(usize),
    /// The length that is announced instead of the body's own.
    Length(usize),
}

impl Answer {
    /// An answer with an empty body.
    pub fn status(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Vec::new(),
            delay: Duration::ZERO,
            fault: None,
            gate: None,
        }
    }

    /// An answer with a JSON body.
    pub fn json(status: u16, body: &serde_json::Value) -> Self {
        let answer = Self::status(status).header("Content-Type", "application/json");
        answer.body(body.to_string())
    }

    /// With one more header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With this body.
    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// Sent only after this time.
    #[must_use]
    pub const fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Never sent: the request is read, and the connection stays open until the server ends.
    pub fn hang() -> Self {
        Self {
            fault: Some(Fault::Hang),
            ..Self::status(200)
        }
    }

    /// Cut off after this many bytes, counted from the status line on.
    #[must_use]
    pub const fn cut_off(mut self, after: usize) -> Self {
        self.fault = Some(Fault::CutOff(after));
        self
    }

    /// Announces this length instead of the body's own.
    #[must_use]
    pub const fn announcing(mut self, length: usize) -> Self {
        self.fault = Some(Fault::Length(length));
        self
    }

    /// Sent only when as many answers wait at the gate as it lets through together.
    #[must_use]
    pub fn through(mut self, gate: &Gate) -> Self {
        self.gate = Some(gate.clone());
        self
    }

    fn bytes(&self) -> Vec<u8> {
        let length = match self.fault {
            Some(Fault::Length(length)) => length,
            _ => self.body.len(),
        };
        let mut text = format!(
            "HTTP/1.1 {} Scripted\r\nContent-Length: {length}\r\n",
            self.status
        );
        for (name, value) in &self.headers {
            text.extend([name.as_str(), ": ", value.as_str(), "\r\n"]);
        }
        text.push_str("\r\n");
        let mut bytes = text.into_bytes();
        bytes.extend_from_slice(&self.body);
        if let Some(Fault::CutOff(after)) = self.fault {
            bytes.truncate(after);
        }
        bytes
    }
}

/// Holds answers back until several wait, so that a test counts rounds rather than time: whoever
/// asks for fewer at once never gets an answer.
#[derive(Clone, Debug)]
pub struct Gate {
    together: usize,
    state: Arc<(Mutex<Rounds>, Condvar)>,
}

#[derive(Debug)]
struct Rounds {
    waiting: usize,
    left: usize,
    ended: usize,
}

impl Gate {
    /// Lets through this many answers of `total` together, or all that are left.
    pub fn new(together: usize, total: usize) -> Self {
        let rounds = Rounds {
            waiting: 0,
            left: total,
            ended: 0,
        };
        Self {
            together,
            state: Arc::new((Mutex::new(rounds), Condvar::new())),
        }
    }

    /// How often it was opened.
    pub fn rounds(&self) -> usize {
        lock(&self.state.0).ended
    }

    fn wait(&self) {
        let (rounds, changed) = &*self.state;
        let mut state = lock(rounds);
        let own_round = state.ended;
        state.waiting += 1;
        if state.waiting >= self.together.min(state.left) {
            state.left = state.left.saturating_sub(state.waiting);
            state.waiting = 0;
            state.ended += 1;
            changed.notify_all();
            return;
        }
        let _opened = changed.wait_timeout_while(state, PATIENCE, |state| state.ended == own_round);
    }
}

/// A request that the server received.
#[derive(Clone, Debug)]
pub struct Request {
    /// The method.
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// The query, without the `?`; empty if there is none.
    pub query: String,
    /// The headers in the order in which they came.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Request {
    /// The first header of that name, whatever its case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let named = self
            .headers
            .iter()
            .find(|(found, _)| found.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.as_str())
    }

    /// The fields of a form in the body, decoded.
    pub fn form(&self) -> Vec<(String, String)> {
        decode_form(&String::from_utf8_lossy(&self.body))
    }

    /// The fields of the query, decoded.
    pub fn query_fields(&self) -> Vec<(String, String)> {
        decode_form(&self.query)
    }
}

/// The fields of a text in the form `application/x-www-form-urlencoded`.
pub fn decode_form(text: &str) -> Vec<(String, String)> {
    let fields = text.split('&').filter(|field| !field.is_empty());
    fields
        .map(|field| {
            let (name, value) = field.split_once('=').unwrap_or((field, ""));
            (decode(name), decode(value))
        })
        .collect()
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let escaped = after
            .get(..2)
            .filter(|_| *first == b'%')
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match (first, escaped) {
            (_, Some(byte)) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            (b'+', None) => {
                bytes.push(b' ');
                rest = after;
            }
            (byte, None) => {
                bytes.push(*byte);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

type Responder = Box<dyn Fn(&Request) -> Answer + Send>;

#[derive(Default)]
struct Shared {
    script: Mutex<HashMap<(String, String), Responder>>,
    /// What answers everything that is not scripted.
    otherwise: Mutex<Option<Responder>>,
    requests: Mutex<Vec<Request>>,
    ended: AtomicBool,
    /// Woken when the server ends, for connections that hang or wait.
    end: (Mutex<bool>, Condvar),
}

/// A server on loopback; it ends when it is dropped.
pub struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    acceptor: Option<JoinHandle<()>>,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Server")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl Server {
    /// A server on a free port that answers 404 to everything.
    pub fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let address = listener.local_addr().expect("its address");
        let shared = Arc::new(Shared::default());
        let for_thread = Arc::clone(&shared);
        let acceptor = std::thread::spawn(move || accept(&listener, &for_thread));
        Self {
            address,
            shared,
            acceptor: Some(acceptor),
        }
    }

    /// A server that behaves like AWS IAM Identity Center: device flow, accounts, roles, and a
    /// portal that ends any token on `POST /logout` and does not know it afterwards. Any part can
    /// be scripted otherwise.
    ///
    /// Source: recorded with the real clients; AWS SSO Portal and SSO OIDC API References.
    pub fn aws_portal() -> Self {
        let server = Self::start();
        server.script_device_flow();
        server.script_portal();
        server
    }

    /// `http://127.0.0.1:PORT`, without a final `/`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// From now on every such request gets this answer.
    pub fn on(&self, method: &str, path: &str, answer: Answer) {
        self.on_call(method, path, move |_| answer.clone());
    }

    /// From now on such a request gets the answer that is made from it.
    pub fn on_call(
        &self,
        method: &str,
        path: &str,
        responder: impl Fn(&Request) -> Answer + Send + 'static,
    ) {
        let key = (method.to_owned(), path.to_owned());
        lock(&self.shared.script).insert(key, Box::new(responder));
    }

    /// From now on every request that is not scripted gets the answer that is made from it.
    pub fn otherwise(&self, responder: impl Fn(&Request) -> Answer + Send + 'static) {
        *lock(&self.shared.otherwise) = Some(Box::new(responder));
    }

    /// What was received so far, in order.
    pub fn requests(&self) -> Vec<Request> {
        lock(&self.shared.requests).clone()
    }
}

impl Server {
    fn script_device_flow(&self) {
        let registration = json!({
            "clientId": "FAKE-client",
            "clientSecret": "FAKE-client-secret",
            "clientIdIssuedAt": 1_795_249_800,
            "clientSecretExpiresAt": 4_102_444_800_u32,
        });
        self.on("POST", "/client/register", Answer::json(200, &registration));
        let url = format!("{}/device", self.url());
        let device = json!({
            "deviceCode": "FAKE-device",
            "userCode": "ABCD-EFGH",
            "verificationUri": url,
            "verificationUriComplete": format!("{url}?user_code=ABCD-EFGH"),
            "expiresIn": 600,
            "interval": 1,
        });
        self.on("POST", "/device_authorization", Answer::json(200, &device));
        let issued = AtomicUsize::new(0);
        self.on_call("POST", "/token", move |_| {
            let number = issued.fetch_add(1, Ordering::SeqCst) + 1;
            let token = json!({
                "accessToken": format!("FAKE-access-token-{number}"),
                "tokenType": "Bearer",
                "expiresIn": 28_800,
                "refreshToken": format!("FAKE-refresh-token-{number}"),
            });
            Answer::json(200, &token)
        });
    }

    fn script_portal(&self) {
        let ended = Arc::new(Mutex::new(HashSet::new()));
        let tokens = Arc::clone(&ended);
        self.on_call("POST", "/logout", move |request| {
            match request.header(BEARER) {
                Some(token) if lock(&tokens).insert(token.to_owned()) => Answer::status(200),
                _ => unauthorized(),
            }
        });
        let role = json!({"roleCredentials": {
            "accessKeyId": "ASIAfake00001",
            "secretAccessKey": "FAKE-secret",
            "sessionToken": "FAKE-session-token",
            "expiration": 4_102_444_800_000_u64,
        }});
        let accounts = json!({"accountList": [
            {"accountId": "210000000001", "accountName": "ledger", "emailAddress": "a@b.example"},
        ]});
        let roles = json!({"roleList": [
            {"accountId": "210000000001", "roleName": "ViewOnly"},
        ]});
        for (path, body) in [
            ("/federation/credentials", role),
            ("/assignment/accounts", accounts),
            ("/assignment/roles", roles),
        ] {
            let ended = Arc::clone(&ended);
            self.on_call("GET", path, move |request| match request.header(BEARER) {
                Some(token) if !lock(&ended).contains(token) => Answer::json(200, &body),
                _ => unauthorized(),
            });
        }
    }
}

/// What the portal answers to a token that it does not know.
pub fn unauthorized() -> Answer {
    let body = json!({"message": "Session token not found or invalid"});
    Answer::json(401, &body).header("x-amzn-ErrorType", "UnauthorizedException")
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::SeqCst);
        *lock(&self.shared.end.0) = true;
        self.shared.end.1.notify_all();
        // Wakes the acceptor; if that fails, it has ended already.
        let _woken = TcpStream::connect(self.address);
        if let Some(acceptor) = self.acceptor.take() {
            let _ended = acceptor.join();
        }
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for stream in listener.incoming() {
        if shared.ended.load(Ordering::SeqCst) {
            return;
        }
        let Ok(stream) = stream else { continue };
        let shared = Arc::clone(shared);
        std::thread::spawn(move || serve(&stream, &shared));
    }
}

/// Answers the requests of one connection until either side ends it.
fn serve(stream: &TcpStream, shared: &Shared) {
    let timeouts = stream.set_read_timeout(Some(PATIENCE));
    timeouts
        .and_then(|()| stream.set_write_timeout(Some(PATIENCE)))
        .expect("time limits");
    let mut reader = BufReader::new(stream);
    while let Some(request) = read_request(&mut reader) {
        let key = (request.method.clone(), request.path.clone());
        let scripted = lock(&shared.script)
            .get(&key)
            .map(|responder| responder(&request));
        let answer = scripted.unwrap_or_else(|| {
            lock(&shared.otherwise)
                .as_ref()
                .map_or_else(|| Answer::status(404), |responder| responder(&request))
        });
        lock(&shared.requests).push(request);
        if !wait(shared, &answer) {
            break;
        }
        let mut output = stream;
        if output.write_all(&answer.bytes()).is_err() || answer.fault.is_some() {
            break;
        }
    }
    let _already_closed = stream.shutdown(Shutdown::Both);
}

/// Waits as the answer says; `false` if nothing is to be sent.
fn wait(shared: &Shared, answer: &Answer) -> bool {
    if let Some(gate) = &answer.gate {
        gate.wait();
    }
    let hangs = matches!(answer.fault, Some(Fault::Hang));
    let time = if hangs { PATIENCE } else { answer.delay };
    if time.is_zero() {
        return true;
    }
    let waited = shared
        .end
        .1
        .wait_timeout_while(lock(&shared.end.0), time, |ended| !*ended);
    let ended = *waited.unwrap_or_else(PoisonError::into_inner).0;
    !ended && !hangs
}

fn read_request(reader: &mut BufReader<&TcpStream>) -> Option<Request> {
    let first = read_line(reader)?;
    let mut words = first.split(' ');
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let mut request = Request {
        method,
        path: path.to_owned(),
        query: query.to_owned(),
        headers: Vec::new(),
        body: Vec::new(),
    };
    loop {
        let line = read_line(reader)?;
        if line.is_empty() {
            break;
        }
        let (name, value) = line.split_once(':')?;
        request
            .headers
            .push((name.to_owned(), value.trim().to_owned()));
    }
    let is_chunked = request
        .header("Transfer-Encoding")
        .is_some_and(|encoding| encoding.eq_ignore_ascii_case("chunked"));
    if is_chunked {
        request.body = read_chunks(reader)?;
        return Some(request);
    }
    let length = request
        .header("Content-Length")
        .and_then(|length| length.parse().ok());
    let length: u64 = length.unwrap_or(0);
    assert!(length <= LARGEST_BODY, "a body of {length} bytes");
    reader.take(length).read_to_end(&mut request.body).ok()?;
    Some(request)
}

fn read_chunks(reader: &mut BufReader<&TcpStream>) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let line = read_line(reader)?;
        let length = u64::from_str_radix(line.split(';').next()?.trim(), 16).ok()?;
        assert!(length <= LARGEST_BODY, "a chunk of {length} bytes");
        reader.take(length).read_to_end(&mut body).ok()?;
        read_line(reader)?;
        if length == 0 {
            return Some(body);
        }
    }
}

fn read_line(reader: &mut BufReader<&TcpStream>) -> Option<String> {
    let mut line = String::new();
    reader.take(64 << 10).read_line(&mut line).ok()?;
    let end = line.strip_suffix('\n')?;
    Some(end.strip_suffix('\r').unwrap_or(end).to_owned())
}

/// A responder that panicked leaves the data whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
