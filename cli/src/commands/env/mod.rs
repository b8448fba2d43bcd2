//! `adieu env`: the variables that let other programs use an identity, and the lines that take them
//! away again.

mod quote;
mod unset;

use std::collections::BTreeMap;
use std::path::Path;

use adieu::atmos::config::Identity;
use adieu::io::files::{Change, ConfinedPath, LockRule};
use adieu::login::aws::RoleKeys;
use adieu::printable::printable_path;
use adieu::report::EnvDocument;
use adieu::systems::{Variables, VariablesError, collect_variables, derive_profile_environment};

use super::context::Context;
use super::credential_process::{ProcessCredentials, refuse_terminal};
use super::exec::require_own_home;
use super::profile::{self, Whom, resolve_whom};
use super::sign_in;
use super::sign_in::ensure_signed_in;
use crate::args::{EnvArgs, EnvFormat, Output};
use crate::ui::plain::{Exact, to_json};
use crate::ui::{Failure, Printer, to_plain_text};
use quote::{Delimiter, NotExpressible};

/// The largest file that is appended to, in bytes.
const FILE_LIMIT: u64 = 8 << 20;

/// Runs the command; the exit status.
pub(crate) fn run(
    context: &Context,
    arguments: &EnvArgs,
    printer: &mut Printer,
) -> Result<u8, Failure> {
    let format = resolve_format(context, arguments)?;
    let delimiter = Delimiter::new(context.adieu.world.entropy.bytes());
    let lines = if let Some(name) = &arguments.unset {
        if format == EnvFormat::Process {
            return Err(
                Failure::usage("--format process prints keys, and no variables")
                    .hint("use another --format with --unset"),
            );
        }
        let names = unset::list_names(context, name, arguments.all_variables, printer)?;
        if format == EnvFormat::Json {
            let document: EnvDocument = names.into_iter().map(|name| (name, None)).collect();
            vec![to_json(&document)?.as_str().to_owned()]
        } else {
            names
                .iter()
                .map(|name| quote::format_removal(format, name))
                .collect()
        }
    } else {
        let chosen = arguments.identity.chosen.as_deref();
        let identity = match resolve_whom(context, chosen, printer)? {
            Whom::Identity(identity) => identity,
            Whom::Profile(name) => {
                return print_profile(context, arguments, format, &name, &delimiter, printer);
            }
        };
        if format == EnvFormat::Process {
            return print_keys(context, arguments, identity, printer);
        }
        if arguments.login {
            require_own_home(&context.global, "env --login")?;
            ensure_signed_in(context, identity, printer)?;
        }
        let found = of_identity(context, identity, &arguments.allow_variable, printer)?;
        if format == EnvFormat::Json {
            let document: EnvDocument = found
                .values
                .into_iter()
                .map(|(name, value)| (name, Some(value.expose().to_owned())))
                .collect();
            vec![to_json(&document)?.as_str().to_owned()]
        } else {
            found
                .values
                .iter()
                .map(|(name, value)| {
                    quote::format_assignment(format, name, value.expose(), &delimiter)
                })
                .collect::<Result<_, NotExpressible>>()
                .map_err(|error| not_expressible(&error))?
        }
    };
    print_lines(context, arguments, format, lines, printer)
}

/// Prints lines, or appends them to a file.
fn print_lines(
    context: &Context,
    arguments: &EnvArgs,
    format: EnvFormat,
    lines: Vec<String>,
    printer: &mut Printer,
) -> Result<u8, Failure> {
    match find_output_file(context, arguments, format) {
        Some(file) => append_lines(context, &file, &lines)?,
        None => {
            for line in lines {
                printer.raw(&Exact::quoted(line))?;
            }
        }
    }
    Ok(0)
}

