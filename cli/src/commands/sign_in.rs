//! Making sure that an identity is signed in before it is used.

use adieu::atmos::config::{Identity, IdentityKind};
use adieu::discover::discover_sign_ins;
use adieu::report::{SessionState, build_status};
use adieu::shell::quote_word;
use adieu::systems::discovery::DiscoveryScope;
use jiff::Timestamp;

use super::context::Context;
use super::identity;
use crate::ui::{Failure, Printer, to_plain_text};

/// The sign-in that is used.
pub(super) struct SignedIn {
    /// When it ends, if that is known.
    pub(super) expires_at: Option<Timestamp>,
}

/// Makes sure that an identity is signed in.
pub(super) fn ensure_signed_in(
    context: &Context,
    identity: &Identity,
    _printer: &mut Printer,
) -> Result<SignedIn, Failure> {
    if identity::is_ambient(context, identity)
        || matches!(identity.kind, IdentityKind::Mock | IdentityKind::MockAws)
    {
        return Ok(SignedIn { expires_at: None });
    }
    let inventory = discover_sign_ins(&context.adieu.sources(), DiscoveryScope::Configured);
    let found = build_status(&inventory, &context.adieu.identity_graph, true);
    let session = found.sessions.iter().find(|session| {
        session.configured && session.identity.as_deref() == Some(&identity.name.written)
    });
    let expires_at = session.and_then(|session| session.expires_at);
    let state = session.map_or(SessionState::SignedOut, |session| session.state);
    match state {
        SessionState::Live | SessionState::Unknown => Ok(SignedIn { expires_at }),
        SessionState::Expired | SessionState::SignedOut => {
            Err(not_signed_in(context, identity, expires_at))
        }
    }
}

/// Nobody is signed in as the identity, and nobody can be asked.
pub(super) fn not_signed_in(
    context: &Context,
    identity: &Identity,
    ended_at: Option<Timestamp>,
) -> Failure {
    let name = to_plain_text(&identity.name.written);
    let message = match ended_at {
        Some(time) => {
            format!("identity \"{name}\" is not signed in any more: that ended at {time}")
        }
        None => format!("identity \"{name}\" is not signed in"),
    };
    let command = context.command_called("login");
    Failure::failed(message).hint(format!(
        "sign in first: {command} -i {}",
        quote_word(&identity.name.written)
    ))
}
