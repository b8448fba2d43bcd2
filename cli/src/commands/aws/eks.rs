//! `adieu aws eks`: a kubeconfig whose entry asks adieu for tokens, and the tokens.
//!
//! Source: Kubernetes, "client-go credential plugins"; Atmos `pkg/auth/integrations/aws/eks.go`.

use std::path::PathBuf;

use adieu::atmos::config::{Integration, IntegrationKind, is_region};
use adieu::formats::{put_named_entry, set_top_text};
use adieu::io::files::{Change, EditError, LockRule};
use adieu::io::net::Cancel;
use adieu::login::aws::{Cluster, NoPerson};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{FILE_LIMIT, find_integration, find_place, identity_of, keys_of, own_words};
use crate::args::{EksTokenArgs, UpdateKubeconfigArgs};
use crate::commands::context::Context;
use crate::commands::credential_process::refuse_terminal;
use crate::commands::exec::{format_time, require_own_home};
use crate::ui::plain::to_json;
use crate::ui::{Failure, Printer, to_plain_text};

/// The form of the tokens, and of the entries that ask for them.
pub(in crate::commands) const API: &str = "client.authentication.k8s.io/v1beta1";

/// What is written of a cluster.
struct Entry {
    cluster: Cluster,
    name: String,
    region: String,
    context: String,
    identity: String,
    command: Vec<String>,
}

/// Adds a cluster to a kubeconfig; the exit status.
pub(super) fn update(
    context: &Context,
    arguments: &UpdateKubeconfigArgs,
    printer: &mut Printer,
) -> Result<u8, Failure> {
    require_own_home(&context.global, "aws eks update-kubeconfig")?;
    let integration = arguments.integration.as_deref();
    let integration =
        integration.map(|name| find_integration(context, name, &[IntegrationKind::AwsEks]));
    let integration = integration.transpose()?;
    let of_integration = |take: fn(&Integration) -> Option<&str>| integration.and_then(take);
    let name = arguments
        .name
        .as_deref()
        .or_else(|| of_integration(Integration::cluster_name));
    let name = name.ok_or_else(|| {
        Failure::usage("no cluster is named").hint("name it with --name, or an integration")
    })?;
    let chosen = identity_of(integration, arguments.identity.chosen.as_deref());
    let (identity, keys) = keys_of(context, chosen, printer.can_prompt(), printer)?;
    let region = arguments
        .region
        .as_deref()
        .or_else(|| of_integration(Integration::cluster_region))
        .or(keys.region.as_deref());
    let region = find_region(region)?;
    let cancel = Cancel::new();
    let sign_in = context.adieu.sign_in(&NoPerson, &[], &cancel);
    let cluster = sign_in
        .describe_cluster(&keys, name, region)
        .map_err(|error| {
            let failure = Failure::failed("the kubeconfig was not changed").because(&error);
            match error.hint() {
                Some(hint) => failure.hint(hint),
                None => failure,
            }
        })?;
    let alias = arguments
        .alias
        .as_deref()
        .or_else(|| integration?.text(&["spec", "cluster", "alias"]));
    let entry = Entry {
        context: alias.unwrap_or(&cluster.arn).to_owned(),
        cluster,
        name: name.to_owned(),
        region: region.to_owned(),
        identity,
        command: own_words(context),
    };
    let path = find_file(context, arguments, integration);
    let file = find_place(context, &path)?;
    let files = &context.adieu.files;
    let unchanged = |error: &dyn std::error::Error| {
        Failure::failed("the kubeconfig was not changed").because(error)
    };
    if arguments.dry_run {
        let bytes = files
            .read(&file, FILE_LIMIT)
            .map_err(|error| unchanged(&error))?;
        let edited = put(bytes.as_deref().unwrap_or_default(), &entry);
        let edited = edited.map_err(|error| unchanged(&error))?;
        for line in String::from_utf8_lossy(&edited).lines() {
            printer.unbroken(&to_plain_text(line))?;
        }
        return Ok(0);
    }
    let change =
        &mut |bytes: Option<&[u8]>| Ok(Change::Replace(put(bytes.unwrap_or_default(), &entry)?));
    files
        .edit_or_create(&file, LockRule::None, FILE_LIMIT, change)
        .map_err(|error| unchanged(&error))?;
    let shown = context.adieu.world.shorten(&file.to_path());
    printer.data(&format!(
        "Added context {} to {}",
        to_plain_text(&entry.context),
        to_plain_text(&shown)
    ))?;
    Ok(0)
}

