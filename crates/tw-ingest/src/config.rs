//! What the centre tells a collector to do.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** do I/O, or see a secret in
//! the clear.

use crate::TargetKey;
use serde::{Deserialize, Serialize};
use tw_units::{CircuitId, CollectorId, CredentialId, DeviceId, SiteId};

/// The list of targets of one collector, as `GET /ingest/v1/config` answers it and as the
/// collector keeps it on its disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CollectorConfig {
    /// Grows with every change.
    pub version: u64,
    /// For whom.
    pub collector: CollectorId,
    /// Where it stands.
    pub site: SiteId,
    /// The devices to poll.
    pub targets: Vec<SnmpTarget>,
    /// The ends of circuits to probe.
    pub probes: Vec<ProbeTarget>,
    /// Addresses that answer when the collector's own network is well: a failed poll counts
    /// as "down" only if one of them answered in the same cycle.
    pub canaries: Vec<Canary>,
    /// TLS endpoints to look at.
    #[serde(default)]
    pub tls: Vec<TlsTarget>,
}

/// Which protocol version a device is polled with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SnmpVersion {
    /// RFC 1157.
    #[serde(rename = "1")]
    V1,
    /// RFC 3416 with a community.
    #[serde(rename = "2c")]
    V2c,
    /// RFC 3412 with the user-based security model.
    #[serde(rename = "3")]
    V3,
}

/// A secret that only its collector can open: XChaCha20-Poly1305 under
/// SHA-256("tierwatch-seal-v1" ‖ token), the credential's id as associated data, as
/// hex of nonce ‖ ciphertext.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SealedSecret(pub String);

/// How a device is spoken to. The secrets are one sealed JSON object:
/// `{"community"}` or `{"user", "auth", "auth_pass", "priv", "priv_pass", "context"}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnmpAccess {
    /// The credential's id, for messages.
    pub credential: CredentialId,
    /// Protocol version.
    pub version: SnmpVersion,
    /// The secrets.
    pub sealed: SealedSecret,
}

/// A device to poll.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnmpTarget {
    /// The inventory's slug.
    pub device: DeviceId,
    /// `router`, `switch`, `ups`…: which modules are worth asking for.
    pub class: String,
    /// `127.1.0.1:16100` or `[::1]:16100`.
    pub address: std::net::SocketAddr,
    /// How to speak to it; without it the device is only pinged.
    pub access: Option<SnmpAccess>,
    /// Seconds between rounds.
    pub poll_seconds: u32,
}

/// How a circuit's end is probed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProbeKind {
    /// ICMP echo (RFC 792, RFC 4443).
    Icmp,
    /// Simple Two-way Active Measurement Protocol, unauthenticated (RFC 8762).
    Stamp,
}

/// One end of a circuit, probed by this collector.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProbeTarget {
    /// The circuit.
    pub circuit: CircuitId,
    /// How.
    pub kind: ProbeKind,
    /// The far end; for ICMP the port is ignored.
    pub address: std::net::SocketAddr,
    /// The address to send from, so that a redundant pair is probed on both circuits.
    pub source: Option<std::net::IpAddr>,
    /// Milliseconds between probes.
    pub interval_ms: u32,
}

/// A TLS endpoint of a device, looked at by this collector.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TlsTarget {
    /// The device that answers there.
    pub device: DeviceId,
    /// Where.
    pub address: std::net::SocketAddr,
    /// The name to ask for.
    pub name: Option<String>,
}

impl TlsTarget {
    /// Under which key the endpoint is spoken of.
    pub fn key(&self) -> TargetKey {
        tls_key(&self.device, self.address)
    }
}

/// The key of a device's TLS endpoint: `tls:<device>:<address>`.
pub fn tls_key(device: &DeviceId, address: std::net::SocketAddr) -> TargetKey {
    TargetKey(format!("tls:{device}:{address}"))
}

/// An address whose answers prove that the collector's own network works.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Canary {
    /// A device of the target list.
    pub device: DeviceId,
}
