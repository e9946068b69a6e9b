//! What the register costs at its largest: lists, reports and writes at 50,000 assets, an import of
//! 100,000 rows, the first page of the model case. Each prints its distribution.
//!
//! **Room:** beside the product. The real router and the real store in one process; requests go
//! through authentication, handler and JSON, but through no socket. Each part is a process of its
//! own, so that its largest memory is its own.
//!
//! `cargo run --release -p tw-server --example bench_register [-- PART [SIZE [REQUESTS]]]` with PART one of
//! `assets`, `import`, `overview`.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a program that prints its measurements, and has none when it cannot run"
)]
#![expect(
    clippy::disallowed_methods,
    reason = "it measures by the machine's clock, and starts itself for each part"
)]

mod assets;
mod desk;
mod estate;
mod import;
mod overview;

use std::process::Command;

/// So many requests of each kind.
const REQUESTS: usize = 300;

const PARTS: [&str; 3] = ["assets", "import", "overview"];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize| arguments.get(at).and_then(|text| text.parse().ok());
    let size = number(1);
    match arguments.first().map(String::as_str) {
        Some("assets") => run(assets::bench((
            size.unwrap_or(50_000),
            number(2).unwrap_or(REQUESTS),
        ))),
        Some("import") => import::bench(size.unwrap_or(100_000)),
        Some("import-of") => run(import::one(&arguments[1], arguments[2].parse().unwrap())),
        Some("overview") => run(overview::bench()),
        Some(part) => println!("{part}? one of {}", PARTS.join(", ")),
        None => {
            for part in PARTS {
                let itself = std::env::current_exe().unwrap();
                let ended = Command::new(itself).arg(part).status().unwrap();
                assert!(ended.success(), "{part} ended with {ended}");
            }
        }
    }
}

/// On a machine with two cores: so many threads.
fn run(part: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(part);
}
