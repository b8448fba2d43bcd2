//! When something ends, in the one form that all commands have.

use adieu::report::SessionState;
use jiff::Timestamp;

use crate::ui::printer::{FAINT, GOOD, Paint, WARN};

/// A session with less left ends soon, in seconds.
const SOON: i64 = 15 * 60;

/// How long it is until then: `45 min`, `7 h 36 min`, `3 days`, and no more than `over a year`.
pub(crate) fn format_time_left(now: Timestamp, at: Timestamp) -> String {
    let minutes = (at.as_second() - now.as_second()).max(0) / 60;
    let (hours, days) = (minutes / 60, minutes / 60 / 24);
    match (days, hours, minutes % 60) {
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, 0) | (1, hours, _) => format!("{hours} h"),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (2..=365, _, _) => format!("{days} days"),
        _ => "over a year".to_owned(),
    }
}

/// `expires in 3 h`, or that nothing is known of it.
pub(crate) fn describe_expiry(now: Timestamp, at: Option<Timestamp>) -> String {
    at.map_or_else(
        || "no expiry known".to_owned(),
        |at| format!("expires in {}", format_time_left(now, at)),
    )
}

/// The colour of a state, in every command: green live, yellow if it ends soon or cannot be told, faint
/// what is over.
pub(crate) fn choose_colour(
    state: SessionState,
    ends_at: Option<Timestamp>,
    now: Timestamp,
) -> Paint {
    let ends_soon = ends_at.is_some_and(|at| at.as_second() - now.as_second() <= SOON);
    match state {
        SessionState::Live if !ends_soon => GOOD,
        SessionState::Live | SessionState::Unknown => WARN,
        SessionState::Expired | SessionState::SignedOut => FAINT,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_left_is_short_rounded_down_and_capped() {
        let now = Timestamp::UNIX_EPOCH;
        let after = |seconds: i64| Timestamp::from_second(seconds).unwrap();
        for (seconds, text) in [
            (-5, "0 min"),
            (59, "0 min"),
            (45 * 60, "45 min"),
            (3 * 3600, "3 h"),
            (125 * 60, "2 h 5 min"),
            (26 * 3600 + 60, "26 h"),
            (76 * 3600, "3 days"),
            (364 * 86_400, "364 days"),
            (367 * 86_400, "over a year"),
            (72 * 365 * 86_400, "over a year"),
        ] {
            assert_eq!(format_time_left(now, after(seconds)), text);
        }
        assert_eq!(describe_expiry(now, Some(after(10_800))), "expires in 3 h");
        assert_eq!(describe_expiry(now, None), "no expiry known");
    }
}
