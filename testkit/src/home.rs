//! A made-up home directory that goes away by itself.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

/// A temporary directory with `home`, `work` (the working directory, where `atmos.yaml` is) and
/// `tmp` (what `$TMPDIR` names) in it.
///
/// Relative paths of its methods are below `home`. Directories are made with mode 0700 and files
/// with 0600, as the tools themselves do it.
#[derive(Debug)]
pub struct Home {
    root: PathBuf,
    // Removes everything when the home is dropped.
    _directory: TempDir,
}

impl Default for Home {
    fn default() -> Self {
        Self::new()
    }
}

impl Home {
    /// An empty home.
    pub fn new() -> Self {
        let directory = TempDir::with_prefix("adieu-test-").unwrap();
        // Resolved, because a temporary directory may itself be behind a symbolic link.
        let root = directory.path().canonicalize().unwrap();
        for (name, mode) in [("home", 0o755), ("work", 0o755), ("tmp", 0o755)] {
            fs::create_dir(root.join(name)).unwrap();
            set_mode(&root.join(name), mode);
        }
        Self {
            root,
            _directory: directory,
        }
    }

    /// A copy of a recorded state.
    ///
    /// If the folder holds a folder `home`, its `home`, `work` and `tmp` are taken, and what else
    /// lies beside them is not; otherwise the folder itself is the home. Git keeps no modes, so
    /// they are set as the tools that wrote the files set them: directories 0700, files 0600, save
    /// `atmos.yaml` and `cache.yaml`, which are 0644.
    pub fn from_fixture(folder: impl AsRef<Path>) -> Self {
        let (folder, home) = (folder.as_ref(), Self::new());
        assert!(folder.is_dir(), "no such fixture: {}", folder.display());
        if folder.join("home").is_dir() {
            for name in ["home", "work", "tmp"] {
                if folder.join(name).is_dir() {
                    copy_tree(&folder.join(name), &home.root.join(name));
                }
            }
        } else {
            copy_tree(folder, &home.path());
        }
        home
    }

    /// The directory that holds `home`, `work` and `tmp`.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The home directory itself; absolute.
    pub fn path(&self) -> PathBuf {
        self.root.join("home")
    }

    /// The working directory; absolute.
    pub fn work(&self) -> PathBuf {
        self.root.join("work")
    }

    /// The directory for temporary files; absolute.
    pub fn temporary(&self) -> PathBuf {
        self.root.join("tmp")
    }

    /// The absolute path of something in the home.
    pub fn join(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.path().join(relative)
    }

    /// Writes a file with mode 0600 and makes the directories that it needs.
    pub fn write(&self, relative: impl AsRef<Path>, contents: impl AsRef<[u8]>) -> &Self {
        self.write_with_mode(relative, contents, 0o600)
    }

    /// Writes a file with the given mode and makes the directories that it needs.
    pub fn write_with_mode(
        &self,
        relative: impl AsRef<Path>,
        contents: impl AsRef<[u8]>,
        mode: u32,
    ) -> &Self {
        let file = self.join(relative);
        make_directories(file.parent().unwrap());
        fs::write(&file, contents).unwrap();
        set_mode(&file, mode);
        self
    }

    /// Makes an empty directory, and those above it, with mode 0700.
    pub fn directory(&self, relative: impl AsRef<Path>) -> &Self {
        make_directories(&self.join(relative));
        self
    }

    /// Makes a symbolic link to a target that need not exist.
    #[cfg(unix)]
    pub fn link(&self, relative: impl AsRef<Path>, target: impl AsRef<Path>) -> &Self {
        let link = self.join(relative);
        make_directories(link.parent().unwrap());
        std::os::unix::fs::symlink(target, link).unwrap();
        self
    }

    /// Writes `atmos.yaml` into the working directory.
    pub fn atmos_yaml(&self, contents: &str) -> &Self {
        fs::write(self.work().join("atmos.yaml"), contents).unwrap();
        set_mode(&self.work().join("atmos.yaml"), 0o644);
        self
    }

