//! Files whose names are not UTF-8.
#![cfg(target_os = "linux")]

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;

use adieu_testkit::Home;

use crate::support::{scan, scan_all};

const LINE: &str = "export GITHUB_TOKEN=FAKE-one\n";

fn write(home: &Home, name: &[u8]) {
    std::fs::write(home.join(OsStr::from_bytes(name)), LINE).unwrap();
}

#[test]
fn a_sourced_file_is_read_whatever_its_name_is() {
    let home = Home::new();
    write(&home, b"keys\xff");
    let bashrc = home.join(".bashrc");
    std::fs::write(bashrc, b". ~/keys\xff\n").unwrap();
    let output = scan(&home, "").run().code(1);
    assert!(output.stdout.contains("GITHUB_TOKEN"), "{output}");
    assert!(!output.stderr.contains("not there"), "{output}");
    let findings = scan(&home, "-o json").run().code(1).json();
    assert_eq!(findings["findings"].as_array().unwrap().len(), 1);
}

#[test]
fn a_file_that_a_pattern_stands_for_hides_what_it_holds() {
    let home = Home::new();
    write(&home, b"a\xff.sh");
    home.write(".bashrc", "for f in ~/*.sh; do . \"$f\"; done\n");
    let output = scan(&home, "").run().code(3);
    assert!(output.stderr.contains("not UTF-8"), "{output}");
}

#[test]
fn a_file_in_a_directory_hides_what_it_holds() {
    let home = Home::new();
    write(&home, b"a\xff.sh");
    let output = scan_all(&home, "").run().code(3);
    assert!(output.stderr.contains("not UTF-8"), "{output}");
    // Named by itself it is read.
    let path = home.join(OsStr::from_bytes(b"a\xff.sh"));
    let output = scan(&home, "").arg(&path).run().code(1);
    assert!(output.stdout.contains("GITHUB_TOKEN"), "{output}");
}
