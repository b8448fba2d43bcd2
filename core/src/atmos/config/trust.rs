//! Trust in configuration: whose a file is.
//!
//! What is found above the working directory, and what any configuration imports, is used only if the
//! file and every directory on the way to it belong to the person or to root, and nobody else can
//! write there. The working directory is judged as Git judges a repository: by its owner. What the
//! person names (`--config`, `ATMOS_CLI_CONFIG_PATH`) needs no proof, and what lies beside it may
//! belong to the same owner.
//!
//! Where root looks at somebody else's home, a file counts only if that person could read it too:
//! a link in the home must not make root read aloud what only root may read.

use std::cell::RefCell;
use std::fmt;
use std::path::{Path, PathBuf};

use crate::world::World;

use super::read::{self, DirectoryEntry, ReadError};

/// The reason why a file is not used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    /// The file or directory that decides it.
    place: PathBuf,
    why: Why,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Why {
    /// It belongs to this user.
    Foreign(u32),
    /// Others can change it, or what is in it.
    Writable,
    /// The person whose home it is could not read it.
    Unreadable,
    /// It is no file of a disk, or was exchanged while it was looked at.
    Unknown,
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = self.place.display();
        match self.why {
            Why::Foreign(owner) => write!(formatter, "{place} belongs to user id {owner}"),
            Why::Writable => write!(formatter, "others can write to {place}"),
            Why::Unreadable => formatter.write_str("the owner of the home cannot read it"),
            Why::Unknown => formatter.write_str("it is no file of a disk"),
        }
    }
}

/// A place whose files are judged by another rule than the strict one.
#[derive(Clone, Debug)]
struct Base {
    /// Its path as the person has it, links included: they chose those.
    written: PathBuf,
    /// Its real path.
    path: PathBuf,
    rule: Rule,
}

#[derive(Clone, Copy, Debug)]
#[cfg_attr(not(unix), expect(dead_code, reason = "there are no owners"))]
enum Rule {
    /// Named by the person: what belongs to the same owner is meant too.
    Named { owner: Option<u32> },
    /// The working directory: owners decide, as for Git.
    Owned,
    /// The home: what is above it is not the person's to answer for.
    Home,
}

/// Judges files before they are used.
#[derive(Debug)]
pub(super) struct Trust {
    /// The user id of who is asked for: `None` where there are no owners.
    person: Option<u32>,
    /// The user id of who called root by `sudo`; Git takes their repositories for root's too.
    called_by: Option<u32>,
    bases: RefCell<Vec<Base>>,
    /// Whether a group is the person's alone, by group: the lists are read once.
    #[cfg(unix)]
    groups: RefCell<std::collections::HashMap<u32, bool>>,
}

impl Trust {
    pub(super) fn new(world: &World) -> Self {
        let person = world.user.id;
        let sudo = world.environment.get("SUDO_UID");
        let trust = Self {
            person,
            called_by: sudo
                .filter(|_| person == Some(0))
                .and_then(|text| text.parse().ok()),
            bases: RefCell::default(),
            #[cfg(unix)]
            groups: RefCell::default(),
        };
        trust.add(&world.working_directory, Rule::Owned);
        trust.add(&world.home, Rule::Home);
        trust
    }

    fn add(&self, directory: &Path, rule: Rule) {
        if let Ok(path) = directory.canonicalize() {
            let written = directory.to_path_buf();
            self.bases.borrow_mut().push(Base {
                written,
                path,
                rule,
            });
        }
    }

    /// Notes another name of the working directory, as the shell has it.
    pub(super) fn stand_in(&self, directory: &Path) {
        self.add(directory, Rule::Owned);
    }

    /// Whether a file that was found may be used; one that cannot be opened is said when it is read.
    pub(super) fn check(&self, path: &Path) -> Result<(), Refusal> {
        match std::fs::metadata(path) {
            Ok(metadata) => self.judge(path, &metadata, true),
            Err(_) => Ok(()),
        }
    }

