//! Keys of roles from a portal: permission sets, the accounts by name, everything that a portal offers.

use jiff::Timestamp;

use super::client::build_portal;
use super::endpoint::Service;
use super::memory::Account;
use super::target::PortalTarget;
use super::{RoleKeys, SignIn, SignInError};
use crate::io::net::{Address, CallError, Http, sdk_failure};
use crate::secret::Secret;

/// Calls that are under way at once at one portal: fifty roles are four rounds, and a portal does not
/// call it too many.
const CONCURRENCY: usize = 16;

/// Most pages of a list that are asked for.
const MOST_PAGES: usize = 200;

/// A role of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Role {
    pub(super) account: String,
    pub(super) name: String,
}

/// An account, as a configuration names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum AccountName {
    /// By its number.
    Id(String),
    /// By its name, which the portal knows.
    Name(String),
}

/// A role of a portal that an identity or a profile stands for.
pub(super) struct PermissionSet {
    /// Who wants it, for people.
    pub(super) name: String,
    pub(super) portal: PortalTarget,
    pub(super) account: AccountName,
    pub(super) role: String,
    /// Where it is asked for, if not at the portal's own server.
    pub(super) endpoint_url: Option<String>,
    /// The region to work in.
    pub(super) region: Option<String>,
}

impl SignIn<'_> {
    /// The keys of several permission sets of one portal: one session, and the calls at once.
    pub(super) fn keys_of_permission_sets(
        &self,
        sets: &[PermissionSet],
    ) -> Vec<Result<RoleKeys, SignInError>> {
        let Some(first) = sets.first() else {
            return Vec::new();
        };
        let mut dead: Option<Secret> = None;
        loop {
            let session = match self.portal_session(&first.portal, dead.as_ref()) {
                Ok(session) => session,
                Err(error) => return spread_failure(&first.portal, error, sets.len()),
            };
            let token = &session.access_token;
            let answers = self.ask_for_roles(sets, token);
            let is_dead = |answer: &Result<RoleKeys, SignInError>| match answer {
                Err(SignInError::Call { source, .. }) => {
                    matches!(&**source, CallError::Refused { status: 401, .. })
                }
                _ => false,
            };
            if dead.is_none() && answers.iter().any(is_dead) {
                // Ended elsewhere, with hours left by what the file says.
                dead = Some(token.clone());
                continue;
            }
            return answers;
        }
    }

    fn ask_for_roles(
        &self,
        sets: &[PermissionSet],
        token: &Secret,
    ) -> Vec<Result<RoleKeys, SignInError>> {
        let mut calls = Vec::new();
        let mut results: Vec<Option<Result<RoleKeys, SignInError>>> = Vec::new();
        for (at, set) in sets.iter().enumerate() {
            let asked = self.role_of(set, token).and_then(|role| {
                let own = set.endpoint_url.clone();
                let portal = PortalTarget {
                    endpoint_url: own.or_else(|| set.portal.endpoint_url.clone()),
                    ..set.portal.clone()
                };
                let address = self.portal_service(&portal, Service::Portal)?;
                Ok((at, role, address))
            });
            match asked {
                Ok(call) => {
                    calls.push(call);
                    results.push(None);
                }
                Err(error) => results.push(Some(Err(error))),
            }
        }
        let network = self.network.clone().with_concurrency(CONCURRENCY);
        let places: Vec<usize> = calls.iter().map(|(at, ..)| *at).collect();
        let region = sets.first().map_or("", |set| set.portal.region.as_str());
        let answers = network.run_all(calls, &async |http, (at, role, address)| {
            let keys = ask_for_role(http, &address, region, &role, token);
            let keys = http.in_time(address.host(), keys).await;
            Ok((at, role, keys))
        });
        for (at, answer) in places.into_iter().zip(answers) {
            let set = &sets[at];
            let answer = match answer {
                Ok((_, _, Ok(keys))) => Ok(RoleKeys {
                    region: set.region.clone(),
                    ..keys
                }),
                Ok((_, role, Err(source))) => Err(self.role_failure(set, &role, source)),
                Err(CallError::Interrupted) => Err(SignInError::Interrupted),
                Err(source) => Err(self.oidc_failure(&set.portal, source)),
            };
            results[at] = Some(answer);
        }
        let unasked = || Err(SignInError::Interrupted);
        results
            .into_iter()
            .map(|result| result.unwrap_or_else(unasked))
            .collect()
    }

    fn role_failure(&self, set: &PermissionSet, role: &Role, source: CallError) -> SignInError {
        let hint = self.explain_clock().or_else(|| match &source {
            CallError::Refused { status: 403, .. } => Some(format!(
                "nobody assigned {} in account {} to you, or only after this sign-in: adieu login \
                 --force makes a new one",
                role.name, role.account
            )),
            CallError::Refused { status: 404, .. } => Some(format!(
                "check account {} and permission set {}",
                role.account, role.name
            )),
            CallError::Refused { status: 429, .. } => {
                Some("the portal is asked too often; wait a minute".to_owned())
            }
            _ => None,
        });
        SignInError::Call {
            what: format!(
                "getting keys of {} in account {} for \"{}\"",
                role.name, role.account, set.name
            ),
            source: Box::new(source),
            hint,
        }
    }

    /// Account and role of a permission set; an account's name is looked up.
    fn role_of(&self, set: &PermissionSet, token: &Secret) -> Result<Role, SignInError> {
        let name = set.role.clone();
        let wanted = match &set.account {
            AccountName::Id(account) => {
                let account = account.clone();
                return Ok(Role { account, name });
            }
            AccountName::Name(wanted) => wanted,
        };
        let lacks = |problem: String| SignInError::Configuration {
            entry: format!("identity \"{}\"", set.name),
            problem,
        };
        let accounts = self.accounts_of(&set.portal, token)?;
        let mut found = accounts.iter().filter(|account| account.name == *wanted);
        match (found.next(), found.next()) {
            (Some(account), None) => Ok(Role {
                account: account.id.clone(),
                name,
            }),
            (Some(_), Some(_)) => Err(lacks(
                "several accounts have this name; use `principal.account.id`".to_owned(),
            )),
            (None, _) => Err(lacks(
                "the portal offers no account of this name".to_owned(),
            )),
        }
    }

    /// All accounts that a portal leads to.
    pub(super) fn accounts_of(
        &self,
        portal: &PortalTarget,
        token: &Secret,
    ) -> Result<Vec<Account>, SignInError> {
        if let Some(accounts) = self.memory.accounts(portal) {
            return Ok(accounts);
        }
        let address = self.portal_service(portal, Service::Portal)?;
        let accounts = self.network.run(address.host(), async |http| {
            list_accounts(http, &address, &portal.region, token).await
        });
        let accounts = accounts.map_err(|source| self.oidc_failure(portal, source))?;
        self.memory.keep_accounts(portal, &accounts);
        Ok(accounts)
    }

    /// All roles that a portal offers, by account.
    pub(super) fn roles_of(
        &self,
        portal: &PortalTarget,
        accounts: &[Account],
        token: &Secret,
    ) -> Result<Vec<Vec<String>>, SignInError> {
        let address = self.portal_service(portal, Service::Portal)?;
        let network = self.network.clone().with_concurrency(CONCURRENCY);
        let calls: Vec<&Account> = accounts.iter().collect();
        let answers = network.run_all(calls, &async |http, account| {
            let roles = list_roles(http, &address, &portal.region, &account.id, token);
            http.in_time(address.host(), roles).await
        });
        let answers = answers.into_iter();
        answers
            .map(|answer| answer.map_err(|source| self.oidc_failure(portal, source)))
            .collect()
    }
}

