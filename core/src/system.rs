//! The names of the families of sign-ins, which everything above is sorted by. What each keeps where
//! is in [`crate::systems`].

/// A family of sign-ins with its own rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum System {
    /// Amazon Web Services.
    Aws,
    /// Microsoft Azure.
    Azure,
    /// Google Cloud.
    Gcp,
    /// GitHub.
    Github,
    /// Kubernetes client configuration.
    Kubernetes,
    /// Container registries in Docker's configuration.
    Docker,
    /// Atmos Pro.
    AtmosPro,
    /// What Atmos keeps of a family that is not known: a kind of a later release, an entry whose
    /// owner no configuration names.
    Atmos,
    /// Atmos's mock kinds.
    Mock,
    /// Salesforce orgs.
    Salesforce,
    /// Claude Code, and the `ant` profiles that it reads.
    Claude,
    /// OpenAI Codex.
    Codex,
    /// Gemini CLI.
    Gemini,
    /// GitHub Copilot CLI.
    Copilot,
    /// Cursor's command-line agent.
    Cursor,
    /// opencode.
    Opencode,
    /// aider.
    Aider,
    /// Amp.
    Amp,
}

impl System {
    /// Every system.
    pub const ALL: [Self; 18] = [
        Self::Aws,
        Self::Azure,
        Self::Gcp,
        Self::Github,
        Self::Kubernetes,
        Self::Docker,
        Self::AtmosPro,
        Self::Atmos,
        Self::Mock,
        Self::Salesforce,
        Self::Claude,
        Self::Codex,
        Self::Gemini,
        Self::Copilot,
        Self::Cursor,
        Self::Opencode,
        Self::Aider,
        Self::Amp,
    ];

    /// The name in JSON and in selectors.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::Azure => "azure",
            Self::Gcp => "gcp",
            Self::Github => "github",
            Self::Kubernetes => "kubernetes",
            Self::Docker => "docker",
            Self::AtmosPro => "atmos-pro",
            Self::Atmos => "atmos",
            Self::Mock => "mock",
            Self::Salesforce => "salesforce",
            Self::Claude => "claude",
            Self::Codex => "codex",
            Self::Gemini => "gemini",
            Self::Copilot => "copilot",
            Self::Cursor => "cursor",
            Self::Opencode => "opencode",
            Self::Aider => "aider",
            Self::Amp => "amp",
        }
    }

    /// The name for people.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Aws => "AWS",
            Self::Azure => "Azure",
            Self::Gcp => "Google Cloud",
            Self::Github => "GitHub",
            Self::Kubernetes => "Kubernetes",
            Self::Docker => "Docker",
            Self::AtmosPro => "Atmos Pro",
            Self::Atmos => "Atmos",
            Self::Mock => "mock",
            Self::Salesforce => "Salesforce",
            Self::Claude => "Claude Code",
            Self::Codex => "Codex",
            Self::Gemini => "Gemini CLI",
            Self::Copilot => "Copilot CLI",
            Self::Cursor => "Cursor",
            Self::Opencode => "opencode",
            Self::Aider => "aider",
            Self::Amp => "Amp",
        }
    }

    /// Whether `atmos.yaml` can configure identities and providers of it. It may keep accounts of its
    /// own beside these.
    pub const fn is_configurable(self) -> bool {
        !matches!(
            self,
            Self::Salesforce
                | Self::Claude
                | Self::Codex
                | Self::Gemini
                | Self::Copilot
                | Self::Cursor
                | Self::Opencode
                | Self::Aider
                | Self::Amp
        )
    }

    /// Whether what its server did not end stays by default, to be tried again: so its own client has
    /// it that is replaced here.
    pub const fn keeps_unrevoked(self) -> bool {
        matches!(self, Self::Salesforce)
    }

    /// Whether nothing of it is a session at a server of its own: settings, and copies of what other
    /// systems sign in with.
    pub const fn is_local_only(self) -> bool {
        matches!(
            self,
            Self::Mock | Self::Docker | Self::Kubernetes | Self::Aider
        )
    }

    /// Whether a person ends its sessions at a page of the provider's, because no program can.
    pub const fn ends_at_its_providers_page(self) -> bool {
        matches!(self, Self::Azure | Self::Gcp)
    }

    /// Whether it is a command-line client of a language model.
    pub const fn is_ai(self) -> bool {
        !self.is_configurable() && !matches!(self, Self::Salesforce)
    }

    /// Where a person can end sign-ins of its accounts, for systems without a documented way for
    /// programs.
    pub const fn account_page(self) -> Option<&'static str> {
        match self {
            Self::Claude => Some("https://claude.ai/settings/claude-code"),
            Self::Codex => Some("https://chatgpt.com/#settings/Security"),
            Self::Gemini => Some("https://myaccount.google.com/connections"),
            Self::Copilot => Some("https://github.com/settings/applications"),
            Self::Cursor => Some("https://cursor.com/dashboard/integrations"),
            Self::Amp => Some("https://ampcode.com/settings"),
            _ => None,
        }
    }

    /// Where a person can delete its API keys, which no logout ends.
    pub const fn key_page(self) -> Option<&'static str> {
        match self {
            Self::Claude => Some("https://platform.claude.com/settings/keys"),
            Self::Codex => Some("https://platform.openai.com/api-keys"),
            Self::Gemini => Some("https://aistudio.google.com/app/apikey"),
            Self::Aider => Some("https://openrouter.ai/settings/keys"),
            _ => None,
        }
    }

    /// The system of that name, whatever its case.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|system| system.id().eq_ignore_ascii_case(name))
    }
}
