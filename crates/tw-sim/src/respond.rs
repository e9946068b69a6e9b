//! How an agent answers a PDU: GET, GETNEXT, GETBULK of v1, v2c and v3.
//!
//! **Room:** layer 3, simulation; this file is pure. **May use:** `tw-snmp`.
//! **Must not:** read a clock, use a socket.

use crate::fault::FaultyView;
use tw_snmp::{ErrorStatus, Oid, Pdu, PduKind, Value, VarBind};

/// Bindings in one answer; a GETBULK that asks for more gets these.
pub(crate) const VARBINDS_MAX: usize = 2_000;
/// Octets of an answer around its bindings: version, community or security fields, PDU head.
const ENVELOPE_OCTETS: usize = 96;

/// Answers `request` in at most about `octets_max` octets; `None` for a PDU that wants no answer.
pub(crate) fn respond(
    view: &FaultyView<'_>,
    request: &Pdu,
    v1: bool,
    octets_max: usize,
) -> Option<Pdu> {
    let room = octets_max.saturating_sub(ENVELOPE_OCTETS);
    match request.kind {
        PduKind::GetRequest => Some(one_each(request, v1, room, |oid| {
            (oid.clone(), get(view, oid, v1))
        })),
        PduKind::GetNextRequest => Some(one_each(request, v1, room, |oid| next(view, oid, v1))),
        PduKind::GetBulkRequest if !v1 => Some(bulk(view, request, room)),
        PduKind::SetRequest => {
            let status = if v1 {
                ErrorStatus::NoSuchName
            } else {
                ErrorStatus::NotWritable
            };
            Some(request.error_response(status, 1))
        }
        _ => None,
    }
}

fn one_each(request: &Pdu, v1: bool, room: usize, answer: impl Fn(&Oid) -> (Oid, Value)) -> Pdu {
    let mut varbinds = Vec::with_capacity(request.varbinds.len());
    let mut used = 0;
    for (position, asked) in request.varbinds.iter().enumerate() {
        let (oid, value) = answer(&asked.oid);
        if v1 && value.is_exception() {
            let index = i32::try_from(position + 1).unwrap_or(i32::MAX);
            return request.error_response(ErrorStatus::NoSuchName, index);
        }
        let varbind = VarBind { oid, value };
        used += octets(&varbind);
        if used > room {
            return too_big(request, v1);
        }
        varbinds.push(varbind);
    }
    request.response(varbinds)
}

/// `tooBig`: v1 repeats the bindings (RFC 1157 §4.1.2), v2 sends none (RFC 3416 §4.2.1).
pub(crate) fn too_big(request: &Pdu, v1: bool) -> Pdu {
    let mut answer = request.error_response(ErrorStatus::TooBig, 0);
    if !v1 {
        answer.varbinds.clear();
    }
    answer
}

/// RFC 3416 §4.2.3: the non-repeaters once, the others in rows, as many as fit.
fn bulk(view: &FaultyView<'_>, request: &Pdu, room: usize) -> Pdu {
    let asked = &request.varbinds;
    let repeaters_from = request.non_repeaters().min(asked.len());
    let mut answer = Vec::new();
    let mut used = 0;
    let mut push = |answer: &mut Vec<VarBind>, varbind: VarBind| {
        used += octets(&varbind);
        let fits = used <= room && answer.len() < VARBINDS_MAX;
        if fits {
            answer.push(varbind);
        }
        fits
    };
    for varbind in &asked[..repeaters_from] {
        let (oid, value) = next(view, &varbind.oid, false);
        if !push(&mut answer, VarBind { oid, value }) {
            return request.response(answer);
        }
    }
    let mut last: Vec<Oid> = asked[repeaters_from..]
        .iter()
        .map(|v| v.oid.clone())
        .collect();
    for _ in 0..request.max_repetitions() {
        let mut ended = true;
        for oid in &mut last {
            let (name, value) = next(view, oid, false);
            ended &= value == Value::EndOfMibView;
            oid.clone_from(&name);
            if !push(&mut answer, VarBind { oid: name, value }) {
                return request.response(answer);
            }
        }
        if ended {
            break;
        }
    }
    request.response(answer)
}

