//! Where to sign in, and where the browser comes back to, when nobody says.

use serde_json::Value;

use crate::io::files::{ConfinedPath, FileError, Files};
use crate::io::net::{Address, CallError};
use crate::systems::salesforce::api::{PRODUCTION, is_salesforce, org_address};
use crate::systems::salesforce::settings::{
    INSTANCE_URL, LEGACY_FILE, PRESENT_FILE, Settings, SettingsFile, uses_legacy_files,
};
use crate::systems::salesforce::{
    FILE_LIMIT, PROJECT_FILE, SETTINGS_DIRECTORY, STATE_DIRECTORY, parse_object,
};
use crate::world::World;

use super::LoginError;
use super::web::PORT;

/// Where to sign in: what the person gave, the environment, the project (a host of Salesforce's own
/// or this machine only, because a repository is not to choose who gets a password), the home
/// directory's settings, else `https://login.salesforce.com`.
///
/// # Errors
///
/// [`LoginError::Org`] if the host may not be used, [`LoginError::File`] if settings cannot be
/// read.
pub fn login_host(
    world: &World,
    files: &Files,
    given: Option<&str>,
    project: Option<&ConfinedPath>,
) -> Result<Address, LoginError> {
    let variables = [
        "SF_ORG_INSTANCE_URL",
        "SFDX_INSTANCE_URL",
        "FORCE_SFDC_LOGIN_URL",
    ];
    let variable = variables
        .iter()
        .find_map(|name| world.environment.get(name));
    if let Some(url) = given.or(variable) {
        return Ok(org_address(url)?);
    }
    if let Some(project) = project {
        let settings = read_settings(world, files, project)?;
        let url = match settings.get(INSTANCE_URL) {
            Some(url) => Some(url.to_owned()),
            None => project_text(files, project, "sfdcLoginUrl")?,
        };
        if let Some(url) = url {
            let origin = org_address(&url)?;
            return if is_salesforce(&origin) || origin.is_loopback() {
                Ok(origin)
            } else {
                Err(LoginError::Org(CallError::NotAllowed {
                    host: origin.host().to_owned(),
                    why: "only the project names it, and it is not a host of Salesforce's own; \
                          give it with `--instance-url` if it is right",
                }))
            };
        }
    }
    let global = read_settings(world, files, &world.home_directory())?;
    Ok(org_address(global.get(INSTANCE_URL).unwrap_or(PRODUCTION))?)
}

/// The port that the browser comes back to: `oauthLocalPort` of the project, else 1717.
///
/// # Errors
///
/// [`FileError`] if the project's file cannot be read.
pub fn callback_port(files: &Files, project: Option<&ConfinedPath>) -> Result<u16, FileError> {
    let Some(project) = project else {
        return Ok(PORT);
    };
    let port = project_value(files, project, "oauthLocalPort")?;
    let port = port.and_then(|port| match port {
        Value::String(text) => text.parse().ok(),
        other => u16::try_from(other.as_u64()?).ok(),
    });
    // Ports that only the system may use are a mistake.
    Ok(port.filter(|port| *port >= 1024).unwrap_or(PORT))
}

fn project_text(
    files: &Files,
    project: &ConfinedPath,
    name: &str,
) -> Result<Option<String>, FileError> {
    let value = project_value(files, project, name)?;
    Ok(value.and_then(|value| value.as_str().map(str::to_owned)))
}

fn project_value(
    files: &Files,
    project: &ConfinedPath,
    name: &str,
) -> Result<Option<Value>, FileError> {
    let Some(file) = project.join(PROJECT_FILE) else {
        return Ok(None);
    };
    let bytes = files.read(&file, FILE_LIMIT)?;
    let document = bytes.and_then(|bytes| parse_object(&bytes).ok());
    Ok(document.and_then(|mut document| document.remove(name)))
}

/// The settings of a level; files that are not understood count for nothing here.
fn read_settings(
    world: &World,
    files: &Files,
    level: &ConfinedPath,
) -> Result<Settings, FileError> {
    let read = |directory: &str, name: &str| -> Result<_, FileError> {
        let Some(path) = level.join(directory).and_then(|path| path.join(name)) else {
            return Ok(None);
        };
        let Some(bytes) = files.read(&path, FILE_LIMIT)? else {
            return Ok(None);
        };
        let modified = files.probe(&path)?.and_then(|probe| probe.modified);
        Ok(Some((bytes, modified)))
    };
    let present = read(SETTINGS_DIRECTORY, PRESENT_FILE)?;
    let legacy = if uses_legacy_files(&world.environment) {
        read(STATE_DIRECTORY, LEGACY_FILE)?
    } else {
        None
    };
    Ok(Settings::merge(
        present.as_ref().map(|(bytes, modified)| SettingsFile {
            bytes,
            modified: *modified,
        }),
        legacy.as_ref().map(|(bytes, modified)| SettingsFile {
            bytes,
            modified: *modified,
        }),
    )
    .unwrap_or_default())
}
