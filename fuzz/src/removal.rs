//! Removing members of a file in any format.

use adieu::formats::{Format, MemberPath, Pattern, Step};

/// Whether all of these bytes stand in the others, in that order.
pub(crate) fn is_subsequence(part: &[u8], whole: &[u8]) -> bool {
    let mut rest = whole.iter();
    part.iter().all(|byte| rest.any(|other| other == byte))
}

/// Removes the members that the input's first bytes choose from a file in a format, and checks that
/// they are gone and that the file has not become another one.
///
/// That the rest means the same is proved by the removal itself.
pub(crate) fn remove_some(format: Format, input: &[u8]) {
    let (choice, bytes) = input.split_at(input.len().min(8));
    let chosen = choice
        .iter()
        .fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
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
    let left = format
        .read(&edited.bytes)
        .expect("what is left is still in the format");
    let has_keys_only =
        |path: &&MemberPath| path.steps().iter().all(|step| matches!(step, Step::Key(_)));
    for path in paths
        .iter()
        .filter(has_keys_only)
        .filter(|path| !path.steps().is_empty())
    {
        assert!(
            left.get(path).is_none_or(|node| node.scalar().is_none()),
            "{path} is still there"
        );
    }
}
