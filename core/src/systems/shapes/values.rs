//! Whether a text has the form of a credential.

use super::placeholders::is_placeholder;
use crate::names::is_surely_secret;

/// The longest text that is taken for a bare credential, in bytes.
pub(super) const LONGEST: usize = 8 << 10;

/// The shortest.
pub(super) const SHORTEST: usize = 16;

/// The shortest password that is taken for one, in bytes.
const SHORTEST_PASSWORD: usize = 4;

/// Words before the credential in a header.
const SCHEMES: [&str; 8] = [
    "bearer ", "basic ", "token ", "apikey ", "api-key ", "oauth ", "digest ", "key ",
];

/// Texts under a password's name that are none: a yes or no, or where it is.
const NO_PASSWORDS: [&str; 34] = [
    "bearer",
    "basic",
    "token",
    "secret",
    "oauth",
    "oauth2",
    "latest",
    "enabled",
    "auto",
    "manual",
    "true",
    "false",
    "yes",
    "none",
    "null",
    "prompt",
    "ask",
    "askpass",
    "always",
    "never",
    "optional",
    "required",
    "hidden",
    "keyring",
    "keychain",
    "keepass",
    "system",
    "default",
    "plain",
    "string",
    "text",
    "file",
    "environment",
    "disabled",
];

/// How much a name says of what stands under it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    /// A password: any text.
    Password,
    /// A key or token, and nothing that tells about one: any text but a word.
    Sure,
    /// A key or token: letters alone, and identifiers, too.
    Secret,
    /// It may be a secret.
    Possible,
    /// Nothing that is told by the name alone, so only what is drawn by lot.
    Little,
}

/// Ends of names of what is a key or token itself.
const SURE: [&str; 12] = [
    "token",
    "secret",
    "apikey",
    "accesskey",
    "authkey",
    "privatekey",
    "secretkey",
    "authorization",
    "bearer",
    "pat",
    "jwt",
    "credential",
];

/// How much a member's name says, where it says that a secret stands there.
pub(super) fn weigh_name(name: &str) -> Weight {
    let lower = name.to_ascii_lowercase();
    let is_one_of = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    // Other programs' names.
    let is_name = is_one_of(&["1password", "onepassword", "passwordless", "passwordstore"]);
    if is_name {
        return Weight::Possible;
    }
    if is_one_of(&["password", "passwd", "passphrase", "passwort"])
        || lower
            .split(|c: char| !c.is_ascii_alphanumeric())
            .any(|word| word == "pass" || word == "pwd")
    {
        Weight::Password
    } else if is_surely_secret(name) {
        // What only tells about one is called otherwise: `tokenColor`, `secret_name`.
        let bare: String = lower.chars().filter(char::is_ascii_alphanumeric).collect();
        if SURE.iter().any(|end| bare.ends_with(end)) {
            Weight::Sure
        } else {
            Weight::Secret
        }
    } else {
        Weight::Possible
    }
}

/// Whether a text is a credential, under a name of this weight.
pub(super) fn is_credential_text(text: &str, weight: Weight) -> bool {
    let text = without_scheme(text);
    match weight {
        Weight::Password => is_password(text),
        Weight::Sure => is_password(text) && !is_plain_word(text),
        Weight::Secret => is_opaque(text) || is_uuid(text) || is_word_without_meaning(text),
        Weight::Possible => is_opaque(text),
        Weight::Little => text.len() >= SHORTEST && is_opaque(text) && has_digit_and_letter(text),
    }
}

/// Whether a text could be a password: anything that is no reference, no placeholder and no setting.
fn is_password(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    // What a person reads beside a field says what the field is.
    let is_label = ["password", "passwort", "passphrase", "passwd"]
        .iter()
        .any(|word| lower.contains(word))
        && !text.bytes().any(|byte| byte.is_ascii_digit());
    // A public key is known by how it begins.
    let is_public = ["ssh-", "ecdsa-", "age1", "-----BEGIN PUBLIC"]
        .iter()
        .any(|begin| text.starts_with(begin));
    // A server's own memory of a password is a hash, and not the password.
    let is_hash = [
        "$2a$", "$2b$", "$2y$", "$argon2", "$6$", "$5$", "pbkdf2", "{SHA", "{SSHA",
    ]
    .iter()
    .any(|begin| text.starts_with(begin))
        || (text.len() > 40
            && text
                .strip_prefix('{')
                .is_some_and(|hash| hash.bytes().all(|byte| byte.is_ascii_alphanumeric())));
    let is_something_else = is_public
        || is_hash
        || is_label
        || is_reference(text)
        || is_path(text)
        || is_placeholder(text)
        || text.contains("://")
        || NO_PASSWORDS.contains(&lower.as_str())
        || (is_sentence(text) && !is_password_of_an_app(text));
    (SHORTEST_PASSWORD..=LONGEST).contains(&text.len()) && !is_something_else
}

/// Whether a text is one word of small letters, dots and dashes: a kind, a colour, a setting.
fn is_plain_word(text: &str) -> bool {
    text.len() < SHORTEST
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || b".:".contains(&byte))
}

/// Whether a text is something that a person reads: words, and none of them with a digit or a sign.
fn is_sentence(text: &str) -> bool {
    let mut words = text.split_whitespace();
    text.contains(char::is_whitespace)
        && words.all(|word| {
            word.chars()
                .all(|c| c.is_alphabetic() || ".,:;!?()'\"".contains(c))
        })
}

