//! Reading the content of a keyring entry never panics.
#![no_main]

use adieu::keyring::StoredValue;
use adieu::secret::Secret;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let _ = StoredValue::parse(&Secret::new(text.to_owned())).expires_at();
});
