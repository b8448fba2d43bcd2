//! How this process was called: by which file, by whom, with which flags.

use std::ffi::OsString;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use adieu::printable::printable_path;

use crate::args;
use crate::ui::Failure;

/// Most files of a directory of flags, and most bytes of each.
const MOST_FLAGS: usize = 100;
const LONGEST_FLAG: u64 = 64 << 10;

/// The file of the running program, without the links that led to it where the system tells.
pub(crate) fn own_program() -> Option<PathBuf> {
    std::env::current_exe().ok()
}

/// Whether a process of that id started this one.
#[cfg(unix)]
pub(crate) fn is_parent(id: u32) -> bool {
    std::os::unix::process::parent_id() == id
}

/// Whether a process of that id started this one; that is not told here.
#[cfg(not(unix))]
pub(crate) fn is_parent(_id: u32) -> bool {
    false
}

/// The command line with the flags that the files of `--flags-dir` give, as Salesforce CLI reads them.
pub(crate) fn with_flags_of_directory(arguments: Vec<OsString>) -> Result<Vec<OsString>, Failure> {
    let Some((directory, mut arguments)) = args::take_flags_directory(&arguments) else {
        return Ok(arguments);
    };
    let refused = |path: &Path, error: &std::io::Error| {
        Failure::usage(format!("{} cannot be read", printable_path(path)))
            .because(error)
            .hint("check --flags-dir")
    };
    let listed = std::fs::read_dir(&directory).map_err(|error| refused(&directory, &error))?;
    let mut files = Vec::new();
    for entry in listed.take(MOST_FLAGS) {
        let entry = entry.map_err(|error| refused(&directory, &error))?;
        let path = entry.path();
        if path.is_file() {
            files.push((entry.file_name(), path));
        }
    }
    files.sort();
    let typed = arguments.clone();
    for (name, path) in files {
        let mut content = String::new();
        std::fs::File::open(&path)
            .and_then(|file| file.take(LONGEST_FLAG).read_to_string(&mut content))
            .map_err(|error| refused(&path, &error))?;
        arguments.extend(args::flags_of_file(
            &name.to_string_lossy(),
            &content,
            &typed,
        ));
    }
    Ok(arguments)
}
