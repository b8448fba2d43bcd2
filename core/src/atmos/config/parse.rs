//! From text to [`Node`]s, in linear time and within a budget, keeping what was understood before
//! a mistake.

mod scalar;

use std::collections::HashMap;
use std::ops::Range;

use granit_parser::{Event, Parser, Span};

use crate::world::Environment;

use super::budget::NodeBudget;
use super::diagnostic::{Diagnostic, Problems};
use super::entries::{
    Frame, OpenMapping, Pending, find_repeated_keys, measure_height, merge_entries,
};
use super::mask::Hidden;
use super::node::{Entry, Location, Mapping, Node, Value, weight_of};

/// The deepest nesting.
const DEPTH_LIMIT: usize = 64;
/// Frames that are kept when the text breaks off: the document, `auth`, and `identities`, but not
/// the identity that was being read.
const KEPT_DEPTH: usize = 3;
/// Top-level keys that this program uses. Functions are spoken of only there.
const USED_KEYS: [&str; 6] = ["auth", "env", "import", "profiles", "base_path", "logs"];

/// The result of reading a text.
#[derive(Debug)]
pub(super) struct Parsed {
    /// The first document, or what of it came before a mistake.
    pub(super) root: Option<Node>,
    /// Whether there was a mistake of syntax, so that something may be missing.
    pub(super) is_broken: bool,
    /// The places of values that must not be shown.
    pub(super) hidden: Vec<Range<usize>>,
}

/// Reads the first document of a text.
pub(super) fn parse_document(
    source: u32,
    text: &str,
    environment: &Environment,
    budget: &mut NodeBudget,
    problems: &mut Problems,
) -> Parsed {
    let options = granit_parser::options! {
        emit_comments: false,
        block_nesting_limit: DEPTH_LIMIT,
        flow_nesting_limit: DEPTH_LIMIT,
    };
    let mut builder = Builder {
        source,
        environment,
        problems,
        budget,
        stack: Vec::new(),
        root: None,
        anchors: HashMap::new(),
        is_used: false,
        is_broken: false,
        hidden: Hidden::default(),
    };
    let mut documents = 0_usize;
    for next in Parser::new_from_str_with_options(text, options) {
        let (event, span) = match next {
            Ok(next) => next,
            Err(error) => {
                builder.report_syntax(&error, text);
                break;
            }
        };
        if matches!(event, Event::DocumentStart(..)) {
            documents += 1;
            if documents > 1 {
                let location = builder.location(&span);
                builder.problems.push(
                    Diagnostic::warning("documents", "only the first document of a file is used")
                        .at(location),
                );
                break;
            }
        }
        if builder.event(event, &span).is_err() {
            break;
        }
    }
    builder.finish()
}

/// The budget is used up; a problem says so.
struct Exhausted;

struct Builder<'a> {
    source: u32,
    environment: &'a Environment,
    problems: &'a mut Problems,
    budget: &'a mut NodeBudget,
    stack: Vec<Frame>,
    root: Option<Node>,
    anchors: HashMap<usize, (Node, usize)>,
    is_used: bool,
    is_broken: bool,
    hidden: Hidden,
}

