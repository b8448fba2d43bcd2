//! The JSON renderings, as wire types: what others rely on. Their schema is published.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::{Asked, CredentialEnd, Outcome, Report, Session, Status, StillLive};
use crate::formats::Format;
use crate::inventory::Pending;
use crate::inventory::{
    Artefact, Category, Override, Place, Problem, ResidueFate, SameSecret, State, WrittenSecret,
};
use crate::path::FollowedLink;
use crate::plan::{Action, Step};
use crate::remote::TokenStatus;
use crate::system::System;

/// The version of every JSON document; it changes when a member changes its meaning or goes.
pub const SCHEMA_VERSION: u32 = 1;

/// `adieu status -o json` and `adieu list -o json`.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "status")]
pub struct StatusDocument {
    schema_version: u32,
    sessions: Vec<SessionJson>,
    /// What is left beside the sign-ins: logins to other services, traces of who was signed in.
    leftovers: Vec<LeftoverJson>,
    overrides: Vec<OverrideJson>,
    /// Secrets that are at several places: whoever has one of them has all.
    same_secrets: Vec<SameSecretJson>,
    /// Secrets in shell profiles and environment files that override nothing known here; `adieu scan`
    /// tells more.
    secrets: Vec<SecretJson>,
    problems: Vec<ProblemJson>,
    /// Sessions that earlier logouts could not end at their servers, without a copy here.
    pending: Vec<PendingJson>,
    /// The systems that were looked at as a whole; the verdict says nothing of any other.
    covers: Vec<&'static str>,
    /// How many files look like sign-ins and are ignored (`adieu catalogue ignore`).
    ignored: usize,
    /// The links inside the home through which something was found.
    links: Vec<LinkJson>,
    /// `clean`, `signed-in`, `overridden`, or `unknown` if nobody was found signed in and not everything
    /// could be looked at.
    verdict: &'static str,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "same_secret")]
struct SameSecretJson {
    holders: Vec<HolderJson>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "holder")]
struct HolderJson {
    /// The system; `null` for a variable and for a line of a profile.
    system: Option<&'static str>,
    /// The account, identity or provider; else the variable.
    name: Option<String>,
    /// As for artefacts; `environment`, or a file with the line behind a colon.
    location: String,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "link")]
struct LinkJson {
    /// The link, absolute.
    link: String,
    /// What it leads to, absolute, without a link on the way.
    target: String,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "session")]
struct SessionJson {
    system: &'static str,
    provider: Option<String>,
    identity: Option<String>,
    /// Whether `atmos.yaml` knows it.
    configured: bool,
    /// The realm of Atmos it was found in; empty for the empty realm.
    realm: Option<String>,
    /// Names from provider to identity.
    chain: Vec<String>,
    /// `live`, `expired`, `unknown` or `signed-out`.
    state: &'static str,
    /// RFC 3339.
    expires_at: Option<String>,
    /// When it was made; `null` if that is not known.
    age: Option<AgeJson>,
    /// How its credentials are kept: `plain-file`, `encrypted`, `key-store`.
    protection: Vec<&'static str>,
    /// Whether others on the machine may read a file with a credential of it, by its permission bits.
    readable_by_others: bool,
    /// What its tool takes before it: the name of an override; `null` if nothing comes first.
    preceded_by: Option<String>,
    artefacts: Vec<ArtefactJson>,
    /// The other providers that something in it serves as well.
    shared_with: Vec<String>,
    /// `remote`, `manual` or `none`.
    revocation: &'static str,
    /// With `--online`, what its server said of it; `null` if servers were not asked, or if there is
    /// nothing to ask about.
    server: Option<ServerAnswerJson>,
    /// Other names of an account that its system keeps by itself.
    aliases: Vec<String>,
    /// What else is known of such an account: `email`, `organisation`, `plan`, and so on.
    details: BTreeMap<&'static str, String>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "age")]
struct AgeJson {
    /// RFC 3339.
    since: String,
    /// `written` if a date in its own file says so, `modified` if that is the time when its file was
    /// changed last.
    source: &'static str,
}

/// What a server said of a token or of keys.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "server_answer")]
pub struct ServerAnswerJson {
    /// `accepted`, `refused`, `unknown` or `not-asked`.
    answer: &'static str,
    /// Why there is no yes and no no.
    reason: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "leftover")]
struct LeftoverJson {
    system: &'static str,
    identity: Option<String>,
    /// `attached`: a login to another service; `footprint`: a trace of who was signed in; `sign-in`:
    /// what any logout takes along, of an account that is signed out.
    tier: &'static str,
    /// `live`, `expired`, `unknown`, or `residue` if it is no credential.
    state: &'static str,
    #[serde(flatten)]
    artefact: ArtefactJson,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "artefact")]
