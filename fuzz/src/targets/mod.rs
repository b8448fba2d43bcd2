//! The targets that need more than a line.

pub(crate) mod answers;
pub(crate) mod audit;
pub(crate) mod configuration;
pub(crate) mod database;
pub(crate) mod file_keyring;
pub(crate) mod keys_of_ini;
pub(crate) mod lines;
pub(crate) mod masking;
pub(crate) mod pattern;
pub(crate) mod profile;
pub(crate) mod salesforce;
