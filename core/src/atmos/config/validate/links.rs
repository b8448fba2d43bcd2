//! The rules for what refers to what.

use crate::atmos::config::chain::{find_upstream, trace_ring};
use crate::atmos::config::diagnostic::{Diagnostic, Problems};
use crate::atmos::config::identity::Identity;
use crate::atmos::config::kinds::{IdentityKind, ProviderKind};
use crate::atmos::config::model::{Auth, Name, Via};
use crate::atmos::config::node::{Location, Node};

/// Finds the nearest existing name, within a budget: with thousands of wrong references nobody
/// reads the hints.
pub(super) struct Suggestions<'a> {
    auth: &'a Auth,
    left: usize,
}

impl<'a> Suggestions<'a> {
    pub(super) const fn new(auth: &'a Auth) -> Self {
        Self { auth, left: 50_000 }
    }

    fn nearest<'n>(
        &mut self,
        wrong: &str,
        names: impl ExactSizeIterator<Item = &'n Name>,
    ) -> String {
        let nothing = "define it, or correct the name".to_owned();
        if names.len() > self.left || wrong.len() > 100 {
            return nothing;
        }
        self.left -= names.len();
        names
            .filter(|name| name.key.len() <= 100)
            .map(|name| (strsim::damerau_levenshtein(wrong, &name.key), name))
            .filter(|(distance, _)| *distance <= 3.min(wrong.chars().count() / 2))
            .min_by_key(|(distance, _)| *distance)
            .map_or(nothing, |(_, name)| format!("did you mean '{name}'?"))
    }

    fn provider(&mut self, wrong: &str) -> String {
        let auth = self.auth;
        self.nearest(wrong, auth.providers.iter().map(|provider| &provider.name))
    }

    fn identity(&mut self, wrong: &str) -> String {
        let auth = self.auth;
        self.nearest(wrong, auth.identities.iter().map(|identity| &identity.name))
    }
}

/// References to providers and identities that do not exist.
pub(super) fn check_references(
    auth: &Auth,
    suggestions: &mut Suggestions<'_>,
    problems: &mut Problems,
) {
    let identities = auth
        .identities
        .iter()
        .filter(|identity| !identity.kind.forbids_via())
        .map(|it| ("identity", &it.name, &it.via, &it.settings, it.location));
    let integrations = auth
        .integrations
        .iter()
        .map(|it| ("integration", &it.name, &it.via, &it.settings, it.location));
    for (what, name, via, settings, location) in identities.chain(integrations) {
        let subject = format!("{what} '{name}'");
        let (provider, identity) = match via {
            Via::Both { provider, identity } => (Some(provider), Some(identity)),
            other => (other.provider(), other.identity()),
        };
        if let Some(wrong) = provider.filter(|name| auth.provider(&name.key).is_none()) {
            problems.push(
                Diagnostic::error(
                    "missing-provider",
                    format!("referenced provider '{wrong}' does not exist"),
                )
                .at(find_location(settings, &["via", "provider"], location))
                .about(subject.clone())
                .hint(suggestions.provider(&wrong.key)),
            );
        }
        if let Some(wrong) = identity.filter(|name| auth.identity(&name.key).is_none()) {
            problems.push(
                Diagnostic::error(
                    "missing-identity",
                    format!("referenced identity '{wrong}' does not exist"),
                )
                .at(find_location(settings, &["via", "identity"], location))
                .about(subject)
                .hint(suggestions.identity(&wrong.key)),
            );
        }
    }
}

