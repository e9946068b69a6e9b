//! Messages in English and Vietnamese.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** let a device's own text break a
//! line: names go through [`one_line`].

use crate::{
    message::{Code, Message, MessageKind},
    subject::Subject,
};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use std::fmt::Write;

/// The languages of messages.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Vietnamese.
    Vi,
}

/// A message as people read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// One line, fit for the subject of a letter.
    pub title: String,
    /// Several lines of plain text.
    pub body: String,
}

/// The longest name that is printed, in characters.
const NAME_LENGTH_MAX: usize = 120;

/// Writes a message. `name` is what people call its subject; times are shown in `zone`.
pub fn render(message: &Message, name: &str, language: Language, zone: &TimeZone) -> Text {
    let name = one_line(name);
    let what = words(message.code, message.kind, language).replace("{name}", &name);
    let mut title = what.clone();
    if message.flapping {
        title.push_str(pick(language, " (flapping)", " (chập chờn)"));
    }
    let mut body = what;
    body.push_str(".\n");
    let time = |at: tw_units::Timestamp| {
        let zoned = at.to_jiff().to_zoned(zone.clone());
        zoned.strftime("%Y-%m-%d %H:%M:%S %:z").to_string()
    };
    let mut line = |label: &str, value: &str| {
        writeln!(body, "{label}: {value}").ok(); // Writing to a String cannot fail.
    };
    line(pick(language, "Since", "Từ lúc"), &time(message.since));
    if message.kind == MessageKind::Clear {
        line(pick(language, "Until", "Đến lúc"), &time(message.at));
    }
    let param = |key: &str| message.params.get(key).map(|value| one_line(value));
    if let Some(devices) = param("devices") {
        line(
            pick(language, "Devices behind it", "Số thiết bị phía sau"),
            &devices,
        );
    }
    if let Some(work) = param("maintenance") {
        line(
            pick(
                language,
                "Still open after maintenance",
                "Vẫn còn sau khi hết giờ bảo trì",
            ),
            &work,
        );
    }
    if let Some(circuits) = param("circuits_down") {
        line(
            pick(language, "Circuits down", "Đường truyền gián đoạn"),
            &circuits,
        );
    }
    if message.flapping && message.kind == MessageKind::Raise {
        body.push_str(pick(
            language,
            "It comes and goes; you will hear again when it has been stable.\n",
            "Trạng thái thay đổi liên tục; sẽ báo lại khi đã ổn định.\n",
        ));
    }
    if matches!(message.subject, Subject::Site(_)) && message.kind == MessageKind::Raise {
        body.push_str(pick(
            language,
            "What lies behind it is not proven until it is heard again; no further messages \
             about it are sent.\n",
            "Trạng thái các thiết bị phía sau là chưa xác minh cho đến khi có dữ liệu trở lại; \
             không gửi thêm thông báo về chúng.\n",
        ));
    }
    Text { title, body }
}

fn pick<'a>(language: Language, en: &'a str, vi: &'a str) -> &'a str {
    match language {
        Language::En => en,
        Language::Vi => vi,
    }
}

