//! Signing in to Azure as the identities of `atmos.yaml`: with a code, in a browser, or with the token of
//! a workload.
//!
//! What lasts is used; what ends is renewed without the person; only then the person is asked. The files
//! are Atmos's and, as Atmos does it, copies in the Azure CLI's own.
//!
//! Sources: Atmos `pkg/auth/providers/azure`, `pkg/auth/cloud/azure`; Microsoft, "OAuth 2.0 device
//! authorization grant flow", "OAuth 2.0 code flow"; requests of the Azure CLI 2.80.

mod ask;
mod caller;
mod cli;
mod error;
mod everywhere;
mod files;
mod msal;
mod target;
mod token;
mod workload;

use jiff::{SignedDuration, Timestamp};

pub use self::everywhere::AzurePerson;
pub(super) use self::target::portal_page;

use self::files::Stored;
use self::target::{Target, read_claims};
use super::aws::{SPARE, SignIn, SignInError};
use super::cloud::CloudSession;
use crate::atmos::config::{Identity, ProviderKind, resolve_chain};
use crate::io::net::CallError;
use crate::io::net::oauth::Grant;
use crate::secret::Secret;

/// The lifetime of a token whose server does not say it, in seconds.
const LIFETIME: i64 = 60 * 60;

/// Longest lifetime that is believed, in seconds.
const LONGEST_LIFETIME: i64 = 25 * 60 * 60;

/// A token for one of Azure's services.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) secret: Secret,
    scope: String,
    pub(super) expires_at: Timestamp,
}

/// An account at which somebody signed in.
#[derive(Clone, Debug)]
struct Account {
    /// `uid.utid`: the account and its home tenant.
    home: String,
    /// The account in this tenant.
    local: String,
    /// For people.
    username: String,
}

/// Everything that a sign-in brought.
#[derive(Clone, Debug)]
struct SignedIn {
    arm: Token,
    /// For the directory, for secrets, for Kubernetes; each may be missing.
    others: [Option<Token>; 3],
    refresh_token: Option<Secret>,
    /// The one before, if this is a renewal.
    renewed: Option<Secret>,
    /// `None` for workloads.
    account: Option<Account>,
    /// The tenant's id.
    tenant: String,
    /// For workloads: the token that was exchanged, and where it lies.
    assertion: Option<workload::Assertion>,
}

