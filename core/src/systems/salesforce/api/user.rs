//! Who an access token belongs to, and what is worth knowing of the org.

use serde::Deserialize;
use serde_json::Value;
use url::form_urlencoded;

use crate::io::net::{Address, Answer, CallError, Http};
use crate::secret::Secret;
use crate::systems::salesforce::auth_file::is_org_id;

/// The version of the interface that the real client asks for users with; every org has it.
const VERSION: &str = "v51.0";

/// Who an access token belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The user's id.
    pub user_id: String,
    /// The org's id.
    pub org_id: String,
    /// The user name, as the server says it: not checked, and not to become a path unchecked.
    pub username: String,
}

/// What an org says of itself. Each part may be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrgDetails {
    /// Whether it is a Dev Hub.
    pub is_dev_hub: Option<bool>,
    /// The highest version of its interface, such as `67.0`.
    pub api_version: Option<String>,
    /// What it answered about itself.
    pub organization: Option<Organization>,
}

/// The record of an org.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Organization {
    /// Its name.
    pub name: Option<String>,
    /// The instance that it is on.
    pub instance_name: Option<String>,
    /// Whether it is a sandbox or a scratch org.
    pub is_sandbox: Option<bool>,
    /// When a trial or scratch org ends.
    pub trial_expiration_date: Option<String>,
    /// The prefix of its packages.
    pub namespace_prefix: Option<String>,
    /// Its edition.
    pub organization_type: Option<String>,
}

#[derive(Deserialize)]
struct UserInfo {
    user_id: String,
    organization_id: String,
}

#[derive(Deserialize)]
struct UserRecord {
    #[serde(rename = "Username")]
    username: String,
}

#[derive(Deserialize)]
struct Version {
    version: String,
}

#[derive(Deserialize)]
struct Records<T> {
    records: Vec<T>,
}

/// Two requests: the ids, then the name. `preferred_username` is not the name.
pub(super) async fn fetch_user(
    http: &Http,
    instance: &Address,
    token: &Secret,
) -> Result<User, CallError> {
    let path = "/services/oauth2/userinfo";
    let answer = http.get(instance, path, token).await?;
    if !answer.is_success() {
        return Err(answer.refusal(&[token]));
    }
    let info: UserInfo = answer.document()?;
    let is_id =
        |id: &str| matches!(id.len(), 15 | 18) && id.bytes().all(|b| b.is_ascii_alphanumeric());
    if !is_id(&info.user_id) || !is_org_id(&info.organization_id) {
        return Err(answer.not_understood("the ids do not have the form of ids"));
    }
    let path = format!("/services/data/{VERSION}/sobjects/User/{}", info.user_id);
    let answer = http.get(instance, &path, token).await?;
    if !answer.is_success() {
        return Err(answer.refusal(&[token]));
    }
    let record: UserRecord = answer.document()?;
    Ok(User {
        user_id: info.user_id,
        org_id: info.organization_id,
        username: record.username,
    })
}

/// Three questions at once to the org itself; what is not answered stays unknown.
pub(super) async fn fetch_details(http: &Http, instance: &Address, token: &Secret) -> OrgDetails {
    let (is_dev_hub, api_version, organization) = tokio::join!(
        is_dev_hub(http, instance, token),
        api_version(http, instance, token),
        fetch_organization(http, instance, token),
    );
    OrgDetails {
        is_dev_hub,
        api_version,
        organization,
    }
}

async fn is_dev_hub(http: &Http, instance: &Address, token: &Secret) -> Option<bool> {
    let soql = "SELECT Id FROM ScratchOrgInfo limit 1";
    let answer = send_query(http, instance, token, soql).await?;
    match answer.status {
        200..300 => Some(true),
        400 => Some(false),
        _ => None,
    }
}

async fn api_version(http: &Http, instance: &Address, token: &Secret) -> Option<String> {
    let answer = http.get(instance, "/services/data", token).await.ok()?;
    let versions: Vec<Version> = answer.is_success().then(|| answer.document().ok())??;
    let number = |text: &str| {
        let (major, minor) = text.split_once('.')?;
        Some((major.parse::<u32>().ok()?, minor.parse::<u32>().ok()?))
    };
    let versions = versions.into_iter().map(|version| version.version);
    versions
        .filter(|version| number(version).is_some())
        .max_by_key(|version| number(version))
}

async fn fetch_organization(
    http: &Http,
    instance: &Address,
    token: &Secret,
) -> Option<Organization> {
    let soql = "SELECT Name, InstanceName, IsSandbox, TrialExpirationDate, NamespacePrefix, \
                OrganizationType FROM Organization";
    let answer = send_query(http, instance, token, soql).await?;
    let records: Records<Value> = answer.is_success().then(|| answer.document().ok())??;
    serde_json::from_value(records.records.into_iter().next()?).ok()
}

async fn send_query(http: &Http, instance: &Address, token: &Secret, soql: &str) -> Option<Answer> {
    let soql: String = form_urlencoded::byte_serialize(soql.as_bytes()).collect();
    let path = format!("/services/data/{VERSION}/query?q={soql}");
    http.get(instance, &path, token).await.ok()
}
