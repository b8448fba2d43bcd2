//! `adieu org login …`: sign-ins in the files of Salesforce CLI.

mod errors;
mod input;
mod page;

use adieu::io::files::Files;
use adieu::io::keyring::{Keyring, StoreId};
use adieu::io::net::Cancel;
use adieu::io::net::oauth::ClientApp;
use adieu::io::net::{Address, Network};
use adieu::path::ConfinedPath;
use adieu::secret::Secret;
use adieu::systems::salesforce::FILE_LIMIT;
use adieu::systems::salesforce::api::{DEFAULT_SCOPES, default_app, org_address};
use adieu::systems::salesforce::auth_file::AuthFile;
use adieu::systems::salesforce::login::{
    self as library, DeviceSignIn, JwtOptions, KeyStore, LoginContext, LoginError, NoKeyStore,
    Remember, SfdxAuthUrl, SignedIn, SystemKeys, WebOptions, WebSignIn,
};
use adieu::world::World;
use serde_json::{Map, Value, json};

use super::list::remove_secrets;
use super::reply::{ClientError, Reply, Stop};
use crate::args::{
    OrgLoginCommand, OrgLoginCommon, OrgLoginDeviceArgs, OrgLoginJwtArgs, OrgLoginTokenArgs,
    OrgLoginUrlArgs, OrgLoginWebArgs,
};
use crate::commands::context::Context;
use crate::process;
use crate::ui::human::Progress;
use crate::ui::{Failure, Printer};
use errors::Way;

/// Runs the command; the exit status.
pub(super) fn run(
    context: &Context,
    command: &OrgLoginCommand,
    cancel: &Cancel,
    reply: &Reply,
    printer: &mut Printer,
) -> Result<u8, Stop> {
    // Keys and `state` are made of it: better none than one that can be guessed.
    if !process::has_random_source() {
        return Err(Failure::failed("the operating system gives no random numbers").into());
    }
    let common = command.remember();
    let (world, files) = (&context.adieu.world, &*context.adieu.files);
    let way = Way::of(command);
    let project =
        library::find_project_directory(world, files).map_err(|error| way.stop(&error.into()))?;
    let servers = Network::new(world)
        .with_limit(std::time::Duration::from_secs_f64(common.timeout))
        .with_cancel(cancel.clone());
    let keys = key_store(context);
    let login = Login {
        world,
        files,
        servers: &servers,
        keys: &*keys,
        cancel,
        can_ask: printer.can_prompt() && !common.no_prompt && !reply.is_json,
        is_json: reply.is_json,
        common,
        project,
        way,
    };
    let signed_in = match command {
        OrgLoginCommand::Web(arguments) => login.web(arguments, printer),
        OrgLoginCommand::Jwt(arguments) => login.jwt(arguments, printer),
        OrgLoginCommand::AccessToken(arguments) => login.access_token(arguments, printer),
        OrgLoginCommand::SfdxUrl(arguments) => login.sfdx_url(arguments, printer),
        OrgLoginCommand::Device(arguments) => login.device(arguments, printer),
    }?;
    login.answer(&signed_in, reply, printer)
}

/// The key's place in the operating system's store, if there is such a store.
fn key_store(context: &Context) -> Box<dyn KeyStore + '_> {
    let mut stores = context.adieu.keyrings.iter();
    match stores.find(|store| store.id() == StoreId::System) {
        Some(store) => {
            let store: &dyn Keyring = &**store;
            Box::new(SystemKeys::new(&context.adieu.world, store))
        }
        None => Box::new(NoKeyStore),
    }
}

/// A sign-in that is being made.
struct Login<'a> {
    world: &'a World,
    files: &'a Files,
    servers: &'a Network,
    keys: &'a dyn KeyStore,
    cancel: &'a Cancel,
    can_ask: bool,
    is_json: bool,
    common: &'a OrgLoginCommon,
    project: Option<ConfinedPath>,
    way: Way,
}

