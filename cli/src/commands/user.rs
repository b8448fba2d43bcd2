//! `adieu auth user configure`: an IAM user's access key is put into the key store, where Atmos and adieu
//! look for it.
//!
//! Keys are typed without being shown, or come from standard input; none is ever an argument.

use std::time::Duration;

use adieu::atmos::config::{Identity, IdentityKind, duration_seconds};
use adieu::io::net::Cancel;
use adieu::login::aws::{NewUserKey, NoPerson, TotpSeed};
use adieu::secret::Secret;
use serde::Deserialize;

use super::context::Context;
use super::exec::require_own_home;
use super::identity;
use crate::args::{ASK, UserConfigureArgs};
use crate::process;
use crate::ui::{Failure, Printer, prompt, to_plain_text};

/// Most bytes of a piped answer, and how long it may take.
const LIMIT: u64 = 64 << 10;
const PATIENCE: Duration = Duration::from_mins(1);

/// What `aws iam create-access-key` prints.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Created {
    access_key: CreatedKey,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct CreatedKey {
    access_key_id: String,
    secret_access_key: String,
}

/// Runs the command; the exit status.
pub(crate) fn configure(
    context: &Context,
    arguments: &UserConfigureArgs,
    cancel: &Cancel,
    printer: &mut Printer,
) -> Result<u8, Failure> {
    require_own_home(&context.global, "user configure")?;
    let identity = find_user(context, arguments, printer)?;
    let name = to_plain_text(&identity.name.written).into_owned();
    if let Some(duration) = &arguments.session_duration
        && duration_seconds(duration).is_none()
    {
        return Err(Failure::usage("--session-duration is no time").hint("such as 12h or 3600"));
    }
    note_fixed(identity, printer);
    let (id, secret, seed) = if arguments.stdin {
        read_piped(arguments, cancel)?
    } else {
        ask(&name, arguments, printer)?
    };
    if let Some(seed) = &seed
        && TotpSeed::parse(seed).is_none()
    {
        return Err(Failure::usage("this is no seed of an MFA device")
            .hint("it is the Base32 text that IAM shows beside the picture"));
    }
    let configured = || identity.mfa_arn().map(str::to_owned);
    if seed.is_some() && arguments.mfa_arn.is_none() && configured().is_none() {
        return Err(Failure::usage("a seed is of a device, and none is named")
            .hint("name it: --mfa-arn ARN"));
    }
    let key = NewUserKey {
        access_key_id: id.expose().trim().to_owned(),
        secret_access_key: Secret::new(secret.expose().trim().to_owned()),
        region: identity.credentials_region().map(str::to_owned),
        mfa_serial: arguments.mfa_arn.clone().or_else(configured),
        duration: arguments.session_duration.clone(),
        seed,
    };
    let sign_in = context.adieu.sign_in(&NoPerson, &[], cancel);
    let store = sign_in.store_user_key(identity, &key).map_err(|error| {
        Failure::failed(format!("the access key of \"{name}\" was not saved")).because(&error)
    })?;
    printer.data(&format!("Saved credentials to keyring: {name}"))?;
    if !printer.is_quiet() {
        printer.note(&format!(
            "They are in the {store}, and stay there after a logout; adieu auth logout {} --keychain \
             takes them away.",
            adieu::shell::quote_word(&identity.name.written)
        ));
        if key.seed.is_some() {
            printer.warning(
                "the key and the seed of its MFA device are in one place now",
                Some("who opens it needs no device any more"),
            );
        }
    }
    Ok(0)
}

