//! The AWS console, opened with an identity's keys. They go to AWS in the body of a request; what comes
//! back is an address that signs a browser in once.
//!
//! Source: AWS IAM User Guide, "Enable custom identity broker access to the AWS console".

use std::time::Duration;

use serde::Deserialize;
use serde_json::json;
use url::Url;
use zeroize::Zeroizing;

use super::endpoint::Service;
use super::{RoleKeys, SignIn, SignInError};
use crate::io::net::{Address, CallError};
use crate::remote::{Endpoint, EndpointSource};
use crate::secret::Secret;

/// Where the consoles of a partition are.
struct Partition {
    /// What its regions begin with.
    prefix: &'static str,
    sign_in: &'static str,
    console: &'static str,
}

/// The last one has all other regions.
const PARTITIONS: [Partition; 4] = [
    Partition {
        prefix: "us-gov-",
        sign_in: "https://signin.amazonaws-us-gov.com",
        console: "console.amazonaws-us-gov.com",
    },
    Partition {
        prefix: "cn-",
        sign_in: "https://signin.amazonaws.cn",
        console: "console.amazonaws.cn",
    },
    Partition {
        prefix: "eusc-",
        sign_in: "https://signin.amazonaws-eusc.eu",
        console: "console.amazonaws-eusc.eu",
    },
    Partition {
        prefix: "",
        sign_in: "https://signin.aws.amazon.com",
        console: "console.aws.amazon.com",
    },
];

/// The only server that signs a browser out and leads on.
const LOGOUT: &str = "https://us-east-1.signin.aws.amazon.com/oauth";

/// The shortest and the longest session of a console.
const SHORTEST: Duration = Duration::from_mins(15);
const LONGEST: Duration = Duration::from_hours(12);

/// How the console is opened.
#[derive(Clone, Copy, Debug)]
pub struct ConsoleRequest<'a> {
    /// A page of the console, or the name of a service; its first page if nothing is said.
    pub destination: Option<&'a str>,
    /// How long the session may last, if that is wished.
    pub duration: Option<Duration>,
    /// Who is said to have opened it.
    pub issuer: &'a str,
    /// Whether the browser is signed out first.
    pub signs_out_first: bool,
}

/// What opens the console.
#[derive(Debug)]
pub struct ConsoleLogin {
    /// The address. Whoever has it first is signed in.
    pub url: Secret,
    /// Whether AWS would not take the length that was wished.
    pub is_length_refused: bool,
}

/// How long an address is good that nobody used.
pub const CONSOLE_URL_LIFE: Duration = Duration::from_mins(15);

/// The answer with the token.
#[derive(Deserialize)]
struct SigninToken {
    #[serde(rename = "SigninToken")]
    token: String,
}

impl SignIn<'_> {
    /// Gets an address that opens the console with these keys.
    ///
    /// # Errors
    ///
    /// [`SignInError::Unusable`] for keys without a session and pages that are none of the console's;
    /// [`SignInError::Call`].
    pub fn open_console(
        &self,
        keys: &RoleKeys,
        request: &ConsoleRequest<'_>,
    ) -> Result<ConsoleLogin, SignInError> {
        let region = keys.region.as_deref().unwrap_or("us-east-1");
        let partition = find_partition(region);
        let destination = find_destination(partition, keys.region.as_deref(), request.destination)?;
        if request
            .duration
            .is_some_and(|duration| !(SHORTEST..=LONGEST).contains(&duration))
        {
            return Err(unusable("the duration", "it must be between 15m and 12h"));
        }
        let Some(token) = &keys.session_token else {
            let why = "the console opens for keys of a session only, such as a role's";
            return Err(unusable("an IAM user's own key", why));
        };
        let session = json!({
            "sessionId": keys.access_key_id,
            "sessionKey": keys.secret_access_key.expose(),
            "sessionToken": token.expose(),
        });
        let session = Zeroizing::new(session.to_string());
        let address = self.federation(partition)?;
        let mut answer = self.ask_signin_token(&address, keys, &session, request.duration);
        let is_length_refused = request.duration.is_some()
            && matches!(answer, Err(CallError::Refused { status: 400, .. }));
        if is_length_refused {
            // Keys that came by way of another role's have the length of their own.
            answer = self.ask_signin_token(&address, keys, &session, None);
        }
        let token = answer.map_err(|source| SignInError::Call {
            what: "opening the AWS console".to_owned(),
            source: Box::new(source),
            hint: None,
        })?;
        let mut url = address.below("federation");
        url.query_pairs_mut()
            .append_pair("Action", "login")
            .append_pair("Issuer", request.issuer)
            .append_pair("Destination", destination.as_str())
            .append_pair("SigninToken", token.expose());
        let url = if request.signs_out_first {
            let mut out = Url::parse(LOGOUT).map_err(|_| unusable("the page", "it is none"))?;
            out.query_pairs_mut()
                .append_pair("Action", "logout")
                .append_pair("redirect_uri", url.as_str());
            out
        } else {
            url
        };
        Ok(ConsoleLogin {
            url: Secret::new(String::from(url)),
            is_length_refused,
        })
    }

    fn federation(&self, partition: &Partition) -> Result<Address, SignInError> {
        let config = self.aws_config()?;
        let own = Service::SignIn.own_endpoint(self.world, &config);
        let endpoint = own.map_or_else(
            || Endpoint {
                url: partition.sign_in.to_owned(),
                named_by: EndpointSource::Vendor,
            },
            |url| Endpoint {
                url,
                named_by: EndpointSource::Environment,
            },
        );
        Address::check(&endpoint, [partition.sign_in], self.allowed).map_err(|source| {
            SignInError::Call {
                what: "opening the AWS console".to_owned(),
                source: Box::new(source),
                hint: None,
            }
        })
    }

    fn ask_signin_token(
        &self,
        address: &Address,
        keys: &RoleKeys,
        session: &str,
        duration: Option<Duration>,
    ) -> Result<Secret, CallError> {
        let seconds = duration.map(|duration| duration.as_secs().to_string());
        let mut form = vec![("Action", "getSigninToken"), ("Session", session)];
        form.extend(
            seconds
                .iter()
                .map(|text| ("SessionDuration", text.as_str())),
        );
        self.network.run(address.host(), async |http| {
            let answer = http.post(address, "federation", &form).await?;
            if !answer.is_success() {
                return Err(answer.refusal(&keys.secrets()));
            }
            let document: SigninToken = answer.document()?;
            Ok(Secret::new(document.token))
        })
    }
}

