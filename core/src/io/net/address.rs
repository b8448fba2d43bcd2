//! The rule of where a token may go.
//!
//! The rule: to the vendor's own host for what is recorded with the token, to the host that the tool
//! itself recorded with it, to an address that the person's environment names, or to a host that the
//! person allowed; this machine's own address is no exception. https only, except on loopback. An address with user information, a query or a fragment is refused: no
//! such part has a meaning here, and each can make an address look like another.

use std::fmt;

use url::{Host, Url};

use super::CallError;
use crate::remote::{Endpoint, EndpointSource, TrustedHost};

/// Where clouds put services for one machine or container.
const LOCAL_SERVICES: [&str; 5] = [
    "169.254.169.254",
    "169.254.170.2",
    "169.254.170.23",
    "[fd00:ec2::254]",
    "[fd00:ec2::23]",
];

/// The address of a server that requests may be sent to: https, or plain http on this machine.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    /// Without user information; the path begins those of all requests.
    url: Url,
}

impl Address {
    /// The address in a text. A query or a fragment counts for nothing.
    ///
    /// # Errors
    ///
    /// [`CallError::NotAllowed`] for what is not an address, has user information, or is neither https
    /// nor on this machine.
    pub fn parse(text: &str) -> Result<Self, CallError> {
        let mut url = Url::parse(text.trim())
            .ok()
            .filter(Url::has_host)
            .ok_or_else(|| not_allowed(String::new(), "the address cannot be understood"))?;
        let refused = |why| {
            let host = url.host_str().unwrap_or_default();
            Err(not_allowed(host.to_owned(), why))
        };
        if !url.username().is_empty() || url.password().is_some() {
            return refused("the address has user information");
        }
        if url.scheme() != "https" && !(url.scheme() == "http" && is_loopback(&url)) {
            return refused("only https is allowed outside of this machine");
        }
        url.set_query(None);
        url.set_fragment(None);
        Ok(Self { url })
    }

    /// The address of a service that hands out this machine's own keys, and what is below it: https, or
    /// plain http on this machine or at the addresses that a cloud gives such services, which no router
    /// leads on.
    ///
    /// Source: AWS SDKs and Tools Reference Guide, "Container credential provider", the hosts that are
    /// allowed in the clear.
    ///
    /// # Errors
    ///
    /// As [`Address::parse`].
    pub fn parse_local_service(text: &str) -> Result<(Self, String), CallError> {
        let url = Url::parse(text.trim()).ok().filter(Url::has_host);
        let url =
            url.ok_or_else(|| not_allowed(String::new(), "the address cannot be understood"))?;
        let host = url.host_str().unwrap_or_default();
        let path = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        let is_plain = url.username().is_empty() && url.password().is_none();
        if url.scheme() == "http" && LOCAL_SERVICES.contains(&host) && is_plain {
            return Ok((Self { url }.origin(), path));
        }
        Ok((Self::parse(text)?.origin(), path))
    }

    /// Tells where a token may go that would be sent to this endpoint: `vendor` are the vendor's
    /// own addresses for this token. The only place where that is decided.
    ///
    /// # Errors
    ///
    /// [`CallError::NotAllowed`].
    pub fn check<'a>(
        endpoint: &Endpoint,
        vendor: impl IntoIterator<Item = &'a str>,
        allowed: &[TrustedHost],
    ) -> Result<Self, CallError> {
        let refused = |why| not_allowed(endpoint.host(), why);
        let address = Self::parse(&endpoint.url).map_err(|error| match error {
            CallError::NotAllowed { host, why } if !host.is_empty() => refused(why),
            other => other,
        })?;
        if endpoint.url.contains(['?', '#']) {
            return Err(refused("the address has a query or a fragment"));
        }
        // The whole origin: another port of the vendor's host is not the vendor.
        let is_vendor = vendor
            .into_iter()
            .filter_map(|vendor| Url::parse(vendor).ok())
            .any(|vendor| vendor.origin() == address.url.origin());
        let is_named = match endpoint.named_by {
            EndpointSource::Environment => true,
            EndpointSource::Recorded => !endpoint.needs_consent(),
            _ => false,
        };
        if is_vendor || is_named || endpoint.is_allowed(allowed) {
            return Ok(address);
        }
        Err(refused(match endpoint.named_by {
            EndpointSource::Vendor => "it is not the vendor's own host",
            EndpointSource::Environment | EndpointSource::Configuration => {
                "only a configuration file names it"
            }
            EndpointSource::Recorded => "it is this machine's own address",
            EndpointSource::Unvouched => "a project may have named it",
            EndpointSource::OwnEntry => "only an entry of your own catalogue names it",
        }))
    }

    /// Scheme, host and port of it.
    #[must_use]
    pub fn origin(mut self) -> Self {
        self.url.set_path("/");
        self
    }

    /// Whether a whole address is on this server.
    pub(super) fn covers(&self, url: &Url) -> bool {
        let is_named = url.origin() == self.url.origin();
        is_named || url.origin() == self.below("").origin()
    }

    /// The host.
    pub fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    /// The host, if it is a name.
    pub fn domain(&self) -> Option<&str> {
        self.url.domain()
    }

    /// Whether it is this machine.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.url)
    }

    /// As text, without a final `/`.
    pub fn text(&self) -> &str {
        self.url.as_str().trim_end_matches('/')
    }

    /// As text with a final `/`, if there is no path.
    pub fn text_with_slash(&self) -> &str {
        self.url.as_str()
    }

    /// The address of something below it, for people's browsers.
    pub fn shown(&self, path: &str) -> Url {
        let mut url = self.url.clone();
        let (path, query) = path
            .split_once('?')
            .map_or((path, None), |(path, query)| (path, Some(query)));
        url.set_path(&format!("{}{path}", self.url.path().trim_end_matches('/')));
        url.set_query(query);
        url
    }

    /// The address of something below it, for requests: in the clear, `localhost` must not depend on
    /// who answers for that name.
    pub fn below(&self, path: &str) -> Url {
        let mut url = self.shown(path);
        if url.scheme() == "http" && url.host_str() == Some("localhost") {
            // Cannot fail for http; if it did, the name stays.
            let _pinned = url.set_host(Some("127.0.0.1"));
        }
        url
    }
}

impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.text())
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Address({})", self.text())
    }
}

fn not_allowed(host: String, why: &'static str) -> CallError {
    CallError::NotAllowed { host, why }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
