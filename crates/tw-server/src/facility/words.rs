//! The words of a drawing, in both languages.
//!
//! **Room:** layer 2, pure. **May use:** `tw-availability`.

use tw_availability::NodeState;

/// The language of a drawing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    English,
    Vietnamese,
}

impl Language {
    pub(crate) fn parse(text: Option<&str>) -> Option<Self> {
        match text {
            None | Some("en") => Some(Self::English),
            Some("vi") => Some(Self::Vietnamese),
            Some(_) => None,
        }
    }

    pub(crate) fn name(self, name: &tw_model::Name) -> &str {
        match self {
            Self::English => &name.en,
            Self::Vietnamese => name.vi(),
        }
    }

    pub(crate) const fn state(self, state: NodeState) -> &'static str {
        match (self, state) {
            (Self::English, NodeState::Normal) => "normal",
            (Self::English, NodeState::Degraded) => "degraded",
            (Self::English, NodeState::Out) => "out",
            (Self::English, NodeState::Unknown) => "unknown",
            (Self::English, NodeState::Assumed) => "not polled",
            (Self::Vietnamese, NodeState::Normal) => "bình thường",
            (Self::Vietnamese, NodeState::Degraded) => "suy giảm",
            (Self::Vietnamese, NodeState::Out) => "ngừng cấp",
            (Self::Vietnamese, NodeState::Unknown) => "không rõ",
            (Self::Vietnamese, NodeState::Assumed) => "không giám sát",
        }
    }

    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::English => "Power, cooling and network chain, sources above and loads below",
            Self::Vietnamese => "Chuỗi nguồn, làm mát và mạng: nguồn ở trên, tải ở dưới",
        }
    }
}
