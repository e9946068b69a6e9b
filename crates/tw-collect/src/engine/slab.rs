//! Requests in flight: an id is a slot and a generation, so that an answer finds its request
//! without a map and an old id never finds a new request.
//!
//! **Room:** layer 1, pure. **May use:** `tw-snmp`. **Must not:** do I/O.

use tw_snmp::REQUEST_ID_MIN;

/// The most requests in flight.
pub(crate) const IN_FLIGHT_MAX: usize = 1 << SLOT_BITS;

/// The most times one request is sent; the ids of all of them are good.
pub(crate) const TRIES_MAX: usize = 4;

const SLOT_BITS: u32 = 14;
/// Ids stay below 2^31 and their shortest form has four bytes.
const GENERATIONS: u32 = (i32::MAX as u32 - REQUEST_ID_MIN as u32) >> SLOT_BITS;

/// One try: its generation and when it left, in microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Try {
    generation: u32,
    sent_us: u64,
}

#[derive(Clone, Debug)]
struct Slot<T> {
    /// The next generation of this slot.
    next: u32,
    tries: [Try; TRIES_MAX],
    tried: usize,
    held: Option<T>,
}

/// The table of requests in flight.
#[derive(Debug)]
pub(crate) struct Slab<T> {
    slots: Vec<Slot<T>>,
    free: Vec<u32>,
    in_flight: usize,
}

/// A request that was found by an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// Where it lies.
    pub(crate) slot: u32,
    /// When the try that was answered left, in microseconds.
    pub(crate) sent_us: u64,
}

impl<T> Slab<T> {
    pub(crate) const fn new() -> Self {
        Self {
            slots: Vec::new(),
            free: Vec::new(),
            in_flight: 0,
        }
    }

    /// How many requests are in flight.
    pub(crate) const fn len(&self) -> usize {
        self.in_flight
    }

    /// Takes a slot; `None` when [`IN_FLIGHT_MAX`] are taken.
    pub(crate) fn insert(&mut self, held: T) -> Option<u32> {
        let slot = match self.free.pop() {
            Some(slot) => slot,
            None if self.slots.len() < IN_FLIGHT_MAX => {
                self.slots.push(Slot {
                    next: 0,
                    tries: [Try::default(); TRIES_MAX],
                    tried: 0,
                    held: None,
                });
                u32::try_from(self.slots.len() - 1).ok()?
            }
            None => return None,
        };
        let place = self.slots.get_mut(slot as usize)?;
        place.held = Some(held);
        place.tried = 0;
        self.in_flight += 1;
        Some(slot)
    }

    /// The id under which the request is sent now; earlier ids stay good. `None` when it was
    /// sent [`TRIES_MAX`] times or is not there.
    pub(crate) fn next_id(&mut self, slot: u32, now_us: u64) -> Option<i32> {
        let place = self.slots.get_mut(slot as usize)?;
        if place.held.is_none() || place.tried == TRIES_MAX {
            return None;
        }
        let generation = place.next;
        place.next = (place.next + 1) % GENERATIONS;
        place.tries[place.tried] = Try {
            generation,
            sent_us: now_us,
        };
        place.tried += 1;
        let number = generation << SLOT_BITS | slot;
        i32::try_from(number).ok().map(|n| REQUEST_ID_MIN + n)
    }

    /// How many times the request was sent.
    pub(crate) fn tried(&self, slot: u32) -> usize {
        self.slots.get(slot as usize).map_or(0, |place| place.tried)
    }

    /// The request that an id belongs to.
    pub(crate) fn find(&self, id: i32) -> Option<Found> {
        let number = u32::try_from(id.checked_sub(REQUEST_ID_MIN)?).ok()?;
        let slot = number & ((1 << SLOT_BITS) - 1);
        let generation = number >> SLOT_BITS;
        let place = self.slots.get(slot as usize)?;
        place.held.as_ref()?;
        let tries = &place.tries[..place.tried];
        tries
            .iter()
            .find(|t| t.generation == generation)
            .map(|t| Found {
                slot,
                sent_us: t.sent_us,
            })
    }

    pub(crate) fn get(&self, slot: u32) -> Option<&T> {
        self.slots.get(slot as usize)?.held.as_ref()
    }

    /// Gives the slot back.
    pub(crate) fn remove(&mut self, slot: u32) -> Option<T> {
        let held = self.slots.get_mut(slot as usize)?.held.take()?;
        self.free.push(slot);
        self.in_flight -= 1;
        Some(held)
    }

    /// The slots whose request is `wanted`.
    pub(crate) fn slots_where(&self, wanted: impl Fn(&T) -> bool) -> Vec<u32> {
        (0_u32..)
            .zip(&self.slots)
            .filter(|(_, place)| place.held.as_ref().is_some_and(&wanted))
            .map(|(slot, _)| slot)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn both_ids_of_a_retransmission_are_good_and_tell_their_own_time() {
        let mut slab = Slab::new();
        let slot = slab.insert('a').unwrap();
        let first = slab.next_id(slot, 10).unwrap();
        let second = slab.next_id(slot, 20).unwrap();
        assert_eq!(slab.find(first).unwrap().sent_us, 10);
        assert_eq!(slab.find(second).unwrap().sent_us, 20);
        assert_ne!(first, second);
    }

    #[test]
    fn an_old_id_never_finds_a_new_request() {
        let mut slab = Slab::new();
        let slot = slab.insert('a').unwrap();
        let old = slab.next_id(slot, 1).unwrap();
        slab.remove(slot);
        assert_eq!(slab.find(old), None);
        let again = slab.insert('b').unwrap();
        assert_eq!(again, slot);
        slab.next_id(again, 2).unwrap();
        assert_eq!(slab.find(old), None);
    }

    #[test]
    fn ids_fit_into_four_bytes_for_ever() {
        let mut slab = Slab::new();
        for _ in 0..u64::from(GENERATIONS) + 3 {
            let slot = slab.insert(()).unwrap();
            let id = slab.next_id(slot, 0).unwrap();
            assert!(id >= REQUEST_ID_MIN);
            slab.remove(slot);
        }
    }

    #[test]
    fn a_full_slab_refuses() {
        let mut slab = Slab::new();
        for _ in 0..IN_FLIGHT_MAX {
            slab.insert(()).unwrap();
        }
        assert_eq!(slab.insert(()), None);
        assert_eq!(slab.len(), IN_FLIGHT_MAX);
    }

    proptest! {
        #[test]
        fn any_number_is_a_safe_question(id in any::<i32>()) {
            let mut slab = Slab::new();
            let slot = slab.insert(()).unwrap();
            let good = slab.next_id(slot, 0).unwrap();
            prop_assert_eq!(slab.find(id).is_some(), id == good);
        }
    }
}
