//! Inventory and request to plan: what would be done, in order, each with its reason.
//!
//! Pure: no file, keyring or server is touched here, and nothing here can reach one. A dry run shows
//! this very value; execution takes it step by step.

mod build;
mod decide;
mod elsewhere;
mod emptied_directories;
mod filter;
mod kept_beside;
mod ledger;
mod part;
mod questions;
mod remaining_files;
mod request;
mod revoke;
mod selection;
mod sharing;
mod step;
mod units;

pub use build::build_from_inventory;
pub use elsewhere::{in_other_realms, said_of_other_realms};
pub use filter::{Filter, OlderThan};
pub use ledger::{Credential, list_credentials};
pub use request::{Found, Question, Request, Target};
pub use step::{Action, Decision, KeepReason, Plan, Step};