/// The same of a profile of the AWS CLI, in the person's own settings.
fn print_profile(
    context: &Context,
    arguments: &EnvArgs,
    format: EnvFormat,
    name: &str,
    delimiter: &Delimiter,
    printer: &mut Printer,
) -> Result<u8, Failure> {
    if arguments.login || format == EnvFormat::Process {
        require_own_home(&context.global, "env --login")?;
        let may_ask = arguments.login && printer.can_prompt();
        let keys = profile::keys_of(context, name, may_ask, printer)?;
        if format == EnvFormat::Process {
            return print_process(context, arguments, &keys, printer);
        }
    }
    let region = profile::facts_of(context, name)?.region;
    let values = derive_profile_environment(name, region.as_deref()).set;
    let lines = if format == EnvFormat::Json {
        let values = values.into_iter().map(|(name, value)| (name, Some(value)));
        let document: EnvDocument = values.collect();
        vec![to_json(&document)?.as_str().to_owned()]
    } else {
        let values = values.iter();
        values
            .map(|(name, value)| quote::format_assignment(format, name, value, delimiter))
            .collect::<Result<_, NotExpressible>>()
            .map_err(|error| not_expressible(&error))?
    };
    print_lines(context, arguments, format, lines, printer)
}

/// Prints the keys of an identity as the SDKs take them.
fn print_keys(
    context: &Context,
    arguments: &EnvArgs,
    identity: &Identity,
    printer: &mut Printer,
) -> Result<u8, Failure> {
    require_own_home(&context.global, "env --format process")?;
    if find_output_file(context, arguments, EnvFormat::Process).is_none() {
        refuse_terminal(false)?;
    }
    let keys = sign_in::keys_of(context, identity, arguments.login, printer)?;
    print_process(context, arguments, &keys, printer)
}

fn print_process(
    context: &Context,
    arguments: &EnvArgs,
    keys: &RoleKeys,
    printer: &mut Printer,
) -> Result<u8, Failure> {
    let file = find_output_file(context, arguments, EnvFormat::Process);
    if file.is_none() {
        refuse_terminal(false)?;
    }
    let text = ProcessCredentials::of(keys).text()?;
    match file {
        Some(file) => append_lines(context, &file, &[text.as_str().to_owned()])?,
        None => printer.raw(&text)?,
    }
    Ok(0)
}

/// The form that was asked for; `-o json` asks for one too, and `ATMOS_AUTH_ENV_FORMAT` where no flag
/// does.
fn resolve_format(context: &Context, arguments: &EnvArgs) -> Result<EnvFormat, Failure> {
    match (context.global.output, arguments.format) {
        (Output::Json, None | Some(EnvFormat::Json)) => Ok(EnvFormat::Json),
        (Output::Json, Some(_)) => Err(Failure::usage(
            "--output json and another --format contradict each other",
        )
        .hint("Leave one of them out.")),
        (Output::Human, Some(format)) => Ok(format),
        (Output::Human, None) => {
            let named = context.adieu.world.environment.get(FORMAT_VARIABLE);
            named
                .filter(|name| !name.is_empty())
                .map_or(Ok(EnvFormat::default()), format_called)
        }
    }
}

/// The variables of an identity.
fn derive_variables(context: &Context, identity: &Identity) -> Result<Variables, Failure> {
    collect_variables(
        &context.adieu.world,
        &context.adieu.configuration,
        &context.adieu.identity_graph,
        identity,
    )
    .map_err(|error| not_derived(identity, &error))
}

/// An identity whose chain is broken has no variables.
pub(super) fn not_derived(identity: &Identity, error: &VariablesError) -> Failure {
    let name = to_plain_text(&identity.name.written).into_owned();
    Failure::usage(format!(
        "identity \"{name}\" has no variables: {}",
        to_plain_text(&error.to_string())
    ))
    .hint("See what is wrong with the configuration: adieu validate")
}

/// Names the form where no flag does, as for Atmos.
const FORMAT_VARIABLE: &str = "ATMOS_AUTH_ENV_FORMAT";

/// Names the file where no flag does, as for Atmos.
const FILE_VARIABLE: &str = "ATMOS_AUTH_ENV_OUTPUT_FILE";

