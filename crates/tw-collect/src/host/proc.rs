//! CPU, memory, load, disks and file systems from `/proc` and `statvfs`.
//!
//! **Room:** layer 1. **May use:** `tw-ingest`. **Must not:** fail because one file is absent.

use super::sample::Sample;
use std::fs;
use tw_ingest::{ValueKind, round::Value};

/// Ticks a second of `/proc/stat`; Linux gives user space 100 on every platform that we serve.
const TICKS_PER_SECOND: f64 = 100.0;

/// Bytes of a sector in `/proc/diskstats`, whatever the disk has (Linux: iostats.rst).
const SECTOR_BYTES: i128 = 512;

/// The most file systems that are asked; a stuck network mount must not be asked at all.
const FILESYSTEMS_MAX: usize = 128;

const NO_FILESYSTEM: &[&str] = &[
    "autofs",
    "binfmt_misc",
    "bpf",
    "cgroup",
    "cgroup2",
    "configfs",
    "debugfs",
    "devpts",
    "devtmpfs",
    "fusectl",
    "hugetlbfs",
    "iso9660",
    "mqueue",
    "nsfs",
    "overlay",
    "proc",
    "procfs",
    "pstore",
    "rpc_pipefs",
    "securityfs",
    "selinuxfs",
    "squashfs",
    "sysfs",
    "tracefs",
    "nfs",
    "nfs4",
    "cifs",
    "smb3",
    "fuse.sshfs",
];

const NO_MOUNT_POINT: &[&str] = &[
    "/dev",
    "/proc",
    "/sys",
    "/run/credentials",
    "/var/lib/docker",
    "/var/lib/containers/storage",
];

/// All of it.
pub(super) fn read() -> Vec<Sample> {
    let file = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let mut samples = stat(&file("/proc/stat"));
    samples.extend(memory(&file("/proc/meminfo")));
    samples.extend(load(&file("/proc/loadavg")));
    samples.extend(disks(&file("/proc/diskstats")));
    for mount in mounts(&file("/proc/self/mounts")) {
        samples.extend(filesystem(&mount));
    }
    samples
}

/// `/proc/stat` (Linux: proc_stat(5)).
pub(super) fn stat(text: &str) -> Vec<Sample> {
    const MODES: [&str; 8] = [
        "user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal",
    ];
    let mut samples = Vec::new();
    for line in text.lines() {
        let mut words = line.split_whitespace();
        let (Some(name), Some(first)) = (words.next(), words.next()) else {
            continue;
        };
        let whole = |kind, metric: &str| {
            let value = Value::Whole(first.parse().ok()?);
            Some(Sample::of_machine(metric, kind, value))
        };
        match name {
            "ctxt" => samples.extend(whole(ValueKind::Counter, "node_context_switches_total")),
            "intr" => samples.extend(whole(ValueKind::Counter, "node_intr_total")),
            "processes" => samples.extend(whole(ValueKind::Counter, "node_forks_total")),
            "btime" => samples.extend(whole(ValueKind::Gauge, "node_boot_time_seconds")),
            "procs_running" => samples.extend(whole(ValueKind::Gauge, "node_procs_running")),
            "procs_blocked" => samples.extend(whole(ValueKind::Gauge, "node_procs_blocked")),
            _ => {
                let Some(cpu) = name.strip_prefix("cpu").filter(|cpu| !cpu.is_empty()) else {
                    continue;
                };
                let ticks = std::iter::once(first).chain(words);
                for (mode, ticks) in MODES.into_iter().zip(ticks) {
                    samples.extend(cpu_seconds(cpu, mode, ticks));
                }
            }
        }
    }
    samples
}

fn cpu_seconds(cpu: &str, mode: &str, ticks: &str) -> Option<Sample> {
    Some(Sample {
        key: format!("cpu:{cpu}:{mode}"),
        labels: vec![("cpu".into(), cpu.into()), ("mode".into(), mode.into())],
        metric: "node_cpu_seconds_total".into(),
        kind: ValueKind::Counter,
        value: Value::Float(ticks.parse::<f64>().ok()? / TICKS_PER_SECOND),
    })
}

/// `/proc/meminfo`: `Active(anon): 12 kB` is `node_memory_Active_anon_bytes`.
pub(super) fn memory(text: &str) -> Vec<Sample> {
    let line = |line: &str| {
        let (name, rest) = line.split_once(':')?;
        let mut words = rest.split_whitespace();
        let number: i128 = words.next()?.parse().ok()?;
        let name = name.replace('(', "_").replace(')', "");
        Some(match words.next() {
            Some("kB") => Sample::gauge(format!("node_memory_{name}_bytes"), number * 1024),
            _ => Sample::gauge(format!("node_memory_{name}"), number),
        })
    };
    text.lines().filter_map(line).collect()
}

/// `/proc/loadavg`.
pub(super) fn load(text: &str) -> Vec<Sample> {
    ["node_load1", "node_load5", "node_load15"]
        .into_iter()
        .zip(text.split_whitespace())
        .filter_map(|(metric, word)| {
            let value = Value::Float(word.parse().ok()?);
            Some(Sample::of_machine(metric, ValueKind::Gauge, value))
        })
        .collect()
}

