//! Killed at every system call that writes: each file is the old one or the new one, and the next
//! run finishes the job.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Mutex;

use adieu_testkit::server::{Answer, Server};
use adieu_testkit::{Adieu, AwsSession, Home, PortalSession, Tree};

use crate::support::{PORTAL, PROGRAM, TRAIL, at, has, one_portal, run, run_at, tree, valuables};

/// How the access tokens begin that the portal gives for a refresh token.
const RENEWED: &str = "FAKE-access-token-";

/// Calls that change a file, a directory, or who may touch it. `openat` is killed where it creates.
const WRITING: &str = "write,pwrite64,writev,rename,renameat,renameat2,unlink,unlinkat,rmdir,fsync,\
                       fdatasync,ftruncate,mkdir,mkdirat,link,linkat,symlinkat,fchmod,fchmodat,fchown,\
                       fchownat,flock,utimensat";

/// Makes a home in which the portal can be asked.
pub(crate) type Scene = fn(&Server) -> Home;

/// A signed-in home with a portal that can be asked, and neighbours of every kind.
fn lived_in(_: &Server) -> Home {
    let home = Home::new();
    valuables(&home);
    home.atmos_yaml(&one_portal("sso", &["dev", "ops"], ""))
        .aws_session(&AwsSession::new("acme", "sso", "dev"))
        .aws_session(&AwsSession::new("acme", "sso", "ops"))
        .aws_session(&AwsSession::new("", "sso", "dev"))
        .aws_session(&AwsSession::new("acme", "neighbour", "dev"));
    let session = PortalSession::new(PORTAL, "us-east-1", "FAKE-portal-token");
    home.atmos_portal_session(&session);
    home.aws_cli_portal_session(&session, None);
    let other = PortalSession::new("https://other.awsapps.com/start", "us-east-1", "FAKE-other");
    home.atmos_portal_session(&other);
    home.aws_cli_portal_session(&other, None);
    home
}

/// The run under `strace` with these options before the program.
fn traced(portal: &Server, home: &Home, options: &[String], words: &[&str]) -> Adieu {
    at(portal, Adieu::new("/usr/bin/strace"))
        .home(home)
        .env("LANG", "C.UTF-8")
        .args(["-f", "-qq"])
        .args(options.iter().cloned())
        .arg(PROGRAM)
        .args(words.iter().copied())
}

/// Where an undisturbed run writes: system calls with the numbers, counted per thread, at which a
/// thread makes them.
fn writing_calls(scene: Scene, portal: &Server, words: &[&str]) -> Vec<(String, usize)> {
    let home = scene(portal);
    let record = home.temporary().join("record");
    let options = [
        "-o".to_owned(),
        record.to_str().unwrap().to_owned(),
        "-e".to_owned(),
        format!("trace={WRITING},openat,open,creat"),
    ];
    traced(portal, &home, &options, words).run().success();
    let text = std::fs::read_to_string(record).unwrap();
    let mut counts: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut calls: Vec<(String, usize)> = Vec::new();
    for line in text.lines() {
        let Some((thread, rest)) = line.split_once(char::is_whitespace) else {
            continue;
        };
        let rest = rest.trim_start();
        let Some((call, arguments)) = rest.split_once('(') else {
            continue;
        };
        let is_call = call.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if !is_call {
            continue;
        }
        let number = counts
            .entry((thread.to_owned(), call.to_owned()))
            .or_default();
        *number += 1;
        if !call.starts_with("open") || arguments.contains("O_CREAT") {
            calls.push((call.to_owned(), *number));
        }
    }
    calls.sort();
    calls.dedup();
    calls
}

/// What makes `strace` kill a program as it makes a call for that time, and record what it did of these.
fn killing(call: &str, number: usize, record: &Path) -> [String; 7] {
    [
        "-y".to_owned(),
        "-o".to_owned(),
        record.display().to_string(),
        "-e".to_owned(),
        format!("trace={call}"),
        "-e".to_owned(),
        format!("inject={call}:signal=SIGKILL:when={number}"),
    ]
}

