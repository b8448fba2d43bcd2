//! `adieu logout`, `adieu auth logout`, `adieu revoke`.

use std::time::Duration;

use adieu::approve::Answers;
use adieu::audit::{self, AuditError};
use adieu::inventory::Pending;
use adieu::inventory::Place;
use adieu::io::net::Cancel;
use adieu::io::process::user_id;
use adieu::plan::{Filter, Plan, Question, Request, Target};
use adieu::report::{OutcomeWord, Report, logout_json};
use adieu::session::{ApprovedLogout, Conduct, Prepared, Resolved};

use super::context::Context;
use super::report_file::ReportFile;
use super::{Scope, select, trusted};
use crate::args::{LogoutArgs, Output};
use crate::questions::Grammar;
use crate::ui::plain::to_json;
use crate::ui::prompt::Answer;
use crate::ui::{Failure, Printer, human, prompt};

/// The exit status of a logout that succeeded and could not be written into the trail.
pub(super) const UNRECORDED: u8 = 3;

/// Runs a logout; the exit status.
pub(crate) fn run(
    context: &Context,
    arguments: &LogoutArgs,
    scope: Scope,
    command: &[String],
    cancel: &Cancel,
    printer: &mut Printer,
) -> Result<u8, Failure> {
    let report = attempt_logout(context, arguments, scope, command, false, cancel, printer)?;
    answer(context, report.as_ref(), printer)
}

/// Prints the document of a logout, if one is wanted; the exit status.
fn answer(
    context: &Context,
    report: Option<&Report>,
    printer: &mut Printer,
) -> Result<u8, Failure> {
    let Some(report) = report else {
        return Ok(0);
    };
    if context.global.output == Output::Json {
        printer.raw(&to_json(&logout_json(report))?)?;
    }
    Ok(report.exit_status)
}

/// Runs `adieu revoke`, which keeps what could not be ended and what nothing can end; the exit status.
pub(super) fn run_revocation(
    context: &Context,
    arguments: &LogoutArgs,
    scope: Scope,
    command: &[String],
    cancel: &Cancel,
    printer: &mut Printer,
) -> Result<u8, Failure> {
    let report = attempt_logout(context, arguments, scope, command, true, cancel, printer)?;
    answer(context, report.as_ref(), printer)
}

/// Runs a logout; its report, which people were told, or `None` if the person wanted none after all.
pub(super) fn attempt_logout(
    context: &Context,
    arguments: &LogoutArgs,
    scope: Scope,
    command: &[String],
    keep_unrevocable: bool,
    cancel: &Cancel,
    printer: &mut Printer,
) -> Result<Option<Report>, Failure> {
    context.require_profiles()?;
    let filter = select::filter(context, &arguments.filter)?;
    let report_file = match &arguments.report {
        Some(path) => Some(ReportFile::prepare(context, path)?),
        None => None,
    };
    let Some(resolved) = select::target(context, arguments, scope, printer)? else {
        printer.note("Nothing was chosen; nothing was changed.");
        return Ok(None);
    };
    context.warn_of_configuration(printer);
    let has_none =
        !context.adieu.configuration.found && context.adieu.configuration.gaps.is_empty();
    if resolved.target == Target::Configured && has_none {
        printer.warning(
            "no atmos.yaml was found here, so nothing is configured",
            Some("`adieu logout --all` covers everything on this machine"),
        );
    }
    let logout = Logout {
        context,
        arguments,
        command,
        keep_unrevocable,
        cancel,
    };
    let Some(mut report) = logout.of(resolved, filter, printer)? else {
        printer.data("Logout cancelled - credentials preserved")?;
        return Ok(None);
    };
    print_report(context, &report, printer)?;
    if let Some(file) = report_file
        && let Err(failure) = file.write(context, &report, command, printer)
    {
        // What was done is done, and is said all the same.
        for line in failure.to_string().lines() {
            printer.note(line);
        }
        report.exit_status = report.exit_status.max(failure.exit_status());
    }
    Ok(Some(report))
}

/// How a logout was asked for.
struct Logout<'a> {
    context: &'a Context,
    arguments: &'a LogoutArgs,
    command: &'a [String],
    keep_unrevocable: bool,
    cancel: &'a Cancel,
}

