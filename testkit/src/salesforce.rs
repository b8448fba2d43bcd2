//! A Salesforce on loopback: sign-in, tokens, revocation, and the few questions about users and
//! orgs that clients ask. It answers as the one does that the real client was recorded with
//! (`core/tests/fixtures/salesforce/http`).

use std::collections::{HashMap, HashSet};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::server::{Answer, Gate, Request, Server, decode_form};

/// A Salesforce with six orgs: `alpha` (a Dev Hub), `beta`, `gamma`, `delta`, `epsilon` (scratch,
/// child of alpha) and `zeta` (sandbox, child of alpha).
#[derive(Debug)]
pub struct Salesforce {
    server: Server,
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    url: String,
    orgs: Vec<Org>,
    /// What was handed out for a sign-in in the browser: org, challenge.
    codes: HashMap<String, (usize, String)>,
    dead: HashSet<String>,
    /// Who the next person in the browser or at a device is.
    next: usize,
    is_down: bool,
    rotates: bool,
    audience: Option<String>,
    pending_polls: usize,
    delay: Duration,
    gate: Option<Gate>,
}

#[derive(Clone, Debug)]
struct Org {
    key: String,
    username: String,
    name: String,
    edition: &'static str,
    id: String,
    user_id: String,
    is_hub: bool,
    is_sandbox: bool,
    trial: Option<&'static str>,
    generation: usize,
    refresh_generation: usize,
}

impl Org {
    fn new(number: usize, key: &str, name: &str) -> Self {
        Self {
            key: key.to_owned(),
            username: format!("{key}@fixture.example"),
            name: name.to_owned(),
            edition: "Developer Edition",
            id: format!("00DFX{number:010}AAA"),
            user_id: format!("005FX{number:010}AAA"),
            is_hub: false,
            is_sandbox: false,
            trial: None,
            generation: 0,
            refresh_generation: 1,
        }
    }

    fn access_token(&self) -> String {
        let id = &self.id[..15];
        format!("{id}!AQ.FIXTURE.ACCESS.{}.{:04}", self.key, self.generation)
    }

    fn refresh_token(&self) -> String {
        let Self {
            key,
            refresh_generation,
            ..
        } = self;
        format!("5Aep861FIXTURE.REFRESH.{key}.{refresh_generation:04}")
    }
}

fn recorded_orgs() -> Vec<Org> {
    let org = Org::new;
    vec![
        Org {
            is_hub: true,
            edition: "Enterprise Edition",
            ..org(1, "alpha", "Alpha Prod")
        },
        org(2, "beta", "Beta Dev"),
        org(3, "gamma", "Gamma Token"),
        org(4, "delta", "Delta Jwt"),
        Org {
            is_sandbox: true,
            trial: Some("2036-01-01T00:00:00.000+0000"),
            ..org(5, "epsilon", "Epsilon Scratch")
        },
        Org {
            is_sandbox: true,
            edition: "Enterprise Edition",
            ..org(6, "zeta", "Zeta Sandbox")
        },
    ]
}

impl Default for Salesforce {
    fn default() -> Self {
        Self::start()
    }
}

impl Salesforce {
    /// One on a free port.
    pub fn start() -> Self {
        let server = Server::start();
        let state = Arc::new(Mutex::new(State {
            url: server.url(),
            orgs: recorded_orgs(),
            codes: HashMap::new(),
            dead: HashSet::new(),
            next: 0,
            is_down: false,
            rotates: false,
            audience: None,
            pending_polls: 0,
            delay: Duration::ZERO,
            gate: None,
        }));
        let shared = Arc::clone(&state);
        server.otherwise(move |request| {
            let mut state = lock(&shared);
            let answer = state.answer(request).after(state.delay);
            match &state.gate {
                Some(gate) if request.path == "/services/oauth2/revoke" => answer.through(gate),
                _ => answer,
            }
        });
        Self { server, state }
    }

    /// Its address, without a final `/`.
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// The server itself, to script single answers otherwise.
    pub const fn server(&self) -> &Server {
        &self.server
    }

