//! Files made to hurt: every one is read within bounds.

use std::fmt::Write as _;
use std::time::Duration;

use adieu_testkit::processor_time;
use proptest::prelude::*;

use super::super::{resolve_chain, validate_configuration};
use super::*;

/// Processor time: generous for a slow machine, and far below what exponential work takes.
const SOON: Duration = Duration::from_secs(20);

#[test]
fn load_billion_laughs_stops_at_the_budget() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..30 {
        let alias = format!("*a{}", level - 1);
        writeln!(text, "a{level}: &a{level} [{}]", vec![alias; 10].join(", ")).unwrap();
    }
    text.push_str("auth: {realm: later}\n");
    let mut outcome = None;
    assert!(processor_time(|| outcome = Some(read(&text))) < SOON);
    let (configuration, problems) = outcome.unwrap();
    assert_eq!(problems[0].code, "limit");
    assert_eq!(configuration.auth.realm, None);
}

#[test]
fn load_deep_nesting_is_refused_and_the_rest_is_kept() {
    let before = "auth: {providers: {p: {kind: mock}}}\n";
    let mut block = before.to_owned();
    for level in 0..500 {
        writeln!(block, "{}k:", " ".repeat(level)).unwrap();
    }
    for text in [
        format!("{before}deep: {}", "[".repeat(100_000)),
        format!("{before}deep: {}", "{a: ".repeat(100_000)),
        format!("{before}deep: {}x", "- ".repeat(100_000)),
        block,
    ] {
        let mut outcome = None;
        assert!(processor_time(|| outcome = Some(read(&text))) < SOON);
        let (configuration, problems) = outcome.unwrap();
        assert!(!problems.is_empty());
        assert!(
            configuration.auth.provider("p").is_some(),
            "{:?}",
            lines(&problems)
        );
    }
}

#[test]
fn load_aliases_cannot_nest_deeper_than_the_limit() {
    let mut text = "a0: &a0 [x]\n".to_owned();
    for level in 1..100 {
        writeln!(text, "a{level}: &a{level} [*a{}]", level - 1).unwrap();
    }
    let (_, problems) = read(&text);
    assert_eq!(problems.len(), 1, "{:?}", lines(&problems));
    assert!(problems[0].message.contains("64 levels"));
    let (_, problems) = read("a: &a [*a]\n");
    assert_eq!(problems[0].code, "alias");
}

#[test]
fn load_too_large_or_irregular_files_are_refused() {
    let place = Place::new().with("work/atmos.yaml", vec![b'#'; 8 * 1024 * 1024 + 1]);
    let configuration = place.load(&[]);
    assert!(
        configuration.diagnostics[0]
            .message
            .ends_with("it is larger than 8 MiB")
    );
    let place = Place::new()
        .with("work/atmos.yaml", "import: [dir.yaml]\n")
        .with("work/dir.yaml/x", "");
    let configuration = place.load(&[]);
    assert_eq!(
        lines(&configuration.diagnostics),
        ["1 import -: `dir.yaml` matches no file"]
    );
}

#[test]
fn load_endless_imports_stop_at_the_budget() {
    let text = format!(
        "import:\n{}auth: {{realm: fine}}\n",
        "- n{a,b}{c,d}{e,f}/*\n".repeat(60_000)
    );
    let mut outcome = None;
    assert!(processor_time(|| outcome = Some(read(text))) < SOON);
    let (configuration, problems) = outcome.unwrap();
    assert!(problems.iter().any(|problem| problem.code == "limit"));
    assert_eq!(configuration.auth.realm.unwrap().value, "fine");
}

#[cfg(unix)]
#[test]
fn load_follows_a_linked_file_and_no_linked_directory() {
    let place = Place::new()
        .with("elsewhere/real.yaml", "auth: {realm: linked}\n")
        .with("work/atmos.d/keep.txt", "");
    std::os::unix::fs::symlink(
        place.path("elsewhere/real.yaml"),
        place.path("work/atmos.yaml"),
    )
    .unwrap();
    std::os::unix::fs::symlink(place.path("work"), place.path("work/atmos.d/loop")).unwrap();
    let configuration = place.load(&[]);
    assert_eq!(configuration.auth.realm.unwrap().value, "linked");
    assert_eq!(configuration.sources.len(), 1);
    assert_eq!(configuration.directory, Some(place.path("work")));
}