impl SignIn<'_> {
    /// Makes sure that an identity of Azure is signed in.
    pub(super) fn azure_session_of(
        &self,
        identity: &Identity,
    ) -> Result<CloudSession, SignInError> {
        resolve_chain(&self.configuration.auth, &identity.name.key)?;
        let target = Target::of(self, identity)?;
        if target.provider.kind == ProviderKind::AzureCli {
            let token = self.token_of_azure_cli(&target, &target.cloud.arm_scope())?;
            return Ok(CloudSession {
                user: find_user(&token.secret),
                access_token: token.secret,
                expires_at: token.expires_at,
                account: Some(target.subscription),
            });
        }
        let stored = self.read_azure(&target)?;
        let now = self.world.now();
        if let Some(stored) = stored.as_ref().filter(|_| !self.force) {
            if stored.expires_at > now + SPARE {
                self.choose_subscription(&target, stored)?;
                return Ok(stored.session(&target));
            }
            match self.renew_azure(&target, &stored.tenant) {
                Ok(Some(signed_in)) => return self.keep_azure(&target, &signed_in),
                Ok(None) => {}
                // What has not ended is used while the server does not answer.
                Err(SignInError::Call { source, .. })
                    if stored.expires_at > now && !is_an_answer(&source) =>
                {
                    self.choose_subscription(&target, stored)?;
                    return Ok(stored.session(&target));
                }
                Err(error) => return Err(error),
            }
        }
        let signed_in = self.sign_in_to_azure(&target, stored.is_none())?;
        self.keep_azure(&target, &signed_in)
    }

    /// Signs in anew: first without the person where nothing of this provider was there yet, as another
    /// provider may have left a refresh token.
    fn sign_in_to_azure(
        &self,
        target: &Target<'_>,
        may_renew: bool,
    ) -> Result<SignedIn, SignInError> {
        if may_renew
            && !self.force
            && let Some(signed_in) = self.renew_azure(target, &target.tenant)?
        {
            return Ok(signed_in);
        }
        let grant = match target.provider.kind {
            ProviderKind::AzureOidc => return self.sign_in_workload(target),
            ProviderKind::AzureDeviceCode | ProviderKind::AzureInteractive if !self.may_ask => {
                return Err(SignInError::NeedsPerson {
                    what: format!("\"{}\"", target.provider.name.written),
                });
            }
            ProviderKind::AzureDeviceCode => self.ask_azure_by_code(target)?,
            ProviderKind::AzureInteractive => self.ask_azure_in_browser(target)?,
            _ => {
                return Err(SignInError::NotAws {
                    identity: target.provider.name.written.clone(),
                    kind: target.provider.kind.id().to_owned(),
                });
            }
        };
        self.complete_azure(target, grant, None)
    }

    /// Renews with what Atmos's cache has; `None` if it has nothing of use.
    fn renew_azure(
        &self,
        target: &Target<'_>,
        tenant: &str,
    ) -> Result<Option<SignedIn>, SignInError> {
        if !is_of_person(&target.provider.kind) {
            return Ok(None);
        }
        let Some(found) = self.find_refresh_token(target, tenant)? else {
            return Ok(None);
        };
        let server = target.server(self)?;
        let scope = format!("{} offline_access openid profile", target.cloud.arm_scope());
        let form = [
            ("grant_type", "refresh_token"),
            ("refresh_token", found.expose()),
            ("scope", &scope),
        ];
        let app = target.app();
        match self
            .network
            .ask_for_tokens(&server, Some(&app), &form, &found)
        {
            Ok(grant) => self.complete_azure(target, grant, Some(found)).map(Some),
            // It is of no use any more, or more is asked of the person.
            Err(CallError::Refused { status, code, .. })
                if status == 400 && (code == "invalid_grant" || code == "interaction_required") =>
            {
                Ok(None)
            }
            Err(source) => Err(target.failure(source)),
        }
    }

    /// What else goes with a grant: whose it is, and the tokens for other services.
    fn complete_azure(
        &self,
        target: &Target<'_>,
        grant: Grant,
        renewed: Option<Secret>,
    ) -> Result<SignedIn, SignInError> {
        let now = self.world.now();
        let account = read_account(&grant);
        let account = account.ok_or_else(|| target.not_understood("it names no account"))?;
        let tenant = check_tenant(target, &grant)?;
        let refresh_token = grant.refresh_token.clone().or_else(|| renewed.clone());
        let others = match &refresh_token {
            Some(token) => self.other_tokens(target, token)?,
            None => [None, None, None],
        };
        Ok(SignedIn {
            arm: to_token(target.cloud.arm_scope(), grant, now),
            others,
            refresh_token,
            renewed,
            account: Some(account),
            tenant,
            assertion: None,
        })
    }

    /// The tokens for other services, at once. Who may not have one works without it.
    fn other_tokens(
        &self,
        target: &Target<'_>,
        refresh_token: &Secret,
    ) -> Result<[Option<Token>; 3], SignInError> {
        let server = target.server(self)?;
        let app = target.app();
        let calls = target.cloud.other_scopes().to_vec();
        let answers = self.network.run_all(calls, &async |http, scope: String| {
            let form = [
                ("grant_type", "refresh_token"),
                ("refresh_token", refresh_token.expose()),
                ("scope", scope.as_str()),
            ];
            let asked = crate::io::net::oauth::ask_for_grant(
                http,
                &server,
                Some(&app),
                &form,
                refresh_token,
            );
            let grant = http.in_time(server.tokens.host(), asked).await?;
            Ok((scope, grant))
        });
        let now = self.world.now();
        let mut tokens = answers.into_iter().map(|answer| {
            let (scope, grant) = answer.ok()?;
            Some(to_token(scope, grant, now))
        });
        let mut next = || tokens.next().flatten();
        Ok([next(), next(), next()])
    }
}

