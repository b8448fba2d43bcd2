//! The doors to everything outside: the disk, the key stores, servers, other programs, this process.
//!
//! Nothing else in the library opens a file, a connection or a program, or reads the process's
//! environment and the time. What stands here knows no system and no stage.

pub mod files;
pub mod keyring;
pub mod net;
pub mod process;
pub mod programs;
