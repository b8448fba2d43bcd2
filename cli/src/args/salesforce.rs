//! What is typed for Salesforce CLI where adieu stands in for it (`alias sf=adieu`, or a link called
//! `sf`): which of it adieu has a command for, and what the real client runs.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use super::other_grammar::WITH_VALUE;

/// The hidden command that hands words to the real client.
const REAL_CLIENT: &str = "sf";

/// The names under which every word is one of Salesforce CLI's.
const NAMES: [&str; 2] = ["sf", "sfdx"];

/// Topics of Salesforce CLI that adieu has no command of that name for.
const TOPICS: [&str; 36] = [
    "agent",
    "alias",
    "analytics",
    "apex",
    "api",
    "autocomplete",
    "cmdt",
    "code-analyzer",
    "commands",
    "community",
    "config",
    "data",
    "dev",
    "doctor",
    "flow",
    "force",
    "info",
    "lightning",
    "logic",
    "package",
    "package1",
    "plugins",
    "project",
    "scanner",
    "search",
    "sobject",
    "static-resource",
    "template",
    "ui-bundle",
    "update",
    "version",
    "visualforce",
    "webapp",
    "whatsnew",
    "which",
    REAL_CLIENT,
];

/// Commands by their names of earlier releases, and what they are called now.
///
/// Source: the `aliases` of the commands of `salesforcecli/plugin-auth` and `plugin-org`.
const OLD_NAMES: [(&[&str], &[&str]); 9] = [
    (&["auth", "logout"], &["logout"]),
    (&["auth", "list"], &["list", "auth"]),
    (&["auth", "web", "login"], &["login", "web"]),
    (&["auth", "jwt", "grant"], &["login", "jwt"]),
    (&["auth", "sfdxurl", "store"], &["login", "sfdx-url"]),
    (
        &["auth", "accesstoken", "store"],
        &["login", "access-token"],
    ),
    (&["auth", "device", "login"], &["login", "device"]),
    (&["org", "list"], &["list"]),
    (&["org", "display"], &["display"]),
];

/// The command line as adieu has it: an old name or a name with colons becomes the command that adieu
/// has, and what it has no command for goes to `REAL_CLIENT`.
pub fn as_salesforce_reads_it(arguments: Vec<OsString>) -> Vec<OsString> {
    let program = arguments.first().map(Path::new);
    let name = program.and_then(Path::file_stem).and_then(OsStr::to_str);
    let is_client = name.is_some_and(|name| NAMES.contains(&name));
    let Some(at) = first_word(&arguments) else {
        // Flags alone, such as `sf --version`.
        return if is_client {
            handed_on(&arguments, 1)
        } else {
            arguments
        };
    };
    let (words, typed) = leading_words(&arguments[at..]);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let has_colons = arguments[at]
        .to_str()
        .is_some_and(|word| word.contains(':'));
    let topic = words.first().copied().unwrap_or_default();
    let is_theirs = is_client
        || TOPICS.contains(&topic)
        || (has_colons && ["org", "auth"].contains(&topic))
        || matches!(words[..], ["org", ..] | ["schema", "generate", ..]);
    if !is_theirs || topic == REAL_CLIENT {
        return arguments;
    }
    let Some((own, used)) = own_command(&words, is_client || has_colons) else {
        // What stands before the topic is adieu's own, such as `-C DIR`, unless all of it is theirs.
        let first = if is_client { 1 } else { at };
        return handed_on(&arguments, first);
    };
    let rest = leading_rest(&words, used);
    let mut read = arguments[..at].to_vec();
    read.push("org".into());
    read.extend(own.iter().chain(&rest).map(OsString::from));
    read.extend(arguments[at + typed..].iter().cloned());
    read
}

/// Words of the command's name that are left over: what it is told.
fn leading_rest<'w>(words: &[&'w str], used: usize) -> Vec<&'w str> {
    words.get(used..).unwrap_or_default().to_vec()
}

/// The arguments from there as words for the real client.
fn handed_on(arguments: &[OsString], first: usize) -> Vec<OsString> {
    let mut read = arguments.get(..first).unwrap_or_default().to_vec();
    read.push(REAL_CLIENT.into());
    read.push("--".into());
    read.extend(arguments.iter().skip(first).cloned());
    read
}

