//! The rules for providers.

use crate::atmos::config::diagnostic::{Diagnostic, Problems};
use crate::atmos::config::kinds::ProviderKind;
use crate::atmos::config::node::{Unset, Value};
use crate::atmos::config::provider::{Provider, base_path_fault};
use crate::io::files::is_plain_component;
use crate::world::World;

use super::fields::Entry;

/// The values of `spec.cloud_environment`.
const CLOUDS: [&str; 3] = ["public", "usgovernment", "china"];
/// Half a day: the longest session of the AWS console.
const HALF_DAY: u64 = 43_200;

pub(super) fn check_rules(world: &World, provider: &Provider, problems: &mut Problems) {
    let mut entry = Entry {
        subject: format!("provider '{}'", provider.name),
        settings: &provider.settings,
        location: provider.location,
        problems,
    };
    if !entry.is_mapping() {
        return;
    }
    if !is_plain_component(&provider.name.key) {
        let at = entry.location;
        entry.push(
            Diagnostic::warning("name", "the name cannot be a directory's name")
                .at(at)
                .hint("no files of this provider are looked for; use a name without `/`"),
        );
    }
    base_path(&mut entry);
    if entry.kind("provider", provider.kind.is_known(), ProviderKind::KNOWN) {
        check_fields(world, provider, &mut entry);
    }
}

fn check_fields(world: &World, provider: &Provider, entry: &mut Entry<'_>) {
    match provider.kind {
        ProviderKind::AwsIdentityCenter => {
            entry.require(&["start_url"]);
            check_url(entry, "start_url", false);
            entry.require(&["region"]);
            entry.duration(&["session", "duration"], 1, u64::MAX);
            entry.duration(&["console", "session_duration"], 1, HALF_DAY);
        }
        ProviderKind::AwsSaml => {
            entry.require(&["url"]);
            check_url(entry, "url", true);
            entry.require(&["region"]);
            entry.duration(&["session", "duration"], 900, HALF_DAY);
            entry.duration(&["console", "session_duration"], 1, HALF_DAY);
        }
        ProviderKind::AzureCli | ProviderKind::AzureDeviceCode | ProviderKind::AzureInteractive => {
            entry.require(&["spec", "tenant_id"]);
            entry.one_of("cloud", &["spec", "cloud_environment"], &CLOUDS);
        }
        ProviderKind::AzureOidc => {
            entry.require(&["spec", "tenant_id"]);
            entry.require(&["spec", "client_id"]);
            entry.one_of("cloud", &["spec", "cloud_environment"], &CLOUDS);
        }
        ProviderKind::GithubOidc => entry.require(&["spec", "audience"]),
        ProviderKind::AtmosPro => {
            if world.environment.get("ATMOS_PRO_WORKSPACE_ID").is_none() {
                entry.expect_or_variable(&["spec", "workspace_id"], "ATMOS_PRO_WORKSPACE_ID");
            }
        }
        ProviderKind::GcpAdc => check_default_credentials(entry),
        ProviderKind::GcpWorkloadIdentityFederation => check_federation(entry),
        ProviderKind::Mock
        | ProviderKind::MockAws
        | ProviderKind::Unknown(_)
        | ProviderKind::Missing => {}
    }
}

/// Atmos wants a `spec`, even if nothing is in it.
fn check_default_credentials(entry: &mut Entry<'_>) {
    let at = entry.place(&["spec"]);
    match entry.settings.get("spec").map(|spec| &spec.value) {
        Some(Value::Mapping(_) | Value::Unset(Unset::Function(_))) => {}
        None | Some(Value::Unset(_)) => entry.push(
            Diagnostic::error("required", "`spec` is required")
                .at(at)
                .hint("write `spec: {}` if there is nothing to say"),
        ),
        Some(_) => entry.error("mapping", "`spec` must be a mapping", at),
    }
}

fn check_federation(entry: &mut Entry<'_>) {
    entry.require(&["spec", "project_number"]);
    entry.require_one(&[
        &["spec", "workload_identity_pool_id"],
        &["spec", "workload_identity_pool"],
    ]);
    entry.require_one(&[
        &["spec", "workload_identity_provider_id"],
        &["spec", "workload_identity_provider"],
    ]);
    let source = ["spec", "token_source", "type"];
    entry.one_of("token-source", &source, &["environment", "file", "url"]);
    let needed = match entry.text(&source).map(|(text, _)| text) {
        Some("environment") => "environment_variable",
        Some("file") => "file_path",
        Some("url") => "url",
        _ => return,
    };
    entry.require(&["spec", "token_source", needed]);
}

/// A SAML address must parse; for a portal it is only a sign of a mistake.
fn check_url(entry: &mut Entry<'_>, key: &str, must_parse: bool) {
    let Some((text, at)) = entry.text(&[key]) else {
        return;
    };
    let is_address = url::Url::parse(text).is_ok_and(|url| url.has_host());
    if is_address {
        return;
    }
    // The value is not shown: an address may carry a password.
    let message = format!("`{key}` is not an address such as https://host/path");
    if must_parse {
        entry.error("url", message, at);
    } else {
        entry.warn("url", message, at);
    }
}

fn base_path(entry: &mut Entry<'_>) {
    let path = ["spec", "files", "base_path"];
    let Some(node) = entry.settings.at(&path).filter(|node| node.is_set()) else {
        return;
    };
    let name = path.join(".");
    let Some(text) = node.expose() else {
        let message = format!("`{name}` must be a text, not {}", node.kind());
        return entry.error("text", message, node.location);
    };
    if let Some(fault) = base_path_fault(text) {
        entry.push(
            Diagnostic::error("base-path", format!("`{name}` {fault}"))
                .at(node.location)
                .hint("write an absolute path or one that starts with `~/`"),
        );
    }
}
