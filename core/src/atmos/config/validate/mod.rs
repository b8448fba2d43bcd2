//! All problems of a configuration at once, each with its place.
//!
//! What real Atmos would refuse, or would only notice at sign-in, is an error; what works but
//! probably not as meant is a warning. Source of the rules: Atmos `pkg/auth/validation` and the
//! constructors of its kinds.

mod fields;
mod identity;
mod integration;
mod links;
mod provider;

use super::schema::LOG_LEVELS;
use crate::world::World;

use super::diagnostic::{Diagnostic, Problems};
use super::kinds::{IdentityKind, IntegrationKind, ProviderKind};
use super::{Configuration, realm};
use links::Suggestions;

/// All problems of a configuration at once, ordered by file and line; those without a place come
/// first. It includes what [`super::load_configuration`] noticed.
pub fn validate_configuration(world: &World, configuration: &Configuration) -> Vec<Diagnostic> {
    let auth = &configuration.auth;
    let mut problems = Problems::from(configuration.diagnostics.clone());
    let mut suggestions = Suggestions::new(auth);
    for problem in realm::list_problems(world, configuration) {
        problems.push(problem);
    }
    log_level(configuration, &mut problems);
    for provider in &auth.providers {
        provider::check_rules(world, provider, &mut problems);
    }
    for identity in &auth.identities {
        identity::check_rules(identity, &mut problems);
    }
    for integration in &auth.integrations {
        integration::check_rules(auth, integration, &mut problems);
    }
    // Where a file broke off, what is referred to may only not have been read.
    if configuration.gaps.is_empty() {
        links::check_references(auth, &mut suggestions, &mut problems);
    }
    links::check_permission_sets(auth, &mut problems);
    links::check_rings(auth, &mut problems);
    links::check_defaults(auth, &mut problems);
    let mut problems = problems.into_vec();
    problems.sort_by_key(|problem| problem.location);
    problems
}

fn log_level(configuration: &Configuration, problems: &mut Problems) {
    let Some(level) = &configuration.auth.log_level else {
        return;
    };
    if !level.value.is_empty() && !LOG_LEVELS.contains(&level.value.as_str()) {
        problems.push(
            Diagnostic::error("log-level", format!("invalid log level `{}`", level.value))
                .at(level.location)
                .hint(format!("use one of: {}", LOG_LEVELS.join(", "))),
        );
    }
}

/// The known kind that is nearest to an unknown one, or where the kind belongs.
fn kind_hint(kind: &str, known: &[&str]) -> String {
    let others = [
        ("provider", ProviderKind::KNOWN),
        ("identity", IdentityKind::KNOWN),
        ("integration", IntegrationKind::KNOWN),
    ];
    if let Some((what, _)) = others.into_iter().find(|(_, kinds)| kinds.contains(&kind)) {
        return format!("`{kind}` is a kind of {what}");
    }
    // A name longer than any kind is no slip of the finger, and comparing takes time.
    let written: String = kind.to_lowercase().chars().take(64).collect();
    let nearest = known
        .iter()
        .min_by_key(|known| strsim::damerau_levenshtein(&written, known));
    nearest
        .map(|nearest| format!("did you mean `{nearest}`?"))
        .unwrap_or_default()
}
