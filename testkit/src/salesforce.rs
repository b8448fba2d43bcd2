//! A Salesforce on loopback: sign-in, tokens, revocation, and the few questions about users and
//! orgs that clients ask. It answers as the one does that the real client was recorded with
//! (`core/tests/fixtures/salesforce/http`).

mod answers;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::server::{Answer, Gate, Request, Server};

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

/// A responder that panicked leaves the state whole.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::browser::{browse, query_of};

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
