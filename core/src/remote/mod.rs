//! What a server is asked and what its answers mean, as data. Nothing here opens a connection:
//! [`crate::io::net`] does.

pub mod call;
mod endpoint;
mod host;

pub use call::{Answers, Authorization, Body, Content, HttpCall, HttpService, Member};
pub use endpoint::{Endpoint, EndpointSource};
pub use host::TrustedHost;

/// What a server said of a token that it was asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenStatus {
    /// It accepts it.
    Accepted,
    /// It does not accept it any more.
    Refused,
    /// It did not say, or what it said proves nothing.
    Unknown {
        /// Why, in one sentence without a final period.
        why: String,
    },
    /// It was not asked.
    NotAsked {
        /// Why, in one sentence without a final period.
        why: &'static str,
    },
}

impl TokenStatus {
    /// Why most vendors of AI tools are not asked.
    pub const NO_CALL: &str = "its vendor documents no call that only asks";

    /// The word in JSON.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Unknown { .. } => "unknown",
            Self::NotAsked { .. } => "not-asked",
        }
    }

    /// Why there is no yes and no no.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Accepted | Self::Refused => None,
            Self::Unknown { why } => Some(why),
            Self::NotAsked { why } => Some(why),
        }
    }
}
