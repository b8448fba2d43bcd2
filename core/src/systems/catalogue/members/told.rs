//! What a tool's file tells of other places: logins that the key store keeps, and files that are keys.

use super::Reading;
use crate::formats::{Document, Pattern, is_like};
use crate::systems::catalogue::naming::Surroundings;
use crate::systems::discovery::{InventoryBuilder, MarkedLogin, NamedCredential};

impl Reading<'_> {
    /// Notes which other files are credentials by the word of this one.
    pub(super) fn note_references(&self, document: &Document, findings: &mut InventoryBuilder<'_>) {
        let world = self.discovery.world;
        for reference in self.found.file.references {
            // Patterns are checked by a test.
            let Ok(pattern) = reference.select.parse::<Pattern>() else {
                continue;
            };
            for member in document.select(&pattern) {
                let text = member.value.scalar().unwrap_or_default().trim();
                let text = text.trim_matches('"');
                if text.is_empty() {
                    continue;
                }
                let surroundings = Surroundings {
                    document: Some(document),
                    member: Some(&member),
                    path_captures: &self.found.captures,
                    names: &[],
                };
                let file = self.path.to_path();
                let Some(directory) = file.parent() else {
                    continue;
                };
                let account = surroundings.fill_first(reference.identity);
                findings.notes.named_credentials.push(NamedCredential {
                    system: self.tool.system,
                    account: account.unwrap_or_else(|| "default".to_owned()),
                    what: reference.what,
                    path: directory.join(world.expand_path(text)),
                });
            }
        }
    }

    /// Notes who is signed in by the word of the file, while the secret is in the key store.
    pub(super) fn note_markers(&self, document: &Document, findings: &mut InventoryBuilder<'_>) {
        for marker in self.found.file.markers {
            // Patterns are checked by a test.
            let Ok(pattern) = marker.select.parse::<Pattern>() else {
                continue;
            };
            for member in document.select(&pattern) {
                let surroundings = Surroundings {
                    document: Some(document),
                    member: Some(&member),
                    path_captures: &self.found.captures,
                    names: &[],
                };
                let text = member.value.scalar().unwrap_or_default().trim();
                let is_meant = marker.when.is_empty()
                    || marker.when.iter().any(|pattern| is_like(pattern, text));
                let mut secrets = marker.without.iter();
                // Even without a value: its own logout leaves it so.
                let is_here = secrets.any(|key| surroundings.node_at(key).is_some());
                if !is_meant || is_here {
                    continue;
                }
                if let Some(account) = surroundings.fill_first(marker.identity) {
                    findings.notes.marked_logins.push(MarkedLogin {
                        system: self.tool.system,
                        account,
                        file: self.path.clone(),
                        is_hint: marker.is_hint,
                    });
                }
            }
        }
    }
}
