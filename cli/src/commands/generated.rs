//! What is made from the definitions themselves: completions, manual page, JSON schema.

use clap::ValueEnum as _;

use adieu::report::TextDocument;

use crate::args::{self, Output, SchemaDocument};
use crate::ui::plain::{Exact, to_json};
use crate::ui::{Failure, Printer};

/// The completion script of a shell.
pub(crate) fn print_completions(
    shell: clap_complete::Shell,
    output: Output,
    printer: &mut Printer,
) -> Result<u8, Failure> {
    let script = args::build_completions(shell);
    text(&script, output, printer)
}

/// The manual page of the command that these words name.
pub(crate) fn print_manual(
    words: &[String],
    output: Output,
    printer: &mut Printer,
) -> Result<u8, Failure> {
    let Some(page) = args::build_manual_of(words)? else {
        let message = format!("there is no command `adieu {}`", words.join(" "));
        return Err(Failure::usage(message).hint("`adieu --help` lists the commands"));
    };
    text(&page, output, printer)
}

/// Prints a text that programs read, as it is or in a document.
fn text(bytes: &[u8], output: Output, printer: &mut Printer) -> Result<u8, Failure> {
    let text = String::from_utf8_lossy(bytes);
    match output {
        Output::Json => printer.raw(&to_json(&TextDocument::new(&text))?)?,
        Output::Human => printer.raw(&Exact::quoted(text.trim_end()))?,
    }
    Ok(0)
}

/// The JSON schema of an output.
pub(crate) fn print_schema(document: SchemaDocument, printer: &mut Printer) -> Result<u8, Failure> {
    let text = serde_json::to_string_pretty(&build_schema(document))
        .map_err(|error| Failure::failed("the schema cannot be written").because(&error))?;
    printer.raw(&Exact::quoted(text))?;
    Ok(0)
}

fn build_schema(document: SchemaDocument) -> schemars::Schema {
    match document {
        SchemaDocument::Status => schemars::schema_for!(adieu::report::StatusDocument),
        SchemaDocument::Logout => schemars::schema_for!(adieu::report::LogoutDocument),
        SchemaDocument::AuditRecord => schemars::schema_for!(adieu::audit::Record),
        SchemaDocument::AuditCheck => schemars::schema_for!(adieu::audit::Check),
        SchemaDocument::AuditShow => schemars::schema_for!(adieu::audit::Records),
        SchemaDocument::Error => schemars::schema_for!(crate::ui::FailureDocument),
        SchemaDocument::AuthList => schemars::schema_for!(adieu::report::AuthListDocument),
        SchemaDocument::Whoami => schemars::schema_for!(adieu::report::WhoamiDocument),
        SchemaDocument::Console => schemars::schema_for!(adieu::report::ConsoleDocument),
        SchemaDocument::RetiredKeys => schemars::schema_for!(adieu::report::RetiredKeysDocument),
        SchemaDocument::Everywhere => schemars::schema_for!(adieu::report::EverywhereDocument),
        SchemaDocument::RoleDenial => schemars::schema_for!(adieu::report::RoleDenialDocument),
        SchemaDocument::Token => schemars::schema_for!(adieu::report::TokenDocument),
        SchemaDocument::Validate => schemars::schema_for!(adieu::report::ValidateDocument),
        SchemaDocument::Catalogue => schemars::schema_for!(adieu::report::CatalogueDocument),
        SchemaDocument::Ignored => schemars::schema_for!(adieu::report::IgnoredDocument),
        SchemaDocument::Scan => schemars::schema_for!(adieu::report::ScanDocument),
        SchemaDocument::Pending => schemars::schema_for!(adieu::report::PendingDocument),
        SchemaDocument::AwsLogin => schemars::schema_for!(adieu::report::AwsSignInDocument),
        SchemaDocument::Login => schemars::schema_for!(adieu::report::SignInDocument),
        SchemaDocument::Report => schemars::schema_for!(adieu::report::OffBoardingDocument),
        SchemaDocument::Text => schemars::schema_for!(TextDocument),
        SchemaDocument::Done => schemars::schema_for!(adieu::report::DoneDocument),
        SchemaDocument::Env => schemars::schema_for!(adieu::report::EnvDocument),
    }
}

/// Every schema by its name on the command line, for the generated pages.
pub fn list_schemas() -> Vec<(String, serde_json::Value)> {
    SchemaDocument::value_variants()
        .iter()
        .filter_map(|document| {
            let name = document.to_possible_value()?.get_name().to_owned();
            Some((name, build_schema(*document).to_value()))
        })
        .collect()
}
