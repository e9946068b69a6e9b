//! A timer wheel: setting, moving and cancelling a timer costs a few writes; a timeout is one
//! entry of it, never a task.
//!
//! **Room:** layer 1, pure. **May use:** nothing of ours. **Must not:** read a clock.

/// The length of a tick, in microseconds.
const TICK_US: u64 = 5_000;
const BUCKETS: usize = 4_096;
const NONE: u32 = u32::MAX;

#[derive(Clone, Copy, Debug)]
struct Node {
    next: u32,
    previous: u32,
    /// The tick at which it fires; meaningless while it is not set.
    tick: u64,
    set: bool,
}

const UNSET: Node = Node {
    next: NONE,
    previous: NONE,
    tick: 0,
    set: false,
};

/// Timers that are named by small numbers.
#[derive(Debug)]
pub(crate) struct Wheel {
    heads: Vec<u32>,
    nodes: Vec<Node>,
    /// The first tick that has not fired.
    next_tick: u64,
    set: usize,
}

impl Wheel {
    pub(crate) fn new(now_us: u64) -> Self {
        Self {
            heads: vec![NONE; BUCKETS],
            nodes: Vec::new(),
            next_tick: now_us / TICK_US,
            set: 0,
        }
    }

    /// Sets or moves the timer `id`. It fires at the first [`Wheel::advance`] at or after `at_us`.
    pub(crate) fn set(&mut self, id: u32, at_us: u64) {
        self.cancel(id);
        let at = id as usize;
        if at >= self.nodes.len() {
            self.nodes.resize(at + 1, UNSET);
        }
        let tick = at_us.div_ceil(TICK_US).max(self.next_tick);
        let bucket = bucket_of(tick);
        let head = self.heads[bucket];
        self.nodes[at] = Node {
            next: head,
            previous: NONE,
            tick,
            set: true,
        };
        if head != NONE {
            self.nodes[head as usize].previous = id;
        }
        self.heads[bucket] = id;
        self.set += 1;
    }

    /// Cancels the timer `id`, if it is set.
    pub(crate) fn cancel(&mut self, id: u32) {
        let Some(node) = self.nodes.get(id as usize).copied().filter(|n| n.set) else {
            return;
        };
        if node.previous == NONE {
            self.heads[bucket_of(node.tick)] = node.next;
        } else {
            self.nodes[node.previous as usize].next = node.next;
        }
        if node.next != NONE {
            self.nodes[node.next as usize].previous = node.previous;
        }
        self.nodes[id as usize] = UNSET;
        self.set -= 1;
    }

    /// Takes the timers that are due by `now_us` out of the wheel and puts them into `fired`.
    pub(crate) fn advance(&mut self, now_us: u64, fired: &mut Vec<u32>) {
        let last = now_us / TICK_US;
        // After a long pause every bucket is looked at once.
        let first = self
            .next_tick
            .max((last + 1).saturating_sub(BUCKETS as u64));
        for tick in first..=last {
            let mut id = self.heads[bucket_of(tick)];
            while id != NONE {
                let node = self.nodes[id as usize];
                if node.tick <= last {
                    fired.push(id);
                    self.cancel(id);
                }
                id = node.next;
            }
        }
        self.next_tick = self.next_tick.max(last + 1);
    }

    /// How long until a timer may be due, at most `most_us`.
    pub(crate) fn wait_us(&self, now_us: u64, most_us: u64) -> u64 {
        if self.set == 0 {
            return most_us;
        }
        let ticks = (most_us / TICK_US + 1).min(BUCKETS as u64);
        (self.next_tick..self.next_tick + ticks)
            .find(|tick| self.heads[bucket_of(*tick)] != NONE)
            .map_or(most_us, |tick| {
                (tick * TICK_US).saturating_sub(now_us).min(most_us)
            })
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a rest below the number of buckets"
)]
const fn bucket_of(tick: u64) -> usize {
    (tick % BUCKETS as u64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn fire(wheel: &mut Wheel, now_us: u64) -> Vec<u32> {
        let mut fired = Vec::new();
        wheel.advance(now_us, &mut fired);
        fired.sort_unstable();
        fired
    }

    #[test]
    fn a_timer_fires_once_and_not_early() {
        let mut wheel = Wheel::new(0);
        wheel.set(3, 100_000);
        assert!(fire(&mut wheel, 99_999).is_empty());
        assert_eq!(fire(&mut wheel, 100_000), [3]);
        assert!(fire(&mut wheel, 200_000).is_empty());
    }

    #[test]
    fn a_timer_beyond_one_turn_waits_for_its_turn() {
        let mut wheel = Wheel::new(0);
        let far = TICK_US * BUCKETS as u64 * 3 + TICK_US;
        wheel.set(1, far);
        assert!(fire(&mut wheel, TICK_US * 2).is_empty());
        assert!(fire(&mut wheel, far - TICK_US).is_empty());
        assert_eq!(fire(&mut wheel, far), [1]);
    }

    #[test]
    fn the_wait_ends_at_the_first_timer() {
        let mut wheel = Wheel::new(0);
        assert_eq!(wheel.wait_us(0, 500_000), 500_000);
        wheel.set(1, 50_000);
        assert_eq!(wheel.wait_us(0, 500_000), 50_000);
        assert_eq!(wheel.wait_us(60_000, 500_000), 0);
    }

    #[derive(Clone, Debug)]
    enum Act {
        Set(u32, u64),
        Cancel(u32),
        Pass(u64),
    }

    fn acts() -> impl Strategy<Value = Vec<Act>> {
        let act = prop_oneof![
            (0_u32..20, 0_u64..60_000_000).prop_map(|(id, after)| Act::Set(id, after)),
            (0_u32..20).prop_map(Act::Cancel),
            (0_u64..40_000_000).prop_map(Act::Pass),
        ];
        prop::collection::vec(act, 0..80)
    }

    proptest! {
        #[test]
        fn the_wheel_does_as_a_sorted_list(acts in acts()) {
            let mut wheel = Wheel::new(0);
            let mut list: BTreeMap<u32, u64> = BTreeMap::new();
            let mut now = 0;
            for act in acts {
                match act {
                    Act::Set(id, after) => {
                        wheel.set(id, now + after);
                        list.insert(id, (now + after).div_ceil(TICK_US).max(now / TICK_US));
                    }
                    Act::Cancel(id) => {
                        wheel.cancel(id);
                        list.remove(&id);
                    }
                    Act::Pass(more) => {
                        now += more;
                        let fired = fire(&mut wheel, now);
                        let late: Vec<u32> = list.iter().filter(|(_, tick)| **tick < now / TICK_US).map(|(id, _)| *id).collect();
                        for id in &late {
                            prop_assert!(fired.contains(id), "{} is late", id);
                        }
                        for id in fired {
                            let tick = list.remove(&id);
                            prop_assert!(tick.is_some_and(|tick| tick <= now / TICK_US));
                        }
                    }
                }
            }
        }
    }
}
