//! What is weak about a device, by what is known of it: how it is spoken to, which firmware it
//! runs, which certificate it shows.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`, `tw-model`. **Must not:** read a clock, or
//! call firmware good because nobody wrote about it: no entry, no finding, and no praise.

mod register;
mod tls;
mod version;

pub use register::{DeviceSaid, devices_of_system, weaknesses_of_register};
pub use tls::{CertificateSeen, TlsKnown, certificate_weaknesses, tls_weaknesses};
pub use version::compare_versions;

use serde::{Deserialize, Serialize};
use std::{cmp::Ordering, collections::BTreeMap, fmt};
use tw_model::{AuthProtocol, Firmware, PrivProtocol, SnmpCredential, SnmpVersion};

/// Days before its end from which on a certificate is a finding, when nothing else is said.
pub const CERTIFICATE_NOTICE_DAYS: u16 = 30;

/// An RSA key below is weak (BSI TR-02102-1 asks for 3000, browsers for 2048).
pub const RSA_BITS_MIN: u32 = 2048;

/// What kind of weakness.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingRule {
    /// SNMP v1 or v2c: the community travels in the clear.
    SnmpClearText,
    /// SNMP v3 without authentication.
    SnmpNoAuthentication,
    /// SNMP v3 without encryption.
    SnmpNoEncryption,
    /// SNMP v3 with HMAC-MD5 or HMAC-SHA-1.
    SnmpWeakAuthentication,
    /// SNMP v3 with DES.
    SnmpWeakEncryption,
    /// Older than the least good version.
    FirmwareOutdated,
    /// Its maker closes no more holes in this version.
    FirmwareUnsupported,
    /// A certificate that is no longer valid.
    CertificateExpired,
    /// A certificate that soon is no longer valid.
    CertificateExpiring,
    /// A certificate with a weak key or signature.
    CertificateWeak,
    /// A certificate that is not for the name that users call.
    CertificateNameMismatch,
    /// A certificate that vouches for itself, or whose chain leads to no authority that is known.
    CertificateUntrusted,
    /// No handshake with TLS 1.2 or 1.3.
    TlsRefused,
}

impl FindingRule {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::SnmpClearText,
        Self::SnmpNoAuthentication,
        Self::SnmpNoEncryption,
        Self::SnmpWeakAuthentication,
        Self::SnmpWeakEncryption,
        Self::FirmwareOutdated,
        Self::FirmwareUnsupported,
        Self::CertificateExpired,
        Self::CertificateExpiring,
        Self::CertificateWeak,
        Self::CertificateNameMismatch,
        Self::CertificateUntrusted,
        Self::TlsRefused,
    ];

    /// The word in JSON and in keys.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SnmpClearText => "snmp_clear_text",
            Self::SnmpNoAuthentication => "snmp_no_authentication",
            Self::SnmpNoEncryption => "snmp_no_encryption",
            Self::SnmpWeakAuthentication => "snmp_weak_authentication",
            Self::SnmpWeakEncryption => "snmp_weak_encryption",
            Self::FirmwareOutdated => "firmware_outdated",
            Self::FirmwareUnsupported => "firmware_unsupported",
            Self::CertificateExpired => "certificate_expired",
            Self::CertificateExpiring => "certificate_expiring",
            Self::CertificateWeak => "certificate_weak",
            Self::CertificateNameMismatch => "certificate_name_mismatch",
            Self::CertificateUntrusted => "certificate_untrusted",
            Self::TlsRefused => "tls_refused",
        }
    }

    /// How urgent it is.
    pub const fn severity(self) -> Severity {
        match self {
            Self::SnmpNoAuthentication | Self::FirmwareUnsupported | Self::CertificateExpired => {
                Severity::High
            }
            Self::SnmpClearText
            | Self::SnmpNoEncryption
            | Self::FirmwareOutdated
            | Self::CertificateExpiring
            | Self::CertificateWeak
            | Self::CertificateNameMismatch
            | Self::CertificateUntrusted
            | Self::TlsRefused => Severity::Medium,
            Self::SnmpWeakAuthentication | Self::SnmpWeakEncryption => Severity::Low,
        }
    }
}

