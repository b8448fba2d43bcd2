//! Signing in with a private key, for machines.

use std::path::PathBuf;

use zeroize::Zeroizing;

use crate::io::net::Address;
use crate::io::net::oauth::{JwtKey, KEY_FILE_LIMIT};
use crate::secret::Secret;
use crate::systems::salesforce::api::{JwtRequest, sign_in_with_key};

use super::session::{Granted, Means, complete_sign_in};
use super::{LoginContext, LoginError, Remember, SignedIn};

/// How to sign in with a private key.
#[derive(Clone, Debug)]
pub struct JwtOptions {
    /// Where. No other host is asked.
    pub login: Address,
    /// The app's consumer key.
    pub client_id: String,
    /// Who signs in.
    pub username: String,
    /// The private key's file, PEM; a relative path starts at the working directory. It is not
    /// copied: the sign-in refers to it.
    pub key_file: PathBuf,
    /// What the key's file brought, if it is none but a pipe, which nobody can read again.
    pub piped_key: Option<Vec<u8>>,
}

/// What is said of a key that was piped.
const CANNOT_BE_RENEWED: &str = "The private key came through a pipe and is not kept: when the access token \
                                 expires, sign in again, or give --jwt-key-file a file that stays.";

/// Signs in with a private key.
///
/// # Errors
///
/// [`LoginError`].
pub fn sign_in_with_jwt(
    context: &LoginContext<'_>,
    options: JwtOptions,
    remember: &Remember,
) -> Result<SignedIn, LoginError> {
    let path = context.world.working_directory.join(&options.key_file);
    let is_piped = options.piped_key.is_some();
    let bytes = match options.piped_key {
        Some(bytes) => Some(bytes),
        None => context
            .files
            .read_named(&path, KEY_FILE_LIMIT)
            .map_err(LoginError::KeyFile)?,
    };
    let Some(bytes) = bytes.map(Zeroizing::new) else {
        return Err(LoginError::NoKeyFile { path });
    };
    // What is no text is said to be no key.
    let text = Secret::from_text(bytes.to_vec());
    let pem = text
        .as_ref()
        .map_or(bytes.as_slice(), |text| text.expose().as_bytes());
    let key = JwtKey::from_pem(pem).map_err(|source| LoginError::PrivateKey {
        path: path.clone(),
        source,
    })?;
    let environment = &context.world.environment;
    let audience = ["SF_AUDIENCE_URL", "SFDX_AUDIENCE_URL"]
        .iter()
        .find_map(|name| environment.get(name));
    let request = JwtRequest {
        login: options.login,
        client_id: options.client_id,
        username: options.username,
        key,
        audience: audience.map(str::to_owned),
        now: context.world.now(),
    };
    let grant = sign_in_with_key(context.network, &request)?;
    let granted = Granted {
        grant,
        login_url: request.login.text_with_slash().to_owned(),
        login: request.login,
        means: Means::PrivateKey {
            client_id: request.client_id,
            path: path.display().to_string(),
        },
        expected: Some(request.username),
        notes: is_piped
            .then(|| CANNOT_BE_RENEWED.to_owned())
            .into_iter()
            .collect(),
    };
    complete_sign_in(context, granted, remember)
}
