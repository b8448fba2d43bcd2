//! Sections of AWS files, as Atmos and the AWS tools read them.

use super::*;
use proptest::prelude::*;

const ATMOS: &str = "\
; atmos: expiration=2026-11-21T09:06:11Z
[ledger-admin]
aws_access_key_id     = FAKE-key-3
aws_secret_access_key = FAKE-secret-3
aws_session_token     = FAKE-token-3

; atmos: expiration=2026-11-21T09:06:12Z
[ledger-readonly]
aws_access_key_id     = FAKE-key-4
aws_secret_access_key = `FAKE;secret#4`

; atmos: expiration=2026-11-21T09:06:13Z
[ledger-deployer]
aws_access_key_id     = FAKE-key-5
";

const GO: Format = Format::Ini(IniDialect::Go);

fn of(names: &[&str]) -> Vec<MemberPath> {
    names
        .iter()
        .map(|name| MemberPath::of_section(*name))
        .collect()
}

fn remove(text: &str, names: &[&str]) -> String {
    without(GO, text, &of(names))
}

fn names(bytes: &[u8]) -> Vec<String> {
    ini::list_headings(bytes)
        .into_iter()
        .map(|heading| heading.name)
        .collect()
}

#[test]
fn sections_of_a_file_of_atmos_are_read() {
    let headings = ini::list_headings(ATMOS.as_bytes());
    assert_eq!(
        names(ATMOS.as_bytes()),
        ["ledger-admin", "ledger-readonly", "ledger-deployer"]
    );
    assert_eq!(headings[1].line, 8);
    assert_eq!(
        headings[1].atmos_expiration,
        "2026-11-21T09:06:12Z".parse().ok()
    );
    let document = GO.read(ATMOS.as_bytes()).unwrap();
    let secret = document
        .root()
        .get("ledger-readonly")
        .unwrap()
        .get("aws_secret_access_key");
    assert_eq!(secret.unwrap().scalar(), Some("FAKE;secret#4"));
    assert!(!format!("{document:?}").contains("FAKE-"));
}

#[test]
fn removing_a_section_leaves_what_atmos_would_have_written_without_it() {
    let parts: Vec<&str> = ATMOS.split("\n\n").collect();
    let [first, second, third] = parts[..] else {
        panic!("three sections")
    };
    assert_eq!(
        remove(ATMOS, &["ledger-admin"]),
        format!("{second}\n\n{third}")
    );
    assert_eq!(
        remove(ATMOS, &["ledger-readonly"]),
        format!("{first}\n\n{third}")
    );
    assert_eq!(
        remove(ATMOS, &["ledger-deployer"]),
        format!("{first}\n\n{second}\n")
    );
    assert_eq!(
        remove(ATMOS, &["ledger-admin", "ledger-deployer"]),
        format!("{second}\n")
    );
    let all = of(&["ledger-admin", "ledger-readonly", "ledger-deployer"]);
    let edited = GO.remove(ATMOS.as_bytes(), &all).unwrap();
    assert!(edited.is_empty && edited.bytes.is_empty());
    assert_eq!(edited.outcomes, [const { MemberRemoval::Removed }; 3]);
    assert_eq!(remove(ATMOS, &["ledger", ""]), "unchanged");
}