/// Permission sets whose provider cannot hand out any.
pub(super) fn check_permission_sets(auth: &Auth, problems: &mut Problems) {
    for identity in &auth.identities {
        if identity.kind != IdentityKind::AwsPermissionSet {
            continue;
        }
        let Some(provider) = identity
            .via
            .provider()
            .and_then(|name| auth.provider(&name.key))
        else {
            continue;
        };
        let fits = matches!(
            provider.kind,
            ProviderKind::AwsIdentityCenter | ProviderKind::Mock | ProviderKind::MockAws
        );
        if !fits && provider.kind.is_known() {
            problems.push(
                Diagnostic::warning(
                    "via",
                    format!(
                        "a permission set needs a provider of kind `aws/iam-identity-center`, \
                         '{}' is `{}`",
                        provider.name,
                        provider.kind.id()
                    ),
                )
                .at(find_location(
                    &identity.settings,
                    &["via", "provider"],
                    identity.location,
                ))
                .about(format!("identity '{}'", identity.name)),
            );
        }
    }
}

/// Identities that get their credentials from themselves in the end: each ring once.
pub(super) fn check_rings(auth: &Auth, problems: &mut Problems) {
    // 0: not seen; otherwise the number of the walk that came by.
    let mut seen = vec![0_usize; auth.identities.len()];
    for (walk, start) in auth.identities.iter().enumerate() {
        let mut current = Some(start);
        while let Some(identity) = current {
            let Some(mark) = auth
                .identity_index
                .get(&identity.name.key)
                .and_then(|position| seen.get_mut(*position))
            else {
                break;
            };
            if *mark == walk + 1 {
                problems.push(describe_cycle(auth, identity));
            }
            if *mark != 0 {
                break;
            }
            *mark = walk + 1;
            current = find_upstream(auth, identity);
        }
    }
}

fn describe_cycle(auth: &Auth, member: &Identity) -> Diagnostic {
    let names = trace_ring(auth, member);
    let mut problem = Diagnostic::error(
        "cycle",
        format!(
            "the identities get their credentials from each other: {}",
            format_ring(&names)
        ),
    )
    .at(find_location(
        &member.settings,
        &["via", "identity"],
        member.location,
    ))
    .about(format!("identity '{}'", member.name))
    .hint("one of them must get its credentials from a provider");
    for name in names
        .iter()
        .skip(1)
        .take(names.len().saturating_sub(2))
        .take(10)
    {
        if let Some(identity) = auth.identity(name) {
            let at = find_location(&identity.settings, &["via", "identity"], identity.location);
            problem = problem.and_at(at, format!("'{name}' goes on here"));
        }
    }
    problem
}

/// A ring for a message; a very long one is cut in the middle.
fn format_ring(names: &[String]) -> String {
    const ENDS: usize = 10;
    if names.len() <= 2 * ENDS {
        return names.join(" → ");
    }
    let (first, last) = (&names[..ENDS], &names[names.len() - ENDS..]);
    format!("{} → … → {}", first.join(" → "), last.join(" → "))
}

/// More than one default: Atmos asks, or fails where it cannot ask.
pub(super) fn check_defaults(auth: &Auth, problems: &mut Problems) {
    let mut defaults = auth.default_identities();
    let Some(first) = defaults.next() else { return };
    let others: Vec<&Identity> = defaults.collect();
    let Some(second) = others.first() else { return };
    let at =
        |identity: &Identity| find_location(&identity.settings, &["default"], identity.location);
    let names: Vec<String> = std::iter::once(first)
        .chain(others.iter().copied())
        .take(10)
        .map(|identity| format!("'{}'", identity.name))
        .collect();
    let mut problem = Diagnostic::warning(
        "defaults",
        format!(
            "{} identities are marked as default: {}",
            others.len() + 1,
            names.join(", ")
        ),
    )
    .at(at(second))
    .and_at(at(first), "the first one")
    .about(format!("identity '{}'", second.name))
    .hint("keep `default: true` on one of them");
    for identity in others.iter().skip(1).take(8) {
        problem = problem.and_at(at(identity), "one more");
    }
    problems.push(problem);
}

fn find_location(settings: &Node, path: &[&str], otherwise: Location) -> Location {
    settings.at(path).map_or(otherwise, |node| node.location)
}
