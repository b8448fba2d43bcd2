//! Who can be told that a credential of a tool has ended, or asked whether it is good: the services of
//! an entry, with what stands beside the credential.

use super::naming::Surroundings;
use crate::catalogue::{Tool, ToolService};
use crate::formats::{Node, is_like};
use crate::inventory::{Account, Revocation};
use crate::remote::{Endpoint, EndpointSource};
use crate::secret::{Fingerprint, Secret};
use crate::systems::discovery::{DiscoveryContext, InventoryBuilder};

use jiff::Timestamp;

/// Why a key is asked about before it is ended: the tool's login did not make it.
const MADE_BY_HAND: &str = "a person made it, and it may be in use elsewhere too";

/// Why what lies in a place that a variable names is asked about.
const UNVOUCHED: &str = "a variable leads to its file, which may be a project's";

/// The longest text that is taken for a token, in bytes.
const LONGEST: usize = 16 << 10;

/// A credential whose server may be told.
pub(super) struct Tellable<'t> {
    pub(super) tool: &'static Tool,
    pub(super) services: &'static [&'static ToolService],
    /// The credential itself, where it is a text.
    pub(super) secret: Option<&'t str>,
    /// Whether a person made it, so that its end would be felt elsewhere.
    pub(super) is_made_by_hand: bool,
    /// Whether nothing says that its place is the person's own: a variable leads there.
    pub(super) is_unvouched: bool,
    pub(super) ends: Option<Timestamp>,
}

/// Notes how a server ends a credential of an account, if one of the entry's services fits.
pub(super) fn note_token(
    discovery: &DiscoveryContext<'_>,
    found: &Tellable<'_>,
    surroundings: &Surroundings<'_>,
    account: &Account,
    findings: &mut InventoryBuilder<'_>,
) -> Option<Fingerprint> {
    let beside = |key| surroundings.node_at(key).and_then(Node::scalar);
    let plain = |text: Option<_>| text.map(str::trim).filter(|text| may_be_token(text));
    let (service, secret, revocation) = found.services.iter().find_map(|service| {
        if !is_for(service, surroundings) {
            return None;
        }
        let secret = plain(service.secret.map_or(found.secret, beside))?;
        let mut forms = service.tokens.iter();
        let fits = service.tokens.is_empty() || forms.any(|form| is_like(form, secret));
        let revocation = fits.then(|| revocation(discovery, found, service, surroundings))??;
        Some((*service, secret, revocation))
    })?;
    let shared = service
        .shared
        .or(found.is_unvouched.then_some(UNVOUCHED))
        .or((found.is_made_by_hand && !service.is_made_by_login).then_some(MADE_BY_HAND));
    let token = findings.account_token(
        Secret::new(secret.to_owned()),
        account,
        revocation,
        found.ends,
        shared,
    );
    if let Some(other) = plain(service.check_with.and_then(beside)) {
        findings.ask_with(token, Secret::new(other.to_owned()));
    }
    Some(token)
}

/// Whether what stands beside a credential says nothing else than that it is this service's.
fn is_for(service: &ToolService, surroundings: &Surroundings<'_>) -> bool {
    service.only_with.iter().all(|(place, known)| {
        let node = surroundings.node_at(place);
        node.is_none_or(|node| node.scalar().is_some_and(|text| known.contains(&text)))
    })
}

/// Whether a text can stand where a token is sent: one word of plain characters.
fn may_be_token(text: &str) -> bool {
    !text.is_empty() && text.len() <= LONGEST && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The request of a service, where all that it names is known.
fn revocation(
    discovery: &DiscoveryContext<'_>,
    found: &Tellable<'_>,
    service: &'static ToolService,
    surroundings: &Surroundings<'_>,
) -> Option<Revocation> {
    let values = service.values.iter().map(|(name, templates)| {
        let text = surroundings.fill_first(templates)?;
        Some(((*name).to_owned(), text))
    });
    Some(Revocation::Http {
        service: &service.http,
        endpoint: endpoint(discovery, found, service, surroundings)?,
        recorded: values.collect::<Option<_>>()?,
    })
}

/// Where the service is, and who says so.
fn endpoint(
    discovery: &DiscoveryContext<'_>,
    found: &Tellable<'_>,
    service: &ToolService,
    surroundings: &Surroundings<'_>,
) -> Option<Endpoint> {
    let with_scheme = |text: String| {
        let text = text.trim_end_matches('/');
        if text.contains("://") {
            text.to_owned()
        } else {
            format!("https://{text}")
        }
    };
    let vendor = &*service.http.address;
    let recorded = surroundings.fill_first(service.recorded).map(with_scheme);
    if let Some(url) = recorded {
        let named_by = match found.is_unvouched {
            _ if found.tool.is_own => EndpointSource::OwnEntry,
            _ if url == vendor => EndpointSource::Vendor,
            true => EndpointSource::Unvouched,
            false => EndpointSource::Recorded,
        };
        return Some(Endpoint { url, named_by });
    }
    let environment = &discovery.world.environment;
    let mut named = service.variables.iter();
    if let Some(url) = named.find_map(|name| environment.get(name)) {
        return Some(Endpoint {
            url: with_scheme(url.trim().to_owned()),
            named_by: EndpointSource::Unvouched,
        });
    }
    (!vendor.is_empty()).then(|| Endpoint {
        url: vendor.to_owned(),
        named_by: EndpointSource::Vendor,
    })
}
