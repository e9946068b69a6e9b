//! The parts with registers: incidents, maintenance, topology, equipment, revisions, limits.
//!
//! **Room:** layer 2, pure. **May use:** `tw-availability`. **Must not:** leave out what is not
//! there: it is said to be none, or not recorded.

use super::super::words::Words;
use crate::document::{Align, Block, Table};
use serde_json::Value;
use tw_availability::report::{Change, MaintenanceRow, Report};

fn left(w: &Words, en: &str, vi: &str) -> (String, Align) {
    (w.own(en, vi), Align::Left)
}

/// What a window did to the load.
fn effect(m: &MaintenanceRow, w: &Words) -> String {
    if m.load_down_ms == 0 {
        return w.own("load fed", "phụ tải có điện");
    }
    let breach = if m.breach {
        w.of(
            "; not concurrently maintainable",
            "; không bảo trì đồng thời được",
        )
    } else {
        ""
    };
    let down = w.of("load down", "mất phụ tải");
    format!("{down} {} s{breach}", w.seconds(m.load_down_ms))
}

/// Part 4.
pub(super) fn maintenance(report: &Report, w: &Words) -> Vec<Block> {
    let row = |m: &MaintenanceRow| {
        let approved = m.approved_at.map_or_else(
            || w.own("not approved", "chưa duyệt"),
            |at| {
                let by = m.approved_by.as_deref().unwrap_or("–");
                format!("{} ({by})", w.instant(at))
            },
        );
        let overridden = m
            .override_reason
            .as_ref()
            .map_or_else(String::new, |reason| {
                let although = w.of(
                    "although loads would drop, because",
                    "dù biết sẽ mất phụ tải, vì",
                );
                format!("; {although}: {reason}")
            });
        vec![
            format!("{} {}", m.id, m.what),
            format!("{} – {}", w.instant(m.from), w.instant(m.to)),
            format!("{approved}{overridden}"),
            w.yes_no(m.planned),
            effect(m, w),
        ]
    };
    let breaches = report.findings.protection.maintainability_breaches;
    let statement = if breaches > 0 {
        format!(
            "{} ({breaches})",
            w.of(
                "Planned work lost the load: in this month the site was NOT concurrently \
                 maintainable, whatever the budget says",
                "Công việc theo kế hoạch đã làm mất phụ tải: trong tháng này cơ sở KHÔNG bảo trì \
                 đồng thời được, bất kể hạn mức",
            )
        )
    } else {
        w.own(
            "No planned work lost the load.",
            "Không có công việc theo kế hoạch nào làm mất phụ tải.",
        )
    };
    vec![
        Block::Heading(1, w.own("4. Maintenance", "4. Sổ bảo trì")),
        Block::Table(Table {
            caption: String::new(),
            columns: vec![
                left(w, "Work", "Công việc"),
                left(w, "From – to", "Từ – đến"),
                left(w, "Approved", "Phê duyệt"),
                left(w, "Before it began", "Trước khi bắt đầu"),
                left(w, "Effect", "Ảnh hưởng"),
            ],
            rows: report.findings.maintenance.iter().map(row).collect(),
            empty: w.own(
                "No window of work is recorded for this month.",
                "Không ghi nhận cửa sổ bảo trì nào trong tháng này.",
            ),
        }),
        Block::Paragraph(statement),
    ]
}

/// Part 8.
pub(super) fn lifecycle(report: &Report, w: &Words) -> Vec<Block> {
    let mut blocks = vec![Block::Heading(
        1,
        w.own("8. Equipment past its age", "8. Thiết bị quá niên hạn"),
    )];
    blocks.push(match &report.attached.lifecycle {
        Some(rows) => Block::Table(Table {
            caption: String::new(),
            columns: vec![
                left(w, "Asset", "Mã tài sản"),
                left(w, "Device", "Thiết bị"),
                left(w, "Due at the latest", "Hết hạn muộn nhất"),
            ],
            rows: rows
                .iter()
                .map(|row| vec![row.asset.clone(), row.name.clone(), row.why.clone()])
                .collect(),
            empty: w.none(),
        }),
        None => Block::Paragraph(w.not_recorded()),
    });
    blocks
}

/// Part 10.
pub(super) fn revisions(report: &Report, w: &Words) -> Vec<Block> {
    let row = |r: &tw_availability::report::RevisionRow| {
        vec![
            r.rev.to_string(),
            w.instant(r.closed_at),
            r.closed_by.clone(),
            w.reason(&r.reason),
            r.sha256.clone(),
        ]
    };
    let value = |value: &Value| match value {
        Value::Null => "–".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let change = |c: &Change| vec![c.field.clone(), value(&c.before), value(&c.after)];
    vec![
        Block::Heading(1, w.own("10. Revisions", "10. Các bản của báo cáo")),
        Block::Table(Table {
            caption: w.own("Revisions before this one", "Các bản trước bản này"),
            columns: vec![
                left(w, "Rev.", "Bản"),
                left(w, "Made", "Lập lúc"),
                left(w, "By", "Người lập"),
                left(w, "Reason", "Lý do"),
                left(w, "SHA-256", "SHA-256"),
            ],
            rows: report.revisions.iter().map(row).collect(),
            empty: w.own("None: this is the first.", "Không có: đây là bản đầu tiên."),
        }),
        Block::Table(Table {
            caption: w.own(
                "Difference to the revision before",
                "Khác biệt so với bản trước",
            ),
            columns: vec![
                left(w, "Figure", "Trị số"),
                (w.own("Before", "Trước"), Align::Right),
                (w.own("Now", "Nay"), Align::Right),
            ],
            rows: report.difference.iter().map(change).collect(),
            empty: w.none(),
        }),
    ]
}

/// Part 11.
pub(super) fn limits(report: &Report, w: &Words) -> Vec<Block> {
    let mut blocks =
        vec![
        Block::Heading(1, w.own("11. What this is not", "11. Báo cáo này không phải là gì")),
        Block::Note(w.own(
            "This is not a certification. A Tier is certified by the Uptime Institute only; \
             measured availability neither proves nor disproves a topology, and the topology \
             neither proves nor disproves the availability. The figures say what the polled \
             witnesses and the statements listed here support, and nothing beyond.",
            "Đây không phải là chứng nhận. Chỉ Uptime Institute mới chứng nhận Tier; độ sẵn sàng \
             đo được không chứng minh cũng không bác bỏ cấp của sơ đồ, và ngược lại. Các số liệu \
             chỉ nói điều mà các thiết bị chứng kiến và các đính chính nêu ở đây chứng minh được, \
             không hơn.",
        )),
    ];
    if let Some(reason) = &report.attached.override_reason {
        blocks.push(Block::Note(format!(
            "{}: {reason}",
            w.of(
                "Closed before all readings were in, by a person's decision",
                "Được chốt khi số liệu chưa về đủ, theo quyết định của người có thẩm quyền",
            )
        )));
    }
    blocks
}
