//! One identity in two columns.

use adieu::remote::TokenStatus;
use adieu::report::{SessionState, WhoamiDocument};
use adieu::world::World;
use jiff::Timestamp;

use crate::ui::printer::{BAD, GOOD, WARN};
use crate::ui::{Failure, Printer, to_plain_text};

/// Prints an identity and its state.
pub(crate) fn print_identity(
    world: &World,
    document: &WhoamiDocument,
    state: SessionState,
    answer: Option<&TokenStatus>,
    login: &str,
    printer: &mut Printer,
) -> Result<(), Failure> {
    let (mark, style) = match state {
        SessionState::Live => ("✓", GOOD),
        SessionState::Unknown => ("✗", WARN),
        SessionState::Expired | SessionState::SignedOut => ("✗", BAD),
    };
    if printer.is_quiet() {
        let name = to_plain_text(&document.identity);
        printer.data(&format!(
            "{style}{mark}{style:#} {name}: {}",
            describe_state(state)
        ))?;
        return Ok(());
    }
    printer.data(&format!(
        "{style}{mark}{style:#} Current Authentication Status"
    ))?;
    printer.data("")?;
    for (name, value) in list_rows(world, document) {
        printer.data(&format!("  {name:<12}  {}", to_plain_text(&value)))?;
    }
    let name = to_plain_text(&document.identity);
    if let Some(TokenStatus::Unknown { why }) = answer {
        printer.warning(
            &format!(
                "{name}: AWS was not heard, so this is from disk: {}",
                to_plain_text(why)
            ),
            Some("--offline does not ask"),
        );
    }
    if state == SessionState::Live {
        return Ok(());
    }
    printer.note("");
    if state == SessionState::Unknown {
        printer.warning(
            &format!("{name}: whether it is signed in could not be told"),
            Some("nothing of it is kept here, or a store cannot be read: adieu status"),
        );
    } else {
        let login = format!("sign in with: {login}");
        let what = match (answer, state) {
            (Some(TokenStatus::Refused), SessionState::SignedOut) => "AWS does not take its keys",
            _ => describe_state(state),
        };
        printer.warning(&format!("{name}: {what}"), Some(&login));
    }
    Ok(())
}

const fn describe_state(state: SessionState) -> &'static str {
    match state {
        SessionState::Live => "signed in",
        SessionState::Expired => "the session has expired",
        SessionState::SignedOut => "signed out",
        SessionState::Unknown => "could not tell",
    }
}

/// What is known, in the order in which Atmos shows it.
fn list_rows(world: &World, document: &WhoamiDocument) -> Vec<(&'static str, String)> {
    let mut rows = Vec::new();
    // What is no identity of Atmos has none.
    if !document.realm.is_empty() {
        let realm = format!("{} ({})", document.realm, document.realm_source);
        rows.push(("Realm", realm));
    }
    let mut row = |name, value: Option<String>| {
        rows.extend(value.filter(|v| !v.is_empty()).map(|value| (name, value)));
    };
    row("Provider", Some(document.provider.clone()));
    row("Identity", Some(document.identity.clone()));
    row("Principal", Some(document.principal.clone()));
    row("Account", document.account.clone());
    if let Some(caller) = &document.caller {
        row("ARN", caller.arn.clone());
        row("User", caller.user.clone());
        row("User ID", Some(caller.user_id.clone()));
    }
    row("Region", document.region.clone());
    row(
        "Expires",
        parse_time(document.expiration.as_deref()).map(|at| {
            let left = if at <= world.now() {
                "expired".to_owned()
            } else {
                super::expiry::describe_expiry(world.now(), Some(at))
            };
            format!("{} ({left})", format_time(at))
        }),
    );
    row(
        "Last Updated",
        parse_time(document.last_updated.as_deref()).map(format_time),
    );
    rows
}

fn parse_time(text: Option<&str>) -> Option<Timestamp> {
    text?.parse().ok()
}

/// `2026-11-21 09:06:13 UTC`.
fn format_time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}
