//! Whether a file is shaped like a credential: by its name, then by what stands in it.

use std::collections::BTreeSet;

use crate::formats::{Format, IniDialect, Node};
use crate::names::{is_secret, looks_secret};

/// Parts of the names of files that tools keep sign-ins in.
const TELLING: [&str; 17] = [
    "auth",
    "token",
    "credential",
    "secret",
    "session",
    "hosts",
    "login",
    "account",
    "apikey",
    "api_key",
    "api-key",
    "keys",
    "config",
    "settings",
    "profile",
    "user",
    ".env",
];

/// Parts of names that say by themselves that the content is a credential.
const CERTAIN: [&str; 7] = [
    "token",
    "credential",
    "secret",
    "apikey",
    "api_key",
    "api-key",
    "session",
];

/// Ends of names of files that are no text of a tool's.
const OTHER: [&str; 16] = [
    ".lock", ".log", ".png", ".svg", ".ico", ".js", ".py", ".so", ".md", ".html", ".css", ".gz",
    ".zip", ".sh", ".bak~", ".swp",
];

/// Startup files of shells and histories: the scan reads them.
const SCANNED: [&str; 18] = [
    ".bashrc",
    ".bash_profile",
    ".bash_login",
    ".bash_logout",
    ".bash_history",
    ".profile",
    ".zshrc",
    ".zprofile",
    ".zshenv",
    ".zlogin",
    ".zsh_history",
    ".history",
    ".python_history",
    ".lesshst",
    ".viminfo",
    ".gitconfig",
    ".tmux.conf",
    ".vimrc",
];

/// The longest text that is taken for a bare credential, in bytes.
const LONGEST: usize = 8 << 10;

/// The shortest.
const SHORTEST: usize = 16;

/// Whether a file of this name is worth a look.
pub(super) fn may_hold_sign_in(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    if SCANNED.contains(&name) || OTHER.iter().any(|end| lower.ends_with(end)) {
        return false;
    }
    let ends_in = |ends: &[&str]| ends.iter().any(|end| lower.ends_with(end));
    let is_settings_of_tool = ends_in(&[".cfg", ".conf", ".ini"])
        || (lower.starts_with('.') && ends_in(&["rc", ".json", ".toml", ".yaml", ".yml"]));
    is_settings_of_tool || TELLING.iter().any(|part| lower.contains(part))
}

/// What makes a file's content look like a credential.
pub(super) struct Shape {
    /// In a few words.
    pub(super) why: &'static str,
    /// The kinds of members that are called and made like one.
    pub(super) members: BTreeSet<String>,
}

impl Shape {
    fn of_whole_text(why: &'static str) -> Self {
        Self {
            why,
            members: BTreeSet::from([why.to_owned()]),
        }
    }
}

/// Tells what makes a file's content look like a credential; `None` if nothing does.
pub(super) fn shape_of(name: &str, bytes: &[u8]) -> Option<Shape> {
    let text = std::str::from_utf8(bytes).ok()?.trim();
    if text.is_empty() {
        return None;
    }
    if text.contains("-----BEGIN") && text.contains("PRIVATE KEY-----") {
        return Some(Shape::of_whole_text("a private key"));
    }
    let lower = name.to_ascii_lowercase();
    let is_certain = CERTAIN.iter().any(|part| lower.contains(part));
    let is_bare = (SHORTEST..=LONGEST).contains(&text.len())
        && !text.contains(char::is_whitespace)
        && !text.contains(['{', '<', '(']);
    if is_bare {
        // Settings that are one word are none.
        let is_credential = (is_certain && is_opaque(text)) || looks_secret(text);
        return is_credential.then(|| Shape::of_whole_text("a bare token"));
    }
    let formats: &[Format] = match lower.rsplit_once('.').map(|(_, end)| end) {
        Some("json" | "json5" | "jsonc") => &[Format::Json],
        Some("yaml" | "yml") => &[Format::Yaml],
        Some("toml") => &[Format::Toml],
        Some("xml") => &[Format::Xml],
        _ if text.starts_with(['{', '[']) => {
            &[Format::Json, Format::Toml, Format::Ini(IniDialect::Go)]
        }
        _ => &[Format::Toml, Format::Ini(IniDialect::Go), Format::Yaml],
    };
    // The first that makes sense of it: a file of lines with `=` is TOML as seldom as it is YAML.
    let read = formats.iter().filter_map(|format| format.read(bytes).ok());
    read.map(|document| {
        let mut members = BTreeSet::new();
        credentials_in(document.root(), &mut members);
        members
    })
    .find(|members| !members.is_empty())
    .map(|members| Shape {
        why: "a member that is called and made like a credential",
        members,
    })
}

