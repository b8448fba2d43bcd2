//! The names that Atmos gives to its entries.
//!
//! Three schemes are in use, from oldest to newest: `<alias>`, `atmos_<alias>` and
//! `atmos_<realm>_<alias>`; the alias is the name of a provider or identity in `atmos.yaml`. They
//! cannot be told apart by looking (`atmos_a_b` may be realm `a` and alias `b`, or no realm and
//! alias `a_b`), so names are built from what is configured and compared, never taken apart.
//!
//! Source: Atmos `pkg/auth/credentials`.

/// The account of every entry that Atmos writes.
pub const ATMOS_ACCOUNT: &str = "atmos-auth";

/// The name that Atmos reads to learn whether there is a keyring. It is never written.
pub const AVAILABILITY_PROBE: &str = "atmos-keyring-availability-probe";

/// The names that entries of this alias may have, newest scheme first, each once. The empty realm
/// has no name of its own.
pub fn key_names(realm: &str, alias: &str) -> Vec<String> {
    let mut names = Vec::with_capacity(3);
    if !realm.is_empty() {
        names.push(format!("atmos_{realm}_{alias}"));
    }
    names.push(format!("atmos_{alias}"));
    names.push(alias.to_owned());
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_names_cover_the_three_schemes() {
        assert_eq!(key_names("r", "a/b"), ["atmos_r_a/b", "atmos_a/b", "a/b"]);
        assert_eq!(key_names("", "a"), ["atmos_a", "a"]);
    }
}
