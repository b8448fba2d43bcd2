//! Owners: whose a credential or another trace is.

/// The owner of an artefact. Names of the configuration are its keys, in lower case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Owner {
    /// Identities and providers of the configuration.
    Configured(ConfiguredOwner),
    /// A name that was found on disk and that no configuration knows.
    Orphan {
        /// The name.
        name: String,
        /// Whose directory it was found in, if it is one of the configuration's.
        within: ConfiguredOwner,
    },
    /// An account that a system keeps by itself.
    Account {
        /// Its name there, by [`super::Account::name`].
        name: String,
        /// The app that the account is linked with, if it is that link's alone.
        client_app: Option<String>,
    },
    /// All accounts of a system: an encryption key, a list of its users.
    System,
    /// Nobody in particular: a directory in which several keep what is theirs.
    #[default]
    Nobody,
}

/// Owners that a configuration knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConfiguredOwner {
    /// The identity, if it is one identity's.
    pub identity: Option<String>,
    /// The providers it serves: one for most, several for a portal's session that providers share,
    /// none for standalone identities.
    pub providers: Vec<String>,
    /// The identity, standing alone, whose chains it was found among, if it is none of theirs by name:
    /// what a provider is to other chains.
    pub root: Option<String>,
}

impl ConfiguredOwner {
    /// Whether there is anybody.
    const fn is_somebody(&self) -> bool {
        self.identity.is_some() || self.root.is_some() || !self.providers.is_empty()
    }
}

impl Owner {
    /// One identity behind a provider.
    pub fn identity(identity: impl Into<String>, provider: Option<&str>) -> Self {
        Self::Configured(ConfiguredOwner {
            identity: Some(identity.into()),
            providers: provider.map(str::to_owned).into_iter().collect(),
            root: None,
        })
    }

    /// A provider, or several that share something.
    pub fn providers(providers: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self::Configured(ConfiguredOwner {
            providers: providers.into_iter().map(Into::into).collect(),
            ..ConfiguredOwner::default()
        })
    }

    /// The chains that start at an identity.
    pub fn root(identity: impl Into<String>) -> Self {
        Self::Configured(ConfiguredOwner {
            root: Some(identity.into()),
            ..ConfiguredOwner::default()
        })
    }

    /// Somebody whom no configuration knows.
    pub fn orphan(name: impl Into<String>) -> Self {
        Self::Nobody.into_orphan(name)
    }

    /// Somebody whom no configuration knows, found in a directory of this owner's.
    #[must_use]
    pub fn into_orphan(self, name: impl Into<String>) -> Self {
        let within = match self {
            Self::Configured(within) | Self::Orphan { within, .. } => within,
            Self::Account { .. } | Self::System | Self::Nobody => ConfiguredOwner::default(),
        };
        Self::Orphan {
            name: name.into(),
            within,
        }
    }

    /// An account that a system keeps by itself, by its name there.
    pub fn account(name: impl Into<String>) -> Self {
        Self::Account {
            name: name.into(),
            client_app: None,
        }
    }

    const fn configured(&self) -> Option<&ConfiguredOwner> {
        match self {
            Self::Configured(owner) | Self::Orphan { within: owner, .. } => Some(owner),
            Self::Account { .. } | Self::System | Self::Nobody => None,
        }
    }

    /// Whether anybody of the configuration has to do with it.
    pub fn is_configured(&self) -> bool {
        self.configured().is_some_and(ConfiguredOwner::is_somebody)
    }

    /// Whether it is an account that a system keeps by itself, or all of them: no configuration has
    /// to do with it.
    pub const fn is_native(&self) -> bool {
        matches!(self, Self::Account { .. } | Self::System)
    }

    /// The identity of the configuration.
    pub fn as_identity(&self) -> Option<&str> {
        self.configured()?.identity.as_deref()
    }

    /// The providers of the configuration.
    pub fn as_providers(&self) -> &[String] {
        self.configured().map_or(&[], |owner| &owner.providers)
    }

    /// Whether it serves a provider, by key.
    pub fn serves(&self, provider: &str) -> bool {
        self.as_providers().iter().any(|served| served == provider)
    }

    /// The first provider of the configuration.
    pub fn first_provider(&self) -> Option<&str> {
        self.as_providers().first().map(String::as_str)
    }

    /// The name to tell owners apart by: a provider, else an account, a name found on disk, an identity.
    pub fn first_name(&self) -> Option<&str> {
        self.first_provider()
            .or_else(|| self.as_account())
            .or_else(|| self.as_orphan())
            .or_else(|| self.as_identity())
    }

    /// The identity that the chains start at which it was found among.
    pub fn as_root(&self) -> Option<&str> {
        self.configured()?.root.as_deref()
    }

    /// The name found on disk that no configuration knows.
    pub fn as_orphan(&self) -> Option<&str> {
        match self {
            Self::Orphan { name, .. } => Some(name),
            _ => None,
        }
    }

    /// The account's name.
    pub fn as_account(&self) -> Option<&str> {
        match self {
            Self::Account { name, .. } => Some(name),
            _ => None,
        }
    }

    /// The app that the account is linked with.
    pub fn as_client_app(&self) -> Option<&str> {
        match self {
            Self::Account { client_app, .. } => client_app.as_deref(),
            _ => None,
        }
    }
}
