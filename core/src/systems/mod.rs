//! The families of sign-ins: where each keeps things, how each is ended. Systems describe; the
//! stages act.

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
    /// Atmos's mock kinds.
    Mock,
}

impl System {
    /// Every system.
    pub const ALL: [Self; 8] = [
        Self::Aws,
        Self::Azure,
        Self::Gcp,
        Self::Github,
        Self::Kubernetes,
        Self::Docker,
        Self::AtmosPro,
        Self::Mock,
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
            Self::Mock => "mock",
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
            Self::Mock => "mock",
        }
    }

    /// The system of that name, whatever its case.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|system| system.id().eq_ignore_ascii_case(name))
    }
}
