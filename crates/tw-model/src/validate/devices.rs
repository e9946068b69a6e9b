//! Devices, their racks and addresses, and credentials.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** do I/O.

use super::{At, Check, FindingCode};
use crate::{
    Credential, Device, Face, Kind, POLL_SECONDS_MAX, POLL_SECONDS_MIN, RackPosition, SecretRef,
    SnmpVersion, TlsEndpoint,
};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn check(check: &mut Check<'_>) {
    for credential in check.register.credentials.values() {
        credentials(check, credential);
    }
    let mut addresses: BTreeMap<std::net::SocketAddr, &str> = BTreeMap::new();
    for device in check.register.devices.values() {
        one_device(check, device);
        let Some(address) = device.address else {
            continue;
        };
        if let Some(first) = addresses.insert(address, device.id.as_str()) {
            let message = format!("{address} is also the address of {first}");
            let at = At {
                kind: Kind::Device,
                id: device.id.as_str(),
            };
            let what = (FindingCode::DuplicateAddress, message);
            check.find(
                at,
                "address",
                what,
                "an address and port that no other device has",
            );
        }
    }
    overlaps(check);
}

fn one_device(check: &mut Check<'_>, device: &Device) {
    let register = check.register;
    let at = At {
        kind: Kind::Device,
        id: device.id.as_str(),
    };
    check.text(at, "name", &device.name);
    check.refers(at, "site", &device.site, (Kind::Site, &register.sites));
    let range = (POLL_SECONDS_MIN.into(), POLL_SECONDS_MAX.into());
    check.range(at, "poll_seconds", device.poll_seconds.into(), range);
    if let Some(credential) = &device.credential {
        check.refers(
            at,
            "credential",
            credential,
            (Kind::Credential, &register.credentials),
        );
        if device.address.is_none() {
            let what = (
                FindingCode::Contradiction,
                "a credential but no address".to_owned(),
            );
            check.find(at, "credential", what, "an address beside the credential");
        }
    }
    if let Some(asset) = &device.asset {
        check.refers(at, "asset", asset, (Kind::Asset, &register.assets));
    }
    if device.witness && device.address.is_none() {
        let what = (
            FindingCode::Contradiction,
            "a load witness that is not polled".to_owned(),
        );
        check.find(at, "witness", what, "false, or an address beside it");
    }
    for (n, feed) in device.fed_by.iter().enumerate() {
        check.refers(
            at,
            &format!("fed_by.{n}"),
            feed,
            (Kind::Device, &register.devices),
        );
    }
    for (n, node) in device.reached_via.iter().enumerate() {
        let key = format!("reached_via.{n}");
        check.refers(at, &key, node, (Kind::Device, &check.register.devices));
        let nodes = &check.register.devices;
        if *node == device.id || nodes.get(node).is_some_and(|n| n.site != device.site) {
            let message = format!("device {node} is not on a way inside of the site");
            let what = (FindingCode::Contradiction, message);
            check.find(at, &key, what, "another device of the same site");
        }
    }
    interfaces(check, at, device);
    endpoints(check, at, device);
    if let Some(position) = &device.rack {
        mounted(check, at, device, position);
    }
}

fn endpoints(check: &mut Check<'_>, at: At<'_>, device: &Device) {
    let mut seen = BTreeSet::new();
    if device.tls.len() > TlsEndpoint::COUNT_MAX {
        let message = format!("{} endpoints", device.tls.len());
        let allowed = format!("at most {}", TlsEndpoint::COUNT_MAX);
        check.find(at, "tls", (FindingCode::OutOfRange, message), allowed);
    }
    for (n, endpoint) in device.tls.iter().enumerate() {
        if !seen.insert(endpoint.address) {
            let message = format!("{} is named twice", endpoint.address);
            let what = (FindingCode::DuplicateAddress, message);
            check.find(at, &format!("tls.{n}.address"), what, "each endpoint once");
        }
        if let Some(service) = &endpoint.service {
            let known = (Kind::Service, &check.register.services);
            check.refers(at, &format!("tls.{n}.service"), service, known);
        }
        let plain = |c: char| c.is_ascii_alphanumeric() || ".-:_".contains(c);
        let fits = |name: &String| {
            (1..=TlsEndpoint::NAME_LENGTH_MAX).contains(&name.len()) && name.chars().all(plain)
        };
        if let Some(name) = endpoint.name.as_ref().filter(|name| !fits(name)) {
            let what = (FindingCode::BadText, format!("{name:?} is no host name"));
            let allowed = "a name as portal.example.vn, or an address";
            check.find(at, &format!("tls.{n}.name"), what, allowed);
        }
    }
}

fn interfaces(check: &mut Check<'_>, at: At<'_>, device: &Device) {
    let mut seen = BTreeSet::new();
    for (n, interface) in device.interfaces.iter().enumerate() {
        let key = format!("interfaces.{n}.name");
        let plain = |c: char| c.is_ascii_alphanumeric() || "._~-".contains(c);
        if interface.name.is_empty() || !interface.name.chars().all(plain) {
            let message = format!("{:?} is no interface name", interface.name);
            let allowed = "ifName with every character outside of A-Za-z0-9._~- replaced by -";
            check.find(at, &key, (FindingCode::BadText, message), allowed);
        } else if !seen.insert(&interface.name) {
            let message = format!("interface {} is declared twice", interface.name);
            check.find(
                at,
                &key,
                (FindingCode::DuplicateName, message),
                "each interface once",
            );
        }
    }
}

