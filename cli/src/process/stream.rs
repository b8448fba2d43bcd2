//! What comes through a pipe: standard input, or what stands for a file (`<(…)` of a shell).

use std::fmt;
use std::io::{self, IsTerminal as _, Read};
use std::path::Path;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use adieu::io::net::Cancel;

/// Why a pipe brought nothing that can be used.
#[derive(Debug)]
pub(crate) enum StreamError {
    /// Somebody would have to type it.
    Terminal,
    /// It is longer than anything that is expected, in bytes.
    TooLong(u64),
    /// It did not end in time.
    Late(Duration),
    /// The system's reason.
    Io(io::Error),
}

impl fmt::Display for StreamError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Terminal => write!(formatter, "it is a terminal, and nothing is piped in"),
            Self::TooLong(limit) => write!(formatter, "it brings more than {limit} bytes"),
            Self::Late(limit) => write!(formatter, "it did not end within {} s", limit.as_secs()),
            Self::Io(error) => error.fmt(formatter),
        }
    }
}

impl From<io::Error> for StreamError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// What is piped into the process, up to its end: `None` if it is a terminal, longer than `limit`
/// bytes, or does not end in time.
pub(crate) fn read_pipe(limit: u64, patience: Duration, cancel: &Cancel) -> Option<Vec<u8>> {
    let input = || Ok(Box::new(io::stdin()) as Box<dyn Read>);
    if io::stdin().is_terminal() {
        return None;
    }
    read_to_end(input, limit, patience, cancel).ok()
}

/// What a path brings that is no regular file but a pipe, with the same limits; `-` is standard input.
/// `None` for every other path.
pub(crate) fn read_stream(
    path: &Path,
    limit: u64,
    patience: Duration,
    cancel: &Cancel,
) -> Option<Result<Vec<u8>, StreamError>> {
    if path == Path::new("-") {
        if io::stdin().is_terminal() {
            return Some(Err(StreamError::Terminal));
        }
        let input = || Ok(Box::new(io::stdin()) as Box<dyn Read>);
        return Some(read_to_end(input, limit, patience, cancel));
    }
    if !is_stream(path) {
        return None;
    }
    let path = path.to_owned();
    let open = move || {
        let file = std::fs::File::open(&path)?;
        if file.is_terminal() {
            return Err(StreamError::Terminal);
        }
        Ok(Box::new(file) as Box<dyn Read>)
    };
    Some(read_to_end(open, limit, patience, cancel))
}

#[cfg(unix)]
fn is_stream(path: &Path) -> bool {
    use std::os::unix::fs::FileTypeExt as _;
    std::fs::metadata(path).is_ok_and(|metadata| {
        let kind = metadata.file_type();
        kind.is_fifo() || kind.is_char_device()
    })
}

#[cfg(not(unix))]
fn is_stream(_: &Path) -> bool {
    false
}

fn read_to_end(
    open: impl FnOnce() -> Result<Box<dyn Read>, StreamError> + Send + 'static,
    limit: u64,
    patience: Duration,
    cancel: &Cancel,
) -> Result<Vec<u8>, StreamError> {
    let (sender, receiver) = mpsc::channel();
    // A pipe may bring nothing for ever, or nobody may open its other end.
    std::thread::spawn(move || {
        let read = open().and_then(|stream| {
            let mut bytes = Vec::new();
            stream.take(limit + 1).read_to_end(&mut bytes)?;
            Ok(bytes)
        });
        // Nobody listens any more when it took too long.
        let _ = sender.send(read);
    });
    let end = Instant::now() + patience;
    while Instant::now() < end && !cancel.is_set() {
        match receiver.recv_timeout(Duration::from_millis(50)) {
            Ok(read) => {
                let bytes = read?;
                if bytes.len() as u64 > limit {
                    return Err(StreamError::TooLong(limit));
                }
                return Ok(bytes);
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    Err(StreamError::Late(patience))
}