#[test]
fn odd_shapes_are_removed_to_the_line() {
    let cases: &[(&str, &str, &str)] = &[
        (
            "hand-written comment stays",
            "# mine\n; atmos: x=1\n[a]\nk=v\n",
            "# mine\n",
        ),
        (
            "comment of the next stays",
            "[a]\nk=v\n# about b\n[b]\nk=w\n",
            "# about b\n[b]\nk=w\n",
        ),
        (
            "comment after the entries goes",
            "[a]\nk=v\n# old = x\n\n[b]\n",
            "[b]\n",
        ),
        (
            "free comment stays",
            "[a]\nk=v\n\n# free\n\n[b]\n",
            "# free\n\n[b]\n",
        ),
        ("crlf", "[a]\r\nk=v\r\n\r\n[b]\r\nk=w\r\n", "[b]\r\nk=w\r\n"),
        ("cr", "[a]\rk=v\r\r[b]\rk=w\r", "[b]\rk=w\r"),
        ("cr and lf", "[b]\nk=w\n[a]\rk=v\r[c]\n", "[b]\nk=w\n[c]\n"),
        ("no last newline", "[b]\nk=w\n\n[a]\nk=v", "[b]\nk=w\n"),
        ("kept end without newline", "[a]\nk=v\n[b]\nk=w", "[b]\nk=w"),
        ("bom", "\u{feff}[a]\nk=v\n[b]\n", "\u{feff}[b]\n"),
        ("spacing", "[b]\n[ a ] ; note\nk=v\n[c]\n", "[b]\n[c]\n"),
        ("twice", "[a]\nk=v\n\n[b]\n\n[a]\nk=w\n", "[b]\n"),
        ("nested", "[a]\ns3 =\n  x = y\n\n  z = w\n[b]\n", "[b]\n"),
        (
            "entries before any header",
            "k = v\n\n[a]\nx=y\n",
            "k = v\n",
        ),
        ("empty section", "[a]\n[b]\n", "[b]\n"),
        ("section only", "[a]", ""),
        ("comment under the header", "[a]\n# note\n\n[b]\n", "[b]\n"),
        (
            "unclosed header is no header",
            "[b]\nk=v\n[a\n",
            "unchanged",
        ),
    ];
    for (case, before, after) in cases {
        assert_eq!(remove(before, &["a"]), *after, "{case}");
    }
}

#[test]
fn bytes_that_are_not_unicode_stay_as_they_are() {
    let bytes = b"[b]\nname = \xff\xfe\n[a]\nk = v\n[c]\n\xc3\x28 = x\n";
    let edited = GO.remove(bytes, &of(&["a"])).unwrap();
    assert_eq!(edited.bytes, b"[b]\nname = \xff\xfe\n[c]\n\xc3\x28 = x\n");
}

#[test]
fn names_are_read_as_the_aws_tools_read_them() {
    assert_eq!(
        names(b"[profile  \"my dev\"]\n[\tdefault ]\n"),
        ["profile my dev", "default"]
    );
    assert_eq!(
        names(b"  [sso-session corp] # note ]\n"),
        ["sso-session corp"]
    );
}

#[test]
fn nested_and_quoted_values_are_read() {
    let text = "[a]\ns3 =\n  max = 5\nregion: us-east-1\n\
                    long = \"\"\"one\n[not-a-key\ntwo\"\"\"\nopen = `never\n[b]\n  x = 1\n  y = 2\n";
    let document = GO.read(text.as_bytes()).unwrap();
    let members = document.root().get("a").unwrap().members();
    let shown: Vec<(&str, &str)> = members
        .map(|(key, it)| (key, it.scalar().unwrap()))
        .collect();
    assert_eq!(
        shown,
        [
            ("s3", ""),
            ("max", "5"),
            ("region", "us-east-1"),
            ("long", "one\n[not-a-key\ntwo"),
            ("open", "`never"),
        ]
    );
    assert_eq!(texts(GO, text, "b.y"), ["2"]);
    let python = Format::Ini(IniDialect::Python);
    assert_eq!(texts(python, text, "a.s3"), ["\nmax = 5"]);
    assert_eq!(texts(python, text, "a.max"), [""; 0]);
}

#[test]
fn key_at_the_top_that_is_called_like_a_section_stays() {
    assert_eq!(remove("a = 1\n[a]\nk = v\n[b]\n", &["a"]), "a = 1\n[b]\n");
}

#[test]
fn ten_thousand_sections_go_in_one_pass() {
    let name = |number: usize| format!("profile-{number}");
    let sections: Vec<String> = (0..10_000)
        .map(|number| format!("[{}]\nk = v\n\n", name(number)))
        .collect();
    let text = sections.concat();
    let names: Vec<String> = (0..10_000)
        .filter(|number| number % 2 == 0)
        .map(name)
        .collect();
    let paths: Vec<MemberPath> = names.iter().map(MemberPath::of_section).collect();
    let edited = GO.remove(text.as_bytes(), &paths).unwrap();
    assert!(
        edited
            .outcomes
            .iter()
            .all(|outcome| *outcome == MemberRemoval::Removed)
    );
    assert_eq!(ini::list_headings(&edited.bytes).len(), 5000);
}

