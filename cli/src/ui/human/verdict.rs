//! The verdict, in words: whether somebody is signed in, and where was looked.

use adieu::inventory::OverrideKind;
use adieu::report::{Session, SessionState, Status, Verdict};
use adieu::systems::System;

use crate::ui::format_count;
use crate::ui::printer::{GOOD, STRONG, WARN};

/// The verdict in a line.
pub(super) fn format_verdict(status: &Status) -> String {
    let (word, text) = describe_verdict(status);
    let style = match status.conclusion() {
        Verdict::Clean if is_safe(status) => GOOD,
        Verdict::SignedIn | Verdict::Overridden | Verdict::Clean | Verdict::Unknown => WARN,
    };
    format!("{style}●{style:#} {STRONG}{word}{STRONG:#}: {text}")
}

/// Whether nothing was found that anybody could use.
pub(crate) fn is_safe(status: &Status) -> bool {
    status.check_status() == 0 && status.written.is_empty()
}

/// The verdict as a word and a sentence. That nobody is signed in is only said of what was looked at.
pub(crate) fn describe_verdict(status: &Status) -> (&'static str, String) {
    let is_live = |session: &&Session| session.state == SessionState::Live;
    let is_doubtful =
        |session: &Session| session.state == SessionState::Unknown && !session.artefacts.is_empty();
    let live = status.sessions.iter().filter(is_live).count();
    let open = status.pending.iter();
    let unended = open.filter(|found| found.can_be_used()).count();
    match status.conclusion() {
        Verdict::SignedIn if status.verdict != Verdict::SignedIn => (
            "Signed in",
            format!(
                "no session here, but {} not ended at {} server",
                format_count(unended, "was", "were"),
                if unended == 1 { "its" } else { "their" },
            ),
        ),
        Verdict::SignedIn if live == 0 => (
            "Signed in",
            "no session, but secrets that can still be used are kept here".to_owned(),
        ),
        Verdict::SignedIn => (
            "Signed in",
            format_count(live, "live session", "live sessions"),
        ),
        Verdict::Overridden => (
            "Overridden",
            format!(
                "no session, but {} a tool signed in",
                format_override_count(status)
            ),
        ),
        Verdict::Unknown => (
            "Could not tell",
            if status.has_doubtful_secrets() {
                "no session found, but secrets of other services are kept in settings"
            } else if status.possible().next().is_some() {
                "nothing found, but files of unknown tools look like sign-ins"
            } else if status.sessions.iter().any(is_doubtful) {
                "no session that surely works, but what was found may still do"
            } else {
                "nothing found, but some places could not be read"
            }
            .to_owned(),
        ),
        Verdict::Clean => {
            let left = match (status.written.is_empty(), status.leftovers.is_empty()) {
                (false, _) => "; secrets are left in files",
                (true, false) => "; traces of earlier sign-ins are left",
                (true, true) => "",
            };
            (
                "Clean",
                format!("nobody is signed in {}{left}", where_not(status)),
            )
        }
    }
}

/// Where nobody is signed in.
fn where_not(status: &Status) -> String {
    let covers = |system: &System| status.covers.contains(system);
    let known = || {
        let all = System::all();
        all.filter(|system| *system != System::MOCK)
    };
    if status.covers.len() == known().count() {
        let is_tool = |system: &System| ![System::POSSIBLE, System::ANY_READER].contains(system);
        return format!(
            "with any of the {} tools that adieu knows, and nothing looks like a sign-in",
            known().filter(is_tool).count()
        );
    }
    let (configurable, own): (Vec<System>, Vec<System>) =
        known().partition(|system| system.info().is_configurable);
    if configurable.iter().all(covers) && !own.iter().any(covers) {
        return "with what atmos.yaml configures".to_owned();
    }
    let names: Vec<&str> = status.covers.iter().map(|system| system.title()).collect();
    match names.as_slice() {
        [] => "among what was asked for".to_owned(),
        names => format!("to {}", names.join(", ")),
    }
}

/// What a clean verdict on the whole machine says nothing of; `None` where it need not be said.
pub(crate) fn not_covered(status: &Status) -> Option<&'static str> {
    // All but the mock kinds.
    let is_whole = status.covers.len() + 1 == System::all().count();
    (is_whole && status.conclusion() == Verdict::Clean)
        .then_some("not looked at: browsers, caches, projects, and other people's homes")
}

/// What keeps a tool signed in, in number.
fn format_override_count(status: &Status) -> String {
    let found: Vec<OverrideKind> = status
        .overrides
        .iter()
        .map(|found| found.kind)
        .filter(|kind| *kind != OverrideKind::Notice)
        .collect();
    let are_all = |kind: OverrideKind| found.iter().all(|found| *found == kind);
    let (one, several) = if are_all(OverrideKind::Environment) {
        ("a variable", "variables")
    } else if are_all(OverrideKind::Profile) {
        ("a line in a shell profile", "lines in shell profiles")
    } else {
        ("an override", "overrides")
    };
    match found.len() {
        1 => format!("{one} keeps"),
        number => format!("{number} {several} keep"),
    }
}