/// The command of adieu below `org` that these words name, and how many of them do.
fn own_command<'w>(words: &[&'w str], knows_old_names: bool) -> Option<(Vec<&'w str>, usize)> {
    let (prefix, plain) = match words {
        ["force", rest @ ..] => (1, rest),
        _ => (0, words),
    };
    if knows_old_names || prefix == 1 {
        let old = OLD_NAMES.iter().find(|(old, now)| {
            let is_exact = plain == *old;
            // A user name may follow where one may be given without a flag.
            is_exact || (now == &["logout"] && plain.starts_with(old))
        });
        if let Some((old, now)) = old.filter(|(old, _)| prefix == 1 || old[0] != "org") {
            return Some((now.to_vec(), prefix + old.len()));
        }
    }
    let used = match plain {
        _ if prefix == 1 => return None,
        ["org"] => 1,
        ["org", "logout" | "help", ..] | ["org", "list" | "display" | "login"] => 2,
        ["org", "list", "auth"]
        | [
            "org",
            "login",
            "web" | "jwt" | "access-token" | "sfdx-url" | "device",
        ] => 3,
        _ => return None,
    };
    Some((plain[1..used].to_vec(), used))
}

/// The words up to the first flag, those of a name with colons apart; and how many arguments they were.
fn leading_words(arguments: &[OsString]) -> (Vec<String>, usize) {
    let mut words = Vec::new();
    let mut typed = 0;
    for argument in arguments {
        let Some(text) = argument.to_str().filter(|text| !text.starts_with('-')) else {
            break;
        };
        if typed == 0 {
            words.extend(text.split(':').map(str::to_owned));
        } else {
            words.push(text.to_owned());
        }
        typed += 1;
    }
    (words, typed)
}

/// Where the first word stands that is neither a flag nor a flag's value.
fn first_word(arguments: &[OsString]) -> Option<usize> {
    let mut rest = arguments.iter().enumerate().skip(1);
    while let Some((at, word)) = rest.next() {
        match word.to_str() {
            Some("--") => return None,
            Some(flag) if WITH_VALUE.contains(&flag) => {
                rest.next();
            }
            Some(flag) if flag.starts_with('-') => {}
            _ => return Some(at),
        }
    }
    None
}

/// The directory that `--flags-dir` of a command of `adieu org` names, and the command line without it.
pub fn take_flags_directory(arguments: &[OsString]) -> Option<(PathBuf, Vec<OsString>)> {
    let first = first_word(arguments).filter(|at| arguments[*at] == "org")?;
    let end = arguments.iter().position(|word| word == "--");
    let end = end.unwrap_or(arguments.len());
    let words = arguments.iter().enumerate().skip(first).take(end - first);
    for (at, word) in words {
        let joined = word
            .to_str()
            .and_then(|word| word.strip_prefix("--flags-dir="));
        let (directory, used) = match joined {
            Some(directory) => (PathBuf::from(directory), 1),
            None if word == "--flags-dir" => (PathBuf::from(arguments.get(at + 1)?), 2),
            None => continue,
        };
        let mut rest = arguments[..at].to_vec();
        rest.extend(arguments[at + used..].iter().cloned());
        return Some((directory, rest));
    }
    None
}

