//! Processor time, which a machine that is busy with other work does not change as it changes the
//! time on the wall.

use std::time::{Duration, Instant};

/// The processor time that this thread has used so far; `None` where the system does not tell it.
///
/// Source: Linux kernel, `Documentation/scheduler/sched-stats.rst`: the first number, in nanoseconds.
fn used() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds = text.split_whitespace().next()?.parse().ok()?;
    Some(Duration::from_nanos(nanoseconds))
}

/// Runs `work` on this thread and returns the processor time that it took, or the time on the wall
/// where the system tells no other. Threads that it starts are not counted.
pub fn processor_time(work: impl FnOnce()) -> Duration {
    let (start, before) = (Instant::now(), used());
    work();
    let on_the_wall = start.elapsed();
    before
        .zip(used())
        .map_or(on_the_wall, |(before, after)| after.saturating_sub(before))
}
