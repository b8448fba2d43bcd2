//! `adieu status`: who is signed in, what overrides it, and the verdict.

use std::collections::BTreeSet;
use std::time::Duration;

use adieu::discover::{self, discover, profiles};
use adieu::inventory::{Inventory, TrustedHost};
use adieu::net::Cancel;
use adieu::online::Asker;
use adieu::report::{Session, SessionState, Status, Verdict, status, status_json};
use adieu::secret::Fingerprint;
use adieu::systems::salesforce::orgs::Orgs;
use adieu::systems::survey::Reach;
use adieu::systems::{System, of_variable};

use super::context::Context;
use super::{Scope, trusted};
use crate::args::{Output, StatusArgs};
use crate::ui::plain::json;
use crate::ui::{Failure, Speech, human, plain};

/// Runs the command; the exit status.
pub(crate) fn run(
    context: &Context,
    arguments: &StatusArgs,
    scope: Scope,
    cancel: &Cancel,
    speech: &mut Speech,
) -> Result<u8, Failure> {
    context.warn_of_configuration(speech);
    let reach = match scope {
        Scope::Machine => Reach::Machine,
        Scope::Configured => Reach::Configured,
    };
    let ground = context.ground();
    let mut inventory = discover(&ground, reach);
    profiles(&ground, reach, &mut inventory);
    let mut found = status(&inventory, &context.roster, true);
    select(&mut found, &arguments.selectors)?;
    if arguments.online {
        let hosts = trusted::hosts(&arguments.allow_endpoint)?;
        ask(
            context,
            arguments,
            &hosts,
            &found,
            &mut inventory,
            cancel,
            speech,
        );
        found = status(&inventory, &context.roster, true);
        select(&mut found, &arguments.selectors)?;
    }
    if context.global.output == Output::Json {
        speech.raw(&json(&status_json(&found))?)?;
    } else {
        let details = !arguments.selectors.is_empty();
        let is_whole = !details && scope == Scope::Machine;
        human::status(&context.world, &found, details, is_whole, speech)?;
    }
    Ok(match arguments.check {
        _ if cancel.is_set() => 130,
        true => found.check_status(),
        false => 0,
    })
}

/// Asks the servers about what is signed in.
fn ask(
    context: &Context,
    arguments: &StatusArgs,
    allowed_hosts: &[TrustedHost],
    found: &Status,
    inventory: &mut Inventory,
    cancel: &Cancel,
    speech: &mut Speech,
) {
    let is_present = |session: &&Session| session.state != SessionState::SignedOut;
    let present = found.sessions.iter().filter(is_present);
    let wanted: BTreeSet<Fingerprint> = present.flat_map(Session::usable_tokens).collect();
    let asker = Asker {
        world: &context.world,
        files: &context.files,
        time_limit: Duration::from_secs_f64(arguments.timeout),
        allowed_hosts,
        cancel,
    };
    let has_orgs = inventory
        .tokens
        .iter()
        .any(|(token, known)| known.system == System::Salesforce && wanted.contains(token));
    let orgs = if has_orgs {
        discover::orgs(&context.ground()).0
    } else {
        Orgs::default()
    };
    let progress = human::Progress::asking(wanted.len(), speech);
    let not_stored = asker.ask(inventory, &orgs, &wanted);
    drop(progress);
    for sentence in not_stored {
        speech.warning(&sentence, Some("sign in to that org again"));
    }
}

/// Leaves what the selectors mean; one that means nothing is an error.
pub(super) fn select(status: &mut Status, selectors: &[String]) -> Result<(), Failure> {
    if selectors.is_empty() {
        return Ok(());
    }
    for selector in selectors {
        let by_system = System::parse(selector).is_some();
        if !by_system
            && !status
                .sessions
                .iter()
                .any(|session| matches(session, selector))
        {
            let mut failure = Failure::usage(format!("nothing is called \"{selector}\""));
            for session in status.sessions.iter().take(50) {
                failure = failure.detail(format!("  • {}", plain(&qualified(session))));
            }
            return Err(failure.hint("Name one of these, or a system such as aws."));
        }
    }
    status
        .sessions
        .retain(|session| selectors.iter().any(|s| matches(session, s)));
    status.leftovers.retain(|found| {
        let of_session = |session: &Session| {
            session.system == found.system
                && (found.subject.account.is_none() || session.identity == found.subject.account)
        };
        let by_system = |selector: &String| System::parse(selector) == Some(found.system);
        selectors.iter().any(by_system) || status.sessions.iter().any(of_session)
    });
    status.overrides.retain(|found| {
        selectors.iter().any(|selector| {
            System::parse(selector) == Some(found.system)
                || status
                    .sessions
                    .iter()
                    .any(|session| session.system == found.system)
        })
    });
    status.written.retain(|found| {
        let systems = found.name.as_deref().map_or_else(Vec::new, of_variable);
        systems.iter().any(|(system, _)| {
            let by_system = |selector: &String| System::parse(selector) == Some(*system);
            let of_session = |session: &Session| session.system == *system;
            selectors.iter().any(by_system) || status.sessions.iter().any(of_session)
        })
    });
    status.verdict = Verdict::of(&status.sessions, &status.leftovers, &status.overrides);
    Ok(())
}

fn matches(session: &Session, selector: &str) -> bool {
    let (system, name) = match selector.split_once(':') {
        Some((system, name)) if System::parse(system).is_some() => (System::parse(system), name),
        _ => (None, selector),
    };
    if system.is_some_and(|system| system != session.system) {
        return false;
    }
    System::parse(name) == Some(session.system)
        || session
            .account
            .as_ref()
            .is_some_and(|account| account.is_called(name))
        || session
            .identity
            .as_deref()
            .is_some_and(|identity| identity.eq_ignore_ascii_case(name))
        || session
            .provider
            .as_deref()
            .is_some_and(|provider| provider.eq_ignore_ascii_case(name))
}

fn qualified(session: &Session) -> String {
    let name = session
        .identity
        .as_deref()
        .or(session.provider.as_deref())
        .unwrap_or_default();
    format!("{}:{name}", session.system.id())
}
