//! The server half: every token is ended once, all at the same time, each within the limit.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use super::{Tools, client};
use crate::approve::Approved;
use crate::formats::{Format, MemberPath};
use crate::inventory::{Place, Renewability, Revocation, Token};
use crate::io::files::{Change, LockRule};
use crate::io::net::oauth::Grant;
use crate::io::net::{CONCURRENCY, CallError, Ended, RevocationResult};
use crate::plan::{Action, Plan};
use crate::remote::TrustedHost;
use crate::report::{Outcome, OutcomeWord};
use crate::servers::{Lapse, RevocationClient, TokenRequest};
use crate::systems::discovery::READ_LIMIT;
use crate::world::World;

/// Ends the tokens of a plan but for what is blocked; the position of each step with its outcome.
pub(super) fn end_tokens(
    approved: &Approved<Plan>,
    tools: &Tools<'_>,
    blocked: &BTreeMap<usize, Outcome>,
) -> Vec<(usize, Outcome)> {
    let plan = approved.get();
    let steps = plan.steps.iter().enumerate();
    let requests: Vec<TokenRequest<usize>> = steps
        .filter(|(at, step)| !step.stays() && !blocked.contains_key(at))
        .flat_map(|(at, step)| match &step.deed {
            Action::Revoke {
                token, revocation, ..
            } if !approved.is_declined(token) => {
                let token = tools.inventory.tokens.get(token);
                token.map_or_else(Vec::new, |token| {
                    build_requests(at, token, revocation, plan)
                })
            }
            _ => Vec::new(),
        })
        .collect();
    let mut declined = list_declined(approved);
    declined.retain(|(at, _)| !blocked.contains_key(at));
    if requests.is_empty() {
        return declined;
    }
    let mut renewed: BTreeMap<usize, Renewed> = BTreeMap::new();
    let mut asked: BTreeMap<usize, Vec<Revocation>> = BTreeMap::new();
    for request in &requests {
        let of_first = renewed.entry(request.id);
        of_first.or_insert_with(|| Arc::clone(&request.lapse.renewed));
        let of_token = asked.entry(request.id).or_default();
        of_token.push(request.revocation.clone());
    }
    let (by_clients, by_us): (Vec<_>, Vec<_>) = requests
        .into_iter()
        .partition(|request| matches!(request.revocation, Revocation::Client { .. }));
    let (by_clients, ended) = std::thread::scope(|scope| {
        let running: Vec<_> = by_clients
            .iter()
            .map(|request| scope.spawn(|| (request.id, client::end_sign_in(request, tools))))
            .collect();
        let ended = RevocationClient::new(tools.world)
            .allowing(approved.allowed_hosts())
            .end_all(by_us, tools.time_limit, CONCURRENCY, tools.cancel);
        let by_clients: Vec<_> = running
            .into_iter()
            .filter_map(|one| one.join().ok())
            .collect();
        (by_clients, ended)
    });
    let mut of_tokens: BTreeMap<usize, Vec<RevocationResult>> = BTreeMap::new();
    for (at, result) in ended {
        of_tokens.entry(at).or_default().push(result);
    }
    let ended = of_tokens.into_iter().filter_map(|(at, results)| {
        let revocations = asked.get(&at).map(Vec::as_slice).unwrap_or_default();
        let (revocation, result) = combine_answers(revocations, results)?;
        if !matches!(result, Ok(Ended::Now | Ended::Before))
            && let Some(tokens) = renewed.get(&at).and_then(|renewed| renewed.get())
        {
            keep_renewed(plan, at, tokens, tools);
        }
        let outcome = match result {
            Err(CallError::NotAllowed { host, why }) => {
                let outcome = not_sent(&host, why);
                match describe_remedy(tools.world, plan, revocation, &host) {
                    Some(hint) => outcome.with_hint(hint),
                    None => outcome,
                }
            }
            result => to_outcome(result, revocation),
        };
        Some((at, outcome))
    });
    ended.chain(by_clients).chain(declined).collect()
}

