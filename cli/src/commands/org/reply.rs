//! How Salesforce CLI answers: the envelope of its JSON, and its errors by name.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use crate::args::{OrgCommon, Output};
use crate::commands::context::Context;
use crate::ui::plain::to_json as written;
use crate::ui::{Failure, Printer};

/// An error as the real client reports it.
#[derive(Debug)]
pub(super) struct ClientError {
    /// The name that scripts test for.
    pub(super) name: Cow<'static, str>,
    /// What is wrong.
    pub(super) message: String,
    /// The exit status.
    pub(super) status: u8,
    /// `code`, where it is not the name.
    pub(super) code: Option<&'static str>,
    /// What to do.
    pub(super) actions: Vec<String>,
    /// What was done all the same, beside the error.
    pub(super) more: Map<String, Value>,
    /// Warnings that were not shown yet.
    pub(super) warnings: Vec<String>,
}

impl ClientError {
    pub(super) fn new(name: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            message: message.into(),
            status: 1,
            code: None,
            actions: Vec::new(),
            more: Map::new(),
            warnings: Vec::new(),
        }
    }

    /// A wrong combination of flags.
    pub(super) fn usage(message: impl Into<String>) -> Self {
        Self {
            status: 2,
            code: Some("2"),
            ..Self::new("Error", message)
        }
    }

    pub(super) fn action(mut self, action: impl Into<String>) -> Self {
        self.actions.push(action.into());
        self
    }
}

/// Why a command ended early.
#[derive(Debug)]
pub(super) enum Stop {
    /// As the real client says it.
    Client(Box<ClientError>),
    /// In the house's own way: nobody to ask, Ctrl-C, no output.
    House(Failure),
}

impl From<ClientError> for Stop {
    fn from(error: ClientError) -> Self {
        Self::Client(Box::new(error))
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::House(failure)
    }
}

impl From<std::io::Error> for Stop {
    fn from(error: std::io::Error) -> Self {
        Self::House(Failure::of_output(&error))
    }
}

/// How one command answers.
pub(super) struct Reply {
    /// Whether it answers with JSON.
    pub(super) is_json: bool,
    command: &'static str,
}

impl Reply {
    /// `command`: what the real client calls it in its errors.
    pub(super) fn new(context: &Context, common: &OrgCommon, command: &'static str) -> Self {
        let everywhere = context.adieu.world.environment.get("SF_CONTENT_TYPE");
        let is_json = common.json
            || context.global.output == Output::Json
            || everywhere.is_some_and(|value| value.eq_ignore_ascii_case("json"));
        Self { is_json, command }
    }

    /// The answers of a command in JSON.
    pub(super) const fn in_json(command: &'static str) -> Self {
        Self {
            is_json: true,
            command,
        }
    }

    /// Says a success as JSON: `status`, `result`, `warnings`, and `more` beside them. People are
    /// told otherwise.
    pub(super) fn succeed(
        &self,
        status: u8,
        result: Value,
        warnings: &[String],
        more: Map<String, Value>,
        printer: &mut Printer,
    ) -> Result<(), Failure> {
        if !self.is_json {
            return Ok(());
        }
        let mut document = Map::new();
        document.insert("status".to_owned(), json!(status));
        document.insert("result".to_owned(), result);
        document.insert("warnings".to_owned(), json!(warnings));
        document.extend(more);
        Ok(printer.raw(&written(&document)?)?)
    }

    /// Says warnings to people; with JSON they are in the document.
    pub(super) fn warn(&self, warnings: &[String], printer: &mut Printer) {
        if !self.is_json {
            for warning in warnings {
                let text = warning.strip_prefix("Warning: ").unwrap_or(warning);
                printer.warning(text, None);
            }
        }
    }

    /// The exit status of what happened.
    pub(super) fn finish(
        &self,
        answered: Result<u8, Stop>,
        printer: &mut Printer,
    ) -> Result<u8, Failure> {
        match answered {
            Ok(status) => Ok(status),
            Err(Stop::House(failure)) if self.is_json && !printer.has_data() => {
                // Whoever asked for JSON reads it as JSON too.
                let error = ClientError {
                    status: failure.exit_status(),
                    ..ClientError::usage(failure.to_string())
                };
                printer.raw(&written(&self.document(error))?)?;
                Err(failure)
            }
            Err(Stop::House(failure)) => Err(failure),
            Err(Stop::Client(error)) if self.is_json => {
                let status = error.status;
                printer.raw(&written(&self.document(*error))?)?;
                Ok(status)
            }
            Err(Stop::Client(error)) => {
                self.warn(&error.warnings, printer);
                for line in format!("Error ({}): {}", error.name, error.message).split('\n') {
                    // A tab would be written out.
                    printer.note(&line.replace('\t', "    "));
                }
                if !error.actions.is_empty() {
                    printer.note("");
                    printer.note("");
                    printer.note("Try this:");
                    for action in &error.actions {
                        printer.note("");
                        printer.note(action);
                    }
                }
                Ok(error.status)
            }
        }
    }

    /// The real client's error object.
    pub(super) fn document(&self, error: ClientError) -> Map<String, Value> {
        let mut document = Map::new();
        let mut set = |key: &str, value: Value| document.insert(key.to_owned(), value);
        set("name", json!(error.name));
        set("message", json!(error.message));
        set("exitCode", json!(error.status));
        if !error.actions.is_empty() {
            set("actions", json!(error.actions));
        }
        set("context", json!(self.command));
        set("warnings", json!(error.warnings));
        set("code", json!(error.code.unwrap_or(&error.name)));
        set("status", json!(error.status));
        set("commandName", json!(self.command));
        document.extend(error.more);
        document
    }
}
