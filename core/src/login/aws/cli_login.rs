//! `aws login` of the AWS CLI: a profile whose keys come from a browser sign-in at AWS, and are renewed
//! for twelve hours.
//!
//! Source: AWS CLI 2.36.7 `awscli/customizations/login`, botocore `credentials.py`
//! (`LoginCredentialFetcher`); files that it wrote.

use std::fmt::Write as _;

use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::atmos_files::{format_end, place};
use super::aws_config::AwsConfig;
use super::proof::ProofKey;
use super::python_json::to_python_json;
use super::session_files::LIMIT;
use super::webflow::{Login, is_over};
use super::{RoleKeys, SHORT_SPARE, SignIn, SignInError};
use crate::formats::ini;
use crate::io::files::{Change, ConfinedPath, EditError, LockRule};
use crate::secret::Secret;
use crate::systems::discovery::{READ_LIMIT, json_object, parse_timestamp};

/// Settings by which a profile has other keys, which would be used instead, or in silence.
const OTHER_KEYS: [&str; 6] = [
    "aws_access_key_id",
    "credential_process",
    "role_arn",
    "sso_session",
    "sso_start_url",
    "web_identity_token_file",
];

/// A profile's sign-in as it is kept.
struct Kept {
    keys: RoleKeys,
    client_id: String,
    refresh_token: Secret,
    id_token: Option<Secret>,
    key: ProofKey,
}