/// A configuration of so many identities, in chains of four.
fn identities(count: usize) -> String {
    let mut text = "auth:\n  providers:\n    sso:\n      kind: aws/iam-identity-center\n      \
                    start_url: https://x.awsapps.com/start\n      region: us-east-1\n  identities:\n"
        .to_owned();
    for number in 0..count {
        if number % 4 == 0 {
            write!(
                text,
                "    team-{number}:\n      kind: aws/permission-set\n      via:\n        provider: sso\n      \
                 principal:\n        name: Admin\n        account:\n          id: \"{number:012}\"\n"
            )
            .unwrap();
        } else {
            write!(
                text,
                "    team-{number}:\n      kind: aws/assume-role\n      via:\n        identity: team-{}\n      \
                 principal:\n        assume_role: arn:aws:iam::210000000002:role/r{number}\n",
                number - 1
            )
            .unwrap();
        }
    }
    text
}

#[test]
fn load_ten_thousand_identities_costs_ten_times_a_thousand() {
    let time = |count: usize| {
        let text = identities(count);
        let place = Place::new().with("work/atmos.yaml", &text);
        let world = place.world(&[]);
        let mut best = Duration::MAX;
        for _ in 0..3 {
            let took = processor_time(|| {
                let configuration = load_configuration(&world, &ConfigurationRequest::default());
                assert!(validate_configuration(&world, &configuration).is_empty());
                for identity in &configuration.auth.identities {
                    assert!(resolve_chain(&configuration.auth, &identity.name.key).is_ok());
                }
            });
            best = best.min(took);
        }
        best
    };
    let (small, large) = (time(1000), time(10_000));
    // Quadratic work would be a hundred times.
    assert!(large < small * 30, "{small:?} {large:?}");
}

#[test]
fn validate_one_ring_of_ten_thousand_is_quick_and_short() {
    let mut text = "auth:\n  identities:\n".to_owned();
    for number in 0..10_000 {
        let next = (number + 1) % 10_000;
        writeln!(
            text,
            "    i{number}: {{kind: mock, via: {{identity: i{next}}}}}"
        )
        .unwrap();
    }
    let mut outcome = None;
    assert!(processor_time(|| outcome = Some(read(&text))) < SOON);
    let (_, problems) = outcome.unwrap();
    assert_eq!(problems.len(), 1);
    assert!(problems[0].message.len() < 500);
}

#[test]
fn validate_thousands_of_wrong_references_stay_bounded() {
    let mut text = "auth:\n  providers:\n".to_owned();
    for number in 0..3000 {
        writeln!(text, "    provider-{number}: {{kind: mock}}").unwrap();
    }
    text.push_str("  identities:\n");
    for number in 0..3000 {
        writeln!(
            text,
            "    i{number}: {{kind: mock, via: {{provider: wrong-{number}}}}}"
        )
        .unwrap();
    }
    let mut outcome = None;
    assert!(processor_time(|| outcome = Some(read(&text))) < SOON);
    let (_, problems) = outcome.unwrap();
    assert_eq!(problems.len(), 1000);
}

/// Files that each expand to a million values.
fn bomb() -> String {
    let mut text = "x0: &a0 [1,1,1,1,1,1,1,1,1,1]\n".to_owned();
    for level in 1..6 {
        let aliases = vec![format!("*a{}", level - 1); 10].join(",");
        writeln!(text, "x{level}: &a{level} [{aliases}]").unwrap();
    }
    text + "auth: {}\n"
}

#[test]
fn budget_of_values_is_one_for_all_files_and_the_rest_is_used() {
    let mut place = Place::new().with(
        "work/atmos.yaml",
        "import: ['f*.yaml']\nauth: {providers: {p: {kind: mock}}}\n",
    );
    for number in 0..20 {
        place = place.with(&format!("work/f{number:02}.yaml"), bomb());
    }
    let configuration = place.load(&[]);
    assert!(configuration.auth.provider("p").is_some());
    let over: Vec<_> = configuration
        .diagnostics
        .iter()
        .filter(|problem| problem.code == "limit")
        .collect();
    // Once the copies are used up, no other file gets any.
    assert_eq!(over.len(), 20, "{over:?}");
    assert!(configuration.gaps[0].place.ends_with("f00.yaml"));
}

