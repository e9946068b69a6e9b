//! Alerts, events, and the live stream.
//!
//! **Room:** layer 2, plain data. **May use:** `tw-units`. **Must not:** do I/O.

use crate::{LocalText, SiteState, State};
use serde::{Deserialize, Serialize};
use tw_units::Timestamp;
use utoipa::{IntoParams, ToSchema};

/// How bad.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Somebody should know.
    Info,
    /// Somebody should look today.
    Warning,
    /// Somebody should look now.
    Critical,
}

/// An alert: one cause, one message, however many things it takes with it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Alert {
    /// Its number.
    pub id: String,
    /// `device_down`, `site_silent`, `site_gateway_down`, `site_all_down`, `circuit_down`,
    /// `circuit_degraded`, `ups_on_battery`, `ups_bypass`, `ups_battery_low`,
    /// `maintenance_overrun`: translated by the console.
    pub code: String,
    /// How bad.
    pub severity: Severity,
    /// What it is about.
    pub subject: AlertSubject,
    /// The site, if it has one.
    pub site: Option<String>,
    /// What happened, in both languages, as in the message that was sent.
    pub title: LocalText,
    /// When it began, back-dated to the first evidence.
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
    /// When it was raised, after re-check.
    #[schema(value_type = String, format = DateTime)]
    pub raised_at: Timestamp,
    /// When it ended.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub cleared_at: Option<Timestamp>,
    /// Who said that they look after it.
    pub acknowledged_by: Option<String>,
    /// When.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub acknowledged_at: Option<Timestamp>,
    /// What they wrote.
    pub note: Option<String>,
    /// What the translated sentence needs, as `devices_down`: a cut site is one alert, however
    /// many devices it takes with it.
    pub params: std::collections::BTreeMap<String, String>,
    /// The maintenance during which this was to be expected: it is kept and shown, and nobody was
    /// told. `null` again when it is still open after the window and has been told then.
    #[serde(default)]
    pub quiet_by: Option<String>,
    /// Grows with every change.
    pub version: u64,
}

/// What an alert or event is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub struct AlertSubject {
    /// `device`, `site`, `circuit`, `collector`, `maintenance`.
    pub kind: String,
    /// Its id.
    pub id: String,
}

/// Which alerts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AlertQuery {
    /// `open` or `past`; both without it.
    pub state: Option<String>,
    /// Only of this site.
    pub site: Option<String>,
    /// Only of this device.
    pub device: Option<String>,
    /// Items a page, at most 1,000; 100 without it.
    pub limit: Option<usize>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// Somebody looks after an alert.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Acknowledge {
    /// The version that the caller saw.
    pub version: u64,
    /// What they want to say.
    #[serde(default)]
    pub note: Option<String>,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Event {
    /// Its number.
    pub id: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// A stable word: `started`, `clock_step`, `gap`, `device_down`, `link_up`…
    pub code: String,
    /// What it is about.
    pub subject: AlertSubject,
    /// The site, if it has one.
    pub site: Option<String>,
    /// In English. May hold a device's text: show it as text.
    pub detail: String,
}

/// Which events.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct EventQuery {
    /// Only of this site.
    pub site: Option<String>,
    /// Only of this device.
    pub device: Option<String>,
    /// Not before (RFC 3339).
    #[param(value_type = Option<String>, format = DateTime)]
    pub from: Option<Timestamp>,
    /// Before (RFC 3339).
    #[param(value_type = Option<String>, format = DateTime)]
    pub to: Option<Timestamp>,
    /// Items a page, at most 1,000; 100 without it.
    pub limit: Option<usize>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// What `/api/v1/stream` sends as the `data` of a server-sent event; the event's name is `type`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum StreamEvent {
    /// Sent first and then every 15 seconds: the stream lives.
    Hello {
        /// The centre's clock.
        #[schema(value_type = String, format = DateTime)]
        now: Timestamp,
    },
    /// A device's state changed.
    Device {
        /// Which.
        id: String,
        /// Its site.
        site: String,
        /// To what.
        state: State,
        /// Since when.
        #[schema(value_type = String, format = DateTime)]
        since: Timestamp,
    },
    /// An interface's state changed.
    Interface {
        /// Which.
        id: String,
        /// Its device.
        device: String,
        /// Its site.
        site: String,
        /// To what.
        state: State,
        /// Since when.
        #[schema(value_type = String, format = DateTime)]
        since: Timestamp,
    },
    /// A circuit's state changed.
    Circuit {
        /// Which.
        id: String,
        /// To what.
        state: State,
    },
    /// A site's state changed.
    Site {
        /// Which.
        id: String,
        /// To what.
        state: SiteState,
    },
    /// An alert was raised, acknowledged or cleared: fetch it.
    Alert {
        /// Which.
        id: String,
        /// `raised`, `acknowledged`, `cleared`.
        change: String,
        /// The site, if it has one.
        site: Option<String>,
    },
    /// New readings of a device were stored: a page that shows it may fetch again.
    Readings {
        /// Which device.
        device: String,
        /// Its site.
        site: String,
        /// The newest round.
        #[schema(value_type = String, format = DateTime)]
        at: Timestamp,
    },
    /// The listener was too slow and missed this many events: fetch everything again.
    Missed {
        /// How many.
        count: u64,
    },
}
