//! What a replacement plan of 1,000 lines costs: the distribution over many made-up cases.
//!
//! **Room:** beside the product. Each case is made from a number; every third has quarters with a
//! capacity, every second groups and redundancy groups.
//!
//! `cargo run --release -p tw-lifecycle --example bench_plan [-- CASES LINES]`
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a program that prints its measurements, and has none when it cannot run"
)]
#![expect(
    clippy::disallowed_methods,
    reason = "it measures by the machine's clock"
)]

use std::time::{Duration, Instant};
use tw_lifecycle::{PlanLimits, PlanLine, make_plan};
use tw_units::Vnd;

/// Acceptance: a plan of 1,000 lines is quicker.
const WANTED: Duration = Duration::from_secs(1);

/// Numbers that look random and are the same each time (xorshift64*).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) % end
    }

    fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }
}

/// Lines with prices as on invoices: to the thousand đồng, from a monitor to a storage array.
fn lines(count: usize, grouped: bool, numbers: &mut Numbers) -> Vec<PlanLine> {
    let line = |n: usize| {
        let thousands = match numbers.below(10) {
            0 => 100_000 + numbers.below(900_000),
            1..=3 => 20_000 + numbers.below(80_000),
            _ => 3_000 + numbers.below(25_000),
        };
        let group = grouped && numbers.one_in(12);
        let pair = grouped && numbers.one_in(8);
        PlanLine {
            id: format!("TS-{n:05}"),
            cost: Vnd(i64::try_from(thousands * 1_000).unwrap()),
            benefit_millionths: i64::try_from(numbers.below(9_000_000)).unwrap(),
            mandatory: numbers.one_in(60),
            group: group.then(|| format!("g{}", n / 12)),
            redundancy_group: pair.then(|| format!("r{}", n / 16)),
        }
    };
    (0..count).map(line).collect()
}

fn main() {
    let mut arguments = std::env::args()
        .skip(1)
        .filter_map(|text| text.parse().ok());
    let cases: usize = arguments.next().unwrap_or(200);
    let count: usize = arguments.next().unwrap_or(1_000);
    let mut numbers = Numbers(20_261_122);
    let (mut taken, mut proven, mut gap) = (Vec::new(), 0, 0.0_f64);
    for case in 0..cases {
        let lines = lines(count, case % 2 == 0, &mut numbers);
        let all: i64 = lines.iter().map(|line| line.cost.0).sum();
        let share = 10 + i64::try_from(numbers.below(60)).unwrap();
        let scheduled = case % 3 == 0;
        let limits = PlanLimits {
            budget: Vnd(all / 100 * share),
            quarters: scheduled.then_some(4),
            capacity_per_quarter: scheduled.then_some(90),
        };
        let started = Instant::now();
        let plan = make_plan(&lines, &limits).unwrap();
        taken.push(started.elapsed());
        assert!(plan.total <= limits.budget, "never over the budget");
        proven += usize::from(plan.proven_optimal);
        gap = gap.max(plan.gap);
    }
    taken.sort();
    let at = |percent: usize| taken[(taken.len() * percent).div_ceil(100).max(1) - 1];
    println!(
        "{cases} plans of {count} lines: p50 {:.1?}, p90 {:.1?}, p99 {:.1?}, max {:.1?}",
        at(50),
        at(90),
        at(99),
        at(100)
    );
    println!("proven optimal: {proven} of {cases}; largest gap of the others: {gap:.6}");
    let holds = at(100) < WANTED;
    println!(
        "all < {WANTED:?}: {}",
        if holds { "holds" } else { "DOES NOT HOLD" }
    );
}
