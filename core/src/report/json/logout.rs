//! The document of `adieu logout`, real or `--dry-run`: steps, how each credential ended, what was
//! found afterwards.

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    LinkJson, OverrideJson, ProblemJson, SCHEMA_VERSION, ServerAnswerJson, override_json,
    to_link_json, to_problem_json,
};
use crate::inventory::{Place, ResidueFate};
use crate::plan::Step;
use crate::report::{Asked, CredentialEnd, Outcome, Report, StillLive};

/// `adieu logout -o json`, real or `--dry-run`.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "logout")]
pub struct LogoutDocument {
    schema_version: u32,
    dry_run: bool,
    /// Names of the chain of the identity that was asked for, root first.
    chain: Vec<String>,
    steps: Vec<StepJson>,
    /// Every credential that was seen and meant, each once however many copies it has, and how it ended.
    credentials: Vec<CredentialJson>,
    /// The commands that sign in again to what is logged out of, by system.
    login_again: Vec<LoginAgainJson>,
    /// Whether it was a logout of a machine that is no longer trusted.
    incident: bool,
    summary: SummaryJson,
    verified: Option<VerifiedJson>,
    /// What was searched for the removed secrets, and found; in a dry run what would be searched.
    residue: ResidueJson,
    problems: Vec<ProblemJson>,
    /// The links inside the home through which something would change, or has.
    links: Vec<LinkJson>,
    exit_status: u8,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "login_again")]
struct LoginAgainJson {
    system: &'static str,
    command: String,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "step")]
struct StepJson {
    /// `revoke`, `remove` or `edit`.
    action: &'static str,
    /// As for artefacts; `server` for a call.
    kind: &'static str,
    location: String,
    identity: Option<String>,
    provider: Option<String>,
    system: &'static str,
    class: &'static str,
    realm: Option<String>,
    /// `revoked`, `removed`, `absent`, `kept`, `unsupported` or `failed`; `null` for what a dry run
    /// would end. What would stay is `kept` or `unsupported` there too.
    outcome: Option<&'static str>,
    /// Why it is in the plan, or why it ended as it did.
    reason: String,
    hint: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "credential")]
struct CredentialJson {
    system: &'static str,
    identity: Option<String>,
    provider: Option<String>,
    what: &'static str,
    class: &'static str,
    /// `ended`: its server said so; `not-ended`: it has a call for that, which was refused, not answered,
    /// or not made; `no-server-call`: only a person can end it there; `local-only`: it is nothing of a
    /// server's own; `kept`; `expired`; in a dry run `planned`.
    end: &'static str,
    /// The host that answered, else the one that can end it; `null` if there is none.
    server: Option<String>,
    /// Why, for `not-ended` and `kept`.
    reason: Option<String>,
    /// Where a person can end it.
    page: Option<String>,
    /// RFC 3339.
    expires_at: Option<String>,
    /// Where its copies were, as for steps.
    places: Vec<String>,
    /// Whether a copy is still here.
    kept_here: bool,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "summary")]
struct SummaryJson {
    identities: usize,
    providers: usize,
    removed: usize,
    revoked: usize,
    absent: usize,
    kept: usize,
    failed: usize,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "verified")]
struct VerifiedJson {
    /// How many places were looked at again.
    checked: usize,
    still_live: Vec<StillLiveJson>,
    overrides: Vec<OverrideJson>,
    /// With `--online`, what servers said afterwards of what they had ended.
    asked: Vec<AskedJson>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "asked")]
struct AskedJson {
    location: String,
    identity: Option<String>,
    provider: Option<String>,
    system: &'static str,
    #[serde(flatten)]
    server: ServerAnswerJson,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "still_live")]
struct StillLiveJson {
    kind: &'static str,
    location: String,
    identity: Option<String>,
    provider: Option<String>,
    system: &'static str,
    class: &'static str,
    what: &'static str,
    remedy: String,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "residue_search")]
struct ResidueJson {
    /// Files and directories, absolute.
    places: Vec<String>,
    /// How many files were read.
    files: usize,
    found: Vec<FoundResidueJson>,
    /// Why not everything was searched.
    gaps: Vec<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "residue")]
struct FoundResidueJson {
    /// `history`, `profile`, `database`, `backup` or `log`.
    kind: &'static str,
    /// The file, absolute, with the line behind a colon where there is one.
    location: String,
    /// How often a removed secret stands there.
    times: usize,
    identity: Option<String>,
    system: &'static str,
    /// Whether no server has said that it is dead.
    live: bool,
    /// `removed` or `failed`; `null` if it was left.
    outcome: Option<&'static str>,
    /// Why it could not be removed.
    reason: Option<String>,
}

