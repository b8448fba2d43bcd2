//! Running the program with nothing of the real machine showing through.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::io::{Read, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::{CLOCK, HOST, Home, USER};

/// How long a run may take before the test fails: everything in the program that can hang has a
/// shorter limit of its own.
const TIME_LIMIT: Duration = Duration::from_mins(1);

/// A run of the program, being prepared.
///
/// The environment is empty but for what is set here. The clock, the machine's and the person's
/// name stand still through `ADIEU_TEST_CLOCK`, `ADIEU_TEST_HOST` and `ADIEU_TEST_USER`, which the
/// program honours in debug builds only.
#[derive(Clone, Debug)]
pub struct Adieu {
    program: PathBuf,
    arguments: Vec<OsString>,
    environment: Vec<(OsString, OsString)>,
    working_directory: Option<PathBuf>,
    input: Vec<u8>,
    names: Vec<(String, &'static str)>,
}

impl Adieu {
    /// The program at that path: `env!("CARGO_BIN_EXE_adieu")`.
    pub fn new(program: impl Into<PathBuf>) -> Self {
        Self {
            program: program.into(),
            arguments: Vec::new(),
            environment: Vec::new(),
            working_directory: None,
            input: Vec::new(),
            names: Vec::new(),
        }
        .env("ADIEU_TEST_CLOCK", CLOCK)
        .env("ADIEU_TEST_HOST", HOST)
        .env("ADIEU_TEST_USER", USER)
    }

    /// In that home: sets `HOME` and `TMPDIR`, starts in its working directory, and lets its paths
    /// appear as `$HOME`, `$WORK` and `$TMPDIR` in the output.
    #[must_use]
    pub fn home(mut self, home: &Home) -> Self {
        let path = |path: PathBuf| path.to_str().unwrap().to_owned();
        self.names = vec![
            (path(home.path()), "$HOME"),
            (path(home.work()), "$WORK"),
            (path(home.temporary()), "$TMPDIR"),
            (path(home.root().to_owned()), "$ROOT"),
        ];
        self.working_directory = Some(home.work());
        self.env("HOME", home.path())
            .env("TMPDIR", home.temporary())
    }

    /// Lets what differs from run to run appear under a name in the output.
    #[must_use]
    pub fn named(mut self, text: impl Into<String>, name: &'static str) -> Self {
        self.names.push((text.into(), name));
        self
    }

    /// Starts in another directory.
    #[must_use]
    pub fn cwd(mut self, directory: impl Into<PathBuf>) -> Self {
        self.working_directory = Some(directory.into());
        self
    }

    /// Sets an environment variable; a later value replaces an earlier one.
    #[must_use]
    pub fn env(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        let name = name.into();
        self.environment.retain(|(other, _)| *other != name);
        self.environment.push((name, value.into()));
        self
    }

    /// Takes an environment variable away.
    #[must_use]
    pub fn env_remove(mut self, name: &str) -> Self {
        self.environment.retain(|(other, _)| other != name);
        self
    }

    /// Adds one argument.
    #[must_use]
    pub fn arg(mut self, argument: impl Into<OsString>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// Adds arguments.
    #[must_use]
    pub fn args<A: Into<OsString>>(mut self, arguments: impl IntoIterator<Item = A>) -> Self {
        self.arguments.extend(arguments.into_iter().map(Into::into));
        self
    }

    /// The same run without the rights that the superuser has over others' permission bits, so that they
    /// count in a container too; as it is for everybody else. `None` if that cannot be done.
    ///
    /// # Panics
    ///
    /// If that cannot be done while the environment says `ADIEU_REAL_PARTS=required`.
    #[cfg(unix)]
    pub fn unprivileged(mut self) -> Option<Self> {
        use std::os::unix::fs::MetadataExt as _;
        const SETPRIV: &str = "/usr/bin/setpriv";
        const NOTHING: &str = "--bounding-set=-all";
        let is_root = std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0);
        if !is_root {
            return Some(self);
        }
        let tried = Command::new(SETPRIV).args([NOTHING, "true"]).status();
        if !tried.is_ok_and(|status| status.success()) {
            let required = std::env::var("ADIEU_REAL_PARTS").is_ok_and(|value| value == "required");
            assert!(
                !required,
                "not installed (program, package): setpriv, util-linux"
            );
            return None;
        }
        let program = std::mem::replace(&mut self.program, SETPRIV.into());
        self.arguments
            .splice(0..0, [NOTHING.into(), program.into_os_string()]);
        Some(self)
    }

    /// What standard input holds; nothing otherwise.
    #[must_use]
    pub fn stdin(mut self, input: impl Into<Vec<u8>>) -> Self {
        self.input = input.into();
        self
    }

    /// The same run as a plain command, for a pseudo-terminal or a tracer.
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(&self.arguments)
            .env_clear()
            .envs(self.environment.iter().cloned());
        if let Some(directory) = &self.working_directory {
            command.current_dir(directory);
        }
        command
    }

