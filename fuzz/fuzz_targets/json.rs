//! Removing a member never panics, and what is left is the same document without it.
#![no_main]

use adieu::files::json;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(Some(keys)) = json::members(bytes, &[]) else { return };
    let Some(key) = keys.first() else { return };
    let Ok(Some(edited)) = json::remove_members(bytes, &[vec![key.clone()]]) else { return };
    let left = json::members(&edited.bytes, &[]).expect("still JSON").expect("still an object");
    let expected: Vec<&String> = keys.iter().filter(|other| *other != key).collect();
    assert_eq!(expected, left.iter().collect::<Vec<_>>());
});
