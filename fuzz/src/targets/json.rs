//! Removing a member at any depth never panics; what is left is the same document without it, and
//! every byte that is left stood there before, in that order.

use crate::removal::is_subsequence;
use adieu::files::json;
use serde_json::Value;

pub(crate) fn run(bytes: &[u8]) {
    let Some((&choice, bytes)) = bytes.split_first() else {
        return;
    };
    let Ok(before) = json::parse(bytes) else {
        return;
    };
    let mut paths = Vec::new();
    collect(&before, &mut Vec::new(), &mut paths);
    let Some(path) = paths.get(usize::from(choice) % paths.len().max(1)) else {
        return;
    };
    let Ok(Some(edited)) = json::remove_members(bytes, std::slice::from_ref(path)) else {
        return;
    };
    let mut expected = before;
    take(&mut expected, path);
    let after = json::parse(&edited.bytes).expect("still JSON");
    assert_eq!(after, expected, "{path:?}");
    assert!(is_subsequence(&edited.bytes, bytes));
}

/// The paths of all members of objects that only objects lead to.
fn collect(value: &Value, way: &mut Vec<String>, paths: &mut Vec<Vec<String>>) {
    let Value::Object(members) = value else {
        return;
    };
    for (key, value) in members {
        way.push(key.clone());
        paths.push(way.clone());
        collect(value, way, paths);
        way.pop();
    }
}

fn take(value: &mut Value, path: &[String]) {
    let (Value::Object(members), Some((first, rest))) = (value, path.split_first()) else {
        return;
    };
    if rest.is_empty() {
        members.remove(first);
    } else if let Some(inner) = members.get_mut(first) {
        take(inner, rest);
    }
}
