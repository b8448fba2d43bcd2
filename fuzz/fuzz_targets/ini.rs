//! Removing sections never panics, removes nothing else, and leaves nothing of what was removed.
#![no_main]

use std::collections::HashSet;

use adieu::files::ini;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let sections = ini::sections(bytes);
    let Some(first) = sections.first() else { return };
    let name = first.name.clone();
    let names = HashSet::from([name.as_str()]);
    let Some(edited) = ini::remove_sections(bytes, &names) else { return };
    let left = ini::sections(&edited.bytes);
    assert!(left.iter().all(|section| section.name != name));
    let kept: Vec<&String> = sections.iter().map(|s| &s.name).filter(|n| **n != name).collect();
    assert_eq!(kept, left.iter().map(|section| &section.name).collect::<Vec<_>>());
});
