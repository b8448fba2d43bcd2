//! Writing a sign-in where the real client keeps its own: auth file, alias, defaults.

use crate::io::files::{Change, ConfinedPath, EditError, Edited, FileError, Files, LockRule};
use crate::io::net::oauth::Grant;
use crate::secret::Secret;
use crate::systems::salesforce::aliases::{self, Aliases};
use crate::systems::salesforce::auth_file::{self, AuthFile, Members, check_username};
use crate::systems::salesforce::crypto::EncryptionKey;
use crate::systems::salesforce::settings::{
    DefaultKind, LEGACY_FILE, PRESENT_FILE, Settings, SettingsFile, Spelling, uses_legacy_files,
};
use crate::systems::salesforce::{FILE_LIMIT, NotAnObject, SETTINGS_DIRECTORY, STATE_DIRECTORY};
use crate::world::World;

use super::keys::{LOCK, auth_file_path, key_for_login, state_file};
use super::session::Session;
use super::{LoginContext, LoginError, Remember, SignedIn};

/// Writes a sign-in, reads it again, and only then sets alias and defaults.
pub(super) fn save_sign_in(
    context: &LoginContext<'_>,
    session: &Session,
    remember: &Remember,
    mut notes: Vec<String>,
) -> Result<SignedIn, LoginError> {
    let LoginContext { world, files, .. } = *context;
    let username = &session.user.username;
    check_username(username)?;
    let found = key_for_login(world, files, context.keys, &mut notes)?;
    let path = auth_file_path(world, username).ok_or(LoginError::Encryption)?;
    let members = session
        .members(world, &found.key)
        .ok_or(LoginError::Encryption)?;
    files.edit_or_create(&path, LOCK, FILE_LIMIT, &mut |earlier| {
        Ok(Change::Replace(auth_file::signed_in_again(
            earlier, &members,
        )))
    })?;
    verify_sign_in(files, &path, session, &found.key)?;
    let mut signed_in = SignedIn {
        username: username.clone(),
        org_id: session.user.org_id.clone(),
        instance_url: session.instance_url.clone(),
        login_url: session.login_url.clone(),
        client_id: session.client_id(),
        kind: session.kind(),
        auth_file: path,
        alias: None,
        defaults: Vec::new(),
        key_place: found.place,
        notes,
    };
    let incomplete = |what| {
        let username = username.clone();
        move |source| LoginError::Incomplete {
            username,
            what,
            source,
        }
    };
    if let Some(alias) = &remember.alias {
        set_alias(world, files, alias, username).map_err(incomplete("alias"))?;
        signed_in.alias = Some(alias.clone());
    }
    set_defaults(world, files, remember, &mut signed_in).map_err(incomplete("default"))?;
    // A sign-in that was killed may have left the claim of a lock, which no logout need come to remove.
    files.clear_abandoned();
    Ok(signed_in)
}

/// What was stored must be there, and must be what was meant.
fn verify_sign_in(
    files: &Files,
    path: &ConfinedPath,
    session: &Session,
    key: &EncryptionKey,
) -> Result<(), LoginError> {
    let bytes = files.read(path, FILE_LIMIT)?;
    let name = path.file_name().unwrap_or_default();
    let stored = bytes.and_then(|bytes| AuthFile::parse(name, &bytes).ok());
    let is_same = |stored: Option<auth_file::Stored>, meant: Option<&Secret>| {
        let stored = stored.map(|stored| stored.reveal(Some(key)));
        match (stored, meant) {
            (None, None) => true,
            (Some(Ok(stored)), Some(meant)) => stored.expose() == meant.expose(),
            _ => false,
        }
    };
    let is_good = stored.is_some_and(|stored| {
        is_same(stored.access_token, Some(&session.access_token))
            && is_same(stored.refresh_token, session.refresh_token.as_ref())
    });
    if is_good {
        Ok(())
    } else {
        Err(LoginError::NotVerified {
            path: path.to_path(),
        })
    }
}

fn to_edit_error(error: NotAnObject) -> EditError {
    EditError::NotUnderstood {
        line: error.line,
        problem: "this is not a JSON object".to_owned(),
    }
}

fn set_alias(world: &World, files: &Files, alias: &str, username: &str) -> Result<(), FileError> {
    let path = state_file(world, aliases::FILE);
    files.edit_or_create(&path, LOCK, FILE_LIMIT, &mut |bytes| {
        let changed = aliases::with_alias(bytes, alias, username).map_err(to_edit_error)?;
        Ok(if bytes == Some(changed.as_slice()) {
            Change::Keep
        } else {
            Change::Replace(changed)
        })
    })?;
    Ok(())
}

fn set_defaults(
    world: &World,
    files: &Files,
    remember: &Remember,
    signed_in: &mut SignedIn,
) -> Result<(), FileError> {
    let wanted = [
        (DefaultKind::Org, remember.set_default),
        (DefaultKind::DevHub, remember.set_default_dev_hub),
    ];
    let kinds: Vec<DefaultKind> = wanted
        .into_iter()
        .filter_map(|(kind, is_wanted)| is_wanted.then_some(kind))
        .collect();
    if kinds.is_empty() {
        return Ok(());
    }
    let value = match &signed_in.alias {
        Some(alias) => alias.clone(),
        None => first_alias(world, files, &signed_in.username)?
            .unwrap_or_else(|| signed_in.username.clone()),
    };
    let home = world.home_directory();
    let level = remember.project.as_ref().unwrap_or(&home);
    write_settings(world, files, level, &|settings| {
        kinds.iter().fold(settings, |settings, kind| {
            settings.with(kind.setting(), &value)
        })
    })?;
    let is_local = remember.project.is_some();
    let set = kinds
        .into_iter()
        .map(|kind| (kind, value.clone(), is_local));
    signed_in.defaults.extend(set);
    Ok(())
}

