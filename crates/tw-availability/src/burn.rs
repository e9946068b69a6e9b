//! How fast a budget is being used: burn rates, exhaustion, proof debt (rule 16 and its alerts).
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** give a rate where less than
//! half of the window is known: missing data is a finding of its own.

use crate::{
    accounting::{Tally, tally},
    percent::{Seconds, percent_floor},
    sweep::ServiceTimeline,
    target::budget,
};
use tw_units::{Interval, Ppm, Timestamp};

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;

/// How many times faster than allowed the budget was used, in thousandths, floored: `(D_w /
/// known_w) / (ppm / 10⁶)`. `None` when less than half of the window is known, or when no
/// downtime is allowed at all.
pub fn burn_rate_thousandths(tally: &Tally, target: Ppm) -> Option<i128> {
    let known = i128::from(tally.known_ms());
    let enough = known > 0 && known * 2 >= i128::from(tally.period_ms());
    let down = i128::from(tally.point_ms());
    (enough && target.0 > 0).then(|| down * 1_000_000_000 / (known * i128::from(target.0)))
}

/// Pairs of windows: the long one says that it matters, the short one that it still goes on.
/// Meant for targets of 1000 ppm and more; at a Tier III target any single failed poll trips
/// them, so there use [`BudgetUse`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BurnAlerts {
    /// 14.4 times over 1 hour and 5 minutes: 2 % of a month's budget in an hour.
    pub page_fast: bool,
    /// 6 times over 6 hours and 30 minutes.
    pub page_slow: bool,
    /// Once over 3 days and 6 hours.
    pub ticket: bool,
}

/// Judges the burn at `now`.
pub fn burn_alerts(service: &ServiceTimeline, now: Timestamp, target: Ppm) -> BurnAlerts {
    let over = |window_ms: i64, thousandths: i128| {
        let window = Interval::new(now.plus_millis(-window_ms), now);
        let rate = window.and_then(|w| burn_rate_thousandths(&tally(service, w), target));
        rate.is_some_and(|rate| rate >= thousandths)
    };
    BurnAlerts {
        page_fast: over(HOUR_MS, 14_400) && over(5 * MINUTE_MS, 14_400),
        page_slow: over(6 * HOUR_MS, 6_000) && over(30 * MINUTE_MS, 6_000),
        ticket: over(72 * HOUR_MS, 1_000) && over(6 * HOUR_MS, 1_000),
    }
}

/// What is left of a budget.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BudgetUse {
    /// Allowed downtime.
    pub budget: Seconds,
    /// Used, point figure.
    pub used: Seconds,
    /// Left; negative when overdrawn.
    pub left: Seconds,
    /// Used, in percent, floored; `None` when nothing is allowed.
    pub used_percent: Option<String>,
    /// When it is used up if an outage lasts from `now` on; `None` when it is already.
    pub exhausted_at: Option<Timestamp>,
    /// Time without evidence: as long as it is not backfilled, it may all have been downtime.
    pub proof_debt: Seconds,
}

/// What of the budget of `window` has been used at `now`.
pub fn budget_use(
    service: &ServiceTimeline,
    window: Interval,
    now: Timestamp,
    target: Ppm,
) -> BudgetUse {
    let whole = budget(window.millis(), target);
    let so_far = Interval::new(window.from, now.min(window.to));
    let measured = so_far
        .map(|so_far| tally(service, so_far))
        .unwrap_or_default();
    let used = Seconds::from_millis(measured.point_ms());
    let left = whole.minus(used);
    let left_ms = i64::try_from((left.as_nanos() + 999_999).div_euclid(1_000_000));
    let budget_ms = i64::try_from(whole.as_nanos() / 1_000_000).unwrap_or(i64::MAX);
    BudgetUse {
        budget: whole,
        used,
        left,
        used_percent: percent_floor(measured.point_ms(), budget_ms),
        exhausted_at: (left.as_nanos() > 0).then(|| now.plus_millis(left_ms.unwrap_or(i64::MAX))),
        proof_debt: Seconds::from_millis(measured.unknown_ms),
    }
}
