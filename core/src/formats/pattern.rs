//! Patterns that select members, whatever the format.
//!
//! ```text
//! auths.*.auth                        any key; what it stands for is captured
//! "apiKey@*"                          a wildcard inside a key
//! credentials."app.terraform.io".token   a key with dots is written in quotes
//! *.outputs.*.{password,token}        one of several
//! contexts[].token                    of every element of a list
//! users[name=atmos-*].user.token      of the elements whose member has this text
//! users[].user.exec.env[name=*TOKEN*,value].value   conditions, all of which must hold
//! [=AGE-SECRET-KEY-*]                 the elements that are such a text
//! **.password                         at any depth, once in a pattern
//! ```
//!
//! A condition behind a key that is no list's holds for its member itself:
//! `settings.servers.server[id=corp].password`, `index-url[=*://*:*@*]`. A backslash takes the
//! meaning from the character behind it; wildcards and braces have theirs inside quotes, too.

mod read;

use std::collections::HashMap;
use std::rc::Rc;
use std::str::FromStr;

use thiserror::Error;

use super::path::is_meant;
use super::tree::{Node, Shape};
use super::{Member, MemberPath, Step};

/// The longest list whose elements are told apart by what they hold; it takes the square of that.
const IDENTITY_LIMIT: usize = 2000;

/// What tells the elements of a list apart, the most telling first. No secret has such a name.
const IDENTITY_KEYS: [&str; 27] = [
    "name",
    "id",
    "@id",
    "@key",
    "@name",
    "label",
    "host",
    "hostname",
    "server",
    "serverId",
    "service",
    "registry",
    "protocol",
    "url",
    "uri",
    "port",
    "path",
    "database",
    "username",
    "user",
    "login",
    "email",
    "account",
    "organization",
    "profile",
    "type",
    "scheme",
];

/// A pattern that selects members of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    components: Vec<Component>,
}

/// Why a text is no pattern.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("character {position} of the pattern: {problem}")]
pub struct PatternError {
    /// Counted from 1.
    pub position: usize,
    /// What is wrong there.
    pub problem: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Component {
    Key(Words),
    Elements(Vec<Condition>),
    AnyDepth,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Condition {
    /// It has a member of this name.
    Holds(String),
    /// Its member of this name is such a text.
    Has(String, Words),
    /// It is such a text.
    Is(Words),
    /// It is the one at this position.
    At(usize),
}

/// Texts with wildcards, one of which must fit.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Words(Vec<Glob>);

/// The literal parts between the wildcards.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Glob(Vec<String>);

impl Glob {
    /// What each wildcard stands for; the shortest that fits, from the left.
    fn captures(&self, text: &str) -> Option<Vec<String>> {
        let (first, rest) = self.0.split_first()?;
        let mut left = text.strip_prefix(first.as_str())?;
        let Some((last, middle)) = rest.split_last() else {
            return left.is_empty().then(Vec::new);
        };
        let mut captures = Vec::with_capacity(rest.len());
        for part in middle {
            let at = left.find(part.as_str())?;
            captures.push(left[..at].to_owned());
            left = &left[at + part.len()..];
        }
        captures.push(left.strip_suffix(last.as_str())?.to_owned());
        Some(captures)
    }
}

/// Whether a text is like this, where `*` stands for any text.
pub fn is_like(like: &str, text: &str) -> bool {
    find_captures(like, text).is_some()
}

/// What each `*` of `like` stands for, if the text is like it.
pub fn find_captures(like: &str, text: &str) -> Option<Vec<String>> {
    let glob = Glob(like.split('*').map(str::to_owned).collect());
    glob.captures(text)
}

impl Words {
    fn captures(&self, text: &str) -> Option<Vec<String>> {
        self.0.iter().find_map(|glob| glob.captures(text))
    }

    /// The only text that fits, if it is one.
    fn literal(&self) -> Option<&str> {
        match self.0.as_slice() {
            [Glob(parts)] => match parts.as_slice() {
                [text] => Some(text),
                _ => None,
            },
            _ => None,
        }
    }
}

impl FromStr for Pattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        read::Reader {
            characters: text.chars().collect(),
            position: 0,
        }
        .pattern()
    }
}

