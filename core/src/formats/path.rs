//! Where a member is, in words that hold while others edit the file.

use std::collections::{BTreeSet, HashMap};
use std::fmt;

use super::tree::{Address, Node, Shape};
use crate::io::files::EditError;
use crate::secret::Secret;

/// The way from the outermost value to a member. No secret is ever in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MemberPath(Vec<Step>);

/// One step of a [`MemberPath`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// The member of a map.
    Key(String),
    /// The section of an INI file, not a key at its top that is called the same.
    Section(String),
    /// The elements of a list, or of those members of one key that may be repeated, by what they
    /// hold.
    Element {
        /// Members with the text that each must have.
        matching: Vec<(String, String)>,
        /// Members that must be there, whatever they hold.
        holding: Vec<String>,
    },
    /// The elements of a list that are this text.
    Text(String),
    /// The element of a list, or of the members of one key, that nothing tells from the others. If
    /// there are more or fewer of them by then, which one is meant is not known any more.
    Position {
        /// Counted from 0.
        index: usize,
        /// How many there were.
        count: usize,
    },
}

impl MemberPath {
    /// The path of these steps.
    pub const fn new(steps: Vec<Step>) -> Self {
        Self(steps)
    }

    /// The path of these keys.
    pub fn of_keys<K: Into<String>>(keys: impl IntoIterator<Item = K>) -> Self {
        Self(keys.into_iter().map(|key| Step::Key(key.into())).collect())
    }

    /// The path of an INI file's section.
    pub fn of_section(name: impl Into<String>) -> Self {
        Self(vec![Step::Section(name.into())])
    }

    /// The steps from the outside in.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// This path and every one on the way to it, the shortest first.
    pub fn ancestors(&self) -> impl Iterator<Item = Self> + '_ {
        (1..=self.0.len()).map(|length| Self(self.0[..length].to_vec()))
    }

    /// The path of what this step leads to from here.
    #[must_use]
    pub fn then(mut self, step: Step) -> Self {
        self.0.push(step);
        self
    }

    /// The path of those elements of this list whose members have these texts.
    #[must_use]
    pub fn element<K: Into<String>, T: Into<String>>(
        self,
        matching: impl IntoIterator<Item = (K, T)>,
    ) -> Self {
        let matching = matching.into_iter();
        self.then(Step::Element {
            matching: matching
                .map(|(key, text)| (key.into(), text.into()))
                .collect(),
            holding: Vec::new(),
        })
    }

    /// What it is called, step by step, for people: keys and texts as they stand, without the passwords
    /// of addresses.
    pub fn words(&self) -> impl Iterator<Item = String> {
        self.0.iter().map(|step| match step {
            Step::Key(word) | Step::Section(word) | Step::Text(word) => hide_passwords(word),
            Step::Element { matching, .. } => {
                let texts = matching.iter().map(|(key, text)| hide_in_match(key, text));
                texts.collect::<Vec<_>>().join(",")
            }
            Step::Position { index, .. } => format!("#{}", index + 1),
        })
    }

    /// What tells the member from its neighbours, for people: as [`MemberPath::name`], without passwords and
    /// tokens.
    pub fn shown_name(&self) -> String {
        match self.0.last() {
            Some(Step::Element { matching, .. }) => matching
                .first()
                .map_or_else(String::new, |(key, text)| hide_in_match(key, text)),
            _ => hide_passwords(self.name()),
        }
    }

    /// What tells the member from its neighbours, as it stands: its key, its text, or the first of the
    /// texts in it that do. People are shown [`MemberPath::shown_name`].
    pub fn name(&self) -> &str {
        match self.0.last() {
            Some(Step::Key(word) | Step::Section(word) | Step::Text(word)) => word,
            Some(Step::Element { matching, .. }) => {
                matching.first().map_or("", |(_, text)| text.as_str())
            }
            Some(Step::Position { .. }) | None => "",
        }
    }

    /// All nodes that it names.
    pub(super) fn resolve(&self, root: &Node) -> Result<Vec<Address>, EditError> {
        let found = resolve_all(root, std::slice::from_ref(self)).pop();
        found.unwrap_or_else(|| Ok(Vec::new()))
    }
}