#[test]
fn budget_counts_the_text_of_copies() {
    let mut text = format!("x: &long {}\nauth:\n  providers:\n", "y".repeat(1_000_000));
    for number in 0..1000 {
        writeln!(text, "    p{number}: {{kind: mock, region: *long}}").unwrap();
    }
    let (configuration, problems) = read(&text);
    assert!(problems.iter().any(|problem| problem.code == "limit"));
    let kept = configuration.auth.providers.iter();
    let copies: usize = kept
        .map(|provider| provider.text(&["region"]).map_or(0, str::len))
        .sum();
    assert!(copies < 32 << 20, "{copies}");
}

#[test]
fn budget_of_bytes_is_one_for_all_files_and_the_rest_is_used() {
    let comment = format!("# {}\nauth: {{}}\n", "x".repeat(7 << 20));
    let place = Place::new()
        .with("work/a.yaml", &comment)
        .with("work/b.yaml", &comment)
        .with("work/c.yaml", &comment)
        .with(
            "work/atmos.yaml",
            "import: [a, b, c]\nauth: {providers: {p: {kind: mock}}}\n",
        );
    let configuration = place.load(&[]);
    assert!(configuration.auth.provider("p").is_some());
    let read: usize = configuration
        .sources
        .iter()
        .map(|source| source.text.len())
        .sum();
    assert!(read <= 16 << 20, "{read}");
    assert!(
        configuration.gaps[0].place.ends_with("c.yaml"),
        "{:?}",
        configuration.gaps
    );
}

#[test]
fn entry_with_a_name_beyond_the_budget_is_left_out_and_the_rest_is_used() {
    let name = "n".repeat(70_000);
    let text = format!(
        "auth:\n  providers:\n    p: {{kind: mock}}\n    ? {name}\n    : {{kind: mock}}\n  identities:\n    \
         i: {{kind: mock, via: {{provider: p}}}}\n"
    );
    let (configuration, problems) = read(&text);
    assert_eq!(configuration.auth.providers.len(), 1);
    assert!(configuration.auth.identity("i").is_some());
    assert_eq!(
        lines(&problems),
        ["4 limit -: the name of a provider is longer than 1024 bytes"]
    );
    assert!(configuration.gaps[0].place.ends_with("atmos.yaml"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..Default::default() })]

    #[test]
    fn load_any_text_never_panics(text in "\\PC{0,200}|[ -~\\n]{0,200}") {
        let (configuration, problems) = read(&text);
        for problem in &problems {
            if let Some(location) = problem.location {
                let source = configuration.source(location).unwrap();
                prop_assert!(location.line >= 1 && location.column >= 1);
                prop_assert!(source.text.get(location.bytes()).is_some(), "{problem:?}");
            }
        }
    }

    #[test]
    fn load_any_tokens_never_panic(words in prop::collection::vec(
        prop::sample::select(vec![
            "auth:", "\n", "  ", "providers:", "identities:", " x: ", "&a ", "*a ", "<<: ", "{", "}", "[", "]",
            ", ", "- ", "!env ", "!append ", "!unset ", "!exec ", "\"", "'", "kind: mock", "via: ", "|\n", "? ",
            ": ", "---\n", "...\n", "%YAML 1.2\n", "#", "\t", "\0", "é", "~", "integrations:", "password: ",
        ]), 0..60,
    )) {
        let text: String = words.concat();
        let (configuration, problems) = read(&text);
        for problem in &problems {
            if let Some(location) = problem.location {
                let source = configuration.source(location).unwrap();
                prop_assert!(source.text.get(location.bytes()).is_some(), "{problem:?}");
            }
        }
        prop_assert_eq!(configuration.sources[0].shown().len(), text.len());
    }
}