#[expect(clippy::too_many_lines, reason = "a table of sentences")]
fn words(code: Code, kind: MessageKind, language: Language) -> &'static str {
    let (raise, clear) = match code {
        Code::SiteSilent => (
            [
                "Site {name} is cut off: its collector is silent",
                "Mất liên lạc với {name}: bộ thu thập không gửi dữ liệu",
            ],
            [
                "Site {name} is heard again",
                "Đã liên lạc lại được với {name}",
            ],
        ),
        Code::SiteGatewayDown => (
            [
                "Site {name} is cut off: its gateway does not answer",
                "Mất liên lạc với {name}: thiết bị cổng không trả lời",
            ],
            ["Site {name} answers again", "{name} đã trả lời trở lại"],
        ),
        Code::SiteAllDown => (
            [
                "Site {name} is cut off: none of its devices answers",
                "Mất liên lạc với {name}: không thiết bị nào trả lời",
            ],
            ["Site {name} answers again", "{name} đã trả lời trở lại"],
        ),
        Code::DeviceDown => (
            ["{name} does not answer", "{name} không trả lời"],
            ["{name} answers again", "{name} đã trả lời trở lại"],
        ),
        Code::CircuitDown => (
            ["Circuit {name} is down", "Đường truyền {name} bị gián đoạn"],
            [
                "Circuit {name} is up again",
                "Đường truyền {name} đã hoạt động trở lại",
            ],
        ),
        Code::CircuitDegraded => (
            [
                "Circuit {name} is worse than its contract",
                "Đường truyền {name} kém hơn cam kết",
            ],
            [
                "Circuit {name} keeps its contract again",
                "Đường truyền {name} đã đạt cam kết trở lại",
            ],
        ),
        Code::UpsOnBattery => (
            ["{name} runs on battery", "{name} đang chạy bằng ắc quy"],
            [
                "{name} has its input back",
                "{name} đã có điện lưới trở lại",
            ],
        ),
        Code::UpsBypass => (
            [
                "{name} is in bypass: the load is not protected",
                "{name} ở chế độ bypass: tải không được bảo vệ",
            ],
            [
                "{name} protects its load again",
                "{name} đã bảo vệ tải trở lại",
            ],
        ),
        Code::MaintenanceOverrun => (
            [
                "Maintenance {name} goes on beyond its approved end",
                "Bảo trì {name} kéo dài quá thời gian được duyệt",
            ],
            ["Maintenance {name} has ended", "Bảo trì {name} đã kết thúc"],
        ),
        Code::UpsBatteryLow => (
            ["The battery of {name} is low", "Ắc quy của {name} sắp cạn"],
            [
                "The battery of {name} is well again",
                "Ắc quy của {name} đã bình thường",
            ],
        ),
    };
    let [en, vi] = match kind {
        MessageKind::Raise => raise,
        MessageKind::Clear => clear,
    };
    pick(language, en, vi)
}

/// A name without control characters and of bounded length.
fn one_line(name: &str) -> String {
    name.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(NAME_LENGTH_MAX)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Severity;
    use std::collections::BTreeMap;
    use tw_units::{SiteId, Timestamp};

    fn message(kind: MessageKind) -> Message {
        Message {
            kind,
            subject: Subject::Site(SiteId::new("mic").unwrap()),
            site: SiteId::new("mic").ok(),
            code: Code::SiteSilent,
            severity: Severity::Critical,
            since: "2026-11-22T03:00:00Z".parse::<Timestamp>().unwrap(),
            at: "2026-11-22T03:20:00Z".parse::<Timestamp>().unwrap(),
            flapping: false,
            params: BTreeMap::from([("devices".to_owned(), "20".to_owned())]),
            quiet_by: None,
        }
    }

    #[track_caller]
    fn check(kind: MessageKind, language: Language, title: &str, line: &str) {
        let zone = TimeZone::get("Asia/Ho_Chi_Minh").unwrap();
        let text = render(&message(kind), "MIC", language, &zone);
        assert_eq!(text.title, title);
        assert!(text.body.contains(line), "{}", text.body);
    }

    #[test]
    fn a_message_speaks_both_languages_and_local_time() {
        check(
            MessageKind::Raise,
            Language::En,
            "Site MIC is cut off: its collector is silent",
            "Since: 2026-11-22 10:00:00 +07:00\n",
        );
        check(
            MessageKind::Clear,
            Language::Vi,
            "Đã liên lạc lại được với MIC",
            "Đến lúc: 2026-11-22 10:20:00 +07:00\n",
        );
    }

    #[test]
    fn a_name_cannot_break_the_line() {
        let hostile = "core\r\nBcc: everyone@example.org";
        let text = render(
            &message(MessageKind::Raise),
            hostile,
            Language::En,
            &TimeZone::UTC,
        );
        assert!(!text.title.contains(['\r', '\n']));
    }
}
