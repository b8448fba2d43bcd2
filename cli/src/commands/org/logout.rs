//! `adieu org logout`: as Salesforce CLI's, but the authorization ends at Salesforce too.
#![expect(
    clippy::single_match_else,
    clippy::result_large_err,
    clippy::unused_self,
    reason = "errors carry the real client's whole answer, and are made once in a run"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use adieu::discover::{self, discover};
use adieu::inventory::{Account, Inventory, Problem};
use adieu::net::Cancel;
use adieu::plan::{self, Request, Step, Target};
use adieu::report::{Outcome, OutcomeWord, Report, logout_json};
use adieu::systems::System;
use adieu::systems::salesforce::orgs::Orgs;
use adieu::systems::salesforce::{KEY_FILE, PARENT};
use adieu::systems::survey::Reach;
use adieu::world::OperatingSystem;
use serde_json::{Map, Value, json};

use super::outcome::{OrgOutcome, by_org, merge};
use super::reply::{ClientError, Reply, Stop};
use super::targets::Names;
use crate::args::OrgLogoutArgs;
use crate::commands::context::Context;
use crate::commands::logout::{Work, agree, record};
use crate::ui::{Failure, Speech, human, prompt};

/// What the real client says when scratch orgs are among the chosen.
const SCRATCH: &str = "Warning: If you log out of a scratch org without having access to its \
                       password, you can't access this org again, either through the CLI or the \
                       Salesforce UI.";

/// Runs the command; the exit status.
pub(super) fn run(
    context: &Context,
    arguments: &OrgLogoutArgs,
    typed: &[String],
    cancel: &Cancel,
    reply: &Reply,
    speech: &mut Speech,
) -> Result<u8, Stop> {
    let (orgs, problems) = discover::orgs(&context.ground());
    let names = Names {
        world: &context.world,
        orgs: &orgs,
        problems: &problems,
    };
    let is_app = arguments.client_app.is_some();
    if is_app && arguments.target_org.is_empty() && arguments.names.is_empty() {
        return Err(ClientError::usage(
            "All of the following must be provided when using --client-app: --target-org",
        )
        .into());
    }
    let can_ask = speech.can_prompt() && !arguments.no_prompt && !reply.is_json;
    let mut chosen = names.choose(arguments, reply, can_ask)?;
    if let Some(app) = &arguments.client_app {
        check_app(&orgs, &chosen, app)?;
    }
    if chosen.is_empty() {
        return nothing_found(&orgs, &problems, reply, speech);
    }
    if can_ask && !arguments.dry_run && !is_app {
        match names.confirm(chosen, arguments, speech)? {
            Some(agreed) => chosen = agreed,
            None => {
                speech.data("No orgs selected for logout.")?;
                return Ok(0);
            }
        }
    }
    let job = Job {
        context,
        arguments,
        typed,
        cancel,
        reply,
        orgs: &orgs,
        can_ask,
        chosen: chosen.into_iter().collect(),
    };
    job.run(speech)
}

/// Nobody is signed in, or what is there cannot be seen.
fn nothing_found(
    orgs: &Orgs,
    problems: &[Problem],
    reply: &Reply,
    speech: &mut Speech,
) -> Result<u8, Stop> {
    let hidden: Vec<&Problem> = problems.iter().filter(|problem| problem.hides).collect();
    if let Some(problem) = hidden.first() {
        let mut error = ClientError::new(
            "OrgsUnreadableError",
            format!(
                "Whether orgs are signed in cannot be told: {}: {}",
                problem.location, problem.message
            ),
        );
        if let Some(hint) = &problem.hint {
            error = error.action(hint.clone());
        }
        return Err(error.into());
    }
    let mut warnings: Vec<String> = problems.iter().map(said).collect();
    let dangling: Vec<&str> = orgs.aliases.iter().map(|(alias, _)| alias).collect();
    if !dangling.is_empty() {
        warnings.push(format!(
            "Aliases without an org are left: {}",
            dangling.join(", ")
        ));
    }
    reply.warn(&warnings, speech);
    if reply.is_json {
        reply.succeed(0, json!([]), &warnings, Map::new(), speech)?;
    } else {
        speech.data("No orgs found to log out of.")?;
    }
    Ok(0)
}

fn said(problem: &Problem) -> String {
    let hint = problem.hint.as_ref().map(|hint| format!(" ({hint})"));
    format!(
        "{}: {}{}",
        problem.location,
        problem.message,
        hint.unwrap_or_default()
    )
}

