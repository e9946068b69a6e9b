//! The parts with figures: method, result, protection, data.
//!
//! **Room:** layer 2, pure. **May use:** `tw-availability`. **Must not:** work a figure out.

use super::super::words::Words;
use crate::document::{Align, Bars, Block, Fill, Table};
use tw_availability::report::Report;

/// Part 1.
pub(super) fn method(report: &Report, w: &Words) -> Vec<Block> {
    let method = &report.findings.method;
    let unknown = || w.own("not known", "không xác định");
    let resolution = method.resolution_ms.map_or_else(unknown, |ms| {
        format!("{} s", w.seconds(i64::try_from(ms).unwrap_or(i64::MAX)))
    });
    let hidden = method
        .hidden_breach_probability
        .clone()
        .map_or_else(unknown, |p| w.chance(&p));
    let witnesses: Vec<&str> = report
        .evidence
        .witnesses
        .keys()
        .map(String::as_str)
        .collect();
    vec![
        Block::Heading(1, w.own("1. Method", "1. Phương pháp")),
        Block::Paragraph(w.own(
            "The load is judged by load witnesses: devices that are fed by it and are polled. \
             Polls become intervals; averages of checks are not used. Between a good and a bad \
             poll the truth may lie anywhere: the lower bound of downtime counts that time as up, \
             the upper bound as down, the point figure splits it in the middle. Time without \
             evidence (a gap longer than 2.5 polling intervals) is unknown: it is counted neither \
             as up nor as down, and it is part of the worst case. A target is MET when even the \
             worst case keeps the budget, MISSED when even the best case does not, and otherwise \
             it is NOT PROVEN. All lengths are whole milliseconds of UTC, the month is that of \
             the site's time zone, percentages are floored, comparisons are made in integers.",
            "Phụ tải được đánh giá qua các thiết bị chứng kiến: thiết bị lấy điện từ phụ tải và \
             được hỏi định kỳ. Các lần hỏi được chuyển thành khoảng thời gian; không lấy trung \
             bình số lần kiểm tra. Giữa một lần hỏi tốt và một lần hỏi hỏng, sự thật có thể nằm ở \
             bất kỳ đâu: cận dưới của thời gian gián đoạn coi khoảng đó là hoạt động, cận trên coi \
             là gián đoạn, trị số chính chia đôi ở giữa. Thời gian không có bằng chứng (khoảng \
             trống dài hơn 2,5 chu kỳ hỏi) là không xác định: không tính là hoạt động, cũng không \
             tính là gián đoạn, nhưng thuộc trường hợp xấu nhất. Chỉ tiêu ĐẠT khi trường hợp xấu \
             nhất vẫn trong hạn mức, KHÔNG ĐẠT khi trường hợp tốt nhất cũng vượt hạn mức, còn lại \
             là CHƯA ĐỦ BẰNG CHỨNG. Mọi độ dài là mili giây nguyên theo UTC, tháng theo múi giờ \
             của cơ sở, tỷ lệ phần trăm làm tròn xuống, so sánh bằng số nguyên.",
        )),
        Block::Facts(vec![
            (
                w.own("Load witnesses", "Thiết bị chứng kiến"),
                witnesses.join(", "),
            ),
            (w.own("Resolution", "Độ phân giải"), resolution),
            (
                w.own(
                    "Chance at most that polls miss a whole budget",
                    "Xác suất tối đa bỏ sót trọn một hạn mức",
                ),
                hidden,
            ),
        ]),
    ]
}

