//! The one door to other programs: is one there, does one still run, run one.
//!
//! - A program is looked for in `PATH` of the world's environment, never in a directory that only a
//!   repository names: relative entries of `PATH` do not count.
//! - A program that is run for its effect has no standard input, a time limit, a group of its own
//!   that is ended with it, and output of which only the beginning is kept.
//! - No secret is ever an argument: arguments are seen by everybody on the machine.

mod offspring;

use std::ffi::OsString;
use std::io::{Read, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use crate::io::net::Cancel;
use crate::world::World;

/// The bytes of a program's output that are kept.
pub const OUTPUT_LIMIT: usize = 16 * 1024;

/// The pause between two looks at a running program.
const PAUSE: Duration = Duration::from_millis(10);

/// The time that the end of the output is waited for when the program itself has ended: what it
/// started may hold on to it.
const LAST_WORDS: Duration = Duration::from_millis(200);

/// A program with what it is started with.
#[derive(Clone, Debug)]
pub struct Program {
    /// The path, absolute.
    pub path: PathBuf,
    /// Its arguments; never a secret.
    pub arguments: Vec<OsString>,
    /// All its variables.
    pub environment: Vec<(OsString, OsString)>,
    /// The directory it is started in.
    pub directory: PathBuf,
}

/// The way in which a program ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// By itself, with this status.
    Exited(i32),
    /// By a signal.
    Killed,
    /// It was stopped at the time limit.
    TimedOut,
    /// It was stopped because the person no longer wanted to wait.
    Interrupted,
    /// It could not be started; the reason.
    NotStarted(String),
}

/// The result of a program.
#[derive(Clone, Debug)]
pub struct Run {
    /// The way in which it ended.
    pub ended: Ended,
    /// The beginning of what it said on standard output and standard error.
    pub output: String,
}

/// The program of that name in `PATH`: a regular file that may be executed.
pub fn find_in_path(world: &World, name: &str) -> Option<PathBuf> {
    find_all(world, name).next()
}

/// All programs of that name in `PATH`, in its order.
pub fn find_all(world: &World, name: &str) -> impl Iterator<Item = PathBuf> {
    let path = world.environment.get("PATH").unwrap_or_default();
    let suffixes: &[&str] = if cfg!(windows) {
        &[".exe", ".cmd", ""]
    } else {
        &[""]
    };
    let directories = std::env::split_paths(path).filter(|directory| directory.is_absolute());
    let candidates = directories.flat_map(move |directory| {
        let named = suffixes.iter().map(move |suffix| format!("{name}{suffix}"));
        named
            .map(|file| directory.join(file))
            .collect::<Vec<PathBuf>>()
    });
    candidates.filter(|candidate| is_executable(candidate))
}

/// Whether a program, reached through links too, is that file.
#[cfg(unix)]
pub fn is_same_file(program: &Path, other: Option<&Path>) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let identity = |path: &Path| {
        let metadata = std::fs::metadata(path).ok()?;
        Some((metadata.dev(), metadata.ino()))
    };
    let other = other.and_then(identity);
    other.is_some() && identity(program) == other
}

/// Whether a program, reached through links too, is that file.
#[cfg(not(unix))]
pub fn is_same_file(program: &Path, other: Option<&Path>) -> bool {
    let other = other.and_then(|other| std::fs::canonicalize(other).ok());
    other.is_some() && std::fs::canonicalize(program).ok() == other
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path)
        .is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(path: &Path) -> bool {
    path.is_file()
}

/// Whether a process of that id runs. Only ids that a tool itself wrote down are asked about.
#[cfg(unix)]
pub fn is_running(id: u32) -> bool {
    use rustix::io::Errno;
    use rustix::process::{Pid, test_kill_process};
    let Some(pid) = i32::try_from(id).ok().and_then(Pid::from_raw) else {
        return false;
    };
    // Somebody else's process may not be signalled, but it runs.
    matches!(test_kill_process(pid), Ok(()) | Err(Errno::PERM))
}

/// Whether a process of that id runs. It cannot be told here, and a warning too many does no harm.
#[cfg(not(unix))]
pub fn is_running(_id: u32) -> bool {
    true
}

/// Runs a program to its end, but no longer than `limit` and not after `cancel` is set.
pub fn run(program: &Program, limit: Duration, cancel: &Cancel) -> Run {
    let mut command = build_command(program);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    own_group(&mut command);
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => return not_started(&error),
    };
    let (sender, receiver) = mpsc::channel();
    let streams: [Option<Box<dyn Read + Send>>; 2] = [
        child
            .stdout
            .take()
            .map(|stream| Box::new(stream) as Box<dyn Read + Send>),
        child
            .stderr
            .take()
            .map(|stream| Box::new(stream) as Box<dyn Read + Send>),
    ];
    for stream in streams.into_iter().flatten() {
        let sender = sender.clone();
        thread::spawn(move || {
            // Nobody listens any more when the program was stopped.
            let _ = sender.send(read_beginning(stream));
        });
    }
    drop(sender);
    let ended = wait_for_end(&mut child, limit, cancel);
    end_group(&mut child);
    let mut output = Vec::new();
    let deadline = Instant::now() + LAST_WORDS;
    while let Ok(words) = receiver.recv_timeout(deadline.saturating_duration_since(Instant::now()))
    {
        output.extend(words);
    }
    output.truncate(OUTPUT_LIMIT);
    Run {
        ended,
        output: String::from_utf8_lossy(&output).into_owned(),
    }
}

