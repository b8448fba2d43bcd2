//! Whatever is removed, the rest stays: its bytes and what they mean.

use super::*;
use proptest::prelude::*;
use proptest::sample::{select as one_of, subsequence};

/// All formats.
const FORMATS: [Format; 16] = [
    Format::Json,
    Format::Yaml,
    Format::Ini(IniDialect::Go),
    Format::Ini(IniDialect::Python),
    Format::Ini(IniDialect::Git),
    Format::Ini(IniDialect::MySql),
    Format::Ini(IniDialect::Npm),
    Format::Toml,
    Format::Netrc,
    Format::Properties,
    Format::Lines(LineRule::Text),
    Format::Lines(LineRule::GitCredentials),
    Format::Lines(LineRule::Pgpass),
    Format::Xml,
    Format::Pem,
    Format::Whole,
];

/// Pieces of which files are made that nobody would write.
const PIECES: [&str; 54] = [
    "\n",
    "\r\n",
    "\r",
    " ",
    "  ",
    "\t",
    "a",
    "b",
    "a.b",
    "\"a\"",
    "'b'",
    "#",
    ";",
    "//",
    "!",
    "=",
    ":",
    ": ",
    "- ",
    ",",
    "{",
    "}",
    "[",
    "]",
    "[[",
    "]]",
    "\\",
    "\"\"\"",
    "`",
    "|\n",
    "&x ",
    "*x",
    "? ",
    "---\n",
    "machine ",
    "login ",
    "password ",
    "default ",
    "macdef ",
    "<a>",
    "</a>",
    "<b c='d'/>",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "&amp;",
    "%41",
    "://",
    "@",
    "-----BEGIN A-----\n",
    "-----END A-----\n",
    "\u{feff}",
    "é",
];

fn every_path(document: &Document) -> Vec<MemberPath> {
    let pattern: Pattern = "**".parse().unwrap();
    let members = document.select(&pattern);
    members.into_iter().map(|member| member.path).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// That what is left means the same is proved by `remove` itself.
    #[test]
    fn no_file_makes_an_editor_panic(
        format in one_of(&FORMATS[..]),
        pieces in prop::collection::vec(one_of(&PIECES[..]), 0..24),
        chosen in any::<u64>(),
    ) {
        let text = pieces.concat();
        if let Ok(document) = format.read(text.as_bytes()) {
            let paths: Vec<MemberPath> = every_path(&document)
                .into_iter()
                .enumerate()
                .filter(|(number, _)| chosen >> (number % 64) & 1 == 1)
                .map(|(_, path)| path)
                .collect();
            if let Ok(edited) = format.remove(text.as_bytes(), &paths) {
                prop_assert_eq!(edited.outcomes.len(), paths.len());
                prop_assert!(edited.bytes.len() <= text.len() + 3 * paths.len());
            }
        }
    }
}

/// Part of a file: a member with the pattern that selects it, or something that stays.
type Part = (Option<String>, String);

/// Members of a file that have their lines to themselves, comments and blank lines between them.
fn parts(
    member: fn(usize, usize) -> String,
    pattern: fn(usize) -> String,
    fillers: &'static [&'static str],
) -> impl Strategy<Value = Vec<Part>> {
    prop::collection::vec((0..3_usize, one_of(fillers)), 1..12).prop_map(move |choices| {
        let mut parts = Vec::new();
        for (number, (variant, filler)) in choices.into_iter().enumerate() {
            parts.push((Some(pattern(number)), member(number, variant)));
            parts.push((None, filler.to_owned()));
        }
        parts
    })
}

fn key(number: usize) -> String {
    format!("k{number}")
}

fn check(
    format: Format,
    head: &str,
    prefix: &str,
    tail: &str,
    parts: &[Part],
    gone: &[usize],
    line_end: &str,
) -> Result<(), TestCaseError> {
    let write = |is_kept: &dyn Fn(usize) -> bool| {
        let members = parts
            .iter()
            .enumerate()
            .filter(|(number, _)| is_kept(*number));
        let body: String = members.map(|(_, (_, text))| text.as_str()).collect();
        format!("{head}{body}{tail}").replace('\n', line_end)
    };
    let gone: Vec<usize> = gone.iter().map(|number| number * 2).collect();
    let before = write(&|_| true);
    let patterns: Vec<String> = gone
        .iter()
        .filter_map(|number| parts[*number].0.as_ref())
        .map(|pattern| format!("{prefix}{pattern}"))
        .collect();
    let patterns: Vec<&str> = patterns.iter().map(String::as_str).collect();
    let paths = select(format, &before, &patterns);
    prop_assert_eq!(paths.len(), gone.len(), "{:?} in {:?}", patterns, before);
    let edited = format.remove(before.as_bytes(), &paths).unwrap();
    let after = write(&|number| !gone.contains(&number));
    prop_assert_eq!(
        String::from_utf8(edited.bytes).unwrap(),
        after,
        "{:?} of {:?}",
        patterns,
        before
    );
    Ok(())
}

