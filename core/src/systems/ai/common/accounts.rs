//! Who is signed in: the account, its name in each directory, and whether it is the one in use.

use super::directories::shorten_path;
use crate::inventory::{Account, Fact};
use crate::io::files::ConfinedPath;
use crate::systems::System;
use crate::systems::discovery::{DiscoveryContext, InventoryBuilder};

/// An account without facts.
pub(in crate::systems::ai) fn build_account(
    system: System,
    name: impl Into<String>,
    provider: &str,
) -> Account {
    Account {
        system,
        name: name.into(),
        aliases: Vec::new(),
        provider: Some(provider.to_owned()),
        facts: Vec::new(),
    }
}

/// Facts with a value.
pub(in crate::systems::ai) fn collect_facts<'v>(
    pairs: impl IntoIterator<Item = (&'static str, Option<&'v str>)>,
) -> Vec<Fact> {
    pairs
        .into_iter()
        .filter_map(|(label, value)| Some(Fact::new(label, value.filter(|v| !v.is_empty())?)))
        .collect()
}

/// The account that everything in a directory belongs to: the one that was found first, else the
/// directory itself.
pub(in crate::systems::ai) fn name_of(
    system: System,
    discovery: &DiscoveryContext<'_>,
    directory: &ConfinedPath,
    findings: &InventoryBuilder<'_>,
) -> String {
    let owners = &findings.notes.ai.owners;
    let owner = |account: &&Account| owners.get(&(system, account.name.clone()));
    let path = directory.to_path();
    let accounts = findings.accounts().iter();
    let mut accounts = accounts.filter(|account| account.system == system);
    let own = accounts
        .clone()
        .find(|account| owner(account) == Some(&path));
    own.or_else(|| accounts.find(|account| owner(account).is_none()))
        .map_or_else(
            || shorten_path(discovery, directory),
            |account| account.name.clone(),
        )
}

/// The name of an account that was found in a directory. The same person in another one is another
/// account.
pub(in crate::systems::ai) fn own_name(
    system: System,
    discovery: &DiscoveryContext<'_>,
    directory: &ConfinedPath,
    name: &str,
    findings: &mut InventoryBuilder<'_>,
) -> String {
    let path = directory.to_path();
    let owners = &mut findings.notes.ai.owners;
    let is_elsewhere = |name: &str| {
        let owner = owners.get(&(system, name.to_owned()));
        owner.is_some_and(|owner| *owner != path)
    };
    let name = if is_elsewhere(name) {
        format!("{name} in {}", shorten_path(discovery, directory))
    } else {
        name.to_owned()
    };
    owners.insert((system, name.clone()), path);
    name
}

/// Whether an account is the one that is used: `yes`, or which of the sources that come before it,
/// the strongest first, is there.
pub(in crate::systems) fn build_wins_fact<'n>(
    system: System,
    before: impl IntoIterator<Item = &'n str>,
    findings: &InventoryBuilder<'_>,
) -> Fact {
    let winner = before.into_iter().find_map(|name| {
        let mut overrides = findings.overrides().iter();
        overrides
            .find(|found| found.system == system && found.kind.signs_in() && found.name == name)
    });
    Fact::new(
        "wins",
        winner.map_or_else(
            || "yes".to_owned(),
            |found| format!("no: {} comes first", found.name),
        ),
    )
}

/// The same for all accounts of a system, once everything is known.
pub(in crate::systems::ai) fn say_who_wins(
    system: System,
    before: &[&str],
    findings: &mut InventoryBuilder<'_>,
) {
    findings.rank_overrides(system, before);
    let fact = build_wins_fact(system, before.iter().copied(), findings);
    let decided: Vec<Account> = findings
        .accounts()
        .iter()
        .filter(|known| known.system == system)
        .map(|known| Account {
            facts: vec![fact.clone()],
            ..known.clone()
        })
        .collect();
    for account in decided {
        findings.account(account);
    }
}
