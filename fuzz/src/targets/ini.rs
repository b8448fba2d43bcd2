//! Removing a section never panics; the entries of all others keep their values, and every byte that
//! is left stood there before, in that order.

use std::collections::HashSet;

use crate::removal::is_subsequence;
use adieu::files::ini::{self, Section};

pub(crate) fn run(bytes: &[u8]) {
    let Some((&choice, bytes)) = bytes.split_first() else {
        return;
    };
    let sections = ini::sections(bytes);
    let Some(chosen) = sections.get(usize::from(choice) % sections.len().max(1)) else {
        return;
    };
    let name = chosen.name.clone();
    let names = HashSet::from([name.as_str()]);
    let Ok(Some(edited)) = ini::remove_sections(bytes, &names) else {
        return;
    };
    let left = ini::sections(&edited.bytes);
    assert!(left.iter().all(|section| section.name != name));
    let kept = sections.iter().filter(|section| section.name != name);
    assert_eq!(said(kept), said(left.iter()));
    assert!(is_subsequence(&edited.bytes, bytes));
}

fn said<'a>(sections: impl Iterator<Item = &'a Section>) -> Vec<(String, Vec<(String, String)>)> {
    sections
        .map(|section| {
            let entries = section.entries.iter();
            let entries = entries.map(|entry| (entry.key.clone(), entry.value.expose().to_owned()));
            (section.name.clone(), entries.collect())
        })
        .collect()
}
