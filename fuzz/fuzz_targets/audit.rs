//! Checking any trail never panics, and names lines that exist.
#![no_main]

use adieu::audit;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let check = audit::check(bytes);
    let lines = bytes.split(|byte| *byte == b'\n').count();
    assert!(check.faults.iter().all(|fault| fault.line >= 1 && fault.line <= lines));
});
