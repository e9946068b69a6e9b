//! Requests on their way, and the datagrams that answer them.
//!
//! **Room:** layer 1. **May use:** `tw-snmp`. **Must not:** take an answer from anybody but the
//! one who was asked.

use super::{Worker, add};
use crate::engine::{
    device::{Answer, Step},
    session::Session,
    slab::Found,
};
use std::{net::SocketAddr, time::Duration};
use tw_snmp::{
    PduKind, RawMessage, RawPdu,
    v3::{RawV3, ReportKind},
    version_of,
};

/// A request in flight.
#[derive(Clone, Copy, Debug)]
pub(super) struct Flight {
    /// Whom it asks.
    pub(super) at: usize,
    step: Step,
    /// Bytes of the receive buffer that are kept free for its answer.
    reserved: usize,
    /// It only asks whether a canary is there.
    canary: bool,
}

impl Worker {
    /// Sends what the devices want, as long as the window has room; one request each in turn.
    pub(super) fn pump(&mut self) {
        while let Some(at) = self.ready.pop_front() {
            let Some(place) = self.place_mut(at) else {
                continue;
            };
            place.queued = false;
            let Some(step) = place.device.next_step() else {
                continue;
            };
            let reserved = place.device.answer_bytes(step);
            let full = self.bytes_in_flight + reserved > self.window_bytes && self.slab.len() > 0;
            let flight = Flight {
                at,
                step,
                reserved,
                canary: false,
            };
            let sent = !full && self.launch(flight);
            let Some(place) = self.place_mut(at) else {
                continue;
            };
            if !sent {
                place.device.put_back(step);
                place.queued = true;
                self.ready.push_front(at);
                return;
            }
            if place.device.has_step() {
                place.queued = true;
                self.ready.push_back(at);
            }
        }
    }

    /// Sends a request for the first time; false when no slot is free.
    fn launch(&mut self, flight: Flight) -> bool {
        let Some(slot) = self.slab.insert(flight) else {
            return false;
        };
        self.bytes_in_flight += flight.reserved;
        self.transmit(slot, flight);
        true
    }

    /// Sends a request, once more if need be; false when it was sent too often.
    fn transmit(&mut self, slot: u32, flight: Flight) -> bool {
        let (now, dice) = (self.now_us, self.roll());
        let Some(id) = self.slab.next_id(slot, now) else {
            return false;
        };
        let tried = self.slab.tried(slot);
        let mut out = std::mem::take(&mut self.out_buffer);
        if let Some(place) = self.place_mut(flight.at) {
            place.device.datagram(flight.step, id, now, &mut out);
            let at = place.next_recent;
            place.recent[at] = id;
            place.next_recent = (at + 1) % super::RECENT_IDS;
            place.sent_us = now;
            let to = place.device.target.address;
            let wait = place.device.rtt.wait_us(tried, dice);
            if !self.sockets.send(&out, to) {
                // The timer tries again.
                add(&self.ends.counters.send_errors, 1);
            }
            self.wheel.set(slot, now + wait);
            add(&self.ends.counters.sent, 1);
            add(&self.ends.counters.sent_again, u64::from(tried > 1));
        }
        self.out_buffer = out;
        true
    }

    /// An answer did not come in time.
    pub(super) fn time_is_up(&mut self, slot: usize) {
        let Ok(slot) = u32::try_from(slot) else {
            return;
        };
        let Some(flight) = self.slab.get(slot).copied() else {
            return;
        };
        let Some(place) = self.place(flight.at) else {
            return;
        };
        let tries = place.device.tries(flight.step);
        if self.slab.tried(slot) < tries && self.transmit(slot, flight) {
            return;
        }
        self.stays_silent(slot, flight);
    }

    fn stays_silent(&mut self, slot: u32, flight: Flight) {
        self.land(slot);
        let now = self.now_us;
        let Some(place) = self.place_mut(flight.at) else {
            return;
        };
        if flight.canary {
            place.asked_as_canary = false;
        } else {
            place.device.silent(flight.step, now);
            self.after(flight.at);
        }
    }

    /// Takes a request out of the air.
    fn land(&mut self, slot: u32) {
        self.wheel.cancel(slot);
        if let Some(flight) = self.slab.remove(slot) {
            self.bytes_in_flight = self.bytes_in_flight.saturating_sub(flight.reserved);
        }
    }

    /// Takes all requests to a device out of the air.
    pub(super) fn forget_flights(&mut self, at: usize) {
        for slot in self.slab.slots_where(|flight| flight.at == at) {
            self.land(slot);
        }
        if let Some(place) = self.place_mut(at) {
            place.asked_as_canary = false;
        }
    }

