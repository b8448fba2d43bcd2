//! Removing a context of a kubeconfig never panics, and the other contexts stay.
#![no_main]

use adieu::files::yaml;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(items) = yaml::items(bytes, "contexts") else { return };
    let Some(first) = items.first() else { return };
    let name = first.name.clone();
    let Ok(Some(edited)) = yaml::remove_items(bytes, &[("contexts", &name)]) else { return };
    let left = yaml::items(&edited.bytes, "contexts").expect("still YAML");
    assert!(left.iter().all(|item| item.name != name));
    let kept = items.iter().filter(|item| item.name != name).count();
    assert_eq!(kept, left.len());
});
