//! The ways in which an agent misbehaves, each a switch.
//!
//! **Room:** layer 3, simulation; this file is pure. **May use:** `tw-snmp`.
//! **Must not:** read a clock.

use crate::{hash::Seed, mib::View};
use std::time::Duration;
use tw_snmp::{Oid, Value};

/// One way to misbehave. Several may hold at once.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// Answers nothing.
    Dead,
    /// Answers later: by this much, and by an exponential tail of this mean.
    Slow {
        /// Always.
        delay: Duration,
        /// In the mean, on top.
        jitter: Duration,
    },
    /// Loses this share of the requests, 0 to 1.
    Lossy {
        /// The share.
        loss: f64,
    },
    /// Answers everything with `tooBig`.
    TooBig,
    /// Does not answer a GETBULK that asks for more repetitions than this.
    SilentAbove {
        /// The most that it still answers.
        repetitions: usize,
    },
    /// GETNEXT behind this name starts again with the agent's first object.
    Loop {
        /// The last name before the loop.
        after: Oid,
    },
    /// GETNEXT of an object that exists gives that object again.
    Stuck,
    /// Answers carry another request-id.
    WrongRequestId,
    /// Answers end after so many octets.
    Truncated {
        /// How many.
        octets: usize,
    },
    /// Answers carry one more binding with a string of so many octets.
    Oversized {
        /// How many; a datagram holds at most 65,507.
        octets: usize,
    },
    /// All texts have so many octets. What a datagram cannot hold is cut off.
    HugeText {
        /// How many.
        octets: usize,
    },
    /// Texts are not UTF-8.
    InvalidUtf8,
    /// Texts hold HTML, terminal escapes, line breaks and a change of writing direction.
    HostileText,
    /// Starts afresh after so many more answered requests: in the middle of a poll round.
    RestartAfter {
        /// How many.
        requests: u32,
        /// Whether its interfaces then have other numbers.
        renumber: bool,
    },
}

/// What every text of an agent with [`Fault::HostileText`] begins with.
pub const HOSTILE_TEXT: &str = "<script>alert(1)</script><img src=x onerror=alert(1)>\u{1b}[2J\u{1b}]0;owned\u{7}\r\n\u{202e}\0";

/// What every text of an agent with [`Fault::InvalidUtf8`] begins with: a lone continuation
/// byte, an overlong slash, a surrogate, a start without an end.
pub const INVALID_UTF8: &[u8] = b"\x80\xc0\xaf\xed\xa0\x80\xf0\x9f";

/// Tables and groups whose octet strings are texts for people: `system` and `ifDescr`, `ifName`,
/// `ifAlias`, ENTITY-MIB names, UPS identity, storage descriptions.
const TEXTS: [Oid; 7] = [
    Oid::from_static(&[1, 3, 6, 1, 2, 1, 1]),
    Oid::from_static(&[1, 3, 6, 1, 2, 1, 2, 2, 1, 2]),
    Oid::from_static(&[1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 1]),
    Oid::from_static(&[1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 18]),
    Oid::from_static(&[1, 3, 6, 1, 2, 1, 47, 1, 1, 1, 1]),
    Oid::from_static(&[1, 3, 6, 1, 2, 1, 33, 1, 1]),
    Oid::from_static(&[1, 3, 6, 1, 2, 1, 25, 2, 3, 1, 3]),
];

/// What becomes of a request before it is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arrival {
    /// Nobody answers.
    Lost,
    /// It is answered after this time.
    After(Duration),
}

/// What becomes of the `packet`-th request under these faults.
pub(crate) fn arrival(faults: &[Fault], packet: Seed) -> Arrival {
    let mut after = Duration::ZERO;
    for fault in faults {
        match fault {
            Fault::Dead => return Arrival::Lost,
            Fault::Lossy { loss } if packet.of("loss").unit() < *loss => return Arrival::Lost,
            Fault::Slow { delay, jitter } => {
                let tail = -(1.0 - packet.of("jitter").unit()).ln();
                after += *delay + jitter.mul_f64(tail.min(8.0));
            }
            _ => {}
        }
    }
    Arrival::After(after)
}

/// What an agent with faults tells.
pub(crate) struct FaultyView<'a> {
    pub(crate) view: &'a dyn View,
    pub(crate) faults: &'a [Fault],
}

impl FaultyView<'_> {
    pub(crate) fn get(&self, oid: &Oid) -> Option<Value> {
        self.view.get(oid).map(|value| self.distort(oid, value))
    }

    pub(crate) fn next(&self, oid: &Oid) -> Option<(Oid, Value)> {
        if self.faults.contains(&Fault::Stuck)
            && let Some(value) = self.view.get(oid)
        {
            return Some((oid.clone(), value));
        }
        let looped = self
            .faults
            .iter()
            .any(|fault| matches!(fault, Fault::Loop { after } if oid >= after));
        let (next, value) = if looped {
            self.view.next(&Oid::default())?
        } else {
            self.view.next(oid)?
        };
        let value = self.distort(&next, value);
        Some((next, value))
    }

    fn distort(&self, oid: &Oid, value: Value) -> Value {
        let Value::OctetString(text) = value else {
            return value;
        };
        let is_text = TEXTS.iter().any(|prefix| oid.starts_with(prefix));
        let distorted =
            self.faults
                .iter()
                .filter(|_| is_text)
                .fold(text, |text, fault| match fault {
                    Fault::HugeText { octets } => vec![b'A'; *octets],
                    Fault::InvalidUtf8 => [INVALID_UTF8, &text].concat(),
                    Fault::HostileText => [HOSTILE_TEXT.as_bytes(), &text].concat(),
                    _ => text,
                });
        Value::OctetString(distorted)
    }
}
