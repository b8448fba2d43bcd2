//! Wrong words with `--output json`: who asked for a document gets one.

use std::ffi::OsString;

use crate::ui::Failure;
use crate::ui::plain::{Exact, to_json};

/// The failure as a document, if these words ask for JSON; `None` if people are to be told in words
/// only.
pub(crate) fn as_json(arguments: &[OsString], error: &clap::Error) -> Option<Exact> {
    // Help was asked for, and is no error.
    if !error.use_stderr() || !asks_for_json(arguments) {
        return None;
    }
    let mut failure = Failure::usage(extract_reason(error));
    for line in error.render().to_string().lines().skip(1) {
        if let Some(tip) = line.trim().strip_prefix("tip: ") {
            failure = failure.hint(tip);
        }
    }
    to_json(&failure.document()).ok()
}

fn asks_for_json(arguments: &[OsString]) -> bool {
    let words: Vec<&str> = arguments
        .iter()
        .skip(1)
        .map_while(|word| word.to_str().filter(|word| *word != "--"))
        .collect();
    let is_joined = |word: &&str| matches!(*word, "--output=json" | "-o=json" | "-ojson");
    words.iter().any(is_joined)
        || words
            .windows(2)
            .any(|pair| matches!(pair, ["--output" | "-o", "json"]))
}

/// The first paragraph of a complaint, without colours and without the usage that follows.
pub(super) fn extract_reason(error: &clap::Error) -> String {
    let text = error.render().to_string();
    let first = text.split("\n\n").next().unwrap_or_default().trim();
    first.strip_prefix("error: ").unwrap_or(first).to_owned()
}
