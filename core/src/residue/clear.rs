//! How residue is taken out of a file's bytes: lines of what was typed, elsewhere the bytes of the secret
//! themselves.

use std::ops::Range;
use std::path::Path;

/// What stands in the place of a secret, as often as it is long.
const PLACEHOLDER: u8 = b'*';

/// How a history is written, which says what one entry of it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HistoryForm {
    /// A line an entry.
    Lines,
    /// bash with times: a line `#1700000000` before each entry, which may have several lines.
    Bash,
    /// zsh: a line goes on behind a backslash.
    Zsh,
    /// fish: `- cmd: …` with more lines below it.
    Fish,
    /// PowerShell: a line goes on behind a backquote.
    PowerShell,
    /// Files with structures of their own: only the secret's bytes are overwritten.
    Other,
}

impl HistoryForm {
    /// The form of a history by its name.
    pub(super) fn of(path: &Path) -> Self {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        match name.as_ref() {
            "fish_history" => Self::Fish,
            "ConsoleHost_history.txt" => Self::PowerShell,
            ".viminfo" => Self::Other,
            name if name.contains("zsh") || name.contains("zhistory") || name == ".histfile" => {
                Self::Zsh
            }
            name if name.contains("bash") || name == ".history" || name == ".sh_history" => {
                Self::Bash
            }
            _ => Self::Lines,
        }
    }
}

/// The bytes with the secrets at these ranges overwritten; as many as before.
pub(super) fn overwritten(bytes: &[u8], hits: &[Range<usize>]) -> Vec<u8> {
    let mut new = bytes.to_vec();
    for hit in hits {
        if let Some(secret) = new.get_mut(hit.clone()) {
            secret.fill(PLACEHOLDER);
        }
    }
    new
}

/// The bytes without the entries in which the secrets at these ranges stand. Every other byte stays.
pub(super) fn without_entries(bytes: &[u8], hits: &[Range<usize>], form: HistoryForm) -> Vec<u8> {
    if form == HistoryForm::Other {
        return overwritten(bytes, hits);
    }
    let lines = lines(bytes);
    let mut goes = vec![false; lines.len()];
    for hit in hits {
        let mut at = lines.partition_point(|line| line.end <= hit.start);
        while lines.get(at).is_some_and(|line| line.start < hit.end) {
            if !goes[at] {
                goes[entry_of(bytes, &lines, at, form)].fill(true);
            }
            at += 1;
        }
    }
    let kept = lines.iter().zip(&goes).filter(|(_, goes)| !**goes);
    kept.flat_map(|(line, _)| &bytes[line.clone()])
        .copied()
        .collect()
}

/// The lines of a text with their ends.
fn lines(bytes: &[u8]) -> Vec<Range<usize>> {
    let mut start = 0;
    let ends = bytes.split_inclusive(|byte| *byte == b'\n');
    ends.map(|line| {
        let range = start..start + line.len();
        start = range.end;
        range
    })
    .collect()
}

/// The lines of the entry that a line is part of.
fn entry_of(bytes: &[u8], lines: &[Range<usize>], at: usize, form: HistoryForm) -> Range<usize> {
    let text = |at: usize| bytes[lines[at].clone()].trim_ascii_end();
    let mut first = at;
    let mut end = at + 1;
    match form {
        HistoryForm::Lines | HistoryForm::Other => {}
        HistoryForm::Bash => {
            let is_time = |at: usize| {
                let digits = text(at).strip_prefix(b"#").unwrap_or_default();
                digits.len() >= 8 && digits.iter().all(u8::is_ascii_digit)
            };
            let has_times = (0..lines.len()).any(is_time);
            if has_times {
                while first > 0 && !is_time(first) {
                    first -= 1;
                }
                // What stands before the first time is a line each.
                if !is_time(first) {
                    return at..at + 1;
                }
                while end < lines.len() && !is_time(end) {
                    end += 1;
                }
            }
        }
        HistoryForm::Zsh => {
            let goes_on = |at: usize| {
                let text = text(at);
                let marks = text.iter().rev().take_while(|byte| **byte == b'\\').count();
                marks % 2 == 1
            };
            while first > 0 && goes_on(first - 1) {
                first -= 1;
            }
            while end < lines.len() && goes_on(end - 1) {
                end += 1;
            }
        }
        HistoryForm::PowerShell => {
            let goes_on = |at: usize| text(at).ends_with(b"`");
            while first > 0 && goes_on(first - 1) {
                first -= 1;
            }
            while end < lines.len() && goes_on(end - 1) {
                end += 1;
            }
        }
        HistoryForm::Fish => {
            let is_first = |at: usize| text(at).starts_with(b"- cmd:");
            while first > 0 && !is_first(first) {
                first -= 1;
            }
            while end < lines.len() && !is_first(end) {
                end += 1;
            }
        }
    }
    first..end
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "FAKE-secret-typed";

    fn without(text: &str, form: HistoryForm) -> String {
        let hits: Vec<Range<usize>> = text
            .match_indices(SECRET)
            .map(|(at, found)| at..at + found.len())
            .collect();
        String::from_utf8(without_entries(text.as_bytes(), &hits, form)).unwrap()
    }

    #[test]
    fn entries_of_histories_go_whole_and_nothing_else() {
        for (name, text, left) in [
            (
                ".bash_history",
                "ls\nexport T=FAKE-secret-typed\ncd\n",
                "ls\ncd\n",
            ),
            (
                ".bash_history",
                "old\n#1700000000\nls\n#1700000001\ncat <<E\nFAKE-secret-typed\nE\n#1700000002\ncd\n",
                "old\n#1700000000\nls\n#1700000002\ncd\n",
            ),
            (
                ".zsh_history",
                ": 1700000000:0;ls\n: 1700000001:0;curl \\\n -H FAKE-secret-typed \\\n x\n: 1700000002:0;cd\n",
                ": 1700000000:0;ls\n: 1700000002:0;cd\n",
            ),
            (
                "fish_history",
                "- cmd: ls\n  when: 1\n- cmd: set T FAKE-secret-typed\n  when: 2\n  paths:\n    - x\n- cmd: cd\n  when: 3\n",
                "- cmd: ls\n  when: 1\n- cmd: cd\n  when: 3\n",
            ),
            (
                "ConsoleHost_history.txt",
                "ls\r\n$t = `\r\n 'FAKE-secret-typed'\r\ncd\r\n",
                "ls\r\ncd\r\n",
            ),
            (
                ".python_history",
                "import x\nt = 'FAKE-secret-typed'\nx.y(t)",
                "import x\nx.y(t)",
            ),
            (
                ".lesshst",
                ".less-history-file:\n.search\n\"FAKE-secret-typed\n\"other\n",
                ".less-history-file:\n.search\n\"other\n",
            ),
            (
                ".viminfo",
                "# x\n:s/FAKE-secret-typed/\n|2,0,1,,\"x\"\n",
                "# x\n:s/*****************/\n|2,0,1,,\"x\"\n",
            ),
        ] {
            let form = HistoryForm::of(Path::new(name));
            assert_eq!(without(text, form), left, "{name}");
        }
    }
}
