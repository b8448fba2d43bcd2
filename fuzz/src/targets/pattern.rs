//! A pattern is read or refused, and what a path shows is a pattern that selects the same.

use adieu::formats::{Format, Pattern};

pub(crate) fn run(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let Some((pattern, file)) = text.split_once('\0') else {
        return;
    };
    let Ok(pattern) = pattern.parse::<Pattern>() else {
        return;
    };
    let Ok(document) = Format::Json.read(file.as_bytes()) else {
        return;
    };
    for member in document.select(&pattern).into_iter().take(50) {
        let shown = member.path.to_string();
        if shown.chars().any(char::is_control) || shown.len() > 900 {
            continue;
        }
        let same: Pattern = shown.parse().expect("a path is a pattern");
        let found = document.select(&same);
        assert!(
            found.iter().any(|other| other.path == member.path),
            "{shown}"
        );
    }
}