    /// Runs it to its end. Fails when that takes longer than a minute.
    #[track_caller]
    pub fn run(&self) -> Output {
        let mut command = self.command();
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start {}: {error}", self.program.display()));
        // Each pipe has a thread: a program that fills one while we serve another must not hang.
        let (mut pipe, input) = (child.stdin.take().unwrap(), self.input.clone());
        // A program that ends without reading its input is right to do so.
        let writer = thread::spawn(move || drop(pipe.write_all(&input)));
        let stdout = read_to_end(child.stdout.take().unwrap());
        let stderr = read_to_end(child.stderr.take().unwrap());
        let status = wait(&mut child);
        writer.join().unwrap();
        let (stdout, stderr) = (stdout.join().unwrap(), stderr.join().unwrap());
        let Some(status) = status else {
            panic!(
                "still running after {TIME_LIMIT:?}: {self}\n{}",
                self.rename(&stderr)
            )
        };
        Output {
            command: self.to_string(),
            status: status.code(),
            stdout: self.rename(&stdout),
            stderr: self.rename(&stderr),
        }
    }

    /// The text with the home's paths replaced by their names.
    fn rename(&self, text: &[u8]) -> String {
        let text = String::from_utf8_lossy(text).into_owned();
        self.names
            .iter()
            .fold(text, |text, (path, name)| text.replace(path, name))
    }
}

/// As it would be typed.
impl fmt::Display for Adieu {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let program = self.program.file_stem().unwrap_or(OsStr::new("adieu"));
        write!(formatter, "{}", Path::new(program).display())?;
        for argument in &self.arguments {
            write!(formatter, " {}", self.rename(argument.as_encoded_bytes()))?;
        }
        Ok(())
    }
}

fn read_to_end(mut pipe: impl Read + Send + 'static) -> JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        pipe.read_to_end(&mut bytes).unwrap();
        bytes
    })
}

/// The child's status, or `None` if it had to be killed.
fn wait(child: &mut Child) -> Option<ExitStatus> {
    let end = Instant::now() + TIME_LIMIT;
    while Instant::now() < end {
        if let Some(status) = child.try_wait().unwrap() {
            return Some(status);
        }
        thread::sleep(Duration::from_millis(2));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    None
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    command: String,
    /// The exit status, or `None` if a signal ended the program.
    pub status: Option<i32>,
    /// Standard output, with paths replaced by names.
    pub stdout: String,
    /// Standard error, with paths replaced by names.
    pub stderr: String,
}

#[expect(
    clippy::return_self_not_must_use,
    reason = "the checks are often the last word of a test; they return the output for more"
)]
impl Output {
    /// Fails unless the program ended with that status; shows everything when it did not.
    #[track_caller]
    pub fn code(self, expected: i32) -> Self {
        assert_eq!(self.status, Some(expected), "{self}");
        self
    }

    /// Fails unless the status is 0.
    #[track_caller]
    pub fn success(self) -> Self {
        self.code(0)
    }

    /// Standard output, read as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("not JSON ({error}): {self}"))
    }
}

/// The command, its status and both outputs: the form of a snapshot.
impl fmt::Display for Output {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "$ {}", self.command)?;
        match self.status {
            Some(status) => writeln!(formatter, "exit {status}")?,
            None => writeln!(formatter, "ended by a signal")?,
        }
        write!(
            formatter,
            "--- stdout\n{}--- stderr\n{}",
            self.stdout, self.stderr
        )
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn shell(script: &str) -> Adieu {
        Adieu::new("/bin/sh").args(["-c", script])
    }

    #[test]
    fn environment_holds_what_was_set_and_nothing_else() {
        let home = Home::new();
        let output = shell("env | sort")
            .home(&home)
            .env("TERM", "dumb")
            .run()
            .success();
        let names: Vec<&str> = output
            .stdout
            .lines()
            .filter_map(|line| line.split('=').next())
            .collect();
        // The shell itself adds `PWD` and, in some shells, `SHLVL` and `_`.
        let names: Vec<&str> = names
            .into_iter()
            .filter(|name| !["PWD", "SHLVL", "_", "OLDPWD"].contains(name))
            .collect();
        assert_eq!(
            names,
            [
                "ADIEU_TEST_CLOCK",
                "ADIEU_TEST_HOST",
                "ADIEU_TEST_USER",
                "HOME",
                "TERM",
                "TMPDIR"
            ]
        );
    }

    #[test]
    fn output_shows_paths_by_name_and_both_streams() {
        let home = Home::new();
        let output = shell("pwd; echo \"$HOME/.aws\" >&2; exit 3")
            .home(&home)
            .run()
            .code(3);
        assert_eq!(
            (output.stdout.as_str(), output.stderr.as_str()),
            ("$WORK\n", "$HOME/.aws\n")
        );
        assert!(
            output
                .to_string()
                .contains("exit 3\n--- stdout\n$WORK\n--- stderr\n")
        );
    }

    #[test]
    fn input_reaches_the_program_and_may_be_ignored() {
        assert_eq!(shell("cat").stdin("yes\n").run().stdout, "yes\n");
        shell("exit 0").stdin(vec![b'x'; 1 << 20]).run().success();
    }

    #[test]
    #[should_panic(expected = "exit 1")]
    fn wrong_status_fails_and_shows_the_output() {
        shell("exit 1").run().success();
    }
}
