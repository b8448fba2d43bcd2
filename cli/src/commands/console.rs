//! `adieu console`: AWS's web console, opened as an identity.
//!
//! Keys go to AWS in the body of a request. The address that comes back signs a browser in, so it is on
//! no command line: the browser is told an address of this machine, which leads it on, once.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use adieu::atmos::config::{self, Identity};
use adieu::io::net::{Cancel, HandOver};
use adieu::io::programs::{self, Program};
use adieu::login::aws::{CONSOLE_URL_LIFE, ConsoleRequest, NoPerson};
use adieu::login::cloud::portal_page;
use adieu::path::ConfinedPath;
use adieu::report::ConsoleDocument;
use adieu::systems::isolated_browser_directory;
use adieu::world::OperatingSystem;

use super::context::Context;
use super::exec::require_own_home;
use super::login::browser::open_page;
use super::profile::{self, Whom, resolve_whom};
use super::sign_in::{is_of_aws, keys_of, to_failure};
use crate::args::{ConsoleArgs, Output};
use crate::ui::plain::{Exact, to_json};
use crate::ui::{Failure, Printer, to_plain_text};

/// How long the browser may take to come.
const PATIENCE: Duration = Duration::from_mins(1);

/// Runs the command; the exit status.
pub(crate) fn run(
    context: &Context,
    arguments: &ConsoleArgs,
    cancel: &Cancel,
    printer: &mut Printer,
) -> Result<u8, Failure> {
    require_own_home(&context.global, "console")?;
    let chosen = arguments.named.as_deref();
    let chosen = chosen.or(arguments.identity.chosen.as_deref());
    let whom = resolve_whom(context, chosen, printer)?;
    let written = match &whom {
        Whom::Identity(identity) => identity.name.written.as_str(),
        Whom::Profile(name) => name,
    };
    let name = to_plain_text(written).into_owned();
    if let Whom::Identity(identity) = &whom
        && !is_of_aws(identity)
        && let Some(url) = find_portal_page(context, identity, arguments)?
    {
        return open_portal(context, &whom, &url, arguments, printer);
    }
    if let Whom::Identity(identity) = &whom
        && !is_of_aws(identity)
    {
        let kind = to_plain_text(identity.kind.id()).into_owned();
        return Err(Failure::usage(format!(
            "identity \"{name}\" is of kind {kind}, which opens no AWS console"
        ))
        .hint("choose an AWS identity: adieu list"));
    }
    let is_isolated = arguments.isolated || context.adieu.configuration.auth.console_isolated;
    let browser = if is_isolated && !arguments.print_only {
        Some(find_isolated_browser(context, &whom)?)
    } else {
        None
    };
    let may_ask = printer.can_prompt();
    let keys = match &whom {
        Whom::Identity(identity) => keys_of(context, identity, may_ask, printer)?,
        Whom::Profile(name) => profile::keys_of(context, name, may_ask, printer)?,
    };
    let sign_in = context.adieu.sign_in(&NoPerson, &[], cancel);
    let request = ConsoleRequest {
        destination: arguments.destination.as_deref(),
        duration: arguments
            .duration
            .or_else(|| configured_duration(context, &whom)),
        issuer: &arguments.issuer,
        signs_out_first: arguments.logout_first,
    };
    let login = sign_in
        .open_console(&keys, &request)
        .map_err(|error| match &whom {
            Whom::Identity(identity) => to_failure(context, identity, &error),
            Whom::Profile(name) => profile::to_failure(context, name, &error),
        })?;
    if login.is_length_refused && arguments.duration.is_some() {
        printer.warning(
            "AWS does not let these keys choose how long the console may be used",
            Some("they came by way of another role: it ends when they do"),
        );
    }
    let is_document = context.global.output == Output::Json;
    let minutes = CONSOLE_URL_LIFE.as_secs() / 60;
    if arguments.print_only {
        if is_document {
            let document = ConsoleDocument::new(written, Some(login.url.expose()));
            printer.raw(&to_json(&document)?)?;
        } else {
            printer.raw(&Exact::quoted(login.url.expose()))?;
        }
        if !printer.is_quiet() && !is_document {
            printer.note(&format!(
                "Good once, for {minutes} minutes: whoever opens it is {name} in the console."
            ));
        }
        return Ok(0);
    }
    let entropy = context.adieu.world.entropy.bytes();
    let server = HandOver::bind(entropy, login.url)
        .map_err(|error| Failure::failed("no browser can be told where to go").because(&error))?;
    let opened = match browser {
        Some(browser) => open_isolated(context, &browser, &server.url()),
        None => open_page(&context.adieu.world, &server.url(), None),
    };
    let print_only = format!("{} --print-only", context.command_called("console"));
    if let Err(why) = opened {
        return Err(Failure::failed("no browser was opened")
            .detail(format!("  because: {why}"))
            .hint(format!("to open it elsewhere: {print_only}")));
    }
    cancel.begin_work();
    let user = adieu::io::process::user_id();
    if !server.wait(user, PATIENCE, cancel) {
        if cancel.is_set() {
            return Err(Failure::stopped("stopped before the browser came"));
        }
        return Err(Failure::failed("the browser that was opened has not come")
            .hint(format!("to open it elsewhere: {print_only}")));
    }
    if is_document {
        let document = ConsoleDocument::new(written, None);
        printer.raw(&to_json(&document)?)?;
    } else {
        printer.data(&format!("Opened the AWS console as {name}."))?;
    }
    Ok(0)
}

