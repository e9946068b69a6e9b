//! Which interfaces a device of the register has, and how much passes through them.
//!
//! What the register declares, and what its circuits are plugged into, comes first; then what
//! such a device usually has. Both ends of a circuit count the same octets.
//!
//! **Room:** layer 3, simulation; this file is pure. **May use:** `tw-units`, `tw-model`.

use super::port::{ETHERNET, LOOPBACK, Port, interface_key, mac};
use crate::{
    curve::{Curve, Shape},
    hash::Seed,
};
use tw_model::{Circuit, Device, DeviceClass, Register};

const MBIT: u64 = 1_000_000;
const GBIT: u64 = 1_000 * MBIT;
/// Interfaces of one device; what a register declares beyond is left out.
pub const PORTS_MAX: usize = 512;

/// A group of like interfaces.
struct Group {
    names: fn(u32) -> String,
    count: u32,
    speed_bps: u64,
    shape: Shape,
    /// Octets a second, from and to, the mean over a week.
    mean: [f64; 2],
    /// How much more a device receives than it sends.
    lean: f64,
    /// The share of interfaces that anything is plugged into.
    wired: f64,
}

/// The interfaces of `device`, in the order of their first numbers.
pub(crate) fn ports(register: &Register, device: &Device, world: Seed) -> Vec<Port> {
    let seed = device_seed(world, device);
    let mut ports: Vec<Port> = Vec::new();
    let mut add = |port: Port| {
        if ports.len() < PORTS_MAX && ports.iter().all(|other| other.key != port.key) {
            ports.push(port);
        }
    };
    for circuit in register.circuits.values() {
        for (end, at_a) in [(&circuit.a, true), (&circuit.z, false)] {
            if end.device == device.id {
                add(circuit_port(register, circuit, at_a, world));
            }
        }
    }
    for declared in &device.interfaces {
        let port_seed = seed.of(&declared.name);
        let mut port = plain_port(&if_name(&declared.name), port_seed, &declared_group(device));
        port.alias = declared.description.clone().unwrap_or_default();
        port.speed_bps = declared.speed_bps.unwrap_or(GBIT);
        port.wired = true;
        add(port);
    }
    for group in groups(device) {
        for n in 1..=group.count {
            let name = (group.names)(n);
            add(plain_port(&name, seed.of(&name), &group));
        }
    }
    if matches!(device.class, DeviceClass::Server | DeviceClass::Storage) {
        add(loopback(seed));
    }
    ports
}

/// The seed of a device.
pub(crate) fn device_seed(world: Seed, device: &Device) -> Seed {
    world.of("device").of(device.id.as_str())
}

/// The `ifName` behind a name of the register: between digits, a `-` stands for a slash.
fn if_name(key: &str) -> String {
    let chars: Vec<char> = key.chars().collect();
    let digit = |at: Option<usize>| {
        at.and_then(|at| chars.get(at))
            .is_some_and(char::is_ascii_digit)
    };
    let name = chars.iter().enumerate().map(|(at, c)| {
        let between = *c == '-' && digit(at.checked_sub(1)) && digit(at.checked_add(1));
        if between { '/' } else { *c }
    });
    name.collect()
}

fn circuit_port(register: &Register, circuit: &Circuit, at_a: bool, world: Seed) -> Port {
    let (here, there) = if at_a {
        (&circuit.a, &circuit.z)
    } else {
        (&circuit.z, &circuit.a)
    };
    let circuit_seed = world.of("circuit").of(circuit.id.as_str());
    let commit = circuit.commit_bps.max(MBIT);
    #[expect(clippy::cast_precision_loss, reason = "a rate is far below 2^53")]
    let octets_per_second = commit as f64 / 8.0;
    let curve = |direction: &str, low: f64, high: f64| {
        let seed = circuit_seed.of(direction);
        let mean = octets_per_second * seed.of("mean").between(low, high);
        Curve {
            shape: Shape::Public,
            seed,
            mean,
        }
    };
    let (a_to_z, z_to_a) = (curve("a-z", 0.14, 0.24), curve("z-a", 0.06, 0.14));
    let (tx, rx) = if at_a {
        (a_to_z, z_to_a)
    } else {
        (z_to_a, a_to_z)
    };
    let far = register.devices.get(&there.device);
    let far = far.map_or(there.device.as_str(), |device| device.site.as_str());
    let provider = circuit
        .provider
        .as_ref()
        .map_or("", |provider| provider.as_str());
    Port {
        name: if_name(&here.interface),
        key: interface_key(&here.interface),
        alias: format!("WAN {} to {far} {provider}", circuit.id)
            .trim_end()
            .to_owned(),
        kind: ETHERNET,
        speed_bps: if commit > GBIT { 10 * GBIT } else { GBIT },
        mac: mac(circuit_seed.at(u64::from(at_a))),
        wired: true,
        rx,
        tx,
        packet_octets: 700,
        errors_ppm: 2,
    }
}

