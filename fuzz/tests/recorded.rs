//! Every target with every input that is recorded for it.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test reads files and tidies up"
)]

use std::fs;
use std::path::{Path, PathBuf};

use adieu_fuzz::{TARGETS, directory};

#[test]
fn what_holds_for_any_bytes_holds_for_those_that_are_recorded() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut tried = 0;
    for target in &TARGETS {
        let own = root.join("fuzz/seeds").join(target.name);
        let recorded = target.recorded.iter().map(|folder| root.join(folder));
        let folders: Vec<PathBuf> = recorded.chain(own.is_dir().then_some(own)).collect();
        let mut inputs: Vec<Vec<u8>> = vec![Vec::new()];
        for folder in folders {
            read_all(&folder, &mut inputs);
        }
        tried += inputs.len();
        for input in inputs {
            (target.run)(&input);
        }
    }
    fs::remove_dir_all(directory()).unwrap();
    assert!(tried > 100, "{tried} inputs are recorded");
}

/// The content of every file below a folder.
fn read_all(folder: &Path, inputs: &mut Vec<Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read_all(&path, inputs);
        } else {
            inputs.push(fs::read(path).unwrap());
        }
    }
}
