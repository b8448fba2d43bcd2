//! Systems: the families of sign-ins that everything above is sorted by. What each keeps where is in
//! [`crate::systems`].

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

/// A family of sign-ins with its own rules, by the record that describes it.
#[derive(Clone, Copy)]
pub struct System(&'static SystemInfo);

/// The description of a family of sign-ins: what is true of all of it, and is not found on a disk.
#[derive(Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact about a vendor, independent of the others"
)]
pub struct SystemInfo {
    /// The name in JSON and in selectors: lower case, without spaces.
    pub id: &'static str,
    /// The name for people.
    pub title: &'static str,
    /// The place in lists, smallest first; families of one place follow each other by their ids.
    pub place: u16,
    /// Whether `atmos.yaml` can configure identities and providers of it. It may keep accounts of its
    /// own beside these.
    pub is_configurable: bool,
    /// Whether it is a command-line client of a language model.
    pub is_ai: bool,
    /// Whether all that is known of it is an entry of the catalogue.
    pub is_tool: bool,
    /// Whether what its server did not end stays by default, to be tried again: so its own client does
    /// that is replaced here.
    pub keeps_unrevoked: bool,
    /// Whether nothing of it is a session at a server of its own: settings, and copies of what other
    /// systems sign in with.
    pub is_local_only: bool,
    /// Whether a person ends its sessions at its provider's page, because no program can.
    pub ends_at_its_providers_page: bool,
    /// Whether a session of it that can be renewed goes on until somebody ends it: the refresh tokens of
    /// clouds do. One that was not ended and that no call ends keeps a machine from being clean.
    pub renews_without_end: bool,
    /// Where a person ends the browser session of a configured provider, if that is one page for all.
    pub sign_out_page: Option<&'static str>,
    /// Where a person can end sign-ins of its accounts, where no way for programs is documented.
    pub account_page: Option<&'static str>,
    /// Where a person can delete its API keys, which no logout ends.
    pub key_page: Option<&'static str>,
    /// How to sign in with its vendor's own client, which gets the terminal: the grant belongs to that
    /// client, and so does what an organisation demands of it. `Err` says what to do instead, as an
    /// order.
    ///
    /// Sources: the vendors' documentation of their commands.
    pub vendor_login: Result<VendorLogin, &'static str>,
}

/// A vendor's own login command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VendorLogin {
    /// Names of the program, the one to try first in front.
    pub programs: &'static [&'static str],
    /// Its arguments.
    pub arguments: &'static [&'static str],
}

impl VendorLogin {
    const fn new(programs: &'static [&'static str], arguments: &'static [&'static str]) -> Self {
        Self {
            programs,
            arguments,
        }
    }
}

/// A record with nothing said.
const UNSAID: SystemInfo = SystemInfo {
    id: "",
    title: "",
    place: u16::MAX,
    is_configurable: false,
    is_ai: false,
    is_tool: false,
    keeps_unrevoked: false,
    is_local_only: false,
    ends_at_its_providers_page: false,
    renews_without_end: false,
    sign_out_page: None,
    account_page: None,
    key_page: None,
    vendor_login: Err("this system has no client that adieu could start"),
};

/// A family that `atmos.yaml` can configure.
const CONFIGURABLE: SystemInfo = SystemInfo {
    is_configurable: true,
    ..UNSAID
};

/// A client of a language model.
const AI: SystemInfo = SystemInfo {
    is_ai: true,
    ..UNSAID
};

include!(concat!(env!("OUT_DIR"), "/catalogue_systems.rs"));

/// A tool that a person added to the catalogue, as a family of sign-ins.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OwnSystem {
    pub(crate) id: &'static str,
    pub(crate) title: &'static str,
    pub(crate) is_ai: bool,
    pub(crate) is_local_only: bool,
    pub(crate) account_page: Option<&'static str>,
    pub(crate) key_page: Option<&'static str>,
    pub(crate) programs: &'static [&'static str],
    pub(crate) arguments: &'static [&'static str],
    pub(crate) login_hint: Option<&'static str>,
}

/// The families of tools that people added, each under all of its names, in the order of these.
static OWN: RwLock<BTreeMap<&'static str, System>> = RwLock::new(BTreeMap::new());

fn own() -> RwLockReadGuard<'static, BTreeMap<&'static str, System>> {
    OWN.read().unwrap_or_else(PoisonError::into_inner)
}

