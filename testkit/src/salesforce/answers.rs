//! What a Salesforce answers.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{Org, State};
use crate::server::{Answer, Request};

impl State {
    pub(super) fn position(&self, key: &str) -> usize {
        let position = self.orgs.iter().position(|org| org.key == key);
        position.unwrap_or_else(|| panic!("no org {key}"))
    }

    pub(super) fn of_access(&self, token: &str) -> Option<&Org> {
        let is_it = |org: &&Org| {
            token.starts_with(&format!("{}!", &org.id[..15])) && !self.dead.contains(token)
        };
        self.orgs.iter().find(is_it)
    }

    pub(super) fn of_refresh(&self, token: &str) -> Option<usize> {
        let is_it = |org: &Org| token == org.refresh_token() && !self.dead.contains(token);
        self.orgs.iter().position(is_it)
    }

    pub(super) fn answer(&mut self, request: &Request) -> Answer {
        if self.is_down {
            let page = "<html><body>Down for maintenance</body></html>";
            return text(503, "text/html", page);
        }
        // An address that ends with a slash has a second one when the real client adds to it.
        let path = request.path.replace("//", "/");
        match path.as_str() {
            "/services/oauth2/authorize" => self.authorize(&fields(&request.query_fields())),
            "/services/oauth2/token" => self.token(&fields(&request.form())),
            "/services/oauth2/revoke" => self.revoke(&fields(&request.form())),
            "/services/data" => document(
                200,
                &json!([
                    {"label": "Spring '26", "url": "/services/data/v66.0", "version": "66.0"},
                    {"label": "Summer '26", "url": "/services/data/v67.0", "version": "67.0"},
                ]),
            ),
            path => {
                let header = request.header("authorization").unwrap_or_default();
                let token = header.strip_prefix("Bearer ").unwrap_or_default();
                match self.of_access(token) {
                    Some(org) => self.signed_in(org, path, request),
                    None if path == "/services/oauth2/userinfo" => {
                        text(403, "text/plain", "Bad_OAuth_Token")
                    }
                    None => document(
                        401,
                        &json!([{"message": "Session expired or invalid",
                                 "errorCode": "INVALID_SESSION_ID"}]),
                    ),
                }
            }
        }
    }

    fn authorize(&mut self, query: &HashMap<String, String>) -> Answer {
        let code = format!("aPrxFIXTURECODE{:03}", self.codes.len());
        let challenge = query.get("code_challenge").cloned().unwrap_or_default();
        self.codes.insert(code.clone(), (self.next, challenge));
        let redirect = query.get("redirect_uri").cloned().unwrap_or_default();
        let state = query.get("state").cloned().unwrap_or_default();
        text(302, "text/plain", "")
            .header("Location", &format!("{redirect}?code={code}&state={state}"))
    }

    fn token(&mut self, form: &HashMap<String, String>) -> Answer {
        let field = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
        if field("response_type") == "device_code" {
            return document(
                200,
                &json!({"device_code": "FIXTURE-DEVICE", "user_code": "ABCD1234",
                        "verification_uri": format!("{}/setup/connect", self.url), "interval": 1}),
            );
        }
        match field("grant_type") {
            "authorization_code" => {
                let Some((position, challenge)) = self.codes.remove(field("code")) else {
                    return refusal("invalid_grant", "expired authorization code");
                };
                let digest = Sha256::digest(field("code_verifier").as_bytes());
                if !challenge.is_empty() && URL_SAFE_NO_PAD.encode(digest) != challenge {
                    return refusal("invalid_grant", "invalid code verifier");
                }
                self.renew(position);
                self.tokens(position, true)
            }
            "refresh_token" => match self.of_refresh(field("refresh_token")) {
                None => refusal("invalid_grant", "expired access/refresh token"),
                Some(position) => {
                    if self.rotates {
                        let token = self.orgs[position].refresh_token();
                        self.dead.insert(token);
                        self.orgs[position].refresh_generation += 1;
                    }
                    self.tokens(position, self.rotates)
                }
            },
            "urn:ietf:params:oauth:grant-type:jwt-bearer" => self.assertion(field("assertion")),
            "device" if self.pending_polls > 0 => {
                self.pending_polls -= 1;
                refusal("authorization_pending", "authorization is pending")
            }
            "device" => {
                self.renew(self.next);
                self.tokens(self.next, true)
            }
            _ => refusal("unsupported_grant_type", "grant type not supported"),
        }
    }

