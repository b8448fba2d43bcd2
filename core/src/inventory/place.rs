//! Where artefacts are.

use std::path::PathBuf;

use crate::keyring::{Naming, StoreId};
use crate::rooted::RootedPath;

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
    /// A section of an INI file, by the text between the brackets.
    IniSection {
        /// The file.
        file: RootedPath,
        /// The section's name as it stands in the file.
        section: String,
    },
    /// A member of a JSON object, by the keys that lead to it.
    JsonMember {
        /// The file.
        file: RootedPath,
        /// Keys from the outermost object inwards.
        keys: Vec<String>,
    },
    /// Elements of a JSON array, by what their members hold: positions change when others edit the
    /// file.
    JsonElement {
        /// The file.
        file: RootedPath,
        /// Keys from the outermost value to the array; none if that is the array.
        keys: Vec<String>,
        /// Members with the text that each must have.
        matching: Vec<(String, String)>,
        /// Members that must be there, whatever they hold.
        holding: Vec<String>,
    },
    /// A text in a JSON array of texts.
    JsonText {
        /// The file.
        file: RootedPath,
        /// Keys from the outermost value to the array.
        keys: Vec<String>,
        /// The text.
        text: String,
    },
    /// An element of a YAML list, by the value of its `name` key (kubeconfig).
    YamlItem {
        /// The file.
        file: RootedPath,
        /// The key of the list in the top mapping, such as `contexts`.
        list: String,
        /// The element's `name`.
        name: String,
    },
    /// A row of an SQLite table.
    SqliteRow {
        /// The file.
        file: RootedPath,
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
        file: RootedPath,
    },
    /// A directory of another program's that is only named, never removed.
    Named {
        /// The directory.
        directory: RootedPath,
    },
    /// What somebody else put into a directory of a tool's own: only named, never removed.
    Stranger {
        /// The file or directory.
        path: RootedPath,
    },
    /// A directory of a tool's own that goes with everything in it.
    Tree {
        /// The directory.
        directory: RootedPath,
    },
    /// A directory that goes when it is left empty.
    Directory {
        /// The directory.
        directory: RootedPath,
        /// Names of lock files in it that do not keep it, and go along.
        locks: Vec<&'static str>,
    },
}

impl Place {
    /// The file that has to be edited or removed, if there is one.
    pub fn file(&self) -> Option<&RootedPath> {
        match self {
            Self::KeyringEntry { .. }
            | Self::Named { .. }
            | Self::Stranger { .. }
            | Self::Tree { .. }
            | Self::Directory { .. } => None,
            Self::IniSection { file, .. }
            | Self::JsonMember { file, .. }
            | Self::JsonElement { file, .. }
            | Self::JsonText { file, .. }
            | Self::YamlItem { file, .. }
            | Self::SqliteRow { file, .. }
            | Self::File { file } => Some(file),
        }
    }

    /// The absolute path of the file or directory, if it is one.
    pub fn path(&self) -> Option<PathBuf> {
        match self {
            Self::Stranger { path } => Some(path.to_path()),
            Self::Named { directory }
            | Self::Tree { directory }
            | Self::Directory { directory, .. } => Some(directory.to_path()),
            other => other.file().map(RootedPath::to_path),
        }
    }

    /// The name of its kind in JSON.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::KeyringEntry { .. } => "keyring",
            Self::IniSection { .. } => "ini-section",
            Self::JsonMember { .. } | Self::JsonElement { .. } | Self::JsonText { .. } => {
                "json-member"
            }
            Self::YamlItem { .. } => "yaml-item",
            Self::SqliteRow { .. } => "sqlite-row",
            Self::File { .. } | Self::Stranger { .. } => "file",
            Self::Named { .. } | Self::Tree { .. } | Self::Directory { .. } => "directory",
        }
    }
}