/// A flag by its file's name and content, as Salesforce CLI reads them: a line for each value; a flag
/// without a value has an empty file, and one that was typed is left out.
///
/// Source: the `preparse` hook of `@salesforce/cli`.
pub fn flags_of_file(name: &str, content: &str, typed: &[OsString]) -> Vec<OsString> {
    /// Flags of these commands that have no value, whatever is in their files.
    const WITHOUT_VALUE: [&str; 12] = [
        "all",
        "json",
        "no-prompt",
        "verbose",
        "set-default",
        "set-default-dev-hub",
        "skip-connection-status",
        "with-children",
        "dry-run",
        "no-revoke",
        "keychain",
        "online",
    ];
    let name = name.strip_suffix(".json").unwrap_or(name);
    let flag = if name.chars().count() == 1 {
        format!("-{name}")
    } else {
        format!("--{name}")
    };
    let is_typed = typed.iter().filter_map(|word| word.to_str()).any(|word| {
        word == flag
            || word
                .strip_prefix(&flag)
                .is_some_and(|rest| rest.starts_with('='))
    });
    if is_typed {
        return Vec::new();
    }
    let content = content.trim();
    if content.is_empty() || WITHOUT_VALUE.contains(&name) {
        return vec![flag.into()];
    }
    let values = content.lines().map(|value| value.trim_end_matches('\r'));
    values
        .flat_map(|value| [OsString::from(&flag), value.into()])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<OsString> {
        text.split(' ').map(OsString::from).collect()
    }

    #[test]
    fn what_adieu_has_is_its_own_and_the_rest_the_real_clients() {
        for (typed, read) in [
            ("sf org logout -o a", "sf org logout -o a"),
            ("sf org logout a", "sf org logout a"),
            ("sf org", "sf org"),
            ("sf org --help", "sf org --help"),
            ("sf org list --all", "sf org list --all"),
            ("sf org list auth --json", "sf org list auth --json"),
            (
                "/usr/bin/sfdx org login web -a b",
                "/usr/bin/sfdx org login web -a b",
            ),
            ("sf org:list", "sf org list"),
            ("sf org:list:auth", "sf org list auth"),
            ("sf org:login:jwt -o x", "sf org login jwt -o x"),
            ("sf force:auth:logout -u a -p", "sf org logout -u a -p"),
            ("sf auth:logout --all", "sf org logout --all"),
            ("sf auth logout --all", "sf org logout --all"),
            ("sf force auth logout", "sf org logout"),
            ("sf force:auth:list", "sf org list auth"),
            (
                "sf auth:web:login -r https://x",
                "sf org login web -r https://x",
            ),
            (
                "sf force:auth:sfdxurl:store -f x",
                "sf org login sfdx-url -f x",
            ),
            ("sf force:org:list", "sf org list"),
            ("sf force:org:display -u a", "sf org display -u a"),
            ("sf org list metadata", "sf sf -- org list metadata"),
            ("sf org display user", "sf sf -- org display user"),
            (
                "sf org:list:metadata --json",
                "sf sf -- org:list:metadata --json",
            ),
            ("sf org login other", "sf sf -- org login other"),
            ("sf org open", "sf sf -- org open"),
            ("sf force:org:open", "sf sf -- force:org:open"),
            ("sf data query -q x", "sf sf -- data query -q x"),
            ("sf schema generate tab", "sf sf -- schema generate tab"),
            ("sf status", "sf sf -- status"),
            ("sf --version", "sf sf -- --version"),
            ("sf", "sf sf --"),
            ("adieu data query", "adieu sf -- data query"),
            ("adieu -C dir apex run", "adieu -C dir sf -- apex run"),
            ("adieu org list metadata", "adieu sf -- org list metadata"),
            ("adieu org:list", "adieu org list"),
            ("adieu force:auth:logout -p", "adieu org logout -p"),
            ("adieu auth logout --all", "adieu auth logout --all"),
            ("adieu schema logout", "adieu schema logout"),
            (
                "adieu schema generate tab",
                "adieu sf -- schema generate tab",
            ),
            ("adieu status", "adieu status"),
            ("adieu logout aws:x", "adieu logout aws:x"),
            ("adieu --version", "adieu --version"),
            ("adieu", "adieu"),
        ] {
            assert_eq!(as_salesforce_reads_it(words(typed)), words(read), "{typed}");
        }
    }

    #[test]
    fn flags_of_a_directory_are_those_that_were_not_typed() {
        let typed = words("sf org logout --flags-dir dir --json");
        let (directory, rest) = take_flags_directory(&typed).unwrap();
        assert_eq!(directory, Path::new("dir"));
        assert_eq!(rest, words("sf org logout --json"));
        let joined = words("sf org logout --flags-dir=dir --json");
        assert_eq!(take_flags_directory(&joined).unwrap().1, rest);
        assert!(take_flags_directory(&words("adieu status --flags-dir x")).is_none());
        for (name, content, flags) in [
            ("target-org", "a\nb\n", "--target-org a --target-org b"),
            ("o", "a", "-o a"),
            ("all", "", "--all"),
            ("no-prompt", "true", "--no-prompt"),
        ] {
            assert_eq!(flags_of_file(name, content, &rest), words(flags), "{name}");
        }
        assert!(flags_of_file("json", "", &rest).is_empty());
    }
}
