//! The document of `adieu status` and `adieu list`: sign-ins, what is left beside them, the verdict.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::pending::{PendingJson, pending_session};
use super::{
    ArtefactJson, LinkJson, OverrideJson, ProblemJson, SCHEMA_VERSION, ServerAnswerJson,
    override_json, to_artefact_json, to_link_json, to_problem_json,
};
use crate::inventory::{Artefact, Category, SameSecret, State, WrittenSecret};
use crate::report::{Session, Status};
use crate::system::System;

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
#[schemars(rename = "secret")]
struct SecretJson {
    /// The variable; `null` for a bearer token in a header.
    name: Option<String>,
    /// The file, absolute, and the line behind a colon.
    location: String,
    /// `active`, `cancelled`, `commented`, `inert`, `conditional`, `command-only` or `shell-only`.
    state: &'static str,
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
