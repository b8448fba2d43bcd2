//! Lines go, by every rule, and nothing else.
#![no_main]

use adieu::formats::{Format, LineRule};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    use LineRule::{GitCredentials, Pgpass, Text};
    let Some((first, bytes)) = bytes.split_first() else { return };
    let rules = [Text, GitCredentials, Pgpass];
    adieu_fuzz::remove_some(Format::Lines(rules[usize::from(*first) % rules.len()]), bytes);
});
