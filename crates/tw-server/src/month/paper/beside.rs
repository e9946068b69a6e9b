//! The parts that stand on what was recorded beside the availability: incidents with their causes,
//! environment, energy, tests.
//!
//! **Room:** layer 2, pure. **May use:** `tw-availability`. **Must not:** call something absent that
//! nobody measured: it is said to be not recorded.

use super::super::words::Words;
use crate::document::{Align, Block, Table};
use tw_availability::report::{
    AirRow, CauseKind, CauseRow, DisturbanceRow, Energy, Environment, IncidentRow, MainsFinding,
    MainsRow, Report, TestRow,
};

fn left(w: &Words, en: &str, vi: &str) -> (String, Align) {
    (w.own(en, vi), Align::Left)
}

fn right(w: &Words, en: &str, vi: &str) -> (String, Align) {
    (w.own(en, vi), Align::Right)
}

/// Part 3.
pub(super) fn incidents(report: &Report, w: &Words) -> Vec<Block> {
    let plus_minus = |ms: i64| format!("± {} s", w.seconds(ms));
    let row = |i: &IncidentRow| {
        let end = i.to.map_or_else(
            || w.own("not seen to end", "chưa thấy kết thúc"),
            |to| format!("{} {}", w.instant(to), plus_minus(i.to_plus_minus_ms)),
        );
        vec![
            i.incident.to_string(),
            format!("{} {}", w.instant(i.from), plus_minus(i.from_plus_minus_ms)),
            end,
            w.seconds(i.in_month_ms),
            w.seconds(i.planned_ms),
            i.witnesses_down.join(", "),
            causes(report, i, w),
        ]
    };
    vec![
        Block::Heading(1, w.own("3. Incidents", "3. Sổ sự cố")),
        Block::Table(Table {
            caption: String::new(),
            columns: vec![
                left(w, "Incident", "Sự cố"),
                left(w, "Began", "Bắt đầu"),
                left(w, "Ended", "Kết thúc"),
                right(w, "In the month, s", "Trong tháng, s"),
                right(w, "Planned, s", "Theo kế hoạch, s"),
                left(w, "Witnesses down", "Thiết bị mất"),
                left(w, "Cause, as recorded", "Nguyên nhân được ghi nhận"),
            ],
            rows: report.findings.incidents.iter().map(row).collect(),
            empty: w.none(),
        }),
        Block::Paragraph(w.own(
            "As cause stands what had been recorded when an outage began: work, loss of the mains \
             at a UPS that feeds the witnesses, a device on the way, alerts. It is no inquiry.",
            "Cột nguyên nhân nêu những gì đã được ghi nhận khi sự cố bắt đầu: công việc bảo trì, \
             mất điện lưới tại UPS cấp cho thiết bị, thiết bị trên đường kết nối, cảnh báo. Đây \
             không phải là kết luận điều tra.",
        )),
    ]
}

fn causes(report: &Report, incident: &IncidentRow, w: &Words) -> String {
    let own = report.attached.causes.iter();
    let own = own.filter(|cause| cause.outage == incident.from);
    let texts: Vec<String> = own.map(|cause| cause_of(cause, w)).collect();
    if texts.is_empty() {
        w.own("cause not recorded", "chưa ghi nhận nguyên nhân")
    } else {
        texts.join("; ")
    }
}

fn cause_of(cause: &CauseRow, w: &Words) -> String {
    let kind = match cause.kind {
        CauseKind::Maintenance => w.of("work", "bảo trì"),
        CauseKind::Power => w.of("power", "nguồn điện"),
        CauseKind::Upstream => w.of("network", "mạng"),
        CauseKind::Alert => w.of("alert", "cảnh báo"),
    };
    let what = w.text(&cause.what);
    match cause.kind {
        CauseKind::Maintenance => format!("{kind} {}: {what}", cause.id),
        CauseKind::Power | CauseKind::Upstream | CauseKind::Alert => format!("{kind}: {what}"),
    }
}

