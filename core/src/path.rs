//! Paths that cannot leave their root.

use std::cmp::Ordering;
use std::ffi::OsStr;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// A root that the person or the system chose (the home directory, an XDG directory), and a
/// relative path below it that may come from untrusted configuration.
///
/// The relative part has plain components only: no `..`, no root, no NUL, and on Windows nothing that
/// means something else there than a name. Whoever opens it walks it
/// component by component from the root and follows no symbolic link on the way, except for those of
/// the person's own in a path that [`ConfinedPath::following_links`] made.
#[derive(Clone)]
pub struct ConfinedPath {
    root: Arc<Path>,
    relative: Arc<Path>,
    /// How many components, from the first, may be symbolic links.
    links: usize,
}

/// A symbolic link inside the home that was followed, as managers of dotfiles make them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FollowedLink {
    /// The link, as it is named.
    pub link: PathBuf,
    /// What it leads to, without a link on the way.
    pub target: PathBuf,
}

impl ConfinedPath {
    /// The root itself.
    pub fn root(root: impl Into<Arc<Path>>) -> Self {
        Self {
            root: root.into(),
            relative: Path::new("").into(),
            links: 0,
        }
    }

    /// A path below `root`, or `None` if `relative` is not made of plain components.
    pub fn new(root: impl Into<Arc<Path>>, relative: &Path) -> Option<Self> {
        let mut plain = PathBuf::new();
        for component in relative.components() {
            match component {
                Component::Normal(name) if may_be_a_name(name.as_encoded_bytes()) => {
                    plain.push(name);
                }
                Component::CurDir => {}
                _ => return None,
            }
        }
        Some(Self {
            root: root.into(),
            relative: plain.into(),
            links: 0,
        })
    }

    /// The same path, on which links of the person's own are followed: neither a repository nor a name
    /// in a configuration has a say in it. What is below it is such a path too.
    #[must_use]
    pub fn following_links(self) -> Self {
        Self {
            links: usize::MAX,
            ..self
        }
    }

    /// The same path; no link that may be below it is followed.
    #[must_use]
    pub fn without_links_below(self) -> Self {
        let links = self.links.min(self.relative.iter().count());
        Self { links, ..self }
    }

    /// Whether the component at this position, counted from 0, may be a symbolic link.
    pub(crate) const fn may_be_link(&self, position: usize) -> bool {
        position < self.links
    }

    /// One component further down, or `None` if `name` is not one plain component.
    pub fn join(&self, name: &str) -> Option<Self> {
        is_plain_component(name).then(|| Self {
            root: Arc::clone(&self.root),
            relative: self.relative.join(name).into(),
            links: self.links,
        })
    }

    /// An entry of the directory, by the name that listing it gave: any name that a file can have,
    /// unlike those of a configuration. `None` if it is not exactly one component.
    pub fn entry(&self, name: &OsStr) -> Option<Self> {
        let mut components = Path::new(name).components();
        let is_one = matches!(components.next(), Some(Component::Normal(only)) if only == name)
            && components.next().is_none();
        (is_one && may_be_a_name(name.as_encoded_bytes())).then(|| Self {
            root: Arc::clone(&self.root),
            relative: self.relative.join(name).into(),
            links: self.links,
        })
    }

    /// Further down by several components; `None` if one of them is not plain.
    pub fn descend(&self, relative: &str) -> Option<Self> {
        relative
            .split('/')
            .try_fold(self.clone(), |path, name| path.join(name))
    }

    /// One component up, `None` at the root.
    pub fn parent(&self) -> Option<Self> {
        let parent = self.relative.parent()?;
        Some(Self {
            root: Arc::clone(&self.root),
            relative: parent.into(),
            links: self.links,
        })
    }

    /// The last component; `None` at the root.
    pub fn file_name(&self) -> Option<&str> {
        self.relative.file_name().and_then(|name| name.to_str())
    }

    /// The trusted root.
    pub fn trusted_root(&self) -> &Path {
        &self.root
    }

    /// The part below the root.
    pub fn relative(&self) -> &Path {
        &self.relative
    }

    /// The whole path, for people and reports; not for opening.
    pub fn to_path(&self) -> PathBuf {
        self.root.join(&self.relative)
    }
}

/// Two paths are the same whoever named them.
impl PartialEq for ConfinedPath {
    fn eq(&self, other: &Self) -> bool {
        self.root == other.root && self.relative == other.relative
    }
}

impl Eq for ConfinedPath {}

impl Hash for ConfinedPath {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.root.hash(state);
        self.relative.hash(state);
    }
}

/// By root, then component by component. Artefacts are sorted by place and steps are gathered by
/// file, so paths are compared more often than anything else: most share their text, and the others
/// differ in a few bytes. The standard library would take each apart.
impl Ord for ConfinedPath {
    fn cmp(&self, other: &Self) -> Ordering {
        let is_same_root =
            Arc::ptr_eq(&self.root, &other.root) || self.root.as_os_str() == other.root.as_os_str();
        // A root may be spelt in several ways; the part below is made of plain components.
        let roots = if is_same_root {
            Ordering::Equal
        } else {
            self.root.cmp(&other.root)
        };
        roots.then_with(|| compare_paths(&self.relative, &other.relative))
    }
}

/// The order of two paths of plain components.
fn compare_paths(one: &Arc<Path>, other: &Arc<Path>) -> Ordering {
    if Arc::ptr_eq(one, other) {
        return Ordering::Equal;
    }
    let one = one.as_os_str().as_encoded_bytes();
    let other = other.as_os_str().as_encoded_bytes();
    // A separator comes before every byte of a name, as the end of the path does.
    let rank = |byte: Option<&u8>| byte.map(|byte| if is_separator(*byte) { 0 } else { *byte });
    let at = first_difference(one, other);
    rank(one.get(at)).cmp(&rank(other.get(at)))
}

