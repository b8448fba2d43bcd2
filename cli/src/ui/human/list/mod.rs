//! The list as a tree and as tables; here are the words and colours that both have.

mod table;
mod tree;

pub(crate) use table::format_table;
pub(crate) use tree::format_tree;

use adieu::report::{Session, SessionState};
use jiff::Timestamp;

use super::expiry::{choose_colour, describe_expiry};
use crate::commands::list::Standing;
use crate::ui::printer::{FAINT, Paint};

/// The standing of a sign-in that no configuration knows.
const fn standing_of(session: &Session) -> Standing {
    Standing {
        state: session.state,
        expires_at: session.expires_at,
        is_ambient: false,
    }
}

fn describe_kind(kind: &str) -> &str {
    if kind.is_empty() { "no kind" } else { kind }
}

/// The colour of the state; what the environment gives has none.
fn choose_standing_colour(standing: Standing, now: Timestamp) -> Paint {
    if standing.is_ambient {
        FAINT
    } else {
        choose_colour(standing.state, standing.expires_at, now)
    }
}

/// The state in words, because colour may be missing.
fn describe_state(standing: Standing, now: Timestamp) -> String {
    match (standing.state, standing.expires_at) {
        _ if standing.is_ambient => "from the environment".to_owned(),
        (SessionState::Live, at) => format!("live, {}", describe_expiry(now, at)),
        (SessionState::Expired, _) => "expired".to_owned(),
        (SessionState::Unknown, _) => "could not tell".to_owned(),
        (SessionState::SignedOut, _) => "signed out".to_owned(),
    }
}
