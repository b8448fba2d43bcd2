//! Members of one file, taken out in one go, whatever its format; and what its owner's rules say of
//! what is left.

use std::collections::BTreeMap;

use crate::formats::{Format, MemberPath, MemberRemoval, Node, Step};
use crate::inventory::Place;
use crate::io::files::{Change, EditError};
use crate::systems::FileRules;

/// The outcomes of the members of a file, by the position of their step.
pub(super) type MemberOutcomes = BTreeMap<usize, MemberRemoval>;

/// The new content of a file without what the steps remove, and what became of each. One that has
/// to stay keeps no other.
pub(super) fn change_members<'a>(
    bytes: &[u8],
    places: impl Iterator<Item = (usize, &'a Place)>,
    rules: &FileRules,
) -> Result<(Change, MemberOutcomes), EditError> {
    // A file has one format, as long as systems agree on it.
    let mut by_format: BTreeMap<Format, (Vec<usize>, Vec<MemberPath>)> = BTreeMap::new();
    for (at, place) in places {
        if let Place::Member { format, path, .. } = place {
            let (steps, paths) = by_format.entry(*format).or_default();
            steps.push(at);
            paths.push(path.clone());
        }
    }
    let mut outcomes = MemberOutcomes::new();
    let mut change = Change::Keep;
    for (format, (steps, paths)) in by_format {
        let bytes = match &change {
            Change::Replace(bytes) => bytes,
            Change::Keep => bytes,
            Change::Remove => b"",
        };
        let edited = format.remove(bytes, &paths)?;
        let pairs = paths.iter().zip(&edited.outcomes);
        let removed: Vec<&MemberPath> = pairs
            .filter(|(_, outcome)| **outcome == MemberRemoval::Removed)
            .map(|(path, _)| path)
            .collect();
        // A file out of which nothing was taken stays, however little is in it.
        if !removed.is_empty() {
            change = if edited.is_empty && rules.goes_when_empty {
                Change::Remove
            } else {
                let rest = without_empty_groups(format, edited.bytes, &removed, rules)?;
                Change::Replace(without_choice(format, rest, &removed, rules)?)
            };
        }
        outcomes.extend(steps.into_iter().zip(edited.outcomes));
    }
    Ok((change, outcomes))
}

/// Without the groups that lost something and have nothing left in them.
fn without_empty_groups(
    format: Format,
    bytes: Vec<u8>,
    removed: &[&MemberPath],
    rules: &FileRules,
) -> Result<Vec<u8>, EditError> {
    if rules.groups.is_empty() {
        return Ok(bytes);
    }
    let document = format.read(&bytes)?;
    let lost_something = |group: &&&str| {
        let is_in_it = |path: &&MemberPath| match path.steps() {
            [Step::Key(key), _] => key == **group,
            _ => false,
        };
        removed.iter().any(is_in_it)
    };
    let is_empty = |group: &&&str| document.root().get(group).is_some_and(Node::is_empty);
    let groups = rules.groups.iter().filter(lost_something).filter(is_empty);
    let groups: Vec<MemberPath> = groups.map(|group| MemberPath::of_keys([*group])).collect();
    Ok(format.remove(&bytes, &groups)?.bytes)
}

