//! The ways in which a server can end a token.

use adieu::inventory::Revocation;
use adieu::remote::{Endpoint, EndpointSource};
use adieu::systems::{GITHUB, GOOGLE, OPENAI, SERVICES};

/// What tables of proofs are written over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RevocationKind {
    SsoPortal,
    AwsSignIn,
    GithubInstallation,
    Salesforce,
    Google,
    OpenAi,
    Client,
}

impl RevocationKind {
    /// A new kind of revocation does not compile without one, and a new service does not pass.
    fn of(revocation: &Revocation) -> Option<Self> {
        let kinds = [
            (&GITHUB, Self::GithubInstallation),
            (&GOOGLE, Self::Google),
            (&OPENAI, Self::OpenAi),
        ];
        match revocation {
            Revocation::SsoPortal { .. } => Some(Self::SsoPortal),
            Revocation::AwsSignIn { .. } => Some(Self::AwsSignIn),
            Revocation::Salesforce { .. } => Some(Self::Salesforce),
            Revocation::Client { .. } => Some(Self::Client),
            Revocation::Http { service, .. } => kinds
                .into_iter()
                .find(|(known, _)| *known == *service)
                .map(|(_, kind)| kind),
        }
    }
}

#[test]
fn every_service_has_its_rows() {
    for service in SERVICES {
        let revocation = Revocation::Http {
            service,
            endpoint: Endpoint {
                url: service.address.to_string(),
                named_by: EndpointSource::Vendor,
            },
            recorded: Vec::new(),
        };
        assert!(RevocationKind::of(&revocation).is_some(), "{service:?}");
    }
}
