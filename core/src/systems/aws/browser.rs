//! What browser sign-ins of Atmos leave: refresh tokens of `aws/user`, cookies of SAML.
//!
//! Sources: Atmos `pkg/auth/identities/aws/webflow.go`; saml2aws' browser driver.

use crate::files::RootedPath;
use crate::inventory::{Artefact, Place, Subject};
use crate::systems::System;
use crate::systems::survey::{
    Findings, Lookup, Reach, Survey, Tidy, artefact, json_object, timestamp,
};

pub(super) fn lookups<'a>(survey: &Survey<'a>) -> Vec<Lookup<'a>> {
    let cache = survey.below(&survey.world.atmos_cache_root());
    let mut lookups: Vec<Lookup<'a>> = cache
        .join("aws-webflow")
        .map(|directory| webflow(*survey, directory))
        .into_iter()
        .collect();
    lookups.extend(
        survey
            .in_home(".aws/saml2aws")
            .map(|directory| saml_state(*survey, directory)),
    );
    lookups
}

/// `{cache}/aws-webflow/<identity>-{realm}/refresh.json`; an identity with a `/` in its name has a
/// directory of its own in between.
fn webflow(survey: Survey<'_>, directory: RootedPath) -> Lookup<'_> {
    directory_of_webflow(survey, directory, String::new(), 0)
}

fn directory_of_webflow(
    survey: Survey<'_>,
    directory: RootedPath,
    name: String,
    depth: usize,
) -> Lookup<'_> {
    const DEEPEST: usize = 4;
    let base = directory.clone();
    Lookup::Directory {
        directory,
        tidy: Some(Tidy::default()),
        then: Box::new(move |entries| {
            let mut lookups = Vec::new();
            for entry in entries {
                let Some(path) = base.join(&entry.name) else {
                    continue;
                };
                if entry.may_be_directory() && depth < DEEPEST {
                    let inner = if name.is_empty() {
                        entry.name.clone()
                    } else {
                        format!("{name}/{}", entry.name)
                    };
                    lookups.push(directory_of_webflow(survey, path, inner, depth + 1));
                } else if entry.name == "refresh.json" {
                    lookups.extend(refresh_token(survey, path, &name));
                }
            }
            lookups
        }),
    }
}

fn refresh_token<'a>(survey: Survey<'a>, file: RootedPath, name: &str) -> Option<Lookup<'a>> {
    let (subject, realm) = whose(&survey, name)?;
    let place = file.clone();
    Some(Lookup::File {
        file,
        read: Box::new(move |bytes: &[u8], findings: &mut Findings<'_>| {
            let expires_at =
                json_object(bytes).and_then(|object| timestamp(object.get("expiresAt")?.as_str()?));
            let place = Place::File {
                file: place.clone(),
            };
            findings.artefact(Artefact {
                state: survey.state_at(expires_at),
                expires_at,
                realm: realm.clone(),
                ..artefact(System::Aws, place, subject.clone(), "AWS browser sign-in")
            });
        }),
    })
}

/// The name ends with the realm; both parts may contain `-`, so configured names are compared.
fn whose(survey: &Survey<'_>, name: &str) -> Option<(Subject, Option<String>)> {
    let candidates = survey.realms.iter().filter_map(|realm| {
        let identity = if realm.is_empty() {
            name.strip_suffix('-').unwrap_or(name)
        } else {
            name.strip_suffix(realm.as_str())?.strip_suffix('-')?
        };
        let entry = survey.roster.identity(identity)?;
        let provider = survey
            .roster
            .root_provider(&entry.key)
            .map(|p| p.key.as_str());
        Some((Subject::identity(&entry.key, provider), Some(realm.clone())))
    });
    let known = candidates.into_iter().next();
    known.or_else(|| (survey.reach == Reach::Machine).then(|| (Subject::orphan(name), None)))
}

/// `~/.aws/saml2aws/storageState.json`: cookies of the identity provider, one file for all.
fn saml_state(survey: Survey<'_>, directory: RootedPath) -> Lookup<'_> {
    const NAME: &str = "storageState.json";
    let saml: Vec<String> = survey
        .roster
        .providers()
        .iter()
        .filter(|provider| provider.kind == "aws/saml")
        .map(|provider| provider.key.clone())
        .collect();
    let base = directory.clone();
    Lookup::Directory {
        directory,
        tidy: Some(Tidy {
            subject: Subject::providers(&saml),
            ..Tidy::default()
        }),
        then: Box::new(move |entries| {
            let subject = match (saml.is_empty(), survey.reach) {
                (false, _) => Subject::providers(&saml),
                (true, Reach::Machine) => Subject::orphan("saml2aws"),
                (true, Reach::Configured) => return Vec::new(),
            };
            let Some(file) = base.join(NAME) else {
                return Vec::new();
            };
            if !entries.iter().any(|entry| entry.name == NAME) {
                return Vec::new();
            }
            vec![Lookup::Known(Box::new(move |findings| {
                let place = Place::File { file: file.clone() };
                findings.artefact(artefact(
                    System::Aws,
                    place,
                    subject.clone(),
                    "identity provider's cookies",
                ));
            }))]
        }),
    }
}
