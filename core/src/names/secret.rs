//! Whether what stands under a name is a secret: one answer for every mask.
//!
//! Masks hide values by the names of their keys: members of JSON and YAML, variables, headers. The
//! table of known variables decides first; then the words that a name is made of, however they are
//! written (`access_token`, `accessToken`, `Access-Token`, `ACCESS_TOKEN`).

use super::table::{NOT_SECRET, NOT_SECRET_SUFFIX, SUFFIX, VARIABLES};

/// Words that are only used of secrets, even inside of another word (`clientsecret`).
const STRONG: &[&str] = &[
    "accesskey",
    "apikey",
    "authkey",
    "authorization",
    "bearer",
    "cookie",
    "credential",
    "passcode",
    "passphrase",
    "passwd",
    "password",
    "privatekey",
    "secret",
    "signature",
    "token",
    "jwt",
    "mnemonic",
];

/// Those of them that are met of nothing else.
const SURE: &[&str] = &[
    "accesskey",
    "apikey",
    "authkey",
    "authorization",
    "bearer",
    "credential",
    "passphrase",
    "passwd",
    "password",
    "privatekey",
    "secret",
    "token",
];

/// Words that mean a secret where they stand alone.
const WORDS: &[&str] = &[
    "assertion",
    "auth",
    "cred",
    "creds",
    "otp",
    "pass",
    "pat",
    "pin",
    "private",
    "pw",
    "pwd",
    "session",
    "sessions",
];

/// Words that mean a secret where they end a name: `oauth`, but not `oauth_client`.
const LAST: &[&str] = &[
    "basic",
    "encryption",
    "hmac",
    "master",
    "oauth",
    "pem",
    "seed",
    "sid",
    "ticket",
];

/// What two words together mean.
const PAIRS: &[[&str; 2]] = &[
    ["access", "key"],
    ["account", "key"],
    ["api", "key"],
    ["auth", "key"],
    ["backup", "code"],
    ["backup", "codes"],
    ["conn", "str"],
    ["connection", "string"],
    ["keyfile", "content"],
    ["private", "key"],
    ["recovery", "code"],
    ["recovery", "codes"],
    ["sas", "url"],
    ["session", "id"],
    ["signing", "key"],
    ["unlock", "code"],
    ["unlock", "codes"],
    ["webhook", "url"],
    ["secret", "id"],
    ["id", "token"],
];

/// Last words of names that tell something about a secret and hold none.
const ABOUT: &[&str] = &[
    "algorithm",
    "arn",
    "at",
    "audience",
    "count",
    "dir",
    "directory",
    "duration",
    "email",
    "enabled",
    "endpoint",
    "env",
    "expiration",
    "expires",
    "expiry",
    "file",
    "files",
    "fingerprint",
    "format",
    "helper",
    "host",
    "hours",
    "in",
    "issuer",
    "kind",
    "length",
    "lifetime",
    "limit",
    "location",
    "method",
    "minutes",
    "mode",
    "name",
    "path",
    "paths",
    "policy",
    "port",
    "prefix",
    "provider",
    "providers",
    "region",
    "required",
    "seconds",
    "size",
    "source",
    "store",
    "timeout",
    "ttl",
    "type",
    "uri",
    "url",
    "age",
    "date",
    "domain",
    "group",
    "realm",
    "scope",
    "scopes",
    "sock",
    "socket",
    "tags",
    "time",
    "user",
    "username",
    "version",
];

/// Names that hold further names, each of which is judged by itself.
const CONTAINERS: &[&str] = &["auth", "credential", "credentials", "session", "sessions"];

/// The longest name that is looked at, in bytes; whoever needs more hides something.
const LONGEST: usize = 512;

/// Whether the value of a key, variable, header or setting of that name may be a secret and is never
/// shown. A path, a duration or another fact about a secret is none.
pub fn is_secret(name: &str) -> bool {
    if name.len() > LONGEST {
        return true;
    }
    let words = split_words(name);
    let upper = words.join("_").to_ascii_uppercase();
    if let Ok(at) = VARIABLES.binary_search_by_key(&upper.as_str(), |(known, ..)| known) {
        return VARIABLES[at].2.is_secret();
    }
    if NOT_SECRET.contains(&upper.as_str()) || is_place_of_work(&words) {
        return false;
    }
    let has_pair = |pair: &[&str; 2]| words.windows(2).any(|two| two == pair);
    if words
        .last()
        .is_some_and(|last| ABOUT.contains(&last.as_str()))
        && !PAIRS
            .iter()
            .any(|pair| words.ends_with(&pair.map(str::to_owned)))
    {
        return false;
    }
    if PAIRS.iter().any(has_pair) {
        return true;
    }
    // Of suffixes with `_`, so that the name alone counts as well.
    let ended = format!("_{upper}");
    if words.len() > 1 && NOT_SECRET_SUFFIX.iter().any(|end| ended.ends_with(end)) {
        return false;
    }
    let is_counted = words
        .iter()
        .any(|word| matches!(word.as_str(), "max" | "min" | "num"));
    let is_strong = |word: &String| {
        // What cuts a text into words is called so, too.
        !word.starts_with("tokeniz") && STRONG.iter().any(|part| word.contains(part))
    };
    let is_word = |word: &String| WORDS.contains(&word.as_str());
    let is_last = |word: &String| LAST.contains(&word.as_str());
    words.last().is_some_and(is_last)
        || (words.iter().any(is_strong) && !is_counted)
        || words.iter().any(is_word)
        || (words.len() > 1 && SUFFIX.iter().any(|end| ended.ends_with(end)))
}

