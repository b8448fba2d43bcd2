//! Workloads: a token that somebody else issued is exchanged for one of Google's.
//!
//! Sources: Atmos `pkg/auth/providers/gcp/wif.go`; Google, "AIP-4117 External accounts".

use serde::Deserialize;
use zeroize::Zeroizing;

use super::account::ServiceAccount;
use super::servers::{Service, standard};
use super::{SCOPE, Token, error};
use crate::atmos::config::Provider;
use crate::io::net::oauth::SecretText;
use crate::io::net::{Address, CallError};
use crate::login::aws::{SignIn, SignInError};
use crate::secret::Secret;

/// The largest file of a token that is read, in bytes.
const LIMIT: u64 = 64 << 10;

#[derive(Deserialize)]
struct Issued {
    value: SecretText,
}

impl SignIn<'_> {
    /// The token of a workload, and of the service account that it works as, if it does.
    pub(super) fn workload_token(
        &self,
        provider: &Provider,
        scopes: &str,
    ) -> Result<Token, SignInError> {
        let audience = find_audience(provider)?;
        let email = provider.compared(&["spec", "service_account_email"]);
        let account = match email {
            Some(email) => Some(ServiceAccount::new(email).ok_or_else(|| {
                lacks(
                    provider,
                    "`spec.service_account_email` is no service account",
                )
            })?),
            None => None,
        };
        let subject = self.find_subject_token(provider, &audience)?;
        let failed =
            |call| error::to_failure(format!("signing in to \"{}\"", provider.name.written), call);
        let address = self.google_address(Service::Sts, None).map_err(failed)?;
        let address = Address::parse(&format!("{}/v1/token", address.text())).map_err(failed)?;
        // Whoever works as a service account needs this for it; the account has the narrower ones.
        let scope = if account.is_some() { SCOPE } else { scopes };
        let form = [
            (
                "grant_type",
                "urn:ietf:params:oauth:grant-type:token-exchange",
            ),
            ("audience", audience.as_str()),
            ("scope", scope),
            (
                "requested_token_type",
                "urn:ietf:params:oauth:token-type:access_token",
            ),
            ("subject_token", subject.expose()),
            ("subject_token_type", "urn:ietf:params:oauth:token-type:jwt"),
        ];
        let server = standard(address);
        let grant = self
            .network
            .ask_for_tokens(&server, None, &form, &subject)
            .map_err(failed)?;
        let token = self.to_google_token(grant);
        match account {
            Some(account) => {
                let scopes: Vec<String> = scopes.split(' ').map(str::to_owned).collect();
                self.impersonate(&account.with_scopes(&scopes), &token)
            }
            None => Ok(token),
        }
    }

    fn find_subject_token(
        &self,
        provider: &Provider,
        audience: &str,
    ) -> Result<Secret, SignInError> {
        let at = |key: &str| provider.compared(&["spec", "token_source", key]);
        let need = |key: &str| {
            at(key).ok_or_else(|| lacks(provider, &format!("`spec.token_source.{key}` is missing")))
        };
        let unusable = |what: &str, why: &str| SignInError::Unusable {
            what: format!("{what} of provider \"{}\"", provider.name.written),
            why: why.to_owned(),
        };
        let token = match at("type").unwrap_or_default() {
            "environment" => {
                let name = need("environment_variable")?;
                let token = self.world.environment.get(name);
                let token = token.ok_or_else(|| unusable("the variable", "it is not set"))?;
                Secret::new(token.trim().to_owned())
            }
            "file" => {
                let path = self.world.working_directory.join(need("file_path")?);
                let bytes = self.files.read_named(&path, LIMIT)?.map(Zeroizing::new);
                let bytes = bytes.ok_or_else(|| unusable("the token file", "it is not there"))?;
                let text = std::str::from_utf8(&bytes).map(str::trim);
                Secret::new(text.unwrap_or_default().to_owned())
            }
            "url" => {
                let own = at("audience").unwrap_or(audience).to_owned();
                let asked = self.ask_token_url(provider, need("url")?, at("request_token"), &own);
                asked.map_err(|call| {
                    let what = format!(
                        "getting the workload's token for \"{}\"",
                        provider.name.written
                    );
                    error::to_failure(what, call)
                })?
            }
            "" => self.workflow_token(provider, &format!("https:{audience}"))?,
            _ => {
                return Err(lacks(
                    provider,
                    "`spec.token_source.type` is none of environment, file, url",
                ));
            }
        };
        // Whatever else a project names must not be sent anywhere.
        if token.expose().split('.').count() != 3 || token.expose().contains(char::is_whitespace) {
            return Err(unusable("the token", "it is no JSON Web Token"));
        }
        Ok(token)
    }

    /// Asks a server that the configuration names: https only, and only the one that the environment
    /// names for workflows, or one that the person allowed.
    fn ask_token_url(
        &self,
        provider: &Provider,
        url: &str,
        request_token: Option<&str>,
        audience: &str,
    ) -> Result<Secret, CallError> {
        let get = |name: &str| self.world.environment.get(name);
        let address = Address::parse(url)?.origin();
        let of_workflow = get("ACTIONS_ID_TOKEN_REQUEST_URL")
            .and_then(|own| Address::parse(own).ok())
            .map(Address::origin);
        let is_of_workflow = of_workflow.as_ref() == Some(&address);
        if !is_of_workflow {
            use crate::remote::{Endpoint, EndpointSource};
            // A list beside the address (`allowed_hosts`) is the project's own word.
            let endpoint = Endpoint {
                url: address.text().to_owned(),
                named_by: EndpointSource::Configuration,
            };
            Address::check(&endpoint, [], self.allowed)?;
        }
        let own = get("ACTIONS_ID_TOKEN_REQUEST_TOKEN").filter(|_| is_of_workflow);
        let token = own.or(request_token).unwrap_or_default();
        let token = Secret::new(token.to_owned());
        let mut parsed = url::Url::parse(url.trim()).map_err(|_| CallError::NotAllowed {
            host: provider.name.written.clone(),
            why: "the address cannot be understood",
        })?;
        parsed.query_pairs_mut().append_pair("audience", audience);
        let path = format!("{}?{}", parsed.path(), parsed.query().unwrap_or_default());
        self.network.run(address.host(), async |http| {
            let answer = http.get(&address, &path, &token).await?;
            if !answer.is_success() {
                return Err(answer.refusal(&[&token]));
            }
            let issued: Issued = answer.document()?;
            Ok(issued.value.0)
        })
    }
}

/// The provider of the pool, as Google names it.
fn find_audience(provider: &Provider) -> Result<String, SignInError> {
    let either = |names: [&str; 2]| {
        let mut found = names
            .iter()
            .filter_map(|name| provider.compared(&["spec", *name]));
        let found = found
            .next()
            .ok_or_else(|| lacks(provider, &format!("`spec.{}` is missing", names[0])))?;
        let is_plain = found
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if is_plain {
            Ok(found)
        } else {
            Err(lacks(provider, &format!("`spec.{}` is no id", names[0])))
        }
    };
    let number = either(["project_number", "project_number"])?;
    let pool = either(["workload_identity_pool_id", "workload_identity_pool"])?;
    let name = either([
        "workload_identity_provider_id",
        "workload_identity_provider",
    ])?;
    Ok(format!(
        "//iam.googleapis.com/projects/{number}/locations/global/workloadIdentityPools/{pool}/providers/{name}"
    ))
}

fn lacks(provider: &Provider, problem: &str) -> SignInError {
    SignInError::Configuration {
        entry: format!("provider \"{}\"", provider.name.written),
        problem: problem.to_owned(),
    }
}