/// Neither old nor new, apart from the trail, locks and temporary files.
fn torn(before: &Tree, killed: &Tree, after: &Tree) -> Vec<String> {
    let from_old = before.changes(killed).except(&[TRAIL, "tmp/**"]);
    let from_new: Vec<_> = after.changes(killed).paths().map(Path::to_owned).collect();
    from_old
        .paths()
        .filter(|path| from_new.iter().any(|other| other == path))
        .filter(|path| path.extension().is_none_or(|extension| extension != "lock"))
        .filter(|path| !is_of_a_database(path))
        .map(|path| path.display().to_string())
        .filter(|path| !path.contains(".adieu-tmp"))
        .collect()
}

/// A database is torn until SQLite has undone what was begun; that it does so is what is tested.
fn is_of_a_database(path: &Path) -> bool {
    path.to_string_lossy().contains(".db")
}

/// Tokens that a portal was asked to end since it had got that many requests.
fn ended_since(portal: &Server, number: usize) -> BTreeSet<String> {
    let requests = portal.requests();
    let calls = requests
        .iter()
        .skip(number)
        .filter(|request| request.path == "/logout");
    calls
        .filter_map(|request| request.header("x-amz-sso_bearer_token").map(str::to_owned))
        .collect()
}

/// What a run that nobody disturbs does, at a portal of its own.
struct Undisturbed {
    scene: Scene,
    portal: Server,
    after: Tree,
    ended: BTreeSet<String>,
}

impl Undisturbed {
    fn of(scene: Scene, words: &[&str]) -> Self {
        let portal = Server::aws_portal();
        let home = scene(&portal);
        let before = tree(&home);
        run_at(&portal, &home, words).success();
        let after = tree(&home);
        assert!(!before.changes(&after).is_empty());
        let ended = ended_since(&portal, 0);
        Self {
            scene,
            portal,
            after,
            ended,
        }
    }
}

/// One run that is killed there, and one that finishes. At which call the first was killed, with the
/// paths behind its handles; `None` if it never came there.
fn kill_and_finish(
    call: &str,
    number: usize,
    words: &[&str],
    undisturbed: &Undisturbed,
) -> Option<String> {
    let Undisturbed {
        scene,
        portal,
        after,
        ended,
    } = undisturbed;
    let home = scene(portal);
    let requests = portal.requests().len();
    let before = tree(&home);
    let record = home.temporary().join("record");
    let killed = traced(portal, &home, &killing(call, number, &record), words).run();
    let was_killed = killed.status != Some(0);
    let record = std::fs::read_to_string(record).unwrap_or_default();
    let at = format!("killed at {call} {number} of `{}`", words.join(" "));
    let now = tree(&home);
    let torn = torn(&before, &now, after);
    assert!(
        torn.is_empty(),
        "{at}: neither old nor new: {torn:?}\n{}",
        before.changes(&now)
    );
    let again = run_at(portal, &home, words);
    assert_eq!(again.status, Some(0), "{at}: {again}");
    let changes = after.changes(&tree(&home)).except(&[TRAIL, "tmp/**"]);
    assert!(
        changes.is_empty(),
        "{at}: the next run left something else:\n{changes}\n{again}"
    );
    // A token whose last copy went before its server was asked could never be ended. Where the killed run
    // had ended it already, the next one renews its session to end that.
    let mut ended_now = ended_since(portal, requests);
    ended_now.retain(|token| !token.starts_with(RENEWED));
    assert_eq!(ended_now, *ended, "{at}: {again}");
    let leftovers: Vec<_> = tree(&home)
        .paths()
        .filter(|path| {
            let path = path.to_string_lossy();
            let left = ["adieu-tmp", "-journal", "-wal", "-shm", ".lock"];
            left.iter().any(|left| path.contains(left))
                && !after.paths().any(|kept| kept == Path::new(&*path))
        })
        .map(Path::to_owned)
        .collect();
    assert!(leftovers.is_empty(), "{at}: {leftovers:?}");
    let check = run(&home, &["audit", "verify"]);
    assert_eq!(check.status, Some(0), "{at}: {check}");
    was_killed.then(|| last_call(&record, call, number))
}

