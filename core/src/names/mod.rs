//! Which variable names stand for a credential, or change which one is used: a static table.
//!
//! The data is `core/data/secret-variables.toml`; the table is made of it by `cargo xtask generate`, so
//! that nothing is parsed when the program starts.

mod secret;
mod table;
mod value;

pub use secret::{is_container, is_secret, is_surely_secret};
use table::{NOT_SECRET, NOT_SECRET_SUFFIX, PAGES, PREFIX, SHAPES, SUFFIX, SWITCHES, VARIABLES};
pub use value::{is_hidden, looks_secret};

/// What a variable holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NameKind {
    /// A token.
    Token,
    /// A key that was issued once.
    ApiKey,
    /// A token of a session.
    Session,
    /// The path of a file with a credential.
    PointerToFile,
    /// A URL with a password in it.
    UrlWithPassword,
    /// A bearer token in a header, without a variable.
    BearerHeader,
    /// No secret, but it changes which credential is used.
    Switch(Effect),
    /// Probably a secret: the name is not in the list and looks like one.
    Probable,
}

impl NameKind {
    /// The word in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::ApiKey => "api-key",
            Self::Session => "session",
            Self::PointerToFile => "pointer-to-file",
            Self::UrlWithPassword => "url-with-password",
            Self::BearerHeader => "bearer-header",
            Self::Switch(effect) => effect.word(),
            Self::Probable => "probable",
        }
    }

    /// Whether the value itself is a secret.
    pub const fn is_secret(self) -> bool {
        !matches!(self, Self::Switch(_) | Self::PointerToFile)
    }
}

/// What a variable that is no secret changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Which vendor's credentials are used.
    ProviderSwitch,
    /// Where the credentials are looked for.
    ConfigDir,
    /// Which server gets them.
    Endpoint,
    /// Which of several sign-ins is used.
    Profile,
    /// Something else about signing in or out.
    Behaviour,
}

impl Effect {
    /// The word in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::ProviderSwitch => "provider-switch",
            Self::ConfigDir => "config-dir",
            Self::Endpoint => "endpoint",
            Self::Profile => "profile",
            Self::Behaviour => "behaviour",
        }
    }

    /// Whether it can keep a tool signed in, or hand a login to somebody else. Where a tool keeps
    /// its files is no finding.
    const fn is_of_interest(self) -> bool {
        matches!(self, Self::ProviderSwitch | Self::Endpoint | Self::Profile)
    }
}

/// What is known of a variable's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// Whose credential it is; `None` if the name only looks like one.
    pub provider: Option<&'static str>,
    /// What it holds.
    pub kind: NameKind,
}

/// Names longer than this are nobody's.
const LONGEST: usize = 128;

/// What a name stands for; `None` if it is of no interest.
pub fn classify_name(name: &str) -> Option<Known> {
    // Every name of interest has a capital letter, and most words of a profile are done with here.
    if name.len() < 3 || name.len() > LONGEST || !name.as_bytes()[0].is_ascii_uppercase() {
        return None;
    }
    if let Ok(at) = VARIABLES.binary_search_by_key(&name, |(known, ..)| known) {
        let (_, provider, kind) = VARIABLES[at];
        return Some(Known {
            provider: Some(provider),
            kind,
        });
    }
    if let Ok(at) = SWITCHES.binary_search_by_key(&name, |(known, ..)| known) {
        let (_, provider, effect) = SWITCHES[at];
        return effect.is_of_interest().then_some(Known {
            provider: Some(provider),
            kind: NameKind::Switch(effect),
        });
    }
    is_probable(name).then_some(Known {
        provider: None,
        kind: NameKind::Probable,
    })
}

/// Whether a variable of that name holds a credential; one that only points to a file with one does not.
pub fn names_credential(name: &str) -> bool {
    // A socket, and options.
    const NO_CREDENTIALS: [&str; 2] = ["SSH_AUTH_SOCK", "OTEL_EXPORTER_OTLP_HEADERS"];
    !NO_CREDENTIALS.contains(&name)
        && classify_name(name).is_some_and(|known| known.kind.is_secret())
        || is_npms(name)
}

/// Whether it is a setting of npm's with a credential, which it reads in any case:
/// `npm_config_//registry.example.test/:_authToken`.
pub(crate) fn is_npms(name: &str) -> bool {
    let setting = name.split_at_checked(11);
    setting.is_some_and(|(begin, setting)| {
        begin.eq_ignore_ascii_case("npm_config_") && is_surely_secret(setting)
    })
}

fn is_probable(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let looks_secret = || {
        SUFFIX.iter().any(|end| name.ends_with(end))
            || PREFIX.iter().any(|start| name.starts_with(start))
            || SHAPES.iter().any(|shape| has_shape(name, shape))
    };
    name.bytes().all(is_plain)
        && looks_secret()
        && !NOT_SECRET.contains(&name)
        && !NOT_SECRET_SUFFIX.iter().any(|end| name.ends_with(end))
}

fn has_shape(name: &str, [start, middle, end]: &[&str; 3]) -> bool {
    name.strip_prefix(start)
        .and_then(|rest| rest.strip_suffix(end))
        .is_some_and(|rest| !rest.is_empty() && rest.contains(middle))
}

/// The page where a provider's credentials are revoked.
pub fn revocation_page(provider: &str) -> Option<&'static str> {
    let at = PAGES.binary_search_by_key(&provider, |(id, _)| id).ok()?;
    Some(PAGES[at].1)
}