struct ArtefactJson {
    /// `keyring`, `ini-section`, `json-member`, `yaml-item`, `sqlite-row`, `file` or `directory`; in
    /// files of other formats `ini-key`, `toml-member`, `xml-element`, `netrc-entry`, `property`,
    /// `line`, `pem-block` or `content`.
    kind: &'static str,
    /// An absolute path, with what is meant in it behind `#`; or the entry's name in a keyring.
    location: String,
    /// `session` or `stored`.
    class: &'static str,
    /// What it is, in a few words.
    what: &'static str,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "override")]
struct OverrideJson {
    /// `env`, `profile`, `helper`, `settings`, `fallback`, `process`, or `notice` for what signs nobody
    /// in.
    kind: &'static str,
    name: String,
    /// `environment`, or a file; of a profile with the line behind a colon.
    location: String,
    system: &'static str,
    remedy: String,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "secret")]
struct SecretJson {
    /// The variable; `null` for a bearer token in a header.
    name: Option<String>,
    /// The file, absolute, and the line behind a colon.
    location: String,
    /// `active`, `cancelled`, `commented`, `inert`, `conditional`, `command-only` or `shell-only`.
    state: &'static str,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "problem")]
pub(super) struct ProblemJson {
    location: String,
    message: String,
    hint: Option<String>,
    /// Whether there could be more to find behind it.
    hides: bool,
}

/// `adieu revoke --pending -o json`.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "pending")]
pub struct PendingDocument {
    schema_version: u32,
    pending: Vec<PendingJson>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "pending_session")]
struct PendingJson {
    system: &'static str,
    identity: Option<String>,
    provider: Option<String>,
    what: String,
    /// `not-ended`: its server has a call for it; `being-ended`: a run was stopped before it wrote down
    /// what came of it; `no-server-call`: only a person can end it there; `unread`: what was removed could
    /// not be read, so whether a session goes on is not known.
    state: &'static str,
    /// The host that can end it.
    server: Option<String>,
    /// Why it was not ended.
    reason: Option<String>,
    /// Where a person can end it.
    page: Option<String>,
    /// When its last copy was removed here; RFC 3339.
    since: String,
    /// When it ends by itself, if that is known; RFC 3339.
    expires_at: Option<String>,
}

/// The JSON form of what is remembered.
pub fn to_pending_json(entries: &[Pending]) -> PendingDocument {
    PendingDocument {
        schema_version: SCHEMA_VERSION,
        pending: entries.iter().map(pending_session).collect(),
    }
}

fn pending_session(found: &Pending) -> PendingJson {
    PendingJson {
        system: found.system.id(),
        identity: found.identity.clone(),
        provider: found.provider.clone(),
        what: found.what.clone(),
        state: found.state.word(),
        server: found.host.clone(),
        reason: found.why.clone(),
        page: found.page.clone(),
        since: found.since.to_string(),
        expires_at: found.expires_at.map(|at| at.to_string()),
    }
}

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

/// The JSON form of a status.
pub fn to_status_json(status: &Status) -> StatusDocument {
    StatusDocument {
        schema_version: SCHEMA_VERSION,
        sessions: status.sessions.iter().map(to_session_json).collect(),
        leftovers: status.leftovers.iter().map(to_leftover_json).collect(),
        overrides: status.overrides.iter().map(override_json).collect(),
        same_secrets: status.same_secrets.iter().map(same_secret).collect(),
        secrets: status.written.iter().map(to_secret_json).collect(),
        problems: status.problems.iter().map(to_problem_json).collect(),
        pending: status.pending.iter().map(pending_session).collect(),
        covers: status.covers.iter().map(|system| system.id()).collect(),
        ignored: status.ignored,
        links: status.links.iter().map(to_link_json).collect(),
        verdict: status.conclusion().word(),
    }
}

fn to_session_json(session: &Session) -> SessionJson {
    SessionJson {
        system: session.system.id(),
        provider: session.provider.clone(),
        identity: session.identity.clone(),
        configured: session.configured,
        realm: session.realm.clone(),
        chain: session.chain.clone(),
        state: session.state.word(),
        expires_at: session.expires_at.map(|at| at.to_string()),
        age: session.age.map(|age| AgeJson {
            since: age.since.to_string(),
            source: age.source.word(),
        }),
        protection: session.protection.iter().map(|kind| kind.word()).collect(),
        readable_by_others: session.is_readable_by_others,
        preceded_by: session.preceded_by.clone(),
        artefacts: session.artefacts.iter().map(to_artefact_json).collect(),
        shared_with: session.shared_with.clone(),
        revocation: session.revocation,
        server: session.answer.as_ref().map(ServerAnswerJson::from),
        aliases: session
            .account
            .as_ref()
            .map(|account| account.aliases.clone())
            .unwrap_or_default(),
        details: collect_details(session),
    }
}