    /// Moves something within the home.
    pub fn rename(&self, from: impl AsRef<Path>, to: impl AsRef<Path>) -> &Self {
        let to = self.join(to);
        make_directories(to.parent().unwrap());
        fs::rename(self.join(from), to).unwrap();
        self
    }

    /// Gives a file or directory another mode.
    pub fn mode(&self, relative: impl AsRef<Path>, mode: u32) -> &Self {
        set_mode(&self.join(relative), mode);
        self
    }

    /// The text of a file.
    pub fn read(&self, relative: impl AsRef<Path>) -> String {
        let file = self.join(relative);
        fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
    }

    /// Whether there is something at that path, be it a broken link.
    pub fn has(&self, relative: impl AsRef<Path>) -> bool {
        self.join(relative).symlink_metadata().is_ok()
    }

    /// The realm that Atmos derives from the directory of `atmos.yaml`: the first 16 hexadecimal
    /// digits of the SHA-256 of its path in lower case.
    ///
    /// Source: Atmos `pkg/auth/realm/realm.go`.
    pub fn derived_realm(&self) -> String {
        derived_realm(&self.work())
    }
}

/// The realm that Atmos derives from the directory of an `atmos.yaml`, by the name that its shell
/// calls the directory.
pub fn derived_realm(directory: &Path) -> String {
    let path = directory.to_str().unwrap().to_lowercase();
    hexadecimal(&Sha256::digest(path.as_bytes())[..8])
}

/// Bytes as lower-case hexadecimal digits.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

fn copy_tree(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            make_directories(&target);
            copy_tree(&entry.path(), &target);
        } else {
            fs::write(&target, fs::read(entry.path()).unwrap()).unwrap();
            set_mode(&target, mode_of_recorded_file(&target));
        }
    }
}

fn mode_of_recorded_file(file: &Path) -> u32 {
    match file.file_name().and_then(|name| name.to_str()) {
        Some("atmos.yaml" | "cache.yaml") => 0o644,
        _ => 0o600,
    }
}

fn make_directories(directory: &Path) {
    if directory.is_dir() {
        return;
    }
    make_directories(directory.parent().unwrap());
    fs::create_dir(directory).unwrap();
    set_mode(directory, 0o700);
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[cfg(not(unix))]
fn set_mode(_: &Path, _: u32) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn realm_of_a_directory_agrees_with_what_atmos_wrote() {
        assert_eq!(derived_realm(Path::new("/srv/demo")), "926574b4279e7131");
        assert_eq!(
            derived_realm(Path::new("/Users/Ana/Work/Infra")),
            "d770fb1fd0b5fae4"
        );
    }

    #[test]
    #[cfg(unix)]
    fn written_files_and_directories_are_private() {
        use std::os::unix::fs::PermissionsExt as _;
        let home = Home::new();
        home.write(".config/atmos/x", "FAKE");
        let mode = |path| home.join(path).metadata().unwrap().permissions().mode() & 0o7777;
        assert_eq!(
            [
                mode(".config"),
                mode(".config/atmos"),
                mode(".config/atmos/x")
            ],
            [0o700, 0o700, 0o600]
        );
    }

    #[test]
    #[cfg(unix)]
    fn copy_of_a_fixture_gets_the_modes_that_git_lost() {
        use std::os::unix::fs::PermissionsExt as _;
        let recorded = Home::new();
        recorded
            .write_with_mode("home/.aws/config", "[default]\n", 0o644)
            .write("work/atmos.yaml", "auth: {}\n")
            .write("README.md", "not part of the state");
        let copy = Home::from_fixture(recorded.path());
        let mode = |path: PathBuf| path.metadata().unwrap().permissions().mode() & 0o7777;
        assert_eq!(mode(copy.join(".aws/config")), 0o600);
        assert_eq!(mode(copy.join(".aws")), 0o700);
        assert_eq!(mode(copy.work().join("atmos.yaml")), 0o644);
        assert!(!copy.has("README.md"));
    }

    #[test]
    fn home_is_gone_when_it_is_dropped() {
        let home = Home::new();
        let root = home.root().to_owned();
        drop(home);
        assert!(!root.exists());
    }
}
