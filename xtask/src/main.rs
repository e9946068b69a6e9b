//! The project's tasks: build, check, test, run, bench, install.
//!
//! **Room:** beside the product. **May use:** nothing of ours; it starts the ordinary tools.
//!
//! A missing tool is named with the package that brings it; where apt and root are at hand it
//! is installed.

mod install;
mod shell;
mod tools;

use anyhow::{Result, bail};
use shell::Step;
use std::process::ExitCode;

const HELP: &str = "\
usage: cargo xtask TASK
  check    format, lints, unit tests, generated files: the fast part
  test     check, doctests, console, browser and real peers
  run      build everything and start the demo
  build    the release binary with the console inside
  bench    print the benchmarks
  install  binary, units, examples (DESTDIR, PREFIX)
  timings  what a cold build spends its time on";

fn main() -> ExitCode {
    let task = std::env::args().nth(1).unwrap_or_default();
    match perform(&task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(cause) => {
            shell::say(&format!("xtask {task}: {cause:#}"));
            ExitCode::FAILURE
        }
    }
}

fn perform(task: &str) -> Result<()> {
    std::env::set_current_dir(shell::root())?;
    match task {
        "check" => check(),
        "test" => test(),
        "run" => run(),
        "build" => build(),
        "bench" => bench(),
        "install" => install::install(),
        "timings" => Step::new("cargo", "build --workspace --timings").run(),
        _ => bail!("no such task\n{HELP}"),
    }
}

/// Formatting and lints first: they are cheap and their complaints are short.
fn check() -> Result<()> {
    Step::new("cargo", "fmt --all --check").run()?;
    console_build()?;
    Step::new(
        "cargo",
        "clippy --workspace --all-targets --locked -- -D warnings",
    )
    .run()?;
    rust_tests()?;
    Step::new("npm", "run check")
        .within("dashboards/console")
        .run()?;
    Step::new("npm", "run test")
        .within("dashboards/console")
        .run()
}

fn test() -> Result<()> {
    tools::need_for_tests()?;
    check()?;
    Step::new("cargo", "test --workspace --doc --locked").run()?;
    browser_tests()
}

fn rust_tests() -> Result<()> {
    if tools::present("cargo-nextest") {
        Step::new("cargo", "nextest run --workspace --locked --no-fail-fast").run()
    } else {
        Step::new(
            "cargo",
            "test --workspace --all-targets --locked --no-fail-fast",
        )
        .run()
    }
}

fn console_build() -> Result<()> {
    tools::need_for_console()?;
    if !tools::console_packages_fresh() {
        Step::new("npm", "ci --no-audit --no-fund")
            .within("dashboards/console")
            .run()?;
    }
    Step::new("npm", "run build")
        .within("dashboards/console")
        .run()
}

fn browser_tests() -> Result<()> {
    Step::new("cargo", "build --package tierwatch --locked").run()?;
    Step::new("npm", "ci --no-audit --no-fund")
        .within("tests/browser")
        .run()?;
    Step::new("npm", "test").within("tests/browser").run()
}

fn build() -> Result<()> {
    console_build()?;
    Step::new("cargo", "build --release --package tierwatch --locked").run()
}

fn run() -> Result<()> {
    build()?;
    Step::new("target/release/tierwatch", "demo").run()
}

fn bench() -> Result<()> {
    tools::need_for_bench()?;
    Step::new(
        "cargo",
        "run --release --locked --package tw-collect --example bench_poller",
    )
    .run()
}