/// The nodes that each of these paths names, found in one walk.
pub(super) fn resolve_all(
    root: &Node,
    paths: &[MemberPath],
) -> Vec<Result<Vec<Address>, EditError>> {
    let mut walk = Walk {
        at: Address::new(),
        found: paths.iter().map(|_| Ok(Vec::new())).collect(),
    };
    let steps = paths.iter().map(|path| path.0.as_slice());
    walk.node(root, &steps.enumerate().collect::<Vec<_>>());
    walk.found
}

/// The number of a path, and the steps of it that are left.
type Wanted<'p> = (usize, &'p [Step]);

/// A walk for many paths at once. As deep as the document, which has been limited.
struct Walk {
    at: Address,
    found: Vec<Result<Vec<Address>, EditError>>,
}

impl Walk {
    fn node(&mut self, node: &Node, wanted: &[Wanted<'_>]) {
        for (number, _) in wanted.iter().filter(|(_, steps)| steps.is_empty()) {
            if let Ok(found) = &mut self.found[*number] {
                found.push(self.at.clone());
            }
        }
        match &node.shape {
            Shape::Map(members) => self.members(members, wanted),
            Shape::List(elements) => {
                let all: Vec<(usize, &Node)> = elements.iter().enumerate().collect();
                self.elements(&all, wanted);
            }
            _ => {}
        }
    }

    fn below(&mut self, position: usize, node: &Node, wanted: &[Wanted<'_>]) {
        if !wanted.is_empty() {
            self.at.push(position);
            self.node(node, wanted);
            self.at.pop();
        }
    }

    fn members(&mut self, members: &[(String, Node)], wanted: &[Wanted<'_>]) {
        let mut by_key: HashMap<&str, Vec<Wanted<'_>>> = HashMap::new();
        for &(number, steps) in wanted {
            if let Some(Step::Key(key) | Step::Section(key)) = steps.first() {
                by_key.entry(key).or_default().push((number, steps));
            }
        }
        let mut named: HashMap<&str, Vec<(usize, &Node)>> = HashMap::new();
        for (position, (key, member)) in members.iter().enumerate() {
            if by_key.contains_key(key.as_str()) {
                named.entry(key).or_default().push((position, member));
            }
        }
        for (key, named) in named {
            let are_repeated = named.iter().all(|(_, member)| member.is_repeated);
            let (mut told_apart, mut all, mut maps) = (Vec::new(), Vec::new(), Vec::new());
            for &(number, steps) in by_key.get(key).into_iter().flatten() {
                let rest = &steps[1..];
                match (&steps[0], rest.first()) {
                    (_, Some(Step::Position { .. } | Step::Element { .. })) if are_repeated => {
                        told_apart.push((number, rest));
                    }
                    (Step::Section(_), _) => maps.push((number, rest)),
                    _ => all.push((number, rest)),
                }
            }
            self.elements(&named, &told_apart);
            maps.extend(&all);
            for (position, member) in named {
                let wanted = if member.is_map() { &maps } else { &all };
                self.below(position, member, wanted);
            }
        }
    }

    /// Elements of a list, or members of one key, by what they hold: each is looked up by the first
    /// text that it must have.
    fn elements(&mut self, all: &[(usize, &Node)], wanted: &[Wanted<'_>]) {
        let mut by_position: HashMap<usize, Vec<Wanted<'_>>> = HashMap::new();
        let mut by_text: HashMap<(Option<&str>, &str), Vec<Wanted<'_>>> = HashMap::new();
        let mut others: Vec<Wanted<'_>> = Vec::new();
        for &(number, steps) in wanted {
            match steps.first() {
                // None of them is left: then it is gone, whichever it was.
                Some(Step::Position { .. }) if all.is_empty() => {}
                Some(Step::Position { count, .. }) if all.len() != *count => {
                    let why = "the list was changed by another program meanwhile";
                    self.found[number] = Err(EditError::Refused(why.to_owned()));
                }
                Some(Step::Position { index, .. }) => {
                    let meant = by_position.entry(*index).or_default();
                    meant.push((number, &steps[1..]));
                }
                Some(Step::Text(text)) => {
                    let meant = by_text.entry((None, text)).or_default();
                    meant.push((number, steps));
                }
                Some(Step::Element { matching, .. }) => match matching.first() {
                    Some((key, text)) => {
                        let meant = by_text.entry((Some(key), text)).or_default();
                        meant.push((number, steps));
                    }
                    None => others.push((number, steps)),
                },
                Some(Step::Key(_) | Step::Section(_)) | None => {}
            }
        }
        let keys: BTreeSet<Option<&str>> = by_text.keys().map(|(key, _)| *key).collect();
        for (index, (position, element)) in all.iter().enumerate() {
            let mut meant = by_position.remove(&index).unwrap_or_default();
            let mut candidates = others.clone();
            for &key in &keys {
                let texts: Vec<&str> = match key {
                    None => element.text().map(Secret::expose).into_iter().collect(),
                    Some(key) => {
                        let members = element.members().filter(|(name, _)| *name == key);
                        members.filter_map(|(_, member)| member.scalar()).collect()
                    }
                };
                let meant = texts.iter().filter_map(|text| by_text.get(&(key, *text)));
                candidates.extend(meant.flatten());
            }
            let fits = |(_, steps): &&Wanted<'_>| match steps.first() {
                Some(Step::Element { matching, holding }) => is_meant(element, matching, holding),
                _ => true,
            };
            meant.extend(
                candidates
                    .iter()
                    .filter(fits)
                    .map(|(number, steps)| (*number, &steps[1..])),
            );
            self.below(*position, element, &meant);
        }
    }
}

/// Whether an element has members with these texts, and members of these names.
pub(super) fn is_meant(element: &Node, matching: &[(String, String)], holding: &[String]) -> bool {
    let has_text = |(key, text): &(String, String)| {
        element
            .members()
            .any(|(name, member)| name == key && member.scalar() == Some(text))
    };
    matching.iter().all(has_text) && holding.iter().all(|key| element.get(key).is_some())
}

/// As a pattern that selects exactly this.
impl fmt::Display for MemberPath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, step) in self.0.iter().enumerate() {
            match step {
                Step::Key(key) | Step::Section(key) => {
                    if number > 0 {
                        formatter.write_str(".")?;
                    }
                    write_word(formatter, key)?;
                }
                Step::Element { matching, holding } => {
                    formatter.write_str("[")?;
                    let mut separator = "";
                    for (key, text) in matching {
                        formatter.write_str(separator)?;
                        write_word(formatter, key)?;
                        formatter.write_str("=")?;
                        write_word(formatter, &hide_in_match(key, text))?;
                        separator = ",";
                    }
                    for key in holding {
                        formatter.write_str(separator)?;
                        write_word(formatter, key)?;
                        separator = ",";
                    }
                    formatter.write_str("]")?;
                }
                Step::Text(text) => {
                    formatter.write_str("[=")?;
                    write_word(formatter, text)?;
                    formatter.write_str("]")?;
                }
                Step::Position { index, .. } => write!(formatter, "[#{}]", index + 1)?,
            }
        }
        Ok(())
    }
}

