//! Guessing is slowed down: by address, and by account with a growing delay.
//!
//! **Room:** layer 2, pure. **May use:** `tw-units`. **Must not:** read a clock, or lock an
//! account for ever: that would let a stranger lock out its owner.

use std::{collections::HashMap, net::IpAddr};
use tw_units::Timestamp;

/// Attempts of one address in a minute.
const ATTEMPTS_PER_MINUTE_MAX: u32 = 10;
/// Failures of one account before the delay begins.
const FREE_FAILURES: u32 = 3;
/// The longest delay.
const DELAY_SECONDS_MAX: u64 = 300;
/// Addresses and accounts that are remembered; over it, all are forgotten but the newest.
const ENTRIES_MAX: usize = 10_000;
const MINUTE_MS: i64 = 60_000;

#[derive(Clone, Copy, Debug)]
struct Window {
    from: Timestamp,
    attempts: u32,
}

#[derive(Clone, Copy, Debug)]
struct Failures {
    count: u32,
    last: Timestamp,
}

/// What is remembered of attempts.
#[derive(Debug, Default)]
pub(crate) struct SlowDown {
    addresses: HashMap<IpAddr, Window>,
    accounts: HashMap<String, Failures>,
}

impl SlowDown {
    /// Notes an attempt; gives the seconds to wait when it comes too early.
    pub(crate) fn attempt(
        &mut self,
        address: IpAddr,
        account: &str,
        now: Timestamp,
    ) -> Result<(), u64> {
        if self.addresses.len() >= ENTRIES_MAX {
            self.addresses.clear();
        }
        let window = self.addresses.entry(address).or_insert(Window {
            from: now,
            attempts: 0,
        });
        if now.millis_since(window.from) >= MINUTE_MS {
            *window = Window {
                from: now,
                attempts: 0,
            };
        }
        window.attempts = window.attempts.saturating_add(1);
        if window.attempts > ATTEMPTS_PER_MINUTE_MAX {
            return Err(seconds_until(window.from.plus_millis(MINUTE_MS), now));
        }
        match self
            .accounts
            .get(account)
            .map(|failures| free_at(*failures))
        {
            Some(free) if now < free => Err(seconds_until(free, now)),
            _ => Ok(()),
        }
    }

    /// Notes that an attempt failed.
    pub(crate) fn failed(&mut self, account: &str, now: Timestamp) {
        if self.accounts.len() >= ENTRIES_MAX {
            self.accounts.clear();
        }
        let failures = self.accounts.entry(account.to_owned()).or_insert(Failures {
            count: 0,
            last: now,
        });
        failures.count = failures.count.saturating_add(1);
        failures.last = now;
    }

    /// Notes that somebody came in.
    pub(crate) fn succeeded(&mut self, account: &str) {
        self.accounts.remove(account);
    }
}

fn free_at(failures: Failures) -> Timestamp {
    let over = failures.count.saturating_sub(FREE_FAILURES);
    if over == 0 {
        return failures.last;
    }
    let seconds = 1_u64
        .checked_shl(over)
        .unwrap_or(u64::MAX)
        .min(DELAY_SECONDS_MAX);
    failures.last.plus(std::time::Duration::from_secs(seconds))
}

fn seconds_until(then: Timestamp, now: Timestamp) -> u64 {
    then.millis_since(now)
        .max(0)
        .unsigned_abs()
        .div_ceil(1_000)
        .max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_seconds(second)
    }

    fn address(last: u8) -> IpAddr {
        IpAddr::from([127, 0, 0, last])
    }

    #[test]
    fn an_address_has_ten_attempts_a_minute() {
        let mut slow = SlowDown::default();
        for second in 0..10 {
            assert_eq!(slow.attempt(address(1), "a", at(second)), Ok(()));
        }
        assert_eq!(slow.attempt(address(1), "a", at(10)), Err(50));
        assert_eq!(slow.attempt(address(2), "a", at(10)), Ok(()), "others may");
        assert_eq!(slow.attempt(address(1), "a", at(60)), Ok(()));
    }

    #[test]
    fn an_account_waits_longer_after_each_failure_and_never_for_ever() {
        let mut slow = SlowDown::default();
        let mut waits = Vec::new();
        for second in 0..14 {
            slow.failed("an", at(second));
            let wait = slow.attempt(address(second.try_into().unwrap()), "an", at(second));
            waits.push(wait.err().unwrap_or(0));
        }
        assert_eq!(
            waits,
            [0, 0, 0, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]
        );
        slow.succeeded("an");
        assert_eq!(slow.attempt(address(99), "an", at(14)), Ok(()));
    }
}