    /// What was received so far, in order.
    pub fn requests(&self) -> Vec<Request> {
        self.server.requests()
    }

    /// What was received so far under this path.
    pub fn requests_to(&self, path: &str) -> Vec<Request> {
        let requests = self.requests().into_iter();
        requests.filter(|request| request.path == path).collect()
    }

    /// The forms that were posted for revocation, as tokens.
    pub fn revoked(&self) -> Vec<String> {
        let forms = self.requests_to("/services/oauth2/revoke").into_iter();
        forms
            .flat_map(|request| request.form())
            .map(|(name, value)| {
                assert_eq!(name, "token", "nothing but the token is sent");
                value
            })
            .collect()
    }

    /// One more org, whose user name is as the test wishes.
    pub fn add(&self, key: &str, username: &str) -> &Self {
        let mut state = lock(&self.state);
        let number = state.orgs.len() + 1;
        state.orgs.push(Org {
            username: username.to_owned(),
            ..Org::new(number, key, key)
        });
        drop(state);
        self
    }

    /// Whoever signs in next in the browser or at a device is the user of this org.
    pub fn person(&self, key: &str) -> &Self {
        let mut state = lock(&self.state);
        state.next = state.position(key);
        drop(state);
        self
    }

    /// The access token that is good now.
    pub fn access_token(&self, key: &str) -> String {
        let state = lock(&self.state);
        state.orgs[state.position(key)].access_token()
    }

    /// The refresh token that is good now.
    pub fn refresh_token(&self, key: &str) -> String {
        let state = lock(&self.state);
        state.orgs[state.position(key)].refresh_token()
    }

    /// Whether a token would be accepted.
    pub fn knows(&self, token: &str) -> bool {
        let state = lock(&self.state);
        state.of_access(token).is_some() || state.of_refresh(token).is_some()
    }

    /// Ends the present access token of an org.
    pub fn expire(&self, key: &str) -> &Self {
        let mut state = lock(&self.state);
        let position = state.position(key);
        let token = state.orgs[position].access_token();
        state.dead.insert(token);
        state.orgs[position].generation += 1;
        drop(state);
        self
    }

    /// Ends the refresh token of an org.
    pub fn kill_refresh(&self, key: &str) -> &Self {
        let mut state = lock(&self.state);
        let token = state.orgs[state.position(key)].refresh_token();
        state.dead.insert(token);
        drop(state);
        self
    }

    /// From now on everything is answered with 503 and a page.
    pub fn down(&self) -> &Self {
        lock(&self.state).is_down = true;
        self
    }

    /// From now on every refresh replaces the refresh token.
    pub fn rotating(&self) -> &Self {
        lock(&self.state).rotates = true;
        self
    }

    /// From now on an assertion must be for this audience.
    pub fn audience(&self, audience: &str) -> &Self {
        lock(&self.state).audience = Some(audience.to_owned());
        self
    }

    /// So many questions whether a device was approved are answered with "not yet".
    pub fn pending(&self, polls: usize) -> &Self {
        lock(&self.state).pending_polls = polls;
        self
    }

    /// From now on every answer takes this long.
    pub fn delay(&self, delay: Duration) -> &Self {
        lock(&self.state).delay = delay;
        self
    }

    /// From now on answers to revocations go through this gate.
    pub fn gate(&self, gate: &Gate) -> &Self {
        lock(&self.state).gate = Some(gate.clone());
        self
    }

    /// From now on this request is sent to another address.
    pub fn redirect(&self, method: &str, path: &str, to: &str) -> &Self {
        let answer = Answer::status(302).header("Location", to);
        self.server.on(method, path, answer);
        self
    }

    /// From now on this request is never answered.
    pub fn hang(&self, method: &str, path: &str) -> &Self {
        self.server.on(method, path, Answer::hang());
        self
    }
}

impl State {
    fn position(&self, key: &str) -> usize {
        let position = self.orgs.iter().position(|org| org.key == key);
        position.unwrap_or_else(|| panic!("no org {key}"))
    }

