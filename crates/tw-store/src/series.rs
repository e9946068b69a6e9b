//! Which series there are, and the latest values of targets.
//!
//! **Room:** layer 1. **May use:** `tw-ingest`, `tw-units`. **Must not:** read a round's table.

use crate::{
    Store,
    error::{Doing, StoreError},
    layouts::{SeriesId, kind_of_column},
};
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};
use tw_ingest::{TargetKey, ValueKind, round::Value};
use tw_units::Timestamp;

/// The most series that one query gives.
pub const SERIES_MAX: u32 = 100_000;

/// Layouts whose columns are kept at hand.
const VIEWS_MAX: usize = 16_384;

/// What a series is.
#[derive(Clone, Debug, PartialEq)]
pub struct SeriesInfo {
    /// Its number.
    pub id: SeriesId,
    /// Whose value.
    pub target: TargetKey,
    /// The object's key: `""`, `if:<name>`, `sensor:<name>`…
    pub object: String,
    /// The object's labels, as last announced.
    pub labels: BTreeMap<String, String>,
    /// The metric's name.
    pub metric: String,
    /// What its numbers mean.
    pub kind: ValueKind,
}

/// Which series are wanted. Empty lists ask for all.
#[derive(Clone, Debug, Default)]
pub struct SeriesFilter {
    /// Of these targets.
    pub targets: Vec<TargetKey>,
    /// Of these objects.
    pub objects: Vec<String>,
    /// Of these metrics.
    pub metrics: Vec<String>,
}

/// The latest round of a target.
#[derive(Clone, Debug)]
pub struct Latest {
    /// Whose.
    pub target: TargetKey,
    /// When.
    pub at: Timestamp,
    /// The wanted time between rounds, in milliseconds.
    pub period_ms: u64,
    /// The columns, in the order of the layout.
    pub columns: Arc<Vec<SeriesInfo>>,
    /// Their values, in the same order; `None` was asked for and not had.
    pub values: Vec<Option<Value>>,
}

impl Latest {
    /// The value of a metric of an object; `None` also when there is no such column.
    pub fn value(&self, object: &str, metric: &str) -> Option<Value> {
        let at = self
            .columns
            .iter()
            .position(|c| c.object == object && c.metric == metric)?;
        self.values.get(at).copied().flatten()
    }

    /// Columns with their values.
    pub fn iter(&self) -> impl Iterator<Item = (&SeriesInfo, Option<Value>)> {
        self.columns.iter().zip(self.values.iter().copied())
    }
}

type Row = (i64, String, String, String, String, i64);

impl Store {
    /// The series that fit a filter, by target, object and metric.
    pub async fn series(&self, filter: &SeriesFilter) -> Result<Vec<SeriesInfo>, StoreError> {
        let json = |list: &[String]| serde_json::Value::from(list.to_vec()).to_string();
        let targets: Vec<String> = filter.targets.iter().map(|t| t.0.clone()).collect();
        // One statement each, so that each goes by its own index.
        let sql = match (targets.is_empty(), filter.metrics.is_empty()) {
            (false, _) => BY_TARGET,
            (true, false) => BY_METRIC,
            (true, true) => ALL,
        };
        let rows: Vec<Row> = sqlx::query_as(sql)
            .bind(json(&targets))
            .bind(json(&filter.objects))
            .bind(json(&filter.metrics))
            .bind(SERIES_MAX)
            .fetch_all(&self.queries)
            .await
            .doing("list series")?;
        rows.into_iter().map(info).collect()
    }

    /// The latest round of a target, or `None` when none came in the last two days.
    pub async fn latest(&self, target: &TargetKey) -> Result<Option<Latest>, StoreError> {
        let Some(round) = self.shared.latest(target) else {
            return Ok(None);
        };
        let values = tw_ingest::round::decode(&round.values)
            .map_err(|_| StoreError::corrupt(format!("a torn round of {target}")))?;
        Ok(Some(Latest {
            target: target.clone(),
            at: round.at,
            period_ms: round.layout.period_ms.unsigned_abs(),
            columns: self
                .columns(target, round.layout.id, &round.layout.columns)
                .await?,
            values,
        }))
    }

    /// All targets with a round in the last two days, and when the latest was.
    pub fn latest_rounds(&self) -> Vec<(TargetKey, Timestamp)> {
        self.shared.latest_targets()
    }

    async fn columns(
        &self,
        target: &TargetKey,
        layout: i64,
        columns: &[crate::layouts::StoredColumn],
    ) -> Result<Arc<Vec<SeriesInfo>>, StoreError> {
        if let Some(known) = self.views().get(&layout) {
            return Ok(Arc::clone(known));
        }
        let targets = vec![target.clone()];
        let all = self
            .series(&SeriesFilter {
                targets,
                ..SeriesFilter::default()
            })
            .await?;
        let by_id: HashMap<SeriesId, SeriesInfo> = all.into_iter().map(|s| (s.id, s)).collect();
        let view: Option<Vec<SeriesInfo>> = columns
            .iter()
            .map(|c| {
                by_id.get(&c.series).map(|s| SeriesInfo {
                    kind: c.kind,
                    ..s.clone()
                })
            })
            .collect();
        let view = Arc::new(view.ok_or_else(|| StoreError::corrupt("a layout without series"))?);
        let mut views = self.views();
        if views.len() >= VIEWS_MAX {
            views.clear();
        }
        views.insert(layout, Arc::clone(&view));
        Ok(view)
    }
}

const BY_TARGET: &str = "
    SELECT series.id, target.key, object.key, object.labels, metric.name, series.kind
    FROM target JOIN object ON object.target_id = target.id
      JOIN series ON series.object_id = object.id JOIN metric ON metric.id = series.metric_id
    WHERE target.key IN (SELECT value FROM json_each(?1))
      AND (json_array_length(?2) = 0 OR object.key IN (SELECT value FROM json_each(?2)))
      AND (json_array_length(?3) = 0 OR metric.name IN (SELECT value FROM json_each(?3)))
    ORDER BY target.key, object.key, metric.name LIMIT ?4";

const BY_METRIC: &str = "
    SELECT series.id, target.key, object.key, object.labels, metric.name, series.kind
    FROM metric JOIN series ON series.metric_id = metric.id
      JOIN object ON object.id = series.object_id JOIN target ON target.id = object.target_id
    WHERE metric.name IN (SELECT value FROM json_each(?3))
      AND json_array_length(?1) = 0
      AND (json_array_length(?2) = 0 OR object.key IN (SELECT value FROM json_each(?2)))
    ORDER BY target.key, object.key, metric.name LIMIT ?4";

const ALL: &str = "
    SELECT series.id, target.key, object.key, object.labels, metric.name, series.kind
    FROM series JOIN object ON object.id = series.object_id
      JOIN target ON target.id = object.target_id JOIN metric ON metric.id = series.metric_id
    WHERE json_array_length(?1) = 0 AND json_array_length(?3) = 0
      AND (json_array_length(?2) = 0 OR object.key IN (SELECT value FROM json_each(?2)))
    ORDER BY target.key, object.key, metric.name LIMIT ?4";

fn info((id, target, object, labels, metric, kind): Row) -> Result<SeriesInfo, StoreError> {
    let kind = u64::try_from(kind).ok().and_then(kind_of_column);
    Ok(SeriesInfo {
        id: SeriesId(id),
        target: TargetKey(target),
        object,
        labels: serde_json::from_str(&labels)
            .map_err(|_| StoreError::corrupt("labels that are no map"))?,
        metric,
        kind: kind.ok_or_else(|| StoreError::corrupt("a series of an unknown kind"))?,
    })
}
