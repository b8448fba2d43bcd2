//! `adieu revoke --everywhere`: every sign-in of a person at Microsoft Entra ends, on all devices. No other call of
//! Entra's ends what a public client was given.

use adieu::atmos::config::IdentityKind;
use adieu::audit::RecordedStep;
use adieu::io::net::Cancel;
use adieu::login::aws::{NoPerson, Proof, SignIn, SignInError};
use adieu::login::azure::AzurePerson;
use adieu::report::{EndedPerson, EverywhereDocument};
use adieu::shell::quote_word;

use super::context::Context;
use super::identity;
use super::revoke::{begin, explain_failure, note_in_trail};
use crate::args::{Output, RevokeArgs};
use crate::questions::Confirmation;
use crate::ui::plain::to_json;
use crate::ui::prompt::{self, Wording};
use crate::ui::{Failure, Printer, to_plain_text};

/// Runs the command; the exit status.
pub(super) fn run(
    context: &Context,
    arguments: &RevokeArgs,
    typed: &[String],
    cancel: &Cancel,
    printer: &mut Printer,
) -> Result<u8, Failure> {
    let (names, allowed) = begin(context, arguments)?;
    let target = &arguments.target;
    if names.is_empty() || target.all || target.provider.is_some() {
        return Err(
            Failure::usage("sign-ins are ended everywhere person by person, by name")
                .hint("name an identity of Azure, or who is signed in with the Azure CLI: adieu status azure"),
        );
    }
    let mut sign_in = context.adieu.sign_in(&NoPerson, &allowed, cancel);
    sign_in.may_ask = false;
    let people = find_people(context, &sign_in, &names)?;
    for (_, person) in &people {
        printer.note(&to_plain_text(&format!(
            "{}, signed in here by {}",
            person.username, person.place
        )));
    }
    printer.note(
        "It ends every sign-in at Microsoft: on all devices, in all browsers and apps (mail, chat, phones), not only \
         here. Access tokens that were handed out before last for up to an hour.",
    );
    let server = &arguments.server;
    if !server.dry_run && !server.force {
        let question = match people.len() {
            1 => "End all sign-ins of this person, on all devices?".to_owned(),
            number => format!("End all sign-ins of these {number} people, on all devices?"),
        };
        let wording = Wording::of(Confirmation::EndEverywhere, question);
        if !prompt::ask_for_confirmation(&wording, printer)? {
            printer.note("Nothing was changed.");
            return Ok(0);
        }
    }
    cancel.begin_work();
    let ended = people.iter().map(|(name, person)| {
        let (outcome, reason, proof) = if server.dry_run {
            ("kept", "it would be ended everywhere".to_owned(), None)
        } else {
            end(&sign_in, person)
        };
        EndedPerson {
            name: name.clone(),
            user: person.username.clone(),
            place: person.place.clone(),
            outcome,
            reason,
            proof,
        }
    });
    let ended: Vec<EndedPerson> = ended.collect();
    cancel.end_work();
    let status = u8::from(ended.iter().any(|person| person.outcome == "failed"));
    if !server.dry_run {
        record(context, &ended, typed, status, printer);
    }
    if context.global.output == Output::Json {
        printer.raw(&to_json(&EverywhereDocument::new(ended, status))?)?;
        return Ok(status);
    }
    for person in &ended {
        printer.data(&to_plain_text(&person.to_line()))?;
    }
    if status == 0 && !server.dry_run && !printer.is_quiet() {
        for (name, _) in &people {
            printer.note(&format!(
                "hint: its files are still here: adieu logout {}",
                quote_word(name)
            ));
        }
    }
    Ok(status)
}

/// Who is meant: who signed in as an identity, else who of this name is in the Azure CLI's files. One person
/// once.
fn find_people(
    context: &Context,
    sign_in: &SignIn<'_>,
    names: &[&str],
) -> Result<Vec<(String, AzurePerson)>, Failure> {
    let mut people: Vec<(String, AzurePerson)> = Vec::new();
    for &name in names {
        let shown = to_plain_text(name);
        let unread =
            |error: SignInError| Failure::failed("the sign-in could not be read").because(&error);
        let graph = &context.adieu.identity_graph;
        let found = if graph.identities_called(name).found.is_empty() {
            let user = name.strip_prefix("azure:").unwrap_or(name);
            sign_in.people_of_azure_cli(user).map_err(unread)?
        } else {
            let identity = identity::find_by_name(context, name)?;
            if identity.kind != IdentityKind::AzureSubscription {
                let kind = to_plain_text(identity.kind.id());
                return Err(Failure::usage(format!(
                    "\"{shown}\" is of kind {kind}, and only sign-ins at Microsoft are ended everywhere"
                ))
                .hint("end what is here: adieu revoke NAME"));
            }
            let person = sign_in.person_of_azure(identity).map_err(unread)?;
            person.into_iter().collect()
        };
        if found.is_empty() {
            return Err(Failure::usage(format!(
                "nobody is signed in at Microsoft here as \"{shown}\", so nobody can ask for it"
            ))
            .hint("see who is: adieu status azure; or sign out everywhere at https://mysignins.microsoft.com/security-info"));
        }
        for person in found {
            if !people
                .iter()
                .any(|(_, known)| known.account == person.account)
            {
                people.push((name.to_owned(), person));
            }
        }
    }
    Ok(people)
}

/// Ends the sign-ins of a person, and asks whether the one here is refused.
fn end(sign_in: &SignIn<'_>, person: &AzurePerson) -> (&'static str, String, Option<&'static str>) {
    if let Err(error) = sign_in.end_everywhere(person) {
        return ("failed", explain_failure(&error), None);
    }
    match sign_in.prove_ended_everywhere(person) {
        Proof::Refused => (
            "revoked",
            "all sign-ins have ended, and Microsoft refuses the one here now".to_owned(),
            Some("refused"),
        ),
        Proof::StillTaken => (
            "revoked",
            "Microsoft said yes; the one here is still taken, which can last for some minutes"
                .to_owned(),
            Some("accepted"),
        ),
        Proof::Unknown(why) => (
            "revoked",
            format!(
                "Microsoft said yes; whether the one here is refused is not known, because {why}"
            ),
            Some("unknown"),
        ),
    }
}

/// Writes the run into the trail.
fn record(
    context: &Context,
    ended: &[EndedPerson],
    typed: &[String],
    status: u8,
    printer: &mut Printer,
) {
    let steps = ended.iter().map(|person| RecordedStep {
        action: "revoke".to_owned(),
        kind: "server".to_owned(),
        location: format!("Microsoft Graph, all sign-ins of {}", person.user),
        identity: Some(person.name.clone()),
        provider: None,
        system: "azure".to_owned(),
        outcome: person.outcome.to_owned(),
        reason: Some(person.reason.clone()),
    });
    note_in_trail(context, steps.collect(), typed, status, printer);
}
