//! Credentials that are rows of a database.

use super::{Reading, time_of};
use crate::formats::Format;
use crate::inventory::{Place, State};
use crate::io::files::ConfinedPath;
use crate::systems::catalogue::FoundFile;
use crate::systems::catalogue::naming::Surroundings;
use crate::systems::discovery::{DiscoveryContext, InventoryBuilder, Lookup};

/// Reads the names of a table's rows; of what they hold only what their entry names.
pub(super) fn build_rows_lookup(
    discovery: DiscoveryContext<'_>,
    path: ConfinedPath,
    found: FoundFile,
) -> Option<Lookup<'_>> {
    let table = found.file.table?;
    Some(Lookup::Rows {
        database: path.clone(),
        table: table.name,
        columns: table.columns,
        found: Box::new(move |rows, findings| {
            for row in &rows {
                let mut cells = row.iter().map(Option::as_ref);
                let Some(key) = cells.next().flatten() else {
                    continue;
                };
                let document = table.has_document.then(|| cells.next().flatten()).flatten();
                let document =
                    document.and_then(|text| Format::Json.read(text.expose().as_bytes()).ok());
                let access = table
                    .has_access_token
                    .then(|| cells.next().flatten().zip(cells.next().flatten()))
                    .flatten();
                let ends = access.and_then(|(_, end)| time_of(end.expose()));
                let captures = [&found.captures[..], &[key.expose().to_owned()]].concat();
                let reading = Reading {
                    discovery: &discovery,
                    tool: found.tool,
                    path: &path,
                    found: &found,
                    access_token: None,
                };
                let surroundings = Surroundings {
                    document: document.as_ref(),
                    member: None,
                    path_captures: &captures,
                    names: &[],
                };
                for credential in found.file.credentials {
                    let place = Place::SqliteRow {
                        file: path.clone(),
                        table: table.name.to_owned(),
                        column: table.columns[0].to_owned(),
                        value: key.expose().to_owned(),
                    };
                    let is_good = ends.is_some() && discovery.state_at(ends) == State::Live;
                    let reading = Reading {
                        access_token: access.map(|(secret, _)| secret).filter(|_| is_good),
                        ..reading
                    };
                    reading.add(credential, place, &surroundings, None, ends, findings);
                }
            }
        }),
    })
}

/// Says of what is a part of an account's sign-in that it ends with the account's token.
pub(in crate::systems::catalogue) fn link_parts_of_accounts(findings: &mut InventoryBuilder<'_>) {
    for part in std::mem::take(&mut findings.notes.parts_of_accounts) {
        let Some(token) = findings.token_of_account(part.system, &part.account) else {
            continue;
        };
        findings.ends_with(&part.place, token);
        if let Some(access_token) = part.access_token {
            findings.ask_with(token, access_token);
        }
    }
}
