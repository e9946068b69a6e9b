//! A simulated device: what its agent tells is a pure function of the seed, the device of the
//! register, and the instant.
//!
//! **Room:** layer 3, simulation. **May use:** `tw-units`, `tw-model`, `tw-snmp`.
//! **Must not:** pretend to be real: `sysDescr` begins with [`MARK`].

mod host;
mod identity;
mod lldp;
pub(crate) mod port;
mod sensor;
mod table;
mod ups;
pub(crate) mod wiring;

pub use identity::MARK;
pub use port::interface_key;
pub use wiring::PORTS_MAX;

use crate::{
    hash::Seed,
    incident::What,
    mib::{Mib, Tree, View},
    state::{Moment, State},
};
use host::Host;
use port::Port;
use sensor::Sensor;
use std::{
    collections::VecDeque,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};
use table::{Source, Table};
use tw_model::{Device, DeviceClass, Register};
use tw_snmp::{Oid, Value};
use tw_units::{DeviceId, SiteId, Timestamp};
use ups::Ups;

const DAY_MILLIS: i64 = 86_400_000;
/// A device that never restarts in the script started so many days before the world, at least:
/// before its history, and at most 80 more, so that `sysUpTime` does not wrap (497 days).
const FIRST_BOOT_DAYS: i64 = 365;

/// Tables kept: the history may be told while the device answers now.
const TABLES_MAX: usize = 3;

/// A device of the register with everything that its agent needs to answer.
pub struct SimDevice {
    model: Arc<Model>,
    state: Arc<State>,
    /// The tables for the numberings of the interfaces that were asked for last.
    tables: RwLock<VecDeque<Numbered>>,
}

type Numbered = (u32, Arc<Tree<Source>>);

/// What never changes about a device.
pub(crate) struct Model {
    pub(crate) id: DeviceId,
    pub(crate) site: SiteId,
    pub(crate) poll_seconds: u32,
    pub(crate) ports: Vec<Port>,
    first_boot: Timestamp,
    device: Device,
    identity: Vec<(Oid, Source)>,
    sensors: Vec<Sensor>,
    ups: Option<Ups>,
    host: Option<Host>,
}

impl SimDevice {
    pub(crate) fn new(register: &Register, device: &Device, state: Arc<State>) -> Self {
        Self {
            model: Arc::new(Model::new(register, device, state.seed, state.start)),
            state,
            tables: RwLock::default(),
        }
    }

    /// Its identifier.
    pub fn id(&self) -> &DeviceId {
        &self.model.id
    }

    /// What its agent tells at an instant, also one of the past; `None` while it is silent.
    pub fn look(&self, t: Timestamp) -> Option<Look> {
        let moment = self.moment(t);
        moment.answers.then(|| Look {
            model: Arc::clone(&self.model),
            table: self.numbered(moment.numbering),
            moment,
        })
    }

    pub(crate) fn moment(&self, t: Timestamp) -> Moment {
        Moment::of(&self.state, &self.model.id, self.model.first_boot, t)
    }

    pub(crate) fn model(&self) -> &Model {
        &self.model
    }

    fn numbered(&self, numbering: u32) -> Arc<Tree<Source>> {
        let known = self.tables.read().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, table)) = known.iter().find(|(number, _)| *number == numbering) {
            return Arc::clone(table);
        }
        drop(known);
        let table = Arc::new(self.model.table(numbering));
        let mut known = self.tables.write().unwrap_or_else(PoisonError::into_inner);
        known.push_front((numbering, Arc::clone(&table)));
        known.truncate(TABLES_MAX);
        table
    }
}

impl Mib for SimDevice {
    fn at(&self, t: Timestamp) -> Option<Box<dyn View>> {
        self.look(t).map(|look| Box::new(look) as Box<dyn View>)
    }

    fn restart(&self, t: Timestamp, renumber: bool) {
        let device = self.model.id.clone();
        // Too many switches: the device goes on without a restart.
        self.state
            .begin(What::Restart { device, renumber }, Some(t));
    }
}

