//! The logout of orgs that somebody has chosen, from the plan to the answer.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use adieu::inventory::Problem;
use adieu::io::net::Cancel;
use adieu::io::process::user_id;
use adieu::plan::{Question, Request, Target};
use adieu::report::Report;
use adieu::session::Conduct;
use adieu::systems::System;
use adieu::systems::salesforce::orgs::Orgs;
use serde_json::json;

use super::messages::{
    build_further_members, build_logout_error, exit_status, list_gone_orgs, list_org_problems,
    list_warnings_after, list_warnings_before,
};
use crate::args::OrgLogoutArgs;
use crate::commands::context::Context;
use crate::commands::logout::{UNRECORDED, ask_questions, carry_out};
use crate::commands::org::outcome::{OrgOutcome, by_org, merge_outcomes};
use crate::commands::org::reply::{Reply, Stop};
use crate::questions::{Confirmation, Grammar};
use crate::ui::prompt::Wording;
use crate::ui::{Failure, Printer, human, prompt, to_plain_text};

/// A logout of orgs that somebody has chosen.
pub(super) struct Job<'a> {
    pub(super) context: &'a Context,
    pub(super) arguments: &'a OrgLogoutArgs,
    pub(super) typed: &'a [String],
    pub(super) cancel: &'a Cancel,
    pub(super) reply: &'a Reply,
    pub(super) orgs: &'a Orgs,
    pub(super) can_ask: bool,
    pub(super) chosen: BTreeSet<String>,
    /// What could not be looked into, where all orgs are meant.
    pub(super) unseen: Option<&'a Problem>,
}

