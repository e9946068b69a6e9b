//! Interfaces as the API shows them.
//!
//! **Room:** layer 2, pure. **May use:** `tw-api`. **Must not:** do I/O.

use crate::{
    readings::{live::TargetNow, rates},
    world::World,
};
use tw_api::{Interface, InterfaceSpec, InterfaceStatus};
use tw_ingest::seen::InterfaceSeen;
use tw_units::Timestamp;

/// The name inside `<device>:<name>` of an observed interface.
pub(crate) fn name(seen: &InterfaceSeen) -> &str {
    seen.key.strip_prefix("if:").unwrap_or(&seen.key)
}

/// An interface; `since` is filled by who asked the store.
pub(crate) fn interface(
    world: &World,
    device: &str,
    (target, seen): (&TargetNow, &InterfaceSeen),
    now: Timestamp,
) -> Interface {
    let id = format!("{device}:{}", name(seen));
    let octets_max = (seen.speed_bps > 0).then(|| speed(seen.speed_bps) / 8.0);
    let rate = |wide: &str, narrow: &str, most: Option<f64>| {
        let (before, latest) = (target.before.as_ref()?, target.fresh(now)?);
        rates::newest(before, latest, (&seen.key, wide), most)
            .or_else(|| rates::newest(before, latest, (&seen.key, narrow), most))
    };
    let bits = |octets: Option<f64>| octets.map(|octets| octets * 8.0);
    Interface {
        spec: InterfaceSpec {
            device: device.to_owned(),
            circuit: world.circuit_of_interface(&id).cloned(),
        },
        status: InterfaceStatus {
            name: seen.name.clone(),
            descr: seen.descr.clone(),
            alias: seen.alias.clone(),
            if_index: seen.if_index,
            if_type: seen.if_type,
            mac: seen.mac.clone(),
            speed_bps: (seen.speed_bps > 0).then_some(seen.speed_bps),
            mtu: seen.mtu,
            admin_up: target.admin_up(now, seen),
            state: target.interface_state(now, &seen.key),
            since: None,
            in_bps: bits(rate("ifHCInOctets", "ifInOctets", octets_max)),
            out_bps: bits(rate("ifHCOutOctets", "ifOutOctets", octets_max)),
            in_errors: rate("ifInErrors", "ifInErrors", None),
            out_errors: rate("ifOutErrors", "ifOutErrors", None),
            last_poll: target.last_poll(),
        },
        version: world.version(tw_model::Kind::Device, device),
        id,
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "speeds are far below 2^53 bit/s"
)]
pub(crate) fn speed(bps: u64) -> f64 {
    bps as f64
}
