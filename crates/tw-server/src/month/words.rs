//! The words of a report in both languages.
//!
//! **Room:** layer 2, pure. **May use:** nothing of ours. **Must not:** round in anybody's favour.

use super::job::{FIGURES_CHANGED, GRACE_OVER};
use crate::document::Lang;
use jiff::tz::TimeZone;
use tw_availability::{Verdict, report::SpanState};
use tw_units::Timestamp;

/// Chooses between the languages, and writes times and lengths in the report's zone.
#[derive(Clone, Debug)]
pub(super) struct Words {
    pub(super) lang: Lang,
    pub(super) zone: TimeZone,
}

impl Words {
    pub(super) fn new(lang: Lang, zone: &str) -> Self {
        Self {
            lang,
            zone: TimeZone::get(zone).unwrap_or(TimeZone::UTC),
        }
    }

    /// The phrase of the language.
    pub(super) const fn of<'a>(&self, en: &'a str, vi: &'a str) -> &'a str {
        match self.lang {
            Lang::En => en,
            Lang::Vi => vi,
        }
    }

    pub(super) fn own(&self, en: &str, vi: &str) -> String {
        self.of(en, vi).to_owned()
    }

    /// A recorded text: this language's, else the other one's.
    pub(super) fn text(&self, words: &tw_availability::report::Words) -> String {
        let both = match self.lang {
            Lang::En => [&words.en, &words.vi],
            Lang::Vi => [&words.vi, &words.en],
        };
        both.into_iter()
            .flatten()
            .next()
            .cloned()
            .unwrap_or_default()
    }

    /// Why a revision was made: what people wrote, or what the closing job says in words that the
    /// report keeps in English.
    pub(super) fn reason(&self, recorded: &str) -> String {
        match (self.lang, recorded) {
            (Lang::Vi, GRACE_OVER) => {
                "đã hết thời gian chờ và các bộ thu thập đã gửi hết số liệu".to_owned()
            }
            (Lang::Vi, FIGURES_CHANGED) => {
                "số liệu thay đổi: có số liệu về muộn hoặc đính chính".to_owned()
            }
            _ => recorded.to_owned(),
        }
    }

    /// An instant to the second, in the zone.
    pub(super) fn instant(&self, at: Timestamp) -> String {
        let zoned = at.to_jiff().to_zoned(self.zone.clone());
        let format = match self.lang {
            Lang::En => "%Y-%m-%d %H:%M:%S",
            Lang::Vi => "%d/%m/%Y %H:%M:%S",
        };
        zoned.strftime(format).to_string()
    }

    /// Milliseconds as seconds, exact.
    pub(super) fn seconds(&self, ms: i64) -> String {
        self.number(&tw_availability::Seconds::from_millis(ms).to_string())
    }

