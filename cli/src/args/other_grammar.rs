//! What Atmos, Salesforce CLI and adieu spell alike and mean differently: `-o` of `env` and `org`.

use std::ffi::{OsStr, OsString};

/// The command line as adieu reads it: with `env -o FILE`, as Atmos has it, the file is
/// `--output-file`; `-o json` and `-o human` stay what they are everywhere else. Under `org`, `-o` is the
/// org or the user where the real client has it so; the lists and most sign-ins have none to choose, and
/// `-o json` is `--output json`.
pub fn as_adieu_reads_it(arguments: Vec<OsString>) -> Vec<OsString> {
    if let Some(after) = after_command(&arguments, &["org", "list"]) {
        return with_output(arguments, after);
    }
    if let Some(after) = after_command(&arguments, &["org", "login"])
        && command_at(&arguments, after).is_some_and(|at| arguments[at] != "jwt")
    {
        return with_output(arguments, after);
    }
    let after = after_command(&arguments, &["env"]);
    let Some(after) = after.or_else(|| after_command(&arguments, &["auth", "env"])) else {
        return arguments;
    };
    let mut read: Vec<OsString> = arguments[..after].to_vec();
    let mut rest = arguments[after..].iter().peekable();
    while let Some(word) = rest.next() {
        let text = word.to_string_lossy();
        if text == "--" {
            read.push(word.clone());
            break;
        }
        if text == "-o" && rest.peek().is_some_and(|value| is_file(value)) {
            read.push("--output-file".into());
            read.extend(rest.next().cloned());
        } else if let Some(file) = text
            .strip_prefix("-o")
            .map(|value| value.strip_prefix('=').unwrap_or(value))
            .filter(|value| !value.is_empty() && is_file(OsStr::new(value)))
        {
            read.push(format!("--output-file={file}").into());
        } else {
            read.push(word.clone());
        }
    }
    read.extend(rest.cloned());
    read
}

/// The words with the letter of `--output` written out.
fn with_output(arguments: Vec<OsString>, after: usize) -> Vec<OsString> {
    let is_word = |(at, word): (usize, OsString)| {
        let is_form = |form: &str| form == "json" || form == "human";
        let text = word.to_str().filter(|_| at >= after);
        let value = text.and_then(|text| text.strip_prefix("-o"));
        match value.map(|value| value.strip_prefix('=').unwrap_or(value)) {
            Some("") => "--output".into(),
            Some(form) if is_form(form) => format!("--output={form}").into(),
            _ => word,
        }
    };
    arguments.into_iter().enumerate().map(is_word).collect()
}

fn is_file(value: &OsStr) -> bool {
    value != "json" && value != "human"
}

/// Where the words behind a command begin, if it is the one that was typed.
fn after_command(arguments: &[OsString], command: &[&str]) -> Option<usize> {
    let mut from = 1;
    for name in command {
        let at = command_at(arguments, from)?;
        if arguments[at] != *name {
            return None;
        }
        from = at + 1;
    }
    Some(from)
}

/// Finds the first word from there on that is neither a global flag nor the value of one: a command,
/// if the line is right.
pub(super) fn command_at(arguments: &[OsString], from: usize) -> Option<usize> {
    let mut words = arguments.iter().enumerate().skip(from);
    while let Some((at, word)) = words.next() {
        match word.to_str()? {
            flag if WITH_VALUE.contains(&flag) => {
                words.next();
            }
            flag if flag.starts_with('-') => {}
            _ => return Some(at),
        }
    }
    None
}

/// The global flags whose value is a word of its own.
pub(super) const WITH_VALUE: [&str; 18] = [
    "--config",
    "--config-path",
    "--base-path",
    "--profile",
    "-C",
    "--chdir",
    "--home",
    "--output",
    "-o",
    "--logs-level",
    "--logs-file",
    "--redirect-stderr",
    "--use-version",
    "--profiler-host",
    "--profiler-port",
    "--profile-file",
    "--profile-type",
    "--heatmap-mode",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_with_a_value_are_those_that_clap_knows() {
        let mut command = crate::args::build_command();
        command.build();
        let global = command.get_arguments().filter(|flag| flag.is_global_set());
        let with_value =
            global.filter(|flag| flag.get_action().takes_values() && !flag.is_require_equals_set());
        let known: std::collections::BTreeSet<String> = with_value
            .flat_map(|flag| {
                let long = flag.get_long().map(|long| format!("--{long}"));
                long.into_iter()
                    .chain(flag.get_short().map(|short| format!("-{short}")))
            })
            .collect();
        let listed = WITH_VALUE.iter().map(|flag| (*flag).to_owned()).collect();
        assert_eq!(known, listed);
    }

    #[test]
    fn file_of_env_is_the_file_that_atmos_means() {
        for (typed, read) in [
            ("auth env -o vars", "auth env --output-file vars"),
            (
                "auth env -ovars -i dev",
                "auth env --output-file=vars -i dev",
            ),
            ("env -o=vars", "env --output-file=vars"),
            (
                "-C dir auth env -o a/json",
                "-C dir auth env --output-file a/json",
            ),
            ("auth env -o json", "auth env -o json"),
            ("env -o", "env -o"),
            ("auth whoami -o json", "auth whoami -o json"),
            ("list env -o vars", "list env -o vars"),
            ("env -- -o vars", "env -- -o vars"),
            ("org list -o json", "org list --output json"),
            ("org list auth -ojson", "org list auth --output=json"),
            (
                "-q org list -o=human --all",
                "-q org list --output=human --all",
            ),
            ("org display -o json", "org display -o json"),
            ("org logout -o json", "org logout -o json"),
        ] {
            let words = |text: &str| -> Vec<OsString> {
                let words = text.split(' ').map(OsString::from);
                [OsString::from("adieu")].into_iter().chain(words).collect()
            };
            assert_eq!(as_adieu_reads_it(words(typed)), words(read), "{typed}");
        }
    }
}
