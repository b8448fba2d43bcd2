//! `adieu status`: who is signed in, what overrides it, and the verdict.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::time::Duration;

use adieu::atmos::identity_graph::IdentityGraph;
use adieu::discover::{self, add_profiles, discover_sign_ins, note_files};
use adieu::inventory::Pending;
use adieu::inventory::{Account, Artefact, Inventory, Problem};
use adieu::io::net::Cancel;
use adieu::online::TokenChecker;
use adieu::plan::{Filter, said_of_other_realms};
use adieu::remote::TrustedHost;
use adieu::report::{Session, SessionState, Status, Verdict, build_status, status_json};
use adieu::resolve::{is_called, name_in_realm};
use adieu::secret::Fingerprint;
use adieu::selector::find_matches;
use adieu::shell::quote_word;
use adieu::systems::discovery::DiscoveryScope;
use adieu::systems::salesforce::orgs::Orgs;
use adieu::systems::{System, of_variable};

use super::context::Context;
use super::pending::add_pending;
use super::select::{build_ambiguity_failure, find_nearest_name, older_than};
use super::{Scope, trusted};
use crate::args::{FilterArgs, Output, StatusArgs};
use crate::ui::plain::to_json;
use crate::ui::{Failure, Printer, human, to_plain_text};

/// Runs the command; the exit status.
pub(crate) fn run(
    context: &Context,
    arguments: &StatusArgs,
    scope: Scope,
    cancel: &Cancel,
    printer: &mut Printer,
) -> Result<u8, Failure> {
    context.warn_of_configuration(printer);
    let reach = match scope {
        Scope::Machine => DiscoveryScope::Machine,
        Scope::Configured => DiscoveryScope::Configured,
    };
    let sources = context.adieu.sources();
    let mut inventory = discover_sign_ins(&sources, reach);
    add_profiles(&sources, reach, &mut inventory);
    note_files(&sources, &mut inventory);
    if scope == Scope::Configured {
        let others = find_other_realms(context, arguments, &inventory);
        inventory.problems.extend(others);
    }
    let mut found = build_status(&inventory, &context.adieu.identity_graph, true);
    add_pending(context, scope, &inventory, &mut found);
    let wanted = Wanted {
        selectors: &arguments.selectors,
        filter: &arguments.filter,
    };
    wanted.leave(context, &inventory, &mut found)?;
    if arguments.online {
        let hosts = trusted::parse_hosts(&arguments.allow_endpoint)?;
        ask_servers(
            context,
            arguments,
            &hosts,
            &found,
            &mut inventory,
            cancel,
            printer,
        );
        found = build_status(&inventory, &context.adieu.identity_graph, true);
        add_pending(context, scope, &inventory, &mut found);
        wanted.leave(context, &inventory, &mut found)?;
    }
    if context.global.output == Output::Json {
        printer.raw(&to_json(&status_json(&found))?)?;
    } else {
        let details = !arguments.selectors.is_empty();
        let meant = if details {
            let words: Vec<String> = arguments
                .selectors
                .iter()
                .map(|name| quote_word(name))
                .collect();
            words.join(" ")
        } else {
            "--all".to_owned()
        };
        let logout = format!("{} {meant}", context.command_called("logout"));
        human::print_status(&context.adieu.world, &found, details, &logout, printer)?;
    }
    Ok(match arguments.check {
        _ if cancel.is_set() => 130,
        true => found.check_status(),
        false => 0,
    })
}

/// Who is signed in under the configuration's names, or those that were asked for, in other realms;
/// where there is no configuration, whoever is.
fn find_other_realms(
    context: &Context,
    arguments: &StatusArgs,
    inventory: &Inventory,
) -> Option<Problem> {
    let identity_graph = &context.adieu.identity_graph;
    let sources = context.adieu.sources();
    if identity_graph.identities().is_empty() && identity_graph.providers().is_empty() {
        let everybody = discover_sign_ins(&sources, DiscoveryScope::Machine).artefacts;
        return said_of_other_realms(&everybody, |_| true);
    }
    let mut others = discover::in_other_realms(&sources);
    others.extend(inventory.elsewhere.iter().cloned());
    said_of_other_realms(&others, |key| {
        let mut selectors = arguments.selectors.iter();
        let is_asked_for =
            arguments.selectors.is_empty() || selectors.any(|name| name.eq_ignore_ascii_case(key));
        is_asked_for
            && (identity_graph.identity(key).is_some() || identity_graph.provider(key).is_some())
    })
}

