//! The parts of the macOS and Windows stores that are the same everywhere: how the Go library that
//! Atmos uses (go-keyring 0.2.8) writes there. Free of the systems' own calls, so tested here.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::{EntryKey, KeyringError, Naming, hexadecimal_digit};
use crate::secret::Secret;

const BASE64: &str = "go-keyring-base64:";
const HEXADECIMAL: &str = "go-keyring-encoded:";

/// The largest secret of a Windows credential, in bytes.
///
/// Source: `CRED_MAX_CREDENTIAL_BLOB_SIZE` in `wincred.h`.
const WINDOWS_LIMIT: usize = 5 * 512;

/// The secret in a value of the macOS Keychain: behind one of two prefixes, or bare.
///
/// # Errors
///
/// If what follows the prefix is not of that encoding, or not UTF-8.
#[cfg_attr(
    not(any(test, target_vendor = "apple")),
    expect(dead_code, reason = "used on macOS only")
)]
pub(super) fn decode_apple(value: Vec<u8>) -> Result<Secret, KeyringError> {
    let value = Zeroizing::new(value);
    let text = std::str::from_utf8(&value).map_err(|_| KeyringError::other("not text"))?;
    let decoded = if let Some(rest) = text.strip_prefix(BASE64) {
        STANDARD.decode(rest.trim_end()).ok()
    } else if let Some(rest) = text.strip_prefix(HEXADECIMAL) {
        decode_hexadecimal(rest.trim_end())
    } else {
        Some(text.as_bytes().to_vec())
    };
    let damaged = || KeyringError::other("the entry's encoding is damaged");
    decoded.and_then(Secret::from_utf8).ok_or_else(damaged)
}

/// The value that go-keyring would write to the macOS Keychain.
#[cfg_attr(
    not(any(test, target_vendor = "apple")),
    expect(dead_code, reason = "used on macOS only")
)]
pub(super) fn encode_apple(secret: &Secret) -> Zeroizing<String> {
    let mut value = Zeroizing::new(BASE64.to_owned());
    // Room for all at once, so that growing leaves no copy behind.
    value.reserve_exact(secret.expose().len().div_ceil(3) * 4);
    STANDARD.encode_string(secret.expose(), &mut value);
    value
}

/// Tells what stands between service and account in the name of a Windows credential: a colon for
/// go-keyring (`keyring_windows.go`), a slash for node-keytar (`keytar_win.cc`).
const fn windows_separator(naming: Naming) -> char {
    match naming {
        Naming::ServiceAccount => '/',
        Naming::ServiceUsername
        | Naming::DomainUser
        | Naming::ServerUsername
        | Naming::Profile
        | Naming::NetworkPassword => ':',
    }
}

/// The name of a Windows credential, as the owner of the key makes it.
#[cfg_attr(
    not(any(test, windows)),
    expect(dead_code, reason = "used on Windows only")
)]
pub(super) fn windows_target(key: &EntryKey) -> String {
    let separator = windows_separator(key.naming);
    format!("{}{separator}{}", key.service, key.account)
}

/// The key of a Windows credential of this name and account, if a tool with that naming made it. The
/// service may itself hold separators; the account is what follows the last.
#[cfg_attr(
    not(any(test, windows)),
    expect(dead_code, reason = "used on Windows only")
)]
pub(super) fn windows_key(target: &str, account: String, naming: Naming) -> Option<EntryKey> {
    let service = target
        .strip_suffix(account.as_str())?
        .strip_suffix(windows_separator(naming))
        .filter(|service| !service.is_empty())?;
    Some(EntryKey::new(service, account).named(naming))
}

/// Whether Windows can hold the secret.
#[cfg_attr(
    not(any(test, windows)),
    expect(dead_code, reason = "used on Windows only")
)]
pub(super) fn check_windows_size(secret: &Secret) -> Result<(), KeyringError> {
    if secret.expose().len() <= WINDOWS_LIMIT {
        return Ok(());
    }
    Err(KeyringError::other(
        "the secret is larger than the 2560 bytes that Windows can store",
    ))
}

fn decode_hexadecimal(text: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let bytes = pairs
        .iter()
        .map(|[high, low]| Some(hexadecimal_digit(*high)? << 4 | hexadecimal_digit(*low)?));
    rest.is_empty().then(|| bytes.collect())?
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::keyring::Query;

    #[test]
    fn values_of_the_keychain_are_decoded() {
        let decode = |text: &str| decode_apple(text.as_bytes().to_vec());
        for text in [
            "FAKE-value",
            "go-keyring-base64:RkFLRS12YWx1ZQ==",
            "go-keyring-encoded:46414b452d76616C7565",
        ] {
            assert_eq!(decode(text).unwrap().expose(), "FAKE-value", "{text}");
        }
        for text in [
            "go-keyring-base64:*",
            "go-keyring-encoded:4",
            "go-keyring-encoded:zz",
            "go-keyring-encoded:ff",
        ] {
            assert!(decode(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_encoded_can_be_decoded() {
        let secret = Secret::new(r#"{"type":"mock"}"#.to_owned());
        let value = encode_apple(&secret);
        assert!(value.starts_with("go-keyring-base64:"));
        assert_eq!(
            decode_apple(value.as_bytes().to_vec()).unwrap().expose(),
            secret.expose()
        );
    }

    #[test]
    fn names_of_windows_credentials_are_made_and_read() {
        let target = windows_target(&EntryKey::atmos("atmos_r_a:b"));
        assert_eq!(target, "atmos_r_a:b:atmos-auth");
        let key =
            |target: &str| windows_key(target, "atmos-auth".to_owned(), Naming::ServiceUsername);
        assert_eq!(key(&target), Some(EntryKey::atmos("atmos_r_a:b")));
        assert_eq!(key("x.atmos-auth"), None);
        assert_eq!(key("x/atmos-auth"), None);
        assert_eq!(key(":atmos-auth"), None);
    }

    #[test]
    fn a_windows_credential_is_found_by_the_naming_of_its_owner() {
        let key = EntryKey::new("copilot-cli", "https://github.com:ana");
        for naming in [
            Naming::ServiceUsername,
            Naming::ServiceAccount,
            Naming::DomainUser,
        ] {
            let key = key.clone().named(naming);
            let found = windows_key(&windows_target(&key), key.account.clone(), naming).unwrap();
            assert_eq!(found, key);
            assert!(Query::service("copilot-cli", naming).matches(&found));
        }
        let target = windows_target(&key.named(Naming::ServiceAccount));
        assert_eq!(target, "copilot-cli/https://github.com:ana");
    }

    #[test]
    fn a_secret_too_large_for_windows_is_refused() {
        assert!(check_windows_size(&Secret::new("x".repeat(2560))).is_ok());
        assert!(check_windows_size(&Secret::new("x".repeat(2561))).is_err());
    }
}