impl Logout<'_> {
    /// Logs out of one thing, or shows what that would do; `None` if the person said no.
    fn of(
        &self,
        resolved: Resolved,
        filter: Filter,
        printer: &mut Printer,
    ) -> Result<Option<Report>, Failure> {
        let (context, arguments) = (self.context, self.arguments);
        let request = Request {
            filter,
            keychain: arguments.keychain,
            revoke: !arguments.no_revoke,
            refresh: !arguments.server.no_refresh,
            keep_unrevoked: arguments.keep_unrevoked,
            keep_unrevocable: self.keep_unrevocable,
            attached: arguments.server.mcp,
            complete: arguments.complete || arguments.purge_data,
            purge_data: arguments.purge_data,
            residue: arguments.residue,
            possible: arguments.possible,
            force: arguments.server.force,
            allow_endpoints: trusted::parse_hosts(&arguments.server.allow_endpoint)?,
            ..Request::new(resolved.target)
        };
        let request = if arguments.incident {
            request.for_incident()
        } else {
            request
        };
        let prepared = context.adieu.plan(request, resolved.seen);
        let is_asked = printer.can_prompt() && !arguments.server.force && !arguments.server.dry_run;
        let questions = prepared.plan.questions.iter();
        for sentence in questions.filter_map(Question::sharing) {
            if !is_asked {
                printer.warning(&sentence, None);
            }
        }
        if arguments.server.dry_run {
            return Ok(Some(
                prepared.preview(&context.adieu.world, &context.adieu.files),
            ));
        }
        let Some(approved) =
            ask_questions(prepared, arguments.server.force, Grammar::Adieu, printer)?
        else {
            return Ok(None);
        };
        let conduct = Conduct {
            time_limit: Duration::from_secs_f64(arguments.server.timeout),
            strict: arguments.server.strict,
            online: arguments.server.online,
            command: self.command,
            user_id: user_id(),
            cancel: self.cancel,
        };
        let report = carry_out(context, approved, &conduct, printer, |report| {
            report.exit_status
        });
        Ok(Some(report))
    }
}

/// Asks what has to be asked. `None`: the person said no.
pub(super) fn ask_questions(
    prepared: Prepared,
    force: bool,
    grammar: Grammar,
    printer: &mut Printer,
) -> Result<Option<ApprovedLogout>, Failure> {
    let mut answers = Answers {
        force,
        agreed: Vec::new(),
    };
    for question in &prepared.plan.questions {
        let answered = match question {
            Question::Endpoint { .. } | Question::Copies { .. } => false,
            Question::Incident { .. }
            | Question::DeleteKeychain { .. }
            | Question::Unconfigured { .. }
            | Question::PossibleSignIns { .. }
            | Question::PurgeData { .. }
            | Question::ClearResidue
            | Question::SharedSignIn { .. }
            | Question::SharedToken { .. } => force,
        };
        // Without an answer to these, less is ended, and the rest is done.
        let is_optional = matches!(
            question,
            Question::Endpoint { .. } | Question::SharedToken { .. } | Question::Copies { .. }
        );
        // What is true without an answer is only said where nobody can be asked.
        let needs_none = is_optional || matches!(question, Question::SharedSignIn { .. });
        if answered || (!printer.can_prompt() && needs_none) {
            continue;
        }
        if !printer.can_prompt() {
            return Err(cannot_ask(question, grammar, printer.why_unasked()));
        }
        let keeps = prepared.plan.request.keep_unrevoked;
        match prompt::ask_question(&human::build_wording(question, keeps, grammar), printer)? {
            Answer::Yes => answers.agreed.push(question.clone()),
            Answer::No if is_optional => {}
            Answer::No | Answer::Leave => return Ok(None),
        }
    }
    prepared
        .approve(&answers)
        .map(Some)
        .map_err(|refusal| Failure::usage("not agreed to").because(&refusal))
}

fn cannot_ask(question: &Question, grammar: Grammar, why: &str) -> Failure {
    let flag = grammar.yes_flag();
    match question {
        Question::Incident { .. } => Failure::usage(format!(
            "ending everything on this machine has to be confirmed, and {why}"
        ))
        .hint(format!(
            "Nothing was changed. Use {flag}, or see it with --dry-run."
        )),
        Question::DeleteKeychain { .. } if grammar == Grammar::Salesforce => Failure::usage(
            format!("the deletion of the encryption key has to be confirmed, and {why}"),
        )
        .hint(format!(
            "Nothing was changed. Use {flag}, or leave out --keychain."
        )),
        Question::DeleteKeychain { .. } => {
            Failure::usage("keychain deletion requires interactive confirmation or --force flag")
                .hint(
                    "Nothing was changed. Use --force to delete keychain in non-interactive mode.",
                )
        }
        Question::Unconfigured { names } => {
            let mut failure =
                Failure::usage(format!("some sessions are not from atmos.yaml, and {why}"));
            for name in names {
                failure = failure.detail(format!("  • {name}"));
            }
            failure.hint(
                "Nothing was changed. Use --force to end these too, or `adieu auth logout --all` \
                 for what atmos.yaml configures.",
            )
        }
        Question::PossibleSignIns { .. } => Failure::usage(format!(
            "deleting files that only look like sign-ins has to be confirmed, and {why}"
        ))
        .hint("Nothing was changed. Use --force, or see them with --dry-run."),
        Question::PurgeData { subject } => Failure::usage(format!(
            "deleting the history of {subject} has to be confirmed, and {why}"
        ))
        .hint("Nothing was changed. Use --force, or leave out --purge-data."),
        Question::ClearResidue => Failure::usage(format!(
            "changing histories, logs, backups and databases has to be confirmed, and {why}"
        ))
        .hint("Nothing was changed. Use --force, or leave out --residue."),
        Question::SharedSignIn { .. } => {
            Failure::usage(question.sharing().unwrap_or_default()).hint(format!("Use {flag}."))
        }
        Question::SharedToken { subject, why, .. } => {
            Failure::usage(format!("ending {subject} at the server: {why}"))
                .hint(format!("Use {flag}."))
        }
        Question::Copies { names, .. } => {
            Failure::usage(format!("the same secret is also at {}", names.join(", ")))
                .hint(format!("Use {flag}."))
        }
        Question::Endpoint { host } => Failure::usage(format!("{host} is not trusted"))
            .hint(format!("Use --allow-endpoint {host}.")),
    }
}