fn find_region(region: Option<&str>) -> Result<&str, Failure> {
    match region {
        Some(region) if is_region(region) => Ok(region),
        Some(region) => Err(Failure::usage(format!(
            "\"{}\" is no region",
            to_plain_text(region)
        ))),
        None => Err(Failure::usage("no region is known").hint("name it with --region")),
    }
}

/// The file that is meant: the flag's; the integration's, or where Atmos keeps those; else kubectl's.
fn find_file(
    context: &Context,
    arguments: &UpdateKubeconfigArgs,
    integration: Option<&Integration>,
) -> PathBuf {
    let world = &context.adieu.world;
    if let Some(file) = &arguments.kubeconfig {
        return file.clone();
    }
    if let Some(integration) = integration {
        let own = integration
            .kubeconfig_path()
            .map(|path| world.expand_tilde(path));
        return own.unwrap_or_else(|| world.atmos_config_root().join("kube/config"));
    }
    let named = world.environment.get("KUBECONFIG").unwrap_or_default();
    let first = named.split(':').find(|path| !path.is_empty());
    world.expand_tilde(first.unwrap_or("~/.kube/config"))
}

/// A kubeconfig with the cluster in it, every other byte as it was.
fn put(bytes: &[u8], entry: &Entry) -> Result<Vec<u8>, EditError> {
    let quote = |text: &str| Value::from(text).to_string();
    let arn = entry.cluster.arn.as_str();
    let user = format!("atmos-eks-{}-{}", entry.name, entry.region);
    let mut new = if bytes.trim_ascii().is_empty() {
        b"apiVersion: v1\nkind: Config\npreferences: {}\n".to_vec()
    } else {
        bytes.to_vec()
    };
    let lines = [
        "cluster:".to_owned(),
        format!(
            "  certificate-authority-data: {}",
            quote(&entry.cluster.authority)
        ),
        format!("  server: {}", quote(&entry.cluster.server)),
        format!("name: {}", quote(arn)),
    ];
    new = put_named_entry(&new, "clusters", arn, &lines)?;
    let lines = [
        "context:".to_owned(),
        format!("  cluster: {}", quote(arn)),
        format!("  user: {}", quote(&user)),
        format!("name: {}", quote(&entry.context)),
    ];
    new = put_named_entry(&new, "contexts", &entry.context, &lines)?;
    let mut lines = vec![
        format!("name: {}", quote(&user)),
        "user:".to_owned(),
        "  exec:".to_owned(),
        format!("    apiVersion: {API}"),
        "    args:".to_owned(),
    ];
    let (program, words) = entry
        .command
        .split_first()
        .map_or(("adieu", &[][..]), |(first, rest)| (first.as_str(), rest));
    let identity = format!("--identity={}", entry.identity);
    let own = [
        "aws",
        "eks",
        "token",
        "--cluster-name",
        &entry.name,
        "--region",
        &entry.region,
        &identity,
    ];
    let words = words.iter().map(String::as_str).chain(own);
    lines.extend(words.map(|word| format!("      - {}", quote(word))));
    lines.extend([
        format!("    command: {}", quote(program)),
        "    env:".to_owned(),
        "      - name: ATMOS_IDENTITY".to_owned(),
        format!("        value: {}", quote(&entry.identity)),
        "    interactiveMode: Never".to_owned(),
    ]);
    new = put_named_entry(&new, "users", &user, &lines)?;
    set_top_text(&new, "current-context", &entry.context)
}

/// Prints a token as kubectl reads it; the exit status. Nobody is asked.
pub(super) fn print_token(
    context: &Context,
    arguments: &EksTokenArgs,
    printer: &mut Printer,
) -> Result<u8, Failure> {
    require_own_home(&context.global, "aws eks token")?;
    refuse_terminal(arguments.print)?;
    let chosen = arguments.identity.chosen.as_deref();
    let (_, keys) = keys_of(context, chosen, false, printer)?;
    let region = find_region(arguments.region.as_deref().or(keys.region.as_deref()))?;
    let cancel = Cancel::new();
    let sign_in = context.adieu.sign_in(&NoPerson, &[], &cancel);
    let token = sign_in
        .cluster_token(&keys, &arguments.cluster_name, region)
        .ok_or_else(|| Failure::failed("the token could not be signed"))?;
    let document = exec_credential(API, token.token.expose(), token.expires_at);
    printer.raw(&to_json(&document)?)?;
    Ok(0)
}

/// What kubectl reads of a plugin.
pub(in crate::commands) fn exec_credential(api: &str, token: &str, end: Timestamp) -> Value {
    json!({
        "kind": "ExecCredential",
        "apiVersion": api,
        "spec": {},
        "status": {
            "expirationTimestamp": format_time(end),
            "token": token,
        },
    })
}
