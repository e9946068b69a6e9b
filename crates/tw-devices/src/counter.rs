//! Whether two readings of a counter have a rate. A rate is stated only when the counter surely
//! ran on between them; all else is a gap with a reason, never a spike.
//!
//! **Room:** layer 0, pure. **May use:** nothing of ours. **Must not:** read a clock.

use std::time::Duration;

/// `sysUpTime` (RFC 3418) counts hundredths of a second in 32 bits: it wraps after 497.1 days.
const UPTIME_WRAP: u64 = 1 << 32;

/// How much an agent's uptime may disagree with our clock before it means a restart: some
/// agents advance it only every half minute.
const UPTIME_SLACK_CENTISECONDS: u64 = 3_000;

/// How wide a counter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// `Counter32`: wraps in normal life.
    Bits32,
    /// `Counter64`: going back is a reset.
    Bits64,
}

impl Width {
    /// The width of a standard object, by its name: `ifHC…` and `hc…` are 64 bits, all other
    /// counters of the polled MIBs 32.
    pub fn of(metric: &str) -> Self {
        let host = metric.starts_with("node_") || metric.starts_with("tierwatch_");
        if metric.starts_with("ifHC") || host {
            Self::Bits64
        } else {
            Self::Bits32
        }
    }
}

/// One reading of a counter and of what says whether it ran on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// When, milliseconds by one clock.
    pub at_ms: i64,
    /// The counter.
    pub value: u64,
    /// `sysUpTime` of the same round, in hundredths of a second.
    pub sys_up_time: Option<u64>,
    /// `ifCounterDiscontinuityTime` of the same row (RFC 2863).
    pub discontinuity: Option<u64>,
}

/// Why there is no rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gap {
    /// `sysUpTime` says that the agent restarted in between.
    Rebooted,
    /// `ifCounterDiscontinuityTime` changed.
    Discontinuity,
    /// The counter went back, and a wrap is not the explanation.
    Reset,
    /// The counter may have wrapped, but how often nobody can say.
    Ambiguous,
    /// No time passed, or it ran backwards.
    NoTime,
}

impl Gap {
    /// The stable word for APIs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rebooted => "rebooted",
            Self::Discontinuity => "discontinuity",
            Self::Reset => "reset",
            Self::Ambiguous => "ambiguous",
            Self::NoTime => "no_time",
        }
    }
}

/// How far a counter ran, or why nobody can say.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rate {
    /// The mean growth a second.
    PerSecond(f64),
    /// There is none.
    Gap(Gap),
}

/// The mean rate between two readings. `per_second_max` is the most that the counter can grow
/// in a second (for octets the interface's speed / 8); without it no wrap is believed.
pub fn rate(earlier: Reading, later: Reading, width: Width, per_second_max: Option<f64>) -> Rate {
    let Some(elapsed_ms) = elapsed(earlier, later) else {
        return Rate::Gap(Gap::NoTime);
    };
    let seconds = Duration::from_millis(elapsed_ms).as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "a rate needs no 54th bit")]
    match growth(
        earlier,
        later,
        width,
        per_second_max.map(|most| most * seconds),
    ) {
        Ok(growth) => Rate::PerSecond(growth as f64 / seconds),
        Err(gap) => Rate::Gap(gap),
    }
}

/// How far the counter ran between two readings; `most` is the most that it can have grown.
pub fn growth(
    earlier: Reading,
    later: Reading,
    width: Width,
    most: Option<f64>,
) -> Result<u64, Gap> {
    let elapsed_ms = elapsed(earlier, later).ok_or(Gap::NoTime)?;
    if let (Some(before), Some(after)) = (earlier.sys_up_time, later.sys_up_time)
        && restarted(before, after, elapsed_ms)
    {
        return Err(Gap::Rebooted);
    }
    if let (Some(before), Some(after)) = (earlier.discontinuity, later.discontinuity)
        && before != after
    {
        return Err(Gap::Discontinuity);
    }
    match later.value.checked_sub(earlier.value) {
        Some(growth) => Ok(growth),
        None if width == Width::Bits64 => Err(Gap::Reset),
        None => wrapped(earlier.value, later.value, most),
    }
}

/// Whether an agent restarted between two values of `sysUpTime`, read `elapsed_ms` apart. The
/// wrap after 497.1 days is no restart.
pub fn restarted(before: u64, after: u64, elapsed_ms: u64) -> bool {
    let elapsed = elapsed_ms / 10;
    let slack = UPTIME_SLACK_CENTISECONDS + elapsed / 100;
    if after < before {
        let expected = before + elapsed;
        let wrap = expected + slack >= UPTIME_WRAP
            && after <= expected.saturating_sub(UPTIME_WRAP) + slack
            && after + slack + UPTIME_WRAP >= expected;
        return !wrap;
    }
    // It went on, but it cannot be younger than the time that we watched it.
    after + slack < elapsed
}

fn elapsed(earlier: Reading, later: Reading) -> Option<u64> {
    let millis = later.at_ms.checked_sub(earlier.at_ms)?;
    u64::try_from(millis).ok().filter(|ms| *ms > 0)
}

fn wrapped(before: u64, after: u64, most: Option<f64>) -> Result<u64, Gap> {
    const MODULUS: u64 = 1 << 32;
    let Some(most) = most else {
        return Err(Gap::Reset);
    };
    if before >= MODULUS {
        return Err(Gap::Reset);
    }
    let growth = after + MODULUS - before;
    #[expect(clippy::cast_precision_loss, reason = "both are near 2^32")]
    if most >= MODULUS as f64 {
        Err(Gap::Ambiguous)
    } else if growth as f64 > most * 1.05 {
        Err(Gap::Reset)
    } else {
        Ok(growth)
    }
}

#[cfg(test)]
#[path = "counter/tests.rs"]
mod tests;
