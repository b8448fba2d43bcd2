//! What the tests of adieu share.
