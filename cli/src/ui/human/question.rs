//! The questions before a logout, as they are put to a person.

use adieu::plan::Question;

use crate::questions::{Confirmation, Grammar};
use crate::ui::format_count;
use crate::ui::prompt::Wording;

/// The words of a question; `keeps` says whether what its server has not ended stays here.
pub(crate) fn build_wording(question: &Question, keeps: bool, grammar: Grammar) -> Wording {
    let flag = grammar.yes_flag();
    match question {
        Question::Incident { number, rotate } => Wording {
            asks: Confirmation::Incident,
            about: incident(*number, rotate),
            question: format!("End and delete all of it? ({flag} answers this)"),
            no: None,
        },
        Question::DeleteKeychain { subject, entries } => Wording {
            asks: Confirmation::KeychainDeletion,
            about: match grammar {
                Grammar::Adieu => describe_keychain(subject, entries),
                Grammar::Salesforce => encryption_key(),
            },
            question: format!("({flag} answers this)"),
            no: None,
        },
        Question::Unconfigured { names } => {
            let mut about =
                vec!["These are signed in, but not configured in atmos.yaml:".to_owned()];
            about.extend(names.iter().map(|name| format!("  • {name}")));
            about.push(String::new());
            Wording {
                asks: Confirmation::UnconfiguredSessions,
                about,
                question: format!("End these too? ({flag} answers this)"),
                no: None,
            }
        }
        Question::PossibleSignIns { files } => {
            let mut about = vec![
                "These files look like sign-ins, of tools that adieu does not know:".to_owned(),
            ];
            about.extend(files.iter().map(|file| format!("  • {file}")));
            about.push(String::new());
            Wording {
                asks: Confirmation::PossibleDeletion,
                about,
                question: "Delete these files? (--force answers this)".to_owned(),
                no: None,
            }
        }
        Question::PurgeData { subject } => Wording {
            asks: Confirmation::DataPurge,
            about: vec![
                format!(
                    "History, transcripts and file copies of {subject} will be deleted for good."
                ),
                String::new(),
            ],
            question: format!("Delete them? ({flag} answers this)"),
            no: None,
        },
        Question::ClearResidue => Wording {
            asks: Confirmation::ResidueRemoval,
            about: vec![
                "What is removed will be searched for in histories, logs, transcripts, backups and \
                 databases."
                    .to_owned(),
                "Entries of histories that hold it are deleted; elsewhere its bytes are overwritten."
                    .to_owned(),
                String::new(),
            ],
            question: format!("Remove it there too? ({flag} answers this)"),
            no: None,
        },
        Question::SharedSignIn { names, .. } => {
            let mut about: Vec<String> = question.sharing().into_iter().collect();
            about.push(String::new());
            let names = names.join(", ");
            Wording {
                asks: Confirmation::SharedSignIn,
                about,
                question: format!("Log out of {names} too? ({flag} answers this)"),
                no: None,
            }
        }
        Question::Copies { names, .. } => {
            let mut about = vec!["The same secret is also at these places:".to_owned()];
            about.extend(names.iter().map(|name| format!("  • {name}")));
            about.push(String::new());
            Wording {
                asks: Confirmation::CopyRemoval,
                about,
                question: format!("Remove it there too? ({flag} answers this)"),
                no: None,
            }
        }
        Question::SharedToken { subject, why, .. } => Wording {
            asks: Confirmation::SharedToken,
            about: vec![
                format!("{subject} can be ended at the server, but {why}."),
                String::new(),
            ],
            question: format!("End it at the server? ({flag} answers this)"),
            no: None,
        },
        Question::Endpoint { host } => Wording {
            asks: Confirmation::ForeignEndpoint,
            about: vec![
                format!("A configuration file names {host} as the server of a portal."),
                "To end the session, its token would be sent there.".to_owned(),
                String::new(),
            ],
            question: "Send it? (--allow-endpoint answers this)".to_owned(),
            no: keeps.then_some("No, do not send it, and keep it here"),
        },
    }
}

/// What the logout of a machine that is no longer trusted does, and what it cannot do.
fn incident(number: usize, rotate: &[String]) -> Vec<String> {
    const SHOWN: usize = 20;
    let number = format_count(number, "credential", "credentials");
    let mut about = Vec::new();
    if !rotate.is_empty() {
        about.push("Rotate these now, no server can be told to end them:".to_owned());
        about.extend(rotate.iter().take(SHOWN).map(|line| format!("  • {line}")));
        if rotate.len() > SHOWN {
            about.push(format!(
                "  … and {} more (--dry-run shows them)",
                rotate.len() - SHOWN
            ));
        }
        about.push(String::new());
    }
    about.push(format!(
        "{number} will go, stored keys included: servers are told first, then what is here is deleted."
    ));
    about.push(String::new());
    about
}

/// What `--keychain` means for orgs.
fn encryption_key() -> Vec<String> {
    vec![
        "Delete the encryption key of Salesforce CLI?".to_owned(),
        String::new(),
        "It goes if no org is left that needs it. What was encrypted with it, backups included, cannot be \
         read again."
            .to_owned(),
        String::new(),
    ]
}

fn describe_keychain(subject: &str, entries: &[String]) -> Vec<String> {
    let mut about = vec![
        format!("Delete keychain credentials for {subject}?"),
        String::new(),
        "This will permanently remove:".to_owned(),
        "  • IAM user access keys".to_owned(),
        "  • Service account credentials".to_owned(),
        "  • Provider credentials".to_owned(),
    ];
    if !entries.is_empty() {
        about.push(String::new());
        about.push(format!("Entries: {}", entries.join(", ")));
    }
    about.push(String::new());
    about.push("Session data will also be cleared.".to_owned());
    about.push(String::new());
    about
}
