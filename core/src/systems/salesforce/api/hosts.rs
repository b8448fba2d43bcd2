//! Where an org answers.
//!
//! `instanceUrl` and `loginUrl` are plain text in a file, or come from a person or a server. Only
//! their origin is used: https, or plain http on this machine.

use crate::io::net::{Address, CallError};

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

/// The origin of an address; its path counts for nothing.
///
/// # Errors
///
/// [`CallError::NotAllowed`] for what may get no token, or is of the web interface.
pub fn org_address(text: &str) -> Result<Address, CallError> {
    without_pages(Address::parse(text)?)
}

/// The origin of an address that is not of the web interface.
pub(super) fn without_pages(address: Address) -> Result<Address, CallError> {
    if LIGHTNING_DOMAINS
        .iter()
        .any(|end| address.host().ends_with(end))
    {
        return Err(CallError::NotAllowed {
            host: address.host().to_owned(),
            why: "Invalid instance URL. It should NOT be a lightning domain.",
        });
    }
    Ok(address.origin())
}

/// Whether the host is one of Salesforce's own.
pub fn is_salesforce(address: &Address) -> bool {
    address.domain().is_some_and(|name| {
        SALESFORCE_DOMAINS.iter().any(|domain| {
            name.strip_suffix(domain)
                .is_some_and(|front| front.is_empty() || front.ends_with('.'))
        })
    })
}

/// Whether people sign in there to sandboxes or scratch orgs.
pub(super) fn is_sandbox(address: &Address) -> bool {
    let host = address.host();
    let is_pod = host
        .strip_prefix("cs")
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    host == "test.salesforce.com"
        || host.contains(".sandbox.")
        || host.contains(".scratch.")
        || (is_pod && is_salesforce(address))
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
            assert_eq!(org_address(text).unwrap().text(), origin);
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
            assert!(org_address(text).is_err(), "{text}");
        }
    }

    #[test]
    fn plain_http_requests_are_pinned_to_this_machine() {
        let origin = org_address("http://localhost:81").unwrap();
        assert_eq!(origin.below("/x").as_str(), "http://127.0.0.1:81/x");
        assert_eq!(origin.shown("/x").as_str(), "http://localhost:81/x");
    }

    #[test]
    fn sandboxes_and_the_hosts_of_salesforce_are_known() {
        let origin = |host: &str| org_address(&format!("https://{host}")).unwrap();
        for host in [
            "test.salesforce.com",
            "acme--dev.sandbox.my.salesforce.com",
            "x.scratch.my.salesforce.com",
            "cs42.salesforce.com",
        ] {
            assert!(
                is_sandbox(&origin(host)) && is_salesforce(&origin(host)),
                "{host}"
            );
        }
        assert!(!is_sandbox(&origin("login.salesforce.com")));
        for host in [
            "evilsalesforce.com",
            "salesforce.com.evil.example",
            "127.0.0.1",
        ] {
            assert!(!is_salesforce(&origin(host)), "{host}");
        }
    }
}