    fn of_access(&self, token: &str) -> Option<&Org> {
        let is_it = |org: &&Org| {
            token.starts_with(&format!("{}!", &org.id[..15])) && !self.dead.contains(token)
        };
        self.orgs.iter().find(is_it)
    }

    fn of_refresh(&self, token: &str) -> Option<usize> {
        let is_it = |org: &Org| token == org.refresh_token() && !self.dead.contains(token);
        self.orgs.iter().position(is_it)
    }

    fn answer(&mut self, request: &Request) -> Answer {
        if self.is_down {
            let page = "<html><body>Down for maintenance</body></html>";
            return text(503, "text/html", page);
        }
        match request.path.as_str() {
            "/services/oauth2/authorize" => self.authorize(&fields(&request.query_fields())),
            "/services/oauth2/token" => self.token(&fields(&request.form())),
            "/services/oauth2/revoke" => self.revoke(&fields(&request.form())),
            "/services/data" => document(
                200,
                &json!([
                    {"label": "Spring '26", "url": "/services/data/v66.0", "version": "66.0"},
                    {"label": "Summer '26", "url": "/services/data/v67.0", "version": "67.0"},
                ]),
            ),
            path => {
                let header = request.header("authorization").unwrap_or_default();
                let token = header.strip_prefix("Bearer ").unwrap_or_default();
                match self.of_access(token) {
                    Some(org) => self.signed_in(org, path, request),
                    None if path == "/services/oauth2/userinfo" => {
                        text(403, "text/plain", "Bad_OAuth_Token")
                    }
                    None => document(
                        401,
                        &json!([{"message": "Session expired or invalid",
                                 "errorCode": "INVALID_SESSION_ID"}]),
                    ),
                }
            }
        }
    }

    fn authorize(&mut self, query: &HashMap<String, String>) -> Answer {
        let code = format!("aPrxFIXTURECODE{:03}", self.codes.len());
        let challenge = query.get("code_challenge").cloned().unwrap_or_default();
        self.codes.insert(code.clone(), (self.next, challenge));
        let redirect = query.get("redirect_uri").cloned().unwrap_or_default();
        let state = query.get("state").cloned().unwrap_or_default();
        text(302, "text/plain", "")
            .header("Location", &format!("{redirect}?code={code}&state={state}"))
    }

    fn token(&mut self, form: &HashMap<String, String>) -> Answer {
        let field = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
        if field("response_type") == "device_code" {
            return document(
                200,
                &json!({"device_code": "FIXTURE-DEVICE", "user_code": "ABCD1234",
                        "verification_uri": format!("{}/setup/connect", self.url), "interval": 1}),
            );
        }
        match field("grant_type") {
            "authorization_code" => {
                let Some((position, challenge)) = self.codes.remove(field("code")) else {
                    return refusal("invalid_grant", "expired authorization code");
                };
                let digest = Sha256::digest(field("code_verifier").as_bytes());
                if !challenge.is_empty() && URL_SAFE_NO_PAD.encode(digest) != challenge {
                    return refusal("invalid_grant", "invalid code verifier");
                }
                self.tokens(position, true)
            }
            "refresh_token" => match self.of_refresh(field("refresh_token")) {
                None => refusal("invalid_grant", "expired access/refresh token"),
                Some(position) => {
                    if self.rotates {
                        let token = self.orgs[position].refresh_token();
                        self.dead.insert(token);
                        self.orgs[position].refresh_generation += 1;
                    }
                    self.tokens(position, self.rotates)
                }
            },
            "urn:ietf:params:oauth:grant-type:jwt-bearer" => self.assertion(field("assertion")),
            "device" if self.pending_polls > 0 => {
                self.pending_polls -= 1;
                refusal("authorization_pending", "authorization is pending")
            }
            "device" => self.tokens(self.next, true),
            _ => refusal("unsupported_grant_type", "grant type not supported"),
        }
    }