/// Collects the names of members with the name and the form of a credential.
fn credentials_in(node: &Node, found: &mut BTreeSet<String>) {
    for (key, value) in node.members() {
        if is_secret(key) && value.text().is_some_and(|text| is_opaque(text.expose())) {
            found.insert(key.to_owned());
        }
        credentials_in(value, found);
    }
    for element in node.elements() {
        credentials_in(element, found);
    }
}

/// Whether a text could be a credential: long, without spaces, no path, no address, no word, no
/// placeholder.
fn is_opaque(text: &str) -> bool {
    let text = text.trim();
    let has = |of: fn(&char) -> bool| text.chars().any(|c| of(&c));
    let is_mixed = has(char::is_ascii_digit)
        || (has(char::is_ascii_uppercase)
            && has(char::is_ascii_lowercase)
            && text.len() >= SHORTEST);
    let is_address = text.contains("://") && !text.contains('@');
    let is_path = text.starts_with(['/', '~', '.']) || text.starts_with('$');
    let is_placeholder = [
        "your",
        "example",
        "changeme",
        "placeholder",
        "xxxx",
        "<",
        "{{",
        "${",
        "****",
    ]
    .iter()
    .any(|part| text.to_ascii_lowercase().contains(part));
    let is_uuid = text.len() == 36 && text.split('-').count() == 5;
    (8..=LONGEST).contains(&text.len())
        && !text.contains(char::is_whitespace)
        && is_mixed
        && !(is_address || is_path || is_placeholder || is_uuid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_unknown_tools_are_told_by_what_stands_in_them() {
        let long = "FAKE0token1opaque2value3";
        for (name, text) in [
            ("auth.json", format!("{{\"access_token\": \"{long}\"}}")),
            (
                "config.json",
                format!("{{\"profiles\": [{{\"apiKey\": \"{long}\"}}]}}"),
            ),
            (
                "config.yaml",
                format!("server: https://x.example.test\ntoken: {long}\n"),
            ),
            (
                "credentials.toml",
                format!("[default]\nsecret = \"{long}\"\n"),
            ),
            ("credentials", format!("[default]\npassword = {long}\n")),
            (".env", format!("MODE=fast\nTHING_API_KEY={long}\n")),
            (".thingrc", format!("user=ana\nauth_token={long}\n")),
            (".thing.cfg", format!("[server]\npassword = {long}\n")),
            (".thing.yml", format!("token: {long}\n")),
            ("thing.conf", format!("password = {long}\n")),
            ("thing.ini", format!("[thing]\ntoken={long}\n")),
            ("token", format!("{long}\n")),
            ("session", format!("{long}\n")),
        ] {
            assert!(may_hold_sign_in(name), "{name}");
            assert!(shape_of(name, text.as_bytes()).is_some(), "{name}: {text}");
        }
    }

    #[test]
    fn settings_are_no_sign_ins() {
        for (name, text) in [
            (
                "config.json",
                "{\"theme\": \"dark\", \"tokenLimit\": 4096, \"token\": \"\"}",
            ),
            (
                "config.json",
                "{\"auth\": {\"type\": \"oauth\", \"keyPath\": \"/home/ana/key\"}}",
            ),
            (
                "settings.yaml",
                "token_type: bearer\npassword: ${PASSWORD}\napi_key: YOUR-API-KEY-123\n",
            ),
            (
                "config.toml",
                "session_id = \"0f8fad5b-d9cb-469f-a165-70867728950e\"\n",
            ),
            ("hosts", "127.0.0.1 localhost\n"),
            ("session", "gnome-xorg\n"),
            ("account", "ana@example.test\n"),
            ("user", "ana\n"),
            (
                "config",
                "[core]\n\teditor = vim\n\tpasswordStore = keychain\n",
            ),
            ("token.json", "{}"),
            ("tokens.json", "{\"tokens\": {}}"),
        ] {
            assert!(shape_of(name, text.as_bytes()).is_none(), "{name}: {text}");
        }
        for name in [
            "README.md",
            "theme.css",
            "auth.lock",
            ".bashrc",
            "icon.png",
            "notes.txt",
        ] {
            assert!(!may_hold_sign_in(name), "{name}");
        }
    }
}
