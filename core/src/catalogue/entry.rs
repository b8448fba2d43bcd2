//! The schema of a catalogue entry: one TOML file for each tool.
//!
//! `build.rs` reads the entries that come with the program by this same file, and turns them into
//! statics; entries of a person's own are read with it at run time. `docs/guide/catalogue.md`
//! explains each key.

#[path = "entry_service.rs"]
mod service;

use serde::Deserialize;

pub use service::Service;

/// A tool, as its file describes it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Entry {
    /// The name in selectors and in JSON: lower case, digits and dashes.
    pub id: String,
    /// The name for people.
    pub name: String,
    /// Other names that people type.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// The kind of tool, for lists.
    pub category: String,
    /// How it is known what stands here.
    pub confidence: Confidence,
    /// Releases that were looked at, pages, source files.
    pub sources: Vec<String>,
    /// Whether it is a command-line client of a language model.
    #[serde(default)]
    pub ai: bool,
    /// Where a person can end its sign-ins.
    pub account_page: Option<String>,
    /// Where a person can delete its API keys.
    pub key_page: Option<String>,
    /// The program and arguments that sign in.
    #[serde(default)]
    pub login: Vec<String>,
    /// Other names of that program.
    #[serde(default)]
    pub programs: Vec<String>,
    /// What to do instead where no command signs in, as an order.
    pub login_hint: Option<String>,
    /// The tool's own command that signs out; for people, never run.
    #[serde(default)]
    pub logout: Vec<String>,
    /// What the tool's own logout is known to do wrong.
    pub logout_caveat: Option<String>,
    /// Whether nothing of it is a session at a server of its own.
    #[serde(default)]
    pub local_only: bool,
    /// Variables that change who is signed in, in the order in which they win.
    #[serde(default)]
    pub variable: Vec<Variable>,
    /// Files with sign-ins.
    #[serde(default)]
    pub file: Vec<File>,
    /// Entries of the operating system's key store.
    #[serde(default)]
    pub keyring: Vec<KeyringItem>,
    /// Servers that end its credentials, or tell whether they are good.
    #[serde(default)]
    pub service: Vec<Service>,
}

/// How the facts of an entry are known.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// The real client wrote this.
    Observed,
    /// It stands in the client's source.
    Source,
    /// It stands in the vendor's documentation.
    Documented,
    /// Others report it.
    Reported,
}

/// An environment variable.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Whether it signs in by itself; else it only changes how or where.
    #[serde(default = "default_to_yes")]
    pub signs_in: bool,
}

/// A file with sign-ins.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct File {
    /// Where it may be; each place is looked at. A path begins with `~/`, or with `$NAME/` for a
    /// directory that a variable names; `$XDG_CONFIG_HOME`, `$XDG_DATA_HOME`, `$XDG_STATE_HOME` and
    /// `$XDG_CACHE_HOME` stand for their usual places too, `$TMPDIR` for the directory of temporary files. A path that is one variable is the file
    /// itself. `*` in a component stands for any text,
    /// `{uid}` for the person's user id.
    pub paths: Vec<String>,
    /// The systems that have it there; none named means all.
    #[serde(default)]
    pub os: Vec<Os>,
    /// How it is written.
    pub format: Format,
    /// Whether a variable that is the file itself lists several, as `PATH` does.
    #[serde(default)]
    pub list: bool,
    /// Whether other tools keep theirs in it too, so that a file that cannot be understood is said
    /// by its owner only.
    #[serde(default)]
    pub shared: bool,
    /// The table, where it is a database.
    pub table: Option<String>,
    /// The column of that table that tells its rows apart.
    pub column: Option<String>,
    /// The column of that table with a JSON document: its members are what a service of a credential
    /// names from the top (`/refresh_token`).
    pub document: Option<String>,
    /// The column with an access token of the account whose other token was found before, to ask with
    /// whether that is good, and the column that says when it ends (in UTC).
    pub access_token: Option<[String; 2]>,
    /// Whether it goes when nothing is left in it.
    #[serde(default)]
    pub remove_when_empty: bool,
    /// What in it signs in.
    #[serde(default)]
    pub credential: Vec<Credential>,
    /// What in it says that somebody is signed in with a secret that the key store keeps.
    #[serde(default)]
    pub marker: Vec<Marker>,
    /// What in it names another file that is a credential.
    #[serde(default)]
    pub reference: Vec<Reference>,
}

/// A member that names another file which is a credential: a key, a token. The file may be anywhere, so
/// it is reported, and deleted by nobody but the person.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Reference {
    /// The pattern that selects it, as of a credential. Its text is a path; a relative one begins at the
    /// file's own directory.
    pub select: String,
    /// What the file is, in a few words.
    #[serde(default = "default_to_key")]
    pub what: String,
    /// How to name whose it is.
    #[serde(default)]
    pub identity: Vec<String>,
}

