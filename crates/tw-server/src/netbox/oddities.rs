//! What a sync could not settle by itself, as discrepancies for a person.
//!
//! **Room:** layer 2, shell. **May use:** `tw-store`. **Must not:** repeat a sync; what the kept
//! reports of the runs say is all that it knows.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use tw_lifecycle::DiscrepancyKind;
use tw_store::{FoundDiscrepancy, SourceRun, Store, StoreError};
use tw_units::Timestamp;

/// The newest runs that are looked at.
const RUNS_MAX: u32 = 20;
/// So long a changed device type stays a discrepancy, unless somebody decides before.
const TYPE_CHANGE_DAYS: i64 = 7;
const DAY_MS: i64 = 86_400_000;

/// What the newest ended run of each source left open, and types that changed lately.
pub(crate) async fn oddities(
    store: &Store,
    now: Timestamp,
) -> Result<Vec<FoundDiscrepancy>, StoreError> {
    let runs = store.source_runs(None, RUNS_MAX).await?;
    Ok(of_runs(&runs, now))
}

/// The runs come newest first.
fn of_runs(runs: &[SourceRun], now: Timestamp) -> Vec<FoundDiscrepancy> {
    let mut by_source: BTreeMap<&str, Vec<&SourceRun>> = BTreeMap::new();
    for run in runs.iter().filter(|run| run.ended_at.is_some()) {
        by_source.entry(&run.source).or_default().push(run);
    }
    // One is kept for each subject, kind and field; the newest run comes first.
    let mut found: BTreeMap<(String, String, String), FoundDiscrepancy> = BTreeMap::new();
    let mut add = |one: FoundDiscrepancy| {
        let key = (one.subject.clone(), one.kind.clone(), one.field.clone());
        found.entry(key).or_insert(one);
    };
    for runs in by_source.values() {
        if let Some(newest) = runs.first() {
            refused(newest).into_iter().for_each(&mut add);
        }
        if let Some(done) = runs.iter().find(|run| run.state == "done") {
            lines(done).into_iter().for_each(&mut add);
        }
        let lately = now.as_millis() - TYPE_CHANGE_DAYS * DAY_MS;
        let lately = runs.iter().filter(|run| {
            run.mode == "real" && run.state == "done" && run.started_at.as_millis() >= lately
        });
        lately.flat_map(|run| types(run)).for_each(&mut add);
    }
    found.into_values().collect()
}

fn one(
    run: &SourceRun,
    (subject, asset): (String, Option<&str>),
    (kind, field): (DiscrepancyKind, &str),
    (observed, url): (String, Option<&str>),
) -> FoundDiscrepancy {
    let mut evidence =
        vec![json!({"what": "source", "text": format!("{}, run {}", run.source, run.run)})];
    evidence.extend(url.map(|url| json!({"what": "page", "text": url})));
    FoundDiscrepancy {
        subject,
        asset: asset.map(ToOwned::to_owned),
        target: None,
        kind: kind.to_string(),
        field: field.to_owned(),
        recorded: None,
        observed: Some(observed),
        collected: run.ended_at,
        body: json!({"proposal": "look", "evidence": evidence}),
    }
}

/// A run that stopped by itself, or that was refused before it read anything.
fn refused(run: &SourceRun) -> Option<FoundDiscrepancy> {
    let why = run.why.as_ref().filter(|_| run.state != "done")?;
    let subject = (format!("source/{}", run.source), None);
    let what = (DiscrepancyKind::SourceRefused, "sync");
    Some(one(run, subject, what, (why.clone(), None)))
}

fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value[key].as_str()
}

/// Devices that are gone, doubtful or not to be taken over.
fn lines(run: &SourceRun) -> Vec<FoundDiscrepancy> {
    let report = run.report.as_ref().unwrap_or(&Value::Null);
    let lines = report["lines"].as_array().into_iter().flatten();
    lines.flat_map(|line| of_line(run, line)).collect()
}

fn of_line(run: &SourceRun, line: &Value) -> Vec<FoundDiscrepancy> {
    let asset = text(line, "tag");
    let remote = line["remote_id"].as_u64().unwrap_or_default();
    let subject = || match asset {
        Some(tag) => (format!("asset/{tag}"), asset),
        None => (format!("source/{}/device/{remote}", run.source), None),
    };
    let url = text(line, "url");
    let notes = line["notes"].as_array().into_iter().flatten();
    let mut found: Vec<FoundDiscrepancy> = notes
        .filter_map(|note| {
            let kind = kind_of(text(note, "kind")?)?;
            let field = text(note, "field").unwrap_or("asset");
            let detail = text(note, "detail").unwrap_or_default().to_owned();
            Some(one(run, subject(), (kind, field), (detail, url)))
        })
        .collect();
    let missing = text(line, "outcome") == Some("missing_in_source");
    let told = |kind: DiscrepancyKind| found.iter().any(|one| one.kind == kind.to_string());
    if missing && !told(DiscrepancyKind::MissingInSource) {
        let what = (DiscrepancyKind::MissingInSource, "asset");
        let observed = format!("device {remote} is not in the source any more");
        found.push(one(run, subject(), what, (observed, url)));
    }
    found
}

