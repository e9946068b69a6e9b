//! Probes: their tally, and a real exchange with a reflector in the test.

use super::*;
use crate::batcher::RECORDS_QUEUE_MAX;
use tw_ingest::{Layout, ProbeKind, Round, round};
use tw_units::{CircuitId, Timestamp};

/// Instants of a test: only their differences matter.
fn clock() -> impl Fn(u64) -> Instant {
    let start = Instant::now();
    move |ms| start + Duration::from_millis(ms)
}

#[test]
fn every_probe_is_answered_once_or_lost_once() {
    let at = clock();
    let mut tally = Tally::default();
    for ms in 0..10 {
        tally.send(at(ms * 100));
    }
    for seq in [0, 1, 2, 2, 3, 99] {
        tally.receive(seq, at(1_000));
    }
    let first = tally.close(at(2_500), Duration::from_secs(2));
    assert_eq!(
        (first.answered, first.lost),
        (4, 2),
        "probes 4 and 5 have waited long enough"
    );
    let second = tally.close(at(9_000), Duration::from_secs(2));
    assert_eq!((second.answered, second.lost), (0, 4));
    assert_eq!(first.min, Some(Duration::from_millis(700)));
    assert_eq!(first.max, Some(Duration::from_millis(1_000)));
}

#[test]
fn sixteen_bits_name_the_latest_probe() {
    let at = clock();
    let mut tally = Tally::default();
    for _ in 0..65_540 {
        tally.send(at(0));
    }
    assert_eq!(tally.widen(3), 65_539);
    assert_eq!(tally.widen(65_535), 65_535);
}

#[test]
fn without_any_probe_the_state_is_not_known() {
    let none = Summary {
        answered: 0,
        lost: 0,
        total: Duration::ZERO,
        min: None,
        max: None,
    };
    let (layout, round) = none.to_round(
        &TargetKey("probe:c:vnta".into()),
        (Timestamp::EPOCH, SUMMARY),
    );
    let values = round::decode(&round.values).unwrap();
    assert_eq!(layout.series[0].metric, "tierwatch_probe_up");
    assert_eq!(values[0], None);
}

/// Answers every STAMP packet except each fifth, as RFC 8762 §4.3.1 asks of a reflector.
async fn lossy_reflector() -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    tokio::spawn(async move {
        let mut buffer = [0; 2_048];
        loop {
            let (length, from) = socket.recv_from(&mut buffer).await.unwrap();
            let seq = u32::from_be_bytes(buffer[..4].try_into().unwrap());
            if length == 44 && !seq.is_multiple_of(5) {
                let mut answer = [0; 44];
                answer[..4].copy_from_slice(&buffer[..4]);
                answer[24..28].copy_from_slice(&buffer[..4]);
                socket.send_to(&answer, from).await.unwrap();
            }
        }
    });
    address
}

async fn first_round(records: &mut mpsc::Receiver<Record>) -> (Layout, Round) {
    let Some(Record::Layout(layout)) = records.recv().await else {
        panic!("a layout comes first")
    };
    let Some(Record::Round(round)) = records.recv().await else {
        panic!("then its round")
    };
    (layout, round)
}

#[tokio::test]
async fn a_lossy_path_shows_its_loss() {
    let (send, mut records) = mpsc::channel(RECORDS_QUEUE_MAX);
    let wall = WallClock::fixed(Timestamp::from_seconds(1_790_000_000));
    let mut prober = Prober::new(SiteId::new("vnta").unwrap(), send, wall);
    let target = ProbeTarget {
        circuit: CircuitId::new("wan-1").unwrap(),
        kind: ProbeKind::Stamp,
        address: lossy_reflector().await,
        source: Some([127, 0, 0, 1].into()),
        interval_ms: 20,
    };
    let (mut tasks, cancel) = (JoinSet::new(), CancellationToken::new());
    prober.replace(vec![target], &mut tasks, &cancel);
    let (layout, round) = first_round(&mut records).await;
    assert_eq!(layout.target.0, "probe:wan-1:vnta");
    let values = round::decode(&round.values).unwrap();
    let value = |at: usize| values[at].unwrap().as_f64();
    let (up, sent, lost) = (value(0), value(1), value(2));
    assert!((up - 1.0).abs() < f64::EPSILON);
    assert!(sent > 50.0, "{sent}");
    let share = lost / sent;
    assert!((0.1..=0.3).contains(&share), "a fifth was lost: {share}");
    prober.replace(vec![], &mut tasks, &cancel);
    assert!(
        tasks.join_next().await.is_some(),
        "a probe that is not wanted ends"
    );
}
