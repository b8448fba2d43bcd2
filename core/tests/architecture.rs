//! The walls of the house: which stage may reach what.
//!
//! Read are the paths that code names, in imports (grouped and renamed too) and in between, and what
//! they stand for where a module hands on what is another's. Comments, text and what is compiled for
//! tests only do not count, wherever in a file they stand.
#![expect(
    clippy::unwrap_used,
    reason = "a source that cannot be read is a failure of the test"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::OnceLock;

/// A file of the library.
struct Source {
    /// Its module, such as `crate::plan::decide`.
    module: String,
    /// Its code without comments, text and tests.
    code: String,
    /// The paths that it names, in full.
    paths: BTreeSet<String>,
    /// What it hands on: the name that others use, and what it stands for.
    exports: Vec<(String, String)>,
}

/// Every file of the library that is compiled without tests.
fn library() -> &'static [Source] {
    static LIBRARY: OnceLock<Vec<Source>> = OnceLock::new();
    LIBRARY.get_or_init(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut waiting = vec![(root, String::from("crate"))];
        let mut files = Vec::new();
        while let Some((directory, module)) = waiting.pop() {
            for entry in fs::read_dir(directory).unwrap() {
                let entry = entry.unwrap();
                let name = entry.file_name().into_string().unwrap();
                if entry.path().is_dir() {
                    waiting.push((entry.path(), format!("{module}::{name}")));
                } else if let Some(stem) = name.strip_suffix(".rs") {
                    let module = match stem {
                        "mod" | "lib" => module.clone(),
                        stem => format!("{module}::{stem}"),
                    };
                    files.push((module, fs::read_to_string(entry.path()).unwrap()));
                }
            }
        }
        sources(files)
    })
}

fn sources(files: Vec<(String, String)>) -> Vec<Source> {
    let mut only_tests = Vec::new();
    let modules: BTreeSet<String> = files.iter().map(|(module, _)| module.clone()).collect();
    let mut read: Vec<Source> = files
        .into_iter()
        .map(|(module, text)| {
            let (code, tests) = without_tests(&without_words(&text));
            only_tests.extend(tests.into_iter().map(|test| format!("{module}::{test}")));
            let (paths, exports) = paths(&module, &code, &modules);
            Source {
                module,
                code,
                paths,
                exports,
            }
        })
        .collect();
    read.retain(|source| !only_tests.iter().any(|test| is_below(&source.module, test)));
    let aliases: BTreeMap<String, String> = read
        .iter()
        .flat_map(|source| source.exports.iter().cloned())
        .collect();
    for source in &mut read {
        let named = std::mem::take(&mut source.paths);
        source.paths = named
            .into_iter()
            .map(|path| settled(path, &aliases))
            .collect();
    }
    read
}

/// The text with nothing left of comments and of what stands between quotes.
fn without_words(text: &str) -> String {
    let mut code = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let skipped = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if let Some(raw) = rest.strip_prefix('r').filter(|raw| {
            !code.ends_with(|c: char| c.is_alphanumeric() || c == '_')
                && raw.trim_start_matches('#').starts_with('"')
        }) {
            let marks = raw.len() - raw.trim_start_matches('#').len();
            let end = format!("\"{}", "#".repeat(marks));
            let begin = 1 + marks + 1;
            rest[begin..]
                .find(&end)
                .map_or(rest.len(), |at| begin + at + end.len())
        } else if first == '"' {
            let mut escaped = false;
            let end = rest[1..].find(|c| {
                let is_end = c == '"' && !escaped;
                escaped = c == '\\' && !escaped;
                is_end
            });
            end.map_or(rest.len(), |end| end + 2)
        } else if first == '\'' {
            // A character; else it is a lifetime.
            let mut characters = rest[1..].char_indices();
            match (characters.next(), characters.next()) {
                (Some((_, '\\')), Some(_)) => rest[3..].find('\'').map_or(1, |end| end + 4),
                (Some(_), Some((at, '\''))) => at + 2,
                _ => 1,
            }
        } else {
            code.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        };
        code.push(' ');
        rest = &rest[skipped..];
    }
    code
}

/// The code without the items behind `#[cfg(test)]`, and the modules among them.
fn without_tests(code: &str) -> (String, Vec<String>) {
    const MARK: &str = "#[cfg(test)]";
    let mut kept = String::new();
    let mut modules = Vec::new();
    let mut rest = code;
    while let Some(at) = rest.find(MARK) {
        kept.push_str(&rest[..at]);
        rest = &rest[at + MARK.len()..];
        let mut depth = 0_i32;
        let end = rest.find(|c| {
            depth += i32::from(c == '{') - i32::from(c == '}');
            depth == 0 && (c == '}' || c == ';')
        });
        let (item, after) = rest.split_at(end.map_or(rest.len(), |end| end + 1));
        let declared = item.trim_end().strip_suffix(';');
        let name = declared.and_then(|item| item.rsplit_once("mod ").map(|(_, name)| name));
        modules.extend(name.map(|name| name.trim().to_owned()));
        rest = after;
    }
    kept.push_str(rest);
    (kept, modules)
}