    /// Whoever signs in anew gets tokens that work, also after the last ones were ended.
    fn renew(&mut self, position: usize) {
        let org = &mut self.orgs[position];
        while self.dead.contains(&org.access_token()) {
            org.generation += 1;
        }
        while self.dead.contains(&org.refresh_token()) {
            org.refresh_generation += 1;
        }
    }

    fn assertion(&mut self, assertion: &str) -> Answer {
        let claims = assertion.split('.').nth(1).unwrap_or_default();
        let claims = URL_SAFE_NO_PAD.decode(claims).unwrap_or_default();
        let claims: Value = serde_json::from_slice(&claims).unwrap_or_default();
        let audience = claims["aud"].as_str();
        if self
            .audience
            .as_deref()
            .is_some_and(|wanted| audience != Some(wanted))
        {
            return refusal("invalid_grant", "Audience validation failed");
        }
        let subject = claims["sub"].as_str().unwrap_or_default();
        let position = self.orgs.iter().position(|org| org.username == subject);
        match position {
            Some(position) => {
                self.renew(position);
                self.tokens(position, false)
            }
            None => refusal("invalid_grant", "user hasn't approved this consumer"),
        }
    }

    fn tokens(&self, position: usize, with_refresh: bool) -> Answer {
        let org = &self.orgs[position];
        let mut tokens = json!({
            "access_token": org.access_token(),
            "signature": "ZmFrZS1zaWduYXR1cmU=",
            "scope": "refresh_token web api",
            "instance_url": self.url,
            "id": format!("{}/id/{}/{}", self.url, org.id, org.user_id),
            "token_type": "Bearer",
            "issued_at": "1795178747988",
        });
        if with_refresh {
            tokens["refresh_token"] = org.refresh_token().into();
        }
        document(200, &tokens)
    }

    /// Errors are form-encoded, unlike everywhere else.
    fn revoke(&mut self, form: &HashMap<String, String>) -> Answer {
        let token = form.get("token").cloned().unwrap_or_default();
        let authorization = self.of_refresh(&token);
        if authorization.is_some() || self.of_access(&token).is_some() {
            // With an authorization, all access tokens from it end.
            if let Some(position) = authorization {
                let access_token = self.orgs[position].access_token();
                self.dead.insert(access_token);
            }
            self.dead.insert(token);
            return text(200, "text/plain", "");
        }
        let error = if self.dead.contains(&token) {
            "error=invalid_token&error_description=the%20token%20is%20invalid"
        } else {
            "error=unsupported_token_type&error_description=this%20token%20type%20is%20not%20supported"
        };
        text(400, "application/x-www-form-urlencoded", error)
    }

    fn signed_in(&self, org: &Org, path: &str, request: &Request) -> Answer {
        let identity = format!("{}/id/{}/{}", self.url, org.id, org.user_id);
        if path == "/services/oauth2/userinfo" {
            return document(
                200,
                &json!({"sub": identity, "user_id": org.user_id, "organization_id": org.id,
                        "preferred_username": format!("preferred-{}", org.username),
                        "nickname": org.key, "name": org.name, "email": org.username}),
            );
        }
        let rest = path.strip_prefix("/services/data/v").unwrap_or_default();
        let (version, resource) = rest.split_once('/').unwrap_or((rest, ""));
        if version.is_empty() || !version.bytes().all(|b| b == b'.' || b.is_ascii_digit()) {
            return not_found();
        }
        if let Some(user) = resource.strip_prefix("sobjects/User/") {
            assert_eq!(user, org.user_id);
            return document(
                200,
                &json!({"attributes": {"type": "User", "url": path}, "Id": org.user_id,
                        "Username": org.username}),
            );
        }
        match resource.trim_end_matches('/') {
            "" => {
                let query = format!("/services/data/v{version}/query");
                document(200, &json!({"identity": identity, "query": query}))
            }
            "query" | "tooling/query" => {
                let query = fields(&request.query_fields());
                self.query(org, query.get("q").map(String::as_str).unwrap_or_default())
            }
            _ => not_found(),
        }
    }