impl SignIn<'_> {
    /// Whether a profile's keys come from a sign-in in a browser.
    ///
    /// # Errors
    ///
    /// [`SignInError::File`].
    pub fn is_login_profile(&self, name: &str) -> Result<bool, SignInError> {
        let config = self.aws_config()?;
        let profile = config.profile(name);
        Ok(profile.is_some_and(|profile| profile.text("login_session").is_some()))
    }

    /// Makes sure that a profile of the AWS CLI is signed in in a browser; its keys of the moment.
    ///
    /// # Errors
    ///
    /// [`SignInError`]; [`SignInError::Configuration`] for a profile that has other keys.
    pub fn sign_in_profile(&self, name: &str) -> Result<RoleKeys, SignInError> {
        let config = self.aws_config()?;
        let profile = config.profile(name);
        let text = |key: &str| profile.and_then(|profile| profile.text(key));
        if let Some(other) = OTHER_KEYS.iter().find(|key| text(key).is_some()) {
            return Err(SignInError::Configuration {
                entry: format!("profile \"{name}\" in ~/.aws/config"),
                problem: format!("it has `{other}`, so a sign-in would not be used"),
            });
        }
        let get = |name: &str| self.world.environment.get(name).map(str::to_owned);
        let region =
            text("region").or_else(|| get("AWS_REGION").or_else(|| get("AWS_DEFAULT_REGION")));
        let region = region.unwrap_or_else(|| "us-east-1".to_owned());
        if let Some(session) = text("login_session").filter(|_| !self.force)
            && let Some(file) = self.login_file(&session)
            && let Some(keys) = self.live_login(name, &file, &region)?
        {
            return Ok(keys);
        }
        let login = self.sign_in_by_browser(name, &region)?;
        let arn = login
            .keys
            .arn
            .clone()
            .ok_or_else(|| SignInError::Unusable {
                what: "the answer of AWS".to_owned(),
                why: "it does not say who signed in".to_owned(),
            })?;
        if let Some(file) = self.login_file(&arn) {
            let bytes = render(&login)?;
            let change = &mut |_: Option<&[u8]>| Ok(Change::Replace(bytes.clone()));
            self.files
                .edit_or_create(&file, LockRule::None, LIMIT, change)?;
        }
        // Without its region the first renewal fails.
        self.set_in_profile(name, &[("region", &region), ("login_session", &arn)])?;
        Ok(RoleKeys {
            region: Some(region),
            ..login.keys
        })
    }

    /// The keys that a profile's file has, whether they have ended or not.
    pub(super) fn kept_login_keys(&self, name: &str) -> Result<Option<RoleKeys>, SignInError> {
        let config = self.aws_config()?;
        let session = config
            .profile(name)
            .and_then(|profile| profile.text("login_session"));
        let Some(file) = session.and_then(|session| self.login_file(&session)) else {
            return Ok(None);
        };
        let bytes = self.files.read(&file, LIMIT)?;
        Ok(bytes.and_then(|bytes| parse(&bytes)).map(|kept| kept.keys))
    }

    /// The keys that a profile's file has, renewed where they are too old; `None` if a person is needed.
    fn live_login(
        &self,
        name: &str,
        file: &ConfinedPath,
        region: &str,
    ) -> Result<Option<RoleKeys>, SignInError> {
        let mut outcome: Option<Result<RoleKeys, SignInError>> = None;
        let change = &mut |bytes: &[u8]| {
            let Some(kept) = parse(bytes).filter(|_| !matches!(outcome, Some(Ok(_)))) else {
                return Ok(Change::Keep);
            };
            if kept.keys.lasts(self.world.now(), SHORT_SPARE) {
                outcome = Some(Ok(kept.keys));
                return Ok(Change::Keep);
            }
            let renewed =
                self.renew_login(name, region, &kept.client_id, &kept.refresh_token, kept.key);
            let renewed = renewed.map(|login| Login {
                keys: RoleKeys {
                    account_id: login.keys.account_id.or(kept.keys.account_id),
                    ..login.keys
                },
                id_token: login.id_token.or(kept.id_token),
                ..login
            });
            match renewed.and_then(|login| Ok((render(&login)?, login.keys))) {
                Ok((bytes, keys)) => {
                    outcome = Some(Ok(keys));
                    Ok(Change::Replace(bytes))
                }
                Err(error) => {
                    outcome = Some(Err(error));
                    Ok(Change::Keep)
                }
            }
        };
        let edited = self.files.edit(file, LockRule::None, LIMIT, change);
        let region = Some(region.to_owned());
        match outcome {
            Some(Ok(keys)) => {
                edited?;
                Ok(Some(RoleKeys { region, ..keys }))
            }
            Some(Err(error)) if is_over(&error) => Ok(None),
            Some(Err(error)) => Err(error),
            None => edited.map(|_| None).map_err(Into::into),
        }
    }

    /// `~/.aws/login/cache/<hex SHA-256 of the ARN>.json`.
    fn login_file(&self, arn: &str) -> Option<ConfinedPath> {
        let named = self.world.environment.get("AWS_LOGIN_CACHE_DIRECTORY");
        let directory = self
            .world
            .expand_tilde(named.unwrap_or("~/.aws/login/cache"));
        let digest = Sha256::digest(arn.as_bytes());
        let name = digest.iter().fold(String::new(), |mut name, byte| {
            // Writing to a text cannot fail.
            let _ = write!(name, "{byte:02x}");
            name
        });
        let directory = self.world.working_directory.join(directory);
        place(self.world, &directory.join(format!("{name}.json")))
    }

    /// Sets keys of a profile in `~/.aws/config`; every other byte stays.
    fn set_in_profile(&self, name: &str, values: &[(&str, &str)]) -> Result<(), SignInError> {
        let Some(file) = AwsConfig::file(self.world) else {
            return Ok(());
        };
        let change = &mut |bytes: Option<&[u8]>| {
            let changed = set_in_section(bytes.unwrap_or_default(), name, values)?;
            Ok(Change::Replace(changed))
        };
        self.files
            .edit_or_create(&file, LockRule::None, READ_LIMIT, change)?;
        Ok(())
    }
}