/// Asks the servers about what is signed in.
fn ask_servers(
    context: &Context,
    arguments: &StatusArgs,
    allowed_hosts: &[TrustedHost],
    found: &Status,
    inventory: &mut Inventory,
    cancel: &Cancel,
    printer: &mut Printer,
) {
    let is_present = |session: &&Session| session.state != SessionState::SignedOut;
    let present = found.sessions.iter().filter(is_present);
    let wanted: BTreeSet<Fingerprint> = present.flat_map(Session::usable_tokens).collect();
    let asker = TokenChecker {
        world: &context.adieu.world,
        files: &context.adieu.files,
        time_limit: Duration::from_secs_f64(arguments.timeout),
        allowed_hosts,
        cancel,
    };
    let has_orgs = inventory
        .tokens
        .iter()
        .any(|(token, known)| known.system == System::SALESFORCE && wanted.contains(token));
    let orgs = if has_orgs {
        discover::find_orgs(&context.adieu.sources()).0
    } else {
        Orgs::default()
    };
    let progress = human::Progress::asking(wanted.len(), printer);
    let not_stored = asker.ask(inventory, &orgs, &wanted);
    drop(progress);
    for sentence in not_stored {
        printer.warning(&sentence, Some("sign in to that org again"));
    }
}

/// What of a status is asked for.
pub(super) struct Wanted<'a> {
    /// Names of what is meant; all of it if there are none.
    pub(super) selectors: &'a [String],
    /// What is left out of that.
    pub(super) filter: &'a FilterArgs,
}

impl Wanted<'_> {
    /// Leaves what is asked for.
    ///
    /// # Errors
    ///
    /// A name that means nothing, or names that differ in the case of their letters only.
    pub(super) fn leave(
        &self,
        context: &Context,
        inventory: &Inventory,
        status: &mut Status,
    ) -> Result<(), Failure> {
        let identity_graph = &context.adieu.identity_graph;
        // Before others are gone that a name may mean.
        let excepted = called(
            self.filter.except.as_slice(),
            status,
            identity_graph,
            inventory,
        )?;
        let excepted = status.sessions.iter().zip(excepted);
        let excepted: BTreeSet<String> = excepted
            .filter(|(_, is_excepted)| *is_excepted)
            .map(|(session, _)| format_qualified_name(session))
            .collect();
        select_sessions(status, self.selectors, identity_graph, inventory)?;
        if !self.filter.is_none() {
            self.leave_out(context, &excepted, status);
        }
        Ok(())
    }

    /// Takes away what is left out, and with a state or an age what has none.
    fn leave_out(&self, context: &Context, excepted: &BTreeSet<String>, status: &mut Status) {
        let by_age = Filter {
            except: Vec::new(),
            only_expired: self.filter.only_expired,
            older_than: older_than(context, self.filter),
        };
        let is_of = |session: &Session, left: &Artefact| {
            let owner = left.owner.as_account();
            session.system == left.system && session.identity.as_deref() == owner
        };
        let (out, sessions): (Vec<Session>, Vec<Session>) = std::mem::take(&mut status.sessions)
            .into_iter()
            .partition(|session| {
                let is_expired = session.state == SessionState::Expired;
                excepted.contains(&format_qualified_name(session))
                    || by_age.keeps(is_expired, session.age).is_some()
            });
        status.sessions = sessions;
        status
            .leftovers
            .retain(|left| !out.iter().any(|session| is_of(session, left)));
        let mut named = self.filter.except.iter();
        let systems: BTreeSet<System> = named
            .clone()
            .filter_map(|name| System::parse(name))
            .collect();
        status
            .overrides
            .retain(|found| !systems.contains(&found.system));
        status
            .pending
            .retain(|found| !named.any(|name| found.is_called(name)));
        if !by_age.is_none() {
            status.leftovers.clear();
            status.overrides.clear();
            status.written.clear();
            status.pending.clear();
        }
        status.covers.clear();
        status.verdict = Verdict::of(&status.sessions, &status.leftovers, &status.overrides);
    }
}

/// Which sessions are called by any of these names, in their order.
fn called(
    selectors: &[String],
    status: &Status,
    identity_graph: &IdentityGraph,
    inventory: &Inventory,
) -> Result<Vec<bool>, Failure> {
    let mut is_meant = vec![false; status.sessions.len()];
    for typed in selectors {
        let system = System::parse(typed);
        let sessions = status.sessions.iter().enumerate();
        let mut named = find_matches(typed, sessions, |(_, session)| {
            list_names(session, identity_graph)
        });
        // Whoever has the name itself is meant before whoever signs in at a page that is called so.
        if named.found.is_empty() && system.is_none() {
            let sessions = status.sessions.iter().enumerate();
            let at_page = sessions.filter(|(_, session)| {
                let mut pages = list_pages(session, identity_graph);
                pages.any(|page| is_called(page, typed, inventory))
            });
            named.found.extend(at_page);
        }
        let is_remembered = status.pending.iter().any(|found| found.is_called(typed));
        if system.is_none() && named.found.is_empty() && !is_remembered {
            let mut failure =
                Failure::usage(format!("nothing is called \"{}\"", to_plain_text(typed)));
            for session in status.sessions.iter().take(50) {
                failure = failure.detail(format!(
                    "  • {}",
                    to_plain_text(&format_qualified_name(session))
                ));
            }
            let known: Vec<String> = status.sessions.iter().map(format_qualified_name).collect();
            let known: Vec<&str> = known
                .iter()
                .flat_map(|name| {
                    [
                        Some(name.as_str()),
                        name.split_once(':').map(|(_, name)| name),
                    ]
                })
                .flatten()
                .collect();
            if let Some(nearest) = find_nearest_name(typed, &known) {
                failure = failure.hint(format!("Did you mean '{}'?", to_plain_text(nearest)));
            }
            return Err(failure.hint("Name one of these, or a system such as aws."));
        }
        if system.is_none() && named.spellings.len() > 1 {
            let meant = named.found.iter();
            return Err(build_ambiguity_failure(
                typed,
                meant.map(|(_, session)| format_qualified_name(session)),
            ));
        }
        for (at, _) in named.found {
            is_meant[at] = true;
        }
        for (at, session) in status.sessions.iter().enumerate() {
            is_meant[at] |= system == Some(session.system);
        }
    }
    Ok(is_meant)
}

