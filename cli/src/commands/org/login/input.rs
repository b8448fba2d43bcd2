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
    prompt::ask_secret(question)
}

/// What is piped in.
pub(super) fn read_pipe(cancel: &Cancel, what: &str) -> Result<Secret, Stop> {
    let piped = process::read_pipe(LIMIT, PATIENCE, cancel);
    if cancel.is_set() {
        return Err(Failure::interrupted().into());
    }
    let text = piped.and_then(Secret::from_utf8);
    match text.filter(|text| !text.expose().trim().is_empty()) {
        Some(text) => Ok(text),
        None => Err(build_missing_input_error(what).into()),
    }
}

fn build_missing_input_error(what: &str) -> ClientError {
    ClientError::new(
        "NoInputError",
        format!("Standard input does not bring {what}."),
    )
    .action("Pipe it, or use the flag or variable of `--help`; never type it as an argument.")
}

/// What is in a file that was named, or comes out of a pipe that stands for one.
pub(super) fn read_file(
    world: &World,
    files: &Files,
    path: &Path,
    cancel: &Cancel,
) -> Result<Secret, Stop> {
    const FLAG: &str = "--sfdx-url-file";
    let shown = printable_path(&world.working_directory.join(path));
    let bytes = match read_stream(world, path, FLAG, cancel)? {
        Some(bytes) => bytes,
        None => files
            .read_named(&world.working_directory.join(path), LIMIT)
            .map_err(|error| {
                Failure::failed(format!("{shown} cannot be read"))
                    .because(&error)
                    .hint(format!("check {FLAG}"))
            })?
            .unwrap_or_default(),
    };
    let what = match Secret::from_text(bytes) {
        Ok(text) if !text.expose().trim().is_empty() => return Ok(text),
        Ok(_) => format!("There is no text in {shown}."),
        Err(error) => format!("{shown} cannot be understood: {error}."),
    };
    let error = ClientError::new("InvalidSfdxUrlFileError", what);
    Err(error.action(format!("Check {FLAG}.")).into())
}

/// What a path brings that stands for no regular file: `-`, `/dev/stdin`, a pipe of the shell
/// (`<(…)`). `None` for every other path.
pub(super) fn read_stream(
    world: &World,
    path: &Path,
    flag: &str,
    cancel: &Cancel,
) -> Result<Option<Vec<u8>>, Stop> {
    let place = if path == Path::new("-") {
        path.to_owned()
    } else {
        world.working_directory.join(path)
    };
    let Some(brought) = process::read_stream(&place, LIMIT, PATIENCE, cancel) else {
        return Ok(None);
    };
    if cancel.is_set() {
        return Err(Failure::interrupted().into());
    }
    brought.map(Some).map_err(|why| {
        let message = format!("{} cannot be read: {why}", printable_path(path));
        Failure::failed(message)
            .hint(format!("check {flag}"))
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
