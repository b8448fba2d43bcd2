//! Whether a file is worth a look, by its name alone.

/// Parts of the names of files that tools keep sign-ins in.
const TELLING: [&str; 30] = [
    "mcp",
    "access",
    "extension",
    "plugin",
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
    "pass",
    "cookie",
    "vault",
    "identit",
    "private",
    "connection",
    "server",
    "remote",
    "client",
];

/// Parts of names that say by themselves that the content is a credential.
const CERTAIN: [&str; 9] = [
    "token",
    "credential",
    "secret",
    "apikey",
    "api_key",
    "api-key",
    "session",
    "passw",
    "cookie",
];

/// Parts of names that say so of a file of which nothing else is known: what lies in a cache, or is no
/// text.
const UNMISTAKABLE: [&str; 10] = [
    "token",
    "credential",
    "secret",
    "apikey",
    "api_key",
    "api-key",
    "passw",
    "auth",
    "login",
    "session",
];

/// Ends of names of key stores and keys that are no text.
const KEY_STORES: [&str; 7] = [
    ".keytab",
    ".kdbx",
    ".p12",
    ".pfx",
    ".jks",
    ".keystore",
    ".jceks",
];

/// Ends of names of files that settings are written in.
const SETTINGS: [&str; 20] = [
    ".json",
    ".jsonc",
    ".json5",
    ".jsonl",
    ".yaml",
    ".yml",
    ".toml",
    ".ini",
    ".conf",
    ".cfg",
    ".cnf",
    ".properties",
    ".hcl",
    ".plist",
    ".env",
    ".pem",
    ".key",
    ".xml",
    ".desktop",
    "rc",
];

/// Ends of names of files that no tool keeps settings in.
const OTHER: [&str; 42] = [
    ".lock", ".log", ".png", ".jpg", ".gif", ".svg", ".ico", ".woff2", ".ttf", ".so", ".dll",
    ".exe", ".wasm", ".md", ".html", ".css", ".gz", ".zip", ".xz", ".zst", ".swp", ".pub", ".crt",
    ".jar", ".map", ".min.js", ".theme", ".pyc", ".go", ".s", ".c", ".h", ".rs", ".class", ".o",
    ".a", ".whl", ".qml", ".vim", ".po", ".mo", ".tsx",
];

/// Ends of names of files that tools keep data in which is no text.
const DATA: [&str; 14] = [
    ".db", ".vscdb", ".sqlite", ".sqlite3", ".ldb", ".bin", ".dat", ".pkl", ".pickle", ".bson",
    ".pb", ".msgpack", ".cbor", ".store",
];

/// Ends of names of programs: they are settings where a tool is told what to do by one.
const PROGRAMS: [&str; 12] = [
    ".js", ".mjs", ".cjs", ".ts", ".py", ".rb", ".lua", ".sh", ".fish", ".el", ".scm", ".pl",
];

/// Last parts of names of files that only show how one is written.
const EXAMPLES: [&str; 7] = [
    "example", "examples", "sample", "template", "dist", "tmpl", "tpl",
];

/// Parts of names of what language models and packages come with: their `token`s are words.
const WORDS_OF_MODELS: [&str; 10] = [
    "pnpm-lock",
    "lazy-lock",
    "-lock.json",
    "tokenizer",
    "special_tokens",
    "added_tokens",
    "package-lock",
    "package.json",
    "composer.lock",
    "schema.json",
];

/// Startup files of shells and histories: the scan reads them.
const SCANNED: [&str; 17] = [
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
    ".tmux.conf",
    ".vimrc",
];

/// How many directories below a tool's own a file of any name is still likely to be its settings.
const NEAR: usize = 1;

/// Why a file is looked into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    /// Its name is that of a file with sign-ins.
    Name,
    /// It is written as settings are, or has the tool's own name: only what is surely a secret counts.
    Settings,
    /// It lies near and may be anything, a program too: only what is drawn by lot counts.
    Near,
}

/// Tells why a file of this name is worth a look, if it is. `tool` is whose directory it is in, `depth`
/// how many directories below.
pub(super) fn reason_to_look(name: &str, tool: &str, depth: usize) -> Option<Reason> {
    let lower = name.to_ascii_lowercase();
    let ends = |ends: &[&str]| ends.iter().any(|end| lower.ends_with(end));
    let has = |parts: &[&str]| parts.iter().any(|part| lower.contains(part));
    // Electron and Chromium mark with such that they run.
    let is_mark = name.starts_with("Singleton")
        || name.starts_with("README")
        || matches!(
            name,
            "Local State" | "insecure_private_key" | ".secrets.baseline" | "jupyter_cookie_secret"
                // Programs make these for themselves, whether anybody is signed in or not.
                | "notebook_secret"
                | ".token_seed"
                | ".token_seed.lock"
                | "debug.keystore"
        );
    if is_mark
        || SCANNED.contains(&name)
        || (ends(&OTHER) && !lower.contains("cookie"))
        || is_translation(&lower)
        || has(&WORDS_OF_MODELS)
        || is_example(&lower)
    {
        return None;
    }
    if ends(&PROGRAMS) {
        return (depth <= NEAR).then_some(Reason::Near);
    }
    let is_settings_of_tool = lower.starts_with('.') && ends(&["rc", ".json"]);
    if is_settings_of_tool || has(&TELLING) || ends(&KEY_STORES) {
        return Some(Reason::Name);
    }
    let bare = lower.trim_start_matches('.');
    let is_of_tool = bare.starts_with(&tool.to_ascii_lowercase());
    // Names without an end are those of credentials as often as of anything else.
    let has_no_end = !bare.contains('.');
    // A file that stands alone and is called as its tool.
    if has_no_end && bare.eq_ignore_ascii_case(tool) && depth == 0 {
        return Some(Reason::Name);
    }
    if ends(&SETTINGS) || ends(&DATA) || is_of_tool || has_no_end {
        return Some(Reason::Settings);
    }
    (depth <= NEAR).then_some(Reason::Near)
}