impl Job<'_> {
    pub(super) fn run(&self, printer: &mut Printer) -> Result<u8, Stop> {
        let request = self.request(self.target(&self.chosen));
        let prepared = self.context.adieu.plan(request, None);
        let inventory = &prepared.inventory;
        let mut before = if self.arguments.client_app.is_some() {
            Vec::new()
        } else {
            list_warnings_before(inventory, &self.chosen)
        };
        before.extend(prepared.plan.questions.iter().filter_map(Question::sharing));
        if self.arguments.dry_run {
            let problems = list_org_problems(inventory);
            let report = Report::preview(inventory, prepared.plan, problems, |_, _| None);
            return self.preview(&report, &before, printer);
        }
        let Some(approved) = ask_questions(
            prepared,
            self.arguments.no_prompt,
            Grammar::Salesforce,
            printer,
        )?
        else {
            printer.data("No orgs selected for logout.")?;
            return Ok(0);
        };
        self.reply.warn(&before, printer);
        let judge = |report: &Report| self.status(&by_org(report), report);
        let mut report = carry_out(self.context, approved, &self.conduct(), printer, judge);
        let mut outcomes = by_org(&report);
        if self.can_ask && !report.interrupted {
            report.interrupted = self.remove_anyway(&mut outcomes, printer)?;
        }
        let after = list_warnings_after(&report, &outcomes);
        self.reply.warn(&after, printer);
        self.answer(&report, &outcomes, [before, after].concat(), printer)
    }

    fn status(&self, outcomes: &BTreeMap<String, OrgOutcome>, report: &Report) -> u8 {
        match exit_status(outcomes, report) {
            0 if self.unseen.is_some() => 1,
            status => status,
        }
    }

    /// All orgs together are the whole system, with what belongs to none of them.
    fn target(&self, chosen: &BTreeSet<String>) -> Target {
        if self.arguments.all && *chosen == self.chosen && self.arguments.client_app.is_none() {
            let known = self.orgs.found.len() + self.orgs.broken.len();
            if chosen.len() == known {
                return Target::System {
                    keys: Vec::new(),
                    system: System::SALESFORCE,
                    everywhere: true,
                };
            }
        }
        let accounts = chosen.iter().map(|name| (System::SALESFORCE, name.clone()));
        Target::Accounts {
            accounts: accounts.collect(),
            label: match chosen.first() {
                Some(one) if chosen.len() == 1 => one.clone(),
                _ => format!("{} orgs", chosen.len()),
            },
        }
    }

    fn request(&self, target: Target) -> Request {
        Request {
            force: self.arguments.no_prompt,
            revoke: !self.arguments.no_revoke,
            keychain: self.arguments.keychain,
            client_app: self.arguments.client_app.clone(),
            ..Request::new(target)
        }
    }

    fn conduct(&self) -> Conduct<'_> {
        Conduct {
            time_limit: Duration::from_secs_f64(self.arguments.timeout),
            strict: false,
            online: self.arguments.online,
            command: self.typed,
            user_id: user_id(),
            cancel: self.cancel,
        }
    }

    /// Asks about what stayed because Salesforce could not be told, and removes it on a yes. Whether
    /// the person stopped it all instead.
    fn remove_anyway(
        &self,
        outcomes: &mut BTreeMap<String, OrgOutcome>,
        printer: &mut Printer,
    ) -> Result<bool, Failure> {
        let kept: BTreeSet<String> = outcomes
            .iter()
            .filter(|(_, org)| org.failure().is_some() || org.kept_unread().is_some())
            .filter(|(_, org)| !org.left.is_empty())
            .map(|(username, _)| username.clone())
            .collect();
        if kept.is_empty() {
            return Ok(false);
        }
        for username in &kept {
            if let Some((place, why)) = outcomes.get(username).and_then(OrgOutcome::failure) {
                let message = format!("{username} could not be ended at {place}: {why}");
                printer.warning(
                    &message,
                    Some("it may stay usable there until it expires by itself"),
                );
            } else if let Some(why) = outcomes.get(username).and_then(OrgOutcome::kept_unread) {
                let message = format!("{username} was not ended at Salesforce: {why}");
                printer.warning(
                    &message,
                    Some("what cannot be read may stay usable there until it expires by itself"),
                );
            }
        }
        let whom = match kept.first() {
            Some(one) if kept.len() == 1 => one.clone(),
            _ => format!("these {} orgs", kept.len()),
        };
        let wording = Wording::of(
            Confirmation::OrgRemoval,
            format!("Remove {whom} here anyway?"),
        );
        match prompt::ask_for_confirmation(&wording, printer) {
            Ok(true) => {}
            // Others are out already: what became of them is still to be said.
            Ok(false) => return Ok(false),
            Err(failure) if failure.exit_status() == 130 => return Ok(true),
            Err(failure) => return Err(failure),
        }
        let request = Request {
            revoke: false,
            force: true,
            ..self.request(self.target(&kept))
        };
        let prepared = self.context.adieu.plan(request, None);
        if let Some(approved) = ask_questions(prepared, true, Grammar::Salesforce, printer)? {
            let judge = |report: &Report| report.exit_status;
            let report = carry_out(self.context, approved, &self.conduct(), printer, judge);
            merge_outcomes(outcomes, by_org(&report));
        }
        Ok(false)
    }

    fn preview(
        &self,
        report: &Report,
        warnings: &[String],
        printer: &mut Printer,
    ) -> Result<u8, Stop> {
        self.reply.warn(warnings, printer);
        if !self.reply.is_json {
            human::print_logout(&self.context.adieu.world, report, printer)?;
            return Ok(0);
        }
        let outcomes = by_org(report);
        let more = build_further_members(report, &outcomes);
        self.reply
            .succeed(0, list_gone_orgs(&outcomes), warnings, more, printer)?;
        Ok(0)
    }

    fn answer(
        &self,
        report: &Report,
        outcomes: &BTreeMap<String, OrgOutcome>,
        warnings: Vec<String>,
        printer: &mut Printer,
    ) -> Result<u8, Stop> {
        let status = self.status(outcomes, report);
        let success = match report.exit_status {
            UNRECORDED => UNRECORDED,
            _ => 0,
        };
        let names: Vec<&str> = outcomes
            .iter()
            .filter(|(_, org)| org.is_gone)
            .map(|(username, _)| username.as_str())
            .collect();
        if !self.reply.is_json {
            match &self.arguments.client_app {
                Some(app) if status == 0 => {
                    let user = self.chosen.first().cloned().unwrap_or_default();
                    printer.data(&format!(
                        "Successfully logged out of \"{app}\" client app for user {user}."
                    ))?;
                }
                None if !names.is_empty() => {
                    let mut lead = "Successfully logged out of orgs: ";
                    for name in &names {
                        printer.data(&format!("{lead}{}", to_plain_text(name)))?;
                        lead = "";
                    }
                }
                _ => {}
            }
            for (username, org) in outcomes {
                printer.note(&format!("  {}", org.line(username)));
            }
        }
        if status == 0 {
            if self.reply.is_json {
                let result = match &self.arguments.client_app {
                    Some(app) => json!([app]),
                    None => json!(names),
                };
                let more = build_further_members(report, outcomes);
                self.reply
                    .succeed(success, result, &warnings, more, printer)?;
            }
            return Ok(success);
        }
        let system = self.context.adieu.world.operating_system;
        let mut error = build_logout_error(outcomes, status, system, self.unseen);
        error.more = build_further_members(report, outcomes);
        error.more.insert("result".to_owned(), json!(names));
        if self.reply.is_json {
            error.warnings = warnings;
        }
        Err(error.into())
    }
}
