//! The reference vectors of the accounting rules, computed elsewhere with exact fractions.
//!
//! **Room:** tests of `tw-availability`. **Must not:** recompute an expectation.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test ends at the first surprise and says so"
)]

use serde_json::Value;
use std::collections::BTreeMap;
use tw_availability::{
    Assessment, MaintenanceWindow, Mark, PollRun, Question, Seconds, ServiceTimeline, State,
    Structure, Target, Timeline, assess, civil_instant, month, percent_floor, service_timeline,
    time_zone, timeline_of_runs, year,
};
use tw_units::{Interval, Ppm, Timestamp};

/// The file of vectors, or `None` (said loudly) when it is not beside the project.
fn vectors() -> Option<Value> {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/facts/availability-vectors.json"
    );
    match std::fs::read_to_string(path) {
        Ok(text) => Some(serde_json::from_str(&text).unwrap()),
        Err(cause) => {
            assert!(std::env::var_os("CI").is_none(), "{path}: {cause}");
            eprintln!("NOT CHECKED: the reference vectors are not here ({path}: {cause})");
            None
        }
    }
}

fn with_vector(id: &str, check: impl Fn(&Value, &Value)) {
    let Some(all) = vectors() else { return };
    let list = all["vectors"].as_array().unwrap();
    let vector = list.iter().find(|v| v["id"] == id).unwrap();
    check(&vector["input"], &vector["expect"]);
}

fn instant(value: &Value) -> Timestamp {
    value.as_str().unwrap().parse().unwrap()
}

fn span(value: &Value) -> Interval {
    Interval::new(instant(&value[0]), instant(&value[1])).unwrap()
}

fn state(word: &str) -> State {
    match word {
        "up" => State::Up,
        "down" => State::Down,
        _ => State::Unknown,
    }
}

fn ppm(value: &Value) -> Ppm {
    Ppm(u32::try_from(value.as_u64().unwrap()).unwrap())
}

/// `{start, interval_s, runs: [[state, n]…]}`.
fn runs(samples: &Value) -> Vec<PollRun> {
    let mut at = instant(&samples["start"]);
    let seconds = samples["interval_s"].as_u64().unwrap();
    let step = i64::try_from(seconds).unwrap() * 1_000;
    let mut out = Vec::new();
    for run in samples["runs"].as_array().unwrap() {
        let (word, polls) = (run[0].as_str().unwrap(), run[1].as_u64().unwrap());
        let next = at.plus_millis(step * i64::try_from(polls).unwrap());
        if word != "gap" {
            out.push(PollRun {
                from: at,
                to: next.plus_millis(-step),
                state: state(word),
                polls,
                max_gap_ms: if polls > 1 { seconds * 1_000 } else { 0 },
                period_ms: seconds * 1_000,
            });
        }
        at = next;
    }
    out
}

fn question(period: Interval, target: &Value) -> Question {
    Question {
        period,
        targets: vec![Target {
            from: period.from,
            downtime_ppm: ppm(target),
        }],
        maintenance: Vec::new(),
        merge_gap_ms: 0,
        min_outage_ms: 0,
        resolution_ms: None,
    }
}

fn of_runs(samples: &Value, stale_after_s: &Value) -> ServiceTimeline {
    let stale = stale_after_s.as_u64().unwrap() * 1_000;
    let line = timeline_of_runs(&runs(samples), Some(stale));
    one(line)
}

fn one(line: Timeline) -> ServiceTimeline {
    let parts = BTreeMap::from([("s".to_owned(), line)]);
    service_timeline(&Structure::Subject("s".to_owned()), &parts).unwrap()
}

fn down_only(down: &Value) -> ServiceTimeline {
    let down = down.as_array().unwrap();
    let pieces: Vec<_> = down.iter().map(|d| (span(d), Mark::Down)).collect();
    one(Timeline::from_intervals(&pieces, Mark::Up))
}

fn number(seconds: Seconds) -> Value {
    serde_json::to_value(seconds).unwrap()
}

