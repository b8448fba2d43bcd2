//! Entries of a person's own: `$XDG_CONFIG_HOME/adieu/catalogue/*.toml`, else below `~/.config`.
//!
//! They are read only where that directory exists, and only if it and the files in it belong to the
//! person or to root and nobody else can write there: an entry decides what is read and removed. The
//! texts of an entry live as long as the program, as those that come with it do; the same text is kept
//! once.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use super::entry::{self, Class, Entry, Format as FileFormat, KeyringNaming, Kind, Os};
use super::{
    Tool, ToolClass, ToolCredential, ToolFile, ToolKeyringItem, ToolMarker, ToolReference,
    ToolService, ToolTable, ToolVariable,
};
use crate::formats::{Format, IniDialect, LineRule, Pattern};
use crate::inventory::{Location, Problem};
use crate::io::files::{ConfinedPath, EntryKind, FileError, Files};
use crate::io::keyring::Naming;
use crate::remote::HttpService;
use crate::system::{OwnSystem, System};
use crate::world::World;

/// The most entries that are read.
const MOST: usize = 100;

/// The largest entry that is read, in bytes.
const LIMIT: u64 = 64 << 10;

/// What a person has added to the catalogue.
#[derive(Debug, Default)]
pub struct OwnCatalogue {
    /// The tools, by their ids.
    pub tools: Vec<&'static Tool>,
    /// What could not be read or understood, so that what it describes is not looked for.
    pub problems: Vec<Problem>,
}

/// Entries that were read so far in this process, by their texts.
static KNOWN: Mutex<BTreeMap<String, &'static Tool>> = Mutex::new(BTreeMap::new());

/// The tools of this process's entries.
pub(crate) fn known() -> Vec<&'static Tool> {
    let known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    known.values().copied().collect()
}

/// Where entries of a person's own are.
pub fn directory(world: &World) -> ConfinedPath {
    let directory = world.configuration_directory();
    directory.join("catalogue").unwrap_or(directory)
}

impl OwnCatalogue {
    /// Reads the entries, if there are any.
    pub fn load(world: &World, files: &Files) -> Self {
        let mut own = Self::default();
        let directory = directory(world);
        match files.probe(&directory) {
            Ok(None) => return own,
            Ok(Some(found)) if found.kind != EntryKind::Directory => {
                own.leave_out(&directory, "it is no directory");
                return own;
            }
            Ok(Some(_)) => {}
            Err(error) => {
                own.leave_out(&directory, &error.to_string());
                return own;
            }
        }
        let above = world.configuration_directory();
        for place in [&above, &directory] {
            if let Some(why) = refusal(world, files, place) {
                own.leave_out(place, &why);
                return own;
            }
        }
        let listed = match files.list(&directory) {
            Ok(listed) => listed.unwrap_or_default(),
            Err(error) => {
                own.leave_out(&directory, &error.to_string());
                return own;
            }
        };
        let mut names: Vec<String> = listed.into_iter().map(|entry| entry.name).collect();
        let is_entry = |name: &String| Path::new(name).extension().is_some_and(|end| end == "toml");
        names.retain(|name| is_entry(name) && !name.starts_with('.'));
        names.sort_unstable();
        if names.len() > MOST {
            let why =
                format!("there are more than {MOST} entries in it; the first {MOST} are used");
            own.leave_out(&directory, &why);
            names.truncate(MOST);
        }
        for name in names {
            let Some(file) = directory.join(&name) else {
                continue;
            };
            match read(world, files, &file, &own.tools) {
                Ok(tool) => own.tools.push(tool),
                Err(why) => own.leave_out(&file, &why),
            }
        }
        own.tools.sort_by_key(|tool| tool.system);
        own
    }

    fn leave_out(&mut self, place: &ConfinedPath, why: &str) {
        self.problems.push(Problem {
            location: Location::of(place),
            message: format!("{why}; so what it describes is not looked for"),
            hint: Some(format!(
                "see what is wrong with it: adieu catalogue check {}",
                Location::of(place)
            )),
            hides: true,
        });
    }
}