/// Builds what is sent to end a token: to every server that is recorded with a copy of it.
fn build_requests(
    at: usize,
    token: &Token,
    revocation: &Revocation,
    plan: &Plan,
) -> Vec<TokenRequest<usize>> {
    let allowed = &plan.request.allow_endpoints;
    let request = |revocation: Revocation, lapse: Lapse| TokenRequest {
        id: at,
        secret: token.secret.clone(),
        beside: token.asked_with.clone(),
        revocation,
        lapse,
    };
    let first = request(revocation.clone(), build_lapse(token, plan.request.refresh));
    let settled = token.elsewhere.iter();
    let settled = settled.map(|other| other.clone().settled(allowed));
    // The person's environment may name one address for the portals of all regions.
    let is_same = |other: &Revocation| {
        matches!(other, Revocation::SsoPortal { .. })
            && other.endpoint().url == revocation.endpoint().url
    };
    let elsewhere = settled.filter(|other| !is_same(other)).map(|other| {
        let lapse = Lapse {
            is_over: token.is_over,
            ..Lapse::default()
        };
        request(other, lapse)
    });
    std::iter::once(first).chain(elsewhere).collect()
}

/// Tells what the servers of one token say together, in their order: it has ended if one of them
/// ended it, or if none of them knows it.
fn combine_answers(
    revocations: &[Revocation],
    results: Vec<RevocationResult>,
) -> Option<(&Revocation, RevocationResult)> {
    let rank = |result: &RevocationResult| match result {
        Ok(Ended::Now | Ended::Elsewhere { .. }) => 0,
        Ok(Ended::Before) => 2,
        _ => 1,
    };
    let answers = revocations.iter().zip(results);
    answers.min_by_key(|(_, result)| rank(result))
}

/// The place where a call leaves what a renewal brought.
type Renewed = Arc<OnceLock<Grant>>;

fn build_lapse(token: &Token, may_refresh: bool) -> Lapse {
    let renewal = match &token.renewal {
        Renewability::With(_) if !may_refresh => {
            Renewability::Not("--no-refresh keeps it from being renewed")
        }
        other => other.clone(),
    };
    Lapse {
        is_over: token.is_over,
        renewal,
        ..Lapse::default()
    }
}

/// A session that was renewed, could not be ended, and is to be kept: its old refresh token may be used
/// up, so its files get the new tokens. What cannot be written changes nothing else.
fn keep_renewed(plan: &Plan, at: usize, tokens: &Grant, tools: &Tools<'_>) {
    let Some(Action::Revoke { token, .. }) = plan.steps.get(at).map(|step| &step.deed) else {
        return;
    };
    if !plan.request.keep_unrevoked {
        return;
    }
    let lifetime = tokens.lifetime.unwrap_or_default();
    let end = tools.world.now() + jiff::SignedDuration::from_secs(lifetime.clamp(0, 1 << 31));
    let end = end.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let member = |key| MemberPath::of_keys([key]);
    let mut members = vec![
        (member("accessToken"), tokens.access_token.expose()),
        (member("expiresAt"), &end),
    ];
    members.extend(
        tokens
            .refresh_token
            .iter()
            .map(|token| (member("refreshToken"), token.expose())),
    );
    let artefacts = tools.inventory.artefacts.iter();
    for artefact in artefacts.filter(|artefact| artefact.token == Some(*token)) {
        let Place::File { file } = &artefact.place else {
            continue;
        };
        let _kept_old = tools
            .files
            .edit(file, LockRule::None, READ_LIMIT, &mut |bytes| {
                let edited = Format::Json.replace_texts(bytes, &members)?;
                Ok(edited.map_or(Change::Keep, Change::Replace))
            });
    }
}

/// Tokens that would end more than the sign-in here, where nobody agreed to that. What helps depends on
/// what is left to try it with: a flag only while a copy of the token stays, else the page.
fn list_declined(approved: &Approved<Plan>) -> Vec<(usize, Outcome)> {
    let plan = approved.get();
    let steps = plan.steps.iter().enumerate();
    let declined = steps.filter_map(|(at, step)| match &step.deed {
        Action::Revoke {
            token, revocation, ..
        } if !step.stays() && approved.is_declined(token) => Some((at, step, token, revocation)),
        _ => None,
    });
    declined
        .map(|(at, step, token, revocation)| {
            let why = format!("not ended at the server: {}", step.reason);
            let outcome = Outcome::because(OutcomeWord::Kept, why);
            let page = revocation.page();
            let hint = match (plan.keeps_a_copy_of(token), page) {
                (true, Some(page)) => {
                    Some(format!("--force ends it all the same, or finish at {page}"))
                }
                (true, None) => Some("--force ends it all the same".to_owned()),
                (false, page) => page.map(|page| format!("finish at {page}")),
            };
            let outcome = match hint {
                Some(hint) => outcome.with_hint(hint),
                None => outcome,
            };
            (at, outcome)
        })
        .collect()
}