/// The paths that a module's code names, and those that it hands on.
fn paths(
    module: &str,
    code: &str,
    modules: &BTreeSet<String>,
) -> (BTreeSet<String>, Vec<(String, String)>) {
    let mut named = BTreeSet::new();
    let mut exports = Vec::new();
    for statement in code.split(';') {
        // What stands before belongs to another item.
        let Some((before, tree)) = statement.rsplit_once("use ") else {
            continue;
        };
        let last = before.trim_end().rsplit(['}', ']', '{']).next();
        let visibility = last.unwrap_or_default().trim();
        if !(visibility.is_empty() || visibility.starts_with("pub")) {
            continue;
        }
        for (path, name) in expanded(tree) {
            let path = absolute(module, &path, modules);
            if visibility.starts_with("pub") {
                exports.push((format!("{module}::{name}"), path.clone()));
            }
            named.insert(path);
        }
    }
    let is_of_path = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    let words = code.split(|c| !is_of_path(c));
    let inline = words.filter(|word| word.contains("::") && !word.ends_with("::"));
    named.extend(inline.map(|word| absolute(module, word, modules)));
    (named, exports)
}

/// The paths of an import, each with the name that it gets.
fn expanded(tree: &str) -> Vec<(String, String)> {
    let tree = tree.trim();
    let Some((before, group)) = tree.split_once('{') else {
        let (path, name) = tree
            .split_once(" as ")
            .map_or((tree, None), |(path, name)| (path, Some(name)));
        let path = path.trim().trim_end_matches("::self");
        let last = path.rsplit("::").next().unwrap_or_default();
        return vec![(path.to_owned(), name.unwrap_or(last).trim().to_owned())];
    };
    let group = group.trim_end().trim_end_matches('}');
    let mut depth = 0_i32;
    let parts = group.split(|c| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        c == ',' && depth == 0
    });
    // Only the outermost group was closed above: what is missing inside is put back.
    let parts: Vec<String> = parts
        .map(|part| {
            let open = part.matches('{').count()
                - part.matches('}').count().min(part.matches('{').count());
            format!("{part}{}", "}".repeat(open))
        })
        .collect();
    let parts = parts
        .iter()
        .map(|part| part.trim())
        .filter(|part| !part.is_empty());
    parts
        .flat_map(|part| expanded(&format!("{}{part}", before.trim())))
        .collect()
}

/// A path from the root: of this library, or of another.
fn absolute(module: &str, path: &str, modules: &BTreeSet<String>) -> String {
    let path = path.trim().trim_start_matches("::");
    let mut base = module;
    let mut rest = path;
    if let Some(own) = rest.strip_prefix("self::") {
        rest = own;
    } else if !rest.starts_with("super::") {
        let first = rest.split("::").next().unwrap_or_default();
        let is_part = modules.contains(&format!("{module}::{first}"));
        return if is_part {
            format!("{module}::{rest}")
        } else {
            rest.to_owned()
        };
    }
    while let Some(above) = rest.strip_prefix("super::") {
        base = base.rsplit_once("::").map_or(base, |(above, _)| above);
        rest = above;
    }
    format!("{base}::{rest}")
}

/// What a path stands for, where a module only hands it on.
fn settled(mut path: String, aliases: &BTreeMap<String, String>) -> String {
    // Names lead to names, but not for ever.
    for _ in 0..8 {
        let by_name = aliases
            .iter()
            .filter(|(name, target)| !is_below(target, name))
            .find(|(name, _)| is_below(&path, name))
            .map(|(name, target)| format!("{target}{}", &path[name.len()..]));
        let next = by_name.or_else(|| {
            let mut all = aliases.iter().filter_map(|(name, target)| {
                let (module, target) = (name.strip_suffix("::*")?, target.strip_suffix("::*")?);
                let rest = path.strip_prefix(module)?.strip_prefix("::")?;
                let there = format!("{target}::{rest}");
                // What a module hands on of its own parts is its own, unless they have it from others.
                let is_others = aliases.keys().any(|name| is_below(&there, name));
                (is_others || !is_below(target, module)).then_some(there)
            });
            all.next()
        });
        match next {
            Some(next) => path = next,
            None => break,
        }
    }
    path
}

