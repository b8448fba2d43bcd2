//! The files of a sign-in to Azure: Atmos's own, and its copies in the Azure CLI's.
//!
//! Sources: Atmos `pkg/auth/cloud/azure/files.go`, `setup.go`; Azure CLI `azure/cli/core/_profile.py`.

use std::path::PathBuf;

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

use super::target::Target;
use super::{SignedIn, Token, msal};
use crate::atmos::config::{ProviderKind, resolve_realm};
use crate::io::files::{Change, ConfinedPath, EditError, FileError, LockRule};
use crate::login::aws::atmos_files::{format_end, place};
use crate::login::aws::{SignIn, SignInError};
use crate::login::cloud::CloudSession;
use crate::path::is_plain_component;
use crate::secret::Secret;
use crate::systems::VariablesError;
use crate::systems::azure::BROUGHT_ACCOUNT;
use crate::systems::discovery::{READ_LIMIT, json_object, parse_timestamp};

/// As the Azure tools lock their files.
const CLI_LOCK: LockRule = LockRule::Exclusive {
    suffix: ".lockfile",
};

/// The members of Atmos's file for the tokens of other services, each with that for its end.
const OTHERS: [(&str, &str); 3] = [
    ("graph_api_token", "graph_api_expiration"),
    ("key_vault_token", "key_vault_expiration"),
    ("aks_token", "aks_token_expiration"),
];

/// What a provider's file holds.
#[derive(Clone, Debug)]
pub(super) struct Stored {
    pub(super) access_token: Secret,
    pub(super) expires_at: Timestamp,
    /// The token for the directory, with its end.
    pub(super) graph: Option<(Secret, Timestamp)>,
    /// The account that the Azure CLI has by this sign-in alone.
    brought: Option<String>,
    /// The tenant's id.
    pub(super) tenant: String,
    subscription: String,
}

