//! What Atmos and adieu spell alike and mean differently: `-o` of `env`.

use std::ffi::{OsStr, OsString};

/// The command line as adieu reads it: with `env -o FILE`, as Atmos has it, the file is
/// `--output-file`; `-o json` and `-o human` stay what they are everywhere else.
pub fn as_adieu_reads_it(arguments: Vec<OsString>) -> Vec<OsString> {
    let Some(after) = after_env(&arguments) else {
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

fn is_file(value: &OsStr) -> bool {
    value != "json" && value != "human"
}

/// Where the words of `env` or `auth env` begin.
fn after_env(arguments: &[OsString]) -> Option<usize> {
    let mut words = arguments.iter().enumerate().skip(1);
    let mut is_auth = false;
    while let Some((at, word)) = words.next() {
        match word.to_str()? {
            "env" => return Some(at + 1),
            "auth" if !is_auth => is_auth = true,
            flag if WITH_VALUE.contains(&flag) || OTHER_WITH_VALUE.contains(&flag) => {
                words.next();
            }
            flag if flag.starts_with('-') => {}
            _ => return None,
        }
    }
    None
}

/// The global flags whose value is a word of its own.
pub(super) const WITH_VALUE: [&str; 10] = [
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
];

/// Global flags of Atmos whose value is a word of its own.
pub(super) const OTHER_WITH_VALUE: [&str; 3] =
    ["--logs-file", "--redirect-stderr", "--use-version"];

#[cfg(test)]
mod tests {
    use super::*;

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
        ] {
            let words = |text: &str| -> Vec<OsString> {
                let words = text.split(' ').map(OsString::from);
                [OsString::from("adieu")].into_iter().chain(words).collect()
            };
            assert_eq!(as_adieu_reads_it(words(typed)), words(read), "{typed}");
        }
    }
}
