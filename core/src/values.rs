//! The secrets at a place of a file: the texts whose copies elsewhere are the same credential.
//!
//! Who is signed in with one secret at two places is signed in at both as long as it is good, however
//! differently the two are written: behind `Bearer`, as the password of an address, in base64 with a
//! user's name before it. What is short, common, a placeholder or only a name of something is not
//! taken for a secret, so that two places are never tied together by chance.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use url::Url;

use crate::formats::{Document, Format, IniDialect, MemberPath, Node, percent_decoded};
use crate::inventory::Place;
use crate::names::{is_secret, looks_secret};
use crate::secret::Secret;

/// The shortest text whose copies are looked for, in bytes: shorter ones are met by chance.
pub const SHORTEST: usize = 12;

/// The longest.
const LONGEST: usize = 64 << 10;

/// Fewer different characters than these are no secret.
const VARIETY: usize = 5;

/// How often one text may be wrapped into another (JSON in base64 in JSON).
const WRAPPED: usize = 3;

/// Parts of what people write where a secret goes.
const PLACEHOLDERS: [&str; 12] = [
    "your-",
    "your_",
    "<your",
    "changeme",
    "change-me",
    "placeholder",
    "redacted",
    "xxxxxx",
    "{{",
    "${",
    "****",
    "todo",
];

/// Parts of passwords that many people have; longer texts hold them by chance.
const COMMON: [&str; 8] = [
    "password",
    "passw0rd",
    "letmein",
    "qwerty",
    "12345678",
    "admin",
    "welcome",
    "secret123",
];

/// Up to this length a text with a common part is common.
const COMMON_LENGTH: usize = 18;

/// Names of the members in which an application keeps the secret that all its users share.
const OF_APPLICATION: [&str; 2] = ["client_secret", "clientSecret"];

/// Names of what is a person's own beside such a secret.
const RENEWALS: [&str; 2] = ["refresh_token", "refreshToken"];

/// Words before a secret in a header.
const SCHEMES: [&str; 4] = ["bearer ", "token ", "basic ", "apikey "];

/// A file's content, read once in each of its formats.
pub struct Content<'b> {
    bytes: &'b [u8],
    documents: BTreeMap<Format, Option<Document>>,
}

impl<'b> Content<'b> {
    /// The content as it is.
    pub const fn new(bytes: &'b [u8]) -> Self {
        Self {
            bytes,
            documents: BTreeMap::new(),
        }
    }

    /// The secrets at a place of this file, each once; none where its form is not known.
    pub fn secrets_at(&mut self, place: &Place) -> Vec<Secret> {
        let mut found = Found::default();
        match place {
            Place::Member { format, path, .. } => {
                if let Some(document) = self.document(*format) {
                    of_member(document, path, &mut found);
                }
            }
            Place::File { .. } => self.of_whole(&mut found),
            _ => {}
        }
        found.0
    }

    fn document(&mut self, format: Format) -> Option<&Document> {
        let bytes = self.bytes;
        let document = self.documents.entry(format);
        document.or_insert_with(|| format.read(bytes).ok()).as_ref()
    }

    /// A file that is a credential as a whole: one text, or members by their names.
    fn of_whole(&mut self, found: &mut Found) {
        let Ok(text) = std::str::from_utf8(self.bytes) else {
            return;
        };
        let text = text.trim().trim_start_matches('\u{feff}');
        if !text.contains(char::is_whitespace) && !text.starts_with(['{', '[', '<']) {
            found.unwrap(text, 0);
            return;
        }
        let formats: &[Format] = if text.starts_with(['{', '[']) {
            &[Format::Json, Format::Toml, Format::Ini(IniDialect::Go)]
        } else if text.starts_with('<') {
            &[Format::Xml]
        } else {
            &[Format::Toml, Format::Ini(IniDialect::Go), Format::Yaml]
        };
        for format in formats {
            if let Some(document) = self.document(*format) {
                let before = found.0.len();
                collect("", document.root(), 0, found);
                if found.0.len() > before {
                    return;
                }
            }
        }
    }
}

/// The secrets of one value that stands by itself: of a variable, a row, an entry of a key store.
pub fn secrets_of(value: &str) -> Vec<Secret> {
    let mut found = Found::default();
    found.unwrap(value, 0);
    found.0
}

/// The words of a line, whatever language it is in, that could be secrets.
pub fn words_of(line: &str) -> Vec<Secret> {
    let mut found = Found::default();
    let is_end =
        |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | ';' | ',' | '(' | ')');
    for word in line.split(is_end) {
        found.unwrap(word, 0);
        // What is assigned stands behind the first sign; a value may have more of them.
        for sign in ['=', ':'] {
            if let Some((_, value)) = word.split_once(sign) {
                found.unwrap(value, 0);
            }
        }
    }
    found.0
}

