//! The process as a [`World`]: the one place that reads its environment, time and user.
#![expect(
    clippy::disallowed_methods,
    reason = "this is the door through which the process is read"
)]

use std::ffi::OsString;
use std::io::{self, IsTerminal as _, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use adieu::io::net::Cancel;
use adieu::printable::{printable, printable_path};
use adieu::world::{Clock, Entropy, Environment, FixedClock, OperatingSystem, User, World, clean};
use jiff::Timestamp;

use crate::args::Global;
use crate::ui::{Failure, Surroundings};

/// The exit status after Ctrl-C, SIGTERM and SIGHUP alike.
const INTERRUPTED: i32 = 130;

/// The clock of the machine.
#[derive(Debug)]
struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        // Whole seconds: what is shown and recorded needs no more.
        let now = Timestamp::now();
        Timestamp::from_second(now.as_second()).unwrap_or(now)
    }
}

/// The random source of the operating system.
#[derive(Debug)]
struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn bytes(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        if getrandom::fill(&mut bytes).is_err() {
            // Without a random source fingerprints are still unequal for unequal secrets; only
            // their secrecy beyond the process is gone, and they never leave it.
            bytes = [1; 32];
        }
        bytes
    }
}

/// What the program was called as: `atmos` under a link of that name, else `adieu`.
pub(crate) fn program_name() -> &'static str {
    let called = std::env::args_os().next();
    let name = called.as_deref().map(Path::new).and_then(Path::file_stem);
    if name.is_some_and(|name| name == "atmos") {
        "atmos"
    } else {
        "adieu"
    }
}

/// How wide the terminals are that standard output and standard error go to; `None` for what is none,
/// and for a terminal that does not say.
#[cfg(unix)]
pub(crate) fn columns() -> [Option<usize>; 2] {
    fn of(stream: impl std::os::fd::AsFd) -> Option<usize> {
        let size = rustix::termios::tcgetwinsize(stream).ok()?;
        Some(usize::from(size.ws_col)).filter(|columns| *columns > 0)
    }
    [of(io::stdout()), of(io::stderr())]
}

/// How wide the terminals are that standard output and standard error go to.
#[cfg(not(unix))]
pub(crate) fn columns() -> [Option<usize>; 2] {
    let columns = ratatui::crossterm::terminal::size().ok();
    let columns = columns.map(|(columns, _)| usize::from(columns));
    [
        columns.filter(|_| io::stdout().is_terminal()),
        columns.filter(|_| io::stderr().is_terminal()),
    ]
}

/// Whether a variable of this process says yes; `None` if it says nothing that is understood.
pub(crate) fn says_yes(name: &str) -> Option<bool> {
    let value = std::env::var(name).ok()?;
    match value.to_ascii_lowercase().as_str() {
        "1" | "t" | "true" | "yes" => Some(true),
        "0" | "f" | "false" | "no" => Some(false),
        _ => None,
    }
}

/// The path that a variable of this process names.
pub(crate) fn path_of(name: &str) -> Option<PathBuf> {
    let value = std::env::var_os(name)?;
    (!value.is_empty()).then(|| value.into())
}

/// Sends everything that this process and its children say on standard error to that place instead:
/// to the end of a file, which is made (for its owner alone) where there is none. A link is refused.
#[cfg(unix)]
pub(crate) fn redirect_errors(path: &Path) -> Result<(), Failure> {
    use rustix::fs::{Mode, OFlags, open};
    use rustix::stdio::{dup2_stderr, stdout};
    let failed = |error: &io::Error| {
        let message = format!("standard error cannot be sent to {}", printable_path(path));
        Failure::usage(message)
            .because(error)
            .hint("check --redirect-stderr")
    };
    let sent = match path.to_str() {
        Some("/dev/stderr") => return Ok(()),
        Some("/dev/stdout") => dup2_stderr(stdout()),
        _ => {
            let flags = OFlags::WRONLY | OFlags::APPEND | OFlags::CREATE | OFlags::NOFOLLOW;
            let mode = Mode::RUSR | Mode::WUSR;
            open(path, flags | OFlags::CLOEXEC, mode).and_then(dup2_stderr)
        }
    };
    sent.map_err(|error| failed(&error.into()))
}

#[cfg(not(unix))]
pub(crate) fn redirect_errors(_path: &Path) -> Result<(), Failure> {
    Err(Failure::usage("--redirect-stderr works on Unix only").hint("use 2> of the shell"))
}

