//! How much loss a count of lost probes allows: exact binomial bounds (Clopper and Pearson).
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** print "0 %" where a few probes
//! cannot know it. Bursts make the truth wider than these bounds; they are counted apart.

use tw_units::Ratio;

/// One-sided: the truth is beyond the bound once in twenty.
const DOUBT: f64 = 0.05;

/// With 95 % confidence the true loss is at most this. 0 lost of 300 is "at most 1.0 %".
pub fn loss_upper_bound(lost: u64, sent: u64) -> Ratio {
    if sent == 0 || lost >= sent {
        return Ratio(1.0);
    }
    Ratio(bisect(|p| at_most(lost, sent, p) > DOUBT))
}

/// With 95 % confidence the true loss is at least this.
pub fn loss_lower_bound(lost: u64, sent: u64) -> Ratio {
    if sent == 0 || lost == 0 {
        return Ratio(0.0);
    }
    Ratio(bisect(|p| {
        1.0 - at_most(lost.min(sent) - 1, sent, p) < DOUBT
    }))
}

/// The largest p in 0..1 for which `holds`, which is true below and false above.
fn bisect(holds: impl Fn(f64) -> bool) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if holds(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

/// How likely `lost` or fewer of `sent` are lost at a true loss of `p`.
fn at_most(lost: u64, sent: u64, p: f64) -> f64 {
    let (n, k) = (as_f64(sent), as_f64(lost.min(sent)));
    let odds = p / (1.0 - p);
    // From the term of `lost` down; each term from the one above. Terms far below are nothing.
    let mut term = (ln_choose(sent, lost) + k * p.ln() + (n - k) * (-p).ln_1p()).exp();
    let mut sum = term;
    let mut i = k;
    while i >= 1.0 && term > sum * 1e-17 {
        term *= i / ((n - i + 1.0) * odds);
        sum += term;
        i -= 1.0;
    }
    if sum > 0.0 || p * n > k {
        sum.min(1.0)
    } else {
        1.0
    }
}

fn ln_choose(n: u64, k: u64) -> f64 {
    ln_factorial(n) - ln_factorial(k) - ln_factorial(n - k.min(n))
}

/// Stirling's series from 32 up (its error there is below 1e-15), the product below.
fn ln_factorial(n: u64) -> f64 {
    if n < 32 {
        return (2..=n).map(|i| as_f64(i).ln()).sum();
    }
    let x = as_f64(n);
    let series = 1.0 / (12.0 * x) - 1.0 / (360.0 * x.powi(3)) + 1.0 / (1_260.0 * x.powi(5))
        - 1.0 / (1_680.0 * x.powi(7));
    x * x.ln() - x + 0.5 * (2.0 * std::f64::consts::PI * x).ln() + series
}

#[expect(clippy::cast_precision_loss, reason = "2^53 probes are out of reach")]
const fn as_f64(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(lost: u64, sent: u64, lower: f64, upper: f64) {
        let got = (
            loss_lower_bound(lost, sent).0,
            loss_upper_bound(lost, sent).0,
        );
        let near = |a: f64, b: f64| (a - b).abs() < 5e-5;
        assert!(near(got.0, lower) && near(got.1, upper), "{got:?}");
    }

    #[test]
    fn few_probes_know_little() {
        check(0, 0, 0.0, 1.0);
        check(0, 300, 0.0, 0.0099); // 1 − 0.05^(1/300)
        check(0, 3_000, 0.0, 0.0010);
        check(300, 300, 0.9901, 1.0);
        check(1, 20, 0.0026, 0.2161); // tables of Clopper and Pearson
        check(5, 10, 0.2224, 0.7776);
    }

    #[test]
    fn a_million_probes_are_no_trouble() {
        let (low, high) = (
            loss_lower_bound(1_000, 1_000_000).0,
            loss_upper_bound(1_000, 1_000_000).0,
        );
        assert!(
            low > 0.000_94 && low < 0.001 && high > 0.001 && high < 0.001_06,
            "{low} {high}"
        );
    }

    proptest! {
        #[test]
        fn the_measured_loss_lies_between_its_bounds(sent in 1_u64..5_000, share in 0.0_f64..1.0) {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below sent")]
            let lost = (as_f64(sent) * share) as u64;
            let measured = as_f64(lost) / as_f64(sent);
            let (low, high) = (loss_lower_bound(lost, sent).0, loss_upper_bound(lost, sent).0);
            prop_assert!(low <= measured && measured <= high, "{} {} {}", low, measured, high);
        }
    }
}
