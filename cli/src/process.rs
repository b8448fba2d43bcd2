//! The process of the program: what the terminal and its signals need of it. What the library needs is
//! read by [`adieu::io::process`].
#![expect(
    clippy::disallowed_methods,
    reason = "how to speak and where to is decided before there is a world"
)]

mod called;
mod child;
mod stream;

use std::error::Error as _;
use std::ffi::OsString;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use adieu::io::net::Cancel;
use adieu::io::process::{ProcessError, ProcessOptions};
use adieu::printable::{printable_path, to_printable};
use adieu::world::{Environment, FixedClock, World};

pub(crate) use self::called::{is_parent, own_program, with_flags_of_directory};
pub(crate) use self::child::{Child, status_of_error};
pub(crate) use self::stream::{read_pipe, read_stream};
use crate::args::Global;
use crate::ui::{Failure, Surroundings};

/// The exit status after Ctrl-C, SIGTERM and SIGHUP alike.
const INTERRUPTED: i32 = 130;

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
pub(crate) fn measure_columns() -> [Option<usize>; 2] {
    fn of(stream: impl std::os::fd::AsFd) -> Option<usize> {
        let size = rustix::termios::tcgetwinsize(stream).ok()?;
        Some(usize::from(size.ws_col)).filter(|columns| *columns > 0)
    }
    [of(io::stdout()), of(io::stderr())]
}

/// How wide the terminals are that standard output and standard error go to.
#[cfg(not(unix))]
pub(crate) fn measure_columns() -> [Option<usize>; 2] {
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
pub(crate) fn read_arguments() -> Vec<OsString> {
    std::env::args_os().collect()
}

/// Reads the process into a world. With `home`, somebody else's: their home directory, and none of
/// this shell's variables.
pub(crate) fn read_world(home: Option<&Path>, chdir: Option<&Path>) -> Result<World, Failure> {
    let options = ProcessOptions {
        home,
        directory: chdir,
    };
    let mut world = World::of_this_process(&options).map_err(|error| {
        let hint = match &error {
            ProcessError::NoWorkingDirectory(_) => None,
            ProcessError::Unreachable { .. } | ProcessError::NotADirectory(_) => {
                Some("check --chdir and ATMOS_CHDIR")
            }
            ProcessError::NotAHome(_) => Some("check --home, or HOME"),
            ProcessError::NoHome => Some("set HOME, or --home"),
        };
        let mut failure = Failure::usage(error.to_string());
        if let Some(cause) = error.source() {
            failure = failure.because(cause);
        }
        match hint {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    })?;
    // A release build does not listen.
    if cfg!(debug_assertions) {
        replace_for_tests(&mut world)?;
    }
    Ok(world)
}

/// Stops the clock, and names user and host, as tests ask for.
fn replace_for_tests(world: &mut World) -> Result<(), Failure> {
    let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    if let Some(user) = variable("ADIEU_TEST_USER") {
        world.user.name = user;
    }
    if let Some(host) = variable("ADIEU_TEST_HOST") {
        world.host = host;
    }
    if let Some(text) = variable("ADIEU_TEST_CLOCK") {
        let time = text.parse().map_err(|error: jiff::Error| {
            Failure::usage("ADIEU_TEST_CLOCK is no time").because(&error)
        })?;
        world.clock = Arc::new(FixedClock(time));
    }
    Ok(())
}

/// Secrets must not end up in a core dump, and no other process of the same user may read them out of
/// this one's memory.
#[cfg(unix)]
pub(crate) fn forbid_dumps() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Core);
    CORE_LIMIT.get_or_init(|| limit);
    // The upper limit stays: what is run in the place of this process may have its own core dumps.
    let none = Rlimit {
        current: Some(0),
        maximum: limit.maximum,
    };
    // Where it is not allowed, the limit is set from outside and stricter already.
    let _ = setrlimit(Resource::Core, none);
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        // Only a kernel without the call refuses.
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
}

/// The limit for core dumps that this process was started with.
#[cfg(unix)]
static CORE_LIMIT: std::sync::OnceLock<rustix::process::Rlimit> = std::sync::OnceLock::new();

/// Gives a program that is started now the limit for core dumps that this process was started with.
/// Nobody can read this process's memory in between: that is forbidden apart from the limit.
#[cfg(unix)]
fn allow_dumps() {
    use rustix::process::{Resource, setrlimit};
    if let Some(limit) = CORE_LIMIT.get() {
        let _ = setrlimit(Resource::Core, *limit);
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
            restore_and_exit(screen);
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
fn restore_and_exit(screen: Screen) -> ! {
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
    let _ = writeln!(io::stderr(), "{}", to_printable(line));
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
