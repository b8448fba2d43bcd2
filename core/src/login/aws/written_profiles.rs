//! Profiles of the AWS CLI that call `adieu credential-process`: written into the person's settings, and
//! taken out again. Every other byte stays.

use super::aws_config::{AwsConfig, PROFILES, Section};
use super::{SignIn, SignInError};
use crate::formats::{MemberPath, MemberRemoval, ini};
use crate::io::files::{Change, EditError, LockRule};
use crate::systems::discovery::READ_LIMIT;

/// A profile to be written.
#[derive(Clone, Debug)]
pub struct WrittenProfile {
    /// Its name.
    pub name: String,
    /// What is called, as a shell would part it into words.
    pub command: String,
    /// The region to work in, if one is known.
    pub region: Option<String>,
}

/// What was done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProfileChanges {
    /// The profiles that were written, or taken out.
    pub changed: Vec<String>,
    /// Those of the same name that the person wrote: they stay as they are.
    pub kept: Vec<String>,
}

impl WrittenProfile {
    /// The lines of its section.
    pub fn text(&self) -> String {
        let mut text = format!(
            "[{}]\ncredential_process = {}\n",
            title(&self.name),
            self.command
        );
        if let Some(region) = &self.region {
            text.push_str(&format!("region = {region}\n"));
        }
        text
    }
}

impl SignIn<'_> {
    /// Writes profiles. What somebody else wrote under such a name stays.
    ///
    /// # Errors
    ///
    /// [`SignInError::File`]; nothing is changed then.
    pub fn write_profiles(
        &self,
        profiles: &[WrittenProfile],
    ) -> Result<ProfileChanges, SignInError> {
        self.change_profiles(&mut |bytes, done| {
            let mut present = bytes.to_vec();
            for profile in profiles {
                let is_bad = |text: &str| text.contains(['\n', '\r']);
                if profile.name.contains([']', '\n', '\r', '"']) || is_bad(&profile.command) {
                    done.kept.push(profile.name.clone());
                    continue;
                }
                match is_ours(&present, &profile.name)? {
                    Some(false) => {
                        done.kept.push(profile.name.clone());
                        continue;
                    }
                    Some(true) => present = remove(&present, &profile.name)?,
                    None => {}
                }
                while present.ends_with(b"\n\n") {
                    present.pop();
                }
                if !present.is_empty() {
                    let ends_line = present.ends_with(b"\n");
                    present.extend_from_slice(if ends_line { b"\n" } else { b"\n\n" });
                }
                present.extend_from_slice(profile.text().as_bytes());
                done.changed.push(profile.name.clone());
            }
            Ok(present)
        })
    }

    /// Takes out the profiles that [`SignIn::write_profiles`] has written: those of these names, or all.
    ///
    /// # Errors
    ///
    /// [`SignInError::File`]; nothing is changed then.
    pub fn remove_profiles(&self, names: &[String]) -> Result<ProfileChanges, SignInError> {
        let all = self.aws_config()?;
        let all: Vec<String> = all.profiles().map(str::to_owned).collect();
        self.change_profiles(&mut |bytes, done| {
            let mut present = bytes.to_vec();
            for name in all
                .iter()
                .filter(|name| names.is_empty() || names.contains(name))
            {
                match is_ours(&present, name)? {
                    Some(true) => {
                        present = remove(&present, name)?;
                        done.changed.push(name.clone());
                    }
                    Some(false) if !names.is_empty() => done.kept.push(name.clone()),
                    _ => {}
                }
            }
            Ok(present)
        })
    }

    fn change_profiles(
        &self,
        change: &mut dyn FnMut(&[u8], &mut ProfileChanges) -> Result<Vec<u8>, EditError>,
    ) -> Result<ProfileChanges, SignInError> {
        let mut done = ProfileChanges::default();
        let Some(file) = AwsConfig::file(self.world) else {
            return Ok(done);
        };
        let edit = &mut |bytes: Option<&[u8]>| {
            done = ProfileChanges::default();
            let present = bytes.unwrap_or_default();
            let new = change(present, &mut done)?;
            Ok(if new == present {
                Change::Keep
            } else {
                Change::Replace(new)
            })
        };
        self.files
            .edit_or_create(&file, LockRule::None, READ_LIMIT, edit)?;
        Ok(done)
    }
}

fn title(name: &str) -> String {
    match name {
        "default" => name.to_owned(),
        name if name.contains(char::is_whitespace) => format!("profile \"{name}\""),
        name => format!("profile {name}"),
    }
}

/// Whether a profile is one that calls adieu and has nothing else; `None` if there is none of that name.
fn is_ours(bytes: &[u8], name: &str) -> Result<Option<bool>, EditError> {
    let headings = ini::list_headings(bytes);
    let title = title(name);
    if !headings.iter().any(|heading| heading.name == title) {
        return Ok(None);
    }
    let document = PROFILES.read(bytes)?;
    let Some(node) = document.root().get(&title) else {
        return Ok(Some(false));
    };
    let command = Section::new(node)
        .text("credential_process")
        .unwrap_or_default();
    let program = command.split_whitespace().next().unwrap_or_default();
    let program = program.trim_matches(['\'', '"']).rsplit('/').next();
    let calls_adieu = program == Some("adieu") && command.contains(" credential-process ");
    let has_more = node
        .members()
        .any(|(key, _)| !["credential_process", "region"].contains(&key));
    Ok(Some(calls_adieu && !has_more))
}

fn remove(bytes: &[u8], name: &str) -> Result<Vec<u8>, EditError> {
    let mut edited = PROFILES.remove(bytes, &[MemberPath::of_section(title(name))])?;
    if let Some(MemberRemoval::Refused(error)) = edited.outcomes.pop() {
        return Err(error);
    }
    Ok(edited.bytes)
}