/// Whether the one org has that app.
fn check_app(orgs: &Orgs, chosen: &[String], app: &str) -> Result<(), ClientError> {
    let [user] = chosen else {
        return Err(ClientError::usage(
            "--client-app needs exactly one --target-org",
        ));
    };
    let org = orgs.found.iter().find(|org| org.auth.username == *user);
    let apps = org
        .map(|org| org.auth.client_apps.as_slice())
        .unwrap_or_default();
    if apps.is_empty() {
        return Err(ClientError::new(
            "NoLinkedAppsError",
            format!("{user} doesn't have any linked client apps."),
        ));
    }
    if !apps.iter().any(|found| found.name == app) {
        return Err(ClientError::new(
            "InvalidClientAppError",
            format!("{user} doesn't have a linked client app named \"{app}\"."),
        ));
    }
    Ok(())
}

/// A logout of orgs that somebody has chosen.
struct Job<'a> {
    context: &'a Context,
    arguments: &'a OrgLogoutArgs,
    typed: &'a [String],
    cancel: &'a Cancel,
    reply: &'a Reply,
    orgs: &'a Orgs,
    can_ask: bool,
    chosen: BTreeSet<String>,
}

impl Job<'_> {
    fn run(&self, speech: &mut Speech) -> Result<u8, Stop> {
        let inventory = discover(&self.context.ground(), Reach::Machine);
        let before = self.warnings(&inventory);
        let request = self.request(self.target(&self.chosen));
        let plan = plan::build(&inventory, &self.context.roster, request);
        if self.arguments.dry_run {
            let report = Report::preview(plan, problems(&inventory));
            return self.preview(&report, &before, speech);
        }
        let Some(approved) = agree(self.context, plan, self.arguments.no_prompt, speech)? else {
            speech.data("No orgs selected for logout.")?;
            return Ok(0);
        };
        self.reply.warn(&before, speech);
        let work = self.work(&inventory);
        let mut report = work.run(approved, speech);
        let mut outcomes = by_org(&report);
        report.exit_status = self.exit_status(&outcomes, &report);
        record(self.context, &report, self.typed, speech);
        if self.can_ask && !report.interrupted {
            self.remove_anyway(&mut outcomes, speech)?;
        }
        let after = aftermath(&report, &outcomes);
        self.reply.warn(&after, speech);
        self.answer(&report, &outcomes, [before, after].concat(), speech)
    }

    /// All orgs together are the whole system, with what belongs to none of them.
    fn target(&self, chosen: &BTreeSet<String>) -> Target {
        if self.arguments.all && *chosen == self.chosen && self.arguments.client_app.is_none() {
            let known = self.orgs.found.len() + self.orgs.broken.len();
            if chosen.len() == known {
                return Target::System {
                    keys: Vec::new(),
                    system: System::Salesforce,
                };
            }
        }
        let accounts = chosen.iter().map(|name| (System::Salesforce, name.clone()));
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

    fn work<'w>(&'w self, inventory: &'w Inventory) -> Work<'w> {
        Work {
            context: self.context,
            inventory,
            time_limit: Duration::from_secs_f64(self.arguments.timeout),
            strict: false,
            reach: Reach::Machine,
            cancel: self.cancel,
        }
    }

    /// Asks about what stayed because Salesforce could not be told, and removes it on a yes.
    fn remove_anyway(
        &self,
        outcomes: &mut BTreeMap<String, OrgOutcome>,
        speech: &mut Speech,
    ) -> Result<(), Failure> {
        let kept: BTreeSet<String> = outcomes
            .iter()
            .filter(|(_, org)| org.failure().is_some() && !org.left.is_empty())
            .map(|(username, _)| username.clone())
            .collect();
        if kept.is_empty() {
            return Ok(());
        }
        for username in &kept {
            if let Some((place, why)) = outcomes.get(username).and_then(OrgOutcome::failure) {
                let message = format!("{username} could not be ended at {place}: {why}");
                speech.warning(
                    &message,
                    Some("it stays usable there until it expires by itself"),
                );
            }
        }
        let whom = match kept.first() {
            Some(one) if kept.len() == 1 => one.clone(),
            _ => format!("these {} orgs", kept.len()),
        };
        if !prompt::confirm(&format!("Remove {whom} here anyway?"))? {
            return Ok(());
        }
        let inventory = discover(&self.context.ground(), Reach::Machine);
        let request = Request {
            revoke: false,
            force: true,
            ..self.request(self.target(&kept))
        };
        let plan = plan::build(&inventory, &self.context.roster, request);
        if let Some(approved) = agree(self.context, plan, true, speech)? {
            let report = self.work(&inventory).run(approved, speech);
            record(self.context, &report, self.typed, speech);
            merge(outcomes, by_org(&report));
        }
        Ok(())
    }

    /// 0 only if nothing that was asked for is left behind, here or, unless that was said not to
    /// matter, at Salesforce.
    fn exit_status(&self, outcomes: &BTreeMap<String, OrgOutcome>, report: &Report) -> u8 {
        if report.interrupted {
            return 130;
        }
        let is_failed = |(step, outcome): (&Step, Option<&Outcome>)| {
            step.identity.is_none()
                && outcome.is_some_and(|outcome| outcome.word == OutcomeWord::Failed)
        };
        if report.lines().any(is_failed) {
            return 1;
        }
        // What stays although its removal was not tried waits for its server.
        let is_left = |org: &OrgOutcome| org.has_local_failure || !org.left.is_empty();
        u8::from(outcomes.values().any(is_left))
    }

    fn accounts<'i>(&self, inventory: &'i Inventory) -> Vec<&'i Account> {
        let accounts = inventory.accounts.iter();
        accounts
            .filter(|account| account.system == System::Salesforce)
            .collect()
    }

    /// What has to be known before it is done.
    fn warnings(&self, inventory: &Inventory) -> Vec<String> {
        let accounts = self.accounts(inventory);
        let fact = |account: &Account, label: &str| {
            let found = account.facts.iter().find(|fact| fact.label == label);
            found.map(|fact| fact.value.clone())
        };
        let mut warnings = Vec::new();
        if self.arguments.client_app.is_some() {
            return warnings;
        }
        let is_scratch = |account: &&&Account| {
            self.chosen.contains(&account.name)
                && fact(account, "type").as_deref() == Some("scratch org")
        };
        if accounts.iter().any(|account| is_scratch(&account)) {
            warnings.push(SCRATCH.to_owned());
        }
        for account in &accounts {
            let parent = fact(account, PARENT).filter(|parent| self.chosen.contains(parent));
            if let Some(parent) = parent.filter(|_| !self.chosen.contains(&account.name)) {
                warnings.push(format!(
                    "{} was made from {parent} and stays signed in; log out of it with: sf org \
                     logout --target-org {}",
                    account.name, account.name
                ));
            }
            let is_chosen = self.chosen.contains(&account.name);
            if let Some(file) = fact(account, KEY_FILE).filter(|_| is_chosen) {
                warnings.push(format!(
                    "{} signed in with the private key {file}, which stays and can sign in again",
                    account.name
                ));
            }
            if is_chosen && fact(account, "kind").as_deref() == Some("token") {
                warnings.push(format!(
                    "{} was signed in with an access token: whoever else uses that token is logged \
                     out too",
                    account.name
                ));
            }
        }
        warnings.extend(self.other_users(&accounts));
        warnings
    }

    /// Other users of an org that is logged out of.
    fn other_users(&self, accounts: &[&Account]) -> Vec<String> {
        let org_id = |account: &Account| {
            let found = account.facts.iter().find(|fact| fact.label == "org_id");
            found.map(|fact| fact.value.clone())
        };
        let leaving: BTreeSet<String> = accounts
            .iter()
            .filter(|account| self.chosen.contains(&account.name))
            .filter_map(|account| org_id(account))
            .collect();
        accounts
            .iter()
            .filter(|account| !self.chosen.contains(&account.name))
            .filter_map(|account| {
                let id = org_id(account).filter(|id| leaving.contains(id))?;
                Some(format!(
                    "{} of the same org {id} stays signed in",
                    account.name
                ))
            })
            .collect()
    }

    fn preview(
        &self,
        report: &Report,
        warnings: &[String],
        speech: &mut Speech,
    ) -> Result<u8, Stop> {
        self.reply.warn(warnings, speech);
        if !self.reply.is_json {
            human::logout(&self.context.world, report, speech)?;
            return Ok(0);
        }
        let outcomes = by_org(report);
        let more = further(report, &outcomes);
        self.reply
            .succeed(0, gone(&outcomes), warnings, more, speech)?;
        Ok(0)
    }

    fn answer(
        &self,
        report: &Report,
        outcomes: &BTreeMap<String, OrgOutcome>,
        warnings: Vec<String>,
        speech: &mut Speech,
    ) -> Result<u8, Stop> {
        let status = self.exit_status(outcomes, report);
        let names: Vec<&str> = outcomes
            .iter()
            .filter(|(_, org)| org.is_gone)
            .map(|(username, _)| username.as_str())
            .collect();
        if !self.reply.is_json {
            match &self.arguments.client_app {
                Some(app) if status == 0 => {
                    let user = self.chosen.first().cloned().unwrap_or_default();
                    speech.data(&format!(
                        "Successfully logged out of \"{app}\" client app for user {user}."
                    ))?;
                }
                None if !names.is_empty() => {
                    let names = names.join("\n");
                    for line in format!("Successfully logged out of orgs: {names}").split('\n') {
                        speech.data(line)?;
                    }
                }
                _ => {}
            }
            for (username, org) in outcomes {
                speech.note(&format!("  {}", org.line(username)));
            }
        }
        if status == 0 {
            if self.reply.is_json {
                let result = match &self.arguments.client_app {
                    Some(app) => json!([app]),
                    None => json!(names),
                };
                let more = further(report, outcomes);
                self.reply.succeed(0, result, &warnings, more, speech)?;
            }
            return Ok(0);
        }
        let mut error = self.failure(outcomes, status);
        error.more = further(report, outcomes);
        error.more.insert("result".to_owned(), json!(names));
        if self.reply.is_json {
            error.warnings = warnings;
        }
        Err(error.into())
    }

    /// The error of a logout that left something behind.
    fn failure(&self, outcomes: &BTreeMap<String, OrgOutcome>, status: u8) -> ClientError {
        let unended: Vec<(&String, (&str, &str))> = outcomes
            .iter()
            .filter_map(|(username, org)| Some((username, org.failure()?)))
            .collect();
        let mut error = match unended.as_slice() {
            _ if status == 130 => ClientError::new(
                "InterruptedError",
                "Stopped waiting for Salesforce; what was not ended is kept.",
            ),
            [] => ClientError::new("LogoutFailedError", "Not everything could be removed."),
            [(username, (place, why)), ..] => {
                let more = match unended.len() {
                    1 => String::new(),
                    number => format!(" ({} more orgs are kept too)", number - 1),
                };
                ClientError::new(
                    "UnableToRevokeTokenError",
                    format!(
                        "Unable to revoke the token of {username} at {place}: {why}. It still \
                         works there, so it is kept here to try again{more}."
                    ),
                )
                .action(
                    "Run the same command again when Salesforce answers, or add --no-prompt to \
                     remove the credentials here all the same.",
                )
            }
        };
        error.status = status;
        if outcomes.values().any(|org| org.has_local_failure) {
            for org in outcomes.values() {
                for (location, why) in &org.left {
                    error = error.action(format!("{location}: {why}"));
                }
            }
            error = error.action(by_hand(self.context.world.operating_system));
        }
        error
    }
}

