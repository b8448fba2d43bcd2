//! A sign-in that waits for a browser, while the test is the browser.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, ChildStderr, Stdio};

use adieu_testkit::Adieu;
use serde_json::Value;

/// A program that was started and is not waited for yet.
pub(crate) struct Running {
    child: Child,
    stderr: BufReader<ChildStderr>,
    said: String,
}

/// How it ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) status: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ended {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

impl Running {
    pub(crate) fn start(adieu: &Adieu) -> Self {
        let mut command = adieu.command();
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        Self {
            child,
            stderr,
            said: String::new(),
        }
    }

    /// Reads on to the line that has this in it.
    #[track_caller]
    pub(crate) fn line(&mut self, wanted: &str) -> String {
        loop {
            let mut line = String::new();
            let read = self.stderr.read_line(&mut line).unwrap();
            assert!(read > 0, "ended without {wanted:?}: {}", self.said);
            self.said.push_str(&line);
            if line.contains(wanted) {
                return line.trim().to_owned();
            }
        }
    }

    /// The address that the person is told to open.
    #[track_caller]
    pub(crate) fn url(&mut self) -> String {
        self.line("http://127.0.0.1")
    }

    /// Its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits for its end.
    pub(crate) fn end(mut self) -> Ended {
        let mut stdout = String::new();
        let mut stderr = self.said;
        self.stderr.read_to_string(&mut stderr).unwrap();
        let mut pipe = self.child.stdout.take().unwrap();
        pipe.read_to_string(&mut stdout).unwrap();
        let status = self.child.wait().unwrap().code();
        Ended {
            status,
            stdout,
            stderr,
        }
    }
}
