//! Where systems put what was found.

use std::collections::BTreeSet;
use std::path::PathBuf;

use jiff::Timestamp;

use super::notes::Notes;
use crate::formats::MemberPath;
use crate::inventory::{
    Account, Artefact, Category, Class, Contents, CredentialKind, Exclusivity, Inventory, Location,
    Override, Owner, Place, Problem, Renewability, Revocation, State, Token, Unread,
};
use crate::io::files::ConfinedPath;
use crate::secret::{Fingerprint, FingerprintKey, Secret};
use crate::system::System;

/// What has been found so far.
pub struct InventoryBuilder<'a> {
    inventory: &'a mut Inventory,
    key: &'a FingerprintKey,
    /// Things that one file says about another.
    pub notes: &'a mut Notes,
}

impl<'a> InventoryBuilder<'a> {
    /// A place for findings.
    pub const fn new(
        inventory: &'a mut Inventory,
        key: &'a FingerprintKey,
        notes: &'a mut Notes,
    ) -> Self {
        Self {
            inventory,
            key,
            notes,
        }
    }

    /// Something removable was found.
    pub fn artefact(&mut self, artefact: Artefact) {
        self.inventory.artefacts.push(artefact);
    }

    /// An entry of another configuration's realm was found that may hold a token of these artefacts.
    pub fn twin(&mut self, artefact: Artefact) {
        self.inventory.twins.push(artefact);
    }

    /// Adds a key-store entry of another configuration's under a name of this one's.
    pub fn elsewhere(&mut self, artefact: Artefact) {
        self.inventory.elsewhere.push(artefact);
    }

    /// Role credentials of a portal were found, and nothing says of which.
    pub fn portless_role(&mut self, artefact: Artefact) {
        self.inventory.portless_roles.push(artefact);
    }

    /// A token was found that a server can end. The same token found elsewhere is one token, and
    /// serves everybody whom any copy serves.
    pub fn token(
        &mut self,
        secret: Secret,
        system: System,
        revocation: Revocation,
        expires_at: Option<Timestamp>,
        providers: &[String],
    ) -> Fingerprint {
        let fingerprint = self.fingerprint(&secret);
        let token = self
            .inventory
            .tokens
            .entry(fingerprint)
            .or_insert_with(|| Token {
                secret,
                revocation: revocation.clone(),
                elsewhere: Vec::new(),
                expires_at,
                providers: Vec::new(),
                account: None,
                shared: None,
                asked_with: None,
                is_over: false,
                renewal: Renewability::No,
                system,
            });
        token.learn(revocation);
        for provider in providers {
            if !token.providers.contains(provider) {
                token.providers.push(provider.clone());
            }
        }
        fingerprint
    }

    /// A copy of a portal's token was found with this end and with what renews its session. A copy that
    /// can be renewed makes the token renewable; it is over only if all copies say so.
    pub fn lapse(&mut self, token: Fingerprint, is_over: bool, renewal: Renewability) {
        let is_first = self.notes.portal_tokens.insert(token);
        let Some(token) = self.inventory.tokens.get_mut(&token) else {
            return;
        };
        token.is_over = is_over && (is_first || token.is_over);
        let rank = |renewal: &Renewability| match renewal {
            Renewability::No => 0,
            Renewability::Not(_) => 1,
            Renewability::With(_) => 2,
        };
        if rank(&renewal) > rank(&token.renewal) {
            token.renewal = renewal;
        }
    }

    /// A token of an account was found that a server can end. `shared` says why ending it would end
    /// more than the sign-in here. The same token found elsewhere is one token.
    pub fn account_token(
        &mut self,
        secret: Secret,
        account: &Account,
        revocation: Revocation,
        expires_at: Option<Timestamp>,
        shared: Option<&'static str>,
    ) -> Fingerprint {
        let fingerprint = self.signs_in(&secret, account.system, &account.name);
        let token = self
            .inventory
            .tokens
            .entry(fingerprint)
            .or_insert_with(|| Token {
                secret,
                revocation: revocation.clone(),
                elsewhere: Vec::new(),
                expires_at,
                providers: Vec::new(),
                account: Some(account.name.clone()),
                shared,
                asked_with: None,
                is_over: false,
                renewal: Renewability::No,
                system: account.system,
            });
        token.learn(revocation);
        fingerprint
    }

