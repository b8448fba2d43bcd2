//! How adieu talks: the printer, prompts, failures.

mod answer;
pub(crate) mod cell;
mod failure;
pub(crate) mod human;
pub(crate) mod log;
pub(crate) mod plain;
pub(crate) mod printer;
pub(crate) mod prompt;
pub(crate) mod rows;
mod wrap;

pub(crate) use failure::{Failure, FailureDocument};
pub(crate) use plain::to_plain_text;
pub(crate) use printer::{Manner, Printer, Surroundings, format_count};
pub(crate) use wrap::fold_text;
