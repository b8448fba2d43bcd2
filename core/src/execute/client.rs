//! Asking a vendor's own client to end a sign-in at its server, where no document says how anybody
//! else could.
//!
//! The client works on a copy in a directory of its own, which is gone afterwards. So it cannot take
//! along what is to stay (logins to MCP servers), it sees no setting that would keep it from asking,
//! and the local half waits for nothing. Only the variables that it needs to reach its server are
//! handed on.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use super::Tools;
use crate::inventory::{Revocation, VendorClient};
use crate::io::files::ConfinedPath;
use crate::io::programs::{self, Ended, Program, Run};
use crate::report::{Outcome, OutcomeWord};
use crate::servers::TokenRequest;
use crate::systems::COPIES;
use crate::world::World;

/// Variables that a client may need to reach its server.
const HANDED_ON: [&str; 16] = [
    "PATH",
    "LANG",
    "LC_ALL",
    "TMPDIR",
    "SYSTEMROOT",
    "HTTPS_PROXY",
    "https_proxy",
    "HTTP_PROXY",
    "http_proxy",
    "ALL_PROXY",
    "all_proxy",
    "NO_PROXY",
    "no_proxy",
    "NODE_EXTRA_CA_CERTS",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
];

/// The first release of Claude Code that was seen to say so when its server did not confirm.
const HONEST: [u32; 3] = [2, 1, 329];

/// Ends one sign-in, within the time limit.
pub(super) fn end_sign_in<Id>(request: &TokenRequest<Id>, tools: &Tools<'_>) -> Outcome {
    let Revocation::Client {
        program, client, ..
    } = &request.revocation
    else {
        return Outcome::because(OutcomeWord::Failed, "not sent: no client is known");
    };
    let Some(directory) = choose_copy_directory(tools.world) else {
        return build_unconfirmed_outcome(
            *client,
            "not sent: there is no place for a copy".to_owned(),
        );
    };
    let outcome = copy_and_ask(request, program, *client, &directory, tools);
    // Whatever happened: the copy must not stay.
    match tools.files.remove_tree(&directory) {
        Ok(_) => outcome,
        Err(error) => Outcome::because(
            OutcomeWord::Failed,
            format!("the copy for the client could not be removed: {error}"),
        ),
    }
}

fn copy_and_ask<Id>(
    request: &TokenRequest<Id>,
    program: &Path,
    client: VendorClient,
    directory: &ConfinedPath,
    tools: &Tools<'_>,
) -> Outcome {
    let Some(copy) = directory.join(".credentials.json") else {
        return build_unconfirmed_outcome(
            client,
            "not sent: there is no place for a copy".to_owned(),
        );
    };
    if let Err(error) = tools
        .files
        .create(&copy, request.secret.expose().as_bytes())
    {
        return build_unconfirmed_outcome(
            client,
            format!("not sent: the copy was not made: {error}"),
        );
    }
    let start = Instant::now();
    let program = |arguments: &[&str]| Program {
        path: program.to_owned(),
        arguments: arguments.iter().map(OsString::from).collect(),
        environment: build_environment(tools.world, &directory.to_path()),
        directory: directory.to_path(),
    };
    let left = |limit: Duration| limit.saturating_sub(start.elapsed());
    let limit = tools.time_limit;
    let version = programs::run(&program(&["--version"]), limit, tools.cancel);
    let asked = programs::run(&program(&["auth", "logout"]), left(limit), tools.cancel);
    let was_taken = !matches!(tools.files.probe(&copy), Ok(Some(_)));
    judge_outcome(client, &version, &asked, was_taken, limit)
}

/// Tells what came of it, in the words that people can rely on: confirmed, not confirmed, not sent.
/// Whether a request left this machine only the client knows, and it does not say.
fn judge_outcome(
    client: VendorClient,
    version: &Run,
    asked: &Run,
    was_taken: bool,
    limit: Duration,
) -> Outcome {
    let command = client.command();
    let says = asked.output.to_lowercase();
    match &asked.ended {
        Ended::NotStarted(why) => build_unconfirmed_outcome(
            client,
            format!("not sent: `{command}` did not start: {why}"),
        ),
        Ended::Interrupted => {
            build_unconfirmed_outcome(client, "not confirmed: stopped waiting for it".to_owned())
        }
        Ended::TimedOut => build_unconfirmed_outcome(
            client,
            format!(
                "not confirmed: `{command}` did not end within {} s",
                limit.as_secs_f32()
            ),
        ),
        Ended::Killed => {
            build_unconfirmed_outcome(client, format!("not confirmed: `{command}` was killed"))
        }
        Ended::Exited(0) if !was_taken => build_unconfirmed_outcome(
            client,
            format!("not sent: `{command}` did not take the sign-in"),
        ),
        Ended::Exited(0) if says.contains("confirm") || says.contains("settings/claude-code") => {
            let why = format!("not confirmed: so says `{command}`, which may not have reached it");
            build_unconfirmed_outcome(client, why)
        }
        Ended::Exited(0) if is_honest(&version.output) => {
            Outcome::because(OutcomeWord::Revoked, format!("confirmed by `{command}`"))
                .answered_by(command, false)
        }
        Ended::Exited(0) => build_unconfirmed_outcome(
            client,
            format!("not confirmed: this release of `{command}` does not tell"),
        ),
        Ended::Exited(status) => build_unconfirmed_outcome(
            client,
            format!("not confirmed: `{command}` ended with status {status}"),
        ),
    }
}

