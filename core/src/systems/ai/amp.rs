//! Amp: `secrets.json` in its data directory.
//!
//! Source: the tool's files as they were observed.

use super::common::{
    AccountArtefacts, account, data_directories, decide, facts, file as whole, holds_text,
    linked_sign_in, member, object, permissions, shown, variables,
};
use crate::inventory::{Artefact, CredentialKind, OverrideKind};
use crate::io::files::ConfinedPath;
use crate::systems::System;
use crate::systems::discovery::{DiscoveryContext, InventoryBuilder, Lookup};

const SYSTEM: System = System::AMP;

const BEFORE: [&str; 1] = ["AMP_API_KEY"];

pub(super) const VARIABLES: [(&str, OverrideKind); 2] = [
    ("AMP_API_KEY", OverrideKind::Environment),
    ("AMP_URL", OverrideKind::Notice),
];

pub(super) fn lookups(discovery: DiscoveryContext<'_>) -> Vec<Lookup<'_>> {
    let mut lookups = vec![Lookup::say(move |findings| {
        variables(&discovery, SYSTEM, &VARIABLES, findings);
    })];
    for directory in data_directories(&discovery, "amp") {
        lookups.push(Lookup::each(
            directory,
            None,
            move |entry, path| match entry.name.as_str() {
                "secrets.json" if entry.is_link => vec![Lookup::say(move |findings| {
                    linked_sign_in(SYSTEM, HOST, HOST, &path, findings);
                })],
                "secrets.json" => {
                    vec![
                        permissions(&path),
                        Lookup::read(path, move |file, bytes, findings| {
                            secrets(&discovery, file, bytes, findings);
                        }),
                    ]
                }
                "device-id.json" => vec![Lookup::say(move |findings| {
                    let owner = AccountArtefacts {
                        system: SYSTEM,
                        name: HOST,
                    };
                    findings.account(account(SYSTEM, HOST, HOST));
                    findings.artefact(owner.footprint(whole(&path), "id of this machine"));
                })],
                _ => Vec::new(),
            },
        ));
    }
    lookups.push(Lookup::say(|findings| decide(SYSTEM, &BEFORE, findings)));
    lookups
}

/// The usual server.
const HOST: &str = "ampcode.com";

fn secrets(
    discovery: &DiscoveryContext<'_>,
    file: &ConfinedPath,
    bytes: &[u8],
    findings: &mut InventoryBuilder<'_>,
) {
    let Some(content) = object(SYSTEM, file, bytes, findings) else {
        return;
    };
    for (key, value) in &content {
        if !holds_text(value, &[]) {
            continue;
        }
        let owner = AccountArtefacts {
            system: SYSTEM,
            name: HOST,
        };
        let sign_in = [
            ("apiKey@", CredentialKind::ApiKey, "API key"),
            ("oauth-refresh-token@", CredentialKind::Login, "login"),
        ]
        .into_iter()
        .find_map(|(prefix, kind, what)| Some((key.strip_prefix(prefix)?, kind, what)));
        if let Some((url, kind, what)) = sign_in {
            let host = url::Url::parse(url).ok();
            let host = host.as_ref().and_then(url::Url::host_str).unwrap_or(url);
            let mut found = account(SYSTEM, host, host);
            found.facts = facts([
                ("method", Some(what)),
                ("source", Some(&shown(discovery, file))),
            ]);
            findings.account(found);
            let owner = AccountArtefacts {
                system: SYSTEM,
                name: host,
            };
            findings.artefact(Artefact {
                kind,
                ..owner.sign_in(member(file, [key]), what)
            });
        } else if key.starts_with("mcp-oauth:") {
            findings.account(account(SYSTEM, HOST, HOST));
            findings.artefact(owner.attached(member(file, [key]), "MCP login"));
        } else {
            findings.account(account(SYSTEM, HOST, HOST));
            let place = member(file, [key]);
            findings.artefact(owner.unknown(place, "credential of an unknown form"));
        }
    }
}
