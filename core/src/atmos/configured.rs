//! The identity graph of a configuration: which system each kind belongs to, and what the stages need to know.

use crate::atmos::config::{Auth, Identity, Provider, ProviderKind, Via as Configured};
use crate::atmos::identity_graph::{IdentityEntry, IdentityGraph, Portal, ProviderEntry, Via};
use crate::inventory::is_page;
use crate::system::System;

/// Everybody that the configuration knows.
pub fn build_identity_graph(auth: &Auth) -> IdentityGraph {
    IdentityGraph::new(
        auth.providers.iter().map(build_provider_entry).collect(),
        auth.identities.iter().map(build_identity_entry).collect(),
    )
}

fn build_provider_entry(provider: &Provider) -> ProviderEntry {
    let portal =
        match provider.kind {
            ProviderKind::AwsIdentityCenter => provider
                .portal_address()
                .zip(provider.region())
                .map(|(start_url, region)| Portal {
                    start_url: start_url.to_owned(),
                    region: region.to_owned(),
                }),
            _ => None,
        };
    ProviderEntry {
        key: provider.name.key.clone(),
        written: provider.name.written.clone(),
        kind: provider.kind.id().to_owned(),
        system: provider.kind.system().unwrap_or(System::ATMOS),
        ambient: provider.kind.is_ambient(),
        sign_out_page: sign_out_page(provider),
        portal,
    }
}

/// Finds where a person ends the browser session.
fn sign_out_page(provider: &Provider) -> Option<String> {
    let system = provider.kind.system()?;
    let own_page = || {
        let page = provider.start_url().or_else(|| provider.url());
        page.filter(|page| system == System::AWS && is_page(page))
    };
    let page = system.info().sign_out_page.or_else(own_page);
    page.map(str::to_owned)
}

fn build_identity_entry(identity: &Identity) -> IdentityEntry {
    IdentityEntry {
        key: identity.name.key.clone(),
        written: identity.name.written.clone(),
        kind: identity.kind.id().to_owned(),
        system: identity.kind.system().unwrap_or(System::ATMOS),
        via: match &identity.via {
            Configured::Provider(name) | Configured::Both { provider: name, .. } => {
                Via::Provider(name.key.clone())
            }
            Configured::Identity(name) => Via::Identity(name.key.clone()),
            Configured::None => Via::Nothing,
        },
        alias: identity.alias.clone(),
        provisioned: identity.provisioned,
    }
}
