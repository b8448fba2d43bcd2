//! The command line of adieu.