/// What has to be known afterwards.
fn aftermath(report: &Report, outcomes: &BTreeMap<String, OrgOutcome>) -> Vec<String> {
    let mut warnings: Vec<String> = report
        .problems
        .iter()
        .filter(|problem| is_of_orgs(&problem.location))
        .map(said)
        .collect();
    for (username, org) in outcomes.iter().filter(|(_, org)| org.is_gone) {
        if let Some((place, why)) = org.failure() {
            warnings.push(format!(
                "Unable to revoke the token of {username} at {place}: {why}. It was removed \
                 here and stays usable there until it expires; end it at \
                 {place}/setup/own/_ui/core/user/oauth/OAuthUserConnectedApps"
            ));
        }
    }
    let verified = report.verified.iter();
    for found in verified.flat_map(|verified| &verified.overrides) {
        if found.system == System::Salesforce {
            warnings.push(format!(
                "{} in the environment keeps Salesforce signed in ({})",
                found.name, found.remedy
            ));
        }
    }
    warnings
}

fn problems(inventory: &Inventory) -> Vec<Problem> {
    let problems = inventory.problems.iter();
    problems
        .filter(|problem| is_of_orgs(&problem.location))
        .cloned()
        .collect()
}

/// Whether a place is one of Salesforce CLI's.
fn is_of_orgs(location: &str) -> bool {
    let has = |folder: &str| location.contains(&format!("{folder}/")) || location.ends_with(folder);
    has(".sfdx") || has(".sf") || location == "the system's key store"
}

