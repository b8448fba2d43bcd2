//! STS, IAM and the console's federation as one server on loopback, which knows who has which key.
//!
//! Source: AWS, "AWS STS API Reference", "IAM API Reference", Query protocol.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use adieu_testkit::server::{Answer, Request, Server};

/// A key that the server knows.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    /// Whose it is.
    pub(crate) arn: String,
    /// `Active`, `Inactive`, or `Deleted`.
    pub(crate) status: &'static str,
    /// When it was used last, if it ever was.
    pub(crate) last_used: Option<&'static str>,
}

/// What the server knows.
#[derive(Debug, Default)]
pub(crate) struct Known {
    pub(crate) keys: BTreeMap<String, Key>,
    /// Policies that were put, by role.
    pub(crate) policies: Vec<(String, String, String)>,
    /// What is refused, by the action's name.
    pub(crate) refused: Vec<&'static str>,
    /// Whether an inactive key is let through.
    pub(crate) is_lenient: bool,
    /// What was asked: the action, and by which key.
    pub(crate) calls: Vec<(String, String)>,
}

/// The server.
pub(crate) struct Aws {
    pub(crate) server: Server,
    pub(crate) known: Arc<Mutex<Known>>,
}

impl Aws {
    pub(crate) fn start() -> Self {
        let server = Server::start();
        let known = Arc::new(Mutex::new(Known::default()));
        let shared = Arc::clone(&known);
        server.otherwise(move |request| answer(&mut shared.lock().unwrap(), request));
        Self { server, known }
    }

    /// Makes a key known.
    pub(crate) fn knows(&self, id: &str, arn: &str) -> &Self {
        let key = Key {
            arn: arn.to_owned(),
            status: "Active",
            last_used: None,
        };
        self.known.lock().unwrap().keys.insert(id.to_owned(), key);
        self
    }

    /// The actions that were asked for, each with the key.
    pub(crate) fn calls(&self) -> Vec<(String, String)> {
        self.known.lock().unwrap().calls.clone()
    }
}

/// An error in the form of the Query protocol.
fn refusal(status: u16, code: &str, message: &str) -> Answer {
    let body = format!(
        "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message>\
         </Error><RequestId>1</RequestId></ErrorResponse>"
    );
    Answer::status(status)
        .header("Content-Type", "text/xml")
        .body(body)
}

fn success(action: &str, inside: &str) -> Answer {
    let body = format!(
        "<{action}Response><{action}Result>{inside}</{action}Result><ResponseMetadata>\
         <RequestId>1</RequestId></ResponseMetadata></{action}Response>"
    );
    Answer::status(200)
        .header("Content-Type", "text/xml")
        .body(body)
}

fn answer(known: &mut Known, request: &Request) -> Answer {
    let form = request.form();
    let field = |name: &str| {
        let mut found = form.iter().filter(|(field, _)| field == name);
        found
            .next()
            .map(|(_, value)| value.clone())
            .unwrap_or_default()
    };
    let action = field("Action");
    let authorization = request.header("authorization").unwrap_or_default();
    let id = authorization.split("Credential=").nth(1);
    let id = id
        .and_then(|rest| rest.split('/').next())
        .unwrap_or_default();
    known.calls.push((action.clone(), id.to_owned()));
    let invalid = "The security token included in the request is invalid.";
    let is_lenient = known.is_lenient;
    let is_taken = |key: &&Key| key.status == "Active" || is_lenient;
    let Some(caller) = known.keys.get(id).filter(is_taken) else {
        return refusal(403, "InvalidClientTokenId", invalid);
    };
    if known.refused.contains(&action.as_str()) {
        let message = format!("User is not authorized to perform: {action}");
        return refusal(403, "AccessDenied", &message);
    }
    let arn = caller.arn.clone();
    let account = arn.split(':').nth(4).unwrap_or_default().to_owned();
    let which = field("AccessKeyId");
    let is_denied = !known.policies.is_empty() && arn.contains(":assumed-role/");
    match action.as_str() {
        "GetCallerIdentity" => success(
            &action,
            &format!("<Arn>{arn}</Arn><UserId>FAKEUSERID</UserId><Account>{account}</Account>"),
        ),
        "GetAccessKeyLastUsed" => {
            let Some(key) = known.keys.get(&which) else {
                return refusal(404, "NoSuchEntity", "The Access Key cannot be found.");
            };
            let user = key.arn.rsplit('/').next().unwrap_or_default();
            let last = key.last_used.map_or_else(
                || "<ServiceName>N/A</ServiceName><Region>N/A</Region>".to_owned(),
                |at| {
                    format!(
                        "<LastUsedDate>{at}</LastUsedDate><ServiceName>s3</ServiceName>\
                         <Region>eu-central-1</Region>"
                    )
                },
            );
            success(
                &action,
                &format!(
                    "<UserName>{user}</UserName><AccessKeyLastUsed>{last}</AccessKeyLastUsed>"
                ),
            )
        }
        "UpdateAccessKey" | "DeleteAccessKey" => {
            let Some(key) = known
                .keys
                .get_mut(&which)
                .filter(|key| key.status != "Deleted")
            else {
                return refusal(404, "NoSuchEntity", "The Access Key cannot be found.");
            };
            key.status = if action == "DeleteAccessKey" {
                "Deleted"
            } else {
                "Inactive"
            };
            success(&action, "")
        }
        // What a role's sessions may not do any more.
        "PutRolePolicy" | "ListRolePolicies" if is_denied => {
            let message =
                "User is not authorized, with an explicit deny in an identity-based policy";
            refusal(403, "AccessDenied", message)
        }
        "ListRolePolicies" => success(&action, "<PolicyNames/><IsTruncated>false</IsTruncated>"),
        "PutRolePolicy" => {
            let put = (
                field("RoleName"),
                field("PolicyName"),
                field("PolicyDocument"),
            );
            known.policies.push(put);
            success(&action, "")
        }
        _ => refusal(400, "InvalidAction", "Could not find operation"),
    }
}
