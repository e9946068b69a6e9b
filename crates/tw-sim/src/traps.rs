//! The traps of UPS-MIB (RFC 1628 §5) that a UPS sends when it goes on battery and comes back.
//!
//! **Room:** layer 3, simulation. **May use:** `tw-units`, `tw-model`, `tw-snmp`. **Must not:**
//! send to anything but loopback; read the wall clock but through the one handed in.

use crate::{device::SimDevice, mib::View as _, running::SpawnError, world::World};
use std::{collections::BTreeMap, io, net::SocketAddr, sync::Arc, time::Duration};
use tokio::{net::UdpSocket, task::JoinHandle};
use tw_snmp::{Message, Notification, Oid, Value, VarBind, Version};
use tw_units::{SiteId, Timestamp};

/// How often the UPS are looked at.
const LOOK_MILLIS: u64 = 200;
/// `upsTrapOnBattery` is told again so often while it holds (RFC 1628).
const AGAIN_MILLIS: i64 = 60_000;

const ON_BATTERY: Oid = Oid::from_static(&[1, 3, 6, 1, 2, 1, 33, 2, 1]);
const ALARM_REMOVED: Oid = Oid::from_static(&[1, 3, 6, 1, 2, 1, 33, 2, 4]);
const SECONDS_ON_BATTERY: Oid = Oid::from_static(&[1, 3, 6, 1, 2, 1, 33, 1, 2, 2, 0]);
const MINUTES_REMAINING: Oid = Oid::from_static(&[1, 3, 6, 1, 2, 1, 33, 1, 2, 3, 0]);
const OUTPUT_SOURCE: Oid = Oid::from_static(&[1, 3, 6, 1, 2, 1, 33, 1, 4, 1, 0]);
const ALARM_ID: Oid = Oid::from_static(&[1, 3, 6, 1, 2, 1, 33, 1, 6, 2, 1, 1, 1]);
const ALARM_DESCR: Oid = Oid::from_static(&[1, 3, 6, 1, 2, 1, 33, 1, 6, 2, 1, 2, 1]);
const ALARM_ON_BATTERY: Oid = Oid::from_static(&[1, 3, 6, 1, 2, 1, 33, 1, 6, 3, 2]);
/// `upsOutputSource` for "battery".
const BATTERY: Value = Value::Integer(5);

/// The UPS that tell; they fall silent when this is dropped.
#[derive(Debug, Default)]
pub struct TrapSenders(Vec<JoinHandle<()>>);

impl Drop for TrapSenders {
    fn drop(&mut self) {
        self.0.iter().for_each(JoinHandle::abort);
    }
}

/// What a UPS has told so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Told {
    on_battery: bool,
    at: Option<Timestamp>,
}

impl Told {
    /// What a UPS tells at `t`, if it has something to tell; a silent one tells nothing.
    pub fn next(&mut self, device: &SimDevice, t: Timestamp) -> Option<Notification> {
        let look = device.look(t)?;
        let is_on_battery = look.get(&OUTPUT_SOURCE) == Some(BATTERY);
        let due = |at: Timestamp| t.millis_since(at) >= AGAIN_MILLIS;
        let again = is_on_battery && self.at.is_none_or(due);
        if is_on_battery == self.on_battery && !again {
            return None;
        }
        *self = Self {
            on_battery: is_on_battery,
            at: is_on_battery.then_some(t),
        };
        let read = |oid: Oid| {
            Some(VarBind {
                value: look.get(&oid)?,
                oid,
            })
        };
        let (event, varbinds) = if is_on_battery {
            let told = [read(MINUTES_REMAINING), read(SECONDS_ON_BATTERY)];
            (ON_BATTERY, told.into_iter().flatten().collect())
        } else {
            let gone = [
                (ALARM_ID, Value::Integer(1)),
                (ALARM_DESCR, Value::ObjectIdentifier(ALARM_ON_BATTERY)),
            ];
            let told = gone.map(|(oid, value)| VarBind { oid, value });
            (ALARM_REMOVED, told.into())
        };
        Some(Notification {
            event,
            uptime: Some(look.uptime_ticks()),
            varbinds,
        })
    }
}

impl World {
    /// Lets the UPS of each site tell their collector, from now on, when they go on battery and
    /// when they come back.
    pub async fn spawn_traps(
        &self,
        listeners: &BTreeMap<SiteId, SocketAddr>,
        community: &str,
    ) -> Result<TrapSenders, SpawnError> {
        let mut senders = TrapSenders::default();
        for device in self.devices().filter(|device| device.model().is_ups()) {
            let wanted = self.register.devices.get(device.id());
            let Some((wanted, listener)) =
                wanted.and_then(|wanted| Some((wanted, *listeners.get(&wanted.site)?)))
            else {
                continue;
            };
            let Some(address) = wanted.address else {
                continue;
            };
            let from = SocketAddr::new(address.ip(), 0);
            for loopback in [from, listener] {
                if !loopback.ip().is_loopback() {
                    return Err(SpawnError::NotLoopback {
                        what: format!("the traps of {}", device.id()),
                        address: loopback,
                    });
                }
            }
            let bound = UdpSocket::bind(from).await;
            let socket = bound.map_err(|cause| SpawnError::Bind {
                what: format!("the traps of {}", device.id()),
                address: from,
                cause,
            })?;
            let ups = Sender {
                device: Arc::clone(device),
                world: self.clone(),
                community: community.as_bytes().to_vec(),
                socket,
                listener,
            };
            senders.0.push(tokio::spawn(ups.run()));
        }
        Ok(senders)
    }
}

struct Sender {
    device: Arc<SimDevice>,
    world: World,
    community: Vec<u8>,
    socket: UdpSocket,
    listener: SocketAddr,
}

impl Sender {
    async fn run(self) {
        let mut told = Told::default();
        loop {
            if let Some(event) = told.next(&self.device, self.world.now()) {
                // A trap that nobody hears is lost: that is what a trap is.
                self.send(&event).await.ok();
            }
            tokio::time::sleep(Duration::from_millis(LOOK_MILLIS)).await;
        }
    }

    async fn send(&self, event: &Notification) -> io::Result<usize> {
        let message = Message {
            version: Version::V2c,
            community: self.community.clone(),
            pdu: event.to_pdu(1, false),
        };
        self.socket.send_to(&message.encode(), self.listener).await
    }
}