/// The command line, without the program's name made of a path.
pub(crate) fn arguments() -> Vec<OsString> {
    std::env::args_os().collect()
}

/// The world as this process sees it. With `home`, somebody else's: their home directory, and none
/// of this shell's variables.
pub(crate) fn world(home: Option<&Path>, chdir: Option<&Path>) -> Result<World, Failure> {
    let own: Environment = std::env::vars_os().collect();
    let current = std::env::current_dir()
        .map_err(|error| Failure::usage("the working directory cannot be read").because(&error))?;
    let working_directory = match changed_to(&own, &current, chdir) {
        Some(directory) if directory.is_dir() => directory
            .canonicalize()
            .map_err(|error| Failure::usage("--chdir leads nowhere").because(&error))?,
        Some(directory) => {
            let message = format!("{} is not a directory", printable_path(&directory));
            return Err(Failure::usage(message).hint("check --chdir and ATMOS_CHDIR"));
        }
        None => current.clone(),
    };
    let is_own = home.is_none();
    let (home, environment) = match home {
        Some(path) => (current.join(path), Environment::default()),
        None => (own_home(&own)?, own.clone()),
    };
    if !home.is_dir() {
        let message = format!("{} is not a directory", printable_path(&home));
        return Err(Failure::usage(message).hint("check --home, or HOME"));
    }
    let temporary_directory = environment.get("TMPDIR").map_or_else(
        || {
            if cfg!(windows) {
                std::env::temp_dir()
            } else {
                PathBuf::from("/tmp")
            }
        },
        PathBuf::from,
    );
    Ok(World {
        user: User {
            name: user_name(&own),
            id: person(&home, is_own),
        },
        host: host(&own),
        clock: clock(&own)?,
        entropy: Arc::new(SystemEntropy),
        operating_system: OperatingSystem::current(),
        home,
        working_directory,
        temporary_directory,
        environment,
    })
}

/// The working directory as the shell calls it, which may lead through symbolic links: the search for
/// `atmos.yaml` starts there, and the realm is derived from that name.
pub(crate) fn logical_directory(chdir: Option<&Path>) -> Option<PathBuf> {
    let own: Environment = std::env::vars_os().collect();
    let current = std::env::current_dir().ok()?;
    changed_to(&own, &current, chdir).or_else(|| Some(called(&own, &current)))
}

/// Where `--chdir`, else `ATMOS_CHDIR`, leads, by its name and without `.` and `..`; `None` without
/// either.
///
/// Source: Atmos `cmd/root.go` (`processEarlyChdirFlag`).
fn changed_to(own: &Environment, current: &Path, chdir: Option<&Path>) -> Option<PathBuf> {
    let path = chdir
        .map(Path::to_owned)
        .or_else(|| own.get("ATMOS_CHDIR").map(PathBuf::from))?;
    let expanded = match (path.strip_prefix("~"), own_home(own)) {
        (Ok(below), Ok(home)) => home.join(below),
        _ => path,
    };
    Some(clean(&called(own, current).join(expanded)))
}

/// What the working directory is called: `$PWD` if that is the same directory, else the path that the
/// system tells.
///
/// Source: Go `os.Getwd`.
fn called(own: &Environment, current: &Path) -> PathBuf {
    let named = own.get("PWD").map(PathBuf::from);
    let is_same = |path: &PathBuf| path.is_absolute() && is_same_directory(path, current);
    named
        .filter(|_| cfg!(unix))
        .filter(is_same)
        .unwrap_or_else(|| current.to_owned())
}

#[cfg(unix)]
fn is_same_directory(left: &Path, right: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let identity = |path: &Path| {
        let metadata = std::fs::metadata(path).ok()?;
        Some((metadata.dev(), metadata.ino()))
    };
    identity(left).is_some_and(|left| identity(right) == Some(left))
}

#[cfg(not(unix))]
fn is_same_directory(_: &Path, _: &Path) -> bool {
    false
}

fn own_home(environment: &Environment) -> Result<PathBuf, Failure> {
    let name = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
    environment
        .get(name)
        .map(PathBuf::from)
        .filter(|path| path.is_absolute())
        .or_else(std::env::home_dir)
        .ok_or_else(|| {
            Failure::usage("the home directory is not known").hint("set HOME, or --home")
        })
}

