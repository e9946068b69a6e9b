//! Rounds without sockets: what is asked, and what silence leads to.
//!
//! **Room:** tests.

use super::*;
use crate::engine::target::Access;
use tw_snmp::{Message, RawMessage, Value as Raw, Version};
use tw_units::DeviceId;

fn device() -> Device {
    Device::new(EngineTarget {
        device: DeviceId::new("d").unwrap(),
        address: "127.0.0.1:161".parse().unwrap(),
        access: Some(Access::Community {
            version: Version::V2c,
            community: b"public".to_vec(),
        }),
        poll_seconds: 60,
        known_interfaces: Vec::new(),
    })
}

/// Answers a step as a device that has nothing but an uptime.
fn answer(device: &mut Device, step: Step, up_time: u32, now_us: u64) {
    let mut pdu = device.pdu(step);
    pdu.kind = PduKind::Response;
    (pdu.error_status, pdu.error_index) = (0, 0);
    for varbind in &mut pdu.varbinds {
        let is_up_time = varbind
            .oid
            .as_slice()
            .starts_with(tw_devices::plan::SYS_UP_TIME);
        varbind.value = if is_up_time {
            Raw::TimeTicks(up_time)
        } else {
            Raw::EndOfMibView
        };
    }
    let datagram = Message {
        version: Version::V2c,
        community: b"public".to_vec(),
        pdu,
    }
    .encode();
    let message = RawMessage::decode(&datagram).unwrap();
    device.take(&Answer {
        step,
        pdu: &message.pdu,
        rtt_us: 1_000,
        bytes: datagram.len(),
        now_us,
    });
}

/// Runs a round to its end, answering everything; gives the steps.
fn run(device: &mut Device, up_time: u32, now_us: u64) -> Vec<Step> {
    let mut steps = Vec::new();
    while let Some(step) = device.next_step() {
        steps.push(step);
        answer(device, step, up_time, now_us);
    }
    assert!(device.is_finished());
    steps
}

#[test]
fn a_new_device_is_described_first_and_alone() {
    let mut device = device();
    device.begin(0, Timestamp::EPOCH);
    let step = device.next_step().unwrap();
    assert!(matches!(step, Step::System { .. }));
    assert_eq!(
        device.next_step(),
        None,
        "nothing beside the first question"
    );
    answer(&mut device, step, 100_000, 10);
    let steps = run(&mut device, 100_000, 20);
    assert!(steps.iter().any(|step| matches!(step, Step::Walk(_))));
    assert!(matches!(steps.last(), Some(Step::Part { first: true, .. })));
    let round = device.finish(Some(true), Ping::default(), false).unwrap();
    assert_eq!(round.values[0], Some(Value::Whole(1)));
}

#[test]
fn a_known_device_is_asked_for_its_values_only() {
    let mut device = device();
    device.begin(0, Timestamp::EPOCH);
    run(&mut device, 100_000, 20);
    device.finish(Some(true), Ping::default(), false).unwrap();
    device.begin(60_000_000, Timestamp::from_seconds(60));
    let steps = run(&mut device, 106_000, 60_000_000);
    assert_eq!(steps.len(), 1);
    // A restart is described within the same round, and named.
    device.finish(Some(true), Ping::default(), false).unwrap();
    device.begin(120_000_000, Timestamp::from_seconds(120));
    let steps = run(&mut device, 500, 120_000_000);
    assert!(steps.iter().any(|step| matches!(step, Step::System { .. })));
    let round = device.finish(Some(true), Ping::default(), false).unwrap();
    let told = format!("{:?}", round.observations);
    assert!(told.contains("rebooted"), "{told}");
}

#[test]
fn silence_is_probed_then_ends_the_round_and_leaves_no_values() {
    let mut device = device();
    device.begin(0, Timestamp::EPOCH);
    run(&mut device, 100_000, 20);
    device.finish(Some(true), Ping::default(), false).unwrap();
    device.begin(60_000_000, Timestamp::from_seconds(60));
    let step = device.next_step().unwrap();
    device.silent(step, 61_000_000);
    assert_eq!(device.next_step(), Some(Step::Probe));
    device.silent(Step::Probe, 62_000_000);
    assert!(device.is_finished() && !device.has_answered());
    let round = device.finish(Some(false), Ping::default(), false).unwrap();
    assert_eq!(round.values[0], Some(Value::Whole(0)));
    let had = round.values.iter().flatten().count();
    assert_eq!(
        had, 2,
        "only the verdict and the count of varbinds: {round:?}"
    );
    // The next round asks one small question.
    device.begin(120_000_000, Timestamp::from_seconds(120));
    assert_eq!(device.next_step(), Some(Step::Probe));
    assert_eq!(device.next_step(), None);
}

#[test]
fn what_is_too_much_is_halved_when_a_small_question_is_answered() {
    let mut device = device();
    device.begin(0, Timestamp::EPOCH);
    let step = device.next_step().unwrap();
    device.silent(step, 1_000_000);
    assert_eq!(device.next_step(), Some(Step::Probe));
    answer(&mut device, Step::Probe, 100_000, 1_000_100);
    let halves: Vec<Step> = std::iter::from_fn(|| device.next_step()).take(2).collect();
    let middle = tw_devices::modules::SYSTEM.len() / 2;
    assert!(
        matches!(halves[0], Step::System { from: 0, to } if to == middle),
        "{halves:?}"
    );
}