/// A text without the passwords of the addresses in it: some files have an address for a key, and a
/// place is shown and written down where no secret may be.
///
/// `https://alice:secret@host/` becomes `https://alice@host/`; a token that stands where the user does goes
/// too.
pub fn hide_passwords(text: &str) -> String {
    let mut shown = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("://") {
        shown.push_str(before);
        shown.push_str("://");
        let end = behind
            .find(|c: char| c.is_whitespace() || "/?#\"'".contains(c))
            .unwrap_or(behind.len());
        let (authority, after) = behind.split_at(end);
        match authority.rsplit_once('@') {
            Some((user, host)) => {
                let user = user.split(':').next().unwrap_or_default();
                if !user.is_empty() && user.len() <= LONGEST_USER && !is_token_of_user(user) {
                    shown.push_str(user);
                    shown.push('@');
                }
                shown.push_str(host);
            }
            None => shown.push_str(authority),
        }
        rest = after;
    }
    shown.push_str(rest);
    shown
}

/// What is shown where the name of a user would be, and a token is.
pub const TOKEN: &str = "(token)";

/// Whether what stands in the place of a user is a token: some servers take one there, beside a password
/// that says so (`https://TOKEN:x-oauth-basic@host`).
pub fn is_token_of_user(user: &str) -> bool {
    let mut parts = user.split(|c: char| !c.is_ascii_alphanumeric());
    let is_drawn = |part: &str| {
        let has = |is: fn(&u8) -> bool| part.as_bytes().iter().any(is);
        part.len() >= 16 && has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic)
    };
    !user.contains(['@', '.']) && parts.any(is_drawn)
}

