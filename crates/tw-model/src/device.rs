//! Devices, how they are spoken to, and where they are mounted.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** hold a secret; a credential
//! says where the secret lies.

use crate::{
    organisation::{is_false, is_true, yes},
    word::words,
};
use serde::{Deserialize, Deserializer, Serialize};
use std::net::{IpAddr, SocketAddr};
use tw_units::{AssetTag, CredentialId, DeviceId, RackId, ServiceId, SiteId};

/// Where an SNMP agent listens when nothing else is said (RFC 3417).
pub const SNMP_PORT: u16 = 161;
/// Seconds between polls when nothing else is said.
pub const POLL_SECONDS_DEFAULT: u32 = 60;
/// Nothing is polled more often.
pub const POLL_SECONDS_MIN: u32 = 1;
/// Nothing is polled more rarely.
pub const POLL_SECONDS_MAX: u32 = 86_400;

words! {
    /// What kind of thing a device is.
    pub enum DeviceClass {
        /// Routes packets between networks.
        Router = "router",
        /// Forwards frames.
        Switch = "switch",
        /// Filters traffic.
        Firewall = "firewall",
        /// Wireless access point or its controller.
        Wireless = "wireless",
        /// Uninterruptible power supply.
        Ups = "ups",
        /// Power distribution unit.
        Pdu = "pdu",
        /// Automatic transfer switch.
        Ats = "ats",
        /// Diesel generator with its controller.
        Generator = "generator",
        /// Precision cooling.
        Cooling = "cooling",
        /// Environment sensors: temperature, humidity, leak, smoke.
        Environment = "environment",
        /// Server.
        Server = "server",
        /// Storage array or tape library.
        Storage = "storage",
        /// Anything else that answers.
        Other = "other",
    }

    /// A face of a rack.
    pub enum Face {
        /// The cold aisle's.
        Front = "front",
        /// The hot aisle's.
        Rear = "rear",
    }

    /// Version of the protocol.
    pub enum SnmpVersion {
        /// RFC 1157.
        V1 = "1",
        /// RFC 3416 with a community (RFC 1901).
        V2c = "2c",
        /// RFC 3412 with the user-based security model (RFC 3414).
        V3 = "3",
    }

    /// How messages of a v3 user are authenticated.
    pub enum AuthProtocol {
        /// HMAC-MD5-96, RFC 3414. Weak; for old agents.
        Md5 = "md5",
        /// HMAC-SHA-96, RFC 3414. Weak; for old agents.
        Sha1 = "sha1",
        /// RFC 7860.
        Sha224 = "sha224",
        /// RFC 7860.
        Sha256 = "sha256",
        /// RFC 7860.
        Sha384 = "sha384",
        /// RFC 7860.
        Sha512 = "sha512",
    }

    /// How messages of a v3 user are encrypted.
    pub enum PrivProtocol {
        /// CBC-DES, RFC 3414. Weak; for old agents.
        Des = "des",
        /// AES-128 in CFB mode, RFC 3826.
        Aes128 = "aes128",
        /// AES-192 with Blumenthal's key extension.
        Aes192 = "aes192",
        /// AES-256 with Blumenthal's key extension.
        Aes256 = "aes256",
        /// AES-192 with Reeder's key extension, as Cisco's agents.
        Aes192c = "aes192c",
        /// AES-256 with Reeder's key extension, as Cisco's agents.
        Aes256c = "aes256c",
    }
}

/// Where a device is mounted. It takes the units `u` to `u + height_u - 1`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RackPosition {
    /// The rack.
    pub id: RackId,
    /// The lowest unit it takes, from 1 at the bottom.
    pub u: u16,
    /// How many units it takes.
    #[serde(default = "one")]
    pub height_u: u16,
    /// The face it is mounted on.
    #[serde(default = "front")]
    pub face: Face,
    /// Whether it takes both faces.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub full_depth: bool,
}

impl RackPosition {
    /// The highest unit it takes.
    pub fn top_u(&self) -> u16 {
        self.u.saturating_add(self.height_u.saturating_sub(1))
    }
}

/// An interface that the register declares; what a device really has is an observation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeviceInterface {
    /// `ifName` with every character outside of `A-Za-z0-9._~-` replaced by `-`.
    pub name: String,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What it should run at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speed_bps: Option<u64>,
}

/// Where a device answers with TLS: its own management page, or a service that it carries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsEndpoint {
    /// Where it listens; the collector of the device's site must reach it.
    pub address: SocketAddr,
    /// The name that users call it by: it is asked for, and the certificate must be for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The service that answers there, if it is one of the register.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<ServiceId>,
}

impl TlsEndpoint {
    /// The most that one device may have.
    pub const COUNT_MAX: usize = 32;

    /// The longest name (RFC 1035).
    pub const NAME_LENGTH_MAX: usize = 253;
}

