//! One file per command.

pub(crate) mod audit;
pub(crate) mod aws;
pub(crate) mod catalogue;
pub(crate) mod console;
pub(crate) mod context;
pub(crate) mod credential_process;
pub(crate) mod dashboard;
pub(crate) mod env;
pub(crate) mod exec;
pub(crate) mod generated;
mod identity;
mod ignore;
pub(crate) mod list;
pub(crate) mod login;
pub(crate) mod logout;
pub(crate) mod misuse;
pub(crate) mod org;
pub(crate) mod pending;
mod profile;
mod report_file;
mod revoke;
mod revoke_keys;
mod revoke_role;
pub(crate) mod scan;
pub(crate) mod select;
pub(crate) mod shell;
mod sign_in;
pub(crate) mod status;
pub(crate) mod switch;
pub(crate) mod token;
pub(crate) mod trusted;
pub(crate) mod user;
pub(crate) mod validate;
pub(crate) mod whoami;
mod whoami_profile;

pub(crate) use adieu::session::Scope;
