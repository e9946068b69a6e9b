//! Observations, gaps, events and collectors: what is kept of what was said.
//!
//! **Room:** tests of layer 1.

mod support;

use support::*;
use tw_ingest::{
    Batch, EventSeen, Gap, Observation, Record,
    seen::{CollectorStatus, Identity, Problem, Seen},
};
use tw_store::Store;

fn identity(seconds: i64, version: &str) -> Record {
    let seen = Seen::Identity(Identity {
        version: Some(version.into()),
        // Worked out from sysUpTime at each poll, so never twice the same.
        booted_at: Some(at(seconds / 7)),
        ..Identity::default()
    });
    Record::Observation(Observation {
        target: target("a"),
        at: at(seconds),
        seen,
    })
}

async fn apply(store: &Store, batch: Batch) -> tw_ingest::Ack {
    store
        .apply_batch(&collector(), batch, at(3_600))
        .await
        .expect("in order")
}

/// `version from..last` of each stretch.
async fn check(order: &[(i64, &str)], expect: &str) {
    let dir = tempfile::tempdir().expect("a directory");
    let store = open(dir.path());
    for (seq, (seconds, version)) in (0..).zip(order) {
        apply(&store, batch(0, seq, vec![identity(*seconds, version)])).await;
    }
    let history = store
        .observation_history(&target("a"), "identity")
        .await
        .expect("history");
    let shown: Vec<String> = history
        .iter()
        .map(|o| {
            let Seen::Identity(identity) = &o.seen else {
                panic!("no identity")
            };
            let seconds = |t: tw_units::Timestamp| t.millis_since(at(0)) / 1_000;
            let version = identity.version.as_deref().unwrap_or("?");
            format!("{version} {}..{}", seconds(o.from), seconds(o.last_seen))
        })
        .collect();
    assert_eq!(shown.join("; "), expect, "{order:?}");
    let now = store.observations(&target("a")).await.expect("current");
    assert_eq!(now, history[history.len() - 1..]);
}

#[tokio::test]
async fn an_observation_is_kept_when_it_differs_and_noted_when_it_does_not() {
    check(&[(0, "1"), (60, "1"), (120, "1")], "1 0..120").await;
    check(
        &[(0, "1"), (60, "2"), (120, "2"), (180, "1")],
        "1 0..0; 2 60..120; 1 180..180",
    )
    .await;
}

#[tokio::test]
async fn a_late_observation_finds_its_place() {
    check(&[(60, "1"), (0, "1")], "1 0..60").await;
    check(&[(60, "2"), (0, "1")], "1 0..0; 2 60..60").await;
    check(&[(0, "1"), (120, "1"), (60, "1")], "1 0..120").await;
    check(
        &[(0, "1"), (120, "1"), (60, "2")],
        "1 0..0; 2 60..60; 1 120..120",
    )
    .await;
}

#[tokio::test]
async fn a_problem_that_goes_on_is_one_observation_with_the_newest_count() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    for n in 0..5_u64 {
        let problem = Problem {
            code: "too_big".into(),
            detail: "ifTable".into(),
            since: at(0),
            count: n + 1,
        };
        let seen = Seen::Problems {
            problems: vec![problem],
        };
        let at = at(i64::try_from(n).unwrap() * 60);
        let record = Record::Observation(Observation {
            target: target("a"),
            at,
            seen,
        });
        apply(&store, batch(0, n, vec![record])).await;
    }
    let history = store
        .observation_history(&target("a"), "problems")
        .await
        .unwrap();
    assert_eq!(history.len(), 1);
    let Seen::Problems { problems } = &history[0].seen else {
        panic!("no problems")
    };
    assert_eq!((problems[0].count, history[0].last_seen), (5, at(240)));
    let all = store.observations_of_kind("problems").await.unwrap();
    assert_eq!(all, history);
    assert!(
        store
            .observations_of_kind("parts")
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn gaps_events_and_status_are_the_collectors_words() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let status = |n| {
        let seen = Seen::Collector(CollectorStatus {
            rounds: n,
            ..CollectorStatus::default()
        });
        let at = at(i64::try_from(n).expect("small"));
        Record::Observation(Observation {
            target: target("host:col-vnta"),
            at,
            seen,
        })
    };
    let event = EventSeen {
        at: at(10),
        code: "started".into(),
        target: None,
        detail: "x".repeat(10_000),
    };
    let gap = Gap {
        from: at(0),
        to: at(60),
        dropped: 7,
        reason: "spool_full".into(),
    };
    let records = vec![
        status(2),
        status(1),
        Record::Event(event),
        Record::Gap(gap.clone()),
        Record::Layout(layout("a")),
        round("a", at(30), Some(1)),
    ];
    let first = batch(0, 0, records);
    apply(&store, first.clone()).await;
    assert!(apply(&store, first).await.repeated);

    let seen = store.collectors().await.unwrap().remove(0);
    assert_eq!(
        seen.status.unwrap().rounds,
        2,
        "an older word does not replace a newer one"
    );
    assert_eq!(
        (seen.last_contact, seen.last_round),
        (at(3_600), Some(at(30)))
    );
    assert_eq!(
        (seen.skew_ms, seen.batches, seen.rounds),
        (-3_600_000, 1, 1)
    );
    let gaps = store.gaps(window(59, 70)).await.unwrap();
    assert_eq!((gaps.len(), &gaps[0].gap), (1, &gap));
    assert!(store.gaps(window(60, 70)).await.unwrap().is_empty());
    let events = store.events(window(0, 60), 10).await.unwrap();
    assert_eq!(events.len(), 1, "a repeated batch tells nothing twice");
    assert_eq!(
        events[0].event.detail.len(),
        tw_store::limits::TEXT_BYTES_MAX
    );
    let marks = store.watermarks(&collector()).await.unwrap();
    assert_eq!((marks[0].lane.as_str(), marks[0].next_seq), ("metric", 1));
}
