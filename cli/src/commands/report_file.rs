//! The file of `logout --report`: looked at before anything is done, written after it.

use std::path::Path;

use adieu::io::files::{Change, ConfinedPath, LockRule};
use adieu::printable::printable_path;
use adieu::report::{Circumstances, OffBoardingDocument, Report, is_off_boarding_report};

use super::context::Context;
use crate::ui::plain::to_json;
use crate::ui::{Failure, Printer, to_plain_text};

/// The largest file that is looked at, in bytes.
const LIMIT: u64 = 64 << 20;

/// The form of the report.
#[derive(Clone, Copy)]
enum Form {
    Markdown,
    Html,
    Json,
}

/// A place that a report can be written to.
pub(super) struct ReportFile {
    file: ConfinedPath,
    form: Form,
}

impl ReportFile {
    /// Makes sure that a report can be written there: what stands there is a report of ours, which it takes
    /// the place of, or nothing.
    ///
    /// # Errors
    ///
    /// Another extension, another file, no such directory; nothing was changed then.
    pub(super) fn prepare(context: &Context, path: &Path) -> Result<Self, Failure> {
        let world = &context.adieu.world;
        let path = world.working_directory.join(path);
        let shown = to_plain_text(&printable_path(&path)).into_owned();
        let extension = path.extension().and_then(|extension| extension.to_str());
        let form = match extension {
            Some("md") => Form::Markdown,
            Some("html") => Form::Html,
            Some("json") => Form::Json,
            _ => {
                return Err(Failure::usage(format!("{shown} has no form of a report"))
                    .hint("Nothing was changed. Call it .md, .html or .json."));
            }
        };
        let file = in_directory(&path).ok_or_else(|| {
            Failure::usage(format!(
                "{shown} cannot be written: there is no such directory"
            ))
            .hint("Nothing was changed. Check --report.")
        })?;
        let present = context.adieu.files.read(&file, LIMIT).map_err(|error| {
            Failure::usage(format!("{shown} cannot be written"))
                .because(&error)
                .hint("Nothing was changed. Check --report.")
        })?;
        if present.is_some_and(|bytes| !is_off_boarding_report(&bytes)) {
            return Err(Failure::usage(format!(
                "{shown} is there already, and is no report of adieu"
            ))
            .hint("Nothing was changed. Name another file, or move that one away."));
        }
        Ok(Self { file, form })
    }

    /// Writes the report: all of it or nothing, readable for its owner alone.
    pub(super) fn write(
        &self,
        context: &Context,
        report: &Report,
        command: &[String],
        printer: &mut Printer,
    ) -> Result<(), Failure> {
        let world = &context.adieu.world;
        let circumstances = Circumstances {
            machine: world.host.clone(),
            person: world.user.name.clone(),
            home: world.home.display().to_string(),
            time: world.now(),
            command: command.to_vec(),
        };
        let document = OffBoardingDocument::new(report, &circumstances);
        let text = match self.form {
            Form::Markdown => document.markdown(),
            Form::Html => document.html(),
            Form::Json => format!("{}\n", to_json(&document)?.as_str()),
        };
        let path = self.file.to_path();
        let written =
            context
                .adieu
                .files
                .edit_or_create(&self.file, LockRule::None, LIMIT, &mut |present| {
                    // Whoever put something else there meanwhile keeps it.
                    let is_ours = present.is_none_or(is_off_boarding_report);
                    Ok(if is_ours {
                        Change::Replace(text.clone().into_bytes())
                    } else {
                        Change::Keep
                    })
                });
        written.map_err(|error| {
            Failure::failed("the logout was done, but its report could not be written")
                .because(&error)
                .hint("See what was done: adieu audit show")
        })?;
        printer.note(&format!("Report: {}", to_plain_text(&world.shorten(&path))));
        Ok(())
    }
}

/// The file as one that is reached from its directory.
fn in_directory(path: &Path) -> Option<ConfinedPath> {
    let name = path.file_name()?.to_str()?;
    let directory = path.parent().filter(|directory| directory.is_dir())?;
    ConfinedPath::root(directory).join(name)
}
