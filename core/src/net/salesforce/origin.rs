//! Where an org answers.
//!
//! `instanceUrl` and `loginUrl` are plain text in a file, or come from a person or a server. Only
//! their origin is used: https, or plain http on this machine.

use std::fmt;

use url::{Host, Url};

use super::OrgError;
use crate::net::endpoint::{is_loopback, pin_to_loopback};

/// Where people sign in unless told otherwise.
pub const PRODUCTION: &str = "https://login.salesforce.com";

/// Where people sign in to sandboxes and scratch orgs.
pub const SANDBOX: &str = "https://test.salesforce.com";

/// Domains of Salesforce's own.
///
/// Source: sfdx-core `src/util/sfdcUrl.ts`.
const SALESFORCE_DOMAINS: [&str; 7] = [
    "cloudforce.com",
    "crmforce.mil",
    "force.com",
    "salesforce.com",
    "salesforceliveagent.com",
    "sfcrmapps.cn",
    "sfcrmproducts.cn",
];

/// Domains of the web interface, which has no endpoints for tokens.
const LIGHTNING_DOMAINS: [&str; 3] = [
    ".lightning.force.com",
    ".lightning.crmforce.mil",
    ".lightning.sfcrmapps.cn",
];

/// The origin of an org or of a login host.
#[derive(Clone, PartialEq, Eq)]
pub struct Origin {
    /// Scheme, host and port; the path is `/`.
    url: Url,
}

impl Origin {
    /// The origin of an address; its path counts for nothing.
    ///
    /// # Errors
    ///
    /// [`OrgError::NotAllowed`] for what is not an address, has user information, is of the web
    /// interface, or is neither https nor on this machine.
    pub fn parse(text: &str) -> Result<Self, OrgError> {
        let not_allowed = |host: &str, why| OrgError::NotAllowed {
            host: host.to_owned(),
            why,
        };
        let url = Url::parse(text.trim())
            .map_err(|_| not_allowed("", "the address cannot be understood"))?;
        let host = url.host_str().unwrap_or_default().to_owned();
        if host.is_empty() {
            return Err(not_allowed("", "the address has no host"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(not_allowed(&host, "the address has user information"));
        }
        if LIGHTNING_DOMAINS.iter().any(|end| host.ends_with(end)) {
            return Err(not_allowed(
                &host,
                "Invalid instance URL. It should NOT be a lightning domain.",
            ));
        }
        if url.scheme() != "https" && !(url.scheme() == "http" && is_loopback(&url)) {
            let why = "only https is allowed outside of this machine";
            return Err(not_allowed(&host, why));
        }
        let mut url = url;
        url.set_path("/");
        url.set_query(None);
        url.set_fragment(None);
        Ok(Self { url })
    }

    /// The host.
    pub fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    /// Whether it is this machine.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.url)
    }

    /// Whether the host is one of Salesforce's own.
    pub fn is_salesforce(&self) -> bool {
        let Some(Host::Domain(name)) = self.url.host() else {
            return false;
        };
        SALESFORCE_DOMAINS.iter().any(|domain| {
            name.strip_suffix(domain)
                .is_some_and(|front| front.is_empty() || front.ends_with('.'))
        })
    }

    /// Whether people sign in there to sandboxes or scratch orgs.
    pub fn is_sandbox(&self) -> bool {
        let host = self.host();
        let is_pod = host
            .strip_prefix("cs")
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        host == "test.salesforce.com"
            || host.contains(".sandbox.")
            || host.contains(".scratch.")
            || (is_pod && self.is_salesforce())
    }

    /// As text, without a final `/`.
    pub fn text(&self) -> &str {
        self.url.as_str().trim_end_matches('/')
    }

    /// As text with a final `/`, as the real client stores `loginUrl`.
    pub fn text_with_slash(&self) -> &str {
        self.url.as_str()
    }

    /// The address of an endpoint, for people's browsers.
    pub fn shown(&self, path: &str) -> Url {
        let mut url = self.url.clone();
        url.set_path(path);
        url
    }

    /// The address of an endpoint, for requests: in the clear, `localhost` must not depend on who
    /// answers for that name.
    pub(super) fn endpoint(&self, path: &str) -> Url {
        let mut url = self.shown(path);
        if url.scheme() == "http" {
            pin_to_loopback(&mut url);
        }
        url
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.text())
    }
}

impl fmt::Debug for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Origin({})", self.text())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_and_this_machine_are_origins() {
        for (text, origin) in [
            (
                "https://acme.my.salesforce.com/",
                "https://acme.my.salesforce.com",
            ),
            (
                "https://acme.my.salesforce.com/services?x#y",
                "https://acme.my.salesforce.com",
            ),
            ("http://127.0.0.1:17170", "http://127.0.0.1:17170"),
            ("http://localhost:1/", "http://localhost:1"),
        ] {
            assert_eq!(Origin::parse(text).unwrap().text(), origin);
        }
        for text in [
            "",
            "acme.my.salesforce.com",
            "http://acme.my.salesforce.com",
            "https://user@acme.my.salesforce.com",
            "https://acme.my.salesforce.com@evil.example@",
            "https://acme.lightning.force.com",
            "file:///etc/passwd",
            "http://localhost.evil.example",
        ] {
            assert!(Origin::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn plain_http_requests_are_pinned_to_this_machine() {
        let origin = Origin::parse("http://localhost:81").unwrap();
        assert_eq!(origin.endpoint("/x").as_str(), "http://127.0.0.1:81/x");
        assert_eq!(origin.shown("/x").as_str(), "http://localhost:81/x");
    }

    #[test]
    fn sandboxes_and_the_hosts_of_salesforce_are_known() {
        let origin = |host: &str| Origin::parse(&format!("https://{host}")).unwrap();
        for host in [
            "test.salesforce.com",
            "acme--dev.sandbox.my.salesforce.com",
            "x.scratch.my.salesforce.com",
            "cs42.salesforce.com",
        ] {
            assert!(
                origin(host).is_sandbox() && origin(host).is_salesforce(),
                "{host}"
            );
        }
        assert!(!origin("login.salesforce.com").is_sandbox());
        for host in [
            "evilsalesforce.com",
            "salesforce.com.evil.example",
            "127.0.0.1",
        ] {
            assert!(!origin(host).is_salesforce(), "{host}");
        }
    }
}
