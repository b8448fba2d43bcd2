//! The files that are installed, each by its place below `/usr`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use clap_complete::Shell;

use crate::Failure;
use crate::generate;

/// What each kind of file may be done with.
const PROGRAM: u32 = 0o755;
const DATA: u32 = 0o644;

/// Contents by path.
pub(crate) struct Tree(pub(crate) BTreeMap<String, File>);

#[derive(Clone)]
pub(crate) struct File {
    pub(crate) bytes: Vec<u8>,
    mode: u32,
}

impl File {
    pub(crate) fn data(bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            bytes: bytes.into(),
            mode: DATA,
        }
    }
}

impl Tree {
    /// Everything: program, manual pages, completions where shells look for them, papers.
    pub(crate) fn collect(
        root: &Path,
        program: &Path,
        licences: &str,
        bill: &Path,
    ) -> Result<Self, Failure> {
        let mut files = BTreeMap::new();
        let program = File {
            bytes: fs::read(program)?,
            mode: PROGRAM,
        };
        files.insert("bin/adieu".to_owned(), program);
        for (name, text) in generate::manual_pages(generate::source())? {
            files.insert(format!("share/man/man1/{name}"), File::data(text));
        }
        for shell in [
            Shell::Bash,
            Shell::Elvish,
            Shell::Fish,
            Shell::PowerShell,
            Shell::Zsh,
        ] {
            let text = adieu_cli::args::build_completions(shell);
            files.insert(completion_place(shell).to_owned(), File::data(text));
        }
        for name in [
            "README.md",
            "CHANGELOG.md",
            "SECURITY.md",
            "LICENSE-MIT",
            "LICENSE-APACHE",
        ] {
            let text = fs::read(root.join(name))?;
            files.insert(format!("share/doc/adieu/{name}"), File::data(text));
        }
        files.insert(
            "share/doc/adieu/THIRD-PARTY-LICENSES".to_owned(),
            File::data(licences),
        );
        files.insert(
            "share/doc/adieu/adieu.cdx.json".to_owned(),
            File::data(fs::read(bill)?),
        );
        Ok(Self(files))
    }

    /// Writes the files below a directory, which is made anew.
    #[cfg(unix)]
    pub(crate) fn write(&self, directory: &Path) -> Result<(), Failure> {
        use std::os::unix::fs::PermissionsExt as _;
        if directory.exists() {
            fs::remove_dir_all(directory)?;
        }
        for (path, file) in &self.0 {
            let place = directory.join(path);
            let folder = place.parent().unwrap_or(directory);
            fs::create_dir_all(folder)?;
            fs::write(&place, &file.bytes)?;
            fs::set_permissions(&place, fs::Permissions::from_mode(file.mode))?;
        }
        Ok(())
    }

    /// Writes the files below a directory, which is made anew.
    #[cfg(not(unix))]
    pub(crate) fn write(&self, _: &Path) -> Result<(), Failure> {
        Err("packages are made on Linux".into())
    }
}

/// Where a shell, or a person who sets it up, looks for completions. PowerShell has no such place.
fn completion_place(shell: Shell) -> &'static str {
    match shell {
        Shell::Bash => "share/bash-completion/completions/adieu",
        Shell::Fish => "share/fish/vendor_completions.d/adieu.fish",
        Shell::Zsh => "share/zsh/site-functions/_adieu",
        Shell::Elvish => "share/elvish/lib/adieu.elv",
        _ => "share/adieu/completions/adieu.ps1",
    }
}
