//! Homes of any size: every identity of `atmos.yaml` is signed in.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use adieu_testkit::{AwsSession, Home, PortalSession};

const REALM: &str = "bench";
const REGION: &str = "eu-central-1";

/// The identity that is logged out where one is: there is one in every home.
pub(crate) const IDENTITY: &str = "identity-00001";

/// How identities are spread over providers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spread {
    /// One provider for every 100 identities.
    Hundreds,
    /// All behind one provider, so that all are in one credentials file.
    OneProvider,
}

impl Spread {
    fn provider_of(self, identity: usize) -> usize {
        match self {
            Self::Hundreds => identity / 100,
            Self::OneProvider => 0,
        }
    }
}

/// A home in which that many identities are signed in: sections of credentials and config files, a
/// session file for each portal; a file keyring without entries is configured.
pub(crate) fn signed_in(identities: usize, spread: Spread) -> Home {
    let home = Home::new();
    home.atmos_yaml(&atmos_yaml(identities, spread));
    let mut files: BTreeMap<PathBuf, String> = BTreeMap::new();
    for identity in 0..identities {
        let provider = provider_name(spread.provider_of(identity));
        let session = AwsSession::new(REALM, &provider, &identity_name(identity)).region(REGION);
        let folder = PathBuf::from(format!(".config/atmos/{REALM}/aws/{provider}"));
        for (name, section) in [
            ("credentials", session.credentials_section()),
            ("config", session.config_section()),
        ] {
            let text = files.entry(folder.join(name)).or_default();
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(&section);
            files
                .entry(folder.join(format!("{name}.lock")))
                .or_default();
        }
    }
    for (file, text) in files {
        home.write(file, text);
    }
    for provider in 0..=spread.provider_of(identities.saturating_sub(1)) {
        let token = format!("FAKE-token-of-portal-{provider}");
        home.atmos_portal_session(&PortalSession::new(&start_url(provider), REGION, &token));
    }
    home
}

/// The home of the command's page: two identities behind one provider.
pub(crate) fn of_the_document() -> Home {
    signed_in(2, Spread::OneProvider)
}

fn identity_name(number: usize) -> String {
    format!("identity-{:05}", number + 1)
}

fn provider_name(number: usize) -> String {
    format!("portal-{number:03}")
}

fn start_url(provider: usize) -> String {
    format!("https://portal-{provider:03}.example.test/start")
}

fn atmos_yaml(identities: usize, spread: Spread) -> String {
    let mut text = format!("auth:\n  realm: {REALM}\n  keyring:\n    type: file\n  providers:\n");
    for provider in 0..=spread.provider_of(identities.saturating_sub(1)) {
        // Writing to a String cannot fail.
        let _ = write!(
            text,
            "    {}:\n      kind: aws/iam-identity-center\n      region: {REGION}\n      \
             start_url: {}\n",
            provider_name(provider),
            start_url(provider),
        );
    }
    text.push_str("  identities:\n");
    for identity in 0..identities {
        let _ = write!(
            text,
            "    {}:\n      kind: aws/permission-set\n      via:\n        provider: {}\n      \
             principal:\n        name: ViewOnly\n        account:\n          name: \
             account-{identity:05}\n",
            identity_name(identity),
            provider_name(spread.provider_of(identity)),
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_identity_is_signed_in_behind_its_provider() {
        let home = signed_in(101, Spread::Hundreds);
        let sections = |path| home.read(path).matches("aws_session_token").count();
        assert_eq!(
            sections(".config/atmos/bench/aws/portal-000/credentials"),
            100
        );
        assert_eq!(
            sections(".config/atmos/bench/aws/portal-001/credentials"),
            1
        );
        assert!(
            home.read(".config/atmos/bench/aws/portal-000/credentials")
                .contains(IDENTITY)
        );
    }
}
