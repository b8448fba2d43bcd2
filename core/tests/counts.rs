//! What a logout costs in file operations and rounds at a server: counts, which are the same on
//! every machine.
#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

use std::fmt::Write as _;
use std::io::{self, BufRead as _, BufReader, Read as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::fs::MetadataExt as _;
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

use adieu::approve::{Answers, approve_plan};
use adieu::atmos::config::{self, Configuration, ConfigurationRequest};
use adieu::atmos::identity_graph::IdentityGraph;
use adieu::catalogue::own::OwnCatalogue;
use adieu::discover::{DiscoverySources, discover_sign_ins};
use adieu::execute::{Tools, execute_plan};
use adieu::ignored::Ignored;
use adieu::io::files::{Counters, Files};
use adieu::io::keyring::{Keyring, MemoryKeyring};
use adieu::io::net::Cancel;
use adieu::plan::{self, Request, Target};
use adieu::report::OutcomeWord;
use adieu::systems::discovery::DiscoveryScope;
use adieu::verify::verify_logout;
use adieu::world::{FixedClock, World};
use adieu_testkit::{AwsSession, CLOCK, Home, PortalSession};

fn world(home: &Home, variables: &[(&str, &str)]) -> World {
    World {
        working_directory: home.work(),
        temporary_directory: home.temporary(),
        ..World::fixed(home.path(), CLOCK.parse().unwrap())
            .owned_by(home.path().metadata().unwrap().uid())
            .with_variables(variables.iter().copied())
    }
}

/// The same machine when nothing has been changed for long: as a person's files are, and not those
/// that a test has just made.
fn long_after(world: &World) -> World {
    World {
        clock: Arc::new(FixedClock("2100-01-01T00:00:00Z".parse().unwrap())),
        ..world.clone()
    }
}

/// Everything that a logout starts from.
struct Machine {
    world: World,
    files: Files,
    keyrings: Vec<Box<dyn Keyring>>,
    configuration: Configuration,
    identity_graph: IdentityGraph,
}

impl Machine {
    fn new(home: &Home, variables: &[(&str, &str)]) -> Self {
        let world = world(home, variables);
        let configuration = config::load_configuration(&world, &ConfigurationRequest::default());
        Self {
            files: Files::new(&long_after(&world)),
            keyrings: vec![Box::new(MemoryKeyring::new())],
            identity_graph: adieu::atmos::build_identity_graph(&configuration.auth),
            configuration,
            world,
        }
    }

    /// Logs out and verifies; the words of all steps, and how often the disk was touched.
    fn log_out(&self, request: Request) -> (Vec<OutcomeWord>, Counters) {
        let sources = DiscoverySources {
            world: &self.world,
            files: &self.files,
            keyrings: &self.keyrings,
            configuration: &self.configuration,
            identity_graph: &self.identity_graph,
            own_catalogue: &OwnCatalogue::default(),
            ignored: &Ignored::default(),
        };
        let inventory = discover_sign_ins(&sources, DiscoveryScope::Configured);
        let plan = plan::build_from_inventory(&inventory, &self.identity_graph, request);
        let approved = approve_plan(plan, &Answers::default()).unwrap();
        let tools = Tools {
            world: &self.world,
            files: &self.files,
            keyrings: &self.keyrings,
            inventory: &inventory,
            time_limit: Duration::from_secs(10),
            cancel: &Cancel::new(),
        };
        let executed = execute_plan(&approved, &tools);
        let (verified, _) = verify_logout(
            &sources,
            approved.get(),
            &executed.outcomes,
            DiscoveryScope::Configured,
        );
        assert!(
            verified
                .still_live
                .iter()
                .all(|found| found.step.identity.is_none()),
            "{:?}",
            verified.still_live
        );
        let words = executed.outcomes.iter().map(|outcome| outcome.word);
        (words.collect(), self.files.counters())
    }
}

/// A home in which that many identities of one provider are signed in.
fn one_provider(identities: usize) -> Home {
    let home = Home::new();
    let mut yaml = "auth:\n  realm: acme\n  providers:\n    sso:\n      \
                    kind: aws/iam-identity-center\n      region: us-east-1\n      \
                    start_url: https://sso.example.test/start\n  identities:\n"
        .to_owned();
    let (mut credentials, mut config) = (String::new(), String::new());
    for number in 0..identities {
        let name = format!("dev-{number:03}");
        write!(
            yaml,
            "    {name}:\n      kind: aws/permission-set\n      via: {{provider: sso}}\n      \
             principal: {{name: ViewOnly, account: {{name: a{number}}}}}\n"
        )
        .unwrap();
        let session = AwsSession::new("acme", "sso", &name);
        writeln!(credentials, "{}", session.credentials_section()).unwrap();
        writeln!(config, "{}", session.config_section()).unwrap();
    }
    home.atmos_yaml(&yaml)
        .write(".config/atmos/acme/aws/sso/credentials", credentials)
        .write(".config/atmos/acme/aws/sso/config", config);
    home
}

fn counters_of(identities: usize, target: Target) -> Counters {
    let home = one_provider(identities);
    let machine = Machine::new(&home, &[]);
    let request = Request {
        revoke: false,
        ..Request::new(target)
    };
    let (words, counters) = machine.log_out(request);
    assert!(words.contains(&OutcomeWord::Removed));
    assert!(!words.contains(&OutcomeWord::Failed));
    counters
}

#[test]
fn logout_of_one_identity_touches_files_as_often_however_many_share_them() {
    let target = || Target::Identity("dev-003".to_owned());
    let (few, many) = (counters_of(10, target()), counters_of(200, target()));
    assert_eq!(few, many);
    // The credentials and the config file, each once; under the lock and when verifying, the file
    // system is only asked whether they are unchanged.
    assert_eq!((few.reads, few.writes, few.renames), (2, 2, 2));
    assert_eq!((few.removals, few.locks), (0, 2));
}

#[test]
fn logout_of_all_touches_files_as_often_however_many_identities_are_in_them() {
    let (few, many) = (
        counters_of(10, Target::Configured),
        counters_of(200, Target::Configured),
    );
    assert_eq!(few, many);
    // Both files go as a whole, with three directories: read once, to see whose they are. The lock
    // files that were made for it are not counted.
    assert_eq!((few.reads, few.writes, few.renames), (2, 0, 0));
    assert_eq!((few.removals, few.locks), (5, 2));
}

/// How many requests the portal below answers at once.
const TOGETHER: usize = 10;

#[derive(Default)]
struct Rounds {
    waiting: usize,
    answered: usize,
    ended: usize,
}

/// A portal that answers only when ten requests wait, or all that are left: fewer at once, and it
/// never answers.
struct Portal {
    url: String,
    state: Arc<(Mutex<Rounds>, Condvar)>,
}

impl Portal {
    fn start(expected: usize) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new((Mutex::new(Rounds::default()), Condvar::new()));
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = Arc::clone(&shared);
                thread::spawn(move || serve(&stream, &state, expected));
            }
        });
        Self { url, state }
    }
}