    /// Notes a file that the person named: it is used, whoever owns it.
    pub(super) fn name(&self, file: &Path) {
        let rule = Rule::Named {
            owner: owner_of(file),
        };
        for directory in [file.parent(), resolve_real_path(file).parent()]
            .into_iter()
            .flatten()
        {
            if let Ok(path) = directory.canonicalize() {
                let written = directory.to_path_buf();
                let base = Base {
                    written,
                    path,
                    rule,
                };
                self.bases.borrow_mut().insert(0, base);
            }
        }
    }

    /// The path without the links that lead to the working directory, the home, or what is named.
    #[cfg(unix)]
    fn settled(&self, path: &Path) -> PathBuf {
        let bases = self.bases.borrow();
        let below = |base: &Base| Some(base.path.join(path.strip_prefix(&base.written).ok()?));
        bases
            .iter()
            .find_map(below)
            .unwrap_or_else(|| path.to_path_buf())
    }

    /// Whether there is a regular file that may be looked at, possibly behind a link.
    pub(super) fn is_file(&self, path: &Path) -> bool {
        read::is_file(path) && self.may_see(path)
    }

    /// Whether there is a directory that may be looked at, possibly behind a link.
    pub(super) fn is_directory(&self, path: &Path) -> bool {
        read::is_directory(path) && self.may_see(path)
    }

    /// The entries of a directory; see [`read::directory`].
    pub(super) fn directory(
        &self,
        path: &Path,
        limit: usize,
    ) -> Result<Vec<DirectoryEntry>, ReadError> {
        if !self.may_see(path) {
            return Err(ReadError::Io(std::io::ErrorKind::PermissionDenied.into()));
        }
        read::list_directory(path, limit)
    }
}

fn resolve_real_path(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_path_buf())
}

#[cfg(not(unix))]
fn owner_of(_: &Path) -> Option<u32> {
    None
}

#[cfg(not(unix))]
impl Trust {
    #[expect(clippy::unused_self, reason = "there are no owners here")]
    const fn may_see(&self, _: &Path) -> bool {
        true
    }

    /// Without owners there is nothing to judge by.
    #[expect(clippy::unused_self, reason = "there are no owners here")]
    pub(super) const fn judge(
        &self,
        _: &Path,
        _: &std::fs::Metadata,
        _: bool,
    ) -> Result<(), Refusal> {
        Ok(())
    }
}

#[cfg(unix)]
pub(super) use on_unix::*;

#[cfg(unix)]
mod on_unix {
    use std::fs::Metadata;
    use std::os::unix::fs::MetadataExt as _;

    use super::{Base, Path, PathBuf, Refusal, Rule, Trust, Why};
    use crate::io::files::is_private_group as is_private;

    /// The most links that are followed to one file, as the kernel has it.
    const LINK_LIMIT: usize = 40;
    /// File systems whose files are the kernel's own talk.
    const KERNEL: [&str; 3] = ["/proc", "/sys", "/dev"];
    const STICKY: u32 = 0o1000;

    pub(in crate::atmos::config) fn owner_of(path: &Path) -> Option<u32> {
        std::fs::metadata(path).ok().map(|metadata| metadata.uid())
    }

    /// One name on the way to a file, and the directory that it stands in.
    struct Step {
        directory: PathBuf,
        holder: Metadata,
        path: PathBuf,
        metadata: Metadata,
    }

    /// Every name on the way to a path, links included, from the file system's root.
    fn walk(path: &Path) -> std::io::Result<Vec<Step>> {
        let mut steps = Vec::new();
        let mut current = PathBuf::from("/");
        let mut holder = std::fs::symlink_metadata(&current)?;
        let mut waiting: Vec<PathBuf> = parts(path);
        let mut links = 0;
        while let Some(part) = waiting.pop() {
            if part == Path::new("/") {
                current = part;
                holder = std::fs::symlink_metadata(&current)?;
                continue;
            }
            if part == Path::new("..") {
                current.pop();
                holder = std::fs::symlink_metadata(&current)?;
                continue;
            }
            let next = current.join(&part);
            let metadata = std::fs::symlink_metadata(&next)?;
            let is_link = metadata.is_symlink();
            steps.push(Step {
                directory: current.clone(),
                holder: holder.clone(),
                path: next.clone(),
                metadata: metadata.clone(),
            });
            if is_link {
                links += 1;
                if links > LINK_LIMIT {
                    return Err(std::io::ErrorKind::InvalidInput.into());
                }
                waiting.extend(parts(&std::fs::read_link(&next)?));
            } else {
                current = next;
                holder = metadata;
            }
        }
        Ok(steps)
    }

