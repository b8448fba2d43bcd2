//! Sections and keys of INI files go, in every dialect, and nothing else.

use adieu::formats::{Format, IniDialect};

pub(crate) fn run(bytes: &[u8]) {
    use IniDialect::{Git, Go, MySql, Npm, Python};
    let Some((first, bytes)) = bytes.split_first() else {
        return;
    };
    let dialects = [Go, Python, Git, MySql, Npm];
    crate::removal::remove_some(
        Format::Ini(dialects[usize::from(*first) % dialects.len()]),
        bytes,
    );
}
