//! `adieu scan`: secrets left in profiles, environment files and histories.

use adieu::discover::add_credential_files;
use adieu::io::files::Files;
use adieu::names::NameKind;
use adieu::report::{ScanDocument, scan_status, to_sarif};
use adieu::scan::fix::{self, Fix, FixPlan};
use adieu::scan::{self, Finding, Scan, ScanRequest, Shell};
use adieu::shell::quote_word;
use adieu::world::{OperatingSystem, World};

use crate::args::{Global, Output, ScanArgs, ScanFix, ScanFormat, ScanShell};
use crate::ui::plain::{Exact, to_json};
use crate::ui::{Failure, Printer, human, prompt};

/// Runs the command; the exit status.
pub(crate) fn run(
    world: &World,
    global: &Global,
    arguments: &ScanArgs,
    printer: &mut Printer,
) -> Result<u8, Failure> {
    let format = match (global.output, arguments.format) {
        (Output::Human, format) => format.unwrap_or(ScanFormat::Human),
        (Output::Json, None | Some(ScanFormat::Json)) => ScanFormat::Json,
        (Output::Json, Some(_)) => {
            let message = "--output json and another --format contradict each other";
            return Err(Failure::usage(message).hint("Leave one of them out."));
        }
    };
    if format == ScanFormat::Eval {
        return print_unset_lines(world, arguments, printer);
    }
    let files = Files::new(world);
    let look = Look {
        world,
        files: &files,
        arguments,
        request: ScanRequest {
            paths: arguments
                .paths
                .iter()
                .map(|path| world.working_directory.join(path))
                .collect(),
            system: global.home.is_none(),
            environment: arguments.environment,
        },
    };
    let found = look.scan();
    if let Some(fix) = arguments.fix {
        return look.fix(found, fix, format, printer);
    }
    look.say(&found, format, printer)?;
    Ok(scan_status(&found))
}

/// The lines that take what is set here out of the calling shell.
fn print_unset_lines(
    world: &World,
    arguments: &ScanArgs,
    printer: &mut Printer,
) -> Result<u8, Failure> {
    if arguments.fix.is_some() {
        return Err(Failure::usage("--format eval changes no file")
            .hint("Use --fix without --format eval."));
    }
    let shell = resolve_shell(world, arguments)?;
    let mut names: Vec<String> = scan::find_in_environment(world)
        .into_iter()
        .filter(|finding| is_meant(finding, &arguments.name))
        .filter_map(|finding| finding.name)
        .collect();
    names.sort_unstable();
    for name in names {
        let line = shell.unset(&name);
        // csh joins the lines of a substitution.
        let end = if shell == Shell::Csh { ";" } else { "" };
        printer.raw(&Exact::quoted(format!("{line}{end}")))?;
    }
    Ok(0)
}

fn resolve_shell(world: &World, arguments: &ScanArgs) -> Result<Shell, Failure> {
    if let Some(shell) = arguments.shell {
        return Ok(match shell {
            ScanShell::Bash => Shell::Posix,
            ScanShell::Zsh => Shell::Zsh,
            ScanShell::Fish => Shell::Fish,
            ScanShell::Csh => Shell::Csh,
            ScanShell::Powershell => Shell::PowerShell,
            ScanShell::Cmd => Shell::Cmd,
            ScanShell::Nushell => Shell::Nushell,
        });
    }
    let program = world.environment.get("SHELL");
    match program.map(Shell::of_program) {
        Some(Some(shell)) => Ok(shell),
        None if world.operating_system == OperatingSystem::Windows => Ok(Shell::PowerShell),
        Some(None) => Err(Failure::usage("$SHELL names no shell that is known here")
            .hint("Name the shell with --shell.")),
        None => Err(Failure::usage("$SHELL is not set").hint("Name the shell with --shell.")),
    }
}

fn is_meant(finding: &Finding, names: &[String]) -> bool {
    names.is_empty()
        || finding
            .name
            .as_ref()
            .is_some_and(|name| names.contains(name))
}

/// One scan, and what is done with it.
struct Look<'a> {
    world: &'a World,
    files: &'a Files,
    arguments: &'a ScanArgs,
    request: ScanRequest,
}