/// Compares every figure that the vector names.
#[track_caller]
fn check_figures(got: &Assessment, expect: &Value) {
    let segment = &got.segments[0];
    let budget = segment.budget_seconds;
    let worst = Seconds::from_millis(got.tally.worst_ms());
    let point = got.downtime.point;
    let used = percent_floor(
        got.tally.point_ms(),
        i64::try_from(budget.as_nanos() / 1_000_000).unwrap(),
    );
    let figures = serde_json::json!({
        "period_s": got.period.millis() / 1_000,
        "downtime_lower_s": got.downtime.lower,
        "downtime_point_s": point,
        "downtime_upper_s": got.downtime.upper,
        "unknown_s": number(Seconds::from_millis(got.tally.unknown_ms)),
        "coverage_pct": got.coverage_percent,
        "availability_point_pct": got.availability.point,
        "availability_lower_pct": got.availability.lower,
        "availability_upper_pct": got.availability.upper,
        "budget_s": budget,
        "budget_remaining_point_s": budget.minus(point),
        "budget_remaining_worst_s": budget.minus(worst),
        "verdict": segment.verdict,
        "outages": got.incidents.outages,
        "redundancy_lost_s": number(Seconds::from_millis(got.tally.redundancy_lost_ms)),
        "redundancy_unproven_s": number(Seconds::from_millis(got.tally.redundancy_unproven_ms)),
        "resolution_s": got.resolution,
        "hidden_breach_probability_max": got.hidden_breach_probability,
    });
    let mut compared = 0;
    for (name, value) in expect.as_object().unwrap() {
        if let Some(own) = figures.get(name) {
            assert_eq!(own, value, "{name}");
            compared += 1;
        }
    }
    assert!(compared >= 11, "only {compared} figures were compared");
    let shown = used.unwrap();
    let wanted = expect["budget_used_point_pct"].as_str().unwrap();
    assert!(shown.starts_with(wanted), "{shown} is not {wanted}");
}

#[track_caller]
fn check_samples(id: &str) {
    with_vector(id, |input, expect| {
        let service = of_runs(&input["samples"], &input["stale_after_s"]);
        let mut asked = question(span(&input["window"]), &input["target_ppm"]);
        let seconds = input["samples"]["interval_s"].as_u64().unwrap();
        asked.resolution_ms = Some(seconds * 1_000);
        check_figures(&assess(&service, &asked), expect);
    });
}

#[test]
fn v01_a_clean_month_is_met_and_says_what_polls_can_miss() {
    check_samples("V01");
}

#[test]
fn v02_edges_give_lower_point_and_upper() {
    check_samples("V02");
}

#[test]
fn v03_bounds_that_straddle_the_budget_are_indeterminate() {
    check_samples("V03");
}

#[test]
fn v04_finer_polling_proves_the_same_outage() {
    check_samples("V04");
}

#[test]
fn v05_missing_data_is_neither_up_nor_down_and_backfill_settles_it() {
    with_vector("V05", |input, expect| {
        for revision in input["revisions"].as_array().unwrap() {
            let service = of_runs(&revision["samples"], &input["stale_after_s"]);
            let asked = question(span(&input["window"]), &input["target_ppm"]);
            let name = format!("rev{}", revision["rev"]);
            check_figures(&assess(&service, &asked), &expect[&name]);
        }
    });
}

/// `{op: any|all|k_of_n, k, of}` of the vectors, as our structure.
fn structure(tree: &Value) -> Structure {
    if let Some(name) = tree.as_str() {
        return Structure::Subject(name.to_owned());
    }
    let of: Vec<Structure> = tree["of"]
        .as_array()
        .unwrap()
        .iter()
        .map(structure)
        .collect();
    match tree["op"].as_str().unwrap() {
        "any" => Structure::Any { any: of },
        "all" => Structure::All { all: of },
        _ => Structure::AtLeast {
            at_least: usize::try_from(tree["k"].as_u64().unwrap()).unwrap(),
            of,
        },
    }
}

#[track_caller]
fn check_tree(id: &str) {
    with_vector(id, |input, expect| {
        let period = span(&input["window"]);
        let at = |offset: &Value| period.from.plus_millis(offset.as_i64().unwrap() * 1_000);
        let parts: BTreeMap<String, Timeline> = input["components"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(name, pieces)| {
                let pieces: Vec<_> = pieces
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|p| {
                        let interval = Interval::new(at(&p[0]), at(&p[1])).unwrap();
                        (interval, Mark::from(state(p[2].as_str().unwrap())))
                    })
                    .collect();
                (name.clone(), Timeline::from_intervals(&pieces, Mark::Up))
            })
            .collect();
        let service = service_timeline(&structure(&input["tree"]), &parts).unwrap();
        let got = assess(&service, &question(period, &input["target_ppm"]));
        check_figures(&got, expect);
        let wanted = expect["service_intervals"].as_array().unwrap();
        for piece in wanted {
            let mark = Mark::from(state(piece[2].as_str().unwrap()));
            let within = |t: &Timestamp| *t > at(&piece[0]) && *t < at(&piece[1]);
            assert!(
                service
                    .steps
                    .iter()
                    .any(|s| s.at == at(&piece[0]) && s.mark == mark)
            );
            assert!(
                !service
                    .steps
                    .iter()
                    .any(|s| within(&s.at) && s.mark != mark)
            );
        }
    });
}

