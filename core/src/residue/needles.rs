//! What is searched for: the secrets that a plan removes, in the forms in which they are written.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use zeroize::Zeroizing;

use crate::inventory::{Inventory, Place, State};
use crate::io::files::Files;
use crate::plan::{Action, Plan};
use crate::secret::{Fingerprint, FingerprintKey, Secret};
use crate::systems::System;
use crate::systems::discovery::READ_LIMIT;
use crate::values::{Content, SHORTEST, counts, secrets_of};
use crate::world::World;

/// A secret that a plan removes.
pub(super) struct Needle {
    pub(super) secret: Secret,
    pub(super) fingerprint: Fingerprint,
    /// The steps that remove or end it, by their positions in the plan.
    pub(super) steps: Vec<usize>,
    /// Whether it had ended by itself.
    pub(super) is_over: bool,
}

/// The secrets that a plan removes, taken before it is carried out.
#[derive(Default)]
pub struct Needles(pub(super) Vec<Needle>);

impl Needles {
    /// Whether there is nothing to search for.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn add(&mut self, secret: Secret, step: usize, is_over: bool, key: &FingerprintKey) {
        if !counts(secret.expose()) {
            return;
        }
        let fingerprint = secret.fingerprint(key);
        let mut known = self.0.iter_mut();
        match known.find(|known| known.fingerprint == fingerprint) {
            Some(known) => {
                known.steps.push(step);
                known.is_over &= is_over;
            }
            None => self.0.push(Needle {
                secret,
                fingerprint,
                steps: vec![step],
                is_over,
            }),
        }
    }
}

/// Takes the secrets of everything that a plan removes into memory. What cannot be read now has none.
pub fn take(world: &World, files: &Files, inventory: &Inventory, plan: &Plan) -> Needles {
    let mut needles = Needles::default();
    let Some(key) = &inventory.fingerprint_key else {
        return needles;
    };
    let mut aws = None;
    for (at, step) in plan
        .steps
        .iter()
        .enumerate()
        .filter(|(_, step)| step.acts())
    {
        let is_over = step.state == State::Expired;
        if step.system == System::AWS {
            aws = aws.or(Some(at));
        }
        match &step.deed {
            Action::Revoke { token, .. } => {
                let token = inventory.tokens.get(token);
                for secret in token
                    .into_iter()
                    .flat_map(|token| secrets_of(token.secret.expose()))
                {
                    needles.add(secret, at, is_over, key);
                }
            }
            Action::Remove(place) => {
                for secret in secrets_at(files, place) {
                    needles.add(secret, at, is_over, key);
                }
            }
            Action::Unsupported { .. } => {}
        }
    }
    if let Some(at) = aws {
        for secret in in_history_of_aws(world, files) {
            needles.add(secret, at, false, key);
        }
    }
    needles
}

/// Keys that the AWS CLI's own history holds: it writes down every answer of the server.
///
/// Source: AWS CLI `awscli/customizations/history/db.py`.
#[cfg(feature = "sqlite")]
fn in_history_of_aws(world: &World, files: &Files) -> Vec<Secret> {
    let database = world
        .home_directory()
        .descend(".aws/cli/history/history.db");
    let rows = database.map(|database| files.rows(&database, "records", &["id", "payload"]));
    let Some(Ok(Some(rows))) = rows else {
        return Vec::new();
    };
    let payloads = rows.iter().filter_map(|row| row.get(1)?.as_ref());
    let groups = payloads.filter(|payload| payload.expose().trim_start().starts_with('{'));
    groups
        .flat_map(|payload| secrets_of(payload.expose()))
        .collect()
}

#[cfg(not(feature = "sqlite"))]
fn in_history_of_aws(_world: &World, _files: &Files) -> Vec<Secret> {
    Vec::new()
}

fn secrets_at(files: &Files, place: &Place) -> Vec<Secret> {
    if let Place::SqliteRow { .. } = place {
        return of_row(files, place);
    }
    let Some(file) = place.file() else {
        return Vec::new();
    };
    match files.read(file, READ_LIMIT) {
        Ok(Some(bytes)) => Content::new(&Zeroizing::new(bytes)).secrets_at(place),
        _ => Vec::new(),
    }
}

