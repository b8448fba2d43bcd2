//! Reading any atmos.yaml ends, never panics, and every place it names lies in the text.

use crate::ground::{directory, world};
use adieu::config::{self, ConfigurationRequest};
use adieu::systems;

pub(crate) fn run(text: &[u8]) {
    let file = directory().join("atmos.yaml");
    std::fs::write(&file, text).expect("a temporary file");
    let world = world();
    let request = ConfigurationRequest {
        files: vec![file],
        ..ConfigurationRequest::default()
    };
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
}
