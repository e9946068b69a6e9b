//! What the engine is told to poll, and what it hands back.
//!
//! **Room:** layer 1. **May use:** `tw-snmp`, `tw-devices`, `tw-ingest`, `tw-units`. **Must
//! not:** open a sealed secret; the owner does.

use std::{fmt, net::SocketAddr, sync::Arc};
use tw_devices::interface::KnownInterface;
use tw_ingest::{Layout, LayoutKey, Observation, Record, Round, TargetKey, round};
use tw_units::{DeviceId, Timestamp};

/// How a device is spoken to, in the clear.
#[derive(Clone)]
pub enum Access {
    /// v1 or v2c.
    Community {
        /// Which of the two.
        version: tw_snmp::Version,
        /// The password of these versions.
        community: Vec<u8>,
    },
    /// v3 with the user-based security model.
    User {
        /// Name and keys; clones of one user share the keys, and making them is slow.
        user: tw_snmp::v3::User,
        /// `contextName`; empty for the default context.
        context: Vec<u8>,
    },
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Community { version, .. } => write!(f, "{version:?} community"),
            Self::User { user, .. } => write!(f, "v3 user, {:?}", user.level()),
        }
    }
}

impl Access {
    /// Whether both are the same secret for the same protocol.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::Community { version, community },
                Self::Community {
                    version: other_version,
                    community: other_community,
                },
            ) => version == other_version && community == other_community,
            (
                Self::User { user, context },
                Self::User {
                    user: other_user,
                    context: other_context,
                },
            ) => user == other_user && context == other_context,
            _ => false,
        }
    }
}

/// A device to poll.
#[derive(Clone, Debug)]
pub struct EngineTarget {
    /// The inventory's slug.
    pub device: DeviceId,
    /// Where it answers; the port is SNMP's.
    pub address: SocketAddr,
    /// How to speak to it; without it the device is only pinged.
    pub access: Option<Access>,
    /// Seconds between rounds, at least 1.
    pub poll_seconds: u32,
    /// Interfaces that had a history when the program last ran, so that keys survive a
    /// restart together with a rename.
    pub known_interfaces: Vec<KnownInterface>,
}

/// One finished round of one device.
#[derive(Clone, Debug, PartialEq)]
pub struct PolledRound {
    /// Of whom.
    pub target: TargetKey,
    /// When it began, by the wall clock.
    pub at: Timestamp,
    /// The columns of `values`; the same `Arc` as long as nothing changes.
    pub layout: Arc<Layout>,
    /// The layout's fingerprint.
    pub layout_key: LayoutKey,
    /// What was read; `None` is asked for and not had.
    pub values: Vec<Option<round::Value>>,
    /// What was seen anew.
    pub observations: Vec<Observation>,
    /// Whether the device answered: `None` when nobody can say.
    pub up: Option<bool>,
}

impl PolledRound {
    /// The round as a record. Its layout must be in the same segment before it.
    pub fn round(&self) -> Record {
        Record::Round(Round {
            target: self.target.clone(),
            at: self.at,
            layout: self.layout_key,
            values: round::encode(&self.values),
        })
    }

    /// The layout as a record.
    pub fn layout_record(&self) -> Record {
        Record::Layout(Layout::clone(&self.layout))
    }
}

/// How the engine runs.
#[derive(Clone, Debug)]
pub struct EngineSettings {
    /// Bytes that the kernel shall hold for each socket until we read them.
    pub receive_buffer_bytes: usize,
    /// Devices whose answers prove that our own network is well.
    pub canaries: Vec<DeviceId>,
    /// Over how many seconds the first rounds are spread.
    pub spread_seconds: u32,
    /// Whether devices are pinged, too.
    pub ping: bool,
}

impl Default for EngineSettings {
    fn default() -> Self {
        Self {
            receive_buffer_bytes: 4 * 1024 * 1024,
            canaries: Vec::new(),
            spread_seconds: 2,
            ping: true,
        }
    }
}