/// Leaves what the selectors mean.
fn select_sessions(
    status: &mut Status,
    selectors: &[String],
    identity_graph: &IdentityGraph,
    inventory: &Inventory,
) -> Result<(), Failure> {
    if selectors.is_empty() {
        return Ok(());
    }
    let is_meant = called(selectors, status, identity_graph, inventory)?;
    let mut is_meant = is_meant.into_iter();
    status
        .sessions
        .retain(|_| is_meant.next().unwrap_or_default());
    status.leftovers.retain(|found| {
        let of_session = |session: &Session| {
            session.system == found.system
                && (found.owner.as_account().is_none()
                    || session.identity.as_deref() == found.owner.as_account())
        };
        let by_system = |selector: &String| System::parse(selector) == Some(found.system);
        selectors.iter().any(by_system) || status.sessions.iter().any(of_session)
    });
    status.same_secrets.retain(|same| {
        let is_meant = |session: &Session| {
            let mut holders = same.holders.iter();
            holders.any(|holder| {
                holder.system == Some(session.system)
                    && (session.identity.is_none() || holder.name == session.identity)
            })
        };
        status.sessions.iter().any(is_meant)
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
    // Of a system that was not named as a whole, only a part is left here.
    let is_asked_for = |system: &System| {
        let mut asked_for = selectors.iter().map(|selector| System::parse(selector));
        asked_for.any(|asked_for| asked_for == Some(*system))
    };
    status.covers.retain(is_asked_for);
    let is_meant = |found: &Pending| selectors.iter().any(|selector| found.is_called(selector));
    status.pending.retain(is_meant);
    status.verdict = Verdict::of(&status.sessions, &status.leftovers, &status.overrides);
    Ok(())
}

/// The start pages of portals that a session is one of, or comes from.
fn list_pages<'s>(
    session: &'s Session,
    identity_graph: &'s IdentityGraph,
) -> impl Iterator<Item = &'s str> {
    let provider = session.provider.as_deref();
    let provider = provider.filter(|_| session.configured);
    let portal = provider
        .and_then(|name| identity_graph.provider(name))
        .and_then(|entry| entry.portal.as_ref());
    let own = session.identity.as_deref().filter(|_| !session.configured);
    portal
        .map(|portal| portal.start_url.as_str())
        .into_iter()
        .chain(own)
}

/// What a session is called: its identity, its aliases, its provider, and each of them with the system
/// before it.
fn list_names<'s>(session: &'s Session, identity_graph: &'s IdentityGraph) -> Vec<Cow<'s, str>> {
    let mut names = session
        .account
        .as_ref()
        .map_or_else(Vec::new, Account::names);
    let identity = session.identity.as_deref();
    let entry = identity.filter(|_| session.configured);
    let entry = entry.and_then(|name| identity_graph.identity(name));
    let alias = entry.and_then(|entry| entry.alias.as_deref());
    let more = identity
        .into_iter()
        .chain(alias)
        .chain(session.provider.as_deref());
    names.extend(more.map(Cow::Borrowed));
    // The same name may be signed in to several realms.
    if let (Some(realm), Some(identity)) = (&session.realm, identity) {
        names.push(Cow::Owned(format!("{realm}/{identity}")));
    }
    let system = session.system.id();
    let qualified: Vec<String> = names
        .iter()
        .map(|name| format!("{system}:{name}"))
        .collect();
    names.extend(qualified.into_iter().map(Cow::Owned));
    names
}

/// The name of a session that means no other one.
pub(super) fn format_qualified_name(session: &Session) -> String {
    let name = session
        .identity
        .as_deref()
        .or(session.provider.as_deref())
        .unwrap_or_default();
    let is_elsewhere = !session.configured && session.account.is_none();
    if is_elsewhere {
        let realm = session.realm.as_deref().unwrap_or_default();
        return name_in_realm(session.system, realm, name);
    }
    format!("{}:{name}", session.system.id())
}