#[test]
fn v06_a_pair_with_an_unknown_member_is_up_while_its_twin_is() {
    check_tree("V06");
}

#[test]
fn v07_two_of_three_decide_even_when_the_third_is_unknown() {
    check_tree("V07");
}

#[test]
fn v08_planned_work_is_the_union_of_what_was_approved_before() {
    with_vector("V08", |input, expect| {
        let windows = input["maintenance"].as_array().unwrap().iter();
        let mut asked = question(span(&input["window"]), &input["target_ppm"]);
        asked.maintenance = windows
            .map(|w| MaintenanceWindow {
                id: w["id"].as_str().unwrap().to_owned(),
                window: Interval::new(instant(&w["from"]), instant(&w["to"])).unwrap(),
                approved_at: Some(instant(&w["approved_at"])),
            })
            .collect();
        let got = assess(&down_only(&input["down_intervals"]), &asked);
        let seconds = |ms: i64| number(Seconds::from_millis(ms));
        assert_eq!(number(got.downtime.point), expect["downtime_total_s"]);
        assert_eq!(
            seconds(got.planned.planned_ms),
            expect["downtime_planned_s"]
        );
        assert_eq!(
            seconds(got.planned.unplanned_ms),
            expect["downtime_unplanned_s"]
        );
        assert_eq!(
            seconds(got.planned.declared_late_ms),
            expect["downtime_retro_declared_s"]
        );
        let total = got.availability.point.unwrap();
        assert_eq!(total, expect["availability_total_pct"].as_str().unwrap());
        let rest = got.availability_excluding_planned_percent.unwrap();
        assert_eq!(
            rest,
            expect["availability_excl_planned_pct"].as_str().unwrap()
        );
        assert_eq!(
            got.planned.maintainability_breaches as u64,
            expect["concurrent_maintainability_breaches"]
        );
        let word = |v| serde_json::to_value(v).unwrap();
        assert_eq!(word(got.verdict.unwrap()), expect["verdict_total_tier3"]);
        assert_eq!(
            number(got.segments[0].budget_seconds),
            expect["budget_tier3_s"]
        );
        asked.targets[0].downtime_ppm = Ppm(2_590);
        let lenient = assess(&down_only(&input["down_intervals"]), &asked);
        assert_eq!(
            word(lenient.verdict.unwrap()),
            expect["verdict_total_tier2"]
        );
        assert_eq!(
            number(lenient.segments[0].budget_seconds),
            expect["budget_tier2_s"]
        );
    });
}

#[test]
fn v09_months_end_in_the_zone_of_the_site() {
    with_vector("V09", |input, expect| {
        let zone = time_zone(input["timezone"].as_str().unwrap()).unwrap();
        for name in ["2028-02", "2028-03"] {
            let (period, wanted) = (month(name, &zone).unwrap(), &expect[name]);
            assert_eq!(period, span(&wanted["window"]));
            let service = down_only(&input["down_intervals"]);
            let got = assess(&service, &question(period, &input["target_ppm"]));
            assert_eq!(number(got.downtime.point), wanted["downtime_s"]);
            assert_eq!(
                got.availability.point.as_deref(),
                wanted["availability_pct"].as_str()
            );
            assert_eq!(number(got.segments[0].budget_seconds), wanted["budget_s"]);
            assert_eq!(got.incidents.incidents as u64, wanted["incidents_started"]);
            let carried = wanted
                .get("incidents_carried_in")
                .map_or(0, |v| v.as_u64().unwrap());
            assert_eq!(got.incidents.carried_in as u64, carried);
        }
    });
}