impl SignIn<'_> {
    fn azure_file(&self, target: &Target<'_>, name: &str) -> Result<ConfinedPath, SignInError> {
        let folder = &target.provider.name.key;
        let unnamable = || VariablesError::ProviderName {
            provider: target.provider.name.written.clone(),
        };
        if !is_plain_component(folder) {
            return Err(unnamable().into());
        }
        let path = self.azure_realm().join(folder).join(name);
        Ok(place(self.world, &path).ok_or_else(unnamable)?)
    }

    /// `~/.azure/atmos/{realm}`.
    fn azure_realm(&self) -> PathBuf {
        let realm = resolve_realm(self.world, self.configuration);
        self.world.home.join(".azure/atmos").join(realm.value)
    }

    /// Atmos's MSAL cache; without a realm it is the Azure CLI's.
    fn own_cache(&self) -> Option<ConfinedPath> {
        let realm = resolve_realm(self.world, self.configuration);
        if realm.value.is_empty() {
            return self.cli_file("msal_token_cache.json");
        }
        place(
            self.world,
            &self.azure_realm().join("msal_token_cache.json"),
        )
    }

    fn cli_file(&self, name: &str) -> Option<ConfinedPath> {
        place(self.world, &self.world.home.join(".azure").join(name))
    }

    /// What a provider's file holds, if it was signed in as the provider is configured now.
    pub(super) fn read_azure(&self, target: &Target<'_>) -> Result<Option<Stored>, SignInError> {
        let file = self.azure_file(target, "credentials.json")?;
        let Some(bytes) = self.files.read(&file, READ_LIMIT)?.map(Zeroizing::new) else {
            return Ok(None);
        };
        let Some(mut object) = json_object(&bytes) else {
            return Ok(None);
        };
        let mut text = |key: &str| match object.remove(key) {
            Some(Value::String(text)) if !text.is_empty() => Some(text),
            _ => None,
        };
        let cloud = text("cloud_environment").unwrap_or_else(|| "public".to_owned());
        let tenant = text("tenant_id").unwrap_or_default();
        let client = text("client_id");
        let is_same = cloud == target.cloud.name
            && (tenant.eq_ignore_ascii_case(&target.tenant) || target.tenant.contains('.'))
            && client.is_none_or(|client| client.eq_ignore_ascii_case(&target.client));
        let end = text("expiration").and_then(|end| parse_timestamp(&end));
        let token = text("access_token").map(Secret::new);
        let (name, own_end) = OTHERS[0];
        let graph_end = text(own_end).and_then(|end| parse_timestamp(&end));
        let graph = text(name).map(Secret::new).zip(graph_end);
        Ok(token.filter(|_| is_same).map(|access_token| Stored {
            access_token,
            expires_at: end.unwrap_or(Timestamp::UNIX_EPOCH),
            graph,
            brought: text(BROUGHT_ACCOUNT),
            tenant,
            subscription: text("subscription_id").unwrap_or_default(),
        }))
    }

    /// The refresh token that Atmos's cache has for the provider.
    pub(super) fn find_refresh_token(
        &self,
        target: &Target<'_>,
        tenant: &str,
    ) -> Result<Option<Secret>, SignInError> {
        self.find_in_cache(target, |cache| {
            msal::find_refresh_token(cache, target, tenant)
        })
    }

    /// What Atmos's cache has; that of a workload is the Azure CLI's.
    pub(super) fn find_in_cache<T>(
        &self,
        target: &Target<'_>,
        find: impl Fn(&Map<String, Value>) -> Option<T>,
    ) -> Result<Option<T>, SignInError> {
        let file = match target.provider.kind {
            ProviderKind::AzureOidc => self.cli_file("msal_token_cache.json"),
            _ => self.own_cache(),
        };
        let Some(file) = file else {
            return Ok(None);
        };
        let bytes = self.files.read(&file, READ_LIMIT)?.map(Zeroizing::new);
        let cache = bytes.and_then(|bytes| json_object(&bytes));
        Ok(cache.and_then(|cache| find(&cache)))
    }

    /// Changes Atmos's cache under its lock; whether anything was.
    pub(super) fn edit_cache(
        &self,
        change: impl Fn(&mut Map<String, Value>) -> bool,
    ) -> Result<bool, SignInError> {
        let Some(file) = self.own_cache() else {
            return Ok(false);
        };
        let is_shared = self.cli_file("msal_token_cache.json").as_ref() == Some(&file);
        let lock = if is_shared {
            CLI_LOCK
        } else {
            LockRule::Sibling
        };
        let mut is_changed = false;
        let edit = &mut |bytes: &[u8]| {
            let mut cache = parse_cache(Some(bytes))?;
            is_changed = change(&mut cache);
            Ok(if is_changed {
                Change::Replace(msal::render(&cache))
            } else {
                Change::Keep
            })
        };
        self.files.edit(&file, lock, READ_LIMIT, edit)?;
        Ok(is_changed)
    }

    /// Writes what a sign-in brought where Atmos and the Azure CLI look for it.
    pub(super) fn keep_azure(
        &self,
        target: &Target<'_>,
        signed_in: &SignedIn,
    ) -> Result<CloudSession, SignInError> {
        let is_brought = self.keep_in_caches(target, signed_in)?;
        let file = self.azure_file(target, "credentials.json")?;
        let mut members = render_credentials(target, signed_in);
        if let Some(account) = signed_in.account.as_ref().filter(|_| is_brought) {
            members.insert(BROUGHT_ACCOUNT.to_owned(), json!(account.home));
        }
        let bytes = Zeroizing::new(serde_json::to_vec_pretty(&members).unwrap_or_default());
        let change = &mut |_: Option<&[u8]>| Ok(Change::Replace(bytes.to_vec()));
        self.files
            .edit_or_create(&file, LockRule::Sibling, READ_LIMIT, change)?;
        let user = match &signed_in.account {
            Some(account) => account.username.clone(),
            None => target.client.clone(),
        };
        self.note_failure(
            "~/.azure/azureProfile.json",
            self.put_subscription(
                target,
                Some((&user, &signed_in.tenant, signed_in.account.is_some())),
            ),
        );
        if let Some(assertion) = &signed_in.assertion {
            let put = self.put_service_principal(target, &signed_in.tenant, &assertion.token);
            self.note_failure("~/.azure/service_principal_entries.json", put);
        }
        Ok(CloudSession {
            access_token: signed_in.arm.secret.clone(),
            expires_at: signed_in.arm.expires_at,
            account: Some(target.subscription.clone()),
            user: Some(user),
        })
    }

    /// Whether the Azure CLI has the account by this sign-in alone.
    fn keep_in_caches(
        &self,
        target: &Target<'_>,
        signed_in: &SignedIn,
    ) -> Result<bool, SignInError> {
        let now = self.world.now();
        let (Some(own), Some(cli)) = (self.own_cache(), self.cli_file("msal_token_cache.json"))
        else {
            return Ok(false);
        };
        // What was Atmos's before may be replaced in the CLI's cache too; what is the CLI's stays.
        let mut ours: Vec<Secret> = Vec::new();
        if signed_in.account.is_some() {
            let mut was_ended = false;
            let put = &mut |bytes: Option<&[u8]>| {
                let mut cache = parse_cache(bytes)?;
                let lost = signed_in
                    .renewed
                    .as_ref()
                    .is_some_and(|renewed| !msal::has_secret(&cache, renewed));
                // Somebody signed out while the server was asked: nobody is signed in again by that.
                was_ended = lost;
                if lost {
                    return Ok(Change::Keep);
                }
                ours = msal::list_secrets(&cache);
                msal::put(&mut cache, target, signed_in, now, None);
                Ok(Change::Replace(msal::render(&cache)))
            };
            let lock = if own == cli {
                CLI_LOCK
            } else {
                LockRule::Sibling
            };
            self.files.edit_or_create(&own, lock, READ_LIMIT, put)?;
            if was_ended {
                return Err(SignInError::NeedsPerson {
                    what: format!("\"{}\"", target.provider.name.written),
                });
            }
            if own == cli {
                return Ok(false);
            }
        } else if let Some(stored) = self.read_azure(target)? {
            ours.push(stored.access_token);
        }
        let home = signed_in.account.as_ref().map(|account| &account.home);
        let stored = self.read_azure(target)?;
        let was_brought =
            home.is_some() && stored.and_then(|stored| stored.brought).as_ref() == home;
        let mut is_brought = false;
        let put = &mut |bytes: Option<&[u8]>| {
            let mut cache = parse_cache(bytes)?;
            is_brought = home.is_some_and(|home| {
                was_brought || !msal::has_other_secret(&cache, home, target.cloud.login, &ours)
            });
            msal::put(&mut cache, target, signed_in, now, Some(&ours));
            Ok(Change::Replace(msal::render(&cache)))
        };
        let written = self.files.edit_or_create(&cli, CLI_LOCK, READ_LIMIT, put);
        let is_written = written.is_ok();
        self.note_failure("~/.azure/msal_token_cache.json", written.map(drop));
        Ok(is_brought && is_written)
    }

    /// Writes for whom of the provider's identities the tokens are used now.
    pub(super) fn choose_subscription(
        &self,
        target: &Target<'_>,
        stored: &Stored,
    ) -> Result<(), SignInError> {
        if stored
            .subscription
            .eq_ignore_ascii_case(&target.subscription)
        {
            return Ok(());
        }
        let file = self.azure_file(target, "credentials.json")?;
        let change = &mut |bytes: &[u8]| {
            let Some(mut object) = json_object(bytes) else {
                return Ok(Change::Keep);
            };
            object.insert("subscription_id".to_owned(), json!(target.subscription));
            match &target.location {
                Some(location) => object.insert("location".to_owned(), json!(location)),
                None => object.remove("location"),
            };
            let bytes = Zeroizing::new(serde_json::to_vec_pretty(&object).unwrap_or_default());
            Ok(Change::Replace(bytes.to_vec()))
        };
        self.files
            .edit(&file, LockRule::Sibling, READ_LIMIT, change)?;
        self.note_failure(
            "~/.azure/azureProfile.json",
            self.put_subscription(target, None),
        );
        Ok(())
    }

    /// Makes the subscription the Azure CLI's default, as Atmos does: commands without `--subscription`
    /// work in it. `whose`: the user, the tenant's id, and whether that is a person.
    fn put_subscription(
        &self,
        target: &Target<'_>,
        whose: Option<(&str, &str, bool)>,
    ) -> Result<(), FileError> {
        let Some(file) = self.cli_file("azureProfile.json") else {
            return Ok(());
        };
        let change = &mut |bytes: Option<&[u8]>| {
            let mut profile = parse_cache(bytes)?;
            let list = profile
                .entry("subscriptions")
                .or_insert_with(|| Value::Array(Vec::new()));
            let Value::Array(list) = list else {
                return Err(not_understood());
            };
            // Any of the provider's identities may have brought it before, for the same person.
            let known = list.iter().find_map(|entry| {
                let tenant = entry.get("tenantId")?.as_str()?;
                let is_same = tenant.eq_ignore_ascii_case(&target.tenant);
                is_same.then(|| (entry.get("user").cloned(), tenant.to_owned()))
            });
            let (user, tenant) = match (whose, known) {
                (Some((name, tenant, is_person)), _) => {
                    let kind = if is_person {
                        "user"
                    } else {
                        "servicePrincipal"
                    };
                    (json!({"name": name, "type": kind}), tenant.to_owned())
                }
                (None, Some((Some(user), tenant))) => (user, tenant),
                (None, _) => return Ok(Change::Keep),
            };
            let is_it = |entry: &Value| {
                let id = entry.get("id").and_then(Value::as_str);
                id.is_some_and(|id| id.eq_ignore_ascii_case(&target.subscription))
            };
            for entry in list.iter_mut().filter_map(Value::as_object_mut) {
                entry.insert("isDefault".to_owned(), Value::Bool(false));
            }
            let entry = json!({
                "id": target.subscription,
                "name": target.subscription,
                "state": "Enabled",
                "user": user,
                "isDefault": true,
                "tenantId": tenant,
                "environmentName": target.cloud.profile,
                "homeTenantId": tenant,
                "managedByTenants": [],
            });
            match list.iter_mut().find(|entry| is_it(entry)) {
                Some(Value::Object(known)) => {
                    // Its name and what else the CLI knows of it stay.
                    for key in ["isDefault", "user", "tenantId", "environmentName"] {
                        known.insert(key.to_owned(), entry[key].clone());
                    }
                }
                _ => list.push(entry),
            }
            let text = serde_json::to_string(&profile).unwrap_or_default();
            Ok(Change::Replace(text.into_bytes()))
        };
        let edited = self
            .files
            .edit_or_create(&file, LockRule::None, READ_LIMIT, change);
        edited.map(drop)
    }

    /// The workload's token, with which the Azure CLI gets its own.
    fn put_service_principal(
        &self,
        target: &Target<'_>,
        tenant: &str,
        assertion: &Secret,
    ) -> Result<(), FileError> {
        let Some(file) = self.cli_file("service_principal_entries.json") else {
            return Ok(());
        };
        let change = &mut |bytes: Option<&[u8]>| {
            let list = bytes.filter(|bytes| !bytes.trim_ascii().is_empty());
            let list: Option<Vec<Value>> = match list {
                Some(bytes) => serde_json::from_slice(bytes).ok(),
                None => Some(Vec::new()),
            };
            let mut list = list.ok_or_else(not_understood)?;
            let is_it = |entry: &Value| {
                let text = |key: &str| entry.get(key).and_then(Value::as_str);
                text("client_id").is_some_and(|id| id.eq_ignore_ascii_case(&target.client))
                    && text("tenant").is_some_and(|known| known.eq_ignore_ascii_case(tenant))
            };
            // A secret or certificate of the person's own serves longer than any token.
            let is_own = |entry: &Value| entry.get("client_assertion").is_none();
            if list.iter().any(|entry| is_it(entry) && is_own(entry)) {
                return Ok(Change::Keep);
            }
            list.retain(|entry| !is_it(entry));
            list.push(json!({
                "client_id": target.client,
                "tenant": tenant,
                "client_assertion": assertion.expose(),
            }));
            Ok(Change::Replace(msal::render(&list)))
        };
        let edited = self
            .files
            .edit_or_create(&file, CLI_LOCK, READ_LIMIT, change);
        edited.map(drop)
    }

    /// A copy for the Azure CLI that could not be made spoils no sign-in.
    fn note_failure(&self, file: &str, written: Result<(), FileError>) {
        if let Err(error) = written {
            self.person.note(&format!(
                "the Azure CLI is not signed in with it: {file}: {error}"
            ));
        }
    }
}