    /// The components of a path, the last one first.
    fn parts(path: &Path) -> Vec<PathBuf> {
        let mut parts: Vec<PathBuf> = path
            .components()
            .filter(|part| *part != std::path::Component::CurDir)
            .map(|part| PathBuf::from(part.as_os_str()))
            .collect();
        parts.reverse();
        parts
    }

    impl Trust {
        /// Whether root looks for somebody else.
        fn looks_for(&self) -> Option<u32> {
            let reader = rustix::process::geteuid();
            self.person
                .filter(|person| reader.is_root() && *person != 0)
        }

        /// Whether the person could find this out alone.
        pub(super) fn may_see(&self, path: &Path) -> bool {
            let Some(person) = self.looks_for() else {
                return true;
            };
            if self.is_named(path) {
                return true;
            }
            let Ok(steps) = walk(&self.settled(path)) else {
                return false;
            };
            let is_open = |metadata: &Metadata| !metadata.is_dir() || allows(metadata, person, 0o1);
            steps.iter().all(|step| is_open(&step.holder))
                && steps.last().is_none_or(|last| {
                    last.metadata.is_symlink() || allows(&last.metadata, person, 0o4)
                })
        }

        fn is_named(&self, path: &Path) -> bool {
            let real = super::resolve_real_path(path);
            self.bases
                .borrow()
                .iter()
                .any(|base| matches!(base.rule, Rule::Named { .. }) && real.starts_with(&base.path))
        }

        /// Judges a file that was opened by this path. `is_searched`: nobody named the path, it was
        /// looked for in the directories above.
        pub(in crate::atmos::config) fn judge(
            &self,
            path: &Path,
            opened: &Metadata,
            is_searched: bool,
        ) -> Result<(), Refusal> {
            let unknown = || Refusal {
                place: path.to_path_buf(),
                why: Why::Unknown,
            };
            let Some(person) = self.person else {
                return Ok(());
            };
            let settled = self.settled(path);
            let steps = walk(&settled).map_err(|_| unknown())?;
            let last = steps.last().ok_or_else(unknown)?;
            let is_same =
                last.metadata.dev() == opened.dev() && last.metadata.ino() == opened.ino();
            if !is_same || KERNEL.iter().any(|root| last.path.starts_with(root)) {
                return Err(unknown());
            }
            let base = self.base(&steps, &last.path);
            if let Some(Rule::Named { owner }) = base.as_ref().map(|base| base.rule) {
                // What the person named is read with the rights of who reads.
                let is_theirs = Some(opened.uid()) == owner || is_ours(person, opened.uid());
                return if is_theirs {
                    Ok(())
                } else {
                    Err(foreign(&last.path, opened.uid()))
                };
            }
            if !self.may_see(path) {
                return Err(Refusal {
                    place: path.to_path_buf(),
                    why: Why::Unreadable,
                });
            }
            match base {
                Some(base) if matches!(base.rule, Rule::Owned) => {
                    self.judge_owned(person, &base, &steps)
                }
                base => {
                    let searched = is_searched.then_some(settled.as_path());
                    self.judge_strictly(person, base.as_ref(), &steps, searched)
                }
            }
        }

