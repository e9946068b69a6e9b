//! Stock-takes as the API shows them.
//!
//! **Room:** layer 2, pure. **May use:** `tw-api`, `tw-lifecycle`. **Must not:** do I/O.

use super::actions::heard;
use tw_api::{
    StockTake, StockTakeCounts, StockTakeExpected, StockTakeFindings, StockTakeMisplaced,
    StockTakePlace, StockTakeRepeated, StockTakeScan, StockTakeScope,
};
use tw_lifecycle::{Expected, Findings, Place, Resolved};
use tw_store::{StoredScan, StoredStockTake};

pub(super) fn counts(findings: &Findings) -> StockTakeCounts {
    StockTakeCounts {
        found: findings.found.len() as u64,
        misplaced: findings.misplaced.len() as u64,
        missing: findings.missing.len() as u64,
        unknown: findings.unknown.len() as u64,
        duplicates: findings.duplicates.len() as u64,
    }
}

pub(super) fn stocktake(one: &StoredStockTake, findings: Option<&Findings>) -> StockTake {
    let word = |key: &str| one.scope[key].as_str().unwrap_or_default().to_owned();
    StockTake {
        id: one.id.to_string(),
        name: one.name.clone(),
        scope: StockTakeScope {
            kind: word("kind"),
            id: word("id"),
        },
        status: if one.open { "open" } else { "closed" }.to_owned(),
        opened_at: one.opened_at,
        opened_by: one.opened_by.clone(),
        closed_at: one.closed_at,
        closed_by: one.closed_by.clone(),
        note: one.note.clone(),
        revision: one.revision,
        expected: one.expected,
        scans: one.scans,
        counts: findings.map(counts),
        version: one.version,
    }
}

pub(super) fn place(place: &Place) -> StockTakePlace {
    StockTakePlace {
        site: place.site.clone(),
        room: place.room.clone(),
        rack: place.rack.clone(),
    }
}

pub(super) fn expected(one: &Expected) -> StockTakeExpected {
    StockTakeExpected {
        tag: one.tag.clone(),
        serial: one.serial.clone(),
        class: one.class.clone(),
        model: one.model.clone(),
        place: place(&one.place),
    }
}

pub(super) fn scan(one: &StoredScan) -> StockTakeScan {
    let heard = heard(one);
    let (tag, recorded) = match heard.resolved {
        Resolved::Asset { tag, recorded } => (Some(tag), Some(place(&recorded))),
        _ => (None, None),
    };
    StockTakeScan {
        client_id: one.client_id.clone(),
        code: one.code.clone(),
        verdict: one.verdict.clone(),
        tag,
        recorded,
        place: place(&heard.place),
        scanned_at: one.scanned_at,
        scanned_by: one.scanned_by.clone(),
    }
}

pub(super) fn findings(findings: &Findings, accepted: &[String]) -> StockTakeFindings {
    let misplaced = findings.misplaced.iter().map(|one| StockTakeMisplaced {
        tag: one.tag.clone(),
        recorded: place(&one.recorded),
        scanned: place(&one.scanned),
        expected: one.expected,
        accepted: accepted.contains(&one.tag),
    });
    let duplicates = findings.duplicates.iter().map(|one| StockTakeRepeated {
        code: one.code.clone(),
        times: one.times as u64,
    });
    StockTakeFindings {
        found: findings.found.clone(),
        misplaced: misplaced.collect(),
        missing: findings.missing.clone(),
        unknown: findings.unknown.clone(),
        duplicates: duplicates.collect(),
    }
}
