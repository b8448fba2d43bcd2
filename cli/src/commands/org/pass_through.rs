//! Commands of Salesforce CLI that adieu has none of: the real client runs them, so that
//! `alias sf=adieu` takes nothing away.

use std::ffi::OsString;

use adieu::io::net::Cancel;
use adieu::io::programs::{self, Ended, Program};
use adieu::world::World;

use crate::ui::Failure;

/// Set for the real client: what is called `sf` may be this program, which must not call itself.
const PASSED_ON: &str = "ADIEU_PASSED_ON";

/// Runs `sf TOPIC WORDS…`; its exit status.
pub(crate) fn run(
    world: &World,
    topic: &str,
    words: &[OsString],
    cancel: &Cancel,
) -> Result<u8, Failure> {
    let mut all = vec![OsString::from(topic)];
    all.extend(words.iter().cloned());
    let is_passed_on = world.environment.get(PASSED_ON).is_some();
    let found = programs::find(world, "sf").filter(|_| !is_passed_on);
    let Some(path) = found else {
        let shown: Vec<_> = all.iter().map(|word| word.to_string_lossy()).collect();
        return Err(Failure::usage(format!(
            "`{}` is no command of adieu, and Salesforce CLI is not installed to run it",
            shown.join(" ")
        ))
        .hint("See what adieu has with: adieu org --help"));
    };
    let variables = world.environment.iter();
    let program = Program {
        path,
        arguments: all,
        environment: variables
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .chain([(PASSED_ON.into(), "1".into())])
            .collect(),
        directory: world.working_directory.clone(),
    };
    match programs::attend(&program, cancel) {
        Ended::Exited(status) => Ok(u8::try_from(status).unwrap_or(1)),
        Ended::NotStarted(why) => Err(Failure::failed(format!("`sf` cannot be run: {why}"))),
        Ended::Killed | Ended::TimedOut | Ended::Interrupted => Ok(130),
    }
}