/// Whether a name is used of nothing but secrets, where many other names are met: a session or a
/// signature may be anything.
pub fn is_surely_secret(name: &str) -> bool {
    let words = split_words(name);
    let is_sure =
        |word: &String| !word.starts_with("tokeniz") && SURE.iter().any(|part| word.contains(part));
    let has_key = |two: &[String]| {
        let [first, second] = two else { return false };
        second == "key"
            && matches!(
                first.as_str(),
                "access" | "account" | "api" | "auth" | "private" | "signing"
            )
    };
    is_secret(name) && (words.iter().any(is_sure) || words.windows(2).any(has_key))
}

/// Whether a name is used of a group of settings, so that what is in it is judged by its own names.
pub fn is_container(name: &str) -> bool {
    let words = split_words(name);
    words
        .last()
        .is_some_and(|last| CONTAINERS.contains(&last.as_str()))
}

/// `PWD` and `OLDPWD` are directories.
fn is_place_of_work(words: &[String]) -> bool {
    matches!(words, [word] if word == "pwd" || word == "oldpwd")
}

/// The words of a name in lower case: parted by anything but letters and digits, and by case.
fn split_words(name: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let characters: Vec<char> = name.chars().collect();
    for (at, &character) in characters.iter().enumerate() {
        if !character.is_alphanumeric() {
            words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
            continue;
        }
        let before = at.checked_sub(1).and_then(|before| characters.get(before));
        let after = characters.get(at + 1);
        let begins = character.is_uppercase()
            && (before.is_some_and(|before| before.is_lowercase() || before.is_ascii_digit())
                || (before.is_some_and(|before| before.is_uppercase())
                    && after.is_some_and(|after| after.is_lowercase())));
        if begins {
            words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
        }
        word.extend(character.to_lowercase());
    }
    words.extend((!word.is_empty()).then_some(word));
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_told_from_facts_about_them() {
        for name in [
            "password",
            "passphrase",
            "credential",
            "cookie",
            "pat",
            "access_key",
            "access_key_id",
            "session",
            "SESSION",
            "secret_access_key",
            "secretAccessKey",
            "Authorization",
            "X-Api-Key",
            "apiKey",
            "api_key",
            "APIKey",
            "accessToken",
            "AWS_SESSION_TOKEN",
            "DB_PASSWORD",
            "db-password",
            "dbpassword",
            "clientSecret",
            "client_secret",
            "private_key",
            "privateKey",
            "PRIVATE_KEY",
            "refresh_token",
            "id_token",
            "bearer",
            "jwt",
            "token",
            "tokens",
            "GITHUB_PAT",
            "OPENAI_API_KEY",
            "sessionId",
            "session_id",
            "secret_id",
            "connectionString",
            "otp",
            "pin",
            "db_pwd",
            "credentials",
            "Set-Cookie",
            "_auth",
            "npm_config__auth",
            "STORAGE_ACCOUNT_KEY",
            "signing_key",
            "encryption_key",
            "token_x",
            "AZURE_DEVOPS_EXT_PAT",
            "SLACK_WEBHOOK_URL",
            "client_assertion",
            "TF_TOKEN_app",
            "recovery_codes",
            "backup_code",
            "unlock_code",
            "ticket",
            "seed",
            "hmac",
            "oauth",
            "sid",
            "encryption",
            "master",
            "keyfile_content",
            "cert_pem",
            "conn_str",
            "basic",
        ] {
            assert!(is_secret(name), "{name}");
        }
        for name in [
            "",
            "region",
            "start_url",
            "account_id",
            "client_id",
            "tenant_id",
            "name",
            "key",
            "token_file_path",
            "tokenFilePath",
            "key_file",
            "private_key_path",
            "password_env",
            "session_duration",
            "credentials_file",
            "AWS_SHARED_CREDENTIALS_FILE",
            "AWS_CONFIG_FILE",
            "AWS_WEB_IDENTITY_TOKEN_FILE",
            "token_source",
            "token_endpoint",
            "tokenUrl",
            "MAX_THINKING_TOKENS",
            "max_tokens",
            "public_key",
            "ssh_public_key",
            "PWD",
            "session_name",
            "role_session_name",
            "secret_name",
            "secret_arn",
            "key_id",
            "kms_key_id",
            "expires_at",
            "token_expires_at",
            "access_token_expiry",
            "auto_provision_identities",
            "duration",
            "AWS_PROFILE",
            "AWS_REGION",
            "GOOGLE_CLOUD_PROJECT",
            "mfa_arn",
            "keyboard",
            "monkey",
            "credential_process_helper",
            "auth_provider",
            "token_type",
            "cookie_name",
            "oauthFlow",
            "oauth_client_id",
            "master_account",
        ] {
            assert!(!is_secret(name), "{name}");
        }
        assert!(
            is_secret(&"x".repeat(LONGEST + 1)),
            "whoever needs more hides something"
        );
    }

    #[test]
    fn words_are_parted_by_signs_and_by_case() {
        assert_eq!(
            split_words("AWSAccessKeyId"),
            ["aws", "access", "key", "id"]
        );
        assert_eq!(split_words("x-api.key_2"), ["x", "api", "key", "2"]);
        assert_eq!(split_words("oauth2Token"), ["oauth2", "token"]);
        assert!(is_container("credentials") && !is_container("credentials_x"));
    }
}