/// Whose sign-ins are meant: the home's owner's for root and for a home that was named, else who runs
/// this program. A home that belongs to root is nobody else's: containers have such homes.
#[cfg(unix)]
fn person(home: &Path, is_own: bool) -> Option<u32> {
    use std::os::unix::fs::MetadataExt as _;
    let runs = rustix::process::geteuid();
    let owner = std::fs::metadata(home).ok()?.uid();
    let is_meant = runs.is_root() || (!is_own && owner != 0);
    Some(if is_meant { owner } else { runs.as_raw() })
}

#[cfg(not(unix))]
fn person(_home: &Path, _is_own: bool) -> Option<u32> {
    None
}

fn user_name(environment: &Environment) -> String {
    for_tests(environment, "ADIEU_TEST_USER")
        .or_else(|| {
            ["USER", "LOGNAME", "USERNAME"]
                .iter()
                .find_map(|name| environment.get(name))
        })
        .map_or_else(uid, str::to_owned)
}

/// The user id that this process runs with, where there are such.
#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "elsewhere there are none")]
pub(crate) fn user_id() -> Option<u32> {
    Some(rustix::process::getuid().as_raw())
}

/// The user id that this process runs with, where there are such.
#[cfg(not(unix))]
pub(crate) fn user_id() -> Option<u32> {
    None
}

#[cfg(unix)]
fn uid() -> String {
    format!("uid {}", rustix::process::getuid().as_raw())
}

#[cfg(not(unix))]
fn uid() -> String {
    "unknown".to_owned()
}

fn host(environment: &Environment) -> String {
    if let Some(name) = for_tests(environment, "ADIEU_TEST_HOST") {
        return name.to_owned();
    }
    host_name()
        .or_else(|| environment.get("COMPUTERNAME").map(str::to_owned))
        .unwrap_or_default()
}

#[cfg(unix)]
fn host_name() -> Option<String> {
    rustix::system::uname()
        .nodename()
        .to_str()
        .ok()
        .map(str::to_owned)
}

#[cfg(not(unix))]
fn host_name() -> Option<String> {
    None
}

/// Tests stop the clock and name user and host; a release build does not listen.
fn for_tests<'a>(environment: &'a Environment, name: &str) -> Option<&'a str> {
    if cfg!(debug_assertions) {
        environment.get(name)
    } else {
        None
    }
}

fn clock(environment: &Environment) -> Result<Arc<dyn Clock>, Failure> {
    match for_tests(environment, "ADIEU_TEST_CLOCK") {
        Some(text) => {
            let time = text.parse().map_err(|error: jiff::Error| {
                Failure::usage("ADIEU_TEST_CLOCK is no time").because(&error)
            })?;
            Ok(Arc::new(FixedClock(time)))
        }
        None => Ok(Arc::new(SystemClock)),
    }
}

/// Secrets must not end up in a core dump, and no other process of the same user may read them out of
/// this one's memory.
#[cfg(unix)]
pub(crate) fn forbid_dumps() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    // Where it is not allowed, the limit is set from outside and stricter already.
    let _ = setrlimit(
        Resource::Core,
        Rlimit {
            current: Some(0),
            maximum: Some(0),
        },
    );
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        // Only a kernel without the call refuses.
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
}

#[cfg(not(unix))]
pub(crate) fn forbid_dumps() {}

/// What a command shows itself on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Screen {
    /// Line by line.
    Ordinary,
    /// As a whole, on the terminal's other screen.
    Drawn,
}

/// Ctrl-C, and being told to end (SIGTERM, SIGHUP). Before something is changed, the program ends.
/// From then on only the waiting for servers stops, and the local half is finished all the same.
pub(crate) fn on_interrupt(cancel: &Cancel, screen: Screen) -> Result<(), Failure> {
    let cancel = cancel.clone();
    ctrlc::set_handler(move || {
        if cancel.has_begun_work() {
            cancel.set();
        } else {
            leave(screen);
        }
    })
    .map_err(|error| Failure::failed("signals cannot be listened for").because(&error))
}

/// Ends the program from beside its main thread, which waits for somebody who will not answer.
#[expect(
    clippy::disallowed_methods,
    clippy::exit,
    reason = "nothing has been changed, and the main thread waits for the terminal"
)]
fn leave(screen: Screen) -> ! {
    // Fails only where there is no terminal, which then needs nothing.
    let _ = match screen {
        Screen::Ordinary => ratatui::crossterm::terminal::disable_raw_mode(),
        Screen::Drawn => ratatui::try_restore(),
    };
    std::process::exit(INTERRUPTED)
}