/// A member that says that somebody is signed in, while the secret is in the operating system's key
/// store. It counts where that store could not be asked.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Marker {
    /// The pattern that selects it, as of a credential.
    pub select: String,
    /// Texts with wildcards, one of which it must be; none means any.
    #[serde(default)]
    pub when: Vec<String>,
    /// The keys in it, or beside it where it is a text, that would hold the secret itself: where one is
    /// there, with a value or without, it marks nothing.
    #[serde(default)]
    pub without: Vec<String>,
    /// How to name whose it is, as the entry of the key store is named.
    pub identity: Vec<String>,
    /// Whether it stands there without a sign-in too, a setting or a name of a user: then it counts only
    /// where this machine has a key store at all.
    #[serde(default)]
    pub hint: bool,
}

/// Entries of the operating system's key store.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct KeyringItem {
    /// The service; `*` stands for any text.
    pub service: String,
    /// The account; `*` stands for any text.
    #[serde(default = "default_to_any")]
    pub account: String,
    /// How the tool's library names the two in the Secret Service.
    #[serde(default)]
    pub naming: KeyringNaming,
    /// What it is, in a few words.
    #[serde(default = "default_to_token")]
    pub what: String,
    /// What a logout does with it.
    #[serde(default)]
    pub class: Class,
    /// How it was obtained.
    #[serde(default)]
    pub kind: Kind,
    /// How to name whose it is: `{service1}`, `{account1}` are what the wildcards stand for. With the
    /// same filters as of a credential in a file.
    #[serde(default)]
    pub identity: Vec<String>,
    /// The names of the services that end it; the first that fits counts.
    #[serde(default)]
    pub services: Vec<String>,
}

/// How a library names service and account in the Secret Service.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum KeyringNaming {
    /// `service` and `username`: go-keyring, Python's keyring.
    #[default]
    ServiceUsername,
    /// `service` and `account`: node-keytar.
    ServiceAccount,
    /// `server` and `username`: Docker's credential helpers.
    ServerUsername,
    /// `profile`: `99designs/keyring`. There is no account.
    Profile,
    /// `protocol`, `server`, `port`, `object` and `user`: Git's helper for libsecret. The service is a
    /// URL, the account the user.
    NetworkPassword,
}

/// An operating system.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Os {
    /// Linux and its relatives.
    Linux,
    /// macOS.
    Macos,
    /// Windows.
    Windows,
}

/// How a file is written.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// JSON, with comments or without.
    Json,
    /// YAML.
    Yaml,
    /// TOML.
    Toml,
    /// INI as Go's library reads it.
    IniGo,
    /// INI as Python's `configparser` reads it.
    IniPython,
    /// Git's configuration.
    IniGit,
    /// MySQL's option files.
    IniMysql,
    /// npm's `.npmrc`.
    IniNpm,
    /// `.netrc`.
    Netrc,
    /// Java's properties.
    Properties,
    /// One text a line.
    Lines,
    /// `.git-credentials`.
    GitCredentials,
    /// `.pgpass`.
    Pgpass,
    /// XML.
    Xml,
    /// PEM blocks.
    Pem,
    /// A table of an SQLite database: each row is a credential.
    Sqlite,
    /// The whole file is one credential, and goes as a whole; of its content nothing is understood.
    File,
}

/// A kind of credential in a file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Credential {
    /// The pattern that selects it, in the syntax of `adieu::formats::Pattern`; nothing for a whole
    /// file.
    #[serde(default)]
    pub select: String,
    /// What it is, in a few words.
    #[serde(default = "default_to_token")]
    pub what: String,
    /// What a logout does with it.
    #[serde(default)]
    pub class: Class,
    /// How it was obtained.
    #[serde(default)]
    pub kind: Kind,
    /// How to name whose it is; the first template that can be filled in counts. `{1}` is what the
    /// first `*` of the pattern (or of the path, as `{path1}`) stands for, `{key}` a text beside the
    /// credential, `{^key}` one level above, `{/a.b}` from the top; `{value}` is the credential,
    /// `{member}` its own key. `{/a*id.name}` is the `name` of that entry of the group `a` which has the
    /// same `id` as the credential.
    /// Behind `|`: `host` of a URL, `user` of a URL, `basic` user of a base64 pair, `registry` host
    /// and path.
    #[serde(default)]
    pub identity: Vec<String>,
    /// How to name where it comes from, in the same way; else it is the tool.
    #[serde(default)]
    pub provider: Vec<String>,
    /// The key beside it that says when it ends, or `jwt` where it says so itself.
    pub expires: Option<String>,
    /// The key beside it with what renews it: then its end says nothing.
    pub renewed_by: Option<String>,
    /// Whether nobody can say what form it is of.
    #[serde(default)]
    pub unknown: bool,
    /// Names by `identity` that are no sign-ins: what the tool itself comes with.
    #[serde(default)]
    pub except: Vec<String>,
    /// Texts with wildcards that are no credentials.
    #[serde(default)]
    pub ignore: Vec<String>,
    /// The names of the services that end it; the first that fits counts.
    #[serde(default)]
    pub services: Vec<String>,
    /// Whether it ends with the token of the same account that was found in the files before, such as an
    /// access token in a file of its own.
    #[serde(default)]
    pub ends_with_account: bool,
}

