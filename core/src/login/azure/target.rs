//! Where an identity of Azure signs in: cloud, tenant, client and subscription.
//!
//! Source: Atmos `pkg/auth/cloud/azure`, `pkg/auth/providers/azure`.

use crate::atmos::config::{Configuration, Identity, Provider, ProviderKind};
use crate::io::net::oauth::{ClientApp, DeviceGrant, Paths, Server};
use crate::io::net::{Address, CallError};
use crate::login::aws::{SignIn, SignInError};
use crate::remote::{Endpoint, EndpointSource};
use crate::secret::Secret;

/// The Azure CLI's own public client.
pub(super) const CLI_CLIENT: &str = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";

/// The server of Kubernetes clusters, which has the same id in every cloud.
const AKS_SERVER: &str = "6dae42f8-4368-4678-94ff-3960e28e3630";

/// The variable that names another authority, as Azure's libraries have it.
const AUTHORITY_VARIABLE: &str = "AZURE_AUTHORITY_HOST";

/// A cloud of Azure.
#[derive(Debug)]
pub(super) struct Cloud {
    /// As `spec.cloud_environment` has it.
    pub(super) name: &'static str,
    pub(super) login: &'static str,
    arm: &'static str,
    pub(super) graph: &'static str,
    key_vault: &'static str,
    /// The host of the portal.
    portal: &'static str,
    /// As `azureProfile.json` has it.
    pub(super) profile: &'static str,
}

const CLOUDS: [Cloud; 3] = [
    Cloud {
        name: "public",
        login: "login.microsoftonline.com",
        arm: "management.azure.com",
        graph: "graph.microsoft.com",
        key_vault: "vault.azure.net",
        portal: "portal.azure.com",
        profile: "AzureCloud",
    },
    Cloud {
        name: "usgovernment",
        login: "login.microsoftonline.us",
        arm: "management.usgovcloudapi.net",
        graph: "graph.microsoft.us",
        key_vault: "vault.usgovcloudapi.net",
        portal: "portal.azure.us",
        profile: "AzureUSGovernment",
    },
    Cloud {
        name: "china",
        login: "login.chinacloudapi.cn",
        arm: "management.chinacloudapi.cn",
        graph: "microsoftgraph.chinacloudapi.cn",
        key_vault: "vault.azure.cn",
        portal: "portal.azure.cn",
        profile: "AzureChinaCloud",
    },
];

impl Cloud {
    /// The host of the resource manager.
    pub(super) const fn arm(&self) -> &'static str {
        self.arm
    }

    /// The permission that is asked for first, without which there is no sign-in.
    pub(super) fn arm_scope(&self) -> String {
        format!("https://{}/.default", self.arm)
    }

    /// The others, of which each may be missing: for the directory, for secrets, for Kubernetes.
    pub(super) fn other_scopes(&self) -> [String; 3] {
        [
            format!("https://{}/.default", self.graph),
            format!("https://{}/.default", self.key_vault),
            format!("{AKS_SERVER}/.default"),
        ]
    }
}

/// Where an identity signs in.
#[derive(Clone, Debug)]
pub(super) struct Target<'a> {
    pub(super) provider: &'a Provider,
    pub(super) cloud: &'static Cloud,
    /// By its id or a name.
    pub(super) tenant: String,
    pub(super) client: String,
    pub(super) subscription: String,
    pub(super) location: Option<String>,
}

impl<'a> Target<'a> {
    pub(super) fn of(sign_in: &'a SignIn<'_>, identity: &Identity) -> Result<Self, SignInError> {
        let auth = &sign_in.configuration.auth;
        let entry = format!("identity \"{}\"", identity.name.written);
        let lacks = |entry: &str, problem: &str| SignInError::Configuration {
            entry: entry.to_owned(),
            problem: problem.to_owned(),
        };
        let provider = identity.via.provider();
        let provider = provider.and_then(|name| auth.provider(&name.key));
        let provider = provider.ok_or_else(|| lacks(&entry, "`via.provider` names no provider"))?;
        let subscription = identity
            .subscription_id()
            .ok_or_else(|| lacks(&entry, "`principal.subscription_id` is missing"))?;
        let entry = format!("provider \"{}\"", provider.name.written);
        let tenant = provider
            .tenant_id()
            .ok_or_else(|| lacks(&entry, "`spec.tenant_id` is missing"))?;
        // It becomes a part of addresses and of names in files.
        if !is_identifier(tenant) {
            return Err(lacks(&entry, "`spec.tenant_id` is no id and no domain"));
        }
        let client = match (provider.client_id(), &provider.kind) {
            (Some(client), _) => client,
            (None, ProviderKind::AzureOidc) => {
                return Err(lacks(&entry, "`spec.client_id` is missing"));
            }
            (None, _) => CLI_CLIENT,
        };
        let name = provider.cloud_environment().unwrap_or("public");
        let cloud = CLOUDS.iter().find(|cloud| cloud.name == name);
        let cloud = cloud.ok_or_else(|| {
            lacks(
                &entry,
                "`spec.cloud_environment` is none of public, usgovernment, china",
            )
        })?;
        for (text, problem) in [
            (subscription, "`principal.subscription_id` is no id"),
            (client, "`spec.client_id` is no id"),
        ] {
            if !is_identifier(text) {
                return Err(lacks(&entry, problem));
            }
        }
        let location = identity.text(&["principal", "location"]);
        let location = location.or_else(|| provider.text(&["spec", "location"]));
        Ok(Self {
            provider,
            cloud,
            tenant: tenant.to_owned(),
            client: client.to_owned(),
            subscription: subscription.to_owned(),
            location: location.map(str::to_owned),
        })
    }

