//! Ending a program with all that it has started, where it shares this process's group: it reads from
//! the terminal, so a group of its own would be stopped there.

use std::process::Child;
use std::thread;
use std::time::{Duration, Instant};

use super::PAUSE;

/// The time that a program may take to put the terminal in order and end.
const GRACE: Duration = Duration::from_secs(3);

/// The time that it takes a process to be gone that is killed, at most.
const LAST_MOMENT: Duration = Duration::from_secs(1);

/// Tells the program and all that it has started to end; what has not ended in time is killed.
pub(super) fn end_family(child: &mut Child) {
    let family = Family::of(child.id());
    family.tell_to_end();
    let deadline = Instant::now() + GRACE;
    let mut has_ended = false;
    while !(has_ended && family.has_ended()) && Instant::now() < deadline {
        has_ended = !matches!(child.try_wait(), Ok(None));
        thread::sleep(PAUSE);
    }
    family.kill();
    let _ = child.kill();
    let _ = child.wait();
    // Nothing withstands that, but it takes a moment.
    let deadline = Instant::now() + LAST_MOMENT;
    while !family.has_ended() && Instant::now() < deadline {
        thread::sleep(PAUSE);
    }
}

#[cfg(target_os = "linux")]
use linux::Family;
#[cfg(not(target_os = "linux"))]
use other::Family;

#[cfg(target_os = "linux")]
mod linux {
    use std::collections::BTreeSet;
    use std::fs;
    use std::os::fd::OwnedFd;

    use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

    /// The most processes that are looked at.
    const MOST: usize = 4096;

    /// Processes held by handles, so that none can be taken for another that gets its number.
    pub(super) struct Family(Vec<(u32, OwnedFd)>);

    impl Family {
        /// A process and its descendants; those that have ended already are left out.
        pub(super) fn of(id: u32) -> Self {
            let mut known = BTreeSet::new();
            let mut left = vec![id];
            let mut handles = Vec::new();
            while let Some(id) = left.pop().filter(|_| known.len() < MOST) {
                let pid = i32::try_from(id).ok().and_then(Pid::from_raw);
                if !known.insert(id) {
                    continue;
                }
                let Some(handle) = pid.and_then(|pid| pidfd_open(pid, PidfdFlags::empty()).ok())
                else {
                    continue;
                };
                handles.push((id, handle));
                left.extend(children(id));
            }
            Self(handles)
        }

        pub(super) fn tell_to_end(&self) {
            self.send(Signal::TERM);
        }

        pub(super) fn kill(&self) {
            self.send(Signal::KILL);
        }

        /// Whether all of them have ended, or nobody but their parents has to take note of it.
        ///
        /// Source: proc_pid_stat(5), `state`.
        pub(super) fn has_ended(&self) -> bool {
            let mut states = self
                .0
                .iter()
                .map(|(id, _)| fs::read_to_string(format!("/proc/{id}/stat")));
            states.all(|stat| stat.map_or(true, |stat| stat.contains(") Z ")))
        }

        fn send(&self, signal: Signal) {
            for (_, handle) in &self.0 {
                // Gone already is as good.
                let _ = pidfd_send_signal(handle, signal);
            }
        }
    }

    /// The processes that a process has started and that still run.
    ///
    /// Source: proc_pid_task(5), `children`.
    fn children(id: u32) -> Vec<u32> {
        let Ok(threads) = fs::read_dir(format!("/proc/{id}/task")) else {
            return Vec::new();
        };
        let lists = threads
            .flatten()
            .filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok());
        let ids = lists.flat_map(|list| {
            let ids = list.split_ascii_whitespace();
            ids.filter_map(|id| id.parse().ok()).collect::<Vec<u32>>()
        });
        ids.collect()
    }
}

#[cfg(not(target_os = "linux"))]
mod other {
    /// A process; what it has started is its own to end.
    pub(super) struct Family(u32);

    impl Family {
        pub(super) const fn of(id: u32) -> Self {
            Self(id)
        }

        #[cfg(unix)]
        pub(super) fn tell_to_end(&self) {
            use rustix::process::{Pid, Signal, kill_process};
            if let Some(pid) = i32::try_from(self.0).ok().and_then(Pid::from_raw) {
                // Nobody has asked yet how it ended, so the number is still its own.
                let _ = kill_process(pid, Signal::TERM);
            }
        }

        #[cfg(not(unix))]
        pub(super) fn tell_to_end(&self) {}

        pub(super) const fn kill(&self) {}

        pub(super) const fn has_ended(&self) -> bool {
            true
        }
    }
}
