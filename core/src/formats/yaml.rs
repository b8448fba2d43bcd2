//! YAML of one document.
//!
//! A member of a block mapping and an item of a block list go with their lines, comments between
//! them and behind them included; in flow style they go with their comma. A mapping below the top
//! that loses everything becomes `{}`, a list `[]`. What carries an anchor may be used elsewhere,
//! and is refused.

mod named;
mod tree;

pub use named::{put_named_entry, set_top_text};

use std::collections::BTreeSet;
use std::ops::Range;

use super::cut::{self, Comments};
use super::tree::{Address, Node, Shape};
use super::{bom_length, not_understood};
use crate::io::files::EditError;
use tree::{Entry, Kind};

pub(super) fn read_node(text: &str) -> Result<Node, EditError> {
    let base = bom_length(text.as_bytes());
    Ok(match tree::parse(&text[base..])? {
        Some(root) => to_node(text, base, root),
        None => Node::null(),
    })
}

/// As deep as the text, which has been limited. `base` is the length of its byte order mark.
fn to_node(text: &str, base: usize, node: tree::Node) -> Node {
    let range = base + node.range.start..base + node.range.end;
    let written = text.get(range.clone()).unwrap_or_default();
    Node::new(match node.kind {
        Kind::Scalar(scalar) => {
            let is_quoted = written.starts_with(['"', '\'', '|', '>']);
            match scalar.as_str() {
                "" | "~" | "null" | "Null" | "NULL" if !is_quoted => Shape::Null,
                "true" | "True" | "TRUE" if !is_quoted => Shape::Boolean(true),
                "false" | "False" | "FALSE" if !is_quoted => Shape::Boolean(false),
                _ => {
                    let mut text = Node::of_text(scalar);
                    // What carries an anchor may be used elsewhere.
                    text.range = Some(range).filter(|_| !node.has_anchor);
                    return text;
                }
            }
        }
        Kind::Alias => Shape::Other(written.to_owned()),
        Kind::Sequence { items, .. } => {
            let items = items.into_iter();
            Shape::List(items.map(|item| to_node(text, base, item)).collect())
        }
        Kind::Mapping { entries, .. } => {
            let entries = entries.into_iter();
            let member = |entry: Entry| (entry.key, to_node(text, base, entry.value));
            Shape::Map(entries.map(member).collect())
        }
    })
}

pub(super) fn cut_members(
    bytes: &[u8],
    text: &str,
    gone: &BTreeSet<Address>,
) -> Result<Vec<u8>, EditError> {
    let base = bom_length(bytes);
    let text = &text[base..];
    let Some(root) = tree::parse(text)? else {
        return Ok(bytes.to_vec());
    };
    let mut cutter = Cutter {
        text,
        gone,
        edits: Vec::new(),
    };
    cutter.node(&root, &mut Address::new(), Place::Root)?;
    let mut kept = bytes[..base].to_vec();
    kept.extend_from_slice(&cut::replace_ranges(text.as_bytes(), cutter.edits));
    Ok(kept)
}

/// Where a collection stands.
#[derive(Clone, Copy)]
enum Place {
    Root,
    /// Behind a key that ends here.
    Value(usize),
    Item,
}

struct Cutter<'a> {
    text: &'a str,
    gone: &'a BTreeSet<Address>,
    edits: Vec<(Range<usize>, &'static str)>,
}

