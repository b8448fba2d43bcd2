//! Tests of the door, with real files.

mod edit;
mod hostile;
mod links;
mod other;
mod read_cache;

use crate::io::files::{Change, EditError};

const LIMIT: u64 = 1 << 20;

fn replace_with(text: &str) -> impl FnMut(&[u8]) -> Result<Change, EditError> {
    let bytes = text.as_bytes().to_vec();
    move |_| Ok(Change::Replace(bytes.clone()))
}

fn fail_if_called(_: &[u8]) -> Result<Change, EditError> {
    Err(EditError::Refused("the editor was called".to_owned()))
}