/// The lengths of the result.
fn lengths(report: &Report, w: &Words) -> Vec<Vec<String>> {
    let result = &report.findings.result;
    let [lower, point, upper] = &result.availability_percent;
    let [d_lower, d_point, d_upper] = result.downtime_ms;
    let row = |en, vi, value: String| vec![w.own(en, vi), value];
    let bounds = format!(
        "{} s – {} s ({} {} s)",
        w.seconds(d_lower),
        w.seconds(d_upper),
        w.of("point", "trị số chính"),
        w.seconds(d_point)
    );
    let availability = format!(
        "{} – {} ({} {})",
        w.percent(lower.as_ref()),
        w.percent(upper.as_ref()),
        w.of("point", "trị số chính"),
        w.percent(point.as_ref())
    );
    let excluding = result.availability_excluding_planned_percent.as_ref();
    vec![
        row(
            "Length of the month",
            "Độ dài tháng",
            w.length(result.period_ms),
        ),
        row("Known up", "Chắc chắn hoạt động", w.length(result.up_ms)),
        row("Downtime", "Thời gian gián đoạn", bounds),
        row(
            "of it planned",
            "trong đó theo kế hoạch",
            w.length(result.planned_ms),
        ),
        row(
            "of it unplanned",
            "trong đó ngoài kế hoạch",
            w.length(result.unplanned_ms),
        ),
        row(
            "declared afterwards",
            "khai báo sau khi bắt đầu",
            w.length(result.declared_late_ms),
        ),
        row(
            "No evidence",
            "Không có bằng chứng",
            w.length(result.unknown_ms),
        ),
        row(
            "Coverage",
            "Tỷ lệ có bằng chứng",
            w.percent(result.coverage_percent.as_ref()),
        ),
        row("Availability", "Độ sẵn sàng", availability),
        row(
            "without planned work",
            "không kể công việc theo kế hoạch",
            w.percent(excluding),
        ),
    ]
}

/// How often, and the mean times.
fn counts(report: &Report, w: &Words) -> Vec<Vec<String>> {
    let result = &report.findings.result;
    let row = |en, vi, value: String| vec![w.own(en, vi), value];
    let optional = |value: &Option<String>| {
        value
            .as_ref()
            .map_or_else(|| "–".to_owned(), |s| format!("{} s", w.number(s)))
    };
    vec![
        row(
            "Outages, incidents, carried in",
            "Lần gián đoạn, sự cố, kéo sang từ tháng trước",
            format!(
                "{}, {}, {}",
                result.outages, result.incidents, result.carried_in
            ),
        ),
        row(
            "Mean time to repair",
            "Thời gian khắc phục trung bình",
            optional(&result.mttr_seconds),
        ),
        row(
            "Mean time between failures",
            "Thời gian trung bình giữa hai sự cố",
            optional(&result.mtbf_seconds),
        ),
        row(
            "at least, with 95 % confidence",
            "tối thiểu, độ tin cậy 95 %",
            optional(&result.mtbf_lower_95_seconds),
        ),
    ]
}

/// Part 2.
pub(super) fn result(report: &Report, w: &Words) -> Vec<Block> {
    let mut rows = lengths(report, w);
    rows.extend(counts(report, w));
    let mut blocks = vec![
        Block::Heading(1, w.own("2. Result", "2. Kết quả")),
        Block::Table(Table {
            caption: String::new(),
            columns: vec![
                (w.own("Figure", "Chỉ số"), Align::Left),
                (w.own("Value", "Giá trị"), Align::Left),
            ],
            rows,
            empty: String::new(),
        }),
    ];
    blocks.push(segments(report, w));
    blocks.extend(budget(report, w));
    blocks.extend(year(report, w));
    blocks
}

fn segments(report: &Report, w: &Words) -> Block {
    let row = |s: &tw_availability::report::SegmentRow| {
        let [lower, _, upper] = &s.downtime_seconds;
        vec![
            format!("{} – {}", w.instant(s.from), w.instant(s.to)),
            s.downtime_ppm.to_string(),
            w.number(&s.budget_seconds),
            format!("{} – {}", w.number(lower), w.number(upper)),
            w.number(&s.unknown_seconds),
            w.verdict(Some(s.verdict)),
        ]
    };
    Block::Table(Table {
        caption: w.own("Verdict by target", "Kết luận theo chỉ tiêu"),
        columns: vec![
            (w.own("From – to", "Từ – đến"), Align::Left),
            ("ppm".to_owned(), Align::Right),
            (w.own("Budget, s", "Hạn mức, s"), Align::Right),
            (w.own("Downtime, s", "Gián đoạn, s"), Align::Right),
            (w.own("No evidence, s", "Không bằng chứng, s"), Align::Right),
            (w.own("Verdict", "Kết luận"), Align::Left),
        ],
        rows: report.findings.result.segments.iter().map(row).collect(),
        empty: w.own(
            "No target was in force.",
            "Không có chỉ tiêu nào có hiệu lực.",
        ),
    })
}

