//! The files of a service account's token, as Atmos writes them.
//!
//! Source: Atmos `pkg/auth/cloud/gcp/files.go`.

use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

use super::Token;
use super::account::ServiceAccount;
use crate::atmos::config::Identity;
use crate::io::files::{Change, ConfinedPath, LockRule};
use crate::login::aws::atmos_files::{format_end, place};
use crate::login::aws::{SignIn, SignInError};
use crate::path::is_plain_component;
use crate::secret::Secret;
use crate::systems::discovery::{READ_LIMIT, json_object, parse_timestamp};
use crate::systems::{VariablesError, find_google_directory, find_google_project, find_region};

/// What Google's libraries read.
const CREDENTIALS: &str = "application_default_credentials.json";

/// The member of it that says what the token was made for; other readers pass over it.
const MARK: &str = "adieu_for";

impl SignIn<'_> {
    fn google_file(
        &self,
        identity: &Identity,
        folder: &str,
        name: &str,
    ) -> Result<ConfinedPath, SignInError> {
        let key = &identity.name.key;
        let unnamable = || VariablesError::ProviderName {
            provider: identity.name.written.clone(),
        };
        if !is_plain_component(key) {
            return Err(unnamable().into());
        }
        let directory = find_google_directory(
            self.world,
            self.configuration,
            self.identity_graph,
            identity,
        )?;
        let path = directory.join(folder).join(key).join(name);
        Ok(place(self.world, &path).ok_or_else(unnamable)?)
    }

    /// The token that is on disk, if it was made for this account.
    pub(super) fn read_google(
        &self,
        identity: &Identity,
        account: &ServiceAccount,
    ) -> Result<Option<Token>, SignInError> {
        let file = self.google_file(identity, "adc", CREDENTIALS)?;
        let Some(bytes) = self.files.read(&file, READ_LIMIT)?.map(Zeroizing::new) else {
            return Ok(None);
        };
        let Some(mut object) = json_object(&bytes) else {
            return Ok(None);
        };
        let mut text = |key: &str| match object.remove(key) {
            Some(Value::String(text)) if !text.is_empty() => Some(text),
            _ => None,
        };
        let is_other = text(MARK).is_some_and(|mark| mark != account.mark());
        let end = text("token_expiry").and_then(|end| parse_timestamp(&end));
        let token = text("access_token").map(Secret::new).zip(end);
        Ok(token
            .filter(|_| !is_other)
            .map(|(secret, expires_at)| Token { secret, expires_at }))
    }

    /// Writes a token where Atmos and, with the variables of `exec`, gcloud and Terraform find it.
    pub(super) fn keep_google(
        &self,
        identity: &Identity,
        account: &ServiceAccount,
        token: &Token,
    ) -> Result<(), SignInError> {
        let end = format_end(token.expires_at);
        let mut members = Map::new();
        for (key, value) in [
            ("type", "authorized_user"),
            ("access_token", token.secret.expose()),
            ("token_expiry", &end),
            (MARK, &account.mark()),
        ] {
            members.insert(key.to_owned(), Value::from(value));
        }
        let client = |name: &str| self.world.environment.get(name);
        if let Some((id, secret)) =
            client("ATMOS_GCP_ADC_CLIENT_ID").zip(client("ATMOS_GCP_ADC_CLIENT_SECRET"))
        {
            members.insert("client_id".to_owned(), json!(id));
            members.insert("client_secret".to_owned(), json!(secret));
        }
        let credentials = serde_json::to_vec_pretty(&members).unwrap_or_default();
        let lines = format!("{}\n{end}\n", token.secret.expose());
        let (configuration, graph) = (self.configuration, self.identity_graph);
        let mut properties = String::new();
        if let Some(project) = find_google_project(configuration, graph, identity) {
            properties = format!("[core]\nproject = {}\n", one_line(project));
        }
        if let Some(region) = find_region(configuration, graph, identity) {
            properties.push_str("\n[compute]\nregion = ");
            properties.push_str(&one_line(region));
            properties.push('\n');
        }
        for (folder, name, bytes) in [
            ("adc", CREDENTIALS, credentials),
            ("adc", "access_token", lines.into_bytes()),
            ("config", "properties", properties.into_bytes()),
        ] {
            let bytes = Zeroizing::new(bytes);
            let file = self.google_file(identity, folder, name)?;
            let change = &mut |_: Option<&[u8]>| Ok(Change::Replace(bytes.to_vec()));
            self.files
                .edit_or_create(&file, LockRule::None, READ_LIMIT, change)?;
        }
        Ok(())
    }
}

/// A value of gcloud's settings, which end with the line.
fn one_line(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).collect()
}
