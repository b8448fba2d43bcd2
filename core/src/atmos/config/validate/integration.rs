//! The rules for integrations. Atmos checks none of them before use.

use crate::atmos::config::Integration;
use crate::atmos::config::diagnostic::{Diagnostic, Problems};
use crate::atmos::config::kinds::{IntegrationKind, ProviderKind};
use crate::atmos::config::model::{Auth, Via};
use crate::io::files::is_plain_component;

use super::fields::Entry;

pub(super) fn check_rules(auth: &Auth, integration: &Integration, problems: &mut Problems) {
    let mut entry = Entry {
        subject: format!("integration '{}'", integration.name),
        settings: &integration.settings,
        location: integration.location,
        problems,
    };
    if !entry.is_mapping() {
        return;
    }
    let is_known = entry.kind(
        "integration",
        integration.kind.is_known(),
        IntegrationKind::KNOWN,
    );
    check_via(integration, &mut entry);
    if is_known {
        check_fields(auth, integration, &mut entry);
    }
}

fn check_via(integration: &Integration, entry: &mut Entry<'_>) {
    let at = entry.place(&["via"]);
    match integration.via {
        Via::None => entry.push(
            Diagnostic::error(
                "via",
                "exactly one of `via.provider` or `via.identity` must be set",
            )
            .at(at)
            .hint("Atmos never uses an integration without it"),
        ),
        Via::Both { .. } => entry.error(
            "via",
            "`via.provider` and `via.identity` are mutually exclusive; only one can be set",
            at,
        ),
        _ => {}
    }
}

fn check_fields(auth: &Auth, integration: &Integration, entry: &mut Entry<'_>) {
    match integration.kind {
        IntegrationKind::AwsEcr => {
            entry.require(&["spec", "registry", "account_id"]);
            entry.require(&["spec", "registry", "region"]);
        }
        IntegrationKind::AwsEcrPublic => {
            let region = ["spec", "registry", "region"];
            entry.one_of("region", &region, &["us-east-1", "us-west-2"]);
        }
        IntegrationKind::AwsEks => {
            entry.require(&["spec", "cluster", "name"]);
            entry.require(&["spec", "cluster", "region"]);
            check_kubeconfig(entry);
        }
        IntegrationKind::AzureAcr => entry.require(&["spec", "registry", "name"]),
        IntegrationKind::AzureAks => {
            entry.require(&["spec", "cluster", "name"]);
            entry.require(&["spec", "cluster", "resource_group"]);
            check_kubeconfig(entry);
        }
        IntegrationKind::GcpGke => {
            entry.require(&["spec", "cluster", "name"]);
            entry.require(&["spec", "cluster", "project_id"]);
            entry.require(&["spec", "cluster", "location"]);
            check_kubeconfig(entry);
        }
        IntegrationKind::GithubSts => check_github(auth, integration, entry),
        IntegrationKind::Unknown(_) | IntegrationKind::Missing => {}
    }
}

fn check_kubeconfig(entry: &mut Entry<'_>) {
    let update = ["spec", "cluster", "kubeconfig", "update"];
    entry.one_of("kubeconfig", &update, &["merge", "replace", "error"]);
    let mode = ["spec", "cluster", "kubeconfig", "mode"];
    if let Some((text, at)) = entry.text(&mode)
        && !(text.len() <= 5 && text.bytes().all(|byte| matches!(byte, b'0'..=b'7')))
    {
        entry.error(
            "kubeconfig",
            "`spec.cluster.kubeconfig.mode` must be octal, like 0600",
            at,
        );
    }
}

fn check_github(auth: &Auth, integration: &Integration, entry: &mut Entry<'_>) {
    entry.one_of(
        "git-config-mode",
        &["spec", "git_config_mode"],
        &["env", "file"],
    );
    if !is_plain_component(&integration.name.key) {
        entry.push(
            Diagnostic::warning("name", "the name cannot be a directory's name")
                .at(integration.location)
                .hint("no files of this integration are looked for; use a name without `/`"),
        );
    }
    let provider = integration
        .via
        .provider()
        .and_then(|name| auth.provider(&name.key));
    if let Some(provider) = provider
        && provider.kind.is_known()
        && provider.kind != ProviderKind::AtmosPro
    {
        entry.error(
            "via",
            format!(
                "kind `github/sts` needs a provider of kind `atmos/pro`, not `{}`",
                provider.kind.id()
            ),
            entry.place(&["via", "provider"]),
        );
    }
}