/// The user that is meant; the only one, if nobody is named.
fn find_user<'a>(
    context: &'a Context,
    arguments: &UserConfigureArgs,
    printer: &Printer,
) -> Result<&'a Identity, Failure> {
    let is_user = |identity: &&Identity| identity.kind == IdentityKind::AwsUser;
    let named = arguments
        .named
        .as_deref()
        .or(arguments.identity.chosen.as_deref());
    if let Some(name) = named.filter(|name| *name != ASK) {
        let identity = identity::find_by_name(context, name)?;
        if !is_user(&identity) {
            let shown = to_plain_text(name);
            let kind = to_plain_text(identity.kind.id()).into_owned();
            return Err(
                Failure::usage(format!("identity \"{shown}\" is of kind {kind}"))
                    .hint("only identities of kind aws/user have keys of their own"),
            );
        }
        return Ok(identity);
    }
    let identities = context.adieu.configuration.auth.identities.iter();
    let users: Vec<&Identity> = identities.filter(is_user).collect();
    let list_users = || {
        let all = users.iter();
        all.map(|user| to_plain_text(&user.name.written).into_owned())
    };
    match users.as_slice() {
        [] => Err(Failure::usage("no identity of kind aws/user is configured")
            .hint("configure one in atmos.yaml")),
        [one] if named.is_none() => Ok(one),
        _ if !printer.can_prompt() => {
            Err(
                Failure::usage(format!("no identity given, and {}", printer.why_unasked())).hint(
                    format!("use one of {}", list_users().collect::<Vec<_>>().join(", ")),
                ),
            )
        }
        _ => {
            let chosen = prompt::choose_option("Select an AWS user:", list_users().collect(), &[])?;
            chosen
                .and_then(|at| users.get(at).copied())
                .ok_or_else(Failure::interrupted)
        }
    }
}

/// What `atmos.yaml` says itself comes before what is typed here.
fn note_fixed(identity: &Identity, printer: &mut Printer) {
    for (path, word) in [
        ("access_key_id", "access key ID"),
        ("secret_access_key", "secret access key"),
        ("mfa_arn", "MFA device"),
    ] {
        if identity.settings.at(&["credentials", path]).is_some() {
            printer.note(&format!(
                "The {word} is in atmos.yaml (credentials.{path}), which comes first."
            ));
        }
    }
}

type Typed = (Secret, Secret, Option<Secret>);

fn ask(name: &str, arguments: &UserConfigureArgs, printer: &Printer) -> Result<Typed, Failure> {
    if !printer.can_prompt() {
        return Err(Failure::usage(format!(
            "the key has to be typed, and {}",
            printer.why_unasked()
        ))
        .hint("hand it over with --stdin: two lines, or what `aws iam create-access-key` prints"));
    }
    let id = ask_for(&format!("Access key ID of \"{name}\":"))?;
    let secret = ask_for(&format!("Secret access key of \"{name}\":"))?;
    let seed = if arguments.totp {
        Some(ask_for("Seed of the MFA device (Base32):")?)
    } else {
        None
    };
    Ok((id, secret, seed))
}

/// What was typed. Half of a key is none, so that nothing is saved where a question was passed over.
fn ask_for(question: &str) -> Result<Secret, Failure> {
    let typed = prompt::ask_secret(question)?;
    if typed.expose().trim().is_empty() {
        return Err(Failure::usage("nothing was typed, so nothing was saved"));
    }
    Ok(typed)
}

/// Two lines, and a third one with the seed; or the document of the real client.
fn read_piped(arguments: &UserConfigureArgs, cancel: &Cancel) -> Result<Typed, Failure> {
    let nothing = || {
        Failure::usage("standard input brings no access key").hint(
            "two lines, the id and the secret key, or what `aws iam create-access-key` prints",
        )
    };
    let piped = process::read_pipe(LIMIT, PATIENCE, cancel).and_then(Secret::from_utf8);
    let text = piped.ok_or_else(nothing)?;
    if text.expose().trim_start().starts_with('{') {
        let created: Created = serde_json::from_str(text.expose()).map_err(|_| nothing())?;
        let key = created.access_key;
        let secret = Secret::new(key.secret_access_key);
        return Ok((Secret::new(key.access_key_id), secret, None));
    }
    let mut lines = text.expose().lines().map(str::trim);
    let mut next = || {
        let line = lines.next().filter(|line| !line.is_empty());
        line.map(|line| Secret::new(line.to_owned()))
    };
    let (id, secret) = (next().ok_or_else(nothing)?, next().ok_or_else(nothing)?);
    let seed = if arguments.totp {
        Some(next().ok_or_else(|| Failure::usage("the third line has no seed"))?)
    } else {
        None
    };
    Ok((id, secret, seed))
}