    /// A token signs in an account. Others that it signs in are signed out with it.
    fn signs_in(&mut self, secret: &Secret, system: System, account: &str) -> Fingerprint {
        let fingerprint = self.fingerprint(secret);
        let accounts = self.inventory.signed_in_by.entry(fingerprint).or_default();
        accounts.insert((system, account.to_owned()));
        fingerprint
    }

    /// A server can be asked about a token that was found by way of another one of its sign-in.
    pub fn ask_with(&mut self, token: Fingerprint, other: Secret) {
        if let Some(token) = self.inventory.tokens.get_mut(&token) {
            token.asked_with = Some(other);
        }
    }

    /// What lies at a place ends with this token.
    pub fn ends_with(&mut self, place: &Place, token: Fingerprint) {
        let artefacts = self.inventory.artefacts.iter_mut();
        for artefact in artefacts.filter(|artefact| artefact.place == *place) {
            artefact.token = Some(token);
        }
    }

    /// The token of an account that was found so far.
    pub fn token_of_account(&self, system: System, account: &str) -> Option<Fingerprint> {
        let mut tokens = self.inventory.tokens.iter();
        let is_its =
            |token: &Token| token.system == system && token.account.as_deref() == Some(account);
        let found = tokens.find(|(_, token)| is_its(token))?;
        Some(*found.0)
    }

    /// An identity that a system keeps by itself was found. One that is known already only gains
    /// what is new.
    pub fn account(&mut self, found: Account) {
        let known = self
            .inventory
            .accounts
            .iter_mut()
            .find(|known| known.system == found.system && known.name == found.name);
        let Some(known) = known else {
            return self.inventory.accounts.push(found);
        };
        for alias in found.aliases {
            if !known.aliases.contains(&alias) {
                known.aliases.push(alias);
            }
        }
        for fact in found.facts {
            if !known.facts.contains(&fact) {
                known.facts.push(fact);
            }
        }
        known.provider = known.provider.take().or(found.provider);
    }

    /// The members of a file that were found so far, whosever they are.
    pub fn members_of(&self, file: &ConfinedPath) -> BTreeSet<MemberPath> {
        // The same file may have been reached from another root.
        let wanted = file.to_path();
        let is_it = |of: &ConfinedPath| of == file || of.to_path() == wanted;
        let places = self.inventory.artefacts.iter().map(|found| &found.place);
        places
            .filter_map(|place| match place {
                Place::Member { file: of, path, .. } if is_it(of) => Some(path.clone()),
                _ => None,
            })
            .collect()
    }

    /// Whether a credential was found in a file, or is the file.
    pub fn has_credential_in(&self, file: &ConfinedPath) -> bool {
        let mut found = self.inventory.artefacts.iter();
        let wanted = file.to_path();
        found.any(|found| {
            found.state != State::Residue
                && found.place.file().is_some_and(|of| of.to_path() == wanted)
        })
    }

    /// Whether a file holds a credential of this account that stays unless it is asked for.
    pub fn has_stored_in(&self, file: &ConfinedPath, system: System, account: &str) -> bool {
        let wanted = file.to_path();
        let mut found = self.inventory.artefacts.iter();
        found.any(|found| {
            found.state != State::Residue
                && found.class == Class::Stored
                && found.system == system
                && found.owner.as_account() == Some(account)
                && found.place.file().is_some_and(|of| of.to_path() == wanted)
        })
    }

    /// Whether a credential of an account was found.
    pub fn has_credential_of(&self, system: System, account: &str) -> bool {
        let mut found = self.inventory.artefacts.iter();
        found.any(|found| {
            found.state != State::Residue
                && found.system == system
                && found.owner.as_account() == Some(account)
        })
    }

    /// The places of everything that was found so far.
    pub fn places(&self) -> impl Iterator<Item = &Place> {
        self.inventory.artefacts.iter().map(|found| &found.place)
    }

    /// Whether something was found at exactly this place.
    pub fn has_place(&self, place: &Place) -> bool {
        let mut found = self.inventory.artefacts.iter();
        found.any(|found| found.place == *place)
    }

    /// Whether something has been said of a place.
    pub fn has_problem_at(&self, location: &Location) -> bool {
        let mut problems = self.inventory.problems.iter();
        problems.any(|problem| problem.location == *location)
    }

