//! The machine's monotonic clock and the identity of its present start.
//!
//! **Room:** layer 1. **May use:** nothing of ours. **Must not:** read the wall clock; that is
//! handed in.

use nix::time::{ClockId, clock_gettime};

/// Milliseconds since the machine started, sleep included; 0 when the kernel does not say.
pub(crate) fn since_boot_ms() -> u64 {
    clock_gettime(ClockId::CLOCK_BOOTTIME).map_or(0, |at| {
        let seconds = u64::try_from(at.tv_sec()).unwrap_or(0);
        let millis = u64::try_from(at.tv_nsec() / 1_000_000).unwrap_or(0);
        seconds * 1_000 + millis
    })
}

/// Which start of the machine this is; empty when the kernel does not say.
pub(crate) fn boot_id() -> String {
    std::fs::read_to_string("/proc/sys/kernel/random/boot_id")
        .map(|text| text.trim().to_owned())
        .unwrap_or_default()
}

/// Whether the machine's time service says that the clock is set; `None` when there is none
/// that says so in a file.
pub(crate) fn is_synchronised() -> Option<bool> {
    let marker = std::path::Path::new("/run/systemd/timesync");
    marker
        .is_dir()
        .then(|| marker.join("synchronized").exists())
}

/// Bytes of memory that the process holds now; 0 when the kernel does not say.
pub(crate) fn resident_bytes() -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kilobytes = text
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.map_or(0, |kilobytes| kilobytes * 1_024)
}

/// Microseconds of the monotonic clock, since some fixed point.
pub(crate) fn monotonic_us() -> u64 {
    clock_gettime(ClockId::CLOCK_MONOTONIC).map_or(0, |at| {
        let seconds = u64::try_from(at.tv_sec()).unwrap_or(0);
        let micros = u64::try_from(at.tv_nsec() / 1_000).unwrap_or(0);
        seconds * 1_000_000 + micros
    })
}
