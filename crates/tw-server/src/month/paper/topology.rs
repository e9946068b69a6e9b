//! Part 5: the topology, self-assessed, and the margin of the month.
//!
//! **Room:** layer 2, pure. **May use:** `tw-availability`. **Must not:** call anything certified.

use super::super::words::Words;
use crate::document::{Align, Block, Lang, Table};
use tw_availability::report::{CaseRow, MarginRow, Report, ShapeRow, TopologyPart};

/// Part 5.
pub(super) fn topology(report: &Report, w: &Words) -> Vec<Block> {
    let mut blocks = vec![Block::Heading(
        1,
        w.own(
            "5. Topology, self-assessed",
            "5. Tự đánh giá sơ đồ cấp điện và làm mát",
        ),
    )];
    let recorded = report.attached.topology.clone();
    let Some(part) = recorded.and_then(|v| serde_json::from_value::<TopologyPart>(v).ok()) else {
        blocks.push(Block::Paragraph(w.not_recorded()));
        return blocks;
    };
    if part.shapes.len() > 1 {
        blocks.push(Block::Note(w.own(
            "The chain was changed in this month; each shape is judged by itself.",
            "Sơ đồ đã thay đổi trong tháng này; mỗi giai đoạn được đánh giá riêng.",
        )));
    }
    for shape in &part.shapes {
        blocks.push(Block::Paragraph(statement(shape, w)));
        blocks.push(Block::Table(cases(shape, w)));
        if !shape.fuel_not_attested.is_empty() {
            let what = w.of(
                "Fuel is not attested for",
                "Chưa có xác nhận nhiên liệu của",
            );
            let names = shape.fuel_not_attested.join(", ");
            blocks.push(Block::Paragraph(format!("{what}: {names}.")));
        }
    }
    blocks.push(Block::Table(margin(&part.margin, w)));
    blocks.push(Block::Facts(redundancy(report, &part, w)));
    blocks.push(Block::Paragraph(w.own(
        "Consistent with the criteria named, self-assessed on the declared model; not a \
         certification. The margin is worked out from recorded states as if the utility were off; \
         it is not proven where what is unknown decides.",
        "Phù hợp với tiêu chí nêu trên theo tự đánh giá trên mô hình đã khai báo; không phải là \
         chứng nhận. Mức dự phòng được tính từ các trạng thái đã ghi như khi mất điện lưới; không \
         được coi là đã chứng minh khi kết quả phụ thuộc vào phần tử chưa rõ.",
    )));
    blocks
}

/// The roman numeral of a Tier.
fn tier(level: u8) -> &'static str {
    ["–", "I", "II", "III", "IV"]
        .get(usize::from(level))
        .copied()
        .unwrap_or("–")
}

/// A day as people of the language write it.
fn day(text: &str, w: &Words) -> String {
    let parts: Vec<&str> = text.split('-').collect();
    match (w.lang, parts.as_slice()) {
        (Lang::Vi, [year, month, day]) => format!("{day}/{month}/{year}"),
        _ => text.to_owned(),
    }
}

fn statement(shape: &ShapeRow, w: &Words) -> String {
    let days = format!("{} – {}", day(&shape.from, w), day(&shape.to, w));
    let level = tier(shape.highest_tier_consistent);
    let found = match (shape.highest_tier_consistent, w.lang) {
        (0, Lang::En) => {
            "not even consistent with Tier I criteria, self-assessed on the declared model"
                .to_owned()
        }
        (0, Lang::Vi) => {
            "chưa phù hợp cả với tiêu chí Tier I, tự đánh giá trên mô hình đã khai báo".to_owned()
        }
        (_, Lang::En) => {
            format!("consistent with Tier {level} criteria, self-assessed on the declared model")
        }
        (_, Lang::Vi) => {
            format!("phù hợp với tiêu chí Tier {level}, tự đánh giá trên mô hình đã khai báo")
        }
    };
    let system = |name: &str| match name {
        "power" => w.own("power", "cấp điện"),
        "cooling" => w.own("cooling", "làm mát"),
        other => other.to_owned(),
    };
    let systems: Vec<String> = shape
        .systems
        .iter()
        .map(|s| format!("{} {}", system(&s.system), tier(s.highest_tier_consistent)))
        .collect();
    let none = w.own("none", "không có");
    let target = shape.target_level.as_ref().unwrap_or(&none);
    format!(
        "{days}: {found} ({}). {}: {target}. {}: {}. {} {}, {} {}.",
        systems.join(", "),
        w.of("Target level in force", "Mức mục tiêu áp dụng"),
        w.of("Margin by design", "Mức dự phòng theo thiết kế"),
        shape.design_margin,
        w.of("Model version", "Phiên bản mô hình"),
        shape.version,
        shape.nodes,
        w.of("nodes", "phần tử"),
    )
}

