//! Programs that the person asked for by name, which have the terminal, standard input and the signals
//! to themselves. What adieu looks for by itself is started by [`adieu::io::programs`].

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::process::{Command, ExitStatus};

use adieu::io::net::Cancel;

/// A program with what it is started with.
#[derive(Clone)]
pub(crate) struct Child {
    /// A path, or a name that is looked for in the `PATH` of its own environment.
    pub(crate) program: OsString,
    /// Its arguments.
    pub(crate) arguments: Vec<OsString>,
    /// All its variables.
    pub(crate) environment: Vec<(OsString, OsString)>,
    /// Where it starts, if that is not where this process is.
    pub(crate) directory: Option<PathBuf>,
}

impl Child {
    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        let variables = self.environment.iter().map(|(name, value)| (name, value));
        command.args(&self.arguments).env_clear().envs(variables);
        if let Some(directory) = &self.directory {
            command.current_dir(directory);
        }
        command
    }

    /// Puts the program in the place of this process: the terminal, standard input, signals and the exit
    /// status are its own. Comes back only with the reason why that failed.
    #[cfg(unix)]
    pub(crate) fn replace_process(&self) -> io::Error {
        use std::os::unix::process::CommandExt as _;
        super::allow_dumps();
        let error = self.command().exec();
        super::forbid_dumps();
        error
    }

    /// Runs the program to its end; its exit status, 128 and the signal's number where one ended it.
    /// Signals that are sent to this process reach it. Those of the terminal's keys reach it by
    /// themselves, and do not end this process. A signal that comes when it has ended sets `cancel`.
    #[cfg(unix)]
    pub(crate) fn attend(&self, cancel: &Cancel) -> io::Result<u8> {
        use std::io::IsTerminal as _;
        use std::sync::{Arc, Mutex, PoisonError};

        use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};
        use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2};
        use signal_hook::iterator::Signals;

        let ignored = list_ignored_signals();
        let listened = [SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2];
        let listened = listened.iter().filter(|number| !ignored.contains(number));
        // Before the program is there: from its first moment on, keys of the terminal are its own.
        let mut signals = Signals::new(listened)?;
        super::allow_dumps();
        let child = self.command().spawn();
        super::forbid_dumps();
        let mut child = child?;
        let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
        let running = Arc::new(Mutex::new(pid));
        let has_keys = io::stdin().is_terminal();
        let (target, cancel) = (Arc::clone(&running), cancel.clone());
        std::thread::spawn(move || {
            for number in signals.forever() {
                let target = target.lock().unwrap_or_else(PoisonError::into_inner);
                let is_key = has_keys && matches!(number, SIGINT | SIGQUIT);
                match (*target, Signal::from_named_raw(number)) {
                    (Some(pid), Some(signal)) if !is_key => {
                        // It has not been waited for, so the number is still its own.
                        let _ = kill_process(pid, signal);
                    }
                    (Some(_), _) => {}
                    (None, _) => cancel.set(),
                }
            }
        });
        if let Some(pid) = pid {
            // Its end is seen first and noted after, so that no signal goes to another process of that
            // number.
            let _ = waitid(
                WaitId::Pid(pid),
                WaitIdOptions::EXITED | WaitIdOptions::NOWAIT,
            );
        }
        *running.lock().unwrap_or_else(PoisonError::into_inner) = None;
        Ok(to_status(child.wait()?))
    }

    /// Runs the program to its end; its exit status.
    #[cfg(not(unix))]
    pub(crate) fn attend(&self, _cancel: &Cancel) -> io::Result<u8> {
        Ok(to_status(self.command().status()?))
    }
}

/// The signals that this process was told to ignore, as `nohup` does. A program is told so too, unless
/// they are listened for. Only Linux tells.
///
/// Source: proc_pid_status(5), `SigIgn`.
#[cfg(unix)]
fn list_ignored_signals() -> Vec<i32> {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    let mask = mask.unwrap_or_default();
    (1..=64)
        .filter(|number| mask & (1 << (number - 1)) != 0)
        .collect()
}

/// The exit status as a shell tells it.
fn to_status(status: ExitStatus) -> u8 {
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt as _;
        if let Some(signal) = status.signal() {
            return u8::try_from(128 + signal).unwrap_or(u8::MAX);
        }
    }
    let code = status.code().unwrap_or(1);
    u8::try_from(code).unwrap_or(u8::MAX)
}

/// The exit status for a program that could not be started, as shells have it: 127 if there is none, 126
/// if it may not be run.
pub(crate) fn status_of_error(error: &io::Error) -> u8 {
    match error.kind() {
        io::ErrorKind::NotFound => 127,
        _ => 126,
    }
}
