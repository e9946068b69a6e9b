//! Who may come in: callers, passwords, secrets, the gate before every handler, the audit log.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`, `tw-store`. **Must not:** keep a secret in
//! the clear.

pub(crate) mod accounts;
pub(crate) mod audit;
pub(crate) mod caller;
pub(crate) mod gate;
pub(crate) mod password;
pub(crate) mod secret;
pub(crate) mod slow_down;