/// The member that a credential is, or the members of a group by their names.
fn of_member(document: &Document, path: &MemberPath, found: &mut Found) {
    let Some(node) = document.get(path) else {
        return;
    };
    let Some(text) = node.scalar() else {
        collect(path.name(), node, 0, found);
        return;
    };
    if OF_APPLICATION.contains(&path.name()) {
        let above = path.steps().split_last().map(|(_, above)| above.to_vec());
        let group = above.and_then(|above| match above.as_slice() {
            [] => Some(document.root()),
            _ => document.get(&MemberPath::new(above)),
        });
        if group.is_some_and(is_of_application) {
            return;
        }
    }
    found.unwrap(text, 0);
    // Of a line that is one sign-in (`Pass "…"`, `AUTH …`) the secret stands last.
    if text.contains(char::is_whitespace) && !text.contains("-----BEGIN ") {
        let last = text.trim().rsplit([' ', '\t', '=']).next();
        found.add(last.unwrap_or_default().trim_matches(['"', '\'']));
    }
}

/// Whether the secret of a client in a group is its application's: beside it stands what is a
/// person's own.
fn is_of_application(group: &Node) -> bool {
    RENEWALS.iter().any(|name| group.get(name).is_some())
}

fn collect(key: &str, node: &Node, depth: usize, found: &mut Found) {
    if let Some(text) = node.text() {
        let text = text.expose();
        if is_named_secret(key) || looks_secret(text) {
            found.unwrap(text, depth);
        }
        return;
    }
    let is_shared = is_of_application(node);
    for (name, member) in node.members() {
        if !(is_shared && OF_APPLICATION.contains(&name)) {
            collect(name, member, depth, found);
        }
    }
    for element in node.elements() {
        collect(key, element, depth, found);
    }
}

/// An id says which secret it is, and is none.
fn is_named_secret(name: &str) -> bool {
    let last = name.rsplit(|c: char| !c.is_ascii_alphanumeric()).next();
    let is_id = last.is_some_and(|last| last.eq_ignore_ascii_case("id")) || name.ends_with("Id");
    is_secret(name) && !is_id
}

/// Secrets that were found, each once.
#[derive(Default)]
struct Found(Vec<Secret>);

impl Found {
    /// Adds a text, and what is wrapped in it.
    fn unwrap(&mut self, text: &str, depth: usize) {
        let text = text.trim();
        if depth > WRAPPED || text.is_empty() {
            return;
        }
        if text.starts_with('{') {
            if let Ok(document) = Format::Json.read(text.as_bytes()) {
                collect("", document.root(), depth + 1, self);
            }
            return;
        }
        let lower = text.get(..SCHEMES[0].len().min(text.len()));
        let lower = lower.unwrap_or_default().to_ascii_lowercase();
        if let Some(scheme) = SCHEMES.iter().find(|scheme| lower.starts_with(*scheme)) {
            return self.unwrap(&text[scheme.len()..], depth + 1);
        }
        if text.contains("://") {
            return self.of_address(text);
        }
        if let Some(inner) = decoded(text) {
            let secret = match inner.split_once(':') {
                Some((user, secret)) if !user.contains(['{', ' ']) => secret,
                _ => inner.as_str(),
            };
            self.unwrap(secret, depth + 1);
        }
        self.add(text);
    }

    /// The password of an address, or the user's name where a token stands for it.
    fn of_address(&mut self, text: &str) {
        let Some(url) = Url::parse(text).ok().filter(Url::has_host) else {
            return;
        };
        if let Some(password) = url.password() {
            self.add(&percent_decoded(password));
        }
        let user = percent_decoded(url.username());
        if looks_secret(&user) {
            self.add(&user);
        }
    }

    fn add(&mut self, text: &str) {
        if counts(text) && !self.0.iter().any(|known| known.expose() == text) {
            self.0.push(Secret::new(text.to_owned()));
        }
    }
}

/// The text that base64 stands for, if it is one that a person could read.
fn decoded(text: &str) -> Option<String> {
    let bytes = STANDARD.decode(text).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let is_readable = |c: char| c.is_ascii_graphic() || c.is_ascii_whitespace();
    (text.len() >= SHORTEST && text.chars().all(is_readable)).then_some(text)
}

