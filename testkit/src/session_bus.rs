//! A private session bus with a real GNOME Keyring on it.
//!
//! Home and runtime directory are temporary, nothing can be started over the bus, and both daemons
//! are killed when the value is dropped: the sign-ins of whoever runs the tests are never touched.
#![expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    clippy::disallowed_methods,
    reason = "part of tests only: it starts programs, and panics when it cannot"
)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// The password of the login collection.
const PASSWORD: &[u8] = b"FAKE-login-password";

/// Programs that must be there, with the package that brings each.
const PROGRAMS: [(&str, &str); 4] = [
    ("dbus-daemon", "dbus"),
    ("dbus-send", "dbus"),
    ("gnome-keyring-daemon", "gnome-keyring"),
    ("secret-tool", "libsecret-tools"),
];

/// Longest wait for a daemon to be ready.
const PATIENCE: Duration = Duration::from_secs(10);

/// A private session bus; see the module's text.
#[derive(Debug)]
pub struct SessionBus {
    // In the order in which they must end.
    keyring: Option<Daemon>,
    _bus: Daemon,
    address: String,
    directory: TempDir,
}

impl SessionBus {
    /// A bus with GNOME Keyring, its login collection unlocked. `None` if a program is not
    /// installed.
    ///
    /// # Panics
    ///
    /// If a daemon does not come up; and if a program is missing while the environment says
    /// `ADIEU_REAL_PARTS=required`, which is how CI forbids leaving these tests out.
    pub fn start() -> Option<Self> {
        let mut bus = Self::without_service()?;
        bus.start_keyring(Some(PASSWORD));
        Some(bus)
    }

    /// A bus on which nothing is and nothing can be started. `None` and panics as for
    /// [`SessionBus::start`].
    pub fn without_service() -> Option<Self> {
        let missing: Vec<_> = PROGRAMS
            .iter()
            .filter(|(name, _)| !is_installed(name))
            .collect();
        if !missing.is_empty() {
            assert!(
                !is_required(),
                "not installed (program, package): {missing:?}"
            );
            return None;
        }
        let directory = tempfile::Builder::new()
            .prefix("bus-")
            .tempdir()
            .expect("a directory");
        for part in ["home/.local/share/keyrings", "run"] {
            std::fs::create_dir_all(directory.path().join(part)).expect("a directory");
        }
        let configuration = directory.path().join("bus.conf");
        let socket = directory.path().join("run/bus");
        std::fs::write(&configuration, bus_configuration(&socket)).expect("a file");

        let mut command = command("dbus-daemon", directory.path(), None);
        command.arg("--nofork").arg("--print-address");
        command.arg(format!("--config-file={}", configuration.display()));
        let mut bus = Daemon(
            command
                .stdout(Stdio::piped())
                .spawn()
                .expect("dbus-daemon starts"),
        );
        let mut address = String::new();
        let output = bus.0.stdout.take().expect("its output");
        BufReader::new(output)
            .read_line(&mut address)
            .expect("its address");
        let address = address.trim().to_owned();
        assert!(
            address.starts_with("unix:"),
            "dbus-daemon printed {address:?}"
        );
        Some(Self {
            keyring: None,
            _bus: bus,
            address,
            directory,
        })
    }

    /// The bus's address, for `DBUS_SESSION_BUS_ADDRESS`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The private runtime directory, for `XDG_RUNTIME_DIR`; the bus's socket is `bus` in it.
    pub fn runtime_directory(&self) -> PathBuf {
        self.directory.path().join("run")
    }

    /// The private home directory.
    pub fn home(&self) -> PathBuf {
        self.directory.path().join("home")
    }

    /// Stores an entry as Atmos's library does, with its two attributes and its label.
    pub fn store(&self, service: &str, account: &str, secret: &str) {
        let label = format!("Password for '{account}' on '{service}'");
        self.store_with(
            &label,
            &[("service", service), ("username", account)],
            secret,
        );
    }

    /// Stores an entry with any label and attributes.
    pub fn store_with(&self, label: &str, attributes: &[(&str, &str)], secret: &str) {
        let mut arguments = vec!["store", "--label", label];
        arguments.extend(attributes.iter().flat_map(|(name, value)| [*name, *value]));
        let output = self.run("secret-tool", &arguments, secret.as_bytes());
        assert!(output.status.success(), "secret-tool store: {output:?}");
    }

    /// The secret of an entry, as `secret-tool lookup` sees it.
    pub fn lookup(&self, service: &str, account: &str) -> Option<String> {
        self.lookup_with(&[("service", service), ("username", account)])
    }

    /// The secret of the entry with these attributes, as `secret-tool lookup` sees it.
    pub fn lookup_with(&self, attributes: &[(&str, &str)]) -> Option<String> {
        let mut arguments = vec!["lookup"];
        arguments.extend(attributes.iter().flat_map(|(name, value)| [*name, *value]));
        let output = self.run("secret-tool", &arguments, b"");
        output
            .status
            .success()
            .then(|| String::from_utf8(output.stdout).expect("text"))
    }

