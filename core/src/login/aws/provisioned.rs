//! Identities that Atmos makes of everything that a portal offers: `provisioned-identities.yaml`, a
//! piece of configuration that is read like any other.
//!
//! Source: Atmos `pkg/auth/provisioning`.

use serde_json::Value;

use super::atmos_files::{format_end, place};
use super::session_files::LIMIT;
use super::target::PortalTarget;
use super::{SignIn, SignInError};
use crate::atmos::config::Provider;
use crate::io::files::{Change, LockRule, is_plain_component};

/// The largest such file that is written, in bytes: a portal of ten thousand roles has three million.
const LARGEST: u64 = 16 * LIMIT;

impl SignIn<'_> {
    /// Writes down what a provider's portal offers, if its configuration wants that; the number of
    /// identities.
    ///
    /// # Errors
    ///
    /// [`SignInError`]; the file is the old one then.
    pub fn provision(
        &self,
        provider: &Provider,
        portal: &PortalTarget,
    ) -> Result<Option<usize>, SignInError> {
        let key = &provider.name.key;
        if !provider.provisions_identities() || !is_plain_component(key) {
            return Ok(None);
        }
        let session = self.portal_session(portal, None)?;
        let token = &session.access_token;
        let accounts = self.accounts_of(portal, token)?;
        let roles = self.roles_of(portal, &accounts, token)?;
        let mut identities = Vec::new();
        for (account, roles) in accounts.iter().zip(&roles) {
            for role in roles {
                identities.push((account, role));
            }
        }
        // Quoted as JSON quotes: that is YAML too, whatever a server puts into a name.
        let quote = |text: &str| Value::from(text).to_string();
        let number_of_roles: usize = roles.iter().map(Vec::len).sum();
        let mut lines = vec![
            "auth:".to_owned(),
            "  _metadata:".to_owned(),
            format!(
                "    provisioned_at: {}",
                quote(&format_end(self.world.now()))
            ),
            "    source: aws-sso".to_owned(),
            format!("    provider: {}", quote(key)),
            "    counts:".to_owned(),
            format!("      accounts: {}", accounts.len()),
            format!("      roles: {number_of_roles}"),
            format!("      identities: {}", identities.len()),
            "  identities:".to_owned(),
        ];
        for (account, role) in &identities {
            let name = match account.name.as_str() {
                "" => &account.id,
                name => name,
            };
            lines.extend([
                format!("    {}:", quote(&format!("{name}/{role}"))),
                "      kind: aws/permission-set".to_owned(),
                format!("      provider: {}", quote(key)),
                "      via:".to_owned(),
                format!("        provider: {}", quote(key)),
                "      principal:".to_owned(),
                format!("        name: {}", quote(role)),
                "        account:".to_owned(),
                format!("          id: {}", quote(&account.id)),
                format!("          name: {}", quote(name)),
            ]);
        }
        lines.push(String::new());
        let text = lines.join("\n");
        let cache = self.world.atmos_cache_root().join("auth").join(key);
        if let Some(file) = place(self.world, &cache.join("provisioned-identities.yaml")) {
            let change = &mut |_: Option<&[u8]>| Ok(Change::Replace(text.clone().into_bytes()));
            self.files
                .edit_or_create(&file, LockRule::None, LARGEST, change)?;
        }
        Ok(Some(identities.len()))
    }
}