impl fmt::Display for FindingRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How urgent a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// When there is time.
    Low,
    /// Soon.
    Medium,
    /// Now.
    High,
}

/// A weakness with what it stands on: names and values for the sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Weakness {
    /// Which rule.
    pub rule: FindingRule,
    /// `version`, `minimum`, `protocol`, `source`, `until`…
    pub evidence: BTreeMap<&'static str, String>,
    /// Which part of the device, where one rule may find several: an endpoint's address.
    pub part: Option<String>,
}

fn weakness<const N: usize>(
    rule: FindingRule,
    evidence: [(&'static str, Option<String>); N],
) -> Weakness {
    let told = evidence.into_iter().filter_map(|(k, v)| Some((k, v?)));
    Weakness {
        rule,
        evidence: told.collect(),
        part: None,
    }
}

/// What is weak about the way in which a device is polled.
pub fn snmp_weaknesses(snmp: &SnmpCredential) -> Vec<Weakness> {
    let version = || Some(snmp.version.to_string());
    if snmp.version != SnmpVersion::V3 {
        let rule = FindingRule::SnmpClearText;
        return vec![weakness(rule, [("version", version())])];
    }
    let mut found = Vec::new();
    match snmp.auth {
        None => found.push(weakness(FindingRule::SnmpNoAuthentication, [])),
        Some(auth @ (AuthProtocol::Md5 | AuthProtocol::Sha1)) => {
            let protocol = ("protocol", Some(auth.to_string()));
            found.push(weakness(FindingRule::SnmpWeakAuthentication, [protocol]));
        }
        Some(_) => {}
    }
    match snmp.r#priv {
        // Without authentication there can be no encryption: one finding says both.
        None if snmp.auth.is_some() => {
            found.push(weakness(FindingRule::SnmpNoEncryption, []));
        }
        Some(PrivProtocol::Des) => {
            let protocol = ("protocol", Some(PrivProtocol::Des.to_string()));
            found.push(weakness(FindingRule::SnmpWeakEncryption, [protocol]));
        }
        _ => {}
    }
    found
}

/// What is known of a device's firmware.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FirmwareSeen<'a> {
    /// Who makes the device.
    pub vendor: &'a str,
    /// Its model; empty when it is not known.
    pub model: &'a str,
    /// The version that it says it runs.
    pub version: &'a str,
}

/// What is weak about a device's firmware on that day (`as_of`), by the entries that speak of it.
/// A version that cannot be compared gives no finding.
pub fn firmware_weaknesses<'a>(
    seen: FirmwareSeen<'_>,
    entries: impl IntoIterator<Item = &'a Firmware>,
    as_of: jiff::civil::Date,
) -> Vec<Weakness> {
    let mut found = Vec::new();
    for entry in entries {
        if !entry.speaks_of(seen.vendor, seen.model, seen.version) {
            continue;
        }
        let version = || ("version", Some(seen.version.to_owned()));
        let source = || ("source", Some(entry.source.clone()));
        let older = entry
            .minimum
            .as_deref()
            .and_then(|minimum| compare_versions(seen.version, minimum));
        if older == Some(Ordering::Less) {
            let minimum = ("minimum", entry.minimum.clone());
            let released = ("released", entry.released.map(|date| date.to_string()));
            let evidence = [version(), minimum, released, source()];
            found.push(weakness(FindingRule::FirmwareOutdated, evidence));
        }
        // A year that is not over yet may still bring updates.
        let ended = entry.end_of_security.filter(|end| end.latest() < as_of);
        if let Some(end) = ended {
            let until = ("until", Some(end.to_string()));
            let evidence = [version(), until, source()];
            found.push(weakness(FindingRule::FirmwareUnsupported, evidence));
        }
    }
    found
}

#[cfg(test)]
mod tests;
