//! AWS Sign-In: an IAM user, a federated person or the root user signs in in a browser, for an identity of
//! Atmos (`aws/user`) or a profile of the AWS CLI (`aws login`).
//!
//! Sources: requests and files of the AWS CLI 2.36.7; Atmos `pkg/auth/identities/aws/webflow.go`.

use std::time::Duration;

use aws_sdk_signin::types::CreateOAuth2TokenRequestBody;
use aws_sdk_signin::types::builders::CreateOAuth2TokenRequestBodyBuilder;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::atmos_files::{format_end, place};
use super::client::build_signin;
use super::endpoint::Service;
use super::person::{Question, Wait, WayToAsk};
use super::proof::ProofKey;
use super::session_files::LIMIT;
use super::{RoleKeys, SignIn, SignInError};
use crate::atmos::config::{self, Identity};
use crate::io::files::{Change, ConfinedPath, LockRule, is_plain_component};
use crate::io::net::callback::Callback;
use crate::io::net::{Address, CallError, sdk_failure};
use crate::secret::Secret;
use crate::systems::discovery::{json_object, parse_timestamp};

const SAME_DEVICE: &str = "arn:aws:signin:::devtools/same-device";
const CROSS_DEVICE: &str = "arn:aws:signin:::devtools/cross-device";
const REDIRECT_PATH: &str = "/oauth/callback";
const CONFIRMATION_PATH: &str = "/v1/sessions/confirmation";

/// How long a sign-in lasts, whatever is renewed in between.
const LIFETIME: SignedDuration = SignedDuration::from_hours(12);

/// How long the person may take, unless told otherwise.
const PATIENCE: Duration = Duration::from_mins(10);

/// What AWS Sign-In handed out.
pub(super) struct Login {
    pub(super) keys: RoleKeys,
    pub(super) refresh_token: Secret,
    pub(super) id_token: Option<Secret>,
    pub(super) client_id: String,
    pub(super) key: ProofKey,
}

