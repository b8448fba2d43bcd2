//! Who somebody is to Azure: the directory says it of people, the resource manager whether it takes a token.
//!
//! Sources: Microsoft Graph, "Get a user", `/me`; Azure REST API, "Tenants - List".

use serde::Deserialize;

use super::files::Stored;
use super::target::{Target, read_claims};
use super::{find_name, is_of_person};
use crate::atmos::config::Identity;
use crate::io::net::{Address, CallError};
use crate::login::aws::{SignIn, SignInError};
use crate::login::cloud::CloudCaller;
use crate::remote::{Endpoint, EndpointSource};
use crate::secret::Secret;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Me {
    user_principal_name: String,
    id: Option<String>,
}

impl SignIn<'_> {
    /// Asks with what is on disk, as long as it lasts.
    pub(in crate::login) fn find_azure_caller(
        &self,
        identity: &Identity,
    ) -> Result<Option<CloudCaller>, SignInError> {
        let target = Target::of(self, identity)?;
        let now = self.world.now();
        let stored = self.read_azure(&target)?;
        let Some(stored) = stored.filter(|stored| stored.expires_at > now) else {
            return Ok(None);
        };
        let failed = |source| match target.failure(source) {
            SignInError::Call { source, .. } => SignInError::Call {
                what: "asking Azure who this is".to_owned(),
                source,
                hint: None,
            },
            other => other,
        };
        let graph = stored.graph.as_ref().filter(|(_, end)| *end > now);
        if let Some((token, _)) = graph.filter(|_| is_of_person(&target.provider.kind)) {
            let path = "/v1.0/me?$select=userPrincipalName,id";
            let me = self.get_of_azure::<Me>(target.cloud.graph, path, token);
            let me = me.map_err(failed)?;
            return Ok(Some(CloudCaller {
                name: me.user_principal_name,
                id: me.id,
            }));
        }
        let path = "/tenants?api-version=2022-12-01";
        let tenants = self.get_of_azure::<serde_json::Map<_, _>>(
            target.cloud.arm(),
            path,
            &stored.access_token,
        );
        tenants.map(drop).map_err(failed)?;
        Ok(Some(read_caller(&stored).unwrap_or_else(|| CloudCaller {
            name: target.client.clone(),
            id: None,
        })))
    }

    /// Who the token on disk names.
    pub(in crate::login) fn read_azure_caller(&self, identity: &Identity) -> Option<CloudCaller> {
        let target = Target::of(self, identity).ok()?;
        read_caller(&self.read_azure(&target).ok()??)
    }

    fn get_of_azure<T: serde::de::DeserializeOwned>(
        &self,
        host: &str,
        path: &str,
        token: &Secret,
    ) -> Result<T, CallError> {
        let own = format!("https://{host}");
        let endpoint = Endpoint {
            url: own.clone(),
            named_by: EndpointSource::Vendor,
        };
        let address = Address::check(&endpoint, [own.as_str()], self.allowed)?;
        self.network.run(address.host(), async |http| {
            let answer = http.get(&address, path, token).await?;
            if !answer.is_success() {
                return Err(answer.refusal(&[token]));
            }
            answer.document::<T>()
        })
    }
}

fn read_caller(stored: &Stored) -> Option<CloudCaller> {
    let claims = read_claims(&stored.access_token)?;
    let id = claims.get("oid").and_then(serde_json::Value::as_str);
    Some(CloudCaller {
        name: find_name(&claims)?,
        id: id.map(str::to_owned),
    })
}