fn get(view: &FaultyView<'_>, oid: &Oid, v1: bool) -> Value {
    match view.get(oid) {
        Some(Value::Counter64(_)) if v1 => Value::NoSuchInstance,
        Some(value) => value,
        None => missing(view, oid),
    }
}

/// Whether the object is not there at all, or only this instance of it (RFC 3416 §4.2.1): a
/// neighbour under the same column says that the column exists.
fn missing(view: &FaultyView<'_>, oid: &Oid) -> Value {
    let column = oid.parent().unwrap_or_default();
    match view.next(&column) {
        Some((neighbour, _)) if !column.is_empty() && neighbour.starts_with(&column) => {
            Value::NoSuchInstance
        }
        _ => Value::NoSuchObject,
    }
}

fn next(view: &FaultyView<'_>, oid: &Oid, v1: bool) -> (Oid, Value) {
    let mut from = oid.clone();
    // v1 has no Counter64: the walk passes over them (RFC 3584 §4.2.2.1).
    for _ in 0..=u16::MAX {
        match view.next(&from) {
            Some((name, Value::Counter64(_))) if v1 && name > from => from = name,
            Some((name, value)) => return (name, value),
            None => break,
        }
    }
    (oid.clone(), Value::EndOfMibView)
}

/// Octets of a binding on the wire, at most a few more than the truth.
fn octets(varbind: &VarBind) -> usize {
    let value = match &varbind.value {
        Value::OctetString(bytes) | Value::Opaque(bytes) => bytes.len(),
        Value::ObjectIdentifier(oid) => oid_octets(oid),
        Value::Counter64(_) => 9,
        _ => 5,
    };
    let length_octets = |content: usize| match content {
        0..128 => 2,
        128..256 => 3,
        _ => 4,
    };
    let name = oid_octets(&varbind.oid);
    let content = name + length_octets(name) + value + length_octets(value);
    content + length_octets(content)
}

