//! `adieu org list`: the orgs, from the files, and whether they answer.

use std::collections::BTreeMap;

use adieu::discover;
use adieu::io::net::Cancel;
use adieu::systems::salesforce::orgs::{Org, Orgs};
use adieu::systems::salesforce::redact::without_secrets;
use adieu::systems::salesforce::settings::{TARGET_DEV_HUB, TARGET_ORG};
use adieu::world::World;
use serde_json::{Map, Value, json};

use super::connection::{self, Answer};
use super::reply::{Reply, Stop};
use super::table::format_table;
use super::targets::describe_org_kind;
use crate::args::OrgListArgs;
use crate::commands::context::Context;
use crate::ui::{Printer, format_count};

/// Below the table, as the real client has it.
const LEGEND: &str = "Legend:  🌳=Default DevHub, 🍁=Default Org      Use --all to see expired and \
                      deleted scratch orgs";

/// Runs the command; the exit status.
pub(super) fn run(
    context: &Context,
    arguments: &OrgListArgs,
    cancel: &Cancel,
    reply: &Reply,
    printer: &mut Printer,
) -> Result<u8, Stop> {
    let (orgs, problems) = discover::find_orgs(&context.adieu.sources());
    let mut warnings: Vec<String> = problems.iter().map(super::format_problem).collect();
    warnings.extend(super::list_unreadable_orgs(&orgs));
    let world = &context.adieu.world;
    let mut listed: Vec<&Org> = orgs
        .found
        .iter()
        .filter(|org| is_listed(world, &orgs, org))
        .collect();
    if !arguments.all {
        listed.retain(|org| !is_expired(world, org));
    }
    let answers = if arguments.skip_connection_status {
        BTreeMap::new()
    } else {
        let asked: Vec<&Org> = listed
            .iter()
            .copied()
            .filter(|org| !is_expired(world, org))
            .collect();
        connection::ask_orgs(
            context,
            &orgs,
            &asked,
            arguments.timeout,
            cancel,
            &mut warnings,
        )
    };
    let mut rows: Vec<Row<'_>> = listed
        .into_iter()
        .map(|org| Row::new(world, &orgs, org, answers.get(&org.auth.username).cloned()))
        .collect();
    rows.sort_by_cached_key(|row| {
        // Without an alias last, as the real client sorts.
        (
            row.alias.is_none(),
            row.alias.clone(),
            row.org.auth.username.clone(),
        )
    });
    if reply.is_json {
        reply.succeed(0, build_document(&rows), &warnings, Map::new(), printer)?;
    } else {
        print_orgs(&rows, arguments.verbose, printer)?;
        reply.warn(&warnings, printer);
    }
    Ok(0)
}

/// Further users of an org are shown only as the default: as by the real client.
fn is_listed(world: &World, orgs: &Orgs, org: &Org) -> bool {
    let environment = &world.environment;
    !orgs.is_secondary(&org.auth)
        || !orgs
            .defaults_naming(&org.auth.username, environment)
            .is_empty()
}

fn is_expired(world: &World, org: &Org) -> bool {
    org.ends_at().is_some_and(|end| end <= world.now())
}

/// An org and what is said of it.
struct Row<'a> {
    org: &'a Org,
    alias: Option<String>,
    is_default: bool,
    is_default_hub: bool,
    is_expired: bool,
    parent: Option<&'a str>,
    hub_id: Option<String>,
    answer: Option<Answer>,
}

impl<'a> Row<'a> {
    fn new(world: &World, orgs: &'a Orgs, org: &'a Org, answer: Option<Answer>) -> Self {
        let defaults = orgs.defaults_naming(&org.auth.username, &world.environment);
        let names = |setting: &str| defaults.iter().any(|(name, _)| *name == setting);
        let parent = orgs.parent_of(&org.auth);
        Self {
            org,
            // The real client shows the last one.
            alias: orgs
                .aliases
                .of(&org.auth.username)
                .next_back()
                .map(str::to_owned),
            is_default: names(TARGET_ORG),
            is_default_hub: names(TARGET_DEV_HUB),
            is_expired: is_expired(world, org),
            parent,
            hub_id: parent
                .and_then(|parent| orgs.get(parent))
                .and_then(|parent| parent.auth.org_id.clone()),
            answer,
        }
    }

    const fn is_scratch(&self) -> bool {
        self.org.auth.is_scratch()
    }

    /// What is known of a scratch org without its Dev Hub.
    fn scratch_status(&self) -> String {
        match &self.answer {
            _ if self.is_expired => "Expired".to_owned(),
            Some(answer) if answer.is_connected => "Active".to_owned(),
            Some(answer) => answer.text.clone(),
            None => "Unknown".to_owned(),
        }
    }