fn mounted(check: &mut Check<'_>, at: At<'_>, device: &Device, position: &RackPosition) {
    let register = check.register;
    check.refers(at, "rack.id", &position.id, (Kind::Rack, &register.racks));
    check.range(
        at,
        "rack.height_u",
        position.height_u.into(),
        (1, crate::Rack::U_HEIGHT_MAX.into()),
    );
    let Some(rack) = register.racks.get(&position.id) else {
        return;
    };
    if position.u < 1 || position.top_u() > rack.u_height {
        let message = format!(
            "units {} to {} are not in rack {}, which has {}",
            position.u,
            position.top_u(),
            rack.id,
            rack.u_height
        );
        let highest = rack
            .u_height
            .saturating_sub(position.height_u.max(1))
            .saturating_add(1);
        let allowed = format!("1 to {highest} for a height of {}", position.height_u);
        check.find(at, "rack.u", (FindingCode::OutsideRack, message), allowed);
    }
    if let Some(site) = register
        .site_of_rack(&position.id)
        .filter(|site| **site != device.site)
    {
        let message = format!(
            "rack {} stands at site {site}, the device at {}",
            rack.id, device.site
        );
        check.find(
            at,
            "rack.id",
            (FindingCode::Contradiction, message),
            "a rack of the device's site",
        );
    }
}

/// Each device is compared with the devices of its rack that come before it.
fn overlaps(check: &mut Check<'_>) {
    let mut racks: BTreeMap<&str, Vec<(&Device, &RackPosition)>> = BTreeMap::new();
    for device in check.register.devices.values() {
        let Some(position) = &device.rack else {
            continue;
        };
        let mounted = racks.entry(position.id.as_str()).or_default();
        let other = mounted.iter().find(|(_, other)| collide(position, other));
        if let Some((other, taken)) = other {
            let message = format!(
                "units {} to {} of rack {} are taken by {} (units {} to {})",
                position.u,
                position.top_u(),
                position.id,
                other.id,
                taken.u,
                taken.top_u()
            );
            let at = At {
                kind: Kind::Device,
                id: device.id.as_str(),
            };
            let what = (FindingCode::OverlappingUnits, message);
            check.find(at, "rack.u", what, free_units(check, position, mounted));
        }
        mounted.push((device, position));
    }
}

fn collide(a: &RackPosition, b: &RackPosition) -> bool {
    let same_face = a.full_depth || b.full_depth || a.face == b.face;
    same_face && a.u <= b.top_u() && b.u <= a.top_u()
}

fn free_units(
    check: &Check<'_>,
    wanted: &RackPosition,
    mounted: &[(&Device, &RackPosition)],
) -> String {
    const SHOWN_MAX: usize = 10;
    let height = check
        .register
        .racks
        .get(&wanted.id)
        .map_or(0, |rack| rack.u_height);
    let last = height.saturating_sub(wanted.height_u.saturating_sub(1));
    let free: Vec<String> = (1..=last)
        .filter(|&u| {
            let trial = RackPosition {
                u,
                ..wanted.clone()
            };
            !mounted.iter().any(|(_, taken)| collide(&trial, taken))
        })
        .take(SHOWN_MAX)
        .map(|u| u.to_string())
        .collect();
    let face = match wanted.face {
        _ if wanted.full_depth => "both faces",
        Face::Front => "the front",
        Face::Rear => "the rear",
    };
    if free.is_empty() {
        format!("no unit of rack {} is free on {face}", wanted.id)
    } else {
        format!("u that are free on {face}: {}", free.join(", "))
    }
}

fn credentials(check: &mut Check<'_>, credential: &Credential) {
    let at = At {
        kind: Kind::Credential,
        id: credential.id.as_str(),
    };
    let snmp = &credential.snmp;
    let v3 = snmp.version == SnmpVersion::V3;
    let secrets = [
        ("community", snmp.community(), !v3),
        ("auth_pass", snmp.auth_pass(), v3 && snmp.auth.is_some()),
        ("priv_pass", snmp.priv_pass(), v3 && snmp.r#priv.is_some()),
    ];
    for (secret, places, needed) in secrets {
        one_secret(check, at, (secret, &places, needed));
    }
    let complaint = if v3 && snmp.user.is_none() && !snmp.stored {
        ("snmp.user", "version 3 needs a user", "the user's name")
    } else if v3 && snmp.r#priv.is_some() && snmp.auth.is_none() {
        (
            "snmp.priv",
            "encryption without authentication",
            "auth beside priv (RFC 3414)",
        )
    } else if !v3 && (snmp.user.is_some() || snmp.auth.is_some() || snmp.r#priv.is_some()) {
        (
            "snmp.version",
            "user, auth and priv belong to version 3",
            "3, or a community alone",
        )
    } else {
        return;
    };
    check.find(
        at,
        complaint.0,
        (FindingCode::BadCredential, complaint.1.to_owned()),
        complaint.2,
    );
}

fn one_secret(
    check: &mut Check<'_>,
    at: At<'_>,
    (secret, places, needed): (&str, &[SecretRef<'_>], bool),
) {
    let named = places
        .iter()
        .filter(|place| **place != SecretRef::Stored)
        .count();
    let complaint = match (needed, places.len()) {
        (true, 1) | (false, 0) => return,
        (false, _) if named == 0 => return,
        (true, 0) => format!("nothing says where the {secret} lies"),
        (true, _) => format!("more than one place is named for the {secret}"),
        (false, _) => format!("a {secret} is named that this credential does not use"),
    };
    let allowed = format!("one of {secret}_env, {secret}_file and {secret}_credential");
    check.find(at, "snmp", (FindingCode::BadCredential, complaint), allowed);
}
