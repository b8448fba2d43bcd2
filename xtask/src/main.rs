//! What a developer of adieu runs.
fn main() {}