    pub(super) fn take_datagram(&mut self, datagram: &[u8], from: SocketAddr) {
        match version_of(datagram) {
            Ok(0 | 1) => self.take_community(datagram, from),
            Ok(3) => self.take_v3(datagram, from),
            Ok(_) => self.malformed(from),
            // The outermost length already reaches beyond the end.
            Err(_) => self.take_torn(datagram, from),
        }
    }

    fn malformed(&mut self, from: SocketAddr) {
        add(&self.ends.counters.malformed, 1);
        self.note_of(from, "truncated", "a datagram is no whole SNMP message");
    }

    /// The request that an id belongs to, if it was asked of this address.
    fn asked(&mut self, id: i32, from: SocketAddr) -> Option<(Found, Flight)> {
        let Some(found) = self.slab.find(id) else {
            self.take_stray(id, from);
            return None;
        };
        let flight = self.slab.get(found.slot).copied()?;
        if self.place(flight.at)?.device.target.address == from {
            return Some((found, flight));
        }
        add(&self.ends.counters.foreign, 1);
        None
    }

    fn take_community(&mut self, datagram: &[u8], from: SocketAddr) {
        let Ok(message) = RawMessage::decode(datagram) else {
            self.take_torn(datagram, from);
            return;
        };
        let Some((found, flight)) = self.asked(message.pdu.request_id, from) else {
            return;
        };
        let session = self
            .place(flight.at)
            .and_then(|place| place.device.session.as_ref());
        let ours = matches!(session, Some(Session::Community { version, community })
            if *version == message.version && community.as_slice() == message.community);
        if ours && message.pdu.kind == PduKind::Response {
            self.take_answer(found, flight, datagram.len(), &message.pdu);
        } else {
            add(&self.ends.counters.foreign, 1);
        }
    }

    /// A message that does not reach its own end. If its head tells whose it is, less is asked
    /// at once; waiting would bring the same again.
    fn take_torn(&mut self, datagram: &[u8], from: SocketAddr) {
        self.malformed(from);
        let Some(found) = torn_id(datagram).and_then(|id| self.slab.find(id)) else {
            return;
        };
        let Some(flight) = self.slab.get(found.slot).copied() else {
            return;
        };
        let from_it = self
            .place(flight.at)
            .is_some_and(|place| place.device.target.address == from);
        if from_it && !flight.canary {
            self.land(found.slot);
            let now = self.now_us;
            if let Some(place) = self.place_mut(flight.at) {
                place.device.take_torn(flight.step, now);
            }
            self.after(flight.at);
        }
    }

    fn take_v3(&mut self, datagram: &[u8], from: SocketAddr) {
        let Ok(raw) = RawV3::decode(datagram) else {
            self.malformed(from);
            return;
        };
        let Some((found, flight)) = self.asked(raw.msg_id, from) else {
            return;
        };
        let now = Duration::from_micros(self.now_us);
        let mut scratch = std::mem::take(&mut self.scratch);
        let Some(Session::User(manager)) = self
            .place_mut(flight.at)
            .and_then(|place| place.device.session.as_mut())
        else {
            return;
        };
        let known = manager.is_discovered();
        match manager.receive(datagram, &mut scratch, now) {
            Ok(incoming) => match incoming.report {
                Some(report) => self.take_report(found.slot, flight, (report, known)),
                None if incoming.pdu.kind == PduKind::Response => {
                    self.take_answer(found, flight, datagram.len(), &incoming.pdu);
                }
                None => add(&self.ends.counters.foreign, 1),
            },
            Err(error) => {
                add(&self.ends.counters.foreign, 1);
                let detail = format!("an answer was not taken: {error}");
                self.note_of(from, "auth_failed", &detail);
            }
        }
        self.scratch = scratch;
    }

    /// The agent speaks about the message. `known` says whether its engine was known before.
    fn take_report(&mut self, slot: u32, flight: Flight, (report, known): (ReportKind, bool)) {
        let again = match report {
            ReportKind::NotInTimeWindow => true,
            ReportKind::UnknownEngineId if known => {
                if let Some(Session::User(manager)) = self
                    .place_mut(flight.at)
                    .and_then(|place| place.device.session.as_mut())
                {
                    manager.forget_engine();
                }
                true
            }
            _ => !known,
        };
        if again {
            if !self.transmit(slot, flight) {
                self.stays_silent(slot, flight);
            }
            return;
        }
        self.land(slot);
        let now = self.now_us;
        if let Some(place) = self.place_mut(flight.at) {
            place.heard_us = now;
            if flight.canary {
                place.asked_as_canary = false;
                return;
            }
            let detail = format!("the agent refuses the credential: {}", report.name());
            place.device.refuse(&detail);
        }
        self.after(flight.at);
    }