/// What a note of a sync means here. That a device has no tag, or that it is offline there, is
/// no disagreement.
fn kind_of(note: &str) -> Option<DiscrepancyKind> {
    match note {
        "duplicate_serial" | "second_candidate" => Some(DiscrepancyKind::DuplicateInSource),
        "deleted" => Some(DiscrepancyKind::MissingInSource),
        "tag_differs" | "bad_value" | "breaks_rule" => Some(DiscrepancyKind::SourceRefused),
        _ => None,
    }
}

/// Device types whose data changed: an edit there moves no device's clock.
fn types(run: &SourceRun) -> Vec<FoundDiscrepancy> {
    let report = run.report.as_ref().unwrap_or(&Value::Null);
    let models = report["models"].as_array().into_iter().flatten();
    let changed = models.filter(|line| text(line, "outcome") == Some("update"));
    changed
        .filter_map(|line| {
            let name = text(line, "name")?;
            let changes = line["changes"].as_array().into_iter().flatten();
            let changes: Vec<&str> = changes.filter_map(Value::as_str).collect();
            let subject = (format!("source/{}/type/{name}", run.source), None);
            let what = (DiscrepancyKind::SourceTypeChanged, "model");
            let observed = format!("{name}: {}", changes.join(", "));
            Some(one(run, subject, what, (observed, None)))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(number: u64, state: &str, report: Value) -> SourceRun {
        SourceRun {
            run: number,
            source: "netbox".to_owned(),
            mode: "real".to_owned(),
            state: state.to_owned(),
            started_at: Timestamp::from_millis(1_800_000_000_000),
            touched_at: Timestamp::from_millis(1_800_000_000_000),
            ended_at: Some(Timestamp::from_millis(1_800_000_001_000)),
            pages: 1,
            cursor: Value::Null,
            why: (state != "done").then(|| "3 of 10 known devices are gone".to_owned()),
            report: Some(report),
        }
    }

    fn shown(runs: &[SourceRun], later_days: i64) -> Vec<String> {
        let now = Timestamp::from_millis(1_800_000_002_000 + later_days * DAY_MS);
        let found = of_runs(runs, now);
        let line = |one: &FoundDiscrepancy| format!("{} {} {}", one.subject, one.kind, one.field);
        found.iter().map(line).collect()
    }

    #[test]
    fn each_oddity_of_the_newest_run_is_one_discrepancy_and_a_plain_note_is_none() {
        let report = json!({
            "lines": [
                {"remote_id": 2, "tag": "A-2", "outcome": "missing_in_source",
                    "notes": [{"kind": "deleted", "field": null, "detail": "deleted by admin"}]},
                {"remote_id": 3, "tag": "A-3", "outcome": "missing_in_source", "notes": []},
                {"remote_id": 4, "tag": "A-4", "outcome": "create", "notes": [
                    {"kind": "duplicate_serial", "field": "serial", "detail": "as 5"},
                    {"kind": "no_tag", "field": "tag", "detail": "made"}]},
                {"remote_id": 5, "tag": null, "outcome": "refused",
                    "notes": [{"kind": "bad_value", "field": "tag", "detail": "bad"}]},
            ],
            "models": [{"name": "Cisco C9200L", "outcome": "update", "changes": ["end_of_sale: 2027"]},
                {"name": "Cisco X", "outcome": "create", "changes": []}],
        });
        let all = [
            "asset/A-2 missing_in_source asset",
            "asset/A-3 missing_in_source asset",
            "asset/A-4 duplicate_in_source serial",
            "source/netbox/device/5 source_refused tag",
            "source/netbox/type/Cisco C9200L source_type_changed model",
        ];
        let done = run(1, "done", report);
        assert_eq!(shown(std::slice::from_ref(&done), 0), all);
        // A stopped run says why; what the last whole one left open stays.
        let stopped = run(2, "stopped", json!({}));
        let found = shown(&[stopped, done.clone()], 0);
        assert_eq!(found.len(), all.len() + 1);
        assert!(
            found.contains(&"source/netbox source_refused sync".to_owned()),
            "{found:?}"
        );
        // A later run that finds nothing settles all but the type, which stays for a week.
        let quiet = run(3, "done", json!({"lines": [], "models": []}));
        assert_eq!(shown(&[quiet.clone(), done.clone()], 6), all[4..]);
        assert!(shown(&[quiet, done], 8).is_empty());
    }
}