impl SignIn<'_> {
    /// Signs an IAM user of Atmos in in a browser.
    pub(super) fn sign_in_user_by_browser(
        &self,
        identity: &Identity,
    ) -> Result<RoleKeys, SignInError> {
        let region = self.sts_region(identity, "");
        let login = self.sign_in_by_browser(&identity.name.written, &region)?;
        if let Some(file) = self.webflow_file(identity) {
            let end = self.world.now() + LIFETIME;
            let bytes = render_atmos(&login.refresh_token, &login.key, &region, end);
            let change = &mut |_: Option<&[u8]>| Ok(Change::Replace(bytes.clone()));
            self.files
                .edit_or_create(&file, LockRule::None, LIMIT, change)?;
        }
        let region = self.region_of(identity).map(str::to_owned).or(Some(region));
        Ok(RoleKeys {
            region,
            ..login.keys
        })
    }

    /// The keys of an IAM user whose sign-in in a browser lasts; `None` if there is none.
    pub(super) fn renewed_by_browser(
        &self,
        identity: &Identity,
    ) -> Result<Option<RoleKeys>, SignInError> {
        let Some(file) = self.webflow_file(identity).filter(|_| !self.force) else {
            return Ok(None);
        };
        let mut outcome: Option<Result<RoleKeys, SignInError>> = None;
        let change = &mut |bytes: &[u8]| {
            let Some((token, key, region, end)) = parse_atmos(bytes) else {
                return Ok(Change::Keep);
            };
            if end <= self.world.now() || matches!(outcome, Some(Ok(_))) {
                return Ok(Change::Keep);
            }
            match self.renew_login(&identity.name.written, &region, SAME_DEVICE, &token, key) {
                Ok(login) => {
                    let new = render_atmos(&login.refresh_token, &login.key, &region, end);
                    let region = self.region_of(identity).map(str::to_owned).or(Some(region));
                    outcome = Some(Ok(RoleKeys {
                        region,
                        ..login.keys
                    }));
                    Ok(Change::Replace(new))
                }
                Err(error) => {
                    outcome = Some(Err(error));
                    Ok(Change::Keep)
                }
            }
        };
        let edited = self.files.edit(&file, LockRule::None, LIMIT, change);
        match outcome {
            Some(Ok(keys)) => edited.map(|_| Some(keys)).map_err(Into::into),
            Some(Err(error)) if is_over(&error) => Ok(None),
            Some(Err(error)) => Err(error),
            None => edited.map(|_| None).map_err(Into::into),
        }
    }

    /// `{cache}/aws-webflow/<identity>-{realm}/refresh.json`.
    fn webflow_file(&self, identity: &Identity) -> Option<ConfinedPath> {
        let realm = config::resolve_realm(self.world, self.configuration).value;
        let name = format!("{}-{realm}", identity.name.key);
        if !name.split('/').all(is_plain_component) {
            return None;
        }
        let cache = self.world.atmos_cache_root().join("aws-webflow");
        place(self.world, &cache.join(name).join("refresh.json"))
    }

    /// Asks a person to sign in, and exchanges what the browser brings.
    pub(super) fn sign_in_by_browser(
        &self,
        name: &str,
        region: &str,
    ) -> Result<Login, SignInError> {
        if !self.may_ask {
            return Err(SignInError::NeedsPerson {
                what: format!("\"{name}\""),
            });
        }
        let address = self.address_of(Service::SignIn, None, region)?;
        let key = ProofKey::generate().ok_or_else(|| SignInError::Unusable {
            what: "this machine".to_owned(),
            why: "it gives no random numbers".to_owned(),
        })?;
        let verifier = self.new_verifier();
        let state = self.random_text();
        let challenge = verifier.challenge();
        let url = |client: &str, redirect: &str| {
            let mut url = address.shown("/v1/authorize");
            url.query_pairs_mut()
                .append_pair("response_type", "code")
                .append_pair("client_id", client)
                .append_pair("state", &state)
                // Not `S256`, as everywhere else.
                .append_pair("code_challenge_method", "SHA-256")
                .append_pair("scope", "openid")
                .append_pair("redirect_uri", redirect)
                .append_pair("code_challenge", &challenge);
            String::from(url)
        };
        let (client, redirect, code) = if self.person.has_browser() {
            let port = self.wishes.callback_port;
            let callback = Callback::bind(port, REDIRECT_PATH, Secret::new(state.clone()))?;
            let redirect = callback.redirect_uri_by_address();
            let way = WayToAsk::Browser {
                url: url(SAME_DEVICE, &redirect),
                paste_back: callback.paste_back(),
                has_other_way: false,
            };
            self.person.show(name, &way);
            let limit = self.wishes.patience.unwrap_or(PATIENCE);
            let tell = &|left| self.person.wait(Wait { left });
            let code = callback.wait_telling(limit, self.network.cancel(), tell);
            self.person.end_wait();
            (SAME_DEVICE, redirect, code?)
        } else {
            let redirect = format!("{}{CONFIRMATION_PATH}", address.text());
            let url = url(CROSS_DEVICE, &redirect);
            self.person.show(name, &WayToAsk::Code { url });
            let pasted = self.person.ask(Question::PastedCode);
            let pasted = pasted.map_err(|why| SignInError::Unanswered {
                what: "the code that the page shows".to_owned(),
                why,
            })?;
            let code = read_pasted(&pasted, &state).map_err(|why| SignInError::Unusable {
                what: "the pasted code".to_owned(),
                why: why.to_owned(),
            })?;
            (CROSS_DEVICE, redirect, code)
        };
        let body = CreateOAuth2TokenRequestBody::builder()
            .client_id(client)
            .grant_type("authorization_code")
            .code(code.expose())
            .code_verifier(verifier.expose())
            .redirect_uri(redirect);
        self.ask_for_login(name, region, &address, client, body, key, &code)
    }

    /// Renews a sign-in with its refresh token, which counts once.
    pub(super) fn renew_login(
        &self,
        name: &str,
        region: &str,
        client: &str,
        token: &Secret,
        key: ProofKey,
    ) -> Result<Login, SignInError> {
        let address = self.address_of(Service::SignIn, None, region)?;
        let body = CreateOAuth2TokenRequestBody::builder()
            .client_id(client)
            .grant_type("refresh_token")
            .refresh_token(token.expose());
        self.ask_for_login(name, region, &address, client, body, key, token)
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "one request, and what it is bound to"
    )]
    fn ask_for_login(
        &self,
        name: &str,
        region: &str,
        address: &Address,
        client_id: &str,
        body: CreateOAuth2TokenRequestBodyBuilder,
        key: ProofKey,
        secret: &Secret,
    ) -> Result<Login, SignInError> {
        let not_understood = |problem| CallError::NotUnderstood {
            host: address.host().to_owned(),
            status: 200,
            problem,
        };
        let url = String::from(address.below("/v1/token"));
        let proof = key.sign(&url, &self.random_text(), self.server_now());
        let body = body.build().ok();
        let answer = self.network.run(address.host(), async |http| {
            let (Some(proof), Some(body)) = (proof, body) else {
                return Err(not_understood("the request could not be signed"));
            };
            let client = build_signin(http, address, region, None);
            let call = client.create_o_auth2_token().token_input(body).customize();
            let call = call.mutate_request(move |request| {
                // Letters, digits, `-`, `_` and dots can always be a header.
                let _ = request
                    .headers_mut()
                    .try_insert("DPoP", proof.expose().to_owned());
            });
            let answer = call.send().await;
            answer.map_err(|error| sdk_failure(address, &error, &[secret]))
        });
        let answer = answer.map_err(|source| self.login_failure(name, region, source))?;
        let output = answer.token_output();
        let end = output.map(|output| {
            let seconds = i64::from(output.expires_in()).clamp(0, 900);
            self.world.now() + SignedDuration::from_secs(seconds)
        });
        let keys = output
            .and_then(|output| output.access_token())
            .and_then(|keys| {
                RoleKeys::of_answer(
                    keys.access_key_id(),
                    keys.secret_access_key(),
                    Some(keys.session_token()),
                    end,
                )
            });
        let Some((keys, output)) = keys.zip(output) else {
            let source = not_understood("there are no keys in it");
            return Err(self.login_failure(name, region, source));
        };
        let id_token = output.id_token().map(|token| Secret::new(token.to_owned()));
        let arn = id_token.as_ref().and_then(read_subject);
        Ok(Login {
            keys: RoleKeys {
                account_id: arn
                    .as_ref()
                    .and_then(|arn| arn.split(':').nth(4).map(str::to_owned)),
                arn,
                ..keys
            },
            refresh_token: Secret::new(output.refresh_token().to_owned()),
            id_token,
            client_id: client_id.to_owned(),
            key,
        })
    }

    /// The time by the server's clock, which judges a proof's age.
    pub(super) fn server_now(&self) -> Timestamp {
        let now = self.world.now();
        let ahead = self.network.server_time().seconds_ahead(now).unwrap_or(0);
        if ahead.abs() > 60 {
            now - SignedDuration::from_secs(ahead)
        } else {
            now
        }
    }

    fn login_failure(&self, name: &str, region: &str, source: CallError) -> SignInError {
        let words = match &source {
            CallError::Refused { description, .. } => description.as_str(),
            _ => "",
        };
        let hint = self.explain_clock().or_else(|| {
            let known = match &source {
                CallError::Refused { code, .. } if code == "AccessDeniedException" => {
                    "the sign-in has ended, or lacks the permission signin:CreateOAuth2Token: sign in \
                     again"
                }
                CallError::Refused { .. } if words.contains("DPoP") => {
                    "the proof was not accepted: check the clock of this machine"
                }
                CallError::Unreachable { .. } => {
                    return Some(format!("check the network, and the region {region}"));
                }
                _ => return None,
            };
            Some(known.to_owned())
        });
        SignInError::Call {
            what: format!("signing in as \"{name}\""),
            source: Box::new(source),
            hint,
        }
    }
}

