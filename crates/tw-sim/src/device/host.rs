//! Computers: HOST-RESOURCES-MIB (RFC 2790) and net-snmp's UCD-SNMP-MIB.
//!
//! **Room:** layer 3, simulation; this file is pure. **May use:** `tw-units`, `tw-snmp`.
//! **Must not:** read a clock.

use super::table::{HostObject, Source, Table, unsigned, whole};
use crate::{
    curve::{Curve, Shape, sun},
    hash::Seed,
    state::{Moment, low},
};
use tw_model::DeviceClass;
use tw_snmp::{Oid, Value};

const HOST: Oid = Oid::from_static(&[1, 3, 6, 1, 2, 1, 25]);
const UCD: Oid = Oid::from_static(&[1, 3, 6, 1, 4, 1, 2021]);
/// `hrStorageRam`, `hrStorageVirtualMemory`, `hrStorageFixedDisk`.
const STORAGE_RAM: Oid = Oid::from_static(&[1, 3, 6, 1, 2, 1, 25, 2, 1, 2]);
const STORAGE_VIRTUAL: Oid = Oid::from_static(&[1, 3, 6, 1, 2, 1, 25, 2, 1, 3]);
const STORAGE_DISK: Oid = Oid::from_static(&[1, 3, 6, 1, 2, 1, 25, 2, 1, 4]);
/// `hrDeviceProcessor`.
const DEVICE_PROCESSOR: Oid = Oid::from_static(&[1, 3, 6, 1, 2, 1, 25, 3, 1, 3]);
/// net-snmp's first processor has this `hrDeviceIndex`.
const FIRST_PROCESSOR: u32 = 196_608;
const KIB_PER_GIB: f64 = 1_048_576.0;
const SWAP_KIB: f64 = 8.0 * KIB_PER_GIB;
/// Clock ticks a second (`USER_HZ`).
const TICKS_PER_SECOND: f64 = 100.0;

/// A computer: what never changes about it.
#[derive(Clone, Debug)]
pub(crate) struct Host {
    seed: Seed,
    cores: usize,
    memory_kib: f64,
    /// How busy its processors are.
    busy: Curve,
    /// The mean share of busy processor time.
    utilisation: f64,
    disks: Vec<Disk>,
}

#[derive(Clone, Debug)]
struct Disk {
    mount: String,
    unit_octets: i32,
    units: f64,
    /// The share used when the world starts, and what is added in a year.
    used: f64,
    growth: f64,
}

impl Host {
    pub(crate) fn new(class: DeviceClass, seed: Seed) -> Self {
        let storage = class == DeviceClass::Storage;
        let shape = if storage {
            Shape::Backup
        } else {
            Shape::Public
        };
        let cores = *seed.of("cores").pick(&[4, 8, 8, 16]).unwrap_or(&4);
        let gib = *seed.of("memory").pick(&[16.0, 32.0, 64.0]).unwrap_or(&16.0);
        let utilisation = seed.of("cpu").between(0.06, 0.2);
        let mounts: &[(&str, f64)] = if storage {
            &[("/", 64.0), ("/volume1", 40_000.0), ("/volume2", 40_000.0)]
        } else {
            &[("/", 64.0), ("/var", 256.0), ("/srv", 1_024.0)]
        };
        let disk = |(mount, gib): &(&str, f64)| {
            let seed = seed.of(mount);
            let unit_octets = if *gib > 4_000.0 { 65_536 } else { 4_096 };
            Disk {
                mount: (*mount).to_owned(),
                unit_octets,
                units: gib * 1_073_741_824.0 / f64::from(unit_octets),
                used: seed.of("used").between(0.28, 0.74),
                growth: seed.of("growth").between(0.02, 0.14),
            }
        };
        Self {
            seed,
            cores,
            memory_kib: gib * KIB_PER_GIB,
            busy: Curve {
                shape,
                seed: seed.of("busy"),
                mean: utilisation,
            },
            utilisation,
            disks: mounts.iter().map(disk).collect(),
        }
    }