impl From<&TokenStatus> for ServerAnswerJson {
    fn from(answer: &TokenStatus) -> Self {
        Self {
            answer: answer.word(),
            reason: answer.reason().map(str::to_owned),
        }
    }
}

/// What is known of an account, by label; what is known twice stands in one text.
fn collect_details(session: &Session) -> BTreeMap<&'static str, String> {
    let mut details: BTreeMap<&'static str, String> = BTreeMap::new();
    let facts = session.account.iter().flat_map(|account| &account.facts);
    for fact in facts {
        details
            .entry(fact.label)
            .and_modify(|text| *text = format!("{text}; {}", fact.value))
            .or_insert_with(|| fact.value.clone());
    }
    details
}

fn to_leftover_json(found: &Artefact) -> LeftoverJson {
    LeftoverJson {
        system: found.system.id(),
        identity: found.owner.as_account().map(str::to_owned),
        tier: match found.tier {
            Category::Attached => "attached",
            Category::SignIn => "sign-in",
            Category::Footprint | Category::Data => "footprint",
            Category::Possible => "possible",
        },
        state: match found.state {
            State::Live => "live",
            State::Expired => "expired",
            State::Unknown => "unknown",
            State::Residue => "residue",
        },
        artefact: to_artefact_json(found),
    }
}

fn to_artefact_json(artefact: &Artefact) -> ArtefactJson {
    ArtefactJson {
        kind: artefact.place.kind(),
        location: artefact.place.location(),
        class: artefact.class.word(),
        what: artefact.what,
    }
}

fn override_json(found: &Override) -> OverrideJson {
    OverrideJson {
        kind: found.kind.word(),
        name: found.name.clone(),
        location: found.location.clone(),
        system: found.system.id(),
        remedy: found.remedy.clone(),
    }
}

fn to_secret_json(found: &WrittenSecret) -> SecretJson {
    SecretJson {
        name: found.name.clone(),
        location: format!("{}:{}", found.file.display(), found.line),
        state: found.state.word(),
    }
}

fn same_secret(found: &SameSecret) -> SameSecretJson {
    let holders = found.holders.iter().map(|holder| HolderJson {
        system: holder.system.map(System::id),
        name: holder.name.clone(),
        location: holder.location.clone(),
    });
    SameSecretJson {
        holders: holders.collect(),
    }
}

fn to_link_json(followed: &FollowedLink) -> LinkJson {
    LinkJson {
        link: followed.link.display().to_string(),
        target: followed.target.display().to_string(),
    }
}

pub(super) fn to_problem_json(problem: &Problem) -> ProblemJson {
    ProblemJson {
        location: problem.location.to_string(),
        message: problem.message.clone(),
        hint: problem.hint.clone(),
        hides: problem.hides,
    }
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

fn identity_of(step: &Step) -> Option<String> {
    step.identity.clone().or_else(|| step.orphan.clone())
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

impl Place {
    /// The place as one text: an absolute path, with what is meant in it behind `#`; or the name of
    /// a keyring entry.
    pub fn location(&self) -> String {
        let path = self
            .path()
            .map(|path| path.display().to_string())
            .unwrap_or_default();
        match self {
            Self::KeyringEntry { service, .. } => service.clone(),
            Self::Member {
                format,
                path: member,
                ..
            } => {
                let words: Vec<String> = member.words().collect();
                match (format, words.join("/")) {
                    (Format::Whole, _) => path,
                    (Format::Json, words) => format!("{path}#/{words}"),
                    (_, words) => format!("{path}#{words}"),
                }
            }
            Self::SqliteRow {
                table,
                column,
                value,
                ..
            } => {
                format!("{path}#{table}.{column}={value}")
            }
            Self::File { .. } | Self::Stranger { .. } => path,
            Self::Named { .. } | Self::Tree { .. } | Self::Directory { .. } => format!("{path}/"),
        }
    }
}

impl Step {
    /// The kind in JSON: that of the place, or `server`.
    pub fn kind(&self) -> &'static str {
        match &self.deed {
            Action::Remove(place) => place.kind(),
            Action::Revoke { .. } | Action::Unsupported { .. } => "server",
        }
    }

    /// Where it happens, as one text.
    pub fn location(&self) -> String {
        match &self.deed {
            Action::Remove(place) => place.location(),
            Action::Revoke { revocation, .. } => revocation.endpoint().shown(),
            Action::Unsupported { page } => page.clone().unwrap_or_default(),
        }
    }
}