/// Whether a path is this one or leads below it.
fn is_below(path: &str, top: &str) -> bool {
    path.strip_prefix(top)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

fn stage(name: &str) -> Vec<&'static Source> {
    let top = format!("crate::{}", name.trim_end_matches(".rs"));
    let of_stage = library()
        .iter()
        .filter(|source| is_below(&source.module, &top));
    let found: Vec<_> = of_stage.collect();
    assert!(!found.is_empty(), "no sources of {name}");
    found
}

/// That a stage names nothing of these: paths, or pieces of code.
fn assert_unreachable(name: &str, forbidden: &[&str]) {
    assert_none_reach(&stage(name), forbidden);
}

fn assert_none_reach(sources: &[&Source], forbidden: &[&str]) {
    for source in sources {
        for forbidden in forbidden {
            let named = source.paths.iter().find(|path| is_below(path, forbidden));
            assert_eq!(named, None, "{} reaches out", source.module);
            let is_piece = forbidden.starts_with('.') || forbidden.ends_with("::");
            let line = source.code.lines().find(|line| line.contains(forbidden));
            assert_eq!(
                line.filter(|_| is_piece),
                None,
                "{} reaches out",
                source.module
            );
        }
    }
}

const DOORS: [&str; 13] = [
    "crate::io::programs",
    "crate::io::process",
    "crate::io::files",
    "crate::io::keyring",
    "crate::io::net",
    "crate::servers",
    "crate::systems::salesforce::login",
    "crate::login",
    "crate::discover",
    "crate::execute",
    "std::fs",
    "std::net",
    "reqwest",
];

#[test]
fn plan_and_report_cannot_reach_files_keyring_or_network() {
    for stage in ["plan", "report", "approve.rs", "atmos::identity_graph"] {
        assert_unreachable(stage, &DOORS);
    }
}

#[test]
fn systems_describe_and_do_not_act() {
    let is_of = |source: &&Source, rooms: &[&str]| {
        let mut parts = source.module.split("::");
        parts.any(|part| rooms.contains(&part))
    };
    // Signing in, and asking servers by way of it, write what they were given.
    let (_signing_in, others): (Vec<_>, Vec<_>) = stage("systems")
        .into_iter()
        .partition(|source| is_of(source, &["login", "online"]));
    let (acting, describing): (Vec<_>, Vec<_>) = others
        .into_iter()
        .partition(|source| is_of(source, &["api"]));
    let forbidden = [
        "crate::discover",
        "crate::execute",
        "crate::login",
        "crate::servers",
        "crate::io::programs",
        "std::fs",
        "Files::",
    ];
    assert_none_reach(&describing, &forbidden);
    assert_none_reach(&acting, &forbidden);
    assert_none_reach(
        &acting,
        &["crate::io::files", "crate::io::keyring", "reqwest::Client"],
    );
    // Only what a system says to its servers may reach them.
    assert_none_reach(&describing, &["crate::io::net", "reqwest"]);
}

#[test]
fn the_network_knows_no_system_and_no_stage() {
    for source in stage("io::net") {
        for path in source
            .paths
            .iter()
            .filter(|path| path.starts_with("crate::"))
        {
            let known = ["io::net", "remote", "secret", "world"];
            let is_known = known
                .iter()
                .any(|known| is_below(path, &format!("crate::{known}")));
            assert!(is_known, "{} names {path}", source.module);
        }
    }
    // One client: nobody else makes one.
    let others: Vec<_> = library()
        .iter()
        .filter(|source| source.module != "crate::io::net::http")
        .collect();
    assert_none_reach(
        &others,
        &[
            "reqwest::Client",
            "reqwest::ClientBuilder",
            "aws_smithy_http_client",
        ],
    );
}

#[test]
fn formats_are_functions_from_bytes_to_bytes() {
    let forbidden = [
        "Files::",
        "crate::path",
        "crate::io::keyring",
        "crate::io::net",
        "crate::io::programs",
        "crate::inventory",
        "crate::systems",
        "crate::discover",
        "crate::plan",
        "crate::execute",
        "std::fs",
        "std::net",
    ];
    assert_unreachable("formats", &forbidden);
}

#[test]
fn discovery_never_reaches_a_server() {
    assert_unreachable(
        "discover",
        &[
            "crate::login",
            "crate::io::net",
            "crate::servers",
            "std::net",
            "reqwest",
            "aws_sdk_sso",
            "crate::io::programs::run",
            "crate::io::programs::attend",
        ],
    );
}

