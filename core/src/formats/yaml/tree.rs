//! A YAML document as a tree that knows where in the text everything is.

use std::ops::Range;

use granit_parser::{Event, Options, Parser, Span, StructureStyle};

use crate::io::files::EditError;

/// The deepest nesting that is parsed.
const DEPTH_LIMIT: usize = 64;

/// A scalar, sequence or mapping and its place, in bytes.
pub(super) struct Node {
    pub(super) kind: Kind,
    /// From the start of the node; for block collections the end is not telling.
    pub(super) range: Range<usize>,
    /// The line of its start, counted from 1.
    pub(super) line: usize,
    /// The end of the last scalar, key or flow collection in it; `None` if it has no text at all.
    pub(super) content_end: Option<usize>,
    /// It or something below it defines an anchor, which may be used elsewhere.
    pub(super) has_anchor: bool,
}

pub(super) enum Kind {
    Scalar(String),
    /// A reference to an anchor; never followed.
    Alias,
    Sequence {
        items: Vec<Node>,
        is_flow: bool,
    },
    Mapping {
        entries: Vec<Entry>,
        is_flow: bool,
    },
}

/// A member of a mapping whose key is a scalar (others are kept without a key that can match).
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) key_range: Range<usize>,
    pub(super) value: Node,
}

fn not_understood(line: usize, problem: &str) -> EditError {
    EditError::NotUnderstood {
        line,
        problem: problem.to_owned(),
    }
}

/// A collection whose end has not been seen.
struct Open {
    node: Node,
    /// The key that waits for its value, in a mapping.
    key: Option<Node>,
}

/// Parses a text of at most one document; `None` if there is none.
pub(super) fn parse(text: &str) -> Result<Option<Node>, EditError> {
    let mut options = Options::default();
    options.block_nesting_limit = DEPTH_LIMIT;
    options.flow_nesting_limit = DEPTH_LIMIT;
    let mut builder = Builder {
        open: Vec::new(),
        root: None,
        text_length: text.len(),
    };
    for event in Parser::new_from_str_with_options(text, options) {
        // The kind only: the message may quote the text.
        let (event, span) = event.map_err(|error| {
            not_understood(
                error.marker().line().max(1),
                "this is not YAML that can be read",
            )
        })?;
        builder.take(event, span)?;
    }
    Ok(builder.root)
}

struct Builder {
    open: Vec<Open>,
    root: Option<Node>,
    text_length: usize,
}

impl Builder {
    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), EditError> {
        let line = span.start.line();
        match event {
            Event::Scalar(text, _, anchor, _) => {
                let node = self.node(Kind::Scalar(text.into_owned()), span, anchor);
                self.close(node)
            }
            Event::Alias(_) => {
                let node = self.node(Kind::Alias, span, 0);
                self.close(node)
            }
            Event::UnresolvedAlias(_) => Err(not_understood(line, "this alias has no anchor")),
            Event::SequenceStart(style, anchor, _) => {
                let is_flow = style == StructureStyle::Flow;
                self.open(
                    Kind::Sequence {
                        items: Vec::new(),
                        is_flow,
                    },
                    span,
                    anchor,
                )
            }
            Event::MappingStart(style, anchor, _) => {
                let is_flow = style == StructureStyle::Flow;
                self.open(
                    Kind::Mapping {
                        entries: Vec::new(),
                        is_flow,
                    },
                    span,
                    anchor,
                )
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(span),
            _ => Ok(()),
        }
    }

    fn node(&self, kind: Kind, span: Span, anchor: usize) -> Node {
        let offset =
            |marker: granit_parser::Marker| marker.byte_offset().unwrap_or(0).min(self.text_length);
        let range = offset(span.start)..offset(span.end).max(offset(span.start));
        let is_text = matches!(kind, Kind::Scalar(_) | Kind::Alias) && !range.is_empty();
        Node {
            content_end: is_text.then_some(range.end),
            kind,
            line: span.start.line(),
            range,
            has_anchor: anchor != 0,
        }
    }

    fn open(&mut self, kind: Kind, span: Span, anchor: usize) -> Result<(), EditError> {
        if self.open.len() >= DEPTH_LIMIT {
            return Err(EditError::TooDeep { limit: DEPTH_LIMIT });
        }
        let node = self.node(kind, span, anchor);
        self.open.push(Open { node, key: None });
        Ok(())
    }

    fn end(&mut self, span: Span) -> Result<(), EditError> {
        let Some(Open { mut node, .. }) = self.open.pop() else {
            return Ok(());
        };
        let (Kind::Sequence { is_flow, .. } | Kind::Mapping { is_flow, .. }) = &node.kind else {
            return Ok(());
        };
        if *is_flow {
            // The closing bracket.
            let end = span.end.byte_offset().unwrap_or(0).min(self.text_length);
            node.range.end = end.max(node.range.start);
            node.content_end = Some(node.range.end);
        }
        self.close(node)
    }

    /// Puts a finished node where it belongs.
    fn close(&mut self, node: Node) -> Result<(), EditError> {
        let Some(parent) = self.open.last_mut() else {
            if self.root.is_some() {
                return Err(not_understood(node.line, "a second document begins here"));
            }
            self.root = Some(node);
            return Ok(());
        };
        parent.node.content_end = parent.node.content_end.max(node.content_end);
        parent.node.has_anchor |= node.has_anchor;
        match &mut parent.node.kind {
            Kind::Sequence { items, .. } => items.push(node),
            Kind::Mapping { entries, .. } => match parent.key.take() {
                None => parent.key = Some(node),
                Some(key) => entries.push(Entry {
                    key_range: key.range.clone(),
                    key: match key.kind {
                        Kind::Scalar(text) => text,
                        // Not a name that anybody asks for.
                        _ => "\0".to_owned(),
                    },
                    value: node,
                }),
            },
            Kind::Scalar(_) | Kind::Alias => {}
        }
        Ok(())
    }
}
