//! Entries of a list of named things, as a kubeconfig has them: put in place of those of the same name.

use crate::formats::{Format, MemberPath, MemberRemoval};
use crate::io::files::EditError;

/// The text with an entry at the beginning of a list at its top, in place of the one of the same `name`.
/// `lines` are those of the entry, without the dash. Every other byte stays.
///
/// # Errors
///
/// If the text is not understood, or its list is written in a form that no entry can be put into.
pub fn put_named_entry(
    bytes: &[u8],
    list: &str,
    name: &str,
    lines: &[String],
) -> Result<Vec<u8>, EditError> {
    let refused = || EditError::Refused(format!("`{list}` is not written as a list of lines"));
    let path = MemberPath::of_keys([list]).element([("name", name)]);
    let mut bytes = bytes.to_vec();
    // Should there be several of the name, all go.
    while Format::Yaml.read(&bytes)?.get(&path).is_some() {
        let mut edited = Format::Yaml.remove(&bytes, std::slice::from_ref(&path))?;
        if let Some(MemberRemoval::Refused(error)) = edited.outcomes.pop() {
            return Err(error);
        }
        if edited.bytes == bytes {
            return Err(refused());
        }
        bytes = edited.bytes;
    }
    let text = String::from_utf8(bytes).map_err(|_| refused())?;
    let mut kept: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
    if let Some(last) = kept.last_mut().filter(|last| !last.ends_with('\n')) {
        last.push('\n');
    }
    let key = format!("{list}:");
    let at = match kept.iter().position(|line| line.starts_with(&key)) {
        Some(at) => at,
        None => {
            kept.push(format!("{key}\n"));
            kept.len() - 1
        }
    };
    let value = kept[at][key.len()..].trim();
    let value = value.split(" #").next().unwrap_or_default().trim();
    match value {
        "" => {}
        "[]" | "null" | "~" => kept[at] = format!("{key}\n"),
        comment if comment.starts_with('#') => {}
        _ => return Err(refused()),
    }
    let is_text = |line: &&String| {
        let line = line.trim();
        !line.is_empty() && !line.starts_with('#')
    };
    let first = kept[at + 1..].iter().find(is_text);
    let indent = first
        .filter(|line| line.trim_start().starts_with("- "))
        .map_or("", |line| &line[..line.len() - line.trim_start().len()])
        .to_owned();
    let entry = lines.iter().enumerate().map(|(number, line)| {
        let mark = if number == 0 { "- " } else { "  " };
        format!("{indent}{mark}{line}\n")
    });
    let entry: Vec<String> = entry.collect();
    kept.splice(at + 1..=at, entry);
    let edited = kept.concat().into_bytes();
    match Format::Yaml.read(&edited)?.get(&path) {
        Some(_) => Ok(edited),
        None => Err(refused()),
    }
}

/// The text with another value of a key at its top, which is written as JSON writes it.
///
/// # Errors
///
/// If the text is not understood.
pub fn set_top_text(bytes: &[u8], key: &str, value: &str) -> Result<Vec<u8>, EditError> {
    let text =
        std::str::from_utf8(bytes).map_err(|_| EditError::Refused("it is no text".to_owned()))?;
    let start = format!("{key}:");
    let new = format!("{start} {}\n", serde_json::Value::from(value));
    let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
    match lines.iter().position(|line| line.starts_with(&start)) {
        Some(at) => lines[at] = &new,
        None => {
            if lines.last().is_some_and(|last| !last.ends_with('\n')) {
                lines.push("\n");
            }
            lines.push(&new);
        }
    }
    let edited = lines.concat().into_bytes();
    Format::Yaml.read(&edited)?;
    Ok(edited)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entry_is_put_in_place_of_its_namesake_and_every_other_byte_stays() {
        let lines = ["v: 2".to_owned(), "name: \"b\"".to_owned()];
        let put = |before: &str| {
            let after = put_named_entry(before.as_bytes(), "xs", "b", &lines);
            after.map(|after| String::from_utf8(after).unwrap())
        };
        for (before, after) in [
            ("", "xs:\n- v: 2\n  name: \"b\"\n"),
            (
                "k: 1 # mine\nxs: []\nz: 2\n",
                "k: 1 # mine\nxs:\n- v: 2\n  name: \"b\"\nz: 2\n",
            ),
            (
                "xs: # all\n  # first\n  - name: a\n    v: 1\n",
                "xs: # all\n  - v: 2\n    name: \"b\"\n  # first\n  - name: a\n    v: 1\n",
            ),
            (
                "xs:\n- name: b\n  v: 1\n- name: a\n",
                "xs:\n- v: 2\n  name: \"b\"\n- name: a\n",
            ),
            ("xs: null", "xs:\n- v: 2\n  name: \"b\"\n"),
        ] {
            assert_eq!(put(before).unwrap(), after, "{before:?}");
        }
        assert!(put("xs: [{name: a}]\n").is_err());
    }
}
