//! How much a device can answer at once: learned from the bytes of its answers, halved when it
//! says tooBig or says nothing.
//!
//! **Room:** layer 1, pure. **May use:** nothing of ours. **Must not:** do I/O.

/// The most rows of one GETBULK: agents skip or hang above.
pub(crate) const ROWS_MAX: usize = 50;
/// The most bytes that an answer should have: below the smallest common MTU.
pub(crate) const ANSWER_BYTES_MAX: usize = 1_400;
/// What is left of an answer's bytes for its head.
const HEAD_BYTES: usize = 80;
/// The most varbinds of one answer while nothing is known.
const FIRST_VARBINDS: usize = 24;
/// Rounds without trouble after which a size that was halved for silence is tried again.
const ROUNDS_TO_REGROW: u32 = 240;

/// What is known of a device's answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BulkSize {
    /// Bytes of a varbind, times 16; 0 while unknown.
    varbind_bytes_16: usize,
    /// The most varbinds that it can.
    limit: usize,
    /// Rounds since the limit was halved.
    good_rounds: u32,
    /// It answers GET and GETNEXT but no GETBULK.
    pub(crate) no_bulk: bool,
}

impl Default for BulkSize {
    fn default() -> Self {
        Self {
            varbind_bytes_16: 0,
            limit: usize::MAX,
            good_rounds: 0,
            no_bulk: false,
        }
    }
}

impl BulkSize {
    /// How many varbinds to ask for at once.
    pub(crate) fn varbinds(&self) -> usize {
        let by_bytes = ((ANSWER_BYTES_MAX - HEAD_BYTES) * 16)
            .checked_div(self.varbind_bytes_16)
            .unwrap_or(FIRST_VARBINDS);
        by_bytes.min(self.limit).max(1)
    }

    /// How many rows of so many columns.
    pub(crate) fn rows(&self, columns: usize) -> usize {
        (self.varbinds() / columns.max(1)).clamp(1, ROWS_MAX)
    }

    /// Takes the size of an answer. The largest counts at once, smaller ones slowly.
    pub(crate) fn take(&mut self, bytes: usize, varbinds: usize) {
        if varbinds < 4 {
            return;
        }
        let now = bytes.saturating_sub(HEAD_BYTES / 2) * 16 / varbinds;
        self.varbind_bytes_16 = now.max((self.varbind_bytes_16 * 15 + now) / 16);
    }

    /// It could not answer `asked` varbinds; false when nothing smaller is left to try.
    pub(crate) fn halve(&mut self, asked: usize) -> bool {
        self.good_rounds = 0;
        if asked <= 1 {
            return !std::mem::replace(&mut self.no_bulk, true);
        }
        self.limit = self.limit.min(asked / 2).max(1);
        true
    }

    /// It cut an answer after so many varbinds.
    pub(crate) fn cap(&mut self, varbinds: usize) {
        self.limit = self.limit.min(varbinds).max(1);
        self.good_rounds = 0;
    }

    /// Whether a halved limit stands.
    pub(crate) const fn is_limited(&self) -> bool {
        self.limit < usize::MAX || self.no_bulk
    }

    /// A round went well; true when a larger size is tried again.
    pub(crate) fn good_round(&mut self) -> bool {
        if !self.is_limited() {
            return false;
        }
        self.good_rounds += 1;
        if self.good_rounds < ROUNDS_TO_REGROW {
            return false;
        }
        self.good_rounds = 0;
        self.no_bulk = false;
        self.limit = self.limit.saturating_mul(2);
        if self.limit >= 512 {
            self.limit = usize::MAX;
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_answer_stays_below_the_limit_of_bytes() {
        let mut size = BulkSize::default();
        assert_eq!(size.rows(8), 3);
        size.take(1_127, 56);
        assert_eq!(size.varbinds(), 68);
        assert_eq!(size.rows(7), 9);
        assert_eq!(size.rows(1), ROWS_MAX);
        assert_eq!(size.rows(500), 1);
    }

    #[test]
    fn trouble_halves_and_is_remembered() {
        let mut size = BulkSize::default();
        size.take(1_127, 56);
        assert!(size.halve(56));
        assert_eq!(size.varbinds(), 28);
        assert!(size.halve(28));
        size.take(300, 14);
        assert_eq!(size.varbinds(), 14);
        assert!(size.is_limited());
    }

    #[test]
    fn at_one_varbind_getbulk_is_given_up_once() {
        let mut size = BulkSize::default();
        assert!(size.halve(1));
        assert!(size.no_bulk);
        assert!(!size.halve(1));
    }

    #[test]
    fn after_many_good_rounds_more_is_tried() {
        let mut size = BulkSize::default();
        size.halve(8);
        let regrown = (0..ROUNDS_TO_REGROW).filter(|_| size.good_round()).count();
        assert_eq!((regrown, size.varbinds()), (1, 8));
    }
}