#[test]
fn scan_reads_through_the_door_and_nothing_else() {
    let forbidden = [
        "crate::io::net",
        "crate::servers",
        "crate::io::keyring",
        "crate::discover",
        "crate::execute",
        "crate::scan::fix",
        "std::fs",
        "std::net",
        "std::process",
        ".edit(",
        ".edit_or_create(",
        ".create(",
        ".remove_file(",
        "reqwest",
    ];
    let (fixing, finding): (Vec<_>, Vec<_>) = stage("scan")
        .into_iter()
        .partition(|source| is_below(&source.module, "crate::scan::fix"));
    assert_none_reach(&finding, &forbidden);
    assert_none_reach(
        &fixing,
        &[
            "crate::io::net",
            "crate::servers",
            "crate::io::keyring",
            "std::fs",
            "reqwest",
        ],
    );
}

#[test]
fn nobody_but_the_doors_touches_disk_process_or_network() {
    let doors = ["io", "atmos::config"];
    let others: Vec<_> = library()
        .iter()
        .filter(|source| {
            let mut doors = doors.iter().map(|door| format!("crate::{door}"));
            !doors.any(|door| is_below(&source.module, &door))
        })
        .collect();
    let forbidden = [
        "std::env",
        "std::process",
        "std::net::TcpStream",
        "std::net::TcpListener",
        "std::fs",
    ];
    assert_none_reach(&others, &forbidden);
}

#[test]
fn no_stage_reads_the_process_by_itself() {
    let others: Vec<_> = library()
        .iter()
        .filter(|source| source.module != "crate::io::process")
        .collect();
    // Whoever starts adieu makes its world, and hands it on.
    assert_none_reach(&others, &["crate::io::process"]);
    for source in others {
        let asks = source.code.contains("of_this_process");
        assert!(!asks, "{} makes a world of its own", source.module);
    }
}

/// The module of the library that a path belongs to: the rooms of `io` and `atmos` count each for
/// themselves.
fn module_of(path: &str) -> Option<String> {
    let mut parts = path.strip_prefix("crate::")?.split("::");
    let first = parts.next()?;
    Some(match (first, parts.next()) {
        ("io" | "atmos", Some(room)) => format!("{first}::{room}"),
        _ => first.to_owned(),
    })
}

#[test]
fn modules_form_no_circle() {
    let mut named: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for source in library() {
        let Some(own) = module_of(&source.module) else {
            continue;
        };
        let others = source.paths.iter().filter_map(|path| module_of(path));
        let others = others.filter(|other| *other != own).collect::<Vec<_>>();
        named.entry(own).or_default().extend(others);
    }
    assert!(named.len() > 20, "the modules are read: {named:?}");
    // What names nothing that is left is taken away; a circle stays.
    while let Some(lowest) = named.iter().find_map(|(name, others)| {
        let is_lowest = !others.iter().any(|other| named.contains_key(other));
        is_lowest.then(|| name.clone())
    }) {
        named.remove(&lowest);
    }
    assert_eq!(named, BTreeMap::new(), "these name each other in a circle");
}

#[test]
fn walls_are_seen_behind_tests_groups_and_what_is_handed_on() {
    let file = |module: &str, text: &str| (format!("crate::{module}"), text.to_owned());
    let read = sources(vec![
        file(
            "plan",
            "#[cfg(test)]\nmod tests { fn brace() -> char { '}' } use std::net; }\n\
             use crate::{inventory::{Place, Door as D}, secret};\n\
             fn late() -> &'static str { super::io::net::call(); \"std::fs\" }\n\
             #[cfg(test)] mod only_tests;\n",
        ),
        file("plan::only_tests", "use std::fs;"),
        file(
            "inventory",
            "pub use crate::{io::files::{self, Files as Door}};\npub use self::more::*;",
        ),
        file(
            "inventory::more",
            "pub(crate) use crate::io::keyring::Place;",
        ),
    ]);
    let plan = &read[0];
    assert_eq!(read.len(), 3, "the module of tests is left out");
    let found: Vec<_> = plan.paths.iter().map(String::as_str).collect();
    assert_eq!(
        found,
        [
            "crate::io::files::Files",
            "crate::io::keyring::Place",
            "crate::io::net::call",
            "crate::secret"
        ]
    );
}

#[test]
fn signing_in_knows_no_stage_of_a_logout() {
    let forbidden = [
        "crate::discover",
        "crate::execute",
        "crate::plan",
        "crate::report",
        "crate::servers",
        "crate::session",
        "reqwest",
    ];
    assert_unreachable("login", &forbidden);
    // Programs are run at two places: the one that a profile of the person's own settings names for its keys, and
    // the Azure CLI, where the sign-in is its own.
    let programs = ["crate::login::aws::process", "crate::login::azure::cli"];
    let others = stage("login").into_iter();
    let others: Vec<&Source> = others
        .filter(|source| !programs.contains(&source.module.as_str()))
        .collect();
    assert_none_reach(&others, &["crate::io::programs"]);
}