    /// Adds both MIBs.
    pub(crate) fn table(&self, table: &mut Table) {
        table.add(&HOST, &[1, 1, 0], Source::Host(HostObject::SystemUptime));
        table.add(&HOST, &[1, 5, 0], Source::Host(HostObject::Users));
        table.add(&HOST, &[1, 6, 0], Source::Host(HostObject::Processes));
        table.integer(&HOST, &[2, 2, 0], whole(self.memory_kib));
        self.storages(table);
        for core in 0..self.cores {
            let index = FIRST_PROCESSOR + u32::try_from(core).unwrap_or(0);
            let row = |column| [3, 2, 1, column, index];
            table.integer(&HOST, &row(1), i32::try_from(index).unwrap_or(i32::MAX));
            table.fixed(&HOST, &row(2), Value::ObjectIdentifier(DEVICE_PROCESSOR));
            table.text(&HOST, &row(3), "Simulated processor");
            table.integer(&HOST, &row(5), 2);
            let none = Value::ObjectIdentifier(Oid::from_static(&[0, 0]));
            table.fixed(&HOST, &[3, 3, 1, 1, index], none);
            let load = HostObject::ProcessorLoad(core);
            table.add(&HOST, &[3, 3, 1, 2, index], Source::Host(load));
        }
        self.ucd(table);
    }

    fn storages(&self, table: &mut Table) {
        let memory = [
            ("Physical memory", STORAGE_RAM, self.memory_kib),
            ("Swap space", STORAGE_VIRTUAL, SWAP_KIB),
        ];
        let memory = memory
            .into_iter()
            .map(|(name, kind, kib)| (name.to_owned(), kind, 1_024, kib));
        let disks = self.disks.iter();
        let disks = disks.map(|disk| {
            (
                disk.mount.clone(),
                STORAGE_DISK,
                disk.unit_octets,
                disk.units,
            )
        });
        for (place, (name, kind, unit, size)) in memory.chain(disks).enumerate() {
            let index = storage_index(place);
            let row = |column| [2, 3, 1, column, index];
            table.integer(&HOST, &row(1), i32::try_from(index).unwrap_or(i32::MAX));
            table.fixed(&HOST, &row(2), Value::ObjectIdentifier(kind));
            table.text(&HOST, &row(3), &name);
            table.integer(&HOST, &row(4), unit);
            table.integer(&HOST, &row(5), whole(size));
            table.add(&HOST, &row(6), Source::Host(HostObject::StorageUsed(place)));
            table.fixed(&HOST, &row(7), Value::Counter32(0));
        }
    }

    fn ucd(&self, table: &mut Table) {
        table.integer(&UCD, &[4, 1, 0], 0);
        table.text(&UCD, &[4, 2, 0], "swap");
        table.integer(&UCD, &[4, 3, 0], whole(SWAP_KIB));
        table.integer(&UCD, &[4, 4, 0], whole(SWAP_KIB));
        table.integer(&UCD, &[4, 5, 0], whole(self.memory_kib));
        let live: [(&[u32], HostObject); 8] = [
            (&[4, 6, 0], HostObject::MemAvailReal),
            (&[4, 11, 0], HostObject::MemTotalFree),
            (&[4, 14, 0], HostObject::MemBuffer),
            (&[4, 15, 0], HostObject::MemCached),
            (&[11, 50, 0], HostObject::CpuUser),
            (&[11, 52, 0], HostObject::CpuSystem),
            (&[11, 53, 0], HostObject::CpuIdle),
            (&[11, 54, 0], HostObject::CpuWait),
        ];
        for (arcs, object) in live {
            table.add(&UCD, arcs, Source::Host(object));
        }
        table.fixed(&UCD, &[11, 51, 0], Value::Counter32(0));
        for (row, name) in [(1, "Core temperature"), (2, "Inlet temperature")] {
            table.integer(
                &UCD,
                &[13, 16, 2, 1, 1, row],
                i32::try_from(row).unwrap_or(0),
            );
            table.text(&UCD, &[13, 16, 2, 1, 2, row], name);
            table.add(
                &UCD,
                &[13, 16, 2, 1, 3, row],
                Source::Host(HostObject::Temperature(row)),
            );
        }
        for (row, minutes) in [(1, 1), (2, 5), (3, 15)] {
            table.integer(&UCD, &[10, 1, 1, row], i32::try_from(row).unwrap_or(0));
            table.text(&UCD, &[10, 1, 2, row], &format!("Load-{minutes}"));
            table.add(
                &UCD,
                &[10, 1, 3, row],
                Source::Host(HostObject::LoadText(minutes)),
            );
            table.add(
                &UCD,
                &[10, 1, 5, row],
                Source::Host(HostObject::LoadInt(minutes)),
            );
        }
    }

