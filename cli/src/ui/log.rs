//! The log lines of the command's page, on standard error.

use std::fmt::Write as _;
use std::path::Path;

use adieu::io::files::{ConfinedPath, Files};
use adieu::world::World;

use super::{Printer, to_plain_text};

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
    pub(crate) files: &'a Files,
    /// Where the lines go, if not to standard error.
    pub(crate) file: Option<&'a Path>,
}

impl Log<'_> {
    pub(crate) fn debug(&self, printer: &mut Printer, message: &str, fields: &[(&str, &str)]) {
        if self.level <= Level::Debug {
            self.line(printer, "DEBUG", message, fields);
        }
    }

    pub(crate) fn info(&self, printer: &mut Printer, message: &str, fields: &[(&str, &str)]) {
        if self.level <= Level::Info {
            self.line(printer, "INFO", message, fields);
        }
    }

    fn line(&self, printer: &mut Printer, level: &str, message: &str, fields: &[(&str, &str)]) {
        let mut line = format!("{} {level} {message}", self.world.now());
        for (name, value) in fields {
            // Writing to a String cannot fail.
            let _ = write!(line, " {name}={value}");
        }
        match self.file.and_then(Path::to_str) {
            None | Some("/dev/stderr" | "/dev/stdout") => printer.note_unbroken(&line),
            Some("/dev/null") => {}
            Some(path) => {
                if let Err(why) = self.append(Path::new(path), &to_plain_text(&line)) {
                    printer.note_unbroken(&line);
                    printer.warning(
                        &format!("the log line could not be appended to {path}: {why}"),
                        Some("check --logs-file and ATMOS_LOGS_FILE"),
                    );
                }
            }
        }
    }

    fn append(&self, path: &Path, line: &str) -> Result<(), String> {
        let path = self.world.working_directory.join(path);
        let directory = path.parent().filter(|directory| directory.is_dir());
        let name = path.file_name().and_then(|name| name.to_str());
        let file = directory
            .zip(name)
            .and_then(|(directory, name)| ConfinedPath::root(directory).join(name))
            .ok_or("it cannot be a file")?;
        let appended = self
            .files
            .append_line(&file, &mut |_| Ok(line.as_bytes().to_vec()));
        appended.map(|_| ()).map_err(|error| error.to_string())
    }
}