impl Login<'_> {
    const fn context(&self) -> LoginContext<'_> {
        LoginContext {
            world: self.world,
            files: self.files,
            network: self.servers,
            keys: self.keys,
        }
    }

    fn remember(&self) -> Remember {
        Remember {
            alias: self.common.alias.clone(),
            set_default: self.common.set_default,
            set_default_dev_hub: self.common.set_default_dev_hub,
            project: self.project.clone(),
        }
    }

    fn host(&self, given: Option<&str>) -> Result<Address, Stop> {
        library::login_host(self.world, self.files, given, self.project.as_ref())
            .map_err(|error| self.way.stop(&error))
    }

    /// Ends with the sign-in, or with the real client's error for this way.
    fn done(&self, outcome: Result<SignedIn, LoginError>) -> Result<SignedIn, Stop> {
        outcome.map_err(|error| self.way.stop(&error))
    }

    fn web(&self, arguments: &OrgLoginWebArgs, printer: &mut Printer) -> Result<SignedIn, Stop> {
        let host = self.host(arguments.instance_url.as_deref())?;
        let mut options = WebOptions::new(self.world, host);
        options.app = self.app(arguments.client_id.as_deref())?;
        options.port = library::callback_port(self.files, self.project.as_ref())
            .map_err(|error| self.way.stop(&error.into()))?;
        if let Some(scopes) = &arguments.scopes {
            options.scopes.clone_from(scopes);
        }
        let limit = options.limit;
        let sign_in =
            WebSignIn::begin(self.world, options).map_err(|error| self.way.stop(&error))?;
        let url = sign_in.url();
        printer.note("Sign in with a browser at this address:");
        printer.note(&format!("  {url}"));
        if !arguments.no_browser
            && let Err(why) = page::open_in_browser(self.world, &url, arguments.browser)
        {
            printer.note(&format!("No browser was opened: {why}."));
        }
        if self.can_ask {
            printer.note(
                "If the browser cannot come back to this machine, paste the address of its last \
                 page here.",
            );
            input::offer_lines(sign_in.paste_back());
        }
        let seconds = limit.as_secs();
        let progress = Progress::waiting(
            &format!("Waiting {seconds} s for the browser … Ctrl-C stops the waiting"),
            printer,
        );
        let outcome = sign_in.finish(&self.context(), &self.remember());
        drop(progress);
        self.done(outcome)
    }

    fn jwt(&self, arguments: &OrgLoginJwtArgs, printer: &Printer) -> Result<SignedIn, Stop> {
        let options = JwtOptions {
            login: self.host(arguments.instance_url.as_deref())?,
            client_id: arguments.client_id.clone(),
            username: arguments.username.clone(),
            key_file: arguments.jwt_key_file.clone(),
            piped_key: input::read_stream(
                self.world,
                &arguments.jwt_key_file,
                "--jwt-key-file",
                self.cancel,
            )?,
        };
        let progress = Self::asking(&options.login, printer);
        let outcome = library::sign_in_with_jwt(&self.context(), options, &self.remember());
        drop(progress);
        self.done(outcome)
    }

    fn access_token(
        &self,
        arguments: &OrgLoginTokenArgs,
        printer: &Printer,
    ) -> Result<SignedIn, Stop> {
        let origin =
            org_address(&arguments.instance_url).map_err(|error| self.way.stop(&error.into()))?;
        let variables = ["SF_ACCESS_TOKEN", "SFDX_ACCESS_TOKEN"];
        let set = variables
            .iter()
            .find_map(|name| self.world.environment.get(name));
        let token = match set {
            Some(token) => Secret::new(token.to_owned()),
            None if self.common.no_prompt => {
                let error = ClientError::new(
                    "NoAccessTokenError",
                    "There is no access token in the variable SF_ACCESS_TOKEN, and with \
                     --no-prompt nobody is asked.",
                );
                return Err(error.action("Set SF_ACCESS_TOKEN to the token.").into());
            }
            None if self.can_ask => {
                input::ask_secret("Access token of the org (SF_ACCESS_TOKEN):")?
            }
            None => input::read_pipe(self.cancel, "the access token")?,
        };
        let progress = Self::asking(&origin, printer);
        let outcome = library::access_token(
            &self.context(),
            &arguments.instance_url,
            &token,
            &self.remember(),
        );
        drop(progress);
        self.done(outcome)
    }

    fn sfdx_url(&self, arguments: &OrgLoginUrlArgs, printer: &Printer) -> Result<SignedIn, Stop> {
        let url = match (&arguments.sfdx_url_file, &arguments.sfdx_url_stdin) {
            (Some(file), None) => {
                let text = input::read_file(self.world, self.files, file, self.cancel)?;
                let is_json = text.expose().trim_start().starts_with('{');
                let name = file.file_name().unwrap_or_default().to_string_lossy();
                // A pipe's name says nothing of what it brings.
                SfdxAuthUrl::from_file(if is_json { "input.json" } else { &name }, &text)
            }
            (None, Some(dash)) if dash == "-" => {
                let text = input::read_pipe(self.cancel, "the SFDX auth URL")?;
                // What `sf org display --json` printed can be piped as it is.
                let is_json = text.expose().trim_start().starts_with('{');
                let name = if is_json { "input.json" } else { "input" };
                SfdxAuthUrl::from_file(name, &text)
            }
            _ => {
                let error = ClientError::usage(
                    "--sfdx-url-stdin takes no URL on the command line, where others could read \
                     it; and it excludes --sfdx-url-file",
                );
                return Err(error
                    .action("Pipe the URL: … | adieu org login sfdx-url --sfdx-url-stdin")
                    .into());
            }
        };
        let url = url.map_err(|error| self.way.stop(&error.into()))?;
        let progress = Self::asking(&url.login, printer);
        let outcome = library::sfdx_url(&self.context(), url, &self.remember());
        drop(progress);
        self.done(outcome)
    }

    fn device(
        &self,
        arguments: &OrgLoginDeviceArgs,
        printer: &mut Printer,
    ) -> Result<SignedIn, Stop> {
        let host = self.host(arguments.instance_url.as_deref())?;
        let app = self.app(arguments.client_id.as_deref())?;
        let variable = self.world.environment.get("SFDX_AUTH_SCOPES");
        let scopes = arguments.scopes.as_deref().or(variable);
        let sign_in =
            DeviceSignIn::begin(self.servers, host, app, scopes.unwrap_or(DEFAULT_SCOPES))
                .map_err(|error| self.way.stop(&error))?;
        printer.note("Open this address on any device:");
        printer.note(&format!("  {}", sign_in.verification_uri()));
        printer.note(&format!("and enter this code: {}", sign_in.user_code()));
        let progress = Progress::waiting(
            "Waiting for the code to be entered … Ctrl-C stops the waiting",
            printer,
        );
        let outcome = sign_in.finish(&self.context(), &self.remember());
        drop(progress);
        self.done(outcome)
    }

    /// The connected app: one's own has a secret more often than not.
    fn app(&self, id: Option<&str>) -> Result<ClientApp, Stop> {
        let Some(id) = id else {
            return Ok(default_app());
        };
        let variable = self.world.environment.get("SFDX_CLIENT_SECRET");
        let secret = match variable {
            Some(secret) => Some(Secret::new(secret.to_owned())),
            None if self.can_ask => Some(input::ask_secret(
                "Secret of the connected app of --client-id (SFDX_CLIENT_SECRET; empty if it has \
                 none):",
            )?),
            None => None,
        };
        Ok(ClientApp {
            id: id.to_owned(),
            secret: secret.filter(|secret| !secret.expose().is_empty()),
        })
    }

    fn asking(host: &Address, printer: &Printer) -> Progress {
        let message = format!("Asking {} … Ctrl-C stops the waiting", host.host());
        Progress::waiting(&message, printer)
    }

    fn answer(
        &self,
        signed_in: &SignedIn,
        reply: &Reply,
        printer: &mut Printer,
    ) -> Result<u8, Stop> {
        if self.is_json {
            let result = self.stored(signed_in);
            reply.succeed(0, result, &signed_in.notes, Map::new(), printer)?;
            return Ok(0);
        }
        reply.warn(&signed_in.notes, printer);
        let SignedIn {
            username, org_id, ..
        } = signed_in;
        printer.data(&format!(
            "Successfully authorized {username} with org ID {org_id}"
        ))?;
        if let Some(alias) = &signed_in.alias {
            printer.note(&format!("  {alias} is its alias"));
        }
        for (kind, value, is_local) in &signed_in.defaults {
            let place = if *is_local {
                "in this project"
            } else {
                "everywhere"
            };
            printer.note(&format!("  {} is {value} {place}", kind.setting()));
        }
        Ok(0)
    }

    /// What is stored now, without its secrets.
    fn stored(&self, signed_in: &SignedIn) -> Value {
        let file = &signed_in.auth_file;
        let bytes = self.files.read(file, FILE_LIMIT).ok().flatten();
        let name = file.file_name().unwrap_or_default();
        let auth = bytes.and_then(|bytes| AuthFile::parse(name, &bytes).ok());
        let mut result = auth.map_or_else(Map::new, |auth| remove_secrets(auth.document()));
        result.insert("username".to_owned(), json!(signed_in.username));
        result.insert("orgId".to_owned(), json!(signed_in.org_id));
        Value::Object(result)
    }
}
