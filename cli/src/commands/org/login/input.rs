//! What a person, a pipe or a file brings: never the command line.

use std::path::Path;
use std::time::Duration;

use adieu::io::files::Files;
use adieu::io::net::Cancel;
use adieu::io::net::callback::{PasteBack, PasteError};
use adieu::printable::printable_path;
use adieu::secret::Secret;
use adieu::world::World;

use crate::commands::org::reply::{ClientError, Stop};
use crate::process;
use crate::ui::{Failure, prompt};

/// Most bytes of a token or of an auth URL, and of what is around it.
const LIMIT: u64 = 64 << 10;

/// How long a pipe may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// Asks for a secret at the terminal; it is not shown.
pub(super) fn ask_secret(question: &str) -> Result<Secret, Failure> {
    prompt::secret(question)
}

/// What is piped in.
pub(super) fn piped(cancel: &Cancel, what: &str) -> Result<Secret, Stop> {
    let piped = process::piped(LIMIT, PATIENCE, cancel);
    if cancel.is_set() {
        return Err(Failure::interrupted().into());
    }
    let text = piped.and_then(Secret::from_utf8);
    match text.filter(|text| !text.expose().trim().is_empty()) {
        Some(text) => Ok(text),
        None => Err(nothing(what).into()),
    }
}

fn nothing(what: &str) -> ClientError {
    ClientError::new(
        "NoInputError",
        format!("Standard input does not bring {what}."),
    )
    .action("Pipe it, or use the flag or variable of `--help`; never type it as an argument.")
}

/// What is in a file that was named.
pub(super) fn file(world: &World, files: &Files, path: &Path) -> Result<Secret, Stop> {
    let path = world.working_directory.join(path);
    let shown = printable_path(&path);
    let bytes = files.read_named(&path, LIMIT).map_err(|error| {
        Failure::failed(format!("{shown} cannot be read"))
            .because(&error)
            .hint("check --sfdx-url-file")
    })?;
    let text = bytes.and_then(Secret::from_utf8);
    text.ok_or_else(|| {
        ClientError::new(
            "InvalidSfdxUrlFileError",
            format!("There is no text in {shown}."),
        )
        .action("Check --sfdx-url-file.")
        .into()
    })
}

/// Takes lines that the person pastes, until one is the address that is waited for.
pub(super) fn offer_lines(paste: PasteBack) {
    process::each_line(LIMIT, move |line| {
        if line.trim().is_empty() {
            return true;
        }
        match paste.offer(line) {
            Ok(()) | Err(PasteError::TooLate) => false,
            Err(error) => {
                process::say_beside(&format!("{error}; paste the whole address"));
                true
            }
        }
    });
}
