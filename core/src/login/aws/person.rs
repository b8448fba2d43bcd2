//! The person at a sign-in: who is shown where to sign in, and who is asked what only they know.

use std::path::PathBuf;
use std::time::Duration;

use thiserror::Error;

use crate::io::net::callback::PasteBack;
use crate::secret::Secret;

/// How a person signs in in a browser.
#[derive(Clone, Debug)]
pub enum WayToAsk {
    /// A browser on this machine, which comes back to it. It is opened unless `opens` says no.
    Browser {
        /// The page. It is of use in this sign-in only.
        url: String,
        /// What takes the address at which a browser that cannot reach this machine ended.
        paste_back: PasteBack,
        /// Whether the person may choose to confirm a code instead ([`PasteBack::choose_other_way`]).
        has_other_way: bool,
    },
    /// A browser anywhere, on which a code is confirmed.
    Device {
        /// The page with the code in it.
        url: String,
        /// The page on which the code is typed.
        page: String,
        /// The code.
        code: String,
    },
    /// A browser anywhere, which shows a code that is typed here.
    Code {
        /// The page.
        url: String,
    },
}

/// A question that only the person can answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question<'a> {
    /// The six digits of a device for multi-factor authentication.
    MfaCode {
        /// The identity that signs in.
        identity: &'a str,
        /// The serial number or ARN of the device.
        device: &'a str,
    },
    /// An IAM user's access key id.
    AccessKeyId {
        /// The identity.
        identity: &'a str,
    },
    /// An IAM user's secret key.
    SecretAccessKey {
        /// The identity.
        identity: &'a str,
    },
    /// The code that a page has shown.
    PastedCode,
    /// The answer of an identity provider: the Base64 text of a SAML response.
    SamlResponse {
        /// The provider.
        provider: &'a str,
        /// Its page.
        page: &'a str,
    },
}

/// How long it is waited for a person.
#[derive(Clone, Copy, Debug)]
pub struct Wait {
    /// The time that is left.
    pub left: Duration,
}

/// Nobody answered.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Unanswered {
    /// There is nobody to ask.
    #[error("{0}")]
    Nobody(String),
    /// The person went away from the question.
    #[error("interrupted")]
    Interrupted,
}

/// Who is at the terminal. Nothing here waits for a server.
pub trait Person {
    /// Shows where to sign in, before anything waits; opens a browser if that is wished.
    fn show(&self, name: &str, way: &WayToAsk);

    /// Says, every second or so, how long it is still waited; called until the sign-in has ended.
    fn wait(&self, wait: Wait);

    /// The waiting is over.
    fn end_wait(&self);

    /// Asks for what must not be seen.
    ///
    /// # Errors
    ///
    /// [`Unanswered`].
    fn ask(&self, question: Question<'_>) -> Result<Secret, Unanswered>;

    /// Says something that the person should know.
    fn note(&self, message: &str);

    /// Whether a browser on this machine can be opened and can come back to it.
    fn has_browser(&self) -> bool;

    /// The file that holds the answer of an identity provider, if one was named.
    fn saml_response_file(&self) -> Option<PathBuf> {
        None
    }
}

/// Nobody: for programs that call without a terminal.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoPerson;

impl Person for NoPerson {
    fn show(&self, _name: &str, _way: &WayToAsk) {}

    fn wait(&self, _wait: Wait) {}

    fn end_wait(&self) {}

    fn ask(&self, _question: Question<'_>) -> Result<Secret, Unanswered> {
        Err(Unanswered::Nobody("there is nobody to ask".to_owned()))
    }

    fn note(&self, _message: &str) {}

    fn has_browser(&self) -> bool {
        false
    }
}
