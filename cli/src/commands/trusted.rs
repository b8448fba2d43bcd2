//! Hosts that a person lets tokens go to (`--allow-endpoint`).

use std::ffi::OsString;

use adieu::remote::TrustedHost;

use crate::ui::Failure;

/// The flag's name.
const FLAG: &str = "--allow-endpoint";

/// The hosts of the flag. What is no host is not repeated: a password may be in it.
pub(crate) fn parse_hosts(typed: &[String]) -> Result<Vec<TrustedHost>, Failure> {
    let parsed = typed.iter().map(|text| {
        TrustedHost::parse(text).ok_or_else(|| {
            Failure::usage(format!("what {FLAG} was given is not a host"))
                .hint(format!("write {FLAG} HOST or {FLAG} HOST:PORT"))
        })
    });
    parsed.collect()
}

/// The words of a command line as they may be recorded: of a host only its name and port.
pub(crate) fn redact_arguments(arguments: &[OsString]) -> Vec<String> {
    let mut words = Vec::with_capacity(arguments.len());
    let mut is_host_next = false;
    for argument in arguments {
        let word = argument.to_string_lossy().into_owned();
        let joined = word
            .strip_prefix(FLAG)
            .and_then(|rest| rest.strip_prefix('='));
        words.push(match joined {
            Some(host) => format!("{FLAG}={}", redact_host(host)),
            None if is_host_next => redact_host(&word),
            None => word.clone(),
        });
        is_host_next = word == FLAG;
    }
    words
}

fn redact_host(text: &str) -> String {
    TrustedHost::parse(text).map_or_else(|| "***".to_owned(), |host| host.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn command_line_is_recorded_without_what_stands_beside_a_host() {
        let typed = [
            "logout",
            "--allow-endpoint",
            "https://ana:FAKE-password@h.example:8443",
            "--allow-endpoint=ana:FAKE-password@h.example",
            "--allow-endpoint",
            "FAKE password",
            "--all",
        ];
        let typed: Vec<OsString> = typed.iter().map(OsString::from).collect();
        assert_eq!(
            redact_arguments(&typed),
            [
                "logout",
                "--allow-endpoint",
                "h.example:8443",
                "--allow-endpoint=h.example",
                "--allow-endpoint",
                "***",
                "--all",
            ]
        );
    }
}
