//! Names as no client would write them, where the AWS CLI keeps its tokens: seen, shown as they are, and
//! removed.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;

use adieu_testkit::server::Server;
use adieu_testkit::{Home, PortalSession};

use crate::support::{adieu, logouts, with_portal};

/// A name, and how it is shown.
const NAMES: [(&[u8], &str); 5] = [
    (b"a\x1b[2J.json", "a\\u{1b}[2J.json"),
    (b"b\nc.json", "b\\u{a}c.json"),
    (b"d\xffe.json", "d\\u{dcff}e.json"),
    (b"two words.json", "two words.json"),
    (b"e\\f'g\".json", "e\\f'g\".json"),
];

fn signed_in() -> Home {
    let home = Home::new();
    home.directory(".aws/sso/cache");
    for (at, (name, _)) in NAMES.iter().enumerate() {
        let page = format!("https://portal-{at}.awsapps.com/start");
        let session = PortalSession::new(&page, "eu-central-1", &format!("FAKE-odd-{at}"));
        let path = home.join(".aws/sso/cache").join(OsStr::from_bytes(name));
        fs::write(path, session.contents().to_string()).unwrap();
    }
    home
}

#[test]
fn tokens_in_files_with_odd_names_are_seen_shown_and_removed() {
    let (home, portal) = (signed_in(), Server::aws_portal());
    let run = |words: &str| with_portal(adieu(&home).args(words.split(' ')), &portal).run();
    let status = run("status aws --check").code(1);
    let preview = run("logout --all --force --dry-run").success();
    for output in [&status, &preview] {
        for (_, shown) in NAMES {
            assert!(output.stdout.contains(shown), "{shown}: {output}");
        }
        assert!(!output.to_string().contains('\u{1b}'), "{output}");
    }
    let output = run("logout --all --force -o json").success();
    assert_eq!(output.json()["verified"]["still_live"].to_string(), "[]");
    assert_eq!(logouts(&portal), NAMES.len(), "{output}");
    let left = fs::read_dir(home.join(".aws/sso/cache")).map_or(0, Iterator::count);
    assert_eq!(left, 0, "{output}");
    run("status --check").success();
    let trail = home.read(".local/state/adieu/audit.jsonl");
    assert!(
        !trail.contains('\u{1b}') && !trail.contains("FAKE-odd"),
        "{trail}"
    );
}
