//! Key stores.

/// Which key store an entry is in.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum StoreId {
    /// The operating system's: Secret Service, macOS Keychain, Windows Credential Manager.
    System,
    /// Atmos's file back end in this directory.
    File(crate::files::RootedPath),
    /// In memory, for tests.
    Memory,
}