/// Does what was agreed to, with progress, log lines and warnings. `judge` says the exit status.
pub(super) fn carry_out(
    context: &Context,
    logout: ApprovedLogout,
    conduct: &Conduct<'_>,
    printer: &mut Printer,
    judge: impl Fn(&Report) -> u8,
) -> Report {
    log_start(context, logout.plan(), printer);
    // Before it is said: Ctrl-C would end the program instead of the waiting.
    conduct.cancel.begin_work();
    let progress = human::Progress::start(logout.plan(), printer);
    let applied = context.adieu.apply(logout, conduct, judge);
    drop(progress);
    let mut report = applied.report;
    if let Some(error) = applied.forgotten {
        let message = format!("what was not ended at its server is not remembered: {error}");
        printer.warning(&message, Some("the logout itself is not affected"));
    }
    for error in &applied.unrecorded {
        warn_of_trail(error, printer);
    }
    if !applied.unrecorded.is_empty() && report.exit_status == 0 {
        report.exit_status = UNRECORDED;
    }
    log_end(context, &report, printer);
    report
}

/// Writes into the trail what a person told adieu to forget; the exit status.
pub(super) fn record_forgotten(
    context: &Context,
    forgotten: &[Pending],
    command: &[String],
    printer: &mut Printer,
) -> u8 {
    let run = audit::Run {
        command,
        uid: user_id(),
    };
    let (world, files) = (&context.adieu.world, &context.adieu.files);
    match audit::append_forgotten(world, files, forgotten, run) {
        Ok(()) => 0,
        Err(error) => {
            warn_of_trail(&error, printer);
            UNRECORDED
        }
    }
}

fn warn_of_trail(error: &AuditError, printer: &mut Printer) {
    let cause = std::error::Error::source(error).map(|source| format!(": {source}"));
    let message = format!("{error}{}", cause.unwrap_or_default());
    printer.warning(&message, Some("the logout itself is not affected"));
}

fn log_start(context: &Context, plan: &Plan, printer: &mut Printer) {
    let log = context.log();
    let (name, value) = describe_subject(plan);
    log.debug(printer, "Starting logout", &[(name, &value)]);
    if !plan.chain.is_empty() {
        let chain = format!("[{}]", plan.chain.join(" "));
        log.debug(printer, "Authentication chain built", &[("chain", &chain)]);
    }
    for step in plan.steps.iter().filter(|step| step.acts()) {
        match step.place() {
            Some(Place::KeyringEntry { .. }) => {
                log.debug(
                    printer,
                    "Removing keyring entry",
                    &[("alias", step.subject())],
                );
            }
            Some(place) => {
                let location = place.location();
                log.debug(printer, "Removing file entry", &[("location", &location)]);
            }
            None => {
                let location = step.location();
                log.debug(printer, "Ending session", &[("server", &location)]);
            }
        }
    }
}

fn log_end(context: &Context, report: &Report, printer: &mut Printer) {
    let (name, value) = describe_subject(&report.plan);
    let removed = report.summary.logged_out().to_string();
    let errors = report.summary.failed.to_string();
    let mut fields = vec![(name, value.as_str()), ("removed", removed.as_str())];
    if report.summary.failed > 0 {
        fields.push(("errors", &errors));
    }
    context.log().info(printer, "Logout completed", &fields);
}

/// What is logged out of, as the log lines of the page name it.
fn describe_subject(plan: &Plan) -> (&'static str, String) {
    match &plan.request.target {
        Target::Providers { .. } | Target::System { .. } => ("provider", plan.subject.clone()),
        Target::Configured | Target::Machine => ("identity", "all".to_owned()),
        Target::Identity(_) | Target::Found(_) | Target::Accounts { .. } | Target::Several(_) => {
            ("identity", plan.subject.clone())
        }
    }
}

fn print_report(context: &Context, report: &Report, printer: &mut Printer) -> Result<(), Failure> {
    if context.global.output == Output::Json {
        warn_on_failures(report, printer);
        return Ok(());
    }
    human::print_logout(&context.adieu.world, report, printer)?;
    Ok(())
}

/// With JSON on standard output, people still see on standard error that something went wrong.
fn warn_on_failures(report: &Report, printer: &mut Printer) {
    for (step, outcome) in report.lines() {
        if let Some(outcome) = outcome.filter(|outcome| outcome.word == OutcomeWord::Failed) {
            let detail = outcome.detail.as_deref().unwrap_or("failed");
            let message = format!("{}: {detail}", step.subject());
            printer.warning(&message, outcome.hint.as_deref());
        }
    }
}