/// Whether a text is long and particular enough that another place with it holds the same secret.
pub fn counts(text: &str) -> bool {
    if !(SHORTEST..=LONGEST).contains(&text.len()) {
        return false;
    }
    if text.contains("-----BEGIN ") {
        return true;
    }
    let lower = text.to_ascii_lowercase();
    let has = |parts: &[&str]| parts.iter().any(|part| lower.contains(part));
    let mut seen: Vec<char> = text.chars().take(256).collect();
    seen.sort_unstable();
    seen.dedup();
    let is_reference = text.starts_with(['$', '%', '~', '/']) && !looks_secret(text);
    let is_address = text.contains("://");
    let is_uuid = text.len() == 36 && text.split('-').map(str::len).eq([8, 4, 4, 4, 12]);
    let is_number = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || b"-:.TZ+ ".contains(&byte));
    let is_common = text.len() < COMMON_LENGTH && has(&COMMON);
    seen.len() >= VARIETY
        && !text.contains(char::is_whitespace)
        && !(is_reference || is_address || is_uuid || is_number || is_common)
        && !has(&PLACEHOLDERS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::LineRule;
    use crate::io::files::ConfinedPath;

    fn exposed(secrets: &[Secret]) -> Vec<&str> {
        secrets.iter().map(Secret::expose).collect()
    }

    fn file() -> ConfinedPath {
        ConfinedPath::root(std::path::Path::new("/home/ana"))
            .descend("file")
            .unwrap()
    }

    fn member(format: Format, select: &str, text: &str) -> Vec<String> {
        let document = format.read(text.as_bytes()).unwrap();
        let pattern: crate::formats::Pattern = select.parse().unwrap();
        let path = document.select(&pattern).remove(0).path;
        let place = Place::Member {
            format,
            file: file(),
            path,
        };
        let found = Content::new(text.as_bytes()).secrets_at(&place);
        exposed(&found).into_iter().map(str::to_owned).collect()
    }

    #[test]
    fn one_secret_is_known_however_it_is_written() {
        let secret = "FAKE-token-of-ana-1";
        let basic = STANDARD.encode(format!("ana:{secret}"));
        let alone = STANDARD.encode(secret);
        for (format, select, text) in [
            (
                Format::Json,
                "apiKey",
                format!("{{\"apiKey\": \"{secret}\"}}"),
            ),
            (
                Format::Json,
                "auths.*.auth",
                format!("{{\"auths\": {{\"r.example\": {{\"auth\": \"{basic}\"}}}}}}"),
            ),
            (
                Format::Json,
                "h",
                format!("{{\"h\": {{\"Authorization\": \"Bearer {secret}\"}}}}"),
            ),
            (
                Format::Ini(IniDialect::Npm),
                "//*/:{_authToken,_password}",
                format!("//r.example/:_password={alone}\n"),
            ),
            (
                Format::Netrc,
                "machine.*[password]",
                format!("machine git.example login ana password {secret}\n"),
            ),
            (
                Format::Lines(LineRule::GitCredentials),
                "[password]",
                format!("https://ana:{secret}@git.example\n"),
            ),
            (
                Format::Yaml,
                "url",
                format!("url: https://ana:{secret}@git.example/x\n"),
            ),
        ] {
            let found = member(format, select, &text);
            assert!(
                found.iter().any(|found| found == secret),
                "{text}: {found:?}"
            );
        }
        for text in [
            format!("{secret}\n"),
            format!("{{\"tokens\": {{\"access_token\": \"{secret}\"}}}}"),
            format!("[default]\npassword = {secret}\n"),
        ] {
            let place = Place::File { file: file() };
            let found = Content::new(text.as_bytes()).secrets_at(&place);
            assert_eq!(exposed(&found), [secret], "{text}");
        }
        for line in [
            format!("export GH_TOKEN=\"{secret}\""),
            format!("set -gx GH_TOKEN {secret}"),
            format!("\"GH_TOKEN\": \"{secret}\","),
            format!("curl -H 'Authorization: Bearer {secret}' https://api.example"),
        ] {
            assert!(exposed(&words_of(&line)).contains(&secret), "{line}");
        }
    }

    #[test]
    fn what_is_met_by_chance_ties_nothing_together() {
        for text in [
            "",
            "hunter2",
            "password1234",
            "${GITHUB_TOKEN}",
            "$GITHUB_TOKEN",
            "%GITHUB_TOKEN%",
            "your-token-goes-here",
            "xxxxxxxxxxxxxxxx",
            "aaaaaaaaaaaaaaaaaaaaaaa",
            "0f8fad5b-d9cb-469f-a165-70867728950e",
            "2099-01-01T00:00:00Z",
            "https://api.example.test/v1",
            "/home/ana/.ssh/id_ed25519",
            "two words here",
        ] {
            assert!(secrets_of(text).is_empty(), "{text}");
        }
        // The secret of an application is everybody's who uses it.
        let text = "{\"client_secret\": \"FAKE-secret-of-the-app\", \"refresh_token\": \"FAKE-refresh-of-ana\"}";
        let place = Place::File { file: file() };
        let found = Content::new(text.as_bytes()).secrets_at(&place);
        assert_eq!(exposed(&found), ["FAKE-refresh-of-ana"]);
        assert!(member(Format::Json, "client_secret", text).is_empty());
    }
}
