//! The words of plans on paper, in both languages; the console has the same.
//!
//! **Room:** layer 2, pure. **May use:** the words of files. **Must not:** count.

use crate::{
    document::Lang,
    wording::{self, pick, say},
    world::local,
};
use tw_api::PlanState;
use tw_model::{AssetClass, Register, Word as _};

/// Words: that of the API, English, Vietnamese.
type Words = [(&'static str, &'static str, &'static str)];

/// The word for people; a word that nobody translated yet stands as it is.
fn of(words: &Words, key: &str, lang: Lang) -> String {
    let found = words.iter().find(|(own, _, _)| *own == key);
    found.map_or_else(
        || key.to_owned(),
        |(_, en, vi)| say(lang, en, vi).to_owned(),
    )
}

/// How far a plan is.
pub(super) const fn state(state: PlanState, lang: Lang) -> &'static str {
    match state {
        PlanState::Draft => say(lang, "draft", "bản nháp"),
        PlanState::Frozen => say(lang, "frozen, waits for approval", "đã chốt, chờ phê duyệt"),
        PlanState::Approved => say(lang, "approved", "đã phê duyệt"),
    }
}

/// What kind of thing is replaced.
pub(super) fn class(word: &str, lang: Lang) -> String {
    AssetClass::from_word(word).map_or_else(
        || word.to_owned(),
        |class| wording::of(wording::class(class), lang),
    )
}

/// The name of a unit.
pub(super) fn unit(register: &Register, id: Option<&str>, lang: Lang) -> String {
    let Some(id) = id else { return String::new() };
    register
        .units
        .get(id)
        .map_or_else(|| id.to_owned(), |unit| pick(&local(&unit.name), lang))
}

/// What is done about an asset.
pub(super) fn remedy(key: &str, lang: Lang) -> String {
    of(
        &[
            ("replace", "replace", "thay mới"),
            ("upgrade", "upgrade a part", "nâng cấp bộ phận"),
            ("extend_support", "extend support", "gia hạn hỗ trợ"),
            ("lease", "lease", "thuê"),
        ],
        key,
        lang,
    )
}

/// The budget heading that pays.
pub(super) fn heading(key: &str, lang: Lang) -> String {
    of(
        &[
            ("investment", "investment", "vốn đầu tư"),
            ("recurrent", "recurrent", "chi thường xuyên"),
        ],
        key,
        lang,
    )
}

/// What became of a line, or why it was cut.
pub(super) fn outcome(key: &str, lang: Lang) -> String {
    of(
        &[
            ("chosen", "chosen", "được chọn"),
            ("cut", "cut", "bị cắt"),
            ("kept", "kept by decision", "giữ lại theo quyết định"),
            ("unpriced", "no price", "chưa có giá"),
            ("no_reason", "no reason", "không có lý do"),
            (
                "no_benefit",
                "cut: brings nothing",
                "cắt: không mang lại lợi ích",
            ),
            (
                "dearer_than_budget",
                "cut: over the budget",
                "cắt: vượt kinh phí",
            ),
            (
                "group_does_not_fit_quarters",
                "cut: its set does not fit into the quarters",
                "cắt: cả bộ không xếp được vào các quý",
            ),
            ("budget_spent", "cut: budget spent", "cắt: hết kinh phí"),
            (
                "capacity_full",
                "cut: the quarters are full",
                "cắt: các quý đã đầy",
            ),
            (
                "redundancy_group_full",
                "cut: every quarter has one of its set",
                "cắt: quý nào cũng đã có một thiết bị của bộ",
            ),
        ],
        key,
        lang,
    )
}

/// Why an asset is in the plan.
pub(super) fn reason(key: &str, lang: Lang) -> String {
    of(
        &[
            (
                "person_over",
                "its person has no compliant computer",
                "người sử dụng chưa có máy tính đạt chuẩn",
            ),
            (
                "person_uncertain",
                "its person may have no compliant computer",
                "người sử dụng có thể chưa có máy tính đạt chuẩn",
            ),
            (
                "person_unknown",
                "its person's computer is of unknown age",
                "máy tính của người sử dụng chưa rõ niên hạn",
            ),
            ("over", "too old", "quá niên hạn"),
            ("uncertain", "age uncertain", "niên hạn chưa chắc chắn"),
            ("unknown", "age unknown", "chưa rõ niên hạn"),
            (
                "no_security",
                "no security updates",
                "không còn bản vá bảo mật",
            ),
            ("no_support", "no support of the maker", "hãng ngừng hỗ trợ"),
            (
                "outage",
                "expected outage cost",
                "chi phí gián đoạn dự kiến",
            ),
            ("energy", "electricity saved", "tiết kiệm điện"),
            ("together", "its set is replaced", "cả bộ được thay"),
        ],
        key,
        lang,
    )
}

/// What the points of a plan stand for.
pub(super) fn weight(key: &str, lang: Lang) -> String {
    of(
        &[
            (
                "person",
                "member of staff who becomes compliant",
                "một nhân sự trở thành đạt chuẩn",
            ),
            (
                "equipment",
                "other asset over its age",
                "tài sản khác quá niên hạn",
            ),
            (
                "outage_per_million_vnd",
                "each million VND of outage cost a year",
                "mỗi triệu đồng chi phí gián đoạn một năm",
            ),
            (
                "security_per_level",
                "no security updates, per security level",
                "không còn bản vá, theo mỗi cấp độ an toàn",
            ),
            ("support", "no support of the maker", "hãng ngừng hỗ trợ"),
            (
                "energy_per_million_vnd",
                "each million VND of electricity in five years",
                "mỗi triệu đồng tiền điện trong năm năm",
            ),
            (
                "uncertain_percent",
                "uncertain age counts, %",
                "niên hạn chưa chắc chắn được tính, %",
            ),
            (
                "unknown_percent",
                "unknown age counts, %",
                "niên hạn chưa rõ được tính, %",
            ),
        ],
        key,
        lang,
    )
}
