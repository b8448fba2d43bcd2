//! Who somebody is to AWS: `GetCallerIdentity` of STS, which needs no permission.

use super::client::build_sts;
use super::endpoint::Service;
use super::{RoleKeys, SignIn, SignInError};
use crate::io::net::sdk_failure;

/// Who keys belong to, as AWS says it. Text of a server: to be made printable before it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The account.
    pub account: String,
    /// The ARN.
    pub arn: String,
    /// The id of the user or of the role's session.
    pub user_id: String,
}

impl SignIn<'_> {
    /// Asks AWS whom keys belong to. `configured` is the server that the identity's configuration names.
    ///
    /// # Errors
    ///
    /// [`SignInError::Call`]; a refusal says that the keys are not good.
    pub fn find_caller(
        &self,
        keys: &RoleKeys,
        configured: Option<&str>,
    ) -> Result<Caller, SignInError> {
        let region = keys.region.as_deref().unwrap_or("us-east-1");
        let address = self.address_of(Service::Sts, configured, region)?;
        let answer = self.network.run(address.host(), async |http| {
            let client = build_sts(http, &address, region, Some(keys));
            let answer = client.get_caller_identity().send().await;
            answer.map_err(|error| sdk_failure(&address, &error, &keys.secrets()))
        });
        let answer = answer.map_err(|source| SignInError::Call {
            what: "asking AWS who this is".to_owned(),
            source: Box::new(source),
            hint: None,
        })?;
        Ok(Caller {
            account: answer.account().unwrap_or_default().to_owned(),
            arn: answer.arn().unwrap_or_default().to_owned(),
            user_id: answer.user_id().unwrap_or_default().to_owned(),
        })
    }
}
