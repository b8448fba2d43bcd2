//! `adieu revoke --deactivate-keys` and `--delete-keys`: long-lived keys of IAM users are ended at AWS, by
//! the keys themselves, and it is proven that AWS refuses them.

use adieu::atmos::config::IdentityKind;
use adieu::io::net::Cancel;
use adieu::login::aws::{
    LastUse, NoPerson, Proof, Retirement, SignIn, SignInError, UserKey, reason_of,
};
use adieu::report::{RetiredKey, RetiredKeysDocument};
use adieu::shell::quote_word;

use super::context::Context;
use super::revoke::{begin, note_in_trail, to_step_of_key};
use super::{identity, revoke_google_keys};
use crate::args::{Output, RevokeArgs};
use crate::questions::Confirmation;
use crate::ui::plain::to_json;
use crate::ui::prompt::{self, Wording};
use crate::ui::{Failure, Printer, to_plain_text};

/// A key with what AWS says of it.
struct Candidate {
    /// The name that was typed.
    name: String,
    key: UserKey,
    /// Whose it is: the ARN, if AWS said it.
    owner: Option<String>,
    /// Why AWS did not say whose it is.
    unknown: Option<String>,
    is_refused: bool,
    last_use: Result<LastUse, String>,
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
    if names.iter().any(|name| revoke_google_keys::is_meant(name)) {
        return revoke_google_keys::run(context, arguments, typed, cancel, printer);
    }
    let how = if arguments.delete_keys {
        Retirement::Delete
    } else {
        Retirement::Deactivate
    };
    let sign_in = context.adieu.sign_in(&NoPerson, &allowed, cancel);
    let keys = find_keys(context, &sign_in, arguments, &names)?;
    let candidates: Vec<Candidate> = keys
        .into_iter()
        .map(|(name, key)| {
            if arguments.server.dry_run {
                not_asked(name, key)
            } else {
                ask_about(&sign_in, name, key)
            }
        })
        .collect();
    for candidate in &candidates {
        for line in describe(candidate) {
            printer.note(&line);
        }
    }
    let is_left = |candidate: &&Candidate| !candidate.is_refused;
    let open = candidates.iter().filter(is_left).count();
    if open > 0 && !arguments.server.dry_run && !arguments.server.force {
        let wording = ask_whether(how, open);
        if !prompt::ask_for_confirmation(&wording, printer)? {
            printer.note("Nothing was changed.");
            return Ok(0);
        }
    }
    cancel.begin_work();
    let mut retired = Vec::new();
    for candidate in &candidates {
        retired.push(if candidate.is_refused {
            to_result(candidate, "absent", "AWS does not take it any more", None)
        } else if arguments.server.dry_run {
            let word = match how {
                Retirement::Deactivate => "it would be deactivated",
                Retirement::Delete => "it would be deleted",
            };
            to_result(candidate, "kept", word, None)
        } else {
            retire(&sign_in, candidate, how)
        });
    }
    cancel.end_work();
    let status = u8::from(retired.iter().any(|key| !key.is_good()));
    if !arguments.server.dry_run && open > 0 {
        let action = match how {
            Retirement::Deactivate => "deactivate",
            Retirement::Delete => "delete",
        };
        let steps = retired
            .iter()
            .map(|key| to_step_of_key(action, "aws", "IAM", key));
        note_in_trail(context, steps.collect(), typed, status, printer);
    }
    if context.global.output == Output::Json {
        printer.raw(&to_json(&RetiredKeysDocument::new(retired, status))?)?;
        return Ok(status);
    }
    for key in &retired {
        printer.data(&to_plain_text(&key.to_line()))?;
    }
    if how == Retirement::Delete && status == 0 && !arguments.server.dry_run && !printer.is_quiet()
    {
        for candidate in candidates.iter().filter(is_left) {
            printer.note(&format!(
                "hint: it is still kept here: adieu logout {} --keychain",
                quote_word(&candidate.name)
            ));
        }
    }
    Ok(status)
}

/// The keys that are meant: of configured users, and of the AWS CLI's profiles.
fn find_keys(
    context: &Context,
    sign_in: &SignIn<'_>,
    arguments: &RevokeArgs,
    names: &[&str],
) -> Result<Vec<(String, UserKey)>, Failure> {
    let target = &arguments.target;
    if names.is_empty() || target.all || target.provider.is_some() {
        return Err(Failure::usage("keys are ended one by one, by name")
            .hint("name an identity of kind aws/user, or a profile of ~/.aws/credentials"));
    }
    // A preview opens no key store.
    let is_preview = arguments.server.dry_run;
    let mut found: Vec<(String, UserKey)> = Vec::new();
    for &name in names {
        let graph = &context.adieu.identity_graph;
        let is_configured = !graph.identities_called(name).found.is_empty();
        let profile = name.strip_prefix("aws:").unwrap_or(name);
        let mut keys = Vec::new();
        let unread =
            |error: SignInError| Failure::failed("the keys could not be read").because(&error);
        if is_configured {
            let identity = identity::find_by_name(context, name)?;
            if identity.kind == IdentityKind::AwsUser {
                keys.extend(
                    sign_in
                        .user_keys_of(identity, !is_preview)
                        .map_err(unread)?,
                );
            }
        } else {
            keys.extend(sign_in.profile_key(profile).map_err(unread)?);
        }
        if keys.is_empty() {
            let shown = to_plain_text(name);
            if is_preview && is_configured {
                return Err(Failure::usage(format!("\"{shown}\" has no long-lived key in atmos.yaml"))
                    .hint("a dry run opens no key store: if its key is there, leave --dry-run out; it asks first"));
            }
            return Err(
                Failure::usage(format!("\"{shown}\" has no long-lived key here")).hint(
                    "see what there is: adieu status aws; sessions are ended by: adieu revoke NAME",
                ),
            );
        }
        for key in keys {
            let id = &key.keys.access_key_id;
            // One key, however many places it is kept at.
            if !found
                .iter()
                .any(|(_, known)| known.keys.access_key_id == *id)
            {
                found.push((name.to_owned(), key));
            }
        }
    }
    Ok(found)
}

