//! `adieu logout`, `adieu auth logout`, `adieu revoke`.

use std::collections::BTreeSet;
use std::time::Duration;

use adieu::approve::{Answers, Approved, approve};
use adieu::audit::{self, AuditError};
use adieu::discover::{self, discover};
use adieu::execute::{Tools, execute};
use adieu::inventory::{Inventory, Place, TrustedHost};
use adieu::net::Cancel;
use adieu::online::{Asker, OrgAccessToken};
use adieu::pending;
use adieu::plan::{self, Deed, Plan, Question, Request, Step, Target};
use adieu::report::{OutcomeWord, Report, logout_json};
use adieu::systems::System;
use adieu::systems::survey::Reach;
use adieu::verify::verify;

use super::context::Context;
use super::{Scope, select, trusted};
use crate::args::{LogoutArgs, Output};
use crate::process;
use crate::ui::plain::json;
use crate::ui::prompt::Answer;
use crate::ui::{Failure, Speech, human, prompt};

/// The exit status under `--strict` of a logout that could not be written into the trail.
const UNRECORDED: u8 = 3;

/// Runs a logout; the exit status.
pub(crate) fn run(
    context: &Context,
    arguments: &LogoutArgs,
    scope: Scope,
    command: &[String],
    cancel: &Cancel,
    speech: &mut Speech,
) -> Result<u8, Failure> {
    let status = attempt(context, arguments, scope, command, cancel, speech)?;
    Ok(status.unwrap_or(0))
}

/// Runs a logout; the exit status, or `None` if the person wanted none after all.
pub(super) fn attempt(
    context: &Context,
    arguments: &LogoutArgs,
    scope: Scope,
    command: &[String],
    cancel: &Cancel,
    speech: &mut Speech,
) -> Result<Option<u8>, Failure> {
    context.require_profiles()?;
    let Some(target) = select::target(context, arguments, scope, speech)? else {
        speech.note("Nothing was chosen; nothing was changed.");
        return Ok(None);
    };
    context.warn_of_configuration(speech);
    let has_none = !context.configuration.found && context.configuration.gaps.is_empty();
    if target == Target::Configured && has_none {
        speech.warning(
            "no atmos.yaml was found here, so nothing is configured",
            Some("`adieu logout --all` covers everything on this machine"),
        );
    }
    let reach = match target {
        Target::Machine
        | Target::Found(_)
        | Target::Accounts { .. }
        | Target::System {
            everywhere: true, ..
        } => Reach::Machine,
        _ => Reach::Configured,
    };
    let request = Request {
        keychain: arguments.keychain,
        revoke: !arguments.no_revoke,
        refresh: !arguments.no_refresh,
        keep_unrevoked: arguments.keep_unrevoked,
        attached: arguments.mcp,
        complete: arguments.complete || arguments.purge_data,
        purge_data: arguments.purge_data,
        force: arguments.force,
        allow_endpoints: trusted::hosts(&arguments.allow_endpoint)?,
        ..Request::new(target)
    };
    let inventory = discover(&context.ground(), reach);
    let plan = plan::build(&inventory, &context.roster, request);
    let elsewhere = match reach {
        Reach::Configured => {
            let others = discover::in_other_realms(&context.ground());
            plan::in_other_realms(&others, &plan)
        }
        _ => None,
    };
    let mut report = if arguments.dry_run {
        Report::preview(&inventory, plan, inventory.problems.clone())
    } else {
        let Some(approved) = agree(plan, arguments.force, speech)? else {
            speech.data("Logout cancelled - credentials preserved")?;
            return Ok(None);
        };
        let work = Work {
            context,
            inventory: &inventory,
            time_limit: Duration::from_secs_f64(arguments.timeout),
            strict: arguments.strict,
            online: arguments.online.then(|| approved.allowed_hosts().to_vec()),
            reach,
            cancel,
            command,
        };
        work.run(approved, speech)
    };
    report.elsewhere.extend(elsewhere);
    say(context, &report, speech)?;
    Ok(Some(report.exit_status))
}

/// Asks what has to be asked. `None`: the person said no.
pub(super) fn agree(
    plan: Plan,
    force: bool,
    speech: &mut Speech,
) -> Result<Option<Approved<Plan>>, Failure> {
    let mut answers = Answers {
        force,
        agreed: Vec::new(),
    };
    for question in &plan.questions {
        let answered = match question {
            Question::Endpoint { .. } => false,
            Question::DeleteKeychain { .. }
            | Question::Unconfigured { .. }
            | Question::PurgeData { .. }
            | Question::SharedToken { .. } => force,
        };
        // Without an answer to these, less is ended, and the rest is done.
        let is_optional = matches!(
            question,
            Question::Endpoint { .. } | Question::SharedToken { .. }
        );
        if answered || (!speech.can_prompt() && is_optional) {
            continue;
        }
        if !speech.can_prompt() {
            return Err(cannot_ask(question));
        }
        match prompt::ask(&human::wording(question), speech)? {
            Answer::Yes => answers.agreed.push(question.clone()),
            Answer::No if is_optional => {}
            Answer::No | Answer::Leave => return Ok(None),
        }
    }
    approve(plan, &answers)
        .map(Some)
        .map_err(|refusal| Failure::usage("not agreed to").because(&refusal))
}

