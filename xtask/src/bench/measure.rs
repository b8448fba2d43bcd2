//! Measuring runs of programs: instructions, time on the processor, memory, file operations.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::Duration;

use adieu_testkit::Home;
use nix::sys::resource::{UsageWho, getrusage};

use crate::Failure;
use crate::process::{find, shown};

/// How many pairs of runs a ratio of times is the median of.
const PAIRS: usize = 21;

/// How many runs of a pair's half are added up: one alone is near the clock's resolution.
const RUNS: u32 = 5;

/// How long files have to be unchanged for a program to rely on their times.
const SETTLED: Duration = Duration::from_secs(4);

/// A program, what it is told, and the home it runs in.
#[derive(Clone)]
pub(crate) struct Run<'a> {
    pub(crate) program: &'a Path,
    pub(crate) arguments: Vec<String>,
    pub(crate) home: &'a Home,
    /// The exit status that it must have.
    status: i32,
}

impl<'a> Run<'a> {
    pub(crate) fn new(program: &'a Path, arguments: &str, home: &'a Home) -> Self {
        let arguments = arguments.split(' ').filter(|word| !word.is_empty());
        Self {
            program,
            arguments: arguments.map(str::to_owned).collect(),
            home,
            status: 0,
        }
    }

    /// The run, which ends with this exit status.
    pub(crate) fn ends_with(mut self, status: i32) -> Self {
        self.status = status;
        self
    }

    /// The run, started by another program or by none.
    fn command(&self, by: &[&str]) -> Result<Command, Failure> {
        let mut command = match by {
            [] => Command::new(self.program),
            [tool, options @ ..] => {
                let path = find(tool).ok_or_else(|| {
                    format!("{tool} is not installed; `cargo xtask setup` brings it")
                })?;
                let mut command = Command::new(path);
                command.args(options).arg(self.program);
                command
            }
        };
        command
            .args(&self.arguments)
            .current_dir(self.home.work())
            .env_clear()
            .env("HOME", self.home.path())
            .env("TMPDIR", self.home.temporary())
            .stdin(Stdio::null());
        Ok(command)
    }

    fn output(&self, by: &[&str]) -> Result<Output, Failure> {
        let mut command = self.command(by)?;
        let output = command.stdout(Stdio::null()).output()?;
        if output.status.code() == Some(self.status) {
            Ok(output)
        } else {
            let said = String::from_utf8_lossy(&output.stderr);
            Err(format!("{} ended with {}:\n{said}", shown(&command), output.status).into())
        }
    }
}

/// How many instructions a run takes, as callgrind counts them.
pub(crate) fn instructions(run: &Run<'_>) -> Result<u64, Failure> {
    let by = [
        "valgrind",
        "--tool=callgrind",
        "--callgrind-out-file=/dev/null",
    ];
    let said = run.output(&by)?.stderr;
    String::from_utf8_lossy(&said)
        .lines()
        .find_map(|line| line.split_once("Collected :")?.1.trim().parse().ok())
        .ok_or_else(|| "callgrind did not say how many instructions it counted".into())
}

/// User and system time of a few runs together.
fn processor_time(run: &Run<'_>) -> Result<Duration, Failure> {
    let before = children_time()?;
    for _ in 0..RUNS {
        run.output(&[])?;
    }
    Ok(children_time()?.saturating_sub(before))
}

fn children_time() -> Result<Duration, Failure> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let microseconds = [usage.user_time(), usage.system_time()]
        .iter()
        .map(|time| time.tv_sec() * 1_000_000 + time.tv_usec())
        .sum::<i64>();
    Ok(Duration::from_micros(u64::try_from(microseconds)?))
}

/// User and system time of two programs that were run in turns, A B A B.
pub(crate) struct Comparison {
    /// Of one run of the first.
    pub(crate) measured: Duration,
    /// Of one run of the second.
    pub(crate) reference: Duration,
    /// The median of the ratios of the pairs.
    pub(crate) ratio: f64,
}

/// Compares two runs that change nothing. Run in turns, both see the same machine.
pub(crate) fn compare(measured: &Run<'_>, reference: &Run<'_>) -> Result<Comparison, Failure> {
    compare_in(PAIRS, measured, reference)
}