    fn assertion(&self, assertion: &str) -> Answer {
        let claims = assertion.split('.').nth(1).unwrap_or_default();
        let claims = URL_SAFE_NO_PAD.decode(claims).unwrap_or_default();
        let claims: Value = serde_json::from_slice(&claims).unwrap_or_default();
        let audience = claims["aud"].as_str();
        if self
            .audience
            .as_deref()
            .is_some_and(|wanted| audience != Some(wanted))
        {
            return refusal("invalid_grant", "Audience validation failed");
        }
        let subject = claims["sub"].as_str().unwrap_or_default();
        let position = self.orgs.iter().position(|org| org.username == subject);
        match position {
            Some(position) => self.tokens(position, false),
            None => refusal("invalid_grant", "user hasn't approved this consumer"),
        }
    }

    fn tokens(&self, position: usize, with_refresh: bool) -> Answer {
        let org = &self.orgs[position];
        let mut tokens = json!({
            "access_token": org.access_token(),
            "signature": "ZmFrZS1zaWduYXR1cmU=",
            "scope": "refresh_token web api",
            "instance_url": self.url,
            "id": format!("{}/id/{}/{}", self.url, org.id, org.user_id),
            "token_type": "Bearer",
            "issued_at": "1795178747988",
        });
        if with_refresh {
            tokens["refresh_token"] = org.refresh_token().into();
        }
        document(200, &tokens)
    }

    /// Errors are form-encoded, unlike everywhere else.
    fn revoke(&mut self, form: &HashMap<String, String>) -> Answer {
        let token = form.get("token").cloned().unwrap_or_default();
        let is_live = self.of_refresh(&token).is_some() || self.of_access(&token).is_some();
        if is_live {
            self.dead.insert(token);
            return text(200, "text/plain", "");
        }
        let error = if self.dead.contains(&token) {
            "error=invalid_token&error_description=the%20token%20is%20invalid"
        } else {
            "error=unsupported_token_type&error_description=this%20token%20type%20is%20not%20supported"
        };
        text(400, "application/x-www-form-urlencoded", error)
    }

    fn signed_in(&self, org: &Org, path: &str, request: &Request) -> Answer {
        let identity = format!("{}/id/{}/{}", self.url, org.id, org.user_id);
        if path == "/services/oauth2/userinfo" {
            return document(
                200,
                &json!({"sub": identity, "user_id": org.user_id, "organization_id": org.id,
                        "preferred_username": format!("preferred-{}", org.username),
                        "nickname": org.key, "name": org.name, "email": org.username}),
            );
        }
        let rest = path.strip_prefix("/services/data/v").unwrap_or_default();
        let (version, resource) = rest.split_once('/').unwrap_or((rest, ""));
        if version.is_empty() || !version.bytes().all(|b| b == b'.' || b.is_ascii_digit()) {
            return not_found();
        }
        if let Some(user) = resource.strip_prefix("sobjects/User/") {
            assert_eq!(user, org.user_id);
            return document(
                200,
                &json!({"attributes": {"type": "User", "url": path}, "Id": org.user_id,
                        "Username": org.username}),
            );
        }
        match resource.trim_end_matches('/') {
            "" => {
                let query = format!("/services/data/v{version}/query");
                document(200, &json!({"identity": identity, "query": query}))
            }
            "query" | "tooling/query" => {
                let query = fields(&request.query_fields());
                self.query(org, query.get("q").map(String::as_str).unwrap_or_default())
            }
            _ => not_found(),
        }
    }

    fn query(&self, org: &Org, soql: &str) -> Answer {
        let is_from = |table: &str| soql.contains(&format!("FROM {table}"));
        if is_from("ScratchOrgInfo") {
            let epsilon = &self.orgs[self.position("epsilon")];
            return match org.is_hub {
                false => no_such_table("ScratchOrgInfo"),
                true if soql.contains(&epsilon.id[..15]) => {
                    rows(&[scratch_org(epsilon, org, &self.url)])
                }
                true => rows(&[]),
            };
        }
        if is_from("SandboxProcess") {
            let zeta = &self.orgs[self.position("zeta")];
            return match org.key.as_str() {
                "alpha" if soql.contains(&zeta.id[..15]) => rows(&[sandbox(zeta)]),
                "alpha" => rows(&[]),
                _ => no_such_table("SandboxProcess"),
            };
        }
        if is_from("Organization") {
            return rows(&[json!({
                "attributes": {"type": "Organization"}, "Name": org.name,
                "InstanceName": "FX1", "IsSandbox": org.is_sandbox,
                "TrialExpirationDate": org.trial, "NamespacePrefix": null,
                "OrganizationType": org.edition,
            })]);
        }
        rows(&[])
    }
}