    fn document(&self) -> Value {
        let mut document = remove_secrets(self.org.auth.document());
        let mut set = |key: &str, value: Value| document.insert(key.to_owned(), value);
        if let Some(alias) = &self.alias {
            set("alias", json!(alias));
        }
        set("isDefaultDevHubUsername", json!(self.is_default_hub));
        set("isDefaultUsername", json!(self.is_default));
        if let Some(modified) = self.org.modified {
            set("lastUsed", json!(modified.to_string()));
        }
        if self.is_scratch() {
            set("signupUsername", json!(self.org.auth.username));
            set("createdBy", json!(self.parent));
            set("devHubOrgId", json!(self.hub_id));
            set("devHubId", json!(self.hub_id));
            set(
                "orgName",
                self.org
                    .auth
                    .document()
                    .get("name")
                    .cloned()
                    .unwrap_or_default(),
            );
            set("status", json!(self.scratch_status()));
            set("isExpired", json!(self.is_expired));
            set(
                "namespace",
                self.org
                    .auth
                    .document()
                    .get("namespacePrefix")
                    .cloned()
                    .unwrap_or_default(),
            );
        } else if let Some(answer) = &self.answer {
            set("connectedStatus", json!(answer.text));
        }
        let marker = match (self.is_default_hub, self.is_default) {
            (true, true) => Some("(D),(U)"),
            (true, false) => Some("(D)"),
            (false, true) => Some("(U)"),
            (false, false) => None,
        };
        if let Some(marker) = marker {
            set("defaultMarker", json!(marker));
        }
        Value::Object(document)
    }

    fn cells(&self, verbose: bool) -> Vec<String> {
        let auth = &self.org.auth;
        let mark = match (self.is_default_hub, self.is_default) {
            (true, true) => "🌳,🍁",
            (true, false) => "🌳",
            (false, true) => "🍁",
            (false, false) => "",
        };
        let status = if self.is_scratch() {
            self.scratch_status()
        } else {
            self.answer
                .as_ref()
                .map(|answer| answer.text.clone())
                .unwrap_or_default()
        };
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let mut cells = vec![
            mark.to_owned(),
            describe_org_kind(auth).to_owned(),
            text(&self.alias),
            auth.username.clone(),
            text(&auth.org_id),
            status,
        ];
        if verbose {
            let namespace = auth
                .document()
                .get("namespacePrefix")
                .and_then(Value::as_str);
            cells.push(text(&auth.instance_url));
            cells.push(namespace.unwrap_or_default().to_owned());
            cells.push(text(&self.hub_id));
        }
        cells.push(text(&auth.expiration_date));
        cells
    }
}

/// The auth file without its secrets, at any depth: no placeholder stands for them, because scripts
/// take one for a token.
pub(super) fn remove_secrets(document: &Map<String, Value>) -> Map<String, Value> {
    match without_secrets(document) {
        Value::Object(document) => document,
        _ => Map::new(),
    }
}

fn build_document(rows: &[Row<'_>]) -> Value {
    let of = |wanted: &dyn Fn(&Row<'_>) -> bool| -> Value {
        rows.iter()
            .filter(|row| wanted(row))
            .map(Row::document)
            .collect()
    };
    json!({
        "other": of(&|row| {
            let auth = &row.org.auth;
            !row.is_scratch() && !auth.is_sandbox && !auth.is_dev_hub
        }),
        "sandboxes": of(&|row| !row.is_scratch() && row.org.auth.is_sandbox),
        "nonScratchOrgs": of(&|row| !row.is_scratch()),
        "devHubs": of(&|row| !row.is_scratch() && row.org.auth.is_dev_hub),
        "scratchOrgs": of(&|row| row.is_scratch()),
    })
}

/// Dev Hubs, others, sandboxes, scratch orgs.
fn print_orgs(rows: &[Row<'_>], verbose: bool, printer: &mut Printer) -> Result<(), Stop> {
    let group = |row: &&Row<'_>| match describe_org_kind(&row.org.auth) {
        "DevHub" => 0,
        "" => 1,
        "Sandbox" => 2,
        _ => 3,
    };
    let mut sorted: Vec<&Row<'_>> = rows.iter().collect();
    sorted.sort_by_key(group);
    if printer.is_quiet() {
        return Ok(printer.data(&format_count(sorted.len(), "org", "orgs"))?);
    }
    if sorted.is_empty() {
        printer.data("No Orgs found.")?;
    } else {
        let mut titles = vec!["", "Type", "Alias", "Username", "Org Id", "Status"];
        if verbose {
            titles.extend(["Instance Url", "Namespace", "Dev Hub Id"]);
        }
        titles.push("Expires");
        let mut cells: Vec<Vec<String>> = sorted.iter().map(|row| row.cells(verbose)).collect();
        if sorted
            .iter()
            .all(|row| row.org.auth.expiration_date.is_none())
        {
            titles.pop();
            for row in &mut cells {
                row.pop();
            }
        }
        for line in format_table(&titles, &cells, printer.columns()) {
            printer.unbroken(&line)?;
        }
    }
    printer.data("")?;
    printer.data("")?;
    printer.data(LEGEND)?;
    Ok(())
}
