//! Whatever way an `atmos.yaml` uses to name a variable (`!env`), no message and no debug text shows
//! the variable's value.

use crate::support::{directory, world_with};
use adieu::atmos::config::{self, ConfigurationRequest};

const VALUE: &str = "FAKE-value-of-the-variable";

pub(crate) fn run(text: &[u8]) {
    // A text that has it already proves nothing.
    if text
        .windows(VALUE.len())
        .any(|window| window == VALUE.as_bytes())
    {
        return;
    }
    let file = directory().join("atmos.yaml");
    std::fs::write(&file, text).expect("a temporary file");
    let world = world_with([("SECRET", VALUE), ("V", VALUE)]);
    let request = ConfigurationRequest {
        files: vec![file],
        ..ConfigurationRequest::default()
    };
    let configuration = config::load_configuration(&world, &request);
    for diagnostic in config::validate_configuration(&world, &configuration) {
        assert!(
            !format!("{diagnostic:?}").contains(VALUE),
            "a message shows it"
        );
    }
}
