//! adieu ends every command-line sign-in on a machine, at the server and on disk, and proves that
//! it ended.
//!
//! This library is the whole of what adieu can do; the binary is only how it talks. Data flows
//! through stages, and the modules *are* the stages, in order:
//!
//! ```text
//! World + Configuration ─▶ discover ─▶ Inventory ─▶ plan ─▶ Plan ─▶ approve ─▶ Approved<Plan>
//!                             ▲                                                     │
//!                             │                                                     ▼
//!                           verify ◀──────────────────────────────────────────── execute
//!                                                                                   │
//!                                                          Report ─▶ human · JSON · audit
//! ```
//!
//! - [`world`] is everything from outside: the library never reads the process itself.
//! - [`config`] reads `atmos.yaml`; [`systems`] describe where each tool keeps things; neither acts.
//! - [`discover`] only reads, and never unlocks, prompts or uses the network.
//! - [`scan`] stands beside it and only reads too: secrets in shell profiles and the like, told by
//!   name and place; [`mend`] takes them out again, and every other byte stays.
//! - [`plan`] is pure: a dry run is the same plan, rendered.
//! - [`approve`] is the only maker of an [`approve::Approved`] plan, the only thing that
//!   [`execute`] accepts.
//! - [`servers`] end tokens and say whether they are good: in one request that is data, or by what a
//!   system's own `api` does.
//! - [`online`] asks servers whether they accept what was found; only where a person wants it.
//! - [`verify`] looks again; [`report`] says what happened, once, for every rendering.
//! - [`pending`] remembers what its server did not end, without the secret, until it ends.
//! - [`login`] acts too: it asks a server for tokens and writes them where the tool keeps its own.
//! - [`formats`] select and remove members of other programs' files, from bytes to bytes.
//! - [`files`], [`keyring`], [`net`] and [`programs`] are the only doors to the disk, the key store,
//!   servers and other programs.

pub mod approve;
pub mod audit;
pub mod config;
pub mod discover;
pub mod execute;
pub mod files;
pub mod formats;
pub mod inventory;
pub mod keyring;
pub mod login;
pub mod mend;
pub mod net;
pub mod online;
pub mod pending;
pub mod plan;
pub mod printable;
pub mod programs;
pub mod report;
pub mod resolve;
pub mod rooted;
pub mod roster;
pub mod scan;
pub mod secret;
pub mod selector;
pub mod servers;
pub mod session;
pub mod shell;
pub mod system;
pub mod systems;
pub mod verify;
pub mod world;
