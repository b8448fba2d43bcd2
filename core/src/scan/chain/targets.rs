//! The files that a command may mean that reads another file.

use std::path::{Path, PathBuf};

use super::Scanner;
use crate::scan::finding::Syntax;
use crate::scan::parse::{ANY, CONFIGURATION, HERE, HOME, How, ZDOTDIR};
use crate::scan::reader::clean_path;
use crate::world::World;

impl Scanner<'_> {
    /// The paths that a target may stand for; `None` if nothing can be called so.
    pub(super) fn targets(
        &mut self,
        path: &Path,
        target: &[u8],
        how: How,
        syntax: Syntax,
    ) -> Option<Vec<PathBuf>> {
        let world = self.reader.world;
        let here = path.parent().unwrap_or(path).to_owned();
        let directory = |marker: u8| match marker {
            HOME => Some(world.home.clone()),
            ZDOTDIR => Some(resolve_variable_directory(world, "ZDOTDIR", "")),
            CONFIGURATION => Some(resolve_variable_directory(
                world,
                "XDG_CONFIG_HOME",
                ".config",
            )),
            HERE => Some(here.clone()),
            _ => None,
        };
        let (base, rest) = match target.split_first() {
            Some((marker, rest)) => match directory(*marker) {
                Some(base) => (Some(base), rest),
                None => (None, target),
            },
            None => return None,
        };
        if rest.iter().any(|byte| *byte < 32 && *byte != ANY) {
            return None;
        }
        let bases = match base {
            Some(base) => vec![base],
            None if rest.starts_with(b"/") => vec![PathBuf::from("/")],
            // A profile is read by a shell that starts in the home directory; a file of a
            // directory, in that directory.
            None if how == How::Source && syntax != Syntax::Direnv => {
                vec![world.home.clone(), here]
            }
            None => vec![here],
        };
        let has_pattern = rest.contains(&ANY);
        let blanks = rest.iter().take_while(|byte| **byte == b'/').count();
        let rest = to_path(&rest[blanks..])?;
        let joined = bases.iter().map(|base| clean_path(&base.join(&rest)));
        if has_pattern {
            let patterns: Vec<PathBuf> = joined.collect();
            let found = patterns.iter().flat_map(|pattern| self.matching(pattern));
            return Some(found.collect());
        }
        Some(joined.collect())
    }
}

/// A path of bytes, as far as the system has such names.
#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "other systems have names of text")]
fn to_path(bytes: &[u8]) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStrExt as _;
    Some(PathBuf::from(std::ffi::OsStr::from_bytes(bytes)))
}

#[cfg(not(unix))]
fn to_path(bytes: &[u8]) -> Option<PathBuf> {
    std::str::from_utf8(bytes).ok().map(PathBuf::from)
}

/// The directory that a variable names, or another one in the home.
fn resolve_variable_directory(world: &World, variable: &str, fallback: &str) -> PathBuf {
    world
        .environment
        .get(variable)
        .map(PathBuf::from)
        .filter(|path| path.is_absolute())
        .unwrap_or_else(|| world.home.join(fallback))
}
