use super::*;

mod patterns;
mod random;
mod removals;
mod tools;

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
    assert!(edited.removed.iter().all(|removed| *removed));
    String::from_utf8(edited.bytes).unwrap()
}

/// The texts that a pattern selects.
fn texts(format: Format, text: &str, pattern: &str) -> Vec<String> {
    let document = format.read(text.as_bytes()).unwrap();
    let pattern: Pattern = pattern.parse().unwrap();
    let scalar = |member: &Member<'_>| member.value.scalar().unwrap_or("-").to_owned();
    document.select(&pattern).iter().map(scalar).collect()
}