/// Part 7.
pub(super) fn environment(report: &Report, w: &Words) -> Vec<Block> {
    let mut blocks = vec![Block::Heading(
        1,
        w.own(
            "7. Environment, energy, tests",
            "7. Môi trường, năng lượng, thử nghiệm",
        ),
    )];
    let Some(found) = &report.attached.environment else {
        blocks.push(Block::Paragraph(w.not_recorded()));
        return blocks;
    };
    blocks.push(air(found, w));
    blocks.extend(energy(found.energy.as_ref(), w));
    blocks.push(mains(found, w));
    blocks.extend(mains_bounds(report, w));
    blocks.push(disturbances(found, w));
    blocks.push(tests(found, w));
    blocks
}

/// A share of the whole in percent with one decimal, floored.
fn share(part_ms: i64, whole_ms: i64, w: &Words) -> String {
    let permille = i128::from(part_ms) * 1_000 / i128::from(whole_ms.max(1));
    format!(
        "{} %",
        w.number(&format!("{}.{}", permille / 10, permille % 10))
    )
}

fn air(found: &Environment, w: &Words) -> Block {
    let row = |air: &AirRow| {
        let whole = air.recommended_ms + air.allowable_ms + air.outside_ms + air.unknown_ms;
        let humidity = if air.with_humidity {
            ""
        } else {
            w.of(" (temperature only)", " (chỉ nhiệt độ)")
        };
        let of = |part| share(part, whole, w);
        vec![
            format!("{} {}{humidity}", air.device, air.sensor),
            of(air.recommended_ms),
            of(air.allowable_ms),
            of(air.outside_ms),
            of(air.unknown_ms),
        ]
    };
    Block::Table(Table {
        caption: w.own(
            "Air before the equipment: share of the time (ASHRAE TC 9.9, class A1)",
            "Không khí trước thiết bị: tỷ lệ thời gian (ASHRAE TC 9.9, lớp A1)",
        ),
        columns: vec![
            left(w, "Sensor", "Cảm biến"),
            right(w, "Recommended", "Khuyến nghị"),
            right(w, "Allowable only", "Chỉ cho phép"),
            right(w, "Outside", "Ngoài giới hạn"),
            right(w, "Without a reading", "Không có số liệu"),
        ],
        rows: found.air.iter().map(row).collect(),
        empty: w.not_recorded(),
    })
}

fn energy(energy: Option<&Energy>, w: &Words) -> Vec<Block> {
    let caption = w.own("Energy", "Năng lượng");
    let Some(energy) = energy else {
        let text = format!("{caption}: {}", w.not_recorded());
        return vec![Block::Paragraph(text)];
    };
    let known = |wh: i64, ppm: u32| {
        if ppm == 0 {
            return w.own("not known", "không xác định");
        }
        let kwh = w.number(&format!("{}.{}", wh / 1_000, wh % 1_000 / 100));
        let share = share(i64::from(ppm), 1_000_000, w);
        format!("{kwh} kWh ({} {share})", w.of("known for", "có số liệu"))
    };
    let site = energy.site_wh.map_or_else(
        || {
            w.own(
                "not measured: the site's feed has no meter that is polled",
                "không đo: nguồn vào chưa có đồng hồ được giám sát",
            )
        },
        |wh| known(wh, energy.site_known_ppm),
    );
    let pue = energy.pue.as_ref().map_or_else(
        || w.own("not known", "không xác định"),
        |pue| {
            let interim = w.of(
                "interim: one month; a PUE is about twelve",
                "tạm tính: một tháng; PUE tính trên mười hai tháng",
            );
            format!("{} ({interim})", w.number(pue))
        },
    );
    vec![Block::Facts(vec![
        (
            w.own("Equipment, at the PDU", "Thiết bị CNTT, tại PDU"),
            known(energy.equipment_wh, energy.equipment_known_ppm),
        ),
        (w.own("Site", "Toàn cơ sở"), site),
        (w.own("PUE, category 2", "PUE, loại 2"), pue),
    ])]
}