fn unusable(what: &str, why: &str) -> SignInError {
    SignInError::Unusable {
        what: what.to_owned(),
        why: why.to_owned(),
    }
}

fn find_partition(region: &str) -> &'static Partition {
    let mut all = PARTITIONS.iter();
    let found = all.find(|partition| region.starts_with(partition.prefix));
    found.unwrap_or(&PARTITIONS[PARTITIONS.len() - 1])
}

/// The page that is meant, which must be one of the partition's console.
fn find_destination(
    partition: &Partition,
    region: Option<&str>,
    typed: Option<&str>,
) -> Result<Url, SignInError> {
    let refused = || unusable("the destination", "it is no page of the AWS console");
    let host = partition.console;
    let text = match typed.map(str::trim).filter(|text| !text.is_empty()) {
        None => format!("https://{host}/"),
        Some(text) if text.contains(':') => text.to_owned(),
        Some(name) => {
            let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_/".contains(&byte);
            if !name.bytes().all(is_plain) {
                return Err(refused());
            }
            format!("https://{host}/{}/home", name.trim_matches('/'))
        }
    };
    let mut url = Url::parse(&text).map_err(|_| refused())?;
    let is_there = url.host_str().is_some_and(|found| {
        found == host
            || found
                .strip_suffix(host)
                .is_some_and(|rest| rest.ends_with('.'))
    });
    let is_bare = url.username().is_empty() && url.password().is_none() && url.port().is_none();
    if url.scheme() != "https" || !is_there || !is_bare {
        return Err(refused());
    }
    let is_url = typed.is_some_and(|text| text.contains(':'));
    if let Some(region) = region.filter(|_| !is_url) {
        url.query_pairs_mut().append_pair("region", region);
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn consoles_follow_the_partitions() {
        for (region, console, sign_in) in [
            (
                "eu-central-1",
                "console.aws.amazon.com",
                "signin.aws.amazon.com",
            ),
            (
                "us-gov-west-1",
                "console.amazonaws-us-gov.com",
                "signin.amazonaws-us-gov.com",
            ),
            ("cn-north-1", "console.amazonaws.cn", "signin.amazonaws.cn"),
            (
                "eusc-de-east-1",
                "console.amazonaws-eusc.eu",
                "signin.amazonaws-eusc.eu",
            ),
        ] {
            let partition = find_partition(region);
            assert_eq!(partition.sign_in, format!("https://{sign_in}"));
            let page = find_destination(partition, Some(region), None).unwrap();
            assert_eq!(page.as_str(), format!("https://{console}/?region={region}"));
        }
    }

    #[test]
    fn destinations_are_pages_of_the_console_only() {
        let page = |typed| {
            let found =
                find_destination(find_partition("eu-west-1"), Some("eu-west-1"), Some(typed));
            found.ok().map(String::from)
        };
        for (typed, expected) in [
            (
                "s3",
                Some("https://console.aws.amazon.com/s3/home?region=eu-west-1"),
            ),
            (
                "systems-manager",
                Some("https://console.aws.amazon.com/systems-manager/home?region=eu-west-1"),
            ),
            (
                "https://console.aws.amazon.com/ec2/home#x",
                Some("https://console.aws.amazon.com/ec2/home#x"),
            ),
            (
                "https://eu-west-1.console.aws.amazon.com/",
                Some("https://eu-west-1.console.aws.amazon.com/"),
            ),
            ("http://console.aws.amazon.com/", None),
            ("https://evilconsole.aws.amazon.com/", None),
            ("https://console.aws.amazon.com.evil.example/", None),
            ("https://ana@console.aws.amazon.com/", None),
            ("https://console.amazonaws.cn/", None),
            ("javascript:alert(1)", None),
            ("a b", None),
            ("../x", None),
        ] {
            assert_eq!(page(typed).as_deref(), expected, "{typed}");
        }
    }
}
