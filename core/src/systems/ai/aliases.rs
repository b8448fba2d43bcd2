//! Directories that start-up files hand to a tool: an alias, an export, a function.

use std::path::PathBuf;

use crate::io::files::ConfinedPath;
use crate::systems::discovery::{DiscoveryContext, Lookup};

/// Variables that name a directory of a tool's, and that one start-up file may give several values.
pub const DIRECTORY_VARIABLES: [&str; 4] = [
    "CLAUDE_CONFIG_DIR",
    "CODEX_HOME",
    "GEMINI_CLI_HOME",
    "COPILOT_HOME",
];

/// The directories of a tool that are known by themselves, and those that profiles give `variable`,
/// each once. `inside` is what the tool's own directory is called in those.
pub(super) fn list_directory_lookups<'a>(
    discovery: DiscoveryContext<'a>,
    variable: &'static str,
    known: Vec<ConfinedPath>,
    inside: Option<&'static str>,
    look: impl Fn(ConfinedPath) -> Lookup<'a> + 'a,
) -> Vec<Lookup<'a>> {
    let look = std::rc::Rc::new(look);
    let mut lookups: Vec<Lookup<'a>> = known.iter().cloned().map(|path| look(path)).collect();
    lookups.push(Lookup::next(move |findings| {
        let named = findings.notes.ai.named.get(variable);
        let mut seen: Vec<PathBuf> = known.iter().map(ConfinedPath::to_path).collect();
        let mut lookups = Vec::new();
        for path in named.into_iter().flatten() {
            let path = discovery.below(path);
            let path = match inside {
                Some(name) => path.join(name),
                None => Some(path),
            };
            let Some(path) = path.filter(|path| !seen.contains(&path.to_path())) else {
                continue;
            };
            seen.push(path.to_path());
            lookups.push(look(path));
        }
        lookups
    }));
    lookups
}
