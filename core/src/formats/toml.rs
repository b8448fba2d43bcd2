//! TOML, read by `toml_edit`, cut by the places that it gives.
//!
//! A key goes with its lines; a table with its header, its keys, comments between them, the blank
//! lines after them, and the tables below it. The header stays when the last key goes, as `cargo
//! logout` leaves it. Members of inline tables and arrays go with their comma.

use std::ops::Range;

use toml_edit::{Document, InlineTable, Item, Table, Value};

use super::tree::{Cut, Node, Shape};
use super::{bom_length, cut, not_understood};
use crate::io::files::EditError;

struct Source<'a> {
    /// The file with its byte order mark.
    text: &'a str,
    /// The length of the byte order mark: the parser does not see it.
    base: usize,
    lines: Vec<Range<usize>>,
}

pub(super) fn read_node(text: &str) -> Result<Node, EditError> {
    let base = bom_length(text.as_bytes());
    let document = Document::parse(&text[base..]).map_err(|error| {
        // The place only: the message quotes the text.
        let at = error.span().map_or(0, |span| base + span.start);
        let before = &text.as_bytes()[..at.min(text.len())];
        not_understood(before, "this is not TOML".to_owned())
    })?;
    let source = Source {
        text,
        base,
        lines: cut::split_lines(text.as_bytes()),
    };
    Ok(Node::new(source.members(document.as_table())))
}

impl Source<'_> {
    fn members(&self, table: &Table) -> Shape {
        let mut members = Vec::new();
        for (key, item) in table {
            let start = table
                .get_key_value(key)
                .and_then(|(key, _)| key.span())
                .map(|span| self.base + span.start);
            members.push((key.to_owned(), self.item(item, start)));
        }
        Shape::Map(members)
    }

    /// As deep as the text, which the parser limits.
    fn item(&self, item: &Item, key: Option<usize>) -> Node {
        match item {
            Item::None => Node::null(),
            Item::Value(value) => {
                let mut node = self.value(value);
                if let (Some(start), Some(span)) = (key, value.span()) {
                    let bytes = self.text.as_bytes();
                    let end = cut::line_end(bytes, self.base + span.end);
                    node.cut = Cut::of(cut::line_start(bytes, start)..end);
                }
                node
            }
            Item::Table(table) => self.table(table),
            Item::ArrayOfTables(tables) => {
                let elements = tables.iter().map(|table| self.table(table)).collect();
                let mut node = Node::new(Shape::List(elements));
                node.cut = Cut::Ranges(ranges_below(&node));
                node
            }
        }
    }

    fn table(&self, table: &Table) -> Node {
        let mut node = Node::new(self.members(table));
        let mut ranges = ranges_below(&node);
        if let Some(header) = table
            .span()
            .filter(|_| !table.is_implicit() && !table.is_dotted())
        {
            let start = self.line_of(self.base + header.start);
            let last = last_own(table)
                .unwrap_or(header.end)
                .max(header.end)
                .saturating_sub(1);
            let own = start..self.line_of(self.base + last) + 1;
            ranges.push(cut::section_lines(self.text.as_bytes(), &self.lines, &own));
        }
        node.cut = Cut::Ranges(ranges);
        node
    }

    fn line_of(&self, position: usize) -> usize {
        self.lines
            .partition_point(|line| line.end <= position)
            .min(self.lines.len().saturating_sub(1))
    }

    fn value(&self, value: &Value) -> Node {
        let place = value
            .span()
            .map(|span| self.base + span.start..self.base + span.end);
        let written = || {
            place
                .clone()
                .and_then(|place| self.text.get(place))
                .unwrap_or_default()
                .to_owned()
        };
        match value {
            Value::String(text) => {
                let mut node = Node::of_text(text.value().clone());
                node.range = place;
                node
            }
            Value::Boolean(boolean) => Node::new(Shape::Boolean(*boolean.value())),
            Value::Integer(_) | Value::Float(_) | Value::Datetime(_) => {
                Node::new(Shape::Other(written()))
            }
            Value::Array(array) => {
                let elements = array.iter().map(|value| {
                    let mut node = self.value(value);
                    if let Some(span) = value.span() {
                        node.cut = Cut::Item(self.base + span.start..self.base + span.end);
                    }
                    node
                });
                let mut node = Node::new(Shape::List(elements.collect()));
                node.range = place;
                node
            }
            Value::InlineTable(table) => {
                let mut node = Node::new(self.inline_members(table));
                node.range = place;
                node
            }
        }
    }

    fn inline_members(&self, table: &InlineTable) -> Shape {
        const DOTTED: &str = "a key with dots in an inline table cannot be removed by itself";
        let mut members = Vec::new();
        for (key, value) in table {
            let start = table.get_key_value(key).and_then(|(key, _)| key.span());
            let is_dotted =
                table.is_dotted() || value.as_inline_table().is_some_and(InlineTable::is_dotted);
            let mut node = self.value(value);
            node.cut = match (start, value.span()) {
                (Some(key), Some(value)) if !is_dotted => {
                    Cut::Item(self.base + key.start..self.base + value.end)
                }
                _ => Cut::Never(DOTTED),
            };
            members.push((key.to_owned(), node));
        }
        Shape::Map(members)
    }
}

/// The bytes of all members.
fn ranges_below(node: &Node) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    for child in node.children() {
        if let Cut::Ranges(below) = &child.cut {
            ranges.extend(below.iter().cloned());
        }
    }
    ranges
}

/// The end of the last value that stands below the table's own header.
fn last_own(table: &Table) -> Option<usize> {
    let ends = table.iter().filter_map(|(_, item)| match item {
        Item::Value(value) => value.span().map(|span| span.end),
        Item::Table(table) if table.is_dotted() => last_own(table),
        _ => None,
    });
    ends.max()
}