fn ask_about(sign_in: &SignIn<'_>, name: String, key: UserKey) -> Candidate {
    // First: every other question would be a use itself.
    let last_use = sign_in.find_last_use(&key.keys);
    let (mut owner, mut unknown, mut is_refused) = (None, None, false);
    match sign_in.find_caller(&key.keys, None) {
        Ok(caller) => owner = Some(caller.arn),
        Err(error) if error.refuses_keys() => is_refused = true,
        Err(error) => unknown = Some(reason_of(&error)),
    }
    let last_use = last_use.map_err(|error| reason_of(&error));
    Candidate {
        name,
        key,
        owner,
        unknown,
        is_refused,
        last_use,
    }
}

/// A key that nobody is asked about: a preview uses no network.
fn not_asked(name: String, key: UserKey) -> Candidate {
    let why = "a dry run asks nobody";
    Candidate {
        name,
        key,
        owner: None,
        unknown: Some(why.to_owned()),
        is_refused: false,
        last_use: Err(why.to_owned()),
    }
}

/// What is known of a key, before anything is done.
fn describe(candidate: &Candidate) -> Vec<String> {
    let tail = tail_of(candidate);
    let mut lines = vec![format!(
        "The key that ends with {tail} ({})",
        to_plain_text(&candidate.key.place)
    )];
    if candidate.is_refused {
        lines.push("  AWS does not take it any more".to_owned());
        return lines;
    }
    if let Some(owner) = &candidate.owner {
        lines.push(format!("  whose: {}", to_plain_text(owner)));
    }
    if let Some(why) = &candidate.unknown {
        lines.push(format!(
            "  whose: not known, because {}",
            to_plain_text(why)
        ));
    }
    lines.push(match &candidate.last_use {
        Ok(LastUse { at: None, .. }) => "  last used: never".to_owned(),
        Ok(LastUse {
            at: Some(at),
            service,
            region,
        }) => format!(
            "  last used: {} ({} in {})",
            at.strftime("%Y-%m-%d %H:%M UTC"),
            to_plain_text(service),
            to_plain_text(region)
        ),
        Err(why) => format!("  last used: not known, because {}", to_plain_text(why)),
    });
    lines
}

fn ask_whether(how: Retirement, number: usize) -> Wording {
    let (asks, deed, after) = match how {
        Retirement::Deactivate => (
            Confirmation::KeyDeactivation,
            "Deactivate",
            "Whatever uses it stops working, here and elsewhere. It can be set active again in the console of IAM.",
        ),
        Retirement::Delete => (
            Confirmation::KeyDeletion,
            "Delete",
            "Whatever uses it stops working, here and elsewhere. It cannot be had again.",
        ),
    };
    let what = match number {
        1 => "this key".to_owned(),
        _ => format!("these {number} keys"),
    };
    Wording {
        about: vec![after.to_owned()],
        ..Wording::of(asks, format!("{deed} {what} at AWS?"))
    }
}

/// Ends one key, and asks whether AWS refuses it.
fn retire(sign_in: &SignIn<'_>, candidate: &Candidate, how: Retirement) -> RetiredKey {
    let keys = &candidate.key.keys;
    if let Err(error) = sign_in.retire_key(keys, how) {
        return to_result(candidate, "failed", &reason_of(&error), None);
    }
    match sign_in.prove_retired(keys) {
        Proof::Refused => to_result(candidate, "revoked", "AWS refuses it now", Some("refused")),
        Proof::StillTaken => to_result(
            candidate,
            "failed",
            "AWS said yes, and still takes it a few seconds later; ask again: adieu revoke, or look in the console of IAM",
            Some("accepted"),
        ),
        Proof::Unknown(why) => to_result(
            candidate,
            "revoked",
            &format!("AWS said yes; whether it refuses it is not known, because {why}"),
            Some("unknown"),
        ),
    }
}

/// The last four characters of a key's id.
fn tail_of(candidate: &Candidate) -> String {
    let id = &candidate.key.keys.access_key_id;
    let skipped = id.chars().count().saturating_sub(4);
    to_plain_text(&id.chars().skip(skipped).collect::<String>()).into_owned()
}

fn to_result(
    candidate: &Candidate,
    outcome: &'static str,
    reason: &str,
    proof: Option<&'static str>,
) -> RetiredKey {
    RetiredKey {
        identity: candidate.name.clone(),
        key: tail_of(candidate),
        place: candidate.key.place.clone(),
        arn: candidate.owner.clone(),
        last_used: candidate
            .last_use
            .as_ref()
            .ok()
            .and_then(|last| last.at)
            .map(|at| at.to_string()),
        outcome,
        reason: reason.to_owned(),
        proof,
    }
}
