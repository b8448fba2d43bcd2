//! Machines of netrc files go, and nothing else.
#![no_main]

use adieu::formats::Format;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    adieu_fuzz::remove_some(Format::Netrc, bytes);
});
