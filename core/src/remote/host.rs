//! A server's name as people give and read it: a host with or without a port, never a whole address.

use std::fmt;

use url::Url;

use super::Endpoint;

/// A host that a token may be sent to, as `--allow-endpoint` takes it: `HOST` or `HOST:PORT`.
///
/// Without a port it stands for every port of the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedHost {
    host: String,
    port: Option<u16>,
}

impl TrustedHost {
    /// What was typed, which may also be the server's whole address: then its scheme and a user name
    /// or password in it are left out, so that they are neither shown nor recorded. `None` if no host
    /// is in it, or more than an address of a server.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (address, port) = if text.contains("://") {
            let url = Url::parse(text).ok()?;
            let port = url.port();
            (url, port)
        } else {
            let url = Url::parse(&format!("https://{text}")).ok()?;
            // The port of the scheme counts as one that was given.
            let is_given = text.ends_with(":443");
            let port = url.port().or(is_given.then_some(443));
            (url, port)
        };
        let is_web = matches!(address.scheme(), "https" | "http");
        let is_bare = matches!(address.path(), "" | "/")
            && address.query().is_none()
            && address.fragment().is_none();
        (is_web && is_bare).then_some(())?;
        Some(Self {
            host: address.host_str()?.to_ascii_lowercase(),
            port,
        })
    }

    /// Whether an endpoint is at this host.
    pub fn covers(&self, endpoint: &Endpoint) -> bool {
        let Ok(url) = Url::parse(&endpoint.url) else {
            return false;
        };
        let is_host = url
            .host_str()
            .is_some_and(|host| host.eq_ignore_ascii_case(&self.host));
        let is_port = self
            .port
            .is_none_or(|port| url.port_or_known_default() == Some(port));
        is_host && is_port
    }
}

impl fmt::Display for TrustedHost {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.port {
            Some(port) => write!(formatter, "{}:{port}", self.host),
            None => formatter.write_str(&self.host),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::remote::EndpointSource;

    #[test]
    fn host_is_taken_out_of_what_people_type() {
        for (typed, shown) in [
            ("h.example", Some("h.example")),
            ("H.Example:8443", Some("h.example:8443")),
            ("h.example:443", Some("h.example:443")),
            ("127.0.0.1:47111", Some("127.0.0.1:47111")),
            ("[::1]:80", Some("[::1]:80")),
            ("https://h.example:8443/", Some("h.example:8443")),
            ("https://ana:FAKE-password@h.example", Some("h.example")),
            ("ana:FAKE-password@h.example:1", Some("h.example:1")),
            ("", None),
            ("https://", None),
            ("ftp://h.example", None),
            ("https://h.example/path", None),
            ("h.example/path", None),
            ("h.example?x", None),
            ("h.example:port", None),
        ] {
            let host = TrustedHost::parse(typed).map(|host| host.to_string());
            assert_eq!(host.as_deref(), shown, "{typed}");
        }
    }

    #[test]
    fn host_covers_its_own_ports_only() {
        let covers = |typed: &str, url: &str| {
            let endpoint = Endpoint {
                url: url.to_owned(),
                named_by: EndpointSource::Configuration,
            };
            TrustedHost::parse(typed).unwrap().covers(&endpoint)
        };
        for (typed, url, expected) in [
            ("h.example", "https://H.example:8443", true),
            ("h.example:8443", "https://h.example:8443", true),
            ("h.example:8443", "https://h.example:8444", false),
            ("h.example:443", "https://h.example", true),
            ("h.example:443", "https://h.example:8443", false),
            ("h.example", "https://h.example.evil.example", false),
            ("h.example", "https://h.example@evil.example", false),
            ("localhost:1", "http://127.0.0.1:1", false),
        ] {
            assert_eq!(covers(typed, url), expected, "{typed} {url}");
        }
    }
}
