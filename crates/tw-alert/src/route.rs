//! Who gets which message.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** know how a channel sends.

use crate::message::{Message, Severity};
use serde::{Deserialize, Serialize};
use tw_units::SiteId;

/// Sends the messages of some sites, from a severity up, to a channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// The channel's name in the settings.
    pub channel: String,
    /// Only from this severity up.
    pub min_severity: Severity,
    /// Only these sites; empty means all.
    #[serde(default)]
    pub sites: Vec<SiteId>,
}

/// The channels for a message, each once, in the order of the routes. A message without a site
/// goes to every route that its severity reaches: better told twice than lost.
pub fn routes_for<'a>(routes: &'a [Route], message: &Message) -> Vec<&'a str> {
    let mut channels: Vec<&str> = Vec::new();
    for route in routes {
        let site_fits = route.sites.is_empty()
            || message
                .site
                .as_ref()
                .is_none_or(|site| route.sites.contains(site));
        let fits = site_fits && message.severity >= route.min_severity;
        if fits && !channels.contains(&route.channel.as_str()) {
            channels.push(&route.channel);
        }
    }
    channels
}