impl Target<'_> {
    fn not_understood(&self, problem: &'static str) -> SignInError {
        self.failure(CallError::NotUnderstood {
            host: self.cloud.login.to_owned(),
            status: 200,
            problem,
        })
    }
}

impl Stored {
    fn session(&self, target: &Target<'_>) -> CloudSession {
        CloudSession {
            access_token: self.access_token.clone(),
            expires_at: self.expires_at,
            account: Some(target.subscription.clone()),
            user: find_user(&self.access_token),
        }
    }
}

/// Whether a person signs in at a provider.
const fn is_of_person(kind: &ProviderKind) -> bool {
    matches!(
        kind,
        ProviderKind::AzureDeviceCode | ProviderKind::AzureInteractive
    )
}

/// Whether a server has answered, as opposed to being out of reach.
const fn is_an_answer(error: &CallError) -> bool {
    !matches!(
        error,
        CallError::Unreachable { .. } | CallError::TimedOut { .. }
    )
}

fn to_token(scope: String, grant: Grant, now: Timestamp) -> Token {
    let seconds = grant.lifetime.unwrap_or(LIFETIME);
    let seconds = seconds.clamp(0, LONGEST_LIFETIME);
    let end = now.checked_add(SignedDuration::from_secs(seconds));
    Token {
        secret: grant.access_token,
        scope,
        expires_at: end.unwrap_or(now),
    }
}

/// Who signed in, from what the server says of the account, else of the person.
fn read_account(grant: &Grant) -> Option<Account> {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let claims = grant.id_token.as_ref().and_then(read_claims);
    let claims = claims.or_else(|| read_claims(&grant.access_token));
    let claims = claims.unwrap_or_default();
    let claim = |name: &str| claims.get(name)?.as_str().map(str::to_owned);
    let info = grant.client_info.as_deref().and_then(|info| {
        let bytes = URL_SAFE_NO_PAD.decode(info.trim_end_matches('=')).ok()?;
        crate::systems::discovery::json_object(&bytes)
    });
    let told = |name: &str| info.as_ref()?.get(name)?.as_str().map(str::to_owned);
    let user = told("uid").or_else(|| claim("oid"))?;
    let home_tenant = told("utid").or_else(|| claim("tid"))?;
    let local = claim("oid").unwrap_or_else(|| user.clone());
    // They become parts of names in files.
    let all = [&user, &home_tenant, &local];
    all.iter()
        .all(|text| target::is_identifier(text))
        .then(|| Account {
            home: format!("{user}.{home_tenant}"),
            local,
            username: find_name(&claims).unwrap_or_default(),
        })
}

/// The name of the person in a token, for people.
fn find_user(token: &Secret) -> Option<String> {
    find_name(&read_claims(token)?)
}

fn find_name(claims: &serde_json::Map<String, serde_json::Value>) -> Option<String> {
    let names = ["preferred_username", "upn", "unique_name", "appid"];
    let mut found = names.iter().filter_map(|name| claims.get(*name)?.as_str());
    let name = found.find(|name| !name.is_empty())?;
    Some(crate::io::net::sanitize_message(name, &[]))
}

/// The id of the tenant that the tokens are of; another one than the configured is somebody else's.
fn check_tenant(target: &Target<'_>, grant: &Grant) -> Result<String, SignInError> {
    let claims = read_claims(&grant.access_token)
        .filter(|claims| claims.contains_key("tid"))
        .or_else(|| grant.id_token.as_ref().and_then(read_claims));
    let issued = claims.and_then(|claims| Some(claims.get("tid")?.as_str()?.to_lowercase()));
    let issued = issued.filter(|tenant| target::is_identifier(tenant));
    // A name says nothing of the id.
    let is_name = target.tenant.contains('.');
    match issued {
        Some(issued) if is_name || issued.eq_ignore_ascii_case(&target.tenant) => Ok(issued),
        Some(issued) => Err(SignInError::Denied {
            why: format!(
                "the account signed in to tenant {issued}, and atmos.yaml says {}",
                target.tenant
            ),
        }),
        None => Ok(target.tenant.clone()),
    }
}
