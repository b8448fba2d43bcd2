//! `adieu revoke --deactivate-keys` of service accounts: keys that are kept here are disabled at Google, by
//! themselves, and it is proven that Google refuses them.

use adieu::io::net::Cancel;
use adieu::login::aws::{NoPerson, Proof, SignIn, reason_of};
use adieu::login::gcp::{ServiceAccountKey, is_key_refused};
use adieu::report::{RetiredKey, RetiredKeysDocument};
use adieu::secret::Secret;

use super::context::Context;
use super::revoke::{begin, explain_failure, note_in_trail, to_step_of_key};
use crate::args::{Output, RevokeArgs};
use crate::questions::Confirmation;
use crate::ui::plain::to_json;
use crate::ui::prompt::{self, Wording};
use crate::ui::{Failure, Printer, to_plain_text};

/// What Google says of a key before anything is done.
enum Good {
    /// It has brought this token.
    With(Secret),
    /// Google does not take it any more.
    No,
    /// Nobody said, or nobody was asked.
    Unknown(String),
}

/// Whether a name is one of a service account.
pub(super) fn is_meant(name: &str) -> bool {
    name.starts_with("gcp:") || name.ends_with(".gserviceaccount.com")
}

/// Runs the command; the exit status.
pub(super) fn run(
    context: &Context,
    arguments: &RevokeArgs,
    typed: &[String],
    cancel: &Cancel,
    printer: &mut Printer,
) -> Result<u8, Failure> {
    let (names, allowed) = begin(context, arguments)?;
    let server = &arguments.server;
    if arguments.delete_keys {
        return Err(
            Failure::usage("keys of service accounts are disabled, and not deleted").hint(
                "say --deactivate-keys; whoever is sure deletes it in the console of Google Cloud",
            ),
        );
    }
    let sign_in = context.adieu.sign_in(&NoPerson, &allowed, cancel);
    let keys = find_keys(&sign_in, &names)?;
    let mut candidates = Vec::new();
    for key in keys {
        let good = if server.dry_run {
            Good::Unknown("a dry run asks nobody".to_owned())
        } else {
            match sign_in.ask_with_service_account_key(&key) {
                Ok(token) => Good::With(token),
                Err(error) if is_key_refused(&error) => Good::No,
                Err(error) => Good::Unknown(reason_of(&error)),
            }
        };
        let said = match &good {
            Good::With(_) => format!(": of {}", key.email),
            Good::No => ": Google does not take it any more".to_owned(),
            Good::Unknown(why) => {
                format!(": whether it is good is not known, because {why}")
            }
        };
        let text = format!(
            "The key that ends with {} ({}){said}",
            tail_of(&key),
            key.place
        );
        printer.note(&to_plain_text(&text));
        candidates.push((key, good));
    }
    let open = candidates
        .iter()
        .filter(|(_, good)| matches!(good, Good::With(_)));
    let open = open.count();
    if open > 0 && !server.force {
        let what = match open {
            1 => "this key".to_owned(),
            _ => format!("these {open} keys"),
        };
        let wording = Wording {
            about: vec![
                "Whatever uses it stops working, here and elsewhere. It can be enabled again in the console of Google Cloud."
                    .to_owned(),
            ],
            ..Wording::of(Confirmation::GoogleKeyDisabling, format!("Disable {what} at Google?"))
        };
        if !prompt::ask_for_confirmation(&wording, printer)? {
            printer.note("Nothing was changed.");
            return Ok(0);
        }
    }
    cancel.begin_work();
    let retired = candidates
        .iter()
        .map(|(key, good)| retire(&sign_in, key, good, server.dry_run));
    let retired: Vec<RetiredKey> = retired.collect();
    cancel.end_work();
    let status = u8::from(retired.iter().any(|key| !key.is_good()));
    if open > 0 {
        let keys = retired.iter();
        let steps = keys.map(|key| to_step_of_key("deactivate", "gcp", "IAM of Google Cloud", key));
        note_in_trail(context, steps.collect(), typed, status, printer);
    }
    if context.global.output == Output::Json {
        printer.raw(&to_json(&RetiredKeysDocument::new(retired, status))?)?;
        return Ok(status);
    }
    for key in &retired {
        printer.data(&to_plain_text(&key.to_line()))?;
    }
    Ok(status)
}

fn find_keys(sign_in: &SignIn<'_>, names: &[&str]) -> Result<Vec<ServiceAccountKey>, Failure> {
    let mut found: Vec<ServiceAccountKey> = Vec::new();
    for &name in names {
        if !is_meant(name) {
            return Err(Failure::usage("keys of one cloud are ended at a time")
                .hint("name those of AWS and of Google Cloud in two commands"));
        }
        let email = name.strip_prefix("gcp:").unwrap_or(name);
        let keys = sign_in.keys_of_service_account(email);
        let keys =
            keys.map_err(|error| Failure::failed("the keys could not be read").because(&error))?;
        if keys.is_empty() {
            let shown = to_plain_text(email);
            return Err(Failure::usage(format!("\"{shown}\" has no key here"))
                .hint("see what there is: adieu status gcp"));
        }
        for key in keys {
            if !found.iter().any(|known| known.id == key.id) {
                found.push(key);
            }
        }
    }
    Ok(found)
}

/// Disables one key, and asks whether Google refuses it.
fn retire(
    sign_in: &SignIn<'_>,
    key: &ServiceAccountKey,
    good: &Good,
    is_preview: bool,
) -> RetiredKey {
    let result = |outcome, reason: String, proof| RetiredKey {
        identity: key.email.clone(),
        key: tail_of(key),
        place: key.place.clone(),
        arn: Some(key.email.clone()),
        last_used: None,
        outcome,
        reason,
        proof,
    };
    let token = match good {
        _ if is_preview => return result("kept", "it would be disabled".to_owned(), None),
        Good::With(token) => token,
        Good::No => {
            let reason = "Google does not take it any more".to_owned();
            return result("absent", reason, None);
        }
        Good::Unknown(why) => {
            let reason = format!("it was not disabled, because it brought no token: {why}");
            return result("failed", reason, None);
        }
    };
    if let Err(error) = sign_in.disable_service_account_key(key, token) {
        return result("failed", explain_failure(&error), None);
    }
    match sign_in.prove_key_disabled(key) {
        Proof::Refused => result(
            "revoked",
            "Google refuses it now".to_owned(),
            Some("refused"),
        ),
        Proof::StillTaken => {
            let reason = "Google said yes, and still takes it a few seconds later; ask again: adieu revoke, or look in the console";
            result("failed", reason.to_owned(), Some("accepted"))
        }
        Proof::Unknown(why) => {
            let reason =
                format!("Google said yes; whether it refuses it is not known, because {why}");
            result("revoked", reason, Some("unknown"))
        }
    }
}

/// The last four characters of a key's id.
fn tail_of(key: &ServiceAccountKey) -> String {
    let skipped = key.id.chars().count().saturating_sub(4);
    key.id.chars().skip(skipped).collect()
}
