//! A datagram of any version, as a manager and an agent get it.
//!
//! **Room:** fuzz target; the body is in `bodies.rs`.

#![no_main]

#[path = "../bodies.rs"]
#[allow(dead_code, reason = "each target runs one body")]
mod bodies;

libfuzzer_sys::fuzz_target!(|data: &[u8]| bodies::message(data));
