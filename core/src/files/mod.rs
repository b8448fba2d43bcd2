//! The one door to the disk.

mod path;

pub use path::{RootedPath, is_plain_component};
