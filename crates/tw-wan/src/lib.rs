//! WAN links: the packets that measure them, what the measurements mean, the state of a circuit.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`, `tw-model`. **Must not:** open a socket, read
//! a clock, call a circuit up because nothing was heard of it.

mod circuit;
mod icmp;
mod loss;
mod stamp;
mod statistics;

pub use circuit::{
    CircuitEndEvidence, CircuitEvidence, CircuitFinding, CircuitState, CircuitVerdict, End,
    InterfaceEvidence, circuit_state,
};
pub use icmp::{ECHO_HEADER_LENGTH, Echo, EchoError, IcmpFamily};
pub use loss::{loss_lower_bound, loss_upper_bound};
pub use stamp::{
    ErrorEstimate, NtpTime, ReflectorPacket, STAMP_LENGTH, STAMP_PORT, SenderPacket, StampError,
};
pub use statistics::{ProbeResult, ProbeStatistics, probe_statistics};