/// Runs this program again with other arguments, on the same terminal; the exit status. 130 if a
/// signal ended it. It is told to end when this one is, and brings to its end what it has begun.
pub(crate) fn run_self(global: &Global, arguments: &[String], cancel: &Cancel) -> io::Result<i32> {
    cancel.begin_work();
    let mut child = std::process::Command::new(std::env::current_exe()?)
        .args(global.words())
        .args(arguments)
        .spawn()?;
    let mut is_told = false;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if cancel.is_set() && !is_told {
            is_told = true;
            tell_to_end(child.id());
        }
        std::thread::sleep(Duration::from_millis(10));
    };
    cancel.end_work();
    Ok(status.code().unwrap_or(INTERRUPTED))
}

#[cfg(unix)]
fn tell_to_end(id: u32) {
    use rustix::process::{Pid, Signal, kill_process};
    if let Some(pid) = i32::try_from(id).ok().and_then(Pid::from_raw) {
        // It has not been waited for, so the number is still its own.
        let _ = kill_process(pid, Signal::TERM);
    }
}

#[cfg(not(unix))]
fn tell_to_end(_id: u32) {}

/// Throws away what was typed and not read yet.
pub(crate) fn forget_input() {
    #[cfg(unix)]
    {
        use rustix::termios::{QueueSelector, tcflush};
        // Of what is no terminal, nothing can be thrown away, and no question is asked there.
        let _ = tcflush(io::stdin(), QueueSelector::IFlush);
    }
}

/// Waits until a line was typed, or nobody can type one.
pub(crate) fn wait_for_line() {
    let mut line = String::new();
    // Whether it is a line or the end of input makes no difference.
    let _ = io::stdin().read_line(&mut line);
}

/// A number that nobody can guess; `None` where the operating system gives none.
pub(crate) fn random_number() -> Option<u128> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).ok()?;
    Some(u128::from_ne_bytes(bytes))
}

/// Whether the operating system gives random numbers.
pub(crate) fn has_random_source() -> bool {
    getrandom::fill(&mut [0; 32]).is_ok()
}

/// What is piped into the process, up to its end: `None` if it is a terminal, longer than `limit`
/// bytes, or does not end in time.
pub(crate) fn piped(limit: u64, patience: Duration, cancel: &Cancel) -> Option<Vec<u8>> {
    if io::stdin().is_terminal() {
        return None;
    }
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = io::stdin().take(limit + 1).read_to_end(&mut bytes);
        // Nobody listens any more when it took too long.
        let _ = sender.send(read.map(|_| bytes));
    });
    let end = Instant::now() + patience;
    while Instant::now() < end && !cancel.is_set() {
        match receiver.recv_timeout(Duration::from_millis(50)) {
            Ok(read) => {
                let is_short = |bytes: &Vec<u8>| bytes.len() as u64 <= limit;
                return read.ok().filter(is_short);
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return None,
        }
    }
    None
}

/// Hands every line that is typed from now on, each up to `limit` bytes, to `take`, beside whatever
/// else goes on, until it says that it wants no more.
pub(crate) fn each_line(limit: u64, mut take: impl FnMut(&str) -> bool + Send + 'static) {
    std::thread::spawn(move || {
        let mut input = io::stdin().lock();
        let mut line = String::new();
        loop {
            line.clear();
            let read = io::BufRead::read_line(&mut io::Read::take(&mut input, limit), &mut line);
            if !matches!(read, Ok(1..)) || !take(&line) {
                return;
            }
        }
    });
}

/// A line on standard error, from beside the main thread.
pub(crate) fn say_beside(line: &str) {
    // There is nowhere to complain when standard error is gone.
    let _ = writeln!(io::stderr(), "{}", printable(line));
}

impl Surroundings {
    /// What of this process's environment decides how to speak.
    pub(crate) fn of_process() -> Self {
        let environment: Environment = std::env::vars_os().collect();
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
            .iter()
            .find_map(|name| environment.get(name));
        let unicode = locale.is_none_or(|locale| {
            let locale = locale.to_ascii_lowercase();
            locale.contains("utf-8") || locale.contains("utf8")
        });
        Self {
            is_ci: environment.get("CI").is_some_and(|value| value != "false"),
            unicode,
            is_dumb: environment.get("TERM") == Some("dumb"),
        }
    }
}