/// The same with this many pairs.
pub(crate) fn compare_in(
    pairs: usize,
    measured: &Run<'_>,
    reference: &Run<'_>,
) -> Result<Comparison, Failure> {
    // What the first run of each finds on disk, the next finds in memory.
    processor_time(measured)?;
    processor_time(reference)?;
    let (mut ours, mut theirs, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..pairs {
        let (one, other) = (processor_time(measured)?, processor_time(reference)?);
        ratios.push(one.as_secs_f64() / other.as_secs_f64());
        ours.push(one.as_secs_f64());
        theirs.push(other.as_secs_f64());
    }
    let each = |seconds: f64| Duration::from_secs_f64(seconds) / RUNS;
    Ok(Comparison {
        measured: each(median(ours)),
        reference: each(median(theirs)),
        ratio: median(ratios),
    })
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// The most memory that a run has had at once, in kilobytes (`VmHWM`).
///
/// The kernel's account of an ended child starts with its parent's, so it is asked while the
/// program lives: strace holds it at its last system call for a moment.
pub(crate) fn peak_memory(run: &Run<'_>) -> Result<u64, Failure> {
    let hold = "--inject=exit_group:delay_enter=300000";
    let by = [
        "strace",
        "-f",
        "-qq",
        "-o",
        "/dev/null",
        "--trace=exit_group",
        hold,
    ];
    let mut command = run.command(&by)?;
    let mut tracer = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let mut peak = None;
    while tracer.try_wait()?.is_none() {
        peak = child_of(tracer.id(), run.program)
            .and_then(|child| high_water_mark(&child))
            .or(peak);
        thread::sleep(Duration::from_millis(5));
    }
    peak.ok_or_else(|| format!("the memory of {} could not be read", shown(&command)).into())
}

/// The child of a process that runs this program: not yet one that is about to.
fn child_of(process: u32, program: &Path) -> Option<PathBuf> {
    let children = format!("/proc/{process}/task/{process}/children");
    std::fs::read_to_string(children)
        .ok()?
        .split_whitespace()
        .map(|child| Path::new("/proc").join(child))
        .find(|child| {
            let runs = std::fs::read_link(child.join("exe"));
            runs.is_ok_and(|runs| runs.file_name() == program.file_name())
        })
}

fn high_water_mark(process: &Path) -> Option<u64> {
    let status = std::fs::read_to_string(process.join("status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

/// How often a run touched the files of one name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Touches {
    /// Opened to be read, or only to see whether it is unchanged.
    pub(crate) opens: usize,
    /// Opened, and its content read.
    pub(crate) reads: usize,
    /// Replaced by a rename.
    pub(crate) renames: usize,
    /// Removed.
    pub(crate) removals: usize,
}

/// How often a run touched files of these names, by name, as strace sees it.
pub(crate) fn touches(
    run: &Run<'_>,
    names: &[&'static str],
) -> Result<BTreeMap<&'static str, Touches>, Failure> {
    // What was changed just now is read every time, since a change soon after could not be told.
    thread::sleep(SETTLED);
    let log = run.home.temporary().join("strace.log");
    let calls = "--trace=open,openat,openat2,read,rename,renameat,renameat2,unlink,unlinkat";
    let log_name = log.to_string_lossy().into_owned();
    // `-y` names the file behind a descriptor; `-s 0` leaves contents out.
    run.output(&[
        "strace", "-f", "-qq", "-y", "-s", "0", "-o", &log_name, calls,
    ])?;
    let lines = std::fs::read_to_string(&log)?;
    std::fs::remove_file(&log)?;
    Ok(names
        .iter()
        .map(|name| (*name, counted(&lines, name)))
        .collect())
}

fn counted(log: &str, name: &str) -> Touches {
    let mut touches = Touches::default();
    let mut is_unread = false;
    for line in log.lines() {
        // `123 openat(4, "credentials", O_RDONLY|O_CLOEXEC) = 5`
        let Some((call, rest)) = line.split_once('(') else {
            continue;
        };
        if call.ends_with(" read") {
            if is_unread && is_descriptor_of(rest, name) {
                is_unread = false;
                touches.reads += 1;
            }
            continue;
        }
        let last = rest.split('"').skip(1).step_by(2).last().map(Path::new);
        if last.and_then(Path::file_name) != Some(OsStr::new(name)) {
            continue;
        }
        match call.split_whitespace().last() {
            Some("open" | "openat" | "openat2") => {
                is_unread = true;
                touches.opens += 1;
            }
            Some("rename" | "renameat" | "renameat2") => touches.renames += 1,
            Some("unlink" | "unlinkat") => touches.removals += 1,
            _ => {}
        }
    }
    touches
}

/// Whether the first argument is a descriptor of a file of this name: `5</w/credentials>, …`.
fn is_descriptor_of(arguments: &str, name: &str) -> bool {
    let path = arguments
        .split_once('<')
        .and_then(|(_, rest)| rest.split_once('>'))
        .map(|(path, _)| Path::new(path));
    path.and_then(Path::file_name) == Some(OsStr::new(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn touches_are_counted_by_the_last_name_of_a_call() {
        let log = "7 openat(4</w>, \"credentials\", O_RDONLY|O_CLOEXEC) = 5</w/credentials>\n\
                   7 read(5</w/credentials>, \"\"..., 10) = 9\n\
                   7 read(5</w/credentials>, \"\", 1) = 0\n\
                   7 openat(4, \"credentials.lock\", O_RDONLY|O_CREAT, 0600) = 5\n\
                   7 openat(AT_FDCWD, \"/w/credentials\", O_RDONLY) = 5\n\
                   8 renameat(4, \"x.tmp\", 4, \"credentials\") = 0\n\
                   8 unlinkat(4, \"credentials\", 0) = 0\n\
                   8 +++ exited with 0 +++\n";
        let expected = Touches {
            opens: 2,
            reads: 1,
            renames: 1,
            removals: 1,
        };
        assert_eq!(counted(log, "credentials"), expected);
    }

    #[test]
    fn the_median_is_the_middle_value() {
        assert!((median(vec![9.0, 1.0, 2.0]) - 2.0).abs() < f64::EPSILON);
    }
}
