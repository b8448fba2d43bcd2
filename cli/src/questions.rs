//! Every question that is asked before something is destroyed or sent: the one list of them.
//!
//! The prompt asks nothing that is not here, and the test `questions` goes through the list at a real
//! pseudo-terminal: a question without its rows there does not compile.

use clap::ValueEnum;

/// A question whose yes destroys or sends something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Confirmation {
    /// `logout --all --incident`: everything on a machine that is no longer trusted is ended.
    Incident,
    /// `logout --keychain`: stored credentials are deleted.
    KeychainDeletion,
    /// `logout --all`: sessions that no configuration knows are ended.
    UnconfiguredSessions,
    /// `logout --purge-data`: what was worked on is deleted.
    DataPurge,
    /// `logout --residue`: entries of histories go, and removed secrets are overwritten elsewhere.
    ResidueRemoval,
    /// `logout --possible`: files that only look like sign-ins are deleted.
    PossibleDeletion,
    /// Accounts that were not asked for are logged out with one whose secret signs them in too.
    SharedSignIn,
    /// The same secret is at places that were not asked for.
    CopyRemoval,
    /// The end of a token would be felt elsewhere too.
    SharedToken,
    /// A token would go to a host that only a file names.
    ForeignEndpoint,
    /// `scan --fix`: files are changed.
    FileChanges,
    /// The dashboard's `/logout`, after its preview.
    DashboardLogout,
    /// What was chosen in the menu of a logout.
    MenuChoice,
    /// `revoke --deactivate-keys`: keys of IAM users are set inactive at AWS.
    KeyDeactivation,
    /// `revoke --delete-keys`: keys of IAM users are deleted at AWS.
    KeyDeletion,
    /// `revoke --revoke-role-sessions`: everything is denied to older sessions of a role.
    RoleDenial,
    /// `revoke --everywhere`: every sign-in of a person at Microsoft ends, on all devices.
    EndEverywhere,
    /// `revoke --deactivate-keys`: keys of service accounts are disabled at Google.
    GoogleKeyDisabling,
    /// `org logout`: the authorization of these orgs ends.
    OrgLogout,
    /// `org logout`: orgs that were made from a chosen one go too.
    OrgChildren,
    /// `org logout`: an org that Salesforce could not be told about is removed here.
    OrgRemoval,
}

/// The answers that can be chosen, as they are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choices {
    /// What destroys or sends.
    pub yes: &'static str,
    /// What does not.
    pub no: &'static str,
    /// What changes nothing at all, where a no only leaves out a part.
    pub leave: Option<&'static str>,
}

impl Confirmation {
    /// The answers to it.
    pub const fn choices(self) -> Choices {
        let (yes, no) = match self {
            Self::Incident => ("Yes, end and delete all of it", "No, change nothing"),
            Self::KeychainDeletion => ("Yes, delete credentials", "No, keep credentials"),
            Self::UnconfiguredSessions => ("Yes, end everything", "No, change nothing"),
            Self::ResidueRemoval => ("Yes, remove it", "No, change nothing"),
            Self::DataPurge | Self::PossibleDeletion => {
                ("Yes, delete them", "No, keep them and change nothing")
            }
            Self::SharedToken => ("Yes, end it everywhere", "No, only remove it here"),
            Self::ForeignEndpoint => (
                "Yes, I trust this host",
                "No, delete it here without ending it there",
            ),
            Self::FileChanges => ("Yes, change them", "No, change nothing"),
            Self::SharedSignIn => ("Yes, log out of all", "No, change nothing"),
            Self::DashboardLogout | Self::MenuChoice | Self::OrgLogout => {
                ("Yes, log out", "No, change nothing")
            }
            Self::EndEverywhere => ("Yes, end all of them", "No, change nothing"),
            Self::GoogleKeyDisabling => ("Yes, disable", "No, change nothing"),
            Self::KeyDeactivation => ("Yes, deactivate", "No, change nothing"),
            Self::KeyDeletion => ("Yes, delete", "No, change nothing"),
            Self::RoleDenial => ("Yes, deny it to all of them", "No, change nothing"),
            Self::CopyRemoval => ("Yes, remove them there too", "No, keep them there"),
            Self::OrgChildren => ("Yes, log out of them too", "No, keep them"),
            Self::OrgRemoval => ("Yes, remove it here", "No, keep it"),
        };
        Choices {
            yes,
            no,
            leave: if self.is_partial() {
                Some("Cancel, change nothing")
            } else {
                None
            },
        }
    }

    /// Whether a no leaves out only a part of what was asked for, and the rest is done: backing out
    /// is another answer then.
    pub const fn is_partial(self) -> bool {
        matches!(
            self,
            Self::SharedToken | Self::ForeignEndpoint | Self::OrgChildren | Self::CopyRemoval
        )
    }
}

/// Whose words a command line has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grammar {
    /// adieu's own and those of Atmos.
    Adieu,
    /// Those of Salesforce CLI (`adieu org`).
    Salesforce,
}

impl Grammar {
    /// The flag that answers questions with yes.
    pub const fn yes_flag(self) -> &'static str {
        match self {
            Self::Adieu => "--force",
            Self::Salesforce => "--no-prompt",
        }
    }
}
