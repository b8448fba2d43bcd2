//! Session buses that are none: they take the time that they are given, and nothing is called clean.

use std::io::{Read as _, Write as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::time::{Duration, Instant};

use adieu_testkit::{Home, Output};
use serde_json::Value;

use crate::support::{adieu, assert_said, one_portal, signed_in};

/// Whatever else the machine does: three looks of three seconds each are the most that a run spends.
const PATIENCE: Duration = Duration::from_secs(30);

/// How far a bus goes along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manners {
    /// It says nothing at all.
    Silent,
    /// It lets everybody in, and says nothing more.
    SilentBehindTheDoor,
    /// It lets everybody in, and then never stops talking.
    Floods,
    /// The same once it has answered the first call.
    FloodsAfterHello,
}

/// Starts one; it ends with the test's process.
fn start(home: &Home, manners: Manners) -> String {
    let socket = home.temporary().join(format!("{manners:?}"));
    let listener = UnixListener::bind(&socket).unwrap();
    std::thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            // It ends when the other side has gone.
            std::thread::spawn(move || {
                let _ = serve(connection, manners);
            });
        }
    });
    format!("unix:path={}", socket.display())
}

fn serve(mut connection: UnixStream, manners: Manners) -> std::io::Result<()> {
    if manners == Manners::Silent {
        return wait_for_the_end(&mut connection);
    }
    let mut said = Vec::new();
    let hello = loop {
        let mut byte = [0];
        connection.read_exact(&mut byte)?;
        said.push(byte[0]);
        if said.ends_with(b"BEGIN\r\n") {
            break read_serial(&mut connection)?;
        }
        let line = said.split(|byte| *byte == b'\n').rev().nth(1);
        match line {
            Some(line) if byte == *b"\n" && line.starts_with(b"NEGOTIATE") => {
                connection.write_all(b"AGREE_UNIX_FD\r\n")?;
            }
            Some(line) if byte == *b"\n" && line.ends_with(b"\r") => {
                connection.write_all(b"OK 0123456789abcdef0123456789abcdef\r\n")?;
            }
            _ => {}
        }
    };
    if manners == Manners::FloodsAfterHello {
        connection.write_all(&hello_answer(hello))?;
    }
    if manners == Manners::SilentBehindTheDoor {
        return wait_for_the_end(&mut connection);
    }
    let signals = signal().repeat(200);
    loop {
        connection.write_all(&signals)?;
    }
}

fn wait_for_the_end(connection: &mut UnixStream) -> std::io::Result<()> {
    let mut buffer = [0; 1024];
    while connection.read(&mut buffer)? > 0 {}
    Ok(())
}

/// The number of the message that comes now.
///
/// Source: D-Bus Specification, "Message Format".
fn read_serial(connection: &mut UnixStream) -> std::io::Result<u32> {
    let mut start = [0; 12];
    connection.read_exact(&mut start)?;
    Ok(u32::from_le_bytes([
        start[8], start[9], start[10], start[11],
    ]))
}

/// A message of a kind with these fields (code, signature, value) and this body.
fn message(kind: u8, serial: u32, fields: &[(u8, u8, &[u8])], body: &[u8]) -> Vec<u8> {
    let mut all = Vec::new();
    for (code, signature, value) in fields {
        all.resize(all.len().next_multiple_of(8), 0);
        all.extend([*code, 1, *signature, 0]);
        all.extend(*value);
    }
    let mut bytes = vec![b'l', kind, 0, 1];
    bytes.extend(u32::try_from(body.len()).unwrap().to_le_bytes());
    bytes.extend(serial.to_le_bytes());
    bytes.extend(u32::try_from(all.len()).unwrap().to_le_bytes());
    bytes.extend(all);
    bytes.resize(bytes.len().next_multiple_of(8), 0);
    bytes.extend(body);
    bytes
}

fn text(value: &str) -> Vec<u8> {
    let mut bytes = u32::try_from(value.len()).unwrap().to_le_bytes().to_vec();
    bytes.extend(value.as_bytes());
    bytes.push(0);
    bytes
}

fn signal() -> Vec<u8> {
    let fields: [(u8, u8, &[u8]); 4] = [
        (1, b'o', &text("/org/example/Flood")),
        (2, b's', &text("org.example.Flood")),
        (3, b's', &text("Water")),
        (7, b's', &text(":1.2")),
    ];
    message(4, 7, &fields, &[])
}

fn hello_answer(to: u32) -> Vec<u8> {
    let fields: [(u8, u8, &[u8]); 4] = [
        (5, b'u', &to.to_le_bytes()),
        (6, b's', &text(":1.1")),
        (7, b's', &text("org.freedesktop.DBus")),
        (8, b'g', &[1, b's', 0]),
    ];
    message(2, 1, &fields, &text(":1.1"))
}

/// A run on that bus, which may take its time, but no longer.
fn timed(home: &Home, bus: &str, words: &str) -> Output {
    let start = Instant::now();
    let output = adieu(home)
        .env("DBUS_SESSION_BUS_ADDRESS", bus)
        .args(words.split(' '))
        .run();
    let took = start.elapsed();
    assert!(took < PATIENCE, "{words}: {took:?}\n{output}");
    output
}

#[test]
fn bus_that_floods_or_is_silent_costs_its_time_once_is_named_and_nothing_is_called_clean() {
    for manners in [
        Manners::Silent,
        Manners::SilentBehindTheDoor,
        Manners::Floods,
        Manners::FloodsAfterHello,
    ] {
        let home = Home::new();
        home.atmos_yaml(&one_portal("sso", &["dev"], ""));
        let bus = start(&home, manners);
        let output = timed(&home, &bus, "status --check -o json");
        assert_eq!(output.status, Some(3), "{manners:?}: {output}");
        let status: Value = serde_json::from_str(&output.stdout).unwrap();
        assert_ne!(status["verdict"], "clean", "{manners:?}: {output}");
        let shown = timed(&home, &bus, "status");
        assert_said(&shown, "Secret Service: ");
        signed_in(&home, "sso");
        let output = timed(&home, &bus, "auth logout --all --no-revoke");
        assert!(!home.has(".config/atmos/acme"), "{manners:?}: {output}");
    }
}
