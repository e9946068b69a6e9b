//! What waits for its time to leave.
//!
//! **Room:** layer 3, simulation. **May use:** nothing of ours. **Must not:** read the wall
//! clock; delays are of the monotonic clock.

use std::{cmp::Ordering, collections::BinaryHeap, time::Duration};
use tokio::time::Instant;

/// Things that leave later, earliest first; at most as many as it was made for.
#[derive(Debug)]
pub(crate) struct Delayed<T> {
    waiting: BinaryHeap<Entry<T>>,
    order: u64,
    waiting_max: usize,
}

#[derive(Debug)]
struct Entry<T> {
    leaves: Instant,
    order: u64,
    item: T,
}

impl<T> Delayed<T> {
    pub(crate) const fn new(waiting_max: usize) -> Self {
        Self {
            waiting: BinaryHeap::new(),
            order: 0,
            waiting_max,
        }
    }

    /// Lets `item` leave `delay` from now; `false` when too many are waiting.
    pub(crate) fn push(&mut self, delay: Duration, item: T) -> bool {
        let room = self.waiting.len() < self.waiting_max;
        if room {
            self.order += 1;
            self.waiting.push(Entry {
                leaves: Instant::now() + delay,
                order: self.order,
                item,
            });
        }
        room
    }

    /// Waits until one may leave; for ever when there is none.
    pub(crate) async fn due(&self) {
        match self.waiting.peek() {
            Some(entry) => tokio::time::sleep_until(entry.leaves).await,
            None => std::future::pending().await,
        }
    }

    /// The next that may leave now.
    pub(crate) fn pop(&mut self) -> Option<T> {
        let now = Instant::now();
        let due = self.waiting.peek().is_some_and(|entry| entry.leaves <= now);
        if due {
            self.waiting.pop().map(|entry| entry.item)
        } else {
            None
        }
    }
}

impl<T> Entry<T> {
    const fn key(&self) -> (Instant, u64) {
        (self.leaves, self.order)
    }
}

impl<T> Ord for Entry<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        other.key().cmp(&self.key())
    }
}

impl<T> PartialOrd for Entry<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> PartialEq for Entry<T> {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl<T> Eq for Entry<T> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_earliest_leaves_first_and_equals_keep_their_order() {
        let mut delayed = Delayed::new(3);
        assert!(delayed.push(Duration::from_millis(2), "late"));
        assert!(delayed.push(Duration::ZERO, "first"));
        assert!(delayed.push(Duration::ZERO, "second"));
        assert!(!delayed.push(Duration::ZERO, "too many"));
        let mut left = Vec::new();
        while left.len() < 3 {
            delayed.due().await;
            left.extend(delayed.pop());
        }
        assert_eq!(left, ["first", "second", "late"]);
        assert_eq!(delayed.pop(), None);
    }
}
