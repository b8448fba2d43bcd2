//! What is said of a logout of orgs: before it, after it, and of what went wrong.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Component;

use adieu::inventory::{Account, Fact, Inventory, Location, Owner, Problem};
use adieu::plan::{Action, Step};
use adieu::remote::TokenStatus;
use adieu::report::{Outcome, OutcomeWord, Report, logout_json};
use adieu::systems::System;
use adieu::world::OperatingSystem;
use serde_json::{Map, Value, json};

use crate::commands::org::format_problem;
use crate::commands::org::outcome::OrgOutcome;
use crate::commands::org::reply::ClientError;

/// What the real client says when scratch orgs are among the chosen.
const SCRATCH: &str = "Warning: If you log out of a scratch org without having access to its \
                       password, you can't access this org again, either through the CLI or the \
                       Salesforce UI.";

fn list_accounts(inventory: &Inventory) -> Vec<&Account> {
    let accounts = inventory.accounts.iter();
    accounts
        .filter(|account| account.system == System::SALESFORCE)
        .collect()
}

fn find_fact(account: &Account, label: &str) -> Option<String> {
    let found = account.facts.iter().find(|fact| fact.label == label);
    found.map(|fact| fact.value.clone())
}

/// What has to be known before it is done.
pub(super) fn list_warnings_before(
    inventory: &Inventory,
    chosen: &BTreeSet<String>,
) -> Vec<String> {
    let accounts = list_accounts(inventory);
    let mut warnings = Vec::new();
    let is_scratch = |account: &&&Account| {
        chosen.contains(&account.name)
            && find_fact(account, "type").as_deref() == Some("scratch org")
    };
    if accounts.iter().any(|account| is_scratch(&account)) {
        warnings.push(SCRATCH.to_owned());
    }
    for account in &accounts {
        let parent = find_fact(account, Fact::PARENT).filter(|parent| chosen.contains(parent));
        if let Some(parent) = parent.filter(|_| !chosen.contains(&account.name)) {
            warnings.push(format!(
                "{} was made from {parent} and stays signed in; take such orgs along with \
                 --with-children, or log out of it with: sf org logout --target-org {}",
                account.name, account.name
            ));
        }
        let is_chosen = chosen.contains(&account.name);
        if let Some(file) = find_fact(account, Fact::KEY_FILE).filter(|_| is_chosen) {
            warnings.push(format!(
                "{} signed in with the private key {file}, which stays and can sign in again",
                account.name
            ));
        }
        if is_chosen && find_fact(account, "kind").as_deref() == Some("token") {
            warnings.push(format!(
                "{} was signed in with an access token: whoever else uses that token is logged \
                 out too",
                account.name
            ));
        }
    }
    warnings.extend(other_users(&accounts, chosen));
    warnings
}

/// Other users of an org that is logged out of.
fn other_users(accounts: &[&Account], chosen: &BTreeSet<String>) -> Vec<String> {
    let org_id = |account: &Account| find_fact(account, "org_id");
    let leaving: BTreeSet<String> = accounts
        .iter()
        .filter(|account| chosen.contains(&account.name))
        .filter_map(|account| org_id(account))
        .collect();
    accounts
        .iter()
        .filter(|account| !chosen.contains(&account.name))
        .filter_map(|account| {
            let id = org_id(account).filter(|id| leaving.contains(id))?;
            Some(format!(
                "{} of the same org {id} stays signed in",
                account.name
            ))
        })
        .collect()
}

/// 0 only if nothing that was asked for is left behind, here or, unless that was said not to
/// matter, at Salesforce.
pub(super) fn exit_status(outcomes: &BTreeMap<String, OrgOutcome>, report: &Report) -> u8 {
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
    let is_left =
        |org: &OrgOutcome| org.has_local_failure || !org.left.is_empty() || org.still_works();
    u8::from(outcomes.values().any(is_left))
}

