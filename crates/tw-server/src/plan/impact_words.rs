//! The redundancy impact of a plan's line in words.
//!
//! **Room:** layer 2, pure. **May use:** `tw-api`, the documents. **Must not:** do I/O.

use crate::{
    document::{Align, Lang, Table},
    wording::say,
};
use tw_api::{LocalText, PlanImpact, PlanYear};

/// So many loads are named; the rest is counted.
const LOADS_NAMED_MAX: usize = 6;

/// The number and where it is from.
pub(super) fn short(impact: &PlanImpact, lang: Lang) -> String {
    let source = source(impact, lang);
    match impact.percent {
        Some(percent) => format!("{percent} %, {source}"),
        None => source.to_owned(),
    }
}

fn source(impact: &PlanImpact, lang: Lang) -> &'static str {
    match impact.source.as_str() {
        "graph" => say(lang, "power chain", "sơ đồ cấp nguồn"),
        "hand" => say(lang, "entered by hand", "nhập tay"),
        _ => say(lang, "not known", "chưa rõ"),
    }
}

/// One sentence of reason.
pub(super) fn sentence(impact: &PlanImpact, lang: Lang) -> String {
    let loads = |list: &[LocalText]| named(list, lang);
    let mut parts = Vec::new();
    if impact.source == "hand" {
        let own = say(
            lang,
            "entered by hand in the policy of plans",
            "nhập tay trong chính sách kế hoạch",
        );
        parts.push(match impact.graph_percent {
            Some(graph) => {
                let instead = say(lang, "instead of the chain's", "thay cho mức theo sơ đồ");
                format!("{own}, {instead} {graph} %")
            }
            None => own.to_owned(),
        });
    }
    let only = loads(&impact.only_path_for);
    let without = loads(&impact.without_redundancy);
    if !only.is_empty() {
        let head = say(lang, "the only path for", "là đường cấp duy nhất cho");
        parts.push(format!("{head} {only}"));
    }
    if !without.is_empty() {
        let head = say(
            lang,
            "during its replacement without redundancy",
            "trong thời gian thay thế sẽ mất dự phòng",
        );
        parts.push(format!("{head}: {without}"));
    }
    if only.is_empty() && without.is_empty() && impact.graph_percent.is_some() {
        let none = say(
            lang,
            "no critical load hangs on it alone",
            "không phụ tải quan trọng nào chỉ phụ thuộc vào nó",
        );
        parts.push(none.to_owned());
    }
    if impact.source == "none" {
        let none = say(
            lang,
            "in no declared chain and without a number by hand: a failure counts in full",
            "không có trong sơ đồ đã khai báo và chưa nhập tay: sự cố được tính toàn bộ",
        );
        parts.push(none.to_owned());
    }
    let text = parts.join("; ");
    let mut letters = text.chars();
    let head = letters.next().into_iter().flat_map(char::to_uppercase);
    head.chain(letters).chain(['.']).collect()
}

fn named(list: &[LocalText], lang: Lang) -> String {
    let name = |text: &LocalText| {
        let own = match lang {
            Lang::Vi => text.vi.as_ref().or(text.en.as_ref()),
            Lang::En => text.en.as_ref().or(text.vi.as_ref()),
        };
        own.cloned().unwrap_or_default()
    };
    let mut names: Vec<String> = list.iter().take(LOADS_NAMED_MAX).map(name).collect();
    if list.len() > LOADS_NAMED_MAX {
        let more = say(lang, "more", "phụ tải khác");
        names.push(format!("+{} {more}", list.len() - LOADS_NAMED_MAX));
    }
    names.join(", ")
}

/// The reasons of a year's lines of which something is known.
pub(super) fn table(year: &PlanYear, lang: Lang) -> Option<Table> {
    let known = year.lines.iter().filter_map(|line| {
        let impact = line.impact.as_ref().filter(|own| own.source != "none")?;
        Some(vec![
            line.asset.clone(),
            short(impact, lang),
            sentence(impact, lang),
        ])
    });
    let rows: Vec<Vec<String>> = known.collect();
    let column = |name: &str| (name.to_owned(), Align::Left);
    (!rows.is_empty()).then(|| Table {
        caption: say(lang, "Redundancy impact", "Ảnh hưởng dự phòng").to_owned(),
        columns: vec![
            column(say(lang, "Asset", "Mã tài sản")),
            column(say(lang, "Impact", "Mức ảnh hưởng")),
            column(say(lang, "Why", "Căn cứ")),
        ],
        rows,
        empty: String::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(en: &str) -> LocalText {
        LocalText {
            en: Some(en.to_owned()),
            vi: Some(format!("{en}-vi")),
        }
    }

    #[test]
    fn each_source_says_so_in_one_sentence_of_both_languages() {
        let graph = PlanImpact {
            percent: Some(100),
            source: "graph".to_owned(),
            graph_percent: Some(100),
            only_path_for: vec![text("R1")],
            without_redundancy: vec![text("R2")],
        };
        assert_eq!(
            sentence(&graph, Lang::En),
            "The only path for R1; during its replacement without redundancy: R2."
        );
        assert_eq!(
            sentence(&graph, Lang::Vi),
            "Là đường cấp duy nhất cho R1-vi; trong thời gian thay thế sẽ mất dự phòng: R2-vi."
        );
        let hand = PlanImpact {
            percent: Some(40),
            source: "hand".to_owned(),
            ..graph.clone()
        };
        assert_eq!(short(&hand, Lang::En), "40 %, entered by hand");
        assert!(sentence(&hand, Lang::En).starts_with(
            "Entered by hand in the policy of plans, instead of the chain's 100 %; the only path"
        ));
        let none = PlanImpact {
            source: "none".to_owned(),
            ..PlanImpact::default()
        };
        assert_eq!(short(&none, Lang::Vi), "chưa rõ");
        assert!(sentence(&none, Lang::En).contains("counts in full"));
    }
}
