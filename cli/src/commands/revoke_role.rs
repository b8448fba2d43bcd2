//! `adieu revoke --revoke-role-sessions`: everything is denied to sessions of a role that began before now,
//! whoever began them.

use adieu::atmos::config::{Identity, IdentityKind};
use adieu::audit::RecordedStep;
use adieu::io::net::Cancel;
use adieu::login::aws::{
    NoPerson, OLDER_SESSIONS_POLICY, Proof, build_older_sessions_policy, reason_of,
};
use adieu::report::{RoleDenial, RoleDenialDocument};

use super::context::Context;
use super::identity;
use super::revoke::{begin, note_in_trail};
use super::sign_in::to_failure;
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
    let [name] = names.as_slice() else {
        return Err(Failure::usage("sessions of one role are denied at a time")
            .hint("name one identity of kind aws/assume-role"));
    };
    let identity = identity::find_by_name(context, name)?;
    let role = find_role(identity)?;
    let actor = match &arguments.by {
        Some(by) => identity::find_by_name(context, by)?,
        None => identity,
    };
    let mut sign_in = context.adieu.sign_in(&NoPerson, &allowed, cancel);
    sign_in.may_ask = false;
    let policy = build_older_sessions_policy(context.adieu.world.now());
    let affected = list_affected(context, identity);
    let arn = to_plain_text(role.arn).into_owned();
    printer.note(&format!(
        "The role {arn} gets the policy {OLDER_SESSIONS_POLICY}:"
    ));
    printer.note_unbroken(&format!("  {policy}"));
    printer.note(
        "It hits every session of the role that began before now, not only yours: other people, \
         services and pipelines that work as it. Who assumes the role afterwards is not hit.",
    );
    if !affected.is_empty() {
        printer.note(&format!(
            "Of atmos.yaml it hits: {}",
            to_plain_text(&affected.join(", "))
        ));
    }
    if !arguments.server.dry_run && !arguments.server.force {
        let question = "Deny everything to these sessions?";
        let wording = Wording::of(Confirmation::RoleDenial, question);
        if !prompt::ask_for_confirmation(&wording, printer)? {
            printer.note("Nothing was changed.");
            return Ok(0);
        }
    }
    let (outcome, reason, proof) = if arguments.server.dry_run {
        ("kept", "it would be denied".to_owned(), None)
    } else {
        // What signs it is had before: afterwards it may be denied itself.
        let keys = sign_in.keys_of(actor);
        let keys = keys.map_err(|error| to_failure(context, actor, &error))?;
        cancel.begin_work();
        let put = sign_in.deny_older_sessions(&keys, role.name, &policy);
        let result = if let Err(error) = put {
            ("failed", reason_of(&error), None)
        } else {
            // Only a session of the role itself is refused.
            let own = sign_in.keys_on_disk(identity).ok().flatten();
            judge_proof(own.map(|own| sign_in.prove_denied(&own, role.name)))
        };
        cancel.end_work();
        result
    };
    let status = u8::from(outcome == "failed");
    if !arguments.server.dry_run {
        let step = RecordedStep {
            action: "deny".to_owned(),
            kind: "server".to_owned(),
            location: role.arn.to_owned(),
            identity: Some(identity.name.written.clone()),
            provider: None,
            system: "aws".to_owned(),
            outcome: outcome.to_owned(),
            reason: Some(reason.clone()),
        };
        note_in_trail(context, vec![step], typed, status, printer);
    }
    if context.global.output == Output::Json {
        let denial = RoleDenial {
            identity: identity.name.written.clone(),
            role: role.arn.to_owned(),
            policy,
            affected,
            outcome,
            reason,
            proof,
        };
        printer.raw(&to_json(&RoleDenialDocument::new(denial, status))?)?;
        return Ok(status);
    }
    let mark = match outcome {
        "revoked" => "✓",
        "failed" => "✗",
        _ => "•",
    };
    printer.data(&to_plain_text(&format!("{mark} {}: {reason}", role.arn)))?;
    Ok(status)
}

/// What came of it, by what an older session heard.
fn judge_proof(proof: Option<Proof>) -> (&'static str, String, Option<&'static str>) {
    match proof {
        Some(Proof::Refused) => (
            "revoked",
            "a session that began before is refused now".to_owned(),
            Some("refused"),
        ),
        Some(Proof::StillTaken) => (
            "failed",
            "AWS said yes, and still lets an older session work a few seconds later".to_owned(),
            Some("accepted"),
        ),
        Some(Proof::Unknown(why)) => (
            "revoked",
            format!("AWS said yes; whether older sessions are refused is not known, because {why}"),
            Some("unknown"),
        ),
        None => (
            "revoked",
            "AWS said yes; there is no older session here to ask with".to_owned(),
            None,
        ),
    }
}

/// A role by its ARN and its name.
struct Role<'a> {
    arn: &'a str,
    name: &'a str,
}

fn find_role(identity: &Identity) -> Result<Role<'_>, Failure> {
    let shown = to_plain_text(&identity.name.written).into_owned();
    if identity.kind == IdentityKind::AwsPermissionSet {
        return Err(Failure::usage(format!(
            "the role of \"{shown}\" is a permission set's, which only IAM Identity Center changes"
        ))
        .hint(
            "end its portal session instead: adieu revoke --provider NAME; keys that were issued end \
             by themselves",
        ));
    }
    let role = identity.assume_role().and_then(|arn| {
        let (_, path) = arn.split_once(":role/")?;
        let name = path.rsplit('/').next()?;
        Some(Role { arn, name })
    });
    role.ok_or_else(|| {
        Failure::usage(format!(
            "\"{shown}\" has no role whose sessions could be denied"
        ))
        .hint("name an identity of kind aws/assume-role")
    })
}

/// Who of the configuration works as the role, or by way of it.
fn list_affected(context: &Context, identity: &Identity) -> Vec<String> {
    let auth = &context.adieu.configuration.auth;
    let graph = &context.adieu.identity_graph;
    let role = identity.assume_role();
    let is_hit = |other: &&Identity| {
        let chain = graph.chain(&other.name.key);
        chain.iter().any(|link| {
            let link = auth.identity(link);
            link.is_some_and(|link| link.assume_role().is_some() && link.assume_role() == role)
        })
    };
    let hit = auth.identities.iter().filter(is_hit);
    hit.map(|identity| identity.name.written.clone()).collect()
}
