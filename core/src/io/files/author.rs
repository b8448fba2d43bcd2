//! The process that made a lock or a temporary file, so that it can be told whether that still
//! runs.

use std::fmt;
use std::sync::OnceLock;

use super::process_nonce;

/// A process of adieu. As a text it is `<process id>-<mark>`, where the mark has forty hexadecimal
/// digits on Linux (host, boot, process id space, start time), and sixteen random ones elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Author {
    id: u32,
    mark: Mark,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    /// Tells runs of one process id apart, and nothing else.
    Random(u64),
    Process {
        place: Place,
        /// The time when it started, in ticks since the machine did.
        start: u64,
    },
}

/// The machine and namespace in which process ids mean the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    host: u32,
    boot: u32,
    space: u32,
}

/// Whether a process still runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It does.
    Runs,
    /// It does not.
    Gone,
    /// It ran on another machine, or in another container.
    Unknown,
}

impl Author {
    /// This process.
    pub(crate) fn own() -> Self {
        static OWN: OnceLock<Author> = OnceLock::new();
        *OWN.get_or_init(|| {
            let id = std::process::id();
            let mark = own_mark(id).unwrap_or_else(|| Mark::Random(process_nonce()));
            Self { id, mark }
        })
    }

    /// Reads what [`fmt::Display`] writes.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (id, mark) = text.split_once('-')?;
        let id = id.parse().ok().filter(|id: &u32| *id > 0)?;
        i32::try_from(id).ok()?;
        let part = |range: std::ops::Range<usize>| u64::from_str_radix(mark.get(range)?, 16).ok();
        let narrow = |range| u32::try_from(part(range)?).ok();
        let is_plain = mark.bytes().all(|digit| digit.is_ascii_hexdigit());
        let mark = match mark.len() {
            _ if !is_plain => return None,
            40 => Mark::Process {
                place: Place {
                    host: narrow(0..8)?,
                    boot: narrow(8..16)?,
                    space: narrow(16..24)?,
                },
                start: part(24..40)?,
            },
            16 => Mark::Random(part(0..16)?),
            _ => return None,
        };
        Some(Self { id, mark })
    }

    /// Whether it still runs.
    pub(crate) fn fate(&self) -> Fate {
        let own = Self::own();
        if *self == own {
            return Fate::Runs;
        }
        match (self.mark, own.mark) {
            (Mark::Process { place, start }, Mark::Process { place: here, .. }) => {
                if place.host != here.host {
                    Fate::Unknown
                } else if place.boot != here.boot {
                    Fate::Gone
                } else if place.space != here.space {
                    Fate::Unknown
                } else if self.id == own.id || start_of(self.id) != Some(start) {
                    Fate::Gone
                } else {
                    Fate::Runs
                }
            }
            _ if self.id != own.id && crate::io::programs::is_running(self.id) => Fate::Runs,
            _ => Fate::Gone,
        }
    }
}

impl fmt::Display for Author {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.mark {
            Mark::Random(nonce) => write!(formatter, "{}-{nonce:016x}", self.id),
            Mark::Process { place, start } => write!(
                formatter,
                "{}-{:08x}{:08x}{:08x}{start:016x}",
                self.id, place.host, place.boot, place.space
            ),
        }
    }
}

#[cfg(target_os = "linux")]
fn own_mark(id: u32) -> Option<Mark> {
    let boot = small_file("/proc/sys/kernel/random/boot_id")?;
    let space = rustix::fs::readlink("/proc/self/ns/pid", Vec::new()).ok()?;
    let system = rustix::system::uname();
    Some(Mark::Process {
        place: Place {
            host: digest_bytes(system.nodename().to_bytes()),
            boot: digest_bytes(boot.as_bytes()),
            space: digest_bytes(space.as_bytes()),
        },
        start: start_of(id)?,
    })
}

#[cfg(not(target_os = "linux"))]
fn own_mark(_id: u32) -> Option<Mark> {
    None
}

/// Tells when a process started, in ticks since the machine did; `None` if there is none of that
/// id, or it has ended and only its parent has not taken note.
///
/// Source: `proc_pid_stat(5)`: the third and the twenty-second field, after a name in brackets that
/// may hold anything.
#[cfg(target_os = "linux")]
fn start_of(id: u32) -> Option<u64> {
    let text = small_file(&format!("/proc/{id}/stat"))?;
    let mut fields = text.get(text.rfind(')')? + 1..)?.split_ascii_whitespace();
    let state = fields.next()?;
    let start = fields.nth(18)?.parse().ok();
    start.filter(|_| !matches!(state, "Z" | "X"))
}

#[cfg(not(target_os = "linux"))]
fn start_of(_id: u32) -> Option<u64> {
    None
}

#[cfg(target_os = "linux")]
fn small_file(path: &str) -> Option<String> {
    use rustix::fs::{Mode, OFlags, open};
    let file = open(path, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty()).ok()?;
    let mut bytes = vec![0; 4096];
    let length = rustix::io::retry_on_intr(|| rustix::io::read(&file, &mut bytes[..])).ok()?;
    bytes.truncate(length);
    String::from_utf8(bytes).ok()
}

#[cfg(target_os = "linux")]
fn digest_bytes(bytes: &[u8]) -> u32 {
    use sha2::{Digest as _, Sha256};
    let hash: [u8; 32] = Sha256::digest(bytes).into();
    u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]])
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn own_process_runs_and_is_read_again() {
        let own = Author::own();
        assert!(matches!(own.mark, Mark::Process { .. }), "{own}");
        assert_eq!(Author::parse(&own.to_string()), Some(own));
        assert_eq!(own.fate(), Fate::Runs);
    }

    #[test]
    fn process_with_an_id_that_another_has_now_is_gone() {
        let own = Author::own();
        let Mark::Process { place, start } = own.mark else {
            panic!("{own}");
        };
        let fate = |place: Place, id: u32, start: u64| {
            let mark = Mark::Process { place, start };
            Author { id, mark }.fate()
        };
        // The first process runs for as long as the machine, but did not start then.
        let first = start_of(1).unwrap_or_default();
        assert_eq!(fate(place, 1, first), Fate::Runs);
        assert_eq!(fate(place, 1, first + 1), Fate::Gone);
        assert_eq!(fate(place, own.id, start + 1), Fate::Gone);
        let (before, elsewhere) = (
            Place {
                boot: !place.boot,
                ..place
            },
            Place {
                host: !place.host,
                ..place
            },
        );
        assert_eq!(fate(before, 1, first), Fate::Gone);
        assert_eq!(fate(elsewhere, 1, first), Fate::Unknown);
    }

    #[test]
    fn what_is_no_author_is_none() {
        for text in [
            "",
            "1",
            "x-1",
            "0-0000000000000001",
            "1-1",
            "1-+000000000000001",
            "9999999999-0000000000000001",
        ] {
            assert_eq!(Author::parse(text), None, "{text}");
        }
        let old = Author::parse("1-0000000000000001").unwrap();
        assert_eq!(old.fate(), Fate::Runs);
    }
}
