//! Tables and properties of the rate decisions.
//!
//! **Room:** tests.

use super::*;
use proptest::prelude::*;

fn reading(at_s: i64, value: u64, up_s: u64) -> Reading {
    Reading {
        at_ms: at_s * 1_000,
        value,
        sys_up_time: Some(up_s * 100),
        discontinuity: Some(0),
    }
}

#[track_caller]
fn check(earlier: Reading, later: Reading, width: Width, most: Option<f64>, expect: Rate) {
    assert_eq!(rate(earlier, later, width, most), expect);
}

#[test]
fn a_counter_that_ran_on_has_a_rate() {
    let (a, b) = (reading(0, 100, 1_000), reading(10, 1_100, 1_010));
    check(a, b, Width::Bits64, None, Rate::PerSecond(100.0));
}

#[test]
fn a_wrap_of_32_bits_counts_only_when_the_speed_allows_it() {
    let (a, b) = (reading(0, (1 << 32) - 500, 1_000), reading(10, 500, 1_010));
    check(a, b, Width::Bits32, Some(1e6), Rate::PerSecond(100.0));
    check(a, b, Width::Bits32, None, Rate::Gap(Gap::Reset));
    check(a, b, Width::Bits32, Some(10.0), Rate::Gap(Gap::Reset));
    // At 10 Gb/s ten seconds hold several wraps.
    check(a, b, Width::Bits32, Some(1.25e9), Rate::Gap(Gap::Ambiguous));
}

#[test]
fn at_64_bits_going_back_is_a_reset() {
    let (a, b) = (reading(0, 9_000, 1_000), reading(60, 10, 1_060));
    check(a, b, Width::Bits64, Some(1e9), Rate::Gap(Gap::Reset));
}

#[test]
fn an_uptime_that_went_back_is_a_reboot_even_when_the_counter_grew() {
    let (a, b) = (reading(0, 10, 86_400), reading(60, 9_000_000, 20));
    check(a, b, Width::Bits64, None, Rate::Gap(Gap::Rebooted));
}

#[test]
fn an_uptime_younger_than_the_pause_is_a_reboot() {
    let (a, b) = (reading(0, 10, 5), reading(3_600, 9_000, 1_800));
    check(a, b, Width::Bits64, None, Rate::Gap(Gap::Rebooted));
}

#[test]
fn the_wrap_of_sys_up_time_after_497_days_is_no_reboot() {
    let wrap_s = (1_u64 << 32) / 100;
    let (a, b) = (reading(0, 10, wrap_s - 30), reading(60, 610, 30));
    check(a, b, Width::Bits64, None, Rate::PerSecond(10.0));
    // A reboot shortly before the wrap was due is one: its uptime is too young or too old.
    assert!(restarted((wrap_s - 30) * 100, 20_000, 60_000));
    assert!(restarted((wrap_s - 30_000) * 100, 1_000, 60_000));
}

#[test]
fn a_discontinuity_of_the_row_is_a_gap() {
    let (a, mut b) = (reading(0, 10, 1_000), reading(60, 20, 1_060));
    b.discontinuity = Some(103_000);
    check(a, b, Width::Bits64, None, Rate::Gap(Gap::Discontinuity));
}

#[test]
fn no_time_has_no_rate() {
    let a = reading(60, 10, 1_000);
    check(a, a, Width::Bits64, None, Rate::Gap(Gap::NoTime));
    check(
        a,
        reading(0, 20, 1_000),
        Width::Bits64,
        None,
        Rate::Gap(Gap::NoTime),
    );
}

proptest! {
    #[test]
    fn the_true_growth_is_found_across_a_wrap(
        start in any::<u32>(), grown in 0_u64..1 << 31, seconds in 1_i64..600,
    ) {
        let end = (u64::from(start) + grown) % (1 << 32);
        let (a, b) = (reading(0, u64::from(start), 10_000), reading(seconds, end, 10_000 + seconds.unsigned_abs()));
        let most = f64::from(1_u32 << 31);
        prop_assert_eq!(growth(a, b, Width::Bits32, Some(most)), Ok(grown));
    }

    #[test]
    fn a_restart_never_gives_a_rate_above_the_speed(
        before in any::<u32>(), since in 0_u64..50, most in 1.0_f64..1e6, up in 100_u64..40_000_000,
    ) {
        // After a restart `since` seconds ago at most `most` a second was counted.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "small and positive")]
        let after = (since as f64 * most) as u64;
        let a = reading(0, u64::from(before), up + 60);
        let b = reading(60, after, since);
        prop_assert_eq!(rate(a, b, Width::Bits32, Some(most)), Rate::Gap(Gap::Rebooted));
    }

    #[test]
    fn without_uptime_a_stated_rate_never_exceeds_the_speed(
        before in any::<u32>(), after in any::<u32>(), most in 1.0_f64..1e8,
    ) {
        let mut a = reading(0, u64::from(before), 0);
        let mut b = reading(60, u64::from(after), 0);
        (a.sys_up_time, b.sys_up_time) = (None, None);
        if after < before && let Rate::PerSecond(rate) = rate(a, b, Width::Bits32, Some(most)) {
            prop_assert!(rate <= most * 1.06);
        }
    }

    #[test]
    fn an_agent_that_runs_on_is_never_called_restarted(
        up in any::<u32>(), elapsed_ms in 1_u64..86_400_000,
    ) {
        let after = (u64::from(up) + elapsed_ms / 10) % (1 << 32);
        prop_assert!(!restarted(u64::from(up), after, elapsed_ms));
    }
}
