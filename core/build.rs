//! Turns the catalogue (`data/catalogue/*.toml`) into statics, so that nothing of it is parsed at
//! run time.

// A build script reads its own package and writes to its own directory.
#![expect(
    clippy::disallowed_methods,
    reason = "a build script has no other door to its files than std::fs"
)]

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

#[expect(
    unreachable_pub,
    reason = "the library hands the same schema on to its users"
)]
#[path = "src/catalogue/entry.rs"]
mod entry;

#[expect(
    unreachable_pub,
    dead_code,
    reason = "the library has more uses for the same records"
)]
#[path = "src/remote"]
mod remote {
    pub mod call;
}

#[path = "build/services.rs"]
mod services;

use entry::{
    Class, Confidence, Credential, Entry, File, Format, KeyringItem, KeyringNaming, Kind, Os,
};

/// Families of sign-ins that have code of their own, which entries add places to.
const FAMILIES: [(&str, &str); 11] = [
    ("aws", "AWS"),
    ("azure", "AZURE"),
    ("gcp", "GCP"),
    ("github", "GITHUB"),
    ("kubernetes", "KUBERNETES"),
    ("docker", "DOCKER"),
    ("salesforce", "SALESFORCE"),
    ("claude", "CLAUDE"),
    ("codex", "CODEX"),
    ("gemini", "GEMINI"),
    ("copilot", "COPILOT"),
];

fn main() -> Result<(), Box<dyn Error>> {
    let root = env::var("CARGO_MANIFEST_DIR")?;
    let directory = Path::new(&root).join("data/catalogue");
    println!("cargo::rerun-if-changed=data/catalogue");
    println!("cargo::rerun-if-changed=src/catalogue/entry.rs");
    println!("cargo::rerun-if-changed=src/catalogue/entry_service.rs");
    println!("cargo::rerun-if-changed=src/remote/call.rs");
    println!("cargo::rerun-if-changed=build/services.rs");
    println!("cargo::rerun-if-changed=build.rs");
    let mut entries = BTreeMap::new();
    for file in fs::read_dir(&directory)? {
        let path = file?.path();
        if path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        let text = fs::read_to_string(&path)?;
        let entry = Entry::parse(&text).map_err(|error| format!("{}: {error}", path.display()))?;
        let stem = path.file_stem().and_then(|stem| stem.to_str());
        if stem != Some(entry.id.as_str()) {
            return Err(format!("{}: its id is `{}`", path.display(), entry.id).into());
        }
        entries.insert(entry.id.clone(), entry);
    }
    let entries: Vec<Entry> = entries.into_values().collect();
    let out = env::var("OUT_DIR")?;
    fs::write(
        Path::new(&out).join("catalogue_systems.rs"),
        systems(&entries)?,
    )?;
    fs::write(Path::new(&out).join("catalogue_tools.rs"), tools(&entries)?)?;
    let services = services::statics(&entries)?;
    fs::write(Path::new(&out).join("catalogue_services.rs"), services)?;
    Ok(())
}

fn family(entry: &Entry) -> Option<&'static str> {
    let mut families = FAMILIES.iter();
    families
        .find(|(id, _)| *id == entry.id)
        .map(|(_, constant)| *constant)
}

