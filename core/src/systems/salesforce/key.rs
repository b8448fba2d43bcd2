//! Where the key of a machine's Salesforce sign-ins is kept, and the file that may hold it.
//!
//! Source: sfdx-core `src/crypto/keyChain.ts`, `src/crypto/keyChainImpl.ts`.

use serde::Deserialize;
use serde_json::json;
use thiserror::Error;

use super::NotAnObject;
use super::crypto::{CryptoVersion, EncryptionKey, NotAKey};
use crate::secret::Secret;
use crate::world::{Environment, OperatingSystem};

/// The key file's name in S.
pub const FILE: &str = "key.json";

/// The only mode at which the real client reads the key file on Unix.
pub const FILE_MODE: u32 = 0o600;

/// What the key belongs to, in every store.
pub const SERVICE: &str = "sfdx";

/// Whose key it is, in every store.
pub const ACCOUNT: &str = "local";

/// The attribute that holds [`SERVICE`] in the Secret Service.
pub const SECRET_SERVICE_SERVICE: &str = "domain";

/// A place where the key may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyPlace {
    /// `S/key.json`.
    File,
    /// The Secret Service's default collection: attributes `user` = `local`, `domain` = `sfdx`; a
    /// newline follows the key.
    SecretService,
    /// The login keychain of macOS: service `sfdx`, account `local`.
    Keychain,
}

/// The places of the key, the one that the real client would use first.
///
/// `has_secret_tool`: whether the program that [`secret_tool`] names is there.
pub fn list_key_places(
    operating_system: OperatingSystem,
    environment: &Environment,
    has_secret_tool: bool,
) -> Vec<KeyPlace> {
    let wants_file = is_true(
        environment,
        &[
            "SF_USE_GENERIC_UNIX_KEYCHAIN",
            "SFDX_USE_GENERIC_UNIX_KEYCHAIN",
        ],
    );
    match operating_system {
        OperatingSystem::Windows => vec![KeyPlace::File],
        OperatingSystem::MacOs if wants_file => vec![KeyPlace::File, KeyPlace::Keychain],
        OperatingSystem::MacOs => vec![KeyPlace::Keychain, KeyPlace::File],
        OperatingSystem::Linux if wants_file || !has_secret_tool => {
            vec![KeyPlace::File, KeyPlace::SecretService]
        }
        OperatingSystem::Linux => vec![KeyPlace::SecretService, KeyPlace::File],
    }
}

/// The path of the program by which the real client reaches the Secret Service.
pub fn secret_tool(environment: &Environment) -> &str {
    environment
        .get("SFDX_SECRET_TOOL_PATH")
        .unwrap_or("/usr/bin/secret-tool")
}

/// The version that a new key is made for.
pub fn new_version(environment: &Environment) -> CryptoVersion {
    if is_true(environment, &["SF_CRYPTO_V2", "SFDX_CRYPTO_V2"]) {
        CryptoVersion::V2
    } else {
        CryptoVersion::V1
    }
}

/// Whether the first of these variables that is set says yes: `true` in any case, or `1`.
pub fn is_true(environment: &Environment, names: &[&str]) -> bool {
    let value = names.iter().find_map(|name| environment.get(name));
    value.is_some_and(|value| value.eq_ignore_ascii_case("true") || value == "1")
}

/// The key file does not hold a key.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum KeyFileError {
    /// Not a JSON object.
    #[error(transparent)]
    NotAnObject(#[from] NotAnObject),
    /// The key of another service or account.
    #[error("it is not the key of service `sfdx` and account `local`")]
    OfSomethingElse,
    /// What it holds is no key.
    #[error(transparent)]
    NotAKey(#[from] NotAKey),
}

/// The key file: `{"account":"local","key":"<hex>","service":"sfdx"}` with a four-space indent.
#[derive(Deserialize)]
pub struct KeyFile {
    account: Option<String>,
    service: Option<String>,
    key: Option<Key>,
}

/// So that no copy of the key stays behind unwiped.
struct Key(Secret);

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(Secret::new(text)))
    }
}

