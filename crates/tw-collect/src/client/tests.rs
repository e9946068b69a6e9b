//! The client against agents that play on loopback, honest and hostile.
//!
//! **Room:** tests.
