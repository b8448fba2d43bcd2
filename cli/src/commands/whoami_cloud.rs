//! `adieu whoami` of an identity of Azure or Google Cloud: whose its token is, by the cloud's word, else by its own.

use adieu::atmos::config::Identity;
use adieu::io::net::Cancel;
use adieu::login::aws::{NoPerson, SignInError, reason_of};
use adieu::login::cloud::{CloudCaller, is_of_cloud, is_token_refused};
use adieu::remote::TokenStatus;
use adieu::report::WhoamiCaller;

use super::context::Context;
use super::trusted;
use super::whoami::PATIENCE;
use crate::args::WhoamiArgs;
use crate::ui::Failure;

/// What a cloud said of a token, and whom it named, or the token did.
#[derive(Default)]
pub(super) struct CloudAnswer {
    pub(super) answer: Option<TokenStatus>,
    pub(super) caller: Option<WhoamiCaller>,
}

/// Asks whose the token of an identity is; nothing of other identities, and where there is none.
pub(super) fn ask(
    context: &Context,
    identity: &Identity,
    arguments: &WhoamiArgs,
) -> Result<CloudAnswer, Failure> {
    let allowed = trusted::parse_hosts(&arguments.allow_endpoint)?;
    // A token in another's home is not one's own to use.
    if context.global.home.is_some() || !is_of_cloud(&identity.kind) {
        return Ok(CloudAnswer::default());
    }
    let cancel = Cancel::new();
    let mut sign_in = context.adieu.sign_in(&NoPerson, &allowed, &cancel);
    sign_in.may_ask = false;
    sign_in.network = sign_in.network.with_limit(PATIENCE);
    if arguments.offline {
        return Ok(CloudAnswer {
            answer: None,
            caller: sign_in.read_cloud_caller(identity).map(to_document),
        });
    }
    Ok(match sign_in.find_cloud_caller(identity) {
        Ok(Some(caller)) => CloudAnswer {
            answer: Some(TokenStatus::Accepted),
            caller: Some(to_document(caller)),
        },
        Err(error) if is_token_refused(&error) => CloudAnswer {
            answer: Some(TokenStatus::Refused),
            caller: None,
        },
        Err(error @ SignInError::Call { .. }) => CloudAnswer {
            answer: Some(TokenStatus::Unknown {
                why: reason_of(&error),
            }),
            caller: sign_in.read_cloud_caller(identity).map(to_document),
        },
        // What cannot be read or named is judged from the other findings.
        Ok(None) | Err(_) => CloudAnswer::default(),
    })
}

fn to_document(caller: CloudCaller) -> WhoamiCaller {
    WhoamiCaller {
        arn: None,
        user: Some(caller.name),
        user_id: caller.id.unwrap_or_default(),
    }
}