/// Something that is polled, or at least mounted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Device {
    /// The inventory's slug; it appears in addresses and names the series.
    pub id: DeviceId,
    /// What people call it.
    pub name: String,
    /// Where it stands.
    pub site: SiteId,
    /// What it is.
    pub class: DeviceClass,
    /// Its part in the network, as `core` or `access`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// Where its agent listens; without it the device is not polled.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "optional_address"
    )]
    pub address: Option<SocketAddr>,
    /// How it is spoken to; without it, it is only pinged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential: Option<CredentialId>,
    /// Seconds between polls.
    #[serde(default = "poll_seconds_default")]
    pub poll_seconds: u32,
    /// Where it is mounted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rack: Option<RackPosition>,
    /// Whether its being up proves that the datacentre feeds its load.
    #[serde(default, skip_serializing_if = "is_false")]
    pub witness: bool,
    /// Who made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor: Option<String>,
    /// Its model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Its serial number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serial: Option<String>,
    /// The asset that it is in the register.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asset: Option<AssetTag>,
    /// Its other addresses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ip: Vec<IpAddr>,
    /// Interfaces that are declared.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub interfaces: Vec<DeviceInterface>,
    /// The devices that feed it with power, as its UPS and PDUs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fed_by: Vec<DeviceId>,
    /// The devices through which its site's collector reaches it, each a way of its own: while
    /// all of them are down its silence proves nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reached_via: Vec<DeviceId>,
    /// Where it answers with TLS, to be looked at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tls: Vec<TlsEndpoint>,
}

impl Device {
    /// The declared interface of that name.
    pub fn interface(&self, name: &str) -> Option<&DeviceInterface> {
        self.interfaces
            .iter()
            .find(|interface| interface.name == name)
    }
}

/// Where a secret lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretRef<'a> {
    /// In this environment variable of the process that needs it.
    Environment(&'a str),
    /// The first line of this file.
    File(&'a str),
    /// In this credential that systemd hands over (`LoadCredential=`).
    Systemd(&'a str),
    /// Sealed in the centre's store, entered through the console.
    Stored,
}

/// How devices are spoken to. The secrets are elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Credential {
    /// A slug.
    pub id: CredentialId,
    /// What people call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// For SNMP.
    pub snmp: SnmpCredential,
}

/// What SNMP needs. Each secret is named by exactly one of `…_env` (an environment variable),
/// `…_file` (a file) and `…_credential` (a systemd credential), unless `stored`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SnmpCredential {
    /// Protocol version.
    pub version: SnmpVersion,
    /// Community (v1, v2c).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub community_env: Option<String>,
    /// Community (v1, v2c).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub community_file: Option<String>,
    /// Community (v1, v2c).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub community_credential: Option<String>,
    /// User name (v3); it travels in the clear and is no secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Authentication (v3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth: Option<AuthProtocol>,
    /// Password of `auth`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_pass_env: Option<String>,
    /// Password of `auth`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_pass_file: Option<String>,
    /// Password of `auth`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_pass_credential: Option<String>,
    /// Encryption (v3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub r#priv: Option<PrivProtocol>,
    /// Password of `priv`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priv_pass_env: Option<String>,
    /// Password of `priv`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priv_pass_file: Option<String>,
    /// Password of `priv`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priv_pass_credential: Option<String>,
    /// Context name (v3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<String>,
    /// Whether the secrets lie sealed in the centre's store.
    #[serde(default, skip_serializing_if = "is_false")]
    pub stored: bool,
}

impl SnmpCredential {
    /// A credential of this version that names nothing yet.
    pub fn new(version: SnmpVersion) -> Self {
        Self {
            version,
            community_env: None,
            community_file: None,
            community_credential: None,
            user: None,
            auth: None,
            auth_pass_env: None,
            auth_pass_file: None,
            auth_pass_credential: None,
            r#priv: None,
            priv_pass_env: None,
            priv_pass_file: None,
            priv_pass_credential: None,
            context: None,
            stored: false,
        }
    }

    /// Every place that is named for the community; exactly one is right.
    pub fn community(&self) -> Vec<SecretRef<'_>> {
        self.places([
            &self.community_env,
            &self.community_file,
            &self.community_credential,
        ])
    }

    /// Every place that is named for the authentication password.
    pub fn auth_pass(&self) -> Vec<SecretRef<'_>> {
        self.places([
            &self.auth_pass_env,
            &self.auth_pass_file,
            &self.auth_pass_credential,
        ])
    }

    /// Every place that is named for the encryption password.
    pub fn priv_pass(&self) -> Vec<SecretRef<'_>> {
        self.places([
            &self.priv_pass_env,
            &self.priv_pass_file,
            &self.priv_pass_credential,
        ])
    }

    fn places<'a>(&self, [env, file, systemd]: [&'a Option<String>; 3]) -> Vec<SecretRef<'a>> {
        let named = [
            env.as_deref().map(SecretRef::Environment),
            file.as_deref().map(SecretRef::File),
            systemd.as_deref().map(SecretRef::Systemd),
            self.stored.then_some(SecretRef::Stored),
        ];
        named.into_iter().flatten().collect()
    }
}

/// Reads `127.1.0.1:16100`, `[::1]:16100`, `127.1.0.1` or `::1`; without a port it is
/// [`SNMP_PORT`].
pub fn socket_address(text: &str) -> Option<SocketAddr> {
    text.parse()
        .ok()
        .or_else(|| {
            text.parse::<IpAddr>()
                .ok()
                .map(|ip| SocketAddr::new(ip, SNMP_PORT))
        })
        .filter(|address| address.port() != 0)
}

fn optional_address<'de, D: Deserializer<'de>>(from: D) -> Result<Option<SocketAddr>, D::Error> {
    let text = Option::<String>::deserialize(from)?;
    text.map(|text| {
        socket_address(&text).ok_or_else(|| {
            serde::de::Error::custom(format!(
                "{text:?} is no address; write 10.0.0.1:161 or [::1]:161"
            ))
        })
    })
    .transpose()
}

fn one() -> u16 {
    1
}

fn front() -> Face {
    Face::Front
}

fn poll_seconds_default() -> u32 {
    POLL_SECONDS_DEFAULT
}
