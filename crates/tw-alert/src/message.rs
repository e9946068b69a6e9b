//! What is told to people, without language.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** hold a sentence.

use crate::subject::Subject;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use tw_units::{SiteId, Timestamp};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// To know.
    Info,
    /// Protection or quality is lost; service continues.
    Warning,
    /// Something is down.
    Critical,
}

/// What happened; stable, translated where text is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// Nothing is heard from the site's collector.
    SiteSilent,
    /// The site's gateways and at least half of its devices do not answer.
    SiteGatewayDown,
    /// None of the site's devices answers.
    SiteAllDown,
    /// A device does not answer.
    DeviceDown,
    /// A circuit is down.
    CircuitDown,
    /// A circuit is worse than its contract.
    CircuitDegraded,
    /// A UPS feeds its load from the battery.
    UpsOnBattery,
    /// A UPS is in bypass.
    UpsBypass,
    /// A UPS battery is low.
    UpsBatteryLow,
    /// Maintenance goes on beyond its approved end: from there on it is unplanned.
    MaintenanceOverrun,
}

/// Whether it begins or ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageKind {
    /// It begins.
    Raise,
    /// It is over.
    Clear,
}

/// One message. Two messages with the same [`Message::id`] are the same message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Begins or ends.
    pub kind: MessageKind,
    /// About whom.
    pub subject: Subject,
    /// At which site; none where a register does not say.
    pub site: Option<SiteId>,
    /// What.
    pub code: Code,
    /// How bad.
    pub severity: Severity,
    /// When it began: the first bad reading.
    pub since: Timestamp,
    /// When this message was decided.
    pub at: Timestamp,
    /// It comes and goes; further changes are not told until it is stable.
    pub flapping: bool,
    /// Numbers and ids for the text, as `devices_down`.
    pub params: BTreeMap<String, String>,
    /// The maintenance during which this was to be expected: it is shown and kept, and nobody is
    /// told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quiet_by: Option<String>,
}

impl Message {
    /// The same for every attempt to tell the same thing: an outbox refuses it twice.
    pub fn id(&self) -> String {
        let kind = match self.kind {
            MessageKind::Raise => "raise",
            MessageKind::Clear => "clear",
        };
        format!("{}@{}:{kind}", self.subject, self.since.as_millis())
    }
}