impl Look<'_> {
    fn scan(&self) -> Scan {
        let mut found = scan::find_secrets(self.files, self.world, &self.request);
        add_credential_files(self.files, self.world, &self.request.paths, &mut found);
        found
            .findings
            .retain(|finding| is_meant(finding, &self.arguments.name));
        found
    }

    /// The paths that were named, as words of a command.
    fn paths(&self) -> Vec<String> {
        let paths = self.arguments.paths.iter();
        paths
            .map(|path| quote_word(&path.display().to_string()))
            .collect()
    }

    fn say(&self, found: &Scan, format: ScanFormat, printer: &mut Printer) -> Result<(), Failure> {
        match format {
            ScanFormat::Json => printer.raw(&to_json(&ScanDocument::new(found))?)?,
            ScanFormat::Sarif => {
                printer.raw(&to_json(&to_sarif(found, env!("CARGO_PKG_VERSION")))?)?;
            }
            ScanFormat::Human | ScanFormat::Eval => {
                human::print_scan(self.world, found, &self.paths(), printer)?;
            }
        }
        Ok(())
    }

    fn fix(
        &self,
        found: Scan,
        fix: ScanFix,
        format: ScanFormat,
        printer: &mut Printer,
    ) -> Result<u8, Failure> {
        if format == ScanFormat::Sarif {
            return Err(Failure::usage("--fix has no SARIF form").hint("Use --format json."));
        }
        let way = match fix {
            ScanFix::Comment => Fix::Comment,
            ScanFix::Remove => Fix::Remove,
        };
        // A name that only looks like a secret's is not acted on unless it is named.
        let is_sure = |finding: &&Finding| {
            finding.known.kind != NameKind::Probable || !self.arguments.name.is_empty()
        };
        let sure = found.findings.iter().filter(is_sure);
        let fix_plan = fix::plan_edits(self.files, self.world, sure, way);
        let is_human = format == ScanFormat::Human;
        if is_human {
            human::print_fix_preview(self.world, &found, &fix_plan, way, printer)?;
        }
        if self.arguments.dry_run || fix_plan.files.is_empty() {
            if !is_human {
                let mut document = ScanDocument::new(&found);
                for edit in &fix_plan.files {
                    document.add_edits(edit, None);
                }
                document.add_left(&fix_plan.left);
                printer.raw(&to_json(&document)?)?;
            }
            return Ok(scan_status(&found));
        }
        if !self.arguments.force {
            if !printer.can_prompt() {
                return Err(Failure::usage(format!(
                    "changing files has to be confirmed, and {}",
                    printer.why_unasked()
                ))
                .hint(
                    "Nothing was changed. Use --force to change them, or --dry-run to see how.",
                ));
            }
            if !prompt::ask_for_confirmation(&human::mending_question(&fix_plan), printer)? {
                printer.note("Nothing was changed.");
                return Ok(scan_status(&found));
            }
        }
        drop(found);
        self.mend(&fix_plan, way, is_human, printer)
    }

    fn mend(
        &self,
        fix_plan: &FixPlan,
        way: Fix,
        is_human: bool,
        printer: &mut Printer,
    ) -> Result<u8, Failure> {
        let outcomes: Vec<Result<(), String>> = fix_plan
            .files
            .iter()
            .map(|edit| {
                fix::apply_edit(self.files, self.world, edit).map_err(|error| {
                    let cause = std::error::Error::source(&error).map(|why| format!(": {why}"));
                    format!("{error}{}", cause.unwrap_or_default())
                })
            })
            .collect();
        let after = self.scan();
        if is_human {
            let paths = self.paths();
            human::print_changes(
                self.world, fix_plan, &outcomes, &after, way, &paths, printer,
            )?;
        } else {
            let mut document = ScanDocument::new(&after);
            for (edit, outcome) in fix_plan.files.iter().zip(&outcomes) {
                document.add_edits(edit, Some(outcome));
            }
            document.add_left(&fix_plan.left);
            printer.raw(&to_json(&document)?)?;
        }
        Ok(scan_status(&after))
    }
}
