//! The log lines of the command's page, on standard error.

use std::fmt::Write as _;

use adieu::world::World;

use super::Speech;

/// How much is logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    Debug,
    Info,
    Warning,
    Off,
}

impl Level {
    /// The level of `--logs-level` or `ATMOS_LOGS_LEVEL`; case does not matter.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        match text.to_ascii_lowercase().as_str() {
            "trace" | "debug" => Some(Self::Debug),
            "info" => Some(Self::Info),
            "warning" | "warn" | "error" => Some(Self::Warning),
            "off" => Some(Self::Off),
            _ => None,
        }
    }
}

/// Writes log lines: `2025-10-17T10:15:30Z DEBUG Starting logout identity=dev-admin`.
pub(crate) struct Log<'a> {
    pub(crate) level: Level,
    pub(crate) world: &'a World,
}

impl Log<'_> {
    pub(crate) fn debug(&self, speech: &mut Speech, message: &str, fields: &[(&str, &str)]) {
        if self.level <= Level::Debug {
            self.line(speech, "DEBUG", message, fields);
        }
    }

    pub(crate) fn info(&self, speech: &mut Speech, message: &str, fields: &[(&str, &str)]) {
        if self.level <= Level::Info {
            self.line(speech, "INFO", message, fields);
        }
    }

    fn line(&self, speech: &mut Speech, level: &str, message: &str, fields: &[(&str, &str)]) {
        let mut line = format!("{} {level} {message}", self.world.now());
        for (name, value) in fields {
            // Writing to a String cannot fail.
            let _ = write!(line, " {name}={value}");
        }
        speech.note(&line);
    }
}
