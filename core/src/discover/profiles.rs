//! What shell profiles and other start-up files set: the overrides that outlive a logout, because the
//! next shell has them again.

use std::collections::HashSet;
use std::path::Path;

use super::DiscoverySources;
use crate::inventory::{Holder, Inventory, Override, OverrideKind, WrittenSecret};
use crate::scan::{self, Finding};
use crate::systems::discovery::DiscoveryScope;
use crate::systems::{self, System};

/// Adds to an inventory what start-up files set: a credential of a system as an override, any other
/// secret by its place. A fixed list of files and directories is looked at, and what they read.
///
/// The profiles of the machine count too, unless somebody else's home is looked at: then the
/// environment of the world is empty.
pub fn add_profiles(
    sources: &DiscoverySources<'_>,
    reach: DiscoveryScope,
    inventory: &mut Inventory,
) {
    let is_own = sources.world.environment.iter().next().is_some();
    let found = scan::home_profiles(
        sources.files,
        sources.world,
        is_own,
        inventory.fingerprint_key.as_ref(),
    );
    let mut hiding = found.problems;
    hiding.retain(|problem| problem.hides);
    // Systems look at profiles too; what neither could read is said once.
    let places: HashSet<&Path> = hiding
        .iter()
        .filter_map(|found| found.location.as_path())
        .collect();
    inventory.problems.retain(|known| {
        let place = known.location.as_path();
        place.is_none_or(|place| !places.contains(place))
    });
    inventory.problems.extend(hiding);
    inventory.checked += found.files_read;
    let is_federated = is_federated(sources, &found.findings);
    for finding in &found.findings {
        let Some(file) = &finding.file else {
            continue;
        };
        if !finding.secrets.is_empty() {
            inventory.written_out.push(Holder {
                system: None,
                name: finding.name.clone(),
                location: format!("{}:{}", file.display(), finding.line),
                file: Some(file.clone()),
                secrets: finding.secrets.clone(),
            });
        }
        let overrides = list_overrides(finding, file, reach, is_federated, inventory);
        let is_override = !overrides.is_empty() || is_known(finding, file, inventory);
        inventory.overrides.extend(overrides);
        if !is_override && finding.holds_secret() {
            inventory.written.push(WrittenSecret {
                name: finding.name.clone(),
                file: file.clone(),
                line: finding.line,
                state: finding.state,
            });
        }
    }
}

/// The variable that signs in together with [`ORGANIZATION`], and not without it.
const FEDERATION: &str = "ANTHROPIC_FEDERATION_RULE_ID";
const ORGANIZATION: &str = "ANTHROPIC_ORGANIZATION_ID";

/// Whether a new shell has both variables of a federation rule.
fn is_federated(sources: &DiscoverySources<'_>, findings: &[Finding]) -> bool {
    let environment = &sources.world.environment;
    let is_set = |name| {
        let mut effective = findings.iter().filter(|finding| finding.reaches_tools());
        effective.any(|finding| finding.name.as_deref() == Some(name))
    };
    is_set(FEDERATION) && (is_set(ORGANIZATION) || environment.get(ORGANIZATION).is_some())
}

fn list_overrides(
    finding: &Finding,
    file: &Path,
    reach: DiscoveryScope,
    is_federated: bool,
    inventory: &Inventory,
) -> Vec<Override> {
    let Some(name) = finding.name.as_deref().filter(|_| finding.reaches_tools()) else {
        return Vec::new();
    };
    let is_shown = |(system, kind): &(System, OverrideKind)| {
        // A tool that reads another one's variable, or only a hint, matters where the tool is used.
        let is_of_others = *system == System::COPILOT && !name.starts_with("COPILOT_");
        let needs_tool = *kind == OverrideKind::Notice || is_of_others;
        // What a reference leads to is found where it leads.
        if *system == System::ANY_READER {
            return reach == DiscoveryScope::Machine && finding.holds_secret();
        }
        let is_used = || {
            let mut accounts = inventory.accounts.iter();
            accounts.any(|account| account.system == *system)
        };
        (reach == DiscoveryScope::Machine || !system.info().is_ai) && (!needs_tool || is_used())
    };
    let signs_in = |(system, kind)| {
        let is_rule = is_federated && name == FEDERATION && system == System::CLAUDE;
        let kind = if is_rule {
            OverrideKind::Environment
        } else {
            kind
        };
        (system, kind)
    };
    let systems = systems::of_variable(name).into_iter().map(signs_in);
    let systems = systems.filter(is_shown);
    systems
        .map(|(system, kind)| Override {
            kind: match kind {
                OverrideKind::Notice => OverrideKind::Notice,
                _ => OverrideKind::Profile,
            },
            name: name.to_owned(),
            location: format!("{}:{}", file.display(), finding.line),
            system,
            remedy: format!("adieu scan --fix remove --name {name}"),
        })
        .collect()
}

/// Whether a system has already said that it reads this from the file.
fn is_known(finding: &Finding, file: &Path, inventory: &Inventory) -> bool {
    let location = file.display().to_string();
    inventory.overrides.iter().any(|found| {
        Some(found.name.as_str()) == finding.name.as_deref() && found.location == location
    })
}
