//! Removing members of a file in any format.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use adieu::formats::{Format, MemberPath, MemberRemoval, Pattern, Step};

/// Whether all of these bytes stand in the others, in that order.
pub(crate) fn is_subsequence(part: &[u8], whole: &[u8]) -> bool {
    let mut rest = whole.iter();
    part.iter().all(|byte| rest.any(|other| other == byte))
}

/// Removes some members, which the content itself chooses, from a file in a format, and checks that
/// they are gone, that what is left stood there before, and that the file is still one of the format.
///
/// That the rest means the same is proved by the removal itself.
pub(crate) fn remove_some(format: Format, bytes: &[u8]) {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    let chosen = hasher.finish();
    let Ok(document) = format.read(bytes) else {
        return;
    };
    let pattern: Pattern = "**".parse().expect("a pattern");
    let mut paths: Vec<MemberPath> = document
        .select(&pattern)
        .into_iter()
        .map(|member| member.path)
        .collect();
    let mut number = 0;
    paths.retain(|_| {
        number += 1;
        chosen >> (number % 64) & 1 == 1
    });
    let Ok(edited) = format.remove(bytes, &paths) else {
        return;
    };
    assert!(edited.bytes.len() <= bytes.len() + 3 * paths.len());
    // Nothing is put in but the brackets of what is left empty.
    let rest = edited.bytes.iter().copied();
    let rest: Vec<u8> = rest.filter(|byte| !b"{}[] ".contains(byte)).collect();
    assert!(is_subsequence(&rest, bytes));
    let left = format
        .read(&edited.bytes)
        .expect("what is left is still in the format");
    let has_keys_only =
        |path: &&MemberPath| path.steps().iter().all(|step| matches!(step, Step::Key(_)));
    let outcomes = paths.iter().zip(&edited.outcomes);
    let removed = outcomes.filter(|(_, outcome)| **outcome == MemberRemoval::Removed);
    for path in removed.map(|(path, _)| path).filter(has_keys_only) {
        assert!(
            left.get(path).is_none_or(|node| node.scalar().is_none()),
            "{path} is still there"
        );
    }
}