fn mains(found: &Environment, w: &Words) -> Block {
    let row = |loss: &MainsRow| {
        let doubt = w.seconds(loss.from_plus_minus_ms);
        vec![
            loss.device.clone(),
            format!("{} ± {doubt} s", w.instant(loss.from)),
            w.instant(loss.last_seen),
            loss.back_by
                .map_or_else(|| w.own("not seen", "chưa thấy"), |at| w.instant(at)),
        ]
    };
    Block::Table(Table {
        caption: w.own("Times on battery", "Thời gian chạy ắc quy"),
        columns: vec![
            left(w, "UPS", "UPS"),
            left(w, "Began", "Bắt đầu"),
            left(w, "Last seen", "Thấy lần cuối"),
            left(w, "Fed again by", "Có điện trước lúc"),
        ],
        rows: found.mains.iter().map(row).collect(),
        empty: w.own("No poll saw one.", "Không ghi nhận lần nào."),
    })
}

/// Time on battery with its bounds; nothing for a month that was closed without them.
fn mains_bounds(report: &Report, w: &Words) -> Option<Block> {
    let found = &report.findings.mains;
    let row = |one: &MainsFinding| {
        let [lower, point, upper] = one.on_battery_ms.map(|ms| w.seconds(ms));
        vec![
            one.ups.clone(),
            format!("{lower} / {point} / {upper}"),
            w.seconds(one.unknown_ms),
            one.losses.to_string(),
            one.missed.to_string(),
        ]
    };
    (!found.is_empty()).then(|| {
        Block::Table(Table {
            caption: w.own(
                "Seconds on battery: at least, point, at most",
                "Số giây chạy ắc quy: ít nhất, ước lượng, nhiều nhất",
            ),
            columns: vec![
                left(w, "UPS", "UPS"),
                right(w, "On battery", "Chạy ắc quy"),
                right(w, "Not proven", "Chưa chứng minh"),
                right(w, "Losses seen", "Số lần thấy"),
                right(w, "Missed by polls", "Giám sát bỏ lỡ"),
            ],
            rows: found.iter().map(row).collect(),
            empty: w.not_recorded(),
        })
    })
}

fn disturbances(found: &Environment, w: &Words) -> Block {
    let row = |one: &DisturbanceRow| {
        let counted = one.counted.map_or_else(
            || w.own("not known", "không xác định"),
            |count| count.to_string(),
        );
        vec![one.device.clone(), counted, one.seen.to_string()]
    };
    Block::Table(Table {
        caption: w.own(
            "Disturbances of the input: what the UPS counted, and what polls saw",
            "Nhiễu loạn nguồn vào: UPS tự đếm và số lần giám sát thấy",
        ),
        columns: vec![
            left(w, "UPS", "UPS"),
            right(w, "Counted", "UPS đếm"),
            right(w, "Seen", "Giám sát thấy"),
        ],
        rows: found.disturbances.iter().map(row).collect(),
        empty: w.not_recorded(),
    })
}

fn tests(found: &Environment, w: &Words) -> Block {
    let row = |test: &TestRow| {
        let at = |at: Option<_>| {
            at.map_or_else(
                || w.own("not recorded", "chưa ghi nhận"),
                |at| w.instant(at),
            )
        };
        vec![
            format!("{} {}", test.id, test.what),
            test.components.join(", "),
            at(test.began_at),
            at(test.ended_at),
            test.outcome
                .clone()
                .unwrap_or_else(|| w.own("not recorded", "chưa ghi nhận")),
        ]
    };
    Block::Table(Table {
        caption: w.own(
            "Tests of batteries and generators",
            "Thử nghiệm ắc quy và máy phát",
        ),
        columns: vec![
            left(w, "Test", "Thử nghiệm"),
            left(w, "Of", "Thiết bị"),
            left(w, "Began", "Bắt đầu"),
            left(w, "Ended", "Kết thúc"),
            left(w, "Outcome", "Kết quả"),
        ],
        rows: found.tests.iter().map(row).collect(),
        empty: w.own(
            "No test is recorded for this month.",
            "Không ghi nhận thử nghiệm nào trong tháng này.",
        ),
    })
}
