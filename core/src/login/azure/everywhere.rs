//! All sign-ins of a person at Entra, on every device: what no logout ends, as Entra ends no single token of a
//! public client.
//!
//! Source: Microsoft Graph, "user: revokeSignInSessions".

use serde::Deserialize;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::msal::{self, KnownPerson};
use super::target::{Cloud, Target, authority, cloud_of, is_identifier};
use super::{error, is_of_person};
use crate::atmos::config::Identity;
use crate::io::net::oauth::{ClientApp, Grant};
use crate::io::net::{Address, CallError};
use crate::login::aws::{Proof, SignIn, SignInError};
use crate::remote::{Endpoint, EndpointSource};
use crate::secret::Secret;
use crate::systems::discovery::{READ_LIMIT, json_object};

/// Somebody who is signed in at Entra here.
#[derive(Clone, Debug)]
pub struct AzurePerson {
    /// The name at the sign-in.
    pub username: String,
    /// The account and its home tenant: who has the same one is the same person.
    pub account: String,
    /// Whose sign-in it is here, for people.
    pub place: String,
    cloud: &'static Cloud,
    tenant: String,
    client: String,
    refresh_token: Secret,
}

#[derive(Deserialize)]
struct Ended {
    value: Option<bool>,
}

impl SignIn<'_> {
    /// Who has signed in as a configured identity; `None` for workloads, and where nobody has.
    ///
    /// # Errors
    ///
    /// [`SignInError`] where its files cannot be read.
    pub fn person_of_azure(&self, identity: &Identity) -> Result<Option<AzurePerson>, SignInError> {
        let target = Target::of(self, identity)?;
        let Some(stored) = self.read_azure(&target)? else {
            return Ok(None);
        };
        if !is_of_person(&target.provider.kind) {
            return Ok(None);
        }
        let found = self.find_in_cache(&target, |cache| {
            let token = msal::find_refresh_token(cache, &target, &stored.tenant)?;
            let mut people = msal::list_people(cache).into_iter();
            people.find(|person| person.refresh_token.expose() == token.expose())
        })?;
        let place = format!("identity \"{}\"", identity.name.written);
        Ok(found.and_then(|known| to_person(known, &stored.tenant, place)))
    }

    /// Who of this name has signed in with the Azure CLI; a name in each cloud is one.
    ///
    /// # Errors
    ///
    /// [`SignInError::File`] where its files cannot be read.
    pub fn people_of_azure_cli(&self, username: &str) -> Result<Vec<AzurePerson>, SignInError> {
        let directory = self.world.environment.get("AZURE_CONFIG_DIR");
        let directory = match directory.filter(|text| !text.trim().is_empty()) {
            Some(directory) => self.world.working_directory.join(directory),
            None => self.world.home.join(".azure"),
        };
        let file = directory.join("msal_token_cache.json");
        let bytes = self
            .files
            .read_named(&file, READ_LIMIT)?
            .map(Zeroizing::new);
        let cache = bytes.and_then(|bytes| json_object(&bytes));
        let mut found: Vec<AzurePerson> = Vec::new();
        for known in cache.iter().flat_map(msal::list_people) {
            let tenant = known.account.split_once('.').map(|(_, tenant)| tenant);
            let tenant = tenant.unwrap_or_default().to_owned();
            let is_meant = known.username.eq_ignore_ascii_case(username);
            let place = self.world.shorten(&file);
            let person = to_person(known, &tenant, place).filter(|_| is_meant);
            found.extend(person.filter(|person| {
                let is_same = |other: &AzurePerson| {
                    other.account == person.account && other.cloud.name == person.cloud.name
                };
                !found.iter().any(is_same)
            }));
        }
        Ok(found)
    }

    /// Ends all sign-ins of a person, on every device.
    ///
    /// # Errors
    ///
    /// [`SignInError::Call`], also where the tenant does not let this app do it.
    pub fn end_everywhere(&self, person: &AzurePerson) -> Result<(), SignInError> {
        let what = || format!("ending the sign-ins of {} everywhere", person.username);
        let failed = |source: CallError| match source {
            CallError::Interrupted => SignInError::Interrupted,
            source => SignInError::Call {
                what: what(),
                hint: find_hint(&source),
                source: Box::new(source),
            },
        };
        let graph = format!("https://{}", person.cloud.graph);
        let grant = self.renew_person(person, &format!("{graph}/.default"));
        let token = grant.map_err(failed)?.access_token;
        let endpoint = Endpoint {
            url: graph.clone(),
            named_by: EndpointSource::Vendor,
        };
        let address = Address::check(&endpoint, [graph.as_str()], self.allowed).map_err(failed)?;
        let ended = self.network.run(address.host(), async |http| {
            let path = "/v1.0/me/revokeSignInSessions";
            let answer = http.post_json(&address, path, &json!({}), &token).await?;
            if !answer.is_success() {
                return Err(answer.refusal(&[&token]));
            }
            // A page that stands between is none of its answers.
            let ended: Value = answer.document()?;
            Ok(serde_json::from_value::<Ended>(ended).is_ok_and(|ended| ended.value == Some(true)))
        });
        if ended.map_err(failed)? {
            return Ok(());
        }
        Err(failed(CallError::NotUnderstood {
            host: address.host().to_owned(),
            status: 200,
            problem: "it does not say that they have ended",
        }))
    }

    /// Asks whether the sign-in here is refused. Where it is not, a token was made, and is dropped.
    pub fn prove_ended_everywhere(&self, person: &AzurePerson) -> Proof {
        match self.renew_person(person, &person.cloud.arm_scope()) {
            Ok(_) => Proof::StillTaken,
            Err(CallError::Refused {
                status: 400, code, ..
            }) if code == "invalid_grant" => Proof::Refused,
            Err(source) => Proof::Unknown(source.to_string()),
        }
    }

    fn renew_person(&self, person: &AzurePerson, scope: &str) -> Result<Grant, CallError> {
        let server = authority(self, person.cloud, &person.tenant)?;
        let token = &person.refresh_token;
        let form = [
            ("grant_type", "refresh_token"),
            ("refresh_token", token.expose()),
            ("scope", scope),
        ];
        let app = ClientApp {
            id: person.client.clone(),
            secret: None,
        };
        self.network
            .ask_for_tokens(&server, Some(&app), &form, token)
    }
}

fn to_person(known: KnownPerson, tenant: &str, place: String) -> Option<AzurePerson> {
    let cloud = cloud_of(&known.environment)?;
    // They become parts of addresses and of requests.
    let is_plain = is_identifier(tenant) && is_identifier(&known.client);
    is_plain.then(|| AzurePerson {
        username: crate::io::net::sanitize_message(&known.username, &[]),
        account: known.account,
        place,
        cloud,
        tenant: tenant.to_owned(),
        client: known.client,
        refresh_token: known.refresh_token,
    })
}

fn find_hint(source: &CallError) -> Option<String> {
    match source {
        CallError::Refused { status: 403, .. } => Some(
            "the tenant does not let this app do it, and of guests it never does: sign out everywhere at \
             https://mysignins.microsoft.com/security-info, or ask an administrator"
                .to_owned(),
        ),
        _ => error::find_hint(source),
    }
}
