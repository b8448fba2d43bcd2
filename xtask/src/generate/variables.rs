//! The static table of secret variables, made of `core/data/secret-variables.toml`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::Failure;

/// The section names of the data.
const LISTS: [&str; 3] = ["var", "switch", "provider"];

/// One `[[section]]`: its members by name.
type Entry = BTreeMap<String, Vec<String>>;

/// The Rust source of the table.
pub(super) fn table(data: &str) -> Result<String, Failure> {
    let sections = read(data)?;
    let of = |name: &str| sections.get(name).map(Vec::as_slice).unwrap_or_default();
    let mut page = String::from(
        "//! Generated from `core/data/secret-variables.toml` by `cargo xtask generate`: edit that.\n\n\
         use super::{Effect, NameKind};\n",
    );
    let mut variables = Vec::new();
    for entry in of("var") {
        let kind = variant(member(entry, "kind")?);
        variables.push((
            member(entry, "name")?,
            member(entry, "provider")?,
            format!("NameKind::{kind}"),
        ));
    }
    triples(
        &mut page,
        "Variables that carry or point to a credential: name, provider, kind; by name.",
        "VARIABLES",
        "NameKind",
        variables,
    )?;
    let mut switches = Vec::new();
    for entry in of("switch") {
        let effect = variant(member(entry, "effect")?);
        switches.push((
            member(entry, "name")?,
            member(entry, "provider")?,
            format!("Effect::{effect}"),
        ));
    }
    triples(
        &mut page,
        "Variables that change which credential is used: name, provider, effect; by name.",
        "SWITCHES",
        "Effect",
        switches,
    )?;
    let mut pages = Vec::new();
    for entry in of("provider") {
        pages.push((member(entry, "id")?, member(entry, "revoke")?));
    }
    pages.sort_unstable();
    let _ = write!(
        page,
        "\n/// Where a provider's credentials are revoked; by provider.\n#[rustfmt::skip]\n\
         pub(super) const PAGES: [(&str, &str); {}] = [\n",
        pages.len()
    );
    for (id, revoke) in pages {
        let _ = writeln!(page, "    ({id:?}, {revoke:?}),");
    }
    page.push_str("];\n");
    let pattern = of("pattern").first().ok_or("the data has no [pattern]")?;
    for (name, about) in [
        ("suffix", "Endings of names that are probably secret."),
        ("prefix", "Beginnings of names that are probably secret."),
        ("not_secret_suffix", "Endings that only look like it."),
        ("not_secret", "Names that only look like it."),
    ] {
        let mut texts: Vec<&String> = pattern
            .get(name)
            .ok_or("a list is missing")?
            .iter()
            .collect();
        texts.sort_unstable();
        let _ = write!(
            page,
            "\n/// {about}\n#[rustfmt::skip]\npub(super) const {}: [&str; {}] = [\n",
            name.to_uppercase(),
            texts.len()
        );
        for text in texts {
            let _ = writeln!(page, "    {text:?},");
        }
        page.push_str("];\n");
    }
    let shape = pattern.get("shape").ok_or("a list is missing")?;
    let (shapes, rest) = shape.as_chunks::<3>();
    if !rest.is_empty() {
        return Err("a shape has three parts".into());
    }
    let _ = write!(
        page,
        "\n/// Beginning, middle and end of names that are probably secret.\n#[rustfmt::skip]\n\
         pub(super) const SHAPES: [[&str; 3]; {}] = [\n",
        shapes.len()
    );
    for [start, middle, end] in shapes {
        let _ = writeln!(page, "    [{start:?}, {middle:?}, {end:?}],");
    }
    page.push_str("];\n");
    Ok(page)
}