/// Keys of the name of a user.
const USERS: [&str; 4] = ["user", "username", "login", "account"];

/// A text that tells an element from others, without passwords and tokens.
fn hide_in_match(key: &str, text: &str) -> String {
    if USERS.contains(&key) && is_token_of_user(text) {
        TOKEN.to_owned()
    } else {
        hide_passwords(text)
    }
}

/// The longest name of a user in an address that is shown, in bytes; a longer one may be a token.
const LONGEST_USER: usize = 24;

/// A key or text, in quotes if it could be read as something else, for people.
fn write_word(formatter: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    let text = hide_passwords(text);
    let text = text.as_str();
    let is_plain = !text.is_empty()
        && text
            .chars()
            .all(|c| !c.is_control() && !" .[]{}*,=\"\\#".contains(c));
    if is_plain {
        return formatter.write_str(text);
    }
    formatter.write_str("\"")?;
    for character in text.chars() {
        if "\"\\*{}".contains(character) {
            formatter.write_str("\\")?;
        }
        if character.is_control() {
            write!(formatter, "{}", character.escape_default())?;
        } else {
            write!(formatter, "{character}")?;
        }
    }
    formatter.write_str("\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn password_in_a_key_that_is_an_address_is_never_shown() {
        for (text, shown) in [
            (
                "https://alice:FAKE-pw@git.example.test/x",
                "https://alice@git.example.test/x",
            ),
            (
                "url https://FAKE0token1opaque2value3long@h/",
                "url https://h/",
            ),
            ("https://a:b@c d https://e:f@g", "https://a@c d https://e@g"),
            (
                "https://git.example.test/@scope",
                "https://git.example.test/@scope",
            ),
            ("alice@example.test", "alice@example.test"),
            ("://", "://"),
        ] {
            assert_eq!(hide_passwords(text), shown, "{text}");
        }
        let token = "FAKE0token1opaque2value3";
        let list = MemberPath::of_keys(["entries"]);
        let path = list.element([("username", token), ("host", "git.example.test")]);
        let words: Vec<String> = path.words().collect();
        let shown = format!("{path} {} {}", words.join(" "), path.shown_name());
        assert!(!shown.contains("FAKE"), "{shown}");
        assert!(
            shown.contains(TOKEN) && shown.contains("git.example.test"),
            "{shown}"
        );
        for name in [
            "alice",
            "svc-deploy-2024",
            "alice.b1234567890123456@example.test",
            "x-access-token",
        ] {
            assert!(!is_token_of_user(name), "{name}");
        }
        let path = MemberPath::of_keys(["auths", "https://alice:FAKE-pw@h/"]);
        let words: Vec<String> = path.words().collect();
        assert!(!format!("{path} {}", words.join(" ")).contains("FAKE"));
    }
}