impl Builder<'_> {
    fn event(&mut self, event: Event<'_>, span: &Span) -> Result<(), Exhausted> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.spend(weight_of(&text), span)?;
                self.scalar(text, style, anchor, tag.as_deref(), span)?;
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.open(span)?;
                let location = self.location(span);
                let appends = self.collection_tag(tag.as_deref(), location) == Some("append");
                self.stack.push(Frame::Sequence {
                    items: Vec::new(),
                    appends,
                    location,
                    anchor,
                });
            }
            Event::MappingStart(_, anchor, tag) => {
                self.open(span)?;
                let location = self.location(span);
                self.collection_tag(tag.as_deref(), location);
                let open = OpenMapping::default();
                self.stack.push(Frame::Mapping {
                    open,
                    location,
                    anchor,
                });
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(span)?,
            Event::Alias(anchor) => self.alias(anchor, span)?,
            _ => {}
        }
        Ok(())
    }

    fn location(&self, span: &Span) -> Location {
        let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
        let bytes = span.byte_range().unwrap_or_default();
        Location {
            source: self.source,
            line: number(span.start.line()),
            column: number(span.start.col() + 1),
            start: number(bytes.start),
            end: number(bytes.end),
        }
    }

    fn spend(&mut self, nodes: usize, span: &Span) -> Result<(), Exhausted> {
        let paid = self.budget.spend(nodes);
        self.check(paid, span)
    }

    fn spend_copy(&mut self, nodes: usize, span: &Span) -> Result<(), Exhausted> {
        let paid = self.budget.copy(nodes);
        self.check(paid, span)
    }

    fn check(&mut self, paid: Option<()>, span: &Span) -> Result<(), Exhausted> {
        if paid.is_none() {
            let why = "the configuration has too many values, copies made by aliases included";
            self.stop(why, span);
        }
        paid.ok_or(Exhausted)
    }

    fn stop(&mut self, why: &str, span: &Span) {
        self.is_broken = true;
        let location = self.location(span);
        self.problems.push(
            Diagnostic::error("limit", why)
                .at(location)
                .hint("what follows is not read"),
        );
    }

    fn open(&mut self, span: &Span) -> Result<(), Exhausted> {
        self.spend(1, span)?;
        if self.stack.len() >= DEPTH_LIMIT {
            self.stop("the file is nested more than 64 levels deep", span);
            return Err(Exhausted);
        }
        Ok(())
    }

    fn alias(&mut self, anchor: usize, span: &Span) -> Result<(), Exhausted> {
        let location = self.location(span);
        let Some((node, size)) = self.anchors.get(&anchor) else {
            self.problems.push(
                Diagnostic::error("alias", "an alias is used inside the value it stands for")
                    .at(location),
            );
            return self.complete(Node::null(location), 0, span);
        };
        let paid = self.budget.copy(*size);
        let copy = paid.map(|()| node.clone());
        self.check(paid, span)?;
        let copy = copy.unwrap_or_else(|| Node::null(location));
        if measure_height(&copy) + self.stack.len() > DEPTH_LIMIT {
            self.stop("the file is nested more than 64 levels deep", span);
            return Err(Exhausted);
        }
        self.complete(copy, 0, span)
    }

    fn close(&mut self, span: &Span) -> Result<(), Exhausted> {
        let Some(frame) = self.stack.pop() else {
            return Ok(());
        };
        let (node, anchor) = self.built(frame);
        self.complete(node, anchor, span)
    }

    fn built(&mut self, frame: Frame) -> (Node, usize) {
        match frame {
            Frame::Sequence {
                items,
                appends,
                location,
                anchor,
            } => {
                let value = if appends {
                    Value::Append(items)
                } else {
                    Value::Sequence(items)
                };
                (Node { value, location }, anchor)
            }
            Frame::Mapping {
                open,
                location,
                anchor,
            } => {
                let entries = self.unique(open.entries);
                let entries = merge_entries(entries, open.merged);
                (
                    Node {
                        value: Value::Mapping(Mapping::from_entries(entries)),
                        location,
                    },
                    anchor,
                )
            }
        }
    }

    /// Puts a complete value where it belongs.
    fn complete(&mut self, node: Node, anchor: usize, span: &Span) -> Result<(), Exhausted> {
        if anchor != 0 {
            let size = node.weight();
            self.spend_copy(size, span)?;
            self.anchors.insert(anchor, (node.clone(), size));
        }
        self.attach(node);
        Ok(())
    }

    fn attach(&mut self, node: Node) {
        match self.stack.last_mut() {
            None => self.root = Some(node),
            Some(Frame::Sequence { items, .. }) => items.push(node),
            Some(Frame::Mapping { open, .. }) => match std::mem::take(&mut open.key) {
                Pending::Key(key, location) => {
                    open.entries.push(Entry {
                        key,
                        location,
                        value: node,
                    });
                }
                Pending::Merge => open.merged.push(node),
                Pending::Dropped => {}
                Pending::None => self.key_from(node),
            },
        }
    }

    /// A value in the place of a key: an alias of a text is one, anything else is a mistake.
    fn key_from(&mut self, node: Node) {
        let location = node.location;
        let why = match node.value {
            Value::Scalar(text) => Ok(text),
            Value::Variable(_) => {
                Err("a key cannot be the value of a variable; this entry is left out")
            }
            _ => Err("a key must be a text; this entry is left out"),
        };
        let key = match why {
            Ok(text) => Pending::Key(text, location),
            Err(why) => {
                self.problems
                    .push(Diagnostic::error("key", why).at(location));
                Pending::Dropped
            }
        };
        if let Some(Frame::Mapping { open, .. }) = self.stack.last_mut() {
            open.key = key;
        }
    }

    /// Keeps the last of entries with the same key and reports the others.
    fn unique(&mut self, entries: Vec<Entry>) -> Vec<Entry> {
        let superseded = find_repeated_keys(&entries);
        if superseded.is_empty() {
            return entries;
        }
        for &(first, again) in &superseded {
            self.problems.push(
                Diagnostic::error(
                    "duplicate-key",
                    format!(
                        "`{}` is written twice; the last one counts",
                        entries[again].key
                    ),
                )
                .at(entries[again].location)
                .and_at(entries[first].location, "first written here")
                .hint("Atmos refuses the whole file"),
            );
        }
        let mut drop = vec![false; entries.len()];
        for (first, _) in superseded {
            drop[first] = true;
        }
        let mut position = drop.into_iter();
        entries
            .into_iter()
            .filter(|_| !position.next().unwrap_or_default())
            .collect()
    }

    fn report_syntax(&mut self, error: &granit_parser::ScanError, text: &str) {
        self.is_broken = true;
        let marker = error.marker();
        let span = Span::empty(*marker);
        let mut location = self.location(&span);
        if marker.byte_offset().is_none() {
            location.start = u32::try_from(text.len()).unwrap_or(u32::MAX);
            location.end = location.start;
        }
        self.problems.push(
            Diagnostic::error("syntax", format!("this is not YAML: {}", error.info()))
                .at(location)
                .hint("what stands before it is used, what follows is not read"),
        );
    }

    /// Closes what is open, leaving out the part that was being read.
    fn finish(mut self) -> Parsed {
        while let Some(frame) = self.stack.pop() {
            if self.stack.len() < KEPT_DEPTH {
                let (node, _) = self.built(frame);
                self.attach(node);
            } else if let Some(Frame::Mapping { open, .. }) = self.stack.last_mut() {
                open.key = Pending::None;
            }
        }
        Parsed {
            root: self.root,
            is_broken: self.is_broken,
            hidden: self.hidden.ranges,
        }
    }
}
