//! Manual pages: what clap knows of a command, and the sections that people look for in every page.

use std::io;

use clap::Command;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

/// Where the text about global options begins, below a command's examples.
const AFTER_EXAMPLES: &str = "\n\n";

const EXIT_STATUS: [(&str, &str); 6] = [
    (
        "0",
        "Done, or nothing to do; or some credentials were removed and others not, with warnings.",
    ),
    (
        "1",
        "Failed; or status --check found a live session, or a variable or a start-up file that keeps one; \
         scan found something; audit verify found a gap.",
    ),
    ("2", "Wrong usage, or a wrong configuration."),
    (
        "3",
        "Could not tell: a store is locked or something cannot be read; or a partial result under --strict.",
    ),
    (
        "126, 127",
        "exec and shell: the command cannot be run, or there is none. Otherwise theirs is the status of the \
         command.",
    ),
    (
        "130",
        "Interrupted: the local half was finished and reported.",
    ),
];

const FILES: [(&str, &str); 6] = [
    (
        "atmos.yaml, ~/.atmos/atmos.yaml, /usr/local/etc/atmos/atmos.yaml",
        "What Atmos signs in to. One of a repository is used only if nobody else can write it.",
    ),
    (
        "$XDG_CONFIG_HOME/adieu/catalogue/*.toml",
        "Tools that a person has described; else below ~/.config.",
    ),
    (
        "$XDG_CONFIG_HOME/adieu/ignored.toml",
        "What is no sign-in, by catalogue ignore.",
    ),
    (
        "$XDG_STATE_HOME/adieu/audit.jsonl",
        "The trail of logouts; else below ~/.local/state.",
    ),
    (
        "$XDG_STATE_HOME/adieu/audit.head.json",
        "How long the trail was, and which runs have begun.",
    ),
    (
        "$XDG_STATE_HOME/adieu/pending.json",
        "What no server has ended yet, without its secret.",
    ),
];

const ENVIRONMENT: [(&str, &str); 8] = [
    ("ATMOS_IDENTITY, IDENTITY", "Stand in for --identity."),
    ("ATMOS_PROFILE", "Stands in for --profile."),
    (
        "ATMOS_CLI_CONFIG_PATH",
        "A directory whose atmos.yaml is merged last.",
    ),
    (
        "XDG_CONFIG_HOME, XDG_CACHE_HOME, XDG_DATA_HOME, XDG_STATE_HOME",
        "Move the directories of settings, caches, data and state.",
    ),
    (
        "ATMOS_KEYRING_TYPE, ATMOS_KEYRING_FILE_PATH, ATMOS_KEYRING_PASSWORD",
        "Which key store is used, where its files are, and what opens them.",
    ),
    (
        "HTTPS_PROXY, ALL_PROXY, NO_PROXY",
        "The way to servers; never used for this machine itself.",
    ),
    (
        "SSL_CERT_FILE",
        "The certificates to trust instead of the system's.",
    ),
    ("NO_COLOR", "No colour."),
];

/// The manual page of a command, in the language of `man`.
///
/// # Errors
/// Those of writing into memory.
pub fn build_manual(command: &Command) -> io::Result<Vec<u8>> {
    let page = Man::new(command.clone()).manual("adieu");
    let mut text = Vec::new();
    page.render_title(&mut text)?;
    page.render_name_section(&mut text)?;
    page.render_synopsis_section(&mut text)?;
    page.render_description_section(&mut text)?;
    page.render_options_section(&mut text)?;
    if command
        .get_subcommands()
        .any(|inner| !inner.is_hide_set() && inner.get_name() != "help")
    {
        page.render_subcommands_section(&mut text)?;
    }
    let mut more = Roff::new();
    if let Some(examples) = command.get_after_help() {
        add_examples(&mut more, &examples.to_string());
    }
    add_terms(&mut more, "EXIT STATUS", &EXIT_STATUS);
    add_terms(&mut more, "FILES", &FILES);
    add_terms(&mut more, "ENVIRONMENT", &ENVIRONMENT);
    more.to_writer(&mut text)?;
    if command.get_version().is_some() || command.get_long_version().is_some() {
        page.render_version_section(&mut text)?;
    }
    Ok(text)
}

/// The page of the command that these words name; `None` if there is none.
pub(crate) fn build_manual_of(words: &[String]) -> io::Result<Option<Vec<u8>>> {
    let mut root = super::build_command().disable_help_subcommand(true);
    root.build();
    let mut command = &root;
    for word in words {
        match command.find_subcommand(word) {
            Some(inner) => command = inner,
            None => return Ok(None),
        }
    }
    build_manual(command).map(Some)
}

/// The lines of the examples as they are typed.
fn add_examples(page: &mut Roff, help: &str) {
    let examples = help
        .split(AFTER_EXAMPLES)
        .next()
        .unwrap_or_default()
        .trim_start_matches("Examples:")
        .trim_matches('\n');
    page.control("SH", ["EXAMPLES"]).control("nf", []);
    for line in examples.lines() {
        page.text([roman(line.trim_start())]);
    }
    page.control("fi", []);
}

/// A section of terms, each with what it means.
fn add_terms(page: &mut Roff, title: &str, terms: &[(&str, &str)]) {
    page.control("SH", [title]);
    for (term, meaning) in terms {
        page.control("TP", [])
            .text([bold(*term)])
            .text([roman(*meaning)]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_found_by_the_words_of_its_command() {
        let page = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            build_manual_of(&words).unwrap()
        };
        let text = String::from_utf8(page(&["audit", "verify"]).unwrap()).unwrap();
        assert!(text.contains("adieu\\-audit\\-verify"), "{text}");
        assert!(page(&[]).is_some());
        assert_eq!(page(&["nothing"]), None);
    }
}