/// A property of a format whose members have their lines to themselves.
macro_rules! lines_of_their_own {
    ($name:ident, $format:expr, $head:expr, $prefix:expr, $tail:expr, $member:expr, $pattern:expr, $fillers:expr) => {
        proptest! {
            #![proptest_config(ProptestConfig::with_cases(48))]
            #[test]
            fn $name(
                (parts, gone) in parts($member, $pattern, $fillers).prop_flat_map(|parts| {
                    let members = parts.len() / 2;
                    let numbers: Vec<usize> = (0..members).collect();
                    (Just(parts), subsequence(numbers, 0..=members))
                }),
                line_end in one_of(&["\n", "\r\n"][..]),
            ) {
                check($format, $head, $prefix, $tail, &parts, &gone, line_end)?;
            }
        }
    };
}

lines_of_their_own!(
    yaml,
    Format::Yaml,
    "# é\na:\n",
    "a.",
    "  z: 1\nb: 2\n",
    |n, variant| match variant {
        0 => format!("  k{n}: FAKE # x\n"),
        1 => format!("  k{n}: |\n    one\n    two\n"),
        _ => format!("  \"k{n}\":\n  - x\n  - y: 1\n    z: [1, 2]\n"),
    },
    key,
    &["", "  # x\n", "\n"]
);
lines_of_their_own!(
    yaml_lists,
    Format::Yaml,
    "l:\n",
    "",
    "- name: z\n  t: 1\n",
    |n, variant| match variant {
        0 => format!("- name: k{n}\n  t: FAKE\n"),
        1 => format!("- t: FAKE # x\n  name: k{n}\n"),
        _ => format!("- {{name: k{n}, t: FAKE}}\n"),
    },
    |n| format!("l[name=k{n}]"),
    &["", "# x\n", "\n"]
);
lines_of_their_own!(
    toml,
    Format::Toml,
    "# é\n[a]\n",
    "a.",
    "[z]\nk1 = 1\n",
    |n, variant| match variant {
        0 => format!("k{n} = \"FAKE\" # x\n"),
        1 => format!("  k{n} = \"\"\"\n[b]\n# y\n\"\"\"\n"),
        _ => format!("\"k{n}\".x.y = [\n  1, # z\n]\n"),
    },
    key,
    &["", "# x\n", "\n"]
);
lines_of_their_own!(
    toml_tables,
    Format::Toml,
    "[[a]]\nname = \"z\"\n# é\n",
    "",
    "[z]\nk1 = 1\n",
    |n, variant| match variant {
        0 => format!("[[a]]\nname = \"k{n}\"\n"),
        1 => format!("[[a]]\n# x\nname = \"k{n}\" # y\n[a.b]\nc = 1\n"),
        _ => format!("  [[a]] # x\n  name = 'k{n}'\n  [[a.b]]\n\n"),
    },
    |n| format!("a[name=k{n}]"),
    &["", "# x\n"]
);
lines_of_their_own!(
    ini_of_python,
    Format::Ini(IniDialect::Python),
    "[a]\n",
    "a.",
    "z = 1\n[b]\nk1 = 1\n",
    |n, variant| match variant {
        0 => format!("K{n} = FAKE\n"),
        1 => format!("k{n}: FAKE\n  more = x\n\n  # é\n  z\n"),
        _ => format!("k{n}\n"),
    },
    key,
    &["", "# x\n", "\n", "; é\n"]
);
lines_of_their_own!(
    ini_of_go,
    Format::Ini(IniDialect::Go),
    "[a]\n",
    "a.",
    "z = 1\n[b]\nk1 = 1\n",
    |n, variant| match variant {
        0 => format!("k{n} = FAKE\n"),
        1 => format!("  k{n}: `FAKE\n# x\n`\n"),
        _ => format!("k{n} = x\\\n  y\n"),
    },
    key,
    &["", "# x\n", "\n", "; é\n"]
);
lines_of_their_own!(
    ini_of_git,
    Format::Ini(IniDialect::Git),
    "[a \"B\"]\n",
    "\"a.B\".",
    "z = 1\n[b]\nk1 = 1\n",
    |n, variant| match variant {
        0 => format!("\tK{n} = FAKE ; x\n"),
        1 => format!("k{n} = \"a;b\\\n c\" \\\n  d\n"),
        _ => format!("k{n} # x\n"),
    },
    key,
    &["", "# x\n", "\n", "; é\n"]
);
lines_of_their_own!(
    npmrc,
    Format::Ini(IniDialect::Npm),
    "registry=https://r/\n",
    "",
    "z=1\n",
    |n, variant| match variant {
        0 => format!("//k{n}/:_authToken=FAKE\n"),
        1 => format!("//k{n}/:_authToken = \"FAKE\" ; x\n"),
        _ => format!("//k{n}/:_authToken=${{X}}\n"),
    },
    |n| format!("//k{n}/:_authToken"),
    &["", "# x\n", "\n", "; é\n"]
);
lines_of_their_own!(
    netrc,
    Format::Netrc,
    "# é\n",
    "machine.",
    "\nmacdef init\nmachine k1 password x\n\ndefault login x\n",
    |n, variant| match variant {
        0 => format!("machine k{n} login a password FAKE\n"),
        1 => format!("machine k{n}\n\tpassword \"FA KE\"\n\n\tlogin #a # x\n"),
        _ => format!("  machine k{n}\n"),
    },
    key,
    &["", "# x\n", "\n", "macdef x\nmachine k1\n\n"]
);
lines_of_their_own!(
    properties,
    Format::Properties,
    "# é\n",
    "",
    "z",
    |n, variant| match variant {
        0 => format!("k{n}=FAKE\n"),
        1 => format!(" k{n} : FA\\\n   # KE\\\n\n"),
        _ => format!("k{n} \\u0041\n"),
    },
    key,
    &["", "# x\n", "\n", "! é\n"]
);
lines_of_their_own!(
    git_credentials,
    Format::Lines(LineRule::GitCredentials),
    "# é\n",
    "",
    "",
    |n, variant| match variant {
        0 => format!("https://a:FAKE@k{n}\n"),
        1 => format!("https://a%3a:FA%40KE@k{n}/p\n"),
        _ => format!("https://:x@k{n}\n"),
    },
    |n| format!("[host=k{n}]"),
    &["", "# x\n", "\n", "https://k1/\n"]
);
lines_of_their_own!(
    pgpass,
    Format::Lines(LineRule::Pgpass),
    "# é\n",
    "",
    "x:1\n",
    |n, variant| match variant {
        0 => format!("k{n}:*:*:u:FAKE\n"),
        1 => format!("k{n}:1:d:u:FA\\:KE\\\\\n"),
        _ => format!("k{n}:1:d\\:e:u:FAKE:more\n"),
    },
    |n| format!("[host=k{n}]"),
    &["", "# k1:1:1:u:x\n", "\n"]
);
lines_of_their_own!(
    xml,
    Format::Xml,
    "<?xml version=\"1.0\"?>\n<a>\n",
    "a.",
    "  <z>1</z>\n</a>\n<!-- é -->\n",
    |n, variant| match variant {
        0 => format!("  <k{n}>FAKE</k{n}>\n"),
        1 => format!("  <k{n}\n    x='1'>\n    <b/> <!-- c -->\n  </k{n}>\n"),
        _ => format!("\t<k{n} y=\"&lt;\"/>\n"),
    },
    key,
    &["", "  <!-- x -->\n", "\n"]
);
lines_of_their_own!(
    pem,
    Format::Pem,
    "é\n",
    "",
    "-----END B-----\n",
    |n, variant| match variant {
        0 => format!("-----BEGIN k{n}-----\nFAKE\n-----END k{n}-----\n"),
        1 => format!("-----BEGIN k{n}-----\nX: y\n\nFAKE\n-----END k{n}-----\n"),
        _ => format!("  -----BEGIN k{n}-----\n-----END k{n}-----\n"),
    },
    |n| format!("[label=k{n}]"),
    &["", "x\n", "\n", "-----BEGIN X-----\n"]
);