impl System {
    /// Amazon Web Services.
    pub const AWS: Self = Self(&SystemInfo {
        id: "aws",
        title: "AWS",
        place: 10,
        renews_without_end: true,
        key_page: Some("https://console.aws.amazon.com/iam/home#/security_credentials"),
        ..CONFIGURABLE
    });
    /// Microsoft Azure.
    pub const AZURE: Self = Self(&SystemInfo {
        id: "azure",
        title: "Azure",
        place: 20,
        renews_without_end: true,
        ends_at_its_providers_page: true,
        sign_out_page: Some("https://mysignins.microsoft.com/security-info"),
        account_page: Some("https://mysignins.microsoft.com/security-info"),
        ..CONFIGURABLE
    });
    /// Google Cloud.
    pub const GCP: Self = Self(&SystemInfo {
        id: "gcp",
        title: "Google Cloud",
        place: 30,
        renews_without_end: true,
        ends_at_its_providers_page: true,
        sign_out_page: Some("https://myaccount.google.com/connections"),
        account_page: Some("https://myaccount.google.com/connections"),
        key_page: Some("https://console.cloud.google.com/iam-admin/serviceaccounts"),
        ..CONFIGURABLE
    });
    /// GitHub.
    pub const GITHUB: Self = Self(&SystemInfo {
        id: "github",
        title: "GitHub",
        place: 40,
        renews_without_end: true,
        sign_out_page: Some("https://github.com/settings/sessions"),
        ..CONFIGURABLE
    });
    /// Kubernetes client configuration.
    pub const KUBERNETES: Self = Self(&SystemInfo {
        id: "kubernetes",
        title: "Kubernetes",
        place: 50,
        is_local_only: true,
        ..CONFIGURABLE
    });
    /// Container registries in Docker's configuration.
    pub const DOCKER: Self = Self(&SystemInfo {
        id: "docker",
        title: "Docker",
        place: 60,
        is_local_only: true,
        ..CONFIGURABLE
    });
    /// Atmos Pro.
    pub const ATMOS_PRO: Self = Self(&SystemInfo {
        id: "atmos-pro",
        title: "Atmos Pro",
        place: 70,
        renews_without_end: true,
        ..CONFIGURABLE
    });
    /// What Atmos keeps of a family that is not known: a kind of a later release, an entry whose
    /// owner no configuration names.
    pub const ATMOS: Self = Self(&SystemInfo {
        id: "atmos",
        title: "Atmos",
        place: 80,
        renews_without_end: true,
        ..CONFIGURABLE
    });
    /// Atmos's mock kinds.
    pub const MOCK: Self = Self(&SystemInfo {
        id: "mock",
        title: "mock",
        place: 90,
        is_local_only: true,
        ..CONFIGURABLE
    });
    /// Salesforce orgs.
    pub const SALESFORCE: Self = Self(&SystemInfo {
        id: "salesforce",
        title: "Salesforce",
        place: 100,
        keeps_unrevoked: true,
        ..UNSAID
    });
    /// Claude Code, and the `ant` profiles that it reads.
    pub const CLAUDE: Self = Self(&SystemInfo {
        id: "claude",
        title: "Claude Code",
        place: 110,
        account_page: Some("https://claude.ai/settings/claude-code"),
        key_page: Some("https://platform.claude.com/settings/keys"),
        vendor_login: Ok(VendorLogin::new(&["claude"], &["auth", "login"])),
        ..AI
    });
    /// OpenAI Codex.
    pub const CODEX: Self = Self(&SystemInfo {
        id: "codex",
        title: "Codex",
        place: 120,
        account_page: Some("https://chatgpt.com/#settings/Security"),
        key_page: Some("https://platform.openai.com/api-keys"),
        vendor_login: Ok(VendorLogin::new(&["codex"], &["login"])),
        ..AI
    });
    /// Gemini CLI.
    pub const GEMINI: Self = Self(&SystemInfo {
        id: "gemini",
        title: "Gemini CLI",
        place: 130,
        account_page: Some("https://myaccount.google.com/connections"),
        key_page: Some("https://aistudio.google.com/app/apikey"),
        vendor_login: Err("start `gemini` and choose a method with /auth"),
        ..AI
    });
    /// GitHub Copilot CLI.
    pub const COPILOT: Self = Self(&SystemInfo {
        id: "copilot",
        title: "Copilot CLI",
        place: 140,
        account_page: Some("https://github.com/settings/applications"),
        vendor_login: Ok(VendorLogin::new(&["copilot"], &["login"])),
        ..AI
    });
    /// Cursor's command-line agent.
    pub const CURSOR: Self = Self(&SystemInfo {
        id: "cursor",
        title: "Cursor",
        place: 150,
        account_page: Some("https://cursor.com/dashboard/integrations"),
        vendor_login: Ok(VendorLogin::new(&["cursor-agent", "agent"], &["login"])),
        ..AI
    });
    /// opencode.
    pub const OPENCODE: Self = Self(&SystemInfo {
        id: "opencode",
        title: "opencode",
        place: 160,
        vendor_login: Ok(VendorLogin::new(&["opencode"], &["auth", "login"])),
        ..AI
    });
    /// aider.
    pub const AIDER: Self = Self(&SystemInfo {
        id: "aider",
        title: "aider",
        place: 170,
        is_local_only: true,
        key_page: Some("https://openrouter.ai/settings/keys"),
        vendor_login: Err("start `aider`, or set the key of a provider"),
        ..AI
    });
    /// What is shaped like a credential of a tool that nobody has described.
    pub const POSSIBLE: Self = Self(&SystemInfo {
        id: "possible",
        title: "Possible sign-ins",
        place: 900,
        is_local_only: true,
        vendor_login: Err("sign in with the tool itself"),
        ..UNSAID
    });

