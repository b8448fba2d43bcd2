//! A sign-in that a server has granted, before it is written.

use crate::io::net::Address;
use crate::io::net::oauth::{ClientApp, Grant};
use crate::secret::Secret;
use crate::systems::salesforce::api::{
    OrgDetails, User, find_details, find_user, is_salesforce, org_address,
};
use crate::systems::salesforce::auth_file::{LoginKind, Members, check_username};
use crate::systems::salesforce::crypto::EncryptionKey;
use crate::world::World;

use super::store::save_sign_in;
use super::{LoginContext, LoginError, Remember, SignedIn};

/// How somebody signed in, beside the tokens.
pub(super) enum Means {
    /// In a browser, on a device, or with an SFDX auth URL.
    App(ClientApp),
    /// With a private key at this absolute path.
    PrivateKey { client_id: String, path: String },
    /// With an access token from elsewhere.
    Token,
}

/// What is to be written.
pub(super) struct Session {
    pub(super) user: User,
    pub(super) access_token: Secret,
    pub(super) refresh_token: Option<Secret>,
    pub(super) instance_url: String,
    pub(super) login_url: String,
    means: Means,
    details: OrgDetails,
}

/// What a server granted, and where.
pub(super) struct Granted {
    pub(super) grant: Grant,
    pub(super) login: Address,
    /// As it is stored.
    pub(super) login_url: String,
    pub(super) means: Means,
    /// Who must have signed in.
    pub(super) expected: Option<String>,
    pub(super) notes: Vec<String>,
}

/// Asks the org who it is, and writes it down.
pub(super) fn complete_sign_in(
    context: &LoginContext<'_>,
    granted: Granted,
    remember: &Remember,
) -> Result<SignedIn, LoginError> {
    let Granted {
        grant,
        login,
        login_url,
        means,
        expected,
        mut notes,
    } = granted;
    let (instance, instance_url) = match grant.instance_url {
        Some(url) => (org_address(&url)?, url),
        None => (login.clone(), login.text().to_owned()),
    };
    if is_salesforce(&login) && !is_salesforce(&instance) {
        notes.push(format!(
            "{} sent you to {}, which is not a host of Salesforce's own",
            login.host(),
            instance.host()
        ));
    }
    let user = find_user(context.network, &instance, &grant.access_token)?;
    check_username(&user.username)?;
    if let Some(expected) =
        expected.filter(|expected| !expected.eq_ignore_ascii_case(&user.username))
    {
        let found = user.username;
        return Err(LoginError::SomebodyElse { expected, found });
    }
    let details = find_details(context.network, &instance, &grant.access_token);
    let session = Session {
        user,
        access_token: grant.access_token,
        refresh_token: grant.refresh_token,
        instance_url,
        login_url,
        means,
        details,
    };
    save_sign_in(context, &session, remember, notes)
}

impl Session {
    pub(super) const fn kind(&self) -> LoginKind {
        match self.means {
            Means::App(_) if self.refresh_token.is_some() => LoginKind::Web,
            Means::PrivateKey { .. } => LoginKind::Jwt,
            Means::App(_) | Means::Token => LoginKind::Token,
        }
    }

    pub(super) fn client_id(&self) -> Option<String> {
        match &self.means {
            Means::App(app) => Some(app.id.clone()),
            Means::PrivateKey { client_id, .. } => Some(client_id.clone()),
            Means::Token => None,
        }
    }

    /// The members of the auth file, secrets encrypted, each with an IV of its own; `None` if one
    /// cannot be.
    pub(super) fn members(&self, world: &World, key: &EncryptionKey) -> Option<Members> {
        let encrypt = |secret: &Secret| key.encrypt(secret, &world.entropy.bytes());
        let mut members = Members::default()
            .with("accessToken", encrypt(&self.access_token)?)
            .with("instanceUrl", self.instance_url.as_str())
            .with("orgId", self.user.org_id.as_str())
            .with("username", self.user.username.as_str())
            .with("loginUrl", self.login_url.as_str());
        if let Some(token) = &self.refresh_token {
            members = members.with("refreshToken", encrypt(token)?);
        }
        members = match &self.means {
            Means::App(app) => {
                let members = members.with("clientId", app.id.as_str());
                match &app.secret {
                    Some(secret) => members.with("clientSecret", encrypt(secret)?),
                    None => members,
                }
            }
            Means::PrivateKey { client_id, path } => members
                .with("privateKey", path.as_str())
                .with("clientId", client_id.as_str()),
            Means::Token => members,
        };
        Some(self.with_details(members))
    }

    fn with_details(&self, mut members: Members) -> Members {
        if let Some(is_dev_hub) = self.details.is_dev_hub {
            members = members.with("isDevHub", is_dev_hub);
        }
        if let Some(version) = &self.details.api_version {
            members = members.with("instanceApiVersion", version.as_str());
        }
        let Some(organization) = self.details.organization.clone() else {
            return members;
        };
        let is_sandbox = organization.is_sandbox.unwrap_or(false);
        let ends = organization.trial_expiration_date.is_some();
        members
            .with("name", organization.name)
            .with("instanceName", organization.instance_name)
            .with("namespacePrefix", organization.namespace_prefix)
            .with("isSandbox", is_sandbox && !ends)
            .with("isScratch", is_sandbox && ends)
            .with("trailExpirationDate", organization.trial_expiration_date)
            .with("orgEdition", organization.organization_type)
    }
}
