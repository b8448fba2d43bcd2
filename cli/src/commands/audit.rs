//! `adieu audit show` and `adieu audit verify`.

use adieu::audit::{self, AuditError, Records};
use adieu::report::OutcomeWord;

use super::context::Context;
use crate::args::{AuditCommand, Output};
use crate::ui::plain::{measure_width, to_json};
use crate::ui::{Failure, Printer, format_count, to_plain_text};

/// Runs the command; the exit status.
pub(crate) fn run(
    context: &Context,
    command: &AuditCommand,
    printer: &mut Printer,
) -> Result<u8, Failure> {
    match command {
        AuditCommand::Show { last } => print_records(context, *last, printer),
        AuditCommand::Verify => verify_trail(context, printer),
    }
}

fn to_trail_failure(error: &AuditError) -> Failure {
    Failure::failed("the audit trail cannot be read").because(error)
}

fn print_records(
    context: &Context,
    last: Option<usize>,
    printer: &mut Printer,
) -> Result<u8, Failure> {
    let mut records = audit::read_records(&context.adieu.world, &context.adieu.files)
        .map_err(|error| to_trail_failure(&error))?;
    if let Some(last) = last {
        records.drain(..records.len().saturating_sub(last));
    }
    if context.global.output == Output::Json {
        printer.raw(&to_json(&Records::from(records))?)?;
        return Ok(0);
    }
    if printer.is_quiet() {
        printer.data(&format_count(records.len(), "record", "records"))?;
        return Ok(0);
    }
    if records.is_empty() {
        printer.data("No logout has been recorded yet.")?;
    }
    for record in &records {
        let how_many = |word: OutcomeWord| {
            record
                .steps
                .iter()
                .filter(|step| step.outcome == word.word())
                .count()
        };
        let mut words = Vec::new();
        for word in [
            OutcomeWord::Revoked,
            OutcomeWord::Removed,
            OutcomeWord::Absent,
            OutcomeWord::Kept,
            OutcomeWord::Unsupported,
            OutcomeWord::Failed,
        ] {
            let number = how_many(word);
            if number > 0 {
                words.push(format!("{number} {}", word.word()));
            }
        }
        let summary = if words.is_empty() {
            "nothing to do".to_owned()
        } else {
            words.join(", ")
        };
        let summary = if record.unfinished {
            "stopped before its end".to_owned()
        } else {
            summary
        };
        let who = format!("{}@{}", record.user, record.host);
        let command = record.command.join(" ");
        let status = format!("exit {}", record.exit_status);
        let line = format!("{}  {who}  {command}  {summary}  {status}", record.time);
        if printer
            .columns()
            .is_none_or(|columns| measure_width(&to_plain_text(&line)) <= columns)
        {
            printer.data(&line)?;
        } else {
            printer.data(&format!("{}  {who}  {status}", record.time))?;
            printer.data(&format!("  {command}"))?;
            printer.data(&format!("  {summary}"))?;
        }
    }
    Ok(0)
}

fn verify_trail(context: &Context, printer: &mut Printer) -> Result<u8, Failure> {
    let check = audit::verify_trail(&context.adieu.world, &context.adieu.files)
        .map_err(|error| to_trail_failure(&error))?;
    let status = u8::from(!check.is_whole());
    if context.global.output == Output::Json {
        printer.raw(&to_json(&check)?)?;
        return Ok(status);
    }
    let records = format_count(check.records, "record", "records");
    let path = context
        .adieu
        .world
        .shorten(&audit::locate_trail(&context.adieu.world).to_path());
    if check.is_whole() {
        printer.data(&format!("✓ The chain of {records} in {path} is whole"))?;
    } else {
        printer.data(&format!("✗ The chain of {records} in {path} is broken"))?;
    }
    if printer.is_quiet() {
        return Ok(status);
    }
    for fault in &check.faults {
        printer.data(&format!("  line {}: {}", fault.line, fault.problem))?;
    }
    for time in &check.unfinished {
        printer.data(&format!(
            "  a run that began at {time} did not end, or goes on"
        ))?;
    }
    Ok(status)
}