    /// The accounts found so far.
    pub fn accounts(&self) -> &[Account] {
        &self.inventory.accounts
    }

    /// What keeps tools signed in regardless, as far as it was found so far.
    pub fn overrides(&self) -> &[Override] {
        &self.inventory.overrides
    }

    /// Puts the overrides of a system in the order in which they win: by their names, the strongest
    /// first; what is not named comes last.
    pub fn rank_overrides(&mut self, system: System, names: &[&str]) {
        let rank = |found: &Override| {
            let mut names = names.iter();
            names
                .position(|name| *name == found.name)
                .unwrap_or(usize::MAX)
        };
        let all = &mut self.inventory.overrides;
        let (mut own, mut rest): (Vec<Override>, Vec<Override>) = std::mem::take(all)
            .into_iter()
            .partition(|found| found.system == system);
        own.sort_by_key(rank);
        rest.append(&mut own);
        *all = rest;
    }

    /// Tells copies of a secret apart from other secrets.
    pub fn fingerprint(&self, secret: &Secret) -> Fingerprint {
        secret.fingerprint(self.key)
    }

    /// What a file or directory holds, for the prediction of what is left.
    pub fn contents(&mut self, path: ConfinedPath, contents: Contents) {
        self.inventory.contents.insert(path, contents);
    }

    /// Something keeps a tool signed in regardless.
    pub fn overriding(&mut self, found: Override) {
        self.inventory.overrides.push(found);
    }

    /// Whether something at or below a directory could not be read so far.
    pub fn hides_below(&self, directory: &ConfinedPath) -> bool {
        let directory = directory.to_path();
        let problems = self.inventory.problems.iter();
        problems
            .filter(|problem| problem.hides)
            .filter_map(|problem| problem.location.file())
            .any(|file| file.starts_with(&directory))
    }

    /// A portal is called so in the AWS CLI's configuration.
    pub fn portal_name(&mut self, name: &str, start_url: &str) {
        let names = &mut self.inventory.portal_names;
        let pages = names.entry(name.to_owned()).or_default();
        pages.insert(start_url.to_owned());
    }

    /// Something could not be read or understood. Whose it is follows from the tool that is looked at.
    pub fn problem(&mut self, problem: Problem) {
        let system = self.notes.ai.looking_at.filter(|_| problem.hides);
        if let Some(system) =
            system.filter(|system| crate::systems::ai::may_hold_sign_in(*system, &problem.location))
        {
            self.unread(&problem.location, Unread::Below(system));
        }
        self.inventory.problems.push(problem);
    }

    /// Whose sign-ins may be, in part, in a place that cannot be read.
    pub fn unread(&mut self, location: &Location, whose: Unread) {
        let owners = &mut self.inventory.unread;
        owners.entry(location.clone()).or_default().insert(whose);
    }

    /// A file looks like a sign-in, and a person has said that it is none.
    pub fn ignored(&mut self, file: PathBuf) {
        self.inventory.ignored.push(file);
    }

    /// A file is nobody's in particular.
    pub fn nobodys(&mut self, file: PathBuf) {
        self.inventory.directories.insert(file, Owner::Nobody);
    }

    /// An account keeps its things at and below this place.
    pub fn home_of(&mut self, system: System, account: &str, place: PathBuf) {
        let key = (system, account.to_owned());
        self.inventory.homes.entry(key).or_default().insert(place);
    }
}

/// An artefact with the usual values, to be completed with struct update syntax.
pub fn build_artefact(system: System, place: Place, owner: Owner, what: &'static str) -> Artefact {
    Artefact {
        place,
        system,
        owner,
        class: Class::Session,
        state: State::Live,
        expires_at: None,
        token: None,
        secrets: Vec::new(),
        realm: None,
        what,
        kind: CredentialKind::Login,
        tie: Exclusivity::Own,
        tier: Category::SignIn,
        waits_for: Vec::new(),
        sealed: None,
        signs_in_everybody: false,
        names_strangers: false,
    }
}

/// A whole file as an artefact with the usual values.
pub fn whole_file(
    system: System,
    file: &ConfinedPath,
    owner: Owner,
    what: &'static str,
) -> Artefact {
    let place = Place::File { file: file.clone() };
    build_artefact(system, place, owner, what)
}
