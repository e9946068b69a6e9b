//! The months of all sites as tables.
//!
//! **Room:** layer 2, pure. **May use:** `tw-api`. **Must not:** do I/O.

use crate::{
    document::{Cell, Lang, Sheet, Workbook},
    http::{
        csv::{self, Column},
        refusal::Refusal,
    },
};
use tw_api::{MonthStatus, MonthSummary, Verdict};
use tw_units::Timestamp;

const fn status(status: MonthStatus) -> &'static str {
    match status {
        MonthStatus::Open => "open",
        MonthStatus::Provisional => "provisional",
        MonthStatus::Final => "final",
    }
}

const fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Met => "met",
        Verdict::Missed => "missed",
        Verdict::Indeterminate => "indeterminate",
        Verdict::NoTarget => "no_target",
    }
}

fn text(value: Option<&String>) -> String {
    value.cloned().unwrap_or_default()
}

const COLUMNS: [Column<MonthSummary>; 18] = [
    ("site", |m| m.site.clone()),
    ("month", |m| m.month.clone()),
    ("status", |m| status(m.status).to_owned()),
    ("revision", |m| m.rev.to_string()),
    ("verdict", |m| verdict(m.verdict).to_owned()),
    ("level", |m| text(m.level.as_ref())),
    ("budget_seconds", |m| {
        m.budget_seconds.map(|s| s.to_string()).unwrap_or_default()
    }),
    ("period_seconds", |m| m.period_seconds.to_string()),
    ("downtime_lower_seconds", |m| {
        m.downtime_seconds.lower.to_string()
    }),
    ("downtime_seconds", |m| m.downtime_seconds.point.to_string()),
    ("downtime_upper_seconds", |m| {
        m.downtime_seconds.upper.to_string()
    }),
    ("unknown_seconds", |m| m.unknown_seconds.to_string()),
    ("planned_seconds", |m| m.planned_seconds.to_string()),
    ("protection_lost_seconds", |m| {
        m.protection_lost_seconds.to_string()
    }),
    ("availability_lower_percent", |m| {
        text(m.availability_percent.lower.as_ref())
    }),
    ("availability_percent", |m| {
        text(m.availability_percent.point.as_ref())
    }),
    ("availability_upper_percent", |m| {
        text(m.availability_percent.upper.as_ref())
    }),
    ("sha256", |m| text(m.sha256.as_ref())),
];

/// As CSV.
pub(super) fn csv(rows: &[MonthSummary]) -> Result<String, Refusal> {
    csv::file(rows, &COLUMNS, None)
}

/// As a spreadsheet: seconds are numbers, percentages stay texts, for they are floored.
pub(super) fn workbook(rows: &[MonthSummary], lang: Lang, as_of: Timestamp) -> Workbook {
    let (title, note) = match lang {
        Lang::En => ("Availability by month", "As of"),
        Lang::Vi => ("Tính sẵn sàng theo tháng", "Tính đến"),
    };
    let bounds = |m: &MonthSummary| {
        let down = m.downtime_seconds;
        [down.lower, down.point, down.upper].map(Cell::Number)
    };
    let row = |m: &MonthSummary| {
        let mut cells: Vec<Cell> = vec![
            m.site.as_str().into(),
            m.month.as_str().into(),
            status(m.status).into(),
            Cell::Whole(i64::from(m.rev)),
            verdict(m.verdict).into(),
            m.level.clone().into(),
            m.budget_seconds.into(),
            Cell::Number(m.period_seconds),
        ];
        cells.extend(bounds(m));
        cells.extend([
            Cell::Number(m.unknown_seconds),
            Cell::Number(m.planned_seconds),
            Cell::Number(m.protection_lost_seconds),
            m.availability_percent.lower.clone().into(),
            m.availability_percent.point.clone().into(),
            m.availability_percent.upper.clone().into(),
            m.sha256.clone().into(),
        ]);
        cells
    };
    Workbook {
        title: title.to_owned(),
        sheets: vec![Sheet {
            name: title.to_owned(),
            notes: vec![format!("{note} {as_of}")],
            columns: COLUMNS.map(|(name, _)| name.to_owned()).to_vec(),
            rows: rows.iter().map(row).collect(),
        }],
    }
}
