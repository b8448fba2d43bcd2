//! `adieu switch TOOL`: log out, sign in with the tool's own client, look who it is now.

use std::borrow::Cow;

use adieu::inventory::Account;
use adieu::io::net::Cancel;
use adieu::report::{Report, Session, SignInDocument, logout_json};
use adieu::selector::{find_matches, is_same_name};
use adieu::systems::System;

use super::context::Context;
use super::login::{
    attend_client, find_client, find_tool, format_account, look_at_machine, not_signed_in,
    require_effect, signed_in,
};
use super::{Scope, logout};
use crate::args::{LogoutArgs, Output, ServerArgs, SwitchArgs, TargetArgs};
use crate::ui::plain::to_json;
use crate::ui::{Failure, Printer};

/// Runs the command; the exit status.
pub(crate) fn run(
    context: &Context,
    arguments: &SwitchArgs,
    typed: &[String],
    cancel: &Cancel,
    printer: &mut Printer,
) -> Result<u8, Failure> {
    let (name, account) = match arguments.tool.split_once(':') {
        Some((name, account)) => (name, Some(account)),
        None => (arguments.tool.as_str(), None),
    };
    let system = find_tool(name)?;
    let program = find_client(context, system, &arguments.words)?;
    let before = look_at_machine(context);
    require_effect(context, system, &before, arguments.force, printer)?;
    let old = find_replaced_session(context, system, account)?;
    let mut left = None;
    if let Some(old) = &old {
        let report = logout::attempt_logout(
            context,
            &LogoutArgs {
                target: TargetArgs {
                    identities: vec![format!("{}:{old}", system.id(), old = name_of(old))],
                    ..TargetArgs::default()
                },
                server: ServerArgs {
                    timeout: arguments.timeout,
                    ..ServerArgs::default()
                },
                no_revoke: arguments.no_revoke,
                ..LogoutArgs::default()
            },
            Scope::Machine,
            typed,
            false,
            cancel,
            printer,
        )?;
        // Whoever keeps the old login wants no new one in its place.
        let Some(report) = report else {
            return Ok(0);
        };
        let is_left = || {
            signed_in(context, system)
                .iter()
                .any(|now| is_same(now, old))
        };
        if cancel.is_set() {
            return Ok(130);
        }
        if report.exit_status != 0 && is_left() && !arguments.force {
            return Err(Failure::failed(format!(
                "{} was not switched: {} is still signed in",
                system.title(),
                name_of(old)
            ))
            .hint("see why above; --force signs in all the same"));
        }
        left = Some(report);
    }
    let is_document = context.global.output == Output::Json;
    attend_client(&program, system, is_document, cancel)?;
    verify_switch(
        context,
        arguments,
        system,
        old.as_ref(),
        left.as_ref(),
        printer,
    )
}

/// Looks who is signed in now, and whether it is who was expected.
fn verify_switch(
    context: &Context,
    arguments: &SwitchArgs,
    system: System,
    old: Option<&Session>,
    logout: Option<&Report>,
    printer: &mut Printer,
) -> Result<u8, Failure> {
    let now = signed_in(context, system);
    let now: Vec<&Session> = now
        .iter()
        .filter(|session| is_in_use(context, session))
        .collect();
    let Some(new) = now.first() else {
        return Err(not_signed_in(system));
    };
    let left = old.map_or_else(|| "nobody".to_owned(), format_account);
    printer.talk(&format!("Before: {left}"))?;
    printer.data(&format!("Now:    {}", format_account(new)))?;
    if context.global.output == Output::Json {
        let document = SignInDocument::new(system, now.iter().copied());
        printer.raw(&to_json(&document.after(old, logout.map(logout_json)))?)?;
    }
    if let Some(expected) = &arguments.expect
        && !list_names(new)
            .iter()
            .any(|name| is_same_name(name, expected))
    {
        let title = system.title();
        return Err(Failure::failed(format!(
            "{title} is signed in as {}, not as {expected}",
            name_of(new)
        ))
        .hint(
            "the browser may have approved its own account without asking: sign out there, or use \
             a private window, and switch again",
        ));
    }
    if old.is_some_and(|old| is_same(old, new)) {
        printer.warning(
            "it is the same account as before",
            Some(
                "the browser may have approved it without asking: sign out there, or use a \
                 private window",
            ),
        );
    }
    Ok(0)
}

/// Whose login is to be replaced: the one in use, or the one that was named.
fn find_replaced_session(
    context: &Context,
    system: System,
    account: Option<&str>,
) -> Result<Option<Session>, Failure> {
    let mut found = signed_in(context, system);
    match account {
        Some(name) => {
            found = find_matches(name, found, list_names).found;
            if found.is_empty() {
                let title = system.title();
                return Err(
                    Failure::usage(format!("nobody is signed in to {title} as {name}"))
                        .hint(format!("see who is: adieu status {}", system.id())),
                );
            }
        }
        None => found.retain(|session| is_in_use(context, session)),
    }
    if found.len() > 1 {
        let mut failure = Failure::usage(format!(
            "several accounts are signed in to {}",
            system.title()
        ));
        for session in &found {
            failure = failure.detail(format!("  • {}:{}", system.id(), name_of(session)));
        }
        return Err(failure.hint("nothing was changed; say which one to leave"));
    }
    Ok(found.pop())
}

/// Whether it is the login that the tool's login command replaces: with several configuration
/// directories, that of the one in use; never a profile of another tool.
fn is_in_use(context: &Context, session: &Session) -> bool {
    if session.system != System::CLAUDE {
        return true;
    }
    let world = &context.adieu.world;
    let directory = world
        .environment
        .get("CLAUDE_CONFIG_DIR")
        .map_or_else(|| world.home.join(".claude"), |text| world.home.join(text));
    let shown = world.shorten(&directory);
    let facts = session.account.iter().flat_map(|account| &account.facts);
    facts
        .filter(|fact| fact.label == "directory")
        .any(|fact| fact.value == shown)
}

fn name_of(session: &Session) -> &str {
    session.identity.as_deref().unwrap_or_default()
}

/// What an account is called: its names, and its e-mail address.
fn list_names(session: &Session) -> Vec<Cow<'_, str>> {
    let account = session.account.as_ref();
    let mut names = account.map_or_else(Vec::new, Account::names);
    let facts = account.into_iter().flat_map(|account| &account.facts);
    let addresses = facts.filter(|fact| fact.label == "email");
    names.extend(addresses.map(|fact| Cow::Borrowed(fact.value.as_str())));
    names
}

/// Whether it is the same account in the same directory; what it is called may have changed since,
/// when the same account is signed in somewhere else too.
fn is_same(one: &Session, other: &Session) -> bool {
    let fact = |session: &Session, label: &str| {
        let facts = session.account.iter().flat_map(|account| &account.facts);
        let mut facts = facts.filter(|fact| fact.label == label);
        facts.next().map(|fact| fact.value.clone())
    };
    let both = |label: &str| fact(one, label).zip(fact(other, label));
    let is_there = both("directory").is_none_or(|(one, other)| one == other);
    let is_they = both("email").map_or(one.identity == other.identity, |(one, other)| one == other);
    is_there && is_they
}
