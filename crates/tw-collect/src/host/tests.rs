//! Readings of the own machine: the texts of `/proc`, and the live machine beside another
//! reader of it.

use super::{proc, sample, *};
use tw_ingest::round::Value;
use tw_units::Timestamp;

#[track_caller]
fn check(samples: &[Sample], expect: &[(&str, &str, Value)]) {
    for (metric, key, value) in expect {
        let found = samples
            .iter()
            .find(|s| s.metric == *metric && s.key == *key);
        assert_eq!(found.map(|s| s.value), Some(*value), "{metric} of {key:?}");
    }
}

#[test]
fn proc_stat_gives_seconds_by_cpu_and_mode() {
    let text = "cpu  10 0 0 0\ncpu0 12345 0 678 99 5 0 3 1 0 0\nctxt 77\nbtime 1700000000\n\
                intr 5 1 2 3\nprocesses 9\nprocs_running 2\nprocs_blocked 0\n";
    let samples = proc::stat(text);
    check(
        &samples,
        &[
            ("node_cpu_seconds_total", "cpu:0:user", Value::Float(123.45)),
            ("node_cpu_seconds_total", "cpu:0:steal", Value::Float(0.01)),
            ("node_context_switches_total", "", Value::Whole(77)),
            ("node_intr_total", "", Value::Whole(5)),
            ("node_boot_time_seconds", "", Value::Whole(1_700_000_000)),
        ],
    );
    assert!(
        samples.iter().all(|s| !s.key.contains("cpu::")),
        "the sum over CPUs is left out"
    );
}

#[test]
fn memory_is_in_bytes_and_counts_stay_counts() {
    check(
        &proc::memory("MemTotal:  24684092 kB\nActive(anon):  12 kB\nHugePages_Total:  3\nbad\n"),
        &[
            (
                "node_memory_MemTotal_bytes",
                "",
                Value::Whole(24_684_092 * 1024),
            ),
            ("node_memory_Active_anon_bytes", "", Value::Whole(12 * 1024)),
            ("node_memory_HugePages_Total", "", Value::Whole(3)),
        ],
    );
}

#[test]
fn partitions_are_no_disks() {
    let line = |name: &str| format!(" 254 0 {name} 1 2 3 4 5 6 7 8 9 10 11\n");
    let text: String = [
        "vda",
        "vda1",
        "nvme0n1",
        "nvme0n1p2",
        "loop0",
        "dm-0",
        "sda",
        "sda12",
    ]
    .map(line)
    .concat();
    let samples = proc::disks(&text);
    let mut names: Vec<&str> = samples.iter().map(|s| s.key.as_str()).collect();
    names.dedup();
    assert_eq!(names, ["disk:vda", "disk:nvme0n1", "disk:dm-0", "disk:sda"]);
    check(
        &samples,
        &[
            (
                "node_disk_read_bytes_total",
                "disk:vda",
                Value::Whole(3 * 512),
            ),
            (
                "node_disk_written_bytes_total",
                "disk:vda",
                Value::Whole(7 * 512),
            ),
            (
                "node_disk_io_time_seconds_total",
                "disk:vda",
                Value::Float(0.01),
            ),
        ],
    );
}

#[test]
fn mounts_without_space_of_their_own_are_left_out() {
    let text = "proc /proc proc rw 0 0\n/dev/vda / ext4 rw 0 0\n/dev/vda / ext4 rw 0 0\n\
                server:/x /mnt/x nfs4 rw 0 0\n/dev/vdb /srv/two\\040words xfs rw 0 0\n\
                tmpfs /dev/shm tmpfs rw 0 0\n";
    let points: Vec<String> = proc::mounts(text).into_iter().map(|m| m.point).collect();
    assert_eq!(points, ["/", "/srv/two words"]);
}

#[test]
fn torn_texts_are_no_panic() {
    let text = "cpu0 1 2\ncpu1\nMemTotal:\n 254 0 vda 1 2\n\u{fffd} x y\n0.5";
    for cut in 0..text.len() {
        let Some(text) = text.get(..cut) else {
            continue;
        };
        proc::stat(text);
        proc::memory(text);
        proc::load(text);
        proc::disks(text);
        proc::mounts(text);
    }
}

#[test]
fn columns_of_one_metric_lie_side_by_side() {
    let target = TargetKey("host:col".into());
    let samples = proc::read();
    assert!(samples.len() > 40, "the machine has values");
    let (layout, round) = sample::assemble(&target, samples, (Timestamp::EPOCH, 15_000));
    let mut metrics: Vec<&str> = layout.series.iter().map(|s| s.metric.as_str()).collect();
    metrics.dedup();
    let runs = metrics.len();
    metrics.sort_unstable();
    metrics.dedup();
    assert_eq!(metrics.len(), runs, "no metric comes back after another");
    assert_eq!(
        tw_ingest::round::decode(&round.values).unwrap().len(),
        layout.series.len()
    );
}

#[tokio::test]
async fn the_loopback_link_has_64_bit_counters_and_an_address() {
    let (events, _events) = mpsc::channel(1);
    let netlink = links::Netlink::open(events).expect("netlink is open to everybody");
    let before = bytes_of_loopback(&netlink).await;
    let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    socket
        .send_to(&[0; 10_000], socket.local_addr().unwrap())
        .unwrap();
    assert!(bytes_of_loopback(&netlink).await >= before + 10_000);
    let facts = netlink.facts().await;
    let addresses = facts["addresses"].as_array().unwrap();
    assert!(
        addresses
            .iter()
            .any(|row| row["address"] == "127.0.0.1/8" && row["link"] == "lo")
    );
}

async fn bytes_of_loopback(netlink: &links::Netlink) -> i128 {
    let samples = netlink.samples().await;
    let found = samples
        .iter()
        .find(|s| s.key == "if:lo" && s.metric == "node_network_receive_bytes_total");
    found
        .and_then(|s| s.value.as_whole())
        .expect("loopback is counted")
}