/// Parts of names of what is drawn by lot and no secret: who an installation is, which state something
/// is in.
const IDENTIFIERS: [&str; 11] = [
    "uuid",
    "guid",
    "etag",
    "version",
    "commit",
    "hash",
    "sha",
    "checksum",
    "machine",
    "telemetry",
    "metrics",
];

/// Whether a name says that what is drawn by lot in it is no secret.
pub(super) fn is_identifier(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    lower == "id"
        || ["_id", "-id", ".id", "nodeid"]
            .iter()
            .any(|end| lower.ends_with(end))
        || IDENTIFIERS.iter().any(|part| lower.contains(part))
}

/// Names, without an end, of files that are one credential and nothing else.
const WHOLE: [&str; 5] = ["jwt", "pw", "pass", "pat", "apitoken"];

/// Whether a name says by itself that the content is a credential.
pub(super) fn is_certain(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    CERTAIN.iter().any(|part| lower.contains(part)) || is_whole(&lower)
}

/// Whether a file is called as one that is a key or token and nothing else: `kraken.key`, `.slurm/jwt`.
fn is_whole(lower: &str) -> bool {
    let bare = lower.trim_start_matches('.');
    let stem = bare.split('.').next().unwrap_or_default();
    let is_key = ["key", "pkey"].iter().any(|end| {
        let before = bare.strip_suffix(end);
        before.is_some_and(|before| before.ends_with(['.', '_', '-']))
    });
    WHOLE.contains(&stem) || (is_key && !lower.contains("pub"))
}

/// Whether a file has what a program says, in some language: `locale.de.json`.
fn is_translation(lower: &str) -> bool {
    [
        "locale.",
        "locale_",
        "messages.",
        "messages_",
        "translation",
    ]
    .iter()
    .any(|begin| lower.starts_with(begin))
}

/// Whether a name, in small letters, says that a person and a password may be all that is in it.
pub(super) fn names_password(lower: &str) -> bool {
    ["pass", "cred", "auth", "login"]
        .iter()
        .any(|part| lower.contains(part))
}

/// Whether a file of this name is one of credentials, wherever it lies and whatever is in it.
pub(super) fn is_unmistakable(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let has = |parts: &[&str]| parts.iter().any(|part| lower.contains(part));
    (has(&UNMISTAKABLE) || is_whole(&lower))
        && !has(&WORDS_OF_MODELS)
        && !OTHER
            .iter()
            .chain(&PROGRAMS)
            .any(|end| lower.ends_with(end))
        && !is_example(&lower)
}

/// Whether a file of this name is a store of keys, or a key that is no text.
pub(super) fn is_key_store(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let ends = |ends: &[&str]| ends.iter().any(|end| lower.ends_with(end));
    ends(&KEY_STORES) || (ends(&[".der", ".p8", ".pk8"]) && lower.contains("key"))
}

/// Whether data that is no text is kept in a file of this name.
pub(super) fn is_data(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    DATA.iter().any(|end| lower.ends_with(end))
}

/// Whether settings are written in a file of this name.
pub(super) fn is_settings(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    SETTINGS.iter().any(|end| lower.ends_with(end))
}

/// Whether a file of this name that is no text is a credential.
pub(super) fn is_certain_binary(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let stem = lower.trim_start_matches('.').split('.').next();
    is_key_store(name)
        || ["token", "credential", "secret"]
            .iter()
            .any(|part| lower.contains(part))
        || (lower.rsplit('.').next() != Some("db")
            && matches!(
                stem,
                Some("auth" | "login" | "session" | "password" | "passwords")
            ))
}

/// Whether a file only shows how one is written: `.env.example`, `settings.template.json`,
/// `config-sample.toml`. A host or a person may be called so too: `api.example.com.json`.
fn is_example(lower: &str) -> bool {
    let parts: Vec<&str> = lower.split('.').filter(|part| !part.is_empty()).collect();
    let is_settings = |part: &str| {
        SETTINGS
            .iter()
            .any(|end| end.trim_start_matches('.') == part)
    };
    let told = match parts.as_slice() {
        [.., before, last] if is_settings(last) => before,
        [.., last] => last,
        [] => return false,
    };
    let word = told.rsplit(['-', '_']).next().unwrap_or_default();
    EXAMPLES.contains(&word) && !lower.contains('@')
}