/// The error of a logout that left something behind.
pub(super) fn build_logout_error(
    outcomes: &BTreeMap<String, OrgOutcome>,
    status: u8,
    system: OperatingSystem,
    unseen: Option<&Problem>,
) -> ClientError {
    let unended: Vec<(&String, (&str, &str))> = outcomes
        .iter()
        .filter_map(|(username, org)| Some((username, org.failure()?)))
        .collect();
    let mut error = match unended.as_slice() {
        _ if status == 130 => ClientError::new(
            "InterruptedError",
            if outcomes
                .values()
                .any(|org| org.failure().is_some() && !org.left.is_empty())
            {
                "Stopped waiting for Salesforce; what was not ended is kept."
            } else {
                "Stopped waiting for Salesforce; what was not ended there is removed here."
            },
        ),
        [] if still_working(outcomes).is_some() => {
            let username = still_working(outcomes).unwrap_or_default();
            ClientError::new(
                "TokenStillWorksError",
                format!(
                    "Salesforce still accepts the access token of {username} although its \
                     authorization was ended. It ends with its session.",
                ),
            )
        }
        [] => match kept_unread(outcomes).as_slice() {
            [] if let Some(problem) = unseen.filter(|_| !is_something_left(outcomes)) => {
                unseen_orgs(problem)
            }
            [] => ClientError::new("LogoutFailedError", "Not everything could be removed."),
            [(username, why), rest @ ..] => {
                let more = match rest.len() {
                    0 => String::new(),
                    number => format!(" ({number} more orgs are kept too)"),
                };
                ClientError::new(
                    "UnableToRevokeTokenError",
                    format!(
                        "Not everything could be removed. Unable to revoke the token of {username}: \
                         {why}. It may still work at Salesforce, so all of it is kept here to try \
                         again{more}."
                    ),
                )
                .action(
                    "Run the same command again when it can be read, or add --no-prompt to remove \
                     the credentials here all the same.",
                )
            }
        },
        [(username, (place, why)), ..] => {
            let more = match unended.len() {
                1 => String::new(),
                number => format!(" ({} more orgs are kept too)", number - 1),
            };
            ClientError::new(
                "UnableToRevokeTokenError",
                format!(
                    "Unable to revoke the token of {username} at {place}: {why}. It may \
                     still work there, so it is kept here to try again{more}."
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
        error = error.action(by_hand(system));
    }
    error
}

fn is_something_left(outcomes: &BTreeMap<String, OrgOutcome>) -> bool {
    outcomes.values().any(|org| !org.left.is_empty())
}

/// All that was found is gone, and there may be more.
fn unseen_orgs(problem: &Problem) -> ClientError {
    let error = ClientError::new(
        "OrgsUnreadableError",
        format!(
            "All that was found is removed, but there may be more that could not be looked at: {}: {}",
            problem.location, problem.message
        ),
    );
    match &problem.hint {
        Some(hint) => error.action(hint.clone()),
        None => error,
    }
}

/// Who is kept although no server said no, and why.
fn kept_unread(outcomes: &BTreeMap<String, OrgOutcome>) -> Vec<(&str, &str)> {
    let kept = outcomes
        .iter()
        .filter_map(|(username, org)| Some((username.as_str(), org.kept_unread()?)));
    kept.collect()
}

/// Whose access token was accepted after the logout.
fn still_working(outcomes: &BTreeMap<String, OrgOutcome>) -> Option<&str> {
    let mut found = outcomes.iter().filter(|(_, org)| org.still_works());
    found.next().map(|(username, _)| username.as_str())
}

/// What has to be known afterwards.
pub(super) fn list_warnings_after(
    report: &Report,
    outcomes: &BTreeMap<String, OrgOutcome>,
) -> Vec<String> {
    let mut warnings: Vec<String> = report
        .problems
        .iter()
        .filter(|problem| is_of_orgs(&problem.location))
        .map(format_problem)
        .collect();
    for (username, org) in outcomes.iter().filter(|(_, org)| org.is_gone) {
        if let Some((place, why)) = org.failure() {
            warnings.push(format!(
                "Unable to revoke the token of {username} at {place}: {why}. It was removed \
                 here, and may still work there until it expires; end it at \
                 {place}/setup/own/_ui/core/user/oauth/OAuthUserConnectedApps"
            ));
        }
    }
    let is_untold = |org: &&OrgOutcome| org.is_gone && org.is_unreadable && org.failure().is_none();
    for (username, _) in outcomes.iter().filter(|(_, org)| is_untold(org)) {
        let page = untold_page(report, username).map(|page| format!(", at {page}"));
        warnings.push(format!(
            "Salesforce was not told of {username}: its tokens could not be read. It was removed \
             here and stays usable there until it expires; end it in the org: Setup, Connected \
             Apps OAuth Usage{}",
            page.unwrap_or_default()
        ));
    }
    for (username, org) in outcomes {
        if let Some(TokenStatus::Unknown { why }) = &org.token {
            warnings.push(format!(
                "Whether Salesforce refuses the token of {username} now could not be asked: {why}"
            ));
        }
    }
    warnings.extend(key_stays(report));
    let verified = report.verified.iter();
    for found in verified.flat_map(|verified| &verified.overrides) {
        if found.system == System::SALESFORCE {
            warnings.push(format!(
                "{} in the environment keeps Salesforce signed in ({})",
                found.name, found.remedy
            ));
        }
    }
    warnings
}

/// What is said where the key was to go and stays.
fn key_stays(report: &Report) -> Option<String> {
    let kept = |(step, outcome): &(&Step, Option<&Outcome>)| {
        let is_kept = outcome.is_some_and(|outcome| outcome.word == OutcomeWord::Kept);
        is_kept && step.system == System::SALESFORCE && step.owner == Owner::System
    };
    let (step, outcome) = report
        .lines()
        .filter(|_| report.plan.request.keychain)
        .find(kept)?;
    let why = outcome.and_then(|outcome| outcome.detail.as_deref());
    Some(format!(
        "The encryption key stays ({}): {}",
        step.location(),
        why.unwrap_or(&step.reason)
    ))
}

/// The page of an org whose server was not told.
fn untold_page(report: &Report, username: &str) -> Option<String> {
    let mut steps = report.plan.steps.iter();
    steps.find_map(|step| match &step.deed {
        Action::Unsupported { page } if step.identity.as_deref() == Some(username) => page.clone(),
        _ => None,
    })
}

pub(super) fn list_org_problems(inventory: &Inventory) -> Vec<Problem> {
    let problems = inventory.problems.iter();
    problems
        .filter(|problem| is_of_orgs(&problem.location))
        .cloned()
        .collect()
}

/// Whether a place is one of Salesforce CLI's.
fn is_of_orgs(location: &Location) -> bool {
    let is_folder =
        |part: Component<'_>| [".sfdx", ".sf"].iter().any(|own| part.as_os_str() == *own);
    location.key_store_system() == Some(System::SALESFORCE)
        || location
            .file()
            .is_some_and(|file| file.components().any(is_folder))
}

/// What the real client has no word for.
pub(super) fn build_further_members(
    report: &Report,
    outcomes: &BTreeMap<String, OrgOutcome>,
) -> Map<String, Value> {
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

pub(super) fn list_gone_orgs(outcomes: &BTreeMap<String, OrgOutcome>) -> Value {
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
