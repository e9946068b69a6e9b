//! The project's tasks: build, check, test, run, bench, install.
//!
//! **Room:** beside the product. **May use:** nothing of ours; it starts the ordinary tools.
//!
//! A missing tool is named with the package that brings it; where apt and root are at hand it
//! is installed.

mod install;
mod shell;
mod stamp;
mod tools;

use anyhow::{Result, bail};
use shell::Step;
use stamp::Built;
use std::process::ExitCode;

/// The console's folder.
const CONSOLE: &str = "dashboards/console";
/// The browser tests' folder.
const BROWSER: &str = "tests/browser";

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
    console_packages()?;
    console_build()?;
    Step::new(
        "cargo",
        "clippy --workspace --all-targets --locked -- -D warnings",
    )
    .run()?;
    rust_tests()?;
    Step::new("npm", "run check").within(CONSOLE).run()?;
    Step::new("npm", "run test").within(CONSOLE).run()
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

fn console_packages() -> Result<()> {
    tools::need_for_console()?;
    packages(CONSOLE)
}

/// Installs what a lock file names, unless that was done since it changed.
fn packages(folder: &str) -> Result<()> {
    if tools::packages_fresh(folder) {
        return Ok(());
    }
    Step::new("npm", "ci --no-audit --no-fund")
        .within(folder)
        .run()
}

/// Builds the console, unless it stands there already as its sources would give it: then the
/// program that embeds it need not be linked again, either.
fn console_build() -> Result<()> {
    let console = shell::root().join(CONSOLE);
    let built = Built {
        output: console.join("build"),
        without: &["node_modules", "build", ".svelte-kit"],
        sources: console,
        stamp: shell::root().join("target/console.stamp"),
    };
    if built.is_fresh() {
        return Ok(());
    }
    console_packages()?;
    Step::new("npm", "run build").within(CONSOLE).run()?;
    built.note()
}

fn browser_tests() -> Result<()> {
    Step::new("cargo", "build --package tierwatch --locked").run()?;
    packages(BROWSER)?;
    Step::new("npm", "test").within(BROWSER).run()
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
    .run()?;
    // It starts the program as an auditor would.
    build()?;
    Step::new(
        "cargo",
        "run --release --locked --package tierwatch --example bench_evaluate",
    )
    .run()?;
    Step::new(
        "cargo",
        "run --release --locked --package tw-lifecycle --example bench_plan",
    )
    .run()?;
    Step::new(
        "cargo",
        "run --release --locked --package tw-server --example bench_register",
    )
    .run()
}