/// Why a place may not say what is read and removed.
pub(crate) fn refusal(world: &World, files: &Files, place: &ConfinedPath) -> Option<String> {
    match files.probe(place) {
        Ok(Some(found)) => {
            if let Some(owner) = found.owner
                && owner != 0
                && Some(owner) != world.user.id
            {
                return Some(format!("it belongs to user id {owner}"));
            }
            found
                .may_others_write(world.user.id)
                .then(|| "others can write to it".to_owned())
        }
        Ok(None) => Some("it is gone".to_owned()),
        Err(error) => Some(error.to_string()),
    }
}

fn read(
    world: &World,
    files: &Files,
    file: &ConfinedPath,
    others: &[&'static Tool],
) -> Result<&'static Tool, String> {
    if let Some(why) = refusal(world, files, file) {
        return Err(why);
    }
    let bytes = files.read_shared(file, LIMIT);
    let bytes = bytes.map_err(|error: FileError| error.to_string())?;
    let bytes = bytes.ok_or("it is gone")?;
    let text = String::from_utf8(bytes).map_err(|_| "it is no text in UTF-8".to_owned())?;
    let tool = intern(&text)?;
    let id = tool.system.id();
    if others.iter().any(|other| other.system == tool.system) {
        return Err(format!("there is another entry called `{id}`"));
    }
    Ok(tool)
}

/// The tool that an entry describes, kept for as long as the program runs.
///
/// # Errors
///
/// What is wrong with the entry, with line and column where the text itself is.
pub fn intern(text: &str) -> Result<&'static Tool, String> {
    let known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let found = known.get(text).copied();
    drop(known);
    if let Some(tool) = found {
        return Ok(tool);
    }
    let entry = check(text)?;
    let tool: &'static Tool = Box::leak(Box::new(tool(entry)));
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(known.entry(text.to_owned()).or_insert(tool))
}

/// Reads an entry, and checks what a person's own one must not do besides.
///
/// # Errors
///
/// What is wrong with it, in one line, with line and column.
pub fn check(text: &str) -> Result<Entry, String> {
    let at = |problem: String| in_one_line(&problem, text);
    let entry = Entry::parse(text).map_err(at)?;
    for name in std::iter::once(&entry.id).chain(&entry.aliases) {
        if let Some(system) = System::built_in(name) {
            let problem = format!(
                "`{name}` is a name of {}, which adieu knows by itself: choose another one",
                system.title()
            );
            return Err(in_one_line(&problem, text));
        }
    }
    let credentials = entry.file.iter().flat_map(|file| &file.credential);
    let selected = credentials.map(|credential| &credential.select);
    let markers = entry.file.iter().flat_map(|file| &file.marker);
    let marked = markers.map(|marker| &marker.select);
    let references = entry.file.iter().flat_map(|file| &file.reference);
    let marked = marked.chain(references.map(|reference| &reference.select));
    for select in selected.filter(|select| !select.is_empty()).chain(marked) {
        let pattern = select.parse::<Pattern>();
        pattern
            .map_err(|error| in_one_line(&format!("`{select}` selects nothing: {error}"), text))?;
    }
    Ok(entry)
}

/// A problem with the place of what it is about: what the parser says, or the first text in backticks
/// that stands in the entry.
fn in_one_line(problem: &str, text: &str) -> String {
    if let Some(rest) = problem.strip_prefix("TOML parse error at ") {
        let place = rest.lines().next().unwrap_or_default();
        let said = rest.lines().rfind(|line| !line.trim().is_empty());
        return format!("{place}: {}", said.unwrap_or_default().trim());
    }
    let quoted = problem.split('`').nth(1);
    let Some(at) = quoted.and_then(|quoted| text.find(quoted)) else {
        return problem.to_owned();
    };
    let before = &text[..at];
    let line = before.matches('\n').count() + 1;
    let column = before
        .rsplit('\n')
        .next()
        .unwrap_or_default()
        .chars()
        .count()
        + 1;
    format!("line {line}, column {column}: {problem}")
}

