//! A machine with nothing in it but one temporary directory.

use std::path::PathBuf;
use std::sync::OnceLock;

use adieu::world::World;

/// This process's own directory, made when it is first asked for.
pub fn directory() -> &'static PathBuf {
    static DIRECTORY: OnceLock<PathBuf> = OnceLock::new();
    DIRECTORY.get_or_init(|| {
        let path = std::env::temp_dir().join(format!("adieu-fuzz-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a temporary directory");
        path.canonicalize().expect("a directory that is there")
    })
}

/// A machine whose home is that directory, with no variables and a fixed clock.
pub(crate) fn world() -> World {
    World::fixed(directory(), "2026-11-21T08:30:00Z".parse().expect("a time"))
}

/// The same machine with these variables.
pub(crate) fn world_with<const N: usize>(variables: [(&str, &str); N]) -> World {
    world().with_variables(variables)
}
