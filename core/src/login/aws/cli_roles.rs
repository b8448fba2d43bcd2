//! Keys of roles in the AWS CLI's cache, `~/.aws/cli/cache`: under its names and in its form, so that what
//! is signed in here is used there, and the other way round.
//!
//! Source: botocore `credentials.py` (`AssumeRoleCredentialFetcher`, `SSOCredentialFetcher`), `utils.py`
//! (`JSONFileCache`); files of the AWS CLI 2.36.7.

use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

use super::atmos_files::format_end;
use super::profiles::ProfileRole;
use super::python_json::{sha1_name, to_python_json};
use super::session_files::LIMIT;
use super::{RoleKeys, SignIn, SignInError};
use crate::io::files::{Change, ConfinedPath, LockRule};
use crate::secret::Secret;
use crate::systems::discovery::{json_object, parse_timestamp};

/// A file of the cache, by what it is of.
pub(super) struct CachedRole {
    name: String,
    is_of_portal: bool,
}

impl CachedRole {
    /// The file of an assumed role.
    pub(super) fn assumed(role: &ProfileRole) -> Self {
        // In the order of their names, as `sort_keys` has them.
        let mut key = Map::new();
        let mut put = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                key.insert(name.to_owned(), value);
            }
        };
        let text = |text: &Option<String>| text.as_deref().map(Value::from);
        put("DurationSeconds", role.seconds.map(Value::from));
        put("ExternalId", text(&role.external_id));
        put("RoleArn", Some(Value::from(role.arn.as_str())));
        put("RoleSessionName", text(&role.session_name));
        put("SerialNumber", text(&role.mfa_serial));
        Self {
            name: sha1_name(&to_python_json(&key)),
            is_of_portal: false,
        }
    }

    /// The file of a role of a portal.
    pub(super) fn of_portal(
        account: &str,
        role: &str,
        session: Option<&str>,
        start_url: &str,
    ) -> Self {
        let key = match session {
            Some(session) => {
                json!({"accountId": account, "roleName": role, "sessionName": session})
            }
            None => json!({"accountId": account, "roleName": role, "startUrl": start_url}),
        };
        // This one without blanks.
        Self {
            name: sha1_name(key.to_string().as_bytes()),
            is_of_portal: true,
        }
    }
}

impl SignIn<'_> {
    fn role_file(&self, role: &CachedRole) -> Option<ConfinedPath> {
        let cache = self.world.home_directory().descend(".aws/cli/cache")?;
        let file = cache.join(&format!("{}.json", role.name))?;
        Some(file.following_links())
    }

    /// The keys that the cache has, whether they have ended or not.
    pub(super) fn cached_role(&self, role: &CachedRole) -> Result<Option<RoleKeys>, SignInError> {
        let Some(file) = self.role_file(role) else {
            return Ok(None);
        };
        let bytes = self.files.read(&file, LIMIT)?.map(Zeroizing::new);
        Ok(bytes.and_then(|bytes| parse(&bytes)))
    }

    /// Puts keys into the cache.
    pub(super) fn keep_role(
        &self,
        role: &CachedRole,
        keys: &RoleKeys,
        user_id: Option<&str>,
    ) -> Result<(), SignInError> {
        let Some(file) = self.role_file(role) else {
            return Ok(());
        };
        let bytes = render(role, keys, user_id);
        let change = &mut |_: Option<&[u8]>| Ok(Change::Replace(bytes.to_vec()));
        self.files
            .edit_or_create(&file, LockRule::None, LIMIT, change)?;
        Ok(())
    }
}

fn render(role: &CachedRole, keys: &RoleKeys, user_id: Option<&str>) -> Zeroizing<Vec<u8>> {
    let mut credentials = json!({
        "AccessKeyId": keys.access_key_id,
        "SecretAccessKey": keys.secret_access_key.expose(),
        "SessionToken": keys.session_token.as_ref().map(Secret::expose),
        "Expiration": keys.expires_at.map(format_end),
    });
    if let Some(account) = &keys.account_id {
        credentials["AccountId"] = Value::from(account.as_str());
    }
    let document = if role.is_of_portal {
        json!({"ProviderType": "sso", "Credentials": credentials})
    } else {
        json!({
            "Credentials": credentials,
            "AssumedRoleUser": {"AssumedRoleId": user_id, "Arn": keys.arn},
        })
    };
    to_python_json(&document)
}

fn parse(bytes: &[u8]) -> Option<RoleKeys> {
    let document = json_object(bytes)?;
    let text = |object: &Value, key: &str| object.get(key)?.as_str().map(str::to_owned);
    let credentials = document.get("Credentials")?;
    let of_keys = |key: &str| text(credentials, key);
    let keys = RoleKeys::of_answer(
        &of_keys("AccessKeyId")?,
        &of_keys("SecretAccessKey")?,
        of_keys("SessionToken").as_deref(),
        // Keys whose end cannot be read may have ended.
        Some(parse_timestamp(&of_keys("Expiration")?)?),
    )?;
    let user = document.get("AssumedRoleUser");
    Some(RoleKeys {
        account_id: of_keys("AccountId"),
        arn: user.and_then(|user| text(user, "Arn")),
        ..keys
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_real_client() {
        // Of recorded homes of the AWS CLI 2.36.7.
        let role = ProfileRole {
            arn: "arn:aws:iam::111122223333:role/deploy".to_owned(),
            external_id: None,
            mfa_serial: None,
            seconds: None,
            session_name: None,
        };
        let name = CachedRole::assumed(&role).name;
        assert_eq!(name, "36c7d393cf27fa7aa5e80b005ae3ae5a11562a4e");
        let page = "https://old.awsapps.com/start";
        for (account, role, session, name) in [
            (
                "111122223333",
                "Developer",
                Some("corp"),
                "6b17aaa4b7ddc1fd491e01d5f64d4b66d9e2b04c",
            ),
            (
                "444455556666",
                "ReadOnly",
                None,
                "24b3003455e455c6e1552ce11e96bc9e859c11a4",
            ),
        ] {
            assert_eq!(
                CachedRole::of_portal(account, role, session, page).name,
                name
            );
        }
    }
}