#[test]
fn v10_a_month_with_a_change_to_summer_time_has_its_real_length() {
    with_vector("V10", |input, expect| {
        let zone = time_zone(input["timezone"].as_str().unwrap()).unwrap();
        let period = month(input["month"].as_str().unwrap(), &zone).unwrap();
        assert_eq!(period, span(&expect["window"]));
        let local = |v: &Value| civil_instant(v.as_str().unwrap(), &zone).unwrap();
        let down = &input["down_local"];
        let outage = Interval::new(local(&down[0]), local(&down[1])).unwrap();
        let service = one(Timeline::from_intervals(&[(outage, Mark::Down)], Mark::Up));
        let got = assess(&service, &question(period, &input["target_ppm"]));
        assert_eq!(period.millis() / 1_000, expect["period_s"]);
        assert_eq!(number(got.downtime.point), expect["downtime_s"]);
        assert_eq!(
            got.availability.point.as_deref(),
            expect["availability_pct"].as_str()
        );
        assert_eq!(number(got.segments[0].budget_seconds), expect["budget_s"]);
        assert_eq!(
            serde_json::to_value(got.verdict).unwrap(),
            expect["verdict"]
        );
    });
}

#[test]
fn v11_flapping_is_counted_once_and_every_second_stays() {
    with_vector("V11", |input, expect| {
        let mut asked = question(span(&input["window"]), &input["target_ppm"]);
        asked.merge_gap_ms = input["merge_gap_s"].as_i64().unwrap() * 1_000;
        asked.min_outage_ms = input["min_outage_s"].as_i64().unwrap() * 1_000;
        let got = assess(&down_only(&input["down_intervals"]), &asked);
        let counts = got.incidents;
        let spans: Vec<i64> = counts.spans.iter().map(|s| s.millis() / 1_000).collect();
        assert_eq!(counts.outages as u64, expect["outages"]);
        assert_eq!(counts.incidents as u64, expect["incidents"]);
        assert_eq!(number(got.downtime.point), expect["downtime_s"]);
        assert_eq!(
            serde_json::to_value(spans).unwrap(),
            expect["incident_spans_s"]
        );
        assert_eq!(
            counts.below_threshold as u64,
            expect["sub_threshold_outages"]
        );
        assert_eq!(
            number(counts.below_threshold_seconds),
            expect["sub_threshold_s"]
        );
        assert_eq!(number(counts.mttr_seconds.unwrap()), expect["mttr_s"]);
        assert_eq!(number(counts.mtbf_seconds.unwrap()), expect["mtbf_s"]);
        let bound = format!("{:.0}", counts.mtbf_lower_95_seconds.unwrap());
        assert_eq!(bound, expect["mtbf_lower_95_s"].to_string());
        assert_eq!(
            got.availability.point.as_deref(),
            expect["availability_pct"].as_str()
        );
        assert_eq!(
            serde_json::to_value(got.verdict).unwrap(),
            expect["verdict"]
        );
    });
}

#[test]
fn v13_a_blended_year_does_not_hide_a_missed_half() {
    with_vector("V13", |input, expect| {
        let zone = time_zone(input["timezone"].as_str().unwrap()).unwrap();
        let period = year(
            i16::try_from(input["year"].as_i64().unwrap()).unwrap(),
            &zone,
        )
        .unwrap();
        let mut asked = question(period, &Value::from(0));
        let targets = input["targets"].as_array().unwrap().iter();
        asked.targets = targets
            .map(|t| Target {
                from: civil_instant(t["from"].as_str().unwrap(), &zone).unwrap(),
                downtime_ppm: ppm(&t["ppm"]),
            })
            .collect();
        let got = assess(&down_only(&input["down_intervals"]), &asked);
        let wanted = expect["segments"].as_array().unwrap();
        assert_eq!(got.segments.len(), wanted.len());
        for (segment, wanted) in got.segments.iter().zip(wanted) {
            let own = Interval::new(segment.from, segment.to).unwrap();
            assert_eq!(own, span(&wanted["window"]));
            assert_eq!(number(segment.budget_seconds), wanted["budget_s"]);
            assert_eq!(number(segment.downtime_seconds.point), wanted["downtime_s"]);
            assert_eq!(
                serde_json::to_value(segment.verdict).unwrap(),
                wanted["verdict"]
            );
        }
        let whole = &expect["year"];
        assert_eq!(number(got.downtime.point), whole["downtime_s"]);
        assert_eq!(
            got.availability.point.as_deref(),
            whole["availability_pct"].as_str()
        );
        assert_eq!(serde_json::to_value(got.verdict).unwrap(), whole["verdict"]);
    });
}
