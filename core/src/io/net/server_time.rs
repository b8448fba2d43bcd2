//! What servers say that the time is: a clock that is off makes good tokens look like old ones, and
//! servers refuse what it signs.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use reqwest::header::{DATE, HeaderMap};

/// No server has said yet.
const UNKNOWN: i64 = i64::MIN;

/// The `Date` of the last answer. Clones are the same one.
#[derive(Clone, Debug)]
pub struct ServerTime(Arc<AtomicI64>);

impl Default for ServerTime {
    fn default() -> Self {
        Self(Arc::new(AtomicI64::new(UNKNOWN)))
    }
}

impl ServerTime {
    /// Keeps what an answer says.
    pub(super) fn note(&self, headers: &HeaderMap) {
        let date = headers.get(DATE).and_then(|date| date.to_str().ok());
        let time = date.and_then(|date| rfc2822::parse(date).ok());
        if let Some(time) = time {
            let seconds = time.timestamp().as_second();
            self.0.store(seconds, Ordering::Relaxed);
        }
    }

    /// Seconds by which this machine's clock is ahead of the server that answered last; negative if it is
    /// behind. `now` is the time at which it answered. `None` if none said.
    pub fn seconds_ahead(&self, now: Timestamp) -> Option<i64> {
        let said = self.0.load(Ordering::Relaxed);
        (said != UNKNOWN).then(|| now.as_second().saturating_sub(said))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn date_of_an_answer_tells_how_far_the_clock_is_off() {
        let time = ServerTime::default();
        let now: Timestamp = "2026-11-30T12:20:00Z".parse().unwrap();
        assert_eq!(time.seconds_ahead(now), None);
        let mut headers = HeaderMap::new();
        for (date, ahead) in [
            ("Mon, 30 Nov 2026 12:00:00 GMT", Some(1200)),
            ("not a date", Some(1200)),
            ("Mon, 30 Nov 2026 12:21:00 GMT", Some(-60)),
        ] {
            headers.insert(DATE, date.parse().unwrap());
            time.note(&headers);
            assert_eq!(time.seconds_ahead(now), ahead, "{date}");
        }
    }
}
