//! A report as a document: cover and eleven parts, in English or Vietnamese.
//!
//! **Room:** layer 2, pure. **May use:** `tw-availability`. **Must not:** work a figure out: it
//! prints what the report has.

mod beside;
mod parts;
mod records;
mod topology;

use super::words::Words;
use crate::document::{Block, Document, Fill, Lang, Strip};
use tw_availability::report::{Report, SpanState, Status};
use tw_units::Timestamp;

/// The document of a report.
pub fn document(report: &Report, lang: Lang) -> Document {
    let w = Words::new(lang, &report.cover.timezone);
    let mut blocks = cover(report, &w);
    blocks.extend(parts::method(report, &w));
    blocks.extend(parts::result(report, &w));
    blocks.extend(beside::incidents(report, &w));
    blocks.extend(records::maintenance(report, &w));
    blocks.extend(topology::topology(report, &w));
    blocks.extend(parts::protection(report, &w));
    blocks.extend(beside::environment(report, &w));
    blocks.extend(records::lifecycle(report, &w));
    blocks.extend(parts::data_quality(report, &w));
    blocks.extend(records::revisions(report, &w));
    blocks.extend(records::limits(report, &w));
    Document {
        title: format!(
            "{} {}",
            w.of("Availability report", "Báo cáo tính sẵn sàng tháng"),
            month_name(&report.month, lang)
        ),
        subtitle: vec![
            w.text(&report.cover.site_name),
            w.text(&report.cover.operator),
        ],
        lang,
        footer: format!(
            "{} {} · {} {} · sha256 {}",
            report.site,
            report.month,
            w.of("revision", "bản"),
            report.rev,
            report.sha256
        ),
        landscape: false,
        blocks,
    }
}

fn month_name(month: &str, lang: Lang) -> String {
    match (lang, month.split_once('-')) {
        (Lang::Vi, Some((year, number))) => format!("{}/{year}", number.trim_start_matches('0')),
        _ => month.to_owned(),
    }
}

/// The status in words.
fn status(report: &Report, w: &Words) -> String {
    match report.status {
        Status::Final => format!(
            "{} {}",
            w.of("FINAL, revision", "CHÍNH THỨC, bản"),
            report.rev
        ),
        Status::Provisional => w.own(
            "PROVISIONAL: late readings may still change it",
            "TẠM THỜI: số liệu đến muộn còn có thể làm thay đổi",
        ),
    }
}

fn cover(report: &Report, w: &Words) -> Vec<Block> {
    let cover = &report.cover;
    let mut blocks = Vec::new();
    if cover.simulated {
        blocks.push(Block::Note(w.own(
            "SIMULATED DATA. The readings in this report come from simulated devices.",
            "DỮ LIỆU MÔ PHỎNG. Số liệu trong báo cáo này đến từ các thiết bị mô phỏng.",
        )));
    }
    blocks.push(Block::Facts(facts(report, w)));
    blocks.push(Block::Note(format!(
        "{}: {}",
        w.of("Result", "Kết luận"),
        w.verdict(report.findings.result.verdict)
    )));
    blocks.push(strip(report, w));
    blocks.push(Block::Signatures(vec![
        w.own("Prepared by", "Người lập báo cáo"),
        w.own("Approved by", "Người phê duyệt"),
    ]));
    blocks
}

const fn fill(state: SpanState) -> Fill {
    match state {
        SpanState::Up => Fill::Clear,
        SpanState::ProtectionLost => Fill::Dotted,
        SpanState::ProtectionUnproven => Fill::Grey,
        SpanState::Edge => Fill::Crossed,
        SpanState::Down => Fill::Solid,
        SpanState::Planned => Fill::Upright,
        SpanState::Unknown => Fill::Hatched,
    }
}

/// The month as a strip.
fn strip(report: &Report, w: &Words) -> Block {
    const STATES: [SpanState; 7] = [
        SpanState::Up,
        SpanState::ProtectionLost,
        SpanState::ProtectionUnproven,
        SpanState::Edge,
        SpanState::Down,
        SpanState::Planned,
        SpanState::Unknown,
    ];
    let spans = &report.findings.strip;
    #[expect(clippy::cast_precision_loss, reason = "a month is far below 2^53 ms")]
    let pieces = spans.iter().map(|s| (fill(s.2), (s.1 - s.0) as f64));
    let days = report.findings.result.period_ms / 86_400_000;
    let tick = |day: i64| {
        let at = Timestamp::from_millis(report.evidence.from.as_millis() + day * 86_400_000);
        let zoned = at.to_jiff().to_zoned(w.zone.clone());
        zoned.strftime("%d/%m").to_string()
    };
    let used = |state: &SpanState| spans.iter().any(|span| span.2 == *state);
    Block::Strip(Strip {
        caption: w.own("The month", "Diễn biến trong tháng"),
        pieces: pieces.collect(),
        ticks: (0..=4).map(|part| tick(days * part / 4)).collect(),
        legend: STATES
            .iter()
            .filter(|state| used(state))
            .map(|state| (fill(*state), w.state(*state).to_owned()))
            .collect(),
    })
}

/// What stands on the cover.
fn facts(report: &Report, w: &Words) -> Vec<(String, String)> {
    let cover = &report.cover;
    let target = |target: &tw_availability::report::TargetRow| {
        format!(
            "{} {}: {} ppm, {} {}",
            target.standard,
            target.level,
            target.downtime_ppm,
            w.of("since", "từ"),
            target.valid_from
        )
    };
    let targets: Vec<String> = cover.targets.iter().map(target).collect();
    let period = format!(
        "{} – {} ({}), {} s",
        w.instant(report.evidence.from),
        w.instant(report.evidence.to),
        cover.timezone,
        w.seconds(report.findings.result.period_ms)
    );
    let fact = |en, vi, value: String| (w.own(en, vi), value);
    let mut facts = vec![
        fact("Operator", "Đơn vị vận hành", w.text(&cover.operator)),
        fact(
            "Site",
            "Cơ sở",
            format!("{} ({})", w.text(&cover.site_name), report.site),
        ),
        fact("Period", "Kỳ báo cáo", period),
        fact("Targets", "Chỉ tiêu", targets.join("\n")),
        fact("Status", "Trạng thái", status(report, w)),
        fact("Issued", "Lập lúc", w.instant(report.closed_at)),
    ];
    if report.status == Status::Final {
        facts.push(fact("Issued by", "Người lập", report.closed_by.clone()));
        facts.push(fact("Reason", "Lý do", w.reason(&report.reason)));
    }
    facts.extend([
        fact(
            "Evidence as of",
            "Bằng chứng tính đến",
            w.instant(report.evidence.as_of),
        ),
        fact(
            "Program",
            "Chương trình",
            format!("{}, {}", report.engine, report.tzdb),
        ),
        fact("SHA-256", "SHA-256", report.sha256.clone()),
        fact(
            "To verify",
            "Cách kiểm tra",
            w.own(
                "tierwatch report verify FILE with the JSON file of this report: it works every \
                 figure out again from the evidence in the file.",
                "tierwatch report verify TỆP với tệp JSON của báo cáo này: chương trình tính lại \
                 mọi số liệu từ bằng chứng trong tệp.",
            ),
        ),
    ]);
    facts
}
