//! Where artefacts are.

use std::path::PathBuf;

use crate::formats::{Format, MemberPath, Step};
use crate::io::keyring::{Naming, StoreId};
use crate::path::ConfinedPath;

/// Where an artefact is, precisely enough to remove it and nothing else.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Place {
    /// An entry of a key store.
    KeyringEntry {
        /// Which store.
        store: StoreId,
        /// The entry's `service` (Atmos: the key name).
        service: String,
        /// The entry's account (Atmos: `atmos-auth`).
        account: String,
        /// How its owner names the two in the store.
        naming: Naming,
    },
    /// A member of a file: a section, a key, an element or whatever its format has.
    Member {
        /// How the file is written.
        format: Format,
        /// The file.
        file: ConfinedPath,
        /// The way to the member, which holds while others edit the file.
        path: MemberPath,
    },
    /// A row of an SQLite table.
    SqliteRow {
        /// The file.
        file: ConfinedPath,
        /// The table.
        table: String,
        /// The column that identifies the row.
        column: String,
        /// Its value.
        value: String,
    },
    /// A whole file.
    File {
        /// The file.
        file: ConfinedPath,
    },
    /// A directory of another program's that is only named, never removed.
    Named {
        /// The directory.
        directory: ConfinedPath,
    },
    /// What somebody else put into a directory of a tool's own: only named, never removed.
    Stranger {
        /// The file or directory.
        path: ConfinedPath,
    },
    /// A directory of a tool's own that goes with everything in it.
    Tree {
        /// The directory.
        directory: ConfinedPath,
    },
    /// A directory that goes when it is left empty.
    Directory {
        /// The directory.
        directory: ConfinedPath,
        /// Names of lock files in it that do not keep it, and go along.
        locks: Vec<&'static str>,
    },
}

impl Place {
    /// Whether it is an entry of a key store that is encrypted files.
    pub const fn is_in_file_store(&self) -> bool {
        matches!(
            self,
            Self::KeyringEntry {
                store: StoreId::File(_),
                ..
            }
        )
    }

    /// What lies in a JSON file.
    pub fn json(file: &ConfinedPath, path: MemberPath) -> Self {
        Self::Member {
            format: Format::Json,
            file: file.clone(),
            path,
        }
    }

    /// The file that has to be edited or removed, if there is one.
    pub fn file(&self) -> Option<&ConfinedPath> {
        match self {
            Self::KeyringEntry { .. }
            | Self::Named { .. }
            | Self::Stranger { .. }
            | Self::Tree { .. }
            | Self::Directory { .. } => None,
            Self::Member { file, .. } | Self::SqliteRow { file, .. } | Self::File { file } => {
                Some(file)
            }
        }
    }

    /// The absolute path of the file or directory, if it is one.
    pub fn path(&self) -> Option<PathBuf> {
        match self {
            Self::Stranger { path } => Some(path.to_path()),
            Self::Named { directory }
            | Self::Tree { directory }
            | Self::Directory { directory, .. } => Some(directory.to_path()),
            other => other.file().map(ConfinedPath::to_path),
        }
    }

    /// The section of an INI file that it is.
    pub fn section(&self) -> Option<&str> {
        match self {
            Self::Member {
                format: Format::Ini(_),
                path,
                ..
            } => match path.steps() {
                [Step::Section(name)] => Some(name),
                _ => None,
            },
            _ => None,
        }
    }

    /// The name of its kind in JSON.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::KeyringEntry { .. } => "keyring",
            Self::Member { format, .. } => match format {
                Format::Ini(_) if self.section().is_some() => "ini-section",
                Format::Ini(_) => "ini-key",
                Format::Json => "json-member",
                Format::Yaml => "yaml-item",
                Format::Toml => "toml-member",
                Format::Xml => "xml-element",
                Format::Netrc => "netrc-entry",
                Format::Properties => "property",
                Format::Lines(_) => "line",
                Format::Pem => "pem-block",
                Format::Whole => "content",
            },
            Self::SqliteRow { .. } => "sqlite-row",
            Self::File { .. } | Self::Stranger { .. } => "file",
            Self::Named { .. } | Self::Tree { .. } | Self::Directory { .. } => "directory",
        }
    }
}
