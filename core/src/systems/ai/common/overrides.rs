//! What signs a tool in regardless: variables of the environment, and those of files that it loads.

use crate::inventory::{Override, OverrideKind};
use crate::io::files::ConfinedPath;
use crate::scan::{Shell, dotenv_names};
use crate::systems::System;
use crate::systems::discovery::{DiscoveryContext, InventoryBuilder};

/// Variables that sign a tool in or change how, in the order in which they win.
pub(in crate::systems::ai) fn add_variables(
    discovery: &DiscoveryContext<'_>,
    system: System,
    names: &[(&str, OverrideKind)],
    findings: &mut InventoryBuilder<'_>,
) {
    for (name, kind) in names {
        if discovery.world.environment.get(name).is_some() {
            let known = findings.overrides();
            // The same variable may already stand there for the tool that it is named after.
            if known
                .iter()
                .any(|known| known.name == *name && known.system == system)
            {
                continue;
            }
            findings.overriding(Override {
                kind: *kind,
                name: (*name).to_owned(),
                location: "environment".to_owned(),
                system,
                remedy: Shell::of_world(discovery.world).unset(name),
            });
        }
    }
}

/// Keys of model providers in the environment, for a tool that takes all of them.
pub(in crate::systems::ai) fn provider_keys(
    discovery: &DiscoveryContext<'_>,
    system: System,
    findings: &mut InventoryBuilder<'_>,
) {
    let names = discovery.world.environment.iter();
    let names = names.filter_map(|(name, _)| name.to_str());
    let keys: Vec<_> = names
        .filter(|name| name.ends_with("_API_KEY"))
        .map(|name| (name, OverrideKind::Environment))
        .collect();
    add_variables(discovery, system, &keys, findings);
}

/// Keys in a `NAME=value` file that a tool loads.
pub(in crate::systems::ai) fn dotenv_keys(
    system: System,
    file: &ConfinedPath,
    bytes: &[u8],
    kind_of: impl Fn(&str) -> Option<OverrideKind>,
    findings: &mut InventoryBuilder<'_>,
) {
    for name in dotenv_names(bytes) {
        if let Some(kind) = kind_of(&name) {
            in_file(system, kind, &name, file, findings);
        }
    }
}

/// Something in a file of the person's that stays until they take it out.
pub(in crate::systems::ai) fn in_file(
    system: System,
    kind: OverrideKind,
    name: &str,
    file: &ConfinedPath,
    findings: &mut InventoryBuilder<'_>,
) {
    findings.overriding(Override {
        kind,
        name: name.to_owned(),
        location: file.to_path().display().to_string(),
        system,
        remedy: format!("remove {name} from the file"),
    });
}
