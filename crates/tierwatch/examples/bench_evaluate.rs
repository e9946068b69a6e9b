//! What it costs to judge a year: `tierwatch availability evaluate` on fifty subjects, polled
//! every five seconds, ten thousand runs each.
//!
//! **Room:** beside the product. It starts the program that lies beside it, as an auditor would:
//! reading the file and writing the answer are in the figure. The machine may be busy, so that
//! the processor's time is told beside the clock's.
//!
//! `cargo build --release -p tierwatch && cargo run --release -p tierwatch --example
//! bench_evaluate [-- ROUNDS [PROGRAM]]`
#![expect(clippy::print_stdout, reason = "it prints its figures")]
#![expect(
    clippy::unwrap_used,
    reason = "a benchmark that cannot run has nothing to say"
)]

#[path = "../src/commands/availability/whole_year.rs"]
mod whole_year;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

const ROUNDS: usize = 11;
/// Acceptance: a year is judged in less.
const SECONDS_MAX: f64 = 1.0;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let rounds = arguments.next().map_or(ROUNDS, |n| n.parse().unwrap());
    let program = arguments.next().map_or_else(beside, PathBuf::from);
    let file = std::env::temp_dir().join(format!("tierwatch-year-{}.json", std::process::id()));
    let text = whole_year::file();
    fs::write(&file, &text).unwrap();
    println!(
        "availability evaluate: {} subjects, {} runs each, {} polls each, {:.1} MB of JSON",
        whole_year::SUBJECTS,
        whole_year::runs(0).len(),
        whole_year::POLLS,
        f64::from(u32::try_from(text.len()).unwrap()) / 1e6
    );
    let figures: Vec<(f64, f64)> = (0..rounds.max(1)).map(|_| once(&program, &file)).collect();
    fs::remove_file(&file).unwrap();
    let cpu = tell("CPU s", figures.iter().map(|(cpu, _)| *cpu).collect());
    let wall = tell("wall s", figures.iter().map(|(_, wall)| *wall).collect());
    let verdict = |median: f64| {
        if median < SECONDS_MAX {
            "holds"
        } else {
            "DOES NOT HOLD"
        }
    };
    println!(
        "less than {SECONDS_MAX} s is wanted: {} in CPU time, {} by the clock",
        verdict(cpu),
        verdict(wall)
    );
}

/// The program that was built together with this one.
fn beside() -> PathBuf {
    let own = std::env::current_exe().unwrap();
    let program = own.ancestors().nth(2).unwrap().join("tierwatch");
    assert!(
        program.is_file(),
        "{}: build it first: cargo build --release -p tierwatch",
        program.display()
    );
    program
}

/// One run: CPU seconds (in ticks of 10 ms) and seconds by the clock.
fn once(program: &Path, file: &Path) -> (f64, f64) {
    let (cpu, began) = (children_cpu_seconds(), now());
    #[expect(
        clippy::disallowed_methods,
        reason = "our own program with our own file"
    )]
    let answer = Command::new(program)
        .args(["availability", "evaluate", "--json"])
        .arg(file)
        .output()
        .unwrap();
    let wall = now().duration_since(began).as_secs_f64();
    let cpu = children_cpu_seconds() - cpu;
    let complaint = String::from_utf8_lossy(&answer.stderr);
    assert!(answer.status.success(), "{complaint}");
    let answer: serde_json::Value = serde_json::from_slice(&answer.stdout).unwrap();
    assert!(answer["outages"].as_u64().unwrap() > 0, "{answer}");
    (cpu, wall)
}

#[expect(clippy::disallowed_methods, reason = "the benchmark's stop-watch")]
fn now() -> Instant {
    Instant::now()
}

/// Prints a distribution and gives its median.
fn tell(name: &str, mut figures: Vec<f64>) -> f64 {
    figures.sort_unstable_by(f64::total_cmp);
    let median = figures[figures.len() / 2];
    let all: Vec<String> = figures.iter().map(|f| format!("{f:.2}")).collect();
    println!(
        "{name:<8} least {:.3}, median {median:.3}, most {:.3}; all: {}",
        figures[0],
        figures[figures.len() - 1],
        all.join(" ")
    );
    median
}

/// User and system time of the children that have ended, in ticks of 10 ms.
fn children_cpu_seconds() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    let behind_name = stat.rsplit_once(')').unwrap().1;
    let ticks: f64 = behind_name
        .split_whitespace()
        .skip(13)
        .take(2)
        .map(|field| field.parse::<f64>().unwrap())
        .sum();
    ticks / 100.0
}
