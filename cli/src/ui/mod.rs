//! How adieu talks: kinds of speech, prompts, failures.

mod answer;
pub(crate) mod cell;
mod failure;
pub(crate) mod human;
pub(crate) mod log;
pub(crate) mod plain;
pub(crate) mod prompt;
pub(crate) mod speech;

pub(crate) use failure::{Failure, FailureDocument};
pub(crate) use plain::plain;
pub(crate) use speech::{Manner, Speech, Surroundings, count};