    fn query(&self, org: &Org, soql: &str) -> Answer {
        let is_from = |table: &str| soql.contains(&format!("FROM {table}"));
        if is_from("ScratchOrgInfo") {
            let epsilon = &self.orgs[self.position("epsilon")];
            return match org.is_hub {
                false => no_such_table("ScratchOrgInfo"),
                true if soql.contains(&epsilon.id[..15]) => {
                    rows(&[scratch_org(epsilon, org, &self.url)])
                }
                true => rows(&[]),
            };
        }
        if is_from("SandboxProcess") {
            let zeta = &self.orgs[self.position("zeta")];
            return match org.key.as_str() {
                "alpha" if soql.contains(&zeta.id[..15]) => rows(&[sandbox(zeta)]),
                "alpha" => rows(&[]),
                _ => no_such_table("SandboxProcess"),
            };
        }
        if is_from("Organization") {
            return rows(&[json!({
                "attributes": {"type": "Organization"}, "Name": org.name,
                "InstanceName": "FX1", "IsSandbox": org.is_sandbox,
                "TrialExpirationDate": org.trial, "NamespacePrefix": null,
                "OrganizationType": org.edition,
            })]);
        }
        rows(&[])
    }
}

fn scratch_org(org: &Org, hub: &Org, url: &str) -> Value {
    json!({
        "attributes": {"type": "ScratchOrgInfo",
                       "url": "/services/data/v67.0/sobjects/ScratchOrgInfo/2SRFX0000000001AAA"},
        "Id": "2SRFX0000000001AAA", "ScratchOrg": &org.id[..15], "Status": "Active",
        "ExpirationDate": "2036-01-01", "CreatedDate": "2025-12-01T00:00:00.000+0000",
        "Edition": "Developer", "Namespace": null, "OrgName": org.name,
        "CreatedBy": {"attributes": {"type": "User"}, "Username": hub.username},
        "SignupUsername": org.username, "LoginUrl": url,
    })
}

fn sandbox(org: &Org) -> Value {
    json!({
        "attributes": {"type": "SandboxProcess"}, "Id": "0GRFX0000000001AAA",
        "Status": "Completed", "SandboxName": "zetasbx",
        "SandboxInfoId": "0GQFX0000000001AAA", "LicenseType": "DEVELOPER",
        "CreatedDate": "2025-12-01T00:00:00.000+0000",
        "SandboxOrganization": &org.id[..15], "CopyProgress": 100,
    })
}

fn rows(records: &[Value]) -> Answer {
    document(
        200,
        &json!({"totalSize": records.len(), "done": true, "records": records}),
    )
}

fn no_such_table(table: &str) -> Answer {
    let message = format!("sObject type '{table}' is not supported.");
    document(
        400,
        &json!([{"message": message, "errorCode": "INVALID_TYPE"}]),
    )
}

fn not_found() -> Answer {
    let message = "The requested resource does not exist";
    document(
        404,
        &json!([{"errorCode": "NOT_FOUND", "message": message}]),
    )
}

fn refusal(error: &str, description: &str) -> Answer {
    document(
        400,
        &json!({"error": error, "error_description": description}),
    )
}

fn document(status: u16, body: &Value) -> Answer {
    text(status, "application/json;charset=UTF-8", &body.to_string())
}

fn text(status: u16, content_type: &str, body: &str) -> Answer {
    Answer::status(status)
        .header("Content-Type", content_type)
        .body(body)
}

fn fields(pairs: &[(String, String)]) -> HashMap<String, String> {
    pairs.iter().cloned().collect()
}