/// Without the choice of an element that is gone: the text that names it becomes empty.
fn without_choice(
    format: Format,
    bytes: Vec<u8>,
    removed: &[&MemberPath],
    rules: &FileRules,
) -> Result<Vec<u8>, EditError> {
    let Some((key, list)) = rules.choice else {
        return Ok(bytes);
    };
    let key = MemberPath::of_keys([key]);
    let document = format.read(&bytes)?;
    let chosen = document.text(&key).map(|name| {
        let element = [("name", name.expose())];
        MemberPath::of_keys([list]).element(element)
    });
    if !chosen.is_some_and(|chosen| removed.contains(&&chosen)) {
        return Ok(bytes);
    }
    // What cannot be cleared names nothing any more; that is no reason to keep the element.
    let cleared = format.replace_texts(&bytes, &[(key, "")]);
    Ok(cleared.ok().flatten().unwrap_or(bytes))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::formats::IniDialect;
    use crate::io::files::{ConfinedPath, LockRule};

    fn place(format: Format, path: MemberPath) -> Place {
        Place::Member {
            format,
            file: ConfinedPath::root(Path::new("/home/ana"))
                .descend("file")
                .unwrap(),
            path,
        }
    }

    /// The text without these places (`None`: the file goes), and how each ended in a word.
    fn edited(
        text: &str,
        places: &[Place],
        rules: &FileRules,
    ) -> (Option<String>, Vec<&'static str>) {
        let places = places.iter().enumerate();
        let (change, outcomes) = change_members(text.as_bytes(), places, rules).unwrap();
        let word = |outcome: &MemberRemoval| match outcome {
            MemberRemoval::Removed => "removed",
            MemberRemoval::Absent => "absent",
            MemberRemoval::Refused(_) => "refused",
        };
        let text = match change {
            Change::Keep => Some(text.to_owned()),
            Change::Replace(bytes) => Some(String::from_utf8(bytes).unwrap()),
            Change::Remove => None,
        };
        (text, outcomes.values().map(word).collect())
    }

    fn plain() -> FileRules {
        FileRules::locked(LockRule::None)
    }

    #[test]
    fn member_that_has_to_stay_keeps_no_other() {
        let items = |names: [&str; 4]| {
            names.map(|name| {
                let path = MemberPath::of_keys(["users"]).element([("name", name)]);
                place(Format::Yaml, path)
            })
        };
        let text = "users:\n- name: a\n- &x\n  name: b\n- name: c\n- *x\n";
        let (rest, outcomes) = edited(text, &items(["a", "b", "c", "d"]), &plain());
        assert_eq!(outcomes, ["removed", "refused", "removed", "absent"]);
        assert_eq!(rest.unwrap(), "users:\n- &x\n  name: b\n- *x\n");

        let sections = ["a", "b", "c", "d"].map(|name| {
            let path = MemberPath::of_section(name);
            place(Format::Ini(IniDialect::Go), path)
        });
        let text = "[a]\nx = 1\n[b]\ny = `1\n[c]\nz = 2`\n[e]\nw = 1\n";
        let (rest, outcomes) = edited(text, &sections, &plain());
        assert_eq!(outcomes, ["removed", "refused", "refused", "absent"]);
        assert_eq!(rest.unwrap(), "[b]\ny = `1\n[c]\nz = 2`\n[e]\nw = 1\n");

        let member = |path: MemberPath| place(Format::Json, path);
        let places = [
            member(MemberPath::of_keys(["a"]).then(Step::Position { index: 0, count: 3 })),
            member(MemberPath::of_keys(["b"])),
        ];
        let (rest, outcomes) = edited("{\"a\": [1, 2], \"b\": 3}", &places, &plain());
        assert_eq!(outcomes, ["refused", "removed"]);
        assert_eq!(rest.unwrap(), "{\"a\": [1, 2]}");
    }

    #[test]
    fn nothing_that_is_there_leaves_every_byte() {
        for (format, text) in [
            (Format::Json, "\u{feff}{ \"a\" : 1 , }\r\n"),
            (Format::Yaml, "a:   {b: 1}   # x\r\n"),
            (Format::Ini(IniDialect::Go), "\n\n[b]\r\rk=v"),
            (Format::Json, "{}"),
            (Format::Ini(IniDialect::Go), "# mine\n"),
        ] {
            let gone = place(format, MemberPath::of_keys(["x", "y"]));
            let rules = FileRules {
                goes_when_empty: true,
                groups: &["x"],
                choice: Some(("a", "x")),
                ..plain()
            };
            let (rest, outcomes) = edited(text, &[gone], &rules);
            assert_eq!((rest.as_deref(), outcomes), (Some(text), vec!["absent"]));
        }
    }

    #[test]
    fn file_goes_when_its_rules_say_so_and_nothing_is_left() {
        let cases = [
            (
                Format::Json,
                "{\"a\": {\"b\": 1}, \"c\": {}, \"d\": []}",
                true,
            ),
            (Format::Json, "{\"a\": {\"b\": 1}, \"c\": null}", false),
            (Format::Json, "{\"a\": {\"b\": 1, \"c\": 1}}", false),
            (Format::Ini(IniDialect::Go), "\n[a]\nb = 1\n", true),
            (Format::Ini(IniDialect::Go), "# mine\n[a]\nb = 1\n", false),
        ];
        for (format, text, goes) in cases {
            let place = match format {
                Format::Ini(_) => place(format, MemberPath::of_section("a")),
                _ => place(format, MemberPath::of_keys(["a", "b"])),
            };
            let rules = FileRules {
                goes_when_empty: true,
                ..plain()
            };
            let places = [place];
            assert_eq!(edited(text, &places, &rules).0.is_none(), goes, "{text}");
            assert!(edited(text, &places, &plain()).0.is_some(), "{text}");
        }
    }

    #[test]
    fn group_goes_with_its_last_member() {
        let rules = FileRules {
            groups: &["apps", "more"],
            ..plain()
        };
        let app = |name: &str| [place(Format::Json, MemberPath::of_keys(["apps", name]))];
        let text = "{\"apps\": {\"x\": 1}, \"more\": {}, \"y\": {}}";
        let (rest, _) = edited(text, &app("x"), &rules);
        assert_eq!(rest.unwrap(), "{\"more\": {}, \"y\": {}}");
        let text = "{\"apps\": {\"x\": 1, \"z\": 2}}";
        assert_eq!(
            edited(text, &app("x"), &rules).0.unwrap(),
            "{\"apps\": {\"z\": 2}}"
        );
    }

    #[test]
    fn current_context_is_cleared_with_its_context_only() {
        let rules = FileRules {
            choice: Some(("current-context", "contexts")),
            ..plain()
        };
        let item = |list: &str, name: &str| {
            [place(
                Format::Yaml,
                MemberPath::of_keys([list]).element([("name", name)]),
            )]
        };
        let text = "\u{feff}contexts:\n- name: one\n- name: two\ncurrent-context: one # x\nusers:\n- name: one\n";
        let (rest, _) = edited(text, &item("contexts", "one"), &rules);
        assert_eq!(
            rest.unwrap(),
            "\u{feff}contexts:\n- name: two\ncurrent-context: \"\" # x\nusers:\n- name: one\n"
        );
        for (list, name) in [("contexts", "two"), ("users", "one")] {
            let (rest, _) = edited(text, &item(list, name), &rules);
            assert!(rest.unwrap().contains("\ncurrent-context: one # x\n"));
        }
        // What carries an anchor may be used elsewhere, and names nothing any more.
        let text = "contexts:\n- name: one\ncurrent-context: &x one\nother: *x\n";
        let (rest, outcomes) = edited(text, &item("contexts", "one"), &rules);
        assert_eq!(outcomes, ["removed"]);
        assert_eq!(
            rest.unwrap(),
            "contexts: []\ncurrent-context: &x one\nother: *x\n"
        );
    }
}