/// The call with that number of the thread that made so many: the one at which the run was killed.
fn last_call(record: &str, call: &str, number: usize) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for line in record.lines() {
        let Some((thread, rest)) = line.split_once(char::is_whitespace) else {
            continue;
        };
        let is_made = rest
            .trim_start()
            .strip_prefix(call)
            .is_some_and(|rest| rest.starts_with('('));
        if is_made {
            let count = counts.entry(thread).or_default();
            *count += 1;
            if *count == number {
                return rest.trim_start().to_owned();
            }
        }
    }
    String::new()
}

/// Kills the run at each of its calls that write, and finishes it. Each call at which one was killed.
pub(crate) fn killed_everywhere(scene: Scene, words: &[&str]) -> Vec<String> {
    if !has("strace", &["-f", "-o", "/dev/null", "true"]) {
        return Vec::new();
    }
    let portal = Server::aws_portal();
    let calls = writing_calls(scene, &portal, words);
    let (queue, kills) = (Mutex::new(calls.clone()), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let undisturbed = Undisturbed::of(scene, words);
                loop {
                    let next = queue.lock().unwrap().pop();
                    let Some((call, number)) = next else { break };
                    let killed = kill_and_finish(&call, number, words, &undisturbed);
                    kills.lock().unwrap().extend(killed);
                }
            });
        }
    });
    let kills = kills.into_inner().unwrap();
    // Threads are not always served in the same order, so a few numbers may never be reached.
    assert!(
        kills.len() * 10 >= calls.len() * 8,
        "only {} of {} were killed",
        kills.len(),
        calls.len()
    );
    for call in ["renameat", "unlink", "fsync", "write", "openat"] {
        let is_there = calls.iter().any(|(name, _)| name.starts_with(call));
        assert!(
            is_there || call == "renameat",
            "{call} is never made: {calls:?}"
        );
    }
    kills
}

#[test]
fn logout_of_all_killed_at_every_write_leaves_old_or_new_and_is_finished_later() {
    killed_everywhere(lived_in, &["auth", "logout", "--all"]);
}

#[test]
fn logout_of_a_provider_killed_at_every_write_leaves_old_or_new_and_is_finished_later() {
    killed_everywhere(lived_in, &["logout", "--provider", "sso"]);
}

#[test]
fn logout_of_one_killed_at_every_write_leaves_old_or_new_and_is_finished_later() {
    killed_everywhere(lived_in, &["logout", "dev"]);
}

/// A session that its portal does not end, and nothing else.
fn refused(_: &Server) -> Home {
    let home = Home::new();
    let session = PortalSession::new(PORTAL, "us-east-1", "FAKE-portal-token");
    home.aws_cli_portal_session(&session, None);
    home
}

/// Wherever it is killed: the session is still here, or the next look knows that it may go on.
#[test]
fn session_that_was_not_ended_is_never_forgotten() {
    if !has("strace", &["-f", "-o", "/dev/null", "true"]) {
        return;
    }
    let portal = Server::start();
    portal.on("POST", "/logout", Answer::status(503));
    let words = ["logout", "--all", "--force", "--no-refresh"];
    let calls = writing_calls(refused, &portal, &words);
    let mut states = BTreeSet::new();
    for (call, number) in calls {
        let home = refused(&portal);
        let record = home.temporary().join("record");
        traced(&portal, &home, &killing(&call, number, &record), &words).run();
        let at = format!("killed at {call} {number}");
        let looked = run_at(&portal, &home, &["status", "--check", "-o", "json"]);
        assert_eq!(looked.status, Some(1), "{at}: {looked}");
        let document = looked.json();
        let has = |list: &str| !document[list].as_array().unwrap().is_empty();
        assert!(has("sessions") || has("pending"), "{at}: {looked}");
        for found in document["pending"].as_array().unwrap() {
            states.insert(found["state"].as_str().unwrap().to_owned());
        }
    }
    // Before the answer was written down, and after it.
    let both = ["being-ended", "not-ended"].map(str::to_owned);
    assert_eq!(states, BTreeSet::from(both));
}