    fn take_answer(&mut self, found: Found, flight: Flight, bytes: usize, pdu: &RawPdu<'_>) {
        self.land(found.slot);
        let now_us = self.now_us;
        let rtt_us = now_us.saturating_sub(found.sent_us);
        add(&self.ends.counters.answers, 1);
        if let Some(place) = self.place_mut(flight.at) {
            place.heard_us = now_us;
            if flight.canary {
                place.asked_as_canary = false;
                place.device.rtt.take(rtt_us);
            } else {
                place.device.take(&Answer {
                    step: flight.step,
                    pdu,
                    rtt_us,
                    bytes,
                    now_us,
                });
            }
        }
        if self.canaries.contains(&flight.at) {
            self.canary_sang(flight.at);
        }
        if !flight.canary {
            self.after(flight.at);
        }
    }

    /// An answer to nothing that is asked now: late, or with an id that we never sent.
    fn take_stray(&mut self, id: i32, from: SocketAddr) {
        let known = self
            .by_address
            .get(&from)
            .and_then(|at| self.place(*at))
            .map(|place| place.recent.contains(&id));
        match known {
            Some(true) => add(&self.ends.counters.late_answers, 1),
            Some(false) => {
                add(&self.ends.counters.foreign, 1);
                self.note_of(
                    from,
                    "wrong_request_id",
                    "an answer has an id that was never asked",
                );
            }
            None => add(&self.ends.counters.foreign, 1),
        }
    }

    fn note_of(&mut self, from: SocketAddr, code: &'static str, detail: &str) {
        let at = self.by_address.get(&from).copied();
        if let Some(place) = at.and_then(|at| self.place_mut(at)) {
            place.device.note(code, detail);
        }
    }

    /// Asks a canary whether it is there, beside its rounds.
    pub(super) fn ask_canary(&mut self, at: usize) {
        let Some(place) = self.place_mut(at) else {
            return;
        };
        if place.asked_as_canary || place.device.session.is_none() {
            return;
        }
        place.asked_as_canary = true;
        let flight = Flight {
            at,
            step: Step::Probe,
            reserved: 0,
            canary: true,
        };
        if !self.launch(flight)
            && let Some(place) = self.place_mut(at)
        {
            place.asked_as_canary = false;
        }
    }
}

/// The request-id in the head of a message of v1 or v2c whose end is missing: the lengths are
/// skipped, not believed.
fn torn_id(datagram: &[u8]) -> Option<i32> {
    let mut rest = skip_head(datagram, 0x30)?;
    let (_, behind) = skip_value(rest, 0x02)?;
    (_, rest) = skip_value(behind, 0x04)?;
    let pdu = skip_head(rest, 0xa2)?;
    let (id, _) = skip_value(pdu, 0x02)?;
    let bytes = <[u8; 4]>::try_from(id).ok()?;
    Some(i32::from_be_bytes(bytes))
}

/// What follows a tag and its length.
fn skip_head(bytes: &[u8], tag: u8) -> Option<&[u8]> {
    let (found, rest) = bytes.split_first()?;
    let (length, rest) = rest.split_first()?;
    if *found != tag {
        return None;
    }
    let more = if *length < 0x80 {
        0
    } else {
        usize::from(length & 0x7f)
    };
    rest.get(more..)
}

/// A short value with this tag, and what follows it.
fn skip_value(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let length = usize::from(*bytes.get(1)?);
    if length >= 0x80 {
        return None;
    }
    skip_head(bytes, tag)?.split_at_checked(length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tw_snmp::{Message, Pdu, Version};

    #[test]
    fn the_head_of_a_torn_answer_tells_its_id() {
        let message = Message {
            version: Version::V2c,
            community: b"public".to_vec(),
            pdu: Pdu {
                kind: PduKind::Response,
                request_id: 0x0102_0304,
                error_status: 0,
                error_index: 0,
                varbinds: vec![tw_snmp::VarBind::ask("1.3.6.1.2.1.1.1.0".parse().unwrap()); 30],
                trap_v1: None,
            },
        };
        let whole = message.encode();
        let first = (0..whole.len()).find(|cut| torn_id(&whole[..*cut]).is_some());
        assert_eq!(torn_id(&whole), Some(0x0102_0304));
        assert!(first.is_some_and(|first| first < 30), "{first:?}");
        assert!(first.is_some_and(|first| {
            (first..whole.len()).all(|cut| torn_id(&whole[..cut]) == Some(0x0102_0304))
        }));
    }
}