/// The file with these keys in a profile's section: in place of those of the same name, else behind
/// the header; the section is made if there is none.
fn set_in_section(
    bytes: &[u8],
    profile: &str,
    values: &[(&str, &str)],
) -> Result<Vec<u8>, EditError> {
    let refused = |why: &str| EditError::Refused(why.to_owned());
    let is_bad = |text: &str| text.contains(['\n', '\r']);
    if profile.contains([']', '\n', '\r']) || values.iter().any(|(_, value)| is_bad(value)) {
        return Err(refused("the name cannot be that of a profile"));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| refused("it is no text"))?;
    let header = match profile {
        "default" => "default".to_owned(),
        name => format!("profile {name}"),
    };
    let headings = ini::list_headings(bytes);
    let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
    let Some(at) = headings.iter().position(|heading| heading.name == header) else {
        if let Some(last) = lines.last_mut().filter(|last| !last.ends_with('\n')) {
            last.push('\n');
        }
        if !lines.is_empty() {
            lines.push("\n".to_owned());
        }
        lines.push(format!("[{header}]\n"));
        lines.extend(
            values
                .iter()
                .map(|(key, value)| format!("{key} = {value}\n")),
        );
        return Ok(lines.concat().into_bytes());
    };
    let first = headings[at].line;
    let end = headings
        .get(at + 1)
        .map_or(lines.len(), |next| next.line - 1);
    let mut insert = Vec::new();
    for (key, value) in values {
        let new = format!("{key} = {value}\n");
        let is_key = |line: &String| {
            let name = line.split(['=', ':']).next().unwrap_or_default();
            !line.starts_with([' ', '\t', '#', ';']) && name.trim().eq_ignore_ascii_case(key)
        };
        match lines[first..end].iter().position(is_key) {
            Some(offset) => {
                let old = &mut lines[first + offset];
                let same = old
                    .split_once(['=', ':'])
                    .is_some_and(|(_, old)| old.trim() == *value);
                if !same {
                    *old = new;
                }
            }
            None => insert.push(new),
        }
    }
    if let Some(header) = lines
        .get_mut(first - 1)
        .filter(|line| !line.ends_with('\n'))
    {
        header.push('\n');
    }
    lines.splice(first..first, insert);
    Ok(lines.concat().into_bytes())
}

/// As the AWS CLI writes it.
fn render(login: &Login) -> Result<Vec<u8>, SignInError> {
    let key = login.key.to_pem().ok_or_else(|| SignInError::Unusable {
        what: "the sign-in's own key".to_owned(),
        why: "it cannot be written".to_owned(),
    })?;
    let keys = &login.keys;
    let end = keys.expires_at.unwrap_or(Timestamp::UNIX_EPOCH);
    let document = json!({
        "accessToken": {
            "accessKeyId": keys.access_key_id,
            "secretAccessKey": keys.secret_access_key.expose(),
            "sessionToken": keys.session_token.as_ref().map(Secret::expose),
            "accountId": keys.account_id,
            "expiresAt": format_end(end),
        },
        "tokenType": "aws_sigv4",
        "clientId": login.client_id,
        "refreshToken": login.refresh_token.expose(),
        "idToken": login.id_token.as_ref().map(Secret::expose),
        "dpopKey": key.expose(),
    });
    Ok(to_python_json(&document).to_vec())
}

fn parse(bytes: &[u8]) -> Option<Kept> {
    let document = json_object(bytes)?;
    let token = document.get("accessToken")?;
    let of_token = |key: &str| token.get(key).and_then(Value::as_str);
    let text = |key: &str| document.get(key).and_then(Value::as_str);
    let secret = |text: &str| Secret::new(text.to_owned());
    let keys = RoleKeys::of_answer(
        of_token("accessKeyId")?,
        of_token("secretAccessKey")?,
        of_token("sessionToken"),
        parse_timestamp(of_token("expiresAt")?),
    )?;
    Some(Kept {
        keys: RoleKeys {
            account_id: of_token("accountId").map(str::to_owned),
            ..keys
        },
        client_id: text("clientId")?.to_owned(),
        refresh_token: text("refreshToken").map(secret)?,
        id_token: text("idToken").map(secret),
        key: ProofKey::from_pem(&text("dpopKey").map(secret)?)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_set_in_their_section_and_every_other_byte_stays() {
        let values = [("region", "r"), ("login_session", "a")];
        for (before, after) in [
            ("", "[profile p]\nregion = r\nlogin_session = a\n"),
            (
                "[default]\nx = 1",
                "[default]\nx = 1\n\n[profile p]\nregion = r\nlogin_session = a\n",
            ),
            (
                "# mine\n[profile p]\nregion = r\n\n[profile q]\nregion=z\n",
                "# mine\n[profile p]\nlogin_session = a\nregion = r\n\n[profile q]\nregion=z\n",
            ),
            (
                "[profile p]\nlogin_session=old\nREGION : other\n",
                "[profile p]\nlogin_session = a\nregion = r\n",
            ),
            (
                "[profile p]",
                "[profile p]\nregion = r\nlogin_session = a\n",
            ),
        ] {
            let changed = set_in_section(before.as_bytes(), "p", &values).unwrap();
            assert_eq!(String::from_utf8(changed).unwrap(), after, "{before:?}");
        }
        assert!(set_in_section(b"", "p]\n[x", &values).is_err());
    }
}