fn plain_port(name: &str, seed: Seed, group: &Group) -> Port {
    let mean = seed.of("mean").between(group.mean[0], group.mean[1]);
    let curve = |direction: &str, mean: f64| Curve {
        shape: group.shape,
        seed: seed.of(direction),
        mean,
    };
    // One interface in forty has a bad cable.
    let bad = seed.of("bad").below(40) == 0;
    Port {
        name: name.to_owned(),
        key: interface_key(name),
        alias: String::new(),
        kind: ETHERNET,
        speed_bps: group.speed_bps,
        mac: mac(seed),
        wired: seed.of("wired").unit() < group.wired,
        rx: curve("rx", mean * group.lean),
        tx: curve("tx", mean),
        packet_octets: 420 + seed.of("packet").below(500),
        errors_ppm: if bad {
            40 + seed.of("errors").below(400)
        } else {
            seed.of("errors").below(3)
        },
    }
}

fn loopback(seed: Seed) -> Port {
    let seed = seed.of("lo");
    let curve = Curve {
        shape: Shape::Steady,
        seed,
        mean: 40_000.0,
    };
    Port {
        name: "lo".to_owned(),
        key: "lo".to_owned(),
        alias: String::new(),
        kind: LOOPBACK,
        speed_bps: 10 * MBIT,
        mac: [0; 6],
        wired: true,
        rx: curve,
        tx: curve,
        packet_octets: 900,
        errors_ppm: 0,
    }
}

/// A declared interface of nothing in particular.
fn declared_group(device: &Device) -> Group {
    let first = groups(device).into_iter().next();
    let spare = Group {
        names: |n| format!("eth{}", n - 1),
        count: 1,
        speed_bps: GBIT,
        shape: Shape::Steady,
        mean: [1e4, 1e5],
        lean: 1.0,
        wired: 1.0,
    };
    Group {
        wired: 1.0,
        ..first.unwrap_or(spare)
    }
}

/// What a device of its class and role usually has.
fn groups(device: &Device) -> Vec<Group> {
    let access = device.role.as_deref() == Some("access");
    let lan = |names: fn(u32) -> String, count| Group {
        names,
        count,
        speed_bps: GBIT,
        shape: Shape::Office,
        mean: [2e6, 9e6],
        lean: 0.8,
        wired: 0.9,
    };
    match device.class {
        DeviceClass::Router => vec![lan(|n| format!("ge-0/0/{}", n + 1), 4)],
        DeviceClass::Switch if access => vec![
            Group {
                mean: [1.5e4, 1.6e5],
                lean: 0.3,
                wired: 0.72,
                ..lan(|n| format!("Gi1/0/{n}"), 24)
            },
            Group {
                speed_bps: 10 * GBIT,
                mean: [1.5e6, 5e6],
                lean: 2.5,
                wired: 1.0,
                ..lan(|n| format!("Te1/1/{n}"), 2)
            },
        ],
        DeviceClass::Switch => vec![Group {
            speed_bps: 10 * GBIT,
            mean: [3e6, 4e7],
            wired: 0.8,
            ..lan(|n| format!("Te1/0/{n}"), 24)
        }],
        DeviceClass::Firewall => vec![Group {
            shape: Shape::Public,
            ..lan(|n| format!("port{n}"), 6)
        }],
        DeviceClass::Wireless => vec![Group {
            lean: 0.2,
            ..lan(|n| format!("eth{}", n - 1), 1)
        }],
        DeviceClass::Server => vec![Group {
            shape: Shape::Public,
            mean: [5e5, 8e6],
            lean: 0.4,
            wired: 1.0,
            ..lan(|n| format!("eno{n}"), 2)
        }],
        DeviceClass::Storage => vec![Group {
            speed_bps: 10 * GBIT,
            shape: Shape::Backup,
            mean: [1e7, 6e7],
            lean: 1.4,
            wired: 1.0,
            ..lan(|n| format!("eth{}", n - 1), 4)
        }],
        _ => vec![Group {
            speed_bps: 100 * MBIT,
            shape: Shape::Steady,
            mean: [60.0, 400.0],
            lean: 0.6,
            wired: 1.0,
            ..lan(|n| format!("eth{}", n - 1), 1)
        }],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_the_register_becomes_one_that_means_it_again() {
        for (key, expect) in [
            ("ge-0-0-1", "ge-0/0/1"),
            ("Gi1-0-24", "Gi1/0/24"),
            ("port-channel", "port-channel"),
            ("xe-0-1-0.100", "xe-0/1/0.100"),
            ("eth0", "eth0"),
        ] {
            assert_eq!(if_name(key), expect);
            assert_eq!(interface_key(expect), key);
        }
    }
}
