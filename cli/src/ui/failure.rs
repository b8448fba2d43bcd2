//! Failures of a command: what failed, why, what to do.

use std::error::Error;
use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

use super::to_plain_text;

/// What kind of failure it is decides the exit status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Wrong usage or configuration: 2.
    Usage,
    /// It was tried and did not work: 1.
    Failed,
    /// The person stopped it: 130.
    Interrupted,
}

/// A failure that ends a command.
#[derive(Debug)]
pub(crate) struct Failure {
    kind: Kind,
    /// The exit status, where it is another than that of its kind.
    status: Option<u8>,
    message: String,
    causes: Vec<String>,
    /// Lines shown as they are between message and hints.
    details: Vec<String>,
    hints: Vec<String>,
}

impl Failure {
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Kind::Usage, message)
    }

    pub(crate) fn failed(message: impl Into<String>) -> Self {
        Self::new(Kind::Failed, message)
    }

    pub(crate) fn interrupted() -> Self {
        Self::new(Kind::Interrupted, "stopped; nothing was changed")
    }

    /// The person stopped it when something had been done already; 130.
    pub(crate) fn stopped(message: impl Into<String>) -> Self {
        Self::new(Kind::Interrupted, message)
    }

    fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self {
            kind,
            status: None,
            message: message.into(),
            causes: Vec::new(),
            details: Vec::new(),
            hints: Vec::new(),
        }
    }

    /// With the chain of causes of an error.
    pub(crate) fn because(mut self, error: &dyn Error) -> Self {
        let mut next = Some(error);
        while let Some(cause) = next {
            self.causes.push(cause.to_string());
            next = cause.source();
        }
        self
    }

    /// With an exit status of its own, which programs of that kind have.
    pub(crate) const fn with_status(mut self, status: u8) -> Self {
        self.status = Some(status);
        self
    }

    pub(crate) fn detail(mut self, line: impl Into<String>) -> Self {
        self.details.push(line.into());
        self
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// A failure to write.
    pub(crate) fn of_output(error: &std::io::Error) -> Self {
        Self::failed("the output could not be written").because(error)
    }

    /// What failed, as printable text.
    pub(crate) fn text(&self) -> String {
        to_plain_text(&self.message).into_owned()
    }

    /// The failure as the document of a command that was asked for JSON.
    pub(crate) fn document(self) -> FailureDocument {
        FailureDocument {
            schema_version: 1,
            exit_status: self.exit_status(),
            error: ErrorJson {
                message: self.message,
                causes: self.causes,
                details: self.details,
                hints: self.hints,
            },
        }
    }

    pub(crate) const fn exit_status(&self) -> u8 {
        if let Some(status) = self.status {
            return status;
        }
        match self.kind {
            Kind::Usage => 2,
            Kind::Failed => 1,
            Kind::Interrupted => 130,
        }
    }
}

/// The whole text, hints last after an empty line. It may quote names from files, so odd characters
/// are written out.
impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Error: {}", to_plain_text(&self.message))?;
        for cause in &self.causes {
            write!(formatter, "\n  because: {}", to_plain_text(cause))?;
        }
        if !self.details.is_empty() {
            let details: Vec<_> = self
                .details
                .iter()
                .map(|line| to_plain_text(line))
                .collect();
            write!(formatter, "\n\n{}", details.join("\n"))?;
        }
        for (at, hint) in self.hints.iter().enumerate() {
            let gap = if at == 0 { "\n\n" } else { "\n" };
            write!(formatter, "{gap}{}", to_plain_text(hint))?;
        }
        Ok(())
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::of_output(&error)
    }
}

/// What a command prints with `-o json` when it could not be carried out.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "error")]
pub(crate) struct FailureDocument {
    schema_version: u32,
    error: ErrorJson,
    /// The exit status.
    exit_status: u8,
}

/// The same as on standard error, in its parts.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(inline)]
struct ErrorJson {
    /// What failed.
    message: String,
    /// Why, from the nearest cause to the first one.
    causes: Vec<String>,
    /// Lines that belong to the message.
    details: Vec<String>,
    /// What to do about it.
    hints: Vec<String>,
}