    /// A decimal number with this language's marks, its thousands in groups; all else as it is.
    pub(super) fn number(&self, number: &str) -> String {
        let (whole, part) = number.split_once('.').unwrap_or((number, ""));
        let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |d| ("-", d));
        let decimal = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if digits.is_empty() || !decimal(digits) || !decimal(part) {
            return number.to_owned();
        }
        let (group, mark) = match self.lang {
            Lang::En => (',', '.'),
            Lang::Vi => ('.', ','),
        };
        let mut text = sign.to_owned();
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                text.push(group);
            }
            text.push(digit);
        }
        if !part.is_empty() {
            text.push(mark);
            text.push_str(part);
        }
        text
    }

    /// A chance of 0 to 1 as percent, rounded up: what is hidden is never made smaller.
    pub(super) fn chance(&self, chance: &str) -> String {
        const STEPS: f64 = 1e4;
        match chance.parse::<f64>() {
            Ok(chance) if chance > 0.0 && chance * 100.0 * STEPS < 1.0 => {
                format!("< {} %", self.number("0.0001"))
            }
            Ok(chance) => {
                let percent = (chance * 100.0 * STEPS).ceil() / STEPS;
                format!("{} %", self.number(&format!("{percent:.4}")))
            }
            Err(_) => chance.to_owned(),
        }
    }

    /// A length people can grasp, to the second, with the exact seconds.
    pub(super) fn length(&self, ms: i64) -> String {
        let seconds = ms / 1_000;
        let (days, hours) = (seconds / 86_400, seconds / 3_600 % 24);
        let (minutes, rest) = (seconds / 60 % 60, seconds % 60);
        let exact = format!("{} s", self.seconds(ms));
        if seconds < 60 {
            return exact;
        }
        let day = self.of("d", "ngày");
        let clock = format!("{hours:02}:{minutes:02}:{rest:02}");
        if days > 0 {
            format!("{days} {day} {clock} ({exact})")
        } else {
            format!("{clock} ({exact})")
        }
    }

    /// A percentage that may not be known.
    pub(super) fn percent(&self, value: Option<&String>) -> String {
        value.map_or_else(
            || self.own("not known", "không xác định"),
            |value| format!("{} %", self.number(value)),
        )
    }

    pub(super) fn verdict(&self, verdict: Option<Verdict>) -> String {
        let (en, vi) = match verdict {
            Some(Verdict::Met) => ("MET", "ĐẠT"),
            Some(Verdict::Missed) => ("MISSED", "KHÔNG ĐẠT"),
            Some(Verdict::Indeterminate) => ("NOT PROVEN (indeterminate)", "CHƯA ĐỦ BẰNG CHỨNG"),
            None => ("no target in force", "không có chỉ tiêu"),
        };
        self.own(en, vi)
    }

    pub(super) const fn state(&self, state: SpanState) -> &'static str {
        let (en, vi) = match state {
            SpanState::Up => ("fed", "có điện"),
            SpanState::ProtectionLost => ("protection lost", "mất dự phòng"),
            SpanState::ProtectionUnproven => ("protection not proven", "dự phòng chưa rõ"),
            SpanState::Edge => ("doubt at an edge", "biên chưa rõ"),
            SpanState::Down => ("down", "gián đoạn"),
            SpanState::Planned => ("down, planned", "gián đoạn theo kế hoạch"),
            SpanState::Unknown => ("no evidence", "không có bằng chứng"),
        };
        match self.lang {
            Lang::En => en,
            Lang::Vi => vi,
        }
    }

    pub(super) fn none(&self) -> String {
        self.own("None.", "Không có.")
    }

    pub(super) fn not_recorded(&self) -> String {
        self.own(
            "Not recorded in this report.",
            "Báo cáo này không ghi nhận nội dung này.",
        )
    }

    pub(super) fn yes_no(&self, yes: bool) -> String {
        if yes {
            self.own("yes", "có")
        } else {
            self.own("no", "không")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_marks_of_their_language() {
        let (en, vi) = (Words::new(Lang::En, "UTC"), Words::new(Lang::Vi, "UTC"));
        for (number, in_en, in_vi) in [
            ("0", "0", "0"),
            ("482.112", "482.112", "482,112"),
            ("2678400", "2,678,400", "2.678.400"),
            ("-1234.5", "-1,234.5", "-1.234,5"),
            ("100.000000", "100.000000", "100,000000"),
            ("–", "–", "–"),
            ("1.15e-21", "1.15e-21", "1.15e-21"),
        ] {
            assert_eq!((&*en.number(number), &*vi.number(number)), (in_en, in_vi));
        }
    }

    #[test]
    fn what_the_closing_job_says_is_vietnamese_in_a_vietnamese_report() {
        let (en, vi) = (Words::new(Lang::En, "UTC"), Words::new(Lang::Vi, "UTC"));
        for said in [GRACE_OVER, FIGURES_CHANGED] {
            assert_eq!(en.reason(said), said);
            assert_ne!(vi.reason(said), said);
        }
        let written = "theo biên bản số 12_QĐ";
        assert_eq!(vi.reason(written), written);
    }

    #[test]
    fn a_chance_is_never_rounded_down() {
        let en = Words::new(Lang::En, "UTC");
        for (chance, said) in [
            ("0", "0.0000 %"),
            ("1.15e-21", "< 0.0001 %"),
            ("0.115", "11.5000 %"),
            ("0.00041", "0.0410 %"),
            ("0.0004123401", "0.0413 %"),
        ] {
            assert_eq!(en.chance(chance), said);
        }
    }
}
