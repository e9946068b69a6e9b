//! What the server is told at its start.
//!
//! **Room:** layer 2, plain data. **May use:** nothing of ours. **Must not:** hold a secret.

use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::PathBuf,
};

/// The port of the console and the API when nothing else is said.
pub const PORT_DEFAULT: u16 = 8420;
/// Days for which raw rounds are kept when nothing else is said.
pub const ROUNDS_DAYS_DEFAULT: u16 = 90;

/// A certificate with its key, as PEM files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsFiles {
    /// The certificate, followed by those above it.
    pub cert: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

/// An address range, as `10.0.0.0/8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

/// Where notices go.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// By e-mail.
    Email(tw_notify::EmailSettings),
    /// To a web address.
    Webhook(tw_notify::WebhookSettings),
}

/// Who is told, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NotifySettings {
    /// The channels by name.
    pub channels: BTreeMap<String, Channel>,
    /// Which messages go to which; without any, all go to every channel.
    pub routes: Vec<tw_alert::Route>,
    /// The language of notices.
    pub language: tw_alert::Language,
}

/// The server's settings. Unknown keys are errors.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Where the server listens.
    pub listen: SocketAddr,
    /// Where everything is kept.
    pub data: PathBuf,
    /// The inventory that is applied at the start and when it changes.
    pub inventory: Option<PathBuf>,
    /// With it, HTTPS; without it, HTTP, which is for loopback or behind a proxy.
    pub tls: Option<TlsFiles>,
    /// The file with the key that seals secrets; without it, one in `data`.
    pub seal_key: Option<PathBuf>,
    /// Where the built-in collector hears traps of its devices, as `0.0.0.0:162`; without it, nowhere.
    pub traps: Option<SocketAddr>,
    /// Where device tests may go. Loopback, link-local and multicast are refused otherwise.
    pub test_networks: Vec<Network>,
    /// Days for which raw rounds are kept; states and observations stay.
    pub rounds_days: u16,
    /// When alerts fire.
    pub alerts: tw_alert::Rules,
    /// Who is told, and how.
    pub notify: NotifySettings,
    /// NetBoxes that are read into the register.
    pub netbox: Vec<crate::netbox::NetboxSettings>,
    /// Days before the end of a certificate from which on it is a finding.
    pub certificate_notice_days: u16,
    /// The organisation's own certificate authorities, as PEM: what the built-in collector trusts
    /// beside the public ones when it looks at TLS endpoints.
    pub authority: Option<PathBuf>,
}

impl Default for Settings {
    fn default() -> Self {
        let private = [
            "10.0.0.0/8",
            "172.16.0.0/12",
            "192.168.0.0/16",
            "100.64.0.0/10",
            "fc00::/7",
        ];
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, PORT_DEFAULT)),
            data: PathBuf::from("data"),
            inventory: None,
            tls: None,
            seal_key: None,
            traps: None,
            test_networks: private
                .iter()
                .filter_map(|text| Network::parse(text))
                .collect(),
            rounds_days: ROUNDS_DAYS_DEFAULT,
            alerts: tw_alert::Rules::default(),
            notify: NotifySettings::default(),
            netbox: Vec::new(),
            certificate_notice_days: tw_lifecycle::security::CERTIFICATE_NOTICE_DAYS,
            authority: None,
        }
    }
}

impl Settings {
    /// What is wrong with the settings, each with its key.
    pub fn validate(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        if self.rounds_days == 0 {
            wrong.push("rounds_days: at least 1".to_owned());
        }
        for (n, netbox) in self.netbox.iter().enumerate() {
            let found = netbox.validate().into_iter();
            wrong.extend(found.map(|why| format!("netbox[{n}].{why}")));
        }
        for route in &self.notify.routes {
            if !self.notify.channels.contains_key(&route.channel) {
                wrong.push(format!(
                    "notify.routes: there is no channel {:?}",
                    route.channel
                ));
            }
        }
        if self.tls.is_none() && !self.listen.ip().is_loopback() {
            wrong.push(
                "tls: needed when `listen` is not a loopback address: passwords and tokens \
                 would travel in clear text"
                    .to_owned(),
            );
        }
        wrong
    }
}

impl Network {
    /// Reads `address/prefix`.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = text.split_once('/')?;
        let address: IpAddr = address.parse().ok()?;
        let prefix: u8 = prefix.parse().ok()?;
        let bits = if address.is_ipv4() { 32 } else { 128 };
        (prefix <= bits).then_some(Self { address, prefix })
    }

    /// Whether an address lies in it.
    pub fn contains(self, address: IpAddr) -> bool {
        let same = |own: u128, other: u128, bits: u32| {
            let shift = bits - u32::from(self.prefix);
            shift == bits || own >> shift == other >> shift
        };
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                same(u32::from(own).into(), u32::from(other).into(), 32)
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => same(own.into(), other.into(), 128),
            _ => false,
        }
    }
}

impl TryFrom<String> for Network {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).ok_or_else(|| format!("{text:?} is no network; write 10.0.0.0/8"))
    }
}

impl From<Network> for String {
    fn from(network: Network) -> Self {
        format!("{}/{}", network.address, network.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(network: &str, address: &str, expect: bool) {
        let network = Network::parse(network).unwrap();
        assert_eq!(
            network.contains(address.parse().unwrap()),
            expect,
            "{address}"
        );
    }

    #[test]
    fn a_network_has_its_addresses() {
        check("10.0.0.0/8", "10.255.0.1", true);
        check("10.0.0.0/8", "11.0.0.1", false);
        check("10.0.0.0/8", "::ffff:10.0.0.1", true);
        check("fc00::/7", "fd00::1", true);
        check("0.0.0.0/0", "8.8.8.8", true);
        check("10.1.2.3/32", "10.1.2.4", false);
        assert_eq!(Network::parse("10.0.0.0/33"), None);
    }

    #[test]
    fn clear_text_is_for_loopback() {
        assert!(Settings::default().validate().is_empty());
        let open = Settings {
            listen: ([0, 0, 0, 0], 8420).into(),
            ..Settings::default()
        };
        assert_eq!(open.validate().len(), 1);
    }
}