#[expect(clippy::cast_precision_loss, reason = "for drawing")]
fn budget(report: &Report, w: &Words) -> Option<Block> {
    let result = &report.findings.result;
    let budget: f64 = result
        .segments
        .iter()
        .filter_map(|s| s.budget_seconds.parse::<f64>().ok())
        .sum();
    if result.segments.is_empty() {
        return None;
    }
    let seconds = |ms: i64| ms as f64 / 1_000.0;
    let [lower, _, upper] = result.downtime_ms;
    // Time without evidence is often many budgets: the bar is cut there and says so.
    let most = budget * 3.0;
    let unknown = seconds(result.unknown_ms).min(most);
    let cut = seconds(result.unknown_ms) > most;
    let words = format!(
        "{} – {} s + {} s{}",
        w.seconds(lower),
        w.seconds(upper),
        w.seconds(result.unknown_ms),
        if cut {
            w.of(" (bar cut)", " (thanh bị cắt)")
        } else {
            ""
        }
    );
    Some(Block::Bars(Bars {
        caption: w.own("Use of the budget", "Mức sử dụng hạn mức"),
        rows: vec![(
            w.own("This month", "Tháng này"),
            vec![
                (Fill::Solid, seconds(lower)),
                (Fill::Crossed, seconds(upper - lower)),
                (Fill::Hatched, unknown),
            ],
            words,
        )],
        mark: Some((
            budget,
            format!(
                "{} {} s",
                w.of("budget", "hạn mức"),
                w.number(&format!("{budget}"))
            ),
        )),
        legend: vec![
            (
                Fill::Solid,
                w.own("down for certain", "chắc chắn gián đoạn"),
            ),
            (Fill::Crossed, w.own("doubt at the edges", "biên chưa rõ")),
            (Fill::Hatched, w.own("no evidence", "không có bằng chứng")),
        ],
    }))
}

fn year(report: &Report, w: &Words) -> Option<Block> {
    let year = &report.findings.result.year_to_date;
    let [lower, point, upper] = &year.availability_percent;
    let months = if year.months_missing > 0 {
        format!(
            "{} ({} {})",
            year.months,
            year.months_missing,
            w.of("not closed, not counted", "chưa chốt, không tính")
        )
    } else {
        year.months.to_string()
    };
    (year.months > 1).then(|| {
        Block::Facts(vec![
            (
                w.own("Year to date, months", "Từ đầu năm, số tháng"),
                months,
            ),
            (
                w.own("Downtime", "Thời gian gián đoạn"),
                format!(
                    "{} – {} s",
                    w.seconds(year.downtime_ms[0]),
                    w.seconds(year.downtime_ms[2])
                ),
            ),
            (
                w.own("Availability", "Độ sẵn sàng"),
                format!(
                    "{} – {} ({})",
                    w.percent(lower.as_ref()),
                    w.percent(upper.as_ref()),
                    w.percent(point.as_ref())
                ),
            ),
        ])
    })
}

/// Part 6.
pub(super) fn protection(report: &Report, w: &Words) -> Vec<Block> {
    let protection = &report.findings.protection;
    vec![
        Block::Heading(1, w.own("6. Protection", "6. Mức độ dự phòng")),
        Block::Paragraph(w.own(
            "While the load is fed but a part that it could live without is down, protection is \
             lost: the next failure may drop the load. This is no downtime; most months it is the \
             only figure that moves.",
            "Khi phụ tải vẫn có điện nhưng một phần tử dự phòng đã hỏng thì dự phòng bị mất: sự cố \
             kế tiếp có thể làm mất phụ tải. Đây không phải thời gian gián đoạn; phần lớn các \
             tháng, đây là trị số duy nhất thay đổi.",
        )),
        Block::Facts(vec![
            (
                w.own("Protection lost", "Mất dự phòng"),
                w.length(protection.lost_ms),
            ),
            (
                w.own("Protection not proven", "Dự phòng chưa chứng minh"),
                w.length(protection.unproven_ms),
            ),
        ]),
    ]
}