        /// The base that a file and all links on the way to it lie below.
        fn base(&self, steps: &[Step], file: &Path) -> Option<Base> {
            let is_within = |base: &Path| {
                file.starts_with(base)
                    && steps
                        .iter()
                        .filter(|step| !base.starts_with(&step.path))
                        .all(|step| step.path.starts_with(base) || !step.metadata.is_symlink())
            };
            let bases = self.bases.borrow();
            bases.iter().find(|base| is_within(&base.path)).cloned()
        }

        /// Whether somebody who is neither the person nor root can write there.
        fn may_others_write(&self, metadata: &Metadata, person: u32) -> bool {
            let mode = metadata.mode();
            if metadata.is_symlink() {
                return false;
            }
            let is_shared = |group| {
                let mut groups = self.groups.borrow_mut();
                !*groups
                    .entry(group)
                    .or_insert_with(|| is_private(group, person))
            };
            mode & 0o002 != 0 || (mode & 0o020 != 0 && is_shared(metadata.gid()))
        }

        fn judge_owned(&self, person: u32, base: &Base, steps: &[Step]) -> Result<(), Refusal> {
            let is_known = |owner| is_ours(person, owner) || Some(owner) == self.called_by;
            for step in steps {
                if step.directory == base.path {
                    let owner = step.holder.uid();
                    if !is_known(owner) {
                        return Err(foreign(&step.directory, owner));
                    }
                    // A shared directory of root's, such as `/tmp`, is nobody's project.
                    if owner != person && owner == 0 && self.may_others_write(&step.holder, person)
                    {
                        return Err(writable(&step.directory));
                    }
                }
                if step.directory.starts_with(&base.path) && !is_known(step.metadata.uid()) {
                    return Err(foreign(&step.path, step.metadata.uid()));
                }
            }
            // A directory that is root's own and open to all is a shared one for root, too.
            let shared = steps
                .iter()
                .find(|step| step.directory == base.path && step.holder.mode() & STICKY != 0);
            match shared {
                Some(step) if self.may_others_write(&step.holder, person) => {
                    Err(writable(&step.directory))
                }
                _ => Ok(()),
            }
        }

        fn judge_strictly(
            &self,
            person: u32,
            base: Option<&Base>,
            steps: &[Step],
            searched: Option<&Path>,
        ) -> Result<(), Refusal> {
            let last = steps.len().saturating_sub(1);
            for (at, step) in steps.iter().enumerate() {
                if base.is_some_and(|base| !step.directory.starts_with(&base.path)) {
                    continue;
                }
                if self.may_others_write(&step.holder, person) {
                    // In a sticky directory nobody can exchange what is not theirs; but anybody can
                    // put there what a search finds.
                    let owner = step.metadata.uid();
                    let stays = step.holder.mode() & STICKY != 0
                        && is_ours(person, owner)
                        && (at != last || (owner == 0 && step.holder.mode() & 0o002 == 0))
                        && searched != Some(step.path.as_path());
                    if !stays {
                        return Err(writable(&step.directory));
                    }
                }
                let owner = step.metadata.uid();
                if !is_ours(person, owner) {
                    return Err(foreign(&step.path, owner));
                }
            }
            match steps.last() {
                Some(file) if self.may_others_write(&file.metadata, person) => {
                    Err(writable(&file.path))
                }
                _ => Ok(()),
            }
        }
    }

    /// Whether something of this owner is the person's, root's, or that of who runs this program.
    fn is_ours(person: u32, owner: u32) -> bool {
        owner == person || owner == 0 || owner == rustix::process::geteuid().as_raw()
    }

    fn foreign(place: &Path, owner: u32) -> Refusal {
        Refusal {
            place: place.to_path_buf(),
            why: Why::Foreign(owner),
        }
    }

    fn writable(place: &Path) -> Refusal {
        Refusal {
            place: place.to_path_buf(),
            why: Why::Writable,
        }
    }

    /// Whether a user has a right (4 read, 1 enter) by owner or as anybody; groups are not asked.
    fn allows(metadata: &Metadata, user: u32, right: u32) -> bool {
        let mode = metadata.mode();
        if metadata.uid() == user {
            mode & (right << 6) != 0
        } else {
            mode & right != 0
        }
    }
}
