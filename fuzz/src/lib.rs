//! What several fuzz targets stand on: a machine with nothing in it but one temporary directory.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use adieu::formats::{Format, MemberPath, MemberRemoval, Pattern, Step};
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
pub fn world() -> World {
    let home = directory().clone();
    let clock: Arc<dyn Clock> = Arc::new(FixedClock("2026-11-21T08:30:00Z".parse().expect("a time")));
    World {
        working_directory: home.clone(),
        temporary_directory: home.clone(),
        home,
        environment: Environment::default(),
        operating_system: OperatingSystem::Linux,
        user: User { name: "ana".to_owned(), id: None },
        host: "desk".to_owned(),
        clock,
        entropy: Arc::new(NoEntropy),
    }
}

/// The same machine with these variables.
pub fn world_with<const N: usize>(variables: [(&str, &str); N]) -> World {
    let variables = variables.map(|(name, value)| (std::ffi::OsString::from(name), std::ffi::OsString::from(value)));
    World {
        environment: variables.into_iter().collect(),
        ..world()
    }
}

/// Whether all of these bytes stand in the others, in that order.
pub fn is_subsequence(part: &[u8], whole: &[u8]) -> bool {
    let mut rest = whole.iter();
    part.iter().all(|byte| rest.any(|other| other == byte))
}

/// Removes some members, which the content itself chooses, from a file in a format, and checks that
/// they are gone, that what is left stood there before, and that the file is still one of the format.
///
/// That the rest means the same is proved by the removal itself.
pub fn remove_some(format: Format, bytes: &[u8]) {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    let chosen = hasher.finish();
    let Ok(document) = format.read(bytes) else { return };
    let pattern: Pattern = "**".parse().expect("a pattern");
    let mut paths: Vec<MemberPath> = document.select(&pattern).into_iter().map(|member| member.path).collect();
    let mut number = 0;
    paths.retain(|_| {
        number += 1;
        chosen >> (number % 64) & 1 == 1
    });
    let Ok(edited) = format.remove(bytes, &paths) else { return };
    assert!(edited.bytes.len() <= bytes.len() + 3 * paths.len());
    // Nothing is put in but the brackets of what is left empty.
    let rest: Vec<u8> = edited.bytes.iter().copied().filter(|byte| !b"{}[] ".contains(byte)).collect();
    assert!(is_subsequence(&rest, bytes));
    let left = format.read(&edited.bytes).expect("what is left is still in the format");
    let has_keys_only = |path: &&MemberPath| path.steps().iter().all(|step| matches!(step, Step::Key(_)));
    let outcomes = paths.iter().zip(&edited.outcomes);
    let removed = outcomes.filter(|(_, outcome)| **outcome == MemberRemoval::Removed);
    for path in removed.map(|(path, _)| path).filter(has_keys_only) {
        assert!(left.get(path).is_none_or(|node| node.scalar().is_none()), "{path} is still there");
    }
}
