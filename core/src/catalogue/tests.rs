//! What must hold for every entry that comes with the program.

use super::*;
use crate::formats::Pattern;

#[test]
fn every_pattern_of_every_entry_can_be_read() {
    for tool in list_tools() {
        for file in tool.files {
            for credential in file.credentials.iter().filter(|_| file.format.is_some()) {
                let pattern = credential.select.parse::<Pattern>();
                assert!(pattern.is_ok(), "{}: {pattern:?}", tool.system.id());
            }
            for reference in file.references {
                let pattern = reference.select.parse::<Pattern>();
                assert!(pattern.is_ok(), "{}: {pattern:?}", tool.system.id());
            }
            for marker in file.markers {
                let pattern = marker.select.parse::<Pattern>();
                assert!(pattern.is_ok(), "{}: {pattern:?}", tool.system.id());
            }
        }
    }
}

#[test]
fn every_name_of_every_tool_finds_its_family() {
    for tool in list_tools() {
        let id = tool.system.id();
        for name in [id].iter().chain(tool.aliases) {
            assert_eq!(System::parse(name), Some(tool.system), "{name}");
        }
        assert!(!tool.name.is_empty() && !tool.category.is_empty(), "{id}");
        assert!(tool_of(tool.system).is_some(), "{id}");
    }
}

#[test]
fn tools_of_a_variable_are_those_that_name_it() {
    for tool in list_tools() {
        for (rank, variable) in tool.variables.iter().enumerate() {
            let mut found = tools_of_variable(variable.name);
            assert!(
                found.any(|(other, at)| other.system == tool.system && at == rank),
                "{} {}",
                tool.system.id(),
                variable.name
            );
        }
    }
    assert_eq!(tools_of_variable("ADIEU_NO_SUCH_VARIABLE").count(), 0);
}

#[test]
fn an_entry_that_is_wrong_says_where() {
    let entry = |text: &str| entry::Entry::parse(text).unwrap_err();
    let head = "id = \"t\"\nname = \"T\"\ncategory = \"c\"\nconfidence = \"source\"\n";
    let unknown = entry(&format!("{head}sources = [\"s\"]\nsecrets = 1\n"));
    assert!(
        unknown.contains("line 6") && unknown.contains("secrets"),
        "{unknown}"
    );
    for (rest, says) in [
        ("sources = []\n", "`sources` is empty"),
        ("sources = [\"s\"]\n", "neither a `[[file]]`"),
        (
            "sources = [\"s\"]\n[[file]]\npaths = [\"~/../x\"]\nformat = \"json\"\n[[file.credential]]\nselect = \"a\"\n",
            "no path of an entry",
        ),
        (
            "sources = [\"s\"]\n[[file]]\npaths = [\"/etc/x\"]\nformat = \"json\"\n[[file.credential]]\nselect = \"a\"\n",
            "no path of an entry",
        ),
        (
            "sources = [\"s\"]\n[[file]]\npaths = [\"~/x\"]\nformat = \"json\"\n[[file.credential]]\nwhat = \"a\"\n",
            "`select` is what",
        ),
    ] {
        let error = entry(&format!("{head}{rest}"));
        assert!(error.contains(says), "{error}");
    }
}