/// Part 9.
pub(super) fn data_quality(report: &Report, w: &Words) -> Vec<Block> {
    let quality = &report.findings.data_quality;
    let witness = |row: &tw_availability::report::WitnessRow| {
        vec![
            row.id.clone(),
            w.seconds(row.known_ms),
            w.seconds(row.down_ms),
            w.seconds(row.unknown_ms),
            row.runs.to_string(),
        ]
    };
    let collector = |row: &tw_availability::report::CollectorRow| {
        let at = |at: Option<tw_units::Timestamp>| at.map_or("–".to_owned(), |at| w.instant(at));
        vec![
            row.id.clone(),
            at(row.last_reading_at),
            at(row.oldest_unsent_at),
            w.yes_no(row.drained),
            w.yes_no(row.declared_lost),
        ]
    };
    let left = |en, vi| (w.own(en, vi), Align::Left);
    let right = |en, vi| (w.own(en, vi), Align::Right);
    vec![
        Block::Heading(1, w.own("9. Quality of the data", "9. Chất lượng dữ liệu")),
        Block::Facts(vec![
            (
                w.own(
                    "Stretches without evidence",
                    "Số khoảng không có bằng chứng",
                ),
                quality.gaps.to_string(),
            ),
            (
                w.own("The longest", "Khoảng dài nhất"),
                w.length(quality.longest_gap_ms),
            ),
            (
                w.own("Proof debt, of the budget", "Nợ bằng chứng, so với hạn mức"),
                w.percent(quality.proof_debt_percent.as_ref()),
            ),
        ]),
        Block::Table(Table {
            caption: w.own("Load witnesses", "Thiết bị chứng kiến"),
            columns: vec![
                left("Witness", "Thiết bị"),
                right("Known, s", "Có bằng chứng, s"),
                right("Down, s", "Gián đoạn, s"),
                right("Unknown, s", "Không rõ, s"),
                right("Runs of polls", "Số đoạn hỏi"),
            ],
            rows: quality.witnesses.iter().map(witness).collect(),
            empty: w.none(),
        }),
        Block::Table(Table {
            caption: w.own("Collectors", "Bộ thu thập"),
            columns: vec![
                left("Collector", "Bộ thu thập"),
                left("Last reading", "Số liệu cuối"),
                left("Oldest held back", "Cũ nhất chưa gửi"),
                left("Drained", "Đã gửi hết"),
                left("Declared lost", "Khai báo mất"),
            ],
            rows: report.attached.collectors.iter().map(collector).collect(),
            empty: w.none(),
        }),
        corrections(report, w),
    ]
}

fn corrections(report: &Report, w: &Words) -> Block {
    let correction = |row: &tw_availability::report::Correction| {
        let (en, vi) = match row.state {
            tw_availability::State::Up => ("up", "hoạt động"),
            tw_availability::State::Down => ("down", "gián đoạn"),
            tw_availability::State::Unknown => ("unknown", "không xác định"),
        };
        vec![
            row.id.clone(),
            row.subject.clone(),
            format!("{} – {}", w.instant(row.from), w.instant(row.to)),
            w.own(en, vi),
            format!(
                "{} ({}, {})",
                row.reason,
                row.author,
                w.instant(row.recorded_at)
            ),
        ]
    };
    let left = |en, vi| (w.own(en, vi), Align::Left);
    Block::Table(Table {
        caption: w.own("Corrections", "Đính chính"),
        columns: vec![
            left("No.", "Số"),
            left("Witness", "Thiết bị"),
            left("From – to", "Từ – đến"),
            left("Stated", "Trạng thái"),
            left("Reason, author, entered", "Lý do, người nhập, lúc nhập"),
        ],
        rows: report.evidence.corrections.iter().map(correction).collect(),
        empty: w.none(),
    })
}