fn triples(
    page: &mut String,
    about: &str,
    name: &str,
    kind: &str,
    mut entries: Vec<(&str, &str, String)>,
) -> Result<(), Failure> {
    entries.sort_unstable();
    if let Some(twice) = entries.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        return Err(format!("{} stands twice in the data", twice[0].0).into());
    }
    let _ = write!(
        page,
        "\n/// {about}\n#[rustfmt::skip]\npub(super) const {name}: [(&str, &str, {kind}); {}] = [\n",
        entries.len()
    );
    for (name, provider, value) in entries {
        let _ = writeln!(page, "    ({name:?}, {provider:?}, {value}),");
    }
    page.push_str("];\n");
    Ok(())
}

fn member<'a>(entry: &'a Entry, name: &str) -> Result<&'a str, Failure> {
    entry
        .get(name)
        .and_then(|texts| texts.first())
        .map(String::as_str)
        .ok_or_else(|| format!("an entry has no {name}: {entry:?}").into())
}

/// `pointer-to-file` as `PointerToFile`.
fn variant(word: &str) -> String {
    word.split('-')
        .map(|part| {
            let (first, rest) = part.split_at(part.len().min(1));
            first.to_uppercase() + rest
        })
        .collect()
}

/// Reads the part of TOML that the data uses: `[section]`, `[[section]]`, and members that are a
/// text, a number or a list of texts on one line. Lists in lists are flattened.
fn read(data: &str) -> Result<BTreeMap<String, Vec<Entry>>, Failure> {
    let mut sections: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
    let mut current = String::new();
    for (number, line) in data.lines().enumerate() {
        let line = line.trim();
        let wrong = || format!("secret-variables.toml, line {}: not understood", number + 1);
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(name) = line.strip_prefix('[') {
            name.trim_matches(['[', ']']).clone_into(&mut current);
            if current != "pattern" && !LISTS.contains(&current.as_str()) {
                return Err(wrong().into());
            }
            sections
                .entry(current.clone())
                .or_default()
                .push(Entry::new());
            continue;
        }
        let (name, value) = line.split_once(" = ").ok_or_else(wrong)?;
        if let Some(entry) = sections
            .get_mut(&current)
            .and_then(|entries| entries.last_mut())
        {
            entry.insert(name.to_owned(), texts(value).ok_or_else(wrong)?);
        }
    }
    Ok(sections)
}

/// The texts of a value, without escapes: the data has none.
fn texts(value: &str) -> Option<Vec<String>> {
    if value.contains('\\') || value.matches('"').count() % 2 == 1 {
        return None;
    }
    Some(
        value
            .split('"')
            .skip(1)
            .step_by(2)
            .map(str::to_owned)
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const DATA: &str = "version = 1\n[[switch]]\nname = \"B_URL\"\nprovider = \"b\"\n\
        effect = \"endpoint\"\n[[provider]]\nid = \"b\"\nrevoke = \"https://b.example\"\n\
        [pattern]\nsuffix = [\"_X\", \"_A\"]\nprefix = []\nnot_secret = []\n\
        not_secret_suffix = []\nshape = [[\"C_\", \"\", \"_D\"]]\n[[var]]\nname = \"Z\"\n\
        provider = \"b\"\nkind = \"pointer-to-file\"\n[[var]]\nname = \"A\"\nprovider = \"b\"\n\
        kind = \"token\"\n";

    #[test]
    fn table_is_sorted_and_has_every_list() {
        let page = table(DATA).unwrap();
        let at = |text: &str| page.find(text).unwrap_or_else(|| panic!("{text}: {page}"));
        assert!(
            at("(\"A\", \"b\", NameKind::Token)") < at("(\"Z\", \"b\", NameKind::PointerToFile)")
        );
        assert!(at("    \"_A\",") < at("    \"_X\","));
        at("(\"B_URL\", \"b\", Effect::Endpoint)");
        at("[\"C_\", \"\", \"_D\"]");
    }

    #[test]
    fn what_is_not_understood_or_stands_twice_is_refused() {
        assert!(table(&DATA.replace("\"_X\"", "\"_X")).is_err());
        assert!(table(&DATA.replace("[pattern]", "[patterns]")).is_err());
        assert!(table(&DATA.replace("\"Z\"", "\"A\"")).is_err());
    }
}
