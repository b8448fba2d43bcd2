//! How each tool's own client signs in. adieu runs it and hands over the terminal: the grant belongs
//! to that client, and so does what an organisation demands of it.
//!
//! Sources: the vendors' documentation of their commands.

use crate::systems::System;

/// A vendor's own login command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VendorLogin {
    /// Names of the program, the one to try first in front.
    pub programs: &'static [&'static str],
    /// Its arguments.
    pub arguments: &'static [&'static str],
}

impl System {
    /// The login command of its vendor's client; `Err` says how to sign in where there is none.
    ///
    /// # Errors
    ///
    /// What to do instead, as an order.
    pub const fn vendor_login(self) -> Result<VendorLogin, &'static str> {
        let (programs, arguments): (&[&str], &[&str]) = match self {
            Self::Claude => (&["claude"], &["auth", "login"]),
            Self::Codex => (&["codex"], &["login"]),
            Self::Copilot => (&["copilot"], &["login"]),
            Self::Cursor => (&["cursor-agent", "agent"], &["login"]),
            Self::Opencode => (&["opencode"], &["auth", "login"]),
            Self::Amp => (&["amp"], &["login"]),
            Self::Gemini => return Err("start `gemini` and choose a method with /auth"),
            Self::Aider => return Err("start `aider`, or set the key of a provider"),
            _ => return Err("this system has no client that adieu could start"),
        };
        Ok(VendorLogin {
            programs,
            arguments,
        })
    }
}