impl Model {
    fn new(register: &Register, device: &Device, world: Seed, start: Timestamp) -> Self {
        let seed = wiring::device_seed(world, device);
        let days = FIRST_BOOT_DAYS + i64::try_from(seed.of("boot").below(80)).unwrap_or(0);
        let within = i64::try_from(seed.of("hour").below(86_400_000)).unwrap_or(0);
        let mut identity = Table::default();
        identity::system(&mut identity, register, device);
        identity::entities(&mut identity, register, device, seed);
        lldp::lldp(&mut identity, register, device, world);
        let computer = matches!(device.class, DeviceClass::Server | DeviceClass::Storage);
        Self {
            id: device.id.clone(),
            site: device.site.clone(),
            poll_seconds: device.poll_seconds,
            ports: wiring::ports(register, device, world),
            first_boot: start.plus_millis(-days * DAY_MILLIS - within),
            device: device.clone(),
            identity: identity.entries,
            sensors: sensor::sensors(device, seed),
            ups: (device.class == DeviceClass::Ups).then(|| Ups::new(seed)),
            host: computer.then(|| Host::new(device.class, seed)),
        }
    }

    pub(crate) fn is_ups(&self) -> bool {
        self.ups.is_some()
    }

    fn table(&self, numbering: u32) -> Tree<Source> {
        let mut table = Table {
            entries: self.identity.clone(),
        };
        port::tables(&mut table, &self.ports, numbering);
        sensor::tables(&mut table, &self.device, &self.sensors);
        if let Some(ups) = &self.ups {
            ups.table(&mut table, &self.device);
        }
        if let Some(host) = &self.host {
            host.table(&mut table);
        }
        Tree::new(table.entries).0
    }

    fn read(&self, source: &Source, moment: &Moment) -> Option<Value> {
        match source {
            Source::Fixed(value) => Some(value.clone()),
            Source::Uptime => Some(Value::TimeTicks(moment.ticks())),
            Source::EngineBoots => Some(engine(u64::from(moment.boots))),
            Source::EngineTime => Some(engine(moment.uptime_millis() / 1_000)),
            Source::Port(column, place) => {
                let port = self.ports.get(*place)?;
                Some(port.read(*column, &self.id, moment))
            }
            Source::Sensor(place) => Some(self.sensors.get(*place)?.read(&self.id, moment)),
            Source::Ups(object) => self.ups.as_ref()?.read(*object, &self.id, moment),
            Source::Host(object) => Some(self.host.as_ref()?.read(*object, moment)),
        }
    }
}

/// A number of SNMP-FRAMEWORK-MIB: 31 bits.
fn engine(number: u64) -> Value {
    Value::Integer(i32::try_from(number).unwrap_or(i32::MAX))
}

/// What a device tells at one instant; values are worked out when asked for.
pub struct Look {
    model: Arc<Model>,
    table: Arc<Tree<Source>>,
    moment: Moment,
}

impl Look {
    /// The values of these instances, in the order asked; `None` where there is none.
    pub fn values<'a>(&self, oids: impl IntoIterator<Item = &'a Oid>) -> Vec<Option<Value>> {
        oids.into_iter().map(|oid| self.get(oid)).collect()
    }

    /// Hundredths of a second since its last start, as `sysUpTime`.
    pub fn uptime_ticks(&self) -> u32 {
        self.moment.ticks()
    }

    /// How often its interfaces have been re-numbered; the same number means the same table.
    pub fn numbering(&self) -> u32 {
        self.moment.numbering
    }
}

impl View for Look {
    fn get(&self, oid: &Oid) -> Option<Value> {
        self.model.read(self.table.get(oid)?, &self.moment)
    }

    fn next(&self, oid: &Oid) -> Option<(Oid, Value)> {
        self.table.after(oid).find_map(|(name, source)| {
            let value = self.model.read(source, &self.moment)?;
            Some((name.clone(), value))
        })
    }

    fn engine(&self) -> (u32, Duration) {
        (
            self.moment.boots,
            Duration::from_millis(self.moment.uptime_millis()),
        )
    }
}
