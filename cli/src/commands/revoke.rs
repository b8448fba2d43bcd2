//! What `adieu revoke --deactivate-keys`, `--delete-keys`, `--everywhere` and `--revoke-role-sessions` have in
//! common: how they begin, and what they leave in the trail.

use adieu::audit::{self, RecordedStep, Run};
use adieu::io::process::user_id;
use adieu::login::aws::{SignInError, reason_of};
use adieu::remote::TrustedHost;
use adieu::report::RetiredKey;

use super::context::Context;
use super::exec::require_own_home;
use super::trusted;
use crate::args::RevokeArgs;
use crate::ui::{Failure, Printer};

/// The names that were typed, and the hosts that the person lets keys go to.
pub(super) fn begin<'a>(
    context: &Context,
    arguments: &'a RevokeArgs,
) -> Result<(Vec<&'a str>, Vec<TrustedHost>), Failure> {
    require_own_home(&context.global, "revoke")?;
    let target = &arguments.target;
    let names = target.identities.iter().chain(&target.chosen);
    let allowed = trusted::parse_hosts(&arguments.server.allow_endpoint)?;
    Ok((names.map(String::as_str).collect(), allowed))
}

/// Why a server did not do it, with what helps.
pub(super) fn explain_failure(error: &SignInError) -> String {
    match error.hint() {
        Some(hint) => format!("{}; {hint}", reason_of(error)),
        None => reason_of(error),
    }
}

/// What the trail says of a key that was ended at `service`, such as `IAM`.
pub(super) fn to_step_of_key(
    action: &str,
    system: &str,
    service: &str,
    key: &RetiredKey,
) -> RecordedStep {
    RecordedStep {
        action: action.to_owned(),
        kind: "server".to_owned(),
        location: format!("{service}, key that ends with {}", key.key),
        identity: Some(key.identity.clone()),
        provider: None,
        system: system.to_owned(),
        outcome: key.outcome.to_owned(),
        reason: Some(key.reason.clone()),
    }
}

/// Appends a record of what was done at a server; a failure is said.
pub(super) fn note_in_trail(
    context: &Context,
    steps: Vec<RecordedStep>,
    typed: &[String],
    status: u8,
    printer: &mut Printer,
) {
    let run = Run {
        command: typed,
        uid: user_id(),
    };
    let (world, files) = (&context.adieu.world, &context.adieu.files);
    if let Err(error) = audit::append_deeds(world, files, steps, status, run) {
        printer.warning(
            &format!("it is not in the audit trail: {error}"),
            Some("see why: adieu audit verify"),
        );
    }
}
