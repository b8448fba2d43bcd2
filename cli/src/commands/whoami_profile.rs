//! `adieu whoami` of a profile of the AWS CLI: whose its keys are, as AWS says it.

use std::collections::BTreeMap;

use adieu::io::net::Cancel;
use adieu::login::aws::{NoPerson, RoleKeys, SignInError};
use adieu::remote::TokenStatus;
use adieu::report::{SCHEMA_VERSION, SessionState, WhoamiCaller, WhoamiDocument};

use super::context::Context;
use super::profile::{facts_of, to_failure};
use super::trusted;
use super::whoami::{Asked, PATIENCE, judge_answer};
use crate::args::WhoamiArgs;
use crate::ui::Failure;

/// What is known of a profile, with its state and what AWS said.
pub(super) fn describe(
    context: &Context,
    name: &str,
    arguments: &WhoamiArgs,
) -> Result<(WhoamiDocument, SessionState, Option<TokenStatus>), Failure> {
    let facts = facts_of(context, name)?;
    let allowed = trusted::parse_hosts(&arguments.allow_endpoint)?;
    let is_own = context.global.home.is_none();
    let cancel = Cancel::new();
    let mut sign_in = context.adieu.sign_in(&NoPerson, &allowed, &cancel);
    sign_in.may_ask = false;
    sign_in.network = sign_in.network.with_limit(PATIENCE);
    let is_asked = is_own && !arguments.offline;
    let found = if is_asked {
        sign_in.keys_of_profile(name).map(Some)
    } else {
        sign_in.cached_profile_keys(name)
    };
    let found: Option<RoleKeys> = match found {
        Ok(found) => found,
        Err(SignInError::NeedsPerson { .. }) => None,
        Err(error) => return Err(to_failure(context, name, &error)),
    };
    let asked = found.as_ref().filter(|_| is_asked).map(|keys| {
        let answer = sign_in.for_profile(name).find_caller(keys, None);
        judge_answer(answer)
    });
    let state = match (&found, asked.as_ref().map(|asked| &asked.answer)) {
        (None, _) | (_, Some(TokenStatus::Refused)) => SessionState::SignedOut,
        (Some(_), _) => SessionState::Live,
    };
    let mut environment = BTreeMap::from([("AWS_PROFILE".to_owned(), name.to_owned())]);
    if let Some(region) = &facts.region {
        environment.insert("AWS_REGION".to_owned(), region.clone());
        environment.insert("AWS_DEFAULT_REGION".to_owned(), region.clone());
    }
    let mut chain = facts.chain;
    chain.reverse();
    let of_keys = |take: fn(&RoleKeys) -> Option<String>| found.as_ref().and_then(take);
    let mut document = WhoamiDocument {
        schema_version: SCHEMA_VERSION,
        valid: state == SessionState::Live,
        state: state.word(),
        realm: String::new(),
        realm_source: "none",
        provider: chain.first().cloned().unwrap_or_default(),
        identity: name.to_owned(),
        chain,
        principal: facts.role.unwrap_or_default(),
        account: facts
            .account
            .or_else(|| of_keys(|keys| keys.account_id.clone())),
        caller: None,
        server: None,
        region: of_keys(|keys| keys.region.clone()).or(facts.region),
        expiration: of_keys(|keys| keys.expires_at.map(|end| end.to_string())),
        environment,
        paths: Vec::new(),
        credentials_ref: name.to_owned(),
        last_updated: None,
    };
    let Some(Asked { answer, caller }) = asked else {
        return Ok((document, state, None));
    };
    document.server = Some((&answer).into());
    if let Some(caller) = caller {
        document.account = Some(caller.account);
        document.caller = Some(WhoamiCaller {
            arn: Some(caller.arn),
            user: None,
            user_id: caller.user_id,
        });
    }
    Ok((document, state, Some(answer)))
}