/// Whether a text is a password as mail services make them for one program: four groups of four letters.
fn is_password_of_an_app(text: &str) -> bool {
    let groups: Vec<&str> = text.split(' ').collect();
    let is_group = |group: &&str| {
        group.len() == 4
            && group
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    groups.len() == 4 && groups.iter().all(is_group)
}

/// A header's value without the word that says what it is.
fn without_scheme(text: &str) -> &str {
    let text = text.trim();
    let scheme = SCHEMES.iter().find(|scheme| {
        let begin = text.get(..scheme.len());
        begin.is_some_and(|begin| begin.eq_ignore_ascii_case(scheme))
    });
    scheme.map_or(text, |scheme| text[scheme.len()..].trim())
}

/// Whether a word is one of those that stand before the credential in a header.
pub(super) fn is_scheme(word: &str) -> bool {
    SCHEMES
        .iter()
        .any(|scheme| scheme.trim().eq_ignore_ascii_case(word))
}

/// Whether a text is a web token: three parts in base64, the first of them JSON; five where it is
/// encrypted, as the file stores of Go programs are, the second of which may be empty.
pub(super) fn is_web_token(text: &str) -> bool {
    let text = text.trim();
    let parts: Vec<&str> = text.split('.').collect();
    let is_part = |part: &&str| {
        part.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_=".contains(&byte))
    };
    let may_be_empty = |at: usize| parts.len() == 5 && at == 1;
    text.starts_with("eyJ")
        && text.len() >= 40
        && matches!(parts.len(), 3 | 5)
        && parts.iter().all(is_part)
        && (0..parts.len()).all(|at| may_be_empty(at) || !parts[at].is_empty())
}

/// Whether a text begins as many vendors' tokens do, with letters and a sign before what is drawn by lot:
/// `ghp_…`, `sk-…`, `dp.ct.…`.
pub(super) fn has_prefix_of_token(text: &str) -> bool {
    let text = text.trim();
    let Some(at) = text.find(['_', '-', '.']) else {
        return false;
    };
    let (prefix, rest) = (&text[..at], text[at..].trim_start_matches(['_', '-', '.']));
    (2..=6).contains(&prefix.len())
        && prefix.bytes().all(|byte| byte.is_ascii_lowercase())
        && rest.len() >= SHORTEST
        && has_digit_and_letter(rest)
}

/// Whether a text is drawn by lot beyond doubt: small letters, capitals and digits, and long.
pub(super) fn is_surely_random(text: &str) -> bool {
    let has = |is: fn(&u8) -> bool| text.as_bytes().iter().any(is);
    text.len() >= 20
        && is_opaque(text)
        && has(u8::is_ascii_lowercase)
        && has(u8::is_ascii_uppercase)
        && has(u8::is_ascii_digit)
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.~+/=".contains(&byte))
}

/// Whether a text says that the operating system's key store has the secret: `keyring://tool/alice`.
pub(super) fn is_key_store_reference(text: &str) -> bool {
    let lower = text.trim().to_ascii_lowercase();
    ["keyring:", "keychain:", "secretservice:", "wincred:"]
        .iter()
        .any(|begin| lower.starts_with(begin))
}

/// Whether a text says where the secret is: a variable, a template.
pub(super) fn is_reference(text: &str) -> bool {
    let text = text.trim();
    let is_name = |name: &str| {
        !name.is_empty()
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"_.:-?/ ()'\"$|".contains(&byte))
    };
    let surrounded = [
        ("${", "}"),
        ("{{", "}}"),
        ("$(", ")"),
        ("%", "%"),
        ("<%", "%>"),
        ("`", "`"),
    ];
    let inner = surrounded
        .iter()
        .find_map(|(begin, end)| text.strip_prefix(begin)?.strip_suffix(end));
    let is_variable = text.strip_prefix('$').is_some_and(|name| {
        name.len() > 1
            && name
                .bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
    });
    let lower = text.to_ascii_lowercase();
    let is_elsewhere = [
        "env:",
        "file:",
        "cmd:",
        "exec:",
        "op://",
        "vault:",
        "!env",
        "!cmd",
        "secretref:",
    ]
    .iter()
    .any(|begin| lower.starts_with(begin));
    is_variable || inner.is_some_and(is_name) || is_elsewhere || is_key_store_reference(text)
}

/// Whether a text is a path: its parts are names, and none is drawn by lot.
fn is_path(text: &str) -> bool {
    let text = text.trim();
    if ["~/", "./", "../"]
        .iter()
        .any(|begin| text.starts_with(begin))
    {
        return true;
    }
    let mut parts = text.split('/').skip(1);
    text.starts_with('/')
        && parts.all(|part| {
            !(part.len() >= SHORTEST - 1
                && has_digit_and_letter(part)
                && !part.contains(['-', '_', '.']))
        })
        && !text.contains(['+', '='])
}

pub(super) fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.split('-').count() == 5
        && text
            .bytes()
            .all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

/// Whether a text is letters only that are no word and no name.
fn is_word_without_meaning(text: &str) -> bool {
    (SHORTEST..=LONGEST).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphabetic())
        && !is_placeholder(text)
        && text.bytes().filter(u8::is_ascii_uppercase).count() <= 1
}

pub(super) fn has_digit_and_letter(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_digit())
        && text.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// Whether a text could be a credential: long, without spaces, no path, no address, no word, no
/// placeholder.
pub(super) fn is_opaque(text: &str) -> bool {
    let text = text.trim();
    let has = |of: fn(&char) -> bool| text.chars().any(|c| of(&c));
    let is_mixed = has(char::is_ascii_digit)
        || (has(char::is_ascii_uppercase)
            && has(char::is_ascii_lowercase)
            && text.len() >= SHORTEST);
    let is_address = text.contains("://") && !text.contains('@');
    (8..=LONGEST).contains(&text.len())
        && !text.contains(char::is_whitespace)
        && is_mixed
        && !(is_address
            || is_path(text)
            || is_placeholder(text)
            || is_reference(text)
            || is_uuid(text))
}
