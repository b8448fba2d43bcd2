//! Proxies for https, as the world's environment names them.

use std::fmt;

use crate::world::World;

/// The proxy for https, if there is one.
#[derive(Clone, Default)]
pub(super) struct ProxySettings {
    /// The proxy's address. It may hold a password.
    pub(super) url: Option<String>,
    /// Hosts that are reached without it, in the form of `NO_PROXY`.
    pub(super) except: Option<String>,
}

impl ProxySettings {
    pub(super) fn of(world: &World) -> Self {
        let first = |names: &[&str]| {
            names
                .iter()
                .find_map(|name| world.environment.get(name))
                .map(str::to_owned)
        };
        let url = first(&["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]);
        Self {
            // Without a scheme, as curl and botocore read it.
            url: url.map(|url| {
                if url.contains("://") {
                    url
                } else {
                    format!("http://{url}")
                }
            }),
            except: first(&["NO_PROXY", "no_proxy"]),
        }
    }
}

/// Without the address, which may hold a password.
impl fmt::Debug for ProxySettings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ProxySettings")
            .field("is_set", &self.url.is_some())
            .field("except", &self.except)
            .finish()
    }
}

/// The words when the proxy's address is of no use.
pub(super) const UNUSABLE: &str = "the proxy's address in HTTPS_PROXY or ALL_PROXY is not usable";