/// The records of the tools that are families of their own, and their names.
fn systems(entries: &[Entry]) -> Result<String, Box<dyn Error>> {
    let mut text = String::new();
    let own: Vec<&Entry> = entries
        .iter()
        .filter(|entry| family(entry).is_none())
        .collect();
    writeln!(text, "static TOOLS: [SystemInfo; {}] = [", own.len())?;
    for entry in &own {
        let login = match (entry.login.split_first(), &entry.login_hint) {
            (Some((program, arguments)), _) => {
                let programs: Vec<&String> =
                    std::iter::once(program).chain(&entry.programs).collect();
                format!("Ok(VendorLogin::new(&{programs:?}, &{arguments:?}))")
            }
            (None, Some(hint)) => format!("Err({hint:?})"),
            (None, None) => "UNSAID.vendor_login".to_owned(),
        };
        writeln!(
            text,
            "SystemInfo {{ id: {:?}, title: {:?}, place: {}, is_ai: {}, is_tool: true, \
             is_local_only: {}, account_page: {:?}, key_page: {:?}, vendor_login: {login}, \
             ..UNSAID }},",
            entry.id,
            entry.name,
            if entry.ai { 190 } else { 200 },
            entry.ai,
            entry.local_only,
            entry.account_page,
            entry.key_page,
        )?;
    }
    writeln!(text, "];")?;
    // As systems are sorted: by place, then by id.
    let (first, others): (Vec<usize>, Vec<usize>) =
        (0..own.len()).partition(|index| own[*index].ai);
    let order: Vec<usize> = first.into_iter().chain(others).collect();
    writeln!(
        text,
        "static TOOLS_IN_ORDER: [usize; {}] = {order:?};",
        order.len()
    )?;
    let mut names: Vec<(&str, usize)> = Vec::new();
    for (index, entry) in own.iter().enumerate() {
        names.push((&entry.id, index));
        names.extend(entry.aliases.iter().map(|alias| (alias.as_str(), index)));
    }
    names.sort_unstable();
    if let Some(twice) = names.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        return Err(format!("two entries are called `{}`", twice[0].0).into());
    }
    let mut aliases = String::new();
    for entry in entries {
        for (alias, constant) in entry.aliases.iter().zip(std::iter::repeat(family(entry))) {
            if let Some(constant) = constant {
                write!(aliases, "({alias:?}, System::{constant}),")?;
            }
        }
    }
    writeln!(
        text,
        "static FAMILY_ALIASES: &[(&str, System)] = &[{aliases}];"
    )?;
    writeln!(
        text,
        "static TOOL_NAMES: [(&str, usize); {}] = {names:?};",
        names.len()
    )?;
    Ok(text)
}

/// What is known of each tool.
fn tools(entries: &[Entry]) -> Result<String, Box<dyn Error>> {
    let mut text = String::new();
    writeln!(text, "static TOOLS: [Tool; {}] = [", entries.len())?;
    let mut own = 0;
    for entry in entries {
        let system = if let Some(constant) = family(entry) {
            format!("System::{constant}")
        } else {
            own += 1;
            format!("System::tool({})", own - 1)
        };
        let mut variables = String::new();
        for variable in &entry.variable {
            let (name, signs_in) = (&variable.name, variable.signs_in);
            write!(
                variables,
                "ToolVariable {{ name: {name:?}, signs_in: {signs_in} }},"
            )?;
        }
        let mut files = String::new();
        for file in &entry.file {
            files.push_str(&tool_file(entry, file)?);
        }
        let keyring = entry.keyring.iter();
        let keyring: String = keyring.map(|item| keyring_item(entry, item)).collect();
        let own_services: Vec<String> = entry.service.iter().map(|of| of.name.clone()).collect();
        let own_services = services::references(entry, &own_services);
        writeln!(
            text,
            "Tool {{ system: {system}, name: {:?}, aliases: &{:?}, is_own: false, category: {:?}, \
             confidence: Confidence::{}, sources: &{:?}, login: &{:?}, logout: &{:?}, \
             logout_caveat: {:?}, variables: &[{variables}], files: &[{files}], \
             keyring: &[{keyring}], services: &[{own_services}] }},",
            entry.name,
            entry.aliases,
            entry.category,
            match entry.confidence {
                Confidence::Observed => "Observed",
                Confidence::Source => "Source",
                Confidence::Documented => "Documented",
                Confidence::Reported => "Reported",
            },
            entry.sources,
            entry.login,
            entry.logout,
            entry.logout_caveat,
        )?;
    }
    writeln!(text, "];")?;
    let mut variables: Vec<(&str, usize, usize)> = Vec::new();
    for (tool, entry) in entries.iter().enumerate() {
        let names = entry.variable.iter().enumerate();
        variables.extend(names.map(|(rank, variable)| (variable.name.as_str(), tool, rank)));
    }
    variables.sort_unstable();
    writeln!(
        text,
        "static VARIABLES: [(&str, usize, usize); {}] = {variables:?};",
        variables.len()
    )?;
    Ok(text)
}