impl KeyFile {
    /// The key in a key file.
    ///
    /// # Errors
    ///
    /// [`KeyFileError`].
    pub fn parse(bytes: &[u8]) -> Result<EncryptionKey, KeyFileError> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let file: Self =
            serde_json::from_slice(bytes).map_err(|error| NotAnObject { line: error.line() })?;
        if file.account.as_deref() != Some(ACCOUNT) || file.service.as_deref() != Some(SERVICE) {
            return Err(KeyFileError::OfSomethingElse);
        }
        let Key(text) = file.key.ok_or(NotAKey)?;
        Ok(EncryptionKey::parse(&text)?)
    }

    /// The content of a key file.
    pub fn render(key: &EncryptionKey) -> Vec<u8> {
        let document = json!({
            "account": ACCOUNT,
            "key": key.text().expose(),
            "service": SERVICE,
        });
        let mut bytes = Vec::new();
        let formatter = serde_json::ser::PrettyFormatter::with_indent(b"    ");
        let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, formatter);
        match serde::Serialize::serialize(&document, &mut serializer) {
            Ok(()) => bytes,
            // Writing to memory cannot fail.
            Err(_) => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn the_key_file_of_the_real_client_is_read_and_written_alike() {
        for set in ["basic-v1", "basic-v2", "full-v1"] {
            let file = Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("tests/fixtures/salesforce")
                .join(set)
                .join("home/.sfdx/key.json");
            let bytes = std::fs::read(file).unwrap();
            let key = KeyFile::parse(&bytes).unwrap();
            assert_eq!(KeyFile::render(&key), bytes, "{set}");
        }
    }

    #[test]
    fn other_files_are_refused() {
        let hex = "0".repeat(32);
        for (text, expected) in [
            (
                "{".to_owned(),
                KeyFileError::NotAnObject(NotAnObject { line: 1 }),
            ),
            ("{}".to_owned(), KeyFileError::OfSomethingElse),
            (
                format!(r#"{{"account":"x","service":"sfdx","key":"{hex}"}}"#),
                KeyFileError::OfSomethingElse,
            ),
            (
                r#"{"account":"local","service":"sfdx","key":"00"}"#.to_owned(),
                KeyFileError::NotAKey(NotAKey),
            ),
            (
                r#"{"account":"local","service":"sfdx"}"#.to_owned(),
                KeyFileError::NotAKey(NotAKey),
            ),
        ] {
            assert_eq!(KeyFile::parse(text.as_bytes()).unwrap_err(), expected);
        }
    }

    #[test]
    fn the_place_that_the_real_client_uses_comes_first() {
        let none = Environment::default();
        let generic = [("SFDX_USE_GENERIC_UNIX_KEYCHAIN", "TRUE")]
            .into_iter()
            .collect();
        let first =
            |system, environment, has_tool| list_key_places(system, environment, has_tool)[0];
        assert_eq!(
            first(OperatingSystem::Linux, &none, true),
            KeyPlace::SecretService
        );
        assert_eq!(first(OperatingSystem::Linux, &none, false), KeyPlace::File);
        assert_eq!(
            first(OperatingSystem::Linux, &generic, true),
            KeyPlace::File
        );
        assert_eq!(
            first(OperatingSystem::MacOs, &none, false),
            KeyPlace::Keychain
        );
        assert_eq!(
            first(OperatingSystem::MacOs, &generic, false),
            KeyPlace::File
        );
        assert_eq!(
            list_key_places(OperatingSystem::Windows, &none, true),
            [KeyPlace::File]
        );
    }

    #[test]
    fn new_keys_are_of_the_first_version_unless_told() {
        let v2 = [("SF_CRYPTO_V2", "1")].into_iter().collect();
        assert_eq!(new_version(&Environment::default()), CryptoVersion::V1);
        assert_eq!(new_version(&v2), CryptoVersion::V2);
    }
}