/// Whether a refusal says that the sign-in is over.
pub(super) fn is_over(error: &SignInError) -> bool {
    let SignInError::Call { source, .. } = error else {
        return false;
    };
    matches!(&**source, CallError::Refused { code, .. } if code == "AccessDeniedException")
}

/// The code in what a page has shown: Base64 of `state=…&code=…`. Another sign-in's counts for nothing.
fn read_pasted(pasted: &Secret, state: &str) -> Result<Secret, &'static str> {
    let text = pasted.expose().trim();
    let bytes = STANDARD
        .decode(text)
        .or_else(|_| URL_SAFE_NO_PAD.decode(text));
    let bytes = bytes.map_err(|_| "it is not the code that the page shows")?;
    let field = |name: &str| {
        let mut fields = url::form_urlencoded::parse(&bytes);
        fields
            .find(|(found, _)| found == name)
            .map(|(_, value)| value.into_owned())
    };
    if field("state").as_deref() != Some(state) {
        return Err("it belongs to another sign-in");
    }
    let code = field("code").filter(|code| !code.is_empty());
    code.map(Secret::new).ok_or("there is no code in it")
}

/// The ARN of who signed in, if the token names one.
fn read_subject(token: &Secret) -> Option<String> {
    let claims = token.expose().split('.').nth(1)?;
    let claims = json_object(&URL_SAFE_NO_PAD.decode(claims).ok()?)?;
    let subject = claims.get("sub")?.as_str()?;
    let is_of_arn = |c: char| c.is_ascii_graphic();
    let is_arn =
        subject.starts_with("arn:") && subject.len() <= 512 && subject.chars().all(is_of_arn);
    is_arn.then(|| subject.to_owned())
}

fn render_atmos(token: &Secret, key: &ProofKey, region: &str, end: Timestamp) -> Vec<u8> {
    let key = key.to_base64();
    let document = json!({
        "refreshToken": token.expose(),
        "region": region,
        "expiresAt": format_end(end),
        "dpopKey": key.as_ref().map(Secret::expose),
    });
    // Texts alone can always be written.
    serde_json::to_vec_pretty(&document).unwrap_or_default()
}

fn parse_atmos(bytes: &[u8]) -> Option<(Secret, ProofKey, String, Timestamp)> {
    let document = json_object(bytes)?;
    let text = |key: &str| document.get(key).and_then(Value::as_str);
    Some((
        Secret::new(text("refreshToken")?.to_owned()),
        ProofKey::from_base64(text("dpopKey")?)?,
        text("region").unwrap_or("us-east-1").to_owned(),
        parse_timestamp(text("expiresAt")?)?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pasted_code_counts_for_its_own_sign_in_only() {
        let shown = |text: &str| Secret::new(STANDARD.encode(text));
        let read =
            |pasted: &Secret| read_pasted(pasted, "mine").map(|code| code.expose().to_owned());
        assert_eq!(read(&shown("state=mine&code=FAKE")), Ok("FAKE".to_owned()));
        for wrong in ["state=other&code=FAKE", "code=FAKE", "state=mine"] {
            assert!(read(&shown(wrong)).is_err(), "{wrong}");
        }
        assert!(read(&Secret::new("FAKE!".to_owned())).is_err());
    }
}
