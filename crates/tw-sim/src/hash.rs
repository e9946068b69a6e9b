//! Numbers that look random and are not: a pure function of a seed and what they are for.
//!
//! **Room:** layer 3, simulation; this file is pure. **May use:** nothing of ours.
//! **Must not:** hold state, read a clock or the system's randomness.

/// A place in a tree of seeds. The same path from the same root always gives the same numbers,
/// in every process and in every version of the compiler (no `std` hasher is used).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Seed(u64);

impl Seed {
    /// The root of a world.
    pub const fn new(seed: u64) -> Self {
        Self(mix(seed ^ 0x7469_6572_7761_7463))
    }

    /// The seed of what `name` names under this one.
    #[must_use]
    pub fn of(self, name: &str) -> Self {
        let folded = name
            .bytes()
            .fold(self.0 ^ 0xcbf2_9ce4_8422_2325, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            });
        Self(mix(folded))
    }

    /// The seed of the `n`-th thing under this one.
    #[must_use]
    pub const fn at(self, n: u64) -> Self {
        Self(mix(self.0 ^ mix(n.wrapping_add(0x9e37_79b9_7f4a_7c15))))
    }

    /// The number itself.
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// A number in `0.0 <= x < 1.0`.
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit exactly")]
    pub fn unit(self) -> f64 {
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A number in `-1.0 <= x < 1.0`.
    pub fn signed(self) -> f64 {
        self.unit() * 2.0 - 1.0
    }

    /// A number in `low <= x < high`.
    pub fn between(self, low: f64, high: f64) -> f64 {
        low + self.unit() * (high - low)
    }

    /// A whole number in `0 <= x < count`; 0 when `count` is 0.
    pub const fn below(self, count: u64) -> u64 {
        if count == 0 { 0 } else { self.0 % count }
    }

    /// One of `items`, or `None` when there are none.
    pub fn pick<T>(self, items: &[T]) -> Option<&T> {
        let index = usize::try_from(self.below(items.len() as u64)).ok()?;
        items.get(index)
    }
}

/// The finaliser of `SplitMix64` (Steele, Lea, Flood 2014).
const fn mix(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_path_gives_the_same_number_and_another_path_another() {
        let root = Seed::new(1);
        assert_eq!(root.of("a").at(3), Seed::new(1).of("a").at(3));
        assert_ne!(root.of("a").at(3), root.of("a").at(4));
        assert_ne!(root.of("a"), root.of("b"));
        assert_ne!(root, Seed::new(2));
    }

    #[test]
    fn numbers_spread_over_the_unit_interval() {
        let root = Seed::new(7);
        let mut tenths = [0_u32; 10];
        for n in 0..10_000 {
            let x = root.at(n).unit();
            assert!((0.0..1.0).contains(&x));
            tenths[(x * 10.0) as usize] += 1;
        }
        assert!(tenths.iter().all(|n| (800..1200).contains(n)), "{tenths:?}");
    }

    #[test]
    fn picking_from_nothing_gives_nothing() {
        assert_eq!(Seed::new(1).pick::<u8>(&[]), None);
        assert_eq!(Seed::new(1).pick(&[5]), Some(&5));
    }
}