/// Opens the portal of Azure or the console of Google Cloud, which the browser's own sign-in decides about: the
/// address has no secret in it.
fn open_portal(
    context: &Context,
    whom: &Whom<'_>,
    url: &str,
    arguments: &ConsoleArgs,
    printer: &mut Printer,
) -> Result<u8, Failure> {
    let Whom::Identity(identity) = whom else {
        return Ok(0);
    };
    let written = identity.name.written.as_str();
    let is_document = context.global.output == Output::Json;
    if !arguments.print_only {
        let opened = if arguments.isolated || context.adieu.configuration.auth.console_isolated {
            open_isolated(context, &find_isolated_browser(context, whom)?, url)
        } else {
            open_page(&context.adieu.world, url, None)
        };
        opened.map_err(|why| {
            Failure::failed("no browser was opened")
                .detail(format!("  because: {why}"))
                .hint(format!(
                    "to open it elsewhere: {} --print-only",
                    context.command_called("console")
                ))
        })?;
    }
    if is_document {
        let shown = arguments.print_only.then_some(url);
        printer.raw(&to_json(&ConsoleDocument::new(written, shown))?)?;
    } else if arguments.print_only {
        printer.raw(&Exact::quoted(url))?;
    } else {
        let name = to_plain_text(written);
        printer.data(&format!("Opened the portal for {name}."))?;
    }
    if !printer.is_quiet() && !is_document {
        printer.note("Who signs in there is the browser's own sign-in.");
    }
    Ok(0)
}

/// The page of an identity's subscription or project; `None` of another cloud's identity.
fn find_portal_page(
    context: &Context,
    identity: &Identity,
    arguments: &ConsoleArgs,
) -> Result<Option<String>, Failure> {
    let destination = arguments.destination.as_deref();
    let configuration = &context.adieu.configuration;
    let graph = &context.adieu.identity_graph;
    let page = portal_page(configuration, graph, identity, destination);
    page.map_err(|why| {
        let name = to_plain_text(&identity.name.written);
        Failure::usage(format!("identity \"{name}\" has no such page: {why}"))
            .hint("name a service, such as compute, or leave --destination out")
    })
}

/// The length that the provider's configuration wishes.
fn configured_duration(context: &Context, whom: &Whom<'_>) -> Option<Duration> {
    let Whom::Identity(identity) = whom else {
        return None;
    };
    let graph = &context.adieu.identity_graph;
    let root = graph.root_provider(&identity.name.key)?;
    let provider = context.adieu.configuration.auth.provider(&root.key)?;
    let text = provider.text(&["console", "session_duration"])?;
    config::duration_seconds(text).map(Duration::from_secs)
}

/// A browser with the directory of its profile.
struct IsolatedBrowser {
    program: PathBuf,
    arguments: Vec<OsString>,
    directory: PathBuf,
    /// What a new profile has from the start.
    first_file: &'static str,
}

/// Browsers that take a directory for a profile; the first that is there is used.
const CHROMIUM: [&str; 7] = [
    "google-chrome",
    "google-chrome-stable",
    "chromium",
    "chromium-browser",
    "brave-browser",
    "microsoft-edge",
    "chrome",
];

fn find_isolated_browser(context: &Context, whom: &Whom<'_>) -> Result<IsolatedBrowser, Failure> {
    let world = &context.adieu.world;
    let realm = config::resolve_realm(world, &context.adieu.configuration);
    let (realm, key) = match whom {
        Whom::Identity(identity) => (realm.value.as_str(), identity.name.key.as_str()),
        // No realm has such a name.
        Whom::Profile(name) => ("aws:profile", name.as_str()),
    };
    let directory = isolated_browser_directory(world, realm, key);
    let shown = directory.display();
    let data = OsString::from(format!("--user-data-dir={shown}"));
    let find = |name: &str| programs::find_in_path(world, name);
    let chromium = |program, before: &[&str]| IsolatedBrowser {
        program,
        arguments: before
            .iter()
            .map(OsString::from)
            .chain([data.clone(), "--no-first-run".into(), "--new-window".into()])
            .collect(),
        directory: directory.clone(),
        first_file: "First Run",
    };
    if world.operating_system == OperatingSystem::MacOs
        && let Some(open) = find("open")
    {
        return Ok(chromium(open, &["-na", "Google Chrome", "--args"]));
    }
    if let Some(program) = CHROMIUM.iter().find_map(|name| find(name)) {
        return Ok(chromium(program, &[]));
    }
    find("firefox")
        .map(|program| IsolatedBrowser {
            program,
            arguments: vec![
                "--no-remote".into(),
                "--profile".into(),
                directory.clone().into(),
                "--new-window".into(),
            ],
            directory,
            first_file: "user.js",
        })
        .ok_or_else(|| {
            Failure::failed("no browser that can have a profile of its own is in PATH")
                .hint("install Chrome, Chromium, Edge, Brave or Firefox, or leave --isolated out")
        })
}

fn open_isolated(context: &Context, browser: &IsolatedBrowser, url: &str) -> Result<(), String> {
    let world = &context.adieu.world;
    let root = world.atmos_data_root();
    let below = browser.directory.strip_prefix(&root).ok();
    let place = below.and_then(|below| ConfinedPath::new(root.clone(), below));
    let file = place.and_then(|place| place.join(browser.first_file));
    let file = file.ok_or_else(|| "its profile cannot be named".to_owned())?;
    let files = &context.adieu.files;
    if !browser.directory.is_dir() {
        files
            .create(&file, b"")
            .map_err(|error| error.to_string())?;
    }
    let mut arguments = browser.arguments.clone();
    arguments.push(url.into());
    programs::start_detached(&Program {
        path: browser.program.clone(),
        arguments,
        environment: world
            .environment
            .iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        directory: world.home.clone(),
    })
}
