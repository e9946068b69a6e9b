//! SNMPv3 with the user-based security model (RFC 3412, RFC 3414, RFC 3826, RFC 7860).
//!
//! **Room:** layer 0, pure. **May use:** nothing of ours. **Must not:** read a clock or draw
//! random numbers: `now`, engine times and the first salt are arguments.
//!
//! [`User`] holds the keys made of passwords (slow, once); [`User::localize`] binds them to one
//! engine (once per device). [`Manager`] speaks to one agent, [`Agent`] answers managers.

mod agent;
mod cipher;
mod keys;
mod manager;
mod message;
mod protocol;

pub use agent::{Agent, AgentRequest, AgentVerdict};
pub use keys::{LocalUser, PASSWORD_LENGTH_MIN, PasswordError, SecurityLevel, User};
pub use manager::{Incoming, Manager};
pub use message::{Flags, RawScopedPdu, RawV3, ReportKind, ScopedPdu, V3Error};
pub use protocol::{AuthProtocol, PrivProtocol, UnknownProtocol};

/// How far the clocks of two engines may differ (RFC 3414 §2.2.3).
pub const TIME_WINDOW_SECONDS: u32 = 150;
/// An engine that restarted this often is shut for ever (RFC 3414 §2.3).
pub const BOOTS_MAX: u32 = 0x7fff_ffff;

#[cfg(test)]
mod tests;