/// The JSON form of a logout.
pub fn to_logout_json(report: &Report) -> LogoutDocument {
    let summary = report.summary;
    LogoutDocument {
        schema_version: SCHEMA_VERSION,
        dry_run: report.dry_run,
        chain: report.plan.chain.clone(),
        steps: report
            .lines()
            .map(|(planned, outcome)| to_step_json(planned, outcome))
            .collect(),
        credentials: report.credentials.iter().map(to_credential_json).collect(),
        login_again: report
            .login_again()
            .into_iter()
            .map(|found| LoginAgainJson {
                system: found.system.id(),
                command: found.command,
            })
            .collect(),
        incident: report.plan.request.incident,
        summary: SummaryJson {
            identities: summary.identities,
            providers: summary.providers,
            removed: summary.removed,
            revoked: summary.revoked,
            absent: summary.absent,
            kept: summary.kept,
            failed: summary.failed,
        },
        verified: report.verified.as_ref().map(|verified| VerifiedJson {
            checked: verified.checked,
            still_live: verified.still_live.iter().map(still_live).collect(),
            overrides: verified.overrides.iter().map(override_json).collect(),
            asked: verified.asked.iter().map(to_asked_json).collect(),
        }),
        residue: residue(report),
        problems: report
            .problems
            .iter()
            .chain(&report.elsewhere)
            .map(to_problem_json)
            .collect(),
        links: report.plan.links.iter().map(to_link_json).collect(),
        exit_status: report.exit_status,
    }
}

fn to_step_json(step: &Step, outcome: Option<&Outcome>) -> StepJson {
    StepJson {
        action: step.action(),
        kind: step.kind(),
        location: step.location(),
        identity: identity_of(step),
        provider: step.provider.clone(),
        system: step.system.id(),
        class: step.class.word(),
        realm: step.realm.clone(),
        outcome: outcome.map(|outcome| outcome.word.word()),
        reason: outcome
            .and_then(|outcome| outcome.detail.clone())
            .unwrap_or_else(|| step.reason.clone()),
        hint: outcome.and_then(|outcome| outcome.hint.clone()),
    }
}

fn to_credential_json(found: &CredentialEnd) -> CredentialJson {
    CredentialJson {
        system: found.system.id(),
        identity: found.identity.clone(),
        provider: found.provider.clone(),
        what: found.what,
        class: found.class.word(),
        end: found.end.word(),
        server: found.server().map(str::to_owned),
        reason: found.end.reason().map(str::to_owned),
        page: found.end.page().map(str::to_owned),
        expires_at: found.expires_at.map(|at| at.to_string()),
        places: found.places.iter().map(Place::location).collect(),
        kept_here: found.is_here,
    }
}

fn to_asked_json(found: &Asked) -> AskedJson {
    AskedJson {
        location: found.step.location(),
        identity: identity_of(&found.step),
        provider: found.step.provider.clone(),
        system: found.step.system.id(),
        server: (&found.answer).into(),
    }
}

fn still_live(found: &StillLive) -> StillLiveJson {
    StillLiveJson {
        kind: found.step.kind(),
        location: found.step.location(),
        identity: identity_of(&found.step),
        provider: found.step.provider.clone(),
        system: found.step.system.id(),
        class: found.step.class.word(),
        what: found.step.what,
        remedy: found.remedy.clone(),
    }
}

fn identity_of(step: &Step) -> Option<String> {
    step.identity.clone().or_else(|| step.orphan.clone())
}

fn residue(report: &Report) -> ResidueJson {
    let searched = report.verified.as_ref().map(|verified| &verified.residue);
    let places = searched.map_or(&report.search_places, |search| &search.places);
    let found = searched.into_iter().flat_map(|search| &search.found);
    let found = found.map(|found| {
        let step = report.plan.steps.get(found.step);
        let file = found.file.to_path().display().to_string();
        FoundResidueJson {
            kind: found.kind.word(),
            location: match found.line {
                Some(line) => format!("{file}:{line}"),
                None => file,
            },
            times: found.times,
            identity: step.and_then(|step| step.identity.clone()),
            system: step.map_or("", |step| step.system.id()),
            live: found.is_live,
            outcome: match found.fate {
                ResidueFate::Left => None,
                ResidueFate::Removed => Some("removed"),
                ResidueFate::Failed(_) => Some("failed"),
            },
            reason: match &found.fate {
                ResidueFate::Failed(why) => Some(why.clone()),
                _ => None,
            },
        }
    });
    ResidueJson {
        places: places
            .iter()
            .map(|path| path.display().to_string())
            .collect(),
        files: searched.map_or(0, |search| search.files),
        found: found.collect(),
        gaps: searched.map_or_else(Vec::new, |search| search.gaps.clone()),
    }
}
