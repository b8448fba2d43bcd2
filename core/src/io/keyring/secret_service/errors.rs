//! Errors of the service, the bus and the library, as kinds of our own.

use crate::io::keyring::KeyringError;

/// The D-Bus name and text of an error that the service sent, if it is one.
fn find_sent_error(error: &secret_service::Error) -> Option<(String, String)> {
    match error {
        secret_service::Error::Zbus(zbus::Error::MethodError(name, text, _)) => {
            Some((name.to_string(), text.clone().unwrap_or_default()))
        }
        secret_service::Error::Zbus(zbus::Error::FDO(inner)) => Some(sent_by_bus(inner)),
        secret_service::Error::ZbusFdo(inner) => Some(sent_by_bus(inner)),
        _ => None,
    }
}

fn sent_by_bus(error: &zbus::fdo::Error) -> (String, String) {
    use zbus::DBusError as _;
    if let zbus::fdo::Error::ZBus(zbus::Error::MethodError(name, text, _)) = error {
        return (name.to_string(), text.clone().unwrap_or_default());
    }
    (
        error.name().to_string(),
        error.description().unwrap_or_default().to_owned(),
    )
}

/// Whether the item was removed by somebody else in between.
pub(super) fn is_gone(error: &secret_service::Error) -> bool {
    let gone = ["NoSuchObject", "UnknownObject", "UnknownMethod"];
    find_sent_error(error).is_some_and(|(name, _)| gone.iter().any(|end| name.ends_with(end)))
}

/// Tells why there is no conversation with the bus. Where nobody listens there is no key store;
/// whoever listens and then does not keep to the protocol, or hangs up, hides what may be in one.
#[expect(clippy::needless_pass_by_value, reason = "it is handed to `map_err`")]
pub(super) fn to_unreachable_error(error: zbus::Error) -> KeyringError {
    use std::io::ErrorKind;
    let why = format!("the D-Bus session bus: {error}");
    let nobody_listens = match &error {
        zbus::Error::InputOutput(error) | zbus::Error::Connection(error, _) => !matches!(
            error.kind(),
            ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset | ErrorKind::BrokenPipe
        ),
        zbus::Error::Address(_) => true,
        _ => false,
    };
    if nobody_listens {
        KeyringError::not_available(why)
    } else {
        KeyringError::other(why)
    }
}

pub(super) fn to_keyring_error(error: secret_service::Error) -> KeyringError {
    use secret_service::Error;
    match error {
        Error::Locked => KeyringError::Locked,
        Error::Prompt => KeyringError::Dismissed,
        Error::PromptDisconnected => KeyringError::not_available("it went away while it asked"),
        Error::NoResult => KeyringError::not_available("the service has no default collection"),
        Error::Unavailable => KeyringError::not_available("nothing answers on the session bus"),
        Error::Zbus(error @ zbus::Error::InputOutput(_)) => to_unreachable_error(error),
        error => match find_sent_error(&error) {
            Some((name, text)) => explain_sent(&name, &text),
            None => KeyringError::other(error.to_string()),
        },
    }
}

fn explain_sent(name: &str, text: &str) -> KeyringError {
    match name.rsplit('.').next().unwrap_or_default() {
        "IsLocked" => KeyringError::Locked,
        "AccessDenied" | "AuthFailed" => KeyringError::Denied,
        "ServiceUnknown" | "NameHasNoOwner" => {
            KeyringError::not_available("no Secret Service runs on the session bus")
        }
        "SpawnExecFailed" | "SpawnChildExited" => {
            KeyringError::not_available(format!("the Secret Service could not be started: {text}"))
        }
        // What it has is not known.
        "NoReply" | "Disconnected" => {
            KeyringError::other(format!("the Secret Service went away: {text}"))
        }
        _ => KeyringError::other(format!("the Secret Service said: {text} ({name})")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_the_service_become_kinds() {
        let kind = |name| explain_sent(name, "text");
        assert_eq!(
            kind("org.freedesktop.Secret.Error.IsLocked"),
            KeyringError::Locked
        );
        assert_eq!(
            kind("org.freedesktop.DBus.Error.AccessDenied"),
            KeyringError::Denied
        );
        let unknown = kind("org.freedesktop.DBus.Error.ServiceUnknown");
        assert!(matches!(unknown, KeyringError::NotAvailable { .. }));
        assert!(matches!(
            kind("org.gnome.keyring.Error.Odd"),
            KeyringError::Other { .. }
        ));
    }
}
