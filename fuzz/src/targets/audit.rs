//! Checking any trail never panics, and names lines that exist.

use adieu::audit;

pub(crate) fn run(bytes: &[u8]) {
    let check = audit::check_trail(bytes);
    let lines = bytes.split(|byte| *byte == b'\n').count();
    assert!(
        check
            .faults
            .iter()
            .all(|fault| fault.line >= 1 && fault.line <= lines)
    );
}