fn build_unconfirmed_outcome(client: VendorClient, why: String) -> Outcome {
    let outcome = Outcome::because(OutcomeWord::Failed, why);
    match client.system().info().account_page {
        Some(page) => outcome.with_hint(format!("finish at {page}")),
        None => outcome,
    }
}

/// Whether a release says so when its server did not confirm: `2.1.329 (Claude Code)`.
fn is_honest(version: &str) -> bool {
    let numbers: Vec<u32> = version
        .split_whitespace()
        .next()
        .unwrap_or_default()
        .split('.')
        .map_while(|part| part.parse().ok())
        .collect();
    numbers.len() == HONEST.len() && numbers.as_slice() >= HONEST.as_slice()
}

/// A new directory below adieu's own state.
fn choose_copy_directory(world: &World) -> Option<ConfinedPath> {
    let mut name = COPIES.to_owned();
    for byte in world.entropy.bytes().iter().take(8) {
        // Writing to a text does not fail.
        let _ = write!(name, "{byte:02x}");
    }
    find_copies_directory(world).join(&name)
}

/// Names the directory of the copies that a client works on.
fn find_copies_directory(world: &World) -> ConfinedPath {
    let root = world.state_root();
    root.strip_prefix(&world.home)
        .ok()
        .and_then(|relative| ConfinedPath::new(world.home.as_path(), relative))
        .unwrap_or_else(|| ConfinedPath::root(root))
}

fn build_environment(world: &World, directory: &Path) -> Vec<(OsString, OsString)> {
    let handed_on = HANDED_ON.iter().filter_map(|name| {
        let value = world.environment.get(name)?;
        Some((OsString::from(name), OsString::from(value)))
    });
    let own = ["HOME", "USERPROFILE", "CLAUDE_CONFIG_DIR"]
        .map(|name| (OsString::from(name), directory.as_os_str().to_owned()));
    let quiet = [("DISABLE_AUTOUPDATER".into(), "1".into())];
    handed_on.chain(own).chain(quiet).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(ended: Ended, output: &str) -> Run {
        Run {
            ended,
            output: output.to_owned(),
        }
    }

    fn judged(version: &str, ended: Ended, output: &str, was_taken: bool) -> (OutcomeWord, String) {
        let version = run(Ended::Exited(0), version);
        let limit = Duration::from_secs(5);
        let asked = run(ended, output);
        let outcome = judge_outcome(VendorClient::Claude, &version, &asked, was_taken, limit);
        (outcome.word, outcome.detail.unwrap_or_default())
    }

    #[test]
    fn only_a_release_that_tells_can_confirm() {
        let new = "2.1.329 (Claude Code)";
        let said = "Successfully logged out from your account.";
        let (word, detail) = judged(new, Ended::Exited(0), said, true);
        assert_eq!(word, OutcomeWord::Revoked);
        assert!(detail.starts_with("confirmed"), "{detail}");
        let old = judged("2.1.197 (Claude Code)", Ended::Exited(0), said, true);
        assert!(old.1.starts_with("not confirmed"), "{old:?}");
        for version in ["", "unknown", "2.1", "1.99.999 (Claude Code)"] {
            assert_eq!(
                judged(version, Ended::Exited(0), said, true).0,
                OutcomeWord::Failed
            );
        }
    }

    #[test]
    fn what_was_not_confirmed_is_never_called_ended() {
        let new = "2.1.329 (Claude Code)";
        let notice = "Logged out on this computer, but the server did not confirm";
        for (ended, output, was_taken, begins) in [
            (Ended::Exited(0), notice, true, "not confirmed"),
            (Ended::Exited(0), "", false, "not sent"),
            (Ended::Exited(1), "", true, "not confirmed"),
            (Ended::TimedOut, "", false, "not confirmed"),
            (Ended::Interrupted, "", false, "not confirmed"),
            (Ended::Killed, "", false, "not confirmed"),
            (Ended::NotStarted("no".to_owned()), "", false, "not sent"),
        ] {
            let (word, detail) = judged(new, ended, output, was_taken);
            assert_eq!(word, OutcomeWord::Failed);
            assert!(detail.starts_with(begins), "{detail}");
        }
    }
}