fn scratch_org(org: &Org, hub: &Org, url: &str) -> Value {
    json!({
        "attributes": {"type": "ScratchOrgInfo",
                       "url": "/services/data/v67.0/sobjects/ScratchOrgInfo/2SRFX0000000001AAA"},
        "Id": "2SRFX0000000001AAA", "ScratchOrg": &org.id[..15], "Status": "Active",
        "ExpirationDate": "2036-01-01", "CreatedDate": "2025-12-01T00:00:00.000+0000",
        "Edition": "Developer", "Namespace": null, "OrgName": org.name,
        "CreatedBy": {"attributes": {"type": "User"}, "Username": hub.username},
        "SignupUsername": org.username, "LoginUrl": url,
    })
}

fn sandbox(org: &Org) -> Value {
    json!({
        "attributes": {"type": "SandboxProcess"}, "Id": "0GRFX0000000001AAA",
        "Status": "Completed", "SandboxName": "zetasbx",
        "SandboxInfoId": "0GQFX0000000001AAA", "LicenseType": "DEVELOPER",
        "CreatedDate": "2025-12-01T00:00:00.000+0000",
        "SandboxOrganization": &org.id[..15], "CopyProgress": 100,
    })
}

fn rows(records: &[Value]) -> Answer {
    document(
        200,
        &json!({"totalSize": records.len(), "done": true, "records": records}),
    )
}

fn no_such_table(table: &str) -> Answer {
    let message = format!("sObject type '{table}' is not supported.");
    document(
        400,
        &json!([{"message": message, "errorCode": "INVALID_TYPE"}]),
    )
}

fn not_found() -> Answer {
    let message = "The requested resource does not exist";
    document(
        404,
        &json!([{"errorCode": "NOT_FOUND", "message": message}]),
    )
}

fn refusal(error: &str, description: &str) -> Answer {
    document(
        400,
        &json!({"error": error, "error_description": description}),
    )
}

fn document(status: u16, body: &Value) -> Answer {
    text(status, "application/json;charset=UTF-8", &body.to_string())
}

fn text(status: u16, content_type: &str, body: &str) -> Answer {
    Answer::status(status)
        .header("Content-Type", content_type)
        .body(body)
}

fn fields(pairs: &[(String, String)]) -> HashMap<String, String> {
    pairs.iter().cloned().collect()
}

/// A responder that panicked leaves the state whole.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Sends one request as a browser would, and gives back status, headers and body.
pub fn visit(method: &str, url: &str) -> (u16, HashMap<String, String>, String) {
    let rest = url.strip_prefix("http://").unwrap();
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let mut stream = TcpStream::connect(authority).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    let request =
        format!("{method} /{path} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    read_answer(&mut stream)
}

/// The answer up to the length that it announces.
fn read_answer(stream: &mut TcpStream) -> (u16, HashMap<String, String>, String) {
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
                return (status.unwrap(), headers, body.to_owned());
            }
        }
        let read = stream.read(&mut buffer).unwrap();
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
    fields(&decode_form(query.unwrap_or_default()))
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

    #[test]
    fn a_person_in_a_browser_brings_a_code_and_the_state() {
        let salesforce = Salesforce::start();
        let back = salesforce.url();
        let url = format!(
            "{back}/services/oauth2/authorize?state=s&code_challenge=x&redirect_uri={back}/back"
        );
        let visited = browse(&url);
        assert_eq!(visited.len(), 2);
        let query = query_of(&visited[1].0);
        assert_eq!(query["state"], "s");
        assert!(query["code"].len() > 4);
    }
}