fn serve(stream: &TcpStream, state: &(Mutex<Rounds>, Condvar), expected: usize) -> Option<()> {
    let mut reader = BufReader::new(stream);
    loop {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).ok()? == 0 {
                return None;
            }
            let lower = line.trim_end().to_ascii_lowercase();
            if lower.is_empty() {
                break;
            }
            if let Some(value) = lower.strip_prefix("content-length:") {
                length = value.trim().parse().ok()?;
            }
        }
        reader
            .by_ref()
            .take(length)
            .read_to_end(&mut Vec::new())
            .ok()?;
        wait_for_the_others(state, expected);
        let mut output = stream;
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
        io::Write::write_all(&mut output, answer).ok()?;
    }
}

fn wait_for_the_others((rounds, changed): &(Mutex<Rounds>, Condvar), expected: usize) {
    let mut state = rounds.lock().unwrap();
    let own_round = state.ended;
    state.waiting += 1;
    if state.waiting == TOGETHER.min(expected - state.answered) {
        state.answered += state.waiting;
        state.waiting = 0;
        state.ended += 1;
        changed.notify_all();
        return;
    }
    let _answered = changed
        .wait_while(state, |state| state.ended == own_round)
        .unwrap();
}

#[test]
fn logout_of_fifty_portals_takes_five_rounds_at_the_server() {
    const TOKENS: usize = 50;
    let home = Home::new();
    let mut yaml = "auth:\n  realm: acme\n  providers:\n".to_owned();
    for number in 0..TOKENS {
        let url = format!("https://sso-{number}.example.test/start");
        write!(yaml, "    sso-{number}:\n      kind: aws/iam-identity-center\n      region: us-east-1\n      \
             start_url: {url}\n").unwrap();
        let token = format!("FAKE-token-{number}");
        home.atmos_portal_session(&PortalSession::new(&url, "us-east-1", &token));
    }
    home.atmos_yaml(&yaml);
    let portal = Portal::start(TOKENS);
    let machine = Machine::new(&home, &[("AWS_ENDPOINT_URL_SSO", &portal.url)]);
    let (words, _) = machine.log_out(Request::new(Target::Configured));
    let revoked = words.iter().filter(|word| **word == OutcomeWord::Revoked);
    assert_eq!(revoked.count(), TOKENS);
    assert_eq!(portal.state.0.lock().unwrap().ended, TOKENS / TOGETHER);
}
