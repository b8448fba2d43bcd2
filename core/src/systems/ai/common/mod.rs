//! What the tools have in common, by topic.

mod accounts;
mod artefacts;
mod content;
mod directories;
mod overrides;

pub(in crate::systems) use accounts::build_wins_fact;
pub(super) use accounts::{build_account, collect_facts, name_of, own_name, say_who_wins};
pub(super) use artefacts::{
    AccountArtefacts, build_file_place, build_member_place, build_tree_place, keyring_entries,
    known_entry, linked_sign_in, mcp_servers, warn_of_link,
};
pub(in crate::systems) use content::decode_claims;
pub(super) use content::{
    find_text, holds_text, not_understood, parse_milliseconds, parse_seconds, read_object,
};
pub(super) use directories::{
    build_permissions_lookup, check_entry_name, data_directories, list_tool_directories, once_each,
    shorten_path,
};
pub(super) use overrides::{add_variables, dotenv_keys, in_file, provider_keys};
