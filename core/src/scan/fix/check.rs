//! Whether a new text is the old one without what was taken out, and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::Fix;
use super::shape::Shape;
use super::text::{Change, Made};
use crate::scan::{self, Finding};

/// Whether a script has the structure that it had: what went was whole by itself, and every line
/// that stays begins where it began, in quotes, blocks and here-documents.
pub(super) fn keeps_shape(old: &[u8], made: &Made<'_>, fix: Fix) -> bool {
    let Some((first, _)) = made.done.first() else {
        return true;
    };
    let syntax = scan::reading_syntax(first);
    if !syntax.is_posix() {
        return true;
    }
    let (before, after) = (Shape::of(old, syntax), Shape::of(&made.text, syntax));
    let begins_in_code =
        |finding: &Finding| finding.span.is_nested || !before.is_quoted(finding.span.item.start);
    let is_whole = |change: &Change| {
        let starts_comment = change.range.is_empty() && change.instead > 0;
        // A comment cannot stand in quotes, nor where a line goes on.
        let is_placed = !starts_comment
            || !(before.is_quoted(change.range.start)
                || old[..change.range.start].ends_with(b"\\\n")
                || old[..change.range.start].ends_with(b"\\\r\n"));
        is_placed && before.is_whole(&change.range)
    };
    // The inner lines of what became a comment.
    let commented: Vec<&Range<usize>> = match fix {
        Fix::Comment => made
            .done
            .iter()
            .map(|(one, _)| &one.span.statement)
            .collect(),
        Fix::Remove => Vec::new(),
    };
    made.done.iter().all(|(finding, _)| begins_in_code(finding))
        && made
            .changes
            .iter()
            .all(|change| is_inner_mark(&commented, change) || is_whole(change))
        && same_lines(&before, &after, &made.changes, &commented)
}

/// Whether a change puts a mark before an inner line of what becomes a comment.
fn is_inner_mark(commented: &[&Range<usize>], change: &Change) -> bool {
    let at = commented.partition_point(|range| range.start < change.range.start);
    change.range.is_empty()
        && at > 0
        && commented[..at]
            .last()
            .is_some_and(|range| change.range.start < range.end)
}

fn same_lines(
    before: &Shape,
    after: &Shape,
    changes: &[Change],
    commented: &[&Range<usize>],
) -> bool {
    let mut changes = changes.iter().peekable();
    let mut commented = commented.iter().peekable();
    let mut new = after.lines().iter().peekable();
    let (mut removed, mut added, mut gone_until) = (0, 0, 0);
    for (start, sum) in before.lines() {
        while let Some(change) = changes.next_if(|change| change.range.start < *start) {
            removed += change.range.len();
            added += change.instead;
            gone_until = change.range.end;
        }
        while commented.next_if(|range| range.end <= *start).is_some() {}
        let is_commented = commented.peek().is_some_and(|range| range.start < *start);
        let goes = changes
            .peek()
            .is_some_and(|change| change.range.start == *start && !change.range.is_empty());
        if is_commented || goes || *start < gone_until {
            continue;
        }
        let place = (start + added).saturating_sub(removed);
        while new.next_if(|(start, _)| *start < place).is_some() {}
        if new.next_if(|line| **line == (place, *sum)).is_none() {
            return false;
        }
    }
    true
}