/// Names whose value is only a secret if it is a URL with a password.
pub(crate) fn is_url(name: &str) -> bool {
    matches!(name, "DATABASE_URL" | "MONGODB_URI" | "REDIS_URL")
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::inventory::OverrideKind;
    use crate::systems::{System, of_variable};

    #[test]
    fn tables_are_sorted_so_that_they_can_be_searched() {
        assert!(VARIABLES.is_sorted_by(|one, other| one.0 < other.0));
        assert!(SWITCHES.is_sorted_by(|one, other| one.0 < other.0));
        assert!(PAGES.is_sorted_by(|one, other| one.0 < other.0));
        for (name, ..) in VARIABLES {
            assert!(classify_name(name).is_some(), "{name}");
        }
    }

    #[test]
    fn names_are_told_apart() {
        let kind = |name| classify_name(name).map(|known| known.kind);
        assert_eq!(kind("ANTHROPIC_API_KEY"), Some(NameKind::ApiKey));
        assert_eq!(
            kind("CLAUDE_CODE_USE_BEDROCK"),
            Some(NameKind::Switch(Effect::ProviderSwitch))
        );
        assert_eq!(kind("MY_OWN_TOKEN"), Some(NameKind::Probable));
        assert_eq!(
            kind("CARGO_REGISTRIES_ACME_TOKEN"),
            Some(NameKind::Probable)
        );
        assert_eq!(kind("BUNDLE_GEMS__EXAMPLE__COM"), Some(NameKind::Probable));
        for other in [
            "PATH",
            "BUNDLE_PATH",
            "CLAUDE_CONFIG_DIR",
            "MAX_THINKING_TOKENS",
            "AWS_ACCESS_KEY_URL",
            "my_token",
            "SSH_PUBLIC_KEY",
        ] {
            assert_eq!(kind(other), None, "{other}");
        }
        assert!(revocation_page("openai").is_some() && revocation_page("saas").is_none());
    }

    /// Every word in quotes in the sources of the systems that could be a variable's name.
    fn words_of_the_systems() -> Vec<String> {
        let mut words = Vec::new();
        let mut waiting = vec![PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/systems")];
        while let Some(path) = waiting.pop() {
            if path.is_dir() {
                let entries = std::fs::read_dir(path).unwrap();
                waiting.extend(entries.map(|entry| entry.unwrap().path()));
                continue;
            }
            let text = std::fs::read_to_string(path).unwrap();
            let is_name = |word: &&str| {
                word.contains('_')
                    && word.bytes().all(|byte| {
                        byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_'
                    })
            };
            words.extend(text.split('"').filter(is_name).map(str::to_owned));
        }
        words.sort();
        words.dedup();
        words
    }

    #[test]
    fn every_variable_that_signs_a_system_in_is_known() {
        let words = words_of_the_systems();
        let signs_in = |name: &&String| {
            let mut systems = of_variable(name).into_iter();
            systems.any(|(system, kind)| {
                kind == OverrideKind::Environment && system != System::ANY_READER
            })
        };
        let names: Vec<&String> = words.iter().filter(signs_in).collect();
        assert!(names.len() > 30, "{names:?}");
        for example in ["COPILOT_GITHUB_TOKEN", "ANTHROPIC_API_KEY", "GH_TOKEN"] {
            assert!(names.iter().any(|name| *name == example), "{example}");
        }
        let unknown: Vec<_> = names
            .iter()
            .filter(|name| classify_name(name).is_none_or(|known| known.provider.is_none()))
            .collect();
        assert!(unknown.is_empty(), "{unknown:?}");
    }

    /// The other way round: a credential of a tool that has a system of its own is one that the
    /// system reads.
    #[test]
    fn every_known_credential_of_a_tool_signs_its_system_in() {
        // Keys for another interface than the tool's, and what does nothing without something else.
        const NOT_BY_ITSELF: [&str; 9] = [
            "ANTHROPIC_ADMIN_KEY",
            "ANTHROPIC_AWS_API_KEY",
            "ANTHROPIC_FOUNDRY_API_KEY",
            "ANTHROPIC_FOUNDRY_AUTH_TOKEN",
            "ANTHROPIC_IDENTITY_TOKEN",
            "CLAUDE_API_KEY",
            "CLAUDE_CODE_CLIENT_KEY_PASSPHRASE",
            "CLAUDE_CODE_OAUTH_REFRESH_TOKEN",
            "COPILOT_PROVIDER_HEADERS",
        ];
        const TOOLS: [&str; 8] = [
            "AMP_",
            "ANTHROPIC_",
            "CLAUDE_",
            "CODEX_",
            "COPILOT_",
            "CURSOR_",
            "GEMINI_",
            "OPENCODE_",
        ];
        let credentials = VARIABLES.iter().filter(|(name, _, kind)| {
            TOOLS.iter().any(|tool| name.starts_with(tool))
                && matches!(kind, NameKind::ApiKey | NameKind::Token | NameKind::Session)
        });
        let unread: Vec<_> = credentials
            .map(|(name, ..)| *name)
            .filter(|name| {
                let mut systems = of_variable(name).into_iter();
                systems.all(|(system, _)| system == System::ANY_READER)
            })
            .collect();
        assert_eq!(unread, NOT_BY_ITSELF);
    }
}