fn cannot_ask(question: &Question) -> Failure {
    match question {
        Question::DeleteKeychain { .. } => {
            Failure::usage("keychain deletion requires interactive confirmation or --force flag")
                .hint(
                    "Nothing was changed. Use --force to delete keychain in non-interactive mode.",
                )
        }
        Question::Unconfigured { names } => {
            let mut failure =
                Failure::usage("some sessions are not from atmos.yaml, and nobody can be asked");
            for name in names {
                failure = failure.detail(format!("  • {name}"));
            }
            failure.hint(
                "Nothing was changed. Use --force to end these too, or `adieu auth logout --all` \
                 for what atmos.yaml configures.",
            )
        }
        Question::PurgeData { subject } => Failure::usage(format!(
            "deleting the history of {subject} has to be confirmed, and nobody can be asked"
        ))
        .hint("Nothing was changed. Use --force, or leave out --purge-data."),
        Question::SharedToken { subject, why, .. } => {
            Failure::usage(format!("ending {subject} at the server: {why}")).hint("Use --force.")
        }
        Question::Endpoint { host } => Failure::usage(format!("{host} is not trusted"))
            .hint(format!("Use --allow-endpoint {host}.")),
    }
}

/// What a logout that was agreed to works with.
pub(super) struct Work<'a> {
    pub(super) context: &'a Context,
    pub(super) inventory: &'a Inventory,
    pub(super) time_limit: Duration,
    pub(super) strict: bool,
    /// Whether servers are asked afterwards if they refuse what they ended, and the hosts that may get
    /// a token although only a configuration file names them.
    pub(super) online: Option<Vec<TrustedHost>>,
    pub(super) reach: Reach,
    pub(super) cancel: &'a Cancel,
    /// The command line, for the trail.
    pub(super) command: &'a [String],
}

