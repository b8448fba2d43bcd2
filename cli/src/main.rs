//! The program `adieu`.
fn main() {}
