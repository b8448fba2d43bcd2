//! Which of several names a person means: the one rule for every selector there is.
//!
//! The exact spelling wins; else the only name that is the same ignoring case; else the selector is
//! ambiguous, and whoever acts on it touches nothing and lists what it may mean.

use std::borrow::Cow;
use std::collections::BTreeSet;

/// What a selector means, for a command that acts on one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice<T> {
    /// Nothing has that name.
    Nothing,
    /// This one.
    One(T),
    /// Any of these, so none may be touched.
    Several(Vec<T>),
}

/// What a selector means, for a command that looks at everything of one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matches<T> {
    /// Those that have the name.
    pub found: Vec<T>,
    /// How the name is spelled there: with several spellings the selector is ambiguous.
    pub spellings: BTreeSet<String>,
    /// Whether it was typed as it is spelled.
    pub is_exact: bool,
}

/// Whether two names are the same but for the case of their letters.
pub fn is_same_name(left: &str, right: &str) -> bool {
    left.eq_ignore_ascii_case(right)
        || (!(left.is_ascii() && right.is_ascii()) && left.to_lowercase() == right.to_lowercase())
}

/// The one candidate that is meant; a candidate may go by several names.
pub fn choose_candidate<T>(
    typed: &str,
    candidates: impl IntoIterator<Item = T>,
    names: impl for<'t> Fn(&'t T) -> Vec<Cow<'t, str>>,
) -> Choice<T> {
    let mut found = find_matches(typed, candidates, names).found;
    match (found.pop(), found.is_empty()) {
        (None, _) => Choice::Nothing,
        (Some(one), true) => Choice::One(one),
        (Some(last), false) => {
            found.push(last);
            Choice::Several(found)
        }
    }
}

/// All candidates that have the name as it was typed or, if there is none, ignoring case.
pub fn find_matches<T>(
    typed: &str,
    candidates: impl IntoIterator<Item = T>,
    names: impl for<'t> Fn(&'t T) -> Vec<Cow<'t, str>>,
) -> Matches<T> {
    let mut exact = Vec::new();
    let mut others = Vec::new();
    let mut spellings = BTreeSet::new();
    for candidate in candidates {
        let (is_exact, same) = {
            let names = names(&candidate);
            let same = names.iter().filter(|name| is_same_name(name, typed));
            let same: Vec<String> = same.map(|name| name.clone().into_owned()).collect();
            (same.iter().any(|name| name == typed), same)
        };
        if is_exact {
            exact.push(candidate);
        } else if !same.is_empty() {
            spellings.extend(same);
            others.push(candidate);
        }
    }
    if exact.is_empty() {
        return Matches {
            found: others,
            spellings,
            is_exact: false,
        };
    }
    Matches {
        found: exact,
        spellings: BTreeSet::from([typed.to_owned()]),
        is_exact: true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [(&str, &[&str]); 4] = [
        ("a", &["Dev", "prod"]),
        ("b", &["dev", "PROD"]),
        ("c", &["ÄRGER", "stage"]),
        ("d", &["Same", "same"]),
    ];

    fn chosen(typed: &str) -> Choice<&'static str> {
        let choice = choose_candidate(typed, NAMES, |(_, names)| {
            names.iter().map(|name| Cow::Borrowed(*name)).collect()
        });
        match choice {
            Choice::Nothing => Choice::Nothing,
            Choice::One((id, _)) => Choice::One(id),
            Choice::Several(several) => {
                Choice::Several(several.into_iter().map(|(id, _)| id).collect())
            }
        }
    }

    #[test]
    fn exact_spelling_wins_then_the_only_one_ignoring_case_then_nothing_is_chosen() {
        for (typed, expected) in [
            ("Dev", Choice::One("a")),
            ("dev", Choice::One("b")),
            ("DEV", Choice::Several(vec!["a", "b"])),
            ("Prod", Choice::Several(vec!["a", "b"])),
            ("prod", Choice::One("a")),
            ("STAGE", Choice::One("c")),
            ("ärger", Choice::One("c")),
            // Two names of one thing are one thing.
            ("SAME", Choice::One("d")),
            ("de", Choice::Nothing),
            ("", Choice::Nothing),
        ] {
            assert_eq!(chosen(typed), expected, "{typed:?}");
        }
    }

    #[test]
    fn several_spellings_are_told_from_several_things_of_one_name() {
        let matches = |typed| {
            let names = ["dev", "dev", "Dev"];
            let found = find_matches(typed, names, |name| vec![Cow::Borrowed(*name)]);
            (found.found.len(), found.spellings.len(), found.is_exact)
        };
        assert_eq!(matches("dev"), (2, 1, true));
        assert_eq!(matches("DEV"), (3, 2, false));
    }
}