fn first_alias(world: &World, files: &Files, username: &str) -> Result<Option<String>, FileError> {
    let bytes = files.read(&state_file(world, aliases::FILE), FILE_LIMIT)?;
    let aliases = bytes.and_then(|bytes| Aliases::parse(&bytes).ok());
    let aliases = aliases.unwrap_or_default();
    Ok(aliases.of(username).next().map(str::to_owned))
}

/// Changes a level's settings in both of its files: the union of both, by the time of each, goes
/// into both, so that neither brings back what the other has overruled.
fn write_settings(
    world: &World,
    files: &Files,
    level: &ConfinedPath,
    change: &dyn Fn(Settings) -> Settings,
) -> Result<(), FileError> {
    let place =
        |directory: &str, name: &str| level.join(directory).and_then(|path| path.join(name));
    let (Some(present), Some(legacy)) = (
        place(SETTINGS_DIRECTORY, PRESENT_FILE),
        place(STATE_DIRECTORY, LEGACY_FILE),
    ) else {
        return Ok(());
    };
    let uses_legacy = uses_legacy_files(&world.environment);
    let read_legacy = || -> Result<_, FileError> {
        if !uses_legacy {
            return Ok(None);
        }
        let bytes = files.read(&legacy, FILE_LIMIT)?;
        let modified = files.probe(&legacy)?.and_then(|probe| probe.modified);
        Ok(bytes.map(|bytes| (bytes, modified)))
    };
    let modified = files.probe(&present)?.and_then(|probe| probe.modified);
    let mut written = None;
    let mut failure = None;
    let outcome = files.edit_or_create(&present, LOCK, FILE_LIMIT, &mut |bytes| {
        let legacy = read_legacy().map_err(|error| {
            let shown = error.to_string();
            failure = Some(error);
            EditError::Refused(shown)
        })?;
        let legacy = legacy.as_ref().map(|(bytes, modified)| SettingsFile {
            bytes,
            modified: *modified,
        });
        let present = bytes.map(|bytes| SettingsFile { bytes, modified });
        let settings = change(Settings::merge(present, legacy).map_err(to_edit_error)?);
        let rendered = settings.render(Spelling::Present);
        written = Some(settings);
        Ok(if bytes == Some(rendered.as_slice()) {
            Change::Keep
        } else {
            Change::Replace(rendered)
        })
    });
    if let Some(failure) = failure {
        return Err(failure);
    }
    outcome?;
    let Some(settings) = written.filter(|_| uses_legacy) else {
        return Ok(());
    };
    let rendered = settings.render(Spelling::Legacy);
    // The real client does not lock this file.
    files.edit_or_create(&legacy, LockRule::None, FILE_LIMIT, &mut |bytes| {
        Ok(if bytes == Some(rendered.as_slice()) {
            Change::Keep
        } else {
            Change::Replace(rendered.clone())
        })
    })?;
    Ok(())
}

/// Stores what a refresh brought, before it is used: the access token, and a refresh token if the
/// server replaced it. `keys` are tried in turn; the one that opens the file's tokens encrypts the
/// new ones. A file that is not there any more is not made again: that user was signed out
/// meanwhile.
///
/// # Errors
///
/// [`LoginError`]; the file is the old one then.
pub fn store_renewed(
    world: &World,
    files: &Files,
    username: &str,
    grant: &Grant,
    keys: &[EncryptionKey],
) -> Result<bool, LoginError> {
    check_username(username)?;
    let path = auth_file_path(world, username).ok_or(LoginError::Encryption)?;
    let name = path.file_name().unwrap_or_default().to_owned();
    let edited = files.edit(&path, LOCK, FILE_LIMIT, &mut |bytes| {
        let file =
            AuthFile::parse(&name, bytes).map_err(|error| EditError::Refused(error.to_string()))?;
        let opens = |key: &&EncryptionKey| {
            let tokens = [&file.access_token, &file.refresh_token];
            tokens
                .into_iter()
                .flatten()
                .any(|token| token.reveal(Some(key)).is_ok())
        };
        let key = keys
            .iter()
            .find(opens)
            .ok_or_else(|| EditError::Refused("no key opens what is stored there".to_owned()))?;
        let encrypt = |secret: &Secret| {
            key.encrypt(secret, &world.entropy.bytes())
                .ok_or_else(|| EditError::Refused("the token cannot be encrypted".to_owned()))
        };
        let mut members = Members::default().with("accessToken", encrypt(&grant.access_token)?);
        if let Some(token) = &grant.refresh_token {
            members = members.with("refreshToken", encrypt(token)?);
        }
        let changed = auth_file::update_members(bytes, &members).map_err(to_edit_error)?;
        Ok(Change::Replace(changed))
    })?;
    Ok(edited == Edited::Replaced)
}
