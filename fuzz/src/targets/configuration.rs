//! Reading any atmos.yaml ends, never panics, and every place it names lies in the text.

use crate::support::{directory, world};
use adieu::atmos::config::{self, ConfigurationRequest};

pub(crate) fn run(text: &[u8]) {
    let file = directory().join("atmos.yaml");
    std::fs::write(&file, text).expect("a temporary file");
    let world = world();
    let request = ConfigurationRequest {
        files: vec![file],
        ..ConfigurationRequest::default()
    };
    let configuration = config::load_configuration(&world, &request);
    for diagnostic in config::validate_configuration(&world, &configuration) {
        if let Some(location) = diagnostic.location {
            let source = configuration.source(location).expect("a known source");
            assert!(location.bytes().end <= source.text.len());
        }
    }
    let identity_graph = adieu::atmos::build_identity_graph(&configuration.auth);
    for identity in identity_graph.identities() {
        let _ = identity_graph.chain(&identity.key);
        let _ = identity_graph.scope_of_identity(&identity.key, |_| false);
    }
}
