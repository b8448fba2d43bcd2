//! The doors to everything outside: the disk, the key stores, servers, other programs.
//!
//! Nothing else in the library opens a file, a connection or a program. What stands here knows no
//! system and no stage.

pub mod files;
pub mod keyring;
pub mod net;
pub mod programs;