impl Pattern {
    pub(super) fn select<'a>(&self, root: &'a Node) -> Vec<Member<'a>> {
        let mut walk = Walk {
            steps: Vec::new(),
            captures: Vec::new(),
            found: Vec::new(),
        };
        walk.node(root, &self.components);
        walk.found
    }
}

/// A walk through a document. As deep as the document, which has been limited.
struct Walk<'a> {
    steps: Vec<Step>,
    captures: Vec<String>,
    found: Vec<Member<'a>>,
}

impl<'a> Walk<'a> {
    fn node(&mut self, node: &'a Node, components: &[Component]) {
        let Some((component, rest)) = components.split_first() else {
            self.found.push(Member {
                path: MemberPath::new(self.steps.clone()),
                captures: self.captures.clone(),
                value: node,
            });
            return;
        };
        match (component, &node.shape) {
            (Component::Key(words), Shape::Map(_)) => {
                let mut namesakes = Namesakes::of(node);
                for (key, member) in node.members() {
                    let place = namesakes.next(key, member);
                    if let Some(captures) = words.captures(key) {
                        self.member(place.as_ref(), key, member, captures, rest);
                    }
                }
            }
            (Component::Elements(conditions), Shape::List(elements)) => {
                let all: Vec<&Node> = elements.iter().collect();
                for (index, element) in elements.iter().enumerate() {
                    self.element(&all, index, element, conditions, rest);
                }
            }
            // A condition on the member of a key itself.
            (Component::Elements(conditions), _) if !conditions.is_empty() => {
                let known = self.captures.len();
                if let Some(captures) = captures_of(node, 0, conditions) {
                    self.captures.extend(captures);
                    self.node(node, rest);
                }
                self.captures.truncate(known);
            }
            (Component::AnyDepth, shape) => {
                self.node(node, rest);
                match shape {
                    Shape::Map(_) => {
                        let mut namesakes = Namesakes::of(node);
                        for (key, member) in node.members() {
                            let place = namesakes.next(key, member);
                            self.member(place.as_ref(), key, member, Vec::new(), components);
                        }
                    }
                    Shape::List(elements) => {
                        let all: Vec<&Node> = elements.iter().collect();
                        for (index, element) in elements.iter().enumerate() {
                            self.element(&all, index, element, &[], components);
                        }
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }

    /// Goes on below a member of a map. `place` is where it stands among those of its key, if they
    /// may be repeated.
    fn member(
        &mut self,
        place: Option<&(Rc<Vec<&'a Node>>, usize)>,
        key: &str,
        member: &'a Node,
        captures: Vec<String>,
        rest: &[Component],
    ) {
        let (steps, known) = (self.steps.len(), self.captures.len());
        self.steps.push(Step::Key(key.to_owned()));
        self.captures.extend(captures);
        match (place, rest.split_first()) {
            (Some((all, index)), Some((Component::Elements(conditions), rest))) => {
                self.element(all, *index, member, conditions, rest);
            }
            (Some((all, index)), _) if all.len() > 1 => {
                self.element(all, *index, member, &[], rest);
            }
            _ => self.node(member, rest),
        }
        self.steps.truncate(steps);
        self.captures.truncate(known);
    }

    /// Goes on below an element, if it fits.
    fn element(
        &mut self,
        all: &[&'a Node],
        index: usize,
        element: &'a Node,
        conditions: &[Condition],
        rest: &[Component],
    ) {
        let (steps, known) = (self.steps.len(), self.captures.len());
        let Some(captures) = captures_of(element, index, conditions) else {
            return;
        };
        self.captures.extend(captures);
        self.steps
            .push(identify_element(all, index, element, conditions));
        self.node(element, rest);
        self.steps.truncate(steps);
        self.captures.truncate(known);
    }
}

/// What the wildcards of the conditions stand for, if all of them hold.
fn captures_of(node: &Node, index: usize, conditions: &[Condition]) -> Option<Vec<String>> {
    let mut captures = Vec::new();
    for condition in conditions {
        captures.extend(match condition {
            Condition::Holds(key) => node.get(key).map(|_| Vec::new()),
            Condition::Has(key, words) => node
                .members()
                .filter(|(name, _)| name == key)
                .find_map(|(_, member)| words.captures(member.scalar()?)),
            Condition::Is(words) => node.scalar().and_then(|text| words.captures(text)),
            Condition::At(position) => (*position == index).then(Vec::new),
        }?);
    }
    Some(captures)
}

/// The members of a map that may be repeated, by their keys.
struct Namesakes<'a>(HashMap<&'a str, (Rc<Vec<&'a Node>>, usize)>);

impl<'a> Namesakes<'a> {
    fn of(node: &'a Node) -> Self {
        let mut all: HashMap<&str, Vec<&Node>> = HashMap::new();
        for (key, member) in node.members().filter(|(_, member)| member.is_repeated) {
            all.entry(key).or_default().push(member);
        }
        Self(
            all.into_iter()
                .map(|(key, members)| (key, (Rc::new(members), 0)))
                .collect(),
        )
    }

    /// All of this key, and where among them this one stands.
    fn next(&mut self, key: &str, member: &Node) -> Option<(Rc<Vec<&'a Node>>, usize)> {
        let (all, next) = self.0.get_mut(key).filter(|_| member.is_repeated)?;
        *next += 1;
        Some((Rc::clone(all), *next - 1))
    }
}

/// The step that leads to one element and to no other one: by what it holds, if that tells it from
/// the others, else by its position.
fn identify_element(all: &[&Node], index: usize, element: &Node, conditions: &[Condition]) -> Step {
    let mut matching: Vec<(String, String)> = Vec::new();
    let mut holding: Vec<String> = Vec::new();
    for condition in conditions {
        match condition {
            Condition::Has(key, words) => {
                let text = element.get(key).and_then(Node::scalar);
                let is_known = |text: &&str| {
                    words.literal() == Some(*text)
                        || (IDENTITY_KEYS.contains(&key.as_str()) && is_harmless(text))
                };
                // What a wildcard stands for may be a secret; the text of the pattern is none.
                match text.filter(is_known) {
                    Some(text) => matching.push((key.clone(), text.to_owned())),
                    None => holding.push(key.clone()),
                }
            }
            Condition::Holds(key) => holding.push(key.clone()),
            Condition::Is(words) => {
                if let Some(text) = words.literal() {
                    return Step::Text(text.to_owned());
                }
            }
            Condition::At(_) => {}
        }
    }
    let is_only = |matching: &[(String, String)], holding: &[String]| {
        !(matching.is_empty() && holding.is_empty())
            && all
                .iter()
                .filter(|other| is_meant(other, matching, holding))
                .take(2)
                .count()
                == 1
    };
    if all.len() > IDENTITY_LIMIT {
        return Step::Position {
            index,
            count: all.len(),
        };
    }
    for key in IDENTITY_KEYS {
        if !matching.is_empty() && is_only(&matching, &holding) {
            break;
        }
        let text = element.get(key).and_then(Node::scalar);
        if let Some(text) = text.filter(|text| is_harmless(text))
            && !matching.iter().any(|(known, _)| known == key)
        {
            matching.push((key.to_owned(), text.to_owned()));
        }
    }
    if is_only(&matching, &holding) {
        return Step::Element { matching, holding };
    }
    Step::Position {
        index,
        count: all.len(),
    }
}

/// Whether a text may stand in a path: not long, and no address with a password in it.
fn is_harmless(text: &str) -> bool {
    let has_password = text.split_once("://").is_some_and(|(_, rest)| {
        rest.split('/')
            .next()
            .is_some_and(|host| host.contains('@'))
    });
    !text.is_empty() && text.len() <= 200 && !has_password && !text.chars().any(char::is_control)
}
