//! How Atmos names its entries.
//!
//! Three schemes are in use, from oldest to newest: `<alias>`, `atmos_<alias>` and
//! `atmos_<realm>_<alias>`; the alias is the name of a provider or identity in `atmos.yaml`. They
//! cannot be told apart by looking (`atmos_a_b` may be realm `a` and alias `b`, or no realm and
//! alias `a_b`), so names are built from what is configured and compared, never taken apart.
//!
//! Source: Atmos `pkg/auth/credentials`.

use std::collections::HashMap;

/// The account of every entry that Atmos writes.
pub const ATMOS_ACCOUNT: &str = "atmos-auth";

/// The name that Atmos reads to learn whether there is a keyring. It is never written.
pub const AVAILABILITY_PROBE: &str = "atmos-keyring-availability-probe";

/// The names that entries of this alias may have, newest scheme first, each once. The empty realm
/// has no name of its own.
pub fn key_names(realm: &str, alias: &str) -> Vec<String> {
    schemes(realm, alias)
        .into_iter()
        .map(|(_, name)| name)
        .collect()
}

fn schemes(realm: &str, alias: &str) -> Vec<(KeyScheme, String)> {
    let mut names = Vec::with_capacity(3);
    if !realm.is_empty() {
        names.push((KeyScheme::Realm, format!("atmos_{realm}_{alias}")));
    }
    names.push((KeyScheme::NoRealm, format!("atmos_{alias}")));
    names.push((KeyScheme::AliasOnly, alias.to_owned()));
    names
}

/// How an entry's name is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum KeyScheme {
    /// `atmos_<realm>_<alias>`: today.
    Realm,
    /// `atmos_<alias>`: an empty realm, or a release before realms.
    NoRealm,
    /// `<alias>`: the oldest.
    AliasOnly,
}

/// Whose entry a name can be.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyOwner {
    /// How the name was made.
    pub scheme: KeyScheme,
    /// The realm of the configuration that knows the alias.
    pub realm: String,
    /// The provider or identity.
    pub alias: String,
}

/// The names that the entries of known aliases can have.
#[derive(Clone, Debug, Default)]
pub struct KnownNames {
    owners: HashMap<String, Vec<KeyOwner>>,
}

impl KnownNames {
    /// From pairs of realm and alias.
    pub fn new<R: AsRef<str>, A: AsRef<str>>(pairs: impl IntoIterator<Item = (R, A)>) -> Self {
        let mut owners: HashMap<String, Vec<KeyOwner>> = HashMap::new();
        for (realm, alias) in pairs {
            let (realm, alias) = (realm.as_ref(), alias.as_ref());
            for (scheme, name) in schemes(realm, alias) {
                let owner = KeyOwner {
                    scheme,
                    realm: realm.to_owned(),
                    alias: alias.to_owned(),
                };
                owners.entry(name).or_default().push(owner);
            }
        }
        for candidates in owners.values_mut() {
            candidates.sort();
            candidates.dedup();
        }
        Self { owners }
    }

    /// Whose the entry of this name can be, the newest scheme first; empty if nobody's who is
    /// known. More than one owner means that the name alone does not tell.
    pub fn owners(&self, service: &str) -> &[KeyOwner] {
        self.owners.get(service).map_or(&[], Vec::as_slice)
    }

    /// All names, in no particular order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.owners.keys().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_names_cover_the_three_schemes() {
        assert_eq!(key_names("r", "a/b"), ["atmos_r_a/b", "atmos_a/b", "a/b"]);
        assert_eq!(key_names("", "a"), ["atmos_a", "a"]);
    }

    #[test]
    fn an_ambiguous_name_lists_every_owner() {
        let known = KnownNames::new([("a", "b"), ("a", "a_b")]);
        let owners = known.owners("atmos_a_b");
        let shown: Vec<_> = owners
            .iter()
            .map(|o| (o.scheme, o.alias.as_str()))
            .collect();
        assert_eq!(
            shown,
            [(KeyScheme::Realm, "b"), (KeyScheme::NoRealm, "a_b")]
        );
    }

    #[test]
    fn a_name_of_another_realm_belongs_to_nobody_known() {
        let known = KnownNames::new([("meridian", "sso")]);
        assert_eq!(known.owners("atmos_other_sso"), []);
        assert_eq!(known.owners("sso").len(), 1);
        assert_eq!(known.names().count(), 3);
    }
}
