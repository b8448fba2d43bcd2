//! Which orgs are meant: user names and aliases, the default, the menu.

use std::borrow::Cow;
use std::collections::BTreeSet;

use adieu::inventory::Problem;
use adieu::selector::{self, Choice};
use adieu::systems::salesforce::orgs::Orgs;
use adieu::systems::salesforce::settings::DefaultKind;
use adieu::world::World;

use super::reply::{ClientError, Reply, Stop};
use crate::args::OrgLogoutArgs;
use crate::questions::Confirmation;
use crate::ui::prompt::{Answer, Wording};
use crate::ui::{Failure, Printer, format_count, prompt};

/// The text before everything that is about names.
const MENU: &str = "Select the orgs you want to log out of:";

/// What the orgs are, and how one is found.
pub(super) struct Names<'a> {
    pub(super) world: &'a World,
    pub(super) orgs: &'a Orgs,
    pub(super) problems: &'a [Problem],
}

impl Names<'_> {
    /// Every user that is signed in, broken files included, by name.
    pub(super) fn all(&self) -> Vec<String> {
        let found = self.orgs.found.iter().map(|org| &org.auth.username);
        let broken = self.orgs.broken.iter().map(|file| &file.username);
        let mut names: Vec<String> = found.chain(broken).cloned().collect();
        names.sort();
        names.dedup();
        names
    }

    /// The user that a name means: a user name, or an alias of one.
    pub(super) fn meant(&self, typed: &str) -> Choice<String> {
        selector::choose_candidate(typed, self.all(), |user| {
            let aliases = self.orgs.aliases.of(user);
            let aliases = aliases.map(|alias| Cow::Owned(alias.to_owned()));
            std::iter::once(Cow::Borrowed(user.as_str()))
                .chain(aliases)
                .collect()
        })
    }

    /// The user that a setting means, which is spelled as the real client spelled it.
    fn meant_by_setting(&self, value: &str) -> Option<String> {
        let is_meant = |user: &String| {
            user == value || self.orgs.aliases.resolve(value) == Some(user.as_str())
        };
        let mut meant = self.all().into_iter().filter(is_meant);
        meant.next().filter(|_| meant.next().is_none())
    }

    /// The error of a name that may mean several orgs.
    pub(super) fn ambiguous(&self, typed: &str, users: &[String]) -> ClientError {
        let mut error = ClientError::new(
            "AmbiguousTargetOrgError",
            format!("{typed} may mean any of several orgs, so nothing was changed."),
        );
        for user in users {
            let aliases: Vec<&str> = self.orgs.aliases.of(user).collect();
            error = error.action(match aliases.as_slice() {
                [] => user.clone(),
                aliases => format!("{user} (alias {})", aliases.join(", ")),
            });
        }
        error.action("Use one of these names, spelled as here.")
    }

    /// Users and aliases that a name that is neither was perhaps meant to be.
    pub(super) fn close_to(&self, typed: &str) -> Option<String> {
        let aliases = self.orgs.aliases.iter().map(|(alias, _)| alias.to_owned());
        let distance =
            |name: &String| strsim::levenshtein(&typed.to_lowercase(), &name.to_lowercase());
        let near = |name: &String| distance(name) * 3 <= typed.chars().count().max(3);
        let names = self.all().into_iter().chain(aliases);
        // An alias without its org is no suggestion to somebody who typed it.
        let others = names.filter(|name| name != typed);
        others.filter(near).min_by_key(distance)
    }

    /// The error of a name that nobody has.
    pub(super) fn unknown(&self, typed: &str) -> ClientError {
        let mut error = ClientError::new(
            "NoAuthFoundForTargetOrgError",
            format!("No authenticated org found with the {typed} username or alias."),
        );
        if let Some(name) = self.close_to(typed) {
            error = error.action(format!("Did you mean \"{name}\"?"));
        }
        for problem in self.problems.iter().filter(|problem| problem.hides) {
            error
                .warnings
                .push(format!("{}: {}", problem.location, problem.message));
        }
        error
    }

    fn default(&self) -> Option<String> {
        let environment = &self.world.environment;
        let default = self.orgs.default_of(DefaultKind::Org, environment)?;
        Some(default.value)
    }

    /// The orgs to log out of, before anybody is asked.
    ///
    /// # Errors
    ///
    /// The real client's, by name.
    pub(super) fn choose(
        &self,
        arguments: &OrgLogoutArgs,
        reply: &Reply,
        can_ask: bool,
    ) -> Result<Vec<String>, Stop> {
        let typed: Vec<&String> = arguments
            .target_org
            .iter()
            .chain(&arguments.names)
            .collect();
        if let (true, Some(first)) = (arguments.all, typed.first()) {
            return Err(ClientError::usage(format!(
                "--target-org={first} cannot also be provided when using --all"
            ))
            .into());
        }
        if arguments.all {
            return Ok(self.all());
        }
        if !typed.is_empty() {
            let mut chosen = Vec::new();
            for name in typed {
                match self.meant(name) {
                    Choice::One(user) => chosen.push(user),
                    Choice::Nothing => return Err(self.unknown(name).into()),
                    Choice::Several(users) => return Err(self.ambiguous(name, &users).into()),
                }
            }
            chosen.sort();
            chosen.dedup();
            return Ok(chosen);
        }
        let default = self.default();
        if default.is_none() && (arguments.no_prompt || reply.is_json) {
            let (name, flag) = if arguments.no_prompt {
                ("NoOrgSpecifiedWithNoPromptError", "--no-prompt")
            } else {
                ("NoOrgSpecifiedWithJsonError", "--json")
            };
            return Err(ClientError::new(
                name,
                format!(
                    "You must specify a target-org (or default target-org config is set) or use \
                     --all flag when using the {flag} flag."
                ),
            )
            .into());
        }
        match default {
            Some(name) if arguments.no_prompt || reply.is_json => {
                Ok(self.meant_by_setting(&name).into_iter().collect())
            }
            // The menu decides.
            _ if can_ask => Ok(self.all()),
            Some(name) => Err(ClientError::usage(format!(
                "The default org is {name}, and stdin is not a terminal: no org given."
            ))
            .action("Add --no-prompt, name it with --target-org, or use --all.")
            .into()),
            None => Err(
                ClientError::usage("No org given, and stdin is not a terminal.")
                    .action("Name one with --target-org, or use --all.")
                    .into(),
            ),
        }
    }

    /// What a person makes of the orgs; `None` if it is to be none.
    pub(super) fn confirm(
        &self,
        candidates: Vec<String>,
        arguments: &OrgLogoutArgs,
        printer: &mut Printer,
    ) -> Result<Option<Vec<String>>, Stop> {
        let is_named = !arguments.target_org.is_empty() || !arguments.names.is_empty();
        let chosen = if candidates.len() > 1 || !(is_named || arguments.all) {
            let default = self.default();
            let ticked: Vec<bool> = candidates
                .iter()
                .map(|user| {
                    let is_default = || {
                        default
                            .as_ref()
                            .is_some_and(|name| self.meant_by_setting(name).as_ref() == Some(user))
                    };
                    arguments.all || is_named || is_default()
                })
                .collect();
            let rows = candidates.iter().map(|user| self.row(user)).collect();
            match prompt::choose_several(MENU, rows, &ticked)? {
                Some(chosen) => chosen
                    .into_iter()
                    .filter_map(|at| candidates.get(at).cloned())
                    .collect(),
                None => Vec::new(),
            }
        } else {
            candidates
        };
        let question = match chosen.as_slice() {
            [] => return Ok(None),
            [one] => format!("Are you sure you want to log out of {one}?"),
            all if all.len() == self.all().len() => {
                "Are you sure you want to log out of all your orgs?".to_owned()
            }
            several => format!(
                "Are you sure you want to log out of {} orgs?",
                several.len()
            ),
        };
        self.warn_of_sharing(&chosen, printer);
        let wording = Wording::of(Confirmation::OrgLogout, question);
        Ok(prompt::ask_for_confirmation(&wording, printer)?.then_some(chosen))
    }

    /// Who was made from these and is not among them: scratch orgs, sandboxes, and theirs. Each org
    /// is looked at once for every generation.
    pub(super) fn children_of(&self, chosen: &[String]) -> Vec<String> {
        let mut leaving: BTreeSet<&str> = chosen.iter().map(String::as_str).collect();
        let mut children = Vec::new();
        loop {
            let found = self.orgs.found.iter().map(|org| &org.auth);
            let next: Vec<&str> = found
                .filter(|auth| !leaving.contains(auth.username.as_str()))
                .filter(|auth| {
                    let parent = self.orgs.parent_of(auth);
                    parent.is_some_and(|parent| leaving.contains(parent))
                })
                .map(|auth| auth.username.as_str())
                .collect();
            if next.is_empty() {
                return children;
            }
            leaving.extend(&next);
            children.extend(next.into_iter().map(str::to_owned));
        }
    }

    /// Whether they are to go too.
    pub(super) fn confirm_children(
        children: &[String],
        printer: &mut Printer,
    ) -> Result<Answer, Failure> {
        if children.is_empty() {
            return Ok(Answer::No);
        }
        let mut about = vec!["Made from it, and signed in:".to_owned()];
        about.extend(children.iter().map(|child| format!("  • {child}")));
        let orgs = format_count(children.len(), "org", "orgs");
        let wording = Wording {
            asks: Confirmation::OrgChildren,
            about,
            question: format!("Also log out of {orgs} made from it?"),
            no: None,
        };
        prompt::ask_question(&wording, printer)
    }

    /// Before it is agreed to: what ending the authorization does elsewhere.
    fn warn_of_sharing(&self, chosen: &[String], printer: &mut Printer) {
        let shared = self.orgs.found.iter().filter(|org| {
            chosen.contains(&org.auth.username) && org.auth.may_share_its_refresh_token()
        });
        for org in shared {
            let message = format!(
                "{} was perhaps signed in with an SFDX auth URL: another machine that used the \
                 same URL is logged out with it",
                org.auth.username
            );
            printer.warning(&message, None);
        }
    }

    /// One line of the menu: user, type, aliases, settings that name it.
    fn row(&self, user: &str) -> String {
        let org = self.orgs.found.iter().find(|org| org.auth.username == user);
        let aliases: Vec<&str> = self.orgs.aliases.of(user).collect();
        let environment = &self.world.environment;
        let defaults = self.orgs.defaults_naming(user, environment);
        let defaults: Vec<&str> = defaults.into_iter().map(|(name, _)| name).collect();
        let kind = org.map_or("cannot be read", |org| describe_org_kind(&org.auth));
        let parts = [user, kind, &aliases.join(","), &defaults.join(",")];
        let parts = parts.into_iter().filter(|part| !part.is_empty());
        parts.collect::<Vec<_>>().join("  ")
    }
}

/// The real client's word for what kind of org it is; nothing for an ordinary one.
pub(super) const fn describe_org_kind(
    auth: &adieu::systems::salesforce::auth_file::AuthFile,
) -> &'static str {
    if auth.is_scratch() {
        "Scratch"
    } else if auth.is_sandbox {
        "Sandbox"
    } else if auth.is_dev_hub {
        "DevHub"
    } else {
        ""
    }
}