fn oid_octets(oid: &Oid) -> usize {
    let arc = |arc: &u32| match arc {
        0..0x80 => 1,
        0x80..0x4000 => 2,
        0x4000..0x0020_0000 => 3,
        0x0020_0000..0x1000_0000 => 4,
        _ => 5,
    };
    oid.as_slice().iter().map(arc).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{fault::Fault, mib::Mib, snmprec::Walk};
    use tw_units::Timestamp;

    const WALK: &str = "1.3.6.1.1|4|one\n1.3.6.2.1|70|2\n1.3.6.2.2|70|3\n1.3.6.3.1|2|4\n";

    #[track_caller]
    fn check(faults: &[Fault], request: &Pdu, v1: bool, octets_max: usize, expect: &str) {
        let view = Walk::parse(WALK, Timestamp::EPOCH)
            .at(Timestamp::EPOCH)
            .unwrap();
        let view = FaultyView {
            view: view.as_ref(),
            faults,
        };
        let answer = respond(&view, request, v1, octets_max).unwrap();
        let told: Vec<String> = answer
            .varbinds
            .iter()
            .map(|varbind| format!("{} {:?}", varbind.oid, varbind.value))
            .collect();
        let status = answer.status().name();
        assert_eq!(
            format!("{status} {}: {}", answer.error_index, told.join(", ")),
            expect
        );
    }

    fn ask(kind: PduKind, oids: &[&str]) -> Pdu {
        Pdu::request(kind, 1, oids.iter().map(|oid| oid.parse().unwrap()))
    }

    fn ask_bulk(non_repeaters: i32, repetitions: i32, oids: &[&str]) -> Pdu {
        let oids = oids.iter().map(|oid| oid.parse().unwrap());
        Pdu::get_bulk(1, non_repeaters, repetitions, oids)
    }

    #[test]
    fn a_get_tells_a_missing_object_from_a_missing_instance() {
        let request = ask(PduKind::GetRequest, &["1.3.6.3.1", "1.3.6.3.9", "1.3.9.1"]);
        let expect =
            "noError 0: 1.3.6.3.1 Integer(4), 1.3.6.3.9 NoSuchInstance, 1.3.9.1 NoSuchObject";
        check(&[], &request, false, 1_472, expect);
        let expect = "noSuchName 2: 1.3.6.3.1 Null, 1.3.6.3.9 Null, 1.3.9.1 Null";
        check(&[], &request, true, 1_472, expect);
    }

    #[test]
    fn a_walk_by_v1_passes_over_64_bit_counters() {
        let request = ask(PduKind::GetNextRequest, &["1.3.6.1.1"]);
        check(
            &[],
            &request,
            false,
            1_472,
            "noError 0: 1.3.6.2.1 Counter64(2)",
        );
        check(
            &[],
            &request,
            true,
            1_472,
            "noError 0: 1.3.6.3.1 Integer(4)",
        );
        let past = ask(PduKind::GetNextRequest, &["1.3.6.3.1"]);
        check(
            &[],
            &past,
            false,
            1_472,
            "noError 0: 1.3.6.3.1 EndOfMibView",
        );
        check(&[], &past, true, 1_472, "noSuchName 1: 1.3.6.3.1 Null");
    }

    #[test]
    fn a_bulk_has_non_repeaters_and_rows_and_ends_with_the_view() {
        let request = ask_bulk(1, 9, &["1.3", "1.3.6.2", "1.3.6.2.2"]);
        let expect = "noError 0: 1.3.6.1.1 OctetString([111, 110, 101]), \
            1.3.6.2.1 Counter64(2), 1.3.6.3.1 Integer(4), \
            1.3.6.2.2 Counter64(3), 1.3.6.3.1 EndOfMibView, \
            1.3.6.3.1 Integer(4), 1.3.6.3.1 EndOfMibView, \
            1.3.6.3.1 EndOfMibView, 1.3.6.3.1 EndOfMibView";
        check(&[], &request, false, 1_472, expect);
    }

    #[test]
    fn what_does_not_fit_is_cut_in_a_bulk_and_too_big_else() {
        let request = ask_bulk(0, 9, &["1.3"]);
        let expect = "noError 0: 1.3.6.1.1 OctetString([111, 110, 101])";
        check(&[], &request, false, ENVELOPE_OCTETS + 20, expect);
        let get = ask(PduKind::GetRequest, &["1.3.6.3.1", "1.3.6.3.1"]);
        check(&[], &get, false, ENVELOPE_OCTETS + 20, "tooBig 0: ");
    }

    #[test]
    fn a_looping_agent_starts_again_and_a_stuck_one_repeats_itself() {
        let request = ask_bulk(0, 3, &["1.3.6.2.1"]);
        let after = "1.3.6.2.2".parse().unwrap();
        let expect = "noError 0: 1.3.6.2.2 Counter64(3), \
            1.3.6.1.1 OctetString([111, 110, 101]), 1.3.6.2.1 Counter64(2)";
        check(&[Fault::Loop { after }], &request, false, 1_472, expect);
        let stuck =
            "noError 0: 1.3.6.2.1 Counter64(2), 1.3.6.2.1 Counter64(2), 1.3.6.2.1 Counter64(2)";
        check(&[Fault::Stuck], &request, false, 1_472, stuck);
    }

    #[test]
    fn writing_is_refused() {
        let request = ask(PduKind::SetRequest, &["1.3.6.1.1"]);
        check(&[], &request, false, 1_472, "notWritable 1: 1.3.6.1.1 Null");
    }
}
