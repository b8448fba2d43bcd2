//! A server's address, and who named it.

use super::TrustedHost;

/// A server address and who named it, which decides whether a secret may go there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// The base address, without a final `/`.
    pub url: String,
    /// Who named it.
    pub named_by: EndpointSource,
}

/// What is shown in the place of text that is no address.
const NO_ADDRESS: &str = "not an address";

impl Endpoint {
    /// The address as it may be shown and recorded: without user name, password and query, which a
    /// variable or a file may have put there.
    pub fn shown(&self) -> String {
        let parsed = url::Url::parse(&self.url).ok();
        let Some(mut url) = parsed.filter(url::Url::has_host) else {
            return NO_ADDRESS.to_owned();
        };
        url.set_query(None);
        url.set_fragment(None);
        // Both fail only for addresses without a host.
        let _ = url.set_username("");
        let _ = url.set_password(None);
        url.as_str().trim_end_matches('/').to_owned()
    }

    /// Whether a person let tokens go to this host.
    pub fn is_allowed(&self, allowed: &[TrustedHost]) -> bool {
        allowed.iter().any(|host| host.covers(self))
    }

    /// Whether a person has to let tokens go there first.
    pub fn needs_consent(&self) -> bool {
        match self.named_by {
            EndpointSource::Vendor | EndpointSource::Environment => false,
            EndpointSource::Configuration
            | EndpointSource::Unvouched
            | EndpointSource::OwnEntry => true,
            EndpointSource::Recorded => self.leads_to_this_machine(),
        }
    }

    /// Whether it is the address of this machine, or cannot be understood.
    fn leads_to_this_machine(&self) -> bool {
        let Ok(url) = url::Url::parse(self.url.trim()) else {
            return true;
        };
        match url.host() {
            Some(url::Host::Domain(name)) => {
                let name = name.trim_end_matches('.');
                name == "localhost" || name.ends_with(".localhost")
            }
            Some(url::Host::Ipv4(address)) => address.is_loopback() || address.is_unspecified(),
            Some(url::Host::Ipv6(address)) => {
                address.is_loopback()
                    || address.is_unspecified()
                    || address.to_ipv4_mapped().is_some_and(|v4| v4.is_loopback())
            }
            None => true,
        }
    }

    /// The host name or address, with the port if one is given. Text that is no address is not
    /// repeated: it may hold a password.
    pub fn host(&self) -> String {
        url::Url::parse(&self.url)
            .ok()
            .and_then(|url| {
                let host = url.host_str()?.to_owned();
                Some(
                    url.port()
                        .map_or(host.clone(), |port| format!("{host}:{port}")),
                )
            })
            .unwrap_or_else(|| NO_ADDRESS.to_owned())
    }
}

/// Who named a server address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndpointSource {
    /// The vendor's own host.
    Vendor,
    /// A variable in the person's environment.
    Environment,
    /// A configuration file: untrusted, this machine's own address included. On a machine that people
    /// share, anybody can listen there.
    Configuration,
    /// The tool itself, which recorded it with the token in the person's own file. On this machine, anybody
    /// can listen, so its own address is untrusted.
    Recorded,
    /// A variable or a file of a tool that a project may have set.
    Unvouched,
    /// An entry of the catalogue that the person added.
    OwnEntry,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn address_is_shown_without_a_password() {
        let endpoint = |url: &str| Endpoint {
            url: url.to_owned(),
            named_by: EndpointSource::Environment,
        };
        assert_eq!(
            endpoint("https://ana:FAKE-password@host.example:8443/x?token=FAKE").shown(),
            "https://host.example:8443/x"
        );
        assert_eq!(
            endpoint("https://host.example").shown(),
            "https://host.example"
        );
        for text in ["ana:FAKE-password@", "ana:FAKE-password@host.example"] {
            let endpoint = endpoint(text);
            let shown = (endpoint.shown(), endpoint.host());
            assert_eq!(
                shown,
                ("not an address".to_owned(), "not an address".to_owned())
            );
        }
    }
}
