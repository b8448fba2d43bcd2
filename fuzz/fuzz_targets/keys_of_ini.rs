//! Sections and keys of INI files go, in every dialect, and nothing else.
#![no_main]

use adieu::formats::{Format, IniDialect};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    use IniDialect::{Git, Go, MySql, Npm, Python};
    let Some((first, bytes)) = bytes.split_first() else { return };
    let dialects = [Go, Python, Git, MySql, Npm];
    adieu_fuzz::remove_some(Format::Ini(dialects[usize::from(*first) % dialects.len()]), bytes);
});