/// How a program answered.
#[derive(Debug)]
pub struct Conversation {
    /// The way in which it ended.
    pub ended: Ended,
    /// The beginning of what it said on standard output; it may be a secret.
    pub output: Zeroizing<Vec<u8>>,
    /// The beginning of what it said on standard error.
    pub errors: String,
}

/// Runs a program to its end, hands it `input`, and takes what it answers; not longer than `limit` and
/// not after `cancel` is set.
pub fn converse(program: &Program, input: &[u8], limit: Duration, cancel: &Cancel) -> Conversation {
    let mut command = build_command(program);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    own_group(&mut command);
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => {
            return Conversation {
                ended: not_started(&error).ended,
                output: Zeroizing::default(),
                errors: String::new(),
            };
        }
    };
    if let Some(mut pipe) = child.stdin.take() {
        let input = Zeroizing::new(input.to_vec());
        // A program that ends without reading it is right to do so.
        thread::spawn(move || pipe.write_all(&input));
    }
    let (output, errors) = (child.stdout.take(), child.stderr.take());
    let output = output.map(|stream| listen(Box::new(stream)));
    let errors = errors.map(|stream| listen(Box::new(stream)));
    let ended = wait_for_end(&mut child, limit, cancel);
    end_group(&mut child);
    let take = |receiver: Option<mpsc::Receiver<Vec<u8>>>| {
        let words = receiver.and_then(|receiver| receiver.recv_timeout(LAST_WORDS).ok());
        Zeroizing::new(words.unwrap_or_default())
    };
    Conversation {
        ended,
        output: take(output),
        errors: String::from_utf8_lossy(&take(errors)).into_owned(),
    }
}

/// Reads a stream beside the waiting.
fn listen(stream: Box<dyn Read + Send>) -> mpsc::Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    // Nobody listens any more when the program was stopped.
    thread::spawn(move || sender.send(read_beginning(stream)));
    receiver
}

/// Runs a program that talks to the person at the terminal itself, for as long as it takes, but not
/// longer than this one: once `cancel` is set it is told to end, with all that it has started.
///
/// With `beside_document`, what it says goes to standard error: standard output is for a document.
pub fn attend(program: &Program, beside_document: bool, cancel: &Cancel) -> Ended {
    let mut command = build_command(program);
    if beside_document {
        command.stdout(std::io::stderr());
    }
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => return not_started(&error).ended,
    };
    let ended = wait_for_end(&mut child, Duration::MAX, cancel);
    if ended == Ended::Interrupted {
        offspring::end_family(&mut child);
    }
    ended
}

/// Starts a program that goes on by itself, such as a browser: with neither input nor output, in a
/// group of its own, so that Ctrl-C here does not end it.
///
/// # Errors
///
/// Tells why it could not be started.
pub fn start_detached(program: &Program) -> Result<(), String> {
    let mut command = build_command(program);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    own_group(&mut command);
    match command.spawn() {
        Ok(mut child) => {
            // Somebody has to take note of its end, as long as this process is there.
            thread::spawn(move || child.wait());
            Ok(())
        }
        Err(error) => Err(error.to_string()),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the door through which programs are started"
)]
fn build_command(program: &Program) -> Command {
    let mut command = Command::new(&program.path);
    command
        .args(&program.arguments)
        .env_clear()
        .envs(
            program
                .environment
                .iter()
                .map(|(name, value)| (name, value)),
        )
        .current_dir(&program.directory);
    command
}

fn not_started(error: &std::io::Error) -> Run {
    Run {
        ended: Ended::NotStarted(error.to_string()),
        output: String::new(),
    }
}

fn wait_for_end(child: &mut Child, limit: Duration, cancel: &Cancel) -> Ended {
    let start = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return to_ended(status),
            Ok(None) if cancel.is_set() => return Ended::Interrupted,
            Ok(None) if start.elapsed() >= limit => return Ended::TimedOut,
            Ok(None) => thread::sleep(PAUSE),
            Err(error) => return Ended::NotStarted(error.to_string()),
        }
    }
}

fn to_ended(status: ExitStatus) -> Ended {
    status.code().map_or(Ended::Killed, Ended::Exited)
}

#[cfg(unix)]
fn own_group(command: &mut Command) {
    use std::os::unix::process::CommandExt as _;
    command.process_group(0);
}

#[cfg(not(unix))]
fn own_group(_command: &mut Command) {}

/// Ends the program and everything that it started and that is still of its group.
fn end_group(child: &mut Child) {
    #[cfg(unix)]
    {
        use rustix::process::{Pid, Signal, kill_process_group};
        if let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
            // Nobody of the group is left when it ended by itself.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
    let _ = child.kill();
    let _ = child.wait();
}

/// The first bytes of a stream; the rest is read and dropped, so that the program is not stopped by
/// a full pipe.
fn read_beginning(mut stream: Box<dyn Read + Send>) -> Vec<u8> {
    let mut kept = Vec::new();
    let mut buffer = [0; 4096];
    while let Ok(length @ 1..) = stream.read(&mut buffer) {
        let room = OUTPUT_LIMIT.saturating_sub(kept.len()).min(length);
        kept.extend_from_slice(&buffer[..room]);
    }
    kept
}

#[cfg(all(test, unix))]
mod tests;
