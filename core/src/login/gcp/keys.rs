//! Keys of service accounts, which no logout ends: they are disabled at Google, by themselves.
//!
//! Source: Google, "Identity and Access Management (IAM) API", `projects.serviceAccounts.keys.disable`.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::account::is_email;
use super::default_credentials::KeyFailure;
use super::servers::Service;
use super::{SCOPE, error};
use crate::io::net::CallError;
use crate::io::net::oauth::SecretText;
use crate::login::aws::{Proof, SignIn, SignInError};
use crate::secret::Secret;

/// The largest file of a key that is read, in bytes.
const LIMIT: u64 = 1 << 20;

/// The pauses before it is asked again whether a key is refused: Google takes a moment to tell all its
/// servers.
const PAUSES: [Duration; 4] = [
    Duration::ZERO,
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
];

/// A key of a service account that is kept here.
#[derive(Clone, Debug)]
pub struct ServiceAccountKey {
    /// The account.
    pub email: String,
    /// The key's id, which is no secret.
    pub id: String,
    /// Where it is kept, for people.
    pub place: String,
    private_key: Secret,
    token_uri: Option<String>,
}

#[derive(Deserialize)]
struct KeyFile {
    #[serde(rename = "type")]
    kind: String,
    client_email: String,
    private_key_id: String,
    private_key: SecretText,
    token_uri: Option<String>,
}

impl SignIn<'_> {
    /// The keys of a service account that Google's libraries and gcloud have here.
    ///
    /// # Errors
    ///
    /// [`SignInError::File`] where a file of theirs cannot be read.
    pub fn keys_of_service_account(
        &self,
        email: &str,
    ) -> Result<Vec<ServiceAccountKey>, SignInError> {
        let directory = self.find_gcloud_directory();
        let mut files = vec![
            self.find_default_file(),
            directory.join("application_default_credentials.json"),
        ];
        files.dedup();
        let mut found: Vec<ServiceAccountKey> = Vec::new();
        let mut add = |bytes: &[u8], place: String| {
            let key = read_key(bytes, place);
            let key = key.filter(|key| key.email.eq_ignore_ascii_case(email));
            // One key, however many places it is kept at.
            found.extend(key.filter(|key| !found.iter().any(|known| known.id == key.id)));
        };
        for file in files {
            if let Some(bytes) = self.files.read_named(&file, LIMIT)?.map(Zeroizing::new) {
                add(&bytes, self.world.shorten(&file));
            }
        }
        #[cfg(feature = "sqlite")]
        {
            let database = directory.join("credentials.db");
            let columns = ["account_id", "value"];
            if let Some(place) = crate::login::aws::place(self.world, &database)
                && let Some(rows) = self.files.rows(&place, "credentials", &columns)?
            {
                for text in rows.iter().filter_map(|row| row.get(1)?.as_ref()) {
                    add(text.expose().as_bytes(), self.world.shorten(&database));
                }
            }
        }
        Ok(found)
    }

    /// Asks Google for a token with a key: whether it is good.
    ///
    /// # Errors
    ///
    /// [`SignInError::Call`]; [`is_key_refused`] tells whether Google does not take it.
    pub fn ask_with_service_account_key(
        &self,
        key: &ServiceAccountKey,
    ) -> Result<Secret, SignInError> {
        let what = || format!("asking Google with the key of {}", key.email);
        let uri = key.token_uri.as_deref();
        match self.ask_with_key(&key.email, &key.private_key, uri, SCOPE) {
            Ok(grant) => Ok(grant.access_token),
            Err(KeyFailure::Call(call)) => Err(error::to_failure(what(), call)),
            Err(KeyFailure::Unusable(why)) => Err(SignInError::Unusable {
                what: key.place.clone(),
                why: why.to_owned(),
            }),
        }
    }

    /// Disables a key, with a token that itself has brought. It can be enabled again.
    ///
    /// # Errors
    ///
    /// [`SignInError::Call`], also where its account may not do that.
    pub fn disable_service_account_key(
        &self,
        key: &ServiceAccountKey,
        token: &Secret,
    ) -> Result<(), SignInError> {
        let failed = |call: CallError| match call {
            CallError::Interrupted => SignInError::Interrupted,
            call => {
                let is_forbidden = matches!(call, CallError::Refused { status: 403, .. });
                SignInError::Call {
                    what: format!("disabling the key of {}", key.email),
                    source: Box::new(call),
                    hint: is_forbidden.then(|| {
                        format!(
                            "its account may not do it (iam.serviceAccountKeys.disable); whoever may says: gcloud iam \
                             service-accounts keys disable {} --iam-account {}",
                            key.id, key.email
                        )
                    }),
                }
            }
        };
        let address = self.google_address(Service::Iam, None).map_err(failed)?;
        let path = format!(
            "/v1/projects/-/serviceAccounts/{}/keys/{}:disable",
            key.email, key.id
        );
        let disabled = self.network.run(address.host(), async |http| {
            let answer = http.post_json(&address, &path, &json!({}), token).await?;
            if !answer.is_success() {
                return Err(answer.refusal(&[token]));
            }
            // A page that stands between is none of its answers.
            answer.document::<Value>().map(drop)
        });
        disabled.map_err(failed)
    }

    /// Asks Google whether a key is refused, a few times while it is not.
    pub fn prove_key_disabled(&self, key: &ServiceAccountKey) -> Proof {
        for pause in PAUSES {
            if !pause.is_zero() && self.network.pause(pause).is_err() {
                break;
            }
            match self.ask_with_service_account_key(key) {
                Ok(_) => {}
                Err(failure) if is_key_refused(&failure) => return Proof::Refused,
                Err(failure) => return Proof::Unknown(crate::login::aws::reason_of(&failure)),
            }
        }
        Proof::StillTaken
    }
}

/// Whether Google says that it does not take a key.
pub fn is_key_refused(error: &SignInError) -> bool {
    let SignInError::Call { source, .. } = error else {
        return false;
    };
    matches!(&**source, CallError::Refused { status: 400, code, .. } if code == "invalid_grant")
}

fn read_key(bytes: &[u8], place: String) -> Option<ServiceAccountKey> {
    let file: KeyFile = serde_json::from_slice(bytes).ok()?;
    let id = file.private_key_id;
    // Both become parts of addresses.
    let is_plain = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let is_key = file.kind == "service_account" && is_plain && is_email(&file.client_email);
    is_key.then(|| ServiceAccountKey {
        email: file.client_email,
        id,
        place,
        private_key: file.private_key.0,
        token_uri: file.token_uri,
    })
}
