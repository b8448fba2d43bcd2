//! Lines go, by every rule, and nothing else.

use adieu::formats::{Format, LineRule};

pub(crate) fn run(bytes: &[u8]) {
    use LineRule::{GitCredentials, Pgpass, Text};
    let Some((first, bytes)) = bytes.split_first() else {
        return;
    };
    let rules = [Text, GitCredentials, Pgpass];
    crate::removal::remove_some(
        Format::Lines(rules[usize::from(*first) % rules.len()]),
        bytes,
    );
}
