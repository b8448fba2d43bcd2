//! `adieu org display`: one org.

use adieu::discover;
use adieu::io::net::Cancel;
use adieu::selector::Choice;
use adieu::systems::salesforce::orgs::Org;
use adieu::systems::salesforce::settings::DefaultKind;
use serde_json::{Map, Value, json};

use super::connection;
use super::reply::{ClientError, Reply, Stop};
use super::table::format_table;
use super::targets::Names;
use crate::args::OrgDisplayArgs;
use crate::commands::context::Context;
use crate::ui::Printer;

/// Members of the answer and what people read them as.
const TITLES: [(&str, &str); 14] = [
    ("alias", "Alias"),
    ("apiVersion", "Api Version"),
    ("clientApps", "Client Apps"),
    ("clientId", "Client Id"),
    ("connectedStatus", "Connected Status"),
    ("createdBy", "Created By"),
    ("devHubId", "Dev Hub Id"),
    ("expirationDate", "Expiration Date"),
    ("id", "Id"),
    ("instanceUrl", "Instance Url"),
    ("orgName", "Org Name"),
    ("signupUsername", "Signup Username"),
    ("status", "Status"),
    ("username", "Username"),
];

/// Runs the command; the exit status.
pub(super) fn run(
    context: &Context,
    arguments: &OrgDisplayArgs,
    cancel: &Cancel,
    reply: &Reply,
    printer: &mut Printer,
) -> Result<u8, Stop> {
    let (orgs, problems) = discover::find_orgs(&context.adieu.sources());
    let environment = &context.adieu.world.environment;
    let default = || Some(orgs.default_of(DefaultKind::Org, environment)?.value);
    let Some(name) = arguments.target_org.clone().or_else(default) else {
        return Err(ClientError::new(
            "NoDefaultEnvError",
            "No default environment found. Use -o or --target-org to specify an environment.",
        )
        .into());
    };
    let names = Names {
        world: &context.adieu.world,
        orgs: &orgs,
        problems: &problems,
    };
    let org = match (orgs.get(&name), &arguments.target_org) {
        (None, Some(typed)) => match names.meant(typed) {
            Choice::One(user) => orgs.get(&user),
            Choice::Nothing => None,
            Choice::Several(users) => return Err(names.ambiguous(typed, &users).into()),
        },
        (found, _) => found,
    };
    let Some(org) = org else {
        return Err(not_found(&names, &name).into());
    };
    if !super::is_readable(&orgs, &org.auth) {
        let hint = "Bring the right key back, or log out of the org and sign in again.";
        let error = ClientError::new(
            connection::UNREADABLE,
            format!("The tokens of {} cannot be decrypted.", org.auth.username),
        );
        return Err(ClientError {
            status: 2,
            ..error.action(hint)
        }
        .into());
    }
    let mut warnings: Vec<String> = problems.iter().map(super::format_problem).collect();
    let seconds = arguments.timeout;
    let answers = connection::ask_orgs(context, &orgs, &[org], seconds, cancel, &mut warnings);
    let answer = answers.get(&org.auth.username);
    if answer.is_some_and(|answer| answer.is_refresh_failure) {
        warnings.insert(0, "unable to refresh auth for org".to_owned());
    }
    let alias = orgs.aliases.of(&org.auth.username).next_back();
    let mut result = describe_org(
        org,
        alias,
        answer.map(|answer| answer.text.as_str()),
        arguments.verbose,
    );
    if org.auth.is_scratch() {
        let is_expired = org
            .ends_at()
            .is_some_and(|end| end <= context.adieu.world.now());
        let status = match answer {
            _ if is_expired => "Expired",
            Some(answer) if answer.is_connected => "Active",
            _ => "Unknown",
        };
        result.insert("status".to_owned(), json!(status));
    }
    if reply.is_json {
        reply.succeed(0, Value::Object(result), &warnings, Map::new(), printer)?;
    } else {
        reply.warn(&warnings, printer);
        print_description(&result, printer)?;
    }
    Ok(0)
}

fn describe_org(
    org: &Org,
    alias: Option<&str>,
    status: Option<&str>,
    verbose: bool,
) -> Map<String, Value> {
    let auth = &org.auth;
    let mut result = Map::new();
    let mut set = |key: &str, value: Option<&str>| {
        if let Some(value) = value {
            result.insert(key.to_owned(), json!(value));
        }
    };
    set("id", auth.org_id.as_deref());
    set("devHubId", auth.dev_hub_username.as_deref());
    set("apiVersion", auth.api_version.as_deref());
    set("instanceUrl", auth.instance_url.as_deref());
    set("username", Some(&auth.username));
    set("clientId", auth.client_id.as_deref());
    if auth.is_scratch() {
        set("expirationDate", auth.expiration_date.as_deref());
        set("createdBy", auth.dev_hub_username.as_deref());
        set(
            "orgName",
            auth.document().get("name").and_then(Value::as_str),
        );
        set("signupUsername", Some(&auth.username));
    } else {
        set("connectedStatus", status);
    }
    set("alias", alias);
    let apps: Vec<&str> = auth
        .client_apps
        .iter()
        .map(|app| app.name.as_str())
        .collect();
    set(
        "clientApps",
        Some(apps.join(",").as_str()).filter(|apps| verbose && !apps.is_empty()),
    );
    result
}

/// The real client's words for an org that is not there; only a name that is close is suggested.
fn not_found(names: &Names<'_>, name: &str) -> ClientError {
    let error = ClientError::new(
        "NamedOrgNotFoundError",
        format!(
            "Parsing --target-org \n\tNo authorization information found for {name}.\nSee more help \
             with --help"
        ),
    );
    let error = ClientError { status: 2, ..error };
    match names.close_to(name) {
        Some(near) => error.action(format!(
            "It looks like you mistyped the username or alias. Did you mean \"{near}\"?"
        )),
        None => error,
    }
}

fn print_description(result: &Map<String, Value>, printer: &mut Printer) -> Result<(), Stop> {
    let rows: Vec<Vec<String>> = TITLES
        .iter()
        .filter_map(|(key, title)| {
            let value = result.get(*key)?.as_str()?;
            Some(vec![(*title).to_owned(), value.to_owned()])
        })
        .collect();
    if printer.is_quiet() {
        let text = |key: &str| result.get(key).and_then(Value::as_str).unwrap_or_default();
        let line = format!("{}  {}", text("username"), text("connectedStatus"));
        return Ok(printer.data(line.trim_end())?);
    }
    printer.data("")?;
    printer.data("Org Description")?;
    for line in format_table(&["KEY", "VALUE"], &rows, printer.columns()) {
        printer.unbroken(&line)?;
    }
    printer.data("")?;
    printer.data("")?;
    Ok(())
}
