//! Secrets that are at several places.

use adieu::inventory::Holder;
use adieu::report::Status;
use adieu::world::World;

use crate::ui::printer::{FAINT, STRONG, WARN};
use crate::ui::to_plain_text;

/// How many places of one secret are named.
const SHOWN: usize = 6;

/// The lines that say which sign-ins are one and the same secret; none if there are no such.
pub(crate) fn same_secrets(world: &World, status: &Status) -> Vec<String> {
    if status.same_secrets.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![format!("{STRONG}One secret at several places{STRONG:#}")];
    for same in &status.same_secrets {
        let mut names: Vec<String> = same
            .holders
            .iter()
            .map(|holder| to_plain_text(&whose(world, holder)).into_owned())
            .collect();
        names.dedup();
        let more = names.len().saturating_sub(SHOWN);
        names.truncate(SHOWN);
        let Some((first, others)) = names.split_first() else {
            continue;
        };
        let more = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        lines.push(format!(
            "  {WARN}•{WARN:#} {first}: {FAINT}same secret as{FAINT:#} {}{more}",
            others.join(", ")
        ));
    }
    lines.push(String::new());
    lines
}

fn whose(world: &World, holder: &Holder) -> String {
    let place = match &holder.file {
        Some(file) => {
            let line = holder.location.rsplit_once(':').map(|(_, line)| line);
            let line = line.filter(|_| holder.system.is_none());
            let line = line.map_or_else(String::new, |line| format!(":{line}"));
            format!("{}{line}", world.shorten(file))
        }
        None => holder.location.clone(),
    };
    match (&holder.name, holder.system) {
        (Some(name), Some(system)) => format!("{name} of {} in {place}", system.title()),
        (Some(name), None) => format!("{name} in {place}"),
        (None, Some(system)) => format!("{} in {place}", system.title()),
        (None, None) => place,
    }
}
