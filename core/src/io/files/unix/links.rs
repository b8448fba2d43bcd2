//! Symbolic links of the person's own, as managers of dotfiles make them: `~/.aws` that leads to
//! `~/dotfiles/aws`.
//!
//! Such a link is resolved here, never by the kernel: component by component from the home, so that it
//! cannot lead out of it, each link the person's own, each directory theirs and closed to others. What
//! comes out is a path without a link in it, on which every operation is the same as everywhere: were a
//! component swapped for a link meanwhile, it would be refused. A change goes only through links that
//! this run has looked through, and that lead where they did then.

mod change;

pub(super) use change::remove_behind;

use std::collections::{BTreeMap, HashMap};
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Component, Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::fs;

use super::super::{ConfinedPath, EntryKind, FileError, Files, FollowedLink, LinkFault};
use super::groups::is_private_group;
use super::metadata::Metadata;
use super::{Directory, Missing, Step, stat_handle, to_file_error};

/// The most links on the way to one place.
const MOST_LINKS: usize = 16;

/// The links of this run.
#[derive(Debug, Default)]
pub(in crate::io::files) struct Links {
    /// The only place whose links are followed; `None`: none is.
    home: Option<PathBuf>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// What each link was when it was looked through.
    seen: BTreeMap<PathBuf, Seen>,
    /// Where the places lead that are links, by the names that were asked for.
    followed: BTreeMap<PathBuf, PathBuf>,
    /// Which groups are somebody's alone.
    groups: HashMap<u32, bool>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Seen {
    device: i128,
    inode: i128,
    text: OsString,
}

impl Links {
    pub(in crate::io::files) fn of(home: &Path) -> Self {
        Self {
            home: Some(home.to_owned()),
            state: Mutex::default(),
        }
    }

    /// Those that were followed.
    pub(in crate::io::files) fn followed(&self) -> Vec<FollowedLink> {
        let state = self.state();
        let followed = state.followed.iter();
        let each = followed.map(|(link, target)| FollowedLink {
            link: link.clone(),
            target: target.clone(),
        });
        each.collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a path is resolved for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To know what is there.
    Look,
    /// To change what was looked at.
    Change,
    /// To write what need not be there yet.
    Make,
}

/// Where a path leads that has links of the person's own on it.
pub(super) struct Behind {
    /// The place itself, without a link.
    pub(super) real: ConfinedPath,
    /// The link that stands in the path's last component, if one does.
    pub(super) link: Option<ConfinedPath>,
}

/// A component that is still to be walked.
struct Waiting {
    name: OsString,
    /// Its position in the path that was asked for; `None` if it comes from a link.
    position: Option<usize>,
}

/// The way that was walked so far.
struct Way {
    /// The opened directories, the home first.
    directories: Vec<Directory>,
    /// The names of those below the home.
    names: Vec<OsString>,
}

impl Way {
    fn place(&self, home: &Path) -> Option<ConfinedPath> {
        ConfinedPath::new(home, &self.names.iter().collect::<PathBuf>())
    }
}

impl Files {
    /// Does something at a path, and behind the links on it if they are what is in the way.
    pub(super) fn following<T>(
        &self,
        path: &ConfinedPath,
        mut act: impl FnMut(&ConfinedPath) -> Result<T, FileError>,
    ) -> Result<T, FileError> {
        match act(path) {
            Err(refused @ FileError::Symlink { .. }) if path.may_be_link(0) => {
                match self.behind(path, Purpose::Look)? {
                    Some(behind) => act(&behind.real),
                    None => Err(refused),
                }
            }
            done => done,
        }
    }

    /// Where a path leads that this run has looked at before it changes something there; `None` if no
    /// link is on it.
    pub(super) fn behind_known(&self, path: &ConfinedPath) -> Result<Option<Behind>, FileError> {
        let place = path.to_path();
        let is_known = {
            let state = self.links.state();
            let mut above = place.ancestors();
            !state.followed.is_empty() && above.any(|above| state.followed.contains_key(above))
        };
        if is_known {
            self.behind(path, Purpose::Change)
        } else {
            Ok(None)
        }
    }

    /// Does something with a database where it really is: the files beside it are there too.
    #[cfg(feature = "sqlite")]
    pub(in crate::io::files) fn where_it_is<T>(
        &self,
        path: &ConfinedPath,
        act: impl FnMut(&ConfinedPath) -> Result<T, FileError>,
    ) -> Result<T, FileError> {
        self.following(path, act)
    }

    /// Where a database really is that is to be changed; `None` if no link is on its path.
    #[cfg(feature = "sqlite")]
    pub(in crate::io::files) fn place_to_change(
        &self,
        path: &ConfinedPath,
    ) -> Result<Option<ConfinedPath>, FileError> {
        Ok(self.behind_known(path)?.map(|behind| behind.real))
    }