const fn is_separator(byte: u8) -> bool {
    byte == b'/' || (cfg!(windows) && byte == b'\\')
}

/// Where two texts differ first: the length of the shorter one if it is the beginning of the other.
fn first_difference(one: &[u8], other: &[u8]) -> usize {
    let (blocks, _) = one.as_chunks::<16>();
    let (others, _) = other.as_chunks::<16>();
    let equal = blocks
        .iter()
        .zip(others)
        .take_while(|(one, other)| one == other);
    let start = 16 * equal.count();
    let rest = one[start..].iter().zip(&other[start..]);
    start + rest.take_while(|(one, other)| one == other).count()
}

impl PartialOrd for ConfinedPath {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Debug for ConfinedPath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{}[{}]",
            self.root.display(),
            self.relative.display()
        )
    }
}

/// Whether a name is one plain path component that can become a file name: not empty, no
/// separator, no NUL or other control character, not `.` or `..`, at most 255 bytes; on Windows no
/// colon, and no dot or blank at the end.
pub fn is_plain_component(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 255
        && name != "."
        && name != ".."
        && !name
            .chars()
            .any(|c| c == '/' || c == '\\' || c.is_control())
        && may_be_a_name(name.as_bytes())
}

fn may_be_a_name(component: &[u8]) -> bool {
    let is_name_here = !cfg!(windows) || !means_more_to_windows(component);
    is_name_here && !component.contains(&0)
}

/// Whether Windows takes a component for more than a name: `C:` and `C:x` are places on a drive, `x:y`
/// is a stream of the file `x`, and a dot or blank at the end is dropped, so that `x.` is `x`.
fn means_more_to_windows(component: &[u8]) -> bool {
    component.contains(&b':') || component.ends_with(b".") || component.ends_with(b" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_has_any_name_that_a_file_can_have_and_stays_in_its_directory() {
        let root = ConfinedPath::root(Path::new("/home/ana"));
        for name in ["a\nb", "\u{1b}[2J", "-rf", "..."] {
            let entry = root.entry(OsStr::new(name)).unwrap();
            assert_eq!(entry.parent(), Some(root.clone()), "{name:?}");
            assert!(entry.to_path().ends_with(name), "{name:?}");
        }
        for name in ["", ".", "..", "a/b", "a/", "/a", "a\0b"] {
            assert_eq!(root.entry(OsStr::new(name)), None, "{name:?}");
        }
    }

    #[test]
    fn a_rooted_path_never_leaves_its_root() {
        let root = Path::new("/home/ana");
        for hostile in ["../x", "a/../../x", "/etc", "a\0b"] {
            assert!(
                ConfinedPath::new(root, Path::new(hostile)).is_none(),
                "{hostile:?}"
            );
        }
        let path = ConfinedPath::new(root, Path::new("./.aws/config")).unwrap();
        assert_eq!(path.to_path(), Path::new("/home/ana/.aws/config"));
        assert_eq!(
            path.parent().unwrap().to_path(),
            Path::new("/home/ana/.aws")
        );
    }

    #[test]
    fn paths_are_ordered_by_root_and_then_by_component() {
        let path = |root: &str, relative: &str| {
            ConfinedPath::new(Path::new(root), Path::new(relative)).unwrap()
        };
        let ordered = [
            path("/a", "z"),
            path("/home", "aws/x"),
            path("/home", "aws-user"),
            path("/home", "aws-user/x"),
            path("/home", "aws-user/x-and-more-than-one-block/a"),
            path("/home", "aws-user/x-and-more-than-one-block/b"),
        ];
        for (at, one) in ordered.iter().enumerate() {
            for (position, other) in ordered.iter().enumerate() {
                assert_eq!(one.cmp(other), at.cmp(&position), "{one:?} {other:?}");
                assert_eq!(
                    one.relative.cmp(&other.relative),
                    compare_paths(&one.relative, &other.relative)
                );
            }
            let same = path(
                &one.root.display().to_string(),
                &one.relative.display().to_string(),
            );
            assert_eq!(one.cmp(&same), Ordering::Equal);
        }
    }

    #[test]
    fn what_means_more_than_a_name_to_windows_is_no_component_there() {
        for name in ["C:", "C:x", "sso:stream", "sso.", "sso "] {
            assert!(means_more_to_windows(name.as_bytes()), "{name:?}");
            assert_eq!(is_plain_component(name), !cfg!(windows), "{name:?}");
            let root = Path::new("root");
            let path = ConfinedPath::root(root).join("a").unwrap();
            assert_eq!(path.join(name).is_some(), !cfg!(windows), "{name:?}");
            let path = ConfinedPath::new(root, Path::new(&format!("a/{name}")));
            assert!(path.is_none_or(|path| path.to_path().starts_with(root)));
        }
        for name in ["sso", ".ssh", "a.b c"] {
            assert!(!means_more_to_windows(name.as_bytes()), "{name:?}");
        }
    }

    #[test]
    fn plain_components_are_told_from_paths() {
        for plain in ["aws-sso", ".ssh", "a b", "ü", "dock.seven"] {
            assert!(is_plain_component(plain), "{plain:?}");
        }
        for other in [
            "",
            ".",
            "..",
            "a/b",
            "a\\b",
            "a\0",
            "a\nb",
            &"x".repeat(256),
        ] {
            assert!(!is_plain_component(other), "{other:?}");
        }
    }
}
