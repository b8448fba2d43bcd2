//! Accounts that one secret signs in: whoever is logged out of one of them is logged out of all.

use std::collections::{BTreeMap, BTreeSet};

use super::Request;
use crate::inventory::Inventory;
use crate::secret::Fingerprint;
use crate::systems::System;

/// Accounts that were not asked for, and are signed in with the token of one that was, which its server is
/// to end: each with the name of that one. Their sign-ins would be dead, but look alive, if they stayed.
pub(super) fn accounts_along(
    inventory: &Inventory,
    request: &Request,
) -> BTreeMap<(System, String), String> {
    let mut along = BTreeMap::new();
    // A linked app is unlinked by itself. Where no server ends the secret, the others go on.
    if request.client_app.is_some() || !request.revoke {
        return along;
    }
    let is_endable = |secret: &Fingerprint| inventory.tokens.contains_key(secret);
    let mut leaving: BTreeSet<&(System, String)> = request.target.accounts().collect();
    loop {
        let before = leaving.len();
        let signed_in_by = inventory.signed_in_by.iter();
        for (_, together) in signed_in_by.filter(|(secret, _)| is_endable(secret)) {
            let Some(with) = together.iter().find(|account| leaving.contains(account)) else {
                continue;
            };
            for account in together {
                if leaving.insert(account) {
                    along.insert(account.clone(), with.1.clone());
                }
            }
        }
        if leaving.len() == before {
            return along;
        }
    }
}
