//! `adieu validate`: all problems of the configuration at once.

use adieu::atmos::config::{self, RealmSource, Severity};
use adieu::report::ValidateDocument;

use super::context::Context;
use crate::args::{Output, ValidateArgs};
use crate::ui::plain::to_json;
use crate::ui::printer::{BAD, GOOD, WARN};
use crate::ui::{Failure, Printer, format_count, human, to_plain_text};

/// Runs the command: 0 valid (there may be warnings), 2 invalid or no configuration, 3 if a file of it
/// is left out, so that nobody can tell.
pub(crate) fn run(
    context: &Context,
    arguments: &ValidateArgs,
    printer: &mut Printer,
) -> Result<u8, Failure> {
    let problems =
        config::validate_configuration(&context.adieu.world, &context.adieu.configuration);
    if !context.adieu.configuration.found && problems.is_empty() {
        return Err(nothing_found(context));
    }
    let number = |severity| problems.iter().filter(|p| p.severity == severity).count();
    let (errors, warnings) = (number(Severity::Error), number(Severity::Warning));
    let left_out = context.adieu.configuration.left_out.len();
    let status = match (errors, left_out) {
        (0, 0) => 0,
        (0, _) => 3,
        _ => 2,
    };
    if context.global.output == Output::Json {
        printer.raw(&to_json(&ValidateDocument::new(
            &context.adieu.configuration,
            &problems,
        ))?)?;
        return Ok(status);
    }
    let by_variable = || {
        let value = context
            .adieu
            .world
            .environment
            .get("ATMOS_AUTH_VALIDATE_VERBOSE");
        value.is_some_and(|value| value.eq_ignore_ascii_case("true") || value == "1")
    };
    if (arguments.in_detail || context.global.terminal.verbose || by_variable())
        && !printer.is_quiet()
    {
        print_summary(context, printer)?;
    }
    if !printer.is_quiet() {
        let mut renderer = human::Renderer::new(&context.adieu.world, &context.adieu.configuration);
        for problem in &problems {
            printer.picture(&renderer.render(problem))?;
            printer.data("")?;
        }
    }
    let noted = match warnings {
        0 => String::new(),
        some => format_count(some, "warning", "warnings"),
    };
    printer.data(&if errors > 0 {
        let mut counts = format_count(errors, "error", "errors");
        if !noted.is_empty() {
            counts = format!("{counts}, {noted}");
        }
        format!("❌ {BAD}Authentication configuration validation failed{BAD:#}: {counts}")
    } else if left_out > 0 {
        let files = format_count(left_out, "file is", "files are");
        format!("{WARN}Could not tell{WARN:#} whether the configuration is valid: {files} left out")
    } else if noted.is_empty() {
        format!("✅ {GOOD}Authentication configuration is valid{GOOD:#}")
    } else {
        format!("✅ {GOOD}Authentication configuration is valid{GOOD:#}: {noted}")
    })?;
    Ok(status)
}

/// What was read, and what was found in it.
fn print_summary(context: &Context, printer: &mut Printer) -> Result<(), Failure> {
    let configuration = &context.adieu.configuration;
    let auth = &configuration.auth;
    printer.data("Read, from weak to strong:")?;
    for source in &configuration.sources {
        printer.data(&format!(
            "  • {}",
            to_plain_text(&context.adieu.world.shorten(&source.path))
        ))?;
    }
    let realm = config::resolve_realm(&context.adieu.world, configuration);
    let variable = configuration
        .realm_variable()
        .filter(|_| realm.source == RealmSource::Configuration);
    let shown = variable.map_or_else(|| realm.value.clone(), |name| format!("${name}"));
    printer.data(&format!("Realm: {shown} ({})", realm.source.id()))?;
    printer.data(&format!(
        "Found: {}, {}, {}",
        format_count(auth.providers.len(), "provider", "providers"),
        format_count(auth.identities.len(), "identity", "identities"),
        format_count(auth.integrations.len(), "integration", "integrations"),
    ))?;
    let identity_graph = &context.adieu.identity_graph;
    for identity in &auth.identities {
        let key = &identity.name.key;
        if identity_graph.root_provider(key).is_some()
            || identity_graph.root_identity(key).is_some()
        {
            let chain = identity_graph.chain(key);
            let names: Vec<&str> = chain
                .iter()
                .map(|link| identity_graph.written(link))
                .collect();
            printer.data(&format!("  ✓ Chain: {}", to_plain_text(&names.join(" → "))))?;
        }
    }
    printer.data("")?;
    Ok(())
}

/// Names the places that were searched.
fn nothing_found(context: &Context) -> Failure {
    let world = &context.adieu.world;
    let mut failure = Failure::usage("no configuration was found")
        .detail("Searched for atmos.yaml and atmos.yml:");
    let mut place = |text: String| {
        let taken = std::mem::replace(&mut failure, Failure::usage(""));
        failure = taken.detail(format!("  • {}", to_plain_text(&text)));
    };
    let directory = world.working_directory.as_path();
    place(format!("{} and above", world.shorten(directory)));
    if let Some(named) = world.environment.get("ATMOS_CLI_CONFIG_PATH") {
        place(format!("{named} (ATMOS_CLI_CONFIG_PATH)"));
    }
    place(world.shorten(&world.home.join(".atmos")));
    if context.global.home.is_none() {
        place("/usr/local/etc/atmos".to_owned());
    }
    failure.hint("Change into the directory of the configuration, or name it with --config FILE.")
}
