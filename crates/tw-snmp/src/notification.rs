//! Events that a device tells by itself: traps of v1 and v2, informs.
//!
//! **Room:** layer 0, pure. **May use:** nothing of ours. **Must not:** believe a word of it:
//! a trap is a datagram that anybody can write.

use crate::{Oid, Pdu, PduKind, Value, VarBind};

/// `sysUpTime.0`.
const SYS_UP_TIME: Oid = Oid::from_static(&[1, 3, 6, 1, 2, 1, 1, 3, 0]);
/// `snmpTrapOID.0`.
const SNMP_TRAP_OID: Oid = Oid::from_static(&[1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0]);
/// `snmpTraps`: coldStart is 1.
const SNMP_TRAPS: Oid = Oid::from_static(&[1, 3, 6, 1, 6, 3, 1, 1, 5]);
/// `generic-trap` of a device's own events.
const ENTERPRISE_SPECIFIC: i32 = 6;

/// An event, whatever the version that told it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// `snmpTrapOID`; of a v1 trap as RFC 3584 §3.1 makes it.
    pub event: Oid,
    /// `sysUpTime` of the device when it happened, in hundredths of a second.
    pub uptime: Option<u32>,
    /// What it says besides.
    pub varbinds: Vec<VarBind>,
}

impl Notification {
    /// Reads one from a PDU; `None` when it is no trap and no inform, or does not say which.
    pub fn of(pdu: &Pdu) -> Option<Self> {
        match pdu.kind {
            PduKind::TrapV1 => Self::of_v1(pdu),
            PduKind::TrapV2 | PduKind::InformRequest => Self::of_v2(pdu),
            _ => None,
        }
    }

    fn of_v1(pdu: &Pdu) -> Option<Self> {
        let trap = pdu.trap_v1.as_ref()?;
        let event = match trap.generic {
            ENTERPRISE_SPECIFIC => {
                let specific = u32::try_from(trap.specific).ok()?;
                trap.enterprise.child(0).child(specific)
            }
            generic => {
                let generic = u32::try_from(generic).ok()?;
                (generic < 6).then(|| SNMP_TRAPS.child(generic + 1))?
            }
        };
        Some(Self {
            event,
            uptime: Some(trap.uptime),
            varbinds: pdu.varbinds.clone(),
        })
    }

    fn of_v2(pdu: &Pdu) -> Option<Self> {
        let mut found = Self {
            event: Oid::default(),
            uptime: None,
            varbinds: Vec::new(),
        };
        let mut told = false;
        for varbind in &pdu.varbinds {
            match &varbind.value {
                Value::TimeTicks(ticks) if varbind.oid == SYS_UP_TIME => {
                    found.uptime = Some(*ticks);
                }
                Value::ObjectIdentifier(event) if varbind.oid == SNMP_TRAP_OID && !told => {
                    found.event = event.clone();
                    told = true;
                }
                _ => found.varbinds.push(varbind.clone()),
            }
        }
        (told && !found.event.is_empty()).then_some(found)
    }

    /// As a PDU of v2: a trap, or an inform when an answer is wanted.
    pub fn to_pdu(&self, request_id: i32, wants_answer: bool) -> Pdu {
        let kind = if wants_answer {
            PduKind::InformRequest
        } else {
            PduKind::TrapV2
        };
        let mut pdu = Pdu::request(kind, request_id, []);
        pdu.varbinds.push(VarBind {
            oid: SYS_UP_TIME,
            value: Value::TimeTicks(self.uptime.unwrap_or(0)),
        });
        pdu.varbinds.push(VarBind {
            oid: SNMP_TRAP_OID,
            value: Value::ObjectIdentifier(self.event.clone()),
        });
        pdu.varbinds.extend(self.varbinds.iter().cloned());
        pdu
    }
}

/// The identifier by which one event is the same in all versions: a v1 trap has a 0 before its
/// last number that the MIB's own identifier need not have (RFC 3584 §3.1).
pub fn event_key(event: &Oid) -> Oid {
    match event.as_slice() {
        [head @ .., 0, last] if !head.is_empty() => {
            Oid::from_arcs(head).map_or_else(|_| event.clone(), |head| head.child(*last))
        }
        _ => event.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TrapV1;

    fn oid(text: &str) -> Oid {
        text.parse().unwrap()
    }

    fn v1(enterprise: &str, generic: i32, specific: i32) -> Option<Notification> {
        let mut pdu = Pdu::request(PduKind::TrapV1, 0, []);
        pdu.trap_v1 = Some(TrapV1 {
            enterprise: oid(enterprise),
            agent_address: [127, 0, 0, 1],
            generic,
            specific,
            uptime: 77,
        });
        Notification::of(&pdu)
    }

    #[test]
    fn a_trap_of_v1_gets_the_identifier_that_rfc_3584_gives_it() {
        let event = |e: &str, g, s| v1(e, g, s).map(|n| n.event.to_string());
        let ups = "1.3.6.1.2.1.33.2";
        assert_eq!(event(ups, 6, 1).as_deref(), Some("1.3.6.1.2.1.33.2.0.1"));
        assert_eq!(event(ups, 2, 0).as_deref(), Some("1.3.6.1.6.3.1.1.5.3"));
        assert_eq!(event(ups, 6, -1), None);
        assert_eq!(event(ups, 7, 0), None);
        assert_eq!(event(ups, -1, 0), None);
        assert_eq!(v1(ups, 6, 1).unwrap().uptime, Some(77));
    }

    #[test]
    fn one_event_has_one_key_in_all_versions() {
        let (v1, v2) = (oid("1.3.6.1.2.1.33.2.0.1"), oid("1.3.6.1.2.1.33.2.1"));
        assert_eq!(event_key(&v1), event_key(&v2));
        assert_ne!(event_key(&v2), event_key(&oid("1.3.6.1.2.1.33.2.3")));
        assert_eq!(event_key(&oid("0.1")), oid("0.1"), "nothing is left of it");
    }

    #[test]
    fn what_is_written_as_v2_is_read_back() {
        let told = Notification {
            event: oid("1.3.6.1.2.1.33.2.1"),
            uptime: Some(12_345),
            varbinds: vec![VarBind {
                oid: oid("1.3.6.1.2.1.33.1.2.3.0"),
                value: Value::Integer(31),
            }],
        };
        for inform in [false, true] {
            let pdu = told.to_pdu(9, inform);
            assert_eq!(Notification::of(&pdu), Some(told.clone()));
            assert_eq!(pdu.kind.wants_answer(), inform);
        }
        let silent = Pdu::request(PduKind::TrapV2, 1, []);
        assert_eq!(
            Notification::of(&silent),
            None,
            "it does not say what happened"
        );
        let other = Pdu::request(PduKind::GetRequest, 1, []);
        assert_eq!(Notification::of(&other), None);
    }
}
