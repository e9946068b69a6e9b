//! Which datagrams count as a device's trap, and what is made of them.
//!
//! **Room:** layer 1; this file is pure. **May use:** `tw-snmp`, `tw-devices`, `tw-ingest`.
//! **Must not:** do I/O, read a clock, or put a community into a message.

use crate::engine::{Access, EngineTarget};
use std::{
    collections::HashMap,
    net::{IpAddr, SocketAddr},
};
use tw_devices::text::label;
use tw_ingest::seen::TrapSeen;
use tw_snmp::{Message, Notification, Oid, PduKind, Value, Version, event_key, names, version_of};
use tw_units::DeviceId;

/// The longest datagram that is read, in bytes.
pub const TRAP_BYTES_MAX: usize = 8_192;
/// Bindings of one trap that are kept; the rest is counted in it.
pub const TRAP_VARBINDS_MAX: usize = 32;
/// Datagrams that one address may send at once.
pub const TRAPS_AT_ONCE_MAX: u32 = 20;
/// One more after each of these stretches, in milliseconds: 20 a minute.
pub const TRAP_EVERY_MS: u64 = 3_000;

/// Why a datagram is no trap of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Refused {
    /// Its address is none of a device of ours.
    UnknownSource,
    /// The address sent too many.
    TooMany,
    /// It is longer than [`TRAP_BYTES_MAX`].
    TooLong,
    /// It is no SNMP message, or holds no notification.
    Unreadable,
    /// It is of v3, which is not listened to.
    Version3,
    /// No device at this address has this community.
    Community,
    /// Several devices share address and community.
    Ambiguous,
    /// The queue to the collector is full.
    QueueFull,
}

/// All reasons, in the order of their counters.
pub const REFUSED: [Refused; 8] = [
    Refused::UnknownSource,
    Refused::TooMany,
    Refused::TooLong,
    Refused::Unreadable,
    Refused::Version3,
    Refused::Community,
    Refused::Ambiguous,
    Refused::QueueFull,
];

impl Refused {
    /// The stable word, as in the collector's status.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UnknownSource => "trap_unknown_source",
            Self::TooMany => "trap_too_many",
            Self::TooLong => "trap_too_long",
            Self::Unreadable => "trap_unreadable",
            Self::Version3 => "trap_v3",
            Self::Community => "trap_community",
            Self::Ambiguous => "trap_ambiguous",
            Self::QueueFull => "trap_queue",
        }
    }
}

/// A trap that counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trap {
    /// Whose.
    pub device: DeviceId,
    /// What it says.
    pub seen: TrapSeen,
    /// What answers it, when it is an inform.
    pub answer: Option<Vec<u8>>,
    /// Whether it came before: the sender of an inform repeats it until it is answered.
    pub repeated: bool,
}

/// The devices whose traps count, by address.
#[derive(Debug, Default)]
pub struct Gate {
    sources: HashMap<IpAddr, Source>,
    refused: [u64; REFUSED.len()],
    taken: u64,
}

#[derive(Debug, Default)]
struct Source {
    devices: Vec<Known>,
    /// What it may still send at once, in milliseconds of [`TRAP_EVERY_MS`] each.
    credit_ms: u64,
    counted_at_ms: u64,
    /// The last inform: device and request-id.
    last_inform: Option<(DeviceId, i32)>,
}

#[derive(Debug)]
struct Known {
    device: DeviceId,
    port: u16,
    community: Option<Vec<u8>>,
}

const CREDIT_MS_MAX: u64 = TRAPS_AT_ONCE_MAX as u64 * TRAP_EVERY_MS;

impl Gate {
    /// From now on only these devices' traps count. What an address has sent stays counted.
    pub fn replace(&mut self, targets: &[EngineTarget]) {
        let mut before = std::mem::take(&mut self.sources);
        for target in targets {
            // What a further observer polls has a name of its own and is another's device.
            if target.device.as_str().contains(':') {
                continue;
            }
            let ip = target.address.ip().to_canonical();
            let source = self.sources.entry(ip).or_insert_with(|| {
                let known = before.remove(&ip);
                known.map_or_else(Source::fresh, |known| Source {
                    devices: Vec::new(),
                    ..known
                })
            });
            let community = match &target.access {
                Some(Access::Community { community, .. }) => Some(community.clone()),
                Some(Access::User { .. }) | None => None,
            };
            source.devices.push(Known {
                device: target.device.clone(),
                port: target.address.port(),
                community,
            });
        }
    }

    /// Judges a datagram. `now_ms` is of a clock that never goes back.
    pub fn judge(
        &mut self,
        from: SocketAddr,
        datagram: &[u8],
        now_ms: u64,
    ) -> Result<Trap, Refused> {
        let judged = self.decide(from, datagram, now_ms);
        match &judged {
            Ok(_) => self.taken += 1,
            Err(reason) => self.count(*reason),
        }
        judged
    }

    /// Counts one that was dropped.
    pub fn count(&mut self, reason: Refused) {
        if let Some(place) = REFUSED.iter().position(|known| *known == reason) {
            self.refused[place] += 1;
        }
    }

