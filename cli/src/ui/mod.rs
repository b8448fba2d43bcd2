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
pub(crate) use plain::plain;
pub(crate) use printer::{Manner, Printer, Surroundings, count};
pub(crate) use wrap::folded;
