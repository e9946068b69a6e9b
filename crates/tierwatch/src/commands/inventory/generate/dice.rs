//! Dice that fall the same way for the same seed, on every machine and in every release.
//!
//! **Room:** layer 3. **May use:** nothing of ours. **Must not:** be used for secrets.

/// `SplitMix64` (Steele, Lea, Flood 2014).
pub(super) struct Dice(u64);

impl Dice {
    /// Dice for one purpose.
    pub(super) fn new(seed: u64, purpose: &str) -> Self {
        let mixed = purpose.bytes().fold(seed, |sum, byte| {
            sum.wrapping_mul(0x0100_0000_01B3)
                .wrapping_add(u64::from(byte))
        });
        Self(mixed)
    }

    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `count`; 0 for a count of 0.
    pub(super) fn below(&mut self, count: usize) -> usize {
        let count = u64::try_from(count.max(1)).unwrap_or(u64::MAX);
        usize::try_from(self.bits() % count).unwrap_or(0)
    }

    /// A number from `low` to `high`, both included.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        let count = usize::try_from((high - low).max(0) + 1).unwrap_or(1);
        low + i64::try_from(self.below(count)).unwrap_or(0)
    }

    /// Whether something of so many in a hundred happens.
    pub(super) fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of the list.
    pub(super) fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }

    /// One of the list, each as often as its weight says.
    pub(super) fn weighted<'a, T>(&mut self, list: &'a [(usize, T)]) -> &'a T {
        let mut at = self.below(list.iter().map(|(weight, _)| weight).sum());
        for (weight, value) in list {
            if at < *weight {
                return value;
            }
            at -= weight;
        }
        &list[0].1
    }

    /// So many characters of an alphabet without the ones that look alike.
    pub(super) fn letters(&mut self, count: usize) -> String {
        const ALPHABET: &[u8] = b"0123456789BCDFGHJKLMNPQRSTVWXZ";
        (0..count)
            .map(|_| char::from(*self.pick(ALPHABET)))
            .collect()
    }
}