    /// Counts one for which there was no room. If it was an inform, it counts as new when it comes
    /// again.
    pub fn had_no_room(&mut self, from: SocketAddr) {
        self.count(Refused::QueueFull);
        if let Some(source) = self.sources.get_mut(&from.ip().to_canonical()) {
            source.last_inform = None;
        }
    }

    /// How many were dropped, by reason; reasons without any are left out.
    pub fn refused(&self) -> impl Iterator<Item = (Refused, u64)> + '_ {
        let counts = REFUSED.into_iter().zip(self.refused);
        counts.filter(|(_, count)| *count > 0)
    }

    /// How many counted.
    pub fn taken(&self) -> u64 {
        self.taken
    }

    fn decide(&mut self, from: SocketAddr, datagram: &[u8], now_ms: u64) -> Result<Trap, Refused> {
        let ip = from.ip().to_canonical();
        let source = self.sources.get_mut(&ip).ok_or(Refused::UnknownSource)?;
        // A stranger who knows a device's address shall not cost more than this.
        source.pay(now_ms)?;
        if datagram.len() > TRAP_BYTES_MAX {
            return Err(Refused::TooLong);
        }
        if matches!(version_of(datagram), Ok(3)) {
            return Err(Refused::Version3);
        }
        let message = Message::decode(datagram).map_err(|_| Refused::Unreadable)?;
        let told = Notification::of(&message.pdu).ok_or(Refused::Unreadable)?;
        let device = source.device(from.port(), &message.community)?.clone();
        let is_inform = message.pdu.kind == PduKind::InformRequest;
        let inform = is_inform.then(|| (device.clone(), message.pdu.request_id));
        let repeated = inform.is_some() && inform == source.last_inform;
        if inform.is_some() {
            source.last_inform = inform;
        }
        Ok(Trap {
            device,
            seen: seen(&message, &told),
            answer: is_inform.then(|| answer(message)),
            repeated,
        })
    }
}

impl Source {
    fn fresh() -> Self {
        Self {
            credit_ms: CREDIT_MS_MAX,
            ..Self::default()
        }
    }

    fn pay(&mut self, now_ms: u64) -> Result<(), Refused> {
        let since = now_ms.saturating_sub(self.counted_at_ms);
        self.counted_at_ms = now_ms;
        self.credit_ms = self.credit_ms.saturating_add(since).min(CREDIT_MS_MAX);
        let left = self.credit_ms.checked_sub(TRAP_EVERY_MS);
        self.credit_ms = left.ok_or(Refused::TooMany)?;
        Ok(())
    }

    /// Whose community it is; of several with one community the one that sends from its port.
    fn device(&self, port: u16, community: &[u8]) -> Result<&DeviceId, Refused> {
        let is_theirs = |known: &&Known| known.community.as_deref() == Some(community);
        let mut theirs = self.devices.iter().filter(is_theirs);
        match (theirs.next(), theirs.next()) {
            (None, _) => Err(Refused::Community),
            (Some(only), None) => Ok(&only.device),
            (Some(_), Some(_)) => {
                let mut same = self.devices.iter().filter(is_theirs);
                let found = same.find(|known| known.port == port);
                found.map(|known| &known.device).ok_or(Refused::Ambiguous)
            }
        }
    }
}

/// The answer to an inform: the same bindings, no error. It is no longer than what came.
fn answer(mut message: Message) -> Vec<u8> {
    let varbinds = std::mem::take(&mut message.pdu.varbinds);
    message.pdu = message.pdu.response(varbinds);
    message.encode()
}

fn seen(message: &Message, told: &Notification) -> TrapSeen {
    let left_out = told.varbinds.len().saturating_sub(TRAP_VARBINDS_MAX);
    let kept = told.varbinds.iter().take(TRAP_VARBINDS_MAX);
    let varbinds = kept.map(|varbind| (named(&varbind.oid), text(&varbind.value)));
    TrapSeen {
        name: names::object_of(&event_key(&told.event))
            .filter(|(_, index)| index.is_empty())
            .map(|(name, _)| name.to_owned()),
        event: told.event.to_string(),
        version: match message.version {
            Version::V1 => "1".to_owned(),
            Version::V2c => "2c".to_owned(),
        },
        inform: message.pdu.kind == PduKind::InformRequest,
        uptime_ticks: told.uptime.map(u64::from),
        varbinds: varbinds.collect(),
        left_out: left_out as u64,
    }
}

/// The name in a standard MIB with the index, or the number.
fn named(oid: &Oid) -> String {
    label(names::name_of(oid).as_bytes())
}

fn text(value: &Value) -> String {
    match value {
        Value::Integer(number) => number.to_string(),
        Value::OctetString(bytes) | Value::Opaque(bytes) => label(bytes),
        Value::ObjectIdentifier(oid) => named(oid),
        Value::IpAddress(octets) => IpAddr::from(*octets).to_string(),
        Value::Counter32(number) | Value::Gauge32(number) | Value::TimeTicks(number) => {
            number.to_string()
        }
        Value::Counter64(number) => number.to_string(),
        Value::Null | Value::NoSuchObject | Value::NoSuchInstance | Value::EndOfMibView => {
            String::new()
        }
    }
}

#[cfg(test)]
#[path = "gate_tests.rs"]
mod tests;
