//! How requests to one device are put into datagrams and answers taken out of them.
//!
//! **Room:** layer 1. **May use:** `tw-snmp`. **Must not:** do I/O.

use super::target::Access;
use std::time::Duration;
use tw_snmp::{EncodedRequest, Message, Pdu, Version, v3::Manager};

/// The protocol with one device.
#[derive(Debug)]
pub(crate) enum Session {
    /// v1 and v2c.
    Community {
        version: Version,
        community: Vec<u8>,
    },
    /// v3: the manager's side, with the agent's engine, its clock and the localised keys.
    User(Box<Manager>),
}

impl Session {
    pub(crate) fn new(access: &Access) -> Self {
        match access {
            Access::Community { version, community } => Self::Community {
                version: *version,
                community: community.clone(),
            },
            // Under one key no salt may come twice, also after a restart of ours.
            Access::User { user, context } => Self::User(Box::new(Manager::new(
                user.clone(),
                context.clone(),
                rand::random(),
            ))),
        }
    }

    /// Whether it knows GETBULK.
    pub(crate) const fn has_bulk(&self) -> bool {
        match self {
            Self::Community { version, .. } => matches!(version, Version::V2c),
            Self::User(_) => true,
        }
    }

    /// A request prepared for many rounds, where the protocol allows that.
    pub(crate) fn prepare(&self, pdu: &Pdu) -> Option<EncodedRequest> {
        match self {
            Self::Community { version, community } => Some(EncodedRequest::new(&Message {
                version: *version,
                community: community.clone(),
                pdu: pdu.clone(),
            })),
            // Signed and encrypted anew each time.
            Self::User(_) => None,
        }
    }

    /// Writes the datagram of a request into `out`.
    pub(crate) fn encode(&mut self, id: i32, mut pdu: Pdu, now_us: u64, out: &mut Vec<u8>) {
        pdu.request_id = id;
        match self {
            Self::Community { version, community } => {
                let message = Message {
                    version: *version,
                    community: community.clone(),
                    pdu,
                };
                out.clear();
                *out = message.encode_onto(std::mem::take(out));
            }
            Self::User(manager) => {
                // As long as the engine is not known, the question for it goes first.
                *out = manager
                    .request(id, pdu, Duration::from_micros(now_us))
                    .unwrap_or_else(|_| manager.discovery(id));
            }
        }
    }
}

impl Session {
    /// The engine id of a v3 agent as hex, once known.
    pub(crate) fn engine_id(&self) -> Option<String> {
        match self {
            Self::Community { .. } => None,
            Self::User(manager) => manager.engine_id().map(tw_units::to_hex),
        }
    }
}