fn leak(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}

fn leak_option(text: Option<String>) -> Option<&'static str> {
    text.map(leak)
}

fn list<T>(items: impl IntoIterator<Item = T>) -> &'static [T] {
    Box::leak(items.into_iter().collect::<Vec<T>>().into_boxed_slice())
}

fn texts(texts: Vec<String>) -> &'static [&'static str] {
    list(texts.into_iter().map(leak))
}

fn tool(entry: Entry) -> Tool {
    let (name, id) = (leak(entry.name), leak(entry.id));
    let services = entry.service.into_iter();
    let services: &[&ToolService] = list(
        services
            .map(|own| &*Box::leak(Box::new(service(own, name, entry.account_page.as_deref())))),
    );
    let named = |names: &[String]| {
        let names = names.iter();
        list(names.filter_map(|name| services.iter().find(|of| of.name == *name).copied()))
    };
    let aliases = texts(entry.aliases);
    let login = texts(entry.login);
    let programs = texts(entry.programs);
    let system = System::intern(
        OwnSystem {
            id,
            title: name,
            is_ai: entry.ai,
            is_local_only: entry.local_only,
            account_page: leak_option(entry.account_page),
            key_page: leak_option(entry.key_page),
            programs: list(login.first().into_iter().chain(programs).copied()),
            arguments: login.get(1..).unwrap_or_default(),
            login_hint: leak_option(entry.login_hint),
        },
        aliases,
    );
    let variables = entry.variable.into_iter().map(|variable| ToolVariable {
        name: leak(variable.name),
        signs_in: variable.signs_in,
    });
    Tool {
        system,
        name,
        aliases,
        is_own: true,
        category: leak(entry.category),
        confidence: entry.confidence,
        sources: texts(entry.sources),
        login,
        logout: texts(entry.logout),
        logout_caveat: leak_option(entry.logout_caveat),
        variables: list(variables),
        files: list(entry.file.into_iter().map(|own| file(own, &named))),
        keyring: list(
            entry
                .keyring
                .into_iter()
                .map(|own| keyring_item(own, &named)),
        ),
        services,
    }
}

/// A service: its address is nobody's but the entry's word, so a person is asked about it.
fn service(own: entry::Service, tool: &str, page: Option<&str>) -> ToolService {
    let needs_access_token = own
        .check_with
        .is_some()
        .then_some("it is asked with an access token, and there is none beside it");
    let values = own.values.into_iter();
    let what = leak(own.what);
    ToolService {
        name: leak(own.name),
        documentation: leak(own.documentation),
        recorded: texts(own.recorded.into_iter().chain(own.address).collect()),
        variables: texts(own.variables),
        secret: leak_option(own.secret),
        tokens: texts(own.tokens),
        only_with: list(
            own.only_with
                .into_iter()
                .map(|(place, known)| (leak(place), texts(known))),
        ),
        values: list(values.map(|(name, templates)| (leak(name), texts(templates)))),
        shared: leak_option(own.shared),
        is_made_by_login: own.made_by_login,
        check_with: leak_option(own.check_with),
        http: HttpService {
            address: "".into(),
            end: own.end,
            ask: own.check,
            is_confirmed_by_asking: own.confirm,
            needs_access_token,
            what,
            effect: leak(format!("ends the {what} at {tool}")),
            page: leak_option(page.map(str::to_owned)),
            is_own: true,
        },
    }
}

/// The services of these names.
type Named<'n> = &'n dyn Fn(&[String]) -> &'static [&'static ToolService];

