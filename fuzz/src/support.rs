//! A machine with nothing in it but one temporary directory.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use adieu::world::{Clock, Entropy, Environment, FixedClock, OperatingSystem, User, World};

#[derive(Debug)]
struct NoEntropy;

impl Entropy for NoEntropy {
    fn bytes(&self) -> [u8; 32] {
        [0; 32]
    }
}

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
    let home = directory().clone();
    let clock: Arc<dyn Clock> =
        Arc::new(FixedClock("2026-11-21T08:30:00Z".parse().expect("a time")));
    World {
        working_directory: home.clone(),
        temporary_directory: home.clone(),
        home,
        environment: Environment::default(),
        operating_system: OperatingSystem::Linux,
        user: User {
            name: "ana".to_owned(),
            id: None,
        },
        host: "desk".to_owned(),
        clock,
        entropy: Arc::new(NoEntropy),
    }
}

/// The same machine with these variables.
pub(crate) fn world_with<const N: usize>(variables: [(&str, &str); N]) -> World {
    let variables = variables.map(|(name, value)| {
        (
            std::ffi::OsString::from(name),
            std::ffi::OsString::from(value),
        )
    });
    World {
        environment: variables.into_iter().collect(),
        ..world()
    }
}