fn any_line() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "[a]",
        "[b]",
        "[ c ] ; x",
        "# mine",
        "; atmos: expiration=x",
        "",
        "  ",
        "k = v",
        "  nested = x",
        "s3 =",
        "[open",
        "q = \"\"\"",
        "x\r",
        "\r",
        "x = y\r[b]",
    ])
}

proptest! {
    #[test]
    fn removal_is_the_input_without_whole_lines_and_neighbours_stay(
        lines in prop::collection::vec(any_line(), 0..24),
        has_last_newline: bool,
    ) {
        let mut text = lines.join("\n");
        if has_last_newline {
            text.push('\n');
        }
        let before = names(text.as_bytes());
        let edited = GO.remove(text.as_bytes(), &of(&["a"])).unwrap();
        // It may join lines, and is left alone then.
        prop_assume!(!matches!(edited.outcomes[0], MemberRemoval::Refused(_)));
        if edited.outcomes[0] == MemberRemoval::Absent {
            prop_assert!(!before.contains(&"a".to_owned()));
            return Ok(());
        }
        let after = String::from_utf8(edited.bytes).unwrap();
        let ends = ['\n', '\r'];
        let mut rest = text.split_inclusive(ends);
        for line in after.split_inclusive(ends) {
            prop_assert!(rest.any(|candidate| candidate == line), "{line:?} is not from the input");
        }
        let kept: Vec<_> = before.into_iter().filter(|name| name != "a").collect();
        prop_assert_eq!(names(after.as_bytes()), kept);
        prop_assert_eq!(remove(&after, &["a"]), "unchanged");
    }

    #[test]
    fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = ini::list_headings(&bytes);
        let _ = GO.remove(&bytes, &of(&["a"]));
    }
}

#[test]
fn headings_are_those_of_the_sections() {
    let text = b"# by hand\n; atmos: expiration=2026-09-01T10:00:00Z\n[a]\nkey = FAKE\n\n\
                 [profile  \"b c\"]\n[ ]\nx = [y]\n";
    let document = GO.read(text).unwrap();
    let of_sections: Vec<&str> = document.root().members().map(|(name, _)| name).collect();
    assert_eq!(names(text), of_sections);
    assert_eq!(of_sections.len(), 3);
    assert!(ini::list_headings(text)[0].atmos_expiration.is_some());
}

#[test]
fn removal_that_would_change_what_stays_is_refused() {
    let refused = [
        // Closed by a comment that stood above what goes.
        "[a]\nx = `open\n\n[b]\ny = 1\n\n; it's a ` here\n[c]\nz = 1\n",
        // The header of what goes, or its neighbour's, is part of a value for Go's library.
        "[a]\nx = `one\n[b]\ntwo`\ny = 1\n[c]\nz = 1\n",
        "[a]\nx = \"\"\"one\n[b]\ny = 2\n[c]\n\"\"\"\nz = 3\n",
        "[a]\nx = one\\\n[b]\ny = 1\n[c]\nz = 1\n",
        "[a]\nx = 1\n[b]\ny = `one\n[c]\nz = two`\n",
    ];
    for text in refused {
        let edited = GO.remove(text.as_bytes(), &of(&["b"])).unwrap();
        assert!(
            matches!(edited.outcomes[0], MemberRemoval::Refused(_)),
            "{text}"
        );
        assert_eq!(edited.bytes, text.as_bytes());
    }
}

#[test]
fn quotes_that_stay_in_their_section_are_no_obstacle() {
    for text in [
        "[a]\nx = `one\ntwo`\n[b]\ny = `1`\n[c]\nz = \"\"\"one\n\n two\"\"\"\n",
        "[a]\nx = one\\\n  two\n[b]\ny = 1\\\n 2\n[c]\nz = it's\n",
        "[a]\nx = a`b\n[b]\ny = c:\\dir\n[c]\nz = ``\n",
        // Nobody but the AWS tools reads it anyway.
        "[a]\nx = `open\n[b]\ny = 1\n[c]\nz = 1\n",
    ] {
        assert_eq!(names(remove(text, &["b"]).as_bytes()), ["a", "c"], "{text}");
    }
}