fn file(own: entry::File, named: Named<'_>) -> ToolFile {
    let is_on = |os: Os| own.os.is_empty() || own.os.contains(&os);
    let (on_linux, on_macos, on_windows) = (is_on(Os::Linux), is_on(Os::Macos), is_on(Os::Windows));
    let credentials = own.credential.into_iter();
    ToolFile {
        paths: texts(own.paths),
        on_linux,
        on_macos,
        on_windows,
        format: format_of(own.format),
        table: own.table.zip(own.column).map(|(table, column)| ToolTable {
            name: leak(table),
            has_document: own.document.is_some(),
            has_access_token: own.access_token.is_some(),
            columns: texts(
                std::iter::once(column)
                    .chain(own.document)
                    .chain(own.access_token.into_iter().flatten())
                    .collect(),
            ),
        }),
        is_list: own.list,
        is_shared: own.shared,
        goes_when_empty: own.remove_when_empty,
        credentials: list(credentials.map(|own| credential(own, named))),
        markers: list(own.marker.into_iter().map(marker)),
        references: list(own.reference.into_iter().map(reference)),
    }
}

fn credential(own: entry::Credential, named: Named<'_>) -> ToolCredential {
    ToolCredential {
        select: leak(own.select),
        what: leak(own.what),
        class: class_of(own.class),
        is_key: own.kind == Kind::ApiKey,
        identity: texts(own.identity),
        provider: texts(own.provider),
        expires: leak_option(own.expires),
        renewed_by: leak_option(own.renewed_by),
        is_unknown: own.unknown,
        except: texts(own.except),
        ignore: texts(own.ignore),
        services: named(&own.services),
        ends_with_account: own.ends_with_account,
    }
}

fn marker(own: entry::Marker) -> ToolMarker {
    ToolMarker {
        select: leak(own.select),
        when: texts(own.when),
        without: texts(own.without),
        identity: texts(own.identity),
        is_hint: own.hint,
    }
}

fn reference(own: entry::Reference) -> ToolReference {
    ToolReference {
        select: leak(own.select),
        what: leak(own.what),
        identity: texts(own.identity),
    }
}

fn keyring_item(own: entry::KeyringItem, named: Named<'_>) -> ToolKeyringItem {
    let naming = match own.naming {
        KeyringNaming::ServiceUsername => Naming::ServiceUsername,
        KeyringNaming::ServiceAccount => Naming::ServiceAccount,
        KeyringNaming::ServerUsername => Naming::ServerUsername,
        KeyringNaming::Profile => Naming::Profile,
        KeyringNaming::NetworkPassword => Naming::NetworkPassword,
    };
    ToolKeyringItem {
        service: leak(own.service),
        // Of a name that is one attribute, there is no account.
        account: if naming == Naming::Profile {
            ""
        } else {
            leak(own.account)
        },
        naming,
        what: leak(own.what),
        class: class_of(own.class),
        is_key: own.kind == Kind::ApiKey,
        identity: texts(own.identity),
        services: named(&own.services),
    }
}

const fn class_of(class: Class) -> ToolClass {
    match class {
        Class::Session => ToolClass::Session,
        Class::Stored => ToolClass::Stored,
        Class::Key => ToolClass::Key,
        Class::Linked => ToolClass::Linked,
        Class::Along => ToolClass::Along,
        Class::Footprint => ToolClass::Footprint,
    }
}

const fn format_of(format: FileFormat) -> Option<Format> {
    Some(match format {
        FileFormat::Json => Format::Json,
        FileFormat::Yaml => Format::Yaml,
        FileFormat::Toml => Format::Toml,
        FileFormat::IniGo => Format::Ini(IniDialect::Go),
        FileFormat::IniPython => Format::Ini(IniDialect::Python),
        FileFormat::IniGit => Format::Ini(IniDialect::Git),
        FileFormat::IniMysql => Format::Ini(IniDialect::MySql),
        FileFormat::IniNpm => Format::Ini(IniDialect::Npm),
        FileFormat::Netrc => Format::Netrc,
        FileFormat::Properties => Format::Properties,
        FileFormat::Lines => Format::Lines(LineRule::Text),
        FileFormat::GitCredentials => Format::Lines(LineRule::GitCredentials),
        FileFormat::Pgpass => Format::Lines(LineRule::Pgpass),
        FileFormat::Xml => Format::Xml,
        FileFormat::Pem => Format::Pem,
        FileFormat::Sqlite | FileFormat::File => return None,
    })
}
