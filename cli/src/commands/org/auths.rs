//! `adieu org list auth`: what is signed in, from the files alone.

use adieu::discover;
use adieu::systems::salesforce::orgs::{Org, Orgs};
use serde_json::{Map, Value, json};

use super::reply::{Reply, Stop};
use super::table::format_table;
use crate::commands::context::Context;
use crate::ui::{Printer, format_count};

/// Runs the command; the exit status.
pub(super) fn run(context: &Context, reply: &Reply, printer: &mut Printer) -> Result<u8, Stop> {
    let (orgs, problems) = discover::find_orgs(&context.adieu.sources());
    let mut warnings: Vec<String> = problems.iter().map(super::format_problem).collect();
    warnings.extend(super::list_unreadable_orgs(&orgs));
    if reply.is_json {
        let mut result: Vec<Value> = orgs
            .found
            .iter()
            .map(|org| build_document(context, &orgs, org))
            .collect();
        result.extend(orgs.broken.iter().map(|file| {
            json!({
                "alias": join_aliases(&orgs, &file.username), "configs": [],
                "username": file.username, "oauthMethod": "unknown",
                "isExpired": "unknown", "error": file.why.to_string(),
            })
        }));
        reply.succeed(0, json!(result), &warnings, Map::new(), printer)?;
        return Ok(0);
    }
    let mut rows: Vec<Vec<String>> = orgs
        .found
        .iter()
        .map(|org| {
            let text = |value: &Option<String>| value.clone().unwrap_or_default();
            vec![
                join_aliases(&orgs, &org.auth.username),
                org.auth.username.clone(),
                text(&org.auth.org_id),
                text(&org.auth.instance_url),
                find_sign_in_method(&orgs, org).to_owned(),
            ]
        })
        .collect();
    rows.extend(orgs.broken.iter().map(|file| {
        vec![
            join_aliases(&orgs, &file.username),
            file.username.clone(),
            String::new(),
            String::new(),
            "unknown".to_owned(),
        ]
    }));
    if printer.is_quiet() {
        printer.data(&format_count(rows.len(), "org", "orgs"))?;
    } else if rows.is_empty() {
        printer.data("No results found.")?;
    } else {
        printer.data("authenticated orgs")?;
        let titles = ["Alias", "Username", "Org Id", "Instance Url", "Auth Method"];
        for line in format_table(&titles, &rows, printer.columns()) {
            printer.unbroken(&line)?;
        }
    }
    reply.warn(&warnings, printer);
    Ok(0)
}

fn join_aliases(orgs: &Orgs, username: &str) -> String {
    orgs.aliases.of(username).collect::<Vec<_>>().join(",")
}

/// How the user signed in; unknown if the tokens cannot be decrypted.
fn find_sign_in_method(orgs: &Orgs, org: &Org) -> &'static str {
    if super::is_readable(orgs, &org.auth) {
        org.auth.kind().id()
    } else {
        "unknown"
    }
}

fn build_document(context: &Context, orgs: &Orgs, org: &Org) -> Value {
    let auth = &org.auth;
    let environment = &context.adieu.world.environment;
    let configs: Vec<&str> = orgs
        .defaults_naming(&auth.username, environment)
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    let is_sandbox = orgs
        .sandboxes
        .iter()
        .any(|found| Some(&found.org_id) == auth.org_id.as_ref());
    let is_expired = match org.ends_at() {
        Some(end) => json!(end <= context.adieu.world.now()),
        None => json!("unknown"),
    };
    let mut document = json!({
        "configs": configs,
        "username": auth.username,
        "instanceUrl": auth.instance_url,
        "isScratchOrg": auth.is_scratch(),
        "isDevHub": auth.is_dev_hub,
        "isSandbox": is_sandbox,
        "orgId": auth.org_id,
        "oauthMethod": find_sign_in_method(orgs, org),
        "isExpired": is_expired,
        "alias": join_aliases(orgs, &auth.username),
    });
    if !super::is_readable(orgs, auth) {
        document["error"] = json!("the tokens cannot be decrypted");
    }
    document
}