/// Whether the new text says what it should: what was taken out has no effect any more, and
/// everything else is as it was.
pub(super) fn is_as_meant(old: &[u8], new: &[u8], taken: &[&Finding], fix: Fix) -> bool {
    let Some(first) = taken.first() else {
        return true;
    };
    let syntax = scan::reading_syntax(first);
    let mut gone: BTreeSet<(String, usize)> = taken
        .iter()
        .map(|finding| {
            let name = finding.name.clone().unwrap_or_default();
            (name, finding.span.item.start)
        })
        .collect();
    let mut expected = scan::outline_assignments(old, syntax);
    expected.retain(|(name, at, _)| !gone.remove(&(name.clone(), *at)));
    if !gone.is_empty() {
        return false;
    }
    let counted = |outline: &[(String, usize, bool)], with_rest: bool| {
        let mut names: BTreeMap<(String, bool), usize> = BTreeMap::new();
        for (name, _, is_live) in outline {
            if *is_live || with_rest {
                *names.entry((name.clone(), *is_live)).or_default() += 1;
            }
        }
        names
    };
    // What became a comment is found again as one.
    let with_rest = fix == Fix::Remove;
    counted(&expected, with_rest) == counted(&scan::outline_assignments(new, syntax), with_rest)
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::*;
    use crate::inventory::AssignmentState;
    use crate::names::{Known, NameKind};
    use crate::scan::{Form, Remedy, Span, Syntax, ValueKind};

    fn finding(shell: Syntax, item: Range<usize>) -> Finding {
        Finding {
            file: None,
            line: 1,
            lines: 1,
            name: Some("HF_TOKEN".to_owned()),
            known: Known {
                provider: None,
                kind: NameKind::Token,
            },
            shell,
            form: Form::Export,
            state: AssignmentState::Active,
            value: ValueKind::Literal,
            via: Vec::new(),
            remedy: Remedy::default(),
            secrets: Vec::new(),
            span: Span::whole(item),
        }
    }

    /// Whether `cut` may become `instead` in `text`.
    fn keeps(shell: Syntax, text: &str, cut: &str, instead: &str) -> bool {
        let start = text.find(cut).unwrap();
        let range = start..start + cut.len();
        let finding = finding(shell, range.clone());
        let made = Made {
            text: Zeroizing::new(text.replacen(cut, instead, 1).into_bytes()),
            changes: vec![Change {
                range,
                instead: instead.len(),
            }],
            done: vec![(&finding, false)],
            left: Vec::new(),
        };
        keeps_shape(text.as_bytes(), &made, Fix::Remove)
    }

    #[test]
    fn a_cut_that_is_whole_is_taken() {
        for (text, cut, instead) in [
            ("export A=x\nb\n", "export A=x\n", ""),
            ("f() {\nexport A=x\n}\n", "export A=x", ":"),
            ("export A=\"x\ny\" B=1\n", " A=\"x\ny\"", ""),
            ("cat <<E\n'\nE\nexport A='x'\n", "export A='x'\n", ""),
            ("a=()\nexport A=x\nb\n", "export A=x\n", ""),
            ("case a in (a) export A=x;; esac\n", "export A=x", ":"),
            ("export A=x \\\n  B=1\n", " A=x", ""),
            ("echo $((1 << (2)))\nexport A=x\n", "export A=x\n", ""),
            ("echo \"${x:-\"'\"}\"\nexport A=x\n", "export A=x\n", ""),
        ] {
            assert!(keeps(Syntax::Bash, text, cut, instead), "{text}");
        }
    }

    #[test]
    fn a_cut_that_changes_the_rest_is_refused() {
        for (text, cut, instead) in [
            // A quote, an expansion or a substitution stays open.
            (": \"${A:=x}\"\nb\n", " \"${A:=x}", ""),
            (": ${A:=x}\n", "${A:=x", ""),
            ("export A=$(x)\n", "export A=$(x", ":"),
            ("export A=`x`\n", "export A=`x", ":"),
            ("export A='x'\n", "A='x", ""),
            ("export A=x'\nb'\n", "export A=x'\n", ""),
            // Something else is closed with it.
            ("f() { export A=x; }\n", "export A=x; }", ":"),
            ("if a; then export A=x; fi\n", "export A=x; fi", ":"),
            ("a $(export A=x)\n", "export A=x)", ":"),
            // What stays is an empty block.
            ("f() {\nexport A=x\n}\n", "export A=x\n", ""),
            ("function f {\nexport A=x\n}\n", "export A=x\n", ""),
            ("if a\nthen\nexport A=x\nfi\n", "export A=x\n", ""),
            ("(\nexport A=x\n)\n", "export A=x\n", ""),
            // The next command takes its place.
            ("a &&\nexport A=x\nb\n", "export A=x\n", ""),
            ("a |\nexport A=x\nb\n", "export A=x\n", ""),
            // What stays prints the environment.
            ("export A=x\n", " A=x", ""),
            ("export A=x \"$@\"\n", " A=x", ""),
            ("declare -x A=x; b\n", " A=x", ""),
            // Text of another kind.
            ("a '\nexport A=x\n'\n", "export A=x\n", ""),
            ("cat <<E\nexport A=x\nE\n", "export A=x\n", ""),
            ("cat <<E; export A=x\nb\nE\nc\n", "E; export A=x", "F"),
        ] {
            assert!(!keeps(Syntax::Bash, text, cut, instead), "{text}");
        }
        let text = "f() { export A=x }\n";
        assert!(!keeps(Syntax::Zsh, text, " A=x", ""));
        assert!(keeps(Syntax::Zsh, text, "export A=x", ":"));
    }

    #[test]
    fn hostile_scripts_are_read_in_linear_time() {
        for piece in [
            "(",
            "{\n",
            "$(",
            "\"`",
            "do ",
            "fi;",
            "<<E\n",
            "case x in ",
            "\\",
            "((",
            "'",
        ] {
            let text = piece.repeat((1 << 17) / piece.len());
            let took = adieu_testkit::processor_time(|| {
                Shape::of(text.as_bytes(), Syntax::Zsh);
            });
            assert!(took.as_secs() < 5, "{piece}");
        }
    }
}
