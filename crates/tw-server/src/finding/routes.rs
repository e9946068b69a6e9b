//! Routes of findings.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`.

use super::actions;
use crate::{
    access::audit::author,
    http::{
        call::{Answer, Call, Outcome},
        csv,
        list::{Wanted, order, page},
        route::{Route, bind},
    },
};
use tw_api::{CsvOr, Finding, FindingQuery, FindingSeverity, Json, Page, endpoints as e};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        bind::<e::FindingList, _, _>(list),
        bind::<e::FindingWaivePost, _, _>(waive),
    ]
}

const SORTS: [&str; 5] = ["severity", "device", "site", "rule", "level"];

async fn list(call: Call<e::FindingList>) -> Outcome<CsvOr<Page<Finding>>> {
    let sort = call.query.sort.as_deref().unwrap_or("-severity");
    let (field, reverse) = order(Some(sort), &SORTS)?;
    let mut found = actions::all(&call.app, &call.caller).await?;
    found.retain(|finding| fits(finding, &call.query));
    found.sort_by_cached_key(|finding| key(finding, field));
    if reverse {
        found.reverse();
    }
    match call.query.format.as_deref() {
        None => {
            let wanted = Wanted {
                limit: call.query.limit,
                cursor: call.query.cursor.as_deref(),
            };
            let page = page(found, |finding| finding.id.clone(), wanted)?;
            Ok(CsvOr::Json(page).into())
        }
        Some("csv") => {
            let columns = call.query.columns.as_deref();
            Ok(CsvOr::Csv(csv::file(&found, &COLUMNS, columns)?).into())
        }
        Some(_) => Err(csv::unknown_format()),
    }
}

fn fits(finding: &Finding, query: &FindingQuery) -> bool {
    let is = |wanted: &Option<String>, own: &String| wanted.as_ref().is_none_or(|w| w == own);
    let system = query.system.as_ref();
    is(&query.site, &finding.site)
        && is(&query.rule, &finding.rule)
        && query
            .severity
            .is_none_or(|wanted| wanted == finding.severity)
        && system.is_none_or(|system| finding.systems.contains(system))
        && query
            .waived
            .is_none_or(|wanted| wanted == finding.waiver.is_some())
        && query
            .q
            .as_ref()
            .is_none_or(|needle| finding.device.contains(&needle.to_lowercase()))
}

fn key(finding: &Finding, field: &str) -> (String, String) {
    let first = match field {
        "severity" => format!("{}{}", word(finding.severity).0, finding.level.unwrap_or(0)),
        "site" => finding.site.clone(),
        "rule" => finding.rule.clone(),
        "level" => finding.level.unwrap_or(0).to_string(),
        _ => finding.device.clone(),
    };
    (first, finding.id.clone())
}

const fn word(severity: FindingSeverity) -> (u8, &'static str) {
    match severity {
        FindingSeverity::Low => (1, "low"),
        FindingSeverity::Medium => (2, "medium"),
        FindingSeverity::High => (3, "high"),
    }
}

/// The columns of the CSV file.
const COLUMNS: [csv::Column<Finding>; 11] = [
    ("id", |f| f.id.clone()),
    ("rule", |f| f.rule.clone()),
    ("severity", |f| word(f.severity).1.to_owned()),
    ("device", |f| f.device.clone()),
    ("service", |f| f.service.clone().unwrap_or_default()),
    ("site", |f| f.site.clone()),
    ("asset", |f| f.asset.clone().unwrap_or_default()),
    ("systems", |f| f.systems.join(" ")),
    ("level", |f| {
        f.level.map(|l| l.to_string()).unwrap_or_default()
    }),
    ("evidence", |f| {
        let told = f
            .evidence
            .iter()
            .map(|(name, value)| format!("{name}={value}"));
        told.collect::<Vec<_>>().join("; ")
    }),
    ("accepted_until", |f| {
        f.waiver
            .as_ref()
            .map(|w| w.until.clone())
            .unwrap_or_default()
    }),
];

async fn waive(call: Call<e::FindingWaivePost>) -> Outcome<Json<Finding>> {
    let by = author(&call.caller, &call.facts);
    let id = call.id().to_owned();
    let Json(asked) = call.body;
    let finding = actions::waive(&call.app, (&call.caller, &by), (&id, asked)).await?;
    Ok(Answer::from(Json(finding)).audited())
}
