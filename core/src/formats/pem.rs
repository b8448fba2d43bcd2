//! PEM blocks, as RFC 7468 and the older RFC 1421 have them. A block goes with the lines from its
//! `-----BEGIN` to its `-----END`; what stands between blocks stays.

use super::cut;
use super::tree::{Cut, Node, Shape};

pub(super) fn read_node(bytes: &[u8]) -> Node {
    let mut blocks = Vec::new();
    // Where a block began, and its label.
    let mut open: Option<(usize, Vec<u8>)> = None;
    for line in cut::split_lines(bytes) {
        let text = bytes[line.clone()].trim_ascii();
        if let Some(label) = parse_label(text, b"-----BEGIN ") {
            open = Some((line.start, label.to_vec()));
        } else if let Some(label) = parse_label(text, b"-----END ")
            && let Some((start, begun)) = open.take()
            && begun == label
        {
            let text = String::from_utf8_lossy(&bytes[start..line.end]);
            let members = [
                ("label", String::from_utf8_lossy(label).into_owned()),
                ("text", text.trim().to_owned()),
            ];
            let members = members.into_iter().map(|(name, text)| {
                let mut node = Node::of_text(text);
                node.cut = Cut::Never("a PEM block can only be removed as a whole");
                (name.to_owned(), node)
            });
            let block = Node::new(Shape::Map(members.collect()));
            blocks.push(block.cut_at(start..line.end));
        }
    }
    Node::new(Shape::List(blocks))
}

fn parse_label<'a>(line: &'a [u8], marker: &[u8]) -> Option<&'a [u8]> {
    line.strip_prefix(marker)?.strip_suffix(b"-----")
}
