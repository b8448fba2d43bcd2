//! Real clients of other vendors, run in a made-up home with nothing of the real machine showing through.
//!
//! They are Debian's packages, or below `real-parts/clients` of the target directory; `cargo xtask setup
//! --with clients` brings them.

use std::path::{Path, PathBuf};

use crate::{Adieu, Home};

/// A client that is installed.
#[derive(Clone, Debug)]
pub struct Client {
    program: PathBuf,
}

impl Client {
    /// The client of that name. `None` if it is not installed.
    ///
    /// # Panics
    ///
    /// If it is not installed while the environment says `ADIEU_REAL_PARTS=required`.
    pub fn find(name: &str) -> Option<Self> {
        let found = Self::find_any(name);
        let is_required = std::env::var("ADIEU_REAL_PARTS").is_ok_and(|value| value == "required");
        assert!(
            found.is_some() || !is_required,
            "not installed: {name} (cargo xtask setup --with clients)"
        );
        found
    }

    /// The client of that name, where nobody demands that it is there.
    pub fn find_any(name: &str) -> Option<Self> {
        let executable = std::env::current_exe().unwrap();
        let parts = executable
            .ancestors()
            .map(|directory| directory.join("real-parts/clients"))
            .find(|directory| directory.is_dir());
        let of_parts = parts.into_iter().flat_map(|parts| {
            [
                parts.join("python/bin"),
                parts.join("node_modules/.bin"),
                parts,
            ]
        });
        // Debian's own before what a version manager has put in front of it.
        let usual = ["/usr/bin", "/usr/local/bin"].map(PathBuf::from);
        let path = std::env::var_os("PATH").unwrap_or_default();
        let mut candidates = of_parts
            .chain(usual)
            .chain(std::env::split_paths(&path))
            .map(|directory| directory.join(name));
        let program = candidates.find(|program| program.is_file())?;
        Some(Self { program })
    }

    /// The program's own path.
    pub fn path(&self) -> &Path {
        &self.program
    }

    /// A run of it in that home, with Debian's programs and what lies beside it in the search path.
    pub fn in_home(&self, home: &Home) -> Adieu {
        let beside = self.program.parent().unwrap().display();
        Adieu::new(&self.program)
            .home(home)
            .env("PATH", format!("{beside}:/usr/bin:/bin"))
            .env("LC_ALL", "C.UTF-8")
    }
}
