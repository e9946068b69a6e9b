//! Tools that the tasks need, with the packages that bring them.
//!
//! **Room:** beside the product. **May use:** nothing of ours.

use crate::shell::{Step, say};
use anyhow::{Result, bail};
use std::{env, fs, path::Path};

/// A program and the Debian package that brings it.
struct Tool {
    program: &'static str,
    package: &'static str,
}

const CONSOLE: &[Tool] = &[
    Tool {
        program: "node",
        package: "nodejs",
    },
    Tool {
        program: "npm",
        package: "npm",
    },
];

const TESTS: &[Tool] = &[
    Tool {
        program: "snmpd",
        package: "snmpd",
    },
    Tool {
        program: "snmpbulkwalk",
        package: "snmp",
    },
    Tool {
        program: "chromium",
        package: "chromium",
    },
    Tool {
        program: "pdffonts",
        package: "poppler-utils",
    },
    Tool {
        program: "prometheus-node-exporter",
        package: "prometheus-node-exporter",
    },
];

const BENCH: &[Tool] = &[
    Tool {
        program: "snmpbulkwalk",
        package: "snmp",
    },
    Tool {
        program: "prometheus-snmp-exporter",
        package: "prometheus-snmp-exporter",
    },
];

/// Node and npm.
pub(crate) fn need_for_console() -> Result<()> {
    need(CONSOLE)
}

/// The real peers of the tests.
pub(crate) fn need_for_tests() -> Result<()> {
    need(CONSOLE)?;
    need(TESTS)
}

/// The peers of the benchmarks.
pub(crate) fn need_for_bench() -> Result<()> {
    need(BENCH)
}

/// Whether a program is on the path. Debian keeps servers in `sbin`, which is not on
/// everybody's.
pub(crate) fn present(program: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .chain(["/usr/sbin", "/sbin", "/usr/local/sbin"].map(Into::into))
        .any(|folder| folder.join(program).is_file())
}

/// Whether `node_modules` of a folder is as new as its lock file.
pub(crate) fn packages_fresh(folder: &str) -> bool {
    let changed = |file: &str| {
        fs::metadata(Path::new(folder).join(file))
            .and_then(|m| m.modified())
            .ok()
    };
    let lock = changed("package-lock.json");
    let installed = changed("node_modules/.package-lock.json");
    matches!((lock, installed), (Some(lock), Some(installed)) if installed >= lock)
}

fn need(tools: &[Tool]) -> Result<()> {
    let missing: Vec<&Tool> = tools.iter().filter(|tool| !present(tool.program)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let packages = missing
        .iter()
        .map(|tool| tool.package)
        .collect::<Vec<_>>()
        .join(" ");
    if Step::new("apt-get", "--version").succeeds() && nix_is_root() {
        say(&format!("installing: {packages}"));
        install(&packages)?;
    }
    match missing.iter().find(|tool| !present(tool.program)) {
        None => Ok(()),
        Some(tool) => bail!(
            "{} is missing; install the package {} (apt-get install {packages})",
            tool.program,
            tool.package
        ),
    }
}

/// Services that a package would start are kept down: the tests start their own.
fn install(packages: &str) -> Result<()> {
    let quiet = |arguments: &str| {
        Step::new("apt-get", arguments)
            .with("DEBIAN_FRONTEND", "noninteractive")
            .with("RUNLEVEL", "1")
    };
    quiet("update -qq").run()?;
    quiet(&format!(
        "install -y -qq --no-install-recommends {packages}"
    ))
    .run()
}

fn nix_is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|me| {
        use std::os::unix::fs::MetadataExt;
        me.uid() == 0
    })
}