    pub(super) fn app(&self) -> ClientApp {
        ClientApp {
            id: self.client.clone(),
            secret: None,
        }
    }

    pub(super) fn server(&self, sign_in: &SignIn<'_>) -> Result<Server, SignInError> {
        authority(sign_in, self.cloud, &self.tenant).map_err(|source| self.failure(source))
    }

    /// What a failed request means for the person.
    pub(super) fn failure(&self, source: CallError) -> SignInError {
        match source {
            CallError::Interrupted => SignInError::Interrupted,
            source => SignInError::Call {
                what: format!("signing in to \"{}\"", self.provider.name.written),
                hint: super::error::find_hint(&source),
                source: Box::new(source),
            },
        }
    }
}

/// The page of the portal for the subscription of an identity.
pub(in crate::login) fn portal_page(
    configuration: &Configuration,
    identity: &Identity,
    destination: Option<&str>,
) -> Result<String, &'static str> {
    let provider = identity.via.provider();
    let provider = provider.and_then(|name| configuration.auth.provider(&name.key));
    let provider = provider.ok_or("its provider is not configured")?;
    let name = provider.cloud_environment().unwrap_or("public");
    let cloud = CLOUDS.iter().find(|cloud| cloud.name == name);
    let cloud = cloud.ok_or("its cloud is not known")?;
    let plain = |text: Option<&str>, problem| {
        let text = text.filter(|text| is_identifier(text));
        text.map(str::to_owned).ok_or(problem)
    };
    let tenant = plain(provider.tenant_id(), "its tenant is no id and no domain")?;
    let subscription = plain(identity.subscription_id(), "its subscription is no id")?;
    let host = cloud.portal;
    let rest = destination.map(|text| format!("/{}", text.trim_matches('/')));
    let rest = rest.unwrap_or_default();
    Ok(format!(
        "https://{host}/#@{tenant}/resource/subscriptions/{subscription}{rest}"
    ))
}

/// The cloud whose sign-in has this host, by any of its names.
pub(super) fn cloud_of(host: &str) -> Option<&'static Cloud> {
    let older = [
        "login.windows.net",
        "login.microsoft.com",
        "sts.windows.net",
    ];
    let host = if older.contains(&host) {
        CLOUDS[0].login
    } else {
        host
    };
    CLOUDS.iter().find(|cloud| cloud.login == host)
}

/// The authority of a tenant: the cloud's own host, or the one that the environment names.
pub(super) fn authority(
    sign_in: &SignIn<'_>,
    cloud: &Cloud,
    tenant: &str,
) -> Result<Server, CallError> {
    let own = format!("https://{}", cloud.login);
    let named = sign_in.world.environment.get(AUTHORITY_VARIABLE);
    let endpoint = match named.filter(|named| !named.trim().is_empty()) {
        Some(named) => Endpoint {
            url: with_scheme(named),
            named_by: EndpointSource::Environment,
        },
        None => Endpoint {
            url: own.clone(),
            named_by: EndpointSource::Vendor,
        },
    };
    let address = Address::check(&endpoint, [own.as_str()], sign_in.allowed)?;
    let address = Address::parse(&format!("{}/{tenant}", address.text()))?;
    Ok(Server {
        query: &[("response_mode", "query"), ("prompt", "select_account")],
        device: DeviceGrant::STANDARD,
        token_fields: &[("client_info", "1")],
        ..Server::standard(
            address,
            Paths {
                authorize: "/oauth2/v2.0/authorize",
                token: "/oauth2/v2.0/token",
                device: "/oauth2/v2.0/devicecode",
            },
        )
    })
}

/// The variable may hold a host alone.
fn with_scheme(host: &str) -> String {
    let host = host.trim().trim_end_matches('/');
    if host.contains("://") {
        host.to_owned()
    } else {
        format!("https://{host}")
    }
}

/// Whether a text is made as ids and domains are.
pub(super) fn is_identifier(text: &str) -> bool {
    let is_of_one = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    (1..=128).contains(&text.len()) && text.bytes().all(is_of_one) && !text.starts_with(['.', '-'])
}

/// The claims of a JSON Web Token, unchecked: they are shown, compared and recorded, and decide nothing.
pub(super) fn read_claims(token: &Secret) -> Option<serde_json::Map<String, serde_json::Value>> {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let payload = token.expose().split('.').nth(1)?;
    let bytes = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
    crate::systems::discovery::json_object(&bytes)
}
