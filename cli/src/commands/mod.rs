//! One file per command.

pub(crate) mod audit;
pub(crate) mod context;
pub(crate) mod generated;
pub(crate) mod logout;
pub(crate) mod select;
pub(crate) mod status;

/// Whether a command means the whole machine, or what `atmos.yaml` configures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Everything on the machine.
    Machine,
    /// What `atmos.yaml` configures: `adieu auth …`.
    Configured,
}