/// `/proc/diskstats` (Linux: iostats.rst), whole disks only.
pub(super) fn disks(text: &str) -> Vec<Sample> {
    let mut samples = Vec::new();
    for line in text.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let Some(name) = words.get(2).filter(|name| !is_partition(name)) else {
            continue;
        };
        let number = |at: usize| words.get(at).and_then(|word| word.parse::<i128>().ok());
        let mut push = |metric: &str, value: Option<Value>| {
            samples.extend(value.map(|value| Sample {
                key: format!("disk:{name}"),
                labels: vec![("device".into(), (*name).into())],
                metric: metric.into(),
                kind: ValueKind::Counter,
                value,
            }));
        };
        let whole = |at, scale: i128| number(at).map(|n| Value::Whole(n * scale));
        #[expect(
            clippy::cast_precision_loss,
            reason = "2^53 ms are beyond any machine's life"
        )]
        let seconds = |at| number(at).map(|ms| Value::Float(ms as f64 / 1_000.0));
        push("node_disk_reads_completed_total", whole(3, 1));
        push("node_disk_read_bytes_total", whole(5, SECTOR_BYTES));
        push("node_disk_read_time_seconds_total", seconds(6));
        push("node_disk_writes_completed_total", whole(7, 1));
        push("node_disk_written_bytes_total", whole(9, SECTOR_BYTES));
        push("node_disk_write_time_seconds_total", seconds(10));
        push("node_disk_io_time_seconds_total", seconds(12));
    }
    samples
}

/// RAM disks, loop devices, floppies and partitions are left out, as node_exporter does.
fn is_partition(name: &str) -> bool {
    let numbered = |rest: &str| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit());
    if ["ram", "loop", "fd"]
        .iter()
        .any(|p| name.strip_prefix(p).is_some_and(numbered))
    {
        return true;
    }
    if let Some(rest) = name.strip_prefix("nvme") {
        return rest
            .rsplit_once('p')
            .is_some_and(|(disk, part)| disk.contains('n') && numbered(part));
    }
    ["hd", "sd", "vd", "xvd"].iter().any(|prefix| {
        name.strip_prefix(prefix)
            .and_then(|rest| rest.strip_prefix(|c: char| c.is_ascii_lowercase()))
            .is_some_and(numbered)
    })
}

/// A mounted file system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mount {
    /// What is mounted.
    pub(super) device: String,
    /// Where.
    pub(super) point: String,
    /// Its type.
    pub(super) fstype: String,
}

/// `/proc/self/mounts`, without what has no space of its own or could hang.
pub(super) fn mounts(text: &str) -> Vec<Mount> {
    let mut found: Vec<Mount> = Vec::new();
    for line in text.lines() {
        let mut words = line.split(' ').map(unescape);
        let (Some(device), Some(point), Some(fstype)) = (words.next(), words.next(), words.next())
        else {
            continue;
        };
        let below = |folder: &str| {
            point
                .strip_prefix(folder)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let mount = Mount {
            device,
            fstype,
            point: point.clone(),
        };
        if NO_FILESYSTEM.contains(&mount.fstype.as_str())
            || NO_MOUNT_POINT.iter().any(|folder| below(folder))
            || found.iter().any(|known| known.point == mount.point)
        {
            continue;
        }
        found.push(mount);
        if found.len() == FILESYSTEMS_MAX {
            break;
        }
    }
    found
}

/// Blanks in `/proc/self/mounts` are written as `\040`.
fn unescape(word: &str) -> String {
    [
        ("\\040", " "),
        ("\\011", "\t"),
        ("\\012", "\n"),
        ("\\134", "\\"),
    ]
    .iter()
    .fold(word.to_owned(), |text, (from, to)| text.replace(from, to))
}

fn filesystem(mount: &Mount) -> Vec<Sample> {
    let Ok(stat) = nix::sys::statvfs::statvfs(mount.point.as_str()) else {
        return Vec::new();
    };
    let block = i128::from(stat.fragment_size());
    [
        (
            "node_filesystem_size_bytes",
            i128::from(stat.blocks()) * block,
        ),
        (
            "node_filesystem_free_bytes",
            i128::from(stat.blocks_free()) * block,
        ),
        (
            "node_filesystem_avail_bytes",
            i128::from(stat.blocks_available()) * block,
        ),
        ("node_filesystem_files", i128::from(stat.files())),
        ("node_filesystem_files_free", i128::from(stat.files_free())),
    ]
    .into_iter()
    .map(|(metric, value)| Sample {
        key: format!("storage:{}", mount.point),
        labels: vec![
            ("device".into(), mount.device.clone()),
            ("fstype".into(), mount.fstype.clone()),
            ("mountpoint".into(), mount.point.clone()),
        ],
        metric: metric.into(),
        kind: ValueKind::Gauge,
        value: Value::Whole(value),
    })
    .collect()
}