/// What a logout does with a credential.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// The tool's login wrote it, or its logout removes it: goes.
    #[default]
    Session,
    /// A person wrote it, or it cannot be had again by signing in: stays without `--keychain`.
    Stored,
    /// A private or decryption key: only reported.
    Key,
    /// A login to another service that the tool keeps.
    Linked,
    /// No credential, but a part of the sign-in: goes with it.
    Along,
    /// No credential, but it tells who was signed in: goes with a complete removal.
    Footprint,
}

/// How a credential was obtained.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// By signing in.
    #[default]
    Login,
    /// As a key that a person made at the vendor's.
    ApiKey,
}

const fn default_to_yes() -> bool {
    true
}

fn default_to_any() -> String {
    "*".to_owned()
}

fn default_to_key() -> String {
    "key".to_owned()
}

fn default_to_token() -> String {
    "token".to_owned()
}

impl Entry {
    /// Reads an entry and checks what the schema alone does not.
    ///
    /// # Errors
    ///
    /// What is wrong, with line and column where the text itself is.
    pub fn parse(text: &str) -> Result<Self, String> {
        let entry: Self = toml_edit::de::from_str(text).map_err(|error| error.to_string())?;
        entry.check()?;
        Ok(entry)
    }

    fn check(&self) -> Result<(), String> {
        let is_id = |text: &str| {
            !text.is_empty()
                && text
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        };
        for name in std::iter::once(&self.id).chain(&self.aliases) {
            if !is_id(name) {
                return Err(format!(
                    "`{name}` is no id: use lower-case letters, digits and dashes"
                ));
            }
        }
        if self.sources.is_empty() {
            return Err("`sources` is empty: say how this is known".to_owned());
        }
        if self.file.is_empty() && self.variable.is_empty() && self.keyring.is_empty() {
            return Err(
                "it has neither a `[[file]]` nor a `[[keyring]]` nor a `[[variable]]`".to_owned(),
            );
        }
        let services = self.file.iter().flat_map(|file| &file.credential);
        let services = services.flat_map(|credential| &credential.services);
        let of_keyring = self.keyring.iter().flat_map(|item| &item.services);
        for name in services.chain(of_keyring) {
            if !self.service.iter().any(|service| service.name == *name) {
                return Err(format!("there is no `[[service]]` called `{name}`"));
            }
        }
        for service in &self.service {
            service.check()?;
        }
        for file in &self.file {
            for path in &file.paths {
                check_path(path)?;
            }
            let is_table = file.table.is_some() && file.column.is_some();
            if is_table != (file.format == Format::Sqlite) {
                return Err("`table` and `column` belong to the format `sqlite`".to_owned());
            }
            if !is_table && (file.document.is_some() || file.access_token.is_some()) {
                return Err("`document` and `access-token` are columns of a `table`".to_owned());
            }
            if file.paths.is_empty()
                || (file.credential.is_empty()
                    && file.marker.is_empty()
                    && file.reference.is_empty())
            {
                return Err(
                    "a `[[file]]` needs `paths`, and a `[[file.credential]]`, a `[[file.marker]]` or a `[[file.reference]]`"
                        .to_owned(),
                );
            }
            if !file.marker.is_empty() && matches!(file.format, Format::File | Format::Sqlite) {
                return Err(format!(
                    "{}: a marker is a member, and a whole file or a database has none",
                    file.paths[0]
                ));
            }
            for credential in &file.credential {
                let has_no_members = matches!(file.format, Format::File | Format::Sqlite);
                if credential.select.is_empty() != has_no_members {
                    return Err(format!(
                        "{}: `select` is what a credential of a format needs, and of a whole file \
                         there is none",
                        file.paths[0]
                    ));
                }
            }
        }
        Ok(())
    }
}

/// That a path begins where one may, and leads nowhere else.
fn check_path(path: &str) -> Result<(), String> {
    let mut components = path.split('/');
    let first = components.next().unwrap_or_default();
    let is_variable = first.len() > 1
        && first.starts_with('$')
        && first[1..]
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    let rest: Vec<&str> = components.collect();
    let is_plain = rest
        .iter()
        .all(|part| !part.is_empty() && *part != "." && *part != ".." && *part != "**");
    if (first == "~" && rest.is_empty()) || !(first == "~" || is_variable) || !is_plain {
        return Err(format!(
            "`{path}` is no path of an entry: begin with `~/` or `$NAME/`, without `.` and `..`"
        ));
    }
    Ok(())
}
