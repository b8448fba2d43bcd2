//! The fuzzer: runs the target that `ADIEU_FUZZ_TARGET` names. `cargo xtask fuzz` builds and starts it.
#![no_main]
#![expect(
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "the macro makes the function that libFuzzer calls; the name of a target comes from the environment"
)]

use std::sync::OnceLock;

use adieu_fuzz::{Target, target};
use libfuzzer_sys::fuzz_target;

static CHOSEN: OnceLock<&Target> = OnceLock::new();

fuzz_target!(
    init: {
        let name = std::env::var("ADIEU_FUZZ_TARGET").expect("ADIEU_FUZZ_TARGET names a target");
        let chosen = target(&name).expect("ADIEU_FUZZ_TARGET names a target");
        let _ = CHOSEN.set(chosen);
    },
    |bytes: &[u8]| {
        if let Some(chosen) = CHOSEN.get() {
            (chosen.run)(bytes);
        }
    }
);