fn not_sent(host: &str, why: &str) -> Outcome {
    let place = if host.is_empty() {
        String::new()
    } else {
        format!(" to {host}")
    };
    Outcome::because(
        OutcomeWord::Failed,
        format!("the token was not sent{place}: {why}"),
    )
}

/// Tells what would come of a call that is refused before anything is sent: nobody let the token go
/// there.
pub fn find_refusal(world: &World, plan: &Plan, revocation: &Revocation) -> Option<Outcome> {
    let allowed = &plan.request.allow_endpoints;
    let refusal = RevocationClient::new(world)
        .allowing(allowed)
        .check(revocation)
        .err()?;
    let CallError::NotAllowed { host, why } = refusal else {
        return None;
    };
    if matches!(revocation, Revocation::Client { .. }) {
        return None;
    }
    let place = if host.is_empty() {
        String::new()
    } else {
        format!(" to {host}")
    };
    let text = format!("the token would not be sent{place}: {why}");
    let outcome = Outcome::because(OutcomeWord::Failed, text);
    Some(match describe_remedy(world, plan, revocation, &host) {
        Some(hint) => outcome.with_hint(hint),
        None => outcome,
    })
}

/// Tells what helps with a token that may not go where a configuration would send it. Consent is
/// only offered where it would help: it lets no token go without encryption, or to an address that
/// cannot be understood. Unless copies are kept, it helps the next time only.
fn describe_remedy(
    world: &World,
    plan: &Plan,
    revocation: &Revocation,
    host: &str,
) -> Option<String> {
    let consenting = RevocationClient::new(world).allowing(TrustedHost::parse(host).as_ref());
    let can_allow = consenting.check(revocation).is_ok();
    let page = revocation.page().map(|page| format!("sign out at {page}"));
    match (can_allow, page) {
        (true, _) if plan.request.keep_unrevoked => {
            Some(format!("if you trust that host: --allow-endpoint {host}"))
        }
        (true, Some(page)) => Some(format!(
            "{page}; the next time, if you trust that host: --allow-endpoint {host}"
        )),
        (true, None) => Some(format!(
            "the next time, if you trust that host: --allow-endpoint {host}"
        )),
        (false, page) => page,
    }
}

fn to_outcome(result: RevocationResult, revocation: &Revocation) -> Outcome {
    let failed = |why: String| {
        let outcome = Outcome::because(OutcomeWord::Failed, why);
        match revocation.page() {
            Some(page) => outcome.with_hint(format!("sign out at {page}")),
            None => outcome,
        }
    };
    let asked = || revocation.endpoint().host();
    let error = match result {
        Ok(Ended::Now) => {
            return Outcome::plain(OutcomeWord::Revoked).answered_by(asked(), false);
        }
        Ok(Ended::Elsewhere { host }) => {
            let detail = format!("{host} ended it; {} did not", asked());
            return Outcome::because(OutcomeWord::Revoked, detail).answered_by(host, false);
        }
        Ok(Ended::Before) => {
            return Outcome::because(OutcomeWord::Revoked, "the server no longer knew it")
                .answered_by(asked(), true);
        }
        Err(CallError::NotAllowed { host, why }) => return not_sent(&host, why),
        Err(error) => error,
    };
    failed(match (error.answer(), error) {
        (Some((status, None)), _) => format!("the server refused ({status})"),
        (Some((status, Some(why))), _) => format!("the server refused ({status}): {why}"),
        (_, CallError::Unreachable { why, .. }) => {
            format!("the server could not be reached: {why}")
        }
        (_, CallError::TimedOut { after, .. }) => {
            format!("the server did not answer within {} s", after.as_secs_f32())
        }
        (_, CallError::Interrupted) => "stopped waiting for the server".to_owned(),
        (_, other) => other.to_string(),
    })
}