    /// Whether a link leads to a regular file or a directory of this user, wherever that is. Nothing is
    /// opened. What is the superuser's is the machine's, unless nobody else may look into it.
    pub fn leads_to_place_of(&self, link: &ConfinedPath, user: Option<u32>) -> bool {
        fs::stat(link.to_path()).is_ok_and(|found| {
            let kind = fs::FileType::from_raw_mode(found.st_mode);
            let is_persons = user != Some(0) || found.st_mode.trailing_zeros() >= 6;
            let counts = kind.is_file() || (kind.is_dir() && is_persons);
            counts && Some(found.st_uid) == user
        })
    }

    /// Whether a place is a link that was followed.
    pub fn is_followed_link(&self, path: &ConfinedPath) -> bool {
        self.links.state().followed.contains_key(&path.to_path())
    }

    /// Where a path leads; `None` if no link is on it, or nothing is there.
    ///
    /// # Errors
    ///
    /// [`FileError::Symlink`] with what is wrong with a link.
    pub(super) fn behind(
        &self,
        path: &ConfinedPath,
        purpose: Purpose,
    ) -> Result<Option<Behind>, FileError> {
        let Some(home) = self
            .links
            .home
            .as_deref()
            .filter(|home| *home == path.trusted_root() && path.may_be_link(0))
        else {
            return Ok(None);
        };
        let Some(root) = self.open_root(home, Missing::Report)? else {
            return Ok(None);
        };
        let mut way = Way {
            directories: vec![root],
            names: Vec::new(),
        };
        let named = path.relative().iter().enumerate();
        let mut waiting: Vec<Waiting> = named
            .map(|(position, name)| Waiting {
                name: name.to_owned(),
                position: Some(position),
            })
            .collect();
        let length = waiting.len();
        waiting.reverse();
        let (mut first, mut last_link) = (None, None);
        let mut links = 0;
        // A link in the path itself, until what it leads to has been reached.
        let mut open: Option<usize> = None;
        while let Some(Waiting { name, position }) = waiting.pop() {
            if position.is_some() {
                self.note_followed(path, open.take(), &way);
            }
            if name == ".." {
                if way.names.pop().is_none() {
                    return Err(build_link_error(first.as_ref(), path, LinkFault::LeadsOut));
                }
                way.directories.pop();
                continue;
            }
            let Some(directory) = way.directories.last() else {
                return Ok(None);
            };
            let Some(metadata) = directory.inspect(&name)? else {
                let is_known = first.is_none() || position.is_some();
                if !is_known && !self.was_removed_behind(last_link.as_ref()) {
                    return Err(build_link_error(first.as_ref(), path, LinkFault::Dangling));
                }
                // What is asked for is not there; where it would be is known.
                way.names.push(name);
                way.names
                    .extend(waiting.drain(..).rev().map(|left| left.name));
                break;
            };
            if metadata.kind == EntryKind::Symlink {
                let link = directory.child(&name);
                if position.is_some_and(|position| !path.may_be_link(position)) {
                    return Err(FileError::symlink(link));
                }
                links += 1;
                if links > MOST_LINKS {
                    return Err(build_link_error(first.as_ref(), path, LinkFault::Circle));
                }
                if position == length.checked_sub(1) {
                    last_link = way.place(home).and_then(|place| place.entry(&name));
                }
                first.get_or_insert_with(|| link.clone());
                open = position.or(open);
                let text = self.read_own_link(&way, &name, &metadata, purpose)?;
                let below = below_home(home, &text).ok_or_else(|| FileError::Symlink {
                    path: link.clone(),
                    fault: LinkFault::LeadsOut,
                })?;
                if let Start::Home = below.0 {
                    way.directories.truncate(1);
                    way.names.clear();
                }
                waiting.extend(below.1.into_iter().rev().map(|name| Waiting {
                    name,
                    position: None,
                }));
                continue;
            }
            if first.is_some() {
                self.require_owned(&metadata, &directory.child(&name), first.as_ref())?;
            }
            if metadata.kind == EntryKind::Directory {
                let Step::Opened(next) = self.step(directory, &name)? else {
                    return Err(FileError::Changed {
                        path: directory.child(&name),
                    });
                };
                if first.is_some() {
                    self.require_closed(&next, first.as_ref())?;
                }
                way.directories.push(next);
            } else if !waiting.is_empty() {
                // A file where a directory of the path should be: what is asked for is not there.
                return Ok(None);
            }
            way.names.push(name);
        }
        if first.is_none() {
            return Ok(None);
        }
        self.note_followed(path, open, &way);
        let real = way.place(home);
        Ok(real.map(|real| Behind {
            real,
            link: last_link,
        }))
    }