/// What contradicts, rule by rule: elements that do the same are one row.
fn cases(shape: &ShapeRow, w: &Words) -> Table {
    let mut rows: Vec<(&CaseRow, Vec<&str>)> = Vec::new();
    for case in &shape.cases {
        let element = case.element.as_deref();
        let same = |row: &&mut (&CaseRow, Vec<&str>)| {
            row.0.rule == case.rule
                && row.0.loads == case.loads
                && row.0.over_rating == case.over_rating
        };
        match rows.iter_mut().find(same) {
            Some(row) => row.1.extend(element),
            None => rows.push((case, element.into_iter().collect())),
        }
    }
    let left = |en: &str, vi: &str| (w.own(en, vi), Align::Left);
    let row = |(case, elements): (&CaseRow, Vec<&str>)| {
        let over = if case.over_rating.is_empty() {
            String::new()
        } else {
            let what = w.of("over rating", "quá tải");
            format!("{what}: {}", case.over_rating.join(", "))
        };
        let loads = case.loads.join(", ");
        let both = if loads.is_empty() || over.is_empty() {
            format!("{loads}{over}")
        } else {
            format!("{loads}; {over}")
        };
        vec![rule(&case.rule, w), elements.join(", "), both]
    };
    Table {
        caption: w.own(
            "What contradicts a higher Tier",
            "Điều mâu thuẫn với Tier cao hơn",
        ),
        columns: vec![
            left("Rule", "Quy tắc"),
            left("Without", "Khi mất"),
            left("Loads that drop", "Phụ tải bị mất"),
        ],
        rows: rows.into_iter().map(row).collect(),
        empty: w.none(),
    }
}

fn rule(id: &str, w: &Words) -> String {
    let (en, vi) = match id {
        "T1_all_loads_fed_on_generators" => {
            ("I: not fed on generators", "I: máy phát không cấp tới")
        }
        "T1_fuel" => ("I: fuel for less than 12 h", "I: nhiên liệu dưới 12 giờ"),
        "T1_load_behind_ups" => ("I: no UPS before the load", "I: không có UPS trước phụ tải"),
        "T1_over_rating" => ("I: over rating", "I: quá tải"),
        "T2_single_capacity_component" => ("II: single component", "II: thiết bị đơn lẻ"),
        "T3_planned_removal" => (
            "III: cannot be taken out for work",
            "III: không thể tách ra bảo trì",
        ),
        "T3_cord" => ("III: load on one cord", "III: phụ tải một dây nguồn"),
        "T3_generator_hours" => (
            "III: generator hours limited",
            "III: giới hạn giờ chạy máy phát",
        ),
        "T3_over_rating" => ("III: over rating during work", "III: quá tải khi bảo trì"),
        "T4_single_failure_auto_only" => ("IV: single failure", "IV: một sự cố đơn lẻ"),
        "T4_compartment" => ("IV: compartment", "IV: khoang ngăn cháy"),
        "T4_continuous_cooling_gap" => ("IV: no continuous cooling", "IV: làm mát không liên tục"),
        "T4_over_rating" => ("IV: over rating after a failure", "IV: quá tải sau sự cố"),
        "NET_single_element" => ("Network: single element", "Mạng: phần tử đơn lẻ"),
        "NET_single_carrier" => ("Network: single carrier", "Mạng: một nhà cung cấp"),
        "NET_shared_risk" => ("Network: shared duct", "Mạng: chung tuyến ống"),
        other => (other, other),
    };
    w.own(en, vi)
}

fn margin(margin: &MarginRow, w: &Words) -> Table {
    let all = margin.survives_ms + margin.next_drops_ms + margin.dark_ms + margin.not_proven_ms;
    let row = |en: &str, vi: &str, ms: i64| {
        let share = tw_availability::percent_floor(ms, all);
        vec![w.own(en, vi), w.length(ms), w.percent(share.as_ref())]
    };
    Table {
        caption: w.own("Margin over the month", "Mức dự phòng trong tháng"),
        columns: vec![
            (w.own("Margin", "Mức dự phòng"), Align::Left),
            (w.own("How long", "Thời gian"), Align::Right),
            (w.own("Share", "Tỷ lệ"), Align::Right),
        ],
        rows: vec![
            row(
                "1: any single failure is survived",
                "1: chịu được mọi sự cố đơn lẻ",
                margin.survives_ms,
            ),
            row(
                "0: the next failure drops a load",
                "0: sự cố kế tiếp làm mất phụ tải",
                margin.next_drops_ms,
            ),
            row(
                "−1: the chain leaves a load dark",
                "−1: có phụ tải mất điện theo sơ đồ",
                margin.dark_ms,
            ),
            row("not proven", "chưa chứng minh", margin.not_proven_ms),
            row(
                "of these, known to be less than by design",
                "trong đó thấp hơn thiết kế",
                margin.weakened_ms,
            ),
        ],
        empty: w.none(),
    }
}

fn redundancy(report: &Report, part: &TopologyPart, w: &Words) -> Vec<(String, String)> {
    let protection = &report.findings.protection;
    let declared = if part.taken_as_declared.is_empty() {
        w.none()
    } else {
        part.taken_as_declared.join(", ")
    };
    vec![
        (
            w.own(
                "Redundancy of the load's witnesses lost",
                "Mất dự phòng của thiết bị chứng kiến",
            ),
            w.length(protection.lost_ms),
        ),
        (
            w.own("The same, not proven", "Như trên, chưa chứng minh"),
            w.length(protection.unproven_ms),
        ),
        (
            w.own(
                "Taken as declared, no state is recorded",
                "Lấy theo khai báo, không ghi trạng thái",
            ),
            declared,
        ),
    ]
}