    /// The value of an object at a moment.
    pub(crate) fn read(&self, object: HostObject, moment: &Moment) -> Value {
        let free = self.memory_kib * (1.0 - self.memory_used(moment));
        let kib = |x: f64| Value::Integer(whole(x));
        match object {
            HostObject::SystemUptime => Value::TimeTicks(moment.ticks()),
            HostObject::Users => Value::Gauge32(unsigned(2.0 * self.load(moment, 1))),
            HostObject::Processes => Value::Gauge32(unsigned(210.0 + 60.0 * self.load(moment, 1))),
            HostObject::ProcessorLoad(core) => {
                let lean = self.seed.of("core").at(core as u64).between(0.7, 1.3);
                let percent = 100.0 * self.utilisation * self.relative(moment) * lean;
                Value::Integer(whole(percent.clamp(0.0, 100.0)))
            }
            HostObject::StorageUsed(place) => self.storage_used(place, moment),
            HostObject::LoadText(minutes) => {
                Value::OctetString(format!("{:.2}", self.load(moment, minutes)).into_bytes())
            }
            HostObject::LoadInt(minutes) => {
                Value::Integer(whole(100.0 * self.load(moment, minutes)))
            }
            HostObject::Temperature(row) => {
                Value::Gauge32(unsigned(self.milli_celsius(row, moment)))
            }
            HostObject::MemAvailReal => kib(free * 0.3),
            HostObject::MemTotalFree => kib(free * 0.3 + SWAP_KIB),
            HostObject::MemBuffer => kib(free * 0.1),
            HostObject::MemCached => kib(free * 0.6),
            HostObject::CpuUser => ticks(self.busy_ticks(moment) * 3 / 4),
            HostObject::CpuSystem => ticks(self.busy_ticks(moment) / 5),
            HostObject::CpuWait => ticks(self.busy_ticks(moment) / 20),
            HostObject::CpuIdle => {
                let all = u128::from(moment.uptime_millis()) * self.cores as u128 / 10;
                let all = u64::try_from(all).unwrap_or(u64::MAX);
                ticks(all.saturating_sub(self.busy_ticks(moment)))
            }
        }
    }

    /// Ticks that all processors were busy since the last start.
    #[expect(clippy::cast_precision_loss, reason = "processors are few")]
    fn busy_ticks(&self, moment: &Moment) -> u64 {
        let mean = TICKS_PER_SECOND * self.cores as f64 * self.utilisation;
        let ticking = Curve { mean, ..self.busy };
        ticking.gained(moment.booted, moment.t)
    }

    /// How busy it is against its mean.
    fn relative(&self, moment: &Moment) -> f64 {
        self.busy.rate(moment.t) / self.busy.mean
    }

    /// The load average, over the last minutes.
    #[expect(clippy::cast_precision_loss, reason = "processors are few")]
    fn load(&self, moment: &Moment, minutes: u32) -> f64 {
        let from = moment.t.plus_millis(-i64::from(minutes) * 60_000);
        let mean = 1_000.0 * self.utilisation;
        let fine = Curve { mean, ..self.busy };
        let gained = fine.gained(from, moment.t) as f64 / 1_000.0;
        gained / (f64::from(minutes) * 60.0) * self.cores as f64
    }

    /// The core follows the load, the inlet the day outside.
    fn milli_celsius(&self, row: u32, moment: &Moment) -> f64 {
        let noise = self
            .seed
            .of("heat")
            .at((moment.t.as_seconds() / 60).unsigned_abs())
            .signed();
        if row == 1 {
            1_000.0 * (41.0 + 14.0 * self.busy.load(moment.t) + noise)
        } else {
            1_000.0 * (22.0 + 0.6 * sun(moment.t) + 0.2 * noise)
        }
    }

    fn memory_used(&self, moment: &Moment) -> f64 {
        let base = self.seed.of("used").between(0.3, 0.6);
        base + 0.12 * self.busy.load(moment.t).min(1.0)
    }

    fn storage_used(&self, place: usize, moment: &Moment) -> Value {
        #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 fit")]
        let year = moment.t.as_millis() as f64 / (365.25 * 86_400_000.0) - 56.0;
        let used = match place {
            0 => self.memory_kib * self.memory_used(moment),
            1 => 0.0,
            _ => self.disks.get(place - 2).map_or(0.0, |disk| {
                disk.units * (disk.used + disk.growth * year).clamp(0.05, 0.97)
            }),
        };
        Value::Integer(whole(used))
    }
}

/// `hrStorageIndex`: memory 1 and 3, disks from 31, as net-snmp does.
fn storage_index(place: usize) -> u32 {
    match place {
        0 => 1,
        1 => 3,
        disk => 29 + u32::try_from(disk).unwrap_or(0),
    }
}

const fn ticks(count: u64) -> Value {
    Value::Counter32(low(count))
}
