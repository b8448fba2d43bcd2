//! The address of the session bus, as the environment says.

use std::os::unix::fs::FileTypeExt as _;
use std::path::Path;

use crate::io::keyring::KeyringError;
use crate::world::World;

/// The address of the session bus: `DBUS_SESSION_BUS_ADDRESS`, else the socket
/// `$XDG_RUNTIME_DIR/bus` if there is one.
///
/// Only Unix sockets are accepted: `autolaunch:` would start a bus, `unixexec:` any program, and
/// `tcp:` would send secrets over the network in the clear.
///
/// Source: D-Bus Specification, "Server Addresses".
///
/// # Errors
///
/// [`KeyringError::NotAvailable`] if there is none of that kind.
pub(super) fn session_bus(world: &World) -> Result<String, KeyringError> {
    if let Some(addresses) = world.environment.get("DBUS_SESSION_BUS_ADDRESS") {
        let usable = addresses.split(';').find(|address| is_unix_socket(address));
        return usable.map(str::to_owned).ok_or_else(|| {
            KeyringError::not_available("DBUS_SESSION_BUS_ADDRESS does not name a Unix socket")
        });
    }
    let runtime = world.environment.get("XDG_RUNTIME_DIR").map(Path::new);
    let socket = runtime
        .filter(|directory| directory.is_absolute())
        .map(|d| d.join("bus"));
    socket
        .filter(|path| {
            path.symlink_metadata()
                .is_ok_and(|found| found.file_type().is_socket())
        })
        .and_then(|path| {
            path.to_str()
                .map(|path| format!("unix:path={}", escape_value(path)))
        })
        .ok_or_else(|| KeyringError::not_available("there is no D-Bus session bus"))
}

fn is_unix_socket(address: &str) -> bool {
    let Some(pairs) = address.strip_prefix("unix:") else {
        return false;
    };
    pairs
        .split(',')
        .any(|pair| pair.starts_with("path=") || pair.starts_with("abstract="))
}

/// The value of an address, with everything but the "optionally escaped" characters as `%XX`.
fn escape_value(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_/.\\*".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push('%');
            text.extend(
                [byte >> 4, byte & 15].map(|d| char::from(b"0123456789abcdef"[usize::from(d)])),
            );
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixListener;

    use super::*;

    fn world(variables: &[(&str, &str)]) -> World {
        World::fixed("/home/ana", jiff::Timestamp::UNIX_EPOCH)
            .with_variables(variables.iter().copied())
    }

    #[test]
    fn the_variable_wins_and_the_first_socket_of_its_list_is_taken() {
        let address = |text| session_bus(&world(&[("DBUS_SESSION_BUS_ADDRESS", text)]));
        assert_eq!(
            address("unix:path=/run/bus,guid=ab").unwrap(),
            "unix:path=/run/bus,guid=ab"
        );
        assert_eq!(
            address("tcp:host=x,port=1;unix:abstract=/y").unwrap(),
            "unix:abstract=/y"
        );
    }

    #[test]
    fn addresses_that_start_programs_or_leave_the_machine_are_refused() {
        for text in [
            "autolaunch:",
            "unixexec:path=/bin/sh",
            "tcp:host=localhost,port=1",
            "unix:tmpdir=/tmp",
            "x",
        ] {
            let refused = session_bus(&world(&[("DBUS_SESSION_BUS_ADDRESS", text)]));
            assert!(
                matches!(refused, Err(KeyringError::NotAvailable { .. })),
                "{text}"
            );
        }
    }

    #[test]
    fn the_runtime_directory_counts_only_with_a_socket_in_it() {
        let directory = tempfile::tempdir().unwrap();
        let world = world(&[("XDG_RUNTIME_DIR", directory.path().to_str().unwrap())]);
        assert!(session_bus(&world).is_err());
        let _socket = UnixListener::bind(directory.path().join("bus")).unwrap();
        assert!(session_bus(&world).unwrap().ends_with("/bus"));
    }

    #[test]
    fn a_path_is_escaped_in_an_address() {
        assert_eq!(escape_value("/run/a b,c;%"), "/run/a%20b%2cc%3b%25");
    }
}
