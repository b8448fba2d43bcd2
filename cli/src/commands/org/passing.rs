//! Commands of Salesforce CLI that adieu has none of: the real client runs them, so that
//! `alias sf=adieu` takes nothing away.

use std::ffi::OsString;

use crate::process;
use crate::ui::Failure;

/// Runs `sf TOPIC WORDS…`; its exit status.
pub(crate) fn run(topic: &str, words: &[OsString]) -> Result<u8, Failure> {
    let mut all = vec![OsString::from(topic)];
    all.extend(words.iter().cloned());
    let Some(result) = process::run_real_client(&all) else {
        let shown: Vec<_> = all.iter().map(|word| word.to_string_lossy()).collect();
        return Err(Failure::usage(format!(
            "`{}` is no command of adieu, and Salesforce CLI is not installed to run it",
            shown.join(" ")
        ))
        .hint("See what adieu has with: adieu org --help"));
    };
    result.map_err(|error| Failure::failed("`sf` cannot be run").because(&error))
}
