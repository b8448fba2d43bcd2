//! Reading any atmos.yaml ends, never panics, and every place it names lies in the text.
#![no_main]

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use adieu::config::{self, ConfigurationRequest};
use adieu::systems;
use adieu::world::{Clock, Entropy, Environment, FixedClock, OperatingSystem, User, World};
use libfuzzer_sys::fuzz_target;

#[derive(Debug)]
struct NoEntropy;

impl Entropy for NoEntropy {
    fn bytes(&self) -> [u8; 32] {
        [0; 32]
    }
}

fn directory() -> &'static PathBuf {
    static DIRECTORY: OnceLock<PathBuf> = OnceLock::new();
    DIRECTORY.get_or_init(|| {
        let path = std::env::temp_dir().join(format!("adieu-fuzz-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a temporary directory");
        path
    })
}

fuzz_target!(|text: &[u8]| {
    let home = directory().clone();
    let file = home.join("atmos.yaml");
    std::fs::write(&file, text).expect("a temporary file");
    let clock: Arc<dyn Clock> = Arc::new(FixedClock("2026-11-21T08:30:00Z".parse().expect("a time")));
    let world = World {
        working_directory: home.clone(),
        temporary_directory: home.clone(),
        home,
        environment: Environment::default(),
        operating_system: OperatingSystem::Linux,
        user: User { name: "ana".to_owned(), id: None },
        host: "desk".to_owned(),
        clock,
        entropy: Arc::new(NoEntropy),
    };
    let request = ConfigurationRequest { files: vec![file], ..ConfigurationRequest::default() };
    let configuration = config::load(&world, &request);
    for diagnostic in config::validate(&world, &configuration) {
        if let Some(location) = diagnostic.location {
            let source = configuration.source(location).expect("a known source");
            assert!(location.bytes().end <= source.text.len());
        }
    }
    let roster = systems::roster(&configuration.auth);
    for identity in roster.identities() {
        let _ = roster.chain(&identity.key);
        let _ = roster.scope_of_identity(&identity.key, |_| false);
    }
});
