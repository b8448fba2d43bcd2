use super::*;

mod json;
mod patterns;
mod random;
mod removals;
mod sections;
mod tools;
mod yaml;

/// The paths that patterns select.
fn select(format: Format, text: &str, patterns: &[&str]) -> Vec<MemberPath> {
    let document = format.read(text.as_bytes()).unwrap();
    let select = |pattern: &&str| {
        let pattern: Pattern = pattern.parse().unwrap();
        document.select(&pattern)
    };
    patterns
        .iter()
        .flat_map(select)
        .map(|member| member.path)
        .collect()
}

/// The text without what the patterns select.
fn remove(format: Format, text: &str, patterns: &[&str]) -> String {
    let paths = select(format, text, patterns);
    assert!(!paths.is_empty(), "nothing is selected in {text:?}");
    let edited = format.remove(text.as_bytes(), &paths).unwrap();
    let is_removed = |outcome: &MemberRemoval| *outcome == MemberRemoval::Removed;
    assert!(edited.outcomes.iter().all(is_removed), "{edited:?}");
    String::from_utf8(edited.bytes).unwrap()
}

/// The texts that a pattern selects.
fn texts(format: Format, text: &str, pattern: &str) -> Vec<String> {
    let document = format.read(text.as_bytes()).unwrap();
    let pattern: Pattern = pattern.parse().unwrap();
    let scalar = |member: &Member<'_>| member.value.scalar().unwrap_or("-").to_owned();
    document.select(&pattern).iter().map(scalar).collect()
}

/// The text without what is at these paths; `unchanged` if nothing is.
fn without(format: Format, text: &str, paths: &[MemberPath]) -> String {
    let edited = format.remove(text.as_bytes(), paths).unwrap();
    let is_absent = |outcome: &MemberRemoval| *outcome == MemberRemoval::Absent;
    if edited.outcomes.iter().all(is_absent) {
        assert_eq!(edited.bytes, text.as_bytes());
        return "unchanged".to_owned();
    }
    for outcome in edited.outcomes {
        assert!(
            !matches!(outcome, MemberRemoval::Refused(_)),
            "{text:?}: {outcome:?}"
        );
    }
    String::from_utf8(edited.bytes).unwrap()
}
