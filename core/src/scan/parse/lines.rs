//! Formats of one assignment a line: environment.d, systemd units, PAM, ssh, tmux.

use std::ops::Range;

use super::super::finding::{Form, Span};
use super::super::text::{line_end, split_lines};
use super::posix::{split_words, unquote_word};
use super::{Event, Follow, HOME, How, Sink, Standing, Value, name_end, trim_blanks};
use crate::inventory::AssignmentState;

const EXPORTED: Standing = Standing::Exported { conditional: false };
const COMMENTED: Standing = Standing::Fixed(AssignmentState::Commented);

/// Each line without blanks around it, and its standing: what stands behind `#` is a comment.
fn for_each_line(text: &[u8], sink: &mut Sink, each: fn(&[u8], Range<usize>, Standing, &mut Sink)) {
    for line in split_lines(text) {
        let mut range = trim_blanks(text, line);
        let mut standing = EXPORTED;
        while range.start < range.end && matches!(text[range.start], b'#' | b' ') {
            standing = COMMENTED;
            range.start += 1;
        }
        each(text, range, standing, sink);
    }
}

/// `NAME=value` at the start of a range: the name's end.
fn find_assigned_name_end(text: &[u8], range: &Range<usize>) -> Option<usize> {
    let end = name_end(text, range.start);
    (end < range.end && end > range.start && text[end] == b'=').then_some(end)
}

/// `~/.config/environment.d/*.conf`. Source: environment.d(5).
pub(super) fn environment_d(text: &[u8], sink: &mut Sink) {
    for_each_line(text, sink, |text, range, standing, sink| {
        if let Some(end) = find_assigned_name_end(text, &range) {
            let value = end + 1..range.end;
            let name = &text[range.start..end];
            sink.line(name, Form::EnvironmentD, standing, range, || {
                unquote_word(text, value)
            });
        }
    });
}

/// `~/.ssh/environment`. Source: sshd(8).
pub(super) fn parse_ssh(text: &[u8], sink: &mut Sink) {
    for_each_line(text, sink, |text, range, standing, sink| {
        if let Some(end) = find_assigned_name_end(text, &range) {
            let value = end + 1..range.end;
            let name = &text[range.start..end];
            sink.line(name, Form::SshEnvironment, standing, range, || {
                Value::literal(&text[value])
            });
        }
    });
}

/// `NAME DEFAULT=value OVERRIDE=value`, and `NAME=value` of `/etc/environment`.
/// Source: pam_env.conf(5).
pub(super) fn parse_pam(text: &[u8], sink: &mut Sink) {
    for_each_line(text, sink, |text, range, standing, sink| {
        let start = if text[range.clone()].starts_with(b"export ") {
            range.start + 7
        } else {
            range.start
        };
        if let Some(end) = find_assigned_name_end(text, &(start..range.end)) {
            let value = end + 1..range.end;
            let name = &text[start..end];
            sink.line(name, Form::PamEnv, standing, range, || {
                unquote_word(text, value)
            });
            return;
        }
        let words = split_words(text, range.clone());
        let Some((name, settings)) = words.split_first() else {
            return;
        };
        let setting = settings.iter().find_map(|word| {
            let raw = &text[word.clone()];
            let length = if raw.starts_with(b"DEFAULT=") {
                8
            } else if raw.starts_with(b"OVERRIDE=") {
                9
            } else {
                return None;
            };
            Some(word.start + length..word.end)
        });
        if let Some(value) = setting {
            let name = &text[name.clone()];
            sink.line(name, Form::PamEnv, standing, range, || {
                unquote_word(text, value)
            });
        }
    });
}

/// `set-environment -g NAME value`. Source: tmux(1).
pub(super) fn parse_tmux(text: &[u8], sink: &mut Sink) {
    for_each_line(text, sink, |text, range, standing, sink| {
        let words = split_words(text, range.clone());
        let Some((command, arguments)) = words.split_first() else {
            return;
        };
        if !matches!(&text[command.clone()], b"set-environment" | b"setenv") {
            return;
        }
        let is_option = |word: &&Range<usize>| text[word.start] == b'-';
        let takes_away = arguments.iter().take_while(is_option).any(|word| {
            text[word.clone()]
                .iter()
                .any(|letter| b"ru".contains(letter))
        });
        let skipped = arguments.iter().take_while(is_option).count();
        match &arguments[skipped..] {
            [name, ..] if takes_away && standing == EXPORTED => sink.unset(&text[name.clone()]),
            [name, value, ..] => {
                let (name, value) = (&text[name.clone()], value.clone());
                sink.line(name, Form::TmuxSetEnvironment, standing, range, || {
                    unquote_word(text, value)
                });
            }
            _ => {}
        }
    });
}

/// `Environment=` and `EnvironmentFile=` of a unit. Source: systemd.exec(5).
pub(super) fn parse_unit(text: &[u8], sink: &mut Sink) {
    let mut after = 0;
    for line in split_lines(text) {
        if line.start < after {
            continue;
        }
        let line = join_continued_lines(text, line);
        after = line.end;
        let mut range = trim_blanks(text, line);
        let mut standing = EXPORTED;
        while range.start < range.end && b"#; ".contains(&text[range.start]) {
            standing = COMMENTED;
            range.start += 1;
        }
        let entry = &text[range.clone()];
        if entry.starts_with(b"Environment=") {
            read_environment(text, &range, standing, sink);
        } else if let Some(file) = entry.strip_prefix(b"EnvironmentFile=")
            && standing == EXPORTED
        {
            let (optional, file) = match file.strip_prefix(b"-") {
                Some(file) => (true, file),
                None => (false, file),
            };
            sink.events.push(Event::Follow(Follow {
                target: unit_path(file),
                how: How::EnvironmentFile,
                optional,
                conditional: false,
                at: range.start,
            }));
        }
    }
}

/// The line with those that it goes on in.
fn join_continued_lines(text: &[u8], line: Range<usize>) -> Range<usize> {
    let mut end = line.end;
    while end > line.start && text[end - 1] == b'\\' && end < text.len() {
        let next = end + usize::from(text[end] == b'\r') + 1;
        if next >= text.len() {
            break;
        }
        end = line_end(text, next);
        if end < next {
            break;
        }
    }
    line.start..end
}

fn read_environment(text: &[u8], range: &Range<usize>, standing: Standing, sink: &mut Sink) {
    let words = split_words(text, range.start + b"Environment=".len()..range.end);
    for word in &words {
        // A whole word may be quoted: `"NAME=value"`.
        let inner = super::posix::strip_quotes(text, word.clone());
        let Some(end) = find_assigned_name_end(text, &inner) else {
            continue;
        };
        let span = Span {
            item: word.clone(),
            statement: range.clone(),
            items: words.len(),
            in_block: false,
            is_fixed: false,
            is_nested: false,
        };
        let is_quoted = inner != *word;
        let value = end + 1..inner.end;
        sink.assign(
            &text[inner.start..end],
            Form::SystemdEnvironment,
            standing,
            span,
            word.clone(),
            || {
                if is_quoted {
                    Value::literal(&text[value])
                } else {
                    unquote_word(text, value)
                }
            },
        );
    }
}

/// The path with `%h` as the home directory; `None` with any other specifier or pattern.
fn unit_path(path: &[u8]) -> Option<Vec<u8>> {
    let path = path.trim_ascii();
    let path = match path.strip_prefix(b"%h") {
        Some(rest) => [&[HOME], rest].concat(),
        None => path.to_vec(),
    };
    let is_known = !path.iter().any(|byte| b"%*?[".contains(byte));
    (is_known && !path.is_empty()).then_some(path)
}
