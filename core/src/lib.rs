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
//! - [`world`] is everything from outside; it is made once, of this process ([`io::process`]) or by
//!   hand.
//! - [`atmos`] reads `atmos.yaml`; [`systems`] describe where each tool keeps things, [`catalogue`] has
//!   those that are only data; none of them acts.
//! - [`discover`] only reads, and never unlocks, prompts or uses the network.
//! - [`scan`] stands beside it and only reads too: secrets in shell profiles and the like, told by
//!   name and place; [`scan::fix`] takes them out again, and every other byte stays.
//! - [`plan`] is pure: a dry run is the same plan, rendered.
//! - [`approve`] is the only maker of an [`approve::Approved`] plan, the only thing that
//!   [`execute`] accepts.
//! - [`servers`] end tokens and say whether they are good: in one request that is data, or by what a
//!   system's own `api` does.
//! - [`online`] asks servers whether they accept what was found; only where a person wants it.
//! - [`verify`] looks again; [`report`] says what happened, once, for every rendering.
//! - [`pending`] remembers what its server did not end, without the secret, until it ends.
//! - [`login`] and [`systems::salesforce::login`] act too: they ask a server for tokens and write them
//!   where the tool keeps its own.
//! - [`formats`] select and remove members of other programs' files, from bytes to bytes.
//! - [`io`] has the only doors to the disk, the key store, servers, other programs and this process;
//!   [`remote`] what servers are asked, as data.
//!
//! # A logout from beginning to end
//!
//! [`session::Adieu`] holds the stages together. What it does to a machine is decided by the
//! [`world::World`] that it is given: here an empty home, in which nobody is signed in. With
//! `ProcessOptions::default()` it is the home of who runs the program.
//!
//! ```
//! use std::time::Duration;
//!
//! use adieu::approve::Answers;
//! use adieu::atmos::config::ConfigurationRequest;
//! use adieu::io::net::Cancel;
//! use adieu::plan::Request;
//! use adieu::report::Verdict;
//! use adieu::session::{Adieu, Conduct, Scope};
//! use adieu::world::World;
//! # use adieu::io::process::ProcessOptions;
//! # let home = tempfile::tempdir()?;
//! # let options = ProcessOptions { home: Some(home.path()), directory: Some(home.path()) };
//!
//! let world = World::of_this_process(&options)?;
//! let adieu = Adieu::open(world, &ConfigurationRequest::default(), false);
//! let resolved = adieu.resolve("claude", Scope::Machine)?;
//! let prepared = adieu.plan(Request::new(resolved.target), resolved.seen);
//! assert!(prepared.plan.is_empty(), "nobody is signed in to Claude Code here");
//!
//! // Every question that the plan has must have been answered with yes.
//! let logout = prepared.approve(&Answers::default())?;
//! let cancel = Cancel::default();
//! let conduct = Conduct {
//!     time_limit: Duration::from_secs(5),
//!     strict: false,
//!     online: false,
//!     command: &["logout".to_owned(), "claude".to_owned()],
//!     user_id: None,
//!     cancel: &cancel,
//! };
//! let applied = adieu.apply(logout, &conduct, |report| report.exit_status);
//! assert_eq!(applied.report.exit_status, 0);
//! assert_eq!(adieu.status(Scope::Machine).verdict, Verdict::Clean);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod approve;
pub mod atmos;
pub mod audit;
pub mod catalogue;
pub mod discover;
pub mod execute;
pub mod formats;
pub mod ignored;
pub mod inventory;
pub mod io;
pub mod login;
pub mod names;
pub mod online;
pub mod path;
pub mod pending;
pub mod plan;
pub mod printable;
pub mod remote;
pub mod report;
pub mod residue;
pub mod resolve;
pub mod scan;
pub mod secret;
pub mod selector;
pub mod servers;
pub mod session;
pub mod shell;
pub mod system;
pub mod systems;
pub mod values;
pub mod verify;
pub mod world;