    /// Whether a stopped run has removed what a link led to.
    fn was_removed_behind(&self, link: Option<&ConfinedPath>) -> bool {
        let holder = link.and_then(|link| self.parent_of(link, Missing::Report).ok().flatten());
        holder.is_some_and(|(directory, name)| self.is_abandoned_link(&directory, &name))
    }

    /// Notes where the link in that component of the path leads.
    fn note_followed(&self, path: &ConfinedPath, component: Option<usize>, way: &Way) {
        let Some(component) = component else {
            return;
        };
        let root = path.trusted_root();
        let names = path.relative().iter().take(component + 1);
        let link = root.join(names.collect::<PathBuf>());
        let target = root.join(way.names.iter().collect::<PathBuf>());
        self.links.state().followed.insert(link, target);
    }

    /// What is written in a link: it, and every directory on the way to it, must be nobody else's to
    /// change, and it must be what it was when it was looked through.
    fn read_own_link(
        &self,
        way: &Way,
        name: &OsStr,
        metadata: &Metadata,
        purpose: Purpose,
    ) -> Result<OsString, FileError> {
        let Some(directory) = way.directories.last() else {
            return Err(FileError::symlink(PathBuf::from(name)));
        };
        let path = directory.child(name);
        self.require_owned(metadata, &path, Some(&path))?;
        for above in &way.directories {
            self.require_closed(above, Some(&path))?;
        }
        let text = fs::readlinkat(&directory.handle, name, Vec::new())
            .map_err(|errno| to_file_error(path.clone(), errno))?;
        let text = OsStr::from_bytes(text.as_bytes()).to_owned();
        let now = Seen {
            device: metadata.stamp.device,
            inode: metadata.stamp.inode,
            text: text.clone(),
        };
        let mut state = self.links.state();
        match (state.seen.get(&path), purpose) {
            (Some(seen), Purpose::Change | Purpose::Make) if *seen != now => {
                return Err(FileError::Changed { path });
            }
            (None, Purpose::Change) => return Err(FileError::symlink(path)),
            _ => {}
        }
        state.seen.insert(path, now);
        Ok(text)
    }

    /// On the way through a link everything must be the person's own.
    fn require_owned(
        &self,
        metadata: &Metadata,
        path: &Path,
        link: Option<&PathBuf>,
    ) -> Result<(), FileError> {
        match self.owner {
            Some(owner) if metadata.owner != owner => Err(FileError::Symlink {
                path: link.map_or(path, PathBuf::as_path).to_owned(),
                fault: LinkFault::Foreign {
                    path: path.to_owned(),
                    owner: metadata.owner,
                },
            }),
            _ => Ok(()),
        }
    }

    /// Nobody else may put something in the place of what a directory on the way holds.
    fn require_closed(
        &self,
        directory: &Directory,
        link: Option<&PathBuf>,
    ) -> Result<(), FileError> {
        let metadata = stat_handle(&directory.handle, &directory.path)?;
        let is_shared = |group: u32| {
            let mut state = self.links.state();
            let owner = self.owner.unwrap_or(metadata.owner);
            let is_private = state
                .groups
                .entry(group)
                .or_insert_with(|| is_private_group(group, owner));
            !*is_private
        };
        let is_open =
            metadata.mode & 0o002 != 0 || (metadata.mode & 0o020 != 0 && is_shared(metadata.group));
        if is_open {
            return Err(FileError::Symlink {
                path: link.unwrap_or(&directory.path).clone(),
                fault: LinkFault::Writable {
                    path: directory.path.clone(),
                },
            });
        }
        Ok(())
    }
}

/// Where a link's text starts, and its components; `None` if it is absolute and not in the home.
fn below_home(home: &Path, text: &OsStr) -> Option<(Start, Vec<OsString>)> {
    let text = Path::new(text);
    let (start, rest) = if text.is_absolute() {
        let real = || std::fs::canonicalize(home).ok();
        let rest = match text.strip_prefix(home) {
            Ok(rest) => rest.to_owned(),
            Err(_) => text.strip_prefix(real()?).ok()?.to_owned(),
        };
        (Start::Home, rest)
    } else {
        (Start::Here, text.to_owned())
    };
    let names = rest.components().filter_map(|component| match component {
        Component::Normal(name) => Some(name.to_owned()),
        Component::ParentDir => Some(OsString::from("..")),
        _ => None,
    });
    Some((start, names.collect()))
}

/// Where a link's text starts.
enum Start {
    Home,
    Here,
}

fn build_link_error(first: Option<&PathBuf>, path: &ConfinedPath, fault: LinkFault) -> FileError {
    FileError::Symlink {
        path: first.map_or_else(|| path.to_path(), Clone::clone),
        fault,
    }
}