/// A document of the Azure CLI; what is no object is not replaced.
fn parse_cache(bytes: Option<&[u8]>) -> Result<Map<String, Value>, EditError> {
    match bytes.filter(|bytes| !bytes.trim_ascii().is_empty()) {
        Some(bytes) => json_object(bytes).ok_or_else(not_understood),
        None => Ok(Map::new()),
    }
}

fn not_understood() -> EditError {
    EditError::NotUnderstood {
        line: 1,
        problem: "it is not the JSON that the Azure tools write".to_owned(),
    }
}

/// As Atmos writes it.
fn render_credentials(target: &Target<'_>, signed_in: &SignedIn) -> Map<String, Value> {
    let mut members = Map::new();
    let mut put = |key: &str, value: Value| {
        members.insert(key.to_owned(), value);
    };
    let secret = |token: &Token| Value::from(token.secret.expose());
    put("access_token", secret(&signed_in.arm));
    put("token_type", json!("Bearer"));
    put("expiration", json!(format_end(signed_in.arm.expires_at)));
    put("tenant_id", json!(signed_in.tenant));
    put("subscription_id", json!(target.subscription));
    if let Some(location) = &target.location {
        put("location", json!(location));
    }
    for ((name, end), token) in OTHERS.iter().zip(&signed_in.others) {
        if let Some(token) = token {
            put(name, secret(token));
            put(end, json!(format_end(token.expires_at)));
        }
    }
    put("client_id", json!(target.client));
    if let Some(assertion) = &signed_in.assertion {
        put("is_service_principal", json!(true));
        if let Some(file) = &assertion.file {
            put("token_file_path", json!(file.display().to_string()));
        }
    }
    put("cloud_environment", json!(target.cloud.name));
    let method = match target.provider.kind {
        ProviderKind::AzureInteractive => "interactive",
        ProviderKind::AzureOidc => "oidc",
        _ => "device-code",
    };
    put("auth_method", json!(method));
    if let Some(account) = &signed_in.account {
        put("home_account_id", json!(account.home));
    }
    members
}