#[cfg(feature = "sqlite")]
fn of_row(files: &Files, place: &Place) -> Vec<Secret> {
    let Place::SqliteRow {
        file,
        table,
        column,
        value,
    } = place
    else {
        return Vec::new();
    };
    let values = files.row_values(file, table, column, value);
    let values = values.unwrap_or_default();
    // What tells the row is a name.
    let others = values.iter().filter(|found| found.expose() != value);
    others
        .flat_map(|found| secrets_of(found.expose()))
        .collect()
}

#[cfg(not(feature = "sqlite"))]
fn of_row(_files: &Files, _place: &Place) -> Vec<Secret> {
    Vec::new()
}

/// The forms in which a secret is written: as it is, escaped as in JSON and in addresses, in base64 behind
/// any other text, and as zsh writes what is not ASCII into its history.
pub(super) fn forms(secret: &Secret) -> Vec<Zeroizing<Vec<u8>>> {
    let text = secret.expose();
    let bytes = text.as_bytes();
    let mut forms = vec![Zeroizing::new(bytes.to_vec())];
    let mut add = |form: Vec<u8>| {
        let form = Zeroizing::new(form);
        if form.len() >= SHORTEST && !forms.contains(&form) {
            forms.push(form);
        }
    };
    let json = serde_json::Value::from(text).to_string();
    add(json.as_bytes()[1..json.len() - 1].to_vec());
    let url: String = url::form_urlencoded::byte_serialize(bytes).collect();
    add(url.into_bytes());
    add(metafied(bytes));
    for before in 0..3 {
        add(inside_base64(bytes, before));
    }
    forms
}

/// What of a text in base64 depends on these bytes alone, where `before` bytes (of three) stand before
/// them.
fn inside_base64(bytes: &[u8], before: usize) -> Vec<u8> {
    let padded = Zeroizing::new([&vec![0; before], bytes].concat());
    let text = STANDARD_NO_PAD.encode(padded.as_slice());
    let first = (before * 8).div_ceil(6);
    let last = padded.len() * 8 / 6;
    text.as_bytes()
        .get(first..last)
        .unwrap_or_default()
        .to_vec()
}

/// Source: zsh `Src/utils.c`, `metafy`: bytes that mean something to it get a mark before them, and a bit
/// turned.
fn metafied(bytes: &[u8]) -> Vec<u8> {
    const META: u8 = 0x83;
    const LAST: u8 = 0xa2;
    let mut written = Vec::with_capacity(bytes.len());
    for &byte in bytes {
        if byte == 0 || (META..=LAST).contains(&byte) {
            written.extend([META, byte ^ 32]);
        } else {
            written.push(byte);
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::engine::general_purpose::STANDARD;

    #[test]
    fn secrets_are_searched_for_in_every_form() {
        let secret = Secret::new("FAKE-/\"secret\u{e3}\u{a0}1".to_owned());
        let forms = forms(&secret);
        let is_in = |text: &[u8]| {
            let mut forms = forms.iter();
            forms.any(|form| {
                text.windows(form.len())
                    .any(|window| window == form.as_slice())
            })
        };
        let text = secret.expose();
        for user in ["", "a", "an", "ana"] {
            let basic = STANDARD.encode(format!("{user}{text}:x"));
            assert!(is_in(basic.as_bytes()), "{user}");
        }
        assert!(is_in(format!("x{text}y").as_bytes()));
        assert!(is_in(serde_json::Value::from(text).to_string().as_bytes()));
        assert!(is_in(b"token=FAKE-%2F%22secret%C3%A3%C2%A01&x"));
        let typed = [
            b"x=FAKE-/\"secret".as_slice(),
            &metafied("\u{e3}\u{a0}".as_bytes()),
            b"1",
        ];
        assert!(is_in(&typed.concat()));
        assert!(!is_in(b"FAKE-another-secret-that-is-longer"));
    }
}
