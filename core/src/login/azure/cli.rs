//! What the Azure CLI has signed in to (`azure/cli`): its own program is asked for a token each time, and nothing
//! is kept.
//!
//! Sources: Atmos `pkg/auth/providers/azure/cli.go`; Azure CLI, `az account get-access-token`.

use std::time::Duration;

use jiff::Timestamp;
use serde::Deserialize;

use super::Token;
use super::target::{Target, read_claims};
use crate::io::net::oauth::SecretText;
use crate::io::programs::{self, Ended, Program};
use crate::login::aws::{SignIn, SignInError};

/// How long it may take: it starts slowly, and may ask its server.
const PATIENCE: Duration = Duration::from_mins(1);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Printed {
    access_token: SecretText,
    /// Seconds since 1970, of newer releases; the other end is a local time without a zone.
    #[serde(rename = "expires_on")]
    expires_on: Option<i64>,
    tenant: Option<String>,
}

impl SignIn<'_> {
    /// A token for these permissions, of the person who is signed in with the Azure CLI.
    pub(super) fn token_of_azure_cli(
        &self,
        target: &Target<'_>,
        scopes: &str,
    ) -> Result<Token, SignInError> {
        let unusable = |why: String| SignInError::Unusable {
            what: format!(
                "the Azure CLI's sign-in for provider \"{}\"",
                target.provider.name.written
            ),
            why,
        };
        let path = programs::find_in_path(self.world, "az");
        let path = path.ok_or_else(|| unusable("az is not in PATH".to_owned()))?;
        // The subscription says which tenant; az does not take both.
        let words = [
            "account",
            "get-access-token",
            "--output",
            "json",
            "--subscription",
            &target.subscription,
            "--scope",
        ];
        let words = words.into_iter().chain(scopes.split_whitespace());
        let own = self.world.environment.iter();
        let program = Program {
            path,
            arguments: words.map(Into::into).collect(),
            environment: own
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            directory: self.world.working_directory.clone(),
        };
        let said = programs::converse(&program, &[], PATIENCE, self.network.cancel());
        let output = match said.ended {
            Ended::Exited(0) => said.output,
            Ended::Exited(status) => {
                let line = said.errors.lines().find(|line| !line.trim().is_empty());
                let line = line.map(|line| crate::io::net::sanitize_message(line.trim(), &[]));
                return Err(unusable(format!(
                    "az ended with status {status}: {}; sign in with: az login --tenant {}",
                    line.unwrap_or_default(),
                    target.tenant
                )));
            }
            Ended::Interrupted => return Err(SignInError::Interrupted),
            Ended::TimedOut => return Err(unusable("az did not end within a minute".to_owned())),
            Ended::Killed => return Err(unusable("a signal ended az".to_owned())),
            Ended::NotStarted(why) => return Err(unusable(why)),
        };
        let printed: Printed = serde_json::from_slice(&output)
            .map_err(|_| unusable("az prints no token".to_owned()))?;
        let secret = printed.access_token.0;
        // A name says nothing of the id.
        let is_name = target.tenant.contains('.');
        let is_configured = |tenant: &String| tenant.eq_ignore_ascii_case(&target.tenant);
        if let Some(other) = printed
            .tenant
            .filter(|tenant| !is_name && !is_configured(tenant))
        {
            return Err(SignInError::Denied {
                why: format!(
                    "the subscription is of tenant {}, and atmos.yaml says {}",
                    crate::io::net::sanitize_message(&other, &[]),
                    target.tenant
                ),
            });
        }
        let claimed = || read_claims(&secret)?.get("exp")?.as_i64();
        let end = printed.expires_on.or_else(claimed);
        let end = end.and_then(|end| Timestamp::from_second(end).ok());
        Ok(Token {
            scope: scopes.to_owned(),
            // Without an end that is understood it is used once.
            expires_at: end.unwrap_or_else(|| self.world.now()),
            secret,
        })
    }
}