/// The failure of a portal for each of its identities.
fn spread_failure(
    portal: &PortalTarget,
    error: SignInError,
    number: usize,
) -> Vec<Result<RoleKeys, SignInError>> {
    let is_interrupted = error.is_interrupted();
    let mut all = vec![Err(error)];
    while all.len() < number {
        all.push(Err(if is_interrupted {
            SignInError::Interrupted
        } else {
            SignInError::NeedsPerson {
                what: format!("\"{}\"", portal.name),
            }
        }));
    }
    all
}

async fn ask_for_role(
    http: &Http,
    address: &Address,
    region: &str,
    role: &Role,
    token: &Secret,
) -> Result<RoleKeys, CallError> {
    let client = build_portal(http, address, region);
    let request = client
        .get_role_credentials()
        .role_name(&role.name)
        .account_id(&role.account)
        .access_token(token.expose());
    let answer = request.send().await;
    let answer = answer.map_err(|error| sdk_failure(address, &error, &[token]))?;
    let keys = answer.role_credentials().and_then(|keys| {
        RoleKeys::of_answer(
            keys.access_key_id()?,
            keys.secret_access_key()?,
            keys.session_token(),
            Timestamp::from_millisecond(keys.expiration()).ok(),
        )
    });
    let keys = keys.ok_or_else(|| CallError::NotUnderstood {
        host: address.host().to_owned(),
        status: 200,
        problem: "there are no keys in it",
    })?;
    Ok(RoleKeys {
        account_id: Some(role.account.clone()),
        ..keys
    })
}

async fn list_accounts(
    http: &Http,
    address: &Address,
    region: &str,
    token: &Secret,
) -> Result<Vec<Account>, CallError> {
    let client = build_portal(http, address, region);
    let mut accounts = Vec::new();
    let mut page = None;
    for _ in 0..MOST_PAGES {
        let request = client
            .list_accounts()
            .access_token(token.expose())
            .set_next_token(page);
        let answer = request.send().await;
        let answer = answer.map_err(|error| sdk_failure(address, &error, &[token]))?;
        accounts.extend(answer.account_list().iter().filter_map(|account| {
            Some(Account {
                id: account.account_id()?.to_owned(),
                name: account.account_name().unwrap_or_default().to_owned(),
            })
        }));
        page = answer.next_token().map(str::to_owned);
        if page.is_none() {
            break;
        }
    }
    Ok(accounts)
}

async fn list_roles(
    http: &Http,
    address: &Address,
    region: &str,
    account: &str,
    token: &Secret,
) -> Result<Vec<String>, CallError> {
    let client = build_portal(http, address, region);
    let mut roles = Vec::new();
    let mut page = None;
    for _ in 0..MOST_PAGES {
        let request = client
            .list_account_roles()
            .account_id(account)
            .access_token(token.expose())
            .set_next_token(page);
        let answer = request.send().await;
        let answer = answer.map_err(|error| sdk_failure(address, &error, &[token]))?;
        let names = answer.role_list().iter();
        roles.extend(names.filter_map(|role| role.role_name().map(str::to_owned)));
        page = answer.next_token().map(str::to_owned);
        if page.is_none() {
            break;
        }
    }
    Ok(roles)
}