/// What the real client has no word for.
fn further(report: &Report, outcomes: &BTreeMap<String, OrgOutcome>) -> Map<String, Value> {
    let orgs: Vec<Value> = outcomes
        .iter()
        .map(|(username, org)| org.document(username))
        .collect();
    let mut more = Map::new();
    more.insert("dryRun".to_owned(), json!(report.dry_run));
    more.insert("orgs".to_owned(), json!(orgs));
    more.insert("report".to_owned(), json!(logout_json(report)));
    more
}

fn gone(outcomes: &BTreeMap<String, OrgOutcome>) -> Value {
    let gone = outcomes.iter().filter(|(_, org)| org.is_gone);
    gone.map(|(username, _)| json!(username)).collect()
}

/// How a person removes what is left, where a program could not.
fn by_hand(system: OperatingSystem) -> String {
    match system {
        OperatingSystem::Linux => {
            "By hand: remove the files named above below ~/.sfdx, and the entry 'salesforce.com' \
             (domain sfdx, user local) with your keyring manager."
        }
        OperatingSystem::MacOs => {
            "By hand: remove the files named above below ~/.sfdx, and the entry sfdx with Keychain \
             Access."
        }
        OperatingSystem::Windows => {
            "By hand: remove the files named above below %USERPROFILE%\\.sfdx; key.json there is \
             the key (Credential Manager has none of it)."
        }
    }
    .to_owned()
}
