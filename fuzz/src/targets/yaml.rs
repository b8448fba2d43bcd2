//! Removing an item of any list of a kubeconfig never panics; the values of all other items stay, and
//! so does the rest. The same for members of nested mappings (gh's `hosts.yml`).

use crate::removal::is_subsequence;
use adieu::files::yaml::{self, Item};

const LISTS: [&str; 3] = ["clusters", "contexts", "users"];
const HOST: &str = "github.com";

pub(crate) fn run(bytes: &[u8]) {
    let Some((&choice, bytes)) = bytes.split_first() else {
        return;
    };
    let items: Vec<Vec<Item>> = LISTS
        .iter()
        .map(|list| yaml::items(bytes, list).unwrap_or_default())
        .collect();
    let all: Vec<(usize, &Item)> = items
        .iter()
        .enumerate()
        .flat_map(|(list, items)| items.iter().map(move |item| (list, item)))
        .collect();
    if let Some((list, item)) = all.get(usize::from(choice) % all.len().max(1)) {
        let name = item.name.clone();
        if let Ok(Some(edited)) = yaml::remove_items(bytes, &[(LISTS[*list], &name)]) {
            for (at, before) in items.iter().enumerate() {
                let after = yaml::items(&edited.bytes, LISTS[at]).expect("still YAML");
                let kept = before
                    .iter()
                    .filter(|item| at != *list || item.name != name);
                assert_eq!(said(kept), said(after.iter()), "{}", LISTS[at]);
            }
        }
    }
    let path = vec![HOST.to_owned(), "oauth_token".to_owned()];
    let scalar = |bytes: &[u8]| yaml::scalar(bytes, "current-context").ok().flatten();
    let before = scalar(bytes).map(|text| text.expose().to_owned());
    if let Ok(Some(edited)) = yaml::remove_members(bytes, &[path]) {
        assert_eq!(
            scalar(&edited.bytes).map(|text| text.expose().to_owned()),
            before
        );
        // Nothing is put in but the braces of a mapping that is left empty.
        let rest: Vec<u8> = edited
            .bytes
            .iter()
            .copied()
            .filter(|byte| !b"{} ".contains(byte))
            .collect();
        assert!(is_subsequence(&rest, bytes));
    }
}

type Fields = Vec<(Vec<String>, String)>;

/// Names with the paths and values of everything in the items.
fn said<'a>(items: impl Iterator<Item = &'a Item>) -> Vec<(String, Fields)> {
    items
        .map(|item| {
            let fields = item.fields.iter();
            let fields = fields.map(|field| (field.path.clone(), field.value.expose().to_owned()));
            (item.name.clone(), fields.collect())
        })
        .collect()
}