fn tool_file(entry: &Entry, file: &File) -> Result<String, Box<dyn Error>> {
    let mut credentials = String::new();
    for credential in &file.credential {
        credentials.push_str(&tool_credential(entry, credential)?);
    }
    let mut markers = String::new();
    for marker in &file.marker {
        write!(
            markers,
            "ToolMarker {{ select: {:?}, when: &{:?}, without: &{:?}, identity: &{:?}, is_hint: {} }},",
            marker.select, marker.when, marker.without, marker.identity, marker.hint
        )?;
    }
    let mut references = String::new();
    for reference in &file.reference {
        write!(
            references,
            "ToolReference {{ select: {:?}, what: {:?}, identity: &{:?} }},",
            reference.select, reference.what, reference.identity
        )?;
    }
    let table = match (&file.table, &file.column) {
        (Some(table), Some(column)) => {
            let columns: Vec<&String> = std::iter::once(column)
                .chain(&file.document)
                .chain(file.access_token.iter().flatten())
                .collect();
            format!(
                "Some(ToolTable {{ name: {table:?}, columns: &{columns:?}, has_document: {}, has_access_token: {} }})",
                file.document.is_some(),
                file.access_token.is_some()
            )
        }
        _ => "None".to_owned(),
    };
    let is_on = |os: Os| file.os.is_empty() || file.os.contains(&os);
    Ok(format!(
        "ToolFile {{ paths: &{:?}, on_linux: {}, on_macos: {}, on_windows: {}, format: {}, table: {table}, \
         is_list: {}, is_shared: {}, goes_when_empty: {}, credentials: &[{credentials}], \
         markers: &[{markers}], references: &[{references}] }},",
        file.paths,
        is_on(Os::Linux),
        is_on(Os::Macos),
        is_on(Os::Windows),
        format_of(file.format),
        file.list,
        file.shared,
        file.remove_when_empty,
    ))
}

fn keyring_item(entry: &Entry, item: &KeyringItem) -> String {
    let naming = match item.naming {
        KeyringNaming::ServiceUsername => "ServiceUsername",
        KeyringNaming::ServiceAccount => "ServiceAccount",
        KeyringNaming::ServerUsername => "ServerUsername",
        KeyringNaming::Profile => "Profile",
        KeyringNaming::NetworkPassword => "NetworkPassword",
    };
    // Of a name that is one attribute, there is no account.
    let account = match item.naming {
        KeyringNaming::Profile => "",
        _ => &item.account,
    };
    format!(
        "ToolKeyringItem {{ service: {:?}, account: {account:?}, naming: Naming::{naming}, \
         what: {:?}, class: ToolClass::{}, is_key: {}, identity: &{:?}, services: &[{}] }},",
        item.service,
        item.what,
        class_of(item.class),
        item.kind == Kind::ApiKey,
        item.identity,
        services::references(entry, &item.services),
    )
}

const fn class_of(class: Class) -> &'static str {
    match class {
        Class::Session => "Session",
        Class::Stored => "Stored",
        Class::Key => "Key",
        Class::Linked => "Linked",
        Class::Along => "Along",
        Class::Footprint => "Footprint",
    }
}

fn tool_credential(entry: &Entry, credential: &Credential) -> Result<String, Box<dyn Error>> {
    let mut text = String::new();
    write!(
        text,
        "ToolCredential {{ select: {:?}, what: {:?}, class: ToolClass::{}, is_key: {}, \
         identity: &{:?}, provider: &{:?}, expires: {:?}, renewed_by: {:?}, \
         is_unknown: {}, except: &{:?}, ignore: &{:?}, services: &[{}], ends_with_account: {} }},",
        credential.select,
        credential.what,
        class_of(credential.class),
        credential.kind == Kind::ApiKey,
        credential.identity,
        credential.provider,
        credential.expires,
        credential.renewed_by,
        credential.unknown,
        credential.except,
        credential.ignore,
        services::references(entry, &credential.services),
        credential.ends_with_account,
    )?;
    Ok(text)
}

const fn format_of(format: Format) -> &'static str {
    match format {
        Format::Json => "Some(Format::Json)",
        Format::Yaml => "Some(Format::Yaml)",
        Format::Toml => "Some(Format::Toml)",
        Format::IniGo => "Some(Format::Ini(IniDialect::Go))",
        Format::IniPython => "Some(Format::Ini(IniDialect::Python))",
        Format::IniGit => "Some(Format::Ini(IniDialect::Git))",
        Format::IniMysql => "Some(Format::Ini(IniDialect::MySql))",
        Format::IniNpm => "Some(Format::Ini(IniDialect::Npm))",
        Format::Netrc => "Some(Format::Netrc)",
        Format::Properties => "Some(Format::Properties)",
        Format::Lines => "Some(Format::Lines(LineRule::Text))",
        Format::GitCredentials => "Some(Format::Lines(LineRule::GitCredentials))",
        Format::Pgpass => "Some(Format::Lines(LineRule::Pgpass))",
        Format::Xml => "Some(Format::Xml)",
        Format::Pem => "Some(Format::Pem)",
        Format::File | Format::Sqlite => "None",
    }
}
