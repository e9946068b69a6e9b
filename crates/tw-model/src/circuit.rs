//! WAN circuits between sites, who provides them and what they promise.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** do I/O.

use crate::{Name, word::words};
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use tw_units::{CircuitId, DeviceId, Ppm, ProviderId, Vnd};

words! {
    /// How far a circuit is.
    pub enum CircuitStage {
        /// Wanted.
        Planned = "planned",
        /// Delivered by the provider and under test.
        Acceptance = "acceptance",
        /// In use.
        Operation = "operation",
        /// Given up.
        Ended = "ended",
    }

    /// How a circuit's ends are probed.
    pub enum ProbeKind {
        /// ICMP echo (RFC 792, RFC 4443).
        Icmp = "icmp",
        /// Simple Two-way Active Measurement Protocol, unauthenticated (RFC 8762).
        Stamp = "stamp",
    }
}

/// Who sells circuits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// A slug.
    pub id: ProviderId,
    /// Its name.
    pub name: Name,
    /// Where faults are reported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
}

/// One end of a circuit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CircuitEnd {
    /// The device it is plugged into; its site is the end's site.
    pub device: DeviceId,
    /// The interface's name.
    pub interface: String,
}

/// What the provider promises.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CircuitContract {
    /// How long it may be down, in parts per million of a month.
    pub downtime_ppm: Ppm,
    /// The round-trip time that must not be exceeded, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rtt_ms: Option<u32>,
    /// The loss that must not be exceeded, in parts per million of packets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loss_ppm: Option<Ppm>,
    /// The jitter that must not be exceeded, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jitter_ms: Option<u32>,
}

/// How it is measured: each end's collector probes the other end's address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CircuitProbe {
    /// The protocol.
    pub kind: ProbeKind,
    /// Milliseconds between probes.
    pub interval_ms: u32,
    /// What answers at the A end; probes from there are sent from this IP address.
    pub a: SocketAddr,
    /// What answers at the Z end; probes from there are sent from this IP address.
    pub z: SocketAddr,
}

/// A circuit between two devices of different sites.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Circuit {
    /// A slug.
    pub id: CircuitId,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// One end.
    pub a: CircuitEnd,
    /// The other end.
    pub z: CircuitEnd,
    /// The rate that is paid for, in bits a second and each direction.
    pub commit_bps: u64,
    /// Who provides it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<ProviderId>,
    /// The provider's own number for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_number: Option<String>,
    /// How far it is.
    #[serde(default = "operation")]
    pub stage: CircuitStage,
    /// Circuits with the same word back each other up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redundancy: Option<String>,
    /// What is promised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract: Option<CircuitContract>,
    /// How it is measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probe: Option<CircuitProbe>,
    /// What it costs a month, in VND.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub monthly_vnd: Option<Vnd>,
}

fn operation() -> CircuitStage {
    CircuitStage::Operation
}