    /// Whoever reads a variable that is called and made like a credential.
    pub const ANY_READER: Self = Self(&SystemInfo {
        id: "any-reader",
        title: "any tool that reads it",
        place: 899,
        is_local_only: true,
        vendor_login: Err("set the variable again"),
        ..UNSAID
    });

    /// The systems that have code of their own, in the order of lists.
    const FAMILIES: &[Self] = &[
        Self::AWS,
        Self::AZURE,
        Self::GCP,
        Self::GITHUB,
        Self::KUBERNETES,
        Self::DOCKER,
        Self::ATMOS_PRO,
        Self::ATMOS,
        Self::MOCK,
        Self::SALESFORCE,
        Self::CLAUDE,
        Self::CODEX,
        Self::GEMINI,
        Self::COPILOT,
        Self::CURSOR,
        Self::OPENCODE,
        Self::AIDER,
    ];

    /// The description.
    pub const fn info(self) -> &'static SystemInfo {
        self.0
    }

    /// The name in JSON and in selectors.
    pub const fn id(self) -> &'static str {
        self.0.id
    }

    /// The name for people.
    pub const fn title(self) -> &'static str {
        self.0.title
    }

    /// The systems that have code of their own, in the order of lists.
    pub fn families() -> impl Iterator<Item = Self> {
        Self::FAMILIES.iter().copied()
    }

    /// Every system, in the order of lists.
    pub fn all() -> impl Iterator<Item = Self> {
        let tools = TOOLS_IN_ORDER.iter().map(|index| Self(&TOOLS[*index]));
        let added: BTreeSet<Self> = own().values().copied().collect();
        Self::families()
            .chain(tools)
            .chain(added)
            .chain([Self::ANY_READER, Self::POSSIBLE])
    }

    /// The family of a tool that a person added, from now on for as long as the program runs. The last
    /// that was added under a name has it.
    pub(crate) fn intern(added: OwnSystem, aliases: &[&'static str]) -> Self {
        let info = SystemInfo {
            id: added.id,
            title: added.title,
            place: 300,
            is_ai: added.is_ai,
            is_tool: true,
            is_local_only: added.is_local_only,
            account_page: added.account_page,
            key_page: added.key_page,
            vendor_login: match (added.programs, added.login_hint) {
                ([], Some(hint)) => Err(hint),
                ([], None) => UNSAID.vendor_login,
                (programs, _) => Ok(VendorLogin::new(programs, added.arguments)),
            },
            ..UNSAID
        };
        let system = Self(Box::leak(Box::new(info)));
        let mut own = OWN.write().unwrap_or_else(PoisonError::into_inner);
        for name in [added.id].iter().chain(aliases) {
            own.insert(name, system);
        }
        system
    }

    /// The family of the catalogue's tool at this position.
    pub(crate) const fn tool(index: usize) -> Self {
        Self(&TOOLS[index])
    }

    /// The system of that name, whatever its case; of a tool of the catalogue, one of its names.
    pub fn parse(name: &str) -> Option<Self> {
        Self::built_in(name).or_else(|| own().get(name.to_ascii_lowercase().as_str()).copied())
    }

    /// The same, without what a person added.
    pub(crate) fn built_in(name: &str) -> Option<Self> {
        let mut families = Self::families().chain([Self::ANY_READER, Self::POSSIBLE]);
        let family = families.find(|system| system.id().eq_ignore_ascii_case(name));
        family.or_else(|| {
            let name = name.to_ascii_lowercase();
            let mut aliases = FAMILY_ALIASES.iter();
            if let Some((_, system)) = aliases.find(|(alias, _)| *alias == name) {
                return Some(*system);
            }
            let at = TOOL_NAMES.binary_search_by(|(known, _)| known.cmp(&name.as_str()));
            Some(Self::tool(TOOL_NAMES[at.ok()?].1))
        })
    }
}

impl fmt::Debug for System {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.id())
    }
}

impl PartialEq for System {
    fn eq(&self, other: &Self) -> bool {
        // One record may stand at several addresses.
        std::ptr::eq(self.0, other.0) || self.id() == other.id()
    }
}

impl Eq for System {}

impl PartialOrd for System {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for System {
    fn cmp(&self, other: &Self) -> Ordering {
        let key = |system: &Self| (system.0.place, system.id());
        key(self).cmp(&key(other))
    }
}

impl Hash for System {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id().hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn systems_are_listed_in_their_order_and_have_ids_of_their_own() {
        let all: Vec<System> = System::all().collect();
        assert!(all.is_sorted_by(|one, next| one < next));
        for system in all {
            let id = system.id();
            assert_eq!(System::parse(&id.to_uppercase()), Some(system));
            assert!(!id.contains(' ') && !system.title().is_empty(), "{id}");
        }
    }
}