impl Work<'_> {
    /// Does it, looks again, and records it.
    pub(super) fn run(&self, approved: Approved<Plan>, speech: &mut Speech) -> Report {
        self.run_and_judge(approved, speech, |report| report.exit_status)
    }

    /// The same with an exit status of the command's own.
    pub(super) fn run_and_judge(
        &self,
        approved: Approved<Plan>,
        speech: &mut Speech,
        judge: impl Fn(&Report) -> u8,
    ) -> Report {
        let plan = approved.get();
        self.cancel.begin_work();
        let begins = self.note_beginning(plan, speech);
        self.log_start(plan, speech);
        let tools = Tools {
            world: &self.context.world,
            files: &self.context.files,
            keyrings: &self.context.keyrings,
            inventory: self.inventory,
            time_limit: self.time_limit,
            cancel: self.cancel,
        };
        let progress = human::Progress::start(plan, speech);
        let access_tokens = self.access_tokens(plan);
        let (world, files) = (&self.context.world, &self.context.files);
        let begun = pending::begin(world, files, self.inventory, plan);
        let executed = execute(&approved, &tools);
        let (mut verified, found) =
            verify(&self.context.ground(), plan, &executed.outcomes, self.reach);
        let online = self.online.as_deref().filter(|_| !executed.interrupted);
        if let Some(allowed_hosts) = online {
            let asker = self.asker(allowed_hosts);
            let outcomes = &executed.outcomes;
            verified.asked = asker.ask_again(self.inventory, plan, outcomes, access_tokens);
        }
        drop(progress);
        let mut problems = self.inventory.problems.clone();
        for problem in found {
            if !problems
                .iter()
                .any(|known| known.location == problem.location)
            {
                problems.push(problem);
            }
        }
        let mut report = Report::executed(
            self.inventory,
            approved.into_inner(),
            executed.outcomes,
            verified,
            problems,
            executed.interrupted,
            self.strict,
        );
        let settled = pending::settle(world, files, self.inventory, &report);
        if let Err(error) = begun.and(settled) {
            let message = format!("what was not ended at its server is not remembered: {error}");
            speech.warning(&message, Some("the logout itself is not affected"));
        }
        self.log_end(&report, speech);
        report.exit_status = judge(&report);
        let is_recorded = record(self.context, &report, self.command, speech);
        if self.strict && !(begins && is_recorded) && report.exit_status == 0 {
            report.exit_status = UNRECORDED;
        }
        report
    }

    /// Notes in the trail that changes are about to be made; whether that could be done.
    fn note_beginning(&self, plan: &Plan, speech: &mut Speech) -> bool {
        if !plan.steps.iter().any(Step::acts) {
            return true;
        }
        let context = self.context;
        let run = audit::Run {
            command: self.command,
            uid: process::user_id(),
        };
        match audit::begin(&context.world, &context.files, plan, run) {
            Ok(()) => true,
            Err(error) => {
                warn_of_trail(&error, speech);
                false
            }
        }
    }

    fn asker<'a>(&'a self, allowed_hosts: &'a [TrustedHost]) -> Asker<'a> {
        Asker {
            world: &self.context.world,
            files: &self.context.files,
            time_limit: self.time_limit,
            allowed_hosts,
            cancel: self.cancel,
        }
    }

    /// Access tokens of orgs whose authorization is to end, to ask with when it has.
    fn access_tokens(&self, plan: &Plan) -> Vec<OrgAccessToken> {
        if self.online.is_none() {
            return Vec::new();
        }
        let ends = plan.steps.iter().filter_map(|step| match step.deed {
            Deed::Revoke { .. } if step.system == System::SALESFORCE => step.identity.as_deref(),
            _ => None,
        });
        let users: BTreeSet<&str> = ends.collect();
        if users.is_empty() {
            return Vec::new();
        }
        let (orgs, _) = discover::orgs(&self.context.ground());
        let of_users = orgs
            .found
            .iter()
            .filter(|org| users.contains(org.auth.username.as_str()));
        let tokens = of_users.filter_map(|org| OrgAccessToken::of(&orgs, &org.auth));
        tokens.collect()
    }

    fn log_start(&self, plan: &Plan, speech: &mut Speech) {
        let log = self.context.log();
        let (name, value) = subject(plan, self.context);
        log.debug(speech, "Starting logout", &[(name, &value)]);
        if !plan.chain.is_empty() {
            let chain = format!("[{}]", plan.chain.join(" "));
            log.debug(speech, "Authentication chain built", &[("chain", &chain)]);
        }
        for step in plan.steps.iter().filter(|step| step.acts()) {
            match step.place() {
                Some(Place::KeyringEntry { .. }) => {
                    log.debug(
                        speech,
                        "Removing keyring entry",
                        &[("alias", step.subject())],
                    );
                }
                Some(place) => {
                    let location = place.location();
                    log.debug(speech, "Removing file entry", &[("location", &location)]);
                }
                None => {
                    let location = step.location();
                    log.debug(speech, "Ending session", &[("server", &location)]);
                }
            }
        }
    }

    fn log_end(&self, report: &Report, speech: &mut Speech) {
        let (name, value) = subject(&report.plan, self.context);
        let removed = report.summary.logged_out().to_string();
        let errors = report.summary.failed.to_string();
        let mut fields = vec![(name, value.as_str()), ("removed", removed.as_str())];
        if report.summary.failed > 0 {
            fields.push(("errors", &errors));
        }
        self.context.log().info(speech, "Logout completed", &fields);
    }
}

fn subject(plan: &Plan, context: &Context) -> (&'static str, String) {
    match &plan.request.target {
        Target::Identity(key) => ("identity", context.roster.written(key).to_owned()),
        Target::Found(found) => ("identity", found.name.clone()),
        Target::Providers { label, .. } => ("provider", label.clone()),
        Target::System { system, .. } => ("provider", system.id().to_owned()),
        Target::Accounts { label, .. } => ("identity", label.clone()),
        Target::Configured | Target::Machine => ("identity", "all".to_owned()),
    }
}

/// Writes it into the trail; whether that could be done.
fn record(context: &Context, report: &Report, command: &[String], speech: &mut Speech) -> bool {
    let run = audit::Run {
        command,
        uid: process::user_id(),
    };
    match audit::append(&context.world, &context.files, report, run) {
        Ok(()) => true,
        Err(error) => {
            warn_of_trail(&error, speech);
            false
        }
    }
}

fn warn_of_trail(error: &AuditError, speech: &mut Speech) {
    let cause = std::error::Error::source(error).map(|source| format!(": {source}"));
    let message = format!("{error}{}", cause.unwrap_or_default());
    speech.warning(&message, Some("the logout itself is not affected"));
}

fn say(context: &Context, report: &Report, speech: &mut Speech) -> Result<(), Failure> {
    if context.global.output == Output::Json {
        speech.raw(&json(&logout_json(report))?)?;
        warn_on_failures(report, speech);
        return Ok(());
    }
    human::logout(&context.world, report, speech)?;
    Ok(())
}

/// With JSON on standard output, people still see on standard error that something went wrong.
fn warn_on_failures(report: &Report, speech: &mut Speech) {
    for (step, outcome) in report.lines() {
        if let Some(outcome) = outcome.filter(|outcome| outcome.word == OutcomeWord::Failed) {
            let detail = outcome.detail.as_deref().unwrap_or("failed");
            let message = format!("{}: {detail}", step.subject());
            speech.warning(&message, outcome.hint.as_deref());
        }
    }
}