impl Cutter<'_> {
    fn node(&mut self, node: &tree::Node, at: &mut Address, place: Place) -> Result<(), EditError> {
        match &node.kind {
            Kind::Mapping { entries, is_flow } => {
                let values: Vec<&tree::Node> = entries.iter().map(|entry| &entry.value).collect();
                let goes = self.goes(&values, at)?;
                if goes.contains(&true) {
                    if *is_flow {
                        let ranges = entries.iter().map(|entry| self.flow_range(entry));
                        self.cut_flow(&node.range, &ranges.collect::<Vec<_>>(), &goes);
                    } else {
                        self.cut_entries(node, entries, &goes, place)?;
                    }
                }
                for (number, entry) in entries.iter().enumerate().filter(|(n, _)| !goes[*n]) {
                    at.push(number);
                    self.node(&entry.value, at, Place::Value(entry.key_range.end))?;
                    at.pop();
                }
            }
            Kind::Sequence { items, is_flow } => {
                let goes = self.goes(&items.iter().collect::<Vec<_>>(), at)?;
                if goes.contains(&true) {
                    if *is_flow {
                        let ranges = items.iter().map(|item| {
                            let end = item.content_end.unwrap_or(item.range.end);
                            item.range.start..end.max(item.range.start)
                        });
                        self.cut_flow(&node.range, &ranges.collect::<Vec<_>>(), &goes);
                    } else {
                        self.cut_items(node, items, &goes, place)?;
                    }
                }
                for (number, item) in items.iter().enumerate().filter(|(n, _)| !goes[*n]) {
                    at.push(number);
                    self.node(item, at, Place::Item)?;
                    at.pop();
                }
            }
            Kind::Scalar(_) | Kind::Alias => {}
        }
        Ok(())
    }

    /// Which of the children are to go.
    fn goes(&self, children: &[&tree::Node], at: &Address) -> Result<Vec<bool>, EditError> {
        let mut address = at.clone();
        let mut goes = Vec::with_capacity(children.len());
        for (number, child) in children.iter().enumerate() {
            address.push(number);
            let is_gone = self.gone.contains(&address);
            address.pop();
            if is_gone && child.has_anchor {
                return Err(self.refused(child.range.start, "this carries an anchor"));
            }
            goes.push(is_gone);
        }
        Ok(goes)
    }

    fn cut_entries(
        &mut self,
        node: &tree::Node,
        entries: &[Entry],
        goes: &[bool],
        place: Place,
    ) -> Result<(), EditError> {
        let Some(kept) = goes.iter().position(|goes| !goes) else {
            return self.cut_all_entries(node, entries, place);
        };
        let mut from = 0;
        let shares_its_line = self.prefix(entries[0].key_range.start).contains('-');
        if goes[0] && shares_its_line {
            // Behind the dash of a list's item: what follows moves up to the dash.
            self.move_up(&entries[..kept], &entries[kept])?;
            from = kept;
        }
        for (entry, _) in entries
            .iter()
            .zip(goes)
            .skip(from)
            .filter(|(_, goes)| **goes)
        {
            self.cut_lines(&self.range_of(entry))?;
        }
        Ok(())
    }

    fn move_up(&mut self, going: &[Entry], next: &Entry) -> Result<(), EditError> {
        let (Some(first), Some(last)) = (going.first(), going.last()) else {
            return Ok(());
        };
        self.check_dashes(first.key_range.start)?;
        let end = self.check_rest(&self.range_of(last))?;
        let gap = self.text.get(end..next.key_range.start).unwrap_or_default();
        let stop = gap.find('#').map_or(next.key_range.start, |at| end + at);
        self.edits.push((first.key_range.start..stop, ""));
        Ok(())
    }

    /// A block mapping that loses everything.
    fn cut_all_entries(
        &mut self,
        node: &tree::Node,
        entries: &[Entry],
        place: Place,
    ) -> Result<(), EditError> {
        if let (Place::Item, Some(first), Some(last)) = (place, entries.first(), entries.last()) {
            self.check_dashes(first.key_range.start)?;
            self.check_rest(&self.range_of(last))?;
            let whole = first.key_range.start..self.range_of(last).end;
            let end = cut::trim_line_end(self.text.as_bytes(), &whole).end;
            self.edits.push((whole.start..end, "{}"));
            return Ok(());
        }
        for entry in entries {
            self.cut_lines(&self.range_of(entry))?;
        }
        match place {
            Place::Value(key_end) => self.insert_behind(key_end, node, " {}"),
            Place::Root | Place::Item => Ok(()),
        }
    }

    fn cut_items(
        &mut self,
        node: &tree::Node,
        items: &[tree::Node],
        goes: &[bool],
        place: Place,
    ) -> Result<(), EditError> {
        for (item, _) in items.iter().zip(goes).filter(|(_, goes)| **goes) {
            let before = self.text[..item.range.start].trim_end();
            let Some(dash) = before.strip_suffix('-') else {
                let problem = "this item has something between its dash and its content";
                return Err(self.refused(item.range.start, problem));
            };
            // The parser puts an empty item where the next one begins.
            let end = item
                .content_end
                .map_or(dash.len() + 1, |end| self.end_of_content(end));
            self.cut_lines(&(dash.len()..end.max(dash.len() + 1)))?;
        }
        if goes.contains(&false) {
            return Ok(());
        }
        match place {
            Place::Value(key_end) => self.insert_behind(key_end, node, " []"),
            Place::Root => Ok(()),
            Place::Item => Err(self.refused(node.range.start, "a list in a list would be empty")),
        }
    }

    fn cut_flow(&mut self, brackets: &Range<usize>, ranges: &[Range<usize>], goes: &[bool]) {
        let items: Vec<(Range<usize>, bool)> =
            ranges.iter().cloned().zip(goes.iter().copied()).collect();
        let mut cuts = Vec::new();
        cut::cut_between_commas(self.text, Comments::Hash, brackets, &items, &mut cuts);
        self.edits.extend(cuts.into_iter().map(|cut| (cut, "")));
    }

    /// A member of a flow mapping; one without a value still has its colon.
    fn flow_range(&self, entry: &Entry) -> Range<usize> {
        let key = &entry.key_range;
        let end = entry.value.content_end.unwrap_or_else(|| {
            let rest = &self.text[key.end..];
            let blank = rest.len() - rest.trim_start().len();
            if rest[blank..].starts_with(':') {
                key.end + blank + 1
            } else {
                key.end
            }
        });
        key.start..end.max(key.end)
    }

    /// Cuts whole lines, if nothing else is on them.
    fn cut_lines(&mut self, range: &Range<usize>) -> Result<(), EditError> {
        if !self.prefix(range.start).trim().is_empty() {
            return Err(self.refused(range.start, "something else begins on the same line"));
        }
        let end = self.check_rest(range)?;
        let start = cut::line_start(self.text.as_bytes(), range.start);
        self.edits.push((start..end, ""));
        Ok(())
    }

    /// The end of the last line, if nothing else ends on it.
    fn check_rest(&self, range: &Range<usize>) -> Result<usize, EditError> {
        let bytes = self.text.as_bytes();
        // A block scalar ends at the start of the next line.
        if range.end > range.start && cut::is_line_end(bytes[range.end - 1]) {
            return Ok(range.end);
        }
        let end = cut::line_end(bytes, range.end);
        let rest = self.text[range.end..end].trim_start();
        let rest = rest.strip_prefix(':').unwrap_or(rest).trim();
        if !rest.is_empty() && !rest.starts_with('#') {
            return Err(self.refused(range.end, "something else ends on the same line"));
        }
        Ok(end)
    }

    /// Only dashes may stand before the first member of an item.
    fn check_dashes(&self, start: usize) -> Result<(), EditError> {
        if self
            .prefix(start)
            .chars()
            .all(|c| matches!(c, '-' | ' ' | '\t'))
        {
            return Ok(());
        }
        Err(self.refused(start, "something else begins on the same line"))
    }

    fn prefix(&self, position: usize) -> &str {
        &self.text[cut::line_start(self.text.as_bytes(), position)..position]
    }

    /// Writes an empty collection behind the colon of a key.
    fn insert_behind(
        &mut self,
        key_end: usize,
        node: &tree::Node,
        text: &'static str,
    ) -> Result<(), EditError> {
        let rest = &self.text[key_end..];
        let blank = rest.len() - rest.trim_start().len();
        if !rest[blank..].starts_with(':') {
            return Err(self.refused(node.range.start, "this key has no colon behind it"));
        }
        let position = key_end + blank + 1;
        let line = position..cut::line_end(self.text.as_bytes(), position);
        let behind = self.text[line].trim();
        if !behind.is_empty() && !behind.starts_with('#') {
            return Err(self.refused(node.range.start, "this key has a tag or an anchor"));
        }
        self.edits.push((position..position, text));
        Ok(())
    }

    fn refused(&self, position: usize, problem: &str) -> EditError {
        let before = &self.text.as_bytes()[..position.min(self.text.len())];
        not_understood(before, problem.to_owned())
    }

    /// From the key to the end of the value.
    fn range_of(&self, entry: &Entry) -> Range<usize> {
        let end = entry.value.content_end.unwrap_or(entry.key_range.end);
        entry.key_range.start..self.end_of_content(end.max(entry.key_range.end))
    }

    /// The end of the last line of a block scalar: the parser takes it to go on to the next word.
    fn end_of_content(&self, end: usize) -> usize {
        let bytes = self.text.as_bytes();
        let before = self.text[..end].trim_end_matches([' ', '\t']);
        if end == bytes.len() || before.ends_with(['\n', '\r']) {
            return cut::line_end(bytes, before.trim_end().len()).min(end);
        }
        end
    }
}