fn format_called(name: &str) -> Result<EnvFormat, Failure> {
    <EnvFormat as clap::ValueEnum>::from_str(name, true).map_err(|_| {
        let forms = <EnvFormat as clap::ValueEnum>::value_variants().iter();
        let forms: Vec<String> = forms
            .filter_map(clap::ValueEnum::to_possible_value)
            .map(|form| form.get_name().to_owned())
            .collect();
        Failure::usage(format!("unsupported format: {name}"))
            .detail(format!("{FORMAT_VARIABLE} names it."))
            .hint(format!("use one of {}", forms.join(", ")))
    })
}

/// The variables of an identity; what was left out is said.
fn of_identity(
    context: &Context,
    identity: &Identity,
    allowed: &[String],
    printer: &mut Printer,
) -> Result<Variables, Failure> {
    let mut found = derive_variables(context, identity)?;
    for name in &found.unusable {
        let message = format!(
            "identity \"{}\": \"{}\" cannot be the name of a variable and was left out",
            to_plain_text(&identity.name.written),
            to_plain_text(name)
        );
        printer.warning(&message, Some("use letters, digits and underscores"));
    }
    let is_allowed = |name: &str| {
        let mut allowed = allowed.iter();
        allowed.any(|allowed| allowed.eq_ignore_ascii_case(name))
    };
    let (asked, unasked): (BTreeMap<_, _>, BTreeMap<_, _>) = std::mem::take(&mut found.unasked)
        .into_iter()
        .partition(|(name, _)| is_allowed(name));
    found.values.extend(asked);
    if let Some(first) = unasked.keys().next() {
        let names: Vec<&str> = unasked.keys().map(String::as_str).collect();
        let message = format!(
            "identity \"{}\": left out, because atmos.yaml may not choose such variables for your \
             shell: {}",
            to_plain_text(&identity.name.written),
            names.join(", ")
        );
        let hint = format!("if you trust this atmos.yaml: --allow-variable {first}");
        printer.warning(&message, Some(&hint));
    }
    Ok(found)
}

fn not_expressible(error: &NotExpressible) -> Failure {
    Failure::failed(error.to_string()).hint(if error.depends_on_format() {
        "Use --format bash, fish, powershell or json, or change the value in atmos.yaml."
    } else {
        "Change the value in atmos.yaml."
    })
}

/// The file to append to, if it is one.
fn find_output_file(
    context: &Context,
    arguments: &EnvArgs,
    format: EnvFormat,
) -> Option<std::path::PathBuf> {
    let world = &context.adieu.world;
    let of_atmos = || {
        let path = world.environment.get(FILE_VARIABLE)?;
        (!path.is_empty()).then(|| path.into())
    };
    let named = arguments.output_file.clone().or_else(of_atmos);
    let of_github = || {
        let path = world.environment.get("GITHUB_ENV")?;
        (format == EnvFormat::Github).then(|| path.into())
    };
    named
        .or_else(of_github)
        .map(|path| world.working_directory.join(path))
}

/// Appends all lines at once: killed at any point, the file has all of them or none.
fn append_lines(context: &Context, path: &Path, lines: &[String]) -> Result<(), Failure> {
    let refused = || {
        let shown = printable_path(path);
        Failure::usage(format!("{} cannot be a file", to_plain_text(&shown)))
            .hint("check --output-file")
    };
    let name = path.file_name().and_then(|name| name.to_str());
    let directory = path.parent().filter(|directory| directory.is_dir());
    let file = directory
        .zip(name)
        .and_then(|(directory, name)| ConfinedPath::root(directory).join(name))
        .ok_or_else(refused)?;
    context
        .adieu
        .files
        .edit_or_create(&file, LockRule::None, FILE_LIMIT, &mut |present| {
            if lines.is_empty() {
                return Ok(Change::Keep);
            }
            let mut bytes = present.unwrap_or_default().to_vec();
            if bytes.last().is_some_and(|last| *last != b'\n') {
                bytes.push(b'\n');
            }
            for line in lines {
                bytes.extend_from_slice(line.as_bytes());
                bytes.push(b'\n');
            }
            Ok(Change::Replace(bytes))
        })
        .map_err(|error| Failure::failed("the variables could not be written").because(&error))?;
    Ok(())
}
