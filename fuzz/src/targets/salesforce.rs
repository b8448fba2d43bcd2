//! Reading and rewriting any Salesforce sign-in never panics; what is written is read again, with the
//! members that it was given.

use adieu::systems::salesforce::auth_file::{self, AuthFile, Members};

pub(crate) fn run(bytes: &[u8]) {
    if let Ok(auth) = AuthFile::parse("ada@example.invalid.json", bytes) {
        let _ = (
            auth.kind(),
            auth.is_scratch(),
            auth.may_share_its_refresh_token(),
        );
    }
    if let Ok(name) = std::str::from_utf8(bytes) {
        let _ = auth_file::classify_file_name(name);
        if auth_file::check_username(name).is_ok() {
            assert!(!name.contains('/') && !name.contains('\0') && name != "..");
        }
    }
    let members = Members::default()
        .with("username", "ada@example.invalid")
        .with("accessToken", "FAKE-new");
    if let Ok(written) = auth_file::update_members(bytes, &members) {
        let read: serde_json::Value =
            serde_json::from_slice(&written).expect("what was written is JSON");
        assert_eq!(read["accessToken"], "FAKE-new");
    }
}