    /// What `secret-tool search --all` shows of the account's entries: names, labels, secrets.
    pub fn search_all(&self, account: &str) -> String {
        let arguments = ["search", "--all", "--unlock", "username", account];
        let output = self.run("secret-tool", &arguments, b"");
        // Attributes come on the error stream.
        let mut text = String::from_utf8(output.stdout).expect("text");
        text.push_str(&String::from_utf8(output.stderr).expect("text"));
        text
    }

    /// Locks the login collection. Names stay visible, as they were already read.
    ///
    /// Not with `secret-tool lock`, which locks and then crashes (libsecret 0.20).
    pub fn lock(&self) {
        let arguments = [
            "--session",
            "--print-reply",
            "--dest=org.freedesktop.secrets",
            "/org/freedesktop/secrets",
            "org.freedesktop.Secret.Service.Lock",
            "array:objpath:/org/freedesktop/secrets/collection/login",
        ];
        let output = self.run("dbus-send", &arguments, b"");
        assert!(output.status.success(), "locking: {output:?}");
    }

    /// Ends GNOME Keyring and starts it again without a password: its collections are locked and
    /// hide their names, as before the first unlocking in a desktop session.
    pub fn restart_locked(&mut self) {
        self.keyring = None;
        self.wait_for_service(false);
        self.start_keyring(None);
    }

    /// Stops GNOME Keyring without ending it: it stays on the bus and answers nothing.
    pub fn freeze(&self) {
        let daemon = self.keyring.as_ref().expect("a keyring daemon");
        let status = Command::new("kill")
            .args(["-STOP", &daemon.0.id().to_string()])
            .status()
            .expect("kill runs");
        assert!(status.success(), "kill: {status}");
    }

    fn start_keyring(&mut self, password: Option<&[u8]>) {
        let mut command = command(
            "gnome-keyring-daemon",
            self.directory.path(),
            Some(&self.address),
        );
        command.args(["--foreground", "--components=secrets"]);
        if password.is_some() {
            command.arg("--unlock").stdin(Stdio::piped());
        }
        let mut daemon = Daemon(command.spawn().expect("gnome-keyring-daemon starts"));
        if let Some(password) = password {
            let mut input = daemon.0.stdin.take().expect("its input");
            input.write_all(password).expect("it takes the password");
        }
        self.keyring = Some(daemon);
        self.wait_for_service(true);
    }

    fn wait_for_service(&self, wanted: bool) {
        let start = Instant::now();
        while self.has_service() != wanted {
            assert!(
                start.elapsed() < PATIENCE,
                "the Secret Service did not come or go"
            );
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    fn has_service(&self) -> bool {
        let arguments = [
            "--session",
            "--print-reply",
            "--dest=org.freedesktop.DBus",
            "/",
            "org.freedesktop.DBus.NameHasOwner",
            "string:org.freedesktop.secrets",
        ];
        let output = self.run("dbus-send", &arguments, b"");
        String::from_utf8_lossy(&output.stdout).contains("boolean true")
    }

    fn run(&self, program: &str, arguments: &[&str], input: &[u8]) -> Output {
        let mut command = command(program, self.directory.path(), Some(&self.address));
        command
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = Daemon(command.spawn().expect("the program starts"));
        child
            .0
            .stdin
            .take()
            .expect("its input")
            .write_all(input)
            .expect("it takes its input");
        child.finish(program)
    }
}

/// A child in a process group of its own, which ends when this is dropped.
#[derive(Debug)]
struct Daemon(Child);

impl Daemon {
    /// Waits for the end and collects both streams, which must be short.
    fn finish(mut self, program: &str) -> Output {
        let start = Instant::now();
        let status = loop {
            if let Some(status) = self.0.try_wait().expect("its status") {
                break status;
            }
            assert!(start.elapsed() < PATIENCE, "{program} did not end");
            std::thread::sleep(Duration::from_millis(2));
        };
        let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
        self.0
            .stdout
            .take()
            .expect("its output")
            .read_to_end(&mut stdout)
            .expect("its output");
        self.0
            .stderr
            .take()
            .expect("its errors")
            .read_to_end(&mut stderr)
            .expect("its errors");
        Output {
            status,
            stdout,
            stderr,
        }
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // SIGKILL also ends a stopped process. Neither daemon has children.
        let _already_ended = self.0.kill();
        let _already_waited_for = self.0.wait();
    }
}

/// A program with an environment of its own and no output.
fn command(program: &str, directory: &Path, bus: Option<&str>) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("PATH", search_path());
    command
        .env("HOME", directory.join("home"))
        .env("XDG_RUNTIME_DIR", directory.join("run"));
    command.env("LC_ALL", "C.UTF-8");
    if let Some(address) = bus {
        command.env("DBUS_SESSION_BUS_ADDRESS", address);
    }
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.process_group(0);
    command
}

fn bus_configuration(socket: &Path) -> String {
    format!(
        r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#,
        socket.display()
    )
}

fn search_path() -> std::ffi::OsString {
    std::env::var_os("PATH").unwrap_or_default()
}

fn is_required() -> bool {
    std::env::var("ADIEU_REAL_PARTS").is_ok_and(|value| value == "required")
}

fn is_installed(program: &str) -> bool {
    std::env::split_paths(&search_path()).any(|directory| directory.join(program).is_file())
}
